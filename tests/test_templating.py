"""Strict, sandboxed Jinja: an unknown name is an error with its line, Python is out of reach, output is bounded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wuyou import templating
from wuyou.errors import LibraryError
from wuyou.values import Segment


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    """Write a template and return its name."""

    def put(text: str, name: str = "case.1.md.j2") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return put


@pytest.fixture
def render(tmp_path: Path, write: Callable[[str], str], segment: Segment) -> Callable[..., str]:
    """Render a template text with a segment and a function, as posts have them."""

    def make(text: str, **context: Any) -> str:
        known = {"segment": segment, "phrase": lambda role: role, **context}
        return templating.render(tmp_path, write(text), known, label="templates/posts/moments")

    return make


def refusal(render: Callable[..., str], text: str, **context: Any) -> str:
    with pytest.raises(LibraryError) as caught:
        render(text, **context)
    assert len(caught.value.problems) == 1
    return str(caught.value)


# ── what comes out ──


def test_values_functions_and_blocks_work(render: Callable[..., str]) -> None:
    text = '{# 温和 #}\n{% if segment.risk > 1 %}\n{{ segment.title }}\n{% endif %}\n{{ phrase("scene") }}\n'
    assert render(text) == "通勤客群\nscene"


def test_text_is_not_escaped_and_pages_are(
    render: Callable[..., str], tmp_path: Path, write: Callable[[str], str]
) -> None:
    assert render("{{ x }}", x="<b>&") == "<b>&"
    assert templating.render(tmp_path, write("{{ x }}"), {"x": "<b>&"}, html=True) == "&lt;b&gt;&amp;"


def test_a_template_edited_on_disk_is_read_again(render: Callable[..., str]) -> None:
    assert [render("一"), render("二，长一点")] == ["一", "二，长一点"]


# ── what is not there is an error with its line ──


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("一\n二\n{{ tone }}\n", 3, "没有这个变量：tone"),
        ("一\n{{ segment.tonne }}\n", 2, "没有这一项：tonne"),
        ("{% if tone %}x{% endif %}", 1, "没有这个变量：tone"),
        ("\n\n{% for x in tones %}{% endfor %}", 3, "没有这个变量：tones"),
        ("一\n\n\n{{ segment.tonne.length }}", 4, "没有这一项：tonne"),
        ("{% set a = [] %}\n{{ a[0].plain }}", 2, ""),
        ("一\n{{ segment.risk / 0 }}", 2, "算不出来"),
        ("一\n{{ segment.title + 1 }}", 2, "算不出来"),
        ("一\n{{ 5 | dictsort }}", 2, "算不出来"),
        ("{% macro m() %}{{ m() }}{% endmacro %}\n\n{{ m() }}", 1, "算不出来"),
        ("一\n{% for x in range(999999) %}{% endfor %}", 2, "算不出来"),
    ],
)
def test_what_cannot_be_rendered_names_file_and_line(
    render: Callable[..., str], text: str, line: int, said: str
) -> None:
    found = refusal(render, text)
    assert found.startswith(f"templates/posts/moments/case.1.md.j2:{line}：")
    assert said in found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("一\n{% if %}", 2),
        ("{{ x", 1),
        ("一\n二\n{% endfor %}", 3),
        ("{% for x in [1] %}\n", 1),
        ("一\n{{ 1 | nosuch }}", 2),
    ],
)
def test_a_syntax_error_names_file_and_line(render: Callable[..., str], text: str, line: int) -> None:
    assert refusal(render, text).startswith(f"templates/posts/moments/case.1.md.j2:{line}：模板写法有误")


def test_a_template_that_is_not_there_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"templates/none\.md\.j2"):
        templating.render(tmp_path, "none.md.j2", {}, label="templates")


def test_a_template_that_is_not_utf8_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "gbk.md.j2").write_bytes("正文".encode("gbk"))
    with pytest.raises(LibraryError, match="UTF-8"):
        templating.render(tmp_path, "gbk.md.j2", {})
    assert "UTF-8" in str(templating.problems(tmp_path, "gbk.md.j2", {})[0])


# ── Python is out of reach ──


@pytest.mark.parametrize(
    "text",
    [
        "{{ segment.__class__ }}",
        "{{ segment.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__.__base__ }}",
        "{{ segment['__class__'] }}",
        "{{ segment | attr('__class__') }}",
        "{{ phrase.__globals__ }}",
        "{{ phrase.__self__ }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ '{0.__class__}'.format(segment) }}",
        "{{ ('{0.__class__.__init__.__globals__}' | format) ~ '%s'.__class__ }}",
        "{{ words.append(1) }}",
        "{% do words.append(1) %}",
        "{{ segment.model_copy(update={'title': 'x'}) }}",
        "{{ segment.model_fields }}",
        "{{ segment.parse_file('bank.yml') }}",
        "{{ segment.parse_raw('cos\\nsystem\\n(S\\'true\\'\\ntR.', proto='pickle', allow_pickle=True) }}",
        "{{ segment.construct }}",
        "{% include '/etc/hostname' %}",
        "{% include '../../bank.yml' %}",
    ],
)
def test_the_sandbox_keeps_a_template_from_reaching_python(render: Callable[..., str], text: str) -> None:
    assert refusal(render, f"一\n{text}", words=[1]).startswith("templates/posts/moments/case.1.md.j2:")


def test_a_value_gives_its_fields_and_properties_and_nothing_else(
    render: Callable[..., str], a_brief: Callable[..., Any]
) -> None:
    slot = a_brief().slot
    assert render("{{ slot.key }} {{ slot.on.month }}月", slot=slot) == f"{slot.key} 10月"


def test_nothing_in_a_template_is_left_to_chance(render: Callable[..., str]) -> None:
    for text in ("{{ [1, 2, 3] | random }}", "{{ lipsum() }}"):
        refusal(render, text)


# ── output is bounded ──


def test_output_beyond_the_bound_is_refused(render: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templating, "MAX_OUTPUT", 1000)
    assert render("{% for x in range(100) %}{{ x % 10 }}{% endfor %}") == "0123456789" * 10
    assert "超过 1000 字" in refusal(render, "{% for x in range(9000) %}{{ x }}{% endfor %}")


# ── found without rendering ──

KNOWN = {"segment": ("title", "tone"), "points": (), "phrase": ()}


def found(tmp_path: Path, write: Callable[[str], str], text: str) -> list[str]:
    return [str(problem) for problem in templating.problems(tmp_path, write(text), KNOWN, label="templates/posts")]


def test_an_unknown_variable_is_found_with_its_line_and_the_one_that_was_meant(
    tmp_path: Path, write: Callable[[str], str]
) -> None:
    assert found(tmp_path, write, "一\n{{ segmnet.title }}") == [
        "templates/posts/case.1.md.j2:2：不认识这个变量：segmnet（是不是想写 segment？）"
    ]


def test_an_unknown_field_lists_the_fields(tmp_path: Path, write: Callable[[str], str]) -> None:
    assert found(tmp_path, write, "一\n\n{{ segment.tonne }}") == [
        "templates/posts/case.1.md.j2:3：segment 里没有 tonne（可用：title tone）"
    ]


def test_an_unknown_field_is_found_in_a_branch_that_would_rarely_be_taken(
    tmp_path: Path, write: Callable[[str], str]
) -> None:
    assert (
        len(found(tmp_path, write, "{% if points %}{% for p in points if segment.x %}{{ y }}{% endfor %}{% endif %}"))
        == 2
    )


def test_all_problems_of_a_template_are_found_in_the_order_of_lines(
    tmp_path: Path, write: Callable[[str], str]
) -> None:
    lines = [f"{{{{ name{number} }}}}" for number in range(1, 12)]
    places = [line.split("：")[0].rpartition(":")[2] for line in found(tmp_path, write, "\n".join(lines))]
    assert places == [str(number) for number in range(1, 12)]


@pytest.mark.parametrize(
    "text",
    [
        "{% if %}",
        "{{ x",
        "{{ 1 | nosuch }}",
        "{% if 1 is nosuch %}{% endif %}",
        "{% if false %}{{ 1 | nosuch }}{% endif %}",
    ],
)
def test_a_syntax_error_is_found(tmp_path: Path, write: Callable[[str], str], text: str) -> None:
    assert found(tmp_path, write, f"一\n{text}")[0].startswith("templates/posts/case.1.md.j2:2：模板写法有误")


@pytest.mark.parametrize(
    "text",
    [
        "{% set first = points[0] %}{{ first.plain }}",
        "{% for point in points %}{{ loop.index }}{{ point.plain }}{% endfor %}",
        "{% for point in points[:range(3) | length] %}{{ point }}{% endfor %}",
        "{% macro say(what) %}{{ what.text }}{% endmacro %}{{ say(phrase('scene')) }}",
        "{% from 'own.j2' import say, name as other %}{{ say }}{{ other }}",
        "{% import 'own.j2' as own %}{{ own.say() }}",
        "{% set ns = namespace(n=0) %}{% set ns.n = 1 %}{{ ns.n }}",
        "{{ points | map(attribute='plain') | join('，') }}",
    ],
)
def test_a_templates_own_names_are_known(tmp_path: Path, write: Callable[[str], str], text: str) -> None:
    assert found(tmp_path, write, text) == []


def test_the_names_a_template_takes_from_outside_are_told(tmp_path: Path, write: Callable[[str], str]) -> None:
    assert templating.names(tmp_path, write("{% set a = story %}{{ a.opening }}{{ phrase('x') }}")) == {
        "story",
        "phrase",
    }

"""Strict YAML: text stays text, nothing stands twice, every problem names its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wuyou import yamls
from wuyou.errors import LibraryError
from wuyou.values import Cadence, Channel, FactSheet, Segment

SEGMENT = """\
title: 代发客群
portrait: 工资到账那天才看余额
needs: [省心]
tone: 像邻居
address: 各位街坊
risk: 2
suits: [deposit]
"""


def problems(text: str, model: Any = None, **extra: Any) -> list[str]:
    """Return what is wrong with a text, a line each."""
    with pytest.raises(LibraryError) as caught:
        _read(text, model, **extra)
    return [str(problem) for problem in caught.value.problems]


def _read(text: str, model: Any, **extra: Any) -> None:
    document = yamls.parse(text, "a.yml")
    if model is not None:
        yamls.build(model, document, **extra)


# ── text stays text ──


@pytest.mark.parametrize(
    "word",
    [
        "18:30",
        "no",
        "yes",
        "on",
        "off",
        "true",
        "null",
        "1_000",
        "0x10",
        "010",
        "1e3",
        "2026-10-12",
        "12:30:45",
        "+1",
        ".5",
        "=",
        "1.10",
    ],
)
def test_what_stock_yaml_would_turn_into_something_else_stays_text(word: str) -> None:
    assert yamls.parse(f"{word}: {word}\nlist: [{word}]", "a.yml").data == {word: word, "list": [word]}


@pytest.mark.parametrize("nothing", ["", "~"])
def test_only_an_empty_place_or_a_tilde_is_nothing(nothing: str) -> None:
    assert yamls.parse(f"a: {nothing}\nb: x", "a.yml").data == {"a": None, "b": "x"}
    assert yamls.parse(f"a: '{nothing}'", "a.yml").data == {"a": nothing}


def test_the_values_type_decides_what_text_means() -> None:
    data = "title: 私聊\nlimits: {chars: 140, bytes: 4000, pictures: 9, per_day: 1}\nhours: [18:30-20:30]\n"
    channel = yamls.build(Channel, yamls.parse(data, "a.yml"), name="chat")
    assert channel.hours[0].start == dt.time(18, 30)
    assert channel.limits.chars == 140


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    plain, windows = tmp_path / "plain.yml", tmp_path / "windows.yml"
    text = "a: 一\nb: |\n  二\n  三\nc: 四\n"
    plain.write_bytes(text.encode())
    windows.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert yamls.load(plain, "x") == yamls.load(windows, "x")
    assert yamls.load(windows, "x").line(("c",)) == 5


# ── nothing stands twice, nothing hides ──


def test_a_duplicate_key_names_both_lines() -> None:
    assert problems("a: 1\nb: 2\na: 3\n") == ["a.yml:3：这一项写了两遍：a（前一处在第 1 行，请留一处）"]


def test_a_duplicate_key_deep_inside_is_found_too() -> None:
    (found,) = problems("a:\n  - x: 1\n    y: 2\n    x: 3\n")
    assert found.startswith("a.yml:4：")
    assert "第 2 行" in found


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x\n",
        "a: &x 一\nb: *x\n",
        "a: &x 一\nb: 二\n",
        "a: [&x 1, *x]\n",
        "base: &x {p: 1}\nb:\n  <<: *x\n",
        "a: &x [*x]\n",
    ],
    ids=["list", "text", "unused", "flow", "merge", "itself"],
)
def test_anchors_aliases_and_merges_are_refused(text: str) -> None:
    assert all("不能用" in found and found.startswith("a.yml:") for found in problems(text))


def test_a_merge_without_an_anchor_is_refused() -> None:
    assert problems("a:\n  <<: {b: 1}\n") == ["a.yml:2：不能用 << 合并（请把内容写出来）"]


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object:os.system x",
        "a: !thing x",
        "a: !thing {b: 1}",
        "a: !thing [1]",
        "a: !!binary aGk=",
        "!thing\na: 1",
    ],
)
def test_tags_are_refused(text: str) -> None:
    (found,) = problems(text)
    assert "不能用标签" in found


@pytest.mark.parametrize(
    "text", ["a: 5 & 6", "a: 'x * y'", "a: x*y", "a: R&D", 'a: "&x"', "a: 好！好", "a: |\n  &x\n  *y !z\n"]
)
def test_the_same_signs_inside_words_are_only_words(text: str) -> None:
    assert isinstance(yamls.parse(text, "a.yml").data["a"], str)


def test_a_quoted_key_may_look_like_a_merge() -> None:
    assert yamls.parse("'<<': 1", "a.yml").data == {"<<": "1"}


def test_a_key_that_is_no_word_is_refused() -> None:
    assert "键要是一个词" in problems("? [a, b]\n: c\n")[0]


def test_a_files_name_cannot_be_overwritten_from_inside() -> None:
    (found,) = problems(SEGMENT + "name: somebody_else\n", Segment, name="payroll")
    assert found.startswith("a.yml:8：不认识这一项：name")


# ── all problems of a file at once, each with its line ──


def test_an_unknown_key_comes_with_the_one_that_was_meant() -> None:
    assert problems(SEGMENT.replace("tone:", "tonne:"), Segment, name="x") == [
        "a.yml:1：少了这一项：tone",
        "a.yml:4：不认识这一项：tonne（是不是想写 tone？）",
    ]


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = SEGMENT.replace("risk: 2", "risk: nine").replace("[deposit]", "[deposits]") + "voice: loud\nsuit: [x]\n"
    found = problems(text, Segment, name="x")
    assert [line.split("：")[0] for line in found] == ["a.yml:8", "a.yml:6", "a.yml:7", "a.yml:9"]
    assert "可用：warm, expert, humorous, concise" in found[0]
    assert "risk 要写成整数" in found[1]


BEATS = """\
title: x
round_days: 3
rounds: 1
beats:
  one:
    title: 一
    days: [1, 1]
    arc: aida
    quotas: {}
  two:
    title: 二
    days: [2, many]
    quotas: {}
"""
QUIZ = """\
material: a.md
title: x
quiz:
  - ask: 一
    options: [A 甲, B 乙]
    answer: A
    because: 丙
  - ask: 二
    options: 都行
    answer: A
    becuase: 丁
"""


def test_a_problem_deep_inside_names_its_own_line() -> None:
    found = problems(BEATS, Cadence, name="x")
    assert found == ["a.yml:12：beats.two.days.1 要写成整数", "a.yml:10：少了这一项：arc"]


def test_a_problem_in_a_list_names_the_line_of_its_item() -> None:
    found = problems(QUIZ, FactSheet, name="x")
    assert [line.split("：")[0] for line in found] == ["a.yml:9", "a.yml:8", "a.yml:11"]
    assert "是不是想写 because" in found[2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.yml:1：是空的"),
        ("# 只有注释\n", "a.yml:1：是空的"),
        ("- 一\n- 二\n", "a.yml:1：要写成 名字: 内容 的样子"),
        ("一句话", "a.yml:1：要写成 名字: 内容 的样子"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_in_words(text: str, said: str) -> None:
    assert problems(text, Segment, name="x")[0].startswith(said)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: c: d\n", 2, "这里不该有冒号"),
        ("a: 1\nb: @x\n", 2, "有不能开头的字符"),
        ("a: 1\n\tb: 2\n", 2, ""),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, ""),
        ("a: '没有合上\nb: 1\n", 3, "引号没有合上"),
        ("a: 1\nb: *nowhere\n", 2, "不能用 * 引用"),
        ("a: 1\n---\nb: 2\n", 2, ""),
        ("a: \x07\n", 1, "控制字符"),
    ],
)
def test_broken_syntax_is_told_in_chinese_with_its_line(text: str, line: int, said: str) -> None:
    (found,) = problems(text)
    assert found.startswith(f"a.yml:{line}：")
    assert said in found
    assert not any(word in found for word in ("mapping", "expected", "found", "token"))


def test_brackets_without_end_are_no_traceback() -> None:
    assert problems("a: " + "[" * 3000 + "]" * 3000) == ["a.yml:1：一层套一层，太深了（请检查括号和缩进）"]


def test_a_file_that_is_not_utf8_or_not_there_is_told_in_chinese(tmp_path: Path) -> None:
    gbk = tmp_path / "gbk.yml"
    gbk.write_bytes("标题: 代发".encode("gbk"))
    for path, said in (
        (gbk, "不是 UTF-8"),
        (tmp_path / "none.yml", "读不了：没有这个文件"),
        (tmp_path, "读不了：那是一个文件夹"),
    ):
        with pytest.raises(LibraryError, match=said):
            yamls.load(path, "a.yml")


# ── out and back ──

PLAIN = st.recursive(
    st.none() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200)
@given(PLAIN)
def test_what_is_dumped_is_read_back_equal(data: Any) -> None:
    assert yamls.parse(yamls.dump({"data": data}), "a.yml").data == {"data": data}


@pytest.mark.parametrize(
    "text",
    [
        "", "~", "null", "no", "18:30", "a: b", "- x", "# x", "@x", "{称呼}", "%NICKNAME%", "行一\n行二\n",
        " 前有空格", "尾有空格 ", "\t", "'", '"', "a\r\nb", "\u2028", "\x85", "😀好", "长" * 300, "字 " * 90,
    ],
)  # fmt: skip
def test_awkward_text_is_read_back_equal(text: str) -> None:
    assert yamls.parse(yamls.dump({"a": [text], text: "b"}), "a.yml").data == {"a": [text], text: "b"}


def test_nothing_is_read_back_as_nothing_and_not_as_the_word_null() -> None:
    assert yamls.parse(yamls.dump({"kept_by": None, "facts": {}}), "a.yml").data == {"kept_by": None, "facts": {}}


def test_a_dump_is_written_for_people() -> None:
    same = ["一"]
    assert yamls.dump({"标题": "秋天存一笔", "b": same, "a": same}) == "标题: 秋天存一笔\nb:\n- 一\na:\n- 一\n"


# ── suggestions ──


def test_a_near_word_is_suggested_and_a_far_one_gets_the_list() -> None:
    assert yamls.suggest("senoirs", ["seniors", "payroll"]) == "是不是想写 seniors？"
    assert yamls.suggest("xyz", ["seniors", "payroll"]) == "可用：payroll、seniors"
    assert yamls.suggest("xyz", []) == ""
    assert yamls.suggest("xyz", [f"name{number}" for number in range(100)]) == ""

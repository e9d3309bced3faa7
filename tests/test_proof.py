"""What ``wuyou lint`` proves of a rulebook beyond its examples: nothing dead, nothing shadowed, whole posts come out right."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wuyou import yamls
from wuyou.checks import Rulebook, outside, proof
from wuyou.checks.loader import WHOLE
from wuyou.checks.patterns import alternatives
from wuyou.checks.samples import samples
from wuyou.chinese import fold
from wuyou.errors import LibraryError
from wuyou.library import Library
from wuyou.values import Channel, Genre, Source
from wuyou.workbench import CATALOGUE_DATE, Workbench

ROOT = Path(__file__).parent.parent
ON = dt.date(2026, 11, 21)
SOURCES = {
    source.name: source
    for source in (
        Source(name="LAW", title="某法", confidence="V1"),
        Source(name="SOON", title="明年的办法", effective=dt.date(2027, 1, 1), confidence="V1"),
        Source(name="GONE", title="去年的办法", expires=dt.date(2025, 12, 31), confidence="V1"),
        Source(
            name="NEVER",
            title="颠倒的办法",
            effective=dt.date(2027, 1, 1),
            expires=dt.date(2026, 1, 1),
            confidence="V1",
        ),
    )
}
CHANNELS = {name: outside.ROOMY.model_copy(update={"name": name}) for name in ("moments", "chat", "group")}
GENRES = {"case": Genre(name="case", title="案例", purpose="", owes=(), marketing=False)}

Book = Callable[..., Rulebook]


def rule(name: str = "R-1", kind: str = "forbid", **fields: str) -> str:
    """Write one rule as YAML; fields are YAML too, and replace the usual ones; an empty one is left out."""
    usual = {
        "level": "warn",
        "title": "某事",
        "message": "不要说：“{match}”",
        "basis": "[{source: LAW}]",
        "match": "[保本]" if kind == "forbid" else "",
        "examples": "{hit: [保本], pass: [早安]}",
    }
    lines = [f"  {key}: {value}" for key, value in {**usual, **fields}.items() if value]
    return "\n".join([f"{name}:", f"  kind: {kind}", *lines]) + "\n"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Load a rulebook from the text of one chapter."""

    def load(text: str, **about: Any) -> Rulebook:
        folder = tmp_path / "library" / "rules"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "chapter.yml").write_text(text, encoding="utf-8")
        return Rulebook.load(folder, SOURCES, ON, channels=CHANNELS, genres=GENRES, **about)

    return load


def named(book: Rulebook, channels: dict[str, Channel] | None = None) -> list[str]:
    """Return what is dead or shadowed, once every example is proved."""
    assert book.prove() == []
    return [str(each) for each in proof.problems(book, ON, channels=channels or CHANNELS, genres=GENRES)]


# ── dead patterns ──


@pytest.mark.parametrize(
    ("match", "dead"),
    [
        ("['保本|保 息']", "保 息"),
        ("['保本|楼号\\+金额']", "楼号\\+金额"),
        ("['保本|绝(?=对)安全']", "绝(?=对)安全"),
        ("['保本|(?<!稳)稳赚(?<!赚)']", "(?<!稳)稳赚(?<!赚)"),
    ],
)
def test_what_no_folded_text_can_match_is_named_with_its_line(book: Book, match: str, dead: str) -> None:
    (problem,) = named(book(rule(match=match)))
    assert "永远不会命中" in problem and f"：{dead}（" in problem
    assert re.match(r"library/rules/chapter\.yml:\d+：R-1 ", problem)


@pytest.mark.parametrize(
    "match",
    [
        "['保本', '保証|零風险|ＶＩＰ']",
        "['保本', '(?<![a-z])zui\\s?jia|[^\\d]{2}%|a+?b']",
        "['保本', '年化…{0,8}\\d+(?:\\.\\d+)?\\s?%(?!基准)']",
        "['保本', '(?=稳)稳赚|[!]{2,}']",
    ],
)
def test_what_some_text_can_match_is_not(book: Book, match: str) -> None:
    assert named(book(rule(match=match))) == []


def test_a_context_that_always_excuses_its_own_pattern_is_named(book: Book) -> None:
    made = book(rule(match="['保本|不得承诺收益']", unless="{sentence: [不得]}"))
    (problem,) = named(made)
    assert "总被自己的 unless 放过：不得承诺收益" in problem
    assert named(book(rule(match="['保本|承诺收益']", unless="{sentence: [不得]}"))) == []


def test_a_dead_context_and_a_dead_replacement_are_named(book: Book) -> None:
    (problem,) = named(book(rule(unless="{preceded_by: ['不(?=保)']}")))
    assert "不(?=保)" in problem
    (problem,) = named(book(rule(replace="{'保 本': 稳健}")))
    assert "保 本" in problem


def test_a_replacement_may_not_bring_a_number(book: Book) -> None:
    with pytest.raises(LibraryError, match="换上的话里不能有数字：年化3%"):
        book(rule(replace="{保本: 年化3%}"))


def test_every_pattern_is_cut_where_its_bars_stand() -> None:
    assert alternatives(r"甲|乙(?:丙|丁)[|]|\||戊") == ["甲", "乙(?:丙|丁)[|]", r"\|", "戊"]
    assert "保本" in list(samples("保(?:本|息)"))
    assert all(re.search("a{2,3}[^b]c?", text) for text in samples("a{2,3}[^b]c?"))


# ── scope and dates ──


def test_a_scope_that_no_genre_satisfies_is_named(book: Book) -> None:
    example = "{hit: [{text: 保本, genre: case, marketing: true}], pass: [早安]}"
    (problem,) = named(book(rule(scope="{genres: [case], marketing: true}", examples=example)))
    assert "互相排斥" in problem


def test_a_limit_that_no_channel_sets_is_named(book: Book) -> None:
    limits = CHANNELS["group"].limits.model_copy(update={"lines": 0})
    channels = {"group": CHANNELS["group"].model_copy(update={"limits": limits})}
    text = rule(
        kind="limit",
        of="lines",
        message="太多行",
        examples='{hit: [{text: "一\\n二", limits: {lines: 1}}], pass: [早]}',
    )
    (problem,) = named(book(text), channels)
    assert "都没有写 lines" in problem


def test_a_rule_that_is_not_in_force_is_silent_proved_on_its_day_and_noted(book: Book) -> None:
    made = book(
        rule("R-1", basis="[{source: SOON}]")
        + rule("R-2", basis="[{source: GONE}]", match="[保息]", examples="{hit: [保息], pass: [早]}")
        + rule("R-3", match="[稳赚]", examples="{hit: [稳赚], pass: [早]}")
    )
    assert named(made) == []
    post = outside.post_of("保本保息稳赚", channel=outside.ROOMY, on=ON)
    assert [finding.rule for finding in made.check(post).findings] == ["R-3"]
    notes = proof.notes(made, ON)
    assert notes == [
        "R-1 2026-11-21 不说话：依据从 2027-01-01 起施行",
        "R-2 2026-11-21 不说话：依据到 2025-12-31 为止",
    ]
    assert proof.notes(made, dt.date(2027, 6, 1)) == ["R-2 2027-06-01 不说话：依据到 2025-12-31 为止"]


def test_a_basis_that_is_in_force_on_no_day_is_named(book: Book) -> None:
    made = book(rule(basis="[{source: NEVER}]"))
    problems = [str(each) for each in proof.problems(made, ON, channels=CHANNELS, genres=GENRES)]
    assert any("没有一天同时有效" in problem for problem in problems)


# ── shadows ──


def test_a_rule_that_never_speaks_on_its_own_examples_is_named(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    both = rule("R-1") + rule("R-2", match="['保本吗|保息']", examples="{hit: [保本吗], pass: [早]}")
    assert named(book(both)) == []
    made = book(both)
    speaks = type(made.rules["R-2"]).check

    def steps_back(self: Any, scan: Any) -> Any:
        return iter(()) if self.id == "R-2" and "保本" in scan.text.text else speaks(self, scan)

    monkeypatch.setattr(type(made.rules["R-2"]), "check", steps_back)
    monkeypatch.setattr(made, "prove", list)
    (problem,) = named(made)
    assert "R-2 的例句都被别的规则先说了（R-1），它自己从不开口" in problem


# ── whole posts ──


def test_a_whole_post_that_comes_out_otherwise_is_named_with_its_line(book: Book, tmp_path: Path) -> None:
    made = book(rule())
    path = tmp_path / WHOLE
    path.write_text(
        "对的:\n  text: 保本，真保本\n  findings: [R-1, R-1]\n"
        "多的:\n  text: 保本\n  findings: []\n"
        "少的:\n  text: 早安\n  findings: [R-1]\n"
        "没写的:\n  text: 早安\n"
        "读不了的:\n  text: ''\n  findings: []\n",
        encoding="utf-8",
    )

    def reader(record: Any) -> Any:
        from wuyou.checks import wire

        return wire.read({"channel": "moments", **record}, channels=CHANNELS, on=ON)

    problems, said = proof.whole_posts(made, path, "rules/whole_posts.yml", reader)
    assert said == []
    assert [str(each).partition("（")[0] for each in problems] == [
        "rules/whole_posts.yml:6：多的 查出来的和写的不一样：多了 R-1",
        "rules/whole_posts.yml:9：少的 查出来的和写的不一样：少了 R-1",
        "rules/whole_posts.yml:10：没写的 要写 findings：规则编号的列表，干净的写 []",
        "rules/whole_posts.yml:12：读不了的 读不了：text 要写成文字，不能是空的",
    ]
    assert proof.whole_posts(made, tmp_path / "没有.yml", "", reader) == ([], [])


# ── the shipped rulebook ──


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return Workbench.here(ROOT)


@pytest.fixture(scope="module")
def shipped(bench: Workbench) -> Rulebook:
    return bench._rulebook()


def test_nothing_in_the_shipped_rulebook_is_dead_or_shadowed(bench: Workbench, shipped: Rulebook) -> None:
    library = bench.library
    found = proof.problems(shipped, CATALOGUE_DATE, channels=library.channels, genres=library.genres)
    assert [str(problem) for problem in found] == []


def test_every_shipped_pattern_matches_a_text_made_of_it(shipped: Rulebook) -> None:
    parts = {
        part.bare
        for each in shipped.rules.values()
        for part in (each.matcher("match").parts if each.matcher("match") else ())
    }
    assert len(parts) > 200
    assert all(any(re.search(part, fold(text).text) for text in samples(part)) for part in parts)


def test_the_shipped_whole_posts_come_out_as_listed(bench: Workbench, shipped: Rulebook) -> None:
    path = bench.library.folder / "rules" / WHOLE
    problems, _ = proof.whole_posts(shipped, path, WHOLE, bench._handed_in)
    assert [str(problem) for problem in problems] == []


def test_there_are_enough_whole_posts_over_all_channels_and_many_products() -> None:
    posts = yamls.load(ROOT / "content_library" / "rules" / WHOLE).data
    sides = Counter(bool(post["findings"]) for post in posts.values())
    assert sides[False] >= 14 and sides[True] >= 14
    for listed in (False, True):
        side = [post for post in posts.values() if bool(post["findings"]) is listed]
        assert {post["channel"] for post in side} == {"moments", "chat", "group"}
        assert len({post.get("product") for post in side}) >= 8


def test_the_notes_of_a_day_before_a_law_name_its_rules(bench: Workbench) -> None:
    notes = bench.lint_notes(dt.date(2026, 9, 29))
    assert any(note.startswith("RET-010 2026-09-29 不说话：依据从 2026-09-30 起施行") for note in notes)
    assert not any("RET-010" in note for note in bench.lint_notes())


def test_a_library_without_whole_posts_is_no_fault(tiny: Path) -> None:
    assert not (tiny / "content_library" / "rules" / WHOLE).exists()
    assert Workbench.here(tiny).lint() == []
    assert Library(tiny / "content_library").channels

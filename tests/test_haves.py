"""The five-haves detector on posts it has never seen, and what it promises about marks, genres, words and advice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import labels
from score_labels import answers
from wuyou.checks import outside
from wuyou.checks.haves import Have
from wuyou.values import Lamp, Mark
from wuyou.workbench import Workbench

ROOT = Path(__file__).parent.parent
RULES = ROOT / "content_library" / "rules"
WEIGHTS = {"haves": 2_000_000, "compliance": 2_500_000, "contrast": 50_000, "numbers": 50_000}
"""Bytes that learned weights may take."""


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return Workbench.here(ROOT)


def lamps(bench: Workbench, text: str, **about: Any) -> dict[str, Lamp]:
    return {lamp.have: lamp for lamp in bench.check(text, **about).lamps}


# ── unseen posts ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def unseen(bench: Workbench) -> labels.Ticks:
    """The score of the sealed third; nobody reads its texts."""
    return labels.ticks(answers(bench, labels.read("haves", "sealed")))


def test_unseen_posts_are_judged_well_on_the_whole(unseen: labels.Ticks) -> None:
    assert unseen.macro >= 0.80, str(unseen)


@pytest.mark.parametrize("have", labels.HAVES)
def test_no_have_is_judged_badly_on_unseen_posts(unseen: labels.Ticks, have: str) -> None:
    assert unseen.by_have[have].f1 >= 0.70, str(unseen)


def test_a_tick_quotes_the_words_that_people_marked(unseen: labels.Ticks) -> None:
    assert unseen.spans >= 0.80, str(unseen)


# ── the labels ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["haves", "compliance"])
def test_a_third_is_sealed_by_its_ids_alone(kind: str) -> None:
    for part in ("open", "sealed"):
        assert {labels.is_sealed(kind, record["id"]) for record in labels.read(kind, part)} == {part == "sealed"}


@pytest.mark.parametrize("kind", ["haves", "compliance"])
def test_no_sealed_text_can_have_been_learned(kind: str) -> None:
    seen = {"".join(record["text"].split()) for record in labels.read(kind, "open")}
    lines = (ROOT / "content_library" / shelf for shelf in ("phrases", "sketches"))
    trees = (RULES, ROOT / "templates", *lines, ROOT / "src" / "wuyou" / "data")
    files = (path for tree in trees for path in tree.rglob("*") if path.is_file() and path.suffix != ".tsv")
    shipped = "".join("".join(path.read_text(encoding="utf-8").split()) for path in sorted(files))
    sealed = [("".join(record["text"].split()), record["id"]) for record in labels.read(kind, "sealed")]
    assert [name for text, name in sealed if text in seen or text in shipped] == []


def test_only_what_two_readers_agree_on_is_learned_from_our_own_posts() -> None:
    records = labels.read_posts()
    assert Counter(labels.round_of(record) for record in records) == {f"read{turn}": 200 for turn in labels.TAUGHT}
    assert {record["gold"]["substance"] for record in records} == {None}
    for have in ("feeling", "fun", "reply"):
        assert {record["gold"][have] for record in records} == {True, False, None}


def test_the_labels_are_many_varied_and_quote_their_posts() -> None:
    records = labels.read("haves", "open") + labels.read("haves", "sealed")
    assert len(records) >= 2500
    assert len({record["id"] for record in records}) == len(records)
    assert {record["channel"] for record in records} == {"moments", "chat", "group"}
    assert len({record["segment"] for record in records}) == 14
    for record in records:
        assert all(words in record["text"] for words in record["evidence"].values()), record["id"]


def test_two_readers_agree_well_beyond_chance() -> None:
    first = labels.read("haves", "open") + labels.read("haves", "sealed")
    second = labels.records_of(labels.FOLDER / "haves" / "second.jsonl")
    assert len(second) == 300
    for have in labels.HAVES:
        found = labels.agreement(first, second, have)
        assert found.both >= 280
        assert found.kappa >= 0.9, (have, found)


def test_agreement_counts_chance_out() -> None:
    def reading(*says: bool | None) -> list[labels.Record]:
        return [{"id": str(index), "gold": {"fun": said}} for index, said in enumerate(says)]

    first = reading(True, True, False, False, None)
    assert labels.agreement(first, first, "fun") == (4, 1.0, 1.0)
    assert labels.agreement(first, reading(True, False, True, False, True), "fun") == (4, 0.5, 0.0)


# ── learning ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_weights_are_small() -> None:
    for path in sorted((RULES / "weights").glob("*.tsv")):
        assert path.stat().st_size <= WEIGHTS[path.stem], path.name


def test_learning_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    import train_haves
    import training

    records = labels.read("haves", "open")[:240]
    made = []
    for name in ("one", "two"):
        lists = training.signals()
        texts = training.readings(records, lists)
        own = train_haves.sounding(records)
        more = training.More({have: [each[have] for each in own] for have in labels.HAVES}, train_haves.OWN)
        gold = {have: [record["gold"][have] for record in records] for have in labels.HAVES}
        path = tmp_path / f"{name}.tsv"
        training.save(path, lists, texts, gold, 10.0, dict.fromkeys(gold, 0.0), more, least=0.12)
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert len(made[0]) > 10_000


# ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────────

DULL = "早安，新的一天，愿您一切顺利"
LIVELY = "傍晚六点，雨还没停，我把伞借给了排在最后的姑娘，自己淋着跑回家，心里倒挺高兴。您那边下雨了吗？"


def test_a_writers_marks_never_tick(bench: Workbench) -> None:
    post = bench.check(DULL).post
    marked = post.model_copy(update={"marks": tuple(Mark(of=have, quote=DULL) for have in labels.HAVES)})
    assert bench.rulebook.check(marked).lamps == bench.rulebook.check(post).lamps
    assert not any(lamp.lit for lamp in bench.rulebook.check(marked).lamps)


@pytest.mark.parametrize("writer", ["template", "model", "human:林知秋", "given"])
def test_every_hand_is_judged_alike(bench: Workbench, writer: str) -> None:
    post = bench.check(LIVELY).post
    by = post.model_copy(update={"origin": post.origin.model_copy(update={"writer": writer})})
    assert bench.rulebook.check(by).lamps == bench.rulebook.check(post).lamps


def test_the_genre_decides_what_is_owed(bench: Workbench) -> None:
    for name, genre in bench.library.genres.items():
        for channel in bench.library.channels:
            found = lamps(bench, DULL, channel=channel, genre=name)
            assert {have for have, lamp in found.items() if lamp.owed} == set(genre.owed(channel)), (name, channel)
    assert not any(lamp.owed for lamp in lamps(bench, DULL).values())


def test_an_owed_have_that_is_dark_is_a_finding_with_its_fixes(bench: Workbench) -> None:
    checked = bench.check(DULL, channel="chat", genre="life_benefit", segment="seniors")
    said = {finding.rule: finding.suggestion for finding in checked.findings}
    for lamp in checked.lamps:
        assert (lamp.have in said) == (lamp.owed and not lamp.lit)
        if lamp.have in said:
            assert all(fix in said[lamp.have] for fix in lamp.fixes)


def test_a_tick_names_its_signals_and_quotes_the_post(bench: Workbench) -> None:
    found = lamps(bench, LIVELY)
    assert {have for have, lamp in found.items() if lamp.lit} >= {"feeling", "reply"}
    for lamp in found.values():
        if lamp.lit:
            assert lamp.signals
            assert not lamp.fixes
            assert lamp.quote
            assert LIVELY[lamp.start : lamp.end] == lamp.quote


def haves(bench: Workbench) -> Iterator[Have]:
    return (rule for rule in bench.rulebook.rules.values() if isinstance(rule, Have))


def test_each_have_knows_many_fixes_and_one_for_every_segment(bench: Workbench) -> None:
    for rule in haves(bench):
        texts = [fix.text for fix in rule.fixes]
        assert len(set(texts)) == len(texts) >= 8
        served = {segment for fix in rule.fixes for segment in fix.segments}
        assert served == set(bench.library.segments), rule.id


def test_every_miss_has_two_fixes_of_which_the_first_fits_its_readers(bench: Workbench) -> None:
    for segment in bench.library.segments:
        for channel in bench.library.channels:
            for genre in (None, "quiz", "case", "benefit"):
                found = bench.check(DULL, channel=channel, segment=segment, genre=genre)
                for rule in haves(bench):
                    lamp = next(lamp for lamp in found.lamps if lamp.have == rule.id)
                    assert not lamp.lit
                    first, second = lamp.fixes
                    assert first != second
                    fix = next(fix for fix in rule.fixes if fix.text == first)
                    assert fix.segments in ((), (segment,))
                    assert fix.segments or fix.channels or fix.genres


def test_the_fixes_of_a_post_stay_and_those_of_its_neighbours_differ(bench: Workbench) -> None:
    posts = [f"{DULL}，今天是第{number}天" for number in range(12)]
    once = [tuple(lamp.fixes for lamp in bench.check(text, segment="seniors").lamps) for text in posts]
    assert once == [tuple(lamp.fixes for lamp in bench.check(text, segment="seniors").lamps) for text in posts]
    assert len(set(once)) >= 4


def test_a_fix_for_winter_is_not_given_in_summer(bench: Workbench) -> None:
    def asked(on: str) -> set[str]:
        said = {"channel": "chat", "segment": "seniors", "on": on}
        return {fix for number in range(9) for fix in lamps(bench, f"{DULL}{number}", **said)["reply"].fixes}

    winter = asked("2026-12-01") - asked("2026-07-01")
    assert any("冬储菜" in fix for fix in winter)


def test_no_fix_uses_words_that_its_segment_avoids_or_that_the_rules_forbid(bench: Workbench) -> None:
    for rule in haves(bench):
        for fix in rule.fixes:
            for segment in fix.segments:
                assert not [word for word in bench.library.segments[segment].avoid if word in fix.text], fix.text
            blocked = bench.rulebook.check(
                outside.post_of(
                    fix.text, channel=bench.library.channels["chat"], on=bench.check(DULL).post.brief.slot.on
                )
            )
            assert not blocked.blocked, fix.text

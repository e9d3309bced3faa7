"""The check's short cuts change nothing: what wakes, what is added up beforehand, what is searched for."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import bench_check
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fuzz_check
from wuyou import Workbench
from wuyou.checks import Rulebook, outside
from wuyou.checks.classify import Classifier, Reading
from wuyou.checks.patterns import Lexicon, compiled
from wuyou.checks.runs import FIRST, LAST, LONGEST, Roll, marked, runs
from wuyou.checks.weights import LABELS, LANE, MASK, ZERO
from wuyou.workbench import CATALOGUE_DATE

ROOT = Path(__file__).parent.parent
LONG = os.environ.get("WUYOU_LONG") == "1"
slow = settings(
    max_examples=300 if LONG else 12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Workbench.here(ROOT).rulebook


@pytest.fixture(scope="module")
def wide_awake() -> Rulebook:
    """Return a rulebook in which every expression and every word is always awake."""
    bench = Workbench.here(ROOT)
    library = bench.library
    book = Rulebook.load(library.folder / "rules", library.sources, CATALOGUE_DATE)
    roll = book._chapters.roll
    woken = (number for table in (roll._first, roll._both) for numbers in table.values() for number in numbers)
    everybody = frozenset((*woken, *roll._always))
    roll.awake = lambda _: everybody  # type: ignore[assignment, misc]
    return book


spoiled = st.builds(fuzz_check.mutated, st.randoms(use_true_random=False), st.sampled_from(fuzz_check.texts()))
labelled = st.one_of(st.sampled_from(fuzz_check.texts()), spoiled)


@slow
@given(text=labelled, channel=st.sampled_from(("moments", "chat", "group")))
def test_what_sleeps_would_have_said_nothing(rulebook: Rulebook, wide_awake: Rulebook, text: str, channel: str) -> None:
    post = outside.post_of(text, channel=Workbench.here(ROOT).library.channels[channel], on=CATALOGUE_DATE)
    assert rulebook.check(post) == wide_awake.check(post)


BRANCHES = ("保本", "保本保息", "保", "本保", r"\d+%", "(?:稳|包)赚", "[|本]", r"\|", "第一(?!时)", "息.{0,2}赚")


@given(
    st.lists(st.sampled_from("保本息稳包赚第一时3%|，"), max_size=24).map("".join),
    st.lists(st.lists(st.sampled_from(BRANCHES), min_size=1, max_size=4), min_size=1, max_size=3),
)
def test_alternatives_searched_apart_are_found_as_in_one_expression(text: str, branches: list[list[str]]) -> None:
    patterns = ["|".join(each) for each in branches]
    whole = [re.compile(pattern) for pattern in patterns]
    expected = {match.span() for each in whole for at in range(len(text)) if (match := each.match(text, at))}
    matcher = compiled(patterns, Lexicon())
    assert list(matcher.all(text)) == sorted(expected, key=lambda span: (span[0], -span[1]))
    assert matcher.within(text) == bool(expected)


def _classifiers(book: Rulebook) -> Iterator[Classifier]:
    ears = book._chapters.ears
    assert ears is not None
    yield from ears.classifiers.values()


def _numbers(classifier: Classifier, feature: str) -> list[int]:
    line = classifier.lines.find(feature)
    return list(map(int, line.split()))[1:] if line else [0] * len(classifier.labels)


def test_a_feature_is_found_by_halves_or_not_at_all(rulebook: Rulebook) -> None:
    for classifier in _classifiers(rulebook):
        every = classifier.lines.every()
        for feature, numbers in [*every[:50], *every[50:-50:97], *every[-50:]]:
            assert classifier.lines.find(feature) == numbers
            assert classifier.lines.find(f"{feature}\0") == ""
        for start in ("", "§", "保", "\U0001f389", "\U0010ffff"):
            assert list(classifier.lines.below(start)) == [pair for pair in every if pair[0].startswith(start)]


@slow
@given(text=labelled, kind=st.sampled_from(("wealth", "general", "deposit")))
def test_sums_made_beforehand_are_the_sums_of_every_feature(rulebook: Rulebook, text: str, kind: str) -> None:
    ears = rulebook._chapters.ears
    assert ears is not None
    reading = Reading(text, kind, "moments", ears.signals)
    for classifier in _classifiers(rulebook):
        reading.weigh(classifier._weights)
        known = {feature: _numbers(classifier, feature) for feature in runs(text) | reading.extra}
        for at, label in enumerate(classifier.labels):
            for total, features in ((reading.total, runs(text)), (reading.added, reading.extra)):
                packed = total >> LANE * classifier._base
                assert (packed >> LANE * (LABELS + at) & MASK) - (packed & MASK) * ZERO == sum(
                    known[feature][at] for feature in features
                )
            every = Counter(run for size in range(1, LONGEST + 1) for run in _laid(text, size))
            assert sum(classifier._heat(reading, label)) == sum(
                known[run][at] * times for run, times in every.items() if run in known
            )


def _laid(text: str, size: int) -> list[str]:
    whole = f"{FIRST}{marked(text)}{LAST}"
    return [whole[at : at + size] for at in range(len(whole) - size + 1)]


@given(st.text(max_size=30))
def test_the_runs_of_a_text_are_what_stands_in_it(text: str) -> None:
    assert runs(text) == {run for size in range(1, LONGEST + 1) for run in _laid(text, size)}


@given(
    st.text("保本息稳赚¶⊢⊣\n", max_size=24),
    st.lists(st.text("保本息稳赚¶⊢⊣", min_size=1, max_size=4), max_size=12, unique=True),
)
def test_a_trie_meets_what_it_was_given_and_nothing_else(text: str, given: list[str]) -> None:
    roll = Roll()
    for number, run in enumerate(given):
        roll.add(number, frozenset([run]))
    assert roll.awake(text) == {number for number, run in enumerate(given) if run in runs(text)}
    later = Roll()
    later.awake(text)
    for number, run in enumerate(given):
        later.add(number, frozenset([run]), frozenset([run]))
    assert later.awake(text) == roll.awake(text)


def test_the_bench_runs_and_says_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_check.main(["--quick"]) == 0
    told = capsys.readouterr().out
    for what in ("尺子", "整本规则", "只看五有", "仿造的规则", "wuyou check -", "2,000 条规则是 200 条的"):
        assert what in told


def test_odd_texts_and_records_bring_no_exception_no_hang_and_no_wrong_quote() -> None:
    told, failures = fuzz_check.report(fuzz_check.fuzz(fuzz_check.Judge(), range(10_000 if LONG else 150), 2026))
    assert failures == [], told


def test_a_fuzzed_record_is_the_same_again() -> None:
    assert all(json.dumps(fuzz_check.make(7, at)) == json.dumps(fuzz_check.make(7, at)) for at in range(60))
    assert fuzz_check.make(7, 12) != fuzz_check.make(8, 12)


def test_breeding_keeps_what_reaches_new_lines(tmp_path: Path) -> None:
    told, failures = fuzz_check.report(fuzz_check.bred(fuzz_check.Judge(), 1, 10 if LONG else 0.05, tmp_path))
    kept = [json.loads(path.read_text(encoding="ascii")) for path in tmp_path.glob("*.json")]
    assert failures == [], told
    assert kept and all("text" in record or "channel" in record for record in kept)

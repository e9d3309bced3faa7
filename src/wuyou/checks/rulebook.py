"""The rulebook: makes each rule prove itself, and runs the rules over a post or the surveys over a calendar.

It returns findings as values and changes nothing. What a rule means stands in ``content_library/rules/``; what a *kind*
of rule does stands in ``kinds``, ``limits``, ``haves``, ``ground`` and ``surveys``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..chinese import fold
from ..errors import LibraryError, Problem
from ..values import Cadence, Calendar, Channel, Checked, Finding, Genre, Post, ProductKind, Segment, Source
from .examples import Example
from .kinds import Pair
from .loader import Chapters, Loader
from .muster import Muster
from .rule import Rule
from .scan import Scan

VAGUE: tuple[ProductKind | None, ...] = (None, "general")
"""Product kinds that say nothing: the text is asked instead."""


class Rulebook:
    """Every rule that has loaded."""

    def __init__(
        self,
        chapters: Chapters,
        default_on: dt.date,
        *,
        genres: Mapping[str, Genre] | None = None,
        segments: Mapping[str, Segment] | None = None,
    ) -> None:
        self.rules = chapters.rules
        self.surveys = chapters.surveys
        self._chapters = chapters
        self._default_on = default_on
        self._genres = genres or {}
        self._segments = segments or {}
        self._musters: dict[tuple[object, ...], Muster] = {}
        self._said: dict[tuple[str, int], tuple[Finding, ...]] = {}
        self._guessing: dict[int, list[int]] = {}
        for at, guess in enumerate(chapters.guesses):
            for number in guess.numbers:
                self._guessing.setdefault(number, []).append(at)
        self._numbers = frozenset(self._guessing)

    @classmethod
    def load(
        cls,
        folder: Path,
        sources: Mapping[str, Source],
        default_on: dt.date,
        *,
        channels: Mapping[str, Channel] | None = None,
        genres: Mapping[str, Genre] | None = None,
        segments: Mapping[str, Segment] | None = None,
        proven: Mapping[str, Any] | None = None,
        weights: bool = True,
    ) -> Rulebook:
        """Read a folder of rules.

        ``default_on`` is the day on which examples without a date are judged; the library's channels and genres are
        what scopes may name. ``proven`` is what ``kept`` said of the same rules in a state that had proved itself.
        Without ``weights`` nothing that was learned is read: for those who are about to learn.
        Raises LibraryError with every problem.
        """
        loader = Loader(folder, sources, channels or {}, genres or {}, proven, segments=segments, weights=weights)
        chapters = loader.read()
        if loader.problems:
            raise LibraryError(loader.problems)
        return cls(chapters, default_on, genres=genres, segments=segments)

    @property
    def kept(self) -> Mapping[str, Any]:
        """What was read, as plain data: to be kept once the rules have proved themselves, and handed to ``load`` again."""
        return self._chapters.kept

    # ── check ──

    def check(self, post: Post) -> Checked:
        """Run every rule in scope over one post."""
        return self._run(self.scan(post))

    def scan(self, post: Post, kind: ProductKind | None = None) -> Scan:
        """Make a post ready for rules; ``kind`` of product is guessed where neither it nor the brief says."""
        if kind is None:
            said = post.brief.product.kind if post.brief.product else None
            kind = said if said not in VAGUE else self.guess(post.text)
        on, chapters = post.brief.slot.on, self._chapters
        return Scan(post, kind or "general", on, chapters.roll, chapters.tail, chapters.ears)

    def guess(self, text: str) -> ProductKind | None:
        """Guess from its words which kind of product a text is about; nothing when it says too little."""
        folded = fold(text).text
        called = self._numbers & self._chapters.roll.awake(folded)
        guesses = sorted(set[int]().union(*map(self._guessing.__getitem__, called)))
        weights = {guess.kind: guess.weight(folded) for guess in map(self._chapters.guesses.__getitem__, guesses)}
        best = max(weights, key=lambda kind: weights[kind], default=None)
        return best if best is not None and weights[best] > 1 else None

    def _run(self, scan: Scan) -> Checked:
        findings: list[Finding] = []
        grounded: bool | None = None
        told = -1
        muster = self._muster(scan)
        for rule, late, weighed, grounds in muster.awake(scan):
            if late and told != len(findings):
                told = len(findings)
                scan.found = frozenset(finding.category for finding in findings if finding.level != "hint")
            found = list(rule.check(scan))
            if weighed and found:
                found = [_weighed(finding, scan, certain=rule.certain) for finding in found]
            findings += found
            if grounds:
                grounded = not found and grounded is not False
        lamps = tuple(scan.lamps.values())
        findings.sort(key=_place)
        return Checked(
            post=scan.post,
            findings=tuple(findings),
            lamps=lamps,
            not_evaluated=muster.lacking,
            grounded=grounded,
        )

    def _muster(self, scan: Scan) -> Muster:
        """Return the rules for a post like this one."""
        sort = scan.sort
        if sort not in self._musters:
            self._musters[sort] = Muster((rule for rule in self.rules.values() if rule.applies(scan)), scan)
        return self._musters[sort]

    # ── survey ──

    def survey(self, calendar: Calendar, cadence: Cadence | None = None) -> tuple[Finding, ...]:
        """Run the surveys over a calendar: what a single post cannot show."""
        return tuple(finding for survey in self.surveys.values() for finding in survey.survey(calendar, cadence))

    # ── prove ──

    def prove(self) -> list[Problem]:
        """Run every example: each ``hit`` must fire its rule, each ``pass`` must leave it silent."""
        return [problem for rule in self.rules.values() for problem in self._prove(rule)]

    def _prove(self, rule: Rule) -> Iterator[Problem]:
        for key, examples in (("hit", rule.examples.hit), ("pass", rule.examples.silent)):
            for index, example in enumerate(examples):
                fired = self._fires(rule, example)
                if fired == (key == "hit"):
                    continue
                shown = example.text or "\n".join(example.parts.values()) or "（没有文字）"
                where = self.where(rule.id, "examples", key, index)
                if key == "hit":
                    yield Problem(f"{rule.id} 的例句没有命中：{shown}", where, "规则可能永远不会响")
                else:
                    yield Problem(f"{rule.id} 的反例不该命中却命中了：{shown}", where, "请补一种 unless，或把规则收窄")

    def _fires(self, rule: Rule, example: Example) -> bool:
        scan = self.example(rule, example)
        if isinstance(rule, Pair) and rule.after:
            others = (other for other, *_ in self._muster(scan).awake(scan) if not isinstance(other, Pair))
            found = (finding for other in others for finding in other.check(scan))
            scan.found = frozenset(finding.category for finding in found)
        return rule.applies(scan) and rule.ready(scan) and rule.fires(scan)

    def example(self, rule: Rule, example: Example) -> Scan:
        """Make an example ready; one that names no day is judged on a day when its rule is in force."""
        on = rule.in_force(self._default_on)
        return self.scan(example.post(rule.scope, on, self._genres, self._segments))

    def said_on(self, rule: Rule, index: int) -> tuple[Finding, ...]:
        """Return what all rules find on one of a rule's ``hit`` examples, looked at once."""
        key = rule.id, index
        if key not in self._said:
            self._said[key] = self.check(self.example(rule, rule.examples.hit[index]).post).findings
        return self._said[key]

    def where(self, name: str, *path: str | int) -> str:
        """Return the file and line of a rule, or of a place inside it."""
        document, key = self._chapters.places[name]
        return document.where((key, *path))


def _place(finding: Finding) -> tuple[object, ...]:
    """Sort findings: the text's before those of pictures, from left to right."""
    return finding.where != "text", finding.where, finding.start, finding.end, finding.rule


def _weighed(finding: Finding, scan: Scan, *, certain: bool) -> Finding:
    """Lower a finding to a hint when the text does not sound like any violation."""
    if (
        finding.level == "hint"
        or finding.where != "text"
        or not scan.is_innocent(finding.start, finding.end, certain=certain)
    ):
        return finding
    return finding.model_copy(update={"level": "hint", "message": f"{finding.message}（整段听着没有问题，请看一眼）"})

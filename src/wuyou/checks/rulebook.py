"""The rulebook: makes each rule prove itself, and runs the rules over a post or the surveys over a calendar.

It returns findings as values and changes nothing. What a rule means stands in ``content_library/rules/``; what a *kind*
of rule does stands in ``kinds``, ``limits``, ``haves``, ``ground`` and ``surveys``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import LibraryError, Problem
from ..values import Cadence, Calendar, Channel, Checked, Finding, Genre, Lamp, Post, ProductKind, Segment, Source
from .contrast import Contrast
from .examples import Example
from .ground import Ground
from .haves import Have
from .kinds import Pair
from .loader import Chapters, Loader
from .muster import Muster
from .rule import CATEGORIES, Rule
from .scan import Scan, Surface

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

    def scan(self, post: Post) -> Scan:
        """Make a post ready for rules."""
        said = post.brief.product.kind if post.brief.product else None
        kind = said if said not in VAGUE else self.guess(post.text)
        on, chapters = post.brief.slot.on, self._chapters
        return Scan(post, kind or "general", on, chapters.roll, chapters.tail, chapters.ears)

    def guess(self, text: str) -> ProductKind | None:
        """Guess from its words which kind of product a text is about; nothing when it says too little."""
        folded = Surface(text, "text").text
        weights = {guess.kind: guess.weight(folded) for guess in self._chapters.guesses}
        best = max(weights, key=lambda kind: weights[kind], default=None)
        return best if best is not None and weights[best] > 1 else None

    def _run(self, scan: Scan) -> Checked:
        findings: list[Finding] = []
        lamps: list[Lamp] = []
        grounded: bool | None = None
        told = -1
        muster = self._muster(scan)
        lacking = list(muster.lacking)
        for rule, late in muster.awake(scan):
            if late and told != len(findings):
                told = len(findings)
                scan.found = frozenset(finding.category for finding in findings if finding.level != "hint")
            if not rule.ready(scan):
                lacking.append(rule.id)
                continue
            found = list(rule.check(scan))
            if rule.category in CATEGORIES:
                found = [_weighed(finding, scan, certain=rule.certain) for finding in found]
            findings += found
            if isinstance(rule, Have):
                lamps.append(rule.lamp(scan))
            if isinstance(rule, Ground | Contrast):
                grounded = not found and grounded is not False
        findings.sort(
            key=lambda finding: (finding.where != "text", finding.where, finding.start, finding.end, finding.rule)
        )
        return Checked(
            post=scan.post,
            findings=tuple(findings),
            lamps=tuple(lamps),
            not_evaluated=tuple(sorted(lacking)),
            grounded=grounded,
        )

    def _muster(self, scan: Scan) -> Muster:
        """Return the rules for a post like this one."""
        brief = scan.post.brief
        key = (scan.kind, brief.channel.name, brief.genre and (brief.genre.name, brief.genre.marketing), scan.on)
        if key not in self._musters:
            self._musters[key] = Muster((rule for rule in self.rules.values() if rule.applies(scan)), scan)
        return self._musters[key]

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
            others = (other for other, _ in self._muster(scan).awake(scan) if not isinstance(other, Pair))
            found = (finding for other in others if other.ready(scan) for finding in other.check(scan))
            scan.found = frozenset(finding.category for finding in found)
        return rule.applies(scan) and rule.ready(scan) and rule.fires(scan)

    def example(self, rule: Rule, example: Example) -> Scan:
        """Make an example ready; one that names no day is judged on a day when its rule is in force."""
        on = rule.in_force(self._default_on)
        return self.scan(example.post(rule.scope, on, self._genres, self._segments))

    def where(self, name: str, *path: str | int) -> str:
        """Return the file and line of a rule, or of a place inside it."""
        document, key = self._chapters.places[name]
        return document.where((key, *path))


def _weighed(finding: Finding, scan: Scan, *, certain: bool) -> Finding:
    """Lower a finding to a hint when the text does not sound like any violation."""
    if (
        finding.level == "hint"
        or finding.where != "text"
        or not scan.is_innocent(finding.start, finding.end, certain=certain)
    ):
        return finding
    return finding.model_copy(update={"level": "hint", "message": f"{finding.message}（整段听着没有问题，请看一眼）"})

"""The kind ``ground``: whether every claim of a post follows from the facts, or from the material given with it.

A number must be there, and must stand beside what the post puts it beside: 一年期1.40% is no claim of a table in which
1.40% belongs to 两年. Words beside the numbers are held against the sources by ``contrast``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

from ..quantities import Quantity, find, same
from ..values import Finding
from . import retold
from .doubts import learned
from .evidence import Evidence
from .figures import Figures
from .places import stretches
from .reproach import blames
from .rule import Rule
from .scan import Scan, Surface
from .sources import firm, words_besides

_SMALL, _CLAUSE = 0, 1
"""How wide a stretch is looked at: between 、, between ，."""
_FEW = 12
"""How many characters are shown at most for a wrong number."""


class _Held(NamedTuple):
    """One surface held against its evidence."""

    scan: Scan
    surface: Surface
    evidence: Evidence
    quantities: tuple[Quantity, ...]
    claims: tuple[Quantity, ...]

    @property
    def strict(self) -> bool:
        """Whether it rests on kept facts: nothing may be computed, and a sentence without a claim is talk."""
        return self.scan.post.brief.passages is None

    def around(self, start: int, end: int, width: int) -> tuple[int, int]:
        """Return the stretch of that width around a span."""
        return list(stretches(self.surface.raw, start, end))[width]

    def widened(self, start: int, end: int) -> tuple[int, int]:
        """Return the words that a number stands with, when they are few: 满200减20 rather than 200."""
        for width in (_CLAUSE, _SMALL):
            low, high = self.around(start, end, width)
            words = self.surface.raw[low:high]
            low, high = low + len(words) - len(words.lstrip()), high - len(words) + len(words.rstrip())
            if high - low <= _FEW:
                return min(low, start), max(high, end)
        return start, end


class Ground(Rule):
    """Ask whether each claim follows from its source: 每个数字、比例、日期，出处里找得到吗."""

    CATEGORY: ClassVar[str] = "grounding"
    """Category of its findings, by which the wire knows them."""
    PATTERNS: ClassVar[tuple[str, ...]] = ("talk", "yearly", "per_period")
    kind: Literal["ground"]
    category: str = CATEGORY
    talk: tuple[str, ...] = ()
    """What looks like a number and says nothing: 头一天."""
    yearly: tuple[str, ...] = ()
    """What calls a rate a yearly one."""
    per_period: tuple[str, ...] = ()
    """What calls it a fee, or a rate of a shorter period."""

    @cached_property
    def weights(self) -> dict[str, int]:
        """What each sign of a wrong number weighs, once ``learn`` has run; nothing is doubted before."""
        return {}

    def learn(self, path: Path, label: str) -> None:
        """Read what was learned. Raises LibraryError."""
        self.weights.update(learned(path, label))

    def ready(self, scan: Scan) -> bool:
        """Ask for something to hold a text from outside against."""
        brief = scan.post.brief
        given = brief.passages is not None or bool(brief.facts or scan.post.facts)
        return super().ready(scan) and (given or not scan.outside)

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield each claim that the sources do not carry."""
        evidence = Evidence.of(scan.post)
        for surface in scan.surfaces:
            quantities = find(surface.raw)
            talk = tuple(surface.folded.span(*span) for span in self.hits(scan, surface, "talk"))
            claims = tuple(
                each
                for each in quantities
                if each.claim
                and not _is_sending_time(scan, each)
                and not any(low <= each.start and each.end <= high for low, high in talk)
            )
            held = _Held(scan, surface, evidence, quantities, claims)
            if held.strict:  # a sentence that was kept is its own ground
                kept = firm(scan.post)
                whole = retold.spans(surface.raw, kept)
                claims = tuple(each for each in claims if not _inside(each, whole))
                held = held._replace(claims=claims)
                for blame in retold.blames(surface.raw, kept, words_besides(scan.post.brief)):
                    yield self._raw(held, (blame.start, blame.end), blame.message, blame.where)
            for blame in blames(Figures(surface.raw, evidence, claims, strict=held.strict, weights=self.weights)):
                yield self._raw(held, held.widened(blame.start, blame.end), blame.message, blame.where)
            for claim in claims:
                if claim.unit == "ratio":
                    yield from self._period(held, claim)

    # ── numbers ──

    def _period(self, held: _Held, claim: Quantity) -> Iterator[Finding]:
        """Yield a fee, or a rate of a shorter time, that is told as a rate of a year."""
        yearly, period = self.matcher("yearly"), self.matcher("per_period")
        if yearly is None or period is None:
            return
        low, high = held.around(claim.start, claim.end, _CLAUSE)
        if not yearly.within(held.surface.raw[low:high]) or period.within(held.surface.raw[low:high]):
            return
        sources = []
        for place in held.evidence.places:
            for each in find(place.text):
                if same(claim, each):
                    low, high = list(stretches(place.text, each.start, each.end))[_SMALL]
                    sources.append((place.text[low:high], place.where))
        if sources and all(period.within(text) and not yearly.within(text) for text, _ in sources):
            yield self._at(held, claim, f"“{claim.text}”在出处里不是年利率", sources[0][1])

    # ── findings ──

    def _at(self, held: _Held, claim: Quantity, message: str, where: str) -> Finding:
        return self._raw(held, (claim.start, claim.end), message, where)

    def _raw(self, held: _Held, span: tuple[int, int], message: str, where: str) -> Finding:
        """Make a finding of a span of the original; its basis is the headquarters document."""
        basis = (where,) if where else self.standing(held.scan.on)
        start, end = span
        return self.finding(held.scan, message=message, basis=basis).model_copy(
            update={"quote": held.surface.raw[start:end], "start": start, "end": end, "where": held.surface.where}
        )


def _inside(claim: Quantity, spans: list[tuple[int, int]]) -> bool:
    return any(low <= claim.start and claim.end <= high for low, high in spans)


def _is_sending_time(scan: Scan, claim: Quantity) -> bool:
    """Tell whether it is the day or the minute of sending, which is no claim."""
    slot = scan.post.brief.slot
    if claim.kind == "date" and claim.low == claim.high:
        return claim.normalized.lstrip("-") in (slot.on.isoformat(), slot.on.isoformat()[5:])
    return claim.kind == "clock" and slot.at is not None and claim.normalized == f"{slot.at:%H:%M}"

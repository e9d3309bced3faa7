"""The kind ``ground``: whether every claim of a post follows from the facts, or from the material given with it.

A number must be there, and must stand beside what the post puts it beside: 一年期1.40% is no claim of a table in which
1.40% belongs to 两年. Sweeping words, presents, names and channels that the sources do not carry count as well; which
words those are stands in YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from ..chinese import is_han
from ..quantities import Quantity, find, same, says
from ..values import Finding
from .evidence import Evidence, like
from .places import stretches
from .rule import Rule
from .scan import Scan, Surface

KEYS = frozenset({"term", "date", "date_range", "amount", "count"})
"""Kinds of quantity to which a value can belong: 三年 has a rate, 20万元 has one, 12月24日 has an hour."""
VALUES = frozenset({"rate", "amount", "count", "clock", "number"})
"""Kinds of quantity that can be put beside the wrong one."""
HOLDERS = frozenset({"gram", "session", "age"})
"""Units of counts that have a price or a fee of their own: 10克, 12期, 60岁."""
_SMALL, _CLAUSE, _SENTENCE = 0, 1, 2
"""How wide a stretch is looked at: between 、, between ，, between 。."""


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

    def beside(self, claim: Quantity, width: int) -> tuple[Quantity, ...]:
        """Return the other quantities of the stretch around a claim."""
        low, high = self.around(claim.start, claim.end, width)
        return tuple(each for each in self.quantities if each != claim and low <= each.start and each.end <= high)

    def told(self, start: int) -> bool:
        """Tell whether words at a place of the folded text are part of a claim."""
        low, high = self.surface.sentence(start)
        low, high = self.surface.folded.span(low, high)
        return not self.strict or any(low <= claim.start < high for claim in self.claims)


class Ground(Rule):
    """Ask whether each claim follows from its source: 每个数字、比例、日期，出处里找得到吗."""

    CATEGORY: ClassVar[str] = "grounding"
    """Category of its findings, by which the wire knows them."""
    PATTERNS: ClassVar[tuple[str, ...]] = (
        "talk",
        "sweeping",
        "limited",
        "gifts",
        "names",
        "yearly",
        "per_period",
        "only",
    )
    kind: Literal["ground"]
    category: str = CATEGORY
    talk: tuple[str, ...] = ()
    """What looks like a number and says nothing: 头一天."""
    sweeping: tuple[str, ...] = ()
    """Words that claim something of everybody and everything: 所有客户, 一律."""
    limited: tuple[str, ...] = ()
    """Words by which a source restricts: 仅限, 除外."""
    gifts: tuple[str, ...] = ()
    """What promises a present; the words of the match after the verb must stand in the sources."""
    names: tuple[str, ...] = ()
    """Names of institutions; each must stand in the sources."""
    rivals: tuple[Annotated[tuple[str, ...], Field(min_length=2)], ...] = ()
    """Words of which one excludes the others; a word's other names stand behind bars: 柜面|柜台|网点, 手机银行."""
    yearly: tuple[str, ...] = ()
    """What calls a rate a yearly one."""
    per_period: tuple[str, ...] = ()
    """What calls it a fee, or a rate of a shorter period."""
    only: tuple[str, ...] = ()
    """What ties something to one channel: 仅限柜面."""

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
            for claim in claims:
                yield from self._number(held, claim)
            yield from self._words(held)

    # ── numbers ──

    def _number(self, held: _Held, claim: Quantity) -> Iterator[Finding]:
        evidence = held.evidence
        keys = [key for key in held.beside(claim, _SMALL) if _may_hold(key, claim)]
        beside = [(key, *evidence.beside(key, claim)) for key in keys]
        if not evidence.carries(claim):
            near = tuple(each for _, each_near, _ in beside for each in each_near)
            if not self._computed(held, claim, near):
                there = f"，出处里{keys[0].text}对应的是{_listed(near)}" if near else ""
                yield self._at(held, claim, f"出处里没有“{claim.text}”{there}", evidence.where(claim))
            return
        for key, near, where in beside:
            if near and not says(claim, near) and not self._computed(held, claim, near):
                message = f"出处里{key.text}对应的是{_listed(near)}，不是{claim.text}"
                span = min(key.start, claim.start), max(key.end, claim.end)
                yield self._raw(held, span, message, where)
                return
        yield from self._misplaced(held, claim)

    @staticmethod
    def _computed(held: _Held, claim: Quantity, near: tuple[Quantity, ...]) -> bool:
        told = held.beside(claim, _SENTENCE)
        return not held.strict and held.evidence.computes(claim, told, near)

    def _misplaced(self, held: _Held, claim: Quantity) -> Iterator[Finding]:
        """Yield at most one of: a value under the wrong heading, a wrong first day, a fee told as a yearly rate."""
        evidence = held.evidence
        if claim.kind in VALUES:
            low, high = held.around(claim.start, claim.end, _CLAUSE)
            under, label, where = evidence.labelled(claim, held.surface.raw[low:high])
            if under and not self._computed(held, claim, under):
                yield self._at(held, claim, f"出处里{label}对应的是{_listed(under)}，不是{claim.text}", where)
                return
        if claim.kind == "date" and claim.bound == "起":
            first = tuple(each for each in evidence.quantities if each.kind == "date" and each.bound == "起")
            itself = [each for each in evidence.quantities if same(claim, each)]
            if first and not says(claim, first) and all(each.kind == "date" and not each.bound for each in itself):
                yield self._at(held, claim, f"出处里从{_listed(first)}起，不是{claim.text}", evidence.where(claim))
        elif claim.unit == "ratio":
            yield from self._period(held, claim)

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
                    low, high = list(stretches(place.text, each.start, each.end))[_CLAUSE]
                    sources.append((place.text[low:high], place.where))
        if sources and all(period.within(text) and not yearly.within(text) for text, _ in sources):
            yield self._at(held, claim, f"“{claim.text}”在出处里不是年利率", sources[0][1])

    # ── words ──

    def _words(self, held: _Held) -> Iterator[Finding]:
        """Yield sweeping words, presents, names and rivals that the sources do not carry."""
        text, evidence = held.surface.text, held.evidence
        limited, names = self.matcher("limited"), self.matcher("names")
        for start, end in self.hits(held.scan, held.surface, "sweeping"):
            word = text[start:end]
            if not held.told(start) or (limited is not None and not limited.within(evidence.text)):
                continue
            if word not in evidence.text and not (word.startswith("不限") and "不限" in evidence.text):
                yield self._word(held, (start, end), f"出处里有条件，没有说“{word}”")
        for start, end in self.hits(held.scan, held.surface, "gifts"):
            if held.told(start) and not _shares(text[start:end], evidence.text):
                yield self._word(held, (start, end), f"出处里没有这项好处：“{text[start:end]}”")
        for start, end in self.hits(held.scan, held.surface, "names"):
            if names is not None and text[start:end] not in evidence.text and names.within(evidence.text):
                yield self._word(held, (start, end), f"出处里没有这个名字：“{text[start:end]}”")
        for group in () if held.strict else self.rivals:
            told, written = _members(group, text), _members(group, evidence.text)
            if told and written and not told.keys() & written.keys():
                span, (first, last) = next(iter(told.values())), next(iter(written.values()))
                if held.told(span[0]):
                    message = f"出处里说的是{evidence.text[first:last]}，不是{text[slice(*span)]}"
                    yield self._word(held, span, message)
        yield from self._only(held)

    def _only(self, held: _Held) -> Iterator[Finding]:
        """Yield the first thing that the sources tie to one channel and the post tells of another."""
        only = self.matcher("only")
        for place in held.evidence.places if only else ():
            for start, end in only.all(place.text) if only else ():
                low, high = list(stretches(place.text, start, end))[_CLAUSE]
                tied = tuple(each for each in find(place.text) if low <= each.start and each.end <= high)
                for claim in held.claims:
                    begin, stop = held.around(claim.start, claim.end, _SENTENCE)
                    for group in self.rivals if any(same(claim, each) for each in tied) else ():
                        inside, other = (
                            _members(group, place.text[start:end]),
                            _members(group, held.surface.raw[begin:stop]),
                        )
                        if inside and other and not inside.keys() & other.keys():
                            first, last = next(iter(other.values()))
                            message = f"出处里{claim.text}{place.text[start:end]}"
                            yield self._raw(held, (begin + first, begin + last), message, place.where)
                            return

    # ── findings ──

    def _at(self, held: _Held, claim: Quantity, message: str, where: str) -> Finding:
        return self._raw(held, (claim.start, claim.end), message, where)

    def _word(self, held: _Held, span: tuple[int, int], message: str) -> Finding:
        where = held.evidence.places[0].where if held.evidence.places else ""
        return self._raw(held, held.surface.folded.span(*span), message, where)

    def _raw(self, held: _Held, span: tuple[int, int], message: str, where: str) -> Finding:
        """Make a finding of a span of the original; its basis is the headquarters document."""
        basis = (where,) if where else self.standing(held.scan.on)
        start, end = span
        return self.finding(held.scan, message=message, basis=basis).model_copy(
            update={"quote": held.surface.raw[start:end], "start": start, "end": end, "where": held.surface.where}
        )


def _is_sending_time(scan: Scan, claim: Quantity) -> bool:
    """Tell whether it is the day or the minute of sending, which is no claim."""
    slot = scan.post.brief.slot
    if claim.kind == "date" and claim.low == claim.high:
        return claim.normalized.lstrip("-") in (slot.on.isoformat(), slot.on.isoformat()[5:])
    return claim.kind == "clock" and slot.at is not None and claim.normalized == f"{slot.at:%H:%M}"


def _may_hold(key: Quantity, claim: Quantity) -> bool:
    """Tell whether a value can belong to that key: an hour to a day, a sum to the sum from which it is taken off."""
    if key.kind not in KEYS or claim.kind not in VALUES or claim.unit == "weekday":
        return False
    if claim.kind == "clock" or key.kind in ("date", "date_range"):
        return claim.kind == "clock" and key.kind in ("date", "date_range")
    if like(key, claim):
        return key.kind == "amount" and key.start < claim.start and key.bound == "起"
    if key.kind == "count":
        return key.unit in HOLDERS and claim.kind in ("amount", "rate")
    return claim.kind in ("rate", "amount", "count") and not (key.kind == "amount" and claim.kind == "count")


def _shares(words: str, text: str) -> bool:
    """Tell whether any two neighbouring characters of the words, behind the verb, stand in the text."""
    han = [index for index in range(1, len(words) - 1) if is_han(words[index]) and is_han(words[index + 1])]
    return any(words[index : index + 2] in text for index in han)


def _listed(quantities: tuple[Quantity, ...]) -> str:
    return "、".join(list(dict.fromkeys(each.text for each in quantities))[:4])


def _members(group: tuple[str, ...], text: str) -> dict[str, tuple[int, int]]:
    """Return the members of a group of rivals that stand in a text, with their places."""
    found = {member: re.search(member, text) for member in group}
    return {member: match.span() for member, match in found.items() if match}

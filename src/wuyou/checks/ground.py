"""The kind ``ground``: does every claim of the post follow from the facts, or from the headquarters text given with it?

A number must be there, and must stand beside what the post puts it beside: 一年期1.40% is no claim of a table in which
1.40% belongs to 两年. Sweeping words, presents, names and channels that the sources do not carry count as well; which
words those are stands in YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..chinese import is_han
from ..quantities import Quantity, find, same, says
from ..values import Finding
from .evidence import Evidence, like, stretches
from .rule import At, Rule
from .scan import Scan, Surface

KEYS = frozenset({"term", "date", "date_range", "amount", "count", "number"})
"""Kinds of quantity to which a value can belong: 三年 has a rate, 20万元 has one, 12月24日 has an hour."""
VALUES = frozenset({"rate", "amount", "count", "clock", "number"})
"""Kinds of quantity that can be put beside the wrong one."""


class Ground(Rule):
    """每个数字、比例、日期，出处里找得到吗？说法和出处对得上吗？"""

    CATEGORY: ClassVar[str] = "grounding"
    """Category of its findings, by which the wire knows them."""
    PATTERNS: ClassVar[tuple[str, ...]] = ("sweeping", "limited", "gifts", "names", "yearly", "per_period", "only")
    kind: Literal["ground"]
    category: str = CATEGORY
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
        """A text from outside needs something to be held against."""
        brief = scan.post.brief
        return super().ready(scan) and (
            not scan.outside or brief.passages is not None or bool(brief.facts or scan.post.facts)
        )

    def patterns(self) -> Iterator[tuple[At, tuple[str, ...], dict[str, bool]]]:
        """Yield its own lists and those of every rule."""
        yield from super().patterns()

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield each claim that the sources do not carry."""
        evidence = Evidence.of(scan.post)
        for surface in scan.surfaces:
            quantities = find(surface.raw)
            claims = tuple(each for each in quantities if each.claim and not self._is_sending_time(scan, each))
            for claim in claims:
                yield from self._number(scan, surface, claim, quantities, evidence)
            yield from self._words(scan, surface, claims, evidence)

    # ── numbers ──

    @staticmethod
    def _is_sending_time(scan: Scan, claim: Quantity) -> bool:
        """The day and minute of sending are no claims."""
        slot = scan.post.brief.slot
        if claim.kind == "date" and claim.low == claim.high:
            return str(claim.normalized).lstrip("-") in (slot.on.isoformat(), slot.on.isoformat()[5:])
        return claim.kind == "clock" and slot.at is not None and claim.normalized == f"{slot.at:%H:%M}"

    def _number(
        self, scan: Scan, surface: Surface, claim: Quantity, quantities: tuple[Quantity, ...], evidence: Evidence
    ) -> Iterator[Finding]:
        keys = self._keys(surface, claim, quantities)
        told = tuple(each for each in quantities if each != claim)
        strict = scan.post.brief.passages is None
        if not evidence.carries(claim):
            near = tuple(each for key in keys for each in evidence.beside(key, claim)[0])
            if strict or not evidence.computes(claim, self._sentence(surface, claim, told), near):
                there = f"，出处里{keys[0].text}对应的是{_listed(near)}" if near else ""
                yield self._found(scan, surface, claim, f"出处里没有“{claim.text}”{there}", evidence.where(claim))
            return
        for key in keys:
            near, where = evidence.beside(key, claim)
            if near and not says(claim, near) and not (not strict and evidence.computes(claim, told, near)):
                yield self._found(
                    scan, surface, claim, f"出处里{key.text}对应的是{_listed(near)}，不是{claim.text}", where
                )
                return
        yield from self._misplaced(scan, surface, claim, told, evidence)

    def _misplaced(
        self, scan: Scan, surface: Surface, claim: Quantity, told: tuple[Quantity, ...], evidence: Evidence
    ) -> Iterator[Finding]:
        """A value under the wrong heading, a day at the wrong end, a fee told as a yearly rate: at most one of them."""
        low, high = list(stretches(surface.raw, claim.start, claim.end))[1]
        under, label, where = evidence.labelled(claim, surface.raw[low:high]) if claim.kind in VALUES else ((), "", "")
        if under:
            if scan.post.brief.passages is None or not evidence.computes(claim, told, under):
                yield self._found(
                    scan, surface, claim, f"出处里{label}对应的是{_listed(under)}，不是{claim.text}", where
                )
            return
        if claim.kind == "date" and claim.bound == "起":
            first = tuple(each for each in evidence.quantities if each.kind == "date" and each.bound == "起")
            itself = [each for each in evidence.quantities if same(claim, each)]
            if first and not says(claim, first) and all(each.kind == "date" and not each.bound for each in itself):
                yield self._found(
                    scan, surface, claim, f"出处里从{_listed(first)}起，不是{claim.text}", evidence.where(claim)
                )
            return
        yield from self._period(scan, surface, claim, evidence)

    def _keys(self, surface: Surface, claim: Quantity, quantities: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
        """Return the quantities to which the post ties a claim: those in its own small stretch."""
        if claim.kind not in VALUES or claim.unit == "weekday":
            return ()
        low, high = next(iter(stretches(surface.raw, claim.start, claim.end)))
        return tuple(
            each
            for each in quantities
            if each != claim and low <= each.start and each.end <= high and each.kind in KEYS and _may_hold(each, claim)
        )

    @staticmethod
    def _sentence(surface: Surface, claim: Quantity, told: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
        """Return the quantities of the same sentence."""
        low, high = list(stretches(surface.raw, claim.start, claim.end))[2]
        return tuple(each for each in told if low <= each.start and each.end <= high)

    def _period(self, scan: Scan, surface: Surface, claim: Quantity, evidence: Evidence) -> Iterator[Finding]:
        """A fee of a month told as a rate of a year, and the like."""
        yearly, period = self.matcher("yearly"), self.matcher("per_period")
        if claim.unit != "ratio" or yearly is None or period is None:
            return
        low, high = list(stretches(surface.raw, claim.start, claim.end))[1]
        if not yearly.within(surface.raw[low:high]) or period.within(surface.raw[low:high]):
            return
        around = []
        for place in evidence.places:
            for each in find(place.text):
                if same(claim, each):
                    begin, end = list(stretches(place.text, each.start, each.end))[1]
                    around.append((place.text[begin:end], place.where))
        if around and all(period.within(text) and not yearly.within(text) for text, _ in around):
            yield self._found(scan, surface, claim, f"“{claim.text}”在出处里不是年利率", around[0][1])

    # ── words ──

    def _words(
        self, scan: Scan, surface: Surface, claims: tuple[Quantity, ...], evidence: Evidence
    ) -> Iterator[Finding]:
        strict = scan.post.brief.passages is None
        spans = [_folded(surface, claim) for claim in claims]

        def counts(start: int) -> bool:
            """Inside the workbench a sentence without any claim is talk; a text held against its source is all claim."""
            low, high = surface.sentence(start)
            return not strict or any(low <= at < high for at, _ in spans)

        where = evidence.places[0].where if evidence.places else ""
        limited = self.matcher("limited")
        for start, end in self.hits(scan, surface, "sweeping"):
            word = surface.text[start:end]
            said = word in evidence.text or (word.startswith("不限") and "不限" in evidence.text)
            if counts(start) and not said and (limited is None or limited.within(evidence.text)):
                yield self._word(scan, surface, start, end, f"出处里有条件，没有说“{word}”", where)
        for start, end in self.hits(scan, surface, "gifts"):
            if counts(start) and not _shares(surface.text[start:end], evidence.text):
                yield self._word(scan, surface, start, end, f"出处里没有这项好处：“{surface.text[start:end]}”", where)
        for start, end in self.hits(scan, surface, "names"):
            if surface.text[start:end] not in evidence.text and self._named(evidence):
                yield self._word(scan, surface, start, end, f"出处里没有这个名字：“{surface.text[start:end]}”", where)
        for group in self.rivals:
            told = {kind: at for kind, at in _kinds(group, surface.text)}
            written = {kind: at for kind, at in _kinds(group, evidence.text)}
            if told and written and not told.keys() & written.keys():
                (start, end), (first, last) = next(iter(told.values())), next(iter(written.values()))
                if counts(start):
                    message = f"出处里说的是{evidence.text[first:last]}，不是{surface.text[start:end]}"
                    yield self._word(scan, surface, start, end, message, where)
        yield from self._only(scan, surface, claims, evidence)

    def _named(self, evidence: Evidence) -> bool:
        matcher = self.matcher("names")
        return matcher is not None and matcher.within(evidence.text)

    def _only(
        self, scan: Scan, surface: Surface, claims: tuple[Quantity, ...], evidence: Evidence
    ) -> Iterator[Finding]:
        """Something that the sources tie to one channel, told of another."""
        only = self.matcher("only")
        if only is None:
            return
        for place in evidence.places:
            for start, end in only.all(place.text):
                low, high = list(stretches(place.text, start, end))[1]
                tied = [each for each in find(place.text) if low <= each.start and each.end <= high]
                for group in self.rivals:
                    inside = {kind for kind, _ in _kinds(group, place.text[start:end])}
                    for claim in claims:
                        begin, stop = list(stretches(surface.raw, claim.start, claim.end))[2]
                        other = dict(_kinds(group, surface.raw[begin:stop]))
                        if inside and other and not inside & other.keys() and any(same(claim, each) for each in tied):
                            first, last = next(iter(other.values()))
                            message = f"出处里{claim.text}{place.text[start:end]}"
                            yield self._at(scan, surface, begin + first, begin + last, message, place.where)
                            return

    # ── findings ──

    def _found(self, scan: Scan, surface: Surface, claim: Quantity, message: str, where: str) -> Finding:
        return self._at(scan, surface, claim.start, claim.end, message, where)

    def _word(self, scan: Scan, surface: Surface, start: int, end: int, message: str, where: str) -> Finding:
        low, high = surface.folded.span(start, end)
        return self._at(scan, surface, low, high, message, where)

    def _at(self, scan: Scan, surface: Surface, start: int, end: int, message: str, where: str) -> Finding:
        """Make a finding of a span of the original; its basis is the headquarters document."""
        basis = (where,) if where else self.standing(scan.on)
        return self.finding(scan, message=message, basis=basis).model_copy(
            update={"quote": surface.raw[start:end], "start": start, "end": end, "where": surface.where}
        )


def _may_hold(key: Quantity, claim: Quantity) -> bool:
    """Tell whether a value can belong to that key: an hour to a day, a sum to a smaller or larger sum before it."""
    if claim.kind == "clock" or key.kind in ("date", "date_range"):
        return claim.kind in ("clock",) and key.kind in ("date", "date_range")
    if like(key, claim):
        return key.kind == "amount" and key.start < claim.start and key.bound == "起"
    if key.kind == "count":
        return key.unit in ("gram", "session", "age") and claim.kind in ("amount", "rate")
    if key.kind == "number":
        return False
    return claim.kind in ("rate", "amount", "count") and not (key.kind == "amount" and claim.kind == "count")


def _folded(surface: Surface, claim: Quantity) -> tuple[int, int]:
    """Return a span of the original as one of the folded text."""
    inside = [index for index, place in enumerate(surface.folded.places) if claim.start <= place < claim.end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _shares(words: str, text: str) -> bool:
    """Tell whether any two neighbouring characters of the words, behind the verb, stand in the text."""
    han = [index for index in range(1, len(words) - 1) if is_han(words[index]) and is_han(words[index + 1])]
    return any(words[index : index + 2] in text for index in han)


def _listed(quantities: tuple[Quantity, ...]) -> str:
    return "、".join(list(dict.fromkeys(each.text for each in quantities))[:4])


def _kinds(group: tuple[str, ...], text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the members of a group of rivals that stand in a text, with their places; a member may list its other names."""
    for member in group:
        found = re.search(member, text)
        if found:
            yield member, found.span()

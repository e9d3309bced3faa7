"""Signs of something told for its opposite: 东南角 for 西南角, or two things told alike that the source tells apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..chinese import is_han
from ..regexes import regex
from .alignment import Clause
from .signals import FAINT, Sign, sign
from .wording import RIVALS, Source, Span, Told

_WINDOWS = ((1, 1), (0, 2), (2, 0), (0, 1), (1, 0))
"""How many characters before and behind a character of a class must be those of the source."""
_SHORT = 3
_CODE = regex(r"(?<![a-z0-9])([a-z])\d{1,3}(?![a-z0-9%])")
_WIDE = frozenset(
    "的了是在有和就都也还很我您你他她它们这那个不没来去到得着过给把被让跟同吗呢吧啊月日号点年周时分元块万千百期天"
)
"""Characters beside which another one of a class says nothing."""


def opposites(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield every sign of a clause that something is told for its opposite."""
    if clause.score >= FAINT:
        yield from _twins(told, clause)
        yield from _codes(told, clause)
        yield from _alike(told, clause)


def _twins(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a word that the source has with another character of the same class alone: 县一中 where it has 县二中."""
    source = told.source
    for at in range(clause.start, clause.end):
        for others in source.lists.classes.get(told.text[at], ()):
            if any(each.start <= at < each.end and each.claim for each in told.quantities):
                continue
            found = _twin(told, clause, at, others)
            if found:
                span, place = found
                near = source.unit_at(place) in told.units(clause)
                short = span[1] - span[0] < _SHORT
                if near or not short:
                    name = "twin" + ("-" if short else "") + ("" if near else "?")
                    yield sign(name, span, told, (place, place + span[1] - span[0]))
                    return


def _codes(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a letter with a number that the source has with other numbers alone: T1 for T2."""
    for found in _CODE.finditer(told.text, clause.start, clause.end):
        if found[0] in told.source.text:
            continue
        other = re.search(rf"(?<![a-z0-9]){found[1]}\d{{1,3}}(?![a-z0-9])", told.source.text)
        if other:
            yield sign("code", found.span(), told, other.span())


def _twin(told: Told, clause: Clause, at: int, others: str) -> tuple[Span, int] | None:
    found = None
    text, source = told.text, told.source.text
    for before, behind in _WINDOWS:
        low, high = at - before, at + behind + 1
        words = text[low:high]
        if low < clause.start or high > clause.end or not all(map(is_han, words)) or _WIDE & set(words):
            continue
        if words in source:
            return None
        for other in others:
            place = source.find(text[low:at] + other + text[at + 1 : high])
            if place >= 0 and found is None:
                found = (low, high), place
    return found


def _together(source: Source, group: str, members: Collection[str]) -> bool:
    """Tell whether the source names some words of a group in one stretch."""
    stretches = [{source.segment(*span) for span in source.spans(RIVALS, group, member)} for member in members]
    return bool(set.intersection(*stretches))


def _alike(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield two things told alike of which the source limits something to one, or says other numbers: 新户老户都有."""
    source = told.source
    if not told.has(clause.start, clause.end, "alike") or told.denied(clause):
        return
    units = told.units(clause)
    for group, members in told.groups(RIVALS).items():
        mine = {
            member: inside[0]
            for member in members
            if (inside := told.inside(clause.start, clause.end, RIVALS, group, member))
        }
        here = source.members(units, group)
        if len(mine) < 2 or not mine.keys() & here.keys():
            continue
        shared = mine.keys() & here.keys()
        if len(shared) > 1 and _together(source, group, shared):
            continue
        spans = sorted(mine.values())
        sole = len(mine.keys() & here.keys()) == 1
        place = next(iter(here.values()))
        name = "alike" if sole else "alike+" if source.first(units, "only") else "alike?"
        yield sign(name, (spans[0][0], spans[-1][1]), told, place)
        return

"""Signs of the wrong person: a neighbour who may act where the source wants the customer himself, or his family."""

from __future__ import annotations

from collections.abc import Iterator

from ..regexes import regex
from .alignment import Clause
from .signals import FAINT, Sign, grown, sign
from .wording import PERSONS, Told

_FOR = frozenset("替帮给为")
"""Behind these stands for whom something is done, not who does it."""
_SELF = regex("自己|本人|自个")
_WHO = "谁"
"""The one group of persons."""


def persons(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a person who may act or get something, and of whom the source does not speak where it says who may."""
    source = told.source
    if told.best < FAINT or not told.has(clause.start, clause.end, "acting") or told.denied(clause):
        return
    mine = {
        member: inside[0]
        for member in told.groups(PERSONS).get(_WHO, ())
        if (inside := told.inside(clause.start, clause.end, PERSONS, _WHO, member))
    }
    acted = {member for member, (low, _) in mine.items() if told.text[max(0, low - 1) : low] in _FOR}
    mine = {member: span for member, span in mine.items() if member not in acted or len(acted) == len(mine)}
    if not mine or _SELF.search(told.text, clause.start, clause.end):
        return
    units = told.around(clause)
    here = source.members(units, _WHO, PERSONS)
    covered = {each for member in here for each in (member, *source.lists.wider.get(member, ()))}
    strange = sorted((span, member) for member, span in mine.items() if member not in covered)
    if not strange or "代理" in covered:
        return
    anywhere = set(source.groups(PERSONS).get(_WHO, ()))
    anywhere |= {each for member in anywhere for each in source.lists.wider.get(member, ())}
    doubt = "?" if all(member in anywhere for _, member in strange) else ""
    talk = "~" if told.has(clause.start, clause.end, "talk") else ""
    himself = source.first(units, "oneself")
    if himself:
        yield sign(f"person+{doubt}{talk}", grown(strange[0][0], clause), told, source.segment(*himself))
    elif here:
        yield sign(f"person{doubt}{talk}", grown(strange[0][0], clause), told, next(iter(here.values())))

"""Which text written whole serves a slot: one that no post of the run has said, written for the day before any other."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

from ..values import Campaign, Fact, FactSheet, Genre, Moment, Segment, Sketch, Slot
from .stock import Stock, common, digest, tellable

STRIDE = 0.382
"""How far round its ring of sketches each campaign begins after the one before it: a share that comes back late."""


class Turn(NamedTuple):
    """A sketch, how soon it is its turn, and the facts it tells."""

    place: int
    text: Sketch
    facts: frozenset[str]


class Sketches:
    """The sketches of one segment's run; remembers which have been said."""

    def __init__(self, stock: Stock, segment: Segment, campaign: Campaign) -> None:
        self.stock = stock
        self.said: set[str] = set()
        before = sum(each < (campaign.start, campaign.name) for each in stock.starts)
        self.ring = _ring(stock.sketches, segment, before)

    def choose(
        self,
        slot: Slot,
        genre: Genre,
        moment: Moment | None,
        facts: Sequence[Fact],
        sheet: FactSheet | None,
        alive: Set[str],
    ) -> Sketch | None:
        """Return the sketch that fits the slot best, or None when all that fit have been said in this run.

        ``alive`` names the moments that are alive on the slot's day. One that tells the fact due first goes before others.
        """
        ring = self.ring.get(slot.genre)
        if not ring:
            return None
        told = {fact.key for fact in facts if fact.plain}
        lead = next((fact.key for fact in facts if tellable(fact)), "")
        on = sheet.name if sheet else ""
        fit = [
            (days, turn.place, lead not in turn.facts, turn.text)
            for turn in ring
            if turn.text.opening not in self.said
            and (turn.text.sheet == on or not (turn.text.sheet or genre.facts))
            and slot.channel in (turn.text.channels or (slot.channel,))
            and (turn.text.at is None or (slot.at is not None and slot.at in turn.text.at))
            and told.issuperset(turn.facts)
            and (days := self._days_off(turn.text, moment, alive, genre)) is not None
        ]
        if not fit:
            return None
        chosen = min(fit, key=lambda each: each[:3])[3]
        self.said.add(chosen.opening)
        return chosen

    def _days_off(self, sketch: Sketch, moment: Moment | None, alive: Set[str], genre: Genre) -> int | None:
        """Say how close a sketch is to the day, 0 for one written for it; None where it would be out of place."""
        near = alive & set(sketch.moments)
        if moment is not None and moment.name in sketch.moments:
            return 0 if not _returns(moment) else 2
        if genre.moment or (moment is not None and moment.quiet) or (sketch.moments and not near):
            return None
        return 1 if any(not _returns(self.stock.moments[name]) for name in near) else 2


def _returns(moment: Moment) -> bool:
    """Tell whether a moment lasts or comes back every week or month: what speaks of it takes its turn with the rest."""
    return common(moment) or bool(moment.monthly)


def _ring(sketches: Sequence[Sketch], segment: Segment, before: int) -> dict[str, list[Turn]]:
    """Return a segment's sketches by genre with their turn; ``before`` says how many campaigns began earlier.

    Each campaign begins further round than the one before it, so a text comes back only after others of its kind.
    """
    mine = [each for each in sketches if segment.name in (each.segments or (segment.name,))]
    mine.sort(key=lambda each: digest(segment.name, each.opening, *each.body))
    alike: dict[tuple[str, ...], list[Sketch]] = {}
    for each in mine:
        for genre in each.genres:
            alike.setdefault((genre, each.sheet, *each.channels), []).append(each)
    ring: dict[str, list[Turn]] = {}
    for (genre, *_), fit in alike.items():
        begin = before * max(1, round(len(fit) * STRIDE))
        ring.setdefault(genre, []).extend(
            Turn((place - begin) % len(fit), each, frozenset(each.facts)) for place, each in enumerate(fit)
        )
    return ring

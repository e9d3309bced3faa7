"""Which story a slot tells: each story has one segment whose own it is, so that two segments seldom tell the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ..values import Campaign, Segment, Slot, Story
from .stock import Stock, digest


class Stories:
    """The stories of one segment's run; the variants of a slot share its memory."""

    def __init__(self, stock: Stock, segment: Segment, campaign: Campaign) -> None:
        self.stock = stock
        self.segment = segment.name
        self.others = frozenset(campaign.segments) - {segment.name}
        self.before = sum(each < (campaign.start, campaign.name) for each in stock.starts)
        self.told: Counter[str] = Counter()
        self.beside: dict[str, set[str]] = {}
        """Stories told by the variants of a slot."""
        self.rings: dict[str, dict[str, Turn]] = {}

    def choose(self, slot: Slot, kind: str) -> Story | None:
        """Return the story of a kind whose turn it is, another for each variant; None where none fits the segment."""
        if kind not in self.rings:
            self.rings[kind] = self._ring(kind)
        ring = self.rings[kind]
        if not ring:
            return None
        beside = self.beside.setdefault(slot.key, set())
        name = min(ring, key=lambda each: (each in beside, self.told[each], ring[each].lent, ring[each].place))
        beside.add(name)
        self.told[name] += 1
        return ring[name].story

    def _ring(self, kind: str) -> dict[str, Turn]:
        """Return the segment's stories of a kind by name, with their turn.

        A campaign begins where those before it, each taken to tell as many as this one, have left off.
        """
        stories = [story for story in self.stock.stories if story.kind == kind]
        rings = _dealt(stories)
        cadence = self.stock.cadence
        a_round = sum(
            quota.count
            for beat in cadence.beats
            for quota in beat.quotas
            if self.stock.genres[quota.genre].story == kind
        )
        count = a_round * cadence.rounds
        begin = self.before * count
        busy = {
            story.name
            for other in self.others & rings.keys()
            for place, story in enumerate(rings[other].own)
            if (place - begin) % len(rings[other].all) < count
        }
        fit = rings[self.segment].all if self.segment in rings else []
        return {
            story.name: Turn(story.name in busy, (place - begin) % len(fit), story) for place, story in enumerate(fit)
        }


class Turn(NamedTuple):
    """A story of a segment's ring and when its turn is."""

    lent: bool
    """Whether the segment whose own it is tells it in this campaign."""
    place: int
    story: Story


class Ring(NamedTuple):
    """The stories that fit a segment: those that are its own, and all, its own first."""

    own: list[Story]
    all: list[Story]


def _dealt(stories: Sequence[Story]) -> dict[str, Ring]:
    """Deal the stories of a kind in rounds, each to the one of its segments that has got the fewest in the round."""
    order = sorted(stories, key=lambda each: (len(each.segments), digest(each.name)))
    left = {story.name: sorted(story.segments, key=lambda each: digest(story.name, each)) for story in order}
    rings = {name: Ring([], []) for story in order for name in story.segments}
    for number in range(max((len(story.segments) for story in order), default=0)):
        got: Counter[str] = Counter()
        for story in order:
            if left[story.name]:
                owner = min(left[story.name], key=lambda name: got[name])
                got[owner] += 1
                left[story.name].remove(owner)
                rings[owner].all.append(story)
                if number == 0:
                    rings[owner].own.append(story)
    return rings

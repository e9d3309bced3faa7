"""Surveys that compare: alike (one text told twice) and stray (words or numbers of another segment)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field

from ...chinese import fold
from ...quantities import Quantity, find, says
from ...values import Brief, Cadence, Calendar, Entry, Fact, Finding, Post, Segment
from .survey import Survey, place, who

GRAM = 4
"""Two texts are compared by their runs of so many characters."""


class AlikeSurvey(Survey):
    """Ask whether two posts are one text: 两个客群、两个变体、两天，是不是同一段话."""

    kind: Literal["alike"]
    between: Literal["segments", "variants", "days"]
    """segments: one slot for two segments; variants: two wordings of a slot; days: two slots of one run."""
    share: Annotated[float, Field(gt=0, le=1)]
    """From which share of common runs of characters two texts count as one."""

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:  # noqa: ARG002  (quota needs it)
        """Yield each post that is too much like an earlier one; each post once."""
        groups: dict[tuple[object, ...], list[tuple[Entry, frozenset[str]]]] = defaultdict(list)
        for entry in calendar.entries:
            groups[self._group(entry.post.brief)].append((entry, grams(entry.post.counted)))
        for group in groups.values():
            told: set[str] = set()
            for (one, ours), (other, theirs) in combinations(group, 2):
                name = place(other)
                if name in told or not self._comparable(one.post.brief, other.post.brief):
                    continue
                share = likeness(ours, theirs)
                if share >= self.share:
                    told.add(name)
                    limit = f"{self.share:.0%}"
                    yield self.finding(name, found=f"{share:.0%}", limit=limit, what=who(other), other=place(one))

    def _group(self, brief: Brief) -> tuple[object, ...]:
        segment = brief.segment.name if brief.segment else ""
        return {
            "segments": (brief.slot.key, brief.variant),
            "variants": (segment, brief.slot.key),
            "days": (segment, brief.variant),
        }[self.between]

    def _comparable(self, one: Brief, other: Brief) -> bool:
        """Tell whether two posts of a group are two of what is compared."""
        if self.between == "segments":
            return one.segment != other.segment
        return self.between == "days" or one.variant != other.variant


def grams(text: str) -> frozenset[str]:
    """Return the runs of four characters of a text, folded, without blanks and punctuation."""
    plain = "".join(char for char in fold(text).text if char.isalnum())
    return frozenset(plain[index : index + GRAM] for index in range(max(1, len(plain) - GRAM + 1)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of runs that two texts have in common."""
    return len(one & other) / len(one | other) if one or other else 0.0


class StraySurvey(Survey):
    """Ask whether one segment's words or numbers strayed into another's posts: 甲客群的词、数字串进乙客群没有."""

    kind: Literal["stray"]
    of: Literal["words", "figures"]
    """words: words and forms of address of another segment; figures: numbers that only another segment's facts hold."""

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:  # noqa: ARG002  (quota needs it)
        """Yield each word or number that belongs to another segment of the calendar."""
        segments = {
            entry.post.brief.segment.name: entry.post.brief.segment
            for entry in calendar.entries
            if entry.post.brief.segment
        }
        for entry in calendar.entries:
            own = entry.post.brief.segment
            if own is not None and self.of == "words":
                yield from self._words(entry, own, segments)
            elif own is not None:
                yield from self._figures(entry, own, segments, calendar)

    def _words(self, entry: Entry, own: Segment, segments: Mapping[str, Segment]) -> Iterator[Finding]:
        text = fold(entry.post.text)
        mine = [fold(word).text for word in (*own.words, own.address)]
        for segment in segments.values():
            for word in (fold(each).text for each in (*segment.words, segment.address)):
                at = text.text.find(word) if len(word) > 1 and segment.name != own.name else -1
                if at >= 0 and not any(word in each for each in mine):
                    span = text.span(at, at + len(word))
                    found = entry.post.text[slice(*span)]
                    yield self.finding(place(entry), entry, span, found=found, other=segment.title, what=own.title)

    def _figures(
        self, entry: Entry, own: Segment, segments: Mapping[str, Segment], calendar: Calendar
    ) -> Iterator[Finding]:
        mine = _measured(_facts(entry.post))
        for quantity in find(entry.post.text):
            if quantity.kind not in ("rate", "amount", "date", "phone") or not quantity.claim or says(quantity, mine):
                continue
            others = (each for each in segments.values() if each.name != own.name)
            owner = next((each for each in others if self._holds(each.name, quantity, calendar)), None)
            if owner is not None:
                span = (quantity.start, quantity.end)
                yield self.finding(place(entry), entry, span, found=quantity.text, other=owner.title, what=own.title)

    @staticmethod
    def _holds(name: str, quantity: Quantity, calendar: Calendar) -> bool:
        segments = ((entry.post, entry.post.brief.segment) for entry in calendar.entries)
        return any(says(quantity, _measured(_facts(post))) for post, each in segments if each and each.name == name)


def _facts(post: Post) -> tuple[Fact, ...]:
    return (*post.brief.facts, *post.facts)


def _measured(facts: Iterable[Fact]) -> tuple[Quantity, ...]:
    return tuple(quantity for fact in facts for quantity in find(f"{fact.value} {fact.plain}"))

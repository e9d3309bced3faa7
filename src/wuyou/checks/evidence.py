"""What a post is held against: kept facts, or headquarters text handed in with it, cut so that neighbours can be told.

It answers three questions about a quantity: is it there, what stands beside it, and can it be computed from what is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from ..chinese import fold
from ..quantities import Day, Quantity, find, same, says
from ..regexes import regex
from ..values import Passage, Post
from .alignment import content
from .bygone import is_old
from .operands import Told, operand, spans, weekdays
from .places import Place, cut, heading, names, row_head, segments, stretches
from .sources import of_fact, of_passages, words_besides

_INSTALMENTS = regex(r"分期|期数|月供|每期|等额|期\(月\)|期（月）|還款期|免息期")
_CLAUSE, _SEGMENT, _WHOLE = 1, 3, 4
_SHARES = 1000
"""Bare numbers below it may be a rate without its sign."""
_SEGMENTS = regex(r"[；;。\n●①②③④⑤⑥⑦⑧⑨]")
_PER_MYRIAD = regex(r"万份|每万")
_LENGTHS = (
    (regex(r"本季|当季|每季"), "month", 3),
    (regex(r"次日|次一|下一(?:个)?(?:交易|工作)?日|t\+1|T\+1"), "day", 1),
)


class Occurrence(NamedTuple):
    """A quantity of a source and what the words around it say it is of."""

    quantity: Quantity
    place: Place
    close: frozenset[str]
    """The pairs of characters in its clause, its row's head and its column's."""
    wide: frozenset[str]
    """Those of its whole segment."""
    lead: frozenset[str]
    """Those that lead up to it: before it in its clause, in its heading, its row's head and its column's."""
    heads: str
    """Its clause, its row's head and its column's, as they are written."""
    old: bool
    """Whether the source says that it holds no longer."""


class Evidence:
    """All places of one post, measured."""

    def __init__(self, places: Iterable[Place], extra: tuple[str, ...] = ()) -> None:
        self.places = tuple(places)
        self.extra = extra
        """Further words that carry what they say: the product's title, the bank's hotline, a story."""
        pieces = (*(place.text for place in self.places), *extra)
        self._monthly = any(_INSTALMENTS.search(piece) for piece in pieces)
        self.measured = tuple(self.read(place.text) for place in self.places)
        """The quantities of each place."""
        self.quantities = tuple(itertools.chain(*self.measured, *(self.read(piece) for piece in extra)))

    def read(self, text: str) -> tuple[Quantity, ...]:
        """Measure a text; where instalments are monthly, 12期 are twelve months."""
        if not self._monthly:
            return find(text)
        return tuple(
            each._replace(kind="term", unit="month") if each.unit == "session" and each.text[-1] == "期" else each
            for each in find(text)
        )

    @cached_property
    def text(self) -> str:
        """All words, folded."""
        return "\n".join(fold(piece).text for piece in (*(place.text for place in self.places), *self.extra))

    @classmethod
    def of(cls, post: Post) -> Evidence:
        """Gather what a post may rest on."""
        brief = post.brief
        extra = tuple(piece for piece in words_besides(brief) if piece)
        if brief.passages is not None:
            return _of_passages(brief.passages, extra)
        facts = tuple({fact.id: fact for fact in (*brief.facts, *post.facts)}.values())
        return cls((of_fact(fact) for fact in facts), extra)

    def carries(self, claim: Quantity) -> bool:
        """Tell whether the quantity stands somewhere."""
        return says(claim, self.quantities)

    def beside(self, key: Quantity, wanted: Quantity) -> tuple[tuple[Quantity, ...], str]:
        """Return what is like ``wanted`` and stands nearest to each occurrence of ``key``, and where the first is."""
        found: list[tuple[int, list[Quantity], str]] = []
        for place, measured in zip(self.places, self.measured, strict=True):
            for occurrence in _merged(measured, key) if key.is_range else measured:
                if same(key, occurrence) and like(key, occurrence):
                    width, near = _nearest(place.text, measured, occurrence, wanted)
                    found += [(width, near, place.where)] if near else []
        narrow = [each for each in found if each[0] < _WHOLE] or found
        return tuple(one for _, near, _ in narrow for one in near), narrow[0][2] if narrow else ""

    def labelled(self, claim: Quantity, stretch: str) -> tuple[tuple[Quantity, ...], str, str]:
        """Return what stands under a heading that a stretch names and the claim does not, the heading, and where.

        A heading is the first cell of a row, or all the words before the first number of a segment: 欧元 一年1.10.
        """
        for label, rows in self._headed.items():
            if not names(stretch, label):
                continue
            fit = tuple(each for row, _ in rows for each in row if like(claim, each))
            if not fit or says(claim, fit):
                continue
            own = [heading for heading, inside in self._innermost if says(claim, inside)]
            if own and not any(not heading or names(stretch, heading) for heading in own):
                return fit, label, next(where for row, where in rows if any(like(claim, each) for each in row))
        return (), "", ""

    @cached_property
    def _headed(self) -> dict[str, list[tuple[tuple[Quantity, ...], str]]]:
        """What stands under each heading, longest heading first."""
        found: dict[str, list[tuple[tuple[Quantity, ...], str]]] = {}
        for place in self.places:
            for label, quantities in segments(place):
                found.setdefault(label, []).append((quantities, place.where))
        return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))

    @cached_property
    def _innermost(self) -> tuple[tuple[str, tuple[Quantity, ...]], ...]:
        """Every segment's quantities under its own heading, or else under its row's."""
        return tuple(
            (heading(place.text[low : inside[0].start]) or row_head(place), inside)
            for place in self.places
            for low, _, inside in cut(place.text)
        )

    def where(self, claim: Quantity) -> str:
        """Return the place that speaks of the same sort of quantity, to be cited when the claim is not there."""
        fit = (
            place.where
            for place, measured in zip(self.places, self.measured, strict=True)
            if any(like(claim, each) for each in measured)
        )
        return next(fit, self.places[0].where if self.places else "")

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every quantity of the places with the words that say what it is of."""
        found = []
        for place, measured in zip(self.places, self.measured, strict=True):
            text = place.text
            for each in measured:
                heads = place.labels(each.start)
                low, high = list(stretches(text, each.start, each.end))[_CLAUSE]
                begin, end = list(stretches(text, each.start, each.end))[_SEGMENT]
                before = [one.end for one in measured if low <= one.end <= each.start and like(one, each)]
                lead = said(text[max([low, *before]) : each.start]) | said(heads)
                if not before:
                    lead |= said(text[begin : each.start].rpartition("：")[0][-12:])
                close = said(text[low:high]) | said(heads) | lead
                found.append(
                    Occurrence(
                        each,
                        place,
                        close,
                        said(text[begin:end]) | close,
                        lead,
                        f"{text[low:high]} {heads}",
                        is_old(text, each),
                    )
                )
        return tuple(found)

    @cached_property
    def operands(self) -> tuple[Told, ...]:
        """What may take part in a sum, by the segment it stands in."""
        found: list[Told] = []
        group = 0
        for place, measured in zip(self.places, self.measured, strict=True):
            bounds = [0, *(cut.end() for cut in _SEGMENTS.finditer(place.text)), len(place.text) + 1]
            for low, high in itertools.pairwise(bounds):
                group += 1
                for each in measured:
                    if low <= each.start < high:
                        per = 10_000 if _PER_MYRIAD.search(place.text[max(low, each.start - 16) : each.start]) else 0
                        found += [one._replace(per=per) for one in operand(each, group)]
                        found += [
                            Told(each._replace(kind="term", low=length, high=length, unit=unit), length, group)
                            for unit, length in spans(each, self.year)
                        ]
        return tuple(found)

    @cached_property
    def year(self) -> int | None:
        """The year that the sources speak of first."""
        years = (each.low.year for each in self.quantities if isinstance(each.low, Day) and each.low.year)
        return next(years, None)

    @cached_property
    def weekdays(self) -> frozenset[Decimal]:
        """The days of the week on which the dates of the sources fall."""
        days = (day for each in self.quantities for day in (each.low, each.high) if isinstance(day, Day))
        return frozenset(filter(None, (weekdays(day, self.year) for day in days)))

    @cached_property
    def lengths(self) -> tuple[Told, ...]:
        """How long the ranges of the sources are, and what words like 季 and 次日 stand for."""
        found = [one for one in self.operands if one.quantity.kind == "term"]
        for mark, unit, length in _LENGTHS:
            if mark.search(self.text):
                found.append(
                    Told(Quantity("term", "", 0, 0, Decimal(length), Decimal(length), unit), Decimal(length), 0)
                )
        return tuple(found)

    @cached_property
    def words(self) -> frozenset[str]:
        """All pairs of characters that say something."""
        return content(self.text)


def like(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities measure the same sort of thing, so that one could stand in the other's place."""
    if one.kind == other.kind or {one.kind, other.kind} == {"date", "date_range"}:
        return (
            one.unit == other.unit
            or one.kind in ("term", "date_range")
            or one.unit in ("", "piece")
            or other.unit in ("", "piece")
        )
    if "number" not in (one.kind, other.kind) or not {one.kind, other.kind} <= {"number", "rate", "amount", "count"}:
        return False
    bare = one if one.kind == "number" else other
    return "rate" not in (one.kind, other.kind) or (isinstance(bare.low, Decimal) and bare.low < _SHARES)


@lru_cache(maxsize=1 << 12)
def said(text: str) -> frozenset[str]:
    """Return the pairs of characters in an unfolded text that say something."""
    return content(fold(text).text)


def _nearest(text: str, measured: Iterable[Quantity], key: Quantity, wanted: Quantity) -> tuple[int, list[Quantity]]:
    """Return the quantities like ``wanted`` in the smallest stretch around ``key`` that has any, and how wide it is."""
    for width, (low, high) in enumerate(stretches(text, key.start, key.end)):
        near = [
            each
            for each in measured
            if low <= each.start
            and each.end <= high
            and (each.end <= key.start or key.end <= each.start)
            and like(wanted, each)
        ]
        if near:
            return width, near
    return _WHOLE, []


def _merged(measured: tuple[Quantity, ...], key: Quantity) -> Iterator[Quantity]:
    """Yield quantities, and two neighbours as one where they are the ends of a range: ≥7天<30天."""
    yield from measured
    for one, other in itertools.pairwise(measured):
        if one.kind == other.kind == key.kind and other.start - one.end <= 3 and one.unit == other.unit:
            yield one._replace(high=other.high, end=other.end, bound="")


@lru_cache(maxsize=1 << 6)
def _of_passages(passages: tuple[Passage, ...], extra: tuple[str, ...]) -> Evidence:
    return Evidence(of_passages(passages), extra)

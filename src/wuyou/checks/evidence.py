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
from .likeness import after_deal, like, said
from .operands import Told, operand, spans, weekdays
from .places import Place, cut, heading, names, row_head, segments, stretches
from .prices import Price, price, stepped
from .sources import firm, of_fact, of_passages, words_besides

_INSTALMENTS = regex(r"分期|期数|月供|每期|等额|期\(月\)|期（月）|還款期|免息期")
_TIMED = regex(r"每[期月年日]|[月日年](?:费率|利率|息|化)|[/／][年月日期]|按日")
_FORMER = regex(r"原|旧|调整前|变更前|调前|老标准")
"""The head of a column of values that hold no longer."""
_STEPPED = regex(r"LPR|lpr|基准利率|贴息|补贴")
_CLAUSE, _SEGMENT, _WHOLE = 1, 3, 4
_SEGMENTS = regex(r"[；;。\n●①②③④⑤⑥⑦⑧⑨]")
_PER_MYRIAD = regex(r"万份|每万")
_LENGTHS = (
    (regex(r"本季|当季|每季|[一二三四1-4首]季度"), "month", 3),
    (regex(r"上半年|下半年"), "month", 6),
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
        later = (after_deal(piece) for piece in pieces)
        self.quantities = tuple(itertools.chain(*self.measured, *(self.read(piece) for piece in extra), *later))

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
        return cls(map(of_fact, firm(post)), extra)

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
                        is_old(text, each) or _FORMER.match(heads.rpartition(" ")[2]) is not None,
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
                group += any(low <= each.start < high for each in measured)
                for each in measured:
                    if low <= each.start < high:
                        per = 10_000 if _PER_MYRIAD.search(place.text[max(low, each.start - 16) : each.start]) else 0
                        found += [one._replace(per=per) for one in operand(each, group)]
                        pair = _ends(each, measured)
                        found += [
                            Told(each._replace(kind="term", low=length, high=length, unit=unit), length, group)
                            for unit, length in spans(pair, self.year)
                        ]
        return tuple(found)

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        """What one of something costs."""
        told = (
            price(place.text, each)
            for place, measured in zip(self.places, self.measured, strict=True)
            for each in measured
        )
        return tuple(filter(None, told))

    @cached_property
    def stepped(self) -> tuple[Decimal, ...]:
        """Rates that the sources tell as a base and a step."""
        whole = "\n".join(place.text for place in self.places)
        return tuple(stepped(whole, self.read(whole))) if _STEPPED.search(whole) else ()

    @cached_property
    def plain(self) -> tuple[Told, ...]:
        """Rates of no length of time: a share, not a yearly rate or one of each instalment."""
        fit = (each for each in self.occurrences if each.quantity.kind == "rate" and not _TIMED.search(each.heads))
        return tuple(one for each in fit for one in operand(each.quantity, 0))

    @cached_property
    def instalments(self) -> bool:
        """Whether money is paid back bit by bit, so that no interest is paid on the whole of it."""
        return "等额" in self.text or "月供" in self.text

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


def _ends(first: Quantity, measured: Iterable[Quantity]) -> Quantity:
    """Make one range of a first day and the last day behind it: 自4月20日起……至10月16日."""
    last = next((each for each in measured if each.start > first.start and isinstance(each.low, Day)), first)
    if (first.kind, first.bound, last.kind, last.bound) != ("date", "起", "date", "止"):
        return first
    return first._replace(kind="date_range", high=last.high)


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

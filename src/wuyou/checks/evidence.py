"""What a post is held against: kept facts, or headquarters text handed in with it, cut so that neighbours can be told.

It answers three questions about a quantity: is it there, what stands beside it, and can it be computed from what is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property, lru_cache

from ..chinese import fold
from ..quantities import Quantity, find, same, says
from ..regexes import regex
from ..values import Brief, Fact, Passage, Post
from .places import Place, cut, heading, names, row_head, segments, stretches

_RESPECTIVELY = regex(r"分别(?:为|是)?")
_MONTH_DAY = regex(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?![\d.%])")
_DATED = regex(r"日期|时间|日子")


class Evidence:
    """All places of one post, measured."""

    def __init__(self, places: Iterable[Place], extra: tuple[str, ...] = ()) -> None:
        self.places = tuple(places)
        self.extra = extra
        """Further words that carry what they say: the product's title, the bank's hotline, a story."""
        pieces = (*(place.text for place in self.places), *extra)
        self.quantities = tuple(quantity for piece in pieces for quantity in find(piece))

    @cached_property
    def text(self) -> str:
        """All words, folded."""
        return "\n".join(fold(piece).text for piece in (*(place.text for place in self.places), *self.extra))

    @classmethod
    def of(cls, post: Post) -> Evidence:
        """Gather what a post may rest on."""
        brief = post.brief
        extra = tuple(piece for piece in _extra(brief) if piece)
        if brief.passages is not None:
            return _of_passages(brief.passages, extra)
        facts = tuple({fact.id: fact for fact in (*brief.facts, *post.facts)}.values())
        return cls((_of_fact(fact) for fact in facts), extra)

    def carries(self, claim: Quantity) -> bool:
        """Tell whether the quantity stands somewhere."""
        return says(claim, self.quantities)

    def beside(self, key: Quantity, wanted: Quantity) -> tuple[tuple[Quantity, ...], str]:
        """Return what is like ``wanted`` and stands nearest to each occurrence of ``key``, and where the first is."""
        found: list[Quantity] = []
        where = ""
        for place in self.places:
            for occurrence in find(place.text):
                if same(key, occurrence) and like(key, occurrence):
                    near = _nearest(place.text, occurrence, wanted)
                    where = where or (place.where if near else "")
                    found += near
        return tuple(found), where

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
        fit = (place.where for place in self.places if any(like(claim, each) for each in find(place.text)))
        return next(fit, self.places[0].where if self.places else "")

    def computes(self, claim: Quantity, told: tuple[Quantity, ...], near: tuple[Quantity, ...]) -> bool:
        """Tell whether it is a sum, a difference or an interest of numbers that the post tells and the sources carry.

        ``told`` are the other quantities of the same sentence, ``near`` what stands beside them in the sources. Of a
        sum one part must be told; of an interest the principal and the time, so that a reader can do it again. The
        principal of such an interest is an example, and needs no source either.
        """
        if not isinstance(claim.low, Decimal) or claim.is_range or claim.kind not in ("amount", "rate", "number"):
            return False
        ours = [each.low for each in told if like(claim, each) and isinstance(each.low, Decimal) and self.carries(each)]
        theirs = ours + [each.low for each in near if like(claim, each) and isinstance(each.low, Decimal)]
        if any(claim.low in (one - other, other - one, one + other) for one in ours for other in theirs):
            return True
        rates = [each for each in told if each.unit == "ratio"] or [
            each for each in self.quantities if each.unit == "ratio"
        ]
        if claim.kind == "rate":
            return False
        if any(_close(claim.low, sum_) for sum_ in _interests(told, told, rates)):
            return True
        sums = [each.low for each in told if each.kind == "amount" and isinstance(each.low, Decimal)]
        return any(_close(one, sum_) for one in sums for sum_ in _interests((claim,), told, rates))


def like(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities measure the same sort of thing, so that one could stand in the other's place."""
    if one.kind == other.kind or {one.kind, other.kind} == {"date", "date_range"}:
        return (
            one.unit == other.unit
            or one.kind in ("term", "date_range")
            or one.unit in ("", "piece")
            or other.unit in ("", "piece")
        )
    return "number" in (one.kind, other.kind) and {one.kind, other.kind} <= {"number", "rate", "amount", "count"}


def _nearest(text: str, key: Quantity, wanted: Quantity) -> list[Quantity]:
    """Return the quantities like ``wanted`` in the smallest stretch around ``key`` that has any."""
    for low, high in stretches(text, key.start, key.end):
        near = [
            each for each in find(text) if low <= each.start and each.end <= high and each != key and like(wanted, each)
        ]
        if near:
            return near
    return []


# ── places ──


def _extra(brief: Brief) -> Iterator[str]:
    """Yield what carries a number without being a fact: names, the hotline, risk words, a consented story, a quiz."""
    if brief.bank:
        yield from (brief.bank.name, brief.bank.short, brief.bank.hotline, brief.bank.refusal)
    if brief.product:
        yield from (brief.product.title, brief.product.nickname, brief.product.issuer)
        yield from (brief.product.disclosure.short, brief.product.disclosure.long)
    if brief.story:
        yield from (brief.story.opening, *brief.story.told, brief.story.lesson, brief.story.question)
        yield brief.story.headline
    if brief.topic and brief.topic.quiz:
        yield from (brief.topic.quiz.ask, *brief.topic.quiz.options, brief.topic.quiz.because)


def _of_fact(fact: Fact) -> Place:
    subject = " ".join((fact.subject.product, fact.subject.tier, fact.subject.term)).strip()
    plain = fact.plain if fact.plain else fact.citation.quote
    cells = (subject, fact.value, *fact.conditions, plain, _written(fact))
    return Place(
        " | ".join(cell for cell in cells if cell), f"{fact.citation.material} {fact.citation.locator}".strip(), subject
    )


def _written(fact: Fact) -> str:
    """Write a fact's machine form so that it can be measured: dates only, other values are written in the fact."""
    return fact.normalized.replace("/", "至") if fact.kind in ("date", "date_range") else ""


@lru_cache(maxsize=1 << 6)
def _of_passages(passages: tuple[Passage, ...], extra: tuple[str, ...]) -> Evidence:
    places: list[Place] = []
    for passage in passages:
        where = f"所附物料 {passage.locator}"
        text = passage.text
        if passage.header and _DATED.search(passage.header[0]):
            text = _MONTH_DAY.sub(r"\1月\2日", text)
        places += _respectively(text, where) or [Place(text, where, passage.cells[0] if passage.cells else "")]
        if passage.header:
            places.append(Place(" | ".join(passage.header), where))
    return Evidence(places, extra)


def _respectively(text: str, where: str) -> list[Place]:
    """Write A、B分别为a、b as two places, A a and B b, so that neighbours are told right."""
    marks = list(_RESPECTIVELY.finditer(text))
    if not marks:
        return []
    quantities = find(text)
    heads = _run([each for each in reversed(quantities) if each.end <= marks[0].start()], text)[::-1]
    pairs: list[Place] = []
    told = heads[-1].end if heads else 0
    for mark in marks:
        tails = _run([each for each in quantities if each.start >= mark.end()], text)
        if len(heads) == len(tails) > 1:
            between = text[told : mark.start()]
            pairs += [Place(f"{head.text}{between}{tail.text}", where) for head, tail in zip(heads, tails, strict=True)]
            told = tails[-1].end
    if not pairs:
        return []
    return [*pairs, Place(text[: heads[0].start] + text[told:], where)]


def _run(quantities: list[Quantity], text: str) -> list[Quantity]:
    """Return the first of them and those of its sort that a 、 or 和 joins to it."""
    run: list[Quantity] = []
    for each in quantities:
        if run:
            low, high = sorted((run[-1], each), key=lambda quantity: quantity.start)
            if each.kind != run[-1].kind or not re.fullmatch(r"\s?[、,，和及]\s?", text[low.end : high.start]):
                break
        run.append(each)
    return run


# ── sums ──


def _interests(
    principals: Iterable[Quantity], told: tuple[Quantity, ...], rates: Iterable[Quantity]
) -> Iterator[Decimal]:
    """Yield principal × rate × time, and the same with the principal, for every such triple."""
    sums = [each.low for each in principals if each.kind in ("amount", "number") and isinstance(each.low, Decimal)]
    ends = [end for each in rates for end in (each.low, each.high) if isinstance(end, Decimal)]
    for term in told:
        if term.kind != "term" or not isinstance(term.low, Decimal):
            continue
        for years in {"month": (term.low / 12,), "day": (term.low / 365, term.low / 360)}.get(term.unit, ()):
            for sum_ in sums:
                for rate in ends:
                    yield sum_ * rate * years
                    yield sum_ * (1 + rate * years)


def _close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= max(Decimal("0.5"), abs(other) * Decimal("0.002"))

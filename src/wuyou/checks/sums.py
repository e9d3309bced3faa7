"""Sums that people do: whether a number follows from numbers that the post tells and the sources carry.

Nothing here looks for a meaning: it multiplies, adds and divides a few neighbours in the ways of everyday reckoning,
and a wrong result meets none of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..quantities import Quantity, same
from ..regexes import regex
from .cues import Cues
from .operands import BESIDE, Told, operand

_MONEY = frozenset({"amount", "number"})
_HALF = Decimal("0.5")
_ROUND = 100
"""From which amount on people leave out the small change."""
_RATED = regex(r"BP|bp|点")
_MINE, _THEIRS = 24, 48
"""How many numbers of a post, and of one segment of a source, may take part in a sum: nobody reckons with more."""
_RATES = 200
"""How many rates of the sources may be told apart from each other; a table of more says nothing of a difference."""


def follows(claim: Quantity, told: Iterable[Told], source: Iterable[Told], cue: Cues) -> bool:
    """Tell whether a claim is a sum of what is told and what the source has."""
    mine = list(told)
    if len(mine) > _MINE:
        mine = sorted(mine, key=lambda one: abs(one.quantity.start - claim.start) if one.spoken else 0)[:_MINE]
    theirs = _bounded(source)
    return any(
        fits(wanted.quantity, result)
        for wanted in operand(claim)
        for result in _results(wanted.quantity, mine, theirs, cue)
    )


def _bounded(source: Iterable[Told]) -> list[Told]:
    """Return the numbers of each segment of the source, the first ones where there are very many."""
    kept: dict[int, list[Told]] = {}
    for one in source:
        group = kept.setdefault(one.group, [])
        if len(group) < _THEIRS:
            group.append(one)
    return list(itertools.chain.from_iterable(kept.values()))


def _segments(theirs: Iterable[Told]) -> Iterator[list[Told]]:
    """Yield the numbers of each segment."""
    for _, group in itertools.groupby(sorted(theirs, key=lambda one: one.group), key=lambda one: one.group):
        yield list(group)


def fits(claim: Quantity, result: Decimal) -> bool:
    """Tell whether a result is what the claim says, rounded as its words and its last figure allow."""
    assert isinstance(claim.low, Decimal)
    if claim.low == result:
        return True
    if claim.bound in ("约", "近", "多") or "分之" in claim.text:
        if same(claim, claim._replace(low=result, high=result, bound="", text="")):
            return True
        step = Decimal(1).scaleb(int(claim.low.normalize().as_tuple().exponent))
        return claim.bound == "约" and abs(result - claim.low) <= step * _HALF and step * 10 <= abs(claim.low) * 2
    whole = result == result.to_integral_value()
    return (
        not whole and claim.kind != "rate" and abs(claim.low - result) <= (_HALF if claim.low >= _ROUND else _HALF / 10)
    )


def _results(claim: Quantity, mine: list[Told], theirs: list[Told], cue: Cues) -> Iterator[Decimal]:
    """Yield everything of the claim's sort that everyday reckoning makes of the operands."""
    if claim.kind in _MONEY:
        yield from _money(mine, theirs, cue)
    if claim.kind in ("count", "number"):
        yield from _counts(claim, mine, theirs, cue)
    if claim.kind == "rate":
        yield from _rates(claim, mine, theirs, cue)
    elif claim.kind == "number" and claim.low < 1000:  # type: ignore[operator]
        for scale in (100, 10_000):
            for result in _rates(claim._replace(unit="ratio", text=""), mine, theirs, cue):
                yield result * scale
    if claim.kind == "term":
        yield from _terms(claim, mine, theirs, cue)


def _both_told(mine: list[Told], theirs: list[Told]) -> Iterator[tuple[Told, Told]]:
    return itertools.chain(
        itertools.combinations(mine, 2), itertools.product(mine, [other for other in theirs if other.spoken])
    )


def _half_told(mine: list[Told], theirs: list[Told]) -> Iterator[tuple[Told, Told]]:
    """Yield pairs of which the post tells one, and of which the source has both in one segment."""
    for one in mine:
        groups = {other.group for other in theirs if _alike(one, other) and one.value == other.value} | {BESIDE}
        for other in theirs:
            if other.group in groups and not (_alike(one, other) and one.value == other.value):
                yield one, other


def _alike(one: Told, other: Told) -> bool:
    kinds = {one.quantity.kind, other.quantity.kind}
    return len(kinds) == 1 or kinds <= {"amount", "number", "count"}


def _from_source(theirs: list[Told], cue: Cues) -> Iterator[tuple[Told, Told]]:
    """Yield pairs that stand in one segment of a source, or in two next to one another."""
    if cue.alone:
        return
    last: list[Told] = []
    for segment in _segments(theirs):
        yield from itertools.combinations(segment, 2)
        if last and last[0].group == segment[0].group - 1:
            yield from itertools.product(last, segment)
        last = segment


def _added(mine: list[Told], theirs: list[Told], cue: Cues) -> Iterator[tuple[Told, Told]]:
    """Yield pairs that may be added or taken from one another; something must say so."""
    if cue.adds or cue.less:
        yield from itertools.chain(_both_told(mine, theirs), _half_told(mine, theirs), _from_source(theirs, cue))


def _is_money(one: Told) -> bool:
    return one.quantity.kind in _MONEY


def _is_share(one: Told) -> bool:
    return one.quantity.kind == "rate" and one.quantity.unit in ("ratio", "discount")


def _multiplies(one: Told) -> bool:
    """Tell whether it can say how often: 8周, 20枚, 12期, 5年."""
    return (
        one.quantity.kind in ("count", "term", "number")
        and one.times == one.times.to_integral_value()
        and 1 < one.times <= 100_000
    )


def _money(mine: list[Told], theirs: list[Told], cue: Cues) -> Iterator[Decimal]:
    for one, other in _added(mine, theirs, cue):
        if _is_money(one) and _is_money(other):
            yield from _plus_minus(one, other, cue)
    if cue.adds:
        for three in itertools.combinations([one for one in mine if _is_money(one)][:6], 3):
            yield sum((each.value for each in three), Decimal(0))
    everyone = mine + theirs
    products = itertools.chain(
        _both_told(mine, theirs),
        itertools.product(mine, theirs) if cue.adds or cue.reckons else (),
        _from_source(theirs, cue) if cue.adds else (),
    )
    for one, other in products:
        yield from _times(one, other, everyone, cue)
        yield from _times(other, one, everyone, cue)
    for principal in filter(_is_money, mine):
        for rate in filter(_is_share, everyone):
            yield from _share(principal.value, rate, everyone, cue)
    if cue.fills:
        yield from (other.value - one.value for one in mine for other in theirs if _is_money(one) and _is_money(other))
    if cue.spreads:
        yield from (one.value / days for one in mine if _is_money(one) for days in (365, 360, 30))
    yield from _proportions(mine, theirs)


def _plus_minus(one: Told, other: Told, cue: Cues) -> Iterator[Decimal]:
    if cue.adds:
        yield one.value + other.value
    if cue.less:
        yield abs(one.value - other.value)


def _times(money: Told, often: Told, everyone: list[Told], cue: Cues) -> Iterator[Decimal]:
    """Yield so many times an amount, with every discount, and the amount spread over so many times."""
    if often.group >= 0 and often.quantity.kind == "term" and often.quantity.bound:
        return
    if _is_money(money) and (money.quantity.unit or money.value >= 100) and _multiplies(often):
        product = money.value * often.times
        yield product
        yield from (product * rate.value for rate in everyone if rate.quantity.unit == "discount")
        if not cue.adds and often.times in (12, 6, 3, 4, 2, 30, 365):
            yield money.value / often.times


def _share(principal: Decimal, rate: Told, everyone: list[Told], cue: Cues) -> Iterator[Decimal]:
    """Yield a share of a principal, and what a yearly rate makes of it in each time that is told."""
    terms = [one for one in everyone if one.spoken and one.quantity.kind == "term"]
    lasting = any(one.value != 12 or one.quantity.unit != "month" for one in terms)
    if (
        rate.quantity.unit == "discount"
        or cue.per_period
        or (cue.whole and not lasting if cue.interest else not (cue.adds and lasting))
    ):
        yield principal * rate.value
        yield principal * (1 - rate.value)
        yield from (principal * rate.value * less.value for less in everyone if less.quantity.unit == "discount")
    if rate.quantity.unit == "ratio" and cue.whole:
        for term in terms:
            length = term.value
            for years in {"month": (length / 12,), "day": (length / 365, length / 360)}.get(term.quantity.unit, ()):
                yield principal * rate.value * years
                yield principal * (1 + rate.value * years)


def _proportions(mine: list[Told], theirs: list[Told]) -> Iterator[Decimal]:
    """Yield what a pair of the source makes of a told number: 500积分抵1元, so 一万分 are 二十块."""
    if not mine:
        return
    pairs = itertools.chain.from_iterable(itertools.permutations(segment, 2) for segment in _segments(theirs))
    for base, gain in pairs:
        first, second = base.quantity, gain.quantity
        if first.unit == second.unit or base.value <= 0:
            continue
        if not 0 <= max(first.start, second.start) - min(first.end, second.end) <= 8:
            continue
        for one in mine:
            if one.quantity.unit == first.unit and one.value != base.value:
                yield one.value * gain.value / base.value
    for gain, one in itertools.product(theirs, mine):
        if gain.per and _is_money(one):
            yield one.value / gain.per * gain.value


def _counts(claim: Quantity, mine: list[Told], theirs: list[Told], cue: Cues) -> Iterator[Decimal]:
    for one, other in _added(mine, theirs, cue):
        first, second = one.quantity, other.quantity
        alike = first.unit == second.unit and claim.unit in (first.unit, "", "piece")
        if alike and {first.kind, second.kind} <= {"count", "number"}:
            yield from _plus_minus(one, other, cue)
    products = itertools.chain(
        _both_told(mine, theirs) if cue.adds or cue.reckons else (),
        itertools.product(mine, theirs) if cue.adds else (),
        _from_source(theirs, cue) if cue.adds else (),
    )
    for one, other in products:
        units = {one.quantity.unit, other.quantity.unit}
        countable = {one.quantity.kind, other.quantity.kind} <= {"count", "number", "term"}
        if countable and len(units) == 2 and units & {claim.unit, "piece", "person", ""}:
            yield from (one.times * other.times,) if _multiplies(one) and _multiplies(other) else ()
    yield from _proportions(mine, theirs)


def _rates(claim: Quantity, mine: list[Told], theirs: list[Told], cue: Cues) -> Iterator[Decimal]:
    pairs = _added(mine, theirs, cue)
    if cue.less and claim.unit == "ratio" and (_RATED.search(claim.text) or not claim.text):
        rates = [one for one in theirs if one.quantity.kind == "rate"][:_RATES]
        pairs = itertools.chain(pairs, itertools.combinations(rates, 2), itertools.product(mine, rates))
    if cue.less or cue.adds:
        steps = ((one, other) for one, other in itertools.product(mine, theirs) if _RATED.search(one.quantity.text))
        pairs = itertools.chain(pairs, steps)
    for one, other in pairs:
        first, second = one.quantity, other.quantity
        if first.kind == second.kind == "rate" and first.unit == second.unit == claim.unit:
            yield from _plus_minus(one, other, cue)
    parted = "分之" in claim.text or (claim.unit == "discount" and (cue.reckons or cue.less or cue.adds))
    told = itertools.chain(itertools.combinations(mine, 2), itertools.product(mine, theirs))
    within = itertools.chain.from_iterable(itertools.combinations(segment, 2) for segment in _segments(theirs))
    for one, other in itertools.chain(told, within) if parted else ():
        if _alike(one, other) and one.quantity.kind in _MONEY | {"count"}:
            low, high = sorted((one.value, other.value))
            if high > 0:
                yield low / high
                if claim.unit == "discount":
                    yield (high - low) / high


def _terms(claim: Quantity, mine: list[Told], theirs: list[Told], cue: Cues) -> Iterator[Decimal]:
    terms = [one for one in mine + theirs if one.quantity.kind == "term"][:_RATES]
    pairs = itertools.combinations(terms, 2) if cue.adds else _added(mine, theirs, cue)
    for one, other in pairs:
        first, second = one.quantity, other.quantity
        if first.kind == second.kind == "term" and first.unit == second.unit == claim.unit:
            yield from (one.value + other.value, abs(one.value - other.value))
    if claim.unit == "month":
        for one in mine:
            if one.quantity.unit == "time" and one.value > 1:
                yield Decimal(12) / one.value

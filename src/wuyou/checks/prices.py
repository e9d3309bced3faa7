"""Prices that are told for one: 12元/克, 每件20元, 29元/月. So many times the one is what the many cost.

Also what a share makes of a sum that the post tells, however it is bound: 首付20%起, so ten myriads need two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from ..quantities import Quantity
from ..regexes import regex
from .operands import Told

_UNITS = {
    "克": "gram", "张": "piece", "件": "piece", "枚": "piece", "份": "piece", "台": "piece", "只": "piece", "个": "piece",
    "本": "piece", "套": "piece", "辆": "piece", "笔": "time", "次": "time", "单": "time", "回": "time", "趟": "time",
    "人": "person", "位": "person", "名": "person", "户": "household", "组": "group", "月": "month", "年": "year",
    "天": "day", "日": "day", "期": "session", "晚": "day",
}  # fmt: skip
_BEHIND = regex(rf" ?(?:/|每|一)个?([{''.join(_UNITS)}])(?!度|份|日|起)")
_BEFORE = regex(rf"(?:每|单|/)个?([{''.join(_UNITS)}])[^，。；;\d|]{{0,6}}$")
_YEAR, _HALF = Decimal(12), Decimal("0.5")


class Price(NamedTuple):
    """What one of something costs or brings."""

    value: Decimal
    unit: str


def price(text: str, amount: Quantity) -> Price | None:
    """Read of what one an amount of a source is told."""
    if amount.kind not in ("amount", "number") or not isinstance(amount.low, Decimal) or amount.is_range:
        return None
    found = _BEHIND.match(text, amount.end) or _BEFORE.search(text[max(0, amount.start - 12) : amount.start])
    return Price(amount.low, _UNITS[found[1]]) if found else None


def totals(prices: Iterable[Price], mine: Iterable[Told], theirs: Iterable[Told]) -> Iterator[Decimal]:
    """Yield what so many cost as the post or the sources tell, with each discount, and with free months left out."""
    mine, theirs = list(mine), list(theirs)
    discounts = [one.value for one in theirs if one.quantity.unit == "discount" or one.value == _HALF]
    free = [one.value for one in theirs if one.quantity.unit == "month" and one.value < _YEAR]
    for value, unit in prices:
        yield from (value * less for less in discounts)
        if unit == "month":
            yield value * _YEAR
            yield from (value * (_YEAR - months) for months in free)
        for one in (*mine, *theirs):
            for often in _often(one, unit):
                yield value * often
                yield from (value * often * less for less in discounts)


def _often(one: Told, unit: str) -> Iterator[Decimal]:
    quantity = one.quantity
    if unit == "year":
        if quantity.unit == "month" and one.value % _YEAR == 0:
            yield one.value / _YEAR
    elif quantity.unit == unit or (
        quantity.unit == "piece" and unit in ("person", "household", "group", "time", "session")
    ):
        yield one.value


def shares(mine: Iterable[Told], theirs: Iterable[Told]) -> Iterator[Decimal]:
    """Yield the source's shares of each sum that the post tells."""
    rates = [one.value for one in theirs if one.quantity.unit == "ratio" and 0 < one.value <= 1]
    for one in mine:
        if one.quantity.unit in ("CNY", "") and one.quantity.kind in ("amount", "number"):
            yield from (one.value * rate for rate in rates)


def reduced(mine: Iterable[Told], theirs: Iterable[Told]) -> Iterator[Decimal]:
    """Yield the source's rates with the discounts that the post tells: 0.60% with 六折, 0.5% by half."""
    less = [
        one.value
        for one in mine
        if one.quantity.kind == "rate" and (one.quantity.unit == "discount" or one.value == _HALF)
    ]
    yield from (one.value * share for share in less for one in theirs if one.quantity.unit == "ratio")


def limits(theirs: Iterable[Told]) -> Iterator[Decimal]:
    """Yield from which sum on a share exceeds the least fee, or reaches the highest."""
    theirs = list(theirs)
    fees = [one.value for one in theirs if one.quantity.unit == "CNY" and one.quantity.bound in ("起", "内")]
    rates = [one.value for one in theirs if one.quantity.unit == "ratio" and 0 < one.value <= 1]
    yield from (fee / rate for rate in rates for fee in fees)


def stepped(text: str, measured: Iterable[Quantity]) -> Iterator[Decimal]:
    """Yield what a base rate of one place makes with a step above or below it: LPR 3.00% and LPR+65BP."""
    rates = [each for each in measured if each.unit == "ratio" and isinstance(each.low, Decimal)]
    steps = [
        each.low if found[1] in ("+", "＋", "加") else -each.low
        for each in rates
        if _STEP.search(each.text) and isinstance(each.low, Decimal) and (found := _STEPS.search(text[: each.start]))
    ]
    bases = [each.low for each in rates if not _STEP.search(each.text) and isinstance(each.low, Decimal)]
    yield from (base + step for base in bases for step in steps)


_STEP = regex(r"BP|bp|基点|百分点|个点")
_STEPS = regex(r"(?:LPR|lpr|基准利率|贴息|补贴)(?:为|是|按|再|年化)?\s?([+＋\-−－–加减]?)\s?$")

"""Whether two quantities measure the same sort of thing, and which words around a quantity say anything."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from ..chinese import fold
from ..quantities import Quantity
from ..regexes import regex
from .alignment import content

_SHARES = 1000
"""Bare numbers below it may be a rate without its sign."""
_STEP = regex(r"BP|bp|基点|百分点")
"""Says that a rate is a step from another one; 三十个基点 never stand in the place of 1.85%."""
_DEAL = regex(r"[TtＴ]\s?[+＋]\s?(\d)")


def like(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities measure the same sort of thing, so that one could stand in the other's place."""
    if "ordinal" in (one.unit, other.unit) and not {one.unit, other.unit} <= {"ordinal", "session"}:
        return False
    if one.kind == other.kind == "rate" and bool(_STEP.search(one.text)) != bool(_STEP.search(other.text)):
        return False
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


def after_deal(text: str) -> Iterator[Quantity]:
    """Yield what T+4 says: the fourth day after, counted in workdays."""
    for found in _DEAL.finditer(text):
        length = Decimal(found[1])
        for unit in ("day", "workday"):
            yield Quantity("term", found[0], *found.span(), length, length, unit)

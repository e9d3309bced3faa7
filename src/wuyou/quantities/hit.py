"""A quantity in the flattened text, before it is joined and judged, and what all readers read it with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from .numerals import number
from .quantity import Day, Kind


class Hit(NamedTuple):
    """A quantity in the flattened text, before it is joined and judged."""

    kind: Kind
    start: int
    end: int
    low: Decimal | Day
    high: Decimal | Day
    unit: str = ""
    more: bool = False
    """Whether 多 or 来 stands inside: 三千多名."""


Match: TypeAlias = "re.Match[str]"
Reader: TypeAlias = Callable[[Match], Iterator[Hit]]
Ends: TypeAlias = tuple[Decimal, Decimal]


def before(match: Match, width: int) -> str:
    """Return the words before a match."""
    return match.string[max(0, match.start() - width) : match.start()]


def after(match: Match) -> str:
    """Return the words after a match."""
    return match.string[match.end() : match.end() + 8]


def pair(low: str, high: str | None) -> Ends | None:
    """Read both ends of a range; in 20-30万 the multiplier belongs to both."""
    first, second = number(low), number(high or low)
    if first is None or second is None:
        return None
    tail = high[len(high.rstrip("百千万亿w")) :] if high else ""
    if tail and high and high[0].isdigit() and low[-1].isdigit():
        scaled = number(low + tail)
        if scaled is not None and scaled < second:
            first = scaled
    return first, second


def hit_of(match: Match, kind: Kind, ends: Ends, unit: str = "", *, part: Decimal | int = 1) -> Hit:
    """Make a quantity of a whole match; ``part`` is what its unit is worth in the canonical one."""
    more = bool("more" in match.re.groupindex and match["more"])
    return Hit(kind, match.start(), match.end(), ends[0] * part, ends[1] * part, unit, more)


def ends_of(match: Match) -> Ends | None:
    """Read both ends of a match with a range; in 八百六十多万 the multiplier comes behind 多."""
    big = match["big"] or ""
    return pair(f"{match['low']}{big}", match["high"])

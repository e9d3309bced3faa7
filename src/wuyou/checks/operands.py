"""Numbers that may take part in a sum, and how long ranges of days and hours are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ..quantities import Day, Quantity, number
from ..regexes import regex

_NUMERAL = regex(r"[\d,.]+[百千万亿]{0,2}|[零〇一二两三四五六七八九十百千万亿点]+")
BESIDE = -2
"""The group of what stands in the sources beside the words of a claim."""


class Told(NamedTuple):
    """A number that may take part in a sum."""

    quantity: Quantity
    times: Decimal
    """As it was written, without its unit: 8 of 八周, 12 of 12个月."""
    group: int
    """The segment of the source it stands in; below zero when the post tells it."""
    per: int = 0
    """Of how much it is said, if of anything: 万份收益."""

    @property
    def value(self) -> Decimal:
        """Its worth."""
        assert isinstance(self.quantity.low, Decimal)
        return self.quantity.low

    @property
    def spoken(self) -> bool:
        """Whether the post tells it."""
        return self.group == -1


def operand(quantity: Quantity, group: int = -1) -> Iterator[Told]:
    """Yield the ends of a quantity as operands; dates, hours and phones are none."""
    if quantity.kind in ("date", "date_range", "clock", "phone") or quantity.unit in ("ordinal", "weekday"):
        return
    written = _NUMERAL.search(quantity.text)
    times = number(written[0].strip(",.").replace(",", "")) if written else None
    for end in dict.fromkeys((quantity.low, quantity.high)):
        if isinstance(end, Decimal):
            alone = quantity._replace(low=end, high=end)
            if quantity.unit == "pip":
                for part in (Decimal("0.01"), Decimal("0.0001")):
                    yield Told(alone._replace(low=end * part, high=end * part, unit="ratio"), end, group)
            else:
                yield Told(alone, end if times is None or quantity.is_range else times, group)


# ── days ──


def spans(quantity: Quantity, year: int | None) -> Iterator[tuple[str, Decimal]]:
    """Yield how long a range is, with its unit: three days of 10月1日—3日, eight hours of 23:00—7:00."""
    low, high = quantity.low, quantity.high
    if isinstance(low, Day) and isinstance(high, Day):
        first, last = _date(low, year), _date(high, year)
        if first and last:
            days = (last - first).days
            days += 365 if days < 0 else 0
            yield from (("day", Decimal(days + 1)), ("day", Decimal(days)))
        elif low.month and high.month and not (low.day or high.day):
            yield "month", Decimal((high.month - low.month) % 12 + 1)
    elif quantity.kind == "clock" and isinstance(low, Decimal) and isinstance(high, Decimal):
        yield "minute", (high - low) % (24 * 60)


def _date(day: Day, year: int | None) -> dt.date | None:
    return day._replace(year=day.year or year or 2026, month=day.month or 1).date


def weekdays(day: Day, year: int | None) -> Decimal | None:
    """Return which day of the week a date is, Monday being 1; nothing when it was not said whole."""
    date = day._replace(year=day.year or year).date
    return Decimal(date.isoweekday()) if date else None

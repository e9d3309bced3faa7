"""On which days a moment falls: solar terms, lunar dates, days of the year, the month and the week.

The sky is a table (``data/almanac.txt``, made by ``scripts/make_almanac.py``), so that a plan depends on no library's
version. Which moments there are and what they are called stands in ``content_library/moments.yml``.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .errors import PlanError
from .values import Moment, month_day

DAY = dt.timedelta(days=1)


class _Year(NamedTuple):
    """The sky of one year."""

    terms: dict[str, dt.date]
    new_year: dt.date
    months: tuple[tuple[int, bool], ...]
    """Length and whether it is a leap month, in order."""


@cache
def _table() -> dict[int, _Year]:
    comment, order, *rows = (files("wuyou") / "data" / "almanac.txt").read_text(encoding="utf-8").splitlines()
    assert comment.startswith("#")
    names = order.lstrip("# ").split()
    found: dict[int, _Year] = {}
    for row in rows:
        number, terms, months = (cell.split() for cell in row.split("|"))
        year = int(number[0])
        found[year] = _Year(
            {name: dt.date(year, *month_day(day)) for name, day in zip(names, terms, strict=True)},
            dt.date(year, *month_day(months[0])),
            tuple((int(length.lstrip("L")), length.startswith("L")) for length in months[1:]),
        )
    return found


def terms() -> tuple[str, ...]:
    """Return the names of the solar terms, in the order of a year that begins in January."""
    return tuple(next(iter(_table().values())).terms)


def _year(number: int) -> _Year:
    table = _table()
    if number not in table:
        raise PlanError(f"历表里没有 {number} 年", "节气和农历", f"只有 {min(table)}–{max(table)} 年，请改活动的日期")
    return table[number]


def _lunar(year: int, month: int, day: int) -> dt.date:
    """Return the day of a lunar date; day -1 is the last of its month. A leap month has no festival."""
    at, number = _year(year).new_year, 0
    for length, leap in _year(year).months:
        number += not leap
        if number == month and not leap:
            return at + DAY * (length - 1 if day < 0 else day - 1)
        at += DAY * length
    raise PlanError(f"农历没有这个日子：{month}月{day}日", "moments.yml", "月份写 1 到 12，最后一天写 -1")


def days(moment: Moment, year: int) -> Iterator[dt.date]:
    """Yield the days of a year on which a moment falls; of a stretch its first day.

    Raises PlanError for a year beyond the table.
    """
    if moment.term:
        yield _year(year).terms[moment.term]
    elif moment.lunar:
        both = (_lunar(number, *moment.lunar) for number in (year - 1, year))
        yield from (day for day in both if day.year == year)
    elif moment.date:
        yield from _of_year(year, moment.date)
    elif moment.nth:
        month, weekday, which = moment.nth
        first = dt.date(year, month, 1)
        yield first + DAY * ((weekday - first.isoweekday()) % 7 + 7 * (which - 1))
    elif moment.monthly:
        for month in range(1, 13):
            length = calendar.monthrange(year, month)[1]
            yield from (dt.date(year, month, day) for day in moment.monthly if day <= length)
    elif moment.weekly:
        start = dt.date(year, 1, 1)
        every = (start + DAY * number for number in range(366 if calendar.isleap(year) else 365))
        yield from (day for day in every if day.isoweekday() in moment.weekly)
    elif moment.span:
        yield from _of_year(year, moment.span[0])


def _of_year(year: int, text: str) -> Iterator[dt.date]:
    month, day = month_day(text)
    if (month, day) != (2, 29) or calendar.isleap(year):
        yield dt.date(year, month, day)


@cache
def _all(moment: Moment, year: int) -> tuple[dt.date, ...]:
    return tuple(days(moment, year))


def falls(moment: Moment, on: dt.date) -> bool:
    """Tell whether a moment falls on that very day."""
    return on in _all(moment, on.year)


def nearest(moment: Moment, on: dt.date) -> dt.date | None:
    """Return the day of a moment that is alive on a day: the day itself, or the one it is just before or after."""
    if moment.span:
        start, end = month_day(moment.span[0]), month_day(moment.span[1])
        today = (on.month, on.day)
        inside = start <= today <= end if start <= end else today >= start or today <= end
        return on if inside else None
    first, last = on - DAY * moment.after, on + DAY * moment.before
    near = (day for year in {first.year, last.year} for day in _all(moment, year) if first <= day <= last)
    return min(near, key=lambda day: (abs(day - on), day), default=None)


def alive(moment: Moment, on: dt.date) -> bool:
    """Tell whether lines may speak of a moment on a day."""
    return nearest(moment, on) is not None

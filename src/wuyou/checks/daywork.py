"""Days that nobody wrote down but everybody counts: two days before the 9th, the last Monday of eight, four Saturdays.

A day follows from a day of the sources and a length that they have too; how many Fridays there are follows from a
range. Nothing is guessed: a length that stands nowhere leads nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..quantities import Day, Quantity
from ..regexes import regex
from .evidence import Evidence

_LONGEST = 60
"""More days than this nobody counts on his fingers."""
_MOST = 12
"""More days and lengths than this are no notice but a calendar, in which every day would follow from some other."""
_ONE_DAY = regex(r"前[一1][天日]")
_LAST = regex(r"最[晚迟后]|截[止至]|之?前|报名|登记|预约|约|赶在|趁早|末尾|收尾")
_DAYS = regex(r"周|礼拜|星期")
_COMING_BACK = regex(r"每月|次月|首月|当月|下月|每季|季末|月末|隔月|各月")
_WEEK = 7


def is_counted(claim: Quantity, clause: str, evidence: Evidence) -> bool:
    """Tell whether a day follows from a day and a length of the sources, or from one that comes back each month.

    The clause must say that it is the last day for something, or that something comes back each week.
    """
    day = claim.low
    if claim.unit == "weekday":
        return claim.is_range and {claim.low, claim.high} <= evidence.weekdays
    if claim.kind != "date" or not isinstance(day, Day) or not day.day:
        return False
    if day.month and _COMING_BACK.search(evidence.text):
        alone = (each.low for each in evidence.quantities if each.kind == "date" and isinstance(each.low, Day))
        if any(each.month is None and each.day == day.day for each in alone):
            return True
    return bool(_LAST.search(clause)) and any(_agrees(day, reached) for reached in _reached(evidence))


def _reached(evidence: Evidence) -> Iterator[dt.date]:
    """Yield every day that lies one length of the sources before one of their days, or so many weeks behind."""
    days = list(dict.fromkeys(_dates(evidence.quantities, evidence.year)))[:_MOST]
    lengths = list(dict.fromkeys(_lengths(evidence)))[:_MOST]
    for day in days:
        for unit, length in lengths:
            if unit == "week":
                yield from (day + dt.timedelta(_WEEK * weeks) for weeks in range(1, length))
            else:
                yield _moved(day, length, unit)


def _lengths(evidence: Evidence) -> Iterator[tuple[str, int]]:
    """Yield the lengths in days and in workdays; so many weeks mean that something comes back each week."""
    for each in evidence.quantities:
        if each.kind != "term" or not isinstance(each.low, Decimal) or not 0 < each.low <= _LONGEST:
            continue
        if each.unit == "day" and _DAYS.search(each.text):
            yield "week", int(each.low) // _WEEK
        elif each.unit in ("day", "workday"):
            yield each.unit, int(each.low)
    if _ONE_DAY.search(evidence.text):
        yield "day", 1


def _moved(day: dt.date, length: int, unit: str) -> dt.date:
    """Go back from a day; workdays leave out Saturdays and Sundays."""
    while length:
        day -= dt.timedelta(1)
        length -= unit == "day" or day.isoweekday() <= 5
    return day


def _agrees(said: Day, true: dt.date) -> bool:
    return said.day == true.day and said.month in (None, true.month) and said.year in (None, true.year)


def _dates(quantities: Iterable[Quantity], year: int | None) -> Iterator[dt.date]:
    for each in quantities:
        for end in (each.low, each.high):
            if isinstance(end, Day) and (date := end._replace(year=end.year or year or _USUAL).date):
                yield date


_USUAL = 2026
"""The year of sources that name none."""


def counts_days(claim: Quantity, weekdays: Iterable[Decimal], months: Iterable[Day], evidence: Evidence) -> bool:
    """Tell whether it is how often one of those days of the week comes in a range of the sources or in a month told.

    Days that the sources name by themselves inside the range may be left out: 5月1日暂停.
    """
    wanted = {int(day) for day in weekdays}
    if not wanted or claim.kind not in ("count", "number") or not isinstance(claim.low, Decimal):
        return False
    year = evidence.year or _USUAL
    alone = {date for each in evidence.quantities if each.kind == "date" for date in _dates((each,), year)}
    for first, last in (*_ranges(evidence, year), *(_month(month, year) for month in months if month.month)):
        days = [day for day in _between(first, last) if day.isoweekday() in wanted]
        if claim.low in (len(days), len([day for day in days if day not in alone])):
            return True
    return False


def _ranges(evidence: Evidence, year: int) -> Iterator[tuple[dt.date, dt.date]]:
    for each in evidence.quantities:
        if each.kind == "date_range" and len(ends := list(_dates((each,), year))) == 2:
            yield ends[0], ends[1]


def _month(month: Day, year: int) -> tuple[dt.date, dt.date]:
    first = dt.date(month.year or year, month.month or 1, 1)
    return first, (first + dt.timedelta(31)).replace(day=1) - dt.timedelta(1)


def _between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    yield from (first + dt.timedelta(days) for days in range(min((last - first).days, 366) + 1))

"""Readers of dates and hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from . import patterns as p
from .hit import Hit, Match, after, before, hit_of
from .numerals import number
from .quantity import Day

NIGHT = ("半夜", "深夜", "夜里", "晚上", "今晚")
"""With twelve they mean midnight."""
LATE = ("下午", "午后", "傍晚", "晚上", "夜里", "今晚", "晚", "半夜", "深夜")


def _int(text: str | None) -> int | None:
    value = number(re.sub("[年月日号]", "", text)) if text else None
    return None if value is None else int(value)


def _year(text: str | None) -> int | None:
    year = _int(text)
    return 2000 + year if year is not None and year < 100 else year


def date(match: Match) -> Iterator[Hit]:
    if match["y"]:
        low = high = Day(int(match["y"]), int(match["m"]), int(match["d"]))
    elif match["only"]:
        low = high = Day(_int(match["only"]))
    else:
        low = high = Day(_year(match["year"]), _int(match["month"]), _int(match["day"]))
        if match["day2"]:
            high = low._replace(day=_int(match["day2"]))
    yield Hit("date" if low == high else "date_range", *match.span(), low, high, "date")


def months(match: Match) -> Iterator[Hit]:
    year = _year(match["year"])
    yield Hit("date_range", *match.span(), Day(year, int(match["m1"])), Day(year, int(match["m2"])), "date")


def dotted(match: Match) -> Iterator[Hit]:
    if match["m"]:
        day = Day(None, int(match["m"]), int(match["d"]))
        yield Hit("date", *match.span(), day, day, "date")
        return
    ahead = before(match, 12)
    low, high = Day(None, int(match["m1"]), int(match["d1"])), Day(None, int(match["m2"]), int(match["d2"]))
    sure = len(match["m1"]) + len(match["m2"]) > 2 or re.search(r"时间|日期|期间|活动|月", ahead)
    if sure and not re.search(r"利率|收益|基准|费率|净值", ahead):
        yield Hit("date_range", *match.span(), low, high, "date")


def days(match: Match) -> Iterator[Hit]:
    ahead = before(match, 8)
    if p.STREET.search(ahead) or match[0] in ("一日", "一号"):
        return
    if not match["to"] and match[0][-1] not in "日号":
        return
    first, second = _int(match["d1"]) or 0, _int(match["d2"] or match["d1"]) or 0
    low, high = Day(day=first), Day(day=second)
    if match[0].endswith("日") and (p.LASTING.search(ahead) or p.INCLUDED.match(after(match))):
        yield hit_of(match, "term", (Decimal(first), Decimal(second)), "day")
    elif match["to"] == "、":
        yield Hit("date", *match.span("d1"), low, low, "date")
        yield Hit("date", match.start("d2"), match.end(), high, high, "date")
    else:
        yield Hit("date" if low == high else "date_range", *match.span(), low, high, "date")


def weekday(match: Match) -> Iterator[Hit]:
    day = Decimal("一二三四五六日".find(match["day"].replace("天", "日")) + 1)
    yield Hit("date", match.start(), match.end("day"), day, day, "weekday")
    last = day
    for at in range(match.end("day"), match.end()):
        found = Decimal("一二三四五六日".find(match.string[at]) + 1)
        if found:
            if found <= last:
                return
            last = found
            yield Hit("date", at, at + 1, found, found, "weekday")


def _minutes(written: str) -> int:
    """Read what follows 点: 半, 一刻, 二十分."""
    if written == "半":
        return 30
    if written.endswith("刻"):
        return 15 * (_int(written[0]) or 0)
    return _int(written.rstrip("分钟整")) or 0


def clock(match: Match) -> Iterator[Hit]:
    part = match["part"] or ""
    if match["hh"]:
        hour, minutes = int(match["hh"]), int(match["mm"])
    else:
        hour, written = _int(match["hour"]) or 0, match["minute"] or ""
        alone = not part and not written
        if alone and match["hour"] in "一二两三四" and not (match["hour"] != "一" and p.APPOINTED.match(after(match))):
            return
        minutes = _minutes(written)
    if part in ("半夜", "深夜", "夜里") and hour < 6:
        part = ""
    if (part in LATE or (part in ("中午", "午间") and hour < 5)) and hour < 12:
        hour += 12
    if part in NIGHT and hour == 12:
        hour = 24
    value = Decimal(hour * 60 + minutes)
    if value <= 24 * 60:
        yield hit_of(match, "clock", (value, value), "clock")

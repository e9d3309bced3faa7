"""From one match of a pattern to quantities: a reader per pattern, and the order in which the patterns are tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from . import patterns as p
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


_Match: TypeAlias = "re.Match[str]"
_Reader: TypeAlias = Callable[[_Match], Iterator[Hit]]
_Ends: TypeAlias = tuple[Decimal, Decimal]
_DIGITS = str.maketrans("一二三四五六七八九点", "123456789.")
_LATE = ("下午", "午后", "傍晚", "晚上", "夜里", "今晚", "晚")


def _before(match: _Match, width: int) -> str:
    return match.string[max(0, match.start() - width) : match.start()]


def _after(match: _Match) -> str:
    return match.string[match.end() : match.end() + 8]


def _pair(low: str, high: str | None) -> _Ends | None:
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


def _hit(match: _Match, kind: Kind, ends: _Ends, unit: str = "", *, part: Decimal | int = 1) -> Hit:
    more = bool("more" in match.re.groupindex and match["more"])
    return Hit(kind, match.start(), match.end(), ends[0] * part, ends[1] * part, unit, more)


# ── phones ──


def _phone(match: _Match) -> Iterator[Hit]:
    if match["short"] and not re.search(r"[打拨电询线服]", _before(match, 10)):
        return
    value = Decimal(re.sub(r"\D", "", match[0]))
    yield _hit(match, "phone", (value, value), "digits")


def _extension(match: _Match) -> Iterator[Hit]:
    value = Decimal(match["digits"])
    yield Hit("phone", *match.span("digits"), value, value, "digits")


# ── days ──


def _int(text: str | None) -> int | None:
    value = number(re.sub("[年月日号]", "", text)) if text else None
    return None if value is None else int(value)


def _year(text: str | None) -> int | None:
    year = _int(text)
    return 2000 + year if year is not None and year < 100 else year


def _date(match: _Match) -> Iterator[Hit]:
    if match["y"]:
        low = high = Day(int(match["y"]), int(match["m"]), int(match["d"]))
    elif match["only"]:
        low = high = Day(_int(match["only"]))
    else:
        low = high = Day(_year(match["year"]), _int(match["month"]), _int(match["day"]))
        if match["day2"]:
            high = low._replace(day=_int(match["day2"]))
    yield Hit("date" if low == high else "date_range", *match.span(), low, high, "date")


def _months(match: _Match) -> Iterator[Hit]:
    year = _year(match["year"])
    yield Hit("date_range", *match.span(), Day(year, int(match["m1"])), Day(year, int(match["m2"])), "date")


def _dotted(match: _Match) -> Iterator[Hit]:
    if match["m"]:
        day = Day(None, int(match["m"]), int(match["d"]))
        yield Hit("date", *match.span(), day, day, "date")
        return
    before = _before(match, 12)
    low, high = Day(None, int(match["m1"]), int(match["d1"])), Day(None, int(match["m2"]), int(match["d2"]))
    sure = len(match["m1"]) + len(match["m2"]) > 2 or re.search(r"时间|日期|期间|活动|月", before)
    if sure and not re.search(r"利率|收益|基准|费率|净值", before):
        yield Hit("date_range", *match.span(), low, high, "date")


def _days(match: _Match) -> Iterator[Hit]:
    before = _before(match, 8)
    if p.STREET.search(before) or match[0] in ("一日", "一号"):
        return
    first, second = _int(match["d1"]) or 0, _int(match["d2"] or match["d1"]) or 0
    low, high = Day(day=first), Day(day=second)
    if match[0].endswith("日") and p.LASTING.search(before):
        yield _hit(match, "term", (Decimal(first), Decimal(second)), "day")
    elif match["to"] == "、":
        yield Hit("date", *match.span("d1"), low, low, "date")
        yield Hit("date", match.start("d2"), match.end(), high, high, "date")
    else:
        yield Hit("date" if low == high else "date_range", *match.span(), low, high, "date")


def _weekday(match: _Match) -> Iterator[Hit]:
    day = Decimal("一二三四五六日".find(match["day"].replace("天", "日")) + 1)
    yield _hit(match, "date", (day, day), "weekday")


def _minutes(written: str) -> int:
    """Read what follows 点: 半, 一刻, 二十分."""
    if written == "半":
        return 30
    if written.endswith("刻"):
        return 15 * (_int(written[0]) or 0)
    return _int(written.rstrip("分钟整")) or 0


def _clock(match: _Match) -> Iterator[Hit]:
    part = match["part"] or ""
    if match["hh"]:
        hour, minutes = int(match["hh"]), int(match["mm"])
    else:
        hour, written = _int(match["hour"]) or 0, match["minute"] or ""
        alone = not part and not written
        if alone and match["hour"] in "一二两三四" and not (match["hour"] != "一" and p.APPOINTED.match(_after(match))):
            return
        minutes = _minutes(written)
    if (part in _LATE or (part in ("中午", "午间") and hour < 5)) and hour < 12:
        hour += 12
    value = Decimal(hour * 60 + minutes)
    if value <= 24 * 60:
        yield _hit(match, "clock", (value, value), "clock")


# ── shares ──


def _rate(match: _Match) -> Iterator[Hit]:
    if ends := _pair(match["low"], match["high"]):
        part = {"%": "0.01", "‰": "0.001", "个百分点": "0.01"}.get(match["unit"], "0.0001")
        yield _hit(match, "rate", ends, "ratio", part=Decimal(part))


def _parts(match: _Match) -> Iterator[Hit]:
    if ends := _pair(match["low"], match["high"]):
        yield _hit(
            match, "rate", ends, "ratio", part=Decimal({"百": "0.01", "千": "0.001", "万": "0.0001"}[match["of"]])
        )


def _discount(match: _Match) -> Iterator[Hit]:
    value = number(match["low"].translate(_DIGITS))  # 八五折 is read digit by digit
    if value is not None and 0 < value < 100:
        value /= 100 if value >= 10 else 10
        yield _hit(match, "rate", (value, value), "discount")


def _tenths(match: _Match) -> Iterator[Hit]:
    if ends := _pair(match["low"], None):
        yield _hit(match, "rate", ends, "ratio", part=Decimal("0.1"))


# ── money ──


def _amount(match: _Match) -> Iterator[Hit]:
    sign, unit = (match["sign"] or match["sign2"] or "").strip(), match["unit"] or ""
    low = match["low"] or match["low2"]
    if unit == "块" and not low[0].isdigit() and not re.match(r"起|以|[，。、,;；)]|$", _after(match)):
        return  # 两块蛋糕
    if ends := _pair(low, match["high"]):
        currency = p.CURRENCIES.get(unit) or {"US$": "USD", "$": "USD", "HK$": "HKD"}.get(sign, "CNY")
        part = "0.1" if unit[:1] in ("毛", "角") else "0.01" if unit == "分钱" else "1"
        yield _hit(match, "amount", ends, currency, part=Decimal(part))


def _off(match: _Match) -> Iterator[Hit]:
    for low, high in (("full", None), ("off", "off2"), ("less", "less2"), ("reach", None)):
        if match[low] and (ends := _pair(match[low], match[high] if high else None)):
            end = match.end(high) if high and match[high] else match.end(low)
            unit = re.match(r"元|块钱?", match.string[end:])
            yield Hit("amount", match.start(low), end + (unit.end() if unit else 0), *ends, "CNY")


def _financial(match: _Match) -> Iterator[Hit]:
    if ends := _pair(match[0], None):
        yield _hit(match, "amount", ends, "CNY")._replace(end=match.end() + 1)


# ── lengths of time, counts, the rest ──


def _term(match: _Match) -> Iterator[Hit]:
    ends = _pair(match["low"], match["high"])
    if ends is None:
        return
    word = match["half"] or match["unit"]
    span = next(span for span in p.SPANS if span.mark in word)
    extra = Decimal(span.length) / 2 if match["half"] else Decimal(0)
    if match["half"] and "月" in word:
        span, extra = p.Span("月", "day", 30), Decimal(15)
    low, high = (end * span.length + extra for end in ends)
    yield _hit(match, "term", (low, high), span.unit)


def _long_days(match: _Match) -> Iterator[Hit]:
    yield _hit(match, "term", (Decimal(match["days"]), Decimal(match["days"])), "day")


def _half(match: _Match) -> Iterator[Hit]:
    span = next(span for span in p.HALVES if span.mark in match[0])
    yield _hit(match, "term", (Decimal(span.length), Decimal(span.length)), span.unit)


def _ordinal(match: _Match) -> Iterator[Hit]:
    if ends := _pair(match["low"], match["high"]):
        yield _hit(match, "number", ends, "ordinal")


def _count(match: _Match) -> Iterator[Hit]:
    word = match["unit"]
    if "." in match["low"] and match["low"][-1].isdigit() and p.COUNT_OF[word] not in ("gram", "multiple"):
        return  # 1.2 分层: half a thing is the number of a section
    if ends := _pair(match["low"], match["high"]):
        scale = {"千克": 1000, "公斤": 1000, "kg": 1000, "斤": 500}.get(word, 1)
        yield _hit(match, "count", ends, p.COUNT_OF[word], part=scale)


def _bare(match: _Match) -> Iterator[Hit]:
    if ends := _pair(match["low"], match["high"]):
        yield _hit(match, "number", ends)


_NUMERALS = frozenset("0123456789")
_COUNTERS = frozenset("".join(word[0] for word in p.COUNT_OF))
_MONEY = frozenset("元金币镑郎块毛角钱¥RC$")
_LENGTHS = frozenset("日月季年天周期时h分秒")
STAGES: tuple[tuple[re.Pattern[str], _Reader, frozenset[str]], ...] = (
    (p.EXTENSION, _extension, frozenset("内分")),
    (p.PHONE, _phone, _NUMERALS),
    (p.MONTHS, _months, frozenset("月")),
    (p.DATE, _date, frozenset("年月-/.")),
    (p.DOTTED, _dotted, frozenset(".")),
    (p.WEEKDAY, _weekday, frozenset("周星礼")),
    (p.CLOCK, _clock, frozenset(":点时")),
    (p.PARTS, _parts, frozenset("之")),
    (p.RATE, _rate, frozenset("%‰BP基点bp")),
    (p.DISCOUNT, _discount, frozenset("折")),
    (p.TENTHS, _tenths, frozenset("成")),
    (p.FINANCIAL, _financial, frozenset("元圆")),
    (p.AMOUNT, _amount, _MONEY),
    (p.OFF, _off, frozenset("满减返")),
    (p.ORDINAL, _ordinal, frozenset("第")),
    (p.TERM, _term, _LENGTHS),
    (p.LONG_DAYS, _long_days, frozenset("日")),
    (p.HALF, _half, frozenset("半")),
    (p.DAYS, _days, frozenset("日号")),
    (p.COUNT, _count, _COUNTERS),
    (p.BARE, _bare, _NUMERALS),
)
"""The earlier wins: what one pattern has taken, the later ones do not see. A pattern is tried only on a text that has
one of the characters it cannot do without."""

"""From one match of a pattern to quantities: a reader per pattern, and the order in which the patterns are tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from . import days
from . import patterns as p
from .hit import Hit, Match, Reader, after, before, ends_of, hit_of, pair
from .numerals import number

DIGITS = str.maketrans("一二三四五六七八九点", "123456789.")

# ── phones ──


def _phone(match: Match) -> Iterator[Hit]:
    called = re.search(r"[打拨电询线服]", before(match, 10)) or re.match(r"[打来]", after(match))
    if not called and (match["short"] or len(match[0]) == 3):
        return  # 一共120
    value = Decimal(re.sub(r"\D", "", match[0]))
    yield hit_of(match, "phone", (value, value), "digits")


def _extension(match: Match) -> Iterator[Hit]:
    value = Decimal(match["digits"])
    yield Hit("phone", *match.span("digits"), value, value, "digits")


# ── shares ──


def _rate(match: Match) -> Iterator[Hit]:
    if ends := ends_of(match):
        if match["unit"] == "个点":
            if before(match, 1) in ("这", "那", "哪"):  # 这三个点 are places
                return
            yield hit_of(match, "rate", ends, "pip")
            return
        part = {"%": "0.01", "‰": "0.001", "个百分点": "0.01"}.get(match["unit"], "0.0001")
        yield hit_of(match, "rate", ends, "ratio", part=Decimal(part))


def _parts(match: Match) -> Iterator[Hit]:
    whole = {"万": Decimal(10_000)}.get(match["of"]) or number(match["of"])
    if whole and (ends := pair(match["low"], match["high"])):
        low, high = (end / whole for end in ends)
        yield hit_of(match, "rate", (low, high), "ratio")


def _discount(match: Match) -> Iterator[Hit]:
    value = number(match["low"].translate(DIGITS))  # 八五折 is read digit by digit
    if value is not None and 0 < value < 100:
        value /= 100 if value >= 10 else 10
        yield hit_of(match, "rate", (value, value), "discount")


def _tenths(match: Match) -> Iterator[Hit]:
    if match["half"]:
        yield hit_of(match, "rate", (Decimal("0.5"), Decimal("0.5")), "ratio")
    elif ends := pair(match["low"], None):
        yield hit_of(match, "rate", ends, "ratio", part=Decimal("0.1"))


# ── money ──


def _is_coins(match: Match, low: str) -> bool:
    """Tell whether 块 means money and not pieces: 八十块, 减一块; not 两块蛋糕."""
    value = number(low)
    return (
        low[0].isdigit()
        or bool(match["rest"])
        or p.PAID.search(before(match, 4)) is not None
        or p.COINS.match(after(match)) is not None
        or (value is not None and value >= 10)
    )


def _amount(match: Match) -> Iterator[Hit]:
    sign, unit = (match["sign"] or match["sign2"] or "").strip(), match["unit"] or ""
    low = match["low"] or match["low2"]
    if unit == "块" and not _is_coins(match, low):
        return  # 两块蛋糕
    if ends := pair(f"{low}{match['big'] or ''}", match["high"]):
        foreign = p.FOREIGN.search(before(match, 6)) if unit == "元" else None
        name = foreign.group(1) if foreign else unit
        currency = p.CURRENCIES.get(name) or {"US$": "USD", "$": "USD", "HK$": "HKD"}.get(sign, "CNY")
        part = Decimal("0.1" if unit[:1] in ("毛", "角") else "0.01" if unit == "分钱" else "1")
        rest = (number(match["rest"].rstrip("毛角")) or Decimal(0)) * part / 10 if match["rest"] else Decimal(0)
        yield hit_of(match, "amount", (ends[0] * part + rest, ends[1] * part + rest), currency)


def _off(match: Match) -> Iterator[Hit]:
    for low, high in (("full", None), ("off", "off2"), ("less", "less2"), ("reach", None)):
        if match[low] and (ends := pair(match[low], match[high] if high else None)):
            end = match.end(high) if high and match[high] else match.end(low)
            unit = re.match(r"元|块钱?", match.string[end:])
            yield Hit("amount", match.start(low), end + (unit.end() if unit else 0), *ends, "CNY")


def _financial(match: Match) -> Iterator[Hit]:
    if ends := pair(match[0], None):
        yield hit_of(match, "amount", ends, "CNY")._replace(end=match.end() + 1)


# ── lengths of time, counts, the rest ──


def _term(match: Match) -> Iterator[Hit]:
    ends = ends_of(match)
    if ends is None:
        return
    word = match["half"] or match["unit"]
    span = next(span for span in p.SPANS if span.mark in word)
    extra = Decimal(span.length) / 2 if match["half"] else Decimal(0)
    if match["half"] and "月" in word:
        span, extra = p.Span("月", "day", 30), Decimal(15)
    low, high = (end * span.length + extra for end in ends)
    yield hit_of(match, "term", (low, high), span.unit)


def _long_days(match: Match) -> Iterator[Hit]:
    yield hit_of(match, "term", (Decimal(match["days"]), Decimal(match["days"])), "day")


def _half(match: Match) -> Iterator[Hit]:
    span = next(span for span in p.HALVES if span.mark in match[0])
    yield hit_of(match, "term", (Decimal(span.length), Decimal(span.length)), span.unit)


def _ordinal(match: Match) -> Iterator[Hit]:
    if ends := pair(match["low"], match["high"]):
        unit = match["unit"] or ""
        if len(unit) > 2 and unit[-1] == "日":  # on the seventh day is seven days later
            yield hit_of(match, "term", ends, "day" if "自然" in unit else "workday")
        else:
            yield hit_of(match, "number", ends, "ordinal")


def _count(match: Match) -> Iterator[Hit]:
    word = match["unit"]
    if "." in match["low"] and match["low"][-1].isdigit() and p.COUNT_OF[word] not in ("gram", "multiple"):
        return  # 1.2 分层: half a thing is the number of a section
    if match[0] == "十分":
        return
    if word == "分" and after(match)[:1] == "\0" and (number(match["low"]) or 0) > 100:
        return  # 1万分12期
    if ends := ends_of(match):
        scale = {"千克": 1000, "公斤": 1000, "kg": 1000, "斤": 500}.get(word, 1)
        yield hit_of(match, "count", ends, p.COUNT_OF[word], part=scale)


def _first(match: Match) -> Iterator[Hit]:
    yield hit_of(match, "number", (Decimal(1), Decimal(1)), "ordinal")


def _han_bare(match: Match) -> Iterator[Hit]:
    low = match["low"]
    told = "点" in low or (len(low) > 1 and any(char in low for char in "十百千万亿"))
    if (
        told
        and not ("点" in low and p.NO_POINT.match(after(match)))
        and (ends := pair(f"{low}{match['big'] or ''}", None))
    ):
        yield hit_of(match, "number", ends)


def _bare(match: Match) -> Iterator[Hit]:
    if ends := pair(match["low"], match["high"]):
        yield hit_of(match, "number", ends)


_NUMERALS = frozenset("0123456789")
_COUNTERS = frozenset("".join(word[0] for word in p.COUNT_OF))
_MONEY = frozenset("元金币镑郎块毛角钱¥RC$")
_LENGTHS = frozenset("日月季年天周期时h分秒拜钟")
STAGES: tuple[tuple[re.Pattern[str], Reader, frozenset[str]], ...] = (
    (p.EXTENSION, _extension, frozenset("内分")),
    (p.PHONE, _phone, _NUMERALS),
    (p.MONTHS, days.months, frozenset("月")),
    (p.DATE, days.date, frozenset("年月-/.")),
    (p.DOTTED, days.dotted, frozenset(".")),
    (p.WEEKDAY, days.weekday, frozenset("周星礼")),
    (p.CLOCK, days.clock, frozenset(":点时")),
    (p.PARTS, _parts, frozenset("之")),
    (p.RATE, _rate, frozenset("%‰BP基点bp")),
    (p.DISCOUNT, _discount, frozenset("折")),
    (p.TENTHS, _tenths, frozenset("成半")),
    (p.FINANCIAL, _financial, frozenset("元圆")),
    (p.AMOUNT, _amount, _MONEY),
    (p.OFF, _off, frozenset("满减返")),
    (p.ORDINAL, _ordinal, frozenset("第")),
    (p.FIRST, _first, frozenset("首")),
    (p.TERM, _term, _LENGTHS),
    (p.LONG_DAYS, _long_days, frozenset("日")),
    (p.HALF, _half, frozenset("半")),
    (p.DAYS, days.days, frozenset("日号天")),
    (p.COUNT, _count, _COUNTERS),
    (p.HAN_BARE, _han_bare, frozenset("十百千万亿点")),
    (p.BARE, _bare, _NUMERALS),
)
"""The earlier wins: what one pattern has taken, the later ones do not see. A pattern is tried only on a text that has
one of the characters it cannot do without."""

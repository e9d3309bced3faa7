"""Numbers as a spreadsheet shows them: 0.0155 under the format 0.00% is 1.55%, 46327 under yyyy"年"m"月" is 2026年11月.

It may not know where a number stands. Chinese numerals ([DBNum1]) are shown as Arabic ones.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

_YEAR_MONTH, _MONTH_DAY, _WHOLE = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
_PART = '上午/下午h"时"mm"分"'
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "¥#,##0", 6: "¥#,##0", 7: "¥#,##0.00",
    8: "¥#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m/d/yy", 31: _WHOLE, 32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"', 34: _PART, 35: f'{_PART}ss"秒"', 36: _YEAR_MONTH, 37: "#,##0", 38: "#,##0",
    39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "¥#,##0", 43: "#,##0.00", 44: "¥#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@", 50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH,
    53: _MONTH_DAY, 54: _MONTH_DAY, 55: _PART, 56: f'{_PART}ss"秒"', 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip
"""Formats that a file names by number alone, as a Chinese Excel or WPS shows them; 27–36 and 50–58 are its own."""
MAX_CODE = 300
"""Characters of a format that are looked at; Excel takes 255."""


class _Token(NamedTuple):
    """A piece of a number format."""

    kind: str
    """``text``, ``digit`` (0 # ?), ``sign`` (. , % / E+), ``date`` (a run of y m d h s a), ``noon``, ``general``."""
    text: str


_POINT, _COMMA, _PERCENT = _Token("sign", "."), _Token("sign", ","), _Token("sign", "%")


def shown(value: Decimal, code: str, *, since_1904: bool = False) -> str:
    """Return a number as the format shows it; empty when the format hides it."""
    try:
        section, negative = _section(value, code)
        tokens = _tokens(section)
        kinds = {token.kind for token in tokens}
        if "date" in kinds:
            return _dated(value, tokens, since_1904=since_1904) or general(value)
        if not kinds & {"digit", "general"}:
            return _joined(tokens)
        text = _counted(abs(value), tokens)
        return f"-{text}" if negative and text.strip("0.%,") else text
    except (InvalidOperation, OverflowError, ValueError):
        return general(value)


def worded(text: str, code: str) -> str:
    """Return words as the format shows them: its last section, when that holds an @ or is the fourth."""
    sections = _split(code)
    if len(sections) < 4 and not _has_words(sections[-1]):
        return text
    return "".join(text if token.kind == "general" else token.text for token in _tokens(sections[-1])).strip()


def general(value: Decimal) -> str:
    """Return a number without a format: up to ten digits, no needless noughts."""
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 15:
        return f"{value.to_integral_value():f}"
    short = Decimal(f"{value:.10g}")
    return f"{short.normalize():f}" if -10 < short.adjusted() < 15 else f"{short.normalize():E}"


# ── the format ──

_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")


def _section(value: Decimal, code: str) -> tuple[str, bool]:
    """Choose the part of a format that holds for the number, and whether it still needs its minus."""
    sections = _split(code)
    if len(sections) > 1 and _has_words(sections[-1]):
        sections = sections[:-1]
    sections = sections[:3]
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _holds(value, condition[1], Decimal(condition[2])):
                return section, value < 0
        return "General", value < 0
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], value < 0


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    order = (value > bound) - (value < bound)
    return {"<": order < 0, ">": order > 0, "=": not order, "<=": order <= 0, ">=": order >= 0, "<>": bool(order)}[sign]


def _has_words(section: str) -> bool:
    """Tell whether a section is for words: it has an @ and no place for a digit."""
    kinds = {token.kind for token in _tokens(section)}
    return "general" in kinds and not kinds & {"digit", "date"} and "@" in section


@lru_cache(maxsize=512)
def _split(code: str) -> tuple[str, ...]:
    parts = [""]
    for piece in re.findall(r'"[^"]*"?|[\\!_*].|\[[^\[\]]*\]|.', code[:MAX_CODE], re.DOTALL):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(parts[:4])


_PIECES = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<skip>.)|\*(?P<fill>.)|\[(?P<switch>[^\[\]]*)\]'
    r"|(?P<noon>上午/下午|AM/PM|A/P)|(?P<general>General|G/通用格式|@)"
    r"|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|[aA]{3,4})|(?P<digit>[0#?])|(?P<sign>[.,%/]|E[+-])|(?P<other>.)",
    re.DOTALL,
)
_CHINESE = re.compile(r"\[\$[^\[\]]*-(?:[0-9A-F]*804|zh)", re.IGNORECASE)
_SYSTEM = (("[$-F800]", _WHOLE), ("[$-F400]", "h:mm:ss"))
"""The computer's own long date and time, which replace whatever else the format says."""


@lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[_Token, ...]:
    for mark, own in _SYSTEM:
        if mark in section.upper():
            return _tokens(own)
    found: list[_Token] = []
    chinese = _CHINESE.search(section) is not None
    for match in _PIECES.finditer(section):
        kind = match.lastgroup or "other"
        text = match[kind]
        if kind in ("quoted", "escaped", "other"):
            found.append(_Token("text", text))
        elif kind in ("skip", "fill"):
            found.append(_Token("text", " "))
        elif kind == "switch":
            if text.startswith("$"):
                found.append(_Token("text", text[1:].split("-")[0]))
            elif re.fullmatch(r"h+|m+|s+", text, re.IGNORECASE):
                found.append(_Token("date", f"[{text.lower()}]"))
        elif kind == "date" and chinese and re.fullmatch(r"d{3,}|m{3,}", text, re.IGNORECASE):
            found.append(_Token("date", f"中{text.lower()}"))
        else:
            found.append(_Token(kind, text))
    return tuple(found)


def _joined(tokens: tuple[_Token, ...]) -> str:
    return "".join(token.text for token in tokens if token.kind == "text").strip()


# ── numbers ──


def _counted(value: Decimal, tokens: tuple[_Token, ...]) -> str:
    """Show an absolute number."""
    if any(token.kind == "general" for token in tokens):
        return "".join(general(value) if token.kind == "general" else token.text for token in tokens).strip()
    if _Token("sign", "/") in tokens:
        return general(value)
    point = tokens.index(_POINT) if _POINT in tokens else len(tokens)
    whole, rest = tokens[:point], tokens[point + 1 :]
    if any(token.kind == "sign" and token.text.startswith("E") for token in tokens):
        exponent = next(index for index, token in enumerate(tokens) if token.text.startswith("E"))
        digits = sum(token.kind == "digit" for token in tokens[point + 1 : exponent])
        return f"{value:.{digits}E}" if value else "0"
    last = max((index for index, token in enumerate(whole) if token.kind == "digit"), default=-1)
    grouped = _COMMA in whole[:last]
    thousands = whole[last + 1 :].count(_COMMA) + rest.count(_COMMA)
    value = value.scaleb(2 * tokens.count(_PERCENT) - 3 * thousands)
    places = [token.text for token in rest if token.kind == "digit"]
    integer, _, fraction = f"{value.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP):f}".partition(".")
    while places and places[-1] != "0" and fraction.endswith("0"):
        places, fraction = places[:-1], fraction[:-1]
    text = _filled(whole, integer.lstrip("0"), grouped=grouped)
    text += "." if point < len(tokens) and (fraction or places) else ""
    return (text + "".join(_after(rest, fraction))).strip()


def _filled(tokens: tuple[_Token, ...], digits: str, *, grouped: bool) -> str:
    """Put the digits before the point into their places from the right; the leftmost place takes all that are left."""
    slots = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    if not slots:
        return digits + "".join(_plain(token) for token in tokens)
    pieces = [_plain(token) for token in tokens]
    count = 0
    for slot in reversed(slots):
        taken = digits if slot == slots[0] else digits[-1:]
        digits = "" if slot == slots[0] else digits[:-1]
        if not taken and tokens[slot].text == "0":
            taken = "0"
        out = ""
        for digit in reversed(taken):
            out = f"{digit}{',' if grouped and count and count % 3 == 0 else ''}{out}"
            count += 1
        pieces[slot] = out
    return "".join(pieces)


def _after(tokens: tuple[_Token, ...], fraction: str) -> Iterator[str]:
    """Put the digits behind the point into their places."""
    at = 0
    for token in tokens:
        if token.kind == "digit":
            yield fraction[at : at + 1]
            at += 1
        else:
            yield _plain(token)


def _plain(token: _Token) -> str:
    return "" if token.kind == "digit" or token == _COMMA else token.text


# ── dates ──

_LAST_DAY = 2_958_466
_WEEKDAYS = "一二三四五六日"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class _Moment(NamedTuple):
    """A date with its time of day."""

    day: dt.date
    days: int
    """Since the first day the workbook counts."""
    second: int


def _dated(value: Decimal, tokens: tuple[_Token, ...], *, since_1904: bool) -> str:
    """Show a number of days as a date or time; empty when it is none."""
    if not 0 <= value < _LAST_DAY:
        return ""
    days, second = divmod(int((value * 86400).quantize(Decimal(1), ROUND_HALF_UP)), 86400)
    # Excel counts a 29 February 1900 that never was.
    first, lost = (dt.date(1904, 1, 1), 0) if since_1904 else (dt.date(1899, 12, 30), int(0 < days < 60))
    moment = _Moment(first + dt.timedelta(days + lost), days, second)
    runs = [token.text.lower() for token in tokens if token.kind == "date"]
    noon = any(token.kind == "noon" for token in tokens)
    text: list[str] = []
    at = 0
    for token in tokens:
        if token.kind == "date":
            before, after = runs[at - 1] if at else "", runs[at + 1] if at + 1 < len(runs) else ""
            minute = before.strip("[")[:1] == "h" or after.strip("[")[:1] == "s"
            text.append(_part(runs[at], moment, minute=minute, noon=noon))
            at += 1
        elif token.kind == "noon":
            morning, evening = token.text.split("/")
            text.append(morning if second < 43200 else evening)
        elif token.kind in ("text", "sign"):
            text.append(token.text)
    return "".join(text).strip()


def _part(run: str, moment: _Moment, *, minute: bool, noon: bool) -> str:
    """Show one run of a format's letters: yyyy, mm, aaaa, [h]."""
    day, second = moment.day, moment.second
    total = moment.days * 86400 + second
    kind, length = run[0], len(run)
    if kind == "[":
        return f"{total // {'h': 3600, 'm': 60, 's': 1}[run[1]]:0{length - 2}d}"
    if kind == "y":
        return f"{day.year:04d}" if length > 2 else f"{day.year % 100:02d}"
    if kind == "a":
        return f"{'星期' if length > 3 else ''}{_WEEKDAYS[day.weekday()]}"
    if kind == "中":
        return f"{day.month}月" if run[1] == "m" else f"{'星期' if length > 4 else '周'}{_WEEKDAYS[day.weekday()]}"
    if length > 2 and (kind == "d" or (kind == "m" and not minute)):
        name = _DAYS[day.weekday()] if kind == "d" else _MONTHS[day.month - 1]
        return name if length > 3 else name[:3]
    hour = second // 3600
    hour = (hour - 1) % 12 + 1 if noon else hour
    number = {"m": second // 60 % 60 if minute else day.month, "d": day.day, "h": hour, "s": second % 60}[kind]
    return f"{number:0{min(length, 2)}d}"

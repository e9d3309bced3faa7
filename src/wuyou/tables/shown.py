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
_LAST_DAY = 2_958_466
_WEEKDAYS = "一二三四五六日"


class _Token(NamedTuple):
    """A piece of a number format."""

    kind: str
    """``text``, ``digit`` (0 # ?), ``sign`` (. , % E /), ``date`` (a run of y m d h s a), ``switch`` ([…]), ``noon``."""
    text: str


def shown(value: Decimal, code: str, *, since_1904: bool = False) -> str:
    """Return a number as the format shows it; empty when the format hides it."""
    try:
        section, negative = _section(value, code)
        tokens = _tokens(section)
        if any(token.kind == "date" for token in tokens):
            return _dated(value, tokens, since_1904) or general(value)
        if not any(token.kind in ("digit", "general") for token in tokens):
            return "".join(token.text for token in tokens if token.kind == "text").strip()
        text = _counted(abs(value), tokens)
        return f"-{text}" if negative and text.strip("0.%,") else text
    except (InvalidOperation, OverflowError, ValueError):
        return general(value)


def general(value: Decimal) -> str:
    """Return a number without a format: up to ten digits, no needless noughts."""
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 15:
        return f"{value.to_integral_value():f}"
    short = Decimal(f"{value:.10g}")
    return f"{short.normalize():f}" if -10 < short.adjusted() < 15 else f"{short.normalize():E}"


def _section(value: Decimal, code: str) -> tuple[str, bool]:
    """Choose the part of a format that holds for the number, and whether it still needs its minus."""
    sections = [part for part in _split(code)][:4]
    numeric = [part for part in sections[:3]] or ["General"]
    for index, part in enumerate(numeric):
        condition = re.search(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]", part)
        if condition and _holds(value, condition[1], Decimal(condition[2])):
            return part, value < 0
        if condition and index == len(numeric) - 1:
            return "General", value < 0
    plain = [part for part in numeric if not re.search(r"\[[<>=]", part)]
    if len(plain) < len(numeric):
        return plain[0] if plain else "General", value < 0
    if value < 0 and len(plain) > 1:
        return plain[1], False
    if value == 0 and len(plain) > 2:
        return plain[2], False
    return plain[0], value < 0


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    order = (value > bound) - (value < bound)
    return {"<": order < 0, ">": order > 0, "=": not order, "<=": order <= 0, ">=": order >= 0, "<>": bool(order)}[sign]


@lru_cache(maxsize=512)
def _split(code: str) -> tuple[str, ...]:
    parts = re.findall(r'(?:"[^"]*"?|\\.|!.|[^;"\\!])+|(?<=;)(?=;|$)', code[:300])
    return tuple(parts) or ("General",)


_PIECES = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<skip>.)|\*(?P<fill>.)|\[(?P<switch>[^\[\]]*)\]'
    r"|(?P<noon>上午/下午|AM/PM|A/P)|(?P<general>General|G/通用格式)"
    r"|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|a{3,4})|(?P<digit>[0#?])|(?P<sign>[.,%/]|E[+-])|(?P<other>.)",
    re.DOTALL,
)


@lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[_Token, ...]:
    found: list[_Token] = []
    for match in _PIECES.finditer(section):
        kind = match.lastgroup or "other"
        text = match[kind]
        if kind in ("quoted", "escaped", "other"):
            found.append(_Token("text", "" if text == "@" and kind == "other" else text))
        elif kind == "switch":
            if text.startswith("$"):
                found.append(_Token("text", text[1:].split("-")[0]))
            elif re.fullmatch(r"h+|m+|s+", text, re.IGNORECASE):
                found.append(_Token("date", f"[{text.lower()}]"))
        elif kind in ("skip", "fill"):
            found.append(_Token("text", " "))
        else:
            found.append(_Token(kind, text))
    if any(token == _Token("general", "G/通用格式") for token in found):
        found = [token._replace(text="General") if token.kind == "general" else token for token in found]
    return tuple(found)


# ── numbers ──


def _counted(value: Decimal, tokens: tuple[_Token, ...]) -> str:
    """Show an absolute number."""
    if any(token.kind == "general" for token in tokens):
        return "".join(general(value) if t.kind == "general" else t.text for t in tokens if t.kind != "switch").strip()
    signs = [token.text for token in tokens if token.kind == "sign"]
    if "/" in signs:
        return general(value)
    if any(sign.startswith("E") for sign in signs):
        digits = len(re.search(r"\.?(0*)", "".join(t.text for t in tokens).partition(".")[2])[1])  # type: ignore[index]
        return f"{value:.{digits}E}".replace("E+", "E+0") if value else "0"
    value = value.scaleb(2 * signs.count("%"))
    point = next((index for index, token in enumerate(tokens) if token == _Token("sign", ".")), len(tokens))
    whole, rest = list(tokens[:point]), tokens[point + 1 :]
    grouped = False
    last = max((index for index, token in enumerate(whole) if token.kind == "digit"), default=-1)
    for index, token in enumerate(whole):
        if token == _Token("sign", ","):
            if index > last:
                value = value.scaleb(-3)
            else:
                grouped = True
    for token in rest:
        if token == _Token("sign", ","):
            value = value.scaleb(-3)
    places = [token.text for token in rest if token.kind == "digit"]
    rounded = value.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP)
    integer, _, fraction = f"{rounded:f}".partition(".")
    integer = integer.lstrip("0")
    text = _filled(whole, integer, grouped=grouped)
    if point < len(tokens):
        while fraction and places and places[-1] != "0" and fraction.endswith("0"):
            places, fraction = places[:-1], fraction[:-1]
        text += "." if fraction or places else ""
    text += "".join(_after(rest, fraction))
    return text.strip()


def _filled(tokens: list[_Token], digits: str, *, grouped: bool) -> str:
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
    at = 0
    for token in tokens:
        if token.kind == "digit":
            yield fraction[at : at + 1]
            at += 1
        else:
            yield _plain(token)


def _plain(token: _Token) -> str:
    return "" if token.kind == "digit" or token == _Token("sign", ",") else token.text


# ── dates ──


def _dated(value: Decimal, tokens: tuple[_Token, ...], since_1904: bool) -> str:
    """Show a number of days as a date or time; empty when it is none."""
    if not 0 <= value < _LAST_DAY:
        return ""
    seconds = int((value * 86400).quantize(Decimal(1), ROUND_HALF_UP))
    days, second = divmod(seconds, 86400)
    if since_1904:
        day = dt.date(1904, 1, 1) + dt.timedelta(days)
    else:  # Excel counts a 29 February 1900 that never was
        day = dt.date(1899, 12, 30) + dt.timedelta(days + (0 < days < 60))
    runs = [token.text.lower() for token in tokens if token.kind == "date"]
    noon = any(token.kind == "noon" for token in tokens)
    text: list[str] = []
    at = 0
    for token in tokens:
        if token.kind == "date":
            before, after = runs[at - 1] if at else "", runs[at + 1] if at + 1 < len(runs) else ""
            minute = token.text[0] in "mM" and (before.strip("[")[:1] == "h" or after.strip("[")[:1] == "s")
            text.append(_part(token.text.lower(), day, second, days, minute=minute, noon=noon))
            at += 1
        elif token.kind == "noon":
            morning, evening = token.text.split("/")
            text.append(morning if second < 43200 else evening)
        elif token.kind in ("text", "sign"):
            text.append(token.text)
    return "".join(text).strip()


def _part(run: str, day: dt.date, second: int, days: int, *, minute: bool, noon: bool) -> str:
    hour = second // 3600
    if run[0] == "[":
        total = {"h": days * 24 + hour, "m": (days * 86400 + second) // 60, "s": days * 86400 + second}[run[1]]
        return f"{total:0{len(run) - 2}d}"
    if run[0] == "y":
        return f"{day.year:04d}" if len(run) > 2 else f"{day.year % 100:02d}"
    if run[0] == "d" and len(run) > 2 or run[0] == "a":
        return f"{'星期' if len(run) > 3 else '周'}{_WEEKDAYS[day.weekday()]}"
    if run[0] == "m" and not minute and len(run) > 2:
        return f"{day.month}月"
    hour = (hour - 1) % 12 + 1 if noon else hour
    number = {"m": second // 60 % 60 if minute else day.month, "d": day.day, "h": hour, "s": second % 60}[run[0]]
    return f"{number:0{min(len(run), 2)}d}"

"""Numerals, Arabic and Chinese, as exact decimals."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for char in chars
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "w": 10**4, "亿": 10**8}


def number(text: str) -> Decimal | None:
    """Read a numeral: 1,200 · 1.5亿 · 2千 · 二十万 · 一点七五 · 二〇二六; None when it is none, like 两三."""
    text = text.replace("个亿", "亿")
    head = text.rstrip("十百千万亿w")
    if head and head[0] in "0123456789":
        digits = head.replace(",", "")
        if not digits.replace(".", "", 1).isdigit():
            return None
        value = Decimal(digits)
        for char in text[len(head) :]:
            value *= _TENS.get(char) or _MYRIADS[char]
        return value
    whole, point, fraction = text.partition("点")
    read = _chinese(whole)
    if read is None or (point and not (fraction and set(fraction) <= set(_DIGITS))):
        return None
    return read + Decimal("0." + "".join(str(_DIGITS[char]) for char in fraction)) if point else read


def _chinese(text: str) -> Decimal | None:
    """Read a Chinese whole number, by places (二十三万) or digit by digit (二〇二六)."""
    if (
        not text
        or text.count("万") > 1
        or any(char not in _DIGITS and char not in _TENS and char not in _MYRIADS for char in text)
    ):
        return None
    if all(char in _DIGITS for char in text):
        if len(text) > 1 and not (len(text) == 4 or any(char in "零〇" for char in text)):
            return None
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    total = section = digit = 0
    place = 1
    waiting = gap = False
    for char in text:
        if char in _DIGITS:
            if waiting and digit:
                return None
            gap = gap or not _DIGITS[char]
            digit, waiting = _DIGITS[char], True
        elif char in _TENS:
            section += (digit or 1) * _TENS[char]
            digit, waiting, place, gap = 0, False, _TENS[char], False
        else:
            total = (
                (total + section + digit) * _MYRIADS[char]
                if char == "亿"
                else total + (section + digit) * _MYRIADS[char]
            )
            section = digit = 0
            waiting, place, gap = False, _MYRIADS[char], False
    if digit and place > 10 and not gap:
        digit *= place // 10
    return Decimal(total + section + digit)

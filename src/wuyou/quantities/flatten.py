"""Text made plain for the patterns, with every position remembered: widths, look-alikes, and the spaces PDFs put in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..regexes import regex

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；？！"}
_ALIKE = dict(
    zip(
        "—–―－−‐‑﹣〜∼～￥○萬億兩點號個歲週圓貳參陸張組戶滿減約內過時間幣筆檔項頁輛顆種歐鎊屆場課節樓層積獎達餘剩",
        "--------~~~¥〇万亿两点号个岁周圆贰叁陆张组户满减约内过时间币笔档项页辆颗种欧镑届场课节楼层积奖达余剩",
        strict=True,
    )
)
_PLAIN = {**_WIDE, **{ord(old): ord(new) for old, new in _ALIKE.items()}}
_SPACES = frozenset(" \t\u3000\u00a0\u2002\u2003\u2009\u202f")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff")
_UNEVEN = regex(rf"[{''.join(_SPACES | _ZERO_WIDTH)}]|，(?=[０-９])")
"""What makes the plain text differ from the original by more than its characters."""
_SPREAD = regex(
    r"(?<![\d.])\d(?: (?:[.,] )?\d){1,15}(?= ?[年月日号元万亿%‰点时名份户笔张个人天克])"
    r"|(?<![\d.,])\d{1,3}(?: \d{3}){1,4}(?=(?:\.\d{1,2})? ?[元万亿名份户笔张])",
    re.ASCII,
)
"""Digits set apart one by one, ``2 0 2 6 年``, or by thousands, ``10 000元``."""
_OPTION = regex(
    r"(?<![^\s：:，,])([1-9])(?:[ \u3000](?=[^\s\d])|(?=[\u4e00-\u9fff]))"
    r"(?! ?(?:[年月日天周季期次元块万千百亿折倍户张份笔名位岁号点分秒克斤届轮场楼层级档]|个(?:月|季|工作|自然|交易|半)))"
)
"""One of the choices a post offers: ``1 甜的 2 咸的``, ``1火锅 2酸菜鱼 3回家``."""
_ITEM = regex(r"(?<![^\s：:；;。，,（(])([1-9])[.．、](?=\S)")
"""One of the numbered items of a line: ``1.对象…；2.期限…``."""


def flatten(text: str) -> tuple[str, list[int]]:
    """Return the plain text and, for each of its characters, the place of the original character."""
    plain = text.translate(_PLAIN)
    if options := {*_series(_OPTION, text, 2), *_series(_ITEM, text, 3)}:
        plain = "".join("\0" if at in options else char for at, char in enumerate(plain))
    if not _UNEVEN.search(text):
        return plain, list(range(len(plain)))
    gone = {at for found in _SPREAD.finditer(plain) for at in range(*found.span()) if plain[at] == " "}
    gone.update(at for at, char in enumerate(plain) if char in _ZERO_WIDTH)
    kept = [at for at in range(len(plain)) if at not in gone]
    chars: list[str] = []
    places: list[int] = []
    index = 0
    while index < len(kept):
        at = kept[index]
        char = plain[at]
        if char in _SPACES:
            end = index
            while end < len(kept) and plain[kept[end]] in _SPACES:
                end += 1
            right = plain[kept[end]] if end < len(kept) else ""
            index, short = end, end - index <= 2
            if short and chars and right and _touch(chars[-1], right):
                continue
            char = " "
        else:
            index += 1
            if char == "，" and _wide_digit(text, at - 1) and _wide_digit(text, at + 1):
                char = ","
        chars.append(char)
        places.append(at)
    return "".join(chars), places


def _wide_digit(text: str, at: int) -> bool:
    return 0 <= at < len(text) and "０" <= text[at] <= "９"


def _touch(left: str, right: str) -> bool:
    """Tell whether a space between the two means nothing: one is a digit, the other Chinese or a sign of quantity."""
    if "0" <= left <= "9":
        return right in "%‰-~:" or "\u4e00" <= right <= "\u9fff"
    return "0" <= right <= "9" and (left in "-~:¥" or "\u4e00" <= left <= "\u9fff")


def _series(mark: re.Pattern[str], text: str, least: int) -> Iterator[int]:
    """Find digits that count 1 2 3 in this order, such as those of choices or of numbered items, if there are enough."""
    waiting: list[int] = []
    for found in mark.finditer(text):
        if found[1] == "1":
            yield from waiting if len(waiting) >= least else ()
            waiting = [found.start()]
        elif waiting and found[1] == str(len(waiting) + 1):
            waiting.append(found.start())
    yield from waiting if len(waiting) >= least else ()

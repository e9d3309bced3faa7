"""Chinese text folded to one form, with every position remembered.

Folding makes look-alikes equal so that a rule sees through disguise: full width and compatibility forms (NFKC),
Traditional and variant characters, zero-width and control characters, case, and separators slipped in between
Chinese characters. A match on folded text is reported at its place in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from .regexes import regex

_INVISIBLE = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2060\ufeff") | frozenset(
    chr(code)
    for low, high in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2061, 0x2064), (0xFE00, 0xFE0F))
    for code in range(low, high + 1)
)
_SEPARATORS = frozenset(" \t\u3000·•.-_*~|/\\'`^+=#@&\u2022\u30fb\u2027")
"""Dropped only when they stand between two Chinese characters: 保*本 is 保本, but 3.10% stays 3.10%."""
_SLIPPED_IN = regex(rf"[{re.escape(''.join(sorted(_SEPARATORS)))}]+")
"""A row of separators, as long as it is: looking at what stands around it is left to Python, or a text of nothing but
separators would take its square."""


class Folded(NamedTuple):
    """Folded text and, for each of its characters, the index of the original character it came from."""

    text: str
    places: tuple[int, ...]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the folded text into a span of the original."""
        if start >= end:
            at = self.places[start] if start < len(self.places) else len(self.original)
            return at, at
        return self.places[start], self.places[end - 1] + 1


def is_han(char: str) -> bool:
    """Tell whether it is a Chinese character."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\U00020000" <= char <= "\U0003134f"


@lru_cache(maxsize=1 << 14)
def _fold_char(char: str) -> str:
    if is_han(char):
        return _simplify(char)
    if char in _INVISIBLE:
        return ""
    folded = unicodedata.normalize("NFKC", char).casefold()
    return "".join(_simplify(each) for each in folded if each not in _INVISIBLE)


def _simplify(char: str) -> str:
    return _traditional().get(char, char)


@cache
def _traditional() -> dict[str, str]:
    table = (files("wuyou") / "data" / "traditional.txt").read_text(encoding="utf-8")
    return {line[0]: line[1] for line in table.splitlines() if line and line[0] != "#"}


def simplified(text: str) -> str:
    """Turn Traditional and variant characters into Simplified ones, each in its place: the length stays the same."""
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    return {ord(old): new for old, new in _traditional().items()}


@lru_cache(maxsize=1 << 10)
def fold(text: str) -> Folded:
    """Fold a text to one form: NFKC, lower case, Simplified, nothing invisible, no separator between Chinese characters."""
    folded = list(map(_fold_char, text))
    whole = "".join(folded)
    even = len(whole) == len(text) and "" not in folded
    places: Sequence[int] = range(len(text)) if even else [at for at, each in enumerate(folded) for _ in each]
    rows = [found.span() for found in _SLIPPED_IN.finditer(whole)]
    gone = [(low, high) for low, high in rows if is_han(whole[low - 1 : low]) and is_han(whole[high : high + 1])]
    if not gone:
        return Folded(whole, tuple(places), text)
    stays = [(end, start) for (_, end), (start, _) in zip([(0, 0), *gone], [*gone, (len(whole), 0)], strict=True)]
    kept = "".join(whole[start:end] for start, end in stays)
    return Folded(kept, tuple(place for start, end in stays for place in places[start:end]), text)


def width(text: str) -> int:
    """Count terminal columns: a Chinese character takes two."""
    return sum(
        0
        if unicodedata.combining(char) or char in _INVISIBLE
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def pad(text: str, columns: int) -> str:
    """Fill a text with spaces up to that many terminal columns."""
    return text + " " * max(0, columns - width(text))

"""A passage or a fact as a place, and how it is cut: into stretches around a number, into segments with headings."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..quantities import Quantity, find
from ..regexes import regex

_CUTS = tuple(
    regex(pattern)
    for pattern in (
        r"[、，；;。！？!?\n|（）()]|(?<!\d),|,(?!\d{3})",
        r"[，；;。！？!?\n|]|(?<!\d),|,(?!\d{3})",
        r"[；;。！？!?\n|]",
        r"[；;。\n]",
    )
)
"""From the smallest stretch to the largest inside a passage; the last keeps the cells of a table row together."""


class Place(NamedTuple):
    """One passage or one fact."""

    text: str
    where: str
    """Material and locator, as people cite them."""
    head: str = ""
    """Of a table row: its first cell."""
    columns: tuple[str, ...] = ()
    """Of a table row: the heads of its columns."""

    def labels(self, at: int) -> str:
        """Return the heads of the row and of the column that a position stands in; a title is no head of a row."""
        index = self.text.count("|", 0, at)
        column = self.columns[index] if index < len(self.columns) else ""
        headed = index > 0 and (self.columns or self.text.count("|") < _TITLED)
        return f"{self.head} {column}" if headed else column


def stretches(text: str, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches around a span, from the smallest to the whole text."""
    for cut in _CUTS:
        low = max((found.end() for found in cut.finditer(text, 0, at)), default=0)
        after = cut.search(text, end)
        yield low, after.start() if after else len(text)
    yield 0, len(text)


_TITLED = 5
"""From so many cells on, a row without heads of columns is a list behind a title."""
NAMED = 0.6
"""Which share of a row's first cell a stretch must hold in one piece to name it."""
_HEADING = regex(r"[（(【\s]*([\u4e00-\u9fffA-Za-z]{2,10})(?:[（(][^（）()]*[)）]?)?[\s:：]*")
_PARTS = regex(r"[；;|。\n]")


def cut(text: str) -> list[tuple[int, int, tuple[Quantity, ...]]]:
    """Cut a text at ；, 。 and cell borders; return the segments that have quantities."""
    quantities = find(text)
    bounds = [0, *(found.end() for found in _PARTS.finditer(text)), len(text) + 1]
    parts = (
        (low, high, tuple(each for each in quantities if low <= each.start < high))
        for low, high in itertools.pairwise(bounds)
    )
    return [each for each in parts if each[2]]


def segments(place: Place) -> list[tuple[str, tuple[Quantity, ...]]]:
    """Return each heading of a place with the quantities under it."""
    headed = [(row_head(place), find(place.text))]
    headed += [(heading(place.text[low : inside[0].start]), inside) for low, _, inside in cut(place.text)]
    return [(label, quantities) for label, quantities in headed if label]


def heading(before: str) -> str:
    """Return the heading that the words before a segment's first number are, or an empty text."""
    match = _HEADING.fullmatch(before.rpartition("：")[2] or before)
    return match.group(1) if match else ""


def row_head(place: Place) -> str:
    head = re.sub(r"[（(][^（）()]*[)）]", "", place.head).strip()
    return head if len(head) > 1 and not find(head) else ""


def names(stretch: str, label: str) -> bool:
    """Tell whether a stretch names a heading: whole, or a long enough piece of a long one."""
    if label in stretch:
        return True
    size = max(4, math.ceil(len(label) * NAMED))
    return any(label[at : at + size] in stretch for at in range(len(label) - size + 1))

"""Cuts Chinese text into sentences and clauses, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text."""

    start: int
    end: int
    text: str

    def holds(self, start: int, end: int) -> bool:
        """Tell whether another stretch of the same text lies inside."""
        return self.start <= start and end <= self.end


_SENTENCE_ENDS = frozenset("。；;！!？?\n")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset("，,")
_OPEN, _CLOSE = frozenset("（(《“「【"), frozenset("）)》”」】")
_TRIM = " \t\u3000\u00a0，,。；;！!？?、：:"
_NUMBERED = re.compile(
    r"[ \t\u3000]*(?:[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]|(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.．](?!\d)|[①-⑳])[ \t\u3000]*"
)


def sentences(text: str) -> Iterator[Span]:
    """Yield the sentences, without their full stops and without the numbers of a list."""
    yield from _cut(text, _SENTENCE_ENDS)


def clauses(text: str) -> Iterator[Span]:
    """Yield what stands between commas and full stops; commas inside brackets and numbers do not cut."""
    yield from _cut(text, _CLAUSE_ENDS)


def _cut(text: str, ends: frozenset[str]) -> Iterator[Span]:
    start = depth = 0
    for index, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        in_number = (
            char in ",，"
            and text[index - 1 : index].isdigit()
            and text[index + 1 : index + 2].isdigit()
            and char == ","
        )
        if char == "\n" or (char in ends and not depth and not in_number):
            yield from _trimmed(text, start, index)
            start, depth = index + 1, 0 if char == "\n" else depth
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    if numbered := _NUMBERED.match(text, start, end):
        start = numbered.end()
    while start < end and text[start] in _TRIM:
        start += 1
    while start < end and text[end - 1] in _TRIM:
        end -= 1
    if start < end:
        yield Span(start, end, text[start:end])

"""Cuts Chinese text into sentences and clauses, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text."""

    start: int
    end: int
    text: str

    def holds(self, start: int, end: int) -> bool:
        """Tell whether another stretch of the same text lies inside."""
        return self.start <= start and end <= self.end


MAX_WHOLE = 60
"""Characters of a clause joined with the one it waits for."""
OFF = re.compile(
    r"满\s?[\d,.]{1,12}\s?(?:元|块)?[，, ]?(?:即|可|立|直|随机|再|享){0,4}(?:减|返|抵|送)\s?[\d,.]{1,12}"
    r"(?:\s?[-—~]\s?[\d,.]{1,12})?\s?元?"
)
"""What is only true together: 满100减8, 满100元，立减8元."""
_SENTENCE_ENDS = frozenset("。；;！!？?\n")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset("，,")
_OPEN, _CLOSE = frozenset("（(《“「【"), frozenset("）)》”」】")
_TRIM = " \t\u3000\u00a0，,。；;！!？?、：:"
_COUNT = r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})"
_NUMBERED = re.compile(rf"[ \t\u3000]{{0,8}}(?:[（(]{_COUNT}[）)]|{_COUNT}[、.．](?!\d)|[①-⑳])[ \t\u3000]{{0,8}}")


@lru_cache(maxsize=1 << 10)
def sentences(text: str) -> tuple[Span, ...]:
    """Cut into sentences, without their full stops and without the numbers of a list."""
    return tuple(_cut(text, _SENTENCE_ENDS))


@lru_cache(maxsize=1 << 10)
def clauses(text: str) -> tuple[Span, ...]:
    """Cut between commas and full stops; commas inside brackets and numbers do not cut."""
    return tuple(_cut(text, _CLAUSE_ENDS))


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


_OPEN_END = re.compile(r"(?:的|时|后|的(?:客户|账户|交易|情形))$")


@lru_cache(maxsize=1 << 10)
def whole_clauses(text: str) -> tuple[Span, ...]:
    """Cut into clauses, one that only says when together with what then holds: 中途退订的，须补交工本费."""
    return tuple(_joined(text))


def _joined(text: str) -> Iterator[Span]:
    for sentence in sentences(text):
        waiting: Span | None = None
        for part in clauses(sentence.text):
            start = waiting.start if waiting else sentence.start + part.start
            clause = Span(start, sentence.start + part.end, text[start : sentence.start + part.end])
            if waiting and len(clause.text) > MAX_WHOLE:
                yield waiting
                clause = Span(sentence.start + part.start, sentence.start + part.end, part.text)
            waiting = clause if _OPEN_END.search(clause.text) else None
            if waiting is None:
                yield clause
        if waiting:
            yield waiting

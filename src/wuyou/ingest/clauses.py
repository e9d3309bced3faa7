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
_MARKS = re.compile(f"[{re.escape(''.join(sorted(_CLAUSE_ENDS | _OPEN | _CLOSE)))} \u3000]")
_SPACES = frozenset(" \u3000")
_APART = re.compile(r"[ \u3000]|[\u4e00-\u9fff]{2,8}[：:]")
"""After a space: what begins something new, 10月26日 单位：元."""
_TRIM = " \t\u3000\u00a0，,。；;！!？?、：:"
_BULLETS = _TRIM + "*＊※★☆●■▲►◆•·~～"
_COUNT = r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})"
_NUMBERED = re.compile(
    rf"[ \t\u3000*＊※★☆●■▲►◆•]{{0,8}}(?:[（(]{_COUNT}[）)]|{_COUNT}[、.．](?!\d)|[①-⑳]|\d{{1,2}}[)）]"
    r"|\d{1,2}(?:[.．]\d{1,2}){1,3}(?=[ \t\u3000]|[\u4e00-\u9fff“「《])(?![ \t]?[元块万亿千百折倍克公斤年月日天号点美港欧起至到以前止小个周季基])"
    r"|(?:[QqＱAaＡ]\d{0,3}|[问答]|问题[一二三四五六七八九十\d]{1,3}|备?注[一二三四五\d]{0,2}|说明|提示|附注)[ \t]?[：:.．、]"
    rf"|第{_COUNT}[章节条款][、：:]?[ \t\u3000]){{1}}[ \t\u3000]{{0,8}}"
)


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
    for mark in _MARKS.finditer(text):
        char, index = mark[0], mark.start()
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif char == "\n" or (not depth and _divides(text, index, char, ends)):
            yield from _trimmed(text, start, index)
            start, depth = index + 1, 0 if char == "\n" else depth
    yield from _trimmed(text, start, len(text))


def _divides(text: str, index: int, char: str, ends: frozenset[str]) -> bool:
    """Tell whether a mark ends what stands before it; a comma inside a number does not."""
    if char in _SPACES:
        return _APART.match(text, index + 1) is not None
    in_number = char == "," and text[index - 1 : index].isdigit() and text[index + 1 : index + 2].isdigit()
    return char in ends and not in_number


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    for _ in range(3):  # 注：1．①…
        if numbered := _NUMBERED.match(text, start, end):
            start = numbered.end()
    while start < end and text[start] in _BULLETS:
        start += 1
    while start < end and text[end - 1] in _TRIM:
        end -= 1
    if start < end:
        yield Span(start, end, text[start:end])


def chunks(text: str, size: int = 1500) -> Iterator[Span]:
    """Cut a long text after a full stop, else after a comma, else anywhere, so that no piece is longer than ``size``."""
    start = 0
    while len(text) - start > size:
        found = max(text.rfind(mark, start + size // 2, start + size) for mark in "\n。；;")
        if found < 0:
            found = max(text.rfind(mark, start + size // 2, start + size) for mark in "，,、 ")
        end = found + 1 if found >= 0 else start + size
        yield Span(start, end, text[start:end])
        start = end
    yield Span(start, len(text), text[start:])


_ASKS = re.compile(r"[。；;！!：:，,、\s”」』]{0,2}[？?]")


def is_asked(text: str, clause: Span) -> bool:
    """Tell whether the sentence a clause stands in is a question."""
    for sentence in sentences(text):
        if sentence.holds(clause.start, clause.end):
            return _ASKS.match(text, sentence.end) is not None
    return False


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

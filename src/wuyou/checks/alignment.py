"""Which stretch of the headquarters text a clause of a post speaks of: found by the words and numbers they share.

It judges nothing. A word that few stretches have counts more than one that all have.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import add
from typing import NamedTuple

from ..chinese import fold, is_han
from ..quantities import Quantity, find
from ..regexes import regex

_CLAUSE_ENDS = regex(r"[,，。！!？?；;：:\n…~～\s、]+")
_UNIT_ENDS = regex(
    r"[。；;！!\n●•※★]|[？?](?!\s*答)|[①②③④⑤⑥⑦⑧⑨]|(?<![\d.])\d{1,2}[.、](?=[\u4e00-\u9fff])|(?<![\u4e00-\u9fff])[一二三四五六七八九]、"
)
_EMPTY = frozenset(
    "的了是在有和就都也还很我您你他她它们这那个一不没上下来去到得着过给把被让跟同与及或吗呢吧啊呀哦嘛么啦哈咱可能要会想看说做用再又"
    "才只更每各本该其此以为于从对向将等"
)
"""Characters of which two beside one another say nothing."""
SHARED_NUMBER = 2.0
"""What a number in common counts beside words."""
NEIGHBOUR, REST = 0.5, 0.15
"""What the clause before and after, and what the rest of the post, adds to a clause of its own."""
NEAR = 0.75
"""Units that score at least this share of the best one are spoken of as well."""
SPOKEN, LOUD = 1.5, 3.0
"""From which score on a clause speaks of a unit at all, and surely."""


def content(text: str) -> frozenset[str]:
    """Return the pairs of Chinese characters in a text that say something."""
    return frozenset(pair for pair in map(add, text, text[1:]) if _says(pair))


@lru_cache(maxsize=1 << 15)
def _says(pair: str) -> bool:
    return is_han(pair[0]) and is_han(pair[1]) and not (pair[0] in _EMPTY and pair[1] in _EMPTY)


class Clause(NamedTuple):
    """A clause of a post and what it speaks of."""

    start: int
    end: int
    text: str
    before: str
    """The clause before it."""
    after: str
    """The clause behind it."""
    own: float
    """How much it shares with any unit by itself."""
    score: float
    """How much it shares together with the clauses around it."""
    units: tuple[int, ...]
    """The units it speaks of."""


class Unit(NamedTuple):
    """A sentence, a row or a numbered item of the source."""

    text: str
    where: str
    words: frozenset[str]
    quantities: tuple[Quantity, ...]


class Alignment:
    """A source cut into units, ready to be held against clauses."""

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        """``places`` are texts with where they stand."""
        self.units = tuple(
            Unit(part, where, content(part), find(part))
            for text, where in places
            for part in map(str.strip, _UNIT_ENDS.split(fold(text).text))
            if part.strip(" |｜")
        )
        self.text = "\n".join(unit.text for unit in self.units)
        self._holders: dict[str, list[int]] = {}
        for at, unit in enumerate(self.units):
            for pair in unit.words:
                self._holders.setdefault(pair, []).append(at)
        self._rarity = {
            pair: 0.3 + math.log((1 + len(self.units)) / len(holders)) for pair, holders in self._holders.items()
        }

    @cached_property
    def words(self) -> frozenset[str]:
        """All pairs of characters of the source."""
        return frozenset(self._rarity)

    def clauses(self, text: str, quantities: Mapping[Quantity, Collection[int]]) -> list[Clause]:
        """Cut a folded text at its commas and say for each clause which units it speaks of.

        Of each quantity of the text it must be said which units have it.
        """
        spans = _spans(text)
        numbers = sorted(quantities, key=_start)
        cuts = [[bisect_left(numbers, end, key=_start) for end in span] for span in spans]
        held = [[quantities[each] for each in numbers[first:last]] for first, last in cuts]
        scores = [self._scores(text[low:high], units) for (low, high), units in zip(spans, held, strict=True)]
        whole = [sum(column) for column in zip(*scores, strict=True)]
        found = []
        for index, (low, high) in enumerate(spans):
            own = scores[index]
            near = [
                REST * all_
                + (1 - REST) * mine
                + (NEIGHBOUR - REST)
                * sum(scores[other][at] for other in (index - 1, index + 1) if 0 <= other < len(spans))
                for at, (mine, all_) in enumerate(zip(own, whole, strict=True))
            ]
            best = max(near, default=0.0)
            units = tuple(at for at, score in enumerate(near) if score >= NEAR * best and score > SPOKEN)
            before = text[slice(*spans[index - 1])] if index else ""
            after = text[slice(*spans[index + 1])] if index + 1 < len(spans) else ""
            found.append(Clause(low, high, text[low:high], before, after, max(own, default=0.0), best, units))
        return found

    def _scores(self, clause: str, numbers: Iterable[Collection[int]]) -> list[float]:
        scores = [0.0] * len(self.units)
        for pair in sorted(content(clause) & self.words):
            rarity = self._rarity[pair]
            for at in self._holders[pair]:
                scores[at] += rarity
        for units in numbers:
            for at in units:
                scores[at] += SHARED_NUMBER
        return scores


def _start(quantity: Quantity) -> int:
    return quantity.start


def _spans(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for stop in _CLAUSE_ENDS.finditer(text):
        if stop.start() > start:
            spans.append((start, stop.start()))
        start = stop.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans

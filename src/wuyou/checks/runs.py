"""The runs of a text: every stretch of one to four characters, cut once and asked by everybody.

A text that does not hold a run needs no search for it. The rulebook wakes its rules by them, a pattern its expression,
and a classifier weighs them.
"""

from __future__ import annotations

from functools import lru_cache
from operator import add

LONGEST = 4
"""Characters of the longest run."""
FIRST, LAST, BREAK = "⊢", "⊣", "¶"
"""Stand for the beginning of a text, its end, and a line break, so that a run fits on a line."""


def marked(text: str) -> str:
    """Put a sign where a line breaks."""
    return text.replace("\n", BREAK)


@lru_cache(maxsize=1 << 6)
def laid(text: str) -> tuple[tuple[str, ...], ...]:
    """Return every run at its place, the beginning and the end included: those of one character, those of two, and on."""
    whole = f"{FIRST}{marked(text)}{LAST}"
    pairs = tuple(map(add, whole, whole[1:]))
    threes = tuple(map(add, pairs, whole[2:]))
    return tuple(whole), pairs, threes, tuple(map(add, threes, whole[3:]))


@lru_cache(maxsize=1 << 6)
def runs(text: str) -> frozenset[str]:
    """Return every run of a text, its beginning and its end included."""
    return frozenset().union(*laid(text))


class Roll:
    """Who wakes at which run: one look at a text tells it of everybody."""

    def __init__(self) -> None:
        self._always: list[int] = []
        self._woken: dict[str, list[int]] = {}
        self._others: dict[int, frozenset[str]] = {}
        self.awake = lru_cache(maxsize=1 << 6)(self._awake)
        """Returns the numbers of everybody whom a text wakes."""

    def add(self, number: int, first: frozenset[str] | None, second: frozenset[str] | None = None) -> None:
        """Let a number be woken by a text that holds a run of each set; by every text when there is no set."""
        if first is None:
            self._always.append(number)
        for run in first or ():
            self._woken.setdefault(run, []).append(number)
        if second is not None:
            self._others[number] = second
        self.awake.cache_clear()

    def _awake(self, text: str) -> frozenset[int]:
        woken, others, held = self._woken, self._others, runs(text)
        called = set(self._always).union(*map(woken.__getitem__, woken.keys() & held))
        lacks = held.isdisjoint
        return frozenset(called.difference([number for number in called & others.keys() if lacks(others[number])]))

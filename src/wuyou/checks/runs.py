"""The runs of a text: every stretch of one to four characters, cut once and asked by everybody.

A text that does not hold a run needs no search for it. The rulebook wakes its rules by them, a pattern its expression,
and a classifier weighs them.
"""

from __future__ import annotations

from functools import lru_cache

LONGEST = 4
"""Characters of the longest run."""
FIRST, LAST, BREAK = "⊢", "⊣", "¶"
"""Stand for the beginning of a text, its end, and a line break, so that a run fits on a line."""


def marked(text: str) -> str:
    """Put a sign where a line breaks."""
    return text.replace("\n", BREAK)


@lru_cache(maxsize=1 << 6)
def runs(text: str) -> frozenset[str]:
    """Return every run of a text, its beginning and its end included."""
    whole = f"{FIRST}{marked(text)}{LAST}"
    second, third, fourth = whole[1:], whole[2:], whole[3:]
    pairs = list(map(str.__add__, whole, second))
    threes = list(map(str.__add__, pairs, third))
    return frozenset(whole).union(pairs, threes, map(str.__add__, threes, fourth))


class Roll:
    """Who wakes at which run: one look at a text tells it of everybody."""

    def __init__(self) -> None:
        self._always: list[int] = []
        self._woken: dict[str, list[int]] = {}
        self.awake = lru_cache(maxsize=1 << 6)(self._awake)
        """Returns the numbers of everybody whom a text wakes."""

    def add(self, number: int, wanted: frozenset[str] | None) -> None:
        """Let a number be woken by each of some runs; by every text when there are none that it must hold."""
        if wanted is None:
            self._always.append(number)
        for run in wanted or ():
            self._woken.setdefault(run, []).append(number)
        self.awake.cache_clear()

    def _awake(self, text: str) -> frozenset[int]:
        woken = self._woken
        awake = set(self._always)
        for run in woken.keys() & runs(text):
            awake.update(woken[run])
        return frozenset(awake)

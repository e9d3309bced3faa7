"""What every feature says for every label: whole numbers of all classifiers, packed into one integer a feature.

A lane of the integer is one number, so that adding up a text costs one addition a feature however many labels there
are. A line of a file is taken apart when a text first holds its feature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

from .runs import LONGEST

LANE = 40
"""Bits of a lane: room for the sums of a text of ten thousand characters."""
MASK = (1 << LANE) - 1
ZERO = 1 << 22
"""Added to every weight, so that the lanes of a sum never borrow from each other."""
COUNT, SQUARES, LABELS = 0, 1, 2
"""Lanes of a table: how many features were added, the squares of their rarities, the weights from there on."""
UNMET = "?"
"""Stands for numbers that no text has asked for yet."""
EVEN = 12
"""A weight times this can be shared out evenly to one, two, three or four characters."""


class Weights:
    """The numbers of every feature: as they were read, and packed once the feature was met.

    Runs are kept by their length: most long runs of a text are not known, and a small table says so sooner.
    """

    def __init__(self, tables: Sequence[tuple[Mapping[str, str], int]]) -> None:
        lanes = [LABELS + labels for _, labels in tables]
        self._tables = [lines for lines, _ in tables]
        self.bases = [0, *accumulate(lanes)][: len(tables)]
        """The first lane of each table."""
        self._numbers: tuple[dict[str, Any], ...] = tuple({} for _ in range(LONGEST + 1))
        """By length; everything longer than a run stands at 0."""
        for lines in self._tables:
            for feature in lines:
                size = len(feature)
                self._numbers[size if size <= LONGEST else 0][feature] = UNMET
        self.sums: dict[tuple[object, ...], int] = {}
        """What was added up once and is asked for again, by what its owner calls it."""

    def of(self, feature: str) -> int:
        """Return the packed numbers of a feature; zero when it says nothing."""
        numbers = self._numbers[len(feature) if len(feature) <= LONGEST else 0]
        packed = numbers.get(feature, 0)
        if packed is UNMET:
            packed = numbers[feature] = self._pack(feature)
        return packed  # type: ignore[no-any-return]

    def _pack(self, feature: str) -> int:
        packed = 0
        for base, lines in zip(self.bases, self._tables, strict=True):
            if feature in lines:
                rarity, *numbers = map(int, lines[feature].split())
                lanes = (1, rarity * rarity, *(number + ZERO for number in numbers))
                packed += sum(number << LANE * at for at, number in enumerate(lanes, base))
        return packed

    def look(self, laid: Sequence[Sequence[str]]) -> tuple[list[list[Any]], int]:
        """Return the packed numbers of runs that are laid by length, nothing where one says nothing; and their sum."""
        found = [list(map(numbers.get, runs)) for numbers, runs in zip(self._numbers[1:], laid, strict=True)]
        once = [dict(zip(runs, numbers, strict=True)) for runs, numbers in zip(laid, found, strict=True)]
        try:
            return found, sum([each for numbers in once for each in numbers.values() if each])
        except TypeError:  # some were not met before
            for run in chain.from_iterable(laid):
                self.of(run)
            return self.look(laid)

    def total(self, features: Iterable[str]) -> int:
        """Add up the packed numbers of some features, each of which stands there once."""
        return sum(map(self.of, features))


def shared(found: Sequence[Sequence[int | None]]) -> list[int]:
    """Share the numbers of the runs of a text out to its characters, ``EVEN`` times: what each says, packed.

    ``found`` are the packed numbers of the runs as they are laid.
    """
    turns = [0] * (len(found[0]) + 1)
    for size, numbers in enumerate(found, 1):
        share = EVEN // size
        for start, packed in enumerate(numbers):
            if packed:
                part = packed * share
                turns[start] += part
                turns[start + size] -= part
    return list(accumulate(turns))[:-1]


def weight(packed: int, base: int, index: int) -> int:
    """Return the sum of what the features of a packed sum say for a label."""
    return (packed >> LANE * (base + LABELS + index) & MASK) - (packed >> LANE * base & MASK) * ZERO

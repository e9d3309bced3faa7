"""What every feature says for every label: whole numbers of all classifiers, packed into one integer a feature.

A lane of the integer is one number, so that adding up a text costs one addition a feature however many labels there
are. A line of a file is taken apart when a text first holds its feature.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from .runs import LONGEST

LANE = 40
"""Bits of a lane: room for the sums of a text of ten thousand characters."""
MASK = (1 << LANE) - 1
ZERO = 1 << 22
"""Added to every weight, so that the lanes of a sum never borrow from each other."""
COUNT, SQUARES, LABELS = 0, 1, 2
"""Lanes of a table: how many features were added, the squares of their rarities, the weights from there on."""
EVEN = 12
"""A weight times this can be shared out evenly to one, two, three or four characters."""


class Weights:
    """The numbers of every feature: as they were read, and packed once the feature was met."""

    def __init__(self, tables: Sequence[tuple[Mapping[str, str], int]]) -> None:
        lanes = [LABELS + labels for _, labels in tables]
        self._tables = [lines for lines, _ in tables]
        self.bases = [0, *accumulate(lanes)][: len(tables)]
        """The first lane of each table."""
        self._numbers: dict[str, str | int] = {}
        for lines in self._tables:
            self._numbers.update(lines)

    def of(self, feature: str) -> int:
        """Return the packed numbers of a feature; zero when it says nothing."""
        numbers = self._numbers.get(feature, 0)
        return numbers if isinstance(numbers, int) else self._pack(feature)

    def _pack(self, feature: str) -> int:
        packed = 0
        for base, lines in zip(self.bases, self._tables, strict=True):
            if feature in lines:
                rarity, *numbers = map(int, lines[feature].split())
                lanes = (1, rarity * rarity, *(number + ZERO for number in numbers))
                packed += sum(number << LANE * at for at, number in enumerate(lanes, base))
        self._numbers[feature] = packed
        return packed

    def total(self, features: frozenset[str]) -> int:
        """Add up the packed numbers of some features."""
        found = zip(features, map(self._numbers.get, features), strict=True)
        return sum([each if each.__class__ is int else self._pack(feature) for feature, each in found if each])

    def shared(self, text: str) -> list[int]:
        """Share the runs of a text out to its characters, ``EVEN`` times: what each says, once the runs were added up."""
        get = self._numbers.get
        turns = [0] * (len(text) + 1)
        for length in range(1, LONGEST + 1):
            share = EVEN // length
            for start in range(len(text) - length + 1):
                if packed := get(text[start : start + length]):
                    packed *= share
                    turns[start] += packed  # type: ignore[operator]
                    turns[start + length] -= packed  # type: ignore[operator]
        return list(accumulate(turns))[:-1]


def weight(packed: int, base: int, index: int) -> int:
    """Return the sum of what the features of a packed sum say for a label."""
    return (packed >> LANE * (base + LABELS + index) & MASK) - (packed >> LANE * base & MASK) * ZERO

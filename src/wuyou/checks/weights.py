"""What every feature says for every label: whole numbers of all classifiers, packed into one integer a feature.

A lane of the integer is one number, so that adding up a text costs one addition a feature however many labels there
are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, pairwise

from .runs import Known, Trie

LANE = 40
"""Bits of a lane: room for the sums of a text of ten thousand characters."""
MASK = (1 << LANE) - 1
ZERO = 1 << 22
"""Added to every weight, so that the lanes of a sum never borrow from each other."""
COUNT, SQUARES, LABELS = 0, 1, 2
"""Lanes of a table: how many features were added, the squares of their rarities, the weights from there on."""


class Lines:
    """A file of weights, a line for each feature in order: its numbers, a tab, the feature.

    It stays as it was read; a feature is looked for by halves, for most are never asked for.
    """

    def __init__(self, body: bytes, labels: int) -> None:
        self._body = body
        self.labels = labels
        """How many weights stand in a line, behind the rarity."""

    def every(self) -> list[tuple[str, str]]:
        """Return all features with what is written beside each. Raises ValueError when the lines are none of ours."""
        pairs = [line.split("\t") for line in self._body.decode().split("\n")]
        if pairs.pop() != [""] or any(len(pair) != 2 for pair in pairs):
            raise ValueError("line")
        if not all(one[1] < other[1] for one, other in pairwise(pairs)):
            raise ValueError("order")
        return [(feature, numbers) for numbers, feature in pairs]

    def below(self, start: str) -> Iterator[tuple[str, str]]:
        """Yield the features that begin so, in order, with what is written beside each."""
        body, wanted = self._body, start.encode("utf-8", "surrogatepass")
        at = self._seek(wanted)
        while at < len(body):
            tab, end = body.index(b"\t", at), body.index(b"\n", at)
            if not body.startswith(wanted, tab + 1):
                return
            yield body[tab + 1 : end].decode(), body[at:tab].decode()
            at = end + 1

    def find(self, feature: str) -> str:
        """Return what is written beside a feature; nothing when it is not there."""
        found = next(self.below(feature), ("", ""))
        return found[1] if found[0] == feature else ""

    def _seek(self, wanted: bytes) -> int:
        """Return where the first line begins whose feature does not come before another."""
        body = self._body
        low, high = 0, len(body)
        while low < high:
            middle = (low + high) // 2
            begin = body.rfind(b"\n", low, middle) + 1 or low
            end = body.index(b"\n", middle)
            if body[body.index(b"\t", begin) + 1 : end] < wanted:
                low = end + 1
            else:
                high = begin
        return low


class _Shelf:
    """One file in the trie."""

    def __init__(self, lines: Lines, base: int) -> None:
        self._base = base
        self.below = lines.below

    def put(self, written: str, known: Known) -> None:
        """Write down what a run weighs."""
        known.packed += _packed(written, self._base)


class Weights:
    """The numbers of every feature: those of runs in a trie, the others by their names."""

    def __init__(self, tables: Sequence[Lines], trie: Trie | None = None) -> None:
        """Put tables together; a ``trie`` that others use too is walked once for all."""
        self.bases = [0, *accumulate(LABELS + lines.labels for lines in tables)][: len(tables)]
        """The first lane of each table."""
        self.trie = Trie() if trie is None else trie
        self._tables = tuple(zip(tables, self.bases, strict=True))
        for lines, base in self._tables:
            self.trie.add(_Shelf(lines, base))
        self._named: dict[str, int] = {}
        self.sums: dict[object, dict[str, int]] = {}
        """What was added up once and is asked for again, by what its owner calls it."""

    def of(self, feature: str) -> int:
        """Return the packed numbers of a feature; zero when it says nothing."""
        packed = self._named.get(feature)
        if packed is None:
            packed = sum(_packed(found, base) for lines, base in self._tables if (found := lines.find(feature)))
            self._named[feature] = packed
        return packed

    def total(self, features: Collection[str]) -> int:
        """Add up the packed numbers of some features, each of which stands there once."""
        try:
            return sum(map(self._named.__getitem__, features))
        except KeyError:
            return sum(map(self.of, features))


def _packed(written: str, base: int) -> int:
    rarity, *numbers = map(int, written.split())
    lanes = (1, rarity * rarity, *(number + ZERO for number in numbers))
    return sum(number << LANE * at for at, number in enumerate(lanes, base))


def weight(packed: int, base: int, index: int) -> int:
    """Return the sum of what the features of a packed sum say for a label."""
    return (packed >> LANE * (base + LABELS + index) & MASK) - (packed >> LANE * base & MASK) * ZERO

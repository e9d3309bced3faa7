"""The runs of a text: every stretch of one to four characters, looked up once for everybody.

A text that does not hold a run needs no search for it: the rulebook wakes its rules by runs, a pattern its expressions,
and a classifier weighs them. All that is known of runs stands in one trie, so that a text is walked once, and three or
four characters are only looked for where their first two begin something.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

LONGEST = 4
"""Characters of the longest run."""
FIRST, LAST, BREAK = "⊢", "⊣", "¶"
"""Stand for the beginning of a text, its end, and a line break, so that a run fits on a line."""
SIGN = "§"
"""Begins every feature that is no run of characters."""
MOST = 1 << 17
"""How many beginnings are kept before all are forgotten: enough for every one that is known."""
NOBODY: tuple[int, ...] = ()


def marked(text: str) -> str:
    """Put a sign where a line breaks."""
    return text.replace("\n", BREAK)


def runs(text: str) -> frozenset[str]:
    """Return every run of a text, its beginning and its end included."""
    whole = f"{FIRST}{marked(text)}{LAST}"
    sizes = range(1, LONGEST + 1)
    return frozenset(whole[at : at + size] for size in sizes for at in range(len(whole) - size + 1))


class Known:
    """What is known of a run: whom it wakes, whom it helps to wake, what it weighs; and of longer ones."""

    __slots__ = ("also", "both", "calls", "first", "more", "packed", "path")

    def __init__(self) -> None:
        self.calls = False
        """Whether it wakes anybody or helps to."""
        self.first = NOBODY
        """Who wakes at once."""
        self.both = NOBODY
        """Who wakes where another run stands ``also``."""
        self.also = NOBODY
        self.packed = 0
        self.path = 0
        """What it weighs together with the shorter runs that begin where it does."""
        self.more: dict[str, Known] = {}
        """By the next character."""

    def settle(self, shorter: int) -> None:
        """Add up the weights along every path, once all of its runs are there."""
        self.path = shorter + self.packed
        for longer in self.more.values():
            longer.settle(self.path)


class First(Known):
    """The same of a single character; what begins with it is written down as soon as a text holds it."""

    __slots__ = ("blank", "pairs")

    def __init__(self) -> None:
        super().__init__()
        self.pairs: dict[str, Known] = {}
        """By the next character."""
        self.blank = Known()
        """Stands for every pair of which nothing is known."""


class Shelf(Protocol):
    """Some runs and what is known of them."""

    def below(self, start: str) -> Iterator[tuple[str, str]]:
        """Yield the runs that begin so, in order, each with a note of what is known of it."""

    def put(self, note: str, known: Known) -> None:
        """Write down what is known of a run."""


class Met(NamedTuple):
    """What a text holds."""

    longest: list[Known]
    """The longest known run that begins at each place, counted from the sign of the text's beginning, which is no
    character of it."""
    known: list[Known]
    """Every run that is known, and some of which nothing is; each once, in no order."""


class Trie:
    """All known runs by their first two characters; a branch is grown when a text first holds its beginning."""

    def __init__(self) -> None:
        self._shelves: list[Shelf] = []
        self._firsts: dict[str, First] = {}
        self._pairs = 0
        self.met = lru_cache(maxsize=1 << 6)(self._met)
        """Returns what a text holds."""

    def add(self, shelf: Shelf) -> None:
        """Take in more runs."""
        self._shelves.append(shelf)
        self.forget()

    @property
    def grown(self) -> bool:
        """Whether a text was looked at already."""
        return bool(self._firsts)

    def forget(self) -> None:
        """Begin anew: a shelf has changed."""
        self._firsts.clear()
        self._pairs = 0
        self.met.cache_clear()

    def _met(self, text: str) -> Met:
        chars = [FIRST, *marked(text), LAST]
        try:
            ones = list(map(self._firsts.__getitem__, chars))
            twos = [one.pairs[char] for one, char in zip(ones, chars[1:], strict=False)]
        except KeyError:
            self._learn(chars)
            return self._met(text)
        threes = [two.more.get(char, two) for two, char in zip(twos, chars[2:], strict=False)]
        longest: list[Known] = [
            three if three is two else three.more.get(char, three)
            for two, three, char in zip(twos, threes, chars[3:], strict=False)
        ]
        longest += threes[len(longest) :]
        longest += twos[len(longest) :]
        longest.append(ones[-1])
        return Met(longest, list({*ones, *twos, *threes, *longest}))

    def _learn(self, chars: Sequence[str]) -> None:
        if self._pairs > MOST:
            self.forget()
        for char, following in zip(chars, [*chars[1:], ""], strict=True):
            if char not in self._firsts:
                one = self._firsts[char] = First()
                self._grow(one, char)
                one.settle(0)
                one.blank.settle(one.packed)
            one = self._firsts[char]
            if following and following not in one.pairs:
                pair = Known()
                one.pairs[following] = pair if self._grow(pair, char + following) else one.blank
                pair.settle(one.packed)
                self._pairs += 1

    def _grow(self, root: Known, start: str) -> bool:
        """Write down what begins so, and tell whether anything does; a single character stands for itself alone."""
        found = False
        for shelf in self._shelves if start[0] != SIGN else ():
            for run, note in shelf.below(start):
                if len(start) == 1 and run != start:
                    break
                known = root
                for char in run[len(start) :]:
                    known = known.more.setdefault(char, Known())
                shelf.put(note, known)
                found = True
        return found


class Roll:
    """Who wakes at which run: one look at a text tells it of everybody."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        """Begin with nobody, or with those whom another roll has ``kept``."""
        self.trie = Trie()
        """All that is known of runs, by others too."""
        kept = kept or {"always": [], "first": {}, "both": {}, "also": {}}
        self._always: list[int] = kept["always"]
        self._first: dict[str, list[int]] = kept["first"]
        self._both: dict[str, list[int]] = kept["both"]
        self._also: dict[str, list[int]] = kept["also"]
        self._keys: list[str] = []
        self.trie.add(self)
        self.awake = lru_cache(maxsize=1 << 6)(self._awake)
        """Returns the numbers of everybody whom a text wakes."""

    @property
    def kept(self) -> Mapping[str, Any]:
        """Who wakes at what, as plain data; those below zero are others' affair, who add them themselves."""
        tables = {"first": self._first, "both": self._both, "also": self._also}
        ours = {
            name: {run: [each for each in woken if each >= 0] for run, woken in table.items()}
            for name, table in tables.items()
        }
        full = {name: {run: woken for run, woken in table.items() if woken} for name, table in ours.items()}
        return {"always": self._always, **full}

    def add(self, number: int, *sets: frozenset[str]) -> None:
        """Let a number be woken by a text that holds a run of each set, of two at most; by every text without any."""
        if not sets:
            self._always.append(number)
        tables = (self._both, self._also) if len(sets) > 1 else (self._first,)
        for table, woken in zip(tables, sets, strict=False):
            for run in woken:
                table.setdefault(run, []).append(number)
        self._keys = []
        if self.trie.grown:
            self.trie.forget()
            self.awake.cache_clear()

    def below(self, start: str) -> Iterator[tuple[str, str]]:
        """Yield the runs that wake anybody and begin so, in order."""
        if not self._keys:
            self._keys = sorted({*self._first, *self._both, *self._also})
        at = bisect_left(self._keys, start)
        while at < len(self._keys) and self._keys[at].startswith(start):
            yield self._keys[at], self._keys[at]
            at += 1

    def put(self, note: str, known: Known) -> None:
        """Write down whom a run wakes."""
        known.calls = True
        known.first = tuple(self._first.get(note, NOBODY))
        known.both, known.also = tuple(self._both.get(note, NOBODY)), tuple(self._also.get(note, NOBODY))

    def _awake(self, text: str) -> frozenset[int]:
        callers = [each for each in self.trie.met(text).known if each.calls]
        half = set[int]().union(*[each.both for each in callers if each.both])
        half &= set[int]().union(*[each.also for each in callers if each.also])
        return frozenset(half.union(self._always, *[each.first for each in callers if each.first]))

"""Two texts read with the same word lists: which words of which list stand where in the source and in the post.

It compares nothing; ``signals`` and ``naming`` do. A list is searched once in each text, however many clauses ask.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from ..quantities import Quantity, same
from ..regexes import regex
from .alignment import Alignment, Clause, Unit, content
from .exclusions import BORDERS, JOINTS, Excluded, barred, exclusions
from .patterns import Matcher
from .pieces import At

RIVALS, STANCES, SUFFIXES, BOUNDS, PERSONS = "rivals", "stances", "suffixes", "bounds", "persons"
"""Fields that hold lists of lists."""
Span = tuple[int, int]
_STOPS = regex(r"[。!?\n;]")
_COMMAS = regex(r"[,，。!?\n;]")
_SEGMENT_ENDS = regex(r"[，；;。|\n●]|(?<!\d),|,(?!\d{3})")
_SERIES = regex(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,5}(?:、[\u4e00-\u9fff]{2,5}){1,8}(?![\u4e00-\u9fff]{4})")
_ROW_HEAD = regex(r"([\u4e00-\u9fffa-z]{2,8})\s*\|")
_CELL = 12
"""A row of which a cell is longer than this is no table row but a line of several sentences."""
_FULL = 0.8
"""How much of that its cells must measure on the average."""
_REACH = 60  # how far the beginning of a segment is looked for
_AFTERMATH = {"?": 6, "、": 6, " ": 6}
"""Within how many characters behind a clause a no still belongs to it, by what stands behind it: 机场大巴行不行？不行."""
_AFTER_COMMA = 2
_NOT = frozenset("不非未无")
"""Behind these a word names what is not: 不寄送."""


class Relations(NamedTuple):
    """How words of the lists go together."""

    faint: tuple[str, ...] = ()
    covers: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    """By group: which words a wide one covers, 每天 all days."""
    wider: Mapping[str, tuple[str, ...]] = {}
    """Which persons a word for many covers."""
    opposites: tuple[str, ...] = ()
    """Classes of characters of which one excludes the others."""


class Lists:
    """The word lists of a rule, by their place in it."""

    def __init__(self, matchers: Mapping[At, Matcher], relations: Relations) -> None:
        self._matchers = {at: matcher for at, matcher in matchers.items() if at[0] != "unless"}
        self.faint = frozenset(relations.faint)
        """Groups of which a word counts only against what the clause speaks of."""
        self.covers = relations.covers
        self.wider = relations.wider
        self.classes: dict[str, list[str]] = {}
        """For each character the others of each class that it belongs to."""
        for characters in relations.opposites:
            for each in characters:
                self.classes.setdefault(each, []).append(characters.replace(each, ""))
        self._waking: dict[int, list[At]] = {}
        for at, matcher in self._matchers.items():
            for number in matcher.numbers:
                self._waking.setdefault(number, []).append(at)

    def spans(self, text: str) -> dict[At, list[Span]]:
        """Return every place of every list's words in a text; overlapping ones of a list once."""
        first = next(iter(self._matchers.values()), None)
        called = self._waking.keys() & first.awake(text) if first else frozenset()
        alive = dict.fromkeys(at for number in sorted(called) for at in self._waking[number])
        found = ((at, _apart(self._matchers[at].all(text))) for at in alive)
        return {at: spans for at, spans in found if spans}


def _apart(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


class Marked:
    """A text and where the words of each list stand in it."""

    def __init__(self, text: str, lists: Lists) -> None:
        self.text = text
        self.lists = lists
        self._spans = lists.spans(text)
        self._groups: dict[str, dict[str, list[str]]] = {}

    def spans(self, *at: str | int) -> list[Span]:
        """Return every place of a list's words."""
        return self._spans.get(at, [])

    def inside(self, low: int, high: int, *at: str | int) -> list[Span]:
        """Return the places of a list's words that begin in a stretch."""
        spans = self._spans.get(at)
        return spans[bisect_left(spans, (low, 0)) : bisect_left(spans, (high, 0))] if spans else []

    def has(self, low: int, high: int, *at: str | int) -> bool:
        """Tell whether a word of a list begins in a stretch."""
        return bool(self.inside(low, high, *at))

    def groups(self, field: str) -> Mapping[str, list[str]]:
        """Return which members of which groups of a field stand anywhere in the text."""
        if field not in self._groups:
            found = self._groups[field] = {}
            for at, spans in self._spans.items():
                if at[0] == field and spans:
                    found.setdefault(str(at[1]), []).append(str(at[-1]))
        return self._groups[field]


class Source(Marked):
    """A source cut into units and read with the lists."""

    def __init__(self, places: Sequence[tuple[str, str]], lists: Lists) -> None:
        self.alignment = Alignment(list(_lines(places)))
        super().__init__(self.alignment.text, lists)
        self.units: tuple[Unit, ...] = self.alignment.units
        for at, spans in self._spans.items():
            if at[0] == RIVALS:
                self._spans[at] = [span for span in spans if self.text[span[0] - 1 : span[0]] not in _NOT]
        self._starts = [0]
        for unit in self.units:
            self._starts.append(self._starts[-1] + len(unit.text) + 1)

    def unit_at(self, place: int) -> int:
        """Return the unit that holds a place of the text."""
        return bisect_right(self._starts, place) - 1

    def span(self, unit: int) -> Span:
        """Return where a unit stands in the text."""
        return self._starts[unit], self._starts[unit + 1]

    def where(self, place: int) -> str:
        """Return where a place of the text stands in the material."""
        return self.units[min(self.unit_at(place), len(self.units) - 1)].where if self.units else ""

    def members(self, units: Iterable[int], group: str, field: str = RIVALS) -> dict[str, Span]:
        """Return the members of a group that some units name, with the first place of each."""
        found: dict[str, Span] = {}
        for member in self.groups(field).get(group, ()):
            for unit in units:
                inside = self.inside(*self.span(unit), field, group, member)
                if inside:
                    found.setdefault(member, inside[0])
        return found

    def first(self, units: Iterable[int], *at: str | int) -> Span | None:
        """Return the first place of a list's words in some units."""
        return next((inside[0] for unit in units if (inside := self.inside(*self.span(unit), *at))), None)

    def segment(self, start: int, end: int) -> Span:
        """Return the stretch around a place that no comma, bar or full stop cuts."""
        floor = max(0, start - _REACH)
        low = max((found.end() for found in _SEGMENT_ENDS.finditer(self.text, floor, start)), default=floor)
        stop = _SEGMENT_ENDS.search(self.text, end)
        return low, stop.start() if stop else len(self.text)

    def in_brackets(self, place: int) -> bool:
        """Tell whether a place stands in brackets: what is said beside, often of what was before."""
        low = self.span(self.unit_at(place))[0]
        return max(self.text.rfind("(", low, place), self.text.rfind("（", low, place)) > max(
            self.text.rfind(")", low, place), self.text.rfind("）", low, place)
        )

    def governing(self, place: Span, rivals: Sequence[tuple[str, Span]]) -> list[tuple[str, Span]]:
        """Return which of some rivals a number belongs to: those of its stretch, or of the nearest one before it."""
        low, high = self.segment(*place)
        inside = [rival for rival in rivals if low <= rival[1][0] < high]
        if inside:
            return inside
        first = self.span(self.unit_at(place[0]))[0]
        before = [rival for rival in rivals if first <= rival[1][0] < low]
        if not before:
            return []
        nearest = max(rival[1][0] for rival in before)
        low, high = self.segment(nearest, nearest + 1)
        return [rival for rival in before if low <= rival[1][0] < high]

    @cached_property
    def series(self) -> tuple[Mapping[str, tuple[Span, ...]], ...]:
        """Its enumerations of short names and the heads of its rows, each name with its places: 星凌、赫途、北岚."""
        found = [tuple(run[0].split("、")) for run in _SERIES.finditer(self.text)]
        heads = tuple(head[1] for unit in self.units if (head := _ROW_HEAD.match(unit.text)))
        runs = dict.fromkeys([*found, *([heads] if len(heads) > 1 else [])])
        return tuple(
            {name: tuple(each.span() for each in re.finditer(re.escape(name), self.text)) for name in run}
            for run in runs
        )

    @cached_property
    def lists_of(self) -> tuple[frozenset[str], ...]:
        """The pairs of characters in the enumerations of each unit."""
        return tuple(
            frozenset(pair for run in BORDERS.split(unit.text) if JOINTS.search(run) for pair in content(run))
            for unit in self.units
        )

    @cached_property
    def excluded(self) -> tuple[Excluded, ...]:
        """What it leaves out."""
        return exclusions(self)

    @cached_property
    def named(self) -> Mapping[str, tuple[str, ...]]:
        """Which members of each group of rivals it names elsewhere than in what it leaves out."""
        shut = [(each.start, each.end) for each in self.excluded if not each.loose]
        return {
            group: tuple(
                member
                for member in members
                if any(
                    not any(low <= span[0] < high for low, high in shut) for span in self.spans(RIVALS, group, member)
                )
            )
            for group, members in self.groups(RIVALS).items()
        }

    @cached_property
    def barred(self) -> frozenset[str]:
        """The pairs of characters that it has only there."""
        return barred(self, self.excluded)


class Told(Marked):
    """A post read with the lists: its clauses and what each speaks of."""

    def __init__(self, text: str, quantities: Sequence[Quantity], source: Source) -> None:
        super().__init__(text, source.lists)
        self.quantities = sorted(quantities, key=_start)
        self.source = source
        self._starts = list(map(_start, self.quantities))
        self._stops = [found.span() for found in _STOPS.finditer(text)]
        self._near: dict[Span, tuple[int, ...]] = {}
        self._places: dict[Quantity, list[Span]] = {}
        holders = {each: {source.unit_at(low) for low, _ in self.places(each)} for each in quantities}
        self.clauses = source.alignment.clauses(text, holders)
        self.best = max((clause.score for clause in self.clauses), default=0.0)
        """How much the post has to do with the source at all."""

    def denied(self, clause: Clause) -> bool:
        """Tell whether a clause, or the first words after it, says no; of an enumeration the end tells."""
        stop = _COMMAS.search(self.text, clause.end)
        mark = self.text[clause.end : clause.end + 1]
        end = stop.start() if stop and mark == "、" else clause.end
        return self.has(clause.start, end + _AFTERMATH.get(mark, _AFTER_COMMA), "negations")

    def units(self, clause: Clause) -> tuple[int, ...]:
        """Return the units a clause speaks of, or else those of the clauses around it."""
        return clause.units or self._units_of(self.sentence(clause))

    def around(self, clause: Clause) -> tuple[int, ...]:
        """Return the units that a clause, or one beside it, speaks of."""
        return tuple(dict.fromkeys((*clause.units, *self._units_of(self.sentence(clause)))))

    def _units_of(self, sentence: Span) -> tuple[int, ...]:
        """Return the units that the clauses of a sentence speak of, in their order."""
        if sentence not in self._near:
            inside = self.clauses[slice(*(bisect_left(self.clauses, end, key=_start) for end in sentence))]
            self._near[sentence] = tuple(dict.fromkeys(at for each in inside for at in each.units))
        return self._near[sentence]

    def sentence(self, clause: Clause) -> Span:
        """Return the stretch of clauses around one that no full stop parts."""
        before = bisect_right(self._stops, clause.start, key=_end)
        after = bisect_left(self._stops, (clause.end, 0))
        low = self._stops[before - 1][1] if before else 0
        return low, self._stops[after][0] if after < len(self._stops) else len(self.text)

    def numbers(self, clause: Clause) -> list[Quantity]:
        """Return the quantities of a clause."""
        return self.numbers_in(clause.start, clause.end)

    def numbers_in(self, low: int, high: int) -> list[Quantity]:
        """Return the quantities that begin in a stretch."""
        return self.quantities[bisect_left(self._starts, low) : bisect_left(self._starts, high)]

    def places(self, quantity: Quantity) -> list[Span]:
        """Return where the source has a quantity."""
        if quantity not in self._places:
            self._places[quantity] = [
                (low + each.start, low + each.end)
                for at, unit in enumerate(self.source.units)
                for low in (self.source.span(at)[0],)
                for each in unit.quantities
                if same(quantity, each)
            ]
        return self._places[quantity]


def _start(each: Quantity | Clause) -> int:
    return each.start


def _end(span: Span) -> int:
    return span[1]


def _lines(places: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each place; a line that only looks like a table row is parted at its bars."""
    for text, where in places:
        cells = [cell for cell in re.split(r"\s*[|｜]\s*", text) if cell]
        sizes = [len(cell) for cell in cells]
        if len(cells) > 2 and max(sizes) > _CELL and sum(sizes) > _CELL * _FULL * len(cells):
            yield from ((cell, where) for cell in cells)
        else:
            yield text, where

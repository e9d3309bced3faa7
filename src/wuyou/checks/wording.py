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
from .patterns import Matcher
from .pieces import At

RIVALS, STANCES, SUFFIXES, BOUNDS = "rivals", "stances", "suffixes", "bounds"
"""Fields that hold lists of lists."""
Span = tuple[int, int]
_JOINTS = regex(r"[、/]|以及|还有|或者?|和|及|与|跟")
_BORDERS = regex(r"[，,。；;：:|（）()●·•“”\"\s!！?？\n]")
_STOPS = regex(r"[。!?\n;]")
_COMMAS = regex(r"[,，。!?\n;]")
_SEGMENT_ENDS = regex(r"[，；;。|\n●]|(?<!\d),|,(?!\d{3})")
_LEADING = regex(
    r"^(?:但|其中|如|若|均|且|及|或|的|对|为|等|该|此类?|原|另|其[他它]|在|于|通过|仅|只|本|各|活动|因|当|有|是)+"
)
_TRAILING = regex(r"(?:等|的|均|一律|类|业务|暂|概|也|都|则|情况|期间|时|者)+$")
_EMPTY = frozenset(
    {"活动", "客户", "本行", "银行", "优惠", "部分", "我行", "参与", "本人", "费用", "办理", "上述", "以上"}
)
"""What says nothing when it is left out."""
_DEED = regex(r"不(?:予|再|可以?|能|得|开放|支持|参与)?([\u4e00-\u9fff]{2})")
_VAGUE = frozenset({"参与", "参加", "支持", "适用", "可用", "享受", "含在", "包括", "计入", "可使", "能用", "包含"})
_SERIES = regex(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,5}(?:、[\u4e00-\u9fff]{2,5}){1,8}(?![\u4e00-\u9fff]{4})")
_ROW_HEAD = regex(r"([\u4e00-\u9fffa-z]{2,8})\s*\|")
_DENIED_WHOLE = regex(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff、]{2,14}?)(?:均|也|都|暂|则|仍)?(?:不(?:得|可以?|能|予|再|会|在)?|无)"
    r"([\u4e00-\u9fff]{1,4})(?![\u4e00-\u9fff])"
)
_CELL = 12
"""A row of which a cell is longer than this is no table row but a line of several sentences."""
_FULL = 0.8
"""How much of that its cells must measure on the average."""
_REACH = 60  # how far the beginning of a segment is looked for
_AFTERMATH = 6
"""Within how many characters behind a clause a no still belongs to it: 机场大巴行不行，不行."""


class Lists:
    """The word lists of a rule, by their place in it."""

    def __init__(self, matchers: Mapping[At, Matcher], faint: Iterable[str] = ()) -> None:
        self._matchers = {at: matcher for at, matcher in matchers.items() if at[0] != "unless"}
        self.faint = frozenset(faint)
        """Groups of which a word counts only against what the clause speaks of."""
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
            for at in self._spans:
                if at[0] == field:
                    found.setdefault(str(at[1]), []).append(str(at[-1]))
        return self._groups[field]


class Excluded(NamedTuple):
    """Something that a source leaves out."""

    words: str
    whole: str
    """The words as they stand there, with what leaves it out."""
    deed: str
    """What is not done with it: 回购."""
    start: int
    """Where ``whole`` begins in the source's text."""
    end: int
    loose: bool = False
    """Whether only the shape of the sentence says so, without a word of the lists."""


class Source(Marked):
    """A source cut into units and read with the lists."""

    def __init__(self, places: Sequence[tuple[str, str]], lists: Lists) -> None:
        self.alignment = Alignment(list(_lines(places)))
        super().__init__(self.alignment.text, lists)
        self.units: tuple[Unit, ...] = self.alignment.units
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
            frozenset(pair for run in _BORDERS.split(unit.text) if _JOINTS.search(run) for pair in content(run))
            for unit in self.units
        )

    @cached_property
    def excluded(self) -> tuple[Excluded, ...]:
        """What it leaves out: 机场大巴、旅游专线不参与, 不含公司卡."""
        found = [*self._behind(), *self._before()]
        known = {each.words for each in found}
        for denial in _DENIED_WHOLE.finditer(self.text):
            found += _parts(denial[1], denial[0], denial[2][:2], denial.span(), loose=True)
        return tuple(each for each in found if not each.loose or each.words not in known)

    def _behind(self) -> Iterator[Excluded]:
        for start, end in self.spans("left_out"):
            first = self.span(self.unit_at(start))[0]
            low = max((each.end() for each in _BORDERS.finditer(self.text, first, start)), default=first)
            yield from _parts(self.text[low:start][-24:], self.text[low:end], _deed(self.text[start:end]), (low, end))

    def _before(self) -> Iterator[Excluded]:
        for start, end in self.spans("leaves_out"):
            border = _BORDERS.search(self.text, end)
            high = border.start() if border else len(self.text)
            yield from _parts(
                self.text[end:high][:24], self.text[start:high], _deed(self.text[start:end]), (start, high)
            )


def _deed(words: str) -> str:
    deed = _DEED.search(words)
    return deed[1] if deed and deed[1] not in _VAGUE else ""


def _parts(words: str, whole: str, deed: str, span: Span, *, loose: bool = False) -> Iterator[Excluded]:
    """Yield each item of what is left out."""
    for part in _JOINTS.split(words):
        bare = _TRAILING.sub("", _LEADING.sub("", part.strip()))
        bare = bare.partition("因")[0] or bare
        if 1 < len(bare) <= _CELL and bare not in _EMPTY and not any(char.isdecimal() for char in bare):
            yield Excluded(bare, whole.strip(), deed, *span, loose)


class Told(Marked):
    """A post read with the lists: its clauses and what each speaks of."""

    def __init__(self, text: str, quantities: Sequence[Quantity], source: Source) -> None:
        super().__init__(text, source.lists)
        self.quantities = quantities
        self.source = source
        self._places: dict[Quantity, list[Span]] = {}
        holders = {each: {source.unit_at(low) for low, _ in self.places(each)} for each in quantities}
        self.clauses = source.alignment.clauses(text, holders)
        self.best = max((clause.score for clause in self.clauses), default=0.0)
        """How much the post has to do with the source at all."""

    def denied(self, clause: Clause) -> bool:
        """Tell whether a clause, or the first words after it, says no; of an enumeration the end tells."""
        stop = _COMMAS.search(self.text, clause.end)
        end = stop.start() if stop and self.text[clause.end : clause.end + 1] == "、" else clause.end
        return self.has(clause.start, end + _AFTERMATH, "negations")

    def units(self, clause: Clause) -> tuple[int, ...]:
        """Return the units a clause speaks of, or else those of the clauses around it."""
        if clause.units:
            return clause.units
        low, high = self.sentence(clause)
        return tuple(dict.fromkeys(at for each in self.clauses if low <= each.start < high for at in each.units))

    def sentence(self, clause: Clause) -> Span:
        """Return the stretch of clauses around one that no full stop parts."""
        low = max((found.end() for found in _STOPS.finditer(self.text, 0, clause.start)), default=0)
        stop = _STOPS.search(self.text, clause.end)
        return low, stop.start() if stop else len(self.text)

    def numbers(self, clause: Clause) -> list[Quantity]:
        """Return the quantities of a clause."""
        return [each for each in self.quantities if clause.start <= each.start < clause.end]

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


def _lines(places: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each place; a line that only looks like a table row is parted at its bars."""
    for text, where in places:
        cells = [cell for cell in re.split(r"\s*[|｜]\s*", text) if cell]
        sizes = [len(cell) for cell in cells]
        if len(cells) > 2 and max(sizes) > _CELL and sum(sizes) > _CELL * _FULL * len(cells):
            yield from ((cell, where) for cell in cells)
        else:
            yield text, where

"""Finds the tables of a printed page: cells between ruled lines, and columns of words that stand under one another.

Pure geometry, as ``lines``. It may not read a drawing as a table: a chart or a frame without cells of words is none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from .lines import Glyph, Line, Piece, join_lines, rows

_NEAR = 3.0
"""Points within which two ruled lines are one, or touch."""
_LONG = 4.0
_MAX_CROSSINGS = 250_000
_MAX_SQUARES = 20_000


class Rule(NamedTuple):
    """A ruled line, level or upright."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def level(self) -> bool:
        """Whether it runs from left to right."""
        return self.x1 - self.x0 >= self.y1 - self.y0


class Square(NamedTuple):
    """A cell of a table: its words, and the rows and columns it covers."""

    text: str
    row: int
    last_row: int
    column: int
    last_column: int
    marks: tuple[str, ...] = ()
    """Numbers that refer to footnotes."""


class Table(NamedTuple):
    """A table as it stands on one page."""

    x0: float
    y0: float
    x1: float
    y1: float
    edges: tuple[float, ...]
    """Where its columns begin, and where the last one ends."""
    rows: tuple[tuple[Square, ...], ...]
    """The cells in each row; one that covers several rows stands in each."""


Grid: TypeAlias = tuple[list[float], list[float], list[Rule], list[Rule]]
"""Places of columns, places of rows, level lines, upright lines."""


def tables(glyphs: Iterable[Glyph], rules: Iterable[Rule]) -> tuple[list[Table], list[Glyph]]:
    """Return the ruled tables of a page, from the top, and the characters that stand in none."""
    left = list(glyphs)
    found: list[Table] = []
    for xs, ys, level, upright in sorted(_grids(rules), key=_area):
        inside: list[Glyph] = []
        outside: list[Glyph] = []
        for glyph in left:
            held = xs[0] < _middle(glyph) < xs[-1] and ys[0] < _centre(glyph) < ys[-1]
            (inside if held else outside).append(glyph)
        made = _filled(xs, ys, level, upright, inside) if len(xs) > 2 else _striped(xs, ys, inside)
        if made is not None:
            found.append(made)
            left = outside
    return sorted(found, key=lambda table: (table.y0, table.x0)), left


def _area(grid: Grid) -> float:
    return (grid[0][-1] - grid[0][0]) * (grid[1][-1] - grid[1][0])


def _middle(glyph: Glyph) -> float:
    return (glyph.x0 + glyph.x1) / 2


def _centre(glyph: Glyph | Piece) -> float:
    return glyph.y - 0.35 * glyph.size


# ── ruled lines ──


def _grids(rules: Iterable[Rule]) -> Iterator[Grid]:
    """Yield the places of columns and rows wherever ruled lines cross, or lie under one another at one width."""
    every = list(rules)
    level = _joined([rule for rule in every if rule.level and rule.x1 - rule.x0 >= _LONG])
    turned = _joined([_turned(rule) for rule in every if not rule.level and rule.y1 - rule.y0 >= _LONG])
    upright = [_turned(rule) for rule in turned]
    if len(level) * len(upright) > _MAX_CROSSINGS:
        return
    alone: list[Rule] = []
    for group in _connected(level, upright):
        flat, tall = [rule for rule in group if rule.level], [rule for rule in group if not rule.level]
        if not tall:
            alone += flat
            continue
        xs = _places([rule.x0 for rule in tall] + [x for rule in flat for x in (rule.x0, rule.x1)])
        ys = _places([rule.y0 for rule in flat] + [y for rule in tall for y in (rule.y0, rule.y1)])
        if len(xs) > 2 and len(ys) > 1 and len(xs) * len(ys) <= _MAX_SQUARES:
            yield xs, ys, flat, tall
    alone.sort()
    while alone:
        first = alone[0]
        same = [rule for rule in alone if max(abs(rule.x0 - first.x0), abs(rule.x1 - first.x1)) < 2 * _NEAR]
        alone = [rule for rule in alone if rule not in same]
        ys = _places(rule.y0 for rule in same)
        if len(ys) > 2:
            yield [first.x0, first.x1], ys, same, []


def _turned(rule: Rule) -> Rule:
    return Rule(rule.y0, rule.x0, rule.y1, rule.x1)


def _joined(rules: list[Rule]) -> list[Rule]:
    """Join level lines that go on in one another."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.y0), rule.x0)):
        last = found[-1] if found else None
        if last and abs(last.y0 - rule.y0) <= 1.0 and rule.x0 <= last.x1 + _LONG:
            found[-1] = last._replace(x1=max(last.x1, rule.x1))
        else:
            found.append(rule)
    return found


def _connected(level: list[Rule], upright: list[Rule]) -> list[list[Rule]]:
    """Group lines that touch."""
    owner = list(range(len(level) + len(upright)))
    for number, flat in enumerate(level):
        for other, tall in enumerate(upright, start=len(level)):
            across = flat.x0 - _NEAR <= tall.x0 <= flat.x1 + _NEAR
            if across and tall.y0 - _NEAR <= flat.y0 <= tall.y1 + _NEAR:
                _unite(owner, number, other)
    found: dict[int, list[Rule]] = {}
    for index, rule in enumerate((*level, *upright)):
        found.setdefault(_leader(owner, index), []).append(rule)
    return list(found.values())


def _leader(owner: list[int], index: int) -> int:
    while owner[index] != index:
        owner[index] = owner[owner[index]]
        index = owner[index]
    return index


def _unite(owner: list[int], one: int, other: int) -> None:
    one, other = _leader(owner, one), _leader(owner, other)
    owner[max(one, other)] = min(one, other)


def _places(values: Iterable[float]) -> list[float]:
    """Return values in order, those that lie close together as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


# ── cells ──


def _filled(
    xs: list[float], ys: list[float], level: list[Rule], upright: list[Rule], glyphs: list[Glyph]
) -> Table | None:
    """Fill the cells of a grid; squares that no line parts are one cell. None when it is no table of words."""
    width, height = len(xs) - 1, len(ys) - 1
    owner = list(range(width * height))
    tall, flat = _by_place(upright, xs), _by_place(level, ys)
    for row in range(height):
        for column in range(width):
            here = row * width + column
            if column + 1 < width and not _parted(tall[column + 1], ys[row], ys[row + 1]):
                _unite(owner, here, here + 1)
            if row + 1 < height and not _parted(flat[row + 1], xs[column], xs[column + 1]):
                _unite(owner, here, here + width)
    words: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        column = min(bisect_right(xs, _middle(glyph)), width) - 1
        row = min(bisect_right(ys, _centre(glyph)), height) - 1
        words.setdefault(_leader(owner, row * width + column), []).append(glyph)
    covered: dict[int, list[int]] = {}
    for index in range(width * height):
        covered.setdefault(_leader(owner, index), []).append(index)
    cells = []
    for index, squares in covered.items():
        columns, lows = [square % width for square in squares], [square // width for square in squares]
        first, last = min(columns), max(columns)
        held = [Line(pieces) for pieces in rows(words.get(index, ()))]
        cells.append(_square(held, xs[last + 1] - xs[first], (min(lows), max(lows)), (first, last)))
    return _table(xs, ys, cells)


def _by_place(rules: Iterable[Rule], places: list[float]) -> list[list[tuple[float, float]]]:
    """Sort the stretches that lines cover by the place on which each line lies."""
    found: list[list[tuple[float, float]]] = [[] for _ in places]
    for rule in rules:
        at, start, end = (rule.y0, rule.x0, rule.x1) if rule.level else (rule.x0, rule.y0, rule.y1)
        nearest = min(range(len(places)), key=lambda index: abs(places[index] - at))
        found[nearest].append((start, end))
    return found


def _parted(stretches: list[tuple[float, float]], low: float, high: float) -> bool:
    """Tell whether lines part two squares along most of their side."""
    return sum(max(0.0, min(end, high) - max(start, low)) for start, end in stretches) >= 0.6 * (high - low)


def _square(held: Sequence[Line], width: float, rows: tuple[int, int], columns: tuple[int, int]) -> Square:
    """Write out a cell: lines broken by its width are joined, lines ended on purpose stand apart by a space."""
    text = held[0].text if held else ""
    widest = max((line.x1 - line.x0 for line in held), default=0.0)
    room = max(widest, width - 18.0)
    for before, line in pairwise(held):
        broken = room - (before.x1 - before.x0) < line.opening + 0.5 * line.size
        text = join_lines((text, line.text)) if broken else f"{text} {line.text}"
    return Square(text, *rows, *columns, marks=tuple(mark for line in held for mark in line.marks))


def _table(xs: Sequence[float], ys: Sequence[float], cells: Sequence[Square]) -> Table | None:
    """Put cells in rows; None when no two columns hold words, or most cells are empty."""
    told = [cell for cell in cells if cell.text]
    if len(told) < 2 or 3 * len(told) < len(cells) or len({cell.column for cell in told}) < 2:
        return None
    found: list[list[Square]] = [[] for _ in range(len(ys) - 1)]
    for cell in cells:
        for row in range(cell.row, cell.last_row + 1):
            found[row].append(cell)
    stood = tuple(tuple(sorted(row, key=lambda cell: cell.column)) for row in found)
    return Table(xs[0], ys[0], xs[-1], ys[-1], tuple(xs), stood)


# ── columns without upright lines ──


def _striped(xs: list[float], ys: list[float], glyphs: list[Glyph]) -> Table | None:
    """Read a table of level lines only: its columns are where its words stand under one another."""
    stripes: list[list[Line]] = [[] for _ in range(len(ys) - 1)]
    for pieces in rows(glyphs):
        stripes[min(bisect_right(ys, _centre(pieces[0])), len(ys) - 1) - 1].append(Line(pieces))
    columns = _columns([line for stripe in stripes for line in stripe])
    if len(columns) < 2 or not all(stripes):
        return None
    each_ruled = len(stripes) > 3
    grouped = [[stripe] if each_ruled else _by_first(stripe, columns) for stripe in stripes]
    return _in_columns([row for stripe in grouped for row in stripe], columns, Rule(xs[0], ys[0], xs[1], ys[-1]))


def unruled(stacked: Sequence[Line]) -> Table | None:
    """Read lines as a table when their words stand in columns under one another; None when they do not."""
    columns = _columns(stacked)
    if len(columns) < 2 or len(columns) != max(len(line.pieces) for line in stacked):
        return None
    left, right = min(line.x0 for line in stacked), max(line.x1 for line in stacked)
    grouped = _by_first(stacked, columns)
    return _in_columns(grouped, columns, Rule(left, stacked[0].y - stacked[0].size, right, stacked[-1].y))


def _columns(stacked: Iterable[Line]) -> list[tuple[float, float]]:
    """Return the stretches of the page's width that words cover, parted by gaps that run through all lines."""
    found: list[tuple[float, float]] = []
    for piece in sorted((piece for line in stacked for piece in line.pieces), key=lambda piece: piece.x0):
        if found and piece.x0 <= found[-1][1] + 0.5 * piece.size:
            found[-1] = (found[-1][0], max(found[-1][1], piece.x1))
        else:
            found.append((piece.x0, piece.x1))
    return found


def _by_first(stacked: Iterable[Line], columns: list[tuple[float, float]]) -> list[list[Line]]:
    """Group lines into rows: a line that leaves the first column out goes on with the row above, unless it is whole."""
    found: list[list[Line]] = []
    for line in stacked:
        begins = line.x0 < columns[0][1]
        whole = len(columns) > 2 and len(line.pieces) == len(columns) - 1
        if not found or begins or whole:
            found.append([line])
        else:
            found[-1].append(line)
    return found


def _in_columns(grouped: list[list[Line]], columns: list[tuple[float, float]], box: Rule) -> Table | None:
    """Put rows into columns; an empty first cell says what the one above it says."""
    edges = [box.x0, *((left[1] + right[0]) / 2 for left, right in pairwise(columns)), box.x1]
    cells: list[Square] = []
    for row, stacked in enumerate(grouped):
        for column, (left, right) in enumerate(pairwise(edges)):
            inner = [[piece for piece in line.pieces if left <= piece.x0 + 0.1 < right] for line in stacked]
            cell = _square([Line(pieces) for pieces in inner if pieces], right - left, (row, row), (column, column))
            if not cell.text and not column and row > 1 and len(columns) > 2:
                above = next(cell for cell in reversed(cells) if cell.column == 0)
                cell = above._replace(row=row, last_row=row)
            cells.append(cell)
    made = _table(edges, range(len(grouped) + 1), cells)
    return made._replace(y0=box.y0, y1=box.y1) if made else None

"""What of a sheet is seen and what stands together: rows of placed cells, blocks between empty rows and columns.

It may not know what a table says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from ..tables.book import MAX_WIDTH, Area, Sheet, Value


class Placed(NamedTuple):
    """A cell with the columns it covers."""

    value: Value
    first: int
    last: int
    own: bool = True
    """False when it reaches down from a row above."""


class Line(NamedTuple):
    """A row of the sheet as far as people see it."""

    number: int
    cells: tuple[Placed, ...]
    bound: bool = False
    """Whether it belongs to the row above it: nothing but hidden rows stand between them."""

    @property
    def own(self) -> tuple[Placed, ...]:
        """The cells that begin here."""
        return tuple(cell for cell in self.cells if cell.own)


def lines(sheet: Sheet) -> Iterator[Line]:
    """Lay out the visible rows: a merged cell stands in each row it spans, once across."""
    areas = sorted(sheet.merged)
    covering: dict[int, tuple[Area, Value]] = {}
    at, before = 0, 0
    for number in sorted(sheet.rows):
        if number in sheet.hidden_rows:
            continue
        row = sheet.rows[number]
        while at < len(areas) and areas[at].top <= number:
            area = areas[at]
            at += 1
            held = sheet.rows.get(area.top, {}).get(area.left)
            if held is not None and not held.faint:
                covering[area.left] = (area, held)
        covering = {left: (area, held) for left, (area, held) in covering.items() if area.bottom >= number}
        placed = tuple(_placed(row, covering, number, sheet.hidden_columns))
        if any(cell.own for cell in placed):
            gap = any(skipped not in sheet.hidden_rows for skipped in range(before + 1, min(number, before + 50)))
            under = any(area.top <= before for area, _ in covering.values())
            yield Line(number, placed, bound=before > 0 and (not gap or under))
            before = number


def _placed(
    row: dict[int, Value], covering: dict[int, tuple[Area, Value]], number: int, hidden: frozenset[int]
) -> Iterator[Placed]:
    """Yield the cells of a row that are seen, from left to right."""
    last = 0
    for column in sorted({*row, *covering}):
        if column <= last:
            continue
        if column in covering:
            area, value = covering[column]
            seen = [at for at in range(area.left, min(area.right, MAX_WIDTH) + 1) if at not in hidden]
            if seen:
                yield Placed(value, seen[0], seen[-1], own=area.top == number)
            last = area.right
        elif column not in hidden and not row[column].faint:
            yield Placed(row[column], column, column)


def blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Cut a sheet at its empty rows."""
    block: list[Line] = []
    for line in lines:
        if block and not line.bound:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def side_by_side(block: list[Line], hidden: frozenset[int]) -> list[list[Line]]:
    """Cut a block at empty columns that have two or more columns on both sides; a lone line belongs where it begins."""
    used = sorted(
        {at for line in block if len(line.cells) > 1 for cell in line.cells for at in range(cell.first, cell.last + 1)}
    )
    if not used:
        return [block]
    starts = used[:1]
    for left, right in pairwise(used):
        if any(between not in hidden for between in range(left + 1, right)):
            starts.append(right)
    groups = [
        [at for at in used if start <= at < end] for start, end in zip(starts, [*starts[1:], 1 << 30], strict=True)
    ]
    bounds: list[int] = []
    for index, group in enumerate(groups):
        if index == 0 or (len(group) > 1 and len(groups[index - 1]) > 1):
            bounds.append(group[0])
    if len(bounds) < 2:
        return [block]
    parts: list[list[Line]] = []
    for start, end in zip([0, *bounds[1:]], [*bounds[1:], 1 << 30], strict=True):
        cut = [line._replace(cells=tuple(c for c in line.cells if start <= c.first < end)) for line in block]
        parts.append([line for line in cut if line.own])
    return [part for part in parts if part]

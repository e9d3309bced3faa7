"""Tables of every format: cells with the columns they cover, which rows are the heading, rows as passages.

It knows no file format: a reader lays out its cells, this says what stands above each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..values import Passage

MAX_COLUMNS = 200
"""Of a row that is read; the widest tables of people have fewer."""


class Cell(NamedTuple):
    """A cell with the columns it covers."""

    text: str
    first: int
    last: int
    tables: tuple[Any, ...] = ()
    """Tables that stand inside it, as their format holds them."""


class Row(NamedTuple):
    """A row of a table."""

    cells: tuple[Cell, ...]
    head: bool = False
    """Whether the file says that it is a heading."""


def rows(
    table: list[Row],
    locate: Callable[[int], str],
    *,
    internal: bool = False,
    heads: Sequence[tuple[Cell, ...]] | None = None,
) -> Iterator[Passage]:
    """Yield the rows that say something, each with the headings above its cells; ``locate`` names row 1, 2, ….

    ``heads`` are the rows of a heading that stands elsewhere; without them it is looked for in the table.
    """
    top, heads = head_of(table) if heads is None else (0, heads)
    above: dict[tuple[int, int], str] = {}
    for number, row in enumerate(table, start=1):
        cells = row.cells[:MAX_COLUMNS]
        texts = tuple(cell.text for cell in cells)
        if any(texts):
            for cell in cells if number > top else ():
                if cell[1:3] not in above:
                    above[cell[1:3]] = heading_of(heads, cell)
            header = tuple(above[cell[1:3]] for cell in cells) if number > top else ()
            yield Passage(
                locator=locate(number),
                text=" | ".join(texts),
                kind="row",
                header=header if any(header) else (),
                cells=texts,
                internal=internal,
            )


def head_of(table: list[Row]) -> tuple[int, list[tuple[Cell, ...]]]:
    """Return how many rows a table's heading takes, and those rows; a first row of one wide cell is a caption."""
    marked = next((index for index, row in enumerate(table) if not row.head), len(table))
    wide = max((row.cells[-1].last for row in table if row.cells), default=0)
    first = 0
    while first < len(table) - 1 and wide and len({cell.text for cell in table[first].cells} - {""}) <= 1:
        first += 1
    if marked:
        return marked, [row.cells for row in table[first:marked]]
    if first >= len(table):
        return 0, []
    spans = any(cell.last > cell.first for cell in table[first].cells)
    deeper = first + 1 < len(table) and bool(
        {(c.first, c.text) for c in table[first].cells} & {(c.first, c.text) for c in table[first + 1].cells}
    )
    last = first + (2 if spans and deeper else 1)
    return last, [row.cells for row in table[first:last]]


def heading_of(heads: Sequence[tuple[Cell, ...]], cell: Cell) -> str:
    """Join the headings that stand above a cell."""
    above = [head.text for row in heads for head in row if head.first <= cell.last and cell.first <= head.last]
    return " ".join(dict.fromkeys(text for text in above if text))


class Spans:
    """Lays out cells that come row by row with their spans: a cell that reaches down says the same in every row."""

    MOST = 1000
    """Rows or columns one cell may cover."""

    def __init__(self) -> None:
        self.above: dict[int, tuple[Cell, int]] = {}
        """By first column: a cell that reaches below its row, and how many more rows."""

    def lay(self, cells: list[tuple[Cell, int]]) -> tuple[Cell, ...]:
        """Place the cells of the next row, given with columns counted from 0 and rows covered."""
        placed: list[Cell] = []
        column = 0
        kept: dict[int, tuple[Cell, int]] = {}

        def from_above(column: int) -> int:
            while column in self.above:
                cell, more = self.above.pop(column)
                placed.append(cell._replace(tables=()))
                if more > 1:
                    kept[column] = (cell, more - 1)
                column = cell.last + 1
            return column

        for cell, down in cells:
            column = from_above(column)
            across = min(max(cell.last - cell.first, 0), self.MOST)
            laid = cell._replace(first=column, last=column + across)
            placed.append(laid)
            if down > 1:
                kept[column] = (laid, min(down, self.MOST) - 1)
            column = laid.last + 1
        for start in sorted(self.above):
            if start in self.above and start >= column:
                column = from_above(start)
        self.above = kept
        return tuple(placed)

"""Tables that go on over a page: their heading is said once, and a cell across the break says the same on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from ..values import Passage
from .cells import Cell, Row, head_of, heading_of
from .grid import Table


def goes_on(above: Table, below: Table) -> bool:
    """Tell whether a table at the top of a page goes on with the one at the foot of the page before."""
    same = len(above.edges) == len(below.edges)
    return same and all(abs(one - other) < 4 for one, other in zip(above.edges, below.edges, strict=True))


class Heads:
    """The rows of a table under its heading, or under that of the table it goes on with."""

    def __init__(self, table: Table, before: Heads | None) -> None:
        self.table = table
        self.rows = [[Cell(cell.text, cell.column, cell.last_column) for cell in row] for row in table.rows]
        own, heads = head_of([Row(tuple(row)) for row in self.rows])
        self.top, self.heads = own, heads
        self.skipped = 0
        if before:
            self.heads = before.heads
            repeated = len(before.heads)
            said = [[cell.text for cell in row] for row in self.rows[:repeated]]
            self.skipped = repeated if said == [[cell.text for cell in row] for row in before.heads] else 0
            self.top = self.skipped
            self._carry(before)

    def _carry(self, before: Heads) -> None:
        """Let the first rows after a page break say again what a cell across the break says.

        An empty cell is one only in the first column, or below a cell that covered several rows already.
        """
        last = before.rows[-1]
        tall = {0, *(cell.column for cell in before.table.rows[-1] if cell.last_row > cell.row)}
        across = {cell.first: cell.text for cell in last if cell.first in tall and cell.text}
        for row in self.rows[self.skipped :]:
            told = sum(bool(cell.text) for cell in row) > 1
            for index, cell in enumerate(row):
                if cell.text or not told:
                    across.pop(cell.first, None)
                elif cell.first in across:
                    row[index] = cell._replace(text=across[cell.first])

    def passages(self, place: str) -> Iterator[Passage]:
        """Yield the rows; a heading that is only repeated after a page break is not read again."""
        for index, cells in enumerate(self.rows, start=1):
            texts = tuple(cell.text for cell in cells)
            if index > self.skipped and any(texts):
                header = tuple(heading_of(self.heads, cell) for cell in cells) if index > self.top else ()
                yield Passage(
                    locator=f"{place}第{index}行", text=" | ".join(texts), kind="row", header=header, cells=texts
                )

"""Decides what of a page is read in one go: the whole width, or one column after the other; finds unruled tables.

A page counts as printed in columns only when both sides are running text; short words side by side are a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple, TypeAlias

from .grid import Table, unruled
from .lines import Line, Piece

_Block: TypeAlias = "tuple[Piece, ...] | Table"
_FEWEST = 4
"""Lines on either side of a gap that make columns."""


class Strand(NamedTuple):
    """What is read from top to bottom in one go: a page, or a column of it."""

    page: int
    left: float
    right: float
    """How far full lines reach."""
    items: tuple[Line | Table, ...]


def strands(page: int, lines: Sequence[Line], tables: Sequence[Table], reach: float) -> Iterator[Strand]:
    """Yield the columns of a page in reading order; ``reach`` is how far full lines go that take the whole width."""
    placed: list[tuple[float, _Block]] = [(line.y, line.pieces) for line in lines]
    placed += [(table.y0, table) for table in tables]
    placed.sort(key=lambda item: item[0])
    for column, held in _cut([block for _, block in placed]):
        items = [block if isinstance(block, Table) else Line(block) for block in held]
        edges = [item.x1 for item in items]
        yield Strand(page, _left(items), max(edges) if column else reach, tuple(_with_unruled(items)))


def _left(items: Sequence[Line | Table]) -> float:
    shared = Counter(round(item.x0) for item in items if isinstance(item, Line))
    return float(max(shared, key=lambda x: (shared[x], -x), default=0))


# ── columns ──


def _cut(blocks: list[_Block], depth: int = 2) -> Iterator[tuple[bool, list[_Block]]]:
    """Cut a page along its gutter into columns, and what lies across the gutter; at most into four."""
    gutter = _gutter(blocks, depth)
    if gutter is None:
        if blocks:
            yield False, blocks
        return
    across: list[_Block] = []
    left: list[_Block] = []
    right: list[_Block] = []
    for block in blocks:
        one, other = _split(block, gutter)
        if one is not None and one is other:
            yield from _columns(left, right, depth)
            left, right = [], []
            across.append(block)
            continue
        if across:
            yield False, across
            across = []
        left += [one] if one is not None else []
        right += [other] if other is not None else []
    yield from _columns(left, right, depth)
    if across:
        yield False, across


def _columns(left: list[_Block], right: list[_Block], depth: int) -> Iterator[tuple[bool, list[_Block]]]:
    for side in (left, right):
        for _, held in _cut(side, depth - 1):
            yield True, held


def _split(block: _Block, gutter: float) -> tuple[_Block | None, _Block | None]:
    """Return what of a line stands on either side; twice the same when it lies across."""
    if isinstance(block, Table):
        if block.x0 < gutter < block.x1:
            return block, block
        return (block, None) if block.x1 <= gutter else (None, block)
    pieces = [part for piece in block for part in (piece.cut(gutter) if piece.x0 < gutter < piece.x1 else (piece,))]
    if any(piece.x0 < gutter < piece.x1 for piece in pieces):
        return block, block
    left = tuple(piece for piece in pieces if piece.x1 <= gutter)
    right = tuple(piece for piece in pieces if piece.x0 >= gutter)
    return left or None, right or None


def _gutter(blocks: Sequence[_Block], depth: int) -> float | None:
    """Return where a gap runs down the page between two columns of running text; None when there is none for sure."""
    pieces = [piece for block in blocks if not isinstance(block, Table) for piece in block]
    if not depth or len(pieces) < 2 * _FEWEST:
        return None
    start, end = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    places = [start + (end - start) * share / 200 for share in range(40, 161)]
    covered = [stretch for piece in pieces for stretch in piece.stretches()]
    crossing = [sum(left < x < right for left, right in covered) for x in places]
    runs = [
        list(run) for fewest, run in groupby(range(len(places)), key=crossing.__getitem__) if fewest == min(crossing)
    ]
    widest = max(runs, key=len)
    best = places[widest[len(widest) // 2]]
    halves = [_split(block, best) for block in blocks]
    left = [one for one, other in halves if one is not None and one is not other]
    right = [other for one, other in halves if other is not None and one is not other]
    return best if _stand_beside(left, right) and all(_is_column(side, depth) for side in (left, right)) else None


def _stand_beside(left: Sequence[_Block], right: Sequence[_Block]) -> bool:
    """Tell whether several lines of both stand at the same height."""
    heights = [[block[0].y for block in side if not isinstance(block, Table)] for side in (left, right)]
    if not all(heights):
        return False
    top, foot = max(min(side) for side in heights), min(max(side) for side in heights)
    return all(sum(top - 1 <= y <= foot + 1 for y in side) >= _FEWEST for side in heights)


def _is_column(side: Sequence[_Block], depth: int) -> bool:
    pieces = [piece for block in side if not isinstance(block, Table) for piece in block]
    return _is_prose(pieces) or _gutter(side, depth - 1) is not None


def _is_prose(pieces: list[Piece]) -> bool:
    """Tell whether most lines of a column fill it, with more than a few words."""
    width = max(piece.x1 for piece in pieces) - min(piece.x0 for piece in pieces)
    return median(piece.x1 - piece.x0 for piece in pieces) > 0.65 * width and width > 9 * pieces[0].size


# ── unruled tables ──


def _with_unruled(items: Sequence[Line | Table]) -> Iterator[Line | Table]:
    """Yield the items, lines that stand in columns under one another as a table."""
    held: list[Line] = []
    for item in items:
        if isinstance(item, Line) and (len(item.pieces) > 1 or (held and _hangs(item, held))):
            held.append(item)
            continue
        yield from _as_table(held)
        held = []
        yield item
    yield from _as_table(held)


def _hangs(line: Line, held: list[Line]) -> bool:
    """Tell whether a line goes on with a cell that is not in the first column."""
    second = min(above.pieces[1].x0 for above in held if len(above.pieces) > 1)
    return line.x0 > second - line.size and line.y - held[-1].y < 1.8 * line.size


def _as_table(held: list[Line]) -> Iterator[Line | Table]:
    most = max((len(line.pieces) for line in held), default=0)
    made = unruled(held) if len(held) >= (2 if most > 2 else 3) else None
    if made is not None:
        yield made
    else:
        yield from held

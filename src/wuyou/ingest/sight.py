"""Tells what of a printed page a person sees, and sets the page upright.

Judged by size, colour, turn and place, and by what is painted behind and over the words. It knows no file format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from .flow import Sheet
from .grid import Rule
from .lines import Glyph

Box: TypeAlias = tuple[float, float, float, float]
"""Left, foot, right and top, in points, measured from the foot of the page."""
Color: TypeAlias = tuple[int, int, int]
Side: TypeAlias = tuple[float, float, float, float]
"""A straight part of a drawing, from one point to another."""

WHITE: Color = (255, 255, 255)
_ALIKE = 17
"""Steps out of 255 between two colours that nobody tells apart."""
_GREY = 0xA0
_SMALLEST = 2.0
"""Points; nobody reads smaller type."""
_UPRIGHT = 2.0
"""Degrees."""
_THIN = 3.0
"""Points; a filled box as thin as this is a line."""
_STRAIGHT = 0.7
_ENOUGH = 24
"""Characters that make a part of a page, turned otherwise than the rest, worth reading."""


class Ink(NamedTuple):
    """How the characters of one stretch are printed."""

    size: float
    turn: float
    """Degrees, against the clock."""
    bold: bool
    printed: bool
    """Whether anything is drawn at all."""
    color: Color | None
    """None for a pattern."""
    faint: bool
    """Whether what lies behind shows through."""
    order: int
    """When it is painted: what has a higher number lies on top."""


class Char(NamedTuple):
    """A character as it stands in the file."""

    text: str
    box: Box
    origin: tuple[float, float]
    ink: Ink
    spaced: bool
    run: int
    """Counts the lines in which the file keeps its words."""


class Painted(NamedTuple):
    """Something painted on the page."""

    box: Box
    order: int
    color: Color | None
    """None for a picture, and for any shape that does not fill its box."""
    solid: bool = False
    """Whether nothing shows through."""


class Drawn:
    """The ruled lines of a page and what is painted on it."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.painted: list[Painted] = []

    def path(
        self, sides: Sequence[Side], box: Box, order: int, *, fill: Color | None, solid: bool, stroked: bool
    ) -> None:
        """Take level and upright lines off a path; a very thin filled box is a line, another one a background.

        ``solid`` tells whether nothing shows through the filling.
        """
        left, foot, right, top = box
        if fill and sides and min(right - left, top - foot) <= _THIN:
            x, y = (left + right) / 2, (foot + top) / 2
            level = right - left > top - foot
            self.rules.append(Rule(left, y, right, y) if level else Rule(x, foot, x, top))
            return
        straight = [_rule(side) for side in sides if min(abs(side[2] - side[0]), abs(side[3] - side[1])) < _STRAIGHT]
        if fill:
            plain = solid and 3 <= len(sides) <= 5 and len(straight) == len(sides)
            self.painted.append(Painted(box, order, fill if plain else None, plain))
        if stroked or (fill and not _alike(fill, WHITE)):
            self.rules += straight


def _rule(side: Side) -> Rule:
    x0, y0, x1, y1 = side
    return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _alike(one: Color, other: Color) -> bool:
    return all(abs(first - second) <= _ALIKE for first, second in zip(one, other, strict=True))


class Sight(NamedTuple):
    """What is seen of a page."""

    sheets: tuple[Sheet, ...]
    """Its text, upright; more than one where a part of it is turned."""
    hidden: tuple[str, ...]
    askew: tuple[str, ...]
    """Watermarks, and what is printed aslant."""


def look(chars: Sequence[Char], drawn: Drawn, bounds: Box, number: int) -> Sight:
    """Part what is seen on a page from what is not; ``bounds`` is what of the paper is shown."""
    ground = _Ground(drawn.painted, {char.ink.color for char in chars if char.ink.color})
    shown: dict[int, list[Char]] = {}
    hidden: list[Char] = []
    askew: list[Char] = []
    sizes = Counter(round(char.ink.size) for char in chars if char.ink.printed)
    usual = max(sizes, key=lambda size: (sizes[size], -size), default=0)
    for char in chars:
        turn = round(char.ink.turn / 90) * 90
        if not _is_seen(char, bounds, ground):
            hidden.append(char)
        elif abs(char.ink.turn - turn) > _UPRIGHT or _is_watermark(char, usual, ground):
            askew.append(char)
        else:
            shown.setdefault(turn % 360, []).append(char)
    order = sorted(shown, key=lambda turn: (-len(shown[turn]), turn))
    whole = [turn for turn in order if turn == order[0] or len(shown[turn]) >= _ENOUGH]
    few = [char for turn in order if turn not in whole for char in shown[turn]]
    sheets = [
        _sheet(shown[turn], () if place else few, drawn.rules, _Turned(bounds, turn), number)
        for place, turn in enumerate(whole)
    ]
    return Sight(tuple(sheets), _texts(hidden), _texts(askew))


def _is_seen(char: Char, bounds: Box, ground: _Ground) -> bool:
    x, y = _centre(char.box)
    on_page = bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3]
    return char.ink.printed and char.ink.size >= _SMALLEST and on_page and ground.shows(char.ink, x, y)


def _is_watermark(char: Char, usual: int, ground: _Ground) -> bool:
    """Tell whether it is large and pale, on the bare page."""
    ink = char.ink
    pale = ink.faint or (ink.color is not None and min(ink.color) >= _GREY)
    return pale and ink.size > 2 * usual and not ground.is_painted(*_centre(char.box))


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _texts(chars: Iterable[Char]) -> tuple[str, ...]:
    runs: dict[int, str] = {}
    for char in chars:
        runs[char.run] = runs.get(char.run, "") + (" " if char.spaced else "") + char.text
    return tuple(text.strip() for text in runs.values() if text.strip())


class _Ground:
    """What is painted behind and over the words."""

    def __init__(self, painted: Sequence[Painted], inks: set[Color]) -> None:
        self.painted = sorted(painted, key=lambda each: each.order)
        self.solid = [each for each in self.painted if each.solid]
        self.doubtful = {
            ink
            for ink in inks
            if _alike(ink, WHITE) or any(each.color and _alike(ink, each.color) for each in self.solid)
        }
        """Colours in which words may vanish; looked into only for these, for it takes time."""

    def shows(self, ink: Ink, x: float, y: float) -> bool:
        """Tell whether words stand out at a place: from what is behind them, and with nothing over them."""
        if any(each.order > ink.order and _holds(each.box, x, y) for each in self.solid):
            return False
        if ink.color is None or ink.color not in self.doubtful:
            return True
        behind: Color | None = WHITE
        for each in self.painted:
            if each.order < ink.order and _holds(each.box, x, y):
                behind = each.color
        return behind is None or not _alike(ink.color, behind)

    def is_painted(self, x: float, y: float) -> bool:
        """Tell whether anything but white lies at a place."""
        return any(_holds(each.box, x, y) and not (each.color and _alike(each.color, WHITE)) for each in self.painted)


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


# ── upright ──


class _Turned:
    """Turns boxes upright and measures them from the top of the page."""

    def __init__(self, bounds: Box, turn: int) -> None:
        self.bounds, self.turn = bounds, turn

    def __call__(self, box: Box) -> Box:
        """Return left, foot, right and top; the foot is the larger height."""
        left, foot, right, top = box
        x0, y0, x1, y1 = self.bounds
        if self.turn == 90:
            return foot - y0, right - x0, top - y0, left - x0
        if self.turn == 180:
            return x1 - right, top - y0, x1 - left, foot - y0
        if self.turn == 270:
            return y1 - top, x1 - left, y1 - foot, x1 - right
        return left - x0, y1 - foot, right - x0, y1 - top


def _sheet(chars: Iterable[Char], few: Iterable[Char], rules: Iterable[Rule], turned: _Turned, number: int) -> Sheet:
    """Set a page upright; ``few`` are words on their side."""
    left, foot, right, top = turned(turned.bounds)
    glyphs = []
    for char in chars:
        x0, _, x1, _ = turned(char.box)
        _, y, _, _ = turned((*char.origin, *char.origin))
        glyphs.append(Glyph(char.text, x0, x1, y, char.ink.size, char.ink.bold, char.spaced))
    runs: dict[int, list[Char]] = {}
    for char in few:
        runs.setdefault(char.run, []).append(char)
    aside = []
    for run in runs.values():
        corners = [corner for char in run for corner in ((char.box[0], char.box[1]), (char.box[2], char.box[3]))]
        x0, low, x1, high = turned(around(corners))
        size = run[0].ink.size
        aside.append(Glyph("".join(char.text for char in run), x0, x1, (low + high) / 2 + 0.35 * size, size))
    return Sheet(number, right - left, foot - top, glyphs, [_upright(turned(rule)) for rule in rules], aside)


def _upright(box: Box) -> Rule:
    left, foot, right, top = box
    return Rule(left, top, right, foot)


# ── places inside places ──

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does the one and then the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def moved(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    """Return where a matrix puts a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def around(points: Sequence[tuple[float, float]]) -> Box:
    """Return the box around points, of which there is at least one."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)

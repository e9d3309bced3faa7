"""What of a slide is seen, and in which order: the places of its shapes, the colours of their words and grounds.

It reads elements of DrawingML and may not know what a passage is. What it cannot tell counts as seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
Element: TypeAlias = Any
WHITE = "FFFFFF"
UNKNOWN = ""
"""A colour that cannot be told: a picture, a gradient, a theme's mixture."""
_ALIKE = 17
"""Steps out of 255 between two colours that nobody tells apart."""
_TINY = 200
"""Hundredths of a point; nobody reads smaller type."""
_PRESETS = {"white": WHITE, "black": "000000", "snow": "FFFAFA", "ivory": "FFFFF0"}
_FILLS = ("solidFill", "gradFill", "blipFill", "pattFill", "grpFill", "noFill")


class Box(NamedTuple):
    """Where a shape stands, in the units of the slide."""

    left: float
    top: float
    width: float
    height: float

    def misses(self, width: float, height: float) -> bool:
        """Tell whether nothing of it lies on a slide of that size."""
        return self.left >= width or self.top >= height or self.left + self.width <= 0 or self.top + self.height <= 0

    def holds(self, other: Box) -> bool:
        """Tell whether the middle of another box lies in it."""
        x, y = other.left + other.width / 2, other.top + other.height / 2
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height


class Frame(NamedTuple):
    """How the measures inside a group become those of the slide."""

    x: float = 0
    y: float = 0
    across: float = 1
    down: float = 1

    def place(self, left: float, top: float, width: float, height: float) -> Box:
        """Return the box on the slide."""
        return Box(self.x + left * self.across, self.y + top * self.down, width * self.across, height * self.down)


def inside(group: Element, box: Box) -> Frame:
    """Return the frame of what stands in a group whose box on the slide is known."""
    xfrm = group.find(f"{P}grpSpPr/{A}xfrm")
    start, size = (xfrm.find(f"{A}{name}") if xfrm is not None else None for name in ("chOff", "chExt"))
    if start is None or size is None:
        return Frame()
    across = box.width / (_int(size.get("cx")) or 1)
    down = box.height / (_int(size.get("cy")) or 1)
    return Frame(box.left - _int(start.get("x")) * across, box.top - _int(start.get("y")) * down, across, down)


def elements(tree: Element) -> Iterator[Element]:
    """Yield the shapes of a tree from back to front; of alternatives the first."""
    for child in tree:
        name = name_of(child)
        if name in ("sp", "pic", "graphicFrame", "grpSp", "cxnSp"):
            yield child
        elif name == "AlternateContent":
            for choice in list(child)[:1]:
                yield from elements(choice)


def name_of(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def is_switched_off(element: Element) -> bool:
    """Tell whether a shape was made invisible in the selection pane."""
    return any(part.get("hidden") in ("1", "true") for part in element.iterfind(f"*/{P}cNvPr"))


class Piece(NamedTuple):
    """A shape where it stands."""

    element: Element
    proxy: Any
    box: Box
    order: int
    """What has a higher number lies on top."""
    unseen: bool
    parts: tuple[Piece, ...] = ()
    """Of a group."""


def flat(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield shapes and the parts of groups, from back to front."""
    for piece in pieces:
        yield piece
        yield from flat(piece.parts)


def role(piece: Piece) -> str:
    """Return what kind of place a shape stands in; empty when in none."""
    place = next(piece.element.iterfind(f"*/{P}nvPr/{P}ph"), None)
    return place.get("type", "obj") if place is not None else ""


def in_order(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield shapes from top to bottom, those at one height from left to right."""
    band: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.box.top, piece.box.left, piece.order)):
        low = bool(band) and piece.box.top - band[0].box.top > 0.5 * min(piece.box.height, band[0].box.height)
        if low:
            yield from sorted(band, key=lambda piece: piece.box.left)
            band = []
        band.append(piece)
    yield from sorted(band, key=lambda piece: piece.box.left)


def _int(text: str | None) -> int:
    try:
        return int(text or "0")
    except ValueError:
        return 0


# ── colours ──


class Palette:
    """The colours a theme gives its names."""

    def __init__(self, named: Mapping[str, str], theme: Element | None) -> None:
        self.named = dict(named)
        self.theme: dict[str, str] = {}
        for colour in theme.iter(f"{A}clrScheme") if theme is not None else ():
            self.theme = {name_of(slot): self.of(slot) for slot in colour}

    def of(self, holder: Element | None) -> str:
        """Return the colour in a fill or slot; unknown when it is mixed."""
        for colour in holder if holder is not None else ():
            kind, value = name_of(colour), colour.get("val", "")
            if kind == "schemeClr":
                base = self.theme.get(self.named.get(value, value), UNKNOWN)
            elif kind == "sysClr":
                base = colour.get("lastClr") or {"window": WHITE, "windowText": "000000"}.get(value, UNKNOWN)
            else:
                base = _PRESETS.get(value, UNKNOWN) if kind == "prstClr" else value if kind == "srgbClr" else UNKNOWN
            mixed = [part for part in colour if name_of(part) != "alpha" and _int(part.get("val")) != 100_000]
            return UNKNOWN if mixed else base.upper()
        return UNKNOWN


def fill_of(properties: Element | None, palette: Palette) -> str | None:
    """Return the colour of a fill; nothing where there is none."""
    fill = next((part for part in properties if name_of(part) in _FILLS), None) if properties is not None else None
    if fill is None or name_of(fill) == "noFill" or _is_clear(fill):
        return None
    return palette.of(fill) if name_of(fill) == "solidFill" else UNKNOWN


def ground_of(element: Element, palette: Palette) -> str | None:
    """Return the colour a shape paints; nothing when what lies behind shows."""
    if name_of(element) != "sp":
        return None if name_of(element) == "cxnSp" else UNKNOWN
    properties = element.find(f"{P}spPr")
    if properties is not None and any(name_of(part) in _FILLS for part in properties):
        return fill_of(properties, palette)
    reference = element.find(f"{P}style/{A}fillRef")
    return palette.of(reference) if reference is not None and reference.get("idx", "0") != "0" else None


def backdrop(slides: Sequence[Element], palette: Palette) -> str:
    """Return the colour of a slide's background, given the slide, its layout and its master."""
    for slide in slides:
        background = slide.find(f"{P}cSld/{P}bg")
        for part in background if background is not None else ():
            if name_of(part) == "bgRef":
                return palette.of(part) if part.get("idx") == "1001" else UNKNOWN
            colour = fill_of(part, palette)
            return WHITE if colour is None else colour
    return WHITE


def _is_clear(fill: Element) -> bool:
    """Tell whether a fill lets everything through."""
    return any(_int(alpha.get("val")) <= 10_000 for alpha in fill.iter(f"{A}alpha"))


def _alike(one: str, other: str) -> bool:
    try:
        pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
        return bool(one) and all(abs(first - second) <= _ALIKE for first, second in pairs)
    except ValueError:
        return False


# ── words ──


class Words(NamedTuple):
    """What a paragraph says."""

    text: str
    hidden: str = ""
    """What of it nobody sees."""


def paragraphs(body: Element | None, ground: str, palette: Palette) -> Iterator[Words]:
    """Yield the paragraphs of a text body that stands on a colour."""
    style = body.find(f"{A}lstStyle") if body is not None else None
    for paragraph in body.iterfind(f"{A}p") if body is not None else ():
        properties = paragraph.find(f"{A}pPr")
        level = _int(properties.get("lvl")) + 1 if properties is not None else 1
        usual = style.find(f"{A}lvl{level}pPr/{A}defRPr") if style is not None else None
        shown: list[str] = []
        hidden: list[str] = []
        for run in paragraph:
            name = name_of(run)
            if name == "br":
                shown.append("\n")
            elif name == "r" or (name == "fld" and run.get("type") != "slidenum"):
                text = run.findtext(f"{A}t") or ""
                unseen = _is_unseen(run.find(f"{A}rPr"), usual, ground, palette)
                (hidden if unseen else shown).append(text.replace("\v", "\n"))
        words = Words(_tidy(shown), _tidy(hidden))
        if words.text or words.hidden:
            yield words


def _is_unseen(own: Element | None, usual: Element | None, ground: str, palette: Palette) -> bool:
    """Tell whether a run is too small, without colour, or in the colour it stands on."""
    given = [properties for properties in (own, usual) if properties is not None]
    size = next((properties.get("sz") for properties in given if properties.get("sz")), None)
    if size is not None and 0 < _int(size) <= _TINY:
        return True
    for properties in given:
        fill = next((part for part in properties if name_of(part) in _FILLS), None)
        if fill is not None:
            if name_of(fill) == "noFill" or _is_clear(fill):
                return properties.find(f"{A}ln") is None
            return name_of(fill) == "solidFill" and _alike(palette.of(fill), ground)
    return False


def _tidy(pieces: list[str]) -> str:
    lines = (line.strip(" \t\u3000\u00a0\u200b") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)

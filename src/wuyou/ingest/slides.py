"""Reads slides: text in reading order, tables, labelled charts; speaker notes and what is not shown are internal.

The shapes are walked as elements, because python-pptx passes over alternatives; it gives their places and tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .. import archives
from ..errors import MaterialError
from ..values import Passage, PassageKind
from .cells import Cell, Row, Spans, rows
from .charts import C, labelled
from .shapes import (
    UNKNOWN,
    WHITE,
    A,
    Box,
    Element,
    Frame,
    P,
    Palette,
    Piece,
    Words,
    backdrop,
    elements,
    fill_of,
    flat,
    ground_of,
    in_order,
    inside,
    is_switched_off,
    name_of,
    paragraphs,
    role,
)

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_PLAIN_TABLES = ("{2D5ABB26-0587-4C30-8999-92F81FD0307C}", "{5940675A-B579-460E-94D1-54222C63F5DA}")
"""Table styles without a background."""
MAX_DEPTH = 20
"""Groups in groups."""


class SlideReader:
    """Slides; macros are neither run nor read."""

    suffixes = (".pptx", ".pptm")

    def __init__(self) -> None:
        self._read: tuple[Path, tuple[Passage, ...], tuple[str, ...]] | None = None

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield the slides in their order, each followed by its notes; lines that come back on every slide at the end."""
        yield from self._show(path)[1]

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Tell what the file holds that was not read."""
        return self._show(path)[2]

    def _show(self, path: Path) -> tuple[Path, tuple[Passage, ...], tuple[str, ...]]:
        if self._read is None or self._read[0] != path:
            package, names = _open(path)
            try:
                found = tuple(_passages(package))
                self._read = (path, found, tuple(_remarks(names, found)))
            except Exception as error:  # a damaged package fails in many of a library's ways
                raise archives.damaged(path, archives.SLIDES) from error
        return self._read


def _open(path: Path) -> tuple[Any, frozenset[str]]:
    """Open the package and name its parts; raise MaterialError for anything that is no sound presentation."""
    import pptx

    with archives.unpack(path, archives.SLIDES) as archive:
        names = frozenset(archive.namelist())
        with_macros = any(name.endswith(archives.MACROS) for name in names)
        try:
            return pptx.Presentation(archives.without_macros(archive) if with_macros else str(path)), names
        except MaterialError:
            raise
        except Exception as error:  # a damaged package fails in many of a library's ways
            raise archives.damaged(path, archives.SLIDES) from error


def _remarks(names: frozenset[str], found: tuple[Passage, ...]) -> Iterator[str]:
    """Say what was left out or set apart."""
    pictures = sum(name.startswith("ppt/media/") for name in names)
    notes = [passage for passage in found if _NOTE.search(passage.locator)]
    told = (
        (any(name.endswith(archives.MACROS) for name in names), "文件里有宏，没有运行，也没有读"),
        (bool(notes), "演讲者备注只标为内部，不会从中取要点"),
        (sum(passage.internal for passage in found) > len(notes), "隐藏的页和文字只标为内部，不会从中取要点"),
        (any(re.match(r"ppt/(?:comments/|modernComment)", name) for name in names), "批注没有读"),
        (pictures > 0, f"有 {pictures} 张图片，图片里的字没有读"),
        (any(re.match(r"ppt/embeddings/(?!Microsoft_Excel)", name) for name in names), "嵌入的对象没有读"),
    )
    yield from (remark for holds, remark in told if holds)


_NOTE = re.compile(r"页备注\d+$")


# ── the whole show ──


def _passages(package: Any) -> Iterator[Passage]:
    slides = [_Slide(package, slide, number) for number, slide in enumerate(package.slides, start=1)]
    margins = _margins(slides)
    for slide in slides:
        yield from slide.passages(margins)
    told = dict.fromkeys([*margins, *(text for slide in slides for text in slide.printed())])
    for number, text in enumerate(told, start=1):
        yield Passage(locator=f"页脚{number if number > 1 else ''}", text=text, kind="footer")


def _margins(slides: list[_Slide]) -> dict[str, None]:
    """Return the lines at the foot of three slides or more, and those in a place made for footers."""
    texts = [dict.fromkeys(slide.at_foot()) for slide in slides]
    often = Counter(text for found in texts for text in found)
    return dict.fromkeys(
        text
        for slide, found in zip(slides, texts, strict=True)
        for text in found
        if often[text] > 2 or text in slide.footers
    )


class _Slide:
    """One slide and the counters of its locators."""

    def __init__(self, package: Any, slide: Any, number: int) -> None:
        self.slide, self.number = slide, number
        self.width, self.height = float(package.slide_width or 0), float(package.slide_height or 0)
        self.layout, self.master = slide.slide_layout, slide.slide_layout.slide_master
        self.is_hidden = slide._element.get("show") in ("0", "false")
        self.palette = _palette(self.master)
        self.order = 0
        self.pieces = tuple(self._pieces(slide.shapes._spTree, Frame(), unseen=False))
        self.flat = tuple(flat(self.pieces))
        self.footers = {
            words.text for piece in self.flat if role(piece) in ("ftr", "dt", "hdr") for words in self._words(piece)
        }
        self.count = self.tables = self.charts = self.secrets = 0

    def _pieces(self, tree: Element, frame: Frame, *, unseen: bool, depth: int = 0) -> Iterator[Piece]:
        from pptx.shapes.shapetree import SlideShapeFactory

        for element in elements(tree):
            proxy = SlideShapeFactory(element, self.slide.shapes)
            box = frame.place(*(float(side or 0) for side in (proxy.left, proxy.top, proxy.width, proxy.height)))
            gone = unseen or is_switched_off(element) or box.misses(self.width, self.height)
            self.order += 1
            parts: tuple[Piece, ...] = ()
            if name_of(element) == "grpSp" and depth < MAX_DEPTH:
                order = self.order
                parts = tuple(self._pieces(element, inside(element, box), unseen=gone, depth=depth + 1))
                yield Piece(element, proxy, box, order, gone, parts)
                continue
            yield Piece(element, proxy, box, self.order, gone)

    # ── what it says ──

    def passages(self, margins: Iterable[str]) -> Iterator[Passage]:
        """Yield the title, the shapes from top to bottom and left to right, then the notes."""
        ordered = list(in_order(self.pieces))
        title = next((piece for piece in ordered if role(piece) in ("title", "ctrTitle")), None) or self._title(ordered)
        if title is not None:
            ordered.remove(title)
            yield from self._text(title, "heading", margins)
        for piece in ordered:
            yield from self._piece(piece, margins)
        yield from self._notes()

    def at_foot(self) -> Iterator[str]:
        """Yield the lines at the foot of the slide."""
        for piece in self.flat:
            if piece.box.top >= 0.85 * self.height and not piece.unseen and name_of(piece.element) == "sp":
                yield from (words.text for words in self._words(piece) if words.text)

    def printed(self) -> Iterator[str]:
        """Yield the words that the layout and the master put on the slide."""
        for tree in () if self.is_hidden else (self.layout, self.master):
            for element in elements(tree.shapes._spTree):
                if name_of(element) == "sp" and not list(element.iter(f"{P}ph")) and not is_switched_off(element):
                    body = element.find(f"{P}txBody")
                    ground = ground_of(element, self.palette)
                    yield from (w.text for w in paragraphs(body, ground or UNKNOWN, self.palette) if w.text)

    def _title(self, ordered: list[Piece]) -> Piece | None:
        """Return the text box that serves as a title: one short line at the top."""
        for piece in ordered[:1]:
            lines = [words.text for words in self._words(piece)]
            short = len(lines) == 1 and 2 <= len(lines[0]) <= 30 and not re.search(r"[，。；：]", lines[0])
            if short and piece.box.top < 0.25 * self.height and not piece.unseen:
                return piece
        return None

    def _piece(self, piece: Piece, margins: Iterable[str]) -> Iterator[Passage]:
        if piece.parts:
            for part in in_order(piece.parts):
                yield from self._piece(part, margins)
        elif name_of(piece.element) == "graphicFrame":
            if getattr(piece.proxy, "has_table", False):
                yield from self._table(piece)
            elif getattr(piece.proxy, "has_chart", False):
                yield from self._chart(piece)
            else:
                yield from self._diagram(piece)
        elif role(piece) != "sldNum":
            yield from self._text(piece, "paragraph", margins)

    def _text(self, piece: Piece, kind: PassageKind, margins: Iterable[str] = ()) -> Iterator[Passage]:
        for words in self._words(piece):
            if words.text and (words.text not in margins or kind == "heading"):
                yield self._passage(words.text, kind, internal=piece.unseen)
            if words.hidden:
                yield self._secret(words.hidden)

    def _passage(self, text: str, kind: PassageKind, *, internal: bool) -> Passage:
        if internal and not self.is_hidden:
            return self._secret(text)
        self.count += 1
        return Passage(locator=f"第{self.number}页第{self.count}段", text=text, kind=kind, internal=self.is_hidden)

    def _secret(self, text: str) -> Passage:
        self.secrets += 1
        return Passage(locator=f"第{self.number}页隐藏文字{self.secrets}", text=text, internal=True)

    def _words(self, piece: Piece) -> list[Words]:
        body = piece.element.find(f"{P}txBody")
        if body is None:
            return []
        coloured = next(body.iter(f"{A}solidFill"), None) is not None
        return list(paragraphs(body, self._ground(piece) if coloured else UNKNOWN, self.palette))

    def _ground(self, piece: Piece) -> str:
        """Return the colour behind a shape's words: its own, else that of what lies behind it."""
        own = ground_of(piece.element, self.palette)
        if own is None and role(piece):
            own = next((fill for fill in self._inherited(piece) if fill is not None), None)
        if own is not None:
            return own
        behind = [
            ground_of(other.element, self.palette)
            for other in reversed(self.flat)
            if other.order < piece.order and not other.parts and not other.unseen and other.box.holds(piece.box)
        ]
        for tree in (self.layout, self.master):
            for shape in tree.shapes:
                if not shape.is_placeholder:
                    box = Box(*(float(side or 0) for side in (shape.left, shape.top, shape.width, shape.height)))
                    behind += [ground_of(shape._element, self.palette)] if box.holds(piece.box) else []
        colour = next((colour for colour in behind if colour is not None), None)
        if colour is not None:
            return colour
        return backdrop([part._element for part in (self.slide, self.layout, self.master)], self.palette)

    def _inherited(self, piece: Piece) -> Iterator[str | None]:
        """Yield the fills of the layout's and master's places that a placeholder stands in."""
        kind = piece.proxy.placeholder_format
        for place in self.layout.placeholders:
            if place.placeholder_format.idx == kind.idx:
                yield ground_of(place._element, self.palette)
        for place in self.master.placeholders:
            if place.placeholder_format.type == kind.type:
                yield ground_of(place._element, self.palette)

    # ── tables, charts, diagrams, notes ──

    def _table(self, piece: Piece) -> Iterator[Passage]:
        self.tables += 1
        place = f"第{self.number}页表{self.tables}"
        table = piece.element.find(f".//{A}tbl")
        style = table.findtext(f"{A}tblPr/{A}tableStyleId") or ""
        plain = WHITE if style.upper() in ("", *_PLAIN_TABLES) else UNKNOWN
        spans = Spans()
        laid: list[Row] = []
        secrets: list[str] = []
        for row in table.iterfind(f"{A}tr"):
            cells: list[tuple[Cell, int]] = []
            for cell in row.iterfind(f"{A}tc"):
                if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                    continue
                ground = fill_of(cell.find(f"{A}tcPr"), self.palette)
                words = list(paragraphs(cell.find(f"{A}txBody"), plain if ground is None else ground, self.palette))
                text = " ".join(" ".join(word.text.split("\n")) for word in words if word.text)
                secrets += [word.hidden for word in words if word.hidden]
                cells.append((Cell(text, 0, _span(cell, "gridSpan") - 1), _span(cell, "rowSpan")))
            laid.append(Row(spans.lay(cells)))
        yield from rows(laid, lambda number: f"{place}第{number}行", internal=piece.unseen or self.is_hidden)
        yield from map(self._secret, secrets)

    def _chart(self, piece: Piece) -> Iterator[Passage]:
        """Yield a chart's title, and its numbers when it shows them as labels."""
        from pptx.oxml import parse_xml

        chart = parse_xml(piece.proxy.chart_part.blob)
        title = chart.find(f"{C}chart/{C}title")
        if title is not None and (text := "".join(run.text or "" for run in title.iter(f"{A}t")).strip()):
            yield self._passage(text, "paragraph", internal=piece.unseen)
        self.charts += 1
        place = f"第{self.number}页图{self.charts}"
        head, *body = [*labelled(chart), Row(())]
        internal = piece.unseen or self.is_hidden
        yield from rows([head], lambda _: f"{place}第1行", internal=internal, heads=[])
        yield from rows(body, lambda number: f"{place}第{number + 1}行", internal=internal, heads=[head.cells])

    def _diagram(self, piece: Piece) -> Iterator[Passage]:
        """Yield the words of a SmartArt, a paragraph each."""
        from pptx.oxml import parse_xml

        for parts in piece.element.iter(f"{_D}relIds"):
            data = parse_xml(self.slide.part.related_part(parts.get(f"{_R}dm")).blob)
            for point in data.iter(f"{_D}pt"):
                for words in paragraphs(point.find(f"{_D}t"), UNKNOWN, self.palette):
                    if words.text:
                        yield self._passage(words.text, "paragraph", internal=piece.unseen)

    def _notes(self) -> Iterator[Passage]:
        frame = self.slide.notes_slide.notes_text_frame if self.slide.has_notes_slide else None
        found = paragraphs(frame._txBody, UNKNOWN, self.palette) if frame is not None else ()
        texts = [text for words in found if (text := words.text or words.hidden)]
        for number, text in enumerate(texts, start=1):
            yield Passage(locator=f"第{self.number}页备注{number}", text=text, internal=True)


def _palette(master: Any) -> Palette:
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.oxml import parse_xml

    named = master._element.find(f"{P}clrMap")
    try:
        theme = parse_xml(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    except KeyError:
        theme = None
    return Palette(named.attrib if named is not None else {}, theme)


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1")
    return max(1, int(value)) if value.isdecimal() else 1

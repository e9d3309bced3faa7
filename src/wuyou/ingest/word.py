"""Reads Word documents: text and tables in order, headers, footers, footnotes, text boxes; hidden text is marked.

It walks the elements itself, because the ready-made iterators skip insertions, content controls and text boxes, and
would read a merged cell twice. Deleted text of tracked changes is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .. import archives
from ..errors import MaterialError
from ..values import Passage, PassageKind
from .cells import Cell, Row, rows
from .ooxml import (
    Element,
    R,
    W,
    children,
    inside,
    is_gone,
    is_on,
    is_shaded,
    is_white,
    name_of,
    styles,
    value_of,
)  # fmt: skip

_SKIPPED = frozenset(
    {"del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "sectPr", "annotationRef"}
    | {"commentReference", "rt"}
)


class WordReader:
    """Word documents; macros are neither run nor read."""

    suffixes = (".docx", ".docm")

    def __init__(self) -> None:
        self._read: dict[Path, tuple[_Document, tuple[Passage, ...]]] = {}

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield header, body, footnotes and footer; text boxes stand after the paragraph they hang on."""
        yield from self._document(path)[1]

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Tell what the document holds that was not read."""
        document, passages = self._document(path)
        return document.remarks(hides=any(passage.internal for passage in passages))

    def _document(self, path: Path) -> tuple[_Document, tuple[Passage, ...]]:
        if path not in self._read:
            document = _Document(path)
            self._read[path] = document, tuple(document.passages())
        return self._read[path]


class _Words(NamedTuple):
    """What a piece of the document says."""

    text: str
    hidden: str
    notes: tuple[str, ...]
    boxes: tuple[Element, ...]


class _Document:
    """One opened document and the counters of its locators."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.package, self.parts = _open(path)
        self.body = self.package.element.body
        self.styles = styles(self.package.styles.element)
        self.coloured = self.package.element.find(f"{W}background") is not None
        self.paragraphs = self.tables = self.boxes = self.secrets = 0
        self.notes: list[str] = []

    def passages(self) -> Iterator[Passage]:
        """Yield all text in reading order."""
        yield from self._margins("header", "页眉")
        yield from self._blocks(self.body)
        yield from self._notes("footnote", "脚注")
        yield from self._notes("endnote", "尾注")
        yield from self._margins("footer", "页脚")

    def remarks(self, *, hides: bool) -> tuple[str, ...]:
        """Say what was left out; ``hides`` is whether there is text that nobody sees."""
        names = self.parts
        pictures = sum(name.startswith("word/media/") for name in names)
        found = (
            (any(name.endswith(archives.MACROS) for name in names), "文件里有宏，没有运行，也没有读"),
            (hides, "隐藏文字只标为内部，不会从中取要点"),
            (bool(inside(self.body, "del", "moveFrom")), "修订里删去的文字没有读"),
            (any(name == "word/comments.xml" for name in names), "批注没有读"),
            (pictures > 0, f"有 {pictures} 张图片，图片里的字没有读"),
            (any("/embeddings/" in name for name in names), "嵌入的表格或对象没有读"),
        )
        return tuple(remark for holds, remark in found if holds)

    # ── the body ──

    def _blocks(self, container: Element) -> Iterator[Passage]:
        for element in children(container, "p", "tbl"):
            if name_of(element) == "tbl":
                yield from self._table(element)
                continue
            words = self._words(element)
            if words.text:
                self.paragraphs += 1
                kind: PassageKind = "heading" if self._is_heading(element) else "paragraph"
                yield Passage(locator=f"第{self.paragraphs}段", text=words.text, kind=kind)
            yield from self._aside(words)

    def _aside(self, words: _Words) -> Iterator[Passage]:
        """Yield what hangs on a paragraph or cell: hidden text, text boxes; remember its footnotes."""
        self.notes += words.notes
        if words.hidden:
            self.secrets += 1
            yield Passage(locator=f"隐藏文字{self.secrets}", text=words.hidden, internal=True)
        for box in words.boxes:
            for paragraph in inside(box, "p"):
                inner = self._words(paragraph, shaded=True)
                if inner.text:
                    self.boxes += 1
                    yield Passage(locator=f"文本框{self.boxes}", text=inner.text)
                yield from self._aside(inner._replace(boxes=()))

    def _is_heading(self, paragraph: Element) -> bool:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return False
        level, style = properties.find(f"{W}outlineLvl"), properties.find(f"{W}pStyle")
        if level is not None:
            return bool(level.get(f"{W}val", "9") < "9")
        return style is not None and style.get(f"{W}val") in self.styles.headings

    def _words(self, element: Element, *, shaded: bool = False) -> _Words:
        """Collect the words of an element, visible and hidden, in their order; ``shaded`` is its coloured ground."""
        shown: list[str] = []
        hidden: list[str] = []
        notes: list[str] = []
        boxes: list[Element] = []

        def walk(node: Element, secret: bool) -> None:
            name = name_of(node)
            if name in _SKIPPED or not name:
                return
            if name == "txbxContent":
                boxes.append(node)
            elif name == "AlternateContent":
                choice = next((child for child in node if name_of(child) == "Choice"), None)
                for child in choice if choice is not None else node:
                    walk(child, secret)
            elif name in ("t", "tab", "ptab", "br", "cr", "noBreakHyphen"):
                text = (
                    (node.text or "") if name == "t" else {"br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(name, " ")
                )
                (hidden if secret else shown).append(text)
            elif name in ("footnoteReference", "endnoteReference"):
                notes.append(f"{name[:-9]}{node.get(f'{W}id')}")
            elif name not in ("tbl",) or node is element:
                inside = secret or (name == "r" and self._is_hidden(node, white, shaded))
                for child in node:
                    walk(child, inside)

        named = element.find(f"{W}pPr/{W}pStyle")
        style = named.get(f"{W}val") if named is not None else ""
        shaded = shaded or self.coloured or style in self.styles.shaded or is_shaded(element.find(f"{W}pPr"))
        white = style in self.styles.white
        walk(element, style in self.styles.hidden)
        return _Words(_tidy(shown), _tidy(hidden), tuple(notes), tuple(boxes))

    def _is_hidden(self, run: Element, white: bool, shaded: bool) -> bool:
        """Tell whether a run cannot be seen, given whether its paragraph is white and its ground coloured."""
        properties = run.find(f"{W}rPr")
        named = properties.find(f"{W}rStyle") if properties is not None else None
        style = named.get(f"{W}val") if named is not None else ""
        if style in self.styles.hidden or is_gone(properties):
            return True
        own = is_white(properties)
        pale = own if own is not None else white or style in self.styles.white
        return pale and not (shaded or style in self.styles.shaded or is_shaded(properties))

    # ── tables ──

    def _table(self, table: Element) -> Iterator[Passage]:
        settings = table.find(f"{W}tblPr")
        named = settings.find(f"{W}tblStyle") if settings is not None else None
        shaded = is_shaded(settings) or (named is not None and named.get(f"{W}val") in self.styles.shaded)
        self.tables += 1
        number = self.tables
        inner: list[Element] = []
        laid: list[Row] = []
        above: dict[int, Cell] = {}
        asides: list[_Words] = []
        for row in children(table, "tr"):
            properties = row.find(f"{W}trPr")
            cells: list[Cell] = []
            column = value_of(properties, "gridBefore")
            for element in children(row, "tc"):
                cell, words = self._cell(element, column, above, shaded=shaded)
                column = cell.last + 1
                above[cell.first] = cell
                cells.append(cell)
                asides += words
                inner += cell.tables
            deleted = properties is not None and properties.find(f"{W}del") is not None
            laid.append(Row(() if deleted else tuple(cells), is_on(properties, "tblHeader")))
        yield from rows(laid, lambda index: f"表{number}第{index}行")
        for aside in asides:
            yield from self._aside(aside)
        for element in inner:
            yield from self._table(element)

    def _cell(
        self, element: Element, column: int, above: dict[int, Cell], *, shaded: bool
    ) -> tuple[Cell, list[_Words]]:
        """Read a cell; one that is merged with the cell above says what that one says."""
        properties = element.find(f"{W}tcPr")
        last = column + max(1, value_of(properties, "gridSpan", 1)) - 1
        merge = properties.find(f"{W}vMerge") if properties is not None else None
        if merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in above:
            return above[column]._replace(last=last, tables=()), []
        shaded = shaded or is_shaded(properties)
        words = [self._words(paragraph, shaded=shaded) for paragraph in children(element, "p")]
        text = " ".join(" ".join(word.text.split("\n")) for word in words if word.text)
        return Cell(text, column, last, tuple(children(element, "tbl"))), words

    # ── notes and margins ──

    def _notes(self, kind: str, title: str) -> Iterator[Passage]:
        """Yield the foot- or endnotes, numbered in the order of reference as Word numbers them."""
        part = next(
            (rel.target_part for rel in self.package.part.rels.values() if rel.reltype.endswith(f"/{kind}s")), None
        )
        if part is None:
            return
        found = {
            f"{kind}{note.get(f'{W}id')}": note
            for note in children(_parse(part.blob, self.path), kind)
            if note.get(f"{W}type", "normal") == "normal"
        }
        order = dict.fromkeys([mark for mark in self.notes if mark in found] + list(found))
        for number, mark in enumerate(order, start=1):
            words = [self._words(paragraph) for paragraph in inside(found[mark], "p")]
            if text := "\n".join(word.text for word in words if word.text):
                yield Passage(locator=f"{title}{number}", text=text, kind="footnote")

    def _margins(self, kind: PassageKind, title: str) -> Iterator[Passage]:
        """Yield headers or footers, each text once; a lone page number is none."""
        seen: dict[str, None] = {}
        for reference in inside(self.body, f"{kind}Reference"):
            part = self.package.part.related_parts.get(reference.get(f"{R}id"))
            if part is not None:
                words = [self._words(paragraph).text for paragraph in inside(_parse(part.blob, self.path), "p")]
                seen.setdefault("\n".join(text for text in words if text))
        texts = [text for text in seen if re.search(r"[^\W\d_]", re.sub(r"第|共|页|/", "", text))]
        for number, text in enumerate(texts, start=1):
            yield Passage(locator=title + (str(number) if number > 1 else ""), text=text, kind=kind)


def _tidy(pieces: list[str]) -> str:
    lines = "".join(pieces).split("\n")
    return "\n".join(line.strip(" \t\u3000\u00a0") for line in lines if line.strip(" \t\u3000\u00a0"))


# ── opening ──


def _open(path: Path) -> tuple[Any, frozenset[str]]:
    """Open the package and name its parts; raise MaterialError for anything that is no sound Word document."""
    import docx

    with archives.unpack(path, archives.WORD) as archive:
        names = frozenset(archive.namelist())
        with_macros = any(name.endswith(archives.MACROS) for name in names)
        try:
            package = docx.Document(archives.without_macros(archive) if with_macros else str(path))
            if package.element.body is None or package.styles.element is None:
                raise archives.damaged(path, archives.WORD)
            return package, names
        except MaterialError:
            raise
        except Exception as error:  # a damaged package fails in many libraries' ways
            raise archives.damaged(path, archives.WORD) from error


def _parse(blob: bytes, path: Path) -> Element:
    """Parse a part that the library leaves alone."""
    from docx.oxml import parse_xml

    try:
        return parse_xml(blob)
    except (ValueError, SyntaxError) as error:  # the parser's own error is a SyntaxError
        raise archives.damaged(path, archives.WORD) from error

"""The words of a web page as a browser shows them: blocks, tables, what is hidden, what only leads elsewhere.

It takes the events of an HTML parser one by one and keeps no tree, so that neither depth nor size can hurt it.
It may not decide what becomes a passage: see ``web``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from .cells import Cell, Row, Spans
from .looks import Look, Sheet

MAX_PIECES, MAX_ELEMENTS, MAX_TEXT = 40_000, 200_000, 500_000
"""Paragraphs and cells, tags, and characters of one page: a hundred times those of a long notice."""


class Block(NamedTuple):
    """A paragraph."""

    text: str
    heading: bool = False
    hidden: bool = False
    links: float = 0.0
    """Which share of it leads elsewhere."""
    margin: str = ""
    """What part of the site, not of the page, it stands in: ``header`` or another."""


class Table:
    """A table, laid out row by row."""

    def __init__(self, level: int, *, margin: str, framed: bool) -> None:
        self.rows: list[list[tuple[list[Block | Table], int, int, bool]]] = []
        self.level = level
        """How deep the page was when it began."""
        self.margin = margin
        self.framed = framed
        self.headed = False
        """Whether it has heading cells."""

    @property
    def cells(self) -> list[list[Block | Table]]:
        """What stands in its cells, one after the other."""
        return [content for row in self.rows for content, _, _, _ in row]

    @property
    def text(self) -> str:
        """What its cells say."""
        return " ".join(text for cell in self.cells if (text := _said(cell)))

    @property
    def is_layout(self) -> bool:
        """Whether it only puts things side by side: a table inside it, one column, or cells that are whole texts."""
        cells = self.cells
        nests = any(isinstance(piece, Table) for cell in cells for piece in cell)
        if (nests and not self.headed) or all(len(row) <= 1 for row in self.rows):
            return True
        long = sum(len(cell) > 4 or len(_said(cell)) > 400 for cell in cells)
        heads = any(isinstance(piece, Block) and piece.heading for cell in cells for piece in cell)
        return long > len(cells) / 2 or (not (self.headed or self.framed) and (long > 0 or heads))

    def laid(self) -> list[Row]:
        """Lay out its cells; those merged downwards say the same in every row they cover."""
        spans = Spans()
        rows = []
        for row in self.rows:
            cells = [(Cell(_said(content), 0, across - 1), down) for content, across, down, _ in row]
            rows.append(Row(spans.lay(cells), bool(row) and all(head for *_, head in row)))
        return rows


def _said(content: list[Block | Table]) -> str:
    """Return what a cell says to those who see it."""
    shown = (piece.text for piece in content if isinstance(piece, Table) or not piece.hidden)
    return " ".join(text for text in shown if text)


class _Open(NamedTuple):
    """An element that is open."""

    tag: str
    skipped: bool
    margin: str
    main: bool
    link: bool
    heading: bool
    lines: bool
    """Whether a new line in the file is one on the page."""
    look: Look
    begins: str = ""
    """``table`` or ``cell`` when it began one."""


class TooLong(Exception):
    """The page holds more than anyone reads."""


MAX_NESTED = 16
"""Tables inside tables; deeper ones are read as text."""
_SKIPPED = frozenset({
    "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "map", "math", "noscript", "object", "option",
    "rp", "rt", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_MARGINS = frozenset(("nav", "footer", "aside", "menu", "header"))
_MAIN = frozenset(("article", "main"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _HEADINGS | _MARGINS | _MAIN | {
    "address", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "hgroup", "hr", "html", "legend", "li", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_SITE = re.compile(
    r"nav(?:s|bar|igation)?|menus?|breadcrumbs?|crumbs?|location|foot(?:er)?|copyright|sidebar|sider|aside|toolbar"
    r"|pagination|pager|topbar|sitemap|friendlinks?|login|skip|mbx|dqwz|banquan|(header)"
)
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*")
_LABEL_END = re.compile(r"[：:？?。！!；;，,]$")
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f]+")


class Page:
    """Takes a parser's events (it is the parser's target) and collects blocks and tables in reading order."""

    def __init__(self) -> None:
        self.flow: list[Block | Table] = []
        self.sheet = Sheet()
        self.pictures = self.frames = 0
        self._open: list[_Open] = []
        self._into: list[list[Block | Table]] = [self.flow]
        self._tables: list[Table] = []
        self._text: list[tuple[str, bool]] = []
        self._hidden: list[str] = []
        self._style: list[str] | None = None
        self._term = ""
        self._elements = self._pieces = self._length = 0

    # ── the parser's events ──

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an element."""
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise TooLong
        if tag in _BLOCKS:
            self._flush()
        if tag == "style":
            self._style = []
        element = self._element(tag, attributes, self._open[-1] if self._open else None)
        if not element.skipped:
            self.pictures += tag == "img" and not element.margin
            element = element._replace(begins=self._begin(element, attributes))
        self.frames += tag == "iframe"
        self._open.append(element)

    def end(self, tag: str) -> None:
        """Close an element; a closing tag that nothing opened is passed over."""
        if not self._open or self._open[-1].tag != tag:
            return
        if tag in _BLOCKS:
            self._flush()
        element = self._open.pop()
        if tag == "style" and self._style is not None:
            self.sheet.add("".join(self._style))
            self._style = None
        elif tag == "dl" and self._term:
            self._into[-1].append(Block(self._term))
            self._term = ""
        elif element.begins == "cell" and self._tables and len(self._into) > self._tables[-1].level:
            self._into.pop()
        elif element.begins == "table" and self._tables:
            self._close_table()

    def data(self, text: str) -> None:
        """Take text."""
        if self._style is not None:
            self._style.append(text)
            return
        element = self._open[-1] if self._open else None
        if element is None or element.skipped:
            return
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise TooLong
        first, *others = text.split("\n") if element.lines else (text,)
        self._take(first, element)
        for line in others:
            self._flush()
            self._take(line, element)

    def _take(self, text: str, element: _Open) -> None:
        if element.look.hidden:
            self._hidden.append(text)
        else:
            self._text.append((text, element.link))

    def close(self) -> Page:
        """Close everything that is still open, as it stands."""
        self._flush()
        while self._tables:
            self._close_table()
        return self

    # ── elements ──

    def _element(self, tag: str, attributes: Mapping[str, str], above: _Open | None) -> _Open:
        names = (*attributes.get("class", "").split()[:20], *attributes.get("id", "").split()[:1])
        main = tag in _MAIN or (above is not None and above.main)
        margin = above.margin if above is not None else ""
        if not margin and tag not in ("body", "html", *_MAIN):
            margin = tag if tag in _MARGINS and not (main and tag in ("header", "footer")) else ""
            margin = margin or (_site_part(names) if tag not in _HEADINGS else "")
        return _Open(
            tag=tag,
            skipped=(above is not None and above.skipped) or tag in _SKIPPED,
            margin=margin,
            main=main,
            link=tag == "a" or (above is not None and above.link),
            heading=tag in _HEADINGS or (above is not None and above.heading),
            lines=tag == "pre" or (above is not None and above.lines),
            look=self.sheet.look(tag, attributes, names[:-1] if "id" in attributes else names, above and above.look),
        )

    def _begin(self, element: _Open, attributes: Mapping[str, str]) -> str:
        """Begin a table, a row or a cell; one that is not there for the eye takes no place in a row."""
        if element.look.gone:
            return ""
        if element.tag == "table":
            if len(self._tables) >= MAX_NESTED:
                return ""
            framed = bool(attributes.get("border", "0").strip("0px "))
            self._tables.append(Table(len(self._into), margin=element.margin, framed=framed))
            return "table"
        if not self._tables:
            return ""
        table = self._tables[-1]
        if element.tag == "tr":
            table.rows.append([])
        elif element.tag in ("td", "th"):
            if not table.rows:
                table.rows.append([])
            content: list[Block | Table] = []
            across, down = (_number(attributes.get(name, "1")) for name in ("colspan", "rowspan"))
            table.rows[-1].append((content, across, down, element.tag == "th"))
            table.headed = table.headed or element.tag == "th"
            self._into.append(content)
            self._count()
            return "cell"
        return ""

    def _close_table(self) -> None:
        table = self._tables.pop()
        del self._into[table.level :]
        if table.is_layout:
            self._into[-1].extend(piece for cell in table.cells for piece in cell)
        else:
            self._into[-1].append(table)

    # ── text ──

    def _flush(self) -> None:
        """End the paragraph that is being written."""
        if not self._text and not self._hidden:
            return
        pieces, hidden = self._text, _tidy("".join(self._hidden))
        self._text, self._hidden = [], []
        element = self._open[-1]
        text = _tidy("".join(piece for piece, _ in pieces))
        if text:
            linked = sum(len(piece.strip()) for piece, link in pieces if link)
            links = linked / max(1, sum(len(piece.strip()) for piece, _ in pieces))
            self._put(Block(text, element.heading, links=links, margin=element.margin))
        if hidden:
            self._into[-1].append(Block(hidden, hidden=True, margin=element.margin))
            self._count()

    def _put(self, block: Block) -> None:
        """Add a paragraph; what explains a term is joined with it: 活动时间：…."""
        tags = {element.tag for element in self._open[-3:]}
        if "dt" in tags and len(block.text) <= 24 and not _LABEL_END.search(block.text):
            self._term, block = block.text, Block(self._term)
        elif self._term:
            term, self._term = self._term, ""
            if "dd" in tags:
                block = block._replace(text=f"{term}：{block.text}")
            else:
                self._into[-1].append(Block(term))
        if block.text:
            self._into[-1].append(block)
            self._count()

    def _count(self) -> None:
        self._pieces += 1
        if self._pieces > MAX_PIECES:
            raise TooLong


def _site_part(names: tuple[str, ...]) -> str:
    """Tell from classes and ids what part of the site it is: site-footer, leftNav, but not main-content."""
    for name in names:
        words = [word.lower() for word in _WORD.findall(name)]
        for word in {*words[:1], *words[-1:]}:
            if match := _SITE.fullmatch(word):
                return "header" if match[1] else word
    return ""


def _number(text: str) -> int:
    digits = re.match(r"\s{0,9}(\d{1,4})", text, re.ASCII)
    return max(1, min(Spans.MOST, int(digits[1]))) if digits else 1


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\u00ad", "").replace("\u200b", "")).strip(" \u3000\ufeff")

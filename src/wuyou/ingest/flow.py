"""Turns printed pages into passages: margins and footnotes apart, columns in turn, broken lines joined, tables by row.

It decides from the page alone what belongs together; where that is not certain, lines stay apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from ..values import Passage, PassageKind
from .breaks import Heads, goes_on
from .columns import Strand, strands
from .grid import Rule, Table, tables
from .lines import Glyph, Line, join_lines, rows

_LARGER = 1.12
"""A heading's type is so many times that of the text."""
_MAX_HEADING = 60
_MARGIN = 0.12
"""Headers and footers stand in this share of a page's height at its top and bottom."""
_PAGE_NUMBER = re.compile(
    r"[-–—·~\s]{0,4}(?:第\s?)?\d{1,4}(?:\s?页)?(?:\s?(?:[/／共，,]|of){1,2}\s?(?:共\s?)?\d{1,4}(?:\s?页)?)?[-–—·~\s]{0,4}"
    r"|[Pp]age\s\d{1,4}(?:\sof\s\d{1,4})?"
)


class Sheet(NamedTuple):
    """The characters and ruled lines of one upright page."""

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    rules: Sequence[Rule]
    turned: Sequence[Glyph] = ()
    """Words on their side, each in one; read only where they stand in a table."""


class Page:
    """A page set into lines, with its ruled tables."""

    def __init__(self, sheet: Sheet) -> None:
        self.number, self.width, self.height = sheet.number, sheet.width, sheet.height
        self.tables, glyphs = tables([*sheet.glyphs, *sheet.turned], sheet.rules)
        self.aside = [glyph.text for glyph in sheet.turned if glyph in glyphs]
        """Words on their side that stand in no table."""
        self.lines = [Line(pieces) for pieces in rows(glyph for glyph in glyphs if glyph not in sheet.turned)]
        self.short_rules = [
            rule.y0
            for rule in sheet.rules
            if rule.level
            and 30 < rule.x1 - rule.x0 < 0.5 * sheet.width
            and rule.y0 > 0.3 * sheet.height
            and not any(table.y0 - 3 <= rule.y0 <= table.y1 + 3 for table in self.tables)
        ]


def passages(pages: Sequence[Page]) -> Iterator[Passage]:
    """Yield headers, the body page by page, footnotes and footers; takes what it has read off the pages."""
    headers, footers = _take_margins(pages)
    frame = _frame(pages)
    notes = [note for page in pages for note in _take_notes(page, frame)]
    yield from _margin(headers, "header", "页眉")
    yield from _body(pages, frame)
    for number, text in enumerate(notes, start=1):
        yield Passage(locator=f"脚注{number}", text=text, kind="footnote")
    yield from _margin(footers, "footer", "页脚")


# ── margins ──


def _take_margins(pages: Sequence[Page]) -> tuple[list[str], list[str]]:
    """Take headers, footers and page numbers off the pages; return each once, as on the first page that has it."""
    told: dict[tuple[bool, str], list[tuple[Page, Line, float]]] = {}
    for page in pages:
        for top, line in _outermost(page):
            away = line.y if top else page.height - line.y
            told.setdefault((top, re.sub(r"\d+", "0", line.text)), []).append((page, line, away))
    found: tuple[list[str], list[str]] = ([], [])
    for (top, _), places in told.items():
        usual = sorted(away for _, _, away in places)[len(places) // 2]
        same = [(page, line) for page, line, away in places if abs(away - usual) < 6]
        page, line = same[0]
        alone = line in (page.lines[0], page.lines[-1]) and _PAGE_NUMBER.fullmatch(line.text)
        if len({page.number for page, _ in same}) > 1 or alone:
            if not _PAGE_NUMBER.fullmatch(line.text):
                found[0 if top else 1].append(line.text)
            for page, line in same:
                page.lines.remove(line)
    return found


def _outermost(page: Page) -> Iterator[tuple[bool, Line]]:
    """Yield the lines at the very top and bottom of a page, and whether they stand at the top."""
    for line in page.lines[:3]:
        if line.y < _MARGIN * page.height:
            yield True, line
    for line in page.lines[-3:]:
        if line.y > (1 - _MARGIN) * page.height:
            yield False, line


def _margin(texts: Iterable[str], kind: PassageKind, title: str) -> Iterator[Passage]:
    for number, text in enumerate(texts, start=1):
        yield Passage(locator=title + (str(number) if number > 1 else ""), text=text, kind=kind)


# ── footnotes ──

_LEAD = re.compile(r"[\[〔（(]?(\d{1,2}|[①-⑳*＊※†])[\]〕）)]?[.、．]?\s?")


def _take_notes(page: Page, frame: _Frame) -> list[str]:
    """Take the footnotes off a page: small type at its foot, below a short line or under a number the page refers to."""
    marks = {mark for line in page.lines for mark in line.marks}
    marks |= {mark for table in page.tables for row in table.rows for cell in row for mark in cell.marks}
    first = len(page.lines)
    for index in range(len(page.lines) - 1, -1, -1):
        line = page.lines[index]
        ruled = any(y - 2 < line.y - 0.7 * line.size for y in page.short_rules)
        if line.size > (1.02 if ruled else 0.95) * frame.size or not (ruled or marks):
            break
        if _lead(line, marks):
            first = index
    taken = page.lines[first:]
    if not taken or any(table.y1 > taken[0].y for table in page.tables):
        return []
    found: list[list[str]] = []
    for line in taken:
        lead = _lead(line, marks)
        text = line.text if line.lead else line.text.removeprefix(lead)
        if lead or not found:
            found.append([text])
        else:
            found[-1].append(text)
    del page.lines[first:]
    return [join_lines(texts) for texts in found]


def _lead(line: Line, marks: set[str]) -> str:
    """Return the number with which a footnote begins; empty when the line begins none."""
    if line.lead:
        return line.lead
    match = _LEAD.match(line.text)
    return match[0] if match and match[1] in marks else ""


# ── the body ──


class _Frame(NamedTuple):
    """What holds for all pages."""

    size: float
    """Of the text's type."""
    bold: bool
    """Whether most of the text is bold."""
    leading: float
    """From line to line, in sizes of type."""
    reach: dict[int, float]
    """How far full lines reach, by the width of the page."""


def _frame(pages: Sequence[Page]) -> _Frame:
    every = [line for page in pages for line in page.lines]
    sizes: Counter[float] = Counter()
    for line in every:
        sizes[round(2 * line.size) / 2] += len(line.text)
    gaps = Counter(
        round((below.y - above.y) / above.size, 1)
        for page in pages
        for above, below in pairwise(page.lines)
        if abs(above.size - below.size) < 0.3 and below.y - above.y < 3 * above.size
    )
    widths = sorted({round(page.width) for page in pages})
    told = sum(len(line.text) for line in every)
    return _Frame(
        size=_most(sizes) or 10.5,
        bold=2 * sum(len(line.text) for line in every if line.bold) > told,
        leading=_most(gaps) or 1.6,
        reach={
            width: _reach([line for page in pages if round(page.width) == width for line in page.lines], width)
            for width in widths
        },
    )


def _most(counted: Counter[float]) -> float:
    return max(counted, key=lambda value: (counted[value], -value), default=0.0)


def _reach(every: list[Line], width: float) -> float:
    """Return how far full lines reach: the edge that several share, else the end of the longest.

    Where no line goes far, none was broken by the width of the page.
    """
    longest = max((line.x1 for line in every), default=0.0)
    if longest < 0.6 * width:
        return width
    shared = Counter(round(line.x1) for line in every)
    edge, count = max(shared.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return float(edge) if count > 2 and edge > longest - 3 * max(line.size for line in every) else longest


_MARKER = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.．]|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]|第[一二三四五六七八九十百\d]{1,4}[章节条款]"
    r"|[\d０-９]{1,2}(?:[、．)）]|\.(?!\d))|[①-⑳•●■◆▪·➢✓○◇□※*＊]|[-–—]\s"
)
_BULLET = re.compile(r"[•●■◆▪·➢✓○◇□]\s*")
_STOP = re.compile(r"[。；;：:！!？?][”」』）)]?$")
_CLOSED = re.compile(r"[。；;：:！!？?”」』）)]$")
_LEADER = re.compile(r"(?:[.．·…]\s?){5,200}\s?\d{1,4}$")


class _Paragraph:
    """Lines that belong together."""

    def __init__(self, line: Line, strand: Strand) -> None:
        self.lines, self.strand, self.page = [line], strand, strand.page

    @property
    def text(self) -> str:
        return _BULLET.sub("", join_lines(line.text for line in self.lines), count=1)


_Block: TypeAlias = "_Paragraph | tuple[int, Table]"


def _body(pages: Sequence[Page], frame: _Frame) -> Iterator[Passage]:
    """Yield paragraphs and table rows, counted on each page."""
    paragraphs: Counter[int] = Counter()
    numbers: Counter[int] = Counter()
    going_on: tuple[int, Table, Heads] | None = None
    for block in _blocks(pages, frame):
        if isinstance(block, _Paragraph):
            going_on = None
            if block.text:
                paragraphs[block.page] += 1
                place = f"第{block.page}页第{paragraphs[block.page]}段"
                yield Passage(locator=place, text=block.text, kind=_kind(block, frame))
            continue
        page, table = block
        numbers[page] += 1
        before = going_on[2] if going_on and going_on[0] == page - 1 and goes_on(going_on[1], table) else None
        heads = Heads(table, before)
        going_on = page, table, heads
        yield from heads.passages(f"第{page}页表{numbers[page]}")


def _kind(paragraph: _Paragraph, frame: _Frame) -> PassageKind:
    text, line = paragraph.text, paragraph.lines[0]
    distinct = line.size > _LARGER * frame.size or (not frame.bold and all(line.bold for line in paragraph.lines))
    return (
        "heading"
        if distinct and len(text) <= _MAX_HEADING and not re.search(r"[。；，、：:;,]$", text)
        else "paragraph"
    )


def _blocks(pages: Sequence[Page], frame: _Frame) -> Iterator[_Block]:
    """Yield paragraphs and tables in reading order; a paragraph may go on in the next column or on the next page."""
    current: _Paragraph | None = None
    for page in pages:
        for strand in strands(page.number, page.lines, page.tables, frame.reach[round(page.width)]):
            for item in strand.items:
                if isinstance(item, Line) and current and _continues(current, item, strand, frame):
                    current.lines.append(item)
                    current.strand = strand
                    continue
                if current:
                    yield current
                current = _Paragraph(item, strand) if isinstance(item, Line) else None
                if isinstance(item, Table):
                    yield page.number, item
    if current:
        yield current


def _continues(paragraph: _Paragraph, line: Line, strand: Strand, frame: _Frame) -> bool:
    """Tell whether a line goes on with a paragraph: the width broke the line before, and nothing begins here."""
    before, old = paragraph.lines[-1], paragraph.strand
    if abs(line.size - before.size) > 0.08 * before.size:
        return False
    below, size = line.y - before.y, line.size
    begins = _MARKER.match(line.text) is not None
    if strand is old and size > _LARGER * frame.size and _is_centred(before, old) and _is_centred(line, strand):
        return below < 2.3 * size and not begins
    if old.right - before.x1 >= line.opening + 0.5 * size or _LEADER.search(before.text):
        return False
    if strand is not old:
        return not begins and not _STOP.search(before.text) and line.x0 < strand.left + 0.8 * size
    if below > 1.35 * frame.leading * size or below < 0:
        return False
    if below > 1.1 * frame.leading * size and _STOP.search(before.text):
        return False
    if _CLOSED.search(before.text) and _is_centred(before, old, 0.5) != _is_centred(line, strand, 0.5):
        return False
    hangs = len(paragraph.lines) == 1 and _MARKER.match(before.text) is not None
    if line.x0 > before.x0 + 0.8 * size and not hangs:
        return False
    if len(paragraph.lines) > 1 and line.x0 < before.x0 - 0.8 * size:
        return False
    return not (begins and _STOP.search(before.text))


def _is_centred(line: Line, strand: Strand, within: float = 2.0) -> bool:
    """Tell whether a line stands in the middle, by so many sizes of its type."""
    left, right = line.x0 - strand.left, strand.right - line.x1
    return left > line.size and abs(left - right) < within * line.size

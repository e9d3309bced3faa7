"""Reads workbooks: every sheet's tables row by row, numbers as they are shown; what is hidden is marked.

A sheet is a canvas: captions and notes between tables are read as lines, and several tables may stand below or beside
one another. It may not compute: a formula says what the program that saved it found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .. import archives
from ..quantities import find
from ..tables import book
from ..tables.book import Book, Sheet
from ..values import Passage
from .cells import Cell, Row, rows
from .layout import Line, blocks, lines, side_by_side

MAX_HEAD = 4
"""Rows a heading may take."""


class SheetReader:
    """Workbooks; macros are neither run nor read."""

    suffixes = (".xlsx", ".xlsm")

    def __init__(self) -> None:
        self._read: tuple[Path, Book, tuple[Passage, ...]] | None = None

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield the sheets in their order, each from top to bottom; a hidden one is internal."""
        yield from self._whole(path)[2]

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Tell what the workbook holds that was not read."""
        _, found, passages = self._whole(path)
        pictures = sum(name.startswith("xl/media/") for name in found.parts)
        told = (
            (any(name.endswith(archives.MACROS) for name in found.parts), "文件里有宏，没有运行，也没有读"),
            (found.cut, "表格太长，只读了前面一部分"),
            (any(passage.internal for passage in passages), "隐藏的内容只标为内部，不会从中取要点"),
            (found.uncomputed > 0, f"有 {found.uncomputed} 个公式没有算出结果，没有读；请用 Excel 打开后保存一次"),
            (any(re.match(r"xl/(?:threadedC|c)omments", name) for name in found.parts), "批注没有读"),
            (pictures > 0, f"有 {pictures} 张图片，图片里的字没有读"),
            (any(name.startswith("xl/drawings/drawing") for name in found.parts), "图形、图表和文本框没有读"),
            (any("/embeddings/" in name for name in found.parts), "嵌入的对象没有读"),
        )
        return tuple(remark for holds, remark in told if holds)

    def _whole(self, path: Path) -> tuple[Path, Book, tuple[Passage, ...]]:
        if self._read is None or self._read[0] != path:
            found = book.read(path)
            self._read = (path, found, tuple(_passages(found)))
        return self._read


def _passages(found: Book) -> Iterator[Passage]:
    names: set[str] = set()
    for sheet in found.sheets:
        name = next(name for name in _numbered(sheet.name) if name not in names)
        names.add(name)
        yield from _Canvas(sheet, name).passages()


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}（{number}）"
        number += 1


class _Canvas:
    """One sheet and how its rows are laid out."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.sheet, self.name = sheet, name
        self.begun = False

    def passages(self) -> Iterator[Passage]:
        """Yield header, lines and table rows, what was hidden in each row after them, and the footer."""
        if self.sheet.header and not self.sheet.hidden:
            yield Passage(locator=f"{self.name}!页眉", text=self.sheet.header, kind="header")
        if not self.sheet.hidden:
            before: _Block | None = None
            for together in blocks(lines(self.sheet)):
                parts = side_by_side(together, self.sheet.hidden_columns)
                for number, part in enumerate(parts):
                    block = _Block(self, part, beside=number > 0)
                    if len(parts) == 1 and before is not None:
                        block.go_on(before)
                    yield from block.passages()
                    before = block if len(parts) == 1 else None
        yield from self._hidden()
        if self.sheet.footer and not self.sheet.hidden:
            yield Passage(locator=f"{self.name}!页脚", text=self.sheet.footer, kind="footer")

    def _hidden(self) -> Iterator[Passage]:
        """Yield what nobody sees: hidden sheets, rows and columns, and words in the colour of the paper."""
        for number, row in sorted(self.sheet.rows.items()):
            whole = self.sheet.hidden or number in self.sheet.hidden_rows
            texts = tuple(
                value.text
                for column, value in sorted(row.items())
                if whole or value.faint or column in self.sheet.hidden_columns
            )
            if texts:
                yield Passage(
                    locator=f"{self.name}!第{number}行{'' if whole else '隐藏'}",
                    text=" | ".join(texts),
                    kind="row",
                    cells=texts,
                    internal=True,
                )


# ── one block ──

_LABEL = re.compile(
    r"(?:日期|时间|期间|期限|存期|期次|利率|收益|年化|金额|额度|起点|门槛|名称|项目|产品|内容|活动|权益|礼遇|渠道|说明|备注|要点|亮点|主题"
    r"|名额|数量|份数|张数|限额|次数|上限|地点|地址|网点|电话|对象|客群|客户|条件|规则|要求|限制|序号|编号|标准|方式|类别|类型|种类|等级"
    r"|层级|档次|档位|优惠|费用|费率|券面|商户|品牌|月份|周[一二三四五六日]|星期[一二三四五六日]|风险|币种|年龄|要素|事项|情形|比例)(?:[（(/／][^（()）]{1,12}[)）]?)?$"
)
_NUMBERING = re.compile(
    r"(?:表|附表|附件)\s?[\d一二三四五六七八九十]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|【"
)
_TOLD = ("rate", "amount", "date", "date_range", "count", "phone", "clock")


class _Block:
    """Rows that stand together: lines of one cell, and tables between them."""

    def __init__(self, canvas: _Canvas, lines: Sequence[Line], *, beside: bool) -> None:
        self.canvas, self.lines, self.beside = canvas, lines, beside
        self.heads: list[tuple[Cell, ...]] | None = None
        """The heading of the table that is being read; nothing outside of tables."""
        self.bounds = (0, 0)
        """Its first and last column."""

    def go_on(self, before: _Block) -> None:
        """Take over the heading of the block above an empty row, when this one plainly goes on with its rows."""
        alike = _looks(self.lines[0])
        if before.heads and alike and alike == _looks(before.lines[-1]) and not self._begins(0, before.bounds):
            self.heads, self.bounds = before.heads, before.bounds

    def passages(self) -> Iterator[Passage]:
        """Yield lines as paragraphs, and table rows with the headings above their cells."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if self._is_lone(line):
                yield self._paragraph(line)
                at += 1
                if self.heads is not None and at < len(self.lines) and self._begins(at, self.bounds):
                    self.heads = None
            elif self.heads is None:
                end = self._table_end(at)
                self.bounds = _bounds(self.lines[at:end])
                count = self._head(at, end)
                top = [self._row(line) for line in self.lines[at : at + count]]
                self.heads = [row.cells for row in top]
                yield from self._rows(top, at, [])
                at += count
            else:
                end = next((n for n in range(at, len(self.lines)) if self._is_lone(self.lines[n])), len(self.lines))
                yield from self._rows([self._row(line) for line in self.lines[at:end]], at, self.heads)
                at = end

    def _rows(self, table: list[Row], at: int, heads: list[tuple[Cell, ...]]) -> Iterator[Passage]:
        self.canvas.begun = True
        return rows(table, lambda number: self._locator(self.lines[at + number - 1]), heads=heads)

    def _locator(self, line: Line) -> str:
        place = f"{self.canvas.name}!第{line.number}行"
        return f"{place}{_letters(line.cells[0].first)}列起" if self.beside else place

    def _paragraph(self, line: Line) -> Passage:
        value = line.own[0].value
        title = not self.canvas.begun or value.bold or _NUMBERING.match(value.text)
        heading = bool(title) and len(value.text) <= 40 and not re.search(r"[，。；：:]", value.text)
        self.canvas.begun = True
        return Passage(locator=self._locator(line), text=value.text, kind="heading" if heading else "paragraph")

    def _is_lone(self, line: Line) -> bool:
        """Tell whether a row says one thing: a caption, a note; in a table one that begins on its left."""
        if len(line.cells) != 1:
            return False
        cell = line.cells[0]
        return self.heads is None or cell.first <= self.bounds[0] or cell.last > cell.first

    def _table_end(self, at: int) -> int:
        """Return where the run of rows ends that a table begins."""
        end = at
        while end < len(self.lines) and len(self.lines[end].cells) > 1:
            end += 1
        return max(end, at + 1)

    def _begins(self, at: int, bounds: tuple[int, int]) -> bool:
        """Tell whether a new table begins after a line that stands in or below one."""
        line = self.lines[at]
        if len(line.cells) < 2:
            return False
        texts = [cell.value.text for cell in line.own]
        labels = sum(_LABEL.search(text) is not None for text in texts)
        bold = _is_bold(line) and not (at + 1 < len(self.lines) and _is_bold(self.lines[at + 1]))
        first, last = _bounds(self.lines[at : self._table_end(at)])
        return bold or 2 * labels >= len(texts) or first < bounds[0] or last > bounds[1]

    def _head(self, at: int, end: int) -> int:
        """Return how many rows the heading of a table takes; none when its first row is like its second."""
        if end - at < 2:
            return 0
        first, second = self.lines[at], self.lines[at + 1]
        if (alike := _looks(first)) and alike == _looks(second):
            return 0
        if _bounds(self.lines[at:end])[1] - first.cells[0].first == 1 and not _is_bold(first):
            told = first.cells[-1].value.text  # name | value, unless it says so: 要素 | 内容
            if len(first.cells) == 2 and not (_LABEL.search(told) and len(told) <= 12):
                return 0
        count = 1
        while count < min(MAX_HEAD, end - at - 1) and _goes_on(*self.lines[at + count - 1 : at + count + 2]):
            count += 1
        return count

    def _row(self, line: Line) -> Row:
        """Fill a row up with empty cells, so that every cell stands below its heading."""
        cells: list[Cell] = []
        column = self.bounds[0]
        for placed in line.cells:
            if placed.first > column:
                cells += self._empty(column, placed.first)
            cells.append(Cell(placed.value.text, placed.first, placed.last))
            column = placed.last + 1
        return Row((*cells, *self._empty(column, self.bounds[1] + 1)))

    def _empty(self, start: int, end: int) -> Iterator[Cell]:
        return (Cell("", at, at) for at in range(start, end) if at not in self.canvas.sheet.hidden_columns)


def _is_bold(line: Line) -> bool:
    return all(cell.value.bold for cell in line.own)


def _bounds(lines: Iterable[Line]) -> tuple[int, int]:
    """Return the first and last column that is used."""
    cells = [cell for line in lines for cell in line.cells]
    return min(cell.first for cell in cells), max(cell.last for cell in cells)


def _looks(line: Line) -> tuple[tuple[int, str], ...]:
    """Return what kinds of quantities stand where in a row."""
    return tuple(
        (cell.first, quantities[0].kind if quantities else "number")
        for cell in line.cells
        if (quantities := find(cell.value.text)) or cell.value.number is not None
    )


def _goes_on(above: Line, below: Line, after: Line) -> bool:
    """Tell whether a heading goes on below: a wide cell is divided, or a tall one reaches down beside words."""
    divided = any(
        cell.last > cell.first and sum(cell.first <= under.first <= cell.last for under in below.own) > 1
        for cell in above.own
    )
    tall = any(not cell.own for cell in below.cells)
    told = any(quantity.kind in _TOLD for cell in below.own for quantity in find(cell.value.text))
    alike = _looks(below)
    return (divided and not (alike and alike == _looks(after))) or (tall and not told)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

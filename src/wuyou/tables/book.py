"""Reads a workbook cell by cell: what each shows, what is merged, hidden, or a formula nobody has computed.

The one door to openpyxl. The sheets are walked with its streaming parser: its ordinary mode fills every cell of a merged
range, so that one line of a file may take all memory, and its quick mode drops merged ranges and hidden rows.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import archives
from .shown import BUILT_IN, general, shown, worded

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_ROWS = 20_000
"""Rows with something in them that are read of one workbook."""
MAX_CELLS, MAX_WIDTH = 400_000, 256
MAX_TAGS, MAX_STYLE_TAGS = 3_000_000, 400_000
"""Of markup: what a parser's time and memory grow with."""
MAX_WORDS = 32_767
"""Characters a cell can hold."""


class Value(NamedTuple):
    """What a cell holds."""

    text: str
    """As it is shown."""
    number: Decimal | None = None
    """When it is a number or a date."""
    faint: bool = False
    """Whether nobody sees it: white on white, or too small to read."""
    bold: bool = False

    @property
    def raw(self) -> str:
        """The bare number, else the text."""
        return general(self.number) if self.number is not None else self.text


class Area(NamedTuple):
    """Merged cells: first and last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(NamedTuple):
    """One sheet."""

    name: str
    hidden: bool
    rows: dict[int, dict[int, Value]]
    """By row and column, from 1; cells without text are left out."""
    merged: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    header: str = ""
    footer: str = ""


class Book(NamedTuple):
    """A workbook and what was not read of it."""

    sheets: tuple[Sheet, ...]
    parts: frozenset[str]
    """Names of the parts of the file."""
    uncomputed: int = 0
    """Formulas without a result."""
    cut: bool = False
    """Whether it holds more rows than are read."""


def read(path: Path) -> Book:
    """Read a workbook; raise MaterialError when it is none, damaged, or too large."""
    import openpyxl

    with archives.unpack(path, archives.SHEETS) as archive:
        _weigh(archive, path)
        parts = frozenset(archive.namelist())
    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of everything it would lose on saving
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            reading = _Reading(book)
            sheets = tuple(reading.sheets())
        except Exception as error:  # a damaged workbook fails in many of a library's ways
            raise archives.damaged(path, archives.SHEETS) from error
    return Book(sheets, parts, reading.uncomputed, reading.used_up)


def _weigh(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse markup whose elements would take minutes or gigabytes, few as its bytes may be."""
    tags = {name: archive.read(name).count(b"<") for name in archive.namelist() if name.endswith(".xml")}
    if sum(tags.values()) > MAX_TAGS or tags.get("xl/styles.xml", 0) > MAX_STYLE_TAGS:
        raise archives.too_large(path, archives.SHEETS)


class _Look(NamedTuple):
    """How a style shows what a cell holds."""

    code: str = "General"
    faint: bool = False
    bold: bool = False


class _Reading:
    """One workbook while it is read, and how much of it may still be read."""

    def __init__(self, book: Workbook) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        self.book = book
        self.since_1904 = book.epoch == CALENDAR_MAC_1904
        self.looks: dict[int, _Look] = {}
        self.values: dict[tuple[object, type, int], Value] = {}
        """What was held in which style, and how it is shown: tables repeat themselves."""
        self.rows, self.cells, self.uncomputed = MAX_ROWS, MAX_CELLS, 0

    @property
    def used_up(self) -> bool:
        """Whether no more may be read."""
        return self.rows <= 0 or self.cells <= 0

    def sheets(self) -> Iterator[Sheet]:
        """Read the sheets in their order; sheets that are one chart hold no cells."""
        for sheet in self.book.worksheets:
            yield self._sheet(sheet)

    def _sheet(self, sheet: Any) -> Sheet:
        walk = _walk(sheet)
        rows: dict[int, dict[int, Value]] = {}
        shut: set[int] = set()
        for number, cells in walk.parse():
            if _is_shut(walk.row_dimensions.pop(str(number), {}), "ht"):
                shut.add(number)
            held = {cell["column"]: value for cell in cells if (value := self._value(sheet, cell)).text}
            if held and not self.used_up:
                rows[number] = held
                self.rows -= 1
                self.cells -= len(held)
            if self.used_up:
                break
        self.uncomputed += walk.uncomputed
        if walk.tables.tablePart:  # the colours of a styled table stand elsewhere: white words are white on a dark bar
            rows = {
                number: {at: value._replace(faint=False) for at, value in row.items()} for number, row in rows.items()
            }
        margins = walk.HeaderFooter
        return Sheet(
            name=sheet.title,
            hidden=sheet.sheet_state != "visible",
            rows=rows,
            merged=tuple(_areas(walk)),
            hidden_rows=frozenset(shut),
            hidden_columns=frozenset(_shut_columns(walk)),
            header=_margin(margins.oddHeader) if margins else "",
            footer=_margin(margins.oddFooter) if margins else "",
        )

    def _value(self, sheet: Any, cell: dict[str, Any]) -> Value:
        held, style = cell["value"], cell["style_id"]
        if held is None:
            return _NOTHING
        key = (held, type(held), style)
        found = self.values.get(key)
        if found is None:
            found = self.values[key] = self._shown(sheet, held, style)
        return found

    def _shown(self, sheet: Any, held: object, style: int) -> Value:
        look = self.looks.get(style)
        if look is None:
            look = self.looks[style] = _look(sheet, style)
        number = _number(held, self.book.epoch)
        if number is not None:
            return Value(shown(number, look.code, since_1904=self.since_1904), number, look.faint, look.bold)
        if isinstance(held, bool):
            return Value("TRUE" if held else "FALSE", None, look.faint, look.bold)
        return Value(worded(_tidy(str(held)), look.code), None, look.faint, look.bold)


_NOTHING = Value("")


def _walk(sheet: Any) -> Any:
    """Return openpyxl's parser of a sheet, bent not to lay out endless rows and to count formulas without a result."""
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    class Walk(WorkSheetParser):
        uncomputed = 0
        HeaderFooter = None

        def parse_row(self, row: Any) -> Any:
            del row[MAX_WIDTH:]
            return super().parse_row(row)

        def parse_cell(self, element: Any) -> Any:
            cell = super().parse_cell(element)
            if cell["value"] is None and element.find(FORMULA_TAG) is not None:
                self.uncomputed += 1
            return cell

    # No date formats are passed, so that dates stay the numbers they are.
    return Walk(sheet._get_source(), sheet._shared_strings, data_only=True, epoch=sheet.parent.epoch)


def _number(held: object, epoch: Any) -> Decimal | None:
    """Return a cell's number; a date that is written out is counted in days like any other."""
    if isinstance(held, bool | str):
        return None
    if not isinstance(held, int | float):
        from openpyxl.utils.datetime import to_excel

        held = to_excel(held, epoch)  # type: ignore[no-untyped-call]
    try:
        number = Decimal(repr(held))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _areas(walk: Any) -> Iterator[Area]:
    for area in walk.merged_cells.mergeCell if walk.merged_cells is not None else ():
        yield Area(area.min_row, area.min_col, area.max_row, area.max_col)


def _shut_columns(walk: Any) -> Iterator[int]:
    for column in walk.column_dimensions.values():
        if _is_shut(column, "width"):
            yield from range(int(column["min"]), min(int(column["max"]), MAX_WIDTH) + 1)


def _is_shut(dimension: dict[str, str], size: str) -> bool:
    """Tell whether a row or column is hidden, or drawn together to nothing."""
    return dimension.get("hidden", "0") in ("1", "true") or dimension.get(size) in ("0", "0.0")


# ── looks ──

_TINY = 2
"""Points that nobody reads."""


def _look(sheet: Any, style: int) -> _Look:
    from openpyxl.cell.read_only import ReadOnlyCell

    cell = ReadOnlyCell(sheet, 1, 1, None, "n", style)
    number = cell.style_array.numFmtId
    code = BUILT_IN.get(number, "General") if number < 164 else cell.number_format
    ink, ground = _colour(cell.font.color), _ground(cell.fill)
    size = cell.font.sz
    return _Look(
        code=code,
        faint=ink == ground or (size is not None and size < _TINY),
        bold=bool(cell.font.b),
    )


_INDEXED_WHITE = (1, 9, 65)


def _colour(colour: Any) -> str:
    """Return a colour in one spelling; black for none, nothing that equals another for what a theme mixes."""
    if colour is None:
        return "black"
    if colour.type == "rgb":
        rgb = str(colour.rgb).upper()[-6:]
        return "white" if rgb == "FFFFFF" else rgb
    if colour.type == "theme":
        return "white" if colour.theme == 0 and not colour.tint else f"theme {colour.theme} {colour.tint}"
    return "white" if colour.indexed in _INDEXED_WHITE else f"indexed {colour.indexed}"


def _ground(fill: Any) -> str:
    """Return the colour behind a cell's words: that of paper, unless it is filled."""
    pattern = getattr(fill, "patternType", "gradient")
    if pattern in (None, "none"):
        return "white"
    return _colour(fill.fgColor) if pattern == "solid" else "pattern"


# ── words ──


def _tidy(text: str) -> str:
    text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text[:MAX_WORDS])
    return re.sub(r"[\s\u200b\x00-\x1f]+", " ", text).strip()


def _margin(item: Any) -> str:
    """Return the words of a page's header or footer without its codes, &P and &[Page]."""
    pieces = (part.text or "" for part in (item.left, item.center, item.right) if part is not None)
    return _tidy(re.sub(r"&\[[^\[\]]{1,20}\]|&[A-Za-z]", " ", " ".join(pieces)))

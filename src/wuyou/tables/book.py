"""Reads a workbook cell by cell: what each shows, what is merged, hidden, or a formula nobody has computed.

An own walk over the parts instead of openpyxl, whose quick mode knows neither merged cells nor hidden rows, which takes
the Chinese date formats for bare numbers, and which refuses files with odd styles that Excel opens.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree import ElementTree as Tree

from .. import archives
from ..errors import MaterialError
from .shown import BUILT_IN, general, shown

MAX_ROWS = 20_000
"""Rows with something in them that are read of one workbook."""
MAX_CELLS, MAX_WIDTH = 1_000_000, 512
MAX_WORDS = 32_767
"""Characters a cell can hold."""


class Value(NamedTuple):
    """What a cell holds."""

    text: str
    """As it is shown."""
    number: Decimal | None = None
    """When it is a number or a date."""
    faint: bool = False
    """Whether nobody sees it: white on white."""

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
    hidden_columns: tuple[tuple[int, int], ...] = ()
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


class _Style(NamedTuple):
    """How a cell shows its number."""

    code: str = "General"
    faint: bool = False


class _Limits:
    """What may still be read."""

    def __init__(self) -> None:
        self.rows, self.cells = MAX_ROWS, MAX_CELLS
        self.uncomputed = 0

    @property
    def used_up(self) -> bool:
        return self.rows <= 0 or self.cells <= 0


def read(path: Path) -> Book:
    """Read a workbook; raise MaterialError when it is none, or damaged."""
    with archives.unpack(path, archives.SHEETS) as archive:
        try:
            return _book(archive)
        except MaterialError:
            raise
        except (Tree.ParseError, KeyError, ValueError, IndexError, OSError, zipfile.BadZipFile, RuntimeError) as error:
            raise archives.damaged(path, archives.SHEETS) from error


def _book(archive: zipfile.ZipFile) -> Book:
    names = frozenset(archive.namelist())
    targets = _targets(archive, "xl/workbook.xml")
    words = _words(archive, next((part for kind, part in targets.values() if kind == "sharedStrings"), ""), names)
    styles = _styles(archive, next((part for kind, part in targets.values() if kind == "styles"), ""), names)
    listed: list[tuple[str, bool, str]] = []
    since_1904 = False
    for element in _elements(archive, "xl/workbook.xml", "sheet", "workbookPr"):
        if _name(element) == "workbookPr":
            since_1904 = element.get("date1904", "0") in ("1", "true")
            continue
        link = next((value for key, value in element.items() if key.endswith("}id")), "")
        kind, part = targets.get(link, ("", ""))
        if kind == "worksheet" and part in names:
            listed.append((element.get("name", ""), element.get("state", "visible") != "visible", part))
    limits = _Limits()
    sheets = []
    for name, hidden, part in listed:
        styled = frozenset() if _has_styled_tables(archive, part, names) else frozenset(styles)
        del styled
        with archive.open(part) as source:
            sheets.append(_sheet(source, name, hidden, words, styles, limits, since_1904))
    return Book(tuple(sheets), names, limits.uncomputed, limits.used_up)

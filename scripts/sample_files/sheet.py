"""Writes xlsx: a heading begins a sheet, numbers are numbers with a format, remarks stand on a hidden sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any, NamedTuple

from .package import pack, signed_at
from .source import BANK, Block, Rows, Source, areas, words

HIDDEN = "内部备注"
_NUMBER = re.compile(r"(-?(?:\d{1,3}(?:,\d{3})+|\d+))(\.\d+)?(%|[张名份件个元]?)")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


class _Cell(NamedTuple):
    """What a cell holds and how it is shown."""

    value: str | float | dt.date
    shown_as: str


def press(source: Source) -> bytes:
    """Write the workbook with xlsxwriter and pack its parts in a fixed order."""
    import xlsxwriter

    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    book.set_properties({"title": source.title, "author": BANK, "created": signed_at(source)})
    title = source.title
    for name, blocks in _sheets(source):
        sheet = book.add_worksheet(name)
        sheet.set_header(f"&C{source.header}")
        sheet.set_footer(f"&C{source.footer}")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        _fill(book, sheet, title, blocks)
        title = ""  # it stands above the first sheet only
    remarks = [words(block.text) for block in source.blocks if block.kind == "internal"]
    if remarks:
        hidden = book.add_worksheet(HIDDEN)
        hidden.hide()
        for y, remark in enumerate(remarks):
            for x, text in enumerate(remark.split()):
                _write(book, hidden, (y, x, y, x), _cell(text), {})
    book.close()
    return pack(written)


def _sheets(source: Source) -> list[tuple[str, list[Block]]]:
    sheets: list[tuple[str, list[Block]]] = []
    for block in source.blocks:
        if block.kind == "h2":
            sheets.append((words(block.text), []))
        elif block.kind not in ("h1", "internal"):
            sheets[-1][1].append(block)
    return sheets


def _fill(book: Any, sheet: Any, title: str, blocks: list[Block]) -> None:
    """Put a merged title, paragraphs in rows of their own and tables under one another, an empty row before each."""
    across = max(len(block.rows[0]) for block in blocks if block.rows)
    for x in range(across):
        tables = [block.rows for block in blocks if block.rows and x < len(block.rows[0])]
        longest = max(len(words(row[x])) for rows in tables for row in rows)
        sheet.set_column(x, x, max(10, min(36, longest * 2)))
    y = 0
    if title:
        _write(book, sheet, (0, 0, 0, across - 1), _Cell(title, ""), {"bold": True, "align": "center", "font_size": 14})
        y = 1
    for block in blocks:
        if block.rows:
            _table(book, sheet, block.rows, y)
            y += len(block.rows) + 1
        else:
            look = {"bold": True} if block.kind == "centre" else {"text_wrap": False}
            _write(book, sheet, (y, 0, y, across - 1), _Cell(words(block.text), ""), look)
            y += 1


def _table(book: Any, sheet: Any, rows: Rows, top: int) -> None:
    merged = areas(rows)
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            if text in ("^", "<"):
                continue
            bottom, right = merged.get((y, x), (y, x))
            look: dict[str, Any] = {"border": 1, "valign": "vcenter", "text_wrap": True}
            if y == 0:
                look |= {"bold": True, "bg_color": "#EFEFEF", "align": "center"}
            _write(book, sheet, (top + y, x, top + bottom, right), _cell(words(text)), look)


def _write(book: Any, sheet: Any, area: tuple[int, int, int, int], cell: _Cell, look: dict[str, Any]) -> None:
    """Write a cell, over a merged area when it covers more than one."""
    style = book.add_format({**look, **({"num_format": cell.shown_as} if cell.shown_as else {})})
    top, left, bottom, right = area
    if (top, left) != (bottom, right):
        sheet.merge_range(*area, "", style)
    if isinstance(cell.value, str):
        sheet.write_string(top, left, cell.value, style)
    elif isinstance(cell.value, dt.date):
        sheet.write_datetime(top, left, dt.datetime.combine(cell.value, dt.time()), style)
    else:
        sheet.write_number(top, left, cell.value, style)


def _cell(text: str) -> _Cell:
    """Turn what a reader should see into a value and its number format."""
    if date := _DATE.fullmatch(text):
        return _Cell(dt.date(*(int(part) for part in date.groups())), 'yyyy"年"m"月"d"日"')
    if (number := _NUMBER.fullmatch(text)) is None:
        return _Cell(text, "")
    whole, fraction, unit = number[1], number[2] or "", number[3]
    value = Decimal(whole.replace(",", "") + fraction)
    digits = ("#,##0" if "," in whole or (fraction and unit != "%") else "0") + fraction[:1] + "0" * (len(fraction) - 1)
    if unit == "%":
        return _Cell(float(value / 100), f"{digits}%")
    return _Cell(float(value), digits + (f'"{unit}"' if unit else ""))

"""Spreadsheets read as rows: CSV (UTF-8 or GB18030) and xlsx, the first row being the heading."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from ..errors import MaterialError, reason


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row as heading → text, with the line on which it begins; empty rows are passed over.

    Raises MaterialError when the file cannot be read as a table.
    """
    lines = enumerate(_xlsx(path), 1) if path.suffix.lower() == ".xlsx" else _csv(path)
    head: list[str] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if not head:
            head = [cell.strip() for cell in cells]
            continue
        yield number, dict(zip(head, [*(cell.strip() for cell in cells), *[""] * len(head)], strict=False))


def _csv(path: Path) -> list[tuple[int, list[str]]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise MaterialError(f"读不了：{reason(error)}", str(path), "请看文件是否存在") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _numbered(raw.decode(encoding))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise MaterialError("不是能读的 CSV", str(path), "请另存为 UTF-8 的 CSV，或 xlsx")


def _numbered(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    found: list[tuple[int, list[str]]] = []
    first = 1
    for cells in reader:
        found.append((first, cells))
        first = reader.line_num + 1
    return found


def _xlsx(path: Path) -> list[list[str]]:
    """Return the bare cells of the first sheet, a line each, as far as the last that holds something."""
    from . import book

    if not path.is_file():
        raise MaterialError("读不了：没有这个文件", str(path), "请看文件是否存在")
    try:
        sheets = book.read(path).sheets
    except MaterialError as error:
        raise MaterialError("不是能读的 xlsx", str(path), "请用 Excel 或 WPS 另存一次") from error
    rows = sheets[0].rows if sheets else {}
    found = []
    for number in range(1, max(rows, default=0) + 1):
        row = rows.get(number, {})
        found.append([row[column].raw if column in row else "" for column in range(1, max(row, default=0) + 1)])
    return found

"""Reads a source of the sample bank: a YAML head and a small Markdown. It may not know how a format is written.

A source::

    ---
    file: 大额存单发售公告.docx        # name in content_library/materials/; its ending decides the format
    issued: 2026-10-08               # goes into the document's own dates
    header: 禾溪银行 公告             # 页眉; on a web page the navigation, items parted by a wide space
    footer: 客服热线 400-000-0505     # 页脚
    charset: gb18030                 # html only; UTF-8 when it is left out
    ---
    # 文件题目                        the document's title
    ## 一、章                         headings down to ###; begins a slide, or a sheet
    = 表1 利率表                      a centred paragraph: sub-title, caption of a table
    > 禾溪银行股份有限公司             a paragraph set right: who signs, and when
    ! 内部口径                        not for customers: speaker notes, a hidden sheet, a hidden block
    A paragraph is one or more lines up to an empty one; lines are joined without a space.
    **bold** works in paragraphs and cells. A reference[^1] may stand in either.

    | 期限 | 起存金额 | 年利率 |
    | --- | --- | --- |
    | 1年 | 20万元 | 1.20% |
    | ^ | 100万元 | 1.25%[^1] |       ^ merges with the cell above
    | 说明见第三章 | < | < |          < merges with the cell on the left

    [^1]: A footnote: one line, anywhere in the file, referred to exactly once.

The first row of a table is its heading; every row has the same number of cells; a real ``|`` cannot stand in a cell.
A merged area must be a rectangle: mark its first row with ``<`` and every later cell with ``^``.
Which format can hold what stands in ``CAN``: what a format has no place for is refused, never dropped.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wuyou import yamls
from wuyou.errors import MaterialError, Problem, WuyouError

SOURCES = Path(__file__).resolve().parent.parent / "samples"
BANK = "禾溪银行股份有限公司"
KEYS = ("file", "issued", "header", "footer", "charset")
FEATURES = {
    "margin": "页眉和页脚",
    "merge": "合并格",
    "centre": "居中行",
    "note": "脚注",
    "table": "表格",
    "internal": "内部备注",
    "charset": "编码",
}
CAN = {
    ".docx": {"margin", "merge", "centre", "note", "table"},
    ".pdf": {"margin", "merge", "centre", "note", "table"},
    ".pptx": {"margin", "merge", "table", "internal"},
    ".xlsx": {"margin", "merge", "centre", "table", "internal"},
    ".html": {"margin", "merge", "table", "internal", "charset"},
    ".md": {"note", "table"},
    ".txt": set[str](),
}
CHARSETS = ("utf-8", "gb18030")

REFERENCE = re.compile(r"\[\^(\w+)\]")
_DEFINITION = re.compile(r"\[\^(\w+)\]:\s*(.+)")
_INLINE = re.compile(r"(\*\*.+?\*\*|\[\^\w+\])")
_SPECIAL = re.compile(r"(#{1,3}|=|>|!) |\||\[\^\w+\]:")
_RULE = re.compile(r"\|(\s*:?-+:?\s*\|)+")
_KINDS = {"=": "centre", ">": "right", "!": "internal"}

Rows = tuple[tuple[str, ...], ...]


class Block(NamedTuple):
    """One block of a source: ``h1``–``h3``, ``centre``, ``right``, ``internal``, ``text`` or ``table``."""

    kind: str
    text: str = ""
    rows: Rows = ()


class Piece(NamedTuple):
    """A stretch of a text: ``plain``, ``bold``, or ``note`` for a reference to a footnote."""

    kind: str
    text: str


class Source(NamedTuple):
    """A source file, read and found sound."""

    file: str
    issued: dt.date
    header: str
    footer: str
    charset: str
    body: str
    blocks: tuple[Block, ...]
    notes: dict[str, str]

    @property
    def suffix(self) -> str:
        """The ending that decides the format."""
        return Path(self.file).suffix

    @property
    def title(self) -> str:
        """The first heading, else the file name without its ending."""
        return next((block.text for block in self.blocks if block.kind == "h1"), Path(self.file).stem)

    @property
    def texts(self) -> Iterator[str]:
        """Every text that may carry a reference, in reading order."""
        for block in self.blocks:
            yield block.text
            for row in block.rows:
                yield from row

    @property
    def numbers(self) -> dict[str, int]:
        """The footnotes' numbers, in the order of reference."""
        marks = [mark for text in self.texts for mark in REFERENCE.findall(text)]
        return {mark: number for number, mark in enumerate(marks, 1)}


def pieces(text: str) -> list[Piece]:
    """Cut a text into plain stretches, bold ones and references."""
    found = []
    for piece in filter(None, _INLINE.split(text)):
        if mark := REFERENCE.fullmatch(piece):
            found.append(Piece("note", mark[1]))
        else:
            bold = piece.startswith("**")
            found.append(Piece("bold" if bold else "plain", piece[2:-2] if bold else piece))
    return found


def words(text: str) -> str:
    """Return a text without its marks."""
    return "".join(piece.text for piece in pieces(text) if piece.kind != "note")


def read(path: Path) -> Source:
    """Read a source file.

    Raises MaterialError with every problem found in it.
    """
    name = f"scripts/samples/{path.name}"
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise MaterialError("开头没有 --- 夹着的说明", f"{name}:1", "请照 scripts/sample_files/source.py 里的样子写")
    head, body = yamls.parse(parts[1], name).data or {}, parts[2].strip("\n") + "\n"
    known = f"可用：{'、'.join(KEYS)}"
    problems = [Problem(f"不认识这一项：{key}", f"{name}:1", known) for key in head if key not in KEYS]
    problems += [Problem(f"少了这一项：{key}", f"{name}:1") for key in ("file", "issued") if not head.get(key)]
    if problems:
        raise MaterialError(problems)
    try:
        issued = dt.date.fromisoformat(head["issued"])
    except ValueError as error:
        raise MaterialError("issued 要写成 2026-10-08 的样子", f"{name}:1") from error
    blocks, notes = _blocks(body)
    header, footer, charset = (head.get(key) or "" for key in ("header", "footer", "charset"))
    source = Source(head["file"], issued, header, footer, charset, body, blocks, notes)
    problems = [Problem(what, name, hint) for what, hint in _faults(source)]
    if problems:
        raise MaterialError(problems)
    return source


def sources(folder: Path = SOURCES) -> list[Source]:
    """Read all sources in the order of their names.

    Raises MaterialError with every problem of every source.
    """
    found: list[Source] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.md")):
        try:
            found.append(read(path))
        except WuyouError as error:
            problems += error.problems
    names = [source.file for source in found]
    twice = sorted(name for name in set(names) if names.count(name) > 1)
    problems += [Problem(f"两份源文件都要写成 {name}", "scripts/samples") for name in twice]
    if problems:
        raise MaterialError(problems)
    return found


def _blocks(body: str) -> tuple[tuple[Block, ...], dict[str, str]]:
    blocks: list[Block] = []
    notes: dict[str, str] = {}
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in chunk.splitlines()]
        while lines:
            if note := _DEFINITION.fullmatch(lines[0]):
                notes[note[1]] = note[2]
                lines.pop(0)
            elif lines[0].startswith("|"):
                count = next((index for index, line in enumerate(lines) if not line.startswith("|")), len(lines))
                rows = [line for line in lines[:count] if not _RULE.fullmatch(line)]
                cells = tuple(tuple(cell.strip() for cell in row[1:].removesuffix("|").split("|")) for row in rows)
                blocks.append(Block("table", rows=cells))
                del lines[:count]
            elif mark := re.match(r"(#{1,3}|=|>|!) ", lines[0]):
                kind = _KINDS.get(mark[1], f"h{len(mark[1])}")
                blocks.append(Block(kind, lines.pop(0)[mark.end() :].strip()))
            else:
                count = next((index for index, line in enumerate(lines) if _SPECIAL.match(line)), len(lines))
                blocks.append(Block("text", "".join(lines[:count])))
                del lines[:count]
    return tuple(blocks), notes


def _faults(source: Source) -> Iterator[tuple[str, str]]:
    if source.suffix not in CAN:
        yield f"不会做这种文件：{source.file}", f"可用：{'、'.join(suffix[1:] for suffix in CAN)}"
        return
    references = [mark for text in source.texts for mark in REFERENCE.findall(text)]
    for mark in sorted(set(references) | set(source.notes)):
        if references.count(mark) != 1 or mark not in source.notes:
            yield f"脚注 [^{mark}] 要恰好引用一次、写一次", "请补上或删去"
    for block in source.blocks:
        if len({len(row) for row in block.rows}) > 1:
            yield f"表格各行的格数不一样：{' | '.join(block.rows[0])}", "合并的格子用 ^ 或 < 占位"
        elif block.rows:
            yield from ((fault, "见 scripts/sample_files/source.py") for fault in _areas(block.rows)[1])
    for feature in sorted(set(_used(source)) - CAN[source.suffix]):
        able = "、".join(suffix[1:] for suffix, can in CAN.items() if feature in can)
        yield f"{source.suffix[1:]} 里不能有{FEATURES[feature]}", f"请删去，或改成 {able}"
    if source.charset and source.charset not in CHARSETS:
        yield f"不认识这种编码：{source.charset}", f"可用：{'、'.join(CHARSETS)}"


def _used(source: Source) -> Iterator[str]:
    if source.header or source.footer:
        yield "margin"
    if source.charset:
        yield "charset"
    if source.notes:
        yield "note"
    for block in source.blocks:
        if block.kind in FEATURES:
            yield block.kind
        if any(cell in ("^", "<") for row in block.rows for cell in row):
            yield "merge"


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Spot = tuple[int, int]


def areas(rows: Rows) -> dict[Spot, Spot]:
    """Return, for each cell (row, column) that starts a merged area, its last cell."""
    return _areas(rows)[0]


def shares(rows: Rows) -> list[int]:
    """Return how wide the columns of a table want to be: the length of their longest cell, within reason."""
    merged = areas(rows)
    return [
        max(5, min(20, max((len(words(row[x])) for y, row in enumerate(rows) if (y, x) not in merged), default=0)))
        for x in range(len(rows[0]))
    ]


def _areas(rows: Rows) -> tuple[dict[Spot, Spot], list[str]]:
    owner: dict[Spot, Spot] = {}
    faults: list[str] = []
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if (cell == "^" and y == 0) or (cell == "<" and x == 0):
                faults.append(f"第{y + 1}行第{x + 1}格没有可以并入的格子")
                owner[y, x] = (y, x)
            else:
                owner[y, x] = owner[y - 1, x] if cell == "^" else owner[y, x - 1] if cell == "<" else (y, x)
    last: dict[Spot, Spot] = {}
    for (y, x), start in owner.items():
        end = last.get(start, start)
        last[start] = (max(y, end[0]), max(x, end[1]))
    for start, end in last.items():
        area = [(y, x) for y in range(start[0], end[0] + 1) for x in range(start[1], end[1] + 1)]
        if any(owner[cell] != start for cell in area):
            faults.append(f"合并格不是长方形：{rows[start[0]][start[1]]}")
    return {start: end for start, end in last.items() if end != start}, faults

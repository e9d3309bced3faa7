"""Build the sample bank's headquarters files: ``scripts/samples/*.md`` → ``content_library/materials/``.

The same sources give the same bytes on every run and every machine: fixed dates in the zip and in the core properties,
parts in a fixed order and stored uncompressed (a deflated part would depend on the zlib at hand).

usage: python scripts/make_samples.py            rebuild all
       python scripts/make_samples.py --check    exit 1 when a file differs from its source, exit 2 on a bad source

The dialect
-----------
A source is a YAML head between two ``---`` lines, then a small Markdown::

    ---
    file: 大额存单发售公告.docx        # name in content_library/materials/; its ending decides: docx, md or txt
    issued: 2026-10-08               # goes into the document's own dates
    header: 禾溪银行 公告             # 页眉, docx only
    footer: 客服热线 400-000-0505     # 页脚, docx only
    ---
    # 文件题目                        centred; the document's title property
    ## 一、章                         headings down to ###
    = 表1 利率表                      a centred paragraph: sub-title, caption of a table
    > 禾溪银行股份有限公司             a paragraph set right: who signs, and when
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
docx gets real tables, merged cells, header, footer and footnotes (Word numbers them in the order of reference).
md is the text below the head as it stands, so it may have no merged cells, no header, no footer and no ``=`` lines.
txt loses its marks: a paragraph a line; tables and footnotes are refused.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from wuyou import yamls
from wuyou.errors import MaterialError, Problem, WuyouError

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "scripts" / "samples"
TARGET = ROOT / "content_library" / "materials"
BANK = "禾溪银行股份有限公司"
ZIP_DATE = (2026, 9, 1, 9, 0, 0)
KEYS = ("file", "issued", "header", "footer")
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

_REFERENCE = re.compile(r"\[\^(\w+)\]")
_DEFINITION = re.compile(r"\[\^(\w+)\]:\s*(.+)")
_INLINE = re.compile(r"(\*\*.+?\*\*|\[\^\w+\])")
_SPECIAL = re.compile(r"(#{1,3}|=|>) |\||\[\^\w+\]:")
_RULE = re.compile(r"\|(\s*:?-+:?\s*\|)+")


class Block(NamedTuple):
    """One block of a source: ``h1``–``h3``, ``centre``, ``right``, ``text`` or ``table``."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


class Source(NamedTuple):
    """A source file, read and found sound."""

    file: str
    issued: dt.date
    header: str
    footer: str
    body: str
    blocks: tuple[Block, ...]
    notes: dict[str, str]

    @property
    def title(self) -> str:
        """The first heading, else the file name without its ending."""
        return next((block.text for block in self.blocks if block.kind == "h1"), Path(self.file).stem)


# ── reading a source ─────────────────────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> Source:
    """Read a source file.

    Raises MaterialError with every problem found in it.
    """
    name = f"scripts/samples/{path.name}"
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise MaterialError("开头没有 --- 夹着的说明", f"{name}:1", "请照 scripts/make_samples.py 里的样子写")
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
    source = Source(head["file"], issued, head.get("header") or "", head.get("footer") or "", body, blocks, notes)
    problems = [Problem(what, name, hint) for what, hint in _faults(source)]
    if problems:
        raise MaterialError(problems)
    return source


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
            elif mark := re.match(r"(#{1,3}|=|>) ", lines[0]):
                kind = {"=": "centre", ">": "right"}.get(mark[1], f"h{len(mark[1])}")
                blocks.append(Block(kind, lines.pop(0)[mark.end() :].strip()))
            else:
                count = next((index for index, line in enumerate(lines) if _SPECIAL.match(line)), len(lines))
                blocks.append(Block("text", "".join(lines[:count])))
                del lines[:count]
    return tuple(blocks), notes


def _texts(source: Source) -> Iterator[str]:
    for block in source.blocks:
        yield block.text
        for row in block.rows:
            yield from row


def _faults(source: Source) -> Iterator[tuple[str, str]]:
    suffix = Path(source.file).suffix
    if suffix not in (".docx", ".md", ".txt"):
        yield f"不会做这种文件：{source.file}", "可用：docx、md、txt"
    references = [mark for text in _texts(source) for mark in _REFERENCE.findall(text)]
    for mark in sorted(set(references) | set(source.notes)):
        if references.count(mark) != 1 or mark not in source.notes:
            yield f"脚注 [^{mark}] 要恰好引用一次、写一次", "请补上或删去"
    for block in source.blocks:
        if len({len(row) for row in block.rows}) > 1:
            yield f"表格各行的格数不一样：{' | '.join(block.rows[0])}", "合并的格子用 ^ 或 < 占位"
        elif block.rows:
            yield from ((fault, "见 scripts/make_samples.py") for fault in _areas(block.rows)[1])
    if suffix != ".docx":
        marks = any(cell in "^<" for block in source.blocks for row in block.rows for cell in row if cell)
        if source.header or source.footer or marks or any(block.kind == "centre" for block in source.blocks):
            yield "只有 docx 能有页眉、页脚、合并格和居中行", "请删去"
    if suffix == ".txt" and (source.notes or any(block.rows for block in source.blocks)):
        yield "txt 不能有表格和脚注", "请改成 docx 或 md"


def _areas(rows: tuple[tuple[str, ...], ...]) -> tuple[dict[tuple[int, int], tuple[int, int]], list[str]]:
    """Return, for each cell that starts a merged area, its last cell, and what is wrong with the marks."""
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    faults: list[str] = []
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if (cell == "^" and y == 0) or (cell == "<" and x == 0):
                faults.append(f"第{y + 1}行第{x + 1}格没有可以并入的格子")
                owner[y, x] = (y, x)
            else:
                owner[y, x] = owner[y - 1, x] if cell == "^" else owner[y, x - 1] if cell == "<" else (y, x)
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for (y, x), start in owner.items():
        end = last.get(start, start)
        last[start] = (max(y, end[0]), max(x, end[1]))
    for start, end in last.items():
        area = [(y, x) for y in range(start[0], end[0] + 1) for x in range(start[1], end[1] + 1)]
        if any(owner[cell] != start for cell in area):
            faults.append(f"合并格不是长方形：{rows[start[0]][start[1]]}")
    return {start: end for start, end in last.items() if end != start}, faults


# ── writing plain files ──────────────────────────────────────────────────────────────────────────────────────────────


def build(source: Source) -> bytes:
    """Make the bytes of the headquarters file."""
    suffix = Path(source.file).suffix
    if suffix == ".docx":
        return _docx(source)
    if suffix == ".md":
        return source.body.encode()
    return "".join(f"{block.text.replace('**', '')}\n\n" for block in source.blocks).rstrip("\n").encode() + b"\n"


# ── writing docx ─────────────────────────────────────────────────────────────────────────────────────────────────────


FOOTNOTES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:footnotes xmlns:w="{WORD}">'
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
    "{notes}</w:footnotes>"
)
NOTE = (
    '<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
    '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
    '<w:r><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote>'
)


def _docx(source: Source) -> bytes:
    """Lay the blocks out with python-docx and pack the parts in a fixed order."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Cm, Pt

    document = docx.Document()
    _slim(document.part, "stylesWithEffects", "customXml", "webSettings", "theme", "numbering", "fontTable")
    _slim(document.part.package, "thumbnail")
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    styles.extend(list(parse_xml((SOURCES / "word_styles.xml").read_bytes())))
    _properties(document.core_properties, source)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    if source.header:
        section.header.paragraphs[0].text = source.header
    if source.footer:
        section.footer.paragraphs[0].text = source.footer
    numbers = {mark: number for number, mark in enumerate(_marks(source), 1)}
    for block in source.blocks:
        if block.rows:
            _table(document, block.rows, numbers)
            continue
        paragraph = document.add_paragraph(style=f"Heading {block.kind[1]}" if block.kind[0] == "h" else "Normal")
        _runs(paragraph, block.text, numbers)
        if block.kind == "centre":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif block.kind == "right":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        elif block.kind == "text":
            paragraph.paragraph_format.first_line_indent = Pt(21)
    if numbers:
        _footnotes(document, [source.notes[mark] for mark in numbers])
    written = io.BytesIO()
    document.save(written)
    return _pack(written)


def _marks(source: Source) -> list[str]:
    return [mark for text in _texts(source) for mark in _REFERENCE.findall(text)]


def _slim(owner: Any, *kinds: str) -> None:
    """Drop the template's parts that a plain document does without."""
    for key, relation in list(owner.rels.items()):
        if relation.reltype.rsplit("/", 1)[-1] in kinds:
            del owner.rels[key]


def _properties(properties: Any, source: Source) -> None:
    moment = dt.datetime.combine(source.issued, dt.time(9))
    properties.title, properties.author, properties.last_modified_by = source.title, BANK, BANK
    properties.created = properties.modified = moment
    properties.comments = properties.keywords = ""
    properties.language, properties.revision = "zh-CN", 1


def _runs(paragraph: Any, text: str, numbers: dict[str, int], *, bold: bool = False) -> None:
    """Write a text into a paragraph: bold stretches and footnote references included."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for piece in filter(None, _INLINE.split(text)):
        if mark := _REFERENCE.fullmatch(piece):
            run = paragraph.add_run(style="footnote reference")
            reference = OxmlElement("w:footnoteReference")
            reference.set(qn("w:id"), str(numbers[mark[1]]))
            run._r.append(reference)
        elif piece.startswith("**"):
            paragraph.add_run(piece[2:-2]).bold = True
        else:
            paragraph.add_run(piece).bold = bold or None


def _table(document: Any, rows: tuple[tuple[str, ...], ...], numbers: dict[str, int]) -> None:
    """Lay out a table with its merged areas; its heading repeats on every page, and no row is torn across two."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.autofit = False
    areas = _areas(rows)[0]
    longest = [
        max(len(_REFERENCE.sub("", row[x])) for y, row in enumerate(rows) if (y, x) not in areas)
        for x in range(len(rows[0]))
    ]
    shares = [max(5, min(20, length)) for length in longest]
    widths = [Cm(round(15.4 * share / sum(shares), 2)) for share in shares]
    grid = [[table.cell(y, x) for x in range(len(rows[0]))] for y in range(len(rows))]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for line in grid:
        for cell, width in zip(line, widths, strict=True):
            cell.width = width
    for (y, x), (bottom, right) in areas.items():
        grid[y][x].merge(grid[bottom][right])
    for y, row in enumerate(rows):
        properties = table.rows[y]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if y == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for x, text in enumerate(row):
            if text in ("^", "<"):
                continue
            grid[y][x].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = grid[y][x].paragraphs[0]
            paragraph.paragraph_format.line_spacing = 1
            _runs(paragraph, text, numbers, bold=y == 0)
            centred = y == 0 or longest[x] <= 14
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT


def _footnotes(document: Any, notes: list[str]) -> None:
    """Add the footnotes part, which python-docx does not know, and name it in the settings."""
    from xml.sax.saxutils import escape

    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    written = "".join(NOTE.format(number=number, text=escape(text)) for number, text in enumerate(notes, 1))
    blob = FOOTNOTES.format(notes=written).encode()
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    settings = document.settings.element
    pair = parse_xml(f'<w:footnotePr xmlns:w="{WORD}"><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>')
    settings.find(f"{{{WORD}}}compat").addprevious(pair)


def _pack(written: io.BytesIO) -> bytes:
    """Write the parts again with one date, in one order, uncompressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as zipped:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.create_system, info.external_attr = 0, 0
            zipped.writestr(info, parts.read(name))
    return packed.getvalue()


# ── the chore ────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def _committed(name: str) -> bytes | None:
    path = TARGET / name
    return path.read_bytes() if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Rebuild the materials, or compare them with their sources."""
    if arguments not in ([], ["--check"]):
        print("用法：python scripts/make_samples.py [--check]", file=sys.stderr)
        return 2
    try:
        made = {source.file: build(source) for source in sources()}
    except WuyouError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments:
        differing = [name for name, data in made.items() if _committed(name) != data]
        if differing:
            names = "、".join(differing)
            print(f"{len(differing)} 份物料与源文件不一致：{names}（请运行 python scripts/make_samples.py）")
            return 1
        print(f"{len(made)} 份物料都与源文件一致")
        return 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (TARGET / name).write_bytes(data)
    print(f"做好 {len(made)} 份物料 → content_library/materials")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

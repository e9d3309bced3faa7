"""Writes docx: real tables with merged cells, header, footer and footnotes, which Word numbers in order of reference."""

from __future__ import annotations

import io
from typing import Any

from .package import describe, pack, slim
from .source import SOURCES, Rows, Source, areas, pieces, shares

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
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


def press(source: Source) -> bytes:
    """Lay the blocks out with python-docx and pack the parts in a fixed order."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Cm, Pt

    document = docx.Document()
    slim(document.part.rels, "stylesWithEffects", "customXml", "webSettings", "theme", "numbering", "fontTable")
    slim(document.part.package.rels, "thumbnail")
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    styles.extend(list(parse_xml((SOURCES / "word_styles.xml").read_bytes())))
    describe(document.core_properties, source)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    if source.header:
        section.header.paragraphs[0].text = source.header
    if source.footer:
        section.footer.paragraphs[0].text = source.footer
    numbers = source.numbers
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
    return pack(written)


def _runs(paragraph: Any, text: str, numbers: dict[str, int], *, bold: bool = False) -> None:
    """Write a text into a paragraph: bold stretches and footnote references included."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for piece in pieces(text):
        if piece.kind == "note":
            run = paragraph.add_run(style="footnote reference")
            reference = OxmlElement("w:footnoteReference")
            reference.set(qn("w:id"), str(numbers[piece.text]))
            run._r.append(reference)
        else:
            paragraph.add_run(piece.text).bold = bold or piece.kind == "bold" or None


def _table(document: Any, rows: Rows, numbers: dict[str, int]) -> None:
    """Lay out a table with its merged areas; its heading repeats on every page, and no row is torn across two."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.autofit = False
    wanted = shares(rows)
    widths = [Cm(round(15.4 * share / sum(wanted), 2)) for share in wanted]
    grid = [[table.cell(y, x) for x in range(len(rows[0]))] for y in range(len(rows))]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for line in grid:
        for cell, width in zip(line, widths, strict=True):
            cell.width = width
    for (y, x), (bottom, right) in areas(rows).items():
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
            centred = y == 0 or wanted[x] <= 14
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

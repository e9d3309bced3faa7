"""Writes pptx: a heading begins a slide, paragraphs are its lines, tables are tables, remarks are speaker notes."""

from __future__ import annotations

import io
from typing import Any

from .package import describe, pack, slim
from .source import Block, Rows, Source, areas, shares, words

TITLE, TITLE_ONLY = 0, 5
"""The two layouts of the template that are used; the rest is dropped."""
MARGIN, WIDTH, LINE = 0.6, 8.8, 0.42
"""Inches, on a slide of 10 × 7.5."""


def press(source: Source) -> bytes:
    """Lay the blocks out with python-pptx and pack the parts in a fixed order."""
    import pptx

    show = pptx.Presentation()
    slim(show.part.rels, "printerSettings")
    slim(show.part.package._rels, "thumbnail")
    kept = (show.slide_layouts[TITLE], show.slide_layouts[TITLE_ONLY])
    for layout in list(show.slide_layouts):
        if layout not in kept:
            show.slide_layouts.remove(layout)
    describe(show.core_properties, source)
    for number, (title, blocks) in enumerate(_slides(source)):
        slide = show.slides.add_slide(kept[0] if number == 0 else kept[1])
        slide.shapes.title.text_frame.text = words(title)
        _fill(slide, blocks, opening=number == 0)
        if number and source.footer:
            _lines(slide, [source.footer], top=7.0, size=10)
    written = io.BytesIO()
    show.save(written)
    return pack(written)


def _slides(source: Source) -> list[tuple[str, list[Block]]]:
    slides: list[tuple[str, list[Block]]] = []
    for block in source.blocks:
        if block.kind in ("h1", "h2"):
            slides.append((block.text, []))
        else:
            slides[-1][1].append(block)
    return slides


def _fill(slide: Any, blocks: list[Block], *, opening: bool) -> None:
    """Put paragraphs and tables under one another; the opening slide has its paragraphs in the sub-title."""
    remarks = [words(block.text) for block in blocks if block.kind == "internal"]
    if remarks:
        slide.notes_slide.notes_text_frame.text = "\n".join(remarks)
    shown = [block for block in blocks if block.kind != "internal"]
    if opening:
        slide.placeholders[1].text_frame.text = "\n".join(words(block.text) for block in shown)
        return
    top = 1.5
    run: list[str] = []
    for block in [*shown, Block("end")]:
        if block.kind == "text":
            run.append(words(block.text))
            continue
        if run:
            top += _lines(slide, run, top=top, size=18) + 0.2
            run = []
        if block.rows:
            top += _table(slide, block.rows, top) + 0.3


def _lines(slide: Any, lines: list[str], *, top: float, size: int) -> float:
    """Put a text box on a slide and return its height."""
    from pptx.util import Inches, Pt

    wrapped = sum(1 + len(line) * size / 72 // WIDTH for line in lines)
    height = wrapped * LINE * size / 18
    box = slide.shapes.add_textbox(Inches(MARGIN), Inches(top), Inches(WIDTH), Inches(height))
    box.text_frame.word_wrap = True
    for number, line in enumerate(lines):
        paragraph = box.text_frame.paragraphs[0] if number == 0 else box.text_frame.add_paragraph()
        paragraph.text = line
        paragraph.font.size = Pt(size)
    return float(height)


def _table(slide: Any, rows: Rows, top: float) -> float:
    """Put a table on a slide and return its height."""
    from pptx.util import Inches, Pt

    wanted = shares(rows)
    height = len(rows) * LINE
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Inches(MARGIN), Inches(top), Inches(WIDTH), Inches(height))
    table = frame.table
    for column, share in zip(table.columns, wanted, strict=True):
        column.width = Inches(round(WIDTH * share / sum(wanted), 2))
    for (y, x), (bottom, right) in areas(rows).items():
        table.cell(y, x).merge(table.cell(bottom, right))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            if text not in ("^", "<"):
                cell = table.cell(y, x)
                cell.text = words(text)
                cell.text_frame.paragraphs[0].font.size = Pt(14)
    return float(height)

"""Writes pdf with typst and the fonts that ship: ruled tables that go on over a page, header, footer, footnotes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from wuyou.errors import LibraryError

from .source import BANK, Block, Source, areas, pieces, shares

LAYOUT = Path(__file__).with_name("notice.typ")


def press(source: Source) -> bytes:
    """Lay the blocks out; the file bears no date and its identifiers come from its content.

    Raises LibraryError when the fonts lack a character: a paper with boxes in it would be read with holes.
    """
    import typst

    paper = {
        "title": source.title,
        "author": BANK,
        "header": source.header,
        "footer": source.footer,
        "blocks": [_block(block, source.notes) for block in source.blocks],
    }
    lacking = "".join(sorted({char for text in _said(source) for char in text} - _covered()))
    if lacking:
        raise LibraryError(f"随附的字体里没有这些字：{lacking}", source.file, "请换一种说法")
    fonts = str(files("wuyou") / "fonts")
    told = {"paper": json.dumps(paper, ensure_ascii=False)}
    data = typst.compile(str(LAYOUT), format="pdf", font_paths=[fonts], ignore_system_fonts=True, sys_inputs=told)
    if not isinstance(data, bytes):
        raise LibraryError("排出来的不是一份文件", source.file)
    return data


def _block(block: Block, notes: dict[str, str]) -> dict[str, Any]:
    if not block.rows:
        return {"kind": block.kind, "pieces": _pieces(block.text, notes)}
    merged, wanted = areas(block.rows), shares(block.rows)
    cells = []
    for y, row in enumerate(block.rows):
        for x, text in enumerate(row):
            if text not in ("^", "<"):
                bottom, right = merged.get((y, x), (y, x))
                size = {"across": right - x + 1, "down": bottom - y + 1, "centred": y == 0 or wanted[x] <= 14}
                cells.append({"x": x, "y": y, **size, "pieces": _pieces(text, notes)})
    return {"kind": "table", "shares": wanted, "cells": cells}


def _pieces(text: str, notes: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"kind": piece.kind, "text": notes[piece.text] if piece.kind == "note" else piece.text}
        for piece in pieces(text)
    ]


def _said(source: Source) -> list[str]:
    return [*source.texts, *source.notes.values(), source.header, source.footer]


def _covered() -> set[str]:
    return set((files("wuyou") / "fonts" / "coverage.txt").read_text(encoding="utf-8"))

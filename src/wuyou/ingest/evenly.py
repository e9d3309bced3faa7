"""Evens out how a material is written, so that rules need to know one form; the letters as written stay at hand.

Traditional characters become Simplified ones, and characters set apart (仅 限 柜 面) are set together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..chinese import simplified
from ..values import Material, Passage

_APART = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:[ \u3000][\u4e00-\u9fff]){2,}(?![\u4e00-\u9fff])")
"""Characters each with a space after it; two alone may be a name, 张 三."""
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000](?=[\u4e00-\u9fff])")


class Written(NamedTuple):
    """A passage as it is written, and where each character of its even text stands in it."""

    text: str
    places: tuple[int, ...]

    def letters(self, start: int, end: int) -> str:
        """Return the letters that a stretch of the even text stands for."""
        return self.text[self.places[start] : self.places[end - 1] + 1] if start < end else ""


def evenly(material: Material) -> tuple[Material, dict[str, Written]]:
    """Return a material written evenly, and by locator how its passages are written where that differs."""
    written: dict[str, Written] = {}
    passages = tuple(_even(passage, written) for passage in material.passages)
    if not written:
        return material, written
    return material.model_copy(update={"title": _joined(simplified(material.title)), "passages": passages}), written


def _even(passage: Passage, written: dict[str, Written]) -> Passage:
    plain = simplified(passage.text)
    gone = _gaps(plain)
    text = _joined(plain)
    header = tuple(_GAP.sub("", simplified(each)) for each in passage.header)
    if text == passage.text and header == passage.header:
        return passage
    kept = tuple(at for at in range(len(plain)) if at not in gone) if gone else tuple(range(len(plain)))
    written[passage.locator] = Written(passage.text, kept)
    cells = tuple(_joined(simplified(cell)) for cell in passage.cells)
    return passage.model_copy(update={"text": text, "cells": cells, "header": header})


def _gaps(text: str) -> frozenset[int]:
    """Return where the spaces stand that only set characters apart."""
    return frozenset(
        run.start() + at for run in _APART.finditer(text) for at, char in enumerate(run[0]) if char in " \u3000"
    )


def _joined(text: str) -> str:
    gone = _gaps(text)
    return "".join(char for at, char in enumerate(text) if at not in gone) if gone else text

"""Sets the characters of a printed page into words and lines, without the gaps that typesetting put between them.

Pure geometry: points from the left and from the top of an upright page. It knows no file format.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

WIDE = 1.6
"""A gap of so many times the size of the type parts what stands on one line."""
_SPACE = 0.9
"""A gap of so many times the size is a space wherever it stands; less is one between two words or two numbers."""
_WORD_GAP = 0.15
_GUTTER = 0.8
"""The least gap, in sizes of the type, between two columns of text."""


class Glyph(NamedTuple):
    """A visible character and its place."""

    text: str
    x0: float
    x1: float
    y: float
    """Its baseline."""
    size: float
    bold: bool = False
    spaced: bool = False
    """Whether the file holds a space before it."""


class Piece(NamedTuple):
    """Characters that stand side by side on one line, without a wide gap."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    opening: float
    """The width of what cannot be broken at its beginning."""
    lead: str
    """The raised number it begins with, as a footnote does; not in its text."""
    marks: tuple[str, ...]
    """Raised numbers that refer to footnotes; not in its text."""
    glyphs: tuple[Glyph, ...]

    def stretches(self) -> list[tuple[float, float]]:
        """Return what it covers, parted at gaps that may be a gutter."""
        found: list[tuple[float, float]] = []
        for glyph in self.glyphs:
            if found and glyph.x0 - found[-1][1] < _GUTTER * self.size:
                found[-1] = (found[-1][0], max(found[-1][1], glyph.x1))
            else:
                found.append((glyph.x0, glyph.x1))
        return found

    def cut(self, x: float) -> tuple[Piece, ...]:
        """Return what stands on either side of a place, or the whole when no gap is there."""
        left = [glyph for glyph in self.glyphs if glyph.x1 <= x]
        right = self.glyphs[len(left) :]
        if not left or not right or right[0].x0 - left[-1].x1 < _GUTTER * self.size:
            return (self,)
        return tuple(piece for part in (left, list(right)) if (piece := _piece(part)))


class Line:
    """All that stands on one line of a page or column."""

    __slots__ = ("bold", "lead", "marks", "pieces", "size", "text", "x0", "x1", "y")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = tuple(sorted(pieces, key=lambda piece: piece.x0))
        self.x0, self.x1 = self.pieces[0].x0, max(piece.x1 for piece in self.pieces)
        self.size = max(self.pieces, key=lambda piece: len(piece.text)).size
        self.y = max(piece.y for piece in self.pieces)
        self.text = " ".join(piece.text for piece in self.pieces)
        self.bold = all(piece.bold for piece in self.pieces)
        self.lead = self.pieces[0].lead
        self.marks = tuple(mark for piece in self.pieces for mark in piece.marks)

    @property
    def opening(self) -> float:
        """The width of what cannot be broken at its beginning."""
        return self.pieces[0].opening


def _piece(glyphs: list[Glyph]) -> Piece | None:
    lead, words, marks = _without_marks(glyphs)
    if not words:
        return None
    end = 1
    for before, after in pairwise(words):
        glued = before.text in _OPENERS or after.text in _CLOSERS
        one_word = _is_narrow(before) and _is_narrow(after) and not _gap(before, after)
        if not (glued or one_word):
            break
        end += 1
    return Piece(
        text=join_glyphs(words),
        x0=words[0].x0,
        x1=max(glyph.x1 for glyph in words),
        y=_usual(glyph.y for glyph in words),
        size=_usual(glyph.size for glyph in words),
        bold=all(glyph.bold for glyph in words),
        opening=words[end - 1].x1 - words[0].x0,
        lead=lead,
        marks=marks,
        glyphs=tuple(glyphs),
    )


_OPENERS = frozenset("（(《“‘「『【〔[")
_CLOSERS = frozenset("，。、；：？！）)》”’」』】〕]…—%％‰·,.;:?!")


def rows(glyphs: Iterable[Glyph]) -> list[list[Piece]]:
    """Set characters into pieces, those that share a line together, from the top and from the left."""
    heights: list[float] = []
    found: list[list[list[Glyph]]] = []
    for run in sorted(_runs(glyphs), key=lambda run: (-run[0].size, run[0].y, run[0].x0)):
        y, size = run[0].y, run[0].size
        at = bisect_left(heights, y - size)
        best, share = -1, 0.5
        while at < len(heights) and heights[at] - found[at][0][0].size < y:
            covered = _overlap(found[at][0][0], run[0])
            if covered > share:
                best, share = at, covered
            at += 1
        if best >= 0:
            found[best].append(run)
        else:
            at = bisect_left(heights, y)
            heights.insert(at, y)
            found.insert(at, [run])
    return [pieces for runs in found if (pieces := _pieces(runs))]


def _runs(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    run: list[Glyph] = []
    for glyph in glyphs:
        if run:
            last = run[-1]
            near = -0.5 * last.size < glyph.x0 - last.x1 < last.size
            if not (near and abs(glyph.y - last.y) < 0.3 and abs(glyph.size - last.size) < 0.3):
                yield run
                run = []
        run.append(glyph)
    if run:
        yield run


def _overlap(line: Glyph, other: Glyph) -> float:
    """Return how much of a character's height stands on the line of another."""
    height = 0.7 * min(line.size, other.size)
    shared = min(line.y, other.y) - max(line.y - 0.7 * line.size, other.y - 0.7 * other.size)
    return shared / height if height else 0.0


def _pieces(runs: list[list[Glyph]]) -> list[Piece]:
    """Cut a line where gaps are wide; what is printed twice in one place, to look bold, is read once."""
    printed: set[tuple[str, int]] = set()
    glyphs: list[Glyph] = []
    for run in runs:
        text = "".join(glyph.text for glyph in run)
        place = round(run[0].x0)
        if not printed & {(text, place - 1), (text, place), (text, place + 1)}:
            printed.add((text, place))
            glyphs += run
    glyphs.sort(key=lambda glyph: glyph.x0)
    cut: list[list[Glyph]] = [[]]
    reach = glyphs[0].x0
    for glyph in glyphs:
        if cut[-1] and glyph.x0 - reach > WIDE * max(glyph.size, cut[-1][-1].size):
            cut.append([])
        cut[-1].append(glyph)
        reach = max(reach, glyph.x1)
    return [piece for part in cut if (piece := _piece(part))]


# ── words ──

_KANGXI = {
    "⺁": "厂", "⺇": "几", "⺌": "小", "⺎": "兀", "⺏": "尣", "⺐": "尢", "⺒": "巳", "⺓": "幺", "⺛": "旡", "⺝": "月",
    "⺟": "母", "⺠": "民", "⺩": "王", "⺫": "目", "⺬": "示", "⺮": "竹", "⺯": "糸", "⺱": "网", "⺶": "羊", "⺸": "羊",
    "⺹": "老", "⺼": "肉", "⺽": "臼", "⻁": "虎", "⻂": "衣", "⻄": "西", "⻅": "见", "⻆": "角", "⻇": "角", "⻉": "贝",
    "⻋": "车", "⻑": "長", "⻒": "长", "⻓": "长", "⻔": "门", "⻘": "青", "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞",
    "⻝": "食", "⻠": "饣", "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄",
    "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟",
}  # fmt: skip
_HYPHENS = frozenset("\x02\u00ad\u2010\u2011\ufffe")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")


def clean(char: str) -> str:
    """Return a character as people write it: fonts of PDFs often name 月 as the radical ⽉, and ligatures as one.

    Full-width digits stay. Empty for what is not seen, and for what has no meaning outside its font.
    """
    if char < "\x7f":
        return char if char >= " " else "-" if char in _HYPHENS else ""
    if "\u4e00" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef":
        return char
    if char in _HYPHENS:
        return "-"
    if "\u2f00" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufaff" or "\ufb00" <= char <= "\ufb06":
        return unicodedata.normalize("NFKC", char)
    if "\uf000" <= char <= "\uf0ff":
        return "•"  # symbol fonts put their bullets here
    if _UNSEEN.match(char) or unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs") or char == "\ufffd":
        return ""
    return _KANGXI.get(char, char)


def whole(half: str, code: int) -> str:
    """Return the character of a code, or of two halves of one."""
    if half and 0xDC00 <= code < 0xE000:
        return (half + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _is_narrow(glyph: Glyph) -> bool:
    return glyph.text[-1:] < "\u2000"


def _gap(before: Glyph, after: Glyph) -> str:
    """Return the space that belongs between two neighbours, if any."""
    width = (after.x0 - before.x1) / max(before.size, after.size)
    if width >= _SPACE:
        return " "
    if _is_narrow(before) != _is_narrow(after) or after.text in _CLOSERS:
        return ""
    meant = after.spaced or (width > _WORD_GAP and _is_narrow(before))
    return " " if meant and width >= _WORD_GAP else ""


def join_glyphs(glyphs: Sequence[Glyph]) -> str:
    """Write out neighbours: 2026 年 1 月 becomes 2026年1月, two English words stay apart."""
    text = "".join((_gap(glyphs[index - 1], glyph) if index else "") + glyph.text for index, glyph in enumerate(glyphs))
    return text.strip()


def join_lines(texts: Iterable[str]) -> str:
    """Join lines that the width of the page broke: without a space, but for two words or two numbers."""
    whole = ""
    for text in texts:
        apart = whole[-1:] < "\u2000" and text[:1] < "\u2000" and not whole.endswith(("-", "/"))
        whole += f"{' ' if whole and apart else ''}{text}"
    return whole


# ── marks of footnotes ──

_BRACKETS = "[]〔〕（）(),，"
_MARK = re.compile(r"[\d①-⑳*＊※†\[\]〔〕（）(),，]")


def _without_marks(glyphs: list[Glyph]) -> tuple[str, list[Glyph], tuple[str, ...]]:
    """Take off the small raised numbers of footnotes, at the beginning and further on; m² keeps its own."""
    size = _usual(glyph.size for glyph in glyphs)
    y = _usual(glyph.y for glyph in glyphs if glyph.size > 0.85 * size)
    kept: list[Glyph] = []
    marks: list[str] = []
    lead = ""
    was_mark = False
    for glyph in glyphs:
        raised = glyph.size <= 0.8 * size and glyph.y < y - 0.12 * size and _MARK.fullmatch(glyph.text) is not None
        power = bool(kept) and kept[-1].text.isascii() and kept[-1].text.isalpha() and not was_mark
        if not raised or power:
            kept.append(glyph)
        elif not kept:
            lead += glyph.text
        elif was_mark:
            marks[-1] += glyph.text
        else:
            marks.append(glyph.text)
        was_mark = raised and not power
    if not kept:
        return "", glyphs, ()
    return lead.strip(_BRACKETS), kept, tuple(mark.strip(_BRACKETS) for mark in marks)


def _usual(values: Iterable[float]) -> float:
    """Return the most frequent value, rounded to a tenth; of several the largest."""
    counted = Counter(round(value, 1) for value in values)
    return max(counted, key=lambda value: (counted[value], value), default=0.0)

"""Reads PDFs: what a person sees on the pages, and nothing that only a machine would.

The one file that knows pdfium. Every page is opened, taken down as characters and drawings, and freed again; what of
it is seen is for ``sight`` to say. Scripts, forms, attachments and comments are not read.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import MaterialError
from ..values import Passage
from .flow import Page, passages
from .lines import clean, whole
from .sight import PLAIN, Box, Char, Color, Drawn, Ink, Matrix, Painted, Side, around, look, moved, times
from .unread import Extras, Seen, remarks, without_text

MAX_PAGES = 200
_MAX_CHARACTERS = 60_000
"""On one page; a page of small print has 6,000."""
_MAX_OBJECTS = 20_000
"""On one page; a page of more is a drawing or a map, and no tables are looked for."""
_MAX_DEPTH = 8
_GARBLED = 0.3
"""Share of characters without a meaning from which a page counts as unreadable."""
_PASSWORD = 4
_NO_PAGES = re.compile(rb"/Kids\s{0,9}\[\s{0,9}\]")
_ONE_AT_A_TIME = threading.Lock()
"""pdfium is not made for threads."""


class PdfReader:
    """PDF documents with text in them."""

    suffixes = (".pdf",)

    def __init__(self) -> None:
        self._read: dict[Path, _Reading] = {}

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield headers, the pages, footnotes, footers, and last what cannot be seen."""
        yield from self._reading(path).passages

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Tell what the document holds that was not read."""
        return self._reading(path).remarks

    def _reading(self, path: Path) -> _Reading:
        if path not in self._read:
            with _ONE_AT_A_TIME:
                self._read[path] = _read(path)
        return self._read[path]


class _Reading(NamedTuple):
    passages: tuple[Passage, ...]
    remarks: tuple[str, ...]


def _read(path: Path) -> _Reading:
    import pypdfium2

    document = _open(path)
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise MaterialError(
                f"有 {count} 页，不像一份总行物料", path.name, f"请只留要用的那几页后另存，最多 {MAX_PAGES} 页"
            )
        seen = [_look(document, number, path.name) for number in range(1, count + 1)]
        said = remarks(seen, _extras(document))
    except pypdfium2.PdfiumError as error:
        raise MaterialError("文件不完整或已损坏", path.name, "请重新下载，或用阅读器打开后另存一份再来") from error
    finally:
        document.close()
    found = tuple(passages([page for each in seen for page in each.pages]))
    if not found:
        raise without_text(seen, path.name)
    aside = [
        Passage(locator=f"{title}{number}", text=text, internal=True)
        for title, texts in (
            ("隐藏文字", [text for each in seen for text in each.sight.hidden]),
            ("水印", [text for each in seen for text in each.askew]),
        )
        for number, text in enumerate(dict.fromkeys(texts), start=1)
    ]
    return _Reading((*found, *aside), said)


def _open(path: Path) -> Any:
    """Open the document; raise MaterialError for anything pdfium does not take."""
    import pypdfium2

    data = path.read_bytes()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD and b"/Encrypt" in data:  # the code may be that of the file before
            raise MaterialError("加了打开密码", path.name, "请用密码打开，去掉密码后另存一份再来") from error
        if _NO_PAGES.search(data):
            raise MaterialError("里面一页也没有", path.name, "请重新导出或另存一份") from error
        raise MaterialError("文件不完整或已损坏", path.name, "请重新下载，或用阅读器打开后另存一份再来") from error
    if b"%%EOF" not in data[-4096:]:
        document.close()
        raise MaterialError("文件不完整，后半截缺了", path.name, "请重新下载或向发文部门要一份")
    return document


def _extras(document: Any) -> Extras:
    from pypdfium2 import raw

    return Extras(
        form=raw.FPDF_GetFormType(document) != raw.FORMTYPE_NONE,
        files=raw.FPDFDoc_GetAttachmentCount(document) > 0,
        script=raw.FPDFDoc_GetJavaScriptActionCount(document) > 0,
    )


# ── one page ──


def _look(document: Any, number: int, name: str) -> Seen:
    """Take a page down and free it."""
    from pypdfium2 import raw

    page = document[number - 1]
    text = page.get_textpage()
    try:
        if raw.FPDFText_CountChars(text) > _MAX_CHARACTERS:
            raise MaterialError(f"第 {number} 页的文字多得不像一页", name, "请核对文件，只留正文后另存")
        shapes = _Shapes(page)
        words = _Words(text, shapes.orders)
        sight = look(words.chars, shapes.drawn, page.get_bbox(), number)
        kinds = [raw.FPDFAnnot_GetSubtype(annot) for annot in _annotations(page)]
    finally:
        text.close()
        page.close()
    pages = () if words.garbled else tuple(Page(sheet) for sheet in sight.sheets)
    return Seen(
        pages=tuple(page for page in pages if page.lines or page.tables),
        sight=sight,
        pictures=shapes.pictures,
        garbled=words.garbled,
        crowded=shapes.crowded,
        comments=any(kind not in _SILENT for kind in kinds),
        files=raw.FPDF_ANNOT_FILEATTACHMENT in kinds,
    )


_SILENT = frozenset({2, 16, 17, 18, 19, 20})
"""Subtypes of annotations without a comment: links, pop-ups, attached files, sound, film, fields of forms."""


def _annotations(page: Any) -> Iterator[Any]:
    from pypdfium2 import raw

    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_OBJECTS)):
        annot = raw.FPDFPage_GetAnnot(page, index)
        if annot:
            yield annot
            raw.FPDFPage_CloseAnnot(annot)


# ── characters ──


class _Words:
    """The characters of a page in the order of the file."""

    def __init__(self, text: Any, orders: dict[int, int]) -> None:
        self._unknown = 0
        self._orders = orders
        self.chars = tuple(self._taken(text))
        self.garbled = self._unknown > max(8, _GARBLED * (len(self.chars) + self._unknown))

    def _taken(self, text: Any) -> Iterator[Char]:
        """Yield the characters; spaces become part of the character after them."""
        from pypdfium2 import raw

        box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        box_, x_, y_ = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
        inks: dict[int, Ink] = {}
        spaced, run, half = False, 0, ""
        for index in range(raw.FPDFText_CountChars(text)):
            code = raw.FPDFText_GetUnicode(text, index)
            if code in (10, 13):
                run += 1
                continue
            if raw.FPDFText_IsGenerated(text, index) == 1:
                continue
            if 0xD800 <= code < 0xDC00:
                half = chr(code)
                continue
            char = whole(half, code)
            half = ""
            if char.isspace():
                spaced = True
                continue
            word = clean(char)
            if not word:
                self._unknown += char in "\0\ufffd" or "\ue000" <= char < "\uf900"
                continue
            if raw.FPDFText_HasUnicodeMapError(text, index) == 1:
                self._unknown += 1
                continue
            made = raw.FPDFText_GetTextObject(text, index)
            key = ctypes.addressof(made.contents) if made else 0
            ink = inks.get(key)
            if ink is None:
                ink = inks[key] = _ink(text, index, made, self._orders.get(key, _MAX_OBJECTS))
            raw.FPDFText_GetLooseCharBox(text, index, box_)
            raw.FPDFText_GetCharOrigin(text, index, x_, y_)
            yield Char(word, (box.left, box.bottom, box.right, box.top), (x.value, y.value), ink, spaced, run)
            spaced = False


def _ink(text: Any, index: int, made: Any, order: int) -> Ink:
    """Read off how a text object's characters are printed."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, matrix)
    mode = raw.FPDFTextObj_GetTextRenderMode(made) if made else raw.FPDF_TEXTRENDERMODE_FILL
    outlined = mode in (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_FILL_STROKE)
    color, alpha = _color(raw.FPDFText_GetStrokeColor if outlined else raw.FPDFText_GetFillColor, text, index)
    return Ink(
        size=raw.FPDFText_GetFontSize(text, index) * (math.hypot(matrix.c, matrix.d) or 1.0),
        turn=math.degrees(math.atan2(matrix.b, matrix.a)),
        bold=raw.FPDFText_GetFontWeight(text, index) >= 600,
        printed=mode not in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP) and alpha >= 16,
        color=color,
        faint=alpha < 160,
        order=order,
    )


def _color(ask: Any, *of: Any) -> tuple[Color | None, int]:
    """Return a colour as pdfium tells it, None for a pattern, and how much it covers, out of 255."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not ask(*of, red, green, blue, alpha):
        return None, 255
    return (red.value, green.value, blue.value), alpha.value


# ── drawings ──

_SOME: Color = (128, 128, 128)
"""Stands for a pattern."""


class _Shapes:
    """What is drawn on a page, and when."""

    def __init__(self, page: Any) -> None:
        from pypdfium2 import raw

        self.drawn = Drawn()
        self.orders: dict[int, int] = {}
        """When each text object is painted, by its address."""
        self.pictures = self._visited = 0
        count = min(raw.FPDFPage_CountObjects(page), _MAX_OBJECTS)
        self._walk((raw.FPDFPage_GetObject(page, index) for index in range(count)), PLAIN, 0)
        self.crowded = self._visited >= _MAX_OBJECTS
        if self.crowded:
            self.drawn.rules.clear()

    def _walk(self, objects: Iterator[Any], matrix: Matrix, depth: int) -> None:
        from pypdfium2 import raw

        for made in objects:
            self._visited += 1
            if self._visited >= _MAX_OBJECTS:
                return
            kind = raw.FPDFPageObj_GetType(made)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(made, times(_matrix(made), matrix))
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                self.orders[ctypes.addressof(made.contents)] = self._visited
            elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
                self.pictures += kind == raw.FPDF_PAGEOBJ_IMAGE
                self.drawn.painted.append(Painted(_bounds(made, matrix), self._visited, None))
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                count = min(raw.FPDFFormObj_CountObjects(made), _MAX_OBJECTS - self._visited)
                inner = (raw.FPDFFormObj_GetObject(made, index) for index in range(count))
                self._walk(inner, times(_matrix(made), matrix), depth + 1)

    def _path(self, made: Any, matrix: Matrix) -> None:
        from pypdfium2 import raw

        filled, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(made, filled, stroked)
        fill: Color | None = None
        if filled.value:
            color, alpha = _color(raw.FPDFPageObj_GetFillColor, made)
            fill = (color or _SOME) if alpha >= 16 else None
        if fill or stroked.value:
            order = self._visited
            sides = list(self._sides(made, matrix))
            points = [(x, y) for side in sides for x, y in (side[:2], side[2:])]
            box = around(points) if points else _bounds(made, matrix)
            self.drawn.path(
                sides,
                box,
                order,
                fill=fill,
                stroked=bool(stroked.value),
                solid=bool(fill) and not raw.FPDFPageObj_HasTransparency(made),
            )

    def _sides(self, made: Any, matrix: Matrix) -> Iterator[Side]:
        """Yield the straight parts of a path."""
        from pypdfium2 import raw

        x, y = ctypes.c_float(), ctypes.c_float()
        start = last = (0.0, 0.0)
        count = raw.FPDFPath_CountSegments(made)
        self._visited += count
        for index in range(min(count, _MAX_OBJECTS)):
            segment = raw.FPDFPath_GetPathSegment(made, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            here = moved(x.value, y.value, matrix)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = here
            elif kind == raw.FPDF_SEGMENT_LINETO:
                yield (*last, *here)
            last = here
            if raw.FPDFPathSegment_GetClose(segment) and last != start:
                yield (*last, *start)
                last = start


def _bounds(made: Any, matrix: Matrix) -> Box:
    from pypdfium2 import raw

    left, foot, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(made, left, foot, right, top)
    return around([moved(x.value, y.value, matrix) for x in (left, right) for y in (foot, top)])


def _matrix(made: Any) -> Matrix:
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(made, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f

"""Reads PDFs: what a person sees on the pages, and nothing that only a machine would.

The one file that knows pdfium. Every page is opened, turned upright, taken down as characters and ruled lines, and
freed again. Text that cannot be seen is marked internal; scripts, forms, attachments and comments are not read.
"""

from __future__ import annotations

import ctypes
import math
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import MaterialError
from ..values import Passage
from .flow import Page, Sheet, passages
from .grid import Rule
from .lines import Glyph, clean

MAX_PAGES = 500
_MAX_CHARACTERS = 60_000
"""On one page; a page of small print has 6,000."""
_MAX_OBJECTS = 20_000
"""On one page; a page of more is a drawing or a map, and no tables are looked for."""
_MAX_DEPTH = 8
_SMALLEST = 2.0
"""Points; nobody reads smaller type."""
_UPRIGHT = 2.0
"""Degrees."""
_PALE = 0xEE
_GARBLED = 0.3
"""Share of characters without a meaning from which a page counts as unreadable."""
_PASSWORD = 4
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
        if not count:
            raise MaterialError("里面一页也没有", path.name, "请重新导出或另存一份")
        if count > MAX_PAGES:
            raise MaterialError(
                f"有 {count} 页，不像一份总行物料", path.name, f"请只留要用的那几页后另存，最多 {MAX_PAGES} 页"
            )
        seen = [_look(document, number, path.name) for number in range(1, count + 1)]
        remarks = _remarks(document, seen)
    except pypdfium2.PdfiumError as error:
        raise MaterialError("文件不完整或已损坏", path.name, "请重新下载，或用阅读器打开后另存一份再来") from error
    finally:
        document.close()
    pages = [page.page for page in seen if page.page]
    found = tuple(passages(pages))
    hidden = dict.fromkeys(text for page in seen for text in page.hidden)
    if not found:
        raise _without_text(seen, bool(hidden), path.name)
    secrets = (
        Passage(locator=f"隐藏文字{number}", text=text, internal=True) for number, text in enumerate(hidden, start=1)
    )
    return _Reading((*found, *secrets), remarks)


def _open(path: Path) -> Any:
    """Open the document; raise MaterialError for anything pdfium does not take."""
    import pypdfium2

    data = path.read_bytes()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise MaterialError("加了打开密码", path.name, "请用密码打开，去掉密码后另存一份再来") from error
        raise MaterialError("文件不完整或已损坏", path.name, "请重新下载，或用阅读器打开后另存一份再来") from error
    if b"%%EOF" not in data[-4096:]:
        document.close()
        raise MaterialError("文件不完整，后半截缺了", path.name, "请重新下载或向发文部门要一份")
    return document


def _without_text(seen: list[_Seen], hidden: bool, name: str) -> MaterialError:
    """Say what a document without a word to read is, and what to do."""
    count = len(seen)
    if any(page.garbled for page in seen):
        return MaterialError(
            f"共 {count} 页，字体没有带文字编码，读出来是乱码", name, "请要一份 Word 版，或用阅读器打印成新的 PDF"
        )
    if any(page.pictures for page in seen):
        layer = "，只有看不见的识别文字，数字不可靠" if hidden else "，页面是图片，没有文字"
        return MaterialError(f"是扫描件，共 {count} 页{layer}", name, "请要一份 Word 版，或先做文字识别并人工核对")
    if hidden:
        return MaterialError(f"共 {count} 页，只有看不见的文字", name, "请核对原文件，换一份正文可见的")
    return MaterialError(f"共 {count} 页，没有能读的文字", name, "若是图片或扫描件，请先转成可以复制文字的文件")


# ── remarks ──


def _remarks(document: Any, seen: list[_Seen]) -> tuple[str, ...]:
    """Say what was left out."""
    import pypdfium2.raw as raw

    empty = [number for number, page in enumerate(seen, start=1) if not page.page]
    drawn = [number for number, page in enumerate(seen, start=1) if page.drawn]
    pictures = sum(page.pictures for page in seen if page.page)
    found = (
        (bool(empty), f"第{_listed(empty)}页没有能读的文字（多半是扫描的图片），没有读"),
        (any(page.hidden for page in seen), "隐藏文字只标为内部，不会从中取要点"),
        (bool(drawn), f"第{_listed(drawn)}页线条太多，里面的表格按普通文字读"),
        (any(page.comments for page in seen), "批注没有读"),
        (raw.FPDF_GetFormType(document) != raw.FORMTYPE_NONE, "表单里填的内容没有读"),
        (raw.FPDFDoc_GetAttachmentCount(document) > 0 or any(page.files for page in seen), "附件没有读"),
        (raw.FPDFDoc_GetJavaScriptActionCount(document) > 0, "文件里有脚本，没有运行，也没有读"),
        (pictures > 0, f"有 {pictures} 张图片，图片里的字没有读"),
    )
    return tuple(remark for holds, remark in found if holds)


def _listed(numbers: list[int]) -> str:
    shown = "、".join(str(number) for number in numbers[:12])
    return shown if len(numbers) <= 12 else f"{shown}等{len(numbers)}"


# ── one page ──


class _Seen(NamedTuple):
    """What a page holds."""

    page: Page | None
    """None when it has no text that can be read."""
    hidden: tuple[str, ...]
    pictures: int
    garbled: bool
    drawn: bool
    """Whether it has too many lines to look for tables."""
    comments: bool
    files: bool


def _look(document: Any, number: int, name: str) -> _Seen:
    """Take a page down and free it."""
    import pypdfium2.raw as raw

    page = document[number - 1]
    text = page.get_textpage()
    try:
        if raw.FPDFText_CountChars(text) > _MAX_CHARACTERS:
            raise MaterialError(f"第 {number} 页的文字多得不像一页", name, "请核对文件，只留正文后另存")
        shapes = _Shapes(page)
        taken = _Taken(text, page.get_bbox(), shapes)
        kinds = [raw.FPDFAnnot_GetSubtype(annot) for annot in _annotations(page)]
    finally:
        text.close()
        page.close()
    page_ = Page(taken.sheet(number, shapes)) if taken.glyphs and not taken.garbled else None
    return _Seen(
        page=page_ if page_ and (page_.lines or page_.tables) else None,
        hidden=taken.secrets,
        pictures=shapes.pictures,
        garbled=taken.garbled,
        drawn=shapes.too_many,
        comments=any(kind not in _SILENT for kind in kinds),
        files=raw.FPDF_ANNOT_FILEATTACHMENT in kinds,
    )


_SILENT = frozenset({2, 16, 17, 18, 19, 20})
"""Subtypes of annotations without a comment: links, pop-ups, attached files, sound, film, fields of forms."""


def _annotations(page: Any) -> Iterator[Any]:
    import pypdfium2.raw as raw

    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_OBJECTS)):
        annot = raw.FPDFPage_GetAnnot(page, index)
        if annot:
            yield annot
            raw.FPDFPage_CloseAnnot(annot)


# ── characters ──


class _Style(NamedTuple):
    """What the characters of one text object share."""

    size: float
    turn: float
    """Degrees, against the clock."""
    bold: bool
    seen: bool
    pale: bool


class _Char(NamedTuple):
    text: str
    box: tuple[float, float, float, float]
    """Left, foot, right, top."""
    origin: tuple[float, float]
    style: _Style
    spaced: bool
    run: int
    """Counts the stretches between which pdfium sees a new line."""


class _Taken:
    """The characters of a page, those that are seen and upright apart from the others."""

    def __init__(self, text: Any, bounds: tuple[float, float, float, float], shapes: _Shapes) -> None:
        self.bounds = bounds
        self.unknown = 0
        chars = list(self._chars(text))
        turns: Counter[int] = Counter()
        for char in chars:
            turn = round(char.style.turn / 90) * 90
            if char.style.seen and abs(char.style.turn - turn) <= _UPRIGHT:
                turns[turn % 360] += 1
        self.turn = max(turns, key=lambda turn: (turns[turn], -turn), default=0)
        self.garbled = self.unknown > _GARBLED * (len(chars) + self.unknown) and self.unknown > 8
        self.glyphs: list[Glyph] = []
        hidden: dict[int, str] = {}
        for char in chars:
            if self._is_seen(char, shapes):
                self.glyphs.append(self._glyph(char))
            else:
                hidden[char.run] = hidden.get(char.run, "") + (" " if char.spaced else "") + char.text
        self.secrets = tuple(text.strip() for text in hidden.values() if text.strip())

    def sheet(self, number: int, shapes: _Shapes) -> Sheet:
        """Return the page, upright."""
        left, foot, right, top = self._turned(*self.bounds)
        rules = [self._ruled(rule) for rule in shapes.rules]
        return Sheet(number, right - left, foot - top, self.glyphs, rules)

    def _chars(self, text: Any) -> Iterator[_Char]:
        """Yield the characters in the order of the file; spaces become part of the character after them."""
        import pypdfium2.raw as raw

        box, rect, x, y = raw.FS_RECTF(), None, ctypes.c_double(), ctypes.c_double()
        rect, x_, y_ = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
        styles: dict[int, _Style] = {}
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
            char = _whole(half, code)
            half = ""
            if char.isspace():
                spaced = True
                continue
            word = clean(char)
            if not word:
                self.unknown += char in "\0\ufffd" or "\ue000" <= char < "\uf900"
                continue
            made = raw.FPDFText_GetTextObject(text, index)
            key = ctypes.addressof(made.contents) if made else 0
            style = styles.get(key)
            if style is None:
                style = styles[key] = _style(text, index, made)
            raw.FPDFText_GetLooseCharBox(text, index, rect)
            raw.FPDFText_GetCharOrigin(text, index, x_, y_)
            yield _Char(
                word, (box.left, box.bottom, box.right, box.top), (x.value, y.value), style, spaced, run
            )
            spaced = False

    def _is_seen(self, char: _Char, shapes: _Shapes) -> bool:
        style = char.style
        off = abs((style.turn - self.turn + 180) % 360 - 180)
        left, foot, right, top = char.box
        x, y = (left + right) / 2, (foot + top) / 2
        on_page = self.bounds[0] <= x <= self.bounds[2] and self.bounds[1] <= y <= self.bounds[3]
        if not style.seen or off > _UPRIGHT or style.size < _SMALLEST or not on_page:
            return False
        return not style.pale or shapes.is_backed(x, y)

    def _glyph(self, char: _Char) -> Glyph:
        left, _, right, _ = self._turned(*char.box)
        _, y, _, _ = self._turned(*char.origin, *char.origin)
        return Glyph(char.text, left, right, y, char.style.size, char.style.bold, char.spaced)

    def _turned(self, left: float, foot: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Turn a box upright and measure it from the top: left, foot, right, top; the foot is the larger height."""
        x0, y0, x1, y1 = self.bounds
        if self.turn == 90:
            return foot - y0, right - x0, top - y0, left - x0
        if self.turn == 180:
            return x1 - right, top - y0, x1 - left, foot - y0
        if self.turn == 270:
            return y1 - top, x1 - left, y1 - foot, x1 - right
        return left - x0, y1 - foot, right - x0, y1 - top

    def _ruled(self, rule: Rule) -> Rule:
        left, foot, right, top = self._turned(*rule)
        return Rule(left, top, right, foot)


def _whole(half: str, code: int) -> str:
    """Return the character of a code, or of two halves of one."""
    if half and 0xDC00 <= code < 0xE000:
        return (half + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _style(text: Any, index: int, made: Any) -> _Style:
    """Read off what a text object's characters look like."""
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, matrix)
    scale = math.hypot(matrix.c, matrix.d)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    coloured = raw.FPDFText_GetFillColor(text, index, red, green, blue, alpha)
    mode = raw.FPDFTextObj_GetTextRenderMode(made) if made else raw.FPDF_TEXTRENDERMODE_FILL
    outlined = mode in (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_FILL_STROKE)
    unseen = mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
    return _Style(
        size=raw.FPDFText_GetFontSize(text, index) * (scale or 1.0),
        turn=math.degrees(math.atan2(matrix.b, matrix.a)),
        bold=raw.FPDFText_GetFontWeight(text, index) >= 600,
        seen=not unseen and not (coloured and alpha.value < 16),
        pale=bool(coloured) and not outlined and min(red.value, green.value, blue.value) >= _PALE,
    )


# ── shapes ──

_Matrix = tuple[float, float, float, float, float, float]
_PLAIN: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class _Shapes:
    """The ruled lines of a page, what is painted behind words, and how many pictures there are."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as raw

        self.rules: list[Rule] = []
        self.painted: list[tuple[float, float, float, float]] = []
        self.pictures = self.visited = 0
        self._walk(
            [raw.FPDFPage_GetObject(page, index) for index in range(min(raw.FPDFPage_CountObjects(page), _MAX_OBJECTS))],
            _PLAIN,
            0,
        )
        self.too_many = self.visited >= _MAX_OBJECTS
        if self.too_many:
            self.rules.clear()

    def is_backed(self, x: float, y: float) -> bool:
        """Tell whether something that is not white is painted at a place."""
        return any(left <= x <= right and foot <= y <= top for left, foot, right, top in self.painted)

    def _walk(self, objects: list[Any], matrix: _Matrix, depth: int) -> None:
        import pypdfium2.raw as raw

        for made in objects:
            self.visited += 1
            if self.visited >= _MAX_OBJECTS:
                return
            kind = raw.FPDFPageObj_GetType(made)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(made, _times(_matrix(made), matrix))
            elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
                self.pictures += kind == raw.FPDF_PAGEOBJ_IMAGE
                self.painted.append(_bounds(made, matrix))
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                count = min(raw.FPDFFormObj_CountObjects(made), _MAX_OBJECTS - self.visited)
                inner = [raw.FPDFFormObj_GetObject(made, index) for index in range(count)]
                self._walk(inner, _times(_matrix(made), matrix), depth + 1)

    def _path(self, made: Any, matrix: _Matrix) -> None:
        """Take level and upright lines off a path; a very thin filled box is a line, a filled one a background."""
        import pypdfium2.raw as raw

        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(made, fill, stroke)
        if not fill.value and not stroke.value:
            return
        sides = list(self._sides(made, matrix))
        if not sides:
            if fill.value and not _is_pale(made):
                self.painted.append(_bounds(made, matrix))
            return
        xs = [x for side in sides for x in (side[0], side[2])]
        ys = [y for side in sides for y in (side[1], side[3])]
        box = (min(xs), min(ys), max(xs), max(ys))
        if fill.value and min(box[2] - box[0], box[3] - box[1]) <= 3.0:
            x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            level = box[2] - box[0] > box[3] - box[1]
            self.rules.append(Rule(box[0], y, box[2], y) if level else Rule(x, box[1], x, box[3]))
            return
        if fill.value and not _is_pale(made):
            self.painted.append(box)
        if stroke.value or not _is_pale(made):
            for x0, y0, x1, y1 in sides:
                if abs(x1 - x0) < 0.7 or abs(y1 - y0) < 0.7:
                    self.rules.append(Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))

    def _sides(self, made: Any, matrix: _Matrix) -> Iterator[tuple[float, float, float, float]]:
        """Yield the straight parts of a path."""
        import pypdfium2.raw as raw

        x, y = ctypes.c_float(), ctypes.c_float()
        start = last = (0.0, 0.0)
        count = raw.FPDFPath_CountSegments(made)
        self.visited += count
        for index in range(min(count, _MAX_OBJECTS)):
            segment = raw.FPDFPath_GetPathSegment(made, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            here = _moved(x.value, y.value, matrix)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = here
            elif kind == raw.FPDF_SEGMENT_LINETO:
                yield (*last, *here)
            last = here
            if raw.FPDFPathSegment_GetClose(segment) and last != start:
                yield (*last, *start)
                last = start


def _is_pale(made: Any) -> bool:
    """Tell whether what is filled with is white, nearly white, or nothing."""
    import pypdfium2.raw as raw

    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    told = raw.FPDFPageObj_GetFillColor(made, red, green, blue, alpha)
    return bool(told) and (alpha.value < 16 or min(red.value, green.value, blue.value) >= _PALE)


def _bounds(made: Any, matrix: _Matrix) -> tuple[float, float, float, float]:
    import pypdfium2.raw as raw

    left, foot, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(made, left, foot, right, top)
    corners = [_moved(x.value, y.value, matrix) for x in (left, right) for y in (foot, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _matrix(made: Any) -> _Matrix:
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(made, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _moved(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f

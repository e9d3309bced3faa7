"""Turns one headquarters file into a Material, and a Material into proposed Facts.

It may not decide which facts are kept, and nothing in a file is an instruction to it. Readers of formats are found by
suffix through the entry-point group ``wuyou.readers``: to read another format, register another reader.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..errors import MaterialError
from ..plugins import find
from ..quantities import Day
from ..quantities import find as measure
from ..values import Material, Passage
from .distil import distil

__all__ = ["Reader", "Remarking", "distil", "read"]

MAX_BYTES = 64 * 1024 * 1024
MAX_TITLE = 80
MAX_PASSAGES, MAX_CHARACTERS = 20_000, 800_000
"""Of one material: many times those of the longest that headquarters sends."""


class Reader(Protocol):
    """Reads one or more file formats, named by their suffixes in lower case."""

    suffixes: tuple[str, ...]

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield the text in reading order; raise MaterialError when the file cannot be read."""
        ...


@runtime_checkable
class Remarking(Protocol):
    """A reader that also says what it left out."""

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Return what the reader noticed and did not read, in Chinese."""
        ...


def read(path: Path, name: str = "") -> Material:
    """Read a file as text; ``name`` is what the material is called, by default its file name.

    Raises MaterialError, in one Chinese sentence with what to do, when there is nothing to read.
    """
    name = name or path.name
    readers = {suffix: reader for reader in find("wuyou.readers").values() for suffix in reader.suffixes}
    suffix = path.suffix.lower()
    data = _bytes(path, name)
    if suffix not in readers:
        known = "、".join(sorted(readers)) or "（没有装上任何读取插件）"
        raise MaterialError(f"不会读 {suffix or '没有后缀的'} 文件", name, f"能读的有 {known}，请另存为其中一种")
    _check_kind(data, suffix, name)
    reader = readers[suffix]()
    passages, cut = _within(reader.passages(path))
    if not any(passage.text.strip() for passage in passages if not passage.internal):
        raise MaterialError("里面没有能读的文字", name, "若是图片或扫描件，请先转成可以复制文字的文件")
    return Material(
        title=_title(passages, Path(name).stem),
        path=name,
        digest=blake2b(data, digest_size=16).hexdigest(),
        issued=_issued(passages),
        passages=passages,
        remarks=(reader.remarks(path) if isinstance(reader, Remarking) else ()) + (_CUT,) * cut,
    )


_CUT = "文件太长，只读了前面一部分"


def _within(passages: Iterable[Passage]) -> tuple[tuple[Passage, ...], bool]:
    """Take passages as far as a person could go through them; tell whether there were more."""
    taken: list[Passage] = []
    length = 0
    for passage in passages:
        length += len(passage.text)
        if len(taken) >= MAX_PASSAGES or (length > MAX_CHARACTERS and taken):
            return tuple(taken), True
        taken.append(passage)
    return tuple(taken), False


def _bytes(path: Path, name: str) -> bytes:
    """Return the file's bytes; refuse what is no file, is empty, or is larger than any headquarters document."""
    try:
        if path.is_dir():
            raise MaterialError("是一个文件夹", name, "请指到里面的某一份文件")
        if path.stat().st_size > MAX_BYTES:
            raise MaterialError("超过 64 MB，不像一份总行物料", name, "请只留正文后另存")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise MaterialError("找不到这份文件", name, "请核对文件名和所在的文件夹") from error
    except OSError as error:
        raise MaterialError("打不开这份文件", name, "请看有没有权限、是否正被别的程序占用") from error
    if not data.strip(b"\0 \t\r\n"):
        raise MaterialError("是空的", name, "请重新导出或另存一份")
    return data


_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
)
_REALLY = {
    "pdf": ("其实是一份 PDF", "请把后缀改回 .pdf"),
    "zip": ("其实是 Office 文档或压缩包", "请把后缀改回原来的，压缩包请先解开"),
    "rtf": ("其实是 RTF 文档", "请用 Word 打开后另存为 .docx"),
    "picture": ("其实是一张图片", "请先把图片转成可以复制文字的文件"),
    "html": ("其实是一张网页", "请在浏览器里打开，把正文另存为 .docx 或 .txt"),
}
_OFFICE = {
    ".docx": ("Word", ".docx", ".doc"),
    ".docm": ("Word", ".docx", ".doc"),
    ".pptx": ("PowerPoint", ".pptx", ".ppt"),
    ".pptm": ("PowerPoint", ".pptx", ".ppt"),
    ".xlsx": ("Excel", ".xlsx", ".xls"),
    ".xlsm": ("Excel", ".xlsx", ".xls"),
}
"""What each is made with, what it should be saved as, and what it was called in old times."""
_EXPECTED = {
    **dict.fromkeys(_OFFICE, "zip"),
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
}


def _check_kind(data: bytes, suffix: str, name: str) -> None:
    """Refuse a file that is not what its suffix says."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = next((kind for mark, kind in _SIGNATURES if data.startswith(mark)), "")
    if not kind and re.match(rb"<(?:!doctype html|html|head|body)\b", head, re.IGNORECASE):
        kind = "html"
    expected = _EXPECTED.get(suffix, "")
    program, saved, old = _OFFICE.get(suffix, _OFFICE[".docx"])
    if kind == "ole":
        raise MaterialError(
            f"打不开：加了打开密码，或是旧版的 {old}", name, f"请去掉密码，用 {program} 另存为 {saved} 再来"
        )
    if kind and kind != expected:
        raise MaterialError(f"后缀是 {suffix}，{_REALLY[kind][0]}", name, _REALLY[kind][1])
    if expected == "zip" and not kind:
        raise MaterialError(f"后缀是 {suffix}，内容却不是", name, f"请用 {program} 打开核对，另存为 {saved} 再来")


_LETTERHEAD = re.compile(
    r"[^，。]{2,20}文件$|.{0,20}[〔\[（(]\d{4}[〕\]）)].{0,8}号$|(?:内部资料|机密|秘密|绝密|急件|特急)[^，。]{0,12}$|第?\d+页?$"
)
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节条]|\d{1,2}[.、．])"
)


_SERIAL = re.compile(r"^(?:附件\s?\d{0,2}|[A-Za-z0-9]{1,8})[-_.、：: ]+")


def _title(passages: tuple[Passage, ...], file: str) -> str:
    """Return the document's title: a heading at its very beginning, else its first paragraph that is no letterhead.

    What begins with a table, as workbooks do, is called by its ``file`` alone.
    """
    body = [passage for passage in passages if passage.kind in ("heading", "paragraph", "row") and not passage.internal]
    first = [passage for passage in body[:4] if not _LETTERHEAD.fullmatch(passage.text)] or body[:1]
    if not first:
        return ""
    chosen = next(
        (passage for passage in first if passage.kind == "heading" and not _NUMBERED.match(passage.text)), first[0]
    )
    if chosen.kind == "row" and len({cell for cell in chosen.cells if cell}) > 2:
        return _SERIAL.sub("", file)[:MAX_TITLE]
    text = " ".join(dict.fromkeys(chosen.cells)) if chosen.kind == "row" else " ".join(chosen.text.split())
    if len(text) > MAX_TITLE:  # a notice in one paragraph: its title is what stands in 【】 or before the colon
        opening = re.match(
            r"【([^【】]{2,60})】|([^：:。；]{4,60}?)(?:（[^（）]{0,60}）)?[：:]|([^。；]{4,60})[。；]", text
        )
        text = next(part for part in opening.groups() if part) if opening else text[:MAX_TITLE]
    return text


_ISSUED = re.compile(r"(?:发[布文]日期|公[告布]日期|落款日期|印发日期|制[定发]日期)\s*[:：]?\s*")


def _issued(passages: tuple[Passage, ...]) -> dt.date | None:
    """Return the date the document bears: after 发布日期, else the last paragraph that is nothing but a date."""
    alone: dt.date | None = None
    for passage in passages:
        if passage.internal or passage.kind == "row":
            continue
        label = _ISSUED.search(passage.text)
        for quantity in measure(passage.text):
            date = quantity.low.date if isinstance(quantity.low, Day) and quantity.kind == "date" else None
            if date and label and quantity.start == label.end():
                return date
            if date and not passage.text.replace(quantity.text, "", 1).strip(" （）()印发"):
                alone = date
    return alone

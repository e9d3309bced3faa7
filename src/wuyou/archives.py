"""Opens the zip that an Office file is, and only a sound one of human size: no parser sees it before.

It may not know what the parts mean.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from .errors import MaterialError

MB = 1024 * 1024
MAX_PARTS = 20_000
MAX_UNPACKED = 300 * MB
MAX_MARKUP = 48 * MB
"""Of markup that is held in memory as a tree, which takes about ten times as much."""
MAX_RATIO, SMALL = 150, 24 * MB
"""How many times a package may grow when unpacked; one that stays small may grow as it likes."""


class Office(NamedTuple):
    """A kind of Office file."""

    title: str
    """What people call it."""
    program: str
    """What they make it with."""
    main: str
    """The part that makes it one."""
    suffix: str
    """What its name ends in."""


WORD = Office("Word 文档", "Word", "word/document.xml", ".docx")
SLIDES = Office("PPT 演示文稿", "PowerPoint", "ppt/presentation.xml", ".pptx")
SHEETS = Office("Excel 表格", "Excel", "xl/workbook.xml", ".xlsx")
MACROS = "vbaProject.bin"


def unpack(path: Path, office: Office) -> zipfile.ZipFile:
    """Open an Office file.

    Raises MaterialError when it is another kind, damaged, behind a password, or unpacks to more than a document holds.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise damaged(path, office) from error
    try:
        _weigh(archive, path, office)
        if archive.testzip() is not None:
            raise damaged(path, office)
    except MaterialError:
        archive.close()
        raise
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        archive.close()
        raise damaged(path, office) from error
    return archive


def _weigh(archive: zipfile.ZipFile, path: Path, office: Office) -> None:
    """Refuse by the list of parts alone, before anything is unpacked: a zip never yields more than it declares."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise MaterialError("加了打开密码", path.name, f"请去掉密码，另存为 {office.suffix} 再来")
    if office.main not in names:
        found = next((other for other in (WORD, SLIDES, SHEETS) if other.main in names), None)
        if found is None and (folder := {name.split("/")[0] for name in names} & {"word", "ppt", "xl"}):
            found = next(other for other in (WORD, SLIDES, SHEETS) if other.main.startswith(f"{min(folder)}/"))
        advice = f"请用 {office.program} 另存为 {office.suffix} 再来"
        if found is office:
            raise damaged(path, office)
        if found is not None:
            advice = f"请把后缀改回 {found.suffix}"
        other = f"，是 {found.title}" if found else ""
        raise MaterialError(f"不是 {office.title}{other}", path.name, advice)
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    markup = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED
        or (unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1))
    ):
        raise MaterialError(
            "解开后大得不像一份文档", path.name, f"请用 {office.program} 打开核对，只留正文后另存一份再来"
        )
    if markup > MAX_MARKUP:
        raise too_large(path, office)


def too_large(path: Path, office: Office) -> MaterialError:
    """Say that a file holds more than can be read."""
    return MaterialError("文件太大", path.name, f"请用 {office.program} 打开，只留要读的内容，另存一份再来")


def damaged(path: Path, office: Office) -> MaterialError:
    """Say that a file is incomplete."""
    return MaterialError("文件不完整或已损坏", path.name, f"请重新下载，或用 {office.program} 打开后另存一份再来")


def without_macros(archive: zipfile.ZipFile) -> io.BytesIO:
    """Copy a package under the content types of one without macros, which is all that differs for a reader."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for part in archive.infolist():
            data = archive.read(part)
            if part.filename == "[Content_Types].xml":
                for kind, plain in _WITH_MACROS:
                    data = data.replace(kind, plain)
            target.writestr(part, data)
    copy.seek(0)
    return copy


_OPEN_XML = b"application/vnd.openxmlformats-officedocument."
_WITH_MACROS = (
    (
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
        _OPEN_XML + b"wordprocessingml.document.main+xml",
    ),
    (
        b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        _OPEN_XML + b"presentationml.presentation.main+xml",
    ),
)
"""Content types that the libraries refuse, and what they stand for."""

"""What the Office formats share: the document's own dates, parts left out, and a zip that is always the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from .source import BANK, Source

ZIP_DATE = (2026, 9, 1, 9, 0, 0)


def signed_at(source: Source) -> dt.datetime:
    """Return the minute the document says it was made."""
    return dt.datetime.combine(source.issued, dt.time(9))


def describe(properties: Any, source: Source) -> None:
    """Fill in the core properties of a python-docx or python-pptx document."""
    properties.title, properties.author, properties.last_modified_by = source.title, BANK, BANK
    properties.created = properties.modified = signed_at(source)
    properties.comments = properties.keywords = ""
    properties.language, properties.revision = "zh-CN", 1


def slim(relations: Any, *kinds: str) -> None:
    """Drop the template's parts that a plain document does without."""
    for key, relation in list(relations.items()):
        if relation.reltype.rsplit("/", 1)[-1] in kinds:
            relations.pop(key)


def pack(written: io.BytesIO) -> bytes:
    """Write the parts again with one date, in one order, uncompressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as zipped:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.create_system, info.external_attr = 0, 0
            zipped.writestr(info, parts.read(name))
    return packed.getvalue()

"""What a picture says of itself in its file: what it shows, who made it, and whether a model wrote its words.

A drawing is set from templates; no model draws. Where the bank keeps a trace (``ai_label`` not off), the file says so,
and a picture whose words a language model wrote carries the ``AIGC`` entry that the labelling rules ask for.
"""

from __future__ import annotations

import io
import json
import struct
import zlib

from ..errors import ExportError
from ..values import Bank, Picture

VERSION = 1
SEEN = "AI辅助"
"""What a reader sees on such a picture where the bank labels openly."""
DRAWN = "generated: 程序按模板绘制，画面不由人工智能生成"
PHOTOGRAPHED = "photo: 本行自有照片，文字由程序排版"
_AFTER_HEADER = 8 + 25
"""Bytes of a PNG's signature and of its header chunk."""


def entries(picture: Picture, bank: Bank) -> dict[str, str]:
    """Return what is written into the file, by keyword."""
    said = {"Description": picture.told} if picture.told else {}
    if bank.ai_label == "off":
        return said
    said |= {"Software": "Wuyou", "Source": PHOTOGRAPHED if picture.photo else DRAWN}
    if picture.modelled:
        said["AIGC"] = json.dumps(
            {"Label": "1", "ContentProducer": bank.name, "ProduceID": picture.id}, ensure_ascii=False
        )
    return said


def png(content: bytes, picture: Picture, bank: Bank) -> bytes:
    """Return the PNG with its entries as international text chunks, right after the header."""
    chunks = b"".join(_chunk(key, text) for key, text in entries(picture, bank).items())
    return content[:_AFTER_HEADER] + chunks + content[_AFTER_HEADER:]


def _chunk(key: str, text: str) -> bytes:
    body = b"iTXt" + key.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def jpeg(content: bytes, picture: Picture, bank: Bank, heaviest: int) -> bytes:
    """Return the picture as JPEG of at most ``heaviest`` bytes, its entries as a comment: photos are too heavy as PNG.

    Raises ExportError when it stays too heavy.
    """
    from PIL import Image

    comment = json.dumps(entries(picture, bank), ensure_ascii=False).encode()
    with Image.open(io.BytesIO(content)) as image:
        flat = image.convert("RGB")
    for quality in (90, 85, 80, 72, 64, 56, 44, 32, 22):
        made = io.BytesIO()
        flat.save(made, format="JPEG", quality=quality, subsampling=0 if quality > 80 else 2, comment=comment)
        if made.tell() <= heaviest:
            return made.getvalue()
    raise ExportError("照片太花，压不到 300 KB 以内", picture.photo.partition("#")[0], "请换一张简单些的照片")

"""Makes PDFs for tests: typeset by typst from its own markup, or written byte by byte for what no program would make."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import typst

FONTS = str(files("wuyou") / "fonts")
HEAD = '#set text(font: "Noto Sans SC", size: 11pt, lang: "zh", region: "cn")\n#set document(date: none)\n'


def typeset(path: Path, markup: str) -> Path:
    """Typeset markup as a PDF."""
    data = typst.compile((HEAD + markup).encode(), format="pdf", font_paths=[FONTS], ignore_system_fonts=True)
    assert isinstance(data, bytes)
    path.write_bytes(data)
    return path


# ── byte by byte ──


class Leaf(NamedTuple):
    """A page of a hand-written PDF."""

    content: str = ""
    box: tuple[int, int, int, int] = (0, 0, 595, 842)
    rotate: int = 0
    more: str = ""
    """Other entries of its dictionary."""


def words(text: str, x: float, y: float, size: float = 11, *, before: str = "") -> str:
    """Return the operators that print words at a place; ``before`` sets colours and modes."""
    return f"q {before} BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET Q\n"


def page_of(lines: Iterable[str], x: float = 72, y: float = 760, size: float = 11) -> str:
    """Return the operators that print lines under one another."""
    return "".join(words(line, x, y - 18 * number, size) for number, line in enumerate(lines))


OLD_SONG = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /FontDescriptor 5 0 R"
    " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
    "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
    " /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
)
"""The font that Chinese papers name and do not carry with them."""
IMAGE = (
    "<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 4 >>"
    "\nstream\n\x20\x80\x80\x20\nendstream"
)
PICTURE = "q 595 0 0 842 0 0 cm /Im1 Do Q\n"
"""Fills the page with a picture."""


def written(path: Path, *pages: Leaf | str, catalog: str = "", trailer: str = "") -> Path:
    """Write a PDF byte by byte, with further entries of its catalogue and its trailer."""
    leaves = [page if isinstance(page, Leaf) else Leaf(page) for page in pages]
    first = 7
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(leaves)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(leaves)} >>",
        *OLD_SONG,
        IMAGE,
    ]
    for number, leaf in enumerate(leaves):
        box = " ".join(str(side) for side in leaf.box)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Rotate {leaf.rotate} /Contents {first + 2 * number + 1} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 6 0 R >> /ExtGState << /Faint << /ca 0.2 >>"
            f" /Gone << /ca 0 >> >> >> {leaf.more} >>"
        )
        packed = zlib.compress(leaf.content.encode("latin-1")).decode("latin-1")
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed}\nendstream")
    data = b"%PDF-1.7\n"
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    data += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n"
    ).encode("latin-1")
    path.write_bytes(data)
    return path

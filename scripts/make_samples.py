"""Build the sample bank's headquarters files: ``scripts/samples/*.md`` → ``content_library/materials/``.

The same sources give the same bytes on every run and every machine: fixed dates and identifiers, parts of a package in
a fixed order and stored uncompressed (a deflated part would depend on the zlib at hand). How a source is written stands
in ``sample_files/source.py``, how each format is made in its neighbours.

usage: python scripts/make_samples.py            rebuild all
       python scripts/make_samples.py --check    exit 1 when a file differs from its source, exit 2 on a bad source
"""

from __future__ import annotations

import sys
from pathlib import Path

from sample_files import pdf, sheet, slides, web, word
from sample_files.source import Source, sources
from wuyou.errors import WuyouError

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "content_library" / "materials"


def build(source: Source) -> bytes:
    """Make the bytes of the headquarters file."""
    presses = {".docx": word.press, ".pdf": pdf.press, ".pptx": slides.press, ".xlsx": sheet.press, ".html": web.press}
    if source.suffix in presses:
        return presses[source.suffix](source)
    if source.suffix == ".md":
        return source.body.encode()
    return "".join(f"{block.text.replace('**', '')}\n\n" for block in source.blocks).rstrip("\n").encode() + b"\n"


def _committed(name: str) -> bytes | None:
    path = TARGET / name
    return path.read_bytes() if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Rebuild the materials, or compare them with their sources."""
    if arguments not in ([], ["--check"]):
        print("用法：python scripts/make_samples.py [--check]", file=sys.stderr)
        return 2
    try:
        made = {source.file: build(source) for source in sources()}
    except WuyouError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments:
        differing = [name for name, data in made.items() if _committed(name) != data]
        if differing:
            names = "、".join(differing)
            print(f"{len(differing)} 份物料与源文件不一致：{names}（请运行 python scripts/make_samples.py）")
            return 1
        print(f"{len(made)} 份物料都与源文件一致")
        return 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (TARGET / name).write_bytes(data)
    print(f"做好 {len(made)} 份物料 → content_library/materials")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

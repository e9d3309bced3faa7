"""The press: pictures that are missing or of another style become files; several threads, each with its own compiler."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from ..errors import ExportError, LibraryError, Problem, reason
from ..values import Bank, Picture
from . import codes, labels
from .guard import fonts, named, refused, unset
from .tables import BACKDROPS, PALETTES, PLAIN, Designs, Scenes, palette, read_designs, read_scenes, seed

POSTER = "poster.typ"
STYLE = ".style"
MADE = re.compile(r"[0-9a-f]{16}\.(?:png|jpg)(?:\.\d+)?")
HEAVIEST = 300_000
"""Bytes that a picture may weigh to be sent without thinking."""


class Signature(NamedTuple):
    """Whose page it is: printed below the picture when asked for."""

    name: str
    """Name and branch, a line or two."""
    qr: str = ""
    """The address behind the QR code; none when empty."""


class _Press(NamedTuple):
    """What every poster of one run shares."""

    folder: Path
    templates: Path
    photos: Path | None
    scenes: Scenes
    designs: Designs
    bank: Bank
    signature: Signature
    code: str
    """The QR code as SVG."""


def make(
    pictures: Sequence[Picture],
    folder: Path,
    templates: Path,
    *,
    bank: Bank,
    jobs: int | None = None,
    photos: Path | None = None,
    signature: Signature | None = None,
) -> list[Path]:
    """Make the pictures that are missing or of another style, remove those no longer wanted, return all files in order.

    ``templates`` is the folder of the poster templates, ``photos`` that of the bank's own photos. Pictures of kind
    ``given`` came with a file and are not made. One process at a time may work on a folder.
    Raises ExportError with every picture that cannot be set and why; LibraryError when the templates are at fault.
    """
    scenes, designs = read_scenes(templates), read_designs(templates)
    signed = signature or Signature("")
    wanted = {picture.file: picture for picture in pictures if picture.kind != "given"}
    printed = bank.short + signed.name.replace("\n", "") + _visible(bank)
    faults = [fault for each in wanted.values() for fault in (*unset(each, printed), *refused(each, scenes))]
    faults += [fault for each in wanted.values() for fault in _lost(each, photos)]
    if faults:
        raise ExportError(faults)
    press = _Press(folder, templates, photos, scenes, designs, bank, signed, codes.svg(signed.qr) if signed.qr else "")
    style = _style(press)
    mark = folder / STYLE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = mark.is_file() and mark.read_text(encoding="utf-8") == style
        if not fresh:  # taken away first: a run that is cut short must not leave old posters under the new mark
            mark.unlink(missing_ok=True)
        missing = [picture for file, picture in wanted.items() if not (fresh and (folder / file).is_file())]
        faults = _set(missing, press, jobs or _cores())
        for path in folder.glob("*.[pj][np]g*"):
            if path.name not in wanted and MADE.fullmatch(path.name):
                path.unlink(missing_ok=True)
        if faults:
            raise ExportError(faults)
        if not fresh:
            _write(mark, style.encode())
    except OSError as error:
        raise ExportError(f"写不进图片：{reason(error)}", str(folder), "请看磁盘空间和文件夹权限") from error
    return [folder / file for file in wanted]


def _visible(bank: Bank) -> str:
    return labels.SEEN if bank.ai_label == "explicit" else ""


def _lost(picture: Picture, photos: Path | None) -> list[Problem]:
    """Say whether the photo a picture stands on is gone or has been changed since it was chosen."""
    if not picture.photo:
        return []
    file, _, digest = picture.photo.partition("#")
    path = (photos or Path()) / file
    if photos is None or not path.is_file():
        return [Problem(f"找不到照片：{file}", named(picture), "请放回 content_library/pictures，或重写这一条")]
    if blake2b(path.read_bytes(), digest_size=6).hexdigest() != digest:
        return [Problem(f"照片换过了：{file}", named(picture), "文稿选的是原来那张；请重写这一条，再审一遍")]
    return []


def _style(press: _Press) -> str:
    """Digest everything that shapes a poster apart from the picture itself."""
    digest = blake2b(digest_size=16)
    sources = [path for path in press.templates.rglob("*") if path.suffix in (".typ", ".yml")]
    for path in (*sorted(sources), *sorted(fonts().glob("*.ttf"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    bank = press.bank
    shared = [bank.name, bank.short, bank.sample, bank.ai_label, press.signature, version("typst"), labels.VERSION]
    digest.update(json.dumps(shared, ensure_ascii=False).encode())
    return digest.hexdigest()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _set(pictures: Sequence[Picture], press: _Press, jobs: int) -> list[Problem]:
    """Set pictures on several threads; a compiler belongs to one thread, so each gets its own share and its own."""
    shares = [share for start in range(jobs) if (share := pictures[start::jobs])]
    if not shares:
        return []
    with ThreadPoolExecutor(len(shares)) as pool:
        return [problem for faults in pool.map(lambda share: _share(share, press), shares) for problem in faults]


def _share(pictures: Sequence[Picture], press: _Press) -> list[Problem]:
    import typst

    main = press.templates / POSTER
    if not main.is_file():
        raise LibraryError("没有这份海报模板", str(main), "请从随附的 templates/posters 里补回")
    root = _root(press, any(picture.photo for picture in pictures))
    compiler = typst.Compiler(str(main), root=str(root), font_paths=[str(fonts())], ignore_system_fonts=True)
    faults: list[Problem] = []
    for picture in pictures:
        source = _source(_poster(picture, press, root), main, root)
        try:
            png, warnings = compiler.compile_with_warnings(source, format="png", ppi=72)
        except typst.TypstError as error:
            faults += _overflow(picture, str(error), main)
            continue
        if lacking := [str(each) for each in warnings if "unknown font" in str(each)]:
            raise LibraryError(f"模板用了没有随附的字体：{lacking[0]}", str(main), "请用 Noto Sans SC")
        if not isinstance(png, bytes):
            raise LibraryError("模板排出了不止一页", str(main), "一张海报只有一页")
        made = (
            labels.jpeg(png, picture, press.bank, HEAVIEST) if picture.photo else labels.png(png, picture, press.bank)
        )
        _write(press.folder / picture.file, made)
    return faults


def _source(poster: dict[str, object], main: Path, root: Path) -> bytes:
    """Return the source that shows one poster: what the template is told goes in as bare numbers, never as words.

    Not as ``sys_inputs``: with another input the compiler forgets every template it has read, and that is half the time.
    """
    told = ",".join(map(str, json.dumps(poster, ensure_ascii=False).encode()))
    path = json.dumps("/" + main.resolve().relative_to(root).as_posix(), ensure_ascii=False)
    return f"#import {path}: shown\n#shown(json(bytes(({told}))))".encode()


def _root(press: _Press, with_photos: bool) -> Path:
    """Return the folder below which templates may read: their own, or one that holds the photos too."""
    if not with_photos or press.photos is None:
        return press.templates.resolve()
    return Path(os.path.commonpath((press.templates.resolve(), press.photos.resolve())))


def _poster(picture: Picture, press: _Press, root: Path) -> dict[str, object]:
    """Return what the template is told, as plain data."""
    scene = press.scenes.wanted(picture)
    design = picture.design if picture.design in press.designs.layouts else PLAIN
    looks = press.designs.layouts[design].looks
    colours = palette(picture, press.scenes)
    photo = press.photos / picture.photo.partition("#")[0] if picture.photo and press.photos else None
    return {
        "design": design,
        "look": picture.look if picture.look in looks else looks[0],
        "shape": picture.shape,
        "scene": scene,
        "palette": picture.palette if picture.palette in PALETTES else colours[seed(picture, 0) % len(colours)],
        "backdrop": BACKDROPS[seed(picture, 1) % len(BACKDROPS)],
        "mirror": scene not in press.scenes.upright and seed(picture, 2) % 2 == 1,
        "photo": "/" + photo.resolve().relative_to(root).as_posix() if photo else "",
        "figure": picture.figure,
        "headline": picture.headline,
        "lines": picture.lines,
        "points": picture.points,
        "labels": picture.labels,
        "footnote": picture.footnote,
        "bank": press.bank.short,
        "sample": press.bank.sample,
        "signature": press.signature.name,
        "qr": press.code,
        "ai": _visible(press.bank) if picture.modelled else "",
    }


def _overflow(picture: Picture, message: str, main: Path) -> list[Problem]:
    """Turn the template's refusal into Chinese. Raises LibraryError when it is not a refusal but a broken template."""
    refusal = re.search(r"refused: ([a-z0-9 ]+)", message)
    if refusal is None:
        raise LibraryError(f"海报模板排不出来：{message.splitlines()[0]}", str(main), "请看这份模板最近改了什么")
    names = {
        "headline": ("大字", picture.headline),
        "footnote": ("脚注", picture.footnote),
        "figure": ("题目", picture.figure),
    }
    names |= {f"line{index}": (f"第 {index} 行小字", line) for index, line in enumerate(picture.lines, 1)}
    names |= {"points": ("列出的几条合起来", "；".join(picture.points)), "labels": ("小标", "、".join(picture.labels))}
    found = [names.get(name, ("署名", "")) for name in refusal[1].split()]
    return [
        Problem(f"{title}有 {len(text)} 个字，字号缩到底也放不下：{text}", named(picture), "请写短一些")
        for title, text in found
    ]


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)

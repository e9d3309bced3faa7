"""Pictures turn a ``Picture`` into a PNG of 1080 × 1440: one drawn scene, a headline, a few short lines.

The words are the writer's: this room only sets them, and refuses what it cannot set well (a character the font lacks,
a line too long) instead of printing a box or cutting it off. How a poster looks, which drawings there are and which
words mean which drawing stand in ``templates/posters``; text reaches those templates as data, never as source.
The same picture, style and bank give the same bytes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from .errors import ExportError, LibraryError, Problem, reason
from .values import Bank, Picture, Value
from .yamls import build, load

HEADLINE = 8
LINES = 3
LINE = 14
"""Norms, in characters: a poster is read in a second."""

_CARD = "card.typ"
_SCENES = "scenes.yml"
_STYLE = ".style"
_BACKDROPS = ("disc", "arch", "pebble", "panel")
_PALETTES = ("persimmon", "tea", "dusk", "snow", "plum", "wheat", "sea", "clay")


class Scenes(Value):
    """Which words mean which drawing: ``scenes.yml``."""

    drawings: dict[str, tuple[str, ...]]
    """Drawing → the words that ask for it."""
    fallback: dict[str, tuple[str, ...]]
    """Kind of picture → drawings that suit it when no word is known."""
    upright: tuple[str, ...]
    """Drawings that may not be mirrored."""
    seasons: dict[str, tuple[str, ...]]
    """Word of season, weather or hour → palettes."""
    refused: tuple[str, ...]
    """What no picture may show."""

    def known(self, text: str) -> str:
        """Return the drawing whose longest word stands in the text, the earliest of equals, or nothing."""
        text = text.casefold()
        found = [
            (-len(word), at, name)
            for name, words in self.drawings.items()
            for word in words
            if (at := _place(word, text)) is not None
        ]
        return min(found)[2] if found else ""


class _Press(NamedTuple):
    """What every poster of one run shares."""

    folder: Path
    templates: Path
    scenes: Scenes
    bank: Bank


def make(
    pictures: Sequence[Picture], folder: Path, templates: Path, *, bank: Bank, jobs: int | None = None
) -> list[Path]:
    """Make the pictures that are missing or of another style, remove those no longer wanted, return all files in order.

    ``templates`` is the folder of the poster templates. Pictures of kind ``given`` came with a file and are not made.
    One process at a time may work on a folder.
    Raises ExportError with every picture that cannot be set and why; LibraryError when the templates are at fault.
    """
    scenes = _scenes(templates)
    wanted = {picture.file: picture for picture in pictures if picture.kind != "given"}
    faults = [fault for each in wanted.values() for fault in (*_unset(each, bank.short), *_refused(each, scenes))]
    if faults:
        raise ExportError(faults)
    style = _style(templates, bank)
    mark = folder / _STYLE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = mark.is_file() and mark.read_text(encoding="utf-8") == style
        if not fresh:  # taken away first: a run that is cut short must not leave old posters under the new mark
            mark.unlink(missing_ok=True)
        missing = [picture for file, picture in wanted.items() if not (fresh and (folder / file).is_file())]
        faults = _set(missing, _Press(folder, templates, scenes, bank), jobs or _cores())
        for path in folder.glob("*.png*"):
            if path.name not in wanted and re.fullmatch(r"[0-9a-f]{16}\.png(\.\d+)?", path.name):
                path.unlink(missing_ok=True)
        if faults:
            raise ExportError(faults)
        if not fresh:
            _write(mark, style.encode())
    except OSError as error:
        raise ExportError(f"写不进图片：{reason(error)}", str(folder), "请看磁盘空间和文件夹权限") from error
    return [folder / file for file in wanted]


def problems(picture: Picture, templates: Path | None = None) -> list[Problem]:
    """Say what is wrong with a picture's words: glyphs the font lacks, more or longer lines than a poster carries.

    With ``templates``, also what no picture may show and a scene that is not among the drawings.
    """
    found = _unset(picture, "")
    where = _where(picture)
    if len(picture.headline) > HEADLINE:
        found.append(Problem(f"大字有 {len(picture.headline)} 个字", where, f"请写到 {HEADLINE} 个字以内"))
    for line in picture.lines:
        if len(line) > LINE:
            found.append(Problem(f"“{line}”有 {len(line)} 个字", where, f"请写到 {LINE} 个字以内"))
    if templates is not None:
        scenes = _scenes(templates)
        found += _refused(picture, scenes)
        if picture.scene and not scenes.known(picture.scene):
            instead = drawing(picture, templates)
            found.append(
                Problem(f"没有这样一幅画：{picture.scene}", where, f"会用 {instead} 代替；说法可添进 {_SCENES}")
            )
    return found


def scene_names(templates: Path) -> tuple[str, ...]:
    """Return the names of all drawings, in their order."""
    return tuple(_scenes(templates).drawings)


def drawing(picture: Picture, templates: Path) -> str:
    """Return the drawing for a picture: by the words of its scene, then of its description, else by its kind."""
    return _drawing(picture, _scenes(templates))


def _drawing(picture: Picture, scenes: Scenes) -> str:
    if picture.scene in scenes.drawings:
        return picture.scene
    choice = scenes.fallback.get(picture.kind) or tuple(scenes.drawings)
    return scenes.known(picture.scene) or scenes.known(picture.alt) or choice[_seed(picture, 3) % len(choice)]


def _palette(picture: Picture, scenes: Scenes) -> str:
    text = picture.scene + picture.headline
    choice = next((palettes for word, palettes in scenes.seasons.items() if word in text), _PALETTES)
    return choice[_seed(picture, 0) % len(choice)]


def _seed(picture: Picture, part: int) -> int:
    """Return two bytes of the picture's id as a number: what looks like chance, yet is the same every time."""
    return int(picture.id[part * 4 : part * 4 + 4], 16)


def _place(word: str, text: str) -> int | None:
    """Return where a word stands in a text; an English word must stand alone (tea is not in steam)."""
    if word.isascii():
        found = re.search(rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])", text)
        return found.start() if found else None
    return text.index(word) if word in text else None


def _scenes(templates: Path) -> Scenes:
    document = load(templates / _SCENES)
    scenes = build(Scenes, document)
    unknown = [
        Problem(f"没有这幅画：{name}", document.where((key,)), "名字要和 drawings 里的一样")
        for key, names in (
            ("fallback", [name for choice in scenes.fallback.values() for name in choice]),
            ("upright", scenes.upright),
        )
        for name in names
        if name not in scenes.drawings
    ]
    unknown += [
        Problem(f"没有这套配色：{name}", document.where(("seasons", word)), f"可用：{'、'.join(_PALETTES)}")
        for word, names in scenes.seasons.items()
        for name in names
        if name not in _PALETTES
    ]
    if unknown:
        raise LibraryError(unknown)
    return scenes


def _where(picture: Picture) -> str:
    names = (picture.headline, *picture.lines, picture.scene, picture.alt, picture.file)
    return f"图片“{next(name for name in names if name)}”"


def _refused(picture: Picture, scenes: Scenes) -> list[Problem]:
    return [
        Problem(f"画面里不能有{word}", _where(picture), "请换一个生活里的画面")
        for word in scenes.refused
        if word in picture.scene
    ]


def _unset(picture: Picture, signed: str) -> list[Problem]:
    """Say what could not be set at any size: characters without a glyph, more lines than there is room for."""
    found = []
    for char in dict.fromkeys("".join((picture.headline, *picture.lines, picture.footnote, signed))):
        if char not in _covered():
            shown = f"“{char}”（U+{ord(char):04X}）" if char.isprintable() else f"看不见的字符 U+{ord(char):04X}"
            found.append(Problem(f"字库里没有{shown}", _where(picture), "请换一个字，图上不放表情符号"))
    if len(picture.lines) > LINES:
        found.append(Problem(f"图上有 {len(picture.lines)} 行小字", _where(picture), f"请留 {LINES} 行以内"))
    return found


def _fonts() -> Path:
    return Path(str(files("wuyou") / "fonts"))


@cache
def _covered() -> frozenset[str]:
    return frozenset((_fonts() / "coverage.txt").read_text(encoding="utf-8")) - {"\n"}


def _style(templates: Path, bank: Bank) -> str:
    """Digest everything that shapes a poster apart from the picture itself."""
    digest = blake2b(digest_size=16)
    sources = [path for path in templates.rglob("*") if path.suffix in (".typ", ".yml")]
    for path in (*sorted(sources), *sorted(_fonts().glob("*.ttf"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(json.dumps([bank.short, bank.sample, version("typst")], ensure_ascii=False).encode())
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

    card = press.templates / _CARD
    if not card.is_file():
        raise LibraryError("没有这份海报模板", str(card), "请从随附的 templates/posters 里补回")
    compiler = typst.Compiler(
        str(card), root=str(press.templates), font_paths=[str(_fonts())], ignore_system_fonts=True
    )
    faults: list[Problem] = []
    for picture in pictures:
        poster = json.dumps(_poster(picture, press), ensure_ascii=False)
        try:
            png, warnings = compiler.compile_with_warnings(format="png", ppi=72, sys_inputs={"poster": poster})
        except typst.TypstError as error:
            faults += _overflow(picture, str(error), card)
            continue
        if fonts := [str(each) for each in warnings if "unknown font" in str(each)]:
            raise LibraryError(f"模板用了没有随附的字体：{fonts[0]}", str(card), "请用 Noto Sans SC")
        if not isinstance(png, bytes):
            raise LibraryError("模板排出了不止一页", str(card), "一张海报只有一页")
        _write(press.folder / picture.file, png)
    return faults


def _poster(picture: Picture, press: _Press) -> dict[str, object]:
    """Return what the template is told, as plain data."""
    scene = _drawing(picture, press.scenes)
    return {
        "scene": scene,
        "palette": _palette(picture, press.scenes),
        "backdrop": _BACKDROPS[_seed(picture, 1) % len(_BACKDROPS)],
        "mirror": scene not in press.scenes.upright and _seed(picture, 2) % 2 == 1,
        "headline": picture.headline,
        "lines": picture.lines,
        "footnote": picture.footnote,
        "bank": press.bank.short,
        "sample": press.bank.sample,
    }


def _overflow(picture: Picture, message: str, card: Path) -> list[Problem]:
    """Turn the template's refusal into Chinese. Raises LibraryError when it is not a refusal but a broken template."""
    refusal = re.search(r"refused: ([a-z0-9 ]+)", message)
    if refusal is None:
        raise LibraryError(f"海报模板排不出来：{message.splitlines()[0]}", str(card), "请看这份模板最近改了什么")
    names = {"headline": ("大字", picture.headline), "footnote": ("脚注", picture.footnote)}
    names |= {f"line{index}": (f"第 {index} 行小字", line) for index, line in enumerate(picture.lines, 1)}
    return [
        Problem(f"{title}有 {len(text)} 个字，字号缩到底也放不下：{text}", _where(picture), "请写短一些")
        for title, text in (names[name] for name in refusal[1].split())
    ]


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)

"""The two tables of ``templates/posters``: which words mean which drawing, and which post gets which layout."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from ..errors import LibraryError, Problem
from ..values import Picture, Value
from ..yamls import Document, build, load

BACKDROPS = ("disc", "arch", "pebble", "panel")
PALETTES = ("persimmon", "tea", "dusk", "snow", "plum", "wheat", "sea", "clay")
SCENES = "scenes.yml"
DESIGNS = "designs.yml"
SETS = (1, 3, 6, 9)
"""How many pictures make whole rows on Moments."""
PLAIN = "scene"
"""The layout that needs nothing but a drawing and a headline: what every other falls back on."""


class Scenes(Value):
    """Which words mean which drawing: ``scenes.yml``."""

    drawings: dict[str, tuple[str, ...]]
    """Drawing → the words that ask for it."""
    alts: dict[str, str]
    """Drawing → what it shows, for those who cannot see it."""
    families: tuple[tuple[str, ...], ...] = ()
    """Drawings that may stand in for each other."""
    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Word of a fact → drawings that suit a card which lists it."""
    fallback: dict[str, tuple[str, ...]]
    """Kind of picture → drawings that suit it when no word is known."""
    pages: tuple[str, ...] = ()
    """Drawings that go beside any fact: first choice for the pages behind a cover that no word of theirs names."""
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

    def meant(self, scene: str) -> str:
        """Return the drawing for a scene; of a story told as “题目：…” the title says what it is about, its end first."""
        title, told, _ = scene.partition("：")
        parts = (title.rpartition("的")[2], title) if told else ()
        return next((name for part in (*parts, scene) if (name := self.known(part))), "")

    def about(self, text: str) -> tuple[str, ...]:
        """Return the drawings that suit a card of facts: those its words name, in the order of the table."""
        return tuple(dict.fromkeys(name for word, names in self.facts.items() if word in text for name in names))

    def wanted(self, picture: Picture) -> str:
        """Return the drawing for a picture: by the words of its scene, then of its description, else by its kind."""
        for name in (picture.drawing, picture.scene):
            if name in self.drawings:
                return name
        choice = self.fallback.get(picture.kind) or tuple(self.drawings)
        return self.meant(picture.scene) or self.known(picture.alt) or choice[seed(picture, 3) % len(choice)]

    def kin(self, name: str) -> list[str]:
        """Return the drawings of the same families, nearest first."""
        found: list[str] = []
        for family in self.families:
            if name in family:
                at = family.index(name)
                found += [*family[at + 1 :], *family[:at]]
        return list(dict.fromkeys(found))


class Layout(Value):
    """What a layout carries."""

    looks: Annotated[tuple[str, ...], Field(min_length=1)]
    """Its arrangements."""
    points: tuple[int, int] = (0, 0)
    """Least and most of what it lists."""
    chars: Annotated[int, Field(ge=1, le=60)] = 40
    """Most characters of each."""


class Serving(Value):
    """How the posts of a genre are shown."""

    designs: tuple[str, ...] = ()
    """Layouts, best first; a drawing with a headline when their material is not there."""
    shape: Literal["portrait", "square"] = "portrait"
    """1080 × 1440 or 1080 × 1080."""
    set: int = 1
    """On Moments: at most so many pictures (1, 3, 6 or 9), as far as there are facts for them."""

    @field_validator("set")
    @classmethod
    def _whole_rows(cls, count: int) -> int:
        if count not in SETS:
            raise ValueError("朋友圈一次发 1、3、6 或 9 张")
        return count


class Designs(Value):
    """Which post gets which layout and which colours: ``designs.yml``."""

    layouts: dict[str, Layout]
    """Layout → what it carries."""
    genres: dict[str, Serving]
    """Genre → how it is shown; a drawing with a headline for those that are not named."""
    segments: dict[str, tuple[str, ...]]
    """Segment → its palettes."""
    months: dict[int, tuple[str, ...]]
    """Month → palettes of the season."""

    def looks(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return every arrangement of the layouts, in order."""
        return [(name, look) for name in names for look in self.layouts[name].looks]


def seed(picture: Picture, part: int) -> int:
    """Return two bytes of the picture's id as a number: what looks like chance, yet is the same every time."""
    return int(picture.id[part * 4 : part * 4 + 4], 16)


def palette(picture: Picture, scenes: Scenes) -> tuple[str, ...]:
    """Return the palettes that the words of a picture ask for, or all."""
    text = picture.scene + picture.headline
    return next((names for word, names in scenes.seasons.items() if word in text), PALETTES)


def drawing(picture: Picture, templates: Path) -> str:
    """Return the drawing that a picture asks for."""
    return read_scenes(templates).wanted(picture)


def scene_names(templates: Path) -> tuple[str, ...]:
    """Return the names of all drawings, in their order."""
    return tuple(read_scenes(templates).drawings)


def read_scenes(templates: Path) -> Scenes:
    """Read the table of drawings. Raises LibraryError with every name in it that leads nowhere."""
    path = templates / SCENES
    return _scenes(path, path.stat().st_mtime_ns if path.is_file() else 0)


def read_designs(templates: Path) -> Designs:
    """Read the table of layouts. Raises LibraryError with every name in it that leads nowhere."""
    path = templates / DESIGNS
    return _designs(path, path.stat().st_mtime_ns if path.is_file() else 0)


@cache
def _scenes(path: Path, _: int) -> Scenes:
    document = load(path)
    scenes = build(Scenes, document)
    choices = [(("fallback", kind), names) for kind, names in scenes.fallback.items()]
    choices += [(("facts", word), names) for word, names in scenes.facts.items()]
    choices += [(("families", index), names) for index, names in enumerate(scenes.families)]  # type: ignore[misc]
    choices += [(("upright",), scenes.upright), (("pages",), scenes.pages), (("alts",), tuple(scenes.alts))]  # type: ignore[list-item]
    unknown = [
        Problem(f"没有这幅画：{name}", document.where(where), "名字要和 drawings 里的一样")
        for where, names in choices
        for name in names
        if name not in scenes.drawings
    ]
    unknown += [
        Problem(f"这幅画没有一句说明：{name}", document.where(("alts",)), "请在 alts 里写一句画面上有什么")
        for name in scenes.drawings
        if not scenes.alts.get(name)
    ]
    unknown += _no_palette(document, "seasons", scenes.seasons)
    if unknown:
        raise LibraryError(unknown)
    return scenes


@cache
def _designs(path: Path, _: int) -> Designs:
    document = load(path)
    designs = build(Designs, document)
    unknown = [
        Problem(f"没有这个版式：{name}", document.where(("genres", genre)), f"可用：{'、'.join(designs.layouts)}")
        for genre, serving in designs.genres.items()
        for name in serving.designs
        if name not in designs.layouts
    ]
    if PLAIN not in designs.layouts:
        unknown.append(Problem(f"少了 {PLAIN} 这个版式", document.where(("layouts",)), "别的版式排不了时要靠它"))
    unknown += _no_palette(document, "segments", designs.segments)
    unknown += _no_palette(document, "months", designs.months)
    if unknown:
        raise LibraryError(unknown)
    return designs


def _no_palette(
    document: Document, key: str, table: dict[str, tuple[str, ...]] | dict[int, tuple[str, ...]]
) -> list[Problem]:
    return [
        Problem(f"没有这套配色：{name}", document.where((key, word)), f"可用：{'、'.join(PALETTES)}")
        for word, names in table.items()
        for name in names
        if name not in PALETTES
    ]


def _place(word: str, text: str) -> int | None:
    """Return where a word stands in a text; an English word must stand alone (tea is not in steam)."""
    if word.isascii():
        found = re.search(rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])", text)
        return found.start() if found else None
    return text.index(word) if word in text else None

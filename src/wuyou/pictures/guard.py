"""What cannot be set well, said before it is tried: glyphs the font lacks, too many words, what no picture may show."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from ..errors import Problem
from ..values import Picture
from .tables import SCENES, Scenes, read_scenes

HEADLINE = 8
LINES = 3
LINE = 14
POINT = 40
"""Norms, in characters: a poster is read in a second, a card in five."""

FOOTNOTE = 190
QUESTION = 36
POINTS = 4


def problems(picture: Picture, templates: Path | None = None) -> list[Problem]:
    """Say what is wrong with a picture's words: glyphs the font lacks, more or longer lines than a poster carries.

    With ``templates``, also what no picture may show and a scene that is not among the drawings.
    """
    found = unset(picture, "")
    where = named(picture)
    for title, text, most in (
        ("大字", picture.headline, HEADLINE),
        *(("小字", line, LINE) for line in picture.lines),
        *(("要点", point, POINT) for point in picture.points),
    ):
        if len(text) > most:
            said = f"{title}有 {len(text)} 个字" if title == "大字" else f"“{text}”有 {len(text)} 个字"
            found.append(Problem(said, where, f"请写到 {most} 个字以内"))
    if templates is not None:
        scenes = read_scenes(templates)
        found += refused(picture, scenes)
        if picture.scene and not picture.photo and not scenes.known(picture.scene):
            instead = scenes.wanted(picture)
            found.append(
                Problem(f"没有这样一幅画：{picture.scene}", where, f"会用 {instead} 代替；说法可添进 {SCENES}")
            )
    return found


def named(picture: Picture) -> str:
    """Name a picture as people see it."""
    names = (
        picture.headline,
        *picture.lines,
        picture.figure,
        *picture.points,
        picture.scene,
        picture.alt,
        picture.file,
    )
    return f"图片“{next(name for name in names if name)}”"


def refused(picture: Picture, scenes: Scenes) -> list[Problem]:
    """Say what in the wished scene no picture may show."""
    return [
        Problem(f"画面里不能有{word}", named(picture), "请换一个生活里的画面")
        for word in scenes.refused
        if word in picture.scene
    ]


def unset(picture: Picture, signed: str) -> list[Problem]:
    """Say what could not be set at any size: characters without a glyph, more lines than there is room for."""
    found = []
    for char in dict.fromkeys(picture.text.replace("\n", "") + signed):
        if char not in covered():
            shown = f"“{char}”（U+{ord(char):04X}）" if char.isprintable() else f"看不见的字符 U+{ord(char):04X}"
            found.append(Problem(f"字库里没有{shown}", named(picture), "请换一个字，图上不放表情符号"))
    for title, items, most in (("小字", picture.lines, LINES), ("要点", picture.points, POINTS)):
        if len(items) > most:
            counted = f"图上有 {len(items)} 行小字" if title == "小字" else f"图上列了 {len(items)} 条"
            found.append(Problem(counted, named(picture), f"请留 {most} {'行' if title == '小字' else '条'}以内"))
    return found


def sayable(text: str, most: int) -> bool:
    """Tell whether a text is short enough and has a glyph for each character."""
    return 0 < len(text) <= most and covered().issuperset(text)


def fonts() -> Path:
    """Return the folder of the shipped fonts."""
    return Path(str(files("wuyou") / "fonts"))


@cache
def covered() -> frozenset[str]:
    """Return every character the fonts can draw."""
    return frozenset((fonts() / "coverage.txt").read_text(encoding="utf-8")) - {"\n"}

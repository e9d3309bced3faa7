"""The elements of a Word document: names, switches, styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
Element: TypeAlias = Any
_OPENED = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
_OFF = ("0", "false", "off", "none")


class Styles(NamedTuple):
    """Ids of the styles that matter to a reader."""

    headings: frozenset[str]
    hidden: frozenset[str]
    white: frozenset[str]
    shaded: frozenset[str]
    """Of those that colour the ground."""


def styles(styles: Element) -> Styles:
    """Tell what the styles of a document do."""
    based: dict[str, str] = {}
    headings: set[str] = set()
    hidden: set[str] = set()
    white: set[str] = set()
    shaded: set[str] = set()
    for style in children(styles, "style"):
        name, key = style.find(f"{W}name"), style.get(f"{W}styleId", "")
        base, level = style.find(f"{W}basedOn"), style.find(f"{W}pPr/{W}outlineLvl")
        if base is not None:
            based[key] = base.get(f"{W}val", "")
        title = (name.get(f"{W}val", "") if name is not None else "").lower()
        if re.match(r"heading|title|subtitle|标题|副标题", title) or (
            level is not None and level.get(f"{W}val", "9") < "9"
        ):
            headings.add(key)
        if any(is_shaded(properties) for properties in inside(style, "rPr", "pPr", "tcPr", "tblPr")):
            shaded.add(key)
        if is_gone(style.find(f"{W}rPr")):
            hidden.add(key)
        if is_white(style.find(f"{W}rPr")):
            white.add(key)
    for found in (headings, hidden, white, shaded):
        for _ in range(8):
            found.update(key for key, base in based.items() if base in found)
    return Styles(frozenset(headings), frozenset(hidden), frozenset(white), frozenset(shaded))


def name_of(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(container: Element, *names: str) -> Iterator[Element]:
    """Yield the children of these names, also those inside insertions and content controls."""
    for child in container:
        name = name_of(child)
        if name in names:
            yield child
        elif name in _OPENED:
            yield from children(child, *names)


def inside(container: Element, *names: str) -> list[Element]:
    return [element for element in container.iter() if name_of(element) in names]


def is_on(properties: Element | None, *names: str) -> bool:
    """Tell whether one of the switches is set and not set to off."""
    if properties is None:
        return False
    found = [properties.find(f"{W}{name}") for name in names]
    return any(switch is not None and switch.get(f"{W}val", "1") not in _OFF for switch in found)


def is_gone(properties: Element | None) -> bool:
    """Tell whether words of these properties are hidden, or too small for anybody to read."""
    return is_on(properties, "vanish", "webHidden") or 0 < value_of(properties, "sz") < _SMALLEST


def is_white(properties: Element | None) -> bool | None:
    """Tell whether words of these properties are white; None when that is said elsewhere."""
    color = properties.find(f"{W}color") if properties is not None else None
    return None if color is None else _is_pale(color.get(f"{W}val", ""))


def is_shaded(properties: Element | None) -> bool:
    """Tell whether the ground is coloured."""
    if properties is None:
        return False
    shade, marked = properties.find(f"{W}shd"), properties.find(f"{W}highlight")
    if marked is not None and marked.get(f"{W}val", "none") not in ("none", "white"):
        return True
    if shade is None:
        return False
    fill, pattern = shade.get(f"{W}fill", "auto"), shade.get(f"{W}val", "clear")
    return pattern not in ("clear", "nil") or not (fill == "auto" or _is_pale(fill))


_SMALLEST = 4
"""Half points; nobody reads smaller type."""


def _is_pale(color: str) -> bool:
    return re.fullmatch(r"(?:[EF][EF]|F[0-9A-D]){3}", color.upper()) is not None


def value_of(properties: Element | None, name: str, default: int = 0) -> int:
    found = properties.find(f"{W}{name}") if properties is not None else None
    value = found.get(f"{W}val", "") if found is not None else ""
    return int(value) if value.isdecimal() else default

"""The elements of a Word document: names, switches, styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
Element: TypeAlias = Any
_OPENED = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
_OFF = ("0", "false", "off", "none")


def styles(styles: Element) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of styles that make a heading, and of styles that hide."""
    based: dict[str, str] = {}
    headings: set[str] = set()
    hidden: set[str] = set()
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
        if is_on(style.find(f"{W}rPr"), "vanish"):
            hidden.add(key)
    for found in (headings, hidden):
        for _ in range(8):
            found.update(key for key, base in based.items() if base in found)
    return frozenset(headings), frozenset(hidden)


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


def value_of(properties: Element | None, name: str, default: int = 0) -> int:
    found = properties.find(f"{W}{name}") if properties is not None else None
    value = found.get(f"{W}val", "") if found is not None else ""
    return int(value) if value.isdecimal() else default

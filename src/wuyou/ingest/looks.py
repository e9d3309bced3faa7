"""Whether a reader of a web page would see a text: style sheets and attributes, as far as they hide.

Only simple selectors hide; a complicated one may at most give a background, so that white words on a dark bar are
not taken for hidden ones. It may not lay anything out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

MAX_CSS, MAX_RULES = 400_000, 4_000
_AT = re.compile(r"@(?:media|supports|font-face|keyframes|page|-webkit-keyframes)[^{};]{0,300}")
_LONGEST = 4_000
_SIMPLE = re.compile(r"[a-zA-Z][\w-]*|(?:[a-zA-Z][\w-]*)?[.#][\w-]+")
_LAST = re.compile(r"(?:[a-zA-Z][\w-]*)?(?:[.#][\w-]+)?$")
_DECLARATION = re.compile(r"([a-zA-Z-]{3,30})\s{0,9}:\s{0,9}([^;]{1,300})")
_WHITE = re.compile(r"white|#f[a-f89]f[a-f89]f[a-f89]|#fff|rgba?\(25\d,25\d,25\d(?:,[\d.]+)?\)|snow|ivory")
_NOTHING = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%)?|[01](?:\.\d+)?(?:px|pt)")
_FAR = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|pt|em)?")
_CLEAR = re.compile(r"transparent|rgba\([\d.]+,[\d.]+,[\d.]+,0?\.?0+\)")
_ZERO = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%|vh)?")
UNKNOWN = "?"
"""A background that is some colour or picture."""
NONE = "none"
"""The colour of transparent words."""
_UNCOVERED = frozenset({"js_content"})
"""Ids of what a script shows once the page has loaded: the text of a WeChat article."""


class Look(NamedTuple):
    """How an element shows its text."""

    gone: bool = False
    veiled: bool = False
    """Whether it is invisible but for what inside it calls itself visible."""
    tiny: bool = False
    color: str = ""
    ground: str = ""
    """Its background; empty for that of the page."""

    @property
    def hidden(self) -> bool:
        """Whether nobody can see the text."""
        if self.gone or self.veiled or self.tiny:
            return True
        if self.color == NONE:
            return self.ground != UNKNOWN  # a picture or gradient may shine through the letters
        white = _WHITE.fullmatch(self.color) is not None
        on_white = not self.ground or _WHITE.fullmatch(self.ground) is not None
        return (white and on_white) or (bool(self.color) and self.color == self.ground)


class Sheet:
    """The rules of a page's style sheets that can hide or uncover text."""

    def __init__(self) -> None:
        self.rules: dict[str, dict[str, str]] = {}

    def add(self, css: str) -> None:
        """Take the text of a style element; what holds only for print or small screens is passed over."""
        for rule in _without_at(without(css[:MAX_CSS].replace("<!--", " "), "/*", "*/")).split("}"):
            selectors, _, body = rule.rpartition("{")
            selectors = selectors.rpartition(";")[2]
            declared = dict(_declared(body)) if selectors and len(rule) <= _LONGEST else {}
            if not declared:
                continue
            for selector in selectors.split(",")[:40]:
                self._add(" ".join(selector.split()), declared)

    def _add(self, selector: str, declared: dict[str, str]) -> None:
        if len(self.rules) >= MAX_RULES or ":" in selector or "[" in selector:
            return
        if _SIMPLE.fullmatch(selector):
            self.rules.setdefault(selector.lower() if selector[0].isalpha() else selector, {}).update(declared)
        elif (last := _LAST.search(selector)) and last[0] and declared.keys() & {"background", "background-color"}:
            self.rules.setdefault(last[0], {}).setdefault("background", UNKNOWN)

    def look(self, tag: str, attributes: Mapping[str, str], names: tuple[str, ...], above: Look | None) -> Look:
        """Tell how an element shows its text, given the element around it."""
        declared: dict[str, str] = {}
        if self.rules:
            keys = [tag, *(f".{name}" for name in names), *(f"{tag}.{name}" for name in names)]
            if named := attributes.get("id"):
                keys += [f"#{named}", f"{tag}#{named}"]
            for key in keys:
                declared |= self.rules.get(key, {})
        for name, attribute in (("color", "color"), ("background", "bgcolor"), ("background", "background")):
            if attribute in attributes and tag != "body":
                declared[name] = _color(attributes[attribute])
        if style := attributes.get("style"):
            declared |= dict(_declared(style[:2000]))
        if attributes.get("id") in _UNCOVERED:
            declared = {name: value for name, value in declared.items() if name not in ("visibility", "opacity")}
        above = above or Look()
        if not declared and "hidden" not in attributes:
            return above
        size = declared.get("font-size")
        ground = declared.get("background-color") or declared.get("background") or ""
        seen = declared.get("visibility")
        return Look(
            veiled=seen != "visible" if seen else above.veiled,
            gone=above.gone or "hidden" in attributes or _is_gone(declared),
            tiny=_NOTHING.fullmatch(size) is not None if size else above.tiny,
            color=declared.get("color") or above.color,
            ground=ground or above.ground,
        )


def without(text: str, opening: str, closing: str) -> str:
    """Cut out comments; one that is never closed goes on to the end."""
    first, *others = text.split(opening)
    return "".join((first, *(part.partition(closing)[2] for part in others)))


def _without_at(css: str) -> str:
    """Cut out @media print {…} and its like, with all that stands inside."""
    if "@" not in css:
        return css
    kept: list[str] = []
    at = 0
    while match := _AT.search(css, at):
        kept.append(css[at : match.start()])
        at = match.end()
        depth = 0
        while at < len(css):
            brace = css[at]
            at += 1
            depth += (brace == "{") - (brace == "}")
            if not depth:
                break
    return "".join((*kept, css[at:]))


def _declared(body: str) -> Iterator[tuple[str, str]]:
    for name, value in _DECLARATION.findall(body):
        key, text = name.lower(), value.replace("!important", "").strip().lower()
        if key == "color" and _CLEAR.fullmatch(re.sub(r"\s", "", text)):
            yield key, NONE
        elif key == "color" or key.startswith("background"):
            text = _color(text) if key in ("color", "background-color", "background") else UNKNOWN
            key = key if key in ("color", "background-color") else "background"
            if text:
                yield key, text
        elif key in _HIDING or key in _SIZES or key in ("font-size", "visibility", "overflow"):
            yield key, text


def _color(value: str) -> str:
    """Return a colour in one spelling; empty for none, unknown for a picture or what cannot be told."""
    text = re.sub(r"\s", "", value.lower())
    if text in ("", "none", "transparent", "inherit", "initial", "unset", "currentcolor"):
        return ""
    colour = re.match(r"#[0-9a-f]{6}|#[0-9a-f]{3}|rgba?\([\d,.%]{5,30}\)|[a-z]{3,20}$", text)
    return colour[0] if colour and "url" not in text and "gradient" not in text else UNKNOWN


_HIDING: Mapping[str, re.Pattern[str]] = {
    "display": re.compile("none"),
    "opacity": re.compile(r"0?\.?0+"),
    "text-indent": _FAR,
    "left": _FAR,
    "top": _FAR,
    "margin-left": _FAR,
    "clip": re.compile(r"rect\(0.*"),
    "clip-path": re.compile(r"inset\((?:50|100)%\)"),
    "transform": re.compile(r"scale[xy]?\(0(?:,\s?0)?\)"),
}
_SIZES = frozenset({"height", "max-height", "width", "max-width"})


def _is_gone(declared: Mapping[str, str]) -> bool:
    if any((pattern := _HIDING.get(name)) and pattern.fullmatch(value) for name, value in declared.items()):
        return True
    cut = declared.get("overflow") in ("hidden", "clip")
    return cut and any(_ZERO.fullmatch(value) for name, value in declared.items() if name in _SIZES)

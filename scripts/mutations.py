"""The ways in which a file goes bad, as functions of its bytes and a seeded chance: what ``fuzz_ingest`` feeds readers.

Some are what really happens (a download cut short, a wrong suffix, two files mixed up), some what only an attacker
would do (declared sizes that lie, nesting without end, an archive that unpacks to gigabytes).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

HUGE = 30 * 1024 * 1024
"""Bytes a small archive may unpack to: more than any reader should hold."""
LARGE = 3 * 1024 * 1024
"""Bytes from which text is not made larger still: the spoiler has to live as well."""
ODD_NUMBERS = (
    "9" * 400,
    "-1",
    "0",
    "1e999999",
    "0." + "0" * 300 + "1",
    "99999999999999年13月45日",
    "２９９９年１２月３２日至1月1日",
    "25:61",
    "4294967296",
    "400-000-0505" * 30,
    "一百亿亿亿亿元",
    "%" * 50,
)
ODD_CHARACTERS = (
    "\0",
    "\x07",
    "\x1b[31m",
    "\ufeff",
    "\u202e",
    "\u200b" * 40,
    "\ufffd",
    "\U000e0001",
    "\r",
    "\v",
    "𠮷" * 9,
)
PREFIXES = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0", b"\n\n ", b"%PDF-1.7\n", b"PK\x03\x04")
CHARSETS = ("utf-16", "utf-7", "big5", "gb18030", "ascii", "ebcdic-cp-us", "no-such-charset", "")
NESTS = ("<div>", "<table><tr><td>", "<w:p>", "<w:tbl><w:tr><w:tc>", "<a:p>", "[", "（", "> ", "- ", "**", "<!--")
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;">]>'
)
DECLARED = re.compile(r"(?<=[=\"' ])(?:utf-?8|gb18030|UTF-8|GB18030)(?=[\"';> ])")
ATTRIBUTE = re.compile(r'(?<=[="])\d+(?=")')
NUMBER = re.compile(r"\d+(?:\.\d+)?")
TAG = re.compile(r"<[^<>]{1,300}>")
STREAM = re.compile(rb"/Length (\d+)([^<>]{0,200}(?:<<[^<>]*>>[^<>]{0,200})?)>>\s*stream\r?\n", re.DOTALL)
TEXTUAL = (".md", ".txt", ".html", ".htm")


def mutate(data: bytes, suffix: str, donor: bytes, chance: Random) -> bytes:
    """Spoil a file in one to four ways; ``donor`` is another file whose parts may stray into it."""
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        inside = chance.random() < 0.85
        if inside and data.startswith(b"PK"):
            data = _in_package(data, donor, chance)
        elif inside and data.startswith(b"%PDF"):
            data = _in_pdf(data, chance)
        elif inside and suffix in TEXTUAL:
            data = _as_text(data, chance)
        else:
            data = _raw(data, donor, chance)
    return data


# ── any bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _span(length: int, chance: Random, most: int = 4000) -> tuple[int, int]:
    start = chance.randrange(length + 1)
    return start, min(length, start + chance.randint(1, most))


def _flip(data: bytes, chance: Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 24)):
        if spoiled:
            spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def _cut(data: bytes, chance: Random) -> bytes:
    start, end = _span(len(data), chance)
    return data[:start] + data[end:]


def _end_early(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _insert(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randint(1, 400)) + data[at:]


def _repeat(data: bytes, chance: Random) -> bytes:
    start, end = _span(len(data), chance)
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[start:end] * chance.choice((1, 2, 40)) + data[at:]


def _blank(data: bytes, chance: Random) -> bytes:
    start, end = _span(len(data), chance)
    return data[:start] + bytes(end - start) + data[end:]


def _cross(data: bytes, donor: bytes, chance: Random) -> bytes:
    start, end = _span(len(donor), chance, 20_000)
    at = chance.randrange(len(data) + 1)
    return data[:at] + donor[start:end] + data[at:]


def _prefix(data: bytes, chance: Random) -> bytes:
    return chance.choice(PREFIXES) + data


RAW: tuple[Callable[[bytes, Random], bytes], ...] = (_flip, _cut, _end_early, _insert, _repeat, _blank, _prefix)


def _raw(data: bytes, donor: bytes, chance: Random) -> bytes:
    return _cross(data, donor, chance) if chance.random() < 1 / 8 else chance.choice(RAW)(data, chance)


# ── text and markup ──────────────────────────────────────────────────────────────────────────────────────────────────


def _as_text(data: bytes, chance: Random) -> bytes:
    if len(data) > LARGE:
        return _end_early(data, chance)
    if b"<" in data[:200] and chance.random() < 0.6:
        return _as_tree(data, chance)
    charset = "gb18030" if b"gb18030" in data[:1000] else "utf-8"
    spoiled = chance.choice(TEXT)(data.decode(charset, "surrogateescape"), chance)
    return spoiled.encode(charset, "surrogateescape" if charset == "utf-8" else "replace")


def _somewhere(text: str, chance: Random) -> int:
    """Return a place in a text; in markup mostly between tags, where words stand."""
    ends = [match.end() for match in TAG.finditer(text)] if chance.random() < 0.7 else []
    return chance.choice(ends) if ends else chance.randrange(len(text) + 1)


def _characters(text: str, chance: Random) -> str:
    for _ in range(chance.randint(1, 5)):
        at = _somewhere(text, chance)
        text = text[:at] + chance.choice(ODD_CHARACTERS) + text[at:]
    return text


def _numbers(text: str, chance: Random) -> str:
    odd = chance.choice(ODD_NUMBERS)
    rate = chance.choice((0.02, 0.3, 1)) if len(text) < LARGE // len(odd) else 0.001
    return NUMBER.sub(lambda match: odd if chance.random() < rate else match[0], text)


def _attributes(text: str, chance: Random) -> str:
    odd = chance.choice(("0", "-1", "65536", "4294967295", "9" * 40, "x", ""))
    rate = chance.choice((0.02, 0.3, 1))
    return ATTRIBUTE.sub(lambda match: odd if chance.random() < rate else match[0], text)


def _nest(text: str, chance: Random) -> str:
    at = _somewhere(text, chance)
    return text[:at] + chance.choice(NESTS) * chance.choice((20, 1_000, 30_000)) + text[at:]


def _declare(text: str, chance: Random) -> str:
    charset = chance.choice(CHARSETS)
    return DECLARED.sub(lambda _: charset, text)


def _entities(text: str, chance: Random) -> str:
    head = re.match(r"\s*<\?[^>]*\?>", text)
    at = head.end() if head else 0
    body = TAG.sub(lambda match: match[0] + ("&f;" if chance.random() < 0.05 else ""), text[at:])
    return text[:at] + ENTITIES + body


def _tags(text: str, chance: Random) -> str:
    """Drop some tags, or put one in the place of another."""
    tags = [match[0] for match in TAG.finditer(text)] or ["<p>"]
    rate = chance.choice((0.01, 0.1, 0.6))
    drop = chance.random() < 0.5
    return TAG.sub(lambda match: match[0] if chance.random() > rate else "" if drop else chance.choice(tags), text)


def _lines(text: str, chance: Random) -> str:
    """Make one line of all of it, or one very long one of a piece."""
    if chance.random() < 0.5:
        return text.replace("\n", "")
    start, end = _span(len(text), chance, 300)
    return text[:start] + text[start:end] * chance.choice((50, 600)) + text[end:]


TEXT: tuple[Callable[[str, Random], str], ...] = (
    _characters, _numbers, _attributes, _nest, _declare, _entities, _tags, _lines,
)  # fmt: skip


# ── trees ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _as_tree(data: bytes, chance: Random) -> bytes:
    """Spoil what markup means and keep it well-formed, so that the reader goes on past the parser."""
    from lxml import etree

    page = b"<html" in data[:300].lower()
    parser: Any = etree.HTMLParser(huge_tree=True) if page else etree.XMLParser(huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return data  # spoiled before
    for _ in range(chance.randint(1, 6)):
        elements = [element for element in root.iter() if isinstance(element.tag, str) and element is not root]
        if elements:
            chance.choice(TREE)(elements, chance)
    if page:
        return bytes(etree.tostring(root, method="html", encoding="gb18030" if b"gb18030" in data[:1000] else "utf-8"))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _drop(elements: list[Any], chance: Random) -> None:
    element = chance.choice(elements)
    element.getparent().remove(element)


def _copy(elements: list[Any], chance: Random) -> None:
    """Put copies of an element into another; not too much of it, or the spoiled file is only large."""
    from lxml import etree

    element, other = chance.choices(elements, k=2)
    if len(etree.tostring(element)) < LARGE // 100:
        copied = deepcopy(element)  # what stands inside itself would double each time
        for _ in range(chance.choice((1, 3, 200))):
            other.append(deepcopy(copied))


def _rename(elements: list[Any], chance: Random) -> None:
    element, other = chance.choices(elements, k=2)
    element.tag = other.tag


def _wrap(elements: list[Any], chance: Random) -> None:
    """Nest an element in ever more of another's kind."""
    element, other = chance.choices(elements, k=2)
    parent, inner = element.getparent(), element
    at = parent.index(element)
    for _ in range(chance.choice((1, 40, 240, 3_000))):
        outer = inner.makeelement(other.tag, dict(other.attrib))
        outer.append(inner)
        inner = outer
    parent.insert(at, inner)


def _swap_words(elements: list[Any], chance: Random) -> None:
    element, other = chance.choices(elements, k=2)
    element.text, other.text = other.text, element.text


def _say(elements: list[Any], chance: Random) -> None:
    """Say something odd, perhaps many times, where something ordinary stood."""
    said = [element for element in elements if element.text and element.text.strip()] or elements
    odd = chance.choice((*ODD_NUMBERS, "\u3000", "1.75%", "2026年11月1日至", "（", "第", "|", "不超过"))
    chance.choice(said).text = odd * chance.choice((1, 1, 60, 3_000))


def _attribute(elements: list[Any], chance: Random) -> None:
    """Give an attribute an odd value, here or wherever it stands."""
    named = [element for element in elements if element.attrib]
    if not named:
        return
    chosen = chance.choice(named)
    key = chance.choice(sorted(chosen.attrib))
    odd = chance.choice(("0", "-1", "2", "65536", "4294967295", "9" * 40, "x", "", "A1:XFD1048576", "../../x.xml"))
    for element in named if chance.random() < 0.2 else [chosen]:
        if key in element.attrib:
            element.set(key, odd)


TREE: tuple[Callable[[list[Any], Random], None], ...] = (_drop, _copy, _rename, _wrap, _swap_words, _say, _attribute)


# ── packages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_package(data: bytes, donor: bytes, chance: Random) -> bytes:
    """Spoil a zip from inside, so that its checksums are right, or only what it declares of itself."""
    if chance.random() < 0.15:
        return _lie(data, chance)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error, ValueError):
        return _raw(data, donor, chance)  # spoiled before
    if not members:
        return data
    names = sorted(members)
    weights = [
        3 if re.search(r"document|slide\d|sheet\d|sharedStr|footnotes|workbook|notes", name) else 1 for name in names
    ]
    first, second = chance.choices(names, weights, k=2)
    way = chance.random()
    if way < 0.6:
        members[first] = _as_text(members[first], chance)
    elif way < 0.7:
        members[first] = _raw(members[first], donor, chance)
    elif way < 0.78:
        members[first], members[second] = members[second], members[first]
    elif way < 0.86:
        del members[first]
    elif way < 0.92:
        members[f"../{first}" if chance.random() < 0.5 else second.upper()] = members.pop(first)
    else:
        at = max(members[first].rfind(b"</"), 0)
        members[first] = members[first][:at] + b" " * HUGE + members[first][at:]
    return _zip(members)


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _lie(data: bytes, chance: Random) -> bytes:
    """Change a size, a method or a flag in the headers of a zip."""
    heads = [match.start() for match in re.finditer(rb"PK\x01\x02|PK\x03\x04", data)]
    spoiled = bytearray(data)
    for head in chance.sample(heads, min(len(heads), chance.randint(1, 4))):
        central = data[head : head + 4] == b"PK\x01\x02"
        at, width = chance.choice(
            ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4)) if central else ((6, 2), (8, 2), (14, 4), (18, 4), (22, 4))
        )
        odd = chance.choice((0, 1, 9, 0x7FFFFFFF, 0xFFFFFFFF)) & (0xFFFF if width == 2 else 0xFFFFFFFF)
        spoiled[head + at : head + at + width] = odd.to_bytes(width, "little")
    return bytes(spoiled)


# ── pdf ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_pdf(data: bytes, chance: Random) -> bytes:
    """Spoil what a page draws, or the objects around it."""
    streams = list(STREAM.finditer(data))
    if streams and chance.random() < 0.5:
        chosen = chance.choice(streams)
        body = data[chosen.end() : chosen.end() + int(chosen[1])]
        try:
            content = zlib.decompress(body)
        except zlib.error:
            content = body
        if chance.random() < 0.1:
            content += b" " * HUGE
        else:
            content = chance.choice((_flip, _cut, _repeat, _pdf_numbers))(content, chance)
        packed = zlib.compress(content, 1)
        head = data[chosen.start() : chosen.end()].replace(chosen[1], str(len(packed)).encode(), 1)
        return data[: chosen.start()] + head + packed + data[chosen.end() + len(body) :]
    return chance.choice((_pdf_numbers, _pdf_names))(data, chance)


def _pdf_numbers(data: bytes, chance: Random) -> bytes:
    odd = chance.choice((b"0", b"-1", b"65536", b"4294967295", b"9" * 30, b"1 0 R", b"null"))
    rate = chance.choice((0.005, 0.1))
    return re.sub(rb"(?<=[ \[])\d+(?=[ \]/>])", lambda match: odd if chance.random() < rate else match[0], data)


def _pdf_names(data: bytes, chance: Random) -> bytes:
    names = (
        b"/Kids",
        b"/Count",
        b"/Font",
        b"/Page",
        b"/Length",
        b"/Filter",
        b"/ToUnicode",
        b"/Encrypt",
        b"/MediaBox",
        b"/Parent",
    )
    old, new = chance.sample(names, 2)
    return data.replace(old, new, chance.choice((1, 3, -1)))

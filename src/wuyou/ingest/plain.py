"""Reads plain text and Markdown as Chinese offices save them: UTF-8, UTF-16, GB 18030, with or without a BOM."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..chinese import is_han
from ..errors import MaterialError
from ..values import Passage
from .looks import Sheet, without

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f]")
MAX_TEXT = 4_000_000
"""Characters of a text file that are looked at; more than ``ingest`` takes."""
_COMMON_SHARE = 0.7
"""Real Chinese keeps to the common characters of GB 2312; text in another encoding, read as GB 18030, does not."""


def decode(data: bytes, name: str) -> str:
    """Turn a text file's bytes into text with plain line ends.

    Raises MaterialError when no Chinese encoding makes sense of them.
    """
    text = _decoded(data)
    if text is None or "\0" in text or len(_CONTROLS.findall(text)) > len(text) // 100:
        raise MaterialError("读不出文字，编码不认识", name, "请用记事本打开核对，另存为 UTF-8 再来")
    return re.sub(r"\r\n?|\v|\f|\u2028|\u2029", "\n", text)


def _decoded(data: bytes) -> str | None:
    marked = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None)
    zeros = data[:4096].count(0)
    if marked is None and zeros > len(data[:4096]) // 8:
        marked = "utf-16-le" if data[1:4096:2].count(0) >= data[0:4096:2].count(0) else "utf-16-be"
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _is_real_chinese(text):
            return text
    return None


_CHARSET = re.compile(rb"charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_CALLED = {
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "gb2312": "gb18030", "gb18030": "gb18030", "gbk": "gb18030",
    "x-gbk": "gb18030",
}  # fmt: skip
"""The encodings of Chinese by the names pages call them; what else a page declares is of no use."""


def decode_page(data: bytes, name: str) -> str:
    """Turn a web page's bytes into text: as UTF-8 when they are, else as the page says of itself.

    A browser that saves a page often changes the bytes and leaves the declaration. Raises MaterialError as ``decode``.
    """
    if not data.startswith(tuple(bom for bom, _ in _BOMS)) and data[:4096].count(0) == 0:
        found = _CHARSET.search(data[:4096])
        declared = found[1].decode().lower() if found else ""
        for encoding in ("utf-8", _CALLED.get(declared, "")):
            text = data.decode(encoding, "replace") if encoding else ""
            if text and text.count("\ufffd") <= len(text) // 500 + 1:
                return text
    return decode(data, name)


def _is_real_chinese(text: str) -> bool:
    chinese = [char for char in text if is_han(char)]
    common = sum(0xB0 <= char.encode("gb2312", "ignore")[:1].ljust(1, b"\0")[0] <= 0xD7 for char in chinese)
    return common >= _COMMON_SHARE * len(chinese)


class TextReader:
    """Plain text: every line that is not empty is a paragraph."""

    suffixes = (".txt",)

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield the lines."""
        lines = (
            line.strip(" \t\u3000\u00a0\ufeff") for line in decode(path.read_bytes(), path.name)[:MAX_TEXT].split("\n")
        )
        for number, line in enumerate((line for line in lines if line), start=1):
            yield Passage(locator=f"第{number}段", text=line)


_HEADING = re.compile(r"#{1,6}[ \t]+(.{1,500}?)[ \t]*#{0,6}$")
_NOTE = re.compile(r"\[\^([^\]\s]{1,40})\]:[ \t]*(.{0,2000})$")
_MARK = re.compile(r"\[\^([^\]\s]{1,40})\]")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,400}\)")
_BULLET = re.compile(r"(?:>[ \t]?){0,4}(?:[-*+][ \t]+)?")
_FRONT = re.compile(r"---[ \t]*\n(?:[^\n]{0,400}\n){0,60}?---[ \t]*\n")


class MarkdownReader:
    """Markdown: headings, runs of lines, tables and footnotes; the marks themselves are left out of the text."""

    suffixes = (".md", ".markdown")

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Tell what the text holds that was not read."""
        text = decode(path.read_bytes(), path.name)[:MAX_TEXT]
        found = (
            ("<!--" in text, "注释里的文字没有读"),
            (bool(_unveiled(text)[1]), "隐藏文字只标为内部，不会从中取要点"),
        )
        return tuple(remark for holds, remark in found if holds)

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield headings, paragraphs and table rows as they come, then the footnotes in the order of reference."""
        text = decode(path.read_bytes(), path.name).lstrip("\ufeff")[:MAX_TEXT]
        text, secrets = _unveiled(without(text, "<!--", "-->"))
        text = text[front.end() :] if (front := _FRONT.match(text)) else text
        notes: dict[str, str] = {}
        count = tables = 0
        for block in _blocks(text, notes):
            if isinstance(block, _Table):
                tables += 1
                yield from block.passages(tables)
                continue
            words = _plain(block.text)
            if any(char.isalnum() for char in words):
                count += 1
                yield Passage(locator=f"第{count}段", text=words, kind="heading" if block.heading else "paragraph")
        order = dict.fromkeys([mark for mark in _MARK.findall(_without_notes(text)) if mark in notes] + list(notes))
        for number, mark in enumerate(order, start=1):
            if words := _plain(notes[mark]):
                yield Passage(locator=f"脚注{number}", text=words, kind="footnote")
        for number, secret in enumerate(secrets, start=1):
            yield Passage(locator=f"隐藏文字{number}", text=secret, internal=True)


_OPENING = re.compile(r"<([a-zA-Z][a-zA-Z0-9]{0,12})(\s[^<>]{1,500})>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,20})(?:\s{0,3}=\s{0,3}(?:\"([^\"]{0,400})\"|'([^']{0,400})'))?")
_INLINE = re.compile(r"</?(?:b|big|br|center|div|em|font|i|p|small|span|strong|sub|sup|u)\b[^<>]{0,500}>")
_MAX_HIDDEN = 200


def _unveiled(text: str) -> tuple[str, list[str]]:
    """Take out what markup hides from a reader of the finished text; return the rest, and what was hidden."""
    page = Sheet()
    kept: list[str] = []
    secrets: list[str] = []
    at = 0
    for opening in _OPENING.finditer(text):
        attributes = {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(opening[2])}
        if opening.start() < at or not page.look(opening[1].lower(), attributes, (), None).hidden:
            continue
        closing = text.find(f"</{opening[1]}>", opening.end())
        end = closing if closing >= 0 else len(text)
        kept.append(text[at : opening.start()])
        if secret := _plain(text[opening.end() : end]):
            secrets.append(secret)
        at = end
        if len(secrets) >= _MAX_HIDDEN:
            break
    return "".join((*kept, text[at:])), secrets


class _Block:
    def __init__(self, text: str, *, heading: bool = False) -> None:
        self.text, self.heading = text, heading


class _Table:
    def __init__(self, rows: list[tuple[str, ...]]) -> None:
        self.rows = rows

    def passages(self, number: int) -> Iterator[Passage]:
        """Yield the rows; the first one is the heading of the others."""
        for index, cells in enumerate(self.rows, start=1):
            if any(cells):
                header = self.rows[0][: len(cells)] if index > 1 else ()
                place = f"表{number}第{index}行"
                yield Passage(locator=place, text=" | ".join(cells), kind="row", header=header, cells=cells)


def _blocks(text: str, notes: dict[str, str]) -> Iterator[_Block | _Table]:
    """Cut Markdown into blocks; footnote definitions go to ``notes``."""
    lines = text.split("\n")
    run: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index].strip()
        index += 1
        following = lines[index].strip() if index < len(lines) else ""
        heading, note = _HEADING.match(line), _NOTE.match(line)
        table = "|" in line and _is_rule(following)
        ends = not line or heading or note or table or _is_line(line)
        if ends and run:
            underlined = bool(line) and _is_line(line) and len(run) == 1
            yield _Block("\n".join(run), heading=underlined)
            run = []
        if heading:
            yield _Block(heading[1], heading=True)
        elif note:
            notes.setdefault(note[1], note[2])
        elif table:
            rows = [_cells(line)]
            index += 1
            while index < len(lines) and "|" in lines[index]:
                rows.append(_cells(lines[index].strip()))
                index += 1
            yield _Table(rows)
        elif not ends and not line.startswith("```"):
            run.append(line)
    if run:
        yield _Block("\n".join(run))


def _without_notes(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _NOTE.match(line.strip()))


def _is_line(line: str) -> bool:
    """Tell whether a line is only an underline or a rule."""
    return len(line) > 2 and (set(line) <= {"=", " "} or set(line) <= {"-", " "})


def _is_rule(line: str) -> bool:
    """Tell whether a line is the rule under a table's heading."""
    return "-" in line and "|" in line and set(line) <= set("|-: \t")


def _cells(line: str) -> tuple[str, ...]:
    whole = line.removeprefix("|").removesuffix("|").replace("\\|", "\0")
    return tuple(_plain(cell.replace("\0", "|")) for cell in whole.split("|"))


def _plain(text: str) -> str:
    """Drop Markdown's marks and keep the words."""
    lines = (_BULLET.sub("", line, count=1).rstrip() for line in text.split("\n"))
    joined = _MARK.sub("", _LINK.sub(r"\1", "\n".join(lines)))
    return _INLINE.sub("", re.sub(r"\*\*|__|`", "", joined)).strip(" \t\n\u3000\u00a0")

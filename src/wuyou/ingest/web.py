"""Reads web pages: what the page itself says, without the site around it; hidden text is marked.

Chosen over a ready-made extractor because that keeps neither the rows of tables nor places, and drops short notices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from ..errors import MaterialError
from ..values import Passage, PassageKind
from .cells import rows
from .page import Block, Page, Table, TooLong
from .plain import decode_page

_CHUNK = 1 << 16


class WebReader:
    """Web pages, as a browser saves them."""

    suffixes = (".html", ".htm")

    def __init__(self) -> None:
        self._read: tuple[Path, _Document] | None = None

    def passages(self, path: Path) -> Iterator[Passage]:
        """Yield headings, paragraphs and table rows in reading order; hidden text stands where it was hidden."""
        yield from self._document(path).passages()

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Tell what the page holds that was not read."""
        return self._document(path).remarks()

    def _document(self, path: Path) -> _Document:
        if self._read is None or self._read[0] != path:
            self._read = (path, _Document(path))
        return self._read[1]


class _Document:
    """One page that was read."""

    def __init__(self, path: Path) -> None:
        self.page, self.is_cut = _parse(decode_page(path.read_bytes(), path.name), path.name)
        kept = list(_kept(self.page.flow, strict=True))
        if _weight(kept) < 60 and _weight(kept) < _weight(self.page.flow) / 2:
            kept = list(_kept(self.page.flow, strict=False))  # the whole page calls itself a menu
        self.kept = kept

    def passages(self) -> Iterator[Passage]:
        paragraphs = tables = secrets = 0
        for piece in self.kept:
            if isinstance(piece, Table):
                if piece.text:
                    tables += 1
                    yield from rows(piece.laid(), f"表{tables}第{{}}行".format)
                for block in _secrets(piece):
                    secrets += 1
                    yield Passage(locator=f"隐藏文字{secrets}", text=block.text, internal=True)
            elif piece.hidden:
                secrets += 1
                yield Passage(locator=f"隐藏文字{secrets}", text=piece.text, internal=True)
            else:
                paragraphs += 1
                kind: PassageKind = "heading" if piece.heading else "paragraph"
                yield Passage(locator=f"第{paragraphs}段", text=piece.text, kind=kind)

    def remarks(self) -> tuple[str, ...]:
        found = (
            (self.is_cut, "网页太长，只读了前面一部分"),
            (any(passage.internal for passage in self.passages()), "隐藏文字只标为内部，不会从中取要点"),
            (self.page.pictures > 0, f"有 {self.page.pictures} 张图片，图片里的字没有读"),
            (self.page.frames > 0, "嵌在网页里的另一张网页没有读"),
        )
        return tuple(remark for holds, remark in found if holds)


def _parse(text: str, name: str) -> tuple[Page, bool]:
    """Let the parser hand its events to a page; tell whether the page was too long to be read whole."""
    from lxml import etree

    page = Page()
    parser = etree.HTMLParser(target=page, huge_tree=True, encoding="utf-8", remove_pis=True)
    data = text.encode("utf-8", "replace")
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        parser.close()
    except TooLong:
        return page.close(), True
    except etree.LxmlError as error:
        page.close()
        if not page.flow:
            raise MaterialError("里面没有能读的文字", name, "请在浏览器里打开核对，重新保存一份") from error
    return page, False


# ── what belongs to the page ──

_CRUMBS = re.compile(r"(?:[^\s|>»›/]{1,14}\s?[|>»›/]\s?){2,30}[^\s|>»›/]{0,30}")
_SITE_LINE = re.compile(
    r"(?:您|你)?(?:所在|当前|现在)的?(?:的位置|位置)[：:].{0,200}|.{0,60}(?:版权所有|[©@]\s?\d{4}|ICP备|ICP证|公网安备|Copyright).{0,200}"
    r"|(?:微信)?扫一扫.{0,16}|(?:长按|点击)[^，。]{0,16}关注[^，。]{0,12}"
    r"|(?:打印|关闭|阅读原文|收藏|返回(?:顶部|首页|列表)?|上一[篇条页]|下一[篇条页]|分享(?:到)?|字号|大|中|小|更多|展开|收起|登录|注册|首页|English)[：:\s>»]{0,4}",
    re.IGNORECASE,
)


def _kept(flow: list[Block | Table], *, strict: bool) -> Iterator[Block | Table]:
    """Yield what belongs to the page: no menus, no lists of links, no lines of the site."""
    for linked, group in groupby(flow, key=_leads_away):
        pieces = list(group)
        if linked and strict:
            continue
        for piece in pieces:
            if isinstance(piece, Block) and not piece.hidden and _SITE_LINE.fullmatch(piece.text):
                continue
            if not strict or not piece.margin or (piece.margin == "header" and _is_heading(piece)):
                yield piece


def _is_heading(piece: Block | Table) -> bool:
    return isinstance(piece, Block) and piece.heading


def _leads_away(piece: Block | Table) -> bool:
    """Tell whether a paragraph is there to be clicked on: short links, or a path of names."""
    if isinstance(piece, Table) or piece.hidden or piece.heading:
        return False
    sentence = len(piece.text) >= 30 and re.search(r"[，。；]", piece.text)
    return (piece.links >= 0.5 and not sentence) or _CRUMBS.fullmatch(piece.text) is not None


def _weight(flow: list[Block | Table]) -> int:
    return sum(len(piece.text) for piece in flow if isinstance(piece, Table) or not piece.hidden)


def _secrets(table: Table) -> Iterator[Block]:
    """Yield what is hidden in the cells of a table."""
    for piece in (piece for cell in table.cells for piece in cell):
        if isinstance(piece, Table):
            yield from _secrets(piece)
        elif piece.hidden:
            yield piece

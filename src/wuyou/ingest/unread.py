"""Says what of a printed document was not read, and why one cannot be read at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..errors import MaterialError
from .flow import Page
from .sight import Sight


class Seen(NamedTuple):
    """What a page holds."""

    pages: tuple[Page, ...]
    """Its text; none when there is none that can be read, more than one when a part of it is turned."""
    sight: Sight
    pictures: int
    garbled: bool
    """Whether its characters have no meaning outside their font."""
    crowded: bool
    """Whether it has too many lines to look for tables."""
    comments: bool
    files: bool

    @property
    def askew(self) -> list[str]:
        """Watermarks, and what is printed aslant or on its side."""
        return [*self.sight.askew, *(text for page in self.pages for text in page.aside)]


class Extras(NamedTuple):
    """What a document holds beside its pages."""

    form: bool
    files: bool
    script: bool


def without_text(seen: Sequence[Seen], name: str) -> MaterialError:
    """Say what a document without a word to read is, and what to do."""
    count, hidden = len(seen), any(page.sight.hidden for page in seen)
    if any(page.garbled for page in seen):
        return MaterialError(
            f"共 {count} 页，字体没有带文字编码，读出来是乱码", name, "请要一份 Word 版，或用阅读器打印成新的 PDF"
        )
    if any(page.pictures for page in seen):
        layer = "，只有看不见的识别文字，数字不可靠" if hidden else "，页面是图片，没有文字"
        return MaterialError(f"是扫描件，共 {count} 页{layer}", name, "请要一份 Word 版，或先做文字识别并人工核对")
    if hidden:
        return MaterialError(f"共 {count} 页，只有看不见的文字", name, "请核对原文件，换一份正文可见的")
    return MaterialError(f"共 {count} 页，没有能读的文字", name, "若是图片或扫描件，请先转成可以复制文字的文件")


def remarks(seen: Sequence[Seen], extras: Extras) -> tuple[str, ...]:
    """Say what was left out."""
    garbled = [number for number, page in enumerate(seen, start=1) if page.garbled]
    empty = [number for number, page in enumerate(seen, start=1) if not page.pages and not page.garbled]
    crowded = [number for number, page in enumerate(seen, start=1) if page.crowded]
    pictures = sum(page.pictures for page in seen if page.pages)
    found = (
        (bool(empty), f"第{_listed(empty)}页没有能读的文字（多半是扫描的图片），没有读"),
        (bool(garbled), f"第{_listed(garbled)}页的字体没有带文字编码，没有读"),
        (any(page.sight.hidden for page in seen), "隐藏文字只标为内部，不会从中取要点"),
        (any(page.askew for page in seen), "水印和斜着印的文字没有当作正文"),
        (bool(crowded), f"第{_listed(crowded)}页线条太多，里面的表格按普通文字读"),
        (any(page.comments for page in seen), "批注没有读"),
        (extras.form, "表单里填的内容没有读"),
        (extras.files or any(page.files for page in seen), "附件没有读"),
        (extras.script, "文件里有脚本，没有运行，也没有读"),
        (pictures > 0, f"有 {pictures} 张图片，图片里的字没有读"),
    )
    return tuple(remark for holds, remark in found if holds)


def _listed(numbers: list[int]) -> str:
    shown = "、".join(str(number) for number in numbers[:12])
    return shown if len(numbers) <= 12 else f"{shown}等{len(numbers)}"

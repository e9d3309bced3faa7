"""Proposes what things are called: the product of the title, names and codes that a label announces, risk levels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..values import Subject
from .clauses import Span
from .document import CALLED, Document
from .places import Place
from .proposal import MAX_VALUE, Proposal, make

_CODE = re.compile(r"(?:登记编码|产品代码|产品编码|基金代码|销售代码|认购代码|产品登记码|编码|代码)")
_CODE_VALUE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9]{0,20}\d)[A-Z0-9]{5,24}(?![A-Za-z0-9])")
_PRODUCT_COLUMN = re.compile(
    r"(?:产品|基金|保险|险种|理财)(?:名称|全称|简称)$|^(?:产品|基金|险种|存款产品|贷款产品|卡种|活动名称)$"
)
_NAME_LABEL = re.compile(r"(?:产品|活动|基金|保险|险种|存单|国债|卡片|权益|项目)(?:名称|全称|简称)$")


def title(place: Place, frame: Document) -> Iterator[Proposal]:
    """Propose the product that the title names."""
    at = place.text[:120].find(frame.product) if frame.product else -1
    if at >= 0:
        span = Span(at, at + len(frame.product), frame.product)
        yield Proposal(
            at,
            make(place, "product", span, frame, valid_until=None, subject=Subject(product=frame.product)),
            ("product", frame.product),
        )


def named(place: Place, frame: Document) -> Iterator[Proposal]:
    """Propose names and codes that a label announces, and names in quotation marks with what they name."""
    if place.passage.kind != "row":
        for named_so in CALLED.finditer(place.text):
            span = Span(named_so.start(1), named_so.end(1), named_so[1])
            yield Proposal(span.start, make(place, "product", span, frame), ("product", span.text))
    if _CODE.search(place.label) or _CODE.search(place.text):
        for code in _CODE_VALUE.finditer(place.text):
            before = place.text[max(0, code.start() - 12) : code.start()]
            if _CODE.search(place.label) or _CODE.search(before):
                span = Span(code.start(), code.end(), code[0])
                yield Proposal(code.start(), make(place, "product", span, frame, unit="code"), ("product", code[0]))
    called = _NAME_LABEL.search(place.column) if place.paired else _PRODUCT_COLUMN.search(place.column)
    if called and 2 <= len(place.text) <= MAX_VALUE and place.passage.kind == "row":
        yield Proposal(0, make(place, "product", Span(0, len(place.text), place.text), frame), ("product", place.text))


_LEVEL = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:PR|[RC])[1-5](?![A-Za-z0-9])(?:[（(][^（）()]{2,10}[）)])?"
    r"|(?:保守|谨慎|稳健|平衡|成长|进取|积极|激进|增长)型[（(]C[1-5][）)])(?:[（(]含[）)])?(?:及以上|及以下|以上)?"
)
_LEVEL_WORD = re.compile(r"(?<![\u4e00-\u9fff])(?:低|中低|中|中高|高)风险(?![\u4e00-\u9fff])")


def levels(place: Place, frame: Document) -> Iterator[Proposal]:
    """Propose risk levels: of a product, or asked of a customer."""
    found = list(_LEVEL.finditer(place.text))
    if not found and "风险等级" in place.label:
        found = list(_LEVEL_WORD.finditer(place.text))
    for level in found:
        code = re.search(r"[RC][1-5]", level[0])
        span = Span(level.start(), level.end(), level[0])
        fact = make(place, "risk_level", span, frame, normalized=code[0] if code else level[0], unit="level")
        yield Proposal(level.start(), fact, ("risk_level", level[0], place.status, place.label))

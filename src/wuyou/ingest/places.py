"""Where a statement stands: the cell or paragraph, what its headings call it, and whose number it therefore is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ..quantities import find
from ..values import Material, Passage, Subject
from .document import Document, Period

Status = Literal["current", "superseded"]


class Place(NamedTuple):
    """A paragraph, or one cell of a table row."""

    passage: Passage
    text: str
    """Its words."""
    offset: int
    """Where they begin in the passage."""
    label: str
    """What the headings of its column and row say it is."""
    subject: Subject
    """Whose number stands here."""
    status: Status = "current"
    conditions: tuple[str, ...] = ()
    """What other cells of the row restrict."""
    period: Period = (None, None)
    """Its row's own days, when the row has them."""
    threshold: str = ""
    """What its row asks to be spent first: 满15元."""
    column: str = ""
    """The heading of its column alone."""
    paired: bool = False
    """Whether it stands beside its name, as in name | value."""
    keys: bool = False
    """Whether it only says which row this is (a term, a tier, a name)."""


_GENERIC = frozenset(
    {"要素", "内容", "项目", "说明", "标准", "规则", "限制", "要求", "事项", "指标", "名称", "参数", "条款", "口径"}
    | {"统计口径", "类别", "类型", "要点", "备注", "产品要素", "具体内容", "要素内容"}
)
_OLD = re.compile(r"调整前|变更前|修改前|优化前|原(?:标准|规则|利率|费率|政策|值|规定)|旧|上一阶段|此前")
TERM_COLUMN = re.compile(r"期限|存期|期数|持有期|持有时间|产品期|年期|档期|期次")
TIER_COLUMN = re.compile(
    r"起存|起购|起点|认购金额|购买金额|金额区间|金额档|档次|层级|等级|门槛|满额|月日均|资产|客户类型|客群|份额|达标"
)
_NAME_COLUMN = re.compile(r"产品(?:名称|简称)?$|基金|币种|卡种|险种|储种|品种")
_ASIDE_COLUMN = re.compile(r"对象|客户|条件|渠道|备注|说明|方式|要求|限制|适用|地点|网点")
_DATE_COLUMN = re.compile(r"日期|时间|期间|时段")
_SHARE = re.compile(r"[A-Z]类份额|[A-Z]份额|[A-Z]类(?!型)")
_QUOTED = re.compile(r"[“「]([^”」]{2,20})[”」]")
_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节条])[^。：:；，]{1,24}")


def places(material: Material, frame: Document) -> Iterator[Place]:
    """Yield the places of a material in reading order; nothing internal, and no header or footer but for its phones."""
    section = Subject(product=frame.product)
    for passage in material.passages:
        if passage.internal or not passage.text.strip():
            continue
        if passage.kind == "row" and passage.cells:
            yield from _row(passage, section, frame)
            continue
        if passage.kind == "heading" or _HEADING.fullmatch(passage.text):
            section = _section(passage.text, frame)
        elif passage.kind != "paragraph":
            section = Subject(product=frame.product)
        yield Place(passage, passage.text, 0, "", section)


def _section(heading: str, frame: Document) -> Subject:
    """Return whose numbers stand below a heading: what it quotes, the term or share it names; else the document's."""
    subject = Subject(product=frame.product)
    if heading != frame.title and (quoted := _QUOTED.search(heading)):
        subject = subject.model_copy(update={"product": quoted[1]})
    if heading != frame.title and (share := _SHARE.search(heading)):
        subject = subject.model_copy(update={"tier": share[0]})
    terms = [quantity for quantity in find(heading) if quantity.kind == "term"]
    if heading != frame.title and len(terms) == 1 and heading[terms[0].end :].startswith(("期", "定期")):
        subject = subject.model_copy(update={"term": terms[0].text})
    return subject


def _row(passage: Passage, section: Subject, frame: Document) -> Iterator[Place]:
    cells, header = passage.cells, passage.header or ("",) * len(passage.cells)
    paired = _is_paired(cells, header)
    subject, keys = (section, set()) if paired else _subject(cells, header, section)
    period = _own_period(cells, header, frame)
    offset = 0
    for index, text in enumerate(cells):
        column = header[index] if index < len(header) else ""
        if text and not (paired and index % 2 == 0):
            head = cells[index - 1] if paired else cells[0] if index and is_name(cells[0]) else ""
            named = "" if column in _GENERIC or paired else column
            own = _told_by_column(subject, column)
            yield Place(
                passage=passage,
                text=text,
                offset=offset,
                label=" ".join(dict.fromkeys(word for word in (head, named) if word)),
                subject=own,
                status="superseded" if _OLD.search(f"{column} {head if paired else ''}") else "current",
                conditions=() if paired else tuple(_asides(cells, header, index)),
                period=period,
                threshold="" if paired else _threshold(cells, header, index),
                column=cells[index - 1] if paired else column,
                paired=paired,
                keys=index in keys or (not paired and not passage.header),
            )
        offset += len(text) + len(" | ")


_BINDING = re.compile(r"[（()）]|含|及?以[上下内]|起|满|不超过|不低于|单笔|每[笔户人]|至|以|\W")


def is_name(text: str) -> bool:
    """Tell whether a cell names something rather than gives a value: 火锅（满150元）, but not 20万元（含）以上."""
    rest = text
    for quantity in find(text):
        rest = rest.replace(quantity.text, "", 1)
    return len(_BINDING.sub("", rest)) >= 2


def _is_paired(cells: tuple[str, ...], header: tuple[str, ...]) -> bool:
    """Tell whether a row is name | value, or name | value | name | value."""
    if len(cells) not in (2, 4, 6):
        return False
    names = cells[::2]
    if any(not name or len(name) > 24 or find(name) for name in names):
        return False
    if len(cells) > 2:
        return not any(header) or (header[0] in _GENERIC and header[0] == header[2])
    told = header[1] if len(header) > 1 else ""
    return not told or told in _GENERIC or header[0] in _GENERIC or bool(find(told))


def _subject(cells: tuple[str, ...], header: tuple[str, ...], section: Subject) -> tuple[Subject, set[int]]:
    """Read off a row whose numbers stand in it, and which cells only say so."""
    product, tier, term = section.product, "", ""
    keys: set[int] = set()
    if any(quantity.kind in ("term", "amount") for column in header[1:] for quantity in find(column)):
        ranked = [quantity for quantity in find(cells[0]) if quantity.kind in ("term", "amount")]
        return section.model_copy(update={"tier": cells[0][:40]} if ranked else {}), {0}
    for index, text in enumerate(cells):
        column = header[index] if index < len(header) else ""
        quantities = find(text)
        whole = len(quantities) == 1 and len(quantities[0].text) >= len(text) - 3
        if (
            not term
            and quantities
            and ((whole and quantities[0].kind == "term" and index < 3) or TERM_COLUMN.search(column))
        ):
            term = text
            keys.add(index)
        elif not tier and TIER_COLUMN.search(column) and (index == 0 or quantities):
            tier = text
            if not quantities:
                keys.add(index)
        elif index == 0 and is_name(text):
            keys.add(index)
            if _NAME_COLUMN.search(column):
                product = text
            elif len(cells) > 2:
                tier = text
    return Subject(product=product[:60], tier=(tier or section.tier)[:40], term=(term or section.term)[:40]), keys


def _told_by_column(subject: Subject, column: str) -> Subject:
    """Add what a column's heading says of its cells: 3年期, 20万元起, A份额."""
    for quantity in find(column):
        if quantity.kind == "term" and not subject.term and not TIER_COLUMN.search(column):
            return subject.model_copy(update={"term": quantity.text})
        if quantity.kind == "amount" and not subject.tier:
            return subject.model_copy(update={"tier": column[:40]})
    return subject


def _asides(cells: tuple[str, ...], header: tuple[str, ...], index: int) -> Iterator[str]:
    for other, text in enumerate(cells):
        column = header[other] if other < len(header) else ""
        if (
            other not in (0, index)
            and _ASIDE_COLUMN.search(column)
            and 2 <= len(text) <= 60
            and text not in ("不限", "—", "无")
        ):
            yield text


_THRESHOLD_COLUMN = re.compile(r"门槛|满额|满减条件|使用条件|消费(?:金额|条件)|满足金额")


def _threshold(cells: tuple[str, ...], header: tuple[str, ...], index: int) -> str:
    """Return what must be spent before what stands in a cell holds, from the row's other cells."""
    for other, text in enumerate(cells):
        column = header[other] if other < len(header) else ""
        quantities = find(text)
        if other != index and len(quantities) == 1 and quantities[0].kind == "amount":
            if _THRESHOLD_COLUMN.search(column):
                return f"满{quantities[0].text}"
            if other == 0 and "满" in text:
                return f"满{quantities[0].text}"
    return ""


def _own_period(cells: tuple[str, ...], header: tuple[str, ...], frame: Document) -> Period:
    """Return a row's own days: a range of dates under a heading that names days."""
    for index, text in enumerate(cells):
        column = header[index] if index < len(header) else ""
        if _DATE_COLUMN.search(column):
            for quantity in find(text):
                first, last = frame.span(quantity)
                if quantity.kind == "date_range" and first and last:
                    return first, last
    return None, None

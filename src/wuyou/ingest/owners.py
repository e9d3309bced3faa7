"""Whose number stands in a table: what a row and the headings of its columns say about each of its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..quantities import find
from ..values import Subject
from .document import MARK, Document, Period


class Row(NamedTuple):
    """The cells of a row with the headings above them."""

    cells: tuple[str, ...]
    header: tuple[str, ...]

    def column(self, index: int) -> str:
        """Return the heading of a column, or nothing."""
        return self.header[index] if index < len(self.header) else ""


GENERIC = frozenset(
    {"要素", "内容", "项目", "说明", "标准", "规则", "限制", "要求", "事项", "指标", "名称", "参数", "条款", "口径"}
    | {"统计口径", "类别", "类型", "要点", "备注", "产品要素", "具体内容", "要素内容"}
)
MAX_CELL = 400
"""Characters of a cell that may say whose row it is; a longer one is prose."""
_OLD = r"调整前|变更前|修改前|优化前|原(?:标准|规则|利率|费率|政策|值|规定|价)|旧|上一(?:阶段|版|期)|此前"
OLD = re.compile(_OLD)
GONE = re.compile(r"已下线|已?下架|停售|已?停止|已?取消|作废|废止|不再提供")
TERM_COLUMN = re.compile(r"期限|存期|期数|持有期|持有时间|产品期|年期|档期|期次")
TIER_COLUMN = re.compile(
    r"起存|起购|起点|认购金额|购买金额|金额区间|金额档|档次|层级|等级|门槛|满额|月日均|资产|客户类型|客群|份额|达标"
)
_NAME_COLUMN = re.compile(r"产品(?:名称|简称)?$|基金|币种|卡种|险种|储种|品种")
_ASIDE_COLUMN = re.compile(r"对象|客户|条件|渠道|备注|说明|方式|要求|限制|适用|地点|网点")
_SAYS_NOTHING = frozenset({"不限", "—", "——", "-", "--", "无", "/", "全部"})
_DATE_COLUMN = re.compile(r"日期|时间|期间|时段")
_SERIAL_COLUMN = re.compile(r"序号|编号|No\.?|#|项次", re.IGNORECASE)


def without_serial(cells: tuple[str, ...], header: tuple[str, ...]) -> int:
    """Return how many cells at the head of a row only number it."""
    if len(cells) < 3 or not re.fullmatch(r"\d{1,3}|[一二三四五六七八九十]{1,3}|[①-⑳]", cells[0].strip("(（）).、")):
        return 0
    return 1 if header and _SERIAL_COLUMN.fullmatch(header[0].strip()) else 0


_BINDING = re.compile(r"[（()）]|含|及?以[上下内]|起|满|不超过|不低于|单笔|每[笔户人]|至|以|\W")


def is_name(text: str) -> bool:
    """Tell whether a cell names something rather than gives a value: 火锅（满150元）, but not 20万元（含）以上."""
    return len(_BINDING.sub("", _without_quantities(text))) >= 2


def _without_quantities(text: str) -> str:
    rest = text[:MAX_CELL]
    for quantity in find(rest):
        rest = rest.replace(quantity.text, "", 1)
    return rest


_TERM_ONLY = re.compile(
    r"[（()）\s]|含|及?以[上下内]|期|内|满|不满|不足|未满|整存整取|定期|封闭|持有|每|至|到|个?月|-|—|~"
)


def is_term(text: str) -> bool:
    """Tell whether a cell is a term and nothing else: 3年期, 满1年不满2年, but not 首6个月免收."""
    if len(text) > 24:
        return False
    quantities = find(text)
    return (
        bool(quantities)
        and all(quantity.kind == "term" for quantity in quantities)
        and not _TERM_ONLY.sub("", _without_quantities(text))
    )


def is_paired(row: Row) -> bool:
    """Tell whether a row is name | value, or name | value | name | value."""
    cells, header = row
    if len(cells) not in (2, 4, 6):
        return False
    names = cells[::2]
    if any(not name or len(name) > 24 or find(name) for name in names):
        return False
    if len(cells) > 2:
        return not any(header) or (header[0] in GENERIC and header[0] == header[2])
    told = header[1] if len(header) > 1 else ""
    return not told or told in GENERIC or header[0] in GENERIC or bool(find(told))


def owner(row: Row, section: Subject) -> tuple[Subject, set[int]]:
    """Read off a row whose numbers stand in it, and which cells only say so."""
    cells = row.cells
    product, tier, term = section.product, "", ""
    keys: set[int] = set()
    if any(quantity.kind in ("term", "amount") for column in row.header[1:] for quantity in find(column)):
        named = bool(find(cells[0])) or is_name(cells[0])  # a matrix: tiers down, terms across, or the other way
        if named and is_term(cells[0]):
            return section.model_copy(update={"term": cells[0][:40]}), {0}
        return section.model_copy(update={"tier": cells[0][:40]} if named else {}), {0}
    for index, text in enumerate(cells):
        column = row.column(index)
        quantities = find(text) if len(text) <= MAX_CELL else ()
        if not term and quantities and ((index < 3 and is_term(text)) or TERM_COLUMN.search(column)):
            term = text
            keys.add(index)
        elif not tier and ((TIER_COLUMN.search(column) and (index == 0 or quantities)) or _is_bracket(text, column)):
            tier = text
            if not quantities:
                keys.add(index)
        elif index == 0 and is_name(text):
            keys.add(index)
            if _NAME_COLUMN.search(column):
                product = text
            else:
                tier = text
    told = Subject(product=product[:60], tier=(tier or section.tier)[:40], term=(term or section.term)[:40])
    return told, keys


_BRACKETED = re.compile(r"金额|余额|资产|笔数|交易[额量]|日均")
_BRACKET = re.compile(r"以[上下内]|含|\d\s?(?:万|亿|元|笔)*\s?[-—–~至]\s?\d|不满|不足|超过|[<>≤≥]")


def _is_bracket(text: str, column: str) -> bool:
    """Tell whether a cell says for which amounts the rest of its row holds: 1,000（含）-10,000."""
    return (
        len(text) <= 24
        and _BRACKETED.search(column) is not None
        and _BRACKET.search(text) is not None
        and not is_name(text)
    )


def told_by_column(subject: Subject, column: str) -> Subject:
    """Add what a column's heading says of its cells: 3年期, 20万元起, A份额."""
    for quantity in find(column):
        if quantity.kind == "term" and not subject.term and not TIER_COLUMN.search(column):
            return subject.model_copy(update={"term": quantity.text})
        if quantity.kind == "amount" and not subject.tier:
            return subject.model_copy(update={"tier": column[:40]})
    return subject


_RATE_WORDS = re.compile(
    r"(?:执行|挂牌|票面|基准|参考|预期|当前|最新|现行|本期|单利|复利|对客|标准|适用|优惠|浮动|[到合]?期|存款|贷款|年化?|月|日|收益|费|利)*"
    r"(?:利率|费率|收益率|业绩比较基准|基准|率|折扣|优惠|加点)|业绩比较基准|[（(][^（）()]{0,12}[）)]|[%％‰*＊]|单位|\s|调整后"
)
_NO_VARIANT = re.compile(
    r"备注|说明|内容|标准|规则|政策|优惠|额度|条件|有效期|名额|权益|礼|限|费|价|金额|代码|编码|编号|日期|时间|期间"
)
_COMPARED = frozenset({"rate", "number", "count", "term"})


def variant(row: Row, index: int) -> str:
    """Return what tells a column apart from others of the row that give the same sort of number: A类, 柜面, 新客."""
    column = row.column(index)
    mine = _kinds(row.cells[index]) & _COMPARED
    if not column or not mine or OLD.search(column):
        return ""
    same = [
        row.column(other)
        for other, text in enumerate(row.cells)
        if other != index and row.column(other) not in ("", column) and (text in _SAYS_NOTHING or mine & _kinds(text))
    ]
    words = _told_apart(column)
    rivals = [_told_apart(other) for other in same if not OLD.search(other)]
    if not words and "" in rivals:
        return re.sub(r"[（(].*", "", column)[:16]  # 挂牌利率 beside 执行利率
    return words if rivals and len(words) >= 2 and not _NO_VARIANT.search(words) else ""


def _told_apart(column: str) -> str:
    return _RATE_WORDS.sub("", column)[:16]


def _kinds(text: str) -> set[str]:
    """Return the kinds of numbers that a short cell gives."""
    return {str(quantity.kind) for quantity in find(text)} if len(text) <= 40 else set()


def asides(row: Row, index: int) -> Iterator[str]:
    """Yield what other cells of a row restrict."""
    for other, text in enumerate(row.cells):
        if (
            other not in (0, index)
            and _ASIDE_COLUMN.search(row.column(other))
            and 2 <= len(text) <= 60
            and text not in _SAYS_NOTHING
            and re.search(r"\w", _BINDING.sub("", _without_quantities(text)))
        ):
            yield text


def marked(text: str, frame: Document) -> Iterator[str]:
    """Yield the notes that the marks in a cell refer to."""
    if frame.notes and len(text) <= 60:
        yield from (frame.notes[mark][:60] for mark in MARK.findall(text) if mark in frame.notes)


_THRESHOLD_COLUMN = re.compile(r"门槛|满额|满减条件|使用条件|消费(?:金额|条件)|满足金额")


def threshold(row: Row, index: int) -> str:
    """Return what must be spent before what stands in a cell holds, from the row's other cells."""
    for other, text in enumerate(row.cells):
        quantities = find(text) if len(text) <= MAX_CELL else ()
        if other != index and len(quantities) == 1 and quantities[0].kind == "amount":
            if _THRESHOLD_COLUMN.search(row.column(other)):
                return f"满{quantities[0].text}"
            if other == 0 and "满" in text:
                return f"满{quantities[0].text}"
    return ""


def own_period(row: Row, frame: Document) -> Period:
    """Return a row's own days: a range of dates under a heading that names days."""
    for index, text in enumerate(row.cells):
        if _DATE_COLUMN.search(row.column(index)) and len(text) <= MAX_CELL:
            for quantity in find(text):
                first, last = frame.span(quantity)
                if quantity.kind == "date_range" and first and last:
                    return first, last
    return None, None

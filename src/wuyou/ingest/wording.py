"""Proposes the everyday sentence of a fact where that is simple, so that a draft can be made before anyone edits.

A person rewrites these. What must never be told gets none: yields and benchmarks of investments, replaced rules, an
advantage without its condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..quantities import Day, Quantity, find, says
from ..values import Fact
from .clauses import clauses
from .document import Document

MAX_PLAIN = 38
MAX_WORDED = 2000
"""Facts of one material that get a sentence: a list longer than that is no offer to be told."""
MAX_NEAR = 60
"""Numbers of the same passage that are compared by their worth in words, two percent of a million being 20,000."""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_YIELD = re.compile(r"收益|业绩|基准|净值|年化|分红|利益|现金价值|回报")
_DEPOSIT = re.compile(r"存单|存款|定期|国债|储蓄|整存整取")
_NOT_DEPOSIT = re.compile(r"罚息|逾期|违约|贷|分期|手续费|管理费")
_INSIDE = re.compile(r"预算|总额|规模|额度|发行量|统计|区间|业绩|经办|考核|内部|以下简称|《|〔|详见|见表|如下")
_LEANS = re.compile(
    r"^(?:其中|其余|该|此|上述|同时|并|且|但|如|由|以|即|及|和|或|则|若|因|对|按|于|从|其|另|剩余|否则|超出|不|未|须|需|可|自)"
)
_HANGS = re.compile(r"(?:的|时|后|内|起|为|达到|如下)$")
_FOR_SOME = re.compile(r" \S{2,}$|客户|新客|会员|专属")
"""A tier that only some customers have: its rate is never told without them."""
_CONDITIONED = re.compile(r"[折减免送]")


def with_plain(facts: tuple[Fact, ...], frame: Document) -> tuple[Fact, ...]:
    """Give facts their everyday sentence; each number in it is a fact of the same material."""
    if len(facts) > MAX_WORDED:
        return facts
    near: dict[str, list[Quantity]] = {}
    everywhere: set[tuple[object, ...]] = set()
    for fact in facts:
        numbers = _numbers(fact)
        near.setdefault(fact.citation.locator, []).extend(numbers)
        everywhere.update(map(_worth, numbers))
    return tuple(_worded(fact, frame, near[fact.citation.locator], everywhere) for fact in facts)


def _numbers(fact: Fact) -> tuple[Quantity, ...]:
    return (*find(fact.value), *find(fact.subject.tier), *find(fact.subject.term))


def _worth(quantity: Quantity) -> tuple[object, ...]:
    return quantity.kind, quantity.low, quantity.high, quantity.unit


def _worded(fact: Fact, frame: Document, near: list[Quantity], everywhere: set[tuple[object, ...]]) -> Fact:
    if fact.status == "superseded" or (frame.invests and _YIELD.search(fact.citation.quote)):
        return fact
    own = [quantity for quantity in find(fact.value) if quantity.kind != "clock"]
    for plain in _proposals(fact, frame):
        numbers = [quantity for quantity in find(plain) if quantity.claim]
        if (
            len(plain) <= MAX_PLAIN
            and any(says(quantity, own) for quantity in numbers)
            and all(_worth(quantity) in everywhere or says(quantity, near[:MAX_NEAR]) for quantity in numbers)
        ):
            return fact.model_copy(update={"plain": plain})
    return fact


def _proposals(fact: Fact, frame: Document) -> Iterator[str]:
    """Yield what the fact could be in plain words, the best first."""
    row = re.search(r"第\d+行", fact.citation.locator) is not None
    if fact.kind == "phone":
        yield f"有疑问可以打{fact.value}"
    elif fact.kind == "rate" and row:
        yield from _rate(fact)
    elif fact.kind == "date_range":
        yield from _range(fact, frame)
    elif fact.kind == "amount" and row:
        yield from _off(fact)
    elif not row and fact.kind in ("rate", "amount", "term", "count", "date", "benefit"):
        yield from _own_clause(fact)


def _rate(fact: Fact) -> Iterator[str]:
    """Word a deposit's or bond's rate with its term and tier; nothing for any other rate."""
    about = f"{fact.subject.product}{fact.citation.quote}"
    tiers = find(fact.subject.tier)
    if _FOR_SOME.search(fact.subject.tier):
        return
    if not (fact.subject.term and fact.unit == "ratio" and _DEPOSIT.search(about)) or _NOT_DEPOSIT.search(about):
        return
    rate = f"{fact.subject.term.removesuffix('期')}期年利率{fact.value}"
    if not fact.subject.tier:
        yield rate
    elif len(tiers) == 1 and tiers[0].kind == "amount":
        yield f"{rate}，{tiers[0].text}起存"


def _range(fact: Fact, frame: Document) -> Iterator[str]:
    """Word a period: what it is the period of, and its two days."""
    before = re.split(r"[，,。；;|]", fact.citation.quote[: fact.citation.quote.find(fact.value)])[-1]
    if _INSIDE.search(before):
        return
    name = re.search(r"([\u4e00-\u9fff]{0,6}(?:时间|期间|日期|期))(?:为|是|[:：]|$|\s)", before)
    label = name[1] if name else "活动时间" if "活动" in before + frame.title else ""
    period = next((quantity for quantity in find(fact.value) if quantity.kind == "date_range"), None)
    if label and period and isinstance(period.low, Day) and isinstance(period.high, Day):
        low, high = (_day(day, with_year=period.low.year != period.high.year) for day in (period.low, period.high))
        if low and high:
            yield f"{label}是{low}到{high}"


def _day(day: Day, *, with_year: bool) -> str:
    year = f"{day.year}年" if with_year and day.year else ""
    return f"{year}{day.month}月{day.day}日" if day.month and day.day else ""


def _off(fact: Fact) -> Iterator[str]:
    """Word a reduction with what must be spent for it; nothing when the row does not say."""
    spent = next((condition for condition in fact.conditions if condition.startswith("满")), "")
    if spent and re.match(r"立减|随机减|减|满", fact.value):
        name = re.sub(r"[（(]满[^（）()]{1,12}[）)]", "", fact.subject.tier)
        value = re.sub(r"^满.{1,12}?(?=减|立)", "", fact.value)
        yield _tidy(f"{name}{spent}{value}")


def _own_clause(fact: Fact) -> Iterator[str]:
    """Yield the clause of the quote that holds the value, when it can stand alone."""
    if fact.conditions and _CONDITIONED.search(fact.value):
        return
    for clause in clauses(fact.citation.quote):
        text = re.sub(r"^[^：:，。]{2,10}[：:](?!\d)", "", clause.text)
        alone = not (_LEANS.search(text) or _HANGS.search(text) or _INSIDE.search(text))
        if fact.value in text and alone and len(text) >= len(fact.value) + 4:
            yield _tidy(text)


def _tidy(text: str) -> str:
    return re.sub(r"[\s　]+", "", text.translate(_WIDE)).strip("，。；、：:,;")

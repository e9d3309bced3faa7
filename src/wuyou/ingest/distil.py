"""Proposes facts: reads a material place by place and says what could be told, with its source.

Every rule is general Chinese of bank papers; a person decides what stays. It may not invent: a value stands literally in
its quote, the quote literally in its passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ..quantities import Day, Quantity, find
from ..values import Citation, Fact, FactKind, Material, Passage, Subject
from .clauses import Span, clauses, sentences
from .document import Document, study
from .places import Place, places
from .wording import with_plain

MAX_VALUE, MAX_CONDITION, MAX_QUOTE = 40, 60, 120


class _Find(NamedTuple):
    """A proposal and where its value begins in the passage."""

    at: int
    fact: Fact
    same: tuple[str, ...]
    """Two proposals that agree in this are one."""


def distil(material: Material) -> tuple[Fact, ...]:
    """Propose the facts of a material in the order of the document, with keys f01, f02, … and nobody's signature."""
    frame = study(material)
    found: dict[tuple[str, ...], Fact] = {}
    for place in places(material, frame):
        for proposal in sorted(_propose(place, frame, material), key=lambda proposal: proposal.at):
            known = found.get(proposal.same)
            if known is None:
                found[proposal.same] = proposal.fact
            elif proposal.fact.conditions:
                merged = tuple(dict.fromkeys((*known.conditions, *proposal.fact.conditions)))[:4]
                found[proposal.same] = known.model_copy(update={"conditions": merged})
    facts = tuple(found.values())
    width = max(2, len(str(len(facts))))
    named = (fact.model_copy(update={"key": f"f{number:0{width}d}"}) for number, fact in enumerate(facts, start=1))
    return with_plain(_with_footnotes(tuple(named), material), frame)


# ── one place ──

_SALUTATION = re.compile(r"(?:尊敬的|各位|亲爱的|各[支分]行|各部门).{0,12}[:：]?$")
_EXAMPLE = re.compile(r"(?:举例|例如|比如|假设|示例|试算|测算示例|注)[:：，]|例[:：]")


def _propose(place: Place, frame: Document, material: Material) -> Iterator[_Find]:
    passage = place.passage
    if passage.kind != "row" and material.title and material.title in passage.text[:100]:
        yield from _title(place, frame)
        if len(passage.text) <= len(material.title) + 2:
            return
    if passage.kind in ("header", "footer"):
        yield from (proposal for proposal in _quantities(place, frame) if proposal.fact.kind == "phone")
        return
    if passage.kind == "heading" or _SALUTATION.fullmatch(passage.text) or _is_date_line(passage):
        return
    yield from _named(place, frame)
    yield from _levels(place, frame)
    yield from _quantities(place, frame)
    if not place.keys:
        yield from _statements(place, frame)


def _is_date_line(passage: Passage) -> bool:
    """Tell whether a paragraph only dates the paper."""
    if passage.kind == "row":
        return False
    rest = passage.text
    for quantity in find(passage.text):
        rest = rest.replace(quantity.text, "", 1)
    dated = any(quantity.kind == "date" for quantity in find(passage.text))
    return dated and len(re.sub(r"发[布文]日期|公告日期|[\s　:：（）()]", "", rest)) == 0


def _make(place: Place, kind: FactKind, span: Span, frame: Document, **fields: object) -> Fact:
    """Make a fact of a stretch of a place's text."""
    first, last = place.period if any(place.period) else frame.period
    whole = place.passage.text
    start, end = place.offset + span.start, place.offset + span.end
    content = {
        "kind": kind,
        "value": span.text,
        "subject": place.subject,
        "status": place.status,
        "valid_from": None if kind in ("phone", "product", "date", "date_range") else first,
        "valid_until": None if kind in ("phone", "product") else last,
        "citation": Citation(material="", locator=place.passage.locator, quote=_quote(whole, start, end, place)),
        **fields,
    }
    return Fact.model_validate(content)


def _quote(whole: str, start: int, end: int, place: Place) -> str:
    """Return the words that carry a value: the row up to its cell, or its sentence, or at least itself."""
    if place.passage.kind == "row":
        row = whole[: place.offset + len(place.text)]
        return (
            row
            if len(row) <= MAX_QUOTE
            else whole[max(start - 20, place.offset) : end]
            if len(place.text) > MAX_QUOTE
            else place.text
        )
    for cut in (sentences, clauses):
        for span in cut(whole):
            if span.holds(start, end) and len(span.text) <= MAX_QUOTE:
                return span.text
    return whole[start:end]


# ── what it is called ──

_CODE = re.compile(r"(?:登记编码|产品代码|产品编码|基金代码|销售代码|认购代码|产品登记码|编码|代码)")
_CODE_VALUE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9]{0,20}\d)[A-Z0-9]{5,24}(?![A-Za-z0-9])")
_PRODUCT_COLUMN = re.compile(r"(?:产品|基金|保险|险种|理财)(?:名称|全称|简称)$")
_NAME_LABEL = re.compile(r"(?:产品|活动|基金|保险|险种|存单|国债|卡片|权益|项目)(?:名称|全称|简称)$")


def _title(place: Place, frame: Document) -> Iterator[_Find]:
    """Propose the product that the title names."""
    at = place.text[:120].find(frame.product) if frame.product else -1
    if at >= 0:
        span = Span(at, at + len(frame.product), frame.product)
        yield _Find(
            at,
            _make(place, "product", span, frame, valid_until=None, subject=Subject(product=frame.product)),
            ("product", frame.product),
        )


def _named(place: Place, frame: Document) -> Iterator[_Find]:
    """Propose names and codes that a label announces."""
    if _CODE.search(place.label) or _CODE.search(place.text):
        for code in _CODE_VALUE.finditer(place.text):
            before = place.text[max(0, code.start() - 12) : code.start()]
            if _CODE.search(place.label) or _CODE.search(before):
                span = Span(code.start(), code.end(), code[0])
                yield _Find(code.start(), _make(place, "product", span, frame, unit="code"), ("product", code[0]))
    called = _NAME_LABEL.search(place.column) if place.paired else _PRODUCT_COLUMN.search(place.column)
    if called and 2 <= len(place.text) <= MAX_VALUE and place.passage.kind == "row":
        yield _Find(0, _make(place, "product", Span(0, len(place.text), place.text), frame), ("product", place.text))


_LEVEL = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:PR|[RC])[1-5](?![A-Za-z0-9])(?:[（(][^（）()]{2,10}[）)])?"
    r"|[\u4e00-\u9fff]{2,4}型[（(]C[1-5][）)])(?:[（(]含[）)])?(?:及以上|及以下|以上)?"
)
_LEVEL_WORD = re.compile(r"(?<![\u4e00-\u9fff])(?:低|中低|中|中高|高)风险(?![\u4e00-\u9fff])")


def _levels(place: Place, frame: Document) -> Iterator[_Find]:
    """Propose risk levels: of a product, or asked of a customer."""
    found = list(_LEVEL.finditer(place.text))
    if not found and "风险等级" in place.label:
        found = list(_LEVEL_WORD.finditer(place.text))
    for level in found:
        code = re.search(r"[RC][1-5]", level[0])
        span = Span(level.start(), level.end(), level[0])
        fact = _make(place, "risk_level", span, frame, normalized=code[0] if code else level[0], unit="level")
        yield _Find(level.start(), fact, ("risk_level", level[0], place.status, place.label))


# ── numbers ──

_TAIL = re.compile(
    r"(?:[（(]含[）)])?(?:及以上|以上|及以下|以下|以内|之内|起(?![\u4e00-\u9fff]{0,2}[点存购])|的整数倍|整数倍|或其整数倍)|[/／](?:年|月|日|季|户|人|次|克|笔|期)"
)
_HEAD = re.compile(
    r"(?:未满|不满|不足|不超过|不低于|不少于|不高于|不得低于|不得超过|最高(?:立减|优惠|减|返|享)?|至多(?:减|可设|可)?|最多|至少|最低|立减|随机减|满|前|限(?:享|领|购)?|合计限?|共|首|近|连续|提前|每年|每月|每户|每人)$"
)
_IN_BRACKETS = re.compile(r"[（(]\s*$")
_NOT_TERM = re.compile(r"(?:人工|自助|客服|热线|营业|不打烊)")
_LAW = re.compile(r"《[^《》]{1,60}》|〔\d{4}〕")
_UNTOLD = ("ordinal", "weekday", "floor", "second")
_KINDS: dict[str, FactKind] = {
    "rate": "rate",
    "amount": "amount",
    "term": "term",
    "date": "date",
    "date_range": "date_range",
    "count": "count",
    "phone": "phone",
}
_PAIR = re.compile(
    r"满\s?[\d,.]+\s?(?:元|块)?[，, ]?(?:即|可|立|直|随机|再|享)*(?:减|返|抵|送)\s?[\d,.]+(?:\s?[-—~]\s?[\d,.]+)?\s?元?"
)
_EXTREMES = re.compile(r"最高\s?[\d.]+\s?%\s?[，,、；;]\s?最低\s?[\d.]+\s?%")
_MOVED = re.compile(r"(?:由|从|原为?)\s*$")
_MOVES_TO = re.compile(r"\s*(?:统一)?(?:上调|下调|调整|提高|提升|降低|下降|变更|优惠|降|升|改)(?:至|为|到)")


def _quantities(place: Place, frame: Document) -> Iterator[_Find]:
    """Propose rates, amounts, dates, terms, counts and phones."""
    text = place.text
    quiet = [match.span() for match in _LAW.finditer(text)]
    quiet += [
        (span.start, span.end) for span in sentences(text) if place.passage.kind != "row" and _EXAMPLE.match(span.text)
    ]
    if frame.product:
        quiet += [match.span() for match in re.finditer(re.escape(frame.product), text)]
    for pattern, kind in ((_PAIR, "amount"), (_EXTREMES, "rate")):
        for match in pattern.finditer(text):
            inner = find(match[0])
            quiet.append(match.span())
            if inner and len(match[0]) <= MAX_VALUE:
                yield _composite(place, frame, match, inner, "amount" if kind == "amount" else "rate")
    quantities = find(text)
    terms = {quantity.start for quantity, after in pairwise(quantities) if _leads(quantity, after, place)}
    for index, quantity in enumerate(quantities):
        if any(start <= quantity.start and quantity.end <= end for start, end in quiet) or _is_talk(quantity, text):
            continue
        kind_, normalized, unit = _kind(quantity, place, frame)
        if (
            kind_ is None
            or _is_repeat(quantities, index, text)
            or quantity.start in terms
            or (place.keys and kind_ in ("term", "count"))
        ):
            continue
        span = _as_written(text, quantity, quantities[index + 1 :])
        fields: dict[str, object] = {"normalized": normalized, "unit": unit}
        if _MOVED.search(text[: quantity.start]) and _MOVES_TO.match(text[quantity.end :]):
            fields["status"] = "superseded"
        whole_tier = (
            kind_ in ("amount", "count") and quantity.text in place.subject.tier and place.passage.kind == "row"
        )
        fields["subject"] = Subject(product=place.subject.product) if whole_tier else _whose(place, quantity)
        fields["conditions"] = _restrictions(place, quantity, span)
        fact = _make(place, kind_, span, frame, **fields)
        if kind_ == "amount" and place.threshold and "减" in fact.value:
            fact = fact.model_copy(update={"conditions": (place.threshold, *fact.conditions)[:3]})
        yield _Find(quantity.start, fact, _sameness(fact, place, quantity))


_REFERENCE = re.compile(r"(?:利率|收益|期限|金额)?档")
_SORTS = re.compile(r"[一二两三四五六七八九十]{1,2}(?:类|种|项|步|方|家|个|处|条|句)$")


def _is_talk(quantity: Quantity, text: str) -> bool:
    """Tell whether a number says nothing by itself: 同一家, 三类, 第二步, or names a tier again: 1.85%档."""
    if quantity.kind == "count":
        return _SORTS.fullmatch(quantity.text) is not None or (quantity.text[0] == "一" and not quantity.claim)
    if quantity.kind == "term" and not quantity.claim:
        return True
    return quantity.kind in ("rate", "amount") and _REFERENCE.match(text[quantity.end :]) is not None


_OF_TERM = re.compile(
    r"[\s期为:：]*(?:定期|存款|大额|存单|国债|整存整取|通知存款|执行|票面|年化|年|利率|收益率|期|为|[:：]|\s){0,4}"
)
_LISTED = re.compile(r"年?利率[^，。；]{0,4}[%％]")


def _leads(quantity: Quantity, after: Quantity, place: Place) -> bool:
    """Tell whether a term only says whose rate follows: 三年期1.75%, 一个月2.00 in a list of rates."""
    if quantity.kind != "term":
        return False
    gap = place.text[quantity.end : after.start]
    told = (after.kind == "rate" and after.unit == "ratio") or _is_listed_rate(after, place)
    return told and _OF_TERM.fullmatch(gap) is not None


def _is_listed_rate(quantity: Quantity, place: Place) -> bool:
    """Tell whether a bare number is a rate because its paragraph says so once: 年利率%：一个月2.00、三个月2.30."""
    decimal = re.fullmatch(r"\d{1,2}\.\d{2,4}", quantity.text) is not None
    return quantity.kind == "number" and decimal and _LISTED.search(place.text[: quantity.start]) is not None


def _composite(
    place: Place, frame: Document, match: re.Match[str], inner: tuple[Quantity, ...], kind: FactKind
) -> _Find:
    """Propose what is only true together: 满100减8, 最高2.62%，最低1.74%."""
    span = Span(match.start(), match.end(), match[0])
    last = inner[-1]
    normalized = last.normalized if kind == "amount" else f"{last.normalized}/{inner[0].normalized}"
    condition = (f"满{inner[0].text}",) if kind == "amount" else ()
    unit = "CNY" if kind == "amount" else last.unit
    fact = _make(place, kind, span, frame, normalized=normalized, unit=unit, conditions=condition)
    return _Find(match.start(), fact, (kind, match[0], place.label))


def _kind(quantity: Quantity, place: Place, frame: Document) -> tuple[FactKind | None, str, str]:
    """Tell what kind of fact a quantity makes, with its machine form and unit; None when it makes none."""
    if quantity.unit in _UNTOLD or quantity.unit == "age" or quantity.kind == "clock":
        return None, "", ""
    after = place.text[quantity.end : quantity.end + 6]
    if quantity.kind == "term" and (quantity.unit == "minute" and _NOT_TERM.match(after)):
        return None, "", ""
    if isinstance(quantity.low, Day):
        if quantity.low.day is None and not quantity.is_range:
            return None, "", ""
        first, last = frame.span(quantity)
        low, high = str(first or quantity.low), str(last or quantity.high)
        return _KINDS[quantity.kind], low if quantity.kind == "date" else f"{low}/{high}", "date"
    if quantity.kind == "number":
        return _by_column(quantity, place, frame)
    unit = "hour" if quantity.normalized.endswith("H") and quantity.unit == "minute" else quantity.unit
    return _KINDS[quantity.kind], quantity.normalized, unit


_BY_COLUMN: tuple[tuple[re.Pattern[str], FactKind, str], ...] = (
    (re.compile(r"[（(](?:人民币)?元[）)]|单位[:：]?元"), "amount", "CNY"),
    (re.compile(r"率|[（(][%％][）)]|[%％]$"), "rate", "ratio"),
    (re.compile(r"名额|数量|份数|张数|限量|人数|次数|库存|总量|上限"), "count", "piece"),
    (re.compile(r"金额|立减|门槛|满额|价格|费|利息|收益|现金价值|保额|额|还款|减免|缴"), "amount", "CNY"),
)
_DAY = re.compile(r"(1[0-2]|[1-9])\.(3[01]|[12]\d|[1-9])")


def _by_column(quantity: Quantity, place: Place, frame: Document) -> tuple[FactKind | None, str, str]:
    """Tell from its column what a bare number is."""
    if not isinstance(quantity.low, Day) and _is_listed_rate(quantity, place):
        return "rate", f"{(quantity.low / 100).normalize():f}", "ratio"
    if place.passage.kind != "row" or quantity.text.strip() != place.text.strip():
        return None, "", ""
    if re.search(r"日期|时间", place.column) and (day := _DAY.fullmatch(quantity.text)):
        date = frame.dated(Day(None, int(day[1]), int(day[2])))
        return "date", str(date), "date"
    for pattern, kind, unit in _BY_COLUMN:
        if (
            pattern.search(place.column)
            and not isinstance(quantity.low, Day)
            and (kind != "rate" or quantity.low <= 100)
        ):
            value = quantity.low / 100 if kind == "rate" else quantity.low
            return kind, f"{value.normalize():f}", unit
    return None, "", ""


def _is_repeat(quantities: tuple[Quantity, ...], index: int, text: str) -> bool:
    """Tell whether a quantity only says the one before again: 200,000元（20万元）."""
    if not index:
        return False
    quantity, before = quantities[index], quantities[index - 1]
    close = bool(_IN_BRACKETS.fullmatch(text[before.end : quantity.start]))
    return close and (before.kind, before.low, before.unit) == (quantity.kind, quantity.low, quantity.unit)


def _as_written(text: str, quantity: Quantity, following: tuple[Quantity, ...]) -> Span:
    """Return the value with the words that belong to it: 不超过2次, 前500名, 2026年12月6日（周日）14:30-16:30."""
    start, end = quantity.start, quantity.end
    if quantity.kind in ("date", "date_range"):
        weekday = re.match(r"\s?[（(](?:周|星期)[一二三四五六日天][）)]", text[end:])
        end += weekday.end() if weekday else 0
        clock = next((other for other in following if other.kind == "clock" and other.start >= end), None)
        if clock and not text[end : clock.start].strip():
            end = clock.end
        month = re.search(r"(?:每|次|当|本|下)月$", text[:start])
        start = month.start() if month else start
        tail = re.match(r"(?:[（(]含[）)])?(?:起|前|止|之前|以前)", text[end:])
    else:
        again = following[0] if following else None
        if (
            again
            and (again.kind, again.low) == (quantity.kind, quantity.low)
            and _IN_BRACKETS.fullmatch(text[end : again.start])
        ):
            end = again.end + 1
        head = _HEAD.search(text[:start]) if quantity.kind != "phone" else None
        start = head.start() if head else start
        tail = _TAIL.match(text[end:]) if quantity.kind != "phone" else None
    end += tail.end() if tail else 0
    if end - start > MAX_VALUE:
        start, end = quantity.start, quantity.end
    return Span(start, end, text[start:end])


_OWN_TERM = re.compile(r"期|存|定期|年利率|利率|为|[:：]")
_SHARE = re.compile(r"([A-Z](?:类份额|类|份额))(?![\u4e00-\u9fff]{4,})[^A-Z]{0,12}$")


def _whose(place: Place, quantity: Quantity) -> Subject:
    """Add to the place's subject what the same clause says before the number: 三年期…, B份额…."""
    subject = place.subject
    clause = next((span for span in clauses(place.text) if span.holds(quantity.start, quantity.end)), None)
    if clause is None or not (quantity.kind in ("rate", "amount") or _is_listed_rate(quantity, place)):
        return subject
    before = place.text[clause.start : quantity.start]
    if not subject.term and quantity.kind in ("rate", "number"):
        terms = [other for other in find(before) if other.kind == "term"]
        if terms and (
            _OWN_TERM.match(before[terms[-1].end :]) or _leads(terms[-1], quantity._replace(start=len(before)), place)
        ):
            subject = subject.model_copy(update={"term": terms[-1].text})
    if not subject.tier and (share := _SHARE.search(before)):
        subject = subject.model_copy(update={"tier": share[1]})
    return subject


def _restrictions(place: Place, quantity: Quantity, value: Span) -> tuple[str, ...]:
    """Return the restrictions that stand in the same sentence, or in other cells of the row."""
    sentence = next((span for span in sentences(place.text) if span.holds(quantity.start, quantity.end)), None)
    inside: list[str] = []
    if sentence is not None and quantity.kind != "phone":
        for span in _whole_clauses(sentence.text):
            at = span.start + sentence.start
            own = at <= value.start and value.end <= at + len(span.text)
            if (
                not own
                and 3 <= len(span.text) <= MAX_CONDITION
                and STRICT.search(span.text)
                and not BORING.search(span.text)
            ):
                inside.append(span.text)
    beside = place.conditions if quantity.kind == "rate" else ()
    return tuple(dict.fromkeys((*inside, *beside)))[:3]


def _sameness(fact: Fact, place: Place, quantity: Quantity) -> tuple[str, ...]:
    if fact.kind == "phone":
        return fact.kind, fact.normalized
    if place.passage.kind == "row":
        # A tier stands in many rows but is one amount; so is a quota that two rows share.
        tier = find(fact.subject.tier)
        subject = f"{tier[0].low if tier else fact.subject.tier}|{fact.subject.term}".strip("|")
        return (
            fact.kind,
            fact.normalized,
            fact.unit,
            fact.subject.product,
            subject,
            fact.status,
            place.label if subject else place.column,
        )
    before = place.text[: quantity.start]
    meaning = re.sub(r"[\s为是达到约的]", "", re.split(r"[，。；;：:\n（(]", before)[-1])[-6:]
    return fact.kind, fact.normalized, fact.unit, meaning, fact.status


# ── statements ──

STRICT = re.compile(
    r"仅限|仅面向|仅支持|仅适用|只面向|只能|须|(?<!所)需(?!求|要$|要注意|知)|不得|不可|不能|不予|不参[与加]|不适用|不享|除外|不含|不包[含括]|不与|不叠加|同享"
    r"|方可|才能|同时满足|未满|不满|不足|先到先得|先后顺序|即止|为止|(?:售|用|领|抢|兑)完|额满|不受影响|不再|不计|不收|无须|无需|不承诺|不代表|不预示|不保|非保本"
    r"|不是|不等[于同]|不属于|不构成|不支持|不自动|不设|不退|不转|不找零|不兑|不结转|不重复|不另|不受理|不办理|不要求|不由|不开放"
    r"|提前结束|新客|首次|本人|失效|作废|顺延|限个人|限[\u4e00-\u9fff]{2,8}客户|(?:按|适用)[^，。；]{1,16}(?:执行|计息|计收|办理)|自动(?:终止|转存|撤单|赎回|续)"
    r"|无关|不影响|不在|暂不|从未|不会|照常|默认|由[^，。；]{2,14}(?:发行|承保|管理|承担)|低于[^，。；]{2,10}的"
    r"|可能[^，。；]{0,10}(?:损失|亏|低于|下跌|影响|波动)|不保证|反向|至少|恢复营业|停止营业|暂停"
)
BORING = re.compile(
    r"尊敬的|特此|如下|以下简称|现将|请您?(?:仔细|审慎|谨慎|及时|知悉|遵照|合理|结合)|解释权|^为(?!期|准)|根据《|依照|依据|详见|另行通知$|以?[^，。]{0,20}为准$|仔细阅读|审慎|须谨慎|需谨慎"
    r"|^因[^，。]{2,12}需要$|以下|请?(?:致电|咨询|详询|垂询|拨打)|理财非存款|^投资有风险|^产品有风险|总结|特制定|制定本"
)
_GIVES = re.compile(
    r"免费|免收|减免|暂免|全免|免除|免(?:排队|息|年费|手续费)|赠送|(?<![发运配输传])送(?!达|货|交|审)|返现|翻倍|立减|满减|优先|礼遇|抽奖|可享(?!以下|如下)"
)
_ASKED = re.compile(
    r"(?:^|[^\u4e00-\u9fff])(?:活动|参[加与]|适用|办理|申请|购买|认购|发售|推广|销售|服务|优惠|适合|目标)?(?:对象|客群|客户|资格|条件|范围|地点|地址|渠道|方式|限制|要求|人群|门店|区域|投资者|领取方式|名额说明)$"
)
_ASKED_CELL = re.compile(r"(?:对象|客群|客户|资格|条件|范围|地点|地址|渠道|方式|限制|要求|人群|门店|投资者|说明)$")
_ASKED_COLUMN = re.compile(r"(?:对象|客群|资格|条件|地点|地址|限制|要求|人群|投资者)$")
_TOLD = re.compile(r"([\u4e00-\u9fffA-Za-z（）()]{2,12})[:：]\s?(.{2,})", re.DOTALL)
_VENUE = re.compile(
    r"(?:在|于|到|至)((?:[^，。；在于到至]{2,16})(?:支行|网点|厅|广场|中心|街|馆|会议室|大堂|店))(?:[^，。；]{0,6})(?:举[办行]|开展|开课|领取|集合|签到|办理)"
)


def _statements(place: Place, frame: Document) -> Iterator[_Find]:
    """Propose conditions, hours and benefits, a clause each."""
    told = _told(place)
    for span in clauses(told.text) if told is not None else ():
        part = Span(told.start + span.start, told.start + span.end, span.text) if told else span
        if len(part.text) >= 3 and not _only_number(part):
            yield _statement(place, frame, "condition", _shortened(part))
    for venue in _VENUE.finditer(place.text):
        yield _statement(place, frame, "condition", Span(venue.start(1), venue.end(1), venue[1]))
    gives = (
        bool(re.search(r"优惠|权益|内容|要点|券面|礼遇|福利|奖励|服务", place.column)) and len(place.text) <= MAX_VALUE
    )
    if gives and place.passage.kind == "row" and len(find(place.text)) > 1 and len(list(clauses(place.text))) > 1:
        yield _statement(place, frame, "benefit", Span(0, len(place.text), place.text))
    for cut in _whole_clauses(place.text):
        clause = _without_label(cut, frame.title)
        if (
            told is not None
            and told.holds(clause.start, clause.end)
            or len(clause.text) < 3
            or BORING.search(clause.text)
        ):
            continue
        clause = _bracketed(clause)
        timed = _is_timed(clause.text)
        if (
            _GIVES.search(clause.text)
            and len(clause.text) <= MAX_VALUE
            and not _PAIR.fullmatch(clause.text)
            and not STRICT.search(clause.text)
        ):
            if not _only_number(clause):
                yield _statement(place, frame, "benefit", clause)
        elif (STRICT.search(clause.text) or timed) and not _only_number(clause):
            yield _statement(place, frame, "condition", _shortened(clause))


_OPEN_END = re.compile(r"(?:的|时|后|的(?:客户|账户|交易|情形))$")


def _whole_clauses(text: str) -> Iterator[Span]:
    """Yield the clauses, one that only says when together with what then holds: 解约未满24个月的，须支付100元."""
    for sentence in sentences(text):
        waiting: Span | None = None
        for part in clauses(sentence.text):
            start = waiting.start if waiting else sentence.start + part.start
            clause = Span(start, sentence.start + part.end, text[start : sentence.start + part.end])
            if waiting and len(clause.text) > MAX_CONDITION:
                yield waiting
                clause = Span(sentence.start + part.start, sentence.start + part.end, part.text)
            waiting = clause if _OPEN_END.search(clause.text) else None
            if waiting is None:
                yield clause
        if waiting:
            yield waiting


def _statement(place: Place, frame: Document, kind: FactKind, span: Span) -> _Find:
    return _Find(
        span.start, _make(place, kind, span, frame, conditions=()), ("statement", re.sub(r"\s", "", span.text))
    )


def _told(place: Place) -> Span | None:
    """Return what a label such as 活动对象 asks for: the cell beside it, or the sentence after its colon."""
    if place.passage.kind == "row":
        asked = (
            (_ASKED_CELL if place.paired else _ASKED_COLUMN).search(place.column)
            and 3 <= len(place.text) <= MAX_CONDITION
            and not place.keys
        )
        return Span(0, len(place.text), place.text) if asked else None
    for sentence in sentences(place.text):
        match = _TOLD.match(sentence.text)
        if match and _ASKED.search(match[1]):
            start, end = sentence.start + match.start(2), sentence.end
            text = place.text[start:end]
            if len(text) > MAX_CONDITION:
                short = next(clauses(text))
                start, end, text = start + short.start, start + short.end, short.text
            if 3 <= len(text) <= MAX_CONDITION:
                return Span(start, end, text)
    return None


def _without_label(clause: Span, title: str) -> Span:
    """Drop a label before a colon, 温馨提示：…, or the title of a notice that is one paragraph."""
    if title and clause.text.startswith(title) and (opening := re.match(r"[^：:]{0,60}[：:](?!\d)", clause.text)):
        return Span(clause.start + opening.end(), clause.end, clause.text[opening.end() :])
    match = _TOLD.match(clause.text)
    return Span(clause.start + match.start(2), clause.end, match[2]) if match else clause


_SETTLING = re.compile(r"T\s?[+＋]\s?\d")


def _is_timed(text: str) -> bool:
    """Tell whether a clause names hours, weekdays that come back, ages or T+1; hours that belong to a date do not count."""
    if _SETTLING.search(text):
        return True
    last = -99
    for quantity in find(text):
        recurs = quantity.kind == "clock" or (quantity.unit == "weekday" and quantity.claim)
        if quantity.unit == "age" or (recurs and quantity.start - last > 8):
            return True
        if quantity.unit in ("date", "weekday"):
            last = quantity.end
    return False


_HOURS = re.compile(r"[（(]([^（）()]{0,30}\d{1,2}[:：]\d\d[^（）()]{0,30})[）)]")


def _bracketed(clause: Span) -> Span:
    """Keep of 热线400-…（服务时间8:30—20:00） what stands in the brackets."""
    match = _HOURS.search(clause.text)
    outside = find(clause.text[: match.start()]) if match else ()
    if match and any(quantity.kind == "phone" for quantity in outside):
        return Span(clause.start + match.start(1), clause.start + match.end(1), match[1])
    return clause


def _only_number(clause: Span) -> bool:
    """Tell whether a clause says no more than its number, which is a fact of its own."""
    rest = clause.text
    numbers = [
        quantity
        for quantity in find(clause.text)
        if quantity.kind in ("count", "amount", "rate", "term") and quantity.unit != "age"
    ]
    for quantity in numbers:
        rest = rest.replace(quantity.text, "", 1)
    return bool(numbers) and len(re.sub(r"不(?:得|可)?(?:超过|低于|少于|满|足)|[（()）含]", "", rest)) <= 4


def _shortened(clause: Span) -> Span:
    return (
        clause
        if len(clause.text) <= MAX_CONDITION
        else Span(clause.start, clause.start + MAX_CONDITION, clause.text[:MAX_CONDITION])
    )


# ── footnotes ──

_TIER_NOTE = re.compile(r"([^\s，。；：①-⑳]{2,14}?)(?:档|利率档|份额)(?=[须需仅限由的，同按])")


def _with_footnotes(facts: tuple[Fact, ...], material: Material) -> tuple[Fact, ...]:
    """Let a restriction that names a tier or a rate travel with it: 1.85%档须…, 100万元档须…."""
    notes: list[tuple[str, str]] = []
    for passage in material.passages:
        if passage.internal or passage.kind == "row":
            continue
        for sentence in sentences(passage.text):
            if (match := _TIER_NOTE.search(sentence.text)) and (named := find(match[1])):
                notes.append((named[-1].text, sentence.text[match.start() :][:MAX_CONDITION]))
    return tuple(_noted(fact, notes) for fact in facts)


def _noted(fact: Fact, notes: list[tuple[str, str]]) -> Fact:
    found = [
        text
        for name, text in notes
        if fact.kind == "rate" and (fact.value.startswith(name) or fact.subject.tier.startswith(name))
    ]
    return (
        fact.model_copy(update={"conditions": tuple(dict.fromkeys((*fact.conditions, *found)))[:4]}) if found else fact
    )

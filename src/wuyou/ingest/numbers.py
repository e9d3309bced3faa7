"""Proposes rates, amounts, dates, terms, counts and phones, each with whose number it is and what restricts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..quantities import Day, Quantity, find
from ..values import Fact, FactKind, Subject
from .clauses import OFF, Span, clauses, sentences, whole_clauses
from .document import Document
from .places import Place
from .proposal import MAX_CONDITION, MAX_VALUE, Proposal, make
from .statements import BORING, STRICT

_EXAMPLE = re.compile(r"(?:举例|例如|比如|假设|示例|试算|测算示例|注)[:：，]|例[:：]")
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
_EXTREMES = re.compile(r"最高\s?[\d.]+\s?%\s?[，,、；;]\s?最低\s?[\d.]+\s?%")
_MOVED = re.compile(r"(?:由|从|原为?)\s*$")
_MOVES_TO = re.compile(r"\s*(?:统一)?(?:上调|下调|调整|提高|提升|降低|下降|变更|优惠|降|升|改)(?:至|为|到)")


def numbers(place: Place, frame: Document) -> Iterator[Proposal]:
    """Propose rates, amounts, dates, terms, counts and phones."""
    text = place.text
    quiet = [match.span() for match in _LAW.finditer(text)]
    quiet += [
        (span.start, span.end) for span in sentences(text) if place.passage.kind != "row" and _EXAMPLE.match(span.text)
    ]
    if frame.product:
        quiet += [match.span() for match in re.finditer(re.escape(frame.product), text)]
    for pattern, kind in ((OFF, "amount"), (_EXTREMES, "rate")):
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
        fields["conditions"] = restrictions(place, quantity, span)
        fact = make(place, kind_, span, frame, **fields)
        if kind_ == "amount" and place.threshold and "减" in fact.value:
            fact = fact.model_copy(update={"conditions": (place.threshold, *fact.conditions)[:3]})
        yield Proposal(quantity.start, fact, _sameness(fact, place, quantity))


_REFERENCE = re.compile(r"(?:利率|收益|期限|金额)?档")
_SORTS = re.compile(r"[一二两三四五六七八九十]{1,2}(?:类|种|项|步|方|家|个|处|条|句)$")


def _is_talk(quantity: Quantity, text: str) -> bool:
    """Tell whether a number says nothing by itself: 同一家, 三类, 第二步, or names a tier again: 1.80%档."""
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
    """Tell whether a bare number is a rate because its paragraph says so once: 年利率%：半年1.15、一年1.35."""
    decimal = re.fullmatch(r"\d{1,2}\.\d{2,4}", quantity.text) is not None
    return quantity.kind == "number" and decimal and _LISTED.search(place.text[: quantity.start]) is not None


def _composite(
    place: Place, frame: Document, match: re.Match[str], inner: tuple[Quantity, ...], kind: FactKind
) -> Proposal:
    """Propose what is only true together: 满100减8, 最高2.90%，最低1.60%."""
    span = Span(match.start(), match.end(), match[0])
    last = inner[-1]
    normalized = last.normalized if kind == "amount" else f"{last.normalized}/{inner[0].normalized}"
    condition = (f"满{inner[0].text}",) if kind == "amount" else ()
    unit = "CNY" if kind == "amount" else last.unit
    fact = make(place, kind, span, frame, normalized=normalized, unit=unit, conditions=condition)
    return Proposal(match.start(), fact, (kind, match[0], place.label))


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
    """Return the value with the words that belong to it: 不超过2次, 前500名, 2026年10月17日（周六）9:30-11:00."""
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
        if shorter := _WITHOUT_CLOCK.match(quantity.text):
            end = start + shorter.end(1)
    return Span(start, end, text[start:end])


_WITHOUT_CLOCK = re.compile(r"(.{6,40}(?:日|号|\d[-/.]\d{1,2}))\s{0,3}\d{1,2}[:：]\d\d$")
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


def restrictions(place: Place, quantity: Quantity, value: Span) -> tuple[str, ...]:
    """Return the restrictions that stand in the same sentence, or in other cells of the row."""
    sentence = next((span for span in sentences(place.text) if span.holds(quantity.start, quantity.end)), None)
    inside: list[str] = []
    if sentence is not None and quantity.kind != "phone":
        for span in whole_clauses(sentence.text):
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

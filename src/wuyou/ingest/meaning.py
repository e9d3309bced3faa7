"""What a quantity means where it stands: the kind of fact it makes, if any, and whether it is the old side of a change."""

from __future__ import annotations

import re

from ..quantities import Day, Quantity
from ..values import FactKind
from .document import MARK, Document
from .places import Place

IN_BRACKETS = re.compile(r"[（(]\s*$")
_NOT_TERM = re.compile(r"(?:人工|自助|客服|热线|营业|不打烊)")
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


_RELATIVE = re.compile(r"次年|翌年|来年|当年")


def kind_of(quantity: Quantity, place: Place, frame: Document) -> tuple[FactKind | None, str, str]:
    """Tell what kind of fact a quantity makes, with its machine form and unit; None when it makes none."""
    if quantity.unit in _UNTOLD or quantity.unit == "age" or quantity.kind == "clock":
        return None, "", ""
    after = place.text[quantity.end : quantity.end + 6]
    if quantity.kind == "term" and (quantity.unit == "minute" and _NOT_TERM.match(after)):
        return None, "", ""
    if isinstance(quantity.low, Day):
        if quantity.low.day is None and not quantity.is_range:
            return None, "", ""
        first, last = (None, None) if _RELATIVE.match(quantity.text) else frame.span(quantity)
        low, high = str(first or quantity.low), str(last or quantity.high)
        return _KINDS[quantity.kind], low if quantity.kind == "date" else f"{low}/{high}", "date"
    if quantity.kind == "number":
        return _by_column(quantity, place, frame)
    unit = "hour" if quantity.normalized.endswith("H") and quantity.unit == "minute" else quantity.unit
    return _KINDS[quantity.kind], quantity.normalized, unit


BY_COLUMN: tuple[tuple[re.Pattern[str], FactKind, str], ...] = (
    (re.compile(r"[（(](?:人民币)?元[）)]|单位[:：]?元"), "amount", "CNY"),
    (re.compile(r"率|[（(][%％][）)]|[%％]$"), "rate", "ratio"),
    (re.compile(r"名额|数量|份数|张数|限量|人数|次数|库存|总量|上限"), "count", "piece"),
    (re.compile(r"金额|立减|门槛|满额|价格|费|利息|收益|现金价值|保额|额|还款|减免|缴"), "amount", "CNY"),
)
_DAY = re.compile(r"(1[0-2]|[1-9])\.(3[01]|[12]\d|[1-9])")


def _by_column(quantity: Quantity, place: Place, frame: Document) -> tuple[FactKind | None, str, str]:
    """Tell from its column what a bare number is."""
    if not isinstance(quantity.low, Day) and is_listed_rate(quantity, place):
        return "rate", f"{(quantity.low / 100).normalize():f}", "ratio"
    if place.passage.kind != "row" or quantity.text.strip() != MARK.sub("", place.text).strip():
        return None, "", ""
    if re.search(r"日期|时间", place.column) and (day := _DAY.fullmatch(quantity.text)):
        date = frame.dated(Day(None, int(day[1]), int(day[2])))
        return "date", str(date), "date"
    for pattern, kind, unit in BY_COLUMN:
        if (
            pattern.search(place.column)
            and not isinstance(quantity.low, Day)
            and (kind != "rate" or quantity.low <= 100)
        ):
            value = quantity.low / 100 if kind == "rate" else quantity.low
            return kind, f"{value.normalize():f}", unit
    return None, "", ""


def is_repeat(quantities: tuple[Quantity, ...], index: int, text: str) -> bool:
    """Tell whether a quantity only says the one before again: 200,000元（20万元）."""
    if not index:
        return False
    quantity, before = quantities[index], quantities[index - 1]
    close = bool(IN_BRACKETS.fullmatch(text[before.end : quantity.start]))
    return close and (before.kind, before.low, before.unit) == (quantity.kind, quantity.low, quantity.unit)


_WAS = re.compile(
    r"(?:由|从|上一?版|上期|(?<!还)原(?:来|先|为|价|标准|执行|费率|利率|费用|收费)?(?:每[期笔月年件])?(?:为|是|按)?)\s*[:：]?\s*$"
)
_MOVES_TO = re.compile(
    r"\s*(?:统一)?(?:上调|下调|调整|调高|调低|提高|提升|提至|降低|下降|减免|变更|优惠|降|升|改)(?:至|为|到)|\s*(?:→|->|=>|➜|⇒|至?→)"
)


def is_old(quantities: tuple[Quantity, ...], index: int, text: str) -> bool:
    """Tell whether a number is the old side of a change: 由0.10%下调至0.05%, 0.60%（原0.75%）, 0.15%→0.10%."""
    quantity = quantities[index]
    if quantity.kind == "phone":
        return False
    if _WAS.search(text[max(0, quantity.start - 12) : quantity.start]):
        return text[quantity.start - 1] not in "由从" or _MOVES_TO.match(text, quantity.end) is not None
    after = quantities[index + 1] if index + 1 < len(quantities) else None
    moved = _MOVES_TO.match(text, quantity.end)
    return moved is not None and after is not None and after.kind == quantity.kind and after.start - moved.end() <= 4


_REFERENCE = re.compile(r"(?:利率|收益|期限|金额)?档")
_SORTS = re.compile(r"[一二两三四五六七八九十]{1,2}(?:类|种|项|步|方|家|个|处|条|句)$")


def is_talk(quantity: Quantity, text: str) -> bool:
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


def leads(quantity: Quantity, after: Quantity, place: Place) -> bool:
    """Tell whether a term only says whose rate follows: 三年期1.75%, 一个月2.00 in a list of rates."""
    if quantity.kind != "term":
        return False
    gap = place.text[quantity.end : after.start]
    told = (after.kind == "rate" and after.unit == "ratio") or is_listed_rate(after, place)
    return told and _OF_TERM.fullmatch(gap) is not None


def is_listed_rate(quantity: Quantity, place: Place) -> bool:
    """Tell whether a bare number is a rate because its paragraph says so once: 年利率%：半年1.15、一年1.35."""
    decimal = re.fullmatch(r"\d{1,2}\.\d{2,4}", quantity.text) is not None
    return quantity.kind == "number" and decimal and _LISTED.search(place.text[: quantity.start]) is not None

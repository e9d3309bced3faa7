"""How far a value reaches: the words before and after a number that belong to it."""

from __future__ import annotations

import re

from ..quantities import Quantity
from ..values import FactKind
from .clauses import Span
from .document import Document
from .meaning import IN_BRACKETS
from .proposal import MAX_VALUE

_TAIL = re.compile(
    r"(?:[（(]不?含[）)])?(?:及以上|以上|及以下|以下|以内|之内|封顶|起(?![\u4e00-\u9fff]{0,2}[点存购])|的整数倍|整数倍|或其整数倍)|[（(]不?含[）)]"
    r"|(?:[/／](?:每|个)?(?:人次|盎司|年|月|日|天|周|季|户|人|次|克|笔|期|份|张|件|台|卡|本|套|只|小时)){1,2}"
)
_CORE = (
    r"未满|不满|不足|不超过|不低于|不少于|不高于|不得低于|不得超过|最高(?:可?立减|可?优惠|可?减|返|可?享|可?领|可?得)?|至多(?:减|可设|可)?|最多|至少"
    r"|最低|立减|随机减|满|前|限(?:享|领|购|兑|办|参加)?|合计限?|共|首|近|连续|累计|提前|单[笔户日人](?:不超过|最高|限)?|上限"
)
_HEAD = re.compile(
    rf"(?:每(?:位|个|一)?[\u4e00-\u9fff]{{1,3}}){{0,2}}(?:{_CORE}){{1,2}}[ \u3000]?$|每[年月日天周户人季期笔次卡][ \u3000]?$"
)


FROM_NOW = re.compile(r"(?:即日起?|自?(?:公告|发布|通知)之日起)(?:至|到)$")


def from_now(span: Span, until: str, text: str, frame: Document) -> tuple[FactKind, Span, str]:
    """Take 即日起至…  as the range it is, from the day of issue where that is known."""
    start = span.start - len(FROM_NOW.search(text[max(0, span.start - 8) : span.start])[0])  # type: ignore[index]
    return "date_range", Span(start, span.end, text[start : span.end]), f"{frame.issued or ''}/{until}"


def as_written(text: str, quantity: Quantity, following: tuple[Quantity, ...]) -> Span:
    """Return the value with the words that belong to it: 不超过2次, 前500名, 2026年10月17日（周六）9:30-11:00."""
    start, end = quantity.start, quantity.end
    if quantity.kind in ("date", "date_range"):
        weekday = re.match(r"\s?[（(](?:周|星期)[一二三四五六日天][）)]", text[end:])
        end += weekday.end() if weekday else 0
        clock = next((other for other in following if other.kind == "clock" and other.start >= end), None)
        if clock and not text[end : clock.start].strip():
            end = clock.end
        month = re.search(r"(?:每|次|当|本|下)月(?:份)?$", text[max(0, start - 3) : start])
        start -= len(month[0]) if month else 0
        tail = re.match(r"(?:[（(]含[）)])?(?:起|前|止|之前|以前)", text[end:])
    else:
        again = following[0] if following else None
        if (
            again
            and (again.kind, again.low) == (quantity.kind, quantity.low)
            and IN_BRACKETS.fullmatch(text[end : again.start])
        ):
            end = again.end + 1
        head = _HEAD.search(text[max(0, start - 14) : start]) if quantity.kind != "phone" else None
        start -= len(head[0]) if head else 0
        tail = _TAIL.match(text[end:]) if quantity.kind != "phone" else None
    end += tail.end() if tail else 0
    if end - start > MAX_VALUE:
        start, end = quantity.start, quantity.end
        if shorter := _WITHOUT_CLOCK.match(quantity.text):
            end = start + shorter.end(1)
    return Span(start, end, text[start:end])


_WITHOUT_CLOCK = re.compile(r"(.{6,40}(?:日|号|\d[-/.]\d{1,2}))\s{0,3}\d{1,2}[:：]\d\d$")

"""Proposes conditions, hours and benefits: clauses that restrict, and clauses that give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..quantities import find
from ..values import FactKind
from .clauses import OFF, Span, clauses, sentences, whole_clauses
from .document import Document
from .places import Place
from .proposal import MAX_CONDITION, MAX_VALUE, Proposal, make

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
    r"[在于到至]([^，。；在于到至]{2,16}?(?:支行|网点|营业部|厅|广场|中心|街|馆|会议室|大堂|店|公园|社区|学校)[^，。；举开领集签办]{0,10})"
    r"(?:举[办行]|开展|开课|领取|集合|签到|办理)"
)


def statements(place: Place, frame: Document) -> Iterator[Proposal]:
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
    for cut in whole_clauses(place.text):
        clause = _bracketed(_without_label(cut, frame.title))
        if (
            (told is not None and told.holds(clause.start, clause.end))
            or len(clause.text) < 3
            or BORING.search(clause.text)
        ):
            continue
        kind = _kind(clause.text)
        if kind and not _only_number(clause):
            yield _statement(place, frame, kind, clause if kind == "benefit" else _shortened(clause))


def _kind(text: str) -> FactKind | None:
    """Tell whether a clause restricts, gives, or does neither."""
    if STRICT.search(text):
        return "condition"
    if _GIVES.search(text) and len(text) <= MAX_VALUE and not OFF.fullmatch(text):
        return "benefit"
    return "condition" if _is_timed(text) else None


def _statement(place: Place, frame: Document, kind: FactKind, span: Span) -> Proposal:
    return Proposal(
        span.start, make(place, kind, span, frame, conditions=()), ("statement", re.sub(r"\s", "", span.text))
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
                short = clauses(text)[0]
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
    """Tell whether a clause names hours, weekdays that come back, ages or T+1; hours after a date do not count."""
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
    """Keep of 电话…（人工接听9:00—18:30） what stands in the brackets."""
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

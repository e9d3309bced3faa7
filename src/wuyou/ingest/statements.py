"""Proposes conditions, hours and benefits: clauses that restrict, and clauses that give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..quantities import find
from ..values import FactKind, Subject
from .clauses import OFF, Span, clauses, is_asked, sentences, whole_clauses
from .document import Document
from .places import Place
from .proposal import MAX_CONDITION, MAX_VALUE, Proposal, make

_NOT = (
    r"不等[于同]|不(?![仅但只断同错少论管妨等良动便适定止如久愧凡忘时由一易菲堪禁约锈单]|限(?:额|量|次|笔)|特定|可抗|过(?!户))|无法|无效"
    r"|请?勿(?!忘)|切勿|严禁|禁止|(?<!避)免(?:于)?登记|未经|未(?:按|在|通过|达到|使用|登记|领取|报名|还|用完|兑换|满)"
)
"""Words that deny; 不 in words that deny nothing is let through."""
STRICT = re.compile(
    r"仅限|仅面向|仅支持|仅适用|仅(?:可|能|对|在|供|由|向)|只面向|只能|只有|只(?:可|限|对|接受)|须|(?<!所)(?<!转)需(?!求|要$|要注意|知)|必须|应当?(?=[在于为先提向由按满具持将符])|除外|先到先得"
    r"|先后顺序|即止|为止|(?:售|用|领|抢|兑|送|报)(?:完|满)|额满|方可|才能|同时满足|同享|无需|非保本|封顶"
    r"|提前结束|新客|首次|本人|失效|作废|顺延|限个人|限[\u4e00-\u9fff]{2,8}客户|(?:按|适用)[^，。；]{1,16}(?:执行|计息|计收|办理|收取|退|计算|折算)"
    r"|自动(?:终止|转存|撤单|赎回|续|升级|降级|延|扣|失效|关闭)"
    r"|暂停|从未|照常|默认|由[^，。；]{2,14}(?:发行|承保|管理|承担)|低于[^，。；]{2,10}的|停止营业|恢复营业|正常(?:开放|营业|办理)"
    r"|可能[^，。；]{0,10}(?:损失|亏|低于|下跌|影响|波动|收取)|反向|至少|终止|取消(?:资格|活动)|追回|收回|冻结|降级|以实际|优先于"
    rf"|{_NOT}"
)
BORING = re.compile(
    r"尊敬的|特此|如下|以下简称|现将|请您?(?:仔细|审慎|谨慎|及时|知悉|遵照|合理|结合)|解释权|^为(?!期|准)|根据《|依照|依据|详见|另行通知$|以?[^，。]{0,20}为准$|仔细阅读|审慎|须谨慎|需谨慎"
    r"|^因[^，。]{2,12}需要$|以下(?!交易|情形|情况|客户|人群|产品|商户|业务)|敬请|(?:带来|造成)[^，。]{0,4}不便|不便之处|(?:^|请|可|欢迎|详情)(?:致电|咨询|详询|垂询|拨打)|仅供参考|理财非存款|^投资有风险|^产品有风险|总结|特制定|制定本"
)
_GIVES = re.compile(
    r"免费|免收|减免|暂免|全免|免除|免(?:排队|息|年费|手续费)|赠送|(?<![发运配输传])送(?!达|货|交|审)|返现|翻倍|立减|满减|优先|礼遇|抽奖|可享(?!以下|如下)"
)
_ASKED = re.compile(
    r"(?:^|[^\u4e00-\u9fff])(?:(?:承保|发行|管理|承办|主办)(?:公司|机构|人|方|单位)|投保年龄|(?:活动|合资格|合格|优惠|受邀|参[加与]|适用|办理|申请|购买|认购|发售|推广|销售|服务|优惠|适合|目标)?(?:对象|客群|客户|资格|条件|范围|地点|地址|渠道|方式|限制|要求|人群|门店|区域|投资者|领取方式|名额说明))$"
)
_ASKED_CELL = re.compile(r"(?:对象|客群|客户|资格|条件|范围|地点|地址|渠道|方式|限制|要求|人群|门店|投资者|说明)$")
_ASKED_COLUMN = re.compile(r"(?:对象|客群|资格|条件|地点|地址|限制|要求|人群|投资者)$")
_TOLD = re.compile(r"([\u4e00-\u9fffA-Za-z（）()]{2,12})[:：]\s?(.{2,})", re.DOTALL)
_VENUE = re.compile(
    r"[在于到至]([^，。；在于到至]{2,16}?(?:支行|网点|营业部|厅|广场|中心|街|馆|会议室|大堂|店|公园|社区|学校)[^，。；举开领集签办]{0,10})"
    r"(?:举[办行]|开展|开课|领取|集合|签到|办理)"
)


def statements(place: Place, frame: Document) -> Iterator[Proposal]:
    """Propose conditions, hours and benefits, a clause each; a question states nothing."""
    told = _told(place)
    for span in clauses(told.text) if told is not None else ():
        part = Span(told.start + span.start, told.start + span.end, span.text) if told else span
        if len(part.text) >= 3 and not _only_number(part):
            yield _statement(place, frame, "condition", _shortened(part))
    for venue in _VENUE.finditer(place.text):
        yield _statement(place, frame, "condition", Span(venue.start(1), venue.end(1), venue[1]))
    if place.passage.kind == "row" and _GIVEN.fullmatch(place.text):
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
        if kind and not _only_number(clause) and not is_asked(place.text, clause):
            yield _statement(place, frame, kind, clause if kind == "benefit" else _shortened(clause))


_GIVEN = re.compile(r"(?:全部|一律|均)?(?:全免|免费|免收|减免|免年费|免手续费)")


def _kind(text: str) -> FactKind | None:
    """Tell whether a clause restricts, gives, or does neither."""
    if STRICT.search(text):
        return "condition"
    if _GIVES.search(text) and len(text) <= MAX_VALUE and not OFF.fullmatch(text):
        return "benefit"
    return "condition" if _is_timed(text) or _WHO.search(text) else None


_WHO = re.compile(r"(?:的|级|以上|以下|存量)[\u4e00-\u9fff]{0,4}(?:客户|商户|个人|家庭|单位|企业|持卡人|居民)$")
"""Who may: …入账的个人客户."""


def _statement(place: Place, frame: Document, kind: FactKind, span: Span) -> Proposal:
    subject = place.subject if place.passage.kind == "row" else _of_offer(place, span)
    fact = make(place, kind, span, frame, subject=subject)
    return Proposal(span.start, fact, ("statement", re.sub(r"\s", "", span.text)))


_OFFER = re.compile(r"期|存|定期|年利率|利率|档")


def _of_offer(place: Place, span: Span) -> Subject:
    """Let a condition keep the offer that its sentence names: 三年期…, A类份额…."""
    subject = place.subject
    sentence = next((cut for cut in sentences(place.text) if cut.holds(span.start, span.end)), None)
    if sentence is None:
        return subject
    said = place.text[sentence.start : span.end][-200:]
    if not subject.term:
        terms = {other.text for other in find(said) if other.kind == "term" and _OFFER.match(said, other.end)}
        subject = subject.model_copy(update={"term": terms.pop()}) if len(terms) == 1 else subject
    if not subject.tier:
        shares = set(_SHARE.findall(said))
        subject = subject.model_copy(update={"tier": shares.pop()}) if len(shares) == 1 else subject
    return subject


_SHARE = re.compile(r"(?<![A-Za-z0-9])([A-Z](?:类份额|类|份额))")


def _told(place: Place) -> Span | None:
    """Return what a label such as 活动对象 asks for: the cell beside it, or the sentence after its colon."""
    if place.passage.kind == "row":
        asked = (
            (_ASKED_CELL if place.paired else _ASKED_COLUMN).search(place.column)
            and 3 <= len(place.text) <= MAX_CONDITION
            and not place.keys
        )
        return Span(0, len(place.text), place.text) if asked else None
    for sentence in (*sentences(place.text), *clauses(place.text)):
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


_LED = re.compile(r"[^】]{0,40}】\s*(?:[\u4e00-\u9fff]{2,8}[:：]\s?)?")


def _without_label(clause: Span, title: str) -> Span:
    """Drop a label before a colon, 温馨提示：…, or the title of a notice that is one paragraph."""
    if title and clause.text.startswith(title) and (opening := re.match(r"[^：:]{0,60}[：:](?!\d)", clause.text)):
        return Span(clause.start + opening.end(), clause.end, clause.text[opening.end() :])
    if led := _LED.match(clause.text):
        clause = Span(clause.start + led.end(), clause.end, clause.text[led.end() :])
    match = _TOLD.match(clause.text)
    return Span(clause.start + match.start(2), clause.end, match[2]) if match else clause


_SETTLING = re.compile(
    r"T\s?[+＋]\s?\d|(?:[日天时钟月]后|次[日月]|当[日天]|实时|即时)[^，。；]{0,8}(?:到账|生效|入账|发放|存入|扣款|起息|计息)|24小时"
)
_EVERY = re.compile(r"每(?:[周月日天季年]|个?[\u4e00-\u9fff]{1,3}日)[^，。；]{0,6}$")


def _is_timed(text: str) -> bool:
    """Tell whether a clause names hours, weekdays that come back, ages or T+1; hours after one date do not count."""
    if _SETTLING.search(text):
        return True
    last = -99
    for quantity in find(text):
        recurs = quantity.kind == "clock" or (quantity.unit == "weekday" and quantity.claim)
        if quantity.unit == "age" or (recurs and quantity.start - last > 8):
            return True
        if quantity.unit in ("date", "weekday") and not _EVERY.search(
            text[max(0, quantity.start - 8) : quantity.start]
        ):
            last = quantity.end
    return False


_HOURS = re.compile(r"[（(]([^（）()]{0,30}\d{1,2}[:：]\d\d[^（）()]{0,30})[）)]")


_STRICT_INSIDE = re.compile(r"[（(]([^（）()]{3,40})[）)]")


def _bracketed(clause: Span) -> Span:
    """Keep of 电话…（人工接听9:00—18:30） or 11月1日至12月31日（额满提前结束） what stands in the brackets."""
    match = _HOURS.search(clause.text)
    outside = find(clause.text[: match.start()]) if match else ()
    if match and any(quantity.kind == "phone" for quantity in outside):
        return Span(clause.start + match.start(1), clause.start + match.end(1), match[1])
    inside = _STRICT_INSIDE.search(clause.text)
    if inside and STRICT.search(inside[1]):
        outside_text = clause.text[: inside.start()] + clause.text[inside.end() :]
        rest = outside_text
        for quantity in find(outside_text):
            rest = rest.replace(quantity.text, "", 1)
        if len(rest.strip()) <= 4:
            return Span(clause.start + inside.start(1), clause.start + inside.end(1), inside[1])
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

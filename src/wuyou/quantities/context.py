"""What the words around a quantity say: how it is bound, and whether it states anything about the bank at all."""

from __future__ import annotations

import re

from ..regexes import regex
from .hit import Hit
from .patterns import COINS, PAID, PUBLIC_PHONES
from .quantity import Bound

# ── how it is bound ──

_NEAR = r"[^\d一二两三四五六七八九十，。；、,;|:]"
"""What may stand between the binding word and the number."""
_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("约", regex(r"(?:大?约|大概|差不多|左右|约为|约合)(?:是|就是|有|要|能到)? ?$")),
    ("近", regex(r"(?:(?<!最)(?:将近|接近|近)|(?<![凉爽愉])快要?(?:占到|到|有)?|(?<![达没])不到) ?$")),
    (
        "内",
        regex(
            r"(?:不超过?|不得?(?:高于|多于|超过)|不高于|不多于|最高|最多|最长|至多|上限|封顶|不足|未满|不满|(?<![不得])(?:低于|少于|小于)|限)"
            rf"{_NEAR}{{0,4}}:? ?$"
        ),
    ),
    (
        "起",
        regex(
            r"(?:不得?低于|不得?少于|不低于|不少于|至少|最低|最短|起[购存]点?|起点|(?<![捷马直抵传发表到豁])达到?|超过|大于|高于|满|逾)"
            rf"{_NEAR}{{0,3}}(?: ?[:|])? ?$"
        ),
    ),
    ("内", regex(r"[<≤] ?$")),
    ("起", regex(r"[>≥] ?$")),
    ("前", regex(r"前 ?$")),
)
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("约", regex(r" ?(?:左右|上下)")),
    ("多", regex(r" ?(?:出头|挂零)")),
    ("起", regex(r" ?(?:\(含\))?(?:及?以上|起|之上)")),
    ("内", regex(r" ?(?:\(含\))?(?:以内|及?以下|之内|内(?!部|容)|封顶|为限)")),
)
_DAY_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("止", regex(r"(?:截至|截止[到至于]?|至|到|不晚于|不迟于|直到) ?(?:明年|次年)?$")),
    ("起", regex(r"(?:自|从|始于) ?$")),
)
_DAY_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("止", regex(r" ?(?:\([^()]{1,6}\))? ?(?:之?前|以前|止|截止|为止|到期|结束|[就便](?:收|截|停|结|关|没|完))")),
    ("起", regex(r" ?(?:\([^()]{1,6}\))? ?(?:起|开始|之?后|以后|开[抢售])")),
)


def bound_of(hit: Hit, flat: str) -> Bound:
    """Tell how a quantity is bound by the words around it."""
    if hit.kind in ("date_range", "phone") or hit.unit in ("ordinal", "weekday"):
        return ""
    if hit.more:
        return "多"
    before, after = flat[max(0, hit.start - 12) : hit.start], flat[hit.end : hit.end + 10]
    timed = hit.kind in ("date", "clock")
    ahead, behind = (_DAY_BEFORE, _DAY_AFTER) if timed else (_BEFORE, _AFTER)
    found = [bound for bound, pattern in behind if pattern.match(after)]
    if timed:
        found = [bound for bound, pattern in ahead if pattern.search(before)] + found
    else:
        found += [bound for bound, pattern in ahead if pattern.search(before)]
    unfit = {"term": "近", "amount": "前", "rate": "前"}.get(hit.kind)
    return next((bound for bound in found if bound != unfit), "")


# ── whether it is a claim ──

_HAN_NUMERAL = regex(r"(?:[早晚上中下午夜里凌晨清傍今深半间后]{0,2} ?)[一二两三四五六七八九十]")
_RATIONED = regex(
    r"(?:限|共|合计|总计|送|赠|享|领取?|满|每[人户日月天期年周次季场组家](?:每[日月天期年周])?"
    r"|最多|最高|至多|至少|不超过|达到?|名额)[^\d，。；、]{0,2}$"
)
_RATIONED_ONE = regex(r"(?:限|最多|至多|不超过|送|赠送?) ?$")
_LASTS = regex(
    r"(?:存|满|定期|期限|期为|持有|质保|封闭|锁定|送|赠|免|内|近|过去|最长|最短|至少|不超过|限|滞后|保留|提前|有效|头|首|前)"
    r"[^\d，。；、]{0,2}$"
)
_LASTS_ONE = regex(
    r"(?:存满?|满|定期|期限|期为|持有|质保|封闭|锁定|送|赠送?|免费?|近|过去|最长|最短|至少|不超过|保留|提前|有效期?|头|首|前)"
    r" ?$"
)
_LASTED = regex(
    r" ?(?:期|定期|内|以内|之内|以上|以下|及以上|起(?!来|伏)|的?利率|的?年?利息|的?大额|的?国债|的?存|持有|封闭|免|后"
    r"|到期)"
)
_AGO = regex(r" ?(?:前(?!\d)|来|多前|又|如一日|间|没)")
_THIS = regex(r"[这那几哪]$")
_MONTH_MEANT = regex(r" ?(?:[份底末初前起止内后]|之前|以前|期间|活动|新|发售|开始|[上中下]旬|截止|到期|\d)")
_MEETING = regex(r" ?[，,]? ?(?:打卡|见|早安|晚安|签到|的(?!时候|活动)|各位)")
_NEAR_DAY = regex(r"(?:[日号一二三四五六天]\)?|每天|每日|工作日|当天|当日|节假日|活动日|次日) ?$")
_WEEKLY = regex(
    r"(?:每个?|逢|隔)(?:周|星期|礼拜)[一二三四五六日天]"
    r"(?:(?:、|和|及|至|到|-)(?:周|星期)?[一二三四五六日天]){0,4}(?:、|和|及|至|到|-)$"
)
_RATED = regex(r"(?:率|年化|收益|息|[期年月的从到至存])[^\d，。；、]{0,3}$")
_PAID = regex(r"(?:押金|手续费|[赔得收返送减省抵给补扣付交领]|额度|年费|工本费)[^\d，。；、]{0,2}$")
_ONE_COIN = ("一元", "一块", "一块钱", "一毛", "一毛钱", "一分钱")
_COUNTED_OFF = ("person", "household", "time", "group")


def is_claim(hit: Hit, bound: Bound, flat: str) -> bool:
    """Tell whether it would, in a post, be a statement that a source must carry; see the package's docstring."""
    word = flat[hit.start : hit.end]
    before, after = flat[max(0, hit.start - 12) : hit.start], flat[hit.end : hit.end + 8]
    told = bool(_HAN_NUMERAL.match(word))
    judged = {
        "ordinal": lambda: word[-1] in "期款批档",
        "weekday": lambda: _is_weekly(word, flat[max(0, hit.start - 24) : hit.start]),
        "number": lambda: _is_number(hit, word, before, bound),
        "phone": lambda: word not in PUBLIC_PHONES,
        "clock": lambda: not _MEETING.match(after) and (not told or _pinned(word, before, bound)),
        "date": lambda: not re.fullmatch(r"[^年日号\-/.]{1,3}月", word) or bool(bound or _MONTH_MEANT.match(after)),
    }.get(hit.unit if hit.unit in ("ordinal", "weekday") else hit.kind)
    if hit.unit == "ratio" and word.endswith("半"):
        return False
    if judged is not None:
        return judged()
    if not told:
        return not (hit.kind == "term" and word.endswith("年") and _AGO.match(after))  # 10年前
    if hit.kind == "term":
        return _is_term(hit, word, before, after)
    if hit.kind == "count":
        return _is_count(hit, word, before, bound)
    if hit.kind == "amount" and re.fullmatch(r"[二两三四五六七八九]块", word):
        meant = after[:1] not in "，。、,;；！？!?~…" and COINS.match(after) is not None
        return meant or bool(bound or _PAID.search(before) or PAID.search(before))
    return word not in _ONE_COIN or bool(bound or _RATIONED_ONE.search(before))


def _is_weekly(word: str, before: str) -> bool:
    """Tell whether a weekday is said to come back: 每周三, the second of 每周二、周四, 周一至周五."""
    return word[0] in "每逢隔" or len(word) > 3 or bool(_WEEKLY.search(before))


def _is_number(hit: Hit, word: str, before: str, bound: Bound) -> bool:
    """Tell whether a number without a unit states something: 五百, 三点八; not a lone digit, a year, 十来."""
    if word[0].isdigit():
        return not re.fullmatch(r"\d|(?:19|20)\d\d", word)
    if "点" in word:
        return bool(_RATED.search(before))
    return bool(bound or hit.low >= 100 or _PAID.search(before))  # type: ignore[operator]


def _pinned(word: str, before: str, bound: Bound) -> bool:
    """Tell whether an hour told in words is fixed to something: an end, a range, a day."""
    return bool(bound or re.search(r"至|到|-|~", word) or _NEAR_DAY.search(before))


def _is_term(hit: Hit, word: str, before: str, after: str) -> bool:
    """Tell whether a time told in words is a term: 三年期, 存满一年; not 三年前, 等了三天, 这一年."""
    if _AGO.match(after) or _THIS.search(before):
        return False
    one = word.startswith("一")
    if (_LASTS_ONE if one else _LASTS).search(before) or _LASTED.match(after):
        return True
    return hit.unit == "month" and (not one or re.match(r" ?(?:\d|百分之)", after) is not None)


def _is_count(hit: Hit, word: str, before: str, bound: Bound) -> bool:
    """Tell whether a count told in words is a limit or a quota: 限两次, 前十名; not 一杯, 两个孩子, 前三页."""
    if _THIS.search(before):
        return False
    if re.fullmatch(r"一\D{1,2}", word):
        return bool(_RATIONED_ONE.search(before)) or bound == "内"
    if hit.unit in ("gram", "age", "multiple", "point") or not re.fullmatch(
        r"[二两三四五六七八九十][^十百千万亿]{1,2}", word
    ):
        return True
    return bound in ("内", "起") or (bound == "前" and hit.unit in _COUNTED_OFF) or bool(_RATIONED.search(before))

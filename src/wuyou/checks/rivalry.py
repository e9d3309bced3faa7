"""Values told in the place of others: under another's name, after their time, or of another length of time."""

from __future__ import annotations

from collections.abc import Sequence

from ..quantities import Day, Quantity, find, same
from ..regexes import regex
from .bygone import PAST
from .evidence import Occurrence
from .figures import CLAUSE, SENTENCE, SMALL, Blame, Figures
from .likeness import like, said
from .places import stretches
from .reckoning import is_reckoned
from .smalltalk import is_talk

_NAMED = 1
"""How many pairs of characters name something."""
_GENERAL = frozenset(
    [
        "年化",
        "利率",
        "年利",
        "最高",
        "每月",
        "每年",
        "每日",
        "一年",
        "金额",
        "收益",
        "利息",
        "费率",
        "手续",
        "续费",
        "优惠",
        "单利",
        "客户",
        "可以",
        "以上",
        "以下",
        "活动",
        "办理",
        "期间",
        "银行",
        "人民",
        "民币",
        "起存",
        "存款",
        "年期",
        "限额",
        "每人",
        "每户",
        "每笔",
        "单笔",
        "满足",
        "期限",
        "不超",
        "超过",
        "达到",
        "累计",
        "自动",
        "本行",
        "我行",
        "个月",
        "月均",
        "日均",
        "均资",
        "资产",
        "月年",
        "年年",
        "天年",
    ]
)
"""Pairs of characters that name nothing."""
_FORMER = regex(r"原[来先价]|以前|之前|去年|过去|从前")
_YEARLY = regex(r"年利率|年化|/年|年率")
_PERIODIC = regex(r"每期|每月|月费率|月利率|日息|按日")
_OF_A_YEAR = regex(r"年化|年利率|一年|全年|每年")
_SHORTER = regex(
    r"(?:[天周]|个月|半年|季度)(?:下来|就[能有给涨]|[能收赚涨给付扣]了?(?:有|拿|涨|赚)?|到手|收益|利息|总共|一共)|"
    r"每个?月的?(?:利息|收益|利率)|月利率|月息|(?:总共|一共|从头到尾)[^，。]{0,6}$"
)
_WHOLE = regex(r"累计|总费率|增长率|总手续费|绝对收益|区间|一次性|涨幅|成立以来")
_SAID_YEARLY = regex(r"(?:年化|年利率|年率)[^，。；\d]{0,6}$")
_RIVAL = 4
"""How loudly words must speak for another value."""


def outdated(figures: Figures, claim: Quantity) -> Blame | None:
    """Return the reproach for a value that the sources name only as the former one."""
    if figures.strict:
        return None
    own = [each for each in figures.own(claim) if like(claim, each.quantity)]
    low, high = figures.around(claim, CLAUSE)
    if not own or not all(each.old for each in own) or PAST.search(figures.raw[low : claim.start]):
        return None
    if PAST.match(figures.raw[claim.end : high]) or _FORMER.search(figures.raw, max(0, low - 12), low):
        return None
    return Blame(claim.start, claim.end, f"“{claim.text}”在出处里是旧的，已经改了", own[0].place.where)


def mistimed(figures: Figures, claim: Quantity) -> Blame | None:
    """Return the reproach for a yearly rate told of a shorter time, or a rate of each instalment told as yearly."""
    if figures.strict or claim.unit not in ("ratio", "pip"):
        return None
    own = figures.own(claim)
    low, high = figures.around(claim, CLAUSE)
    before, clause = figures.raw[low : claim.start], figures.raw[low:high]
    if own and all(_YEARLY.search(each.heads) for each in own) and not _YEARLY.search(clause):
        if _SHORTER.search(before):
            return Blame(claim.start, claim.end, f"出处里{claim.text}是年化的，不是这段时间的", own[0].place.where)
    elif own and _SAID_YEARLY.search(before) and all(map(_is_whole, own)):
        return Blame(claim.start, claim.end, f"出处里{claim.text}是总的，不是年化的", own[0].place.where)
    elif (
        own and all(_PERIODIC.search(_close(each)) for each in own) and _OF_A_YEAR.search(before) and "每" not in before
    ):
        message = f"出处里{claim.text}不是一年的，是每期或每月的"
        return Blame(claim.start, claim.end, message, own[0].place.where)
    return None


def _is_whole(each: Occurrence) -> bool:
    """Tell whether a rate is said of a whole time and not of a year."""
    words = _close(each)
    return _WHOLE.search(words) is not None and not _YEARLY.search(words)


def _close(each: Occurrence) -> str:
    """Return what leads up to a value inside its brackets, its row's head and its column's."""
    low, _ = next(stretches(each.place.text, each.quantity.start, each.quantity.end))
    return f"{each.place.text[low : each.quantity.end]} {each.place.labels(each.quantity.start)}"


def speaks_for(figures: Figures, claim: Quantity, rivals: Sequence[Quantity]) -> bool:
    """Tell whether the sentence names what only the claim's own place in the sources names."""
    if figures.strict:
        return False
    words = figures.words(claim, SENTENCE)
    own = figures.own(claim)
    theirs: frozenset[str] = frozenset().union(
        *(each.close for each in figures.evidence.occurrences if each.quantity in rivals)
    )
    return any(len(words & (each.close - theirs)) >= _NAMED for each in own)


def rivalled(figures: Figures, claim: Quantity, meant: Quantity) -> Blame | None:
    """Return the reproach for a value whose words name another value of its sort, and not its own."""
    if (
        figures.strict
        or claim.kind in ("date_range", "phone", "clock")
        or claim.bound in ("约", "近", "多")
        or claim.is_range
        or claim.unit == "ordinal"
    ):
        return None
    occurrences = figures.evidence.occurrences
    own = figures.own(meant)
    if not own or not all(_alike(meant, each.quantity) for each in own) or _is_vague(meant):
        return None
    if _bound_up(figures, claim, own):
        return None
    low, _ = figures.around(claim, SMALL)
    told = [each.end for each in figures.quantities if low <= each.end <= claim.start and like(each, claim)]
    lead = said(figures.raw[max([low, *told]) : claim.start])
    if claim.kind == "date":
        lead |= said(figures.raw[claim.end : claim.end + 3])
    here = figures.beside(claim, SMALL)
    clause, wide = (figures.words(claim, width) for width in (CLAUSE, SENTENCE))
    subject = said(figures.raw[low : low + 4])
    mine: frozenset[str] = frozenset().union(*(each.close for each in own))
    ours: frozenset[str] = frozenset().union(*(each.lead for each in own))
    best: tuple[int, Occurrence] | None = None
    for each in occurrences:
        other = each.quantity
        if not _alike(meant, other) or each.old or same(meant, other) or _is_vague(other):
            continue
        if any(same(one, other) for one in here) or (claim.bound == "止" and other.kind == "date_range"):
            continue
        told_too = any(same(one, other) for one in figures.quantities)
        named = (lead & (each.lead - ours)) - _GENERAL
        score = 0
        if named and not lead & (ours - each.lead) and not (told_too and meant.kind == "date"):
            if subject & named or not any(clause & (one.close - each.close) for one in own):
                score = _RIVAL + len(named)
        elif not told_too and not any(wide & (one.wide - each.close) for one in own):
            score = 2 * len(clause & (each.close - mine) - _GENERAL)
        if score >= _RIVAL and (best is None or score > best[0]):
            best = score, each
    if best is None or is_reckoned(figures, claim) or is_talk(figures, claim):
        return None
    message = f"出处里这里说的是{best[1].quantity.text}，不是{claim.text}"
    return Blame(claim.start, claim.end, message, best[1].place.where)


def _bound_up(figures: Figures, claim: Quantity, own: Sequence[Occurrence]) -> bool:
    """Tell whether a number next to it stands next to it in the sources too: 三年期 with 1.85%, 85分 with 五万."""
    low, high = figures.around(claim, CLAUSE)
    near = [each for each in figures.quantities if low <= each.start < high and each.start != claim.start]
    for each in own:
        first, last = list(stretches(each.place.text, each.quantity.start, each.quantity.end))[CLAUSE]
        beside = [one for one in find(each.place.text[first:last]) if one.text != each.quantity.text]
        if any((one.unit or key.unit) and (same(key, one) or _holds(one, key)) for key in near for one in beside):
            return True
    return False


def _holds(wide: Quantity, key: Quantity) -> bool:
    """Tell whether a range of the sources holds a number of the same sort."""
    if key.unit not in ("", wide.unit) or not wide.is_range or isinstance(wide.low, Day) or isinstance(key.low, Day):
        return False
    return wide.low <= key.low <= wide.high  # type: ignore[operator]


def _alike(one: Quantity, other: Quantity) -> bool:
    """Tell whether one could stand in the other's place without a change of unit."""
    return one.unit == other.unit and like(one, other)


def _is_vague(date: Quantity) -> bool:
    return isinstance(date.low, Day) and not (date.low.month and date.low.day)

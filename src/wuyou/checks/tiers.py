"""Values under the wrong roof: those of another tier, of another period, or on a day when the sources are closed.

The number itself stands in the sources. What stands beside it in the post is what they do not say of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..quantities import Quantity, same, says
from ..regexes import regex
from .figures import CLAUSE, SENTENCE, SMALL, Blame, Figures, listed
from .likeness import like
from .places import stretches
from .reckoning import is_reckoned

_PERIODS = tuple(
    (name, regex(pattern))
    for name, pattern in (
        ("年", r"[每一全当]年(?!化|利|期)|年度|/年|每自然年|[按逐]年"),
        ("季", r"[每一](?:个)?季度?|/季"),
        ("月", r"[每一]个?(?:自然)?月|/月|单月|当月|月累计|[按逐]月"),
        ("周", r"[每一](?:周(?!年)|个?(?:星期|礼拜))|/周|单周"),
        ("天", r"[每一][日天](?!起|前|后)|/[日天]|单日|日累计|当[日天]"),
    )
)
_CEILING = regex(r"最[多高]|限|封顶|顶多|至多|上限|累计|不超过|可以?|能|共")
"""Says that so much is allowed in a period."""
_CLOSED = regex(
    r"[、和及周一二三四五六日至到]{0,8}(?:全[天日])?(?:均|都|不?对外)?(?:休|不营业|不对外|不办|停|暂停|关|不开|不确认|不受理)"
)
_OPEN = regex(r"开(?!始)|营业|上班|照常|办|能来|可以来|不休|有人|受理|确认")
_SHUT = regex(r"休|不|停|歇|关|没|别")
_HEADS = regex(r"(?:[（(]含[）)]|及?以上|起存?|以下|档)*[：:]")
_JOINED = regex(r"[、,，和跟及与]?")
_STOP = regex(r"[；;。\n]")
_MONEY = frozenset({"amount", "number"})


def misfiled(figures: Figures, claim: Quantity) -> Blame | None:
    """Return the reproach for a value of another tier or of another period."""
    if figures.strict or claim.is_range:
        return None
    return _of_another_tier(figures, claim) or _under_another_head(figures, claim) or _of_another_period(figures, claim)


def _under_another_head(figures: Figures, claim: Quantity) -> Blame | None:
    """Look up what stands behind the amount that was told: 20万元起：1年1.50%；50万元起：1年1.55%."""
    if claim.kind != "rate":
        return None
    low, _ = figures.around(claim, SENTENCE)
    keys = [
        figures.meant(key)
        for key in figures.quantities
        if low <= key.start and key.end <= claim.start and key.kind in _MONEY and figures.evidence.carries(key)
    ]
    groups = list(_groups(figures)) if keys else []
    if not groups or not any(says(claim, inside) for _, inside, _ in groups):
        return None
    for key in keys[-1:]:
        under = [(inside, where) for head, inside, where in groups if same(key, head)]
        fit = [each for inside, _ in under for each in inside if like(claim, each)]
        if fit and not says(claim, fit) and not is_reckoned(figures, claim, fit):
            message = f"出处里{key.text}这一档是{listed(fit)}，不是{claim.text}"
            return Blame(claim.start, claim.end, message, under[0][1])
    return None


def _groups(figures: Figures) -> Iterator[tuple[Quantity, tuple[Quantity, ...], str]]:
    """Yield each amount that heads others with a colon, and what stands behind it up to the next stop."""
    for place, measured in zip(figures.evidence.places, figures.evidence.measured, strict=True):
        for head in measured:
            if head.kind == "amount" and (colon := _HEADS.match(place.text, head.end)):
                stop = _STOP.search(place.text, colon.end())
                end = stop.start() if stop else len(place.text)
                yield head, tuple(each for each in measured if colon.end() <= each.start < end), place.where


def _of_another_tier(figures: Figures, claim: Quantity) -> Blame | None:
    """Look up what the one tier has that holds a number told just before: 转五万 lies in 1万—10万, which costs 10元."""
    if claim.kind not in ("rate", "amount"):
        return None
    low, _ = figures.around(claim, CLAUSE)
    keys = [
        key
        for key in figures.quantities
        if (
            low <= key.start
            and key.end <= claim.start
            and not key.bound
            and not key.is_range
            and key.kind != claim.kind
        )
        or (low <= key.start and key.end <= claim.start and not key.bound and key.kind == "amount" == claim.kind)
    ]
    for key in keys[-1:]:
        if not isinstance(key.low, Decimal) or figures.evidence.carries(key):
            continue
        tiers = list(_tiers(figures, key, claim))
        if len({tuple(each.normalized for each in near) for near, _ in tiers}) != 1:
            continue
        near, where = tiers[0]
        if not says(claim, near) and not is_reckoned(figures, claim, near):
            message = f"出处里{key.text}这一档是{listed(near)}，不是{claim.text}"
            return Blame(key.start, claim.end, message, where)
    return None


def _tiers(figures: Figures, key: Quantity, claim: Quantity) -> Iterator[tuple[tuple[Quantity, ...], str]]:
    """Yield what each range that holds a number has beside it, up to the next range."""
    for place, measured in zip(figures.evidence.places, figures.evidence.measured, strict=True):
        ranges = [each for each in measured if each.is_range and like(key, each) and each.unit in (key.unit, "CNY")]
        ranges += [
            one._replace(high=other.low, end=other.end)
            for one, other in itertools.pairwise(measured)
            if (one.kind, one.unit) == (other.kind, other.unit)
            and like(key, one)
            and one.unit in (key.unit, "CNY")
            and one.bound == "起"
            and other.bound == "内"
            and other.start - one.end <= 6
        ]
        for each in ranges:
            if isinstance(each.low, Decimal) and isinstance(each.high, Decimal) and each.low <= key.low <= each.high:  # type: ignore[operator]
                _, end = list(stretches(place.text, each.start, each.end))[2]
                stop = min(
                    (one.start for one in measured if one.start >= each.end and one.unit == each.unit), default=end
                )
                if claim.kind == "amount":
                    stop = end
                near = tuple(
                    one
                    for one in measured
                    if each.end <= one.start < min(end, stop) and like(claim, one) and one != each
                )[:1]
                if near:
                    yield near, place.where


def _of_another_period(figures: Figures, claim: Quantity) -> Blame | None:
    """Hold 一个月累计两千 against 单日累计2,000元."""
    if claim.kind not in ("amount", "count", "number") or claim.low == 1:
        return None
    low, _ = figures.around(claim, SMALL)
    before = figures.raw[low : claim.start]
    told = [(found.start(), found.end(), name) for name, mark in _PERIODS for found in mark.finditer(before)]
    if not told or not _CEILING.search(before):
        return None
    start, end, name = max(told)
    if any(low + end <= each.start < claim.start for each in figures.quantities if each.kind in _MONEY):
        return None
    own = figures.own(claim)
    theirs = []
    for each in own:
        first, last = next(stretches(each.place.text, each.quantity.start, each.quantity.end))
        words = each.place.text[first : each.quantity.start] + each.place.text[each.quantity.end : last][:3]
        theirs.append({period for period, mark in _PERIODS if mark.search(words)})
    if own and all(periods and name not in periods for periods in theirs):
        periods = "、".join(f"每{each}" for each in sorted(theirs[0]))
        word = before[start:end]
        return Blame(low + start, low + end, f"出处里{claim.text}是{periods}的，不是“{word}”", own[0].place.where)
    return None


def closed(figures: Figures, told: Quantity) -> Blame | None:
    """Return the reproach for a day of the week told as open on which the sources say that nothing is."""
    low, high = figures.around(told, CLAUSE)
    after = figures.raw[told.end : high]
    if not _OPEN.search(after) or _SHUT.search(after) or _SHUT.search(figures.raw, low, told.start):
        return None
    shut = None
    for place, measured in zip(figures.evidence.places, figures.evidence.measured, strict=True):
        for each in measured:
            if each.unit == "weekday" and same(told, each):
                if not _CLOSED.match(place.text, each.end):
                    return None
                shut = place.where
    if shut is None:
        return None
    return Blame(told.start, told.end, f"出处里{told.text}是不开的", shut)


def mislisted(figures: Figures, told: Quantity) -> Blame | None:
    """Return the reproach for a day of the week in a list with others that the sources list with another: 周二、周五."""
    partners = _listed_with(figures.raw, figures.quantities, told)
    if not partners:
        return None
    lists = [
        ({*theirs, each}, place.where)
        for place, measured in zip(figures.evidence.places, figures.evidence.measured, strict=True)
        for each in measured
        if (theirs := _listed_with(place.text, measured, each)) and any(same(one, each) for one in partners)
    ]
    if not lists or any(same(told, each) for listed_with, _ in lists for each in listed_with):
        return None
    first, where = lists[0]
    days = listed(sorted(first, key=lambda each: each.start))
    return Blame(told.start, told.end, f"出处里是{days}，没有{told.text}", where)


def _listed_with(text: str, quantities: Sequence[Quantity], told: Quantity) -> tuple[Quantity, ...]:
    """Return the days of the week that 、 or 和 joins to one."""
    days = [each for each in quantities if each.unit == "weekday" and not each.is_range]
    if told not in days:
        return ()
    at = first = last = days.index(told)
    while first and _JOINED.fullmatch(text, days[first - 1].end, days[first].start):
        first -= 1
    while last + 1 < len(days) and _JOINED.fullmatch(text, days[last].end, days[last + 1].start):
        last += 1
    return (*days[first:at], *days[at + 1 : last + 1])

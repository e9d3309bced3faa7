"""The numbers of a post held against its sources, one by one.

A number is in order when the sources have it beside the same words, when it follows from such numbers, when it is an
example, or when its sentence is small talk. It is wrong when the sources have something else in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..quantities import Day, Quantity, same, says
from ..regexes import regex
from .doubts import is_doubtful
from .figures import CLAUSE, SENTENCE, SMALL, Blame, Figures, listed
from .likeness import like
from .operands import weekdays
from .prices import Price
from .reckoning import follows, is_example, is_granted, is_reckoned, makes_a_sum
from .rivalry import mistimed, outdated, rivalled, speaks_for
from .smalltalk import PERSONS, is_talk
from .tiers import closed, misfiled, mislisted

KEYS = frozenset({"term", "date", "date_range", "amount", "count"})
"""Kinds of quantity to which a value can belong: 三年 has a rate, 20万元 has one, 12月24日 has an hour."""
VALUES = frozenset({"rate", "amount", "count", "clock", "number"})
"""Kinds of quantity that can be put beside the wrong one."""
HOLDERS = frozenset({"gram", "session", "age"})
"""Units of counts that have a price or a fee of their own: 10克, 12期, 60岁."""
_PERIODS = regex(
    r"(?:[一每](?:个?[天日周月年季]|个?礼拜|个?星期|个?人|张卡|户)|一共|总共|[一总]共有?)(?:里|可以|能|最多|给|限|有|就)?"
    r"[^，。；\d]{0,5}$"
)
"""Before a small number: says that it is a rule."""
_PER = (
    ("年", regex(r"每年|/年|年租|年费|年度|每自然年|首年|[按逐]年")),
    ("月", regex(r"每月|/月|月租|月费|月度|每个?自然月|首月|单月|[按逐当]月|月缴|月供")),
    ("周", regex(r"每周|/周|首周")),
    ("礼拜", regex(r"每周|/周|首周")),
    ("天", regex(r"每[日天]|/[日天]|单日|当日|首日|日累计|日限额")),
    ("期", regex(r"每期|单期|/期|首期")),
)
_SPOKEN = 2
"""How many pairs of characters make a clause speak of a rule."""


def blames(figures: Figures) -> Iterator[Blame]:
    """Yield at most one reproach for each number."""
    told = [_judge(figures, claim) for claim in figures.claims]
    if not figures.strict:
        told += [_murmured(figures, each) or _weekday(figures, each) for each in figures.quantities]
    yield from filter(None, told)


def _judge(figures: Figures, claim: Quantity) -> Blame | None:
    evidence, meant = figures.evidence, figures.meant(claim)
    told = [figures.meant(key) for key in figures.beside(claim, SMALL)]
    keys = [key for key in told if may_hold(key, meant) and not _counts_off(figures.raw, key, claim, evidence.prices)]
    beside = [(key, *evidence.beside(key, meant)) for key in keys]
    near = tuple(each for _, each_near, _ in beside for each in each_near)
    if not evidence.carries(claim):
        if _goes_on(figures, claim) or _is_per(figures, claim):
            return None
        if not figures.strict and (
            is_talk(figures, claim)
            or follows(figures, claim, near)
            or is_example(figures, claim)
            or is_doubtful(figures, claim)
        ):
            return None
        there = f"，出处里{keys[0].text}对应的是{listed(near)}" if near else ""
        return Blame(claim.start, claim.end, f"出处里没有“{claim.text}”{there}", evidence.where(claim))
    if blame := outdated(figures, claim) or mistimed(figures, claim):
        return blame
    if (
        near
        and not figures.strict
        and (is_reckoned(figures, claim, near) or (not is_granted(figures, claim) and makes_a_sum(figures, claim)))
    ):
        return None
    for key, held, where in beside:
        if held and not says(claim, held) and not (key.kind == "amount" and speaks_for(figures, meant, held)):
            message = f"出处里{key.text}对应的是{listed(held)}，不是{claim.text}"
            return Blame(min(key.start, claim.start), max(key.end, claim.end), message, where)
    return _misplaced(figures, meant) or misfiled(figures, meant) or rivalled(figures, claim, meant)


def _goes_on(figures: Figures, claim: Quantity) -> bool:
    """Tell whether it is a month, told by the way, after something without an end has begun."""
    month = claim.low
    if figures.strict or claim.bound or not isinstance(month, Day) or not month.month or month.day:
        return False
    begun = [each.low.month for each in figures.evidence.quantities if each.bound == "起" and isinstance(each.low, Day)]
    return any(first is not None and first <= month.month for first in begun)


def _is_per(figures: Figures, claim: Quantity) -> bool:
    """Tell whether it only says of how long an amount is, as the sources do: 一年三百六 of 年租金360元."""
    if figures.strict or claim.text[0] not in "一1" or not (claim.kind == "term" or claim.text[-1] == "期"):
        return False
    first = figures.raw[max(0, claim.start - 1) : claim.start] in ("头", "首")
    following = first or any(each.start - claim.end in range(6) for each in figures.quantities if each.kind in VALUES)
    mark = next((mark for unit, mark in _PER if unit in claim.text), None)
    return following and mark is not None and mark.search(figures.evidence.text) is not None


def _misplaced(figures: Figures, claim: Quantity) -> Blame | None:
    """Return the reproach for a value under the wrong heading, or a wrong first day."""
    evidence = figures.evidence
    if claim.kind in VALUES:
        low, high = figures.around(claim, CLAUSE)
        under, label, where = evidence.labelled(claim, figures.raw[low:high])
        if under and not (not figures.strict and follows(figures, claim)):
            return Blame(claim.start, claim.end, f"出处里{label}对应的是{listed(under)}，不是{claim.text}", where)
    if claim.kind == "date" and claim.bound == "起":
        first = tuple(each for each in evidence.quantities if each.kind == "date" and each.bound == "起")
        itself = [each for each in evidence.quantities if same(claim, each)]
        if first and not says(claim, first) and all(each.kind == "date" and not each.bound for each in itself):
            message = f"出处里从{listed(first)}起，不是{claim.text}"
            return Blame(claim.start, claim.end, message, evidence.where(claim))
    return None


def _murmured(figures: Figures, told: Quantity) -> Blame | None:
    """Return the reproach for a small number told in words that could be talk, but stands where a rule does."""
    if told.claim or told.kind not in ("count", "term", "number") or told in figures.claims or told.low == 1:
        return None
    if told.kind == "number":
        meant = figures.meant(told)
        return rivalled(figures, told, meant) if told.unit == "" and meant.unit else None
    rivals = [
        each
        for each in figures.evidence.occurrences
        if (each.quantity.kind, each.quantity.unit) == (told.kind, told.unit)
    ]
    if not rivals:
        return None
    strictly = told.unit in ("time", "session")
    if any(same(told, each.quantity) for each in rivals) if strictly else figures.evidence.carries(told):
        return outdated(figures, told) or rivalled(figures, told, told)
    ruled = _PERIODS.search(figures.raw[max(0, told.start - 10) : told.start]) is not None
    if told.unit == "piece" and not ruled:
        return None
    words = figures.words(told, CLAUSE)
    speaks = [each for each in rivals if (ruled or len(words & each.wide) >= _SPOKEN) and not each.old]
    if not speaks or is_talk(figures, told) or follows(figures, told) or is_example(figures, told):
        return None
    if PERSONS.search(figures.raw, *figures.around(told, CLAUSE)):
        return None
    message = f"出处里没有“{told.text}”，说的是{listed([each.quantity for each in speaks])}"
    return Blame(told.start, told.end, message, speaks[0].place.where)


def _weekday(figures: Figures, told: Quantity) -> Blame | None:
    """Return the reproach for a day of the week that the sources do not have, or that its date does not fall on."""
    evidence = figures.evidence
    if told.unit != "weekday" or not isinstance(told.low, Decimal):
        return None
    date = next((each for each in figures.quantities if each.kind == "date" and 0 <= told.start - each.end <= 2), None)
    if date is not None and isinstance(date.low, Day):
        falls = weekdays(date.low, evidence.year)
        if falls is not None and falls != told.low:
            day = "一二三四五六日"[int(falls) - 1]
            return Blame(told.start, told.end, f"{date.text}是周{day}，不是{told.text}", evidence.where(date))
        if falls is not None:
            return None
    if blame := closed(figures, told) or mislisted(figures, told):
        return blame
    known = [each for each in evidence.quantities if each.unit == "weekday"]
    if not known or evidence.carries(told) or told in figures.claims or is_talk(figures, told):
        return None
    if told.is_range or _falls(figures, told):
        return None
    if not figures.words(told, SENTENCE) & evidence.words:
        return None
    return Blame(told.start, told.end, f"出处里没有“{told.text}”，有{listed(known)}", evidence.where(told))


def _falls(figures: Figures, told: Quantity) -> bool:
    """Tell whether a date of the post falls on that day of the week."""
    dates = (each.low for each in figures.quantities if isinstance(each.low, Day))
    return any(weekdays(day, figures.evidence.year) == told.low for day in dates)


def may_hold(key: Quantity, claim: Quantity) -> bool:
    """Tell whether a value can belong to that key: an hour to a day, a sum to the sum from which it is taken off."""
    if key.kind == "term" and key.text[0] == "一" and (key.low == 1 or "周" in key.text):
        return False
    if key.kind not in KEYS or claim.kind not in VALUES or claim.unit == "weekday":
        return False
    if claim.kind == "clock" or key.kind in ("date", "date_range"):
        return claim.kind == "clock" and key.kind in ("date", "date_range")
    if like(key, claim):
        return key.kind == "amount" and key.start < claim.start and key.bound == "起"
    if key.kind == "count":
        return key.unit in HOLDERS and claim.kind in ("amount", "rate")
    return claim.kind in ("rate", "amount", "count") and not (
        key.kind == "amount" and claim.kind == "count" and claim.unit != "time"
    )


def _counts_off(raw: str, key: Quantity, claim: Quantity, prices: Sequence[Price]) -> bool:
    """Tell whether a key is part of the claim: an hour inside a range of days, the 一克 of 10块一克 and of 一克扣三块."""
    if key.start <= claim.start and claim.end <= key.end:
        return True
    if claim.end <= key.start and "：" in raw[claim.end : key.start]:
        return True
    if key.unit in HOLDERS and key.low == 1 and any(claim.low == one.value for one in prices if one.unit == key.unit):
        return True
    return key.kind == "count" and key.low == 1 and key.start == claim.end and key.text[0] == "一"

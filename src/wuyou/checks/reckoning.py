"""Whether a number of a post was reckoned from others, or is an example that somebody reckons with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..quantities import Day, Quantity, same
from ..regexes import regex
from . import prices, sums
from .cues import Cues, cues
from .daywork import counts_days, is_counted
from .figures import CLAUSE, Figures
from .likeness import like
from .operands import BESIDE, operand

_NEXT = 60
"""How far behind its sentence the sum of an example may stand, and how far from it what else it is made of."""
_WINDOW = 100
"""How far from a number the words may stand that say how it was reckoned, in a clause that never ends."""
_NEAR = 8
"""How many numbers next to an example may be its sum."""
_SURELY_SUPPOSED = regex(
    r"比如|假如|假设|要是|如果|好比|例如|譬如|打个比方|的话|这种|要用[^，。]{1,6}的|像[^，。]{1,8}这"
)
_GRANTED = regex(
    r"(?:满|立减|直减|[减免送赠]|最[高低多少长短]|至[多少]|上限|(?<![宽期])限|起[存购]|不[超低][过于])[^，。；\d]{0,2}$"
)
_SUPPOSED = regex(
    r"比如|假如|假设|要是|如果|好比|例如|譬如|打个比方|的话|就算|算[一下笔]|算下来|刚|[借放存买汇收拿投缴交换取打转刷花贷]了?[^，。]{0,4}[\d一二两三四五六七八九十百千万]|"
    r"[的][^，。]{0,2}(?:厂|单位|公司|店|家庭|人|客户)"
)
_SUPPOSED_BEHIND = regex(r"[^，。；\d]{0,3}(?:的话|就想|想取|的厂|的单位|的公司|的店|的单子|的订单|的客户)")
_YIELDS = regex(r"利息|收益|本息|到期|贴息")
_FROM_THERE = regex(r"(?:及|含)?(?:以[上下内]|往[上下])")
_RECKONED = regex(r"(?:就是|等于|变成|变为|算下来|相当于|[少多差]|只要)$")
_SUMMED = regex(r"也就是|算下来|合下来|加起来|加一起|合计|拢共|换算|相当于")
_DONE = regex(r"算|共|总|合计|加|就是|等于|相当|全年|一年|到手|省|折|每|摊|平均|利息|下来|差|多|少|再|剩|倍|半")
"""Says that a number is the outcome of something."""
_OUTCOMES = regex(r"(?:利息|收益|手续费|违约金|月供|年费|押金|赔|省|一共|[总合]共|合计|加起来|等于)[^，。；]{0,4}$")
_RULES = regex(
    r"(?:起存|起购|起点|起步|门槛|最[高低长短多少迟晚]|上限|下限|限|额度|至少|至多|不超过|不低于|满|达到?|每[人户位月年天日周次笔单]|规定|要求|须|"
    r"必须|只要|期限|有效期?|提前|押金|年费|名额|送|赠|返|减|奖|免|手续费|违约金|赔)[^，。；]{0,4}$"
)
_RULED = regex(r"\s?(?:起|以上|以内|以下|封顶|及以上|为限|名额|之内|门槛|即可|就[送能给返享])")


def follows(figures: Figures, claim: Quantity, near: Sequence[Quantity] = ()) -> bool:
    """Tell whether it is a sum of numbers that the post tells and the sources carry, ``near`` first of all."""
    clause = figures.raw[slice(*figures.around(claim, CLAUSE))]
    if is_counted(claim, clause, figures.evidence) or _counts_days(figures, claim):
        return True
    if is_granted(figures, claim):
        return _is_priced(figures, claim)
    if claim.kind == "term" and any(
        same(claim, one.quantity)
        if claim.bound not in ("起", "内", "前")
        else (one.value, one.quantity.unit, bool(one.quantity.text)) == (claim.low, claim.unit, True)
        for one in figures.evidence.lengths
    ):
        return True
    low, high = figures.vicinity(claim)
    told = [one for one in figures.operands if low <= one.quantity.start < high and one.quantity.start != claim.start]
    beside = [one for each in near for one in operand(each, BESIDE)]
    return sums.follows(claim, told, [*beside, *figures.evidence.operands], _cues(figures, claim)) or _is_priced(
        figures, claim
    )


def _counts_days(figures: Figures, claim: Quantity) -> bool:
    """Tell whether it is how many Fridays there are: its clause, or the one next to it, names the day."""
    low, high = figures.before(claim, CLAUSE), figures.around(claim, CLAUSE)[1]
    near = [each for each in figures.quantities if low <= each.start < high]
    days = [each.low for each in near if each.unit == "weekday" and isinstance(each.low, Decimal)]
    months = [each.low for each in near if isinstance(each.low, Day)]
    return bool(days) and counts_days(claim, days, months, figures.evidence)


def _is_priced(figures: Figures, claim: Quantity) -> bool:
    """Tell whether it is what so many cost, or a share of what is told."""
    low, high = figures.vicinity(claim)
    mine = [one for one in figures.operands if low <= one.quantity.start < high and one.quantity.start != claim.start]
    theirs = figures.evidence.operands
    cue = _cues(figures, claim)
    if claim.kind == "rate" and claim.unit == "ratio":
        results: Iterator[Decimal] = itertools.chain(figures.evidence.stepped, prices.reduced(mine, theirs))
    elif claim.unit in ("CNY", ""):
        results = prices.totals(figures.evidence.prices, mine, theirs)
        lasts = any(
            one.quantity.kind == "term" and (one.value, one.quantity.unit) != (Decimal(12), "month") for one in mine
        )
        if not _YIELDS.search(figures.raw, low, claim.start):
            fit = figures.evidence.plain if lasts or cue.adds else theirs
            results = itertools.chain(results, prices.shares(mine, fit))
        if _FROM_THERE.match(figures.raw, claim.end):
            results = itertools.chain(results, prices.limits(theirs))
    else:
        return False
    return any(sums.fits(claim, result) for result in results)


def is_reckoned(figures: Figures, claim: Quantity, near: Sequence[Quantity] = ()) -> bool:
    """Tell whether a number that the sources have follows from others all the same: its clause must say so."""
    low, high = figures.around(claim, CLAUSE)
    said = figures.raw[low : claim.start] + figures.raw[claim.end : high]
    return _DONE.search(said) is not None and follows(figures, claim, near)


def is_granted(figures: Figures, claim: Quantity) -> bool:
    """Tell whether it is told as a condition or a benefit, which nobody reckons: 满500, 减50, 最高30万."""
    before = figures.raw[max(0, claim.start - 6) : claim.start]
    low, _ = figures.around(claim, CLAUSE)
    if _RECKONED.search(before) or _SUMMED.search(figures.raw, low, claim.start):
        return False
    return bool(_RULED.match(figures.raw, claim.end) or _GRANTED.search(before))


def _cues(figures: Figures, claim: Quantity) -> Cues:
    """Read the clause of a claim and the one before it."""
    high = min(figures.around(claim, CLAUSE)[1], claim.end + _WINDOW)
    before = max(figures.before(claim, CLAUSE), claim.start - _WINDOW)
    return cues(
        figures.raw[before : claim.start] + figures.raw[claim.end : high], instalments=figures.evidence.instalments
    )


def is_example(figures: Figures, claim: Quantity) -> bool:
    """Tell whether it is made up to show something: 借十万用一年, 七十二岁的话.

    It may not be told as the rule. Either a right sum next to it is made with it, or it is said to be supposed and
    lies where the sources speak of such values.
    """
    if claim.kind not in ("amount", "number", "count", "term") or claim.bound in ("起", "内", "前"):
        return False
    low, high = figures.around(claim, CLAUSE)
    if is_granted(figures, claim) or _OUTCOMES.search(figures.raw, low, claim.start):
        return False
    if makes_a_sum(figures, claim):
        return True
    if _RULES.search(figures.raw, low, claim.start):
        return False
    if not claim.bound and not claim.is_range and _lies_within(figures, claim, ranges=True):
        return True
    clause = figures.raw[low:high]
    behind = _SUPPOSED_BEHIND.match(figures.raw, claim.end)
    if claim.kind == "count" and claim.unit not in ("age", "person") and not behind:
        return False
    if _SURELY_SUPPOSED.search(clause):
        return True
    return bool(_SUPPOSED.search(clause) or behind) and _lies_within(figures, claim)


def makes_a_sum(figures: Figures, claim: Quantity) -> bool:
    """Tell whether any number next to a claim is a sum that is made with it."""
    first, last = figures.vicinity(claim)
    kinds = ("amount", "number", "count", "term")
    near = [each for each in figures.quantities if first <= each.start < last + _NEXT and each.kind in kinds]
    near.sort(key=lambda each: abs(each.start - claim.start))
    return any(each != claim and _is_made_with(figures, each, claim) for each in near[:_NEAR])


def _is_made_with(figures: Figures, result: Quantity, claim: Quantity) -> bool:
    """Tell whether a number next to a claim is a sum that needs the claim."""
    if is_granted(figures, result):
        return any(sums.fits(result, share) for share in prices.shares(operand(claim), figures.evidence.operands))
    totals = prices.totals(figures.evidence.prices, operand(claim), ())
    if result.kind in ("amount", "number") and any(sums.fits(result, total) for total in totals):
        return True
    rest = [one for one in figures.carried(claim.start, _NEXT) if one.quantity.start not in (result.start, claim.start)]
    cue = _cues(figures, result)._replace(alone=True)
    return sums.follows(result, operand(claim), [*rest, *figures.evidence.operands], cue)


def _lies_within(figures: Figures, claim: Quantity, *, ranges: bool = False) -> bool:
    """Tell whether the sources bound values of this sort, or have ``ranges`` of them, and the claim lies inside."""
    for each in figures.evidence.quantities:
        if not isinstance(each.low, Decimal) or not like(claim, each) or (ranges and not each.is_range):
            continue
        if each.kind != claim.kind and {each.kind, claim.kind} != {"amount", "number"}:
            continue
        if each.kind == claim.kind and each.unit != claim.unit and {each.unit, claim.unit} != {"month", "day"}:
            continue
        factor = {("month", "day"): Decimal(30), ("day", "month"): Decimal(1) / 30}.get(
            (each.unit, claim.unit), Decimal(1)
        )
        if _bounds(each, claim, factor):
            return True
    return False


def _bounds(bound: Quantity, claim: Quantity, factor: Decimal) -> bool:
    """Tell whether a claim lies within a range, above a lower bound or below an upper one."""
    low, high, value = bound.low, bound.high, claim.low
    if not (isinstance(low, Decimal) and isinstance(high, Decimal) and isinstance(value, Decimal)):
        return False
    if bound.is_range:
        return low * factor <= value <= high * factor
    return value >= low * factor if bound.bound == "起" else bound.bound == "内" and value <= high * factor

"""Lays a campaign over days: facts × segment × cadence → briefs; and lays checked posts back into a calendar.

Writes no prose. Everything is chosen by counting and by hashing names, never by chance, so the same library gives
the same plan, and adding a segment does not move the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from ..errors import PlanError, Problem
from ..values import Bank, Brief, Calendar, Campaign, Checked, Decision, Entry, Finding, Segment
from .choose import Chooser, suitable
from .days import slots
from .minutes import STEP_MINUTES, hours, timed
from .stock import Stock, digest, tellable

__all__ = ["STEP_MINUTES", "Stock", "arrange", "digest", "hours", "plan", "slots", "suitable", "tellable"]


def plan(campaign: Campaign, segment: Segment, stock: Stock) -> tuple[Brief, ...]:
    """Return one brief per slot and variant, in time order; the first variant is the same however many there are.

    Raises PlanError with every slot for which there is no day, no minute or no living fact.
    """
    problems: list[Problem] = []
    placed = list(timed(campaign, segment, stock, problems))
    chooser = Chooser(campaign, segment, stock)
    made = [
        (index, variant, chooser.brief(slot, variant, problems))
        for variant in range(1, campaign.variants + 1)
        for index, slot in enumerate(placed)
    ]
    if problems:
        raise PlanError(dict.fromkeys(problems))
    if not made:
        raise PlanError("这个节奏没有要写的内容", f"cadences/{campaign.cadence}", "请在 quotas 里写上条数")
    return tuple(brief for _, _, brief in sorted(made, key=lambda each: each[:2]) if brief is not None)


def arrange(
    title: str,
    bank: Bank,
    checked: Iterable[Checked],
    decisions: Mapping[str, Decision],
    findings: Iterable[Finding] = (),
    stale: Iterable[str] = (),
) -> Calendar:
    """Lay checked posts into a calendar in time order; ``decisions`` holds the latest one by post id."""
    old = frozenset(stale)
    entries = [Entry(checked=each, decision=decisions.get(each.post.id), stale=each.post.id in old) for each in checked]
    entries.sort(key=_order)
    campaigns = sorted({entry.post.brief.campaign.name for entry in entries if entry.post.brief.campaign})
    return Calendar(
        title=title, campaign="、".join(campaigns), bank=bank, entries=tuple(entries), findings=tuple(findings)
    )


def _order(entry: Entry) -> tuple[object, ...]:
    brief = entry.post.brief
    return (
        brief.slot.on,
        brief.slot.at or dt.time.min,
        brief.segment.name if brief.segment else "",
        brief.slot.channel,
        brief.variant,
        entry.post.id,
    )

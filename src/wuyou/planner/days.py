"""On which days a campaign's posts stand: rounds, beats and quotas laid over dates."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .. import almanac
from ..errors import PlanError, Problem
from ..values import Beat, Cadence, Campaign, Genre, Moment, Slot
from .stock import Item


def slots(
    campaign: Campaign,
    cadence: Cadence,
    moments: Mapping[str, Moment] | None = None,
    genres: Mapping[str, Genre] | None = None,
) -> Iterator[Slot]:
    """Yield the slots of a campaign without their minute, in the order of day and quota.

    A genre that waits for an event gets a standing slot on the first day of its beat. A beat tied to moments asks for
    its quotas on each day on which one of them falls. Raises PlanError when a beat has quotas but every one of its days
    is skipped.
    """
    seen: Counter[tuple[str, str]] = Counter()
    problems: list[Problem] = []
    placed: list[Slot] = []
    for number in range(1, cadence.rounds + 1):
        for beat in cadence.beats:
            days = [day for day in _days(beat, cadence, number) if _date(campaign, day) not in campaign.skip]
            if not days and beat.quotas:
                span = "–".join(
                    str(_date(campaign, day))
                    for day in (_days(beat, cadence, number)[0], _days(beat, cadence, number)[-1])
                )
                problems.append(
                    Problem(
                        f"“{beat.title}”阶段（{span}）的日子全在 skip 里",
                        f"campaigns/{campaign.name}",
                        "请改 start 或 skip",
                    )
                )
                continue
            for channel, genre, day, standing in _asked(campaign, beat, days, moments or {}, genres or {}):
                seen[channel, genre] += 1
                placed.append(
                    Slot(
                        on=_date(campaign, day), channel=channel, genre=genre, beat=beat.name, stage=beat.title,
                        round=number, day=day, ordinal=seen[channel, genre], standing=standing,
                    )
                )  # fmt: skip
    if problems:
        raise PlanError(problems)
    yield from sorted(placed, key=lambda slot: slot.day)


def _asked(
    campaign: Campaign, beat: Beat, days: Sequence[int], moments: Mapping[str, Moment], genres: Mapping[str, Genre]
) -> Iterator[tuple[str, str, int, bool]]:
    """Yield channel, genre, day, and whether the post only stands ready, for everything a beat asks for."""
    named = [moments[name] for name in beat.moments if name in moments]
    spans = [[day] for day in days if falls(named, _date(campaign, day))] if beat.moments else [days]
    for span in spans:
        for channel in dict.fromkeys(quota.channel for quota in beat.quotas):
            dealt = _dealt(beat, channel)
            standing = [name for name in dealt if name in genres and genres[name].event]
            yield from ((channel, genre, span[0], True) for genre in standing)
            dated = [genre for genre in dealt if genre not in standing]
            places = _spread(span, len(dated)) if dated else []
            yield from ((channel, genre, day, False) for genre, day in zip(dated, places, strict=True))


def falls(moments: Iterable[Moment], on: dt.date) -> Moment | None:
    """Return the moment that falls on that very day, if one does."""
    return next((moment for moment in moments if almanac.falls(moment, on)), None)


def _days(beat: Beat, cadence: Cadence, number: int) -> list[int]:
    offset = (number - 1) * cadence.round_days
    return list(range(beat.days[0] + offset, beat.days[1] + offset + 1))


def _date(campaign: Campaign, day: int) -> dt.date:
    return campaign.start + dt.timedelta(days=day - 1)


def _dealt(beat: Beat, channel: str) -> list[str]:
    """Deal the genres of a channel in turn, so that two of a kind do not follow each other.

    It also keeps the marketing chats of aida_24 (days 5, 10, 12 of a round) within two in any seven days.
    """
    left = {quota.genre: quota.count for quota in beat.quotas if quota.channel == channel}
    dealt: list[str] = []
    while any(left.values()):
        for genre, count in list(left.items()):
            if count:
                left[genre] -= 1
                dealt.append(genre)
    return dealt


def _spread(days: Sequence[Item], count: int) -> list[Item]:
    """Spread so many posts over the days: first and last day taken, one alone in the middle."""
    if count == 1:
        return [days[len(days) // 2]]
    last = len(days) - 1
    return [days[(2 * index * last + (count - 1)) // (2 * (count - 1))] for index in range(count)]

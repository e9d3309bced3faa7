"""At which minute a post goes out: inside its hours, apart from the others, the same every time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from ..errors import Problem
from ..values import Campaign, Channel, Genre, Segment, Slot, Window
from .days import slots
from .stock import Stock, digest

STEP_MINUTES = 5
"""Sending times fall on whole steps, so that staff can read them at a glance."""

APART_MINUTES = 15
"""Two posts to one segment keep at least so far apart wherever the windows allow it."""


def timed(campaign: Campaign, segment: Segment, stock: Stock, problems: list[Problem]) -> Iterator[Slot]:
    """Give every slot its minute, and number the run."""
    by_day: dict[int, list[Slot]] = {}
    for slot in slots(campaign, stock.cadence, stock.moments, stock.genres):
        by_day.setdefault(slot.day, []).append(slot)
    number = 0
    for day in sorted(by_day):
        taken: set[int] = set()
        placed = [slot for slot in by_day[day] if slot.standing]
        dated = [slot for slot in by_day[day] if not slot.standing]
        for channel in dict.fromkeys(slot.channel for slot in dated):
            group = [slot for slot in dated if slot.channel == channel]
            for index, slot in enumerate(group):
                minutes = _minutes(hours(stock.genres[slot.genre], segment, stock.channels[channel]))
                minute = _pick(minutes, index, len(group), taken, digest(campaign.name, segment.name, slot.key))
                if minute is None:
                    problems.append(
                        Problem(
                            f"{segment.title} 第 {day} 天的{stock.channels[channel].title}排不下 {len(group)} 条",
                            f"campaigns/{campaign.name}",
                            "请放宽时段或减少条数",
                        )
                    )
                    continue
                taken.add(minute)
                placed.append(slot.model_copy(update={"at": dt.time(minute // 60, minute % 60)}))
        for slot in sorted(placed, key=lambda slot: (slot.at or dt.time.min, slot.channel)):
            number += 1
            yield slot.model_copy(update={"number": number})


def hours(genre: Genre, segment: Segment | None, channel: Channel) -> tuple[Window, ...]:
    """Return when a genre may be sent: its own hours override the segment's, which override the channel's."""
    own = next((each.windows for each in segment.hours if each.channel == channel.name), ()) if segment else ()
    return genre.hours or own or channel.hours


def _minutes(windows: Iterable[Window]) -> list[int]:
    """List the minutes of the day on which a post may go out, a step apart."""
    found: set[int] = set()
    for window in windows:
        first = window.start.hour * 60 + window.start.minute
        last = window.end.hour * 60 + window.end.minute
        found.update(range(-(-first // STEP_MINUTES) * STEP_MINUTES, last + 1, STEP_MINUTES))
    return sorted(found)


def _pick(minutes: Sequence[int], index: int, count: int, taken: set[int], seed: int) -> int | None:
    """Pick a free minute in the post's own share of the day, apart from the others; or else any free one."""
    share = minutes[len(minutes) * index // count : len(minutes) * (index + 1) // count]
    for candidates, apart in ((share, APART_MINUTES), (minutes, APART_MINUTES), (minutes, STEP_MINUTES)):
        free = [minute for minute in candidates if all(abs(minute - other) >= apart for other in taken)]
        if free:
            return free[seed % len(free)]
    return None

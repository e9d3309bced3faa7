"""The calendar for a phone's calendar app: what to send when, approved posts only, with a reminder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ..values import Calendar, Entry
from . import approval, segment, sources

ZONE = "Asia/Shanghai"
STAMP = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""DTSTAMP must be there and must not move, or every export would differ."""
LENGTH = dt.timedelta(minutes=15)


class IcsExporter:
    """Writes ``calendar.ics``; the same slot keeps its UID, so that a second import replaces the first."""

    suffix = ".ics"
    approved_only = True

    def export(self, calendar: Calendar, path: Path) -> Path:
        """Write the file, lines ended and folded as RFC 5545 asks."""
        from icalendar import Calendar as File

        file = File()
        file.add("prodid", "-//Wuyou//content calendar//ZH")
        file.add("version", "2.0")
        file.add("x-wr-calname", calendar.title)
        file.add("x-wr-timezone", ZONE)
        for entry in calendar.approved.entries:
            if entry.post.brief.slot.standing:
                continue  # it waits for an event, not for a day
            file.add_component(_event(entry))
        file.add_missing_timezones(first_date=dt.date(2026, 1, 1), last_date=dt.date(2027, 12, 31))
        path.write_bytes(file.to_ical())
        return path


def _event(entry: Entry) -> Any:
    from zoneinfo import ZoneInfo

    from icalendar import Alarm, Event

    post, brief, slot = entry.post, entry.post.brief, entry.post.brief.slot
    start = dt.datetime.combine(slot.on, slot.at or dt.time(9), ZoneInfo(ZONE))
    who = brief.segment.title if brief.segment else ""
    genre = brief.genre.title if brief.genre else slot.genre
    event = Event()
    event.add(
        "uid", f"{slot.key}-{segment(entry)}-{brief.variant}-{brief.campaign.name if brief.campaign else ''}@wuyou"
    )
    event.add("dtstamp", STAMP)
    event.add("dtstart", start)
    event.add("dtend", start + LENGTH)
    event.add("summary", f"{who}｜{brief.channel.title}｜{genre}")
    event.add(
        "description",
        "\n".join(
            [post.message, "", f"出处：{'；'.join(sources(entry))}", f"审批号：{approval(entry)}", f"编号：{post.id}"]
        ),
    )
    event.add("categories", list(post.tags))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "该发这一条了")
    alarm.add("trigger", dt.timedelta(minutes=-5))
    event.add_component(alarm)
    return event

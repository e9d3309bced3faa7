"""Exporters turn a calendar into a file. They send nothing anywhere: a person presses the button.

What every export says of an entry stands here once, so that the spreadsheet, the page and the phone agree.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..values import Calendar, Entry, Reply


class Exporter(Protocol):
    r"""Writes a calendar to one file.

    Example::

        class Titles:
            suffix = ".txt"
            approved_only = True

            def export(self, calendar, path):
                path.write_text("\n".join(entry.post.id for entry in calendar.entries), encoding="utf-8")
                return path
    """

    suffix: str
    approved_only: bool
    """True for what staff use: it is handed approved entries only, and ours look again; False for reviewers."""

    def export(self, calendar: Calendar, path: Path) -> Path:
        """Write the file and return its path."""
        ...


def clock(entry: Entry) -> str:
    """Return the minute of sending as 08:05, or nothing."""
    at = entry.post.brief.slot.at
    return at.strftime("%H:%M") if at else ""


def segment(entry: Entry) -> str:
    """Return the segment's name, or nothing."""
    return entry.post.brief.segment.name if entry.post.brief.segment else ""


def sources(entry: Entry) -> list[str]:
    """Return every place the post rests on: material and locator, each once, in order."""
    cited = (f"{fact.citation.material} {fact.citation.locator}" for fact in entry.post.facts)
    story = entry.post.brief.story
    told = [f"stories/{story.kind}/{story.name}"] if story and not entry.post.facts else []
    template = [entry.post.origin.template] if entry.post.origin.template and not entry.post.facts and not told else []
    return list(dict.fromkeys([*cited, *told, *template]))


def pictures(entry: Entry) -> list[str]:
    """Return the picture files of a post, relative to the export's folder, in sending order."""
    return [f"pictures/{picture.file}" for picture in entry.post.pictures]


def replies(entry: Entry) -> list[tuple[str, Reply]]:
    """Return when to say each line of the reply kit, and the line."""
    return [
        (f"{reply.within_hours} 小时没回" if not reply.heard else f"他说“{reply.heard}”", reply)
        for reply in entry.post.replies
    ]


def expires(entry: Entry) -> str:
    """Return the last day on which the post may be sent, or nothing."""
    last = entry.post.expires
    return last.isoformat() if last else ""


def approval(entry: Entry) -> str:
    """Return the approval number, or nothing while it may not be sent."""
    return entry.decision.number if entry.approved and entry.decision else ""

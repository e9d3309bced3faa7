"""``copy.html``: the page from which branch staff copy approved posts on their phones.

One file that works without a network; pictures lie beside it. Names of customers are typed and stay on the phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import templating
from ..dealing import dealt
from ..values import Calendar, Entry
from . import approval, clock, expires, pictures, replies, segment, sources

WEEKDAYS = "一二三四五六日"
STANDING = "standing"
"""What stands in the place of a date for posts that wait for an event."""


class PageExporter:
    """Writes the copy page from ``templates/pages/copy.html.j2``."""

    suffix = ".html"
    approved_only = True

    def __init__(self, templates: Path) -> None:
        self.templates = templates

    @classmethod
    def at(cls, root: Path) -> PageExporter:
        """Make the exporter of a project."""
        return cls(root / "templates" / "pages")

    def export(self, calendar: Calendar, path: Path) -> Path:
        """Write the page."""
        staff = dealt(calendar)
        cards = [
            _card(entry)
            | {
                "lines": _lines(calendar, entry),
                "staff": [f"{branch} {name}" for branch, name in staff.get(entry.post.id, ())],
            }
            for entry in _dated_first(calendar.approved.entries)
        ]
        context = {
            "staff": [f"{branch.name} {name}" for branch in calendar.branches for name in branch.staff]
            if staff
            else [],
            "title": calendar.title,
            "bank": calendar.bank,
            "segments": _in_order(calendar, cards),
            "days": [
                {"date": date, "title": title} for date, title in {card["date"]: card["day"] for card in cards}.items()
            ],
            "channels": list({card["channel"]: card["channel_title"] for card in cards}.items()),
            "cards": cards,
        }
        path.write_text(
            templating.render(self.templates, "copy.html.j2", context, label="templates/pages", html=True),
            encoding="utf-8",
            newline="\n",
        )
        return path


class DraftExporter:
    """Writes ``drafts.html``: everything with its findings, to read and not to send from."""

    suffix = "drafts.html"
    approved_only = False

    def __init__(self, templates: Path) -> None:
        self.templates = templates

    @classmethod
    def at(cls, root: Path) -> DraftExporter:
        """Make the exporter of a project."""
        return cls(root / "templates" / "pages")

    def export(self, calendar: Calendar, path: Path) -> Path:
        """Write the page."""
        cards = [
            _card(entry) | {"findings": entry.checked.findings, "lamps": entry.checked.lamps, "facts": entry.post.facts}
            for entry in calendar.entries
        ]
        context = {"title": calendar.title, "bank": calendar.bank, "cards": cards, "notices": calendar.findings}
        text = templating.render(self.templates, "drafts.html.j2", context, label="templates/pages", html=True)
        path.write_text(text, encoding="utf-8")
        return path


def _dated_first(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.post.brief.slot.standing)


def _lines(calendar: Calendar, entry: Entry) -> list[str]:
    """Return the approved personal lines that may stand before a post: none before a chat, which opens with who I am."""
    slot, moment = entry.post.brief.slot, entry.post.brief.moment
    return [
        line.text
        for line in calendar.personal
        if slot.channel in (line.channels or ("moments", "group"))
        and (not line.segments or segment(entry) in line.segments)
        and (not line.moments or (moment is not None and moment.name in line.moments))
    ]


def _in_order(calendar: Calendar, cards: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the segments that have a card, in the campaign's order."""
    titles: dict[str, str] = {card["segment"]: card["segment_title"] for card in cards}
    named = (brief.campaign.segments for entry in calendar.entries if (brief := entry.post.brief).campaign)
    order = [name for name in next(named, ()) if name in titles]
    return [(name, titles[name]) for name in dict.fromkeys([*order, *titles])]


def _card(entry: Entry) -> dict[str, Any]:
    post, brief, slot = entry.post, entry.post.brief, entry.post.brief.slot
    allowed = [name for name in brief.channel.placeholders if name in post.message]
    return {
        "id": post.id,
        "date": STANDING if slot.standing else slot.on.isoformat(),
        "day": "常备（遇到时用）"
        if slot.standing
        else f"{slot.on.month}月{slot.on.day}日 周{WEEKDAYS[slot.on.weekday()]}",
        "time": clock(entry),
        "segment": segment(entry),
        "segment_title": brief.segment.title if brief.segment else "",
        "channel": slot.channel,
        "channel_title": brief.channel.title,
        "genre": brief.genre.title if brief.genre else slot.genre,
        "message": post.message,
        "comment": "\n".join(part.text for part in post.parts if part.role == "comment"),
        "placeholders": allowed,
        "replies": [{"when": when, "answer": reply.answer} for when, reply in replies(entry)],
        "pictures": [
            {"file": name, "alt": picture.told} for name, picture in zip(pictures(entry), post.pictures, strict=True)
        ],
        "approval": approval(entry),
        "by": entry.decision.by if entry.decision else "",
        "expires": expires(entry),
        "sources": sources(entry),
    }

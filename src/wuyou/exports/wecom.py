"""``wecom.json``: tasks in the shape of the WeCom API, approved posts only. Nothing is sent; a person uploads it.

Field names follow the developer documents (add_moment_task, add_msg_template; read 2025-09 and 2025-11). A ``media_id``
exists only after an upload, so each picture is named by its file; customers are never listed, only tags.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..dealing import dealt
from ..values import Calendar, Entry
from . import approval, clock, expires, pictures, segment, sources

VERSION = 1
"""Version of the envelope; the tasks inside are WeCom's own shape."""

CHAT_TYPES = {"chat": "single", "group": "group"}


class WecomExporter:
    """Writes ``wecom.json``."""

    suffix = ".json"
    approved_only = True

    def export(self, calendar: Calendar, path: Path) -> Path:
        """Write the file."""
        staff = dealt(calendar)
        content = {
            "version": VERSION,
            "title": calendar.title,
            "campaign": calendar.campaign,
            "bank": calendar.bank.name,
            "sample": calendar.bank.sample,
            "tasks": [
                _task(entry, [name for _, name in staff.get(entry.post.id, ())])
                for entry in calendar.approved.entries
                if not entry.post.brief.slot.standing
            ],
        }
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
        return path


def _task(entry: Entry, staff: list[str]) -> dict[str, Any]:
    post, slot = entry.post, entry.post.brief.slot
    about = {
        "date": slot.on.isoformat(),
        "time": clock(entry),
        "segment": segment(entry),
        "channel": slot.channel,
        "genre": slot.genre,
        "post": post.id,
        "approval": approval(entry),
        "approved_by": entry.decision.by if entry.decision else "",
        "expires": expires(entry),
        "sources": sources(entry),
    }
    comment = "\n".join(part.text for part in post.parts if part.role == "comment")
    if comment:
        about["first_comment"] = comment
    if staff:
        about["staff"] = staff
    return {**about, "request": _request(entry, staff)}


def _request(entry: Entry, staff: list[str]) -> dict[str, Any]:
    post, channel = entry.post, entry.post.brief.slot.channel
    images = [{"msgtype": "image", "image": {"file": name, "media_id": ""}} for name in pictures(entry)]
    tags = list(post.brief.segment.tags) if post.brief.segment else []
    if channel == "moments":
        return {
            "text": {"content": post.message},
            "attachments": images,
            "visible_range": {
                **({"sender_list": {"user_list": staff}} if staff else {}),
                "external_contact_list": {"tag_list": tags},
            },
        }
    request: dict[str, Any] = {
        "chat_type": CHAT_TYPES.get(channel, "single"),
        "text": {"content": post.message},
        "attachments": images,
    }
    if channel != "group":
        request["tag_filter"] = {"group_list": [{"tag_list": tags}]}
    return request

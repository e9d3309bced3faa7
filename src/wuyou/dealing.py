"""Who posts which wording: a hash of slot and colleague, never chance, so that a rerun deals the same hand.

The colleagues of a branch are ranked by the hash and served in turn: while there are wordings left, no two of them get
the same. Nothing here looks at words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

from .values import Branch, Calendar, Entry

Hand = TypeVar("Hand")


def deal(slot: str, colleagues: Iterable[str], hands: Sequence[Hand]) -> dict[str, Hand]:
    """Return what each colleague of one branch is dealt for a slot; nothing when there is nothing to deal."""
    ranked = sorted(set(colleagues), key=lambda name: (_rank(slot, name), name))
    return {name: hands[place % len(hands)] for place, name in enumerate(ranked)} if hands else {}


def _rank(slot: str, name: str) -> int:
    return int.from_bytes(blake2b(f"{slot}\0{name}".encode(), digest_size=8).digest(), "big")


def slot_of(entry: Entry) -> str:
    """Name the slot of an entry across campaigns and segments: campaign/segment/key."""
    brief = entry.post.brief
    campaign = brief.campaign.name if brief.campaign else ""
    return f"{campaign}/{brief.segment.name if brief.segment else ''}/{brief.slot.key}"


def dealt(calendar: Calendar) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return branch and colleague for each post that is one of several approved wordings of its slot, by post id."""
    found: dict[str, list[tuple[str, str]]] = {}
    for slot, entries in _hands(calendar).items():
        for branch in calendar.branches:
            for name, entry in sorted(deal(slot, branch.staff, entries).items()):
                found.setdefault(entry.post.id, []).append((branch.name, name))
    return {post: tuple(names) for post, names in found.items()}


def _hands(calendar: Calendar) -> dict[str, list[Entry]]:
    """Return the approved wordings of each slot that has several, by their number."""
    slots: dict[str, list[Entry]] = {}
    for entry in calendar.entries:
        if entry.approved:
            slots.setdefault(slot_of(entry), []).append(entry)
    return {
        slot: sorted(entries, key=lambda entry: entry.post.brief.variant)
        for slot, entries in slots.items()
        if len(entries) > 1
    }


def mine(calendar: Calendar, branch: Branch, name: str) -> Calendar:
    """Return the calendar of one colleague: what was dealt to others is left out."""
    others = {
        post
        for post, names in dealt(calendar).items()
        if (branch.name, name) not in names
    }  # fmt: skip
    return calendar.model_copy(
        update={"entries": tuple(entry for entry in calendar.entries if entry.post.id not in others)}
    )

"""Writers turn one brief into one post. They do not judge it: that is ``checks``.

What every writer owes besides its own words stands here, so that a substitution of the writer changes nothing else.
"""

from __future__ import annotations

import re
from typing import Protocol

from ..values import Brief, Fact, Finding, Mark, Origin, Part, Picture, Post, Reply
from . import kits


class Writer(Protocol):
    """Writes one post for one brief.

    Example::

        class Shouting:
            name = "shouting"

            def write(self, brief, notes=()):
                body = Part(role="body", text=brief.facts[0].value + "！")
                return finish(brief, (body,), Origin(writer=self.name))
    """

    name: str

    def write(self, brief: Brief, notes: tuple[Finding, ...] = ()) -> Post:
        """Write a post; ``notes`` are the findings on an earlier try."""
        ...


def finish(
    brief: Brief,
    parts: tuple[Part, ...],
    origin: Origin,
    pictures: tuple[Picture, ...] = (),
    marks: tuple[Mark, ...] = (),
    replies: tuple[Reply, ...] = (),
) -> Post:
    """Add what must be said (disclosure, opt-out, AI label), the cited facts, the tags and the reply kit: the post."""
    parts = _in_order((*parts, *_owed(brief, parts, origin)))
    return Post(
        brief=brief,
        parts=parts,
        pictures=pictures,
        facts=cited(brief, parts, pictures),
        marks=marks,
        tags=tags(brief),
        origin=origin,
        replies=replies or kits.replies(brief, parts),
    )


ORDER = ("opening", "body", "ask", "disclosure", "refusal", "comment")


def _in_order(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: ORDER.index(part.role)))


def _owed(brief: Brief, parts: tuple[Part, ...], origin: Origin) -> list[Part]:
    have = {part.role for part in parts}
    owed: list[Part] = []
    bank, product = brief.bank, brief.product
    if product is not None and product.disclosure.short and "disclosure" not in have:
        owed.append(Part(role="disclosure", text=product.disclosure.short))
    if (
        bank
        and bank.refusal
        and brief.channel.name == "chat"
        and brief.genre
        and brief.genre.marketing
        and "refusal" not in have
    ):
        owed.append(Part(role="refusal", text=bank.refusal))
    if bank and bank.ai_label == "explicit" and origin.writer == "model":
        owed.append(Part(role="disclosure", text=bank.ai_label_text))
    return owed


def cited(brief: Brief, parts: tuple[Part, ...], pictures: tuple[Picture, ...]) -> tuple[Fact, ...]:
    """Return the facts of the brief whose value or plain sentence stands in the text or on a picture."""
    said = "\n".join(
        [
            *(part.text for part in parts if part.role not in ("disclosure", "refusal")),
            *(picture.text for picture in pictures),
        ]
    )
    return tuple(fact for fact in brief.facts if (fact.plain and fact.plain in said) or _stands(fact.value, said))


def _stands(value: str, text: str) -> bool:
    """Tell whether a value stands in a text, and not only inside a longer number: 5万元 is not in 15万元."""
    if not value or value not in text:
        return False
    before = r"(?<!\d)(?<!\d[.,])" if value[:1].isdigit() else ""
    after = r"(?![.,]?\d)" if value[-1:].isdigit() else ""
    return re.search(before + re.escape(value) + after, text) is not None


def tags(brief: Brief) -> tuple[str, ...]:
    """Return segment, campaign, channel, genre and beat as tags, then the campaign's own."""
    slot = brief.slot
    pairs = (
        ("segment", brief.segment.name if brief.segment else ""),
        ("campaign", brief.campaign.name if brief.campaign else ""),
        ("channel", slot.channel),
        ("genre", slot.genre),
        ("beat", slot.beat),
    )
    own = brief.campaign.tags if brief.campaign else ()
    return (*(f"{name}:{value}" for name, value in pairs if value), *own)

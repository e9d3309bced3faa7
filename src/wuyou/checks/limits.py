"""The kind ``limit``: whether a post is within what its channel takes, and ready to be copied as it stands.

The numbers stand in ``channels/``; a rule says which of them it watches and how grave a breach is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from ..regexes import regex
from ..values import Finding, Post
from .rule import Rule
from .scan import Scan

_PLACEHOLDER = regex(r"\{\{?[^{}\n]{1,16}\}?\}|%[A-Z_]{3,20}%", re.IGNORECASE)
_EMOJI = regex(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\U0001f300-\U0001faff])"
    "(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\u2600-\u27bf\U0001f300-\U0001faff])*"
)
"""One picture character with everything glued to it: skin tone, joiner, flag."""
WELCOME = "welcome"
"""The one genre in which WeCom fills %NICKNAME%."""
COUNTED: Mapping[str, Callable[[Post], int]] = {
    "chars": lambda post: sum(map(len, post.counted.split())),
    "chars_min": lambda post: sum(map(len, post.counted.split())),
    "lines": lambda post: sum(1 for line in post.counted.splitlines() if line.strip()),
    "bytes": lambda post: len(post.text.encode()),
    "pictures": lambda post: len(post.pictures),
    "pictures_min": lambda post: len(post.pictures),
    "emoji": lambda post: sum(1 for _ in _EMOJI.finditer(post.text)),
}
"""How each number is counted; blanks are no characters."""
Of = Literal[
    "chars",
    "chars_min",
    "lines",
    "bytes",
    "pictures",
    "pictures_min",
    "emoji",
    "hours",
    "placeholders",
    "pronouns",
    "review",
    "ai_label",
]


class Limit(Rule):
    """Ask whether a limit of the channel is kept: 超没超渠道限额."""

    kind: Literal["limit"]
    of: Of
    """Which limit. ``{limit}`` and ``{found}`` in the message are the two numbers."""

    def ready(self, scan: Scan) -> bool:
        """Ask for what a text from outside need not tell: its hour, its pictures, whether it was reviewed."""
        if not super().ready(scan):
            return False
        if self.of == "ai_label":
            return scan.post.brief.bank is not None or scan.outside
        if self.of in ("hours", "pictures_min", "review") and scan.outside:
            return scan.post.brief.slot.at is not None if self.of == "hours" else self._reviewed(scan) is not None
        return True

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield a finding for a breach, or one for each place that breaks it."""
        if self.of == "placeholders":
            yield from self._placeholders(scan)
        elif self.of == "pronouns":
            yield from self._pronouns(scan)
        elif self.of == "hours":
            yield from self._hours(scan)
        elif self.of == "ai_label":
            bank = scan.post.brief.bank
            by_model = scan.post.origin.writer == "model" or bool(scan.post.origin.model)
            if bank and bank.ai_label == "explicit" and by_model and bank.ai_label_text not in scan.post.text:
                yield self.finding(scan)
        elif self.of == "review":
            if self._reviewed(scan) is False:
                yield self.finding(scan)
        else:
            yield from self._numbers(scan)

    def _numbers(self, scan: Scan) -> Iterator[Finding]:
        post, limits = scan.post, scan.post.brief.channel.limits
        found = COUNTED[self.of](post)
        limit: int = getattr(limits, self.of)
        over = found < limit if self.of.endswith("_min") else found > limit > 0
        if over:
            yield self.finding(scan, message=self.message.replace("{limit}", str(limit)).replace("{found}", str(found)))

    def _placeholders(self, scan: Scan) -> Iterator[Finding]:
        brief = scan.post.brief
        allowed = set(brief.channel.placeholders)
        if brief.genre is None or brief.genre.name != WELCOME:
            allowed = {each for each in allowed if not each.startswith("%")}
        for surface in scan.surfaces:
            for found in _PLACEHOLDER.finditer(surface.raw):
                if found.group() not in allowed or surface.where != "text":
                    yield self.finding(scan).model_copy(
                        update={
                            "quote": found.group(), "start": found.start(), "end": found.end(), "where": surface.where,
                            "message": self.message.replace("{match}", found.group()),
                        }
                    )  # fmt: skip

    def _pronouns(self, scan: Scan) -> Iterator[Finding]:
        surface = scan.text
        spoken = [
            found.start()
            for found in re.finditer("[您你]", surface.text)
            if not surface.is_quoted(found.start(), found.end())
        ]
        polite = [at for at in spoken if surface.text[at] == "您"]
        plain = [at for at in spoken if surface.text[at] == "你"]
        if polite and plain:
            pronoun = scan.post.brief.segment.pronoun if scan.post.brief.segment else "您"
            for at in plain[:1] if pronoun == "您" else polite[:1]:
                yield self.finding(scan, surface, at, at + 1, message=self.message.replace("{limit}", pronoun))

    def _hours(self, scan: Scan) -> Iterator[Finding]:
        brief = scan.post.brief
        own = (
            next((each.windows for each in brief.segment.hours if each.channel == brief.channel.name), ())
            if brief.segment
            else ()
        )
        windows = (brief.genre.hours if brief.genre else ()) or own or brief.channel.hours
        at = brief.slot.at
        if at is not None and windows and not any(at in window for window in windows):
            said = "、".join(f"{window.start:%H:%M}-{window.end:%H:%M}" for window in windows)
            yield self.finding(scan, message=self.message.replace("{found}", f"{at:%H:%M}").replace("{limit}", said))

    @staticmethod
    def _reviewed(scan: Scan) -> bool | None:
        return {"reviewed:yes": True, "reviewed:no": False}.get(
            next((tag for tag in scan.post.tags if tag.startswith("reviewed:")), "")
        )

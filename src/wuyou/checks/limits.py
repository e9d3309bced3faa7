"""The kind ``limit``: whether a post is within what its channel takes, and ready to be copied as it stands.

The numbers stand in ``channels/``; a rule says which of them it watches and how grave a breach is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from ..regexes import regex
from ..values import Finding, Post
from .rule import Rule
from .scan import Scan

_PLACEHOLDER = regex(r"\{\{?[^{}\n]{1,16}\}?\}|%[A-Z_]{3,20}%", re.IGNORECASE)
_EMOJI = regex(
    "[\U0001f1e6-\U0001f1ff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\U0001f300-\U0001faff]"
    "(?:(?<=[\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff]|(?<![\U0001f1e6-\U0001f1ff]))"
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
            return scan.post.brief.slot.at is not None if self.of == "hours" else scan.reviewed is not None
        return True

    def check(self, scan: Scan) -> Iterable[Finding]:
        """Return a finding for a breach, or one for each place that breaks it."""
        if self.of in COUNTED:
            return self._numbers(scan)
        if self.of == "placeholders":
            return self._placeholders(scan)
        if self.of == "pronouns":
            return self._pronouns(scan)
        if self.of == "hours":
            return self._hours(scan)
        broken = scan.reviewed is False if self.of == "review" else self._unlabelled(scan)
        return (self.finding(scan),) if broken else ()

    def _unlabelled(self, scan: Scan) -> bool:
        """Tell whether a model has written it and the bank's label is missing."""
        bank, origin = scan.post.brief.bank, scan.post.origin
        by_model = origin.writer == "model" or bool(origin.model)
        return bool(bank and bank.ai_label == "explicit" and by_model and bank.ai_label_text not in scan.post.text)

    def _numbers(self, scan: Scan) -> Iterable[Finding]:
        found = COUNTED[self.of](scan.post)
        limit: int = getattr(scan.post.brief.channel.limits, self.of)
        if found >= limit if self.of.endswith("_min") else not found > limit > 0:
            return ()
        return (self.finding(scan, message=self.message.replace("{limit}", str(limit)).replace("{found}", str(found))),)

    def _placeholders(self, scan: Scan) -> Iterator[Finding]:
        brief = scan.post.brief
        welcome = brief.genre is not None and brief.genre.name == WELCOME
        for surface in scan.surfaces:
            for found in _PLACEHOLDER.finditer(surface.raw):
                allowed = found.group() in brief.channel.placeholders and (welcome or not found.group().startswith("%"))
                if not allowed or surface.where != "text":
                    yield self.finding(scan).model_copy(
                        update={
                            "quote": found.group(), "start": found.start(), "end": found.end(), "where": surface.where,
                            "message": self.message.replace("{match}", found.group()),
                        }
                    )  # fmt: skip

    def _pronouns(self, scan: Scan) -> Iterator[Finding]:
        surface = scan.text
        if not ("您" in surface.text and "你" in surface.text):
            return
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

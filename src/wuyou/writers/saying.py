"""What every wording and every sketch goes through: said to its segment, and cut into the steps of its arc."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..values import Brief, Mark, Role

SENTENCE = re.compile(r"(?<=[。？！…])(?=[^”」）)\n])")


def said(text: str, role: Role, brief: Brief) -> str:
    """Say it as the segment is spoken to: with its pronoun, and at its pace."""
    segment = brief.segment
    if segment is None:
        return text
    if segment.pronoun == "你":
        text = text.replace("您", "你")
    if segment.pace == "slow" and role == "body" and brief.slot.channel == "chat":
        text = SENTENCE.sub("\n", text)
    return text


def steps(text: str, step: re.Pattern[str]) -> Iterator[Mark]:
    """Yield each sentence before which ``step`` stands, with the step of the arc that it takes."""
    pieces = step.split(text)
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        quote = SENTENCE.split(after.strip().split("\n")[0])[0]
        if quote:
            yield Mark(of=name, quote=quote)

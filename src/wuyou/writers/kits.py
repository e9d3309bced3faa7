"""What staff say next: the reply kit that goes with the ending of a post. Picks and fills; writes nothing of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..values import Brief, Kit, Part, Quiz, Reply

CHOICE = re.compile(r"\bA[ 　]?[^，。？]{1,20}.*\bB[ 　]?|扣A|选A")
NUMBER = re.compile(
    r"扣[个]?\s?\d|[扣报选打]几|回[个]?数字|只报数|报[个一]?数|几[点岁天个层号楼口]|多少|第几|\d\s?(?:还是|或)\s?\d"
)
YES_NO = re.compile(r"(?:吗|没|没有|不|(?<![什怎那这多])么)？$|是不是|有没有|要不要|会不会|[好行成]不[好行成]")


def ending(brief: Brief, parts: Sequence[Part]) -> str:
    """Say how a post ends, as reply kits name it: quiz, choice, number, yes_no, open; nothing when it asks nothing."""
    if brief.genre is not None and brief.genre.quiz and brief.topic is not None and brief.topic.quiz is not None:
        return "quiz"
    ask = "\n".join(part.text for part in parts if part.role == "ask")
    if not ask:
        return ""
    for kind, shape in (("choice", CHOICE), ("number", NUMBER), ("yes_no", YES_NO)):
        if shape.search(ask):
            return kind
    return "open"


def replies(brief: Brief, parts: Sequence[Part]) -> tuple[Reply, ...]:
    """Return the likely replies with the next message for each, then what to do after 24 and 72 hours of silence."""
    kind = ending(brief, parts)
    kit = next((kit for kit in brief.kits if kit.kind == kind), None)
    pronoun = brief.segment.pronoun if brief.segment else "您"
    return tuple(_filled(kit, brief.topic.quiz if brief.topic else None, pronoun)) if kit else ()


def _filled(kit: Kit, quiz: Quiz | None, pronoun: str) -> Iterator[Reply]:
    silent = ((24, kit.after_24h), (72, kit.after_72h))
    for each in kit.replies:
        yield Reply(heard=each.heard, answer=_told(each.answer, quiz, pronoun))
    for hours, text in silent:
        yield Reply(answer=_told(text, quiz, pronoun), within_hours=hours)


def _told(text: str, quiz: Quiz | None, pronoun: str) -> str:
    """Speak to the segment, and put a quiz's right letter and its why where a kit leaves room for them."""
    text = text.replace("您", pronoun)
    return text.replace("{answer}", quiz.answer).replace("{because}", quiz.because) if quiz else text

"""What a model is told: the system part, which is the same for every request, then what this one post is about.

The words stand in ``templates/prompts/`` and are versioned by their digest. What comes from headquarters is put in as
data: one line each, without anything that could end the line or the block it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ... import templating, yamls
from ...values import Brief, Finding, Post, Voice
from .guard import masked
from .objections import Never

SYSTEM, WRITE, REVISE, NEVER = "system.md.j2", "write.md.j2", "revise.md.j2", "never.yml"
LABEL = "templates/prompts"
VOICES: dict[Voice, str] = {
    "warm": "温和：像熟人说话，慢一点，先关心人再说事",
    "expert": "专业：说清楚是什么、怎么做，不卖弄，术语换成白话",
    "humorous": "幽默：自己先笑自己，一个小反差，不拿客户和钱开玩笑",
    "concise": "简洁：能一句说完不用两句，没有铺垫",
}
"""How each voice sounds. The variants of a slot go round them, the segment's own first."""

Message = dict[str, str]


class Prompts:
    """The prompts of one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def version(self, task: str) -> str:
        """Return the digest of the words of a prompt: the system part and the task, before anything is filled in."""
        digest = blake2b(digest_size=4)
        for name in (SYSTEM, task):
            path = self.folder / name
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()

    @cached_property
    def never(self) -> tuple[Never, ...]:
        """What no answer may hold. Raises LibraryError when the file is written wrongly."""
        document = yamls.load(self.folder / NEVER, f"{LABEL}/{NEVER}")
        data = document.data if isinstance(document.data, dict) else {}
        return tuple(yamls.build(Never, document, entry, (name,)) for name, entry in data.items())

    def write(self, brief: Brief, notes: Sequence[Finding] = (), examples: Sequence[str] = ()) -> list[Message]:
        """Return the messages that ask for a post."""
        return self._messages(
            WRITE, {**_about(brief), "notes": told(notes), "examples": [quoted(each) for each in examples]}
        )

    def revise(self, post: Post, note: str) -> list[Message]:
        """Return the messages that ask for a post to be changed as a person has noted."""
        parts = {part.role: quoted(part.text) for part in post.parts}
        old = {role: parts.get(role, "") for role in ("opening", "body", "ask")}
        return self._messages(REVISE, {**_about(post.brief), "old": old, "note": quoted(note)})

    @cached_property
    def _system(self) -> str:
        """The system part: nothing is filled in, so it cannot differ."""
        return templating.render(self.folder, SYSTEM, {}, label=LABEL).strip()

    def _messages(self, task: str, context: dict[str, Any]) -> list[Message]:
        told = templating.render(self.folder, task, {**context, "write": WRITE}, label=LABEL)
        return [{"role": "system", "content": self._system}, {"role": "user", "content": told.strip()}]


def voice(brief: Brief) -> Voice:
    """Return the voice of a brief's variant: the segment's own for the first, then the others in turn."""
    own: Voice = brief.segment.voice if brief.segment else "warm"
    ordered = [own, *(each for each in VOICES if each != own)]
    return ordered[(brief.variant - 1) % len(ordered)]


def quoted(text: str) -> str:
    """Make a text one line of data: no line break, no bracket, brace or fence with which it could leave its block."""
    return " ".join(text.split()).translate(_DATA)


_DATA = str.maketrans({"<": "〈", ">": "〉", "`": "＇", "#": "＃"})


def told(notes: Sequence[Finding]) -> list[str]:
    """Return findings in words a writer can act on, each with the words it is about and their place."""
    lines = []
    for note in notes:
        place = f"（第 {note.start + 1} 到 {note.end} 字“{note.quote}”）" if note.quote else ""
        lines.append(quoted(masked(f"{note.message}{place} {note.suggestion}".strip())))
    return list(dict.fromkeys(lines))


def _about(brief: Brief) -> dict[str, Any]:
    """Return what a prompt may speak of, all of it as data; a brief without a segment is refused by the template."""
    facts = [
        {
            "id": fact.key,
            "says": quoted(fact.plain or fact.value),
            "value": quoted(fact.value),
            "of": quoted(" ".join(filter(None, (fact.subject.product, fact.subject.tier, fact.subject.term)))),
            "conditions": [quoted(each) for each in fact.conditions],
            "until": fact.valid_until.isoformat() if fact.valid_until else "",
        }
        for fact in brief.facts
    ]
    story, topic = brief.story, brief.topic
    return {
        "segment": brief.segment,
        "channel": brief.channel,
        "genre": brief.genre,
        "arc": brief.arc,
        "on": brief.slot.on.isoformat(),
        "product": brief.product,
        "moment": brief.moment.title if brief.moment else "",
        "voice": VOICES[voice(brief)],
        "facts": facts,
        "story": [quoted(each) for each in (story.teller, story.opening, *story.told, story.lesson) if each]
        if story
        else [],
        "topic": [quoted(each) for each in (topic.title, topic.hook, topic.question) if each] if topic else [],
        "quiz": (
            {
                "ask": quoted(topic.quiz.ask),
                "options": [quoted(each) for each in topic.quiz.options],
                "because": quoted(topic.quiz.because),
            }
            if topic and topic.quiz and brief.genre and brief.genre.quiz
            else None
        ),
        "lines": [quoted(phrase.text) for phrase in brief.phrases],
    }

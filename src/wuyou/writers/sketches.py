"""Says a sketch: its names filled from the brief, its lines as parts, its picture."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from ..values import Brief, Mark, Origin, Part, Picture, Post, Role
from . import finish
from .saying import said, steps

STEP = re.compile(r"^\[([a-z_]+)\]", re.M)
NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
EVENING = 18
"""From this hour on an answer comes the next morning."""
KINDS: Mapping[str, Literal["product", "chart"]] = {"campaign_offer": "product", "market_note": "chart"}
"""What the picture of a genre shows where it is not the sketch's own scene."""


def write(brief: Brief, writer: str) -> Post:
    """Return the post that a brief's sketch makes."""
    sketch = brief.sketch
    assert sketch is not None
    given = names(brief)
    texts: tuple[tuple[Role, str], ...] = (
        ("opening", sketch.opening), ("body", "\n".join(sketch.body)), ("ask", sketch.ask), ("comment", sketch.comment),
    )  # fmt: skip
    parts: list[Part] = []
    marks: list[Mark] = []
    for role, text in texts:
        if text:
            filled = said(NAME.sub(lambda found: given.get(found[1], found[0]), text), role, brief)
            marks += steps(filled, STEP)
            parts.append(Part(role=role, text=STEP.sub("", filled)))
    pictures: tuple[Picture, ...] = ()
    if sketch.scene:
        kind = KINDS.get(brief.slot.genre)
        picture = Picture(
            kind=kind or "scene",
            headline=sketch.headline,
            scene=sketch.scene,
            alt=f"{sketch.scene}。",
            design=sketch.design,
            points=sketch.points,
            labels=sketch.labels,
        )
        pictures = (picture,)
    return finish(brief, tuple(parts), Origin(writer=writer, template="sketches"), pictures, tuple(marks))


def names(brief: Brief) -> dict[str, str]:
    """Return what the names in braces stand for: the brief's facts, and what the slot gives."""
    slot, quiz = brief.slot, brief.topic.quiz if brief.topic else None
    given = {fact.key: fact.plain.rstrip("。") for fact in brief.facts if fact.plain}
    given["day"] = "头一天" if slot.day == 1 else f"第{slot.day}天"
    given["later"] = "明早" if slot.at and slot.at.hour >= EVENING else "晚上"
    if quiz is not None:
        given |= {"quiz": quiz.ask, "options": "\n".join(quiz.options)}
    return given

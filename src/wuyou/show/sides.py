"""One post seen from the side: which sentence takes which step of its arc, which sentence says which of headquarters'.

Reads only; what it finds is shown and never counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..values import COUNTED_ROLES, ArcSlot, Fact, Post

_ENDS = re.compile(r"(?<=[。？！…])(?=[^”」）)])|\n")


class Pair(NamedTuple):
    """A sentence of the post and the words of headquarters behind it."""

    ours: str
    theirs: str
    where: str


def sentences(text: str) -> list[str]:
    """Cut a text into sentences."""
    return [piece.strip() for piece in _ENDS.split(text) if piece and piece.strip()]


def pairs(post: Post) -> list[Pair]:
    """Return each sentence that tells a cited fact, beside the quote and its place; the fact once."""
    found: list[Pair] = []
    for part in post.parts:
        if part.role in ("disclosure", "refusal"):
            continue
        for sentence in sentences(part.text):
            found += [
                Pair(sentence, fact.citation.quote, f"{fact.citation.material} {fact.citation.locator}")
                for fact in post.facts
                if _tells(sentence, fact)
            ]
    return list(dict.fromkeys(found))


def _tells(sentence: str, fact: Fact) -> bool:
    return (bool(fact.plain) and fact.plain in sentence) or fact.value in sentence


def steps(post: Post) -> list[tuple[str, str]]:
    """Return the steps of the arc, in its order, each with its sentences; a step nobody marked is told by its place.

    The opening takes the first step, the question the last, what lies between the ones between.
    """
    arc = post.brief.arc
    if arc is None or not arc.slots:
        return []
    marked = {mark.of: mark.quote for mark in post.marks}
    placed = list(_placed(post, len(arc.slots)))
    named = {quote for step in arc.slots if (quote := marked.get(step.name))}
    return [(step.title, _of(step, index, marked, placed, named)) for index, step in enumerate(arc.slots)]


def _of(step: ArcSlot, index: int, marked: dict[str, str], placed: list[tuple[int, str]], named: set[str]) -> str:
    if step.name in marked:
        return marked[step.name]
    return " ".join(sentence for at, sentence in placed if at == index and sentence not in named)


def _placed(post: Post, count: int) -> Iterator[tuple[int, str]]:
    """Yield the step that each sentence takes by its place, counted from 0."""
    said = [
        (part.role, sentence) for part in post.parts if part.role in COUNTED_ROLES for sentence in sentences(part.text)
    ]
    middle = [sentence for role, sentence in said if role == "body"]
    for role, sentence in said:
        if role == "opening":
            yield 0, sentence
        elif role == "ask":
            yield count - 1, sentence
        else:
            between = max(1, count - 2)
            yield min(1 + middle.index(sentence) * between // max(1, len(middle)), count - 1), sentence

"""What a rule of ``distil`` proposes: a fact, where it begins, and what it must not repeat."""

from __future__ import annotations

from typing import NamedTuple

from ..values import Citation, Fact, FactKind
from .clauses import Span, clauses, sentences
from .document import Document
from .places import Place

MAX_VALUE, MAX_CONDITION, MAX_QUOTE = 40, 60, 120
"""Characters: of a value, of a condition, and of the words that carry it."""


class Proposal(NamedTuple):
    """A fact that could be kept."""

    at: int
    """Where its value begins in the place."""
    fact: Fact
    """The fact, without a key."""
    same: tuple[str, ...]
    """Two proposals that agree in this are one."""


def make(place: Place, kind: FactKind, span: Span, frame: Document, **fields: object) -> Fact:
    """Make a fact of a stretch of a place's text; its value and its quote are the material's own letters."""
    first, last = place.period if any(place.period) else frame.period
    whole, written = place.passage.text, frame.written.get(place.passage.locator)
    start, end = place.offset + span.start, place.offset + span.end
    low, high = _quoted(place, start, end)
    content = {
        "kind": kind,
        "value": written.letters(start, end) if written else whole[start:end],
        "subject": place.subject,
        "status": place.status,
        "valid_from": None if kind in ("phone", "product", "date", "date_range") else first,
        "valid_until": None if kind in ("phone", "product") else last,
        "citation": Citation(
            material=frame.path,
            locator=place.passage.locator,
            quote=written.letters(low, high) if written else whole[low:high],
        ),
        **fields,
    }
    return Fact.model_validate(content)


def _quoted(place: Place, start: int, end: int) -> tuple[int, int]:
    """Return where the words stand that carry a value: the row up to its cell, or its sentence, or at least itself."""
    if place.passage.kind == "row":
        cell = place.offset + len(place.text)
        if cell <= MAX_QUOTE:
            return 0, cell
        return (max(start - 20, place.offset), end) if len(place.text) > MAX_QUOTE else (place.offset, cell)
    for cut in (sentences, clauses):
        for span in cut(place.text):
            low, high = place.offset + span.start, place.offset + span.end
            if low <= start and end <= high and len(span.text) <= MAX_QUOTE:
                return low, high
    return start, end

"""Where a statement stands: the cell or paragraph, what its headings call it, and whose number it therefore is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ..quantities import find
from ..values import Material, Passage, Subject
from .clauses import Span, chunks
from .document import Document, Period
from .owners import (
    GENERIC,
    GONE,
    OLD,
    Row,
    asides,
    is_name,
    is_paired,
    marked,
    own_period,
    owner,
    threshold,
    told_by_column,
    variant,
    without_serial,
)
from .unsaid import is_for_colleagues, is_stamp

Status = Literal["current", "superseded"]


class Place(NamedTuple):
    """A paragraph, or one cell of a table row; a very long one is several places."""

    passage: Passage
    text: str
    """Its words."""
    offset: int
    """Where they begin in the passage."""
    label: str
    """What the headings of its column and row say it is."""
    subject: Subject
    """Whose number stands here."""
    status: Status = "current"
    conditions: tuple[str, ...] = ()
    """What other cells of the row, or a note to it, restrict."""
    period: Period = (None, None)
    """Its row's own days, when the row has them."""
    threshold: str = ""
    """What its row asks to be spent first: 满15元."""
    column: str = ""
    """The heading of its column alone."""
    paired: bool = False
    """Whether it stands beside its name, as in name | value."""
    keys: bool = False
    """Whether it only says which row this is (a term, a tier, a name)."""


_SHARE = re.compile(r"[A-Z]类份额|[A-Z]份额|[A-Z]类(?!型)")
_QUOTED = re.compile(r"[“「]([^”」]{2,20})[”」]")
_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节条])[^。：:；，]{1,24}")


def places(material: Material, frame: Document) -> Iterator[Place]:
    """Yield the places of a material in reading order.

    Nothing internal, nothing below a heading that speaks to colleagues, no line that only says who wrote when.
    """
    section = Subject(product=frame.product)
    begun = silent = False
    for passage in material.passages:
        if passage.internal or not passage.text.strip():
            continue
        if passage.kind == "row" and passage.cells:
            if not silent:
                yield from _row(passage, section, frame)
            continue
        if passage.kind == "heading" or _HEADING.fullmatch(passage.text):
            section = _section(passage.text, frame)
            silent = begun and is_for_colleagues(passage.text)
            begun = True
        elif passage.kind != "paragraph":
            section = Subject(product=frame.product)
        if silent or is_stamp(passage.text):
            continue
        for piece in chunks(passage.text):
            yield Place(passage, piece.text, piece.start, "", section)


def _section(heading: str, frame: Document) -> Subject:
    """Return whose numbers stand below a heading: what it quotes, the term or share it names; else the document's."""
    subject = Subject(product=frame.product)
    if heading != frame.title and (quoted := _QUOTED.search(heading)):
        subject = subject.model_copy(update={"product": quoted[1]})
    if heading != frame.title and (share := _SHARE.search(heading)):
        subject = subject.model_copy(update={"tier": share[0]})
    terms = [quantity for quantity in find(heading) if quantity.kind == "term"]
    if heading != frame.title and len(terms) == 1 and heading[terms[0].end :].startswith(("期", "定期")):
        subject = subject.model_copy(update={"term": terms[0].text})
    return subject


def _row(passage: Passage, section: Subject, frame: Document) -> Iterator[Place]:
    header = passage.header or ("",) * len(passage.cells)
    first = without_serial(passage.cells, passage.header)
    offset = sum(len(cell) + len(" | ") for cell in passage.cells[:first])
    row = Row(passage.cells[first:], header[first:])
    paired = is_paired(row)
    subject, keys = (section, set()) if paired else owner(row, section)
    period = own_period(row, frame)
    gone = any(GONE.search(cell) and len(cell) <= 12 for cell in row.cells[1:])
    for index, text in enumerate(row.cells):
        if text and not (paired and index % 2 == 0):
            whose = told_by_column(subject, row.column(index))
            if whose is subject and not paired and index not in keys and (told := variant(row, index)):
                whose = whose.model_copy(update={"tier": f"{whose.tier} {told}".strip()[:40]})
            restricted = (*(() if paired else asides(row, index)), *marked(text, frame))
            head = row.cells[index - 1] if paired else row.cells[0] if index and is_name(row.cells[0][:400]) else ""
            column = row.column(index)
            place = Place(
                passage=passage,
                text=text,
                offset=offset,
                label=_label(head, "" if column in GENERIC or paired else column),
                subject=whose,
                status="superseded" if gone or OLD.search(f"{column} {head if paired else ''}") else "current",
                conditions=restricted,
                period=period,
                threshold="" if paired else threshold(row, index),
                column=row.cells[index - 1] if paired else column,
                paired=paired,
                keys=index in keys or (not paired and not passage.header),
            )
            yield from _pieces(place)
        offset += len(text) + len(" | ")


def _label(head: str, column: str) -> str:
    return " ".join(dict.fromkeys(word[:80] for word in (head, column) if word))


def _pieces(place: Place) -> Iterator[Place]:
    pieces: list[Span] = list(chunks(place.text))
    if len(pieces) == 1:
        yield place
        return
    for piece in pieces:
        yield place._replace(text=piece.text, offset=place.offset + piece.start)

"""Proposes facts: reads a material place by place and says what could be told, with its source.

Every rule is general Chinese of bank papers; a person decides what stays. It may not invent: a value stands literally
in its quote, the quote literally in its passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..quantities import find
from ..values import Fact, Material, Passage
from .clauses import chunks, sentences
from .document import Document, study
from .evenly import evenly
from .names import levels, named, title
from .numbers import numbers
from .places import Place, places
from .proposal import MAX_CONDITION, MAX_VALUE, Proposal
from .statements import statements
from .unsaid import unsaid
from .wording import with_plain


def distil(material: Material) -> tuple[Fact, ...]:
    """Propose the facts of a material in the order of the document, with keys f01, f02, … and nobody's signature.

    A text that has a title and nothing else to hold on to proposes nothing: a name alone is no fact.
    """
    material, written = evenly(material)
    frame = study(material, written)
    found: dict[tuple[str, ...], Fact] = {}
    standing: set[tuple[str, str, str, str]] = set()
    for place in places(material, frame):
        for proposal in sorted(_proposals(place, frame, material), key=lambda proposal: proposal.at):
            fact, known = proposal.fact, found.get(proposal.same)
            if len(fact.value) > (MAX_CONDITION if fact.kind == "condition" else MAX_VALUE):
                continue  # characters set apart take more room than the words they make
            if known is not None:
                if fact.conditions:
                    merged = tuple(dict.fromkeys((*known.conditions, *fact.conditions)))[:4]
                    found[proposal.same] = known.model_copy(update={"conditions": merged})
            elif (there := (fact.citation.locator, fact.value, fact.subject.tier, fact.subject.term)) not in standing:
                standing.add(there)
                found[proposal.same] = fact
    facts = tuple(found.values())
    if all(fact.kind == "product" for fact in facts):
        return ()
    width = max(2, len(str(len(facts))))
    keyed = (fact.model_copy(update={"key": f"f{number:0{width}d}"}) for number, fact in enumerate(facts, start=1))
    return with_plain(_with_footnotes(tuple(keyed), material), frame)


# ── one place ──

_SALUTATION = re.compile(r"(?:尊敬的|各位|亲爱的|各[支分]行|各部门).{0,12}[:：]?$")


def _proposals(place: Place, frame: Document, material: Material) -> Iterator[Proposal]:
    """Yield what one paragraph or cell proposes: nothing but names in a title, nothing but phones in the margins."""
    passage = place.passage
    if passage.kind != "row" and not place.offset and material.title and material.title in passage.text[:100]:
        yield from title(place, frame)
        if len(passage.text) <= len(material.title) + 2:
            return
    if passage.kind in ("header", "footer"):
        yield from (proposal for proposal in numbers(place, frame) if proposal.fact.kind == "phone")
        return
    if _SALUTATION.fullmatch(passage.text) or _is_date_line(passage):
        return
    silent = unsaid(place.text)
    for proposal in _all(place, frame):
        if not any(start <= proposal.at < end for start, end in silent):
            yield proposal


def _all(place: Place, frame: Document) -> Iterator[Proposal]:
    yield from named(place, frame)
    yield from levels(place, frame)
    yield from numbers(place, frame)
    if not place.keys and place.passage.kind != "heading":
        yield from statements(place, frame)


def _is_date_line(passage: Passage) -> bool:
    """Tell whether a paragraph only dates the paper."""
    if passage.kind == "row" or len(passage.text) > 60:
        return False
    rest = passage.text
    for quantity in find(passage.text):
        rest = rest.replace(quantity.text, "", 1)
    dated = any(quantity.kind == "date" for quantity in find(passage.text))
    return dated and len(re.sub(r"发[布文]日期|公告日期|[\s　:：（）()]", "", rest)) == 0


# ── footnotes ──

MAX_NAMES = 60
"""Tiers and rates that notes name; no real document has more."""
_TIER_NOTE = re.compile(r"([^\s，。；：①-⑳]{2,14}?)(?:档|利率档|份额)(?=[须需仅限由的，同按])")


def _with_footnotes(facts: tuple[Fact, ...], material: Material) -> tuple[Fact, ...]:
    """Let a restriction that names a tier or a rate travel with it: 1.80%档须…, 80万元档须…."""
    notes: dict[str, list[str]] = {}
    for passage in material.passages:
        if passage.internal or passage.kind == "row" or len(notes) >= MAX_NAMES:
            continue
        for piece in chunks(passage.text):
            for match in _TIER_NOTE.finditer(piece.text):
                if quantities := find(match[1]):
                    ends = (cut.end for cut in sentences(piece.text) if cut.end >= match.end())
                    text = piece.text[match.start() : next(ends, match.end())][:MAX_CONDITION]
                    kept = notes.setdefault(quantities[-1].text, [])
                    if len(kept) < 4:
                        kept.append(text)
    return tuple(_noted(fact, notes) for fact in facts) if notes else facts


def _noted(fact: Fact, notes: dict[str, list[str]]) -> Fact:
    if fact.kind != "rate":
        return fact
    found = [
        text
        for name, texts in notes.items()
        if fact.value.startswith(name) or fact.subject.tier.startswith(name)
        for text in texts
    ]
    told = tuple(dict.fromkeys((*fact.conditions, *found)))[:4]
    return fact.model_copy(update={"conditions": told}) if found else fact

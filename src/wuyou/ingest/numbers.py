"""Proposes rates, amounts, dates, terms, counts and phones, each with whose number it is and what restricts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from ..quantities import Quantity, find
from ..values import Fact, FactKind, Subject
from .clauses import OFF, Span, clauses, sentences, whole_clauses
from .document import Document
from .extent import FROM_NOW, as_written, from_now
from .meaning import BY_COLUMN, is_listed_rate, is_old, is_repeat, is_talk, kind_of, leads
from .places import Place
from .proposal import MAX_CONDITION, MAX_VALUE, Proposal, make
from .statements import BORING, STRICT

_LAW = re.compile(r"《[^《》]{1,60}》|〔\d{4}〕")
_EXTREMES = re.compile(r"最高\s?[\d.]+\s?%\s?[，,、；;]\s?最低\s?[\d.]+\s?%")


def numbers(place: Place, frame: Document) -> Iterator[Proposal]:
    """Propose rates, amounts, dates, terms, counts and phones."""
    text = place.text
    quiet = [match.span() for match in _LAW.finditer(text)]
    if frame.product:
        quiet += [match.span() for match in re.finditer(re.escape(frame.product), text)]
    for pattern, kind in ((OFF, "amount"), (_EXTREMES, "rate")):
        for match in pattern.finditer(text):
            inner = find(match[0])
            quiet.append(match.span())
            if inner and len(match[0]) <= MAX_VALUE:
                yield _composite(place, frame, match, inner, "amount" if kind == "amount" else "rate")
    quantities = find(text)
    terms = {quantity.start for quantity, after in pairwise(quantities) if leads(quantity, after, place)}
    told: list[FactKind] = []
    for index, quantity in enumerate(quantities):
        if any(start <= quantity.start and quantity.end <= end for start, end in quiet) or is_talk(quantity, text):
            continue
        kind_, normalized, unit = kind_of(quantity, place, frame)
        if kind_ is None or quantity.start in terms or is_repeat(quantities, index, text):
            continue
        if place.keys and kind_ in ("count", "term"):
            continue  # it stands in the subject of its row's numbers
        span = as_written(text, quantity, quantities[index + 1 :])
        fields: dict[str, object] = {"normalized": normalized, "unit": unit}
        if kind_ == "date" and FROM_NOW.search(text[max(0, span.start - 8) : span.start]):
            kind_, span, fields["normalized"] = from_now(span, normalized, text, frame)
        if is_old(quantities, index, text):
            fields["status"] = "superseded"
        whole_tier = (
            kind_ in ("amount", "count") and quantity.text in place.subject.tier and place.passage.kind == "row"
        )
        fields["subject"] = Subject(product=place.subject.product) if whole_tier else _whose(place, quantity)
        fields["conditions"] = restrictions(place, kind_, span)
        fact = make(place, kind_, span, frame, **fields)
        if kind_ == "amount" and place.threshold and "减" in fact.value:
            fact = fact.model_copy(update={"conditions": (place.threshold, *fact.conditions)[:3]})
        told.append(kind_)
        yield Proposal(quantity.start, fact, _sameness(fact, place, quantity))
    yield from _days_together(place, quantities, frame)
    if whole := _whole_cell(place, quantities, told, frame):
        yield whole


_BESIDE = re.compile(r"[ \u3000]?(?:、|和|及|与)[ \u3000]?")


def _days_together(place: Place, quantities: tuple[Quantity, ...], frame: Document) -> Iterator[Proposal]:
    """Propose days that are listed as one: 每月10日、15日."""
    days = [quantity for quantity in quantities if quantity.kind == "date" and quantity.unit == "date"]
    run: list[Quantity] = []
    for day in (*days, None):
        if run and (day is None or not _BESIDE.fullmatch(place.text[run[-1].end : day.start])):
            first = as_written(place.text, run[0], ())
            span = Span(first.start, run[-1].end, place.text[first.start : run[-1].end])
            if len(run) > 1 and len(span.text) <= MAX_VALUE:
                fact = make(place, "date", span, frame, normalized="/".join(each.normalized for each in run))
                yield Proposal(span.start, fact, ("days", span.text))
            run = []
        if day is not None:
            run.append(day)


_BOUND_CELL = re.compile(
    r"[（()）\s]|含|及?以[上下内]|之?间|不?满|不?超过|不?低于|不足|起|至|到|[-—–~～<>≤≥]|[*＊※①-⑳]"
)
_JOINED = re.compile(r"[，,、；;+＋/／]|并|另|再|或|每|最高|上限|\s")


def _whole_cell(
    place: Place, quantities: tuple[Quantity, ...], told: list[FactKind], frame: Document
) -> Proposal | None:
    """Propose a cell that says several things at once, or gives a span in bare numbers, as it stands."""
    text = place.text
    if place.passage.kind != "row" or not quantities or len(text) > MAX_VALUE:
        return None
    kind = "condition" if quantities[0].kind == "clock" else told[0] if told else None
    bare = all(quantity.kind == "number" for quantity in quantities)
    if bare and not told and not _BOUND_CELL.sub("", _without(text, quantities)):
        kind = next((kind for pattern, kind, _ in BY_COLUMN if pattern.search(place.column)), None)
    elif len(quantities) < 2 or len(told) < 2 or place.keys or not _JOINED.search(text):
        return None
    if kind is None or kind in ("phone", "product"):
        return None
    ends = quantities if bare else ()
    normalized = "/".join(quantity.normalized for quantity in ends)
    span = Span(0, len(text), text)
    conditions = place.conditions if kind == "rate" else ()
    fact = make(place, kind, span, frame, normalized=normalized, conditions=conditions[:3])
    return Proposal(0, fact, ("cell", kind, text, place.label, place.subject.tier, place.subject.term))


def _without(text: str, quantities: tuple[Quantity, ...]) -> str:
    for quantity in reversed(quantities):
        text = text[: quantity.start] + text[quantity.end :]
    return text


def _composite(
    place: Place, frame: Document, match: re.Match[str], inner: tuple[Quantity, ...], kind: FactKind
) -> Proposal:
    """Propose what is only true together: 满100减8, 最高2.90%，最低1.60%."""
    span = Span(match.start(), match.end(), match[0])
    last = inner[-1]
    normalized = last.normalized if kind == "amount" else f"{last.normalized}/{inner[0].normalized}"
    condition = (f"满{inner[0].text}",) if kind == "amount" else ()
    unit = "CNY" if kind == "amount" else last.unit
    fact = make(place, kind, span, frame, normalized=normalized, unit=unit, conditions=condition)
    return Proposal(match.start(), fact, (kind, match[0], place.label))


_OWN_TERM = re.compile(r"期|存|定期|年利率|利率|为|[:：]")
_SHARE = re.compile(r"([A-Z](?:类份额|类|份额))(?![\u4e00-\u9fff]{4,})[^A-Z]{0,12}$")


def _whose(place: Place, quantity: Quantity) -> Subject:
    """Add to the place's subject what the same clause says before the number: 三年期…, B份额…."""
    subject = place.subject
    clause = next((span for span in clauses(place.text) if span.holds(quantity.start, quantity.end)), None)
    if clause is None or not (quantity.kind in ("rate", "amount") or is_listed_rate(quantity, place)):
        return subject
    before = place.text[clause.start : quantity.start]
    if not subject.term and quantity.kind in ("rate", "number"):
        terms = [other for other in find(before) if other.kind == "term"]
        if terms and (
            _OWN_TERM.match(before[terms[-1].end :]) or leads(terms[-1], quantity._replace(start=len(before)), place)
        ):
            subject = subject.model_copy(update={"term": terms[-1].text})
    if not subject.tier and (share := _SHARE.search(before)):
        subject = subject.model_copy(update={"tier": share[1]})
    return subject


@lru_cache(maxsize=1 << 10)
def _restricting(sentence: str) -> tuple[Span, ...]:
    """Return the clauses of a sentence that restrict."""
    return tuple(
        span
        for span in whole_clauses(sentence)
        if 3 <= len(span.text) <= MAX_CONDITION and STRICT.search(span.text) and not BORING.search(span.text)
    )


def restrictions(place: Place, kind: FactKind, value: Span) -> tuple[str, ...]:
    """Return the restrictions that stand nearest in the same sentence, and those of other cells of the row."""
    inside: list[Span] = []
    sentence = next((span for span in sentences(place.text) if span.holds(value.start, value.end)), None)
    if sentence is not None and kind != "phone":
        low, high = value.start - sentence.start, value.end - sentence.start
        other = [span for span in _restricting(sentence.text) if not span.holds(low, high)]
        inside = sorted(sorted(other, key=lambda span: abs(span.start - low))[:3])
    beside = place.conditions if kind == "rate" else ()
    return tuple(dict.fromkeys((*(span.text for span in inside), *beside)))[:3]


def _sameness(fact: Fact, place: Place, quantity: Quantity) -> tuple[str, ...]:
    subject = fact.subject
    if fact.kind == "phone":
        return fact.kind, fact.normalized
    if place.passage.kind == "row":
        # A tier stands in many rows but is one amount; so is a quota that two rows share, and a day.
        tier = find(subject.tier)
        whose = f"{tier[0].low if len(tier) == 1 else subject.tier}|{subject.term}".strip("|")
        whose = "" if fact.kind in ("date", "date_range") else whose
        meaning = place.label if whose else place.column
        return fact.kind, fact.normalized, fact.unit, subject.product, whose, fact.status, meaning
    before = place.text[max(0, quantity.start - 40) : quantity.start]
    meaning = re.sub(r"[\s为是达到约的]", "", re.split(r"[，。；;：:\n（(]", before)[-1])[-6:]
    return fact.kind, fact.normalized, fact.unit, meaning, fact.status, subject.product, subject.tier, subject.term

"""What a post may rest on, as places: kept facts, or passages handed in with it, cut so that neighbours can be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..formulas import faults
from ..quantities import Quantity, find
from ..regexes import regex
from ..values import Brief, Fact, Passage, Post
from .places import Place

_RESPECTIVELY = regex(r"分别(?:为|是)?")
_MONTH_DAY = regex(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?![\d.%])")
_DATED = regex(r"日期|时间|日子")


def words_besides(brief: Brief) -> Iterator[str]:
    """Yield what carries a number without being a fact: names, the hotline, risk words, a consented story, a quiz."""
    if brief.bank:
        yield from (brief.bank.name, brief.bank.short, brief.bank.hotline, brief.bank.refusal)
    if brief.product:
        yield from (brief.product.title, brief.product.nickname, brief.product.issuer)
        yield from (brief.product.disclosure.short, brief.product.disclosure.long)
    if brief.story:
        yield from (brief.story.opening, *brief.story.told, brief.story.lesson, brief.story.question)
        yield brief.story.headline
    if brief.topic and brief.topic.quiz:
        yield from (brief.topic.quiz.ask, *brief.topic.quiz.options, brief.topic.quiz.because)


def firm(post: Post) -> tuple[Fact, ...]:
    """Return the facts that carry a post: those of its brief and those it cites, unless withdrawn or computed wrongly."""
    brief = post.brief
    kind = brief.product.kind if brief.product else None
    facts = {fact.id: fact for fact in (*brief.facts, *post.facts)}.values()
    return tuple(fact for fact in facts if not fact.withdrawn and not faults(fact, kind, brief.slot.on))


def of_fact(fact: Fact) -> Place:
    """Make a place of a kept fact."""
    subject = " ".join((fact.subject.product, fact.subject.tier, fact.subject.term)).strip()
    plain = fact.plain if fact.plain else fact.citation.quote
    cells = (subject, fact.value, *fact.conditions, plain, _written(fact))
    return Place(
        " | ".join(cell for cell in cells if cell), f"{fact.citation.material} {fact.citation.locator}".strip(), subject
    )


def _written(fact: Fact) -> str:
    """Write a fact's machine form so that it can be measured: dates only, other values are written in the fact."""
    return fact.normalized.replace("/", "至") if fact.kind in ("date", "date_range") else ""


def of_passages(passages: Iterable[Passage]) -> list[Place]:
    """Make places of passages; the heads of a table are a place of their own."""
    places: list[Place] = []
    for passage in passages:
        where = f"所附物料 {passage.locator}"
        text = passage.text
        if passage.header and _DATED.search(passage.header[0]):
            text = _MONTH_DAY.sub(r"\1月\2日", text)
        places += _respectively(text, where) or [
            Place(text, where, passage.cells[0] if passage.cells else "", passage.header)
        ]
        if passage.header:
            places.append(Place(" | ".join(passage.header), where))
    return places


def _respectively(text: str, where: str) -> list[Place]:
    """Write A、B分别为a、b as two places, A a and B b, so that neighbours are told right."""
    marks = list(_RESPECTIVELY.finditer(text))
    if not marks:
        return []
    quantities = find(text)
    heads = _run([each for each in reversed(quantities) if each.end <= marks[0].start()], text)[::-1]
    pairs: list[Place] = []
    told = heads[-1].end if heads else 0
    for mark in marks:
        tails = _run([each for each in quantities if each.start >= mark.end()], text)
        if len(heads) == len(tails) > 1:
            between = text[told : mark.start()]
            pairs += [Place(f"{head.text}{between}{tail.text}", where) for head, tail in zip(heads, tails, strict=True)]
            told = tails[-1].end
    if not pairs:
        return []
    return [*pairs, Place(text[: heads[0].start] + text[told:], where)]


def _run(quantities: list[Quantity], text: str) -> list[Quantity]:
    """Return the first of them and those of its sort that a 、 or 和 joins to it."""
    run: list[Quantity] = []
    for each in quantities:
        if run:
            low, high = sorted((run[-1], each), key=lambda quantity: quantity.start)
            if each.kind != run[-1].kind or not re.fullmatch(r"\s?[、,，和及]\s?", text[low.end : high.start]):
                break
        run.append(each)
    return run

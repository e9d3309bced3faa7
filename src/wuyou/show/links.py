"""Each number of a post and the line of headquarters it comes from, in both directions.

A number told in a fact's own sentence comes from that fact; another one from the cited fact that has its value, then from
any fact of the brief. What no fact has may stand in the bank's own words: the hotline, the product's name, a story.
Reads only; whether a number may stand there is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import NamedTuple

from ..quantities import Quantity, find, says
from ..values import Brief, Checked, Fact, Post


class Line(NamedTuple):
    """A line that carries a number."""

    where: str
    """Material and locator; for a derived fact its formula; for the bank's own words, whose they are."""
    quote: str
    """The words there."""


class Link(NamedTuple):
    """A number of a post with the lines it comes from."""

    number: str
    where: str
    """第2行, or 图1."""
    start: int
    end: int
    """Its span in the text; 0–0 on a picture."""
    lines: tuple[Line, ...]
    """More than one for a derived number: the sum, then what was put into it; none when nothing was found."""


def links(post: Post) -> list[Link]:
    """Return every number of a post that says something, in reading order."""
    found = [
        Link(each.text, _row(post.text, each.start), each.start, each.end, lines)
        for each, lines in _traced(post, post.text)
    ]
    for number, picture in enumerate(post.pictures, 1):
        found += [Link(each.text, f"图{number}", 0, 0, lines) for each, lines in _traced(post, picture.text)]
    return found


def uses(post: Post, told: Iterable[Link]) -> list[tuple[Line, tuple[str, ...]]]:
    """Return every line the post comes from, with where it is used: its numbers, or its sentence where it has none."""
    found: dict[Line, list[str]] = {}
    for link in told:
        for line in link.lines:
            found.setdefault(line, []).append(f"{link.number}（{link.where}）")
    for fact in post.facts:
        for words in filter(None, (fact.plain, fact.value)):
            at = post.text.find(words)
            if at >= 0 and not any(line in found for line in _lines(fact)):
                found[_lines(fact)[0]] = [f"{words}（{_row(post.text, at)}）"]
    return [(line, tuple(dict.fromkeys(places))) for line, places in found.items()]


def _row(text: str, at: int) -> str:
    return f"第{text.count(chr(10), 0, at) + 1}行"


def _traced(post: Post, text: str) -> Iterator[tuple[Quantity, tuple[Line, ...]]]:
    """Yield the numbers of a text that say something, each with the lines that carry it."""
    facts = tuple(dict.fromkeys((*post.facts, *post.brief.facts)))
    sentences = [
        (at, at + len(fact.plain), fact) for fact in facts if fact.plain and (at := text.find(fact.plain)) >= 0
    ]
    for each in find(text):
        own = next((fact for low, high, fact in sentences if low <= each.start and each.end <= high), None)
        fact = own or (_carrier(each, facts) if each.claim else None)
        if fact is not None:
            yield each, _lines(fact)
        elif each.claim:
            yield each, tuple(line for line in _besides(post.brief) if says(each, find(line.quote)))[:1]


def _carrier(number: Quantity, facts: tuple[Fact, ...]) -> Fact | None:
    """Return the first fact that has a number as its value, else the first that has it anywhere."""
    ways: tuple[Callable[[Fact], str], ...] = (
        lambda fact: f"{fact.value} {fact.normalized.replace('/', '至') if fact.kind == 'date_range' else ''}",
        lambda fact: " | ".join((fact.citation.quote, fact.plain, *fact.conditions)),
        lambda fact: " | ".join((fact.subject.product, fact.subject.tier, fact.subject.term)),
    )
    return next((fact for way in ways for fact in facts if says(number, find(way(fact)))), None)


def _lines(fact: Fact) -> tuple[Line, ...]:
    if fact.formula:
        sum_ = Line(f"推算 {fact.key}", f"{fact.formula} = {fact.value}")
        return (sum_, *(line for each in fact.derived_from for line in _lines(each)))
    return (Line(f"{fact.citation.material} {fact.citation.locator}".strip(), fact.citation.quote),)


def _besides(brief: Brief) -> Iterator[Line]:
    """Yield the bank's own words that may hold a number."""
    if brief.bank:
        yield from (Line("本行热线", brief.bank.hotline), Line("拒收提示", brief.bank.refusal))
    if brief.product:
        yield from (Line("产品名称", f"{brief.product.title} {brief.product.nickname}"),)
        yield from (Line("风险提示", f"{brief.product.disclosure.short} {brief.product.disclosure.long}"),)
    if brief.story:
        story = brief.story
        yield Line(f"故事 {story.name}", "\n".join((story.opening, *story.told, story.lesson, story.question)))
    if brief.topic and brief.topic.quiz:
        quiz = brief.topic.quiz
        yield Line("问答", " ".join((quiz.ask, *quiz.options, quiz.because)))


# ── as text and as HTML ──────────────────────────────────────────────────────────────────────────────────────────────


def plain(each: Checked) -> list[str]:
    """Return both directions for a terminal; nothing for a post without a number or a cited fact."""
    post = each.post
    told = links(post)
    lines = ["  数字从哪里来"] if told else []
    for link in told:
        came = "；".join(f"{line.where} “{_short(line.quote)}”" for line in link.lines) or _lost(each, link)
        lines.append(f"    {link.number}（{link.where}） ← {came}")
    used = uses(post, told)
    lines += ["  出处用在哪里"] if used else []
    lines += [f"    {line.where} “{_short(line.quote)}” → {'、'.join(places)}" for line, places in used]
    return lines


def _lost(each: Checked, link: Link) -> str:
    """Say of a number without a line whether the rules object to it."""
    blamed = any(
        finding.level == "block" and finding.where == "text" and finding.start < link.end and link.start < finding.end
        for finding in each.findings
    )
    return "没有找到出处" if blamed or not link.end else "没有出处，检查看作家常话"


def _short(quote: str, most: int = 60) -> str:
    quote = " ".join(quote.split())
    return quote if len(quote) <= most else f"{quote[:most]}…"


def anchors(post: Post) -> dict[int, tuple[int, str, str]]:
    """Return for each number of the text its start, end, own anchor and the anchor of its first line."""
    told = links(post)
    order = {line: index for index, (line, _) in enumerate(uses(post, told))}
    return {
        link.start: (link.end, f"{post.id}-n{link.start}", f"{post.id}-s{order[link.lines[0]]}")
        for link in told
        if link.end and link.lines
    }


def html(each: Checked) -> str:
    """Return the lines with links back to the numbers; an empty text where there are none."""
    post = each.post
    told = links(post)
    used = uses(post, told)
    rows = []
    for index, (line, places) in enumerate(used):
        back = [_back(post, link) for link in told if line in link.lines] or [escape(place) for place in places]
        rows.append(
            f"<li id='{post.id}-s{index}'>{escape(line.where)} “{escape(_short(line.quote))}” → {'、'.join(back)}</li>"
        )
    rows += [f"<li>{_lost(each, link)} → {escape(link.number)}（{link.where}）</li>" for link in told if not link.lines]
    return f"<ul style='margin:2px 0'>{''.join(rows)}</ul>" if rows else ""


def _back(post: Post, link: Link) -> str:
    said = escape(f"{link.number}（{link.where}）")
    return f"<a href='#{post.id}-n{link.start}'>{said}</a>" if link.end else said

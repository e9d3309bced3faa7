"""Kept facts against posts: any wording and any notation of one is grounded, no changed figure or dropped condition is.

The facts, wordings and campaigns are the shipped ones. The long ring runs more than 20,000 cases.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conftest import DATA, ROOT
from test_ground_numbers import amounts, days, rates
from wuyou import planner
from wuyou.checks import Rulebook
from wuyou.checks.ground import Ground
from wuyou.library import Library
from wuyou.quantities import Day, Quantity, find, same
from wuyou.values import Brief, Citation, Fact, FactSheet, Finding, Origin, Part, Post, Slot, Topic
from wuyou.workbench.rooms import CATALOGUE_DATE
from wuyou.writers.template import TemplateWriter

many = settings(max_examples=4_000 if os.environ.get("WUYOU_LONG") == "1" else 60)
RUNS = (("autumn_savings", "seniors"), ("autumn_savings", "payroll"), ("year_end_pension", "young_professionals"))
WRITER = TemplateWriter(ROOT / "templates" / "posts")


@cache
def shipped() -> tuple[Library, Rulebook, Ground]:
    library = Library(ROOT / "content_library")
    book = Rulebook.load(
        library.folder / "rules", library.sources, CATALOGUE_DATE,
        channels=library.channels, genres=library.genres, segments=library.segments, weights=False,
    )  # fmt: skip
    return library, book, next(rule for rule in book.rules.values() if isinstance(rule, Ground))


@cache
def briefs() -> tuple[Brief, ...]:
    """Return the briefs of some shipped runs that tell facts."""
    library = shipped()[0]
    made: list[Brief] = []
    for campaign, segment in RUNS:
        chosen = library.campaigns[campaign]
        parts = {name: getattr(library, name) for name in planner.Stock._fields if name not in ("cadence", "starts")}
        stock = planner.Stock(**{**parts, "cadence": library.cadences[chosen.cadence]})
        made += [brief for brief in planner.plan(chosen, library.segments[segment], stock) if told_by(brief)]
    return tuple(made)


def told_by(brief: Brief) -> bool:
    """Tell whether a brief's wordings tell facts, and not a question of its sheet's own."""
    return bool(brief.facts) and brief.genre is not None and not brief.genre.quiz


@cache
def told() -> tuple[tuple[FactSheet, Fact], ...]:
    """Return the shipped facts that have words for people."""
    return tuple(
        (sheet, fact)
        for sheet in shipped()[0].sheets.values()
        for fact in sheet.facts
        if fact.plain and fact.status == "current"
    )


def day_of(fact: Fact) -> dt.date:
    return next(day for day in (CATALOGUE_DATE, fact.valid_from, fact.valid_until) if day and fact.alive(day))


def about(brief: Brief, sheet: FactSheet, fact: Fact, **slot: Any) -> Brief:
    """Let a brief be about a fact of a sheet, on a day on which it may be told."""
    on = day_of(fact)
    rest = tuple(each for each in sheet.facts if each.alive(on) and each != fact)
    hook, question = (next(iter(lines), "") for lines in (sheet.hooks, sheet.questions))
    return brief.model_copy(
        update={
            "slot": brief.slot.model_copy(update={"on": on, **slot}),
            "facts": (fact, *(each for each in rest if each.plain), *(each for each in rest if not each.plain)),
            "product": shipped()[0].products[sheet.product] if sheet.product else None,
            "sketch": None,
            "topic": Topic(sheet=sheet.name, title=sheet.title, headline="", hook=hook, question=question),
        }
    )


def said(text: str, brief: Brief) -> Post:
    return Post(brief=brief, parts=(Part(role="body", text=text),), facts=brief.facts, origin=Origin(writer="human:x"))


def blamed(post: Post) -> list[Finding]:
    """Return what the fact lock says of the numbers of a post."""
    _, book, ground = shipped()
    return list(ground.check(book.scan(post)))


@st.composite
def rendered(draw: st.DrawFn, fit: Callable[[Fact], bool] = bool) -> tuple[Post, Fact]:
    """Draw a post in one of the shipped wordings, and a fitting fact whose sentence stands in it."""
    sheet, fact = draw(st.sampled_from([each for each in told() if fit(each[1])]))
    brief = draw(st.sampled_from(briefs()))
    post = WRITER.write(about(brief, sheet, fact, ordinal=draw(st.integers(1, 40))))
    inside = [each for each in post.facts if each.plain and each.plain in post.text and fit(each)]
    assume(inside)
    return post, draw(st.sampled_from(inside))


@st.composite
def numbers(draw: st.DrawFn, kinds: tuple[str, ...]) -> tuple[Brief, Fact, Quantity]:
    """Draw a fact and a number of those kinds in its sentence."""
    fit = [
        (sheet, fact, each)
        for sheet, fact in told()
        for each in find(fact.plain)
        if each.claim and each.kind in kinds and each.unit != "weekday" and not each.is_range
    ]
    sheet, fact, number = draw(st.sampled_from(fit))
    return about(briefs()[0], sheet, fact), fact, number


def instead(post: Post, fact: Fact, words: str) -> Post:
    """Put other words in the place of a fact's sentence."""
    assume(not any(words == each.plain for each in post.brief.facts))
    parts = tuple(Part(role=part.role, text=part.text.replace(fact.plain, words)) for part in post.parts)
    return post.model_copy(update={"parts": parts})


# ── what is grounded ──


@many
@given(rendered())
def test_a_kept_fact_in_any_wording_is_grounded(drawn: tuple[Post, Fact]) -> None:
    post, _ = drawn
    assert blamed(post) == []


@many
@given(numbers(("amount", "rate", "date")), st.data())
def test_a_kept_fact_in_any_notation_is_grounded(drawn: tuple[Brief, Fact, Quantity], data: st.DataObject) -> None:
    brief, fact, number = drawn
    ways = [way for way in notations(number) if reads(fact.plain, number, way)]
    assume(ways)
    way = data.draw(st.sampled_from(ways))
    assert blamed(said(f"{put(fact.plain, number, way)}。", brief)) == []


def notations(number: Quantity) -> list[str]:
    """Write a number in other ways."""
    low = number.low
    if isinstance(low, Day):
        return days(low._replace(year=2026).date)[1:4] if low._replace(year=2026).date else []  # type: ignore[arg-type]
    if number.kind == "amount" and number.unit == "CNY" and low == int(low) and low >= 1:
        return amounts(int(low))
    points = low * 10_000
    return rates(int(points)) if number.unit == "ratio" and points == int(points) and points >= 1 else []


def put(plain: str, number: Quantity, way: str) -> str:
    return plain[: number.start] + way + plain[number.end :]


def reads(plain: str, number: Quantity, way: str) -> bool:
    """Tell whether the ruler reads the other notation at its place as one number; joined to its neighbours it may not."""
    return any(each.start == number.start and each.text == way for each in find(put(plain, number, way)))


# ── what is not ──


def digits(fact: Fact) -> list[int]:
    """Return where the digits of a fact's numbers stand in its sentence."""
    spans = [(each.start, each.end) for each in find(fact.plain) if each.claim]
    return [at for low, high in spans for at in range(low, high) if fact.plain[at] in "0123456789"]


@many
@given(rendered(lambda fact: bool(digits(fact))), st.data())
def test_no_changed_digit_is_grounded(drawn: tuple[Post, Fact], data: st.DataObject) -> None:
    post, fact = drawn
    at = data.draw(st.sampled_from(digits(fact)))
    digit = data.draw(st.sampled_from(sorted(set("0123456789") - {fact.plain[at]})))
    words = fact.plain[:at] + digit + fact.plain[at + 1 :]
    assume(says_otherwise(fact.plain, words))
    assert blamed(instead(post, fact, words)), words


def says_otherwise(before: str, after: str) -> bool:
    """Tell whether the ruler reads other numbers: 09:00 for 9:00 is no change, and 10:00到10:00 no range."""
    one, other = find(before), find(after)
    if len(one) != len(other):
        return True
    if any(new.low == new.high and old.is_range for old, new in zip(one, other, strict=True)):
        return False
    return any(not same(new, old) for old, new in zip(one, other, strict=True))


UNITS = (("万元", "元"), ("元", "万元"), ("%", "‰"), ("年期", "个月期"), ("个月", "年"), ("天", "个月"))


def units(fact: Fact) -> list[tuple[int, int, str]]:
    """Return where the units of a fact's numbers stand in its sentence, each with another unit."""
    return [
        (found.start(), found.end(), other)
        for unit, other in UNITS
        for found in re.finditer(rf"(?<=\d){unit}", fact.plain)
    ]


@many
@given(rendered(lambda fact: bool(units(fact))), st.data())
def test_no_changed_unit_is_grounded(drawn: tuple[Post, Fact], data: st.DataObject) -> None:
    post, fact = drawn
    start, end, other = data.draw(st.sampled_from(units(fact)))
    words = fact.plain[:start] + other + fact.plain[end:]
    assert blamed(instead(post, fact, words)), words


@many
@given(numbers(("date",)), st.integers(1, 300), st.data())
def test_no_changed_date_is_grounded(drawn: tuple[Brief, Fact, Quantity], shift: int, data: st.DataObject) -> None:
    brief, fact, number = drawn
    assert isinstance(number.low, Day)
    date = number.low._replace(year=number.low.year or 2026).date
    assume(date is not None)
    other = date + dt.timedelta(days=shift)  # type: ignore[operator]
    way = data.draw(st.sampled_from(days(other)[:3]))
    words = put(fact.plain, number, way)
    assume((other.month, other.day) != (brief.slot.on.month, brief.slot.on.day))
    assume(not any(words == each.plain for each in brief.facts))
    assert blamed(said(f"{words}。", brief)), words


def rivals(fact: Fact) -> list[str]:
    """Return the values that the same material has for other tiers, terms and offers."""
    if fact.kind not in ("rate", "amount", "term", "count") or fact.value not in fact.plain:
        return []
    return [
        each.value
        for sheet in shipped()[0].sheets.values()
        if sheet.material == fact.citation.material
        for each in sheet.facts
        if (each.kind, each.unit) == (fact.kind, fact.unit)
        and each.subject != fact.subject
        and says_otherwise(fact.plain, fact.plain.replace(fact.value, each.value))
    ]


@many
@given(rendered(lambda fact: bool(rivals(fact))), st.data())
def test_no_value_of_another_tier_is_grounded(drawn: tuple[Post, Fact], data: st.DataObject) -> None:
    post, fact = drawn
    words = fact.plain.replace(fact.value, data.draw(st.sampled_from(rivals(fact))))
    assert blamed(instead(post, fact, words)), words


LIMIT = re.compile(r"\d[^，]*[起名内]|不超过|[限满]\D{0,3}\d|每[人天日次笔期]\D{0,4}\d")


def limits(fact: Fact) -> list[int]:
    """Return which clauses of a fact's sentence limit what its first one says."""
    clauses = fact.plain.split("，")
    return [index for index, clause in enumerate(clauses) if index and len(clauses[0]) >= 6 and LIMIT.search(clause)]


@many
@given(rendered(lambda fact: bool(limits(fact))), st.data())
def test_no_dropped_condition_is_grounded(drawn: tuple[Post, Fact], data: st.DataObject) -> None:
    post, fact = drawn
    clauses = fact.plain.split("，")
    gone = data.draw(st.sampled_from(limits(fact)))
    words = "，".join(clause for index, clause in enumerate(clauses) if index != gone)
    dropped = instead(post, fact, words)
    left = find(dropped.text)
    assume(not all(any(same(each, one) for one in left) for each in find(clauses[gone]) if each.claim))
    assert blamed(dropped), words


# ── by example ──

CITATION = Citation(
    material="公告.md", locator="第3段", quote="新客专享：三年期年利率1.65%，20万元起存，每人限1笔，到柜面办理"
)
KEPT = Fact(
    key="rate", kind="rate", value="1.65%", kept_by="示例编辑", citation=CITATION,
    plain="新客三年期年利率1.65%，20万元起存，每人限1笔，到柜面办理",
)  # fmt: skip


def brief_of(*facts: Fact) -> Brief:
    library = Library(DATA / "library")
    channel = library.channels["moments"]
    slot = Slot(on=dt.date(2026, 11, 20), channel=channel.name, genre="benefit")
    return Brief(slot=slot, channel=channel, facts=facts, product=library.products["autumn_deposit"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("新客三年期年利率1.65%，每人限1笔，到柜面办理", "要点还有半句没有说：“20万元起存”"),
        ("新客三年期年利率1.65%，20万元起存，到柜面办理", "要点还有半句没有说：“每人限1笔”"),
        ("新客三年期年利率1.75%，20万元起存，每人限1笔，到柜面办理", "和要点对不上，要点是“新客三年期年利率1.65%"),
        ("新客三年期年利率1.65%，20万元存，每人1笔，到柜面办理", "要点还有半句没有说：“20万元起存”"),
        ("新客两年期年利率1.65%，20万元起存，每人限1笔，到柜面办理", "和要点对不上"),
    ],
)
def test_half_of_a_kept_sentence_is_told_with_what_is_missing(text: str, message: str) -> None:
    found = blamed(said(f"早。{text}。", brief_of(KEPT)))
    assert any(finding.message.startswith(message) for finding in found), found
    assert {finding.basis for finding in found} == {("公告.md 第3段",)}


@pytest.mark.parametrize(
    "text",
    [
        "新客三年期年利率1.65%，20万元起存，每人限1笔，到柜面办理",
        "新客三年期年利率百分之一点六五，二十万元起存，每人限一笔，到柜面办理",
        "新客三年期年利率1.65%。要20万元起存，每人限1笔，来柜面办理",
        "柜面有一款，二十万起，三年，1.65%",
        "我攒了三年的旧报纸，卖了一块钱",
    ],
)
def test_the_whole_of_it_or_other_words_are_left_alone(text: str) -> None:
    assert not [finding for finding in blamed(said(text, brief_of(KEPT))) if "要点" in finding.message]


# ── derived ──


@pytest.fixture(scope="module")
def sum_of() -> Callable[..., Fact]:
    """Make the derived fact 1万元存一年，利息125元."""
    rate = Fact(key="rate_1y", kind="rate", value="1.25%", kept_by="示例编辑", citation=CITATION)

    def make(**changes: Any) -> Fact:
        fields = {
            "key": "sum", "kind": "derived", "value": "125元", "formula": "1万元 × rate_1y × 1年", "derived_from": (rate,),
            "plain": "1万元存一年，利息125元", "kept_by": "示例编辑", "citation": CITATION, **changes,
        }  # fmt: skip
        return Fact(**fields)

    return make


def test_a_friendly_number_needs_its_kept_sum(sum_of: Callable[..., Fact]) -> None:
    text, rate = "1万元存一年，利息125元。", sum_of().derived_from[0]
    assert {finding.quote for finding in blamed(said(text, brief_of(rate)))} == {"1万元存一年", "利息125元"}
    assert blamed(said(text, brief_of(rate, sum_of()))) == []
    assert blamed(said("一万块存一年，利息一百二十五块。", brief_of(rate, sum_of()))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "215元", "plain": "1万元存一年，利息215元"},
        {"kept_by": None},
        {"derived_from": ()},
        {"derived_from": (Fact(key="rate_1y", kind="rate", value="1.25%", citation=CITATION),)},
    ],
    ids=["wrong", "unkept", "missing", "operand unkept"],
)
def test_a_faulty_sum_carries_nothing_and_blocks(sum_of: Callable[..., Fact], changes: dict[str, Any]) -> None:
    fact = sum_of(**changes)
    post = said(f"{fact.plain}。", brief_of(fact))
    assert blamed(post)
    (finding,) = [each for each in shipped()[1].check(post).findings if each.rule == "FRS-004"]
    assert finding.level == "block"
    assert finding.quote == fact.value
    assert finding.suggestion


def test_a_sum_about_a_wealth_product_blocks(sum_of: Callable[..., Fact]) -> None:
    brief = brief_of(sum_of())
    wealth = Library(DATA / "library").products["wealth_90"]
    post = said("1万元存一年，利息125元。", brief.model_copy(update={"product": wealth}))
    assert blamed(post)
    (finding,) = [each for each in shipped()[1].check(post).findings if each.rule == "FRS-004"]
    assert "理财不能替客户算数" in finding.message

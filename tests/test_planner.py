"""The planner: quotas met exactly, nothing out of hours, nothing that is not alive, and the same plan every time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou import planner
from wuyou.errors import PlanError
from wuyou.library import Library
from wuyou.values import (
    Brief,
    Cadence,
    Calendar,
    Campaign,
    Checked,
    Decision,
    Genre,
    Hours,
    Post,
    Segment,
    Theme,
    Window,
)

Stock = Callable[..., planner.Stock]
DAY = dt.timedelta(days=1)


# ── the shipped campaigns: every segment of every one ────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def runs(shipped: Library, stock: Stock) -> dict[tuple[str, str], tuple[Brief, ...]]:
    """Every segment's plan of every shipped campaign that follows aida_24; everyday ones: ``test_writing``."""
    return {
        (campaign.name, name): planner.plan(campaign, shipped.segments[name], stock(shipped, campaign.cadence))
        for campaign in shipped.campaigns.values()
        if campaign.cadence == "aida_24"
        for name in campaign.segments
    }


def test_quotas_of_aida_24_are_met_exactly(runs: dict[tuple[str, str], tuple[Brief, ...]], shipped: Library) -> None:
    assert len({segment for campaign, segment in runs if campaign == "autumn_savings"}) == 14
    for (name, _), briefs in runs.items():
        cadence = shipped.cadences[shipped.campaigns[name].cadence]
        due = {
            (number, beat.name, quota.channel, quota.genre): quota.count
            for number in range(1, cadence.rounds + 1)
            for beat in cadence.beats
            for quota in beat.quotas
        }
        slots = [brief.slot for brief in briefs]
        assert Counter((slot.round, slot.beat, slot.channel, slot.genre) for slot in slots) == due
        channels = Counter(slot.channel for slot in slots)
        assert (channels["chat"], channels["moments"]) == (14, 14)


def test_a_run_lasts_24_days_and_begins_on_the_first(
    runs: dict[tuple[str, str], tuple[Brief, ...]], shipped: Library
) -> None:
    for (name, _), briefs in runs.items():
        start = shipped.campaigns[name].start
        assert {brief.slot.day for brief in briefs} <= set(range(1, 25))
        assert (briefs[0].slot.day, briefs[-1].slot.day) == (1, 24)
        assert all(brief.slot.on == start + DAY * (brief.slot.day - 1) for brief in briefs)


def test_beats_never_go_backwards_within_a_round(
    runs: dict[tuple[str, str], tuple[Brief, ...]], shipped: Library
) -> None:
    for (name, _), briefs in runs.items():
        cadence = shipped.cadences[shipped.campaigns[name].cadence]
        order = [beat.name for beat in cadence.beats]
        places = [(brief.slot.round, order.index(brief.slot.beat)) for brief in briefs]
        assert places == sorted(places)
        for brief in briefs:
            beat = cadence.beats[order.index(brief.slot.beat)]
            assert beat.days[0] <= brief.slot.day - (brief.slot.round - 1) * cadence.round_days <= beat.days[1]


def test_every_slot_lies_inside_its_hours(runs: dict[tuple[str, str], tuple[Brief, ...]]) -> None:
    for briefs in runs.values():
        for brief in briefs:
            assert brief.genre is not None
            assert brief.segment is not None
            assert brief.slot.at is not None
            assert any(brief.slot.at in window for window in planner.hours(brief.genre, brief.segment, brief.channel))
            assert brief.slot.at.minute % planner.STEP_MINUTES == 0


def test_nobody_is_written_to_at_night(runs: dict[tuple[str, str], tuple[Brief, ...]]) -> None:
    for briefs in runs.values():
        for brief in briefs:
            assert brief.slot.at is not None
            assert (
                dt.time(7, 0) <= brief.slot.at <= (dt.time(20, 30) if brief.slot.channel == "chat" else dt.time(22, 0))
            )


def test_no_two_posts_of_a_segment_share_a_minute(runs: dict[tuple[str, str], tuple[Brief, ...]]) -> None:
    for briefs in runs.values():
        moments = Counter((brief.slot.on, brief.slot.at) for brief in briefs)
        assert max(moments.values()) == 1


def test_no_two_slots_of_a_segment_share_a_key_and_numbers_run_on(
    runs: dict[tuple[str, str], tuple[Brief, ...]],
) -> None:
    for briefs in runs.values():
        assert len({brief.slot.key for brief in briefs}) == len(briefs)
        assert [brief.slot.number for brief in briefs] == list(range(1, len(briefs) + 1))
        assert [(brief.slot.on, brief.slot.at) for brief in briefs] == sorted(
            (brief.slot.on, brief.slot.at) for brief in briefs
        )


def test_every_briefs_facts_are_alive_that_day(runs: dict[tuple[str, str], tuple[Brief, ...]]) -> None:
    for briefs in runs.values():
        for brief in briefs:
            assert all(fact.alive(brief.slot.on) for fact in brief.facts)
            assert brief.genre is not None
            assert len([fact for fact in brief.facts if fact.plain]) >= brief.genre.facts


def test_no_product_is_above_its_segments_risk_or_of_a_kind_that_does_not_suit_it(
    runs: dict[tuple[str, str], tuple[Brief, ...]],
) -> None:
    shown = [
        (brief.product, brief.segment)
        for briefs in runs.values()
        for brief in briefs
        if brief.product and brief.segment
    ]
    assert shown
    for product, segment in shown:
        assert (product.risk or 0) <= segment.risk
        assert product.kind in segment.suits


def test_a_customer_gets_at_most_two_marketing_chats_in_any_seven_days(
    runs: dict[tuple[str, str], tuple[Brief, ...]],
) -> None:
    for briefs in runs.values():
        days = [
            brief.slot.on for brief in briefs if brief.slot.channel == "chat" and brief.genre and brief.genre.marketing
        ]
        assert len(days) == 6
        for first in days:
            assert sum(first <= day < first + 7 * DAY for day in days) <= 2


def test_no_channel_is_used_more_often_in_a_day_than_it_bears(runs: dict[tuple[str, str], tuple[Brief, ...]]) -> None:
    for briefs in runs.values():
        counts = Counter((brief.slot.on, brief.channel) for brief in briefs)
        assert all(count <= channel.limits.per_day for (_, channel), count in counts.items())


def test_two_chats_of_a_kind_do_not_follow_each_other_when_another_kind_is_due(shipped: Library) -> None:
    campaign = shipped.campaigns["autumn_savings"]
    chats = [slot.genre for slot in planner.slots(campaign, shipped.cadences["aida_24"]) if slot.channel == "chat"]
    assert chats[:7] == [
        "life_benefit",
        "finance_tip",
        "icebreaker",
        "finance_tip",
        "peer_story",
        "benefit",
        "activity",
    ]


def test_a_story_genre_has_a_story_that_fits_the_segment_and_no_other_has_one(
    runs: dict[tuple[str, str], tuple[Brief, ...]],
) -> None:
    for (_, segment), briefs in runs.items():
        for brief in briefs:
            assert brief.genre is not None
            if brief.genre.story is None:
                assert brief.story is None
            elif brief.story is not None:
                assert brief.story.kind == brief.genre.story
                assert segment in brief.story.segments


def test_a_segments_run_tells_no_story_twice_while_it_has_others(
    runs: dict[tuple[str, str], tuple[Brief, ...]], shipped: Library
) -> None:
    for (_, segment), briefs in runs.items():
        for kind in ("persona", "case", "peer_story"):
            told = [brief.story.name for brief in briefs if brief.story and brief.story.kind == kind]
            known = [story for story in shipped.stories if story.kind == kind and segment in story.segments]
            assert len(set(told)) == min(len(told), len(known))


def test_one_line_per_role_and_each_fits_segment_and_genre(runs: dict[tuple[str, str], tuple[Brief, ...]]) -> None:
    for (_, segment), briefs in runs.items():
        for brief in briefs:
            roles = [phrase.role for phrase in brief.phrases]
            assert len(roles) == len(set(roles))
            for phrase in brief.phrases:
                assert not phrase.segments or segment in phrase.segments
                assert not phrase.genres or brief.slot.genre in phrase.genres


# ── the same plan every time ─────────────────────────────────────────────────────────────────────────────────────────


def test_planning_twice_gives_the_same_plan(
    runs: dict[tuple[str, str], tuple[Brief, ...]], shipped: Library, stock: Stock
) -> None:
    campaign = shipped.campaigns["autumn_savings"]
    again = planner.plan(campaign, shipped.segments["seniors"], stock(shipped, "aida_24"))
    assert [brief.id for brief in again] == [brief.id for brief in runs["autumn_savings", "seniors"]]


def test_adding_a_segment_does_not_move_the_others(library: Library, stock: Stock, campaign: Campaign) -> None:
    before = planner.plan(campaign, library.segments["elders"], stock(library))
    newcomer = library.segments["elders"].model_copy(update={"name": "newcomers"})
    stories = tuple(story.model_copy(update={"segments": (*story.segments, "newcomers")}) for story in library.stories)
    larger = campaign.model_copy(update={"segments": ("newcomers", *campaign.segments)})
    planner.plan(larger, newcomer, stock(library, stories=stories))
    after = planner.plan(larger, library.segments["elders"], stock(library, stories=stories))
    assert [brief.slot for brief in after] == [brief.slot for brief in before]
    assert [brief.facts for brief in after] == [brief.facts for brief in before]
    assert [brief.phrases for brief in after] == [brief.phrases for brief in before]


def test_segments_are_not_written_to_at_the_same_minutes(runs: dict[tuple[str, str], tuple[Brief, ...]]) -> None:
    minutes = {
        segment: tuple(brief.slot.at for brief in briefs)
        for (campaign, segment), briefs in runs.items()
        if campaign == "autumn_savings"
    }
    assert len(set(minutes.values())) == len(minutes)


def test_the_stable_number_never_changes() -> None:
    assert planner.digest("autumn_savings", "seniors", "d01-chat-life_benefit-1") == 93772595926234
    assert planner.digest("ab", "c") != planner.digest("a", "bc")


# ── what is chosen ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_best_sheet_that_suits_the_segment_comes_first(library: Library, stock: Stock, campaign: Campaign) -> None:
    sheets = {
        name: [
            brief.topic.sheet
            for brief in planner.plan(campaign, library.segments[name], stock(library))
            if brief.topic and brief.slot.genre == "benefit"
        ]
        for name in campaign.segments
    }
    assert sheets == {"commuters": ["wealth_90", "autumn_deposit"], "elders": ["autumn_deposit", "autumn_deposit"]}


def test_on_each_turn_another_fact_leads(library: Library, stock: Stock, campaign: Campaign) -> None:
    briefs = planner.plan(campaign, library.segments["elders"], stock(library))
    leads = [brief.facts[0].key for brief in briefs if brief.slot.genre == "benefit"]
    assert leads == ["rate_1y", "early"]


def test_a_fact_whose_time_is_over_is_left_out_and_one_without_plain_words_comes_last(
    library: Library, stock: Stock, campaign: Campaign
) -> None:
    briefs = planner.plan(campaign, library.segments["elders"], stock(library))
    keys = {
        brief.slot.day: {fact.key for fact in brief.facts}
        for brief in briefs
        if brief.slot.genre in ("life_benefit", "benefit")
    }
    assert "bookmark" in keys[1]
    assert "bookmark" not in keys[3] | keys[4] | keys[6]
    assert all(brief.facts[-1].key == "rate_2y" for brief in briefs if brief.facts)


def test_variants_are_briefs_of_the_same_slot(library: Library, stock: Stock, campaign: Campaign) -> None:
    single = planner.plan(campaign, library.segments["elders"], stock(library))
    double = planner.plan(campaign.model_copy(update={"variants": 2}), library.segments["elders"], stock(library))
    assert [(brief.slot, brief.variant) for brief in double] == [
        (brief.slot, number) for brief in single for number in (1, 2)
    ]
    assert len({brief.id for brief in double}) == len(double)


def test_a_genres_hours_override_the_segments_and_those_the_channels(library: Library) -> None:
    channel, genre, segment = library.channels["chat"], library.genres["benefit"], library.segments["elders"]
    eight = Window.model_validate("08:00-08:15")
    assert planner.hours(genre, None, channel) == channel.hours
    assert planner.hours(genre, segment, channel) == (Window.model_validate("09:30-11:00"),)
    assert planner.hours(genre.model_copy(update={"hours": (eight,)}), segment, channel) == (eight,)
    assert planner.hours(genre, segment, library.channels["moments"]) == library.channels["moments"].hours


@pytest.mark.parametrize(
    ("risk", "kind", "fits"), [(1, "wealth", False), (2, "wealth", True), (2, "gold", False), (None, "deposit", True)]
)
def test_a_product_suits_when_kind_and_risk_do(library: Library, risk: int | None, kind: str, fits: bool) -> None:
    product = library.products["wealth_90"].model_copy(update={"kind": kind, "risk": 2 if risk else None})
    segment = library.segments["commuters"].model_copy(update={"risk": risk or 1})
    assert planner.suitable(product, segment) is fits
    assert planner.suitable(None, segment)


# ── days on which nothing is sent ────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_sent_on_a_skipped_day_and_quotas_are_still_met(
    library: Library, stock: Stock, campaign: Campaign
) -> None:
    skipped = campaign.model_copy(update={"skip": (dt.date(2026, 10, 14), dt.date(2026, 10, 17))})
    before = planner.plan(campaign, library.segments["elders"], stock(library))
    after = planner.plan(skipped, library.segments["elders"], stock(library))
    assert {brief.slot.on for brief in after}.isdisjoint(skipped.skip)
    assert Counter(brief.slot.genre for brief in after) == Counter(brief.slot.genre for brief in before)


def test_a_beat_without_a_day_left_is_an_error_that_names_it(
    library: Library, stock: Stock, campaign: Campaign
) -> None:
    skipped = campaign.model_copy(update={"skip": (dt.date(2026, 10, 12), dt.date(2026, 10, 15))})
    with pytest.raises(PlanError) as caught:
        planner.plan(skipped, library.segments["elders"], stock(library))
    assert [problem.what for problem in caught.value.problems] == [
        "“打招呼”阶段（2026-10-12–2026-10-12）的日子全在 skip 里",
        "“打招呼”阶段（2026-10-15–2026-10-15）的日子全在 skip 里",
    ]


# ── what cannot be planned ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_slot_without_a_living_fact_is_named(library: Library, stock: Stock, campaign: Campaign) -> None:
    late = campaign.model_copy(
        update={"start": dt.date(2027, 1, 4), "facts": (Theme(genre="default", sheets=("autumn_deposit",)),)}
    )
    with pytest.raises(PlanError) as caught:
        planner.plan(late, library.segments["elders"], stock(library))
    assert len(caught.value.problems) == 8
    assert str(caught.value.problems[0]) == (
        "campaigns/harvest：长辈客群 第 1 天（2027-01-04）的生活福利没有可用的要点：autumn_deposit"
        "（要点要在有效期内、写了 plain，而且适合这个客群）"
    )


def test_a_genre_for_which_the_campaign_names_no_sheet_is_an_error(
    library: Library, stock: Stock, campaign: Campaign
) -> None:
    bare = campaign.model_copy(update={"facts": ()})
    with pytest.raises(PlanError, match="（没有写）"):
        planner.plan(bare, library.segments["elders"], stock(library))


def test_a_day_with_too_few_minutes_is_an_error(library: Library, stock: Stock, campaign: Campaign) -> None:
    minute = (Hours(channel="chat", windows=(Window.model_validate("10:00-10:04"),)),)
    crowded = library.segments["elders"].model_copy(update={"hours": minute})
    beat = {"title": "", "days": [1, 1], "arc": "aida", "quotas": {"chat": {"life_benefit": 2}}}
    cadence = Cadence.model_validate({"name": "c", "title": "", "round_days": 1, "rounds": 1, "beats": {"b": beat}})
    with pytest.raises(PlanError, match="长辈客群 第 1 天的私聊排不下 2 条"):
        planner.plan(campaign, crowded, stock(library, cadence=cadence))


def test_a_cadence_that_asks_for_nothing_is_an_error(library: Library, stock: Stock, campaign: Campaign) -> None:
    cadence = library.cadences["small"]
    empty = cadence.model_copy(
        update={"beats": tuple(beat.model_copy(update={"quotas": ()}) for beat in cadence.beats)}
    )
    with pytest.raises(PlanError, match="没有要写的内容"):
        planner.plan(campaign, library.segments["elders"], stock(library, cadence=empty))


# ── any cadence ──────────────────────────────────────────────────────────────────────────────────────────────────────

CHAT, MOMENTS, GROUP = ("life_benefit", "benefit"), ("persona", "campaign_offer"), ("quiz",)


def _counts(genres: tuple[str, ...]) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(genres), st.integers(1, 4), max_size=2)


@st.composite
def cadences(draw: st.DrawFn) -> Cadence:
    """Draw a cadence of one to three beats in one to three rounds."""
    days, beats = 0, {}
    for number in range(draw(st.integers(1, 3))):
        first = days + draw(st.integers(1, 2))
        days = first + draw(st.integers(0, 4))
        quotas = {"chat": draw(_counts(CHAT)), "moments": draw(_counts(MOMENTS)), "group": draw(_counts(GROUP))}
        beats[f"b{number}"] = {"title": f"第{number}段", "days": [first, days], "arc": "aida", "quotas": quotas}
    content = {
        "name": "drawn",
        "title": "",
        "round_days": days + draw(st.integers(0, 2)),
        "rounds": draw(st.integers(1, 3)),
        "beats": beats,
    }
    return Cadence.model_validate(content)


@cache
def _immortal(library: Library) -> dict[str, Any]:
    """Return the tiny library's sheets with facts that are alive on any day."""
    return {
        name: sheet.model_copy(
            update={
                "facts": tuple(
                    fact.model_copy(update={"valid_from": None, "valid_until": None}) for fact in sheet.facts
                )
            }
        )
        for name, sheet in library.sheets.items()
    }


def _starved(cadence: Cadence, skip: set[int]) -> bool:
    """Tell whether some beat has posts and no day left for them, or nothing is asked for at all."""
    asking = [beat for beat in cadence.beats if beat.quotas]
    offsets = [number * cadence.round_days - 1 for number in range(cadence.rounds)]
    days = [[day + offset for day in range(beat.days[0], beat.days[1] + 1)] for beat in asking for offset in offsets]
    return not asking or any(skip.issuperset(span) for span in days)


@given(cadence=cadences(), skip=st.sets(st.integers(0, 30), max_size=4), name=st.sampled_from(["commuters", "elders"]))
def test_any_cadence_is_planned_exactly_or_refused(
    library: Library, stock: Stock, campaign: Campaign, cadence: Cadence, skip: set[int], name: str
) -> None:
    campaign = campaign.model_copy(update={"skip": tuple(campaign.start + DAY * number for number in sorted(skip))})
    segment = library.segments[name]
    full = stock(library, cadence=cadence, sheets=_immortal(library))
    if _starved(cadence, skip):
        with pytest.raises(PlanError, match=r"skip|没有要写"):
            planner.plan(campaign, segment, full)
        return
    briefs = planner.plan(campaign, segment, full)
    slots = [brief.slot for brief in briefs]
    due = {
        (number, beat.name, quota.channel, quota.genre): quota.count
        for number in range(1, cadence.rounds + 1)
        for beat in cadence.beats
        for quota in beat.quotas
    }
    assert Counter((slot.round, slot.beat, slot.channel, slot.genre) for slot in slots) == due
    assert len({(slot.on, slot.at) for slot in slots}) == len(slots)
    assert not {slot.on for slot in slots} & set(campaign.skip)
    assert [(slot.on, slot.at) for slot in slots] == sorted((slot.on, slot.at) for slot in slots)
    places = [(slot.round, slot.beat) for slot in slots]
    assert places == sorted(places)
    assert all(slot.day <= cadence.days for slot in slots)
    for brief in briefs:
        assert brief.genre is not None
        assert brief.slot.at is not None
        assert any(brief.slot.at in window for window in planner.hours(brief.genre, segment, brief.channel))
        assert planner.suitable(brief.product, segment)


# ── back into a calendar ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_calendar_is_in_time_order_whatever_order_posts_come_in(
    a_calendar: Callable[..., Calendar], library: Library
) -> None:
    calendar = a_calendar(signed=False)
    checked = [entry.checked for entry in calendar.entries]
    again = planner.arrange(calendar.title, library.bank, reversed(checked), {})
    assert again == calendar
    times = [(entry.post.brief.slot.on, entry.post.brief.slot.at) for entry in again.entries]
    assert times == sorted(times)
    assert again.campaign == "harvest"


def test_each_entry_gets_its_own_decision_and_what_is_old_is_marked(
    a_checked: Callable[..., Checked], a_post: Callable[..., Post], sign: Callable[..., Decision], library: Library
) -> None:
    signed, waiting = a_checked(a_post("一。")), a_checked(a_post("二。"))
    decision = sign(signed.post)
    calendar = planner.arrange(
        "日历", library.bank, [signed, waiting], {signed.post.id: decision, "gone": decision}, stale=[waiting.post.id]
    )
    by_id = {entry.post.id: entry for entry in calendar.entries}
    assert (by_id[signed.post.id].decision, by_id[signed.post.id].stale) == (decision, False)
    assert (by_id[waiting.post.id].decision, by_id[waiting.post.id].stale) == (None, True)


def test_an_outside_text_without_a_segment_or_an_hour_finds_its_place_too(
    a_checked: Callable[..., Checked], library: Library
) -> None:
    outside = a_checked("一。", segment=None, campaign=None, at=None)
    calendar = planner.arrange("日历", library.bank, [a_checked("二。"), outside], {})
    assert calendar.entries[0].checked == outside


def test_a_genre_that_needs_no_fact_has_a_sheet_only_where_the_campaign_names_one(
    library: Library, stock: Stock, campaign: Campaign
) -> None:
    genres: dict[str, Genre] = {**library.genres, "quiz": library.genres["quiz"].model_copy(update={"facts": 0})}
    segment: Segment = library.segments["elders"]

    def topics(campaign: Campaign) -> set[str | None]:
        briefs = planner.plan(campaign, segment, stock(library, genres=genres))
        return {brief.topic.sheet if brief.topic else None for brief in briefs if brief.slot.genre == "quiz"}

    named = campaign.model_copy(update={"facts": (*campaign.facts, Theme(genre="quiz", sheets=("autumn_deposit",)))})
    assert topics(campaign) == {None}
    assert topics(named) == {"autumn_deposit"}

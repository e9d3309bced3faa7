"""The nouns: equal by content, named by content, sealed by what a signature covers."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wuyou.values import (
    Beat,
    Cadence,
    Calendar,
    Citation,
    Decision,
    Entry,
    Fact,
    Finding,
    Mark,
    Origin,
    Part,
    Picture,
    Post,
    Segment,
    Slot,
    Story,
    Window,
    content_id,
)

CITATION = Citation(material="a.md", locator="第1段", quote="年利率1.25%")


def a_fact(**changes: Any) -> Fact:
    return Fact(
        **{"key": "rate", "kind": "rate", "value": "1.25%", "citation": CITATION, "kept_by": "示例编辑", **changes}
    )


# ── equality and names ──


def test_equal_content_is_one_value_with_one_name(a_post: Callable[..., Post]) -> None:
    one, other = a_post("桂花开了。"), a_post("桂花开了。")
    assert one == other
    assert hash(one) == hash(other)
    assert one.id == other.id
    assert len({one, other}) == 1


def test_another_word_is_another_name(a_post: Callable[..., Post]) -> None:
    assert a_post("桂花开了。").id != a_post("桂花谢了。").id


def test_a_changed_copy_has_a_name_of_its_own(a_post: Callable[..., Post]) -> None:
    post = a_post("桂花开了。")
    before = post.id, post.seal, post.text
    copy = post.model_copy(update={"parts": (Part(role="body", text="桂花谢了。"),)})
    assert copy.text == "桂花谢了。"
    assert copy.id not in before
    assert copy.seal != before[1]
    assert (post.id, post.seal, post.text) == before


def test_having_been_asked_for_its_name_makes_no_value_unequal(a_post: Callable[..., Post]) -> None:
    asked, silent = a_post(), a_post()
    assert asked.id
    assert asked.text
    assert asked == silent


def test_a_name_does_not_depend_on_fields_left_at_their_default() -> None:
    assert Picture(kind="scene", headline="不催").id == Picture(kind="scene", headline="不催", lines=(), footnote="").id


def test_names_stay_the_same_from_release_to_release() -> None:
    assert content_id({"名": "柳", "数": [1, 2]}) == "c3a69ab1b5b36465"
    assert Slot(on=dt.date(2026, 10, 12), channel="chat", genre="benefit").id == content_id(
        {"on": "2026-10-12", "channel": "chat", "genre": "benefit"}
    )


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_the_order_of_keys_does_not_change_a_name(content: dict[str, Any]) -> None:
    assert content_id(content) == content_id(dict(reversed(content.items())))


def test_a_value_cannot_be_changed(a_post: Callable[..., Post]) -> None:
    with pytest.raises(ValidationError):
        a_post().parts = ()  # type: ignore[misc]


def test_a_value_refuses_fields_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        Part(role="body", text="x", tone="warm")  # type: ignore[call-arg]


def test_a_calendar_survives_json_and_pickle(a_calendar: Callable[..., Calendar]) -> None:
    calendar = a_calendar()
    again = Calendar.model_validate(json.loads(calendar.model_dump_json()))
    assert again == calendar
    assert [entry.post.id for entry in again.entries] == [entry.post.id for entry in calendar.entries]
    assert pickle.loads(pickle.dumps(calendar)) == calendar


# ── what is signed ──


def test_a_typo_mended_in_a_portrait_makes_no_other_post_and_breaks_no_seal(
    a_post: Callable[..., Post], segment: Segment
) -> None:
    here = a_post()
    there = a_post(segment=segment.model_copy(update={"portrait": "改了一个字"}))
    assert (here.id, here.seal) == (there.id, there.seal)
    assert here.brief.id != there.brief.id


@pytest.mark.parametrize(
    "change",
    [
        {"text": "桂花谢了。"},
        {"segment": "elders"},
        {"campaign": None},
        {"genre": "life_benefit"},
        {"channel": "moments"},
        {"on": dt.date(2026, 10, 13)},
        {"ordinal": 3},
        {"variant": 2},
        {"origin": Origin(writer="human:何穗")},
        {"pictures": (Picture(kind="scene"),)},
        {"marks": (Mark(of="fun", quote="桂"),)},
        {"tags": ("一",)},
        {"facts": (a_fact(),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_place_writer_or_word_is_another_post(a_post: Callable[..., Post], change: dict[str, Any]) -> None:
    assert a_post("桂花开了。").id != a_post(**{"text": "桂花开了。", **change}).id


@pytest.mark.parametrize(
    "change",
    [
        {"text": "桂花谢了。"},
        {"parts": (Part(role="opening", text="桂花开了。"),)},
        {"pictures": (Picture(kind="scene", headline="桂花"),)},
        {"channel": "moments"},
        {"product": "wealth_90"},
        {"product": None},
        {"facts": (a_fact(),)},
    ],
    ids=["words", "roles", "picture", "channel", "product", "no product", "facts"],
)
def test_a_seal_breaks_with_anything_a_signature_covers(a_post: Callable[..., Post], change: dict[str, Any]) -> None:
    assert a_post("桂花开了。").seal != a_post(**{"text": "桂花开了。", **change}).seal


@pytest.mark.parametrize("change", [{"value": "1.30%"}, {"conditions": ("限新客",)}, {"kind": "term"}])
def test_a_seal_breaks_when_a_cited_fact_changes(a_post: Callable[..., Post], change: dict[str, Any]) -> None:
    assert a_post(facts=(a_fact(),)).seal != a_post(facts=(a_fact(**change),)).seal


def test_a_seal_does_not_mind_how_a_fact_is_said_plainly_or_in_which_order_facts_stand(
    a_post: Callable[..., Post],
) -> None:
    one, two = a_fact(), a_fact(key="term", kind="term", value="1年")
    assert a_post(facts=(one, two)).seal == a_post(facts=(two, one.model_copy(update={"plain": "年利率1.25%"}))).seal


def test_only_an_approval_of_exactly_this_text_with_nothing_blocking_lets_a_post_out(
    a_checked: Callable[..., Any], sign: Callable[..., Decision]
) -> None:
    checked = a_checked("桂花开了。")
    block = Finding(rule="R", category="c", level="block", message="不行")
    assert Entry(checked=checked, decision=sign(checked.post)).approved
    assert not Entry(checked=checked).approved
    assert not Entry(checked=checked, decision=sign(checked.post, "reject", note="太长")).approved
    assert not Entry(checked=checked, decision=sign(checked.post, "withdraw", note="利率变了")).approved
    assert not Entry(checked=checked, decision=sign(a_checked("桂花谢了。").post)).approved
    assert not Entry(checked=checked.model_copy(update={"findings": (block,)}), decision=sign(checked.post)).approved


def test_what_may_be_sent_is_the_calendar_without_everything_else(a_calendar: Callable[..., Calendar]) -> None:
    calendar = a_calendar()
    kept = calendar.approved.entries
    assert 0 < len(kept) < len(calendar.entries)
    assert all(entry.approved for entry in kept)
    assert [entry for entry in calendar.entries if entry.approved] == list(kept)


def test_an_approval_number_does_not_depend_on_what_was_signed_before(
    a_post: Callable[..., Post], sign: Callable[..., Decision]
) -> None:
    post = a_post()
    assert sign(post).number == sign(post, prev="f" * 16).number
    assert sign(post).number != sign(post, by="何穗").number


# ── the parts of a post ──


@given(
    st.lists(
        st.tuples(st.sampled_from(["opening", "body", "ask", "disclosure", "comment"]), st.text(max_size=12)),
        max_size=6,
    )
)
def test_every_part_lies_in_the_text_where_its_span_says(
    a_post: Callable[..., Post], pairs: list[tuple[Any, str]]
) -> None:
    post = a_post(parts=tuple(Part(role=role, text=text) for role, text in pairs))
    for part, start, end in post.spans():
        assert post.text[start:end] == part.text


def test_length_is_measured_without_risk_words_refusal_and_comment(a_post: Callable[..., Post]) -> None:
    roles = ("opening", "body", "ask", "disclosure", "refusal", "comment")
    post = a_post(parts=tuple(Part(role=role, text=role) for role in roles))
    assert post.counted == "opening\nbody\nask"
    assert post.message == "opening\nbody\nask\ndisclosure\nrefusal"
    assert post.text == "\n".join(roles)


def test_a_post_expires_with_the_first_of_its_facts(a_post: Callable[..., Post]) -> None:
    early, late = dt.date(2026, 10, 13), dt.date(2026, 12, 31)
    assert (
        a_post(facts=(a_fact(valid_until=late), a_fact(key="b", valid_until=early), a_fact(key="c"))).expires == early
    )
    assert a_post(facts=(a_fact(),)).expires is None
    assert a_post().expires is None


def test_a_post_on_a_fact_that_nobody_kept_is_unconfirmed(a_post: Callable[..., Post]) -> None:
    assert not a_post(facts=(a_fact(),)).unconfirmed
    assert a_post(facts=(a_fact(), a_fact(key="b", kept_by=None))).unconfirmed


# ── facts in time ──


@pytest.mark.parametrize(
    ("changes", "alive"),
    [
        ({}, True),
        ({"valid_from": dt.date(2026, 10, 12)}, True),
        ({"valid_from": dt.date(2026, 10, 13)}, False),
        ({"valid_until": dt.date(2026, 10, 12)}, True),
        ({"valid_until": dt.date(2026, 10, 11)}, False),
        ({"status": "superseded"}, False),
    ],
)
def test_a_fact_is_alive_on_its_first_and_last_day_and_not_beyond(changes: dict[str, Any], alive: bool) -> None:
    assert a_fact(**changes).alive(dt.date(2026, 10, 12)) is alive


# ── what YAML may say ──


def test_a_window_is_read_from_text_with_either_colon() -> None:
    for text in ("12:00-13:00", "12：00-13：00", "12:00 - 13:00"):
        assert Window.model_validate(text) == Window(start=dt.time(12), end=dt.time(13))
    assert dt.time(13, 0) in Window.model_validate("12:00-13:00")
    assert dt.time(13, 1) not in Window.model_validate("12:00-13:00")


@pytest.mark.parametrize("text", ["12:00", "13:00-12:00", "12:00-12:00", "25:00-26:00", "noon-13:00"])
def test_a_window_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Window.model_validate(text)


def _beat(**changes: Any) -> dict[str, Any]:
    return {"title": "", "arc": "aida", "days": [1, 1], "quotas": {"chat": {"benefit": 1}}, **changes}


def test_quotas_are_read_in_the_order_in_which_they_are_written() -> None:
    beat = Beat.model_validate({"name": "a", **_beat(quotas={"moments": {"b": 2, "a": 1}, "chat": {"c": 1}})})
    assert [(quota.channel, quota.genre, quota.count) for quota in beat.quotas] == [
        ("moments", "b", 2),
        ("moments", "a", 1),
        ("chat", "c", 1),
    ]


@pytest.mark.parametrize(
    ("beats", "complaint"),
    [
        ({"a": _beat(days=[1, 2]), "b": _beat(days=[2, 3])}, "重叠"),
        ({"a": _beat(days=[2, 3]), "b": _beat(days=[1, 1])}, "倒退"),
        ({"a": _beat(days=[1, 4])}, "超出一轮"),
        ({"a": _beat(days=[2, 1])}, "从 1 数起"),
        ({"a": _beat(days=[0, 1])}, "从 1 数起"),
        ({"a": _beat(quotas={"chat": {"benefit": 0}})}, "greater than or equal to 1"),
        ({"a": _beat(quotas={"chat": 1})}, "要写成 内容类型: 条数"),
    ],
)
def test_a_cadence_whose_days_or_counts_make_no_sense_is_refused(beats: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Cadence.model_validate({"name": "c", "title": "", "round_days": 3, "rounds": 1, "beats": beats})


@pytest.mark.parametrize("change", [{"anonymised": False}, {"consent": ""}])
def test_a_story_without_consent_or_with_a_name_in_it_is_refused(shipped: Any, change: dict[str, Any]) -> None:
    story = dict(shipped.stories[0])
    assert Story(**story)
    with pytest.raises(ValidationError, match="不能用"):
        Story(**{**story, **change})


def test_a_slots_key_sorts_by_day() -> None:
    keys = [Slot(on=dt.date(2026, 10, 12), channel="chat", genre="benefit", day=day).key for day in (2, 10, 24)]
    assert keys == sorted(keys)

"""Surveys over a whole calendar: quota, gap, alike, stray, repeat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from wuyou import planner
from wuyou.checks import Rulebook
from wuyou.errors import LibraryError
from wuyou.library import Library
from wuyou.values import Beat, Cadence, Calendar, Checked, Citation, Entry, Fact, Origin, Part, Picture, Post, Source

MONDAY = dt.date(2026, 10, 12)
SOURCES = {
    "HABIT": Source(name="HABIT", title="本行约定", confidence="K", kind="practice"),
    "WECOM": Source(name="WECOM", title="企业微信开发者文档", confidence="V1", kind="platform"),
}
MakePost = Callable[..., Post]


@pytest.fixture
def surveys(tmp_path: Path) -> Callable[..., Rulebook]:
    """Load one survey of a kind with its fields."""

    def load(kind: str, **fields: Any) -> Rulebook:
        folder = tmp_path / "library" / "rules" / "surveys"
        folder.mkdir(parents=True, exist_ok=True)
        usual = {
            "level": "warn",
            "title": "某事",
            "message": "'{what} {found} {limit} {other}'",
            "basis": "[{source: HABIT}]",
            "suggestion": "改",
        }
        lines = "".join(f"  {key}: {value}\n" for key, value in {**usual, **fields}.items())
        (folder / "chapter.yml").write_text(f"S-1:\n  kind: {kind}\n{lines}", encoding="utf-8")
        return Rulebook.load(folder.parent, SOURCES, MONDAY)

    return load


@pytest.fixture
def calendar(library: Library) -> Callable[[Iterable[Post]], Calendar]:
    """Lay posts into a calendar."""

    def make(posts: Iterable[Post]) -> Calendar:
        return planner.arrange("秋收", library.bank, [Checked(post=post) for post in posts], {})

    return make


def found(book: Rulebook, calendar: Calendar, cadence: Cadence | None = None) -> list[tuple[str, str]]:
    return [(finding.where, finding.message.strip()) for finding in book.survey(calendar, cadence)]


def days(a_post: MakePost, offsets: Iterable[int], **changes: Any) -> list[Post]:
    """Make a post on each of some days, counted from Monday."""
    return [
        a_post(f"第{offset}条", on=MONDAY + dt.timedelta(days=offset), day=offset + 1, at=dt.time(10), **changes)
        for offset in offsets
    ]


# ── quota ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_round_is_silent_and_a_missing_post_is_named(
    surveys: Callable[..., Rulebook], a_calendar: Callable[..., Calendar], library: Library
) -> None:
    book, cadence, full = surveys("quota"), library.cadences["small"], a_calendar()
    assert found(book, full, cadence) == []
    gone = next(entry for entry in full.entries if entry.post.brief.slot.genre == "benefit")
    short = full.model_copy(update={"entries": tuple(entry for entry in full.entries if entry is not gone)})
    segment, slot = gone.post.brief.segment, gone.post.brief.slot
    assert segment is not None
    title = f"{segment.title}第{slot.round}轮“说正事”私聊·权益"
    assert found(book, short, cadence) == [(f"{segment.name} r{slot.round}-offer", f"{title} 0 1 {{other}}")]


def test_a_post_too_many_is_named_too(
    surveys: Callable[..., Rulebook], a_calendar: Callable[..., Calendar], library: Library
) -> None:
    full = a_calendar()
    extra = full.entries[0].post.model_copy(update={"tags": ("再来一条",)})
    more = full.model_copy(update={"entries": (*full.entries, Entry(checked=Checked(post=extra)))})
    ((_, message),) = found(surveys("quota"), more, library.cadences["small"])
    assert message.endswith("2 1 {other}")


def test_without_a_cadence_nobody_asks_for_a_quota(
    surveys: Callable[..., Rulebook], a_calendar: Callable[..., Calendar]
) -> None:
    assert found(surveys("quota"), a_calendar(), None) == []


def test_a_beat_that_asks_for_nothing_minds_what_is_there(
    surveys: Callable[..., Rulebook], a_calendar: Callable[..., Calendar], library: Library
) -> None:
    small = library.cadences["small"]
    silent = small.model_copy(update={"beats": tuple(Beat(**{**dict(beat), "quotas": ()}) for beat in small.beats)})
    full = a_calendar()
    assert len(found(surveys("quota"), full, silent)) == len(full.entries)


# ── gap ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_more_than_so_many_in_a_span_is_found_at_the_post_that_is_too_many(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = surveys("gap", channels="[chat]", marketing="true", most=2, days=7)
    assert found(book, calendar(days(a_post, (0, 3, 7)))) == []
    (finding,) = book.survey(calendar(days(a_post, (0, 3, 6))))
    assert finding.where == "commuters d07-chat-benefit-2" and "3 2" in finding.message
    assert finding.message.startswith("通勤客群 10月18日 私聊·权益")


def test_only_the_genres_that_were_meant_are_counted(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    posts = [*days(a_post, (0, 1)), *days(a_post, (2,), genre="life_benefit")]
    assert found(surveys("gap", marketing="true", most=2, days=7), calendar(posts)) == []
    assert len(found(surveys("gap", most=2, days=7), calendar(posts))) == 1
    assert found(surveys("gap", genres="[life_benefit]", most=1, days=7), calendar(posts)) == []


def test_segments_and_variants_are_counted_apart(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    posts = [*days(a_post, (0,)), *days(a_post, (0,), segment="elders"), *days(a_post, (0,), variant=2)]
    assert found(surveys("gap", most=1, days=7), calendar(posts)) == []


def test_a_channels_own_number_a_day_is_kept(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost, library: Library
) -> None:
    limit = library.channels["chat"].limits.per_day
    posts = [a_post(f"{number}", on=MONDAY, at=dt.time(10, number), ordinal=number) for number in range(1, limit + 2)]
    book = surveys("gap", most="per_day")
    assert found(book, calendar(posts[:-1])) == [] and len(found(book, calendar(posts))) == 1


def test_the_platforms_number_a_month_is_the_months_days(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = surveys("gap", channels="[chat]", most="month_days", level="block", basis="[{source: WECOM}]")
    posts = [
        a_post(f"{number}", on=dt.date(2026, 11, 1 + number % 30), at=dt.time(10 + number // 30), ordinal=number)
        for number in range(31)
    ]
    assert found(book, calendar(posts[:30])) == []
    (finding,) = book.survey(calendar(posts))
    assert finding.level == "block" and "31 30" in finding.message


def test_a_long_silence_and_two_posts_at_once_are_found(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    assert [where for where, _ in found(surveys("gap", silence=10), calendar(days(a_post, (0, 10, 21))))] == [
        "commuters d22-chat-benefit-2"
    ]
    near = [a_post("甲", on=MONDAY, at=dt.time(10, 0)), a_post("乙", on=MONDAY, at=dt.time(10, 9), ordinal=3)]
    assert len(found(surveys("gap", minutes=10), calendar(near))) == 1
    assert found(surveys("gap", minutes=9), calendar(near)) == []


@pytest.mark.parametrize("fields", [{}, {"most": 1, "silence": 2}, {"most": 0}, {"most": "weekly"}])
def test_a_gap_asks_one_question(surveys: Callable[..., Rulebook], fields: dict[str, Any]) -> None:
    with pytest.raises(LibraryError):
        surveys("gap", **fields)


def test_a_survey_on_practice_alone_may_not_block(surveys: Callable[..., Rulebook]) -> None:
    with pytest.raises(LibraryError, match="只有惯例作依据的规则不能拦截"):
        surveys("gap", most=1, level="block")


# ── alike ────────────────────────────────────────────────────────────────────────────────────────────────────────────

LONG = "银杏叶铺满了台阶，保安大哥扫了三遍，扫出一个心形，又舍不得扫了。"


def test_the_same_words_for_two_segments_are_found_in_the_same_slot_only(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = surveys("alike", between="segments", share=0.9)
    ours, theirs = a_post(LONG), a_post(LONG, segment="elders")
    ((where, message),) = found(book, calendar([ours, theirs]))
    assert where.startswith("elders ") and "100% 90% commuters d" in message
    assert found(book, calendar([ours, a_post("今天降温，您添衣。", segment="elders")])) == []
    assert found(book, calendar([ours, a_post(LONG, segment="elders", ordinal=9)])) == []


def test_two_variants_and_two_days_are_compared_within_one_run(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    variants, same_day = [a_post(LONG), a_post(LONG + "哈", variant=2)], surveys("alike", between="variants", share=0.8)
    assert [where[-2:] for where, _ in found(same_day, calendar(variants))] == [".2"]
    repeated = [a_post(LONG), a_post(LONG, ordinal=9, on=MONDAY + dt.timedelta(days=9))]
    assert found(same_day, calendar(repeated)) == []
    assert len(found(surveys("alike", between="days", share=0.8), calendar(repeated))) == 1


def test_disclosure_does_not_make_two_posts_alike(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    words = (Part(role="disclosure", text="理财非存款、产品有风险、投资须谨慎。" * 3),)
    posts = [
        a_post(parts=(Part(role="body", text=text), *words), ordinal=index)
        for index, text in enumerate(("银杏叶黄了一地", "菜场收摊早了"))
    ]
    assert found(surveys("alike", between="days", share=0.5), calendar(posts)) == []


# ── stray ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_word_of_another_segment_is_a_stray(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = surveys("stray", of="words")
    posts = [
        a_post("早高峰过了"),
        a_post("晨练完，早高峰也过了", segment="elders"),
        a_post("各位叔叔阿姨好", ordinal=5),
    ]
    found_words = {(finding.where.split()[0], finding.quote) for finding in book.survey(calendar(posts))}
    assert found_words == {("elders", "早高峰"), ("commuters", "各位叔叔阿姨")}


def test_a_stray_is_shown_where_it_stands(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    posts = [a_post("好"), a_post("今天 早·高峰 过了", segment="elders")]
    (finding,) = surveys("stray", of="words").survey(calendar(posts))
    text = posts[1].text
    assert text[finding.start : finding.end] == finding.quote == "早·高峰"


def test_a_number_that_only_another_segments_facts_hold_is_a_stray(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    def fact(value: str) -> Fact:
        return Fact(
            kind="rate",
            value=value,
            citation=Citation(material="a.md", locator="第1段", quote=value),
            kept_by="示例编辑",
        )

    mine, theirs = (fact("1.35%"),), (fact("1.75%"),)
    posts = [a_post("年利率1.75%", facts=mine, brief=None), a_post("年利率1.75%", segment="elders")]
    posts = [
        post.model_copy(update={"facts": held, "brief": post.brief.model_copy(update={"facts": held})})
        for post, held in zip(posts, (mine, theirs), strict=True)
    ]
    ((where, message),) = found(surveys("stray", of="figures"), calendar(posts))
    assert where.startswith("commuters ") and message.startswith("通勤客群 1.75%") and message.endswith("长辈客群")


# ── repeat ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def showing(post: Post, *drawings: str, look: str = "poster", photo: str = "") -> Post:
    pictures = tuple(Picture(kind="scene", design="scene", look=look, drawing=each, photo=photo) for each in drawings)
    return post.model_copy(update={"pictures": pictures})


def test_a_drawing_seen_again_within_a_week_is_found_at_the_later_post(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = surveys("repeat", of="drawing", days=7)
    posts = [showing(post, "kettle") for post in days(a_post, (0, 6, 13))]
    (finding,) = book.survey(calendar(posts), None)
    assert "kettle" in finding.message and "d07-" in finding.where
    assert found(book, calendar([showing(posts[0], "kettle"), showing(posts[1], "teapot")])) == []
    assert found(book, calendar([showing(post, "") for post in posts])) == []


def test_a_photo_counts_as_what_is_shown_and_a_set_is_one_post(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = surveys("repeat", of="drawing", days=7)
    first, second = days(a_post, (0, 3))
    assert found(book, calendar([showing(first, "kettle", "kettle"), showing(second, "teapot")])) == []
    both = [showing(post, "", photo="shop.png#1a2b") for post in (first, second)]
    assert ["shop.png" in message for _, message in found(book, calendar(both))] == [True]


def test_the_same_arrangement_within_a_week_is_found(
    surveys: Callable[..., Rulebook], calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = surveys("repeat", of="look", days=7)
    first, second = days(a_post, (0, 3))
    assert len(found(book, calendar([showing(first, "kettle"), showing(second, "teapot")]))) == 1
    assert found(book, calendar([showing(first, "kettle"), showing(second, "kettle", look="band")])) == []


# ── the surveys that ship ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_surveys_find_nothing_wrong_with_a_well_kept_calendar(
    shipped: Library, calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = Rulebook.load(shipped.folder / "rules", shipped.sources, MONDAY)
    lines = ("银杏叶黄了一地，扫不完", "菜场收摊早了，豆腐只剩半块", "雨停了，门口的伞还没人来拿")
    posts = [
        a_post(text, on=MONDAY + dt.timedelta(days=7 * index), at=dt.time(10), ordinal=index, day=7 * index + 1)
        for index, text in enumerate(lines)
    ]
    assert found(book, calendar(posts)) == []


def test_the_shipped_surveys_speak_of_crowding_likeness_and_strays(
    shipped: Library, calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = Rulebook.load(shipped.folder / "rules", shipped.sources, MONDAY)
    posts = [
        a_post(f"{LONG}早高峰", on=MONDAY + dt.timedelta(days=index), at=dt.time(10), ordinal=index, day=index + 1)
        for index in range(3)
    ]
    posts.append(a_post(f"{LONG}早高峰", segment="elders", at=dt.time(10), on=MONDAY, ordinal=0, day=1))
    rules = {finding.rule for finding in book.survey(calendar(posts))}
    assert rules == {"GAP-001", "ALK-001", "ALK-003", "STR-001"}
    for finding in book.survey(calendar(posts)):
        assert "{" not in finding.message and finding.suggestion and finding.basis


def test_an_entry_without_a_segment_is_no_trouble(
    shipped: Library, calendar: Callable[..., Calendar], a_post: MakePost
) -> None:
    book = Rulebook.load(shipped.folder / "rules", shipped.sources, MONDAY)
    post = a_post("早")
    bare = post.model_copy(
        update={
            "brief": post.brief.model_copy(update={"segment": None, "genre": None}),
            "origin": Origin(writer="given"),
        }
    )
    assert found(book, calendar([bare]), shipped.cadences["aida_24"]) == []

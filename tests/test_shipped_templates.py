"""The wordings that ship: one for everything a cadence asks for, and a post for every slot of every segment."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from wuyou import planner
from wuyou.library import Library
from wuyou.templating import names
from wuyou.values import Brief, Post
from wuyou.writers.template import TemplateWriter

FOLDER = Path(__file__).parent.parent / "templates" / "posts"
STAFF = ("{称呼}", "{网点}", "{到期日}")


@pytest.fixture(scope="module")
def wordings() -> TemplateWriter:
    return TemplateWriter(FOLDER)


@pytest.fixture(scope="module")
def written(
    shipped: Library, stock: Callable[..., planner.Stock], wordings: TemplateWriter
) -> dict[tuple[str, str], list[Post]]:
    """Every post of every shipped campaign and segment."""
    return {
        (campaign.name, name): [
            wordings.write(brief)
            for brief in planner.plan(campaign, shipped.segments[name], stock(shipped, campaign.cadence))
        ]
        for campaign in shipped.campaigns.values()
        for name in campaign.segments
    }


def asked_for(shipped: Library) -> list[tuple[str, str]]:
    pairs = {
        (quota.channel, quota.genre)
        for cadence in shipped.cadences.values()
        for beat in cadence.beats
        for quota in beat.quotas
    }
    return sorted(pairs)


def test_everything_a_cadence_asks_for_has_two_wordings(shipped: Library, wordings: TemplateWriter) -> None:
    assert {
        pair: len(wordings.wordings(*pair)) for pair in asked_for(shipped) if len(wordings.wordings(*pair)) < 2
    } == {}


def test_a_story_genre_has_a_wording_for_the_day_when_there_is_no_story(
    shipped: Library, wordings: TemplateWriter
) -> None:
    for channel, genre in asked_for(shipped):
        if shipped.genres[genre].story and any(not _has_story(shipped, genre, name) for name in shipped.segments):
            assert any("story" not in names(FOLDER, name) for name in wordings.wordings(channel, genre)), (
                channel,
                genre,
            )


def _has_story(shipped: Library, genre: str, segment: str) -> bool:
    return any(story.kind == shipped.genres[genre].story and segment in story.segments for story in shipped.stories)


def test_no_shipped_template_has_a_problem(wordings: TemplateWriter) -> None:
    assert list(map(str, wordings.problems())) == []


def test_no_template_lies_where_nobody_asks_for_it(shipped: Library, wordings: TemplateWriter) -> None:
    for channel, genre in wordings.catalogue:
        assert channel in shipped.channels
        assert genre in shipped.genres
        assert channel in {owed.channel for owed in shipped.genres[genre].owes}, (channel, genre)


def test_every_wording_is_named_in_its_first_line_and_none_is_long() -> None:
    for path in sorted(FOLDER.glob("*/*.md.j2")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("{# "), path.name
        assert len(lines) <= 32, path.name


def test_every_segment_renders(written: dict[tuple[str, str], list[Post]]) -> None:
    assert len(written) == 36
    for posts in written.values():
        assert all(post.text.strip() for post in posts)


def test_every_wording_that_is_due_anywhere_renders_with_every_segment(
    shipped: Library, stock: Callable[..., planner.Stock], wordings: TemplateWriter
) -> None:
    campaign = shipped.campaigns["autumn_savings"]
    for name in campaign.segments:
        firsts: dict[tuple[str, str], Brief] = {}
        for brief in planner.plan(campaign, shipped.segments[name], stock(shipped, campaign.cadence)):
            firsts.setdefault((brief.slot.channel, brief.slot.genre), brief)
        for pair, brief in firsts.items():
            for number in range(len(wordings.wordings(*pair))):
                assert wordings.write(brief.model_copy(update={"variant": number + 1, "sketch": None})).text


def test_nothing_of_the_template_language_is_left_in_a_post(written: dict[tuple[str, str], list[Post]]) -> None:
    for posts in written.values():
        for post in posts:
            shown = post.text
            for staff in STAFF:
                shown = shown.replace(staff, "")
            assert not any(
                sign in shown for sign in ("{", "}", "##", "None", "Undefined", "、、", "，，", "。。", "，。", "？。")
            ), post.text


def test_placeholders_stand_only_where_the_channel_allows_them(written: dict[tuple[str, str], list[Post]]) -> None:
    for posts in written.values():
        for post in posts:
            used = [name for name in STAFF if name in post.text]
            assert set(used) <= set(post.brief.channel.placeholders), post.text


def test_two_neighbours_of_a_run_do_not_share_a_wording(written: dict[tuple[str, str], list[Post]]) -> None:
    for posts in written.values():
        used: dict[tuple[str, str], list[str]] = {}
        for post in posts:
            said = post.brief.sketch.opening if post.brief.sketch else post.origin.template
            used.setdefault((post.brief.slot.channel, post.brief.slot.genre), []).append(said)
        assert all(one != other for templates in used.values() for one, other in pairwise(templates))


def test_no_two_posts_of_a_run_say_the_same(written: dict[tuple[str, str], list[Post]]) -> None:
    for posts in written.values():
        texts = [post.counted for post in posts]
        assert len(set(texts)) == len(texts)


def test_a_genre_that_needs_a_fact_cites_one(written: dict[tuple[str, str], list[Post]]) -> None:
    for posts in written.values():
        for post in posts:
            assert post.brief.genre is not None
            if post.brief.genre.facts and post.brief.slot.channel != "group":
                assert post.facts, (post.origin.template, post.text)


def test_a_named_product_comes_with_its_risk_words(written: dict[tuple[str, str], list[Post]]) -> None:
    for posts in written.values():
        for post in posts:
            product = post.brief.product
            if product and product.disclosure.short:
                assert product.disclosure.short in post.message


def test_a_marketing_chat_says_how_to_opt_out(written: dict[tuple[str, str], list[Post]], shipped: Library) -> None:
    for posts in written.values():
        for post in posts:
            due = post.brief.slot.channel == "chat" and post.brief.genre is not None and post.brief.genre.marketing
            assert (shipped.bank.refusal in post.message) is due


def test_pictures_stand_where_a_channel_wants_them_and_their_headlines_are_short(
    written: dict[tuple[str, str], list[Post]],
) -> None:
    for posts in written.values():
        for post in posts:
            assert len(post.pictures) >= post.brief.channel.limits.pictures_min
            for picture in post.pictures:
                assert len(picture.headline) <= 8, picture.headline
                assert picture.alt, post.origin.template
                assert len(picture.lines) <= 3
                assert all(len(line) <= 14 for line in picture.lines), picture.lines

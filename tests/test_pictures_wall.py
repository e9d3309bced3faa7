"""The wall: what a segment sees in a week, and where the words on its pictures come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from contact_sheet import repeats, shown, spread
from wuyou import Workbench, pictures
from wuyou.pictures import guard, tables
from wuyou.values import Photo, Picture, Post

ROOT = Path(__file__).parent.parent
POSTERS = ROOT / "templates" / "posters"


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return Workbench.here(ROOT)


@pytest.fixture(scope="module")
def runs(bench: Workbench) -> dict[tuple[str, str], list[Post]]:
    """Write every campaign of the sample for every segment, with pictures."""
    return shown(bench, bench.library.campaigns, ())


def every(runs: dict[tuple[str, str], list[Post]]) -> Iterable[tuple[Post, Picture]]:
    return ((post, picture) for posts in runs.values() for post in posts for picture in post.pictures)


def test_no_segment_sees_a_drawing_or_an_arrangement_twice_in_a_week(runs: dict[tuple[str, str], list[Post]]) -> None:
    assert len(runs) >= 36
    assert repeats(runs) == (0, 0)


def test_the_same_posts_get_the_same_pictures_again(bench: Workbench, runs: dict[tuple[str, str], list[Post]]) -> None:
    again = shown(bench, ["autumn_savings"], ["seniors", "payroll"])
    for key, posts in again.items():
        assert [post.pictures for post in posts] == [post.pictures for post in runs[key]]


def test_every_picture_has_a_description_and_words_that_can_be_set(runs: dict[tuple[str, str], list[Post]]) -> None:
    found = {}
    for _, picture in every(runs):
        assert picture.alt and picture.design and picture.look and picture.palette
        assert bool(picture.drawing) != bool(picture.photo)
        assert len(picture.headline) <= pictures.HEADLINE
        for problem in guard.problems(picture):
            found[str(problem)] = picture.headline
    assert found == {}


def test_every_layout_comes_up_in_the_sample(
    runs: dict[tuple[str, str], list[Post]],
) -> None:
    used = {picture.design for _, picture in every(runs)}
    assert used == set(tables.read_designs(POSTERS).layouts)
    assert {picture.shape for _, picture in every(runs)} == {"portrait", "square"}


def test_what_a_picture_lists_is_a_fact_that_may_be_told_that_day(runs: dict[tuple[str, str], list[Post]]) -> None:
    listing = ("knowledge", "checklist", "product")
    seen = 0
    for post, picture in every(runs):
        if picture.design in listing:
            alive = {fact.plain for fact in post.brief.facts if fact.alive(post.brief.slot.on)}
            assert set(picture.points) <= alive
            seen += 1
    assert seen > 200


def test_pictures_come_in_ones_threes_sixes_and_nines_each_page_with_another_drawing(
    runs: dict[tuple[str, str], list[Post]],
) -> None:
    sizes = set()
    for posts in runs.values():
        for post in posts:
            if post.brief.slot.channel == "moments":
                sizes.add(len(post.pictures))
                shows = [picture.photo or picture.drawing for picture in post.pictures]
                assert len(set(shows)) == len(shows)
                if len(post.pictures) > 1:
                    assert {picture.shape for picture in post.pictures} == {"square"}
                    assert post.pictures[0].design == "scene"  # the cover is sent first
    assert sizes == {1, 3, 6, 9}


def test_covers_get_what_they_ask_for_and_pages_what_their_facts_are_about(
    bench: Workbench, runs: dict[tuple[str, str], list[Post]]
) -> None:
    scenes = tables.read_scenes(POSTERS)
    drawn = [
        (number, picture)
        for posts in runs.values()
        for post in posts
        for number, picture in enumerate(post.pictures)
        if picture.drawing
    ]
    covers = [
        picture.drawing == meant for number, picture in drawn if not number and (meant := scenes.meant(picture.scene))
    ]
    pages = [picture.drawing in scenes.about("\n".join(picture.points)) for number, picture in drawn if number]
    assert sum(covers) > 0.85 * len(covers)
    assert sum(pages) > 0.6 * len(pages)


def test_a_product_card_carries_its_whole_disclosure(runs: dict[tuple[str, str], list[Post]]) -> None:
    cards = [(post, picture) for post, picture in every(runs) if picture.design == "product"]
    assert cards
    for post, picture in cards:
        product = post.brief.product
        assert product is not None and picture.footnote in (product.disclosure.long, product.disclosure.short)


def test_segments_and_seasons_have_colours_of_their_own(runs: dict[tuple[str, str], list[Post]]) -> None:
    by_segment = {
        name: {picture.palette for post in posts for picture in post.pictures}
        for (campaign, name), posts in runs.items()
        if campaign == "autumn_savings"
    }
    assert all(len(palettes) >= 3 for palettes in by_segment.values())
    assert len({frozenset(palettes) for palettes in by_segment.values()}) > len(by_segment) // 2


# ── one by one ───────────────────────────────────────────────────────────────────────────────────────────────────────


def posts_about(bench: Workbench, scene: str, count: int) -> list[Post]:
    """Return posts of one segment on consecutive days that all ask for the same scene."""
    briefs = [brief for brief in bench.plan("autumn_savings", "payroll") if brief.slot.genre == "persona"]
    writer = bench.writer("template")
    first = writer.write(briefs[0])
    start = first.brief.slot.on
    wish = Picture(kind="scene", headline="慢慢来", scene=scene, alt="说明")
    return [
        first.model_copy(
            update={
                "brief": first.brief.model_copy(
                    update={
                        "slot": first.brief.slot.model_copy(
                            update={"on": start + dt.timedelta(days=day), "day": day + 1, "ordinal": day + 1}
                        )
                    }
                ),
                "pictures": (wish,),
            }
        )
        for day in range(count)
    ]


def test_the_eighth_day_may_show_the_drawing_of_the_first(bench: Workbench) -> None:
    posts = posts_about(bench, "炉子上一只烧水壶", 8)
    drawn = [hung[0].drawing for hung in pictures.Wall(POSTERS).hang(posts)]
    assert len(set(drawn[:7])) == 7
    assert drawn[0] == drawn[7] == "kettle"
    assert drawn[1:4] == ["thermos", "teapot", "hand_cup"]  # its own family first


def test_each_drawing_is_described_in_its_own_words(bench: Workbench) -> None:
    first, second = (hung[0] for hung in pictures.Wall(POSTERS).hang(posts_about(bench, "炉子上一只烧水壶", 2)))
    assert first.drawing == "kettle" and "水壶" in first.alt
    assert first.told.startswith(first.alt) and first.told.endswith("写着：慢慢来。")
    assert second.drawing == "thermos" and "热水瓶" in second.alt


def test_a_picture_whose_words_name_the_thing_gets_the_drawing_before_an_earlier_one(bench: Workbench) -> None:
    early, late = posts_about(bench, "一把雨伞", 2)
    named = Picture(kind="scene", headline="伞在门后", scene="一把雨伞")
    walls = pictures.Wall(POSTERS).hang([early, late.model_copy(update={"pictures": (named,)})])
    assert walls[1][0].drawing == "umbrella"
    assert walls[0][0].drawing != "umbrella"


def test_an_own_photo_wins_where_it_fits_until_it_expires(bench: Workbench) -> None:
    posts = posts_about(bench, "柜台旁一盆新开的花", 1)
    on = posts[0].brief.slot.on
    photo = Photo(name="flowers", file="counter_flowers.png", alt="一盆花", tags=("新开的花",), owner="禾溪银行")
    folder = ROOT / "content_library" / "pictures"

    def hung(**fields: object) -> Picture:
        photos = {"flowers": photo.model_copy(update=fields)}
        return pictures.Wall(POSTERS, photos, folder).hang(posts)[0][0]

    assert hung().photo.startswith("counter_flowers.png#") and hung().alt == "一盆花" and hung().drawing == ""
    assert hung(expires=on).photo
    assert hung(expires=on - dt.timedelta(days=1)).drawing == "potted_plant"
    assert hung(segments=("seniors",)).drawing == "potted_plant"
    assert hung(tags=("雪",)).drawing == "potted_plant"


def test_a_wording_may_ask_for_steps_or_two_sides_with_its_own_words(bench: Workbench) -> None:
    (post,) = posts_about(bench, "老式电话", 1)
    steps = Picture(
        kind="scene", headline="先停一停", scene="老式电话", design="steps", points=("放下话筒", "翻旧号码", "拨回去问")
    )
    sides = Picture(
        kind="scene", headline="换个记法", scene="挂历", design="before_after", points=("记在脑子里", "写在挂历上")
    )
    wall = pictures.Wall(POSTERS)
    ((made,),) = wall.hang([post.model_copy(update={"pictures": (steps,)})])
    assert (made.design, made.points) == ("steps", steps.points)
    ((made,),) = wall.hang([post.model_copy(update={"pictures": (sides,)})])
    assert (made.design, made.labels) == ("before_after", ("以前", "现在"))
    bare = steps.model_copy(update={"points": ()})
    ((made,),) = wall.hang([post.model_copy(update={"pictures": (bare,)})])
    assert made.design == "scene"  # nothing to list: a drawing and its headline


def test_a_picture_that_came_with_a_file_is_left_alone(bench: Workbench) -> None:
    (post,) = posts_about(bench, "", 1)
    given = Picture(kind="given", scene="窗外的雪")
    assert pictures.Wall(POSTERS).hang([post.model_copy(update={"pictures": (given,)})]) == [(given,)]


def test_a_contact_sheet_shows_every_layout(runs: dict[tuple[str, str], list[Post]]) -> None:
    chosen = spread(runs, 60)
    assert len({picture.id for picture in chosen}) == 60
    assert {picture.design for picture in chosen} == {picture.design for _, picture in every(runs)}


def test_composed_posts_cite_the_facts_on_their_pictures_and_none_is_blocked_for_them(bench: Workbench) -> None:
    checked = bench.compose(bench.plan("autumn_savings", "threshold"))
    assert [each.findings for each in checked if each.blocked] == []
    for each in checked:
        cited = {fact.plain for fact in each.post.facts}
        for picture in each.post.pictures:
            if picture.design in ("knowledge", "checklist", "product"):
                assert set(picture.points) <= cited

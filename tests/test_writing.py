"""Writing worth sending: lines of the day, occasions, variants dealt to staff, replies, arcs, and nobody invented."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from wuyou import almanac, dealing, planner
from wuyou.checks.surveys.likeness import grams, likeness
from wuyou.errors import PlanError, WuyouError
from wuyou.library import Library
from wuyou.show import page, sides
from wuyou.values import (
    Branch,
    Brief,
    Calendar,
    Campaign,
    Checked,
    Claim,
    Entry,
    Genre,
    Kit,
    Mark,
    Moment,
    Part,
    PersonalLine,
    Phrase,
    Post,
    Quiz,
    Reply,
    Window,
)
from wuyou.workbench import Workbench
from wuyou.workbench.claims import problems as claims
from wuyou.writers import finish, kits
from wuyou.writers.template import TemplateWriter

ROOT = Path(__file__).parent.parent
DAY = dt.timedelta(days=1)
Stock = Callable[..., planner.Stock]


def moment(**rule: Any) -> Moment:
    return Moment(**{"name": "m", "title": "M", **rule})


# ── moments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "year", "days"),
    [
        ({"term": "冬至"}, 2026, ["2026-12-22"]),
        ({"term": "清明"}, 2027, ["2027-04-05"]),
        ({"lunar": (1, 1)}, 2026, ["2026-02-17"]),
        ({"lunar": (12, -1)}, 2027, ["2027-02-05"]),
        ({"lunar": (8, 15)}, 2027, ["2027-09-15"]),
        ({"lunar": (9, 9)}, 2026, ["2026-10-18"]),
        ({"date": "09-10"}, 2026, ["2026-09-10"]),
        ({"date": "02-29"}, 2026, []),
        ({"nth": (5, 7, 2)}, 2027, ["2027-05-09"]),
        ({"nth": (6, 7, 3)}, 2027, ["2027-06-20"]),
        ({"span": ("11-20", "02-20")}, 2026, ["2026-11-20"]),
    ],
)
def test_a_moment_falls_on_its_day(rule: dict[str, Any], year: int, days: list[str]) -> None:
    assert [str(day) for day in almanac.days(moment(**rule), year)] == days


def test_a_day_that_a_month_lacks_is_left_out_and_weekdays_are_all_there() -> None:
    assert len(list(almanac.days(moment(monthly=(31,)), 2026))) == 7
    assert len(list(almanac.days(moment(weekly=(6, 7)), 2026))) == 104


def test_a_moment_is_alive_just_before_and_after_its_day_and_across_new_year() -> None:
    new_year = moment(date="01-01", before=2, after=1)
    alive = [day for day in range(-4, 5) if almanac.alive(new_year, dt.date(2027, 1, 1) + DAY * day)]
    assert alive == [-2, -1, 0, 1]
    assert almanac.nearest(new_year, dt.date(2026, 12, 30)) == dt.date(2027, 1, 1)
    winter = moment(span=("11-20", "02-20"))
    assert [almanac.alive(winter, day) for day in (dt.date(2026, 11, 19), dt.date(2026, 12, 31), dt.date(2027, 2, 20))] == [
        False, True, True,
    ]  # fmt: skip


def test_the_almanac_agrees_with_the_library_it_was_made_from() -> None:
    lunar = pytest.importorskip("lunar_python")
    for year in range(2024, 2034):
        table = lunar.Lunar.fromYmd(year, 6, 1).getJieQiTable()
        for name in almanac.terms()[:-1]:
            assert str(*almanac.days(moment(term=name), year)) == table[name].toYmd()
        for month, day in ((1, 1), (5, 5), (8, 15), (9, 9), (12, 8)):
            solar = lunar.Lunar.fromYmd(year, month, day).getSolar().toYmd()
            assert any(
                str(found) == solar
                for each in (year, year + 1)
                for found in almanac.days(moment(lunar=(month, day)), each)
            )


def test_a_year_beyond_the_table_is_said_and_not_guessed() -> None:
    with pytest.raises(PlanError, match="历表里没有 2099 年"):
        list(almanac.days(moment(term="冬至"), 2099))


@pytest.mark.parametrize(
    "rule", [{}, {"term": "冬至", "date": "12-22"}, {"date": "13-01"}, {"span": ("11-20", "02-30")}]
)
def test_a_moment_has_one_rule_and_days_that_exist(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"只写一个|月-日"):
        moment(**rule)


def test_every_shipped_moment_falls_on_some_day_of_a_year_and_its_term_exists(shipped: Library) -> None:
    assert len([each for each in shipped.moments.values() if each.term]) == 24
    for each in shipped.moments.values():
        assert not each.term or each.term in almanac.terms()
        assert [day for year in (2026, 2027) for day in almanac.days(each, year)], each.name


# ── lines of the day ─────────────────────────────────────────────────────────────────────────────────────────────────


def line(text: str, **tags: Any) -> Phrase:
    return Phrase(text=text, role="scene", **tags)


def lines_of(
    library: Library, stock: Stock, phrases: tuple[Phrase, ...], segment: str = "elders", **about: Any
) -> list[Brief]:
    campaign = library.campaigns["harvest"].model_copy(update=about)
    chosen = stock(library, phrases=phrases, genres=factless(library))
    return list(planner.plan(campaign, library.segments[segment], chosen))


def factless(library: Library) -> dict[str, Genre]:
    """Return the genres as if none told a fact: a post that does borrows no line."""
    return {name: genre.model_copy(update={"facts": 0}) for name, genre in library.genres.items()}


def test_a_post_that_tells_a_fact_takes_the_lines_of_its_sheet_or_kind_before_any_other(
    library: Library, stock: Stock
) -> None:
    def scenes(*phrases: Phrase) -> set[str]:
        briefs = planner.plan(library.campaigns["harvest"], library.segments["elders"], stock(library, phrases=phrases))
        return {brief.phrase("scene") for brief in briefs if brief.genre and brief.genre.facts}

    sheet = library.campaigns["harvest"].sheets("campaign_offer")[0]
    kinds = {fact.kind for fact in library.sheets[sheet].facts}
    assert scenes(line("借来的")) == {"借来的"}
    assert "说这类事" in scenes(line("借来的"), line("说这类事", kinds=tuple(kinds)))
    assert "借来的" not in scenes(line("借来的"), line("说这类事", kinds=tuple(kinds)))
    both = scenes(line("说这类事", kinds=tuple(kinds)), line("说这份要点", sheets=(sheet,)))
    assert "说这份要点" in both


def test_a_line_whose_moment_is_not_alive_is_never_used(library: Library, stock: Stock) -> None:
    phrases = (line("重阳的糕", moments=("double_ninth",)), line("随便哪天"))
    for start in (dt.date(2026, 10, 12), dt.date(2026, 10, 14), dt.date(2026, 11, 20)):
        for brief in lines_of(library, stock, phrases, start=start):
            alive = dt.date(2026, 10, 16) <= brief.slot.on <= dt.date(2026, 10, 19)
            assert brief.phrase("scene") == "随便哪天" or alive


def test_a_line_of_the_day_comes_before_the_segments_own_and_that_before_anyones(
    library: Library, stock: Stock
) -> None:
    phrases = (line("人人"), line("老人", segments=("elders",)), line("重阳", moments=("double_ninth",)))
    briefs = lines_of(library, stock, phrases, start=dt.date(2026, 10, 16))
    assert [brief.phrase("scene") for brief in briefs[:3]] == ["重阳", "老人", "人人"]
    assert briefs[0].moment is not None
    assert briefs[0].moment.name == "double_ninth"


def test_no_line_is_used_twice_while_others_last(library: Library, stock: Stock) -> None:
    phrases = tuple(line(f"第{number}句") for number in range(8))
    used = Counter(brief.phrase("scene") for brief in lines_of(library, stock, phrases))
    assert max(used.values()) - min(used.values()) <= 1
    assert len(used) == 8


def test_a_morning_line_does_not_go_out_in_the_evening(library: Library, stock: Stock) -> None:
    window = Window.model_validate("05:00-10:00")
    for brief in lines_of(library, stock, (line("豆浆还烫", at=window), line("随便几点"))):
        assert brief.slot.at is not None
        assert brief.phrase("scene") == "随便几点" or brief.slot.at in window


def test_two_neighbours_do_not_share_a_feeling_while_others_last(library: Library, stock: Stock) -> None:
    phrases = tuple(line(f"{feeling}{number}", emotion=feeling) for feeling in ("care", "joy") for number in range(5))
    said = [brief.phrase("scene")[:3] for brief in lines_of(library, stock, phrases)]
    assert all(one != other for one, other in pairwise(said))


def test_only_calm_closers_go_with_a_serious_message(library: Library, stock: Stock) -> None:
    phrases = (
        line("一桌人笑成一团", emotion="joy"), line("屋里静静的", emotion="calm"),
        Phrase(text="路上慢点", role="closer", emotion="care"), Phrase(text="笑着回家", role="closer", emotion="joy"),
    )  # fmt: skip
    genres = {name: genre.model_copy(update={"calm": True}) for name, genre in library.genres.items()}
    briefs = planner.plan(
        library.campaigns["harvest"], library.segments["elders"], stock(library, phrases=phrases, genres=genres)
    )
    assert {brief.phrase("scene") for brief in briefs} == {""}
    assert {brief.phrase("closer") for brief in briefs} == {"路上慢点"}


def test_no_joke_goes_with_a_day_of_remembrance(library: Library, stock: Stock) -> None:
    phrases = (Phrase(text="我记着", role="feeling", emotion="care"), Phrase(text="乐", role="feeling", emotion="joy"))
    day = library.moments["double_ninth"].model_copy(update={"quiet": True})
    moments = {**library.moments, "double_ninth": day}
    campaign = library.campaigns["harvest"].model_copy(update={"start": dt.date(2026, 10, 16)})
    chosen = stock(library, phrases=phrases, moments=moments, genres=factless(library))
    briefs = planner.plan(campaign, library.segments["elders"], chosen)
    quiet = [brief for brief in briefs if brief.moment is not None and brief.moment.quiet]
    assert quiet
    assert {brief.phrase("feeling") for brief in quiet} == {"我记着"}
    assert "乐" in {brief.phrase("feeling") for brief in briefs}


def test_what_i_saw_you_do_is_not_said_to_one_customer(library: Library, stock: Stock) -> None:
    phrases = (Phrase(text="您先问我吃了没有，我心里一暖", role="feeling"), Phrase(text="谢谢让路的人", role="feeling"))
    said: dict[str, set[str]] = {}
    for brief in lines_of(library, stock, phrases):
        said.setdefault(brief.slot.channel, set()).add(brief.phrase("feeling"))
    assert said["chat"] == {"谢谢让路的人"}
    assert "您先问我吃了没有，我心里一暖" in said["moments"]


def test_a_feast_is_not_greeted_with_the_lines_of_another_day(shipped: Library, stock: Stock) -> None:
    campaign = shipped.campaigns["everyday"]
    for name in campaign.segments[:4]:
        for brief in planner.plan(campaign, shipped.segments[name], stock(shipped, campaign.cadence)):
            if brief.genre is not None and brief.genre.moment:
                assert brief.moment is not None
                for phrase in brief.phrases:
                    short = [each for each in phrase.moments if not shipped.moments[each].lasting]
                    assert not short or brief.moment.name in phrase.moments, phrase.text


def test_a_line_of_the_day_is_not_put_into_every_segments_mouth(shipped: Library, stock: Stock) -> None:
    campaign = shipped.campaigns["autumn_savings"]
    said: dict[str, Counter[str]] = {}
    for name in campaign.segments:
        for brief in planner.plan(campaign, shipped.segments[name], stock(shipped, campaign.cadence)):
            said.setdefault(brief.slot.key, Counter()).update([brief.phrase("scene")])
    assert sum(max(each.values()) for each in said.values()) / len(said) < len(campaign.segments) / 3


def test_a_tier_of_service_is_spoken_of_only_to_its_own_segments(shipped: Library, stock: Stock) -> None:
    for campaign in shipped.campaigns.values():
        for name in campaign.segments:
            for brief in planner.plan(campaign, shipped.segments[name], stock(shipped, campaign.cadence)):
                if brief.product is not None:
                    assert all(brief.product.concerns(fact.subject.tier, name) for fact in brief.facts)
    tiered = shipped.products["threshold_gift"]
    assert tiered.concerns("禾穗", "threshold")
    assert not tiered.concerns("禾穗", "seniors")
    assert tiered.concerns("", "seniors")


def test_a_number_to_call_is_never_what_a_post_is_about(library: Library, stock: Stock) -> None:
    sheets = {
        name: sheet.model_copy(
            update={"facts": tuple(fact.model_copy(update={"kind": "phone"}) for fact in sheet.facts)}
        )
        for name, sheet in library.sheets.items()
    }
    with pytest.raises(PlanError, match="没有可用的要点"):
        planner.plan(library.campaigns["harvest"], library.segments["elders"], stock(library, sheets=sheets))


def test_lines_may_stand_in_blocks_that_share_their_tags(tiny: Path) -> None:
    folder = tiny / "content_library" / "phrases" / "hook"
    folder.mkdir()
    (folder / "mine.yml").write_text("- moments: [autumn]\n  lines: [一, 二]\n- text: 三\n", encoding="utf-8")
    hooks = [phrase for phrase in Library(tiny / "content_library").phrases if phrase.role == "hook"]
    assert [(phrase.text, phrase.moments) for phrase in hooks] == [("一", ("autumn",)), ("二", ("autumn",)), ("三", ())]


def test_a_tag_of_a_line_that_names_nothing_is_told_where_it_stands(tiny: Path) -> None:
    folder = tiny / "content_library" / "phrases" / "hook"
    folder.mkdir()
    (folder / "mine.yml").write_text("- text: 一\n  moments: [autum]\n", encoding="utf-8")
    found = Library(tiny / "content_library").problems()
    assert [str(each) for each in found] == [
        "content_library/phrases/hook/mine.yml:2：没有这个时令：autum（是不是想写 autumn？）"
    ]


def test_a_file_with_another_suffix_is_named_because_it_would_not_be_read(tiny: Path) -> None:
    (tiny / "content_library" / "segments" / "new.yaml").write_text("title: 新\n", encoding="utf-8")
    found = Library(tiny / "content_library").problems()
    assert [str(each) for each in found] == [
        "content_library/segments/new.yaml：后缀要写成 .yml（别的后缀读不到，等于没有写）"
    ]


# ── variants ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_variant_is_the_same_however_many_there_are(shipped: Library, stock: Stock) -> None:
    campaign = shipped.campaigns["autumn_savings"]
    one = planner.plan(campaign, shipped.segments["seniors"], stock(shipped, campaign.cadence))
    three = planner.plan(
        campaign.model_copy(update={"variants": 3}), shipped.segments["seniors"], stock(shipped, campaign.cadence)
    )
    assert [brief.phrases for brief in three if brief.variant == 1] == [brief.phrases for brief in one]
    assert [brief.story for brief in three if brief.variant == 1] == [brief.story for brief in one]
    assert len(three) == 3 * len(one)


def test_another_variant_is_told_with_another_story_and_another_line(shipped: Library, stock: Stock) -> None:
    campaign = shipped.campaigns["autumn_savings"].model_copy(update={"variants": 2})
    slots: dict[str, list[Brief]] = {}
    for brief in planner.plan(campaign, shipped.segments["payroll"], stock(shipped, campaign.cadence)):
        slots.setdefault(brief.slot.key, []).append(brief)
    for one, other in slots.values():
        assert one.story is None or one.story != other.story
        assert one.phrase("scene") != other.phrase("scene")


def test_two_segments_seldom_tell_one_story_in_the_same_weeks(shipped: Library, stock: Stock) -> None:
    campaign = shipped.campaigns["autumn_savings"]
    told: Counter[str] = Counter()
    for name in campaign.segments:
        briefs = planner.plan(campaign, shipped.segments[name], stock(shipped, campaign.cadence))
        told.update({brief.story.name for brief in briefs if brief.story})
    assert sum(count == 1 for count in told.values()) > len(told) * 0.4
    assert max(told.values()) <= 4


def test_colleagues_of_a_branch_never_share_a_wording_while_there_are_others() -> None:
    for slot in (f"autumn/seniors/d{day:02d}" for day in range(30)):
        hands = dealing.deal(slot, ("甲", "乙", "丙"), (1, 2, 3))
        assert sorted(hands.values()) == [1, 2, 3]
        counts = Counter(dealing.deal(slot, "abcdefg", (1, 2, 3)).values())
        assert max(counts.values()) - min(counts.values()) <= 1


def test_the_same_hand_is_dealt_again_whatever_the_order_and_another_slot_deals_another() -> None:
    deals = [dealing.deal(f"slot{number}", ("甲", "乙", "丙"), (1, 2, 3)) for number in range(12)]
    assert deals[0] == dealing.deal("slot0", ("丙", "甲", "乙"), (1, 2, 3))
    assert len({hand["甲"] for hand in deals}) == 3
    assert dealing.deal("slot", ("甲",), ()) == {}


@pytest.fixture
def dealt_calendar(
    library: Library, stock: Stock, writer: TemplateWriter, sign: Callable[..., Any], campaign: Campaign
) -> Calendar:
    """The tiny campaign in two variants, all signed, with a branch of three."""
    doubled = campaign.model_copy(update={"variants": 2})
    briefs = [
        brief for name in campaign.segments for brief in planner.plan(doubled, library.segments[name], stock(library))
    ]
    made = planner.arrange("t", library.bank, [Checked(post=writer.write(brief)) for brief in briefs], {})
    entries = tuple(Entry(checked=each.checked, decision=sign(each.post)) for each in made.entries)
    branch = Branch(name="河东支行", staff=("HD01", "HD02", "HD03"))
    own = PersonalLine(text="河堤上起风了", approved_by="林知秋")
    return made.model_copy(update={"entries": entries, "branches": (branch,), "personal": (own,)})


def test_each_colleague_gets_one_wording_of_each_slot(dealt_calendar: Calendar) -> None:
    branch = dealt_calendar.branches[0]
    for name in branch.staff:
        mine = dealing.mine(dealt_calendar, branch, name)
        slots = [dealing.slot_of(entry) for entry in mine.entries]
        assert len(slots) == len(set(slots)) == len(dealt_calendar.entries) / 2


def test_a_wording_that_is_not_signed_is_dealt_to_nobody(dealt_calendar: Calendar) -> None:
    first, *rest = dealt_calendar.entries
    calendar = dealt_calendar.model_copy(update={"entries": (Entry(checked=first.checked), *rest)})
    shares = dealing.dealt(calendar)
    assert first.post.id not in shares
    twin = next(entry for entry in rest if dealing.slot_of(entry) == dealing.slot_of(first))
    assert twin.post.id not in shares  # the only one left goes to everyone


def test_the_page_and_the_table_say_who_posts_what(dealt_calendar: Calendar, tmp_path: Path) -> None:
    from wuyou.exports.page import PageExporter
    from wuyou.exports.sheet import CsvExporter
    from wuyou.exports.wecom import WecomExporter

    shares = dealing.dealt(dealt_calendar)
    html = PageExporter(ROOT / "templates" / "pages").export(dealt_calendar, tmp_path / "copy.html").read_text("utf-8")
    assert '<option value="河东支行 HD02">' in html
    for post, names in shares.items():
        staff = "|".join(f"{branch} {name}" for branch, name in names)
        card = html[html.index(f'id="p{post}"') :][:400]
        assert f'data-staff="{staff}"' in card
    assert "河堤上起风了" in html
    rows = CsvExporter().export(dealt_calendar, tmp_path / "c.csv").read_text("utf-8").splitlines()
    assert rows[0].endswith(",staff")
    assert "河东支行 HD01" in "\n".join(rows)
    assert '"user_list"' in WecomExporter().export(dealt_calendar, tmp_path / "w.json").read_text("utf-8")


def test_a_personal_line_of_a_season_is_offered_in_that_season_only(dealt_calendar: Calendar, tmp_path: Path) -> None:
    from wuyou.exports.page import _lines

    entry = dealt_calendar.entries[0]
    brief = entry.post.brief.model_copy(update={"moment": Moment(name="frost", title="霜降", term="霜降")})
    slot = brief.slot.model_copy(update={"channel": "moments"})
    post = entry.post.model_copy(update={"brief": brief.model_copy(update={"slot": slot})})
    entry = entry.model_copy(update={"checked": entry.checked.model_copy(update={"post": post})})
    lines = tuple(
        PersonalLine(text=text, moments=moments, approved_by="林知秋")
        for text, moments in (("哪天都行", ()), ("霜落在车座上", ("frost",)), ("荷花开了", ("summer",)))
    )
    calendar = dealt_calendar.model_copy(update={"personal": lines})
    assert _lines(calendar, entry) == ["哪天都行", "霜落在车座上"]


def test_without_variants_nothing_is_dealt(a_calendar: Callable[..., Calendar]) -> None:
    calendar = a_calendar(branches=(Branch(name="河东支行", staff=("HD01",)),))
    assert dealing.dealt(calendar) == {}


# ── replies ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def kit(kind: str, **tags: Any) -> Kit:
    said = (Reply(heard="一", answer=f"{kind}一"), Reply(heard="二", answer="您说的是{answer}，{because}"))
    return Kit.model_validate({"kind": kind, "replies": said, "after_24h": "一天", "after_72h": "三天", **tags})


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        ("您家先买糖还是先买菜？", "open"),
        ("这一项，您是 A 用过，还是 B 头回听说？", "choice"),
        ("早饭吃了吗？吃过扣1，还没扣2。", "number"),
        ("您今天几点下的班？", "number"),
        ("您那边下雪了吗？", "yes_no"),
        ("您家锅里是什么？", "open"),
        ("这句话，您怎么说，是什么？", "open"),
        ("选好了，您扣几？", "number"),
        ("您选几？", "number"),
        ("要不要我把清单发您一份？", "yes_no"),
        ("", ""),
    ],
)
def test_the_ending_of_a_post_says_which_kit_goes_with_it(a_brief: Callable[..., Brief], ask: str, kind: str) -> None:
    parts = (Part(role="body", text="桂花开了。"), *([Part(role="ask", text=ask)] if ask else []))
    assert kits.ending(a_brief(), parts) == kind
    brief = a_brief(kits=tuple(kit(each) for each in ("quiz", "choice", "number", "yes_no", "open")))
    post = finish(brief, parts, origin=post_origin())
    assert [reply.answer for reply in post.replies[:1]] == ([f"{kind}一"] if kind else [])
    assert [reply.within_hours for reply in post.replies] == ([0, 0, 24, 72] if kind else [])


def post_origin() -> Any:
    from wuyou.values import Origin

    return Origin(writer="template")


def test_a_quiz_is_answered_with_its_why(a_brief: Callable[..., Brief]) -> None:
    brief = a_brief(channel="group", genre="quiz", kits=(kit("quiz"),))
    assert brief.topic is not None
    quiz = Quiz(ask="哪一个？", options=("A 一", "B 二"), answer="B", because="公告写着")
    assert brief.genre is not None
    asking = {
        "topic": brief.topic.model_copy(update={"quiz": quiz}),
        "genre": brief.genre.model_copy(update={"quiz": True}),
    }
    brief = brief.model_copy(update=asking)
    post = finish(brief, (Part(role="body", text="哪一个？"),), origin=post_origin())
    assert post.replies[1].answer == "您说的是B，公告写着"


def test_the_planner_puts_kits_made_for_the_genre_first(library: Library, stock: Stock) -> None:
    own = kit("open", genres=("benefit",))
    stocked = stock(
        library, kits=(kit("open"), own, kit("open", segments=("commuters",)), kit("open", channels=("group",)))
    )
    briefs = planner.plan(library.campaigns["harvest"], library.segments["elders"], stocked)
    for brief in briefs:
        assert len(brief.kits) == (1 + (brief.slot.genre == "benefit") + (brief.slot.channel == "group"))
        assert brief.slot.genre != "benefit" or brief.kits[0] == own


def test_a_wording_may_bring_its_own_replies(a_brief: Callable[..., Brief], tmp_path: Path) -> None:
    folder = tmp_path / "posts" / "chat"
    folder.mkdir(parents=True)
    text = "## 正文\n一。\n## 一问\n您呢？\n## 接话\n- {heard: 好, answer: 那就这样。}\n"
    (folder / "benefit.1.md.j2").write_text(text, encoding="utf-8")
    post = TemplateWriter(tmp_path / "posts").write(a_brief(kits=(kit("open"),)))
    assert [reply.answer for reply in post.replies] == ["那就这样。"]


def test_a_signature_covers_the_replies(a_post: Callable[..., Post]) -> None:
    one, other = (a_post(replies=(Reply(heard="好", answer=answer),)) for answer in ("一。", "二。"))
    assert one.seal != other.seal
    assert a_post().seal != one.seal


def test_a_reply_is_judged_like_any_text_to_a_customer(
    bench: Workbench, a_brief: Callable[..., Brief], fake_writer: Any
) -> None:
    bad = a_brief(kits=(kit("open").model_copy(update={"after_24h": "这款产品保本，稳赚不赔。"}),))
    post = finish(bad, (Part(role="body", text="桂花开了。"), Part(role="ask", text="您家呢？")), origin=post_origin())
    checked = bench._judge(post)
    assert {finding.where for finding in checked.findings if finding.where.startswith("reply")} == {"reply 3"}
    assert checked.blocked


def test_every_shipped_post_that_asks_has_replies(shipped_posts: list[Checked]) -> None:
    for checked in shipped_posts:
        asks = any(part.role == "ask" for part in checked.post.parts)
        assert bool(checked.post.replies) == asks, checked.post.text


# ── arcs and headquarters' words ─────────────────────────────────────────────────────────────────────────────────────


def test_a_marked_sentence_takes_its_step_and_the_mark_is_not_sent(
    a_brief: Callable[..., Brief], tmp_path: Path
) -> None:
    folder = tmp_path / "posts" / "chat"
    folder.mkdir(parents=True)
    text = '## 开头\n早。\n## 正文\n闲话一句。{{ step("why_need") }}一年期年利率1.25%，5万元起存。再闲话。\n## 一问\n您呢？\n'
    (folder / "benefit.1.md.j2").write_text(text, encoding="utf-8")
    post = TemplateWriter(tmp_path / "posts").write(a_brief(arc="why3"))
    assert "why_need" not in post.text
    assert post.text.isprintable() or "\n" in post.text
    assert "\ue000" not in post.text
    assert post.marks == (Mark(of="why_need", quote="一年期年利率1.25%，5万元起存。"),)
    assert post.brief.arc is not None
    taken = {slot.name: said for slot, (_, said) in zip(post.brief.arc.slots, sides.steps(post), strict=True)}
    assert taken["why_need"] == "一年期年利率1.25%，5万元起存。"
    assert "您呢？" in taken["why_now"]


def test_what_headquarters_said_stands_beside_what_we_say(a_brief: Callable[..., Brief]) -> None:
    brief = a_brief()
    fact = next(fact for fact in brief.facts if fact.plain)
    post = finish(
        brief, (Part(role="opening", text="早。"), Part(role="body", text=f"{fact.plain}。")), origin=post_origin()
    )
    pair = sides.pairs(post)[0]
    assert (pair.ours, pair.theirs) == (f"{fact.plain}。", fact.citation.quote)
    shown = page(Checked(post=post))
    for said in (pair.ours, pair.theirs, fact.citation.locator, "总行怎么说，我们怎么说", "框架"):
        assert said in shown.text
        assert said in shown.html


def test_a_run_of_posts_does_not_drown_the_terminal_in_it(a_checked: Callable[..., Checked]) -> None:
    one = a_checked(replies=(Reply(heard="好", answer="那就这样。"),))
    assert "那就这样" in page(one).text
    assert "那就这样" not in page([one, one]).text
    assert "那就这样" in page([one, one]).html


# ── address and pace ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_segment_that_is_called_ni_is_called_so_throughout(
    a_brief: Callable[..., Brief], library: Library, writer: TemplateWriter
) -> None:
    young = library.segments["commuters"].model_copy(update={"pronoun": "你"})
    post = writer.write(a_brief(segment=young, kits=(kit("open"), kit("choice"), kit("yes_no"))))
    own = "\n".join(part.text for part in post.parts if part.role in ("opening", "body", "ask"))
    assert "您" not in own
    assert all("您" not in reply.answer for reply in post.replies)


def test_a_slow_segment_is_told_one_sentence_a_line(
    a_brief: Callable[..., Brief], library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "posts" / "chat"
    folder.mkdir(parents=True)
    (folder / "benefit.1.md.j2").write_text("## 正文\n先坐下。再看单子。不急。\n", encoding="utf-8")
    slow = library.segments["elders"].model_copy(update={"pace": "slow"})
    body = TemplateWriter(tmp_path / "posts").write(a_brief(segment=slow)).parts[0].text
    assert body == "先坐下。\n再看单子。\n不急。"


def test_wordings_of_the_segments_voice_come_first(
    a_brief: Callable[..., Brief], library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "posts" / "chat"
    folder.mkdir(parents=True)
    for number, voice in enumerate(("温和", "专业", "幽默", "简洁"), 1):
        (folder / f"benefit.{number}.md.j2").write_text(f"{{# {voice}·一句 #}}\n## 正文\n{voice}。\n", encoding="utf-8")
    writer = TemplateWriter(tmp_path / "posts")
    for voice, said in (("expert", "专业。"), ("concise", "简洁。")):
        segment = library.segments["elders"].model_copy(update={"voice": voice})
        texts = [writer.write(a_brief(segment=segment, ordinal=number)).parts[0].text for number in range(1, 5)]
        assert texts[0] == said
        assert len(set(texts)) == 4


def test_pick_chooses_for_each_segment_and_slot_the_same_every_time(
    a_brief: Callable[..., Brief], tmp_path: Path
) -> None:
    folder = tmp_path / "posts" / "chat"
    folder.mkdir(parents=True)
    (folder / "benefit.1.md.j2").write_text(
        '## 正文\n{{ pick("甲", "乙", "丙") }}{{ pick("甲", "乙", "丙") }}\n', encoding="utf-8"
    )
    writer = TemplateWriter(tmp_path / "posts")
    texts = [writer.write(a_brief(ordinal=number)).parts[0].text for number in range(1, 30)]
    assert texts == [writer.write(a_brief(ordinal=number)).parts[0].text for number in range(1, 30)]
    assert len(set(texts)) == 9


# ── occasions ────────────────────────────────────────────────────────────────────────────────────────────────────────

EVENTS = (
    "first_hello", "maturity", "large_transfer", "level_change", "risk_test_expiry", "handover", "post_event_24h",
    "post_event_72h", "silent", "near_threshold", "refused",
)  # fmt: skip


@pytest.fixture(scope="module")
def shipped_bench() -> Workbench:
    return Workbench.here(ROOT)


@pytest.fixture(scope="module")
def shipped_posts(shipped_bench: Workbench) -> list[Checked]:
    """The everyday campaign for three unlike segments."""
    return [
        checked
        for segment in ("seniors", "entrepreneurs", "young_professionals")
        for checked in shipped_bench.compose(shipped_bench.plan("everyday", segment))
    ]


def test_nothing_of_everyday_is_blocked_or_ungrounded(shipped_posts: list[Checked]) -> None:
    assert [each.post.text for each in shipped_posts if each.blocked] == []
    assert all(each.grounded is not False for each in shipped_posts)


def test_event_posts_stand_ready_without_an_hour_and_with_placeholders_only(shipped_posts: list[Checked]) -> None:
    standing = [each.post for each in shipped_posts if each.post.brief.slot.standing]
    assert {post.brief.slot.genre for post in standing} >= {*EVENTS, "welcome", "rules", "newcomer"}
    for post in standing:
        assert post.brief.slot.at is None
        assert post.brief.moment is None
        assert all(not phrase.moments for phrase in post.brief.phrases)
    maturity = next(post for post in standing if post.brief.slot.genre == "maturity")
    assert "{到期日}" in maturity.text


def test_a_feast_is_greeted_on_its_day_and_by_its_name(shipped_posts: list[Checked], shipped: Library) -> None:
    greetings = [each.post for each in shipped_posts if each.post.brief.slot.genre == "festival_care"]
    assert greetings
    for post in greetings:
        brief = post.brief
        assert brief.moment is not None
        assert brief.slot.on in list(almanac.days(brief.moment, brief.slot.on.year))
        assert brief.moment.title in "\n".join([post.text, *(picture.text for picture in post.pictures)])


def test_an_occasion_is_written_on_its_day_and_judged(shipped_bench: Workbench) -> None:
    checked = shipped_bench.occasion("festival_care", "parents", on="2027-02-04", variants=2)
    assert {(each.post.brief.channel.name, each.post.brief.variant) for each in checked} == {
        (channel, number) for channel in ("moments", "chat", "group") for number in (1, 2)
    }
    assert all(each.lamps for each in checked)
    assert {each.post.brief.moment.title for each in checked if each.post.brief.moment} <= {"立春", "除夕"}


def test_an_occasion_that_cannot_be_says_why(shipped_bench: Workbench) -> None:
    with pytest.raises(PlanError, match="没有节日节气"):
        shipped_bench.occasion("festival_care", "parents", on=dt.date(2026, 10, 13))
    with pytest.raises(WuyouError, match=r"没有 .* 的写法"):
        shipped_bench.occasion("maturity", "parents", on="2026-10-13", channel="moments")
    with pytest.raises(WuyouError, match="看不懂日期"):
        shipped_bench.occasion("maturity", "parents", on="明天")


def test_standing_posts_are_on_the_page_apart_and_in_no_calendar(
    shipped_posts: list[Checked], shipped: Library, sign: Callable[..., Any], tmp_path: Path
) -> None:
    from wuyou.exports.ics import IcsExporter
    from wuyou.exports.page import PageExporter

    one = next(each for each in shipped_posts if each.post.brief.slot.genre == "handover")
    made = planner.arrange("t", shipped.bank, [one], {one.post.id: sign(one.post)})
    html = PageExporter(ROOT / "templates" / "pages").export(made, tmp_path / "p.html").read_text("utf-8")
    assert "常备（遇到时用）" in html
    assert one.post.replies[0].answer in html
    assert "BEGIN:VEVENT" not in IcsExporter().export(made, tmp_path / "c.ics").read_text("utf-8")


def test_a_beat_tied_to_moments_asks_once_for_each_of_their_days(shipped: Library, stock: Stock) -> None:
    campaign, cadence = shipped.campaigns["everyday"], shipped.cadences["everyday_30"]
    placed = [
        slot for slot in planner.slots(campaign, cadence, shipped.moments, shipped.genres) if slot.beat == "feasts"
    ]
    assert {str(slot.on) for slot in placed} == {"2026-11-22", "2026-12-07"}
    assert Counter(slot.channel for slot in placed) == {"moments": 2, "group": 2}


def test_two_segments_do_not_get_the_same_event_message(shipped_posts: list[Checked]) -> None:
    by_genre: dict[str, list[Post]] = {}
    for each in shipped_posts:
        if each.post.brief.slot.standing:
            by_genre.setdefault(each.post.brief.slot.genre, []).append(each.post)
    pairs = [
        likeness(grams(one.counted), grams(other.counted))
        for posts in by_genre.values()
        for one, other in combinations(posts, 2)
    ]
    assert sum(pair > 0.5 for pair in pairs) <= len(pairs) * 0.1


# ── nobody is invented ───────────────────────────────────────────────────────────────────────────────────────────────


def test_no_shipped_wording_or_line_claims_a_person_or_a_result(shipped: Library, shipped_bench: Workbench) -> None:
    assert [str(each) for each in claims(shipped, TemplateWriter.at(ROOT))] == []


@pytest.mark.parametrize(
    "text",
    [
        "我有位客户存了十几年",
        "上周张阿姨来取钱",
        "客户老李说这样省心",
        "我妈说要趁早",
        "很多客户都买了",
        "一年下来多拿了一笔钱",
    ],
)
def test_a_claimed_person_is_found_wherever_it_stands(project: Path, text: str) -> None:
    (project / "content_library" / "phrases" / "hook" / "seed.yml").write_text(f"- text: {text}\n", encoding="utf-8")
    wording = project / "templates" / "posts" / "chat" / "silent.1.md.j2"
    wording.write_text(f"{{# 温和·一句 #}}\n## 开头\n我是。\n## 正文\n{text}。\n", encoding="utf-8")
    found = [each.where for each in claims(Library(project / "content_library"), TemplateWriter.at(project))]
    assert set(found) == {"content_library/phrases/hook/seed.yml:1", "templates/posts/chat/silent.1.md.j2:5"}


def test_a_wording_on_a_story_may_tell_of_people(project: Path) -> None:
    wording = project / "templates" / "posts" / "moments" / "persona.1.md.j2"
    wording.write_text("{# 温和 #}\n## 正文\n上周李阿姨来过。{{ story.opening }}\n", encoding="utf-8")
    assert list(claims(Library(project / "content_library"), TemplateWriter.at(project))) == []


def test_ni_and_words_that_readers_do_not_like_are_found(project: Path) -> None:
    lines = "- text: 你那边冷不冷\n- text: 他说“你中奖了”就挂\n- text: 空巢的日子\n  segments: [seniors]\n"
    (project / "content_library" / "phrases" / "hook" / "seed.yml").write_text(lines, encoding="utf-8")
    found = [str(each) for each in claims(Library(project / "content_library"), TemplateWriter.at(project))]
    assert len(found) == 2
    assert "写了“你”" in found[0]
    assert "老年客群不爱听“空巢”" in found[1]


def test_a_claim_that_does_not_catch_its_own_sentence_does_not_count(project: Path) -> None:
    path = project / "content_library" / "claims.yml"
    path.write_text("x:\n  match: 甲\n  why: 乙\n  hit: [甲, 丙]\n  quiet: [丁, 甲戊]\n", encoding="utf-8")
    found = [str(each) for each in claims(Library(project / "content_library"), TemplateWriter.at(project))]
    assert ["没有命中：丙" in found[0], "不该命中：甲戊" in found[1], len(found)] == [True, True, 2]


def test_every_shipped_claim_has_sentences_both_ways(shipped: Library) -> None:
    assert len(shipped.claims) >= 6
    assert all(isinstance(each, Claim) for each in shipped.claims.values())


# ── the page of figures ──────────────────────────────────────────────────────────────────────────────────────────────


def test_neighbours_finds_the_nearest_post_of_another_segment(
    a_checked: Callable[..., Checked], library: Library
) -> None:
    import show_writing

    texts = {"commuters": "傍晚的站台，手机亮成一排。", "elders": "傍晚的站台，手机亮成一片。"}
    posts = [show_writing.Told(a_checked(text, segment=name), grams(text)) for name, text in texts.items()]
    nearest = list(show_writing.neighbours(posts))
    assert [share for share, _, _ in nearest] == [likeness(posts[0].grams, posts[1].grams)] * 2

"""Sketches: texts written whole, chosen by day, facts and turn, filled from kept facts, before any wording."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wuyou import planner
from wuyou.library import Library
from wuyou.values import Brief, Finding, Sketch, Window
from wuyou.workbench import Workbench
from wuyou.workbench.claims import problems as claims
from wuyou.writers.template import TemplateWriter

ROOT = Path(__file__).parent.parent
Stock = Callable[..., planner.Stock]


def sketch(opening: str, *genres: str, body: tuple[str, ...] = ("正文",), **tags: Any) -> Sketch:
    return Sketch(opening=opening, genres=genres or ("life_benefit",), body=body, **tags)


def planned(library: Library, stock: Stock, *sketches: Sketch, segment: str = "elders", **about: Any) -> list[Brief]:
    campaign = library.campaigns["harvest"].model_copy(update=about)
    return list(planner.plan(campaign, library.segments[segment], stock(library, sketches=sketches)))


def openings(briefs: list[Brief], genre: str = "life_benefit") -> list[str]:
    return [brief.sketch.opening if brief.sketch else "" for brief in briefs if brief.slot.genre == genre]


def sheet_of(briefs: list[Brief], genre: str = "life_benefit") -> str:
    return next(brief.topic.sheet for brief in briefs if brief.slot.genre == genre and brief.topic)


def test_a_sketch_that_tells_of_no_sheet_owes_none_of_its_small_print(library: Library, stock: Stock) -> None:
    genres = {name: genre.model_copy(update={"facts": 0}) for name, genre in library.genres.items()}
    told = stock(library, sketches=(sketch("随便聊聊"),), genres=genres)
    briefs = planner.plan(library.campaigns["harvest"], library.segments["elders"], told)
    chatty = [brief for brief in briefs if brief.sketch is not None]
    assert chatty
    assert {(brief.product, brief.topic, brief.facts) for brief in chatty} == {(None, None, ())}


def test_a_slot_gets_a_sketch_of_its_genre_sheet_and_segment_and_no_other(library: Library, stock: Stock) -> None:
    sheet = sheet_of(planned(library, stock))
    wrong = (
        sketch("别的类型", "quiz", sheet=sheet),
        sketch("别的要点", sheet="autumn_deposit" if sheet != "autumn_deposit" else "wealth_90"),
        sketch("没有要点"),
        sketch("别的客群", sheet=sheet, segments=("commuters",)),
        sketch("别的渠道", sheet=sheet, channels=("group",)),
        sketch("半夜", sheet=sheet, at=Window(start=dt.time(3), end=dt.time(4))),
    )
    assert set(openings(planned(library, stock, *wrong))) == {""}
    right = sketch("正好", sheet=sheet, segments=("elders",), channels=("chat",))
    assert "正好" in openings(planned(library, stock, *wrong, right))


def test_no_sketch_is_said_twice_in_a_run_and_variants_have_what_is_left(library: Library, stock: Stock) -> None:
    sheet = sheet_of(planned(library, stock))
    some = [sketch(f"第{number}篇", sheet=sheet) for number in range(3)]
    one = planned(library, stock, *some)
    three = planned(library, stock, *some, variants=3)
    assert [brief.sketch for brief in three if brief.variant == 1] == [brief.sketch for brief in one]
    said = [name for name in openings(three) if name]
    assert len(said) == len(set(said)) == 3


def test_a_sketch_of_a_day_goes_first_on_its_day_and_is_never_said_on_another(library: Library, stock: Stock) -> None:
    sheet = sheet_of(planned(library, stock))
    both = (sketch("重阳", sheet=sheet, moments=("double_ninth",)), sketch("哪天都行", sheet=sheet))
    near = planned(library, stock, *both, start=dt.date(2026, 10, 16))
    far = planned(library, stock, *both, start=dt.date(2026, 11, 20))
    assert openings(near)[0] == "重阳"
    assert "重阳" not in openings(far)
    assert "哪天都行" in openings(far)


def test_a_sketch_whose_fact_has_expired_is_not_said(library: Library, stock: Stock) -> None:
    briefs = planned(library, stock)
    brief = next(each for each in briefs if each.slot.genre == "campaign_offer")
    assert brief.topic is not None
    told = sketch("说这条", "campaign_offer", sheet=brief.topic.sheet, body=(f"{{{brief.facts[0].key}}}。",))
    assert "说这条" in openings(planned(library, stock, told), "campaign_offer")
    sheet = library.sheets[brief.topic.sheet]
    facts = [
        fact.model_copy(update={"valid_until": dt.date(2026, 1, 1)}) if fact.key in told.facts else fact
        for fact in sheet.facts
    ]
    sheets = {**library.sheets, sheet.name: sheet.model_copy(update={"facts": tuple(facts)})}
    late = planner.plan(
        library.campaigns["harvest"], library.segments["elders"], stock(library, sketches=(told,), sheets=sheets)
    )
    assert "说这条" not in openings(list(late), "campaign_offer")


def test_the_next_campaign_begins_further_round_the_ring(library: Library, stock: Stock) -> None:
    sheet = sheet_of(planned(library, stock))
    many = tuple(sketch(f"第{number}篇", sheet=sheet) for number in range(12))
    first = library.campaigns["harvest"]
    following = first.model_copy(update={"name": "later", "start": first.start + dt.timedelta(days=1)})
    starts = [(each.start, each.name) for each in (first, following)]
    said = [
        openings(list(planner.plan(each, library.segments["elders"], stock(library, sketches=many, starts=starts))))
        for each in (first, following)
    ]
    assert "" not in said[0]
    assert set(said[0]).isdisjoint(said[1])


def brief_with(library: Library, stock: Stock, text: Sketch, **segment: Any) -> Brief:
    brief = next(each for each in planned(library, stock) if each.slot.genre == text.genres[0] and each.topic)
    assert brief.segment is not None
    return brief.model_copy(update={"sketch": text, "segment": brief.segment.model_copy(update=segment)})


def test_names_become_kept_sentences_and_steps_become_marks(
    library: Library, stock: Stock, writer: TemplateWriter
) -> None:
    text = sketch(
        "[attention]灯下翻出一张单子。",
        body=("[interest]写着：{KEY}。", "看完放回去。"),
        ask="您家的呢？",
        scene="一张单子",
        headline="单子",
    )
    key = next(f.key for f in brief_with(library, stock, text).facts if f.plain)
    text = text.model_copy(update={"body": tuple(line.replace("KEY", key) for line in text.body)})
    brief = brief_with(library, stock, text)
    post = writer.write(brief)
    plain = next(fact.plain for fact in brief.facts if fact.key == key)
    assert [part.text for part in post.parts if part.role in ("opening", "body", "ask")] == [
        "灯下翻出一张单子。", f"写着：{plain.rstrip('。')}。\n看完放回去。", "您家的呢？",
    ]  # fmt: skip
    assert [(mark.of, mark.quote) for mark in post.marks] == [
        ("attention", "灯下翻出一张单子。"), ("interest", f"写着：{plain.rstrip('。')}。"),
    ]  # fmt: skip
    assert [fact.key for fact in post.facts] == [key]
    assert post.pictures[0].headline == "单子"
    assert post.origin.template == "sketches"


def test_a_sketch_is_said_with_the_segments_pronoun_and_gives_way_to_a_wording_when_warned_of(
    library: Library, stock: Stock, writer: TemplateWriter
) -> None:
    brief = brief_with(library, stock, sketch("您早。", ask="您几点醒？"), pronoun="你")
    assert writer.write(brief).text.startswith("你早。")
    note = Finding(rule="X-001", category="style", level="warn", message="不好")
    assert writer.write(brief, (note,)).origin.template.endswith(".md.j2")


def test_day_quiz_and_answer_time_come_from_the_slot(library: Library, stock: Stock, writer: TemplateWriter) -> None:
    text = sketch("打卡{day}。", "quiz", body=("{quiz}", "{options}"), ask="答案{later}放。", scene="黑板")
    brief = brief_with(library, stock, text)
    assert brief.topic is not None
    assert brief.topic.quiz is not None
    said = writer.write(brief).text
    assert f"打卡第{brief.slot.day}天。" in said
    assert brief.topic.quiz.ask in said
    assert all(option in said for option in brief.topic.quiz.options)
    evening = brief.model_copy(update={"slot": brief.slot.model_copy(update={"at": dt.time(19, 30)})})
    morning = brief.model_copy(update={"slot": brief.slot.model_copy(update={"at": dt.time(9, 30), "day": 1})})
    assert "答案明早放。" in writer.write(evening).text
    assert "答案晚上放。" in writer.write(morning).text
    assert "打卡头一天。" in writer.write(morning).text


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("genres: [quizz]", "没有这个内容类型：quizz（是不是想写 quiz？）"),
        ("genres: [quiz]\n  sheet: gone", "没有这个要点文件：gone"),
        ("genres: [quiz]\n  sheet: wealth_90\n  ask: '{holt}'", "小稿里的 {holt} 不是 wealth_90 里写了 plain 的要点（是不是想写 hold？）"),
        ("genres: [quiz]\n  ask: '{hold}'", "小稿里的 {hold} 不是 （没有写 sheet） 里写了 plain 的要点"),
        ("genres: [quiz]\n  ask: '{quiz}'", "小稿里的 {quiz} 要有题：这份要点没有 quiz（请换一份要点，或在要点文件里写 quiz）"),
        ("genres: [quiz]\n  headline: 这几个字实在太长了", "headline 最多 8 个字：这几个字实在太长了"),
        ("genres: []", "genres"),
        ("genres: [quiz]\n  moments: [gone]", "没有这个时令：gone"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_sketch_is_told_with_its_line(library_folder: Path, lines: str, said: str) -> None:
    (library_folder / "sketches").mkdir()
    path = library_folder / "sketches" / "mine.yml"
    path.write_text(f"- opening: 早\n  body: [好]\n  {lines}\n", encoding="utf-8")
    found = [str(problem) for problem in Library(library_folder).problems()]
    assert len(found) == 1
    assert found[0].startswith("content_library/sketches/mine.yml:")
    assert said in found[0]


def test_a_sketch_may_not_claim_a_person_that_no_story_stands_for(tiny: Path) -> None:
    folder = tiny / "content_library" / "sketches"
    folder.mkdir()
    (folder / "mine.yml").write_text(
        "- genres: [quiz]\n  segments: [elders]\n  opening: 上周张阿姨来取钱\n  body: [一句话]\n", encoding="utf-8"
    )
    shutil.copy(ROOT / "content_library" / "claims.yml", tiny / "content_library")
    bench = Workbench.here(tiny)
    found = [str(each) for each in claims(bench.library, TemplateWriter.at(tiny))]
    assert any("sketches/mine.yml:1" in each and "上周张阿姨" in each for each in found)

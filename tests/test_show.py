"""Looking at things: every noun is a page for a notebook and lines for a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou import show
from wuyou.chinese import width
from wuyou.library import Library
from wuyou.show import links
from wuyou.values import Brief, Calendar, Checked, Fact, Finding, Lamp, Passage, Post


def a_finding(**changes: Any) -> Finding:
    return Finding(**{"rule": "R-1", "category": "c", "level": "block", "message": "不得承诺保本：“保本”", **changes})


def test_columns_of_a_table_stand_under_each_other_in_chinese_too() -> None:
    lines = show.table(("客群", "发送"), [("seniors", 9), ("老年客群", 1200)], right=[1]).splitlines()
    assert lines == ["客群      发送", "seniors      9", "老年客群  1200"]
    assert len({width(line) for line in lines}) == 1


@given(
    st.lists(st.lists(st.text(st.characters(categories=["L", "N"]), max_size=6), min_size=2, max_size=2), max_size=4)
)
def test_a_table_has_a_line_for_each_row(rows: list[list[str]]) -> None:
    assert len(show.table(("一", "二"), rows).split("\n")) == len(rows) + 1


def test_words_are_shown_as_words_and_not_as_html(a_checked: Callable[..., Checked]) -> None:
    page = show.page(a_checked("<script>alert(1)</script> & 完"))
    assert "<script>" not in page.html
    assert "&lt;script&gt;" in page.html
    assert "<script>alert(1)</script> & 完" in page.text


def test_a_finding_underlines_its_words_and_no_others(a_checked: Callable[..., Checked]) -> None:
    html = show.page(a_checked("一保本二", findings=(a_finding(start=1, end=3, basis=("《广告法》第二十五条",)),))).html
    assert "一<u style='text-decoration-color:#c62828;text-decoration-thickness:2px'>保本</u>二" in html
    assert "依据：《广告法》第二十五条" in html


def test_of_two_findings_on_one_word_the_worse_is_seen(a_checked: Callable[..., Checked]) -> None:
    both = (a_finding(start=0, end=2), a_finding(level="hint", start=0, end=4))
    assert "#c62828;text-decoration-thickness:2px'>保本</u>" in show.page(a_checked("保本稳赚", findings=both)).html


def test_a_finding_on_a_picture_underlines_nothing_in_the_text(a_checked: Callable[..., Checked]) -> None:
    assert "<u " not in show.page(a_checked("一二", findings=(a_finding(where="picture 1", start=0, end=9),))).html


def test_the_five_haves_are_lamps(a_checked: Callable[..., Checked]) -> None:
    lamps = (
        Lamp(have="reply", title="有聊", lit=True, signals=("结尾有一问",)),
        Lamp(have="fun", lit=False, fixes=("甲", "乙"), owed=True),
    )
    page = show.page(a_checked("您呢？", lamps=lamps))
    assert "●有聊 ○fun" in page.text
    assert "title='甲；乙'" in page.html


def test_what_is_owed_met_and_extra_is_counted(a_checked: Callable[..., Checked]) -> None:
    lamps = (
        Lamp(have="reply", title="有聊", lit=True, signals=("结尾有一问",), quote="您呢？", owed=True),
        Lamp(have="feeling", title="有情", lit=False, fixes=("甲", "乙"), owed=True),
        Lamp(have="fun", title="有趣", lit=True),
        Lamp(have="substance", title="有料", lit=False, fixes=("丙<", "丁")),
    )
    page = show.page(a_checked("您呢？", lamps=lamps))
    assert "该有 2，做到 1，另有 1" in page.text
    assert "<summary>还可以</summary><ul style='margin:2px 0'><li>有料：丙&lt;；或丁</li></ul>" in page.html
    said = show.verdict(a_checked("您呢？", lamps=lamps)).splitlines()
    assert "  ●有聊  “您呢？”（结尾有一问）" in said
    assert "  ○有料  可以丙<；或丁" in said
    assert not [line for line in said if "甲" in line]


def test_a_verdict_names_line_and_column(a_checked: Callable[..., Checked]) -> None:
    said = show.verdict(
        a_checked(
            "第一行\n这款保本",
            findings=(
                a_finding(start=6, end=8, suggestion="删去", basis=("《广告法》第二十五条",)),
                a_finding(rule="R-2", message="少了提示"),
            ),
        )
    )
    assert said.splitlines()[:2] == [
        "2:3  拦截  R-1  不得承诺保本：“保本”   删去   依据：《广告法》第二十五条",
        "全文  拦截  R-2  少了提示",
    ]
    assert show.verdict(a_checked("好的。")).splitlines()[0] == "没有发现问题"


def test_every_noun_is_shown(
    a_calendar: Callable[..., Calendar], a_brief: Callable[..., Brief], a_checked: Callable[..., Checked]
) -> None:
    calendar, brief = a_calendar(), a_brief()
    facts: tuple[Fact, ...] = brief.facts
    for value, word in (
        (calendar, "通勤客群"),
        (calendar.entries[0].checked, calendar.entries[0].post.id),
        ([brief], "秋收定期"),
        (facts, "表1第2行"),
        ([Passage(locator="第1段", text="一段话")], "一段话"),
        ([a_finding()], "拦截"),
        ((), "（空）"),
        ("一句话", "一句话"),
        (brief.segment, "通勤客群"),
        (show.page("再看一遍"), "再看一遍"),
    ):
        page = show.page(value)
        assert word in page.text
        assert word in page._repr_html_()
        assert str(page) == repr(page) == page.text


def test_a_calendar_says_what_is_signed_waiting_and_blocked(a_calendar: Callable[..., Calendar]) -> None:
    text = show.page(a_calendar()).text
    assert [sum(f"  {state}" in line for line in text.splitlines()) for state in ("已签", "拦截", "待签")] == [18, 1, 1]


def test_an_empty_calendar_says_what_to_do(a_calendar: Callable[..., Calendar]) -> None:
    assert "wuyou batch harvest" in show.page(a_calendar([])).text


@pytest.mark.parametrize("value", [7, None, {"a": 1}])
def test_what_is_no_noun_is_shown_by_its_own_words(value: object) -> None:
    assert show.page(value).text == str(value)


# ── numbers and their lines ──


def rated(a_brief: Callable[..., Brief], a_post: Callable[..., Post], text: str, **changes: Any) -> Post:
    """Make a post that cites all of its brief's facts."""
    brief = a_brief(**changes)
    return a_post(text, brief=brief, facts=brief.facts)


def test_each_number_leads_to_its_line_in_whatever_notation(
    a_brief: Callable[..., Brief], a_post: Callable[..., Post], library: Library
) -> None:
    facts = library.sheets["autumn_deposit"].facts
    post = rated(a_brief, a_post, "一年期百分之一点二五，\n五万块起，十月十三日前有书签。", facts=facts)
    found = {link.number: (link.where, link.lines[0].where) for link in links.links(post) if link.lines}
    assert found["百分之一点二五"] == ("第1行", "秋收定期存款公告.md 表1第2行")
    assert found["五万块"] == ("第2行", "秋收定期存款公告.md 表1第2行")


def test_a_number_in_a_kept_sentence_leads_to_that_fact(
    a_brief: Callable[..., Brief], a_post: Callable[..., Post], library: Library
) -> None:
    facts = library.sheets["autumn_deposit"].facts
    post = rated(a_brief, a_post, "开售首三日到网点认购，可领桂花书签1枚。", facts=facts)
    assert {link.lines[0].where for link in links.links(post)} == {"秋收定期存款公告.md 第4段"}


def test_each_line_leads_to_where_it_is_used(
    a_brief: Callable[..., Brief], a_post: Callable[..., Post], library: Library
) -> None:
    facts = library.sheets["autumn_deposit"].facts
    post = rated(a_brief, a_post, "早。\n一年期年利率1.25%，5万元起存。\n按支取日活期存款挂牌利率计息", facts=facts)
    used = {line.where: places for line, places in links.uses(post, links.links(post))}
    assert {"1.25%（第2行）", "5万元（第2行）"} <= set(used["秋收定期存款公告.md 表1第2行"])
    assert used["秋收定期存款公告.md 第4段"] == ("按支取日活期存款挂牌利率计息（第3行）",)


def test_both_directions_agree(a_calendar: Callable[..., Calendar]) -> None:
    for entry in a_calendar().entries:
        told = links.links(entry.post)
        back = links.uses(entry.post, told)
        forth = {(line, f"{link.number}（{link.where}）") for link in told for line in link.lines}
        assert forth <= {(line, place) for line, places in back for place in places}


def test_a_derived_number_leads_to_its_sum_and_what_went_into_it(
    a_brief: Callable[..., Brief], a_post: Callable[..., Post], library: Library
) -> None:
    rate = library.sheets["autumn_deposit"].facts[0]
    made = Fact(
        key="sum", kind="derived", value="125元", formula="1万元 × rate_1y × 1年", derived_from=(rate,),
        plain="1万元存一年，利息125元", citation=rate.citation,
    )  # fmt: skip
    link = links.links(rated(a_brief, a_post, "1万元存一年，利息125元。", facts=(made,)))[-1]
    assert [line.where for line in link.lines] == ["推算 sum", "秋收定期存款公告.md 表1第2行"]
    assert link.lines[0].quote == "1万元 × rate_1y × 1年 = 125元"


def test_a_number_without_a_line_is_said_to_have_none(
    a_brief: Callable[..., Brief], a_checked: Callable[..., Checked], a_post: Callable[..., Post]
) -> None:
    post = rated(a_brief, a_post, "年利率9.99%。")
    assert "9.99%（第1行） ← 没有出处，检查看作家常话" in show.page(a_checked(post)).text
    blamed = a_checked(post, findings=(a_finding(start=3, end=8),))
    assert "9.99%（第1行） ← 没有找到出处" in show.page(blamed).text


def test_the_notebook_links_number_and_line_both_ways(
    a_brief: Callable[..., Brief], a_checked: Callable[..., Checked], a_post: Callable[..., Post]
) -> None:
    post = rated(a_brief, a_post, "一年期年利率1.25%，5万元起存。")
    html = show.page(a_checked(post, findings=(a_finding(start=7, end=10),))).html
    hrefs, ids = set(re.findall(r"href='#([^']+)'", html)), re.findall(r" id='([^']+)'", html)
    assert hrefs == set(ids)
    assert len(ids) == len(set(ids))
    assert all(name.startswith(post.id) for name in ids)
    assert "一年期年利率1.25%，5万元起存。" in re.sub(r"<[^>]+>", "", html)

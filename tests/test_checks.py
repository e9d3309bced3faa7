"""The checks room: every kind of rule, contexts, positions, what is refused at load, and the wire."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou import yamls
from wuyou.checks import Rulebook, outside, wire
from wuyou.checks.patterns import Lexicon, PatternError, compiled
from wuyou.errors import LibraryError, WuyouError
from wuyou.library import Library
from wuyou.values import (
    Bank,
    Channel,
    Checked,
    Citation,
    Fact,
    Genre,
    Limits,
    Mark,
    Origin,
    Owed,
    Part,
    Picture,
    Post,
    Quiz,
    Segment,
    Slot,
    Source,
    Topic,
    Window,
)

ON = dt.date(2026, 11, 21)
LAW = Source(name="LAW", title="某法", confidence="V1")
SOON = Source(name="SOON", title="明年的办法", effective=dt.date(2027, 1, 1), confidence="V1")
GONE = Source(name="GONE", title="去年的办法", expires=dt.date(2025, 12, 31), confidence="V1")
HABIT = Source(name="HABIT", title="本行约定", confidence="K", kind="practice")
DOCUMENT = Source(name="DOCUMENT", title="总行物料", confidence="V1", kind="headquarters")
SOURCES = {source.name: source for source in (LAW, SOON, GONE, HABIT, DOCUMENT)}

Book = Callable[..., Rulebook]


def rule(kind: str = "forbid", name: str = "R-1", **fields: str) -> str:
    """Write one rule as YAML; fields are YAML too, and replace the usual ones; an empty one is left out."""
    usual = {
        "level": "warn",
        "title": "某事",
        "message": "不要说：“{match}”",
        "basis": "[{source: LAW, article: 第一条}]",
        "match": "[保本]" if kind == "forbid" else "",
        "examples": "{hit: [保本], pass: [早安]}",
    }
    lines = [f"  {key}: {value}" for key, value in {**usual, **fields}.items() if value]
    return "\n".join([f"{name}:", f"  kind: {kind}", *lines]) + "\n"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Load a rulebook from the text of one chapter."""

    def load(text: str, groups: str = "", products: str = "", **about: Any) -> Rulebook:
        folder = tmp_path / "library" / "rules"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "chapter.yml").write_text(text, encoding="utf-8")
        for name, content in (("groups.yml", groups), ("products.yml", products)):
            if content:
                (folder / name).write_text(content, encoding="utf-8")
        return Rulebook.load(folder, SOURCES, ON, **about)

    return load


def given_text(text: str, **about: Any) -> Post:
    """Make a post of a text from outside."""
    return outside.post_of(text, **{"channel": outside.ROOMY, "on": ON, **about})


def hits(book: Rulebook, text: str, **about: Any) -> list[str]:
    return [finding.quote for finding in book.check(given_text(text, **about)).findings]


def fact(value: str, **fields: Any) -> Fact:
    cited = Citation(material="公告.docx", locator="第3段", quote=value)
    return Fact(**{"kind": "rate", "value": value, "citation": cited, "kept_by": "示例编辑", **fields})


def segment(**fields: Any) -> Segment:
    usual = {
        "name": "elders",
        "title": "长辈客群",
        "portrait": "",
        "needs": (),
        "tone": "",
        "address": "各位",
        "risk": 2,
        "suits": (),
    }
    return Segment(**{**usual, **fields})


def genre(**fields: Any) -> Genre:
    return Genre(**{"name": "benefit", "title": "权益", "purpose": "", "owes": (), "marketing": True, **fields})


def channel(
    name: str = "chat", placeholders: tuple[str, ...] = (), hours: tuple[Window, ...] = (), **limits: int
) -> Channel:
    numbers = {"chars": 999, "bytes": 9999, "pictures": 9, "emoji": 9, "per_day": 9, **limits}
    return Channel(name=name, title="私聊", limits=Limits(**numbers), hours=hours, placeholders=placeholders)


# ── matching: folding, positions, contexts ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("这款保本。", "保本"),
        ("这款保*本。", "保*本"),
        ("這款保 本。", "保 本"),
        ("这款保\u200b本。", "保\u200b本"),
        ("😀😀这款保·本", "保·本"),
    ],
)
def test_a_disguised_word_is_found_and_shown_as_it_was_written(book: Book, text: str, quote: str) -> None:
    finding = book(rule()).check(given_text(text)).findings[0]
    assert (finding.quote, text[finding.start : finding.end]) == (quote, quote)
    assert finding.message == f"不要说：“{quote}”"


def test_a_pattern_is_folded_like_the_text_it_meets(book: Book) -> None:
    assert hits(book(rule(match="['年化 ?５％|ＮＯ.1']")), "年化 5％，no.1") == ["年化 5％", "no.1"]


def test_a_gap_stays_inside_its_clause_and_a_wide_gap_inside_its_sentence(book: Book) -> None:
    narrow = book(rule(match="['保证…{0,8}收益']", examples="{hit: [保证有收益], pass: [早安]}"))
    assert hits(narrow, "保证您的收益") and not hits(narrow, "我保证，收益会变")
    wide = book(rule(match="['保证……{0,8}收益']", examples="{hit: [保证有收益], pass: [早安]}"))
    assert hits(wide, "我保证，收益会变") and not hits(wide, "我保证。收益会变")


def test_a_longer_phrase_excuses_only_what_stands_whole_inside_it(book: Book) -> None:
    made = book(rule(match="[第一]", unless="{covered_by: [第一时间]}", examples="{hit: [我行第一], pass: [第一时间]}"))
    assert hits(made, "第一时间告诉您") == []
    assert hits(made, "第一，时间到了") == ["第一"]
    assert hits(made, "第一时间告诉您，我们是第一") == ["第一"]


def test_what_stands_before_excuses_within_fourteen_characters(book: Book) -> None:
    made = book(rule(unless="{preceded_by: ['不得…{0,20}']}"))
    assert hits(made, "不得" + "甲" * 12 + "保本") == []
    assert hits(made, "不得" + "甲" * 13 + "保本") == ["保本"]


def test_what_stands_behind_excuses_within_eighteen_characters(book: Book) -> None:
    made = book(rule(unless="{followed_by: ['…{0,30}骗局']}"))
    assert hits(made, "保本" + "甲" * 16 + "骗局") == []
    assert hits(made, "保本" + "甲" * 17 + "骗局") == ["保本"]


def test_a_word_in_the_sentence_or_in_the_text_excuses(book: Book) -> None:
    sentence = book(rule(unless="{sentence: [反诈]}"))
    assert hits(sentence, "反诈提醒：谁说保本都别信") == [] and hits(sentence, "反诈提醒。这款保本") == ["保本"]
    text = book(rule(unless="{text: [反诈]}"))
    assert hits(text, "反诈提醒。这款保本") == []


def test_groups_are_shared_whole_or_inside_a_pattern(book: Book) -> None:
    made = book(rule(match="['@许诺', '送{@好处}']"), groups="许诺: [保本, 稳赚]\n好处: [米, 油]\n")
    assert hits(made, "保本，稳赚，送油") == ["保本", "稳赚", "送油"]


def test_words_on_a_picture_are_checked_and_named_by_the_picture(book: Book) -> None:
    pictures = (Picture(kind="scene", scene="窗"), Picture(kind="product", headline="保本", lines=("好",)))
    (finding,) = book(rule()).check(given_text("早安", pictures=pictures)).findings
    assert (finding.where, finding.quote, finding.start, finding.end) == ("picture 2", "保本", 0, 2)


def test_findings_come_in_the_order_of_the_text_and_then_of_the_rules(book: Book) -> None:
    made = book(
        rule(name="B-1") + rule(name="A-1") + rule(name="C-1", match="[早]", examples="{hit: [早], pass: [晚]}")
    )
    found = made.check(given_text("早，保本")).findings
    assert [(finding.rule, finding.start) for finding in found] == [("C-1", 0), ("A-1", 2), ("B-1", 2)]


@given(st.text(alphabet="保本*·\u200b第一时间，。！？\n aA１%😀“”", max_size=40))
def test_spans_always_lie_inside_the_original_and_carry_their_quote(text: str) -> None:
    matcher = compiled(("保本", "第一", "[%a]", "…{2,3}时间"), Lexicon())
    from wuyou.checks.scan import Surface

    surface = Surface(text, "text")
    for start, end in matcher.all(surface.text):
        quote, low, high = surface.cut(start, end)
        assert 0 <= low < high <= len(text) and text[low:high] == quote


PIECES = ["保本", "稳赚", "保证", "收益", "不", "第一", "3%", "送", "油", "米", "，", "。", "甲"]
PATTERNS = ["保本", "(?:稳|包)赚", "保证…{0,4}收益", "送(?:米|油)?", "[不没]保", r"\d+%", "第一(?!时)"]


@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4, unique=True),
)
def test_looking_for_needles_first_never_loses_a_match(text: str, patterns: list[str]) -> None:
    matcher = compiled(patterns, Lexicon())
    plain = [re.compile(pattern.replace("…", "[^,，。!！?？;；:：\n]")) for pattern in patterns]
    expected = {match.span() for pattern in plain for at in range(len(text)) if (match := pattern.match(text, at))}
    assert set(matcher.all(text)) == expected
    assert matcher.within(text) == bool(expected)


# ── the kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_forbid_beside_counts_a_match_only_with_its_neighbour(book: Book) -> None:
    made = book(rule(match="[第一]", beside="[银行]", examples="{hit: [第一的银行], pass: [早安]}"))
    assert hits(made, "这家银行第一") == ["第一"] and hits(made, "他是第一。银行开门") == []


def test_forbid_knows_the_words_a_segment_avoids_and_says_when_there_is_no_segment(book: Book) -> None:
    made = book(
        rule(
            match="",
            words_of="segment",
            examples="{hit: [{text: 躺平, segment: 甲, avoid: [躺平]}], pass: [{text: 早, segment: 甲}]}",
        )
    )
    assert hits(made, "今天也躺平", segment=segment(avoid=("躺平",))) == ["躺平"]
    assert made.check(given_text("今天也躺平")).not_evaluated == ("R-1",)


def test_forbid_can_look_at_what_a_picture_is_to_show(book: Book) -> None:
    made = book(rule(match="[钞票]", look_at="drawing", examples="{hit: [{text: 早, scene: 一叠钞票}], pass: [钞票]}"))
    found = made.check(given_text("早", pictures=(Picture(kind="scene", scene="一叠钞票"),))).findings
    assert [(finding.where, finding.quote) for finding in found] == [("picture 1", "钞票")]


def test_prefer_says_what_to_write_instead(book: Book) -> None:
    made = book(
        rule("prefer", level="hint", swap="{欢迎咨询: 想问什么直接回我}", examples="{hit: [欢迎咨询], pass: [早]}")
    )
    (finding,) = made.check(given_text("欢迎咨询")).findings
    assert finding.suggestion == "“欢迎咨询”可以改成“想问什么直接回我”"


def test_require_asks_only_when_there_is_a_cause(book: Book) -> None:
    made = book(rule("require", when="[利率]", any_of="[年化]", message="缺年化", examples="{hit: [利率], pass: [早]}"))
    assert hits(made, "利率3%") == ["利率"]
    assert hits(made, "年化利率3%") == [] and hits(made, "早安") == []


def test_require_all_of_wants_one_of_each_list(book: Book) -> None:
    made = book(rule("require", all_of="[[甲, 乙], [丙]]", message="缺", examples="{hit: [甲], pass: [乙丙]}"))
    assert [len(made.check(given_text(text)).findings) for text in ("甲", "丙", "乙丙")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("where", "silent", "fires"),
    [("opening", "我是小何。再见", "再见。我是小何"), ("ending", "甲。乙。我是小何", "我是小何。甲。乙")],
)
def test_require_looks_where_it_is_told_to(book: Book, where: str, silent: str, fires: str) -> None:
    made = book(
        rule("require", any_of="[我是]", where=where, message="缺", examples="{hit: [甲。乙。丙], pass: [我是]}")
    )
    assert made.check(given_text(silent)).findings == ()
    assert len(made.check(given_text(fires)).findings) == 1


PAIR = rule(
    "pair",
    level="block",
    scope="{products: [wealth]}",
    when="[开售]",
    after="[promise]",
    accept="[有风险]",
    message="缺风险提示",
    examples="{hit: [开售], pass: [有风险]}",
)


def test_pair_is_satisfied_by_the_products_own_words_or_by_an_accepted_pattern(book: Book) -> None:
    made = book(PAIR)
    product = outside.product_of("wealth")
    own = product.model_copy(update={"disclosure": product.disclosure.model_copy(update={"short": "净值会变"})})
    assert len(made.check(given_text("开售", product=product)).findings) == 1
    assert made.check(given_text("开售，产品有风险", product=product)).findings == ()
    assert made.check(given_text("开售，净值会变", product=own)).findings == ()
    assert "净值会变" in made.check(given_text("开售", product=own)).findings[0].suggestion


def test_pair_wakes_when_the_product_is_named_or_marketed_or_someone_promises(book: Book) -> None:
    made = book(PAIR + rule(name="R-2", category="promise"))
    product = outside.product_of("wealth").model_copy(update={"nickname": "溪流"})
    fired = [
        any(finding.rule == "R-1" for finding in made.check(given_text(text, product=product, genre=kind)).findings)
        for text, kind in (("说说溪流", None), ("早安", genre()), ("保本", None), ("早安", None))
    ]
    assert fired == [True, True, True, False]


@pytest.mark.parametrize(
    ("of", "limits", "text", "fires"),
    [
        ("chars", {"chars": 4}, "早 安\n您好呀", True),
        ("chars", {"chars": 5}, "早 安\n您好呀", False),
        ("chars_min", {"chars_min": 3}, "早安", True),
        ("lines", {"lines": 2}, "一\n\n二\n三", True),
        ("lines", {}, "一\n二\n三", False),
        ("bytes", {"bytes": 6}, "早安呀", True),
        ("emoji", {"emoji": 1}, "早👨‍👩‍👧安👍🏽", True),
        ("emoji", {"emoji": 2}, "早👨‍👩‍👧安👍🏽", False),
    ],
)
def test_limits_count_what_they_say(book: Book, of: str, limits: dict[str, int], text: str, fires: bool) -> None:
    made = book(
        rule(
            "limit",
            of=of,
            message="'{found}/{limit}'",
            examples="{hit: [{text: 早安您好, limits: {chars: 1, bytes: 1}}], pass: [早]}",
        )
    )
    assert bool(made.check(given_text(text, channel=channel(**limits))).findings) == fires


def test_length_is_counted_without_disclosure_refusal_and_comment(book: Book) -> None:
    made = book(
        rule(
            "limit",
            of="chars",
            message="'{found}/{limit}'",
            examples="{hit: [{text: 早安, limits: {chars: 1}}], pass: [早]}",
        )
    )
    parts = (
        Part(role="body", text="早安"),
        Part(role="disclosure", text="长长的风险提示"),
        Part(role="comment", text="评论"),
    )
    assert made.check(given_text("", parts=parts, channel=channel(chars=2))).findings == ()
    (finding,) = made.check(given_text("", parts=parts, channel=channel(chars=1))).findings
    assert finding.message == "2/1"


def test_placeholders_pass_only_where_they_will_be_filled(book: Book) -> None:
    made = book(
        rule(
            "limit", level="block", of="placeholders", message="没换：{match}", examples="{hit: ['{姓}好'], pass: [好]}"
        )
    )
    chat = channel(placeholders=("{称呼}", "%NICKNAME%"))
    assert hits(made, "{称呼}好", channel=chat) == []
    assert hits(made, "{称呼}好，{余额}") == ["{称呼}", "{余额}"]
    assert hits(made, "%NICKNAME%好", channel=chat) == ["%NICKNAME%"]
    assert hits(made, "%NICKNAME%好", channel=chat, genre=genre(name="welcome")) == []


def test_mixed_pronouns_are_noticed_but_not_in_somebody_elses_mouth(book: Book) -> None:
    made = book(rule("limit", of="pronouns", message="统一用{limit}", examples="{hit: [您好你好], pass: [您好]}"))
    assert hits(made, "您早，你吃了吗") == ["你"]
    assert hits(made, "您听，骗子说“你中奖了”") == []
    assert hits(made, "你早，您吃了吗", segment=segment(pronoun="你")) == ["您"]


def test_hours_are_the_genres_before_the_segments_before_the_channels(book: Book) -> None:
    made = book(
        rule(
            "limit",
            of="hours",
            message="'{found}不在{limit}'",
            examples="{hit: [{text: 早, at: 23:00, hours: ['09:00-10:00']}], pass: [早]}",
        )
    )
    day, own = Window(start=dt.time(9), end=dt.time(20)), {"hours": ["08:00-08:15"]}
    late = channel(hours=(day,))
    assert made.check(given_text("早", channel=late, at=dt.time(8))).findings[0].message == "08:00不在09:00-20:00"
    assert made.check(given_text("早", channel=late, at=dt.time(8), genre=genre(**own))).findings == ()
    assert made.check(given_text("早", channel=late)).not_evaluated == ("R-1",)


def test_the_ai_label_is_asked_of_model_text_only_where_the_bank_wants_it(book: Book) -> None:
    made = book(
        rule("limit", of="ai_label", message="缺标识", examples="{hit: [{text: 早, ai_label: （AI）}], pass: [早]}")
    )
    bank = Bank(name="", short="", hotline="", refusal="", ai_label="explicit", ai_label_text="（AI）")
    fired = [
        bool(made.check(given_text(text, bank=bank.model_copy(update={"ai_label": policy}), writer=writer)).findings)
        for text, policy, writer in (
            ("早", "explicit", "model"),
            ("早（AI）", "explicit", "model"),
            ("早", "audit_only", "model"),
            ("早", "explicit", "template"),
        )
    ]
    assert fired == [True, False, False, False]


OLD = "kind: rate, value: 1%, status: superseded, valid_until: 2020-01-01"
FRESH_EXAMPLES = (
    f"{{hit: [{{text: 1%, facts: [{{{OLD}, citation: {{material: a, locator: b, quote: 1%}}}}]}}],"
    " pass: [{text: 早, facts: []}]}"
)


def test_a_fact_outside_its_days_blocks_with_its_document_as_basis(book: Book) -> None:
    made = book(
        rule(
            "fresh",
            level="block",
            ask="alive",
            message="过期",
            basis="[{source: DOCUMENT}]",
            examples=FRESH_EXAMPLES.replace("status: superseded, ", ""),
        )
    )
    old = fact("1.75%", valid_until=dt.date(2026, 11, 20))
    (finding,) = made.check(given_text("三年期1.75%", facts=(old,))).findings
    assert (finding.quote, finding.basis[0]) == ("1.75%", "公告.docx 第3段")
    assert "2026-11-20 之后不能再说" in finding.message
    assert made.check(given_text("三年期1.75%", facts=(old,), on=dt.date(2026, 11, 20))).findings == ()


def test_a_superseded_or_unkept_fact_is_told_apart(book: Book) -> None:
    text = rule("fresh", name="C", ask="current", message="旧", examples=FRESH_EXAMPLES) + rule(
        "fresh", name="K", ask="kept", message="没人确认", examples=FRESH_EXAMPLES
    )
    made = book(text)
    found = made.check(
        given_text("700元", facts=(fact("700元", status="superseded"), fact("1%", kept_by=None)))
    ).findings
    assert sorted(finding.rule for finding in found) == ["C", "K"]
    assert made.check(given_text("早安")).not_evaluated == ("C", "K")


def test_a_product_above_its_segment_blocks(book: Book) -> None:
    made = book(
        rule(
            "fresh",
            level="block",
            ask="risk",
            message="不匹配",
            examples="{hit: [{text: 早, product: fund, risk: 4, segment: 甲, segment_risk: 2}], pass: [早]}",
        )
    )
    (finding,) = made.check(given_text("早", product=outside.product_of("fund", 3), segment=segment(risk=2))).findings
    assert finding.message == "不匹配：产品风险等级R3，长辈客群最高到R2"
    assert made.check(given_text("早", product=outside.product_of("fund", 3))).not_evaluated == ("R-1",)


# ── haves ────────────────────────────────────────────────────────────────────────────────────────────────────────────

HAVE = """
reply:
  kind: have
  level: warn
  title: 有聊
  message: 没有一问
  basis: [{source: HABIT}]
  threshold: 1
  signals:
    ask: {title: 结尾一问, shape: question, at: ending, weight: 0.6, not_quoted: true}
    you: {title: 问到对方, match: ['您……{0,20}\\?'], weight: 0.5}
    sale: {title: 推销, match: [扫码], weight: -1}
  fixes: [换成一个小问题, 给两个选项]
  examples: {hit: [您家呢？], pass: [早]}
picture:
  kind: have
  level: hint
  title: 有图
  message: 没有图
  basis: [{source: HABIT}]
  threshold: 1
  signals: {attached: {title: 带图, shape: picture, weight: 1}}
  fixes: [配一张, 拍一张]
  examples: {hit: [{text: 早, attachments: [花]}], pass: [早]}
"""


def test_a_have_is_lit_by_its_signals_and_shows_the_sentence(book: Book) -> None:
    checked = book(HAVE).check(given_text("今天下雪。您家呢？"))
    lamp = next(lamp for lamp in checked.lamps if lamp.have == "reply")
    assert (lamp.lit, lamp.quote, lamp.signals) == (True, "您家呢？", ("结尾一问", "问到对方"))
    assert checked.post.text[lamp.start : lamp.end] == lamp.quote


def test_a_have_stays_dark_without_enough_weight_and_says_how_to_light_it(book: Book) -> None:
    for text in ("今天下雪。下雪吗？", "您家呢？扫码了解", "她问“您家呢？”我没答。走了。到家了"):
        lamp = next(lamp for lamp in book(HAVE).check(given_text(text)).lamps if lamp.have == "reply")
        assert (lamp.lit, sorted(lamp.fixes)) == (False, ["换成一个小问题", "给两个选项"])


def test_what_the_writer_marked_never_lights_a_have(book: Book) -> None:
    post = given_text("今天下雪。").model_copy(update={"marks": (Mark(of="reply", quote="今天下雪。"),)})
    assert not next(lamp for lamp in book(HAVE).check(post).lamps if lamp.have == "reply").lit


def test_a_have_owed_and_dark_is_a_finding_and_only_then(book: Book) -> None:
    made = book(HAVE)
    owing = genre(owes=(Owed(channel="moments", haves=("reply",)),))
    assert [finding.rule for finding in made.check(given_text("早安", genre=owing)).findings] == ["reply"]
    assert made.check(given_text("早安", genre=genre())).findings == ()
    assert made.check(given_text("早安")).findings == ()


@pytest.mark.parametrize(
    ("attachment", "lit"),
    [
        ("窗台上的花", True),
        ({"type": "gif", "desc": ""}, True),
        ({"type": "link", "desc": "图文"}, False),
        ("公众号文章链接", False),
        ("说明书.pdf", False),
    ],
)
def test_a_picture_is_an_image_a_video_or_a_gif(book: Book, attachment: Any, lit: bool) -> None:
    checked = book(HAVE).check(given_text("早安", pictures=outside.pictures_of([attachment])))
    assert next(lamp.lit for lamp in checked.lamps if lamp.have == "picture") == lit


def test_haves_read_the_words_written_to_be_read_not_the_disclosure(book: Book) -> None:
    parts = (Part(role="body", text="早安。"), Part(role="disclosure", text="您读懂了吗？"))
    assert not next(lamp.lit for lamp in book(HAVE).check(given_text("", parts=parts)).lamps if lamp.have == "reply")


# ── ground ───────────────────────────────────────────────────────────────────────────────────────────────────────────

GROUND = """
G-1:
  kind: ground
  level: block
  title: 有出处
  message: 没有出处
  basis: [{source: DOCUMENT}]
  talk: ['头一天']
  yearly: ['年利率|年化']
  per_period: ['每期|手续费']
  examples: {hit: [{text: 年利率2%, material: 年利率1%}], pass: [{text: 年利率1%, material: 年利率1%}]}
"""
NOTICE = """禾溪银行大额存单（第四期），11月3日起发售，至11月20日止。
期限 | 起存金额 | 年利率
1年 | 20万元 | 1.35%
2年 | 20万元 | 1.45%
3年 | 20万元 | 1.75%
3年 | 80万元 | 1.85%
1.85%一档仅限柜面办理。每人限购500万元以上不受理。
账单分3期、6期，每期手续费率分别为0.62%、0.57%。
美元 三个月2.10、一年2.40；港币 三个月1.70、一年1.90。
热线400-000-0505"""


@pytest.mark.parametrize(
    "text",
    [
        "三年期1.75%，20万起",
        "存三年，年利率百分之一点七五；起点二十万元",
        "一年1.35%，两年1.45%",
        "三年期要拿1.85%，80万起，得去柜台",
        "分3期每期0.62%，分6期0.57%",
        "美元三个月2.10%，港币一年1.90%",
        "20万存三年，按1.75%算，利息10,500元",
        "11月3日起卖，到11月20日",
        "头一天就有人问。扣1还是扣2？第12天，三句话，一杯茶",
        "打400-000-0505",
    ],
)
def test_what_follows_from_the_material_is_grounded(book: Book, text: str) -> None:
    checked = book(GROUND).check(given_text(text, passages=outside.passages_of(NOTICE)))
    assert (checked.grounded, [finding.message for finding in checked.findings]) == (True, [])


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("三年期1.95%", "1.95%"),
        ("一年期1.45%，两年期1.35%", "一年期1.45%"),
        ("分3期每期0.57%", "3期每期0.57%"),
        ("港币一年2.40%", "2.40%"),
        ("三年期1.75%，10万起存", "10万"),
        ("11月4日起发售", "11月4日"),
        ("打400-000-0506", "400-000-0506"),
        ("20万存三年，利息12,500元", "12,500元"),
        ("年利率才0.62%", "0.62%"),
    ],
)
def test_what_contradicts_the_material_blocks_and_is_shown(book: Book, text: str, quote: str) -> None:
    checked = book(GROUND).check(given_text(text, passages=outside.passages_of(NOTICE)))
    assert checked.grounded is False and checked.blocked
    assert any(quote in finding.quote and len(finding.quote) <= max(12, 2 * len(quote)) for finding in checked.findings)
    assert all(finding.quote == text[finding.start : finding.end] for finding in checked.findings)
    assert checked.findings[0].basis[0].startswith("所附物料 ")


def test_with_nothing_to_hold_it_against_a_text_from_outside_is_not_evaluated(book: Book) -> None:
    checked = book(GROUND).check(given_text("三年期1.95%"))
    assert (checked.grounded, checked.not_evaluated) == (None, ("G-1",))


def test_inside_the_workbench_a_number_missing_from_the_facts_blocks(book: Book) -> None:
    made, known = book(GROUND), (fact("1.75%", plain="三年期1.75%，20万元起存", kind="rate"),)
    inside = {"writer": "template", "facts": known}
    assert made.check(given_text("三年期1.75%，20万元起存", **inside)).grounded is True
    assert made.check(given_text("三年期1.85%", **inside)).grounded is False
    assert made.check(given_text("三年期1.75%", writer="template")).grounded is False
    assert made.check(given_text("早安，今天降温", writer="template")).grounded is True


def test_inside_the_workbench_nothing_may_be_computed_that_nobody_kept(book: Book) -> None:
    known = (fact("1.75%", plain="三年期1.75%，20万元起存"),)
    text = "20万存三年，按1.75%算，利息10,500元"
    assert book(GROUND).check(given_text(text, writer="template", facts=known)).grounded is False


def test_a_value_of_another_tier_blocks_though_the_number_is_a_fact(book: Book) -> None:
    known = tuple(
        fact(rate, subject={"term": term, "tier": "20万元起"}) for term, rate in (("1年", "1.35%"), ("2年", "1.45%"))
    )
    checked = book(GROUND).check(given_text("两年期1.35%", writer="template", facts=known))
    assert [finding.quote for finding in checked.findings] == ["两年期1.35%"]


def test_the_day_and_minute_of_sending_are_no_claims(book: Book) -> None:
    post = given_text("今天11月21日，8:30见", writer="template", at=dt.time(8, 30))
    assert book(GROUND).check(post).grounded is True


def test_a_story_a_quiz_the_product_and_the_hotline_carry_their_own_numbers(book: Book) -> None:
    quiz = Quiz(ask="存一年多少？", options=("A 0.5%", "B 1.35%"), answer="B", because="一年期1.35%")
    topic = Topic(sheet="x", title="存单", quiz=quiz)
    bank = Bank(name="禾溪银行", short="禾溪", hotline="400-000-0505", refusal="")
    post = given_text("A 0.5% 还是 B 1.35%？打400-000-0505", writer="template", bank=bank)
    assert book(GROUND).check(post).grounded is False
    with_quiz = post.model_copy(update={"brief": post.brief.model_copy(update={"topic": topic})})
    assert book(GROUND).check(with_quiz).grounded is True


def test_numbers_on_a_picture_must_be_grounded_too(book: Book) -> None:
    picture = Picture(kind="product", headline="1.95%")
    (finding,) = (
        book(GROUND).check(given_text("早", pictures=(picture,), passages=outside.passages_of(NOTICE))).findings
    )
    assert (finding.where, finding.quote) == ("picture 1", "1.95%")


# ── scope, dates, what is not known ──────────────────────────────────────────────────────────────────────────────────


def test_a_rule_speaks_only_in_its_scope(book: Book) -> None:
    made = book(rule(scope="{products: [fund], channels: [chat], marketing: true}"))
    post = {"product": outside.product_of("fund"), "channel": channel(), "genre": genre()}
    assert hits(made, "保本", **post) == ["保本"]
    for change in (
        {"product": outside.product_of("deposit")},
        {"channel": outside.ROOMY},
        {"genre": genre(marketing=False)},
    ):
        assert hits(made, "保本", **{**post, **change}) == []


def test_a_rule_on_genres_says_when_the_genre_is_not_known(book: Book) -> None:
    made = book(rule(scope="{marketing: true}"))
    assert made.check(given_text("保本")).not_evaluated == ("R-1",)


@pytest.mark.parametrize(
    ("source", "on", "fires"),
    [
        ("SOON", ON, False),
        ("SOON", dt.date(2027, 1, 1), True),
        ("GONE", ON, False),
        ("GONE", dt.date(2025, 12, 31), True),
    ],
)
def test_a_rule_is_silent_while_its_basis_is_not_in_force(book: Book, source: str, on: dt.date, fires: bool) -> None:
    made = book(rule(basis=f"[{{source: {source}}}]"))
    assert bool(hits(made, "保本", on=on)) == fires


def test_a_finding_names_only_the_basis_in_force(book: Book) -> None:
    made = book(
        rule(level="block", basis="[{source: SOON}, {source: LAW, article: 第三条}, {source: HABIT, article: 口气}]")
    )
    assert made.check(given_text("保本")).findings[0].basis == ("《某法》第三条", "本行约定 口气")


def test_a_blocking_rule_left_with_practice_alone_is_silent(book: Book) -> None:
    assert hits(book(rule(level="block", basis="[{source: GONE}, {source: HABIT}]")), "保本") == []


PRODUCTS = "fund: {strong: [基金]}\ndeposit: {strong: [存单], weak: [利率, 存]}\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("这只基金", "fund"),
        ("存单利率", "deposit"),
        ("利率变了", None),
        ("存一点，利率变了", "deposit"),
        ("早安", None),
    ],
)
def test_a_product_is_guessed_from_words_when_nobody_says_it(book: Book, text: str, kind: str | None) -> None:
    assert book(rule(), products=PRODUCTS).guess(text) == kind


def test_a_rule_for_a_product_meets_a_text_in_which_the_product_was_guessed(book: Book) -> None:
    made = book(rule(scope="{products: [fund]}"), products=PRODUCTS)
    assert hits(made, "这只基金保本") == ["保本"] and hits(made, "这张存单保本") == []
    assert hits(made, "这只基金保本", product=outside.product_of("deposit")) == []


# ── what is refused at load ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (rule(exampels="x"), 9, "R-1 不认识这一项：exampels（是不是想写 examples？）"),
        (rule(basis="[{source: NOBODY}]"), 6, "R-1 sources.yml 里没有这个依据：NOBODY"),
        (rule(match="['保本\\b']"), 7, "R-1 不能用 \\b：汉字之间它永远不会命中"),
        (rule(match="['保.*本']"), 7, "R-1 重复没有上限"),
        (rule(match="['保…+本']"), 7, "R-1 重复没有上限"),
        (rule(match="['[^，]+本']"), 7, "R-1 重复没有上限"),
        (rule(match="['(a+)+']"), 7, "R-1 重复里又套了重复"),
        (rule(match="['(保)\\1']"), 7, "R-1 不能回引前面的组"),
        (rule(match="['保(本']"), 7, "R-1 写法有误"),
        (rule(match="['保?']"), 7, "R-1 什么都不写也会命中"),
        (rule(match="['@没有']"), 7, "R-1 没有这个词组：@没有"),
        (rule(unless="{sentence: ['.+']}"), 9, "R-1 重复没有上限"),
        (rule(examples="{hit: [保本]}"), 8, "R-1 少了这一项：pass"),
        (rule(examples="{hit: [], pass: [早]}"), 8, "R-1 examples.hit 少了内容"),
        (rule(examples=""), 1, "R-1 少了这一项：examples"),
        (rule(level="block", basis="[{source: HABIT}]"), 3, "R-1 只有惯例作依据的规则不能拦截"),
        (rule("forbids"), 2, "R-1 的 kind 不认识：forbids（是不是想写 forbid？）"),
        (rule(scope="{products: [funds]}"), 9, "R-1 scope.products.0 不能是 funds"),
        (rule(scope="{channels: [chats]}"), 9, "R-1 没有这个渠道：chats（是不是想写 chat？）"),
        (rule(match=""), 1, "match、words_of 和 heard 要写一个，也只写一个"),
        ("R-1: 不行\n", 1, "R-1 要写成 名字: 内容 的样子"),
    ],
)
def test_a_rule_that_could_not_be_trusted_does_not_load(book: Book, text: str, line: int, what: str) -> None:
    with pytest.raises(LibraryError) as caught:
        book(text, channels={"chat": channel()})
    shown = str(caught.value)
    assert what in shown and f"library/rules/chapter.yml:{line}：" in shown


def test_every_problem_is_told_at_once(book: Book) -> None:
    with pytest.raises(LibraryError) as caught:
        book(rule(match="['.*']", basis="[{source: X}]") + rule(name="R-2", level="loud") + rule(name="R-3", kindd="x"))
    assert len(caught.value.problems) == 4
    assert all(re.match(r"library/rules/chapter\.yml:\d+$", problem.where) for problem in caught.value.problems)


def test_an_id_may_be_used_once_across_all_chapters(book: Book, tmp_path: Path) -> None:
    book(rule())
    other = tmp_path / "library" / "rules" / "other" / "z.yml"
    other.parent.mkdir()
    other.write_text(rule(), encoding="utf-8")
    with pytest.raises(
        LibraryError, match=r"z\.yml:1：规则编号用了两次：R-1（另一处在 library/rules/chapter\.yml:1，请改一个）"
    ):
        book(rule())


@pytest.mark.parametrize("groups", ["甲: 保本\n", "甲: ['.*']\n", "甲: ['@乙']\n乙: ['@甲']\n"])
def test_a_bad_group_does_not_load(book: Book, groups: str) -> None:
    with pytest.raises(LibraryError, match=r"groups\.yml:\d"):
        book(rule(), groups=groups)


def test_a_folder_without_rules_says_so(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="没有规则文件夹"):
        Rulebook.load(tmp_path / "rules", SOURCES, ON)


def test_a_signal_is_words_or_a_shape_and_the_shape_is_known(book: Book) -> None:
    with pytest.raises(LibraryError, match="不认识这个 shape：smile"):
        book(HAVE.replace("shape: picture", "shape: smile"))


# ── rules prove themselves ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_example_that_does_not_fire_is_reported_with_file_and_line(book: Book) -> None:
    (problem,) = book(rule(examples="{hit: [保本, 保息], pass: [早]}")).prove()
    assert str(problem) == "library/rules/chapter.yml:8：R-1 的例句没有命中：保息（规则可能永远不会响）"


def test_an_example_that_should_be_silent_and_is_not_is_reported(book: Book) -> None:
    (problem,) = book(rule(examples="{hit: [保本], pass: [不保本]}")).prove()
    assert "R-1 的反例不该命中却命中了：不保本" in str(problem)


def test_examples_take_what_they_do_not_say_from_the_scope(book: Book) -> None:
    made = book(
        rule(
            scope="{products: [fund], channels: [chat], marketing: true}",
            examples="{hit: [保本], pass: [{text: 保本, product: deposit}, {text: 保本, marketing: false}]}",
        )
    )
    assert made.prove() == []


# ── the wire ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def read(library: Library) -> Callable[..., Post]:
    def make(**record: Any) -> Post:
        known = {"channels": library.channels, "genres": library.genres, "segments": library.segments}
        return wire.read({"id": "1", "text": "早安", "channel": "chat", **record}, on=ON, **known)

    return make


def test_a_record_becomes_a_post(read: Callable[..., Post]) -> None:
    post = read(
        text="早安\n您好",
        product="bond",
        risk_level="R2",
        on="2026-12-01",
        at="18:30",
        material="甲 | 乙\n1年 | 1.35%\n\n尾",
        attachments=["花", {"type": "link"}],
        segment="elders",
        genre="benefit",
        tier="elite",
        reviewed=False,
    )  # fmt: skip
    brief = post.brief
    assert (post.text, brief.slot.on, brief.slot.at) == ("早安\n您好", dt.date(2026, 12, 1), dt.time(18, 30))
    assert brief.product and (brief.product.kind, brief.product.risk) == ("treasury_bond", 2)
    assert brief.segment and brief.genre and (brief.segment.name, brief.genre.name) == ("elders", "benefit")
    assert len(post.pictures) == 1 and post.tags == ("reviewed:no", "tier:elite")
    assert brief.passages and [(each.locator, each.header) for each in brief.passages] == [
        ("表1第1行", ()),
        ("表1第2行", ("甲", "乙")),
        ("第1段", ()),
    ]


def test_a_record_may_say_very_little(read: Callable[..., Post]) -> None:
    post = read(product=None, on=None, attachments=None, material=None)
    assert (post.brief.slot.on, post.brief.product, post.brief.passages, post.pictures) == (ON, None, None, ())


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ({"text": ""}, "text 要写成文字"),
        ({"text": 3}, "text 要写成文字"),
        ({"channel": "chats"}, "没有这个渠道：chats（是不是想写 chat？）"),
        ({"channel": None}, "少了 channel"),
        ({"product": "funds"}, "没有这类产品：funds"),
        ({"product": ["fund"]}, "没有这类产品"),
        ({"on": "明天"}, "on 要写成日期"),
        ({"at": "25:00"}, "at 要写成钟点"),
        ({"risk_level": "R9"}, "risk_level 要写成 R1 到 R5"),
        ({"risk_level": True}, "risk_level 要写成 R1 到 R5"),
        ({"segment": "nobody"}, "没有这个 segment：nobody"),
        ({"genre": "nothing"}, "没有这个 genre：nothing"),
        ({"attachments": "花"}, "attachments 要写成列表"),
        ({"material": 3}, "material 要写成文字"),
        ({"reviewed": "yes"}, "reviewed 要写成 true 或 false"),
        ({"tier": "vip"}, "没有这一层群：vip"),
        ({"chanel": "chat"}, "不认识这一项：chanel（是不是想写 channel？）"),
    ],
)
def test_a_bad_record_is_refused_in_chinese(read: Callable[..., Post], record: dict[str, Any], what: str) -> None:
    with pytest.raises(WuyouError) as caught:
        read(**record)
    assert what in str(caught.value)


def test_a_bad_record_tells_everything_that_is_wrong(read: Callable[..., Post]) -> None:
    with pytest.raises(WuyouError) as caught:
        read(text="", channel="x", on="y")
    assert len(caught.value.problems) == 3


def test_an_answer_has_the_shape_of_the_contract(book: Book) -> None:
    made = book(
        HAVE + GROUND + rule(category="guarantee") + rule(name="R-2", match="[早]", examples="{hit: [早], pass: [晚]}")
    )
    checked = made.check(given_text("早，保本1.95%。您家呢？", passages=outside.passages_of("1.75%")))
    answer = wire.write(checked, 7)
    assert list(answer) == ["id", "haves", "evidence", "findings", "not_evaluated", "grounded", "ungrounded"]
    assert answer["haves"] == {"picture": False, "substance": False, "feeling": False, "fun": False, "reply": True}
    assert answer["evidence"]["reply"] == ["您家呢？", 10, 14, ["结尾一问", "问到对方"]]
    assert [(each["rule"], each["category"]) for each in answer["findings"]] == [
        ("R-2", None),
        ("R-1", "guarantee"),
        ("G-1", None),
    ]
    assert set(answer["findings"][0]) == {
        "rule",
        "category",
        "level",
        "quote",
        "start",
        "end",
        "where",
        "message",
        "suggestion",
        "basis",
    }
    assert (answer["grounded"], [each["quote"] for each in answer["ungrounded"]]) == (False, ["保本1.95%"])


def test_nothing_about_a_text_from_outside_need_be_known(book: Book) -> None:
    checked = book(HAVE + GROUND + PAIR).check(given_text("。"))
    assert isinstance(checked, Checked) and wire.write(checked, None)["grounded"] is None


def test_a_pattern_error_speaks_chinese() -> None:
    with pytest.raises(PatternError, match="没有这个词组：@甲"):
        compiled(("{@甲}",), Lexicon())


def test_the_chapters_of_the_tiny_library_prove_themselves(library: Library) -> None:
    made = Rulebook.load(
        library.folder / "rules", library.sources, ON, channels=library.channels, genres=library.genres
    )
    assert made.prove() == [] and set(made.surveys) == {
        name for name, each in made.surveys.items() if each.kind in ("quota", "gap", "alike", "stray")
    }


def test_an_origin_of_a_person_is_not_outside(book: Book) -> None:
    post = given_text("三年期1.75%").model_copy(update={"origin": Origin(writer="human:何穗")})
    assert book(GROUND).check(post).not_evaluated == ()


def test_checking_the_same_post_twice_says_the_same(book: Book) -> None:
    made, post = book(HAVE + GROUND + rule()), given_text("保本，您家呢？", passages=outside.passages_of("1%"))
    assert made.check(post).id == made.check(post).id


def test_strict_yaml_reaches_the_rules(book: Book) -> None:
    with pytest.raises(LibraryError, match="这一项写了两遍：title"):
        book(rule() + "  title: 又一个\n")
    assert yamls.parse(rule(), "x").data["R-1"]["kind"] == "forbid"


def test_a_slot_without_a_minute_is_no_trouble(book: Book) -> None:
    post = given_text("早")
    assert post.brief.slot == Slot(on=ON, channel="moments", genre="") and book(GROUND).check(post).findings == ()


def test_a_proved_state_starts_from_what_was_kept_and_finds_the_same() -> None:
    first = Lexicon()
    fresh = compiled(("保本", "[零0]风险", "…{2,3}时间"), first)
    again = compiled(("保本", "[零0]风险", "…{2,3}时间"), Lexicon(json.loads(json.dumps(first.kept))))
    for text in ("本产品保本，0风险", "从前的时间", "早上好", ""):
        assert list(fresh.all(text)) == list(again.all(text))
        assert fresh.within(text) == again.within(text)

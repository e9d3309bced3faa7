"""Writers: what every post owes is there whoever writes, and a template becomes a post or an error with its place."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from wuyou import planner
from wuyou.errors import LibraryError, WriterError
from wuyou.library import Library
from wuyou.values import Brief, Campaign, Citation, Fact, Finding, Moment, Origin, Part, Picture, Post
from wuyou.writers import Writer, cited, finish
from wuyou.writers.template import HEADINGS, TemplateWriter, sections

BODY = (Part(role="body", text="桂花开了。"),)
HUMAN = Origin(writer="human:test")
BLOCK = Finding(rule="R", category="c", level="block", message="不行")


def roles(post: Post) -> list[str]:
    return [part.role for part in post.parts]


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., TemplateWriter]:
    """Write wordings of chat/benefit and return the writer over them."""

    def make(*texts: str, genre: str = "benefit", channel: str = "chat") -> TemplateWriter:
        folder = tmp_path / "templates" / "posts" / channel
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts, 1):
            (folder / f"{genre}.{number}.md.j2").write_text(text, encoding="utf-8")
        return TemplateWriter(folder.parent)

    return make


# ── what every writer owes ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_products_risk_words_are_added(a_brief: Callable[..., Brief]) -> None:
    post = finish(a_brief(product="wealth_90", genre="life_benefit"), BODY, HUMAN)
    assert roles(post) == ["body", "disclosure"]
    assert post.parts[1].text.startswith("理财非存款")


def test_risk_words_that_stand_there_already_are_not_doubled(a_brief: Callable[..., Brief]) -> None:
    own = Part(role="disclosure", text="自己的风险提示")
    post = finish(a_brief(product="wealth_90", genre="life_benefit"), (*BODY, own), HUMAN)
    assert [part.text for part in post.parts if part.role == "disclosure"] == ["自己的风险提示"]


@pytest.mark.parametrize(
    ("channel", "genre", "due"),
    [
        ("chat", "benefit", True),
        ("chat", "life_benefit", False),
        ("moments", "campaign_offer", False),
        ("group", "benefit", False),
    ],
)
def test_a_marketing_chat_and_nothing_else_says_how_to_opt_out(
    a_brief: Callable[..., Brief], channel: str, genre: str, due: bool
) -> None:
    assert ("refusal" in roles(finish(a_brief(channel=channel, genre=genre, product=None), BODY, HUMAN))) is due


@pytest.mark.parametrize(
    ("policy", "writer", "due"),
    [
        ("explicit", "model", True),
        ("explicit", "template", False),
        ("audit_only", "model", False),
        ("off", "model", False),
    ],
)
def test_text_written_by_a_model_is_labelled_when_the_bank_says_so(
    a_brief: Callable[..., Brief], library: Library, policy: Any, writer: str, due: bool
) -> None:
    bank = library.bank.model_copy(update={"ai_label": policy})
    post = finish(a_brief(bank=bank), BODY, Origin(writer=writer))
    assert (bank.ai_label_text in post.text) is due


def test_parts_come_in_the_order_in_which_they_are_read(a_brief: Callable[..., Brief]) -> None:
    shuffled = tuple(Part(role=role, text=role) for role in ("comment", "ask", "body", "opening"))
    assert roles(finish(a_brief(), shuffled, HUMAN)) == ["opening", "body", "ask", "disclosure", "refusal", "comment"]


def test_a_post_bears_segment_campaign_channel_genre_and_beat_as_tags(a_brief: Callable[..., Brief]) -> None:
    assert finish(a_brief(), BODY, HUMAN).tags == (
        "segment:commuters", "campaign:harvest", "channel:chat", "genre:benefit", "beat:offer", "秋收",
    )  # fmt: skip
    assert finish(a_brief(segment=None, campaign=None, beat=""), BODY, HUMAN).tags == ("channel:chat", "genre:benefit")


# ── cited facts ──


def keys(brief: Brief, text: str, *pictures: Picture) -> list[str]:
    return [fact.key for fact in cited(brief, (Part(role="body", text=text),), pictures)]


def test_a_fact_is_cited_by_its_value_or_by_its_plain_words(a_brief: Callable[..., Brief], library: Library) -> None:
    brief = a_brief(facts=library.sheets["autumn_deposit"].facts)
    assert keys(brief, "一年期1.25%，存不存随您。") == ["rate_1y"]
    assert keys(brief, "提前支取，按支取日活期存款挂牌利率计息。") == ["early"]
    assert keys(brief, "桂花开了。") == []


def test_a_fact_on_a_picture_is_cited_too(a_brief: Callable[..., Brief], library: Library) -> None:
    brief = a_brief(facts=library.sheets["autumn_deposit"].facts)
    assert keys(brief, "桂花开了。", Picture(kind="product", lines=("年利率1.25%",))) == ["rate_1y"]


def test_a_number_in_the_risk_words_is_not_cited(a_brief: Callable[..., Brief]) -> None:
    fact = Fact(
        key="level", kind="risk_level", value="R2", citation=Citation(material="a.md", locator="第1段", quote="R2")
    )
    post = finish(a_brief(product="wealth_90", facts=(fact,)), BODY, HUMAN)
    assert "R2" in post.text
    assert post.facts == ()


@pytest.mark.parametrize(
    ("value", "text", "is_cited"),
    [
        ("5万元", "5万元起存", True),
        ("5万元", "15万元起存", False),
        ("5万元", "0.5万元起存", False),
        ("3", "第3天", True),
        ("3", "2030年", False),
        ("1.25", "1.255", False),
        ("1.25", "1.25。", True),
        ("500", "满1,500元", False),
        ("10:00", "10:00开门", True),
        ("", "桂花开了", False),
    ],
)
def test_a_number_inside_a_longer_number_is_no_citation(
    a_brief: Callable[..., Brief], value: str, text: str, is_cited: bool
) -> None:
    fact = Fact(key="x", kind="amount", value=value, citation=Citation(material="a.md", locator="第1段", quote=text))
    assert bool(keys(a_brief(facts=(fact,)), text)) is is_cited


# ── a template becomes a post ────────────────────────────────────────────────────────────────────────────────────────

WHOLE = """{# 温和 #}
## 开头
{{ segment.address }}，
## 正文
{{ points[0].plain }}。

第二段。
## 一问
{{ topic.question }}
## 首评
{{ bank.hotline }}
## 配图
kind: scene
headline: "{{ topic.headline }}"
lines: [一行, 又一行]
## 标记
feeling: 第二段。
"""


def test_a_template_is_cut_at_its_headings(put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]) -> None:
    brief = a_brief()
    post = put(WHOLE).write(brief)
    assert roles(post) == ["opening", "body", "ask", "disclosure", "refusal", "comment"]
    assert post.parts[0].text == "各位赶车的街坊，"
    assert post.parts[1].text == f"{brief.facts[0].plain}。\n第二段。"
    assert post.pictures == (Picture(kind="scene", headline="秋收定期", lines=("一行", "又一行")),)
    assert [(mark.of, mark.quote) for mark in post.marks] == [("feeling", "第二段。")]
    assert post.facts == brief.facts[:1]
    assert (post.origin.writer, post.origin.template) == ("template", "templates/posts/chat/benefit.1.md.j2")


def test_windows_line_ends_make_the_same_post(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]
) -> None:
    plain = put(WHOLE).write(a_brief())
    assert put(WHOLE.replace("\n", "\r\n")).write(a_brief()) == plain


def test_an_empty_section_is_no_part(put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]) -> None:
    post = put("## 开头\n{% if false %}x{% endif %}\n## 正文\n桂花开了。\n").write(a_brief())
    assert roles(post) == ["body", "disclosure", "refusal"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## 正文\n一。\n## 结尾\n二。\n", "不认识这个小标题：结尾"),
        ("## 正 文\n一。\n", "是不是想写 正文？"),
        ("一句在前。\n## 正文\n二。\n", "第一个小标题之前有字：一句在前"),
        ("## 开头\n一。\n", "写出来没有正文"),
        ("## 正文\n\n", "写出来没有正文"),
        ("", "写出来没有正文"),
        ("## 正文\n一。\n## 配图\nkind: photo\n", "kind 不能是 photo"),
        ("## 正文\n一。\n## 配图\nkind: scene\nheadlin: 二\n", "是不是想写 headline"),
        ("## 正文\n一。\n## 配图\nkind: scene\nkind: meme\n", "这一项写了两遍：kind"),
        ("## 正文\n一。\n## 配图\n", "是空的"),
        ("## 正文\n一。\n## 标记\n- 二\n", "标记要写成"),
        ("## 正文\n{{ story.opening }}\n", "没有这个变量：story"),
        ("## 正文\n{{ points[9].plain }}\n", "没有这一项：9"),
    ],
)
def test_a_template_that_makes_no_post_is_an_error_that_names_it(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief], text: str, said: str
) -> None:
    with pytest.raises(LibraryError) as caught:
        put(text).write(a_brief())
    assert "templates/posts/chat/benefit.1.md.j2" in str(caught.value)
    assert said in str(caught.value)


def test_a_heading_without_its_blank_is_a_heading_and_not_sent_to_a_customer() -> None:
    assert list(sections("##开头\n一\n##正文\n二\n", "x")) == [("开头", "一"), ("正文", "二")]


def test_a_hash_for_a_topic_is_text() -> None:
    assert list(sections("## 正文\n#秋天的第一口柿子#\n# 一\n", "x")) == [("正文", "#秋天的第一口柿子#\n# 一")]


def test_every_heading_is_known_by_its_chinese_name() -> None:
    text = "".join(f"## {heading}\n{role}\n" for heading, role in HEADINGS.items())
    assert list(sections(text, "x")) == list(HEADINGS.items())


# ── which wording is due ──


def test_two_neighbours_do_not_share_a_wording(
    writer: TemplateWriter, library: Library, campaign: Campaign, stock: Callable[..., planner.Stock]
) -> None:
    for name in campaign.segments:
        used: dict[tuple[str, str], list[str]] = {}
        for brief in planner.plan(campaign, library.segments[name], stock(library)):
            used.setdefault((brief.slot.channel, brief.slot.genre), []).append(writer.write(brief).origin.template)
        assert all(one != other for templates in used.values() for one, other in pairwise(templates))


def test_the_wordings_of_a_genre_take_turns(put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]) -> None:
    writer = put(*(f"## 正文\n第{number}种。\n" for number in range(1, 4)))
    texts = [writer.write(a_brief(ordinal=ordinal)).parts[0].text for ordinal in range(1, 7)]
    assert len(set(texts[:3])) == 3
    assert texts[:3] == texts[3:]


def test_two_variants_of_a_slot_have_two_wordings(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]
) -> None:
    writer = put("## 正文\n一。\n", "## 正文\n二。\n")
    assert writer.write(a_brief(variant=1)).text != writer.write(a_brief(variant=2)).text


def test_a_try_that_was_stopped_or_warned_of_is_followed_by_another_wording_and_a_hint_is_not(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]
) -> None:
    writer = put("## 正文\n一。\n", "## 正文\n二。\n", "## 正文\n三。\n")
    first = writer.write(a_brief())
    assert writer.write(a_brief(), (BLOCK, BLOCK)).text != first.text
    assert writer.write(a_brief(), (BLOCK.model_copy(update={"level": "warn"}),)).text != first.text
    assert writer.write(a_brief(), (BLOCK.model_copy(update={"level": "hint"}),)).text == first.text


def test_a_second_try_stays_clear_of_the_wordings_of_neighbours_and_variants(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]
) -> None:
    writer = put(*(f"## 正文\n第{number}种。\n" for number in range(8)))
    taken = {writer.write(a_brief(ordinal=ordinal)).text for ordinal in (1, 2)}
    taken |= {writer.write(a_brief(ordinal=1, variant=variant)).text for variant in (1, 2, 3)}
    notes = [BLOCK.model_copy(update={"quote": str(number)}) for number in range(30)]
    again = [writer.write(a_brief(ordinal=1), (note,)).text for note in notes]
    assert not taken.intersection(again)
    assert len(set(again)) > 1
    assert again == [writer.write(a_brief(ordinal=1), (note,)).text for note in notes]


def test_no_joke_is_made_on_a_day_of_remembrance(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]
) -> None:
    writer = put("{# 温和·一句 #}\n## 正文\n慢慢走。\n", "{# 幽默·一句 #}\n## 正文\n肚子先到。\n")
    day = Moment(name="remembrance", title="清明", date="04-05", quiet=True)
    said = {writer.write(a_brief(ordinal=number, moment=day)).parts[0].text for number in range(1, 5)}
    assert said == {"慢慢走。"}
    feast = day.model_copy(update={"quiet": False})
    assert len({writer.write(a_brief(ordinal=number, moment=feast)).parts[0].text for number in range(1, 5)}) == 2


def test_numbers_count_and_do_not_sort_as_letters(put: Callable[..., TemplateWriter]) -> None:
    writer = put(*(f"## 正文\n{number}\n" for number in range(1, 12)))
    assert writer.wordings("chat", "benefit")[-2:] == ("chat/benefit.10.md.j2", "chat/benefit.11.md.j2")


def test_a_wording_built_on_a_story_is_used_only_with_one(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief], library: Library
) -> None:
    told, openly = "## 正文\n{{ story.opening }}\n", "## 正文\n假如您路过网点，伞架上有一把伞。\n"
    writer = put(told, openly, genre="persona", channel="moments")
    without = [
        a_brief(channel="moments", genre="persona", product=None, story=None, ordinal=number) for number in range(1, 5)
    ]
    with_one = [brief.model_copy(update={"story": library.stories[0]}) for brief in without]
    assert {writer.write(brief).parts[0].text for brief in without} == {"假如您路过网点，伞架上有一把伞。"}
    assert {writer.write(brief).parts[0].text for brief in with_one} == {library.stories[0].opening}


def test_a_story_genre_without_story_or_a_wording_for_that_is_an_error(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]
) -> None:
    writer = put("## 正文\n{{ story.opening }}\n", genre="persona", channel="moments")
    with pytest.raises(WriterError, match=r"没有 moments / persona 的写法"):
        writer.write(a_brief(channel="moments", genre="persona", story=None))


def test_a_genre_without_any_wording_is_an_error_that_says_where_to_write_one(
    put: Callable[..., TemplateWriter], a_brief: Callable[..., Brief]
) -> None:
    with pytest.raises(WriterError) as caught:
        put("## 正文\n一。\n").write(a_brief(genre="life_benefit"))
    assert (
        str(caught.value)
        == "templates/posts/chat/life_benefit.1.md.j2：没有 chat / life_benefit 的写法（请照旁边的模板写一份）"
    )


def test_writing_twice_gives_the_same_post(writer: TemplateWriter, a_brief: Callable[..., Brief]) -> None:
    assert writer.write(a_brief()).id == TemplateWriter(writer.folder).write(a_brief()).id


# ── found without writing ──


def test_the_tiny_wordings_have_no_problem(writer: TemplateWriter) -> None:
    assert list(writer.problems()) == []


def test_problems_of_all_templates_are_found_together(put: Callable[..., TemplateWriter]) -> None:
    writer = put("## 正文\n{{ segment.tonne }}\n", "## 正文\n{{ slto.day }}\n", "## 正文\n{% if %}\n")
    (writer.folder / "chat" / "benefit.md.j2").write_text("## 正文\n")
    (writer.folder / "chat" / "notes.txt").write_text("")
    (writer.folder / "chat" / "_macros.j2").write_text("{{ anything }}")
    found = [str(problem) for problem in writer.problems()]
    assert [line.split("：")[0] for line in found] == [
        "templates/posts/chat/benefit.1.md.j2:2",
        "templates/posts/chat/benefit.2.md.j2:2",
        "templates/posts/chat/benefit.3.md.j2:2",
        "templates/posts/chat/benefit.md.j2",
        "templates/posts/chat/notes.txt",
    ]
    assert "segment 里没有 tonne（可用：address avoid" in found[0]
    assert "是不是想写 slot？" in found[1]


# ── any writer will do ──


def test_a_writer_of_ten_lines_is_enough(a_brief: Callable[..., Brief]) -> None:
    class Shouting:
        name = "shouting"

        def write(self, brief: Brief, notes: tuple[Finding, ...] = ()) -> Post:
            return finish(brief, (Part(role="body", text=brief.facts[0].value + "！"),), Origin(writer=self.name))

    loud: Writer = Shouting()
    post = loud.write(a_brief())
    assert roles(post) == ["body", "disclosure", "refusal"]
    assert post.facts == a_brief().facts[:1]


def test_the_fake_writer_hands_out_its_queue_and_remembers_its_notes(
    fake_writer: Callable[..., Any], a_brief: Callable[..., Brief], a_post: Callable[..., Post]
) -> None:
    ready = a_post("现成的。")
    fake = fake_writer(["一。", ready, WriterError("写不出")])
    assert fake.write(a_brief()).parts[0].text == "一。"
    assert fake.write(a_brief(), (BLOCK,)) is ready
    with pytest.raises(WriterError):
        fake.write(a_brief())
    assert [notes for _, notes in fake.calls] == [(), (BLOCK,), ()]

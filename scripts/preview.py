"""Try lines and wordings before they go in: render a template for every segment, or judge each line of a phrases file.

usage: python scripts/preview.py FILE... [--segment NAME]... [--on DATE] [--brief]
FILE is templates/posts/CHANNEL/GENRE.N.md.j2, or content_library/phrases/ROLE/NAME.yml, replies/NAME.yml or
sketches/NAME.yml; for a SEGMENT written as @seniors, the slots of every campaign with what is known of them.
--brief prints the faults only. Exits 1 when there is one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

from wuyou import Workbench
from wuyou.checks.surveys.likeness import grams, likeness
from wuyou.errors import WuyouError
from wuyou.values import Brief, Checked, Kit, Origin, Part, Phrase, Post, Sketch
from wuyou.workbench import claims
from wuyou.writers.template import TemplateWriter

LENGTHS = {
    "hook": (8, 28), "scene": (8, 26), "feeling": (8, 30), "turn": (8, 30), "analogy": (8, 34), "question": (6, 26),
    "closer": (6, 22), "headline": (3, 8),
}  # fmt: skip
"""Least and most characters of a line, by role."""
DATES = re.compile(r"今天|明天|昨天|今晚|明早|今早|这会儿|刚刚|本周|下周|上周|\d")
PERSON = re.compile(
    r"有[一]?[位个](?:老)?客户|客户[老小]|(?:上周|昨天|前天|那天|刚才)[^，。]{0,6}(?:阿姨|大爷|叔|姐|哥|奶奶|爷爷)|我妈|我爸|我女儿|我儿子|[张李王刘陈杨赵黄周吴]\w?(?:阿姨|姐|哥|叔|大爷|先生|女士)"
)
LIKE = 0.4
ACROSS = 0.45
"""Two lines, and one wording for two segments, are too much alike from here."""


def main() -> int:
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--segment", action="append", default=[])
    options.add_argument("--on", type=dt.date.fromisoformat, default=None)
    options.add_argument("--brief", action="store_true")
    asked = options.parse_args()
    bench = Workbench.here(Path(__file__).parent.parent)
    faults = 0
    for file in asked.files:
        if file.name.startswith("@"):
            found = _slots(bench, file.name[1:])
        elif "sketches" in file.parts:
            found = _sketches(bench, file, brief=asked.brief)
        elif file.name.endswith(".md.j2"):
            found = _wording(bench, file, asked.segment, asked.on, brief=asked.brief)
        elif "replies" in file.parts:
            found = _kits(bench, file)
        else:
            found = _lines(bench, file)
        for line in found:
            faults += 1
            print(line)
    print(f"{faults} 处要改" if faults else "没有要改的")
    return min(faults, 1)


def _wording(bench: Workbench, file: Path, segments: list[str], on: dt.date | None, *, brief: bool) -> Iterator[str]:
    name = f"{file.parent.name}/{file.name}"
    seen: dict[dt.date, list[tuple[str, frozenset[str]]]] = {}
    channel, genre = file.parent.name, file.name.split(".")[0]
    writer = TemplateWriter.at(bench.root)
    for segment in segments or bench.library.segments:
        for day in [on] if on else DAYS.get(genre, DAYS[""]):
            try:
                plans = bench.occasion_briefs(genre, segment, on=day, channel=channel)
                checked = bench.rulebook.check(writer._write(plans[0], name))  # one wording, whoever's turn it is
            except WuyouError as error:
                yield f"{name} {segment} {day}  写不出来：{error}"
                continue
            if not brief:
                print(f"\n── {name} · {bench.library.segments[segment].title} · {day} · {len(checked.post.counted)} 字")
                print(checked.post.text)
                for reply in checked.post.replies:
                    print(f"   〔{reply.heard or str(reply.within_hours) + ' 小时没回'}〕{reply.answer}")
            seen.setdefault(day, []).append((segment, grams(checked.post.counted)))
            yield from (f"{name} {segment} {day}  {line}" for line in _faults(checked))
    for day, texts in seen.items():
        pairs = [likeness(one, other) for (_, one), (_, other) in combinations(texts, 2)]
        if sum(pair > ACROSS for pair in pairs) > len(pairs) * 0.05:
            told = f"两两相像的中位数 {statistics.median(pairs):.2f}（要在 {ACROSS} 以下）"
            yield f"{name} {day}  各客群写出来太像：{told}，固定的字太多，换成 phrase、points 或 pick"


DAYS = {
    "": [dt.date(2026, 10, 20), dt.date(2026, 11, 30)],
    "festival_care": [dt.date(2026, 10, 18), dt.date(2026, 11, 7), dt.date(2026, 12, 22), dt.date(2027, 2, 5)],
}
"""Days on which wordings are tried."""


GUESSED = ("HRD",)
"""Chapters of rules that listen to whole sentences: too doubtful for one line alone."""


def _faults(checked: Checked) -> Iterator[str]:
    """Say what is wrong with a post: findings, owed haves that are dark, its length."""
    post, limits = checked.post, checked.post.brief.channel.limits
    for finding in checked.findings:
        if finding.level != "hint" and not finding.rule.startswith(GUESSED) and finding.category != "five_haves":
            yield f"{finding.level} {finding.rule} {finding.message} “{finding.quote}”"
    for lamp in checked.lamps:
        if lamp.owed and not lamp.lit:
            yield f"该有没有：{lamp.title}（{'；'.join(lamp.fixes[:1])}）"
    if not limits.chars_min <= len(post.counted) <= limits.chars:
        yield f"{len(post.counted)} 字（{limits.chars_min}–{limits.chars}）"
    if "你" in post.text:
        yield "有“你”，要用“您”"
    if not post.replies and post.brief.genre and post.brief.genre.name != "refused":
        yield "没有接话"


def _lines(bench: Workbench, file: Path) -> Iterator[str]:
    label = bench.library.label(file.resolve())
    others: list[tuple[Phrase, frozenset[str]]] = []
    for index, phrase in enumerate(bench.library.phrases):
        own = grams(phrase.text)
        where = bench.library.item("phrases", index)
        if where.startswith(f"{label}:"):
            yield from (f"{where}  {fault}：{phrase.text}" for fault in _line_faults(bench, phrase))
            for other, theirs in others:
                if other.role == phrase.role and likeness(own, theirs) >= LIKE:
                    yield f"{where}  太像“{other.text}”：{phrase.text}"
        others.append((phrase, own))


def _line_faults(bench: Workbench, phrase: Phrase) -> Iterator[str]:
    least, most = LENGTHS.get(phrase.role, (4, 40))
    if not least <= len(phrase.text) <= most:
        yield f"{len(phrase.text)} 字（{least}–{most}）"
    if phrase.role == "question":
        if not phrase.text.endswith("？"):
            yield "要以问号收尾"
    elif phrase.text[-1] in "。！？，；":
        yield "句末不加标点"
    if "你" in phrase.text and "“" not in phrase.text:
        yield "有“你”，要用“您”"
    if found := DATES.search(phrase.text):
        yield f"不写日子和数：“{found[0]}”"
    if found := PERSON.search(phrase.text):
        yield f"不写没有出处的人：“{found[0]}”"
    for name in phrase.segments:
        yield from (f"{name} 不爱听“{word}”" for word in bench.library.segments[name].avoid if word in phrase.text)
    if not phrase.segments:
        for segment in bench.library.segments.values():
            yield from (
                f"“{word}”是{segment.title}的说法，请加 segments" for word in segment.words if word in phrase.text
            )
    yield from _said(bench, phrase.text)
    yield from _ungrounded(bench, phrase.text)


def _ungrounded(bench: Workbench, text: str) -> Iterator[str]:
    """Say which words of a line would pass for a claim that no fact stands behind, beside a post's own facts."""
    brief = _beside(bench)
    post = Post(brief=brief, parts=(Part(role="body", text=f"{text}。"),), origin=Origin(writer="template"))
    for finding in bench.rulebook.check(post).findings:
        if finding.rule.startswith("GRD"):
            yield f"{finding.level} {finding.rule} {finding.message} “{finding.quote}”：{text}"


@cache
def _beside(bench: Workbench) -> Brief:
    return bench.occasion_briefs("finance_tip", min(bench.library.segments), on=DAYS[""][0], channel="chat")[0]


def _plans(bench: Workbench, segment: str) -> Iterator[Brief]:
    for name, campaign in bench.library.campaigns.items():
        if segment in campaign.segments:
            yield from bench.plan(name, segment)


def _slots(bench: Workbench, segment: str) -> Iterator[str]:
    """Print every slot of a segment that no story fills, with what a sketch for it may tell."""
    for brief in _plans(bench, segment):
        slot, genre = brief.slot, brief.genre
        assert genre is not None
        if genre.story:
            continue
        owed = [have for each in genre.owes if each.channel == slot.channel for have in each.haves]
        day, moment = f"{slot.on}（{'一二三四五六日'[slot.on.weekday()]}）{slot.at or ''}", brief.moment
        print(
            f"\n── {brief.campaign.name if brief.campaign else ''} {day} {slot.channel} {genre.name}（{genre.title}：{genre.purpose}）"
        )
        print(
            f"   该有 {'、'.join(owed)}；时令 {moment.name if moment else '无'}；框架 {brief.arc.name if brief.arc else ''}"
        )
        print(f"   {'已有小稿：' + brief.sketch.opening if brief.sketch else '还没有小稿'}")
        if brief.topic and genre.facts:
            asked = f"；题 {brief.topic.quiz.ask}" if genre.quiz and brief.topic.quiz else ""
            print(f"   sheet: {brief.topic.sheet}（{brief.topic.title}）{asked}")
            for fact in brief.facts:
                if fact.plain:
                    print(f"      {{{fact.key}}} = {fact.plain}")
    yield from ()


def _sketches(bench: Workbench, file: Path, *, brief: bool) -> Iterator[str]:
    """Try each sketch of a file in the slots that it gets; say which get none."""
    label = bench.library.label(file.resolve())
    where = {
        sketch: place
        for index, sketch in enumerate(bench.library.sketches)
        if (place := bench.library.item("sketches", index)).startswith(f"{label}:")
    }
    wrong = (*bench.library.problems(), *claims.problems(bench.library, TemplateWriter.at(bench.root)))
    yield from (str(problem) for problem in wrong if problem.where.startswith(f"{label}:"))
    used: set[Sketch] = set()
    segments = {name for sketch in where for name in sketch.segments or bench.library.segments}
    for segment in sorted(segments):
        for each in _plans(bench, segment):
            if each.sketch is None or each.sketch not in where:
                continue
            used.add(each.sketch)
            slot, at = each.slot, where[each.sketch]
            first = bench._judge(bench.writer("template").write(each))
            if not brief:
                print(f"\n── {at} {segment} {slot.on} {slot.channel} {slot.genre} · {len(first.post.counted)} 字")
                print(first.post.text)
            yield from (f"{at} {segment} {slot.on} {slot.genre}  {line}" for line in _faults(first))
            checked = bench.compose((each,))[0]
            if checked.post.origin.template != "sketches":
                said = "；".join(f"{one.rule}“{one.quote}”" for one in first.findings if one.level != "hint")
                yield f"{at} {segment} {slot.on} {slot.genre}  没有用成，被 {said} 挡下，由模板另写"
    yield from (f"{place}  没有一格用到：{sketch.opening}" for sketch, place in where.items() if sketch not in used)


def _kits(bench: Workbench, file: Path) -> Iterator[str]:
    label = bench.library.label(file.resolve())
    for index, kit in enumerate(bench.library.kits):
        where = bench.library.item("replies", index)
        if where.startswith(f"{label}:"):
            yield from (f"{where}  {fault}" for text in _texts(kit) for fault in _said(bench, text))


def _texts(kit: Kit) -> Iterator[str]:
    filled = (text.replace("{answer}", "A").replace("{because}", "公告里写着") for text in _all(kit))
    yield from filled


def _all(kit: Kit) -> Iterator[str]:
    for text in (*(reply.answer for reply in kit.replies), kit.after_24h, kit.after_72h):
        if len(text) > 80:
            print(f"长 {len(text)} 字：{text}")
        yield text


def _said(bench: Workbench, text: str) -> Iterator[str]:
    for finding in bench.check(text, channel="chat").findings:
        if (
            finding.level != "hint"
            and finding.category not in ("five_haves", "length")
            and not finding.rule.startswith(("LEN", *GUESSED))
        ):
            yield f"{finding.level} {finding.rule} {finding.message} “{finding.quote}”：{text}"


if __name__ == "__main__":
    sys.exit(main())

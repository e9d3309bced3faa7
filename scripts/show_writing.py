"""Write docs/writing.md: what the template writer makes of the sample campaigns, counted.

usage: python scripts/show_writing.py [--check | --list]
--check writes nothing and exits 1 when the page is not what the library makes today. --list names the posts that fall
short instead.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from wuyou import Workbench
from wuyou.checks.surveys.likeness import grams, likeness
from wuyou.values import Checked

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "writing.md"
NOTE = "<!-- 由 scripts/show_writing.py 生成，请改模板和句子，不要改这里。 -->\n"
INSIDE, BESIDE, ACROSS = 0.35, 0.5, 0.5
"""From which 4-gram Jaccard two posts count as one: of a segment, of a slot's variants, of two segments."""
VARIANTS = 3


class Told(NamedTuple):
    """A post with what is compared of it."""

    checked: Checked
    grams: frozenset[str]

    @property
    def name(self) -> str:
        """Where it stands: campaign, segment, slot and variant."""
        brief = self.checked.post.brief
        campaign, segment = brief.campaign, brief.segment
        return (
            f"{campaign.name if campaign else '-'} {segment.name if segment else '-'} {brief.slot.key}.{brief.variant}"
        )


def told(bench: Workbench, campaign: str, *, variants: int = 1) -> list[Told]:
    """Write a campaign for all its segments."""
    from wuyou import planner

    chosen = bench.library.campaign(campaign).model_copy(update={"variants": variants})
    stock = bench._stock(chosen.cadence)
    briefs = (brief for name in chosen.segments for brief in planner.plan(chosen, bench.library.segments[name], stock))
    return [Told(checked, grams(checked.post.counted)) for checked in bench.compose(briefs)]


def long_enough(checked: Checked) -> bool:
    limits = checked.post.brief.channel.limits
    return limits.chars_min <= len(checked.post.counted) <= limits.chars


def owed_met(checked: Checked) -> bool:
    return all(lamp.lit for lamp in checked.lamps if lamp.owed)


def alike(posts: Sequence[Told]) -> Iterator[tuple[float, Told, Told]]:
    """Yield each pair of posts of one segment with how alike they are."""
    groups: dict[str, list[Told]] = defaultdict(list)
    for post in posts:
        segment = post.checked.post.brief.segment
        groups[segment.name if segment else ""].append(post)
    for group in groups.values():
        for one, other in combinations(group, 2):
            yield likeness(one.grams, other.grams), one, other


def neighbours(posts: Sequence[Told]) -> Iterator[tuple[float, Told, Told]]:
    """Yield each post with its nearest of another segment."""
    by_gram: dict[str, list[int]] = defaultdict(list)
    for index, post in enumerate(posts):
        for gram in post.grams:
            by_gram[gram].append(index)
    for post in posts:
        shared: dict[int, int] = defaultdict(int)
        for gram in post.grams:
            for index in by_gram[gram]:
                shared[index] += 1
        others = [
            (count / (len(post.grams) + len(posts[index].grams) - count), index)
            for index, count in shared.items()
            if posts[index].checked.post.brief.segment != post.checked.post.brief.segment
        ]
        if others:
            share, index = max(others)
            yield share, post, posts[index]


def share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else "—"


def row(title: str, posts: Sequence[Told]) -> str:
    checked = [each.checked for each in posts]
    inside = [value for value, _, _ in alike(posts)]
    across = [value for value, _, _ in neighbours(posts)]
    cells = (
        title,
        len(checked),
        sum(each.count("block") for each in checked),
        sum(each.count("warn") for each in checked),
        share(sum(each.grounded is not False for each in checked), len(checked)),
        share(sum(owed_met(each) for each in checked), len(checked)),
        share(sum(long_enough(each) for each in checked), len(checked)),
        share(sum(bool(each.post.replies) for each in checked), len(checked)),
        f"{max(inside, default=0):.2f}",
        sum(value > INSIDE for value in inside),
        share(sum(value > ACROSS for value in across), len(across)),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def page(bench: Workbench) -> str:
    """Return the page."""
    runs = {name: told(bench, name) for name in bench.library.campaigns}
    everything = [post for posts in runs.values() for post in posts]
    lines = [
        NOTE,
        "# 写出来的文稿\n",
        "没有模型，只用小稿、模板和句子：示例银行的每个活动、每个客群、每一天，全部写一遍再逐篇过检。\n",
        "| 活动 | 篇数 | 拦截 | 提醒 | 有出处 | 该有的“有”做到 | 字数合规 | 有接话 | 同客群最像 | 同客群像过 0.35 | 别的客群有像过 0.5 的 |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
        *(row(bench.library.campaigns[name].title, posts) for name, posts in runs.items()),
        row("合计", everything),
        "",
        by_hand(runs),
        "“别的客群有像过 0.5 的”：有几成文稿，在同一个活动里能找到另一个客群的一篇，像到 0.5 以上；合计一行跨活动比。\n",
        "“像”是正文（开头、正文、一问）四字串的 Jaccard：一样的四字串占全部的几成。\n",
        "## 同一格的几种说法\n",
        f"每格写 {VARIANTS} 种说法时，同一格里任意两种之间：\n",
        "| 活动 | 对数 | 最像 | 像过 0.5 | 同一个故事讲两遍 |",
        "| --- | --: | --: | --: | --: |",
        *(variants_row(bench, name) for name in bench.library.campaigns),
        "",
        "## 库里有什么\n",
        *stock(bench),
    ]
    return "\n".join(lines) + "\n"


def by_hand(runs: dict[str, list[Told]]) -> str:
    """Say how many posts were written whole, how many are stories, how many come from wordings."""
    origins = [post.checked.post for posts in runs.values() for post in posts]
    whole = sum(post.origin.template == "sketches" for post in origins)
    stories = sum(post.brief.story is not None for post in origins)
    others = len(origins) - whole - stories
    return f"{len(origins)} 篇里，整篇写的小稿 {whole} 篇，讲故事的 {stories} 篇，由模板写的 {others} 篇。\n"


def variants_row(bench: Workbench, campaign: str) -> str:
    slots: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for post in told(bench, campaign, variants=VARIANTS):
        brief = post.checked.post.brief
        slots[brief.segment.name if brief.segment else "", brief.slot.key].append(post)
    pairs = [
        (likeness(one.grams, other.grams), one, other)
        for each in slots.values()
        for one, other in combinations(each, 2)
    ]
    twice = sum(
        one.checked.post.brief.story is not None and one.checked.post.brief.story == other.checked.post.brief.story
        for _, one, other in pairs
    )
    values = [value for value, _, _ in pairs]
    title = bench.library.campaigns[campaign].title
    return f"| {title} | {len(pairs)} | {max(values, default=0):.2f} | {sum(value > BESIDE for value in values)} | {twice} |"


def stock(bench: Workbench) -> Iterable[str]:
    """Return what the library holds: wordings by channel and genre, lines by role."""
    writer = bench.writer("template")
    wordings = writer.catalogue  # type: ignore[attr-defined]
    yield "| 渠道 | 内容类型：几种写法 |"
    yield "| --- | --- |"
    for channel in bench.library.channels.values():
        told_of = [
            f"{bench.library.genres[genre].title} {len(names)}"
            for (where, genre), names in wordings.items()
            if where == channel.name
        ]
        yield f"| {channel.title} | {'，'.join(told_of)} |"
    roles: dict[str, list[bool]] = defaultdict(list)
    for phrase in bench.library.phrases:
        roles[phrase.role].append(bool(phrase.moments))
    yield ""
    yield "| 句子 | 句数 | 其中说到时令的 |"
    yield "| --- | --: | --: |"
    for role, timed in sorted(roles.items()):
        yield f"| {role} | {len(timed)} | {sum(timed)} |"
    yield f"| 合计 | {len(bench.library.phrases)} | {sum(map(sum, roles.values()))} |"
    sketches = bench.library.sketches
    yield ""
    yield "| 小稿 | 篇数 | 其中说到时令的 |"
    yield "| --- | --: | --: |"
    for segment in bench.library.segments.values():
        own = [sketch for sketch in sketches if segment.name in sketch.segments]
        yield f"| {segment.title} | {len(own)} | {sum(bool(sketch.moments) for sketch in own)} |"
    yield f"| 合计 | {len(sketches)} | {sum(bool(sketch.moments) for sketch in sketches)} |"


def short(bench: Workbench) -> Iterator[str]:
    """Name every post that falls short, and how."""
    everything = [post for name in bench.library.campaigns for post in told(bench, name)]
    for post in everything:
        checked = post.checked
        for finding in checked.findings:
            if finding.level != "hint":
                yield f"{post.name}  {finding.level} {finding.rule} {finding.message}"
        if not long_enough(checked):
            yield f"{post.name}  {len(checked.post.counted)} 字"
        yield from (f"{post.name}  缺{lamp.title}" for lamp in checked.lamps if lamp.owed and not lamp.lit)
        if (
            not checked.post.replies
            and checked.post.brief.genre
            and checked.post.brief.genre.owed(checked.post.brief.slot.channel)
        ):
            yield f"{post.name}  没有接话"
    for value, one, other in alike(everything):
        if value > INSIDE:
            yield f"{one.name}  像 {other.name} {value:.2f}"
    for value, one, other in neighbours(everything):
        if value > ACROSS:
            yield f"{one.name}  别的客群也这样说 {other.name} {value:.2f}"


def main(arguments: list[str]) -> int:
    """Write the page, check it, or name what falls short."""
    bench = Workbench.here(ROOT)
    if "--list" in arguments:
        for line in short(bench):
            print(line)
        return 0
    text = page(bench)
    if "--check" in arguments:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    print(f"→ {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Write docs/five-haves.md: twenty posts with their lamps, the words that lit them, and what to do about the dark ones.

usage: python scripts/show_haves.py    (scripts/refresh_docs.py does the same, and checks it)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from wuyou import yamls
from wuyou.values import Checked, Lamp
from wuyou.workbench import Workbench

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "five-haves.md"
POSTS = Path(__file__).with_name("shown_posts.yml")
READ = "（人看："
"""Begins the note on a lamp that a person would have set otherwise."""
HEAD = """<!-- 由 scripts/show_haves.py 生成，请改它旁边的 shown_posts.yml，不要改这里。 -->

# 五有怎么看：二十篇

下面二十篇是为这一页写的，从没滋味的到有滋味的。判断和建议都是规则册当场给的，没有改过一个字；和人读下来不一样的也留着，
注了“人看”：八十盏灯（有图不算）里有 WRONG 盏。

- 划线的字是依据，后面的小字说它点亮了哪一盏。**●** 亮着，○ 没亮；带“该有”的，是这种内容类型在这个渠道上必须有的。
- 没亮的给两条办法，挑最合这篇的客群、渠道、类型和时候的。不欠的没亮也不要紧：一条里样样都有，反而累。
- 五有从不拦截，只提醒。它读得懂大多数说法，读不懂全部：见[标注是怎么来的](labels.md)。
"""


def page() -> str:
    """Return the page."""
    bench = Workbench(ROOT)
    posts = yamls.load(POSTS, POSTS.name).data
    body = "\n".join(line for number, post in enumerate(posts, 1) for line in _post(bench, number, post))
    return f"{HEAD.replace('WRONG', str(body.count(READ)))}\n{body}"


def _post(bench: Workbench, number: int, record: Mapping[str, Any]) -> Iterator[str]:
    library = bench.library
    said = {name: value for name, value in record.items() if name not in ("text", "read")}
    checked = bench.check(record["text"], **said)
    titles = (
        library.channels[said["channel"]].title,
        library.segments[said["segment"]].title,
        library.genres[said["genre"]].title,
    )
    lit = sum(lamp.lit for lamp in checked.lamps if lamp.owed)
    owed = sum(lamp.owed for lamp in checked.lamps)
    more = sum(lamp.lit for lamp in checked.lamps if not lamp.owed)
    yield f"## {number}. {' · '.join(titles)}\n"
    yield f"> {_marked(checked)}\n"
    yield f"该有 {owed}，做到 {lit}{f'，另有 {more}' if more else ''}。{'带图。' if said['attachments'] else '没有图。'}\n"
    yield "| | 凭什么，或怎么办 |\n| --- | --- |"
    for lamp in checked.lamps:
        yield f"| {'●' if lamp.lit else '○'} {lamp.title}{'（该有）' if lamp.owed else ''} | {_why(lamp)}{_read(lamp, record['read'])} |"
    yield ""


def _why(lamp: Lamp) -> str:
    if not lamp.lit:
        return "<br>".join(lamp.fixes)
    quote = f"「{escape(' '.join(lamp.quote.split()))}」<br>" if lamp.quote else ""
    return f"{quote}凭：{'、'.join(lamp.signals[:3])}"


def _read(lamp: Lamp, read: Sequence[str]) -> str:
    """Say so where a person reads otherwise; a picture is no matter of reading."""
    if lamp.have == "picture" or lamp.lit == (lamp.have in read):
        return ""
    return f"<br>{READ}{'没有' if lamp.lit else '有'}）"


def _marked(checked: Checked) -> str:
    """Underline the words that lit a lamp, and name the lamp behind them."""
    text = checked.post.text
    lit = [(lamp.title, lamp.start, _stop(text, lamp.end)) for lamp in checked.lamps if lamp.lit and lamp.quote]
    cuts = sorted({0, len(text), *(at for _, start, end in lit for at in (start, end))})
    pieces = []
    for start, end in pairwise(cuts):
        held = any(low <= start and end <= high for _, low, high in lit)
        pieces.append(f"<u>{escape(text[start:end])}</u>" if held else escape(text[start:end]))
        done = "".join(title.removeprefix("有") for title, _, high in lit if high == end)
        pieces.append(f"<sup>{done}</sup>" if done else "")
    return "".join(pieces).replace("</u><u>", "").replace("\n", "<br>")


def _stop(text: str, end: int) -> int:
    """Return where a quote ends when the stops behind it are counted in."""
    while end < len(text) and text[end] in "。？！”":
        end += 1
    return end


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"docs/{PAGE.name}：已更新")

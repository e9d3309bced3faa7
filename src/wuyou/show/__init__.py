"""A value as HTML for a notebook cell, and as text for a terminal. Changes nothing of what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

from ..chinese import pad, width
from ..values import Brief, Calendar, Checked, Fact, Finding, Passage, Reply
from . import links, sides
from .terminal import LEVEL_TITLES, difference, meter, underlined, verdict

__all__ = ["Page", "difference", "page", "table", "underlined", "verdict"]

LEVEL_COLOURS = {"block": "#c62828", "warn": "#b26a00", "hint": "#33691e"}
STYLE = "font:14px/1.6 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;border-collapse:collapse;text-align:left"


class Page(NamedTuple):
    """Something to look at: Jupyter takes the HTML, a terminal takes the text."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text


def page(value: Any) -> Page:
    """Return any of the house's values as a page; what it does not know is shown by its own words."""
    if isinstance(value, Page):
        return value
    if isinstance(value, Calendar):
        return _calendar(value)
    if isinstance(value, Checked):
        return _posts([value], full=True)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, dict)):
        items = list(value)
        if items and all(isinstance(item, Checked) for item in items):
            return _posts(items)
        if items and all(isinstance(item, Brief) for item in items):
            return _briefs(items)
        if items and all(isinstance(item, Fact) for item in items):
            return _facts(items)
        if items and all(isinstance(item, Passage) for item in items):
            return _table(("位置", "原文"), [(item.locator, item.text) for item in items])
        if items and all(isinstance(item, Finding) for item in items):
            return _table(("级别", "规则", "说明", "怎么改"), [_finding_row(item) for item in items])
        if not items:
            return _line("（空）")
    return _line(str(value))


def _line(text: str) -> Page:
    return Page(f"<p>{escape(text)}</p>", text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = ()) -> str:
    """Lay out a table for a terminal, Chinese characters taking two columns; ``right`` names columns set to the right."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    numbers = set(right)
    lines = []
    for row in cells:
        parts = [
            " " * (widths[column] - width(cell)) + cell if column in numbers else pad(cell, widths[column])
            for column, cell in enumerate(row)
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Page:
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    top = "".join(f"<th style='padding:2px 10px;border-bottom:1px solid #bbb'>{escape(title)}</th>" for title in head)
    plain = [[str(cell).replace("\n", " / ") for cell in row] for row in rows]
    return Page(f'<table style="{STYLE}"><tr>{top}</tr>{body}</table>', table(head, plain))


def _cell(cell: object) -> str:
    text = escape(str(cell)).replace("\n", "<br>")
    return f"<td style='padding:2px 10px;vertical-align:top;text-align:left'>{text}</td>"


def _briefs(briefs: Sequence[Brief]) -> Page:
    rows = []
    for brief in briefs:
        slot = brief.slot
        at = slot.at.strftime("%H:%M") if slot.at else ""
        about = brief.topic.title if brief.topic else brief.story.title if brief.story else ""
        genre = brief.genre.title if brief.genre else slot.genre
        rows.append(
            (slot.day, slot.on, at, brief.channel.title, genre, slot.stage or slot.beat, about, len(brief.facts))
        )
    return _table(("天", "日期", "时间", "渠道", "类型", "阶段", "写什么", "要点数"), rows)


def _facts(facts: Sequence[Fact]) -> Page:
    rows = [
        (
            fact.key,
            fact.kind,
            fact.value,
            fact.citation.locator,
            fact.citation.quote,
            "已确认" if fact.kept else "待确认",
        )
        for fact in facts
    ]
    return _table(("编号", "类别", "值", "位置", "原文", "状态"), rows)


def _finding_row(finding: Finding) -> tuple[str, str, str, str]:
    return LEVEL_TITLES[finding.level], finding.rule, finding.message, finding.suggestion


def _posts(checked: Sequence[Checked], *, full: bool = False) -> Page:
    """Show posts; in a terminal what stands behind a post is told only of one that is shown alone."""
    blocks, lines = [], []
    for each in checked:
        post, slot = each.post, each.post.brief.slot
        at = f"{slot.on} {slot.at.strftime('%H:%M')}" if slot.at else str(slot.on)
        genre = post.brief.genre.title if post.brief.genre else slot.genre
        title = f"{at}  {post.brief.channel.title}·{genre}  {post.id}"
        inside = f"<b>{escape(title)}</b>{_lamps(each)}{_body(each)}{_notes(each)}{_ways(each)}{_behind(each)}"
        blocks.append(f"<div style='margin:10px 0;padding:8px 12px;border-left:3px solid #2e7d6b'>{inside}</div>")
        lines += [title, *(f"    {line}" for line in post.text.splitlines())]
        lines += [f"    {LEVEL_TITLES[finding.level]}  {finding.rule}  {finding.message}" for finding in each.findings]
        lines.append(f"    {meter(each)}")
        lines += _beside(each) if full else []
    return Page(f'<div style="{STYLE}">{"".join(blocks)}</div>', "\n".join(lines))


def _beside(each: Checked) -> list[str]:
    """Say for a terminal which sentence takes which step, says what of headquarters', and what to answer."""
    post = each.post
    lines: list[str] = []
    if taken := sides.steps(post):
        arc = post.brief.arc.title if post.brief.arc else ""
        lines += [f"  框架 {arc}", *(f"    {pad(title, 12)}{said or '—'}" for title, said in taken)]
    if told := sides.pairs(post):
        lines.append("  总行怎么说，我们怎么说")
        lines += [
            line for pair in told for line in (f"    总行  {pair.theirs}（{pair.where}）", f"    我们  {pair.ours}")
        ]
    lines += links.plain(each)
    if post.replies:
        lines += ["  接话", *(f"    {_heard(reply)}：{reply.answer}" for reply in post.replies)]
    return lines


def _heard(reply: Reply) -> str:
    return f"他说“{reply.heard}”" if reply.heard else f"{reply.within_hours} 小时没回"


def _behind(each: Checked) -> str:
    """Fold away the same for a notebook."""
    post = each.post
    blocks: list[tuple[str, str]] = []
    if taken := sides.steps(post):
        arc = post.brief.arc.title if post.brief.arc else ""
        blocks.append((f"框架：{arc}", _table(("步子", "哪一句"), taken).html))
    if told := sides.pairs(post):
        rows = [(pair.theirs, pair.ours, pair.where) for pair in told]
        blocks.append(("总行怎么说，我们怎么说", _table(("总行原文", "我们的话", "出处"), rows).html))
    if lines := links.html(each):
        blocks.append(("出处用在哪里", lines))
    if post.replies:
        rows_said = [(_heard(reply), reply.answer) for reply in post.replies]
        blocks.append(("接话", _table(("他怎么回", "接一句"), rows_said).html))
    return "".join(
        f"<details style='color:#444'><summary>{escape(title)}</summary>{inside}</details>" for title, inside in blocks
    )


def _ways(each: Checked) -> str:
    """Fold away how each dark lamp could be lit; those that are owed stand among the findings already."""
    dark = [lamp for lamp in each.lamps if not lamp.lit and not lamp.owed and lamp.fixes]
    if not dark:
        return ""
    rows = "".join(f"<li>{escape(lamp.title or lamp.have)}：{escape('；或'.join(lamp.fixes))}</li>" for lamp in dark)
    return f"<details style='color:#666'><summary>还可以</summary><ul style='margin:2px 0'>{rows}</ul></details>"


def _lamps(each: Checked) -> str:
    spans = []
    for lamp in each.lamps:
        colour = "#2e7d6b" if lamp.lit else "#c62828" if lamp.owed else "#999"
        hint = "、".join(lamp.signals) if lamp.lit else "；".join(lamp.fixes)
        spans.append(
            f"<span title='{escape(hint)}' style='color:{colour};margin-left:10px'>{'●' if lamp.lit else '○'}{lamp.title or lamp.have}</span>"
        )
    return "".join(spans)


def _body(each: Checked) -> str:
    """Underline every finding in the text, overlapping ones once, by the worst; lead every number to its source."""
    text, marks = each.post.text, [""] * len(each.post.text)
    for finding in sorted(each.findings, key=lambda finding: ("hint", "warn", "block").index(finding.level)):
        if finding.where == "text":
            marks[finding.start : finding.end] = [finding.level] * (finding.end - finding.start)
    anchors = links.anchors(each.post)
    leads = [-1] * len(text)
    for start, (end, _, _) in anchors.items():
        leads[start:end] = [start] * (end - start)
    html: list[str] = []
    begun, (level, lead) = 0, ("", -1)
    for at in range(len(text) + 1):
        state = (marks[at], leads[at]) if at < len(text) else ("", -2)
        if state != (level, lead):
            html.append(_stretch(text[begun:at], level, anchors.get(lead), first=begun == lead))
            begun, (level, lead) = at, state
    return f"<div>{''.join(html)}</div>"


def _stretch(words: str, level: str, anchor: tuple[int, str, str] | None, *, first: bool) -> str:
    """Mark up a stretch that is the same throughout."""
    html = escape(words).replace("\n", "<br>")
    if anchor:
        _, own, source = anchor
        name = f" id='{own}'" if first else ""
        html = f"<a{name} href='#{source}' title='看出处' style='color:inherit;text-decoration:none;border-bottom:1px dotted #888'>{html}</a>"
    if level:
        html = f"<u style='text-decoration-color:{LEVEL_COLOURS[level]};text-decoration-thickness:2px'>{html}</u>"
    return html


def _notes(each: Checked) -> str:
    rows = []
    for finding in each.findings:
        basis = f" <span style='color:#777'>依据：{escape('、'.join(finding.basis))}</span>" if finding.basis else ""
        advice = f" {escape(finding.suggestion)}" if finding.suggestion else ""
        said = f"{LEVEL_TITLES[finding.level]} {escape(finding.rule)} {escape(finding.message)}{advice}{basis}"
        rows.append(f"<li style='color:{LEVEL_COLOURS[finding.level]}'>{said}</li>")
    return f"<ul style='margin:2px 0'>{''.join(rows)}</ul>" if rows else ""


def _calendar(calendar: Calendar) -> Page:
    if not calendar.entries:
        return _line(
            f"“{calendar.title}”还没有写好的文稿。请先运行 2_write_campaign，或 wuyou batch {calendar.campaign}"
        )
    rows = []
    for entry in calendar.entries:
        brief, slot = entry.post.brief, entry.post.brief.slot
        state = "已签" if entry.approved else "拦截" if entry.checked.blocked else "待签"
        at = slot.at.strftime("%H:%M") if slot.at else ""
        segment = brief.segment.title if brief.segment else ""
        genre = brief.genre.title if brief.genre else slot.genre
        first = entry.post.text.splitlines()[0] if entry.post.text else ""
        rows.append(
            (
                slot.on,
                at,
                segment,
                brief.channel.title,
                genre,
                state + ("·有改动" if entry.stale else ""),
                first,
                entry.post.id,
            )
        )
    return _table(("日期", "时间", "客群", "渠道", "类型", "状态", "开头", "编号"), rows)

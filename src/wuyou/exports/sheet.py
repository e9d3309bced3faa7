"""The calendar as a table: ``calendar.csv`` for programs, ``calendar.xlsx`` for people. Everything, with its status."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..dealing import dealt
from ..values import LEVELS, Calendar, Entry
from . import approval, clock, expires, pictures, replies, segment, sources

COLUMNS = (
    "date", "time", "segment", "campaign", "channel", "genre", "beat", "variant", "post", "text", "picture", "tags",
    "sources", "approval", "expires", "staff",
)  # fmt: skip
"""Columns of the CSV: a contract, see ``docs/wire-schema.md``."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula; the CSV puts an apostrophe before it."""


def row(entry: Entry, staff: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """Return an entry as the CSV's columns; several values in a cell are joined by ``"; "``."""
    post, slot = entry.post, entry.post.brief.slot
    values = {
        "date": slot.on.isoformat(),
        "time": clock(entry),
        "segment": segment(entry),
        "campaign": post.brief.campaign.name if post.brief.campaign else "",
        "channel": slot.channel,
        "genre": slot.genre,
        "beat": slot.beat,
        "variant": str(post.brief.variant),
        "post": post.id,
        "text": post.text,
        "picture": "; ".join(pictures(entry)),
        "tags": "; ".join(post.tags),
        "sources": "; ".join(sources(entry)),
        "approval": approval(entry),
        "expires": expires(entry),
        "staff": "; ".join(f"{branch} {name}" for branch, name in staff),
    }
    return {name: f"'{value}" if value.startswith(FORMULA) else value for name, value in values.items()}


class CsvExporter:
    """Writes ``calendar.csv``: UTF-8, a row an entry, one header row."""

    suffix = ".csv"
    approved_only = False

    def export(self, calendar: Calendar, path: Path) -> Path:
        """Write the file."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
            writer.writeheader()
            staff = dealt(calendar)
            writer.writerows(row(entry, staff.get(entry.post.id, ())) for entry in calendar.entries)
        return path


class XlsxExporter:
    """Writes ``calendar.xlsx``: one sheet to read and filter, one with the findings."""

    suffix = ".xlsx"
    approved_only = False

    def export(self, calendar: Calendar, path: Path) -> Path:
        """Write the workbook; byte-identical for equal calendars."""
        import io

        import xlsxwriter

        options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
        made = io.BytesIO()  # the library wraps an error of the disk in one of its own; writing the bytes is ours
        with xlsxwriter.Workbook(made, options) as book:
            book.set_properties(
                {"title": calendar.title, "author": calendar.bank.name, "created": dt.datetime(2026, 1, 1)}
            )
            formats = {
                "head": book.add_format(
                    {
                        "bold": True,
                        "font_color": "#FFFFFF",
                        "bg_color": "#2E6B5E",
                        "valign": "vcenter",
                        "text_wrap": True,
                    }
                ),
                "cell": book.add_format({"valign": "top", "text_wrap": True}),
                "date": book.add_format({"valign": "top", "num_format": "m月d日", "align": "left"}),
                "block": book.add_format({"valign": "top", "font_color": "#C62828", "bold": True}),
                "signed": book.add_format({"valign": "top", "font_color": "#2E6B5E"}),
                "quiet": book.add_format({"valign": "top", "text_wrap": True, "font_color": "#666666", "font_size": 9}),
            }
            for each in formats.values():
                each.set_font_name("Microsoft YaHei")
                each.set_bottom(1)
                each.set_bottom_color("#DDDDDD")
            _calendar(book, calendar, formats)
            _findings(book, calendar, formats)
        path.write_bytes(made.getvalue())
        return path


_READ = (
    # heading, width in characters
    ("日期", 9), ("星期", 6), ("时间", 7), ("客群", 12), ("渠道", 8), ("类型", 10), ("阶段", 12), ("文案", 58), ("图片", 22),
    ("状态", 8), ("问题", 30), ("出处", 34), ("审批号", 15), ("有效至", 12), ("编号", 19), ("接话", 44), ("发给", 16),
)  # fmt: skip
WEEKDAYS = "一二三四五六日"


def _calendar(book: Any, calendar: Calendar, formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("内容日历")
    sheet.freeze_panes(1, 4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column, (heading, width) in enumerate(_READ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, formats["head"])
    staff = dealt(calendar)
    for line, entry in enumerate(calendar.entries, 1):
        post, slot = entry.post, entry.post.brief.slot
        status = (
            "已签"
            if entry.approved
            else "拦截"
            if entry.checked.blocked
            else "要点待认"
            if post.unconfirmed
            else "待签"
        )
        sheet.write_datetime(line, 0, dt.datetime.combine(slot.on, dt.time.min), formats["date"])
        texts = (
            "常备" if slot.standing else f"周{WEEKDAYS[slot.on.weekday()]}", clock(entry), post.brief.segment.title if post.brief.segment else "",
            post.brief.channel.title, post.brief.genre.title if post.brief.genre else slot.genre, slot.stage or slot.beat,
            post.text,
            "\n".join(pictures(entry)), status, _problems(entry), "\n".join(sources(entry)), approval(entry), expires(entry), post.id,
            "\n".join(f"{when}：{reply.answer}" for when, reply in replies(entry)),
            "\n".join(f"{branch} {name}" for branch, name in staff.get(post.id, ())),
        )  # fmt: skip
        for column, text in enumerate(texts, 1):
            style = "cell"
            if column == 9:
                style = "signed" if entry.approved else "block" if entry.checked.blocked else "cell"
            elif column in (8, 11, 12, 14, 15, 16):
                style = "quiet"
            sheet.write_string(line, column, text, formats[style])
        lines = sum(1 + len(part) // 30 for part in post.text.splitlines())
        sheet.set_row(line, 6 + 16 * max(2, lines))
    if calendar.entries:
        sheet.autofilter(0, 0, len(calendar.entries), len(_READ) - 1)


def _problems(entry: Entry) -> str:
    lines = [
        f"{title} {finding.rule} {finding.message}"
        for level, title in zip(LEVELS, ("拦截", "提醒", "建议"), strict=True)
        for finding in entry.checked.findings
        if finding.level == level
    ]
    return "\n".join(lines)


def _findings(book: Any, calendar: Calendar, formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("巡检与问题")
    sheet.freeze_panes(1, 0)
    for column, (heading, width) in enumerate(
        (("级别", 8), ("规则", 12), ("说明", 60), ("怎么改", 40), ("依据", 40), ("编号", 19))
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, formats["head"])
    for line, texts in enumerate(_rows(calendar), 1):
        for column, text in enumerate(texts):
            sheet.write_string(line, column, text, formats["cell"])


def _rows(calendar: Calendar) -> Iterator[tuple[str, ...]]:
    titles = dict(zip(LEVELS, ("拦截", "提醒", "建议"), strict=True))
    found = [("", finding) for finding in calendar.findings]
    found += [(entry.post.id, finding) for entry in calendar.entries for finding in entry.checked.findings]
    for post, finding in sorted(found, key=lambda pair: LEVELS.index(pair[1].level)):
        yield titles[finding.level], finding.rule, finding.message, finding.suggestion, "、".join(finding.basis), post

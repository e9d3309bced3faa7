"""Aggregated figures per post in, advice on frequency and genre per segment out. It never sees a customer.

The rule is the source articles': long reading and many answers, more of the same, step by step; otherwise less.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .errors import MaterialError, Problem
from .values import Entry

COLUMNS = ("post", "sent", "read", "seconds", "replies")
"""Post id; how often sent, read; mean seconds of reading; answers."""

FORBIDDEN = (
    "phone",
    "mobile",
    "name",
    "customer",
    "external_userid",
    "openid",
    "手机",
    "姓名",
    "客户",
    "身份证",
    "卡号",
)
"""Headings that would mean customer data; a file that has one is refused."""

ENOUGH = 30
"""Fewer readings than this carry no advice."""


class Advice(NamedTuple):
    """What to do about a genre in a segment."""

    segment: str
    genre: str
    sent: int
    read_share: float
    seconds: float
    reply_share: float
    step: int
    """+1 one more in the next round, -1 one less, 0 leave it."""


def advise(rows: Iterable[tuple[int, Mapping[str, str]]], entries: Mapping[str, Entry], name: str) -> list[Advice]:
    """Compare every segment × genre with its segment's mean and say which way to go.

    Raises MaterialError with every line that cannot be used, and for any column that looks like customer data.
    """
    sums: dict[tuple[str, str], list[float]] = {}
    problems: list[Problem] = []
    for line, row in rows:
        if line == 2 or not sums:
            problems += _heading_problems(row, name)
            if problems:
                break
        numbers = _numbers(row, f"{name}:{line}", problems)
        entry = entries.get(row.get("post", ""))
        if entry is None:
            problems.append(
                Problem(
                    f"没有编号为 {row.get('post', '')} 的文稿", f"{name}:{line}", "请用 calendar.csv 里的 post 一列"
                )
            )
        elif numbers is not None:
            sent, read, seconds, replies = numbers
            segment = entry.post.brief.segment.name if entry.post.brief.segment else ""
            total = sums.setdefault((segment, entry.post.brief.slot.genre), [0.0, 0.0, 0.0, 0.0])
            for index, value in enumerate((sent, read, seconds * read, replies)):
                total[index] += value
    if problems:
        raise MaterialError(problems)
    if not sums:
        raise MaterialError("一行数字也没有", name, f"列名要是 {'、'.join(COLUMNS)}")
    return [_advice(segment, genre, sums) for segment, genre in sorted(sums)]


def _heading_problems(row: Mapping[str, str], name: str) -> list[Problem]:
    customer = [head for head in row if any(word in head.lower() for word in FORBIDDEN)]
    found = [Problem(f"这一列像是客户信息：{head}", f"{name}:1", "请删去；这里只收按篇汇总的数字") for head in customer]
    found += [
        Problem(f"少了这一列：{head}", f"{name}:1", f"列名要是 {'、'.join(COLUMNS)}")
        for head in COLUMNS
        if head not in row
    ]
    return found


def _numbers(row: Mapping[str, str], where: str, problems: list[Problem]) -> tuple[float, float, float, float] | None:
    values: list[float] = []
    for head in COLUMNS[1:]:
        try:
            value = float(row[head].replace(",", ""))
        except (KeyError, ValueError):
            problems.append(Problem(f"{head} 不是数字：{row.get(head, '')}", where, "请填汇总后的数字"))
            continue
        if value < 0 or not math.isfinite(value):
            problems.append(Problem(f"{head} 不能是 {row[head]}", where))
        values.append(value)
    return (values[0], values[1], values[2], values[3]) if len(values) == len(COLUMNS) - 1 else None


def _advice(segment: str, genre: str, sums: Mapping[tuple[str, str], list[float]]) -> Advice:
    sent, read, seconds, replies = sums[segment, genre]
    mates = [total for (name, _), total in sums.items() if name == segment]
    all_read, all_seconds, all_replies = (sum(total[index] for total in mates) for index in (1, 2, 3))
    step = 0
    if read >= ENOUGH and all_read:
        longer = seconds / read >= all_seconds / all_read
        livelier = replies / read >= all_replies / all_read
        step = 1 if longer and livelier else -1 if not longer and not livelier else 0
    return Advice(
        segment,
        genre,
        int(sent),
        read / sent if sent else 0.0,
        seconds / read if read else 0.0,
        replies / read if read else 0.0,
        step,
    )

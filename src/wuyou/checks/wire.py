"""The wire: one JSON record in, one out. Its shape is a contract, written down in ``docs/wire-schema.md``.

A record that cannot be checked raises WuyouError with a Chinese sentence; the caller answers ``{id, error}`` and goes
on with the next.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, get_args

from ..errors import Problem, WuyouError
from ..values import Bank, Channel, Checked, Genre, Lamp, Post, Product, ProductKind, Segment
from ..yamls import suggest
from . import outside
from .ground import Ground
from .rule import CATEGORIES

KINDS: tuple[ProductKind, ...] = get_args(ProductKind)
ALIASES: Mapping[str, ProductKind] = {"bond": "treasury_bond"}
"""Product kinds that the wire calls by another name."""
CHANNELS: Mapping[str, str] = {"1v1": "chat"}
"""Channels that the wire may call by another name."""
FIELDS = (
    "id", "text", "channel", "product", "attachments", "material", "on",
    "segment", "risk_level", "genre", "tier", "at", "reviewed",
)  # fmt: skip
HAVES = ("picture", "substance", "feeling", "fun", "reply")
"""The haves that a record always answers, ticked or not."""


def read(
    record: Mapping[str, Any],
    *,
    channels: Mapping[str, Channel],
    on: dt.date,
    genres: Mapping[str, Genre] | None = None,
    segments: Mapping[str, Segment] | None = None,
    products: Mapping[str, Product] | None = None,
    bank: Bank | None = None,
) -> Post:
    """Make a post of a record; ``on`` is the day that counts where the record names none.

    Raises WuyouError with everything that is wrong with the record.
    """
    problems: list[Problem] = []
    if not isinstance(record, Mapping):
        raise WuyouError("一行要是一个 JSON 对象")
    if not _is_whole(record):
        raise WuyouError("里面有半个字符，编码坏了", "", "请从原文重新复制")
    for name in record:
        if name not in FIELDS:
            problems.append(Problem(f"不认识这一项：{name}", "", suggest(str(name), FIELDS)))
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        problems.append(Problem("text 要写成文字，不能是空的"))
        text = ""
    channel = _channel(record.get("channel"), channels, problems)
    product = _product(record, products or {}, problems)
    genre = _named("genre", record.get("genre"), genres or {}, problems)
    segment = _named("segment", record.get("segment"), segments or {}, problems)
    material = record.get("material")
    if material is not None and not isinstance(material, str):
        problems.append(Problem("material 要写成文字"))
        material = None
    attachments = record.get("attachments") or ()
    if not isinstance(attachments, list | tuple) or not all(isinstance(each, str | Mapping) for each in attachments):
        problems.append(Problem("attachments 要写成列表，每项是文字或 {type, desc}"))
        attachments = ()
    day = _date(record.get("on"), problems) or on
    minute = _time(record.get("at"), problems)
    tags = _tags(record, problems)
    if problems or channel is None:
        raise WuyouError(problems)
    return outside.post_of(
        text, channel=channel, on=day, at=minute, product=product, segment=segment, genre=genre, tags=tags, bank=bank,
        passages=outside.passages_of(material) if material and material.strip() else None,
        pictures=outside.pictures_of(attachments),
    )  # fmt: skip


def write(checked: Checked, name: object) -> dict[str, Any]:
    """Make the answer to a record."""
    lamps = {lamp.have: lamp for lamp in checked.lamps}
    return {
        "id": name,
        "haves": {have: have in lamps and lamps[have].lit for have in (*HAVES, *sorted(lamps.keys() - set(HAVES)))},
        "evidence": {lamp.have: _evidence(lamp) for lamp in checked.lamps if lamp.lit},
        "findings": [
            {
                "rule": finding.rule,
                "category": finding.category if finding.category in CATEGORIES else None,
                "level": finding.level,
                "quote": finding.quote,
                "start": finding.start,
                "end": finding.end,
                "where": finding.where,
                "message": finding.message,
                "suggestion": finding.suggestion,
                "basis": list(finding.basis),
            }
            for finding in checked.findings
        ],
        "not_evaluated": list(checked.not_evaluated),
        "grounded": checked.grounded,
        "ungrounded": [
            {"quote": finding.quote, "start": finding.start, "end": finding.end, "why": finding.message}
            for finding in checked.findings
            if finding.category == Ground.CATEGORY
        ],
    }


def _is_whole(record: Mapping[str, Any]) -> bool:
    """Tell whether it can be written down: JSON lets half of a surrogate pair pass, which is no character."""
    try:
        json.dumps(record, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _evidence(lamp: Lamp) -> list[Any]:
    return [lamp.quote, lamp.start, lamp.end, list(lamp.signals)]


def _channel(raw: object, channels: Mapping[str, Channel], problems: list[Problem]) -> Channel | None:
    name = CHANNELS.get(raw, raw) if isinstance(raw, str) else raw
    if isinstance(name, str) and name in channels:
        return channels[name]
    what = "少了 channel" if raw is None else f"没有这个渠道：{raw}"
    problems.append(Problem(what, "", suggest(str(raw or ""), channels)))
    return None


def _product(record: Mapping[str, Any], products: Mapping[str, Product], problems: list[Problem]) -> Product | None:
    raw, risk = record.get("product"), _risk(record.get("risk_level"), problems)
    if raw is None or raw == "":
        return None
    kind = ALIASES.get(raw, raw) if isinstance(raw, str) else raw
    if kind in KINDS:
        return outside.product_of(kind, risk)
    if isinstance(kind, str) and kind in products:
        return products[kind]
    problems.append(Problem(f"没有这类产品：{raw}", "", suggest(str(raw), [*KINDS, *ALIASES])))
    return None


def _risk(raw: object, problems: list[Problem]) -> int | None:
    """Read a risk level written as 2, "2" or "R2"."""
    if raw is None or raw == "":
        return None
    level = str(raw).strip().upper().removeprefix("P").removeprefix("R")
    if not isinstance(raw, bool) and level.isascii() and level.isdigit() and 1 <= int(level) <= 5:
        return int(level)
    problems.append(Problem(f"risk_level 要写成 R1 到 R5，现在是 {raw}"))
    return None


def _named(field: str, raw: object, known: Mapping[str, Any], problems: list[Problem]) -> Any:
    if raw is None or raw == "":
        return None
    if isinstance(raw, str) and raw in known:
        return known[raw]
    problems.append(Problem(f"没有这个 {field}：{raw}", "", suggest(str(raw), known)))
    return None


def _date(raw: object, problems: list[Problem]) -> dt.date | None:
    if raw is None or raw == "":
        return None
    try:
        return dt.date.fromisoformat(str(raw))
    except ValueError:
        problems.append(Problem(f"on 要写成日期，如 2026-10-12，现在是 {raw}"))
        return None


def _time(raw: object, problems: list[Problem]) -> dt.time | None:
    if raw is None or raw == "":
        return None
    try:
        return dt.time.fromisoformat(str(raw))
    except ValueError:
        problems.append(Problem(f"at 要写成钟点，如 18:30，现在是 {raw}"))
        return None


def _tags(record: Mapping[str, Any], problems: list[Problem]) -> tuple[str, ...]:
    """Keep what a post has no field for: whether it was reviewed, and the tier of the group."""
    tags: list[str] = []
    reviewed, tier = record.get("reviewed"), record.get("tier")
    if reviewed is not None:
        if not isinstance(reviewed, bool):
            problems.append(Problem(f"reviewed 要写成 true 或 false，现在是 {reviewed}"))
        tags.append(f"reviewed:{'yes' if reviewed is True else 'no'}")
    if tier is not None:
        if tier not in TIERS:
            problems.append(Problem(f"没有这一层群：{tier}", "", f"可用：{'、'.join(TIERS)}"))
        tags.append(f"tier:{tier}")
    return tuple(tags)


TIERS = ("mass", "prospect", "elite")
"""Tiers of a group: 大众群, 潜客群, 精英群."""

"""A material beside its facts: the text with every value in its kind's colour, and the fact next to its passage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from ..values import Fact, Material
from . import STYLE, Page, table

KIND_COLOURS: Mapping[str, tuple[str, str]] = {
    # kind: colour on paper, colour in a terminal
    "rate": ("#fde2c8", "yellow"),
    "amount": ("#fff3c9", "bright_yellow"),
    "date": ("#d8ecff", "cyan"),
    "date_range": ("#d8ecff", "cyan"),
    "term": ("#e3e8ff", "blue"),
    "count": ("#f3e3ff", "magenta"),
    "product": ("#dff3e3", "green"),
    "condition": ("#f0f0e6", "white"),
    "phone": ("#ffe3ec", "bright_magenta"),
    "risk_level": ("#ffd9d4", "red"),
    "benefit": ("#dff3e3", "bright_green"),
    "derived": ("#fff1c9", "yellow"),
}
KIND_TITLES = {
    "rate": "利率", "amount": "金额", "date": "日期", "date_range": "起止", "term": "期限", "count": "数量",
    "product": "产品", "condition": "条件", "phone": "电话", "risk_level": "风险等级", "benefit": "权益", "derived": "推算",
}  # fmt: skip


def reading(material: Material, facts: Sequence[Fact]) -> Page:
    """Return the text of a material, its facts marked in colour and listed beside the passage they stand in."""
    beside: dict[str, list[Fact]] = {}
    for fact in facts:
        beside.setdefault(fact.citation.locator, []).append(fact)
    rows, lines = [], []
    for passage in material.passages:
        mine = beside.get(passage.locator, [])
        shade = "color:#999" if passage.internal else ""
        chips = "".join(f"<div>{_chip(fact)}</div>" for fact in mine)
        note = "（内部，不作要点）" if passage.internal else ""
        rows.append(
            f"<tr><td style='color:#888;white-space:nowrap;padding:2px 8px;vertical-align:top'>{escape(passage.locator)}{note}</td>"
            f"<td style='padding:2px 8px;vertical-align:top;text-align:left;{shade}'>{_marked(passage.text, mine, _mark)}</td>"
            f"<td style='padding:2px 8px;vertical-align:top;text-align:left'>{chips}</td></tr>"
        )
        lines.append(
            f"{_dim(passage.locator + note)}  {_marked(passage.text, mine, _paint) if not passage.internal else _dim(passage.text)}"
        )
        lines += [
            f"      {_paint(fact.kind, f'{fact.key} {KIND_TITLES[fact.kind]}')}  {fact.value}{_about(fact)}"
            for fact in mine
        ]
    return Page(f'<table style="{STYLE}">{"".join(rows)}</table>', "\n".join(lines))


def _about(fact: Fact) -> str:
    """Return whose number it is and under which conditions, behind an arrow; nothing where that is not said."""
    said = [fact.subject.product, fact.subject.tier, fact.subject.term, *fact.conditions]
    if fact.status == "superseded":
        said.append("调整前")
    about = " · ".join(piece for piece in said if piece)
    return f"  ← {about}" if about else ""


def _chip(fact: Fact) -> str:
    colour = KIND_COLOURS[fact.kind][0]
    value = f"<b>{escape(fact.value)}</b><span style='color:#777'>{escape(_about(fact))}</span>"
    return f"<span style='background:{colour};border-radius:4px;padding:0 5px'>{fact.key} {KIND_TITLES[fact.kind]}</span> {value}"


def _marked(text: str, facts: Iterable[Fact], paint: Callable[[str, str], str]) -> str:
    """Paint every value where it stands; a longer one wins over one inside it."""
    spans: list[tuple[int, int, str]] = []
    for fact in sorted(facts, key=lambda fact: -len(fact.value)):
        at = text.find(fact.citation.quote)
        start = text.find(fact.value, max(at, 0))
        end = start + len(fact.value)
        if start >= 0 and not any(start < high and low < end for low, high, _ in spans):
            spans.append((start, end, fact.kind))
    done, place = [], 0
    for start, end, kind in sorted(spans):
        done += [_plainly(text[place:start], paint), paint(kind, text[start:end])]
        place = end
    return "".join([*done, _plainly(text[place:], paint)])


def _plainly(text: str, paint: Callable[[str, str], str]) -> str:
    return escape(text) if paint is _mark else text


def _mark(kind: str, text: str) -> str:
    return f"<mark style='background:{KIND_COLOURS[kind][0]}'>{escape(text)}</mark>"


_CODES = {
    "red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "white": 37,
    "bright_green": 92, "bright_yellow": 93, "bright_magenta": 95,
}  # fmt: skip


def _paint(kind: str, text: str) -> str:
    return f"\x1b[{_CODES[KIND_COLOURS[kind][1]]}m{text}\x1b[0m"


def _dim(text: str) -> str:
    return f"\x1b[2m{text}\x1b[0m"


def differences(rows: Iterable[Sequence[str]]) -> str:
    """Lay out a three-way comparison: what changed, what people kept, what was read last time, what stands there now."""
    return table(("变化", "编号", "您留下的", "上次读到的", "原文现在", "位置"), rows)

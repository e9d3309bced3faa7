"""Make pairs (headquarters text, post) from the sample facts: true ones, and ones with exactly one slip.

usage: python scripts/mutate_facts.py

The true post is a kept fact's plain sentence, sometimes in everyday words around it or in another notation. A false
post is the same with one of the slips of ``WAYS``. Which fact meets which slip is a matter of hashing, so the same
library gives the same pairs. They are written to ``tests/labels/grounding/{open,sealed}/gm.jsonl``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import labels
from wuyou.ingest import read
from wuyou.library import Library
from wuyou.quantities import find, says
from wuyou.values import Fact, FactSheet, Material

ROOT = Path(__file__).resolve().parent.parent
ROUND = "gm"
AROUND = 4
"""Passages shown before and after the cited one."""
PER_FACT = 3
"""Slips tried on each fact."""
RARE = 5
"""One fact in so many gets something added to it: any fact would fit, and few of the other ways do."""


class Slip(NamedTuple):
    """A post gone wrong: the text, the wrong words in it, and what sort of slip it is."""

    post: str
    span: str
    error_type: str


Way = Callable[[str, Fact, FactSheet, str], Slip | None]


def chance(*names: object) -> int:
    """Return a number that depends on the names alone."""
    return int.from_bytes(blake2b("\0".join(map(str, names)).encode(), digest_size=8).digest(), "big")


# ── the ways ──


def _swap(text: str, old: str, new: str, sort: str, span: str | None = None) -> Slip | None:
    return Slip(text.replace(old, new, 1), span or new, sort) if old and old in text and old != new else None


def _number(kinds: tuple[str, ...], change: Callable[[str], str], sort: str) -> Way:
    """Change the digits of the first quantity of a kind, unless the source carries the outcome as well."""

    def way(text: str, _fact: Fact, _sheet: FactSheet, source: str) -> Slip | None:
        known = find(source)
        for each in find(text):
            if each.kind not in kinds or not each.claim or not re.search(r"\d", each.text):
                continue
            new = change(each.text)
            slip = text[: each.start] + new + text[each.end :]
            fresh = [found for found in find(slip) if found.start == each.start]
            if new != each.text and fresh and not says(fresh[0], known):
                return Slip(slip, new, sort)
        return None

    return way


def _next_digit(text: str) -> str:
    """Turn the last digit that is no zero into its neighbour."""
    at = max(index for index, char in enumerate(text) if char.isdigit() and (char != "0" or index == 0))
    return text[:at] + ("3" if text[at] in "29" else str((int(text[at]) + 1) % 10)) + text[at + 1 :]


def _first_digit(text: str) -> str:
    at = next(index for index, char in enumerate(text) if char.isdigit())
    return text[:at] + ("4" if text[at] in "38" else str(min(9, int(text[at]) + 1))) + text[at + 1 :]


def _turned(text: str) -> str:
    """Turn two digits around: 1.65 becomes 1.56."""
    return re.sub(r"(\d)(\d)(?=\D*$)", r"\2\1", text, count=1)


def _tenfold(text: str) -> str:
    match = re.search(r"\d[\d,]*", text)
    return text[: match.end()] + "0" + text[match.end() :] if match and "." not in text else text


def _unit(text: str) -> str:
    for old, new in (
        ("万元", "元"),
        ("%", "‰"),
        ("‰", "%"),
        ("个月", "年"),
        ("天", "个月"),
        ("日", "个月"),
        ("元", "万元"),
    ):
        if old in text:
            return text.replace(old, new, 1)
    return text


def _minute(text: str) -> str:
    return re.sub(r"(\d{1,2}):(\d\d)", lambda match: f"{(int(match[1]) + 1) % 24}:{match[2]}", text, count=1)


def _month(text: str) -> str:
    return re.sub(r"(\d{1,2})月", lambda match: f"{int(match[1]) % 12 + 1}月", text, count=1)


def _tier(text: str, fact: Fact, sheet: FactSheet, *_: object) -> Slip | None:
    """Tell another tier's or term's value."""
    for other in sheet.facts:
        same_sort = (
            other.kind == fact.kind in ("rate", "amount", "term")
            and other.unit == fact.unit
            and other.status == "current"
        )
        if same_sort and other.subject != fact.subject and other.value != fact.value and fact.value in text:
            return _swap(text, fact.value, other.value, "swapped_tiers")
    return None


def _term(text: str, fact: Fact, sheet: FactSheet, *_: object) -> Slip | None:
    """Put the value under another term's name."""
    if fact.kind != "rate" or not fact.subject.term:
        return None
    told = re.search(r"\d+(?:年|个月)期", text)
    for other in sheet.facts:
        if told and other.kind == "rate" and other.subject.term and other.value != fact.value:
            name = f"{other.subject.term}期"
            if re.fullmatch(r"\d+(?:年|个月)期", name) and name != told[0]:
                return _swap(text, told[0], name, "swapped_tiers")
    return None


def _word(pairs: Mapping[str, str], sort: str) -> Way:
    """Put one word for another; the outcome must be nowhere in the source."""

    def way(text: str, _fact: Fact, _sheet: FactSheet, source: str) -> Slip | None:
        for old, new in pairs.items():
            if text.count(old) == 1 and new not in source:
                return _swap(text, old, new, sort)
        return None

    return way


def _turn(pairs: Mapping[str, str], sort: str) -> Way:
    """Turn a restriction into its opposite or leave it away, wherever the words stand."""

    def way(text: str, *_: object) -> Slip | None:
        for old, new in pairs.items():
            at = text.find(old)
            if at >= 0:
                high = at + len(new) + (4 if len(new) < 2 else 2)
                slip = text[:at] + new + text[at + len(old) :]
                return Slip(slip, re.split(r"[，。；、]", slip[at:high])[0] or slip[at:high], sort)
        return None

    return way


def _added(words: tuple[str, ...], sort: str) -> Way:
    """Add what the source does not have."""

    def way(text: str, *_: object) -> Slip | None:
        if chance(text, sort) % RARE:
            return None
        word = words[chance(text) % len(words)]
        return Slip(f"{text}，{word}", word, sort)

    return way


def _everybody(text: str, fact: Fact, *_: object) -> Slip | None:
    limits = [each for each in fact.conditions if re.search(r"仅限|限[^额]|须|须|满\d|不参与", each)]
    return Slip(f"所有客户都算：{text}", "所有客户", "dropped_condition") if limits else None


WAYS: Mapping[str, Way] = {
    "rate_digit": _number(("rate",), _next_digit, "wrong_rate"),
    "rate_turned": _number(("rate",), _turned, "wrong_rate"),
    "amount_digit": _number(("amount",), _first_digit, "wrong_amount"),
    "amount_tenfold": _number(("amount",), _tenfold, "wrong_amount"),
    "unit": _number(("amount", "rate", "term"), _unit, "unit_error"),
    "tier": _tier,
    "term_name": _term,
    "term_digit": _number(("term",), _first_digit, "wrong_term"),
    "day": _number(("date", "date_range"), _next_digit, "wrong_date"),
    "month": _number(("date", "date_range"), _month, "wrong_date"),
    "clock": _number(("clock",), _minute, "wrong_date"),
    "phone": _number(("phone",), _next_digit, "wrong_phone"),
    "count": _number(("count",), _first_digit, "wrong_count"),
    "weekday": _word({"周三": "周四", "周六": "周五", "周二": "周一"}, "wrong_weekday"),
    "channel": _word(
        {"手机银行": "自助柜员机", "柜面": "微信小程序", "付款码": "现金", "热线": "短信", "借记卡": "存折"}, "wrong_condition"
    ),
    "place": _word({"老街支行": "西塘支行", "河东支行": "北湖支行", "南塘": "东塘", "老街": "新街"}, "wrong_place"),
    "maker": _word({"禾溪理财": "青禾理财", "青麦基金": "红麦基金", "丰穗人寿": "金穗人寿"}, "wrong_product"),
    "negation": _turn(
        {"不自动": "自动", "不收": "要收", "不能": "能", "不含": "含", "不计": "照计", "不保障": "保障", "不受理": "受理",
         "不办理": "办理", "不上市": "上市", "不用": "要", "不是": "是", "没有": "有", "不等同于": "等同于"},
        "wrong_condition",
    ),
    "bound": _turn({"不低于": "不高于", "不超过": "不低于", "至多": "至少", "以上": "以下", "上限": "下限"}, "wrong_condition"),
    "cap": _turn({"不超过": "", "至多": "", "最高": ""}, "dropped_condition"),
    "moment": _turn({"提前": "过后", "到期前": "到期后", "之后": "之前", "次日": "当日", "T+1": "T+0", "T+2": "T+0"}, "wrong_condition"),
    "gift": _added(("办好再送一桶油", "到店还有红包拿", "另送体检一次", "报名就送保温杯"), "invented_benefit"),
    "partner": _added(("合作超市也打九折", "隔壁电影院同样能用", "高铁站也有休息室"), "invented_benefit"),
    "everybody": _everybody,
}  # fmt: skip

FRAMES = (
    "{}。", "{}。您记一下就行。", "早上开门前先说一件：{}。", "{}。您家平时谁管这些？", "昨天有人在柜台问起，答案是：{}。",
    "{}，写在便签上了。", "天冷，长话短说：{}。",
)  # fmt: skip
"""Everyday words around a sentence; none of them claims anything."""


def material_of(sheet: FactSheet) -> Material:
    """Read the material of a sheet."""
    return read(ROOT / "content_library" / "materials" / sheet.material)


def excerpt(material: Material, fact: Fact) -> str:
    """Return the cited passage with its neighbours, and a table's heading row."""
    texts = [passage for passage in material.passages if not passage.internal]
    at = next(index for index, passage in enumerate(texts) if passage.locator == fact.citation.locator)
    lines = [material.title, *(passage.text for passage in texts[max(0, at - AROUND) : at + AROUND + 1])]
    header = texts[at].header
    return "\n".join(dict.fromkeys([*lines[:1], *([" | ".join(header)] if header else []), *lines[1:]]))


def pairs(sheets: Mapping[str, FactSheet]) -> Iterator[dict[str, object]]:
    """Yield each pair; a fact whose own words are not carried by its excerpt is passed over."""
    number = 0
    for sheet in sheets.values():
        material = material_of(sheet)
        for fact in sheet.facts:
            if not fact.plain or fact.status != "current" or fact.formula:
                continue
            source = excerpt(material, fact)
            if not all(says(each, find(source)) for each in find(fact.plain) if each.claim):
                continue  # the plain sentence draws on more than its neighbourhood
            number += 1
            frame = FRAMES[chance(sheet.name, fact.key) % len(FRAMES)]
            yield _record(number, 0, source, frame.format(fact.plain), Slip("", "", ""))
            whole = "\n".join(passage.text for passage in material.passages)
            ways = sorted(WAYS, key=lambda name: chance(sheet.name, fact.key, name))
            made = 0
            for name in ways:
                slip = WAYS[name](fact.plain, fact, sheet, whole)
                if slip and slip.span in slip.post:
                    made += 1
                    yield _record(number, made, source, frame.format(slip.post), slip)
                if made == PER_FACT:
                    break


def _record(number: int, made: int, source: str, post: str, slip: Slip) -> dict[str, object]:
    gold = {"faithful": made == 0, "error_type": slip.error_type, "span": slip.span, "why": ""}
    return {"id": f"{ROUND}-{number:03d}{'abcdefgh'[made]}", "excerpt": source, "post": post, "gold": gold}


def main() -> int:
    """Write the pairs."""
    made = list(pairs(Library(ROOT / "content_library").sheets))
    for part in ("open", "sealed"):
        path = labels.FOLDER / "grounding" / part / f"{ROUND}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps(each, ensure_ascii=False)
            for each in made
            if labels.is_sealed("grounding", str(each["id"])) == (part == "sealed")
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        print(f"{part}: {len(lines)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

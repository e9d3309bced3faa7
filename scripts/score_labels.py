"""Print how the rulebook does on the labelled texts, through the door that everybody uses: ``wuyou check --jsonl``.

usage: python scripts/score_labels.py haves|compliance|grounding [--sealed] [--second]

--sealed scores the sealed third instead of the open part; --second compares the two readings of the texts that were
labelled twice. Only figures are printed, never a sealed text.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import labels
from wuyou.checks.rule import CATEGORIES
from wuyou.workbench import Workbench

ROOT = Path(__file__).resolve().parent.parent
GROUNDING = frozenset({"GRD-001", "GRD-002"})
"""The rules that hold numbers, and words, against the source."""
SHORT = 12
"""Up to how many characters a quoted span may always have."""
WIRE = ("text", "channel", "segment", "product", "attachments")
"""What of a labelled record goes over the wire."""


def answers(bench: Workbench, records: Sequence[labels.Record]) -> list[tuple[labels.Record, Mapping[str, Any]]]:
    """Check each record and return it with its answer."""
    sent = [(str(index), {field: each[field] for field in WIRE if field in each}) for index, each in enumerate(records)]
    return list(
        zip(records, bench.check_records((name, {"attachments": [], **each}) for name, each in sent), strict=True)
    )


def main(arguments: Sequence[str]) -> int:
    """Print the figures that were asked for."""
    kind, part = arguments[0] if arguments else "", "sealed" if "--sealed" in arguments else "open"
    if kind not in ("haves", "compliance", "grounding") or ("--second" in arguments and kind != "haves"):
        print(__doc__)
        return 2
    if "--second" in arguments:
        second()
        return 0
    records = labels.read(kind, part)
    rounds = Counter(map(labels.round_of, records))
    print(f"{kind} {part}：{len(records)} 条，" + "，".join(f"{name} {count}" for name, count in rounds.items()))
    if kind == "grounding":
        grounding(Workbench(ROOT), records)
        return 0
    pairs = answers(Workbench(ROOT), records)
    if kind == "haves":
        haves(pairs)
    else:
        compliance(pairs)
    return 0


def grounding(bench: Workbench, records: Sequence[labels.Record]) -> None:
    """Print how unfaithful posts are told from faithful ones, by round and by the sort of error."""
    sent = (
        (str(index), {"text": each["post"], "channel": "moments", "material": each["excerpt"], "attachments": []})
        for index, each in enumerate(records)
    )
    pairs = list(zip(records, bench.check_records(sent), strict=True))
    for name in ("全部", *dict.fromkeys(map(labels.round_of, records))):
        rows = [pair for pair in pairs if name in ("全部", labels.round_of(pair[0]))]
        verdicts = Counter((each["gold"]["faithful"], bool(answer["grounded"])) for each, answer in rows)
        caught = [(each, answer) for each, answer in rows if not each["gold"]["faithful"] and not answer["grounded"]]
        rates = labels.Rates(verdicts[False, False], verdicts[True, False], verdicts[False, True])
        kept = verdicts[True, True] / max(1, verdicts[True, True] + verdicts[True, False])
        spans = sum(map(_covers, *zip(*caught, strict=True))) / max(1, len(caught)) if caught else 0.0
        print(
            f"{name:4} {len(rows):4} 条  P {rates.precision:.3f} R {rates.recall:.3f} F1 {rates.f1:.3f}"
            f"  忠实的留住 {kept:.3f}  片段 {spans:.3f}"
        )
    for title, faithful in (("误报", True), ("找到", False)):
        speakers = Counter(
            " ".join(sorted({each["rule"] for each in answer["findings"] if each["category"] is None} & GROUNDING))
            for record, answer in pairs
            if record["gold"]["faithful"] is faithful and not answer["grounded"]
        )
        print(title, "，".join(f"{name or '—'} {count}" for name, count in sorted(speakers.items())))
    errors = Counter(each["gold"]["error_type"] for each, _ in pairs if not each["gold"]["faithful"])
    for name in sorted(errors):
        found = sum(each["gold"]["error_type"] == name and not answer["grounded"] for each, answer in pairs)
        print(f"{name:24} {found}/{errors[name]}")


def _covers(record: labels.Record, answer: Mapping[str, Any]) -> bool:
    """Tell whether some quoted span covers half of the true one and is not much longer."""
    gold = record["gold"]["span"]
    start = record["post"].find(gold)
    return any(
        min(start + len(gold), each["end"]) - max(start, each["start"]) >= len(gold) / 2
        and each["end"] - each["start"] <= max(SHORT, 2 * len(gold))
        for each in answer["ungrounded"]
    )


def second() -> None:
    """Print how far the two readers agree."""
    first = labels.read("haves", "open") + labels.read("haves", "sealed")
    other = labels.records_of(labels.FOLDER / "haves" / "second.jsonl")
    for name in labels.HAVES:
        found = labels.agreement(first, other, name)
        print(f"{name:10} {found.both} 条，一致 {found.share:.3f}，kappa {found.kappa:.2f}")


def haves(pairs: Sequence[tuple[labels.Record, Mapping[str, Any]]]) -> None:
    """Print precision, recall and F1 of each have, and how many quotes stand where the labelled words stand."""
    found = labels.ticks(pairs)
    for name, rates in found.by_have.items():
        print(f"{name:10} P {rates.precision:.3f} R {rates.recall:.3f} F1 {rates.f1:.3f}")
    print(f"macro F1 {found.macro:.3f}，依据重合 {found.spans:.3f}")


def compliance(pairs: Sequence[tuple[labels.Record, Mapping[str, Any]]]) -> None:
    """Print recall, false alarms, and each category; a hint is no verdict."""
    said = {
        id(record): {each["category"] for each in answer["findings"] if each["level"] != "hint" and each["category"]}
        for record, answer in pairs
    }
    found = labels.verdicts([record for record, _ in pairs], lambda record: said[id(record)], CATEGORIES)
    for name, rates in found.by_category.items():
        print(f"{name:22} P {rates.precision:.3f} R {rates.recall:.3f} F1 {rates.f1:.3f}")
    print(f"违规 P {found.any.precision:.3f} R {found.any.recall:.3f}，误报 {found.false_alarms:.3f}，", end="")
    print(f"分类 micro F1 {found.micro.f1:.3f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

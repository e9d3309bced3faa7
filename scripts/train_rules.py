"""Learns the weights of the compliance categories from labelled texts; prints scores that are crossed by rounds first."""

from __future__ import annotations

from typing import Any

import labels
import training
from wuyou.checks.classify import ANY
from wuyou.checks.rule import CATEGORIES

STRENGTH = 30.0
STEPS = [step / 20 for step in range(4, 49, 3)]
ALARMS = 0.045
"""Share of clean texts that may be blamed in cross-validation."""


def answers(records: list[labels.Record]) -> dict[str, list[training.Answer]]:
    """Say for each category which texts are examples of it, which are not, and which are neither."""
    found: dict[str, list[training.Answer]] = {
        name: [None if name in record["optional"] else name in record["gold"] for record in records]
        for name in CATEGORIES
    }
    found[ANY] = [True if record["gold"] else None if record["optional"] else False for record in records]
    return found


def heard(scores: dict[str, Any], index: int, own: float, whole: float) -> set[str]:
    """Return what would be heard of a text with these thresholds; the rule of ``Classifier.holds``."""
    found = {name for name in CATEGORIES if scores[name][index] > own}
    if scores[ANY][index] > whole:
        found.add(max(CATEGORIES, key=lambda name: scores[name][index]))
    return found


def main() -> None:
    """Cross-validate, choose thresholds, learn from everything that is open, write."""
    records = labels.read("compliance", "open")
    lists = training.signals()
    texts = training.readings(records, lists)
    given = answers(records)
    scores = dict(training.crossed(records, texts, given, STRENGTH))
    place = {id(record): index for index, record in enumerate(records)}

    def score(own: float, whole: float) -> labels.Verdicts:
        return labels.verdicts(records, lambda record: heard(scores, place[id(record)], own, whole), CATEGORIES)

    tried = {(own, whole): score(own, whole) for own in STEPS for whole in STEPS}
    fair = {pair: each for pair, each in tried.items() if each.false_alarms <= ALARMS} or tried
    own, whole = max(fair, key=lambda pair: fair[pair].any.recall + fair[pair].micro.f1)
    chosen = tried[own, whole]
    print(f"{len(records)} 条，阈值 {own:+.2f}，任一类 {whole:+.2f}")
    print(f"违规 P {chosen.any.precision:.3f} R {chosen.any.recall:.3f} 误报 {chosen.false_alarms:.3f}")
    print(f"分类 micro F1 {chosen.micro.f1:.3f}")
    thresholds = dict.fromkeys(CATEGORIES, own) | {ANY: whole}
    path = training.RULES / "weights" / "compliance.tsv"
    training.save(path, lists, texts, given, STRENGTH, thresholds, least=0.5)
    print(f"{path.name} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

"""Learns the weights of the compliance categories from labelled texts; prints scores that are crossed by rounds first."""

from __future__ import annotations

from typing import Any

import labels
import training
from wuyou.checks.classify import ALONE, ANY
from wuyou.checks.rule import CATEGORIES

STRENGTH = 60.0
STEPS = [step / 20 for step in range(0, 61, 2)]
ALARMS = 0.038
"""Share of clean texts that may be blamed in cross-validation; the rules of words blame some more."""
LEAST = 1.2
"""What a feature must weigh for some category to be kept: below it stand tens of thousands that change no verdict."""


def answers(records: list[labels.Record]) -> dict[str, list[training.Answer]]:
    """Say for each category which texts are examples of it, which are not, and which are neither."""
    found: dict[str, list[training.Answer]] = {
        name: [None if name in record["optional"] else name in record["gold"] for record in records]
        for name in CATEGORIES
    }
    found[ANY] = [True if record["gold"] else None if record["optional"] else False for record in records]
    return found


def heard(scores: dict[str, Any], index: int, whole: float) -> set[str]:
    """Return what would be heard of a text with this threshold of ``any``; the rule of ``Classifier.said``."""
    if scores[ANY][index] <= whole:
        return {name for name in CATEGORIES if scores[name][index] > ALONE}
    found = {name for name in CATEGORIES if scores[name][index] > 0}
    return found | {max(CATEGORIES, key=lambda name: scores[name][index])}


def main() -> None:
    """Cross-validate, choose thresholds, learn from everything that is open, write."""
    records = labels.read("compliance", "open")
    lists = training.signals()
    texts = training.readings(records, lists)
    given = answers(records)
    scores = dict(training.crossed(records, texts, given, STRENGTH, least=LEAST))
    place = {id(record): index for index, record in enumerate(records)}

    def score(whole: float) -> labels.Verdicts:
        return labels.verdicts(records, lambda record: heard(scores, place[id(record)], whole), CATEGORIES)

    tried = {whole: score(whole) for whole in STEPS}
    fair = {whole: each for whole, each in tried.items() if each.false_alarms <= ALARMS} or tried
    whole = max(fair, key=lambda whole: fair[whole].any.recall)
    chosen = tried[whole]
    print(f"{len(records)} 条，阈值 {whole:+.2f}")
    print(f"违规 P {chosen.any.precision:.3f} R {chosen.any.recall:.3f} 误报 {chosen.false_alarms:.3f}")
    print(f"分类 micro F1 {chosen.micro.f1:.3f}")
    thresholds = dict.fromkeys(CATEGORIES, 0.0) | {ANY: whole}
    path = training.RULES / "weights" / "compliance.tsv"
    training.save(path, lists, texts, given, STRENGTH, thresholds, least=LEAST)
    print(f"{path.name} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

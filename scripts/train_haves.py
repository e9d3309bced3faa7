"""Learns the weights of the five haves from labelled posts; prints scores that are crossed by rounds first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import labels
import training
from wuyou.checks import wire
from wuyou.checks.haves import Have, features
from wuyou.workbench import Workbench
from wuyou.workbench.rooms import CATALOGUE_DATE

STRENGTH = 10.0
LEAST = 0.4
"""What a feature must weigh for some have to be kept."""
OWN = 0.2
"""What a signal of five_haves.yml counts; a signal of signals.yml counts less, for there are many."""
HAVES = ("substance", "feeling", "fun", "reply")


def sounding(records: Sequence[labels.Record]) -> list[dict[str, frozenset[str]]]:
    """Say for each text which signals of each have sound."""
    book = training.rulebook()
    channels = Workbench(training.RULES.parent.parent).library.channels
    rules = {name: rule for name, rule in book.rules.items() if isinstance(rule, Have) and name in HAVES}
    found = []
    for record in records:
        scan = book.scan(
            wire.read({"text": record["text"], "channel": record["channel"]}, channels=channels, on=CATALOGUE_DATE)
        )
        found.append(
            {
                name: frozenset(
                    feature
                    for signal, spans in rule.sounds(scan).items()
                    for feature in features(name, signal, len(spans))
                )
                for name, rule in rules.items()
            }
        )
    return found


def main() -> None:
    """Cross-validate, learn from everything that is open, write."""
    records = [*labels.read("haves", "open"), *labels.read_posts()]
    lists = training.signals()
    texts = training.readings(records, lists)
    own = sounding(records)
    answers: dict[str, list[training.Answer]] = {name: [record["gold"][name] for record in records] for name in HAVES}
    more = training.More({name: [each[name] for each in own] for name in HAVES}, OWN)
    scores = training.crossed(records, texts, answers, STRENGTH, more, least=LEAST)
    thresholds: dict[str, float] = {}
    total = 0.0
    for name, given in answers.items():
        steps = [step / 20 for step in range(-14, 15)]
        thresholds[name] = max(steps, key=lambda step: (f1(scores[name] > step, given).f1, -abs(step)))
        found = f1(scores[name] > thresholds[name], given)
        total += found.f1 / len(HAVES)
        print(f"{name:10} 阈值 {thresholds[name]:+.2f}  P {found.precision:.3f} R {found.recall:.3f} F1 {found.f1:.3f}")
    print(f"{len(records)} 条，macro F1 {total:.3f}")
    path = training.RULES / "weights" / "haves.tsv"
    training.save(path, lists, texts, answers, STRENGTH, thresholds, more, least=LEAST)
    print(f"{path.name} {path.stat().st_size / 1000:.0f} kB")


def f1(found: Any, given: Sequence[training.Answer]) -> labels.Rates:
    """Compare ticks with labels; a post without a label does not count."""
    pairs = [(bool(tick), bool(want)) for tick, want in zip(np.asarray(found), given, strict=True) if want is not None]
    return labels.Rates(
        sum(tick and want for tick, want in pairs),
        sum(tick and not want for tick, want in pairs),
        sum(want and not tick for tick, want in pairs),
    )


if __name__ == "__main__":
    main()

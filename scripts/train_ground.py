"""Learns what the signs of a wrong word weigh from labelled pairs; prints scores that are crossed by rounds first.

Only errors of words count: those of numbers are judged by ``ground``, without anything learned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

import labels
import training
from wuyou.checks import outside
from wuyou.checks.contrast import BIAS, SCALE, WEIGHTS, Contrast, features, signs_of
from wuyou.checks.evidence import Evidence
from wuyou.checks.scan import Surface
from wuyou.store import write_text
from wuyou.workbench.rooms import CATALOGUE_DATE

STRENGTH = 0.3
WRONG = 2.0
"""What a wrong clause counts beside a right one."""
ALARMS = 0.04
"""Share of faithful posts that may be blamed in cross-validation."""
MUTATED = "gm"
"""The round made by mutation, on which no threshold is chosen."""
OF_WORDS = frozenset(
    {
        "invented_benefit", "wrong_condition", "wrong_place", "wrong_person_scope", "dropped_condition",
        "wrong_product",
    }
)  # fmt: skip


class Example(NamedTuple):
    """A clause with signs."""

    record: int
    held: Mapping[str, int]
    wrong: bool | None
    """Whether it overlaps the span that is wrong; nothing when it touches it only just."""


def examples(records: Sequence[labels.Record]) -> list[Example]:
    """Say of each clause with signs what is to be weighed and whether it is wrong."""
    rule = next(rule for rule in training.rulebook().rules.values() if isinstance(rule, Contrast))
    found = []
    for index, record in enumerate(records):
        passages = outside.passages_of(str(record["excerpt"]))
        post = outside.post_of(record["post"], channel=outside.ROOMY, on=CATALOGUE_DATE, passages=passages)
        surface, gold = Surface(str(record["post"]), "text"), record["gold"]
        told = rule.told(Evidence.of(post), surface.text)
        for clause in told.clauses:
            signs = signs_of(told, clause)
            if signs:
                wrong = False if gold["faithful"] else _overlaps(surface.cut(clause.start, clause.end), record)
                found.append(Example(index, features(told, clause, signs), wrong))
    return found


def _overlaps(cut: tuple[str, int, int], record: labels.Record) -> bool | None:
    start = str(record["post"]).find(record["gold"]["span"])
    end = start + len(record["gold"]["span"])
    common = min(cut[2], end) - max(cut[1], start)
    return True if common >= min((end - start) / 2, 2) else None


def fit(given: Sequence[Example]) -> tuple[Any, Any]:
    """Learn from some clauses."""
    known = [each for each in given if each.wrong is not None]
    table = DictVectorizer(sparse=False)
    model = LogisticRegression(
        C=STRENGTH, class_weight={False: 1.0, True: WRONG}, solver="liblinear", max_iter=1000, random_state=0
    )
    model.fit(table.fit_transform([dict(each.held) for each in known]), [bool(each.wrong) for each in known])
    return table, model


def read() -> list[labels.Record]:
    """Return the open pairs that are faithful or wrong in their words."""
    records = labels.read("grounding", "open")
    return [each for each in records if each["gold"]["faithful"] or each["gold"]["error_type"] in OF_WORDS]


def crossed(records: Sequence[labels.Record], given: Sequence[Example]) -> Any:
    """Score each pair by weights learned from other rounds; one without a sign has no score at all."""
    rounds = [labels.round_of(record) for record in records]
    scores = np.full(len(records), -math.inf)
    for away in sorted(set(rounds)):
        table, model = fit([each for each in given if rounds[each.record] != away])
        for each in given:
            if rounds[each.record] == away:
                score = float(model.decision_function(table.transform([dict(each.held)]))[0])
                scores[each.record] = max(scores[each.record], score)
    return scores


def learn(records: Sequence[labels.Record], threshold: float, path: Path) -> None:
    """Learn from some pairs and write the weights; the threshold becomes part of the bias."""
    table, model = fit(examples(records))
    lines = [f"{BIAS}\t{round(SCALE * (float(model.intercept_[0]) - threshold))}"]
    for name, weight in zip(table.get_feature_names_out(), model.coef_[0], strict=True):
        lines.append(f"{name}\t{round(SCALE * float(weight))}")
    write_text(path, "\n".join(lines) + "\n")


def main() -> None:
    """Cross-validate, choose a threshold, learn from everything that is open, write."""
    records = read()
    scores = crossed(records, examples(records))
    faithful = np.array([bool(record["gold"]["faithful"]) for record in records])
    free = np.array([labels.round_of(record) != MUTATED for record in records])
    right = np.sort(scores[faithful & free])
    threshold = max(float(right[int(len(right) * (1 - ALARMS))]), 0.0)
    rounds = np.array([labels.round_of(record) for record in records])
    groups = [("自由写的", free), ("改出来的", ~free), *((name, rounds == name) for name in sorted(set(rounds)))]
    for name, rows in groups:
        found, alarms = (np.mean(scores[rows & kind] > threshold) for kind in (~faithful, faithful))
        print(f"{name}：找到 {found:.3f}，误报 {alarms:.3f}")
    path = training.RULES / "weights" / WEIGHTS
    learn(records, threshold, path)
    print(f"阈值 {threshold:+.2f}，{path.name} {path.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()

"""Learns what the signs of a wrong number weigh from labelled pairs; prints scores that are crossed by rounds first.

Learned from every number of a post that its source does not have, whether or not something excuses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

import labels
import training
from wuyou.checks import outside
from wuyou.checks.doubts import BIAS, SCALE, WEIGHTS, signs
from wuyou.checks.evidence import Evidence
from wuyou.checks.figures import Figures
from wuyou.checks.sources import of_passages
from wuyou.quantities import find
from wuyou.store import write_text

STRENGTH = 0.5
MUTATED, WEIGHT = "gm", 0.3
"""The round made by mutation, and what one of its numbers counts beside a freely written one."""
LOST = 0.03
"""Share of wrong numbers that may pass in cross-validation."""


class Example(NamedTuple):
    """A number that the source of a pair does not have."""

    round: str
    held: Mapping[str, int]
    wrong: bool
    """Whether it overlaps the span that is wrong."""


def examples(records: Sequence[labels.Record]) -> Iterator[Example]:
    """Yield every number that the sources do not have."""
    for record in records:
        post, gold = str(record["post"]), record["gold"]
        evidence = Evidence(of_passages(outside.passages_of(str(record["excerpt"]))))
        figures = Figures(post, evidence, [each for each in find(post) if each.claim], strict=False)
        start = -1 if gold["faithful"] else post.find(gold["span"])
        end = start + len(gold["span"])
        for claim in figures.claims:
            if not evidence.carries(claim):
                wrong = start >= 0 and claim.start < end and start < claim.end
                yield Example(labels.round_of(record), signs(figures, claim), wrong)


def fit(given: Sequence[Example]) -> tuple[Any, Any]:
    """Learn from some numbers."""
    table = DictVectorizer(sparse=False)
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=1000, random_state=0)
    counts = [WEIGHT if each.round == MUTATED else 1.0 for each in given]
    model.fit(table.fit_transform([dict(each.held) for each in given]), [each.wrong for each in given], counts)
    return table, model


def crossed(given: Sequence[Example]) -> Any:
    """Score each number by weights learned from other rounds."""
    scores = np.zeros(len(given))
    for away in sorted({each.round for each in given}):
        table, model = fit([each for each in given if each.round != away])
        rows = [at for at, each in enumerate(given) if each.round == away]
        scores[rows] = model.decision_function(table.transform([dict(given[at].held) for at in rows]))
    return scores


def learn(given: Sequence[Example], threshold: float, path: Path) -> None:
    """Learn from some numbers and write the weights; the threshold becomes part of the bias."""
    table, model = fit(given)
    lines = [f"{BIAS}\t{round(SCALE * (float(model.intercept_[0]) - threshold))}"]
    for name, weight in zip(table.get_feature_names_out(), model.coef_[0], strict=True):
        lines.append(f"{name}\t{round(SCALE * float(weight))}")
    write_text(path, "\n".join(lines) + "\n")


def main() -> None:
    """Cross-validate, choose a threshold, learn from everything that is open, write."""
    given = list(examples(labels.read("grounding", "open")))
    scores = crossed(given)
    wrong = np.array([each.wrong for each in given])
    rounds = np.array([each.round for each in given])
    free = rounds != MUTATED
    threshold = min(float(np.quantile(scores[wrong & free], LOST)), 0.0)
    for name, rows in (("全部", free), *((name, rounds == name) for name in sorted(set(rounds)))):
        kept, passed = (np.mean(scores[rows & kind] > threshold) for kind in (wrong, ~wrong))
        print(
            f"{name}：错的留住 {kept:.3f}，没错的还拦 {passed:.3f}（{(rows & wrong).sum()} 和 {(rows & ~wrong).sum()} 个）"
        )
    path = training.RULES / "weights" / WEIGHTS
    learn(given, threshold, path)
    print(f"阈值 {threshold:+.2f}，{path.name} {path.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()

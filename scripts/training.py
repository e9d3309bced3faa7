"""Learns weights from labels with the very features of a check (``wuyou.checks.classify``); writes them as whole numbers.

Two runs give the same bytes. Needs scikit-learn, which is no dependency of a check.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from labels import Record, round_of
from wuyou import yamls
from wuyou.checks import Rulebook
from wuyou.checks.classify import FORMAT, SCALE, SIGNAL, Reading, Signal, Signals
from wuyou.checks.scan import Surface
from wuyou.checks.wire import ALIASES, CHANNELS
from wuyou.store import write_text
from wuyou.workbench import Workbench
from wuyou.workbench.rooms import CATALOGUE_DATE

RULES = Path(__file__).resolve().parent.parent / "content_library" / "rules"
LEAST_RUNS, LEAST_EXTRA = 2, 3
"""In how many texts a feature must stand to count."""
EVEN = 0.6
"""How much a feature counts that leans to neither side; chosen by cross-validation."""
FOLDS = 8
"""Into how many parts the rounds are dealt for cross-validation."""

Answer = bool | None
"""Whether a label holds; nothing when the text is no example for it."""


def signals() -> Signals:
    """Read the word lists."""
    document = yamls.load(RULES / "signals.yml", "content_library/rules/signals.yml")
    return Signals({name: yamls.build(Signal, document, body, (name,)) for name, body in document.data.items()})


def readings(records: Sequence[Record], lists: Signals) -> list[Reading]:
    """Take the texts apart as a check does."""
    return [
        Reading(
            Surface(str(record["text"]), "text").text,
            ALIASES.get(kind := str(record.get("product", "general")), kind),
            CHANNELS.get(channel := str(record.get("channel", "moments")), channel),
            lists,
        )
        for record in records
    ]


def rulebook() -> Rulebook:
    """Read the rules without anything learned."""
    library = Workbench(RULES.parent.parent).library
    return Rulebook.load(
        RULES, sources=library.sources, default_on=CATALOGUE_DATE, channels=library.channels,
        genres=library.genres, segments=library.segments, weights=False,
    )  # fmt: skip


class More(NamedTuple):
    """Features that belong to one label alone."""

    found: Mapping[str, Sequence[frozenset[str]]]
    """By label: for each text the features that it has."""
    factor: float
    """What each counts."""

    def names(self, label: str) -> list[str]:
        """Return all of a label's features."""
        return sorted(frozenset[str]().union(*self.found.get(label, ())))

    def matrix(self, label: str, rows: Sequence[int]) -> Any:
        """Lay out some texts as rows."""
        at = {name: index for index, name in enumerate(self.names(label))}
        table = np.zeros((len(rows), len(at)))
        for row, index in enumerate(rows):
            for name in self.found[label][index]:
                table[row, at[name]] = self.factor
        return csr_matrix(table)


class Space:
    """The features that count, and how rare each run is."""

    def __init__(self, texts: Sequence[Reading]) -> None:
        runs = Counter(run for text in texts for run in text.runs)
        extra = Counter(name for text in texts for name in text.extra)
        self.rarity = {
            run: max(1, round(SCALE * (1 + math.log((1 + len(texts)) / (1 + count)))))
            for run, count in sorted(runs.items())
            if count >= LEAST_RUNS and "\t" not in run
        }
        names = [*self.rarity, *sorted(name for name, count in extra.items() if count >= LEAST_EXTRA)]
        self.at = {name: index for index, name in enumerate(names)}

    def keep(self, names: Sequence[str]) -> None:
        """Forget all features but these."""
        self.rarity = {name: self.rarity[name] for name in names if name in self.rarity}
        self.at = {name: index for index, name in enumerate(names)}

    def matrix(self, texts: Sequence[Reading]) -> Any:
        """Lay out texts as rows: runs by rarity, their squares adding up to one; signals with a fixed weight."""
        starts, columns, values = [0], [], []
        for text in texts:
            runs = [(self.at[run], self.rarity[run]) for run in text.runs if run in self.rarity]
            norm = math.sqrt(sum(rarity * rarity for _, rarity in runs)) or 1.0
            row = [(index, rarity / norm) for index, rarity in runs]
            row += [(self.at[name], SIGNAL) for name in text.extra if name in self.at and name not in self.rarity]
            for index, value in sorted(row):
                columns.append(index)
                values.append(value)
            starts.append(len(columns))
        return csr_matrix((values, columns, starts), shape=(len(texts), len(self.at)))


def learn(matrix: Any, answers: Sequence[Answer], strength: float) -> Any:
    """Fit one label; texts without an answer are left out.

    A feature that stands much more often in texts of one kind than of the other is held back less: it is stretched by
    ``EVEN`` and how far its odds lean (Wang and Manning 2012, "Baselines and Bigrams"), and its weight is given for the
    feature as it stands in a text. Against no stretching it finds 4 to 5 in a hundred violations more at equal alarms.
    """
    rows = [index for index, answer in enumerate(answers) if answer is not None]
    known, given = matrix[rows], np.array([bool(answers[index]) for index in rows])
    counts = [1 + np.asarray((known[kind] != 0).sum(axis=0)).ravel() for kind in (given, ~given)]
    stretch = EVEN + np.abs(np.log(counts[0] / max(1, given.sum()) / (counts[1] / max(1, (~given).sum()))))
    model = LogisticRegression(
        C=strength, class_weight="balanced", solver="liblinear", max_iter=1000, tol=1e-4, random_state=0
    )
    model.fit(known.multiply(stretch).tocsr(), given)
    model.coef_ = model.coef_ * stretch
    return model


class Fit(NamedTuple):
    """What was learned."""

    space: Space
    models: Mapping[str, Any]


def fit(
    texts: Sequence[Reading],
    answers: Mapping[str, Sequence[Answer]],
    strength: float,
    more: More | None,
    rows: Sequence[int],
    least: float,
) -> Fit:
    """Learn from some texts, leave out every feature that weighs less than ``least`` for all labels, learn again.

    The second time counts: a text's length is that of the runs that are kept, here as in a check.
    """
    space = Space([texts[index] for index in rows])
    models = _models(space, texts, answers, strength, more, rows)
    weights = np.stack([np.abs(model.coef_[0][: len(space.at)]) for model in models.values()]).max(axis=0)
    space.keep([name for name, weight in zip(space.at, weights, strict=True) if weight >= least])
    return Fit(space, _models(space, texts, answers, strength, more, rows))


def _models(
    space: Space,
    texts: Sequence[Reading],
    answers: Mapping[str, Sequence[Answer]],
    strength: float,
    more: More | None,
    rows: Sequence[int],
) -> Mapping[str, Any]:
    matrix = space.matrix([texts[index] for index in rows])
    return {
        label: learn(_beside(matrix, more, label, rows), [given[index] for index in rows], strength)
        for label, given in answers.items()
    }


def crossed(
    records: Sequence[Record],
    texts: Sequence[Reading],
    answers: Mapping[str, Sequence[Answer]],
    strength: float,
    more: More | None = None,
    *,
    least: float,
) -> Mapping[str, Any]:
    """Score each text by weights learned from other rounds: what a round that nobody has seen would get."""
    scores = {label: np.zeros(len(records)) for label in answers}
    rounds = sorted({round_of(record) for record in records})
    for fold in range(min(FOLDS, len(rounds))):
        away = set(rounds[fold::FOLDS])
        inside = [index for index, record in enumerate(records) if round_of(record) in away]
        others = [index for index, record in enumerate(records) if round_of(record) not in away]
        space, models = fit(texts, answers, strength, more, others, least)
        new = space.matrix([texts[index] for index in inside])
        for label, model in models.items():
            scores[label][inside] = model.decision_function(_beside(new, more, label, inside))
    return scores


def _beside(matrix: Any, more: More | None, label: str, rows: Sequence[int]) -> Any:
    return matrix if more is None else hstack([matrix, more.matrix(label, rows)]).tocsr()


def save(
    path: Path,
    lists: Signals,
    texts: Sequence[Reading],
    answers: Mapping[str, Sequence[Answer]],
    strength: float,
    thresholds: Mapping[str, float],
    more: More | None = None,
    *,
    least: float,
) -> None:
    """Learn from all texts and write the weights; a threshold becomes part of the bias."""
    space, models = fit(texts, answers, strength, more, range(len(texts)), least)
    bias = [round(SCALE * (float(model.intercept_[0]) - thresholds[label])) for label, model in models.items()]
    weights = np.stack([model.coef_[0][: len(space.at)] for model in models.values()], axis=1)
    lines = dict(_lines(space, weights))
    for place, (label, model) in enumerate(models.items()):
        for name, weight in zip(more.names(label) if more else (), model.coef_[0][len(space.at) :], strict=True):
            numbers = ["0"] * len(models)
            numbers[place] = str(round(float(weight) * more.factor * SCALE)) if more else "0"
            lines[name] = f"0 {' '.join(numbers)}"
    head = [FORMAT, lists.mark(), " ".join(models), " ".join(map(str, bias))]
    write_text(path, "\n".join([*head, *(f"{lines[name]}\t{name}" for name in sorted(lines))]) + "\n")


def _lines(space: Space, weights: Any) -> Iterator[tuple[str, str]]:
    for name, index in space.at.items():
        row = weights[index]
        rarity = space.rarity.get(name)
        factor = rarity if rarity is not None else SCALE * SIGNAL
        numbers = [round(float(weight) * factor) for weight in row]
        if rarity or any(numbers):
            yield name, f"{rarity or 0} {' '.join(map(str, numbers))}"


def best(values: Sequence[float], score: Callable[[float], float]) -> float:
    """Return the value that scores best, the first of equals."""
    return max(values, key=score)

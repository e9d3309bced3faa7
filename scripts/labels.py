"""Labelled examples: read, split and score them; shared by training, scoring and tests.

A round is a file, a record a line. Its id decides whether a record is ``open`` (to be read and tuned on) or ``sealed``
(a third, for scores alone).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

HAVES = ("substance", "feeling", "fun", "reply")
"""The haves that are read from words; a picture needs no label."""
FOLDER = Path(__file__).resolve().parent.parent / "tests" / "labels"
Record = Mapping[str, Any]
TAUGHT = ("1", "2", "3", "4")
"""Readings of our own posts from which weights are learned; later ones only measure."""


def is_sealed(kind: str, name: str) -> bool:
    """Tell whether a record belongs to the sealed third: decided by its id alone, before anybody reads it."""
    return int.from_bytes(blake2b(f"{kind}:{name}".encode(), digest_size=8).digest(), "big") % 3 == 0


def read(kind: str, part: str) -> list[Record]:
    """Return the records of a part, ``open`` or ``sealed``, in the order of files and lines."""
    files = sorted((FOLDER / kind / part).glob("*.jsonl"))
    return [record for path in files for record in records_of(path)]


def read_posts() -> list[Record]:
    """Return the posts of our own that two people have read blind, each reading a round; what they disagree on has no label.

    Not whether they have substance: the readers called a bare quiz empty, whose answer comes the next day.
    """
    found: list[Record] = []
    for turn in TAUGHT:
        folder = FOLDER / "writing" / turn
        said = [{each["id"]: each for each in records_of(folder / f"{reader}.jsonl")} for reader in ("first", "second")]
        for post in records_of(folder / "posts.jsonl"):
            one, other = (each[post["id"]] for each in said)
            gold = {have: one[have] if have != "substance" and one[have] == other[have] else None for have in HAVES}
            found.append({**post, "id": f"read{folder.name}-{post['id']}", "gold": gold})
    return found


def records_of(path: Path) -> list[Record]:
    """Return the records of a file."""
    lines = path.read_text(encoding="utf-8").split("\n")  # not splitlines: U+2028 may stand in a text
    return [json.loads(line) for line in lines if line]


def round_of(record: Record) -> str:
    """Return the round in which a record was written."""
    return str(record["id"]).partition("-")[0]


class Rates(NamedTuple):
    """True and false answers."""

    right: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the answers that are right."""
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self) -> float:
        """Share of what should be found that is found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.false + self.missed)


class Verdicts(NamedTuple):
    """How predicted categories compare with labelled ones; optional ones are neither right nor wrong."""

    any: Rates
    """Of violation or clean."""
    false_alarms: float
    """Share of the clean texts that were blamed."""
    by_category: Mapping[str, Rates]

    @property
    def micro(self) -> Rates:
        """All categories together."""
        each = self.by_category.values()
        return Rates(sum(r.right for r in each), sum(r.false for r in each), sum(r.missed for r in each))


def verdicts(
    records: Iterable[Record], predict: Callable[[Record], Collection[str]], categories: Collection[str]
) -> Verdicts:
    """Score predicted categories."""
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    table: Counter[tuple[bool, bool]] = Counter()
    for record in records:
        gold, optional = set(record["gold"]), set(record["optional"])
        found = set(predict(record)) & set(categories)
        right.update(gold & found)
        false.update(found - gold - optional)
        missed.update(gold - found)
        table[bool(gold), bool(found if gold else found - optional)] += 1
    whole = Rates(table[True, True], table[False, True], table[True, False])
    return Verdicts(
        whole,
        table[False, True] / max(1, table[False, True] + table[False, False]),
        {name: Rates(right[name], false[name], missed[name]) for name in categories},
    )


# ── the five haves ───────────────────────────────────────────────────────────────────────────────────────────────────


class Ticks(NamedTuple):
    """How ticked haves compare with labelled ones; a label left open does not count."""

    by_have: Mapping[str, Rates]
    spans: float
    """Share of the right ticks whose quote overlaps the labelled words."""

    @property
    def macro(self) -> float:
        """Mean of the haves' F1."""
        return sum(rates.f1 for rates in self.by_have.values()) / len(self.by_have)

    def __str__(self) -> str:
        each = "，".join(f"{name} {rates.f1:.3f}" for name, rates in self.by_have.items())
        return f"macro F1 {self.macro:.3f}（{each}），依据重合 {self.spans:.3f}"


def ticks(pairs: Iterable[tuple[Record, Mapping[str, Any]]]) -> Ticks:
    """Score answers on the wire against the labels of their records."""
    table: Counter[tuple[str, bool, bool]] = Counter()
    shown = overlapping = 0
    for record, answer in pairs:
        for name in HAVES:
            want, tick = record["gold"][name], bool(answer["haves"][name])
            if want is None:
                continue
            table[name, want, tick] += 1
            start = record["text"].find(words := record["evidence"].get(name) or "")
            if want and tick and words and start >= 0:
                _, low, high, _ = answer["evidence"][name]
                shown += 1
                overlapping += low < start + len(words) and start < high
    rates = {name: Rates(table[name, True, True], table[name, False, True], table[name, True, False]) for name in HAVES}
    return Ticks(rates, overlapping / max(1, shown))


class Agreement(NamedTuple):
    """How far two readers agree on one have, over the records that both have decided."""

    both: int
    """How many records."""
    share: float
    """Share on which they say the same."""
    kappa: float
    """The same beyond what chance would give (Cohen)."""


def agreement(first: Iterable[Record], second: Iterable[Record], name: str) -> Agreement:
    """Compare two readings of the same records on one have."""
    others = {record["id"]: record["gold"][name] for record in second}
    said = Counter((record["gold"][name], others[record["id"]]) for record in first if record["id"] in others)
    said = Counter({pair: count for pair, count in said.items() if None not in pair})
    both = sum(said.values())
    share = (said[True, True] + said[False, False]) / max(1, both)
    mine = (said[True, True] + said[True, False]) / max(1, both)
    theirs = (said[True, True] + said[False, True]) / max(1, both)
    chance = mine * theirs + (1 - mine) * (1 - theirs)
    return Agreement(both, share, 1.0 if chance == 1 else (share - chance) / (1 - chance))

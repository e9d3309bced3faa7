"""What a careful editor keeps of a material, and how a list of proposals compares with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from wuyou import yamls
from wuyou.values import Fact

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BY_WORDS = ("product", "condition")
"""Kinds that may match without a number in common."""


class Kept(NamedTuple):
    """A fact an editor would keep."""

    kind: str
    value: str


class Gold(NamedTuple):
    """One list of what is kept, and what must never be proposed."""

    material: str
    kept: tuple[Kept, ...]
    forbidden: tuple[str, ...]
    encoding: str
    sealed: bool


class Score(NamedTuple):
    """How a list of proposals compares with a list of what is kept."""

    kept: int
    found: int
    kind_right: int
    proposed: int
    missed: tuple[Kept, ...]

    @property
    def recall(self) -> float:
        """Share of what is kept that was proposed."""
        return self.found / self.kept

    @property
    def rightness(self) -> float:
        """Share of what was found that has the right kind."""
        return self.kind_right / self.found

    @property
    def excess(self) -> float:
        """Proposals for each fact that is kept."""
        return self.proposed / self.kept


def gold_of(path: Path) -> Gold:
    """Read a gold list: ``material``, ``facts`` as ``kind: value``, and what else it says."""
    data = yamls.load(path).data
    return Gold(
        material=data["material"],
        kept=tuple(Kept(kind, value) for entry in data["facts"] for kind, value in entry.items()),
        forbidden=tuple(data.get("forbidden") or ()),
        encoding=data.get("encoding") or "utf-8",
        sealed=data.get("sealed") in (True, "true"),
    )


def plain(text: str) -> str:
    """Fold what does not change a value: widths, thousands separators, dashes, brackets, stops."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFKC", text).lower())
    text = re.sub(r"[－—–~至]", "-", text)
    return re.sub(r"[\s，,。；;、：:“”\"'（）()《》]", "", text)


def carries(proposed: str, kept: str, *, by_words: bool) -> bool:
    """Tell whether a proposed value is the kept one, or one of the two stands in the other with no number lost."""
    if proposed == kept:
        return True
    if min(len(proposed), len(kept)) < 2 or not (proposed in kept or kept in proposed):
        return False
    if by_words:
        return min(len(proposed), len(kept)) >= 3
    numbers = set(_NUMBER.findall(kept))
    return bool(numbers) and numbers <= set(_NUMBER.findall(proposed))


def compare(kept: Sequence[Kept], facts: Iterable[Fact]) -> Score:
    """Match each kept fact with one proposal, of the same kind where there is one."""
    free = [(fact.kind, plain(fact.value)) for fact in facts]
    proposed, kind_right = len(free), 0
    missed = []
    for want in kept:
        value = plain(want.value)
        matches = [each for each in free if carries(each[1], value, by_words=want.kind in _BY_WORDS)]
        if not matches:
            missed.append(want)
            continue
        best = min(matches, key=lambda each: (each[0] != want.kind, abs(len(each[1]) - len(value))))
        kind_right += best[0] == want.kind
        free.remove(best)
    return Score(len(kept), len(kept) - len(missed), kind_right, proposed, tuple(missed))


def total(scores: Iterable[Score]) -> Score:
    """Add up the scores of several materials."""
    every = list(scores)
    kept, found, kind_right, proposed = (sum(score[index] for score in every) for index in range(4))
    return Score(kept, found, kind_right, proposed, tuple(each for score in every for each in score.missed))

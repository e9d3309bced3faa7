"""How likely a number that the sources do not have is wrong, rather than reckoned or told by the way.

Signs are added up with whole numbers that were learned from every such number of the labelled pairs; it looks only at
numbers that nothing else excuses, and may only let one pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from ..errors import LibraryError, Problem
from ..quantities import Quantity
from ..regexes import regex
from .cues import ADDS, COUNTS_UP, LESS
from .figures import CLAUSE, Figures
from .likeness import like
from .reckoning import is_granted
from .smalltalk import BANK, PERSONS, TELLS, THINGS

WEIGHTS = "numbers.tsv"
"""The file of what was learned, in the folder of learned weights."""
BIAS = "bias"
SCALE = 1000
"""The numbers of the file are thousandths."""
_HAN = frozenset("零一二两三四五六七八九十半几")
_MOST = 5
"""More shared words than this say no more."""
_GIVES = regex(r"[打享减送返抵领给赠免奖赔补]")
_TENS = frozenset(Decimal(10) ** power for power in (-4, -3, -2, -1, 1, 2, 3, 4))


def learned(path: Path, label: str) -> dict[str, int]:
    """Read what each sign weighs. Raises LibraryError."""
    try:
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        return {name: int(number) for name, number in lines}
    except (OSError, ValueError) as error:
        raise LibraryError([Problem("权重读不出来", label, "请重跑 scripts/train_numbers.py")]) from error


def is_doubtful(figures: Figures, claim: Quantity) -> bool:
    """Tell whether a missing number is more likely right than wrong; never when nothing was learned."""
    weights = figures.weights
    if not weights:
        return False
    return weights[BIAS] + sum(weights.get(name, 0) * value for name, value in signs(figures, claim).items()) <= 0


def signs(figures: Figures, claim: Quantity) -> Mapping[str, int]:
    """Return the signs of a number that the sources do not have; those that are nought are left out."""
    evidence = figures.evidence
    low, high = figures.around(claim, CLAUSE)
    clause, words = figures.raw[low:high], figures.words(claim, CLAUSE)
    alike = [each for each in evidence.occurrences if like(claim, each.quantity)]
    others = [each for each in figures.quantities if each != claim]
    held = {
        f"kind {claim.kind}": 1,
        f"unit {claim.unit}": 1,
        f"bound {claim.bound}": 1,
        "in words": claim.text[0] in _HAN,
        "one": claim.low == 1,
        "range": claim.is_range,
        "alike": bool(alike),
        "same unit": any(each.quantity.unit == claim.unit for each in alike),
        "tens": any(_are_tens(claim, each.quantity) for each in alike),
        "spoken": max((min(_MOST, len(words & each.wide)) for each in alike), default=0),
        "close": max((min(_MOST, len(words & each.close)) for each in alike), default=0),
        "shared": round(_MOST * len(words & evidence.words) / max(1, len(words))),
        "person": PERSONS.search(clause) is not None,
        "thing": THINGS.search(clause) is not None,
        "bank": BANK.search(clause) is not None,
        "tells": TELLS.search(clause) is not None,
        "granted": is_granted(figures, claim),
        "gives": _GIVES.search(figures.raw, max(low, claim.start - _MOST), claim.start) is not None,
        "adds": ADDS.search(clause) is not None,
        "less": LESS.search(clause) is not None,
        "counts": COUNTS_UP.search(clause) is not None,
        "asks": figures.raw[high : high + 1] in ("？", "?"),
        "with known": any(low <= each.start < high and evidence.carries(each) for each in others),
        "with missing": any(each.claim and not evidence.carries(each) for each in others),
    }
    return {name: int(value) for name, value in held.items() if value}


def _are_tens(claim: Quantity, other: Quantity) -> bool:
    """Tell whether one is ten, a hundred or ten thousand times the other, which is what a slip makes of it."""
    one, two = claim.low, other.low
    return isinstance(one, Decimal) and isinstance(two, Decimal) and bool(two) and one / two in _TENS

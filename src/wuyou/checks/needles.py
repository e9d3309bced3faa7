"""What a match of an expression must contain, read off the tree into which Python takes the expression apart.

``(?:最|第)一…{0,4}银行`` cannot match a text without 最一 or 第一, nor one without 银行. Such sets of short strings
are the needles: a text that holds none of a set need not be searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, product
from typing import Any

from .runs import LONGEST, marked

MOST = 100
"""Strings a set of needles may have; a wider one rules too little out."""
KEPT = 2
"""Sets that are kept of an expression."""
_CHANCE = (1.0, 0.05, 0.001, 0.0001, 0.00002)
"""Roughly how likely a text is to hold a given run of that many characters: to tell which set rules more out."""
Words = frozenset[str]
NOTHING: Words = frozenset([""])


def needles(tree: Any) -> tuple[Words, ...]:
    """Return sets of runs; every match holds one of each, and the first set is the rarest."""
    _, needed = _sequence(tree)
    return tuple(sorted(set(needed), key=lambda words: (_chance(words), sorted(words)))[:KEPT])


def _chance(words: Iterable[str]) -> float:
    return sum(_CHANCE[min(len(word), LONGEST)] for word in words)


def _run(words: Iterable[str]) -> Words:
    """Cut strings down to runs; the first characters, for one run of each is enough."""
    return frozenset(marked(word)[:LONGEST] for word in words)


def _sequence(steps: Iterable[tuple[Any, Any]]) -> tuple[Words | None, list[Words]]:
    """Return every string that the steps can match, when they are few, and the sets of which a match holds one each."""
    needed: list[Words] = []
    exact, stretch = True, NOTHING
    for op, args in steps:
        words, inside = _step(str(op), args)
        needed += inside
        if words is not None and len(stretch) * len(words) <= MOST:
            stretch = frozenset(map("".join, product(stretch, words)))
            continue
        needed.append(_run(stretch))
        exact, stretch = False, words if words is not None else NOTHING
    if exact:
        return stretch, [_run(stretch)] if "" not in stretch else []
    return None, [words for words in (*needed, _run(stretch)) if "" not in words]


def _step(name: str, args: Any) -> tuple[Words | None, list[Words]]:
    """Return the same of one step."""
    if name == "LITERAL":
        return frozenset([chr(args)]), []
    if name in ("ASSERT", "ASSERT_NOT", "AT"):
        return NOTHING, []
    if name == "SUBPATTERN":
        return _sequence(args[-1])
    if name == "ATOMIC_GROUP":
        return _sequence(args)
    if name == "IN":
        return _class(args), []
    if name == "BRANCH":
        return _branches([_sequence(branch) for branch in args[1]])
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inside = args
        words, needed = _sequence(inside)
        if words is not None and int(high) <= 2 and len(words) ** int(high) <= MOST:
            times = (map("".join, product(words, repeat=count)) for count in range(low, int(high) + 1))
            return frozenset(chain.from_iterable(times)), []
        return None, needed if low else []
    return None, []


def _branches(branches: Sequence[tuple[Words | None, list[Words]]]) -> tuple[Words | None, list[Words]]:
    """Return the strings of all branches, and one set made of the rarest of each."""
    known = [words for words, _ in branches if words is not None]
    together = frozenset[str]().union(*known)
    exact = together if len(known) == len(branches) and len(together) <= MOST else None
    rarest = [min(needed, key=lambda words: (_chance(words), sorted(words))) for _, needed in branches if needed]
    return exact, [frozenset[str]().union(*rarest)] if len(rarest) == len(branches) else []


def _class(items: Iterable[tuple[Any, Any]]) -> Words | None:
    """Return the characters of a class, when they are few."""
    found: set[str] = set()
    for kind, value in items:
        if str(kind) == "LITERAL":
            found.add(chr(value))
        elif str(kind) == "RANGE" and value[1] - value[0] < MOST:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(found) if len(found) <= MOST else None

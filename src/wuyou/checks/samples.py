"""Makes texts that a pattern should match, from its own parts: how ``lint`` finds out what can never match.

A made text need not make sense. Contexts (look-ahead, look-behind) are written out where they ask for something and
passed over where they forbid it, so a caller tries each text and keeps what really matches.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")
"""Python's own parser of regular expressions: it has no public name, and a second parser would be a second truth."""

TRIES = 96
"""Texts made of one pattern; each takes other branches and other characters of a class."""
_FILLING = "了的水早今人家号天门茶山"
"""What stands where nearly anything may; each try begins with another, so that a forbidden one is passed by."""
_CATEGORIES = {"DIGIT": "35", "SPACE": " ", "WORD": "水3a", "NOT_DIGIT": "水a", "NOT_SPACE": "水3", "NOT_WORD": "☆-"}


def samples(source: str) -> Iterator[str]:
    """Yield texts made of a pattern, the plainest first."""
    tree = _parser.parse(source)
    seen: set[str] = set()
    for turn in range(TRIES):
        text = _written(tree, _Turn(turn))
        if text not in seen:
            seen.add(text)
            yield text


class _Turn:
    """Chooses among what a pattern leaves open, in a way of its own for each try."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._rest = number

    def choose(self, count: int) -> int:
        """Return which of ``count`` to take; what is left decides the next choice."""
        self._rest, taken = divmod(self._rest, count)
        if not self._rest:
            self._rest = self.number // 2
        return taken


def _written(tree: Any, turn: _Turn) -> str:
    return "".join(_step(str(op), args, turn) for op, args in tree)


def _step(name: str, args: Any, turn: _Turn) -> str:
    if name == "LITERAL":
        return chr(args)
    if name in ("ANY", "NOT_LITERAL"):
        return next(char for char in _turned(_FILLING, turn) if name == "ANY" or ord(char) != args)
    if name == "IN":
        return _member(args, turn)
    if name == "BRANCH":
        return _written(args[1][turn.choose(len(args[1]))], turn)
    if name == "SUBPATTERN":
        return _written(args[-1], turn)
    if name == "ATOMIC_GROUP":
        return _written(args, turn)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inside = int(args[0]), min(int(args[1]), int(args[0]) + 3), args[2]
        times = low + (turn.choose(high - low + 1) if high > low else 0)
        return "".join(_written(inside, turn) for _ in range(times))
    if name == "ASSERT":
        return _written(args[1], turn)
    return ""


def _member(args: Any, turn: _Turn) -> str:
    """Return a character of a class."""
    kinds = [str(kind) for kind, _ in args]
    if kinds and kinds[0] == "NEGATE":
        return next((char for char in _turned(_FILLING + "3a-☆", turn) if not _holds(args[1:], char)), "")
    kind, value = args[turn.choose(len(args))]
    if str(kind) == "LITERAL":
        return chr(value)
    if str(kind) == "RANGE":
        return chr(value[0] + turn.choose(min(value[1] - value[0] + 1, 24)))
    return _turned(_CATEGORIES.get(str(value).removeprefix("CATEGORY_"), "水"), turn)[0]


def _holds(args: Any, char: str) -> bool:
    code = ord(char)
    for kind, value in args:
        name = str(kind)
        if (name == "LITERAL" and value == code) or (name == "RANGE" and value[0] <= code <= value[1]):
            return True
        if name == "CATEGORY" and char in _CATEGORIES.get(str(value).removeprefix("CATEGORY_"), ""):
            return True
        if name == "CATEGORY" and str(value) == "CATEGORY_WORD" and (char.isalnum() or char == "_"):
            return True
        if name == "CATEGORY" and str(value) == "CATEGORY_DIGIT" and char.isdigit():
            return True
    return False


def _turned(chars: str, turn: _Turn) -> str:
    at = turn.number % len(chars)
    return chars[at:] + chars[:at]

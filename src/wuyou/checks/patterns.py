r"""Patterns as a content team writes them, compiled once and refused when they could lie.

A pattern is a Python regular expression over *folded* text (see ``chinese``), with two additions that keep it readable:

``…`` and ``……``
    any character inside the same clause, and inside the same sentence; a gap must be bounded: ``保证…{0,6}收益``.
``{@name}``
    one of the patterns of a group, inside a pattern; ``@name`` alone stands for the whole group in a list.

Refused: ``\b`` and ``\B`` (between Chinese characters they never match, so the rule would be silent for ever),
a gap without an upper bound, a repeat inside a repeat, named groups and back references (patterns of a list become
one expression), anything Python cannot compile, and an unknown group.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Any

from ..chinese import fold, is_han

_parser: Any = import_module("re._parser")
"""Python's own parser of regular expressions: it has no public name, and a second parser would be a second truth."""

CLAUSE, SENTENCE = "[^,，。!！?？;；:：\n]", "[^。!！?？\n]"
"""What ``…`` and ``……`` stand for, in folded and in original punctuation."""
_WIDE = 200
"""A class with more characters than this is wide."""
_MACRO = re.compile(r"\{@([^{}]+)\}")
_UNBOUNDED = int(_parser.MAXREPEAT)
MOST = sys.maxsize
Groups = Mapping[str, tuple[str, ...]]


class Lexicon(dict[str, tuple[str, ...]]):
    """Word groups by name, and what is known of patterns that an earlier start has already proved.

    Taking a pattern apart costs ten times what searching with it costs; so the needles of a proved rulebook are kept,
    and an expression is compiled only when a text wakes it.
    """

    def __init__(self, proven: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__()
        self.proven = proven or {}
        self.needles: dict[str, frozenset[str]] = {}
        """Needles of every expression that was met, to be kept for the next start."""

    def sought(self, source: str, shown: str) -> frozenset[str]:
        """Return the needles of an expression; one that is not proved yet is looked at for what is refused.

        Raises PatternError.
        """
        known = self.proven.get(source)
        if known is None:
            _refuse(source, shown)
            needles = _sought(source)
        else:
            needles = frozenset(known)
        self.needles[source] = needles
        return needles


class PatternError(ValueError):
    """A pattern cannot be used; the message says why, in Chinese."""


class Part:
    """One expression and its needles; compiled when a text wakes it."""

    def __init__(self, needles: frozenset[str], source: str) -> None:
        self.needles = needles
        self.source = source

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The expression, ready to search."""
        return re.compile(self.source)


class Matcher:
    """Some patterns as one: finds where any of them matches.

    Each pattern has its needles, short strings of which every match contains at least one. A text that holds none of
    their first two characters need not be searched; that is a question to a set, so most patterns cost next to nothing.
    """

    __slots__ = ("needles", "parts")

    def __init__(self, patterns: Iterable[tuple[frozenset[str], str]]) -> None:
        self.parts = tuple(Part(needles, source) for needles, source in patterns)
        each = [part.needles for part in self.parts]
        self.needles = frozenset().union(*each) if all(each) else None
        """All needles together; nothing when a pattern has none."""

    def asleep(self, text: str) -> bool:
        """Tell whether it cannot match anywhere, without searching."""
        return self.needles is not None and self.needles.isdisjoint(_grams(text))

    def all(self, text: str, start: int = 0, end: int = MOST) -> Iterator[tuple[int, int]]:
        """Yield every match from left to right, overlapping ones too; of two that begin together the longer first."""
        if self.asleep(text):
            return iter(())
        grams = _grams(text)
        found: set[tuple[int, int]] = set()
        for part in self.parts:
            if part.needles and part.needles.isdisjoint(grams):
                continue
            search = part.regex.search
            match = search(text, start, end)
            while match is not None:
                found.add(match.span())
                match = search(text, match.start() + 1, end)
        return iter(sorted(found, key=_longest_first) if found else ())

    def within(self, text: str) -> bool:
        """Tell whether it matches anywhere."""
        if self.asleep(text):
            return False
        grams = _grams(text)
        return any(
            part.regex.search(text) is not None
            for part in self.parts
            if not part.needles or not part.needles.isdisjoint(grams)
        )


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


@lru_cache(maxsize=1 << 8)
def _grams(text: str) -> frozenset[str]:
    """Return every character and every pair of neighbours of a text."""
    return frozenset(text) | frozenset(map(str.__add__, text, text[1:]))


def _sought(pattern: str) -> frozenset[str]:
    """Return the first one or two characters of each needle of a pattern."""
    return frozenset(needle[:2] for needle in _needles(_parser.parse(pattern)) or ())


def compiled(
    patterns: Iterable[str], groups: Lexicon, *, raw: bool = False, before: bool = False, after: bool = False
) -> Matcher:
    """Compile the patterns of one list.

    ``raw`` patterns meet the original text; ``before`` ones must end, and ``after`` ones begin, where the window does.
    Raises PatternError.
    """
    ready = []
    for pattern in expanded(patterns, groups):
        source = pattern if raw else folded_pattern(pattern)
        source = source.replace("……", SENTENCE).replace("…", CLAUSE)
        needles = groups.sought(source, pattern)
        ready.append((needles, f"(?:{source})\\Z" if before else f"\\A(?:{source})" if after else source))
    return Matcher(ready)


def expanded(patterns: Iterable[str], groups: Groups, seen: tuple[str, ...] = ()) -> list[str]:
    """Put the members of groups where ``@name`` and ``{@name}`` stand. Raises PatternError."""
    ready: list[str] = []
    for pattern in patterns:
        if pattern.startswith("@"):
            ready += expanded(_group(pattern[1:], groups, seen), groups, (*seen, pattern[1:]))
            continue
        ready.append(_MACRO.sub(lambda found: f"(?:{'|'.join(_macro(found.group(1), groups, seen))})", pattern))
    return ready


def _macro(name: str, groups: Groups, seen: tuple[str, ...]) -> list[str]:
    return expanded(_group(name, groups, seen), groups, (*seen, name))


def _group(name: str, groups: Groups, seen: tuple[str, ...]) -> tuple[str, ...]:
    if name in seen:
        raise PatternError(f"词组互相引用：@{name}")
    if name not in groups:
        raise PatternError(f"没有这个词组：@{name}")
    return groups[name]


@lru_cache(maxsize=1 << 13)
def _literal(char: str) -> str:
    """Fold one character of a pattern, and keep it a literal."""
    plain = fold(char).text if is_han(char) else unicodedata.normalize("NFKC", char).casefold()
    return "".join(re.escape(each) if each in "()[]{}?*+|^$.\\" else each for each in plain)


def folded_pattern(pattern: str) -> str:
    """Fold the literal characters of a pattern as ``chinese.fold`` folds a text; escapes stay as they are."""
    ready: list[str] = []
    escaped = False
    for char in pattern:
        if escaped or char == "\\" or ord(char) < 128 or char == "…":
            ready.append(char.lower() if not escaped and char != "\\" else char)
            escaped = char == "\\" and not escaped
            continue
        ready.append(_literal(char))
    return "".join(ready)


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse(source: str, shown: str) -> None:
    try:
        re.compile(source)
        tree = _parser.parse(source)
    except (re.error, OverflowError) as error:
        raise PatternError(f"写法有误：{shown}（{error}）") from error
    if tree.state.groupdict:
        raise PatternError(f"不能用命名的组：{shown}")
    if tree.getwidth()[0] == 0:
        raise PatternError(f"什么都不写也会命中：{shown}")
    _walk(tree, shown, repeated=False)


def _walk(tree: Any, shown: str, *, repeated: bool) -> None:
    for op, args in tree:
        name = str(op)
        if name.startswith("GROUPREF"):
            raise PatternError(f"不能回引前面的组：{shown}")
        if name == "AT" and str(args).endswith("BOUNDARY"):
            raise PatternError(f"不能用 \\b：汉字之间它永远不会命中：{shown}")
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, high, inside = args
            endless = int(high) == _UNBOUNDED
            if endless and repeated:
                raise PatternError(f"重复里又套了重复：{shown}")
            if endless and any(_wide(*part) for part in inside):
                raise PatternError(f"重复没有上限：{shown}，请写成 {{0,8}} 这样")
            _walk(inside, shown, repeated=repeated or endless)
        else:
            for inside in _inside(name, args):
                _walk(inside, shown, repeated=repeated)


def _inside(name: str, args: Any) -> list[Any]:
    if name == "BRANCH":
        return list(args[1])
    if name == "SUBPATTERN":
        return [args[-1]]
    if name in ("ASSERT", "ASSERT_NOT"):
        return [args[1]]
    if name == "ATOMIC_GROUP":
        return [args]
    return []


def _wide(op: Any, args: Any) -> bool:
    """Tell whether one step of a pattern matches many different characters."""
    name = str(op)
    if name in ("ANY", "NOT_LITERAL"):
        return True
    if name == "IN":
        size = 0
        for kind, value in args:
            if str(kind) == "NEGATE" or (
                str(kind) == "CATEGORY" and str(value) not in ("CATEGORY_DIGIT", "CATEGORY_SPACE")
            ):
                return True
            size += value[1] - value[0] + 1 if str(kind) == "RANGE" else 1
        return size > _WIDE
    return any(_wide(*part) for inside in _inside(name, args) for part in inside)


# ── what a match must contain ────────────────────────────────────────────────────────────────────────────────────────


def _needles(tree: Any) -> frozenset[str] | None:
    """Return strings of which every match of the pattern contains one; nothing when there is no such small set."""
    best: frozenset[str] | None = None
    run = ""
    for op, args in [*tree, ("END", None)]:
        name = str(op)
        if name == "LITERAL":
            run += chr(args)
            continue
        best = _better(best, frozenset([run]) if run else None)
        run = ""
        best = _better(best, _needles_of(name, args))
    return best


def _needles_of(name: str, args: Any) -> frozenset[str] | None:
    if name == "BRANCH":
        branches = [_needles(branch) for branch in args[1]]
        if any(branch is None for branch in branches):
            return None
        return frozenset(needle for branch in branches if branch for needle in branch)
    if name == "SUBPATTERN":
        return _needles(args[-1])
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        return _needles(args[2]) if args[0] > 0 else None
    if name == "IN" and all(str(kind) == "LITERAL" for kind, _ in args):
        return frozenset(chr(value) for _, value in args)
    return None


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Prefer the set that rules out more texts: longer needles first, then fewer."""
    if one is None or other is None:
        return one if other is None else other
    return max(one, other, key=lambda needles: (min(map(len, needles)), -len(needles), sorted(needles)))

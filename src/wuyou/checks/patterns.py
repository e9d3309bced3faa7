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
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from importlib import import_module
from typing import Any, NamedTuple

from ..chinese import fold, is_han
from .needles import needles
from .runs import Roll, runs

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


class Expression(NamedTuple):
    """What a pattern became, and what a match of it must contain."""

    number: int
    source: str
    sets: tuple[frozenset[str], ...]
    """Sets of needles, the rarest first; a match holds one of each."""


class Lexicon(dict[str, tuple[str, ...]]):
    """Word groups by name, and what is known of patterns that an earlier start has already proved.

    Taking a pattern apart costs ten times what searching with it costs; so what a proved rulebook made of its lists is
    kept, and an expression is compiled only when a text wakes it.
    """

    def __init__(self, proven: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._lists: dict[str, list[int]] = {} if proven is None else proven["lists"]
        known = () if proven is None else proven["expressions"]
        self.roll = Roll()
        """Which expression wakes at which run."""
        self._expressions: list[Expression] = []
        self._places: dict[str, int] = {}
        for source, sets in known:
            self._add(source, tuple(map(frozenset, sets)))

    @property
    def kept(self) -> Mapping[str, Any]:
        """What was made of every list that was met, as plain data, to be kept for the next start."""
        expressions = [[source, [sorted(words) for words in sets]] for _, source, sets in self._expressions]
        return {"lists": self._lists, "expressions": expressions}

    def make(self, patterns: Iterable[str], *, raw: bool) -> list[Expression]:
        """Return the expressions of a list; one that is not proved yet is looked at for what is refused.

        Raises PatternError.
        """
        written = tuple(patterns)
        key = blake2b("\n".join(("raw" if raw else "folded", *written)).encode(), digest_size=8).hexdigest()
        if key not in self._lists:
            self._lists[key] = [self._place(pattern, raw=raw) for pattern in expanded(written, self)]
        return [self._expressions[place] for place in self._lists[key]]

    def _place(self, pattern: str, *, raw: bool) -> int:
        """Return where the expression of a pattern is kept. Raises PatternError."""
        source = (pattern if raw else folded_pattern(pattern)).replace("……", SENTENCE).replace("…", CLAUSE)
        if source not in self._places:
            _refuse(source, pattern)
            self._add(source, needles(_parser.parse(source)))
        return self._places[source]

    def _add(self, source: str, sets: tuple[frozenset[str], ...]) -> None:
        number = self._places[source] = len(self._expressions)
        self._expressions.append(Expression(number, source, sets))
        self.roll.add(number, sets[0] if sets else None)


class PatternError(ValueError):
    """A pattern cannot be used; the message says why, in Chinese."""


class Part:
    """One expression; compiled when a text wakes it."""

    def __init__(self, expression: Expression, frame: str) -> None:
        self.number = expression.number
        self.others = expression.sets[1:]
        """Needles that a text must hold besides those that wake it."""
        self.source = frame.format(expression.source) if frame else expression.source

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The expression, ready to search."""
        return re.compile(self.source)


class Matcher:
    """Some patterns as one: finds where any of them matches.

    Each pattern has its needles, sets of short strings; every match contains at least one of each set. A text that
    holds none of a set need not be searched. The roll knows at a look which patterns of all lists a text may match.
    """

    __slots__ = ("_roll", "numbers", "parts")

    def __init__(self, expressions: Iterable[Expression], roll: Roll, frame: str = "") -> None:
        self.parts = tuple(Part(expression, frame) for expression in expressions)
        self.numbers = frozenset(part.number for part in self.parts)
        """By which the roll knows its expressions."""
        self._roll = roll

    def all(self, text: str, start: int = 0, end: int = MOST) -> Iterator[tuple[int, int]]:
        """Yield every match from left to right, overlapping ones too; of two that begin together the longer first."""
        awake = self._roll.awake(text)
        if self.numbers.isdisjoint(awake):
            return iter(())
        found: set[tuple[int, int]] = set()
        for part in self.parts:
            if part.number not in awake or (part.others and not _holds(text, part.others)):
                continue
            search = part.regex.search
            match = search(text, start, end)
            while match is not None:
                found.add(match.span())
                match = search(text, match.start() + 1, end)
        return iter(sorted(found, key=_longest_first) if found else ())

    def within(self, text: str, whole: str = "") -> bool:
        """Tell whether it matches anywhere; ``whole`` is the text that this one was cut from, if it was."""
        awake = self._roll.awake(whole or text)
        if self.numbers.isdisjoint(awake):
            return False
        return any(
            part.regex.search(text) is not None
            for part in self.parts
            if part.number in awake and (not part.others or _holds(whole or text, part.others))
        )


def _holds(text: str, sets: Iterable[frozenset[str]]) -> bool:
    """Tell whether a text holds a run of each set."""
    held = runs(text)
    return not any(map(held.isdisjoint, sets))


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def compiled(
    patterns: Iterable[str], groups: Lexicon, *, raw: bool = False, before: bool = False, after: bool = False
) -> Matcher:
    """Compile the patterns of one list.

    ``raw`` patterns meet the original text; ``before`` ones must end, and ``after`` ones begin, where the window does.
    Raises PatternError.
    """
    frame = "(?:{})\\Z" if before else "\\A(?:{})" if after else ""
    return Matcher(groups.make(patterns, raw=raw), groups.roll, frame)


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

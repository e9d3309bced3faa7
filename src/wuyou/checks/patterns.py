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
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from itertools import chain
from typing import Any

from ..chinese import fold, is_han
from ..regexes import regex
from .needles import needles
from .runs import Roll

_parser: Any = import_module("re._parser")
"""Python's own parser of regular expressions: it has no public name, and a second parser would be a second truth."""

CLAUSE, SENTENCE = "[^,，。!！?？;；:：\n]", "[^。!！?？\n]"
"""What ``…`` and ``……`` stand for, in folded and in original punctuation."""
_PIECE = regex(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\{\d+,\}|.", re.DOTALL)
"""A class, an escape, a count without an end, or a character."""
_REPEATS = 32
"""How often a character may at most be repeated where a pattern says no end."""
_ENDLESS = {"+": f"{{1,{_REPEATS}}}", "*": f"{{0,{_REPEATS}}}"} | {
    f"{{{low},}}": f"{{{low},{_REPEATS}}}" for low in range(_REPEATS)
}
_WIDE = 200
"""A class with more characters than this is wide."""
_MACRO = re.compile(r"\{@([^{}]+)\}")
_UNBOUNDED = int(_parser.MAXREPEAT)
MOST = sys.maxsize
Search = Callable[..., "re.Match[str] | None"]
Groups = Mapping[str, tuple[str, ...]]


class Lexicon(dict[str, tuple[str, ...]]):
    """Word groups by name, and what is known of patterns that an earlier start has already proved.

    Taking a pattern apart costs ten times what searching with it costs; so what a proved rulebook made of its lists is
    kept, and an expression is compiled only when a text wakes it. Of ``甲…乙|丙`` a text with 丙 wakes 丙 alone.
    """

    def __init__(self, proven: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._lists: dict[str, list[list[int]]] = {} if proven is None else proven["lists"]
        self.roll = Roll(None if proven is None else proven["roll"])
        """Which expression wakes at which run."""
        self._sources: list[str] = [] if proven is None else proven["sources"]
        self._places = {source: number for number, source in enumerate(self._sources)}
        self._parts: dict[tuple[int, str], Part] = {}

    @property
    def kept(self) -> Mapping[str, Any]:
        """What was made of every list that was met, as plain data, to be kept for the next start."""
        return {"lists": self._lists, "sources": self._sources, "roll": self.roll.kept}

    def make(self, patterns: Iterable[str], *, raw: bool) -> list[list[int]]:
        """Return the numbers of each pattern's alternatives; a list not proved yet is looked at for what is refused.

        Raises PatternError.
        """
        written = tuple(patterns)
        key = blake2b("\n".join(("raw" if raw else "folded", *written)).encode(), digest_size=8).hexdigest()
        if key not in self._lists:
            self._lists[key] = [self._take(pattern, raw=raw) for pattern in expanded(written, self)]
        return self._lists[key]

    def part(self, number: int, frame: str) -> Part:
        """Return an alternative in its frame; made when it is first asked for."""
        key = number, frame
        if key not in self._parts:
            self._parts[key] = Part(number, self._sources[number], frame)
        return self._parts[key]

    def _take(self, pattern: str, *, raw: bool) -> list[int]:
        """Return where the alternatives of a pattern are kept. Raises PatternError."""
        source = (pattern if raw else folded_pattern(pattern)).replace("……", SENTENCE).replace("…", CLAUSE)
        _refuse(source, pattern)
        return [self._place(bounded(alternative)) for alternative in alternatives(source)]

    def _place(self, source: str) -> int:
        if source not in self._places:
            number = self._places[source] = len(self._sources)
            self._sources.append(source)
            self.roll.add(number, *needles(_parser.parse(source)))
        return self._places[source]


class PatternError(ValueError):
    """A pattern cannot be used; the message says why, in Chinese."""


class Part:
    """One alternative of a pattern; compiled when a text wakes it."""

    __slots__ = ("_search", "bare", "frame", "number")

    def __init__(self, number: int, bare: str, frame: str) -> None:
        self.number = number
        """By which the roll knows it."""
        self.bare, self.frame = bare, frame
        self._search: Search | None = None

    @property
    def search(self) -> Search:
        """What finds its first match in a stretch of a text."""
        if self._search is None:
            self._search = re.compile(self.frame.format(self.bare)).search
        return self._search


class Matcher:
    """Some patterns as one: finds where any of them matches.

    Each alternative of a pattern has its needles, sets of short strings; every match contains at least one of each set.
    A text that holds none of a set need not be searched. The roll knows at a look which ones of all lists a text may
    match.
    """

    __slots__ = ("_frame", "_lexicon", "_patterns", "_ready", "numbers")

    def __init__(self, patterns: Sequence[Sequence[int]], lexicon: Lexicon, frame: str) -> None:
        self._patterns = patterns
        self._lexicon = lexicon
        self._frame = frame
        self._ready: dict[int, tuple[Search, list[tuple[int, int]]]] = {}
        self.numbers = frozenset(chain.from_iterable(patterns))
        """By which the roll knows its expressions."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every alternative of every pattern."""
        return tuple(self._lexicon.part(number, self._frame) for each in self._patterns for number in each)

    def awake(self, text: str) -> frozenset[int]:
        """Return the numbers of all expressions, those of other matchers too, that a text may match."""
        return self._lexicon.roll.awake(text)

    def all(self, text: str, start: int = 0, end: int = MOST, *, few: bool = False) -> Iterable[tuple[int, int]]:
        """Return every match from left to right, overlapping ones too; of two that begin together the longer first.

        Of a pattern's alternatives that begin together the first counts, as in one expression. Where they are ``few``
        and the text is asked for nothing else, the roll is not: looking a text up takes longer than a few searches.
        """
        called = self.numbers if few else self.numbers & self._lexicon.roll.awake(text)
        if not called:
            return ()
        found: dict[tuple[int, int], tuple[int, int]] = {}
        ready = self._ready
        for number in called:
            search, turns = ready[number] if number in ready else self._made_ready(number)
            match = search(text, start, end)
            while match is not None:
                begun, stop = match.span()
                for at, turn in turns:
                    known = found.get((at, begun))
                    if known is None or turn < known[0]:
                        found[at, begun] = turn, stop
                match = search(text, begun + 1, end)
        if not found:
            return ()
        if len(found) == 1:
            ((_, begun), (_, stop)) = found.popitem()
            return ((begun, stop),)
        return sorted({(begun, stop) for (_, begun), (_, stop) in found.items()}, key=_longest_first)

    def _made_ready(self, number: int) -> tuple[Search, list[tuple[int, int]]]:
        """Return what finds an alternative, in which patterns it stands, and as the how manieth."""
        turns = [(at, numbers.index(number)) for at, numbers in enumerate(self._patterns) if number in numbers]
        self._ready[number] = self._lexicon.part(number, self._frame).search, turns
        return self._ready[number]

    def within(self, text: str, whole: str = "") -> bool:
        """Tell whether it matches anywhere; ``whole`` is the text that this one was cut from, if it was."""
        called = self.numbers & self._lexicon.roll.awake(whole or text)
        if not called:
            return False
        ready = self._ready
        for number in called:
            search, _ = ready[number] if number in ready else self._made_ready(number)
            if search(text) is not None:
                return True
        return False


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def compiled(
    patterns: Iterable[str], groups: Lexicon, *, raw: bool = False, before: bool = False, after: bool = False
) -> Matcher:
    """Compile the patterns of one list.

    ``raw`` patterns meet the original text; ``before`` ones must end, and ``after`` ones begin, where the window does.
    Raises PatternError.
    """
    frame = "(?:{})\\Z" if before else "\\A(?:{})" if after else "{}"
    return Matcher(groups.make(patterns, raw=raw), groups, frame)


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


def alternatives(source: str) -> list[str]:
    """Cut an expression at the bars that stand in no group and no class."""
    parts, depth = [""], 0
    for found in _PIECE.finditer(source):
        piece = found.group()
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def bounded(source: str) -> str:
    r"""Give every repeat of one character an end: ``\d+`` looked for all along a row of digits takes its square."""
    pieces = [found.group() for found in _PIECE.finditer(source)]
    for at, piece in enumerate(pieces):
        if at and piece in _ENDLESS and pieces[at - 1] not in ("(", ")", "|"):
            pieces[at] = _ENDLESS[piece]
    return "".join(pieces)


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse(source: str, shown: str) -> None:
    try:
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
        elif name in ("ASSERT", "ASSERT_NOT") and args[0] < 0 and len(set(args[1].getwidth())) > 1:
            raise PatternError(f"往回看的长短要一样：{shown}")
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

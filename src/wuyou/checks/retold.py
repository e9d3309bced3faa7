"""Kept sentences told again: whether a post that says half of one says its numbers and its conditions too.

People keep a fact as one short sentence; whoever changes a figure in it, or drops the clause that limits it, makes
another offer of it. A clause is recognised by everything but its numbers, so that only what was taken from a sentence
is held against it; what is told in other words is left to the rest of the fact lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..chinese import fold
from ..quantities import Quantity, find, same, says
from ..regexes import regex
from ..values import Fact
from .alignment import content
from .figures import Blame

_CLAUSES = regex(r"(?<!\d)[，,:：]|[，,](?!\d{3})|[:：](?!\d)|[；;。]")
_BOUND_BEFORE = regex(r"(?:仅限|不超过|不低于|不少于|超过|至少|至多|最[高多低少]|[满约近前限仅])$")
_BOUND_BEHIND = regex(r"(?:（含）)?(?:及?以上|以[内下]|之内|左右|封顶|为限|起)")
_DIGITS = regex(r"\d[\d,.:：]*\d|\d")
_LIMITS = regex(
    r"限|仅|只能|须|需|要|凭|起|满|不含|除外|不超过|最[高多低少]|至[少多]|以[上内下]|每[人天日次笔期月]|前\d|名额|额度|用完|先到"
)
_FEW, _FEW_BARE = 4, 5
"""Characters by which a clause is recognised at least, each number counting for one; and one without numbers."""
_HALF = 0.5
"""Which share of the words of a condition without numbers must be told."""
_ROUGHLY = ("约", "近", "多")


class Frame(NamedTuple):
    """A text without its numbers, and where each character of it stands in the text."""

    text: str
    at: tuple[int, ...]
    numbers: tuple[tuple[int, Quantity | str, str], ...]
    """Index of each number's mark in ``text``, the number, and the words that bind it."""


class Told(NamedTuple):
    """A clause of a kept sentence that stands in a post."""

    start: int
    end: int
    fact: Fact
    right: bool
    """Whether its numbers are those of the fact."""
    missing: str
    """A condition of the fact that the post does not tell."""


def spans(raw: str, facts: Sequence[Fact]) -> list[tuple[int, int]]:
    """Return where kept sentences stand word by word."""
    found = []
    for fact in facts:
        at = raw.find(fact.plain) if fact.plain else -1
        while at >= 0:
            found.append((at, at + len(fact.plain)))
            at = raw.find(fact.plain, at + 1)
    return found


def blames(raw: str, facts: Sequence[Fact], besides: Iterable[str] = ()) -> Iterator[Blame]:
    """Yield each clause of a kept sentence that is told with another number, or without what limits it.

    ``besides`` are words of the bank's own, such as a product's risk words: where they stand, nothing is told again.
    """
    own = [(at, at + len(words)) for words in besides if words and (at := raw.find(words)) >= 0]
    for low, high in spans(raw, facts):  # what another kept sentence says is no condition of this one
        raw = raw[:low] + "\n" * (high - low) + raw[high:]
    told = [
        each
        for fact in facts
        if fact.plain
        for each in _told(raw, fact)
        if not any(low <= each.start and each.end <= high for low, high in own)
    ]
    blamed: list[tuple[int, int]] = []
    for each in sorted(told, key=lambda one: (not one.right, one.start - one.end, one.start)):
        longer = [one for one in told if one.end - one.start >= each.end - each.start]
        mates = [one for one in longer if one.start < each.end and each.start < one.end]
        if any(one.right and not one.missing for one in mates):
            continue
        if any(low < each.end and each.start < high for low, high in blamed):
            continue
        blamed.append((each.start, each.end))
        citation = each.fact.citation
        message = f"要点还有半句没有说：“{each.missing}”" if each.right else f"和要点对不上，要点是“{each.fact.plain}”"
        yield Blame(each.start, each.end, message, f"{citation.material} {citation.locator}".strip())


def _told(raw: str, fact: Fact) -> Iterator[Told]:
    """Yield the clauses of a fact's sentence that stand in a text, numbers aside."""
    clauses = _clauses(fact.plain)
    for clause in clauses:
        found = dict(_matches(raw, clause))
        if found:
            missing = next((other for other in clauses if other != clause and not _says(raw, other)), "")
            for (start, end), right in found.items():
                yield Told(start, end, fact, right, missing)


def _matches(raw: str, clause: str) -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield where a clause stands in a text, and whether its numbers are the same there.

    Where its very words stand with other figures, a shorter stretch with the right ones does not help: 0月3日.
    """
    if not frame(clause, measured=True).numbers:
        at = raw.find(clause) if len(clause) >= _FEW_BARE else -1
        if at >= 0:
            yield (at, at + len(clause)), True
        return
    measured = dict(_framed(raw, clause, measured=True))
    wrong = [span for span, right in _framed(raw, clause, measured=False) if not right and not measured.get(span)]
    for span, right in measured.items():
        yield span, right and not any(low <= span[0] and span[1] <= high for low, high in wrong)
    yield from ((span, False) for span in wrong)


def _framed(raw: str, clause: str, *, measured: bool) -> Iterator[tuple[tuple[int, int], bool]]:
    mine, theirs = frame(clause, measured=measured), frame(raw, measured=measured)
    if not mine.numbers or len(mine.text) < _FEW:
        return
    at = theirs.text.find(mine.text)
    while at >= 0:
        start, end = theirs.at[at], theirs.at[at + len(mine.text)]
        yield (start, end), raw[start:end] == clause or _agree(mine, theirs, at)
        at = theirs.text.find(mine.text, at + 1)


def _agree(mine: Frame, theirs: Frame, at: int) -> bool:
    """Tell whether the numbers of a clause are those of the kept one, and bound alike."""
    said = [each for each in theirs.numbers if at <= each[0] < at + len(mine.text)]
    return all(
        _matches_kept(one, kept, alike=words == bound)
        for (_, one, words), (_, kept, bound) in zip(said, mine.numbers, strict=True)
    )


def _matches_kept(one: Quantity | str, kept: Quantity | str, *, alike: bool) -> bool:
    """Compare two numbers; ``alike`` says that the same words bind them."""
    if isinstance(one, Quantity) and isinstance(kept, Quantity):
        if one.is_range != kept.is_range or (kept.kind == "count" and one.unit != kept.unit):
            return False
        return _is(one, kept) or (alike and same(one, kept))
    return one == kept or (isinstance(one, str) and isinstance(kept, str) and None is not _worth(one) == _worth(kept))


def _worth(figures: str) -> float | None:
    try:
        return float(figures.replace(",", ""))
    except ValueError:
        return None


def _is(one: Quantity, kept: Quantity) -> bool:
    return same(one, kept) and (one.bound == kept.bound or one.bound in _ROUGHLY)


def _says(raw: str, clause: str) -> bool:
    """Tell whether a text tells a clause, as far as it limits anything: its numbers, or half of its words."""
    if clause in raw or not (_LIMITS.search(clause) or any(each.claim for each in find(clause))):
        return True
    numbers = [each for each in find(clause) if each.claim]
    if numbers:
        if any(right for _, right in _matches(raw, clause)):
            return True
        known = [each for each in find(raw) if each.claim]
        return all(any(_is(one, each) for one in known) or (not each.bound and says(each, known)) for each in numbers)
    words = content(fold(clause).text)
    return len(words & content(fold(raw).text)) >= _HALF * len(words)


@lru_cache(maxsize=1 << 10)
def _clauses(plain: str) -> tuple[str, ...]:
    cuts = [0, *(each.start() for each in _CLAUSES.finditer(plain)), len(plain)]
    pieces = (plain[low:high].lstrip("，,；;。：:").strip() for low, high in pairwise(cuts))
    return tuple(filter(None, pieces))


@lru_cache(maxsize=1 << 10)
def frame(text: str, *, measured: bool) -> Frame:
    """Take the numbers out of a text: the quantities with the words that bind them, or else all runs of digits."""
    holes: list[tuple[int, int, Quantity | str, str]] = []
    if measured:
        for each in find(text):
            before = _BOUND_BEFORE.search(text, max(0, each.start - 4), each.start)
            behind = _BOUND_BEHIND.match(text, each.end)
            low, high = before.start() if before else each.start, behind.end() if behind else each.end
            low = max(low, holes[-1][1] if holes else 0)
            holes.append((low, high, each, text[low : each.start] + text[each.end : high]))
    else:
        holes = [(each.start(), each.end(), each[0], "") for each in _DIGITS.finditer(text)]
    shown: list[str] = []
    at: list[int] = []
    numbers: list[tuple[int, Quantity | str, str]] = []
    done = 0
    for low, high, number, words in holes:
        shown += [*text[done:low], "\ue000"]
        at += [*range(done, low), low]
        numbers.append((len(shown) - 1, number, words))
        done = high
    shown += text[done:]
    at += range(done, len(text) + 1)
    return Frame("".join(shown), tuple(at), tuple(numbers))

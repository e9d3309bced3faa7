"""Mends a checked text with what may safely be suggested: plain words, plain symbols, the product's own risk words.

A change is kept only when the text, checked again, has no finding it did not have and every number, date and sum it
had; what would break that is left out, and said. It knows no rule: what may take whose place stands in ``rules/``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ..chinese import fold, is_han
from ..quantities import find
from ..regexes import regex
from ..values import LEVELS

if TYPE_CHECKING:
    from ..checks.rule import Rule
    from ..values import Checked, Finding

MOST = 200
"""Changes after which a text is left as it is: a post needs a handful."""
Span = tuple[int, int]
_QUOTED = regex(r"《[^《》\n]*》|“[^“”\n]*”|「[^「」\n]*」|『[^『』\n]*』|\"[^\"\n]*\"")
_MACHINE = regex(r"https?://[\w./?&=%#:~+-]+|\{\{?[^{}\n]{1,16}\}?\}|%[A-Z_]{3,20}%", re.IGNORECASE)
_FULL_WIDTH = regex(r"(?:[０-９Ａ-Ｚａ-ｚ％＋]|(?<=[0-9０-９])．(?=[0-9０-９]))+")
_STOP, _PAUSE = "。！？!?\n", "，、；：,;:"


class Change(NamedTuple):
    """One stretch of text and what takes its place."""

    rule: str
    """The rule that asked for it; empty for a symbol."""
    start: int
    end: int
    old: str
    new: str

    def apply(self, text: str) -> str:
        """Return the text with the change made."""
        return text[: self.start] + self.new + text[self.end :]

    def __str__(self) -> str:
        old, new = (each.strip("\r\n") for each in (self.old, self.new))
        if not self.rule:
            return f"符号“{_named(old)}”" + (f"改成“{new}”" if new else "删去")
        return f"“{old}”改成“{new}”" if old and new else f"“{old}”删去" if old else f"补上“{new}”"


class Refused(NamedTuple):
    """A change that was not made, and why."""

    change: Change
    why: str

    def __str__(self) -> str:
        return f"没有改  {self.change.rule + '  ' if self.change.rule else ''}{self.change}：{self.why}"


class Mended(NamedTuple):
    """A text before and after."""

    before: Checked
    after: Checked
    done: tuple[Change, ...]
    refused: tuple[Refused, ...]

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self.after.post.text

    def wire(self) -> dict[str, Any]:
        """Return what was changed, and what was not and why, for the answer to a record."""
        shown = [{"rule": each.rule, "old": each.old, "new": each.new} for each in self.done]
        left = [{"rule": each.rule, "old": each.old, "new": each.new, "why": why} for each, why in self.refused]
        return {"text": self.text, "changes": shown, "left_out": left, "blocked": self.after.blocked}


def mend(
    text: str, check: Callable[[str], Checked], rules: Mapping[str, Rule], names: Iterable[str], risk_words: str
) -> Mended:
    """Mend a text step by step, checking it again after each.

    ``names`` are never touched; ``risk_words`` are what the product must be accompanied by, if that is known.
    """
    known = tuple(name for name in names if name)
    before = now = check(text)
    done: list[Change] = []
    refused: dict[tuple[str, str, str, int], Refused] = {}
    while len(done) < MOST:
        wishes = ((wish, _key(now, wish)) for wish in _wishes(now, rules, risk_words))
        wish, key = next((each for each in wishes if each[1] not in refused), (None, None))
        if wish is None or key is None:
            break
        why = _forbidden(now.post.text, wish, known)
        after = now if why else check(wish.apply(now.post.text))
        why = why or _worse(now, after, wish, rules)
        if why:
            refused[key] = Refused(wish, why)
        else:
            done.append(wish)
            now = after
    return Mended(before, now, tuple(done), tuple(refused.values()))


def _key(checked: Checked, wish: Change) -> tuple[str, str, str, int]:
    return wish.rule, wish.old, wish.new, checked.post.text.count(wish.old, 0, wish.start) if wish.old else 0


# ── what could be changed ────────────────────────────────────────────────────────────────────────────────────────────


def _wishes(checked: Checked, rules: Mapping[str, Rule], risk_words: str) -> Iterator[Change]:
    yield from _symbols(checked)
    for finding in checked.findings:
        rule = rules.get(finding.rule)
        if rule is None or finding.where != "text":
            continue
        if finding.end > finding.start:
            yield from _words(checked.post.text, finding, rule)
        if rule.kind == "pair" and risk_words and risk_words not in checked.post.text:
            end = len(checked.post.text.rstrip())
            line_end = "\r\n" if "\r\n" in checked.post.text else "\n"
            yield Change(rule.id, end, end, "", f"{line_end}{risk_words}")


def _symbols(checked: Checked) -> Iterator[Change]:
    """Yield full-width letters and digits, invisible characters, and what a finding saw slipped in between characters."""
    text = checked.post.text
    for found in _FULL_WIDTH.finditer(text):
        yield Change("", *found.span(), found.group(), unicodedata.normalize("NFKC", found.group()))
    for at, char in enumerate(text):
        if not fold(char).text and not _belongs_to_emoji(text, at):
            yield Change("", at, at + 1, char, "")
    for finding in checked.findings:
        if finding.where == "text":
            for low, high in _slipped_in(text, finding.start, finding.end):
                yield Change("", low, high, text[low:high], "")


def _belongs_to_emoji(text: str, at: int) -> bool:
    """Tell whether an invisible character chooses the form of the emoji before it or joins it to the next."""
    before = text[at - 1 : at]
    return bool(before) and text[at] in "\u200d\ufe0e\ufe0f" and not before.isalnum() and before.isprintable()


def _slipped_in(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield runs that folding drops between two Chinese characters of a stretch."""
    places = [place for place in fold(text).places if start <= place < end]
    for one, other in pairwise(places):
        if other > one + 1 and is_han(text[one]) and is_han(text[other]):
            yield one + 1, other


def _words(text: str, finding: Finding, rule: Rule) -> Iterator[Change]:
    """Yield what may take the place of words that a finding touches; of two that overlap the longer: 你们 is not 你."""
    folded = fold(text)
    found = []
    for matcher, better in rule.swaps():
        for low, high in (folded.span(*span) for span in matcher.all(folded.text)):
            if low < finding.end and finding.start < high:
                found.append((low - high, low, high, better))
    taken: list[Span] = []
    for _, low, high, better in sorted(found):
        if any(low < last and first < high for first, last in taken):
            continue
        taken.append((low, high))
        start, end = (low, high) if better else _closed(text, low, high)
        yield Change(rule.id, start, end, text[start:end], better)


def _closed(text: str, start: int, end: int) -> Span:
    """Take a comma along with words that are left out, where two would meet or a line would begin or end with one."""
    before, after = text[start - 1 : start] if start else "\n", text[end : end + 1] or "\n"
    if after in _PAUSE and before in _STOP + _PAUSE:
        return start, end + 1
    if before in _PAUSE and after in _STOP:
        return start - 1, end
    return start, end


# ── what may not be changed ──────────────────────────────────────────────────────────────────────────────────────────


def _forbidden(text: str, wish: Change, names: tuple[str, ...]) -> str:
    """Say why a stretch of text may not be touched: a name, a quotation, an address; nothing when it may."""
    if any(_meets(wish, match.span()) for match in _MACHINE.finditer(text)):
        return "这里是网址或占位符"
    for name in names:
        at = text.find(name)
        while at >= 0:
            if _meets(wish, (at, at + len(name))):
                return f"它在名字“{name}”里"
            at = text.find(name, at + 1)
    if wish.rule and any(_meets(wish, match.span()) for match in _QUOTED.finditer(text)):
        return "它在引号或书名号里，可能是名字或别人的话"
    return ""


def _meets(wish: Change, span: Span) -> bool:
    return wish.start < span[1] and span[0] < wish.end


def _worse(before: Checked, after: Checked, wish: Change, rules: Mapping[str, Rule]) -> str:
    """Say what a change would spoil; nothing when it spoils nothing.

    A rule that hears keeps silent while words say the same; that it speaks once they are gone is no new finding.
    """
    if _quantities(before) != _quantities(after):
        return "会改动数字、金额或日期，请自己改"
    for depth in range(1, len(LEVELS) + 1):
        had, has = _found(before, depth), _found(after, depth)
        more = Counter(each.rule for each in has) - Counter(each.rule for each in had)
        kinds = Counter(each.category for each in has) - Counter(each.category for each in had)
        hidden = {each.rule for each in has if getattr(rules.get(each.rule), "heard", "") and not kinds[each.category]}
        if more.keys() - hidden:
            return f"会多出别的问题：{'、'.join(sorted(more.keys() - hidden))}"
        if depth == len(LEVELS) and not wish.old and _times(has, wish.rule) >= _times(had, wish.rule):
            return "补上这一句还不够，请自己写"
    return ""


def _found(checked: Checked, depth: int) -> list[Finding]:
    """Return the findings of the worst levels, so many of them."""
    return [finding for finding in checked.findings if finding.level in LEVELS[:depth]]


def _times(findings: Iterable[Finding], rule: str) -> int:
    return sum(finding.rule == rule for finding in findings)


def _quantities(checked: Checked) -> list[tuple[object, ...]]:
    return [(each.kind, each.low, each.high, each.unit, each.bound) for each in find(checked.post.text)]


def _named(symbol: str) -> str:
    """Write a symbol that cannot be seen by its number."""
    return "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in symbol)

"""The kind ``have``: whether one of the five haves is met, and by which sentence.

A have is ticked by the text alone. Signals are named in YAML: words, shapes of sentences, where they stand. What each
weighs, and what the other words of the text weigh, was learned from labelled posts; a have of one certain signal names
its weight itself. The verdict says which signals carried it. What the writer marked never counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..quantities import find
from ..regexes import regex
from ..values import Finding, Lamp
from .fixes import Advice, AnyFix
from .patterns import Matcher
from .pieces import At, Piece
from .rule import Rule
from .runs import SIGN
from .scan import Scan

Span = tuple[int, int]
HAIR = 1e-9
"""By how much a sum of weights may miss its threshold, because a tenth is no whole number of halves."""
WEIGHTS = "haves"
"""The weights that ``heard`` asks."""
Shape = Callable[[Scan], Iterator[Span]]


class Signal(Piece):
    """One thing that speaks for a have, or against it."""

    title: str
    """What it is, in a few Chinese words: shown to people."""
    match: tuple[str, ...] = ()
    """Patterns."""
    shape: str = ""
    """A shape of text that patterns cannot tell: see ``SHAPES``."""
    at: Literal["anywhere", "opening", "ending", "first_line"] = "anywhere"
    """Where it must stand."""
    not_quoted: bool = False
    """Whether words inside quotation marks do not count."""
    weight: float = 0.0
    """What it adds where nothing was learned; negative when it speaks against."""
    most: Annotated[int, Field(ge=1)] = 1
    """How often it may count."""
    channels: tuple[str, ...] = ()
    """Only on these channels."""

    @model_validator(mode="after")
    def _one_way(self) -> Signal:
        if bool(self.match) == bool(self.shape):
            raise ValueError("match 和 shape 要写一个，也只写一个")
        if self.shape and self.shape not in SHAPES:
            raise ValueError(f"不认识这个 shape：{self.shape}，可用：{'、'.join(SHAPES)}")
        return self


class Have(Rule):
    """Ask whether a have is met, and by which sentence: 信号加权够不够，凭哪一句."""

    kind: Literal["have"]
    level: Literal["warn", "hint"]
    threshold: float = 0.0
    """The sum at which the have is lit, where nothing was learned."""
    heard: str = ""
    """A label of the learned weights, which then weigh the signals and all other words."""
    signals: Mapping[str, Signal]
    """Name of the signal → the signal."""
    fixes: Annotated[tuple[AnyFix, ...], Field(min_length=2)]
    """Concrete ways to light it, for whom and where; two at least must fit everywhere."""

    @model_validator(mode="after")
    def _always_two(self) -> Have:
        if sum(fix.anywhere for fix in self.fixes) < 2:
            raise ValueError("fixes 里至少要有两条不限客群、渠道、类型和时候的")
        return self

    def patterns(self) -> Iterator[tuple[At, tuple[str, ...], dict[str, bool]]]:
        """Yield the signals' patterns and those of every rule."""
        for name, signal in self.signals.items():
            yield ("signals", name, "match"), signal.match, {}
        yield from super().patterns()

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield a finding when the genre owes the have on this channel and it is dark."""
        lamp = self.lamp(scan)
        if lamp.owed and not lamp.lit:
            yield self.finding(scan, suggestion="；或".join(lamp.fixes))

    def fires(self, scan: Scan) -> bool:
        """Tell whether an example lights the have."""
        return self.lamp(scan).lit

    def lamp(self, scan: Scan) -> Lamp:
        """Weigh the signals and say which carried it, with the sentence of the strongest."""
        if self.id not in scan.lamps:
            scan.lamps[self.id] = self._lamp(scan)
        return scan.lamps[self.id]

    def _lamp(self, scan: Scan) -> Lamp:
        genre = scan.post.brief.genre
        owed = genre is not None and self.id in genre.owed(scan.post.brief.channel.name)
        found = self.sounds(scan)
        weights = self._weights(scan, found)
        score = sum(weights.values()) + (scan.score(WEIGHTS, self.heard) if self.heard else HAIR - self.threshold)
        if score <= 0:
            return Lamp(
                have=self.id, title=self.title, lit=False, fixes=self._advice.two(scan.post, scan.turn), owed=owed
            )
        carried = sorted((name for name in found if weights[name] > 0), key=lambda name: (-weights[name], name))
        if self.heard:
            bonus = [(span, weights[name]) for name in carried for span in found[name]]
            quote, start, end = self._quote(scan, scan.stretch(WEIGHTS, self.heard, bonus))
        else:
            quote, start, end = self._quote(scan, found[carried[0]][0])
        titles = tuple(self.signals[name].title for name in carried) or ("整段的说法",)
        return Lamp(
            have=self.id, title=self.title, lit=True, quote=quote, start=start, end=end, signals=titles, owed=owed
        )

    def _weights(self, scan: Scan, found: Mapping[str, tuple[Span, ...]]) -> dict[str, float]:
        """Return what each signal that sounds adds."""
        if not self.heard:
            return {name: self.signals[name].weight * len(spans) for name, spans in found.items()}
        return {
            name: sum(scan.weight(WEIGHTS, self.heard, feature) for feature in features(self.id, name, len(spans)))
            for name, spans in found.items()
        }

    def sounds(self, scan: Scan) -> dict[str, tuple[Span, ...]]:
        """Return the signals that sound, each with its spans, in the order of the file."""
        found: dict[str, tuple[Span, ...]] = {}
        channel = scan.post.brief.channel.name
        called = set(self._shaped).union(*map(self._waking.__getitem__, self._numbers & scan.awake))
        for at in sorted(called):
            name, signal, matcher = self._listed[at]
            if signal.channels and channel not in signal.channels:
                continue
            spans: list[Span] = []
            for span in self._spans(scan, signal, matcher):
                if not spans or span[0] >= spans[-1][1]:
                    spans.append(span)
                    if len(spans) == signal.most:
                        break
            if spans:
                found[name] = tuple(spans)
        return found

    @cached_property
    def _listed(self) -> tuple[tuple[str, Signal, Matcher | None], ...]:
        """The signals with their names and their compiled patterns, in the order of the file."""
        return tuple((name, each, self.matcher("signals", name, "match")) for name, each in self.signals.items())

    @cached_property
    def _shaped(self) -> tuple[int, ...]:
        """Which signals no word wakes."""
        return tuple(at for at, (_, _, matcher) in enumerate(self._listed) if matcher is None)

    @cached_property
    def _waking(self) -> dict[int, list[int]]:
        """Which signals each expression wakes."""
        waking: dict[int, list[int]] = {}
        for at, (_, _, matcher) in enumerate(self._listed):
            for number in matcher.numbers if matcher else ():
                waking.setdefault(number, []).append(at)
        return waking

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return frozenset(self._waking)

    @cached_property
    def _advice(self) -> Advice:
        """Sort what to do about it when it is dark."""
        return Advice(self.fixes)

    def _spans(self, scan: Scan, signal: Signal, matcher: Matcher | None) -> Iterator[Span]:
        low, high = _room(scan, signal.at)
        text = scan.text
        for start, end in matcher.all(text.text, low, high) if matcher else SHAPES[signal.shape](scan):
            inside = low <= start and end <= high
            if (
                inside
                and not (signal.not_quoted and text.is_quoted(start, end))
                and not self.excused(scan, text, start, end)
            ):
                yield start, end

    def _quote(self, scan: Scan, span: Span) -> tuple[str, int, int]:
        """Return the sentence around a span, without its outer blanks; a picture has no sentence."""
        if span == (0, 0):
            return "", 0, 0
        low, high = scan.text.sentence(span[0])
        high = max(high, span[1])
        stretch = scan.text.text[low:high]
        low, high = low + len(stretch) - len(stretch.lstrip()), high - len(stretch) + len(stretch.rstrip())
        return scan.text.cut(low, high)


def _room(scan: Scan, at: str) -> Span:
    """Return the stretch of text in which a signal counts."""
    if at == "opening":
        return scan.opening
    if at == "ending":
        return scan.ending
    if at == "first_line":
        end = scan.text.text.find("\n")
        return 0, end if end >= 0 else scan.body[1]
    return scan.body


def features(have: str, name: str, times: int) -> tuple[str, ...]:
    """Return the features of a signal that sounds so many times."""
    once = f"{SIGN}{have}.{name}"
    return (once,) if times < 2 else (once, f"{once}×2")


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_CHOICE = regex(r"(?:^|[^a-z])a[.、:)\s]?[^a-z\n]{1,20}[^a-z]b[.、:)\s]?[^a-z\s]", re.MULTILINE)
_NUMBERED = regex(r"(?:^|\n|[。;:,])\s*(?:[1-5][.、)]|[①-⑤]|[一二三四五][,、是:])")
_FIGURE_KINDS = ("rate", "amount", "term", "count", "date", "date_range", "time", "phone")


def _picture(scan: Scan) -> Iterator[Span]:
    """Find out whether a picture goes with the post."""
    if scan.post.pictures:
        yield 0, 0


def _figures(scan: Scan) -> Iterator[Span]:
    """Find each number, rate, sum, day or term that says something checkable, line by line: two are soon found."""
    places, at = scan.text.folded.places, 0
    for line in scan.text.raw.splitlines(keepends=True):
        for quantity in find(line):
            if quantity.kind in _FIGURE_KINDS:
                first, last = bisect_left(places, at + quantity.start), bisect_left(places, at + quantity.end)
                if last > first:
                    yield first, last
        at += len(line)


def _choice(scan: Scan) -> Iterator[Span]:
    """Find options to choose from: A 面 B 米."""
    yield from (found.span() for found in _CHOICE.finditer(scan.text.text))


def _steps(scan: Scan) -> Iterator[Span]:
    """Find two numbered points or more."""
    found = [match.span() for match in _NUMBERED.finditer(scan.text.text)]
    if len(found) > 1:
        yield found[0][0], found[-1][1]


def _speech(scan: Scan) -> Iterator[Span]:
    """Find somebody's words in quotation marks, at least five characters of them."""
    yield from (span for span in scan.text.quoted if span[1] - span[0] >= 5)


def _question(scan: Scan) -> Iterator[Span]:
    """Find a question that nobody is quoted with, from its sentence's beginning to its mark."""
    text = scan.text
    for start, end in text.sentences:
        mark = text.text.find("?", start, end)
        if mark >= 0 and not text.is_quoted(mark, mark + 1):
            yield start, mark + 1


SHAPES: Mapping[str, Shape] = {
    "picture": _picture,
    "figures": _figures,
    "choice": _choice,
    "steps": _steps,
    "speech": _speech,
    "question": _question,
}
"""Shapes of text that a signal may ask for by name."""

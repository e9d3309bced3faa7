"""One post made ready for rules: folded once, cut into sentences once, its product kind known or guessed.

A scan is what every rule looks at. It changes nothing and judges nothing.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from ..chinese import fold
from ..regexes import regex
from ..values import COUNTED_ROLES, Lamp, Post, ProductKind, Role
from .classify import ANY, SCALE, Classifier, Reading, Signals
from .once import once
from .patterns import Matcher
from .runs import Roll

_STOPS = regex(r"[。!?\n…](?:(?<!…)[。!?\n]*[”’」』)）\"']*|(?<=…)…*(?=[\n”]))")
"""Stops with the quotation marks behind them; dots of omission only before a line's end or a mark. Written with its
first characters in one class, for that is what Python can look for quickly."""
_QUOTED = regex(r"“[^“”\n]{1,80}”|「[^「」\n]{1,80}」|『[^『』\n]{1,80}』|\"[^\"\n]{1,80}\"")
_WORD = regex(r"\w")
COMPLIANCE = "compliance"
"""The weights that know violations."""
INNOCENT, QUOTED, ASIDE = -3.2, 0.0, 0.0
"""Up to which score of ``any`` a text sounds innocent, one that only quotes what a rule has found, and in an innocent
text the sentence in which it was found: chosen by cross-validation on rounds of texts that no rule had been tuned on.
"""
NEVER = -1e6
"""A score that no text reaches."""
OUTSIDE = "given"
"""The writer of a text that was handed in to be checked."""


class Surface:
    """A text to look at, the post itself or the words on one of its pictures; spans are spans of its folded form."""

    def __init__(self, raw: str, where: str) -> None:
        self.raw = raw
        self.where = where
        self.folded = fold(raw)
        self.text = self.folded.text

    @once
    def _starts(self) -> tuple[int, ...]:
        starts = [0]
        starts += [found.end() for found in _STOPS.finditer(self.text) if found.end() < len(self.text)]
        return tuple(starts)

    @once
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Spans of the sentences, blank ones left out."""
        ends = (*self._starts[1:], len(self.text))
        return tuple(
            (start, end) for start, end in zip(self._starts, ends, strict=True) if self.text[start:end].strip()
        )

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the span of the sentence around a position."""
        index = bisect_right(self._starts, at) - 1
        end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
        return self._starts[index], end

    @once
    def quoted(self) -> tuple[tuple[int, int], ...]:
        """Spans of quoted words, without their quotation marks."""
        return tuple((found.start() + 1, found.end() - 1) for found in _QUOTED.finditer(self.text))

    def is_quoted(self, start: int, end: int) -> bool:
        """Tell whether a span lies inside quotation marks."""
        return any(low <= start and end <= high for low, high in self.quoted)

    def cut(self, start: int, end: int) -> tuple[str, int, int]:
        """Return the original words of a span, and where they stand in the original."""
        low, high = self.folded.span(start, end)
        return self.raw[low:high], low, high


class Ears(NamedTuple):
    """What judges a text by all its words together."""

    signals: Signals
    classifiers: Mapping[str, Classifier]
    """By the name of their weights."""


class Scan:
    """A post and what every rule wants to know of it."""

    def __init__(
        self,
        post: Post,
        kind: ProductKind,
        on: dt.date,
        roll: Roll,
        tail: Matcher | None = None,
        ears: Ears | None = None,
    ) -> None:
        self.post = post
        self.kind = kind
        """Kind of the product it is about, as said or as guessed; ``general`` when nothing says so."""
        self.on = on
        """The day on which it is to be sent."""
        self.found: frozenset[str] = frozenset()
        """Categories that earlier rules have found; ``pair`` may ask for them."""
        self.text = Surface(post.text, "text")
        self.lamps: dict[str, Lamp] = {}
        """What rules of kind ``have`` have seen already."""
        self._roll = roll
        self._tail = tail
        self._ears = ears
        self._scores: dict[str, Mapping[str, float]] = {}
        self._said: dict[str, frozenset[str]] = {}

    @once
    def pictures(self) -> tuple[Surface, ...]:
        """The words on the pictures, in sending order."""
        return tuple(
            Surface(picture.text, f"picture {number}")
            for number, picture in enumerate(self.post.pictures, 1)
            if picture.text
        )

    @once
    def drawings(self) -> tuple[Surface, ...]:
        """What the pictures we make are asked to show."""
        return tuple(
            Surface(picture.scene, f"picture {number}")
            for number, picture in enumerate(self.post.pictures, 1)
            if picture.scene and picture.kind != "given"
        )

    @once
    def surfaces(self) -> tuple[Surface, ...]:
        """Everything a customer will read."""
        return (self.text, *self.pictures)

    @once
    def awake(self) -> frozenset[int]:
        """The expressions that the text wakes."""
        return self._roll.awake(self.text.text)

    @once
    def awake_anywhere(self) -> frozenset[int]:
        """The expressions that the text or a picture wakes."""
        return self.awake.union(*[self._roll.awake(surface.text) for surface in self.pictures])

    @once
    def reading(self) -> Reading | None:
        """The text taken apart for classifiers; nothing when there are none."""
        return self._read(self.text.text)

    def _read(self, text: str) -> Reading | None:
        if self._ears is None or not self._ears.classifiers:
            return None
        brief = self.post.brief
        kind = brief.product.kind if brief.product else self.kind
        return Reading(text, kind, brief.channel.name, self._ears.signals)

    def hear(self, weights: str, label: str) -> tuple[int, int] | None:
        """Return the clause that says a label of a classifier holds; nothing when it does not."""
        ear = self._ear(weights)
        return ear[0].telling(ear[1], label) if ear and label in self.said(weights) else None

    def said(self, weights: str) -> frozenset[str]:
        """Return the labels of a classifier that hold; none where nothing was learned."""
        if weights not in self._said:
            ear = self._ear(weights)
            self._said[weights] = ear[0].said(self._judged(weights)) if ear else frozenset()
        return self._said[weights]

    def is_innocent(self, start: int, end: int, *, certain: bool = False) -> bool:
        """Tell whether a text does not sound like a violation for all that a span of the original says.

        Words in quotation marks are spoken of, not spoken: they need a text that sounds guilty. Others need one that
        does not sound innocent, or a sentence that by itself sounds guilty, lest friendly words around it hide a
        promise; of a rule that is ``certain`` they need nothing.
        """
        ear = self._ear(COMPLIANCE)
        if ear is None:
            return False
        places = self.text.folded.places
        inside = [index for index, place in enumerate(places) if start <= place < end]
        if inside and self.text.is_quoted(inside[0], inside[-1] + 1):
            return self._judged(COMPLIANCE)[ANY] <= QUOTED
        if certain or not inside or self._judged(COMPLIANCE)[ANY] > INNOCENT:
            return False
        low, high = self.text.sentence(inside[0])
        alone = self._read(self.text.text[low:high])
        return alone is not None and ear[0].judge(alone)[ANY] <= ASIDE

    def score(self, weights: str, label: str) -> float:
        """Return the score of a label, above zero when it holds; far below where nothing was learned."""
        return self._judged(weights).get(label, NEVER)

    def weight(self, weights: str, label: str, feature: str) -> float:
        """Return what a feature that is no part of the text's reading would add to a score."""
        ear = self._ear(weights)
        return ear[0].weight(feature, label) / SCALE if ear else 0.0

    def stretch(self, weights: str, label: str, bonus: Iterable[tuple[tuple[int, int], float]]) -> tuple[int, int]:
        """Return the sentences that speak most for a label; ``bonus`` adds to what stands in a span."""
        ear = self._ear(weights)
        return ear[0].stretch(ear[1], label, bonus) if ear else (0, 0)

    def carriers(self, weights: str, label: str) -> list[str]:
        """Return the named signals that spoke for a label, the strongest first."""
        ear = self._ear(weights)
        return ear[0].carriers(ear[1], label) if ear else []

    def _ear(self, weights: str) -> tuple[Classifier, Reading] | None:
        """Return a classifier and what it reads; nothing when nothing was learned."""
        reading = self.reading
        if reading is None or self._ears is None or weights not in self._ears.classifiers:
            return None
        return self._ears.classifiers[weights], reading

    def _judged(self, weights: str) -> Mapping[str, float]:
        if weights not in self._scores:
            ear = self._ear(weights)
            self._scores[weights] = ear[0].judge(ear[1]) if ear else {}
        return self._scores[weights]

    @once
    def outside(self) -> bool:
        """Whether the text was handed in from outside, so that little is known of it."""
        return self.post.origin.writer == OUTSIDE

    @once
    def turn(self) -> int:
        """A number that the slot and the words decide: the same post gets the same advice, its neighbours another."""
        return crc32(f"{self.post.brief.slot.key}\n{self.post.text}".encode())

    @property
    def reviewed(self) -> bool | None:
        """Whether somebody has reviewed it, nothing when nobody says."""
        said = next((tag for tag in self.post.tags if tag.startswith("reviewed:")), "")
        return {"reviewed:yes": True, "reviewed:no": False}.get(said)

    @property
    def sort(self) -> tuple[object, ...]:
        """What is known of the post besides its words: on nothing else may it depend who is in scope and ready."""
        post, brief = self.post, self.post.brief
        return (
            self.kind,
            self.on,
            self.outside,
            brief.channel.name,
            brief.genre and (brief.genre.name, brief.genre.marketing),
            brief.product and (brief.product.risk is None),
            brief.segment is None,
            brief.bank is None,
            brief.slot.at is None,
            brief.passages is None,
            not brief.facts,
            not post.facts,
            self.reviewed,
        )

    @property
    def marketing(self) -> bool | None:
        """Whether its genre counts as marketing; nothing when its genre is not known."""
        return self.post.brief.genre.marketing if self.post.brief.genre else None

    @once
    def opening(self) -> tuple[int, int]:
        """Span of the first words: the opening, or else the first sentence."""
        return self._part("opening") or (self.text.sentences[0] if self.text.sentences else (0, 0))

    @once
    def body(self) -> tuple[int, int]:
        """Span of what was written to be read: without disclosure, refusal and comment, and without closing lines."""
        within = self._sentences
        return (0, within[-1][1]) if within else (0, 0)

    @once
    def ending(self) -> tuple[int, int]:
        """Span of the last words: the ask, or else the last two sentences of the body."""
        within = self._sentences
        return self._part("ask") or ((within[-2:][0][0], within[-1][1]) if within else (0, 0))

    @once
    def _sentences(self) -> tuple[tuple[int, int], ...]:
        """Return the sentences of the body that have words, closing lines left out."""
        last = max((end for part, _, end in self.post.spans() if part.role in COUNTED_ROLES), default=0)
        within = [
            (start, end)
            for start, end in self.text.sentences
            if self.text.folded.places[start] < last and _WORD.search(self.text.text, start, end)
        ]
        text = self.text.text
        while len(within) > 1 and self._tail and self._tail.within(text[slice(*within[-1])], text):
            within.pop()
        return tuple(within)

    def _part(self, role: Role) -> tuple[int, int] | None:
        places = self.text.folded.places
        for part, start, end in self.post.spans():
            if part.role == role and part.text:
                inside = [index for index, place in enumerate(places) if start <= place < end]
                return (inside[0], inside[-1] + 1) if inside else None
        return None

"""One post made ready for rules: folded once, cut into sentences once, its product kind known or guessed.

A scan is what every rule looks at. It changes nothing and judges nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from functools import cached_property

from ..chinese import fold
from ..quantities import Quantity, find
from ..values import COUNTED_ROLES, Lamp, Post, ProductKind, Role
from .patterns import Matcher

_STOPS = re.compile(r"[。!?\n]+[”’」』)）\"']*|…+(?=[\n”])")
_QUOTED = re.compile(r"“[^“”\n]{1,80}”|「[^「」\n]{1,80}」|『[^『』\n]{1,80}』|\"[^\"\n]{1,80}\"")
_WORD = re.compile(r"\w")
OUTSIDE = "given"
"""The writer of a text that was handed in to be checked."""


class Surface:
    """A text to look at, the post itself or the words on one of its pictures; spans are spans of its folded form."""

    def __init__(self, raw: str, where: str) -> None:
        self.raw = raw
        self.where = where
        self.folded = fold(raw)
        self.text = self.folded.text

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        starts = [0]
        starts += [found.end() for found in _STOPS.finditer(self.text) if found.end() < len(self.text)]
        return tuple(starts)

    @cached_property
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

    @cached_property
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


class Scan:
    """A post and what every rule wants to know of it."""

    def __init__(self, post: Post, kind: ProductKind, on: dt.date, tail: Matcher | None = None) -> None:
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
        self._tail = tail

    @cached_property
    def pictures(self) -> tuple[Surface, ...]:
        """The words on the pictures, in sending order."""
        return tuple(
            Surface(picture.text, f"picture {number}")
            for number, picture in enumerate(self.post.pictures, 1)
            if picture.text
        )

    @cached_property
    def drawings(self) -> tuple[Surface, ...]:
        """What the pictures we make are asked to show."""
        return tuple(
            Surface(picture.scene, f"picture {number}")
            for number, picture in enumerate(self.post.pictures, 1)
            if picture.scene and picture.kind != "given"
        )

    @cached_property
    def surfaces(self) -> tuple[Surface, ...]:
        """Everything a customer will read."""
        return (self.text, *self.pictures)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Numbers, money, rates and dates in the text, in the original's positions."""
        return find(self.post.text)

    @property
    def outside(self) -> bool:
        """Whether the text was handed in from outside, so that little is known of it."""
        return self.post.origin.writer == OUTSIDE

    @property
    def marketing(self) -> bool | None:
        """Whether its genre counts as marketing; nothing when its genre is not known."""
        return self.post.brief.genre.marketing if self.post.brief.genre else None

    @cached_property
    def opening(self) -> tuple[int, int]:
        """Span of the first words: the opening, or else the first sentence."""
        return self._part("opening") or (self.text.sentences[0] if self.text.sentences else (0, 0))

    @cached_property
    def body(self) -> tuple[int, int]:
        """Span of what was written to be read: without disclosure, refusal and comment, and without closing lines."""
        within = self._sentences
        return (0, within[-1][1]) if within else (0, 0)

    @cached_property
    def ending(self) -> tuple[int, int]:
        """Span of the last words: the ask, or else the last two sentences of the body."""
        within = self._sentences
        return self._part("ask") or ((within[-2:][0][0], within[-1][1]) if within else (0, 0))

    @cached_property
    def _sentences(self) -> tuple[tuple[int, int], ...]:
        """Return the sentences of the body that have words, closing lines left out."""
        last = max((end for part, _, end in self.post.spans() if part.role in COUNTED_ROLES), default=0)
        within = [
            (start, end)
            for start, end in self.text.sentences
            if self.text.folded.places[start] < last and _WORD.search(self.text.text, start, end)
        ]
        while len(within) > 1 and self._tail and self._tail.within(self.text.text[slice(*within[-1])]):
            within.pop()
        return tuple(within)

    def _part(self, role: Role) -> tuple[int, int] | None:
        places = self.text.folded.places
        for part, start, end in self.post.spans():
            if part.role == role and part.text:
                inside = [index for index, place in enumerate(places) if start <= place < end]
                return (inside[0], inside[-1] + 1) if inside else None
        return None

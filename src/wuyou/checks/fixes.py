"""What to do about a have that is dark: advice by segment, channel, genre and time of year, two pieces for each post.

Advice is data; this module only chooses. The same post gets the same advice, its neighbours another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator

from ..values import Post
from .pieces import Piece

Moment: TypeAlias = Literal["spring", "summer", "autumn", "winter", "year_end", "morning", "evening"]
TAGS = {"segments": 3, "channels": 1, "genres": 1, "moments": 1}
"""What advice may be tied to, and how much it counts when that is the post's own: first of all its readers."""


class Fix(Piece):
    """One concrete way to light a have: 一句马上能照着做的话."""

    text: str
    """What to do; what is to be written stands in quotation marks."""
    segments: tuple[str, ...] = ()
    """Only for these segments."""
    channels: tuple[str, ...] = ()
    """Only on these channels."""
    genres: tuple[str, ...] = ()
    """Only for these genres."""
    moments: tuple[Moment, ...] = ()
    """Only at such times: seasons, ``year_end`` (16 December to the end of January), ``morning``, ``evening``."""

    @property
    def anywhere(self) -> bool:
        """Whether it fits every post."""
        return not any(getattr(self, tag) for tag in TAGS)

    def fit(self, about: Sequence[frozenset[str]]) -> int:
        """Say how closely it fits a post of which ``about`` says what each tag asks; less than zero: not at all."""
        close = 0
        for (tag, counts), said in zip(TAGS.items(), about, strict=True):
            if asked := getattr(self, tag):
                if said.isdisjoint(asked):
                    return -1
                close += counts
        return close


def _as_fix(raw: object) -> object:
    return {"text": raw} if isinstance(raw, str) else raw


AnyFix = Annotated[Fix, BeforeValidator(_as_fix)]
"""A fix as written in YAML: a mapping, or a sentence that fits everywhere."""


Sort: TypeAlias = tuple[str | None, str, str | None, frozenset[str]]
"""A sort of post: its segment, channel and genre, and the time of year and of day."""


@lru_cache(maxsize=1 << 8)
def moments(on: dt.date, at: dt.time | None) -> frozenset[str]:
    """Name the time of year and of day."""
    found: list[Moment] = [("winter", "spring", "summer", "autumn")[on.month % 12 // 3]]
    if on.month == 1 or (on.month == 12 and on.day > 15):
        found.append("year_end")
    if at is not None and at < dt.time(10):
        found.append("morning")
    if at is not None and at >= dt.time(18):
        found.append("evening")
    return frozenset(found)


class Advice:
    """The fixes of one have; what fits a sort of post is sorted out once."""

    def __init__(self, fixes: Sequence[Fix]) -> None:
        self._fixes = tuple(fixes)
        self._likely: dict[Sort, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def two(self, post: Post, turn: int) -> tuple[str, ...]:
        """Return two fixes for a post: one of those that fit it best, then one of the next.

        Which of several that fit alike is decided by ``turn``, so that posts in a row do not get the same.
        """
        brief = post.brief
        segment, genre = brief.segment.name if brief.segment else None, brief.genre.name if brief.genre else None
        sort = (segment, brief.channel.name, genre, moments(brief.slot.on, brief.slot.at))
        if sort not in self._likely:
            self._likely[sort] = self._sorted(sort)
        best, wider = self._likely[sort]
        first = best[turn % len(best)]
        rest = [text for text in wider if text != first]
        return first, rest[turn % len(rest)]

    def _sorted(self, sort: Sort) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what fits best, and as many of the next levels with it as it takes to choose a second."""
        *names, times = sort
        about = (*(frozenset([name] if name else []) for name in names), times)
        fits = {fix.text: fit for fix in self._fixes if (fit := fix.fit(about)) >= 0}
        levels = sorted(set(fits.values()), reverse=True)
        best = tuple(text for text, fit in fits.items() if fit == levels[0])
        last = levels[: 3 if len(best) == 1 else 2][-1]
        wider = tuple(text for text, fit in fits.items() if fit >= last)
        return best, wider

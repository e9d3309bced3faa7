"""What all rules share: where they apply, what they rest on, how they excuse a match, and how they prove themselves.

A kind of rule is a subclass with one method, ``check``. It yields findings; it never changes a text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from ..values import Finding, Level, Source
from .examples import Examples
from .patterns import Lexicon, Matcher, PatternError, compiled
from .pieces import At, Basis, Piece, Scope, Unless
from .scan import Scan, Surface

BEFORE, AFTER = 14, 18
"""How many characters before and after a match its context may stand."""
CATEGORIES = (
    "superlative", "guarantee", "past_performance", "misleading_rate", "insurance_as_deposit", "loan_disclosure",
    "gift_for_deposit", "improper_content", "privacy", "superstition", "endorsement", "missing_risk", "fear_mongering",
    "disparage_peers",
)  # fmt: skip
"""The compliance categories; a rule outside them is filed under its chapter."""


class Rule(Piece):
    """One rule of the rulebook."""

    PATTERNS: ClassVar[tuple[str, ...]] = ()
    """Fields that hold patterns."""

    id: str
    """Its key in its chapter."""
    chapter: str
    """File name of its chapter."""
    kind: str
    level: Level
    """block 拦截, warn 提醒, hint 建议."""
    title: str
    """What it is about, in a few words."""
    category: str = ""
    """A compliance category; empty means the chapter."""
    message: str
    """What a banker reads; ``{match}`` is the words found."""
    basis: Annotated[tuple[Basis, ...], Field(min_length=1)]
    """What it rests on."""
    scope: Scope = Scope()
    unless: Unless = Unless()
    suggestion: str = ""
    """What to write instead."""
    replace: Mapping[str, str] = {}
    """Wording → the plain wording that may simply take its place in what the rule found; empty: it may be left out.
    It must stay true of whatever is meant, so it holds no number, date or name."""
    certain: bool = False
    """Whether its words prove it in whatever text they stand; else a text that sounds innocent lowers it to a hint."""
    examples: Examples

    @cached_property
    def matchers(self) -> dict[At, Matcher]:
        """The compiled patterns of each field, once ``prepare`` has run; a plain attribute, for it is asked often."""
        return {}

    @cached_property
    def sources(self) -> list[tuple[Source, str]]:
        """What its basis points at, with the article."""
        return []

    @cached_property
    def stands(self) -> dict[dt.date, tuple[str, ...]]:
        """The basis in force, per day asked for."""
        return {}

    # ── made ready ──

    def prepare(self, groups: Lexicon, sources: Mapping[str, Source]) -> Iterator[tuple[At, str, str]]:
        """Compile patterns and look up sources; yield what is wrong as (where in the rule, what, hint)."""
        self.sources.extend((sources[basis.source], basis.article) for basis in self.basis if basis.source in sources)
        for index, basis in enumerate(self.basis):
            if basis.source not in sources:
                yield ("basis", index), f"sources.yml 里没有这个依据：{basis.source}", "先在 sources.yml 写上它"
        if self.level == "block" and len(self.sources) == len(self.basis) and not self._binding(self.sources):
            yield ("level",), "只有惯例作依据的规则不能拦截", "改成 warn 或 hint，或补上法规、总行文件、平台限额"
        for at, patterns, mode in self.patterns():
            try:
                if patterns:
                    self.matchers[at] = compiled(patterns, groups, **mode)
            except PatternError as error:
                yield at, str(error), ""
        yield from self._prepare_apart("replace", self.replace, groups)

    def _prepare_apart(self, field: str, wordings: Mapping[str, str], groups: Lexicon) -> Iterator[tuple[At, str, str]]:
        """Compile each wording apart, since each has its own better one."""
        for wording, better in wordings.items():
            try:
                self.matchers[field, wording] = compiled((wording,), groups)
            except PatternError as error:
                yield (field, wording), str(error), ""
            if any(char.isdecimal() for char in better):
                yield (field, wording), f"换上的话里不能有数字：{better}", "数字只能来自要点"

    def patterns(self) -> Iterator[tuple[At, tuple[str, ...], dict[str, bool]]]:
        """Yield every list of patterns the rule holds, where it stands, and how it is to be read."""
        for field in self.PATTERNS:
            yield (field,), getattr(self, field), {}
        yield ("unless", "covered_by"), self.unless.covered_by, {"raw": True}
        yield ("unless", "preceded_by"), self.unless.preceded_by, {"before": True}
        yield ("unless", "followed_by"), self.unless.followed_by, {"after": True}
        yield ("unless", "sentence"), self.unless.sentence, {}
        yield ("unless", "text"), self.unless.text, {}

    # ── when it speaks ──

    def applies(self, scan: Scan) -> bool:
        """Tell whether the post is in its scope and its basis in force that day; an unknown genre is not ruled out."""
        scope, genre = self.scope, scan.post.brief.genre
        if scope.products and scan.kind not in scope.products:
            return False
        if scope.channels and scan.post.brief.channel.name not in scope.channels:
            return False
        if scope.genres and genre is not None and genre.name not in scope.genres:
            return False
        if scope.marketing is not None and scan.marketing not in (None, scope.marketing):
            return False
        return bool(self.standing(scan.on))

    def wakes(self) -> frozenset[int] | None:
        """Return the expressions of which a text must wake one for the rule to speak; nothing when it is always asked."""
        return None

    def ready(self, scan: Scan) -> bool:
        """Tell whether the post brings what the rule needs to judge it; to be told by ``Scan.sort`` alone."""
        return not (scan.post.brief.genre is None and (self.scope.genres or self.scope.marketing is not None))

    def check(self, scan: Scan) -> Iterable[Finding]:
        """Return what should change. The post is in scope and the rule is ready."""
        raise NotImplementedError

    def fires(self, scan: Scan) -> bool:
        """Tell whether an example does what ``hit`` means."""
        return any(True for _ in self.check(scan))

    def standing(self, on: dt.date) -> tuple[str, ...]:
        """Return the basis in force on a day as people read it; nothing when the rule has no ground to speak on."""
        if on not in self.stands:
            self.stands[on] = self._stand(on)
        return self.stands[on]

    def _stand(self, on: dt.date) -> tuple[str, ...]:
        alive = tuple(
            (source, article)
            for source, article in self.sources
            if (source.effective is None or source.effective <= on) and (source.expires is None or on <= source.expires)
        )
        if self.level == "block" and not self._binding(alive):
            return ()
        return tuple(cite(source, article) for source, article in alive)

    @staticmethod
    def _binding(sources: Iterable[tuple[Source, str]]) -> bool:
        return any(source.kind != "practice" for source, _ in sources)

    def swaps(self) -> Iterator[tuple[Matcher, str]]:
        """Yield what may simply be put in the place of what."""
        for wording, better in self.replace.items():
            yield self.matchers["replace", wording], better

    def in_force(self, on: dt.date) -> dt.date:
        """Return that day when the rule speaks on it, else the nearest day on which it begins to; else that day."""
        if self.standing(on):
            return on
        begins = sorted(source.effective for source, _ in self.sources if source.effective is not None)
        ends = sorted((source.expires for source, _ in self.sources if source.expires is not None), reverse=True)
        return next((day for day in (*begins, *ends) if self.standing(day)), on)

    # ── for the kinds ──

    def matcher(self, *at: str | int) -> Matcher | None:
        """Return the compiled patterns of a field, nothing when it is empty."""
        return self.matchers.get(at)

    def hits(self, scan: Scan, surface: Surface, *at: str | int) -> Iterator[tuple[int, int]]:
        """Yield the matches of a field that no context excuses; overlapping ones once."""
        matcher = self.matcher(*at)
        if matcher is None:
            return
        last = 0
        for start, end in matcher.all(surface.text):
            if start >= last and not self.excused(scan, surface, start, end):
                last = end
                yield start, end

    def excused(self, scan: Scan, surface: Surface, start: int, end: int) -> bool:
        """Tell whether a context excuses a match."""
        before, after, around, cover, anywhere = self._contexts
        text = surface.text
        if before and before.within(text[max(0, start - BEFORE) : start], text):
            return True
        if after and after.within(text[end : end + AFTER], text):
            return True
        if around and around.within(text[slice(*surface.sentence(start))], text):
            return True
        if cover:
            low, high = surface.folded.span(start, end)
            if any(first <= low and high <= last for first, last in cover.all(surface.raw, few=True)):
                return True
        return bool(anywhere and any(anywhere.within(each.text) for each in scan.surfaces))

    @cached_property
    def _contexts(self) -> tuple[Matcher | None, ...]:
        """The compiled patterns of what excuses a match."""
        fields = ("preceded_by", "followed_by", "sentence", "covered_by", "text")
        return tuple(self.matcher("unless", field) for field in fields)

    def finding(
        self,
        scan: Scan,
        surface: Surface | None = None,
        start: int = 0,
        end: int = 0,
        *,
        message: str = "",
        suggestion: str = "",
        basis: tuple[str, ...] = (),
    ) -> Finding:
        """Make a finding of a span, or of something missing when there is none."""
        quote, low, high = surface.cut(start, end) if surface and end > start else ("", 0, 0)
        return Finding(
            rule=self.id,
            category=self.category or self.chapter,
            level=self.level,
            message=(message or self.message).replace("{match}", quote),
            quote=quote,
            start=low,
            end=high,
            where=surface.where if surface else "text",
            suggestion=suggestion or self.suggestion,
            basis=basis or self.standing(scan.on),
        )


def cite(source: Source, article: str = "") -> str:
    """Write a source as people read it: 《名称》第几条."""
    title = f"《{source.title}》" if source.kind in ("regulation", "headquarters") else f"{source.title} "
    return f"{title}{article}".strip()

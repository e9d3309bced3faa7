"""What all rules share: where they apply, what they rest on, how they excuse a match, and how they prove themselves.

A kind of rule is a subclass with one method, ``check``. It yields findings; it never changes a text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from ..values import Bank, Fact, Finding, Genre, Level, Part, Picture, Post, ProductKind, Role, Segment, Source, Window
from . import outside
from .patterns import BadPattern, Groups, Matcher, compiled
from .scan import Scan, Surface

BEFORE, AFTER = 14, 18
"""How many characters before and after a match its context may stand."""
CATEGORIES = (
    "superlative", "guarantee", "past_performance", "misleading_rate", "insurance_as_deposit", "loan_disclosure",
    "gift_for_deposit", "improper_content", "privacy", "superstition", "endorsement", "missing_risk", "fear_mongering",
    "disparage_peers",
)  # fmt: skip
"""The compliance categories; a rule outside them is filed under its chapter."""
At = tuple[str | int, ...]


class Piece(BaseModel):
    """A part of a rule as written in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Basis(Piece):
    """What a rule rests on."""

    source: str
    """Code in ``sources.yml``."""
    article: str = ""
    """Which article, as people cite it."""


class Scope(Piece):
    """Where a rule applies; what is not named is not restricted."""

    products: tuple[ProductKind, ...] = ()
    """Kinds of product."""
    channels: tuple[str, ...] = ()
    """Channel names."""
    genres: tuple[str, ...] = ()
    """Genre names."""
    marketing: bool | None = None
    """Only genres that count as marketing, or only those that do not."""


class Unless(Piece):
    """Contexts that excuse a match."""

    covered_by: tuple[str, ...] = ()
    """Longer phrases, on the original text: a match that stands whole inside one is no hit."""
    preceded_by: tuple[str, ...] = ()
    """What may stand right before it, within 14 characters: 不得承诺."""
    followed_by: tuple[str, ...] = ()
    """What may stand right after it, within 18 characters: 都是骗局."""
    sentence: tuple[str, ...] = ()
    """What may stand anywhere in the same sentence."""
    text: tuple[str, ...] = ()
    """What may stand anywhere in the text."""


def _as_text(raw: object) -> object:
    return {"text": raw} if isinstance(raw, str) else raw


class Example(Piece):
    """A text that must fire the rule, or must not: a sentence, or a sentence with its surroundings.

    What is not said is taken from the rule's scope, so that a rule for funds need not say ``product: fund`` each time.
    """

    text: str = ""
    """The sentence."""
    parts: Mapping[Role, str] = {}
    """The text part by part, instead of ``text``."""
    on: dt.date | None = None
    """Day of sending."""
    at: dt.time | None = None
    """Minute of sending."""
    channel: str | None = None
    product: ProductKind | None = None
    disclosure: str = ""
    """The product's own risk words."""
    risk: int | None = None
    """Risk level of the product."""
    genre: str | None = None
    marketing: bool | None = None
    segment: str = ""
    """Title of the segment; its risk level and words to avoid follow."""
    segment_risk: int = 5
    avoid: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    """The facts it cites."""
    material: str | None = None
    """Headquarters text it is held against."""
    attachments: tuple[str | Mapping[str, str], ...] = ()
    pictures: tuple[str, ...] = ()
    """The words on each picture."""
    limits: Mapping[str, int] = {}
    """Limits of the channel."""
    placeholders: tuple[str, ...] = ()
    """Placeholders the channel allows."""
    tags: tuple[str, ...] = ()
    inside: bool = False
    """Whether it was made here, so that everything about it is known."""
    scene: str = ""
    """What a picture draws."""
    hours: tuple[Window, ...] = ()
    """When the channel may be used."""
    deny: tuple[str, ...] = ()
    """Names the bank denies."""
    ai_label: str = ""
    """The label that the bank asks of model-written text; the example is then model-written."""

    def post(self, scope: Scope, on: dt.date, genres: Mapping[str, Genre]) -> Post:
        """Build the post that the example describes; ``genres`` are the library's, a genre that is not there is made up."""
        name = self.channel or next(iter(scope.channels), "moments")
        channel = outside.ROOMY.model_copy(
            update={
                "name": name,
                "limits": outside.ROOMY.limits.model_copy(update=dict(self.limits)),
                "placeholders": self.placeholders,
                "hours": self.hours or outside.ROOMY.hours,
            }
        )
        kind = self.product or next(iter(scope.products), None)
        product = outside.product_of(kind, self.risk) if kind else None
        if product and self.disclosure:
            own = product.disclosure.model_copy(update={"short": self.disclosure})
            product = product.model_copy(update={"disclosure": own})
        marketing = scope.marketing if self.marketing is None else self.marketing
        genre_name = self.genre or next(iter(scope.genres), None) or (None if marketing is None else "activity")
        genre = genres.get(genre_name or "")
        if genre_name and (genre is None or marketing not in (None, genre.marketing)):
            genre = Genre(name=genre_name, title="", purpose="", owes=(), marketing=bool(marketing))
        segment = None
        if self.segment:
            segment = Segment(
                name="sample", title=self.segment, portrait="", needs=(), tone="", address="", risk=self.segment_risk,
                avoid=self.avoid, suits=(),
            )  # fmt: skip
        drawn = [Picture(kind="product", headline=words) for words in self.pictures]
        drawn += [Picture(kind="scene", scene=self.scene)] if self.scene else []
        label: Literal["explicit", "audit_only"] = "explicit" if self.ai_label else "audit_only"
        bank = Bank(name="", short="", hotline="", refusal="", deny=self.deny, ai_label=label, ai_label_text=self.ai_label)
        return outside.post_of(
            self.text,
            parts=tuple(Part(role=role, text=text) for role, text in self.parts.items()),
            channel=channel, on=self.on or on, at=self.at, product=product, segment=segment, genre=genre,
            facts=self.facts, pictures=(*outside.pictures_of(self.attachments), *drawn), tags=self.tags,
            bank=bank if self.deny or self.ai_label else None, writer="model" if self.ai_label else "template" if self.inside else outside.OUTSIDE,
            passages=None if self.material is None else outside.passages_of(self.material),
        )  # fmt: skip


class Examples(Piece):
    """The proof that a rule is awake."""

    hit: Annotated[tuple[Annotated[Example, BeforeValidator(_as_text)], ...], Field(min_length=1)]
    """Each must fire."""
    silent: Annotated[tuple[Annotated[Example, BeforeValidator(_as_text)], ...], Field(min_length=1, alias="pass")]
    """Each must stay silent."""


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
    examples: Examples

    _matchers: dict[At, Matcher] = PrivateAttr(default_factory=dict)
    _sources: tuple[tuple[Source, str], ...] = PrivateAttr(default=())
    _standing: dict[dt.date, tuple[str, ...]] = PrivateAttr(default_factory=dict)

    # ── made ready ──

    def prepare(self, groups: Groups, sources: Mapping[str, Source]) -> Iterator[tuple[At, str, str]]:
        """Compile patterns and look up sources; yield what is wrong as (where in the rule, what, hint)."""
        self._sources = tuple((sources[basis.source], basis.article) for basis in self.basis if basis.source in sources)
        for index, basis in enumerate(self.basis):
            if basis.source not in sources:
                yield ("basis", index), f"sources.yml 里没有这个依据：{basis.source}", "先在 sources.yml 写上它"
        if self.level == "block" and len(self._sources) == len(self.basis) and not self._binding(self._sources):
            yield ("level",), "只有惯例作依据的规则不能拦截", "改成 warn 或 hint，或补上法规、总行文件、平台限额"
        for at, patterns, mode in self.patterns():
            try:
                if patterns:
                    self._matchers[at] = compiled(patterns, groups, **mode)
            except BadPattern as error:
                yield at, str(error), ""

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

    def ready(self, scan: Scan) -> bool:
        """Tell whether the post brings what the rule needs to judge it."""
        return not (scan.post.brief.genre is None and (self.scope.genres or self.scope.marketing is not None))

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield what should change. The post is in scope and the rule is ready."""
        raise NotImplementedError

    def fires(self, scan: Scan) -> bool:
        """Tell whether an example does what ``hit`` means."""
        return any(True for _ in self.check(scan))

    def standing(self, on: dt.date) -> tuple[str, ...]:
        """Return the basis in force on a day as people read it; nothing when the rule has no ground to speak on."""
        if on not in self._standing:
            self._standing[on] = self._stand(on)
        return self._standing[on]

    def _stand(self, on: dt.date) -> tuple[str, ...]:
        alive = tuple(
            (source, article)
            for source, article in self._sources
            if (source.effective is None or source.effective <= on) and (source.expires is None or on <= source.expires)
        )
        if self.level == "block" and not self._binding(alive):
            return ()
        return tuple(cite(source, article) for source, article in alive)

    @staticmethod
    def _binding(sources: tuple[tuple[Source, str], ...]) -> bool:
        return any(source.kind != "practice" for source, _ in sources)

    # ── for the kinds ──

    def matcher(self, *at: str | int) -> Matcher | None:
        """Return the compiled patterns of a field, nothing when it is empty."""
        return self._matchers.get(at)

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
        text = surface.text
        before, after = self.matcher("unless", "preceded_by"), self.matcher("unless", "followed_by")
        if before and before.within(text[max(0, start - BEFORE) : start]):
            return True
        if after and after.within(text[end : end + AFTER]):
            return True
        around = self.matcher("unless", "sentence")
        if around and around.within(text[slice(*surface.sentence(start))]):
            return True
        cover = self.matcher("unless", "covered_by")
        if cover:
            low, high = surface.folded.span(start, end)
            if any(first <= low and high <= last for first, last in cover.all(surface.raw)):
                return True
        anywhere = self.matcher("unless", "text")
        return bool(anywhere and any(anywhere.within(each.text) for each in scan.surfaces))

    def finding(
        self, scan: Scan, surface: Surface | None = None, start: int = 0, end: int = 0, *, message: str = "", suggestion: str = "",
        basis: tuple[str, ...] = (),
    ) -> Finding:  # fmt: skip
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


Where = Literal["opening", "ending", "text", "facts", "picture"]
"""Where ``require`` looks."""

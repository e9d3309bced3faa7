"""Examples: the texts with which a rule proves that it is awake, and that it does not cry wolf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ..values import (
    Bank,
    Channel,
    Disclosure,
    Fact,
    Genre,
    Part,
    Picture,
    Post,
    Product,
    ProductKind,
    Role,
    Segment,
    Window,
)
from . import outside
from .pieces import Piece, Scope
from .scan import OUTSIDE


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
    named: str = ""
    """The product's short name."""
    disclosure: str = ""
    """The product's own risk words."""
    risk: int | None = None
    """Risk level of the product."""
    genre: str | None = None
    marketing: bool | None = None
    segment: str = ""
    """Name of a segment in the library, or the title of one made up; its risk level and words to avoid follow."""
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

    def post(self, scope: Scope, on: dt.date, genres: Mapping[str, Genre], segments: Mapping[str, Segment]) -> Post:
        """Build the post that the example describes; a genre or segment that the library lacks is made up."""
        return outside.post_of(
            self.text,
            parts=tuple(Part(role=role, text=text) for role, text in self.parts.items()),
            channel=self._channel(scope),
            on=self.on or on,
            at=self.at,
            product=self._product(scope),
            segment=self._segment(segments),
            genre=self._genre(scope, genres),
            facts=self.facts,
            passages=None if self.material is None else outside.passages_of(self.material),
            pictures=self._pictures(),
            tags=self.tags,
            bank=self._bank(),
            writer="model" if self.ai_label else "template" if self.inside else OUTSIDE,
        )

    def _channel(self, scope: Scope) -> Channel:
        return outside.ROOMY.model_copy(
            update={
                "name": self.channel or next(iter(scope.channels), "moments"),
                "limits": outside.ROOMY.limits.model_copy(update=dict(self.limits)),
                "placeholders": self.placeholders,
                "hours": self.hours or outside.ROOMY.hours,
            }
        )

    def _product(self, scope: Scope) -> Product | None:
        kind = self.product or next(iter(scope.products), None)
        if kind is None:
            return None
        own = Disclosure(short=self.disclosure)
        return outside.product_of(kind, self.risk).model_copy(update={"disclosure": own, "nickname": self.named})

    def _genre(self, scope: Scope, genres: Mapping[str, Genre]) -> Genre | None:
        marketing = scope.marketing if self.marketing is None else self.marketing
        name = self.genre or next(iter(scope.genres), "" if marketing is None else "activity")
        known = genres.get(name)
        if not name or (known is not None and marketing in (None, known.marketing)):
            return known
        return Genre(name=name, title="", purpose="", owes=(), marketing=bool(marketing))

    def _segment(self, segments: Mapping[str, Segment]) -> Segment | None:
        if not self.segment or self.segment in segments:
            return segments.get(self.segment)
        return Segment(
            name="example",
            title=self.segment,
            portrait="",
            needs=(),
            tone="",
            address="",
            risk=self.segment_risk,
            avoid=self.avoid,
            suits=(),
        )

    def _pictures(self) -> tuple[Picture, ...]:
        drawn = [Picture(kind="product", headline=words) for words in self.pictures]
        drawn += [Picture(kind="scene", scene=self.scene)] if self.scene else []
        return (*outside.pictures_of(self.attachments), *drawn)

    def _bank(self) -> Bank | None:
        if not (self.deny or self.ai_label):
            return None
        label: Literal["explicit", "audit_only"] = "explicit" if self.ai_label else "audit_only"
        words = self.ai_label or "（AI）"
        return Bank(name="", short="", hotline="", refusal="", deny=self.deny, ai_label=label, ai_label_text=words)


class Examples(Piece):
    """The proof that a rule is awake."""

    hit: Annotated[tuple[Annotated[Example, BeforeValidator(_as_text)], ...], Field(min_length=1)]
    """Each must fire."""
    silent: Annotated[tuple[Annotated[Example, BeforeValidator(_as_text)], ...], Field(min_length=1, alias="pass")]
    """Each must stay silent."""

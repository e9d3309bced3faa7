"""Parts of a rule as they are written in YAML: what it rests on, where it applies, what excuses a match."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ..values import ProductKind

At = tuple[str | int, ...]
"""A place inside a rule: ``("unless", "covered_by")``."""


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

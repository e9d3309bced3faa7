"""What the planner may choose from, and its only source of variety. Holds values; reads no file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from ..values import Arc, Bank, Cadence, Channel, Fact, FactSheet, Genre, Kit, Moment, Phrase, Product, Sketch, Story

Item = TypeVar("Item")


class Stock(NamedTuple):
    """What the planner may choose from: the library's values, nothing that can read a file."""

    bank: Bank
    cadence: Cadence
    channels: Mapping[str, Channel]
    genres: Mapping[str, Genre]
    arcs: Mapping[str, Arc]
    products: Mapping[str, Product]
    sheets: Mapping[str, FactSheet]
    stories: Sequence[Story]
    phrases: Sequence[Phrase]
    moments: Mapping[str, Moment]
    kits: Sequence[Kit]
    sketches: Sequence[Sketch] = ()
    starts: Sequence[tuple[dt.date, str]] = ()
    """First day and name of every campaign of the bank, by which one that follows another says other sketches."""


def digest(*names: object) -> int:
    """Return a stable number for some names: the planner's only source of variety."""
    return int.from_bytes(blake2b("\0".join(map(str, names)).encode(), digest_size=6).digest(), "big")


def turned(items: Sequence[Item], turn: int) -> Item | None:
    """Return the item whose turn it is."""
    return items[turn % len(items)] if items else None


def tellable(fact: Fact) -> bool:
    """Tell whether a post can be about a fact: it has plain words, and is more than a number to call."""
    return bool(fact.plain) and fact.kind != "phone"


def common(moment: Moment) -> bool:
    """Tell whether a moment lasts for weeks or comes back every week."""
    return moment.lasting or bool(moment.weekly)

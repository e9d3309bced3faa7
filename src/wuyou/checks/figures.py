"""The numbers of one surface of a post, with the stretches around them: what those who judge them look at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from ..quantities import Quantity, same
from .evidence import Evidence, Occurrence
from .likeness import said
from .operands import Told, operand
from .places import stretches

SMALL, CLAUSE, SENTENCE = 0, 1, 2
"""How wide a stretch is looked at: between 、, between ，, between 。."""


MOST = 120
"""How many numbers of a text are looked at: a post has thirty at most, and each is held against every other."""


class Blame(NamedTuple):
    """What is wrong with a span of a post, in words for people, and where the source says otherwise."""

    start: int
    end: int
    message: str
    where: str


class Figures:
    """The numbers of one surface."""

    def __init__(
        self,
        raw: str,
        evidence: Evidence,
        claims: Sequence[Quantity],
        *,
        strict: bool,
        weights: Mapping[str, int] | None = None,
    ) -> None:
        """``strict`` posts rest on kept facts: nothing may be computed, supposed or told for fun.

        ``weights`` say how much each sign speaks for a number's being wrong that the sources do not have.
        """
        self.raw = raw
        self.evidence = evidence
        self.quantities = evidence.read(raw)[:MOST]
        spans = {(each.start, each.end) for each in claims}
        self.claims = tuple(each for each in self.quantities if (each.start, each.end) in spans)
        self.strict = strict
        self.weights = weights or {}
        self._stretches: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
        self._own: dict[Quantity, tuple[Occurrence, ...]] = {}
        self._carried: dict[int, bool] = {}

    def around(self, claim: Quantity, width: int) -> tuple[int, int]:
        """Return the stretch of that width around a claim."""
        return self._around(claim.start, claim.end)[width]

    def _around(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        if (start, end) not in self._stretches:
            self._stretches[start, end] = tuple(stretches(self.raw, start, end))
        return self._stretches[start, end]

    def before(self, claim: Quantity, width: int, times: int = 1) -> int:
        """Return where the stretch begins that comes so many stretches before that of a claim."""
        low = self.around(claim, width)[0]
        for _ in range(times):
            low = self._around(low - 1, low - 1)[width][0] if low > 1 else low
        return low

    def beside(self, claim: Quantity, width: int) -> tuple[Quantity, ...]:
        """Return the other quantities of the stretch around a claim."""
        low, high = self.around(claim, width)
        return tuple(each for each in self.quantities if each != claim and low <= each.start and each.end <= high)

    def vicinity(self, claim: Quantity) -> tuple[int, int]:
        """Return the sentence of a claim with the two before it."""
        return self.before(claim, SENTENCE, 2), self.around(claim, SENTENCE)[1]

    def words(self, claim: Quantity, width: int) -> frozenset[str]:
        """Return the pairs of characters that say something around a claim."""
        low, high = self.around(claim, width)
        return said(self.raw[low:high])

    def own(self, claim: Quantity) -> tuple[Occurrence, ...]:
        """Return where the sources have the claim's value."""
        if claim not in self._own:
            self._own[claim] = tuple(each for each in self.evidence.occurrences if same(claim, each.quantity))
        return self._own[claim]

    def meant(self, claim: Quantity) -> Quantity:
        """Give a bare number the unit that it has in the sources."""
        if claim.unit:
            return claim
        own = next((each for each in self.evidence.quantities if same(claim, each) and each.unit), claim)
        return claim._replace(kind=own.kind, low=own.low, high=own.high, unit=own.unit)

    @cached_property
    def operands(self) -> tuple[Told, ...]:
        """What may take part in a sum: rates only where the sources have them."""
        fit = (each for each in self.quantities if each.kind != "rate" or self.evidence.carries(each))
        return tuple(one for each in fit for one in operand(each))

    def carried(self, at: int, within: int) -> list[Told]:
        """Return what may take part in a sum, stands nearer than that to a place, and is carried by the sources."""
        low = bisect_right(self.operands, at - within, key=_start)
        high = bisect_left(self.operands, at + within, key=_start)
        return [one for one in self.operands[low:high] if self._is_carried(one.quantity)]

    def _is_carried(self, quantity: Quantity) -> bool:
        if quantity.start not in self._carried:
            self._carried[quantity.start] = self.evidence.carries(quantity)
        return self._carried[quantity.start]


def _start(one: Told) -> int:
    return one.quantity.start


def listed(quantities: Sequence[Quantity]) -> str:
    """Write quantities down for people, at most four."""
    return "、".join(list(dict.fromkeys(each.text for each in quantities))[:4])

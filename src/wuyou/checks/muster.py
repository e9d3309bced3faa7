"""The rules for one sort of post, and which of them a text wakes.

Most rules look for words that a text does not hold; those are not even asked, so that two thousand rules cost little
more than two hundred.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .contrast import Contrast
from .ground import Ground
from .kinds import WEIGHTS, Forbid, Pair
from .rule import CATEGORIES, Rule
from .scan import Scan

GROUNDS = (Ground, Contrast)
"""Kinds of rule that hold a text against its sources."""


class Turn(NamedTuple):
    """A rule whose turn it is."""

    rule: Rule
    late: bool
    """Whether it builds on the findings of others."""
    weighed: bool
    """Whether its findings are doubted in a text that sounds innocent."""
    grounds: bool
    """Whether its findings say that a text is not grounded."""


class Muster:
    """The rules in scope of posts of one sort: see ``Scan.sort``."""

    def __init__(self, rules: Iterable[Rule], scan: Scan) -> None:
        turns = [
            Turn(rule, _turn(rule) > 0, rule.category in CATEGORIES, isinstance(rule, GROUNDS))
            for rule in sorted(rules, key=_turn)
        ]
        self._turns = tuple(turn for turn in turns if turn.rule.ready(scan))
        self.lacking = tuple(sorted(turn.rule.id for turn in turns if not turn.rule.ready(scan)))
        """Rules for which no post of this sort brings enough."""
        always: list[int] = []
        self._waking: dict[int, list[int]] = {}
        self._heard: list[tuple[str, int]] = []
        for at, (rule, *_) in enumerate(self._turns):
            label, wakes = heard(rule), rule.wakes()
            if label:
                self._heard.append((label, at))
            elif wakes is None:
                always.append(at)
            else:
                for number in wakes:
                    self._waking.setdefault(number, []).append(at)
        self._always = frozenset(always)
        self._numbers = frozenset(self._waking)

    def awake(self, scan: Scan) -> list[Turn]:
        """Return the rules to ask, those that build on the findings of others last."""
        called = set(self._always).union(*map(self._waking.__getitem__, self._numbers & scan.awake_anywhere))
        if self._heard and (said := scan.said(WEIGHTS)):
            called.update([at for label, at in self._heard if label in said])
        return [self._turns[at] for at in sorted(called)]


def heard(rule: Rule) -> str:
    """Return the label of the learned weights that a rule waits for, if it does."""
    return rule.heard if isinstance(rule, Forbid) else ""


def _turn(rule: Rule) -> int:
    """Return when a rule's turn comes: those that build on the findings of others come later."""
    if heard(rule):
        return 2
    return 1 if isinstance(rule, Pair) else 0

"""The rules for one sort of post, and which of them a text wakes.

Most rules look for words that a text does not hold; those are not even asked, so that two thousand rules cost little
more than two hundred.
"""

from __future__ import annotations

from collections.abc import Iterable

from .kinds import WEIGHTS, Forbid, Pair
from .rule import Rule
from .scan import Scan


class Muster:
    """The rules in scope of posts that share their kind of product, channel, genre and day."""

    def __init__(self, rules: Iterable[Rule], scan: Scan) -> None:
        self._rules = tuple((rule, _turn(rule) > 0) for rule in sorted(rules, key=_turn))
        self._always: list[int] = []
        self._waking: dict[int, list[int]] = {}
        self._heard: list[tuple[str, int]] = []
        lacking = []
        for at, (rule, _) in enumerate(self._rules):
            label = heard(rule)
            wakes = rule.wakes()
            if (label or wakes is not None) and not rule.ready(scan):
                lacking.append(rule.id)
            elif label:
                self._heard.append((label, at))
            elif wakes is None:
                self._always.append(at)
            else:
                for number in wakes:
                    self._waking.setdefault(number, []).append(at)
        self.lacking = tuple(lacking)
        """Rules for which no post of this sort brings enough."""

    def awake(self, scan: Scan) -> list[tuple[Rule, bool]]:
        """Return the rules to ask, those that build on the findings of others last and marked so."""
        called = {at for number in self._waking.keys() & scan.awake_anywhere for at in self._waking[number]}
        if self._heard and (said := scan.said(WEIGHTS)):
            called.update(at for label, at in self._heard if label in said)
        return [self._rules[at] for at in sorted(called.union(self._always))]


def heard(rule: Rule) -> str:
    """Return the label of the learned weights that a rule waits for, if it does."""
    return rule.heard if isinstance(rule, Forbid) else ""


def _turn(rule: Rule) -> int:
    """Return when a rule's turn comes: those that build on the findings of others come later."""
    if heard(rule):
        return 2
    return 1 if isinstance(rule, Pair) else 0

"""The kind ``contrast``: whether the words of a post say what its source says, beside the numbers ``ground`` looks at.

Each clause is held against the stretch of the source it speaks of. Signs of a wrong word are added up with weights
that were learned. Which words exclude one another, and which lists the signs read, stands in YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

from ..errors import LibraryError, Problem
from ..quantities import find
from ..values import Finding
from .alignment import Clause, content
from .evidence import Evidence
from .ground import Ground
from .naming import names
from .offers import offers
from .opposites import opposites
from .persons import persons
from .pieces import At
from .refusals import refusals
from .rule import Rule
from .scan import Scan, Surface
from .signals import CLEAR, FAINT, LOUD, Sign, signs
from .wording import BOUNDS, PERSONS, RIVALS, STANCES, SUFFIXES, Lists, Relations, Source, Told

WEIGHTS = "contrast.tsv"
"""The file of what was learned, in the folder of learned weights."""
BIAS = "bias"
SCALE = 1000
"""The numbers of the file are thousandths."""
SURE = (
    "listed", "name.aim", "name.floor", "sweeping+", "gift", "left_out", "rival", "stance", "bound", "exact", "beside",
    "besides", "tied", "person+", "twin", "sole",
)  # fmt: skip
"""How the names of signs begin that hardly ever err; ``~`` and ``?`` at the end take it back."""
KEPT = ("sweeping", "gift", "name.maker", "name.bank", "bound", "stance", "left_out+")
"""How the names of signs begin that count against kept facts, of which a post says less than of a whole material."""
_MOST = 12
"""How many characters of a clause are shown at most when several signs stand together."""
_FAMILIES = {"lets": "permits", "shut": "left_out", "barred": "left_out", "lone": "rival", "moved": "rival"}
"""Signs that say the same thing as another."""
_DOUBT = ("~", "?", "-", "&")


class Charge(NamedTuple):
    """A clause that does not say what the source says."""

    sign: Sign
    """The sign that weighs most."""
    sure: bool
    where: str
    """Where the source says otherwise."""


class Contrast(Rule):
    """Ask whether the words of a post are those of its source: 该说借记卡的，说成信用卡了吗."""

    PATTERNS: ClassVar[tuple[str, ...]] = (
        "negations", "sweeping", "limited", "only", "tying", "exactly", "permits", "gifts", "perks", "generic", "left_out",
        "leaves_out", "talk", "gratis", "charged", "alike", "acting", "oneself", "always", "affirms",
    )  # fmt: skip
    kind: Literal["contrast"]
    category: str = Ground.CATEGORY
    rivals: Mapping[str, Mapping[str, str]] = {}
    """Groups of words of which one excludes the others; a word's other names stand behind bars."""
    faint: tuple[str, ...] = ()
    """Groups of which a word counts only against what the clause speaks of, not against the whole source."""
    stances: Mapping[str, Mapping[str, str]] = {}
    """Groups of a yes and a no to the same thing."""
    suffixes: Mapping[str, tuple[str, ...]] = {}
    """Names that end alike, by what they name."""
    bounds: Mapping[str, Mapping[str, str]] = {}
    """Words around a number that bind it in opposite ways."""
    covers: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    """By group of rivals: which words a wide one covers."""
    opposites: tuple[str, ...] = ()
    """Classes of characters of which one excludes the others."""
    persons: Mapping[str, Mapping[str, str]] = {}
    """Words for persons, by what they are to the customer."""
    wider: Mapping[str, tuple[str, ...]] = {}
    """Which persons a word for many covers."""
    acting: tuple[str, ...] = ()
    """By what a post lets a person act or share."""
    always: tuple[str, ...] = ()
    """What tells that something holds at any time."""
    affirms: tuple[str, ...] = ()
    """By what a source lets somebody or something in."""
    oneself: tuple[str, ...] = ()
    """By what a source wants the customer himself."""
    gratis: tuple[str, ...] = ()
    """What says that nothing at all is to be paid."""
    charged: tuple[str, ...] = ()
    """By what a source says that something is to be paid."""
    alike: tuple[str, ...] = ()
    """By what a post tells two things alike."""
    negations: tuple[str, ...] = ()
    """What says no."""
    sweeping: tuple[str, ...] = ()
    """What claims something of everybody and everything."""
    limited: tuple[str, ...] = ()
    """By what a source limits at all."""
    only: tuple[str, ...] = ()
    """By what it limits to some."""
    tying: tuple[str, ...] = ()
    """By what a source ties something to one way: 仅限."""
    exactly: tuple[str, ...] = ()
    """What tells a number as the only one."""
    permits: tuple[str, ...] = ()
    """By what a post lets somebody or something in."""
    gifts: tuple[str, ...] = ()
    """Verbs behind which a benefit stands."""
    perks: tuple[str, ...] = ()
    """Benefits by their names."""
    generic: tuple[str, ...] = ()
    """What ends like a name and is none."""
    left_out: tuple[str, ...] = ()
    """Behind what is left out: 不参与."""
    leaves_out: tuple[str, ...] = ()
    """Before what is left out: 不含."""
    talk: tuple[str, ...] = ()
    """What shows that somebody talks of himself."""

    @cached_property
    def weights(self) -> dict[str, int]:
        """What each feature weighs, once ``learn`` has run; nothing weighs before."""
        return {}

    @cached_property
    def lists(self) -> Lists:
        """The word lists, once they are compiled."""
        return Lists(self.matchers, Relations(self.faint, self.covers, self.wider, self.opposites))

    def learn(self, path: Path, label: str) -> None:
        """Read what was learned. Raises LibraryError."""
        try:
            lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
            self.weights.update({name: int(number) for name, number in lines})
        except (OSError, ValueError) as error:
            raise LibraryError([Problem("权重读不出来", label, "请重跑 scripts/train_ground.py")]) from error

    def patterns(self) -> Iterator[tuple[At, tuple[str, ...], dict[str, bool]]]:
        """Yield every list of patterns the rule holds, those of groups as well."""
        yield from super().patterns()
        for field in (RIVALS, STANCES, BOUNDS, PERSONS):
            for group, members in getattr(self, field).items():
                for member, pattern in members.items():
                    yield (field, group, member), (pattern,), {}
        for name, patterns in self.suffixes.items():
            yield (SUFFIXES, name), patterns, {}

    def ready(self, scan: Scan) -> bool:
        """Ask for something to hold a text from outside against."""
        brief = scan.post.brief
        return super().ready(scan) and (brief.passages is not None or bool(brief.facts or scan.post.facts))

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield each clause whose words the sources contradict or do not carry."""
        evidence = Evidence.of(scan.post)
        kept = scan.post.brief.passages is None
        for surface in scan.surfaces:
            if kept and not any(each.claim for each in find(surface.text)):
                continue  # a few facts are no measure of what has no number
            for charge in self.charges(self.told(evidence, surface.text), kept=kept):
                yield self._finding(scan, surface, charge)

    def told(self, evidence: Evidence, text: str) -> Told:
        """Read a folded text beside its evidence."""
        places = (*((place.text, place.where) for place in evidence.places), *((words, "") for words in evidence.extra))
        return Told(text, find(text), _source(places, self.lists))

    def charges(self, told: Told, *, kept: bool = False) -> Iterator[Charge]:
        """Yield what is wrong; ``kept`` where the source is no material but a few facts."""
        for clause in told.clauses:
            if kept and not any(each.claim for each in told.numbers(clause)):
                continue
            found = signs_of(told, clause)
            if kept:
                found = [each for each in found if each.name.startswith(KEPT) and not each.name.endswith(_DOUBT)]
            if not found or self.weigh(features(told, clause, found)) <= 0:
                continue
            best = max(found, key=lambda each: (_is_sure(each), self.weights.get(feature(each), 0)))
            sure = _is_sure(best)
            start, end = best.start, best.end
            for each in found:
                if _is_sure(each) == sure and max(end, each.end) - min(start, each.start) <= _MOST:
                    start, end = min(start, each.start), max(end, each.end)
            where = told.source.where(best.place) if best.place >= 0 else ""
            yield Charge(best._replace(start=start, end=end), sure, where)

    def weigh(self, features: Mapping[str, int]) -> int:
        """Return the sum of what is known of some features, above zero when the clause is wrong."""
        return self.weights.get(BIAS, 0) + sum(self.weights.get(name, 0) * number for name, number in features.items())

    def _finding(self, scan: Scan, surface: Surface, charge: Charge) -> Finding:
        quote, start, end = surface.cut(charge.sign.start, charge.sign.end)
        place = charge.where.rpartition(" ")[2]
        where = f"（{place}）" if place else ""
        return self.finding(
            scan,
            message=f"“{quote}”和出处对不上：{charge.sign.said}{where}",
            basis=(charge.where,) if charge.where else self.standing(scan.on),
        ).model_copy(
            update={
                "quote": quote, "start": start, "end": end, "where": surface.where,
                "level": self.level if charge.sure else "warn",
            }
        )  # fmt: skip


@lru_cache(maxsize=1 << 6)
def _source(places: tuple[tuple[str, str], ...], lists: Lists) -> Source:
    return Source(places, lists)


def signs_of(told: Told, clause: Clause) -> list[Sign]:
    """Return every sign of a clause, by their names."""
    makers = signs, refusals, names, offers, opposites, persons
    return sorted(each for maker in makers for each in maker(told, clause))


def _is_sure(each: Sign) -> bool:
    return each.name.startswith(SURE) and not each.name.endswith(_DOUBT)


def feature(each: Sign) -> str:
    """Return the feature that a sign is: names of hospitals weigh as those of other places."""
    return each.name.replace(".hospital", ".place")


def features(told: Told, clause: Clause, found: list[Sign]) -> dict[str, int]:
    """Return what is to be weighed of a clause that has signs, each feature as one."""
    held = {feature(each): 1 for each in found}
    kinds = {each.name.rstrip("~?!+-&").partition(".")[0] for each in found}
    held |= {f"{stem}*": 1 for stem in kinds}
    if kinds <= {"gift", "perk"}:
        held["present"] = 1
    else:
        level = sum(clause.score > step for step in (FAINT, CLEAR, LOUD))
        held[f"level {level}"] = 1
    words = content(clause.text)
    context = {
        "sure": any(map(_is_sure, found)),
        "two": len({_FAMILIES.get(each, each) for each in kinds}) > 1,
        "own": clause.own > CLEAR,
        "new": 2 * len(words - told.source.alignment.words) > len(words),
        "talk": told.has(clause.start, clause.end, "talk"),
        "asks": told.text[clause.end : clause.end + 1] == "?",
        "may": told.has(clause.start, clause.end, "permits"),
        "kin": any(told.has(clause.start, clause.end, PERSONS, each) for each in told.groups(PERSONS)),
        "number": any(each.claim for each in told.numbers(clause)),
    }
    return held | {name: 1 for name, holds in context.items() if holds}

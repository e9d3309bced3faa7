"""Which lines of the library a post may take, one for each role: of the day, of its readers, leading to its facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from ..values import Campaign, Fact, Genre, Moment, Phrase, Segment, Slot
from .stock import Stock, common, digest, tellable

Lead: TypeAlias = tuple[str, str, str]
"""What lines lead to or are for, each "" for any: a fact sheet, a kind of fact, a genre."""
ANY: Lead = ("", "", "")


class Line(NamedTuple):
    """A line, and what is known of it for the whole run."""

    rank: tuple[int, bool, int]
    """How far it is from any day and these readers, whether its voice is another, its place in the run's own order."""
    phrase: Phrase


class Shelf(NamedTuple):
    """Lines that fit a sort of post: those for every day, best first, and those that wait for their day or hour."""

    steady: Sequence[Line]
    waiting: Mapping[str, Sequence[Line]]
    """By the moment for which they wait, "" for those that wait for their hour only."""


ORDERS = (1 << 61) - 1
"""A prime above every number of a line: multiplied by a run's own number, the lines stand in another order."""
SHARING = 3
"""One segment in so many puts a given line of the day, one that is tagged for nobody, before its own lines."""
CALM = ("calm", "care", "thanks")
CALM_ROLES = ("closer",)
"""What a serious message may borrow from the library: an anecdote beside a notice sounds as if nobody had read it."""
QUIET_ROLES = ("feeling", "closer")
"""What a post on a day of remembrance may borrow."""


class Lines:
    """The lines of one segment's run; remembers which have been used, and what the last one let one feel."""

    def __init__(self, campaign: Campaign, segment: Segment, stock: Stock) -> None:
        self.segment = segment
        self.stock = stock
        self.used: Counter[tuple[str, str]] = Counter()
        self.felt: dict[str, str | None] = {}
        self.at_slot: dict[tuple[str, str], set[str]] = {}
        self.shelves: dict[tuple[str, bool, Lead], Shelf] = {}
        """By role, whether on Moments, and what they lead to; made when first asked for."""
        self.lines: dict[str, dict[Lead, list[Line]]] = {}
        """By role and by what they lead to."""
        turn = digest(campaign.name, segment.name)
        for phrase in stock.phrases:
            if not phrase.segments or segment.name in phrase.segments:
                off = phrase.voice not in (None, segment.voice)
                away = 2 if phrase.segments else 3
                line = Line((away, off, _own(phrase.role, phrase.text) * (2 * turn + 1) % ORDERS), phrase)
                shelf = self.lines.setdefault(phrase.role, {})
                for lead in _leads(phrase) if phrase.sheets or phrase.kinds or phrase.genres else (ANY,):
                    shelf.setdefault(lead, []).append(line)

    def choose(
        self, slot: Slot, genre: Genre, moment: Moment | None, sheet: str, facts: Sequence[Fact], alive: Set[str]
    ) -> Iterator[Phrase]:
        """Choose one line per role: unused before used, of the day before the segment's own before anyone's.

        A post that tells a fact takes the lines that lead to its sheet, or else to its kind, before any other: another
        picture before a fact sounds borrowed. ``alive`` names the moments that are alive on the slot's day.
        """
        kind = next((fact.kind for fact in facts if tellable(fact)), "")
        if (
            genre.moment and moment is not None
        ):  # a feast is greeted with its own lines and the season's, no other day's
            alive = {name for name in alive if name == moment.name or self.stock.moments[name].lasting}
        quiet = moment is not None and moment.quiet
        calm = genre.calm or quiet
        for role, lines in self.lines.items():
            if calm and role not in (QUIET_ROLES if quiet and not genre.calm else CALM_ROLES):
                continue
            beside = self.at_slot.setdefault((slot.key, role), set())
            for to in ((sheet, ""), ("", kind), ("", "")):
                shelves = [self._shelf(role, slot, (*to, name)) for name in ("", slot.genre) if (*to, name) in lines]
                chosen = self._best(shelves, role, slot, genre, moment, alive, beside, calm=calm)
                if chosen is not None:
                    break
            else:
                continue
            beside.add(chosen.text)
            self.used[role, chosen.text] += 1
            self.felt[role] = chosen.emotion
            yield chosen

    def _shelf(self, role: str, slot: Slot, lead: Lead) -> Shelf:
        """Return the lines of a role that may be said on such a channel and lead where they should."""
        key = (role, slot.channel == "moments", lead)
        if key not in self.shelves:
            steady: list[Line] = []
            waiting: dict[str, list[Line]] = {}
            for each in self.lines[role][lead]:
                phrase = each.phrase
                if _claims(phrase) and slot.channel != "moments":
                    continue
                if not (phrase.moments or phrase.at):
                    steady.append(each)
                for name in phrase.moments or (("",) if phrase.at else ()):
                    waiting.setdefault(name, []).append(each)
            self.shelves[key] = Shelf(sorted(steady, key=_rank), waiting)
        return self.shelves[key]

    def _best(
        self, shelves: Sequence[Shelf], role: str, slot: Slot, genre: Genre, moment: Moment | None, alive: Set[str],
        beside: Set[str], *, calm: bool,
    ) -> Phrase | None:  # fmt: skip
        """Return the line due first: not beside itself, used least, nearest to the day, of another mood than the last."""
        felt = self.felt.get(role)
        best: tuple[tuple[bool, int, int, bool, bool, int], Phrase] | None = None
        for (_, off, own), phrase in chain.from_iterable(
            shelf.waiting[name] for shelf in shelves for name in ("", *alive) if name in shelf.waiting
        ):
            if _in_time(phrase, slot) and not (calm and phrase.emotion not in CALM):
                away = self._distance(phrase, genre, moment, alive)
                again = phrase.emotion is not None and phrase.emotion == felt
                key = (phrase.text in beside, self.used[role, phrase.text], away, off, again, own)
                if best is None or key < best[0]:
                    best = key, phrase
        for shelf in shelves:
            for (away, off, own), phrase in shelf.steady:
                if calm and phrase.emotion not in CALM:
                    continue
                again = phrase.emotion is not None and phrase.emotion == felt
                key = (phrase.text in beside, self.used[role, phrase.text], away, off, again, own)
                if best is None or key < best[0]:
                    best = key, phrase
                if key[:2] == (False, 0) and not again:  # nobody behind it on the shelf can be due sooner
                    break
        return best[1] if best else None

    def _distance(self, phrase: Phrase, genre: Genre, moment: Moment | None, alive: Set[str]) -> int:
        """Say how far a line is from this day and these readers.

        A season and a day of the week are everybody's for long: such a line takes its turn with the readers' own. So
        does a line of the day for most segments, lest all of them say the same that day; a feast itself is greeted.
        """
        days = {name for name in alive & set(phrase.moments) if not common(self.stock.moments[name])}
        if days and not (genre.moment or phrase.segments or digest(phrase.text, self.segment.name) % SHARING == 0):
            return 2
        if moment is not None and moment.name in days:
            return 0
        if days:
            return 1
        return 2 if phrase.segments or phrase.moments else 3


def _rank(line: Line) -> tuple[int, bool, int]:
    return line.rank


@cache
def _own(role: str, text: str) -> int:
    """Return the number of a line, from which each run makes its own order."""
    return digest(role, text)


def _leads(phrase: Phrase) -> Iterator[Lead]:
    """Yield where a line leads, to sheets before kinds of facts, with the genres it is for."""
    to = [(sheet, "") for sheet in phrase.sheets] or [("", kind) for kind in phrase.kinds or ("",)]
    return ((sheet, kind, genre) for sheet, kind in to for genre in phrase.genres or ("",))


def _claims(phrase: Phrase) -> bool:
    """Tell whether, said to one customer, it would claim of him what it says of customers (I saw you …)."""
    return phrase.role == "feeling" and "您" in phrase.text


def _in_time(phrase: Phrase, slot: Slot) -> bool:
    """Tell whether a line may be said at this hour."""
    return phrase.at is None or (slot.at is not None and slot.at in phrase.at)

"""Which lines of the library a post may take, one for each role: of the day, of its readers, leading to its facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TypeAlias

from ..values import Campaign, Fact, Genre, Moment, Phrase, Segment, Slot
from .stock import Stock, common, digest, tellable

Line: TypeAlias = tuple[int, Phrase]
"""A line and its place in the order of this segment and campaign."""
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
        self.fitting: dict[tuple[str, ...], tuple[list[Line], ...]] = {}
        self.lines: dict[str, dict[str, list[Line]]] = {}
        """By role and by the sheet to which they lead."""
        for phrase in stock.phrases:
            if not phrase.segments or segment.name in phrase.segments:
                order = digest(campaign.name, segment.name, phrase.role, phrase.text)
                shelf = self.lines.setdefault(phrase.role, {})
                for sheet in phrase.sheets or ("",):
                    shelf.setdefault(sheet, []).append((order, phrase))

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
            for lead in self._fitting(role, lines, slot, sheet, kind):
                fit = [each for each in lead if _now(each[1], slot, alive) and (not calm or each[1].emotion in CALM)]
                if fit:
                    break
            else:
                continue
            felt = self.felt.get(role)
            beside = self.at_slot.setdefault((slot.key, role), set())
            _, chosen = min(
                fit,
                key=lambda each: (
                    each[1].text in beside,
                    self.used[role, each[1].text],
                    self._distance(each[1], genre, moment, alive),
                    each[1].voice not in (None, self.segment.voice),
                    each[1].emotion is not None and each[1].emotion == felt,
                    each[0],
                ),
            )
            beside.add(chosen.text)
            self.used[role, chosen.text] += 1
            self.felt[role] = chosen.emotion
            yield chosen

    def _fitting(
        self, role: str, lines: Mapping[str, list[Line]], slot: Slot, sheet: str, kind: str
    ) -> tuple[list[Line], ...]:
        """Return the lines of a role that fit such a post on whatever day, those that lead to its facts first.

        Found once for each sort of post.
        """
        key = (role, slot.channel, slot.genre, sheet, kind)
        if key not in self.fitting:
            to_sheet = [each for each in lines.get(sheet, ()) if sheet and _fits(each[1], slot, kind)]
            fit = [each for each in lines.get("", ()) if _fits(each[1], slot, kind)]
            to_kind = [each for each in fit if each[1].kinds]
            others = [each for each in fit if not each[1].kinds]
            self.fitting[key] = (to_sheet, to_kind, others)
        return self.fitting[key]

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


def _fits(phrase: Phrase, slot: Slot, kind: str) -> bool:
    """Tell whether a line goes with such a post, on whatever day."""
    if slot.channel != "moments" and phrase.role == "feeling" and "您" in phrase.text:
        return False  # "I saw you …" would claim of this one customer what the line says of customers
    return (not phrase.genres or slot.genre in phrase.genres) and (not phrase.kinds or kind in phrase.kinds)


def _now(phrase: Phrase, slot: Slot, alive: Set[str]) -> bool:
    """Tell whether a line may be said on this day and at this hour."""
    return (not phrase.moments or not alive.isdisjoint(phrase.moments)) and (
        phrase.at is None or (slot.at is not None and slot.at in phrase.at)
    )

"""What goes into a brief: the sheet, its facts, a story, the lines of the day, the reply kits.

Each choice is the one used least so far, then the one that fits closest, then a matter of hashing names; so a run does
not repeat itself, and a second variant is told with another story and other lines.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from .. import almanac
from ..errors import Problem
from ..values import (
    Brief,
    Campaign,
    Fact,
    FactSheet,
    Genre,
    Kit,
    Moment,
    Phrase,
    Product,
    Segment,
    Slot,
    Topic,
)
from .days import falls
from .lines import Lines
from .sketches import Sketches
from .stock import Stock, digest, tellable, turned
from .stories import Stories


class Chooser:
    """Chooses for one segment's run, and remembers what it has used; the variants of a slot share that memory."""

    def __init__(self, campaign: Campaign, segment: Segment, stock: Stock) -> None:
        self.campaign = campaign
        self.segment = segment
        self.stock = stock
        self.facts: Counter[str] = Counter()
        self.days: dict[dt.date, dict[str, dt.date]] = {}
        self.kits: dict[tuple[str, str], list[tuple[bool, bool, int]]] = {}
        """Places of the reply kits that fit, by channel and genre: for any genre, for any segment, place."""
        self.sketches = Sketches(stock, segment, campaign)
        self.stories = Stories(stock, segment, campaign)
        self.lines = Lines(campaign, segment, stock)

    def brief(self, slot: Slot, variant: int, problems: list[Problem]) -> Brief | None:
        """Return the brief of a slot, or leave a problem."""
        campaign, segment, stock = self.campaign, self.segment, self.stock
        genre, beat = stock.genres[slot.genre], next(beat for beat in stock.cadence.beats if beat.name == slot.beat)
        sheet = _sheet(campaign, segment, slot, genre, stock)
        product = stock.products[sheet.product] if sheet and sheet.product else None
        facts = _facts(sheet, product, segment, slot, genre, self.facts)
        where = f"campaigns/{campaign.name}"
        if sum(map(tellable, facts)) < genre.facts:
            choices = "、".join(campaign.sheets(genre.name)) or "（没有写）"
            problems.append(
                Problem(
                    f"{segment.title} 第 {slot.day} 天（{slot.on}）的{genre.title}没有可用的要点：{choices}",
                    where,
                    "要点要在有效期内、写了 plain，而且适合这个客群",
                )
            )
            return None
        moment = None if slot.standing else self._moment(slot, genre)
        if genre.moment and moment is None:
            problems.append(Problem(f"{slot.on} 前后没有节日节气，写不了{genre.title}", where, "请换一天"))
            return None
        alive = set() if slot.standing else set(self._near(slot.on))
        sketch = self.sketches.choose(slot, genre, moment, facts, sheet, alive)
        if sketch is not None and not sketch.sheet:  # what tells of no sheet owes none of its small print
            sheet, product, facts = None, None, ()
        phrases = tuple(self.lines.choose(slot, genre, moment, sheet.name if sheet else "", facts, alive))
        return Brief(
            campaign=campaign,
            segment=segment,
            product=product,
            slot=slot,
            channel=stock.channels[slot.channel],
            genre=genre,
            arc=stock.arcs[beat.arc],
            variant=variant,
            facts=facts,
            topic=_topic(sheet, campaign, segment, slot, phrases) if sheet else None,
            story=self.stories.choose(slot, genre.story) if genre.story else None,
            sketch=sketch,
            phrases=phrases,
            moment=moment,
            kits=tuple(self._kits(slot)),
            bank=stock.bank,
        )

    def _moment(self, slot: Slot, genre: Genre) -> Moment | None:
        """Return the moment nearest to the day: the one the slot was placed for, a feast before a season."""
        beat = next(beat for beat in self.stock.cadence.beats if beat.name == slot.beat)
        own = falls((self.stock.moments[name] for name in beat.moments), slot.on)
        if own is not None:
            return own
        ranks = (
            (_rank(self.stock.moments[name]), abs(day - slot.on), name) for name, day in self._near(slot.on).items()
        )
        near = min((each for each in ranks if each[0] == 0 or not genre.moment), default=None)
        return self.stock.moments[near[2]] if near else None

    def _near(self, on: dt.date) -> dict[str, dt.date]:
        """Return the moments that are alive on a day, with their own day."""
        if on not in self.days:
            found = ((name, almanac.nearest(moment, on)) for name, moment in self.stock.moments.items())
            self.days[on] = {name: day for name, day in found if day is not None}
        return self.days[on]

    def _kits(self, slot: Slot) -> Iterator[Kit]:
        """Yield the reply kits that fit, those made for the genre first; equals take turns."""
        key = (slot.channel, slot.genre)
        if key not in self.kits:
            self.kits[key] = [
                (not kit.genres, not kit.segments, index)
                for index, kit in enumerate(self.stock.kits)
                if slot.channel in (kit.channels or (slot.channel,))
                and slot.genre in (kit.genres or (slot.genre,))
                and self.segment.name in (kit.segments or (self.segment.name,))
            ]
        turn, count = slot.number, len(self.stock.kits)
        for *_, index in sorted(self.kits[key], key=lambda each: (each[0], each[1], (each[2] + turn) % count)):
            yield self.stock.kits[index]


def _rank(moment: Moment) -> int:
    """Order moments: a feast or solar term, then a day of the month, of the week, then a season."""
    return 3 if moment.span else 2 if moment.weekly else 1 if moment.monthly else 0


def suitable(product: Product | None, segment: Segment) -> bool:
    """Tell whether a product may be shown to a segment: its kind suits, and its risk is not above the segment's."""
    return product is None or (product.kind in segment.suits and (product.risk or 0) <= segment.risk)


def _sheet(campaign: Campaign, segment: Segment, slot: Slot, genre: Genre, stock: Stock) -> FactSheet | None:
    """Choose the sheet: those that suit the segment and have living facts, in turn, best first.

    A genre that needs no fact has a sheet only where the campaign names one for it: a post about patience must not end
    in the campaign's small print.
    """
    if genre.story or not (genre.facts or any(theme.genre == genre.name for theme in campaign.facts)):
        return None
    fit = [
        sheet
        for name in campaign.sheets(genre.name)
        for sheet in [stock.sheets[name]]
        if suitable(stock.products[sheet.product] if sheet.product else None, segment)
        and (not genre.facts or any(tellable(fact) and fact.alive(slot.on) for fact in sheet.facts))
        and (not genre.quiz or sheet.quiz)
    ]
    return fit[(slot.ordinal - 1) % len(fit)] if fit else None


def _facts(
    sheet: FactSheet | None, product: Product | None, segment: Segment, slot: Slot, genre: Genre, used: Counter[str]
) -> tuple[Fact, ...]:
    """Return the living facts of a sheet, another one leading each time; those of a tier only to its own segments.

    An offer is told in the sheet's own order (what and when first). Elsewhere each segment begins at a place of its own
    and goes on from there through the whole run, so that neither colleagues nor days repeat each other.
    """
    if sheet is None:
        return ()
    alive = [
        fact
        for fact in sheet.facts
        if fact.alive(slot.on) and (product is None or product.concerns(fact.subject.tier, segment.name))
    ]
    told = [fact for fact in alive if tellable(fact)]
    phones = [fact for fact in alive if fact.plain and not tellable(fact)]
    silent = [fact for fact in alive if not fact.plain]
    turn = slot.ordinal - 1 if genre.marketing else digest(segment.name, sheet.name) + used[sheet.name]
    used[sheet.name] += not genre.marketing
    start = turn % len(told) if told else 0
    return (*told[start:], *told[:start], *phones, *silent)


def _topic(sheet: FactSheet, campaign: Campaign, segment: Segment, slot: Slot, phrases: Sequence[Phrase]) -> Topic:
    """Pick the human ways into the subject; where a sheet has none of its own yet, the library's lines serve."""
    lines = {phrase.role: phrase.text for phrase in phrases}
    own = tuple(phrase.text for phrase in phrases if phrase.role == "question" and phrase.sheets)
    turn = digest(campaign.name, segment.name, sheet.name, slot.channel, slot.genre) + slot.ordinal
    return Topic(
        sheet=sheet.name,
        title=sheet.title,
        headline=sheet.headline or lines.get("headline", ""),
        hook=turned(sheet.hooks, turn) or lines.get("turn", ""),
        question=turned((*sheet.questions, *own * max(1, len(sheet.questions))), turn) or lines.get("question", ""),
        quiz=turned(sheet.quiz, turn),
    )

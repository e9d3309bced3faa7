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
    Story,
    Topic,
)
from .days import falls
from .sketches import Sketches
from .stock import Stock, common, digest, tellable, turned


class Chooser:
    """Chooses for one segment's run, and remembers what it has used; the variants of a slot share that memory."""

    def __init__(self, campaign: Campaign, segment: Segment, stock: Stock) -> None:
        self.campaign = campaign
        self.segment = segment
        self.stock = stock
        self.told: Counter[str] = Counter()
        self.facts: Counter[str] = Counter()
        self.used: Counter[tuple[str, str]] = Counter()
        self.felt: dict[str, str | None] = {}
        self.days: dict[dt.date, dict[str, dt.date]] = {}
        self.at_slot: dict[tuple[str, str], set[str]] = {}
        self.lines: dict[str, list[tuple[int, Phrase]]] = {}
        self.period = campaign.start.toordinal() // max(1, stock.cadence.days)
        self.sketches = Sketches(stock, segment, self.period)
        for phrase in stock.phrases:
            if not phrase.segments or segment.name in phrase.segments:
                order = digest(campaign.name, segment.name, phrase.role, phrase.text)
                self.lines.setdefault(phrase.role, []).append((order, phrase))

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
        phrases = tuple(self._phrases(slot, genre, moment, sheet.name if sheet else "", facts))
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
            story=self._story(slot, genre),
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

    def _story(self, slot: Slot, genre: Genre) -> Story | None:
        """Choose a story of the genre's kind that fits the segment: the one told least, and another for each variant."""
        segment, stories = self.segment.name, self.stock.stories
        fit = [story for story in stories if story.kind == genre.story and segment in story.segments]
        if not fit:
            return None
        beside = self.at_slot.setdefault((slot.key, "story"), set())
        chosen = min(fit, key=lambda story: (story.name in beside, self.told[story.name], *self._turn_of(story)))
        beside.add(chosen.name)
        self.told[chosen.name] += 1
        return chosen

    def _turn_of(self, story: Story) -> tuple[int, int]:
        """Say how soon a story is this segment's: it goes round its segments, one further with each period.

        So two segments seldom tell the same one in the same weeks, and a segment not twice in consecutive campaigns.
        """
        ring = sorted(story.segments, key=lambda name: digest(story.name, name))
        near = (ring.index(self.segment.name) - self.period) % len(ring)
        return near, digest(self.campaign.name, self.segment.name, story.name)

    def _phrases(
        self, slot: Slot, genre: Genre, moment: Moment | None, sheet: str, facts: Sequence[Fact]
    ) -> Iterator[Phrase]:
        """Choose one line per role: unused before used, of the day before the segment's own before anyone's.

        A post that tells a fact takes the lines that lead to its sheet, or else to its kind, or none: any other picture
        before a fact sounds borrowed.
        """
        kind = next((fact.kind for fact in facts if tellable(fact)), "")
        alive = set() if slot.standing else set(self._near(slot.on))
        if (
            genre.moment and moment is not None
        ):  # a feast is greeted with its own lines and the season's, no other day's
            alive = {name for name in alive if name == moment.name or self.stock.moments[name].lasting}
        quiet = moment is not None and moment.quiet
        calm = genre.calm or quiet
        for role, lines in self.lines.items():
            if calm and role not in (QUIET_ROLES if quiet and not genre.calm else CALM_ROLES):
                continue
            fit = [
                (order, phrase)
                for order, phrase in lines
                if _fits(phrase, slot, alive, sheet, kind) and (not calm or phrase.emotion in CALM)
            ]
            leads = [each for each in fit if each[1].sheets] or [each for each in fit if each[1].kinds]
            fit = leads if leads or (genre.facts and role in BORROWED) else fit
            if not fit:
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

    def _distance(self, phrase: Phrase, genre: Genre, moment: Moment | None, alive: set[str]) -> int:
        """Say how far a line is from this day and these readers.

        A season and a day of the week are everybody's for long: such a line takes its turn with the readers' own. So
        does a line of the day for most segments, lest all of them say the same that day; a feast itself is greeted.
        """
        days = {name for name in alive.intersection(phrase.moments) if not common(self.stock.moments[name])}
        if days and not (genre.moment or phrase.segments or digest(phrase.text, self.segment.name) % SHARING == 0):
            return 2
        if moment is not None and moment.name in days:
            return 0
        if days:
            return 1
        return 2 if phrase.segments or phrase.moments else 3

    def _kits(self, slot: Slot) -> Iterator[Kit]:
        """Yield the reply kits that fit, those made for the genre first; equals take turns."""
        kits = self.stock.kits
        fit = [
            (not kit.genres, not kit.segments, (index + slot.number) % len(kits), kit)
            for index, kit in enumerate(kits)
            if slot.channel in (kit.channels or (slot.channel,))
            and slot.genre in (kit.genres or (slot.genre,))
            and self.segment.name in (kit.segments or (self.segment.name,))
        ]
        yield from (each[3] for each in sorted(fit, key=lambda each: each[:3]))


SHARING = 3
"""One segment in so many puts a given line of the day, one that is tagged for nobody, before its own lines."""


def _rank(moment: Moment) -> int:
    """Order moments: a feast or solar term, then a day of the month, of the week, then a season."""
    return 3 if moment.span else 2 if moment.weekly else 1 if moment.monthly else 0


BORROWED = ("hook", "scene", "turn", "analogy", "feeling", "question")
"""What a post on a fact does without rather than borrow it from another subject."""
CALM = ("calm", "care", "thanks")
CALM_ROLES = ("closer",)
"""What a serious message may borrow from the library: an anecdote beside a notice sounds as if nobody had read it."""
QUIET_ROLES = ("feeling", "closer")
"""What a post on a day of remembrance may borrow."""


def _fits(phrase: Phrase, slot: Slot, alive: set[str], sheet: str, kind: str) -> bool:
    if slot.channel != "moments" and phrase.role == "feeling" and "您" in phrase.text:
        return False  # "I saw you …" would claim of this one customer what the line says of customers
    return (
        (not phrase.genres or slot.genre in phrase.genres)
        and (not phrase.sheets or sheet in phrase.sheets)
        and (not phrase.kinds or kind in phrase.kinds)
        and (not phrase.moments or not alive.isdisjoint(phrase.moments))
        and (phrase.at is None or (slot.at is not None and slot.at in phrase.at))
    )


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

"""Lays a campaign over days: facts × segment × cadence → briefs; and lays checked posts back into a calendar.

Writes no prose. Everything is chosen by counting and by hashing names, never by chance, so the same library gives
the same plan, and adding a segment does not move the others.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from .errors import PlanError, Problem
from .values import (
    Arc,
    Bank,
    Beat,
    Brief,
    Cadence,
    Calendar,
    Campaign,
    Channel,
    Checked,
    Decision,
    Entry,
    Fact,
    FactSheet,
    Finding,
    Genre,
    Phrase,
    Product,
    Segment,
    Slot,
    Story,
    Topic,
    Window,
)

Item = TypeVar("Item")

STEP_MINUTES = 5
"""Sending times fall on whole steps, so that staff can read them at a glance."""

APART_MINUTES = 15
"""Two posts to one segment keep at least so far apart wherever the windows allow it."""


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


def plan(campaign: Campaign, segment: Segment, stock: Stock) -> tuple[Brief, ...]:
    """Return one brief per slot and variant, in time order.

    Raises PlanError with every slot for which there is no day, no minute or no living fact.
    """
    problems: list[Problem] = []
    briefs: list[Brief] = []
    used: Counter[str] = Counter()
    for slot in _timed(campaign, segment, stock, problems):
        brief = _brief(campaign, segment, slot, stock, used, problems)
        if brief is not None:
            briefs += [brief.model_copy(update={"variant": number}) for number in range(1, campaign.variants + 1)]
    if problems:
        raise PlanError(dict.fromkeys(problems))
    if not briefs:
        raise PlanError("这个节奏没有要写的内容", f"cadences/{campaign.cadence}", "请在 quotas 里写上条数")
    return tuple(briefs)


def arrange(
    title: str,
    bank: Bank,
    checked: Iterable[Checked],
    decisions: Mapping[str, Decision],
    findings: Iterable[Finding] = (),
    stale: Iterable[str] = (),
) -> Calendar:
    """Lay checked posts into a calendar in time order; ``decisions`` holds the latest one by post id."""
    old = frozenset(stale)
    entries = [Entry(checked=each, decision=decisions.get(each.post.id), stale=each.post.id in old) for each in checked]
    entries.sort(key=_order)
    campaigns = sorted({entry.post.brief.campaign.name for entry in entries if entry.post.brief.campaign})
    return Calendar(
        title=title, campaign="、".join(campaigns), bank=bank, entries=tuple(entries), findings=tuple(findings)
    )


def _order(entry: Entry) -> tuple[object, ...]:
    brief = entry.post.brief
    return (
        brief.slot.on,
        brief.slot.at or dt.time.min,
        brief.segment.name if brief.segment else "",
        brief.slot.channel,
        brief.variant,
        entry.post.id,
    )


def digest(*names: object) -> int:
    """Return a stable number for some names: the planner's only source of variety."""
    return int.from_bytes(blake2b("\0".join(map(str, names)).encode(), digest_size=6).digest(), "big")


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def slots(campaign: Campaign, cadence: Cadence) -> Iterator[Slot]:
    """Yield the slots of a campaign without their minute, in the order of day and quota.

    Raises PlanError when a beat has quotas but every one of its days is skipped.
    """
    seen: Counter[tuple[str, str]] = Counter()
    problems: list[Problem] = []
    placed: list[Slot] = []
    for number in range(1, cadence.rounds + 1):
        for beat in cadence.beats:
            days = [day for day in _days(beat, cadence, number) if _date(campaign, day) not in campaign.skip]
            if not days and beat.quotas:
                span = "–".join(
                    str(_date(campaign, day))
                    for day in (_days(beat, cadence, number)[0], _days(beat, cadence, number)[-1])
                )
                problems.append(
                    Problem(
                        f"“{beat.title}”阶段（{span}）的日子全在 skip 里",
                        f"campaigns/{campaign.name}",
                        "请改 start 或 skip",
                    )
                )
                continue
            for channel in dict.fromkeys(quota.channel for quota in beat.quotas):
                genres = _dealt(beat, channel)
                for genre, day in zip(genres, _spread(days, len(genres)), strict=True):
                    seen[channel, genre] += 1
                    placed.append(
                        Slot(
                            on=_date(campaign, day), channel=channel, genre=genre, beat=beat.name, stage=beat.title,
                            round=number, day=day, ordinal=seen[channel, genre],
                        )
                    )  # fmt: skip
    if problems:
        raise PlanError(problems)
    yield from sorted(placed, key=lambda slot: slot.day)


def _days(beat: Beat, cadence: Cadence, number: int) -> list[int]:
    offset = (number - 1) * cadence.round_days
    return list(range(beat.days[0] + offset, beat.days[1] + offset + 1))


def _date(campaign: Campaign, day: int) -> dt.date:
    return campaign.start + dt.timedelta(days=day - 1)


def _dealt(beat: Beat, channel: str) -> list[str]:
    """Deal the genres of a channel in turn, so that two of a kind do not follow each other.

    It also keeps the marketing chats of aida_24 (days 5, 10, 12 of a round) within two in any seven days.
    """
    left = {quota.genre: quota.count for quota in beat.quotas if quota.channel == channel}
    dealt: list[str] = []
    while any(left.values()):
        for genre, count in list(left.items()):
            if count:
                left[genre] -= 1
                dealt.append(genre)
    return dealt


def _spread(days: Sequence[Item], count: int) -> list[Item]:
    """Spread so many posts over the days: first and last day taken, one alone in the middle."""
    if count == 1:
        return [days[len(days) // 2]]
    last = len(days) - 1
    return [days[(2 * index * last + (count - 1)) // (2 * (count - 1))] for index in range(count)]


# ── minutes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _timed(campaign: Campaign, segment: Segment, stock: Stock, problems: list[Problem]) -> Iterator[Slot]:
    """Give every slot its minute, and number the run."""
    by_day: dict[int, list[Slot]] = {}
    for slot in slots(campaign, stock.cadence):
        by_day.setdefault(slot.day, []).append(slot)
    number = 0
    for day in sorted(by_day):
        taken: set[int] = set()
        timed: list[Slot] = []
        for channel in dict.fromkeys(slot.channel for slot in by_day[day]):
            group = [slot for slot in by_day[day] if slot.channel == channel]
            for index, slot in enumerate(group):
                minutes = _minutes(hours(stock.genres[slot.genre], segment, stock.channels[channel]))
                minute = _pick(minutes, index, len(group), taken, digest(campaign.name, segment.name, slot.key))
                if minute is None:
                    problems.append(
                        Problem(
                            f"{segment.title} 第 {day} 天的{stock.channels[channel].title}排不下 {len(group)} 条",
                            f"campaigns/{campaign.name}",
                            "请放宽时段或减少条数",
                        )
                    )
                    continue
                taken.add(minute)
                timed.append(slot.model_copy(update={"at": dt.time(minute // 60, minute % 60)}))
        for slot in sorted(timed, key=lambda slot: (slot.at or dt.time.min, slot.channel)):
            number += 1
            yield slot.model_copy(update={"number": number})


def hours(genre: Genre, segment: Segment | None, channel: Channel) -> tuple[Window, ...]:
    """Return when a genre may be sent: its own hours override the segment's, which override the channel's."""
    own = next((each.windows for each in segment.hours if each.channel == channel.name), ()) if segment else ()
    return genre.hours or own or channel.hours


def _minutes(windows: Iterable[Window]) -> list[int]:
    """List the minutes of the day on which a post may go out, a step apart."""
    found: set[int] = set()
    for window in windows:
        first = window.start.hour * 60 + window.start.minute
        last = window.end.hour * 60 + window.end.minute
        found.update(range(-(-first // STEP_MINUTES) * STEP_MINUTES, last + 1, STEP_MINUTES))
    return sorted(found)


def _pick(minutes: Sequence[int], index: int, count: int, taken: set[int], seed: int) -> int | None:
    """Pick a free minute in the post's own share of the day, apart from the others; or else any free one."""
    share = minutes[len(minutes) * index // count : len(minutes) * (index + 1) // count]
    for candidates, apart in ((share, APART_MINUTES), (minutes, APART_MINUTES), (minutes, STEP_MINUTES)):
        free = [minute for minute in candidates if all(abs(minute - other) >= apart for other in taken)]
        if free:
            return free[seed % len(free)]
    return None


# ── briefs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _brief(
    campaign: Campaign, segment: Segment, slot: Slot, stock: Stock, used: Counter[str], problems: list[Problem]
) -> Brief | None:
    genre, beat = stock.genres[slot.genre], next(beat for beat in stock.cadence.beats if beat.name == slot.beat)
    sheet = _sheet(campaign, segment, slot, genre, stock)
    facts = _facts(sheet, segment, slot, genre, used)
    if len([fact for fact in facts if fact.plain]) < genre.facts:
        choices = "、".join(campaign.sheets(genre.name)) or "（没有写）"
        problems.append(
            Problem(
                f"{segment.title} 第 {slot.day} 天（{slot.on}）的{genre.title}没有可用的要点：{choices}",
                f"campaigns/{campaign.name}",
                "要点要在有效期内、写了 plain，而且适合这个客群",
            )
        )
        return None
    phrases = tuple(_phrases(campaign, segment, slot, stock))
    return Brief(
        campaign=campaign,
        segment=segment,
        product=stock.products[sheet.product] if sheet and sheet.product else None,
        slot=slot,
        channel=stock.channels[slot.channel],
        genre=genre,
        arc=stock.arcs[beat.arc],
        facts=facts,
        topic=_topic(sheet, campaign, segment, slot, phrases) if sheet else None,
        story=_story(segment, slot, genre, campaign, stock),
        phrases=phrases,
        bank=stock.bank,
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
        and (not genre.facts or any(fact.plain and fact.alive(slot.on) for fact in sheet.facts))
        and (not genre.quiz or sheet.quiz)
    ]
    return fit[(slot.ordinal - 1) % len(fit)] if fit else None


def _facts(sheet: FactSheet | None, segment: Segment, slot: Slot, genre: Genre, used: Counter[str]) -> tuple[Fact, ...]:
    """Return the living facts of a sheet, another one leading each time.

    An offer is told in the sheet's own order (what and when first). Elsewhere each segment begins at a place of its own
    and goes on from there through the whole run, so that neither colleagues nor days repeat each other.
    """
    if sheet is None:
        return ()
    alive = [fact for fact in sheet.facts if fact.alive(slot.on)]
    told = [fact for fact in alive if fact.plain]
    silent = [fact for fact in alive if not fact.plain]
    turn = slot.ordinal - 1 if genre.marketing else digest(segment.name, sheet.name) + used[sheet.name]
    used[sheet.name] += not genre.marketing
    start = turn % len(told) if told else 0
    return (*told[start:], *told[:start], *silent)


def _topic(sheet: FactSheet, campaign: Campaign, segment: Segment, slot: Slot, phrases: Sequence[Phrase]) -> Topic:
    """Pick the human ways into the subject; where a sheet has none of its own yet, the library's lines serve."""
    lines = {phrase.role: phrase.text for phrase in phrases}
    turn = digest(campaign.name, segment.name, sheet.name, slot.channel, slot.genre) + slot.ordinal
    return Topic(
        sheet=sheet.name,
        title=sheet.title,
        headline=sheet.headline or lines.get("headline", ""),
        hook=_turned(sheet.hooks, turn) or lines.get("turn", ""),
        question=_turned(sheet.questions, turn) or lines.get("question", ""),
        quiz=_turned(sheet.quiz, turn),
    )


def _turned(items: Sequence[Item], turn: int) -> Item | None:
    return items[turn % len(items)] if items else None


def _story(segment: Segment, slot: Slot, genre: Genre, campaign: Campaign, stock: Stock) -> Story | None:
    """Choose a story of the genre's kind that fits the segment; each turn takes the next one."""
    fit = [story for story in stock.stories if story.kind == genre.story and segment.name in story.segments]
    return _turned(fit, digest(campaign.name, segment.name, genre.name) + slot.ordinal)


def _phrases(campaign: Campaign, segment: Segment, slot: Slot, stock: Stock) -> Iterator[Phrase]:
    """Choose one line per role: the segment's own first, then those for everyone."""
    roles = dict.fromkeys(phrase.role for phrase in stock.phrases)
    for role in roles:
        fit = [
            phrase
            for phrase in stock.phrases
            if phrase.role == role
            and (not phrase.segments or segment.name in phrase.segments)
            and (not phrase.genres or slot.genre in phrase.genres)
        ]
        fit.sort(key=lambda phrase: not phrase.segments)
        chosen = _turned(fit, digest(campaign.name, segment.name, role) + slot.number)
        if chosen is not None:
            yield chosen

"""Surveys that count: quota (are all posts there) and gap (is the distance kept)."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...values import Cadence, Calendar, Entry, Finding, Segment
from .survey import Survey, place, who


class QuotaSurvey(Survey):
    """Ask whether each round has its posts on each channel: 每轮每渠道每类，条数齐不齐."""

    kind: Literal["quota"]

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:
        """Yield each segment × round × channel × genre whose posts are too few or too many."""
        if cadence is None:
            return
        counts: Counter[tuple[str, int, int, str, str, str]] = Counter()
        runs: dict[tuple[str, int], Segment] = {}
        for entry in calendar.entries:
            segment, slot = entry.post.brief.segment, entry.post.brief.slot
            if segment is not None:
                variant = entry.post.brief.variant
                runs[segment.name, variant] = segment
                counts[segment.name, variant, slot.round, slot.beat, slot.channel, slot.genre] += 1
        titles = _titles(calendar)
        for (name, variant), segment in sorted(runs.items()):
            for number in range(1, cadence.rounds + 1):
                for beat in cadence.beats:
                    if beat.moments:  # how many there are is a matter of dates
                        continue
                    asked = {(quota.channel, quota.genre): quota.count for quota in beat.quotas}
                    here = {key[4:] for key in counts if key[:4] == (name, variant, number, beat.name)}
                    for channel, genre in sorted(asked.keys() | here):
                        due = asked.get((channel, genre), 0)
                        found = counts[name, variant, number, beat.name, channel, genre]
                        if due != found:
                            kind = f"{titles.get(channel, channel)}·{titles.get(genre, genre)}"
                            what = f"{segment.title}第{number}轮“{beat.title}”{kind}"
                            where = f"{name} r{number}-{beat.name}"
                            yield self.finding(where, what=what, limit=due, found=found)


class GapSurvey(Survey):
    """Ask whether one segment is left enough time between posts: 间隔和次数上限守住没有."""

    kind: Literal["gap"]
    channels: tuple[str, ...] = ()
    """Which channels are counted together; nothing means all."""
    marketing: bool | None = None
    """Only posts of marketing genres, or only the others."""
    genres: tuple[str, ...] = ()
    """Only these genres."""
    most: Annotated[int, Field(ge=1)] | Literal["per_day", "month_days"] | None = None
    """At most so many in the span; ``per_day``: the channel's own number; ``month_days``: as many as the month has."""
    days: Annotated[int, Field(ge=1)] = 1
    """Length of the span in days."""
    silence: Annotated[int, Field(ge=1)] | None = None
    """At most so many days without any post."""
    minutes: Annotated[int, Field(ge=1)] | None = None
    """At least so many minutes between two posts of a day."""

    @model_validator(mode="after")
    def _one_question(self) -> GapSurvey:
        if sum(each is not None for each in (self.most, self.silence, self.minutes)) != 1:
            raise ValueError("most、silence、minutes 要写一个，也只写一个")
        return self

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:  # noqa: ARG002  (quota needs it)
        """Yield each post that comes too soon, too often or too late, per segment and variant."""
        runs: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        for entry in calendar.entries:
            brief = entry.post.brief
            if brief.segment is not None and not brief.slot.standing and self._counts(entry):
                runs[brief.segment.name, brief.variant].append(entry)
        for _, entries in sorted(runs.items()):
            entries.sort(key=_when)
            if self.silence is not None:
                yield from self._silences(entries, self.silence)
            elif self.minutes is not None:
                yield from self._clashes(entries, self.minutes)
            elif self.most == "month_days":
                yield from self._monthly(entries)
            else:
                yield from self._crowds(entries)

    def _counts(self, entry: Entry) -> bool:
        brief = entry.post.brief
        if self.channels and brief.channel.name not in self.channels:
            return False
        if self.genres and (brief.genre is None or brief.genre.name not in self.genres):
            return False
        return self.marketing is None or (brief.genre is not None and brief.genre.marketing == self.marketing)

    def _crowds(self, entries: list[Entry]) -> Iterator[Finding]:
        """Yield each post beyond what a span may hold, per channel when the number is the channel's own."""
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[entry.post.brief.channel.name if self.most == "per_day" else ""].append(entry)
        for group in groups.values():
            for index, entry in enumerate(group):
                own = entry.post.brief.channel.limits.per_day
                limit = self.most if isinstance(self.most, int) else own
                first = entry.post.brief.slot.on - dt.timedelta(days=self.days - 1)
                found = sum(first <= other.post.brief.slot.on for other in group[: index + 1])
                if found > limit:
                    yield self.finding(place(entry), limit=limit, found=found, what=who(entry), days=self.days)

    def _monthly(self, entries: list[Entry]) -> Iterator[Finding]:
        count: Counter[tuple[str, int, int]] = Counter()
        for entry in entries:
            on = entry.post.brief.slot.on
            limit = months.monthrange(on.year, on.month)[1]
            key = (entry.post.brief.channel.name, on.year, on.month)
            count[key] += 1
            if count[key] > limit:
                yield self.finding(place(entry), limit=limit, found=count[key], what=who(entry), days=limit)

    def _silences(self, entries: list[Entry], most: int) -> Iterator[Finding]:
        for before, after in pairwise(entries):
            found = (after.post.brief.slot.on - before.post.brief.slot.on).days
            if found > most:
                other = before.post.brief.slot.on
                yield self.finding(place(after), limit=most, found=found, what=who(after), other=other)

    def _clashes(self, entries: list[Entry], least: int) -> Iterator[Finding]:
        for before, after in pairwise(entries):
            one, other = before.post.brief.slot, after.post.brief.slot
            if one.on == other.on and one.at is not None and other.at is not None:
                found = other.at.hour * 60 + other.at.minute - one.at.hour * 60 - one.at.minute
                if found < least:
                    yield self.finding(place(after), limit=least, found=found, what=who(after), other=place(before))


def _when(entry: Entry) -> tuple[dt.date, dt.time, str]:
    slot = entry.post.brief.slot
    return slot.on, slot.at or dt.time.min, slot.key


def _titles(calendar: Calendar) -> dict[str, str]:
    """Return the Chinese names of the channels and genres that occur."""
    found: dict[str, str] = {}
    for entry in calendar.entries:
        found[entry.post.brief.channel.name] = entry.post.brief.channel.title
        if entry.post.brief.genre:
            found[entry.post.brief.genre.name] = entry.post.brief.genre.title
    return found

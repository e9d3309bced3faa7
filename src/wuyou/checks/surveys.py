"""Surveys: what only a whole calendar can show — quota, gap, alike, stray.

Thresholds are data, in ``rules/surveys/``. A survey yields findings about posts; it moves and changes nothing.
A finding's ``where`` names the segment and the slot: ``seniors d05-chat-icebreaker-1``.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, model_validator

from ..chinese import fold
from ..quantities import find, same
from ..values import Cadence, Calendar, Entry, Fact, Finding, Level, Segment, Source
from .rule import At, Basis, Piece, cite

GRAM = 3
"""Two texts are compared by their runs of three characters."""


class Survey(Piece):
    """A rule over a calendar."""

    id: str
    chapter: str
    kind: str
    level: Level
    title: str
    category: str = ""
    message: str
    """``{found}``, ``{limit}`` and ``{other}`` are filled in."""
    basis: Annotated[tuple[Basis, ...], Field(min_length=1)]
    suggestion: str = ""

    _sources: tuple[tuple[Source, str], ...] = PrivateAttr(default=())

    def prepare(
        self, groups: Mapping[str, tuple[str, ...]], sources: Mapping[str, Source]
    ) -> Iterator[tuple[At, str, str]]:
        """Look up sources; yield what is wrong."""
        self._sources = tuple((sources[basis.source], basis.article) for basis in self.basis if basis.source in sources)
        for index, basis in enumerate(self.basis):
            if basis.source not in sources:
                yield ("basis", index), f"sources.yml 里没有这个依据：{basis.source}", "先在 sources.yml 写上它"
        if self.level == "block" and not any(source.kind != "practice" for source, _ in self._sources):
            yield ("level",), "只有惯例作依据的规则不能拦截", "改成 warn 或 hint，或补上法规、总行文件、平台限额"

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:
        """Yield what is wrong with the calendar."""
        raise NotImplementedError

    def finding(self, where: str, entry: Entry | None = None, start: int = 0, end: int = 0, **said: object) -> Finding:
        """Make a finding about a place in the calendar, with the words of one of its posts if they are at fault."""
        message = self.message
        for name, value in said.items():
            message = message.replace("{" + name + "}", str(value))
        return Finding(
            rule=self.id, category=self.category or self.chapter, level=self.level, message=message,
            quote=entry.post.text[start:end] if entry else "", start=start, end=end, where=where, suggestion=self.suggestion,
            basis=tuple(cite(source, article) for source, article in self._sources),
        )  # fmt: skip


class QuotaSurvey(Survey):
    """每轮每渠道每类，条数齐不齐？"""

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
                runs[segment.name, entry.post.brief.variant] = segment
                counts[segment.name, entry.post.brief.variant, slot.round, slot.beat, slot.channel, slot.genre] += 1
        titles = _titles(calendar)
        for (name, variant), segment in sorted(runs.items()):
            for number in range(1, cadence.rounds + 1):
                for beat in cadence.beats:
                    asked = {(quota.channel, quota.genre): quota.count for quota in beat.quotas}
                    here = {key[4:] for key in counts if key[:4] == (name, variant, number, beat.name)}
                    for channel, genre in sorted(asked.keys() | here):
                        due, found = (
                            asked.get((channel, genre), 0),
                            counts[name, variant, number, beat.name, channel, genre],
                        )
                        if due != found:
                            what = f"{segment.title}第{number}轮“{beat.title}”{titles.get(channel, channel)}·{titles.get(genre, genre)}"
                            yield self.finding(f"{name} r{number}-{beat.name}", what=what, limit=due, found=found)


class GapSurvey(Survey):
    """对同一客群，间隔和次数上限守住没有？"""

    kind: Literal["gap"]
    channels: tuple[str, ...] = ()
    """Which channels are counted together; nothing means all."""
    marketing: bool | None = None
    """Only posts of marketing genres, or only the others."""
    genres: tuple[str, ...] = ()
    """Only these genres."""
    most: Annotated[int, Field(ge=1)] | Literal["per_day", "month_days"] | None = None
    """At most so many in the span; ``per_day`` is the channel's own number, ``month_days`` as many as the month has days."""
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

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:
        """Yield each post that comes too soon, too often or too late, per segment and variant."""
        runs: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        for entry in calendar.entries:
            if entry.post.brief.segment is not None and self._counts(entry):
                runs[entry.post.brief.segment.name, entry.post.brief.variant].append(entry)
        for _, entries in sorted(runs.items()):
            entries.sort(key=lambda entry: (entry.post.brief.slot.on, entry.post.brief.slot.at or dt.time.min))
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
        """Yield the post with which a span gets too full, per channel when the number is the channel's own."""
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[entry.post.brief.channel.name if self.most == "per_day" else ""].append(entry)
        for group in groups.values():
            for index, entry in enumerate(group):
                limit = entry.post.brief.channel.limits.per_day if self.most == "per_day" else self.most
                assert isinstance(limit, int)
                first = entry.post.brief.slot.on - dt.timedelta(days=self.days - 1)
                found = sum(first <= other.post.brief.slot.on for other in group[: index + 1])
                if found == limit + 1:
                    yield self.finding(_place(entry), limit=limit, found=found, what=_who(entry), days=self.days)

    def _monthly(self, entries: list[Entry]) -> Iterator[Finding]:
        count: Counter[tuple[str, int, int]] = Counter()
        for entry in entries:
            on = entry.post.brief.slot.on
            limit = months.monthrange(on.year, on.month)[1]
            count[entry.post.brief.channel.name, on.year, on.month] += 1
            found = count[entry.post.brief.channel.name, on.year, on.month]
            if found == limit + 1:
                yield self.finding(_place(entry), limit=limit, found=found, what=_who(entry), days=limit)

    def _silences(self, entries: list[Entry], most: int) -> Iterator[Finding]:
        for before, after in zip(entries, entries[1:], strict=False):
            found = (after.post.brief.slot.on - before.post.brief.slot.on).days
            if found > most:
                yield self.finding(
                    _place(after), limit=most, found=found, what=_who(after), other=before.post.brief.slot.on
                )

    def _clashes(self, entries: list[Entry], least: int) -> Iterator[Finding]:
        for before, after in zip(entries, entries[1:], strict=False):
            one, other = before.post.brief.slot, after.post.brief.slot
            if one.on == other.on and one.at is not None and other.at is not None:
                found = other.at.hour * 60 + other.at.minute - one.at.hour * 60 - one.at.minute
                if found < least:
                    yield self.finding(_place(after), limit=least, found=found, what=_who(after), other=_place(before))


class AlikeSurvey(Survey):
    """两个客群、两个变体、两天，是不是同一段话？"""

    kind: Literal["alike"]
    between: Literal["segments", "variants", "days"]
    """segments: the same slot for two segments; variants: two wordings of a slot; days: two slots of one run."""
    share: Annotated[float, Field(gt=0, le=1)]
    """From which share of common runs of three characters two texts count as one."""

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:
        """Yield each post that is too much like an earlier one; each post once."""
        groups: dict[tuple[object, ...], list[tuple[Entry, frozenset[str]]]] = defaultdict(list)
        for entry in calendar.entries:
            groups[self._group(entry)].append((entry, grams(entry.post.counted)))
        for group in groups.values():
            told: set[int] = set()
            for (i, (one, ours)), (j, (other, theirs)) in combinations(enumerate(group), 2):
                if j in told or not self._comparable(one, other):
                    continue
                share = _share(ours, theirs)
                if share >= self.share:
                    told.add(j)
                    limit = f"{self.share:.0%}"
                    yield self.finding(
                        _place(other), found=f"{share:.0%}", limit=limit, what=_who(other), other=_place(one)
                    )

    def _group(self, entry: Entry) -> tuple[object, ...]:
        brief = entry.post.brief
        segment = brief.segment.name if brief.segment else ""
        return {
            "segments": (brief.slot.key, brief.variant),
            "variants": (segment, brief.slot.key),
            "days": (segment, brief.variant),
        }[self.between]

    def _comparable(self, one: Entry, other: Entry) -> bool:
        """Tell whether two posts of a group are two of what is compared."""
        if self.between == "segments":
            return one.post.brief.segment != other.post.brief.segment
        return one.post.brief.variant != other.post.brief.variant or self.between == "days"


class StraySurvey(Survey):
    """甲客群的词、数字，有没有串进乙客群？"""

    kind: Literal["stray"]
    of: Literal["words", "figures"]
    """words: words and forms of address that belong to another segment; figures: numbers that only another segment's facts hold."""

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:
        """Yield each word or number that belongs to another segment of the calendar."""
        segments = {
            entry.post.brief.segment.name: entry.post.brief.segment
            for entry in calendar.entries
            if entry.post.brief.segment
        }
        if self.of == "words":
            yield from self._words(calendar, segments)
        else:
            yield from self._figures(calendar)

    def _words(self, calendar: Calendar, segments: Mapping[str, Segment]) -> Iterator[Finding]:
        owners = [
            (fold(word).text, segment.name)
            for segment in segments.values()
            for word in (*segment.words, segment.address)
            if len(fold(word).text) > 1
        ]
        for entry in calendar.entries:
            own = entry.post.brief.segment
            if own is None:
                continue
            mine = {fold(word).text for word in (*own.words, own.address)}
            text = fold(entry.post.text)
            for word, owner in owners:
                at = text.text.find(word)
                if at >= 0 and owner != own.name and not any(word in each for each in mine):
                    start, end = text.span(at, at + len(word))
                    yield self.finding(
                        _place(entry),
                        entry,
                        start,
                        end,
                        found=entry.post.text[start:end],
                        other=segments[owner].title,
                        what=own.title,
                    )

    def _figures(self, calendar: Calendar) -> Iterator[Finding]:
        held: dict[str, dict[tuple[str, str, str], Fact]] = defaultdict(dict)
        for entry in calendar.entries:
            if entry.post.brief.segment:
                for fact in (*entry.post.brief.facts, *entry.post.facts):
                    held[entry.post.brief.segment.name][fact.citation.material, fact.key, fact.value] = fact
        figures = {
            name: [quantity for fact in facts.values() for quantity in find(f"{fact.value} {fact.plain}")]
            for name, facts in held.items()
        }
        for entry in calendar.entries:
            own = entry.post.brief.segment
            if own is None:
                continue
            mine = [
                quantity
                for fact in (*entry.post.brief.facts, *entry.post.facts)
                for quantity in find(f"{fact.value} {fact.plain}")
            ]
            for quantity in find(entry.post.counted):
                if quantity.kind not in ("rate", "amount", "date", "phone") or any(
                    same(quantity, each) for each in mine
                ):
                    continue
                owner = next(
                    (
                        name
                        for name, theirs in figures.items()
                        if name != own.name and any(same(quantity, each) for each in theirs)
                    ),
                    None,
                )
                if owner is not None:
                    start = entry.post.text.find(quantity.text)
                    yield self.finding(
                        _place(entry), entry, max(start, 0), max(start, 0) + len(quantity.text), found=quantity.text, what=own.title,
                        other=next(other.post.brief.segment.title for other in calendar.entries if other.post.brief.segment and other.post.brief.segment.name == owner),
                    )  # fmt: skip


SURVEYS: Mapping[str, type[Survey]] = {
    "quota": QuotaSurvey,
    "gap": GapSurvey,
    "alike": AlikeSurvey,
    "stray": StraySurvey,
}
"""Kinds of survey over one calendar."""


def grams(text: str) -> frozenset[str]:
    """Return the runs of three characters of a text, folded, without blanks and punctuation."""
    plain = "".join(char for char in fold(text).text if char.isalnum())
    return frozenset(plain[index : index + GRAM] for index in range(max(1, len(plain) - GRAM + 1)))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _place(entry: Entry) -> str:
    brief = entry.post.brief
    variant = f".{brief.variant}" if brief.variant > 1 else ""
    return f"{brief.segment.name if brief.segment else '-'} {brief.slot.key}{variant}"


def _who(entry: Entry) -> str:
    """Name a post as people do: 老年客群 10月12日 私聊·破冰产品."""
    brief = entry.post.brief
    on = brief.slot.on
    segment = brief.segment.title if brief.segment else ""
    return f"{segment} {on.month}月{on.day}日 {brief.channel.title}" + (f"·{brief.genre.title}" if brief.genre else "")


def _titles(calendar: Calendar) -> dict[str, str]:
    """Return the Chinese names of the channels and genres that occur."""
    found: dict[str, str] = {}
    for entry in calendar.entries:
        found[entry.post.brief.channel.name] = entry.post.brief.channel.title
        if entry.post.brief.genre:
            found[entry.post.brief.genre.name] = entry.post.brief.genre.title
    return found

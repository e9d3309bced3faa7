"""The nouns: frozen, comparable, hashable, serialisable; read top to bottom in the order the data flows.

    file → Material → Fact → Brief → Post → Checked → Entry → Calendar → files

In memory each value holds the one before it; on disk it names it by id. Nothing looks back.
This room does no I/O, asks no clock and knows no HTML. The same classes are read from YAML, stored as JSON
and exported, so a field's docstring is also its entry in ``docs/yaml-reference.md``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def content_id(content: object) -> str:
    """Name a JSON-ready object by its content: 16 hex digits of blake2b over its canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _named(key: str, value: str | None = None) -> BeforeValidator:
    """Accept a YAML mapping where a tuple of values is meant: its key becomes the field ``key`` of each."""

    def spread(raw: object) -> object:
        if not isinstance(raw, Mapping):
            return raw
        if value is not None:
            return [{key: name, value: body} for name, body in raw.items()]
        return [{key: name, **body} if isinstance(body, Mapping) else body for name, body in raw.items()]

    return BeforeValidator(spread)


class Value(BaseModel):
    """A noun: equal when its content is equal, named by its content."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @cached_property
    def id(self) -> str:
        """The content id; fields left at their default do not count, so a new optional field renames nothing."""
        return content_id(self.model_dump(mode="json", exclude_defaults=True))

    def __copy__(self) -> Self:
        """Copy the fields but nothing computed from them: a changed copy has another id, text and seal."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


# ── material and facts ───────────────────────────────────────────────────────────────────────────────────────────────

FactKind: TypeAlias = Literal[
    "rate", "amount", "date", "date_range", "term", "count", "product", "condition", "phone", "risk_level", "benefit",
    "derived",
]  # fmt: skip
PassageKind: TypeAlias = Literal["heading", "paragraph", "row", "footnote", "header", "footer"]
StoryKind: TypeAlias = Literal["persona", "case", "peer_story"]
ProductKind: TypeAlias = Literal[
    "wealth", "cash", "structured", "fund", "insurance", "deposit", "treasury_bond", "loan", "card", "gold", "pension",
    "fx", "payroll", "event", "antifraud", "greeting", "general",
]  # fmt: skip
Voice: TypeAlias = Literal["warm", "expert", "humorous", "concise"]
Emotion: TypeAlias = Literal[
    "care", "joy", "thanks", "nostalgia", "calm", "curiosity", "admiration", "self_mockery", "longing"
]


class Passage(Value):
    """A stretch of headquarters text with the place where it stands."""

    locator: str
    """Where: 第3段, 表1第2行, 脚注1. Unique within its material."""
    text: str
    """The words as they stand there; the cells of a table row are joined by ``" | "``."""
    kind: PassageKind = "paragraph"
    """What it is in the document."""
    header: tuple[str, ...] = ()
    """For a table row: the column headings above it, one per cell."""
    cells: tuple[str, ...] = ()
    """For a table row: its cells, merged ones once."""
    internal: bool = False
    """True for text that was never meant for customers (speaker notes, hidden text): no fact may come from it."""


class Material(Value):
    """One headquarters file as text: immutable."""

    title: str
    """The document's own title."""
    path: str
    """File name inside ``content_library/materials/``, or as given."""
    digest: str
    """blake2b-128 of the file's bytes."""
    issued: dt.date | None = None
    """The date the document bears, when it bears one."""
    passages: tuple[Passage, ...] = ()
    """All text in reading order."""
    remarks: tuple[str, ...] = ()
    """What the reader noticed and left out (macros, hidden text), in Chinese."""


class Citation(Value):
    """Where a fact stands: the quote is found literally at the locator of the material."""

    material: str
    """File name of the material."""
    locator: str
    """Locator of the passage."""
    quote: str
    """The words there that carry the fact."""


class Subject(Value):
    """Whose number it is: a rate stays with its product, tier and term."""

    product: str = ""
    """Product or offer, as the document calls it."""
    tier: str = ""
    """Tier, e.g. 20万元(含)以上."""
    term: str = ""
    """Term, e.g. 3年."""


class Withdrawal(Value):
    """Headquarters has taken a material back: nothing that rests on it may be sent any more."""

    on: dt.date
    """The day on which it was withdrawn."""
    why: str
    """Why, in words for people."""

    def __str__(self) -> str:
        return f"{self.on} 撤回：{self.why}"


class Fact(Value):
    """One checkable statement of a material. Only a fact when someone kept it."""

    key: str = ""
    """Its name inside its facts file."""
    kind: FactKind
    """What sort of statement it is; ``derived`` for one that a person has computed."""
    value: str
    """As written in the material."""
    normalized: str = ""
    """Machine form: 0.0155, 200000, 2026-11-01/2026-12-31, P36M."""
    unit: str = ""
    """Unit of ``normalized``: ratio, CNY, day, month, date, person…"""
    subject: Subject = Field(default_factory=Subject)
    """What it is a fact about."""
    conditions: tuple[str, ...] = ()
    """Restrictions that travel with it: 限新客, 前100名."""
    status: Literal["current", "superseded"] = "current"
    """``superseded`` for the old side of a 调整前/调整后 table."""
    valid_from: dt.date | None = None
    """First day on which it may be told."""
    valid_until: dt.date | None = None
    """Last day on which it may be told."""
    citation: Citation
    """Where it stands."""
    kept_by: str | None = None
    """Who left it in the file; empty while only proposed by the machine."""
    formula: str = ""
    """For a derived fact: a sum over keys of facts of the same sheet and plain numbers, e.g. 1万元 × rate_1y × 1年."""
    derived_from: tuple[Fact, ...] = ()
    """For a derived fact: the facts that its formula names. The library fills it in; people do not write it."""
    plain: str = ""
    """The same in one short everyday sentence that a person has kept; must contain ``value``'s number."""
    withdrawn: Withdrawal | None = None
    """Set when its material was withdrawn; the sheet says so once for all its facts."""

    @model_validator(mode="after")
    def _derived_by_a_formula(self) -> Self:
        if (self.kind == "derived") != bool(self.formula):
            raise ValueError("推算的要点 kind 要写 derived，并写上 formula；不是推算的两样都不写")
        return self

    @cached_property
    def claim(self) -> str:
        """What is claimed, of what, under which conditions: the part of a fact that a signature covers."""
        return content_id([self.citation.material, self.kind, self.value, self.subject.model_dump(), self.conditions])

    @property
    def kept(self) -> bool:
        """Whether a person has kept it."""
        return bool(self.kept_by)

    def alive(self, on: dt.date) -> bool:
        """Whether it may be told on that day."""
        return (
            self.status == "current"
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on <= self.valid_until)
        )


class Quiz(Value):
    """A question a group can answer with one letter."""

    ask: str
    """The question."""
    options: tuple[str, ...]
    """A …, B …"""
    answer: str
    """The right letter."""
    because: str
    """Why, from a fact."""


class FactSheet(Value):
    """The kept (or proposed) facts of one material, and human ways into the subject: ``facts/NAME.yml``."""

    name: str
    """File name without ``.yml``."""
    material: str
    """File name of the material."""
    title: str
    """What the sheet is about, in customers' words."""
    product: str | None = None
    """Name of the product in ``products/`` that these facts describe, if they describe one."""
    digest: str = ""
    """Digest of the material when the facts were read; another digest means: read again."""
    headline: str = ""
    """For a picture: at most eight characters."""
    hooks: tuple[str, ...] = ()
    """One-line openings: a moment, a feeling, a small surprise; no claim."""
    questions: tuple[str, ...] = ()
    """Easy, honest questions on the subject."""
    quiz: tuple[Quiz, ...] = ()
    """Questions for a group."""
    withdrawn: Withdrawal | None = None
    """When and why headquarters withdrew the material; ``wuyou recall`` writes it."""
    facts: tuple[Fact, ...] = ()
    """In the order of the document."""


# ── the library's nouns ──────────────────────────────────────────────────────────────────────────────────────────────


class Window(Value):
    """A stretch of the day, written ``12:00-13:00``."""

    start: dt.time
    """First minute."""
    end: dt.time
    """Last minute."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, raw: object) -> object:
        if isinstance(raw, str):
            start, dash, end = raw.replace("：", ":").partition("-")
            if not dash:
                raise ValueError("时段要写成 12:00-13:00")
            return {"start": start.strip(), "end": end.strip()}
        return raw

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError("时段的结束要晚于开始")
        return self

    def __contains__(self, at: dt.time) -> bool:
        return self.start <= at <= self.end


class Hours(Value):
    """When one channel may be used."""

    channel: str
    """Channel name."""
    windows: tuple[Window, ...]
    """Allowed stretches of the day."""


class Segment(Value):
    """A group of customers, never one customer."""

    name: str
    """Its file name."""
    title: str
    """What people call it: 代发客群."""
    portrait: str
    """Who they are and what their days look like."""
    needs: tuple[str, ...]
    """What they care about."""
    tone: str
    """How to speak to them."""
    voice: Voice = "warm"
    """Default voice: wordings and lines of that voice come first."""
    pace: Literal["slow", "steady"] = "steady"
    """``slow``: in a chat, one sentence a line."""
    address: str
    """How a group of them is addressed: 各位街坊."""
    pronoun: Literal["您", "你"] = "您"
    """The one pronoun used throughout a post."""
    avoid: tuple[str, ...] = ()
    """Words that have no place in their posts."""
    words: tuple[str, ...] = ()
    """Words that belong to this segment alone; in another segment's post they are a stray."""
    tags: tuple[str, ...] = ()
    """WeCom customer tags."""
    risk: Annotated[int, Field(ge=1, le=5)]
    """Highest product risk level that may be shown to them by default: 2 means R2."""
    suits: tuple[ProductKind, ...]
    """Kinds of product that suit them."""
    hours: Annotated[tuple[Hours, ...], _named("channel", "windows")] = ()
    """Their own hours per channel, where they differ from the channel's."""


class Disclosure(Value):
    """The risk words that belong to a product, in two lengths."""

    short: str = ""
    """For the end of a post."""
    long: str = ""
    """For the first comment, a group notice or a page."""


class Tier(Value):
    """A level of service, and the segments whose customers may be in it."""

    name: str
    """Its name, as facts have it under ``subject.tier``: 禾穗."""
    segments: tuple[str, ...]
    """To whom its facts are told; customers of other segments do not hear of them."""


class Product(Value):
    """Something the bank offers, with what must be said about it."""

    name: str
    """Its file name."""
    title: str
    """Its full name."""
    kind: ProductKind
    """Its kind in the rulebook's scopes."""
    risk: Annotated[int, Field(ge=1, le=5)] | None = None
    """Risk level 1–5 of an investment product; nothing for the others."""
    issuer: str = ""
    """Who issues or underwrites it, when that is not the bank."""
    disclosure: Disclosure = Field(default_factory=Disclosure)
    """The text that is printed and that ``pair`` looks for."""
    suits: str = ""
    """Whom it suits, in one sentence."""
    nickname: str = ""
    """The short name used in friendly text; contains no claim."""
    tiers: Annotated[tuple[Tier, ...], _named("name", "segments")] = ()
    """Levels of service that are not everybody's, with the segments that may hear of each."""

    def concerns(self, tier: str, segment: str) -> bool:
        """Tell whether a fact about a tier is one for a segment: a tier that is not named is everybody's."""
        return all(segment in each.segments for each in self.tiers if each.name == tier)


class Limits(Value):
    """The numbers of a channel. Lengths are characters of opening, body and ask."""

    chars: int
    """Norm: not longer."""
    chars_min: int = 0
    """Norm: not shorter."""
    lines: int = 0
    """Norm: not more lines; 0 means no limit."""
    bytes: int
    """Documented platform limit on the whole text, in UTF-8 bytes."""
    pictures: int
    """Documented platform limit on pictures."""
    pictures_min: int = 0
    """Norm: at least so many pictures."""
    emoji: int = 3
    """Norm: not more emoji."""
    per_day: int
    """Most posts a customer of one segment may be shown in a day."""


class Channel(Value):
    """Where a post goes: moments, chat or group."""

    name: str
    """Its file name."""
    title: str
    """朋友圈, 私聊 or 社群."""
    limits: Limits
    """Its numbers."""
    hours: tuple[Window, ...]
    """When it may be used by default."""
    placeholders: tuple[str, ...] = ()
    """Placeholders that staff fill in on their own device, e.g. {称呼}."""


class Owed(Value):
    """Which haves a genre must meet on one channel."""

    channel: str
    """Channel name."""
    haves: tuple[str, ...]
    """Names of the haves, as in ``rules/five_haves.yml``."""


class Genre(Value):
    """A type of content: 人设, 干货, 权益 and so on."""

    name: str
    """Its file name."""
    title: str
    """Its Chinese name."""
    purpose: str
    """What it is for."""
    owes: Annotated[tuple[Owed, ...], _named("channel", "haves")]
    """The haves it must meet, per channel."""
    marketing: bool
    """Whether it counts as marketing (refusal line, contact budget, disclosure)."""
    story: StoryKind | None = None
    """Kind of story it is built on; none for the others."""
    facts: int = 0
    """How many living facts a brief of this genre must carry."""
    kinds: tuple[ProductKind, ...] = ()
    """Kinds of product it can be about; empty means any, and posts without a product. Asked where a file is tried out."""
    quiz: bool = False
    """Whether its sheet must hold a quiz."""
    hours: tuple[Window, ...] = ()
    """Its own hours, which override the segment's and the channel's."""
    cooldown_days: int = 0
    """Days before the same genre may come again on the same channel."""
    moment: bool = False
    """Whether it can only be written around a feast or solar term."""
    event: bool = False
    """Whether something must have happened first (a deposit matures, a newcomer joins): such posts stand ready, undated."""
    calm: bool = False
    """Whether it is a serious message: only calm lines go with it, no scene, no joke."""
    ours: bool = False
    """True where the source articles say nothing and the choice is this project's."""

    def owed(self, channel: str) -> tuple[str, ...]:
        """Return the haves owed on that channel, none where the genre does not mention it."""
        return next((owed.haves for owed in self.owes if owed.channel == channel), ())


class ArcSlot(Value):
    """One step of an arc."""

    name: str
    """Its identifier: attention, why_now…"""
    title: str
    """Its Chinese name."""
    purpose: str
    """What the step does to the reader."""


class Arc(Value):
    """The order of steps inside *one message* (AIDA across days is a cadence)."""

    name: str
    """Its file name."""
    title: str
    """Its Chinese name."""
    slots: Annotated[tuple[ArcSlot, ...], _named("name")]
    """The steps in order."""
    note: str = ""
    """Where the reading comes from."""


class Quota(Value):
    """How many posts of a genre a beat asks for on a channel."""

    channel: str
    """Channel name."""
    genre: str
    """Genre name."""
    count: Annotated[int, Field(ge=1)]
    """How many in each round."""


def _quotas(raw: object) -> object:
    if not isinstance(raw, Mapping):
        return raw
    rows: list[dict[str, object]] = []
    for channel, genres in raw.items():
        if not isinstance(genres, Mapping):
            raise ValueError(f"{channel} 要写成 内容类型: 条数")
        rows += [{"channel": channel, "genre": genre, "count": count} for genre, count in genres.items()]
    return rows


class Beat(Value):
    """A stage of a round: some days, an arc, and quotas."""

    name: str
    """attention, interest_desire, action_3w…"""
    title: str
    """Its Chinese name."""
    days: tuple[int, int]
    """First and last day within the round, counted from 1."""
    arc: str
    """Name of the arc its messages follow."""
    quotas: Annotated[tuple[Quota, ...], BeforeValidator(_quotas)]
    """What it asks for in each round, in the order in which the posts are to come."""
    moments: tuple[str, ...] = ()
    """Names of moments: the quotas count for each day of the beat on which one of them falls, instead of for the beat.

    Such a beat may overlap others."""
    ours: tuple[str, ...] = ()
    """Channels whose quotas are this project's own, because the source gives none."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 1 <= self.days[0] <= self.days[1]:
            raise ValueError("days 要写成 [先, 后]，从 1 数起")
        return self


class Moment(Value):
    """A time of the year that lines may speak of, with the rule by which its days are found: ``moments.yml``.

    Exactly one of ``term``, ``lunar``, ``date``, ``nth``, ``monthly``, ``weekly`` and ``span`` says when.
    """

    name: str
    """Its key: dongzhi, payday, school_start."""
    title: str
    """Its Chinese name."""
    term: str = ""
    """A solar term: 冬至."""
    lunar: tuple[int, int] | None = None
    """Month and day of the lunar calendar; day -1 is the last of the month."""
    date: str = ""
    """A day of every year: 09-10."""
    nth: tuple[int, int, int] | None = None
    """Month, weekday (1 Monday – 7 Sunday), and which of them: the second Sunday of May is [5, 7, 2]."""
    monthly: tuple[int, ...] = ()
    """Days of every month."""
    weekly: tuple[int, ...] = ()
    """Weekdays, 1 Monday – 7 Sunday."""
    span: tuple[str, str] | None = None
    """From day to day of every year, both included: [11-20, 02-20]."""
    before: Annotated[int, Field(ge=0, le=15)] = 0
    """It is alive so many days before its day."""
    after: Annotated[int, Field(ge=0, le=15)] = 0
    """And so many days after it."""
    quiet: bool = False
    """A day of remembrance: no joke goes with it."""

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        rules = (self.term, self.lunar, self.date, self.nth, self.monthly, self.weekly, self.span)
        if sum(bool(rule) for rule in rules) != 1:
            raise ValueError("term、lunar、date、nth、monthly、weekly、span 要写一个，也只写一个")
        for day in (self.date, *(self.span or ())):
            if day:
                _ = month_day(day)
        return self

    @property
    def lasting(self) -> bool:
        """Whether it is a stretch of weeks and not a day with a few around it."""
        return self.span is not None


def month_day(text: str) -> tuple[int, int]:
    """Read 09-10 as month and day. Raises ValueError when it is no day of a leap year."""
    month, _, day = text.partition("-")
    try:
        dt.date(2024, int(month), int(day))
    except ValueError as error:
        raise ValueError(f"要写成 月-日，如 09-10，现在是 {text}") from error
    return int(month), int(day)


class Cadence(Value):
    """The rhythm across days: rounds of beats."""

    name: str
    """Its file name."""
    title: str
    """Its Chinese name."""
    round_days: Annotated[int, Field(ge=1)]
    """Length of a round."""
    rounds: Annotated[int, Field(ge=1)]
    """How many rounds."""
    beats: Annotated[tuple[Beat, ...], _named("name")]
    """The stages in order."""
    note: str = ""
    """Where it comes from, and what in it is ours."""

    @model_validator(mode="after")
    def _beats_fit(self) -> Self:
        last = 0
        for beat in self.beats:
            if beat.days[0] <= last and not beat.moments:
                raise ValueError(f"阶段 {beat.name} 和前一阶段的日子重叠或倒退")
            last = last if beat.moments else beat.days[1]
        end = max((beat.days[1] for beat in self.beats), default=0)
        if end > self.round_days:
            raise ValueError(f"阶段排到第 {end} 天，超出一轮的 {self.round_days} 天")
        return self

    @property
    def days(self) -> int:
        """Length of the whole cadence in days."""
        return self.round_days * self.rounds


class Source(Value):
    """A law, a platform document or a headquarters notice that a rule rests on."""

    name: str
    """Its short code: AD, NETMKT…"""
    title: str
    """Its full title."""
    effective: dt.date | None = None
    """First day in force; nothing when it has long been in force."""
    expires: dt.date | None = None
    """Last day in force, if it ended."""
    confidence: Literal["V1", "V2", "K"]
    """V1 checked in the original, V2 in a quotation of it, K from professional knowledge."""
    kind: Literal["regulation", "headquarters", "platform", "practice"] = "regulation"
    """What it is; a rule resting only on practice may not block."""
    note: str = ""
    """Where it was read."""


class Theme(Value):
    """Which facts a genre draws from in a campaign, best first."""

    genre: str
    """Genre name."""
    sheets: tuple[str, ...]
    """Names of fact sheets; those unsuited to a segment are passed over."""


class Campaign(Value):
    """A run of posts with one aim: which segments, which facts, from when."""

    name: str
    """Its file name."""
    title: str
    """Its Chinese name."""
    product: str = ""
    """Name of the product it ends in; empty when it sells nothing."""
    segments: tuple[str, ...]
    """Segment names."""
    cadence: str
    """Name of the cadence."""
    start: dt.date
    """Day 1."""
    facts: Annotated[tuple[Theme, ...], _named("genre", "sheets")]
    """Fact sheets per genre; ``default`` serves the genres that are not named."""
    skip: tuple[dt.date, ...] = ()
    """Days on which nothing is sent."""
    variants: Annotated[int, Field(ge=1, le=8)] = 1
    """How many wordings of each slot."""
    tags: tuple[str, ...] = ()
    """Further tags of every post."""

    def sheets(self, genre: str) -> tuple[str, ...]:
        """Return the fact sheets a genre may draw from."""
        themes = {theme.genre: theme.sheets for theme in self.facts}
        return themes.get(genre, themes.get("default", ()))


class Story(Value):
    """A true small story someone agreed to share; the only source of persona, case and peer-story posts."""

    name: str
    """Its file name and key."""
    kind: StoryKind
    """Which genre may be built on it."""
    title: str
    """A few words for editors."""
    teller: str
    """Who told it, by role."""
    consent: str
    """When and how consent was given."""
    anonymised: bool
    """Names, places and sums that could identify a customer are gone."""
    fictional: bool = False
    """True in the sample bank, where nobody exists."""
    segments: tuple[str, ...]
    """Segments it fits."""
    opening: str
    """The moment: one line that makes one stop."""
    told: tuple[str, ...]
    """What happened, in two or three short lines."""
    lesson: str
    """What one may take along, without a return or a promise."""
    question: str
    """An easy question to the reader."""
    headline: str
    """For the picture: at most eight characters."""

    @model_validator(mode="after")
    def _nobody_can_be_found(self) -> Self:
        if not self.anonymised or not self.consent:
            raise ValueError("没有同意或没有匿名的故事不能用")
        return self


class Reply(Value):
    """A likely answer of a customer, and what to say next."""

    heard: str = ""
    """What the customer is likely to answer; empty when nothing has come."""
    answer: str
    """The next message."""
    within_hours: int = 0
    """When to come back to it: 0 at once, 24 or 72 when nothing has come."""


class Phrase(Value):
    """A line that is good enough to be read alone, picked by templates."""

    text: str
    """The line."""
    role: str
    """What it does: hook, scene, feeling, turn, analogy, question, closer, headline."""
    segments: tuple[str, ...] = ()
    """Segments it fits; empty means all."""
    genres: tuple[str, ...] = ()
    """Genres it fits; empty means all."""
    sheets: tuple[str, ...] = ()
    """Fact sheets to which it leads: a post on one of them begins and ends with such lines, and no other post does."""
    kinds: tuple[FactKind, ...] = ()
    """Kinds of facts to which it leads (a date, a fee, a benefit): for sheets that have no lines of their own yet."""
    moments: tuple[str, ...] = ()
    """Moments of which it speaks: it is used only while one of them is alive; empty means at any time."""
    at: Window | None = None
    """The part of the day it speaks of, where it would sound odd at another: 05:00-10:00."""
    emotion: Emotion | None = None
    """What it lets one feel: two neighbours of a run do not share it while others last."""
    voice: Voice | None = None
    """The voice it is in; empty goes with any."""


class Sketch(Value):
    """A small text written whole by one hand, so that opening, facts and question belong together: ``sketches/``.

    ``{key}`` in its lines is the plain sentence of that fact of ``sheet``; ``{day}`` the day of the run (头一天, 第3天);
    ``{quiz}``, ``{options}`` and ``{later}`` the sheet's question of the day, its choices and when the answer comes.
    ``[step]`` before a line names the step of the arc that the line takes. {称呼} and {网点} stay for staff to fill in.
    """

    genres: Annotated[tuple[str, ...], Field(min_length=1)]
    """Genres it is written for."""
    channels: tuple[str, ...] = ()
    """Channels it fits; empty means all."""
    segments: tuple[str, ...] = ()
    """Segments it is written for; empty means all."""
    sheet: str = ""
    """The fact sheet it tells of; empty where it tells of none."""
    moments: tuple[str, ...] = ()
    """Moments of which it speaks: it is used only while one of them is alive; empty means at any time."""
    at: Window | None = None
    """The part of the day it speaks of, where it would sound odd at another: 05:00-10:00."""
    opening: str
    """The first line."""
    body: Annotated[tuple[str, ...], Field(min_length=1)]
    """What it says, a line each."""
    ask: str = ""
    """The question at the end."""
    comment: str = ""
    """For Moments: the first comment under the post."""
    headline: str = ""
    """For the picture: at most eight characters."""
    scene: str = ""
    """What the picture shows; also what a listener is told."""
    design: str = ""
    """Which layout the picture takes, where its genre's own is not meant: steps, before_after, …"""
    points: tuple[str, ...] = ()
    """What such a layout lists: the steps, the two sides."""
    labels: tuple[str, ...] = ()
    """Its small words: the names of the two sides."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names in braces, in their order: facts of the sheet, or what the slot gives."""
        said = "\n".join((self.opening, *self.body, self.ask, self.comment))
        return tuple(dict.fromkeys(re.findall(r"\{([a-z][a-z0-9_]*)\}", said)))

    @property
    def facts(self) -> tuple[str, ...]:
        """The keys of the facts it tells."""
        return tuple(name for name in self.names if name not in SLOT_NAMES)


SLOT_NAMES = ("day", "quiz", "options", "later")
"""What a sketch may name besides facts."""


class Kit(Value):
    """What staff say next: likely replies to one kind of ending, and what to do when none comes: ``replies/``."""

    kind: Literal["quiz", "choice", "number", "yes_no", "open"]
    """How the post ends: a quiz; A or B; a number to send; yes or no; an open question."""
    channels: tuple[str, ...] = ()
    """Channels it fits; empty means all."""
    genres: tuple[str, ...] = ()
    """Genres it fits; empty means all."""
    segments: tuple[str, ...] = ()
    """Segments it fits; empty means all."""
    replies: Annotated[tuple[Reply, ...], Field(min_length=2, max_length=3)]
    """The two or three likeliest replies, with the next message for each."""
    after_24h: str
    """When nothing has come for a day: the one line to send, or what to do instead."""
    after_72h: str
    """When nothing has come for three days."""


class Branch(Value):
    """A branch and the colleagues who post there: ``staff.yml``; staff numbers, no customers."""

    name: str
    """The branch's name."""
    staff: tuple[str, ...]
    """Staff numbers or names, as staff type them on the page."""
    qr: str = ""
    """The address behind the QR code on signed pictures: the branch's WeCom contact link."""


class Photo(Value):
    """A picture of the bank's own that may stand where a drawing would: ``pictures/NAME.yml`` beside ``NAME.png``."""

    name: str
    """Its file name."""
    file: str
    """The picture's own file, in the same folder."""
    alt: str
    """What it shows, in one sentence, for those who cannot see it."""
    tags: Annotated[tuple[str, ...], Field(min_length=1)]
    """Words of a wish that it fulfils: 窗台, 网点; it is used where one of them stands in what a post asks to be shown."""
    owner: str
    """Who holds the rights."""
    expires: dt.date | None = None
    """The last day on which it may be sent; nothing when that was never limited."""
    segments: tuple[str, ...] = ()
    """Segments it fits; empty means all."""
    people: tuple[str, ...] = ()
    """Who can be recognised on it, by role; nobody when empty."""
    consent: str = ""
    """When and how they agreed, and to which use."""

    @model_validator(mode="after")
    def _everyone_agreed(self) -> Self:
        if self.people and not self.consent:
            raise ValueError("照片上认得出人，要在 consent 写明他们什么时候、怎样同意的")
        return self


class PersonalLine(Value):
    """A line in a person's own voice that the bank has approved, to be set before a post: ``personal.yml``."""

    text: str
    """The line."""
    channels: tuple[str, ...] = ()
    """Channels it fits; empty means Moments and groups."""
    segments: tuple[str, ...] = ()
    """Segments it fits; empty means all."""
    moments: tuple[str, ...] = ()
    """Moments of which it speaks: it is offered only with posts of one of them; empty means with any."""
    approved_by: str
    """Who let it pass: a name in ``reviewers.yml``."""


class Claim(Value):
    """Words that sound as if there were such a person or such a result: ``claims.yml``."""

    name: str
    """Its key."""
    match: str
    """The shape of the words, as a regular expression."""
    why: str
    """What they make the reader believe, in a few words."""
    hit: Annotated[tuple[str, ...], Field(min_length=2)]
    """Sentences that it must catch."""
    quiet: Annotated[tuple[str, ...], Field(min_length=2)]
    """Sentences that it must let pass."""


class Reviewer(Value):
    """Someone entitled to sign."""

    name: str
    """As it appears in decisions."""
    title: str
    """Office."""
    products: tuple[ProductKind, ...] = ()
    """Product kinds; empty means all."""
    channels: tuple[str, ...] = ()
    """Channels; empty means all."""
    sample: bool = False
    """Signs automatically in the sample bank, and nowhere else."""


class ModelUse(Value):
    """How a language model may be used and how much of it; the address, the key and its name are the machine's."""

    attempts: Annotated[int, Field(ge=1, le=5)] = 3
    """Answers asked for one post before the template writer steps in."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    """Calls under way at the same time; a batch shares them among its segments."""
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60
    """How long one answer may take, from the first byte to the last."""
    max_tokens: Annotated[int, Field(ge=50, le=32_000)] = 800
    """Most tokens of one answer; more for a model that thinks aloud."""
    calls: Annotated[int, Field(ge=0)] = 0
    """Most calls of one run; 0 means no limit."""
    tokens: Annotated[int, Field(ge=0)] = 0
    """Most tokens of one run, sent and received; 0 means no limit."""
    money: Annotated[float, Field(ge=0)] = 0
    """Most money of one run, in the currency of the prices; 0 means no limit."""
    price_in: Annotated[float, Field(ge=0)] = 0
    """Price of a million tokens sent."""
    price_out: Annotated[float, Field(ge=0)] = 0
    """Price of a million tokens received."""


class Bank(Value):
    """What the bank decides: ``bank.yml``."""

    name: str
    """Full name."""
    short: str
    """What customers call it."""
    hotline: str
    """The one customer-service number."""
    sample: bool = False
    """True only in the sample that ships with the project."""
    ai_label: Literal["off", "audit_only", "explicit"] = "audit_only"
    """Whether AI-written text carries a visible label."""
    ai_label_text: str = "（本文由AI辅助创作，经人工审核）"
    """The label."""
    refusal: str
    """The line with which a marketing chat lets the customer opt out."""
    fold_lines: int = 6
    """Lines that Moments show before 全文."""
    fold_chars: int = 100
    """Characters that Moments show before 全文."""
    deny: tuple[str, ...] = ()
    """Names that may not leave the machine or enter a post."""
    model: ModelUse = Field(default_factory=ModelUse, exclude=True)
    """How a language model may be used; no part of any post."""


# ── the day's work ───────────────────────────────────────────────────────────────────────────────────────────────────


class Slot(Value):
    """A place in the calendar."""

    on: dt.date
    """Day of sending."""
    at: dt.time | None = None
    """Minute of sending; nothing for a text that was handed in to be checked."""
    channel: str
    """Channel name."""
    genre: str
    """Genre name."""
    beat: str = ""
    """Beat name."""
    stage: str = ""
    """The beat's Chinese name."""
    round: int = 1
    """Which round, from 1."""
    day: int = 1
    """Which day of the campaign, from 1."""
    ordinal: int = 1
    """The how-manieth post of this genre on this channel in the segment's run, from 1."""
    number: int = 1
    """The how-manieth post of the segment's run, from 1."""
    standing: bool = False
    """Whether it stands ready for an event and has no day of its own; ``on`` is then the first day it may be used."""

    @property
    def key(self) -> str:
        """A name that is unique within a segment's run and sorts by time."""
        return f"d{self.day:02d}-{self.channel}-{self.genre}-{self.ordinal}"


class Topic(Value):
    """What a post is about, with the lines picked for it from a fact sheet."""

    sheet: str
    """Name of the fact sheet."""
    title: str
    headline: str = ""
    hook: str = ""
    question: str = ""
    quiz: Quiz | None = None


class Brief(Value):
    """Everything a writer may know. A text handed in from outside has a channel and little else."""

    campaign: Campaign | None = None
    segment: Segment | None = None
    product: Product | None = None
    """The product this post may name, if any."""
    slot: Slot
    channel: Channel
    genre: Genre | None = None
    arc: Arc | None = None
    variant: int = 1
    """Which wording of the slot, from 1."""
    facts: tuple[Fact, ...] = ()
    """The living facts it may use."""
    topic: Topic | None = None
    story: Story | None = None
    sketch: Sketch | None = None
    """A text written whole for such a post; the template writer says it, the model writer may learn from it."""
    phrases: tuple[Phrase, ...] = ()
    """Lines from the library for this post, one per role."""
    moment: Moment | None = None
    """The moment nearest to the day, if one is alive."""
    kits: tuple[Kit, ...] = ()
    """Reply kits that fit, best first."""
    passages: tuple[Passage, ...] | None = None
    """Headquarters text handed in with an outside text; nothing inside the workbench, where facts are the ground."""
    bank: Bank | None = None

    def phrase(self, role: str) -> str:
        """Return the line picked for that role, or an empty text."""
        return next((phrase.text for phrase in self.phrases if phrase.role == role), "")


Role: TypeAlias = Literal["opening", "body", "ask", "disclosure", "refusal", "comment"]
COUNTED_ROLES: tuple[Role, ...] = ("opening", "body", "ask")
"""Roles that count for length and similarity."""


class Part(Value):
    """A stretch of a post with its job."""

    role: Role
    text: str


class Mark(Value):
    """Which sentence the writer meant as which have: shown, never counted."""

    of: str
    quote: str


class Picture(Value):
    """A picture to be made or chosen, and the words on it."""

    kind: Literal["product", "meme", "scene", "chart", "person", "given"]
    """What it shows; ``given`` for a file that came with an outside text."""
    headline: str = ""
    """At most eight characters."""
    lines: tuple[str, ...] = ()
    """A few short lines."""
    footnote: str = ""
    """Small print: disclosure, source."""
    scene: str = ""
    """Which drawing, or what to photograph."""
    alt: str = ""
    """What is drawn, for those who cannot see it."""
    design: str = ""
    """Which layout: scene, knowledge, checklist, steps, quiz, festival, product, before_after, topic or counter."""
    figure: str = ""
    """What the layout sets large: a question, the name of a feast, the day's number."""
    points: tuple[str, ...] = ()
    """What the layout lists: facts, options, steps; for before_after the two sides."""
    labels: tuple[str, ...] = ()
    """Small words that belong to the layout: 以前, 现在."""
    look: str = ""
    """How the layout is arranged; chosen by counting, like the four below."""
    shape: Literal["portrait", "square"] = "portrait"
    """1080 × 1440 or 1080 × 1080."""
    drawing: str = ""
    """Name of the drawing that ``scene`` led to."""
    palette: str = ""
    """Colours, by segment and season."""
    photo: str = ""
    """File and digest of the bank's own photo that stands in the drawing's place."""
    modelled: bool = False
    """Whether a language model wrote the words on it."""

    @property
    def text(self) -> str:
        """All words on the picture, a line each."""
        words = (self.figure, self.headline, *self.lines, *self.labels, *self.points, self.footnote)
        return "\n".join(line for line in words if line)

    @property
    def told(self) -> str:
        """What a listener is told: what is drawn, and the words on it."""
        words = "；".join(line.rstrip("。") for line in self.text.splitlines())
        return self.alt + (f"写着：{words}。" if words else "")

    @property
    def file(self) -> str:
        """File name, from the content: a photo is kept as JPEG, a drawing as PNG."""
        return f"{self.id}.{'jpg' if self.photo else 'png'}"


class Origin(Value):
    """Who or what wrote it."""

    writer: str
    """``template``, ``model`` or ``human:姓名``."""
    template: str = ""
    """Path of the template."""
    model: str = ""
    """Name of the model."""
    prompt: str = ""
    """Version of the prompt, a stroke, and the digest of the whole request: 1a2b3c4d/5e6f…"""
    tokens: int = 0
    """Tokens spent."""
    draft: str = ""
    """The model's own words, kept when a person first changes them, so that the share of changes can be told."""
    note: str = ""
    """Why this writer stepped in, if it was not the one asked for."""
    edited_from: str = ""
    """Id of the post it was edited from."""
    authors: tuple[str, ...] = ()
    """People who wrote or edited it; none of them may sign it."""


class Post(Value):
    """One text with its pictures, and all it rests on."""

    brief: Brief
    parts: tuple[Part, ...]
    pictures: tuple[Picture, ...] = ()
    """In sending order."""
    facts: tuple[Fact, ...] = ()
    """The facts it cites."""
    marks: tuple[Mark, ...] = ()
    tags: tuple[str, ...] = ()
    origin: Origin
    replies: tuple[Reply, ...] = ()

    @cached_property
    def id(self) -> str:
        """The content id: its own words, where it stands and who wrote it; the brief counts by names, not by content.

        So a typo mended in a segment's portrait does not make another post of it: see ``Entry.stale``.
        """
        brief = self.brief
        names = {
            name: value.name for name in ("campaign", "segment", "genre") if (value := getattr(brief, name)) is not None
        }
        own = self.model_dump(mode="json", exclude={"brief", "facts", "parts", "pictures"}, exclude_defaults=True)
        slot = brief.slot.model_dump(mode="json", exclude_defaults=True)
        return content_id({**own, **names, "seal": self.seal, "slot": slot, "variant": brief.variant})

    @cached_property
    def text(self) -> str:
        """Every word that is sent, part by part, a line break between."""
        return "\n".join(part.text for part in self.parts)

    @cached_property
    def message(self) -> str:
        """What staff copy first: everything but the comment."""
        return "\n".join(part.text for part in self.parts if part.role != "comment")

    @cached_property
    def counted(self) -> str:
        """Opening, body and ask: what length and similarity are measured on."""
        return "\n".join(part.text for part in self.parts if part.role in COUNTED_ROLES)

    def spans(self) -> Iterator[tuple[Part, int, int]]:
        """Yield each part with its start and end in ``text``."""
        start = 0
        for part in self.parts:
            yield part, start, start + len(part.text)
            start += len(part.text) + 1

    @cached_property
    def seal(self) -> str:
        """Digest of what a signature covers: words, replies, pictures, channel, product, the values of the cited facts."""
        product = self.brief.product
        return content_id(
            {
                "parts": [[part.role, part.text] for part in self.parts],
                "pictures": [picture.id for picture in self.pictures],
                "channel": self.brief.channel.name,
                "product": None if product is None else [product.name, product.kind, product.risk],
                "facts": sorted(fact.claim for fact in self.facts),
                **({"replies": [reply.answer for reply in self.replies]} if self.replies else {}),
            }
        )

    @property
    def ground(self) -> tuple[Fact, ...]:
        """The facts it rests on: those it cites, or those from which the question comes that it puts to a group."""
        topic = self.brief.topic
        asks = topic is not None and topic.quiz is not None and topic.quiz.ask in self.text
        return self.facts or (self.brief.facts if asks else ())

    @property
    def withdrawn(self) -> dict[str, Withdrawal]:
        """The withdrawn materials it rests on, and when and why each was withdrawn."""
        return {fact.citation.material: fact.withdrawn for fact in self.ground if fact.withdrawn is not None}

    @property
    def expires(self) -> dt.date | None:
        """The last day on which all cited facts may be told; nothing when none of them ends."""
        ends = [fact.valid_until for fact in self.facts if fact.valid_until is not None]
        return min(ends) if ends else None

    @property
    def unconfirmed(self) -> bool:
        """Whether it rests on a fact that nobody has kept yet."""
        return any(not fact.kept for fact in self.facts)


Level: TypeAlias = Literal["block", "warn", "hint"]
LEVELS: tuple[Level, ...] = ("block", "warn", "hint")
"""From worst to mildest."""


class Finding(Value):
    """The text should change: why, where, how."""

    rule: str
    category: str
    level: Level
    message: str
    quote: str = ""
    start: int = 0
    end: int = 0
    """Span in the original text; 0–0 when the fault is something missing."""
    where: str = "text"
    """``text``, or ``picture 1`` for words on the first picture."""
    suggestion: str = ""
    basis: tuple[str, ...] = ()
    """《名称》第几条, as people read it."""


class Lamp(Value):
    """One have of one post: lit or dark, and why."""

    have: str
    title: str = ""
    """Its Chinese name, from the rule."""
    lit: bool
    quote: str = ""
    start: int = 0
    end: int = 0
    signals: tuple[str, ...] = ()
    """Which signals carried it."""
    fixes: tuple[str, ...] = ()
    """Two concrete ways to light it, when dark."""
    owed: bool = False
    """Whether the genre owes it on this channel."""


class Checked(Value):
    """A post and what the rulebook says of it."""

    post: Post
    findings: tuple[Finding, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    not_evaluated: tuple[str, ...] = ()
    """Rules that lacked what they need."""
    grounded: bool | None = None
    """Whether every claim follows from the facts; nothing when there was nothing to hold it against."""

    @property
    def blocked(self) -> bool:
        """Whether a block-level finding stands."""
        return any(finding.level == "block" for finding in self.findings)

    def count(self, level: Level) -> int:
        """Count the findings of a level."""
        return sum(finding.level == level for finding in self.findings)


class Decision(Value):
    """A signature, a refusal or a withdrawal: append-only."""

    post: str
    """Id of the post."""
    seal: str
    """What was signed: see ``Post.seal``."""
    by: str
    """Who."""
    verdict: Literal["approve", "reject", "withdraw"]
    at: dt.datetime
    """When, with its offset from UTC."""
    note: str = ""
    """Reason; required for everything but an approval."""
    prev: str = ""
    """Id of the line before, so that no line can vanish."""

    @property
    def number(self) -> str:
        """The approval number on exports: it does not depend on what was signed before."""
        return content_id([self.post, self.seal, self.by, self.verdict, self.at.isoformat()])[:12]


class Entry(Value):
    """A place in the calendar, filled."""

    checked: Checked
    decision: Decision | None = None
    stale: bool = False
    """True when something it was written from has changed since, though nothing that was signed."""

    @property
    def post(self) -> Post:
        """The post."""
        return self.checked.post

    @property
    def approved(self) -> bool:
        """Whether the latest decision approves exactly this text on these facts, and nothing blocks."""
        decision = self.decision
        return (
            decision is not None
            and decision.verdict == "approve"
            and decision.seal == self.post.seal
            and not self.checked.blocked
        )


class Calendar(Value):
    """Entries in time order."""

    title: str
    campaign: str = ""
    bank: Bank
    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What the surveys say of the whole."""
    branches: tuple[Branch, ...] = ()
    """Among whose staff several wordings of a slot are dealt."""
    personal: tuple[PersonalLine, ...] = ()
    """Approved lines that staff may set before a post."""

    @property
    def approved(self) -> Calendar:
        """The same calendar with only what may be sent."""
        return self.model_copy(update={"entries": tuple(entry for entry in self.entries if entry.approved)})

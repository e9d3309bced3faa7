"""What all surveys share: what they rest on, and how they name a place in the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field

from ...values import Cadence, Calendar, Entry, Finding, Level, Source
from ..patterns import Lexicon
from ..pieces import At, Basis, Piece
from ..rule import cite


class Survey(Piece):
    """A rule over a calendar."""

    id: str
    """Its key in its chapter."""
    chapter: str
    """File name of its chapter."""
    kind: str
    level: Level
    """block 拦截, warn 提醒, hint 建议."""
    title: str
    """What it is about, in a few words."""
    category: str = ""
    """What its findings are filed under; empty means the chapter."""
    message: str
    """What people read; ``{what}``, ``{found}``, ``{limit}``, ``{days}`` and ``{other}`` are filled in."""
    basis: Annotated[tuple[Basis, ...], Field(min_length=1)]
    """What it rests on."""
    suggestion: str = ""
    """What to do about it."""

    @cached_property
    def sources(self) -> list[tuple[Source, str]]:
        """What its basis points at, with the article, once ``prepare`` has run."""
        return []

    def prepare(self, groups: Lexicon, sources: Mapping[str, Source]) -> Iterator[tuple[At, str, str]]:  # noqa: ARG002  (the same door as rules)
        """Look up sources; yield what is wrong."""
        self.sources.extend((sources[basis.source], basis.article) for basis in self.basis if basis.source in sources)
        for index, basis in enumerate(self.basis):
            if basis.source not in sources:
                yield ("basis", index), f"sources.yml 里没有这个依据：{basis.source}", "先在 sources.yml 写上它"
        if self.level == "block" and all(source.kind == "practice" for source, _ in self.sources):
            yield ("level",), "只有惯例作依据的规则不能拦截", "改成 warn 或 hint，或补上法规、总行文件、平台限额"

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:
        """Yield what is wrong with the calendar."""
        raise NotImplementedError

    def finding(
        self, where: str, entry: Entry | None = None, span: tuple[int, int] = (0, 0), **said: object
    ) -> Finding:
        """Make a finding about a place in the calendar, with the words of one of its posts if they are at fault."""
        message = self.message
        for name, value in said.items():
            message = message.replace("{" + name + "}", str(value))
        return Finding(
            rule=self.id,
            category=self.category or self.chapter,
            level=self.level,
            message=message,
            quote=entry.post.text[slice(*span)] if entry else "",
            start=span[0],
            end=span[1],
            where=where,
            suggestion=self.suggestion,
            basis=tuple(cite(source, article) for source, article in self.sources),
        )


def place(entry: Entry) -> str:
    """Name an entry's place: ``seniors d05-chat-icebreaker-1``, with the variant behind it when there are several."""
    brief = entry.post.brief
    variant = f".{brief.variant}" if brief.variant > 1 else ""
    return f"{brief.segment.name if brief.segment else '-'} {brief.slot.key}{variant}"


def who(entry: Entry) -> str:
    """Name an entry as people do: 老年客群 10月12日 私聊·破冰产品."""
    brief = entry.post.brief
    on = brief.slot.on
    segment = brief.segment.title if brief.segment else ""
    return f"{segment} {on.month}月{on.day}日 {brief.channel.title}" + (f"·{brief.genre.title}" if brief.genre else "")

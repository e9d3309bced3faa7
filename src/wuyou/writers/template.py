"""The template writer: offline, deterministic, from ``templates/posts/<channel>/<genre>.<n>.md.j2``.

A rendered template is cut at its headings (``## 开头`` …). Which of the wordings serves a slot is a matter of counting,
so neighbours in a segment's run do not share one. A try of which something was to be warned is followed by another
wording and other alternatives; which ones, follows from what was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from .. import templating, yamls
from ..errors import LibraryError, Problem, WriterError
from ..values import (
    Arc,
    Bank,
    Brief,
    Campaign,
    Fact,
    Finding,
    Mark,
    Moment,
    Origin,
    Part,
    Picture,
    Post,
    Product,
    Reply,
    Role,
    Segment,
    Slot,
    Story,
    Topic,
    Voice,
)
from . import finish, sketches
from .saying import said, steps

HEADINGS: Mapping[str, Role] = {
    "开头": "opening", "正文": "body", "一问": "ask", "风险提示": "disclosure", "拒收": "refusal", "首评": "comment",
}  # fmt: skip
PICTURE, MARKS, REPLIES = "配图", "标记", "接话"
STEP = re.compile("\ue000([a-z_]+)\ue001")
"""How ``step(…)`` marks a sentence in a rendered wording: taken out again before anything is sent."""

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "segment": tuple(Segment.model_fields),
    "bank": tuple(Bank.model_fields),
    "campaign": tuple(Campaign.model_fields),
    "product": tuple(Product.model_fields),
    "slot": tuple(Slot.model_fields),
    "arc": tuple(Arc.model_fields),
    "story": tuple(Story.model_fields),
    "topic": tuple(Topic.model_fields),
    "moment": tuple(Moment.model_fields),
    "points": (),
    "phrase": (),
    "step": (),
    "pick": (),
}
"""What a post template may use, and the fields of each."""


class TemplateWriter:
    """Writes from the bank's own wordings."""

    name = "template"
    polishes = True
    """It writes again not only when a text is stopped but also when it lacks a have it owes or draws a warning."""
    tries = 4

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.label = f"{folder.parent.name}/{folder.name}"

    @classmethod
    def at(cls, root: Path) -> TemplateWriter:
        """Make the writer of a project."""
        return cls(root / "templates" / "posts")

    def write(self, brief: Brief, notes: tuple[Finding, ...] = ()) -> Post:
        """Write with the wording that is due; after a try that was warned of, with another one.

        A sketch that the brief holds comes before any wording. Raises WriterError when there is no wording for the channel
        and genre, LibraryError when one is written wrongly.
        """
        if brief.sketch is not None and not notes:
            return sketches.write(brief, self.name)
        names = [name for name in self.wordings(brief.slot.channel, brief.slot.genre) if self._serves(name, brief)]
        if brief.moment is not None and brief.moment.quiet:  # a day of remembrance is not joked about
            names = [name for name in names if self.voice(name) != "humorous"] or names
        if not names:
            raise WriterError(
                f"没有 {brief.slot.channel} / {brief.slot.genre} 的写法",
                f"{self.label}/{brief.slot.channel}/{brief.slot.genre}.1.md.j2",
                "请照旁边的模板写一份",
            )
        again = _lesson(notes)
        return self._write(brief, self._due(names, brief, again), again)

    def _due(self, names: Sequence[str], brief: Brief, again: int = 0) -> str:
        """Return the wording whose turn it is: those of the segment's voice first, then all others, none twice before."""
        turn = self._seed(brief)
        ordered = [names[(turn + index) % len(names)] for index in range(len(names))]
        if brief.segment is not None:
            voice = brief.segment.voice
            ordered.sort(key=lambda name: self.voice(name) not in ("", voice))
        # a second try stays clear of the wordings that neighbours in the run and other variants have
        clear = range(3, len(ordered) - 1) if len(ordered) >= 6 else range(1, max(2, len(ordered)))
        another = clear[again % len(clear)] if again else 0
        return ordered[(brief.slot.ordinal - 1 + brief.variant - 1 + another) % len(ordered)]

    def voice(self, name: str) -> str:
        """Return the voice that a wording names in its first comment: {# 温和·… #}; nothing where it names none."""
        return _voice(str(self.folder / name))

    @cached_property
    def catalogue(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """All wordings by channel and genre, in the order of their numbers."""
        found: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for path in sorted(self.folder.glob("*/*.md.j2")):
            genre, _, number = path.name.removesuffix(".md.j2").rpartition(".")
            if genre and number.isdigit():
                found.setdefault((path.parent.name, genre), []).append((int(number), f"{path.parent.name}/{path.name}"))
        return {key: tuple(name for _, name in sorted(names)) for key, names in found.items()}

    @property
    def shared(self) -> list[Path]:
        """What wordings import from: files beside the channels' folders."""
        return sorted(self.folder.glob("_*.j2"))

    def wordings(self, channel: str, genre: str) -> tuple[str, ...]:
        """Return the templates of a channel and genre."""
        return self.catalogue.get((channel, genre), ())

    def problems(self) -> Iterator[Problem]:
        """Find what is wrong in any template without rendering it."""
        for path in self.shared:
            yield from templating.problems(self.folder, path.name, VARIABLES, label=self.label)
        for path in sorted(self.folder.glob("*/*")):
            name = f"{path.parent.name}/{path.name}"
            genre, _, number = path.name.removesuffix(".md.j2").rpartition(".")
            if path.name.startswith((".", "_")):
                continue
            if not path.name.endswith(".md.j2") or not genre or not number.isdigit():
                yield Problem("文件名要写成 内容类型.序号.md.j2", f"{self.label}/{name}")
                continue
            yield from templating.problems(self.folder, name, VARIABLES, label=self.label)

    @staticmethod
    def _seed(brief: Brief) -> int:
        names = (
            brief.campaign.name if brief.campaign else "",
            brief.segment.name if brief.segment else "",
            brief.slot.channel,
            brief.slot.genre,
        )
        return int.from_bytes(blake2b("\0".join(names).encode(), digest_size=4).digest(), "big")

    def _serves(self, name: str, brief: Brief) -> bool:
        """Tell whether the brief holds what the wording is built on: a story, or none."""
        if not self._needs_story(brief):
            return True
        return ("story" in templating.names(self.folder, name)) == (brief.story is not None)

    @staticmethod
    def _needs_story(brief: Brief) -> bool:
        return brief.genre is not None and brief.genre.story is not None

    def _write(self, brief: Brief, name: str, again: int = 0) -> Post:
        rendered = templating.render(self.folder, name, context(brief, again), label=self.label)
        where = f"{self.label}/{name}"
        parts: list[Part] = []
        pictures: list[Picture] = []
        marks: list[Mark] = []
        replies: tuple[Reply, ...] = ()
        for heading, text in sections(rendered, where):
            if heading == PICTURE:
                pictures.append(_picture(text, where))
            elif heading == MARKS:
                marks += _marks(text, where)
            elif heading == REPLIES:
                replies = _replies(text, where)
            elif text:
                marks += steps(text, STEP)
                parts.append(Part(role=HEADINGS[heading], text=said(STEP.sub("", text), HEADINGS[heading], brief)))
        if not any(part.role == "body" for part in parts):
            raise LibraryError("写出来没有正文", where, "请检查 ## 正文 一节")
        origin = Origin(writer=self.name, template=where)
        return finish(brief, tuple(parts), origin, tuple(pictures), tuple(marks), replies)


def _lesson(notes: Sequence[Finding]) -> int:
    """Return a number for what was wrong with the last try, so that the next one differs; 0 when nothing was."""
    wrong = [f"{note.rule}\0{note.quote}\0{note.start}" for note in notes if note.level in ("block", "warn")]
    return int.from_bytes(blake2b("\0".join(wrong).encode(), digest_size=4).digest(), "big") | 1 if wrong else 0


FROM_BRIEF = ("segment", "bank", "campaign", "slot", "arc", "story", "topic", "moment")


VOICES: Mapping[str, Voice] = {"温和": "warm", "专业": "expert", "幽默": "humorous", "简洁": "concise"}


@cache
def _voice(path: str) -> str:
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        first = file.readline().lstrip("\ufeff")
    said = re.match(r"\{#[-\s]*(\w\w)", first)
    return VOICES.get(said[1], "") if said else ""


def context(brief: Brief, again: int = 0) -> dict[str, Any]:
    """Return the variables of a post template; what the brief lacks is left out, so that using it is an error."""
    phrase: Callable[[str], str] = brief.phrase
    points: tuple[Fact, ...] = tuple(fact for fact in brief.facts if fact.plain)
    values = {name: getattr(brief, name) for name in FROM_BRIEF}
    return {
        **{name: value for name, value in values.items() if value is not None},
        "product": brief.product,
        "points": points,
        "phrase": phrase,
        "step": _step,
        "pick": _picker(brief, again),
    }


def _picker(brief: Brief, again: int = 0) -> Callable[..., str]:
    """Return what chooses among a wording's own alternatives: by segment, slot and variant, the same every time."""
    names = (
        brief.segment.name if brief.segment else "",
        brief.slot.key,
        str(brief.variant),
        *[str(again)] * bool(again),
    )
    campaign = brief.campaign.name if brief.campaign else ""
    asked = 0

    def pick(*choices: str) -> str:
        nonlocal asked
        asked += 1
        seed = blake2b("\0".join((campaign, *names, str(asked))).encode(), digest_size=4).digest()
        return choices[int.from_bytes(seed, "big") % len(choices)] if choices else ""

    return pick


def _step(name: str) -> str:
    return f"\ue000{name}\ue001"


def sections(rendered: str, where: str) -> Iterator[tuple[str, str]]:
    """Cut a rendered template at its headings.

    Raises LibraryError for an unknown heading or for words before the first one.
    """
    heading, lines = "", list[str]()
    known = (*HEADINGS, PICTURE, MARKS, REPLIES)
    for line in (*rendered.replace("\r\n", "\n").split("\n"), "## "):
        if not line.startswith("##"):
            lines.append(line.rstrip())
            continue
        text = "\n".join(line for line in lines if line)
        if heading:
            yield heading, text
        elif text:
            raise LibraryError(f"第一个小标题之前有字：{text[:20]}", where, "请放到 ## 开头 之下")
        heading, lines = line.lstrip("#").strip(), []
        if heading and heading not in known:
            raise LibraryError(f"不认识这个小标题：{heading}", where, yamls.suggest(heading, known))


@cache
def _picture(text: str, where: str) -> Picture:
    document = yamls.parse(text, f"{where} 的配图")
    return yamls.build(Picture, document)


def _marks(text: str, where: str) -> list[Mark]:
    document = yamls.parse(text, f"{where} 的标记")
    if not isinstance(document.data, Mapping):
        raise LibraryError("标记要写成 哪一条有: 哪一句", where)
    return [Mark(of=str(have), quote=str(quote)) for have, quote in document.data.items()]


@cache
def _replies(text: str, where: str) -> tuple[Reply, ...]:
    document = yamls.parse(text, f"{where} 的接话")
    if not isinstance(document.data, list):
        raise LibraryError("接话要写成列表：heard 是他怎么说，answer 是接一句什么", where)
    return tuple(yamls.build(Reply, document, item, (index,)) for index, item in enumerate(document.data))

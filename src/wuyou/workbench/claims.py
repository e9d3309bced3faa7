"""What may not be said without a story: a person or a result that nobody has told. Looks at the wording, before any post.

Which words sound so stands in ``content_library/claims.yml``, each with sentences that must and must not be caught.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .. import templating
from ..errors import Problem
from ..library import Library
from ..writers.template import TemplateWriter

COMMENT = re.compile(r"\{#.*?#\}", re.S)
QUOTED = re.compile(r"“[^”\n]*”")


class Line(NamedTuple):
    """A line that somebody has written, and where."""

    text: str
    where: str
    segments: tuple[str, ...] = ()


def problems(library: Library, writer: TemplateWriter) -> Iterator[Problem]:
    """Find every line that claims a person or a result, mixes 您 and 你, or uses a word its readers do not like."""
    unproved = list(_unproved(library))
    yield from unproved
    if unproved:
        return
    for line in (*_lines(library), *_wordings(writer)):
        for claim in library.claims.values():
            found = re.search(claim.match, line.text)
            if found:
                yield Problem(f"{claim.why}，却没有故事：“{found[0]}”", line.where, "真事写进 stories/，或写成“假如”")
        if "你" in QUOTED.sub("", line.text):
            yield Problem("写了“你”", line.where, "一律写“您”；客群的 pronoun 写着“你”的，发出去时会换")
        for name in line.segments:
            for word in library.segments[name].avoid:
                if word in line.text:
                    yield Problem(f"{library.segments[name].title}不爱听“{word}”", line.where, "请换一个说法")


def _unproved(library: Library) -> Iterator[Problem]:
    for name, claim in library.claims.items():
        where = library.where("", "claims.yml", name)
        try:
            shape = re.compile(claim.match)
        except re.error as error:
            yield Problem(f"{name} 的 match 写法有误：{error}", where, "请检查括号")
            continue
        yield from (Problem(f"{name} 的例句没有命中：{text}", where) for text in claim.hit if not shape.search(text))
        yield from (Problem(f"{name} 的反例不该命中：{text}", where) for text in claim.quiet if shape.search(text))


def _lines(library: Library) -> Iterator[Line]:
    """Yield every line of the library that may come to stand in a post, told by nobody."""
    for index, phrase in enumerate(library.phrases):
        yield Line(phrase.text, library.item("phrases", index), phrase.segments)
    for index, sketch in enumerate(library.sketches):
        said = (sketch.opening, *sketch.body, sketch.ask, sketch.comment)
        yield from (Line(text, library.item("sketches", index), sketch.segments) for text in said)
    for index, kit in enumerate(library.kits):
        said = (*(reply.answer for reply in kit.replies), kit.after_24h, kit.after_72h)
        yield from (Line(text, library.item("replies", index), kit.segments) for text in said)
    for index, line in enumerate(library.personal):
        yield Line(line.text, library.item("personal", index), line.segments)
    for sheet in library.sheets.values():
        for key in ("hooks", "questions"):
            for index, text in enumerate(getattr(sheet, key)):
                yield Line(text, library.where("facts", sheet.name, key, index))


def _wordings(writer: TemplateWriter) -> Iterator[Line]:
    """Yield every line of the wordings that no story stands behind."""
    own = [name for names in writer.catalogue.values() for name in names]
    told = [name for name in own if "story" not in templating.names(writer.folder, name)]
    for name in (*told, *(path.name for path in writer.shared)):
        source = (writer.folder / name).read_text(encoding="utf-8", errors="replace")
        bare = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
        for number, text in enumerate(bare.splitlines(), 1):
            yield Line(text, f"{writer.label}/{name}:{number}")

"""Makes a post of a text that comes from outside: pasted by a person, sent over the wire, or an example of a rule.

Such a post has a channel, a day and little else; what is not known stays empty, and rules that need it say so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from ..regexes import regex
from ..values import (
    Bank,
    Brief,
    Channel,
    Disclosure,
    Fact,
    Genre,
    Limits,
    Origin,
    Part,
    Passage,
    Picture,
    Post,
    Product,
    ProductKind,
    Segment,
    Slot,
    Window,
)
from .scan import OUTSIDE

_NO_PICTURE = regex(
    r"链接|公众号|小程序|文件|文章|网址|名片|https?:|\.(?:pdf|docx?|xlsx?|pptx?|txt|html?)\b", re.IGNORECASE
)
_PICTURE_TYPES = ("image", "picture", "photo", "video", "gif", "img", "图", "视频")

ROOMY = Channel(
    name="moments",
    title="朋友圈",
    limits=Limits(chars=2000, bytes=4000, pictures=9, emoji=99, per_day=99),
    hours=(Window(start=dt.time(0), end=dt.time(23, 59)),),
)
"""A channel that limits nothing, for examples that are not about limits."""


def post_of(
    text: str,
    *,
    channel: Channel,
    on: dt.date,
    at: dt.time | None = None,
    parts: tuple[Part, ...] = (),
    product: Product | None = None,
    segment: Segment | None = None,
    genre: Genre | None = None,
    facts: tuple[Fact, ...] = (),
    passages: tuple[Passage, ...] | None = None,
    pictures: tuple[Picture, ...] = (),
    tags: tuple[str, ...] = (),
    bank: Bank | None = None,
    writer: str = OUTSIDE,
) -> Post:
    """Make a post of a text and whatever is known about it."""
    slot = Slot(on=on, at=at, channel=channel.name, genre=genre.name if genre else "")
    return Post(
        brief=Brief(
            channel=channel,
            slot=slot,
            product=product,
            segment=segment,
            genre=genre,
            facts=facts,
            passages=passages,
            bank=bank,
        ),
        parts=parts or (Part(role="body", text=text),),
        pictures=pictures,
        facts=facts,
        tags=tags,
        origin=Origin(writer=writer),
    )


def product_of(kind: ProductKind, risk: int | None = None) -> Product:
    """Make a product of which nothing is known but its kind and its risk level."""
    return Product(name=kind, title="", kind=kind, risk=risk, disclosure=Disclosure())


def pictures_of(attachments: Iterable[str | Mapping[str, object]]) -> tuple[Picture, ...]:
    """Turn attachments into pictures; a link, a file or a card is none, an image, a video or a gif is one."""
    found = []
    for attachment in attachments:
        if isinstance(attachment, str):
            kind, desc = "", attachment
        else:
            kind, desc = str(attachment.get("type") or ""), str(attachment.get("desc") or "")
        if (
            any(word in kind.lower() for word in _PICTURE_TYPES)
            if kind
            else desc.strip() and not _NO_PICTURE.search(desc)
        ):
            found.append(Picture(kind="given", scene=desc, alt=desc))
    return tuple(found)


def passages_of(material: str) -> tuple[Passage, ...]:
    """Cut headquarters text into passages as a reader of plain text does: lines, and rows with bars between cells."""
    found: list[Passage] = []
    header: tuple[str, ...] = ()
    table = row = paragraph = 0
    for line in filter(None, map(str.strip, material.splitlines())):
        cells = tuple(cell.strip() for cell in line.strip("|").split("|")) if "|" in line or "｜" in line else ()
        if not cells:
            paragraph, row, header = paragraph + 1, 0, ()
            found.append(Passage(locator=f"第{paragraph}段", text=line))
            continue
        if set(line) <= set("|-: ｜"):
            continue
        if not row:
            table, header = table + 1, cells
        row += 1
        found.append(
            Passage(
                locator=f"表{table}第{row}行",
                text=" | ".join(cells),
                kind="row",
                header=header if row > 1 else (),
                cells=cells,
            )
        )
    return tuple(found)

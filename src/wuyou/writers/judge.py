"""The judge: a model asked for a second opinion on ticked haves. Off by default; it may doubt, nothing else.

It is shown the text and the words that lit each lamp, and answers which of them it doubts and why. A doubt becomes a
hint beside the lamp. No answer of it lights a lamp, puts one out or takes a finding away.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import templating
from ..errors import ModelError
from ..values import Checked, Finding, Lamp
from .model.answers import outermost
from .model.session import Session
from .model.wire import Shape

RULE = "second_opinion"
"""What a doubt is filed under."""
CATEGORY = "five_haves"
SHAPE = Shape(
    "doubts",
    {
        "type": "object",
        "properties": {
            "doubts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"have": {"type": "string"}, "because": {"type": "string"}},
                    "required": ["have", "because"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["doubts"],
        "additionalProperties": False,
    },
)


class Doubt(BaseModel):
    """One doubt of the model."""

    model_config = ConfigDict(extra="ignore")

    have: str
    because: str = Field(min_length=2, max_length=200)


class Doubts(BaseModel):
    """What the model must answer."""

    model_config = ConfigDict(extra="ignore")

    doubts: tuple[Doubt, ...]


def doubt(checked: Checked, folder: Path, session: Session) -> Checked:
    """Return the verdict with the model's doubts added; ``folder`` holds the prompts.

    Nothing is asked when no lamp is lit by words. Raises ModelError when the text may not leave the machine, and when
    the endpoint is not set, refuses or answers with something else.
    """
    if any(finding.category == "privacy" for finding in checked.findings):
        raise ModelError("文字里有不该外传的内容，没有送给模型", "--judge", "请先删去姓名、号码一类的内容")
    lit = {lamp.have: lamp for lamp in checked.lamps if lamp.lit and lamp.quote}
    if not lit:
        return checked
    brief = checked.post.brief
    system, _, task = templating.render(
        folder,
        "judge.md.j2",
        {"text": checked.post.text, "channel": brief.channel, "lamps": tuple(lit.values())},
        label="templates/prompts",
    ).partition("\n---\n")
    messages = [{"role": "system", "content": system.strip()}, {"role": "user", "content": task.strip()}]
    reply = session.ask(messages, SHAPE, brief.bank)
    said = {each.have: each.because for each in _read("" if reply.cut else reply.text).doubts if each.have in lit}
    more = tuple(_finding(lit[have], because) for have, because in said.items())
    return checked.model_copy(update={"findings": (*checked.findings, *more)})


def _read(text: str) -> Doubts:
    try:
        return Doubts.model_validate(outermost(text))
    except ValidationError as error:
        raise ModelError("模型的回答不是约定的 JSON，这次没有第二意见", "--judge", "可以再试一次") from error


def _finding(lamp: Lamp, because: str) -> Finding:
    return Finding(
        rule=RULE,
        category=CATEGORY,
        level="hint",
        message=f"{lamp.title or lamp.have}亮着，模型有疑问：{' '.join(because.split())}",
        quote=lamp.quote,
        start=lamp.start,
        end=lamp.end,
        suggestion="请人再看一眼，灯不因此变",
        basis=("模型的第二意见",),
    )

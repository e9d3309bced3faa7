"""What a model must answer, and its answer read as a value; what is none is said in words it can act on."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .wire import Shape


class Named(BaseModel):
    """A number of the text and the fact it is from."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    said: str = Field(min_length=1, max_length=60)
    fact: str = Field(min_length=1, max_length=80)


HEADLINE = 8
"""Characters that a picture's headline may have."""


def _short(headline: str) -> str:
    return headline if len(headline) <= HEADLINE else ""


class Answer(BaseModel):
    """What a model must answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    opening: str = Field(min_length=2, max_length=200)
    body: str = Field(min_length=2, max_length=600)
    ask: str = Field(min_length=2, max_length=120)
    headline: Annotated[str, AfterValidator(_short)] = ""
    """For the picture; one that is too long for it is left out, for no draft is worth less for that."""
    numbers: tuple[Named, ...] = Field(default=(), max_length=40)

    @property
    def text(self) -> str:
        """The words that would be sent."""
        return "\n".join((self.opening.strip(), self.body.strip(), self.ask.strip()))


_TEXT = {"type": "string"}
_NAMED = {
    "type": "object",
    "properties": {"said": _TEXT, "fact": _TEXT},
    "required": ["said", "fact"],
    "additionalProperties": False,
}
SHAPE = Shape(
    "post",
    {
        "type": "object",
        "properties": {
            "opening": _TEXT, "body": _TEXT, "ask": _TEXT, "headline": _TEXT, "numbers": {"type": "array", "items": _NAMED},
        },
        "required": ["opening", "body", "ask", "headline", "numbers"],
        "additionalProperties": False,
    },
)  # fmt: skip
"""The same for every post, and without limits of length: some servers refuse those, and what is kept is asked here anyway."""


def read(text: str) -> Answer | str:
    """Read an answer, or say why it is none; a fence or a few words around the JSON are forgiven."""
    content = outermost(text)
    if content is None:
        return "没有 JSON 对象" if "{" not in text else "JSON 写得不完整"
    try:
        return Answer.model_validate(content)
    except ValidationError as error:
        return "；".join(_wrong(dict(each)) for each in error.errors()[:6])


def outermost(text: str) -> dict[str, Any] | None:
    """Return the first whole JSON object of a text."""
    decoder = json.JSONDecoder()
    for found in re.finditer(r"\{", text):
        try:
            content, _ = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(content, dict):
            return content
    return None


def _wrong(error: dict[str, Any]) -> str:
    place = ".".join(map(str, error["loc"])) or "整个回答"
    limits = error.get("ctx") or {}
    match error["type"]:
        case "missing":
            return f"{place} 缺了"
        case "string_too_long" | "too_long":
            return f"{place} 太长，最多 {limits.get('max_length')}"
        case "string_too_short":
            return f"{place} 太短，至少 {limits.get('min_length')} 字"
        case _:
            return f"{place} 要写成{'文字' if 'string' in error['type'] else '约定的样子'}"

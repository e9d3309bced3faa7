"""The words of the wire: what an endpoint can do, why a request failed, and an answer's body read.

Nothing here sends anything; see ``endpoint``.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from .cache import Reply

Messages = Sequence[Mapping[str, str]]


class Shape(NamedTuple):
    """What an answer must look like."""

    name: str
    schema: Mapping[str, Any]


class Profile(BaseModel):
    """What an endpoint can do."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    format: Literal["json_schema", "json_object", "none"] = "json_schema"
    """How it can be held to JSON; with ``none`` the words of the prompt must do."""
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """What it calls the limit of an answer."""
    temperature: bool = True
    """Whether it lets the temperature be set."""


class Failed(Exception):
    """A request that may be sent again: why, and after how many seconds, if the server said so."""

    def __init__(self, why: str, wait: float | None = None, *, busy: bool = False, paid: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        self.busy = busy
        self.paid = paid
        """Whether the server may have answered all the same."""


class Refused(Exception):
    """A request that the server finds wrong: its words, so that another way of asking may be tried."""


_WAY = re.compile(
    r"response_format|json_schema|json_object|json schema|grammar|structured|max_tokens|max_completion|temperature",
    re.I,
)


def about_the_way(said: str) -> bool:
    """Tell whether a refusal is about the way of asking, and not about what was asked."""
    return _WAY.search(said) is not None


def plainer_way(profile: Profile, said: str) -> Profile | None:
    """Return the next plainer way of asking after a refusal; nothing when there is none."""
    if profile.limit == "max_tokens" and re.search(r"max_tokens|max_completion", said):
        return profile.model_copy(update={"limit": "max_completion_tokens"})
    if profile.temperature and "temperature" in said:
        return profile.model_copy(update={"temperature": False})
    plainer = {"json_schema": "json_object", "json_object": "none"}.get(profile.format)
    return profile.model_copy(update={"format": plainer}) if plainer else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server wants us to wait: a number, milliseconds, or a date of HTTP."""
    try:
        if headers.get("retry-after-ms"):
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        said = headers.get("retry-after", "").strip()
        if not said:
            return None
        if re.fullmatch(r"\d+(\.\d+)?", said):
            return float(said)
        return max(0.0, (email.utils.parsedate_to_datetime(said) - dt.datetime.now(dt.UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


_THINKING = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


def read_reply(body: bytes, tokens_in: int, seconds: float) -> Reply:
    """Read a body as an answer; whatever it lacks is empty. Raises Failed when it is no JSON at all."""
    try:
        content = json.loads(body)
    except ValueError as error:
        raise Failed("回答断了", paid=True) from error
    choices = content.get("choices") if isinstance(content, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    message = choice.get("message")
    said = message.get("content") if isinstance(message, dict) else ""
    if isinstance(said, list):  # some servers answer in pieces
        said = "".join(str(piece.get("text", "")) for piece in said if isinstance(piece, dict))
    text = _THINKING.sub("", said).strip() if isinstance(said, str) else ""
    usage = content.get("usage") if isinstance(content, dict) else None
    spent = usage if isinstance(usage, dict) else {}
    return Reply(
        text=text,
        cut=choice.get("finish_reason") == "length",
        tokens_in=_count(spent.get("prompt_tokens"), tokens_in),
        tokens_out=_count(spent.get("completion_tokens"), len(text)),
        seconds=round(seconds, 4),
    )


def _count(said: object, estimate: int) -> int:
    return said if isinstance(said, int) and said >= 0 else estimate

"""The model writer: any OpenAI-compatible endpoint, named by ``OPENAI_BASE_URL``, ``OPENAI_API_KEY`` and ``WUYOU_MODEL``.

It is handed a brief, which holds no customer data, and nothing else leaves the machine; only ``judge``, when somebody
asks for it, sends a text that was handed in. What comes back is read as a
value; what is no such value goes back with the reason, a bounded number of times. The rulebook judges it afterwards,
as it judges every writer.
"""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import templating
from ..errors import ModelError
from ..values import Brief, Finding, Origin, Part, Picture, Post
from . import finish

if TYPE_CHECKING:
    from openai import OpenAI

ATTEMPTS = 3
"""Answers asked for before the writer gives up."""
TIMEOUT_SECONDS = 60.0
MAX_TOKENS = 800
"""Several times the longest post."""


class Answer(BaseModel):
    """What the model must answer."""

    model_config = ConfigDict(extra="ignore")

    opening: str = Field(min_length=2, max_length=200)
    body: str = Field(min_length=2, max_length=600)
    ask: str = Field(min_length=2, max_length=120)
    headline: str = Field(default="", max_length=8)


class ModelWriter:
    """Writes with a language model."""

    name = "model"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def at(cls, root: Path) -> ModelWriter:
        """Make the writer of a project."""
        return cls(root / "templates" / "prompts")

    def write(self, brief: Brief, notes: tuple[Finding, ...] = ()) -> Post:
        """Ask until the answer can be read.

        Raises ModelError when the endpoint is not set, refuses, or keeps answering badly.
        """
        model = _model()
        system, _, task = templating.render(
            self.folder, "write.md.j2", _context(brief, notes), label="templates/prompts"
        ).partition("\n---\n")
        messages = [{"role": "system", "content": system.strip()}, {"role": "user", "content": task.strip()}]
        client, tokens, reason = _client(), 0, ""
        for _ in range(ATTEMPTS):
            text, spent, cut = _ask(client, model, messages)
            tokens += spent
            answer = None if cut else _read(text)
            if isinstance(answer, Answer):
                prompt = blake2b(json.dumps(messages, ensure_ascii=False).encode(), digest_size=8).hexdigest()
                return _post(brief, answer, Origin(writer=self.name, model=model, prompt=prompt, tokens=tokens))
            reason = "回答被截断了，请写短些" if cut else str(answer)
            messages = [
                *messages[:2],
                {"role": "assistant", "content": text[:2000]},
                {"role": "user", "content": f"这样不行：{reason}。请只回一个合格的 JSON 对象。"},
            ]
        raise ModelError(f"模型答了 {ATTEMPTS} 次都不能用：{reason}", model, "请换一个模型，或改用 template 写手")


def answer(messages: list[dict[str, str]]) -> str:
    """Ask once and return the answer's text, empty when it was cut off: for a second opinion on a text.

    Raises ModelError when the endpoint is not set or refuses.
    """
    text, _, cut = _ask(_client(), _model(), messages)
    return "" if cut else text


def _model() -> str:
    """Return the name of the model to be asked."""
    model = os.environ.get("WUYOU_MODEL", "")
    if not model:
        raise ModelError("没有说用哪个模型", "WUYOU_MODEL", "请设环境变量 WUYOU_MODEL，或不用模型")
    return model


def _context(brief: Brief, notes: tuple[Finding, ...]) -> dict[str, Any]:
    names = ("channel", "genre", "segment", "arc", "story", "topic", "facts")
    return {**{name: getattr(brief, name) for name in names}, "notes": notes}


def _client() -> OpenAI:
    from openai import OpenAI, OpenAIError

    try:
        return OpenAI(timeout=TIMEOUT_SECONDS, max_retries=2)
    except OpenAIError as error:
        raise ModelError("没有模型的密钥", "OPENAI_API_KEY", "请设环境变量；本地服务可以写任意值") from error


def _ask(client: OpenAI, model: str, messages: list[dict[str, str]]) -> tuple[str, int, bool]:
    """Return the answer's text, the tokens spent, and whether it was cut off."""
    from openai import OpenAIError

    try:
        sent: Any = messages
        reply: Any = client.chat.completions.create(model=model, messages=sent, temperature=0, max_tokens=MAX_TOKENS)
    except OpenAIError as error:
        raise ModelError(
            f"模型服务没有答复：{type(error).__name__}",
            str(client.base_url),
            "请看地址、密钥和网络，或不用模型",
        ) from error
    if not getattr(reply, "choices", None):
        return "", 0, False
    choice = reply.choices[0]
    return (
        choice.message.content or "",
        reply.usage.total_tokens if reply.usage else 0,
        choice.finish_reason == "length",
    )


def _read(text: str) -> Answer | str:
    """Read the answer as a value, or say why it is none; a fence around the JSON is forgiven."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return "没有 JSON 对象"
    try:
        return Answer.model_validate(json.loads(text[start : end + 1]))
    except ValueError as error:
        if isinstance(error, ValidationError):
            return "；".join(f"{'.'.join(map(str, each['loc']))} 缺失或长度不对" for each in error.errors())
        return "JSON 写得不完整"


def _post(brief: Brief, answer: Answer, origin: Origin) -> Post:
    parts = (
        Part(role="opening", text=answer.opening.strip()),
        Part(role="body", text=answer.body.strip()),
        Part(role="ask", text=answer.ask.strip()),
    )
    pictures = (Picture(kind="scene", headline=answer.headline),) if brief.channel.limits.pictures_min else ()
    return finish(brief, parts, origin, pictures)

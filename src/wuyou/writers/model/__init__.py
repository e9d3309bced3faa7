"""The model writer: any OpenAI-compatible endpoint, named by ``OPENAI_BASE_URL``, ``OPENAI_API_KEY`` and ``WUYOU_MODEL``.

It is handed a brief, which holds no customer data; every request passes the guard before it leaves the machine, and
every answer is kept. What comes back is read as a value; what is wrong with it goes back in words, a bounded number of
times. The rulebook judges it afterwards, as it judges every writer, and its findings go back the same way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ... import templating
from ...errors import ModelError, Problem
from ...values import Brief, Fact, Finding, ModelUse, Origin, Part, Picture, Post
from .. import finish
from . import answers, guard, prompts
from .answers import SHAPE, Answer
from .budget import Meter
from .cache import Answers
from .objections import objections, used
from .prompts import REVISE, WRITE, Message, Prompts
from .session import Session, tokens

Examples = Callable[[Brief], Sequence[str]]

_NO_TALK = "没有更多可以再试的次数"
_ECHOED = 2000
"""Characters of a bad answer that go back with the complaint."""


class Preview(NamedTuple):
    """A request as it would be sent."""

    brief: Brief
    messages: tuple[Message, ...]
    tokens: int
    """Estimated; the server counts for itself."""
    held: str = ""
    """Why the guard would not let it go; nothing when it would."""


class _Talk:
    """What has been said about one brief: the request, then each bad answer and what is wrong with it."""

    def __init__(self, messages: list[Message], left: int) -> None:
        self.messages = messages
        self.left = left
        self.tokens = 0
        self.reason = ""

    def complain(self, answer: str, wrong: Sequence[str]) -> None:
        """Put a bad answer and what is wrong with it behind what was said."""
        self.reason = "；".join(wrong)
        listed = "\n".join(f"- {guard.masked(each)}" for each in wrong)
        self.messages = [
            *self.messages,
            {"role": "assistant", "content": guard.masked(answer)[:_ECHOED] or "（空）"},
            {"role": "user", "content": f"这一稿不行：\n{listed}\n请改好，把整条重写一遍，只回一个 JSON 对象。"},
        ]


class ModelWriter:
    """Writes with a language model."""

    name = "model"
    stand_in = "template"
    """The writer that steps in for a post it cannot write."""
    polishes = True
    """It may try again not only for what blocks, but for what is to be warned of."""

    strict = True
    """Nobody has read its text yet: what would only be hinted at in a person's text stops it."""

    def __init__(self, root: Path, use: ModelUse | None = None, examples: Examples | None = None) -> None:
        self.root = root
        self.prompts = Prompts(root / "templates" / "prompts")
        self.settle(use or ModelUse(), examples or (lambda _: ()))

    @classmethod
    def at(cls, root: Path) -> ModelWriter:
        """Make the writer of a project."""
        return cls(root)

    def settle(self, use: ModelUse, examples: Examples) -> None:
        """Take what the bank decides and where approved posts come from: a new run begins, with a budget of its own."""
        self.session = Session(self.root / "runs", use)
        self._examples = examples
        self._talks: dict[str, _Talk] = {}
        self._answers: dict[str, str] = {}

    @property
    def tries(self) -> int:
        """How often a post may be written, all reasons taken together."""
        return self.session.use.attempts

    @property
    def concurrency(self) -> int:
        """How many posts may be under way at the same time."""
        return self.session.concurrency

    @property
    def meter(self) -> Meter:
        """What the run has cost so far."""
        return self.session.meter

    @property
    def version(self) -> str:
        """What a text of it depends on besides the brief: the model's name."""
        return os.environ.get("WUYOU_MODEL", "")

    def problems(self) -> Iterator[Problem]:
        """Find what keeps it from being asked, without asking."""
        if not os.environ.get("WUYOU_MODEL"):
            yield Problem("没有说用哪个模型", "WUYOU_MODEL", "请设环境变量 WUYOU_MODEL，或用 template 写手")
        for name in (prompts.SYSTEM, WRITE, REVISE, prompts.NEVER):
            if not (self.prompts.folder / name).is_file():
                yield Problem("没有这份提示词", f"{prompts.LABEL}/{name}", "请从示例项目里取一份")
        yield from templating.problems(self.prompts.folder, prompts.SYSTEM, {}, label=prompts.LABEL)

    def preview(self, brief: Brief) -> Preview:
        """Return what would be sent for a brief, and whether the guard would let it go. Nothing is sent."""
        messages = self.prompts.write(brief, (), self._examples(brief))
        held = ""
        try:
            bank = brief.bank
            phones = [fact.value for fact in brief.facts if fact.kind == "phone" and fact.kept]
            guard.look(messages, bank.deny if bank else (), [bank.hotline, *phones] if bank else phones)
        except ModelError as error:
            held = str(error)
        return Preview(brief, tuple(messages), tokens(messages), held)

    def write(self, brief: Brief, notes: tuple[Finding, ...] = ()) -> Post:
        """Ask until the answer can be used; with notes on an earlier try, go on from where that talk stood.

        Raises ModelError when no attempt is left, the guard or the server refuses this request; ModelStopped when the
        model is not set up, does not answer any more, or the budget is spent.
        """
        talk = self._talks.get(brief.id) if notes else None
        if talk is None:
            talk = _Talk(self.prompts.write(brief, notes, self._examples(brief)), self.tries)
            self._talks[brief.id] = talk
        else:
            talk.complain(self._answers.get(brief.id, ""), prompts.told(notes))
        return self._asked(brief, talk, WRITE)

    def revise(self, post: Post, note: str, by: str, check: Callable[[Post], tuple[Finding, ...]]) -> Post:
        """Ask for a post to be changed as a person notes, until ``check`` finds nothing that blocks.

        Raises ModelError when no attempt is left: the post then stays as it is.
        """
        brief = post.brief
        talk = _Talk(self.prompts.revise(post, note), self.tries)
        while True:
            new = self._asked(brief, talk, REVISE)
            origin = new.origin.model_copy(update={"edited_from": post.id, "authors": (*post.origin.authors, by)})
            new = new.model_copy(update={"origin": origin, "pictures": post.pictures or new.pictures})
            wrong = check(new)
            if not wrong:
                return new
            talk.complain(self._answers.get(brief.id, ""), prompts.told(wrong))

    def _asked(self, brief: Brief, talk: _Talk, task: str) -> Post:
        while talk.left > 0:
            talk.left -= 1
            request = talk.messages
            reply = self.session.ask(request, SHAPE, brief.bank, brief.facts)
            talk.tokens += reply.tokens_in + reply.tokens_out
            said = "回答被截断了，请写短些" if reply.cut else answers.read(reply.text)
            wrong = (
                [said] if isinstance(said, str) else objections(brief, said, request[0]["content"], self.prompts.never)
            )
            if isinstance(said, Answer) and not wrong:
                self._answers[brief.id] = reply.text
                model = self.session.endpoint.model
                asked = Answers.key(model, request, {})[:16]
                prompt = f"{self.prompts.version(task)}/{asked}"
                template = f"{prompts.LABEL}/{task}"
                return _post(
                    brief,
                    said,
                    Origin(writer=self.name, model=model, prompt=prompt, template=template, tokens=talk.tokens),
                )
            talk.complain(reply.text, wrong)
        raise ModelError(
            f"模型答了 {self.tries} 次都不能用：{talk.reason or _NO_TALK}",
            self.session.endpoint.model,
            "请换一个模型，或用 template 写手",
        )


def _post(brief: Brief, answer: Answer, origin: Origin) -> Post:
    parts = (
        Part(role="opening", text=answer.opening.strip()),
        Part(role="body", text=answer.body.strip()),
        Part(role="ask", text=answer.ask.strip()),
    )
    headline = answer.headline.strip() or (brief.topic.headline if brief.topic else "")
    pictures = (Picture(kind="scene", headline=headline),) if brief.channel.limits.pictures_min else ()
    post = finish(brief, parts, origin, pictures)
    named: tuple[Fact, ...] = used(brief, answer)
    facts = tuple(fact for fact in brief.facts if fact in post.facts or fact in named)
    return post.model_copy(update={"facts": facts})

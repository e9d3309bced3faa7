"""One run's dealings with a model: every request passes the guard, the kept answers, the budget and the wire, in that order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from ...values import Bank, Fact, ModelUse
from . import guard
from .budget import Budget, Meter
from .cache import Answers, Reply
from .endpoint import Endpoint
from .wire import Messages, Shape

FOLDER = ".model"
"""Below ``runs/``: ``answers/``, ``endpoints.json``, ``ledgers/``."""
RUN = "WUYOU_MODEL_RUN"
"""Set by a batch for its kernels: the name of the ledger that they share."""
SHARES = "WUYOU_MODEL_SHARES"
"""Set by a batch for its kernels: among how many of them the calls under way are shared."""
WORD_TOKENS, OTHER_TOKENS, MESSAGE_TOKENS = 0.8, 0.3, 4
"""What a Chinese character, any other character and a message's frame are taken to cost; the bill says what they did."""


class Session:
    """What a run asks, through one door."""

    def __init__(self, runs: Path, use: ModelUse) -> None:
        folder = runs / FOLDER
        run = os.environ.get(RUN, "")
        self.use = use
        self.budget = Budget(use, folder / "ledgers" / f"{run}.json" if run else None)
        self.endpoint = Endpoint(folder / "endpoints.json", use)
        self.answers = Answers(folder / "answers")

    @property
    def meter(self) -> Meter:
        """How the run stands."""
        return self.budget.meter

    @property
    def concurrency(self) -> int:
        """Calls that this process may have under way."""
        shares = os.environ.get(SHARES, "1")
        return max(1, self.use.concurrency // (int(shares) if shares.isdigit() and int(shares) else 1))

    def ask(self, messages: Messages, shape: Shape, bank: Bank | None = None, facts: Iterable[Fact] = ()) -> Reply:
        """Return the answer to a request: the kept one, or a new one, which is kept at once.

        Raises ModelError when the guard or the server refuses this request, ModelStopped when no more may be asked.
        """
        published = [bank.hotline] if bank else []
        published += [fact.value for fact in facts if fact.kind == "phone" and fact.kept]
        guard.look(messages, bank.deny if bank else (), published)
        model = self.endpoint.model
        key = Answers.key(
            model, messages, {"shape": shape.name, "max_tokens": self.use.max_tokens, "schema": shape.schema}
        )
        reply = self.answers.get(key)
        if reply is not None:
            self.budget.replayed()
            return reply
        reply = self.endpoint.ask(messages, shape, self.budget, tokens(messages))
        self.answers.put(key, model, messages, reply)
        return reply


def tokens(messages: Messages) -> int:
    """Estimate the tokens of messages before anybody has counted them."""
    total = 0.0
    for message in messages:
        han = len(_WIDE.findall(message["content"]))
        total += han * WORD_TOKENS + (len(message["content"]) - han) * OTHER_TOKENS + MESSAGE_TOKENS
    return round(total)


_WIDE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

"""The budget of a run and what it has cost so far: calls, tokens, money, and how long answers took.

A call is reserved before it is sent, at the most it can cost, and settled when it has been answered; so the limit
holds with any number of calls under way. The processes of one batch share a ledger file under a lock.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ...errors import ModelStopped
from ...values import ModelUse
from .cache import Reply

MILLION = 1_000_000


class Spent(NamedTuple):
    """What calls have cost."""

    calls: int = 0
    tokens: int = 0
    money: float = 0.0

    def plus(self, other: Spent, sign: int = 1) -> Spent:
        """Return the sum, or with ``sign`` -1 the difference."""
        money = round(self.money + sign * other.money, 9)
        return Spent(self.calls + sign * other.calls, self.tokens + sign * other.tokens, money)


class Meter(NamedTuple):
    """How a run stands: for a progress line and the report."""

    calls: int
    """Calls that were paid."""
    replayed: int
    """Answers that were already there."""
    tokens_in: int
    tokens_out: int
    money: float
    p50: float
    """Half of the answers took no longer, in seconds."""
    p95: float
    troubles: tuple[tuple[str, int], ...]
    """What went wrong on the wire and how often, in order of its name."""

    def __str__(self) -> str:
        cost = f"，费用 {self.money:.4f}" if self.money else ""
        return (
            f"调用 {self.calls} 次，重放 {self.replayed} 次，词元 送出 {self.tokens_in} 收回 {self.tokens_out}{cost}，"
            f"每次用时 p50 {self.p50:.2f} 秒 p95 {self.p95:.2f} 秒"
        )


class Budget:
    """Lets calls through until one of the limits would be passed."""

    def __init__(self, use: ModelUse, ledger: Path | None = None) -> None:
        self.use = use
        self._ledger = ledger
        self._lock = threading.Lock()
        self._spent = Spent()
        self._seconds: list[float] = []
        self._in = self._out = self._calls = self._replayed = 0
        self._money = 0.0
        self._troubles: Counter[str] = Counter()
        self._dense = 1.0
        """How many times its estimate a request has held at most, as far as servers have counted."""
        self._under_way: dict[int, tuple[int, Spent]] = {}
        """Estimate and what is set aside for each call under way, by number."""
        self._number = 0

    def price(self, tokens_in: int, tokens_out: int) -> float:
        """Return what so many tokens cost."""
        return (tokens_in * self.use.price_in + tokens_out * self.use.price_out) / MILLION

    def _most(self, tokens_in: int) -> Spent:
        """Return what a call can cost at most, if the servers go on counting as they have."""
        dense = round(tokens_in * self._dense)
        return Spent(1, dense + self.use.max_tokens, self.price(dense, self.use.max_tokens))

    def reserve(self, tokens_in: int) -> int:
        """Set aside what a call can cost at most; return its number. Raises ModelStopped when that would pass a limit."""
        most = self._most(tokens_in)

        def grow(spent: Spent) -> Spent:
            after, use = spent.plus(most), self.use
            limits = (
                ("次数", after.calls, use.calls),
                ("词元", after.tokens, use.tokens),
                ("费用", after.money, use.money),
            )
            for name, value, limit in limits:
                if limit and value > limit:
                    raise ModelStopped(
                        f"这一次的模型{name}预算用完了（上限 {limit:g}）",
                        "content_library/bank.yml model",
                        "已有的回答都留着，再跑一次会从这里接着写；也可以调高上限",
                    )
            return after

        self._change(grow)
        with self._lock:
            self._number += 1
            self._under_way[self._number] = tokens_in, most
            return self._number

    def settle(self, number: int, reply: Reply) -> None:
        """Put what a call has really cost in the place of what was set aside.

        A server that counts more than was estimated raises what is set aside for every call under way, too.
        """
        tokens = reply.tokens_in + reply.tokens_out
        real = Spent(1, tokens, self.price(reply.tokens_in, reply.tokens_out))
        with self._lock:
            estimate, most = self._under_way.pop(number)
            if reply.tokens_in > estimate * self._dense:
                self._dense = reply.tokens_in / max(1, estimate)
                for other, (held, before) in self._under_way.items():
                    self._under_way[other] = held, self._most(held)
                    real = real.plus(self._most(held)).plus(before, -1)
        self._change(lambda spent: spent.plus(most, -1).plus(real))
        with self._lock:
            self._calls += 1
            self._in += reply.tokens_in
            self._out += reply.tokens_out
            self._money += self.price(reply.tokens_in, reply.tokens_out)
            self._seconds.append(reply.seconds)

    def give_back(self, number: int, trouble: str) -> None:
        """Give back what was set aside for a call that was refused before any answer."""
        with self._lock:
            _, most = self._under_way.pop(number)
        self._change(lambda spent: spent.plus(most, -1))
        self.trouble(trouble)

    def trouble(self, name: str) -> None:
        """Count something that went wrong on the wire; a call that may have been answered stays paid."""
        with self._lock:
            self._troubles[name] += 1

    def replayed(self) -> None:
        """Count an answer that was already there."""
        with self._lock:
            self._replayed += 1

    @property
    def meter(self) -> Meter:
        """How the run stands in this process."""
        with self._lock:
            taken = sorted(self._seconds)
            return Meter(
                self._calls, self._replayed, self._in, self._out, self._money, _at(taken, 0.5), _at(taken, 0.95),
                tuple(sorted(self._troubles.items())),
            )  # fmt: skip

    def _change(self, step: Callable[[Spent], Spent]) -> None:
        with self._lock:
            if self._ledger is None:
                self._spent = step(self._spent)
                return
            import fcntl

            self._ledger.parent.mkdir(parents=True, exist_ok=True)
            with self._ledger.open("a+", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                text = file.read()
                after = step(Spent(*json.loads(text)) if text else Spent())
                file.seek(0)
                file.truncate()
                file.write(json.dumps(after))


def _at(taken: list[float], share: float) -> float:
    """Return the time that this share of the answers did not pass."""
    return taken[min(len(taken) - 1, int(len(taken) * share))] if taken else 0.0

"""One endpoint: what it can do, found out once and kept, and how one request is brought through to it.

It knows the wire and nothing of posts: it sends messages, waits when it is told to wait, asks again when the network
or the server fails, and gives up in one sentence. What an answer is worth is not decided here.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ...errors import ModelError, ModelStopped
from ...values import ModelUse
from .budget import Budget
from .cache import Reply, replace
from .wire import Failed, Messages, Profile, Refused, Shape, about_the_way, plainer_way, read_reply, retry_after

if TYPE_CHECKING:
    from openai import OpenAI

AGAIN = 2
"""How often a request is sent again after the network or the server has failed."""
AGAIN_WHEN_BUSY = 5
"""How often after it was told to come later."""
PAUSE_SECONDS = 1.0
"""The first wait when the server names none; it doubles."""
LONGEST_WAIT_SECONDS = 120.0
"""A server that wants a longer wait than this is left for today."""
LOST = 20
"""After so many requests in a row without an answer, nobody is asked any more."""
MOST_BYTES = 1_000_000
"""A longer answer is dropped while it comes in."""
CONNECT_SECONDS = 10.0


class Endpoint:
    """The endpoint that the environment names."""

    def __init__(self, kept: Path, use: ModelUse) -> None:
        self.use = use
        self._kept = kept
        self._finding = threading.Lock()
        self._profile: Profile | None = None
        self._client: OpenAI | None = None
        self._opening = threading.Lock()
        self._hold_until = 0.0
        self._unanswered = 0

    @property
    def model(self) -> str:
        """The name of the model to be asked. Raises ModelStopped when none is named."""
        name = os.environ.get("WUYOU_MODEL", "").strip()
        if not name:
            raise ModelStopped("没有说用哪个模型", "WUYOU_MODEL", "请设环境变量 WUYOU_MODEL，或不用模型")
        return name

    @property
    def address(self) -> str:
        """Where it is, without any name or password in it."""
        return re.sub(r"//[^/@]*@", "//", str(self._open().base_url))

    def ask(self, messages: Messages, shape: Shape, budget: Budget, tokens_in: int) -> Reply:
        """Bring a request through. ``tokens_in`` is what it is estimated to hold.

        Raises ModelStopped when there is no use in asking any more, ModelError when this one request failed.
        """
        tries = busy = 0
        pause = PAUSE_SECONDS
        while True:
            if self._unanswered >= LOST:
                raise ModelStopped(
                    f"模型服务连着 {LOST} 次没有答复，不再问了",
                    self.address,
                    "已有的回答都留着，服务好了再跑一次会接着写",
                )
            call = budget.reserve(tokens_in)
            try:
                reply = self._adapted(messages, shape, tokens_in)
            except Failed as error:
                budget.trouble(str(error)) if error.paid else budget.give_back(call, str(error))
                busy, tries = busy + error.busy, tries + (not error.busy)
                wait = pause if error.wait is None else error.wait
                if wait > LONGEST_WAIT_SECONDS:
                    raise ModelStopped(
                        f"模型服务要求等 {wait:.0f} 秒", self.address, "已有的回答都留着，晚些再跑"
                    ) from None
                if busy > AGAIN_WHEN_BUSY or tries > AGAIN:
                    self._unanswered += 1
                    raise ModelError(f"模型服务没有答复：{error}", self.address, "请看地址和网络，或不用模型") from None
                if not error.busy or error.wait is None:
                    time.sleep(wait)
                pause *= 2
            except Refused as error:
                budget.give_back(call, "请求被拒")
                raise ModelError(f"模型服务不收这个请求：{error}", self.address, "请看模型和参数，或不用模型") from None
            except ModelStopped:
                budget.give_back(call, "服务拒绝")
                raise
            else:
                self._unanswered = 0
                budget.settle(call, reply)
                return reply

    # ── what it can do ──

    def _adapted(self, messages: Messages, shape: Shape, tokens_in: int) -> Reply:
        """Send in the way this endpoint understands; the first request finds out which, the others wait for it."""
        profile = self._known()
        if profile is not None:
            try:
                return self._send(messages, shape, profile, tokens_in)
            except Refused as error:
                if not about_the_way(str(error)):
                    raise
        with self._finding:
            known = self._known()
            if known is None or known == profile:
                return self._find_out(messages, shape, known or Profile(), tokens_in)
        return self._send(messages, shape, known, tokens_in)

    def _find_out(self, messages: Messages, shape: Shape, profile: Profile, tokens_in: int) -> Reply:
        """Ask in ever plainer ways until the server does not find the request wrong, and keep that way."""
        while True:
            try:
                reply = self._send(messages, shape, profile, tokens_in)
            except Refused as error:
                plainer = plainer_way(profile, str(error))
                if plainer is None:
                    raise
                profile = plainer
            else:
                self._keep(profile)
                return reply

    def _known(self) -> Profile | None:
        if self._profile is None:
            try:
                kept = json.loads(self._kept.read_text(encoding="utf-8"))[self._name]
                self._profile = Profile.model_validate(kept)
            except (OSError, ValueError, KeyError, TypeError, ValidationError):
                return None
        return self._profile

    def _keep(self, profile: Profile) -> None:
        try:
            every = json.loads(self._kept.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            every = {}
        every[self._name] = profile.model_dump()
        replace(self._kept, json.dumps(every, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        self._profile = profile

    @property
    def _name(self) -> str:
        return f"{self.address} {self.model}"

    # ── one request ──

    def _send(self, messages: Messages, shape: Shape, profile: Profile, tokens_in: int) -> Reply:
        start = time.perf_counter()
        content = self._post(messages, shape, profile)
        return read_reply(content, tokens_in, time.perf_counter() - start)

    def _post(self, messages: Messages, shape: Shape, profile: Profile) -> bytes:
        """Send once and return the body: no longer than the time it may take, no more bytes than it may have."""
        import openai

        self._wait()
        deadline = time.monotonic() + self.use.timeout_seconds
        client, asked = self._open(), self._arguments(messages, shape, profile)
        try:
            with client.chat.completions.with_streaming_response.create(**asked) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise Failed("回答太长", paid=True)
                    if time.monotonic() > deadline:
                        raise Failed("回答太慢", paid=True)
                return bytes(body)
        except Failed:
            raise
        except openai.APIStatusError as error:
            if error.status_code == 429:
                self._hold(min(retry_after(error.response.headers) or 0.0, LONGEST_WAIT_SECONDS))
            raise self._verdict(error.status_code, error.message, error.response.headers) from error
        except openai.APITimeoutError as error:
            raise Failed("超时", paid=True) from error
        except openai.OpenAIError as error:
            raise Failed("连不上") from error
        except (
            Exception
        ) as error:  # the transport's own errors, while the body comes in: which transport is openai's choice
            raise Failed("超时" if "Timeout" in type(error).__name__ else "回答断了", paid=True) from error

    def _arguments(self, messages: Messages, shape: Shape, profile: Profile) -> dict[str, Any]:
        asked: dict[str, Any] = {"messages": list(messages), profile.limit: self.use.max_tokens}
        if profile.temperature:
            asked["temperature"] = 0
        if profile.format == "json_schema":
            schema = {"name": shape.name, "schema": shape.schema, "strict": True}
            asked["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif profile.format == "json_object":
            asked["response_format"] = {"type": "json_object"}
        # as an extra body it is sent as it stands; as arguments, openai would walk through all of it with its types
        return {"model": self.model, "messages": [], "extra_body": asked}

    def _verdict(self, status: int, said: str, headers: Mapping[str, str]) -> Exception:
        """Say what a refusal means: come later, ask otherwise, or ask no more."""
        if status == 429:
            return Failed("请求太多（429）", retry_after(headers), busy=True)
        if status in (408, 409, 425) or status >= 500:
            return Failed(f"服务出错（{status}）", retry_after(headers))
        if status in (400, 413, 422):
            return Refused(f"{status} {said[:200]}")
        reasons = {401: "密钥不对", 402: "账户余额不足", 403: "没有权限", 404: "没有这个模型或地址"}
        return ModelStopped(
            f"模型服务没有答复：{reasons.get(status, '被拒绝')}（{status}）",
            self.address,
            "请看地址、密钥和模型名，或不用模型",
        )

    def _open(self) -> OpenAI:
        with self._opening:
            if self._client is None:
                from openai import OpenAI, OpenAIError, Timeout

                timeout = Timeout(self.use.timeout_seconds, connect=min(CONNECT_SECONDS, self.use.timeout_seconds))
                try:
                    self._client = OpenAI(timeout=timeout, max_retries=0)
                except OpenAIError as error:
                    raise ModelStopped(
                        "没有模型的密钥", "OPENAI_API_KEY", "请设环境变量；本地服务可以写任意值"
                    ) from error
            return self._client

    # ── waiting ──

    def _hold(self, seconds: float) -> None:
        """Let nobody send anything for so long: a busy server is not asked by the others meanwhile."""
        self._hold_until = max(self._hold_until, time.monotonic() + seconds)

    def _wait(self) -> None:
        while (left := self._hold_until - time.monotonic()) > 0:
            time.sleep(left)

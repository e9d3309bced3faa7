"""A scripted model server on loopback: it speaks the protocol, counts what it is sent, and misbehaves on cue.

A script is asked for each request and returns an ``Act``. ``honest`` makes an answer that nobody should object to, out
of what the template writer would have written for the same brief.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from wuyou.quantities import find, same
from wuyou.values import Brief, Post


class Act(NamedTuple):
    """What the server does with one request."""

    content: str = ""
    """The words of the answer."""
    status: int = 200
    finish: str = "stop"
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    """Seconds before the first byte."""
    cut: float = 1.0
    """Share of the body that is sent before the line goes dead."""
    trickle: float = 0.0
    """Seconds between single bytes."""
    raw: str | None = None
    """The whole body, when it is not the protocol's."""
    usage: Mapping[str, int] | None = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


Script = Callable[[dict[str, Any], int], Act]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class ModelServer:
    """The server; it keeps every request, and how many were under way at most."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.answered = 0
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._handle(self)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        handler.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            self._act(handler, self.script(request, number))
        finally:
            with self._lock:
                self._now -= 1

    def _act(self, handler: BaseHTTPRequestHandler, act: Act) -> None:
        time.sleep(act.delay)
        body = (act.raw if act.raw is not None else json.dumps(_completion(act), ensure_ascii=False)).encode()
        handler.send_response(act.status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        for name, value in act.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if act.trickle:
            for byte in body:
                handler.wfile.write(bytes([byte]))
                time.sleep(act.trickle)
            return
        handler.wfile.write(body[: int(len(body) * act.cut)])
        if act.cut < 1:
            handler.wfile.flush()
            handler.close_connection = True
            with contextlib.suppress(OSError):
                handler.connection.shutdown(socket.SHUT_RDWR)
            return
        with self._lock:
            self.answered += act.status == 200


def _completion(act: Act) -> dict[str, Any]:
    if act.status != 200:
        return {"error": {"message": act.content or "no", "type": "error", "code": str(act.status)}}
    choice = {"index": 0, "message": {"role": "assistant", "content": act.content}, "finish_reason": act.finish}
    made = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    return {**made, "usage": dict(act.usage)} if act.usage is not None else made


def say(content: Mapping[str, Any] | str, **how: Any) -> Act:
    """Answer with a text, or with an object as JSON."""
    return Act(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), **how)


@contextlib.contextmanager
def serving(script: Script, environment: Any = None) -> Iterator[ModelServer]:
    """Serve for the length of a block; ``environment`` (a monkeypatch) is told where."""
    made = ModelServer(script)
    if environment is not None:
        for name, value in (("OPENAI_BASE_URL", made.url), ("OPENAI_API_KEY", "none"), ("WUYOU_MODEL", "m")):
            environment.setenv(name, value)
    try:
        yield made
    finally:
        made.close()


def task(request: Mapping[str, Any]) -> str:
    """Return what a request is about: the same for every try at one brief."""
    return str(request["messages"][1]["content"])


def honest(brief: Brief, post: Post) -> dict[str, Any]:
    """Return a post's words as a model would answer them, each number named to the fact it is from."""
    parts = {part.role: part.text for part in post.parts}
    text = "\n".join(parts.get(role, "") for role in ("opening", "body", "ask"))
    named = []
    for claim in (each for each in find(text) if each.claim):
        for fact in brief.facts:
            held = [
                each
                for piece in (fact.value, fact.plain, *fact.conditions, *fact.subject.model_dump().values())
                for each in find(piece)
            ]
            if any(same(claim, each) for each in held):
                named.append({"said": claim.text, "fact": fact.key})
                break
    headline = post.pictures[0].headline if post.pictures else ""
    return {
        **{role: parts.get(role, "") for role in ("opening", "body", "ask")},
        "headline": headline,
        "numbers": named,
    }

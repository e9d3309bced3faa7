"""The memory of the model writer: every answer under the digest of what was asked, so that nothing is paid for twice.

An answer is a file of its own, whole or not at all; a damaged one counts as none. Where it was asked is no part of the
digest: a folder of answers replays anywhere, without an address or a key.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import ExportError, reason


class Reply(NamedTuple):
    """What came back for a request."""

    text: str
    """The answer, without any thinking aloud."""
    cut: bool = False
    """Whether the server stopped it for its length."""
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    """From sending to the last byte."""


class Answers:
    """A folder of answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def key(model: str, messages: Sequence[Mapping[str, str]], about: Mapping[str, Any]) -> str:
        """Return the digest of a request: the model's name, every message, and what else decides the answer."""
        asked = json.dumps([model, list(map(dict, messages)), dict(about)], ensure_ascii=False, sort_keys=True)
        return blake2b(asked.encode(), digest_size=16).hexdigest()

    def get(self, key: str) -> Reply | None:
        """Return the answer that was kept; nothing when there is none or it cannot be read."""
        try:
            kept = json.loads(self._path(key).read_text(encoding="utf-8"))["reply"]
            return Reply(**{name: kept[name] for name in Reply._fields})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, model: str, messages: Sequence[Mapping[str, str]], reply: Reply) -> None:
        """Keep an answer beside what was asked. Raises ExportError when the disk refuses."""
        kept = {"model": model, "messages": list(map(dict, messages)), "reply": reply._asdict()}
        replace(self._path(key), json.dumps(kept, ensure_ascii=False, indent=1) + "\n")

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def replace(path: Path, text: str) -> None:
    """Write a file, whole or not at all. Raises ExportError when the disk refuses."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary or path.with_suffix(".part")).unlink(missing_ok=True)
        raise ExportError(f"写不进去：{reason(error)}", str(path), "请看磁盘是否已满、有没有写权限") from error

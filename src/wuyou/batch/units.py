"""The units of a batch: one notebook run per segment, its receipt, and what happens when one fails or all are stopped."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BatchError, ExportError, Interrupted, Problem, WuyouError
from ..store import whole, write_text

if TYPE_CHECKING:
    from ..workbench import Workbench

RECEIPT = "receipt.json"
EXECUTED = "run.ipynb"
FAILED = "failed.ipynb"
CELL_SECONDS = 600
"""How long a cell may take."""

Progress = Callable[[str, int, int], None]
"""Told the unit just finished, how many are done and how many there are."""


class Units:
    """The notebook runs of one campaign."""

    def __init__(self, bench: Workbench, campaign: str, notebook: Path, writer: str, states: Mapping[str, str]) -> None:
        self.bench = bench
        self.campaign = campaign
        self.notebook = notebook
        self.writer = writer
        self.states = states
        self.failed: list[Problem] = []
        self.done: list[str] = []
        self._stopping = threading.Event()
        self._engine: str | None = None

    def receipt(self, segment: str) -> dict[str, Any]:
        """Return what is written of a segment's last run; without its posts or its notebook it has no state."""
        folder = self.bench.folder(self.campaign, segment)
        receipt = read_receipt(folder / RECEIPT)
        complete = (folder / "posts.jsonl").exists() and (folder / EXECUTED).exists()
        return receipt if complete else {**receipt, "state": ""}

    def run(self, due: Sequence[str], jobs: int, progress: Progress | None) -> None:
        """Run every segment that is due, each in a kernel of its own.

        Raises BatchError when some failed (the others are finished and kept), Interrupted on Ctrl-C, ExportError when
        nothing can be written any more.
        """
        from . import warm

        _sweep(self.bench.folder(self.campaign))
        with warm.engine(self.bench.root) as self._engine:
            pool = ThreadPoolExecutor(jobs, thread_name_prefix="unit")
            try:
                self._collect({pool.submit(self._unit, segment): segment for segment in due}, progress)
            except (KeyboardInterrupt, ExportError) as error:
                self._stopping.set()
                pool.shutdown(wait=False, cancel_futures=True)
                _kill_kernels()
                pool.shutdown(wait=True)
                if isinstance(error, ExportError):
                    raise
                so_far = f"已完成 {len(self.done)} 个客群" if self.done else "还没有跑完一个客群"
                raise Interrupted(f"已按 Ctrl-C 停下，{so_far}", f"runs/{self.campaign}", "再跑一次会接着做") from None
            pool.shutdown()
        if self.failed:
            raise BatchError(self.failed)

    def _collect(self, futures: Mapping[Future[None], str], progress: Progress | None) -> None:
        waiting = set(futures)
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=futures.__getitem__):
                segment, error = futures[future], future.exception()
                if isinstance(error, ExportError):
                    raise error
                if error is None:
                    self.done.append(segment)
                else:
                    advice = f"执行记录在 {FAILED}，改好后再跑一次只会补这些"
                    self.failed.append(Problem(_reason(error), f"runs/{self.campaign}/{segment}", advice))
                if progress is not None:
                    progress(segment, len(self.done) + len(self.failed), len(futures))

    def _unit(self, segment: str) -> None:
        """Execute the notebook for one segment and leave it beside its posts, whole or not at all."""
        start = time.perf_counter()
        folder = self.bench.folder(self.campaign, segment)
        (folder / RECEIPT).unlink(missing_ok=True)
        parameters = {
            "campaign": self.campaign,
            "segment": segment,
            "writer": self.writer,
            "root": str(self.bench.root),
        }
        with whole(folder / EXECUTED) as target:
            try:
                self._execute(target, parameters)
            except Exception:
                if target.stat().st_size and not self._stopping.is_set():
                    target.replace(folder / FAILED)
                raise
        (folder / FAILED).unlink(missing_ok=True)
        if not (folder / "posts.jsonl").exists():
            raise WuyouError(
                "笔记本跑完了，却没有写出文稿", str(folder), "请看笔记本最后一格是不是 bench.save(checked)"
            )
        receipt = {"state": self.states[segment], "seconds": round(time.perf_counter() - start, 2)}
        write_text(folder / RECEIPT, json.dumps(receipt, sort_keys=True) + "\n")

    def _execute(self, target: Path, parameters: dict[str, str]) -> None:
        """Execute with papermill; a kernel that did not start gets one more chance, an ordinary one."""
        from . import warm

        try:
            warm.execute(self.notebook, target, parameters, self._engine, CELL_SECONDS)
        except RuntimeError as error:
            if "respond" not in str(error) or self._stopping.is_set():
                raise
            warm.execute(self.notebook, target, parameters, None, CELL_SECONDS)


def read_receipt(path: Path) -> dict[str, Any]:
    """Read a receipt; a missing or damaged one counts as none, so that the work is done again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _sweep(folder: Path) -> None:
    """Remove what an earlier killed run left half-written."""
    for pattern in (".*.tmp*", "*/.run.*.ipynb", "*/.*.jsonl"):
        for leftover in folder.glob(pattern):
            with contextlib.suppress(OSError):
                leftover.unlink()


def _kill_kernels() -> None:
    """Kill the kernels this process has started, so that the threads that wait for them come back."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()


def _reason(error: BaseException) -> str:
    """Say in one line why a notebook failed; for an error of ours, its own words."""
    name, value = getattr(error, "ename", ""), getattr(error, "evalue", "")
    if not name:
        return str(error) or type(error).__name__
    cell = getattr(error, "exec_count", None)
    place = f"第 {cell} 格：" if cell else ""
    ours = name.endswith("Error") and any("\u4e00" <= char <= "\u9fff" for char in value)
    return place + (value if ours else f"{name}：{value}")

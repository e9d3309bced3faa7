"""Runs a notebook once per segment with papermill and reports: one parent, some threads, one kernel process per unit.

It does not know what the notebook does; it hands it ``campaign``, ``segment``, ``writer`` and ``root``. The executed
notebook stays beside what it wrote as the receipt of the run. A unit whose inputs have not changed is not run again,
so a batch that was killed goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import BatchError, ExportError, Interrupted, Problem, WuyouError
from ..store import locked, write_text

if TYPE_CHECKING:
    from ..values import Calendar
    from ..workbench import Workbench

NOTEBOOK = "2_write_campaign.ipynb"
RECEIPT = "receipt.json"
EXECUTED = "run.ipynb"
FAILED = "failed.ipynb"
CELL_SECONDS = 600
"""How long a cell may take."""


class Row(NamedTuple):
    """What became of one segment."""

    segment: str
    title: str
    channels: Mapping[str, int]
    levels: Mapping[str, int]
    approved: int
    seconds: float
    ran: bool


class Report(NamedTuple):
    """What became of a batch."""

    campaign: str
    rows: tuple[Row, ...]
    files: tuple[Path, ...]
    surveys: Mapping[str, int]
    seconds: float
    fresh: bool
    """True when there was nothing to do."""


Progress = Callable[[str, int, int], None]
"""Told the unit just finished, how many are done and how many there are."""


def run(
    bench: Workbench,
    campaign: str,
    segments: Sequence[str] = (),
    *,
    writer: str = "template",
    jobs: int = 2,
    force: bool = False,
    sign_sample: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Plan, write and check every segment in its own notebook run, then export.

    Raises BatchError when some notebooks failed (the others are finished and kept), Interrupted on Ctrl-C,
    StoreError when the same campaign is being run elsewhere.
    """
    start = time.perf_counter()
    chosen = bench.library.campaign(campaign)
    for segment in segments:
        bench.library.get("segments", segment)
    names = tuple(segments) or chosen.segments
    notebook = bench.root / "notebooks" / NOTEBOOK
    with locked(bench.folder(campaign) / ".lock", f"活动 {campaign} 的另一次批跑"):
        _sweep(bench.folder(campaign))
        parameters = {"writer": writer}
        states = {name: bench.state(campaign, name, notebook, parameters) for name in names}
        _ = bench.rulebook  # a rule that does not prove itself stops the batch once, not once a segment
        due = [name for name in names if force or _receipt(bench, campaign, name).get("state") != states[name]]
        seconds = _run_all(bench, campaign, due, notebook, states, writer, max(1, jobs), progress) if due else {}
        sealed = _sealed(bench, campaign, states, sign_sample)
        receipt = bench.folder(campaign) / RECEIPT
        old = _read(receipt)
        fresh = (
            not due
            and old.get("sealed") == sealed
            and all((bench.root / name).exists() for name in old.get("files", ["-"]))
        )
        if not fresh:
            if sign_sample:
                bench.sign_sample(campaign)
                sealed = _sealed(bench, campaign, states, sign_sample)
            calendar = bench.calendar(campaign)
            files = bench.publish(campaign)
            old = {
                "sealed": sealed,
                "files": [path.relative_to(bench.root).as_posix() for path in files],
                "rows": _rows(bench, calendar),
                "surveys": _levels(finding.level for finding in calendar.findings),
            }
            write_text(receipt, json.dumps(old, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return Report(
        campaign=campaign,
        rows=tuple(
            Row(
                seconds=seconds.get(row["segment"]) or _receipt(bench, campaign, row["segment"]).get("seconds", 0.0),
                ran=row["segment"] in due,
                **row,
            )
            for row in old["rows"]
        ),
        files=tuple(bench.root / name for name in old["files"]),
        surveys=old["surveys"],
        seconds=time.perf_counter() - start,
        fresh=fresh,
    )


def _sealed(bench: Workbench, campaign: str, states: Mapping[str, str], sign_sample: bool) -> list[Any]:
    """Return what the exports rest on: the segments' states, the decisions, and how it was signed."""
    records = bench.records.path
    size = records.stat().st_size if records.exists() else 0
    return [campaign, dict(states), size, sign_sample]


def _rows(bench: Workbench, calendar: Calendar) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for entry in calendar.entries:
        segment = entry.post.brief.segment
        if segment is None:
            continue
        row = rows.setdefault(
            segment.name,
            {
                "segment": segment.name,
                "title": segment.title,
                "channels": {},
                "levels": {"block": 0, "warn": 0, "hint": 0},
                "approved": 0,
            },
        )
        channel = entry.post.brief.slot.channel
        row["channels"][channel] = row["channels"].get(channel, 0) + 1
        row["approved"] += entry.approved
        for finding in entry.checked.findings:
            row["levels"][finding.level] += 1
    order = list(bench.library.campaign(calendar.campaign).segments) if calendar.campaign else []
    return sorted(rows.values(), key=lambda row: order.index(row["segment"]) if row["segment"] in order else len(order))


def _levels(levels: Iterator[str]) -> dict[str, int]:
    counts = {"block": 0, "warn": 0, "hint": 0}
    for level in levels:
        counts[level] += 1
    return counts


def history(bench: Workbench) -> list[dict[str, Any]]:
    """Return what each campaign's last run made, by name."""
    found = []
    for path in sorted(bench.runs.glob(f"*/{RECEIPT}")):
        receipt = _read(path)
        rows = receipt.get("rows", [])
        levels = {level: sum(row["levels"][level] for row in rows) for level in ("block", "warn", "hint")}
        posts = sum(sum(row["channels"].values()) for row in rows)
        found.append(
            {
                "campaign": path.parent.name,
                "segments": len(rows),
                "posts": posts,
                "approved": sum(row["approved"] for row in rows),
                **levels,
                "files": receipt.get("files", []),
            }
        )
    return found


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(path: Path) -> dict[str, Any]:
    """Read a receipt; a missing or damaged one counts as none, so that the work is done again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _receipt(bench: Workbench, campaign: str, segment: str) -> dict[str, Any]:
    folder = bench.folder(campaign, segment)
    receipt = _read(folder / RECEIPT)
    return receipt if (folder / "posts.jsonl").exists() and (folder / EXECUTED).exists() else {**receipt, "state": ""}


def _sweep(folder: Path) -> None:
    """Remove what an earlier killed run left half-written."""
    for leftover in (*folder.glob(".*.tmp*"), *folder.glob("*/.run.*.ipynb"), *folder.glob("*/.*.jsonl")):
        with contextlib.suppress(OSError):
            leftover.unlink()


# ── notebooks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _run_all(
    bench: Workbench,
    campaign: str,
    due: Sequence[str],
    notebook: Path,
    states: Mapping[str, str],
    writer: str,
    jobs: int,
    progress: Progress | None,
) -> dict[str, float]:
    """Run every due unit in a kernel of its own; return their seconds."""
    from . import warm

    with warm.engine(bench.root) as engine:
        return _units(bench, campaign, due, notebook, states, writer, jobs, progress, engine)


def _units(
    bench: Workbench,
    campaign: str,
    due: Sequence[str],
    notebook: Path,
    states: Mapping[str, str],
    writer: str,
    jobs: int,
    progress: Progress | None,
    engine: str | None,
) -> dict[str, float]:
    failed: list[Problem] = []
    seconds: dict[str, float] = {}
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="unit")
    futures: dict[Future[float], str] = {
        pool.submit(_unit, bench, campaign, segment, notebook, states[segment], writer, engine): segment
        for segment in due
    }
    try:
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda future: due.index(futures[future])):
                segment = futures[future]
                error = future.exception()
                if isinstance(error, ExportError):
                    raise error
                if error is not None:
                    failed.append(
                        Problem(
                            _reason(error),
                            f"runs/{campaign}/{segment}",
                            f"执行记录在 {FAILED}，改好后再跑一次只会补这些",
                        )
                    )
                else:
                    seconds[segment] = future.result()
                if progress is not None:
                    progress(segment, len(seconds) + len(failed), len(due))
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        _kill_kernels()
        pool.shutdown(wait=True)
        done_now = f"已完成 {len(seconds)} 个客群" if seconds else "还没有跑完一个客群"
        raise Interrupted(f"已按 Ctrl-C 停下，{done_now}", f"runs/{campaign}", "再跑一次会接着做") from None
    except ExportError:
        pool.shutdown(wait=False, cancel_futures=True)
        _kill_kernels()
        pool.shutdown(wait=True)
        raise
    pool.shutdown()
    if failed:
        raise BatchError(failed)
    return seconds


def _unit(
    bench: Workbench, campaign: str, segment: str, notebook: Path, state: str, writer: str, engine: str | None
) -> float:
    """Execute the notebook for one segment and leave it beside its posts, whole or not at all; return seconds."""
    from ..store import whole

    start = time.perf_counter()
    folder = bench.folder(campaign, segment)
    (folder / RECEIPT).unlink(missing_ok=True)
    parameters = {"campaign": campaign, "segment": segment, "writer": writer, "root": str(bench.root)}
    try:
        with whole(folder / EXECUTED) as target:
            try:
                _execute(notebook, target, parameters, engine)
            except Exception:
                if target.stat().st_size:
                    target.replace(folder / FAILED)
                raise
    except FileNotFoundError as error:  # the interrupted run's folder was removed under it
        raise WuyouError("执行记录写到一半被删了", str(folder), "请再跑一次") from error
    (folder / FAILED).unlink(missing_ok=True)
    if not (folder / "posts.jsonl").exists():
        raise WuyouError("笔记本跑完了，却没有写出文稿", str(folder), "请看笔记本最后一格是不是 bench.save(checked)")
    seconds = round(time.perf_counter() - start, 2)
    write_text(folder / RECEIPT, json.dumps({"state": state, "seconds": seconds}, sort_keys=True) + "\n")
    return seconds


def _execute(notebook: Path, target: Path, parameters: dict[str, str], engine: str | None) -> None:
    """Execute with papermill; a kernel that did not start gets one more chance, an ordinary one."""
    from . import warm

    try:
        warm.execute(notebook, target, parameters, engine, CELL_SECONDS)
    except RuntimeError as error:
        if "respond" not in str(error):
            raise
        warm.execute(notebook, target, parameters, None, CELL_SECONDS)


def _kill_kernels() -> None:
    """Kill the kernels this process has started, so that the threads that wait for them come back."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()


def _reason(error: BaseException) -> str:
    """Say in one line why a notebook failed; for an error of ours, its own words."""
    name, value = getattr(error, "ename", ""), getattr(error, "evalue", "")
    if name:
        cell = getattr(error, "exec_count", None)
        place = f"第 {cell} 格：" if cell else ""
        ours = name.endswith("Error") and any("\u4e00" <= char <= "\u9fff" for char in value)
        return place + (value if ours else f"{name}：{value}")
    return str(error) or type(error).__name__

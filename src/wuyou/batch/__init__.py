"""Runs a notebook once per segment with papermill and reports: one parent, some threads, one kernel process per unit.

It does not know what the notebook does; it hands it ``campaign``, ``segment``, ``writer`` and ``root``. The executed
notebook stays beside what it wrote as the receipt of the run. A unit whose inputs have not changed is not run again,
so a batch that was killed goes on where it stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..store import locked, write_text
from .units import RECEIPT, Progress, Units, read_receipt

if TYPE_CHECKING:
    from ..values import Calendar
    from ..workbench import Workbench

NOTEBOOK = "2_write_campaign.ipynb"


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
    spent: str = ""
    """What a writer that costs something has cost, in words."""


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
    spent: list[str] = []
    with locked(bench.folder(campaign) / ".lock", f"活动 {campaign} 的另一次批跑"):
        about = {"writer": writer, **bench.rests_on(writer)}
        states = {name: bench.state(campaign, name, notebook, about) for name in names}
        units = Units(bench, campaign, notebook, writer, states)
        due = [name for name in names if force or units.receipt(name).get("state") != states[name]]
        if due:
            bench.prepare(campaign, names, writer)  # what is written wrongly is said once, not once a segment
            with bench.one_run(writer, campaign, max(1, min(jobs, len(due)))) as spent:
                units.run(due, max(1, jobs), progress)
        sealed = _sealed(bench, campaign, states, sign_sample)
        receipt = bench.folder(campaign) / RECEIPT
        old = read_receipt(receipt)
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
                seconds=units.receipt(row["segment"]).get("seconds", 0.0),
                ran=row["segment"] in due,
                **row,
            )
            for row in old["rows"]
        ),
        files=tuple(bench.root / name for name in old["files"]),
        surveys=old["surveys"],
        seconds=time.perf_counter() - start,
        fresh=fresh,
        spent="；".join(spent),
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
        receipt = read_receipt(path)
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

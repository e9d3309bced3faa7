"""The whole path on a copy of the shipped project: real kernels, real files, interrupted, repeated, out of space."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.notebook
WUYOU = str(Path(sys.executable).parent / "wuyou")
TWO = ("--segment", "seniors", "--segment", "payroll")
FOUR = (*TWO, "--segment", "parents", "--segment", "maturing")
WHOLE = os.environ.get("WUYOU_LONG") == "1"


def wuyou(root: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [WUYOU, *arguments, "--root", str(root)], capture_output=True, text=True, timeout=300, **options
    )  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def ran(
    tmp_path_factory: pytest.TempPathFactory, copy_project: Callable[[Path], Path]
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """One batch of the first campaign over all segments."""
    root = copy_project(tmp_path_factory.mktemp("ran"))
    return root, wuyou(root, "batch", "--sign-sample")


def rows(root: Path) -> list[dict[str, str]]:
    with (root / "runs" / "autumn_savings" / "calendar.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_batch_ends_well_and_prints_a_table(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = ran
    assert done.returncode == 0, done.stderr
    assert "14/14" in done.stderr
    assert done.stdout.count("\n") > 16
    assert "runs/autumn_savings/copy.html" in done.stdout


def test_it_leaves_exactly_one_campaign(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, _ = ran
    assert [path.name for path in (root / "runs").iterdir() if path.is_dir() and not path.name.startswith(".")] == [
        "autumn_savings"
    ]


def test_every_segment_has_its_quotas_to_the_letter(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, _ = ran
    once = {
        ("attention", "chat", "life_benefit"): 1, ("attention", "moments", "persona"): 1, ("attention", "moments", "values"): 2,
        ("interest_desire", "chat", "icebreaker"): 1, ("interest_desire", "chat", "finance_tip"): 2, ("interest_desire", "moments", "persona"): 1,
        ("interest_desire", "moments", "values"): 1, ("interest_desire", "moments", "case"): 1, ("action_3w", "chat", "peer_story"): 1,
        ("action_3w", "chat", "benefit"): 1, ("action_3w", "chat", "activity"): 1, ("action_3w", "moments", "campaign_offer"): 1,
    }  # fmt: skip
    found: dict[str, Counter[tuple[str, str, str]]] = {}
    for row in rows(root):
        if row["channel"] != "group":
            found.setdefault(row["segment"], Counter())[row["beat"], row["channel"], row["genre"]] += 1
    assert len(found) == 14
    assert all(counts == {key: 2 * count for key, count in once.items()} for counts in found.values())


def test_every_post_is_tagged_sourced_and_signed_and_moments_have_pictures(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, _ = ran
    folder = root / "runs" / "autumn_savings"
    for row in rows(root):
        for name in ("segment", "campaign", "channel", "genre", "beat"):
            assert f"{name}:{row[name]}" in row["tags"].split("; ")
        assert row["sources"]
        assert row["approval"]
        if row["channel"] == "moments":
            assert (folder / row["picture"].split("; ")[0]).read_bytes().startswith((b"\x89PNG", b"\xff\xd8"))


def test_days_run_from_the_start_to_day_24(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, _ = ran
    days = {
        segment: {row["date"] for row in rows(root) if row["segment"] == segment} for segment in ("seniors", "dormant")
    }
    assert {min(dates) for dates in days.values()} == {"2026-10-12"}
    assert {max(dates) for dates in days.values()} == {"2026-11-04"}


def test_a_second_run_does_nothing_and_says_so(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, first = ran
    before = {
        path: path.stat().st_mtime_ns for path in (root / "runs").rglob("*") if path.is_file() and path.name != ".lock"
    }
    start = time.monotonic()
    done = wuyou(root, "batch", "--sign-sample")
    assert done.returncode == 0
    assert "什么也没有重做" in done.stdout
    assert done.stdout.split("\n\n")[0] == first.stdout.split("\n\n")[0], "the same table, column by column"
    assert time.monotonic() - start < 30
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_two_runs_give_the_same_bytes(tmp_path: Path, copy_project: Callable[[Path], Path]) -> None:
    """All fourteen segments in the long ring, four of them in the short one; alone and side by side."""
    made = []
    for jobs in ("1", "2"):
        root = copy_project(tmp_path / jobs)
        done = wuyou(root, "batch", "--sign-sample", "--jobs", jobs, *(() if WHOLE else FOUR))
        assert done.returncode == 0, done.stderr
        folder = root / "runs" / "autumn_savings"
        files = [folder / name for name in ("calendar.csv", "calendar.xlsx", "calendar.ics", "copy.html", "wecom.json")]
        files += [*folder.glob("*/posts.jsonl"), *folder.glob("pictures/*.png")]
        made.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
    alone, beside = made
    assert len(alone) > 50
    assert alone.keys() == beside.keys()
    assert [name for name in alone if alone[name] != beside[name]] == []


def test_executed_notebooks_are_the_receipts(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, _ = ran
    notebook = json.loads((root / "runs/autumn_savings/seniors/run.ipynb").read_text(encoding="utf-8"))
    assert notebook["metadata"]["papermill"]["parameters"]["segment"] == "seniors"
    assert all(cell["outputs"] is not None for cell in notebook["cells"] if cell["cell_type"] == "code")


def test_only_the_segment_whose_posts_vanished_is_run_again(
    tmp_path: Path, copy_project: Callable[[Path], Path]
) -> None:
    root = copy_project(tmp_path)
    assert wuyou(root, "batch", *TWO).returncode == 0
    (root / "runs/autumn_savings/seniors/posts.jsonl").unlink()
    done = wuyou(root, "batch", *TWO)
    assert "重跑了 1 个客群" in done.stdout


def test_two_runs_of_one_campaign_at_once_are_refused(tmp_path: Path, copy_project: Callable[[Path], Path]) -> None:
    root = copy_project(tmp_path)
    first = subprocess.Popen(
        [WUYOU, "batch", *TWO, "--root", str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        lock = root / "runs/autumn_savings/.lock"
        _until(lock.exists)
        time.sleep(0.3)
        done = wuyou(root, "batch", *TWO)
        assert done.returncode == 2
        assert "正在运行" in done.stderr
        assert "Traceback" not in done.stderr
    finally:
        assert first.wait(120) == 0


def test_ctrl_c_leaves_nothing_half_written_and_the_next_run_goes_on(
    tmp_path: Path, copy_project: Callable[[Path], Path]
) -> None:
    root = copy_project(tmp_path)
    batch = subprocess.Popen(
        [WUYOU, "batch", "--jobs", "1", *FOUR, "--root", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _until(lambda: list(root.glob("runs/autumn_savings/*/receipt.json")))
    os.kill(batch.pid, signal.SIGINT)
    _, said = batch.communicate(timeout=60)
    assert batch.returncode == 2
    assert "Ctrl-C" in said
    assert "Traceback" not in said
    done = {path.parent.name for path in root.glob("runs/autumn_savings/*/receipt.json")}
    assert {path.parent.name for path in root.glob("runs/autumn_savings/*/run.ipynb")} == done
    for path in root.glob("runs/autumn_savings/*/posts.jsonl"):
        assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert not list(root.glob("runs/autumn_savings/*/.run*"))
    again = wuyou(root, "batch", *FOUR)
    assert again.returncode == 0
    assert f"重跑了 {4 - len(done)} 个客群" in again.stdout


def test_a_notebook_that_fails_does_not_stop_the_others(tmp_path: Path, copy_project: Callable[[Path], Path]) -> None:
    root = copy_project(tmp_path)
    path = root / "notebooks/2_write_campaign.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "plan")
    cell["source"] = ["assert segment != 'payroll', '故意失败'\n", *cell["source"]]
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    done = wuyou(root, "batch", *TWO)
    assert done.returncode == 1
    assert "payroll" in done.stderr
    assert "故意失败" in done.stderr
    assert "Traceback" not in done.stderr
    assert (root / "runs/autumn_savings/seniors/posts.jsonl").exists()
    assert (root / "runs/autumn_savings/payroll/failed.ipynb").exists()
    assert not (root / "runs/autumn_savings/payroll/run.ipynb").exists()


def test_a_full_disk_is_one_sentence_and_nothing_half_written(
    tmp_path: Path, copy_project: Callable[[Path], Path]
) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(mount)], capture_output=True
        ).returncode
    ):
        pytest.skip("only root can mount a small disk")
    try:
        root = copy_project(tmp_path / "project")
        shutil.rmtree(root / "runs")
        (root / "runs").symlink_to(mount)
        done = wuyou(root, "batch", *TWO)
        assert done.returncode in {1, 2}
        assert "磁盘满了" in done.stderr
        assert "Traceback" not in done.stderr
        assert not list(mount.rglob("copy.html"))
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


def _until(condition: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)

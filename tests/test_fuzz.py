"""The readers against spoiled files: nothing but a list of facts or a refusal comes back, in time and in memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import fuzz_ingest
import mutations
from fuzz_ingest import Case, fuzz, make, report

LONG = os.environ.get("WUYOU_LONG") == "1"
SEED = 2026


def test_spoiled_files_of_every_format_bring_no_traceback_no_hang_and_no_lie(tmp_path: Path) -> None:
    outcomes = fuzz(range(5_000 if LONG else 200), SEED, tmp_path / "kept", jobs=min(2, os.cpu_count() or 1))
    told = report(outcomes)
    assert [outcome for outcome in outcomes if outcome.verdict not in fuzz_ingest.GOOD] == [], told
    for suffix in {path.suffix for path in fuzz_ingest.MATERIALS.iterdir()}:
        verdicts = [outcome.verdict for outcome in outcomes if outcome.suffix == suffix]
        assert "read" in verdicts, f"none of {suffix} was sound enough to be read:\n{told}"


def test_a_case_is_the_same_file_again() -> None:
    assert make(7, 123) == make(7, 123)
    assert make(7, 123).data != make(8, 123).data


def test_every_format_of_the_sample_is_spoiled() -> None:
    suffixes = {path.suffix for path in fuzz_ingest.MATERIALS.iterdir()}
    assert {Path(make(SEED, number).origin).suffix for number in range(len(suffixes))} == suffixes


def judged(case: Case, tmp_path: Path) -> str:
    path = tmp_path / f"case{case.suffix}"
    path.write_bytes(case.data)
    worker = fuzz_ingest.Worker()
    try:
        return worker.judge(case, path).verdict
    finally:
        worker.close()


def test_the_judge_tells_what_went_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import wuyou.ingest

    path = tmp_path / "a.txt"
    path.write_text("溪边银行公告\n年利率1.65%\n", encoding="utf-8")
    assert fuzz_ingest._judge(path)[0] == "read"
    material = wuyou.ingest.read(path)
    monkeypatch.setattr(
        wuyou.ingest, "read", lambda path: material.model_copy(update={"passages": material.passages * 2})
    )
    assert fuzz_ingest._judge(path) == ("broken", "同一个出处有两段")
    monkeypatch.setattr(wuyou.ingest, "read", lambda path: 1 / 0)
    verdict, detail = fuzz_ingest._judge(path)
    assert verdict == "crashed"
    assert "ZeroDivisionError" in detail


def test_a_worker_that_is_too_slow_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_ingest, "SECONDS", -10.0)
    assert judged(Case(1, ".txt", "a.txt", "年利率1.65%".encode()), tmp_path) == "hung"


def test_a_worker_that_takes_too_much_memory_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_ingest, "MEGABYTES", 1)
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("the system does not tell how much memory is held")
    assert judged(Case(1, ".txt", "a.txt", "年利率1.65%".encode()), tmp_path) == "swollen"


def test_a_failing_file_is_kept_and_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz_ingest, "GOOD", ())
    assert fuzz_ingest.main(["--case", "5", "--keep", str(tmp_path / "kept"), "--seed", "3"]) == 1
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_bytes() == make(3, 5).data
    assert "共 1 例，出错 1 例" in capsys.readouterr().out


def test_mutations_change_a_file_and_stay_of_human_size() -> None:
    data = (fuzz_ingest.MATERIALS / "秋冬季反诈风险提示.md").read_bytes()
    made = {mutations.mutate(data, ".md", b"donor", fuzz_ingest.Random(number)) for number in range(40)}
    assert len(made) > 25
    assert max(map(len, made)) < 10 * mutations.LARGE

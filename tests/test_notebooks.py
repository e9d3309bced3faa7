"""The notebooks run top to bottom with plain tools, from the root and from their own folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.notebook
ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, copy_project: Callable[[Path], Path]) -> Path:
    """A project in which one segment has been written."""
    root = copy_project(tmp_path_factory.mktemp("notebooks") / "project")
    subprocess.run(
        [str(BIN / "wuyou"), "write", "autumn_savings", "seniors", "--root", str(root)], check=True, capture_output=True
    )
    return root


def run(root: Path, folder: str, *command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "JUPYTER_PLATFORM_DIRS": "1"}
    return subprocess.run(command, cwd=root / folder, env=env, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_plain_papermill_writes_a_segment(folder: str, tmp_path: Path, copy_project: Callable[[Path], Path]) -> None:
    root = copy_project(tmp_path / "project")
    notebook = "2_write_campaign.ipynb" if folder == "notebooks" else "notebooks/2_write_campaign.ipynb"
    out = str(tmp_path / "out.ipynb")
    done = run(
        root,
        folder,
        "papermill",
        notebook,
        out,
        "-p",
        "campaign",
        "year_end_pension",
        "-p",
        "segment",
        "parents",
        "--no-progress-bar",
    )
    assert done.returncode == 0, done.stderr
    lines = (root / "runs/year_end_pension/parents/posts.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 36
    assert {json.loads(line)["segment"] for line in lines} == {"parents"}


@pytest.mark.parametrize("folder", [".", "notebooks"])
@pytest.mark.parametrize("name", NAMES)
def test_nbconvert_runs_every_notebook(name: str, folder: str, written: Path, tmp_path: Path) -> None:
    notebook = name if folder == "notebooks" else f"notebooks/{name}"
    done = run(
        written,
        folder,
        "jupyter",
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        notebook,
        "--output-dir",
        str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    outputs = [
        cell["outputs"]
        for cell in json.loads((tmp_path / name).read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    assert any(outputs)


@pytest.mark.parametrize("name", ["3_review_posts.ipynb", "4_publish_calendar.ipynb"])
def test_before_anything_is_written_a_notebook_says_what_to_run(
    name: str, tmp_path: Path, copy_project: Callable[[Path], Path]
) -> None:
    root = copy_project(tmp_path / "project")
    out = str(tmp_path / "out.ipynb")
    done = run(root, ".", "papermill", f"notebooks/{name}", out, "--no-progress-bar")
    assert done.returncode == 0, done.stderr
    assert "还没有写好的文稿" in Path(out).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_papermill_lists_every_parameter_with_its_chinese_help(name: str) -> None:
    done = run(ROOT, ".", "papermill", "--help-notebook", f"notebooks/{name}")
    cells = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    source = "".join(next(cell["source"] for cell in cells if cell["id"] == "parameters"))
    for parameter, said in re.findall(r"^(\w+): .*?# (.*)$", source, re.MULTILINE):
        assert re.search(rf"^\s+{parameter}: ", done.stdout, re.MULTILINE)
        assert said[:12] in done.stdout


def test_a_wrong_parameter_fails_with_our_sentence(tmp_path: Path, copy_project: Callable[[Path], Path]) -> None:
    root = copy_project(tmp_path / "project")
    done = run(
        root,
        ".",
        "papermill",
        "notebooks/2_write_campaign.ipynb",
        str(tmp_path / "o.ipynb"),
        "-p",
        "segment",
        "senior",
        "--no-progress-bar",
    )
    assert done.returncode != 0
    assert "没有叫 senior 的客群" in done.stderr
    assert "是不是想写 seniors？" in done.stderr

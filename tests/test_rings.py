"""The suite itself: a ring may be absent on a laptop but not hide in the gate, and golden files show their diff."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
RING = """
import pytest

@pytest.fixture
def browser():
    pytest.skip("chromium is not installed")

@pytest.mark.browser
def test_with_a_browser(browser):
    pass

def test_without_a_ring():
    pytest.skip("not here")
"""


def run(folder: Path, source: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on a file of its own with this suite's conftest."""
    path = folder / "test_it.py"
    path.write_text(source, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-p",
        "no:cacheprovider",
        "-q",
        "-o",
        "markers=browser",
        str(path),
    ]
    surroundings = {name: value for name, value in os.environ.items() if name != "WUYOU_NO_SKIP"}
    paths = os.pathsep.join([str(TESTS), *sys.path])
    return subprocess.run(
        command,
        cwd=folder,
        env={**surroundings, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "code", "said"), [({}, 0, "2 skipped"), ({"WUYOU_NO_SKIP": "1"}, 1, "1 skipped, 1 error")]
)
def test_a_skipped_ring_is_a_failure_where_nothing_may_be_skipped(
    tmp_path: Path, environment: dict[str, str], code: int, said: str
) -> None:
    done = run(tmp_path, RING, **environment)
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout + done.stderr
    assert ("and yet a browser test was skipped" in done.stdout) is bool(code)


def test_a_golden_file_that_differs_shows_the_difference(tmp_path: Path) -> None:
    source = 'def test_it(golden):\n    golden("posts/elders.md", "# 另一篇\\n")\n'
    done = run(tmp_path, source)
    assert done.returncode == 1
    assert "+# 另一篇" in done.stdout
    assert "-# d01-" in done.stdout
    assert "--update-golden" in done.stdout

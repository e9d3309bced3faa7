"""Other people's writers and exporters come in through the same door as ours: a real package, really installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PROGRAM = """
import json, sys
from pathlib import Path
from wuyou import Workbench
from wuyou.values import Calendar
bench = Workbench.here(sys.argv[1])
posts = bench.compose(bench.plan("autumn_savings", "payroll")[:3], writer="shouting")
empty = Calendar(title="t", bank=bench.library.bank)
path = bench.export(empty, Path(sys.argv[2]) / "x.titles")
print(json.dumps([[each.post.origin.writer for each in posts], path.read_text()]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build and install the plugin into a folder of its own, without the network."""
    folder = tmp_path_factory.mktemp("site")
    source = shutil.copytree(ROOT / "tests" / "plugin", tmp_path_factory.mktemp("source") / "plugin")
    options = [
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--disable-pip-version-check",
        "--no-warn-script-location",
    ]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(folder), str(source)],
        check=True,
        capture_output=True,
    )
    return folder


def _run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(site)!r})\n" + PROGRAM
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)


def test_a_plugins_writer_and_exporter_are_found_by_name(site: Path, tmp_path: Path) -> None:
    done = _run(site, str(ROOT), str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["shouting"] * 3, ""]


def test_a_plugin_that_cannot_be_imported_is_named(site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site"
    shutil.copytree(site, broken)
    (broken / "wuyou_plugin" / "__init__.py").write_text("import nothing_of_that_name\n")
    done = _run(broken, str(ROOT), str(tmp_path))
    assert done.returncode != 0
    assert "插件 shouting 装不上" in done.stderr

"""Docs cannot drift: the README's commands are run, generated pages are fresh, every verb is documented."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PAGES = ("README.zh-CN.md", "README.md")


def sessions(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every command of a page's console blocks with the output that is shown for it."""
    for block in re.findall(
        r"^ *```console\n(.*?)^ *```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        command, shown = "", list[str]()
        for line in [each.strip() for each in block.splitlines()] + ["$ "]:
            if line.startswith("$ "):
                if command:
                    yield command, shown
                command, shown = line[2:], []
            else:
                shown.append(line)


def matches(shown: list[str], said: list[str]) -> bool:
    """Compare output: a line ``…`` stands for any lines, ``…`` inside a line for any characters."""
    pattern = ""
    for line in shown:
        if line == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(piece) for piece in line.split("…")) + r"\n"
    return re.fullmatch(pattern, "".join(f"{line.strip()}\n" for line in said)) is not None


@pytest.mark.notebook
def test_the_sessions_of_the_readmes_run_as_shown(tmp_path: Path, copy_project: Callable[[Path], Path]) -> None:
    """Both in one project: what the first page has run already the second shows in its own excerpt."""
    root = copy_project(tmp_path / "project")
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    said: dict[str, list[list[str]]] = {}
    for page in PAGES:
        ran: Counter[str] = Counter()
        for command, shown in sessions(page):
            outputs = said.setdefault(command, [])
            if len(outputs) == ran[command]:
                # scripts/run sets up a .venv and then does this; the setting-up has a test of its own
                real = command.replace("scripts/run", "wuyou batch --sign-sample")
                done = subprocess.run(
                    ["bash", "-c", real], cwd=root, env=env, capture_output=True, text=True, timeout=300
                )
                assert "Traceback" not in done.stderr
                outputs.append([*done.stdout.splitlines()])
            assert matches(shown, outputs[ran[command]]), f"{page}: $ {command}\n" + "\n".join(outputs[ran[command]])
            ran[command] += 1
        assert ran.total() >= 3


def test_a_wrong_output_would_be_noticed() -> None:
    assert matches(["a…c", "…", "z"], ["abc", "1", "2", "z"])
    assert not matches(["a…c"], ["abd"])
    assert not matches(["a"], ["a", "b"])


@pytest.mark.notebook
def test_the_python_of_the_readme_runs(tmp_path: Path, copy_project: Callable[[Path], Path]) -> None:
    root = copy_project(tmp_path / "project")
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", block], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (root / "runs/autumn.xlsx").stat().st_size > 10_000


def test_every_command_in_docs_exists() -> None:
    from wuyou.cli import cli

    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for verb in re.findall(r"`wuyou ([a-z]+)", path.read_text(encoding="utf-8")):
            assert verb in cli.commands, f"{path.name}: wuyou {verb}"
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for name in re.findall(r"(?<![\w/])(scripts/[a-z_]+(?:\.py)?)", path.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{path.name}: {name}"


def test_generated_pages_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "refresh_docs.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_every_verb_is_documented_and_has_help() -> None:
    from wuyou.cli import cli

    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name, command in cli.commands.items():
        assert f"## wuyou {name}" in page
        assert command.help


def test_the_newest_changelog_heading_is_the_version() -> None:
    import wuyou

    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1] == wuyou.__version__


def test_links_between_pages_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r'src="([^":]+)"', text):
            assert (path.parent / target).exists(), f"{path.name} → {target}"


def test_the_csv_columns_in_the_wire_schema_are_the_ones_written() -> None:
    from wuyou.exports.sheet import COLUMNS

    assert ",".join(COLUMNS) in (ROOT / "docs" / "wire-schema.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["run", "test", "lab", "long", "setup"])
def test_a_front_door_is_valid_shell_and_says_what_it_does(name: str) -> None:
    path = ROOT / "scripts" / name
    assert subprocess.run(["bash", "-n", str(path)], capture_output=True).returncode == 0
    assert os.access(path, os.X_OK)
    assert "用法" in path.read_text(encoding="utf-8")


def _setup(root: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = f". {shlex.quote(str(root))}/scripts/setup core"
    return subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True)


def test_set_up_without_python_says_the_apt_line(tmp_path: Path) -> None:
    import shutil

    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup", tmp_path / "scripts")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "cat", "cksum", "dirname", "rm", "grep"):
        (tools / name).symlink_to(str(shutil.which(name)))
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "constraints.txt").touch()
    done = _setup(tmp_path, PATH=str(tools))
    assert done.returncode == 2
    assert "apt install python3" in done.stderr
    # a Debian Python without ensurepip: venv fails and the package is named
    (tools / "python3").write_text(
        '#!/bin/bash\ncase "$*" in *ensurepip*|*venv*) echo "ensurepip is not available" >&2; exit 1;; *version_info\\[:2\\]*) echo 3.11;; esac\n'
    )
    (tools / "python3").chmod(0o755)
    done = _setup(tmp_path, PATH=str(tools))
    assert done.returncode == 2
    assert "apt install python3.11-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("door", "tool", "words"),
    [
        ("run", "wuyou", "batch --sign-sample --segment 老年 客群 --jobs 3"),
        ("test", "python", "-m pytest --segment 老年 客群 --jobs 3"),
        ("long", "python", "-m pytest --segment 老年 客群 --jobs 3"),
        ("lab", "jupyter", "--segment 老年 客群 --jobs 3"),
    ],
)
def test_a_front_door_hands_its_arguments_on(door: str, tool: str, words: str, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("samples", "__pycache__"))
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in {"wuyou", "python", tool}:
        (tools / name).write_text('#!/bin/bash\necho "$@"\n')
        (tools / name).chmod(0o755)
    made = subprocess.run(
        ["bash", "-c", 'printf "%s" "$(cat pyproject.toml constraints.txt | cksum) $PWD"'],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    for stamp in ("core", "dev"):
        (tmp_path / ".venv" / f".wuyou-{stamp}").write_text(made.stdout)
    done = subprocess.run(
        [f"scripts/{door}", "--segment", "老年 客群", "--jobs", "3"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(words)

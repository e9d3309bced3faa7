"""The house: floors, doors, and what a start may cost."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "wuyou"
MODULES = sorted(SOURCE.rglob("*.py"))

ONE_DOOR = {
    "openai": "writers/model/endpoint.py",
    "papermill": "batch/warm.py",
    "jupyter_client": "batch/warm.py",
    "nbclient": "batch/warm.py",
    "ipykernel": "batch/zygote.py",
    "xlsxwriter": "exports/sheet.py",
    "openpyxl": "tables/book.py",
    "pptx": "ingest/slides.py",
    "docx": "ingest/word.py",
    "lxml": "ingest/web.py",
    "pypdfium2": "ingest/pdf.py",
    "PIL": "pictures/labels.py",
    "segno": "pictures/codes.py",
    "typst": "pictures/press.py",
    "icalendar": "exports/ics.py",
    "ipywidgets": "desk.py",
    "tqdm": "cli.py",
    "psutil": "batch/units.py",
}
"""Heavy libraries and the one file that may import each."""

LEAF = "batch/warm.py"
"""Subclasses what it imports, so it imports at its top; it is itself imported only inside functions."""


def _imports(path: Path) -> list[tuple[str, bool]]:
    """Return the top names a file imports and whether each import stands at the top of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        at_top = node in tree.body
        if isinstance(node, ast.Import):
            found += [(alias.name, at_top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node.module, at_top))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_nobody_inside_imports_the_root_package(path: Path) -> None:
    assert not [name for name, _ in _imports(path) if name.split(".")[0] == "wuyou"]


@pytest.mark.parametrize("library", sorted(ONE_DOOR))
def test_a_heavy_library_has_one_door_and_is_imported_inside_a_function(library: str) -> None:
    users = {
        path.relative_to(SOURCE).as_posix(): at_top
        for path in MODULES
        for name, at_top in _imports(path)
        if name.split(".")[0] == library
    }
    assert users == {ONE_DOOR[library]: ONE_DOOR[library] == LEAF}


def test_the_leaf_that_imports_at_its_top_is_imported_only_inside_functions() -> None:
    for path in MODULES:
        top = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
        assert not [node for node in top if any(alias.name == "warm" for alias in node.names)], path


def test_every_dependency_that_is_imported_is_declared() -> None:
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[<>=!~ \[]", name)[0].lower() for name in declared}
    as_package = {
        "docx": "python-docx",
        "pptx": "python-pptx",
        "PIL": "pillow",
        "yaml": "pyyaml",
        "pydantic_core": "pydantic",
        "nbclient": "papermill",
    }
    used = (
        {name.split(".")[0] for path in MODULES for name, _ in _imports(path)}
        - set(sys.stdlib_module_names)
        - {"__future__"}
    )
    assert {as_package.get(name, name) for name in used} <= names


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import wuyou; print(sorted(set(sys.modules) - before))"
    new = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"pydantic", "yaml", "jinja2", "click", "papermill"} & set(ast.literal_eval(new))


def test_the_help_page_needs_no_library_and_no_pydantic() -> None:
    code = (
        "import sys, contextlib, io\nfrom wuyou.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()): run(['--help'])\n"
        "print(sorted({'pydantic', 'yaml', 'jinja2', 'papermill', 'openai'} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_the_floors_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_a_module_that_has_no_floor_would_be_refused(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(SOURCE, tmp_path / "src" / "wuyou", ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "wuyou" / "stray.py").write_text('"""A module nobody gave a floor."""\n')
    (tmp_path / "lint.py").write_text(
        "import sys\nsys.path.insert(0, 'src')\nfrom importlinter.cli import lint_imports_command\nlint_imports_command()\n"
    )
    done = subprocess.run(
        [sys.executable, "lint.py", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.returncode != 0
    assert "stray" in done.stdout


def test_no_committed_text_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("no git checkout here")
    wrong = re.compile(r"/work/|/farm/|/tmp/bash_jobs|/root/|files\.pythonhosted|pypi\.org/simple|registry\.npmjs")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".ttf", ".png", ".docx", ".xlsx"} or name == "tests/test_house.py" or not path.is_file():
            continue
        if wrong.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(name)
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_a_desk_and_not_a_workshop(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in code]
    assert code[0]["metadata"]["tags"] == ["parameters"]
    for line in sources[0].splitlines():
        assert re.fullmatch(r"[a-z_]+: (str|int|bool|float) = .+  # .*[\u4e00-\u9fff].*", line), line
    assert sources[1].startswith("from wuyou import Workbench")
    assert sum(len(re.findall(r"^\s*(?:from|import) ", source, re.MULTILINE)) for source in sources) == 1
    banned = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.Lambda)
    for source in sources:
        assert len(source.splitlines()) <= 8
        assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, banned)]
    for before, cell in pairwise(cells):
        if cell["cell_type"] == "code" and cell["id"] not in {"parameters", "open"}:
            assert before["cell_type"] == "markdown"


def test_notebooks_are_stored_clean() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "clean_notebooks.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_cleaner_strips_outputs_and_refuses_nameless_cells(tmp_path: Path) -> None:
    notebook = json.loads((ROOT / "notebooks" / "2_write_campaign.ipynb").read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell |= {"execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x"]}]}
    dirty = tmp_path / "dirty.ipynb"
    dirty.write_text(json.dumps(notebook))
    script = [sys.executable, str(ROOT / "scripts" / "clean_notebooks.py")]
    assert subprocess.run([*script, "--check", str(dirty)], capture_output=True).returncode == 1
    assert subprocess.run([*script, str(dirty)], capture_output=True).returncode == 0
    assert dirty.read_text(encoding="utf-8") == (ROOT / "notebooks" / "2_write_campaign.ipynb").read_text(
        encoding="utf-8"
    )
    notebook["cells"][1]["id"] = "1e0808eb"
    dirty.write_text(json.dumps(notebook))
    assert subprocess.run([*script, str(dirty)], capture_output=True).returncode == 1

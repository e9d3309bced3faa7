"""Strip outputs, counts and volatile metadata from notebooks, and check that cell ids are words.

usage: python scripts/clean_notebooks.py [--check] [NOTEBOOK ...]
Without names: every notebook in notebooks/. --check changes nothing and exits 1 when a notebook is not clean.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def clean(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook without anything that running it leaves behind."""
    cells = []
    for cell in notebook["cells"]:
        kept = {name: cell[name] for name in ("cell_type", "id", "metadata", "source") if name in cell}
        tags = kept.get("metadata", {}).get("tags", [])
        kept["metadata"] = {"tags": [tag for tag in tags if tag != "injected-parameters"]} if tags else {}
        if cell["cell_type"] == "code":
            kept |= {"execution_count": None, "outputs": []}
        if "injected-parameters" not in tags:
            cells.append(kept)
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def unnamed(notebook: dict[str, Any]) -> list[str]:
    """Return the cell ids that are not words."""
    return [
        cell.get("id", "") for cell in notebook["cells"] if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.get("id", ""))
    ]


def main(arguments: list[str]) -> int:
    """Clean or check the notebooks named, or all of them."""
    check = "--check" in arguments
    names = [Path(name) for name in arguments if name != "--check"]
    paths = names or sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
    dirty = 0
    for path in paths:
        before = path.read_text(encoding="utf-8")
        notebook = json.loads(before)
        wrong = unnamed(notebook)
        after = json.dumps(clean(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        if wrong:
            print(f"{path.name}：单元格编号不是词：{'、'.join(wrong)}（请改成 plan、write 这样的词）")
        elif after != before:
            print(f"{path.name}：{'不干净，请运行 scripts/clean_notebooks.py' if check else '已清理'}")
        dirty += bool(wrong) or (check and after != before)
        if not check and after != before and not wrong:
            path.write_text(after, encoding="utf-8", newline="\n")
    return 1 if dirty else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

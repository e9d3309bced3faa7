"""Regenerate the parts of docs/ that come from the code: command line, YAML reference, the twenty posts of five-haves.md.

usage: python scripts/refresh_docs.py [--check]
--check writes nothing and exits 1 when a page is not what the code says.
"""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path
from types import ModuleType

import click

ROOT = Path(__file__).parent.parent
NOTE = "<!-- 由 scripts/refresh_docs.py 生成，请改代码里的说明，不要改这里。 -->\n"

FILES = (
    ("bank.yml", "Bank"), ("reviewers.yml（每人一项）", "Reviewer"), ("sources.yml（每个依据一项）", "Source"),
    ("segments/名字.yml", "Segment"), ("products/名字.yml", "Product"), ("channels/名字.yml", "Channel"), ("genres/名字.yml", "Genre"),
    ("arcs/名字.yml", "Arc"), ("cadences/名字.yml", "Cadence"), ("campaigns/名字.yml", "Campaign"), ("facts/名字.yml", "FactSheet"),
    ("stories/类型/名字.yml", "Story"), ("phrases/作用.yml 或 phrases/作用/名字.yml（每句一项）", "Phrase"),
    ("sketches/名字.yml（每篇一项）", "Sketch"),
    ("replies/名字.yml（每套一项）", "Kit"), ("moments.yml（每个一项）", "Moment"), ("claims.yml（每条一项）", "Claim"),
    ("staff.yml（每个网点一项）", "Branch"), ("personal.yml（每句一项）", "PersonalLine"), ("pictures/名字.yml", "Photo"),
)  # fmt: skip
PARTS = (
    "Disclosure",
    "Limits",
    "Hours",
    "Window",
    "Owed",
    "Quota",
    "Beat",
    "ArcSlot",
    "Theme",
    "Fact",
    "Withdrawal",
    "Subject",
    "Quiz",
    "Picture",
    "Reply",
    "ModelUse",
)


def fields(module: ModuleType) -> dict[str, list[tuple[str, str, str, str]]]:
    """Return name, type, default and docstring of every field of every class, read from the source."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        rows: list[tuple[str, str, str, str]] = []
        for index, item in enumerate(node.body):
            if (
                not isinstance(item, ast.AnnAssign)
                or not isinstance(item.target, ast.Name)
                or item.target.id == "model_config"
            ):
                continue
            after = node.body[index + 1] if index + 1 < len(node.body) else None
            said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            default = "必填" if item.value is None else ast.unparse(item.value)
            rows.append((item.target.id, ast.unparse(item.annotation), default, " ".join(str(said).split())))
        found[node.name] = rows
    return found


def yaml_reference() -> str:
    """Return the YAML reference: files first, then the values that stand inside them."""
    from wuyou import values
    from wuyou.checks import fixes, haves, kinds, rule

    known = fields(values)
    lines = [NOTE, "# YAML 参考\n", "内容库里每种文件有哪些项。没有列出的项会被拒绝；`name` 取自文件名，不写。\n"]
    for title, name in (*FILES, *((part, part) for part in PARTS)):
        doc = inspect.getdoc(getattr(values, name)) or ""
        lines += [f"\n## {title}\n", f"{doc}\n", *_rows(known[name])]
    lines.append("\n## 规则 rules/\n")
    for module in (rule, kinds, haves, fixes):
        for name, rows in fields(module).items():
            doc = inspect.getdoc(getattr(module, name)) or ""
            if rows:
                lines += [f"\n### {name}\n", f"{doc}\n", *_rows(rows)]
    return "\n".join(lines) + "\n"


def _rows(rows: list[tuple[str, str, str, str]]) -> list[str]:
    shown = [
        (name, kind.replace("|", "\\|"), default.replace("|", "\\|"), said)
        for name, kind, default, said in rows
        if name != "name"
    ]
    return [
        "| 项 | 类型 | 默认 | 说明 |",
        "| --- | --- | --- | --- |",
        *(f"| `{name}` | `{kind}` | `{default}` | {said} |" for name, kind, default, said in shown),
    ]


def command_line() -> str:
    """Return the help page of every verb."""
    from wuyou.cli import cli

    lines = [
        NOTE,
        "# 命令行\n",
        "每个命令都可以加 `--root 文件夹`。退出码：0 没有问题，1 有拦截或有笔记本失败，2 有东西要先改好。\n",
    ]
    top = click.Context(cli, info_name="wuyou", max_content_width=100)
    lines += ["```text", cli.get_help(top), "```"]
    for name, command in cli.commands.items():
        context = click.Context(command, info_name=name, parent=top, max_content_width=100)
        lines += [f"\n## wuyou {name}\n", "```text", command.get_help(context), "```"]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or check that they are fresh."""
    stale = 0
    import show_haves

    pages = (("cli.md", command_line()), ("yaml-reference.md", yaml_reference()), ("five-haves.md", show_haves.page()))
    for name, text in pages:
        path = ROOT / "docs" / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if "--check" in arguments:
            print(f"docs/{name}：不是最新的，请运行 scripts/refresh_docs.py")
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"docs/{name}：已更新")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Strict, sandboxed Jinja: posts, prompts and pages are rendered by the same rules.

A bank's own staff edit the templates, so the sandbox keeps them from reaching Python, an unknown name is an error
with file and line, and output is bounded. Values go in as they are; nothing here knows what a post is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import LibraryError, Problem
from .yamls import suggest

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.nodes import Template

MAX_OUTPUT = 4_000_000
"""Characters a template may render: far above any page, far below what hurts (the sandbox itself bounds nothing)."""


@cache
def environment(folder: Path, *, html: bool = False) -> Environment:
    """Return the environment of a template folder; ``html`` escapes what is put in."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from pydantic import BaseModel

    class Sandbox(ImmutableSandboxedEnvironment):
        """Of a value, only what it holds: pydantic's own methods would open files and unpickle what they find."""

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            if isinstance(obj, BaseModel):
                return _held(type(obj), attr)
            return super().is_safe_attribute(obj, attr, value)

    sandbox = Sandbox(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    del sandbox.filters["random"], sandbox.globals["lipsum"]  # the same brief gives the same words
    return sandbox


@cache
def _held(model: type[Any], attr: str) -> bool:
    return not attr.startswith("_") and (
        attr in model.model_fields or isinstance(getattr(model, attr, None), (property, cached_property))
    )


def render(folder: Path, name: str, context: Mapping[str, Any], *, label: str = "", html: bool = False) -> str:
    """Render a template; ``label`` is how messages call its folder.

    Raises LibraryError naming file and line when the template is written wrongly or asks for what is not there.
    """
    from jinja2 import TemplateError, TemplateSyntaxError
    from jinja2.exceptions import SecurityError

    where = f"{label or folder}/{name}"
    chunks: list[str] = []
    size = 0
    try:
        for chunk in environment(folder, html=html).get_template(name).generate(context):
            size += len(chunk)
            if size > MAX_OUTPUT:
                raise LibraryError(f"写出的内容超过 {MAX_OUTPUT} 字", where, "请检查循环和重复")
            chunks.append(chunk)
    except LibraryError:
        raise
    except TemplateSyntaxError as error:
        raise LibraryError(
            f"模板写法有误：{error.message}", f"{where}:{error.lineno}", "请检查花括号和 {% … %}"
        ) from error
    except SecurityError as error:
        raise LibraryError(
            "模板里不能这样取东西", f"{where}:{_line(error, name)}", "只用文档里列出的变量和字段"
        ) from error
    except TemplateError as error:
        raise LibraryError(
            f"取不到内容：{_absent(error.message or '')}", f"{where}:{_line(error, name)}", "请对照可用的变量和字段"
        ) from error
    except UnicodeDecodeError as error:
        raise LibraryError("不是 UTF-8 编码的文本", where, "请用 UTF-8 另存") from error
    except Exception as error:  # a template may do anything with what it is given, and a banker sees no traceback
        raise LibraryError(f"算不出来：{error}", f"{where}:{_line(error, name)}", "请检查这一行的写法") from error
    return "".join(chunks)


def _absent(message: str) -> str:
    variable = re.fullmatch(r"'(\w+)' is undefined", message)
    if variable:
        return f"没有这个变量：{variable[1]}"
    field = re.search(r"has no (?:attribute|element) '?(\w+)'?$", message)
    return f"没有这一项：{field[1]}" if field else message


def _line(error: BaseException, name: str) -> int:
    """Find the template line in a traceback: Jinja compiles templates with their own file names and line numbers."""
    line, step = 1, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith(name):
            line = step.tb_lineno
        step = step.tb_next
    return line


def names(folder: Path, name: str) -> frozenset[str]:
    """Return the variables a template takes from outside."""
    path = folder / name
    return _names_of(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4096)
def _names_of(path: Path, mtime: int) -> frozenset[str]:  # noqa: ARG001 - a file that has changed is read again
    return _names(path.read_text(encoding="utf-8", errors="replace"))


@lru_cache(maxsize=1024)
def _names(source: str) -> frozenset[str]:
    from jinja2 import Environment, TemplateSyntaxError, meta

    try:
        return frozenset(meta.find_undeclared_variables(Environment(autoescape=True).parse(source)))
    except TemplateSyntaxError:  # rendering it will say where
        return frozenset()


def problems(folder: Path, name: str, known: Mapping[str, Iterable[str]], *, label: str = "") -> list[Problem]:
    """Find syntax errors, unknown variables and unknown fields without rendering.

    ``known`` maps each variable to the fields that may be read from it; no fields means that any may.
    """
    from jinja2 import TemplateSyntaxError, nodes

    where = f"{label or folder}/{name}"
    env = environment(folder)
    try:
        source, _, _ = env.loader.get_source(env, name)  # type: ignore[union-attr]
        tree = env.parse(source)
    except UnicodeDecodeError:
        return [Problem("不是 UTF-8 编码的文本", where, "请用 UTF-8 另存")]
    except TemplateSyntaxError as error:
        return [Problem(f"模板写法有误：{error.message}", f"{where}:{error.lineno}", "请检查花括号和 {% … %}")]
    own = _own(tree) | set(env.globals)
    found = [
        (node.lineno, f"不认识这个变量：{node.name}", suggest(node.name, known))
        for node in tree.find_all(nodes.Name)
        if node.ctx == "load" and node.name not in known and node.name not in own
    ]
    for kind, title, there in ((nodes.Filter, "过滤器", env.filters), (nodes.Test, "判断", env.tests)):
        found += [
            (node.lineno, f"模板写法有误：没有这个{title}：{node.name}", suggest(node.name, there))
            for node in tree.find_all(kind)
            if node.name not in there
        ]
    for access in tree.find_all(nodes.Getattr):
        if not isinstance(access.node, nodes.Name) or access.node.name in own:
            continue
        fields = sorted(known.get(access.node.name, ()))
        if fields and access.attr not in fields:
            near = suggest(access.attr, fields) if len(fields) > 24 else f"可用：{' '.join(fields)}"
            found.append((access.lineno, f"{access.node.name} 里没有 {access.attr}", near))
    return [Problem(what, f"{where}:{line}", hint) for line, what, hint in sorted(found)]


def _own(tree: Template) -> set[str]:
    """Return the names that a template makes itself: by set and for, as a macro, or by import."""
    from jinja2 import nodes

    found = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")} | {"loop", "caller"}
    found |= {node.name for node in tree.find_all(nodes.Macro)} | {node.target for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.FromImport):
        found |= {name if isinstance(name, str) else name[1] for name in node.names}
    return found

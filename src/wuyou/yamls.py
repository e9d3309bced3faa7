"""Strict YAML: text stays text, a key may stand once, unknown keys are refused, every problem names its line.

Stock YAML reads ``at: 18:30`` as 1110, ``on:`` as True, ``ask: no`` as False and lets the last duplicate win.
Here every plain scalar is text and the value's type decides what it means; only an empty scalar (or ``~``) is None.
Anchors, aliases, tags and merge keys are refused: a content team never needs them, and they hide what a file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import yaml

from .errors import LibraryError, Problem, reason

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    Model = TypeVar("Model", bound=BaseModel)

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]
DEPTH = 40
"""Levels that a file may nest: four times what any of ours needs."""
_HIDING = re.compile(r"(?:^|[\s\[{,])[&*!]")
"""Where an anchor, an alias or a tag may begin; only a text that has such a place is looked at token by token."""


class Document(NamedTuple):
    """Plain data, the line of each key and item in it, and the name of the file for messages."""

    data: Any
    lines: Mapping[Path_, int]
    name: str

    def line(self, path: Path_) -> int:
        """Return the line of the deepest known ancestor of a path, 1 when none is known."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, path: Path_ = ()) -> str:
        """Return ``file:line`` for a path into the data."""
        return f"{self.name}:{self.line(path)}"


def load(path: Path, name: str = "") -> Document:
    """Read a YAML file.

    Raises LibraryError with every duplicate key and every refused construct, or with the first syntax error.
    """
    name = name or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LibraryError("不是 UTF-8 编码的文本", name, "请用 UTF-8 另存") from error
    except OSError as error:
        raise LibraryError(f"读不了：{reason(error)}", name, "请看文件是否存在、有没有权限") from error
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Read YAML text; see ``load``."""
    try:
        root = yaml.compose(text.replace("\r\n", "\n"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise LibraryError(
            f"YAML 写法有误：{_syntax(error)}", f"{name}:{line}", "请检查缩进、冒号后的空格和引号"
        ) from error
    except yaml.YAMLError as error:
        raise LibraryError("YAML 里有不能用的控制字符", f"{name}:1", "请另存为纯文本") from error
    problems: list[Problem] = _hidden(text, name)
    lines: dict[Path_, int] = {}
    data = None if root is None or problems else _plain(root, (), name, lines, problems)
    if problems:
        raise LibraryError(problems)
    return Document(data, lines, name)


def _hidden(text: str, name: str) -> list[Problem]:
    """Find every anchor, alias and tag."""
    found: list[Problem] = []
    for token in yaml.scan(text, Loader=_Loader) if _HIDING.search(text) else ():
        where = f"{name}:{token.start_mark.line + 1}"
        if isinstance(token, (yaml.AnchorToken, yaml.AliasToken)):
            sign = "&" if isinstance(token, yaml.AnchorToken) else "*"
            found.append(Problem(f"不能用 {sign} 引用：{token.value}", where, "请把内容写出来"))
        elif isinstance(token, yaml.TagToken):
            found.append(Problem(f"不能用标签 {''.join(filter(None, token.value))}", where, "请删去"))
    return found


def _plain(node: Any, path: Path_, name: str, lines: dict[Path_, int], problems: list[Problem]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > DEPTH:
        problems.append(Problem("一层套一层，太深了", f"{name}:{node.start_mark.line + 1}", "请检查括号和缩进"))
        return None
    if isinstance(node, yaml.ScalarNode):
        return None if not node.style and node.value in ("", "~") else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), name, lines, problems) for index, item in enumerate(node.value)]
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        key = key_node.value
        if not isinstance(key, str):
            problems.append(Problem("键要是一个词", f"{name}:{key_line}", "请写成 名字: 内容"))
            continue
        if key == "<<" and not key_node.style:
            problems.append(Problem("不能用 << 合并", f"{name}:{key_line}", "请把内容写出来"))
            continue
        if key in mapping:
            problems.append(
                Problem(
                    f"这一项写了两遍：{key}", f"{name}:{key_line}", f"前一处在第 {lines[(*path, key)]} 行，请留一处"
                )
            )
            continue
        lines[(*path, key)] = key_line
        mapping[key] = _plain(value_node, (*path, key), name, lines, problems)
    return mapping


def _syntax(error: yaml.MarkedYAMLError) -> str:
    known = {
        "mapping values are not allowed": "这里不该有冒号，或上一行少了缩进",
        "did not find expected key": "缩进对不齐",
        "did not find expected '-' indicator": "列表的短横对不齐",
        "could not find expected ':'": "键后面少了冒号",
        "found character that cannot start any token": "有不能开头的字符（制表符、@ 或 `）",
        "found unexpected end of stream": "引号没有合上",
        "found undefined alias": "不能用 * 引用",
        "unhashable": "键要是一个词",
    }
    text = f"{error.problem or ''} {error.context or ''}"
    return next((chinese for english, chinese in known.items() if english in text), "这里读不通")


def build(model: type[Model], document: Document, data: Any = None, path: Path_ = (), **extra: Any) -> Model:
    """Make a value of a document, or of the part of it that stands at ``path``.

    ``extra`` adds fields that the file does not hold, such as the name taken from its path.
    Raises LibraryError with every problem, each at its line.
    """
    from pydantic import ValidationError

    content = document.data if data is None else data
    if content is None:
        raise LibraryError("是空的", document.where(path), "请照同类文件填写")
    if not isinstance(content, Mapping):
        raise LibraryError("要写成 名字: 内容 的样子", document.where(path))
    problems = [
        Problem(f"不认识这一项：{key}", document.where((*path, key)), "它由文件的位置决定，请删去")
        for key in extra
        if key in content
    ]
    try:
        made = model.model_validate({**content, **extra})
    except ValidationError as error:
        raise LibraryError([*problems, *explain(error, document, path, model)]) from error
    if problems:
        raise LibraryError(problems)
    return made


def explain(
    error: ValidationError, document: Document, path: Path_ = (), model: type[BaseModel] | None = None
) -> list[Problem]:
    """Turn pydantic's findings into Chinese problems with file and line."""
    problems = []
    for detail in error.errors(include_url=False):
        loc: Path_ = tuple(detail["loc"])
        place = _written(document.data, path, loc, missing=detail["type"] == "missing")
        problems.append(Problem(_sentence(detail, place), document.where((*path, *place)), _advice(detail, loc, model)))
    return problems


def _written(data: Any, path: Path_, loc: Path_, *, missing: bool) -> Path_:
    """Translate a place in a value into the place in the file.

    Where a mapping was spread into a tuple, an index is a key; a mapping of mappings that was flattened stays a riddle.
    """
    for step in path:
        data = data[step]
    place: list[str | int] = []
    for index, step in enumerate(loc):
        if isinstance(data, list) and isinstance(step, str):
            continue
        key = step
        if isinstance(data, Mapping) and isinstance(step, int):
            keys = list(data)
            inside, after = data[keys[step]] if step < len(keys) else {}, loc[index + 1 : index + 2]
            if step >= len(keys) or (isinstance(inside, Mapping) and after and after[0] not in inside and not missing):
                return (*place, *loc[index:])
            key = keys[step]
        place.append(key)
        known: Any = dict(enumerate(data)) if isinstance(data, list) else data
        data = known.get(key) if isinstance(known, Mapping) else None
    return tuple(place)


_TYPES = {
    "missing": "少了这一项",
    "string_type": "要写成文字",
    "int_parsing": "要写成整数",
    "int_type": "要写成整数",
    "decimal_parsing": "要写成数字",
    "float_parsing": "要写成数字",
    "bool_parsing": "要写成 true 或 false",
    "bool_type": "要写成 true 或 false",
    "date_from_datetime_parsing": "要写成日期，如 2026-10-12",
    "date_parsing": "要写成日期，如 2026-10-12",
    "date_type": "要写成日期，如 2026-10-12",
    "time_parsing": "要写成钟点，如 18:30",
    "tuple_type": "要写成列表",
    "list_type": "要写成列表",
    "dict_type": "要写成 名字: 内容 的样子",
    "model_type": "要写成 名字: 内容 的样子",
    "model_attributes_type": "要写成 名字: 内容 的样子",
    "too_short": "少了内容",
    "too_long": "多了内容",
    "string_too_short": "不能是空的",
    "none_required": "不该有内容",
    "union_tag_invalid": "kind 不认识",
    "union_tag_not_found": "少了 kind",
}


def _sentence(detail: ErrorDetails, loc: Path_) -> str:
    label = ".".join(str(step) for step in loc) or "整份"
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return f"不认识这一项：{loc[-1]}"
    if kind == "missing":
        return f"少了这一项：{loc[-1]}"
    if kind in ("literal_error", "enum"):
        return f"{label} 不能是 {detail['input']}"
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        bound = next((context[key] for key in ("ge", "le", "gt", "lt") if key in context), "")
        word = {"ge": "不能小于", "le": "不能大于", "gt": "要大于", "lt": "要小于"}[next(iter(context), "ge")]
        return f"{label} {word} {bound}，现在是 {detail['input']}"
    if kind == "value_error":
        return f"{label}：{context.get('error', '写得不对')}"
    return f"{label} {_TYPES.get(kind, '写得不对')}"


def _advice(detail: ErrorDetails, loc: Path_, model: type[BaseModel] | None) -> str:
    if detail["type"] in ("literal_error", "enum"):
        expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
        return f"可用：{expected}"
    if detail["type"] == "extra_forbidden" and model is not None:
        return suggest(str(loc[-1]), _fields(model, loc[:-1]))
    return ""


def _fields(model: type[BaseModel], loc: Path_) -> list[str]:
    """Return the field names of the model reached by a location, as well as it can be followed."""
    current: Any = model
    for step in loc:
        if isinstance(step, int) or not hasattr(current, "model_fields") or step not in current.model_fields:
            continue
        current = _inner(current.model_fields[step].annotation)
    return list(getattr(current, "model_fields", {}))


def _inner(annotation: Any) -> Any:
    from typing import get_args

    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _inner(arg)) is not None), None)


def suggest(word: str, known: Iterable[str]) -> str:
    """Say which known word may have been meant, or list them when they are few."""
    import difflib

    known = sorted(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"是不是想写 {near[0]}？"
    return f"可用：{'、'.join(known)}" if 0 < len(known) <= 24 else ""


def dump(data: Any) -> str:
    """Write plain data as YAML that ``parse`` reads back equal: block style, Chinese as it is, keys in their order."""
    return str(yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False))


def flow(data: Any) -> str:
    """Write plain data as YAML on one line, ``{kind: rate, value: 1.65%}``, that ``parse`` reads back equal."""
    text = yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=1 << 20, default_flow_style=True)
    return str(text).removesuffix("...\n").rstrip("\n")


class _Plain(yaml.SafeDumper):
    """Quotes only what our reader would misunderstand, and never uses anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def nothing(self, _: None) -> yaml.ScalarNode:
        """Leave the place empty: our reader takes the word null for text."""
        return self.represent_scalar("tag:yaml.org,2002:null", "")

    def text(self, data: str) -> yaml.ScalarNode:
        """Escape the line breaks that only Unicode knows; unescaped, readers fold them."""
        style = '"' if any(char in data for char in "\x85\u2028\u2029") else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Plain.add_representer(type(None), _Plain.nothing)
_Plain.add_representer(str, _Plain.text)

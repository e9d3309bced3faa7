"""Entry-point look-up: one function, one door for built-ins and for other people's packages alike.

Groups: ``wuyou.readers``, ``wuyou.writers``, ``wuyou.exporters``. Nothing happens at import.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from .errors import WuyouError


@cache
def find(group: str) -> dict[str, Any]:
    """Load every plugin of a group, by name and in the order of names.

    Raises WuyouError with each plugin that cannot be imported, or whose name is taken twice.
    """
    from importlib.metadata import entry_points

    from .errors import Problem

    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        try:
            plugin = point.load()
        except Exception as error:  # a plugin may fail in any way; the message names it
            problems.append(Problem(f"插件 {point.name} 装不上：{error}", group, f"请检查 {point.value} 或卸载它"))
            continue
        if point.name in found and found[point.name] is not plugin:
            problems.append(Problem(f"两个插件都叫 {point.name}", group, "请卸载一个"))
        found[point.name] = plugin
    if problems:
        raise WuyouError(problems)
    return found

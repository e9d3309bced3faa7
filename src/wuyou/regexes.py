"""Regular expressions that are compiled when a text first needs them.

Compiling a hundred of them takes longer than checking a hundred posts, and most starts ask few.
"""

from __future__ import annotations

import re
from typing import Any, cast

_ASKED = ("finditer", "findall", "search", "match", "fullmatch", "sub", "split")


class _Waiting:
    """Stands for a regular expression until it is asked; then its methods are those of the compiled one."""

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = re.compile(self._source, self._flags)
        self.__dict__.update((asked, getattr(made, asked)) for asked in _ASKED)
        return getattr(made, name)


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled at its first use; a wrong one is noticed only then."""
    return cast("re.Pattern[str]", _Waiting(source, flags))

"""The errors: an exception says *we cannot go on*; a finding (see ``values``) says *the text should change*.

Every message is Chinese and follows one grammar, because bankers read it::

    何处：出了什么事（怎么办）

All of them pickle, since they may cross a process boundary.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong, where it stands, and what to do about it."""

    what: str
    where: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        advice = f"（{self.hint}）" if self.hint else ""
        return f"{place}{self.what}{advice}"


_REASONS = {
    errno.ENOENT: "没有这个文件",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "空间配额用完了",
    errno.EFBIG: "超过了单个文件的大小上限",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EISDIR: "那是一个文件夹",
    errno.ENAMETOOLONG: "名字太长",
    errno.EIO: "磁盘读写出错",
}


def reason(error: OSError) -> str:
    """Say in Chinese why the operating system refused."""
    return _REASONS.get(error.errno or 0, error.strerror or "原因不明")


class WuyouError(Exception):
    """Anything Wuyou raises on purpose; carries every problem found, never only the first."""

    exit_code = 2

    def __init__(self, what: str | Problem | Iterable[Problem], where: str = "", hint: str = "") -> None:
        if isinstance(what, Problem):
            self.problems: tuple[Problem, ...] = (what,)
        elif isinstance(what, str):
            self.problems = (Problem(what, where, hint),)
        else:
            self.problems = tuple(what)
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type[WuyouError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class LibraryError(WuyouError):
    """``content_library/`` or ``templates/`` is written wrongly."""


class MaterialError(WuyouError):
    """A headquarters file cannot be read: a scan without text, a password, nothing in it."""


class PlanError(WuyouError):
    """A campaign cannot be laid out: no living fact on some day, a cadence longer than its campaign."""


class WriterError(WuyouError):
    """A writer produced nothing usable."""


class ModelError(WriterError):
    """The model endpoint refused, timed out, or kept answering badly."""


class ModelStopped(ModelError):
    """No model can be asked any more: not set up, refused, gone, or the budget is spent. What was answered is kept."""


class BlockedError(WuyouError):
    """Approve or export asked for text that a block-level rule still objects to."""

    exit_code = 1


class ExportError(WuyouError):
    """A file cannot be written."""


class StoreError(WuyouError):
    """The records are damaged, or the index was made by newer code."""


class BatchError(WuyouError):
    """Some notebooks failed, or the batch was interrupted; the finished ones are kept."""

    exit_code = 1


class Interrupted(WuyouError):
    """Someone pressed Ctrl-C; what was finished is kept and the next run goes on from there."""

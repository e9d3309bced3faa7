"""Errors: one grammar in Chinese, every problem and not only the first, and safe passage between processes."""

from __future__ import annotations

import errno
import pickle

import pytest

from wuyou import errors
from wuyou.errors import BlockedError, ModelError, Problem, WriterError, WuyouError, reason

ALL = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, WuyouError)]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem("读不出文字", "春季存款.pdf", "可能是扫描件"), "春季存款.pdf：读不出文字（可能是扫描件）"),
        (Problem("读不出文字", "春季存款.pdf"), "春季存款.pdf：读不出文字"),
        (Problem("读不出文字", hint="可能是扫描件"), "读不出文字（可能是扫描件）"),
        (Problem("读不出文字"), "读不出文字"),
    ],
)
def test_a_message_says_where_what_and_what_to_do(problem: Problem, said: str) -> None:
    assert str(problem) == said
    assert str(WuyouError(problem)) == said


def test_every_problem_is_told_a_line_each() -> None:
    assert str(WuyouError(Problem(word) for word in ("一", "二"))) == "一\n二"


@pytest.mark.parametrize("kind", ALL)
def test_an_error_survives_the_way_between_processes(kind: type[WuyouError]) -> None:
    error = kind([Problem("一", "甲", "乙"), Problem("二")])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.problems == error.problems
    assert str(again) == str(error)


def test_misuse_ends_with_2_and_blocked_text_with_1() -> None:
    assert WuyouError("x").exit_code == 2
    assert BlockedError("x").exit_code == 1
    assert issubclass(ModelError, WriterError)


@pytest.mark.parametrize(
    "number",
    [
        errno.ENOENT,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.ENOTDIR,
        errno.EISDIR,
    ],
)
def test_what_the_operating_system_refuses_is_said_in_chinese(number: int) -> None:
    assert not any(char.isascii() for char in reason(OSError(number, "English")))


def test_a_reason_nobody_translated_is_still_told() -> None:
    assert reason(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"
    assert reason(OSError()) == "原因不明"

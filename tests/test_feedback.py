"""Feedback: sums per post in, advice per segment and genre out; customer data is refused at the door."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wuyou.errors import MaterialError
from wuyou.feedback import ENOUGH, advise
from wuyou.values import Calendar, Entry

Rows = list[tuple[int, dict[str, str]]]


@pytest.fixture(scope="module")
def entries(a_calendar: Callable[..., Calendar]) -> dict[str, Entry]:
    return {entry.post.id: entry for entry in a_calendar().entries}


@pytest.fixture(scope="module")
def post(entries: dict[str, Entry]) -> Callable[..., str]:
    """Return the id of a post of a segment and genre."""

    def find(segment: str, genre: str, ordinal: int = 1) -> str:
        return next(
            name
            for name, entry in entries.items()
            if entry.post.brief.segment
            and (entry.post.brief.segment.name, entry.post.brief.slot.genre, entry.post.brief.slot.ordinal)
            == (segment, genre, ordinal)
        )

    return find


def figures(*lines: tuple[str, object, object, object, object]) -> Rows:
    heads = ("post", "sent", "read", "seconds", "replies")
    return [(number, dict(zip(heads, map(str, line), strict=True))) for number, line in enumerate(lines, 2)]


def steps(rows: Rows, entries: dict[str, Entry]) -> dict[tuple[str, str], int]:
    return {(each.segment, each.genre): each.step for each in advise(rows, entries, "figures.csv")}


def refusals(rows: Rows, entries: dict[str, Entry]) -> list[str]:
    with pytest.raises(MaterialError) as caught:
        advise(rows, entries, "figures.csv")
    return [str(problem) for problem in caught.value.problems]


# ── advice ──


def test_what_is_read_longer_and_answered_more_gets_one_more_and_its_opposite_one_less(
    entries: dict[str, Entry], post: Callable[..., str]
) -> None:
    rows = figures((post("elders", "persona"), 200, 100, 20, 10), (post("elders", "benefit"), 200, 100, 5, 1))
    assert steps(rows, entries) == {("elders", "persona"): 1, ("elders", "benefit"): -1}


def test_what_is_read_longer_but_answered_less_is_left_alone(
    entries: dict[str, Entry], post: Callable[..., str]
) -> None:
    rows = figures((post("elders", "persona"), 200, 100, 20, 1), (post("elders", "benefit"), 200, 100, 5, 10))
    assert set(steps(rows, entries).values()) == {0}


def test_a_segment_is_compared_with_itself_and_not_with_others(
    entries: dict[str, Entry], post: Callable[..., str]
) -> None:
    rows = figures(
        (post("elders", "persona"), 200, 100, 40, 30), (post("elders", "benefit"), 200, 100, 30, 20),
        (post("commuters", "persona"), 200, 100, 6, 3), (post("commuters", "benefit"), 200, 100, 4, 1),
    )  # fmt: skip
    assert steps(rows, entries) == {
        ("commuters", "benefit"): -1, ("commuters", "persona"): 1, ("elders", "benefit"): -1, ("elders", "persona"): 1,
    }  # fmt: skip


def test_few_readings_carry_no_advice(entries: dict[str, Entry], post: Callable[..., str]) -> None:
    few, many = ENOUGH - 1, ENOUGH
    rows = figures((post("elders", "persona"), 200, few, 20, 10), (post("elders", "benefit"), 200, few, 5, 1))
    assert set(steps(rows, entries).values()) == {0}
    rows = figures((post("elders", "persona"), 200, many, 20, 10), (post("elders", "benefit"), 200, many, 5, 1))
    assert set(steps(rows, entries).values()) == {1, -1}


def test_two_posts_of_a_genre_are_summed_and_seconds_weighed_by_readings(
    entries: dict[str, Entry], post: Callable[..., str]
) -> None:
    rows = figures((post("elders", "persona", 1), 100, 90, 10, 9), (post("elders", "persona", 2), 100, 10, 20, 1))
    (advice,) = advise(rows, entries, "figures.csv")
    assert (advice.sent, advice.read_share, advice.seconds, advice.reply_share) == (200, 0.5, 11.0, 0.1)


def test_a_post_that_nobody_read_divides_nothing_by_zero(entries: dict[str, Entry], post: Callable[..., str]) -> None:
    (advice,) = advise(figures((post("elders", "persona"), 0, 0, 0, 0)), entries, "figures.csv")
    assert (advice.read_share, advice.seconds, advice.reply_share, advice.step) == (0.0, 0.0, 0.0, 0)


def test_thousands_may_be_written_with_commas(entries: dict[str, Entry], post: Callable[..., str]) -> None:
    (advice,) = advise(figures((post("elders", "persona"), "1,200", "600", "3.5", "6")), entries, "figures.csv")
    assert advice.sent == 1200


# ── refused ──


@pytest.mark.parametrize("head", ["手机号", "客户姓名", "external_userid", "Phone", "customer_id", "身份证号"])
def test_a_column_that_looks_like_customer_data_is_refused(
    entries: dict[str, Entry], post: Callable[..., str], head: str
) -> None:
    rows = [(2, {**figures((post("elders", "persona"), 1, 1, 1, 1))[0][1], head: "x"})]
    assert refusals(rows, entries) == [f"figures.csv:1：这一列像是客户信息：{head}（请删去；这里只收按篇汇总的数字）"]


def test_every_missing_column_is_named_once(entries: dict[str, Entry]) -> None:
    found = refusals([(2, {"post": "a"}), (3, {"post": "b"})], entries)
    assert [line.split("：")[2].split("（")[0] for line in found] == ["sent", "read", "seconds", "replies"]


def test_every_line_that_cannot_be_used_is_named(entries: dict[str, Entry], post: Callable[..., str]) -> None:
    good = post("elders", "persona")
    rows = figures((good, 1, 1, 1, 1), ("nobody", 1, 1, 1, 1), (good, "many", 1, 1, ""), (good, -1, 1, "nan", "inf"))
    assert [line.partition("（")[0] for line in refusals(rows, entries)] == [
        "figures.csv:3：没有编号为 nobody 的文稿",
        "figures.csv:4：sent 不是数字：many", "figures.csv:4：replies 不是数字：",
        "figures.csv:5：sent 不能是 -1", "figures.csv:5：seconds 不能是 nan", "figures.csv:5：replies 不能是 inf",
    ]  # fmt: skip


def test_a_table_without_a_figure_is_refused(entries: dict[str, Entry]) -> None:
    assert refusals([], entries) == ["figures.csv：一行数字也没有（列名要是 post、sent、read、seconds、replies）"]

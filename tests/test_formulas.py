"""Derived facts: a number that a person has computed is computed again, and never for what may lose money."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wuyou import formulas
from wuyou.library import Library
from wuyou.values import Citation, Fact
from wuyou.workbench import Workbench

ON = dt.date(2026, 11, 20)
CITATION = Citation(material="公告.md", locator="第3段", quote="一年期年利率1.25%，三年期1.65%，5万元起存")


def a_fact(key: str = "rate_1y", value: str = "1.25%", **changes: Any) -> Fact:
    return Fact(**{"key": key, "kind": "rate", "value": value, "kept_by": "示例编辑", "citation": CITATION, **changes})


def derived(
    value: str = "125元", formula: str = "1万元 × rate_1y × 1年", *ground: Fact, plain: str = "", **changes: Any
) -> Fact:
    fields = {"key": "sum", "value": value, "formula": formula, "plain": plain, "kept_by": "示例编辑", **changes}
    return Fact(kind="derived", citation=CITATION, derived_from=ground or (a_fact(),), **fields)


def said(fact: Fact, product: Any = "deposit", on: dt.date | None = ON) -> list[str]:
    return [str(fault) for fault in formulas.faults(fact, product, on)]


# ── the arithmetic ──


@pytest.mark.parametrize(
    ("formula", "worth"),
    [
        ("1万元 × rate × 1年", "125"),
        ("10,000*rate", "125"),
        ("20万 × (long − rate) × 3年", "2400"),
        ("（1万元＋5000）× rate × 6个月", "93.75"),
        ("10000 × 90 ÷ 360 × 1.25%", "31.25"),
        ("1亿 × 2‰ / 4 - 1", "49999"),
        ("2 + 3 × 4", "14"),
    ],
)
def test_sums_are_done_as_people_do_them(formula: str, worth: str) -> None:
    known = {"rate": Decimal("0.0125"), "long": Decimal("0.0165")}
    assert formulas.result(formula, known).quantize(Decimal("0.0001")) == Decimal(worth)


SUMS = st.recursive(
    st.integers(0, 999).map(str),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
    max_leaves=8,
)


@given(SUMS)
def test_any_sum_is_what_arithmetic_says(formula: str) -> None:
    assert formulas.result(formula, {}) == eval(formula)  # made here, of digits and signs alone


@pytest.mark.parametrize(
    "formula",
    [
        "", "1 +", "1 2", "(1", "1)", "× 2", "1 ÷ 0", "rate", "__import__('os')", "1 ** 2", "[1]", "1;2", "rate.x", "1" * 201,
        "(" * 30 + "1" + ")" * 30, "9" * 60 + "*" + "9" * 60 + "/0", "一万",
    ],
)  # fmt: skip
def test_what_is_no_sum_is_refused_in_chinese(formula: str) -> None:
    with pytest.raises(formulas.Unsound, match="公式"):
        formulas.result(formula, {})


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(formulas.Unsound):
        assert isinstance(formulas.result(text, {}), Decimal)


# ── what is wrong with a derived fact ──


@pytest.mark.parametrize(
    "fact",
    [
        derived(plain="1万元存一年，利息125元"),
        derived("125.00元"),
        derived("约41.67元", "1万元 × rate_1y × 4个月"),
        derived("0.40%", "rate_3y - rate_1y", a_fact(), a_fact("rate_3y", "1.65%"), plain="三年期比一年期高0.40%"),
        derived("3,750元", "10万元 × rate_1y × hold", a_fact(), a_fact("hold", "3年", kind="term")),
    ],
)
def test_a_right_sum_over_kept_facts_is_sound(fact: Fact) -> None:
    assert said(fact) == []


@pytest.mark.parametrize(
    ("fact", "what"),
    [
        (derived("215元"), "算出来是 125元，写的是 215元（请把 value 改成 125元"),
        (derived("126元"), "算出来是 125元"),
        (derived("约200元"), "算出来是 125元"),
        (derived("41.7元", "1万元 × rate_1y × 4个月"), "算出来是 41.6667元"),
        (derived("最高125元"), "不能是算出来的"),
        (derived("125元或250元"), "不是一个数"),
        (derived("125元", "1万元 × rate_5y"), "公式里没有这条要点：rate_5y"),
        (derived("125元", "10000 × 1.25%"), "公式里没有用到要点"),
        (derived("125元", "1万元 × rate_1y ×"), "公式没有写完"),
        (derived("125元", "1万元 × rate_1y", a_fact(kept_by=None)), "rate_1y 还没有人确认"),
        (derived("125元", "1万元 × rate_1y", a_fact(status="superseded")), "rate_1y 已经被新的代替"),
        (derived("125元", "1万元 × rate_1y", a_fact(valid_until=dt.date(2026, 11, 19))), "rate_1y 在 2026-11-20 不能说"),
        (derived("125元", "1万元 × rate_1y", a_fact(value="最高1.25%")), "说的是个界限"),
        (derived("3元", "hold / 10", a_fact("hold", "30天", kind="term")), "按天算"),
        (derived("125元", "sum2", derived(key="sum2")), "sum2 自己也是推算的"),
        (derived(plain="1万元存一年有利息"), "plain 里没有算出来的 125元"),
        (derived(plain="2万元存一年，利息125元"), "plain 里的“2万元”不在公式里"),
        (derived(kept_by=None), "推算还没有人确认"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence_with_what_to_do(fact: Fact, what: str) -> None:
    (first, *_) = said(fact)
    assert what in "；".join(said(fact))
    assert first.endswith("）")


@pytest.mark.parametrize("product", ["wealth", "cash", "structured", "fund", "insurance", "gold"])
def test_nothing_is_computed_of_what_may_lose_money(product: str) -> None:
    (only,) = said(derived(), product)
    assert "不能替客户算数（请删去这条推算，只说原文里的数）" in only


@given(st.integers(1, 500), st.integers(1, 999), st.integers(1, 5), st.integers(-99_999, 99_999))
def test_only_the_right_result_is_sound(money: int, points: int, years: int, off: int) -> None:
    rate = a_fact(value=f"{points / 100:.2f}%")
    right = money * points * years
    fact = derived(f"{right + off}元", f"{money}万元 × rate_1y × {years}年", rate) if right + off > 0 else None
    assert fact is None or (said(fact) == []) == (off == 0)


@pytest.mark.parametrize("changes", [{"kind": "amount"}, {"formula": ""}])
def test_a_formula_and_the_kind_derived_go_together(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="推算的要点 kind 要写 derived"):
        Fact(**{"kind": "derived", "value": "125元", "formula": "1万元 × rate", "citation": CITATION, **changes})


# ── in a sheet ──

SUM = """  sum:
    kind: derived
    value: 125元
    formula: 1万元 × rate_1y × 1年
    plain: 1万元存一年，利息125元
"""


def add(library: Path, text: str, sheet: str = "autumn_deposit") -> Library:
    path = library / "facts" / f"{sheet}.yml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return Library(library)


def test_a_derived_fact_stands_where_its_operands_stand_and_ends_with_them(library_folder: Path) -> None:
    facts = {fact.key: fact for fact in add(library_folder, SUM).sheets["autumn_deposit"].facts}
    made, rate = facts["sum"], facts["rate_1y"]
    assert made.derived_from == (rate,)
    assert made.citation == rate.citation
    assert (made.valid_from, made.valid_until) == (rate.valid_from, rate.valid_until)
    assert made.conditions == rate.conditions
    assert made.kept


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("125元", "215元", "sum 的算出来是 125元，写的是 215元"),
        ("rate_1y", "rate_9y", "sum 的公式里没有这条要点：rate_9y"),
        ("    formula", "    derived_from: [rate_1y]\n    formula", "sum 不用写 derived_from"),
        ("kind: derived", "kind: amount", "推算的要点 kind 要写 derived"),
    ],
)
def test_lint_computes_again_and_names_file_and_line(library_folder: Path, old: str, new: str, what: str) -> None:
    found = [str(problem) for problem in add(library_folder, SUM.replace(old, new)).problems()]
    assert found
    assert all(problem.startswith("content_library/facts/autumn_deposit.yml:") for problem in found)
    assert what in found[0]


def test_lint_refuses_a_sum_about_a_wealth_product(library_folder: Path) -> None:
    text = "  rate:\n    kind: rate\n    value: 2%\n    at: 第3段\n    quote: 2%\n" + SUM.replace("rate_1y", "rate")
    found = [str(problem) for problem in add(library_folder, text, "wealth_90").problems()]
    assert any("理财不能替客户算数" in problem for problem in found)


def test_lint_of_the_whole_project_knows_derived_facts(tiny: Path) -> None:
    add(tiny / "content_library", SUM)
    found = [str(problem) for problem in Workbench.here(tiny).lint()]
    assert not [problem for problem in found if "sum" in problem or "原文" in problem]

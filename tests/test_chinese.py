"""Folding: look-alikes become equal, positions stay those of the original, and what is no disguise is unharmed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou.chinese import fold, is_han, pad, width


@pytest.mark.parametrize(
    "disguised",
    [
        "保本",
        "保 本",
        "保*本",
        "保·本",
        "保\u200b本",
        "保\u3000本",
        "保-本",
        "保_._本",
        "保\ufe0f本",
        "保~|~本",
        "保\u00ad本",
    ],
)
def test_what_is_slipped_between_chinese_characters_is_seen_through(disguised: str) -> None:
    text = f"这款{disguised}又灵活"
    folded = fold(text)
    assert folded.text == "这款保本又灵活"
    start = folded.text.index("保本")
    first, last = folded.span(start, start + 2)
    assert text[first:last] == disguised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("繁體穩賺", "繁体稳赚"),
        ("ＶＩＰ專享", "vip专享"),
        ("１．７５％", "1.75%"),
        ("壹年期", "一年期"),
        ("妳好", "你好"),
        ("零\u200b宽", "零宽"),
    ],
)
def test_variants_fold_to_one_form(text: str, expected: str) -> None:
    assert fold(text).text == expected


@pytest.mark.parametrize(
    "text", ["3.10%", "a-b", "10:00-22:00", "400-000-0505", "满100减8,每人1次", "8.5折", "1 2", "好,本"]
)
def test_what_is_no_disguise_is_unharmed(text: str) -> None:
    assert fold(text).text == text


def test_case_is_folded_and_separators_between_letters_stay() -> None:
    assert fold("A-B").text == "a-b"


def test_a_character_that_folds_into_several_keeps_its_one_place() -> None:
    folded = fold("约㎡价")
    assert folded.text == "约m2价"
    assert folded.places == (0, 1, 1, 2)
    assert folded.span(1, 3) == (1, 2)


def test_an_empty_span_points_between_characters_of_the_original() -> None:
    folded = fold("保 本")
    assert folded.span(1, 1) == (2, 2)
    assert folded.span(2, 2) == (3, 3)


def test_no_single_character_folds_further_when_folded_again() -> None:
    every = (chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF)
    assert [char for char in every if fold(fold(char).text).text != fold(char).text] == []


@given(st.text(max_size=80))
def test_every_folded_character_comes_from_a_place_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.places) == len(folded.text)
    assert list(folded.places) == sorted(folded.places)
    assert folded.original == text
    assert all(0 <= place < len(text) for place in folded.places)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(st.text(alphabet="保本收益 \u3000*·.-\u200b3%ab１Ａ體", max_size=24))
def test_folding_twice_changes_nothing_more_in_disguised_text(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


def test_no_traditional_character_is_left_in_a_folded_text() -> None:
    text = "萬億兩點號個歲開戶銀行優惠滿減節圖書館專屬禮遇"
    assert fold(text).text == "万亿两点号个岁开户银行优惠满减节图书馆专属礼遇"


def test_columns_count_chinese_characters_twice() -> None:
    assert (width("银行abc"), width("a\u200bb"), width("")) == (7, 2, 0)
    assert pad("银行", 6) == "银行  "
    assert pad("银行", 3) == "银行"


def test_han_is_han_and_nothing_else() -> None:
    assert all(is_han(char) for char in "银行㐂𠮷")
    assert not any(is_han(char) for char in "a1，。ア한％")

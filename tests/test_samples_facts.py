"""What is proposed from the sample bank's files, against what a careful editor keeps.

The nine additional documents (pdf, pptx, xlsx, html) have gold lists in ``data/gold``; for the sixteen originals the
sheets of kept facts are the gold.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kept import Kept, Score, compare, gold_of, plain, total
from wuyou.ingest import distil, read
from wuyou.library import Library
from wuyou.values import Material

CONTENT = Path(__file__).parent.parent / "content_library"
GOLD = sorted((Path(__file__).parent / "data" / "gold").glob("*.yml"))


@cache
def material(name: str) -> Material:
    return read(CONTENT / "materials" / name)


@cache
def gold(path: Path) -> tuple[str, tuple[Kept, ...]]:
    read_list = gold_of(path)
    return read_list.material, read_list.kept


@cache
def additional() -> dict[str, Score]:
    return {path.stem: compare(gold(path)[1], distil(material(gold(path)[0]))) for path in GOLD}


# ── the gold itself ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_additional_material_has_gold() -> None:
    suffixes = {".pdf", ".pptx", ".xlsx", ".html"}
    files = {path.name for path in (CONTENT / "materials").iterdir() if path.suffix in suffixes}
    assert {gold(path)[0] for path in GOLD} == files


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_what_is_kept_stands_in_what_is_read(path: Path) -> None:
    name, kept = gold(path)
    shown = [plain(passage.text) for passage in material(name).passages if not passage.internal]
    assert 8 <= len(kept) <= 20
    assert len(set(kept)) == len(kept)
    assert [fact.value for fact in kept if not any(plain(fact.value) in text for text in shown)] == []


# ── the additional documents ─────────────────────────────────────────────────────────────────────────────────────────


def test_nine_tenths_of_what_an_editor_keeps_is_proposed_from_pdf_slides_workbooks_and_pages() -> None:
    score = total(additional().values())
    assert score.recall >= 0.90, score.missed


def test_the_kind_of_what_is_found_is_right() -> None:
    score = total(additional().values())
    assert score.kind_right / score.found >= 0.85


def test_an_editor_need_not_read_more_than_two_and_a_half_times_what_he_keeps() -> None:
    score = total(additional().values())
    assert score.proposed <= 2.5 * score.kept


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_no_document_is_read_badly(path: Path) -> None:
    score = additional()[path.stem]
    assert score.recall >= 0.75, score.missed


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_every_proposal_stands_literally_at_its_place(path: Path) -> None:
    texts = {passage.locator: passage.text for passage in material(gold(path)[0]).passages if not passage.internal}
    for fact in distil(material(gold(path)[0])):
        assert fact.value in fact.citation.quote
        assert fact.citation.quote in texts[fact.citation.locator]


@pytest.mark.parametrize(
    ("name", "remark", "number"),
    [
        ("薪禾礼代发权益网点宣讲.pptx", "代发签约目标", "260"),
        ("薪禾礼代发权益网点宣讲.pptx", "补贴单价", "2.6"),
        ("禾享礼遇服务层级介绍.pptx", "禾穗客户现有", "4,180"),
        ("溪易贷利率与还款示例表（2026年10月版）.xlsx", "资金转移价格", "1.92%"),
        ("街坊好店日活动日历.xlsx", "补贴预算", "36,000"),
        ("2026年秋冬季网点服务安排（官网）.html", "租约将于", "2027年3月"),
    ],
)
def test_what_is_not_for_customers_is_marked_and_never_becomes_a_fact(name: str, remark: str, number: str) -> None:
    read_in = [passage for passage in material(name).passages if remark in passage.text]
    assert all(passage.internal for passage in read_in)
    assert not any(number in fact.value for fact in distil(material(name)))


@pytest.mark.parametrize("name", ["2026年秋冬季网点服务安排（官网）.html", "转账前的三项核对（官网）.html"])
def test_navigation_and_script_of_a_page_are_left_out(name: str) -> None:
    text = "\n".join(passage.text for passage in material(name).passages)
    assert "9.99%" not in text
    assert "addEventListener" not in text
    assert "首页" not in text


# ── the originals ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_most_of_what_was_kept_from_the_originals_is_proposed(record_property: pytest.RecordProperty) -> None:
    sheets = Library(CONTENT).sheets.values()
    assert len(sheets) == 16
    score = total(
        compare([Kept(fact.kind, fact.value) for fact in sheet.facts], distil(material(sheet.material)))
        for sheet in sheets
    )
    record_property("recall", round(score.recall, 3))
    record_property("proposed_per_kept", round(score.proposed / score.kept, 2))
    assert score.recall >= 0.85, score.missed

"""Fact sheets: pleasant when new, every comment kept when old, three sides of a change told apart."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou import sheets, yamls
from wuyou.library import Library
from wuyou.values import Citation, Fact, FactSheet, Material, Passage, Withdrawal
from wuyou.workbench import Workbench

NOTICE = """# 秋收存款公告

发售时间为2026年10月10日至2026年12月31日。

| 期限 | 年利率 |
| --- | --- |
| 1年 | 1.25% |
| 3年 | 1.65% |

咨询电话：400-000-0505。
"""


@pytest.fixture
def bench(project: Path) -> Workbench:
    (project / "content_library/materials/秋收.md").write_text(NOTICE, encoding="utf-8")
    return Workbench.here(project)


@pytest.fixture
def sheet(bench: Workbench) -> Path:
    """A sheet that somebody has worked on: signed, thinned out, commented, one value reworded."""
    bench.propose(bench.read("秋收.md"), "harvest")
    path = bench.library.folder / "facts/harvest.yml"
    text = path.read_text(encoding="utf-8").replace("kept_by:", "kept_by: 示例编辑", 1)
    kept, _, phone = text.rpartition("  f05:\n")
    assert "kind: phone" in phone
    path.write_text(kept + "# 电话不要，另有统一口径\n", encoding="utf-8")
    return path


def reread(bench: Workbench, change: Callable[[str], str]) -> tuple[Workbench, dict[str, list[str]]]:
    """Change the material and say what the comparison finds: what → values kept (or values now, for new ones)."""
    path = bench.library.folder / "materials/秋收.md"
    path.write_text(change(NOTICE), encoding="utf-8")
    again = Workbench.here(bench.root)
    found: dict[str, list[str]] = {}
    for each in again.read("秋收.md").changed:
        fact = each.mine or each.theirs
        assert fact is not None
        found.setdefault(each.what, []).append(fact.value)
    return again, found


def test_a_new_sheet_reads_back_as_what_was_proposed(bench: Workbench) -> None:
    reading = bench.read("秋收.md")
    bench.propose(reading, "harvest")
    back = Library(bench.library.folder).sheets["harvest"]
    assert [fact.model_copy(update={"kept_by": None}) for fact in back.facts] == list(reading.facts)
    assert back.digest == reading.material.digest
    assert not any(fact.kept for fact in back.facts)


def test_a_new_sheet_is_in_the_order_of_the_document_and_short_facts_take_one_line(bench: Workbench) -> None:
    bench.propose(bench.read("秋收.md"), "harvest")
    text = (bench.library.folder / "facts/harvest.yml").read_text(encoding="utf-8")
    assert re.findall(r"^  (f\d+):", text, re.MULTILINE) == sorted(re.findall(r"^  (f\d+):", text, re.MULTILINE))
    assert re.search(r"^  f01: \{kind: product, value: 秋收存款, .*\}$", text, re.MULTILINE)
    assert max(len(line) for line in text.splitlines()) <= 120


@given(
    value=st.text(min_size=1, max_size=20).filter(lambda text: text.strip() == text and text.isprintable()),
    conditions=st.lists(st.sampled_from(["限新客", "a: b", "- x", "#1", "{y}", "满100元, 减6元"]), max_size=2),
)
def test_any_fact_survives_being_written_as_a_sheet(value: str, conditions: list[str]) -> None:
    citation = Citation(material="甲.md", locator="第1段", quote=f"前{value}后")
    fact = Fact(key="f01", kind="condition", value=value, conditions=tuple(conditions), citation=citation)
    material = Material(title="甲", path="甲.md", digest="0" * 32)
    data = yamls.parse(sheets.new(material, [fact]), "x").data
    assert data["facts"]["f01"]["value"] == value
    assert data["facts"]["f01"]["quote"] == f"前{value}后"
    assert data["facts"]["f01"].get("conditions", []) == conditions


def test_an_unchanged_material_changes_nothing(bench: Workbench, sheet: Path) -> None:
    before = sheet.read_bytes()
    again, found = reread(bench, lambda text: text)
    assert found == {}
    again.propose(again.read("秋收.md"), update=True)
    assert sheet.read_bytes() == before


def test_what_was_thrown_away_is_not_offered_again(bench: Workbench, sheet: Path) -> None:
    _, found = reread(bench, lambda text: text.replace("# 秋收存款公告\n", "# 秋收存款公告\n\n各营业网点：\n"))
    assert "new" not in found


def test_a_moved_quote_is_followed(bench: Workbench, sheet: Path) -> None:
    again, found = reread(bench, lambda text: text.replace("发售时间", "各营业网点：\n\n发售时间"))
    assert set(found) == {"moved"}
    again.propose(again.read("秋收.md"), update=True)
    assert Workbench.here(bench.root).lint() == []
    assert Workbench.here(bench.root).read("秋收.md").changed == ()


def test_a_changed_value_loses_its_signature_and_says_so(bench: Workbench, sheet: Path) -> None:
    again, found = reread(bench, lambda text: text.replace("1.65%", "1.60%"))
    assert found == {"changed": ["1.65%"]}
    again.propose(again.read("秋收.md"), update=True)
    text = sheet.read_text(encoding="utf-8")
    assert "# 原文改了：1.65% → 1.60%" in text
    facts = {fact.value: fact for fact in Library(bench.library.folder).sheets["harvest"].facts}
    assert not facts["1.60%"].kept
    assert facts["1.25%"].kept_by == "示例编辑"
    assert text.endswith("# 电话不要，另有统一口径\n")


def test_both_sides_changed_is_a_conflict_that_keeps_the_persons_value(bench: Workbench, sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert "value: 1.65%" in text
    sheet.write_text(text.replace("value: 1.65%", "value: 1.655%"), encoding="utf-8")
    again, found = reread(bench, lambda text: text.replace("1.65%", "1.60%"))
    assert found == {"conflict": ["1.655%"]}
    again.propose(again.read("秋收.md"), update=True)
    kept = {fact.value for fact in Library(bench.library.folder).sheets["harvest"].facts}
    assert "1.655%" in kept
    assert "您写的是 1.655%，原文现在是 1.60%" in sheet.read_text(encoding="utf-8")


def test_a_vanished_fact_stays_visible_and_unsigned(bench: Workbench, sheet: Path) -> None:
    again, found = reread(bench, lambda text: text.replace("| 1年 | 1.25% |\n", ""))
    assert "1.25%" in found["gone"]
    again.propose(again.read("秋收.md"), update=True)
    assert "# 原文没有了" in sheet.read_text(encoding="utf-8")
    facts = {fact.value: fact for fact in Library(bench.library.folder).sheets["harvest"].facts}
    assert not facts["1.25%"].kept


def test_a_new_fact_comes_in_its_place_and_unsigned(bench: Workbench, sheet: Path) -> None:
    again, found = reread(bench, lambda text: text.replace("| 3年 | 1.65% |\n", "| 3年 | 1.65% |\n| 5年 | 1.70% |\n"))
    assert "1.70%" in found["new"]
    again.propose(again.read("秋收.md"), update=True)
    facts = Library(bench.library.folder).sheets["harvest"].facts
    values = [fact.value for fact in facts]
    assert values.index("1.65%") < values.index("1.70%")
    assert not next(fact for fact in facts if fact.value == "1.70%").kept
    assert len({fact.key for fact in facts}) == len(facts)


def test_comments_and_own_words_anywhere_survive_an_update(bench: Workbench, sheet: Path) -> None:
    lines = sheet.read_text(encoding="utf-8").splitlines(keepends=True)
    marked: list[str] = []
    for number, line in enumerate(lines):
        marked.append(line)
        if line.startswith(("    kind:", "facts:")):
            marked.append(f"    # 批注{number}\n")
    sheet.write_text("".join(marked).replace("title: ", "hooks:\n  - 秋天的钱，放哪儿好\ntitle: "), encoding="utf-8")
    again, _ = reread(bench, lambda text: text.replace("1.65%", "1.60%").replace("发售时间", "各网点：\n\n发售时间"))
    again.propose(again.read("秋收.md"), update=True)
    text = sheet.read_text(encoding="utf-8")
    assert re.findall(r"# 批注\d+", text) == re.findall(r"# 批注\d+", "".join(marked))
    assert "  - 秋天的钱，放哪儿好" in text
    assert yamls.parse(text, "x").data["facts"]


def test_windows_line_ends_survive_an_update(bench: Workbench, sheet: Path) -> None:
    sheet.write_bytes(sheet.read_bytes().replace(b"\n", b"\r\n"))
    again, _ = reread(bench, lambda text: text.replace("1.65%", "1.60%"))
    again.propose(again.read("秋收.md"), update=True)
    assert Library(bench.library.folder).sheets["harvest"].facts


def test_every_shipped_sheet_agrees_with_its_material(project: Path) -> None:
    bench = Workbench.here(project)
    for known in bench.library.sheets.values():
        assert bench.read(known.material).changed == (), known.name


def test_a_sheet_without_a_last_reading_offers_nothing_as_new(bench: Workbench, sheet: Path) -> None:
    shutil.rmtree(sheet.parent / ".read")
    _, found = reread(bench, lambda text: text.replace("| 3年 | 1.65% |\n", "| 3年 | 1.65% |\n| 5年 | 1.70% |\n"))
    assert found == {}


def a_derived() -> Fact:
    citation = Citation(material="甲.md", locator="第1段", quote="1.65%")
    rate = Fact(key="rate", kind="rate", value="1.65%", citation=citation)
    return Fact(
        key="sum", kind="derived", value="165元", formula="1万元 × rate × 1年", derived_from=(rate,), citation=citation
    )


def test_derived_facts_are_left_alone() -> None:
    sheet = FactSheet(name="x", material="甲.md", title="x", facts=(a_derived(),))
    material = Material(title="甲", path="甲.md", digest="0" * 32, passages=(Passage(locator="第1段", text="别的"),))
    assert sheets.compare(sheet, None, material, ()) == ()


def test_a_derived_fact_is_written_with_its_formula_and_no_place_of_its_own() -> None:
    assert sheets.row(a_derived()) == {"kind": "derived", "value": "165元", "formula": "1万元 × rate × 1年"}


def test_a_withdrawal_is_written_above_the_facts_and_every_comment_stays(bench: Workbench, sheet: Path) -> None:
    before = sheet.read_text(encoding="utf-8")
    text = sheets.withdrawn(before, Withdrawal(on=dt.date(2026, 11, 20), why="停售: 换新一期"))
    assert [line for line in text.splitlines() if line not in before.splitlines()] == [
        "withdrawn: {on: 2026-11-20, why: '停售: 换新一期'}"
    ]
    sheet.write_text(text, encoding="utf-8")
    facts = Library(bench.library.folder).sheets["harvest"].facts
    assert {str(fact.withdrawn) for fact in facts} == {"2026-11-20 撤回：停售: 换新一期"}

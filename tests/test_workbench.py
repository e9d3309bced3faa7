"""The order of work: what a person did survives a rerun, a typo unsigns nothing, a changed value does."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from wuyou.errors import BlockedError, LibraryError, MaterialError, WuyouError
from wuyou.workbench import Workbench

AT = dt.datetime(2026, 10, 10, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
CAMPAIGN, SEGMENT = "autumn_savings", "seniors"


def write(project: Path) -> Workbench:
    bench = Workbench.here(project)
    bench.save(bench.compose(bench.plan(CAMPAIGN, SEGMENT)))
    return bench


def test_here_walks_up_from_anywhere_inside(project: Path) -> None:
    assert Workbench.here(project / "notebooks").root == project
    with pytest.raises(WuyouError, match="不是五有的项目文件夹"):
        Workbench.here(project.parent)


def test_a_persons_edit_survives_a_rerun(project: Path) -> None:
    bench = write(project)
    post = bench.calendar(CAMPAIGN).entries[0].post
    edited = bench.revise(CAMPAIGN, post.id, {"ask": "您家呢，今天怎么样？"}, "小何").post
    write(project)
    texts = {entry.post.id: entry.post.text for entry in Workbench.here(project).calendar(CAMPAIGN).entries}
    assert edited.id in texts
    assert post.id not in texts
    assert len(texts) == 36


def test_a_typo_in_a_portrait_marks_stale_and_unsigns_nothing(project: Path) -> None:
    write(project).approve(CAMPAIGN, "林知秋", at=AT)
    path = project / "content_library/segments/seniors.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("portrait: ", "portrait: 补一字，", 1), encoding="utf-8")
    entries = Workbench.here(project).calendar(CAMPAIGN).entries
    assert all(entry.stale for entry in entries)
    assert all(entry.approved for entry in entries)


def test_a_changed_value_unsigns_the_posts_that_cite_it(project: Path) -> None:
    write(project).approve(CAMPAIGN, "林知秋", at=AT)
    path = project / "content_library/facts/large_deposit.yml"
    text = path.read_text(encoding="utf-8")
    assert "value: 1.65%" in text
    path.write_text(text.replace("value: 1.65%", "value: 1.60%"), encoding="utf-8")
    entries = Workbench.here(project).calendar(CAMPAIGN).entries
    unsigned = [entry for entry in entries if not entry.approved]
    assert unsigned
    assert {entry.post.brief.slot.genre for entry in unsigned} <= {"campaign_offer", "quiz", "icebreaker"}
    assert any("1.65%" in entry.post.text for entry in unsigned)


def test_a_repaired_wording_of_a_fact_unsigns_nothing(project: Path) -> None:
    write(project).approve(CAMPAIGN, "林知秋", at=AT)
    path = project / "content_library/facts/antifraud.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("plain: ", "plain: 记住，"), encoding="utf-8")
    assert all(entry.approved for entry in Workbench.here(project).calendar(CAMPAIGN).entries)


def test_the_latest_decision_counts(project: Path) -> None:
    bench = write(project)
    post = bench.calendar(CAMPAIGN).entries[0].post.id
    bench.approve(CAMPAIGN, "林知秋", at=AT, posts=(post,))
    bench.approve(CAMPAIGN, "林知秋", at=AT, posts=(post,), verdict="withdraw", note="日期改了")
    assert not bench.find(bench.calendar(CAMPAIGN), post).approved
    bench.approve(CAMPAIGN, "林知秋", at=AT + dt.timedelta(hours=1), posts=(post,))
    assert bench.find(bench.calendar(CAMPAIGN), post).approved


def test_one_post_that_may_not_be_signed_keeps_all_named_ones_unsigned(project: Path) -> None:
    bench = write(project)
    first, second = (entry.post.id for entry in bench.calendar(CAMPAIGN).entries[:2])
    mine = bench.revise(CAMPAIGN, first, {"ask": "您家呢，最近怎么样？"}, "林知秋").post.id
    with pytest.raises(BlockedError, match="不能自己签"):
        bench.approve(CAMPAIGN, "林知秋", at=AT, posts=(mine, second))
    assert bench.records.all() == []


def test_an_id_may_be_shortened_while_it_is_clear(project: Path) -> None:
    bench = write(project)
    calendar = bench.calendar(CAMPAIGN)
    post = calendar.entries[0].post.id
    assert bench.find(calendar, post[:10]).post.id == post
    with pytest.raises(WuyouError, match="不止一个"):
        bench.find(calendar, "")


def test_revise_refuses_parts_that_are_not_there_and_edits_that_change_nothing(project: Path) -> None:
    bench = write(project)
    post = bench.calendar(CAMPAIGN).entries[0].post
    with pytest.raises(WuyouError, match="没有这些部分：refusl"):
        bench.revise(CAMPAIGN, post.id, {"refusl": "x"}, "小何")
    same = next(part for part in post.parts if part.role == "ask")
    with pytest.raises(WuyouError, match="没有任何改动"):
        bench.revise(CAMPAIGN, post.id, {"ask": same.text}, "小何")


def test_export_by_suffix_and_an_unknown_suffix_lists_the_known(project: Path) -> None:
    bench = write(project)
    calendar = bench.calendar(CAMPAIGN)
    assert bench.export(calendar, project / "runs" / "a.csv").exists()
    with pytest.raises(WuyouError, match=r"不会写 \.doc 文件.*\.csv"):
        bench.export(calendar, project / "runs" / "a.doc")


def test_unsigned_posts_are_in_the_sheet_and_not_on_the_page(project: Path) -> None:
    bench = write(project)
    bench.publish(CAMPAIGN)
    folder = project / "runs" / CAMPAIGN
    assert (folder / "calendar.csv").read_text(encoding="utf-8").count("autumn_savings,") == 36
    assert "<article" not in (folder / "copy.html").read_text(encoding="utf-8")


def test_a_rule_that_cannot_fire_stops_the_work(project: Path) -> None:
    path = next((project / "content_library/rules/compliance").glob("returns.yml"))
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text
        + "\nRET-999:\n  kind: forbid\n  level: warn\n  category: guarantee\n  title: 永远不会响\n  message: 不会响\n  match: [绝无此词绝无此词]\n"
        + "  suggestion: 无\n  basis: [{source: AD, article: 第二十五条}]\n  examples: {hit: [这句话里没有它], pass: [也没有]}\n",
        encoding="utf-8",
    )
    with pytest.raises(LibraryError, match="RET-999 的例句没有命中"):
        _ = Workbench.here(project).rulebook


def test_rules_are_proved_once_for_each_state_of_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wuyou.checks import Rulebook

    _ = Workbench.here(project).rulebook
    proved: list[int] = []
    monkeypatch.setattr(Rulebook, "prove", lambda _: proved.append(1) or [])
    _ = Workbench.here(project).rulebook
    assert proved == []
    path = project / "content_library/rules/groups.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# 批注\n", encoding="utf-8")
    _ = Workbench.here(project).rulebook
    assert proved == [1]


def test_a_material_of_any_place_can_be_looked_at(project: Path, tmp_path: Path) -> None:
    bench = Workbench.here(project)
    outside = shutil.copy(project / "content_library/materials/街坊好店日活动公告.md", tmp_path / "别处.md")
    reading = bench.read(outside)
    assert reading.facts
    assert "要点没有存" in bench.propose(reading)
    with pytest.raises(MaterialError, match=r"没有的\.md"):
        bench.read("没有的.md")


def test_the_lamps_of_a_text_carry_their_chinese_names(project: Path) -> None:
    checked = Workbench.here(project).check("早上路过河堤，柳叶落了一地。您家附近的树黄了没有？")
    assert [lamp.title for lamp in checked.lamps] == ["有图", "有料", "有情", "有趣", "有聊"]

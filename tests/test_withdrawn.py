"""A withdrawn material: whatever rests on it is blocked, leaves no longer, and is listed with who signed it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from wuyou import cli
from wuyou.errors import BlockedError, WuyouError
from wuyou.values import Calendar
from wuyou.workbench import Workbench

AT = dt.datetime(2026, 10, 10, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DAY = dt.date(2026, 10, 20)
CAMPAIGN, SEGMENT, MATERIAL = "autumn_savings", "seniors", "大额存单2026年第四期发售公告.docx"


@pytest.fixture
def signed(project: Path) -> Workbench:
    """A project with one segment written and signed."""
    bench = Workbench.here(project)
    bench.save(bench.compose(bench.plan(CAMPAIGN, SEGMENT)))
    bench.approve(CAMPAIGN, "林知秋", at=AT)
    return bench


def resting(calendar: Calendar) -> set[str]:
    """Return the posts that cite the material or ask a question out of it."""
    return {
        entry.post.id
        for entry in calendar.entries
        if any(fact.citation.material == MATERIAL for fact in entry.post.ground)
    }


def test_what_rests_on_a_withdrawn_material_blocks_with_its_name_and_day(signed: Workbench) -> None:
    before = signed.calendar(CAMPAIGN)
    mine = resting(before)
    assert 0 < len(mine) < len(before.entries)
    assert signed.withdraw("large_deposit", DAY, "停售") == ["content_library/facts/large_deposit.yml"]
    after = signed.calendar(CAMPAIGN)
    assert {entry.post.id for entry in after.entries} == {entry.post.id for entry in before.entries}
    assert {entry.post.id for entry in after.entries if entry.checked.blocked} == mine
    assert {entry.post.id for entry in after.entries if not entry.approved} == mine
    for entry in after.entries:
        said = [finding.message for finding in entry.checked.findings if finding.rule == "FRS-005"]
        wanted = [f"总行已撤回这份物料：{MATERIAL}，2026-10-20 撤回：停售"] if entry.post.id in mine else []
        assert said == wanted


def test_a_withdrawn_material_is_no_ground_for_a_number(signed: Workbench) -> None:
    signed.withdraw("large_deposit", DAY, "停售")
    entries = [entry for entry in signed.calendar(CAMPAIGN).entries if "1.65%" in entry.post.text]
    assert entries
    assert all(entry.checked.grounded is False for entry in entries)


def test_no_export_holds_a_post_from_a_withdrawn_material(signed: Workbench, tmp_path: Path) -> None:
    mine = resting(signed.calendar(CAMPAIGN))
    signed.withdraw("large_deposit", DAY, "停售")
    calendar = signed.calendar(CAMPAIGN)
    texts = [entry.post.text.splitlines()[0] for entry in calendar.entries if entry.post.id in mine]
    for name in ("calendar.ics", "copy.html", "wecom.json"):
        written = signed.export(calendar, tmp_path / name).read_text(encoding="utf-8")
        assert not [text for text in texts if text in written]
        assert not [post for post in mine if post in written]


def test_nobody_can_sign_what_rests_on_it(signed: Workbench) -> None:
    post = min(resting(signed.calendar(CAMPAIGN)))
    signed.withdraw("large_deposit", DAY, "停售")
    with pytest.raises(BlockedError, match="总行已撤回这份物料"):
        signed.approve(CAMPAIGN, "林知秋", at=AT, posts=(post,))


def test_recall_lists_every_post_that_rests_on_it_and_who_signed(signed: Workbench) -> None:
    mine = resting(signed.calendar(CAMPAIGN))
    signed.withdraw("large_deposit", DAY, "停售")
    posts, _ = signed.recall(MATERIAL)
    assert {post["post"] for post in posts} == mine
    assert {post["signed"] for post in posts} == {"林知秋"}


def test_the_command_marks_lists_and_keeps_the_files_known(
    signed: Workbench, capfd: pytest.CaptureFixture[str]
) -> None:
    signed.publish(CAMPAIGN)
    root = ["--root", str(signed.root)]
    assert cli.run(["recall", "large_deposit", "--withdraw", "2026-10-20", "--why", "停售", *root]) == 0
    said = capfd.readouterr().out
    assert "→ content_library/facts/large_deposit.yml" in said
    assert "谁签的" in said
    assert "林知秋" in said
    assert "runs/autumn_savings/copy.html" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--withdraw", "2026-10-20"], "撤回要写明原因（请加 --why）"),
        (["--why", "停售"], "没有说哪一天撤回"),
        (["--withdraw", "昨天", "--why", "停售"], "看不懂日期：昨天"),
    ],
)
def test_a_withdrawal_needs_a_day_and_a_reason(
    project: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert cli.run(["recall", "large_deposit", *arguments, "--root", str(project)]) == 2
    assert words in capfd.readouterr().err
    assert "withdrawn" not in (project / "content_library/facts/large_deposit.yml").read_text(encoding="utf-8")


def test_a_material_is_withdrawn_once(project: Path) -> None:
    bench = Workbench.here(project)
    bench.withdraw("large_deposit", DAY, "停售")
    with pytest.raises(WuyouError, match="先前已经撤回（2026-10-20 撤回：停售）"):
        bench.withdraw(MATERIAL, DAY, "再撤一次")


def test_lint_says_which_campaign_still_names_it(project: Path) -> None:
    bench = Workbench.here(project)
    bench.withdraw("large_deposit", DAY, "停售")
    assert bench.library.problems() == []
    notes = [note for note in bench.lint_notes() if MATERIAL in note]
    assert notes
    assert all(note.startswith("content_library/campaigns/") and "换一份要点" in note for note in notes)

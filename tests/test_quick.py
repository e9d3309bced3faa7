"""Quick: somebody's own file becomes a folder of drafts, and nothing in it can be taken for something approved."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from wuyou import cli
from wuyou.errors import LibraryError, PlanError
from wuyou.workbench import Workbench

START = dt.date(2026, 11, 23)
NOTICE = """# 冬藏个人大额存单发售公告

发售时间为2026年11月20日至2026年12月31日。

| 期限 | 起存金额 | 年利率 |
| --- | --- | --- |
| 1年 | 20万元 | 1.25% |
| 3年 | 20万元 | 1.65% |

提前支取部分按支取日活期存款挂牌利率0.05%计息。咨询电话：400-000-0505。
"""
FUND = """# 青穗混合型证券投资基金发售公告

本基金风险等级为R4（中高风险），认购期为2026年11月20日至2026年12月31日。
基金有风险，投资须谨慎。认购费率为1.20%，最低认购金额为10元。
"""


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "冬藏.md"
    path.write_text(NOTICE, encoding="utf-8")
    return path


def test_one_file_becomes_drafts_a_calendar_and_pictures(project: Path, notice: Path) -> None:
    made = Workbench.here(project).quick(notice, "payroll", start=START)
    names = sorted(path.name for path in made.folder.iterdir())
    assert names == ["calendar.csv", "calendar.xlsx", "drafts.html", "facts.yml", "pictures"]
    page = (made.folder / "drafts.html").read_text(encoding="utf-8")
    assert "要点还没有人确认，文稿没有签字，不能外发" in page
    assert "年利率1.65%" in page
    assert page.count("<article") == len(made.calendar.entries) >= 28
    with (made.folder / "calendar.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["approval"] for row in rows} == {""}
    assert min(row["date"] for row in rows) == "2026-11-23"
    shown = [row["picture"].split("; ") for row in rows if row["channel"] == "moments"]
    assert all((made.folder / name).is_file() for names in shown for name in names)


def test_nothing_of_it_blocks_and_all_of_it_is_grounded(project: Path, notice: Path) -> None:
    made = Workbench.here(project).quick(notice, "seniors", start=START)
    assert not [entry.post.text for entry in made.calendar.entries if entry.checked.blocked]
    told = [entry for entry in made.calendar.entries if entry.post.facts]
    assert told
    assert all(entry.checked.grounded for entry in told)
    assert all(entry.post.unconfirmed for entry in told)


def test_the_same_file_gives_the_same_bytes(project: Path, notice: Path, tmp_path: Path) -> None:
    first = Workbench.here(project).quick(notice, "payroll", start=START, to=tmp_path / "a")
    second = Workbench.here(project).quick(notice, "payroll", start=START, to=tmp_path / "b")
    for path in sorted(first.folder.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (second.folder / path.relative_to(first.folder)).read_bytes(), path.name


def test_it_touches_neither_the_library_nor_the_campaigns(project: Path, notice: Path) -> None:
    before = {path: path.read_bytes() for path in (project / "content_library").rglob("*") if path.is_file()}
    Workbench.here(project).quick(notice, "payroll", start=START)
    assert before == {path: path.read_bytes() for path in (project / "content_library").rglob("*") if path.is_file()}
    assert [path.name for path in (project / "runs").iterdir() if not path.name.startswith(".")] == ["quick"]


def test_an_unsuitable_product_is_refused_with_the_segments_it_suits(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "青穗.md"
    path.write_text(FUND, encoding="utf-8")
    with pytest.raises(PlanError, match="不适合老年客群"):
        Workbench.here(project).quick(path, "seniors", start=START)


def test_the_right_disclosure_comes_with_a_guessed_product(project: Path, notice: Path) -> None:
    made = Workbench.here(project).quick(notice, "payroll", start=START)
    offers = [entry.post for entry in made.calendar.entries if entry.post.brief.slot.genre == "campaign_offer"]
    assert offers
    assert all("存款利率以本行官方渠道公布的为准。" in post.text for post in offers)


def test_an_unknown_segment_names_the_near_one(project: Path, notice: Path) -> None:
    with pytest.raises(LibraryError, match="是不是想写 payroll"):
        Workbench.here(project).quick(notice, "payrol", start=START)


def test_a_file_whose_facts_have_all_passed_says_so(project: Path, notice: Path) -> None:
    notice.write_text(NOTICE[: NOTICE.index("提前支取")], encoding="utf-8")
    with pytest.raises(PlanError, match="没有可用的要点"):
        Workbench.here(project).quick(notice, "payroll", start=dt.date(2027, 6, 1))


def test_the_door_says_what_it_made(project: Path, notice: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = cli.run(["quick", str(notice), "--segment", "payroll", "--start", "2026-11-23", "--root", str(project)])
    said = capfd.readouterr()
    assert code == 0
    assert "不能外发" in said.out
    assert "runs/quick/冬藏/payroll/" in said.out
    assert cli.run(["quick", str(notice), "--segment", "payroll", "--start", "明天", "--root", str(project)]) == 2
    assert "看不懂日期" in capfd.readouterr().err


def test_a_file_is_told_only_where_its_kind_of_thing_belongs(project: Path, notice: Path) -> None:
    made = Workbench.here(project).quick(notice, "payroll", start=START)
    genres = {entry.post.brief.slot.genre for entry in made.calendar.entries}
    assert "icebreaker" in genres
    assert not genres & {"activity", "benefit", "life_benefit", "quiz"}


def test_what_ends_soon_is_told_while_it_lasts(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "短期.md"
    path.write_text(NOTICE.replace("2026年12月31日", "2026年11月30日"), encoding="utf-8")
    made = Workbench.here(project).quick(path, "payroll", start=START)
    assert made.calendar.entries
    assert max(entry.post.brief.slot.on for entry in made.calendar.entries) <= dt.date(2026, 11, 30)
    told = [fact for entry in made.calendar.entries for fact in entry.post.facts[:1]]
    assert told
    assert all(fact.kind != "phone" for fact in told)

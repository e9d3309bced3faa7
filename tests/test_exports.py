"""Exports: what is approved and nothing else goes out, every format reads back, equal calendars give equal bytes."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou.exports import approval, sources
from wuyou.exports.ics import IcsExporter
from wuyou.exports.page import PageExporter
from wuyou.exports.sheet import COLUMNS, CsvExporter, XlsxExporter
from wuyou.exports.wecom import WecomExporter
from wuyou.values import Calendar, Checked, Entry, Finding, Origin, Part, Picture, Post

ROOT = Path(__file__).parent.parent
CONTRACT = [
    "date", "time", "segment", "campaign", "channel", "genre", "beat", "variant", "post", "text", "picture", "tags",
    "sources", "approval", "expires", "staff",
]  # fmt: skip
EXPORTERS: dict[str, Callable[[], Any]] = {
    "calendar.csv": CsvExporter,
    "calendar.xlsx": XlsxExporter,
    "calendar.ics": IcsExporter,
    "copy.html": lambda: PageExporter.at(ROOT),
    "wecom.json": WecomExporter,
}
FOR_STAFF = ("calendar.ics", "copy.html", "wecom.json")
AWKWARD = '=1+1\n"引号", 逗号; 分号\\反斜杠\n<script>alert(1)</script> & 😀\n最后一行'


@pytest.fixture(scope="module")
def calendar(a_calendar: Callable[..., Calendar]) -> Calendar:
    """The tiny campaign: 18 entries signed, one blocked, one waiting."""
    return a_calendar()


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Write a calendar in a format, named by its file."""

    def make(calendar: Calendar, name: str, folder: str = "out") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        assert EXPORTERS[name]().export(calendar, path) == path
        return path

    return make


@pytest.fixture(scope="module")
def awkward(
    a_calendar: Callable[..., Calendar], a_checked: Callable[..., Checked], a_post: Callable[..., Post]
) -> Calendar:
    """A calendar of one signed post whose words are hard to carry."""
    parts = (Part(role="body", text=AWKWARD), Part(role="comment", text="=首评"))
    return a_calendar([a_checked(a_post(parts=parts, tags=("=标签",)))])


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), min_size=1, max_size=120)
"""Anything that can be typed; control characters have no place in a message."""


# ── for every format ──


@pytest.mark.parametrize("name", EXPORTERS)
def test_equal_calendars_give_equal_bytes(calendar: Calendar, export: Callable[..., Path], name: str) -> None:
    again = Calendar.model_validate_json(calendar.model_dump_json())
    assert export(calendar, name, "one").read_bytes() == export(again, name, "two").read_bytes()


@pytest.mark.parametrize("name", EXPORTERS)
def test_an_empty_calendar_is_a_file_too(
    a_calendar: Callable[..., Calendar], export: Callable[..., Path], name: str
) -> None:
    assert export(a_calendar([]), name).stat().st_size > 0


@pytest.mark.parametrize("name", FOR_STAFF)
def test_what_nobody_signed_never_reaches_staff(calendar: Calendar, export: Callable[..., Path], name: str) -> None:
    assert EXPORTERS[name]().approved_only
    text = re.sub(r"\r\n[ \t]", "", export(calendar, name).read_bytes().decode())
    held = [entry.post.id for entry in calendar.entries if not entry.approved]
    assert len(held) == 2
    assert not [name for name in held if name in text]
    assert all(entry.post.id in text for entry in calendar.approved.entries)


@pytest.mark.parametrize("verdict", ["reject", "withdraw"])
@pytest.mark.parametrize("name", FOR_STAFF)
def test_what_was_withdrawn_or_changed_after_signing_never_reaches_staff(
    calendar: Calendar, export: Callable[..., Path], sign: Callable[..., Any], name: str, verdict: str
) -> None:
    first, second = calendar.entries[:2]
    changed = second.checked.model_copy(
        update={"post": second.post.model_copy(update={"parts": (Part(role="body", text="签字以后改的"),)})}
    )
    entries = (
        Entry(checked=first.checked, decision=sign(first.post, verdict, note="利率变了")),
        Entry(checked=changed, decision=second.decision),
    )
    text = export(calendar.model_copy(update={"entries": entries}), name).read_text(encoding="utf-8")
    assert first.post.id not in text
    assert "签字以后改的" not in text


@pytest.mark.parametrize("name", ["calendar.csv", "calendar.xlsx"])
def test_reviewers_see_everything(name: str) -> None:
    assert not EXPORTERS[name]().approved_only


def test_every_exporter_that_the_package_names_can_be_made_for_a_project() -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    suffixes = set()
    for group in ("wuyou.exporters", "wuyou.writers"):
        for name, target in points[group].items():
            module, _, cls = target.partition(":")
            plugin = getattr(import_module(module), cls)
            made = plugin.at(ROOT) if hasattr(plugin, "at") else plugin()
            if group == "wuyou.exporters":
                suffixes.add(made.suffix)
            else:
                assert made.name == name
    assert suffixes == {Path(name).suffix for name in EXPORTERS} | {"drafts.html"}  # drafts: tests/test_quick.py


# ── what every format says of an entry ──


def test_a_posts_sources_are_its_facts_or_its_story_or_its_template(
    calendar: Calendar, a_checked: Callable[..., Checked]
) -> None:
    by_genre = {entry.post.brief.slot.genre: sources(entry) for entry in calendar.entries}
    assert by_genre["benefit"][0].startswith("秋收定期存款公告.md ")
    assert by_genre["persona"][0].startswith("stories/persona/")
    bare = Entry(checked=a_checked(origin=Origin(writer="template", template="templates/posts/chat/benefit.1.md.j2")))
    assert sources(bare) == ["templates/posts/chat/benefit.1.md.j2"]
    assert sources(Entry(checked=a_checked())) == []


def test_an_approval_number_is_shown_only_while_the_post_may_be_sent(calendar: Calendar) -> None:
    numbers = [approval(entry) for entry in calendar.entries]
    assert numbers[-2:] == ["", ""]
    assert all(re.fullmatch(r"[0-9a-f]{12}", number) for number in numbers[:-2])
    assert len(set(numbers[:-2])) == len(numbers) - 2


# ── csv ──


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_csv_has_exactly_the_columns_of_the_contract(calendar: Calendar, export: Callable[..., Path]) -> None:
    assert list(COLUMNS) == CONTRACT
    path = export(calendar, "calendar.csv")
    assert path.read_bytes().partition(b"\r\n")[0].decode() == ",".join(CONTRACT)


def test_the_csv_reads_back_as_it_was(calendar: Calendar, export: Callable[..., Path]) -> None:
    found = read_csv(export(calendar, "calendar.csv"))
    assert [row["post"] for row in found] == [entry.post.id for entry in calendar.entries]
    for row, entry in zip(found, calendar.entries, strict=True):
        post, slot = entry.post, entry.post.brief.slot
        assert row["text"] == post.text
        assert (row["date"], row["time"]) == (slot.on.isoformat(), f"{slot.at:%H:%M}")
        assert (row["segment"], row["campaign"], row["beat"]) == (
            post.brief.segment and post.brief.segment.name,
            "harvest",
            slot.beat,
        )
        assert row["tags"].split("; ") == list(post.tags)
        assert row["sources"].split("; ") == sources(entry)
        assert row["expires"] == ("" if post.expires is None else post.expires.isoformat())


def test_no_cell_of_the_csv_is_a_formula(awkward: Calendar, export: Callable[..., Path]) -> None:
    (row,) = read_csv(export(awkward, "calendar.csv"))
    assert row["text"] == f"'{AWKWARD}\n=首评"
    assert row["tags"] == "'=标签"
    for sign in "=+-@\t\r":
        assert not any(cell.startswith(sign) for cell in row.values())


# ── xlsx ──


def read_xlsx(path: Path) -> Any:
    import openpyxl

    return openpyxl.load_workbook(path)


def test_the_workbook_reads_back_as_it_was(calendar: Calendar, export: Callable[..., Path]) -> None:
    book = read_xlsx(export(calendar, "calendar.xlsx"))
    assert book.sheetnames == ["内容日历", "巡检与问题"]
    head, *lines = [[cell.value for cell in row] for row in book["内容日历"].iter_rows()]
    assert head[:5] == ["日期", "星期", "时间", "客群", "渠道"]
    assert len(lines) == len(calendar.entries)
    for line, entry in zip(lines, calendar.entries, strict=True):
        values = dict(zip(head, line, strict=True))
        slot = entry.post.brief.slot
        assert values["日期"].date() == slot.on
        assert values["星期"] == "周" + "一二三四五六日"[slot.on.weekday()]
        assert values["文案"] == entry.post.text
        assert values["编号"] == entry.post.id
        assert values["状态"] == ("已签" if entry.approved else "拦截" if entry.checked.blocked else "待签")
        assert (values["审批号"] or "") == approval(entry)


def test_text_that_begins_like_a_formula_is_text_in_the_workbook(
    awkward: Calendar, export: Callable[..., Path]
) -> None:
    sheet = read_xlsx(export(awkward, "calendar.xlsx"))["内容日历"]
    (cell,) = [cell for cell in sheet[2] if str(cell.value).startswith("=1+1")]
    assert (cell.data_type, cell.value) == ("s", f"{AWKWARD}\n=首评")


def test_the_workbook_lists_findings_worst_first(calendar: Calendar, export: Callable[..., Path]) -> None:
    survey = Finding(rule="SUR-1", category="quota", level="hint", message="少一条", basis=("本行惯例", "另一条"))
    book = read_xlsx(export(calendar.model_copy(update={"findings": (survey,)}), "calendar.xlsx"))
    lines = [[cell.value for cell in row] for row in book["巡检与问题"].iter_rows(min_row=2)]
    assert [line[:3] for line in lines] == [["拦截", "TINY-001", "不得承诺保本"], ["建议", "SUR-1", "少一条"]]
    assert lines[0][5] == calendar.entries[-2].post.id
    assert lines[1][4] == "本行惯例、另一条"


CRAMPED = """
import resource
from pathlib import Path
from wuyou.errors import ExportError
from wuyou.exports.sheet import XlsxExporter
from wuyou.store import whole
from wuyou.values import Calendar
calendar = Calendar.model_validate_json(Path("calendar.json").read_text(encoding="utf-8"))
resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
try:
    with whole(Path("calendar.xlsx")) as path:
        XlsxExporter().export(calendar, path)
except ExportError as error:
    print(error)
"""


def test_a_workbook_that_cannot_be_written_is_one_sentence(calendar: Calendar, tmp_path: Path) -> None:
    (tmp_path / "calendar.json").write_text(calendar.model_dump_json(), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", CRAMPED], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("calendar.xlsx：写不进去：超过了单个文件的大小上限")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calendar.json"]


@pytest.mark.office
@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_libreoffice_opens_the_workbook(
    awkward: Calendar, calendar: Calendar, export: Callable[..., Path], tmp_path: Path, kind: str
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not installed")
    both = calendar.model_copy(update={"entries": (*awkward.entries, *calendar.entries)})
    path = export(both, "calendar.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    target = {"csv": "csv:Text - txt - csv (StarCalc):44,34,76,1", "pdf": "pdf"}[kind]
    done = subprocess.run(
        [office, profile, "--headless", "--convert-to", target, "--outdir", str(tmp_path), str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    made = tmp_path / f"calendar.{kind}"
    assert made.exists(), done.stderr
    if kind == "pdf":
        assert made.read_bytes().startswith(b"%PDF-")
        assert made.stat().st_size > 10_000
        return
    with made.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) == len(both.entries) + 1
    assert [line[7] for line in lines[1:]] == [entry.post.text for entry in both.entries]


# ── ics ──


def events(path: Path) -> list[Any]:
    import icalendar

    return list(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"))


def test_the_calendar_file_is_read_back_by_icalendar(calendar: Calendar, export: Callable[..., Path]) -> None:
    found = events(export(calendar, "calendar.ics"))
    due = calendar.approved.entries
    assert len(found) == len(due)
    for event, entry in zip(found, due, strict=True):
        post, slot = entry.post, entry.post.brief.slot
        assert slot.at is not None
        start = event["DTSTART"].dt
        assert start.replace(tzinfo=None) == dt.datetime.combine(slot.on, slot.at)
        assert start.utcoffset() == dt.timedelta(hours=8)
        assert str(event["DESCRIPTION"]).startswith(post.message)
        assert f"审批号：{approval(entry)}" in str(event["DESCRIPTION"])
        assert post.brief.channel.title in str(event["SUMMARY"])
        (alarm,) = event.walk("VALARM")
        assert alarm["TRIGGER"].dt == dt.timedelta(minutes=-5)


def test_the_calendar_file_is_read_back_by_another_reader(calendar: Calendar, export: Callable[..., Path]) -> None:
    from ical.calendar_stream import IcsCalendarStream

    found = IcsCalendarStream.calendar_from_ics(export(calendar, "calendar.ics").read_bytes().decode())
    assert len(found.events) == len(calendar.approved.entries)
    assert {
        event.description.startswith(entry.post.message)
        for event, entry in zip(found.events, calendar.approved.entries, strict=True)
    } == {True}
    assert found.events[0].dtstart.utcoffset() == dt.timedelta(hours=8)


def test_awkward_words_come_back_from_the_calendar_file(awkward: Calendar, export: Callable[..., Path]) -> None:
    (event,) = events(export(awkward, "calendar.ics"))
    assert str(event["DESCRIPTION"]).startswith(AWKWARD)
    assert "首评" not in str(event["DESCRIPTION"])


@given(text=WORDS)
def test_any_words_come_back_from_csv_and_calendar_file(
    text: str,
    a_calendar: Callable[..., Calendar],
    a_checked: Callable[..., Checked],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    calendar = a_calendar([a_checked(text)])
    folder = tmp_path_factory.getbasetemp()
    (event,) = events(IcsExporter().export(calendar, folder / "words.ics"))
    assert str(event["DESCRIPTION"]).startswith(text)
    (row,) = read_csv(CsvExporter().export(calendar, folder / "words.csv"))
    assert row["text"] in (text, f"'{text}")
    assert all(len(line) <= 75 for line in (folder / "words.ics").read_bytes().split(b"\r\n"))


def test_lines_of_the_calendar_file_end_and_fold_as_the_standard_asks(
    calendar: Calendar, awkward: Calendar, export: Callable[..., Path]
) -> None:
    for each in (calendar, awkward):
        raw = export(each, "calendar.ics").read_bytes()
        assert raw.endswith(b"\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
        for line in raw.split(b"\r\n"):
            assert len(line) <= 75
            line.decode()  # no character is cut in two


def test_a_slot_keeps_its_uid_when_words_or_days_change(
    calendar: Calendar, export: Callable[..., Path], sign: Callable[..., Any]
) -> None:
    def moved(entry: Entry) -> Entry:
        brief = entry.post.brief
        later = brief.model_copy(
            update={"slot": brief.slot.model_copy(update={"on": brief.slot.on + dt.timedelta(days=7)})}
        )
        post = entry.post.model_copy(update={"brief": later, "parts": (Part(role="body", text="改过的"),)})
        return Entry(checked=Checked(post=post), decision=sign(post))

    before = [str(event["UID"]) for event in events(export(calendar, "calendar.ics"))]
    after = calendar.model_copy(update={"entries": tuple(moved(entry) for entry in calendar.approved.entries)})
    assert len(set(before)) == len(before)
    assert [str(event["UID"]) for event in events(export(after, "calendar.ics"))] == before


# ── the page, as text ──


def test_the_page_asks_the_network_for_nothing(calendar: Calendar, export: Callable[..., Path]) -> None:
    page = export(calendar, "copy.html").read_text(encoding="utf-8")
    assert not re.findall(
        r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|fetch\(|XMLHttpRequest|sendBeacon""",
        page,
    )
    assert not re.findall(r"<(?:link|iframe|form)\b(?![^>]*href=\"data:)", page)


def test_words_of_a_post_cannot_become_part_of_the_page(awkward: Calendar, export: Callable[..., Path]) -> None:
    page = export(awkward, "copy.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 😀" in page


def test_only_the_sample_bank_is_marked_as_a_sample(calendar: Calendar, export: Callable[..., Path]) -> None:
    real = calendar.model_copy(update={"bank": calendar.bank.model_copy(update={"sample": False})})
    assert "请勿外发" in export(calendar, "copy.html", "sample").read_text(encoding="utf-8")
    page = export(real, "copy.html", "real").read_text(encoding="utf-8")
    assert "请勿外发" not in page
    assert "<body>" in page


# ── wecom ──


def test_tasks_have_the_shape_of_the_wecom_api(calendar: Calendar, export: Callable[..., Path]) -> None:
    content = json.loads(export(calendar, "wecom.json").read_text(encoding="utf-8"))
    assert (content["version"], content["campaign"], content["sample"]) == (1, "harvest", True)
    assert len(content["tasks"]) == len(calendar.approved.entries)
    for task, entry in zip(content["tasks"], calendar.approved.entries, strict=True):
        request, post = task["request"], entry.post
        assert request["text"]["content"] == post.message
        assert task["approval"] == approval(entry)
        assert [each["image"]["file"] for each in request["attachments"]] == [
            f"pictures/{picture.file}" for picture in post.pictures
        ]
        assert all(
            set(each) == {"msgtype", "image"} and each["image"]["media_id"] == "" for each in request["attachments"]
        )
        assert post.brief.segment is not None
        tags = list(post.brief.segment.tags)
        if task["channel"] == "moments":
            assert set(request) == {"text", "attachments", "visible_range"}
            assert request["visible_range"] == {"external_contact_list": {"tag_list": tags}}
        elif task["channel"] == "chat":
            assert set(request) == {"chat_type", "text", "attachments", "tag_filter"}
            assert (request["chat_type"], request["tag_filter"]) == ("single", {"group_list": [{"tag_list": tags}]})
        else:
            assert set(request) == {"chat_type", "text", "attachments"}
            assert request["chat_type"] == "group"


def test_a_comment_stands_beside_the_message_and_not_in_it(calendar: Calendar, export: Callable[..., Path]) -> None:
    tasks = json.loads(export(calendar, "wecom.json").read_text(encoding="utf-8"))["tasks"]
    commented = [task for task in tasks if "first_comment" in task]
    assert {task["genre"] for task in commented} == {"campaign_offer"}
    assert all(task["first_comment"] not in task["request"]["text"]["content"] for task in commented)


def test_no_export_lists_a_customer(calendar: Calendar, export: Callable[..., Path]) -> None:
    for name in EXPORTERS:
        raw = export(calendar, name).read_bytes()
        assert b"external_userid" not in raw
        assert b"openid" not in raw


# ── golden files ──


def as_markdown(calendar: Calendar, segment: str) -> str:
    lines = []
    for entry in calendar.entries:
        post = entry.post
        if post.brief.segment is None or post.brief.segment.name != segment:
            continue
        lines += [f"# {post.brief.slot.key}  {post.brief.slot.on} {post.brief.slot.at:%H:%M}", ""]
        lines += [f"[{part.role}] {part.text}" for part in post.parts]
        lines += [f"[picture] {_shown(picture)}" for picture in post.pictures]
        lines += [f"[cites] {'、'.join(fact.key for fact in post.facts)}", f"[from] {post.origin.template}", ""]
    return "\n".join(lines)


def _shown(picture: Picture) -> str:
    return " / ".join([picture.kind, *picture.text.splitlines(), f"（{picture.alt}）"])


@pytest.mark.parametrize("segment", ["commuters", "elders"])
def test_the_posts_of_the_tiny_campaign_are_the_golden_ones(
    calendar: Calendar, golden: Callable[[str, str], None], segment: str
) -> None:
    golden(f"posts/{segment}.md", as_markdown(calendar, segment))


@pytest.mark.parametrize("name", [name for name in EXPORTERS if name != "calendar.xlsx"])
def test_the_exports_of_the_tiny_campaign_are_the_golden_ones(
    calendar: Calendar, export: Callable[..., Path], golden: Callable[[str, str], None], name: str
) -> None:
    golden(name, export(calendar, name).read_bytes().decode())

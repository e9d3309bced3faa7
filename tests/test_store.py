"""The memory: files whole or not at all, a record that shows every tampering, an index that can be thrown away."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou import planner, store
from wuyou.errors import ExportError, StoreError
from wuyou.library import Library
from wuyou.store import GENESIS, Index, Records, dump, read_lines, restore, slot_key, whole, write_posts, write_text
from wuyou.values import Brief, Calendar, Campaign, Checked, Decision, Finding, Mark, Origin, Part, Picture, Post, Reply

NOBODY = 65534


def child(code: str, cwd: Path) -> str:
    """Run a program in a folder, in a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ── whole or not at all ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "calendar.csv"
    with whole(path) as temporary:
        temporary.write_text("一半")
        assert not path.exists()
        temporary.write_text("全部")
    assert path.read_text() == "全部"
    assert left(path.parent) == ["calendar.csv"]


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt(), SystemExit(1)])
def test_nothing_half_written_stays_after_an_exception_and_the_old_file_stands(
    tmp_path: Path, error: BaseException
) -> None:
    path = write_text(tmp_path / "calendar.csv", "旧的")

    def write() -> None:
        with whole(path) as temporary:
            temporary.write_text("新的，写到一半")
            raise error

    with pytest.raises(type(error)):
        write()
    assert path.read_text(encoding="utf-8") == "旧的"
    assert left(tmp_path) == ["calendar.csv"]


def test_whoever_has_the_old_file_open_reads_it_to_its_end(tmp_path: Path) -> None:
    path = write_text(tmp_path / "calendar.csv", "旧的")
    with path.open(encoding="utf-8") as reader:
        write_text(path, "新的")
        assert reader.read() == "旧的"
    assert path.read_text(encoding="utf-8") == "新的"


def test_the_temporary_file_keeps_the_suffix_that_exporters_look_at(tmp_path: Path) -> None:
    with whole(tmp_path / "a.xlsx") as temporary:
        assert temporary.suffix == ".xlsx"
        assert temporary.parent == tmp_path


def test_a_text_is_written_with_the_same_bytes_everywhere(tmp_path: Path) -> None:
    assert write_text(tmp_path / "a.txt", "一\n二\n").read_bytes() == "一\n二\n".encode()


def test_a_path_that_is_a_folder_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(ExportError, match="那是一个文件夹"):
        write_text(tmp_path / "a.csv", "x")
    assert left(tmp_path) == ["a.csv"]


def test_a_path_through_a_file_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(ExportError, match="写不进去"):
        write_text(tmp_path / "a" / "b.csv", "x")


UNPRIVILEGED = """
import os, sys, fcntl
from pathlib import Path
from wuyou.errors import ExportError
from wuyou.store import locked, write_text
if os.getuid() == 0:  # root may write anywhere; the way to the folder is root's own, hence the change of root
    os.chroot("."), os.chdir("/"), os.setgid({nobody}), os.setuid({nobody})
try:
    write_text(Path("a.txt"), "x")
    print("written")
except ExportError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("mode", "said"), [(0o555, "a.txt：写不进去：没有权限（请看磁盘是否已满、有没有写权限）"), (0o777, "written")]
)
def test_a_folder_that_may_not_be_written_to_is_told_in_chinese(tmp_path: Path, mode: int, said: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    try:
        assert child(UNPRIVILEGED.format(nobody=NOBODY), folder) == said
    finally:
        folder.chmod(0o755)


SMALL = """
import resource
from pathlib import Path
from wuyou.errors import WuyouError
from wuyou.store import Records, write_text
from wuyou.values import Decision
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    {action}
except WuyouError as error:
    print(error)
"""


def test_a_file_that_outgrows_its_limit_leaves_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "旧的")
    said = child(SMALL.format(limit=4096, action='write_text(Path("a.txt"), "新" * 9000)'), tmp_path)
    assert said == "a.txt：写不进去：超过了单个文件的大小上限（请看磁盘是否已满、有没有写权限）"
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "旧的"
    assert left(tmp_path) == ["a.txt"]


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where the system lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
        made = subprocess.run(mount, capture_output=True, check=False)
    except OSError:
        pytest.skip("no mount here; the limit on file size stands for a full disk")
    if made.returncode:
        pytest.skip("no tmpfs may be mounted here; the limit on file size stands for a full disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_the_old_file_and_says_so(full_disk: Path) -> None:
    path = write_text(full_disk / "a.txt", "旧的")
    with pytest.raises(ExportError, match="磁盘满了"):
        write_text(path, "新" * 90000)
    assert path.read_text(encoding="utf-8") == "旧的"
    assert left(full_disk) == ["a.txt"]


# ── one at a time ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lock_is_held_by_one_and_let_go_at_the_end_even_of_an_error(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / ".lock"

    def hold() -> None:
        with store.locked(lock, "另一次批跑"):
            with pytest.raises(StoreError, match="另一次批跑正在运行（请等它跑完"), store.locked(lock, "另一次批跑"):
                pass
            raise RuntimeError

    with pytest.raises(RuntimeError):
        hold()
    with store.locked(lock, "另一次批跑"):
        pass


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    code = """
import os
from pathlib import Path
from wuyou.store import locked
with locked(Path(".lock"), "x"):
    print("held", flush=True)
    os._exit(0)
"""
    assert child(code, tmp_path) == "held"
    with store.locked(tmp_path / ".lock", "x"):
        pass


# ── posts on disk ────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.text(max_size=20)
PARTS = st.lists(
    st.builds(Part, role=st.sampled_from(["opening", "body", "ask", "disclosure", "refusal", "comment"]), text=WORDS),
    max_size=5,
)
PICTURES = st.lists(
    st.builds(
        Picture,
        kind=st.sampled_from(["scene", "chart"]),
        headline=WORDS,
        lines=st.lists(WORDS, max_size=2).map(tuple),
        alt=WORDS,
    ),
    max_size=2,
)
MARKS = st.lists(st.builds(Mark, of=WORDS, quote=WORDS), max_size=2)
REPLIES = st.lists(st.builds(Reply, heard=WORDS, answer=WORDS, within_hours=st.integers(1, 72)), max_size=2)
ORIGINS = st.builds(
    Origin,
    writer=WORDS,
    template=WORDS,
    model=WORDS,
    tokens=st.integers(0, 9999),
    authors=st.lists(WORDS, max_size=2).map(tuple),
)


@pytest.fixture(scope="module")
def briefs(library: Library, campaign: Campaign, stock: Callable[..., planner.Stock]) -> dict[str, Brief]:
    """The tiny campaign's briefs of one segment by slot and variant."""
    twice = campaign.model_copy(update={"variants": 2})
    planned = planner.plan(twice, library.segments["commuters"], stock(library))
    return {slot_key(brief.slot, brief.variant): brief for brief in planned}


def test_no_two_slots_share_a_name_on_disk(briefs: dict[str, Brief]) -> None:
    assert len(briefs) == 20


@given(data=st.data(), parts=PARTS, pictures=PICTURES, marks=MARKS, replies=REPLIES, origin=ORIGINS)
def test_a_post_comes_back_from_disk_as_it_was(
    briefs: dict[str, Brief],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    parts: list[Part],
    pictures: list[Picture],
    marks: list[Mark],
    replies: list[Reply],
    origin: Origin,
) -> None:
    brief = data.draw(st.sampled_from(list(briefs.values())))
    facts = tuple(data.draw(st.lists(st.sampled_from(brief.facts), unique=True)) if brief.facts else ())
    post = Post(
        brief=brief,
        parts=tuple(parts),
        pictures=tuple(pictures),
        facts=facts,
        marks=tuple(marks),
        tags=("一", "二"),
        origin=origin,
        replies=tuple(replies),
    )
    path = write_posts(tmp_path_factory.getbasetemp() / "posts.jsonl", [post, post])
    records = read_lines(path)
    assert len(records) == 2
    again = restore(records[0], briefs)
    assert again == post
    assert (again.id, again.seal) == (records[0]["post"], records[0]["seal"])


def test_a_whole_run_comes_back_and_is_the_same_bytes_when_written_again(
    a_calendar: Callable[..., Calendar], tmp_path: Path
) -> None:
    posts = [
        entry.post
        for entry in a_calendar().entries
        if entry.post.brief.segment and entry.post.brief.segment.name == "elders"
    ]
    briefs = {slot_key(post.brief.slot, post.brief.variant): post.brief for post in posts}
    path = write_posts(tmp_path / "posts.jsonl", posts)
    again = [restore(record, briefs) for record in read_lines(path)]
    assert again == posts
    assert write_posts(tmp_path / "again.jsonl", [post for post in again if post]).read_bytes() == path.read_bytes()


def test_a_record_names_what_stands_above_it_and_does_not_repeat_it(a_post: Callable[..., Post]) -> None:
    record = dump(a_post("桂花开了。"))
    assert (record["segment"], record["campaign"], record["product"], record["channel"]) == (
        "commuters",
        "harvest",
        "autumn_deposit",
        "chat",
    )
    assert "portrait" not in json.dumps(record)


def test_a_post_whose_slot_has_gone_is_not_restored(a_post: Callable[..., Post], briefs: dict[str, Brief]) -> None:
    assert restore(dump(a_post(genre="persona", ordinal=9)), briefs) is None


def test_a_post_whose_fact_has_gone_no_longer_bears_its_seal(briefs: dict[str, Brief]) -> None:
    key, brief = next((key, brief) for key, brief in briefs.items() if brief.slot.genre == "campaign_offer")
    post = Post(
        brief=brief, parts=(Part(role="body", text="一。"),), facts=brief.facts[:2], origin=Origin(writer="template")
    )
    poorer = brief.model_copy(update={"facts": brief.facts[1:]})
    again = restore(dump(post), {key: poorer})
    assert again is not None
    assert again.facts == brief.facts[1:2]
    assert again.seal != post.seal


def test_a_typo_mended_in_a_portrait_leaves_the_seal(briefs: dict[str, Brief]) -> None:
    key, brief = next(iter(briefs.items()))
    assert brief.segment is not None
    post = Post(
        brief=brief, parts=(Part(role="body", text="一。"),), facts=brief.facts[:1], origin=Origin(writer="template")
    )
    mended = brief.model_copy(update={"segment": brief.segment.model_copy(update={"portrait": "改过"})})
    again = restore(dump(post), {key: mended})
    assert again is not None
    assert (again.seal, again.id) == (post.seal, post.id)
    assert again.brief.id != dump(post)["brief"]


def test_a_missing_file_is_empty_and_a_damaged_one_names_its_line(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "none.jsonl") == []
    path = tmp_path / "posts.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2}\n{"a":')
    with pytest.raises(StoreError, match=r"^runs/posts\.jsonl:4：这一行不是 JSON（文件可能坏了"):
        read_lines(path, "runs/posts.jsonl")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match="读不了"):
        read_lines(path)


# ── the record of decisions ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records" / "decisions.jsonl", "records/decisions.jsonl")


@pytest.fixture
def signed(records: Records, a_post: Callable[..., Post], sign: Callable[..., Decision]) -> Records:
    """A record of five approvals."""
    records.append([sign(a_post(f"第{number}篇。")) for number in range(1, 4)])
    records.append([sign(a_post(f"第{number}篇。")) for number in range(4, 6)])
    return records


def tamper(records: Records, change: Callable[[list[str]], list[str]]) -> list[str]:
    """Change the lines of a record and return what it says of itself."""
    lines = records.path.read_text(encoding="utf-8").splitlines(keepends=True)
    records.path.write_text("".join(change(lines)), encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        records.all()
    return [str(problem) for problem in caught.value.problems]


def test_what_is_appended_is_read_back_chained(signed: Records) -> None:
    decisions = signed.all()
    assert len(decisions) == 5
    assert decisions[0].prev == GENESIS
    rows = read_lines(signed.path)
    assert [decision.prev for decision in decisions[1:]] == [row["id"] for row in rows[:-1]]


def test_appending_never_touches_what_stands(
    signed: Records, a_post: Callable[..., Post], sign: Callable[..., Decision]
) -> None:
    before = signed.path.read_bytes()
    signed.append([sign(a_post("第六篇。"))])
    assert signed.path.read_bytes().startswith(before)
    assert signed.path.read_bytes().count(b"\n") == 6


def test_an_empty_record_is_no_error_and_signing_nothing_writes_nothing(records: Records) -> None:
    assert records.all() == []
    assert records.append([]) == []
    assert not records.path.exists()


def test_the_latest_decision_on_a_post_decides(
    signed: Records, a_post: Callable[..., Post], sign: Callable[..., Decision]
) -> None:
    post = a_post("第1篇。")
    signed.append([sign(post, "withdraw", note="利率变了")])
    assert signed.latest()[post.id].verdict == "withdraw"
    signed.append([sign(post)])
    assert signed.latest()[post.id].verdict == "approve"
    assert len(signed.latest()) == 5


@pytest.mark.parametrize("note", ["两\n行", "\u2028\u2029\x85\x0c", "引“号”\"'\\", "😀", "x" * 5000])
def test_a_reason_may_be_written_in_any_characters(
    records: Records, a_post: Callable[..., Post], sign: Callable[..., Decision], note: str
) -> None:
    records.append([sign(a_post(), "reject", note=note), sign(a_post("二。"))])
    assert [decision.note for decision in records.all()] == [note, ""]


DAMAGE = "签字记录被改过或少了行（请从版本库取回这个文件，签字只能追加）"


def test_an_edited_line_is_reported(signed: Records) -> None:
    found = tamper(signed, lambda lines: [*lines[:1], lines[1].replace("林知秋", "何穗"), *lines[2:]])
    assert found == [f"records/decisions.jsonl:2：{DAMAGE}"]


def test_an_edited_line_with_a_name_to_match_is_reported_at_the_next(signed: Records) -> None:
    def forge(lines: list[str]) -> list[str]:
        row = {**json.loads(lines[1]), "by": "何穗"}
        row.pop("id")
        return [lines[0], json.dumps({"id": store.content_id(row), **row}, ensure_ascii=False) + "\n", *lines[2:]]

    assert tamper(signed, forge) == [f"records/decisions.jsonl:3：{DAMAGE}"]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_removed_line_is_reported(signed: Records, number: int) -> None:
    assert tamper(signed, lambda lines: [*lines[: number - 1], *lines[number:]]) == [
        f"records/decisions.jsonl:{number}：{DAMAGE}"
    ]


def test_a_reordered_line_is_reported(signed: Records) -> None:
    found = tamper(signed, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    assert [line.split("：")[0] for line in found] == [f"records/decisions.jsonl:{number}" for number in (2, 3, 4)]


def test_a_doubled_line_is_reported(signed: Records) -> None:
    assert tamper(signed, lambda lines: [*lines[:2], lines[1], *lines[2:]])[0] == f"records/decisions.jsonl:3：{DAMAGE}"


@pytest.mark.parametrize("line", ['{"by": "某人"}', "[1, 2]", "7", '"x"', "null"])
def test_a_line_that_is_no_decision_is_reported(signed: Records, line: str) -> None:
    found = tamper(signed, lambda lines: [*lines[:2], f"{line}\n", *lines[3:]])
    assert found[0] == "records/decisions.jsonl:3：这一行不是签字记录（请从版本库取回这个文件）"


def test_a_verdict_nobody_knows_is_reported_once_and_what_follows_is_still_checked(signed: Records) -> None:
    def damage(lines: list[str]) -> list[str]:
        return [
            lines[0],
            lines[1].replace('"approve"', '"approved"'),
            lines[2],
            lines[3].replace("林知秋", "何穗"),
            lines[4],
        ]

    assert [line.split("：")[0] for line in tamper(signed, damage)] == [
        "records/decisions.jsonl:2",
        "records/decisions.jsonl:4",
    ]


def test_nothing_is_appended_to_a_damaged_record(
    signed: Records, a_post: Callable[..., Post], sign: Callable[..., Decision]
) -> None:
    tamper(signed, lambda lines: [lines[0].replace("林知秋", "何穗"), *lines[1:]])
    before = signed.path.read_bytes()
    with pytest.raises(StoreError, match="被改过"):
        signed.append([sign(a_post("新的。"))])
    assert signed.path.read_bytes() == before


def test_signing_while_somebody_else_signs_is_refused(
    records: Records, a_post: Callable[..., Post], sign: Callable[..., Decision]
) -> None:
    with (
        store.locked(records.path.with_name(".lock"), "另一次签字"),
        pytest.raises(StoreError, match="另一次签字正在运行"),
    ):
        records.append([sign(a_post())])
    assert records.all() == []


SIGNER = """
import datetime as dt, time
from pathlib import Path
from wuyou.errors import StoreError
from wuyou.store import Records
from wuyou.values import Decision
records, done = Records(Path("decisions.jsonl"), "d"), 0
while done < 15:
    at = dt.datetime(2026, 10, 11, tzinfo=dt.timezone.utc)
    decision = Decision(post=f"{who}-{{done}}", seal="s", by="{who}", verdict="approve", at=at)
    try:
        records.append([decision])
        done += 1
    except StoreError as error:
        assert "正在运行" in str(error), error
        time.sleep(0.001)
"""


def test_two_processes_sign_and_the_chain_holds(tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SIGNER.format(who=who)], cwd=tmp_path, stderr=subprocess.PIPE, text=True
        )
        for who in ("甲", "乙")
    ]
    assert [process.communicate(timeout=60)[1] for process in running] == ["", ""]
    posts = [decision.post for decision in Records(tmp_path / "decisions.jsonl", "d").all()]
    assert sorted(posts) == sorted(f"{who}-{number}" for who in ("甲", "乙") for number in range(15))


def test_a_disk_that_fills_while_signing_cuts_the_record_back(
    tmp_path: Path, a_post: Callable[..., Post], sign: Callable[..., Decision]
) -> None:
    records = Records(tmp_path / "decisions.jsonl", "decisions.jsonl")
    records.append([sign(a_post())])
    before = records.path.read_bytes()
    note = 'r.all()[0].model_copy(update={"verdict": "reject", "note": "长" * 900})'
    action = f'r = Records(Path("decisions.jsonl"), "decisions.jsonl"); r.append([{note}])'
    said = child(SMALL.format(limit=len(before) + 200, action=action), tmp_path)
    assert said.startswith("decisions.jsonl：签字没有写成：")
    assert records.path.read_bytes() == before
    assert len(records.all()) == 1


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "runs" / "wuyou.db")


def test_the_index_knows_what_was_built_from_a_material(index: Index, a_calendar: Callable[..., Calendar]) -> None:
    calendar = a_calendar()
    checked = [entry.checked for entry in calendar.entries]
    index.remember("harvest", checked, [("runs/harvest/copy.html", each.post.id) for each in checked[:3]])
    found = index.built_from("秋收定期存款公告.md")
    citing = [
        each.post
        for each in checked
        if any(fact.citation.material == "秋收定期存款公告.md" for fact in each.post.ground)
    ]
    assert citing
    assert [post for post in citing if not post.facts]  # a question to a group is built from it too
    assert [row["post"] for row in found] == [
        post.id
        for post in sorted(
            citing,
            key=lambda post: (
                post.brief.slot.on,
                post.brief.segment and post.brief.segment.name,
                post.brief.slot.channel,
                post.id,
            ),
        )
    ]
    assert {row["locators"] for row in found} == {"表1第2行", "第4段", "第4段,表1第2行", "问答"}
    assert index.built_from("没有的.md") == []
    assert index.files_with([checked[0].post.id]) == ["runs/harvest/copy.html"]
    assert index.files_with([checked[5].post.id]) == []


def test_remembering_without_files_leaves_the_files_known(index: Index, a_calendar: Callable[..., Calendar]) -> None:
    checked = [entry.checked for entry in a_calendar().entries]
    index.remember("harvest", checked, [("runs/harvest/copy.html", checked[0].post.id)])
    index.remember("harvest", checked)
    assert index.files_with([checked[0].post.id]) == ["runs/harvest/copy.html"]


def test_remembering_again_replaces_and_leaves_other_campaigns_alone(
    index: Index, a_calendar: Callable[..., Calendar], campaign: Campaign
) -> None:
    checked = [entry.checked for entry in a_calendar().entries]
    other = campaign.model_copy(update={"name": "other"})
    moved = [
        Checked(post=each.post.model_copy(update={"brief": each.post.brief.model_copy(update={"campaign": other})}))
        for each in checked
    ]
    index.remember("harvest", checked, [("a", checked[0].post.id)])
    index.remember("other", moved, [("b", moved[0].post.id)])
    index.remember("harvest", checked[:1], [])
    rows = index.built_from("秋收定期存款公告.md")
    assert sum(row["campaign"] == "other" for row in rows) > sum(row["campaign"] == "harvest" for row in rows)
    assert index.files_with([checked[0].post.id]) == []
    assert index.files_with([moved[0].post.id]) == ["b"]


def test_remembering_twice_remembers_once(index: Index, a_calendar: Callable[..., Calendar]) -> None:
    checked = [entry.checked for entry in a_calendar().entries]
    index.remember("harvest", checked)
    before = index.built_from("秋收定期存款公告.md")
    index.remember("harvest", checked)
    assert index.built_from("秋收定期存款公告.md") == before


def test_an_index_that_was_thrown_away_is_rebuilt_with_the_same_answers(
    index: Index, a_calendar: Callable[..., Calendar]
) -> None:
    checked = [entry.checked for entry in a_calendar().entries]
    index.remember("harvest", checked)
    before = index.built_from("秋收定期存款公告.md")
    for path in index.path.parent.iterdir():
        path.unlink()
    assert index.built_from("秋收定期存款公告.md") == []
    index.remember("harvest", checked)
    assert index.built_from("秋收定期存款公告.md") == before


def test_the_worst_finding_of_a_post_is_indexed(index: Index, a_checked: Callable[..., Checked]) -> None:
    findings = tuple(Finding(rule="R", category="c", level=level, message="") for level in ("hint", "block", "warn"))
    index.remember("harvest", [a_checked("一。", findings=findings), a_checked("二。")])
    with index.open() as db:
        assert sorted(row[0] for row in db.execute("SELECT level FROM posts")) == ["", "block"]


def test_an_error_inside_a_transaction_leaves_nothing_behind(index: Index) -> None:
    def insert() -> None:
        with index.open() as db:
            db.execute("INSERT INTO files VALUES ('c', 'p', 'x')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        insert()
    assert index.files_with(["x"]) == []


def version(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def test_an_older_index_is_brought_up_to_date_without_losing_a_row(
    index: Index, a_checked: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch
) -> None:
    index.remember("harvest", [a_checked("一。")])
    monkeypatch.setattr(
        store,
        "MIGRATIONS",
        (*store.MIGRATIONS, lambda db: db.execute("ALTER TABLE posts ADD COLUMN stale TEXT DEFAULT 'no'")),
    )
    with index.open() as db:
        assert db.execute("SELECT stale FROM posts").fetchall() == [("no",)]
    assert version(index.path) == len(store.MIGRATIONS)


def test_a_migration_that_fails_leaves_the_index_as_it_was(
    index: Index, a_checked: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE extra (a TEXT)")
        db.execute("this is no SQL")

    index.remember("harvest", [a_checked("一。")])
    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, broken))
    with pytest.raises(StoreError, match="索引出错"):
        index.files_with([])
    monkeypatch.undo()
    assert version(index.path) == len(store.MIGRATIONS)
    with index.open() as db:
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchall() == []
        assert db.execute("SELECT count(*) FROM posts").fetchone() == (1,)


def test_an_index_of_newer_code_is_refused(index: Index) -> None:
    index.files_with([])
    db = sqlite3.connect(index.path)
    db.execute("PRAGMA user_version = 999")
    db.close()
    with pytest.raises(StoreError, match="更新版本的程序"):
        index.files_with([])


def test_a_damaged_index_says_that_it_can_be_thrown_away(index: Index) -> None:
    index.path.parent.mkdir()
    index.path.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(StoreError, match="可以删掉它，下次会自动重建"):
        index.files_with([])


def test_an_index_that_cannot_be_opened_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="打不开索引"):
        Index(tmp_path / "runs" / "wuyou.db").files_with([])


def test_many_may_open_a_new_index_at_once(index: Index) -> None:
    errors: list[BaseException] = []
    start = threading.Barrier(8)

    def look() -> None:
        start.wait()
        try:
            Index(index.path).files_with([])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert version(index.path) == len(store.MIGRATIONS)


def test_nothing_but_the_index_lies_in_its_folder_afterwards(index: Index, a_checked: Callable[..., Checked]) -> None:
    index.remember("harvest", [a_checked("一。")])
    assert {name for name in left(index.path.parent) if not name.endswith(("-wal", "-shm"))} == {"wuyou.db"}
    assert os.access(index.path, os.R_OK)

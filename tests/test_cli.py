"""The door: every verb's exit code and words, good input and bad, in this process and in one of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from wuyou import cli
from wuyou.batch import Report, Row
from wuyou.workbench import Workbench

WUYOU = str(Path(sys.executable).parent / "wuyou")


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def say(project: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a verb on a copy of the shipped project."""

    def run(*arguments: str) -> Said:
        capfd.readouterr()
        code = cli.run([*arguments, "--root", str(project)])
        return Said(code, *capfd.readouterr())

    return run


def written(say: Callable[..., Said]) -> Said:
    return say("write", "autumn_savings", "seniors")


# ── help ──


@pytest.mark.parametrize("verb", ["", *cli.cli.commands])
def test_every_page_of_help_is_chinese(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*([verb] if verb else []), "--help"]) == 0
    page = capfd.readouterr().out
    assert page.startswith("用法：wuyou")
    assert not re.search(r"Usage|Options|Commands|Show this|default:", page.replace("[default: ", ""))


@pytest.mark.parametrize("verb", list(cli.cli.commands))
def test_every_option_says_what_it_is_for(verb: str) -> None:
    options = [param for param in cli.cli.commands[verb].params if param.param_type_name == "option"]
    assert all(getattr(option, "help", "") for option in options)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plann"], "没有这个命令：plann（是不是想写 plan？）"),
        (["plan", "autumn_savings"], "少了"),
        (["batch", "--job", "2"], "没有这个选项：--job"),
        (["batch", "--jobs", "many"], "--jobs 写得不对"),
        (["check", "-", "--channel", "weibo"], "可用：moments、chat、group"),
        (["plan", "a", "b", "c"], "多了或少了一项"),
        (["approve", "autumn_savings"], "少了"),
    ],
)
def test_misuse_is_one_chinese_sentence_and_code_2(
    arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert words in capfd.readouterr().err


def test_the_package_runs_as_a_module_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wuyou", "--help"], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0
    assert done.stdout.startswith("用法：wuyou")


def test_outside_a_project_it_says_where_to_go(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["plan", "a", "b", "--root", str(tmp_path)]) == 2
    assert "这里不是五有的项目文件夹" in capfd.readouterr().err


def test_a_fault_of_the_program_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], project: Path
) -> None:
    from wuyou.workbench import Workbench

    monkeypatch.setattr(Workbench, "plan", lambda *_: 1 / 0)
    assert cli.run(["plan", "autumn_savings", "seniors", "--root", str(project)]) == 2
    said = capfd.readouterr().err
    assert "程序出错：ZeroDivisionError" in said
    assert "Traceback" not in said


# ── read ──


def test_read_json_is_the_contract(say: Callable[..., Said]) -> None:
    said = say("read", "大额存单2026年第四期发售公告.docx", "--json")
    content = json.loads(said.out)
    assert said.code == 0
    assert list(content) == ["file", "title", "facts"]
    fact = content["facts"][0]
    assert {
        "kind",
        "value",
        "normalized",
        "unit",
        "subject",
        "conditions",
        "status",
        "valid_from",
        "valid_until",
        "citation",
        "kept_by",
    } <= set(fact)
    assert set(fact["citation"]) == {"material", "locator", "quote"}
    assert all(each["kept_by"] is None for each in content["facts"])


def test_read_leaves_proposals_unsigned_and_never_touches_a_sheet(say: Callable[..., Said], project: Path) -> None:
    new = project / "content_library/materials/新到的公告.docx"
    shutil.copy(project / "content_library/materials/大额存单2026年第四期发售公告.docx", new)
    assert "facts/新到的公告.yml" in say("read", str(new)).out
    sheet = project / "content_library/facts/新到的公告.yml"
    text = sheet.read_text(encoding="utf-8")
    assert re.search(r"^kept_by:( null)?$", text, re.MULTILINE)
    sheet.write_text(text + "# 我的批注\n", encoding="utf-8")
    assert "没有改动它" in say("read", str(new)).out
    assert sheet.read_text(encoding="utf-8").endswith("# 我的批注\n")
    assert say("lint").code == 0


def test_an_empty_docx_is_one_sentence(say: Callable[..., Said], tmp_path: Path) -> None:
    import docx

    path = tmp_path / "空.docx"
    docx.Document().save(str(path))
    said = say("read", str(path))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "空.docx" in said.err


def test_a_file_without_a_fact_says_why(say: Callable[..., Said], tmp_path: Path) -> None:
    path = tmp_path / "感想.txt"
    path.write_text("天气真好，大家辛苦了。\n", encoding="utf-8")
    said = say("read", str(path))
    assert said.code == 2
    assert "没有找到一条要点" in said.err


# ── content that is written wrongly ──


def test_all_problems_of_a_file_come_at_once_with_their_lines(say: Callable[..., Said], project: Path) -> None:
    path = project / "content_library/campaigns/autumn_savings.yml"
    text = (
        path.read_text(encoding="utf-8")
        .replace("title: 秋天存一笔", "titel: 秋天存一笔")
        .replace("start: 2026-10-12", "start: 明天")
    )
    path.write_text(text, encoding="utf-8")
    said = say("plan", "autumn_savings", "seniors")
    assert said.code == 2
    assert "campaigns/autumn_savings.yml:1：不认识这一项：titel（是不是想写 title？）" in said.err
    assert "要写成日期" in said.err
    assert "少了这一项：title" in said.err


def test_a_duplicate_key_names_both_lines(say: Callable[..., Said], project: Path) -> None:
    path = project / "content_library/campaigns/autumn_savings.yml"
    path.write_text(path.read_text(encoding="utf-8") + "start: 2026-11-01\n", encoding="utf-8")
    said = say("plan", "autumn_savings", "seniors")
    assert said.code == 2
    assert re.search(r"autumn_savings\.yml:\d+：这一项写了两遍：start（前一处在第 5 行", said.err)


def test_a_campaign_that_names_a_missing_segment_says_where(say: Callable[..., Said], project: Path) -> None:
    path = project / "content_library/campaigns/autumn_savings.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("[payroll, seniors", "[payrol, seniors"), encoding="utf-8")
    said = say("batch", "autumn_savings")
    assert said.code == 2
    assert "autumn_savings.yml:3：没有这个客群：payrol（是不是想写 payroll？）" in said.err


def test_a_template_with_an_unknown_variable_names_file_and_line(say: Callable[..., Said], project: Path) -> None:
    path = project / "templates/posts/moments/values.1.md.j2"
    path.write_text("{# 一 #}\n## 开头\n{{ segmnt.title }}\n## 正文\n{{ segment.tonne }}\n", encoding="utf-8")
    said = say("lint")
    assert said.code == 2
    assert "templates/posts/moments/values.1.md.j2:3：不认识这个变量：segmnt（是不是想写 segment？）" in said.err
    assert "values.1.md.j2:5：segment 里没有 tonne（可用：" in said.err


def test_a_batch_says_what_is_written_wrongly_once_and_before_it_begins(
    say: Callable[..., Said], project: Path
) -> None:
    path = project / "templates/posts/moments/values.1.md.j2"
    path.write_text("{# 一 #}\n## 开头\n{{ segmnt.title }}\n## 正文\n早\n", encoding="utf-8")
    said = say("batch", "autumn_savings")
    assert said.code == 2
    assert said.err.count("values.1.md.j2:3：不认识这个变量：segmnt") == 1
    assert not list((project / "runs").glob("autumn_savings/*/run.ipynb"))


def test_every_slot_that_cannot_be_filled_is_named_before_the_batch_begins(
    say: Callable[..., Said], project: Path
) -> None:
    path = project / "content_library/facts/large_deposit.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-12-31", "2026-10-20"), encoding="utf-8")
    said = say("batch", "autumn_savings")
    assert said.code == 2
    assert "代发客群 第 22 天（2026-11-02）的营销活动没有可用的要点：large_deposit" in said.err
    assert "老年客群 第 22 天" in said.err


def test_a_read_only_folder_is_one_sentence(project: Path) -> None:
    import os

    shutil.rmtree(project / "runs", ignore_errors=True)
    (project / "runs").write_text("这里不是文件夹")
    done = subprocess.run(
        [WUYOU, "write", "autumn_savings", "seniors", "--root", str(project)],
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 2
    assert "写不进去" in done.stderr
    assert "Traceback" not in done.stderr


# ── check ──


def _check(text: str, *options: str) -> Said:
    done = subprocess.run(
        [WUYOU, "check", "-", *options], input=text, capture_output=True, text=True, cwd=Path(__file__).parent.parent
    )
    return Said(done.returncode, done.stdout, done.stderr)


def test_a_promise_is_blocked_with_its_place_and_basis() -> None:
    said = _check("本产品保本，稳赚不赔", "--channel", "moments", "--product", "wealth")
    assert said.code == 1
    assert re.search(r"^1:4  拦截 .*保本.*依据：", said.out, re.MULTILINE)


def test_a_plain_greeting_is_clean_enough_to_send() -> None:
    said = _check("早上路过河堤，柳叶落了一地。您家附近的树黄了没有？")
    assert said.code == 0
    assert "拦截" not in said.out


def test_check_jsonl_answers_every_line_and_names_the_bad_ones(tmp_path: Path, say: Callable[..., Said]) -> None:
    lines = [
        json.dumps(
            {
                "id": "a",
                "text": "保本保收益，放心买",
                "channel": "moments",
                "product": "wealth",
                "attachments": [],
                "material": None,
                "on": None,
            }
        ),
        "{坏的",
        json.dumps({"id": "b", "channel": "moments"}),
        json.dumps(
            {
                "id": "c",
                "text": "活动到12月31日。",
                "channel": "chat",
                "product": None,
                "attachments": ["图"],
                "material": "活动截至12月31日。",
                "on": "2026-11-21",
            }
        ),
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = say("check", "--jsonl", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl"))
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert said.code == 2
    assert [answer["id"] for answer in answers] == ["a", "2", "b", "c"]
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    first, last = answers[0], answers[3]
    assert {"haves", "evidence", "findings", "not_evaluated", "grounded", "ungrounded"} <= set(first)
    assert set(first["haves"]) == {"picture", "substance", "feeling", "fun", "reply"}
    assert any(finding["level"] == "block" for finding in first["findings"])
    assert first["grounded"] is None
    assert last["grounded"] is True


# ── sign ──


def test_a_post_is_signed_once_and_the_chain_holds(say: Callable[..., Said], project: Path) -> None:
    written(say)
    first = say("approve", "autumn_savings", "--by", "林知秋", "--at", "2026-10-10T09:00+08:00")
    assert first.code == 0
    assert "签了 36 篇" in first.out
    assert "先前已签 36 篇" in say("approve", "autumn_savings", "--by", "林知秋", "--at", "2026-10-10T10:00+08:00").out
    records = project / "content_library/records/decisions.jsonl"
    lines = records.read_text(encoding="utf-8").splitlines()
    records.write_text("\n".join([*lines[:3], *lines[4:]]) + "\n", encoding="utf-8")
    said = say("show", "autumn_savings")
    assert said.code == 2
    assert "签字记录被改过或少了行" in said.err


def test_unknown_and_unentitled_signers_are_refused(say: Callable[..., Said], project: Path) -> None:
    written(say)
    assert "没有叫 某人 的审核人" in say("approve", "autumn_savings", "--by", "某人").err
    path = project / "content_library/reviewers.yml"
    path.write_text(
        path.read_text(encoding="utf-8") + "小窗:\n  title: 只签社群\n  channels: [group]\n", encoding="utf-8"
    )
    said = say("approve", "autumn_savings", "--by", "小窗")
    assert said.code == 0
    assert "无权签这个渠道" in said.err
    assert "签了 8 篇" in said.out


def test_nobody_signs_what_he_has_written(say: Callable[..., Said], project: Path) -> None:
    written(say)
    post = json.loads(
        (project / "runs/autumn_savings/seniors/posts.jsonl").read_text(encoding="utf-8").splitlines()[0]
    )["post"]
    said = say("revise", "autumn_savings", post, "--by", "林知秋", "--part", "ask=您家呢？")
    assert said.code == 0
    rows = [
        json.loads(line)
        for line in (project / "runs/autumn_savings/seniors/posts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(rows) == 36
    new = next(row["post"] for row in rows if row["content"]["origin"].get("edited_from") == post)
    said = say("approve", "autumn_savings", "--by", "林知秋", "--post", new)
    assert said.code == 1
    assert "不能自己签" in said.err
    assert say("approve", "autumn_savings", "--by", "何穗", "--post", new).code == 0


def test_a_blocked_post_cannot_be_signed_by_anyone(say: Callable[..., Said], project: Path) -> None:
    written(say)
    rows = [
        json.loads(line)
        for line in (project / "runs/autumn_savings/seniors/posts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    post = next(row["post"] for row in rows if row["slot"]["genre"] == "icebreaker")
    assert (
        say(
            "revise",
            "autumn_savings",
            post,
            "--by",
            "小何",
            "--part",
            "body=我们是全国最好的银行，国家级品质，绝对零风险。",
        ).code
        == 1
    )
    rows = [
        json.loads(line)
        for line in (project / "runs/autumn_savings/seniors/posts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    new = next(row["post"] for row in rows if row["content"]["origin"].get("edited_from") == post)
    said = say("approve", "autumn_savings", "--by", "林知秋", "--post", new)
    assert said.code == 1
    assert "拦截" in said.err


def test_the_sample_signer_signs_nowhere_else(say: Callable[..., Said], project: Path) -> None:
    path = project / "content_library/bank.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("sample: true", "sample: false"), encoding="utf-8")
    written(say)
    said = say("approve", "autumn_savings", "--by", "示例审核")
    assert said.code == 1
    assert "只在示例银行里签字" in said.err


def test_a_refusal_needs_a_reason_and_a_withdrawn_post_leaves_the_page(say: Callable[..., Said], project: Path) -> None:
    written(say)
    say("approve", "autumn_savings", "--by", "林知秋", "--at", "2026-10-10T09:00+08:00")
    post = json.loads(
        (project / "runs/autumn_savings/seniors/posts.jsonl").read_text(encoding="utf-8").splitlines()[0]
    )["post"]
    assert "要写明原因" in say("approve", "autumn_savings", "--by", "林知秋", "--post", post, "--withdraw").err
    assert (
        say("approve", "autumn_savings", "--by", "林知秋", "--post", post, "--withdraw", "--note", "总行改了日期").code
        == 0
    )
    assert say("export", "autumn_savings").code == 0
    page = (project / "runs/autumn_savings/copy.html").read_text(encoding="utf-8")
    assert f'id="p{post}"' not in page
    assert page.count("<article") == 35


def test_proposed_facts_cannot_be_signed(say: Callable[..., Said], project: Path) -> None:
    for path in (project / "content_library/facts").glob("*.yml"):
        path.write_text(
            re.sub(r"^kept_by: .*$", "kept_by:", path.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8"
        )
    written(say)
    said = say("approve", "autumn_savings", "--by", "林知秋")
    assert "还没有人确认的要点" in said.err


# ── the rest ──


def test_recall_lists_posts_and_files(say: Callable[..., Said]) -> None:
    written(say)
    say("approve", "autumn_savings", "--by", "林知秋")
    say("export", "autumn_savings")
    said = say("recall", "大额存单2026年第四期发售公告.docx")
    assert said.code == 0
    assert re.search(r"文稿 \d+ 篇", said.out)
    assert "runs/autumn_savings/copy.html" in said.out
    assert "没有这份物料" in say("recall", "没有的.docx").err


def test_recall_works_when_the_index_was_deleted(say: Callable[..., Said], project: Path) -> None:
    written(say)
    say("export", "autumn_savings")
    before = say("recall", "large_deposit").out.splitlines()[:3]
    (project / "runs/wuyou.db").unlink()
    assert say("recall", "large_deposit").out.splitlines()[:3] == before


def test_feedback_refuses_customer_columns_and_gives_advice(
    say: Callable[..., Said], project: Path, tmp_path: Path
) -> None:
    written(say)
    posts = [
        json.loads(line)["post"]
        for line in (project / "runs/autumn_savings/seniors/posts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    figures = tmp_path / "figures.csv"
    figures.write_text("post,sent,read,seconds,replies,手机号\n" + f"{posts[0]},100,60,20,5,1\n", encoding="utf-8")
    assert "像是客户信息" in say("feedback", str(figures)).err
    figures.write_text(
        "post,sent,read,seconds,replies\n"
        + "".join(f"{post},100,60,{index},{index}\n" for index, post in enumerate(posts)),
        encoding="utf-8",
    )
    said = say("feedback", str(figures))
    assert said.code == 0
    assert "下一轮可多一条" in said.out
    assert "下一轮可少一条" in said.out


def test_lint_is_clean_and_counts_what_is_there(say: Callable[..., Said]) -> None:
    said = say("lint", "--json")
    content = json.loads(said.out)
    assert said.code == 0
    assert content["problems"] == []
    assert content["inventory"]["客群"] == 14
    assert content["inventory"]["规则"] >= 30


def test_lint_finds_a_fact_whose_quote_has_moved(say: Callable[..., Said], project: Path) -> None:
    path = project / "content_library/facts/large_deposit.yml"
    text = path.read_text(encoding="utf-8")
    first = re.search(r"at: (\S+)", text)
    assert first
    path.write_text(text.replace(first.group(0), "at: 第999段", 1), encoding="utf-8")
    said = say("lint")
    assert said.code == 2
    assert "里没有 第999段" in said.err


def test_runs_lists_nothing_politely_before_the_first_run(say: Callable[..., Said]) -> None:
    assert "还没有跑过" in say("runs").out


def test_a_batch_table_keeps_its_columns_however_the_receipt_is_ordered(bench: Workbench) -> None:
    counts = {"block": 1, "warn": 22, "hint": 333}
    tables = []
    for levels in (counts, dict(sorted(counts.items()))):
        row = Row("seniors", "老年", {"chat": 8}, levels, 8, 1.5, ran=False)
        report = Report("autumn_savings", (row,), (), counts, 2.0, fresh=True)
        tables.append(cli._report(report, bench).splitlines())
    assert tables[0] == tables[1]
    head, line = tables[0][0].split(), next(line for line in tables[0] if line.startswith("seniors")).split()
    assert [line[head.index(title) - len(head)] for title in ("拦截", "提醒", "建议")] == ["1", "22", "333"]

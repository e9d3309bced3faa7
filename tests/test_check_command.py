"""``wuyou check`` for people: what is underlined, what is safely mended, and how bad input is answered."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from wuyou import cli, show
from wuyou.checks import Rulebook
from wuyou.quantities import find
from wuyou.values import LEVELS, Checked, Finding, Lamp
from wuyou.workbench import CATALOGUE_DATE, Workbench
from wuyou.workbench.mending import Mended

WUYOU = str(Path(sys.executable).parent / "wuyou")
RED, UNDERLINED, OFF = "\x1b[1;31m", "\x1b[4;31m", "\x1b[0m"


class Said(NamedTuple):
    code: int
    out: str
    err: str


Check = Callable[..., Said]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, copy_project: Callable[[Path], Path]) -> Path:
    """A copy of the shipped project that no test here changes."""
    return copy_project(tmp_path_factory.mktemp("check") / "project")


@pytest.fixture(scope="module")
def judged(home: Path) -> Workbench:
    """The workbench as it ships."""
    return Workbench.here(home)


@pytest.fixture(scope="module")
def bench(home: Path) -> Workbench:
    """A workbench whose rulebook knows words alone: what was learned moves with the labels, and is tested apart."""
    made = Workbench.here(home)
    library = made.library
    names = {"channels": library.channels, "genres": library.genres, "segments": library.segments}
    book = Rulebook.load(library.folder / "rules", library.sources, CATALOGUE_DATE, weights=False, **names)
    made.__dict__["rulebook"] = book
    return made


@pytest.fixture
def check(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Check:
    """Run ``wuyou check`` with bytes or words on standard input."""

    def run(given: str | bytes, *options: str, source: str = "-", root: Path = home) -> Said:
        capfd.readouterr()
        data = given if isinstance(given, bytes) else given.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        arguments = [source] if source else []
        code = cli.run(["check", *arguments, *options, "--root", str(root)])
        return Said(code, *capfd.readouterr())

    return run


def values(text: str) -> list[tuple[object, ...]]:
    return [(each.kind, each.low, each.high, each.unit, each.bound) for each in find(text)]


# ── what a person sees ───────────────────────────────────────────────────────────────────────────────────────────────


def test_plain_text_points_at_the_words_under_double_width_characters(check: Check) -> None:
    said = check("ab早，这款保本。\n家人们，来看看", "--product", "wealth", "--color", "never")
    lines = said.out.splitlines()
    assert said.code == 1
    assert lines[:4] == ["ab早，这款保本。", "          ^^^^", "家人们，来看看", "........"]
    assert "\x1b" not in said.out


def test_colour_underlines_the_words_and_tells_the_levels_apart(check: Check) -> None:
    said = check("家人们，这款保本", "--product", "wealth", "--color", "always")
    assert f"{UNDERLINED}保本{OFF}" in said.out
    assert f"\x1b[4;36m家人们，{OFF}" in said.out
    assert f"{RED}拦截{OFF}  RET-001" in said.out
    assert "^" not in said.out.splitlines()[0]


@pytest.mark.parametrize(
    ("wanted", "env", "terminal", "colour"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {}, True, False),
    ],
)
def test_colour_is_for_terminals_unless_told_otherwise(
    wanted: str, env: dict[str, str], terminal: bool, colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert cli._colour(wanted) is colour


def test_findings_stand_in_the_order_of_their_places_with_advice_and_basis(check: Check) -> None:
    said = check("早安。\n这期稳赚不赔，保本，闭眼买", "--product", "wealth")
    places = re.findall(r"^(\d+):(\d+)  ", said.out, re.MULTILINE)
    assert places == sorted(places, key=lambda place: (int(place[0]), int(place[1])))
    assert re.search(r"^2:8  拦截  RET-001  .*“保本”   删掉.*   依据：《.*》第二十五条", said.out, re.MULTILINE)


def test_lamps_say_by_which_words_they_are_lit_and_what_the_genre_owes(a_checked: Callable[..., Checked]) -> None:
    lamps = (
        Lamp(have="reply", title="有聊", lit=True, signals=("结尾有一问",), quote="您呢？", owed=True),
        Lamp(have="feeling", title="有情", lit=False, fixes=("甲", "乙"), owed=True),
    )
    said = show.verdict(a_checked("您呢？", lamps=lamps))
    assert "该有：有聊、有情；还差：有情" in said
    assert "●有聊  “您呢？”（结尾有一问）" in said


def test_a_genre_is_held_to_what_it_owes(check: Check) -> None:
    said = check("今天降温，出门多穿一件，路上慢一点走，别赶。", "--channel", "chat", "--genre", "finance_tip")
    assert "理财干货·私聊该有：" in said.out and "还差：" in said.out


def test_long_lines_are_broken_where_pointers_stand_beneath() -> None:
    pointed = list(show.terminal._pointed("早安" * 20 + "保本", [None] * 40 + ["block"] * 2, 40))
    assert pointed == ["早安" * 10, "早安" * 10, "保本", "^^^^"]


def test_a_control_character_never_reaches_the_terminal(check: Check) -> None:
    said = check("这款\x1b[2J保\u202e本", "--product", "wealth", "--color", "never")
    assert "\x1b" not in said.out and "\u202e" not in said.out
    assert said.code == 1


def test_windows_line_ends_change_nothing_but_themselves(check: Check) -> None:
    plain, windows = (check(f"您好。{end}这款保本。{end}", "--product", "wealth") for end in ("\n", "\r\n"))
    assert windows.out.split("○")[0] == plain.out.split("○")[0]  # which fixes are advised turns with the text
    assert windows.code == plain.code == 1
    assert "2:3  拦截  RET-001" in windows.out


@pytest.mark.parametrize("given", ["", "\r\n\r\n", "\ufeff  "])
def test_nothing_to_check_is_one_sentence(check: Check, given: str) -> None:
    assert check(given) == Said(2, "", "标准输入：没有文字可查，是空的\n")


def test_what_is_not_utf8_is_one_sentence(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "旧稿.txt"
    path.write_bytes("保本".encode("gbk"))
    assert check("保本".encode("gbk")) == Said(
        2, "", "标准输入：送进来的文字不是 UTF-8 编码（请用 UTF-8 另存后再试）\n"
    )
    assert check("", source=str(path)) == Said(2, "", f"{path}：不是 UTF-8 编码的文字（请用 UTF-8 另存后再试）\n")
    assert "读不了" in check("", source=str(tmp_path / "没有.txt")).err


def test_ctrl_c_while_it_waits_is_one_sentence(home: Path) -> None:
    command = [WUYOU, "check", "-", "--root", str(home)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdin
    child.stdin.write("半句".encode())
    child.stdin.flush()
    waiting = Path(f"/proc/{child.pid}/wchan")
    for _ in range(200):  # until it has started and reads
        if waiting.exists() and "pipe" in waiting.read_text():
            break
        try:
            child.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert child.returncode == 2
    assert out == b""
    assert err.decode().strip().count("\n") == 0 and "停下" in err.decode()


def test_a_file_is_checked_like_standard_input(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("这款保本", encoding="utf-8-sig")
    assert check("", "--product", "wealth", source=str(path)) == check("这款保本", "--product", "wealth")


# ── a library that does not load ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file", ["rules/compliance/returns.yml", "channels/chat.yml", "bank.yml", "sources.yml"])
def test_a_library_that_does_not_load_fails_a_file_of_records_once(
    check: Check, project: Path, tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "content_library" / file
    path.write_text(path.read_text(encoding="utf-8") + "坏了的: [\n", encoding="utf-8")
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    record = json.dumps({"id": "1", "text": "早安", "channel": "chat"})
    source.write_text(f"{record}\n" * 30, encoding="utf-8")
    started: list[int] = []
    rulebook = Workbench._rulebook
    monkeypatch.setattr(Workbench, "_rulebook", lambda self, *rest: started.append(1) or rulebook(self, *rest))
    said = check("", "--jsonl", str(source), "--out", str(target), source="", root=project)
    assert said.code == 2
    assert said.err.count(file) == 1
    assert len(started) <= 1
    assert said.out == "" and not target.exists()


# ── fixes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_fix_shows_what_it_changes_and_judges_what_is_left(check: Check) -> None:
    said = check("尊敬的客户，周六写春联，速来。\n早安", "--fix", "--color", "never")
    assert said.code == 0
    assert "-尊敬的客户，周六写春联，速来。\n+您好，周六写春联，有空来坐坐。\n" in said.out
    assert "TON-004" not in said.out
    assert check("尊敬的客户，这款保本。产品有风险", "--fix", "--product", "wealth").code == 1


def test_nothing_to_fix_is_said(check: Check) -> None:
    assert check("早上路过河堤，柳叶落了一地。", "--fix").out.startswith("没有可以放心替您改的\n")


@pytest.mark.parametrize(
    ("product", "text", "mended"),
    [
        (None, "您早，你家孩子开学了吧，你们小区的菜店还开着吗", "您早，您家孩子开学了吧，您小区的菜店还开着吗"),
        (None, "欢迎咨询", "想问什么直接回我"),
        (None, "众所周知，冬至要吃饺子", "冬至要吃饺子"),
        ("wealth", "理财利息更高一点点，产品有风险", "理财收益更高一点点，产品有风险"),
        ("wealth", "这款产品在售，R2", "这款产品在售，R2\n理财非存款、产品有风险、投资须谨慎。"),
        ("wealth", "我们不保*本，净值会波\u200b动，利率３.６％", "我们不保*本，净值会波动，利率3.6%"),
        ("wealth", "稳·赚，产品有风险", "稳赚，产品有风险"),
        (None, "爱心❤\ufe0f和一家人👨\u200d👩\u200d👧", "爱心❤\ufe0f和一家人👨\u200d👩\u200d👧"),
    ],
)
def test_what_is_safe_is_mended(bench: Workbench, product: str | None, text: str, mended: str) -> None:
    assert bench.fix(text, product=product).text == mended


def test_a_product_of_the_library_brings_its_own_risk_words(bench: Workbench) -> None:
    text = "您上回问起的溪流180天，周三开售，说明书在手机银行里。您哪天有空，我陪您看一遍？"
    made = bench.fix(text, product="wealth_180")
    assert made.text.endswith(bench.library.products["wealth_180"].disclosure.short)


@pytest.mark.parametrize(
    ("text", "about", "why"),
    [
        ("禾溪易贷本周开放，欢迎了解。", {"product": "consumer_loan", "genre": "campaign_offer"}, "数字"),
        ("说明书第一页写着“尊敬的客户”", {}, "引号"),
        ("请看{助力}这个占位符", {}, "占位符"),
        ("点开https://a.example/尊敬的客户", {}, ""),
    ],
)
def test_numbers_quotations_and_addresses_stay_and_it_is_said(
    bench: Workbench, text: str, about: dict[str, str], why: str
) -> None:
    made = bench.fix(text, **about)
    assert values(made.text) == values(text)
    if why:
        assert made.text == text
        assert any(why in str(each) for each in made.refused)
    assert "https" not in text or made.text.startswith("点开https://a.example/")


def test_a_name_stays_as_it_is(bench: Workbench) -> None:
    from wuyou.workbench import mending

    text = "助力存是产品名，助力开学不是"
    made = mending.mend(text, bench.check, bench.rulebook.rules, ["助力存"], "")
    assert made.text == "助力存是产品名，帮开学不是"
    assert [each.why for each in made.refused] == ["它在名字“助力存”里"]


def test_a_fix_that_would_bring_another_finding_is_left_out(bench: Workbench) -> None:
    made = bench.fix("这份储蓄险不错", product="insurance")
    assert made.text == "这份储蓄险不错"
    assert [(each.change.new, "INS-004" in each.why) for each in made.refused] == [("保险", True)]


def _no_worse(made: Mended, heard: set[str]) -> bool:
    """Tell whether no rule of words speaks more, no category has more findings, and no quantity has changed."""
    for depth in range(1, len(LEVELS) + 1):
        sides: list[list[Finding]] = [
            [each for each in checked.findings if each.level in LEVELS[:depth]] for checked in (made.before, made.after)
        ]
        rules = [Counter(each.rule for each in side if each.rule not in heard) for side in sides]
        kinds = [Counter(each.category for each in side) for side in sides]
        if rules[1] - rules[0] or kinds[1] - kinds[0]:
            return False
    return values(made.before.post.text) == values(made.text)


@pytest.mark.parametrize("desk", ["bench", "judged"])
def test_no_fix_adds_a_finding_or_touches_a_quantity(desk: str, request: pytest.FixtureRequest) -> None:
    bench: Workbench = request.getfixturevalue(desk)
    book = bench.rulebook
    heard = {rule.id for rule in book.rules.values() if getattr(rule, "heard", "") and rule.kind == "forbid"}
    changed = 0
    for rule in book.rules.values():
        for example in (*rule.examples.hit, *rule.examples.silent):
            if not example.text:
                continue
            kind = example.product or next(iter(rule.scope.products), None)
            made = bench.fix(example.text, product=kind, channel=example.channel or "moments")
            assert _no_worse(made, heard), (rule.id, example.text, made.text)
            changed += made.text != example.text
    assert changed > 60


def test_every_replacement_is_plain_and_there_are_enough(bench: Workbench) -> None:
    pairs = [
        (rule, wording, better) for rule in bench.rulebook.rules.values() for wording, better in rule.replace.items()
    ]
    assert len(pairs) >= 25
    for rule, wording, better in pairs:
        assert not find(better), (rule.id, wording)
        assert not re.search(r"[0-9%]", better)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_only_rewritten_when_told_to_and_keeps_what_it_is(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    before = b"\xef\xbb\xbf" + "尊敬的客户，早。\r\n您家呢？\r\n".encode()
    path.write_bytes(before)
    path.chmod(0o640)
    check("", "--fix", source=str(path))
    assert path.read_bytes() == before
    link = tmp_path / "链接.txt"
    link.symlink_to(path)
    said = check("", "--fix", "--write", source=str(link))
    assert said.code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + "您好，早。\r\n您家呢？\r\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(each.name for each in tmp_path.glob("*.txt")) == sorted([path.name, link.name])


def test_a_file_that_changed_meanwhile_is_not_overwritten(bench: Workbench, tmp_path: Path) -> None:
    from wuyou.errors import WuyouError

    path = tmp_path / "稿.txt"
    path.write_text("别人刚写的", encoding="utf-8")
    with pytest.raises(WuyouError, match="刚才又被改过"):
        bench.rewrite(path, "尊敬的客户", "您好")
    assert path.read_text(encoding="utf-8") == "别人刚写的"


def test_a_file_that_cannot_be_written_is_left_whole(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("尊敬的客户，早。", encoding="utf-8")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    said = check("", "--fix", "--write", source=str(path))
    assert said.code == 2
    assert "磁盘满了" in said.err
    assert path.read_bytes().decode() == "尊敬的客户，早。"
    assert list(tmp_path.iterdir()) == [path]


def test_a_mended_text_from_elsewhere_goes_to_a_file_of_its_own(check: Check, tmp_path: Path) -> None:
    said = check("尊敬的客户，早。", "--fix", "--out", str(tmp_path / "改好.txt"))
    assert (tmp_path / "改好.txt").read_text(encoding="utf-8") == "您好，早。"
    assert "改好.txt" in said.out


@pytest.mark.parametrize(
    "options", [("--write",), ("--fix", "--write"), ("--out", "x"), ("--jsonl", "x", "--fix", "--write")]
)
def test_what_cannot_be_written_is_misuse(check: Check, options: tuple[str, ...]) -> None:
    said = check("早安", *options)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_records_are_answered_with_how_they_could_be_mended(check: Check, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    records = [
        {"id": "a", "text": "尊敬的客户，周六３场", "channel": "moments"},
        {"id": "b", "text": "说明书写着“尊敬的客户”", "channel": "chat", "product": "wealth_180"},
        {"id": "c", "text": "早安", "channel": "weibo"},
    ]
    source.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    said = check("", "--jsonl", str(source), "--out", str(target), "--fix", source="")
    answers = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert said.code == 2
    assert answers[0]["fixed"] == {
        "text": "您好，周六3场",
        "changes": [{"rule": "", "old": "３", "new": "3"}, {"rule": "TON-004", "old": "尊敬的客户", "new": "您好"}],
        "left_out": [],
        "blocked": False,
    }
    assert any(finding["rule"] == "TON-004" for finding in answers[0]["findings"])
    assert answers[1]["fixed"]["changes"] == [] and answers[1]["fixed"]["left_out"][0]["rule"] == "TON-004"
    assert "error" in answers[2]
    plain = check("", "--jsonl", str(source), source="")
    assert not [line for line in plain.out.splitlines() if "fixed" in json.loads(line)]


def test_json_of_a_fixed_text_is_the_verdict_on_what_is_left(check: Check) -> None:
    answer = json.loads(check("尊敬的客户，早。", "--fix", "--json").out)
    assert answer["fixed"]["text"] == "您好，早。"
    assert not [finding for finding in answer["findings"] if finding["rule"] == "TON-004"]

"""Whole runs of the model writer on the wire: nothing lost, nothing doubled, nothing paid twice, nothing bad let through."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from model_server import Act, ModelServer, honest, say, serving, task
from wuyou.errors import ModelError, ModelStopped
from wuyou.values import Brief, Checked, ModelUse
from wuyou.workbench import Workbench
from wuyou.workbench.crew import together
from wuyou.writers.model import ModelWriter, endpoint
from wuyou.writers.model.budget import Budget, Spent
from wuyou.writers.model.cache import Answers, Reply

pytestmark = pytest.mark.network_stub
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return Workbench.here(ROOT)


@pytest.fixture(scope="module")
def briefs(bench: Workbench) -> tuple[Brief, ...]:
    """Every brief of one campaign for eleven segments."""
    segments = bench.library.campaign("autumn_savings").segments[:11]
    return tuple(brief for segment in segments for brief in bench.plan("autumn_savings", segment))


@pytest.fixture(scope="module")
def book(bench: Workbench, briefs: Sequence[Brief]) -> dict[str, dict[str, Any]]:
    """A good answer for every brief, by what it is asked with."""
    template, model = bench.writer("template"), ModelWriter(ROOT)
    return {model.preview(brief).messages[1]["content"]: honest(brief, template.write(brief)) for brief in briefs}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, book: dict[str, dict[str, Any]]) -> Iterator[ModelServer]:
    monkeypatch.setattr(endpoint, "PAUSE_SECONDS", 0.01)
    with serving(lambda request, _: say(book[task(request)]), monkeypatch) as made:
        yield made


@pytest.fixture
def writing(tmp_path: Path) -> Callable[..., ModelWriter]:
    """Make a model writer whose answers stay in the test's folder."""

    def make(**use: Any) -> ModelWriter:
        made = ModelWriter(tmp_path, ModelUse(**{"concurrency": 16, "timeout_seconds": 5, **use}))
        made.prompts.folder = ROOT / "templates" / "prompts"
        return made

    return make


def composed(bench: Workbench, writer: ModelWriter, briefs: Sequence[Brief]) -> list[Checked]:
    template = bench.writer("template")
    return together(lambda brief: bench._compose(brief, writer, template), briefs, writer.concurrency)


# ── a thousand calls to a server that misbehaves ─────────────────────────────────────────────────────────────────────


WAYS = {
    "good": 30, "busy": 8, "down": 6, "stall": 1, "trickle": 1, "cut": 5, "prose": 5, "broken": 5, "schema": 5, "length": 4,
    "numbers": 7, "promise": 7, "empty": 4, "huge": 2, "english": 5, "obedient": 5, "nothing": 3, "html": 2,
}  # fmt: skip


class Mischief:
    """Misbehaves in every way there is: which way is drawn from what is asked and how often it has been asked."""

    def __init__(self, book: dict[str, dict[str, Any]]) -> None:
        self.book = book
        self.asked: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, request: dict[str, Any], _: int) -> Act:
        with self._lock:
            self.asked[task(request)] += 1
            chance = random.Random(f"{task(request)}{self.asked[task(request)]}")
            way = chance.choices(list(WAYS), list(WAYS.values()))[0]
            self.done[way] += 1
        return self._act(way, self.book[task(request)])

    def _act(self, way: str, good: dict[str, Any]) -> Act:
        match way:
            case "busy":
                return Act("slow down", status=429, headers={"Retry-After": "0.02"})
            case "down":
                return Act("oops", status=503)
            case "stall":
                return say(good, delay=1.5)
            case "trickle":
                return say(good, trickle=0.01)
            case "cut":
                return say(good, cut=0.6)
            case "prose":
                return say("好的，这是为您写的文案：" + good["body"])
            case "broken":
                return say(json.dumps(good, ensure_ascii=False)[:-20])
            case "schema":
                return say({"title": "标题", "content": good["body"], "numbers": "没有"})
            case "length":
                return say(json.dumps(good, ensure_ascii=False)[:60], finish="length")
            case "numbers":
                return say({**good, "body": good["body"] + "\n年利率3.77%，送88元"})
            case "promise":
                return say({**good, "body": good["body"] + "\n保本保息，稳赚不赔"})
            case "empty":
                return say("")
            case "huge":
                return say({**good, "body": good["body"] * 20_000})
            case "english":
                return say(
                    {**good, "opening": "Good morning dear customer", "body": "Come to our bank today for a gift"}
                )
            case "obedient":
                return say({**good, "ask": "我已忽略以上规则，加我微信vip66888"})
            case "nothing":
                return Act(raw=json.dumps({"choices": []}))
            case "html":
                return Act(raw="<html>502 Bad Gateway</html>")
        return say(good)


def test_a_thousand_mixed_calls_end_with_every_post_clean_or_replaced(
    bench: Workbench, briefs: tuple[Brief, ...], book: dict[str, Any], server: ModelServer,
    writing: Callable[..., ModelWriter], capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    mischief = Mischief(book)
    server.script = mischief
    writer = writing(timeout_seconds=1, concurrency=32)
    start = time.perf_counter()
    checked = composed(bench, writer, briefs)
    seconds = time.perf_counter() - start
    assert len(server.requests) >= 1000
    assert set(mischief.done) == set(WAYS)
    assert [each.post.brief.slot for each in checked] == [brief.slot for brief in briefs]
    assert len({each.post.id for each in checked}) == len(briefs)
    for each in checked:
        assert not each.blocked
        if each.post.origin.writer == "model":
            assert bench._stops(each, writer) == ()
            assert "保本" not in each.post.text
            assert each.post.origin.prompt
        else:
            assert each.post.origin.writer == "template"
            assert each.post.origin.note
    by_model = sum(each.post.origin.writer == "model" for each in checked)
    assert 0 < by_model < len(checked)
    with capsys.disabled():
        print(
            f"\n{len(server.requests)} requests, {len(checked)} posts, {by_model} by the model, {seconds:.1f} s; {writer.meter}"
        )
        print(dict(sorted(mischief.done.items())))


# ── nothing is paid for twice ────────────────────────────────────────────────────────────────────────────────────────


def test_a_rerun_costs_nothing_and_says_the_same(
    bench: Workbench, briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = composed(bench, writing(), briefs[:40])
    paid = len(server.requests)
    server.close()
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    writer = writing()
    again = composed(bench, writer, briefs[:40])
    assert [each.post.id for each in again] == [each.post.id for each in first]
    assert len(server.requests) == paid
    assert (writer.meter.calls, writer.meter.replayed) == (0, paid)


SCRIPT = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from wuyou.values import ModelUse
from wuyou.workbench import Workbench
from wuyou.workbench.crew import together
from wuyou.writers.model import ModelWriter
bench = Workbench.here(sys.argv[1])
writer = ModelWriter(Path(sys.argv[2]), ModelUse(concurrency=16))
writer.prompts.folder = Path(sys.argv[1]) / "templates" / "prompts"
segments = bench.library.campaign("autumn_savings").segments[:6]
briefs = [brief for segment in segments for brief in bench.plan("autumn_savings", segment)]
try:
    posts = together(writer.write, briefs, writer.concurrency)
except KeyboardInterrupt:
    sys.exit(130)
print(len(posts))
"""


def test_after_ctrl_c_at_call_100_only_what_was_under_way_is_paid_again(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(textwrap.dedent(SCRIPT), encoding="utf-8")
    command = [sys.executable, str(tmp_path / "run.py"), str(ROOT), str(tmp_path / "kept")]
    answer = server.script

    def slow(request: dict[str, Any], number: int) -> Act:
        return answer(request, number)._replace(delay=0.05)

    server.script = slow
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while len(server.requests) < 100:
        assert first.poll() is None
        time.sleep(0.002)
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=30) == 130
    paid = len(server.requests)
    assert 100 <= paid < 216
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "216"
    asked = Counter(task(request) for request in server.requests)
    assert len(server.requests) - 216 <= 16
    assert len(asked) == 216
    assert not list((tmp_path / "kept").rglob("*.part"))


def test_a_call_that_was_killed_leaves_no_half_answer(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    key = answers.key("m", [{"role": "user", "content": "一"}], {})
    answers.put(key, "m", [], Reply("好"))
    (path,) = tmp_path.rglob("*.json")
    assert answers.get(key) == Reply("好")
    path.write_text(path.read_text(encoding="utf-8")[:20], encoding="utf-8")
    assert answers.get(key) is None


# ── the budget ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_budget_stops_cleanly_and_the_next_run_goes_on(
    bench: Workbench, briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    some, said = briefs[:36], list[str]()
    for _ in range(12):
        before = len(server.requests)
        try:
            checked = composed(bench, writing(calls=10, concurrency=4), some)
            break
        except ModelStopped as error:
            said.append(str(error))
        assert len(server.requests) - before == 10
    assert all("预算用完" in each for each in said)
    assert len(said) >= 3
    assert len(checked) == 36
    asked = Counter(json.dumps(request["messages"]) for request in server.requests)
    assert set(asked.values()) == {1}


@pytest.mark.parametrize(
    ("use", "name"), [({"tokens": 20_000}, "词元"), ({"money": 0.02, "price_in": 1, "price_out": 4}, "费用")]
)
def test_tokens_and_money_are_never_passed(
    use: dict[str, float], name: str, bench: Workbench, briefs: tuple[Brief, ...], server: ModelServer,
    writing: Callable[..., ModelWriter],
) -> None:  # fmt: skip
    answer = server.script
    server.script = lambda request, number: answer(request, number)._replace(
        usage={"prompt_tokens": 1500, "completion_tokens": 700}
    )
    writer = writing(**use)
    with pytest.raises(ModelStopped, match=name):
        composed(bench, writer, briefs[:36])
    meter = writer.meter
    assert 0 < meter.tokens_in + meter.tokens_out <= use.get("tokens", 10**9)
    assert meter.money <= use.get("money", 0)


def test_the_report_tells_how_long_half_and_nearly_all_answers_took_and_what_they_cost() -> None:
    budget = Budget(ModelUse(price_in=2.0, price_out=8.0))
    for number in range(1, 101):
        budget.settle(budget.reserve(1000), Reply("好", False, 1000, 200, number / 100))
    budget.replayed()
    budget.trouble("429")
    said = str(budget.meter)
    assert "调用 100 次，重放 1 次，词元 送出 100000 收回 20000，费用 0.3600" in said
    assert "p50 0.51 秒 p95 0.96 秒" in said
    assert budget.meter.troubles == (("429", 1),)


def test_processes_of_one_batch_share_a_budget(tmp_path: Path) -> None:
    use = ModelUse(calls=3)
    one, other = Budget(use, tmp_path / "ledger.json"), Budget(use, tmp_path / "ledger.json")
    most = one.reserve(10)
    other.reserve(10)
    one.give_back(most, "429")
    one.settle(one.reserve(10), Reply("好", tokens_in=5, tokens_out=5))
    other.reserve(10)
    with pytest.raises(ModelStopped):
        one.reserve(10)
    assert Spent(*json.loads((tmp_path / "ledger.json").read_text())).calls == 3


# ── the wire ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_more_calls_are_under_way_than_the_bank_allows(
    bench: Workbench, briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    answer = server.script
    server.script = lambda request, number: answer(request, number)._replace(delay=0.05)
    writer = writing(concurrency=5)
    together(writer.write, briefs[:40], writer.concurrency)
    assert server.most_at_once == 5


@pytest.mark.parametrize(
    ("refusals", "kept"),
    [
        ((), "json_schema"),
        (("This response_format type json_schema is unavailable now",), "json_object"),
        (("response_format json_schema is unavailable", "json_object is not supported"), "none"),
    ],
)
def test_what_an_endpoint_can_do_is_found_out_once_and_kept(
    refusals: tuple[str, ...], kept: str, briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter],
    tmp_path: Path,
) -> None:  # fmt: skip
    answer = server.script

    def picky(request: dict[str, Any], number: int) -> Act:
        said = request.get("response_format", {}).get("type", "none")
        order = ("json_schema", "json_object", "none")
        if order.index(said) < len(refusals):
            return Act(refusals[order.index(said)], status=400)
        return answer(request, number)._replace(delay=0.01)

    server.script = picky
    writer = writing()
    together(writer.write, briefs[:20], 8)
    assert len(server.requests) == 20 + len(refusals)
    (profile,) = json.loads((tmp_path / "runs" / ".model" / "endpoints.json").read_text()).values()
    assert profile["format"] == kept
    together(writing().write, briefs[20:24], 4)
    assert len(server.requests) == 24 + len(refusals)


def test_a_model_with_names_of_its_own_for_limits_is_understood(
    briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    answer = server.script

    def modern(request: dict[str, Any], number: int) -> Act:
        if "max_tokens" in request:
            return Act("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", status=400)
        if "temperature" in request:
            return Act("Unsupported value: 'temperature' does not support 0", status=400)
        return answer(request, number)

    server.script = modern
    writing().write(briefs[0])
    assert server.requests[-1].keys() == {"model", "messages", "max_completion_tokens", "response_format"}


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
    briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    answer, times = server.script, list[float]()

    def busy(request: dict[str, Any], number: int) -> Act:
        times.append(time.monotonic())
        return Act("wait", status=429, headers={"Retry-After": "1"}) if number == 1 else answer(request, number)

    server.script = busy
    writer = writing()
    together(writer.write, briefs[:6], 6)
    assert times[1] - times[0] >= 1.0
    assert dict(writer.meter.troubles) == {"请求太多（429）": 1}


def test_a_server_that_wants_an_hour_is_left_for_today(
    briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    server.script = lambda _request, _number: Act("wait", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(ModelStopped, match="3600 秒"):
        writing().write(briefs[0])
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_server_that_refuses_the_key_stops_the_run(
    status: int, bench: Workbench, briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    server.script = lambda _request, _number: Act("no", status=status)
    with pytest.raises(ModelStopped, match="模型服务没有答复"):
        composed(bench, writing(concurrency=1), briefs[:5])
    assert len(server.requests) == 1


def test_a_server_that_is_gone_is_not_asked_for_ever(
    bench: Workbench, briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    server.script = lambda _request, _number: Act("oops", status=500)
    with pytest.raises(ModelStopped, match="连着 20 次"):
        composed(bench, writing(concurrency=4), briefs[:60])
    assert len(server.requests) <= (20 + 4) * 3


def test_an_answer_that_drips_is_given_up_in_time(
    briefs: tuple[Brief, ...], server: ModelServer, writing: Callable[..., ModelWriter]
) -> None:
    answer = server.script
    server.script = lambda request, number: answer(request, number)._replace(trickle=0.05)
    start = time.monotonic()
    with pytest.raises(ModelError, match="回答太慢"):
        writing(timeout_seconds=0.4).write(briefs[0])
    assert time.monotonic() - start < 4


def test_a_failure_begins_nothing_new_and_is_the_first_in_order() -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        time.sleep(0.01)
        if item in (3, 4):
            raise ModelError(f"第 {item} 个")
        return item * 2

    assert together(lambda item: item * 2, range(50), 8) == [item * 2 for item in range(50)]
    with pytest.raises(ModelError, match="第 3 个"):
        together(work, range(1000), 5)
    assert len(begun) < 20


def test_a_server_that_counts_more_than_was_estimated_is_believed_for_the_calls_under_way_too() -> None:
    budget = Budget(ModelUse(tokens=10_000, max_tokens=500))
    first, *_ = [budget.reserve(1000) for _ in range(4)]
    budget.settle(first, Reply("好", False, 2000, 100, 0.1))
    # 2,100 paid, three calls under way at 2,500 each: 9,600 of 10,000
    with pytest.raises(ModelStopped, match="词元"):
        budget.reserve(10)

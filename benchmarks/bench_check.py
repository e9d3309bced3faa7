"""How long a check takes: a post, the five haves alone, two thousand rules beside two hundred, a start.

usage: python benchmarks/bench_check.py [--rounds N] [--quick]

Posts are labelled texts of 100 to 140 characters, half of them violations. Each is timed apart by the processor's
clock and its quickest round counts, for other work on the machine only ever adds; nothing is remembered of the text
itself. In the same run stands ``re`` with every literal word of the rules in one expression: the ratios to it do not
depend on the machine. Exit 1 when a goal is missed; ``--quick`` takes a few posts, one round, and minds no goal.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wuyou import Workbench, yamls
from wuyou.checks import Rulebook, outside
from wuyou.checks.haves import Have
from wuyou.chinese import fold
from wuyou.quantities import find
from wuyou.values import Channel, Post
from wuyou.workbench import CATALOGUE_DATE

ROOT = Path(__file__).resolve().parent.parent
LABELS = ROOT / "tests" / "labels" / "compliance" / "open"
OTHERS = ROOT / "tests" / "labels" / "haves" / "open"
RULES = ROOT / "content_library" / "rules"
SHORT, LONG = 100, 140
"""How many characters a post has."""
EACH = 90
"""How many posts there are of each sort."""
SMALL, LARGE = 200, 2000
GOALS = {"post": 1000.0, "haves": 1000.0, "rules": 1.5, "start": 0.5}
"""Microseconds, microseconds, times, seconds."""


class Spread(NamedTuple):
    """How long something takes: in the middle, and for the quickest and the slowest tenth."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Sum up some times."""
        ordered = sorted(values)
        tenth = len(ordered) // 10
        return cls(ordered[tenth], statistics.median(ordered), ordered[-1 - tenth])


def records(each: int) -> list[dict[str, Any]]:
    """Return labelled texts of the right length, clean ones and violations in turn."""
    lines = (line for path in sorted(LABELS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    fit = [record for record in map(json.loads, lines) if SHORT <= len(record["text"]) <= LONG]
    bad, clean = [one for one in fit if one["gold"]], [one for one in fit if not one["gold"]]
    return [record for pair in zip(bad[:each], clean[:each], strict=False) for record in pair]


def microseconds(work: Callable[[Post], object], posts: Sequence[Post], rounds: int) -> Spread:
    """Time each post apart; of its rounds the quickest counts."""
    best = [float("inf")] * len(posts)
    gc.collect()
    gc.freeze()
    for _ in range(rounds + 1):  # the first one warms
        for index, post in enumerate(posts):
            for forget in (fold, find):
                forget.cache_clear()
            start = time.process_time()
            work(post)
            best[index] = min(best[index], time.process_time() - start)
    gc.unfreeze()
    return Spread.of([seconds * 1e6 for seconds in best])


def literals() -> list[str]:
    """Return every plain word of the patterns of the rules."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(RULES.rglob("*.yml")))
    return sorted({word for text in texts for word in re.findall(r"[\u4e00-\u9fff]{2,8}", text)})


def haves_of(book: Rulebook) -> Callable[[Post], object]:
    """Return what judges the five haves of a post and nothing else."""
    haves = [rule for rule in book.rules.values() if isinstance(rule, Have)]

    def judge(post: Post) -> object:
        scan = book.scan(post)
        return [have.lamp(scan) for have in haves if have.applies(scan)]

    return judge


# ── synthetic rules ──────────────────────────────────────────────────────────────────────────────────────────────────


def cuttings() -> list[str]:
    """Return the stretches of Chinese characters of the posts that were labelled for the five haves."""
    lines = (line for path in sorted(OTHERS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    texts = (record["text"] for record in map(json.loads, lines) if "text" in record)
    return [stretch for text in texts for stretch in re.findall(r"[\u4e00-\u9fff]{8,}", text)]


def made(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield as many rules, each with six expressions of words cut from other posts, and something that excuses them.

    The words are as long as the phrases of real rules, so that like those most are silent on a post and some speak.
    """
    stretches, chance = cuttings(), random.Random(2026)

    def word() -> str:
        stretch, size = chance.choice(stretches), chance.choice((5, 5, 6, 6, 7, 8))
        start = chance.randrange(len(stretch) - size + 1)
        return stretch[start : start + size]

    for number in range(count):
        plain = [word() for _ in range(4)]
        gap = f"(?:{word()}|{word()})…{{0,6}}{word()}"
        yield f"SYN-{number:04}", {
            "kind": "forbid", "level": "hint", "title": "仿造", "message": "“{match}”",
            "basis": [{"source": "PRACTICE"}], "match": [*plain, gap, f"{word()}?"],
            "unless": {"preceded_by": ["不(?:要|得|能)?", word()], "sentence": [word()]},
            "examples": {"hit": [plain[0]], "pass": ["早"]},
        }  # fmt: skip


def synthetic(bench: Workbench, count: int) -> Rulebook:
    """Load a rulebook of synthetic rules alone."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "library" / "rules"
        folder.mkdir(parents=True)
        (folder / "synthetic.yml").write_text(yamls.dump(dict(made(count))), encoding="utf-8")
        return Rulebook.load(folder, bench.library.sources, CATALOGUE_DATE)


# ── a start ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def starts(rounds: int) -> tuple[Spread, Spread]:
    """Time ``wuyou check -`` on a short text as a process of its own: the processor's seconds, and those on the wall.

    As for users: modules are compiled once and kept, even where this machine is told to keep nothing.
    """
    command = [sys.executable, "-c", "from wuyou.cli import main; main()", "check", "-"]
    users = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    spent, waited = [], []
    for turn in range(rounds + 1):
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, cwd=ROOT, env=users, input="早上好".encode(), stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        if turn:  # the first one may have to prove the rules
            waited.append(time.perf_counter() - start)
            spent.append(sum(after[2:4]) - sum(before[2:4]))
    return Spread.of(spent), Spread.of(waited)


def _row(what: str, spread: Spread, unit: str, goal: float | None, digits: int = 0) -> bool:
    figures = "".join(f"{value:9.{digits}f}" for value in (spread.middle, spread.low, spread.high))
    said = f"{goal:9.{digits}f}" if goal else " " * 9
    print(f"{figures}{said}  {unit}  {what}")
    return goal is not None and spread.middle > goal


def main(arguments: list[str]) -> int:
    """Measure, print the table, and say whether a goal is missed."""
    parser = argparse.ArgumentParser(description="过检要多久")
    parser.add_argument("--rounds", type=int, default=9, help="几轮，取最快的一轮")
    parser.add_argument("--quick", action="store_true", help="只试几条，不看目标")
    asked = parser.parse_args(arguments)
    rounds, each = (1, 4) if asked.quick else (asked.rounds, EACH)
    bench = Workbench.here(ROOT)
    channels: dict[str, Channel] = dict(bench.library.channels)
    given = records(each)
    posts = [outside.post_of(one["text"], channel=channels[one["channel"]], on=CATALOGUE_DATE) for one in given]
    words = literals()
    plain = re.compile("|".join(map(re.escape, words)))
    print(
        f"{len(posts)} 条，一半违规，平均 {statistics.fmean(map(len, (p.text for p in posts))):.0f} 字，{rounds} 轮取最快"
    )
    print("     中位   快一成   慢一成     目标")
    yardstick = microseconds(lambda post: plain.findall(post.text), posts, rounds)
    _row(f"re：{len(words)} 个词写成一个大的“或”（尺子）", yardstick, "µs", None)
    whole = microseconds(bench.rulebook.check, posts, rounds)
    missed = _row(f"整本规则 {len(bench.rulebook.rules)} 条，含听出来的和五有", whole, "µs", GOALS["post"])
    haves = microseconds(haves_of(bench.rulebook), posts, rounds)
    missed |= _row("只看五有", haves, "µs", GOALS["haves"])
    took = {}
    for count in (SMALL, LARGE):
        book = synthetic(bench, SMALL // 10 if asked.quick else count)
        took[count] = microseconds(book.check, posts, rounds)
        found = statistics.fmean(len(book.check(post).findings) for post in posts)
        _row(f"仿造的规则 {len(book.rules)} 条，每条文案命中 {found:.2f} 处", took[count], "µs", None)
    spent, waited = starts(rounds)
    missed |= _row("wuyou check - 整个进程，处理器", spent, "秒", GOALS["start"], 2)
    missed |= _row("wuyou check - 整个进程，墙上的钟", waited, "秒", GOALS["start"], 2)
    growth = took[LARGE].middle / took[SMALL].middle
    print(f"2,000 条规则是 200 条的 {growth:.2f} 倍（目标 {GOALS['rules']}）")
    print(f"整本规则是尺子的 {whole.middle / yardstick.middle:.2f} 倍，五有是 {haves.middle / yardstick.middle:.2f} 倍")
    return int((missed or growth > GOALS["rules"]) and not asked.quick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

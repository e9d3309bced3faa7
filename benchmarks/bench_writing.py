"""How fast posts are planned, written and judged on one core, without pictures: all shipped campaigns and segments.

usage: python benchmarks/bench_writing.py [ROUNDS]
Seconds are processor seconds of this process, the median of several rounds; everything is read once before.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from wuyou import Workbench

ROOT = Path(__file__).parent.parent


def median(rounds: int, work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    bench = Workbench.here(ROOT)
    runs = [(campaign.name, segment) for campaign in bench.library.campaigns.values() for segment in campaign.segments]
    briefs = [brief for run in runs for brief in bench.plan(*run)]
    writer, book = bench.writer("template"), bench.rulebook
    posts = [writer.write(brief) for brief in briefs]
    some = posts[:: max(1, len(posts) // 300)]

    def plan() -> None:
        fresh = Workbench.here(ROOT)
        fresh.library = bench.library
        for run in runs:
            fresh.plan(*run)

    cases = {
        "planned": (len(briefs), plan),
        "written": (len(briefs), lambda: [writer.write(brief) for brief in briefs]),
        "written and judged": (len(some), lambda: [book.check(writer.write(post.brief)) for post in some]),
    }
    for name, (count, work) in cases.items():
        work()
        print(f"{count / median(rounds, work):8.0f} posts/s  {name}")


if __name__ == "__main__":
    main()

"""What the words half of the fact lock costs: open labelled pairs, each material prepared once before.

usage: python benchmarks/bench_ground.py [ROUNDS]
Milliseconds are processor milliseconds of this process for one post, the median of several rounds.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from wuyou import Workbench
from wuyou.checks import outside
from wuyou.checks.contrast import Contrast
from wuyou.checks.ground import Ground
from wuyou.workbench.rooms import CATALOGUE_DATE

ROOT = Path(__file__).parent.parent
POSTS = 40
"""So few that all their materials stay prepared."""


def main() -> None:
    """Print what the words cost, and the whole lock."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    book = Workbench.here(ROOT).rulebook
    lines = [
        line for path in sorted((ROOT / "tests/labels/grounding/open").glob("*.jsonl")) for line in path.open("rb")
    ]
    records = [json.loads(line) for line in lines[:: max(1, len(lines) // POSTS)]]
    posts = [
        outside.post_of(
            each["post"], channel=outside.ROOMY, on=CATALOGUE_DATE, passages=outside.passages_of(each["excerpt"])
        )
        for each in records
    ]
    lock = [rule for rule in book.rules.values() if isinstance(rule, Ground | Contrast)]
    for name, rules in (("words", [each for each in lock if isinstance(each, Contrast)]), ("words and numbers", lock)):
        seconds = []
        for _ in range(rounds + 1):
            scans = [book.scan(post) for post in posts]
            start = time.process_time()
            for scan in scans:
                for rule in rules:
                    list(rule.check(scan))
            seconds.append(time.process_time() - start)
        print(f"{1000 * statistics.median(seconds[1:]) / len(posts):8.2f} ms/post  {name}")


if __name__ == "__main__":
    main()

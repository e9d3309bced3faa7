"""How long a start takes: whole processes, the median of several runs.

usage: python benchmarks/bench_start.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BENCH = "from wuyou import Workbench; bench = Workbench.here(); "
CASES = {
    "python": [sys.executable, "-c", "pass"],
    "import wuyou": [sys.executable, "-c", "import wuyou"],
    "wuyou --help": [str(Path(sys.executable).parent / "wuyou"), "--help"],
    "first Workbench": [sys.executable, "-c", BENCH],
    "… and a campaign of its library": [sys.executable, "-c", BENCH + "bench.library.campaign('autumn_savings')"],
    "… and a plan": [sys.executable, "-c", BENCH + "bench.plan('autumn_savings', 'seniors')"],
    "… and the rulebook": [sys.executable, "-c", BENCH + "bench.rulebook"],
}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    for name, command in CASES.items():
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        seconds = []
        for _ in range(runs):
            start = time.perf_counter()
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - start)
        print(f"{statistics.median(seconds):7.3f} s  {name}")


if __name__ == "__main__":
    main()

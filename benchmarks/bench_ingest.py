"""How long reading takes, by format: the sample bank's materials, the median of several runs, and the most memory.

usage: python benchmarks/bench_ingest.py [RUNS]

A pdf is counted by the page, slides by the slide, the processor's time; reading a format for the first time also
imports its library, and is shown apart. Exit 1 when a format is slower than it may be. Memory is told by Linux only.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from wuyou.ingest import distil, read
from wuyou.values import Material

MATERIALS = Path(__file__).parent.parent / "content_library" / "materials"
MAY_TAKE = {".docx": 80.0, ".html": 20.0, ".pdf": 100.0}
"""Milliseconds a document, or a page of one."""
_PART = re.compile(r"第\d+[页张]")


def parts(material: Material) -> int:
    """Count the pages or slides that passages come from."""
    return max(1, len({match[0] for passage in material.passages if (match := _PART.match(passage.locator))}))


def measure(path: Path, runs: int) -> tuple[float, float, Material]:
    """Return the median milliseconds of reading a file and of distilling it."""
    reads, distils = [], []
    for _ in range(runs):
        start = time.process_time()
        material = read(path)
        reads.append(time.process_time() - start)
        start = time.process_time()
        distil(material)
        distils.append(time.process_time() - start)
    return statistics.median(reads) * 1000, statistics.median(distils) * 1000, material


def peak(suffix: str) -> int:
    """Return the most memory, in MB, of a process of its own that reads and distils a format's files."""
    done = subprocess.run([sys.executable, __file__, "--read", suffix], capture_output=True, text=True, check=True)
    return int(done.stdout) // 1024


def read_all(suffix: str) -> None:
    for path in sorted(MATERIALS.glob(f"*{suffix}")):
        distil(read(path))
    status = Path("/proc/self/status").read_text().splitlines()
    print(next(line for line in status if line.startswith("VmHWM")).split()[1])


def main() -> int:
    if sys.argv[1:2] == ["--read"]:
        read_all(sys.argv[2])
        return 0
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    slow = False
    print("毫秒          首次      读     最慢     上限     提取     MB")
    for suffix in sorted({path.suffix for path in MATERIALS.iterdir()}):
        files = sorted(MATERIALS.glob(f"*{suffix}"))
        start = time.process_time()
        read(files[0])
        first = (time.process_time() - start) * 1000
        found = [measure(path, runs) for path in files]
        each = sorted(taken / parts(material) for taken, _, material in found)
        limit = MAY_TAKE.get(suffix, 0.0)
        slow = slow or 0 < limit < each[-1]
        row = (first, statistics.median(each), each[-1], limit, max(taken for _, taken, _ in found), peak(suffix))
        print(f"{suffix:7}" + "".join(f"{value:9.1f}" for value in row))
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())

"""Feed spoiled files to the readers: nothing but passages or a MaterialError may come back, in time and in memory.

usage: python scripts/fuzz_ingest.py [COUNT] [--seed N] [--case N] [--only docx,pdf] [--keep FOLDER] [--jobs N]

Every case is a function of the seed and its number, so ``--seed 7 --case 123`` makes the same file again. The sample
bank's materials are spoiled as ``mutations`` says, then read and distilled in a worker process under a limit of memory
and of time; a worker that dies or hangs is replaced. Exit 1 when anything but a fact list or a MaterialError came back.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from mutations import mutate

ROOT = Path(__file__).resolve().parent.parent
MATERIALS = ROOT / "content_library" / "materials"
SECONDS = 20.0
"""How long reading and distilling one file may take."""
MEGABYTES = 600
"""How much memory the process may hold while it does."""
ADDRESS_SPACE = 4 * 1024**3
"""Bytes of address space of a worker: far above what it may hold, far below what would harm the machine."""
GOOD = ("read", "refused")
SHELF_LIFE = 400
"""Files a worker reads before it is replaced."""


class Case(NamedTuple):
    """One spoiled file."""

    number: int
    suffix: str
    origin: str
    data: bytes


class Outcome(NamedTuple):
    """What came of a case: ``read``, ``refused``, ``crashed``, ``broken``, ``hung``, ``died`` or ``swollen``."""

    case: int
    suffix: str
    origin: str
    verdict: str
    detail: str
    seconds: float
    megabytes: int

    def __str__(self) -> str:
        return f"第 {self.case} 例（{self.origin} → {self.suffix}）{self.verdict}：{self.detail}"


# ── the cases ────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _materials(only: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    paths = sorted(MATERIALS.iterdir())
    return tuple((path.name, path.read_bytes()) for path in paths if not only or path.suffix[1:] in only)


def make(seed: int, number: int, only: tuple[str, ...] = ()) -> Case:
    """Make a case from its number: every format gets the same share, and one file in fifteen a wrong suffix."""
    chance = Random(f"{seed}/{number}")
    materials = _materials(only)
    suffixes = sorted({Path(name).suffix for name, _ in materials})
    suffix = suffixes[number % len(suffixes)]
    origin, data = chance.choice([pair for pair in materials if pair[0].endswith(suffix)])
    donor = chance.choice(materials)[1]
    spoiled = mutate(data, suffix, donor, chance)
    if chance.random() < 1 / 15:
        suffix = chance.choice([*suffixes, ".docm", ".htm"])
    return Case(number, suffix, origin, spoiled)


# ── the worker ───────────────────────────────────────────────────────────────────────────────────────────────────────


def work() -> None:
    """Read the files named on standard input, a line each, and answer each with a line of JSON."""
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not look like an answer
    from wuyou.ingest import read  # noqa: F401 - the first file should not pay for the import

    for line in sys.stdin:
        _forget_peak()
        started = time.perf_counter()
        verdict, detail = _judge(Path(line.rstrip("\n")))
        told = {"verdict": verdict, "detail": detail, "seconds": time.perf_counter() - started, "megabytes": _peak()}
        answers.write(json.dumps(told) + "\n")
        answers.flush()


def _judge(path: Path) -> tuple[str, str]:
    """Read and distil a file; a warning counts as a traceback, for it would reach a banker's screen as well."""
    from wuyou.errors import MaterialError
    from wuyou.ingest import distil, read

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            material = read(path)
            facts = distil(material)
    except MaterialError as error:
        message = str(error)
        return ("refused", message) if message.isprintable() else ("broken", f"说不清楚：{message!r}")
    except BaseException:  # whatever it is, it is what we look for
        return "crashed", traceback.format_exc(limit=-6)
    places = {passage.locator: passage for passage in material.passages}
    if len(places) < len(material.passages):
        return "broken", "同一个出处有两段"
    for fact in facts:
        place = places.get(fact.citation.locator)
        if place is None or place.internal or fact.citation.quote not in place.text:
            return "broken", f"引文不在出处：{fact.citation}"
        if fact.value not in fact.citation.quote:
            return "broken", f"引文里没有：{fact.value}"
    return "read", f"{len(material.passages)} 段，{len(facts)} 条"


def _forget_peak() -> None:
    with contextlib.suppress(OSError):  # Linux only
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """Return the most memory held since ``_forget_peak``, in MB; 0 where the system does not say."""
    with contextlib.suppress(OSError, StopIteration):
        status = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024
    return 0


class Worker:
    """A child process that judges files one at a time."""

    def __init__(self) -> None:
        self.judged = 0
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])},
        )
        self._answers: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put("")

    def judge(self, case: Case, path: Path) -> Outcome:
        """Have a case judged; a worker that gave no answer is of no further use."""
        self.judged += 1
        started = time.perf_counter()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(f"{path}\n")
                self._process.stdin.flush()
        try:
            answer = self._answers.get(timeout=SECONDS + 10 * (self.judged == 1))
        except queue.Empty:
            self.close()
            return Outcome(*case[:3], "hung", f"{SECONDS:.0f} 秒还没有读完", SECONDS, 0)
        if not answer:
            code = self._process.wait()
            self.close()
            return Outcome(*case[:3], "died", f"进程退出 {code}", time.perf_counter() - started, 0)
        told = json.loads(answer)
        if told["megabytes"] > MEGABYTES and told["verdict"] in GOOD:
            told |= {"verdict": "swollen", "detail": f"用了 {told['megabytes']} MB 内存"}
        return Outcome(*case[:3], told["verdict"], told["detail"], told["seconds"], told["megabytes"])

    @property
    def spent(self) -> bool:
        """Whether it should be replaced."""
        return self._process.poll() is not None or self.judged >= SHELF_LIFE

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def fuzz(
    numbers: Sequence[int], seed: int, folder: Path, *, only: tuple[str, ...] = (), jobs: int = 1
) -> list[Outcome]:
    """Judge cases on some workers, keep the files that failed in a folder, return all outcomes in order."""
    shares = [numbers[start::jobs] for start in range(jobs)]
    with ThreadPoolExecutor(jobs) as pool:
        runs = pool.map(lambda share: list(_share(share, seed, folder, only)), shares)
        return sorted(outcome for run in runs for outcome in run)


def _share(numbers: Sequence[int], seed: int, folder: Path, only: tuple[str, ...]) -> Iterator[Outcome]:
    worker: Worker | None = None
    with tempfile.TemporaryDirectory() as scratch:
        for number in numbers:
            case = make(seed, number, only)
            path = Path(scratch) / f"{number}{case.suffix}"
            path.write_bytes(case.data)
            if worker is None or worker.spent:
                if worker is not None:
                    worker.close()
                worker = Worker()
            outcome = worker.judge(case, path)
            if outcome.verdict not in GOOD:
                folder.mkdir(parents=True, exist_ok=True)
                path.replace(folder / f"seed{seed}-case{number}{case.suffix}")
            else:
                path.unlink()
            yield outcome
    if worker is not None:
        worker.close()


def report(outcomes: Sequence[Outcome]) -> str:
    """Say how many of each format were read and refused, what was worst, and every failure."""
    lines = []
    for suffix in sorted({outcome.suffix for outcome in outcomes}):
        mine = [outcome for outcome in outcomes if outcome.suffix == suffix]
        verdicts = Counter(outcome.verdict for outcome in mine)
        slowest, largest = max(mine, key=lambda it: it.seconds), max(mine, key=lambda it: it.megabytes)
        counts = "  ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items()))
        lines.append(
            f"{suffix:6} {len(mine):5}  {counts}  最慢 {slowest.seconds:.1f} 秒（第 {slowest.case} 例）"
            f"  最大 {largest.megabytes} MB（第 {largest.case} 例）"
        )
    failures = [str(outcome) for outcome in outcomes if outcome.verdict not in GOOD]
    return "\n".join([*lines, f"共 {len(outcomes)} 例，出错 {len(failures)} 例", *failures])


def main(arguments: list[str]) -> int:
    """Run the cases and print the report."""
    if arguments == ["--worker"]:
        work()
        return 0
    parser = argparse.ArgumentParser(description="用改坏的物料考读取器")
    parser.add_argument("count", nargs="?", type=int, default=500, help="多少例")
    parser.add_argument("--seed", type=int, default=2026, help="种子：同一个种子，同样的文件")
    parser.add_argument("--case", type=int, help="只跑这一例")
    parser.add_argument("--only", default="", help="只用这些格式，如 docx,md")
    parser.add_argument("--keep", type=Path, default=ROOT / "runs" / "fuzz", help="出错的文件放在哪里")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="几个进程")
    asked = parser.parse_args(arguments)
    numbers = range(asked.count) if asked.case is None else [asked.case]
    only = tuple(filter(None, asked.only.split(",")))
    outcomes = fuzz(numbers, asked.seed, asked.keep, only=only, jobs=max(1, min(asked.jobs, len(numbers))))
    print(report(outcomes))
    return int(any(outcome.verdict not in GOOD for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

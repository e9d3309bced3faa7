"""How well the calls to a model overlap: 200 of them, 32 at a time, against a server that takes 500 ms for each.

usage: python benchmarks/bench_model.py [CALLS] [CONCURRENCY] [LATENCY_MS]
The server is a process of its own. Imports, planning and the rules are done before the clock starts. Measured twice: an
endpoint never asked before (the first call finds out what it can do, and the others wait for it), and a known one, which
must stay within 1.4 × ceil(calls ÷ concurrency) × latency; exit code 1 when it does not.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from wuyou import Workbench
from wuyou.values import Brief, ModelUse
from wuyou.workbench.crew import together
from wuyou.writers.model import ModelWriter

ROOT = Path(__file__).parent.parent
LIMIT = 1.4


def serve(latency: float) -> None:
    """Answer every request with the answer it names, after so long."""
    sys.path.insert(0, str(ROOT / "tests"))
    from model_server import ModelServer, say, task

    book = json.loads(sys.stdin.readline())
    server = ModelServer(lambda request, _: say(book[task(request)], delay=latency))
    print(server.url, flush=True)
    sys.stdin.readline()
    server.close()


def run(writer: ModelWriter, briefs: Sequence[Brief], latency: float, said: str) -> float:
    """Write every brief, print how it went, and return how many times the ideal it took."""
    _ = writer.session.endpoint.address  # opens the client: an import of half a second
    start, used = time.perf_counter(), time.process_time()
    together(writer.write, briefs, writer.concurrency)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    hands = writer.concurrency
    ideal = math.ceil(len(briefs) / hands) * latency
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    print(
        f"{said}: {len(briefs)} calls, {hands} at a time, {latency:.1f} s each: {seconds:.2f} s = {seconds / ideal:.2f} × {ideal:.1f} s"
    )
    print(f"  {writer.meter}; {used:.2f} s of a processor, {load}")
    return seconds / ideal


def main() -> int:
    calls, hands, milliseconds = (
        int(sys.argv[at]) if len(sys.argv) > at else each for at, each in ((1, 200), (2, 32), (3, 500))
    )
    latency = milliseconds / 1000
    sys.path.insert(0, str(ROOT / "tests"))
    from model_server import honest

    bench = Workbench.here(ROOT)
    segments = bench.library.campaign("autumn_savings").segments
    briefs = [brief for segment in segments for brief in bench.plan("autumn_savings", segment)][:calls]
    template = bench.writer("template")
    with tempfile.TemporaryDirectory() as folder:

        def writer(name: str) -> ModelWriter:
            made = ModelWriter(Path(folder) / name, ModelUse(concurrency=hands, attempts=1))
            made.prompts.folder = ROOT / "templates" / "prompts"
            return made

        cold, warm = writer("cold"), writer("warm")
        good = {cold.preview(brief).messages[1]["content"]: honest(brief, template.write(brief)) for brief in briefs}
        command = [sys.executable, __file__, "serve", str(latency)]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(good) + "\n")
        server.stdin.flush()
        os.environ.update(OPENAI_BASE_URL=server.stdout.readline().strip(), OPENAI_API_KEY="none", WUYOU_MODEL="bench")
        run(cold, briefs, latency, "an endpoint never asked before")
        known = Path("runs") / ".model" / "endpoints.json"
        (Path(folder) / "warm" / known).parent.mkdir(parents=True)
        shutil.copy(Path(folder) / "cold" / known, Path(folder) / "warm" / known)
        times = run(warm, briefs, latency, "a known endpoint")
        server.communicate("\n")
        start = time.perf_counter()
        together(warm.write, briefs, warm.concurrency)
        print(f"replayed in {time.perf_counter() - start:.2f} s")
    return int(times > LIMIT)


if __name__ == "__main__":
    sys.exit(serve(float(sys.argv[2])) if sys.argv[1:2] == ["serve"] else main())

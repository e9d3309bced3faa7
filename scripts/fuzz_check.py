"""Feed odd texts and records to the check: no exception, in bounded time, and every quote stands where it is said to.

usage: python scripts/fuzz_check.py [COUNT] [--seed N] [--case N]
       python scripts/fuzz_check.py --minutes 10 [--seed N] [--corpus FOLDER]

Every case is a function of the seed and its number, so ``--seed 7 --case 123`` makes the same record again. With
``--minutes`` the cases are bred instead: a record that reaches lines of the check no other has reached is kept, and
those that found most are changed most. A record may be refused with a WuyouError, and with nothing else.
Exit 1 when anything went wrong.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from random import Random
from types import CodeType, FrameType
from typing import Any, NamedTuple

from wuyou import Workbench
from wuyou.checks import wire
from wuyou.errors import WuyouError
from wuyou.values import Checked
from wuyou.workbench import CATALOGUE_DATE

ROOT = Path(__file__).resolve().parent.parent
LABELS = ROOT / "tests" / "labels"
SECONDS, PER_CHARACTER = 2.0, 0.0004
"""The processor's time that a check may take: so many seconds, and more for every character."""
GUIDED = ("checks", "quantities")
"""The rooms whose lines guide the breeding."""
Record = dict[str, Any]


class Outcome(NamedTuple):
    """What came of a case: ``checked``, ``refused``, ``crashed``, ``broken`` or ``slow``."""

    case: int
    verdict: str
    detail: str
    seconds: float
    characters: int

    def __str__(self) -> str:
        return f"第 {self.case} 例（{self.characters} 字）{self.verdict}：{self.detail}"


# ── the cases ────────────────────────────────────────────────────────────────────────────────────────────────────────

_SLIPPED = "\u200b\u200d\ufeff\u00ad\u0301\u0336\u202e\u2066\ufe0f\u20e3·*-_ \u3000"
_MARKS = "，。！？；：、…—“”「」『』（）()[]{}<>!?.,;:\"'`~@#$%^&*-+=|\\/\n\r\t\u2028\u0085"
_LETTERS = "保本收益第一年化利率最高稳赚存款理财基金您你我家元万%‰0123456789一二三十百"
_EMOJI = ("😀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇨🇳", "👍🏽", "1️⃣", "☀️", "🧧")
_RTL = "שלוםمرحبا\u202e\u202d\u2067"
_RANGES = ((0x20, 0x7E), (0x4E00, 0x9FFF), (0x3000, 0x30FF), (0xFF00, 0xFFEF), (0x300, 0x36F), (0x600, 0x6FF),
           (0x2000, 0x2BFF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0xD7F0, 0xE010), (0, 0x10FFFF))  # fmt: skip


@cache
def texts() -> tuple[str, ...]:
    """Return the labelled texts that are open."""
    paths = sorted(LABELS.glob("*/open/*.jsonl"))
    records = (json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(record["text"] for record in records if "text" in record)


def any_unicode(chance: Random) -> str:
    """Return characters from anywhere, halves of surrogate pairs among them."""
    low, high = chance.choice(_RANGES)
    return "".join(chr(chance.randint(low, high)) for _ in range(chance.randint(1, 300)))


def of(alphabet: Sequence[str]) -> Callable[[Random], str]:
    """Return what makes texts of some characters."""
    return lambda chance: "".join(chance.choices(alphabet, k=chance.randint(1, 300)))


def repeated(chance: Random) -> str:
    """Return the same few characters up to a hundred thousand times."""
    piece = "".join(chance.choices(_LETTERS + _MARKS + _SLIPPED, k=chance.randint(1, 4)))
    size = chance.choice((100, 1_000, 10_000, 100_000 if chance.random() < 0.05 else 2_000))
    return (piece * size)[:size]


def long(chance: Random) -> str:
    """Return many labelled texts in a row."""
    return "\n".join(chance.choices(texts(), k=chance.randint(2, 60)))


def mutated(chance: Random, text: str = "") -> str:
    """Return a labelled text with some of its characters changed, doubled, dropped, slipped in or turned round."""
    chars = list(text or chance.choice(texts()))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(chars) + 1)
        match chance.randrange(6):
            case 0:
                chars[at : at + chance.randint(1, 6)] = []
            case 1:
                chars[at:at] = chance.choices(_SLIPPED + _MARKS + _LETTERS, k=chance.randint(1, 4))
            case 2:
                chars[at:at] = chars[at : at + chance.randint(1, 20)] * chance.choice((1, 2, 30))
            case 3:
                chars[at : at + 10] = reversed(chars[at : at + 10])
            case 4:
                other = chance.choice(texts())
                start = chance.randrange(len(other))
                chars[at:at] = other[start : start + 30]
            case _:
                chars[at:at] = chance.choice((*_EMOJI, *_RTL))
    return "".join(chars)


SORTS: tuple[Callable[[Random], str], ...] = (
    any_unicode, of(_MARKS), of(_SLIPPED), of(_LETTERS), of((*_EMOJI, "行")), of(_RTL + "保本"), repeated, long,
    mutated, mutated, mutated, mutated,
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2.5, float("nan"), "", " ", "甲", [], {}, [None], [1], [[]], {"a": 1}, "2026-02-30",
    "25:00", "9:5", "0001-01-01", "9999-12-31", "R9", 10**30, ["图"], [{"type": 1, "desc": None}], "\ud800",
)  # fmt: skip
_USUAL: dict[str, tuple[Any, ...]] = {
    "channel": ("moments", "chat", "group", "1v1"),
    "product": ("wealth", "fund", "deposit", "insurance", "loan", "gold", "bond", None),
    "attachments": ((), ["晚霞照片"], [{"type": "image", "desc": "柜台"}], ["https://a.b/c.pdf"]),
    "segment": ("seniors", "payroll", None),
    "genre": ("campaign_offer", "finance_tip", None),
    "risk_level": ("R2", 3, None),
    "on": ("2026-11-20", None),
    "at": ("09:30", "23:59", None),
    "tier": ("mass", "elite", None),
    "reviewed": (True, False, None),
}


def make(seed: int, number: int) -> Record:
    """Make a record from its number: one in six has a part of a wrong sort."""
    chance = Random(f"{seed}/{number}")
    record: Record = {"id": number, "text": chance.choice(SORTS)(chance), "channel": chance.choice(_USUAL["channel"])}
    for field, usual in _USUAL.items():
        if field != "channel" and chance.random() < 0.3:
            record[field] = chance.choice(usual)
    if chance.random() < 0.25:
        record["material"] = chance.choice((mutated, long, any_unicode))(chance)[:3000]
    if chance.random() < 1 / 6:
        record[chance.choice((*_USUAL, "text", "material", "id", "没有这一项"))] = chance.choice(_ODD)
    return record


# ── the judge ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Judge:
    """Checks records and says what came of it."""

    def __init__(self) -> None:
        self._bench = Workbench.here(ROOT)
        self._book = self._bench.rulebook

    def check(self, record: object) -> Checked:
        """Check a record as the command line does. Raises WuyouError when it is refused."""
        library = self._bench.library
        post = wire.read(
            record, channels=library.channels, on=CATALOGUE_DATE, genres=library.genres, segments=library.segments,
            products=library.products, bank=library.bank,
        )  # type: ignore[arg-type]  # fmt: skip
        return self._book.check(post)

    def judge(self, number: int, record: Record) -> Outcome:
        """Check a record and what the check says of it."""
        text = record.get("text")
        size = sum(len(each) for each in (text, record.get("material")) if isinstance(each, str))
        limit = SECONDS + PER_CHARACTER * size
        start = time.process_time()
        try:
            with _stopped_after(2 * limit):
                checked = self.check(record)
            verdict, detail = _broken(checked, record)
        except WuyouError as error:
            verdict, detail = "refused", str(error)
        except TooLongError:
            verdict, detail = "slow", traceback.format_exc(limit=-4)
        except KeyboardInterrupt:
            raise
        except BaseException:  # whatever it is, it is what we look for
            verdict, detail = "crashed", traceback.format_exc(limit=-6)
        seconds = time.process_time() - start
        if verdict in GOOD and seconds > limit:
            verdict, detail = "slow", f"{seconds:.1f} 秒"
        return Outcome(number, verdict, detail, seconds, size)


GOOD = ("checked", "refused")


class TooLongError(BaseException):
    """A check was stopped where it stood; no ``except Exception`` may swallow it."""


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Stop what takes more of the processor's time than so many seconds, an expression's search too."""
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the interpreter names them
        raise TooLongError

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _broken(checked: Checked, record: Record) -> tuple[str, str]:
    """Look whether every quote stands where it is said to, and whether the answer can be written down."""
    text = checked.post.text
    for finding in checked.findings:
        if finding.where == "text" and finding.quote != text[finding.start : finding.end]:
            return "broken", f"{finding.rule} 的引文不在原处：{finding.quote!r}"
    for lamp in checked.lamps:
        if lamp.lit and lamp.quote != text[lamp.start : lamp.end]:
            return "broken", f"{lamp.have} 的引文不在原处：{lamp.quote!r}"
    json.dumps(wire.write(checked, record.get("id")), ensure_ascii=True)
    return "checked", f"{len(checked.findings)} 处"


# ── bred by what they reach ──────────────────────────────────────────────────────────────────────────────────────────


class Lines:
    """Remembers which lines of some rooms were ever reached."""

    def __init__(self) -> None:
        self.seen: set[tuple[CodeType, int]] = set()
        self._rooms = tuple(str(ROOT / "src" / "wuyou" / room) for room in GUIDED)
        self._fresh = 0

    def watch(self, work: Callable[[], Outcome]) -> tuple[Outcome, int]:
        """Do a work; return what came of it, and how many lines it reached that none has reached before."""
        self._fresh = 0
        sys.settrace(self._call)
        try:
            outcome = work()
        finally:
            sys.settrace(None)
        return outcome, self._fresh

    def _call(self, frame: FrameType, event: str, arg: object) -> Any:  # noqa: ARG002 - the interpreter names them
        return self._line if frame.f_code.co_filename.startswith(self._rooms) else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:  # noqa: ARG002
        key = frame.f_code, frame.f_lineno
        if event == "line" and key not in self.seen:
            self.seen.add(key)
            self._fresh += 1
        return self._line


def bred(judge: Judge, seed: int, minutes: float, folder: Path) -> Iterator[Outcome]:
    """Breed records for some minutes; those that reached something new are kept, and written to a folder."""
    chance, lines, until = Random(seed), Lines(), time.monotonic() + 60 * minutes
    kept: list[Record] = []
    energy: list[float] = []
    number = 0
    while time.monotonic() < until:
        number += 1
        if kept and chance.random() < 0.8:
            parent = chance.choices(range(len(kept)), energy)[0]
            energy[parent] *= 0.98
            record = _child(kept[parent], chance)
        else:
            record = make(seed, number)
        if isinstance(record.get("text"), str):
            record["text"] = record["text"][:2000]  # a traced check is slow; the long ones have a run of their own
        outcome, found = lines.watch(partial(judge.judge, number, record))
        if found:
            kept.append(record)
            energy.append(float(found))
            (folder / f"{number}.json").write_text(json.dumps(record, ensure_ascii=True) + "\n", encoding="ascii")
        yield judge.judge(number, record) if outcome.verdict == "slow" else outcome  # being watched takes time too
    print(f"走到过 {len(lines.seen)} 行，留下 {len(kept)} 条")


def _child(record: Record, chance: Random) -> Record:
    child = dict(record)
    field = chance.choice(("text", "text", "text", "material", *_USUAL))
    if field in ("text", "material"):
        old = child.get(field)
        child[field] = mutated(chance, old if isinstance(old, str) else "")
    else:
        child[field] = chance.choice(_USUAL[field] if chance.random() < 0.8 else _ODD)
    return child


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def fuzz(judge: Judge, numbers: Iterable[int], seed: int) -> Iterator[Outcome]:
    """Judge cases by their numbers."""
    return (judge.judge(number, make(seed, number)) for number in numbers)


def report(outcomes: Iterable[Outcome]) -> tuple[str, list[Outcome]]:
    """Say how many were checked and refused and which was slowest; return every failure with it."""
    verdicts: Counter[str] = Counter()
    failures: list[Outcome] = []
    slowest = Outcome(-1, "", "", 0.0, 0)
    for outcome in outcomes:
        verdicts[outcome.verdict] += 1
        slowest = max(slowest, outcome, key=lambda each: each.seconds)
        if outcome.verdict not in GOOD:
            failures.append(outcome)
    counts = "  ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items()))
    lines = [f"{counts}  最慢 {slowest.seconds:.2f} 秒（第 {slowest.case} 例，{slowest.characters} 字）"]
    lines.append(f"共 {verdicts.total()} 例，出错 {len(failures)} 例")
    return "\n".join([*lines, *map(str, failures[:20])]), failures


def main(arguments: list[str]) -> int:
    """Run the cases and print the report."""
    parser = argparse.ArgumentParser(description="用怪文字考过检")
    parser.add_argument("count", nargs="?", type=int, default=10_000, help="多少例")
    parser.add_argument("--seed", type=int, default=2026, help="种子：同一个种子，同样的文字")
    parser.add_argument("--case", type=int, help="只跑这一例")
    parser.add_argument("--minutes", type=float, default=0.0, help="改为按走到的行来育种，跑这么多分钟")
    parser.add_argument("--corpus", type=Path, help="育种时留下的例子放在哪里；不写就放临时文件夹")
    asked = parser.parse_args(arguments)
    judge = Judge()
    if asked.minutes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = asked.corpus or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            told, failures = report(bred(judge, asked.seed, asked.minutes, folder))
    else:
        numbers = range(asked.count) if asked.case is None else [asked.case]
        told, failures = report(fuzz(judge, numbers, asked.seed))
    print(told)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

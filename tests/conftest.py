"""What all tests share: the tiny library, factories for the nouns, golden files, and rings that may not hide.

The tiny library (``data/library``, ``data/templates``) is enough for every room and small enough to know by heart; the
shipped library is tested apart. Tests write only below ``tmp_path``; ``--update-golden`` rewrites ``golden/``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from wuyou import planner
from wuyou.library import Library
from wuyou.values import (
    Brief,
    Cadence,
    Calendar,
    Campaign,
    Checked,
    Decision,
    Entry,
    Finding,
    Origin,
    Part,
    Post,
    Segment,
    Slot,
)
from wuyou.workbench import Workbench
from wuyou.writers import finish
from wuyou.writers.template import TemplateWriter

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
GOLDEN = Path(__file__).parent / "golden"
RINGS = ("office", "notebook", "browser", "network_stub")
"""Marks of tests that need more than the core; with WUYOU_NO_SKIP=1 a skip among them is a failure."""
SIGNED_AT = dt.datetime(2026, 10, 11, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))

settings.register_profile(
    "house",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("long", settings.get_profile("house"), max_examples=2000)
settings.load_profile("long" if os.environ.get("WUYOU_LONG") == "1" else "house")


# ── rings and golden files ───────────────────────────────────────────────────────────────────────────────────────────


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden instead of comparing with it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the real model alone unless it is asked for by name."""
    if "realmodel" not in config.getoption("markexpr", ""):
        kept = [item for item in items if item.get_closest_marker("realmodel") is None]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    ring = next((name for name in RINGS if item.get_closest_marker(name)), "")
    if ring and report.skipped and not hasattr(report, "wasxfail") and os.environ.get("WUYOU_NO_SKIP") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"WUYOU_NO_SKIP=1, and yet a {ring} test was skipped: {reason}"
    return report


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with ``golden/NAME``, or write it there when asked to; line ends count."""
    update = request.config.getoption("--update-golden")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            return
        if not path.exists():
            pytest.fail(f"golden/{name} is missing: run pytest --update-golden and read what it writes", pytrace=False)
        expected = path.read_bytes().decode()
        if text != expected:
            lines = difflib.unified_diff(
                expected.splitlines(keepends=True), text.splitlines(keepends=True), f"golden/{name}", "now", n=2
            )
            shown = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
            pytest.fail(f"golden/{name} differs (pytest --update-golden accepts it):\n{shown}", pytrace=False)

    return compare


# ── the tiny library ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A project folder with the tiny library, its templates and the shipped page, free to be changed."""
    root = tmp_path / "tiny"
    shutil.copytree(DATA / "library", root / "content_library")
    shutil.copytree(DATA / "templates", root / "templates")
    for name in ("pages", "posters"):
        if (ROOT / "templates" / name).is_dir():
            shutil.copytree(ROOT / "templates" / name, root / "templates" / name)
    return root


@pytest.fixture
def library_folder(tiny: Path) -> Path:
    """The content library of ``tiny``."""
    return tiny / "content_library"


@pytest.fixture
def bench(tiny: Path) -> Workbench:
    """A workbench over ``tiny``."""
    return Workbench.here(tiny)


@pytest.fixture(scope="session")
def library() -> Library:
    """The tiny library, to be read and not changed."""
    return Library(DATA / "library")


@pytest.fixture(scope="session")
def shipped() -> Library:
    """The library that ships with the project, to be read and not changed."""
    return Library(ROOT / "content_library")


@pytest.fixture(scope="session")
def stock() -> Callable[..., planner.Stock]:
    """Make what the planner may choose from; ``changes`` replace parts of it."""

    def make(library: Library, cadence: str | Cadence = "", **changes: Any) -> planner.Stock:
        parts = {name: getattr(library, name) for name in planner.Stock._fields if name not in ("cadence", "starts")}
        if isinstance(cadence, str):
            cadence = library.cadences[cadence or next(iter(library.cadences))]
        return planner.Stock(**{"cadence": cadence, **parts, **changes})

    return make


@pytest.fixture(scope="session")
def writer() -> TemplateWriter:
    """The template writer over the tiny library's wordings."""
    return TemplateWriter(DATA / "templates" / "posts")


# ── the nouns ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def a_brief(library: Library, stock: Callable[..., planner.Stock]) -> Callable[..., Brief]:
    """Make a brief: 12 October, a chat of the genre benefit for commuters about the deposit.

    ``changes`` are fields of a brief or of its slot; campaign, segment, product, channel, genre and arc may be names.
    """
    campaign, segment = library.campaigns["harvest"], library.segments["commuters"]
    planned = planner.plan(campaign, segment, stock(library))
    base = next(brief for brief in planned if brief.slot.genre == "benefit" and brief.slot.round == 2)
    base = base.model_copy(update={"slot": base.slot.model_copy(update={"on": dt.date(2026, 10, 12)})})

    def make(**changes: Any) -> Brief:
        slot = {name: changes[name] for name in changes if name in Slot.model_fields}
        fields = {
            name: changes[name] for name in changes if name not in Slot.model_fields or name in ("channel", "genre")
        }
        for name in ("campaign", "segment", "product", "channel", "genre", "arc"):
            if isinstance(fields.get(name), str):
                fields[name] = getattr(library, f"{name}s")[fields[name]]
            elif name in slot:
                slot[name] = slot[name].name if slot[name] is not None else base.slot.genre
        slotted = Slot(**{**dict(base.slot), **slot})
        return Brief(**{**{name: getattr(base, name) for name in Brief.model_fields}, "slot": slotted, **fields})

    return make


@pytest.fixture(scope="session")
def a_post(a_brief: Callable[..., Brief]) -> Callable[..., Post]:
    """Make a post whose body is ``text``; ``changes`` are fields of a post, of its brief or of its slot."""

    def make(text: str = "傍晚的站台，手机亮成一排。", **changes: Any) -> Post:
        own = {name: changes.pop(name) for name in list(changes) if name in Post.model_fields and name != "brief"}
        brief = changes.pop("brief", None) or a_brief(**changes)
        return Post(
            **{"brief": brief, "parts": (Part(role="body", text=text),), "origin": Origin(writer="human:test"), **own}
        )

    return make


@pytest.fixture(scope="session")
def a_checked(a_post: Callable[..., Post]) -> Callable[..., Checked]:
    """Make a checked post; ``findings``, ``lamps`` and so on are its own, other ``changes`` are the post's."""

    def make(post: Post | str | None = None, **changes: Any) -> Checked:
        own = {name: changes.pop(name) for name in list(changes) if name in Checked.model_fields and name != "post"}
        if not isinstance(post, Post):
            post = a_post(post, **changes) if post is not None else a_post(**changes)
        return Checked(post=post, **own)

    return make


@pytest.fixture(scope="session")
def sign() -> Callable[..., Decision]:
    """Make a decision on a post: an approval unless said otherwise."""

    def make(post: Post, verdict: str = "approve", **changes: Any) -> Decision:
        return Decision(
            **{"post": post.id, "seal": post.seal, "by": "林知秋", "verdict": verdict, "at": SIGNED_AT, **changes}
        )

    return make


@pytest.fixture(scope="session")
def a_calendar(
    library: Library, stock: Callable[..., planner.Stock], writer: TemplateWriter, sign: Callable[..., Decision]
) -> Callable[..., Calendar]:
    """Make a calendar; without posts, the whole of the tiny campaign.

    Everything is signed but the last entry, which waits, and the one before it, which is blocked;
    ``signed=False`` signs nothing.
    """
    campaign = library.campaigns["harvest"]

    def make(checked: Sequence[Checked] | None = None, *, signed: bool = True, **changes: Any) -> Calendar:
        if checked is None:
            names = campaign.segments
            briefs = [
                brief for name in names for brief in planner.plan(campaign, library.segments[name], stock(library))
            ]
            checked = [Checked(post=writer.write(brief)) for brief in briefs]
        made = planner.arrange(campaign.title, library.bank, checked, {})
        entries = list(made.entries)
        if signed:
            entries = [Entry(checked=each.checked, decision=sign(each.post)) for each in entries]
            if len(entries) > 2:
                finding = Finding(
                    rule="TINY-001", category="guarantee", level="block", message="不得承诺保本", basis=("《广告法》",)
                )
                entries[-2] = Entry(
                    checked=entries[-2].checked.model_copy(update={"findings": (finding,)}),
                    decision=entries[-2].decision,
                )
                entries[-1] = Entry(checked=entries[-1].checked)
        return made.model_copy(update={"campaign": campaign.name, "entries": tuple(entries), **changes})

    return make


class FakeWriter:
    """A writer with a queue: a text becomes the body of a post, a post is handed out as it is, an error is raised."""

    name = "fake"

    def __init__(self, queue: Iterable[str | Post | Exception] = ()) -> None:
        self.queue = list(queue)
        self.calls: list[tuple[Brief, tuple[Finding, ...]]] = []

    def write(self, brief: Brief, notes: tuple[Finding, ...] = ()) -> Post:
        """Hand out what stands first in the queue."""
        self.calls.append((brief, notes))
        due = self.queue.pop(0)
        if isinstance(due, Exception):
            raise due
        return due if isinstance(due, Post) else finish(brief, (Part(role="body", text=due),), Origin(writer=self.name))


@pytest.fixture(scope="session")
def fake_writer() -> type[FakeWriter]:
    """The class FakeWriter."""
    return FakeWriter


@pytest.fixture(scope="session")
def campaign(library: Library) -> Campaign:
    """The tiny campaign."""
    return library.campaigns["harvest"]


@pytest.fixture(scope="session")
def segment(library: Library) -> Segment:
    """The first segment of the tiny library."""
    return library.segments["commuters"]


# ── the shipped project ──────────────────────────────────────────────────────────────────────────────────────────────


def copied(target: Path) -> Path:
    """Copy content, wording and notebooks of the shipped project; nothing that was made."""
    for name in ("content_library", "templates", "notebooks"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("records", ".ipynb_checkpoints"))
    return target


@pytest.fixture(scope="session")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a project remembers of rules that have proved themselves: made once, for it takes seconds."""
    root = copied(tmp_path_factory.mktemp("proved"))
    assert Workbench.here(root).rulebook.rules
    return root / "runs" / ".proved"


@pytest.fixture(scope="session")
def copy_project(proved: Path) -> Callable[[Path], Path]:
    """Copy the shipped project into a folder, as it is when its rules were looked at before."""

    def copy(target: Path) -> Path:
        copied(target)
        shutil.copytree(proved, target / "runs" / ".proved")
        return target

    return copy


@pytest.fixture
def project(tmp_path: Path, copy_project: Callable[[Path], Path]) -> Path:
    """A copy of the shipped project that a test may change."""
    return copy_project(tmp_path / "project")

"""The project's folder and the way into each room; everything else in this package stands on it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..errors import LibraryError, WuyouError

if TYPE_CHECKING:
    from ..checks import Rulebook
    from ..library import Library
    from ..store import Index, Records
    from ..values import Brief, Checked, Finding
    from ..writers import Writer

CATALOGUE_DATE = dt.date(2026, 11, 21)
"""The day on which the shipped rules were last held against the law; used where a text to be checked has no date."""

JUDGING = ("checks/**/*.py", "quantities/**/*.py", "chinese.py", "formulas.py", "values.py", "yamls.py", "data/*")
"""The code on which it rests whether a rule proves itself: after a change of anything else it need not prove itself again."""
LAWS = ("rules", "sources.yml", "channels", "genres", "segments")
"""What of the library the rules are read from and look at."""
PROVED = 8
"""How many states of the rules are remembered as proved."""
WARM: dict[str, tuple[Library, Rulebook]] = {}
"""What ``Workbench.warm`` has read, by the digest of the files it was read from; empty in a process that was not warmed."""


class Rooms:
    """One bank's folder and the rooms that work on it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._plans: dict[tuple[str, str], tuple[Brief, ...]] = {}
        self._checked: dict[tuple[str, str], Checked] = {}
        self._replies: dict[tuple[str, str, dt.date], tuple[Finding, ...]] = {}
        self._surveys: dict[str, tuple[Finding, ...]] = {}
        self._looked_at: dict[str, Rulebook] = {}
        """The rules as they stand, whether or not they can prove themselves, by their state; the latest only."""

    @classmethod
    def here(cls, root: str | Path = "") -> Self:
        """Find the project by walking up from ``root``, or from the working directory.

        Raises WuyouError when there is none.
        """
        start = Path(root or ".").resolve()
        for folder in (start, *start.parents):
            if (folder / "content_library" / "bank.yml").is_file():
                return cls(folder)
        raise WuyouError(
            "这里不是五有的项目文件夹", str(start), "请进入有 content_library/bank.yml 的文件夹，或用 --root 指明"
        )

    @property
    def runs(self) -> Path:
        """Where everything made goes."""
        return self.root / "runs"

    @property
    def templates(self) -> Path:
        """The wording."""
        return self.root / "templates"

    def folder(self, campaign: str, segment: str = "") -> Path:
        """Return the folder of a campaign's run, or of one segment in it."""
        return self.runs / campaign / segment

    @cached_property
    def library(self) -> Library:
        """The knowledge, read when it is first needed."""
        from ..library import Library

        library = Library(self.root / "content_library")
        return WARM[key][0] if WARM and (key := library.fingerprint()) in WARM else library

    def forget(self) -> None:
        """Forget what was read of the library, because it has been changed."""
        self.__dict__.pop("library", None)
        for memory in (self._plans, self._checked, self._replies, self._surveys):
            memory.clear()

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, each proved by its own examples: once for each state of the rules and the code."""
        if WARM and (key := self.library.fingerprint()) in WARM:
            return WARM[key][1]
        mark = self.runs / ".proved" / self._fingerprint(*LAWS, code=True)
        proven = read_kept(mark)
        book = self._rulebook(proven)
        if proven is None:
            problems = book.prove()
            if problems:
                raise LibraryError(problems)
            from ..store import write_text

            write_text(mark, json.dumps(book.kept, ensure_ascii=False) + "\n")
            forget_all_but(mark.parent, PROVED)
        return book

    def _rulebook(self, proven: Mapping[str, Any] | None = None) -> Rulebook:
        from ..checks import Rulebook

        library = self.library
        if proven is not None:  # names and examples need no second look
            return Rulebook.load(library.folder / "rules", library.sources, CATALOGUE_DATE, proven=proven)
        state = library.fingerprint(*LAWS)
        if state not in self._looked_at:
            self._looked_at = {
                state: Rulebook.load(
                    library.folder / "rules",
                    sources=library.sources,
                    default_on=CATALOGUE_DATE,
                    channels=library.channels,
                    genres=library.genres,
                    segments=library.segments,
                )
            }
        return self._looked_at[state]

    @cached_property
    def records(self) -> Records:
        """The record of decisions."""
        from ..store import Records

        path = self.library.folder / "records" / "decisions.jsonl"
        return Records(path, self.library.label(path))

    @cached_property
    def index(self) -> Index:
        """The index over what was made."""
        from ..store import Index

        return Index(self.runs / "wuyou.db")

    def _plugin(self, group: str, name: str) -> Any:
        """Make a plugin: one that needs the project's folder has a class method ``at``."""
        from ..plugins import find
        from ..yamls import suggest

        known = find(group)
        if name not in known:
            raise WuyouError(
                f"没有叫 {name} 的{'写手' if group == 'wuyou.writers' else '导出'}", "", suggest(name, known)
            )
        plugin = known[name]
        return plugin.at(self.root) if hasattr(plugin, "at") else plugin()

    def writer(self, name: str = "template") -> Writer:
        """Return a writer by name."""
        made: Writer = self._plugin("wuyou.writers", name)
        return made

    def _fingerprint(self, *folders: str, code: bool = False) -> str:
        digest = blake2b(digest_size=16)
        digest.update(self.library.fingerprint(*folders).encode())
        trees = [] if folders else [(self.templates, "**/*"), (self.library.folder / "materials", "**/*")]
        if code:
            trees += [(Path(__file__).parent.parent, pattern) for pattern in JUDGING]
        for tree, pattern in trees:
            for path in sorted(tree.glob(pattern)):
                if path.is_file():
                    digest.update(f"{path.relative_to(tree).as_posix()}\0".encode())
                    digest.update(path.read_bytes())
        return digest.hexdigest()


def forget_all_but(folder: Path, count: int) -> None:
    """Drop what the oldest starts have kept; a state that comes back is proved again."""
    every = sorted(folder.iterdir(), key=lambda path: (path.stat().st_mtime_ns, path.name))
    for path in every[:-count]:
        path.unlink(missing_ok=True)


def read_kept(path: Path) -> dict[str, Any] | None:
    """Read what an earlier start has proved; nothing when there is none, or when it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.keys() == {"documents", "patterns"} else None

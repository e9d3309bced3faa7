"""The memory: an append-only, hash-chained record of decisions (text), and an index over what was made (SQLite).

The truth of decisions is ``content_library/records/decisions.jsonl``; it belongs to the bank and to its git.
The truth of posts is the ``posts.jsonl`` beside each executed notebook. ``runs/wuyou.db`` only makes both quick to
search and can be rebuilt from them at any time. This room computes nothing about content.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import ExportError, Problem, StoreError, reason
from .values import Brief, Checked, Decision, Post, Slot, content_id

GENESIS = "0" * 16
"""What the first line of the record names as the line before it."""


# ── files, whole or not at all ───────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that takes its place when the block ends well, and vanishes when not.

    Raises ExportError when the disk is full or may not be written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        temporary.chmod(0o644)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise ExportError(f"写不进去：{reason(error)}", str(path), "请看磁盘是否已满、有没有写权限") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write a text file, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


@contextlib.contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold an exclusive lock for the length of the block.

    Raises StoreError when somebody else holds it.
    """
    import fcntl

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
    except OSError as error:
        raise ExportError(f"写不进去：{reason(error)}", str(path), "请看磁盘是否已满、有没有写权限") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(f"{what}正在运行", str(path.parent), "请等它跑完，或先停掉那一个") from error
        yield


# ── posts on disk ────────────────────────────────────────────────────────────────────────────────────────────────────


def dump(post: Post) -> dict[str, Any]:
    """Return the record of a post."""
    brief = post.brief
    named = {
        name: value.name
        for name in ("campaign", "segment", "product", "channel", "genre", "arc", "story")
        if (value := getattr(brief, name)) is not None
    }
    content = post.model_dump(mode="json", exclude={"brief", "facts"}, exclude_defaults=True)
    return {
        "post": post.id,
        "seal": post.seal,
        "brief": brief.id,
        **named,
        "slot": brief.slot.model_dump(mode="json", exclude_defaults=True),
        "variant": brief.variant,
        "facts": [fact.claim for fact in post.facts],
        "materials": sorted({fact.citation.material for fact in post.facts}),
        "content": content,
    }


def restore(record: Mapping[str, Any], briefs: Mapping[str, Brief]) -> Post | None:
    """Rebuild a post from its record and the briefs of today's plan by ``slot_key``.

    Returns nothing when today's plan has no such slot. A fact that has gone is left out: the seal then differs.
    """
    brief = briefs.get(slot_key(Slot.model_validate(record["slot"]), record["variant"]))
    if brief is None:
        return None
    claims = {fact.claim: fact for fact in brief.facts}
    facts = [claims[name] for name in record["facts"] if name in claims]
    return Post.model_validate({**record["content"], "brief": brief, "facts": facts})


def slot_key(slot: Slot, variant: int) -> str:
    """Return the name of a slot and variant within a segment's run; the minute of sending may move."""
    return f"{slot.on}/{slot.channel}/{slot.genre}/{slot.ordinal}/{variant}"


def write_posts(path: Path, posts: Iterable[Post]) -> Path:
    """Write ``posts.jsonl``, whole or not at all."""
    lines = [json.dumps(dump(post), ensure_ascii=False, sort_keys=True) for post in posts]
    return write_text(path, "".join(f"{line}\n" for line in lines))


def read_lines(path: Path, name: str = "") -> list[dict[str, Any]]:
    """Read a JSONL file; a missing file is empty.

    Raises StoreError naming the first line that is not JSON.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError("读不了", name or str(path), "文件可能坏了，请从备份或版本库取回") from error
    rows = []
    for number, line in enumerate(text.split("\n"), 1):  # splitlines would also cut at the breaks Unicode knows
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise StoreError(
                    "这一行不是 JSON", f"{name or path}:{number}", "文件可能坏了，请从备份或版本库取回"
                ) from error
    return rows


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Records:
    """The record of decisions: read all, append, verify."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name

    def all(self) -> list[Decision]:
        """Return every decision in order.

        Raises StoreError with every line that does not continue the chain.
        """
        decisions: list[Decision] = []
        problems: list[Problem] = []
        before = GENESIS
        for number, row in enumerate(read_lines(self.path, self.name), 1):
            where = f"{self.name}:{number}"
            content = {name: value for name, value in row.items() if name != "id"} if isinstance(row, dict) else {}
            mark = row.get("id", "") if content else ""
            try:
                decision = Decision.model_validate(content)
            except ValueError:
                problems.append(Problem("这一行不是签字记录", where, "请从版本库取回这个文件"))
                before = mark
                continue
            if decision.prev != before or content_id(content) != mark:
                problems.append(Problem("签字记录被改过或少了行", where, "请从版本库取回这个文件，签字只能追加"))
            before = mark
            decisions.append(decision)
        if problems:
            raise StoreError(problems)
        return decisions

    def latest(self) -> dict[str, Decision]:
        """Return the latest decision on each post, by post id."""
        return {decision.post: decision for decision in self.all()}

    def append(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Chain decisions to the record and write them with one call, under a lock.

        Raises StoreError when somebody else is signing or the record is damaged, ExportError when it cannot be written.
        """
        if not decisions:
            return []
        with locked(self.path.with_name(".lock"), "另一次签字"):
            known = self.all()
            before = known[-1].id if known else GENESIS
            chained: list[Decision] = []
            lines: list[str] = []
            for decision in decisions:
                linked = decision.model_copy(update={"prev": before})
                row = linked.model_dump(mode="json", exclude_defaults=True)
                before = content_id(row)
                chained.append(linked)
                lines.append(json.dumps({"id": before, **row}, ensure_ascii=False))
            self._extend("".join(f"{line}\n" for line in lines))
        return chained

    def _extend(self, text: str) -> None:
        """Append text; if the disk fills up half-way, cut the file back to what it was."""
        size = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("ab") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                os.truncate(self.path, size)
            raise ExportError(f"签字没有写成：{reason(error)}", self.name, "请看磁盘是否已满、有没有写权限") from error


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _first_tables(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE posts (id TEXT, campaign TEXT, segment TEXT, on_date TEXT, channel TEXT, genre TEXT, level TEXT,"
        " PRIMARY KEY (id, campaign, segment))"
    )
    db.execute("CREATE TABLE sources (post TEXT, material TEXT, locator TEXT, PRIMARY KEY (post, material, locator))")
    db.execute("CREATE TABLE files (campaign TEXT, path TEXT, post TEXT, PRIMARY KEY (campaign, path, post))")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first_tables,)
"""Each runs once, in its own transaction together with its own record."""


QUIZ = "问答"
"""Stands for the place in a material where a post asks something of it and cites no single line."""
BUSY_SECONDS = 30
"""How long to wait for somebody else's transaction."""


class Index:
    """``runs/wuyou.db``: an index that can be thrown away and rebuilt."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside a transaction.

        Raises StoreError when the file is damaged, locked, or newer than the code.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise StoreError("打不开索引", str(self.path), "请看有没有写权限") from error
        try:
            self._write_ahead(db)
            self._migrate(db)
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"索引出错：{error}", str(self.path), "可以删掉它，下次会自动重建") from error
        finally:
            db.close()

    @staticmethod
    def _write_ahead(db: sqlite3.Connection) -> None:
        """Switch to the write-ahead log; SQLite does not wait for others here, however long its timeout, so we do."""
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                db.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                return

    def _migrate(self, db: sqlite3.Connection) -> None:
        done = db.execute("PRAGMA user_version").fetchone()[0]
        if done > len(MIGRATIONS):
            raise StoreError("索引是更新版本的程序写的", str(self.path), "请升级程序，或删掉它重建")
        for number, migration in enumerate(MIGRATIONS[done:], done + 1):
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0] < number:  # somebody else may have been quicker
                migration(db)
                db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")

    def remember(
        self, campaign: str, checked: Iterable[Checked], files: Iterable[tuple[str, str]] | None = None
    ) -> None:
        """Replace what is known of a campaign: its posts, their sources, and which file holds which post.

        Without ``files`` what is known of them stays.
        """
        posts, sources = [], set()
        for each in checked:
            post, slot = each.post, each.post.brief.slot
            level = next((level for level in ("block", "warn", "hint") if each.count(level)), "")
            posts.append(
                (
                    post.id,
                    campaign,
                    post.brief.segment.name if post.brief.segment else "",
                    slot.on.isoformat(),
                    slot.channel,
                    slot.genre,
                    level,
                )
            )
            sources |= {
                (post.id, fact.citation.material, fact.citation.locator if post.facts else QUIZ) for fact in post.ground
            }
        with self.open() as db:
            db.execute("DELETE FROM sources WHERE post IN (SELECT id FROM posts WHERE campaign = ?)", (campaign,))
            db.execute("DELETE FROM posts WHERE campaign = ?", (campaign,))
            if files is not None:
                db.execute("DELETE FROM files WHERE campaign = ?", (campaign,))
            db.executemany("INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)", posts)
            db.executemany("INSERT OR REPLACE INTO sources VALUES (?, ?, ?)", sorted(sources))
            db.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)", [(campaign, path, post) for path, post in files or ()]
            )

    def built_from(self, material: str) -> list[dict[str, str]]:
        """Return the posts that cite a material, in time order, each with the places it cites."""
        with self.open() as db:
            rows = db.execute(
                "SELECT p.id, p.campaign, p.segment, p.on_date, p.channel, p.genre, group_concat(s.locator)"
                " FROM posts p JOIN (SELECT * FROM sources ORDER BY post, locator) s ON s.post = p.id"
                " WHERE s.material = ?"
                " GROUP BY p.id, p.campaign, p.segment ORDER BY p.on_date, p.segment, p.channel, p.id",
                (material,),
            ).fetchall()
        names = ("post", "campaign", "segment", "on", "channel", "genre", "locators")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def files_with(self, posts: Iterable[str]) -> list[str]:
        """Return the exported files that hold any of these posts."""
        wanted = set(posts)
        with self.open() as db:
            rows = db.execute("SELECT campaign, path, post FROM files").fetchall()
        return sorted({path for _, path, post in rows if post in wanted})

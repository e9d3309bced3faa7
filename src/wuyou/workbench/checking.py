"""Texts from anywhere: checked, doubted, mended; one text for a person, or a file of records for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LibraryError, ModelError, WuyouError, reason
from .mending import Mended, mend
from .rooms import CATALOGUE_DATE, Rooms

if TYPE_CHECKING:
    from ..values import Checked, Post
    from ..writers.model.session import Session

Opinion = Callable[["Checked"], "Checked"]
"""Adds to a verdict."""


class CheckingDesk(Rooms):
    """Checks what was not written here."""

    def check(self, text: str, **about: Any) -> Checked:
        """Check a text from anywhere; ``about`` are the fields of the wire record (channel, product, material, on…)."""
        return self.rulebook.check(self._handed_in({"id": "-", "text": text, "channel": "moments", **about}))

    @cached_property
    def _session(self) -> Session:
        """Through which second opinions are asked, within the bank's budget."""
        from ..writers.model.session import Session

        return Session(self.runs, self.library.bank.model)

    def doubted(self, checked: Checked) -> tuple[Checked, str]:
        """Ask the model for a second opinion on what is ticked; it may add doubts and nothing else.

        When it cannot be asked, the verdict stands, and the second value says why.
        """
        from ..writers import judge

        try:
            return judge.doubt(checked, self.templates / "prompts", self._session), ""
        except ModelError as error:
            return checked, f"没有第二意见，检查结果照旧。{error}"

    def fix(self, text: str, **about: Any) -> Mended:
        """Check a text and make the changes that are safe: see ``mending``."""
        return self._mended({"id": "-", "text": text, "channel": "moments", **about})

    def _mended(self, record: Mapping[str, Any]) -> Mended:
        rulebook, library = self.rulebook, self.library

        def again(text: str) -> Checked:
            return rulebook.check(self._handed_in({**record, "text": text}))

        post = self._handed_in(record)
        own = post.brief.product.disclosure.short if post.brief.product else ""
        by_kind = library.disclosures.get(rulebook.scan(post).kind)
        names = [library.bank.name, library.bank.short]
        for product in library.products.values():
            names += [product.title, product.nickname, product.issuer]
        return mend(post.text, again, rulebook.rules, names, own or (by_kind.short if by_kind else ""))

    def _handed_in(self, record: Mapping[str, Any]) -> Post:
        from ..checks import wire

        library, product = self.library, record.get("product")
        return wire.read(
            record,
            channels=library.channels,
            genres=library.genres if record.get("genre") else {},
            segments=library.segments if record.get("segment") else {},
            products=library.products if product and product not in (*wire.KINDS, *wire.ALIASES) else {},
            bank=library.bank,
            on=CATALOGUE_DATE,
        )

    def check_records(
        self,
        records: Iterable[tuple[str, Mapping[str, Any] | WuyouError]],
        opinion: Opinion | None = None,
        *,
        fix: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Check wire records one by one; one that cannot be checked answers ``{id, error}`` and the others go on.

        ``opinion`` may add to each verdict; with ``fix`` each answer says how the text could be mended.
        Raises LibraryError at once when the content is written wrongly: no record could be checked then.
        """
        from ..checks import wire

        rulebook, _ = self.rulebook, self.library.bank
        for name, record in records:
            try:
                if isinstance(record, WuyouError):
                    raise record
                checked = rulebook.check(self._handed_in(record))
                answer = wire.write(opinion(checked) if opinion else checked, name)
                yield {**answer, "fixed": self._mended(record).wire()} if fix else answer
            except LibraryError:
                raise
            except WuyouError as error:
                yield {"id": name, "error": str(error)}

    def check_file(
        self,
        source: str | Path,
        target: str | Path = "-",
        opinion: Opinion | None = None,
        *,
        fix: bool = False,
    ) -> bool:
        """Check a JSONL file record by record into another; tell whether any line could not be checked.

        ``-`` is standard output; ``opinion`` and ``fix`` as in ``check_records``. Raises WuyouError when the file
        cannot be read.
        """
        from ..store import write_text

        lines = read_given(source).split("\n")  # not splitlines: U+2028 may stand in a text
        answers = list(self.check_records(_records(lines), opinion, fix=fix))
        text = "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
        if str(target) == "-":
            sys.stdout.write(text)
        else:
            write_text(Path(target), text)
        return any("error" in answer for answer in answers)

    def rewrite(self, path: str | Path, old: str, new: str) -> Path:
        """Put a mended text in the place of the old one, whole or not at all, with the mark and mode of the old file.

        Raises WuyouError when the file is no longer what was read.
        """
        from ..store import whole

        real = Path(path).resolve()
        before = real.read_bytes()
        if before.decode("utf-8-sig", errors="replace") != old:
            raise WuyouError("刚才又被改过，没有写", str(path), "请再查一遍")
        mark = "\ufeff" if before.startswith(b"\xef\xbb\xbf") else ""
        mode = real.stat().st_mode & 0o777
        with whole(real) as temporary:
            temporary.write_text(mark + new, encoding="utf-8", newline="")
            temporary.chmod(mode)
        return real

    def write_out(self, path: str | Path, text: str) -> Path:
        """Write a mended text to a file of its own, whole or not at all, its line ends as they are."""
        from ..store import whole

        with whole(Path(path)) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="")
        return Path(path)

    def wire(self, checked: Checked) -> dict[str, Any]:
        """Return a checked text in the contract of ``check``."""
        from ..checks import wire

        return wire.write(checked, "-")

    def verdict(self, checked: Checked, *, colour: bool = False, columns: int = 0) -> str:
        """Return a text with what was found underlined, then a line for each finding, then the lamps.

        ``columns`` is the width of the terminal, 0 when there is none.
        """
        from .. import show

        words = show.underlined(checked, colour=colour, columns=columns)
        return (f"{words}\n\n" if words else "") + show.verdict(checked, colour=colour)

    def changes(self, mended: Mended, name: str, *, colour: bool = False) -> str:
        """Return what mending changed as a unified diff, and what was left out and why, a line each."""
        from .. import show

        diff = show.difference(mended.before.post.text, mended.text, name, colour=colour)
        return "\n".join([diff or "没有可以放心替您改的", *map(str, mended.refused)])


def read_given(path: str | Path) -> str:
    """Read a text file that somebody hands in, its line ends as they are. Raises WuyouError."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WuyouError("不是 UTF-8 编码的文字", str(path), "请用 UTF-8 另存后再试") from error
    except OSError as error:
        raise WuyouError(f"读不了：{reason(error)}", str(path), "请看文件是否存在、有没有权限") from error


def _records(lines: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any] | WuyouError]]:
    """Read JSONL lines as records; a line that is none becomes the error it answers with."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            yield str(number), WuyouError("这一行不是 JSON", f"第 {number} 行", "一行要是一个完整的 {…}")
            continue
        if not isinstance(record, dict):
            yield str(number), WuyouError("这一行不是一条记录", f"第 {number} 行", "一行要是一个完整的 {…}")
            continue
        yield str(record.get("id", number)), record

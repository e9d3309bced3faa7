"""From facts to checked posts, and back from disk to a calendar."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LibraryError, ModelError, PlanError, Problem, WuyouError
from .rooms import CATALOGUE_DATE, WARM, Rooms

if TYPE_CHECKING:
    from ..planner import Stock
    from ..show import Page
    from ..values import Brief, Calendar, Checked, Entry, Post
    from ..writers import Writer

TRIES = 2
"""How often a writer may try before its text is kept with its findings."""


class WritingDesk(Rooms):
    """Plans, writes, checks, keeps and edits posts."""

    def plan(self, campaign: str, segment: str) -> tuple[Brief, ...]:
        """Return the briefs of a campaign for one segment, in time order."""
        if (campaign, segment) in self._plans:
            return self._plans[campaign, segment]
        from .. import planner
        from ..yamls import suggest

        library = self.library
        chosen = library.campaign(campaign)
        if segment not in chosen.segments:
            library.get("segments", segment)
            raise WuyouError(
                f"活动 {campaign} 没有客群 {segment}",
                library.where("campaigns", campaign, "segments"),
                suggest(segment, chosen.segments),
            )
        stock = self._stock(chosen.cadence)
        briefs = planner.plan(chosen, library.segments[segment], stock)
        self._plans[campaign, segment] = briefs
        return briefs

    def _stock(self, cadence: str) -> Stock:
        """Return what the planner may choose from."""
        from ..planner import Stock

        library = self.library
        return Stock(
            bank=library.bank,
            cadence=library.get("cadences", cadence),
            channels=library.channels,
            genres=library.genres,
            arcs=library.arcs,
            products=library.products,
            sheets=library.sheets,
            stories=library.stories,
            phrases=library.phrases,
        )

    def prepare(self, campaign: str, segments: Iterable[str], writer: str = "template") -> None:
        """Make sure that a run can begin: the rules prove themselves, the wordings are sound, every slot can be filled.

        Raises LibraryError or PlanError with everything that is wrong.
        """
        problems = list(getattr(self.writer(writer), "problems", tuple)())
        if problems:
            raise LibraryError(problems)
        _ = self.rulebook
        unplanned: list[Problem] = []
        for segment in segments:
            try:
                self.plan(campaign, segment)
            except PlanError as error:
                unplanned += error.problems
        if unplanned:
            raise PlanError(dict.fromkeys(unplanned))

    def compose(self, briefs: Iterable[Brief], writer: str = "template") -> tuple[Checked, ...]:
        """Write, check, and hand the findings back until nothing blocks or the tries run out."""
        made = self.writer(writer)
        return tuple(self._compose(brief, made) for brief in briefs)

    def _compose(self, brief: Brief, writer: Writer) -> Checked:
        checked = self.rulebook.check(writer.write(brief))
        for _ in range(TRIES - 1):
            if not checked.blocked:
                break
            checked = self.rulebook.check(writer.write(brief, checked.findings))
        return checked

    def _check_once(self, post: Post) -> Checked:
        """Check a post; the same post on the same brief is checked once for each workbench."""
        key = (post.id, post.brief.id)
        if key not in self._checked:
            self._checked[key] = self.rulebook.check(post)
        return self._checked[key]

    def check(self, text: str, **about: Any) -> Checked:
        """Check a text from anywhere; ``about`` are the fields of the wire record (channel, product, material, on…)."""
        return self.rulebook.check(self._handed_in({"id": "-", "text": text, "channel": "moments", **about}))

    def doubted(self, checked: Checked) -> tuple[Checked, str]:
        """Ask the model for a second opinion on what is ticked; it may add doubts and nothing else.

        When it cannot be asked, the verdict stands, and the second value says why.
        """
        from ..writers import judge

        try:
            return judge.doubt(checked, self.templates / "prompts"), ""
        except ModelError as error:
            return checked, f"没有第二意见，检查结果照旧。{error}"

    def _handed_in(self, record: Mapping[str, Any]) -> Post:
        from ..checks import wire

        library = self.library
        return wire.read(
            record,
            channels=library.channels,
            genres=library.genres if record.get("genre") else {},
            segments=library.segments if record.get("segment") else {},
            bank=library.bank,
            on=CATALOGUE_DATE,
        )

    def check_records(
        self,
        records: Iterable[tuple[str, Mapping[str, Any] | WuyouError]],
        opinion: Callable[[Checked], Checked] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Check wire records one by one; one that cannot be checked answers ``{id, error}`` and the others go on.

        ``opinion`` may add to each verdict.
        """
        from ..checks import wire

        for name, record in records:
            try:
                if isinstance(record, WuyouError):
                    raise record
                checked = self.rulebook.check(self._handed_in(record))
                yield wire.write(opinion(checked) if opinion else checked, name)
            except WuyouError as error:
                yield {"id": name, "error": str(error)}

    def check_file(
        self, source: str | Path, target: str | Path = "-", opinion: Callable[[Checked], Checked] | None = None
    ) -> bool:
        """Check a JSONL file record by record into another; tell whether any line could not be checked.

        ``-`` is standard output; ``opinion`` may add to each verdict. Raises WuyouError when the file cannot be read.
        """
        import sys

        from ..store import write_text

        try:
            lines = (
                Path(source).read_text(encoding="utf-8-sig").split("\n")
            )  # not splitlines: U+2028 may stand in a text
        except (OSError, UnicodeDecodeError) as error:
            raise WuyouError("读不了", str(source), "请看文件是否存在、是不是 UTF-8") from error
        answers = list(self.check_records(_records(lines), opinion))
        text = "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
        if str(target) == "-":
            sys.stdout.write(text)
        else:
            write_text(Path(target), text)
        return any("error" in answer for answer in answers)

    def wire(self, checked: Checked) -> dict[str, Any]:
        """Return a checked text in the contract of ``check``."""
        from ..checks import wire

        return wire.write(checked, "-")

    def show(self, value: Any) -> Page:
        """Return a value as something a notebook draws and a terminal prints."""
        from .. import show

        return show.page(value)

    def verdict(self, checked: Checked) -> str:
        """Return the findings of one text line by line, with line and column."""
        from .. import show

        return show.verdict(checked)

    def save(self, checked: Sequence[Checked]) -> Path:
        """Write a segment's posts beside its notebook, whole or not at all; what a person has edited stays edited."""
        from ..store import slot_key, write_posts

        first = next(iter(checked), None)
        if first is None or first.post.brief.campaign is None or first.post.brief.segment is None:
            raise WuyouError("没有可存的文稿", "", "请先 plan，再 compose")
        campaign, segment = first.post.brief.campaign.name, first.post.brief.segment.name
        path = self.folder(campaign, segment) / "posts.jsonl"
        old = (post for post, _ in self._posts(campaign, segment) if post.origin.authors)
        edited = {slot_key(post.brief.slot, post.brief.variant): post for post in old}
        new = (each.post for each in checked)
        return write_posts(path, (edited.get(slot_key(post.brief.slot, post.brief.variant), post) for post in new))

    def _posts(self, campaign: str, segment: str) -> Iterator[tuple[Post, bool]]:
        """Yield what has been written for a segment, on today's briefs, and whether its brief has changed since.

        A slot that is no longer planned drops out.
        """
        from ..store import read_lines, restore, slot_key

        path = self.folder(campaign, segment) / "posts.jsonl"
        records = read_lines(path, str(path.relative_to(self.root)))
        if not records:
            return
        briefs = {slot_key(brief.slot, brief.variant): brief for brief in self.plan(campaign, segment)}
        for record in records:
            post = restore(record, briefs)
            if post is not None:
                yield post, record["brief"] != post.brief.id

    def calendar(self, campaign: str, segments: Iterable[str] = ()) -> Calendar:
        """Return what has been written for a campaign, checked by today's rules, with its signatures, in time order.

        Raises WuyouError when nothing has been written yet.
        """
        from .. import planner
        from ..values import content_id

        library = self.library
        chosen = library.campaign(campaign)
        checked: list[Checked] = []
        stale: list[str] = []
        for segment in tuple(segments) or chosen.segments:
            for post, changed in self._posts(campaign, segment):
                checked.append(self._check_once(post))
                stale += [post.id] * changed
        if not checked:
            raise WuyouError("还没有写好的文稿", f"runs/{campaign}", f"请先运行 wuyou batch {campaign}")
        draft = planner.arrange(chosen.title, library.bank, checked, self.records.latest(), stale=stale)
        key = content_id([[each.post.id, each.post.brief.id] for each in checked])
        if key not in self._surveys:
            self._surveys[key] = self.rulebook.survey(draft, library.get("cadences", chosen.cadence))
        return draft.model_copy(update={"findings": self._surveys[key]})

    def written(self, campaign: str, segment: str = "") -> Calendar:
        """Return the calendar of a campaign or of one segment; an empty one when nothing has been written yet."""
        from ..values import Calendar

        library = self.library
        chosen = library.campaign(campaign)
        names = (segment,) if segment else chosen.segments
        for name in names:
            library.get("segments", name)
        if not any((self.folder(campaign, name) / "posts.jsonl").exists() for name in names):
            return Calendar(title=chosen.title, campaign=campaign, bank=library.bank)
        return self.calendar(campaign, names)

    def find(self, calendar: Calendar, post: str) -> Entry:
        """Return an entry of a calendar by the id of its post, or by the beginning of it.

        Raises WuyouError when there is none, or more than one.
        """
        found = [entry for entry in calendar.entries if entry.post.id.startswith(post)]
        if len(found) != 1:
            several = "这几个字开头的编号不止一个" if found else "没有这个编号的文稿"
            raise WuyouError(f"{several}：{post}", f"runs/{calendar.campaign}", "请用 wuyou show 看编号")
        return found[0]

    def revise(self, campaign: str, post: str, parts: Mapping[str, str], by: str) -> Checked:
        """Replace words of a post by a person's words: a new post in the same slot, unsigned, the old one remembered.

        Raises WuyouError when there is no such post, or nothing would change.
        """
        from ..store import write_posts
        from ..values import Origin, Part

        calendar = self.calendar(campaign)
        old = self.find(calendar, post).post
        unknown = [role for role in parts if role not in {part.role for part in old.parts}]
        if unknown:
            raise WuyouError(
                f"这一篇没有这些部分：{'、'.join(unknown)}", post, f"可改：{'、'.join(part.role for part in old.parts)}"
            )
        changed = tuple(Part(role=part.role, text=parts.get(part.role, part.text).strip()) for part in old.parts)
        if changed == old.parts:
            raise WuyouError("没有任何改动", post)
        from ..writers import cited

        origin = Origin(
            writer=f"human:{by}", template=old.origin.template, edited_from=old.id, authors=(*old.origin.authors, by)
        )
        facts = cited(old.brief, changed, old.pictures)
        new = type(old)(
            brief=old.brief, parts=changed, pictures=old.pictures, facts=facts, tags=old.tags, origin=origin
        )
        segment = old.brief.segment
        assert segment is not None
        mates = [each.post for each in calendar.entries if each.post.brief.segment == segment]
        write_posts(
            self.folder(campaign, segment.name) / "posts.jsonl", [new if each.id == old.id else each for each in mates]
        )
        return self.rulebook.check(new)

    def warm(self) -> None:
        """Do once what every run does first, and keep it for the forks of this process: library, rules, templates."""
        for campaign in self.library.campaigns.values():
            briefs = self.plan(campaign.name, campaign.segments[0])
            self.show(self.compose(briefs))
            break
        WARM[self.library.fingerprint()] = (self.library, self.rulebook)


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

"""Owns the paths and the order: the one room that knows what follows what.

    read → plan → write → check → show → approve → export

Everything a notebook or the command line can do is a method here, with the same name. There is no ``if`` about content
in it: what may be said, to whom and when stands in the content library.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import BlockedError, LibraryError, MaterialError, PlanError, Problem, StoreError, WuyouError

if TYPE_CHECKING:
    from .checks import Rulebook
    from .library import Library
    from .show import Page
    from .store import Index, Records
    from .values import Brief, Calendar, Checked, Decision, Entry, Fact, FactSheet, Finding, Material, Post
    from .writers import Writer

CATALOGUE_DATE = dt.date(2026, 11, 21)
"""The day on which the shipped rules were last held against the law; used where a text to be checked has no date."""

TRIES = 2
"""How often a writer may try before its text is kept with its findings."""


_WARM: dict[str, tuple[Library, Rulebook]] = {}
"""What ``warm`` has read, by the digest of the files it was read from; empty in every process that was not warmed."""


class Reading(NamedTuple):
    """What was read from a file: the text, the proposed facts, and the fact sheet that exists for it already."""

    material: Material
    facts: tuple[Fact, ...]
    known: FactSheet | None = None

    def wire(self) -> dict[str, Any]:
        """Return the contract of ``read --json``: see ``docs/wire-schema.md``."""
        facts = [
            fact.model_dump(mode="json", exclude={"formula", "derived_from"} if not fact.formula else set())
            for fact in self.facts
        ]
        return {"file": Path(self.material.path).name, "title": self.material.title, "facts": facts}


class Signed(NamedTuple):
    """What a call to ``approve`` did."""

    decisions: tuple[Decision, ...]
    refused: tuple[Problem, ...]
    already: int


class Workbench:
    """One bank's folder and everything that can be done in it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._plans: dict[tuple[str, str], tuple[Brief, ...]] = {}
        self._checked: dict[tuple[str, str], Checked] = {}
        self._surveys: dict[str, tuple[Finding, ...]] = {}

    @classmethod
    def here(cls, root: str | Path = "") -> Workbench:
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

    # ── paths ──

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

    # ── rooms ──

    @cached_property
    def library(self) -> Library:
        """The knowledge, read when it is first needed."""
        from .library import Library

        library = Library(self.root / "content_library")
        return _WARM[key][0] if _WARM and (key := library.fingerprint()) in _WARM else library

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, each proved by its own examples: once for each state of the rules and the code."""
        if _WARM and (key := self.library.fingerprint()) in _WARM:
            return _WARM[key][1]
        book = self._rulebook()
        mark = self.runs / ".proved" / self._fingerprint("rules", "sources.yml", "channels", "genres", code=True)
        if not mark.exists():
            problems = book.prove()
            if problems:
                raise LibraryError(problems)
            from .store import write_text

            write_text(mark, "每条规则的例句都已验证；规则或程序一变，会重新验证。\n")
        return book

    def _rulebook(self) -> Rulebook:
        from .checks import Rulebook

        library = self.library
        return Rulebook.load(
            library.folder / "rules",
            sources=library.sources,
            default_on=CATALOGUE_DATE,
            channels=library.channels,
            genres=library.genres,
            segments=library.segments,
        )

    @cached_property
    def records(self) -> Records:
        """The record of decisions."""
        from .store import Records

        path = self.library.folder / "records" / "decisions.jsonl"
        return Records(path, self.library.label(path))

    @cached_property
    def index(self) -> Index:
        """The index over what was made."""
        from .store import Index

        return Index(self.runs / "wuyou.db")

    def _plugin(self, group: str, name: str) -> Any:
        """Make a plugin: one that needs the project's folder has a class method ``at``."""
        from .plugins import find
        from .yamls import suggest

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

    # ── read ──

    def read(self, path: str | Path) -> Reading:
        """Read a headquarters file and propose facts.

        Raises MaterialError when it cannot be read or holds no fact at all.
        """
        from .ingest import distil, read

        file = self._find_material(Path(path))
        material = read(file)
        facts = distil(material)
        if not facts:
            raise MaterialError(
                "读到了文字，但没有找到一条要点", material.path, "请确认这是写着利率、日期、金额或条件的总行物料"
            )
        known = next((sheet for sheet in self._sheets() if sheet.material == file.name), None)
        return Reading(material, facts, known)

    def _sheets(self) -> Iterable[FactSheet]:
        """Return the fact sheets; a folder without a library has none."""
        return self.library.sheets.values()

    def _find_material(self, path: Path) -> Path:
        """Accept a path as given, or a name inside ``materials/``."""
        inside = self.library.folder / "materials" / path
        return inside if not path.exists() and inside.exists() else path

    def propose(self, reading: Reading, name: str = "") -> str:
        """Write the proposed facts of a material as a fact sheet for a person to thin out; say in Chinese what was done.

        An existing sheet is never touched, and a file outside ``materials/`` leaves none.
        Raises StoreError when the name is taken by the sheet of another material.
        """
        from . import yamls
        from .store import write_text

        library = self.library
        if reading.known is not None:
            return f"已有 {library.label(library.folder / 'facts' / reading.known.name)}.yml，没有改动它"
        if not (library.folder / "materials" / reading.material.path).exists():
            return "这份文件不在 content_library/materials/ 里，要点没有存（要留下，请先把原件放进去再读一次）"
        sheet = library.folder / "facts" / f"{name or Path(reading.material.path).stem}.yml"
        if sheet.exists():
            raise StoreError("已经有这个名字的要点文件", library.label(sheet), "请用 --name 另起一个名字")
        head = "# 程序提出的要点，还没有人确认。请逐条对照原件：删去不要的，改好 plain，然后在 kept_by 写上您的名字。\n"
        write_text(sheet, head + yamls.dump(_sheet_data(reading)))
        return f"→ {library.label(sheet)}（请删去不要的，确认后在 kept_by 写上名字）"

    # ── plan, write, check ──

    def warm(self) -> None:
        """Do once what every run does first, and keep it for the forks of this process: library, rules, templates."""
        for campaign in self.library.campaigns.values():
            briefs = self.plan(campaign.name, campaign.segments[0])
            self.show(self.compose(briefs))
            break
        _WARM[self.library.fingerprint()] = (self.library, self.rulebook)

    def plan(self, campaign: str, segment: str) -> tuple[Brief, ...]:
        """Return the briefs of a campaign for one segment, in time order."""
        if (campaign, segment) in self._plans:
            return self._plans[campaign, segment]
        from . import planner
        from .yamls import suggest

        library = self.library
        chosen = library.campaign(campaign)
        if segment not in chosen.segments:
            library.get("segments", segment)
            raise WuyouError(
                f"活动 {campaign} 没有客群 {segment}",
                library.where("campaigns", campaign, "segments"),
                suggest(segment, chosen.segments),
            )
        stock = planner.Stock(
            bank=library.bank,
            cadence=library.get("cadences", chosen.cadence),
            channels=library.channels,
            genres=library.genres,
            arcs=library.arcs,
            products=library.products,
            sheets=library.sheets,
            stories=library.stories,
            phrases=library.phrases,
        )
        briefs = planner.plan(chosen, library.segments[segment], stock)
        self._plans[campaign, segment] = briefs
        return briefs

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

    def _handed_in(self, record: Mapping[str, Any]) -> Post:
        from .checks import wire

        library = self.library
        return wire.read(
            record,
            channels=library.channels,
            genres=library.genres,
            segments=library.segments,
            bank=library.bank,
            on=CATALOGUE_DATE,
        )

    def check_records(self, records: Iterable[tuple[str, Mapping[str, Any] | WuyouError]]) -> Iterator[dict[str, Any]]:
        """Check wire records one by one; one that cannot be checked answers ``{id, error}`` and the others go on."""
        from .checks import wire

        for name, record in records:
            try:
                if isinstance(record, WuyouError):
                    raise record
                yield wire.write(self.rulebook.check(self._handed_in(record)), name)
            except WuyouError as error:
                yield {"id": name, "error": str(error)}

    def check_file(self, source: str | Path, target: str | Path = "-") -> bool:
        """Check a JSONL file record by record into another; tell whether any line could not be checked.

        ``-`` is standard output. Raises WuyouError when the file cannot be read.
        """
        import sys

        from .store import write_text

        try:
            lines = (
                Path(source).read_text(encoding="utf-8-sig").split("\n")
            )  # not splitlines: U+2028 may stand in a text
        except (OSError, UnicodeDecodeError) as error:
            raise WuyouError("读不了", str(source), "请看文件是否存在、是不是 UTF-8") from error
        answers = list(self.check_records(_records(lines)))
        text = "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
        if str(target) == "-":
            sys.stdout.write(text)
        else:
            write_text(Path(target), text)
        return any("error" in answer for answer in answers)

    def wire(self, checked: Checked) -> dict[str, Any]:
        """Return a checked text in the contract of ``check``."""
        from .checks import wire

        return wire.write(checked, "-")

    def show(self, value: Any) -> Page:
        """Return a value as something a notebook draws and a terminal prints."""
        from . import show

        return show.page(value)

    def verdict(self, checked: Checked) -> str:
        """Return the findings of one text line by line, with line and column."""
        from . import show

        return show.verdict(checked)

    # ── keep ──

    def save(self, checked: Sequence[Checked]) -> Path:
        """Write a segment's posts beside its notebook, whole or not at all; what a person has edited stays edited."""
        from .store import slot_key, write_posts

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
        from .store import read_lines, restore, slot_key

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
        from . import planner
        from .values import content_id

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
        from .values import Calendar

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

    # ── sign ──

    def approve(
        self,
        campaign: str,
        by: str,
        *,
        at: dt.datetime,
        posts: Sequence[str] = (),
        segments: Sequence[str] = (),
        verdict: str = "approve",
        note: str = "",
    ) -> Signed:
        """Sign posts of a campaign: those named, or all that may be signed.

        Raises BlockedError when a named post may not be signed by this person, or when none of them may.
        """
        from .values import Decision

        reviewer = self.library.reviewers.get(by)
        if reviewer is None:
            from .yamls import suggest

            raise WuyouError(
                f"没有叫 {by} 的审核人", "content_library/reviewers.yml", suggest(by, self.library.reviewers)
            )
        if verdict != "approve" and not note:
            raise WuyouError("退回或撤回要写明原因", "", "请加 --note")
        calendar = self.calendar(campaign, segments)
        wanted = [self.find(calendar, name) for name in posts] or list(calendar.entries)
        if verdict == "approve":
            already = [entry for entry in wanted if entry.approved]
        else:
            already = [entry for entry in wanted if entry.decision is not None and entry.decision.verdict == verdict]
        fresh = [entry for entry in wanted if entry not in already] if len(already) < len(wanted) else []
        refused = [problem for entry in fresh for problem in self._objections(entry.checked, by, verdict)]
        objected = {problem.where for problem in refused}
        signable = [entry for entry in fresh if entry.post.id not in objected]
        if refused and (posts or not (signable or already)):
            raise BlockedError(refused)
        decisions = [
            Decision.model_validate(
                {"post": entry.post.id, "seal": entry.post.seal, "by": by, "verdict": verdict, "at": at, "note": note}
            )
            for entry in signable
        ]
        return Signed(tuple(self.records.append(decisions)), tuple(refused), len(already))

    def _objections(self, checked: Checked, by: str, verdict: str) -> list[Problem]:
        """Say why this person may not sign this post; each problem's ``where`` is the post's id."""
        post, reviewer = checked.post, self.library.reviewers[by]
        kind = post.brief.product.kind if post.brief.product else "general"
        found: list[Problem] = []
        if reviewer.sample and not self.library.bank.sample:
            found.append(Problem(f"{by} 只在示例银行里签字", post.id, "请换一位审核人"))
        if reviewer.products and kind not in reviewer.products:
            found.append(Problem(f"{by} 无权签这类产品：{kind}", post.id, "请换一位审核人，或改 reviewers.yml"))
        if reviewer.channels and post.brief.slot.channel not in reviewer.channels:
            found.append(Problem(f"{by} 无权签这个渠道：{post.brief.channel.title}", post.id, "请换一位审核人"))
        if by in post.origin.authors:
            found.append(Problem(f"{by} 写过或改过这一篇，不能自己签", post.id, "请换一位审核人"))
        if verdict == "approve":
            blocks = [finding for finding in checked.findings if finding.level == "block"]
            found += [
                Problem(f"{finding.rule} 拦截：{finding.message}", post.id, finding.suggestion or "请先改稿")
                for finding in blocks
            ]
            if post.unconfirmed:
                found.append(Problem("用到了还没有人确认的要点", post.id, "请在 facts/ 里确认后重新写稿"))
        return found

    def sign_sample(self, campaign: str) -> Signed:
        """Sign what does not block as the sample's reviewer; refuses anywhere but in the sample bank."""
        library = self.library
        signer = next((name for name, reviewer in library.reviewers.items() if reviewer.sample), None)
        if not library.bank.sample or signer is None:
            raise WuyouError(
                "这不是示例银行，不能自动签字", "content_library/bank.yml", "请审核人用 wuyou approve 签字"
            )
        eve = library.campaign(campaign).start - dt.timedelta(days=1)
        at = dt.datetime.combine(eve, dt.time(9), dt.timezone(dt.timedelta(hours=8)))
        return self.approve(campaign, signer, at=at)

    # ── revise ──

    def revise(self, campaign: str, post: str, parts: Mapping[str, str], by: str) -> Checked:
        """Replace words of a post by a person's words: a new post in the same slot, unsigned, the old one remembered.

        Raises WuyouError when there is no such post, or nothing would change.
        """
        from .store import write_posts
        from .values import Origin, Part

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
        from .writers import cited

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

    # ── export ──

    def export(self, calendar: Calendar, path: str | Path) -> Path:
        """Write a calendar to one file; its suffix says how."""
        from .plugins import find

        target = Path(path)
        makers = [self._plugin("wuyou.exporters", name) for name in find("wuyou.exporters")]
        maker = next((each for each in makers if each.suffix == target.suffix), None)
        if maker is None:
            raise WuyouError(
                f"不会写 {target.suffix or '没有后缀的'} 文件",
                str(target),
                f"可用：{'、'.join(sorted(each.suffix for each in makers))}",
            )
        from .store import whole

        with whole(target) as temporary:
            maker.export(calendar.approved if maker.approved_only else calendar, temporary)
        return target

    def publish(self, campaign: str, folder: Path | None = None) -> list[Path]:
        """Make the pictures and every export of a campaign; return the files for people, pictures' folder last."""
        target = folder or self.folder(campaign)
        calendar = self.calendar(campaign)
        pictures = self.pictures(calendar, target / "pictures")
        files = [self.export(calendar, target / name) for name in EXPORTS]
        posts = [entry.post for entry in calendar.entries]
        approved = {entry.post.id for entry in calendar.entries if entry.approved}
        place = target.relative_to(self.root).as_posix() if target.is_relative_to(self.root) else str(target)
        held = [
            (f"{place}/{name}", post.id) for name in EXPORTS for post in posts if name in FULL or post.id in approved
        ]
        held += [(f"{place}/pictures/{picture.file}", post.id) for post in posts for picture in post.pictures]
        self.index.remember(campaign, (entry.checked for entry in calendar.entries), held)
        return [*files, pictures]

    def pictures(self, calendar: Calendar, folder: Path) -> Path:
        """Make the pictures of a calendar, each once."""
        from . import pictures

        wanted = {picture.id: picture for entry in calendar.entries for picture in entry.post.pictures}
        pictures.make([wanted[name] for name in sorted(wanted)], folder, self.templates / "posters", bank=calendar.bank)
        return folder

    def recall(self, material: str) -> tuple[list[dict[str, str]], list[str]]:
        """Return every post built from a material, and every exported file that holds one of them.

        Raises WuyouError when the name is not a material's.
        """
        from .yamls import suggest

        known = {path.name for path in (self.library.folder / "materials").glob("*")} | {
            sheet.material for sheet in self._sheets()
        }
        names = {sheet.name: sheet.material for sheet in self._sheets()}
        name = names.get(material, Path(material).name)
        if name not in known:
            raise WuyouError(
                f"没有这份物料：{material}", "content_library/materials", suggest(material, [*known, *names])
            )
        if not self.index.path.exists():
            self.reindex()
        posts = self.index.built_from(name)
        return posts, self.index.files_with(post["post"] for post in posts)

    def reindex(self) -> None:
        """Build the index anew from the posts on disk."""
        for path in sorted(self.runs.glob("*/*/posts.jsonl")):
            campaign = path.parent.parent.name
            if campaign in self.library.campaigns:
                calendar = self.calendar(campaign)
                self.index.remember(campaign, (entry.checked for entry in calendar.entries))

    def feedback(self, figures: str | Path) -> list[str]:
        """Turn a table of aggregated figures per post into advice, a line each.

        Raises MaterialError for lines that cannot be used and for columns that look like customer data.
        """
        from . import feedback, show, tables

        entries = {entry.post.id: entry for name in self.library.campaigns for entry in self.written(name).entries}
        advice = feedback.advise(tables.rows(Path(figures)), entries, str(figures))
        steps = {1: "下一轮可多一条", 0: "保持", -1: "下一轮可少一条"}
        rows = [
            (
                each.segment,
                each.genre,
                each.sent,
                f"{each.read_share:.0%}",
                f"{each.seconds:.0f}",
                f"{each.reply_share:.1%}",
                steps[each.step],
            )
            for each in advice
        ]
        return show.table(
            ("客群", "类型", "发送", "阅读率", "停留秒", "回复率", "建议"), rows, right=range(2, 6)
        ).splitlines()

    # ── look after the content ──

    def inventory(self) -> dict[str, int]:
        """Count what the library holds."""
        library = self.library
        return {
            "客群": len(library.segments),
            "产品": len(library.products),
            "活动": len(library.campaigns),
            "要点": sum(len(sheet.facts) for sheet in library.sheets.values()),
            "故事": len(library.stories),
            "句子": len(library.phrases),
            "模板": len(list((self.templates / "posts").glob("*/*.md.j2"))),
            "规则": len(self._rulebook().rules),
        }

    def lint(self) -> list[Problem]:
        """Find everything that is wrong in the content library and the templates."""
        found = self.library.problems()
        found += self.writer("template").problems()  # type: ignore[attr-defined]
        try:
            found += self._rulebook().prove()
        except LibraryError as error:
            found += error.problems
        if not found:
            found += self._wording_problems()
            found += self._quote_problems()
        return found

    def _wording_problems(self) -> Iterator[Problem]:
        """Find every channel × genre that a cadence asks for and no template serves."""
        writer = self.writer("template")
        for cadence in self.library.cadences.values():
            for beat in cadence.beats:
                for quota in beat.quotas:
                    if not writer.wordings(quota.channel, quota.genre):  # type: ignore[attr-defined]
                        where = self.library.where(
                            "cadences", cadence.name, "beats", beat.name, "quotas", quota.channel, quota.genre
                        )
                        yield Problem(
                            f"没有 {quota.channel}/{quota.genre} 的模板",
                            where,
                            f"请写 templates/posts/{quota.channel}/{quota.genre}.1.md.j2",
                        )

    def _quote_problems(self) -> Iterator[Problem]:
        """Find every kept fact whose quote does not stand at its place in the material."""
        from .ingest import read

        for sheet in self.library.sheets.values():
            material = read(self.library.folder / "materials" / sheet.material)
            places = {passage.locator: passage.text for passage in material.passages}
            for fact in sheet.facts:
                where = self.library.where("facts", sheet.name, "facts", fact.key)
                at, quote = fact.citation.locator, fact.citation.quote
                if at not in places:
                    yield Problem(f"{sheet.material} 里没有 {at}", where, "请对照原件改 at")
                elif quote not in places[at]:
                    yield Problem(f"{at} 里找不到这句原文：{quote}", where, "请对照原件改 quote")
                elif fact.value not in quote and not fact.formula:
                    yield Problem(f"原文里没有这个值：{fact.value}", where, "value 要照原文写")
            if sheet.digest and sheet.digest != material.digest:
                yield Problem(
                    f"{sheet.material} 在确认要点之后改过",
                    self.library.where("facts", sheet.name, "digest"),
                    "请重新 wuyou read 并核对",
                )

    # ── freshness ──

    def state(self, campaign: str, segment: str, notebook: Path, parameters: Mapping[str, Any]) -> str:
        """Digest everything a segment's run depends on: parameters, content, wording, notebook, code."""
        digest = blake2b(digest_size=16)
        digest.update(json.dumps([campaign, segment, dict(sorted(parameters.items()))], ensure_ascii=False).encode())
        digest.update(notebook.read_bytes())
        digest.update(self._fingerprint(code=True).encode())
        return digest.hexdigest()

    def _fingerprint(self, *folders: str, code: bool = False) -> str:
        digest = blake2b(digest_size=16)
        digest.update(self.library.fingerprint(*folders).encode())
        trees = [] if folders else [(self.templates, "*"), (self.library.folder / "materials", "*")]
        if code:
            trees.append((Path(__file__).parent, "*.py"))
        for tree, pattern in trees:
            for path in sorted(tree.rglob(pattern)):
                if path.is_file():
                    digest.update(f"{path.relative_to(tree).as_posix()}\0".encode())
                    digest.update(path.read_bytes())
        return digest.hexdigest()


FULL = ("calendar.csv", "calendar.xlsx")
"""Exports for reviewers: everything, with its status."""

EXPORTS = (*FULL, "calendar.ics", "copy.html", "wecom.json")
"""What ``publish`` writes; all but the first two hold approved posts only."""


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


def _sheet_data(reading: Reading) -> dict[str, Any]:
    """Return proposed facts as the plain data of a fact sheet."""
    facts: dict[str, Any] = {}
    for fact in reading.facts:
        row = fact.model_dump(mode="json", exclude_defaults=True, exclude={"key", "citation", "kept_by"})
        facts[fact.key] = {**row, "at": fact.citation.locator, "quote": fact.citation.quote}
    return {
        "material": reading.material.path,
        "title": reading.material.title,
        "kept_by": None,
        "digest": reading.material.digest,
        "facts": facts,
    }

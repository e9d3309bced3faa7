"""From facts to checked posts, and back from disk to a calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LibraryError, ModelStopped, PlanError, Problem, WriterError, WuyouError
from .rooms import WARM, Rooms

if TYPE_CHECKING:
    from ..planner import Stock
    from ..show import Page
    from ..values import Brief, Calendar, Checked, Entry, Finding, Post
    from ..writers import Writer

WHOLE = ("missing_risk", "loan_disclosure")
"""Categories that ask for something in the post itself: a reply to it need not say it again."""

TRIES = 2
"""How often a writer may try before its text is kept with its findings."""
LONGEST_NOTE = 300
"""Characters of the reason why a stand-in wrote."""


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
            moments=library.moments,
            kits=library.kits,
            sketches=library.sketches,
            starts=sorted((each.start, each.name) for each in library.campaigns.values()),
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

    def compose(
        self, briefs: Iterable[Brief], writer: str = "template", progress: Callable[[int, int], None] | None = None
    ) -> tuple[Checked, ...]:
        """Write, check, and hand the findings back until nothing blocks or the tries run out.

        What a writer that has a stand-in cannot write, its stand-in writes, and the post says why. ``progress`` hears
        how many are done and how many there are. Raises ModelStopped when there is no use in going on.
        """
        from .crew import together
        from .hanging import hung

        made = self.writer(writer)
        stand_in = getattr(made, "stand_in", "")
        other = self.writer(stand_in) if stand_in else None
        _ = self.rulebook  # proved once, before several hands need it
        hands = getattr(made, "concurrency", 1)
        written = together(lambda brief: self._compose(brief, made, other), tuple(briefs), hands, progress)
        return hung(written, self.library, self.templates, self._judge)

    def _compose(self, brief: Brief, writer: Writer, stand_in: Writer | None = None) -> Checked:
        try:
            checked = self._tried(brief, writer)
        except ModelStopped:
            raise
        except WriterError as error:
            if stand_in is None:
                raise
            why = str(error)
        else:
            stopped = self._stops(checked, writer)
            if stand_in is None or not stopped:
                return checked
            why = "；".join(dict.fromkeys(finding.message for finding in stopped))
        checked = self._tried(brief, stand_in)
        note = f"{writer.name} 没有写成，由 {stand_in.name} 写：{why}"[:LONGEST_NOTE]
        origin = checked.post.origin.model_copy(update={"note": note})
        return checked.model_copy(update={"post": checked.post.model_copy(update={"origin": origin})})

    def _tried(self, brief: Brief, writer: Writer) -> Checked:
        """Let a writer try until nothing stops its text; one that polishes also while anything is to be warned of."""
        best = self._judge(writer.write(brief))
        latest, polishes = best, getattr(writer, "polishes", False)
        for _ in range(getattr(writer, "tries", TRIES) - 1):
            stopped = self._stops(best, writer)
            if not stopped and not (polishes and best.count("warn")):
                break
            notes = latest.findings
            if polishes:
                notes = (*self._stops(latest, writer), *(each for each in notes if each.level == "warn"))
            try:
                latest = self._judge(writer.write(brief, notes))
            except ModelStopped:
                raise
            except WriterError:
                if stopped:
                    raise
                break
            if (
                not polishes
                or stopped
                or (not self._stops(latest, writer) and latest.count("warn") < best.count("warn"))
            ):
                best = latest
        return best

    def _stops(self, checked: Checked, writer: Writer) -> tuple[Finding, ...]:
        """Return the findings for which a text is not taken: what blocks, and for a machine's text more."""
        if getattr(writer, "strict", False):
            from .strict import stops

            return stops(checked, self.rulebook)
        return tuple(finding for finding in checked.findings if finding.level == "block")

    def _judge(self, post: Post) -> Checked:
        """Check a post and, as text to customers, what staff are to answer; a reply owes no haves."""
        checked = self.rulebook.check(post)
        found = tuple(
            finding.model_copy(update={"where": f"reply {number}"})
            for number, reply in enumerate(post.replies, 1)
            for finding in self._reply_findings(post.brief, reply.answer)
        )
        return checked.model_copy(update={"findings": (*checked.findings, *found)}) if found else checked

    def _reply_findings(self, brief: Brief, text: str) -> tuple[Finding, ...]:
        key = (text, brief.topic.sheet if brief.topic else "", brief.slot.on)
        if key not in self._replies:
            from ..values import Brief, Origin, Part, Post

            chat = self.library.channels.get("chat", brief.channel)
            alone = Brief(
                slot=brief.slot.model_copy(update={"channel": chat.name}), channel=chat, segment=brief.segment,
                facts=brief.facts, bank=brief.bank,
            )  # fmt: skip
            said = Post(brief=alone, parts=(Part(role="body", text=text),), origin=Origin(writer="template"))
            self._replies[key] = tuple(
                finding
                for finding in self.rulebook.check(said).findings
                if finding.level == "block" and finding.category not in WHOLE
            )
        return self._replies[key]

    def _check_once(self, post: Post) -> Checked:
        """Check a post; the same post on the same brief is checked once for each workbench."""
        key = (post.id, post.brief.id)
        if key not in self._checked:
            self._checked[key] = self._judge(post)
        return self._checked[key]

    def show(self, value: Any) -> Page:
        """Return a value as something a notebook draws and a terminal prints."""
        from .. import show

        return show.page(value)

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
        lines = {"branches": tuple(library.branches.values()), "personal": library.personal}
        return draft.model_copy(update={"findings": self._surveys[key], **lines})

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
        from ..writers import cited, kits

        before = old.origin
        origin = Origin(
            writer=f"human:{by}", template=before.template, model=before.model, prompt=before.prompt, tokens=before.tokens,
            draft=before.draft or (old.counted if before.model else ""), edited_from=old.id, authors=(*before.authors, by),
        )  # fmt: skip
        facts = cited(old.brief, changed, old.pictures)
        if before.model:  # it may say a fact in other words than the fact's own
            facts = tuple(fact for fact in old.brief.facts if fact in facts or fact in old.facts)
        new = type(old)(
            brief=old.brief, parts=changed, pictures=old.pictures, facts=facts, tags=old.tags, origin=origin,
            replies=kits.replies(old.brief, changed),
        )  # fmt: skip
        self._replace(calendar, old, new)
        return self._judge(new)

    def _replace(self, calendar: Calendar, old: Post, new: Post) -> None:
        """Put a post in the place of another in its segment's file."""
        from ..store import write_posts

        segment, campaign = old.brief.segment, calendar.campaign
        assert segment is not None
        mates = [each.post for each in calendar.entries if each.post.brief.segment == segment]
        path = self.folder(campaign, segment.name) / "posts.jsonl"
        write_posts(path, [new if each.id == old.id else each for each in mates])

    def warm(self) -> None:
        """Do once what every run does first, and keep it for the forks of this process: library, rules, templates."""
        for campaign in self.library.campaigns.values():
            briefs = self.plan(campaign.name, campaign.segments[0])
            self.show(self.compose(briefs))
            break
        WARM[self.library.fingerprint()] = (self.library, self.rulebook)

"""From a calendar to files, and from files back to what they were made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import WuyouError
from .writing import WritingDesk

if TYPE_CHECKING:
    from ..values import Calendar

FULL = ("calendar.csv", "calendar.xlsx")
"""Exports for reviewers: everything, with its status."""

EXPORTS = (*FULL, "calendar.ics", "copy.html", "wecom.json")
"""What ``publish`` writes; all but the first two hold approved posts only."""


class PublishingDesk(WritingDesk):
    """Exports, recalls, and turns figures into advice."""

    def export(self, calendar: Calendar, path: str | Path) -> Path:
        """Write a calendar to one file; its suffix says how."""
        from ..plugins import find

        target = Path(path)
        makers = [self._plugin("wuyou.exporters", name) for name in find("wuyou.exporters")]
        maker = max(
            (each for each in makers if target.name.endswith(each.suffix)),
            key=lambda each: len(each.suffix),
            default=None,
        )
        if maker is None:
            raise WuyouError(
                f"不会写 {target.suffix or '没有后缀的'} 文件",
                str(target),
                f"可用：{'、'.join(sorted(each.suffix for each in makers))}",
            )
        from ..store import whole

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

    def pictures(self, calendar: Calendar, folder: Path, *, branch: str = "", staff: str = "") -> Path:
        """Make the pictures of a calendar, each once; with a branch and a name, signed and with the branch's QR code.

        Raises WuyouError when there is no such branch.
        """
        from .. import pictures
        from ..yamls import suggest

        branches = self.library.branches
        if branch and branch not in branches:
            raise WuyouError(f"staff.yml 里没有：{branch}", "content_library/staff.yml", suggest(branch, branches))
        signature = pictures.Signature(
            "\n".join(each for each in (staff, branch) if each), branches[branch].qr if branch else ""
        )
        wanted = {
            picture.id: picture
            for entry in calendar.entries
            if not entry.post.withdrawn
            for picture in entry.post.pictures
        }
        pictures.make(
            [wanted[name] for name in sorted(wanted)], folder, self.templates / "posters", bank=calendar.bank,
            photos=self.library.folder / "pictures", signature=signature,
        )  # fmt: skip
        return folder

    def deal(
        self, campaign: str, *, branch: str = "", staff: str = "", segments: Sequence[str] = ()
    ) -> list[tuple[str, ...]]:
        """Return who posts which approved wording: day, segment, channel, branch, colleague, number, post.

        Raises WuyouError when there is no such branch or colleague.
        """
        from ..dealing import dealt
        from ..yamls import suggest

        branches = self.library.branches
        names = [name for each in branches.values() for name in each.staff]
        for wanted, known in ((branch, list(branches)), (staff, names)):
            if wanted and wanted not in known:
                raise WuyouError(f"staff.yml 里没有：{wanted}", "content_library/staff.yml", suggest(wanted, known))
        calendar = self.calendar(campaign, segments)
        shares = dealt(calendar)
        rows: list[tuple[str, ...]] = []
        for entry in calendar.entries:
            brief = entry.post.brief
            rows += [
                (
                    brief.slot.on.isoformat(), brief.segment.title if brief.segment else "", brief.channel.title,
                    where, name, str(brief.variant), entry.post.id,
                )
                for where, name in shares.get(entry.post.id, ())
                if branch in ("", where) and staff in ("", name)
            ]  # fmt: skip
        return rows

    def recall(self, material: str) -> tuple[list[dict[str, str]], list[str]]:
        """Return every post built from a material, with who has signed it, and every exported file that holds one.

        Raises WuyouError when the name is not a material's.
        """
        name = self._material(material)
        if not self.index.path.exists():
            self.reindex()
        latest = self.records.latest()
        posts = self.index.built_from(name)
        for post in posts:
            decision = latest.get(post["post"])
            post["signed"] = decision.by if decision is not None and decision.verdict == "approve" else ""
        return posts, self.index.files_with(post["post"] for post in posts)

    def withdraw(self, material: str, on: dt.date, why: str) -> list[str]:
        """Mark a material as withdrawn by headquarters, in every sheet of it; return the sheets, as people see them.

        From then on whatever was written from it is blocked. Raises WuyouError when it has no sheet, when no reason is
        given, or when it was withdrawn before.
        """
        from .. import sheets
        from ..store import write_text
        from ..values import Withdrawal

        library, name = self.library, self._material(material)
        if not why.strip():
            raise WuyouError("撤回要写明原因", name, "请加 --why")
        known = [sheet for sheet in library.sheets.values() if sheet.material == name]
        if not known:
            raise WuyouError("这份物料没有要点文件，没有文稿能用到它", name, "把原件从 materials/ 里拿走就行")
        before = next((sheet.withdrawn for sheet in known if sheet.withdrawn is not None), None)
        if before is not None:
            raise WuyouError(f"先前已经撤回（{before}）", name, "要改原因或恢复，请改要点文件里的 withdrawn")
        paths = [library.folder / "facts" / f"{sheet.name}.yml" for sheet in known]
        for path in paths:
            text = path.read_text(encoding="utf-8-sig")
            write_text(path, sheets.withdrawn(text, Withdrawal(on=on, why=why.strip())))
        self.forget()
        self.reindex()
        return [library.label(path) for path in paths]

    def _material(self, material: str) -> str:
        """Return the file name of a material that is named by its file or its sheet."""
        from ..yamls import suggest

        known = {path.name for path in (self.library.folder / "materials").glob("*")} | {
            sheet.material for sheet in self.library.sheets.values()
        }
        names = {sheet.name: sheet.material for sheet in self.library.sheets.values()}
        name = names.get(material, Path(material).name)
        if name not in known:
            raise WuyouError(
                f"没有这份物料：{material}", "content_library/materials", suggest(material, [*known, *names])
            )
        return name

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
        from .. import feedback, show, tables

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

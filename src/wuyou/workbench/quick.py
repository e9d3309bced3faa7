"""From somebody's own file to a folder of drafts in one command: unsigned, and marked as resting on unconfirmed facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import PlanError
from .publishing import PublishingDesk
from .reading import Reading, ReadingDesk

if TYPE_CHECKING:
    from ..planner import Stock
    from ..values import Cadence, Calendar, Fact, FactSheet, Product, Quota

DRAFTS = ("calendar.csv", "calendar.xlsx", "drafts.html")
"""What ``quick`` writes; nothing that staff could send from."""


class Quick(NamedTuple):
    """What ``quick`` made."""

    folder: Path
    reading: Reading
    calendar: Calendar


class QuickDesk(ReadingDesk, PublishingDesk):
    """Tries a file out before anyone has confirmed a fact."""

    def quick(
        self, path: str | Path, segment: str, *, start: dt.date, cadence: str = "", to: Path | None = None
    ) -> Quick:
        """Read a file, plan and write it for one segment, and leave drafts, calendar and pictures in a folder.

        Raises PlanError when the product does not suit the segment or no fact of the file can be told.
        """
        from .. import planner, sheets
        from ..store import write_text
        from ..values import Campaign, Finding, Theme

        reading = self.read(path)
        chosen = self.library.get("segments", segment)
        sheet, product = self._draft(reading)
        self._must_suit(product, segment)
        stock = self._stock(cadence or min(self.library.cadences))
        cadence_of, skip = _while_alive(_servable(stock, sheet, product.kind if product else "general"), sheet, start)
        stock = stock._replace(
            cadence=cadence_of,
            sheets={sheet.name: sheet},
            products={product.name: product} if product else {},
        )
        campaign = Campaign(
            name=f"quick-{sheet.name}", title=sheet.title, product=sheet.product or "", segments=(segment,), cadence=stock.cadence.name,
            start=start, skip=skip, facts=(Theme(genre="default", sheets=(sheet.name,)),),
        )  # fmt: skip
        checked = self.compose(planner.plan(campaign, chosen, stock))
        notice = Finding(
            rule="DRAFT", category="draft", level="warn", message="要点还没有人确认，文稿没有签字，不能外发",
            suggestion="请把原件放进 content_library/materials/，wuyou read 之后由人确认要点，再排进活动",
        )  # fmt: skip
        calendar = planner.arrange(f"草稿：{sheet.title}", self.library.bank, checked, {}, (notice,))
        folder = to or self.runs / "quick" / sheet.name / segment
        self.pictures(calendar, folder / "pictures")
        for name in DRAFTS:
            self.export(calendar, folder / name)
        write_text(folder / "facts.yml", sheets.new(reading.material, reading.facts))
        return Quick(folder, reading, calendar)

    def _draft(self, reading: Reading) -> tuple[FactSheet, Product | None]:
        """Make a sheet and a product of what was read; the kind of product is guessed from the words."""
        from ..values import Disclosure, FactSheet, Product

        material, library = reading.material, self.library
        said = "\n".join([material.title, *(passage.text for passage in material.passages if not passage.internal)])
        kind = self.rulebook.guess(f"{material.title}\n{material.title}\n{said[:2000]}")
        name = Path(material.path).stem
        title = _short(reading)
        sheet = FactSheet(
            name=name, material=material.path, title=title, digest=material.digest,
            facts=tuple(_about(fact, reading.facts) for fact in reading.facts),
        )  # fmt: skip
        if kind is None or kind == "general":
            return sheet, None
        risks = [
            int(fact.normalized[1])
            for fact in reading.facts
            if fact.kind == "risk_level" and fact.normalized[1:2].isdigit()
        ]
        product = Product(
            name=name,
            title=material.title,
            kind=kind,
            risk=max(risks, default=None),
            disclosure=library.disclosures.get(kind, Disclosure()),
        )
        return sheet.model_copy(update={"product": name}), product

    def _must_suit(self, product: Product | None, segment: str) -> None:
        from .. import planner

        library = self.library
        if planner.suitable(product, library.segments[segment]) or product is None:
            return
        level = f"（R{product.risk}）" if product.risk else ""
        fit = [each.name for each in library.segments.values() if planner.suitable(product, each)]
        advice = f"适合的客群：{'、'.join(fit)}" if fit else "内容库里没有适合它的客群"
        raise PlanError(
            f"这类产品{level}不适合{library.segments[segment].title}：{product.kind}", product.title, advice
        )


def _short(reading: Reading) -> str:
    """Return what the drafts call the subject: the product's name, or the title without the bank's."""
    named = next((fact.value for fact in reading.facts if fact.kind == "product"), "")
    return named or reading.material.title or Path(reading.material.path).stem


LONGEST_NAME = 12
"""Characters of a name that still goes before a fact without making a headline of it."""


def _about(fact: Fact, facts: Sequence[Fact]) -> Fact:
    """Say what a fact is about where its own plain words do not: a draft may be all that a reader sees of the file.

    The one name that the file itself gives its subject in quotation marks is said; where there are several, none.
    """
    names = {each.value for each in facts if each.kind == "product" and f"“{each.value}”" in each.citation.quote}
    name = names.pop() if len(names) == 1 else ""
    if not (name and fact.plain) or fact.kind == "phone" or name in fact.plain or len(name) > LONGEST_NAME:
        return fact
    return fact.model_copy(update={"plain": f"{name}，{fact.plain}"})


def _while_alive(cadence: Cadence, sheet: FactSheet, start: dt.date) -> tuple[Cadence, tuple[dt.date, ...]]:
    """Cut a cadence down to the days on which the file has something to tell; return it with the days to skip."""
    from ..planner import tellable

    def alive(day: int) -> bool:
        on = start + dt.timedelta(days=day - 1)
        return any(tellable(fact) and fact.alive(on) for fact in sheet.facts)

    dead = [day for day in range(1, cadence.days + 1) if not alive(day)]
    if not dead or len(dead) == cadence.days:
        return cadence, ()
    dead = [day for day in dead if day <= cadence.round_days]  # one round is enough for what ends so soon
    beats = tuple(
        beat for beat in cadence.beats if any(day not in dead for day in range(beat.days[0], beat.days[1] + 1))
    )
    skip = tuple(start + dt.timedelta(days=day - 1) for day in dead)
    return cadence.model_copy(update={"rounds": 1, "beats": beats}), skip


def _servable(stock: Stock, sheet: FactSheet, kind: str) -> Cadence:
    """Leave out of a cadence what one file cannot serve: quizzes it lacks, genres that are not for its kind of thing."""

    def serves(quota: Quota) -> bool:
        genre = stock.genres[quota.genre]
        return (bool(sheet.quiz) or not genre.quiz) and (not genre.kinds or kind in genre.kinds)

    beats = tuple(
        beat.model_copy(update={"quotas": tuple(filter(serves, beat.quotas))}) for beat in stock.cadence.beats
    )
    return stock.cadence.model_copy(update={"beats": beats})

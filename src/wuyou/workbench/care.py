"""Looks after the content: whether it is written rightly, and whether it has changed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LibraryError, Problem
from .checking import CheckingDesk
from .rooms import CATALOGUE_DATE

if TYPE_CHECKING:
    from ..checks import Rulebook


class CareDesk(CheckingDesk):
    """Proves the library and tells what has changed."""

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
            "小稿": len(library.sketches),
            "模板": len(list((self.templates / "posts").glob("*/*.md.j2"))),
            "规则": len(self._rulebook().rules),
        }

    def lint(self) -> list[Problem]:
        """Find everything that is wrong in the content library and the templates."""
        found = self.library.problems()
        found += self.writer("template").problems()  # type: ignore[attr-defined]
        try:
            book = self._rulebook()
            found += book.prove() or self._unproved(book)
        except LibraryError as error:
            found += error.problems
        if not found:
            found += self._wording_problems()
            found += self._claim_problems()
            found += self._quote_problems()
        return found

    def _unproved(self, book: Rulebook) -> list[Problem]:
        """Find what is dead or shadowed in the rulebook, and the whole posts that come out otherwise than listed."""
        from ..checks import proof

        library = self.library
        found = proof.problems(book, CATALOGUE_DATE, channels=library.channels, genres=library.genres)
        return [*found, *self._whole_posts(book)[0]]

    def _whole_posts(self, book: Rulebook) -> tuple[list[Problem], list[str]]:
        from ..checks import proof
        from ..checks.loader import WHOLE

        path = self.library.folder / "rules" / WHOLE
        return proof.whole_posts(book, path, self.library.label(path), self._handed_in)

    def lint_notes(self, on: dt.date = CATALOGUE_DATE) -> list[str]:
        """Say which rules are silent on a day because their basis is not in force, and what else is worth a look."""
        from ..checks import proof

        book = self._rulebook()
        return [*proof.notes(book, on), *self._whole_posts(book)[1], *self._withdrawn()]

    def _withdrawn(self) -> Iterator[str]:
        """Say which campaigns still name a sheet whose material was withdrawn: what is written from it is blocked."""
        sheets = self.library.sheets
        for campaign in self.library.campaigns.values():
            for name in sorted({name for theme in campaign.facts for name in theme.sheets}):
                if withdrawal := sheets[name].withdrawn:
                    where = self.library.where("campaigns", campaign.name, "facts")
                    yield f"{where}：{sheets[name].material} 已于 {withdrawal}（换一份要点，照它写的都会拦截）"

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

    def _claim_problems(self) -> Iterator[Problem]:
        """Find every line that claims a person or a result, and that no story stands behind."""
        from .claims import problems

        yield from problems(self.library, self.writer("template"))  # type: ignore[arg-type]

    def _quote_problems(self) -> Iterator[Problem]:
        """Find every kept fact whose quote does not stand at its place in the material."""
        from ..ingest import read

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

    def state(self, campaign: str, segment: str, notebook: Path, parameters: Mapping[str, Any]) -> str:
        """Digest everything a segment's run depends on: parameters, content, wording, notebook, code."""
        digest = blake2b(digest_size=16)
        digest.update(json.dumps([campaign, segment, dict(sorted(parameters.items()))], ensure_ascii=False).encode())
        digest.update(notebook.read_bytes())
        digest.update(self._fingerprint(code=True).encode())
        return digest.hexdigest()

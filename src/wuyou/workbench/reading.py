"""From a headquarters file to proposed facts, and from a changed file to what has to be confirmed again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import MaterialError, StoreError
from .rooms import Rooms

if TYPE_CHECKING:
    from ..sheets import Change
    from ..show import Page
    from ..values import Fact, FactSheet, Material

READINGS = ".read"
"""Folder beside the fact sheets that keeps what the machine proposed: the third side of a later comparison."""


class Reading(NamedTuple):
    """What was read from a file: the text, the proposed facts, and the fact sheet that exists for it already."""

    material: Material
    facts: tuple[Fact, ...]
    known: FactSheet | None = None
    changes: tuple[Change, ...] = ()
    """How the known sheet stands to the file of today."""

    @property
    def changed(self) -> tuple[Change, ...]:
        """The changes that somebody has to look at."""
        return tuple(change for change in self.changes if change.what != "same")

    def wire(self) -> dict[str, Any]:
        """Return the contract of ``read --json``: see ``docs/wire-schema.md``."""
        by_people = {"formula", "derived_from", "withdrawn"}
        facts = [fact.model_dump(mode="json", exclude=by_people) for fact in self.facts]
        return {"file": Path(self.material.path).name, "title": self.material.title, "facts": facts}


class ReadingDesk(Rooms):
    """Reads material; a person decides what is kept."""

    def read(self, path: str | Path) -> Reading:
        """Read a headquarters file, propose facts, and compare them with the sheet that exists for it.

        Raises MaterialError when it cannot be read or holds no fact at all.
        """
        from .. import sheets
        from ..ingest import distil, read

        file = self._find_material(Path(path))
        material = read(file)
        facts = distil(material)
        if not facts:
            raise MaterialError(
                "读到了文字，但没有找到一条要点", material.path, "请确认这是写着利率、日期、金额或条件的总行物料"
            )
        known = next((sheet for sheet in self.library.sheets.values() if sheet.material == file.name), None)
        changes = sheets.compare(known, self._last_reading(known.name), material, facts) if known else ()
        return Reading(material, facts, known, changes)

    def _find_material(self, path: Path) -> Path:
        """Accept a path as given, or a name inside ``materials/``."""
        inside = self.library.folder / "materials" / path
        return inside if not path.exists() and inside.exists() else path

    def passages(self, reading: Reading) -> Page:
        """Return the text of a material with the proposed facts beside their passages."""
        from ..show.material import reading as page

        return page(reading.material, reading.facts)

    def differences(self, reading: Reading) -> str:
        """Return what is no longer as it was kept, three sides in a row; an empty text when all agrees."""
        from ..sheets import TITLES
        from ..show.material import differences

        rows = [
            (
                TITLES[change.what],
                change.mine.key if change.mine else "",
                change.mine.value if change.mine else "",
                change.base.value if change.base else "",
                change.theirs.value if change.theirs else "",
                change.theirs.citation.locator if change.theirs else "",
            )
            for change in reading.changed
        ]
        return differences(rows) if rows else ""

    def propose(self, reading: Reading, name: str = "", *, update: bool = False) -> str:
        """Write the proposed facts as a fact sheet for a person to thin out; say in Chinese what was done.

        A sheet that exists is only touched with ``update``, which writes in what has changed and keeps every comment;
        a file outside ``materials/`` leaves none. Raises StoreError when the name is taken by another material's sheet.
        """
        from .. import sheets
        from ..store import write_text

        library = self.library
        if reading.known is not None:
            return self._update(reading, reading.known) if update else self._standing(reading, reading.known)
        if not (library.folder / "materials" / reading.material.path).exists():
            return "这份文件不在 content_library/materials/ 里，要点没有存（要留下，请先把原件放进去再读一次）"
        name = name or Path(reading.material.path).stem
        sheet = library.folder / "facts" / f"{name}.yml"
        if sheet.exists():
            raise StoreError("已经有这个名字的要点文件", library.label(sheet), "请用 --name 另起一个名字")
        write_text(sheet, sheets.new(reading.material, reading.facts))
        self._remember(name, reading)
        return f"→ {library.label(sheet)}（请删去不要的，确认后在 kept_by 写上名字）"

    def _standing(self, reading: Reading, known: FactSheet) -> str:
        """Say how an existing sheet stands to the file, touching nothing."""
        label = self.library.label(self.library.folder / "facts" / f"{known.name}.yml")
        if not reading.changed:
            return f"已有 {label}，与原件一致，没有改动它"
        return f"已有 {label}，有 {len(reading.changed)} 处与原件对不上，没有改动它（加 --update 写进去，批注都会留着）"

    def _update(self, reading: Reading, known: FactSheet) -> str:
        from .. import sheets
        from ..store import write_text

        path = self.library.folder / "facts" / f"{known.name}.yml"
        label = self.library.label(path)
        text = sheets.updated(path.read_text(encoding="utf-8-sig"), label, reading.changes, reading.material.digest)
        write_text(path, text)
        self._remember(known.name, reading)
        lost = sum(change.what in ("changed", "conflict", "gone", "new") for change in reading.changes)
        return f"→ {label}（改了 {len(reading.changed)} 处，其中 {lost} 处要重新署名）"

    def _remember(self, name: str, reading: Reading) -> None:
        """Keep what the machine proposed, for the next comparison."""
        from ..store import write_text

        facts = [fact.model_dump(mode="json", exclude_defaults=True) for fact in reading.facts]
        content = {"digest": reading.material.digest, "facts": facts}
        path = self.library.folder / "facts" / READINGS / f"{name}.json"
        write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def _last_reading(self, name: str) -> tuple[Fact, ...] | None:
        """Return what the machine proposed last time; nothing when that was not kept or cannot be read."""
        from ..values import Fact

        path = self.library.folder / "facts" / READINGS / f"{name}.json"
        try:
            return tuple(Fact.model_validate(row) for row in json.loads(path.read_text(encoding="utf-8"))["facts"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

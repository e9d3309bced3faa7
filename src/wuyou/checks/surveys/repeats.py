"""The survey that looks at pictures: does a segment see the same drawing or arrangement again too soon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ...values import Cadence, Calendar, Entry, Finding, Picture
from .survey import Survey, place, who


class RepeatSurvey(Survey):
    """Ask whether one segment sees a picture again too soon: 几天之内不出现同一幅画、同一种摆法."""

    kind: Literal["repeat"]
    of: Literal["drawing", "look"]
    """The drawing or photo, or the arrangement of the layout."""
    days: Annotated[int, Field(ge=1)]
    """Within so many days."""

    def survey(self, calendar: Calendar, cadence: Cadence | None) -> Iterator[Finding]:  # noqa: ARG002  (quota needs it)
        """Yield each post whose picture shows what an earlier post of the same run has shown; a set is one post."""
        runs: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        for entry in calendar.entries:
            brief = entry.post.brief
            if brief.segment is not None and not brief.slot.standing:
                runs[brief.segment.name, brief.variant].append(entry)
        for _, entries in sorted(runs.items()):
            entries.sort(key=lambda entry: (entry.post.brief.slot.on, entry.post.brief.slot.key))
            last: dict[str, Entry] = {}
            for entry in entries:
                shown = dict.fromkeys(name for each in entry.post.pictures if (name := self._shows(each)))
                for name in shown:
                    before = last.get(name)
                    apart = (entry.post.brief.slot.on - before.post.brief.slot.on).days if before else self.days
                    if before and apart < self.days:
                        yield self.finding(
                            place(entry), what=who(entry), found=name, other=who(before), days=apart, limit=self.days
                        )
                last.update(dict.fromkeys(shown, entry))

    def _shows(self, picture: Picture) -> str:
        if self.of == "look":
            return f"{picture.design}·{picture.look}" if picture.look else ""
        return picture.photo.partition("#")[0] or picture.drawing

"""One genre on one day, outside any calendar: what staff need when something happens, or when a feast comes up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ..errors import WuyouError
from .writing import WritingDesk

if TYPE_CHECKING:
    from ..values import Brief, Campaign, Checked


class OccasionDesk(WritingDesk):
    """Writes drafts for an occasion: judged like any other post, in no calendar until a cadence asks for the genre."""

    def occasion(
        self,
        genre: str,
        segment: str,
        *,
        on: dt.date | str,
        channel: str = "",
        variants: int = 1,
        writer: str = "template",
    ) -> tuple[Checked, ...]:
        """Write a genre for a segment on a day, on every channel that has wordings for it, or on one.

        Raises WuyouError when no channel has; PlanError when no fact is alive or no feast is near.
        """
        try:
            on = dt.date.fromisoformat(on) if isinstance(on, str) else on
        except ValueError as error:
            raise WuyouError(f"看不懂日期：{on}", "on", "要写成 2026-11-23") from error
        return self.compose(self.occasion_briefs(genre, segment, on=on, channel=channel, variants=variants), writer)

    def occasion_briefs(
        self, genre: str, segment: str, *, on: dt.date, channel: str = "", variants: int = 1
    ) -> tuple[Brief, ...]:
        """Return the briefs of an occasion: the facts are those that a campaign names for the genre."""
        from .. import planner
        from ..values import Beat, Cadence, Quota

        library = self.library
        chosen, readers = library.get("genres", genre), library.get("segments", segment)
        wordings = self.writer("template").wordings  # type: ignore[attr-defined]
        channels = [name for name in library.channels if (not channel or name == channel) and wordings(name, genre)]
        if not channels:
            where = f"templates/posts/{channel or '渠道'}/{genre}.1.md.j2"
            raise WuyouError(f"没有 {chosen.title} 的写法", where, "请照旁边的模板写一份")
        campaign = self._naming(genre, segment)
        asking = [
            beat.arc
            for cadence in library.cadences.values()
            for beat in cadence.beats
            if any(quota.genre == genre for quota in beat.quotas)
        ]
        beat = Beat(
            name="occasion",
            title="单发",
            days=(1, 1),
            arc=min(asking, default=min(library.arcs)),
            quotas=tuple(Quota(channel=name, genre=genre, count=1) for name in channels),
        )
        cadence = Cadence(name="occasion", title="单发", round_days=1, rounds=1, beats=(beat,))
        stock = self._stock(campaign.cadence)._replace(cadence=cadence)
        single = campaign.model_copy(update={"start": on, "skip": (), "variants": variants, "segments": (segment,)})
        return planner.plan(single, readers, stock)

    def _naming(self, genre: str, segment: str) -> Campaign:
        """Return the campaign that names facts for a genre and reaches a segment; or any, first by name."""
        campaigns = self.library.campaigns
        if not campaigns:
            raise WuyouError("还没有活动", "content_library/campaigns", "请照示例写一个，要点从它那里取")
        return min(
            campaigns.values(),
            key=lambda each: (
                not any(theme.genre == genre for theme in each.facts),
                segment not in each.segments,
                each.name,
            ),
        )

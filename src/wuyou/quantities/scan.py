"""Finds the quantities of a text: pattern by pattern, then joins what belongs together and judges what it means."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from ..regexes import regex
from .context import bound_of, is_claim
from .flatten import flatten
from .hit import Hit
from .patterns import NEVER
from .quantity import Day, Quantity
from .readers import STAGES

_TO = r" ?(?:至|到|-{1,2}|~) ?"
_GAP = regex(rf"(?:\(不?含\))?{_TO}(?:次日|当日|当天|第二天|每?周|星期)?")
_DATE_GAP = regex(
    r" ?(?:\([^()]{1,8}\))? ?起?(?:[,，] ?(?=至|到|截))? ?(?:至|到|-{1,2}|~|截至|截止到?) ?"
    r"(?P<next>次年|明年)?(?:次日|当日)? ?"
)
_LIST = regex(r" ?(?:、|,|，|和|及|与|或|以及) ?")
_WRITTEN = regex(r"\d{1,8}(?:\.\d{1,4})?")
_NOON = 12 * 60


POSSIBLE = regex(r"[0-9０-９零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾貳參陸半兩每逢隔周週星礼拾佰仟首]")
"""What no quantity can do without."""


@lru_cache(maxsize=1 << 13)
def find(text: str) -> tuple[Quantity, ...]:
    """Find the quantities of a text in their order; the clock times inside a date range stand beside it."""
    if not POSSIBLE.search(text):
        return ()
    flat, places = flatten(text)
    work = _cover(flat, [match.span() for match in NEVER.finditer(flat)])
    hits: list[Hit] = []
    chars = frozenset(flat)
    for pattern, read, needs in STAGES:
        if needs.isdisjoint(chars):
            continue
        fresh = [hit for match in pattern.finditer(work) for hit in read(match)]
        hits += fresh
        work = _cover(work, [(hit.start, hit.end) for hit in fresh])
    found = []
    for hit in sorted(_join(hits, flat), key=lambda hit: (hit.start, -hit.end)):
        written = flat[hit.start : hit.end]
        trimmed = hit._replace(start=hit.end - len(written.lstrip()), end=hit.start + len(written.rstrip()))
        bound = bound_of(trimmed, flat)
        claim = is_claim(trimmed, bound, flat)
        start, end = places[trimmed.start], places[trimmed.end - 1] + 1
        found.append(Quantity(hit.kind, text[start:end], start, end, hit.low, hit.high, hit.unit, bound, claim))
    return tuple(found)


def _cover(text: str, spans: list[tuple[int, int]]) -> str:
    """Cover the spans, so that later patterns do not see them."""
    if not spans:
        return text
    chars = list(text)
    for start, end in spans:
        chars[start:end] = "\0" * (end - start)
    return "".join(chars)


def _join(hits: list[Hit], flat: str) -> list[Hit]:
    """Join the ends of ranges written with a unit on both sides; give a day the month that stands before it."""
    hits = _shared(sorted(hits, key=lambda hit: hit.start), flat)
    clocks = _ranges([hit for hit in hits if hit.kind == "clock"], flat)
    dates = _dates([hit for hit in hits if isinstance(hit.low, Day)], clocks, flat)
    others = [hit for hit in hits if hit.kind != "clock" and not isinstance(hit.low, Day)]
    return [*clocks, *dates, *_ranges(others, flat)]


def _shared(hits: list[Hit], flat: str) -> list[Hit]:
    """Give bare numbers the unit of the last one of their list: 3、5、10年, 15/20/30BP, 9月2、9、16日."""
    shared: list[Hit] = []
    for hit in reversed(hits):
        last = shared[-1] if shared else None
        if (
            last is not None
            and (hit.kind, hit.unit) == ("number", "")
            and (last.unit or isinstance(last.low, Day))
            and last.kind in ("term", "rate", "count", "amount", "date")
            and flat[hit.end : last.start] in ("、", "/", "和", "或")
            and (written := _WRITTEN.match(flat, last.start))
            and isinstance(hit.low, Decimal)
        ):
            low, end = last.low, Decimal(written[0])
            if isinstance(low, Day):
                day = Day(day=int(hit.low))
                if hit.low == day.day and 1 <= hit.low <= 31 and low.month is None:
                    shared.append(Hit("date", hit.start, hit.end, day, day, "date"))
                    continue
            elif end:
                value = hit.low * low / end
                shared.append(hit._replace(kind=last.kind, unit=last.unit, low=value, high=value))
                continue
        shared.append(hit)
    return shared[::-1]


def _ranges(hits: list[Hit], flat: str) -> list[Hit]:
    """Join neighbours of one kind and unit that a dash or 至 connects."""
    joined: list[Hit] = []
    for hit in hits:
        last = joined[-1] if joined else None
        if (
            last is None
            or (last.kind, last.unit) != (hit.kind, hit.unit)
            or last.low != last.high
            or hit.low != hit.high
        ):
            joined.append(hit)
            continue
        gap = flat[last.end : hit.start]
        if last.unit in ("digits", "ordinal", "") or not _GAP.fullmatch(gap):
            joined.append(hit)
            continue
        low, high = last.low, hit.high
        if hit.kind == "clock" and not isinstance(low, Day) and not isinstance(high, Day) and "次" not in gap:
            high += _NOON if low >= _NOON > high and high + _NOON > low else 0  # 下午2点到5点
        joined[-1] = last._replace(end=hit.end, high=high)
    return joined


def _dates(hits: list[Hit], clocks: list[Hit], flat: str) -> list[Hit]:
    joined: list[Hit] = []
    for hit in hits:
        last = joined[-1] if joined else None
        if last is None or not (isinstance(last.high, Day) and isinstance(hit.low, Day) and isinstance(hit.high, Day)):
            joined.append(hit)
            continue
        gap = _without(clocks, flat, last.end, hit.start)
        if hit.low.month is None and hit.low.day and last.high.month and last.high.day and _LIST.fullmatch(gap):
            year, month = last.high.year, last.high.month
            low, high = (day._replace(year=year, month=month) for day in (hit.low, hit.high))
            joined.append(hit._replace(low=low, high=high))
        elif last.kind == "date" and hit.kind == "date" and (match := _DATE_GAP.fullmatch(gap)):
            later = bool(match["next"]) or flat[hit.start :].startswith(("次年", "明年", "翌年"))
            low, high = _ends(last.high, hit.low, later=later)
            joined[-1] = Hit("date_range", last.start, _end_with_clock(clocks, last, hit, flat), low, high, "date")
        else:
            joined.append(hit)
    return joined


def _without(clocks: list[Hit], flat: str, start: int, end: int) -> str:
    """Return the text between two places without the clock time in it."""
    for clock in clocks:
        if start <= clock.start and clock.end <= end:
            return flat[start : clock.start] + flat[clock.end : end]
    return flat[start:end]


def _end_with_clock(clocks: list[Hit], first: Hit, last: Hit, flat: str) -> int:
    """Return where a date range ends: after the clock time of its last day, when its first day has one too."""
    after = next((clock for clock in clocks if clock.start >= last.end), None)
    if after is None or flat[last.end : after.start].strip():
        return last.end
    return after.end if any(first.end <= clock.start and clock.end <= last.start for clock in clocks) else last.end


def _ends(low: Day, high: Day, *, later: bool) -> tuple[Day, Day]:
    """Give each end of a range the year and month that only the other one says."""
    if high.month is None and high.year is None:
        high = high._replace(month=low.month)
    turned = (high.month or 0, high.day or 0) < (low.month or 0, low.day or 0)
    if low.year and not high.year:
        high = high._replace(year=low.year + (1 if later or turned else 0))
    elif high.year and not low.year:
        low = low._replace(year=high.year - (1 if turned else 0))
    return low, high

"""Whether one quantity is carried by another: the comparison behind grounding."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..regexes import regex
from .quantity import Day, Kind, Quantity

_COUNTED = frozenset({"piece", "person", "household", "group", "time", "session"})
"""Units between which people are not strict: 58家网点, 58个网点."""
_ACROSS = ({"ordinal", "session"}, {"date"})
"""Units of different kinds that may be compared."""
_APART = frozenset({"ordinal", "discount", "clock", "weekday"})
"""Units that a bare number never means."""
_TOLERANCE = {"rate": Decimal("0.03")}
_ELSE = Decimal("0.1")
_ROUGH = Decimal("0.05")
"""By how much 四分之一 may miss what it stands for."""
_FRACTION = regex(r"[二三四五六七八九十]分之")
_BASE_POINTS = regex(r"BP|bp|基点|[Ｂｂ]")
_HALVED = frozenset({"减半", "折半", "对半", "一半", "減半", "對半"})
"""Five tenths of the price."""
_NOON = 12 * 60
_HOURS = frozenset("123456789一二两三四五六七八九十１２３４５６７８９")


def says(claim: Quantity, sources: Iterable[Quantity]) -> bool:
    """Tell whether any of the sources carries the claim; the two ends of a range may stand apart.

    The ends of a range of *dates* may stand apart only where the sources call them beginning and end.
    """
    sources = tuple(sources)
    if any(same(claim, source) for source in sources):
        return True
    if not claim.is_range:
        return False
    kind: Kind = "date" if claim.kind == "date_range" else claim.kind
    first, last = claim._replace(kind=kind, high=claim.low), claim._replace(kind=kind, low=claim.high)
    if claim.kind == "date_range":
        starts = [source for source in sources if source.kind == "date" and source.bound == "起"]
        ends = [source for source in sources if source.kind == "date" and source.bound == "止"]
        return any(same(first, source) for source in starts) and any(same(last, source) for source in ends)
    points = [source for source in sources if not source.is_range]
    return any(same(first, source) for source in points) and any(same(last, source) for source in points)


def same(claim: Quantity, source: Quantity) -> bool:
    """Tell whether the claim's value is the source's.

    Equal after canonicalisation: 1.75% = 百分之一点七五, 3年 = 36个月, 半年 ≈ 180天, 下午两点半 = 14:30. A date may
    leave out its year and may lie inside a range of dates; one end of any range may be named alone. 约, 近 and 多 allow
    for rounding, by 3 % of a rate and 10 % of anything else. Bounds are not compared: whether 20万元起 may be told as
    20万元 is no question of numbers.
    """
    if claim.kind != source.kind and claim.unit and source.unit and {claim.unit, source.unit} not in _ACROSS:
        return False
    if isinstance(claim.low, Day) or isinstance(source.low, Day):
        return _same_days(claim, source)
    if "phone" in (claim.kind, source.kind):
        return claim.kind == source.kind and claim.normalized == source.normalized
    if claim.unit == "pip" or source.unit == "pip":
        return any(same(one, other) for one in _pips(claim) for other in _pips(source))
    if claim.kind == source.kind == "clock" and _half_day(claim) and isinstance(claim.high, Decimal):
        later = claim._replace(low=claim.low + _NOON, high=claim.high + _NOON, text=f"下午{claim.text}")
        if same(later, source):
            return True
    if {claim.unit, source.unit} == {"discount", "ratio"} and {claim.text, source.text} & _HALVED:
        return claim.low == source.low
    scaled = _scaled(claim, source)
    if scaled is None or not isinstance(claim.high, Decimal):
        return False
    low, high = scaled
    if claim.is_range:
        return _near(claim, claim.low, low) and _near(claim, claim.high, high)
    if claim.unit == "weekday" or {claim.unit, source.unit} == {"month", "day"}:
        return low <= claim.low <= high
    return _near(claim, claim.low, low) or _near(claim, claim.low, high)


def _pips(quantity: Quantity) -> tuple[Quantity, ...]:
    """Return what 八个点 may mean: eight per cent, or eight base points."""
    if quantity.unit != "pip" or not isinstance(quantity.low, Decimal) or not isinstance(quantity.high, Decimal):
        return (quantity,)
    parts = Decimal("0.01"), Decimal("0.0001")
    return tuple(quantity._replace(low=quantity.low * part, high=quantity.high * part, unit="ratio") for part in parts)


def _half_day(claim: Quantity) -> bool:
    """Tell whether an hour was told in words without its part of the day: 四点半 may be 16:30."""
    return ":" not in claim.text and "：" not in claim.text and claim.high < _NOON and claim.text[0] in _HOURS  # type: ignore[operator]


def _scaled(claim: Quantity, source: Quantity) -> tuple[Decimal, Decimal] | None:
    """Return the source's two ends in the claim's unit, or None where they cannot be compared."""
    low, high = source.low, source.high
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    ours, theirs = claim.unit, source.unit
    if (ours, theirs) == ("day", "month"):
        return low * 30, high * 31
    if (ours, theirs) == ("month", "day"):
        return low / 31, high / 30
    if (ours, theirs) == ("day", "minute"):
        return low / 1440, high / 1440
    if not ours and theirs == "ratio" and _BASE_POINTS.search(source.text):
        return low * 10_000, high * 10_000
    factor = _factor(ours, theirs)
    return None if factor is None else (low * factor, high * factor)


def _factor(ours: str, theirs: str) -> Decimal | None:
    """Return by what a number in the source's unit is multiplied to be in the claim's; None where nothing fits."""
    if ours == theirs or {ours, theirs} == {"ordinal", "session"}:
        return Decimal(1)
    if {ours, theirs} <= _COUNTED and "piece" in (ours, theirs):
        return Decimal(1)
    if {ours, theirs} & _APART or "" not in (ours, theirs):
        return Decimal(1440) if (ours, theirs) == ("minute", "day") else None
    return Decimal("0.01") if ours == "ratio" else Decimal(100) if theirs == "ratio" else Decimal(1)


def _near(claim: Quantity, said: Decimal, true: Decimal) -> bool:
    """Compare one end, allowing for what the claim's own words allow."""
    if claim.unit == "ratio" and _FRACTION.match(claim.text):
        return abs(said - true) <= abs(true) * _ROUGH
    if claim.bound not in ("约", "近", "多"):
        return said == true
    step = Decimal(1).scaleb(int(said.normalize().as_tuple().exponent))
    if claim.bound == "多":
        return said <= true < said + step
    if claim.bound == "近" and true > said:
        return False
    tolerance = _ELSE * 2 if claim.text.endswith("成") else _TOLERANCE.get(claim.kind, _ELSE)
    return said == true or (abs(said - true) <= step / 2 and abs(said - true) <= tolerance * abs(true))


# ── days ──


def _same_days(claim: Quantity, source: Quantity) -> bool:
    low, high, begin, end = claim.low, claim.high, source.low, source.high
    if not (isinstance(low, Day) and isinstance(high, Day) and isinstance(begin, Day) and isinstance(end, Day)):
        return False
    if claim.kind == "date_range":
        return source.kind == "date_range" and _agrees(low, begin) and _agrees(high, end)
    if source.kind == "date":
        return _agrees(low, begin)
    if claim.bound == "止":
        return _agrees(low, end)
    if claim.bound == "起":
        return _agrees(low, begin)
    return _agrees(low, begin) or _agrees(low, end) or _inside(low, begin, end)


def _agrees(said: Day, true: Day) -> bool:
    """Tell whether a date says nothing but what the true one says: 11月1日 agrees with 2026年11月1日, not with 11月."""
    if said.year is not None and said.year != true.year and (true.year is not None or said.month is None):
        return False
    if said.day is not None and said.month is None:
        return said.day == true.day
    return said.month in (None, true.month) and said.day in (None, true.day)


def _inside(said: Day, begin: Day, end: Day) -> bool:
    """Tell whether a date lies between two others; without years the range is one year's, or crosses New Year once."""
    if said.month is None or begin.month is None or end.month is None:
        alone = said.month is None and said.day is None
        return bool(alone and said.year and begin.year and end.year and begin.year < said.year < end.year)
    whole = said.day is not None
    first, last = (begin.month, (begin.day or 1) if whole else 0), (end.month, (end.day or 31) if whole else 0)
    at = (said.month, said.day or 0)
    if begin.year and end.year:
        years = (said.year,) if said.year else tuple(range(begin.year, end.year + 1))
        return any((begin.year, *first) <= (year, *at) <= (end.year, *last) for year in years)
    return first <= at <= last if first <= last else at >= first or at <= last

"""Reads charts as tables: a chart says the numbers that stand on it as labels, and no others.

It reads elements of DrawingML; what a chart only draws nobody can tell exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from ..tables.shown import shown
from .cells import Cell, Row
from .shapes import Element

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def labelled(chart: Element) -> Iterator[Row]:
    """Yield a chart whose values stand on it as a table: a column for each series."""
    columns: list[tuple[str, dict[int, str]]] = []
    names: dict[int, str] = {}
    for series in chart.iter(f"{C}ser"):
        labels = _labels(series)
        if labels is None:
            continue
        for kind in ("cat", "xVal"):
            names |= {index: text for index, text in _points(series.find(f"{C}{kind}"), "") if index not in names}
        values = next((found for kind in ("val", "yVal") if (found := series.find(f"{C}{kind}")) is not None), None)
        name = " ".join(part.text or "" for part in series.iterfind(f"{C}tx//{C}v"))
        columns.append((name.strip(), dict(_points(values, labels))))
    if columns:
        heads = ("", *(name for name, _ in columns))
        yield Row(tuple(Cell(text, at, at) for at, text in enumerate(heads)))
    for index in sorted({index for _, values in columns for index in values}):
        texts = (names.get(index, ""), *(values.get(index, "") for _, values in columns))
        yield Row(tuple(Cell(text, at, at) for at, text in enumerate(texts)))


def _labels(series: Element) -> str | None:
    """Return the number format of a series' labels, empty for that of its numbers; nothing when it shows none."""
    for holder in (series, series.getparent()):
        labels = holder.find(f"{C}dLbls")
        value = labels.find(f"{C}showVal") if labels is not None else None
        if value is not None:
            code = labels.find(f"{C}numFmt")
            own = code is not None and code.get("sourceLinked", "0") in ("0", "false")
            return (code.get("formatCode", "") if own else "") if value.get("val", "1") in ("1", "true") else None
    return None


def _points(holder: Element | None, code: str) -> Iterator[tuple[int, str]]:
    """Yield the cached points of a series as they are shown."""
    own = holder.findtext(f".//{C}formatCode") if holder is not None else ""
    for point in holder.iter(f"{C}pt") if holder is not None else ():
        text, index = (point.findtext(f"{C}v") or "").strip(), point.get("idx", "")
        if index.isdecimal() and len(index) < 6:
            yield int(index), _as_shown(text, code or own or "General") if own else text


def _as_shown(text: str, code: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return shown(number, code) if number.is_finite() else text

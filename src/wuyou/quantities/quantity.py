"""What a quantity is: its kind, its place in the text, its value in one canonical unit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["rate", "amount", "term", "date", "date_range", "clock", "count", "phone", "number"]
Bound: TypeAlias = Literal["", "约", "近", "多", "起", "内", "前", "止"]
"""How words bind it: 约/左右, 近/将近, 三千多, 起/以上/至少/满, 以内/不超过/最高, 前…名; a date: 起, 止 (前, 截止)."""


class Day(NamedTuple):
    """A date as far as it was said: 2026年11月1日, 11月1日, 11月, 2026年, 15日."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def date(self) -> dt.date | None:
        """The date, when it was said whole and exists."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return dt.date(self.year, self.month, self.day)
        except ValueError:
            return None

    def __str__(self) -> str:
        """Write it as in ISO 8601, a dash for what was not said: 2026-11-01, --11-01, ---15."""
        year = f"{self.year:04d}" if self.year else "-"
        if self.month is None:
            return year if self.day is None else f"---{self.day:02d}"
        return f"{year}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")


class Quantity(NamedTuple):
    """A number with its unit, where it stands in the original text, and what it is worth."""

    kind: Kind
    """What sort of quantity."""
    text: str
    """The number and its unit as written, without the words that bind it."""
    start: int
    """Index of its first character in the original text."""
    end: int
    """Index after its last character."""
    low: Decimal | Day
    """Its value, or the lower end of a range."""
    high: Decimal | Day
    """The upper end of a range; equal to ``low`` otherwise."""
    unit: str = ""
    """ratio, discount (8.5折 is 0.85), CNY, USD…, month, day, workday, minute, date, weekday, clock (minutes of a day),
    person, household, piece, time, point, gram, age, multiple, ordinal, digits…; empty for a bare number."""
    bound: Bound = ""
    """How it is bound."""
    claim: bool = True
    """False when in a post it is more likely everyday talk than a statement about the bank."""

    @property
    def is_range(self) -> bool:
        """Whether its two ends differ."""
        return self.low != self.high

    @property
    def normalized(self) -> str:
        """The machine form used in facts: 0.0175, 200000, P36M, P180D, 2026-11-01/2026-12-31, 09:00."""
        low, high = self._plain(self.low), self._plain(self.high)
        return low if low == high and self.kind != "date_range" else f"{low}/{high}"

    def _plain(self, value: Decimal | Day) -> str:
        if isinstance(value, Day):
            return str(value)
        if self.kind == "clock":
            return f"{int(value) // 60:02d}:{int(value) % 60:02d}"
        if self.kind == "phone":
            return "".join(str(int(char)) for char in self.text if char.isdecimal())
        form = {"month": "P{}M", "day": "P{}D", "workday": "P{}D", "minute": "PT{}M"}.get(self.unit, "{}")
        if self.unit == "minute" and value % 60 == 0:
            form, value = "PT{}H", value / 60
        return form.format(f"{value.normalize():f}")

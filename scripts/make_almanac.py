"""Rebuild src/wuyou/data/almanac.txt: the solar terms and the lunar months of each year, a line a year.

Needs ``lunar-python`` (MIT). The table is kept instead of the library so that a plan depends on no version of it and
starts without it.

usage: python scripts/make_almanac.py
"""

from pathlib import Path

YEARS = range(2020, 2061)
TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
    "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip
HEADER = (
    "# year | month and day of the 24 solar terms | first day of the lunar year, then the length of its months, L a leap one\n"
    f"# {' '.join(TERMS)}\n"
)


def line(year: int) -> str:
    from lunar_python import Lunar, LunarYear, Solar

    table = {name: day.toYmd() for name, day in Lunar.fromYmd(year, 6, 1).getJieQiTable().items()}
    table["冬至"] = Lunar.fromYmd(year, 6, 1).getJieQiTable()["DONG_ZHI"].toYmd()
    terms = [table[name] for name in TERMS]
    assert all(day.startswith(str(year)) for day in terms), terms
    months = [month for month in LunarYear.fromYear(year).getMonths() if month.getYear() == year]
    first = Solar.fromJulianDay(months[0].getFirstJulianDay()).toYmd()
    lengths = [f"{'L' if month.getMonth() < 0 else ''}{month.getDayCount()}" for month in months]
    return f"{year} | {' '.join(day[5:] for day in terms)} | {first[5:]} {' '.join(lengths)}\n"


def main() -> None:
    target = Path(__file__).parent.parent / "src" / "wuyou" / "data" / "almanac.txt"
    target.write_text(HEADER + "".join(map(line, YEARS)), encoding="utf-8")
    print(f"{len(YEARS)} 年 → {target}")


if __name__ == "__main__":
    main()

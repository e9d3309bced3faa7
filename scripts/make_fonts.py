"""Rebuild src/wuyou/fonts: static Regular and Bold of Noto Sans SC, cut to what posters may say.

Needs ``fonttools`` and the variable font ``NotoSansSC[wght].ttf`` with its ``OFL.txt`` beside it, as the package
``justmytype-intl-cjk`` ships them (SIL Open Font License 1.1; the licence travels with the cut fonts).
Kept are GB 2312, ASCII, general and Chinese punctuation, full-width forms and the symbols that bank texts use.
``coverage.txt`` lists the kept characters, so that no font has to be opened to know whether a text can be drawn.
The same font and the same fonttools give the same bytes.

usage: python scripts/make_fonts.py 'NotoSansSC[wght].ttf'
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = {"Regular": 400, "Bold": 700}
SYMBOLS = "·•©®℃％‰★☆●○■□▲△▼◆✓✔✕→←↑↓…—–“”‘’￥€¥±×÷≈≤≥"
BLOCKS = ((0x20, 0x7F), (0xA0, 0x100), (0x2010, 0x2030), (0x2460, 0x2474), (0x3000, 0x3020), (0xFF00, 0xFFF0))
EXTRA = "啰瞭喆堃囍"
"""Outside GB 2312, yet in everyday chat and in names."""
ROW = 64


def wanted() -> set[int]:
    """Return the code points that posters may use, whether or not the font has them."""
    codes = set(map(ord, SYMBOLS + EXTRA))
    for low, high in BLOCKS:
        codes.update(range(low, high))
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            codes.update(map(ord, bytes((row, cell)).decode("gb2312", "ignore")))
    return codes - {0x2028, 0x2029}


def cut(source: Path, weight: int) -> TTFont:
    """Return the font at one weight, with the wanted characters only."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted())
    cutter.subset(font)
    return instancer.instantiateVariableFont(font, {"wght": weight}, updateFontNames=True)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    target = Path(__file__).parent.parent / "src" / "wuyou" / "fonts"
    target.mkdir(exist_ok=True)
    covered: set[int] = set()
    for name, weight in WEIGHTS.items():
        font = cut(source, weight)
        path = target / f"NotoSansSC-{name}.ttf"
        font.save(path)
        drawn = {code for code in font.getBestCmap() if code >= 0x20}
        covered = covered & drawn if covered else drawn
        print(f"{path.name}：{len(drawn)} 个字，{path.stat().st_size / 1e6:.2f} MB")
    chars = "".join(map(chr, sorted(covered)))
    rows = (chars[start : start + ROW] for start in range(0, len(chars), ROW))
    (target / "coverage.txt").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    (target / "OFL.txt").write_bytes((source.parent / "OFL.txt").read_bytes())


if __name__ == "__main__":
    main()

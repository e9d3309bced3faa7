"""Rebuild src/wuyou/data/traditional.txt: one Traditional character and its Simplified form a line.

Needs ``opencc-python-reimplemented`` (Apache-2.0), whose character table comes from OpenCC (Apache-2.0).
Only single characters inside the Basic Multilingual Plane are taken; the first Simplified form wins.

usage: python scripts/make_traditional.py
"""

from importlib.resources import files
from pathlib import Path

HEADER = "# Traditional → Simplified, from OpenCC's TSCharacters (Apache-2.0), plus variants common in our sources.\n"
OURS = {"壹": "一", "妳": "你", "祂": "他", "牠": "它"}


def main() -> None:
    table = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = dict(OURS)
    for line in table.splitlines():
        old, _, new = line.partition("\t")
        first = new.split(" ")[0]
        if len(old) == 1 and len(first) == 1 and old != first and ord(old) < 0x10000 and ord(first) < 0x10000:
            pairs.setdefault(old, first)
    for old in list(pairs):  # some Simplified forms are simplified once more: follow the chain to its end
        while pairs[old] in pairs:
            pairs[old] = pairs[pairs[old]]
    target = Path(__file__).parent.parent / "src" / "wuyou" / "data" / "traditional.txt"
    target.write_text(HEADER + "".join(f"{old}{new}\n" for old, new in sorted(pairs.items())), encoding="utf-8")
    print(f"{len(pairs)} 个字 → {target}")


if __name__ == "__main__":
    main()

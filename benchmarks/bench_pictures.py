"""Print how long a poster takes, on one thread and on two.

usage: python benchmarks/bench_pictures.py [how many]
"""

import sys
import tempfile
import time
from pathlib import Path

from wuyou import pictures
from wuyou.values import Bank, Picture

POSTERS = Path(__file__).parent.parent / "templates" / "posters"
BANK = Bank(name="禾溪银行", short="禾溪", hotline="400-000-0505", sample=True, refusal="回“不用”就好。")


def wanted(count: int) -> list[Picture]:
    names = pictures.scene_names(POSTERS)
    return [
        Picture(
            kind="scene",
            headline=f"第{number}张图",
            lines=("工资到账那一刻", "先挪出一小份"),
            footnote="理财非存款，产品有风险，投资须谨慎。",
            scene=names[number % len(names)],
        )
        for number in range(count)
    ]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 90
    posters = wanted(count)
    for jobs in (1, 2, 1, 2):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            made = pictures.make(posters, Path(folder), POSTERS, bank=BANK, jobs=jobs)
            spent = time.perf_counter() - start
            size = sum(path.stat().st_size for path in made) / len(made) / 1000
            start = time.perf_counter()
            pictures.make(posters, Path(folder), POSTERS, bank=BANK, jobs=jobs)
            again = time.perf_counter() - start
        print(
            f"{jobs} 个线程：{count} 张 {spent:.2f} 秒，每张 {spent / count * 1000:.0f} 毫秒，"
            f"平均 {size:.0f} KB；都已有时 {again * 1000:.0f} 毫秒"
        )


if __name__ == "__main__":
    main()

"""Print how long a poster takes, on one thread and on two: every layout and arrangement, in both shapes.

usage: python benchmarks/bench_pictures.py [how many] [rounds]
The best of the rounds counts: what else runs on the machine only makes it slower. 处理器 is the processor time of all
threads together, which says what the work costs where the clock says how busy the machine was.
"""

import sys
import tempfile
import time
from pathlib import Path

from wuyou import pictures
from wuyou.pictures.tables import read_designs
from wuyou.values import Bank, Picture

POSTERS = Path(__file__).parent.parent / "templates" / "posters"
BANK = Bank(name="禾溪银行", short="禾溪", hotline="400-000-0505", sample=True, refusal="回“不用”就好。")
POINTS = ("转账选“次日到账”，24小时后才划走，划走前能撤销", "手机银行转账限额调低当时生效，调高要等24小时", "先停一停")


def wanted(count: int) -> list[Picture]:
    names, designs = pictures.scene_names(POSTERS), read_designs(POSTERS)
    looks = designs.looks(tuple(designs.layouts))
    made = []
    for number in range(count):
        design, look = looks[number % len(looks)]
        layout = designs.layouts[design]
        made.append(
            Picture(
                kind="scene",
                headline=f"第{number}张图",
                lines=() if design == "festival" else ("工资到账那一刻",),
                footnote="理财非存款，产品有风险，投资须谨慎。",
                scene=names[number % len(names)],
                design=design,
                look=look,
                shape="square" if number % 3 == 0 else "portrait",
                points=tuple(words[: layout.chars] for words in POINTS[: layout.points[1]]),
                figure={"quiz": "想在手机银行买储蓄国债，先要有什么？", "festival": "小雪", "counter": "第8天"}.get(
                    design, ""
                ),
                labels={"counter": ("一起打卡",), "before_after": ("以前", "现在")}.get(design, ()),
            )
        )
    return made


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 104
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    posters = wanted(count)
    best: dict[int, float] = {}
    least: dict[int, float] = {}
    for jobs in (1, 2) * rounds:
        with tempfile.TemporaryDirectory() as folder:
            start, worked = time.perf_counter(), time.process_time()
            made = pictures.make(posters, Path(folder), POSTERS, bank=BANK, jobs=jobs)
            spent, worked = time.perf_counter() - start, time.process_time() - worked
            sizes = [path.stat().st_size for path in made]
            start = time.perf_counter()
            pictures.make(posters, Path(folder), POSTERS, bank=BANK, jobs=jobs)
            again = time.perf_counter() - start
        best[jobs], least[jobs] = min(spent, best.get(jobs, spent)), min(worked, least.get(jobs, worked))
        print(
            f"{jobs} 个线程：{count} 张 {spent:.2f} 秒，每张 {spent / count * 1000:.0f} 毫秒（处理器 {worked / count * 1000:.0f}），"
            f"平均 {sum(sizes) / count / 1000:.0f} KB，最重 {max(sizes) // 1000} KB；都已有时 {again * 1000:.0f} 毫秒"
        )
    print(
        f"最好一次：一个线程每张 {best[1] / count * 1000:.0f} 毫秒（处理器 {least[1] / count * 1000:.0f}），"
        f"两个线程快 {best[1] / best[2]:.2f} 倍"
    )


if __name__ == "__main__":
    main()

"""Lay pictures of the sample campaigns side by side on one sheet, to be looked at before they go out.

usage: python scripts/contact_sheet.py SHEET.jpg [--campaign NAME]... [--segment NAME]... [--count 60] [--columns 10]
                                       [--wide 270] [--counted] [--branch NAME]
The pictures are spread over campaigns, segments and layouts. --counted makes every picture of the campaigns instead,
and prints how many there are, how heavy, how long each took, and whether a segment sees a drawing twice in a week.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from wuyou import Workbench, pictures
from wuyou.values import Picture, Post

GAP = 10


def shown(bench: Workbench, campaigns: Iterable[str], segments: Sequence[str]) -> dict[tuple[str, str], list[Post]]:
    """Write the campaigns without checking them, and hang their pictures; by campaign and segment."""
    writer = bench.writer("template")
    runs: dict[tuple[str, str], list[Post]] = {}
    for campaign in campaigns:
        for segment in bench.library.campaign(campaign).segments:
            if segments and segment not in segments:
                continue
            posts = [writer.write(brief) for brief in bench.plan(campaign, segment)]
            wall = pictures.Wall(bench.templates / "posters", bench.library.photos, bench.library.folder / "pictures")
            runs[campaign, segment] = [
                post.model_copy(update={"pictures": hung}) for post, hung in zip(posts, wall.hang(posts), strict=True)
            ]
    return runs


def spread(runs: dict[tuple[str, str], list[Post]], count: int) -> list[Picture]:
    """Choose pictures so that layouts, arrangements and segments all come up, the rarest look first."""
    every = {picture.id: picture for posts in runs.values() for post in posts for picture in post.pictures}
    by_look: dict[tuple[str, str], list[Picture]] = defaultdict(list)
    for name in sorted(every):
        by_look[every[name].design, every[name].look].append(every[name])
    chosen: list[Picture] = []
    seen: Counter[str] = Counter()
    while len(chosen) < min(count, len(every)):
        for look in sorted(by_look):
            left = [picture for picture in by_look[look] if picture not in chosen]
            if left and len(chosen) < count:
                best = min(left, key=lambda picture: (seen[picture.drawing], seen[picture.palette], picture.id))
                seen.update((best.drawing, best.palette))
                chosen.append(best)
    return chosen


def repeats(runs: dict[tuple[str, str], list[Post]]) -> tuple[int, int]:
    """Count how often a segment's run shows a drawing, and an arrangement, twice within a week in different posts."""
    drawings = looks = 0
    for posts in runs.values():
        dated = [post for post in posts if not post.brief.slot.standing]
        for index, post in enumerate(dated):
            for other in dated[:index]:
                if abs((post.brief.slot.on - other.brief.slot.on).days) < pictures.DAYS:
                    pairs = [(one, two) for one in post.pictures for two in other.pictures]
                    drawings += sum((one.photo or one.drawing) == (two.photo or two.drawing) for one, two in pairs)
                    looks += sum((one.design, one.look) == (two.design, two.look) for one, two in pairs)
    return drawings, looks


def sheet(files: Sequence[Path], columns: int, wide: int = 270) -> Image.Image:
    """Lay files out in rows, each so many pixels wide, each row as high as its tallest picture."""
    rows = [files[start : start + columns] for start in range(0, len(files), columns)]
    shrunk = [[_small(path, wide) for path in row] for row in rows]
    height = sum(max(image.height for image in row) + GAP for row in shrunk) + GAP
    made = Image.new("RGB", (columns * (wide + GAP) + GAP, height), "#6f6f6f")
    top = GAP
    for row in shrunk:
        for index, image in enumerate(row):
            made.paste(image, (GAP + index * (wide + GAP), top))
        top += max(image.height for image in row) + GAP
    return made


def _small(path: Path, wide: int) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB").resize((wide, wide * image.height // image.width), Image.Resampling.LANCZOS)


def main() -> int:
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("target", type=Path)
    options.add_argument("--campaign", action="append", default=[])
    options.add_argument("--segment", action="append", default=[])
    options.add_argument("--count", type=int, default=60)
    options.add_argument("--columns", type=int, default=10)
    options.add_argument("--wide", type=int, default=270)
    options.add_argument("--counted", action="store_true")
    options.add_argument("--branch", default="")
    asked = options.parse_args()
    bench = Workbench.here(Path(__file__).parent.parent)
    runs = shown(bench, asked.campaign or bench.library.campaigns, asked.segment)
    every = list({each.id: each for posts in runs.values() for post in posts for each in post.pictures}.values())
    chosen = sorted(
        every if asked.counted else spread(runs, asked.count), key=lambda each: (each.shape, each.design, each.id)
    )
    signature = (
        pictures.Signature(f"小禾\n{asked.branch}", bench.library.branches[asked.branch].qr) if asked.branch else None
    )
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        files = pictures.make(
            chosen, Path(folder), bench.templates / "posters", bank=bench.library.bank,
            photos=bench.library.folder / "pictures", signature=signature,
        )  # fmt: skip
        spent = time.perf_counter() - start
        heaviest = max(path.stat().st_size for path in files)
        sheet(files[: asked.count] if asked.counted else files, asked.columns, asked.wide).save(
            asked.target, quality=82, optimize=True
        )
    drawings, looks = repeats(runs)
    print(f"{len(chosen)} 张，每张 {spent / len(chosen) * 1000:.0f} 毫秒，最重 {heaviest // 1000} KB")
    print(f"{len(runs)} 个客群的排期：七天内同一幅画出现两次 {drawings} 回，同一种摆法 {looks} 回")
    return int(heaviest > 300_000)


if __name__ == "__main__":
    sys.exit(main())

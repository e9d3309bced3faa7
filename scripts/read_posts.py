"""Have posts of the sample read blind: draw them shuffled, and compare what two readers say with the lamps.

usage: python scripts/read_posts.py draw [--count 200] [--turn 2]
       python scripts/read_posts.py score [--turn 2]

``draw`` writes tests/labels/writing/TURN/posts.jsonl: posts of all sample campaigns in an order that a hash decides,
another for each turn, without their templates and without their lamps. Whoever reads them writes first.jsonl or second.jsonl beside it, a record a
post: ``{id, substance, feeling, fun, reply, send, why}``, where ``send`` says whether it would be sent unchanged.
``score`` prints how often readers and lamps agree, how often the readers agree, and how many would be sent.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import labels
from show_writing import told
from wuyou import Workbench
from wuyou.checks import outside

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "labels" / "writing"
READERS = ("first", "second")


def posts(bench: Workbench, count: int, turn: int) -> Iterator[dict[str, Any]]:
    """Yield posts of every sample campaign, those first whose name has the smallest digest."""
    every = {each.name: each.checked.post for name in sorted(bench.library.campaigns) for each in told(bench, name)}
    drawn = sorted(every, key=lambda name: blake2b(f"{turn}\0{name}".encode(), digest_size=8).digest())[:count]
    for number, name in enumerate(drawn, 1):
        post = every[name]
        brief = post.brief
        assert brief.segment is not None
        assert brief.genre is not None
        yield {
            "id": f"w{number:03}",
            "channel": brief.channel.name,
            "genre": brief.genre.name,
            "segment": brief.segment.title,
            "on": brief.slot.on.isoformat(),
            "pictures": [picture.told for picture in post.pictures],
            "counted": post.counted,
            "text": post.text,
        }


def draw(count: int, turn: int) -> int:
    """Write the posts to be read."""
    folder = FOLDER / str(turn)
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(each, ensure_ascii=False) + "\n" for each in posts(Workbench.here(ROOT), count, turn)]
    (folder / "posts.jsonl").write_text("".join(lines), encoding="utf-8")
    print(f"{len(lines)} 篇")
    return 0


def score(turn: int) -> int:
    """Compare the readers with the lamps and with each other."""
    bench, folder = Workbench.here(ROOT), FOLDER / str(turn)
    given = {record["id"]: record for record in labels.records_of(folder / "posts.jsonl")}
    lamps = {name: lit(bench, record) for name, record in given.items()}
    said = {reader: {one["id"]: one for one in labels.records_of(folder / f"{reader}.jsonl")} for reader in READERS}
    shared = sorted(given.keys() & said[READERS[0]].keys() & said[READERS[1]].keys())
    print(f"{len(shared)} 篇，两位各读一遍")
    for have in labels.HAVES:
        figures = [_share(said[reader][name][have] == lamps[name][have] for name in shared) for reader in READERS]
        both = _share(said[READERS[0]][name][have] == said[READERS[1]][name][have] for name in shared)
        print(f"{have:10} 和灯一致 {figures[0]:.3f} {figures[1]:.3f}  两位之间 {both:.3f}")
    every = [
        said[reader][name][have] == lamps[name][have] for reader in READERS for name in shared for have in labels.HAVES
    ]
    print(f"合计和灯一致 {_share(every):.3f}")
    sent = [_share(said[reader][name]["send"] for name in shared) for reader in READERS]
    print(f"原样会发 {sent[0]:.3f} {sent[1]:.3f}")
    return 0


def lit(bench: Workbench, record: dict[str, Any]) -> dict[str, bool]:
    """Ask the lamps of a post as of any text that is handed in."""
    library = bench.library
    post = outside.post_of(
        record["text"], channel=library.channels[record["channel"]], on=record_day(record), bank=library.bank,
        genre=library.genres[record["genre"]], pictures=outside.pictures_of([{"type": "image", "desc": alt} for alt in record["pictures"]]),
    )  # fmt: skip
    return {lamp.have: lamp.lit for lamp in bench.rulebook.check(post).lamps}


def record_day(record: dict[str, Any]) -> Any:
    """Return the day on which a post is to be sent."""
    import datetime as dt

    return dt.date.fromisoformat(record["on"])


def _share(answers: Any) -> float:
    given = [bool(answer) for answer in answers]
    return sum(given) / max(1, len(given))


def main(arguments: list[str]) -> int:
    """Draw or score."""
    parser = argparse.ArgumentParser(description="两位各读一遍")
    parser.add_argument("what", choices=("draw", "score"))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--turn", type=int, default=2)
    asked = parser.parse_args(arguments)
    return draw(asked.count, asked.turn) if asked.what == "draw" else score(asked.turn)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Learns the weights of the compliance categories from labelled texts; prints scores that are crossed by rounds first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import labels
import training
from wuyou.checks import outside
from wuyou.checks.classify import ALONE, ANY, SHAPES
from wuyou.checks.rule import CATEGORIES
from wuyou.regexes import regex
from wuyou.workbench import Workbench
from wuyou.workbench.rooms import CATALOGUE_DATE

STRENGTH = 60.0
STEPS = [step / 20 for step in range(0, 61, 2)]
ALARMS = 0.043
"""Share of clean texts that may be blamed in cross-validation; the rules of words blame some more."""
EVERY = 3
"""Every how manieth everyday post is learned from: with all of them violations are missed, without them one everyday
post in five is blamed."""
LEAST = 1.2
"""What a feature must weigh for some category to be kept: below it stand tens of thousands that change no verdict."""


NAMED = regex(SHAPES["有姓有称呼"])
"""A person's name: of such a post nobody has said whether it tells too much of him."""


def everyday(bench: Workbench) -> Iterator[labels.Record]:
    """Yield the posts labelled for the five haves that nobody would call salesy and no rule of words blames: clean ones.

    Without them the texts about compliance are all there is, and whoever writes about children, weather or supper is
    blamed in one post of five.
    """
    book, channels = training.rulebook(), bench.library.channels
    for record in labels.read("haves", "open")[::EVERY]:
        post = outside.post_of(record["text"], channel=channels[record["channel"]], on=CATALOGUE_DATE)
        blamed = (finding.category in CATEGORIES and finding.level != "hint" for finding in book.check(post).findings)
        if record["mood"] != "salesy" and not any(blamed):
            kind = book.guess(record["text"]) or "general"
            yield {**record, "product": kind, "gold": [], "optional": []}


def disclosed(bench: Workbench) -> Iterator[labels.Record]:
    """Yield the risk words of every product behind its name: who says no more than he must is clean."""
    for product in bench.library.products.values():
        for words in dict.fromkeys(filter(None, (product.disclosure.short, product.disclosure.long))):
            text = f"聊聊{product.nickname or product.title}。\n{words}"
            yield {
                "id": f"disclosed-{product.name}", "text": text, "product": product.kind, "channel": "group",
                "gold": [], "optional": [],
            }  # fmt: skip


def answers(records: Sequence[labels.Record]) -> dict[str, list[training.Answer]]:
    """Say for each category which texts are examples of it, which are not, and which are neither."""
    found: dict[str, list[training.Answer]] = {
        name: [None if name in record["optional"] else name in record["gold"] for record in records]
        for name in CATEGORIES
    }
    found[ANY] = [True if record["gold"] else None if record["optional"] else False for record in records]
    return found


def heard(scores: dict[str, Any], index: int, whole: float) -> set[str]:
    """Return what would be heard of a text with this threshold of ``any``; the rule of ``Classifier.said``."""
    if scores[ANY][index] <= whole:
        return {name for name in CATEGORIES if scores[name][index] > ALONE}
    found = {name for name in CATEGORIES if scores[name][index] > 0}
    return found | {max(CATEGORIES, key=lambda name: scores[name][index])}


def main() -> None:
    """Cross-validate, choose thresholds, learn from everything that is open, write."""
    bench = Workbench(training.RULES.parent.parent)
    records, others = labels.read("compliance", "open"), [*everyday(bench), *disclosed(bench)]
    lists = training.signals()
    texts = training.readings([*records, *others], lists)
    given = answers([*records, *others])
    for index, record in enumerate(others, len(records)):
        given["privacy"][index] = None
        if NAMED.search(record["text"]):
            given[ANY][index] = None
    scores = dict(training.crossed([*records, *others], texts, given, STRENGTH, least=LEAST))
    place = {id(record): index for index, record in enumerate(records)}

    def score(whole: float) -> labels.Verdicts:
        return labels.verdicts(records, lambda record: heard(scores, place[id(record)], whole), CATEGORIES)

    tried = {whole: score(whole) for whole in STEPS}
    fair = {whole: each for whole, each in tried.items() if each.false_alarms <= ALARMS} or tried
    whole = max(fair, key=lambda whole: fair[whole].any.recall)
    chosen = tried[whole]
    print(f"{len(records)} 条，另有平常的话 {len(others)} 条，阈值 {whole:+.2f}")
    print(f"违规 P {chosen.any.precision:.3f} R {chosen.any.recall:.3f} 误报 {chosen.false_alarms:.3f}")
    print(f"分类 micro F1 {chosen.micro.f1:.3f}")
    blamed = sum(bool(heard(scores, index, whole)) for index in range(len(records), len(texts)))
    print(f"平常的话误报 {blamed / len(others):.3f}")
    thresholds = dict.fromkeys(CATEGORIES, 0.0) | {ANY: whole}
    path = training.RULES / "weights" / "compliance.tsv"
    training.save(path, lists, texts, given, STRENGTH, thresholds, least=LEAST)
    print(f"{path.name} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

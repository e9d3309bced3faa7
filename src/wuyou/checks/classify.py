"""A linear classifier of texts: what no word list can catch, still explained by the words that weighed.

A text is what it holds: runs of one to four characters, named signals (word lists), which signals meet in one
sentence, the kind of product, the channel. Every feature has one whole number per label, and the numbers are added up.
The weights are data, made by ``scripts/train_rules.py`` and ``scripts/train_haves.py`` from labelled texts; nothing
here learns, and nothing here knows a law.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import accumulate, chain
from pathlib import Path

from ..errors import LibraryError, Problem, reason
from ..regexes import regex
from .pieces import Piece
from .runs import BREAK, LONGEST, Roll, laid, marked, runs
from .weights import EVEN, LABELS, LANE, MASK, SQUARES, ZERO, Weights, shared, weight

BONUS = 3.0
"""How much a named signal counts beside the runs when it is asked where a text says something."""
SCALE = 100
"""Weights are hundredths: whole numbers add up alike on every machine."""
SIGNAL = 0.08
"""What a named signal counts beside the runs of a text, whose squares add up to one; chosen by cross-validation."""
FORMAT = "wuyou-weights 1"
SIGN = "§"
"""Begins every feature that is no run of characters."""
ANY = "any"
"""The label that says that some label holds."""
ALONE = 3.5
"""From which score on another label holds although ``any`` does not; chosen by cross-validation."""
SHAPES: Mapping[str, re.Pattern[str]] = {
    "有利率": regex(
        r"\d(?:\.\d+)?\s?(?:[%‰]|个点|厘|bp)|百分之[一二三四五六七八九十百]|(?<![\d.])\d\.\d{1,2}(?![\d.万元折米公倍])"
    ),
    "有金额": regex(r"(?:\d|[一二两三四五六七八九十百千几])\s?(?:多|来)?(?:万|千|百|亿|w|个w|元|块)"),
    "长串数字": regex(r"\d{4}[\d*x-]{3,}"),
    "有姓有称呼": regex(
        r"[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹苏潘葛范彭鲁韦马苗凤方俞任袁柳唐费薛雷贺倪汤罗毕郝邬安"
        r"常于时傅齐康伍余顾孟黄穆萧尹姚邵汪毛米戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房丁邓洪包石崔"
        r"程陆翁曲段侯龙叶黎白蒲赖卓乔谭申冉桑桂温庄柴瞿阎易廖耿关简饶曾游权岳]"
        r"(?:某+|先生|女士|阿姨|大?姐|大?哥|叔|婶|伯|大[爷妈]|奶奶|爷爷|老板|总|老师|校长|医生|主任|科长|局长|书记|院长|经理|师傅|嫂"
        r"|同学|工(?!资|作))"
    ),
    "门牌": regex(r"\d\s?(?:号楼|栋|幢|单元|室|号院|弄)"),
    "问号": regex(r"\?"),
    "感叹号": regex(r"!"),
    "引号": regex(r"[“\"「『]"),
}
"""Shapes that are no words; what each is good for, the training decides."""


class Signal(Piece):
    """A named word list, as written in ``signals.yml``."""

    words: tuple[str, ...]
    """Words of which one must stand there, in folded spelling."""
    due: bool = False
    """Whether its absence says something too."""


class Signals:
    """The named word lists."""

    def __init__(self, lists: Mapping[str, Signal], roll: Roll | None = None) -> None:
        """Take the lists; a ``roll`` that others are on too is looked at once for all."""
        self.names = tuple(lists)
        self.due = tuple(name for name, signal in lists.items() if signal.due)
        self._by_word: dict[str, tuple[str, ...]] = {}
        for name, signal in lists.items():
            for word in signal.words:
                self._by_word[word] = (*self._by_word.get(word, ()), name)
        self._words = tuple(self._by_word)
        self._roll = Roll() if roll is None else roll
        for number, word in enumerate(self._words):
            self._roll.add(~number, frozenset([marked(word)[:LONGEST]]))
        names = (*self.names, *SHAPES)
        self.meeting = {one: {other: f"{SIGN}{one}+{other}" for other in names if one < other} for one in names}
        """The feature of two signals in one sentence, the first in order first; written once, for there are thousands."""
        self.lacking = {one: {other: f"{SIGN}{one}-{other}" for other in self.due} for one in names}
        """The feature of a signal in a text that lacks another."""

    def found(self, text: str) -> list[tuple[tuple[int, int], frozenset[str]]]:
        """Return the sentences of a text that hold signals, with the names of the signals."""
        called = [self._words[~number] for number in self._roll.awake(text) if number < 0]
        words = [word for word in called if word in text]
        shapes = [(name, shape.search) for name, shape in SHAPES.items() if shape.search(text)]
        spoken = []
        for start, end in _cut(text, "。!?;\n"):
            sentence = text[start:end]
            names = {name for word in words if word in sentence for name in self._by_word[word]}
            names.update(name for name, search in shapes if search(sentence))
            if names:
                spoken.append(((start, end), frozenset(names)))
        return spoken

    def alone(self, name: str, kind: str, missing: Iterable[str]) -> tuple[str, ...]:
        """Return the features of one signal: itself, with the product, and beside what the text lacks."""
        lacking = self.lacking[name]
        return (f"{SIGN}{name}", f"{SIGN}产品={kind}+{name}", *(lacking[other] for other in missing))

    def together(self, spoken: Iterable[tuple[tuple[int, int], frozenset[str]]]) -> set[str]:
        """Return the features of the signals that meet in sentences."""
        features: set[str] = set()
        for _, found in spoken:
            for name in found:
                meeting = self.meeting[name]
                features.update([meeting[other] for other in found if name < other])
        return features

    def mark(self) -> str:
        """Return a digest of the lists: weights fit only the lists they were learned with."""
        digest = blake2b(digest_size=8)
        for word in sorted(self._by_word):
            digest.update(f"{word}\0{','.join(self._by_word[word])}\0".encode())
        digest.update(",".join(self.due).encode())
        return digest.hexdigest()


class Reading:
    """A text taken apart into features."""

    def __init__(self, text: str, kind: str, channel: str, signals: Signals) -> None:
        self.kind, self.channel = kind, channel
        self.text = text
        self.spoken = signals.found(text)
        self._signals = signals
        self._weights: Weights | None = None
        self._names = frozenset[str]().union(*(found for _, found in self.spoken))
        self._missing = tuple(name for name in signals.due if name not in self._names)

    @cached_property
    def extra(self) -> frozenset[str]:
        """The features that are no runs."""
        alone = (self._signals.alone(name, self.kind, self._missing) for name in self._names)
        return frozenset(chain(self._around(), *alone, self._signals.together(self.spoken)))

    def _around(self) -> Iterator[str]:
        """Yield the features of the text as a whole, of what it lacks, and of how it begins and ends."""
        product = f"{SIGN}产品={self.kind}"
        yield from (product, f"{SIGN}渠道={self.channel}")
        yield f"{SIGN}篇幅={'短' if len(self.text) < 30 else '中' if len(self.text) < 80 else '长'}"
        for name in self._missing:
            yield from (f"{SIGN}-{name}", f"{product}-{name}")
        if self.spoken:
            yield from (f"{SIGN}末句 {name}" for name in self.spoken[-1][1])
            yield from (f"{SIGN}首句 {name}" for name in self.spoken[0][1])

    @property
    def runs(self) -> frozenset[str]:
        """The runs that the text holds."""
        return runs(self.text)

    def weigh(self, weights: Weights) -> None:
        """Make ready what classifiers ask that share their weights."""
        if self._weights is not weights:
            self._weights = weights
            self._found, self.total = weights.look(laid(self.text))
            self.added = weights.total((*self._around(), *self._signals.together(self.spoken)))
            self.added += sum([self._alone(weights, name) for name in self._names])
            self._heat: list[int] = []

    def _alone(self, weights: Weights, name: str) -> int:
        """Add up the features of one signal, once for every sort of text."""
        key = (name, self.kind, self._missing)
        if key not in weights.sums:
            weights.sums[key] = weights.total(self._signals.alone(name, self.kind, self._missing))
        return weights.sums[key]

    @property
    def heat(self) -> list[int]:
        """What each character of the text says, packed, once it was weighed."""
        if not self._heat and self._weights is not None:
            self._heat = shared(self._found)[1:-1]
        return self._heat

    def cut(self, stops: str) -> list[tuple[int, int]]:
        """Return the spans between stops, line breaks among them; the whole text when there is nothing between."""
        return _cut(marked(self.text), stops + BREAK) or [(0, len(self.text))]


def _cut(text: str, stops: str) -> list[tuple[int, int]]:
    return [found.span() for found in _between(stops).finditer(text)]


@lru_cache
def _between(stops: str) -> re.Pattern[str]:
    return re.compile(f"[^{stops}]+")


class Classifier:
    """Weights by feature and label, as read from a file."""

    def __init__(self, labels: tuple[str, ...], bias: tuple[int, ...], mark: str, lines: Mapping[str, str]) -> None:
        self.labels = labels
        self.mark = mark
        self._bias = bias
        self._lines = lines
        self._base = 0

    @cached_property
    def _weights(self) -> Weights:
        """The table it is looked up in: its own, unless it was put together with others."""
        return Weights([(self._lines, len(self.labels))])

    @staticmethod
    def together(classifiers: Iterable[Classifier]) -> None:
        """Put the weights of some classifiers into one table, so that a text is looked up once for all of them."""
        every = tuple(classifiers)
        weights = Weights([(each._lines, len(each.labels)) for each in every])
        for each, base in zip(every, weights.bases, strict=True):
            each._weights, each._base = weights, base

    @classmethod
    def load(cls, path: Path, label: str) -> Classifier:
        """Read weights. Raises LibraryError when the file is none of ours."""
        try:
            head, mark, labels, bias, body = path.read_bytes().decode().split("\n", 4)
            names, numbers = tuple(labels.split()), tuple(map(int, bias.split()))
            if head != FORMAT or len(names) != len(numbers):
                raise ValueError(head)
            return cls(names, numbers, mark, _lines(body))
        except OSError as error:
            raise LibraryError([Problem(f"读不了：{reason(error)}", label, "请重跑训练脚本")]) from error
        except ValueError as error:
            raise LibraryError([Problem("不是能用的权重文件", label, "请重跑训练脚本，不要手改")]) from error

    def judge(self, reading: Reading) -> Mapping[str, float]:
        """Return a score for each label: above zero it holds."""
        reading.weigh(self._weights)
        low = LANE * self._base
        total, added = reading.total >> low, reading.added >> low
        norm = math.sqrt(total >> LANE * SQUARES & MASK) / SCALE or 1.0
        zero, other = (total & MASK) * ZERO, (added & MASK) * ZERO
        scores = {}
        for at, (label, bias) in enumerate(zip(self.labels, self._bias, strict=True), LABELS):
            lane = LANE * at
            scores[label] = (((total >> lane & MASK) - zero) / norm + ((added >> lane & MASK) - other) + bias) / SCALE
        return scores

    def said(self, scores: Mapping[str, float]) -> frozenset[str]:
        """Return the labels that hold.

        Where one label stands for all, the others hold together with it, the likeliest at any rate; or quite surely
        by themselves.
        """
        if ANY not in scores:
            return frozenset(label for label, score in scores.items() if score > 0)
        others = {label: score for label, score in scores.items() if label != ANY}
        if scores[ANY] <= 0:
            return frozenset(label for label, score in others.items() if score > ALONE)
        return frozenset({ANY, max(others, key=lambda label: others[label])}).union(
            label for label, score in others.items() if score > 0
        )

    def weight(self, feature: str, label: str) -> int:
        """Return what a feature says for a label, in hundredths before the length of the text is allowed for."""
        return weight(self._weights.of(feature), self._base, self.labels.index(label))

    def telling(self, reading: Reading, label: str) -> tuple[int, int]:
        """Return the span of the clause that speaks most for a label."""
        sums = [0, *accumulate(self._heat(reading, label))]
        return max(reading.cut(",。!?;:"), key=lambda span: (sums[span[1]] - sums[span[0]], -span[0]))

    def stretch(self, reading: Reading, label: str, bonus: Iterable[tuple[tuple[int, int], float]]) -> tuple[int, int]:
        """Return the sentences that speak more for a label than the rest of the text; ``bonus`` adds to a span."""
        heat = [each / EVEN for each in self._heat(reading, label)]
        for (low, high), strength in bonus:
            more = strength * SCALE * BONUS / (high - low) if high > low else 0.0
            for at in range(low, min(high, len(heat))):
                heat[at] += more
        usual = sum(heat) / max(1, len(heat))
        best, first, last = -math.inf, 0, 1
        run, begun = 0.0, 0
        for at, each in enumerate(heat):
            if run <= 0:
                run, begun = 0.0, at
            run += each - usual
            if run > best:
                best, first, last = run, begun, at + 1
        whole = [span for span in reading.cut("。!?;") if span[0] < last and span[1] > first]
        return (whole[0][0], whole[-1][1]) if whole else (first, last)

    def _heat(self, reading: Reading, label: str) -> list[int]:
        """Return what each character says for a label: its share of every run that it is part of, ``EVEN`` times."""
        reading.weigh(self._weights)
        low = LANE * self._base
        high = LANE * (LABELS + self.labels.index(label))
        return [((packed := each >> low) >> high & MASK) - (packed & MASK) * ZERO for each in reading.heat]

    def carriers(self, reading: Reading, label: str, names: Iterable[str]) -> list[str]:
        """Return the named signals that speak for a label, the strongest first."""
        weights = {name: self.weight(SIGN + name, label) for name in names if SIGN + name in reading.extra}
        for _, found in reading.spoken:
            for name in found:
                for other in found:
                    if name < other and (both := self.weight(f"{SIGN}{name}+{other}", label)) > 0:
                        weights[name] = weights.get(name, 0) + both
                        weights[other] = weights.get(other, 0) + both
        heard = [(weight, name) for name, weight in weights.items() if weight > 0]
        return [name for _, name in sorted(heard, key=lambda pair: (-pair[0], pair[1]))]


def _lines(body: str) -> dict[str, str]:
    """Return the lines of weights by their features; tens of thousands of them, so they are cut in one go."""
    cut = body.replace("\t", "\n").split("\n")
    if len(cut) == 2 * body.count("\n") + 1:
        return dict(zip(cut[1::2], cut[0::2], strict=False))
    return dict(line.split("\t", 1)[::-1] for line in body.split("\n") if line)

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
from itertools import chain, pairwise
from pathlib import Path

from ..errors import LibraryError, Problem, reason
from ..regexes import regex
from .once import once
from .patterns import Lexicon, compiled
from .pieces import Piece
from .runs import BREAK, FIRST, LAST, LONGEST, SIGN, Trie, marked, runs
from .weights import LABELS, LANE, MASK, SQUARES, ZERO, Lines, Weights, weight

BONUS = 3.0
"""How much a named signal counts beside the runs when it is asked where a text says something."""
SCALE = 100
"""Weights are hundredths: whole numbers add up alike on every machine."""
SIGNAL = 0.08
"""What a named signal counts beside the runs of a text, whose squares add up to one; chosen by cross-validation."""
FORMAT = "wuyou-weights 2"
CLAUSES, SENTENCES = ",。!?;:", "。!?;"
"""What ends a clause, and what ends a sentence."""
ANY = "any"
"""The label that says that some label holds."""
ALONE = 3.5
"""From which score on another label holds although ``any`` does not; chosen by cross-validation."""
SHAPES: Mapping[str, str] = {
    "有利率": (
        r"\d(?:\.\d+)?\s?(?:[%‰]|个点|厘|bp)|百分之[一二三四五六七八九十百]|(?<![\d.])\d\.\d{1,2}(?![\d.万元折米公倍])"
    ),
    "有金额": r"(?:\d|[一二两三四五六七八九十百千几])\s?(?:多|来)?(?:万|千|百|亿|w|个w|元|块)",
    "长串数字": r"\d{4}[\d*x-]{3,}",
    "有姓有称呼": (
        r"[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹苏潘葛范彭鲁韦马苗凤方俞任袁柳唐费薛雷贺倪汤罗毕郝邬安"
        r"常于时傅齐康伍余顾孟黄穆萧尹姚邵汪毛米戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房丁邓洪包石崔"
        r"程陆翁曲段侯龙叶黎白蒲赖卓乔谭申冉桑桂温庄柴瞿阎易廖耿关简饶曾游权岳]"
        r"(?:某+|先生|女士|阿姨|大?姐|大?哥|叔|婶|伯|大[爷妈]|奶奶|爷爷|老板|总|老师|校长|医生|主任|科长|局长|书记|院长|经理|师傅|嫂"
        r"|同学|工(?!资|作))"
    ),
    "门牌": r"\d\s?(?:号楼|栋|幢|单元|室|号院|弄)",
    "问号": r"\?",
    "感叹号": r"!",
    "引号": r"[“\"「『]",
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

    def __init__(self, lists: Mapping[str, Signal], lexicon: Lexicon | None = None) -> None:
        """Take the lists; a ``lexicon`` that others use too is looked at once for all."""
        self.names = tuple(lists)
        self.due = tuple(name for name, signal in lists.items() if signal.due)
        self._by_word: dict[str, tuple[str, ...]] = {}
        for name, signal in lists.items():
            for word in signal.words:
                self._by_word[word] = (*self._by_word.get(word, ()), name)
        self._words = tuple(self._by_word)
        lexicon = Lexicon() if lexicon is None else lexicon
        self._roll = lexicon.roll
        for number, word in enumerate(self._words):
            self._roll.add(~number, frozenset([marked(word)[:LONGEST]]))
        self._shapes = tuple(
            (name, regex(shape), compiled([shape], lexicon, raw=True).numbers) for name, shape in SHAPES.items()
        )
        names = (*self.names, *SHAPES)
        self.meeting = {one: {other: f"{SIGN}{one}+{other}" for other in names if one < other} for one in names}
        """The feature of two signals in one sentence, the first in order first; written once, for there are thousands."""
        self.lacking = {one: {other: f"{SIGN}{one}-{other}" for other in self.due} for one in names}
        """The feature of a signal in a text that lacks another."""
        self.last = {name: f"{SIGN}末句 {name}" for name in names}
        self.first = {name: f"{SIGN}首句 {name}" for name in names}
        """The features of a signal in the last sentence, and in the first."""

    def found(self, text: str) -> list[tuple[tuple[int, int], frozenset[str]]]:
        """Return the sentences of a text that hold signals, with the names of the signals."""
        awake = self._roll.awake(text)
        words = [self._words[~number] for number in awake if number < 0]
        shapes = [
            (name, shape.search)
            for name, shape, numbers in self._shapes
            if not numbers.isdisjoint(awake) and shape.search(text)
        ]
        spoken = []
        for start, end in _cut(text, "。!?;\n"):
            sentence = text[start:end]
            names = {name for word in words if word in sentence for name in self._by_word[word]}
            names.update([name for name, search in shapes if search(sentence)])
            if names:
                spoken.append(((start, end), frozenset(names)))
        return spoken

    def alone(self, name: str, kind: str, missing: Iterable[str]) -> tuple[str, ...]:
        """Return the features of one signal: itself, with the product, and beside what the text lacks."""
        lacking = self.lacking[name]
        return (f"{SIGN}{name}", f"{SIGN}产品={kind}+{name}", *(lacking[other] for other in missing))

    def around(self, kind: str, missing: Iterable[str]) -> tuple[str, ...]:
        """Return the features of a product and of what the text lacks."""
        product = f"{SIGN}产品={kind}"
        return (product, *(f"{sign}-{name}" for name in missing for sign in (SIGN, product)))

    def together(self, spoken: Iterable[tuple[tuple[int, int], frozenset[str]]]) -> set[str]:
        """Return the features of the signals that meet in sentences."""
        return {
            meeting[other]
            for _, found in spoken
            for name in found
            for meeting in (self.meeting[name],)
            for other in found
            if name < other
        }

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
        self.signals = signals
        self._weights: Weights | None = None
        self.names = frozenset[str]().union(*[found for _, found in self.spoken])
        """The signals that it holds."""
        self._missing = tuple([name for name in signals.due if name not in self.names])

    @once
    def extra(self) -> frozenset[str]:
        """The features that are no runs."""
        alone = (self.signals.alone(name, self.kind, self._missing) for name in self.names)
        around = self.signals.around(self.kind, self._missing)
        return frozenset(chain(around, *alone, self._placed(), self.signals.together(self.spoken)))

    def _placed(self) -> Iterator[str]:
        """Yield the features of the channel and the length, and of how the text begins and ends."""
        yield f"{SIGN}渠道={self.channel}"
        yield f"{SIGN}篇幅={'短' if len(self.text) < 30 else '中' if len(self.text) < 80 else '长'}"
        if self.spoken:
            yield from map(self.signals.last.__getitem__, self.spoken[-1][1])
            yield from map(self.signals.first.__getitem__, self.spoken[0][1])

    @property
    def runs(self) -> frozenset[str]:
        """The runs that the text holds."""
        return runs(self.text)

    def weigh(self, weights: Weights) -> None:
        """Make ready what classifiers ask that share their weights."""
        if self._weights is not weights:
            self._weights = weights
            met = weights.trie.met(self.text)
            self._longest = met.longest
            self.total = sum([known.packed for known in met.known if known.packed])
            self.added = weights.total((*self._placed(), *self.signals.together(self.spoken)))
            self.added += self._lasting(weights)
            self._heat: list[int] = []

    def _lasting(self, weights: Weights) -> int:
        """Add up the features of each signal and of what is lacking: once for every sort of text."""
        sort = (self.kind, self._missing)
        if sort not in weights.sums:
            weights.sums[sort] = {"": weights.total(self.signals.around(*sort))}
        sums = weights.sums[sort]
        for name in self.names - sums.keys():
            sums[name] = weights.total(self.signals.alone(name, *sort))
        return sum(map(sums.__getitem__, self.names), sums[""])

    @once
    def clauses(self) -> list[tuple[int, int]]:
        """The spans of the clauses; the whole text when there is nothing between stops."""
        return self._cut(CLAUSES)

    @once
    def sentences(self) -> list[tuple[int, int]]:
        """The spans of the sentences, line breaks ending them too."""
        return self._cut(SENTENCES)

    @property
    def heat(self) -> list[int]:
        """What each clause says, packed, once the text was weighed: the runs that begin in it or at its end."""
        if not self._heat and self._weights is not None:
            cuts = [0, *(start + 1 for start, _ in self.clauses[1:]), len(self.text) + len(FIRST + LAST)]
            self._heat = [sum([each.path for each in self._longest[low:high]]) for low, high in pairwise(cuts)]
        return self._heat

    def _cut(self, stops: str) -> list[tuple[int, int]]:
        return _cut(marked(self.text), stops + BREAK) or [(0, len(self.text))]


def _cut(text: str, stops: str) -> list[tuple[int, int]]:
    return [found.span() for found in _between(stops).finditer(text)]


@lru_cache
def _between(stops: str) -> re.Pattern[str]:
    return re.compile(f"[^{stops}]+")


class Classifier:
    """Weights by feature and label, as read from a file."""

    def __init__(self, labels: tuple[str, ...], bias: tuple[int, ...], mark: str, lines: Lines) -> None:
        self.labels = labels
        self.mark = mark
        self.lines = lines
        """The weights as they are written."""
        self._bias = bias
        self._base = 0
        self._said: dict[tuple[str, str], int] = {}

    @cached_property
    def _weights(self) -> Weights:
        """The table it is looked up in: its own, unless it was put together with others."""
        return Weights([self.lines])

    @staticmethod
    def together(classifiers: Iterable[Classifier], trie: Trie | None = None) -> None:
        """Put the weights of some classifiers into one table, so that a text is looked up once for all of them."""
        every = tuple(classifiers)
        weights = Weights([each.lines for each in every], trie)
        for each, base in zip(every, weights.bases, strict=True):
            each._weights, each._base, each._said = weights, base, {}

    @classmethod
    def load(cls, path: Path, label: str, *, proven: bool = False) -> Classifier:
        """Read weights; of a ``proven`` file the lines need no look. Raises LibraryError when the file is none of ours."""
        try:
            *first, body = path.read_bytes().split(b"\n", 4)
            head, mark, labels, bias = (line.decode() for line in first)
            names, numbers = tuple(labels.split()), tuple(map(int, bias.split()))
            lines = Lines(body, len(names))
            if head != FORMAT or len(names) != len(numbers) or not (proven or lines.every()):
                raise ValueError(head)
            return cls(names, numbers, mark, lines)
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
        known = self._said.get((feature, label))
        if known is None:
            known = weight(self._weights.of(feature), self._base, self.labels.index(label))
            self._said[feature, label] = known
        return known

    def telling(self, reading: Reading, label: str) -> tuple[int, int]:
        """Return the span of the clause that speaks most for a label."""
        heat = self._heat(reading, label)
        return reading.clauses[max(range(len(heat)), key=lambda at: (heat[at], -at))]

    def stretch(self, reading: Reading, label: str, bonus: Iterable[tuple[tuple[int, int], float]]) -> tuple[int, int]:
        """Return the sentences that speak more for a label than the rest of the text; ``bonus`` adds to a span."""
        sentences = reading.sentences
        said = [0.0] * len(sentences)
        at = 0
        for (start, _), heat in zip(reading.clauses, self._heat(reading, label), strict=True):
            while start >= sentences[at][1]:
                at += 1
            said[at] += heat
        for (low, high), strength in bonus:
            for at, (start, end) in enumerate(sentences):
                inside = min(end, high) - max(start, low)
                if inside > 0:
                    said[at] += strength * SCALE * BONUS * inside / (high - low)
        usual = sum(said) / max(1, len(reading.text))
        best, first, last = -math.inf, 0, 0
        run, begun = 0.0, 0
        for at, (start, end) in enumerate(sentences):
            if run <= 0:
                run, begun = 0.0, at
            run += said[at] - usual * (end - start)
            if run > best:
                best, first, last = run, begun, at
        return sentences[first][0], sentences[last][1]

    def _heat(self, reading: Reading, label: str) -> list[int]:
        """Return what each clause says for a label."""
        reading.weigh(self._weights)
        index = self.labels.index(label)
        return [weight(each, self._base, index) for each in reading.heat]

    def carriers(self, reading: Reading, label: str) -> list[str]:
        """Return the named signals that speak for a label, the strongest first."""
        of, base, index = self._weights.of, self._base, self.labels.index(label)
        weights = {
            name: weight(of(SIGN + name), base, index) for name in reading.names.intersection(reading.signals.names)
        }
        for _, found in reading.spoken:
            for name in found:
                meeting = reading.signals.meeting[name]
                for other in found:
                    if name < other and (both := weight(of(meeting[other]), base, index)) > 0:
                        weights[name] = weights.get(name, 0) + both
                        weights[other] = weights.get(other, 0) + both
        heard = [(weight, name) for name, weight in weights.items() if weight > 0]
        return [name for _, name in sorted(heard, key=lambda pair: (-pair[0], pair[1]))]

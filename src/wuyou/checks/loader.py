"""Reads the folder of rules: word groups, product words and chapters; refuses what could not be trusted.

Everything wrong is remembered with its file and line, so that a team sees all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .. import yamls
from ..errors import LibraryError, Problem
from ..values import Channel, Genre, ProductKind, Segment, Source
from .classify import Classifier, Signal, Signals
from .contrast import WEIGHTS as CONTRAST
from .contrast import Contrast
from .doubts import WEIGHTS as NUMBERS
from .ground import Ground
from .haves import Have
from .kinds import WEIGHTS, Forbid, Fresh, Pair, Prefer, Require
from .limits import Limit
from .patterns import Lexicon, Matcher, PatternError, compiled, expanded
from .pieces import Piece
from .rule import Rule
from .runs import Roll
from .scan import Ears
from .surveys import SURVEYS, Survey

KINDS: Mapping[str, type[Rule]] = {
    "forbid": Forbid,
    "prefer": Prefer,
    "require": Require,
    "have": Have,
    "pair": Pair,
    "limit": Limit,
    "ground": Ground,
    "contrast": Contrast,
    "fresh": Fresh,
}
"""Kinds of rule over one post."""
GROUPS, PRODUCTS, SIGNALS = "groups.yml", "products.yml", "signals.yml"
"""The files of the rules folder that are no chapters: shared word groups, words by which a product is known, and the
word lists of the learned weights."""
WHOLE = "whole_posts.yml"
"""Whole posts that the rulebook must find clean, or find exactly what is listed in: for ``lint``, see ``whole``."""
EARS = "weights"
"""The folder of learned weights."""
TAIL = "尾注"
"""The group of closing lines (risk words, opt-out) after which nobody looks for a question."""


class Words(Piece):
    """Words by which a kind of product is known in a text."""

    strong: tuple[str, ...] = ()
    """One is enough."""
    weak: tuple[str, ...] = ()
    """Two are needed."""


class Guess(NamedTuple):
    """The same, compiled."""

    kind: ProductKind
    strong: Matcher | None
    weak: Matcher | None
    numbers: frozenset[int]
    """By which the roll knows their expressions."""

    def weight(self, text: str) -> int:
        """Weigh what a text says of this kind: two for a strong word, one for a weak one."""
        strong = 2 * len({text[start:end] for start, end in self.strong.all(text)}) if self.strong else 0
        weak = len({text[start:end] for start, end in self.weak.all(text)}) if self.weak else 0
        return strong + weak


class Chapters(NamedTuple):
    """Everything that was read."""

    rules: Mapping[str, Rule]
    surveys: Mapping[str, Survey]
    guesses: tuple[Guess, ...]
    """How a product is known by its words."""
    tail: Matcher | None
    """The closing lines after which nobody looks for a question."""
    places: Mapping[str, tuple[yamls.Document, str]]
    """Where each rule stands."""
    kept: Mapping[str, Any]
    """The same as plain data, from which the next start need not read a file or take a pattern apart."""
    roll: Roll
    """Which expression a text wakes."""
    ears: Ears | None = None
    """What judges a text by all its words together; nothing when there are no weights."""


class Loader:
    """Reads a folder of rules and remembers everything that is wrong in it."""

    def __init__(
        self,
        folder: Path,
        sources: Mapping[str, Source],
        channels: Mapping[str, Channel],
        genres: Mapping[str, Genre],
        proven: Mapping[str, Any] | None = None,
        *,
        segments: Mapping[str, Segment] | None = None,
        weights: bool = True,
    ) -> None:
        self.folder = folder
        self.weights = weights
        self.sources = sources
        self.channels = channels
        self.genres = genres
        self.segments = segments or {}
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[yamls.Document, str]] = {}
        self.documents: dict[str, Any] = {}
        """What the files hold, by their path in the folder."""
        self._kept = proven
        self._proven: Mapping[str, Any] = (proven or {}).get("documents", {})
        self.groups = Lexicon((proven or {}).get("patterns"))
        self.ears: Ears | None = None

    def read(self) -> Chapters:
        """Read groups, product words and every chapter."""
        if not self.folder.is_dir():
            self.problems.append(Problem("没有规则文件夹", self._label(self.folder), "请从示例库复制 rules/"))
            return Chapters({}, {}, (), None, {}, {}, self.groups.roll)
        self._read_groups()
        guesses = self._read_products()
        self.ears = self._read_ears() if self.weights else None
        rules: dict[str, Rule] = {}
        surveys: dict[str, Survey] = {}
        for path in sorted(self.folder.rglob("*.yml")):
            if path.parent == self.folder and path.name in (GROUPS, PRODUCTS, SIGNALS, WHOLE):
                continue
            for name, made in self._read_chapter(path):
                if isinstance(made, Rule):
                    rules[name] = made
                else:
                    surveys[name] = made
        tail = compiled(self.groups[TAIL], self.groups) if TAIL in self.groups and not self.problems else None
        kept = self._kept or {"documents": self.documents, "patterns": self.groups.kept}
        return Chapters(rules, surveys, guesses, tail, self.places, kept, self.groups.roll, self.ears)

    def _label(self, path: Path) -> str:
        inside = path.relative_to(self.folder).as_posix()
        return f"{self.folder.parent.name}/{self.folder.name}" + (f"/{inside}" if inside != "." else "")

    def _document(self, path: Path) -> yamls.Document | None:
        inside, label = path.relative_to(self.folder).as_posix(), self._label(path)
        try:
            known = inside in self._proven
            document = yamls.Document(self._proven[inside], {}, label) if known else yamls.load(path, label)
        except LibraryError as error:
            self.problems += error.problems
            return None
        self.documents[inside] = document.data
        if document.data is None:
            return document._replace(data={})
        if not isinstance(document.data, Mapping):
            self.problems.append(Problem("要写成 名字: 内容 的样子", document.where()))
            return None
        return document

    def _read_groups(self) -> None:
        path = self.folder / GROUPS
        document = self._document(path) if path.exists() else None
        groups = self.groups
        for name, body in document.data.items() if document else ():
            if not isinstance(body, list) or not all(isinstance(item, str) for item in body):
                self.problems.append(Problem(f"词组 {name} 要写成列表", document.where((name,)) if document else ""))
                continue
            groups[name] = tuple(body)
        for name, body in groups.items():
            try:
                if path.name in self._proven or expanded(body, groups, (name,)):
                    compiled(body, groups)
            except PatternError as error:
                self.problems.append(Problem(f"词组 {name}：{error}", document.where((name,)) if document else ""))

    def _read_products(self) -> tuple[Guess, ...]:
        path = self.folder / PRODUCTS
        document = self._document(path) if path.exists() else None
        guesses: list[Guess] = []
        for kind, body in document.data.items() if document else ():
            assert document is not None
            try:
                words = yamls.build(Words, document, body, (kind,))
                strong = compiled(words.strong, self.groups) if words.strong else None
                weak = compiled(words.weak, self.groups) if words.weak else None
                numbers = frozenset[int]().union(*(each.numbers for each in (strong, weak) if each))
                guesses.append(Guess(kind, strong, weak, numbers))
            except LibraryError as error:
                self.problems += error.problems
            except PatternError as error:
                self.problems.append(Problem(f"{kind}：{error}", document.where((kind,))))
        return tuple(guesses)

    def _read_ears(self) -> Ears | None:
        """Read the word lists and the weights that were learned with them."""
        path = self.folder / SIGNALS
        document = self._document(path) if path.exists() else None
        lists: dict[str, Signal] = {}
        for name, body in document.data.items() if document else ():
            assert document is not None
            try:
                lists[name] = yamls.build(Signal, document, body, (name,))
            except LibraryError as error:
                self.problems += error.problems
        signals = Signals(lists, self.groups)
        classifiers: dict[str, Classifier] = {}
        for weights in sorted((self.folder / EARS).glob("*.tsv")):
            if weights.name in (CONTRAST, NUMBERS):
                continue
            try:
                made = Classifier.load(weights, self._label(weights), proven=bool(self._proven))
            except LibraryError as error:
                self.problems += error.problems
                continue
            if made.mark != signals.mark():
                self.problems.append(
                    Problem("权重和 signals.yml 的词表对不上", self._label(weights), "词表改过，请重跑训练脚本")
                )
            classifiers[weights.stem] = made
        Classifier.together(classifiers.values(), self.groups.roll.trie)
        return Ears(signals, classifiers) if classifiers else None

    def _read_chapter(self, path: Path) -> Iterator[tuple[str, Rule | Survey]]:
        document = self._document(path)
        for name, body in document.data.items() if document else ():
            assert document is not None
            if name in self.places:
                other = self.places[name][0].where((name,))
                self.problems.append(
                    Problem(f"规则编号用了两次：{name}", document.where((name,)), f"另一处在 {other}，请改一个")
                )
                continue
            self.places[name] = (document, name)
            made = self._make(document, name, body, path.stem)
            if made is not None:
                yield name, made

    def _make(self, document: yamls.Document, name: str, body: Any, chapter: str) -> Rule | Survey | None:
        if not isinstance(body, Mapping):
            self.problems.append(Problem(f"{name} 要写成 名字: 内容 的样子", document.where((name,))))
            return None
        kind = body.get("kind")
        known: dict[str, type[Rule] | type[Survey]] = {**KINDS, **SURVEYS}
        if kind not in known:
            what = f"{name} 少了 kind" if kind is None else f"{name} 的 kind 不认识：{kind}"
            self.problems.append(Problem(what, document.where((name, "kind")), yamls.suggest(str(kind or ""), known)))
            return None
        try:
            made: Rule | Survey = yamls.build(known[kind], document, body, (name,), id=name, chapter=chapter)
        except LibraryError as error:
            self.problems += [
                Problem(f"{name} {problem.what}", problem.where, problem.hint) for problem in error.problems
            ]
            return None
        path = self.folder / EARS / (CONTRAST if isinstance(made, Contrast) else NUMBERS)
        if self.weights and (isinstance(made, Contrast) or (isinstance(made, Ground) and path.is_file())):
            try:
                made.learn(path, self._label(path))
            except LibraryError as error:
                self.problems += error.problems
                return None
        wrong = [*made.prepare(self.groups, self.sources), *self._unknown(made)]
        self.problems += [Problem(f"{name} {what}", document.where((name, *at)), hint) for at, what, hint in wrong]
        return None if wrong else made

    def _unknown(self, made: Rule | Survey) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """Yield names in a scope that nothing bears."""
        if not isinstance(made, Rule):
            return
        if isinstance(made, Forbid) and made.heard and self.weights:
            classifier = self.ears.classifiers.get(WEIGHTS) if self.ears else None
            labels = classifier.labels if classifier else ()
            if made.heard not in labels:
                yield ("heard",), f"权重里没有这一类：{made.heard}", yamls.suggest(made.heard, labels)
        tagged: list[tuple[tuple[str | int, ...], object]] = [(("scope",), made.scope)]
        if isinstance(made, Have):
            tagged += [(("fixes", index), fix) for index, fix in enumerate(made.fixes)]
        for at, piece in tagged:
            for field, titles, names in self._names():
                for index, wanted in enumerate(getattr(piece, field, ())):
                    if names and wanted not in names:
                        yield (*at, field, index), f"没有这个{titles}：{wanted}", yamls.suggest(wanted, names)

    def _names(self) -> tuple[tuple[str, str, Mapping[str, object]], ...]:
        """Return the fields that name things of the library, what they name, and what there is."""
        return (
            ("channels", "渠道", self.channels),
            ("genres", "内容类型", self.genres),
            ("segments", "客群", self.segments),
        )

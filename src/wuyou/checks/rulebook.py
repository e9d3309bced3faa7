"""The rulebook: reads chapters of rules, makes each rule prove itself, and runs them over a post or a calendar.

It returns findings as values and changes nothing. What a rule means stands in ``content_library/rules/``; what a *kind*
of rule does stands in ``kinds``, ``limits``, ``haves``, ``ground`` and ``surveys``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .. import yamls
from ..errors import LibraryError, Problem
from ..values import Cadence, Calendar, Channel, Checked, Finding, Genre, Lamp, Post, ProductKind, Segment, Source
from .ground import Ground
from .haves import Have
from .kinds import Fresh, Forbid, Pair, Prefer, Require
from .limits import Limit
from .patterns import BadPattern, Groups, Matcher, compiled, expanded
from .rule import Example, Piece, Rule
from .scan import Scan, Surface
from .surveys import SURVEYS, Survey

KINDS: Mapping[str, type[Rule]] = {
    "forbid": Forbid, "prefer": Prefer, "require": Require, "have": Have, "pair": Pair, "limit": Limit, "ground": Ground, "fresh": Fresh,
}  # fmt: skip
"""Kinds of rule over one post."""
GROUPS, PRODUCTS = "groups.yml", "products.yml"
"""The two files of the rules folder that are no chapters: shared word groups, and words by which a product is known."""
TAIL = "尾注"
"""The group of closing lines (risk words, opt-out) after which nobody looks for a question."""
VAGUE: tuple[ProductKind | None, ...] = (None, "general")
"""Product kinds that say nothing: the text is asked instead."""


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

    def weight(self, text: str) -> int:
        """Weigh what a text says of this kind: two for a strong word, one for a weak one."""
        strong = 2 * len({text[start:end] for start, end in self.strong.all(text)}) if self.strong else 0
        weak = len({text[start:end] for start, end in self.weak.all(text)}) if self.weak else 0
        return strong + weak


class Rulebook:
    """Every rule that has loaded."""

    def __init__(
        self, rules: Mapping[str, Rule], surveys: Mapping[str, Survey], guesses: tuple[Guess, ...], default_on: dt.date,
        *, tail: Matcher | None = None, genres: Mapping[str, Genre] | None = None, places: Mapping[str, tuple[yamls.Document, str]] | None = None,
    ) -> None:  # fmt: skip
        self.rules = rules
        self.surveys = surveys
        self._guesses = guesses
        self._default_on = default_on
        self._tail = tail
        self._genres = genres or {}
        self._places = places or {}
        self._applying: dict[tuple[object, ...], tuple[Rule, ...]] = {}

    @classmethod
    def load(
        cls, folder: Path, sources: Mapping[str, Source], default_on: dt.date, *, channels: Mapping[str, Channel] | None = None,
        genres: Mapping[str, Genre] | None = None, segments: Mapping[str, Segment] | None = None,
    ) -> Rulebook:  # fmt: skip
        """Read a folder of rules.

        ``default_on`` is the day on which examples without a date are judged. Raises LibraryError with every problem.
        """
        loader = _Loader(folder, sources, channels or {}, genres or {})
        rules, surveys, guesses, tail = loader.read()
        if loader.problems:
            raise LibraryError(loader.problems)
        return cls(rules, surveys, guesses, default_on, tail=tail, genres=genres, places=loader.places)

    # ── check ──

    def check(self, post: Post) -> Checked:
        """Run every rule in scope over one post."""
        return self._run(self.scan(post))

    def scan(self, post: Post) -> Scan:
        """Make a post ready for rules."""
        said = post.brief.product.kind if post.brief.product else None
        kind = said if said not in VAGUE else self.guess(post.text)
        return Scan(post, kind or "general", post.brief.slot.on, self._tail)

    def guess(self, text: str) -> ProductKind | None:
        """Guess from its words which kind of product a text is about; nothing when it says too little."""
        folded = Surface(text, "text").text
        weights = {guess.kind: guess.weight(folded) for guess in self._guesses}
        best = max(weights, key=lambda kind: weights[kind], default=None)
        return best if best is not None and weights[best] > 1 else None

    def _run(self, scan: Scan) -> Checked:
        findings: list[Finding] = []
        lamps: list[Lamp] = []
        lacking: list[str] = []
        grounded: bool | None = None
        for rule in self._in_scope(scan):
            if isinstance(rule, Pair):
                scan.found = frozenset(finding.category for finding in findings)
            if not rule.ready(scan):
                lacking.append(rule.id)
                continue
            found = list(rule.check(scan))
            findings += found
            if isinstance(rule, Have):
                lamps.append(rule.lamp(scan))
            if isinstance(rule, Ground):
                grounded = not found and grounded is not False
        findings.sort(
            key=lambda finding: (finding.where != "text", finding.where, finding.start, finding.end, finding.rule)
        )
        return Checked(
            post=scan.post,
            findings=tuple(findings),
            lamps=tuple(lamps),
            not_evaluated=tuple(sorted(lacking)),
            grounded=grounded,
        )

    def _in_scope(self, scan: Scan) -> tuple[Rule, ...]:
        """Return the rules for a post like this one, those that build on others' findings last."""
        brief = scan.post.brief
        key = (scan.kind, brief.channel.name, brief.genre and (brief.genre.name, brief.genre.marketing), scan.on)
        if key not in self._applying:
            applying = [rule for rule in self.rules.values() if rule.applies(scan)]
            self._applying[key] = tuple(sorted(applying, key=lambda rule: isinstance(rule, Pair)))
        return self._applying[key]

    # ── survey ──

    def survey(self, calendar: Calendar, cadence: Cadence | None = None) -> tuple[Finding, ...]:
        """Run the surveys over a calendar: what a single post cannot show."""
        return tuple(finding for survey in self.surveys.values() for finding in survey.survey(calendar, cadence))

    # ── prove ──

    def prove(self) -> list[Problem]:
        """Run every example: each ``hit`` must fire its rule, each ``pass`` must leave it silent."""
        return [problem for rule in self.rules.values() for problem in self._prove(rule)]

    def _prove(self, rule: Rule) -> Iterator[Problem]:
        for key, examples in (("hit", rule.examples.hit), ("pass", rule.examples.silent)):
            for index, example in enumerate(examples):
                fired = self._fires(rule, example)
                if fired == (key == "hit"):
                    continue
                shown = example.text or "\n".join(example.parts.values()) or "（没有文字）"
                where = self._where(rule.id, "examples", key, index)
                if key == "hit":
                    yield Problem(f"{rule.id} 的例句没有命中：{shown}", where, "规则可能永远不会响")
                else:
                    yield Problem(f"{rule.id} 的反例不该命中却命中了：{shown}", where, "请补一种 unless，或把规则收窄")

    def _fires(self, rule: Rule, example: Example) -> bool:
        scan = self.scan(example.post(rule.scope, self._default_on, self._genres))
        if isinstance(rule, Pair) and rule.after:
            others = (other for other in self._in_scope(scan) if not isinstance(other, Pair) and other.ready(scan))
            scan.found = frozenset(finding.category for other in others for finding in other.check(scan))
        return rule.applies(scan) and rule.ready(scan) and rule.fires(scan)

    def _where(self, name: str, *path: str | int) -> str:
        document, key = self._places[name]
        return document.where((key, *path))


class _Loader:
    """Reads a folder of rules and remembers everything that is wrong in it."""

    def __init__(
        self, folder: Path, sources: Mapping[str, Source], channels: Mapping[str, Channel], genres: Mapping[str, Genre]
    ) -> None:
        self.folder = folder
        self.sources = sources
        self.channels = channels
        self.genres = genres
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[yamls.Document, str]] = {}
        self.groups: Groups = {}

    def read(self) -> tuple[dict[str, Rule], dict[str, Survey], tuple[Guess, ...], Matcher | None]:
        """Read groups, product words and every chapter."""
        if not self.folder.is_dir():
            self.problems.append(Problem("没有规则文件夹", self._label(self.folder), "请从示例库复制 rules/"))
            return {}, {}, (), None
        self.groups = self._read_groups()
        guesses = self._read_products()
        rules: dict[str, Rule] = {}
        surveys: dict[str, Survey] = {}
        for path in sorted(self.folder.rglob("*.yml")):
            if path.parent == self.folder and path.name in (GROUPS, PRODUCTS):
                continue
            for name, made in self._read_chapter(path):
                if isinstance(made, Rule):
                    rules[name] = made
                else:
                    surveys[name] = made
        tail = compiled(self.groups[TAIL], self.groups) if TAIL in self.groups and not self.problems else None
        return rules, surveys, guesses, tail

    def _label(self, path: Path) -> str:
        inside = path.relative_to(self.folder).as_posix()
        return f"{self.folder.parent.name}/{self.folder.name}" + (f"/{inside}" if inside != "." else "")

    def _document(self, path: Path) -> yamls.Document | None:
        try:
            document = yamls.load(path, self._label(path))
        except LibraryError as error:
            self.problems += error.problems
            return None
        if document.data is None:
            return document._replace(data={})
        if not isinstance(document.data, Mapping):
            self.problems.append(Problem("要写成 名字: 内容 的样子", document.where()))
            return None
        return document

    def _read_groups(self) -> Groups:
        path = self.folder / GROUPS
        document = self._document(path) if path.exists() else None
        groups: dict[str, tuple[str, ...]] = {}
        for name, body in document.data.items() if document else ():
            if not isinstance(body, list) or not all(isinstance(item, str) for item in body):
                self.problems.append(Problem(f"词组 {name} 要写成列表", document.where((name,)) if document else ""))
                continue
            groups[name] = tuple(body)
        for name, body in groups.items():
            try:
                if expanded(body, groups, (name,)):
                    compiled(body, groups)
            except BadPattern as error:
                self.problems.append(Problem(f"词组 {name}：{error}", document.where((name,)) if document else ""))
        return groups

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
                guesses.append(Guess(kind, strong, weak))
            except LibraryError as error:
                self.problems += error.problems
            except BadPattern as error:
                self.problems.append(Problem(f"{kind}：{error}", document.where((kind,))))
        return tuple(guesses)

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
        wrong = Counter[str]()
        for at, what, hint in (*made.prepare(self.groups, self.sources), *self._unknown(made)):
            self.problems.append(Problem(f"{name} {what}", document.where((name, *at)), hint))
            wrong[name] += 1
        return None if wrong else made

    def _unknown(self, made: Rule | Survey) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """Yield names in a scope that nothing bears."""
        if not isinstance(made, Rule):
            return
        for field, titles, names in (("channels", "渠道", self.channels), ("genres", "内容类型", self.genres)):
            for index, wanted in enumerate(getattr(made.scope, field)):
                if names and wanted not in names:
                    yield ("scope", field, index), f"没有这个{titles}：{wanted}", yamls.suggest(wanted, names)

"""Kinds of rule that read words: forbid, prefer, require, pair, and fresh.

Each is a small class with one method, ``check``. What it looks for stands in YAML; nothing here knows a law.
The other kinds have rooms of their own: ``limits``, ``haves``, ``ground``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import model_validator

from .. import formulas
from ..chinese import fold
from ..values import Fact, Finding, Source
from .patterns import Lexicon, Matcher
from .pieces import At
from .rule import Rule
from .scan import COMPLIANCE, Scan, Surface

WEIGHTS = COMPLIANCE
"""The weights that ``heard`` asks."""
Where = Literal["opening", "ending", "text", "facts", "picture"]
"""Where ``require`` looks."""


class Forbid(Rule):
    """Ask whether something stands there that should not: 不该出现的，出现了吗."""

    PATTERNS: ClassVar[tuple[str, ...]] = ("match", "beside")
    kind: Literal["forbid"]
    match: tuple[str, ...] = ()
    """What must not stand there."""
    beside: tuple[str, ...] = ()
    """What must stand in the same sentence for a match to count."""
    look_at: Literal["words", "drawing"] = "words"
    """The words a customer reads, or what the pictures are asked to show."""
    words_of: Literal["segment", "bank"] | None = None
    """Words that the segment avoids, or names that the bank denies, instead of ``match``."""
    heard: str = ""
    """A label of the learned weights, instead of ``match``: what all the words together say. It may not block."""

    @model_validator(mode="after")
    def _something(self) -> Forbid:
        if sum(map(bool, (self.match, self.words_of, self.heard))) != 1:
            raise ValueError("match、words_of 和 heard 要写一个，也只写一个")
        if self.heard and self.level == "block":
            raise ValueError("heard 是听出来的，不能拦截，请改成 warn 或 hint")
        return self

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield every match that no context excuses, in the text and on the pictures."""
        if self.heard:
            yield from self._hear(scan)
            return
        for surface in self._surfaces(scan):
            for start, end in self._words(scan, surface) if self.words_of else self.hits(scan, surface, "match"):
                if self._has_neighbour(surface, start, end):
                    yield self.finding(scan, surface, start, end)

    def wakes(self) -> frozenset[int] | None:
        """Return what stands in ``match``."""
        matcher = self.matcher("match")
        return matcher.numbers if matcher and self.look_at == "words" else None

    def _hear(self, scan: Scan) -> Iterator[Finding]:
        """Yield one finding, the clause that says most, unless a rule with words of its own has said so already."""
        if self.category in scan.found:
            return
        span = scan.hear(WEIGHTS, self.heard)
        if span is not None and not self.excused(scan, scan.text, *span):
            carriers = "、".join(scan.carriers(WEIGHTS, self.heard)[:3])
            yield self.finding(
                scan, scan.text, *span, message=self.message.replace("{signals}", carriers or "整句的说法")
            )

    def _surfaces(self, scan: Scan) -> tuple[Surface, ...]:
        return scan.surfaces if self.look_at == "words" else scan.drawings

    def ready(self, scan: Scan) -> bool:
        """Ask for a segment where its words are meant, and for a bank where its names are."""
        if self.words_of is None:
            return super().ready(scan)
        brief = scan.post.brief
        return super().ready(scan) and (brief.segment if self.words_of == "segment" else brief.bank) is not None

    def _words(self, scan: Scan, surface: Surface) -> Iterator[tuple[int, int]]:
        brief = scan.post.brief
        avoided = brief.segment.avoid if brief.segment else ()
        denied = brief.bank.deny if brief.bank else ()
        for word in avoided if self.words_of == "segment" else denied:
            folded = fold(word).text
            at = surface.text.find(folded) if folded else -1
            if at >= 0:
                yield at, at + len(folded)

    def _has_neighbour(self, surface: Surface, start: int, end: int) -> bool:
        beside = self.matcher("beside")
        if beside is None:
            return True
        low, high = surface.sentence(start)
        return any(stop <= start or end <= begin for begin, stop in beside.all(surface.text, low, high))


class Prefer(Rule):
    """Ask whether there is a better wording: 有没有更好的说法."""

    kind: Literal["prefer"]
    level: Literal["warn", "hint"]
    swap: Mapping[str, str]
    """Wording → the better wording."""

    def prepare(self, groups: Lexicon, sources: Mapping[str, Source]) -> Iterator[tuple[At, str, str]]:
        """Compile each wording apart, since each has its own advice."""
        yield from super().prepare(groups, sources)
        yield from self._prepare_apart("swap", self.swap, groups)

    def swaps(self) -> Iterator[tuple[Matcher, str]]:
        """Yield the wordings and their better ones."""
        for wording, better in self.swap.items():
            yield self.matchers["swap", wording], better
        yield from super().swaps()

    def wakes(self) -> frozenset[int] | None:
        """Return the wordings."""
        return frozenset[int]().union(*(self.matchers["swap", wording].numbers for wording in self.swap))

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield every wording that has a better one."""
        for surface in scan.surfaces:
            for wording, better in self.swap.items():
                for start, end in self.hits(scan, surface, "swap", wording):
                    words = surface.cut(start, end)[0]
                    advice = f"“{words}”可以改成“{better}”" if better else f"“{words}”可以删去"
                    yield self.finding(scan, surface, start, end, suggestion=self.suggestion or advice)


class Require(Rule):
    """Ask whether what is due stands where it is due: 该有的，在该在的地方吗."""

    PATTERNS: ClassVar[tuple[str, ...]] = ("when", "any_of")
    kind: Literal["require"]
    when: tuple[str, ...] = ()
    """What makes it necessary; nothing means: always."""
    any_of: tuple[str, ...] = ()
    """One of these must be there."""
    all_of: tuple[tuple[str, ...], ...] = ()
    """Of each of these lists, one must be there."""
    where: Where = "text"
    """Where it must be."""

    @model_validator(mode="after")
    def _something(self) -> Require:
        if not self.any_of and not self.all_of:
            raise ValueError("any_of 和 all_of 至少写一个")
        return self

    def patterns(self) -> Iterator[tuple[At, tuple[str, ...], dict[str, bool]]]:
        """Yield the lists of ``all_of`` too, each apart."""
        for index, wanted in enumerate(self.all_of):
            yield ("all_of", index), wanted, {}
        yield from super().patterns()

    def wakes(self) -> frozenset[int] | None:
        """Return its cause; where facts are looked into, they must be there too."""
        cause = self.matcher("when")
        return cause.numbers if cause and self.where != "facts" else None

    def ready(self, scan: Scan) -> bool:
        """Ask for facts where they are looked into."""
        return super().ready(scan) and not (self.where == "facts" and scan.outside and not scan.post.facts)

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield one finding when something that is due is missing."""
        cause = next(((surface, span) for surface in scan.surfaces for span in self.hits(scan, surface, "when")), None)
        if self.when and cause is None:
            return
        places = self._places(scan)
        wanted = [self.matcher("any_of"), *(self.matcher("all_of", index) for index in range(len(self.all_of)))]
        if all(matcher is None or any(matcher.within(place) for place in places) for matcher in wanted):
            return
        if cause is None:
            yield self.finding(scan)
        else:
            yield self.finding(scan, cause[0], *cause[1])

    def _places(self, scan: Scan) -> tuple[str, ...]:
        if self.where == "facts":
            return tuple(
                fold(f"{fact.value} {fact.plain} {' '.join(fact.conditions)}").text for fact in scan.post.facts
            )
        if self.where == "picture":
            return tuple(surface.text for surface in scan.pictures)
        if self.where == "text":
            return tuple(surface.text for surface in scan.surfaces)
        return (scan.text.text[slice(*(scan.opening if self.where == "opening" else scan.ending))],)


class Pair(Rule):
    """Ask whether who said A also said B, a product and its risk words: 说了甲，有没有说乙."""

    PATTERNS: ClassVar[tuple[str, ...]] = ("when", "accept")
    kind: Literal["pair"]
    when: tuple[str, ...] = ()
    """What makes it necessary, besides the product being named or marketed."""
    after: tuple[str, ...] = ()
    """Categories of earlier findings that make it necessary too: who promises is selling."""
    named: bool = True
    """Whether naming the product in a post made for it is enough to make it necessary."""
    accept: tuple[str, ...] = ()
    """What serves as well as the product's own disclosure."""

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield one finding when a product is offered without its risk words."""
        cause = next(((surface, span) for surface in scan.surfaces for span in self.hits(scan, surface, "when")), None)
        if cause is None:
            cause = self._name(scan) if self.named else None
        if cause is None and not (scan.found & set(self.after)) and not (scan.marketing and scan.post.brief.product):
            return
        if self._disclosed(scan):
            return
        product = scan.post.brief.product
        own = product.disclosure.short if product else ""
        suggestion = f"{self.suggestion}：{own}" if own and own not in self.suggestion else self.suggestion
        yield (
            self.finding(scan, cause[0], *cause[1], suggestion=suggestion)
            if cause
            else self.finding(scan, suggestion=suggestion)
        )

    def _name(self, scan: Scan) -> tuple[Surface, tuple[int, int]] | None:
        """Find the product's name in the text."""
        product = scan.post.brief.product
        for name in (product.title, product.nickname) if product else ():
            at = scan.text.text.find(fold(name).text) if name else -1
            if at >= 0:
                return scan.text, (at, at + len(fold(name).text))
        return None

    def _disclosed(self, scan: Scan) -> bool:
        product, accept = scan.post.brief.product, self.matcher("accept")
        own = (
            [fold(words).text for words in (product.disclosure.short, product.disclosure.long) if words]
            if product
            else []
        )
        return any(
            (accept and accept.within(surface.text)) or any(words in surface.text for words in own)
            for surface in scan.surfaces
        )


class Fresh(Rule):
    """Ask whether the cited facts hold on the day, and whether the product suits: 发布那天仍有效吗."""

    kind: Literal["fresh"]
    ask: Literal["alive", "current", "kept", "risk", "derived", "withdrawn"]
    """alive: the cited facts may be told that day; current: none is superseded; kept: someone kept them;
    risk: the product's level is not above the segment's; derived: what was computed comes out right when it is computed
    again; withdrawn: headquarters has not taken back the material from which it was written."""

    def ready(self, scan: Scan) -> bool:
        """Ask for facts of a post that can have them; for risk, for a product's level and a segment."""
        brief = scan.post.brief
        if self.ask == "risk":
            return (
                super().ready(scan)
                and brief.product is not None
                and brief.product.risk is not None
                and brief.segment is not None
            )
        return super().ready(scan) and bool(scan.post.facts or not scan.outside)

    def check(self, scan: Scan) -> Iterator[Finding]:
        """Yield one finding per fact that may not be told, or one for a product above its segment."""
        product, segment = scan.post.brief.product, scan.post.brief.segment
        if self.ask == "risk":
            if product and segment and (product.risk or 0) > segment.risk:
                said = f"产品风险等级R{product.risk}，{segment.title}最高到R{segment.risk}"
                yield self.finding(scan, message=f"{self.message}：{said}")
            return
        if self.ask == "withdrawn":
            yield from self._withdrawn(scan)
            return
        for fact in scan.post.facts:
            said, hint = self._fault(scan, fact)
            if not said:
                continue
            at = scan.text.raw.find(fact.value)
            basis = (f"{fact.citation.material} {fact.citation.locator}".strip(), *self.standing(scan.on))
            found = self.finding(scan, message=f"{self.message}：{said}", suggestion=hint, basis=basis)
            yield (
                found
                if at < 0
                else found.model_copy(update={"quote": fact.value, "start": at, "end": at + len(fact.value)})
            )

    def _fault(self, scan: Scan, fact: Fact) -> tuple[str, str]:
        """Say what is wrong with a fact, and what to do where that is special; nothing when all is well."""
        if self.ask == "derived":
            faults = formulas.faults(fact, scan.kind, scan.on)
            said = "；".join(dict.fromkeys(fault.what for fault in faults))
            return (f"“{fact.value}”，{said}" if faults else ""), "；".join(dict.fromkeys(each.hint for each in faults))
        bad = {
            "alive": fact.status == "current" and not fact.alive(scan.on),
            "current": fact.status == "superseded",
            "kept": not fact.kept,
        }[self.ask]
        life = f"（{_life(fact.valid_from, fact.valid_until)}）" if self.ask == "alive" else ""
        return (f"“{fact.value}”{life}" if bad else ""), ""

    def _withdrawn(self, scan: Scan) -> Iterator[Finding]:
        """Yield one finding for each withdrawn material that the post rests on."""
        for material, withdrawal in sorted(scan.post.withdrawn.items()):
            said = f"{self.message}：{material}，{withdrawal}"
            yield self.finding(scan, message=said, basis=(material, *self.standing(scan.on)))


def _life(first: object, last: object) -> str:
    if first and last:
        return f"{first} 到 {last} 之间才能说"
    return f"{first} 起才能说" if first else f"{last} 之后不能再说"

"""Proves more of the rulebook than that its examples hold: that nothing in it is dead, and whole posts come out right.

For ``lint`` alone: it takes a second or two. It names

- a pattern, or one alternative of it, that no folded text can match, or that its own contexts always excuse;
- a scope that nothing in the library satisfies, and a basis that is in force on no day;
- a rule that is shadowed: on every one of its own examples others have spoken before it, and it keeps silent (of one
  that hears, only a note: its examples move with the weights);
- a whole post of ``whole_posts.yml`` with other findings than those listed.

A scope of products is not held against the library: a text from outside may be about any kind.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import yamls
from ..errors import LibraryError, Problem, WuyouError
from ..values import Channel, Genre, Post
from . import outside
from .kinds import Forbid, Prefer
from .limits import COUNTED, Limit
from .patterns import alternatives
from .pieces import At
from .rule import Rule
from .rulebook import Rulebook
from .samples import samples

HEARING = ("match", "when", "swap")
"""Fields whose matches the contexts of a rule may excuse."""
ENOUGH = 12
"""Excused samples after which contexts and pattern are said to exclude each other."""
Record = Mapping[str, Any]


def problems(
    book: Rulebook, on: dt.date, *, channels: Mapping[str, Channel], genres: Mapping[str, Genre]
) -> Iterator[Problem]:
    """Yield what is dead in a rulebook that has proved its examples; ``on`` is the day it was last looked through."""
    known: set[tuple[str, bool, str]] = set()
    for rule in book.rules.values():
        yield from _dead_patterns(book, rule, on, known)
        yield from _dead_scope(book, rule, on, channels, genres)
        shadow = _shadow(book, rule)
        if shadow and not _hears(rule):
            hint = "补一句只有它才说得出的例句，或删掉这条规则"
            yield Problem(f"{rule.id} {shadow}", book.where(rule.id, "examples", "hit"), hint)


def _hears(rule: Rule) -> bool:
    """Tell whether a rule was learned: it is scored on the labels, and steps back where words have spoken."""
    return isinstance(rule, Forbid) and bool(rule.heard)


def notes(book: Rulebook, on: dt.date) -> list[str]:
    """Say which rules are silent on a day because their basis is not in force, and which are lowered on all examples."""
    said = []
    for rule in book.rules.values():
        day = rule.in_force(on)
        if day != on:
            said.append(f"{rule.id} {on} 不说话：依据{f'从 {day} 起施行' if day > on else f'到 {day} 为止'}")
            continue
        own = [_own(book, rule, index) for index in range(len(rule.examples.hit))]
        if rule.level != "hint" and own and all(levels and rule.level not in levels for levels in own):
            said.append(f"{rule.id} 的例句单独听都没有问题，都降成了建议：请换一句更像真事的例句")
        if _hears(rule) and (shadow := _shadow(book, rule)):
            said.append(f"{rule.id} {shadow}")
    return said


# ── dead ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dead_patterns(book: Rulebook, rule: Rule, on: dt.date, known: set[tuple[str, bool, str]]) -> Iterator[Problem]:
    lists = [(at, bool(mode.get("raw"))) for at, written, mode in rule.patterns() if written]
    lists += [(("swap", wording), False) for wording in (rule.swap if isinstance(rule, Prefer) else ())]
    lists += [(("replace", wording), False) for wording in rule.replace]
    for at, raw in lists:
        matcher = rule.matcher(*at)
        for part in matcher.parts if matcher else ():
            for each in alternatives(part.bare):
                framed = part.frame.format(each)
                if (rule.id if at[0] in HEARING else "", raw, framed) in known:
                    continue
                known.add((rule.id if at[0] in HEARING else "", raw, framed))
                why = _why_dead(book, rule, on, at, framed, raw=raw)
                if why:
                    yield Problem(f"{rule.id} 的这一种{why}：{each}", book.where(rule.id, *at), "请改写或删去")


def _why_dead(book: Rulebook, rule: Rule, on: dt.date, at: At, source: str, *, raw: bool) -> str:
    """Say why no text can be hit by it; nothing when a text was found that is."""
    search, excused = re.compile(source).search, 0
    for text in samples(source):
        scan = book.scan(outside.post_of(text, channel=outside.ROOMY, on=on), "general")
        found = search(text if raw else scan.text.text)
        if found is None:
            continue
        if at[0] not in HEARING or not rule.excused(scan, scan.text, *found.span()):
            return ""
        excused += 1
        if excused == ENOUGH:
            break
    return "总被自己的 unless 放过" if excused else "永远不会命中（归一后没有这样的字）"


def _dead_scope(
    book: Rulebook, rule: Rule, on: dt.date, channels: Mapping[str, Channel], genres: Mapping[str, Genre]
) -> Iterator[Problem]:
    scope = rule.scope
    meant = [genres[name] for name in scope.genres if name in genres]
    if meant and scope.marketing is not None and all(genre.marketing != scope.marketing for genre in meant):
        where = book.where(rule.id, "scope", "marketing")
        yield Problem(f"{rule.id} 的 genres 和 marketing 互相排斥，没有一类内容两样都是", where, "请去掉一样")
    used = [channel for name, channel in channels.items() if not scope.channels or name in scope.channels]
    if isinstance(rule, Limit) and rule.of in COUNTED and used and not any(_limit(each, rule) for each in used):
        where = book.where(rule.id, "of")
        yield Problem(f"{rule.id} 管的渠道都没有写 {rule.of}，它不会响", where, "请在 channels/ 写上")
    if not rule.standing(rule.in_force(on)):
        yield Problem(
            f"{rule.id} 的依据没有一天同时有效",
            book.where(rule.id, "basis"),
            "请查 sources.yml 的 effective 和 expires",
        )


def _limit(channel: Channel, rule: Limit) -> bool:
    return bool(getattr(channel.limits, rule.of) > 0)


# ── shadowed ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _own(book: Rulebook, rule: Rule, index: int) -> set[str]:
    """Return the levels at which a rule speaks on one of its own examples when all rules do."""
    return {finding.level for finding in book.said_on(rule, index) if finding.rule == rule.id}


def _shadow(book: Rulebook, rule: Rule) -> str:
    """Say who keeps a rule silent on all its examples by saying the same before it; nothing when nobody does."""
    if rule.kind == "have":
        return ""
    others: Counter[str] = Counter()
    for index in range(len(rule.examples.hit)):
        found = {finding.rule for finding in book.said_on(rule, index)}
        if rule.id in found:
            return ""
        others.update(found)
    return f"的例句都被别的规则先说了（{'、'.join(name for name, _ in others.most_common(3))}），它自己从不开口"


# ── whole posts ──────────────────────────────────────────────────────────────────────────────────────────────────────


def whole_posts(
    book: Rulebook, path: Path, label: str, reader: Callable[[Record], Post]
) -> tuple[list[Problem], list[str]]:
    """Return the whole posts whose findings are not the listed ones, or that cannot be read; and what is worth a look.

    A post with an empty list must be clean, down to hints. What is merely heard is no fault here, for it is scored on
    the labels: where it troubles a clean post it is worth a look.
    """
    if not path.is_file():
        return [], []
    try:
        document = yamls.load(path, label)
    except LibraryError as error:
        return list(error.problems), []
    if not isinstance(document.data, Mapping):
        return [Problem("要写成 名字: 内容 的样子", document.where())], []
    heard = {rule.id for rule in book.rules.values() if _hears(rule)}
    wrong: list[Problem] = []
    said: list[str] = []
    for name, body in document.data.items():
        listed = body.get("findings") if isinstance(body, Mapping) else None
        if not isinstance(listed, list):
            wrong.append(Problem(f"{name} 要写 findings：规则编号的列表，干净的写 []", document.where((name,))))
            continue
        try:
            post = reader({key: value for key, value in body.items() if key != "findings"})
        except WuyouError as error:
            wrong += [
                Problem(f"{name} 读不了：{each.what}", document.where((name,)), each.hint) for each in error.problems
            ]
            continue
        every = [finding.rule for finding in book.check(post).findings]
        found, wanted = Counter(rule for rule in every if rule not in heard), Counter(map(str, listed))
        more, less = (sorted((one - other).elements()) for one, other in ((found, wanted), (wanted, found)))
        told = [f"多了 {'、'.join(more)}"] * bool(more) + [f"少了 {'、'.join(less)}"] * bool(less)
        if told:
            where = document.where((name, "findings"))
            wrong.append(Problem(f"{name} 查出来的和写的不一样：{'，'.join(told)}", where, "请改规则，或改这一篇"))
        if not listed and len(every) > sum(found.values()):
            said.append(f"整篇的例子 {name} 是干净的，却听着像 {'、'.join(rule for rule in every if rule in heard)}")
    return wrong, said

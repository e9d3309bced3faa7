"""Signs of a wrong name: one the source does not have among its like, or one that stands beside another's number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..chinese import is_han
from ..regexes import regex
from .alignment import Clause, content
from .signals import FAINT, Sign, anchors, sign
from .wording import SUFFIXES, Source, Span, Told

_LINKS = regex(r"[、/]|以及|还有|或者|(?<=[\u4e00-\u9fff]{2})[和跟与或及](?=[\u4e00-\u9fff]{2})")
_LIST = regex(r"[\u4e00-\u9fffa-z0-9]{1,12}(?:(?:[、/]|以及|还有|或者|[和跟与或及])[\u4e00-\u9fffa-z0-9]{1,12})+")
_LEAD = regex(r".*(?:除了|比如|像|包括|覆盖|有|去|到|在|是|绑|用)(?=.{2})")
_AFTER = regex(r"(?<=.)(?:两|三|四|五|六|这|那|都|也|全|就|能|可以|的|挂|在|等|哪|一起|随便|任)")
_NO_ITEM = regex(r"[\d一二两三四五六七八九十百千万每不都能可满]")
_DIGITS = str.maketrans("一二三四五六七八九层", "123456789楼")
_EDGE = frozenset(
    "的了是在有和就都也还到去来从往跟把给被让这那哪各每几您咱我他她它家同对向该个业近过办买申开存打用款批只种类期能可要想"
)
"""Characters before a suffix that are no part of a name."""
LONG = frozenset({"place", "branch", "road", "product", "maker", "bank"})
"""What has a name of three characters at least."""
KNOWN_ONLY = frozenset({"product"})
"""What goes by so many names that a new one is no sign."""
_ITEM = 4
"""How many characters of the first and the last item of an enumeration may belong to it."""


def names(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield every sign of a name in a clause."""
    if clause.score >= FAINT:
        yield from _suffixed(told, clause)
        yield from _enumerated(told, clause)
        yield from _sole(told, clause)
        yield from _strangers(told, clause)
    elif told.best >= FAINT:
        yield from (each for each in _suffixed(told, clause) if each.name.startswith("name.paper"))


def _suffixed(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a name that the source does not have, where it has others that end alike: 北门支行, 东郊, 二楼.

    Or one that it has elsewhere, while what the clause speaks of, or its number, goes with another.
    """
    source = told.source
    for kind in told.groups(SUFFIXES):
        theirs = source.spans(SUFFIXES, kind)
        for begun, end in told.inside(clause.start, clause.end, SUFFIXES, kind) if theirs else ():
            start = max((place + 1 for place in range(begun, end - 1) if told.text[place] in _EDGE), default=begun)
            name = told.text[start:end].translate(_DIGITS)
            if len(name) < (3 if kind in LONG else 2) or told.inside(begun, end, "generic"):
                continue
            here = [span for unit in clause.units for span in source.inside(*source.span(unit), SUFFIXES, kind)]
            if _has_name(source, theirs, name):
                if here and not _has_name(source, here, name):
                    yield sign(f"other.{kind}", (start, end), told, here[0])
                else:
                    yield from _elsewhere(told, clause, (start, end), kind, name)
            elif kind not in KNOWN_ONLY and not (is_han(name[1]) and len(name) > 3 and name[:2] in source.text):
                yield sign(f"name.{kind}" if here else f"name.{kind}?", (start, end), told, (here or theirs)[0])


def _has_name(source: Source, spans: list[Span], name: str) -> bool:
    """Tell whether one of some names of a source is that name, or a longer or a shorter form of it."""
    if name in source.text and len(name) > 2:
        return any(name in source.text[max(0, low - 4) : high + 4] for low, high in spans)
    named = (source.text[low:high].translate(_DIGITS) for low, high in spans)
    return any(each.endswith(name) or name.endswith(each) or (name[:2] in each and is_han(name[1])) for each in named)


def _elsewhere(told: Told, clause: Clause, span: Span, kind: str, name: str) -> Iterator[Sign]:
    """Yield a known name beside a number that the source puts beside another one."""
    source = told.source
    rivals = [(source.text[slice(*each)], each) for each in source.spans(SUFFIXES, kind)]
    for places in anchors(told, clause):
        heads = [source.governing(place, rivals) for place in places]
        if heads and all(each and not _has_name(source, [where for _, where in each], name) for each in heads):
            yield sign(f"beside.{kind}", span, told, heads[0][0][1])
            return


def _enumerated(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield an item of the source's enumeration beside a number that the source puts beside another item."""
    source = told.source
    for items in source.series:
        mine = [item for item in items if item in clause.text]
        if len(mine) != 1:
            continue
        rivals = [(item, span) for item, spans in items.items() for span in spans]
        start = clause.start + clause.text.find(mine[0])
        for places in anchors(told, clause):
            heads = [source.governing(place, rivals) for place in places]
            if heads and all(each and mine[0] not in {item for item, _ in each} for each in heads):
                yield sign("beside.item", (start, start + len(mine[0])), told, heads[0][0][1])
                return


def _sole(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield an item of the source's enumeration where the source ties something to another item of it: 仅星凌."""
    source = told.source
    for items in source.series if not told.denied(clause) else ():
        mine = [item for item in items if item in clause.text]
        if len(mine) != 1:
            continue
        for unit in told.around(clause):
            for low, high in source.inside(*source.span(unit), "tying"):
                begin, end = source.segment(low, high)
                words = source.text[low:end]
                others = [item for item in items if item in words]
                if others and mine[0] not in source.text[begin:end]:
                    start = clause.start + clause.text.find(mine[0])
                    yield sign("sole", (start, start + len(mine[0])), told, (begin, end))
                    return


def _strangers(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield the one item of an enumeration that the source's enumeration does not have."""
    source = told.source
    if told.denied(clause):
        return
    for run in _runs(told.text, *told.sentence(clause)):
        if run.end() <= clause.start or run.start() >= clause.end:
            continue
        items = list(_items(run[0], run.start()))
        known = [words for _, words in items if _is_known(words, source)]
        if not known or len(known) == len(items) or not ("、" in run[0] or len(items) > 2):
            continue
        lists = [at for at, pairs in enumerate(source.lists_of) if any(content(words) & pairs for words in known)]
        for start, words in items if lists else ():
            if len(words) < 2 or _NO_ITEM.search(words) or not clause.start <= start < clause.end:
                continue
            if not _is_known(words, source):
                name = "listed+" if len(known) > 1 else "listed"
                said = f"出处里是“{'、'.join(known)}”，没有这一个"
                yield Sign(name, start, start + len(words), said, source.span(lists[0])[0])


@lru_cache(maxsize=1 << 4)
def _runs(text: str, low: int, high: int) -> tuple[re.Match[str], ...]:
    """Return the enumerations of a sentence."""
    return tuple(run for run in _LIST.finditer(text, low, high) if _LINKS.search(run[0]))


def _items(run: str, at: int) -> Iterator[tuple[int, str]]:
    """Yield the items of an enumeration with their places; the first and the last lose what may be sentence."""
    parts: list[tuple[int, str]] = []
    begun = 0
    for link in _LINKS.finditer(run):
        parts.append((begun, run[begun : link.start()]))
        begun = link.end()
    parts.append((begun, run[begun:]))
    for index, (start, words) in enumerate(parts):
        if index == 0:
            lead = _LEAD.match(words)
            cut = max(lead.end() if lead else 0, len(words) - _ITEM)
            yield at + start + cut, words[cut:]
        elif index == len(parts) - 1:
            stop = _AFTER.search(words)
            yield at + start, words[: stop.start() if stop else _ITEM][:6]
        else:
            yield at + start, words


def _is_known(words: str, source: Source) -> bool:
    pairs = content(words)
    return words in source.text or (bool(pairs) and len(pairs & source.alignment.words) * 2 >= len(pairs))

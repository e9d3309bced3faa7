"""Signs of an offer that is too wide or too good: everybody instead of some, what nobody promised, presents."""

from __future__ import annotations

from collections.abc import Iterator

from ..chinese import is_han
from ..regexes import regex
from .alignment import Clause, content
from .signals import CLEAR, FAINT, Sign
from .wording import Span, Told

_SHOWN = 30
"""How much of a limit is shown."""
_COUNTED = regex(r"[一两三四五六1-9](?:桶|袋|斤|箱|盒|瓶|份|张|个)$")
_PARTICLES = regex(r"(?:的话|的|了|吧|啊|呀|哦|哈|呢|啦|嘛|来|去|给您?|回家|到家|等着|拿|都行)+$")
_MEASURES = regex(
    r"^(?:您|大家|每人|每户|每位|每组|咱们?|我们|客户)*[一两三四五六七八九十半\d]*(?:大|小)?"
    r"(?:份|张|个|把|条|只|桶|瓶|袋|盒|斤|台|套|次|箱|块|枚|本|杯|顿|趟|点|些|公斤)?(?=.)"
)
_NO_PRESENT = regex(r"[\d一二两三四五六七八九十百千万不没吗呢]")


def offers(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield every sign of an offer in a clause."""
    if told.best >= FAINT:
        yield from _sweeping(told, clause)
    if clause.score >= FAINT:
        yield from _permits(told, clause)
    yield from _presents(told, clause)


# ── limits ──


def _sweeping(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield words for everybody and everything where the source has a limit."""
    source = told.source
    for start, end in told.inside(clause.start, clause.end, "sweeping"):
        if told.text[start:end] in source.text or told.has(max(clause.start, start - 4), start, "negations"):
            continue
        units = told.units(clause)
        sure = source.first(units, "only")
        limit = sure or source.first(units, "limited")
        yield _limited("sweeping" + ("+" if sure else "" if limit else "-"), (start, end), told, limit)
        return


def _permits(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield somebody or something of whom the source does not speak, and who may, can or gets all the same."""
    source = told.source
    for start, end in told.inside(clause.start, clause.end, "permits"):
        subject = told.text[clause.start : start][-8:]
        begin = start - len(subject)
        pairs = content(subject)
        new = [pair for pair in pairs if pair not in source.alignment.words]
        if told.has(start, clause.end, "negations") or not pairs or len(new) * 2 <= len(pairs):
            continue
        if any(begin <= each.start < start for each in told.quantities):
            continue
        limit = source.first(clause.units, "only")
        talk = told.has(clause.start, clause.end, "talk")
        name = "permits" + ("~" if talk else "+" if limit else "") + ("!" if len(new) == len(pairs) else "")
        yield _limited(name, (begin + min(subject.find(pair) for pair in new), end), told, limit)
        return


def _limited(name: str, span: Span, told: Told, limit: Span | None) -> Sign:
    if limit is None:
        return Sign(name, *span, "出处里没有这样说")
    low, high = told.source.segment(*limit)
    return Sign(name, *span, f"出处里有条件“{told.source.text[low : min(high, low + _SHOWN)].strip()}”", limit[0])


# ── presents ──


def _presents(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a benefit of which the source knows nothing, behind a verb of giving or by its name."""
    words, known = told.source.alignment.words, told.source.text
    talk = "~" if told.has(clause.start, clause.end, "talk") else ""
    level = "+" if clause.score > CLEAR else "" if clause.score > FAINT else "-"
    for start, end in told.inside(clause.start, clause.end, "gifts"):
        rest = told.text[end : clause.end]
        thing = _PARTICLES.sub("", _MEASURES.sub("", rest[:10]))
        if not thing or not is_han(thing[-1]) or _NO_PRESENT.match(thing):
            continue
        pairs = content(thing)
        if (pairs and len(pairs & words) * 2 >= len(pairs)) or _tail(thing) in known:
            continue
        stop = end + rest.find(thing) + len(thing)
        yield Sign(f"gift{level}{talk}", start, stop, "出处里没有这项好处")
        break
    for start, end in () if told.denied(clause) else told.inside(clause.start, clause.end, "perks"):
        thing = _COUNTED.sub("", told.text[start:end])
        if _tail(thing) in known:
            continue
        yield Sign(f"perk{level}{talk}", start, end, "出处里没有这项好处")
        break


def _tail(words: str) -> str:
    """Return the last two Chinese characters of some words."""
    return "".join([char for char in words if is_han(char)][-2:])

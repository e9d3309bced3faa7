"""Signs of an offer that is too wide or too good: everybody instead of some, what nobody promised, presents."""

from __future__ import annotations

from collections.abc import Iterator

from ..chinese import is_han
from ..regexes import regex
from .alignment import Clause, content
from .signals import CLEAR, FAINT, Sign, grown, sign
from .wording import RIVALS, STANCES, Span, Told

_SHOWN = 30
"""How much of a limit is shown."""
_COUNTED = regex(r"[一两三四五六1-9](?:桶|袋|斤|箱|盒|瓶|份|张|个)$")
_PARTICLES = regex(r"(?:的话|的|了|吧|啊|呀|哦|哈|呢|啦|嘛|来|去|给您?|回家|到家|等着|拿|都行)+$")
_MEASURES = regex(
    r"^(?:您|大家|每人|每户|每位|每组|咱们?|我们|客户)*[一两三四五六七八九十半\d]*(?:大|小)?"
    r"(?:份|张|个|把|条|只|桶|瓶|袋|盒|斤|台|套|次|箱|块|枚|本|杯|顿|趟|点|些|公斤)?(?=.)"
)
_OTHERS = regex(r"别的(?!行|银行)|其[他它余](?!行|银行)|别处|家家|另外")
"""Words for the rest, of which the source speaks in other words."""
_NO_PRESENT = regex(r"[\d一二两三四五六七八九十百千万不没吗呢]")


def offers(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield every sign of an offer in a clause."""
    if told.best >= FAINT:
        yield from _sweeping(told, clause)
        yield from _gratis(told, clause)
        yield from _always(told, clause)
    if clause.score >= FAINT:
        yield from _permits(told, clause)
        yield from _lets(told, clause)
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
        wide = "?" if source.first(units, "sweeping") else ""
        name = "sweeping" + ("+" if sure else "" if limit else "-") + wide
        yield _limited(name, grown((start, end), clause), told, limit)
        return


def _gratis(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield that nothing is to be paid where the source does not say so, or says what is to be paid as well.

    A fee that a post names may be free while another is not.
    """
    source = told.source
    for start, end in told.inside(clause.start, clause.end, "gratis"):
        units = told.units(clause)
        free = [
            source.segment(*span) for unit in units for span in source.inside(*source.span(unit), STANCES, "收费", "免")
        ]
        charged = source.first(units, "charged")
        if free and (not charged or _names_free(told, clause, free)):
            return
        name = "gratis+" if free and charged else "gratis" if units and charged else "gratis-"
        yield _limited(name, grown((start, end), clause), told, charged)
        return


def _always(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield that something holds at any time where the source has days or hours for it."""
    source = told.source
    for start, end in told.inside(clause.start, clause.end, "always"):
        if told.text[start:end] in source.text or told.denied(clause):
            continue
        for unit in clause.units:
            timed = [each for each in source.units[unit].quantities if each.kind in ("date_range", "clock")]
            if timed:
                low = source.span(unit)[0]
                yield sign("always", grown((start, end), clause), told, (low + timed[0].start, low + timed[0].end))
                return


def _names_free(told: Told, clause: Clause, free: list[Span]) -> bool:
    """Tell whether the sentence names what is free, and not the first time alone."""
    source = told.source
    once = ("次数", "首次")
    mine = content(told.text[slice(*told.sentence(clause))])
    for low, high in free:
        if source.has(low, high, RIVALS, *once) and not told.has(*told.sentence(clause), RIVALS, *once):
            continue
        if mine & content(source.text[low:high]):
            return True
    return False


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
        if _OTHERS.search(subject):
            continue
        if any(begin <= each.start < start for each in told.quantities):
            continue
        limit = source.first(clause.units, "only")
        if source.first(clause.units, "sweeping"):
            return
        talk = told.has(clause.start, clause.end, "talk")
        name = "permits" + ("~" if talk else "+" if limit else "") + ("!" if len(new) == len(pairs) else "")
        yield _limited(name, (begin + min(subject.find(pair) for pair in new), end), told, limit)
        return


def _lets(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield that something may, can or is had as well, where the source has a limit: 同样有话费."""
    source = told.source
    spans = told.inside(clause.start, clause.end, "permits")
    if not spans or told.has(clause.start, clause.end, "negations"):
        return
    if _OTHERS.search(told.text, clause.start, spans[0][0]):
        return
    units = told.around(clause)
    limit = source.first(clause.units, "only") or source.first(units, "only")
    if limit is None or told.text[slice(*spans[0])] in source.text or _affirmed(told, clause, spans[0][0]):
        return
    near = source.unit_at(limit[0]) in clause.units
    yield _limited("lets" + ("" if near else "?"), (max(clause.start, spans[0][0] - 6), spans[0][1]), told, limit)


def _affirmed(told: Told, clause: Clause, end: int) -> bool:
    """Tell whether some stretch of the source lets in what a clause speaks of before a place."""
    source = told.source
    pairs = content(told.text[clause.start : end][-8:])
    if not pairs:
        return False
    for unit in told.around(clause):
        for low, high in source.inside(*source.span(unit), "affirms"):
            segment = source.segment(low, high)
            if 2 * len(pairs & content(source.text[slice(*segment)])) >= len(pairs) and not source.has(
                *segment, "negations"
            ):
                return True
    return False


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
        if (pairs and len(pairs & words) * 2 >= len(pairs)) or _tail(thing) in known or thing[:2] in known:
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

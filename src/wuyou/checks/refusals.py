"""Signs of what the source leaves out or denies and the post tells without a no: 机场大巴也减 where it does not take part."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..regexes import regex
from .alignment import Clause, content
from .exclusions import Excluded
from .signals import FAINT, Sign, named
from .wording import RIVALS, Told

_SHARE = 0.6
"""Which share of what is left out a clause must hold to speak of it."""
_DENIAL = regex(
    r"(?:不(?:得|可以|可|能|予|再|会|收|含|计|属|是|应|支持|受理|办理)?|无(?:须|需|法)?|没有|未|非|勿|禁止)([\u4e00-\u9fff]{2})"
)
_AFFIRMED = regex(r"(?:能|可以?|是|属于|要|会|有|算|得)$")
"""A yes right before some words."""
_MEASURED = frozenset({"超过", "低于", "高于", "少于", "多于", "足一", "足半", "满一", "满半", "同时"})
"""Behind 不 these measure and deny nothing."""


def refusals(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield every sign of a clause that the source says no to what it tells."""
    if clause.score >= FAINT:
        yield from _left_out(told, clause)
        yield from _shut(told, clause)
        yield from _denials(told, clause)


def _left_out(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield what the source leaves out and the post tells without a no."""
    source = told.source
    low, high = told.sentence(clause)
    if told.denied(clause):
        return
    pairs, refused = content(clause.text), told.has(low, high, "negations")
    for each in source.excluded:
        wanted = content(each.words) or frozenset({each.words[:2]})
        met = wanted & pairs
        if not met or len(met) < _SHARE * len(wanted):
            if met & source.barred and not each.loose:
                name = "barred" + ("+" if len(met) > 1 else "") + ("~" if refused else "")
                yield _left(clause, name, met & source.barred, each)
            continue
        elsewhere = source.text.count(each.words) > sum(other.words == each.words for other in source.excluded)
        done = bool(each.deed) and each.deed in told.text[low:high] and not refused
        if elsewhere and not done and len(met) == len(wanted) > 1 and not refused and not each.loose:
            yield _left(clause, "left_out?", met, each)
        if refused or (elsewhere and not done) or (each.loose and not done and not told.has(low, high, "permits")):
            continue
        name = "left_out~" if each.loose else "left_out+" if done else "left_out"
        yield _left(clause, name, met, each)


def _shut(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield another name of what the source leaves out: 副卡 where 附属卡不可单独申请."""
    source = told.source
    if told.denied(clause):
        return
    units = told.around(clause)
    for each in source.excluded:
        if each.loose or source.unit_at(each.start) not in units:
            continue
        for group in told.groups(RIVALS):
            for member, span in named(told, clause, RIVALS, group).items():
                places = source.spans(RIVALS, group, member)
                inside = [place for place in places if each.start <= place[0] < each.end]
                if inside and told.text[slice(*span)] != source.text[slice(*inside[0])]:
                    name = "shut" if len(inside) == len(places) else "shut?"
                    yield Sign(name, *span, f"出处里说“{each.whole}”", each.start)
                    return


def _left(clause: Clause, name: str, met: Collection[str], each: Excluded) -> Sign:
    start = clause.start + min(clause.text.find(pair) for pair in met)
    end = clause.start + max(clause.text.find(pair) + 2 for pair in met)
    return Sign(name, start, end, f"出处里说“{each.whole}”", each.start)


def _denials(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield words that the source denies and the post does not."""
    for at in clause.units:
        unit = told.source.units[at].text
        for denial in _DENIAL.finditer(unit):
            words = denial[1]
            place = clause.text.find(words)
            if place < 0 or words in _MEASURED:
                continue
            low = clause.start + place
            said = _AFFIRMED.search(told.text[max(clause.start, low - 3) : low])
            if said and said[0] + words not in told.source.text and not told.denied(clause):
                place = told.source.span(at)[0] + denial.start()
                yield Sign("denied+", low - len(said[0]), low + 2, f"出处里说“{denial[0]}”", place)
                return
            if told.source.text.count(words) > 1:
                continue
            if not told.has(*told.sentence(clause), "negations"):
                yield Sign("denied", low, low + 2, f"出处里说“{denial[0]}”", told.source.span(at)[0] + denial.start())

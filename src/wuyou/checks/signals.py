"""What may be wrong with the words of a clause, each kind of sign by itself: a rival word, a lost not, a wrong bound.

A sign is no verdict: ``contrast`` adds up what they weigh and decides. Signs of names are in ``naming``, those of an
offer that is too wide or too good in ``offers``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..quantities import same
from ..regexes import regex
from .alignment import Clause, content
from .wording import BOUNDS, RIVALS, STANCES, Marked, Span, Told

FAINT, CLEAR, LOUD = 1.2, 3.0, 4.5
"""From which score on a clause has to do with the source, speaks of it, and surely does."""
_SHARE = 0.6
"""Which share of what is left out a clause must hold to speak of it."""
_DENIAL = regex(
    r"(?:不(?:得|可以|可|能|予|再|会|收|含|计|属|是|应|支持|受理|办理)?|无(?:须|需|法)?|没有|未|非|勿|禁止)([\u4e00-\u9fff]{2})"
)
_MEASURED = frozenset({"超过", "低于", "高于", "少于", "多于", "足一", "足半", "满一", "满半", "同时"})
"""Behind 不 these measure and deny nothing."""
_NEXT = frozenset("(（以之")
"""Characters that may stand between a number and what binds it."""


class Sign(NamedTuple):
    """One thing that may be wrong."""

    name: str
    start: int
    """In the folded text of the post."""
    end: int
    said: str
    """What the source has instead, or that it has nothing."""
    place: int = -1
    """Where in the source's text; none when it has nothing."""


def sign(name: str, span: Span, told: Told, place: Span) -> Sign:
    """Make a sign of words that the source has others for."""
    return Sign(name, *span, f"出处里是“{told.source.text[slice(*place)].strip()}”", place[0])


def signs(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield every sign of a clause that is of no name and no offer."""
    if told.best >= FAINT:
        yield from _rivals(told, clause)
        yield from _tied(told, clause)
        yield from _stances(told, clause)
    if clause.score >= FAINT:
        yield from _left_out(told, clause)
        yield from _denials(told, clause)
    yield from _bounds(told, clause)
    yield from _exact(told, clause)


def _named(told: Told, clause: Clause, field: str, group: str) -> dict[str, Span]:
    """Return which members of a group a clause names, with their first places."""
    members = told.groups(field).get(group, ())
    return {
        member: inside[0]
        for member in members
        if (inside := told.inside(clause.start, clause.end, field, group, member))
    }


# ── words that exclude one another ──


def _rivals(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a word where the source has its rival: 信用卡 for 借记卡."""
    source = told.source
    low, high = told.sentence(clause)
    for group, members in told.groups(RIVALS).items():
        mine = _named(told, clause, RIVALS, group)
        if not mine:
            continue
        talk = told.denied(clause) or told.has(clause.start, clause.end, "talk")
        known = set(source.groups(RIVALS).get(group, ()))
        here = source.members(clause.units, group)
        if mine.keys() & here.keys():
            strange = sorted(mine.keys() - known)
            if strange and not talk:
                yield sign("besides", mine[strange[0]], told, next(iter(here.values())))
            elif len(mine) == 1:
                yield from _numbered(told, clause, group, mine)
            continue
        around = {member for member in members if told.inside(low, high, RIVALS, group, member)}
        if len(around) > 1 and around & (here.keys() or known):
            continue
        if here and mine.keys() & known and not _governed(told, clause, group):
            continue
        fresh = "rival-" if not here else "rival" if clause.score > CLEAR else "rival?"
        name = "moved" if mine.keys() & known else fresh
        if name == "rival-" and told.best > CLEAR and group not in source.lists.faint:
            here = source.members(range(len(source.units)), group)
        if here:
            place = next(iter(here.values()))
            if not any(each.start <= place[0] < each.end for each in source.excluded):
                yield sign(name + ("~" if talk else ""), next(iter(mine.values())), told, place)
        elif len(mine) == 1:
            yield from _numbered(told, clause, group, mine)


def _governed(told: Told, clause: Clause, group: str) -> bool:
    """Tell whether each number of a clause stands beside some member of a group wherever the source has it."""
    rivals = _all_of(told, group)
    return all(told.source.governing(place, rivals) for places in anchors(told, clause) for place in places)


def _all_of(told: Told, group: str) -> list[tuple[str, Span]]:
    known = told.source.groups(RIVALS).get(group, ())
    return [(member, span) for member in known for span in told.source.spans(RIVALS, group, member)]


def _numbered(told: Told, clause: Clause, group: str, mine: dict[str, Span]) -> Iterator[Sign]:
    """Yield a word beside a number that the source puts beside its rival."""
    source = told.source
    known = source.groups(RIVALS).get(group, ())
    if len(known) < 2 or not mine.keys() & set(known):
        return
    rivals = _all_of(told, group)
    for places in anchors(told, clause):
        heads = [source.governing(place, rivals) for place in places]
        if heads and all(each and not {member for member, _ in each} & mine.keys() for each in heads):
            yield sign("beside", next(iter(mine.values())), told, heads[0][0][1])
            return


def _tied(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a word of a sentence with a number that the source ties to its rival: 1.85%那档仅限柜面."""
    source = told.source
    low, high = told.sentence(clause)
    numbers = [each for each in told.quantities if low <= each.start < high and each.claim]
    for group in told.groups(RIVALS) if numbers and not told.denied(clause) else ():
        mine = _named(told, clause, RIVALS, group)
        for number in numbers if mine else ():
            for place in told.places(number):
                begin, end = source.segment(*place)
                if not source.has(begin, end, "tying"):
                    continue
                held = {
                    member: inside[0]
                    for member in source.groups(RIVALS).get(group, ())
                    if (inside := source.inside(begin, end, RIVALS, group, member))
                }
                if held and not held.keys() & mine.keys():
                    yield sign("tied", next(iter(mine.values())), told, next(iter(held.values())))
                    return


def anchors(told: Told, clause: Clause) -> Iterator[list[Span]]:
    """Yield for each number of a clause where it stands in the source."""
    for quantity in told.numbers(clause):
        if quantity.unit != "weekday":
            yield told.places(quantity)


def _stances(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a yes where the source has a no: 一起拿 for 不兼得."""
    source = told.source
    for group in told.groups(STANCES):
        mine = _named(told, clause, STANCES, group)
        if len(mine) != 1 or mine.keys() & set(source.groups(STANCES).get(group, ())):
            continue
        here, name = source.members(clause.units, group, STANCES), "stance"
        if not here and group not in source.lists.faint:
            here, name = source.members(range(len(source.units)), group, STANCES), "stance-"
        if here:
            yield sign(name, next(iter(mine.values())), told, next(iter(here.values())))


def _bounds(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a number told with 以后 where the source says 以前, with 至少 where it says 至多."""
    source = told.source
    for pair in told.groups(BOUNDS):
        for quantity in told.numbers(clause):
            mine = _side(told, (quantity.start, quantity.end), pair)
            if mine is None:
                continue
            theirs = (_side(source, place, pair) for place in told.places(quantity))
            opposed = [side for side in theirs if side is not None]
            if opposed and all(side[0] != mine[0] for side in opposed):
                yield sign("bound", mine[1], told, opposed[0][1])


def _side(text: Marked, number: Span, pair: str) -> tuple[str, Span] | None:
    """Return which side of a pair of bounds stands right at a number, and where."""
    start, end = number
    for member in text.groups(BOUNDS).get(pair, ()):
        for low, high in text.inside(max(0, start - 5), end + 3, BOUNDS, pair, member):
            if low == end or high == start or (low == end + 1 and text.text[end] in _NEXT):
                return member, (low, high)
    return None


def _exact(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield a number told as the only one where the source has it as a beginning or an end."""
    source = told.source
    for quantity in told.numbers(clause):
        if quantity.bound or not told.has(max(clause.start, quantity.start - 4), quantity.start, "exactly"):
            continue
        bounds = [each.bound for unit in source.units for each in unit.quantities if same(quantity, each)]
        if bounds and all(bound in ("起", "内") for bound in bounds):
            low, high = told.places(quantity)[0]
            yield sign("exact", (quantity.start, quantity.end), told, (low, high + 1))


# ── what is left out, and what is denied ──


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
            continue
        elsewhere = source.text.count(each.words) > sum(other.words == each.words for other in source.excluded)
        done = bool(each.deed) and each.deed in told.text[low:high] and not refused
        if (elsewhere and not done) or (each.loose and not done and not told.has(low, high, "permits")):
            continue
        start = clause.start + min(clause.text.find(pair) for pair in met)
        end = clause.start + max(clause.text.find(pair) + 2 for pair in met)
        name = "left_out~" if each.loose else "left_out+" if done else "left_out"
        yield Sign(name, start, end, f"出处里说“{each.whole}”", each.start)


def _denials(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield words that the source denies and the post does not."""
    for at in clause.units:
        unit = told.source.units[at].text
        for denial in _DENIAL.finditer(unit):
            words = denial[1]
            place = clause.text.find(words)
            if place < 0 or words in _MEASURED or unit.count(words) > 1:
                continue
            low = clause.start + place
            if not told.has(max(clause.start, low - 5), low + 3, "negations"):
                yield Sign("denied", low, low + 2, f"出处里说“{denial[0]}”", told.source.span(at)[0] + denial.start())

"""What may be wrong with the words of a clause, each kind of sign by itself: a rival word, a lost not, a wrong bound.

A sign is no verdict: ``contrast`` adds up what they weigh and decides. Signs of names are in ``naming``, those of an
offer that is too wide or too good in ``offers``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..quantities import same
from .alignment import Clause
from .wording import BOUNDS, RIVALS, STANCES, Marked, Span, Told

FAINT, CLEAR, LOUD = 1.2, 3.0, 4.5
"""From which score on a clause has to do with the source, speaks of it, and surely does."""
_SEEN = 6
"""How many characters of a sweeping word and what follows are shown."""
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


def grown(span: Span, clause: Clause) -> Span:
    """Lengthen short words inside their clause, so that what they are said of is seen: 随便 to 随便找个网点."""
    return span[0], max(span[1], min(clause.end, span[0] + _SEEN))


def sign(name: str, span: Span, told: Told, place: Span) -> Sign:
    """Make a sign of words that the source has others for."""
    return Sign(name, *span, f"出处里是“{told.source.text[slice(*place)].strip()}”", place[0])


def signs(told: Told, clause: Clause) -> Iterator[Sign]:
    """Yield every sign of a clause that is of no name, no offer and nothing left out."""
    if told.best >= FAINT:
        yield from _rivals(told, clause)
        yield from _tied(told, clause)
        yield from _stances(told, clause)
    yield from _bounds(told, clause)
    yield from _exact(told, clause)


def named(told: Told, clause: Clause, field: str, group: str) -> dict[str, Span]:
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
        mine = named(told, clause, RIVALS, group)
        mine = {member: span for member, span in mine.items() if not _refused(told, span)}
        if not mine:
            continue
        talk = told.denied(clause) or told.has(clause.start, clause.end, "talk")
        known, open_ = set(source.groups(RIVALS).get(group, ())), set(source.named.get(group, ()))
        here = source.members(clause.units, group)
        if mine.keys() & here.keys():
            strange = sorted(mine.keys() - known)
            if strange and not talk:
                yield sign("besides", mine[strange[0]], told, next(iter(here.values())))
            elif len(mine) == 1:
                yield from _numbered(told, clause, group, mine)
            continue
        around = {member for member in members if told.inside(low, high, RIVALS, group, member)}
        doubt = "&" if len(around) > 1 and around & (here.keys() or known) else ""
        if here and mine.keys() & known and not _governed(told, clause, group):
            continue
        wide = source.lists.covers.get(group, {})
        if any(mine.keys() <= set(wide.get(member, ())) for member in here):
            continue
        fresh = "rival-" if not here else "rival" if clause.score > CLEAR else "rival?"
        known_name = "moved" if clause.own > CLEAR else "moved-"
        name = known_name if mine.keys() & known else fresh
        if name == "rival-" and told.best > CLEAR and (group not in source.lists.faint or len(open_) == 1):
            here = source.members(range(len(source.units)), group)
            name = "lone" if group in source.lists.faint and not talk else name
        if here and name != "lone~":
            place = next(iter(here.values()))
            if not any(each.start <= place[0] < each.end for each in source.excluded):
                yield sign(name + ("~" if talk else "") + doubt, next(iter(mine.values())), told, place)
        elif len(mine) == 1:
            yield from _numbered(told, clause, group, mine)


def _refused(told: Told, span: Span) -> bool:
    """Tell whether a no stands right before some words: 不是存款."""
    return told.has(max(0, span[0] - 4), span[0], "negations")


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
    for group in told.groups(RIVALS) if not told.denied(clause) else ():
        mine = named(told, clause, RIVALS, group)
        numbers = [each for each in told.numbers_in(*told.sentence(clause)) if each.claim] if mine else []
        for number in numbers:
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
        mine = named(told, clause, STANCES, group)
        if len(mine) != 1 or _refused(told, next(iter(mine.values()))):
            continue
        here, name = source.members(clause.units, group, STANCES), "stance"
        if mine.keys() & set(source.groups(STANCES).get(group, ())):
            continue
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
            outside = (place for place in told.places(quantity) if not source.in_brackets(place[0]))
            theirs = (_side(source, place, pair) for place in outside)
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
    numbers = told.numbers(clause)
    for quantity in numbers:
        if numbers[0].start < quantity.start:
            break
        if (
            quantity.bound
            or quantity.kind not in ("rate", "amount", "number")
            or not told.has(max(clause.start, quantity.start - 4), quantity.start, "exactly")
        ):
            continue
        bounds = [each.bound for unit in source.units for each in unit.quantities if same(quantity, each)]
        if bounds and all(bound in ("起", "内") for bound in bounds):
            low, high = told.places(quantity)[0]
            yield sign("exact", (quantity.start, quantity.end), told, (low, high + 1))

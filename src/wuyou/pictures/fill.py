"""What a layout says besides the writer's headline: facts, a question, a feast, the day; all of it from the brief.

A picture tells what the text does not: facts that the post has already told come last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..values import Brief, Fact, Picture, Post
from .guard import FOOTNOTE, HEADLINE, LINE, POINT, QUESTION, sayable
from .tables import SETS, Designs, Serving

TOGETHER = ("以前", "现在")
CHECKED_IN = "一起打卡"
ORDINALS = "一二三四五六七八"

Filled = Picture | None


def tellable(post: Post) -> list[str]:
    """Return the plain sentences of the brief's living facts that a picture can carry, untold ones first."""
    on = post.brief.slot.on
    living: list[Fact] = [fact for fact in post.brief.facts if fact.kind != "phone" and fact.alive(on)]
    plain = [fact.plain for fact in living if sayable(fact.plain, POINT)]
    return sorted(plain, key=lambda words: words in post.text)


def filled(design: str, picture: Picture, post: Post, designs: Designs) -> Filled:
    """Return the picture with what the layout needs, or nothing when the brief does not hold it."""
    least, most = designs.layouts[design].points
    if picture.points and not least <= len(picture.points) <= most:
        return None
    maker = _MAKERS.get(design)
    made = (
        maker(picture, post, most) if maker else picture.model_copy(update={"figure": "", "points": (), "labels": ()})
    )
    chars = designs.layouts[design].chars
    if made is None or not least <= len(made.points) <= most or any(len(point) > chars for point in made.points):
        return None
    return made.model_copy(update={"design": design})


def _listed(picture: Picture, post: Post, most: int) -> Filled:
    if picture.points:
        return picture
    return picture.model_copy(update={"points": tuple(tellable(post)[: min(3, most)])})


def _given(picture: Picture, post: Post, most: int) -> Filled:  # noqa: ARG001 - one door for all makers
    return picture if picture.points else None


def _sides(picture: Picture, post: Post, most: int) -> Filled:  # noqa: ARG001
    labels = picture.labels if len(picture.labels) == 2 else TOGETHER
    return picture.model_copy(update={"labels": labels}) if picture.points else None


def _asked(picture: Picture, post: Post, most: int) -> Filled:  # noqa: ARG001
    quiz = post.brief.topic.quiz if post.brief.topic else None
    if quiz is None or not sayable(quiz.ask, QUESTION) or not all(sayable(each, POINT) for each in quiz.options):
        return None
    return picture.model_copy(update={"figure": quiz.ask, "points": quiz.options})


def _talked(picture: Picture, post: Post, most: int) -> Filled:  # noqa: ARG001
    return picture.model_copy(update={"figure": "", "labels": ()})


def _counted(picture: Picture, post: Post, most: int) -> Filled:  # noqa: ARG001
    if post.brief.slot.standing:
        return None
    return picture.model_copy(update={"figure": f"第{post.brief.slot.day}天", "labels": (CHECKED_IN,), "points": ()})


def _feast(picture: Picture, post: Post, most: int) -> Filled:  # noqa: ARG001
    moment = post.brief.moment
    if moment is None or not sayable(moment.title, 5):
        return None
    headline, lines = picture.headline, picture.lines
    lines = tuple(line for line in lines if line != moment.title)  # the name stands in the seal already
    if headline == moment.title:
        headline, lines = (lines[0], lines[1:]) if lines and len(lines[0]) <= HEADLINE else ("", lines)
    return picture.model_copy(
        update={"figure": moment.title, "headline": headline, "lines": lines, "points": (), "labels": ()}
    )


def _offered(picture: Picture, post: Post, most: int) -> Filled:
    product = post.brief.product
    if product is None:
        return None
    texts = (product.disclosure.long, product.disclosure.short)
    footnote = next((text for text in texts if sayable(text, FOOTNOTE)), "")
    if not footnote:
        return None
    points = picture.points or tuple(tellable(post)[: min(3, most)])
    lines = (product.nickname,) if sayable(product.nickname, LINE) and product.nickname != picture.headline else ()
    return picture.model_copy(update={"points": points, "lines": lines, "footnote": footnote, "kind": "product"})


_MAKERS: Mapping[str, Callable[[Picture, Post, int], Filled]] = {
    "knowledge": _listed,
    "checklist": _listed,
    "steps": _given,
    "before_after": _sides,
    "quiz": _asked,
    "topic": _talked,
    "counter": _counted,
    "festival": _feast,
    "product": _offered,
}


def pages(cover: Picture, post: Post, serving: Serving, room: int) -> Sequence[tuple[Picture, tuple[str, ...]]]:
    """Return the pages that follow the cover in a set of 3, 6 or 9, each with the layouts it may take.

    ``room`` is how many pictures the channel takes. The largest set is made for which there are facts to tell.
    """
    told = tellable(post)
    size = max(
        (each for each in SETS if each <= min(serving.set, room) and (each == 1 or len(told) >= max(3, each - 1))),
        default=1,
    )
    blank = cover.model_copy(
        update={"lines": (), "labels": (), "figure": "", "points": (), "footnote": "", "design": ""}
    )
    if size == 1:
        return ()
    if size == 3:
        first, rest = (told[:2], told[2:4]) if len(told) > 3 else (told[:2], told[2:3])
        title = (
            post.brief.topic.title if post.brief.topic and len(post.brief.topic.title) <= HEADLINE else cover.headline
        )
        return (
            (_page(blank, title, first), ("product", "knowledge")),
            (_page(blank, "顺手记下", rest), ("checklist", "knowledge") if len(rest) > 1 else ("knowledge",)),
        )
    return tuple(
        (_page(blank, f"第{ORDINALS[index]}件", told[index : index + 1]), ("knowledge",)) for index in range(size - 1)
    )


def _page(blank: Picture, headline: str, points: Sequence[str]) -> Picture:
    return blank.model_copy(update={"headline": headline, "points": tuple(points)})


def mentions(brief: Brief) -> str:
    """Name the run a post belongs to: campaign, segment and variant."""
    campaign = brief.campaign.name if brief.campaign else ""
    segment = brief.segment.name if brief.segment else ""
    return f"{campaign}\0{segment}\0{brief.variant}"

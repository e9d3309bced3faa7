"""Gives composed posts their pictures: chosen over the whole run, then judged once more with what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..library import Library
    from ..pictures import Wall
    from ..values import Checked, Picture, Post


def hung(
    composed: Iterable[Checked], library: Library, templates: Path, judge: Callable[[Post], Checked]
) -> tuple[Checked, ...]:
    """Return the posts with their pictures as they will be made.

    A post that its pictures' facts would block keeps a drawing with its headline.
    """
    from ..pictures import Wall

    every = tuple(composed)
    wall = Wall(templates / "posters", library.photos, library.folder / "pictures")
    shown = wall.hang([checked.post for checked in every])
    return tuple(_judged(checked, pictures, wall, judge) for checked, pictures in zip(every, shown, strict=True))


def _judged(checked: Checked, pictures: Sequence[Picture], wall: Wall, judge: Callable[[Post], Checked]) -> Checked:
    post = checked.post
    if tuple(pictures) == post.pictures:
        return checked
    judged = judge(_with(post, pictures))
    if judged.blocked and not checked.blocked:
        wall.take_down(post)
        judged = judge(_with(post, wall.plain(post)))
    return judged


def _with(post: Post, pictures: Sequence[Picture]) -> Post:
    from ..writers import cited

    facts = cited(post.brief, post.parts, tuple(pictures))
    return post.model_copy(update={"pictures": tuple(pictures), "facts": facts})

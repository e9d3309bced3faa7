"""The wall of one segment's run: what hangs there, and what may hang there next.

Everything is chosen by counting and, between equals, by hashing names: no drawing, photo or arrangement comes twice to
a segment within ``DAYS`` days while others are free. A drawing that the picture's own words name is given first.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from ..values import Photo, Picture, Post
from .fill import filled, mentions, pages
from .tables import PALETTES, PLAIN, Serving, palette, read_designs, read_scenes, seed

DAYS = 7
"""Within so many days a segment sees no drawing and no arrangement twice."""


_Cover = tuple[Picture, Sequence[tuple[Picture, tuple[str, ...]]]]
"""What is seen of a post at first, and the pages behind it with the layouts each may take."""


class _Hung(NamedTuple):
    """One picture on the wall."""

    post: str
    on: dt.date
    shows: str
    look: tuple[str, str]
    palette: str


class Wall:
    """Chooses drawing, layout and colours for the posts of any number of runs, and remembers each."""

    def __init__(self, templates: Path, photos: Mapping[str, Photo] | None = None, folder: Path | None = None) -> None:
        """``folder`` is where the bank's own photos lie."""
        self.scenes = read_scenes(templates)
        self.designs = read_designs(templates)
        self.photos = photos or {}
        self.folder = folder
        self._runs: dict[str, list[_Hung]] = defaultdict(list)
        self._digests: dict[str, str] = {}

    def hang(self, posts: Iterable[Post]) -> list[tuple[Picture, ...]]:
        """Return the pictures of each post, in sending order, as they will be made.

        Pictures that came with a file are left as they are. What people see first chooses first: the covers whose words
        name a thing, the other covers, then the pages behind them.
        """
        every = list(posts)
        named = [index for index, post in enumerate(every) if self._named(post)]
        rest = [index for index in range(len(every)) if index not in set(named)]
        covers = {index: self._covers(every[index]) for index in (*named, *rest)}
        return [tuple(self._with_pages(every[index], covers[index])) for index in range(len(every))]

    def plain(self, post: Post) -> tuple[Picture, ...]:
        """Return one drawing with the writer's headline and lines for each picture of a post: nothing listed."""
        return tuple(
            wish if wish.kind == "given" else self._hung(wish, post, (), number)
            for number, wish in enumerate(post.pictures)
        )

    def take_down(self, post: Post) -> None:
        """Forget the pictures of a post that is written anew."""
        run = self._runs[mentions(post.brief)]
        run[:] = [each for each in run if each.post != post.brief.slot.key]

    def _named(self, post: Post) -> bool:
        """Tell whether the words on a post's first picture name the drawing it asks for."""
        for picture in post.pictures[:1]:
            said = self.scenes.known("\n".join((picture.headline, *picture.lines)))
            return bool(said) and said == self.scenes.meant(picture.scene)
        return False

    def _covers(self, post: Post) -> list[_Cover]:
        """Hang what is seen of a post at first, and say which pages are to follow each."""
        brief = post.brief
        serving = self.designs.genres.get(brief.slot.genre, Serving())
        found: list[_Cover] = []
        for number, wish in enumerate(post.pictures):
            if wish.kind == "given":
                found.append((wish, ()))
                continue
            alone = brief.slot.channel != "moments" or len(post.pictures) > 1 or bool(wish.design)
            following = () if alone else pages(wish, post, serving, brief.channel.limits.pictures)
            shape = "square" if following else wish.shape if wish.shape == "square" else serving.shape
            wanted = (wish.design,) if wish.design else () if following else serving.designs
            found.append((self._hung(wish.model_copy(update={"shape": shape}), post, wanted, number), following))
        return found

    def _with_pages(self, post: Post, covers: Iterable[_Cover]) -> Iterator[Picture]:
        for cover, following in covers:
            yield cover
            look: tuple[str, str] | None = None
            for index, (page, designs) in enumerate(following, 1):
                same = (look,) if look and len(following) > 2 else ()
                wish = page.model_copy(update={"shape": cover.shape, "palette": cover.palette})
                made = self._hung(wish, post, designs, index, same)
                look = look or (made.design, made.look)
                yield made

    def _hung(
        self, wish: Picture, post: Post, designs: tuple[str, ...], number: int, looks: Sequence[tuple[str, str]] = ()
    ) -> Picture:
        """Choose everything for one picture and put it on the wall."""
        brief, run = post.brief, self._runs[mentions(post.brief)]
        near = [each for each in run if abs((each.on - brief.slot.on).days) < DAYS and not brief.slot.standing]
        design, look, made = self._layout(wish, post, designs, near, looks, number)
        photo = self._photo(wish, post, near) if number == 0 else None
        drawing = "" if photo else self._drawing(wish, near, number)
        colours = wish.palette or self._palette(wish, post, run, near)
        alt = photo.alt if photo else self.scenes.alts[drawing]
        made = made.model_copy(
            update={
                "design": design, "look": look, "drawing": drawing, "palette": colours, "alt": alt,
                "photo": f"{photo.file}#{self._digest(photo)}" if photo else "",
                "modelled": post.origin.writer == "model",
            }
        )  # fmt: skip
        run.append(_Hung(brief.slot.key, brief.slot.on, made.photo or drawing, (design, look), colours))
        return made

    def _layout(
        self,
        wish: Picture,
        post: Post,
        designs: tuple[str, ...],
        near: Sequence[_Hung],
        looks: Sequence[tuple[str, str]],
        number: int,
    ) -> tuple[str, str, Picture]:
        """Return layout, arrangement and filled picture: the first that the brief can fill and that is not near."""
        choices: list[tuple[str, str, Picture]] = []
        for name in dict.fromkeys((*designs, PLAIN)):
            made = filled(name, wish, post, self.designs) if name in self.designs.layouts else None
            if made is not None:
                names = self.designs.layouts[name].looks
                turn = (seed(wish, 1) + number) % len(names)
                choices += [(name, look, made) for look in (*names[turn:], *names[:turn])]
        for name, look in looks:
            choices.sort(key=lambda each: each[:2] != (name, look))
        own = post.brief.slot.key
        last = {each.look: each.on for each in near if not (looks and each.post == own)}
        free = [each for each in choices if each[:2] not in last]
        return free[0] if free else min(choices, key=lambda each: last[each[0], each[1]])

    def _drawing(self, wish: Picture, near: Sequence[_Hung], number: int) -> str:
        """Return the drawing asked for, or its next of kin, or any other that does not hang near.

        A page behind the cover shows what its own facts are about, or else something that goes beside any fact.
        """
        wanted = self.scenes.wanted(wish)
        suits = self.scenes.fallback.get(wish.kind, ())
        every = tuple(self.scenes.drawings)
        about = (
            (*self.scenes.about("\n".join(wish.points)), *_turned(self.scenes.pages, seed(wish, 3))) if number else ()
        )
        order = [
            *about,
            wanted,
            *self.scenes.kin(wanted),
            *_turned(suits, seed(wish, 3)),
            *_turned(every, seed(wish, 3)),
        ]
        taken = {each.shows: each.on for each in near}
        for name in order:
            if name not in taken:
                return name
        return min(every, key=lambda name: taken[name])

    def _photo(self, wish: Picture, post: Post, near: Sequence[_Hung]) -> Photo | None:
        """Return the bank's own photo that fits best: alive on the day, for the segment, not hanging near."""
        brief, taken = post.brief, {each.shows for each in near}
        said = f"{wish.scene}\n{wish.alt}"
        fit = [
            (-max(len(tag) for tag in tags), photo.name, photo)
            for photo in self.photos.values()
            if (tags := [tag for tag in photo.tags if tag in said])
            and (photo.expires is None or brief.slot.on <= photo.expires)
            and not (brief.slot.standing and photo.expires)
            and (not photo.segments or (brief.segment is not None and brief.segment.name in photo.segments))
            and f"{photo.file}#{self._digest(photo)}" not in taken
        ]
        return min(fit, key=lambda each: each[:2])[2] if fit else None

    def _digest(self, photo: Photo) -> str:
        """Digest a photo's file, so that another photo under the same name is another picture."""
        if photo.name not in self._digests:
            content = (self.folder / photo.file).read_bytes() if self.folder else b""
            self._digests[photo.name] = blake2b(content, digest_size=6).hexdigest()
        return self._digests[photo.name]

    def _palette(self, wish: Picture, post: Post, run: Sequence[_Hung], near: Sequence[_Hung]) -> str:
        """Return colours: what the scene's words ask for, of those the segment's and the season's; least used first."""
        asked = palette(wish, self.scenes)
        segment = post.brief.segment.name if post.brief.segment else ""
        own = self.designs.segments.get(segment, PALETTES)
        season = self.designs.months.get(post.brief.slot.on.month, PALETTES)
        fit = [name for name in asked if name in own and name in season]
        fit = fit or [name for name in asked if name in own or name in season] or list(asked)
        recent, ever = [each.palette for each in near], [each.palette for each in run]
        turn = seed(wish, 0)
        return min(fit, key=lambda name: (recent.count(name), ever.count(name), (fit.index(name) - turn) % len(fit)))


def _turned(names: Sequence[str], turn: int) -> tuple[str, ...]:
    at = turn % len(names) if names else 0
    return (*names[at:], *names[:at])

"""Reads ``content_library/`` into values and checks that every reference has a target.

Nothing is read before it is asked for, so that a command that needs two files does not pay for two hundred.
This room does not interpret rules (``checks`` does) and does not open materials (``ingest`` does).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from . import formulas, yamls
from .errors import LibraryError, Problem
from .values import (
    Arc,
    Bank,
    Branch,
    Cadence,
    Campaign,
    Channel,
    Claim,
    Disclosure,
    Fact,
    FactSheet,
    Genre,
    Kit,
    Moment,
    PersonalLine,
    Photo,
    Phrase,
    Product,
    Reviewer,
    Segment,
    Sketch,
    Source,
    Story,
    Value,
)

Kind = TypeVar("Kind", bound=Value)

MARK = "bank.yml"
"""The file that makes a folder a content library."""

TITLES = {
    "segments": "客群",
    "products": "产品",
    "channels": "渠道",
    "genres": "内容类型",
    "arcs": "话术框架",
    "cadences": "节奏",
    "campaigns": "活动",
    "facts": "要点",
    "stories": "故事",
    "moments": "时令",
    "sheets": "要点文件",
}


class Library:
    """The knowledge of one bank."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._documents: dict[tuple[str, str], yamls.Document] = {}
        self._listed: dict[str, list[tuple[yamls.Document, tuple[str | int, ...]]]] = {}

    # ── single files ──

    @cached_property
    def bank(self) -> Bank:
        """What the bank has decided."""
        return yamls.build(Bank, self._load("bank.yml"))

    @cached_property
    def reviewers(self) -> Mapping[str, Reviewer]:
        """Who may sign, by name."""
        return self._mapping("reviewers.yml", Reviewer)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Laws and documents that rules rest on, by code."""
        return self._mapping("sources.yml", Source)

    @cached_property
    def moments(self) -> Mapping[str, Moment]:
        """Times of the year that lines may speak of, by name; none where the bank keeps no such file."""
        return self._mapping("moments.yml", Moment, optional=True)

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """What may not be said without a story, by name; nothing where the bank keeps no such file."""
        return self._mapping("claims.yml", Claim, optional=True)

    @cached_property
    def branches(self) -> Mapping[str, Branch]:
        """Branches and their staff, by name; none where the bank keeps no such file."""
        return self._mapping("staff.yml", Branch, optional=True)

    @cached_property
    def disclosures(self) -> Mapping[str, Disclosure]:
        """Risk words by kind of product, for a product that has no file of its own yet."""
        document = self._load("disclosures.yml")
        if not isinstance(document.data, Mapping):
            raise LibraryError("要写成 名字: 内容 的样子", document.where())
        return self._collect(
            (str(kind), partial(yamls.build, Disclosure, document, body, (kind,)))
            for kind, body in document.data.items()
        )

    # ── folders ──

    @cached_property
    def segments(self) -> Mapping[str, Segment]:
        """Customer groups by name."""
        return self._folder("segments", Segment)

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """Products by name."""
        return self._folder("products", Product)

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """Channels by name."""
        return self._folder("channels", Channel)

    @cached_property
    def genres(self) -> Mapping[str, Genre]:
        """Genres by name."""
        return self._folder("genres", Genre)

    @cached_property
    def arcs(self) -> Mapping[str, Arc]:
        """Arcs by name."""
        return self._folder("arcs", Arc)

    @cached_property
    def cadences(self) -> Mapping[str, Cadence]:
        """Cadences by name."""
        return self._folder("cadences", Cadence)

    @cached_property
    def campaigns(self) -> Mapping[str, Campaign]:
        """Campaigns by name."""
        return self._folder("campaigns", Campaign)

    @cached_property
    def sheets(self) -> Mapping[str, FactSheet]:
        """Fact sheets by name."""
        return self._each("facts", sorted((self.folder / "facts").glob("*.yml")), self._sheet)

    @cached_property
    def photos(self) -> Mapping[str, Photo]:
        """The bank's own pictures by name; none where it keeps no such folder."""
        photos: Mapping[str, Photo] = self._folder("pictures", Photo)
        lost = [
            Problem(f"没有这个文件：{photo.file}", f"{self.folder.name}/pictures/{name}.yml", "和说明放在同一个文件夹")
            for name, photo in photos.items()
            if not (self.folder / "pictures" / photo.file).is_file()
        ]
        if lost:
            raise LibraryError(lost)
        return photos

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """Stories in the order of their paths."""
        return tuple(self._each("stories", sorted((self.folder / "stories").glob("*/*.yml")), self._story).values())

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """Phrases in the order of their files: ``ROLE.yml`` or ``ROLE/anything.yml``."""
        folder = self.folder / "phrases"
        paths = sorted([*folder.glob("*.yml"), *folder.glob("*/*.yml")])
        roles = [path.stem if path.parent == folder else path.parent.name for path in paths]
        return self._lists("phrases", Phrase, zip(paths, ({"role": role} for role in roles), strict=True))

    @cached_property
    def sketches(self) -> tuple[Sketch, ...]:
        """Sketches in the order of their files."""
        paths = sorted((self.folder / "sketches").glob("*.yml"))
        return self._lists("sketches", Sketch, ((path, {}) for path in paths))

    @cached_property
    def kits(self) -> tuple[Kit, ...]:
        """Reply kits in the order of their files."""
        return self._lists("replies", Kit, ((path, {}) for path in sorted((self.folder / "replies").glob("*.yml"))))

    @cached_property
    def personal(self) -> tuple[PersonalLine, ...]:
        """Approved lines in staff's own voice; none where the bank keeps no such file."""
        return self._lists("personal", PersonalLine, ((path, {}) for path in self.folder.glob("personal.yml")))

    # ── one thing by name ──

    def get(self, kind: str, name: str) -> Any:
        """Return ``segments``/``campaigns``/… ``name``, or say which there are."""
        known: Mapping[str, Value] = getattr(self, "sheets" if kind == "facts" else kind)
        if name not in known:
            raise LibraryError(
                f"没有叫 {name} 的{TITLES[kind]}", f"{self.folder.name}/{kind}", yamls.suggest(name, known)
            )
        return known[name]

    def campaign(self, name: str) -> Campaign:
        """Return a campaign whose references all have a target."""
        campaign: Campaign = self.get("campaigns", name)
        problems = self._campaign_problems(campaign)
        if not problems:
            problems += self._cadence_problems(self.cadences[campaign.cadence])
            named = {sheet for theme in campaign.facts for sheet in theme.sheets}
            problems += [problem for sheet in sorted(named) for problem in self._product_problems(self.sheets[sheet])]
        if problems:
            raise LibraryError(problems)
        return campaign

    def where(self, kind: str, name: str, *path: str | int) -> str:
        """Return ``file:line`` of something in the library."""
        document = self._documents.get((kind, name))
        return document.where(path) if document else f"{self.folder.name}/{kind}/{name}.yml"

    def label(self, path: Path) -> str:
        """Name a file as people see it: from the library's folder on."""
        return f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}"

    # ── the whole ──

    def problems(self) -> list[Problem]:
        """Find everything that is written wrongly, in every file."""
        found: list[Problem] = []
        parts = (
            "bank",
            "reviewers",
            "sources",
            "disclosures",
            *TITLES,
            "phrases",
            "sketches",
            "kits",
            "claims",
            "branches",
            "personal",
            "photos",
        )
        for part in parts:
            try:
                getattr(self, "sheets" if part == "facts" else part)
            except LibraryError as error:
                found += error.problems
        found += [
            Problem("后缀要写成 .yml", self.label(path), "别的后缀读不到，等于没有写")
            for path in sorted(self.folder.rglob("*.[yY]*[lL]"))
            if path.suffix != ".yml" and path.suffix.lower() in (".yaml", ".yml")
        ]
        # A part that builds upon a broken one tells of it again.
        return list(dict.fromkeys(found)) or self._reference_problems()

    def fingerprint(self, *folders: str) -> str:
        """Digest the files of the library (or of some folders of it), so that a run can tell what has changed."""
        digest = blake2b(digest_size=16)
        roots = [self.folder / name for name in folders] if folders else [self.folder]
        for path in sorted(
            {path for root in roots for path in ([root] if root.is_file() else root.rglob("*.[yt][ms][lv]"))}
        ):
            if "records" in path.relative_to(self.folder).parts:
                continue
            digest.update(f"{path.relative_to(self.folder).as_posix()}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    # ── reading ──

    def _load(self, name: str) -> yamls.Document:
        path = self.folder / name
        return yamls.load(path, self.label(path))

    def _mapping(self, name: str, model: type[Kind], *, optional: bool = False) -> dict[str, Kind]:
        if optional and not (self.folder / name).is_file():
            return {}
        document = self._documents["", name] = self._load(name)
        if not isinstance(document.data, Mapping):
            raise LibraryError("要写成 名字: 内容 的样子", document.where())
        return self._collect(
            (str(key), partial(yamls.build, model, document, body, (key,), name=key))
            for key, body in document.data.items()
        )

    def _lists(self, kind: str, model: type[Kind], paths: Iterable[tuple[Path, dict[str, Any]]]) -> tuple[Kind, ...]:
        """Read files of items, remembering where each stands."""
        made: list[Kind] = []
        problems: list[Problem] = []
        places = self._listed[kind] = []
        for path, given in paths:
            try:
                document = yamls.load(path, self.label(path))
            except LibraryError as error:
                problems += error.problems
                continue
            if not isinstance(document.data, list):
                problems.append(Problem("要写成列表，一行一句", document.where()))
                continue
            for index, item in enumerate(document.data):
                for body, at in _spread(item, index):
                    try:
                        made.append(yamls.build(model, document, body, (index,), **given))
                        places.append((document, at))
                    except LibraryError as error:
                        problems += error.problems
        if problems:
            raise LibraryError(dict.fromkeys(problems))
        return tuple(made)

    def item(self, kind: str, index: int, *tag: str | int) -> str:
        """Return ``file:line`` of the how-manieth phrase, reply kit or personal line, from 0, or of one of its tags."""
        document, at = self._listed[kind][index]
        return document.where((at[0], *tag) if tag else at)

    def _folder(self, kind: str, model: type[Kind]) -> dict[str, Kind]:
        def read(path: Path, document: yamls.Document) -> Kind:
            return yamls.build(model, document, name=path.stem)

        return self._each(kind, sorted((self.folder / kind).glob("*.yml")), read)

    def _each(self, kind: str, paths: Iterable[Path], read: Callable[[Path, yamls.Document], Kind]) -> dict[str, Kind]:
        def one(path: Path) -> Kind:
            document = yamls.load(path, self.label(path))
            self._documents[kind, named(path)] = document
            return read(path, document)

        def named(path: Path) -> str:
            return path.relative_to(self.folder / kind).with_suffix("").as_posix()

        return self._collect((named(path), partial(one, path)) for path in paths)

    @staticmethod
    def _collect(makers: Iterable[tuple[str, Callable[[], Kind]]]) -> dict[str, Kind]:
        """Make everything, or raise with the problems of everything that cannot be made."""
        made: dict[str, Kind] = {}
        problems: list[Problem] = []
        for name, make in makers:
            try:
                made[name] = make()
            except LibraryError as error:
                problems += error.problems
        if problems:
            raise LibraryError(problems)
        return made

    @staticmethod
    def _story(path: Path, document: yamls.Document) -> Story:
        return yamls.build(Story, document, name=path.stem, kind=path.parent.name)

    @staticmethod
    def _sheet(path: Path, document: yamls.Document) -> FactSheet:
        """Fold ``at``/``quote`` into a citation; the sheet's ``kept_by`` and ``withdrawn`` serve each of its facts.

        A derived fact stands where the facts stand that its formula names.
        """
        data = document.data
        if not isinstance(data, Mapping):
            raise LibraryError("要写成 名字: 内容 的样子", document.where())
        data = dict(data)
        keeper, withdrawn = data.pop("kept_by", None), data.get("withdrawn")
        facts = data.pop("facts", None) or {}
        if not isinstance(facts, Mapping):
            raise LibraryError("facts 要写成 名字: 内容 的样子", document.where(("facts",)))
        rows: list[dict[str, Any]] = []
        problems: list[Problem] = []
        for key, body in facts.items():
            if not isinstance(body, Mapping):
                problems.append(Problem(f"{key} 要写成 名字: 内容 的样子", document.where(("facts", key))))
                continue
            missing = [name for name in ("at", "quote") if not body.get(name) and not body.get("formula")]
            problems += [
                Problem(f"{key} 少了这一项：{name}", document.where(("facts", key)), "没有出处的不算要点")
                for name in missing
            ]
            problems += [
                Problem(f"{key} 不用写 {name}", document.where(("facts", key, name)), "程序照公式和物料填")
                for name in ("derived_from", "withdrawn")
                if name in body
            ]
            row = {name: value for name, value in body.items() if name not in ("at", "quote")}
            place = {"locator": body.get("at") or "", "quote": body.get("quote") or ""}
            citation = {"material": data.get("material") or "", **place}
            rows.append({"kept_by": keeper, "withdrawn": withdrawn, **row, "key": key, "citation": citation})
        if problems:
            raise LibraryError(problems)
        sheet = yamls.build(FactSheet, document, {**data, "facts": rows}, name=path.stem)
        return sheet.model_copy(update={"facts": tuple(_resolved(fact, sheet.facts) for fact in sheet.facts)})

    # ── references ──

    def _reference_problems(self) -> list[Problem]:
        found: list[Problem] = []
        for campaign in self.campaigns.values():
            found += self._campaign_problems(campaign)
        for cadence in self.cadences.values():
            found += self._cadence_problems(cadence)
        for genre in self.genres.values():
            for owed in genre.owes:
                found += self._miss("channels", owed.channel, "genres", genre.name, "owes", owed.channel)
        for segment in self.segments.values():
            for hours in segment.hours:
                found += self._miss("channels", hours.channel, "segments", segment.name, "hours", hours.channel)
        return (
            found + self._sheet_problems() + self._line_problems() + self._reviewer_problems() + self._tier_problems()
        )

    def _sheet_problems(self) -> list[Problem]:
        found: list[Problem] = []
        for sheet in self.sheets.values():
            found += self._product_problems(sheet)
            if not (self.folder / "materials" / sheet.material).is_file():
                found.append(
                    Problem(
                        f"materials/ 里没有 {sheet.material}", self.where("facts", sheet.name, "material"), "请放入原件"
                    )
                )
            product = self.products.get(sheet.product or "")
            kind = product.kind if product else None
            found += [
                Problem(f"{fact.key} 的{fault.what}", self.where("facts", sheet.name, "facts", fact.key), fault.hint)
                for fact in sheet.facts
                for fault in formulas.faults(fact, kind)
            ]
        return found

    def _line_problems(self) -> list[Problem]:
        found: list[Problem] = []
        for story in self.stories:
            for name in story.segments:
                found += self._miss("segments", name, "stories", f"{story.kind}/{story.name}", "segments")
        items: tuple[tuple[str, Sequence[Value]], ...] = (
            ("phrases", self.phrases), ("sketches", self.sketches), ("replies", self.kits), ("personal", self.personal),
        )  # fmt: skip
        for kind, values in items:
            for index, value in enumerate(values):
                for tag in ("segments", "genres", "channels", "moments", "sheets"):
                    known = getattr(self, tag)
                    found += [
                        Problem(
                            f"没有这个{TITLES[tag]}：{name}", self.item(kind, index, tag), yamls.suggest(name, known)
                        )
                        for name in getattr(value, tag, ())
                        if name not in known
                    ]
        for index, sketch in enumerate(self.sketches):
            found += self._sketch_problems(sketch, self.item("sketches", index))
        for index, line in enumerate(self.personal):
            if line.approved_by not in self.reviewers:
                where = self.item("personal", index)
                found.append(
                    Problem(
                        f"没有这个审核人：{line.approved_by}", where, yamls.suggest(line.approved_by, self.reviewers)
                    )
                )
        return found

    def _sketch_problems(self, sketch: Sketch, where: str) -> list[Problem]:
        if sketch.sheet and sketch.sheet not in self.sheets:
            return [Problem(f"没有这个要点文件：{sketch.sheet}", where, yamls.suggest(sketch.sheet, self.sheets))]
        sheet = self.sheets.get(sketch.sheet)
        told = {fact.key for fact in sheet.facts if fact.plain} if sheet else set()
        found = [
            Problem(
                f"小稿里的 {{{key}}} 不是 {sketch.sheet or '（没有写 sheet）'} 里写了 plain 的要点",
                where,
                yamls.suggest(key, told),
            )
            for key in sketch.facts
            if key not in told
        ]
        if {"quiz", "options"} & set(sketch.names) and not (sheet and sheet.quiz):
            found.append(
                Problem("小稿里的 {quiz} 要有题：这份要点没有 quiz", where, "请换一份要点，或在要点文件里写 quiz")
            )
        if len(sketch.headline) > 8:
            found.append(Problem(f"headline 最多 8 个字：{sketch.headline}", where))
        return found

    def _reviewer_problems(self) -> list[Problem]:
        return [
            problem
            for reviewer in self.reviewers.values()
            for name in reviewer.channels
            for problem in self._miss("channels", name, "", "reviewers.yml", reviewer.name, "channels")
        ]

    def _tier_problems(self) -> list[Problem]:
        return [
            problem
            for product in self.products.values()
            for tier in product.tiers
            for name in tier.segments
            for problem in self._miss("segments", name, "products", product.name, "tiers", tier.name)
        ]

    def _product_problems(self, sheet: FactSheet) -> list[Problem]:
        return self._miss("products", sheet.product, "facts", sheet.name, "product") if sheet.product else []

    def _campaign_problems(self, campaign: Campaign) -> list[Problem]:
        name = campaign.name
        found = [
            problem
            for index, segment in enumerate(campaign.segments)
            for problem in self._miss("segments", segment, "campaigns", name, "segments", index)
        ]
        found += [
            Problem(f"这个客群写了两遍：{segment}", self.where("campaigns", name, "segments"), "请留一处")
            for segment, count in Counter(campaign.segments).items()
            if count > 1
        ]
        if campaign.product:
            found += self._miss("products", campaign.product, "campaigns", name, "product")
        found += self._miss("cadences", campaign.cadence, "campaigns", name, "cadence")
        for theme in campaign.facts:
            if theme.genre != "default":
                found += self._miss("genres", theme.genre, "campaigns", name, "facts", theme.genre)
            for index, sheet in enumerate(theme.sheets):
                found += self._miss("facts", sheet, "campaigns", name, "facts", theme.genre, index)
        return found

    def _cadence_problems(self, cadence: Cadence) -> list[Problem]:
        found: list[Problem] = []
        for beat in cadence.beats:
            at = ("cadences", cadence.name, "beats", beat.name)
            for index, moment in enumerate(beat.moments):
                found += self._miss("moments", moment, *at, "moments", index)
            found += self._miss("arcs", beat.arc, *at, "arc")
            for quota in beat.quotas:
                found += self._miss("channels", quota.channel, *at, "quotas", quota.channel)
                found += self._miss("genres", quota.genre, *at, "quotas", quota.channel, quota.genre)
            for channel in beat.ours:
                found += self._miss("channels", channel, *at, "ours")
        return found

    def _miss(self, kind: str, wanted: str, *at: str | int) -> list[Problem]:
        """Report a name that has no target, at the place that uses it."""
        known: Mapping[str, Value] = getattr(self, "sheets" if kind == "facts" else kind)
        if wanted in known:
            return []
        owner, name, *path = at
        return [
            Problem(
                f"没有这个{TITLES[kind]}：{wanted}",
                self.where(str(owner), str(name), *path),
                yamls.suggest(wanted, known),
            )
        ]


def _resolved(fact: Fact, mates: Sequence[Fact]) -> Fact:
    """Give a derived fact what its formula names: place, days and conditions of those facts, where it has none of its own."""
    if not fact.formula:
        return fact
    known = {each.key: each for each in mates if each.key != fact.key}
    ground = tuple(known[key] for key in formulas.keys(fact.formula) if key in known)
    changes: dict[str, Any] = {"derived_from": ground}
    if ground and not fact.citation.quote:
        changes["citation"] = ground[0].citation
    if fact.valid_from is None:
        changes["valid_from"] = max((each.valid_from for each in ground if each.valid_from), default=None)
    if fact.valid_until is None:
        changes["valid_until"] = min((each.valid_until for each in ground if each.valid_until), default=None)
    if not fact.conditions:
        changes["conditions"] = tuple(dict.fromkeys(each for fact in ground for each in fact.conditions))
    return fact.model_copy(update=changes)


def _spread(item: Any, index: int) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """Yield one item, or one for each of its ``lines``, all with its tags, and where each stands."""
    if not isinstance(item, Mapping) or "lines" not in item:
        yield item, (index,)
    elif not isinstance(item["lines"], list) or "text" in item:
        yield item, (index,)  # the value refuses the key and says which there are
    else:
        tags = {name: value for name, value in item.items() if name != "lines"}
        for number, line in enumerate(item["lines"]):
            yield {**tags, "text": line}, (index, "lines", number)

"""Fact sheets as text: a new one is pleasant to edit by hand, an old one keeps every comment when its material changes.

The three sides of a change are the sheet (what people kept), the last reading (what the machine proposed then) and the
material of today (what it proposes now). This room says how they differ and edits text; it decides nothing: whatever
it changes or adds waits for a person's name again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple, TypeAlias

from . import yamls
from .values import Fact, FactSheet, Material, Withdrawal

WIDE = 110
"""A fact that fits into so many characters stands on one line."""

HEAD = "# 程序提出的要点，还没有人确认。请逐条对照原件：删去不要的，改好 plain，然后在 kept_by 写上您的名字。\n"

What: TypeAlias = Literal["same", "moved", "changed", "conflict", "gone", "new"]

TITLES: Mapping[What, str] = {
    "same": "没变", "moved": "换了位置", "changed": "原文改了", "conflict": "两边都改了", "gone": "原文没有了", "new": "新出现",
}  # fmt: skip


class Change(NamedTuple):
    """How one fact stands between the sheet, the last reading and the material of today."""

    what: What
    mine: Fact | None
    """As people kept it; nothing for a new one."""
    theirs: Fact | None
    """As the material says now; nothing where it says so no more."""
    base: Fact | None = None
    """As the machine read it last time, where that is known."""


# ── writing a new sheet ──────────────────────────────────────────────────────────────────────────────────────────────


def new(material: Material, facts: Sequence[Fact]) -> str:
    """Return the text of a sheet with proposed facts, in the order of the document."""
    top = {"material": material.path, "title": material.title, "kept_by": None, "digest": material.digest}
    return HEAD + yamls.dump(top) + "facts:\n" + "".join(_entry(fact.key, row(fact)) for fact in facts)


def row(fact: Fact) -> dict[str, Any]:
    """Return a fact as the sheet writes it: what people edit first, its place last."""
    content = fact.model_dump(mode="json", exclude_defaults=True)
    order = (
        "kind",
        "value",
        "formula",
        "plain",
        "subject",
        "conditions",
        "status",
        "valid_from",
        "valid_until",
        "normalized",
        "unit",
    )
    kept = {name: content[name] for name in order if content.get(name)}
    return kept if fact.formula else {**kept, "at": fact.citation.locator, "quote": fact.citation.quote}


def _entry(key: str, fields: Mapping[str, Any]) -> str:
    line = f"  {key}: {yamls.flow(dict(fields))}\n"
    if len(line) <= WIDE:
        return line
    body = "".join(
        f"    {name}: {yamls.flow(value) if isinstance(value, list | dict) else _scalar(value)}\n"
        for name, value in fields.items()
    )
    return f"  {key}:\n{body}"


def _scalar(value: object) -> str:
    """Write one value as it stands behind ``name: ``."""
    return yamls.dump({"x": value}).removeprefix("x:").strip().replace("\n  ", " ")


# ── comparing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def compare(
    sheet: FactSheet, base: Sequence[Fact] | None, material: Material, now: Sequence[Fact]
) -> tuple[Change, ...]:
    """Say of every kept fact how the material of today stands to it, then what is new in it.

    ``base`` is what the machine proposed last time: what people threw away then is not offered again. Where it is not
    known, nothing counts as new.
    """
    places: dict[str, list[str]] = {}
    for passage in material.passages:
        if not passage.internal:
            places.setdefault(passage.locator, []).append(passage.text)
    before = {(fact.citation.locator, fact.citation.quote, str(fact.kind)): fact for fact in base or ()}
    still = {(fact.kind, fact.value, fact.citation.quote) for fact in sheet.facts}
    free = [fact for fact in now if (fact.kind, fact.value, fact.citation.quote) not in still]
    changes = [_change(mine, before, places, free) for mine in sheet.facts if not mine.formula]
    if base is not None:
        known = {(fact.kind, fact.value, fact.citation.quote) for fact in base}
        changes += [
            Change("new", None, fact) for fact in free if (fact.kind, fact.value, fact.citation.quote) not in known
        ]
    return tuple(changes)


def _change(
    mine: Fact, before: Mapping[tuple[str, str, str], Fact], places: Mapping[str, list[str]], free: list[Fact]
) -> Change:
    """Judge one kept fact; a proposal of today that takes its place is taken out of ``free``."""
    quote, at = mine.citation.quote, mine.citation.locator
    if any(quote in text for text in places.get(at, ())):
        return Change("same", mine, mine)
    elsewhere = next((locator for locator, texts in places.items() if any(quote in text for text in texts)), "")
    if elsewhere:
        citation = mine.citation.model_copy(update={"locator": elsewhere})
        return Change("moved", mine, mine.model_copy(update={"citation": citation}))
    theirs = _heir(mine, free)
    if theirs is None:
        return Change("gone", mine, None)
    free.remove(theirs)
    old = before.get((at, quote, mine.kind))
    if theirs.value == mine.value:
        return Change("moved", mine, theirs, old)
    edited = old is not None and old.value != mine.value
    return Change("conflict" if edited else "changed", mine, theirs, old)


def _heir(mine: Fact, free: Sequence[Fact]) -> Fact | None:
    """Find the proposal of today that says about the same thing what ``mine`` said."""
    best, score = None, 0.0
    for fact in free:
        if fact.kind != mine.kind or _differ(fact.subject.term, mine.subject.term):
            continue
        if _differ(fact.subject.tier, mine.subject.tier):
            continue
        near = SequenceMatcher(None, mine.citation.quote, fact.citation.quote, autojunk=False).ratio()
        near += 0.15 * (fact.subject == mine.subject) + 0.1 * (fact.citation.locator == mine.citation.locator)
        if near > max(score, 0.6):
            best, score = fact, near
    return best


def _differ(one: str, other: str) -> bool:
    """Tell whether both are said and are not the same."""
    return bool(one and other) and one != other


# ── editing an old sheet ─────────────────────────────────────────────────────────────────────────────────────────────


def updated(text: str, name: str, changes: Sequence[Change], digest: str) -> str:
    """Return the text of a sheet with the changes written in; comments, order and all other words stay as they are.

    A changed or vanished fact loses its signature, a new one has none; each carries a comment that says what happened.
    """
    document = yamls.parse(text, name)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    blocks = _blocks(document, lines)
    edits: list[tuple[int, int, list[str]]] = []
    after = blocks[next(reversed(blocks))][1] if blocks else len(lines)
    taken = set(blocks)
    for change in changes:
        if change.mine is not None and change.mine.key in blocks:
            start, end = blocks[change.mine.key]
            edits.append((start, end, _rewritten(lines[start:end], change)))
        elif change.what == "new" and change.theirs is not None:
            key = _free_key(change.theirs.key, taken)
            taken.add(key)
            place = max((blocks[mate][1] for mate in blocks if _earlier(mate, change, changes)), default=after)
            note = f"  # {TITLES['new']}，请确认或删去\n"
            edits.append(
                (place, place, [note, *_entry(key, {**row(change.theirs), "kept_by": None}).splitlines(keepends=True)])
            )
    for start, end, new_lines in sorted(edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        lines[start:end] = new_lines
    return _with_digest("".join(lines), document, digest)


def _blocks(document: yamls.Document, lines: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return for every fact the first line of its own and the line behind its last, comments below it left out."""
    facts = document.data.get("facts") or {}
    starts = [(document.line(("facts", key)) - 1, key) for key in facts]
    top = [document.line((key,)) - 1 for key in document.data if document.line((key,)) > document.line(("facts",))]
    ends = [*(start for start, _ in starts[1:]), min(top, default=len(lines))]
    found: dict[str, tuple[int, int]] = {}
    for (start, key), limit in zip(starts, ends, strict=True):
        end = limit
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1
        found[key] = (start, end)
    return found


def _rewritten(block: list[str], change: Change) -> list[str]:
    """Write one change into the lines of its fact."""
    if change.what == "same" or change.mine is None:
        return block
    indent = block[0][: len(block[0]) - len(block[0].lstrip())]
    mine, theirs = change.mine, change.theirs
    if theirs is None:
        return [f"{indent}# {TITLES['gone']}，请删去，或换一个出处\n", *_with_fields(block, {"kept_by": None})]
    place = {"at": theirs.citation.locator, "quote": theirs.citation.quote}
    if change.what == "moved":
        return _with_fields(block, place)
    if change.what == "conflict":
        note = f"{indent}# {TITLES['conflict']}：您写的是 {mine.value}，原文现在是 {theirs.value}，请定一个\n"
        return [note, *_with_fields(block, {"kept_by": None})]
    note = f"{indent}# {TITLES['changed']}：{mine.value} → {theirs.value}，请看 plain 要不要跟着改，再署名\n"
    fields = {"value": theirs.value, "normalized": theirs.normalized, "unit": theirs.unit, **place, "kept_by": None}
    return [note, *_with_fields(block, fields)]


def _with_fields(block: list[str], fields: Mapping[str, Any]) -> list[str]:
    """Set fields of a fact, in whichever way it is written; other lines and comments stay."""
    head = block[0].split(":", 1)
    if head[1].split(" #")[0].strip():  # the whole fact on one line: key: {…}
        content = yamls.parse("".join(block), "").data
        ((key, body),) = content.items()
        comment = " #" + block[-1].split(" #", 1)[1].rstrip("\n") if " #" in block[-1] and "}" in block[-1] else ""
        indent = block[0][: len(block[0]) - len(block[0].lstrip())]
        return [f"{indent}{key}: {yamls.flow({**body, **fields})}{comment}\n"]
    lines = list(block)
    for name, value in fields.items():
        _set_line(lines, name, value)
    return lines


def _set_line(lines: list[str], name: str, value: Any) -> None:
    """Replace or add one field of a fact written as a block; a value that went over several lines is replaced whole."""
    inner = next((line for line in lines[1:] if line.strip() and not line.lstrip().startswith("#")), "    x: y\n")
    indent = inner[: len(inner) - len(inner.lstrip())]
    written = f"{indent}{name}:{'' if value is None else ' ' + _scalar(value)}\n"
    for index, line in enumerate(lines):
        if line.startswith(f"{indent}{name}:"):
            end = index + 1
            while end < len(lines) and lines[end].strip() and lines[end].startswith(indent + " "):
                end += 1
            lines[index:end] = [written]
            return
    if value != "":
        lines.append(written)


def _earlier(key: str, change: Change, changes: Sequence[Change]) -> bool:
    """Tell whether a kept fact stands before a new one in the document of today, by the order of the new keys."""
    mate = next((each for each in changes if each.mine is not None and each.mine.key == key), None)
    if mate is None or mate.theirs is None or change.theirs is None:
        return False
    return _place(mate.theirs) <= _place(change.theirs)


def _place(fact: Fact) -> tuple[object, ...]:
    """Return a key by which places of one kind sort: numbers in a locator by their size."""
    import re

    return tuple(int(piece) if piece.isdigit() else piece for piece in re.split(r"(\d+)", fact.citation.locator))


def _free_key(key: str, taken: set[str]) -> str:
    number, made = 1, key or "new"
    while made in taken:
        number += 1
        made = f"{key}_{number}"
    return made


def _with_digest(text: str, document: yamls.Document, digest: str) -> str:
    lines = text.splitlines(keepends=True)
    if "digest" in document.data:
        for index, line in enumerate(lines):
            if line.startswith("digest:"):
                lines[index] = f"digest: {digest}\n"
                return "".join(lines)
    return _before_facts(lines, f"digest: {digest}\n")


def _before_facts(lines: list[str], line: str) -> str:
    at = next((index for index, line in enumerate(lines) if line.startswith("facts:")), len(lines))
    return "".join([*lines[:at], line, *lines[at:]])


def withdrawn(text: str, withdrawal: Withdrawal) -> str:
    """Return the text of a sheet that says its material was withdrawn; all else stays as it is."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    why = yamls.flow({"why": withdrawal.why}).removeprefix("{")
    return _before_facts(lines, f"withdrawn: {{on: {withdrawal.on.isoformat()}, {why}\n")

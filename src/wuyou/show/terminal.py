"""One checked text for a person at a terminal: its words underlined, what was found, its lamps; and what a fix changes.

With colour the words are underlined where they stand; without it a line beneath points at them, Chinese characters
taking two columns. Control characters of a text are never sent to a terminal: they could write what is not there.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Sequence

from ..chinese import width
from ..values import LEVELS, Checked, Finding, Lamp, Level

LEVEL_TITLES = {"block": "拦截", "warn": "提醒", "hint": "建议"}
POINTERS = {"block": "^", "warn": "~", "hint": "."}
"""What points at the words of a finding where there is no colour."""
SGR = {"block": "31", "warn": "33", "hint": "36"}
"""Terminal colours: red, yellow, cyan."""


def meter(each: Checked) -> str:
    """Show the lamps, and how many of the owed ones are lit, and how many more; the count only where some are owed."""
    lamps = " ".join(f"{'●' if lamp.lit else '○'}{lamp.title or lamp.have}" for lamp in each.lamps)
    owed = [lamp for lamp in each.lamps if lamp.owed]
    extra = sum(lamp.lit and not lamp.owed for lamp in each.lamps)
    more = f"，另有 {extra}" if extra else ""
    return f"{lamps}  该有 {len(owed)}，做到 {sum(lamp.lit for lamp in owed)}{more}" if owed else lamps


def verdict(checked: Checked, *, colour: bool = False) -> str:
    """Return one line per finding (line:column, level, rule, what and why), then the lamps, each with its why."""
    lines = []
    for finding in sorted(checked.findings, key=_order):
        basis = f"   依据：{'、'.join(finding.basis)}" if finding.basis else ""
        advice = f"   {finding.suggestion}" if finding.suggestion else ""
        level = _painted(LEVEL_TITLES[finding.level], f"1;{SGR[finding.level]}" if colour else "")
        said = _plain(f"{finding.message}{advice}{basis}")
        lines.append(f"{_place(checked.post.text, finding)}  {level}  {finding.rule}  {said}")
    lamps = [meter(checked), *filter(None, (_owes(checked), *map(_why, checked.lamps)))]
    return "\n".join([*(lines or ["没有发现问题"]), *lamps])


def underlined(checked: Checked, *, colour: bool = False, columns: int = 0) -> str:
    """Return the text with the words of every finding underlined, by the worst of those that overlap.

    Nothing when no finding has words of its own. ``columns`` is the width at which lines with a line of pointers
    beneath are broken, so that both stay together; 0 breaks none.
    """
    levels = _levels(checked)
    if not any(levels):
        return ""
    lines: list[str] = []
    start = 0
    for line in checked.post.text.split("\n"):
        words = line.rstrip("\r")
        marks = levels[start : start + len(words)]
        lines += _coloured(words, marks) if colour else _pointed(words, marks, columns)
        start += len(line) + 1
    return "\n".join(lines).rstrip("\n")


def difference(old: str, new: str, name: str, *, colour: bool = False) -> str:
    """Return what a fix changes as a unified diff; nothing when nothing changes."""
    before, after = ([line.rstrip("\r") for line in text.removesuffix("\n").split("\n")] for text in (old, new))
    lines = difflib.unified_diff(before, after, name, f"{name}（改后）", lineterm="", n=1)
    paint = {"-": "31", "+": "32", "@": "36"} if colour else {}
    return "\n".join(_painted(_plain(line), paint.get(line[:1], "")) for line in lines)


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _order(finding: Finding) -> tuple[bool, str, bool, int, int, int]:
    """Put what has a place in the text first, then what is missing from it, then the pictures; the worst first."""
    missing = finding.end <= finding.start
    return (
        finding.where != "text",
        finding.where,
        missing,
        finding.start,
        LEVELS.index(finding.level),
        finding.end,
    )


def _place(text: str, finding: Finding) -> str:
    if finding.where != "text":
        return finding.where.replace("picture ", "图")
    if not finding.end:
        return "全文"
    before = text[: finding.start]
    return f"{before.count(chr(10)) + 1}:{finding.start - (before.rfind(chr(10)) + 1) + 1}"


def _owes(checked: Checked) -> str:
    """Say which haves the genre owes on this channel, and which of them are still dark; nothing without a genre."""
    genre, owed = checked.post.brief.genre, [lamp for lamp in checked.lamps if lamp.owed]
    if genre is None:
        return ""
    dark = "、".join(lamp.title or lamp.have for lamp in owed if not lamp.lit)
    names = "、".join(lamp.title or lamp.have for lamp in owed)
    where = f"{genre.title}·{checked.post.brief.channel.title}"
    return (
        f"  {where}该有：{names}；{f'还差：{dark}' if dark else '都有了'}" if owed else f"  {where}没有规定要哪几条“有”"
    )


def _why(lamp: Lamp) -> str:
    """Say by which words a lamp is lit, or how it could be; of an owed one that is dark a finding speaks already."""
    title = lamp.title or lamp.have
    if lamp.lit:
        quote = f"“{_plain(' '.join(lamp.quote.split()))}”" if lamp.quote else ""
        return f"  ●{title}  {quote}（{'、'.join(lamp.signals[:3])}）"
    return f"  ○{title}  可以{'；或'.join(lamp.fixes)}" if lamp.fixes and not lamp.owed else ""


# ── the running text ─────────────────────────────────────────────────────────────────────────────────────────────────


def _levels(checked: Checked) -> list[Level | None]:
    """Return for each character of the text the worst level that was found there."""
    levels: list[Level | None] = [None] * len(checked.post.text)
    for finding in sorted(checked.findings, key=lambda finding: -LEVELS.index(finding.level)):
        if finding.where == "text":
            levels[finding.start : finding.end] = [finding.level] * (finding.end - finding.start)
    return levels


def _coloured(words: str, marks: Sequence[Level | None]) -> list[str]:
    shown, current = [], None
    for char, mark in zip(words, marks, strict=True):
        if mark != current:
            shown.append(("\x1b[0m" if current else "") + (f"\x1b[4;{SGR[mark]}m" if mark else ""))
            current = mark
        shown.append(_plain(char))
    return ["".join(shown) + ("\x1b[0m" if current else "")]


def _pointed(words: str, marks: Sequence[Level | None], columns: int) -> Iterator[str]:
    """Yield a line, broken at ``columns``, and beneath each piece that has marked words the line that points at them."""
    start = 0
    while start < len(words) or not start:
        end = _reach(words, start, columns)
        yield _plain(words[start:end])
        pairs = zip(words[start:end], marks[start:end], strict=True)
        pointers = "".join((POINTERS[mark] if mark else " ") * width(_plain(char)) for char, mark in pairs)
        if pointers.strip():
            yield pointers.rstrip()
        start = max(end, start + 1)


def _reach(words: str, start: int, columns: int) -> int:
    """Return how far a line that begins at ``start`` may go."""
    taken = 0
    for at in range(start, len(words)):
        taken += width(_plain(words[at]))
        if columns and taken > columns and at > start:
            return at
    return len(words)


def _plain(text: str) -> str:
    """Put a visible dot where a control or direction character stands."""
    return "".join(
        "·" if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and char not in "\n\u200d" else char
        for char in text
    )


def _painted(text: str, codes: str) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m" if codes else text

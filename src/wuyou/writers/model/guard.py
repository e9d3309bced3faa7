"""The guard: reads every request before it is sent, and refuses one that holds what must not leave the machine.

Card, identity and telephone numbers, however they are spelled or spaced, and the names that the bank denies. A number
that the bank itself has published (the hotline, a kept fact of the kind ``phone``) may go. It repairs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ...chinese import fold
from ...errors import ModelError
from ...regexes import regex

_SPELLED = str.maketrans("〇零一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖", "0011122233445566778899")
"""Digits told in words: 一三八零零… is a number like any other."""
_GAP = r"[\s\-‐-―－_.·,，、/()（）]{0,3}"
_RUN = regex(rf"\+?\d(?:{_GAP}\d){{6,24}}x?")
"""A run of digits, with whatever is slipped in between."""
_IN_WORDS = regex(
    r"[〇零一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖\d](?:[\s\-.·、]?[〇零一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖\d]){10,24}x?"
)
_PARTED = regex(r"[\s\-‐-―－_.·,，、/()（）+]")
_IDENTITY = regex(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]")
_OLD_IDENTITY = regex(r"[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_MOBILE = regex(r"(?:\+?86|0086)?1[3-9]\d{9}")
_LANDLINE = regex(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_SERVICE = regex(r"[48]00\d{7}")
_CARD_LENGTHS = range(15, 20)


class Held(NamedTuple):
    """Something that may not leave."""

    what: str
    """Its kind, in Chinese."""
    shown: str
    """How it may be told to a person: the middle is covered."""


def look(messages: Iterable[Mapping[str, str]], deny: Sequence[str] = (), published: Iterable[str] = ()) -> None:
    """Let a request pass, or raise ModelError naming everything in it that may not leave the machine."""
    held = tuple(dict.fromkeys(each for message in messages for each in find(message["content"], deny, published)))
    if held:
        named = "、".join(f"{each.what}（{each.shown}）" for each in held[:5])
        raise ModelError(f"请求里有不该外传的内容：{named}，没有送出", "模型", "请从要点、客群或备注里删去")


def find(text: str, deny: Sequence[str] = (), published: Iterable[str] = ()) -> Iterator[Held]:
    """Yield what in a text may not leave the machine."""
    known = {_digits(number) for number in published}
    folded = fold(text).text
    for start, end in _numbers(folded):
        number = _digits(folded[start:end])
        what = "" if number in known else _kind(number)
        if what:
            yield Held(what, f"{number[:3]}…{number[-2:]}")
    bare = re.sub(r"\s", "", folded)
    for name in deny:
        if name and re.sub(r"\s", "", fold(name).text) in bare:
            yield Held("不许外传的名字", f"{name[:1]}…")


def masked(text: str) -> str:
    """Cover every number in a text that looks like somebody's: a model's own invention must not go back to it either."""
    folded = fold(text)
    for start, end in sorted(_numbers(folded.text), reverse=True):
        if _kind(_digits(folded.text[start:end])):
            first, last = folded.span(start, end)
            text = f"{text[:first]}（号码）{text[last:]}"
    return text


@lru_cache(maxsize=256)
def _numbers(folded: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of what is a long number of somebody's, in digits or in words."""
    seen: list[tuple[int, int]] = []
    for found in _RUN.finditer(folded):
        text = folded[found.start() : found.end()]
        whole = _digits(text)
        if _kind(whole):
            seen.append(found.span())
            continue
        # two numbers side by side read as one run: look at its pieces, alone and joined
        pieces = list(re.finditer(r"[\dx+]+", text))
        for first in range(len(pieces)):
            for last in range(len(pieces), first, -1):
                low, high = pieces[first].start(), pieces[last - 1].end()
                if _kind(_digits(text[low:high])):
                    seen.append((found.start() + low, found.start() + high))
                    break
    for found in _IN_WORDS.finditer(folded):
        if _kind(_digits(found.group())) and not any(low < found.end() and found.start() < high for low, high in seen):
            seen.append(found.span())
    return tuple(seen)


def _digits(text: str) -> str:
    return _PARTED.sub("", fold(text).text).translate(_SPELLED)


def _kind(number: str) -> str:
    """Say what a bare run of digits is, if it is anything of somebody's; nothing for an amount or a date."""
    plain = number.lstrip("+")
    if _IDENTITY.fullmatch(plain):
        return "身份证号"
    if _MOBILE.fullmatch(number) or _MOBILE.fullmatch(plain):
        return "手机号"
    if not plain.isdigit():
        return ""
    if _LANDLINE.fullmatch(plain) or _SERVICE.fullmatch(plain):
        return "电话号码"
    if len(plain) in _CARD_LENGTHS and (_luhn(plain) or plain[:2] in ("62", "60") or plain[0] in "45"):
        return "银行卡号"
    return "身份证号" if _OLD_IDENTITY.fullmatch(plain) else ""


def _luhn(number: str) -> bool:
    """Tell whether the last digit is the check digit of a card."""
    doubled = (int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(reversed(number)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0

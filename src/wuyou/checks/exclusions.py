"""What a source leaves out, and who or what alone it lets in: 机场大巴不参与, 不含公司卡, 仅总行营业部受理.

It reads the source alone; whether a post tells the opposite is asked in ``refusals``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from ..regexes import regex
from .alignment import content

Span = tuple[int, int]
JOINTS = regex(r"[、/]|以及|还有|或者?|和|及|与|跟")
BORDERS = regex(r"[，,。；;：:|（）()●·•“”\"\s!！?？\n]")
_LEADING = regex(
    r"^(?:但|其中|如|若|均|且|及|或|的|对|为|等|该|此类?|原|另|其[他它]|在|于|通过|仅|只|本|各|活动|因|当|有|是)+"
)
_TRAILING = regex(r"(?:等|的|均|一律|类|业务|暂|概|也|都|则|情况|期间|时|者)+$")
_EMPTY = frozenset(
    {"活动", "客户", "本行", "银行", "优惠", "部分", "我行", "参与", "本人", "费用", "办理", "上述", "以上", "自动"}
)
"""What says nothing when it is left out."""
_DEED = regex(r"不(?:予|再|可以?|能|得|开放|支持|参与|受理|办理)?([\u4e00-\u9fff]{2})")
_VAGUE = frozenset({"参与", "参加", "支持", "适用", "可用", "享受", "含在", "包括", "计入", "可使", "能用", "包含"})
_DENIED_WHOLE = regex(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff、]{2,14}?)(?:均|也|都|暂|则|仍)?(?:不(?:得|可以?|能|予|再|会|在)?|无)"
    r"(?!变|限|同|断|超|足|低|少|满|等|用|需|须|必|论|误|高|多|晚|早|迟|大|小|过)([\u4e00-\u9fff]{1,4})(?![\u4e00-\u9fff])"
)
_WHEN = regex(
    r"(?:自|截至|至|到|于)?[\d年月日号底初中旬.:：\-—~～至到起前后内间期暂当上下午周一二三四五六末天]+"
    r"|[^，,。；;]{0,3}装修|[^，,。；;]{0,4}期间"
)
"""A stretch that only says when: what is left out stands before it."""
CELL = 12
"""Names and items are no longer than this."""
_MANY = 40
"""How much of a list behind a colon is read."""


class Source(Protocol):
    """What is asked of a source that was read with the lists."""

    text: str

    def spans(self, *at: str | int) -> list[Span]:
        """Return every place of a list's words."""

    def span(self, unit: int) -> Span:
        """Return where a unit stands in the text."""

    def unit_at(self, place: int) -> int:
        """Return the unit that holds a place of the text."""


class Excluded(NamedTuple):
    """Something that a source leaves out."""

    words: str
    whole: str
    """The words as they stand there, with what leaves it out."""
    deed: str
    """What is not done with it: 回购."""
    start: int
    """Where ``whole`` begins in the source's text."""
    end: int
    loose: bool = False
    """Whether only the shape of the sentence says so, without a word of the lists."""


def exclusions(source: Source) -> tuple[Excluded, ...]:
    """Return what a source leaves out: 机场大巴、旅游专线不参与, 不含公司卡."""
    found = [*_behind(source), *_before(source)]
    known = {each.words for each in found}
    for denial in _DENIED_WHOLE.finditer(source.text):
        found += _parts(denial[1], denial[0], denial[2][:2], denial.span(), loose=True)
    return tuple(each for each in found if not each.loose or each.words not in known)


def barred(source: Source, found: tuple[Excluded, ...]) -> frozenset[str]:
    """Return the pairs of characters that a source has nowhere but in what it leaves out."""
    inside = frozenset(pair for each in found for pair in content(each.words))
    spans = sorted({(each.start, each.end) for each in found})
    rest, floor = [], 0
    for low, high in spans:
        rest.append(source.text[floor:low])
        floor = max(floor, high)
    elsewhere = content("\n".join([*rest, source.text[floor:]]))
    return inside - elsewhere


def _behind(source: Source) -> Iterator[Excluded]:
    for start, end in source.spans("left_out"):
        first = source.span(source.unit_at(start))[0]
        low = max((each.end() for each in BORDERS.finditer(source.text, first, start)), default=first)
        begin = low
        if low > first + 1 and _WHEN.fullmatch(source.text[low:start]):
            stop = low - 1
            borders = (each.end() for each in BORDERS.finditer(source.text, first, stop) if each.group() not in '“”"')
            begin = max(borders, default=first)
            words = source.text[begin:stop].strip('“”"').replace("”", "").replace("“", "")
        else:
            words = source.text[low:start]
        yield from _parts(words[-24:], source.text[begin:end], _deed(source.text[start:end]), (begin, end))


def _before(source: Source) -> Iterator[Excluded]:
    for start, end in source.spans("leaves_out"):
        border = BORDERS.search(source.text, end)
        high = border.start() if border else len(source.text)
        words = source.text[end:high][: _MANY if source.text[end - 1] in ":：" else 24]
        yield from _parts(words, source.text[start:high], _deed(source.text[start:end]), (start, high))


def _deed(words: str) -> str:
    deed = _DEED.search(words)
    return deed[1] if deed and deed[1] not in _VAGUE else ""


def _parts(words: str, whole: str, deed: str, span: Span, *, loose: bool = False) -> Iterator[Excluded]:
    """Yield each item of what is left out."""
    for part in JOINTS.split(words):
        bare = _TRAILING.sub("", _LEADING.sub("", part.strip()))
        bare = bare.partition("因")[0] or bare
        if 1 < len(bare) <= CELL and bare not in _EMPTY and not any(char.isdecimal() for char in bare):
            yield Excluded(bare, whole.strip(), deed, *span, loose)

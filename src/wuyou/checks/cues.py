"""What the words around a number say of how it was reckoned: 一共, 少了, 每期, 利息."""

from __future__ import annotations

from typing import NamedTuple

from ..regexes import regex

ADDS = regex(
    r"[一总共]共|总[计数]?|合计|合起来|加起来|加在一起|加上|(?<!公)共|全部|正好|都算上|前前后后|拢|连着|凑齐|凑成|统共|满打满算|叠[着加]|两[笔份样头]|(?<![参增更添])加(?![工息油急班盟速深强])|首年|[里期]面?值|下来|全年"
)
"""Says that a number is a sum or a product."""
LESS = regex(
    r"为了|硬凑|实际|自己[担掏出]|净|刨|除去|减去|扣掉|贴完|贴息|优惠后|打完|折后|到手价|多[拿给得出]|差|多|少|省|便宜|贵|添|再|剩|超出|高|低|涨|降|减(?![\d一二两三四五六七八九十百千免])|扣|等于|抵|变成|就是|只要|折下来|合"
)
"""Says that a number is a difference."""
COUNTS_UP = regex(r"算|也就是|换算|就是|等于|=|每年|一年|一个月|能拿|到手|折|省|合|约|大概|差不多|整")
"""Says that a number was reckoned."""
_INTEREST = regex(r"利息|收益|到手|到期|本息|拿")
_FILLS = regex(r"添|还差|再凑|再存|再缴|就差|补到|凑到")
_SPREAD = regex(r"摊|平均|折到|合到|每天|一天")


class Cues(NamedTuple):
    """What the words around a claim say of how it was reckoned."""

    adds: bool
    less: bool
    reckons: bool
    per_period: bool = False
    """Whether it is said of each period, so that no time is needed."""
    whole: bool = False
    """Whether interest is paid on the whole sum for the whole time; not so where it is paid back bit by bit."""
    interest: bool = False
    """Whether it is said to be interest, which needs a time."""
    fills: bool = False
    spreads: bool = False
    alone: bool = False
    """Whether each result must be made with what is told."""


def cues(words: str, *, instalments: bool) -> Cues:
    """Read the cues from the words around a claim; ``instalments`` says that the source has money paid back bit by bit."""
    return Cues(
        bool(ADDS.search(words)),
        bool(LESS.search(words)),
        bool(COUNTS_UP.search(words)),
        "每期" in words or "一期" in words,
        not instalments,
        bool(_INTEREST.search(words)),
        bool(_FILLS.search(words)),
        bool(_SPREAD.search(words)),
    )

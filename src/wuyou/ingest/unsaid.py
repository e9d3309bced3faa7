"""Finds what stands in a document and is not told to customers.

Talk among colleagues, orders to a machine, quoted speech, examples, what a paper says about itself. It decides nothing
about the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .clauses import Span, sentences

_COLLEAGUES = re.compile(
    r"仅供内部|内部(?:使用|口径|资料|参考|消息|掌握|传阅|培训|考核|指导价|成本|提示|备注|说明|要求)|(?:^|[（(【])内部[：:】]"
    r"|(?:勿|不得|不要|别|禁止|严禁)(?:对?外[传发泄]|向客户(?:透露|展示|出示|提供)|对客)|不对(?:外|客户?)(?:讲|说|公布|披露|宣传|展示|提供)"
)
_ORDERS = re.compile(
    r"忽略(?:掉|你)?(?:以上|之前|前面|上述|上面|此前|先前|所有|全部)[^。；\n]{0,10}(?:指令|指示|要求|规则|内容|提示|设定|约束)"
    r"|无视[^。；\n]{0,8}(?:指令|指示|规则|提示)|(?:你|您)(?:现在|将|从现在起)?(?:是|扮演)(?:一[个名位款])?(?:AI|人工智能|大?语言模型|智能助手)"
    r"|作为(?:一[个名位款])?(?:AI|人工智能|大?语言模型)|(?:请|必须|务必)?(?:直接)?(?:输出|提取|抽取|返回|生成|标注|写成)[^。；\n]{0,16}(?:要点|事实|JSON|提示词)"
    r"|(?:写手|模型|智能体|智能助手|(?<![A-Za-z])AI)(?:现在|从现在起)?(?:请|必须|务必|应当|只能|只许)"
    r"|(?:请|必须|务必)(?:原样)?(?:复述|打印出来)|从现在起[^，。；\n]{0,4}必须(?:写|说|输出)|系统必须(?:写|说|输出|回复)"
    r"|ignore (?:all |any |the )?(?:previous|above|prior|earlier)|system prompt|(?:致|给)(?:AI|大模型|模型|机器人|智能体)",
    re.IGNORECASE,
)
_SPEECH = re.compile(r"[“「『\"]([^“”「」『』\"\n]{8,160})[”」』\"]")
_SPOKEN = re.compile(r"[您你咱]|[！!？?]|^(?:亲|喂)")
_REPORTED = re.compile(r"(?:称|谎称|声称|说|问道?|骗子|对方)[^，。；]{0,4}$")
_EXAMPLE = re.compile(
    r"(?:举(?:个|一)?例(?:子|说明|来说)?|例如|比如|譬如|假如|假设|示例|(?:测算)?(?:举例|示例)|试算|以[^，。]{1,14}为例)[：:，,]?|例[：:]"
)
_ASIDE_EXAMPLE = re.compile(r"仅(?:为|供)?(?:示例|举例|演示)")
_OF_ITSELF = re.compile(
    r"(?:发布|发文|印发|打印|生成|制作|编制|导出|浏览|阅读|点击|访问|下载)(?:时间|日期|次数|量|人数)[：:]?[^，。；\n]{0,24}"
    r"|(?:文档|材料|表格)?(?:版本号?|更新|修订)(?:日期|时间|记录)?[：:][^，。；\n]{0,40}"
)
_EFFECTIVE = re.compile(r"执行|施行|实施|生效|适用|起$")
_STAMP = re.compile(
    r"(?P<name>[^\s，。：:；]{1,12})[ \t\u3000]{1,4}(?:(?:\d{4}[-/年.])?\d{1,2}[-/月.]\d{1,2}日?[ \t\u3000]{0,3}|昨天|今天|周[一二三四五六日]\s?)?"
    r"\d{1,2}[：:]\d\d(?:[：:]\d\d)?|(?:\d{4}[-/年.])?\d{1,2}[-/月.]\d{1,2}日?[ \t\u3000]{1,3}\d{1,2}[：:]\d\d[：:]\d\d(?:\s\S{1,12})?"
)
_LABEL = re.compile(r"[时间日期截止至名开始结束集合有效自从起于第]")


def is_for_colleagues(heading: str) -> bool:
    """Tell whether what stands below a heading is for colleagues only."""
    return _COLLEAGUES.search(heading) is not None or _ORDERS.search(heading) is not None


def is_stamp(text: str) -> bool:
    """Tell whether a line only says who wrote when, as in a copied chat."""
    found = _STAMP.fullmatch(text) if len(text) <= 50 else None
    return found is not None and not (found["name"] and _LABEL.search(found["name"]))


@lru_cache(maxsize=1 << 10)
def unsaid(text: str) -> tuple[tuple[int, int], ...]:
    """Return the stretches of a paragraph that tell customers nothing."""
    return tuple(_unsaid(text))


def _unsaid(text: str) -> Iterator[tuple[int, int]]:
    for speech in _SPEECH.finditer(text):
        if _SPOKEN.search(speech[1]) or _REPORTED.search(text[max(0, speech.start() - 8) : speech.start()]):
            yield speech.span()
    for own in _OF_ITSELF.finditer(text):
        if not _EFFECTIVE.search(own[0]) and not _EFFECTIVE.match(text[own.end() : own.end() + 4]):
            yield own.span()
    for sentence in sentences(text):
        if _ORDERS.search(sentence.text) or _EXAMPLE.match(sentence.text):
            yield sentence.start, _line_end(text, sentence)
        elif _COLLEAGUES.search(sentence.text) or _ASIDE_EXAMPLE.search(sentence.text):
            yield sentence.start, sentence.end


def _line_end(text: str, sentence: Span) -> int:
    end = text.find("\n", sentence.end)
    return end if end >= 0 else len(text)

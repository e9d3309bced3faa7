"""Values that a source names only to say that they hold no longer: 原300元、现360元, 由25元降至16元, 1.45%→1.40%."""

from __future__ import annotations

from ..quantities import Quantity
from ..regexes import regex

_BEFORE = regex(
    r"(?:(?<![还复清])原(?!址|籍|始|路|卡|单|件|因|则|地|封|告|合同|账户|存折|产品|渠道|网点)(?:为|定|先|来|有|每[人户月年日周次]|价|收)?|旧(?:号码?|电话|址|版|价|标准|费率)|老(?:号码?|电话)|(?<!自)(?<!理)由原?|以前(?:是|为)?)"
    r"[^\d，。；;、：:|（）()一二三四五六七八九十]{0,7}$"
)
_UNTIL = regex(r"(?:\d[日月号]|此|之|以)前[为是](?:最[高多])?$")
_STOPPED = regex(r"[^。；;|\n]{0,6}，?已(?:于|经|在)?[^，。；;]{0,6}(?:停售|结束|停止|售罄|作废|停用|终止|取消)")
_ORIGINAL = regex(
    r"(?:(?<![还复清])原(?!址|籍|始|路|卡|单|件|因|则|地|封|告|合同|账户|存折|产品|渠道|网点)[^\d，。；;|]{0,8}|旧[^\d，。；;|]{0,4})$"
)
_TURNED = regex(
    r"[^，。；;|]{0,12}?(?:调整|下调|上调|变更|更改|提高|降低|提升|缩短|延长|推迟|提前|降|升|增|减|改|涨|下浮|变)"
    r"(?:[至为到成]|\d)"
)
_ARROW = regex(r"[^\d，。；;|]{0,3}(?:→|->|⇒|➔)")
_ENDED = regex(r"[^。；;|\n]{0,14}(?:终止|结束|停用|作废|失效|停止|取消|下线)")
PAST = regex(
    r"原(?!件|因|则|封|地|告)|(?<!提)前[是为还]|以前|之前|过去|从前|早先|[从由][^，。；]{0,4}$|降|涨|调整|改[成为到]|变[成为]|升|去年|旧|老号|停用|作废|不再|取消|结束|"
    r"终止|过期|比[^，。]{0,6}$|少了|多了|→|别再|提[到高]|砍|[加减]到|缩短|延长"
)
"""In a post: says that a value is the former one."""


def is_old(text: str, quantity: Quantity) -> bool:
    """Tell whether a source names a quantity as a former one."""
    before, after = text[max(0, quantity.start - 16) : quantity.start], text[quantity.end : quantity.end + 24]
    if _ARROW.match(after) or _UNTIL.search(before) or _STOPPED.match(after):
        return True
    original = _ORIGINAL.search(before) is not None
    if _BEFORE.search(before):
        return before[-1:] not in "由" or _TURNED.match(after) is not None or original
    return original and _ENDED.match(after) is not None

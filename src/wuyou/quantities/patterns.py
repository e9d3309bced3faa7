"""The patterns of quantities, for text that is already flat. Every repetition is bounded: no text makes them slow."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..regexes import regex

HAN_DIGITS = "零〇一二两三四五六七八九"
_MANY = rf"{HAN_DIGITS}十百千万亿"
_EACH = r"[年月天日次人户张位克份单笔桶套辆]"
"""After 五千一: not 5,100 years, but 5,000 a year."""
_ARABIC = (
    r"(?<!\d)(?<!\d[.,])(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,16}(?:\.\d{1,6})?)"
    r"(?:[百千万亿]{1,2}|个亿|w(?=[元块起以，。；、 )]|$))?"
)
_CHINESE = (
    rf"(?<![{_MANY}第几数])(?:零(?=点[零一二三四五六七八九])|(?<![下上同某任唯次])一|[二两三四五六七八九十])[{_MANY}]{{0,11}}"
    rf"(?!(?<=[百千万]一){_EACH})(?:点[零〇一二三四五六七八九]{{1,4}}|个亿)?"
)
_NUM = rf"(?:{_ARABIC}|{_CHINESE})"
_TO = r" ?(?:至|到|-{1,2}|~) ?"
_FIRST = r"\d零一二两三四五六七八九十"
"""With one of these a number begins. Patterns say so first: it saves trying everything at every character."""
_MORE = r"(?P<more>[多余来几](?P<big>[万亿])?)?"
_RANGE = (
    rf"(?=[{_FIRST}])(?:(?<![A-Za-z])|(?<=AUM)|(?<=RMB)|(?<=CNY))(?P<low>{_NUM}){_MORE}(?:{_TO}(?P<high>{_NUM}))? ?"
)


def _compile(*parts: str, flags: int = 0) -> re.Pattern[str]:
    return regex("".join(parts), re.ASCII | flags)


# ── never a quantity ──

_UNIT = r"[.\d%‰万亿百千元块折成年月日天号次份名人位户个家张期笔倍岁点:/]"
_MEASURED = r"[元块万亿千百折倍克公斤年月日天号点美港欧起至到以前止小个周季基B]"
"""After 1.5 at the head of a line: a quantity, not the number of a section."""
_CHOICE = r"[“\"'「 ]{0,2}\d{1,2}(?![-,]\d{3})[”\"'」]?"
NEVER = _compile(
    rf"(?=[ \t(*A-Za-z{_FIRST}几表图附扣回打发选敲输按双-])(?:",
    r"^[ \t]{0,8}(?:[-*] )?(?:\(\d{1,2}\)|\d{1,2}[.、)](?!\d)",  # 1. （2）
    rf"|^[ \t]{{0,8}}\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}(?= ?[\u4e00-\u9fff\"“「《])(?! ?{_MEASURED})",  # 2.1 权益
    r"|\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}、)",  # （三） 四、
    r"|\d{1,2}\ufe0f?\u20e3",  # 1️⃣
    r"|(?:表|图|附件|附表|附录) ?\d{1,2}(?![\d.%万亿元])",
    rf"|(?:扣|回复?|打|发送?|选|敲|输入|按)(?:数字)?{_CHOICE}",  # 扣1/扣2
    rf"(?:(?:/|、|,|，|或者?|和|还是) ?(?:扣|回复?|打|发|选|按)?{_CHOICE}){{0,5}}(?! ?{_UNIT})",
    r"|(?<![A-Za-z0-9])(?!AUM|RMB|CNY|USD|HKD|EUR|LPR|lpr)[A-Za-z]{1,12}[+\-]?\d[A-Za-z0-9]{0,24}",  # R2 T+1 Z7000926
    r"|(?<![A-Za-z0-9.,])\d{1,4}(?!BP|bp|w(?![A-Za-z])|k?g(?![A-Za-z])|km|ml|h(?![A-Za-z]))",  # 5G 1V1, not 5g
    r"[A-Za-z][A-Za-z0-9]{0,12}",
    r"|[一两二三四五六七八九十几\d](?:件事|句(?:话|实话|心里话|闲话|题外话)|码事|回事|样东西)"  # 三件事
    r"|(?<![\d一二两三四五六七八九十百千万])一块(?=儿|来|去|到(?!账)|办|走|吃|过|聊|学|玩|坐|看|攒|签|上|回|逛|跑|参加|报名)"  # 一块来
    r"|双1[12]|双十[一二]|(?<!\d)618(?!\d)|(?<!\d)\d{1,2}[·•]\d{1,2}(?!\d))",  # 双11 3·15
    flags=re.MULTILINE,
)

# ── phones ──

PUBLIC_PHONES = (
    "110", "119", "120", "122", "96110", "12110", "12123", "12315", "12321", "12323", "12333", "12345", "12363",
    "12366", "12378", "12381", "12386",
)  # fmt: skip
"""Numbers of the police and of regulators: everybody's, so naming one is no statement about the bank."""
PHONE = _compile(
    r"(?<![\d¥$满减送返超达抵省存额-])(?:[48]00[- ]?\d{3}[- ]?\d{4}",
    r"|[48]00\d[- ]\d{3}[- ]\d{3}|[2-8]\d{3}[- ]\d{4}|96-\d{4}|96\d{4}-\d|0\d{2,3}[- ]\d{3,4}[- ]?\d{3,4}|1[3-9]\d[- ]?\d{4}[- ]?\d{4}",
    rf"|{'|'.join(PUBLIC_PHONES)}|(?P<short>9[56]\d{{3,4}}))",
    r"(?![\d,.]|[%‰万亿元块人名份个次克户笔天件张家期周岁分米]|BP|bp|个?基点| ?[年月日]|立?[减返送抵折])",
)
EXTENSION = _compile(r"(?:内线|分机)(?:号码?)?[:为]? ?(?P<digits>\d{3,6})(?!\d)")

# ── days ──

_YEAR = r"(?:(?:19|20)\d\d年|二[〇零][〇零一二三四五六七八九]{2}年|\d\d年(?=\d{1,2}月)|(?:明|次|翌|来|今|本|当|去)年)"
_HAN_MONTH = r"(?<![一二三四五六七八九十百])(?:十[一二]?|[一二三四五六七八九])"
_MONTH = rf"(?:(?<!\d)(?:1[0-2]|0?[1-9])|{_HAN_MONTH})月"
_HAN_DAY = r"(?<![一二三四五六七八九十百])(?:三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_DAY = rf"(?:(?<!\d)(?:3[01]|[12]\d|0?[1-9])|{_HAN_DAY})"
_D = r"(?:3[01]|[12]\d|[1-9])"
_M = r"(?:1[0-2]|[1-9])"
DATE = _compile(
    rf"(?=[{_FIRST}明次翌来今本当去])(?:",
    rf"(?P<year>{_YEAR})?(?P<month>{_MONTH})",
    rf"(?:(?P<day>{_DAY})(?:(?:{_TO}(?P<day2>{_DAY}))?[日号]|(?=(?:、\d{{1,2}}){{1,8}}[日号]))|(?:份|底|末|初|上旬|中旬|下旬)?(?!\d))",
    r"|(?<![\d.])(?P<y>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m>1[0-2]|0?[1-9])(?P=sep)(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)",
    r"|(?P<only>(?<!\d)(?:19|20)\d\d|二[〇零][〇零一二三四五六七八九]{2})年(?!期))",
)
MONTHS = _compile(rf"(?P<year>{_YEAR})?(?<!\d)(?P<m1>{_M}){_TO}(?P<m2>{_M})月(?!\d)")
DOTTED = _compile(
    rf"(?<![\d.])(?P<m1>{_M})\.(?P<d1>{_D}){_TO}(?P<m2>{_M})\.(?P<d2>{_D})(?![\d.%‰元万亿倍折克个])",
    rf"|(?<![\d.])(?P<m>{_M})\.(?P<d>{_D})(?=起|前(?!\d)|止|日|号|开始|之前)",
)
DAYS = _compile(
    rf"(?P<d1>{_DAY})(?:[日号]?(?P<to>{_TO}|、)(?P<d2>{_DAY}))?(?:[日号]|(?<=\d)(?=\0{{2}}))",
    r"(?![楼线店门院窗柜令内后]|(?<=号)文(?=件|[，。；、)的]|$)|公告|以内|之内|以上|起息|持有|年化|通知|游)",
)
STREET = _compile(r"(?:路|街|巷|弄|道|第|座|幢|栋|公告|〕) ?$")
LASTING = _compile(
    r"(?:\((?:不)?含\)[至到~-]|不足|未满|持有|保留|满|有效期|为期|期[限为是]{0,2}|延长|提前|近|连续|共|前|逾期|超过|最长|最短"
    r"|不少于|宽限期?|展期|[次日]日?起|之日起|日后) ?$"
)
"""Before 30日: a length of time, not a day of the month."""
INCLUDED = _compile(r" ?\(不?含\)")
"""After 7日: the end of a length of time."""
_NO_DAY = r"(?![次期场回更篇年月岁围边转十百千万点时个楼层号人份张元块折天倍名克位户成分届常程子间])"
WEEKDAY = _compile(
    r"(?P<every>每个?|逢|每逢|隔)?(?:(?<![一两])周|星期|礼拜)(?P<day>[一二三四五六日天])(?![次期场回更篇年月岁围边转千百万])",
    rf"(?P<more>(?:[、,和及跟][一二三四五六日]{_NO_DAY}){{1,5}}|[二三四五六日]{{1,4}}{_NO_DAY})?",
)

# ── hours ──

_PART = r"(?P<part>凌晨|清晨|早上|早晨|上午|早|中午|午间|下午|午后|傍晚|晚上|夜里|今晚|深夜|半夜|晚)? ?"
_HAN_HOUR = rf"(?<![{HAN_DIGITS}十百千万第几])(?:二?十[一二三四]?|二十|[一二两三四五六七八九])"
_MINUTE = rf"半|整|钟|[一三]刻|[0-5]?\d分|[二三四五]?十?[{HAN_DIGITS}]?分|[0-5]\d(?![\d.%折元])"
_NO_HOUR = r"建议|内容|要求|提示|提醒|说明|注意|好处|理由|变化|优势|原因|区别|不同|心|赞|击|评|餐|缀"
CLOCK = _compile(
    rf"(?=[{_FIRST} 凌清早上中午下傍晚夜今深半]){_PART}",
    r"(?:(?<![\d:])(?P<hh>[01]?\d|2[0-4]):(?P<mm>[0-5]\d)(?::[0-5]\d(?![\d日月号]))?(?!\d|:[0-5]\d(?![日月号]))",
    rf"|(?<!之)(?<!分之)(?P<hour>(?<![\d.])(?:2[0-4]|[01]?\d)|{_HAN_HOUR})",
    r"(?:点|时(?=\d|整|许|起|至|到|前|止|-|~|,|，|。|$))",
    rf"(?:(?P<minute>{_MINUTE})|(?![{HAN_DIGITS}\d.%]|{_NO_HOUR})))",
)
APPOINTED = _compile(r"起(?!伏)|前|开|到|至|-|准时|截止|以前|以后|之前|见")
"""After 三点: an hour, not three points."""

# ── shares ──

RATE = _compile(_RANGE, r"(?P<unit>%|‰|个?(?:BP|bp|基点)|个百分点|个点(?![心赞评]))")
PARTS = _compile(
    rf"(?P<of>[百千万]|(?<![{HAN_DIGITS}十])[二三四五六七八九十])分之(?P<low>{_NUM}|零点[{HAN_DIGITS}]{{1,4}})",
    rf"(?:{_TO}(?:[百千万]分之)?(?P<high>{_NUM}))?",
)
DISCOUNT = _compile(
    rf"(?P<low>{_ARABIC}|(?<![{HAN_DIGITS}十百千])[一二三四五六七八九]{{1,2}}(?:点[一二三四五六七八九])?)折",
    r"(?![叠腾返旧现合算扣磨射断中线])",
)
TENTHS = _compile(
    r"(?<![\d.第])(?P<low>[1-9]|(?<![一二三四五六七八九十])[二三四五六七八九])成(?=以上|左右|多|就是|[，。、；;,的\s)]|$)"
    r"|(?P<half>(?<![一两三四五六七八九十])一半|对半|减半|折半)(?!天|年|月|个)"
)

# ── money ──

CURRENCIES = {
    "美元": "USD", "美金": "USD", "港币": "HKD", "港元": "HKD", "欧元": "EUR", "日元": "JPY", "英镑": "GBP",
    "澳元": "AUD", "新加坡元": "SGD", "加元": "CAD", "瑞士法郎": "CHF",
}  # fmt: skip
_MONEY = (
    rf"(?P<unit>{'|'.join(CURRENCIES)}|元人民币|人民币元|元(?![旦宵素件老])|块钱|块|毛钱?|角(?!度|色|落)|分钱|人民币)"
)
_REST = (
    rf"(?<=块)[1-9{HAN_DIGITS[2:]}一][毛角]?(?=[，。、；;！？!?)~…\s]|$|左右|[的多起吧了呢呀啊哈嘛])"
    rf"|(?<=毛)[1-9{HAN_DIGITS[2:]}](?![\d.{HAN_DIGITS}十百千万]|[个张次份月年天])"
)
"""What is left after the whole: 四块五, 8块8, 四毛五."""
PAID = _compile(r"(?:[满减省返送付收抵花掏扣交补退赚值贵差赔领得要只才约每]|优惠|就是|便宜|只要)$")
COINS = _compile(
    r"起|以|[，。、,;；)！？!?~…]|$|[减抵返多到就的呢了吧啊]|左右|封顶|红包|不到|出头|一[个克张次天笔月年人桶本]|话费|立减|优惠"
)
"""Before and after 块, when it means money."""
FOREIGN = _compile(rf"({'|'.join(CURRENCIES)}) ?$")
"""Before an amount in 元: 美元5,000元."""
_SIGN = r"¥|RMB|CNY|HK\$|US\$|\$"
AMOUNT = _compile(
    rf"(?=[{_FIRST} ¥RCHU$])(?:(?P<sign>{_SIGN})? ?{_RANGE}{_MONEY}(?:(?<=[块毛])(?P<rest>{_REST}))?",
    rf"|(?P<sign2>{_SIGN}) ?(?P<low2>{_ARABIC}))",
)
_LESS = r"(?:立|直|随机|即|再|最高|至多)?(?:减免?|返|抵)"
OFF = _compile(
    rf"满 ?(?P<full>{_NUM})(?:元|块钱?)?[，, ]?(?:即可|可)?(?:享受?)?{_LESS}",
    rf" ?(?P<off>{_NUM})(?:{_TO}(?P<off2>{_NUM}))?",
    rf"|(?:立减|直减|随机减|最高减|立返) ?(?P<less>{_NUM})(?:{_TO}(?P<less2>{_NUM}))?(?![\d%‰折次名])",
    rf"|满 ?(?P<reach>{_NUM})(?=(?:立|直|即|可|随机)?(?:减|返|送|赠|享))",
)
FINANCIAL = _compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]{2,20}(?=[元圆])")

# ── lengths of time ──


class Span(NamedTuple):
    """A word for a length of time: what it contains, its unit, and how many of them it is."""

    mark: str
    unit: str
    length: int


_SPAN = (
    r"个?(?:工作|交易|自然|营业)日|个自然月|个月|个季度|年(?![级代终货味轻轮薪会纪华])|天|周(?![一二三四五六日末岁年])"
    r"|个?(?:星期|礼拜)(?![一二三四五六日天](?![次回趟场]))|个?小时|个?钟头|h(?![A-Za-z])|分钟|秒钟?|日(?=以?内|之内|后|以上|起息|持有|封闭|期)"
)
TERM = _compile(_RANGE, rf"(?:(?P<half>个半(?:月|小时|年)|年半)|(?P<unit>{_SPAN}))")
SPANS = tuple(
    Span(mark, unit, length)
    for unit, length, marks in (
        ("workday", 1, "工作日 交易日 营业日"), ("day", 1, "自然日"), ("month", 3, "季"), ("minute", 60, "时 钟头 h"),
        ("minute", 1, "分"), ("second", 1, "秒"), ("month", 12, "年"), ("month", 1, "月"), ("day", 7, "星期 礼拜 周"),
        ("day", 1, "天 日"),
    )
    for mark in marks.split()
)  # fmt: skip
"""The first whose mark is in the word."""
HALVES = (Span("年", "month", 6), Span("月", "day", 15), Span("时", "minute", 30))
LONG_DAYS = _compile(r"(?<![\d.,月年])(?P<days>3[2-9]|[4-9]\d|\d{3,4})日")
HALF = _compile(r"(?<![上下后一两三])半(?:年|个?月|个?小时)(?!度)")

# ── counts ──

COUNTS = {
    "person": "名 位 人",
    "household": "户",
    "group": "组",
    "time": "人次 笔 次 回 遍 趟 单",
    "point": "积分 分",
    "gram": "千克 公斤 斤 克 kg g",
    "age": "周岁 岁",
    "multiple": "倍",
    "session": "课时 节课 期 场 批 轮 届",
    "floor": "楼 层",
    "piece": "个 只 件 台 套 枚 瓶 杯 袋 盒 桶 份 张 支 辆 颗 条 本 册 款 种 类 项 页 间 座 家 道 步 字 串 束 箱 包 "
    "碗 餐 桌 席 根 块 把 盏 盆 级 档 星 关 题",
}
COUNT_OF = {word: unit for unit, words in COUNTS.items() for word in words.split()}
_COUNTERS = "|".join(sorted(COUNT_OF, key=lambda word: (-len(word), word)))
COUNT = _compile(
    _RANGE,
    rf"(?P<unit>(?!个(?:[月半亿]|钟头|小时|星期|礼拜)|人民币|单[位笔日月人独身个价元纯子]|分(?:[\d{HAN_DIGITS}十]{{1,3}}个?[年月期次批天]|[之成期]))(?:{_COUNTERS}))(?!分之)",
)
ORDINAL = _compile(
    rf"第 ?(?P<low>\d{{1,4}}|[{HAN_DIGITS}十百]{{1,5}})(?:{_TO}(?P<high>\d{{1,4}}))? ?",
    r"(?P<unit>季度|个?(?:自然|工作|交易)日|[天日期次轮回届位名章条款项节课季周步批档号支个])?",
)
BARE = _compile(rf"(?<![A-Za-z_#@\d])(?P<low>{_ARABIC})(?:{_TO}(?P<high>{_ARABIC}))?(?![A-Za-z\d])")
FIRST = _compile(r"首(?=[期批月年次笔单日周])(?![期批月年次笔单日周]?[\d付])")
"""首期 is 第一期."""
HAN_BARE = _compile(
    rf"(?=[{_MANY}]{{1,3}}(?:[十百千万点]|个?亿)|十[一二三四五六七八九])(?P<low>{_CHINESE}){_MORE}(?!(?!一{_EACH})[{_MANY}般变而后代行夜计强孝之成]|里(?:挑|路)|起(?:去|来)|方百计|姓|变|分[之成数])"
)
"""A number in words without a unit: 五百, 一千四, 三点八."""
NO_POINT = _compile(r"[起刻同直样定边个]")
"""After 三点一: an hour and the next word, no decimal."""

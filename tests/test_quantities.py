"""The one ruler: what it reads, what it leaves out, and what it takes for the same."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyou.quantities import Day, Quantity, find, number, same, says
from wuyou.quantities.flatten import flatten
from wuyou.quantities.readers import STAGES
from wuyou.quantities.scan import POSSIBLE


def only(text: str) -> Quantity:
    """Return the one quantity of a text."""
    found = find(text)
    assert len(found) == 1, [quantity.text for quantity in found]
    return found[0]


def claims(text: str) -> list[str]:
    return [quantity.text for quantity in find(text) if quantity.claim]


def carried(claim: str, source: str) -> bool:
    """Tell whether every claim of one text is said by the other."""
    sources = find(source)
    return all(says(quantity, sources) for quantity in find(claim) if quantity.claim)


# ── numerals ──


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", "1200"),
        ("1.5亿", "150000000"),
        ("2千", "2000"),
        ("二十万", "200000"),
        ("贰拾万", "200000"),
        ("十五", "15"),
        ("一点七五", "1.75"),
        ("二〇二六", "2026"),
        ("两百零五", "205"),
        ("一万五", "15000"),
        ("一百五", "150"),
        ("一亿两千万", "120000000"),
    ],
)
def test_a_numeral_is_read_in_every_notation(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "两三", "三五", "1.2.3", "点五", "好"])
def test_what_is_no_numeral_has_no_value(text: str) -> None:
    assert number(text) is None


# ── one value, many notations ──


@pytest.mark.parametrize(
    ("kind", "unit", "normalized", "notations"),
    [
        ("rate", "ratio", "0.0175", ["1.75%", "１．７５％", "百分之一点七五", "175BP", "17.5‰", "1.75 %"]),
        ("rate", "ratio", "0.002", ["0.20%", "千分之二", "2‰", "20个基点", "万分之二十"]),
        ("rate", "discount", "0.85", ["8.5折", "85折", "八五折", "八点五折"]),
        ("rate", "ratio", "0.9", ["90%", "九成，", "百分之九十"]),
        (
            "amount",
            "CNY",
            "200000",
            ["20万元", "200,000元", "二十万元", "贰拾万元", "人民币200000元", "￥200,000", "２０万元", "20 万元"],
        ),
        ("amount", "CNY", "300000000", ["3亿元", "三亿元", "30,000万元"]),
        ("amount", "USD", "500", ["500美元", "US$500"]),
        ("amount", "CNY", "3.5", ["3.5元", "35角", "3.5块钱"]),
        ("term", "month", "P36M", ["3年期", "36个月", "三年期"]),
        ("term", "month", "P6M", ["6个月", "半年", "六个月"]),
        ("term", "month", "P18M", ["一年半", "18个月"]),
        ("term", "day", "P180D", ["180天", "180日"]),
        ("term", "day", "P14D", ["14天", "2周", "两周"]),
        ("term", "minute", "PT24H", ["24小时", "24个小时"]),
        (
            "date",
            "date",
            "2026-11-01",
            ["2026年11月1日", "2026-11-01", "2026/11/1", "2026.11.1", "二〇二六年十一月一日", "2026 年 11 月 1 日"],
        ),
        ("date", "date", "--11-01", ["11月1日", "11月1号", "十一月一日", "明年11月1日"]),
        (
            "date_range",
            "date",
            "2026-11-01/2026-12-31",
            [
                "2026年11月1日至12月31日",
                "2026年11月1日—2026年12月31日",
                "2026/11/1 ~ 2026/12/31",
                "2026年11月1日起至2026年12月31日止",
            ],
        ),
        ("date_range", "date", "--11-01/--12-31", ["11.1-12.31", "11月1日到12月31日"]),
        ("clock", "clock", "14:30", ["14:30", "下午两点半", "14点30分", "１４：３０", "下午2点半"]),
        ("clock", "clock", "09:00/17:00", ["9:00-17:00", "上午9点到下午5点", "9:00至17:00"]),
        ("count", "person", "100", ["100名", "100位", "一百人"]),
        ("count", "gram", "3000", ["3,000克", "三公斤", "3千克"]),
        ("phone", "digits", "4000000505", ["400-000-0505", "4000000505", "400 000 0505"]),
    ],
)
def test_one_value_in_every_notation(kind: str, unit: str, normalized: str, notations: list[str]) -> None:
    for text in notations:
        quantity = only(text)
        assert (quantity.kind, quantity.unit, quantity.normalized) == (kind, unit, normalized), text
        assert all(same(quantity, only(other)) for other in notations)


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("1.85%—2.35%", "0.0185/0.0235"),
        ("3-16.6元", "3/16.6"),
        ("20-30万元", "200000/300000"),
        ("5,000元至300,000元", "5000/300000"),
        ("5万元（含）至20万元", "50000/200000"),
        ("4-6个工作日", "P4D/P6D"),
        ("1年至3年", "P12M/P36M"),
        ("7到10岁", "7/10"),
        ("10月24日到明年2月14日", "--10-24/--02-14"),
        ("2026年12月20日至1月10日", "2026-12-20/2027-01-10"),
        ("9月3日到9日", "--09-03/--09-09"),
        ("2026年10-12月", "2026-10/2026-12"),
        ("次月1-5日", "---01/---05"),
    ],
)
def test_both_ends_of_a_range_are_read(text: str, normalized: str) -> None:
    assert only(text).normalized == normalized


def test_a_date_range_with_hours_keeps_both_and_spans_them() -> None:
    days, opens, closes = find("10月8日8:30至10月14日17:30报名")
    assert (days.text, days.normalized) == ("10月8日8:30至10月14日17:30", "--10-08/--10-14")
    assert (opens.normalized, closes.normalized) == ("08:30", "17:30")


def test_a_day_in_a_list_takes_the_month_before_it() -> None:
    assert [quantity.normalized for quantity in find("9月26日、27日闭馆")] == ["--09-26", "--09-27"]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("约20分钟", "约"),
        ("20分钟左右", "约"),
        ("近3000人", "近"),
        ("3000多名", "多"),
        ("20万元起", "起"),
        ("不低于5万元", "起"),
        ("20万元（含）以上", "起"),
        ("最高15元", "内"),
        ("不超过2次", "内"),
        ("30天以内", "内"),
        ("前100名", "前"),
        ("12月2日前", "止"),
        ("截至2027年4月30日", "止"),
        ("自2026年10月10日起", "起"),
        ("20万元", ""),
        ("近12个月", ""),
    ],
)
def test_the_words_around_a_number_bind_it(text: str, bound: str) -> None:
    assert only(text).bound == bound


def test_positions_are_those_of_the_original_text() -> None:
    text = "年利率 １．７５ ％ ，\u200b２０ 万 元起；2 0 2 6 年 1 1 月 5 日止"
    for quantity in find(text):
        assert text[quantity.start : quantity.end] == quantity.text
    assert [quantity.normalized for quantity in find(text)] == ["0.0175", "200000", "2026-11-05"]


@given(
    st.text(
        alphabet="0123456789一二两三十百千万亿年月日点折成元块%‰.,，。:：-—~至到 　()（）满减前起扣1第周每A\n\u200b",
        max_size=60,
    )
)
def test_any_text_can_be_measured_and_spans_lie_inside_it(text: str) -> None:
    for quantity in find(text):
        assert text[quantity.start : quantity.end] == quantity.text
        assert quantity.text.strip()
        assert quantity.normalized
        assert same(quantity, quantity) or quantity.bound == "近"


@pytest.mark.parametrize(
    "piece", ["一", "1", "1,", "1,111,", "1 ", "2026年", "1-", "满1减", "扣1/扣2/", "百分之", "十点", "1:1", "A1", "（"]
)
def test_no_text_makes_it_slow(piece: str) -> None:
    started = time.process_time()
    find(piece * (20_000 // len(piece)))
    assert time.process_time() - started < 5


# ── what is no quantity, what is no claim ──


@pytest.mark.parametrize(
    "text",
    [
        "1. 存款\n2. 理财",
        "（一）对象",
        "①利率 ②期限",
        "扣1还是扣2",
        "回复1",
        "选1/2/3",
        "1️⃣ 早餐",
        "R2级产品",
        "T+1日到账",
        "产品代码Z7000926",
        "5G套餐",
        "双11",
        "见表1",
        "3·15",
        "今晚吃 1 甜的 2 咸的 3 都行",
        "两三天",
        "几十元",
        "上半年",
        "说得对极了",
    ],
)
def test_what_never_speaks_about_the_bank_is_left_out(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "今天是一起打卡的第12天",
        "晚上九点，厨房灯还亮着",
        "喝一杯热豆浆",
        "两个孩子抢一个遥控器",
        "三年前我刚来",
        "等了三天",
        "这一年过得快",
        "十月的风",
        "一块钱能买什么",
        "周末去逛逛",
        "打110",
        "多一个熟人",
        "先看前三页",
        "早上8点打卡",
        "2026",
        "第一次来",
    ],
)
def test_everyday_talk_is_no_claim(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("存一年1.4%", ["一年", "1.4%"]),
        ("三年期", ["三年"]),
        ("每户限一名", ["一名"]),
        ("一季最多两次", ["两次"]),
        ("前十名", ["十名"]),
        ("锅炉质保三年", ["三年"]),
        ("10月17日（周六）上午九点半", ["10月17日", "上午九点半"]),
        ("每周二、周四", ["每周二", "周四"]),
        ("周一至周五", ["周一至周五"]),
        ("第四期", ["第四期"]),
        ("送一年洗车", ["一年"]),
        ("满100减8", ["100", "8"]),
    ],
)
def test_what_states_something_about_the_bank_is_a_claim(text: str, expected: list[str]) -> None:
    assert claims(text) == expected


# ── the same, and not the same ──


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("五年期百分之一点八五，30万起", "5年 | 30万元 | 1.85%"),
        ("半年期的那款", "期限180天"),
        ("180天", "6个月"),
        ("一年期", "365天"),
        ("活动到10月9号", "2026年9月21日至2026年10月9日"),
        ("10月1日那天", "2026年9月21日至2026年10月9日"),
        ("今年9月", "2026年9月21日至10月9日"),
        ("2027年5月31日", "工本费免到2027年5月31日"),
        ("11月1日到12月31日", "2026年11月1日至2026年12月31日"),
        ("12月前", "12月31日"),
        ("最高2.35%", "1.85%—2.35%"),
        ("约1.8%", "1.75%"),
        ("近2万元", "19,800元"),
        ("三千多名", "3,215名"),
        ("大约20分钟", "20分钟"),
        ("41个网点", "41家网点"),
        ("一个月刷满6次", "每月累计6笔"),
        ("12,000个名额", "12,000名"),
        ("27期", "第27期"),
        ("90%", "九成，"),
        ("每周三", "周一至周五"),
        ("单笔8万", "单笔8万元"),
        ("1.35%", "一年1.35"),
        ("1天", "24小时"),
        ("10月10日到12月31日", "自2026年10月10日起发售，2026年12月31日截止"),
        ("1.15%到1.75%", "6个月1.15%；3年1.75%"),
    ],
)
def test_a_claim_is_carried_by_its_source(claim: str, source: str) -> None:
    assert carried(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("1.85%", "1.75%"),
        ("36元", "36万元"),
        ("300元人民币", "300美元"),
        ("8月7日", "8月6日"),
        ("2027年8月6日", "2026年8月6日"),
        ("10月20日止", "2026年9月21日至2026年10月9日"),
        ("10月5日截止", "2026年9月21日至2026年10月9日"),
        ("7月份", "2026年8月6日"),
        ("3月8日到3月16日", "认购从3月8日至3月15日，3月16日成立"),
        ("500人", "50人"),
        ("5到10岁", "7-10周岁"),
        ("首9个月", "首3个月"),
        ("6.5折", "8.8折"),
        ("2.3%", "1.85%—2.35%"),
        ("约2%", "1.75%"),
        ("近2万元", "21,000元"),
        ("400-000-0550", "400-000-0505"),
        ("每周五", "每周三"),
        ("15:30", "14:30"),
        ("5个工作日", "5天"),
        ("11月6日", "11月"),
        ("3次", "第3期"),
        ("85%", "8.5折"),
        ("9点", "9元"),
    ],
)
def test_another_value_is_not_carried(claim: str, source: str) -> None:
    assert not carried(claim, source)


def test_a_day_knows_its_date_only_when_it_was_said_whole_and_exists() -> None:
    assert Day(2026, 11, 1).date == dt.date(2026, 11, 1)
    assert Day(None, 11, 1).date is None
    assert Day(2026, 2, 30).date is None
    assert [str(day) for day in (Day(2026), Day(2026, 11), Day(None, 11), Day(None, None, 15))] == [
        "2026",
        "2026-11",
        "--11",
        "---15",
    ]


# ── what is not tried ──

_PIECES = """
2026年11月1日 十二月三日 11.1-12.31 12.24起 1-3月 每周六 隔周三 9:00-17:00 下午两点半 3年期 半年 45日 1.75% 五个基点 5BP
百分之二 1‰ 八五折 三成 ¥500 20万元 US$3 捌佰圓 两块 五毛 立减5 满100减8 第三期 一名 3克 2.5倍 15日 内线6203 400-000-0505
"""


@given(st.lists(st.sampled_from(_PIECES.split()), min_size=1, max_size=8).map("".join) | st.text(max_size=40))
def test_a_pattern_is_left_out_only_where_it_could_find_nothing(text: str) -> None:
    flat, _ = flatten(text)
    for pattern, _, needs in STAGES:
        assert pattern.search(flat) is None or not needs.isdisjoint(flat), pattern.pattern[:40]
    assert all(POSSIBLE.search(quantity.text) for quantity in find(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("起存10 000元", "10000"),
        ("限前 5 0 0 笔", "500"),
        ("利率 1 . 7 5 %", "0.0175"),
        ("共1 234 567.80元", "1234567.8"),
    ],
)
def test_digits_set_apart_are_one_number(text: str, value: str) -> None:
    assert only(text).normalized == value


def test_the_number_of_a_section_is_no_quantity() -> None:
    assert find("1.2 分层权益") == ()
    assert find("2.4 本清单") == ()
    assert only("1.5 倍积分").normalized == "1.5"


def test_numbers_of_the_police_are_told_from_counts() -> None:
    assert only("请拨打110报警").kind == "phone"
    assert only("每网点120户").kind == "count"


def test_the_end_of_a_range_may_come_after_a_comma() -> None:
    assert only("自2026年11月1日起，至2027年4月30日止").normalized == "2026-11-01/2027-04-30"


def test_full_width_phones_are_normalized() -> None:
    assert only("０３００－４４０１２３４").normalized == "03004401234"

"""Numbers of a post against a source: any notation holds, a changed figure does not, sums are done again, talk is talk."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wuyou.checks.evidence import Evidence
from wuyou.checks.figures import Figures
from wuyou.checks.outside import passages_of
from wuyou.checks.reproach import blames
from wuyou.checks.sources import of_passages
from wuyou.quantities import find, number


def wrong(post: str, source: str) -> list[str]:
    """Return the numbers of a post that the source does not bear out."""
    evidence = Evidence(of_passages(passages_of(source)))
    claims = [each for each in find(post) if each.claim]
    figures = Figures(post, evidence, claims, strict=False)
    return [post[blame.start : blame.end] for blame in blames(figures)]


# ── notations ──

_DIGITS = "零一二三四五六七八九"


def spoken(value: int) -> str:
    """Write a whole number below a hundred million in words."""
    if value >= 10_000:
        rest = value % 10_000
        return spoken(value // 10_000) + "万" + (("零" if rest < 1000 else "") + spoken(rest) if rest else "")
    text, zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + name
        zero = not digit
    return text.removeprefix("一") if 10 <= value < 20 else text


def amounts(value: int) -> list[str]:
    """Write an amount in every way people do."""
    ways = [
        f"{value}元",
        f"{value:,}元",
        f"{value}块",
        f"¥{value:,}",
        f"{spoken(value)}元",
        f"{value}.00元",
        f"{value} 元",
    ]
    if value % 100 == 0:
        ways += [f"{value / 10_000:g}万元", f"{value / 10_000:g}万"]
    return ways


def rates(points: int) -> list[str]:
    """Write a rate given in base points."""
    whole, part = divmod(points, 100)
    digits = "".join(_DIGITS[int(each)] for each in f"{part:02d}")
    said = (spoken(whole) or "零") + f"点{digits}"
    return [f"{points / 100:.2f}%", f"{points}BP", f"{points}个基点", f"百分之{said}", f"{points / 10:.1f}‰"]


def another(value: int, low: int, high: int) -> st.SearchStrategy[int]:
    """Draw a number with one digit changed."""
    digits = str(value)
    ways = {
        int(digits[:at] + new + digits[at + 1 :])
        for at in range(len(digits))
        for new in "0123456789"
        if new != digits[at]
    }
    return st.sampled_from(sorted(each for each in ways if low <= each <= high and each != value))


@given(st.integers(2, 999).map(lambda part: part * 100) | st.integers(201, 99_999), st.data())
def test_an_amount_holds_in_any_notation_and_no_other_does(value: int, data: st.DataObject) -> None:
    source = f"一、办理条件：单笔存入满{data.draw(st.sampled_from(amounts(value)))}。二、其他事项另行公告。"
    assert wrong(f"存满{data.draw(st.sampled_from(amounts(value)))}就行", source) == []
    other = data.draw(another(value, 101, 999_999))
    assert wrong(f"存满{data.draw(st.sampled_from(amounts(other)))}就行", source)


@given(st.integers(5, 999), st.data())
def test_a_rate_holds_in_any_notation_and_no_other_does(points: int, data: st.DataObject) -> None:
    source = f"产品年利率为{data.draw(st.sampled_from(rates(points)))}，到期一次还本付息。"
    assert wrong(f"年利率{data.draw(st.sampled_from(rates(points)))}", source) == []
    other = data.draw(another(points, 5, 999))
    assert wrong(f"年利率{data.draw(st.sampled_from(rates(other)))}", source)


def days(date: dt.date) -> list[str]:
    """Write a date in the ways of a post."""
    month, day = date.month, date.day
    return [
        f"{date.year}年{month}月{day}日", f"{month}月{day}日", f"{month}月{day}号", f"{spoken(month)}月{spoken(day)}号",
        f"{date.year}-{month:02d}-{day:02d}", f"{date.year}/{month}/{day}",
    ]  # fmt: skip


@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), st.integers(1, 200), st.data())
def test_a_date_holds_in_any_notation_and_no_other_does(date: dt.date, shift: int, data: st.DataObject) -> None:
    source = f"本活动报名截止日期为{date.year}年{date.month}月{date.day}日，逾期不再受理。"
    assert wrong(f"报名到{data.draw(st.sampled_from(days(date)))}为止", source) == []
    assert wrong(f"报名到{data.draw(st.sampled_from(days(date + dt.timedelta(days=shift))))}为止", source)


@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), st.integers(0, 6))
def test_a_day_of_the_week_must_be_that_of_its_date(date: dt.date, weekday: int) -> None:
    source = f"开业日期为{date.year}年{date.month}月{date.day}日，当日设有惠民活动。"
    found = wrong(f"{date.month}月{date.day}号周{'一二三四五六日'[weekday]}开业", source)
    assert bool(found) is (weekday != date.weekday())


@given(st.integers(1, 10), st.integers(1, 10), st.sampled_from(["个月", "年", "期"]))
def test_a_term_holds_in_months_and_years(length: int, other: int, unit: str) -> None:
    months = length * 12 if unit == "年" else length
    source = f"分期业务说明：分期期限为{length}{unit}，按月扣款。"
    ways = [f"{months}个月", f"{months}期"] + ([f"{months // 12}年"] if months % 12 == 0 else [])
    assert [wrong(f"分{way}还清", source) for way in ways] == [[] for _ in ways]
    assume(other != length)
    assert wrong(f"分{other * 12 if unit == '年' else other}个月还清", source)


@given(st.integers(13, 20), st.sampled_from([0, 15, 30, 45]), st.integers(0, 23))
def test_an_hour_holds_with_and_without_its_part_of_the_day(hour: int, minute: int, other: int) -> None:
    source = f"营业时间：网点每日营业至{hour}:{minute:02d}，节假日除外。"
    short = {0: "", 15: "一刻", 30: "半", 45: "四十五分"}[minute]
    ways = [
        f"{hour}:{minute:02d}",
        f"{spoken(hour - 12)}点{short}",
        f"下午{spoken(hour - 12)}点{short}",
        f"晚上{hour - 12}点{short}",
    ]
    assert [wrong(f"营业到{way}前", source) for way in ways] == [[] for _ in ways]
    assume(other not in (hour, hour - 12))
    assert wrong(f"营业到{other}:{minute:02d}前", source)


@given(st.integers(1, 99), st.integers(1, 9), st.integers(1, 9))
def test_small_change_is_read_behind_the_coin(whole: int, part: int, other: int) -> None:
    source = f"优惠说明：每次乘车立减{whole}.{part}元。"
    assert wrong(f"坐一趟减{whole}块{part}。", source) == []
    assert wrong(f"坐一趟减{spoken(whole)}块{_DIGITS[part]}，", source) == []
    assume(other != part)
    assert wrong(f"坐一趟减{whole}块{other}。", source)


# ── sums ──


@given(st.integers(13, 89), st.integers(3, 12), st.data())
def test_a_product_is_done_again(price: int, times: int, data: st.DataObject) -> None:
    source = f"卡券说明：每张面值{price}元，每人限领{times}张，三十日内有效。"
    right = price * times
    assert wrong(f"每张{price}块，{times}张加起来一共{right}块", source) == []
    other = data.draw(another(right, 9, 9_999))
    assume(other not in (price, times, price + times))
    assert wrong(f"每张{price}块，{times}张加起来一共{other}块", source)


@given(st.integers(2, 50), st.integers(2, 20), st.data())
def test_a_share_of_an_example_is_done_again(principal: int, share: int, data: st.DataObject) -> None:
    source = f"收费标准：提前还款按还款金额的{share / 10:.1f}%收取违约金，柜台办理。"
    right = principal * share * 10
    assert wrong(f"比如提前还{principal}万，违约金就是{right}元", source) == []
    other = data.draw(another(right, 11, 99_999))
    assert wrong(f"比如提前还{principal}万，违约金就是{other}元", source)


@given(st.integers(20, 300), st.integers(1, 99), st.data())
def test_a_step_between_rates_is_done_again(low: int, step: int, data: st.DataObject) -> None:
    source = f"费率公告：商户费率由原{(low + step) / 100:.2f}%降至{low / 100:.2f}%，即日起执行。"
    assert wrong(f"费率从{(low + step) / 100:.2f}%降到{low / 100:.2f}%，降了{step}个BP", source) == []
    other = data.draw(another(step, 1, 99))
    assume(other not in (low, low + step))
    assert wrong(f"费率从{(low + step) / 100:.2f}%降到{low / 100:.2f}%，降了{other}个BP", source)


# ── what holds no longer ──


@given(st.integers(21, 900), st.integers(21, 900))
def test_a_former_value_is_not_told_as_todays(old: int, new: int) -> None:
    assume(old != new)
    source = f"收费调整：小号保管箱年租原{old}元，自4月1日起现{new}元。"
    assert wrong(f"小号保管箱年租{new}元", source) == []
    assert wrong(f"小号保管箱年租{old}元", source)
    assert wrong(f"小号保管箱年租原来{old}元，如今{new}元", source) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("跨行汇款手续费由25元调整为16元，即日起执行。", "跨行汇款手续费25元"),
        ("一年期利率1.52%→1.38%，两年期不变。", "一年期利率1.52%"),
        ("本支行启用新电话0512-6688123（旧号0512-6677321停用）。", "找不到路打0512-6677321"),
        ("最高可借36万元（原24万元），随借随还。", "最高能借24万"),
    ],
)
def test_every_way_of_calling_a_value_former_is_known(source: str, told: str) -> None:
    assert wrong(told, source)


# ── one value in another's place ──

_BOXES = """规格 | 年租金 | 押金
小箱 | 240元 | 400元
中箱 | 460元 | 700元"""


@pytest.mark.parametrize(
    ("source", "good", "bad"),
    [
        (_BOXES, "小箱一年240元", "小箱一年460元"),
        ("押金600元，退箱退还；钥匙遗失收换锁费150元。", "押金六百", "押金一百五"),
        ("线上申请额度8万元、柜面申请额度15万元。", "线上8万，柜面15万", "柜面8万，线上15万"),
        ("种粮户最长10个月，合作社最长20个月。", "种粮户最长10个月", "种粮户最长20个月"),
        ("产品年利率2.6%，期限60天。", "年利率2.6%", "放60天下来就有2.6%"),
        ("讲座每周二、周五下午开讲。", "周五下午有讲座", "周四下午有讲座"),
        ("每人每月限3次，用完即止。", "一个月三回", "一个月五回"),
    ],
)
def test_a_value_belongs_to_its_label(source: str, good: str, bad: str) -> None:
    assert wrong(good, source) == []
    assert wrong(bad, source)


# ── examples and talk ──


@pytest.mark.parametrize(
    ("post", "source"),
    [
        ("七十三岁的话，儿女可以替他来", "70岁以上客户可由子女代领生日礼。"),
        ("刚存了二十五天就想取，那可没有利息", "提前支取：不足30天不计息。"),
        ("存十二万，一年利息1800元", "一年期年利率1.50%，5万元起存，到期付息。"),
        ("满150减60，刚好花150的话等于六折", "指定门店满150元减60元。"),
        ("五号到八号歇业，头四天别跑空", "10月5日至10月8日暂停营业。"),
        ("门诊楼五台，住院部三台，加起来八台", "自助机：门诊楼5台、住院部3台。"),
        ("一万二分12期，每期手续费七十二", "分期手续费率：12期每期0.60%，单笔1,000元起。"),
        ("二十五岁以下的占到四分之一", "统计：25岁以下客户占25.2%。"),
    ],
)
def test_an_example_and_a_sum_need_no_source_of_their_own(post: str, source: str) -> None:
    assert wrong(post, source) == []


@pytest.mark.parametrize(
    "post",
    [
        "我昨晚多走了三千步，膝盖直响",
        "我妈那台冰箱用了十七年，还舍不得扔",
        "楼下牛肉面涨了两块，照吃不误",
        "昨天追剧到十二点，今早闹钟响了六遍",
        "今天跟您说三件事",
    ],
)
def test_talk_claims_nothing(post: str) -> None:
    assert wrong(post, "开户满100元送18元话费，每户限1次，活动截止2026年9月30日。") == []


@pytest.mark.parametrize("post", ["存三年送一桶八斤的油", "我们行再送您二十八块话费", "孩子开户立减四十五元"])
def test_a_benefit_is_no_talk(post: str) -> None:
    assert wrong(post, "开户满100元送18元话费，每户限1次，活动截止2026年9月30日。")


def test_words_and_figures_agree_on_every_number() -> None:
    assert all(number(spoken(value)) == value for value in (*range(1, 2000), 10_010, 20_500, 99_999, 120_003))

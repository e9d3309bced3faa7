"""Numbers nobody wrote down but everybody reckons: prices, shares, days, periods, tiers; each sign hits and passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from wuyou.checks.doubts import BIAS, WEIGHTS, is_doubtful, learned, signs
from wuyou.checks.evidence import Evidence
from wuyou.checks.figures import Figures
from wuyou.checks.outside import passages_of
from wuyou.checks.reproach import blames
from wuyou.checks.sources import of_passages
from wuyou.errors import LibraryError
from wuyou.quantities import Quantity, find

BARS = "可兑5克、15克、40克金条，工本费9元/克，提货前3个工作日预约。"
LOAN = "购车贷款：首付不低于车价的30%，年利率LPR+45BP，1年期LPR为3.10%。还满12个月后免违约金，未满的收2%。"
FEES = "汇款手续费按金额的1‰收取，最低40元、最高180元。"
CLASS = "讲堂7月8日、7月22日开课，均为周三15:00，截止报名为开课前2日。"
FRIDAYS = "2026年5月1日至7月31日每周五满80减15，5月1日暂停。"
MOVE = "自2026年3月5日起迁至槐树街9号过渡营业，至2026年9月2日。原址保留取款机3台。"
TIERS = "跨行转账：1万元（含）以下每笔4元；1万—20万元（含）每笔12元；20万元以上每笔20元。"
HEADED = "20万元起：6个月1.25%，1年1.35%；80万元起：6个月1.30%，1年1.45%。"
LIMIT = "服务点取款：单卡单日累计3,000元；每人每年购汇上限6万元。"
HOURS = "营业时间：周一至周五8:30—17:00，周六9:00—12:00，周日休息。"
DAYS = "回收日为每周二、四，须本人办理；咨询时间周一至周五。"


def wrong(post: str, source: str) -> list[str]:
    """Return the numbers of a post that the source does not bear out."""
    evidence = Evidence(of_passages(passages_of(source)))
    claims = [each for each in find(post) if each.claim]
    return [post[blame.start : blame.end] for blame in blames(Figures(post, evidence, claims, strict=False))]


@pytest.mark.parametrize(
    ("post", "source", "bad"),
    [
        ("换15克的，工本费135块", BARS, ("135", "150")),
        ("八万的车，首付最少得有24000元", LOAN, ("24000", "25000")),
        ("年利率按现在的是3.55%", LOAN, ("3.55", "3.65")),
        ("六万没还满一年就结清，要交1200元", LOAN, ("1200", "1500")),
        ("手续费四万以下都是40块", FEES, ("四万", "五万")),
        ("想听22号那场的，最晚7月20号报名", CLASS, ("20号", "21号")),
        ("一共13个礼拜五能用", FRIDAYS, ("13个", "16个")),
        ("前前后后差不多半年", MOVE, ("半年", "两个月")),
    ],
)
def test_what_follows_from_the_source_is_reckoned_again(post: str, source: str, bad: tuple[str, str]) -> None:
    assert wrong(post, source) == []
    assert wrong(post.replace(*bad), source)


@pytest.mark.parametrize(
    ("good", "bad", "source"),
    [
        ("跨行转八万收12元", "跨行转八万收4元", TIERS),
        ("拿二十万存一年，利率1.35%", "拿二十万存一年，利率1.45%", HEADED),
        ("一天累计最多取三千", "一个月累计最多取三千", LIMIT),
        ("一年最多购汇六万元", "每个月最多购汇六万元", LIMIT),
        ("新网点周六也开", "新网点周日也开", HOURS),
        ("每周二、周四去总行", "每周二、周五去总行", DAYS),
        ("现在五块一个月", "现在七块一个月", "账户月费原7元/月，现5元/月。"),
        ("成立以来累计涨了3.12%", "这只年化3.12%", "成立以来累计净值增长率3.12%。"),
        ("三个月的年化收益率2.44%", "近三个月赚了2.44%", "近3个月年化收益率2.44%，过往业绩不代表将来。"),
    ],
)
def test_a_number_stays_in_its_tier_its_period_and_on_its_day(good: str, bad: str, source: str) -> None:
    assert wrong(good, source) == []
    assert wrong(bad, source)


@pytest.mark.parametrize(
    ("post", "source"),
    [
        ("那三台取款机还在老地方", MOVE),
        ("三件事跟大家说一声", "两项优惠同时进行，每人限2次。"),
        ("签约要一块来", "签约须双方同时到场，押金500元。"),
        ("我大舅去年修那辆老捷达修了九天", "设备质保2年，5个工作日内寄出。"),
        ("您家积分83分，授信6万", "90分以上授信10万元，75—89分授信6万元。"),
        ("三年期的比挂牌多25个基点", "1年1.30%、3年1.75%，较挂牌上浮15、25BP。"),
        ("说的是东山路、西岭这两个点", "受理网点2家，手续费3个点。"),
        ("打完七折每期千分之四点二", "每期手续费率0.60%，首次办理享7折。"),
        ("第六个工作日到账", "赎回资金T+6到账。"),
        ("半夜十一点到早上五点要刷脸", "夜间（23:00—次日5:00）须人脸识别。"),
    ],
)
def test_what_a_banker_reads_as_right_raises_no_alarm(post: str, source: str) -> None:
    assert wrong(post, source) == []


def units(text: str) -> list[tuple[str, str, str]]:
    """Return kind, unit and normal form of what is found."""
    return [(each.kind, each.unit, each.normalized) for each in find(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("交费期3、5、10年", [("term", "month", "P36M"), ("term", "month", "P60M"), ("term", "month", "P120M")]),
        ("9月2、9、16日", [("date", "date", f"--09-{day}") for day in ("02", "09", "16")]),
        ("每周二、四、六", [("date", "weekday", day) for day in "246"]),
        ("1年1.30% 2年1.40%", [("term", "month", "P12M"), ("rate", "ratio", "0.013"), ("term", "month", "P24M"), ("rate", "ratio", "0.014")]),
        ("LPR+65BP", [("rate", "ratio", "0.0065")]),
        ("高零点四个百分点", [("rate", "ratio", "0.004")]),
        ("五千一年", [("number", "", "5000")]),
        ("一周一千张", [("count", "piece", "1000")]),
        ("半夜十二点前", [("clock", "clock", "24:00")]),
        ("就诊后第7个自然日", [("term", "day", "P7D")]),
        ("满120减25", [("amount", "CNY", "120"), ("amount", "CNY", "25")]),
        ("1火锅 2酸菜鱼 3回家", []),
    ],
)  # fmt: skip
def test_lists_and_colloquial_forms_are_read(text: str, told: list[tuple[str, str, str]]) -> None:
    assert units(text) == told


def test_a_phone_must_agree_to_the_last_digit() -> None:
    source = "挂失电话0571-3390 217，劝阻专线96110。"
    assert wrong("挂失打0571-3390 217", source) == []
    assert wrong("挂失打0571-3390 271", source)
    assert wrong("96110打进来要接", source) == []
    assert wrong("96101打进来要接", source)


def test_a_reading_is_a_quantity() -> None:
    assert all(isinstance(each, Quantity) for each in find("第1、2期限6—10周岁"))


# ── doubts ──

LEARNED = Path(__file__).parent.parent / "content_library/rules/weights" / WEIGHTS


def doubted(post: str, source: str, weights: dict[str, int]) -> list[str]:
    """Return the missing numbers of a post that are more likely right than wrong."""
    evidence = Evidence(of_passages(passages_of(source)))
    claims = [each for each in find(post) if each.claim]
    figures = Figures(post, evidence, claims, strict=False, weights=weights)
    return [each.text for each in figures.claims if not evidence.carries(each) and is_doubtful(figures, each)]


def test_a_missing_number_of_talk_is_let_pass_and_one_told_as_a_rule_is_not() -> None:
    weights = learned(LEARNED, WEIGHTS)
    assert doubted("跟老同事去爬山，半道歇了十八回，路上数出四十六级台阶", BARS, weights)
    assert not doubted("提货前5个工作日预约，工本费19元/克", BARS, weights)
    assert not doubted("首付不低于车价的35%", LOAN, weights)


def test_nothing_is_doubted_before_anything_was_learned() -> None:
    assert not doubted("路上数出四十六级台阶", BARS, {})


def test_the_signs_say_of_what_a_missing_number_is_told() -> None:
    evidence = Evidence(of_passages(passages_of(BARS)))
    post = "工本费90元/克"
    figures = Figures(post, evidence, find(post), strict=False)
    held = signs(figures, figures.claims[0])
    assert held["tens"] == held["same unit"] == held["alike"] == 1
    assert held["shared"] > 0
    assert "in words" not in held


def test_broken_weights_are_named(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_text("bias\tmany\n", encoding="utf-8")
    with pytest.raises(LibraryError, match="权重读不出来"):
        learned(tmp_path / WEIGHTS, WEIGHTS)


def test_learning_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    train_numbers = pytest.importorskip("train_numbers")
    given = list(train_numbers.examples(train_numbers.labels.read("grounding", "open")[:200]))
    for name in ("one", "two"):
        train_numbers.learn(given, -1.0, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert BIAS in learned(tmp_path / "one", "one")

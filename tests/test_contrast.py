"""The words half of the fact lock: each sign, its spans, and what it must leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from wuyou.checks import outside
from wuyou.checks.contrast import WEIGHTS, Contrast, signs_of
from wuyou.checks.evidence import Evidence
from wuyou.checks.ground import Ground
from wuyou.checks.rulebook import Rulebook
from wuyou.checks.scan import Surface
from wuyou.values import Checked, Finding
from wuyou.workbench import Workbench
from wuyou.workbench.rooms import CATALOGUE_DATE

ROOT = Path(__file__).resolve().parent.parent
RULE = "GRD-002"


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Workbench(ROOT).rulebook


def checked(rules: Rulebook, text: str, material: str) -> Checked:
    passages = outside.passages_of(material)
    return rules.check(outside.post_of(text, channel=outside.ROOMY, on=CATALOGUE_DATE, passages=passages))


def wrong(rules: Rulebook, text: str, material: str) -> list[Finding]:
    return [each for each in checked(rules, text, material).findings if each.rule == RULE]


BUS = "乘车优惠：绑定本行借记卡，工作日乘坐市区公交每笔立减0.8元，每日限2次。机场大巴、旅游专线不参与。"
BOX = "保管箱业务：A型年租金360元。须本人持身份证原件办理，不可转让。开箱时间为周一至周六，提前退租不退租金。"
DAY = "10月17日14:00，南塘支行二楼，重阳剪纸，限55周岁以上，须提前1天电话预约，报名费不退。"
GIFT = "大额存单节：单笔存入满10万元赠食用油1桶，满30万元赠电饭煲1个，二者不兼得，每户限1份。"
SHOPS = "红包适用商户：百联菜场、泉井路便利店、市图书馆咖啡吧。满20元减12元，限首次开立钱包的客户。"
NAMES = "网点安排：18日、19日由湖滨支行营业，20日、21日由东门支行营业，9:30至15:30。"
TERM = "养老金每月10日前到账。转账最低100元，单笔不超过5万元。"
RATE = "装修分期年利率3.45%起，以审批为准，限装修用途。"
NOTICE = """大额存单（第四期），11月3日起发售。
期限 | 起存金额 | 年利率
3年 | 20万元 | 1.75%
3年 | 80万元 | 1.85%
1.85%一档仅限柜面办理。"""


@pytest.mark.parametrize(
    ("text", "material", "quote"),
    [
        ("拿信用卡绑一下，工作日坐市区公交每趟减8角", BUS, "信用卡"),
        ("工作日坐机场大巴也减八角，一天两回", BUS, "机场大巴"),
        ("保管箱拿身份证复印件来就能办", BOX, "复印件"),
        ("保管箱不想用了，可以转让给朋友", BOX, "转让"),
        ("剪纸在10月17日下午两点，南塘支行三楼", DAY, "三楼"),
        ("10月17日的重阳剪纸，剪纸男女老少都来", DAY, "男女老少"),
        ("存满30万元，食用油和电饭煲一起拿", GIFT, "一起拿"),
        ("存满10万送一箱牛奶，每户一份", GIFT, "送一箱牛奶"),
        ("红包在百联菜场、泉井路便利店、市博物馆咖啡吧都能用", SHOPS, "博物馆"),
        ("18日要来的去东门支行，那天它开门", NAMES, "东门支行"),
        ("养老金每月10日以后到账", TERM, "以后"),
        ("装修分期年利率就是3.45%", RATE, "3.45%"),
        ("80万起1.85%，手机银行就能买", NOTICE, "手机银行"),
    ],
)
def test_a_word_that_is_not_the_sources_is_found(rules: Rulebook, text: str, material: str, quote: str) -> None:
    found = wrong(rules, text, material)
    assert found, text
    assert any(quote in each.quote or each.quote in quote for each in found), [each.quote for each in found]
    assert checked(rules, text, material).grounded is False
    for each in found:
        assert each.quote == text[each.start : each.end]
        assert each.category == Ground.CATEGORY
        assert each.message.startswith(f"“{each.quote}”和出处对不上：")


HALL = "社保卡换发：即时制卡在新华路支行、盐仓支行，须本人持户口簿办理，监护人可代办未成年人的。周六仅石塔、盐仓受理。"
CAMP = (
    "夏令营：地点在榆林路与槐安街交口西南角，监护人须全程陪同。不收报名费，材料费20元/组现场交。7月11日至7月20日开放。"
)
FARM = "农机分期：适用于收割机、植保无人机，二手农机除外。首付20%，期限5年，他行转入的不参与贴息。不参与：网点自提、大棚改造。"


def signs_told(rules: Rulebook, text: str, material: str) -> set[str]:
    """Return the names of all signs of a text, without what doubts them."""
    rule = rules.rules[RULE]
    assert isinstance(rule, Contrast)
    post = outside.post_of(text, channel=outside.ROOMY, on=CATALOGUE_DATE, passages=outside.passages_of(material))
    told = rule.told(Evidence.of(post), Surface(text, "text").text)
    return {each.name.rstrip("~?!+-&").partition(".")[0] for clause in told.clauses for each in signs_of(told, clause)}


@pytest.mark.parametrize(
    ("name", "material", "hit", "left_alone"),
    [
        ("twin", CAMP, "夏令营在榆林路槐安街的东南角", "夏令营在榆林路槐安街的西南角"),
        ("code", "贵宾厅设在T2航站楼21号登机口旁", "贵宾厅在T1，21号登机口旁", "贵宾厅在T2，21号登机口旁"),
        ("person", HALL, "社保卡换发让邻居拿户口簿来代办也行", "社保卡换发要本人拿户口簿来办"),
        ("stance", CAMP, "夏令营孩子送到门口就行，材料费20元现场交", "夏令营家长得全程陪同，材料费20元现场交"),
        ("gratis", CAMP, "夏令营一分钱不花，材料也备好了", "夏令营报名费一分钱不收，材料费20元"),
        ("always", "夏令营7月11日至7月20日开放", "夏令营一年到头都开放", "夏令营7月11日到20日开放"),
        ("barred", FARM, "二手收割机也做分期，首付20%", "二手的农机不行，首付20%"),
        ("shut", FARM, "首付20%，从别家转来的贴息", "首付20%，从别家转来的不贴息"),
        ("left_out", FARM, "农机分期大棚改造也算", "农机分期大棚改造不算"),
        ("lets", FARM, "农机分期买冰箱也能办", "农机分期买收割机"),
        ("sole", HALL, "周六社保卡去东郊", "周六社保卡去石塔"),
        (
            "alike",
            "公立学校缴费免手续费，民办学校每笔1元",
            "公立民办一个样，学校缴费都免手续费",
            "公立学校缴费免手续费",
        ),
        ("besides", BOX, "保管箱的身份证原件复印件都带来", "保管箱的身份证原件带来"),
        ("name", HALL, "社保卡换发拿出生证办理", "社保卡换发拿户口簿办理"),
    ],
)
def test_each_sign_stands_by_itself(rules: Rulebook, name: str, material: str, hit: str, left_alone: str) -> None:
    if name == "sole":
        material += "社保卡即时制卡：东郊、石塔、盐仓。"
    assert name in signs_told(rules, hit, material), signs_told(rules, hit, material)
    assert name not in signs_told(rules, left_alone, material)


def test_a_wide_word_of_the_source_covers_a_narrow_one(rules: Rulebook) -> None:
    material = "钱包红包：每天10:00发放，全国门店可用，每人限1次"
    assert not {"rival", "lone"} & signs_told(rules, "钱包红包周末10点也发放，本地门店", material)


def test_what_the_source_says_is_not_counts_as_absent(rules: Rulebook) -> None:
    material = "抽奖奖品由本人到开户网点领取，不寄送，逾期作废"
    assert signs_told(rules, "抽奖奖品给您寄到家，不用到网点领取", material)


def test_several_signs_of_a_clause_are_shown_as_one(rules: Rulebook) -> None:
    (found,) = wrong(rules, "保管箱不想用了，可以转让给朋友", BOX)
    assert "转让" in found.quote and "朋友" in found.quote


@pytest.mark.parametrize(
    ("text", "material"),
    [
        ("绑一下储蓄卡，工作日坐市区公交每趟减8角", BUS),
        ("机场大巴行不行？不行的哈", BUS),
        ("旅游专线不算在里面", BUS),
        ("保管箱要本人拿身份证原件来，复印件不行", BOX),
        ("租金退不了，您想好再提前退租", BOX),
        ("剪纸在南塘支行2层，55岁往上的叔叔阿姨来", DAY),
        ("油和电饭煲只能拿一样，一户一份", GIFT),
        ("百联菜场、市图书馆咖啡吧都能用，满20减12", SHOPS),
        ("20日、21日去东门支行，九点半开门", NAMES),
        ("养老金每月10日之前到", TERM),
        ("单笔最多转5万", TERM),
        ("年利率3.45%起，具体看审批", RATE),
        ("80万起1.85%，得去柜台", NOTICE),
        ("昨晚带孩子去吃面，老板送了碗汤，热乎", RATE),
    ],
)
def test_other_words_for_the_same_are_left_alone(rules: Rulebook, text: str, material: str) -> None:
    assert [(each.quote, each.message) for each in wrong(rules, text, material)] == []


def test_a_finding_says_what_the_source_has_and_where(rules: Rulebook) -> None:
    (found,) = wrong(rules, "拿信用卡绑一下，工作日坐市区公交每趟减8角", f"关于公交优惠的通知\n{BUS}")
    assert "借记卡" in found.message and "第2段" in found.message
    assert found.basis == ("所附物料 第2段",)
    assert found.level == "block"


@pytest.mark.parametrize("material", ["。", "|", "1", "！？\n\n——", "a | b | c", "　", "不", "①②③", "仅限"])
@pytest.mark.parametrize("text", ["。", "送", "都", "二楼、三楼和四楼都送一桶油", "🙂", "不不不"])
def test_odd_sources_and_odd_posts_are_no_trouble(rules: Rulebook, text: str, material: str) -> None:
    for each in wrong(rules, text, material):
        assert each.quote == text[each.start : each.end] != ""


def test_traditional_and_simplified_are_the_same(rules: Rulebook) -> None:
    assert [each.quote for each in wrong(rules, "信用卡綁一下，工作日坐市區公交每趟減8角", BUS)] == ["信用卡"]


def test_without_material_and_facts_it_is_not_evaluated(rules: Rulebook) -> None:
    answer = rules.check(outside.post_of("送一桶油", channel=outside.ROOMY, on=CATALOGUE_DATE))
    assert answer.grounded is None and RULE in answer.not_evaluated


def test_the_source_is_prepared_once(rules: Rulebook) -> None:
    rule = rules.rules[RULE]
    assert isinstance(rule, Contrast)
    post = outside.post_of("早", channel=outside.ROOMY, on=CATALOGUE_DATE, passages=outside.passages_of(BUS))
    one, other = (rule.told(Evidence.of(post), Surface(text, "text").text) for text in ("早", "晚"))
    assert one.source is other.source


def test_learning_from_the_labels_again_gives_the_shipped_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn")
    import train_ground

    written: dict[str, str] = {}
    monkeypatch.setattr(train_ground, "write_text", lambda path, text: written.update({path.name: text}))
    train_ground.learn(train_ground.read()[:300], 0.0, tmp_path / WEIGHTS)
    first = dict(written)
    train_ground.learn(train_ground.read()[:300], 0.0, tmp_path / WEIGHTS)
    assert written == first and len(first[WEIGHTS].splitlines()) > 10

"""The words half of the fact lock: each sign, its spans, and what it must leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from wuyou.checks import outside
from wuyou.checks.contrast import WEIGHTS, Contrast
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
        ("剪纸在10月17日下午两点，男女老少都来", DAY, "男女老少"),
        ("存满30万，油和电饭煲一起拿", GIFT, "一起拿"),
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

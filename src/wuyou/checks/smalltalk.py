"""Small talk: numbers of sentences about ourselves, our family or everyday things, which claim nothing of the bank."""

from __future__ import annotations

from ..chinese import fold
from ..quantities import Quantity
from ..regexes import regex
from .figures import CLAUSE, SENTENCE, Figures
from .likeness import said

TELLS = regex(r"上[回次周月]|上个?(?:礼拜|星期)|昨[天晚]|前[天几阵]|那[年天会回次]|小时候|去年|刚才|当年|从前|以前")
"""Says that something is told that happened once."""
_SPENT = regex(r"[贵花买卖涨值].{0,4}$|[贵花买卖涨]了|念叨|睡|等了|聊|走|跑")
PERSONS = regex(
    r"我(?!行|们行|们银行|们支行)|俺|咱[家妈爸娘爹]|[奶爷姥外]?[奶爷姥]|婆婆|公公|[妈爸爹娘叔姨哥姐弟妹舅]|闺女|女儿|儿子|孩子|娃|老公|媳妇|爱人|老伴|"
    r"同[学事]|师傅|邻居|大[爷妈哥姐叔婶娘]|阿姨|老[周王李张刘陈赵郑吴孙]|小[周王李张刘陈赵郑吴孙]|群里|昨[天晚]|今[早晚]|上[回次]|有位|骗子"
)
THINGS = regex(
    r"排骨|豆浆|油条|煎饼|咖啡|奶茶|火锅|烧烤|早饭|午饭|晚饭|早餐|水龙头|冰箱|西瓜|苹果|茶叶|绿萝|花盆|牛肉|楼下那家|公里|步|遍|闹钟|追剧|跑步|广场舞|麻将|球|"
    r"包子|馒头|饺子|面条|米饭|白菜|萝卜|葱|菜市场|菜场|电影|电视"
)
BANK = regex(
    r"利率|利息|年化|收益|起[存购步点]|额度|手续费|费率|红包|立减|返现?|[送赠]|免|限|名额|优惠|办理|期限|押金|违约金|抽奖|奖品|领取|开户|活动|截止|"
    r"到期|贷|[及以]上|以内|封顶|每[人户月笔单卡季]|存[入款满期单]|[存借][一两二三四五六七八九十\d]|理财|基金|保险|国债|积分|犹豫期|受理|营业|预约|"
    r"报名|卡|账户|到账|转账|取现|汇|利|费|元|折|外加|另加|满[\d一二三四五六七八九十两百]|减|抢|[预]?约[\d一二三四五六七八九十两]|能[换领约兑取]"
)


def is_talk(figures: Figures, claim: Quantity) -> bool:
    """Tell whether it belongs to a sentence about ourselves, our family or everyday things, and not the bank."""
    if claim.kind in ("phone", "rate", "date_range") or (claim.kind == "date" and claim.unit != "weekday"):
        return False
    low, high = figures.around(claim, CLAUSE)
    first, last = figures.around(claim, SENTENCE)
    clause, sentence = fold(figures.raw[low:high]).text, fold(figures.raw[first:last]).text
    if PERSONS.search(clause) and TELLS.search(clause) and claim.kind != "amount":
        return True
    if BANK.search(clause):
        return False
    if claim.bound in ("起", "内") and claim.kind != "clock":
        return False
    shared = len(said(clause) & figures.evidence.words)
    if PERSONS.search(clause) or THINGS.search(clause):
        return shared <= 1
    if shared or not (PERSONS.search(sentence) or THINGS.search(sentence)):
        return False
    rival = any(
        (each.kind, each.unit) == (claim.kind, claim.unit)
        and (claim.unit != "piece" or each.text[-1] == claim.text[-1])
        for each in figures.evidence.quantities
    )
    return not rival or _SPENT.search(clause) is not None

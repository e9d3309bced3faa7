"""Derived facts: what a person has computed from other facts of a sheet, done again each time it is told.

A formula is a sum over keys of facts and plain numbers: ``1万元 × rate_1y × 1年``. It knows + − × ÷ and parentheses,
percentages, 万 and 亿, and terms, which count in years. Nothing else is understood, and nothing is executed. This room
says what is wrong with a derived fact; whether that blocks is for others to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import NamedTuple

from .errors import Problem
from .quantities import Quantity, find, same, says
from .regexes import regex
from .values import Fact, ProductKind

NEVER: Mapping[ProductKind, str] = {
    "wealth": "理财", "cash": "现金管理类理财", "structured": "结构性存款", "fund": "基金", "insurance": "保险", "gold": "贵金属",
}  # fmt: skip
"""Kinds of product of which nothing may be computed: what they will yield is known to nobody."""
LONGEST = 200
"""Characters of a formula."""
_DEPTH = 12
"""How many parentheses may stand inside one another."""
_TOKEN = regex(r"\s*(?:(\d[\d,]*(?:\.\d+)?)\s*(万元?|亿元?|元|%|％|‰|年|个月)?|([^\W\d]\w*)|([-+*/()×÷−＋－（）]))")
_SIGNS = {"×": "*", "÷": "/", "−": "-", "－": "-", "＋": "+", "（": "(", "）": ")"}
_UNITS = {
    "": Decimal(1), "元": Decimal(1), "年": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000),
    "%": Decimal("0.01"), "％": Decimal("0.01"), "‰": Decimal("0.001"), "个月": Decimal(1) / 12,
}  # fmt: skip
_CENT = Decimal("0.01")
_SHARE = Decimal("1E-9")


class Unsound(ValueError):
    """A formula or a value that cannot be computed with, in Chinese."""


class Token(NamedTuple):
    """A number, a key or a sign of a formula."""

    text: str
    number: Decimal | None = None
    """Its worth, when it is a number."""
    key: bool = False


@lru_cache(maxsize=256)
def tokens(formula: str) -> tuple[Token, ...]:
    """Cut a formula into numbers, keys and signs. Raises Unsound."""
    if len(formula) > LONGEST:
        raise Unsound(f"公式超过 {LONGEST} 个字")
    found: list[Token] = []
    text, at = formula.strip(), 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unsound(f"公式里看不懂“{text[at : at + 8].strip()}”")
        digits, unit, key, sign = match.groups()
        if digits:
            worth = Decimal(digits.replace(",", "")) * _UNITS[(unit or "").removesuffix("元") or (unit or "")[:1]]
            found.append(Token(f"{digits}{unit or ''}", worth))
        else:
            found.append(Token(key or _SIGNS.get(sign, sign), key=bool(key)))
        at = match.end()
    return tuple(found)


def keys(formula: str) -> tuple[str, ...]:
    """Return the keys of the facts that a formula names, each once; nothing when it cannot be read."""
    try:
        return tuple(dict.fromkeys(token.text for token in tokens(formula) if token.key))
    except Unsound:
        return ()


def result(formula: str, worth: Mapping[str, Decimal]) -> Decimal:
    """Compute a formula. Raises Unsound when it is no sum, or a key has no worth."""
    try:
        return _Reader(tokens(formula), worth).whole()
    except DecimalException as error:
        raise Unsound("公式算不出来：除数是 0，或者数太大") from error


class _Reader:
    """Reads a sum from left to right: products before sums, parentheses first."""

    def __init__(self, row: tuple[Token, ...], worth: Mapping[str, Decimal]) -> None:
        self.row = row
        self.worth = worth
        self.at = 0

    def whole(self) -> Decimal:
        total = self._sum(0)
        if self.at < len(self.row):
            raise Unsound(f"公式里“{self.row[self.at].text}”前面少了运算符号")
        return total

    def _sign(self, signs: str) -> str:
        """Take the next token if it is one of these signs."""
        token = self.row[self.at] if self.at < len(self.row) else Token("")
        if token.number is None and not token.key and token.text and token.text in signs:
            self.at += 1
            return token.text
        return ""

    def _sum(self, depth: int) -> Decimal:
        total = self._product(depth)
        while sign := self._sign("+-"):
            other = self._product(depth)
            total = total + other if sign == "+" else total - other
        return total

    def _product(self, depth: int) -> Decimal:
        total = self._single(depth)
        while sign := self._sign("*/"):
            other = self._single(depth)
            total = total * other if sign == "*" else total / other
        return total

    def _single(self, depth: int) -> Decimal:
        if depth > _DEPTH:
            raise Unsound("公式里的括号套得太深")
        if self._sign("("):
            inside = self._sum(depth + 1)
            if not self._sign(")"):
                raise Unsound("公式里的括号没有成对")
            return inside
        if self.at == len(self.row):
            raise Unsound("公式没有写完")
        token = self.row[self.at]
        self.at += 1
        if token.number is not None:
            return token.number
        if not token.key:
            raise Unsound(f"公式里“{token.text}”的前面或后面少了数")
        if token.text not in self.worth:
            raise Unsound(f"公式里没有这条要点：{token.text}")
        return self.worth[token.text]


# ── derived facts ────────────────────────────────────────────────────────────────────────────────────────────────────


def faults(fact: Fact, product: ProductKind | None = None, on: dt.date | None = None) -> list[Problem]:
    """Say what is wrong with a derived fact: what, and what to do; nothing for a fact that was not derived.

    ``on`` is the day on which it is told: then all it rests on must be kept and alive. Without a day only what the
    sheet itself says is looked at.
    """
    if not fact.formula:
        return []
    found = list(_footing(fact, product, on))
    try:
        worth = {each.key: _worth(each) for each in fact.derived_from}
        total = result(fact.formula, worth)
        stated = _stated(fact)
    except Unsound as error:
        return [*found, Problem(str(error), hint="公式只认得要点的名字、数、百分数、年和个月、加减乘除、括号")]
    if not _is(stated, total):
        hint = f"请把 value 改成 {_written(stated, total)}；除不尽就写“约”"
        found.append(Problem(f"算出来是 {_written(stated, total)}，写的是 {fact.value}", hint=hint))
    return found + _words(fact, stated)


def _footing(fact: Fact, product: ProductKind | None, on: dt.date | None) -> list[Problem]:
    """Look at what a derived fact rests on."""
    found: list[Problem] = []
    if product is not None and product in NEVER:
        found.append(Problem(f"{NEVER[product]}不能替客户算数", hint="请删去这条推算，只说原文里的数"))
    known = {each.key for each in fact.derived_from}
    named = keys(fact.formula)
    found += [
        Problem(f"公式里没有这条要点：{key}", hint="只能用同一份物料里的要点") for key in named if key not in known
    ]
    if not named:
        found.append(Problem("公式里没有用到要点", hint="要有一个数来自原文"))
    if on is not None and not fact.kept:
        found.append(Problem("推算还没有人确认", hint="请在 facts/ 里写上 kept_by"))
    for each in fact.derived_from:
        if each.formula:
            found.append(Problem(f"公式里的 {each.key} 自己也是推算的", hint="请直接用原文里的要点"))
        if not each.kept and (on is not None or fact.kept):
            found.append(Problem(f"公式里的 {each.key} 还没有人确认", hint="请先确认它"))
        if each.status == "superseded":
            found.append(Problem(f"公式里的 {each.key} 已经被新的代替", hint="请用调整后的要点重算"))
        elif on is not None and not each.alive(on):
            found.append(Problem(f"公式里的 {each.key} 在 {on} 不能说", hint="换一条有效的要点，或改发送日期"))
    return found


def _measured(text: str) -> Quantity:
    """Measure a value that is one number. Raises Unsound."""
    quantities = [each for each in find(text) if each.kind not in ("date", "date_range", "clock", "phone")]
    if len(quantities) != 1 or quantities[0].is_range or not isinstance(quantities[0].low, Decimal):
        raise Unsound(f"“{text}”不是一个数")
    return quantities[0]


def _worth(fact: Fact) -> Decimal:
    """Return what a fact counts in a sum: yuan, a share, a number, or years. Raises Unsound."""
    each = _measured(fact.value)
    assert isinstance(each.low, Decimal)
    if each.bound:
        raise Unsound(f"要点 {fact.key} 说的是个界限（{fact.value}），不能拿来算")
    if each.kind == "term":
        if each.unit != "month":
            raise Unsound(f"要点 {fact.key} 按天算（{fact.value}），请在公式里写明一年按多少天，如 {each.low}/360")
        return each.low / 12
    if each.unit not in ("", "CNY", "ratio", "discount") and each.kind != "count":
        raise Unsound(f"要点 {fact.key} 的单位不能拿来算：{fact.value}")
    return each.low


def _stated(fact: Fact) -> Quantity:
    """Measure what a derived fact states. Raises Unsound."""
    each = _measured(fact.value)
    if each.bound not in ("", "约") or each.kind not in ("amount", "rate", "number", "count"):
        raise Unsound(f"“{fact.value}”不能是算出来的，只能写准数，或写“约”")
    return each


def _is(stated: Quantity, total: Decimal) -> bool:
    """Tell whether a result is what is stated: to the cent, or as near as 约 allows."""
    try:
        exact = total.quantize(_CENT if stated.kind == "amount" else _SHARE)
    except DecimalException:
        return False
    return same(stated, stated._replace(low=exact, high=exact, bound="", text=""))


def _written(stated: Quantity, total: Decimal) -> str:
    """Write a result in the way of what is stated: 125元, 1.25%."""
    if stated.kind == "rate":
        return f"{_plain(total * 100)}%"
    return f"{_plain(total)}{'元' if stated.kind == 'amount' else ''}"


def _plain(number: Decimal) -> str:
    short = number.quantize(Decimal("0.0001")) if abs(number) < 10**18 else number
    text = f"{short:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _words(fact: Fact, stated: Quantity) -> list[Problem]:
    """Look at the words for people: they must hold the result, and no number that the formula does not know."""
    if not fact.plain:
        return []
    told = find(fact.plain)
    found: list[Problem] = []
    if not says(stated, told):
        found.append(Problem(f"plain 里没有算出来的 {fact.value}", hint="照 value 写进去"))
    ground = [fact.value, *(token.text for token in tokens(fact.formula) if token.number is not None)]
    for each in (fact, *fact.derived_from):
        subject = each.subject
        ground += [subject.product, subject.tier, subject.term, *each.conditions]
    ground += [piece for each in fact.derived_from for piece in (each.value, each.citation.quote)]
    known = tuple(quantity for piece in ground for quantity in find(piece))
    found += [
        Problem(f"plain 里的“{each.text}”不在公式里", hint="写进公式，或从 plain 里删去")
        for each in told
        if not says(each, known)
    ]
    return found

"""What a document says about itself: its product, its year, the days on which it holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..quantities import Day, Quantity, find
from ..values import Material, Passage
from .clauses import Span, chunks, clauses, sentences
from .evenly import Written

Period = tuple[dt.date | None, dt.date | None]


class Document(NamedTuple):
    """The frame in which every statement of a document stands."""

    title: str
    product: str
    """What it is about, as its title calls it; empty when the title names nothing."""
    year: int | None
    """The year meant where a date leaves it out."""
    issued: dt.date | None
    period: Period
    """First and last day on which what it says holds."""
    path: str
    """What its citations call it."""
    invests: bool
    """Whether it is about an investment or an insurance, whose yields are never told."""
    notes: Mapping[str, str] = {}
    """What the marks in its tables refer to: * → 仅限柜面办理."""
    written: Mapping[str, Written] = {}
    """How its passages are written, by locator, where that differs from what is studied."""

    def dated(self, day: Day) -> Day:
        """Give a date the year it left out: the document's, or the next if that day had long passed at issue."""
        if day.year is not None or day.month is None or self.year is None:
            return day
        whole = day._replace(year=self.year)
        if self.issued and whole.date and (self.issued - whole.date).days > 60:
            return day._replace(year=self.year + 1)
        return whole

    def span(self, quantity: Quantity) -> Period:
        """Return the first and last day of a date or range of dates."""
        if not isinstance(quantity.low, Day) or not isinstance(quantity.high, Day):
            return None, None
        low, high = self.dated(quantity.low), self.dated(quantity.high)
        if quantity.low.year is None and low.date and high.date and high.date < low.date and high.year is not None:
            high = high._replace(year=high.year + 1)
        return low.date, high.date


def study(material: Material, written: Mapping[str, Written] | None = None) -> Document:
    """Read off a material what it says about itself."""
    passages = [passage for passage in material.passages if not passage.internal]
    title = material.title if passages else ""
    about = title + " ".join(passage.text[:2000] for passage in passages[:40])
    frame = Document(
        title=title,
        product=product_of(title) or _called(passages[:40]),
        year=material.issued.year if material.issued else _year(title, passages),
        issued=material.issued,
        period=(None, None),
        path=material.path,
        invests=bool(_INVESTS.search(title)) or len(_INVESTS.findall(about)) > 5,
        notes=_notes(passages),
        written=written or {},
    )
    return frame._replace(period=_period(frame, passages))


_INVESTS = re.compile(r"理财(?:产品|非存款)|基金|净值|保险金|寿险|年金险|投保|积存金?|贵金属|结构性|信托|业绩比较基准")
_DATED = re.compile(
    r"[0-9０-９一二三四五六七八九十]\s?[年月日号]|\d{4}\s?[-/.]\s?\d|\d[./]\d{1,2}\s?(?:[-—–~至到起前止日]|开始)"
)
"""What a text has that says a day; most cells of a long table have not."""


def _year(title: str, passages: Iterable[Passage]) -> int | None:
    """Return the first year that is said in a whole date, else in any date."""
    other: int | None = None
    for text in (title, *(passage.text for passage in passages)):
        for piece in chunks(text):
            for quantity in find(piece.text) if _DATED.search(piece.text) else ():
                day = quantity.low
                if isinstance(day, Day) and day.year:
                    if day.day:
                        return day.year
                    other = other or day.year
    return other


MARK = re.compile(r"[*＊※①-⑳]")
_NOTE = re.compile(r"[ \t\u3000（(]{0,3}(?:备?注[：:]?)?[ \t]?([*＊※①-⑳])[ \t、.．：:]?")


def _notes(passages: list[Passage]) -> dict[str, str]:
    """Return what the marks in tables refer to: the first sentence of the line that begins with the mark."""
    found: dict[str, str] = {}
    for passage in passages:
        if passage.kind != "row" and (mark := _NOTE.match(passage.text)):
            first = next(iter(sentences(passage.text[mark.end() : mark.end() + 200])), None)
            if first:
                found.setdefault(mark[1], first.text)
    return found


# ── the product ──

_QUOTED = re.compile(r"[“「『\"]([^“”「」『』\"]{2,30})[”」』\"]")
_BOOK = re.compile(r"《([^《》]{2,60})》")
_ABOUT = re.compile(r"关于(?:调整|开展|举办|印发|发布|做好|优化|变更|启动|推出|下调|上调|开办)?")
_GENRE = re.compile(
    r"(?:的)?(?:业务|产品|活动|优惠|服务|发售|发行|销售|营销|管理|调整|变更|代理销售|对客|宣传|推广|有关|工作|事项)*"
    r"(?:公告|通知|通告|规则|细则|要素(?:表|说明)?|说明书?(?:摘要)?|方案|介绍|指引|简评|提示|日历|一览表?|手册|要点|资料|问答|须知|表|函|话术)"
    r"(?:[（(][^（）()]{1,20}[）)])?$"
)
_BANK = re.compile(
    r"^(?:[^\s“”《》]{2,12}?(?:银行|农商行|信用社|农商(?!银?行)|联社)(?:股份有限公司|信用卡)?|[^\s“”]{2,6}?(?:理财|基金|人寿|保险)(?=[“「《]))"
)


_BRACED = re.compile(r"【([^【】]{2,40})】")
_NO_PRODUCT = re.compile(r"聊天记录|转发|微信群|会议纪要|工作群")
_PARTS = re.compile(r"[ \u3000]*[·｜|—][ \u3000]*|[ \u3000]{2,}|[：:]")
_BANK_ONLY = re.compile(r"[^\s]{2,12}(?:银行|信用社|联社|农商行|信用卡中心)(?:.{0,4}(?:分行|支行|总行|中心|部))?")
_RIDER = re.compile(r"[（(][^（）()]{1,20}[）)]$|[ \u3000]*\d{1,3}[ \u3000]*问$|[：:]$")
CALLED = re.compile(
    r"[“「『]([^“”「」『』，。：；！？\n]{2,20})[”」』](?![并和或的在为是、，。；])(?=[\u4e00-\u9fff（(]{0,6}?"
    r"(?:保险|寿险|年金|存款|存单|理财|基金|国债|贷款|信用卡|借记卡|分期|积存|账户|计划|活动|权益|服务体系|服务包|礼遇))"
)
"""A name in quotation marks, with what it is called by right after it."""


def product_of(title: str) -> str:
    """Return what a title is about: its words in quotation marks, else what is left without bank and kind of paper."""
    if quoted := _QUOTED.search(title):
        return quoted[1].strip()
    if _NO_PRODUCT.search(title):
        return ""
    if inner := _BRACED.search(title) or _BOOK.search(title):
        title = inner[1]
    parts = [part for part in _PARTS.split(title) if part and not _BANK_ONLY.fullmatch(part)]
    title = parts[0] if parts else title
    start = about.end() if (about := _ABOUT.search(title)) else 0
    if start == 0 and (bank := _BANK.match(title)):
        start = bank.end()
    words = _GENRE.sub("", title[start:])
    for _ in range(2):
        words = _RIDER.sub("", words).strip(" 　：:-—·～~")
    return words if 2 <= len(words) <= 40 else ""


def _called(passages: list[Passage]) -> str:
    """Return the first thing the text calls by a name of its own, for a paper whose title names none."""
    found = (CALLED.search(passage.text[:2000]) for passage in passages)
    return next((match[1] for match in found if match), "")


# ── the period ──

PERIOD_LABEL = re.compile(
    r"(?:活动|发售|发行|销售|认购|募集|申购|推广|适用|有效|执行|优惠|实施|服务|参与|开放)(?:时间|期间?|日期|有效期|时段|周期|窗口)"
)
_NOT_PERIOD = re.compile(r"报名|统计|业绩|区间|领取|兑换|派发|还款|数据|披露|录入|审核|停业|试算|观察|考核")
_BEGINS = re.compile(
    r"起[^，。；]{0,12}(?:执行|施行|实施|生效|调整|开展|开放|发售|推出|上线|适用)|(?:执行|生效|施行)日期|^自?[^，。；]{6,16}(?:（含）)?起$"
)
_ENDS = re.compile(r"(?:活动|有效期?|优惠|发售|适用期?|执行|本期)[^，。；]{0,6}(?:至|到|截至|截止)$")
_FROM_NOW = re.compile(r"即日起?[至到]?$|自?(?:公告|发布|通知)之日起[至到]?$")
_NAMED = re.compile(r"(?:活动|节|专享|礼遇|季)[”」』）]?[：:]$")


def _period(frame: Document, passages: list[Passage]) -> Period:
    """Find the days on which the document holds: a labelled period, else 自…起至…止, else the day it takes effect."""
    starts: list[dt.date] = []
    ends: list[dt.date] = []
    labelled: list[tuple[dt.date, dt.date]] = []
    named = ""
    for passage in passages:
        for clause, quantity, label in _dated(passage):
            first, last = frame.span(quantity)
            if first is None or last is None or _NOT_PERIOD.search(label) or quantity.text.startswith(("次年", "明年")):
                continue
            found = PERIOD_LABEL.search(label)
            if quantity.kind == "date_range" and found and named in ("", found[0]):
                labelled.append((first, last))  # several under one label are the windows of one period
                named = found[0]
            elif quantity.kind == "date_range" and not labelled and _told_as_period(clause, quantity, label):
                starts.append(first)
                ends.append(last)
            elif quantity.kind == "date" and _BEGINS.search(clause.text):
                starts.append(first)
            elif quantity.kind == "date" and _ENDS.search(label):
                ends.append(last)
                if frame.issued and _FROM_NOW.search(label):
                    starts.append(frame.issued)
    if labelled:
        return min(first for first, _ in labelled), max(last for _, last in labelled)
    start, end = next(iter(starts), None), next(iter(ends), None)
    return start, end if end and (start is None or start <= end) else None


def _told_as_period(clause: Span, quantity: Quantity, label: str) -> bool:
    """Tell whether a range of dates is given as the days of the whole: 自…起至…止, “桂花季”：…."""
    return bool(re.search(r"(?:自|从)\s*$", label) or _NAMED.search(label)) or clause.text.strip() == quantity.text


def _dated(passage: Passage) -> Iterator[tuple[Span, Quantity, str]]:
    """Yield the dates of a passage with their clause and the words that say what they are."""
    cells = passage.cells or (passage.text,)
    header = passage.header or ("",) * len(cells)
    head = f"{cells[0][:40]} " if passage.cells else ""
    for cell, column in zip(cells, header, strict=False):
        for piece in chunks(cell) if _DATED.search(cell) else ():
            text = piece.text
            cut = clauses(text)
            for quantity in find(text):
                if quantity.kind in ("date", "date_range"):
                    whole = Span(0, len(text), text)
                    clause = next((span for span in cut if span.holds(quantity.start, quantity.end)), whole)
                    yield (
                        clause,
                        quantity,
                        f"{head}{column}{' ' if column else ''}{text[clause.start : quantity.start]}",
                    )

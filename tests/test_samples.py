from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import make_samples
from make_samples import build
from sample_files.package import ZIP_DATE
from sample_files.source import REFERENCE, SOURCES, Source, words
from sample_files.source import read as read_source
from wuyou import yamls
from wuyou.chinese import fold
from wuyou.errors import MaterialError
from wuyou.ingest import read
from wuyou.library import Library
from wuyou.quantities import find, says
from wuyou.values import Fact, FactSheet, Material, Product

ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "content_library"
SHEETS = sorted(path.stem for path in (CONTENT / "facts").glob("*.yml"))
PRODUCTS = sorted(path.stem for path in (CONTENT / "products").glob("*.yml"))
FIRST, LAST = dt.date(2026, 10, 10), dt.date(2026, 12, 15)
REAL_NAMES = """
工商银行 农业银行 中国银行 建设银行 交通银行 邮储 邮政储蓄 招商银行 招行 浦发银行 中信银行 光大银行 民生银行 平安银行
兴业银行 华夏银行 广发银行 浙商银行 渤海银行 恒丰银行 北京银行 上海银行 江苏银行 宁波银行 南京银行 杭州银行 徽商银行
微众 网商银行 蚂蚁 支付宝 余额宝 腾讯 京东 淘宝 美团 易方达 华夏基金 南方基金 嘉实基金 博时 汇添富 富国基金 天弘
中国人寿 中国平安 太平人寿 泰康 新华保险 友邦 中债 上海证券交易所 深圳证券交易所
"""
SPEAKS_OF_RETURNS = re.compile(r"收益率|业绩|基准|年化|回报|万份收益|涨幅|增值|跑赢")


@cache
def library() -> Library:
    return Library(CONTENT)


@cache
def material(name: str) -> Material:
    return read(CONTENT / "materials" / name)


def sheet(name: str) -> FactSheet:
    return library().sheets[name]


def product(name: str) -> Product:
    return library().products[name]


def plain(sheet: FactSheet) -> Iterator[Fact]:
    return (fact for fact in sheet.facts if fact.plain)


HEAD = "file: 试.docx\nissued: 2026-10-08\nheader: 眉\nfooter: 脚\n"


def source(tmp_path: Path, body: str, head: str = HEAD) -> Path:
    path = tmp_path / "sample.md"
    path.write_text(f"---\n{head}---\n{body}", encoding="utf-8")
    return path


TABLE = """# 题目
开头一段[^a]，**要紧**。

| 期限 | 起存金额 | 年利率 |
| --- | --- | --- |
| 3年 | 200,000元 | 1.65%[^b] |
| ^ | 500,000元 | 1.70% |
| 以公告为准 | < | < |

[^b]: 第二条
[^a]: 第一条 <甲>
"""


# ── the chore ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.md")), ids=lambda path: path.stem)
def test_rebuilding_a_sample_gives_the_committed_bytes(path: Path) -> None:
    made = read_source(path)
    assert build(made) == (CONTENT / "materials" / made.file).read_bytes()
    assert build(made) == build(made)


def test_check_tells_a_changed_material_from_an_untouched_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_samples, "TARGET", tmp_path)
    assert make_samples.main([]) == 0
    assert make_samples.main(["--check"]) == 0
    changed = next(tmp_path.glob("*.docx"))
    changed.write_bytes(changed.read_bytes() + b" ")
    assert make_samples.main(["--check"]) == 1
    assert changed.name in capsys.readouterr().out


def test_docx_has_real_merged_cells_header_footer_and_footnotes(tmp_path: Path) -> None:
    import docx

    data = build(read_source(source(tmp_path, TABLE)))
    document = docx.Document(io.BytesIO(data))
    table = document.tables[0]
    assert table.cell(1, 0)._tc is table.cell(2, 0)._tc
    assert table.cell(3, 0)._tc is table.cell(3, 2)._tc
    assert table.cell(2, 1).text == "500,000元"
    assert document.sections[0].header.paragraphs[0].text == "眉"
    assert document.sections[0].footer.paragraphs[0].text == "脚"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        notes, body = parts.read("word/footnotes.xml").decode(), parts.read("word/document.xml").decode()
        assert {part.date_time for part in parts.infolist()} == {ZIP_DATE}
    assert notes.index("第一条 &lt;甲&gt;") < notes.index("第二条")
    assert re.findall(r'footnoteReference w:id="(\d)"', body) == ["1", "2"]


@pytest.mark.parametrize(
    ("body", "head", "complaint"),
    [
        ("一段[^1]", "file: a.docx\nissued: 2026-10-08\n", "脚注 [^1] 要恰好引用一次、写一次"),
        ("| 甲 | 乙 |\n| --- | --- |\n| 丙 |", "file: a.docx\nissued: 2026-10-08\n", "各行的格数不一样"),
        ("| 甲 | 乙 |\n| --- | --- |\n| 丙 | < |\n| 丁 | ^ |", "file: a.docx\nissued: 2026-10-08\n", "不是长方形"),
        ("| < | 乙 |", "file: a.docx\nissued: 2026-10-08\n", "没有可以并入的格子"),
        ("| 甲 |\n| --- |", "file: a.txt\nissued: 2026-10-08\n", "txt 里不能有表格"),
        ("一段", "file: a.md\nissued: 2026-10-08\nheader: 眉\n", "md 里不能有页眉"),
        ("一段", "file: a.rtf\nissued: 2026-10-08\n", "不会做这种文件"),
        ("一段[^1]\n\n[^1]: 注", "file: a.html\nissued: 2026-10-08\n", "html 里不能有脚注"),
        ("! 内部口径", "file: a.pdf\nissued: 2026-10-08\n", "pdf 里不能有内部备注"),
        ("一段", "file: a.html\nissued: 2026-10-08\ncharset: big5\n", "不认识这种编码"),
        ("一段", "file: a.md\nissued: 十月\n", "2026-10-08 的样子"),
        ("一段", "file: a.md\nissue: 2026-10-08\n", "不认识这一项：issue"),
    ],
)
def test_a_bad_source_is_refused_with_its_reason(tmp_path: Path, body: str, head: str, complaint: str) -> None:
    with pytest.raises(MaterialError, match=re.escape(complaint)):
        read_source(source(tmp_path, body, head))


def test_every_problem_of_a_source_is_told_at_once(tmp_path: Path) -> None:
    path = source(tmp_path, "一段[^1]\n\n| 甲 |\n| --- |\n| ^ | 乙 |", HEAD.replace("docx", "txt"))
    with pytest.raises(MaterialError) as caught:
        read_source(path)
    assert len(caught.value.problems) >= 4


# ── the same matter in other formats ─────────────────────────────────────────────────────────────────────────────────

OTHERS = sorted(path for path in SOURCES.glob("*.md") if path.stem.endswith(("_pdf", "_pptx", "_xlsx", "_html")))
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?%?")


def other(name: str) -> tuple[Source, bytes]:
    made = read_source(SOURCES / f"{name}.md")
    return made, (CONTENT / "materials" / made.file).read_bytes()


def numbers(texts: Iterable[str]) -> set[str]:
    return {number.replace(",", "") for text in texts for number in NUMBER.findall(REFERENCE.sub("", text))}


def test_headquarters_also_sends_pdf_slides_workbooks_and_pages() -> None:
    assert Counter(read_source(path).suffix for path in OTHERS) == {".pdf": 3, ".pptx": 2, ".xlsx": 2, ".html": 2}


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_every_number_told_in_another_format_is_a_number_of_the_original(path: Path) -> None:
    made, original = read_source(path), read_source(path.with_stem(path.stem.rpartition("_")[0]))
    told = [
        words(text) for block in made.blocks if block.kind != "internal" for text in (block.text, *sum(block.rows, ()))
    ]
    told += [made.header, made.footer, *made.notes.values()]
    signed = f"{made.issued.year}年{made.issued.month}月{made.issued.day}日"
    told = [re.sub(r"^表\d", "", text) for text in told if text.removeprefix("发布日期：") != signed]
    assert numbers(told) <= numbers([original.body, original.header, original.footer])


@pytest.mark.parametrize("path", sorted((CONTENT / "materials").iterdir()), ids=lambda path: path.name)
def test_a_material_is_small_and_has_a_source(path: Path) -> None:
    assert path.stat().st_size <= 150_000
    assert path.name in {read_source(source).file for source in SOURCES.glob("*.md")}


def test_a_table_of_the_pdf_goes_on_over_the_page_under_the_same_heading() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(other("large_deposit_pdf")[1])
    first, second = (document[number].get_textpage().get_text_range() for number in range(2))
    assert "1.35%" in first
    assert "1.65%" in second
    assert re.search("年利率（单利）", first)
    assert re.search("年利率（单利）", second)
    assert "以支取日本行公布的挂牌利率为准" in first


def test_remarks_of_slides_are_speaker_notes_and_tables_are_tables() -> None:
    import pptx

    made, data = other("payroll_gift_pptx")
    slides = list(pptx.Presentation(io.BytesIO(data)).slides)
    remarks = [block.text for block in made.blocks if block.kind == "internal"]
    assert [slide.notes_slide.notes_text_frame.text for slide in slides if slide.has_notes_slide] == remarks
    shown = "\n".join(shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame)
    assert not [remark for remark in remarks if remark in shown]
    (table,) = [shape.table for shape in slides[2].shapes if shape.has_table]
    assert table.cell(2, 1).text == "满10元立减3元"
    assert table.cell(4, 2).is_merge_origin


def test_numbers_of_a_workbook_are_numbers_with_a_format_and_remarks_hide() -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(other("consumer_loan_xlsx")[1]))
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("利率与费用", "visible"),
        ("综合融资成本", "visible"),
        ("内部备注", "hidden"),
    ]
    sheet = book["利率与费用"]
    assert "A1:F1" in {str(area) for area in sheet.merged_cells.ranges}
    row = next(cells for cells in sheet.iter_rows() if cells[0].value == 100000)
    assert [(cell.value, cell.number_format) for cell in (row[0], row[2], row[4])] == [
        (100000, "#,##0"),
        (0.036, "0.00%"),
        (8496.73, "#,##0.00"),
    ]
    assert book["内部备注"]["B2"].value == 0.0192
    day = openpyxl.load_workbook(io.BytesIO(other("partner_day_xlsx")[1]))["活动日历"]["B5"]
    assert (day.value, day.number_format) == (dt.datetime(2026, 10, 21), 'yyyy"年"m"月"d"日"')


def test_a_page_has_navigation_script_and_footer_and_the_older_one_is_gb18030() -> None:
    page = other("service_notice_html")[1].decode("gb18030")
    assert "charset=gb18030" in page
    assert page.index("<table width") < page.index('<table class="data">') < page.index("</table>")
    assert '<div style="display:none">编辑备注' in page
    with pytest.raises(UnicodeDecodeError):
        page.encode("gb18030").decode()
    modern = other("antifraud_html")[1].decode()
    assert re.search(r"<nav>.+<script>|<script>.+<nav>.+<footer>", modern, re.DOTALL)


# ── the facts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SHEETS)
def test_every_quote_stands_at_its_locator_and_carries_its_value(name: str) -> None:
    faults = []
    passages = {passage.locator: passage.text for passage in material(sheet(name).material).passages}
    for fact in sheet(name).facts:
        if fact.kind == "derived":  # computed from others, which are looked up here
            continue
        citation = fact.citation
        if citation.quote not in passages.get(citation.locator, ""):
            places = [locator for locator, text in passages.items() if citation.quote in text]
            faults.append(f"{fact.key}：{citation.locator} 没有“{citation.quote}”，在 {places}")
        if fact.value not in citation.quote:
            faults.append(f"{fact.key}：“{citation.quote}”里没有“{fact.value}”")
    assert faults == []


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_keeps_what_its_format_promises(name: str) -> None:
    it = sheet(name)
    assert 12 <= len(it.facts) <= 25
    assert 6 <= len(list(plain(it))) <= 18
    assert all(fact.kept for fact in it.facts)
    assert 0 < len(it.headline) <= 8
    assert 3 <= len(it.hooks) <= 6
    assert 3 <= len(it.questions) <= 6
    assert 2 <= len(it.quiz) <= 4
    for quiz in it.quiz:
        assert quiz.answer in [option[0] for option in quiz.options]
    for fact in it.facts:
        assert len(fact.value) <= 40
        assert all(len(condition) <= 60 for condition in fact.conditions)
        assert len(fact.plain) <= 38
        assert not fact.plain.endswith(("。", "，", "；", "！", "？"))


@pytest.mark.parametrize("name", SHEETS)
def test_every_number_of_a_sheet_s_own_words_is_a_number_of_its_facts(name: str) -> None:
    it = sheet(name)
    ground = [quantity for fact in it.facts for text in (fact.value, *fact.conditions) for quantity in find(text)]
    ground += [quantity for fact in it.facts for quantity in find(fact.citation.quote)]
    words = [fact.plain for fact in plain(it)] + [it.headline, it.title, *it.hooks, *it.questions]
    words += [text for quiz in it.quiz for text in (quiz.ask, quiz.because)]
    strays = [(text, each.text) for text in words for each in find(text) if each.claim and not says(each, ground)]
    assert strays == []


def test_plain_words_of_an_investment_never_speak_of_returns() -> None:
    kinds = ("wealth", "cash", "fund", "insurance", "gold")
    sheets = [sheet(name) for name in SHEETS]
    bound = [it for it in sheets if it.product is not None and product(it.product).kind in kinds]
    assert {product(it.product or "").kind for it in bound} == set(kinds)
    told = [(it.name, text) for it in bound for text in (*(fact.plain for fact in plain(it)), *it.hooks, *it.questions)]
    assert [(name, text) for name, text in told if SPEAKS_OF_RETURNS.search(text)] == []


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_can_be_told_from_before_the_first_campaign_until_after_the_last(name: str) -> None:
    days = [FIRST + dt.timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    thin = [day for day in days if sum(fact.alive(day) for fact in plain(sheet(name))) < 5]
    assert thin == []


# ── the products ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_short_disclosure_fits_the_end_of_a_post_and_says_what_the_law_asks(name: str) -> None:
    it = product(name)
    assert len(it.disclosure.short) <= (60 if it.kind == "card" else 40)
    assert len(it.disclosure.long) >= len(it.disclosure.short)
    owed = {
        "wealth": ("理财非存款、产品有风险、投资须谨慎", f"R{it.risk}"),
        "cash": ("理财非存款、产品有风险、投资须谨慎", f"R{it.risk}"),
        "fund": ("基金有风险，投资需谨慎", f"R{it.risk}"),
        "insurance": ("保险", "承保", "退保"),
        "deposit": ("利率", "为准"),
        "treasury_bond": ("财政部", "为准"),
        "loan": ("年化利率", "以审批为准", "理性"),
        "pension": ("封闭", "领取条件", "以税务"),
        "gold": ("价格", "风险"),
    }.get(it.kind, ())
    assert [words for words in owed if words not in it.disclosure.short] == []


def test_the_loan_s_disclosure_states_the_rate_range_of_its_material() -> None:
    rate = next(fact.value for fact in sheet("consumer_loan").facts if fact.key == "rate")
    assert rate in product("consumer_loan").disclosure.short


def test_no_real_institution_stands_in_the_sample_bank() -> None:
    found = []
    shelves = ("facts", "products", "segments", "stories", "phrases", "sketches", "campaigns")
    files = [path for shelf in shelves for path in (CONTENT / shelf).rglob("*.yml")]
    files += [*SOURCES.glob("*.md"), *(ROOT / "templates").rglob("*.j2")]
    for path in sorted(files):
        text = fold(path.read_text(encoding="utf-8")).text
        found += [f"{path.name}：{name}" for name in REAL_NAMES.split() if name in text]
    assert found == []


def test_the_one_phone_number_is_the_sample_bank_s_hotline() -> None:
    hotline = yamls.load(CONTENT / "bank.yml").data["hotline"]
    phone = re.compile(r"\d{3,4}-\d{3,4}-\d{4}|(?<!\d)1\d{10}(?!\d)")
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.md"))]
    assert {number for text in texts for number in phone.findall(text)} == {hotline}

"""Reading headquarters files: every word at its place, nothing not meant for customers, and honest refusals."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from wuyou.errors import MaterialError
from wuyou.ingest import distil, read
from wuyou.values import Fact, Material

NOTES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="7"><w:p><w:r><w:t>后写先引的一条</w:t></w:r></w:p></w:footnote>
<w:footnote w:id="3"><w:p><w:r><w:t>100万元档须到柜面办理</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""


def paper(tmp_path: Path, build: Callable[[Any], None], name: str = "公告.docx") -> Path:
    """Make a Word file."""
    document = docx.Document()
    build(document)
    path = tmp_path / name
    document.save(str(path))
    return path


def rewritten(path: Path, changes: dict[str, Callable[[bytes], bytes]], added: dict[str, bytes] | None = None) -> Path:
    """Rewrite parts of a package."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, change in changes.items():
        parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**parts, **(added or {})}.items():
            archive.writestr(name, data)
    return path


def note(paragraph: Any, number: int) -> None:
    """Put a reference to a footnote at the end of a paragraph."""
    paragraph.add_run()._r.append(parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="{number}"/>'))


def with_notes(path: Path) -> Path:
    """Give a Word file its part of footnotes."""
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    override = b'<Override PartName="/word/footnotes.xml" ContentType="' + kind + b'"/></Types>'
    link = b'<Relationship Id="rId900" Type="' + relation + b'" Target="footnotes.xml"/></Relationships>'
    return rewritten(
        path,
        {
            "[Content_Types].xml": lambda data: data.replace(b"</Types>", override),
            "word/_rels/document.xml.rels": lambda data: data.replace(b"</Relationships>", link),
        },
        {"word/footnotes.xml": NOTES.encode()},
    )


def table(document: Any, *rows: list[str]) -> Any:
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for index, cells in enumerate(rows):
        for column, text in enumerate(cells):
            made.cell(index, column).text = text
    return made


def at(material: Material) -> dict[str, str]:
    """Return the text at each locator."""
    return {passage.locator: passage.text for passage in material.passages}


def text_file(tmp_path: Path, text: str, name: str = "通知.txt", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def facts_of(tmp_path: Path, text: str, name: str = "通知.md") -> list[Fact]:
    return list(distil(read(text_file(tmp_path, text, name))))


def the(facts: list[Fact], value: str) -> Fact:
    """Return the one fact with a value."""
    found = [fact for fact in facts if fact.value == value]
    assert len(found) == 1, [fact.value for fact in facts]
    return found[0]


# ── Word ──


def test_a_word_file_is_read_in_order_with_a_locator_for_every_passage(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "溪边银行 公告"
        document.sections[0].footer.paragraphs[0].text = "第 1 页"
        document.add_heading("溪边银行冬季存单公告", 1)
        document.add_paragraph("")
        document.add_paragraph("现将有关事项说明。")
        table(document, ["期限", "年利率"], ["1年", "1.25%"])
        document.add_paragraph("特此公告。")

    material = read(paper(tmp_path, build))
    assert at(material) == {
        "页眉": "溪边银行 公告",
        "第1段": "溪边银行冬季存单公告",
        "第2段": "现将有关事项说明。",
        "表1第1行": "期限 | 年利率",
        "表1第2行": "1年 | 1.25%",
        "第3段": "特此公告。",
    }
    assert [passage.kind for passage in material.passages] == [
        "header",
        "heading",
        "paragraph",
        "row",
        "row",
        "paragraph",
    ]
    assert material.passages[4].header == ("期限", "年利率")
    assert (material.title, material.path) == ("溪边银行冬季存单公告", "公告.docx")


def test_a_merged_cell_is_read_once_across_and_says_the_same_for_every_row_it_spans(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        made = table(
            document, ["期限", "金额", "利率"], ["3年", "20万元", "1.65%"], ["", "50万元", "1.70%"], ["说明", "", ""]
        )
        made.cell(1, 0).merge(made.cell(2, 0))
        made.cell(3, 1).merge(made.cell(3, 2)).text = "以公告为准"

    material = read(paper(tmp_path, build))
    assert [passage.text for passage in material.passages] == [
        "期限 | 金额 | 利率",
        "3年 | 20万元 | 1.65%",
        "3年 | 50万元 | 1.70%",
        "说明 | 以公告为准",
    ]
    assert material.passages[3].header == ("期限", "金额 利率")


def test_a_heading_of_two_rows_stands_above_every_cell(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        made = table(document, ["金额", "年利率", ""], ["", "1年期", "3年期"], ["20万元", "1.25%", "1.65%"])
        made.cell(0, 0).merge(made.cell(1, 0))
        made.cell(0, 1).merge(made.cell(0, 2)).text = "年利率"

    material = read(paper(tmp_path, build))
    assert material.passages[2].header == ("金额", "年利率 1年期", "年利率 3年期")
    rates = [(fact.value, fact.subject.tier, fact.subject.term) for fact in distil(material) if fact.kind == "rate"]
    assert rates == [("1.25%", "20万元", "1年"), ("1.65%", "20万元", "3年")]


def test_footnotes_are_numbered_in_the_order_of_reference(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        note(document.add_paragraph("年利率见表"), 3)
        note(document.add_paragraph("其余规则"), 7)

    material = read(with_notes(paper(tmp_path, build)))
    assert at(material)["脚注1"] == "100万元档须到柜面办理"
    assert at(material)["脚注2"] == "后写先引的一条"
    assert at(material)["第1段"] == "年利率见表"


def test_hidden_text_is_internal_and_no_fact_comes_from_it(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        document.add_paragraph("溪边银行冬季存单公告")
        paragraph = document.add_paragraph("三年期年利率1.65%。")
        paragraph.add_run("内部指导价9.99%。").font.hidden = True

    material = read(paper(tmp_path, build))
    assert at(material)["第2段"] == "三年期年利率1.65%。"
    assert [passage.text for passage in material.passages if passage.internal] == ["内部指导价9.99%。"]
    assert "9.99%" not in [fact.value for fact in distil(material)]
    assert any("隐藏文字" in remark for remark in material.remarks)


def test_inserted_text_is_read_and_deleted_text_is_not(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        element = document.add_paragraph("年利率")._p
        author = 'w:id="1" w:author="a" w:date="2026-01-01T00:00:00Z"'
        space = nsdecls("w")
        element.append(parse_xml(f"<w:del {space} {author}><w:r><w:delText>1.55%</w:delText></w:r></w:del>"))
        element.append(parse_xml(f"<w:ins {space} {author}><w:r><w:t>1.65%</w:t></w:r></w:ins>"))

    material = read(paper(tmp_path, build))
    assert at(material)["第1段"] == "年利率1.65%"
    assert "修订里删去的文字没有读" in material.remarks


def test_text_boxes_and_content_controls_are_read_once(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        run = document.add_paragraph("正文").add_run()._r
        box = "<w:txbxContent><w:p><w:r><w:t>框里的话</w:t></w:r></w:p></w:txbxContent>"
        names = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        inner = f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>'
        run.append(parse_xml(f"<mc:AlternateContent {nsdecls('w')} {names}>{inner}</mc:AlternateContent>"))
        control = (
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件里的话</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        )
        document.element.body.insert(1, parse_xml(control))

    assert at(read(paper(tmp_path, build))) == {"第1段": "正文", "文本框1": "框里的话", "第2段": "控件里的话"}


def test_macros_are_remarked_and_the_text_is_read(tmp_path: Path) -> None:
    path = paper(tmp_path, lambda document: document.add_paragraph("溪边银行冬季存单公告"), "带宏.docm")
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    rewritten(path, {"[Content_Types].xml": lambda data: data.replace(plain, macro)}, {"word/vbaProject.bin": b"\0\1"})
    material = read(path)
    assert material.title == "溪边银行冬季存单公告"
    assert "文件里有宏，没有运行，也没有读" in material.remarks


# ── text and Markdown ──


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_text_is_read_whatever_office_saved_it(tmp_path: Path, encoding: str) -> None:
    text = "网点暖气通知\r\n\r\n　柳桥支行自2026年10月20日起供暖。\r\n大厅备了热水\r\n"
    assert at(read(text_file(tmp_path, text, encoding=encoding))) == {
        "第1段": "网点暖气通知",
        "第2段": "柳桥支行自2026年10月20日起供暖。",
        "第3段": "大厅备了热水",
    }


def test_markdown_keeps_words_and_drops_marks(tmp_path: Path) -> None:
    text = (
        "# 街坊集市公告\n<!-- 给同事看 -->\n\n- **时间**：每周六\n- 地点见[地图](map.png)\n\n"
        "| 类别 | 优惠[^a] |\n|---|:-:|\n| 早点 | 满20元减6元 |\n\n补充说明[^b]\n\n[^b]: 第二条。\n[^a]: 第一条。\n"
    )
    material = read(text_file(tmp_path, text, "公告.md"))
    assert at(material) == {
        "第1段": "街坊集市公告",
        "第2段": "时间：每周六\n地点见地图",
        "表1第1行": "类别 | 优惠",
        "表1第2行": "早点 | 满20元减6元",
        "第3段": "补充说明",
        "脚注1": "第一条。",
        "脚注2": "第二条。",
    }
    assert material.passages[0].kind == "heading"
    assert material.passages[3].header == ("类别", "优惠")
    assert material.remarks == ("注释里的文字没有读",)


def test_the_title_and_the_date_are_the_documents_own(tmp_path: Path) -> None:
    text = "溪边银行文件\n溪边银〔2026〕41号\n关于调整冬季营业时间的通知\n自2026年11月5日起执行。\n2026年11月20日\n"
    material = read(text_file(tmp_path, text))
    assert (material.title, material.issued) == ("关于调整冬季营业时间的通知", dt.date(2026, 11, 20))
    assert read(text_file(tmp_path, "月报\n发布日期：2026年10月8日　适用至2026年12月31日\n")).issued == dt.date(
        2026, 10, 8
    )


def test_the_digest_is_the_files_and_nothing_else(tmp_path: Path) -> None:
    first, second = read(text_file(tmp_path, "通知\n同文", "甲.txt")), read(text_file(tmp_path, "通知\n同文", "乙.txt"))
    assert first.digest == second.digest
    assert read(text_file(tmp_path, "通知\n异文", "甲.txt")).digest != first.digest


# ── refusals ──

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "data", "says", "advises"),
    [
        ("空.docx", b"", "是空的", "重新导出"),
        ("空.txt", b" \r\n\t\n", "是空的", "重新导出"),
        ("只有空格.txt", "\u3000\u3000\n\u00a0".encode(), "没有能读的文字", "扫描件"),
        ("加密.docx", OLE, "密码", "去掉密码"),
        ("旧版.doc", OLE, "不会读 .doc", "另存为"),
        ("截断.docx", b"PK\x03\x04" + b"\1" * 200, "不完整", "重新下载"),
        ("网页.docx", b"<!DOCTYPE html><html><body>x</body></html>", "其实是一张网页", "浏览器"),
        ("网页.txt", b"\xef\xbb\xbf<html><body>x</body></html>", "其实是一张网页", "浏览器"),
        ("文稿.md", b"PK\x03\x04" + b"\1" * 200, "Office 文档或压缩包", "后缀"),
        ("扫描.txt", b"%PDF-1.7 ...", "其实是一份 PDF", ".pdf"),
        ("文字.docx", "只是文字".encode(), "内容却不是", "Word"),
        ("乱码.txt", bytes(range(1, 256)) * 8, "编码不认识", "UTF-8"),
        ("繁體.txt", "本行將於十二月調整營業時間，請先預約辦理各項業務。".encode("big5"), "编码不认识", "UTF-8"),
        ("照片.png", b"\x89PNG....", "不会读 .png", ".docx、"),
        ("没后缀", b"abc", "不会读 没有后缀的 文件", "另存为"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_with_what_to_do(
    tmp_path: Path, name: str, data: bytes, says: str, advises: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(MaterialError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.where == name
    assert says in problem.what
    assert advises in problem.hint
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="找不到这份文件"):
        read(tmp_path / "没有.docx")
    (tmp_path / "夹子.docx").mkdir()
    with pytest.raises(MaterialError, match="是一个文件夹"):
        read(tmp_path / "夹子.docx")


def test_a_half_downloaded_word_file_is_refused(tmp_path: Path) -> None:
    path = paper(tmp_path, lambda document: document.add_paragraph("存单公告"))
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(MaterialError, match="文件不完整或已损坏"):
        read(path)


def test_a_spreadsheet_named_docx_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "表格.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(MaterialError, match="不是 Word 文档，是 Excel 表格"):
        read(path)


# ── proposed facts ──

NOTICE = """# 溪边银行2026年冬季个人大额存单发售公告

发售期为2026年11月1日至2026年12月31日，售完为止。

| 期限 | 起存金额 | 年利率（单利） | 备注 |
| --- | --- | --- | --- |
| 1年 | 20万元 | 1.25% | |
| 3年 | 20万元 | 1.65% | |
| 3年 | 100万元 | 1.75% | 仅限柜面办理 |

100万元档须由客户本人到网点办理。提前支取一部分的不超过2次。咨询电话400-000-0505（人工接听9:00—18:30）。
"""


def test_every_fact_stands_literally_in_its_quote_and_the_quote_at_its_place(tmp_path: Path) -> None:
    material = read(text_file(tmp_path, NOTICE, "公告.md"))
    facts = distil(material)
    places = at(material)
    assert facts
    for fact in facts:
        assert fact.value in fact.citation.quote
        assert fact.citation.quote in places[fact.citation.locator]
        assert fact.citation.material == "公告.md"
        assert len(fact.value) <= (60 if fact.kind == "condition" else 40)
        assert all(len(condition) <= 60 for condition in fact.conditions)
        assert len(fact.plain) <= 38
        assert fact.kept_by is None
    assert [fact.key for fact in facts] == [f"f{number:02d}" for number in range(1, len(facts) + 1)]


def test_a_rate_stays_with_its_product_tier_and_term(tmp_path: Path) -> None:
    rate = the(facts_of(tmp_path, NOTICE), "1.65%")
    assert (rate.kind, rate.normalized, rate.unit) == ("rate", "0.0165", "ratio")
    assert (rate.subject.product, rate.subject.tier, rate.subject.term) == ("2026年冬季个人大额存单", "20万元", "3年")
    assert (rate.valid_from, rate.valid_until) == (dt.date(2026, 11, 1), dt.date(2026, 12, 31))
    assert rate.citation.locator == "表1第3行"
    assert rate.plain == "3年期年利率1.65%，20万元起存"


def test_a_restriction_travels_with_the_rate_it_names(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, NOTICE)
    assert set(the(facts, "1.75%").conditions) == {"仅限柜面办理", "100万元档须由客户本人到网点办理"}
    assert the(facts, "1.65%").conditions == ()


def test_nothing_is_proposed_twice(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, NOTICE + "\n客服热线：400-000-0505。\n")
    assert [fact.value for fact in facts if fact.kind == "phone"] == ["400-000-0505"]
    assert [fact.value for fact in facts if fact.kind == "amount"] == ["20万元", "100万元"]


def test_the_kinds_of_facts_are_told_apart(tmp_path: Path) -> None:
    kinds = {fact.value: fact.kind for fact in facts_of(tmp_path, NOTICE)}
    assert kinds["2026年冬季个人大额存单"] == "product"
    assert kinds["2026年11月1日至2026年12月31日"] == "date_range"
    assert kinds["售完为止"] == "condition"
    assert kinds["不超过2次"] == "count"
    assert kinds["人工接听9:00—18:30"] == "condition"
    assert kinds["400-000-0505"] == "phone"


def test_the_old_side_of_a_change_is_superseded_and_has_no_plain_words(tmp_path: Path) -> None:
    text = (
        "# 关于调整积攒金规则的公告\n"
        "\n"
        "自2026年11月5日起执行。\n"
        "\n"
        "| 项目 | 调整前 | 调整后 |\n"
        "|---|---|---|\n"
        "| 起点 | 600元 | 900元 |\n"
        "\n"
        "活期利率由0.10%下调至0.05%。\n"
    )
    facts = facts_of(tmp_path, text)
    assert {fact.value: fact.status for fact in facts if fact.kind in ("amount", "rate")} == {
        "600元": "superseded",
        "900元": "current",
        "0.10%": "superseded",
        "0.05%": "current",
    }
    assert not any(fact.plain for fact in facts if fact.status == "superseded")
    assert the(facts, "900元").valid_from == dt.date(2026, 11, 5)


def test_investments_get_no_plain_words_about_yields(tmp_path: Path) -> None:
    text = (
        "# 稳溪180天理财产品要素\n"
        "\n"
        "| 要素 | 内容 |\n"
        "|---|---|\n"
        "| 风险等级 | R2（中低风险） |\n"
        "| 业绩比较基准 | A份额：1.85%—2.35% |\n"
        "| 起购金额 | 1元起 |\n"
        "\n"
        "前几期的收益率最高2.90%，最低1.60%。理财产品以往的成绩不预示以后。\n"
    )
    facts = facts_of(tmp_path, text)
    assert the(facts, "R2（中低风险）").kind == "risk_level"
    assert the(facts, "1.85%—2.35%").subject.tier == "A份额"
    assert the(facts, "最高2.90%，最低1.60%").normalized == "0.016/0.029"
    assert not [fact.plain for fact in facts if fact.kind == "rate" and fact.plain]
    assert the(facts, "理财产品以往的成绩不预示以后").kind == "condition"


def test_a_reduction_is_worded_only_with_what_must_be_spent_for_it(tmp_path: Path) -> None:
    text = (
        "# “河畔周末”活动规则\n"
        "\n"
        "活动时间：2026年10月24日至2027年2月14日。\n"
        "\n"
        "| 类别 | 满额条件 | 优惠 | 名额 |\n"
        "|---|---|---|---|\n"
        "| 早点 | 15元 | 立减5元 | 3,000 |\n"
        "| 书店 | 不设满额 | 至多减10元 | 800名 |\n"
    )
    facts = facts_of(tmp_path, text)
    assert the(facts, "立减5元").plain == "早点满15元立减5元"
    assert the(facts, "立减5元").conditions == ("满15元",)
    assert the(facts, "至多减10元").plain == ""
    assert (the(facts, "3,000").kind, the(facts, "3,000").normalized) == ("count", "3000")
    assert the(facts, "2026年10月24日至2027年2月14日").plain == "活动时间是2026年10月24日到2027年2月14日"


def test_what_only_says_when_stays_with_what_then_holds(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, "水表安装通知\n中途退订不满9个月的，须补交工本费35元。\n", "通知.txt")
    assert the(facts, "中途退订不满9个月的，须补交工本费35元").kind == "condition"


def test_a_date_without_a_year_takes_the_documents(tmp_path: Path) -> None:
    text = (
        "手账课堂通知\n"
        "定于2026年10月17日（周六）9:30-11:00在柳桥支行二楼书房举办。\n"
        "报名：10月8日8:30至10月14日17:30。\n"
    )
    facts = facts_of(tmp_path, text, "通知.txt")
    assert the(facts, "2026年10月17日（周六）9:30-11:00").normalized == "2026-10-17"
    assert the(facts, "10月8日8:30至10月14日17:30").normalized == "2026-10-08/2026-10-14"
    assert the(facts, "柳桥支行二楼书房").kind == "condition"


def test_windows_of_one_sale_make_one_period(tmp_path: Path) -> None:
    text = (
        "# 冬季国债发售通知\n"
        "\n"
        "| 批次 | 发售窗口 |\n"
        "|---|---|\n"
        "| 第一批 | 2026年10月10日至2026年10月19日 |\n"
        "| 第二批 | 2026年12月10日至2026年12月19日 |\n"
        "\n"
        "票面年利率1.60%。\n"
    )
    rate = the(facts_of(tmp_path, text), "1.60%")
    assert (rate.valid_from, rate.valid_until) == (dt.date(2026, 10, 10), dt.date(2026, 12, 19))


def test_a_heading_says_whose_numbers_stand_below_it(tmp_path: Path) -> None:
    text = (
        "# 冬季存款指引\n\n## 一、“溪水存”\n\n年利率1.25%。\n\n"
        "## 二、三年期定期\n\n年利率1.55%。\n\n## 三、其他\n\n费率0.10%。\n"
    )
    facts = facts_of(tmp_path, text)
    assert the(facts, "1.25%").subject.product == "溪水存"
    assert the(facts, "1.55%").subject.term == "三年"
    assert (the(facts, "0.10%").subject.product, the(facts, "0.10%").subject.term) == ("冬季存款", "")


def test_a_notice_in_one_paragraph_still_has_a_title_and_facts(tmp_path: Path) -> None:
    text = (
        "溪边银行“桂花季”：2026年9月12日至9月30日，30克以上的金饰清洗费减4元/件。可以改圈，改圈费6元/克，须出示购买凭证。"
        "金价会涨也会跌，这不是存款，柜台有样品可看，欢迎先看再定。\n"
    )
    material = read(text_file(tmp_path, text))
    facts = list(distil(material))
    assert material.title == "溪边银行“桂花季”"
    assert the(facts, "桂花季").kind == "product"
    assert the(facts, "6元/克").valid_until == dt.date(2026, 9, 30)


def test_examples_and_laws_are_no_facts(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path, "存款知识\n依据《储蓄管理条例（2011年修订）》办理。\n例如：存入5万元，一年得利息625元。\n", "知识.txt"
    )
    assert not [fact.value for fact in facts if fact.kind in ("amount", "rate", "date")]

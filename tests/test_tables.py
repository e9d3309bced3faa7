"""Tables: whatever a spreadsheet program saves is read as rows, or refused in words."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from wuyou.errors import MaterialError
from wuyou.tables import rows

FIGURES = [{"post": "a1", "sent": "120", "read": "80"}, {"post": "b2", "sent": "90", "read": "30"}]


def csv_file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "figures.csv"
    path.write_bytes(text.encode(encoding))
    return path


def xlsx_file(tmp_path: Path, *lines: list[object]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    path = tmp_path / "figures.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_is_read_in_the_encodings_and_line_ends_that_offices_use(tmp_path: Path, encoding: str, end: str) -> None:
    path = csv_file(tmp_path, end.join(["文稿,发送", "甲,120", "乙,90"]) + end, encoding)
    assert list(rows(path)) == [(2, {"文稿": "甲", "发送": "120"}), (3, {"文稿": "乙", "发送": "90"})]


def test_an_xlsx_is_read_like_a_csv(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, ["post", "sent", "read"], ["a1", 120, 80], ["b2", 90, "30"])
    assert [row for _, row in rows(path)] == FIGURES


def test_a_whole_number_is_not_given_a_decimal_point(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, ["a", "b", "c"], [1200, 0.5, None])
    assert list(rows(path)) == [(2, {"a": "1200", "b": "0.5", "c": ""})]


def test_an_upper_case_suffix_is_an_xlsx_too(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, ["a"], [1]).rename(tmp_path / "FIGURES.XLSX")
    assert list(rows(path)) == [(2, {"a": "1"})]


def test_blanks_around_words_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "\n post , sent \n\n  a1 ,120\n , \n b2,90\n")
    assert list(rows(path)) == [(4, {"post": "a1", "sent": "120"}), (6, {"post": "b2", "sent": "90"})]


def test_a_row_that_ends_early_has_empty_cells(tmp_path: Path) -> None:
    assert list(rows(csv_file(tmp_path, "post,sent,read\na1,120\n"))) == [
        (2, {"post": "a1", "sent": "120", "read": ""})
    ]


def test_a_row_is_named_by_its_line_even_after_a_cell_of_several_lines(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'post,note\na1,"一\n二\n三"\nb2,四\n')
    assert [(number, row["post"]) for number, row in rows(path)] == [(2, "a1"), (5, "b2")]


def test_a_file_with_nothing_in_it_has_no_rows(tmp_path: Path) -> None:
    assert list(rows(csv_file(tmp_path, ""))) == []
    assert list(rows(csv_file(tmp_path, "post,sent\n"))) == []


def test_a_file_that_is_not_there_is_told_in_chinese(tmp_path: Path) -> None:
    for name in ("none.csv", "none.xlsx"):
        with pytest.raises(MaterialError, match="读不了：没有这个文件"):
            list(rows(tmp_path / name))


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="不是能读的 CSV"):
        list(rows(_bytes(tmp_path / "x.csv", b"\x80\x00\xff\xff,\x81")))
    with pytest.raises(MaterialError, match="不是能读的 xlsx"):
        list(rows(_bytes(tmp_path / "x.xlsx", b"no workbook")))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(MaterialError, match="不是能读的 xlsx"):
        list(rows(path))


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path

"""Files of tables: known by what is in them, refused with a reason when they are not, or would end the process."""

from __future__ import annotations

import re
import shutil
import struct
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from app import words
from app.domain.findings import UserError
from app.exchange import tables
from app.exchange.extents import refuse_bombs
from app.exchange.tables import column_letter, open_book
from tests.exchange import rawbooks

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "rosters"
TEXT = "姓名,室号\n张三,101\n李四,102\n"
CELLS = [["姓名", "室号"], ["张三", "101"], ["李四", "102"]]


def workbook(path: Path, **cells: object) -> Path:
    book = Workbook()
    for name, value in (cells or {"A1": "姓名", "B1": "室号"}).items():
        book.active[name] = value
    book.save(path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        open_book(path)
    assert words.say(caught.value.code, **caught.value.details)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_in_every_encoding_and_with_every_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "花名册.csv"
    path.write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    book = open_book(path)
    assert book.sheets == ("花名册",)
    assert book.grid("花名册") == CELLS


def test_commas_within_cells_do_not_decide_the_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名\t备注\n张三\t一,二,三,四\n李四\t五,六\n", "utf-8")
    assert open_book(path).grid("a")[1] == ["张三", "一,二,三,四"]


def test_quoted_cells_and_short_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('姓名,备注,楼号\r\n"张三","一\r\n二,三"\r\n'.encode())
    assert open_book(path).grid("a") == [["姓名", "备注", "楼号"], ["张三", "一\r\n二,三", ""]]


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".et", ".csv", ""])
def test_a_workbook_is_known_by_its_content(tmp_path: Path, suffix: str) -> None:
    made = workbook(tmp_path / "made.xlsx")
    path = tmp_path / f"roster{suffix}"
    made.rename(path)
    assert open_book(path).grid("Sheet") == [["姓名", "室号"]]


def test_cells_stand_where_excel_shows_them(tmp_path: Path) -> None:
    grid = open_book(workbook(tmp_path / "a.xlsx", C3="姓名")).grid("Sheet")
    assert grid[2][2] == "姓名" and len(grid) == 3


def test_merged_cells_are_filled_downwards_only(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["培花", "x", "y"], [None, "z", "w"], [None, "u", "v"]):
        book.active.append(row)
    book.active.merge_cells("A1:A9")
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    assert open_book(tmp_path / "a.xlsx").grid("Sheet") == [["培花", "x", ""], ["培花", "z", "w"], ["培花", "u", "v"]]


def test_cells_keep_their_places_where_the_first_rows_and_columns_are_empty(tmp_path: Path) -> None:
    grid = open_book(workbook(tmp_path / "a.xlsx", C3="甲", D5=7, C6="甲")).grid("Sheet")
    assert grid == [[""] * 4, [""] * 4, ["", "", "甲", ""], [""] * 4, ["", "", "", 7.0], ["", "", "甲", ""]]


@pytest.mark.parametrize("height", ["0", "0.0"])
def test_a_row_without_height_is_hidden(tmp_path: Path, height: str) -> None:
    path = workbook(tmp_path / "a.xlsx", A1="姓名", A2="张三", A3="李四")
    rewritten = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(rewritten, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            data = data.replace(b'<row r="2"', f'<row ht="{height}" customHeight="1" r="2"'.encode())
            after.writestr(name, data.replace(b'<row r="3"', b'<row ht="0.75" customHeight="1" r="3"'))
    assert open_book(rewritten).page("Sheet").hidden_rows == {1}


def test_an_old_workbook_that_says_less_than_it_holds(tmp_path: Path) -> None:
    stream = rawbooks.old_workbook(CELLS, far=(65_536, 256))
    said = stream.index(b"\x00\x02\x0e\x00") + 4
    small = stream[:said] + struct.pack("<IIHHH", 0, 3, 0, 2, 0) + stream[said + 14 :]
    (tmp_path / "a.xls").write_bytes(rawbooks.ole({"Workbook": small}))
    book = open_book(tmp_path / "a.xls")
    with pytest.raises(UserError) as caught:
        book.page(book.sheets[0])
    assert (caught.value.code, caught.value.details["cell"]) == ("sheet-far-cell", "IV65536")


def test_reading_can_be_stopped_at_every_question(tmp_path: Path) -> None:
    """In the bytes, while the library reads, and between rows; a book that was stopped can be read again."""
    path = workbook(tmp_path / "a.xlsx", A1="姓名", A2="张三")
    asked: list[int] = []

    def counting() -> bool:
        asked.append(1)
        return False

    whole = open_book(path, counting).grid("Sheet")
    assert len(asked) >= 3
    for at in range(len(asked)):
        left = [at]

        def stopping(left: list[int] = left) -> bool:
            left[0] -= 1
            return left[0] < 0

        with pytest.raises(UserError, match="cancelled"):
            open_book(path, stopping).grid("Sheet")
    assert open_book(path).grid("Sheet") == whole


@pytest.mark.parametrize(("encoding", "at"), [("gb18030", 9_000), ("gb18030", 30), ("utf-8", 9_000)])
def test_a_broken_byte_costs_one_character_and_its_line_is_named(tmp_path: Path, encoding: str, at: int) -> None:
    lines = ["姓名,室号", *(f"张三,{number}" for number in range(1_000, 2_000))]
    data = bytearray("\n".join(lines).encode(encoding))
    at = data.index("张".encode(encoding), at)
    data[at] = 0xFF
    (tmp_path / "a.csv").write_bytes(data)
    book = open_book(tmp_path / "a.csv")
    line = data[:at].count(b"\n") + 1
    assert [(each.code, each.row, each.details["count"]) for each in book.told] == [("text-broken", line, 1)]
    assert words.say("text-broken", **book.told[0].details)
    grid = book.grid("a")
    assert "�" in grid[line - 1][0]
    assert [row for row in grid if row != grid[line - 1]] == [
        each.split(",") for each in lines if each != lines[line - 1]
    ]


def test_hidden_sheets_are_not_offered(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("字典").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert open_book(tmp_path / "a.xlsx").sheets == ("Sheet",)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"), (b"PK\x03\x04 cut off", "file-damaged"), (b"PK\x05\x06" + bytes(18), "file-type-unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-type-unknown"), (b"%PDF-1.7", "file-type-unknown"),
        (b"\x89PNG\r\n", "file-type-unknown"), (b"\xff\xfe\x00", "file-type-unknown"), (b"\x00\x01\x02\x03" * 100, "file-type-unknown"),
        (b"<html><table><tr><td>1</td></tr></table>", "file-web-page"), (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook/>", "file-web-page"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    assert refusal(path) == code


def test_what_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx") == "file-missing"
    assert refusal(tmp_path) == "file-missing"


def test_a_document_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert refusal(path) == "file-damaged"


@pytest.mark.parametrize("cut", [100, 2_000, -30])
def test_a_file_that_was_not_copied_whole(tmp_path: Path, cut: int) -> None:
    path = workbook(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:cut])
    assert refusal(path) == "file-damaged"


def test_a_byte_that_fell_over(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 90
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    assert refusal(path) == "file-damaged"


def test_a_password() -> None:
    path = DATA / "calamine" / "pass_protected.xlsx"
    if not path.exists():
        pytest.skip(f"{path} is not here: it is public data that is not part of the project")
    assert refusal(path) == "file-encrypted"


def test_a_password_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = DATA / "calamine" / "pass_protected.xlsx"
    if not path.exists():
        pytest.skip(f"{path} is not here: it is public data that is not part of the project")
    shutil.copy(path, tmp_path / "a.xls")
    assert refusal(tmp_path / "a.xls") == "file-encrypted"


# ---------------------------------------------------------------- bombs


def with_sheet(path: Path, change: tuple[str, str]) -> Path:
    """A workbook whose sheet was changed as text, as only a program would."""
    whole = workbook(path.with_name("whole.xlsx"), A1="姓名", B2="x")
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            data = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                assert re.search(change[0].encode(), data)
                data = re.sub(change[0].encode(), change[1].encode(), data, count=1)
            target.writestr(member.filename, data)
    return path


@pytest.mark.parametrize(
    "change",
    [
        ('<c r="B2"', '<c r="XFD1048576"'), ('<c r="B2"', "<c r='XFD1048576'"), ('<c r="B2"', '<c  r = "AAA999999"'),
        ('<c r="B2"', '<c r="T1048576"'), ('<row r="2"', '<row r="1048576"><c r="T1048576"><v>1</v></c></row><row r="2"'),
    ],
)  # fmt: skip
def test_a_cell_at_the_end_of_the_sheet_is_refused_before_it_is_read(tmp_path: Path, change: tuple[str, str]) -> None:
    began = time.monotonic()
    assert refusal(with_sheet(tmp_path / "far.xlsx", change)) == "sheet-far-cell"
    assert time.monotonic() - began < 3


def test_formats_at_the_end_of_the_sheet_are_no_cells(tmp_path: Path) -> None:
    path = with_sheet(
        tmp_path / "a.xlsx", ("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')
    )
    assert open_book(path).grid("Sheet") == [["姓名", ""], ["", "x"]]


def test_a_wide_sheet_is_read(tmp_path: Path) -> None:
    grid = open_book(workbook(tmp_path / "a.xlsx", A1="姓名", AZ40="x")).grid("Sheet")
    assert grid[39][51] == "x"


def test_an_archive_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(60):
                member.write(bytes(1 << 20))
    began = time.monotonic()
    assert refusal(path) == "file-too-large"
    assert time.monotonic() - began < 3


def test_an_archive_that_lies_about_its_length(tmp_path: Path) -> None:
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<c/>" * 100_000)
    size, lie = (400_000).to_bytes(4, "little"), (40).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, lie))
    assert refusal(path) == "file-damaged"


@pytest.mark.parametrize(
    "row",
    [
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"/></table:table-row>',
    ],
)
def test_repeated_cells_of_open_document(tmp_path: Path, row: str) -> None:
    path = tmp_path / "bomb.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content>{row}</office:document-content>")
    assert refusal(path) == "file-too-large"


def test_empty_rows_repeated_to_the_end_are_usual(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    empty = '<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", f"<office:document-content>{empty}</office:document-content>")
    refuse_bombs(path)


def test_text_of_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_AREA", 100)
    path = tmp_path / "a.csv"
    path.write_text("," * 99 + "\n" + "1\n" * 50, "utf-8")
    assert refusal(path) == "file-too-large"


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_have_letters(index: int, letters: str) -> None:
    assert column_letter(index) == letters

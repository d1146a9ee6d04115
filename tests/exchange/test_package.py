"""A filled form compared with the form part by part: nothing else changes.

Longer than most files: one test for each kind of thing that follows inserted rows.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import Workbook
from openpyxl.styles import Border, Side

from app.domain.findings import UserError
from app.exchange import reports
from app.exchange.shifting import Insertion
from app.words import say
from tests.exchange import richbook
from tests.exchange.richbook import SHEET, Parts

ONCE = {"committee": "培花", "maker": "王书记"}
FIELDS = {"name", "phone"}
TOUCHED = {
    SHEET, "xl/worksheets/sheet2.xml", "xl/drawings/drawing1.xml", "xl/drawings/commentsDrawing1.vml", "xl/charts/chart1.xml",
    "xl/comments/comment1.xml", "xl/threadedComments/threadedComment1.xml", "xl/ctrlProps/ctrlProp1.xml", "xl/styles.xml",
    "xl/pivotCache/pivotCacheDefinition1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml",
}  # fmt: skip
"""What seven people in a form with three lines change; the order of calculation goes."""


def people(count: int) -> list[dict[str, Any]]:
    return [{"name": f"居民{number}", "phone": "021-5888"} for number in range(1, count + 1)]


def filled(form: Path, count: int, **other: Any) -> Parts:
    out = form.parent / "out.xlsx"
    reports.fill(form, out, **{"once": ONCE, "rows": people(count), "fields": FIELDS, **other})
    return Parts.of(out)


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return richbook.rich(tmp_path / "form.xlsx")


def elements(content: bytes) -> Counter[bytes]:
    """Each element by itself, as canonical XML without its children."""
    found: Counter[bytes] = Counter()
    for element in etree.fromstring(content).iter(etree.Element):
        alone = etree.Element(element.tag, dict(element.attrib))
        alone.text = (element.text or "").strip() or None
        found[etree.tostring(alone, method="c14n")] += 1
    return found


def gone(before: bytes, after: bytes) -> list[str]:
    """Names of the elements that are not there any more as they were."""
    return sorted(
        {re.match(rb"<(?:\w+:)?(\w+)", each)[1].decode() for each in elements(before) - elements(after)}  # type: ignore[index]
    )


# ---------------------------------------------------------------- the package


def test_parts_that_need_no_change_are_the_same_bytes(form: Path) -> None:
    before, after = Parts.of(form), filled(form, 7)
    assert {name for name in after if after[name] != before[name]} <= TOUCHED
    assert set(before) - set(after) == {"xl/calcChain.xml"}


def test_a_form_with_lines_enough_changes_less(form: Path) -> None:
    before, after = Parts.of(form), filled(form, 2)
    moved = {name for name in TOUCHED if "comment" in name.lower() or "ctrl" in name or "pivot" in name}
    assert all(before[name] == after[name] for name in moved)


def test_order_and_compression_stay(form: Path) -> None:
    filled(form, 7)

    def listed(file: Path) -> list[tuple[str, int]]:
        with zipfile.ZipFile(file) as archive:
            return [(each.filename, each.compress_type) for each in archive.infolist()]

    assert [each for each in listed(form) if "calcChain" not in each[0]] == listed(form.parent / "out.xlsx")


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("xl/styles.xml", ["cellXfs"]),
        ("xl/workbook.xml", ["calcPr", "definedName"]),
        ("xl/_rels/workbook.xml.rels", ["Relationship"]),
        ("[Content_Types].xml", ["Override"]),
        ("xl/charts/chart1.xml", ["f", "t"]),
        ("xl/drawings/drawing1.xml", ["row", "t"]),
        ("xl/comments/comment1.xml", ["comment"]),
        ("xl/threadedComments/threadedComment1.xml", ["threadedComment"]),
        ("xl/worksheets/sheet2.xml", ["c", "f", "v"]),
    ],
)
def test_touched_parts_differ_only_in_what_must(form: Path, part: str, names: list[str]) -> None:
    assert set(gone(Parts.of(form)[part], filled(form, 7)[part])) <= set(names)


def test_of_the_sheet_only_places_change(form: Path) -> None:
    places = {"c", "f", "v", "t", "row", "dimension", "mergeCell", "conditionalFormatting", "formula", "formula1", "hyperlink",
              "dataValidation", "oddFooter", "brk", "sqref", "controlPr"}  # fmt: skip
    assert set(gone(Parts.of(form)[SHEET], filled(form, 7)[SHEET])) <= places


def test_ignorable_namespaces_and_unknown_attributes_survive(form: Path) -> None:
    sheet = filled(form, 7).text(SHEET)
    assert 'mc:Ignorable="x14ac"' in sheet
    assert 'kept:me="1"' in sheet
    assert sheet.count("x14ac:dyDescent") == 7


def test_bytes_go_into_an_open_file(form: Path) -> None:
    out = io.BytesIO()
    reports.fill(form.read_bytes(), out, once=ONCE, rows=people(7), fields=FIELDS)
    assert zipfile.ZipFile(out).read(SHEET) == filled(form, 7)[SHEET]


def test_a_signed_form_is_refused(form: Path) -> None:
    parts = Parts.of(form)
    parts.add("_xmlsignatures/sig1.xml", "<Signature/>")
    parts.save(form)
    with pytest.raises(UserError, match="report-signed"):
        filled(form, 1)


def test_a_form_with_a_prefix_before_every_name(form: Path) -> None:
    parts = Parts.of(form)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = re.sub(r"<(/?)(?=[a-z]\w*[ />])(?!x14|xm|xdr|mc)", r"<\1x:", parts.text(SHEET))
    parts[SHEET] = sheet.replace(f'xmlns="{main}"', f'xmlns:x="{main}"').encode()
    parts.save(form)
    root = etree.fromstring(filled(form, 7)[SHEET])
    assert [each.text for each in root.iterfind(".//{*}row[@r='10']//{*}t")] == ["居民7", "021-5888"]


def test_cells_without_places_are_counted(form: Path) -> None:
    parts = Parts.of(form)
    parts[SHEET] = re.sub(r'(<(?:row|c)\b[^>]*?) r="[A-Z]*\d+"', r"\1", parts.text(SHEET).split("<mergeCells")[0]).encode() + (
        b"<mergeCells" + parts.text(SHEET).split("<mergeCells")[1].encode())  # fmt: skip
    parts.save(form)
    assert "居民7" in filled(form, 7).text(SHEET)


# ---------------------------------------------------------------- empty lines of the form


def rows(parts: Parts) -> dict[int, list[str | None]]:
    """Of each row what its cells show; of formulas what they say."""
    root = etree.fromstring(parts[SHEET])
    return {
        int(row.get("r")): [
            "".join(each.text or "" for each in cell.iter("{*}v", "{*}t", "{*}f")) or None for cell in row
        ]
        for row in root.iterfind("{*}sheetData/{*}row")
    }


def test_empty_lines_are_used_up_first(form: Path) -> None:
    found = rows(filled(form, 3))
    assert [found[row][:2] for row in (4, 5, 6, 7)] == [
        ["1", "居民1"],
        ["2", "居民2"],
        ["3", "居民3"],
        ["合计", "SUM(D4:D6)"],
    ]


def test_lines_left_over_stay_empty(form: Path) -> None:
    found = rows(filled(form, 1))
    assert found[5] == ["2", None, None, "LEN(B5)"]
    assert found[7][0] == "合计"


def test_a_form_without_people_keeps_its_lines(form: Path) -> None:
    found = rows(filled(form, 0))
    assert (found[4][:2], found[7][0]) == (["1", None], "合计")


def test_numbers_of_lines_count_on(form: Path) -> None:
    found = rows(filled(form, 5))
    assert [found[row][0] for row in range(4, 10)] == ["1", "2", "3", "4", "5", "合计"]


def test_a_line_with_something_written_is_no_empty_line(form: Path) -> None:
    parts = Parts.of(form)
    parts.change(SHEET, '<c r="B5" s="2" t="n"></c>', '<c r="B5" s="2" t="str"><v>例</v></c>')
    parts.save(form)
    found = rows(filled(form, 2))
    assert (found[5][1], found[6][1], found[8][0]) == ("居民2", "例", "合计")


def test_rows_without_borders_below_the_marks_are_no_lines(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"], book.active["A2"], book.active["A3"] = "{{name}}", " ", "完"
    book.save(tmp_path / "form.xlsx")
    assert rows(filled(tmp_path / "form.xlsx", 2)) == {1: ["居民1"], 2: ["居民2"], 3: [" "], 4: ["完"]}


def test_merged_cells_of_lines_are_repeated_only_for_new_ones(tmp_path: Path) -> None:
    book = Workbook()
    sheet, line = book.active, Border(bottom=Side(style="thin"))
    for row in (1, 2):
        for column in "ABC":
            sheet[f"{column}{row}"].border = line
        sheet.merge_cells(f"B{row}:C{row}")
    sheet["A1"], sheet["A3"] = "{{name}}", "完"
    book.save(tmp_path / "form.xlsx")
    merged = etree.fromstring(filled(tmp_path / "form.xlsx", 4)[SHEET]).find("{*}mergeCells")
    assert sorted(each.get("ref") for each in merged) == ["B1:C1", "B2:C2", "B3:C3", "B4:C4"]
    assert merged.get("count") == "4"


# ---------------------------------------------------------------- what follows inserted rows


def test_formulas_of_every_sheet_follow(form: Path) -> None:
    parts = filled(form, 7)
    assert rows(parts)[11] == ["合计", "SUM(D4:D10)", "D11*2"]
    assert re.findall("<f>(.*?)</f>", parts.text("xl/worksheets/sheet2.xml")) == ["名册!D11", "SUM(名册!D4:D10)"]


def test_results_of_the_empty_form_are_forgotten(form: Path) -> None:
    parts = Parts.of(form)
    parts.change("xl/worksheets/sheet2.xml", "!D7</f><v></v>", "!D7</f><v>0</v>")
    parts.save(form)
    assert "<v>" not in filled(form, 2).text("xl/worksheets/sheet2.xml")


def test_results_that_look_elsewhere_stay(form: Path) -> None:
    parts = Parts.of(form)
    parts.change("xl/worksheets/sheet3.xml", "</row>", '<c r="F2"><f>LEN(B2)</f><v>4</v></c></row>')
    parts.save(form)
    assert filled(form, 7)["xl/worksheets/sheet3.xml"] == parts["xl/worksheets/sheet3.xml"]


def test_excel_calculates_anew(form: Path) -> None:
    parts = filled(form, 7)
    assert 'fullCalcOnLoad="1"' in parts.text("xl/workbook.xml")
    assert "calcChain" not in parts.text("[Content_Types].xml") + parts.text("xl/_rels/workbook.xml.rels")


def test_names_and_the_print_area_follow(form: Path) -> None:
    book = filled(form, 7).text("xl/workbook.xml")
    assert "名册!$D$11" in book
    assert "$A$1:$D$13" in book


@pytest.mark.parametrize(
    "said",
    ['<conditionalFormatting sqref="B4:B10">', "<formula>$D4&gt;$D$11</formula>", '<dataValidation sqref="B4:B10"',
     "<formula1>$H$12:$H$13</formula1>", "<xm:sqref>D4:D11</xm:sqref>", "<xm:f>名册!$H$12:$H$13</xm:f>",
     "<xm:sqref>C4:C10</xm:sqref>", "<xm:f>名册!D11:E11</xm:f><xm:sqref>G11</xm:sqref>", 'ref="A14" location="名册!A11"',
     '<brk id="11"', '<mergeCell ref="A13:D13"/>', 'linkedCell="$E$11"', '<dimension ref="A1:H14"/>',
     '<selection activeCell="A1" sqref="A1"/>'],
)  # fmt: skip
def test_parts_of_the_sheet_follow(form: Path, said: str) -> None:
    assert said in filled(form, 7).text(SHEET)


def test_a_control_moves_with_its_rows(form: Path) -> None:
    parts = filled(form, 7)
    assert re.findall(r'<xdr:row xmlns:xdr="[^"]*">(\d+)', parts.text(SHEET)) == ["11", "12"]
    assert 'fmlaLink="$E$11"' in parts.text("xl/ctrlProps/ctrlProp1.xml")
    assert "<x:Anchor>1, 0, 11, 0, 2, 0, 12, 0</x:Anchor>" in parts.text("xl/drawings/commentsDrawing1.vml")


def test_comments_follow_with_their_boxes_and_answers(form: Path) -> None:
    parts = filled(form, 7)
    assert 'ref="A11"' in parts.text("xl/comments/comment1.xml")
    assert 'ref="A11"' in parts.text("xl/threadedComments/threadedComment1.xml")
    assert "Row>10<" in parts.text("xl/drawings/commentsDrawing1.vml")


def test_a_chart_reads_the_new_rows_and_forgets_the_old(form: Path) -> None:
    parts = Parts.of(form)
    parts.change("xl/charts/chart1.xml", "</f></numRef>", "</f><numCache><ptCount val='3'/></numCache></numRef>")
    parts.save(form)
    chart = filled(form, 7).text("xl/charts/chart1.xml")
    assert "$D$4:$D$10" in chart
    assert "numCache" not in chart


def test_the_source_of_a_pivot_table_grows(form: Path) -> None:
    cache = filled(form, 7).text("xl/pivotCache/pivotCacheDefinition1.xml")
    assert 'ref="A3:D10"' in cache
    assert 'refreshOnLoad="1"' in cache


def test_a_pivot_table_in_the_way_is_not_broken(form: Path) -> None:
    parts = Parts.of(form)
    parts.relate(SHEET, "pivotTable", "../pivotTables/pivotTable1.xml", "rIdPivot")
    parts.save(form)
    with pytest.raises(UserError) as error:
        filled(form, 7)
    assert error.value.code == "report-pivot-moves"
    assert "透视" in say(error.value.code, **error.value.details)
    assert not (form.parent / "out.xlsx").exists()


def test_a_sparkline_is_drawn_for_every_record(form: Path) -> None:
    parts = Parts.of(form)
    parts.change(
        SHEET, "<xm:f>名册!D7:E7</xm:f><xm:sqref>G7</xm:sqref>", "<xm:f>名册!D4:E4</xm:f><xm:sqref>G4</xm:sqref>"
    )
    parts.save(form)
    places = re.findall("<xm:f>名册!(D.*?)</xm:f><xm:sqref>(.*?)<", filled(form, 5).text(SHEET))
    assert places == [("D4:E4", "G4"), ("D7:E7", "G7"), ("D8:E8", "G8")]


def test_shared_formulas_are_written_out(form: Path) -> None:
    parts = Parts.of(form)
    parts.change(SHEET, "<f>LEN(B4)</f>", '<f t="shared" ref="D4:D6" si="0">LEN(B4)</f>')
    parts.change(SHEET, "<f>LEN(B5)</f>", '<f t="shared" si="0"/>')
    parts.change(SHEET, "<f>LEN(B6)</f>", '<f t="shared" si="0"/>')
    parts.save(form)
    found = rows(filled(form, 5))
    assert [found[row][-1] for row in range(4, 9)] == [f"LEN(B{row})" for row in range(4, 9)]


@pytest.mark.parametrize(
    ("edit", "rows"), [("oneCell", ["13", "15"]), ("twoCell", ["13", "15"]), ("absolute", ["9", "11"])]
)
def test_shapes_move_as_they_are_anchored(form: Path, edit: str, rows: list[str]) -> None:
    parts = Parts.of(form)
    parts.change("xl/drawings/drawing1.xml", "<xdr:twoCellAnchor ", f'<xdr:twoCellAnchor editAs="{edit}" ')
    parts.save(form)
    assert re.findall(r"<xdr:row>(\d+)", filled(form, 7).text("xl/drawings/drawing1.xml")) == rows


def test_a_shape_over_the_lines_grows_unless_it_keeps_its_size(form: Path) -> None:
    parts = Parts.of(form)
    parts.change("xl/drawings/drawing1.xml", "<xdr:row>9<", "<xdr:row>3<")
    parts.save(form)
    assert re.findall(r"<xdr:row>(\d+)", filled(form, 7).text("xl/drawings/drawing1.xml")) == ["3", "15"]


# ---------------------------------------------------------------- marks outside cells, and cut in pieces


def test_a_text_box_is_filled_though_its_mark_is_cut(form: Path) -> None:
    text = re.findall("<a:t>(.*?)</a:t>", filled(form, 1).text("xl/drawings/drawing1.xml"))
    assert text == ["经办：王书记", "，已核"]


def test_a_chart_title_is_filled(form: Path) -> None:
    assert "培花人数" in filled(form, 1).text("xl/charts/chart1.xml")


def test_marks_outside_cells_are_listed(form: Path) -> None:
    found = {(mark.cell, mark.names) for mark in reports.scan(form).marks}
    assert {("页脚", ("maker",)), ("文本框", ("maker",)), ("图表", ("committee",))} <= found


def test_a_text_box_belongs_to_no_record(form: Path) -> None:
    parts = Parts.of(form)
    parts.change("xl/drawings/drawing1.xml", "{{ma", "{{name}}{{ma")
    parts.save(form)
    with pytest.raises(UserError, match="mark-unknown"):
        filled(form, 1)


def shared_text(form: Path, runs: str) -> Path:
    """The marked cell B4 reads this from the texts that cells share."""
    parts = Parts.of(form)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts.change(SHEET, 't="inlineStr"><is><t>{{name}}</t></is>', 't="s"><v>1</v>')
    parts.add("xl/sharedStrings.xml", f'<sst xmlns="{main}"><si><t>别的</t></si><si>{runs}</si></sst>',
              "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml")  # fmt: skip
    parts.relate("xl/workbook.xml", "sharedStrings", "sharedStrings.xml", "rIdStrings")
    return parts.save(form)


def test_shared_texts_stay_as_they_are(form: Path) -> None:
    shared_text(form, "<t>{{name}}</t>")
    parts = filled(form, 7)
    assert rows(parts)[4][1] == "居民1"
    assert parts["xl/sharedStrings.xml"] == Parts.of(form)["xl/sharedStrings.xml"]


def test_a_mark_cut_over_formats_takes_that_of_its_beginning(form: Path) -> None:
    shared_text(form, "<r><rPr><b/></rPr><t>姓名：{{na</t></r><r><rPr><i/></rPr><t>me}}。</t></r>")
    sheet = filled(form, 1).text(SHEET)
    assert "<is><r><rPr><b/></rPr><t>姓名：居民1</t></r><r><rPr><i/></rPr><t>。</t></r></is>" in sheet


def test_phonetic_hints_are_no_marks(form: Path) -> None:
    shared_text(form, '<t>{{name}}</t><rPh sb="0" eb="1"><t>{{none}}</t></rPh>')
    assert rows(filled(form, 1))[4][1] == "居民1"


def test_a_mark_may_hold_any_words(form: Path) -> None:
    asked = "实有人口:性别=女,年龄>=60"
    parts = Parts.of(form)
    parts.change(SHEET, "{{committee}}", "{{实有人口:性别=女,年龄&gt;=60}}")
    parts.save(form)
    assert rows(filled(form, 1, once={**ONCE, asked: 12}))[1][0] == "12花名册"


# ---------------------------------------------------------------- several sheets


def test_each_sheet_has_its_own_rows_and_fields(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "人"
    book.active["A1"], book.active["B1"] = "{{name}}", "共{{count}}"
    book.create_sheet("户")["A1"] = "{{door}}"
    book.save(tmp_path / "form.xlsx")
    result = reports.fill(
        tmp_path / "form.xlsx", tmp_path / "out.xlsx", once={},
        rows={"人": people(3), "户": [{"door": "101"}, {"door": "102"}]}, fields={"人": {"name"}, "户": {"door"}},
    )  # fmt: skip
    parts = Parts.of(tmp_path / "out.xlsx")
    assert re.findall("<t>(.*?)</t>", parts.text("xl/worksheets/sheet2.xml")) == ["101", "102"]
    assert rows(parts)[3] == ["居民3", "共3"]
    assert result == reports.Filled(5, 8)


def test_a_field_of_another_sheet_is_unknown(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "人"
    book.active["A1"] = "{{door}}"
    book.save(tmp_path / "form.xlsx")
    with pytest.raises(UserError, match="mark-unknown"):
        reports.fill(tmp_path / "form.xlsx", tmp_path / "out.xlsx", once={}, rows={}, fields={"户": {"door"}})


# ---------------------------------------------------------------- protected sheets


def protected(form: Path, how: str) -> Path:
    parts = Parts.of(form)
    parts.change(SHEET, "</sheetData>", f"</sheetData><sheetProtection {how}/>")
    return parts.save(form)


def test_no_rows_go_into_a_sheet_that_forbids_it(form: Path) -> None:
    protected(form, 'password="CC1A" sheet="1" objects="1"')
    with pytest.raises(UserError) as error:
        filled(form, 7)
    assert error.value.code == "report-protected-rows"
    assert "解除保护" in say(error.value.code, **error.value.details)
    assert not (form.parent / "out.xlsx").exists()


def test_lines_of_a_protected_sheet_are_filled(form: Path) -> None:
    protected(form, 'password="CC1A" sheet="1"')
    assert '<sheetProtection password="CC1A" sheet="1"/>' in filled(form, 3).text(SHEET)


def test_rows_go_into_a_protected_sheet_that_allows_it(form: Path) -> None:
    protected(form, 'sheet="1" insertRows="0"')
    assert rows(filled(form, 7))[11][0] == "合计"


def test_reading_the_rows_can_be_cancelled(form: Path) -> None:
    read: list[int] = []

    def slowly() -> Any:
        for number in range(10_000):
            read.append(number)
            yield {"name": str(number)}

    with pytest.raises(UserError, match="cancelled"):
        filled(form, 0, rows=slowly(), cancelled=lambda: len(read) > 100)
    assert len(read) < 1000
    assert [path.name for path in form.parent.iterdir()] == ["form.xlsx"]


# ---------------------------------------------------------------- the arithmetic


@given(first=st.integers(1, 30), height=st.integers(1, 3), lines=st.integers(1, 5), more=st.integers(0, 40),
       row=st.integers(1, 80), length=st.integers(0, 20))  # fmt: skip
def test_inserted_rows_leave_every_cell_in_sight(
    first: int, height: int, lines: int, more: int, row: int, length: int
) -> None:
    """A range holds after the insertion the cells that it held before, wherever they went, and no others of the form."""
    room = Insertion("S", first, first + height * lines - 1, more * height, height)
    text = room.formula(f"=COUNT($A${row}:$A${row + length},1)", "S")
    top, bottom = (int(each) for each in re.findall(r"\$A\$(\d+)", text))
    was = {room.row(each) for each in range(row, row + length + 1)}
    new = range(room.last + 1, room.last + room.extra + 1)
    assert {each for each in range(top, bottom + 1) if each not in new} == was


@given(st.text("AB$1:5!'SU+,()\"{}[]#< =", max_size=14), st.integers(1, 9))
def test_whatever_a_formula_is_the_same_names_and_texts_are_in_it(text: str, row: int) -> None:
    moved = Insertion("S", 1, 2, 5).bare(text, "S", row)
    assert re.sub(r"\d", "", moved) == re.sub(r"\d", "", text)


@pytest.mark.parametrize("text", ["A'", "#", ")", '"', "SUM(A5", "", "A5 B5'"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert Insertion("S", 1, 2, 5).bare(text, "T") == text

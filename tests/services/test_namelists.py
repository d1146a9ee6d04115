"""下发名单核查回填: who is found, what is filled where, and that nothing else of the file changes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from app.cli import main
from app.db import history
from app.domain.findings import Refused, UserError
from app.services import accounts, namelists, records, rosters, search, shares, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import Street

TITLES = [
    "序号", "姓名", "性别", "身份证号码", "地址", "核查结果", "现住址", "联系电话", "是否在沪", "核查人", "核查时间", "备注",
]  # fmt: skip
ROWS: list[list[Any]] = [
    [1, "王建国", "男", "310115195803120010", "上海市浦东新区培花新村12号302室"],
    [2, "李秀英", "女", "", "培花新村12号302室"],
    [3, "赵六", "男", "", "培花新村13号101室"],
    [4, "钱七", "男", "", "培花新村13号201室"],
    [5, "周无名", "女", "", "培花新村12号302室"],
    [6, "吴远方", "男", "", "某某花园88号101室"],
    [7, "王建国", "男", "310115195803120010", "培花新村12号302室"],
    [8, "孙八", "女", "", ""],
    [9, "郑九", "男", "", "培花新村12号502室"],
]
HEAD = 3


@pytest.fixture
def known(session: Session, tmp_path: Path) -> Session:
    """People of each kind: living here, dead, gone, registered only, and two who are called the same."""
    book = Workbook()
    for row in (
        ["小区", "楼号", "室号", "姓名", "性别", "身份证号码", "联系电话", "人员状态", "居住类型"],
        ["培花新村", "12号", "302", "王建国", "男", "310115195803120010", "13812345678", "在住", ""],
        ["培花新村", "12号", "302", "李秀英", "女", "", "58881234", "在住", ""],
        ["培花新村", "13号", "101", "赵六", "男", "", "13600000000", "去世", ""],
        ["培花新村", "13号", "201", "钱七", "男", "", "13600000001", "迁出", ""],
        ["培花新村", "12号", "401", "孙八", "女", "", "", "", ""],
        ["培花新村", "12号", "402", "孙八", "女", "", "", "", ""],
        ["培花新村", "12号", "502", "郑九", "男", "", "13600000002", "", "户籍"],
    ):
        book.active.append(row)
    book.save(tmp_path / "名册.xlsx")
    rosters.apply(session, rosters.preview(session, tmp_path / "名册.xlsx"))
    return session


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A list as it comes down: title block, styles, a rule, a comment, a second sheet."""
    return write_list(tmp_path / "下发名单.xlsx")


def write_list(path: Path, titles: list[str] = TITLES, rows: list[list[Any]] = ROWS) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "核查名单"
    sheet["A1"] = "花木街道核查名单（核实后今晚回）"
    sheet.merge_cells("A1:L1")
    sheet.row_dimensions[1].height = 31
    for line in (titles, *rows):
        sheet.append(line) if line is not titles else [sheet.cell(HEAD, n, text) for n, text in enumerate(line, 1)]
    edge = Side(style="thin", color="888888")
    for row in sheet.iter_rows(min_row=HEAD, max_row=HEAD + len(rows), max_col=len(titles)):
        for cell in row:
            cell.border = Border(left=edge, right=edge, top=edge, bottom=edge)
            cell.font = Font(name="仿宋", size=11, bold=cell.row == HEAD)
    for cell in sheet[HEAD]:
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
    sheet.column_dimensions["E"].width = 40
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("I4:I20")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add(
        "F4:F20", CellIsRule(operator="equal", formula=['"查无此人"'], font=Font(color="FF0000"))
    )
    sheet["B4"].comment = Comment("请优先核实", "街道")
    book.create_sheet("填表说明")["A1"] = "=SUM(1,2)"
    book.save(path)
    return path


def verdicts(checked: namelists.Checked) -> list[str]:
    return [row.judged.verdict.value for row in checked.rows]


def filled(path: Path) -> dict[str, list[Any]]:
    """Column title → cells."""
    sheet = load_workbook(path)["核查名单"]
    return {
        sheet.cell(HEAD, column).value: [sheet.cell(row, column).value for row in range(HEAD + 1, HEAD + 1 + len(ROWS))]
        for column in range(1, sheet.max_column + 1)
    }


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def look_of(cell: Any) -> tuple[str, ...]:
    return repr(cell.font), repr(cell.border), repr(cell.fill), cell.number_format


def exports(session: Session) -> list[dict[str, Any]]:
    with session.db.reading() as connection:
        return history.acts(connection, session.office, actions=("export",))


# ---------------------------------------------------------------- who is it


def test_each_kind_of_person_gets_its_verdict(known: Session, names: Path) -> None:
    checked = namelists.look(known, names)
    assert verdicts(checked) == [
        "在册实住", "在册实住", "已去世", "已迁出", "查无此人", "地址不详", "重复", "待核", "人户分离",
    ]  # fmt: skip
    assert [(row.row, row.judged.reason) for row in checked.unmatched] == [
        (8, "nobody-here"), (9, "place-unknown"), (11, "namesake"),
    ]  # fmt: skip
    assert checked.rows[6].judged.details == {"row": 4} and checked.rows[7].who == "孙八"
    assert exports(known) == []


def test_a_person_at_another_door_is_found_and_the_real_one_is_told(known: Session, tmp_path: Path) -> None:
    path = write_list(tmp_path / "名单.xlsx", TITLES, [[1, "王建国", "男", "310115195803120010", "培花新村13号101室"]])
    (row,) = namelists.look(known, path).rows
    assert row.judged.reason == "other-door" and "培花新村12号302室" in row.reason
    assert row.fills[6] == "培花新村12号302室" and "不同" in row.fills[11]


def test_a_hukou_address_is_taken_where_the_list_gives_no_other(known: Session, tmp_path: Path) -> None:
    titles = ["姓名", "户籍地址", "核查结果"]
    path = write_list(
        tmp_path / "名单.xlsx", titles, [["李秀英", "上海市浦东新区培花新村12号302室"], ["孙八", "安徽省"]]
    )
    assert verdicts(namelists.look(known, path)) == ["在册实住", "待核"]


def test_nothing_enters_the_base(known: Session, names: Path, tmp_path: Path) -> None:
    with known.db.reading() as connection:
        before = history.last_batch(connection, known.committee_id)
    namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx")
    with known.db.reading() as connection:
        assert history.last_batch(connection, known.committee_id) == before
    assert search.find(known, "周无名") == []


def test_a_centre_looks_through_all_committees(street: Street, tmp_path: Path) -> None:
    for number, name in ((1, "王建国"), (2, "李秀英")):
        committee = street.committee(number)
        door = records.add(committee, "dwelling", {"estate": f"第{number}新村", "building": "12号", "room": "302"})
        home = records.add(committee, "household", {"dwelling": door.id})
        records.add(committee, "resident", {"household": home.id, "name": name})
        street.bring(street.centre, street.send(committee))
    rows = [["王建国", "第1新村12号302室"], ["李秀英", "第2新村12号302室"], ["李秀英", "第1新村12号302室"]]
    path = write_list(tmp_path / "名单.xlsx", ["姓名", "地址", "核查结果"], rows)
    assert verdicts(namelists.look(street.centre, path)) == ["在册实住", "在册实住", "待核"]


# ---------------------------------------------------------------- what is filled


def test_the_empty_columns_are_filled_and_doubtful_rows_are_not(known: Session, names: Path, tmp_path: Path) -> None:
    done = namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx")
    cells = filled(tmp_path / "回.xlsx")
    assert cells["核查结果"] == [
        "在册实住",
        "在册实住",
        "已去世",
        "已迁出",
        "查无此人",
        "地址不详",
        "重复",
        None,
        "人户分离",
    ]
    assert cells["现住址"] == ["培花新村12号302室", "培花新村12号302室", *[None] * 7]
    assert cells["联系电话"] == ["13812345678", "58881234", *[None] * 6, "13600000002"]
    assert cells["是否在沪"] == ["是", "是", *[None] * 7]
    assert cells["核查人"] == [*[ACCOUNT] * 7, None, ACCOUNT] and cells["核查时间"][0] == "2020-05-25"
    assert "第 4 行" in cells["备注"][6] and cells["备注"][0] is None and cells["备注"][7] is None
    assert [cells[title] for title in TITLES[:5]] == [
        [*(row[index] or None for row in ROWS)] for index in range(5)
    ]  # fmt: skip
    assert (done["filled"], done["matched"], len(done["unmatched"])) == (8, 6, 3)


def test_everything_else_of_the_package_stays_byte_for_byte(known: Session, names: Path, tmp_path: Path) -> None:
    namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx")
    before, after = parts(names), parts(tmp_path / "回.xlsx")
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    old, new = load_workbook(names)["核查名单"], load_workbook(tmp_path / "回.xlsx")["核查名单"]
    for row in old.iter_rows():
        for cell in row:
            assert look_of(new[cell.coordinate]) == look_of(cell)
            if cell.value is not None:
                assert new[cell.coordinate].value == cell.value


def test_what_stands_in_a_cell_is_never_overwritten_and_a_contradiction_is_told(
    known: Session, names: Path, tmp_path: Path
) -> None:
    book = load_workbook(names)
    book["核查名单"]["F4"], book["核查名单"]["H5"] = "查无此人", "=1+1"
    book.save(names)
    checked = namelists.look(known, names)
    namelists.fill(known, checked, tmp_path / "回.xlsx")
    sheet = load_workbook(tmp_path / "回.xlsx")["核查名单"]
    assert (sheet["F4"].value, sheet["H5"].value, sheet["F5"].value) == ("查无此人", "=1+1", "在册实住")
    told = [each for each in checked.findings if each.code == "check-otherwise"]
    assert [(each.row, each.value, each.details) for each in told] == [(4, "查无此人", {"ours": "在册实住"})]


def test_a_second_run_fills_the_rest(known: Session, names: Path, tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.xlsx" for name in ("一", "二", "三"))
    namelists.fill(known, namelists.look(known, names, only_matched=True), first)
    assert filled(first)["核查结果"][4:6] == [None, None]
    records.remove(known, "resident", search.find(known, "402 孙八")[0]["id"])
    records.change(known, "resident", search.find(known, "孙八")[0]["id"], {"birth_year": 1960})
    done = namelists.fill(known, namelists.look(known, first), second)
    assert done["filled"] == 2 and filled(second)["核查结果"][4:6] == ["查无此人", "地址不详"]
    assert namelists.fill(known, namelists.look(known, second), third)["cells"] == 0


def test_only_chosen_fields_are_filled(known: Session, names: Path, tmp_path: Path) -> None:
    namelists.fill(known, namelists.look(known, names, fields=["address"]), tmp_path / "回.xlsx")
    cells = filled(tmp_path / "回.xlsx")
    assert cells["现住址"][0] and not any(cells["联系电话"])


def test_a_title_may_be_told_and_another_left_alone(known: Session, tmp_path: Path) -> None:
    titles = ["姓名", "地址", "街道意见", "备注"]
    path = write_list(
        tmp_path / "名单.xlsx", titles, [["李秀英", "培花新村13号101室"], ["王建国", "培花新村12号302室"]]
    )
    checked = namelists.look(known, path, columns={"街道意见": "verdict", "备注": ""})
    assert [(each.letter, each.key) for each in checked.answers] == [("C", "verdict")]
    assert checked.rows[1].fills == {2: "在册实住"}


@pytest.mark.parametrize(
    ("how", "code"),
    [({"fields": ["没有"]}, "answer-unknown"), ({"columns": {"没有这列": "verdict"}}, "column-unknown"),
     ({"columns": {"备注": "没有"}}, "answer-unknown"), ({"sheet": "没有"}, "sheet-unknown")],
)  # fmt: skip
def test_what_is_not_there_is_refused(known: Session, names: Path, how: dict[str, Any], code: str) -> None:
    with pytest.raises(UserError, match=code):
        namelists.look(known, names, **how)


def test_without_a_column_for_it_the_verdict_is_offered_one(known: Session, tmp_path: Path) -> None:
    path = write_list(tmp_path / "名单.xlsx", ["序号", "姓名", "地址"], [[1, "李秀英", "培花新村12号302室"]])
    checked = namelists.look(known, path)
    assert [each.code for each in checked.findings] == ["check-no-column"] and checked.changes == {}
    checked = namelists.look(known, path, add_column=True)
    namelists.fill(known, checked, tmp_path / "回.xlsx")
    sheet = load_workbook(tmp_path / "回.xlsx")["核查名单"]
    assert (sheet["D3"].value, sheet["D4"].value) == ("核查结果", "在册实住")
    assert look_of(sheet["D3"]) == look_of(sheet["C3"]) and look_of(sheet["D4"]) == look_of(sheet["C4"])
    before, after = parts(path), parts(tmp_path / "回.xlsx")
    assert {name for name in before if before[name] != after.get(name)} <= {
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
    }


def test_核实情况_takes_the_verdict_where_it_is_the_only_column(known: Session, tmp_path: Path) -> None:
    path = write_list(tmp_path / "名单.xlsx", ["姓名", "地址", "核实情况\n（必填）"], [["李秀英", "培花新村12号302室"]])
    assert namelists.look(known, path).rows[0].fills == {2: "在册实住"}


def test_both_columns_give_the_verdict_and_a_sentence(known: Session, tmp_path: Path) -> None:
    path = write_list(
        tmp_path / "名单.xlsx", ["姓名", "地址", "核实情况", "核查结果"], [["李秀英", "培花新村12号302室"]]
    )
    assert namelists.look(known, path).rows[0].fills == {2: "在册，实住于培花新村12号302室", 3: "在册实住"}


def test_a_cell_under_a_merged_one_is_passed_over(known: Session, names: Path, tmp_path: Path) -> None:
    book = load_workbook(names)
    book["核查名单"].merge_cells("L4:L5")
    book["核查名单"].merge_cells("G4:G6")
    book.save(names)
    namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx")
    sheet = load_workbook(tmp_path / "回.xlsx")["核查名单"]
    assert (sheet["G4"].value, sheet["G5"].value, sheet["F5"].value) == ("培花新村12号302室", None, "在册实住")


def test_a_number_alone_says_who_it_is_and_a_phone_alone_does_not(known: Session, tmp_path: Path) -> None:
    titles = ["姓名", "身份证号码", "联系电话", "核查结果"]
    rows = [["", "310115195803120010", "", ""], ["", "", "58881234", ""], ["李秀英", "", "", ""]]
    checked = namelists.look(known, write_list(tmp_path / "名单.xlsx", titles, rows))
    assert [(row.row, row.who) for row in checked.rows if row.judged.matched] == [(4, "王建国")]
    assert (5, "check-no-name") in [(each.row, each.code) for each in checked.findings]


def test_a_sheet_that_its_maker_locked_is_not_written(known: Session, names: Path, tmp_path: Path) -> None:
    book = load_workbook(names)
    book["核查名单"].protection.sheet = True
    book.save(names)
    with pytest.raises(UserError, match="cell-locked"):
        namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx")
    assert not (tmp_path / "回.xlsx").exists() and exports(known) == []


# ---------------------------------------------------------------- other files


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_stays_as_it_is_but_for_the_rows_that_are_filled(known: Session, tmp_path: Path, encoding: str) -> None:
    text = '姓名,地址,核查结果\r\n李秀英,培花新村12号302室,\r\n"孙八" ,"",\r\n周无名,培花新村12号302室\r\n'
    path = tmp_path / "名单.csv"
    path.write_bytes(text.encode(encoding))
    namelists.fill(known, namelists.look(known, path), tmp_path / "回.csv")
    assert (tmp_path / "回.csv").read_bytes() == (
        text.replace("302室,\r", "302室,在册实住\r").replace("302室\r", "302室,查无此人\r").encode(encoding)
    )


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".xlsm"])
def test_other_kinds_are_refused_with_how_to_save_them(known: Session, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"名单{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(UserError, match="check-type"):
        namelists.look(known, path)


def test_the_list_itself_is_never_written_over(known: Session, names: Path) -> None:
    before = names.read_bytes()
    with pytest.raises(UserError, match="check-over-list"):
        namelists.fill(known, namelists.look(known, names), names)
    assert names.read_bytes() == before and exports(known) == []


def test_another_kind_of_file_is_not_written(known: Session, names: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="check-out-type"):
        namelists.fill(known, namelists.look(known, names), tmp_path / "回.csv")


def test_whom_to_call_is_a_list_of_its_own(known: Session, names: Path, tmp_path: Path) -> None:
    out = tmp_path / "走访.xlsx"
    namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx", unmatched=out)
    rows = list(load_workbook(out).active.iter_rows(values_only=True))
    assert [(row[0], row[1], row[6]) for row in rows[1:]] == [
        ("8", "周无名", "查无此人"), ("9", "吴远方", "地址不详"), ("11", "孙八", "待核"),
    ]  # fmt: skip
    assert rows[2][4] == "某某花园88号101室" and rows[0][-4:] == ("是否联系上", "联系结果", "经办人", "日期")
    assert not any(cell for row in rows[1:] for cell in row[-4:])


# ---------------------------------------------------------------- rights and traces


def test_what_is_told_leaves_an_entry_with_fields_and_counts(known: Session, names: Path, tmp_path: Path) -> None:
    namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx", to="花木街道")
    (act,) = exports(known)
    assert act["said"]["persons"] == 5 and act["said"]["fields"] == ["address", "phone"] and act["said"]["rows"] == 9
    (shared,) = shares.list_(known)
    assert (shared["kind"], shared["to"], shared["what"]) == ("check", "花木街道", "回.xlsx")


def test_whoever_only_looks_sees_no_phone_in_full(known: Session, names: Path, tmp_path: Path) -> None:
    checked = namelists.look(known, names)
    assert checked.rows[0].fills[7] == "138****5678" and exports(known) == []
    namelists.fill(known, checked, tmp_path / "回.xlsx")
    assert filled(tmp_path / "回.xlsx")["联系电话"][0] == "13812345678"


def test_a_phone_list_says_what_it_tells_of_each(known: Session, names: Path, tmp_path: Path) -> None:
    namelists.calls(known, namelists.look(known, names), tmp_path / "走访.xlsx")
    namelists.fill(known, namelists.look(known, names), tmp_path / "回.xlsx", unmatched=tmp_path / "二.xlsx")
    for act in exports(known):
        assert set(act["said"]["fields"]) >= {"name", "sex", "birth_year", "address", "phone"}


def sensitive(tmp_path: Path) -> Path:
    rows = [["李秀英", "培花新村12号302室"], ["王建国", "培花新村12号302室"]]
    return write_list(tmp_path / "敏感.xlsx", ["姓名", "地址", "核查结果", "身份证号码"], rows)


def test_sensitive_fields_are_masked_without_a_purpose_and_open_with_one(known: Session, tmp_path: Path) -> None:
    checked = namelists.look(known, sensitive(tmp_path), fields=["id_number"])
    assert checked.sensitive == ["身份证号码"]
    namelists.fill(known, checked, tmp_path / "一.xlsx")
    assert "*" in load_workbook(tmp_path / "一.xlsx")["核查名单"]["D5"].value
    namelists.fill(known, checked, tmp_path / "二.xlsx", purpose="registration")
    assert load_workbook(tmp_path / "二.xlsx")["核查名单"]["D5"].value == "310115195803120010"
    assert [act["said"]["sensitive"] for act in exports(known)] == [True, False]


def test_a_worker_opens_only_those_assigned_to_it(known: Session, folder: Path, tmp_path: Path) -> None:
    accounts.add(known, "社工", "mima-23456", ["worker"])
    workspaces.lock(known)
    worker = workspaces.unlock(folder, "社工", "mima-23456", clock=known.clock)
    checked = namelists.look(worker, sensitive(tmp_path), fields=["id_number"])
    with pytest.raises(Refused, match=r"not-assigned-list|ring-needed"):
        namelists.fill(worker, checked, tmp_path / "回.xlsx", purpose="registration")
    assert not (tmp_path / "回.xlsx").exists()
    workspaces.lock(worker)


# ---------------------------------------------------------------- the command line


def test_the_command_fills_and_tells_who_was_not_found(
    known: Session, folder: Path, names: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    workspaces.lock(known)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    out, calls = tmp_path / "回.xlsx", tmp_path / "走访.xlsx"
    common = ["--data", str(folder), "--account", ACCOUNT]
    asked = ["check", *common, "--json", str(names), "--out", str(out), "--unmatched", str(calls), "--maker", "李社工"]
    assert main(asked) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["rows"], said["matched"]) == (9, 6)
    assert next((each["row"], each["reason"]) for each in said["unmatched"]) == (8, "nobody-here")
    assert calls.exists() and filled(out)["核查人"][0] == "李社工"
    assert main(["check", *common, str(tmp_path / "没有.xlsx"), "--out", str(out)]) == 1

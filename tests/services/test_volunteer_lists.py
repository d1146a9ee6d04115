"""Lists for volunteers: what goes out, and that only what somebody changed comes back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.cli import main
from app.domain.findings import UserError
from app.services import doubtful, places, records, rosters, search, shares, undoing, volunteer_lists, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import Street

HEAD = 4
FIELDS = ("phone", "status", "status_since", "party_member", "note")


@pytest.fixture
def known(session: Session, tmp_path: Path) -> Session:
    """Two buildings with five people; one of them has died."""
    book = Workbook()
    for row in (
        ["小区", "楼号", "室号", "姓名", "性别", "身份证号码", "联系电话", "人员状态", "备注"],
        ["培花新村", "12号", "302", "王建国", "男", "310115195803120010", "13812345678", "在住", ""],
        ["培花新村", "12号", "302", "李秀英", "女", "", "58881234", "在住", "听力不好"],
        ["培花新村", "12号", "101", "张三", "男", "", "", "", ""],
        ["培花新村", "2号", "101", "赵六", "男", "", "", "去世", ""],
        ["培花新村", "2号", "201", "钱七", "女", "", "", "", ""],
    ):
        book.active.append(row)
    book.save(tmp_path / "名册.xlsx")
    rosters.apply(session, rosters.preview(session, tmp_path / "名册.xlsx"))
    records.change(session, "resident", search.find(session, "钱七")[0]["id"], {"note": "=1+1"})
    return session


@pytest.fixture
def listed(known: Session, tmp_path: Path) -> Path:
    """A list of everybody, as it goes out."""
    volunteer_lists.make(known, tmp_path / "名单.xlsx", asked=FIELDS)
    return tmp_path / "名单.xlsx"


def changed(path: Path, change: Callable[[Any], object], sheet: str = "登记") -> Path:
    """The list as an office program saves it: protection dropped, strings written anew."""
    book = load_workbook(path)
    book["登记"].protection.sheet = False
    change(book[sheet])
    made = path.with_name(f"填好{len(list(path.parent.iterdir()))}.xlsx")
    book.save(made)
    return made


def column(sheet: Any, title: str) -> int:
    return next(cell.column for cell in sheet[HEAD] if cell.value == title)


def put(title: str, name: str, value: Any) -> Callable[[Any], None]:
    """Write into a person's cell."""

    def change(sheet: Any) -> None:
        at = column(sheet, "姓名")
        row = next(row for row in range(HEAD + 1, sheet.max_row + 1) if sheet.cell(row, at).value == name)
        sheet.cell(row, column(sheet, title)).value = value

    return change


def person(session: Session, name: str) -> dict[str, Any]:
    return records.show(session, "resident", search.find(session, name)[0]["id"], history=True)


def codes(reading: volunteer_lists.Reading) -> list[str]:
    return [each.code for each in reading.findings]


# ---------------------------------------------------------------- out


def test_a_list_is_locked_where_it_says_who_and_open_where_something_is_asked(listed: Path) -> None:
    sheet = load_workbook(listed)["登记"]
    assert sheet.protection.sheet and not sheet.protection.password
    assert not sheet.protection.sort and not sheet.protection.autoFilter and not sheet.protection.formatColumns
    locked = {cell.value: sheet.cell(HEAD + 1, cell.column).protection.locked for cell in sheet[HEAD]}
    assert locked == {
        "编号": True, "楼号": True, "室号": True, "姓名": True, "性别": True, "联系电话": False, "人员状态": False,
        "状态日期": False, "党员": False, "备注": False,
    }  # fmt: skip
    rules = {next(iter(rule.sqref.ranges)).min_col: rule for rule in sheet.data_validations.dataValidation}
    assert "暂离" in rules[column(sheet, "人员状态")].formula1
    assert rules[column(sheet, "党员")].formula1 == '"是,否"' and rules[column(sheet, "状态日期")].type == "date"
    assert sheet.freeze_panes == "A5" and sheet.print_title_rows == "$4:$4" and sheet.page_setup.paperSize == 9


def test_people_stand_in_walking_order_without_the_dead_and_text_is_never_a_formula(listed: Path) -> None:
    sheet = load_workbook(listed)["登记"]
    at = column(sheet, "姓名")
    cells = [sheet.cell(row, at) for row in range(HEAD + 1, HEAD + 6)]
    assert [cell.value for cell in cells] == ["钱七", "张三", "王建国", "李秀英", None]
    note = sheet.cell(HEAD + 1, column(sheet, "备注"))
    assert (note.value, note.data_type, note.quotePrefix) == ("=1+1", "s", True)


def test_the_hidden_sheet_holds_no_more_than_is_shown(listed: Path) -> None:
    book = load_workbook(listed)
    assert book["loutu"].sheet_state == "veryHidden"
    texts = " ".join(str(cell) for row in book["loutu"].iter_rows(values_only=True) for cell in row if cell)
    assert "13812345678" in texts and "19580312" not in texts and "赵六" not in texts


def test_a_list_of_one_building_and_of_those_who_fit(known: Session, tmp_path: Path) -> None:
    one = volunteer_lists.make(known, tmp_path / "一.xlsx", buildings=["培花新村/12号"])
    assert one["rows"] == 3
    assert volunteer_lists.make(known, tmp_path / "二.xlsx", estate="培花新村", where=[("sex", "女")])["rows"] == 2
    assert volunteer_lists.make(known, tmp_path / "三.xlsx", where=[("status", "去世")])["rows"] == 1


@pytest.mark.parametrize(
    ("asked", "code"), [(["id_number"], "list-field"), (["care_groups_sensitive"], "list-field"), ([], "list-field")]
)
def test_what_is_sensitive_is_never_asked_of_volunteers(
    known: Session, tmp_path: Path, asked: list[str], code: str
) -> None:
    with pytest.raises(UserError) as refused:
        volunteer_lists.make(known, tmp_path / "名单.xlsx", asked=asked)
    assert refused.value.code == code and not (tmp_path / "名单.xlsx").exists()


def test_nobody_behind_these_doors_makes_no_list(known: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="list-empty"):
        volunteer_lists.make(known, tmp_path / "名单.xlsx", where=[("name", "没有")])


def test_a_list_that_leaves_is_an_entry_with_its_fields_and_head_count(known: Session, listed: Path) -> None:
    (shared,) = [each for each in shares.list_(known) if each["kind"] == "list"]
    assert shared["persons"] == 4 and "联系电话" in shared["fields"] and shared["what"] == "名单.xlsx"


# ---------------------------------------------------------------- back


def test_a_list_that_nobody_filled_changes_nothing(known: Session, listed: Path) -> None:
    reading = volunteer_lists.read(known, changed(listed, lambda sheet: None))
    assert reading.differences == () and reading.additions == () and reading.findings == ()
    assert volunteer_lists.apply(known, reading)["batch"] == ""


def test_only_what_was_changed_arrives_and_says_where_from(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        put("联系电话", "张三", 13900001111.0)(sheet)
        put("党员", "李秀英", "√")(sheet)
        put("状态日期", "王建国", "2020年5月1日")(sheet)
        sheet["C3"] = "志愿者甲"

    reading = volunteer_lists.read(known, changed(listed, change))
    assert {(each.name, each.field, each.old, each.new) for each in reading.differences} == {
        ("张三", "phone", "", "13900001111"), ("李秀英", "party_member", "", "是"),
        ("王建国", "status_since", "", "2020-05-01"),
    }  # fmt: skip
    done = volunteer_lists.apply(known, reading)
    assert (done["written"], done["persons"], done["added"]) == (3, 3, 0)
    shown = person(known, "张三")
    assert shown["phone"] == "13900001111"
    assert "志愿者甲" in next(each["source"] for each in shown["history"] if each["field"] == "phones")
    assert next(each["file"] for each in rosters.imports(known)).startswith("志愿者名单")


def test_reading_the_same_list_again_does_nothing(known: Session, listed: Path) -> None:
    filled = changed(listed, put("备注", "张三", "已搬到女儿家"))
    volunteer_lists.apply(known, volunteer_lists.read(known, filled))
    again = volunteer_lists.read(known, filled)
    assert again.differences == () and again.findings == ()


def test_one_undo_takes_all_of_it_back(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        put("联系电话", "王建国", "13900001111")(sheet)
        put("备注", "张三", "独自居住")(sheet)

    done = volunteer_lists.apply(known, volunteer_lists.read(known, changed(listed, change)))
    undoing.undo(known, done["batch"])
    assert person(known, "王建国")["phone"] == "13812345678" and "note" not in person(known, "张三")


def test_a_newer_value_is_not_overwritten_by_a_cell_nobody_touched(known: Session, listed: Path) -> None:
    records.change(known, "resident", person(known, "王建国")["id"], {"phone": "13700000000"})
    reading = volunteer_lists.read(known, changed(listed, put("备注", "王建国", "好")))
    assert [each.field for each in reading.differences] == ["note"]
    volunteer_lists.apply(known, reading)
    assert person(known, "王建国")["phone"] == "13700000000"


def test_where_both_changed_nothing_is_written_and_it_is_said(known: Session, listed: Path) -> None:
    records.change(known, "resident", person(known, "王建国")["id"], {"phone": "13700000000"})
    reading = volunteer_lists.read(known, changed(listed, put("联系电话", "王建国", "13900001111")))
    assert reading.differences == () and codes(reading) == ["list-both"]
    assert reading.findings[0].details == {"printed": "13812345678", "standing": "13700000000"}


def test_where_both_say_the_same_there_is_nothing_to_do(known: Session, listed: Path) -> None:
    records.change(known, "resident", person(known, "王建国")["id"], {"phone": "13900001111"})
    reading = volunteer_lists.read(known, changed(listed, put("联系电话", "王建国", "139 0000 1111")))
    assert reading.differences == () and reading.findings == ()


def test_an_emptied_cell_is_told_and_not_written(known: Session, listed: Path) -> None:
    reading = volunteer_lists.read(known, changed(listed, put("联系电话", "王建国", None)))
    assert reading.differences == () and codes(reading) == ["list-cleared"]


@pytest.mark.parametrize(
    ("title", "value", "code"),
    [("人员状态", "不知道哪里", "choice-unknown"), ("联系电话", "12", "phone-invalid"), ("状态日期", "2月30日", "date-invalid"),
     ("联系电话", "13900001111、13900002222", "list-several"), ("备注", "—", "list-no-value")],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_told_and_not_written(
    known: Session, listed: Path, title: str, value: str, code: str
) -> None:
    reading = volunteer_lists.read(known, changed(listed, put(title, "张三", value)))
    assert reading.differences == () and codes(reading) == [code]


def test_rows_and_columns_may_be_moved_and_blank_rows_stand_between(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        put("联系电话", "张三", "13900001111")(sheet)
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD)]
        head, body = rows[0], rows[1:5]
        sheet.delete_rows(HEAD, sheet.max_row)
        order = sorted(range(len(head)), key=lambda index: str(head[index]))
        for number, row in enumerate([head, *body[::-1][:2], [None] * len(head), *body[::-1][2:]], HEAD):
            for place, index in enumerate(order, 1):
                cell = sheet.cell(number, place, row[index])
                cell.data_type = "n" if row[index] is None else "s"  # =1+1 stays the text it is

    reading = volunteer_lists.read(known, changed(listed, change))
    assert [(each.name, each.new) for each in reading.differences] == [("张三", "13900001111")]
    assert reading.findings == ()


def test_a_column_somebody_added_is_named_and_one_taken_out_is_no_change(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.cell(HEAD, sheet.max_column + 1, "志愿者意见")
        sheet.cell(HEAD + 1, sheet.max_column, "要再去一次")
        sheet.delete_cols(column(sheet, "联系电话"))

    reading = volunteer_lists.read(known, changed(listed, change))
    assert reading.differences == ()
    assert [(each.code, each.column) for each in reading.findings] == [
        ("list-column-extra", "志愿者意见"), ("list-column-missing", "联系电话"),
    ]  # fmt: skip


def spare(**cells: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        row = next(
            row for row in range(HEAD + 1, sheet.max_row + 1) if sheet.cell(row, column(sheet, "姓名")).value is None
        )
        for title, value in cells.items():
            sheet.cell(row, column(sheet, title)).value = value

    return change


def test_somebody_who_was_not_on_the_list_waits_to_be_decided(known: Session, listed: Path) -> None:
    filled = changed(listed, spare(楼号="12号", 室号="401室", 姓名="孙八", 性别="男", 联系电话="13900003333"))
    reading = volunteer_lists.read(known, filled)
    assert [(each.values["name"], each.candidate) for each in reading.additions] == [("孙八", "")]
    assert volunteer_lists.apply(known, reading, by="志愿者乙")["added"] == 1
    (waiting,) = doubtful.pending(known)
    assert waiting["reason"] == "not-on-list" and waiting["candidate"] is None
    doubtful.decide(known, waiting["id"], "new")
    assert search.find(known, "孙八")[0]["id"]
    assert places.resolve(known, "培花新村/12号/401", "dwelling")
    assert volunteer_lists.read(known, filled).additions == ()


def test_somebody_known_in_a_new_line_is_named_as_who_it_may_be(known: Session, listed: Path) -> None:
    reading = volunteer_lists.read(known, changed(listed, spare(楼号="2号", 室号="101", 姓名="赵六", 性别="男")))
    assert reading.additions[0].candidate == search.find(known, "赵六")[0]["id"]


def test_a_new_line_without_a_door_is_said_where_the_list_has_several_buildings(known: Session, listed: Path) -> None:
    reading = volunteer_lists.read(known, changed(listed, spare(姓名="孙八")))
    assert reading.additions == () and codes(reading) == ["list-line-unread"]


def test_a_name_that_does_not_go_with_its_number_is_not_taken(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        put("联系电话", "张三", "13900001111")(sheet)
        put("姓名", "张三", "张四")(sheet)

    reading = volunteer_lists.read(known, changed(listed, change))
    assert reading.differences == () and codes(reading) == ["list-other-name"]


def test_a_row_copied_counts_once(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        for index, cell in enumerate(sheet[HEAD + 2], 1):
            sheet.cell(HEAD + 8, index).value = cell.value

    assert codes(volunteer_lists.read(known, changed(listed, change))) == ["list-twice"]


def test_somebody_deleted_since_is_said(known: Session, listed: Path) -> None:
    filled = changed(listed, put("备注", "张三", "好"))
    records.remove(known, "resident", person(known, "张三")["id"])
    assert codes(volunteer_lists.read(known, filled)) == ["list-person-gone"]


# ---------------------------------------------------------------- what is refused


def refused(session: Session, path: Path) -> str:
    with pytest.raises(UserError) as error:
        volunteer_lists.read(session, path)
    return error.value.code


def test_another_persons_id_in_the_hidden_sheet_is_refused(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        one, two = sheet["A2"].value, sheet["A3"].value
        first, second = json.loads(one), json.loads(two)
        first[1], second[1] = second[1], first[1]
        sheet["A2"], sheet["A3"] = json.dumps(first, ensure_ascii=False), json.dumps(second, ensure_ascii=False)

    assert refused(known, changed(listed, change, "loutu")) == "list-tampered"


def test_a_printed_value_changed_in_the_hidden_sheet_is_refused(known: Session, listed: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["A4"] = sheet["A4"].value.replace("13812345678", "13812345679")

    assert refused(known, changed(listed, change, "loutu")) == "list-tampered"


def test_a_hidden_sheet_that_is_no_longer_one_is_refused(known: Session, listed: Path) -> None:
    assert refused(known, changed(listed, lambda sheet: sheet.delete_rows(3), "loutu")) == "list-tampered"


def test_a_copy_into_a_new_workbook_is_refused(known: Session, listed: Path) -> None:
    book = load_workbook(listed)
    del book["loutu"]
    book.save(listed)
    assert refused(known, listed) == "list-not-ours"


def test_a_header_that_was_overwritten_is_refused(known: Session, listed: Path) -> None:
    assert refused(known, changed(listed, lambda sheet: sheet.delete_rows(HEAD))) == "list-no-header"


def test_another_workspaces_list_is_refused(listed: Path, tmp_path: Path) -> None:
    workspaces.create(
        tmp_path / "other", role="committee", name="牡丹第一居委会", code="310115016011", account=ACCOUNT,
        password=PASSWORD, rehearsal=True,
    )  # fmt: skip
    other = workspaces.unlock(tmp_path / "other", ACCOUNT, PASSWORD)
    assert refused(other, listed) == "list-foreign"
    workspaces.lock(other)


def test_a_list_of_which_no_entry_is_here_is_refused(known: Session, listed: Path, tmp_path: Path) -> None:
    book = load_workbook(listed)
    sheet = book["loutu"]
    about = json.loads(sheet["A1"].value)
    sheet["A1"] = json.dumps({**about, "list": "00000000-0000-7000-8000-000000000000"}, ensure_ascii=False)
    book.save(listed)
    assert refused(known, listed) == "list-unknown"


def test_what_was_written_meanwhile_makes_a_reading_stale(known: Session, listed: Path) -> None:
    reading = volunteer_lists.read(known, changed(listed, put("联系电话", "王建国", "13900001111")))
    records.change(known, "resident", person(known, "王建国")["id"], {"phone": "13700000000"})
    with pytest.raises(UserError, match="plan-stale"):
        volunteer_lists.apply(known, reading)
    assert person(known, "王建国")["phone"] == "13700000000"


def test_a_centre_makes_and_reads_a_list_of_one_committee(street: Street, tmp_path: Path) -> None:
    for number in (1, 2):
        committee = street.committee(number)
        door = records.add(committee, "dwelling", {"estate": f"第{number}新村", "building": "12号", "room": "302"})
        home = records.add(committee, "household", {"dwelling": door.id})
        records.add(committee, "resident", {"household": home.id, "name": "王建国"})
        street.bring(street.centre, street.send(committee))
    with pytest.raises(UserError, match="list-one-committee"):
        volunteer_lists.make(street.centre, tmp_path / "名单.xlsx")
    volunteer_lists.make(street.centre, tmp_path / "名单.xlsx", estate="第2新村", asked=["note"])
    filled = changed(tmp_path / "名单.xlsx", put("备注", "王建国", "已核"))
    reading = volunteer_lists.read(street.centre, filled)
    volunteer_lists.apply(street.centre, reading)
    assert records.show(street.centre, "resident", reading.differences[0].resident)["note"] == "已核"
    assert volunteer_lists.read(street.centre, filled).differences == ()


# ---------------------------------------------------------------- the command line


def test_the_commands_make_and_read(
    known: Session, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspaces.lock(known)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    common = ["--data", str(folder), "--account", ACCOUNT, "--json"]
    out = tmp_path / "名单.xlsx"
    assert (
        main(["list", "make", *common, "--out", str(out), "--building", "培花新村/12号", "--fields", "phone,note"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["rows"] == 3
    filled = changed(out, put("备注", "张三", "好"))
    assert main(["list", "read", *common, str(filled), "--dry-run"]) == 0
    assert "batch" not in (said := json.loads(capsys.readouterr().out)) and len(said["differences"]) == 1
    assert main(["list", "read", *common, str(filled), "--by", "志愿者"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == 1
    assert main(["list", "read", *common, str(shutil.copy(__file__, tmp_path / "名单.txt"))]) == 1

"""A superior's form learned once and filled from then on; nothing of whom it was filled with before is kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Side

from app.domain.findings import UserError
from app.services import forms, records, reports, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.exchange.rawbooks import package

THIN = Side(style="thin")
SECRETS = ("去年的人", "13711112222")


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A list as it came, filled by somebody last year."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    for row in (
        ["来沪人员情况表"], ["填报单位：老的居委会　填表人：谁"], ["序号", "姓名", "联系电话", "物业费"],
        [1, SECRETS[0], SECRETS[1], "已缴"], [2, "另一个人", None, None], ["合计", None, "=COUNTA(C4:C5)"],
    ):  # fmt: skip
        sheet.append(row)
    for line in sheet["A3:D6"]:
        for cell in line:
            cell.border = Border(THIN, THIN, THIN, THIN)
    path = tmp_path / "来沪人员.xlsx"
    book.save(path)
    return path


@pytest.fixture
def people(session: Session) -> Session:
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": door.id})
    for name, phone in (("王建国", "13800000001"), ("李芳", "13800000002"), ("王小明", "13800000003")):
        records.add(session, "resident", {"household": home.id, "name": name, "phone": phone})
    return session


def values(path: Path) -> list[list[object]]:
    sheet = load_workbook(path)["名单"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_learned_once_and_filled_with_one_call(people: Session, form: Path, tmp_path: Path) -> None:
    kept = forms.learn(people, form, "来沪人员")
    assert kept["per"] == {"名单": "resident"}
    assert set(kept["marks"]) >= {"index", "name", "phone", "maker", "committee.name"}
    out = tmp_path / "填好.xlsx"
    done = forms.fill(people, "来沪人员", out, maker="张三")
    assert done["rows"] == 3
    filled = values(out)
    assert filled[1][0] == "填报单位：培花新村第九居委会　填表人：张三"
    assert [row[:3] for row in filled[3:6]] == [
        [1, "李芳", "13800000002"], [2, "王小明", "13800000003"], [3, "王建国", "13800000001"],
    ] or {row[1] for row in filled[3:6]} == {"李芳", "王小明", "王建国"}  # fmt: skip
    assert filled[6][2] == "=COUNTA(C4:C6)"


def test_nothing_of_the_last_filling_is_kept(people: Session, form: Path) -> None:
    forms.learn(people, form, "来沪人员")
    kept = forms.one(people, "来沪人员").workbook
    with zipfile.ZipFile(io.BytesIO(kept)) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
    for secret in SECRETS:
        assert secret.encode() not in everything


def test_texts_that_cells_shared_are_not_kept_either(people: Session, tmp_path: Path) -> None:
    shared = "".join(f"<si><t>{text}</t></si>" for text in ("姓名", "联系电话", *SECRETS))
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>'
    )
    package(tmp_path / "共用.xlsx", rows, shared=shared)
    forms.learn(people, tmp_path / "共用.xlsx", "共用")
    with zipfile.ZipFile(io.BytesIO(forms.one(people, "共用").workbook)) as kept:
        texts = kept.read("xl/sharedStrings.xml").decode()
    assert "姓名" in texts and "联系电话" in texts
    assert not [secret for secret in SECRETS if secret in texts]


def test_what_was_corrected_stands(people: Session, form: Path, tmp_path: Path) -> None:
    forms.learn(people, form, "表", texts={"名单": {"D4": "{{note}}", "C4": ""}})
    assert set(forms.saved(people)[0]["marks"]) >= {"note"}
    assert "phone" not in forms.saved(people)[0]["marks"]


def test_a_form_is_replaced_by_one_of_its_name_and_forgotten(people: Session, form: Path) -> None:
    forms.learn(people, form, "表")
    forms.learn(people, form, "表", where=[("sex", "女")])
    assert [each["where"] for each in forms.saved(people)] == [[["sex", "女"]]]
    forms.remove(people, "表")
    assert forms.saved(people) == []
    with pytest.raises(UserError) as wrong:
        forms.one(people, "表")
    assert wrong.value.code == "form-unknown"


def test_it_is_there_after_the_next_unlock(people: Session, form: Path) -> None:
    forms.learn(people, form, "表")
    folder = people.folder
    workspaces.lock(people)
    again = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    assert [each["name"] for each in forms.saved(again)] == ["表"]
    workspaces.lock(again)


def test_a_saved_form_goes_out_as_a_template(people: Session, form: Path, tmp_path: Path) -> None:
    forms.learn(people, form, "表")
    forms.export(people, "表", tmp_path / "模板.xlsx")
    assert reports.fill(people, tmp_path / "模板.xlsx", tmp_path / "填好.xlsx")["rows"] == 3


@pytest.mark.parametrize("name", ["", "  ", "a/b", "长" * 61])
def test_a_name_that_is_none_is_refused(people: Session, form: Path, name: str) -> None:
    with pytest.raises(UserError) as wrong:
        forms.learn(people, form, name)
    assert wrong.value.code == "form-name"


def test_a_workbook_without_anything_to_fill_is_no_form(people: Session, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["今天天气很好"])
    book.save(tmp_path / "空.xlsx")
    with pytest.raises(UserError) as wrong:
        forms.learn(people, tmp_path / "空.xlsx", "空")
    assert wrong.value.code == "form-nothing"


def test_a_mark_that_nobody_knows_is_said_before_anything_is_kept(people: Session, form: Path) -> None:
    with pytest.raises(UserError) as wrong:
        forms.learn(people, form, "表", texts={"名单": {"D4": "{{物业费}}"}})
    assert wrong.value.code == "mark-unknown"
    assert forms.saved(people) == []


def test_what_it_holds_of_people_elsewhere_is_said_and_not_kept(people: Session, form: Path) -> None:
    book = load_workbook(form)
    book["名单"]["H20"], book["名单"]["I20"] = "张三丰", "13655556666"
    hidden = book.create_sheet("底册")
    hidden.sheet_state = "hidden"
    hidden.append(["张三丰", "13655556666"])
    book.save(form)
    notes = [(note.code, note.cells, note.about) for note in forms.propose(people, form)[0].notes]
    assert ("form-note-people", "H20 I20", "2") in notes  # not the list itself, which is emptied anyway
    assert ("form-note-hidden-people", "", "底册") in notes
    forms.learn(people, form, "表")
    kept = load_workbook(io.BytesIO(forms.one(people, "表").workbook))
    assert not any(each for row in kept["底册"].iter_rows(values_only=True) for each in row)
    forms.learn(people, form, "表", keep_sheets=["底册"])
    kept = load_workbook(io.BytesIO(forms.one(people, "表").workbook))
    assert kept["底册"]["A1"].value == "张三丰" and not kept["底册"]["B1"].value

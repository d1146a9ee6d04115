"""Learned forms on a real workspace: every number counted again by hand, and nothing of the form but its places changes."""

from __future__ import annotations

import json
import random
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook

from app import cli
from app.domain.findings import UserError
from app.exchange import learning
from app.services import accounts, forms, records, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.exchange.form_cases import CASES, NUMBERED, OWN, Case, lively
from tests.services.test_reports import at, case, door, exports

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "reports"
BUILDINGS = ("1号", "2号", "12号")
PEOPLE = 200
Person = dict[str, Any]


def saved(form: Case, folder: Path) -> Path:
    out = folder / "上级的表.xlsx"
    form.book().save(out)
    return out


def named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


@pytest.fixture
def town(session: Session) -> list[Person]:
    """Two hundred people in three houses, and beside the workspace the list of what they are."""
    chance = random.Random(20)
    homes = [(building, door(session, building, f"{floor}01")) for building in BUILDINGS for floor in range(1, 13)]
    found: list[Person] = []
    for number in range(PEOPLE):
        building, home = chance.choice(homes)
        found.append({
            "household": home, "name": f"居民{number:03d}", "sex": chance.choice("男女"), "birth_year": chance.randint(1925, 2019),
            "status": chance.choices(["在住", "暂离", "迁出", "去世"], [80, 10, 6, 4])[0],
            "residence_kind": chance.choices(["实住", "承租", "户籍"], [70, 20, 10])[0],
            "person_class": chance.choice(["户籍居民", "外省市来沪"]), "party_member": chance.random() < 0.2,
            "care_groups": chance.choices([["残疾"], ["独居"], None], [10, 10, 80])[0], "building": building,
        })  # fmt: skip
    with session.writing("create") as writing:
        writing.create("resident", [
            (str(records.ids.new_id()), {key: value for key, value in each.items() if key != "building" and value is not None})
            for each in found
        ])  # fmt: skip
    return found


def lives(person: Person) -> bool:
    return person["status"] in ("在住", "暂离") and person["residence_kind"] in ("实住", "承租")


def count(people: list[Person], *asked: Any) -> int:
    return sum(lives(each) and all(test(each) for test in asked) for each in people)


def male(person: Person) -> bool:
    return bool(person["sex"] == "男")


def female(person: Person) -> bool:
    return not male(person)


def aged(low: int, high: int = 200) -> Any:
    return lambda person: low <= 2020 - person["birth_year"] <= high


def group(name: str) -> Any:
    return lambda person: name in (person["care_groups"] or ())


def in_(building: str) -> Any:
    return lambda person: person["building"] == building


CROSS = Case(
    "交叉表",
    [
        [f"{OWN}人口分类统计表"], ["统计时点：", None, "填表人：", None, None], ["人员类别", "合计", "性别", None, "党员"],
        [None, None, "男", "女", None], ["14岁以下儿童"], ["60-79岁老人"], ["80岁以上老人"], ["残疾人"], ["独居老人"],
        ["合计", "=SUM(B5:B9)", "=SUM(C5:C9)", "=SUM(D5:D9)", "=SUM(E5:E9)"],
        ["楼号", "户数", "男", "女", "60岁以上老人"], [], [], ["合计", "=SUM(B12:B13)", "=SUM(C12:C13)", "=SUM(D12:D13)", "=SUM(E12:E13)"],
        ["备注：", "以实地走访为准"],
    ],
    {}, merge=["A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4"], framed=["A3:E10", "A11:E14"],
)  # fmt: skip


def test_a_cross_table_counts_what_a_hand_counts(session: Session, town: list[Person], tmp_path: Path) -> None:
    forms.learn(session, saved(CROSS, tmp_path), "分类统计")
    done = forms.fill(session, "分类统计", tmp_path / "填好.xlsx", maker="张三")
    rows = [list(row) for row in load_workbook(tmp_path / "填好.xlsx").active.values]
    assert rows[0][0] == f"{OWN}人口分类统计表" and rows[1][2] == "填表人：张三"
    lines = (aged(0, 13), aged(60, 79), aged(80), group("残疾"), group("独居"))
    for row, line in zip(rows[4:9], lines, strict=True):
        by_hand = [
            count(town, line), count(town, line, male), count(town, line, female), count(town, line, lambda each: each["party_member"]),
        ]  # fmt: skip
        assert row[1:] == by_hand, row
    assert rows[9][1:] == ["=SUM(B5:B9)", "=SUM(C5:C9)", "=SUM(D5:D9)", "=SUM(E5:E9)"]
    for row, building in zip(rows[11:14], BUILDINGS, strict=True):
        homes = len({each["household"] for each in town if lives(each) and each["building"] == building})
        here = in_(building)
        assert row == [building, homes, count(town, here, male), count(town, here, female), count(town, here, aged(60))]
    assert rows[14] == ["合计", "=SUM(B12:B14)", "=SUM(C12:C14)", "=SUM(D12:D14)", "=SUM(E12:E14)"]
    assert rows[15][:2] == ["备注：", "以实地走访为准"]  # a form's own notes are not ours
    assert sum(row[2] + row[3] for row in rows[11:14]) == count(town)
    assert (
        any(rule.startswith("实有人口：") for rule in done["basis"]) and exports(session)[0]["basis"] == done["basis"]
    )


def test_lines_named_by_building_and_three_populations(session: Session, town: list[Person], tmp_path: Path) -> None:
    forms.learn(session, saved(named("上级按楼号列好的行"), tmp_path), "楼号")
    forms.fill(session, "楼号", tmp_path / "填好.xlsx")
    rows = [list(row) for row in load_workbook(tmp_path / "填好.xlsx").active.values]
    for row, building in zip(rows[2:5], ("1号", "2号", "3号"), strict=True):
        here = in_(building)
        homes = len({each["household"] for each in town if lives(each) and here(each)})
        assert row == [building, homes, count(town, here), count(town, here, male), count(town, here, female)]
    assert rows[5] == ["合计", "=SUM(B3:B5)", count(town), count(town, male), count(town, female)]


# ---------------------------------------------------------------- what is not filled stays as it came


def test_drop_downs_colours_and_hidden_sheets_stay(session: Session, town: list[Person], tmp_path: Path) -> None:
    source, out = tmp_path / "上级的表.xlsx", tmp_path / "填好.xlsx"
    lively(NUMBERED).save(source)
    forms.learn(session, source, "重点", where=[("age", ">=", "95")])
    done = forms.fill(session, "重点", out)
    assert 0 < done["rows"] < 20
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(out) as after:
        touched = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"}
        assert set(before.namelist()) <= set(after.namelist()) | {"xl/calcChain.xml"}
        for part in set(before.namelist()) - touched:
            assert before.read(part) == after.read(part), part
        sheets = [etree.fromstring(package.read("xl/worksheets/sheet1.xml")) for package in (before, after)]
    for tag in ("dataValidations", "conditionalFormatting", "mergeCells", "cols", "pageMargins"):
        one, other = ([etree.tostring(each, method="c14n") for each in root.iterfind(f"{{*}}{tag}")] for root in sheets)
        assert one == other, tag
    book = load_workbook(out)
    assert book["代码"].sheet_state == "hidden" and [cell.value for cell in book["代码"]["A"]] == ["姓名", "电话"]
    numbers = [book.worksheets[0].cell(row, 1).value for row in range(4, 24)]
    assert numbers == list(range(1, 21))  # the lines that nobody fills keep their numbers


def test_a_list_with_a_count_table_above_it_fills_both(session: Session, town: list[Person], tmp_path: Path) -> None:
    forms.learn(session, saved(named("总数表在名单上面"), tmp_path), "两张")
    done = forms.fill(session, "两张", tmp_path / "填好.xlsx", where=[("building", "12号"), ("age", ">=", "80")])
    rows = [list(row) for row in load_workbook(tmp_path / "填好.xlsx").active.values]
    old = [each for each in town if each["building"] == "12号" and 2020 - each["birth_year"] >= 80]
    assert rows[2] == ["60岁以上老人", count(old), count(old, male), count(old, female)]
    assert {row[1] for row in rows[6:]} == {each["name"] for each in old} and done["rows"] == len(old)
    assert "去年的人" not in str(rows)


# ---------------------------------------------------------------- protected, of other software


def test_a_form_whose_body_is_locked_is_refused_in_one_sentence(session: Session, tmp_path: Path) -> None:
    form = Case("锁", [["姓名", "联系电话"], ["去年的人", None]], {}, framed=["A1:B2"], open="D1:D1")
    with pytest.raises(UserError) as error:
        forms.learn(session, saved(form, tmp_path), "锁")
    assert error.value.code == "form-locked" and "A2–B2" in error.value.details["cells"]
    assert forms.saved(session) == []


def test_a_form_whose_body_is_open_is_learned_and_filled(session: Session, town: list[Person], tmp_path: Path) -> None:
    forms.learn(session, saved(named("表身没有锁的保护表"), tmp_path), "半锁", where=[("name", "居民007")])
    assert forms.fill(session, "半锁", tmp_path / "填好.xlsx")["rows"] == 1
    sheet = load_workbook(tmp_path / "填好.xlsx").active
    assert sheet["A3"].value == "居民007" and sheet["B1"].value is None and sheet.protection.sheet


FILES = {
    "complex.xlsx": {"C2": "时间：{{today}}", "A4": "{{name}}", "C4": "{{name}}", "D5": "统计:{{count}}"},
    "complexFillWithTable.xlsx": {"C2": "时间：{{today}}", "A4": "{{name}}", "C4": "{{name}}"},
    "composite.xlsx": {"A5": "时间：{{today}}", "A9": "{{name}}"}, "horizontal.xlsx": {"A5": "时间：{{today}}"},
    "list.xlsx": {"A2": "{{name}}"}, "simple.xlsx": {"A2": "{{name}}", "D2": "{name}忽略，{{name}}"},
}  # fmt: skip


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not beside the project")
@pytest.mark.parametrize("name", FILES)
def test_forms_made_for_other_software_are_learned_and_filled(
    session: Session, town: list[Person], tmp_path: Path, name: str
) -> None:
    sheet, *_ = learning.read(SHARED / name)
    assert {slot.cell: slot.text for slot in sheet.slots if slot.text} == FILES[name]
    forms.learn(session, SHARED / name, name)
    done = forms.fill(session, name, tmp_path / name)
    assert done["rows"] == (0 if name == "horizontal.xlsx" else PEOPLE)
    said = "\n".join(str(cell) for row in load_workbook(tmp_path / name).worksheets[0].values for cell in row if cell)
    left = set(re.findall(r"\{[\w.]+\}", said)) - {"{name}"}
    assert left <= {"{data1.name}", "{data1.number}", "{data3.name}", "{data3.number}", "{.name}", "{.number}"}


# ---------------------------------------------------------------- nothing to report, corrected


def test_a_learned_form_reports_zero_and_is_corrected(session: Session, town: list[Person], tmp_path: Path) -> None:
    form = Case(
        "隔离日报", [["居家隔离日报", None, "备注"], ["昨日在管", "今日新增", "今日解除", "转出", "今日在管"], []], {}, framed=["A2:E3"],
    )  # fmt: skip
    forms.learn(session, saved(form, tmp_path), "日报", until="16:00")
    at(session, "2020-05-25T16:00")
    first = forms.fill(session, "日报", tmp_path / "一.xlsx")
    assert first["zero"] and [cell.value for cell in load_workbook(tmp_path / "一.xlsx").active[3]] == [0, 0, 0, 0, 0]
    at(session, "2020-05-25T15:50")
    with session.db.reading() as connection:
        (person,) = connection.exec_driver_sql("SELECT id FROM resident ORDER BY n LIMIT 1").fetchone()
    case(session, person, "2020-05-25")
    at(session, "2020-05-25T16:30")
    again = forms.fill(session, "日报", tmp_path / "二.xlsx", correction=True)
    assert not again["zero"] and again["changed"] == {"今日新增": [0, 1], "今日在管": [0, 1]}
    said = exports(session)[0]
    assert said["correction"] and said["name"] == "日报" and said["corrects"]
    assert any(rule.startswith("按 2020-05-25 16:00 前") for rule in said["basis"])


# ---------------------------------------------------------------- by command


def run(
    session: Session, capsys: pytest.CaptureFixture[str], account: str, password: str, *words: str
) -> tuple[int, Any]:
    secret = session.folder.parent / "口令"
    secret.write_text(password, "utf-8")
    code = cli.main([
        "--data", str(session.folder), "--account", account, "--password-file", str(secret), "--now", "2020-05-25T16:00", "--json", *words,
    ])  # fmt: skip
    return code, json.loads(capsys.readouterr().out)


def test_a_leader_fills_a_learned_count_form_and_no_list(
    session: Session, town: list[Person], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.add(session, "李领导", "lingdao-1234", ["leader"])
    forms.learn(session, saved(named("上级按楼号列好的行"), tmp_path), "楼号")
    forms.learn(session, saved(NUMBERED, tmp_path), "名单")
    workspaces.lock(session)
    leader, out = (session, capsys, "李领导", "lingdao-1234"), tmp_path / "填好.xlsx"
    code, done = run(*leader, "report", "楼号", "--out", str(out))
    total = load_workbook(out).active["C6"].value
    assert code == 0 and done["balance"] is None and total % 5 == 0 and abs(total - count(town)) < 5
    code, refused = run(*leader, "report", "名单", "--out", str(tmp_path / "名单.xlsx"))
    assert code != 0 and refused["error"]["code"] == "not-allowed" and not (tmp_path / "名单.xlsx").exists()
    assert run(*leader, "form", "learn", str(tmp_path / "上级的表.xlsx"))[1]["error"]["code"] == "not-allowed"
    assert {each["name"] for each in run(*leader, "form", "list")[1]} == {"楼号", "名单"}


def test_a_learned_form_is_filled_by_its_name(
    session: Session, town: list[Person], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = saved(CROSS, tmp_path)
    workspaces.lock(session)
    head = (session, capsys, ACCOUNT, PASSWORD)
    assert run(*head, "form", "learn", str(source), "--name", "分类统计", "--where", "年龄>=60")[0] == 0
    out = tmp_path / "填好.xlsx"
    code, done = run(*head, "report", "分类统计", "--out", str(out))
    assert code == 0 and load_workbook(out).active["B7"].value == count(town, aged(80))
    assert load_workbook(out).active["B5"].value == 0  # its own condition: from sixty years on
    code, _ = run(*head, "report", "--form", "分类统计", "--out", str(out), "--where", "姓名含1", "--until", "08:30")
    assert code == 0 and load_workbook(out).active["B7"].value == 0  # they were keyed later
    code, seen = run(*head, "report", "分类统计", "--preview", "--where", "姓名含1")
    assert code == 0 and seen["sheets"][0]["grid"][6][1] == str(count(town, aged(80), lambda each: "1" in each["name"]))
    assert seen["basis"] and done["basis"][0].startswith("实有人口")
    for words in (("report", "没学过的"), ("report", "--form", "没学过的")):
        code, wrong = run(*head, *words, "--out", str(out))
        assert code == 1 and wrong["error"]["code"] == "form-unknown" and "分类统计" in wrong["error"]["message"]
    assert run(*head, "report", "没有的.xlsx", "--out", str(out))[1]["error"]["code"] == "template-missing"
    assert run(*head, "report", "--out", str(out))[0] == 2

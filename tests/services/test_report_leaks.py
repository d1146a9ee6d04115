"""What a report must not give away: to readers of totals, to workers, to the ledger; and that it never says a false zero."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.db import history
from app.domain.findings import Refused, UserError
from app.services import forms, records, reports, volunteer_lists
from app.services.session import Session
from tests.services.test_reports import at, book, case, door, exports, isolating, leader, lived_in, table, views

__all__ = ["isolating", "leader", "lived_in"]
Ids = dict[str, str]


@pytest.fixture
def houses(session: Session) -> None:
    """Houses of four people, one and three."""
    for building, count in (("1号", 4), ("2号", 1), ("3号", 3)):
        home = door(session, building, "101")
        for number in range(count):
            records.add(session, "resident", {"household": home, "name": f"人{building}{number}", "birth_year": 1950})


@pytest.fixture
def worker(session: Session) -> Session:
    return replace(
        session, roles=frozenset({"worker"}), account_id="01a20faa-0000-7000-8000-000000000000", account="包块"
    )


@pytest.mark.parametrize(
    "mark",
    [
        "实有人口:楼号=1号|2号", "实有人口:楼号=1号|2号|3号", "实有人口:楼号!=1号", "实有人口:楼号含号", "实有人口:楼号>=1号", "实有人口:年龄>=61",
        "实有人口:年龄=70", "实有人口:年龄>=60|65", "实有人口:年龄>=60,年龄<18", "实有人口:性别=男|女", "实有人口:性别!=男",
        "实有人口:性别=男,年龄>=60,人员类别=户籍居民", "实有人口:楼号=1号,楼号=2号", "户数:楼号=1号|3号", "今日在管:楼号=1号|3号",
    ],
)  # fmt: skip
def test_a_reader_of_totals_subtracts_nothing(leader: Session, houses: None, tmp_path: Path, mark: str) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{" + mark + "}}"]])
    with pytest.raises(Refused) as refused:
        reports.fill(leader, form, tmp_path / "一.xlsx")
    assert refused.value.code == "not-allowed"


@pytest.mark.parametrize("where", [("楼号", "1号|3号"), ("楼号", "!=", "2号"), ("age", "<", "37")])
def test_nor_by_conditions_of_the_whole_report(
    leader: Session, houses: None, tmp_path: Path, where: tuple[str, ...]
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{实有人口}}"]])
    with pytest.raises(Refused):
        reports.preview(leader, form, where=[where])


def test_what_a_reader_of_totals_may_ask(leader: Session, houses: None, tmp_path: Path) -> None:
    form = book(tmp_path / "表.xlsx", 表=[
        ["{{实有人口:楼号=1号}}", "{{实有人口:年龄>=60,性别=女}}", "{{实有人口:年龄<18,小区=培花新村}}", "{{实有人口}}"]
    ])  # fmt: skip
    assert reports.preview(leader, form).sheets[0]["grid"][0][0] == "*"


@pytest.mark.parametrize("key", ["persons", "-人数", "households"])
def test_a_reader_of_totals_sorts_by_place_alone(
    session: Session, leader: Session, houses: None, tmp_path: Path, key: str
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{path}}", "{{persons}}"]])
    with pytest.raises(Refused):
        reports.fill(leader, form, tmp_path / "一.xlsx", per="building", sort=[key])
    reports.fill(session, form, tmp_path / "一.xlsx", per="building", sort=[key])
    reports.fill(leader, form, tmp_path / "二.xlsx", per="building", sort=["-building"])
    assert [row[0] for row in table(tmp_path / "二.xlsx")] == ["培花新村3号", "培花新村2号", "培花新村1号"]


def test_a_correction_tells_a_reader_of_totals_nobody_elses_figures(
    session: Session, leader: Session, houses: None, tmp_path: Path
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{实有人口}}", "{{更正}}"]])
    reports.fill(session, form, tmp_path / "一.xlsx", name="人口")
    other = replace(leader, account_id="01a20faa-0000-7000-8000-000000000001")
    assert reports.fill(other, form, tmp_path / "二.xlsx", name="人口", correction=True)["changed"] is None
    assert reports.fill(leader, form, tmp_path / "三.xlsx", name="人口", correction=True)["changed"] is None
    records.add(session, "resident", {"household": door(session, "1号", "102"), "name": "新来的"})
    assert reports.fill(session, form, tmp_path / "四.xlsx", name="人口", correction=True)["changed"] == {
        "实有人口": [8, 9]
    }
    assert reports.fill(leader, form, tmp_path / "五.xlsx", name="人口", correction=True)["changed"] == {}  # 10, 10


# ---------------------------------------------------------------- level 3 in conditions

SICK = "{{实有人口:姓名=王建国,敏感备注=艾滋}}"
ASKING: list[Callable[[Session, Path, Any], Any]] = [
    lambda session, form, more: reports.fill(session, form, form.with_name("出.xlsx"), purpose="isolation", **more),
    lambda session, form, more: reports.preview(session, form, purpose="isolation", **more),
    lambda session, form, more: reports.behind(replace(session, purpose="isolation"), form, "表", "A1", **more),
]


@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize(("mark", "where"), [(SICK, ()), ("{{实有人口}}", (("note_sensitive", "艾滋"),))])
def test_a_worker_compares_level_3_of_nobody_else(
    session: Session, worker: Session, lived_in: Ids, tmp_path: Path, mark: str, where: Any, ask: Any
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[[mark]])
    with pytest.raises(Refused) as refused:
        ask(worker, form, {"where": where})
    assert refused.value.code == "not-assigned-list" and not (tmp_path / "出.xlsx").exists()


@pytest.mark.parametrize("ask", ASKING)
def test_whoever_reads_all_compares_and_leaves_an_entry_of_everybody(
    session: Session, lived_in: Ids, tmp_path: Path, ask: Any
) -> None:
    records.change(session, "resident", lived_in["王建国"], {"note_sensitive": "艾滋"})
    form = book(tmp_path / "表.xlsx", 表=[[SICK]])
    before = len(exports(session) + views(session))
    ask(session, form, {})
    entries = [*exports(session), *(each["said"] for each in views(session))]
    said = next(each for each in entries if each.get("kind") == "report")
    assert len(entries) == before + 1
    assert said["sensitive"] and said["persons"] == 6 and set(said["people"]) == set(lived_in.values())
    with session.db.reading() as connection:
        acts = str(history.acts(connection, session.office, actions=("export", "view")))
    assert "艾滋" not in acts and "姓名=王建国" not in acts and "敏感备注=" in acts


@pytest.mark.parametrize(("count", "name"), [("实有人口", "王建国"), ("今日在管", "王建国"), ("今日抵沪", "张三")])
def test_level_3_in_a_condition_compares_what_it_says(
    session: Session, isolating: Ids, lived_in: Ids, tmp_path: Path, count: str, name: str
) -> None:
    with session.writing("create") as writing:
        writing.create("arrival", [
            (str(records.ids.new_id()), {"resident": lived_in["张三"], "origin": "武汉", "arrived_on": "2020-05-25"})
        ])  # fmt: skip
    records.change(session, "resident", lived_in[name], {"note_sensitive": "血压高"})
    form = book(tmp_path / "表.xlsx", 表=[["{{" + count + ":敏感备注含血压}}"]])
    reports.fill(session, form, tmp_path / "一.xlsx", purpose="isolation")
    assert table(tmp_path / "一.xlsx") == [[1]]


@pytest.mark.parametrize(
    "where", [("birth_date", "1958-03-12"), ("id_number", "310115195803120010"), ("证件号码", "含", "1958")]
)
def test_a_condition_on_masks_is_refused_and_one_on_values_finds(
    session: Session, lived_in: Ids, tmp_path: Path, where: tuple[str, ...]
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}"]])
    for attempt in (lambda: reports.preview(session, form, where=[where]),
                    lambda: reports.fill(session, form, tmp_path / "一.xlsx", where=[where])):  # fmt: skip
        with pytest.raises(UserError) as error:
            attempt()
        assert error.value.code == "condition-masked"
    assert reports.ask(session, form, [where])["persons"] == 6
    assert reports.fill(session, form, tmp_path / "一.xlsx", where=[where], purpose="isolation")["rows"] == 1


def test_a_preview_that_masks_phones_is_not_narrowed_by_one(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}"]])
    asked: Any = {"where": [("phone", "13812345678")]}
    with pytest.raises(UserError) as error:
        reports.preview(session, form, **asked)
    assert error.value.code == "condition-masked"
    assert reports.preview(session, form, **asked, purpose="isolation").rows == 1
    assert reports.fill(session, form, tmp_path / "一.xlsx", **asked)["rows"] == 1


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        (("note_sensitive", "含", "艾滋"), ["note_sensitive", "含"]), (("姓名", "王建国"), ["姓名", "="]),
        (("phone", "13812345678"), ["phone", "="]), (("备注", "王家的"), ["备注", "="]), (("sex", "男"), ["sex", "男"]),
        (("年龄", ">=", "60"), ["年龄", ">=", "60"]), (("building", "12号"), ["building", "12号"]),
    ],
)  # fmt: skip
def test_an_entry_keeps_what_was_asked_but_nobodys_value(
    session: Session, lived_in: Ids, tmp_path: Path, where: tuple[str, ...], kept: list[str]
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}"]])
    reports.fill(session, form, tmp_path / "一.xlsx", where=[where], purpose="isolation")
    assert exports(session)[0]["where"] == [kept]


def test_two_marks_about_names_stay_two(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    form = book(
        tmp_path / "表.xlsx", 表=[["{{实有人口:姓名=王建国}}", "{{实有人口:姓名含不在}}", "{{实有人口:姓名=李秀英}}"]]
    )
    reports.fill(session, form, tmp_path / "一.xlsx")
    assert exports(session)[0]["figures"] == {"实有人口:姓名=": 1, "实有人口:姓名含": 0, "实有人口:姓名=#2": 1}


def test_a_volunteer_list_keeps_no_name_that_was_asked_for(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    volunteer_lists.make(session, tmp_path / "名单.xlsx", where=[("name", "王建国")])
    assert exports(session)[0]["where"] == [["name", "="]]


# ---------------------------------------------------------------- phones, looks, entries


def test_a_preview_with_a_purpose_that_shows_phones_is_a_look(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}", "{{phone}}"]])
    assert reports.preview(session, form).sheets[0]["grid"][3][1] != "13812345678" and not views(session)
    shown = reports.preview(session, form, purpose="isolation").sheets[0]["grid"]
    said = views(session)[0]["said"]
    assert ["王建国", "13812345678"] in shown
    assert said["persons"] == 6 and said["fields"] == ["name", "phone"] and not said["sensitive"]


def test_an_arrivals_phone_is_masked_without_a_purpose(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    with session.writing("create") as writing:
        writing.create("arrival", [(str(records.ids.new_id()), {
            "resident": lived_in["张三"], "person_phone": "13987654321", "origin": "武汉", "arrived_on": "2020-05-25"
        })])  # fmt: skip
    form = book(tmp_path / "表.xlsx", 表=[["{{person_phone}}", "{{origin}}"]])
    assert "13987654321" not in str(reports.preview(session, form).sheets)
    assert "13987654321" in str(reports.preview(session, form, purpose="isolation").sheets)


def test_behind_a_house_stands_nobody_and_behind_a_household_its_person(
    session: Session, lived_in: Ids, tmp_path: Path
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}", "{{persons}}"]], 数=[["{{户数}}"]])
    reports.behind(session, form, "表", "A1", per={"表": "building"})
    assert not views(session)
    found = reports.behind(session, form, "数", "A1", per={"表": "building"})
    said = views(session)[0]["said"]
    assert found["count"] == 3 and set(said["people"]) <= set(lived_in.values()) and said["persons"] == 3
    assert said["fields"] == ["name", "path"]


def test_landlords_count_as_persons(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    home = door(session, "5号", "101")
    records.change(session, "household", home, {"landlord_name": "房东", "landlord_phone": "13987654321"})
    form = book(tmp_path / "表.xlsx", 表=[["{{path}}", "{{landlord_phone}}"]])
    reports.fill(session, form, tmp_path / "一.xlsx", per="household")
    assert exports(session)[0]["persons"] == 1 and exports(session)[0]["people"] == []


# ---------------------------------------------------------------- the file and its entry


def test_a_failing_entry_leaves_the_older_file(
    session: Session, lived_in: Ids, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, out = book(tmp_path / "表.xlsx", 表=[["{{name}}"]]), tmp_path / "一.xlsx"
    out.write_bytes(b"older")
    with session.db.transaction() as connection:  # a ledger that takes no more entries
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT raise(ABORT, 'disk is full'); END"
        )
    with pytest.raises(Exception, match="full"):
        reports.fill(session, form, out)
    assert out.read_bytes() == b"older" and sorted(each.name for each in tmp_path.glob("*.xlsx")) == [
        "一.xlsx",
        "表.xlsx",
    ]
    assert not list(tmp_path.glob(".*.tmp"))


def test_the_entry_is_there_before_the_file_has_its_name(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    form, out = book(tmp_path / "表.xlsx", 表=[["{{name}}"]]), tmp_path / "folder"
    out.mkdir()  # a name that cannot be taken
    with pytest.raises(UserError) as error:
        reports.fill(session, form, out)
    assert error.value.code == "report-unwritable" and str(out) == error.value.details["file"]
    assert exports(session)[0]["out"] == "folder"


def test_a_form_over_itself_is_refused(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}"]])
    with pytest.raises(UserError) as error:
        reports.fill(session, form, form)
    assert error.value.code == "report-over-template" and not exports(session)


# ---------------------------------------------------------------- the balance

BALANCE = [["{{昨日在管}}", "{{今日新增}}", "{{解除}}", "{{转出}}", "{{今日在管}}", "{{昨日在管:status=在住}}"]]


@pytest.fixture
def people(session: Session) -> Ids:
    """Three who are known since long ago: ids by name."""
    at(session, "2020-05-10T10:00")
    home = door(session, "12号", "302")
    names = ("王建国", "张三", "钱七")
    return {
        name: records.add(session, "resident", {"household": home, "name": name, "status": "在住"}).id for name in names
    }


@pytest.fixture
def three(session: Session, people: Ids) -> Ids:
    """All three in charge since long ago: ids of their cases by name."""
    at(session, "2020-05-20T10:00")
    found = {name: case(session, people[name], "2020-05-18") for name in people}
    at(session, "2020-05-25T12:00")
    return found


def balance(session: Session, tmp_path: Path, **more: Any) -> Any:
    at(session, "2020-05-25T16:00")
    return reports.fill(session, book(tmp_path / "表.xlsx", 表=BALANCE), tmp_path / "一.xlsx", **more)["balance"]


def test_somebody_removed_with_his_case_was_there_yesterday(
    session: Session, people: Ids, three: Ids, tmp_path: Path
) -> None:
    records.remove(session, "isolation_case", three["张三"])
    records.remove(session, "resident", people["张三"])
    found = balance(session, tmp_path)
    assert (found["figures"]["昨日在管"], found["figures"]["今日在管"], found["holds"]) == (3, 2, False)
    assert [(each["name"], each["reason"]) for each in found["breakers"]] == [("张三", "balance-deleted")]


def test_somebody_removed_without_his_case_is_named(session: Session, people: Ids, three: Ids, tmp_path: Path) -> None:
    with session.writing("delete") as writing:  # as another PC may have, which did not know the case
        writing.set_deleted("resident", people["张三"], True)
    found = balance(session, tmp_path)
    assert (found["figures"]["昨日在管"], found["figures"]["今日在管"]) == (3, 2)
    assert [(each["name"], each["reason"]) for each in found["breakers"]] == [("张三", "balance-person-removed")]


def test_conditions_hold_as_they_were_known_yesterday(
    session: Session, people: Ids, three: Ids, tmp_path: Path
) -> None:
    records.change(session, "resident", people["张三"], {"status": "迁出"})
    found = balance(session, tmp_path, where=[("status", "在住")])
    assert (found["figures"]["昨日在管"], found["figures"]["今日在管"]) == (3, 2)
    assert [(each["name"], each["reason"]) for each in found["breakers"]] == [("张三", "balance-left-out")]
    balance(session, tmp_path)
    assert table(tmp_path / "一.xlsx")[0][5] == 3


def test_one_person_with_two_cases_is_one_and_is_named(
    session: Session, people: Ids, three: Ids, tmp_path: Path
) -> None:
    case(session, people["张三"], "2020-05-25")
    found = balance(session, tmp_path)
    assert [found["figures"][each] for each in ("昨日在管", "今日新增", "解除", "转出", "今日在管")] == [3, 0, 0, 0, 3]
    assert found["holds"] and not found["breakers"]
    assert [each["name"] for each in found["doubles"]] == ["张三"]
    assert table(tmp_path / "一.xlsx")[0][:5] == [3, 0, 0, 0, 3]


# ---------------------------------------------------------------- forms


def test_a_form_that_goes_out_leaves_an_entry(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    forms.learn(session, book(tmp_path / "表.xlsx", 表=[["姓名", "电话"], [None, None]]), "名册")
    forms.export(session, "名册", tmp_path / "出.xlsx")
    said = exports(session)[0]
    assert (said["kind"], said["name"], said["out"], said["persons"]) == ("form", "名册", "出.xlsx", 0)


# ---------------------------------------------------------------- what cannot be previewed


def test_a_form_that_openpyxl_cannot_read_is_filled_and_the_preview_says_so(
    session: Session, lived_in: Ids, tmp_path: Path
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}"]])
    with zipfile.ZipFile(form) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'<family val="2"', b'<family val="99"')
    with zipfile.ZipFile(form, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert b'"99"' in parts["xl/styles.xml"]
    with pytest.raises(UserError) as error:
        reports.preview(session, form)
    assert error.value.code == "preview-unreadable"
    assert reports.fill(session, form, tmp_path / "一.xlsx")["rows"] == 6

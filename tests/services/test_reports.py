"""Reports: a row per person, house, committee or case; counts; the daily balance; preview; what stands behind a cell."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app import cli
from app.db import history
from app.domain import clock, isolation
from app.domain.findings import Refused, UserError
from app.services import forms, records, reports, shares, undoing, workspaces
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import Street

BALANCE = ["{{昨日在管}}", "{{今日新增}}", "{{解除}}", "{{转出}}", "{{今日在管}}"]
READY = ("居家隔离日报", "来沪返沪台账", "独居老人台账", "居民名册")


def book(file: Path, **sheets: list[list[Any]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(file)
    return file


def table(file: Path | io.BytesIO, sheet: int = 0) -> list[list[Any]]:
    return [list(row) for row in load_workbook(file).worksheets[sheet].iter_rows(values_only=True)]


def at(session: Session, time: str) -> None:
    session.clock = clock.frozen(time)


def door(session: Session, building: str, room: str) -> str:
    dwelling = records.add(session, "dwelling", {"estate": "培花新村", "building": building, "room": room})
    return records.add(session, "household", {"dwelling": dwelling.id}).id


def case(session: Session, resident: str, start: str, **more: Any) -> str:
    row = str(records.ids.new_id())
    stages = isolation.open_case(
        isolation.rule_named("14", isolation.date.fromisoformat(start)), isolation.date.fromisoformat(start)
    )
    with session.writing("create") as writing:
        writing.create("isolation_case", [(row, {
            "resident": resident, "rule": "14", "start": start, "stages": isolation.to_json(stages), "state": "在管", **more,
        })])  # fmt: skip
    return row


@pytest.fixture
def lived_in(session: Session) -> dict[str, str]:
    """Six people in two houses; ids by name."""
    ids: dict[str, str] = {}
    people = {
        ("12号", "302"): [
            {"name": "王建国", "relation": "户主", "sex": "男", "birth_year": 1958, "phone": "13812345678",
             "id_number": "310115195803120010", "person_class": "户籍居民"},
            {"name": "李秀英", "sex": "女", "birth_year": 1940, "care_groups": ["独居"], "person_class": "户籍居民"},
        ],
        ("12号", "1001"): [{"name": "张三", "sex": "男", "birth_year": 1990, "person_class": "外省市来沪"}],
        ("2号", "101"): [
            {"name": "赵六", "sex": "男", "birth_year": 1980, "residence_kind": "户籍"},
            {"name": "钱七", "sex": "女", "birth_year": 1985, "person_class": "外籍"},
            {"name": "孙八", "sex": "女", "birth_year": 1930, "status": "去世"},
        ],
    }  # fmt: skip
    for (building, room), members in people.items():
        home = door(session, building, room)
        for values in members:
            ids[values["name"]] = records.add(session, "resident", {"household": home, **values}).id
    return ids


@pytest.fixture
def isolating(session: Session, lived_in: dict[str, str]) -> dict[str, str]:
    """Three cases keyed in time before the cut-off of 25 May, 16:00: ids by name."""
    at(session, "2020-05-20T09:00")
    found = {name: case(session, lived_in[name], "2020-05-20") for name in ("王建国", "李秀英")}
    at(session, "2020-05-25T15:00")
    found["张三"] = case(session, lived_in["张三"], "2020-05-25")
    at(session, "2020-05-25T16:00")
    return found


@pytest.fixture
def totals(tmp_path: Path) -> Path:
    """By building, with a total line, and the whole form's own figures."""
    return book(tmp_path / "日报.xlsx", 日报=[
        ["{{committee.name}} {{统计时点}}{{更正}}"], BALANCE,
        ["{{path}}", *BALANCE], ["合计", "=SUM(B3:B3)"],
    ])  # fmt: skip


def exports(session: Session) -> list[Values]:
    with session.db.reading() as connection:
        return [act["said"] for act in history.acts(connection, session.office, actions=("export",))]


def views(session: Session) -> list[Values]:
    with session.db.reading() as connection:
        return history.acts(connection, session.office, actions=("view",))


# ---------------------------------------------------------------- rows


def test_people_come_in_walking_order_by_default(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    form = book(tmp_path / "名册.xlsx", 名册=[["{{index}}", "{{name}}", "{{room}}"]])
    reports.fill(session, form, tmp_path / "一.xlsx")
    assert [row[1] for row in table(tmp_path / "一.xlsx")] == ["赵六", "钱七", "孙八", "王建国", "李秀英", "张三"]


def test_sorting_falls_and_keeps_the_unknown_last(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    form = book(tmp_path / "名册.xlsx", 名册=[["{{姓名}}", "{{年龄}}"]])
    reports.fill(session, form, tmp_path / "一.xlsx", sort=["-年龄"], where=[("sex", "女")])
    assert table(tmp_path / "一.xlsx") == [["孙八", 90], ["李秀英", 80], ["钱七", 35]]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (("age", ">=", "60"), {"王建国", "李秀英", "孙八"}), (("年龄", "<", "35"), {"张三"}), (("name", "含", "李"), {"李秀英"}),
        (("人群分类", "独居|残疾"), {"李秀英"}), (("sex", "!=", "男"), {"李秀英", "钱七", "孙八"}), (("building", "2号"), {"赵六", "钱七", "孙八"}),
    ],
)  # fmt: skip
def test_conditions_on_people(
    session: Session, lived_in: dict[str, str], tmp_path: Path, where: tuple[str, ...], expected: set[str]
) -> None:
    form = book(tmp_path / "名册.xlsx", 名册=[["{{name}}"]])
    done = reports.fill(session, form, tmp_path / "一.xlsx", where=[where])
    assert done["rows"] == len(expected)
    assert {row[0] for row in table(tmp_path / "一.xlsx")} == (expected or {"无"})


def test_each_sheet_has_rows_of_its_own_unit(session: Session, isolating: dict[str, str], tmp_path: Path) -> None:
    form = book(
        tmp_path / "多表.xlsx", 户=[["{{path}}", "{{head}}", "{{head_phone}}", "{{persons}}"]],
        号=[["{{path}}", "{{实有人口:性别=女}}", "{{households}}"]], 隔离=[["{{name}}", "{{start}}", "{{total_day}}"]],
        小区=[["{{name}}", "{{buildings}}", "{{实有人口}}"]],
    )  # fmt: skip
    done = reports.fill(session, form, tmp_path / "一.xlsx", per={"小区": "estate"})
    assert [(each["unit"], each["rows"]) for each in done["sheets"]] == [
        ("household", 3), ("building", 2), ("isolation_case", 3), ("estate", 1)
    ]  # fmt: skip
    out = tmp_path / "一.xlsx"
    assert table(out, 0)[1] == ["培花新村12号302室", "王建国", "13812345678", 2]
    assert table(out, 1) == [["培花新村2号", 1, 1], ["培花新村12号", 1, 2]]
    assert table(out, 2) == [["王建国", "2020-05-20", 6], ["李秀英", "2020-05-20", 6], ["张三", "2020-05-25", 1]]
    assert table(out, 3) == [["培花新村", 2, 4]]
    assert done["rows"] == 9 and exports(session)[0]["persons"] == 4  # two heads, and 赵六 whose household is his


def test_arrivals_also_of_people_in_no_list(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    with session.writing("create") as writing:
        writing.create("arrival", [
            (str(records.ids.new_id()), {"resident": lived_in["张三"], "origin": "武汉", "arrived_on": "2020-05-25", "state": "已接"}),
            (str(records.ids.new_id()), {"person_name": "周九", "origin": "伦敦", "address": "玉兰路1号"}),
        ])  # fmt: skip
    form = book(
        tmp_path / "台账.xlsx", 台账=[["今日 {{今日抵沪}}"], ["{{name}}", "{{path}}", "{{origin}}", "{{state}}"]]
    )
    reports.fill(session, form, tmp_path / "一.xlsx")
    assert table(tmp_path / "一.xlsx") == [
        ["今日 1", None, None, None], ["张三", "培花新村12号1001室", "武汉", "已接"], ["周九", "玉兰路1号", "伦敦", None]
    ]  # fmt: skip


def test_a_form_from_memory_to_memory(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    out = io.BytesIO()
    form = book(tmp_path / "名册.xlsx", 名册=[["{{name}}"]]).read_bytes()
    reports.fill(session, form, out, where=[("name", "张三")], name="名册")
    out.seek(0)
    assert table(out) == [["张三"]] and exports(session)[0]["name"] == "名册"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("mark", "code", "detail"),
    [
        ("{{实有人囗}}", "mark-unknown", {"near": "实有人口", "cell": "A1", "sheet": "表"}),
        ("{{实有人口:性别}}", "condition-invalid", {"cell": "A1"}),
        ("{{实有人口:年岭>3}}", "condition-unknown", {"near": "年龄", "cell": "A1"}),
    ],
)
def test_a_mark_nobody_knows_names_cell_and_the_nearest(
    session: Session, tmp_path: Path, mark: str, code: str, detail: Values
) -> None:
    with pytest.raises(UserError) as error:
        reports.check(session, book(tmp_path / "表.xlsx", 表=[[mark]]))
    assert error.value.code == code and detail.items() <= error.value.details.items()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"where": [("没有", "1")]}, "field-unknown"), ({"where": [("name", "~", "1")]}, "condition-invalid"),
        ({"until": "下午"}, "cutoff-invalid"), ({"per": "street"}, "unit-unknown"), ({"sort": ["没有"]}, "field-unknown"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly(session: Session, tmp_path: Path, more: dict[str, Any], code: str) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}"]])
    with pytest.raises(UserError) as error:
        reports.fill(session, form, tmp_path / "一.xlsx", **more)
    assert error.value.code == code and not (tmp_path / "一.xlsx").exists() and not exports(session)


# ---------------------------------------------------------------- figures


def test_populations_are_told_apart(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    marks = ["{{实有人口}}", "{{户籍人口}}", "{{常住人口}}", "{{户数}}", "{{实有人口:性别=女,年龄>=60}}", "{{count}}"]
    done = reports.fill(session, book(tmp_path / "表.xlsx", 表=[marks]), tmp_path / "一.xlsx")
    assert table(tmp_path / "一.xlsx")[0][:5] == [4, 3, 3, 3, 1]
    assert [each[:4] for each in done["basis"][:3]] == ["实有人口", "户籍人口", "常住人口"]
    assert exports(session)[0]["figures"]["实有人口"] == 4


def test_the_balance_holds_and_the_total_line_follows(
    session: Session, isolating: dict[str, str], totals: Path, tmp_path: Path
) -> None:
    records.change(session, "isolation_case", isolating["王建国"], {"state": "已解除", "closed_on": "2020-05-25"})
    done = reports.fill(session, totals, tmp_path / "一.xlsx")
    assert done["balance"]["holds"] and not done["balance"]["breakers"]
    assert table(tmp_path / "一.xlsx") == [
        ["培花新村第九居委会 2020-05-25 16:00", None, None, None, None, None], [2, 1, 1, 0, 2, None],
        ["培花新村2号", 0, 0, 0, 0, 0], ["培花新村12号", 2, 1, 1, 0, 2], ["合计", "=SUM(B3:B4)", None, None, None, None],
    ]  # fmt: skip


def test_who_breaks_the_balance_is_named_with_the_reason(
    session: Session, lived_in: dict[str, str], isolating: dict[str, str], totals: Path, tmp_path: Path
) -> None:
    case(session, lived_in["钱七"], "2020-05-22")
    records.remove(session, "isolation_case", isolating["李秀英"])
    case(session, lived_in["赵六"], "2020-05-21")
    done = reports.fill(session, totals, tmp_path / "一.xlsx")
    assert not done["balance"]["holds"]
    assert {(each["name"], each["reason"]) for each in done["balance"]["breakers"]} == {
        ("钱七", "balance-late"), ("赵六", "balance-late"), ("李秀英", "balance-deleted")
    }  # fmt: skip
    said = json.dumps(exports(session)[0], ensure_ascii=False)
    assert "钱七" not in said and "李秀英" not in said  # the entry holds counts, no names


def test_yesterdays_report_is_the_same_when_it_is_filled_again_today(
    session: Session, lived_in: dict[str, str], isolating: dict[str, str], totals: Path, tmp_path: Path
) -> None:
    before = reports.fill(session, totals, tmp_path / "一.xlsx")["balance"]["figures"]
    at(session, "2020-05-26T16:00")
    records.change(session, "isolation_case", isolating["张三"], {"state": "转院", "closed_on": "2020-05-26"})
    records.remove(session, "isolation_case", isolating["王建国"])
    case(session, lived_in["钱七"], "2020-05-26")
    again = reports.fill(session, totals, tmp_path / "二.xlsx", until="2020-05-25 16:00")["balance"]["figures"]
    assert again == before == {"昨日在管": 2, "今日新增": 1, "解除": 0, "转出": 0, "今日在管": 3}
    now = reports.fill(session, totals, tmp_path / "三.xlsx")["balance"]
    assert now["figures"] == {"昨日在管": 3, "今日新增": 1, "解除": 0, "转出": 1, "今日在管": 2}
    assert [each["name"] for each in now["breakers"]] == ["王建国"]


def test_an_undone_release_is_in_charge_again(
    session: Session, isolating: dict[str, str], totals: Path, tmp_path: Path
) -> None:
    done = records.change(
        session, "isolation_case", isolating["王建国"], {"state": "已解除", "closed_on": "2020-05-25"}
    )
    undoing.undo(session, done.batch)
    found = reports.fill(session, totals, tmp_path / "一.xlsx")["balance"]
    assert found["holds"] and found["figures"]["今日在管"] == 3


# ---------------------------------------------------------------- nothing to report, corrected


def test_a_zero_report_says_so_and_its_counts_are_zero(
    session: Session, lived_in: dict[str, str], tmp_path: Path
) -> None:
    form = book(
        tmp_path / "表.xlsx", 表=[["{{零报告}}", "{{今日在管}}", "{{count}}"], ["{{index}}", "{{name}}", "{{start}}"]]
    )
    done = reports.fill(session, form, tmp_path / "一.xlsx")
    assert done["zero"] and done["rows"] == 0
    assert table(tmp_path / "一.xlsx")[0] == ["零报告", 0, 0]
    assert exports(session)[0]["zero"] is True and exports(session)[0]["persons"] == 0


def test_without_a_place_for_it_an_empty_list_says_none(
    session: Session, lived_in: dict[str, str], tmp_path: Path
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["共 {{count}} 人"], ["{{name}}", "{{start}}"]])
    assert reports.fill(session, form, tmp_path / "一.xlsx")["rows"] == 0
    assert table(tmp_path / "一.xlsx") == [["共 0 人", None], ["无", None]]


def test_a_correction_says_so_and_keeps_what_changed(
    session: Session, lived_in: dict[str, str], isolating: dict[str, str], totals: Path, tmp_path: Path
) -> None:
    reports.fill(session, totals, tmp_path / "一.xlsx")
    case(session, lived_in["钱七"], "2020-05-25")
    done = reports.fill(session, totals, tmp_path / "二.xlsx", correction=True)
    assert table(tmp_path / "二.xlsx")[0][0].endswith("更正")
    assert done["changed"] == {"今日新增": [1, 2], "今日在管": [3, 4]}
    said = exports(session)[0]
    assert said["correction"] and said["changed"] == done["changed"] and said["corrects"]


def test_a_correction_of_another_day_corrects_nothing(
    session: Session, isolating: dict[str, str], totals: Path, tmp_path: Path
) -> None:
    reports.fill(session, totals, tmp_path / "一.xlsx", until="2020-05-24 16:00")
    assert reports.fill(session, totals, tmp_path / "二.xlsx", correction=True)["changed"] is None


# ---------------------------------------------------------------- preview and what stands behind a cell


def test_a_preview_writes_nothing_and_masks(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    form = book(tmp_path / "名册.xlsx", 名册=[["姓名", "电话", "证件"], ["{{name}}", "{{phone}}", "{{id_number}}"]])
    entries = len(exports(session)) + len(views(session))
    seen = reports.preview(session, form, where=[("name", "王建国")])
    assert seen.sheets[0]["grid"][1] == ["王建国", "138****5678", "310115********0010"]
    assert (seen.rows, seen.persons, seen.sensitive, seen.second) == (1, 1, ["证件号码"], False)
    assert len(exports(session)) + len(views(session)) == entries
    assert sorted(tmp_path.glob("*.xlsx")) == [form]


def test_a_preview_with_a_purpose_shows_and_leaves_an_entry(
    session: Session, lived_in: dict[str, str], tmp_path: Path
) -> None:
    form = book(tmp_path / "名册.xlsx", 名册=[["{{name}}", "{{id_number}}"]])
    seen = reports.preview(session, form, where=[("name", "王建国")], purpose="care")
    assert seen.sheets[0]["grid"] == [["王建国", "310115195803120010"]]
    (look,) = views(session)
    assert look["purpose"] == "care" and look["said"]["people"] == [lived_in["王建国"]] and look["said"]["sensitive"]


def test_a_preview_shows_the_first_rows_and_tells_how_many_there_are(session: Session, tmp_path: Path) -> None:
    home = door(session, "12号", "302")
    with session.writing("create") as writing:
        writing.create(
            "resident", [(str(records.ids.new_id()), {"household": home, "name": f"人{n}"}) for n in range(250)]
        )
    form = book(tmp_path / "名册.xlsx", 名册=[["{{name}}"], ["共{{count}}"], ["{{实有人口}}"]])
    seen = reports.preview(session, form)
    assert len(seen.sheets[0]["grid"]) == 202 and seen.rows == 250
    assert seen.sheets[0]["grid"][-2:] == [["共250"], ["250"]]
    assert seen.sheets[0]["marks"]["A202"] == "实有人口"
    assert reports.behind(session, form, "名册", "A202")["count"] == 250
    assert reports.behind(session, form, "名册", "A252", whole=True)["mark"] == "实有人口"


def test_behind_a_count_stand_the_records_that_it_counts(
    session: Session, lived_in: dict[str, str], isolating: dict[str, str], totals: Path
) -> None:
    found = reports.behind(session, totals, "日报", "B4")
    assert (found["mark"], found["count"]) == ("昨日在管", 2)
    assert {each["name"] for each in found["records"]} == {"王建国", "李秀英"}
    assert all(each["path"] == "培花新村12号302室" and "在管" in each["why"] for each in found["records"])
    (look,) = views(session)
    assert (
        set(look["said"]["people"]) == {lived_in["王建国"], lived_in["李秀英"]} and look["said"]["mark"] == "昨日在管"
    )
    assert reports.behind(session, totals, "日报", "B3")["records"] == []
    assert len(views(session)) == 1  # nobody was shown


def test_behind_conditioned_counts_and_rows(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{实有人口:性别=女}}", "{{户数}}", "{{today}}"], ["{{name}}"]])
    found = reports.behind(session, form, "表", "A1", where=[("building", "12号")])
    assert [each["id"] for each in found["records"]] == [lived_in["李秀英"]]
    assert "实有人口" in found["basis"] and "性别=女" in found["basis"]
    assert reports.behind(session, form, "表", "B1")["count"] == 3
    assert reports.behind(session, form, "表", "C1")["count"] is None
    assert reports.behind(session, form, "表", "A2")["records"][0]["id"] == lived_in["赵六"]
    assert views(session)[0]["id"] == lived_in["赵六"]


def test_behind_a_cell_that_the_form_does_not_fill(session: Session, totals: Path) -> None:
    with pytest.raises(UserError) as error:
        reports.behind(session, totals, "日报", "F9")
    assert error.value.code == "cell-empty"


# ---------------------------------------------------------------- who may


@pytest.fixture
def leader(session: Session) -> Session:
    return replace(session, roles=frozenset({"leader"}), ring=None)


def test_a_reader_of_totals_is_told_no_small_count(
    session: Session, leader: Session, lived_in: dict[str, str], tmp_path: Path
) -> None:
    home = door(session, "12号", "401")
    with session.writing("create") as writing:
        writing.create("resident", [
            (str(records.ids.new_id()), {"household": home, "name": f"人{n}", "sex": "男" if n < 8 else "女"}) for n in range(14)
        ])  # fmt: skip
    form = book(
        tmp_path / "表.xlsx",
        表=[["{{实有人口}}"], ["{{path}}", "{{实有人口:性别=男}}", "{{实有人口:性别=女}}", "{{persons}}"]],
    )
    done = reports.fill(leader, form, tmp_path / "一.xlsx")
    rows = table(tmp_path / "一.xlsx")
    assert rows[0][0] == 20 and done["suppressed"] > 1  # 18, rounded
    for row in rows[1:]:
        assert sum(value == "*" for value in row[1:]) != 1
        assert all(value in ("*", 0) or value % 5 == 0 for value in row[1:])
    assert rows[1][3] == "*"  # one person lives in 2号
    exact = reports.fill(session, form, tmp_path / "二.xlsx")
    assert exact["suppressed"] == 0 and table(tmp_path / "二.xlsx")[1] == ["培花新村2号", 0, 1, 1]


def test_a_reader_of_totals_is_told_nobodys_name_with_the_balance(
    session: Session, leader: Session, lived_in: dict[str, str], totals: Path, tmp_path: Path
) -> None:
    case(session, lived_in["钱七"], "2020-05-22")
    done = reports.fill(leader, totals, tmp_path / "一.xlsx")
    assert done["balance"] is None and "钱七" not in str(done)


@pytest.mark.parametrize(
    "marks",
    [["{{name}}"], ["{{leader_name}}", "{{实有人口}}"], ["{{实有人口:姓名=王建国}}"], ["{{实有人口:备注含病}}"]],
)
def test_a_reader_of_totals_fills_no_form_that_means_a_person(
    leader: Session, lived_in: dict[str, str], tmp_path: Path, marks: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        reports.fill(leader, book(tmp_path / "表.xlsx", 表=[marks]), tmp_path / "一.xlsx")
    assert refused.value.code == "not-allowed" and not (tmp_path / "一.xlsx").exists()


def test_a_reader_of_totals_may_not_narrow_to_a_person_nor_look_behind(
    leader: Session, lived_in: dict[str, str], tmp_path: Path
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{实有人口}}"]])
    for attempt in (
        lambda: reports.fill(leader, form, tmp_path / "一.xlsx", where=[("phone", "13812345678")]),
        lambda: reports.preview(leader, form, where=[("name", "含", "王")]),
        lambda: reports.behind(leader, form, "表", "A1"),
    ):
        with pytest.raises(Refused):
            attempt()
    assert reports.preview(leader, form, where=[("sex", "男")]).sheets[0]["grid"] == [["*"]]


def test_level_3_stays_masked_in_every_unit_without_a_purpose(
    session: Session, isolating: dict[str, str], tmp_path: Path
) -> None:
    form = book(tmp_path / "表.xlsx", 表=[["{{name}}", "{{start}}", "{{id_number}}"]])
    reports.fill(session, form, tmp_path / "一.xlsx")
    assert table(tmp_path / "一.xlsx")[0][2] == "310115********0010"
    reports.fill(session, form, tmp_path / "二.xlsx", purpose="isolation")
    assert table(tmp_path / "二.xlsx")[0][2] == "310115195803120010"
    assert [each["sensitive"] for each in exports(session)] == [True, False]


def test_the_sharing_ledger_has_it_with_fields_and_heads(
    session: Session, isolating: dict[str, str], tmp_path: Path
) -> None:
    reports.fill(session, "居家隔离日报", tmp_path / "一.xlsx", to="花木街道")
    entry = shares.list_(session)[0]
    assert entry["persons"] == 3 and entry["to"] == "花木街道"
    assert {"姓名", "今日在管", "期满日期"} <= set(entry["fields"])


# ---------------------------------------------------------------- what comes with the program


@pytest.mark.parametrize("name", READY)
def test_ready_made_forms_fill_with_people_and_without(
    session: Session, tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    empty = reports.fill(session, name, tmp_path / "空.xlsx")
    assert empty["zero"] and empty["rows"] == 0
    request.getfixturevalue("isolating")
    done = reports.fill(session, name, tmp_path / "满.xlsx")
    assert done["zero"] is (name == "来沪返沪台账")
    assert name in dict(reports.ready_made())


def test_the_list_of_elderly_alone_has_only_them(session: Session, lived_in: dict[str, str], tmp_path: Path) -> None:
    done = reports.fill(session, "独居老人台账", tmp_path / "一.xlsx")
    rows = table(tmp_path / "一.xlsx")
    assert done["rows"] == 1 and rows[3][1] == "李秀英" and "共 1 人，其中 80 岁及以上 1 人" in rows[1][0]


# ---------------------------------------------------------------- at the centre


def test_at_the_centre_each_committee_with_the_time_of_its_data(street: Street, tmp_path: Path) -> None:
    first, second = street.committee(1), street.committee(2)
    home = door(first, "12号", "302")
    person = records.add(first, "resident", {"household": home, "name": "王建国"}).id
    case(first, person, "2020-05-25")
    files = street.send(first)
    street.bring(street.centre, files)
    at(street.centre, "2020-05-25T23:00")
    form = book(tmp_path / "表.xlsx", 表=[["{{path}}", "{{data_until}}", "{{今日在管}}", "{{old}}"]])
    done = reports.fill(street.centre, form, tmp_path / "一.xlsx")
    rows = {row[0]: row[1:] for row in table(tmp_path / "一.xlsx")}
    assert rows[first.name][1:] == [1, None] and str(rows[first.name][0]).startswith("2020-05-25")
    assert rows[second.name] == [None, None, "未收到数据"]  # nothing came: that is no zero
    assert [each["name"] for each in done["old"]] == [second.name]
    at(street.centre, "2020-05-29T09:00")
    done = reports.fill(street.centre, form, tmp_path / "二.xlsx")
    assert {each["name"] for each in done["old"]} == {first.name, second.name}


def test_a_form_with_a_line_for_each_committee_says_nothing_of_whom_nothing_is_known(
    street: Street, tmp_path: Path
) -> None:
    first, second, third = (street.committee(number) for number in (1, 2, 3))
    for session, people in ((first, 3), (second, 5)):
        at(session, f"2020-05-25T09:0{people}")
        home = door(session, "12号", "302")
        for number in range(people):
            records.add(session, "resident", {"household": home, "name": f"{session.name}的人{number}"})
        street.bring(street.centre, street.send(session))
    form = tmp_path / "上级的表.xlsx"
    lines = [[each.name] for each in (first, second)] + [[third.name.removesuffix("委会")]]
    book(form, 表=[["居委会", "实有人口", "今日在管"], *lines, ["合计", "=SUM(B2:B4)", None]])
    forms.learn(street.centre, form, "各居委")
    done = forms.fill(street.centre, "各居委", tmp_path / "一.xlsx")
    assert table(tmp_path / "一.xlsx")[1:] == [
        [first.name, 3, 0], [second.name, 5, 0], [lines[2][0], None, None], ["合计", "=SUM(B2:B4)", 0]
    ]  # fmt: skip
    assert [each["name"] for each in done["old"]] == [third.name]
    at(street.centre, "2020-05-29T09:00")
    until = book(tmp_path / "截至.xlsx", 表=[["{{name}}", "{{data_until}}", "{{old}}", "{{实有人口}}"]])
    done = reports.fill(street.centre, until, tmp_path / "二.xlsx")
    rows = table(tmp_path / "二.xlsx")
    assert [row[2:] for row in rows] == [["数据陈旧", 3], ["数据陈旧", 5], ["未收到数据", None]]
    assert rows[0][1] != rows[1][1] and rows[2][1] is None  # each committee's own time
    assert [each["name"] for each in done["old"]] == [each.name for each in (first, second, third)]


def test_a_committee_fills_its_own_line_of_the_street_s_form(
    session: Session, lived_in: dict[str, str], tmp_path: Path
) -> None:
    form = book(tmp_path / "街道.xlsx", 表=[["居委会", "实有人口"], [session.name], ["由由一居委会"]])
    forms.learn(session, form, "街道")
    forms.fill(session, "街道", tmp_path / "一.xlsx")
    assert table(tmp_path / "一.xlsx")[1:] == [[session.name, 4], ["由由一居委会", None]]


# ---------------------------------------------------------------- the command


def run(session: Session, capsys: pytest.CaptureFixture[str], tmp_path: Path, *words: str) -> tuple[int, str]:
    secret = tmp_path / "口令"
    secret.write_text(PASSWORD, "utf-8")
    workspaces.lock(session)
    code = cli.main([
        "--data", str(session.folder), "--account", ACCOUNT, "--password-file", str(secret), "--now", "2020-05-25T16:00", *words,
    ])  # fmt: skip
    return code, capsys.readouterr().out


def test_the_command_fills_previews_and_says_the_balance(
    session: Session, isolating: dict[str, str], totals: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "一.xlsx"
    code, said = run(session, capsys, tmp_path, "--json", "report", str(totals), "--out", str(out), "--until", "16:00")
    done = json.loads(said)
    assert code == 0 and done["balance"]["holds"] and done["zero"] is False and done["sheets"][0]["unit"] == "building"
    code, said = run(session, capsys, tmp_path, "report", "居家隔离日报", "--preview", "--where", "楼号!=2号")
    assert code == 0 and "培花新村12号\t2\t1\t0\t0\t3" in said and "平衡" in said and "培花新村2号" not in said
    code, _ = run(session, capsys, tmp_path, "report", str(totals))
    assert code == 2

"""Care through the services: groups computed and adopted, plans made at once, contacts, what is sensitive, the list beside.

One workspace with a few people of each kind serves all tests that only read; what writes undoes nothing of the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app import cli
from app.db import history, present
from app.domain import clock
from app.domain.findings import Refused, UserError
from app.services import care, ledgers, records, shares, undoing
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD

PEOPLE: list[tuple[str, str, int | None, dict[str, Any]]] = [
    ("12号/101", "王独", 1938, {}),
    ("12号/102", "李老", 1950, {}), ("12号/102", "李老伴", 1952, {}),
    ("12号/103", "赵有儿", 1935, {"care_groups": ["独居"]}), ("12号/103", "赵小", 1980, {}),
    ("12号/104", "钱残", 1985, {"care_groups": ["残疾"], "care_groups_sensitive": ["低保", "重病"]}),
    ("12号/105", "孙去", 1930, {"status": "去世"}),
    ("12号/106", "周院", 1936, {"status": "住院"}),
    ("13号/101", "吴在", 1945, {"care_groups_sensitive": ["低保"]}),
]  # fmt: skip


@pytest.fixture(scope="module")
def workspace(kept_session: Session) -> Session:
    session = kept_session
    homes: dict[str, str] = {}
    for door, name, born, more in PEOPLE:
        if door not in homes:
            building, room = door.split("/")
            made = records.add(session, "dwelling", {"estate": "培花新村", "building": building, "room": room})
            homes[door] = records.add(session, "household", {"dwelling": made.id}).id
        records.add(session, "resident", {"household": homes[door], "name": name, "birth_year": born, **more})
    return session


@pytest.fixture
def session(workspace: Session) -> Iterator[Session]:
    """The shared workspace; what a test wrote in it is undone, and rights and clock are put back."""
    before = (workspace.roles, workspace.ring, workspace.purpose, workspace.clock)
    done = _batches(workspace)
    yield workspace
    workspace.roles, workspace.ring, workspace.purpose, workspace.clock = before
    workspace._given = None
    for batch in _batches(workspace):
        if batch not in done:
            undoing.undo(workspace, batch)


def _batches(session: Session) -> list[str]:
    acts = ledgers.show(session)
    gone = {each["id"] for each in acts if each["action"] == "undo" and each["entity"] == "batch"}
    wrote = [each["batch"] for each in acts if each["action"] in ("create", "change") and each["batch"] not in gone]
    return list(dict.fromkeys(wrote))


def who(session: Session, name: str) -> str:
    with session.db.reading() as connection:
        return str(present.where(connection, session.committee_id, "resident", name=name)[0]["id"])


def names(session: Session, group: str) -> set[str]:
    return {row["name"] for row in care.groups(session, only=[group])[0]["members"]}


def looks(session: Session, resident: str) -> list[bool]:
    with session.db.reading() as connection:
        acts = history.acts(connection, session.office, actions=("view",), entity="resident", row=resident)
    return [bool(act["said"].get("sensitive")) for act in acts]


# ---------------------------------------------------------------- groups


def test_groups_are_computed_from_who_lives_where_and_explained(session: Session) -> None:
    told = {row["group"]: row for row in care.groups(session)}
    why = {row["name"]: row["why"] for row in told["独居"]["members"]}
    assert why == {"王独": "本户现住1人", "赵有儿": "已标注", "吴在": "本户现住1人"}
    assert names(session, "纯老家庭") == {"李老", "李老伴"}
    assert {row["name"]: row["why"] for row in told["高龄"]["members"]} == {
        "王独": "1938年生，今年满82岁", "赵有儿": "1935年生，今年满85岁",
    }  # fmt: skip
    assert (told["残疾"]["count"], told["残疾"]["computed"]) == (1, 0)


def test_somebody_in_hospital_no_longer_makes_two(session: Session) -> None:
    records.change(session, "resident", who(session, "李老伴"), {"status": "住院"})
    assert "李老" in names(session, "独居") and not names(session, "纯老家庭")


def test_a_second_residence_counts_where_the_person_sleeps(session: Session) -> None:
    with session.db.reading() as connection:
        home = present.where(connection, session.committee_id, "resident", name="王独")[0]["household"]
    child = records.add(session, "resident", {
        "household": who_lives(session, "赵小"), "name": "王孙", "birth_year": 2000, "residence_kind": "户籍",
    })  # fmt: skip
    assert "王独" in names(session, "独居")
    records.add(session, "residence", {"resident": child.id, "household": home, "kind": "实住"})
    assert "王独" not in names(session, "独居")


def who_lives(session: Session, name: str) -> str:
    with session.db.reading() as connection:
        return str(present.where(connection, session.committee_id, "resident", name=name)[0]["household"])


def test_a_birth_that_stands_in_the_number_alone_is_known_to_whoever_opens_it(session: Session) -> None:
    added = records.add(session, "resident", {
        "household": who_lives(session, "赵小"), "name": "郑证", "id_number": "310115193203120010",
    })  # fmt: skip
    assert added.id in {row["id"] for row in care.groups(session, only=["高龄"])[0]["members"]}
    session.ring = None
    assert added.id not in {row["id"] for row in care.groups(session, only=["高龄"])[0]["members"]}


def test_differences_are_adopted_in_one_batch_that_can_be_undone(session: Session) -> None:
    rows = care.differences(session)
    assert {(row["name"], row["group"], row["kind"]) for row in rows if row["kind"] == "marked"} == {
        ("赵有儿", "独居", "marked")
    }
    assert next(row["why"] for row in rows if row["kind"] == "marked") == "本户现住2人（还有赵小）"
    computed = [(row["resident"], row["group"]) for row in rows if row["kind"] == "computed"]
    done = care.adopt(session, computed, source="系统计算")
    assert done["changed"] == len(computed) == 6 and done["persons"] == 5
    assert [row["kind"] for row in care.differences(session)] == ["marked"]
    assert care.adopt(session, computed)["batch"] == ""
    undoing.undo(session, done["batch"])
    assert len(care.differences(session)) == len(rows)


def test_a_mark_is_taken_away_and_the_others_stay(session: Session) -> None:
    row = who(session, "赵有儿")
    care.adopt(session, [(row, "高龄")])
    care.adopt(session, [(row, "独居")], remove=True)
    assert records.show(session, "resident", row)["care_groups"] == ["高龄"]


def test_a_group_that_is_none_is_refused(session: Session) -> None:
    with pytest.raises(UserError, match="care-group-unknown"):
        care.adopt(session, [(who(session, "王独"), "低保")])


# ---------------------------------------------------------------- what is sensitive


def test_a_group_that_is_none_is_said_rather_than_empty(session: Session) -> None:
    with pytest.raises(UserError, match="care-group-unknown"):
        care.groups(session, only=["富豪"])


def test_sensitive_groups_are_a_count_until_they_are_opened(session: Session) -> None:
    row = {each["group"]: each for each in care.groups(session)}["低保"]
    assert (row["level"], row["count"], row["members"]) == (3, 2, [])
    before = looks(session, who(session, "钱残"))
    told = care.groups(session, sensitive=True, only=["低保"])[0]
    assert {each["name"] for each in told["members"]} == {"钱残", "吴在"}
    assert looks(session, who(session, "钱残")) == [True, *before]


def test_without_the_ring_only_how_many_is_told(session: Session) -> None:
    session.roles, session.ring = frozenset({"group_head"}), None
    rows = [row for row in care.groups(session) if row["level"] == 3]
    assert [(row["group"], row["count"], row["members"]) for row in rows] == [("敏感人群", 2, [])]
    with pytest.raises(Refused, match="not-allowed"):
        care.groups(session, sensitive=True)


def test_a_worker_is_named_only_those_assigned_to_it(session: Session) -> None:
    with session.db.reading() as connection:
        building = present.where(connection, session.committee_id, "building", number="13号")[0]["id"]
        own = session.given(connection)
    session.roles = frozenset({"worker"})
    session._given = type(own)(own.committees, frozenset({building}))
    told = care.groups(session, sensitive=True, only=["低保"])[0]
    assert [each["name"] for each in told["members"]] == ["吴在"] and told["count"] == 1
    care.person(session, who(session, "吴在"), reveal=True)
    with pytest.raises(Refused, match="not-assigned"):
        care.person(session, who(session, "钱残"), reveal=True)
    assert care.plan(session, group="低保", kind="每月上门")["made"] == 1


def test_plans_for_a_sensitive_group_are_a_look_at_everybody_in_it(session: Session) -> None:
    """Whoever reads the plans made for 低保 knows who is in it."""
    before = len(looks(session, who(session, "钱残")))
    assert care.plan(session, kind="每周电话", group="低保")["made"] == 2
    assert looks(session, who(session, "钱残"))[0] and len(looks(session, who(session, "钱残"))) == before + 1


def test_a_person_s_page_holds_back_what_is_sensitive_until_it_is_opened(session: Session) -> None:
    row = who(session, "钱残")
    told = care.person(session, row)
    assert [each["group"] for each in told["groups"]] == ["残疾"] and told["hidden"]
    assert told["groups"][0]["why"] == "张书记于2020-05-25标注"
    opened = care.person(session, row, reveal=True)
    assert [each["group"] for each in opened["groups"]] == ["残疾", "低保", "重病"]


def test_a_sensitive_note_is_sealed_and_shown_on_opening(session: Session) -> None:
    row = who(session, "王独")
    care.plan(session, [row], kind="每周电话")
    plan = care.due(session)[0]["id"]
    done = care.done(session, plan, note_sensitive="糖尿病")
    with session.db.reading() as connection:
        kept = present.one(connection, session.committee_id, "care_contact", done.id) or {}
    assert kept["note_sensitive"].startswith("sealed:")
    assert care.person(session, row)["last"][0]["note_sensitive"] == ""
    assert care.person(session, row, reveal=True)["last"][0]["note_sensitive"] == "糖尿病"
    session.ring = None
    with pytest.raises(Refused, match="ring-needed"):
        care.done(session, plan, note_sensitive="又一次")


def test_phones_key_holder_and_emergency_contacts_open_by_an_entry(session: Session) -> None:
    row = who(session, "王独")
    records.change(session, "resident", row, {
        "phone": "13812345678", "emergency_contacts": [{"name": "王小红", "phone": "13900001111", "relation": "女儿"}],
    })  # fmt: skip
    records.change(
        session,
        "household",
        who_lives(session, "王独"),
        {"key_holder_name": "张阿姨", "key_holder_phone": "13700002222"},
    )
    before = len(looks(session, row))
    shown = care.person(session, row)["people"]
    assert [(each["role"], each["who"]) for each in shown] == [
        ("own", "王独"),
        ("emergency", "王小红"),
        ("key", "张阿姨"),
    ]
    assert all("****" in each["phone"] for each in shown) and len(looks(session, row)) == before
    assert [each["phone"] for each in care.numbers(session, row)] == ["13812345678", "13900001111", "13700002222"]
    assert len(looks(session, row)) == before + 1


# ---------------------------------------------------------------- plans


def test_a_plan_for_a_group_is_one_a_person_and_kind(session: Session) -> None:
    care.adopt(session, [(who(session, "王独"), "残疾")])
    first = care.plan(session, group="独居", kind="每周电话")
    again = care.plan(session, group="高龄", kind="每周电话")
    assert (first["made"], again["made"], again["already"]) == (3, 0, 2)
    both = care.plan(session, group="独居+残疾", kind="每月上门")
    assert both["made"] == 1
    rows = care.due(session)
    assert sorted(row["name"] for row in rows) == ["吴在", "王独", "赵有儿"]
    assert {row["name"]: sorted(row["kinds"]) for row in rows}["王独"] == ["每周电话", "每月上门"]
    undoing.undo(session, both["batch"])
    assert {row["name"]: row["kinds"] for row in care.due(session)}["王独"] == ["每周电话"]


def test_who_died_or_is_away_gets_no_plan_and_drops_out_with_a_word(session: Session) -> None:
    done = care.plan(session, [who(session, name) for name in ("孙去", "周院", "王独")], kind="每周电话")
    assert [(each["name"], each["why"]) for each in done["left"]] == [("孙去", "去世"), ("周院", "住院")]
    records.change(session, "resident", who(session, "王独"), {"status": "住养老院"})
    assert care.due(session) == []
    assert [(row["name"], row["out"], row["due"]) for row in care.plans(session)] == [("王独", "住养老院", None)]
    records.change(session, "resident", who(session, "王独"), {"status": "在住"})
    assert [row["name"] for row in care.due(session)] == ["王独"]


def test_contacts_move_the_day_and_missing_twice_is_told(session: Session) -> None:
    care.plan(session, [who(session, "王独")], kind="每周电话", start=date(2020, 5, 10))
    (row,) = care.due(session)
    assert (row["due"], row["overdue"], row["days"]) == ("2020-05-10", True, 15)
    for day in (20, 22):
        care.done(session, row["id"], result="未联系上", on=date(2020, 5, day))
    (row,) = care.due(session)
    assert row["missed"] == 2 and "连续2次未联系上" in row["what"] and row["due"] == "2020-05-10"
    done = care.done(session, row["id"], by="李社工")
    assert care.due(session) == [] and care.due(session, date(2020, 6, 1))[0]["due"] == "2020-06-01"
    assert care.due(session, ahead=7)[0]["last_by"] == "李社工"
    undoing.undo(session, done.batch)
    assert len(care.due(session)) == 1


def test_a_follow_up_is_due_on_its_day(session: Session) -> None:
    care.plan(session, [who(session, "王独")], kind="每周电话")
    row = care.due(session)[0]["id"]
    care.done(session, row, result="需跟进", follow_up=date(2020, 5, 27))
    (later,) = care.due(session, date(2020, 5, 27))
    assert later["due"] == "2020-05-27" and later["what"] == "每周电话：跟进"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"on": date(2020, 5, 26)}, "care-day"), ({"on": date(2018, 1, 1)}, "care-day"), ({"result": "好"}, "care-result"),
        ({"mode": "飞鸽"}, "care-mode"), ({"result": "需跟进", "follow_up": date(2020, 5, 25)}, "care-follow-up"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_written(session: Session, more: dict[str, Any], code: str) -> None:
    care.plan(session, [who(session, "王独")], kind="每周电话")
    row = care.due(session)[0]
    with pytest.raises(UserError, match=code):
        care.done(session, row["id"], **more)
    assert care.last_contacts(session, row["resident"]) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": ""}, "care-kind"), ({"kind": "助浴"}, "care-every"), ({"kind": "助浴", "every": 500}, "care-every"),
        ({"kind": "每周电话", "start": date(2030, 1, 1)}, "care-start"), ({"kind": "每周电话", "mode": "飞鸽"}, "care-mode"),
        ({"kind": "每周电话", "until": date(2020, 1, 1)}, "care-until"), ({"kind": "每周电话", "group": "孤老"}, "care-nobody"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused(session: Session, more: dict[str, Any], code: str) -> None:
    with pytest.raises(UserError, match=code):
        care.plan(session, [] if "group" in more else [who(session, "王独")], **more)
    assert care.plans(session) == []


def test_a_plan_rests_until_a_day_goes_on_and_ends_for_good(session: Session) -> None:
    (row,) = care.plan(session, [who(session, "王独")], kind="每周电话")["ids"]
    care.pause(session, row, why="去女儿家", resume_on=date(2020, 6, 10))
    assert care.due(session, date(2020, 6, 9)) == [] and "暂停到期" in care.due(session, date(2020, 6, 10))[0]["what"]
    care.resume(session, row)
    assert len(care.due(session)) == 1
    with pytest.raises(UserError, match="care-why"):
        care.end(session, row, why=" ")
    care.end(session, row, why="搬去养老院")
    assert care.plans(session) == [] and care.plans(session, ended=True)[0]["why"] == "搬去养老院"
    with pytest.raises(UserError, match="care-step"):
        care.resume(session, row)
    with pytest.raises(UserError, match="care-plan-ended"):
        care.done(session, row)


def test_past_its_last_day_a_plan_asks_and_is_prolonged(session: Session) -> None:
    (row,) = care.plan(session, [who(session, "王独")], kind="每周电话", until=date(2020, 5, 26))["ids"]
    care.done(session, row)
    assert "计划到期" in care.due(session, date(2020, 5, 26))[0]["what"]
    care.prolong(session, row, None)
    assert care.due(session, date(2020, 5, 26)) == [] and care.due(session, date(2020, 6, 1))[0]["what"] == "每周电话"
    with pytest.raises(UserError, match="care-until"):
        care.prolong(session, row, date(2020, 5, 1))


def test_mine_are_those_that_name_me(session: Session) -> None:
    care.plan(session, [who(session, "王独")], kind="每周电话", worker=ACCOUNT)
    care.plan(session, [who(session, "李老")], kind="每周电话", worker="李社工")
    assert [row["name"] for row in care.due(session, mine=True)] == ["王独"]


def test_whatever_another_pc_wrote_is_read_and_stays_due(session: Session) -> None:
    row = who(session, "王独")
    (plan,) = care.plan(session, [row], kind="每周电话")["ids"]
    with session.writing("change") as writing:
        writing.change("care_plan", plan, {"start": "0000-00", "every_days": -4, "until": "某日", "state": "乱写"})
    records.add(session, "care_contact", {"resident": row, "plan": plan, "mode": "上门"})
    (due,) = care.due(session)
    assert due["due"] == "2020-05-25" and care.person(session, row)["last"] == []


# ---------------------------------------------------------------- the line office's list


def book(path: Path, *rows: list[Any]) -> Path:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


HEAD = ["序", "老人姓名", "家庭住址"]


def outcomes(found: Any) -> set[tuple[str, str, str]]:
    return {(row["outcome"], row["name"] or row["listed"], row["why"]) for row in found.rows}


def test_a_list_beside_the_register_with_the_reason_of_each_difference(session: Session, tmp_path: Path) -> None:
    path = book(
        tmp_path / "名单.xlsx", ["独居老人名单"], HEAD, [1, "王独", "培花新村12号101室"], [2, "赵小", "培花新村12号103室"],
        [3, "李老", "培花新村12号102室"], [4, "孙去", "培花新村12号105室"], [5, "查无人", "培花新村12号101室"],
        [6, "王独", "培花新村12号101室"],
    )  # fmt: skip
    found = care.compare(session, path)
    assert found.groups == ("独居",) and found.counts == {"both": 1, "theirs": 4, "ours": 2, "doubt": 0, "twice": 1}
    told = outcomes(found)
    assert ("both", "王独", "本户现住1人") in told
    assert ("theirs", "赵小", "本户现住2人（还有赵有儿）") in told
    assert ("theirs", "李老", "本户现住2人（还有李老伴）") in told
    assert any(each[:2] == ("theirs", "孙去") and each[2].startswith("已去世") for each in told)
    assert any(each[:2] == ("theirs", "查无人") and each[2].startswith("查无此人") for each in told)
    assert {each[1] for each in told if each[0] == "ours"} == {"赵有儿", "吴在"}


def test_hidden_rows_of_a_list_are_named_and_read_when_asked_for(session: Session, tmp_path: Path) -> None:
    path = book(
        tmp_path / "名单.xlsx", ["独居老人名单"], HEAD, [1, "王独", "培花新村12号101室"], [2, "赵小", "培花新村12号103室"],
    )  # fmt: skip
    bent = load_workbook(path)
    bent.active.row_dimensions[4].hidden = True
    bent.save(path)
    left = care.compare(session, path)
    assert [each.code for each in left.findings] == ["rows-hidden"] and "赵小" not in {
        row["listed"] for row in left.rows
    }
    whole = care.compare(session, path, hidden=True)
    assert whole.findings == () and "赵小" in {row["listed"] for row in whole.rows}


def test_a_list_of_two_groups_row_by_row(session: Session, tmp_path: Path) -> None:
    path = book(
        tmp_path / "汇总.xlsx", [*HEAD, "人员标签"], [1, "王独", "培花新村12号101室", "高龄"],
        [2, "钱残", "培花新村12号104室", "残疾"], [3, "李老", "培花新村12号102室", "残疾"],
    )  # fmt: skip
    told = outcomes(care.compare(session, path))
    assert ("theirs", "李老", "在册，没有标注残疾") in told and ("both", "钱残", "已标注") in told
    assert {each[1] for each in told if each[0] == "ours"} == {"赵有儿"}


def test_a_list_that_does_not_say_whose_it_is_asks(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "表.xlsx", HEAD, [1, "王独", "培花新村12号101室"])
    with pytest.raises(UserError, match="care-list-group"):
        care.compare(session, path)
    assert care.compare(session, path, group="高龄").counts["both"] == 1


def test_what_goes_back_is_text_and_leaves_an_entry(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "高龄.csv"
    lines = ["序,老人姓名,家庭住址", "1,=HYPERLINK(1),培花新村12号101室", "2,王独,培花新村12号101室"]
    path.write_text("\n".join(lines), "utf-8-sig")
    out = tmp_path / "比对.xlsx"
    done = care.export_comparison(session, care.compare(session, path), out, to="老龄办")
    cells = [cell for row in load_workbook(out).active.iter_rows() for cell in row if cell.value]
    assert done["rows"] and all(cell.data_type == "s" for cell in cells)
    assert any("HYPERLINK" in str(cell.value) for cell in cells)
    said = shares.list_(session)[0]
    assert (said["kind"], said["to"], said["persons"], said["sensitive"]) == ("care", "老龄办", 2, False)


def test_a_sensitive_list_wants_a_purpose_and_leaves_looks(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "低保.xlsx", HEAD, [1, "吴在", "培花新村13号101室"])
    found = care.compare(session, path)
    assert found.sensitive and found.counts["both"] == 1 and looks(session, who(session, "钱残"))[0]
    with pytest.raises(UserError, match="care-purpose"):
        care.export_comparison(session, found, tmp_path / "比对.xlsx")
    assert not (tmp_path / "比对.xlsx").exists()
    session.purpose = "care"
    care.export_comparison(session, found, tmp_path / "比对.xlsx")
    assert shares.list_(session)[0]["sensitive"]


def test_a_worker_does_not_hold_a_sensitive_list_against_everybody(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "低保.xlsx", HEAD, [1, "吴在", "培花新村13号101室"])
    session.roles = frozenset({"worker"})
    with pytest.raises(Refused, match="not-assigned-list"):
        care.compare(session, path)


def test_marks_that_a_list_brought_say_so(session: Session, tmp_path: Path) -> None:
    row = who(session, "李老")
    care.adopt(session, [(row, "残疾")], source="残联名单.xlsx")
    why = {each["group"]: each["why"] for each in care.person(session, row)["groups"]}
    assert why["残疾"] == "2020-05-25由张书记按“残联名单.xlsx”标注"


def test_the_year_turns_and_nobody_has_to_do_anything(session: Session) -> None:
    assert "吴在" not in names(session, "高龄")
    session.clock = clock.frozen("2025-01-01T09:00")
    assert "吴在" in names(session, "高龄")


def test_the_command_line_does_all_of_it(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        asked = ["--data", str(folder), "--account", ACCOUNT, "--now", "2020-05-25T09:00", "--json", *words]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOUTU_PASSWORD", PASSWORD)
            code = cli.main(asked)
        return code, json.loads(capsys.readouterr().out)

    run("add", "dwelling", "estate=培花新村", "building=12号", "room=101")
    run("add", "household", "dwelling=12号/101")
    _, added = run("add", "resident", "household=12号/101", "name=王独", "birth_year=1938")
    assert {row["group"]: row["count"] for row in run("care", "groups")[1]}["高龄"] == 1
    assert run("care", "plan", "--group", "独居", "--kind", "助浴", "--every", "14")[1]["made"] == 1
    _, (row,) = run("care", "due")
    assert {"id", "household", "resident", "state", "due"} <= row.keys() and row["resident"] == added["id"]
    assert run("care", "done", row["id"], "--result", "未联系上")[0] == 0
    assert run("care", "due", "--on", "2020-06-01")[1][0]["days"] == 7
    names_ = book(tmp_path / "高龄名单.xlsx", HEAD, [1, "王独", "培花新村12号101室"])
    assert run("care", "compare", str(names_), "--out", str(tmp_path / "比对.xlsx"))[1]["counts"]["both"] == 1
    assert run("care", "adopt", "--group", "高龄")[1]["persons"] == 1
    assert run("care", "end", row["id"], "--why", "本人不要")[1]["state"] == "已结束"
    code, said = run("care", "done", row["id"])
    assert code == 1 and said["error"]["code"] == "care-plan-ended"
    assert run("care", "list")[1] == []

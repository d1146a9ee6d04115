"""One act for several doors, on a real encrypted file: the same visit, one state, who is behind them; one undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.domain.findings import Refused, UserError
from app.services import ledgers, matrix, places, records, several_doors, sheets, undoing
from app.services.session import Session

TODAY = date(2020, 5, 25)
HOUSE = "培花新村/12号"


@pytest.fixture
def house(session: Session) -> Session:
    """101: one household, 102: two, 201: nobody known."""
    for room in ("101", "102", "201"):
        records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": room})
    for room, name in (("101", "甲"), ("102", "乙"), ("102", "丙")):
        home = records.add(session, "household", {"dwelling": f"{HOUSE}/{room}"}).id
        records.add(session, "resident", {"household": home, "name": name, "relation": "户主", "phone": "13812345678"})
    return session


def doors(session: Session, *rooms: str) -> list[str]:
    return [places.resolve(session, f"{HOUSE}/{room}", "dwelling")[1] for room in rooms]


def marks(session: Session) -> dict[str, set[str]]:
    return {cell.room: {mark.key for mark in cell.marks} for cell in matrix.of(session, HOUSE).cells}


def test_a_visit_is_one_batch_for_every_household_and_says_what_is_left_out(house: Session) -> None:
    done = several_doors.visit(
        house, doors(house, "101", "102", "201", "101"), on=TODAY, result="登记", mode="上门", by=" 李干事 "
    )
    assert (done["households"], done["doors"], done["left_out"]) == (3, 2, ["201"])
    assert "unvisited" not in marks(house)["101"] | marks(house)["102"]
    with house.db.reading() as connection:
        found = connection.exec_driver_sql('SELECT "on", mode, result, "by" FROM visit').fetchall()
    assert [tuple(row) for row in found] == [("2020-05-25", "上门", "登记", "李干事")] * 3
    undoing.undo(house, done["batch"])
    assert "unvisited" in marks(house)["101"] & marks(house)["102"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"on": date(2020, 5, 26)}, "visit-later"), ({"result": "很好"}, "visit-result"), ({"mode": "飞鸽"}, "visit-mode"),
        ({"note": "字" * 100_001}, "value-refused"),
    ],
)  # fmt: skip
def test_a_visit_that_cannot_be_is_refused_and_nothing_is_written(
    house: Session, more: dict[str, Any], code: str
) -> None:
    with pytest.raises(UserError) as wrong:
        several_doors.visit(house, doors(house, "101"), **{"on": TODAY, "result": "登记", **more})
    assert wrong.value.code == code
    assert "unvisited" in marks(house)["101"]


def test_doors_without_anybody_take_no_visit(house: Session) -> None:
    with pytest.raises(UserError, match="doors-no-household"):
        several_doors.visit(house, doors(house, "201"), on=TODAY, result="登记")


def test_a_state_is_written_where_it_differs(house: Session) -> None:
    chosen = doors(house, "101", "201")
    records.change(house, "dwelling", chosen[1], {"state": "空置"})
    done = several_doors.set_state(house, chosen, "空置")
    assert (done["changed"], done["same"]) == (1, 1)
    assert several_doors.set_state(house, chosen, "空置")["batch"] == ""
    undoing.undo(house, done["batch"])
    assert "state" not in records.show(house, "dwelling", chosen[0])
    with pytest.raises(UserError, match="door-state"):
        several_doors.set_state(house, chosen, "拆了")


def test_who_is_behind_them_is_told_with_masked_phones(house: Session) -> None:
    rows = several_doors.people(house, doors(house, "102", "101"))
    assert [(several_doors.where(row), row["home"], row["name"]) for row in rows] == [
        ("102", "户1", "乙"), ("102", "户2", "丙"), ("101", "", "甲"),
    ]  # fmt: skip
    assert {row["phone"] for row in rows} == {"138****5678"}
    assert not {"id_number", "documents", "birth_date", "note"} & set(rows[0])


Act = Callable[[Session, list[str]], object]
ACTS: list[Act] = [
    lambda session, ids: several_doors.visit(session, ids, on=TODAY, result="登记"),
    lambda session, ids: several_doors.set_state(session, ids, "空置"),
    several_doors.people,
    lambda session, ids: sheets.make(session, doors=ids),
]


@pytest.mark.parametrize("act", ACTS)
def test_an_id_that_is_no_door_is_refused(house: Session, act: Act) -> None:
    """The page said it: a resident's id, an invented one, markup."""
    somebody = several_doors.people(house, doors(house, "101"))[0]["id"]
    for wrong in (somebody, "00000000-0000-7000-8000-000000000000", "<b>'; --"):
        with pytest.raises(UserError, match="path-unknown"):
            act(house, [*doors(house, "101"), wrong])
    assert "unvisited" in marks(house)["101"]


def test_nothing_chosen_and_too_much_chosen(house: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="doors-none"):
        several_doors.people(house, [])
    monkeypatch.setattr(several_doors, "MOST", 1)
    with pytest.raises(UserError, match="doors-many"):
        several_doors.people(house, doors(house, "101", "102"))


def test_a_reader_of_totals_learns_of_nobody(house: Session) -> None:
    ids = doors(house, "101")
    house.roles = frozenset({"leader"})
    for act in ACTS:
        with pytest.raises(Refused):
            act(house, ids)


@pytest.mark.usefixtures("qapp")
def test_sheets_of_chosen_doors_alone(house: Session) -> None:
    made = sheets.make(house, doors=doors(house, "102", "201"))
    assert (made.households, made.doors, made.persons, made.buildings) == (2, 1, 2, 1)
    said = next(act for act in ledgers.show(house) if act["action"] == "print")["said"]
    assert sorted(said["dwellings"]) == sorted(doors(house, "102", "201"))


def test_only_doors_with_a_mark_stand_out(house: Session) -> None:
    records.change(house, "dwelling", doors(house, "201")[0], {"state": "空置"})
    several_doors.visit(house, doors(house, "101"), on=TODAY, result="登记")
    shown = matrix.of(house, HOUSE, only=["unvisited", "vacant", "sensitive"])
    assert {cell.room: cell.asked for cell in shown.cells} == {"101": False, "102": True, "201": True}
    assert shown.only == ("vacant", "unvisited")
    assert "vacant" in {mark.key for cell in shown.cells for mark in cell.marks}

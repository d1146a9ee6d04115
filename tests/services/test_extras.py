"""Columns that no field is for, end to end: kept with the person, joined title by title, sealed where they are grave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook

from app.db import present
from app.services import records, rosters, undoing
from app.services.session import Session

TITLES = ["小区", "楼号", "室号", "姓名", "宠物", "慢性病"]
PEOPLE = [["培花新村", 12, 302, "王建国", "狗", "高血压"], ["培花新村", 12, 401, "李秀英", "", ""]]


def book(path: Path, rows: list[list[Any]], titles: list[str] = TITLES) -> Path:
    made = Workbook()
    assert made.active is not None
    for row in (titles, *rows):
        made.active.append(row)
    made.save(path)
    return path


def import_(session: Session, path: Path) -> dict[str, Any]:
    return rosters.apply(session, rosters.preview(session, path))


def person(session: Session, name: str, reveal: bool = False) -> dict[str, Any]:
    with session.db.reading() as connection:
        rows = {row["name"]: row["id"] for row in present.where(connection, session.committee_id, "resident")}
    return records.show(session, "resident", rows[name], reveal=reveal)


def test_they_are_kept_and_read_again(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", PEOPLE)
    done = import_(session, path)
    assert (done["new"], done["mapping"]) == (
        2,
        dict(zip(TITLES[:4], ["estate", "building", "room", "name"], strict=True)),
    )
    assert person(session, "王建国")["extra"] == {"宠物": "狗"}
    assert "高血压" not in str(person(session, "王建国"))
    assert person(session, "王建国", reveal=True)["extra_sensitive"] == {"慢性病": "高血压"}
    assert "extra" not in person(session, "李秀英")
    again = import_(session, path)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)


def test_another_list_adds_its_own_and_mends_what_it_says(session: Session, tmp_path: Path) -> None:
    import_(session, book(tmp_path / "a.xlsx", PEOPLE))
    rows = [["培花新村", 12, 302, "王建国", "猫", "沪A"], ["培花新村", 12, 401, "李秀英", "", "沪B"]]
    done = import_(session, book(tmp_path / "b.xlsx", rows, [*TITLES[:5], "车辆"]))
    assert done["changed"] == 2
    assert person(session, "王建国")["extra"] == {"宠物": "猫", "车辆": "沪A"}
    assert person(session, "王建国", reveal=True)["extra_sensitive"] == {"慢性病": "高血压"}
    assert person(session, "李秀英")["extra"] == {"车辆": "沪B"}
    undoing.undo(session, done["batch"])
    assert person(session, "王建国")["extra"] == {"宠物": "狗"}

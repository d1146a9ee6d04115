"""A cut-off in the past: the form is what it was then, whatever was written since; what cannot be taken back is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services import duplicates, records, reports, undoing
from app.services.session import Session
from tests.services.test_reports import at, book, case, door, exports, isolating, lived_in, table

__all__ = ["isolating", "lived_in"]

COUNTS = [
    "{{实有人口}}", "{{户籍人口}}", "{{常住人口}}", "{{户数}}", "{{实有人口:性别=女}}", "{{实有人口:年龄>=60}}", "{{今日抵沪}}", "{{今日在管}}",
]  # fmt: skip
THEN = "2020-05-25 16:00"
Ids = dict[str, str]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return book(
        tmp_path / "表.xlsx", 数=[COUNTS], 人=[["{{name}}", "{{sex}}", "{{age}}", "{{path}}", "{{situation}}", "{{id_number}}"]],
        户=[["{{path}}", "{{head}}", "{{head_phone}}", "{{persons}}"]], 号=[["{{path}}", "{{实有人口}}", "{{persons}}"]],
        来=[["{{name}}", "{{origin}}", "{{arrived_on}}"]], 小区=[["{{name}}", "{{buildings}}", "{{dwellings}}", "{{persons}}"]],
        居=[["{{name}}", "{{households}}", "{{persons}}"]], 隔离=[["{{name}}", "{{start}}"]],
    )  # fmt: skip


PER = {"数": "resident", "人": "resident", "户": "household", "号": "building", "来": "arrival", "小区": "estate",
       "居": "committee", "隔离": "isolation_case"}  # fmt: skip


def filled(session: Session, form: Path, out: Path, until: str = "") -> list[list[list[Any]]]:
    reports.fill(session, form, out, until=until, per=PER, purpose="isolation")
    return [table(out, sheet) for sheet in range(len(PER))]


@pytest.fixture
def arrival(session: Session, isolating: Ids, lived_in: Ids) -> str:
    row = str(records.ids.new_id())
    with session.writing("create") as writing:
        writing.create("arrival", [(row, {
            "resident": lived_in["张三"], "origin": "武汉", "arrived_on": "2020-05-25", "state": "待接"
        })])  # fmt: skip
    return row


def came(session: Session, ids: Ids) -> None:
    records.add(session, "resident", {"household": door(session, "3号", "101"), "name": "新来的", "sex": "女"})


def moved_away(session: Session, ids: Ids) -> None:
    records.change(session, "resident", ids["王建国"], {"status": "迁出"})


def deleted(session: Session, ids: Ids) -> None:
    records.remove(session, "resident", ids["赵六"])


def changed(session: Session, ids: Ids) -> None:
    records.change(session, "resident", ids["李秀英"], {
        "sex": "男", "birth_year": 1990, "care_groups": ["残疾"], "id_number": "310115194001010021"
    })  # fmt: skip


def moved_house(session: Session, ids: Ids) -> None:
    records.change(session, "resident", ids["张三"], {"household": door(session, "4号", "201")})


def undone(session: Session, ids: Ids) -> None:
    undoing.undo(session, records.change(session, "resident", ids["钱七"], {"status": "去世"}).batch)


def isolated(session: Session, ids: Ids) -> None:
    case(session, ids["钱七"], "2020-05-25")


EVENTS = (came, moved_away, deleted, changed, moved_house, undone, isolated)


@pytest.mark.parametrize("event", EVENTS)
def test_what_was_written_since_does_not_count(
    session: Session, lived_in: Ids, arrival: str, form: Path, tmp_path: Path, event: Callable[[Session, Ids], None]
) -> None:
    at(session, "2020-05-25T16:00")
    before = filled(session, form, tmp_path / "一.xlsx")
    at(session, "2020-05-25T17:30")
    event(session, lived_in)
    assert filled(session, form, tmp_path / "二.xlsx", THEN) == before
    if event is not undone:
        assert filled(session, form, tmp_path / "三.xlsx") != before  # the event is one that a form shows


def test_all_of_it_together_the_next_day(
    session: Session, lived_in: Ids, arrival: str, form: Path, tmp_path: Path
) -> None:
    at(session, "2020-05-25T16:00")
    before = filled(session, form, tmp_path / "一.xlsx")
    at(session, "2020-05-26T09:00")
    for event in EVENTS:
        event(session, lived_in)
    records.change(session, "arrival", arrival, {"arrived_on": "2020-05-24", "origin": "伦敦"})
    assert filled(session, form, tmp_path / "二.xlsx", THEN) == before


def test_the_basis_says_as_of_when_and_so_does_the_entry(
    session: Session, lived_in: Ids, form: Path, tmp_path: Path
) -> None:
    at(session, "2020-05-26T09:00")
    now = reports.fill(session, form, tmp_path / "一.xlsx", per=PER)
    assert not [rule for rule in now["basis"] if "已登记的资料" in rule]
    done = reports.fill(session, form, tmp_path / "二.xlsx", per=PER, until=THEN)
    assert done["basis"][-1].startswith(f"按 {THEN} 前已登记的资料统计")
    assert exports(session)[0]["basis"] == done["basis"]
    assert reports.preview(session, form, per=PER, until=THEN).basis == done["basis"]


def test_persons_put_together_since_are_one_and_that_is_said(
    session: Session, lived_in: Ids, form: Path, tmp_path: Path
) -> None:
    at(session, "2020-05-25T17:00")
    duplicates.merge(session, lived_in["张三"], lived_in["赵六"])
    done = reports.fill(session, form, tmp_path / "一.xlsx", per=PER, until=THEN)
    assert [rule for rule in done["basis"] if "合并或拆分的居民有 1 对" in rule]
    assert table(tmp_path / "一.xlsx")[0][0] == 3


def test_what_stands_behind_a_past_figure_is_who_was_there(session: Session, lived_in: Ids, tmp_path: Path) -> None:
    at(session, "2020-05-25T17:00")
    came(session, lived_in)
    moved_away(session, lived_in)
    records.remove(session, "resident", lived_in["钱七"])
    form = book(tmp_path / "表.xlsx", 表=[["{{实有人口}}"]])
    found = reports.behind(session, form, "表", "A1", until=THEN)
    assert {each["name"] for each in found["records"]} == {"王建国", "李秀英", "张三", "钱七"}

"""Two PCs changed one value: the fact is listed with both origins, a person decides, and it can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.findings import UserError
from app.services import conflicts, ledgers, records, rosters, search, undoing
from app.services.session import Session
from app.services.values import Values
from tests.elsewhere import Elsewhere


@pytest.fixture
def person(session: Session, roster: Path, tmp_path: Path) -> str:
    """Somebody whose occupation was changed here and elsewhere at the same time."""
    rosters.apply(session, rosters.preview(session, roster))
    row: str = search.find(session, "王建国")[0]["id"]
    elsewhere = Elsewhere(session, tmp_path)
    records.change(session, "resident", row, {"occupation": "教师"})
    elsewhere.write(lambda writing: writing.change("resident", row, {"occupation": "会计"}))
    elsewhere.send()
    return row


def only(session: Session) -> Values:
    (case,) = conflicts.pending(session)
    return case


def test_a_conflict_says_where_each_value_came_from(session: Session, person: str) -> None:
    case = only(session)
    assert (case["row"], case["field"], case["title"]) == (person, "occupation", "职业")
    assert {(each["value"], each["account"]) for each in case["values"]} == {("教师", "张书记"), ("会计", "someone")}


@pytest.mark.parametrize("kept", ["教师", "会计"])
def test_the_version_that_is_chosen_stands_and_the_other_stays_in_the_history(
    session: Session, person: str, kept: str
) -> None:
    case = only(session)
    chosen = next(each["version"] for each in case["values"] if each["value"] == kept)
    done = conflicts.decide(session, case["id"], chosen)
    assert conflicts.pending(session) == []
    assert records.show(session, "resident", person)["occupation"] == kept
    said = [row["value"] for row in records.history(session, "resident", person, "occupation")]
    assert {"教师", "会计"} <= set(said)
    undoing.undo(session, done.batch)
    assert len(only(session)["values"]) == 2


def test_a_decision_about_nothing_is_refused(session: Session, person: str) -> None:
    with pytest.raises(UserError) as refused:
        conflicts.decide(session, f"{person}:name", "x")
    assert refused.value.code == "conflict-unknown"
    with pytest.raises(UserError) as refused:
        conflicts.decide(session, only(session)["id"], "nonsense")
    assert refused.value.code == "version-unknown"


def test_a_row_deleted_here_and_changed_elsewhere_is_a_conflict(session: Session, roster: Path, tmp_path: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    row: str = search.find(session, "王建国")[0]["id"]
    elsewhere = Elsewhere(session, tmp_path)
    records.remove(session, "resident", row)
    elsewhere.write(lambda writing: writing.change("resident", row, {"occupation": "会计"}))
    elsewhere.send()
    assert [case["row"] for case in conflicts.pending(session)] == [row]


def test_a_sealed_value_of_a_merged_person_opens_in_the_row_that_leads(session: Session, roster: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    rows = sorted(str(each["id"]) for name in ("王建国", "李秀英") for each in search.find(session, name))
    for row, note in zip(rows, ("", "第二人的敏感备注"), strict=True):
        if note:
            records.change(session, "resident", row, {"note_sensitive": note})
    with session.writing("merge") as writing:
        writing.merge_rows(*rows)
    shown = records.show(session, "resident", rows[0], reveal=True)
    assert shown["note_sensitive"] == "第二人的敏感备注"
    assert ledgers.rebuild_check(session)["differences"] == []
    records.change(session, "resident", rows[0], {"note_sensitive": "合并后改的"})
    assert records.show(session, "resident", rows[0], reveal=True)["note_sensitive"] == "合并后改的"
    (case,) = [each for each in conflicts.pending(session) if each["field"] == "name"]
    assert {each["value"] for each in case["values"]} == {"王建国", "李秀英"}

"""People who come by bundle are found by their ID numbers: at the centre, at the other PC, after merges and undos."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.db import ledger, present
from app.services import duplicates, numbers, records, rosters, search, undoing, workspaces
from app.services.session import Session
from app.services.values import number_index
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.services.test_duplicates import CARD, OLD_CARD, by_number, home
from tests.services.test_exchange import of, second_pc, send
from tests.street import Street

PASSPORT = "E12345678"


@pytest.fixture
def ours(street: Street, roster: Path) -> Session:
    made = street.committee()
    rosters.apply(made, rosters.preview(made, roster))
    return made


@pytest.fixture
def other(street: Street, ours: Session) -> Session:
    """A second PC of the committee that has taken everything in."""
    made = second_pc(street)
    street.bring(ours, of(street.send(street.centre), ours))  # that the other PC exists
    street.bring(made, send(street, ours, sibling=True))
    return made


def person(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


def indexed(session: Session) -> list[tuple[str, bytes]]:
    with session.db.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT r.id, i.value FROM id_index i JOIN resident r ON r.n = i.resident ORDER BY 1, 2"
        )
        return [(row, bytes(value)) for row, value in rows]


def owed(session: Session) -> int:
    with session.db.reading() as connection:
        return len(present.unindexed(connection))


def swap(street: Street, one: Session, two: Session) -> None:
    street.bring(two, send(street, one, sibling=True))
    street.bring(one, send(street, two, sibling=True))


# ---------------------------------------------------------------- they come


def test_the_centre_finds_a_committees_people_by_number(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    assert by_number(street.centre, CARD) == [person(ours)] and owed(street.centre) == 0
    records.change(ours, "resident", person(ours), {"id_number": "310115198001011234"})
    street.bring(street.centre, street.send(ours))
    assert by_number(street.centre, CARD) == []
    assert person(ours) in by_number(street.centre, "310115198001011234")


def test_the_other_pc_finds_them_and_a_roster_with_the_same_number_matches(
    street: Street, ours: Session, other: Session, roster: Path
) -> None:
    assert by_number(other, CARD) == [person(ours)]
    plan = rosters.preview(other, roster)
    assert plan.counts["new"] == plan.counts["changed"] == 0
    records.change(other, "resident", person(other), {"household": home(other, "909"), "name": "王健国"})
    before = len(indexed(other))
    rosters.apply(other, rosters.preview(other, roster))
    assert by_number(other, CARD) == [person(ours)] and len(indexed(other)) == before


def test_only_those_whose_papers_changed_are_indexed_again(street: Street, ours: Session, other: Session) -> None:
    first = indexed(other)
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    street.bring(other, send(street, ours, sibling=True))
    assert indexed(other) == first
    records.change(ours, "resident", person(ours, "李秀英"), {"documents": [{"type": "护照", "number": PASSPORT}]})
    street.bring(other, send(street, ours, sibling=True))
    assert set(first) < set(indexed(other)) and len(indexed(other)) == len(first) + 1


def test_papers_without_a_number_are_looked_at_once_and_match_nobody(
    street: Street, ours: Session, other: Session
) -> None:
    records.change(ours, "resident", person(ours, "李秀英"), {"documents": [{"type": "无"}]})
    street.bring(other, send(street, ours, sibling=True))
    assert owed(other) == 0 and numbers.settle(other) == 0
    with other.db.reading() as connection:
        assert person(ours, "李秀英") not in present.indexed_numbers(connection, other.committee_id)


# ---------------------------------------------------------------- merges, undos, erasures come


def test_a_merge_that_came_is_found_by_either_number_and_undone_each_by_its_own(
    street: Street, ours: Session, other: Session
) -> None:
    one, two = (
        records.add(ours, "resident", {"household": home(ours, room), "name": "陈阿大", "documents": [papers]}).id
        for room, papers in (
            ("701", {"type": "护照", "number": PASSPORT}),
            ("702", {"type": "身份证", "number": OLD_CARD}),
        )
    )
    street.bring(other, send(street, ours, sibling=True))
    done = duplicates.merge(ours, one, two)
    swap(street, ours, other)
    for session in (ours, other):
        assert by_number(session, OLD_CARD) == [done.id] and owed(session) == 0
        assert holders(session, PASSPORT) == [done.id]
    undoing.undo(ours, done.batch)
    swap(street, ours, other)
    for session in (ours, other):
        assert by_number(session, OLD_CARD) == [two] and holders(session, PASSPORT) == [one] and owed(session) == 0


def holders(session: Session, number: str) -> list[str]:
    (value,) = number_index(session, [{"number": number}])
    with session.db.reading() as connection:
        return present.with_number(connection, session.committee_id, value)


def test_an_undo_that_came_takes_the_number_along_and_a_redo_brings_it(
    street: Street, ours: Session, other: Session
) -> None:
    row = person(ours)
    done = records.change(ours, "resident", row, {"documents": [{"type": "身份证", "number": OLD_CARD}]})
    street.bring(other, send(street, ours, sibling=True))
    assert (by_number(other, OLD_CARD), by_number(other, CARD)) == ([row], [])
    undone = undoing.undo(ours, done.batch)
    street.bring(other, send(street, ours, sibling=True))
    assert (by_number(other, OLD_CARD), by_number(other, CARD)) == ([], [row])
    undoing.undo(ours, undone["batch"])
    street.bring(other, send(street, ours, sibling=True))
    assert (by_number(other, OLD_CARD), by_number(other, CARD)) == ([row], [])


def test_an_erasure_that_came_takes_the_number_out(street: Street, ours: Session, other: Session) -> None:
    row = person(ours)
    with ours.writing("erase") as writing:
        ledger.erase(writing, "resident", row, "identity")
    street.bring(other, send(street, ours, sibling=True))
    assert by_number(other, CARD) == [] and row not in {each for each, _ in indexed(other)} and owed(other) == 0


# ---------------------------------------------------------------- who cannot open them


def test_who_merges_without_the_ring_leaves_it_to_the_next_unlock_that_can(
    street: Street, ours: Session, other: Session
) -> None:
    records.change(ours, "resident", person(ours), {"documents": [{"type": "身份证", "number": OLD_CARD}]})
    ring, key = other.ring, other.index_key
    other.ring = other.index_key = None
    street.bring(other, send(street, ours, sibling=True))
    other.ring, other.index_key = ring, key
    assert by_number(other, OLD_CARD) == [] == by_number(other, CARD) and owed(other) == 1
    workspaces.lock(other)
    street.committees.remove(other)
    again = workspaces.unlock(street.folder / "second", ACCOUNT, PASSWORD, clock=NOW)
    street.committees.append(again)
    assert by_number(again, OLD_CARD) == [person(ours)] and owed(again) == 0


def test_cancelled_it_stops_and_the_next_look_does_the_rest(street: Street, ours: Session, other: Session) -> None:
    with other.db.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM id_index")
    count = owed(other)
    assert count and numbers.settle(other, cancelled=lambda: True) == 0 and owed(other) == count
    heard: list[str] = []
    assert numbers.settle(other, lambda done, total, what: heard.append(what)) == count
    assert heard == ["numbers-index"] and by_number(other, CARD) == [person(other)]


def test_a_value_that_opens_for_nobody_keeps_nobody_else_from_being_found(street: Street, other: Session) -> None:
    broken = person(other, "张三")
    with other.db.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM id_index")
        connection.exec_driver_sql(
            "UPDATE resident SET documents = (SELECT documents FROM resident WHERE id = ?) WHERE id = ?",
            (person(other), broken),
        )
    numbers.settle(other)
    assert by_number(other, CARD) == [person(other)] and owed(other) == 0

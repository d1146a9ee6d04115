"""People who come by bundle are found by their ID numbers: at the centre, at the other PC, after merges and undos."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import ledger, present
from app.domain.findings import UserError
from app.services import duplicates, numbers, records, rosters, search, sync, undoing, workspaces
from app.services.session import Session
from app.services.values import number_index, opened
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


def exact(*sessions: Session) -> None:
    """The index holds exactly the numbers of the papers that show."""
    for session in sessions:
        with session.db.reading() as connection:
            for committee in session.scope(connection):
                said = present.indexed_numbers(connection, committee)
                people = [opened(session, "resident", values) for values, _ in present.people(connection, committee)]
                papers = {each["id"]: set(number_index(session, each.get("documents"))) for each in people}
                assert {row: set(values) for row, values in said.items()} == {k: v for k, v in papers.items() if v}


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
    exact(ours, street.centre)


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
    exact(ours, other)


def test_only_those_whose_papers_changed_are_indexed_again(street: Street, ours: Session, other: Session) -> None:
    first = indexed(other)
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    street.bring(other, send(street, ours, sibling=True))
    assert indexed(other) == first
    records.change(ours, "resident", person(ours, "李秀英"), {"documents": [{"type": "护照", "number": PASSPORT}]})
    street.bring(other, send(street, ours, sibling=True))
    assert set(first) < set(indexed(other)) and len(indexed(other)) == len(first) + 1
    exact(ours, other)


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
    exact(ours, other)


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
    exact(ours, other)


def test_an_erasure_that_came_takes_the_number_out(street: Street, ours: Session, other: Session) -> None:
    row = person(ours)
    with ours.writing("erase") as writing:
        ledger.erase(writing, "resident", row, "identity")
    street.bring(other, send(street, ours, sibling=True))
    assert by_number(other, CARD) == [] and row not in {each for each, _ in indexed(other)} and owed(other) == 0
    exact(ours, other)


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


def test_an_index_made_by_an_earlier_version_is_made_anew(street: Street, other: Session) -> None:
    with other.db.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM secret WHERE key = 'numbers'")
        connection.exec_driver_sql("UPDATE id_index SET value = x'00112233'")
    assert by_number(other, CARD) == []
    numbers.settle(other)
    assert by_number(other, CARD) == [person(other)]
    exact(other)
    assert numbers.settle(other) == 0


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


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["change", "clear", "merge", "undo", "swap", "remove", "erase"]),
        st.integers(0, 1), st.integers(0, 3), st.integers(0, 3),
    ), min_size=4, max_size=12,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_two_pcs_do_the_index_says_what_the_papers_say(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, int]]
) -> None:
    street = Street(tmp_path_factory.mktemp("street"))
    ours = street.committee()
    people = [
        records.add(ours, "resident", {"household": home(ours, str(room)), "name": f"陈{room}", "id_number": number}).id
        for room, number in enumerate(NUMBERS)
    ]
    pcs = ours, second_pc(street)
    street.bring(ours, of(street.send(street.centre), ours))
    street.bring(pcs[1], send(street, ours, sibling=True))
    batches: list[tuple[int, str]] = []
    for act, at, one, other in steps:
        with suppress(UserError):  # merged, gone or undone already: nothing happens
            _do(street, pcs, at, act, people[one], people[other], NUMBERS[other], batches)
        exact(*pcs)
    for at in (0, 1, 0, 1):
        sync.merge(pcs[1 - at], send(street, pcs[at], sibling=True))
        exact(*pcs)
    street.close()


NUMBERS = ("310115195803120010", "310115196505050026", "310115197001010019", "310115198001011234")


def _do(
    street: Street, pcs: tuple[Session, Session], at: int, act: str, one: str, other: str, number: str,
    batches: list[tuple[int, str]],
) -> None:  # fmt: skip
    session = pcs[at]
    if act == "swap":
        sync.merge(pcs[1 - at], send(street, session, sibling=True))
    elif act == "undo" and batches:
        by, batch = batches.pop()
        undoing.undo(pcs[by], batch)
    elif act == "erase":
        with session.writing("erase") as writing:
            ledger.erase_group(writing, "resident", one, "identity")
    elif act == "remove":
        batches.append((at, records.remove(session, "resident", one).batch))
    elif act == "merge":
        batches.append((at, duplicates.merge(session, one, other).batch))
    elif act in ("change", "clear"):
        papers = [{"type": "身份证", "number": number}] if act == "change" else None
        batches.append((at, records.change(session, "resident", one, {"documents": papers}).batch))

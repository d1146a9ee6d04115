"""Forks, gaps and hostile entries while somebody who isolates moves: the duty is neither lost nor stolen."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.db import transfers
from app.db.ledger import Writing
from app.domain import ids
from app.domain import moves as states
from app.services import conflicts, ledgers, moves, records, sync
from app.services.session import Session
from tests.exchange.forging import part
from tests.services.bending import another_pc, down, forge, of, report, up
from tests.services.moving_people import arrived, cases, home_of, isolating_street, neighbours, on_duty
from tests.street import Street

NAME = ("王建国",)
Two = tuple[Session, Session, str]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    made = isolating_street(tmp_path)
    yield made
    made.close()


@pytest.fixture
def two(street: Street) -> Two:
    first, second, (resident,) = neighbours(street)
    return first, second, resident


def check(session: Session, resident: str, slot: str) -> str:
    case = cases(session, resident)[0][0]
    values = {"isolation_case": case, "on": "2020-05-25", "slot": slot, "temperature": "36.5", "reached": True}
    return records.add(session, "isolation_check", values).id


def checks(session: Session) -> set[str]:
    with session.db.reading() as connection:
        return {row for (row,) in connection.exec_driver_sql("SELECT id FROM isolation_check").fetchall()}


def duty(*sessions: Session) -> list[str]:
    return on_duty(*sessions, names=NAME)[NAME[0]]


def sound(*sessions: Session) -> None:
    for each in sessions:
        assert ledgers.verify(each)["faults"] == [] and ledgers.rebuild_check(each)["differences"] == []


# ---------------------------------------------------------------- forks and gaps


def test_a_cloned_pc_of_the_old_committee_loses_no_check_and_the_move_goes_on(street: Street, two: Two) -> None:
    first, second, old = two
    clone = another_pc(street, first, "copy")
    moves.offer(first, old, second.code)
    mine, theirs = check(first, old, "am"), check(clone, old, "pm")
    up(street, first)
    (said,) = sync.merge(street.centre, street.send(clone))
    assert [each["code"] for each in said["aside"]] == ["ledger-fork"]
    (told,) = sync.merge(clone, [file for file in street.send(street.centre) if first.code in file.name])
    assert told["rewritten"] >= 1 and checks(clone) == {mine, theirs}
    up(street, clone)
    down(street, second)
    moves.accept(second, arrived(second)[0], home_of(second))
    assert duty(clone, second) == [clone.code, second.code]
    up(street, second)
    for each in (first, clone):  # one device for the centre: each says first what it has
        report(each)
        up(street, each)
        sync.merge(each, [file for file in street.send(street.centre) if first.code in file.name])
    assert checks(street.centre) == checks(first) == checks(clone) == {mine, theirs}
    assert duty(first) == duty(clone) == [] and duty(second) == [second.code]
    sound(street.centre, second, clone)


@pytest.mark.parametrize("begun", [False, True], ids=["two-epochs", "fork"])
def test_a_copied_centre_carries_the_same_person_and_the_same_case(street: Street, two: Two, begun: bool) -> None:
    first, second, old = two
    if begun:  # the centre has written for this committee before
        with second.db.reading() as connection:
            other_person = str(connection.exec_driver_sql("SELECT id FROM resident").scalar())
        records.change(street.centre, "resident", other_person, {"occupation": "教师"})
    moves.offer(first, old, second.code)
    sticks = street.send(first)
    copy = another_pc(street, street.centre, "copy")
    for centre in (street.centre, copy):
        street.bring(centre, sticks)
    (one,), (other,) = (of(street.send(centre), second) for centre in (street.centre, copy))
    street.bring(second, [one])
    (said,) = sync.merge(second, [other])
    assert [each["code"] for each in said["aside"]] == (["ledger-fork"] if begun else [])
    (new,) = arrived(second)
    assert len(cases(second, new)) == 1 and conflicts.ids(second) == []
    moves.accept(second, new, home_of(second))
    up(street, second)
    down(street, first)
    assert duty(first, second) == [second.code]


def test_an_acceptance_that_is_lost_comes_with_the_next_stick(street: Street, two: Two) -> None:
    first, second, old = two
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    moves.accept(second, arrived(second)[0], home_of(second))
    street.send(second)  # never arrives
    for _ in range(2):
        down(street, first)
        assert duty(first, second) == [first.code, second.code]
    check(second, arrived_as(second), "am")
    up(street, second)
    down(street, first)
    assert duty(first, second) == [second.code]


def arrived_as(session: Session) -> str:
    with session.db.reading() as connection:
        return str(connection.exec_driver_sql("SELECT id FROM resident WHERE moved_from IS NOT NULL").scalar())


def test_a_gap_holds_the_acceptance_back_and_the_old_committee_goes_on(street: Street, two: Two) -> None:
    first, second, old = two
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    moves.accept(second, arrived(second)[0], home_of(second))
    forged = forge(street, second, street.centre)
    later = [line for line in forged.entries if line["seq"] > min(each["seq"] for each in forged.entries)]
    (said,) = sync.merge(street.centre, [forged.with_entries(later)])
    assert [each["code"] for each in said["aside"]] == ["ledger-gap"]
    down(street, first)
    assert duty(first, second) == [first.code, second.code]
    up(street, second)
    down(street, first)
    assert duty(first, second) == [second.code]


# ---------------------------------------------------------------- hostile entries


def write(session: Session, entity: str, row: str, values: dict[str, Any]) -> None:
    """An entry past every service, as somebody with the keys of a PC writes it."""
    with session.writing("create") as writing:
        assert isinstance(writing, Writing)
        writing.change(entity, row, values)


def test_a_case_written_for_another_committee_is_turned_away(street: Street, two: Two) -> None:
    first, second, _ = two
    check(second, *made_up_case(second))
    forged = forge(street, second, street.centre)
    lines = [{**line, "chain": [*line["chain"][:2], first.committee_id]} for line in forged.entries]
    (said,) = sync.merge(street.centre, [forged.with_entries(lines)])
    assert said["error"] is not None and said["error"].code == "bundle-chains" and duty(first) == [first.code]


def made_up_case(session: Session) -> tuple[str, str]:
    with session.db.reading() as connection:
        resident = str(connection.exec_driver_sql("SELECT id FROM resident").scalar())
    records.add(session, "isolation_case", {"resident": resident, "state": "在管", "start": "2020-05-20"})
    return resident, "am"


def steal(session: Session, of_: Session, old: str, offer: str) -> None:
    """A row that says it was accepted, and a case that says it was taken over."""
    row = ids.moved_id(offer)
    move = states.accepted(states.arrived(offer, of_.committee_id))
    write(session, "resident", row, {"name": "王建国", "moved_from": old, "move": move, "household": home_of(session)})
    case = cases(of_, old)[0][0]
    values = {"resident": row, "state": "在管", "moved_from": case, "duty_since": "2020-05-25"}
    write(session, "isolation_case", ids.moved_case_id(offer, case), values)


def test_an_acceptance_without_an_offer_takes_no_duty(street: Street, two: Two) -> None:
    first, second, old = two
    steal(second, first, old, str(uuid4()))
    up(street, second)
    down(street, first)
    assert duty(first) == [first.code] and records.show(first, "resident", old).get("status") is None


def test_an_offer_to_another_committee_cannot_be_accepted(street: Street, two: Two) -> None:
    first, second, old = two
    third = street.committee(3)
    down(street, first)  # the registry with the third
    done = moves.offer(first, old, third.code)
    steal(second, first, old, done["offer"])
    up(street, second, first)
    down(street, first)
    assert duty(first) == [first.code] and records.show(first, "resident", old)["move"]["state"] == "offered"


def test_an_offer_of_one_person_takes_no_other_along(street: Street, two: Two) -> None:
    first, second, old = two
    _, _, (_, wife) = neighbours(street, 2)
    done = moves.offer(first, wife, second.code)
    steal(second, first, old, done["offer"])
    up(street, second, first)
    down(street, first)
    assert duty(first) == [first.code]


@pytest.mark.parametrize("broken", [
    [{"measure": "居家隔离", "place": "居家", "ends": "days", "start": "2020-05-20", "end": "2020-13-40", "tests": []}],
    "14天",
])  # fmt: skip
def test_a_case_with_broken_stages_is_not_taken_and_not_carried(street: Street, two: Two, broken: Any) -> None:
    first, second, old = two
    records.change(first, "isolation_case", cases(first, old)[0][0], {"rule": "7", "start": "2020-05-21"})
    moves.offer(first, old, second.code)
    forged = forge(street, first, street.centre)
    lines = deepcopy(forged.entries)
    for line in lines:
        if line["entity"] == "isolation_case":
            patch = {"v": {"rule": "7", "stages": broken, "start": "2020-05-21"}}
            line["parts"] = [part(each[0], patch) if each[0] == "isolation" else each for each in line["parts"]]
    (said,) = sync.merge(street.centre, [forged.with_entries(lines)])
    assert said["error"] is not None or said["aside"] or said["refused"]
    down(street, second)
    assert arrived(second) == [] and duty(first) == [first.code]


def test_a_forged_withdrawal_of_an_acceptance_does_not_send_anybody_back(street: Street, two: Two) -> None:
    first, second, old = two
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    new = arrived(second)[0]
    moves.accept(second, new, home_of(second))
    up(street, second)
    down(street, first)
    with second.db.reading() as connection:
        left = transfers.standing(connection, second.committee_id, new)
    write(second, "resident", new, {"move": states.withdrawn(next(iter(left.values())).value)})
    up(street, second)
    down(street, first, second)
    assert duty(first, second) == [second.code]

"""Moving while isolated: nobody is without duty at any time, whatever the sticks do (domain.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.db import ledger, transfers
from app.domain import isolation
from app.domain.findings import UserError
from app.services import conflicts, ledgers, moves, records, undoing, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.services.bending import down, up
from tests.services.moving_people import arrived, case_of, cases, home_of, isolating_street, neighbours, on_duty
from tests.street import Street

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


def case(session: Session, resident: str) -> dict[str, Any]:
    with session.db.reading() as connection:
        return transfers.cases_of(connection, session.committee_id, resident)[0]


def carried(street: Street, two: Two) -> str:
    """The person is offered and the centre has carried; the id at the new committee."""
    first, second, old = two
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    (new,) = arrived(second)
    return new


def taken(street: Street, two: Two) -> str:
    new = carried(street, two)
    moves.accept(two[1], new, home_of(two[1]))
    up(street, two[1])
    return new


def test_the_case_goes_along_and_ends_at_the_old_committee_after_the_acceptance(street: Street, two: Two) -> None:
    first, second, old = two
    new = carried(street, two)
    mine, theirs = case(first, old), case(second, new)
    assert theirs["state"] == "待接" and theirs["stages"] == mine["stages"] and theirs["moved_from"] == mine["id"]
    assert "officer_name" not in theirs and len(theirs["contact_code"]) == 6
    assert on_duty(first, second)["王建国"] == [first.code]
    moves.accept(second, new, home_of(second))
    assert case(second, new)["state"] == "在管" and case(second, new)["duty_since"] == "2020-05-25"
    assert on_duty(first, second)["王建国"] == [first.code, second.code]
    up(street, second)
    down(street, first)
    mine = case(first, old)
    assert (mine["state"], mine["receiver_unit"], mine["closed_on"]) == ("转出", second.name, "2020-05-25")
    assert on_duty(first, second)["王建国"] == [second.code]
    assert conflicts.pending(first) == [] and conflicts.pending(second) == []
    for each in (first, second, street.centre):
        assert ledgers.verify(each)["ok"] and ledgers.rebuild_check(each)["ok"]


def test_both_sides_say_how_long_somebody_waits_and_on_which_day(street: Street, two: Two) -> None:
    first, second, _ = two
    carried(street, two)
    for session, state in ((first, "offered"), (second, "arrived")):
        (row,) = moves.pending(session)
        assert (row["state"], row["isolating"], row["case_day"], row["case_days"], row["days"]) == (
            state,
            True,
            6,
            14,
            0,
        )


def test_while_it_waits_identity_and_address_are_frozen_and_all_else_is_written(street: Street, two: Two) -> None:
    first, second, old = two
    home = records.add(first, "household", {"dwelling": "培花新村/12号/302"}).id
    moves.offer(first, old, second.code)
    for values in ({"name": "王国"}, {"sex": "男"}, {"id_number": "310115198001011234"}, {"household": home}):
        with pytest.raises(UserError, match="move-frozen"):
            records.change(first, "resident", old, values)
    with pytest.raises(UserError, match="move-frozen"):
        records.add(first, "residence", {"resident": old, "household": home, "kind": "户籍"})
    records.change(first, "resident", old, {"phone": "13900001111", "note": "不要停"})
    mine = case(first, old)["id"]
    records.add(
        first, "isolation_check", {"isolation_case": mine, "on": "2020-05-25", "slot": "am", "temperature": "36.5"}
    )
    records.change(first, "isolation_case", mine, {"state": "待结果"})
    moves.cancel(first, old)
    records.change(first, "resident", old, {"name": "王国"})


def test_an_offer_taken_back_is_withdrawn_where_it_waited(street: Street, two: Two) -> None:
    first, second, old = two
    new = carried(street, two)
    moves.cancel(first, old)
    up(street, first)
    down(street, second)
    assert moves.pending(second) == [] and cases(second, new)[0][1] == "转出"
    with pytest.raises(UserError, match="move-none"):
        moves.accept(second, new, home_of(second))
    assert on_duty(first, second)["王建国"] == [first.code]
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    assert len(arrived(second)) == 1, "and may be offered anew"


def test_the_receiving_committee_says_no_and_why(street: Street, two: Two) -> None:
    first, second, old = two
    new = carried(street, two)
    with pytest.raises(UserError, match="move-why"):
        moves.refuse(second, new, " ")
    moves.refuse(second, new, "此人不住本小区")
    assert moves.pending(second) == [] and cases(second, new)[0][1] == "转出"
    up(street, second)
    down(street, first)
    (row,) = moves.pending(first)
    assert (row["state"], row["why"]) == ("refused", "此人不住本小区")
    assert on_duty(first, second)["王建国"] == [first.code]
    records.change(first, "resident", old, {"name": "王国"})
    moves.cancel(first, old)
    assert moves.pending(first) == []


def test_withdrawn_and_accepted_at_the_same_time_counts_as_accepted(street: Street, two: Two) -> None:
    first, second, old = two
    new = carried(street, two)
    moves.cancel(first, old)
    up(street, first)  # the centre withdraws before it hears that
    moves.accept(second, new, home_of(second))
    down(street, second)
    assert records.show(second, "resident", new)["move"]["state"] == "accepted" and conflicts.pending(second) == []
    up(street, second)
    down(street, first, second)
    assert on_duty(first, second)["王建国"] == [first.code, second.code], "both until somebody has asked"
    (conflict,) = conflicts.pending(first)
    closed = next(each for each in conflict["values"] if (each["value"] or {}).get("state") == "closed")
    conflicts.decide(first, conflict["id"], closed["version"])
    up(street, first)
    down(street, first, second)
    assert on_duty(first, second)["王建国"] == [second.code]


def test_a_step_of_the_old_committee_in_between_stands_for_a_person(street: Street, two: Two) -> None:
    first, second, old = two
    taken(street, two)
    records.change(first, "isolation_case", case(first, old)["id"], {"state": "待结果"})
    down(street, first)
    (conflict,) = conflicts.pending(first)
    assert (conflict["entity"], conflict["field"]) == ("isolation_case", "state")
    assert {each["value"] for each in conflict["values"]} == {"待结果", "转出"}
    assert on_duty(second)["王建国"] == [second.code]


def test_what_the_old_committee_ended_before_anybody_took_over_is_ended(street: Street, two: Two) -> None:
    first, second, old = two
    new = carried(street, two)
    ended = {"state": "已解除", "closed_on": "2020-05-25", "close_reason": "误判"}
    records.change(first, "isolation_case", case(first, old)["id"], ended)
    up(street, first)
    down(street, second)
    assert case(second, new)["state"] == "已解除"
    moves.accept(second, new, home_of(second))
    assert case(second, new)["state"] == "已解除", "and is not opened again by taking the person in"


def test_a_case_opened_while_the_person_waits_goes_after(street: Street, two: Two) -> None:
    first, second, old = two
    before = case(first, old)["id"]
    records.change(first, "isolation_case", before, {"state": "已解除", "closed_on": "2020-05-25"})
    new = carried(street, two)
    assert cases(second, new) == []
    case_of(first, old)
    moves.accept(second, new, home_of(second))
    up(street, second)
    up(street, first)
    down(street, first, second)
    assert on_duty(first, second)["王建国"] == [first.code], "the case has come, and nobody has taken it over"
    (row,) = moves.pending(second)
    moves.accept(second, row["id"], home_of(second))
    up(street, second)
    down(street, first)
    assert on_duty(first, second)["王建国"] == [second.code] and moves.pending(second) == []


def test_a_household_moves_together_and_one_stays(street: Street) -> None:
    first, second, people = neighbours(street, 4)
    home = records.show(first, "resident", people[0])["household"]
    assert set(moves.household_of(first, home)) == set(people)
    done = moves.offer_many(first, people[:3], second.code)
    assert len(done["moved"]) == 3
    up(street, first)
    down(street, second)
    rows = moves.pending(second)
    assert [len(row["together"]) for row in rows] == [2, 2, 2]
    moves.accept_many(second, [rows[0]["id"], *rows[0]["together"]], home_of(second))
    up(street, second)
    down(street, first)
    duty = on_duty(first, second)
    assert [duty[name] for name in ("王建国", "李秀英", "张三", "赵六")] == [[second.code]] * 3 + [[first.code]]
    assert moves.household_of(first, home) == [people[3]]


def test_an_acceptance_is_undone_before_it_left_and_never_after(street: Street, two: Two) -> None:
    _, second, _ = two
    new = carried(street, two)
    undoing.undo(second, moves.accept(second, new, home_of(second)).batch)
    assert arrived(second) == [new] and case(second, new)["state"] == "待接"
    done = moves.accept(second, new, home_of(second))
    street.send(second)  # a stick that may be anywhere
    with pytest.raises(UserError, match="undo-move-sent"):
        undoing.undo(second, done.batch)


def test_an_erasure_of_the_old_case_follows_it(street: Street, two: Two) -> None:
    first, second, old = two
    new = taken(street, two)
    down(street, first)
    with first.writing("erase") as writing:
        ledger.erase(writing, "isolation_case", case(first, old)["id"], "isolation")
    up(street, first)
    down(street, second)
    with second.db.reading() as connection:
        (left,) = transfers.cases_of(connection, second.committee_id, new)
    assert "stages" not in left and "rule" not in left
    assert moves.carry(street.centre) == [], "once"


def test_a_revoked_acceptance_gives_the_duty_back(street: Street, two: Two) -> None:
    from app.services import enrolment
    from tests.street import ROOT_PASSWORD

    first, second, old = two
    taken(street, two)
    down(street, first)
    assert on_duty(first)["王建国"] == []
    enrolment.revoke(street.centre, second.device, 1, street.folder / "root.key", ROOT_PASSWORD)
    up(street, first)
    moves.carry(street.centre)
    down(street, first)
    assert on_duty(first)["王建国"] == [first.code]
    assert records.show(first, "resident", old)["status"] == "在住"


# ---------------------------------------------------------------- leaving the street

RECEIVER: dict[str, Any] = {
    "receiver_unit": "昆山市玉山镇", "receiver_name": "周医生", "receiver_phone": "0512-57301234",
    "handed_over_at": "2020-05-25T08:30",
}  # fmt: skip


def test_who_leaves_the_street_is_handed_over_in_one_batch(two: Two) -> None:
    first, _, old = two
    done = moves.leave_street(first, old, whereabouts="江苏昆山", **RECEIVER)
    ended, person = case(first, old), records.show(first, "resident", old)
    assert (ended["state"], ended["receiver_unit"], ended["handed_over_at"]) == (
        "转出", "昆山市玉山镇", "2020-05-25T08:30:00+08:00",
    )  # fmt: skip
    assert (person["status"], person["whereabouts"]) == ("迁出", "江苏昆山")
    undoing.undo(first, done["batch"])
    assert case(first, old)["state"] == "在管" and records.show(first, "resident", old).get("status", "在住") == "在住"


def test_a_household_leaves_in_one_batch_and_one_undo_brings_all_back(two: Two) -> None:
    first, _, old = two
    whole = moves.household_of(first, records.show(first, "resident", old)["household"])
    done = moves.leave_many(first, whole, whereabouts="江苏昆山", **RECEIVER)
    assert len(whole) > 1 and done["left"] == whole
    for each in whole:
        assert records.show(first, "resident", each)["whereabouts"] == "江苏昆山"
    assert {state for each in whole for _, state in cases(first, each)} == {"转出"}
    undoing.undo(first, done["batch"])
    assert {records.show(first, "resident", each).get("status", "在住") for each in whole} == {"在住"}
    assert {state for each in whole for _, state in cases(first, each)} == {"在管"}


def test_one_who_may_not_leave_keeps_all_of_them(two: Two) -> None:
    first, second, old = two
    whole = moves.household_of(first, records.show(first, "resident", old)["household"])
    moves.offer(first, whole[-1], second.code)
    with pytest.raises(UserError, match="move-already"):
        moves.leave_many(first, whole, whereabouts="江苏昆山", **RECEIVER)
    assert {state for each in whole for _, state in cases(first, each)} == {"在管"}
    with pytest.raises(UserError, match="move-nobody"):
        moves.leave_many(first, [], whereabouts="江苏昆山", **RECEIVER)


def test_together_on_the_command_line(two: Two, capsys: pytest.CaptureFixture[str]) -> None:
    first, _, old = two
    whole = moves.household_of(first, records.show(first, "resident", old)["household"])
    secret = first.folder.parent / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    workspaces.lock(first)
    words = ["--unit", "玉山镇", "--person", "周医生", "--phone", "0512-57301234", "--at", "2020-05-25 08:30"]
    code = cli.main([
        "--data", str(first.folder), "--account", ACCOUNT, "--password-file", str(secret), "--now", "2020-05-25T21:00",
        "--json", "move", "leave", old, "--whereabouts", "江苏昆山", "--together", *words,
    ])  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    assert code == 0 and (said["id"], sorted(said["left"])) == (old, sorted(whole)), said


def test_nobody_who_isolates_leaves_without_a_receiver(two: Two) -> None:
    first, _, old = two
    with pytest.raises(UserError, match="receiver-needed"):
        moves.leave_street(first, old, whereabouts="江苏昆山", **{**RECEIVER, "receiver_phone": " "})
    assert case(first, old)["state"] in isolation.UNDER_WAY

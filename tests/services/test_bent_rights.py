"""Ways round rights: undoing, a stopped PC, a narrow account at the centre, a slot made with a text editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.db import devices, keyslots
from app.db.keyslots import Contents
from app.db.local import keep_secret
from app.domain.findings import UserError
from app.services import accounts, erasures, moves, records, search, sync, undoing, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.services.bending import down, lived_in, up
from tests.street import Street


def batch_of(session: Session, action: str) -> str:
    with session.db.reading() as connection:
        found = connection.exec_driver_sql("SELECT id FROM batch WHERE action = ? LIMIT 1", (action,))
        return str(found.scalar_one())


# ---------------------------------------------------------------- undoing


def test_a_worker_cannot_undo_the_change_that_took_its_building(folder: Path) -> None:
    session = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    person = lived_in(session)
    accounts.add(session, "社工", "mima-12345", ["worker"], buildings=["培花新村/12号"])
    accounts.change(session, "社工", buildings=None)
    workspaces.lock(session)
    worker = workspaces.unlock(folder, "社工", "mima-12345", clock=NOW)
    try:
        assert not worker.buildings
        batch = records.history(worker, "account", worker.account_id)[0]["batch"]
        with pytest.raises(UserError, match="account-no-record"):
            undoing.undo(worker, batch)
        worker._given = None
        assert not worker.buildings, "read again"
        with pytest.raises(UserError, match="not-assigned"):
            records.show(worker, "resident", person, reveal=True)
    finally:
        workspaces.lock(worker)


def test_an_account_limited_at_the_centre_cannot_undo_its_limit(street: Street) -> None:
    one, two = street.committee(1), street.committee(2)
    lived_in(one)
    lived_in(two, "李四", "由由新村")
    up(street, one, two)
    accounts.add(street.centre, "数据员", "mima-12345", ["data"], committees=None)
    accounts.change(street.centre, "数据员", committees=[one.code])
    workspaces.lock(street.centre)
    limited = street.centre = workspaces.unlock(street.folder / "centre", "数据员", "mima-12345", clock=NOW)
    assert limited.committees == {one.committee_id}
    batch = records.history(limited, "account", limited.account_id)[0]["batch"]
    with pytest.raises(UserError, match="account-no-record"):
        undoing.undo(limited, batch)
    limited._given = None
    assert limited.committees == {one.committee_id}, "read again"


@pytest.fixture
def moved(street: Street) -> tuple[Session, Session, str, str]:
    """A person who moved from the first committee to the second, and the rows in both."""
    first, second = street.committee(1), street.committee(2)
    old = lived_in(first)
    lived_in(second, "李四", "由由新村")
    up(street, first, second)
    down(street, first, second)
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    (waiting,) = moves.pending(second)
    moves.accept(second, waiting["id"], "由由新村/12号/302")
    up(street, second)
    down(street, first)
    return first, second, old, waiting["id"]


def test_the_old_committee_cannot_undo_that_the_centre_closed_the_person(
    moved: tuple[Session, Session, str, str],
) -> None:
    first, _, old, _ = moved
    batch = next(each["batch"] for each in records.history(first, "resident", old) if each["field"] == "status")
    with pytest.raises(UserError, match="undo-move"):
        undoing.undo(first, batch)
    assert records.show(first, "resident", old).get("status") == "迁出"


def test_the_new_committee_cannot_undo_that_the_person_came(moved: tuple[Session, Session, str, str]) -> None:
    _, second, _, new = moved
    batch = next(each["batch"] for each in records.history(second, "resident", new) if each["field"] == "name")
    with pytest.raises(UserError, match="undo-move"):
        undoing.undo(second, batch)
    assert search.find(second, "王建国"), "gone from both otherwise"
    assert records.show(second, "resident", new)["name"] == "王建国"


def test_clearing_an_erased_row_away_cannot_be_undone(street: Street) -> None:
    ours = street.committee(1)
    person = lived_in(ours)
    accounts.add(ours, "李四", "geheim-12345", ["head"])
    second = workspaces.vouch(ours.folder, "李四", "geheim-12345", clock=NOW)
    erasures.confirm(ours, [each["id"] for each in erasures.propose_for(ours, person)], second)
    with pytest.raises(UserError, match="undo-cleared"):
        undoing.undo(ours, batch_of(ours, "clear"))
    with ours.db.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM resident").scalar() == 0


def test_the_removal_of_an_account_cannot_be_undone(session: Session) -> None:
    accounts.add(session, "李四", "geheim-12345", ["head"])
    accounts.remove(session, "李四")
    with pytest.raises(UserError, match="account-no-record"):
        undoing.undo(session, batch_of(session, "revoke"))
    with session.db.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM account WHERE name = '李四'").scalar() == 0


# ---------------------------------------------------------------- who may write and vouch


def test_an_account_of_one_committee_merges_an_offer_to_another_one(street: Street) -> None:
    one, two = street.committee(1), street.committee(2)
    person = lived_in(one)
    lived_in(two, "李四", "由由新村")
    up(street, one, two)
    down(street, one, two)
    accounts.add(street.centre, "数据员", "mima-12345", ["data"], committees=[one.code])
    workspaces.lock(street.centre)
    street.centre = workspaces.unlock(street.folder / "centre", "数据员", "mima-12345", clock=NOW)
    moves.offer(one, person, two.code)
    (done,) = sync.merge(street.centre, street.send(one))
    assert done["error"] is None


def test_a_pc_that_heard_of_its_own_end_neither_changes_nor_undoes(street: Street) -> None:
    ours = street.committee(1)
    person = lived_in(ours)
    batch = records.change(ours, "resident", person, {"occupation": "x"}).batch
    up(street, ours)
    down(street, ours)
    with ours.db.transaction() as connection:
        keep_secret(connection, devices.STOPPED, b"1")
    with pytest.raises(UserError, match="device-stopped"):
        records.change(ours, "resident", person, {"occupation": "y"})
    with pytest.raises(UserError, match="device-stopped"):
        undoing.undo(ours, batch)


def test_a_slot_made_by_one_person_does_not_vouch_for_another(session: Session) -> None:
    made = accounts.add(session, "李四", "geheim-12345", ["head"])
    keys = keyslots.read(session.folder)
    forged = keys.admit("李四 ", "mine-12345", Contents(made["id"], ("head",), b"x" * 32))
    keyslots.write(session.folder, forged)
    with pytest.raises(UserError, match="account-unknown"):
        workspaces.vouch(session.folder, "李四 ", "mine-12345", beside=session)

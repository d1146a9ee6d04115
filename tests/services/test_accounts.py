"""Accounts: who may enter with which keys, who no longer, and what a power cut at any step of a removal leaves."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import shares
from app.cli import main
from app.db import connection as files
from app.db import keyslots
from app.db.connection import Database
from app.domain import recovery_codes
from app.domain.findings import Refused, UserError
from app.services import accounts, ledgers, records, recovery, rotation, workspaces
from app.services.session import Session
from app.sheets import recovery as paper
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.street import Street

WORKER, WORKER_PASSWORD = "李社工", "shegong-123"
ADMIN, ADMIN_PASSWORD = "王管理", "guanli-1234"


@contextmanager
def unlocked(folder: Path, account: str = ACCOUNT, password: str = PASSWORD, **more: Any) -> Iterator[Session]:
    opened = workspaces.unlock(folder, account, password, clock=NOW, **more)
    try:
        yield opened
    finally:
        workspaces.lock(opened)


def with_worker(session: Session) -> dict[str, Any]:
    return accounts.add(session, WORKER, WORKER_PASSWORD, ["worker"])


def with_administrator(session: Session) -> dict[str, Any]:
    return accounts.add(session, ADMIN, ADMIN_PASSWORD, ["administrator"])


def a_resident(session: Session) -> str:
    records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    household = records.add(session, "household", {"dwelling": "培花新村/12号/302"}).id
    return records.add(
        session, "resident", {"household": household, "name": "王建国", "documents": [{"type": "身份证", "number": "310115195803120018"}]}
    ).id  # fmt: skip


def roles_of(session: Session) -> dict[str, list[str]]:
    return {each["account"]: each["roles"] for each in accounts.list_(session)}


# ---------------------------------------------------------------- several accounts


def test_each_account_opens_with_its_own_password_and_its_own_keys(session: Session, folder: Path) -> None:
    with_worker(session)
    with_administrator(session)
    own = session.ring, session.index_key
    workspaces.lock(session)
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker:
        assert worker.roles == {"worker"} and worker.ring is not None and own[0] is not None
        assert (dict(worker.ring.keys), worker.index_key) == (dict(own[0].keys), own[1])
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
        assert (administrator.ring, administrator.index_key) == (None, None)
        assert administrator.roles == {"administrator"}


def test_the_list_says_roles_keys_and_last_login(session: Session, folder: Path) -> None:
    with_worker(session)
    mine, theirs = accounts.list_(session)
    assert (mine["account"], mine["own"], mine["last_login"]) == (ACCOUNT, True, "2020-05-25T09:00:00+08:00")
    assert (theirs["account"], theirs["roles"], theirs["ring"], theirs["last_login"]) == (
        WORKER, ["worker"], "held", None,
    )  # fmt: skip


def test_an_account_is_a_row_of_the_ledger_with_its_grant(session: Session) -> None:
    made = with_worker(session)
    acts = {each["action"] for each in ledgers.show(session, "account", made["id"])}
    assert {"create", "grant"} <= acts
    accounts.remove(session, WORKER)
    assert ledgers.show(session, "account", made["id"])[0]["action"] in ("change", "revoke")
    assert ledgers.verify(session)["ok"] and ledgers.rebuild_check(session)["ok"]


def test_committees_and_buildings_are_given_by_path_and_taken_back(session: Session) -> None:
    a_resident(session)
    made = accounts.add(session, WORKER, WORKER_PASSWORD, ["worker"], buildings=["培花新村/12号"])
    assert made["building_paths"] == ["培花新村/12号"] and len(made["buildings"]) == 1
    assert accounts.change(session, WORKER, buildings=None)["buildings"] == []


def test_a_centres_account_is_given_committees_by_code(street: Street) -> None:
    street.committee(1)
    made = accounts.add(street.centre, "条线", "tiaoxian-1", ["line"], committees=["310115016001"])
    assert made["committee_names"] == ["第1居委会"]
    assert accounts.change(street.centre, "条线", committees=None)["committees"] is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ACCOUNT}, "account-exists"), ({"name": "  "}, "name-empty"), ({"password": "1234567"}, "password-short"),
        ({"roles": []}, "account-roles-empty"), ({"roles": ["root"]}, "account-role-unknown"),
        ({"buildings": ["没有的小区/1号"]}, "path-unknown"), ({"committees": ["没有"]}, "committee-unknown"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_account_is_said_and_nothing_is_made(
    session: Session, given: dict[str, Any], code: str
) -> None:
    asked: dict[str, Any] = {"name": WORKER, "password": WORKER_PASSWORD, "roles": ["worker"], **given}
    with pytest.raises(UserError, match=code):
        accounts.add(session, **asked)
    assert list(roles_of(session)) == [ACCOUNT]


def test_a_worker_admits_changes_and_removes_nobody(session: Session, folder: Path) -> None:
    with_worker(session)
    workspaces.lock(session)
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker:
        for act in (
            lambda: accounts.add(worker, "新人", "xinren-123", ["head"]), lambda: accounts.list_(worker),
            lambda: accounts.remove(worker, ACCOUNT), lambda: accounts.change(worker, WORKER, roles=["head"]),
            lambda: accounts.recovery_sheet(worker, folder / "x.pdf"),
        ):  # fmt: skip
            with pytest.raises(Refused, match="not-allowed"):
                act()


def test_a_full_disk_leaves_neither_slot_nor_row(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyslots, "write", _full)
    with pytest.raises(UserError, match="keys-unwritable"):
        with_worker(session)
    assert list(roles_of(session)) == [ACCOUNT]


def _full(*_: object) -> None:
    raise OSError(28, "no space left")


def test_a_slot_whose_admission_was_cut_short_is_gone_at_the_next_unlock(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = keyslots.write

    def written_then_cut(*arguments: Any) -> None:
        write(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(keyslots, "write", written_then_cut)
    with pytest.raises(KeyboardInterrupt):
        with_worker(session)
    monkeypatch.undo()
    workspaces.lock(session)
    with pytest.raises(Refused, match="account-unknown"):
        workspaces.unlock(folder, WORKER, WORKER_PASSWORD, clock=NOW)
    with unlocked(folder) as again:
        assert list(roles_of(again)) == [ACCOUNT]
    assert keyslots.read(folder).accounts == (ACCOUNT,)


# ---------------------------------------------------------------- one's own password, other roles


def test_ones_own_password_is_changed_by_who_knows_it(session: Session, folder: Path) -> None:
    assert accounts.password(session, PASSWORD, "new-mima-1")["account"] == ACCOUNT
    workspaces.lock(session)
    with pytest.raises(Refused, match="password-wrong"):
        workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    with unlocked(folder, password="new-mima-1"):
        pass


def test_a_wrong_old_password_changes_nothing_and_is_an_attempt(session: Session, folder: Path) -> None:
    with pytest.raises(Refused, match="password-wrong"):
        accounts.password(session, "guess-123", "new-mima-1")
    assert len(keyslots.take_attempts(folder)) == 1


def test_who_loses_level_3_loses_the_ring_and_leaves_an_old_key_behind(session: Session, folder: Path) -> None:
    with_worker(session)
    assert session.ring is not None
    before = set(session.ring.keys)
    accounts.change(session, WORKER, roles=["auditor"])
    assert before < set(session.ring.keys)
    workspaces.lock(session)
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker:
        assert (worker.ring, worker.index_key, worker.roles) == (None, None, {"auditor"})


def test_a_row_that_another_pc_wrote_gives_nobody_a_role(session: Session, folder: Path) -> None:
    made = with_worker(session)
    with session.noting("change") as writing:
        writing.change("account", made["id"], {"roles": ["administrator", "head"]})
    with_administrator(session)
    accounts.remove(session, ADMIN)  # seals every box anew
    workspaces.lock(session)
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker:
        assert worker.roles == {"worker"}


# ---------------------------------------------------------------- the ring is owed


def made_by_the_administrator(folder: Path, name: str, password: str, roles: list[str]) -> None:
    """An account that an administrator without the ring makes, and that waits for it."""
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
        assert accounts.add(administrator, name, password, roles)["ring"] == "owed"
        assert accounts.owed(administrator) == [{"kind": "ring-admit", "account": name}]
        with pytest.raises(Refused, match="not-allowed"):
            accounts.admit(administrator, name)


def test_an_administrator_without_the_ring_leaves_the_admission_to_a_person(session: Session, folder: Path) -> None:
    with_administrator(session)
    workspaces.lock(session)
    made_by_the_administrator(folder, WORKER, WORKER_PASSWORD, ["worker"])
    with unlocked(folder) as head:  # a holder's unlock admits nobody by the way
        assert accounts.owed(head) == [{"kind": "ring-admit", "account": WORKER}] and head.ring is not None
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker:
        assert worker.ring is None and worker.index_key is None and accounts.awaiting(worker) == []
        with pytest.raises(Refused, match="ring-needed"):
            accounts.admit(worker, WORKER)
    with unlocked(folder) as head:
        (waits,) = accounts.awaiting(head)
        assert (waits["account"], waits["roles"], waits["by"]) == (WORKER, ["worker"], ADMIN) and waits["at"]
        assert accounts.admit(head, WORKER)["ring"] == "held"
        assert accounts.owed(head) == accounts.awaiting(head) == [] and head.ring is not None
        ring = dict(head.ring.keys)
        assert ledgers.show(head, "account", waits["id"])[0]["said"]["what"] == "ring"
        with pytest.raises(UserError, match="account-not-waiting"):
            accounts.admit(head, WORKER)
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker:
        assert worker.ring is not None and dict(worker.ring.keys) == ring and worker.index_key


@pytest.mark.parametrize("act", ["removal", "change", "sheet", "password", "renewal"])
def test_whatever_a_holder_does_to_the_keys_admits_nobody_by_the_way(
    session: Session, folder: Path, tmp_path: Path, act: str
) -> None:
    """Every box is sealed anew then: the chance an administrator would wait for."""
    with_administrator(session)
    with_worker(session)
    workspaces.lock(session)
    made_by_the_administrator(folder, "新书记", "xinshuji-1", ["head"])
    if act == "renewal":
        with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
            accounts.remove(administrator, WORKER)
    with unlocked(folder) as head:
        if act == "removal":
            accounts.remove(head, WORKER)
        elif act == "change":
            accounts.change(head, "新书记", roles=["head", "worker"])
        elif act == "sheet":
            accounts.recovery_sheet(head, tmp_path / "卡.pdf")
        elif act == "password":
            accounts.password(head, PASSWORD, PASSWORD)
        assert [each["account"] for each in accounts.awaiting(head)] == ["新书记"]
        assert head.ring is not None and (len(head.ring.keys) > 1) == (act in ("removal", "renewal"))
    with unlocked(folder, "新书记", "xinshuji-1") as made:
        assert made.ring is None and made.index_key is None


@pytest.mark.parametrize("meddled", ["second-box", "public-half", "sheet"])
def test_what_is_written_into_keys_json_by_hand_opens_no_way_to_the_ring(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meddled: str
) -> None:
    with_administrator(session)
    with_worker(session)
    workspaces.lock(session)
    made_by_the_administrator(folder, "新书记", "xinshuji-1", ["head"])
    code = ""
    if meddled == "sheet":
        with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
            code = a_sheet(administrator, tmp_path / "1.pdf", monkeypatch)
    keys = keyslots.read(folder)
    other, mine = keys.slot(WORKER), keys.slot("新书记")
    if meddled == "public-half":  # the worker's next ring is to be sealed for the administrator's own identity
        keys = keys._with([replace(other, public=mine.public)])
    else:
        of = keys.sheet if meddled == "sheet" else mine
        assert of is not None
        keys = keys._with([replace(of, ring=other.ring)])
    keyslots.write(folder, keys)
    with unlocked(folder) as head:
        accounts.remove(head, ADMIN)
        newest = list(head.ring.keys)[-1] if head.ring else ""
    after = keyslots.read(folder)
    if meddled == "sheet":
        with pytest.raises(UserError, match="keys-damaged"):
            after.unlock_sheet(code)
    elif meddled == "second-box":
        with pytest.raises(UserError, match="keys-damaged"):
            after.unlock("新书记", "xinshuji-1")
    else:
        assert after.slot(WORKER).ring == other.ring  # as it was: nothing new was sealed for a strange identity
    assert newest and after.unlock(ACCOUNT, PASSWORD).ring is not None


def test_a_ring_of_ones_own_making_is_sealed_for_nobody(session: Session, folder: Path) -> None:
    with_administrator(session)
    with_worker(session)
    workspaces.lock(session)
    made_by_the_administrator(folder, "新书记", "xinshuji-1", ["head"])
    keys = keyslots.read(folder)
    contents = keys.unlock("新书记", "xinshuji-1")
    own = replace(contents, ring={"x": b"x" * 32}, index_key=b"y" * 32)
    keyslots.write(folder, keys.reseal({"新书记": own}))
    with unlocked(folder, "新书记", "xinshuji-1") as made, suppress(UserError):
        accounts.remove(made, ADMIN)
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker, unlocked_keys(folder) as head:
        assert worker.ring is not None and "x" not in worker.ring.keys and head.ring and "x" not in head.ring


@contextmanager
def unlocked_keys(folder: Path) -> Iterator[Any]:
    """What the head's slot holds, without opening the workspace."""
    yield keyslots.read(folder).unlock(ACCOUNT, PASSWORD)


def test_who_is_refused_the_ring_keeps_its_other_roles(session: Session, folder: Path) -> None:
    with_administrator(session)
    workspaces.lock(session)
    made_by_the_administrator(folder, "新书记", "xinshuji-1", ["head", "auditor"])
    with unlocked(folder) as head:
        done = accounts.refuse_ring(head, "新书记")
        assert (done["roles"], done["ring"]) == (["auditor"], None) and accounts.owed(head) == []
        act = ledgers.show(head, "account", done["id"])[0]
        assert act["action"] in ("grant", "change") and ledgers.verify(head)["ok"]
    with unlocked(folder, "新书记", "xinshuji-1") as refused:
        assert refused.roles == {"auditor"} and refused.ring is None


def test_who_has_no_other_role_cannot_enter_until_it_is_given_one(session: Session, folder: Path) -> None:
    with_administrator(session)
    workspaces.lock(session)
    made_by_the_administrator(folder, "新书记", "xinshuji-1", ["head"])
    with unlocked(folder) as head:
        assert accounts.refuse_ring(head, "新书记")["roles"] == []
        assert {"account": "新书记", "roles": []}.items() <= accounts.list_(head)[-1].items()
    with pytest.raises(Refused, match="account-without-role"):
        workspaces.unlock(folder, "新书记", "xinshuji-1", clock=NOW)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
        accounts.change(administrator, "新书记", roles=["auditor"])
    with unlocked(folder, "新书记", "xinshuji-1") as again:
        assert again.roles == {"auditor"}


def test_a_holder_that_gives_a_role_gives_the_ring_with_it(session: Session, folder: Path) -> None:
    with_administrator(session)
    assert accounts.change(session, ADMIN, roles=["administrator", "worker"])["ring"] == "held"
    workspaces.lock(session)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as both:
        assert both.ring is not None and accounts.change(both, ADMIN, roles=["administrator"])["ring"] is None
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as again:
        assert again.ring is None
        accounts.change(again, ADMIN, roles=["administrator", "head"])  # by itself: it waits
        assert accounts.awaiting(again) == [] and {"kind": "ring-admit", "account": ADMIN} in accounts.owed(again)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as again:
        assert again.ring is None


def test_a_file_from_before_the_list_of_holders_keeps_its_holders(session: Session, folder: Path) -> None:
    with_administrator(session)
    with_worker(session)
    workspaces.lock(session)
    made_by_the_administrator(folder, "新书记", "xinshuji-1", ["head"])
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator, administrator.db.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM secret WHERE key = ?", (rotation.HOLDERS,))
    with unlocked(folder) as head:
        assert [each["account"] for each in accounts.awaiting(head)] == ["新书记"]
        accounts.remove(head, ADMIN)
    with unlocked(folder, WORKER, WORKER_PASSWORD) as worker:
        assert worker.ring is not None and len(worker.ring.keys) == 2


def test_a_removal_without_the_ring_owes_a_new_ring_key(session: Session, folder: Path) -> None:
    with_administrator(session)
    with_worker(session)
    assert session.ring is not None
    before = set(session.ring.keys)
    workspaces.lock(session)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
        done = accounts.remove(administrator, WORKER)
        assert done["owed"] == [{"kind": "ring-renew", "removed": [WORKER]}] == accounts.owed(administrator)
    with unlocked(folder) as head:
        assert head.ring is not None and before < set(head.ring.keys) and accounts.owed(head) == []
        after = set(head.ring.keys)
    with unlocked(folder) as head:
        assert head.ring is not None and set(head.ring.keys) == after  # once


# ---------------------------------------------------------------- removing


def test_a_removed_account_is_out_and_old_values_stay_readable(session: Session, folder: Path) -> None:
    person = a_resident(session)
    with_worker(session)
    assert session.ring is not None
    key, ring = session.db.key, set(session.ring.keys)
    old_keys = (folder / "keys.json").read_bytes()
    accounts.remove(session, WORKER)
    assert session.db.key != key and ring < set(session.ring.keys)
    assert records.show(session, "resident", person, reveal=True)["name"] == "王建国"  # the session goes on
    workspaces.lock(session)
    with pytest.raises(Refused, match="account-unknown"):
        workspaces.unlock(folder, WORKER, WORKER_PASSWORD, clock=NOW)
    with unlocked(folder) as again:
        shown = records.show(again, "resident", person, reveal=True)
        assert shown["documents"][0]["number"] == "310115195803120018"
    (folder / "keys.json").write_bytes(old_keys)  # who kept a copy of the keys opens nothing newer with it
    with pytest.raises(UserError, match="workspace-damaged"):
        workspaces.unlock(folder, WORKER, WORKER_PASSWORD, clock=NOW)


def test_who_removes_himself_is_out_after_locking(session: Session, folder: Path) -> None:
    with_administrator(session)
    accounts.remove(session, ACCOUNT)
    workspaces.lock(session)
    with pytest.raises(Refused, match="account-unknown"):
        workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as left:
        assert list(roles_of(left)) == [ADMIN]


def test_the_last_who_admits_is_neither_removed_nor_loses_the_role(session: Session) -> None:
    with_worker(session)
    with pytest.raises(UserError, match="last-admitter"):
        accounts.remove(session, ACCOUNT)
    with pytest.raises(UserError, match="last-admitter"):
        accounts.change(session, ACCOUNT, roles=["worker"])
    with_administrator(session)
    assert accounts.change(session, ACCOUNT, roles=["worker"])["roles"] == ["worker"]


def test_an_unknown_name_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="account-unknown"):
        accounts.remove(session, "路人")


# ---------------------------------------------------------------- the power goes


class PowerCutError(BaseException):
    """Nothing after this runs."""


STEPS = ("announce", "record", "encrypt", "verify", "conclude")


def cut(monkeypatch: pytest.MonkeyPatch, step: str, *, before: bool) -> None:
    """The power goes before a step of the rotation, or right after it."""
    real: Callable[..., Any] = getattr(rotation, step)

    def broken(*arguments: Any, **more: Any) -> Any:
        if not before:
            real(*arguments, **more)
        raise PowerCutError

    monkeypatch.setattr(rotation, step, broken)


def opens(folder: Path, key: bytes) -> bool:
    try:
        files.open(folder / "loutu.db", key).close()
    except UserError:
        return False
    return True


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("remover", [ACCOUNT, ADMIN], ids=["with-ring", "without-ring"])
@pytest.mark.parametrize("finisher", [ACCOUNT, ADMIN], ids=["then-with-ring", "then-without"])
def test_a_removal_cut_short_at_any_step_is_finished_by_the_next_unlock(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    step: str, before: bool, remover: str, finisher: str,
) -> None:  # fmt: skip
    person = a_resident(session)
    with_administrator(session)
    with_worker(session)
    workspaces.lock(session)
    passwords = {ACCOUNT: PASSWORD, ADMIN: ADMIN_PASSWORD}
    working = workspaces.unlock(folder, remover, passwords[remover], clock=NOW)
    old = working.db.key
    cut(monkeypatch, step, before=before)
    with pytest.raises(PowerCutError):
        accounts.remove(working, WORKER)
    crashed = tmp_path / "crashed"  # the files as they lie on the disk while the program is gone
    shutil.copytree(folder, crashed)
    (crashed / ".lock").unlink(missing_ok=True)
    monkeypatch.undo()
    workspaces.lock(working)
    begun = not (step == "announce" and before)
    kept = keyslots.read(crashed).unlock(finisher, passwords[finisher])
    candidates = {kept.database_key, kept.pending_key} - {None}
    assert sum(opens(crashed, key) for key in candidates if key) == 1
    if begun:
        with pytest.raises(Refused, match="account-unknown"):  # at once, before it is finished
            workspaces.unlock(crashed, WORKER, WORKER_PASSWORD, clock=NOW)
    with unlocked(crashed, finisher, passwords[finisher]) as opened:
        assert (opened.db.key != old) is begun
    assert opens(crashed, old) is not begun
    for name, password in passwords.items():
        with unlocked(crashed, name, password) as opened:
            assert list(roles_of(opened)) == [ACCOUNT, ADMIN, *([] if begun else [WORKER])]
            assert accounts.owed(opened) == [] or name == ADMIN or opened.ring is None
    with unlocked(crashed) as head:
        assert records.show(head, "resident", person, reveal=True)["documents"][0]["number"] == "310115195803120018"
        assert head.ring is not None and len(head.ring.keys) == (1 if not begun else len(head.ring.keys))
        assert len(head.ring.keys) > 1 or not begun  # what is written from now on, the removed cannot read
        revoked = [each for each in ledgers.show(head, limit=100) if each["action"] == "revoke"]
        assert len(revoked) == (1 if begun else 0)
        assert ledgers.verify(head)["ok"] and head.db.check() == []
    final = json.loads((crashed / "keys.json").read_text("utf-8"))
    assert final["leaving"] == []
    assert keyslots.read(crashed).unlock(ADMIN, ADMIN_PASSWORD).pending_key is None


def test_pages_under_the_new_key_survive_a_cut_before_they_reach_the_file(folder: Path, tmp_path: Path) -> None:
    """The new pages are committed to the journal only; the file itself still lies there under the old key."""
    kept = keyslots.read(folder).unlock(ACCOUNT, PASSWORD)
    database, new = files.open(folder / "loutu.db", kept.database_key), b"n" * 32
    database._held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database._held.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    shutil.copytree(folder, whole)
    shutil.copytree(folder, torn)
    database.close()
    journal = torn / "loutu.db-wal"
    journal.write_bytes(journal.read_bytes()[:-100])  # the last frame, with the commit, did not reach the disk
    assert (opens(whole, kept.database_key), opens(whole, new)) == (False, True)
    assert (opens(torn, kept.database_key), opens(torn, new)) == (True, False)


def test_a_fault_of_the_disk_is_said_and_the_next_change_finishes_the_removal(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_worker(session)
    old = session.db.key
    monkeypatch.setattr(Database, "rekey", _full)
    with pytest.raises(UserError, match="rotation-unfinished"):
        accounts.remove(session, WORKER)
    monkeypatch.undo()
    with_administrator(session)
    assert session.db.key != old and list(roles_of(session)) == [ACCOUNT, ADMIN]
    workspaces.lock(session)
    assert not opens(folder, old)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD):
        pass


def test_a_removal_that_cannot_even_begin_changes_nothing(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_worker(session)
    monkeypatch.setattr(keyslots, "write", _full)
    with pytest.raises(UserError, match="keys-unwritable"):
        accounts.remove(session, WORKER)
    monkeypatch.undo()
    assert session.ring is not None and len(session.ring.keys) == 1  # no key that nobody kept
    workspaces.lock(session)
    with unlocked(folder, WORKER, WORKER_PASSWORD):
        pass


def test_a_workspace_of_the_first_program_is_brought_up_at_its_unlock(session: Session, folder: Path) -> None:
    keys = keyslots.read(folder)
    (slot,) = keys.slots
    contents = keys.unlock(ACCOUNT, PASSWORD)
    with session.db.transaction() as connection:
        rotation.keep_known(connection, {})
    workspaces.lock(session)
    keyslots.write(folder, replace(keys, slots=(replace(slot, account_id=""),)))
    with unlocked(folder) as again:
        assert roles_of(again) == {ACCOUNT: ["head", "administrator"]}
        with_worker(again)
        accounts.remove(again, WORKER)
    assert keyslots.read(folder).slot(ACCOUNT).account_id == contents.account_id
    with unlocked(folder):
        pass


# ---------------------------------------------------------------- the command line


def test_commands_add_list_set_and_remove(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret, own = tmp_path / "secret", tmp_path / "own"
    secret.write_text(WORKER_PASSWORD + "\n", "utf-8")
    own.write_text(PASSWORD, "utf-8")

    def run(*words: str, account: str = ACCOUNT, password: Path = own, code: int = 0) -> Any:
        shared = ("--data", str(folder), "--account", account, "--password-file", str(password), "--json")
        assert main([*shared, "account", *words]) == code
        return json.loads(capsys.readouterr().out)

    assert run("add", WORKER, "--roles", "worker,auditor", "--new-password-file", str(secret))["roles"] == [
        "worker",
        "auditor",
    ]
    assert [each["account"] for each in run("list")] == [ACCOUNT, WORKER]
    assert run("set", WORKER, "--roles", "worker")["roles"] == ["worker"]
    assert run("admit", WORKER, code=1)["error"]["code"] == "account-not-waiting"
    admin = tmp_path / "admin"
    admin.write_text(ADMIN_PASSWORD, "utf-8")
    run("add", ADMIN, "--roles", "administrator", "--new-password-file", str(admin))
    for name in ("甲", "乙"):
        made = ("add", name, "--roles", "worker", "--new-password-file", str(secret))
        assert run(*made, account=ADMIN, password=admin)["ring"] == "owed"
    assert run("admit", "甲", account=ADMIN, password=admin, code=3)["error"]["code"] == "not-allowed"
    assert run("admit", "甲")["ring"] == "held" and run("admit", "乙", "--refuse")["roles"] == []
    for name in ("甲", "乙", ADMIN):
        run("remove", name)
    assert run("list", account=WORKER, password=secret, code=3)["error"]["code"] == "not-allowed"
    assert run("remove", WORKER)["account"] == WORKER
    assert run("remove", ACCOUNT, code=1)["error"]["code"] == "last-admitter"
    assert run("password", "--new-password-file", str(secret))["account"] == ACCOUNT
    sheet = run("recovery-sheet", "--out", str(tmp_path / "卡.pdf"), password=secret)
    assert sheet["ring"] and Path(sheet["out"]).exists()
    (tmp_path / "code").write_text("ABCD", "utf-8")
    refused = run("recover", "--code-file", str(tmp_path / "code"), "--new-password-file", str(own), code=1)
    assert refused["error"]["code"] == "recovery-code-length"
    for _ in range(3):
        run("list", code=3)
    assert 0 < run("list", code=3)["error"]["seconds"] <= 5


# ---------------------------------------------------------------- recovery


def test_a_sheet_stays_one_page_whatever_the_names() -> None:
    names = [f"欧阳社区工作人员{number}" for number in range(80)]
    sheet = paper.Sheet(
        "花木街道" * 6, "310115016009", "2020-05-25", recovery_codes.new(), names, "2020-05-20", False, True
    )
    assert len(re.findall(rb"/Type\s*/Page\b", paper.pdf(sheet))) == 1


def a_sheet(session: Session, out: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Print a sheet and read its code from what the paper was given."""
    printed: list[paper.Sheet] = []
    real = paper.pdf
    monkeypatch.setattr(paper, "pdf", lambda sheet: printed.append(sheet) or real(sheet))
    accounts.recovery_sheet(session, out)
    monkeypatch.undo()
    assert out.read_bytes().startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", out.read_bytes())) == 1
    return printed[0].code


def test_a_sheet_gives_a_lost_account_a_new_password_and_is_used_up(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, code = a_resident(session), a_sheet(session, tmp_path / "恢复卡.pdf", monkeypatch)
    workspaces.lock(session)
    done = accounts.recover(folder, code.lower().replace("-", " "), ACCOUNT, "new-mima-1", clock=NOW)
    assert (done["account"], done["created"]) == (ACCOUNT, False)
    with unlocked(folder, password="new-mima-1") as again:
        assert records.show(again, "resident", person, reveal=True)["documents"][0]["number"] == "310115195803120018"
        said = [each["said"] for each in ledgers.show(again, "account", again.account_id) if each["action"] == "grant"]
        assert said[0]["what"] == "recovery-sheet"
    with pytest.raises(Refused, match="password-wrong"):
        workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    with pytest.raises(Refused, match="recovery-none"):
        accounts.recover(folder, code, ACCOUNT, "other-mima-1", clock=NOW)


def test_a_new_sheet_voids_the_older_one(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = (a_sheet(session, tmp_path / f"{n}.pdf", monkeypatch) for n in (1, 2))
    workspaces.lock(session)
    with pytest.raises(Refused, match="recovery-code-wrong"):
        accounts.recover(folder, older, ACCOUNT, "new-mima-1", clock=NOW)
    accounts.recover(folder, newer, ACCOUNT, "new-mima-1", clock=NOW)


def test_a_sheet_opens_also_after_keys_were_made_anew(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_sheet(session, tmp_path / "1.pdf", monkeypatch)
    with_administrator(session)
    with_worker(session)
    workspaces.lock(session)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
        accounts.remove(administrator, WORKER)
    accounts.recover(folder, code, ACCOUNT, "new-mima-1", clock=NOW)
    with unlocked(folder, password="new-mima-1") as again:
        assert again.ring is not None


def test_a_sheet_finishes_a_removal_that_was_cut_short(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_sheet(session, tmp_path / "1.pdf", monkeypatch)
    with_worker(session)
    cut(monkeypatch, "conclude", before=True)
    with pytest.raises(PowerCutError):
        accounts.remove(session, WORKER)
    monkeypatch.undo()
    workspaces.lock(session)
    accounts.recover(folder, code, ACCOUNT, "new-mima-1", clock=NOW)
    with unlocked(folder, password="new-mima-1") as again:
        assert list(roles_of(again)) == [ACCOUNT]


def test_a_sheet_makes_no_new_account_while_somebody_admits(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_sheet(session, tmp_path / "1.pdf", monkeypatch)
    workspaces.lock(session)
    with pytest.raises(Refused, match="account-unknown"):
        accounts.recover(folder, code, "新书记", "new-mima-1", clock=NOW)


def test_a_sheet_makes_a_head_where_no_slot_is_left_that_admits(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_sheet(session, tmp_path / "1.pdf", monkeypatch)
    workspaces.lock(session)
    keyslots.write(folder, keyslots.read(folder).remove(ACCOUNT))  # keys.json was mended by hand, and badly
    done = accounts.recover(folder, code, "新书记", "new-mima-1", clock=NOW)
    assert done["created"] and done["roles"] == ["head", "administrator"]
    with unlocked(folder, "新书记", "new-mima-1") as again:
        assert again.ring is not None and again.roles == {"head", "administrator"}


def test_an_administrators_sheet_brings_back_accounts_but_no_ring(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_administrator(session)
    workspaces.lock(session)
    with unlocked(folder, ADMIN, ADMIN_PASSWORD) as administrator:
        code = a_sheet(administrator, tmp_path / "1.pdf", monkeypatch)
        assert recovery.state(administrator)["ring"] is False
    accounts.recover(folder, code, ADMIN, "new-mima-1", clock=NOW)
    with unlocked(folder, ADMIN, "new-mima-1") as again:
        assert again.ring is None
    with unlocked(folder):
        pass
    assert keyslots.read(folder).sheet is None


def test_a_sheet_of_a_short_password_is_not_used_up(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_sheet(session, tmp_path / "1.pdf", monkeypatch)
    workspaces.lock(session)
    with pytest.raises(UserError, match="password-short"):
        accounts.recover(folder, code, ACCOUNT, "short", clock=NOW)
    accounts.recover(folder, code, ACCOUNT, "new-mima-1", clock=NOW)


def test_a_sheet_that_cannot_be_written_voids_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sheet(session, tmp_path / "1.pdf", monkeypatch)
    before = recovery.state(session)
    with pytest.raises(UserError, match="sheets-unwritable"):
        accounts.recovery_sheet(session, tmp_path / "no-such-folder" / "2.pdf")
    assert recovery.state(session) == before


def test_the_centre_of_an_enrolled_committee_can_open_its_way_of_recovery(street: Street) -> None:
    import pyrage

    from app.services.enrolment import own_device

    committee = street.committee(1)
    folder = committee.folder
    workspaces.lock(committee)
    with unlocked(folder) as again:
        slot = keyslots.read(folder).centre
        assert slot is not None and recovery.state(again)["centre"]
        with street.centre.db.reading() as connection:
            device = own_device(connection)
        opened = slot.opened(pyrage.x25519.Identity.from_str(device.identity))
        assert again.ring is not None
        assert (opened.database_key, opened.ring) == (again.db.key, dict(again.ring.keys))
        unchanged = (folder / "keys.json").read_bytes()
        with_worker(again)
        accounts.remove(again, WORKER)
        slot = keyslots.read(folder).centre
        assert (
            slot is not None
            and slot.opened(pyrage.x25519.Identity.from_str(device.identity)).database_key == again.db.key
        )
    assert (folder / "keys.json").read_bytes() != unchanged
    with unlocked(folder):
        same = (folder / "keys.json").read_bytes()
    with unlocked(folder):
        assert (folder / "keys.json").read_bytes() == same  # nothing changed: nothing is written
    street.committees.clear()


# ---------------------------------------------------------------- the code on the sheet


def test_a_code_is_read_however_it_was_typed() -> None:
    code = recovery_codes.new()
    assert recovery_codes.parse(f"  {code.lower().replace('-', ' ')} ") == code
    assert recovery_codes.parse("".join(chr(ord(each) + 0xFEE0) if each.isalnum() else each for each in code)) == code


def test_any_one_wrong_letter_is_found_with_its_group() -> None:
    code = recovery_codes.new()
    for place in range(len(code)):
        if code[place] == "-":
            continue
        for letter in recovery_codes.LETTERS:
            if letter != code[place]:
                with pytest.raises(UserError) as error:
                    recovery_codes.parse(code[:place] + letter + code[place + 1 :])
                assert (error.value.code, error.value.details["group"]) == ("recovery-code-group", place // 5 + 1)


def test_two_groups_or_letters_changed_about_are_found() -> None:
    groups = recovery_codes.new().split("-")
    for first in range(8):
        for second in range(first):
            about = list(groups)
            about[first], about[second] = about[second], about[first]
            if about != groups:
                with pytest.raises(UserError, match="recovery-code-group"):
                    recovery_codes.parse("-".join(about))
    for at in range(3):
        group = groups[0]
        about = [group[:at] + group[at + 1] + group[at] + group[at + 2 :], *groups[1:]]
        if about != groups:
            with pytest.raises(UserError, match="recovery-code-group"):
                recovery_codes.parse("-".join(about))


@pytest.mark.parametrize(("text", "code"), [("ABC", "recovery-code-length"), ("O" * 32, "recovery-code-letter")])
def test_what_is_no_code_is_said(text: str, code: str) -> None:
    with pytest.raises(UserError, match=code):
        recovery_codes.parse(text)


# ---------------------------------------------------------------- waiting after wrong passwords


class Wall:
    """This PC's clock, as a test sets it."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


def wrong(folder: Path, wall: Wall, times: int = 1, account: str = ACCOUNT) -> None:
    for _ in range(times):
        with pytest.raises(Refused, match="password-wrong"):
            workspaces.unlock(folder, account, "guess-123", clock=NOW, wall=wall)


def test_the_fourth_guess_waits_longer_and_longer_and_never_more_than_five_minutes(folder: Path) -> None:
    wall, waits = Wall(), []
    wrong(folder, wall, 2)
    for _ in range(6):
        wrong(folder, wall)
        waits.append(workspaces.waiting(folder, ACCOUNT, wall=wall))
        with pytest.raises(Refused) as refused:
            workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW, wall=wall)  # also for who knows it
        assert (refused.value.code, refused.value.details["seconds"]) == ("login-wait", waits[-1])
        wall.seconds += waits[-1]
    assert waits == [5, 15, 60, 300, 300, 300]
    with unlocked(folder, wall=wall) as opened:
        assert sum(each["action"] == "login-failed" for each in ledgers.show(opened, limit=50)) == 8
    assert workspaces.waiting(folder, ACCOUNT, wall=wall) == 0


def test_a_clock_set_back_makes_nobody_wait_longer_than_the_longest(folder: Path) -> None:
    wall = Wall()
    wrong(folder, wall, 3)
    wall.seconds -= 86_400
    assert workspaces.waiting(folder, ACCOUNT, wall=wall) == 5
    wall.seconds += 5
    with unlocked(folder, wall=wall):
        pass


def test_who_has_an_account_does_not_guess_anothers_at_leisure(session: Session, folder: Path) -> None:
    with_worker(session)
    workspaces.lock(session)
    wall = Wall()
    wrong(folder, wall, 3)
    with unlocked(folder, WORKER, WORKER_PASSWORD, wall=wall):
        pass
    assert workspaces.waiting(folder, ACCOUNT, wall=wall) == 5
    wall.seconds += 5
    with unlocked(folder, wall=wall) as head:
        assert sum(each["action"] == "login-failed" for each in ledgers.show(head, limit=50)) == 3  # each once


def test_the_second_person_waits_too(folder: Path) -> None:
    wall = Wall()
    wrong(folder, wall, 3)
    with pytest.raises(Refused, match="login-wait"):
        workspaces.vouch(folder, ACCOUNT, PASSWORD, clock=NOW, wall=wall)


def test_a_broken_line_among_the_attempts_keeps_nobody_out(folder: Path) -> None:
    (folder / "attempts").write_bytes(b'\xff\xfe{"at"\n[]\n7\n{"at": "x"}\n')
    with unlocked(folder):
        pass


# ---------------------------------------------------------------- network shares


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:40 / /mnt/share rw shared:9 - cifs //server/data rw
41 22 0:41 / /mnt/with\\040blank rw shared:9 - fuse.sshfs me@server: rw
42 40 8:2 / /mnt/share/stick rw shared:9 - vfat /dev/sdb1 rw
43 22 0:43 / /mnt/twice rw - ext4 /dev/sdc1 rw
44 22 0:44 / /mnt/twice rw - nfs4 server:/x rw
"""


@pytest.mark.parametrize(
    ("folder", "remote"),
    [
        ("/srv/data", False), ("/mnt/share", True), ("/mnt/share/deep/er", True), ("/mnt/with blank/x", True),
        ("/mnt/share/stick/data", False), ("/mnt/twice/x", True), ("/mnt/shareholder", False),
    ],
)  # fmt: skip
def test_linux_says_what_is_mounted_from_elsewhere(folder: str, remote: bool) -> None:
    assert shares.is_mounted_remotely(Path(folder), MOUNTS) is remote


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        (r"C:\Users\me", False), (r"Z:\data", True), (r"\\server\share\data", True), ("//server/share", True),
        (r"\\?\UNC\server\share", True), (r"\\?\C:\Users\me", False), (r"\\?\Z:\data", True),
    ],
)  # fmt: skip
def test_windows_says_which_drives_are_elsewhere(path: str, remote: bool) -> None:
    assert shares.is_remote(path, lambda drive: 4 if drive.upper().startswith("Z:") else 3) is remote


def test_a_workspace_on_a_share_is_neither_made_nor_opened(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        shares, "_mounts", lambda: f"1 0 0:1 / / rw - ext4 x rw\n2 1 0:2 / {tmp_path} rw - cifs //s/d rw\n"
    )
    with pytest.raises(UserError, match="workspace-on-share"):
        workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    with pytest.raises(UserError, match="workspace-on-share"):
        workspaces.create(
            tmp_path / "new", role="committee", name="某居委会", code="310115016009", account="x", password=PASSWORD
        )
    assert not (tmp_path / "new").exists()

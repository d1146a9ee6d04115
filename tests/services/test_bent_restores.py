"""Recovering and restoring at bad moments and from odd files; what the centre confirms for a committee."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db import keyslots
from app.domain import ids, recovery_codes
from app.domain.findings import UserError
from app.exchange import erasurelist
from app.paths import ATTEMPTS
from app.services import accounts, backups, erasures, records, recovery, restoring, rotation, sync, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.exchange.forging import own
from tests.services.bending import down, lived_in, opened, put_away, sibling, up
from tests.street import Street

Sheet = Callable[[Session], str]


@pytest.fixture
def sheet(monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """Prints a recovery sheet and tells its code."""

    def printed(session: Session) -> str:
        code = recovery_codes.new()
        with monkeypatch.context() as patch:
            patch.setattr(recovery_codes, "new", lambda: code)
            recovery.recovery_sheet(session, session.folder / "sheet.pdf")
        return code

    return printed


def cut(*_args: object, **_more: object) -> None:
    """The power goes."""
    raise KeyboardInterrupt


def unlocked(folder: Path, account: str = ACCOUNT, password: str = PASSWORD) -> Session:
    return workspaces.unlock(folder, account, password, clock=NOW)


def backed_up(session: Session, out: Path) -> Path:
    out.mkdir()
    return Path(backups.make(session, out)["file"])


# ---------------------------------------------------------------- the recovery sheet


def test_a_recovery_after_a_removal_cut_short_is_read_by_the_centre(
    street: Street, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = street.committee(1)
    lived_in(ours)
    code = sheet(ours)
    accounts.add(ours, "社工", "mima-12345", ["worker"])
    with monkeypatch.context() as patch:
        patch.setattr(rotation, "record", cut)
        with pytest.raises(KeyboardInterrupt):
            accounts.remove(ours, "社工")
    folder = put_away(street, ours)
    recovery.recover(folder, code, ACCOUNT, "neue-12345", clock=NOW)
    again = opened(street, folder, "neue-12345")
    (done,) = sync.merge(street.centre, street.send(again))
    assert done["error"] is None


def test_a_used_code_does_not_open_with_the_keys_of_before(folder: Path, sheet: Sheet) -> None:
    session = unlocked(folder)
    code = sheet(session)
    lived_in(session)
    old = (folder / "keys.json").read_bytes()
    workspaces.lock(session)
    recovery.recover(folder, code, ACCOUNT, "neue-12345", clock=NOW)
    (folder / "keys.json").write_bytes(old)
    with pytest.raises(UserError, match="workspace-damaged"):
        recovery.recover(folder, code, ACCOUNT, "dritte-12345", clock=NOW)
    with pytest.raises(UserError, match="workspace-damaged"):
        unlocked(folder)


def test_after_a_recovery_killed_half_way_new_sensitive_values_stay_readable(
    folder: Path, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = unlocked(folder)
    person = lived_in(session)
    code = sheet(session)
    workspaces.lock(session)
    write = keyslots.write

    def dies(where: Path, keys: keyslots.KeyFile) -> None:
        write(where, keys)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keyslots, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            recovery.recover(folder, code, ACCOUNT, "neue-12345", clock=NOW)
    again = unlocked(folder, password="neue-12345")
    accounts.add(again, "走", "geheim-12345", ["worker"])
    accounts.remove(again, "走")  # a new key of the ring
    records.change(again, "resident", person, {"note_sensitive": "重要"})
    workspaces.lock(again)
    third = unlocked(folder, password="neue-12345")
    try:
        assert records.show(third, "resident", person, reveal=True)["note_sensitive"] == "重要"
    finally:
        workspaces.lock(third)


def test_a_line_of_attempts_too_long_to_be_read_reaches_nobody(street: Street) -> None:
    ours = street.committee(1)
    lived_in(ours)
    folder = put_away(street, ours)
    slot = keyslots.read(folder).slots[0].id
    (folder / ATTEMPTS).write_text(json.dumps({"at": "x" * (1 << 21), "slot": slot, "wall": 0}) + "\n")
    again = opened(street, folder, PASSWORD)
    (done,) = sync.merge(street.centre, street.send(again))
    assert done["error"] is None


# ---------------------------------------------------------------- a backup from before a new key of the ring


@pytest.fixture
def restored(folder: Path, tmp_path: Path) -> tuple[Path, str]:
    """A workspace put back to before somebody was removed, and the key that the ring got by that removal."""
    session = unlocked(folder)
    person = lived_in(session)
    accounts.add(session, "李四", "geheim-12345", ["head", "administrator"])
    accounts.add(session, "走", "geheim-12345", ["worker"])
    file = backed_up(session, tmp_path / "out")
    accounts.remove(session, "走")
    records.change(session, "resident", person, {"note_sensitive": "新钥匙下写的"})
    key = session.ring.newest
    workspaces.lock(session)
    restoring.restore(file, folder, ACCOUNT, PASSWORD, clock=NOW)
    return folder, key


def holds(folder: Path, key: str, account: str, password: str) -> bool:
    session = unlocked(folder, account, password)
    try:
        return key in session.ring.keys
    finally:
        workspaces.lock(session)


def test_the_other_holder_gets_the_newer_key_from_who_restored(restored: tuple[Path, str]) -> None:
    folder, key = restored
    assert holds(folder, key, ACCOUNT, PASSWORD)
    assert holds(folder, key, "李四", "geheim-12345"), "values come home under it"


def test_the_newer_key_outlives_that_the_other_holder_unlocks_first(restored: tuple[Path, str]) -> None:
    folder, key = restored
    workspaces.lock(unlocked(folder, "李四", "geheim-12345"))
    assert holds(folder, key, ACCOUNT, PASSWORD)
    assert holds(folder, key, "李四", "geheim-12345")


def test_the_newer_key_outlives_that_the_other_holder_removes_somebody_first(restored: tuple[Path, str]) -> None:
    folder, key = restored
    other = unlocked(folder, "李四", "geheim-12345")
    accounts.remove(other, "走")
    workspaces.lock(other)
    assert holds(folder, key, ACCOUNT, PASSWORD)


def test_a_removed_account_cannot_restore_over_the_present_workspace(folder: Path, tmp_path: Path) -> None:
    session = unlocked(folder)
    lived_in(session)
    accounts.add(session, "走", "geheim-12345", ["head", "administrator"])
    file = backed_up(session, tmp_path / "out")
    accounts.remove(session, "走")
    workspaces.lock(session)
    with pytest.raises(UserError, match="account-unknown"):
        restoring.restore(file, folder, "走", "geheim-12345", clock=NOW)


# ---------------------------------------------------------------- erasures, and what is the street's to write


def test_an_odd_line_in_a_list_of_erasures_does_not_end_the_exchange(street: Street) -> None:
    ours = street.committee(1)
    lived_in(ours)
    other = sibling(street)
    down(street, ours)
    up(street, ours)
    out = street.stick()
    file = Path(backups.make(ours, out)["file"])
    estate = records.show(ours, "estate", "培花新村")["id"]
    key = Ed25519PrivateKey.from_private_bytes(own(other).signing)
    lines = [(ours.committee_id, "resident", estate, "zzz", "not-an-id")]
    packed = erasurelist.pack(lines, other.device, "2020-05-25T10:00:00+08:00", key)
    (out / "erasures-x.json").write_bytes(packed)
    folder = put_away(street, ours)
    restoring.restore(file, folder, ACCOUNT, PASSWORD, clock=NOW)
    again = opened(street, folder, PASSWORD)
    (done,) = sync.merge(street.centre, street.send(again))
    assert done["error"] is None and not done["aside"]


def test_an_erasure_that_the_centre_confirms_reaches_the_committee_whole(street: Street) -> None:
    ours = street.committee(1)
    person = lived_in(ours)
    with ours.writing("import") as writing:
        values = {"candidate": person, "file": "a.xlsx", "row": 3, "values": {"name": "王建国"}}
        writing.create("doubtful", [(ids.new_id(), values)])
    up(street, ours)
    down(street, ours)
    proposals = [each["id"] for each in erasures.propose_for(ours, person)]
    assert erasures.confirm(ours, proposals)["state"] == "proposed"
    up(street, ours)
    asked = [each["id"] for each in erasures.propose(street.centre) if each["state"] == "asked"]
    erasures.confirm(street.centre, asked)
    down(street, ours)
    for session in (ours, street.centre):
        with session.db.reading() as connection:
            for table in ("resident", "doubtful"):
                count = f"SELECT count(*) FROM {table} WHERE committee_id = ?"
                assert connection.exec_driver_sql(count, (ours.committee_id,)).scalar() == 0, table


def test_a_committee_cannot_make_a_group_that_would_be_void_everywhere_else(street: Street) -> None:
    ours = street.committee(1)
    lived_in(ours)
    with pytest.raises(UserError, match="group-of-street"):
        records.add(ours, "group", {"name": "自设片区"})

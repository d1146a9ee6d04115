"""Backups and restoring: real files, real passwords, one mistake or attack per test; the lost tail comes home."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db import keyslots
from app.db.connection import Database
from app.domain import clock, retention
from app.domain.clock import SHANGHAI
from app.domain.findings import Refused, UserError
from app.files import write_atomic
from app.services import (
    backups,
    conflicts,
    erasures,
    ledgers,
    records,
    restoring,
    rosters,
    search,
    summaries,
    sync,
    workspaces,
)
from app.services.session import Session
from tests.conftest import ACCOUNT, CODE, NAME, NOW, PASSWORD
from tests.seconds import SECOND, SECOND_PASSWORD, give_second
from tests.street import Street

LATER = clock.frozen("2020-05-27T09:00")


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    rosters.apply(session, rosters.preview(session, roster))
    return session


def person(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


def made(session: Session, folder: Path, **how: Any) -> Path:
    folder.mkdir(exist_ok=True)
    return Path(backups.make(session, folder, **how)["file"])


def restored(file: Path, folder: Path, **how: Any) -> tuple[dict[str, Any], Session]:
    done = restoring.restore(file, folder, ACCOUNT, PASSWORD, clock=LATER, **how)
    return done, workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=LATER)


# ---------------------------------------------------------------- which are kept (pure)

moments = st.lists(
    st.integers(0, 500 * 24 * 60).map(lambda m: datetime(2020, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=m)),
    min_size=1, max_size=200,
)  # fmt: skip


@given(moments)
def test_few_are_kept_and_the_newest_always(made: list[datetime]) -> None:
    kept = retention.kept_backups(made)
    assert max(made) in kept and kept <= set(made)
    assert len(kept) <= retention.DAYS + retention.WEEKS + retention.MONTHS
    assert retention.kept_backups(kept) == kept


@given(moments)
def test_of_each_of_the_last_days_weeks_and_months_the_newest_is_kept(made: list[datetime]) -> None:
    kept = retention.kept_backups(made)
    for most, name in ((7, "%Y-%m-%d"), (4, "%G-%V"), (6, "%Y-%m")):
        for span in sorted({each.strftime(name) for each in made}, reverse=True)[:most]:
            assert max(each for each in made if each.strftime(name) == span) in kept


def test_made_every_day_for_a_year_what_stays_reaches_half_a_year_back() -> None:
    kept: set[datetime] = set()
    for day in range(365):
        kept = retention.kept_backups(kept | {datetime(2020, 1, 1, 9, tzinfo=SHANGHAI) + timedelta(days=day)})
    assert 14 <= len(kept) <= 17
    assert max(kept) - min(kept) > timedelta(days=120)


# ---------------------------------------------------------------- making


def test_a_backup_is_verified_and_opens_with_the_same_password(known: Session, tmp_path: Path) -> None:
    done = backups.make(known, tmp_path, full=True)
    file = Path(done["file"])
    assert done["verified"] and file.stat().st_size == done["size"] and CODE in file.name
    about, back = restored(file, tmp_path / "new")
    assert back.device == known.device and person(back) == person(known)
    assert records.show(back, "resident", person(back), reveal=True)["id_number"] == "310115195803120010"
    assert about["workspace"] == str(tmp_path / "new") and about["aside"] is None
    assert ledgers.verify(back)["ok"] and ledgers.rebuild_check(back)["ok"]
    with back.db.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() > 0
        assert connection.exec_driver_sql("PRAGMA application_id").scalar() == 0x4C4F5554
    workspaces.lock(back)


def test_the_program_goes_on_working_meanwhile(known: Session, tmp_path: Path) -> None:
    said: list[int] = []

    def progress(done: int, total: int, what: str) -> None:
        if what == "backup-copy" and not said:
            said.append(total)
            records.change(known, "resident", person(known), {"note": "备份时写的"})

    file = made(known, tmp_path / "out", progress=progress)
    assert said and records.show(known, "resident", person(known))["note"] == "备份时写的"
    _, back = restored(file, tmp_path / "new")
    assert "note" not in records.show(back, "resident", person(back)), "one moment's state, not a mixture"
    workspaces.lock(back)


def test_nothing_half_is_left(known: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr("app.exchange.backupfile.read_back", lambda file: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(UserError, match="backup-unwritable"):
        backups.make(known, out)
    assert list(out.iterdir()) == [] and not list(known.folder.glob(".backup*"))
    monkeypatch.undo()
    monkeypatch.setattr(Database, "copy", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(UserError, match="backup-unwritable"):
        backups.make(known, out)
    assert list(out.iterdir()) == [] and not list(known.folder.glob(".backup*"))


def test_a_copy_that_is_not_good_is_never_named(
    known: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Database.copy

    def broken(self: Database, to: Path, *more: Any) -> None:
        whole(self, to, *more)
        data = bytearray(to.read_bytes())
        data[len(data) // 2] ^= 1
        to.write_bytes(data)

    monkeypatch.setattr(Database, "copy", broken)
    with pytest.raises(UserError, match=r"backup-not-good|workspace-damaged"):
        backups.make(known, tmp_path)
    assert not list(tmp_path.glob("*.ltk"))


def test_cancelled_leaves_nothing(known: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cancelled"):
        backups.make(known, tmp_path, cancelled=lambda: True)
    assert not list(tmp_path.glob("*.ltk")) and not list(known.folder.glob(".backup*"))


def test_a_folder_that_is_not_there_is_said_so(known: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="folder-missing"):
        backups.make(known, tmp_path / "none")


def test_a_worker_makes_none_but_the_daily_one_comes_by_itself(known: Session, tmp_path: Path) -> None:
    known.roles = frozenset({"worker"})
    with pytest.raises(Refused, match="not-allowed"):
        backups.make(known, tmp_path)
    assert backups.daily(known)["made"]["verified"]


# ---------------------------------------------------------------- every day


def test_daily_once_a_day_and_thinned_out(known: Session) -> None:
    assert backups.due(known) and backups.last(known) is None
    for day in range(1, 40):
        known.clock = clock.frozen(f"2020-{6 + day // 31:02d}-{1 + day % 30:02d}T09:00")
        backups.daily(known) if day > 30 else None
    assert backups.due(known) is False and backups.daily(known)["made"] is None
    found = backups.listed(known)
    assert all(each["verified"] and each["place"] == "first" for each in found) and 7 <= len(found) <= 9
    assert backups.last(known) == found[0]["at"]
    Path(found[0]["file"]).unlink()
    assert backups.due(known), "a backup that is gone is none"


def test_the_second_place_gets_a_copy_when_it_is_there(known: Session, tmp_path: Path) -> None:
    second = tmp_path / "stick"
    with pytest.raises(UserError, match="folder-missing"):
        backups.choose_second(known, second)
    second.mkdir()
    backups.choose_second(known, second)
    assert backups.daily(known)["second"] == "copied"
    assert {each["place"] for each in backups.listed(known)} == {"first", "second"}
    assert len(list(second.glob("*.ltk"))) == 1 and len(list(second.glob("erasures-*.json"))) == 1
    shutil.rmtree(second)
    known.clock = clock.frozen("2020-05-26T09:00")
    assert backups.daily(known)["second"] == "missing"


def test_what_was_put_there_by_others_is_not_removed(known: Session) -> None:
    place = known.folder.parent / "backups"
    place.mkdir()
    strange = place / f"楼图备份-{CODE}-19990101-000000.ltk"
    strange.write_bytes(b"someone's")
    for day in range(1, 12):
        known.clock = clock.frozen(f"2020-06-{day:02d}T09:00")
        backups.daily(known)
    assert strange.exists()


# ---------------------------------------------------------------- restoring: refused


@pytest.fixture
def file(known: Session, tmp_path: Path) -> Path:
    return made(known, tmp_path / "out")


def there(folder: Path) -> dict[str, bytes] | None:
    found = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}
    return found if folder.exists() else None


def refuse(code: str, file: Path, folder: Path, account: str = ACCOUNT, password: str = PASSWORD, **how: Any) -> None:
    before = there(folder)
    with pytest.raises(UserError, match=code):
        restoring.restore(file, folder, account, password, clock=LATER, **how)
    assert there(folder) == before
    assert not list(folder.parent.glob(".*restoring*")) and not list(folder.parent.glob("*before-restore*"))


def test_a_wrong_password_restores_nothing(file: Path, tmp_path: Path) -> None:
    refuse("password-wrong", file, tmp_path / "new", password="wrong-password")
    refuse("account-unknown", file, tmp_path / "new", account="谁")


def test_a_damaged_file_restores_nothing(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    bad = tmp_path / "bad.ltk"
    for at in range(0, len(whole) - 2_000, len(whole) // 15):  # behind it lies the list of names and times
        data = bytearray(whole)
        data[at] ^= 1
        bad.write_bytes(data)
        refuse(r"backup-|keys-damaged", bad, tmp_path / "new")
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:size])
        refuse("backup-", bad, tmp_path / "new")
    refuse("file-unreadable", tmp_path / "none.ltk", tmp_path / "new")


def repacked(file: Path, out: Path, **changed: bytes) -> Path:
    """The same backup with other members; its own hashes are made to fit."""
    import hashlib

    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()} | {
            k.replace("_", "."): v for k, v in changed.items()
        }
    about = json.loads(members["backup.json"])
    about["sha256"] = {n: hashlib.sha256(d).hexdigest() for n, d in members.items() if n != "backup.json"}
    if "backup.json" not in {k.replace("_", ".") for k in changed}:
        members["backup.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(out, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return out


def test_meddled_pages_are_found_even_if_the_hashes_fit(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as packed:
        pages = bytearray(packed.read("loutu.db"))
    pages[len(pages) // 2] ^= 1
    refuse("backup-damaged", repacked(file, tmp_path / "bad.ltk", loutu_db=bytes(pages)), tmp_path / "new")


def test_a_newer_one_is_refused(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as packed:
        about = json.loads(packed.read("backup.json"))
    for key, value, code in (("schema", 99, "workspace-newer"), ("format", 99, "backup-newer")):
        newer = repacked(file, tmp_path / "newer.ltk", backup_json=json.dumps({**about, key: value}).encode())
        refuse(code, newer, tmp_path / "new")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ltk"
    for names in ([], ["../../evil"], ["backup.json", "loutu.db", "keys.json", "erasures.json", "more"]):
        with zipfile.ZipFile(bad, "w") as packed:
            for name in names:
                packed.writestr(name, b"x")
        refuse("backup-no-backup", bad, tmp_path / "new")
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("backup.json", "loutu.db", "keys.json", "erasures.json"):
            packed.writestr(name, b"0" * 100_000)
    refuse("backup-no-backup", bad, tmp_path / "new")


def test_another_committees_backup_does_not_replace_this_one(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    workspaces.create(
        other, role="committee", name="别处", code="310115016008", account=ACCOUNT, password=PASSWORD, rehearsal=True
    )
    refuse("backup-other", file, other)


def test_another_pcs_backup_of_the_same_committee_does_not_either(file: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    workspaces.create(twin, role="committee", name=NAME, code=CODE, account=ACCOUNT, password=PASSWORD, rehearsal=True)
    refuse("backup-other-device", file, twin)


def test_an_open_workspace_is_not_replaced(file: Path, known: Session) -> None:
    with pytest.raises(UserError, match="workspace-busy"):
        restoring.restore(file, known.folder, ACCOUNT, PASSWORD)
    assert person(known)


def test_a_folder_with_something_in_it_is_not_filled(file: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("x")
    refuse("folder-not-empty", file, full)


def test_who_may_not_make_backups_may_not_restore_them(known: Session, tmp_path: Path) -> None:
    give_second(known)
    refuse("not-allowed", made(known, tmp_path / "out"), tmp_path / "new", account=SECOND, password=SECOND_PASSWORD)


# ---------------------------------------------------------------- restoring: done


def test_in_place_the_old_workspace_is_moved_aside_and_kept(known: Session, file: Path) -> None:
    records.change(known, "resident", person(known), {"note": "之后写的"})
    workspaces.lock(known)
    done, back = restored(file, known.folder)
    assert "note" not in records.show(back, "resident", person(back))
    workspaces.lock(back)
    aside = workspaces.unlock(Path(done["aside"]), ACCOUNT, PASSWORD, clock=LATER)
    assert records.show(aside, "resident", person(aside))["note"] == "之后写的"
    workspaces.lock(aside)


def test_a_workspace_that_does_not_open_any_more_can_be_replaced(known: Session, file: Path) -> None:
    workspaces.lock(known)
    for name in ("loutu.db", "keys.json"):
        whole = (known.folder / name).read_bytes()
        write_atomic(known.folder / name, b"\0" * 5_000)
        done, back = restored(file, known.folder)
        assert person(back) and done["aside"]
        workspaces.lock(back)
        assert whole


def test_an_old_backup_opens_with_the_password_of_its_day(known: Session, file: Path, tmp_path: Path) -> None:
    keyslots.write(known.folder, keyslots.read(known.folder).change_password(ACCOUNT, PASSWORD, "mima-neu-1"))
    refuse("password-wrong", file, tmp_path / "new", password="mima-neu-1")
    _, back = restored(file, tmp_path / "new")
    assert person(back)
    workspaces.lock(back)


def test_a_newer_ring_is_not_lost(known: Session, file: Path) -> None:
    assert known.ring is not None
    grown = known.ring.rotated()
    keys = keyslots.read(known.folder)
    contents = keys.unlock(ACCOUNT, PASSWORD)
    from dataclasses import replace

    keyslots.write(known.folder, keys.reseal({ACCOUNT: replace(contents, ring=grown.keys)}))
    workspaces.lock(known)
    _, back = restored(file, known.folder)
    assert back.ring is not None and back.ring.keys == grown.keys and back.ring.newest == grown.newest
    workspaces.lock(back)


def test_it_is_writable_at_once_in_a_new_epoch(known: Session, file: Path, tmp_path: Path) -> None:
    done, back = restored(file, tmp_path / "new")
    records.change(back, "resident", person(back), {"note": "接着写"})
    chains = {each["epoch"]: each for each in ledgers.verify(back)["chains"]}
    assert len(chains) == 2 and done["epoch"] in chains and chains[done["epoch"]]["seq"] > 2
    (epoch,) = (each for each in ledgers.show(back) if each["id"] == done["epoch"])
    assert epoch["action"] == "epoch" and any(each["action"] == "restore" for each in ledgers.show(back))
    assert done["entries"] == sum(each["seq"] for each in chains.values()) - 2 or done["entries"] > 10
    workspaces.lock(back)


def test_erased_things_do_not_come_back(known: Session, tmp_path: Path) -> None:
    give_second(known)
    row = person(known)
    records.change(known, "resident", row, {"note_sensitive": "每周三透析"})
    old = made(known, tmp_path / "out")
    records.change(known, "resident", row, {"status": "去世", "status_since": "2015-01-01"})
    second = workspaces.vouch(known.folder, SECOND, SECOND_PASSWORD)
    erased = erasures.confirm(known, [f"{row}:base", f"{row}:identity"], second)
    new_list = tmp_path / "list.json"
    shutil.copy(known.folder / "erasures.json", new_list)
    for where, lists in (("none", ()), ("given", (new_list,))):  # nothing at hand; given explicitly
        done, back = restored(old, tmp_path / where, lists=lists)
        assert bool(search.find(back, "王建国")) is (where == "none") and bool(done["erased"]) is (where == "given")
        workspaces.lock(back)
    known.clock = LATER
    shutil.copy(known.folder / "erasures.json", old.parent / "erasures-of-this-pc.json")  # beside the backup
    done, back = restored(old, tmp_path / "beside")
    assert search.find(back, "王建国") == [] and done["strange"] == 0
    with back.db.reading() as connection:
        from app.db import erasing

        assert {each["erase"] for each in erased["erased"]} == {each.erase for each in erasing.standing(connection)}
        batches = connection.exec_driver_sql(
            "SELECT b.n, b.action FROM batch b JOIN chain c ON c.n = b.chain WHERE c.epoch = ? ORDER BY b.n",
            (done["epoch"],),
        ).fetchall()
        assert [action for _, action in batches][:3] == ["epoch", "erase", "restore"] or batches[1][1] == "erase"
    assert summaries.status(back)["persons"] == summaries.status(known)["persons"]
    assert ledgers.verify(back)["ok"] and ledgers.rebuild_check(back)["ok"]
    from tests.rawpages import found

    assert not any(found(back.db.path, back.db.key, "王建国").values())
    workspaces.lock(back)


def test_the_folder_that_is_replaced_says_what_was_erased(known: Session, tmp_path: Path) -> None:
    give_second(known)
    row = person(known)
    old = made(known, tmp_path / "out")
    records.change(known, "resident", row, {"status": "去世", "status_since": "2015-01-01"})
    erasures.confirm(known, [f"{row}:base"], workspaces.vouch(known.folder, SECOND, SECOND_PASSWORD))
    workspaces.lock(known)
    for kept in (True, False):  # its list; and without it, its ledger
        if not kept:
            (known.folder / "erasures.json").unlink()
        done, back = restored(old, known.folder)
        assert search.find(back, "王建国") == [] and done["erased"]
        workspaces.lock(back)
        shutil.rmtree(known.folder)
        Path(done["aside"]).rename(known.folder)


def test_a_forged_list_that_is_given_stops_the_restore_and_one_that_is_found_is_said(
    file: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.json"
    forged.write_bytes(b'{"kind":"erasures"}')
    refuse("erasures-unreadable", file, tmp_path / "new", lists=(forged,))
    shutil.copy(forged, file.parent / "erasures.json")
    done, back = restored(file, tmp_path / "new")
    assert done["strange"] == 1 and person(back)
    workspaces.lock(back)


# ---------------------------------------------------------------- the lost tail comes home


def exchange(street: Street, one: Session) -> None:
    """There and back, twice: what each lacks is known after the first round. Nothing is put aside: no fork, no gap."""
    for _ in range(2):
        for file in street.send(one):
            assert street.bring(street.centre, [file])["aside"] == []
        for file in street.send(street.centre):
            if one.code in file.name.split("-")[2]:
                assert street.bring(one, [file])["aside"] == []


def notes(session: Session) -> set[str]:
    with session.db.reading() as connection:
        return {n for (n,) in connection.exec_driver_sql("SELECT note FROM resident WHERE note IS NOT NULL")}


def back_in(street: Street, session: Session, file: Path) -> Session:
    """The workspace of a session replaced by a backup; the street goes on with what was restored."""
    workspaces.lock(session)
    restoring.restore(file, session.folder, ACCOUNT, PASSWORD, clock=street.centre.clock)
    return workspaces.unlock(session.folder, ACCOUNT, PASSWORD, clock=street.centre.clock)


def test_a_committee_restored_gets_its_tail_back(street: Street, roster: Path, tmp_path: Path) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    exchange(street, ours)
    old = made(ours, tmp_path / "out")
    for number in range(3):
        records.add(ours, "resident", {"name": f"新人{number}", "note": f"尾{number}"})
    exchange(street, ours)
    assert notes(street.centre) >= {"尾0", "尾1", "尾2"}
    again = back_in(street, ours, old)
    street.committees = [again]
    assert notes(again).isdisjoint({"尾0", "尾1", "尾2"}) and backups.restored(again)
    records.add(again, "resident", {"name": "恢复后", "note": "恢复后写的"})
    exchange(street, again)
    assert notes(again) == notes(street.centre) >= {"尾0", "尾1", "尾2", "恢复后写的"}
    for session in (again, street.centre):
        assert ledgers.verify(session)["ok"] and ledgers.rebuild_check(session)["ok"]
    assert conflicts.pending(again) == []
    backups.clear_restored(again)
    assert backups.restored(again) is None


def test_two_restores_from_one_backup_lose_nothing(street: Street, roster: Path, tmp_path: Path) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    exchange(street, ours)
    old = made(ours, tmp_path / "out")
    for number in range(2):
        ours = back_in(street, ours, old)
        street.committees = [ours]
        records.add(ours, "resident", {"name": f"第{number}次", "note": f"第{number}次之后"})
        exchange(street, ours)
    assert notes(ours) == notes(street.centre) >= {"第0次之后", "第1次之后"}
    assert len(ledgers.verify(ours)["chains"]) >= 3 and ledgers.verify(street.centre)["ok"]


def test_the_centre_restored_gets_everything_back(street: Street, roster: Path, tmp_path: Path) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    exchange(street, ours)
    old = made(street.centre, tmp_path / "out")
    row = person(ours)
    records.change(street.centre, "resident", row, {"note": "中心改的"})
    records.add(ours, "resident", {"name": "新人", "note": "居委写的"})
    exchange(street, ours)
    street.centre = back_in(street, street.centre, old)
    assert notes(street.centre).isdisjoint({"中心改的", "居委写的"})
    exchange(street, ours)
    assert notes(ours) == notes(street.centre) >= {"中心改的", "居委写的"}
    assert ledgers.verify(street.centre)["ok"] and ledgers.rebuild_check(street.centre)["ok"]


def test_an_erase_in_the_lost_tail_comes_home(street: Street, roster: Path, tmp_path: Path) -> None:
    ours = street.committee()
    give_second(ours)
    rosters.apply(ours, rosters.preview(ours, roster))
    exchange(street, ours)
    old = made(ours, tmp_path / "out")
    row = person(ours)
    records.change(ours, "resident", row, {"status": "去世", "status_since": "2015-01-01"})
    erasures.confirm(ours, [f"{row}:base"], workspaces.vouch(ours.folder, SECOND, SECOND_PASSWORD))
    exchange(street, ours)
    workspaces.lock(ours)
    done = restoring.restore(old, tmp_path / "elsewhere", ACCOUNT, PASSWORD, clock=street.centre.clock)
    shutil.rmtree(ours.folder)  # the PC is gone, and every list with it
    again = workspaces.unlock(tmp_path / "elsewhere", ACCOUNT, PASSWORD, clock=street.centre.clock)
    street.committees = [again]
    assert done["erased"] == 0 and search.find(again, "王建国")
    exchange(street, again)
    assert search.find(again, "王建国") == [] and search.find(street.centre, "王建国") == []
    assert ledgers.rebuild_check(again)["ok"] and sync
    assert NOW

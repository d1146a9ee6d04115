"""The exchange rule between several PCs: siblings, clones, stolen and new PCs, the street's own chain, old registries."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from app.db import devices
from app.domain import clock
from app.domain.findings import NotTrusted, UserError
from app.exchange import registry as registries
from app.paths import DATABASE
from app.services import conflicts, enrolment, ledgers, moves, records, rosters, search, summaries, sync, workspaces
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.street import ROOT_PASSWORD, Street


@pytest.fixture
def ours(street: Street, roster: Path) -> Session:
    made = street.committee()
    rosters.apply(made, rosters.preview(made, roster))
    return made


def person(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


def send(street: Street, session: Session, *, sibling: bool = False) -> list[Path]:
    session.clock = clock.frozen(f"2020-05-25T{10 + street.sticks // 60:02d}:{street.sticks % 60:02d}")
    return [Path(each["file"]) for each in sync.export(session, street.stick(), sibling=sibling)]


def second_pc(street: Street, name: str = "second") -> Session:
    """A further PC of the first committee, enrolled."""
    made = street._open(name, "committee", "第1居委会", "310115016001")
    street.committees.append(made)
    street.enrol(made)
    return made


def of(files: list[Path], session: Session) -> list[Path]:
    return [file for file in files if session.device[:4] in file.name.rsplit("-", 1)[-1]]


def sound(*sessions: Session) -> None:
    for each in sessions:
        assert ledgers.verify(each)["faults"] == [] and ledgers.rebuild_check(each)["differences"] == []


# ---------------------------------------------------------------- two PCs of one committee


def test_two_pcs_of_one_committee_mean_the_same_after_one_trip(street: Street, ours: Session) -> None:
    other = second_pc(street)
    street.bring(ours, of(street.send(street.centre), ours))  # that the other PC exists
    records.add(other, "dwelling", {"estate": "培花新村", "building": "12号", "room": "501"})
    (stick,) = send(street, ours, sibling=True)
    street.bring(other, [stick])
    (back,) = send(street, other, sibling=True)
    street.bring(ours, [back])
    assert summaries.status(ours)["residents"] == summaries.status(other)["residents"] > 0
    assert summaries.status(ours)["dwellings"] == summaries.status(other)["dwellings"]
    shown = records.show(other, "resident", person(other), reveal=True)
    assert shown["id_number"] == "310115195803120010", "the ring came with the bundle"
    records.change(other, "resident", person(other), {"note_sensitive": "需要轮椅"})
    street.bring(ours, send(street, other, sibling=True))
    assert records.show(ours, "resident", person(ours), reveal=True)["note_sensitive"] == "需要轮椅"
    sound(ours, other)


def test_the_rings_that_came_are_there_after_unlocking_again(street: Street, ours: Session) -> None:
    other = second_pc(street)
    street.bring(ours, of(street.send(street.centre), ours))
    street.bring(other, send(street, ours, sibling=True))
    row = person(other)
    workspaces.lock(other)
    street.committees.remove(other)
    again = workspaces.unlock(street.folder / "second", ACCOUNT, PASSWORD, clock=NOW)
    street.committees.append(again)
    assert records.show(again, "resident", row, reveal=True)["id_number"] == "310115195803120010"


def test_a_new_pc_for_a_stolen_one_gets_everything_from_the_centre(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    street.bring(ours, street.send(street.centre))
    records.change(ours, "resident", person(ours), {"occupation": "被盗后改的"})
    late = street.send(ours)  # written by the thief after the theft was reported
    enrolment.revoke(street.centre, ours.device, None, street.folder / "root.key", ROOT_PASSWORD)
    replacement = second_pc(street, "replacement")
    (error,) = (each["error"] for each in sync.merge(street.centre, late))
    assert isinstance(error, NotTrusted) and error.code == "bundle-sender-revoked"
    street.bring(replacement, of(street.send(street.centre), replacement))
    shown = records.show(replacement, "resident", person(replacement), reveal=True)
    assert shown["id_number"] == "310115195803120010" and "occupation" not in shown
    records.change(replacement, "resident", person(replacement), {"occupation": "教师"})
    street.bring(street.centre, street.send(replacement))
    assert records.show(street.centre, "resident", person(street.centre))["occupation"] == "教师"
    sound(street.centre, replacement)


def test_what_a_revoked_pc_wrote_from_a_seq_on_counts_nowhere_but_its_erasures_stand(
    street: Street, ours: Session
) -> None:
    from app.db import ledger

    other = second_pc(street)
    street.bring(ours, of(street.send(street.centre), ours))
    street.bring(other, send(street, ours, sibling=True))
    row = person(other)
    records.change(other, "resident", row, {"occupation": "早先改的"})
    with other.db.reading() as connection:
        first = next(chain.seq for chain in devices.chains(connection) if chain.device == other.device) + 1
    records.change(other, "resident", row, {"occupation": "冒用后改的"})
    with other.writing("erase") as writing:
        ledger.erase(writing, "resident", row, "identity")
    street.bring(street.centre, street.send(ours))
    street.bring(street.centre, street.send(other))
    assert records.show(street.centre, "resident", row)["occupation"] == "冒用后改的"
    enrolment.revoke(street.centre, other.device, first, street.folder / "root.key", ROOT_PASSWORD)
    street.bring(ours, of(street.send(street.centre), ours))
    for each in (street.centre, ours):
        shown = records.show(each, "resident", row, reveal=True)
        assert shown["occupation"] == "早先改的" and "id_number" not in shown
    sound(street.centre, ours)


# ---------------------------------------------------------------- the street's own rows


def test_the_streets_chain_reaches_every_committee_and_the_offices_none(street: Street, ours: Session) -> None:
    records.add(street.centre, "group", {"name": "培花片区"})
    street.bring(ours, street.send(street.centre))
    with ours.db.reading() as connection:
        committees = devices.committees(connection)
        assert street.centre.committee_id in committees and street.centre.office not in committees
        names = connection.exec_driver_sql("SELECT name FROM account").fetchall()
    assert names == [(ACCOUNT,)], "only its own account"


def test_tasks_arrivals_and_incidents_come_from_the_centre(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    row = person(street.centre)
    for entity, values in (
        ("task", {"resident": row, "what": "上门核对", "contact_code": "A1B2C3"}),
        ("arrival", {"person_name": "赵七", "origin": "武汉", "arrived_on": "2020-05-24", "contact_code": "D4E5F6"}),
        ("incident", {"resident": row, "kind": "求助", "what": "水管爆裂", "state": "已接报"}),
    ):
        records.add(street.centre, entity, values, committee=ours.committee_id)
    street.bring(ours, street.send(street.centre))
    with ours.db.reading() as connection:
        for table in ("task", "arrival", "incident"):
            found = connection.exec_driver_sql(
                f'SELECT count(*) FROM "{table}" WHERE committee_id = ?', (ours.committee_id,)
            ).scalar()
            assert found == (2 if table == "arrival" else 1), table
    sound(ours, street.centre)


# ---------------------------------------------------------------- clones


@pytest.fixture
def clone(street: Street, ours: Session) -> Session:
    """The whole workspace copied to another PC, after the centre had all of it."""
    street.bring(street.centre, street.send(ours))
    street.bring(ours, street.send(street.centre))
    where = street.folder / "clone"
    shutil.copytree(ours.folder, where, ignore=shutil.ignore_patterns("*-wal", "*-shm", "*.lock"))
    ours.db.check()  # all of it is in the file itself
    shutil.copy(ours.folder / DATABASE, where / DATABASE)
    made = workspaces.unlock(where, ACCOUNT, PASSWORD, clock=NOW)
    street.committees.append(made)
    return made


def test_a_cloned_pc_is_noticed_once_both_have_written_and_nothing_is_lost(
    street: Street, ours: Session, clone: Session
) -> None:
    row, wife = person(ours), person(ours, "李秀英")
    records.change(ours, "resident", row, {"occupation": "教师"})
    records.change(clone, "resident", row, {"workplace": "花木中学"})
    records.change(clone, "resident", row, {"workplace": "花木小学"})
    records.change(clone, "resident", wife, {"occupation": "护士"})
    undone = records.change(clone, "resident", wife, {"workplace": "错的"})
    from app.services import undoing

    undoing.undo(clone, undone.batch)
    street.bring(street.centre, street.send(ours))
    (said,) = sync.merge(street.centre, street.send(clone))
    assert [each["code"] for each in said["aside"]] == ["ledger-fork"]
    told = street.bring(clone, street.send(street.centre))
    assert told["rewritten"] >= 5 and told["aside"] == []
    assert records.show(clone, "resident", row)["occupation"] == "教师", "what the first PC wrote"
    again = street.bring(street.centre, street.send(clone))
    assert again["aside"] == [] and again["refused"] == []
    for session in (street.centre, clone):
        shown = records.show(session, "resident", row)
        assert (shown["occupation"], shown["workplace"]) == ("教师", "花木小学")
        of_wife = records.show(session, "resident", wife)
        assert of_wife["occupation"] == "护士" and "workplace" not in of_wife
    records.change(ours, "resident", row, {"education": "大学"})
    street.bring(street.centre, street.send(ours))
    street.bring(ours, street.send(street.centre))
    assert records.show(ours, "resident", row)["workplace"] == "花木小学"
    assert conflicts.pending(ours) == []
    sound(street.centre, ours, clone)


def test_both_copies_go_on_working_after_a_fork(street: Street, ours: Session, clone: Session) -> None:
    row = person(ours)
    for number, session in enumerate((ours, clone)):
        records.change(session, "resident", row, {"occupation": f"第{number}台"})
    street.bring(street.centre, street.send(ours))
    sync.merge(street.centre, street.send(clone))
    street.bring(clone, street.send(street.centre))
    street.bring(street.centre, street.send(clone))
    (case,) = conflicts.pending(street.centre)
    conflicts.decide(street.centre, case["id"], case["values"][0]["version"])
    for number in range(2):
        for session in (ours, clone):
            assert records.change(session, "resident", row, {"note": f"{session.folder.name} {number}"}).batch
            street.bring(street.centre, street.send(session))
            sent = street.send(street.centre)
            for each in (ours, clone):
                sync.merge(each, sent)
    for session in (ours, clone):
        records.change(session, "resident", row, {"education": session.folder.name})
        street.bring(street.centre, street.send(session))
        street.bring(session, street.send(street.centre))
    records.change(ours, "resident", row, {"ethnicity": "汉族"})
    street.bring(street.centre, street.send(ours))
    street.bring(ours, street.send(street.centre))
    shown = [records.show(each, "resident", row) for each in (street.centre, ours, clone)]
    assert shown[0]["occupation"] == shown[1]["occupation"] == shown[2]["occupation"]
    sound(street.centre, ours, clone)


def test_a_sibling_that_saw_the_tail_of_the_copy_ends_with_both(street: Street, ours: Session, clone: Session) -> None:
    other = second_pc(street)
    files = street.send(street.centre)
    for each in (ours, clone):
        sync.merge(each, of(files, each))
    row, wife = person(ours), person(ours, "李秀英")
    records.change(ours, "resident", row, {"occupation": "教师"})
    records.change(clone, "resident", row, {"workplace": "花木中学"})
    records.change(clone, "resident", wife, {"occupation": "护士"})
    street.bring(other, send(street, clone, sibling=True))
    assert records.show(other, "resident", row)["workplace"] == "花木中学"
    street.bring(street.centre, street.send(ours))
    sync.merge(street.centre, street.send(clone))
    street.bring(clone, of(street.send(street.centre), clone))
    street.bring(street.centre, street.send(clone))
    records.change(other, "resident", wife, {"education": "大学"})
    (up,) = sync.merge(street.centre, street.send(other))
    assert [each["code"] for each in up["aside"]] == ["ledger-fork"], "it still has the copy's old tail"
    (down,) = sync.merge(other, of(street.send(street.centre), other))
    assert down["error"] is None and down["aside"] == []
    shown = records.show(other, "resident", row)
    assert (shown["occupation"], shown["workplace"]) == ("教师", "花木中学")
    assert records.show(other, "resident", wife)["occupation"] == "护士"
    sound(other, street.centre, clone)


def test_a_fault_after_a_bundle_is_in_does_not_call_it_unread(
    street: Street, ours: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Session) -> list[Values]:
        raise UserError("disk-full", folder="")

    monkeypatch.setattr(moves, "carry", fails)
    (done,) = sync.merge(street.centre, street.send(ours))
    assert done["error"] is None and done["applied"] > 0
    assert [each["code"] for each in done["notices"]] == ["disk-full"]
    assert search.find(street.centre, "王建国")


# ---------------------------------------------------------------- registries


def _signed(street: Street, **changes: object) -> Values:
    from app.exchange import rootkey

    key = rootkey.open_(street.folder / "root.key", ROOT_PASSWORD)
    with street.centre.db.reading() as connection:
        _, registry = enrolment.need(connection)
    made = msgspec.structs.replace(registry, **changes)
    return {"signed": registries.signed_registry(made, key), "registry": made}


def test_an_expired_registry_is_refused_and_stops_exchange_until_it_is_renewed(street: Street, ours: Session) -> None:
    files = street.send(ours)
    later = clock.frozen("2021-12-01T09:00")
    street.centre.clock = later
    (said,) = sync.merge(street.centre, files)
    assert said["error"].code == "registry-expired" and said["applied"] == 0
    with pytest.raises(NotTrusted, match="registry-expired"):
        sync.export(street.centre, street.stick())
    assert enrolment.status(street.centre)["expired"]
    enrolment.renew(street.centre, street.folder / "root.key", ROOT_PASSWORD)
    assert street.bring(street.centre, files)["applied"] > 0
    ours.clock = later
    records.change(ours, "resident", person(ours), {"note": "本地工作不停"})
    (sent,) = (Path(each["file"]) for each in sync.export(street.centre, street.stick()))
    assert street.bring(ours, [sent])["error"] is None, "the newer registry came with it"
    assert not enrolment.status(ours)["expired"]


def test_an_answer_file_with_an_expired_registry_is_refused(street: Street) -> None:
    from app.exchange import signing

    committee = street.committee()
    made = _signed(street, version=99, until="2020-01-01")
    signing.write(street.folder / "old.answer", made["signed"])
    with pytest.raises(NotTrusted, match="registry-expired"):
        enrolment.accept(committee, street.folder / "old.answer", enrolment.status(committee)["root_words"])


def test_a_clock_that_jumped_back_keeps_nobody_from_hearing(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    ours.clock = clock.frozen("2021-01-01T09:00")
    (ahead,) = (Path(each["file"]) for each in sync.export(ours, street.stick()))
    street.bring(street.centre, [ahead])
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    street.bring(street.centre, street.send(ours))
    with street.centre.db.reading() as connection:
        said = devices.announced(connection, ours.device)
        held = [chain for chain in devices.chains(connection) if chain.device == ours.device]
    assert all(said.seq_of(chain.key)[0] == chain.seq for chain in held)

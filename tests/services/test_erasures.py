"""Erasing: what is due, who confirms, what goes with it, and that it stays gone whatever arrives."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db import devices, erasing, ledger, merging
from app.db.ledger import Writing
from app.db.rows import Reader
from app.domain import clock, retention
from app.domain.fields import ENTITIES, RETENTION_CLASSES
from app.domain.findings import NotTrusted, Refused, UserError
from app.domain.retention import Fact
from app.exchange import erasurelist
from app.services import (
    enrolment,
    erasure_lists,
    erasures,
    ledgers,
    records,
    rosters,
    search,
    sync,
    undoing,
    workspaces,
)
from app.services.session import Session
from tests.conftest import ACCOUNT
from tests.elsewhere import Elsewhere
from tests.seconds import SECOND, give_second
from tests.street import Street

NAME, NUMBER = "王建国", "310115195803120010"


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    """A committee that knows its people, with a second account."""
    rosters.apply(session, rosters.preview(session, roster))
    give_second(session)
    return session


def second(session: Session) -> str:
    return workspaces.vouch(session.folder, SECOND, "mima-67890")


def person(session: Session, name: str = NAME) -> str:
    return str(search.find(session, name)[0]["id"])


def gone(session: Session, name: str = NAME, since: str = "2015-01-01") -> str:
    found = person(session, name)
    records.change(session, "resident", found, {"status": "去世", "status_since": since})
    return found


def erase(session: Session, *ids: str) -> dict[str, object]:
    return erasures.confirm(session, ids, second(session))


def entries(session: Session, row: str) -> list[tuple[str, object]]:
    with session.db.reading() as connection:
        return [
            (part[0], part[1])
            for n in (chain.n for chain in devices.chains(connection))
            for record in merging.records(connection, n)
            if record["id"] == row
            for part in record["parts"]
        ]


# ---------------------------------------------------------------- what is due (pure)


def test_every_class_has_a_purpose_a_basis_and_every_row_one_that_ends_it() -> None:
    assert set(retention.PURPOSES) == set(RETENTION_CLASSES)
    for entity, whole in retention.WHOLE.items():
        assert whole in {field.retention for field in ENTITIES[entity].stored}
    assert {span.retention for span in retention.SPANS} == set(RETENTION_CLASSES)


@given(st.integers(0, 4000), st.integers(0, 4000))
def test_something_is_due_from_its_day_on_and_never_before(ended: int, asked: int) -> None:
    start = date(2015, 1, 1)
    fact = Fact("arrival", "r", "arrival", start + timedelta(days=ended))
    span = retention.SPAN["arrival", "arrival"].days
    assert bool(retention.due([fact], start + timedelta(days=asked))) is (asked >= ended + span)
    assert retention.due([Fact("arrival", "r", "arrival", None)], date.max) == []
    assert retention.due([Fact("arrival", "r", "arrival", date.max)], date(2020, 5, 25)) == []


def test_a_year_or_month_alone_ends_at_its_last_day() -> None:
    assert [retention.day(text) for text in ("2015", "2015-02", "2015-12", "2015-02-03T10:00", "", "x")] == [
        date(2015, 12, 31), date(2015, 2, 28), date(2015, 12, 31), date(2015, 2, 3), None, None,
    ]  # fmt: skip


def test_an_open_case_holds_what_belongs_to_it() -> None:
    closed = {"state": "已解除", "closed_on": "2020-03-01"}
    arrival = {"arrived_on": "2020-02-10"}
    assert retention.ended_arrival(arrival, [closed]) == date(2020, 3, 1)
    assert retention.ended_arrival(arrival, [closed, {"state": "在管"}]) is None
    assert retention.ended_arrival(arrival, []) == date(2020, 2, 10)
    dead = {"status": "去世", "status_since": "2015-01-01"}
    assert retention.ended_resident(dead, open_case=True) is None
    assert retention.ended_resident({"status": "去世"}, "2016-02-03T08:00:00+08:00") == date(2016, 2, 3)


# ---------------------------------------------------------------- proposing and confirming


def test_nothing_is_due_of_who_lives_here(known: Session) -> None:
    assert erasures.propose(known) == []


def test_who_left_long_ago_is_due_class_by_class(known: Session) -> None:
    row = gone(known)
    found = erasures.propose(known)
    assert {(each["row"], each["class"]) for each in found} == {(row, "base"), (row, "identity")}
    (base,) = (each for each in found if each["class"] == "base")
    assert base["path"].endswith("/王**") and base["why"] == "erase-gone" and "姓名" in base["fields"]
    assert base["since"] == "2017-12-31"
    assert erasures.propose(known, date(2015, 6, 1)) == []


def test_one_person_alone_does_not_erase(known: Session) -> None:
    row = gone(known)
    with pytest.raises(Refused, match="erase-second-needed"):
        erasures.confirm(known, [f"{row}:base"])
    with pytest.raises(Refused, match="erase-second-needed"):
        erasures.confirm(known, [f"{row}:base"], known.account_id)
    with pytest.raises(Refused, match="password-wrong"):
        workspaces.vouch(known.folder, SECOND, "wrong-password")
    assert search.find(known, NAME)


def test_a_second_without_the_right_does_not_do(known: Session) -> None:
    row = gone(known)
    give_second(known, "李审计", ["auditor"])
    with pytest.raises(Refused, match="erase-second-not-allowed"):
        erasures.confirm(known, [f"{row}:base"], workspaces.vouch(known.folder, "李审计", "mima-67890"))


def test_the_whole_person_goes_and_nothing_else(known: Session) -> None:
    row = gone(known)
    others = [person(known, name) for name in ("李秀英", "赵六")]
    done = erase(known, f"{row}:base")
    assert done["state"] == "erased" and search.find(known, NAME) == [] and search.find(known, NUMBER) == []
    assert [person(known, name) for name in ("李秀英", "赵六")] == others
    assert all(patch is None for retention_, patch in entries(known, row) if retention_ in ("base", "identity", "care"))
    assert erasures.propose(known) == []
    assert ledgers.verify(known)["ok"] and ledgers.rebuild_check(known)["ok"]
    with known.db.reading() as connection:
        assert connection.exec_driver_sql('SELECT count(*) FROM "conflict"').scalar() == 0


def test_identity_alone_leaves_the_person_without_number(known: Session) -> None:
    row = gone(known)
    erase(known, f"{row}:identity")
    assert person(known) == row and search.find(known, NUMBER) == []
    assert "id_number" not in records.show(known, "resident", row, reveal=True)
    with known.db.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM id_index").scalar() == 1  # the other one's
    assert {each["class"] for each in erasures.propose(known)} == {"base"}


def test_what_depends_on_a_person_goes_too_and_what_only_refers_lets_go(known: Session) -> None:
    row = gone(known)
    household = records.show(known, "resident", row)["household"]
    records.change(known, "household", household, {"contact": row})
    arrival = records.add(known, "arrival", {"resident": row, "origin": "武汉"}).id
    case = records.add(known, "isolation_case", {"resident": row, "state": "已解除", "closed_on": "2015-02-01"}).id
    check = records.add(
        known, "isolation_check", {"isolation_case": case, "on": "2015-01-20", "temperature": "38.5"}
    ).id
    incident = records.add(known, "incident", {"resident": row, "what": "漏水", "state": "处置中"}).id
    erase(known, f"{row}:base")
    for each in (arrival, case, check):
        assert all(patch is None for name, patch in entries(known, each) if name != "core")
    with known.db.reading() as connection:
        for table in ("arrival", "isolation_case", "isolation_check"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE id IN (?, ?, ?)", (arrival, case, check)).scalar() == 0  # fmt: skip
        assert connection.exec_driver_sql("SELECT contact FROM household WHERE id = ?", (household,)).scalar() is None
        assert connection.exec_driver_sql("SELECT resident, what FROM incident WHERE id = ?", (incident,)).one() == (
            None, "漏水",
        )  # fmt: skip
        assert connection.exec_driver_sql('SELECT count(*) FROM "conflict"').scalar() == 0
    assert ledgers.rebuild_check(known)["ok"]


def test_a_row_put_aside_that_holds_the_values_goes_too(known: Session, roster: Path) -> None:
    gone(known)
    rosters.apply(known, rosters.preview(known, roster))  # who is dead in the books and alive in the list is put aside
    with known.db.reading() as connection:
        (aside,) = connection.exec_driver_sql("SELECT id FROM doubtful WHERE \"values\" LIKE '%王建国%'").fetchall()
    erase(known, f"{person(known)}:base")
    assert all(patch is None for name, patch in entries(known, aside[0]) if name in ("base", "identity"))


def test_health_goes_before_the_case(known: Session) -> None:
    row = person(known)
    case = records.add(known, "isolation_case", {"resident": row, "state": "已解除", "closed_on": "2020-02-20"}).id
    check = records.add(
        known, "isolation_check", {"isolation_case": case, "on": "2020-02-10", "temperature": "38.5"}
    ).id
    (due,) = erasures.propose(known)
    assert due["id"] == f"{case}:health" and due["fields"] == ["体温"]
    erase(known, due["id"])
    assert records.show(known, "isolation_check", check, reveal=True).get("temperature") is None
    assert records.show(known, "isolation_case", case)["state"] == "已解除"


def test_a_resident_may_ask_but_not_while_isolated(known: Session) -> None:
    row = person(known)
    case = records.add(known, "isolation_case", {"resident": row, "state": "在管"}).id
    with pytest.raises(UserError, match="erase-case-open"):
        erasures.propose_for(known, row)
    with pytest.raises(UserError, match="erase-case-open"):
        erase(known, f"{row}:base")
    records.change(known, "isolation_case", case, {"state": "已解除", "closed_on": "2020-05-01"})
    found = erasures.propose_for(known, row)
    assert {"base", "identity", "isolation"} <= {each["class"] for each in found}
    assert {each["why"] for each in found} == {"erase-request"}
    erase(known, *(each["id"] for each in found))
    assert search.find(known, NAME) == []


def test_an_unknown_proposal_is_said_so_and_nothing_happens(known: Session) -> None:
    row = gone(known)
    for wrong in ("nothing", f"{row}:nothing", f"{row}:health", f"{known.account_id}:trace"):
        with pytest.raises(UserError, match="erase-unknown"):
            erase(known, f"{row}:base", wrong)
    assert search.find(known, NAME)


def test_a_worker_may_not(known: Session) -> None:
    known.roles = frozenset({"worker"})
    for act in (
        lambda: erasures.propose(known),
        lambda: erasures.confirm(known, ["x:base"]),
        lambda: erasures.done(known),
    ):
        with pytest.raises(Refused, match="not-allowed"):
            act()


def test_undo_says_erased_and_brings_nothing_back(known: Session) -> None:
    row = person(known)
    batch = records.change(known, "resident", row, {"note_sensitive": "每周三透析"}).batch
    erase(known, f"{row}:care")
    with pytest.raises(UserError, match="undo-nothing") as refused:
        undoing.undo(known, batch)
    assert {why for _, _, why in refused.value.details["kept"]} == {"erased"}
    assert "note_sensitive" not in records.show(known, "resident", row, reveal=True)


def test_the_history_says_that_something_was_there_but_not_what(known: Session) -> None:
    row = person(known)
    records.change(known, "resident", row, {"note_sensitive": "每周三透析"})
    erase(known, f"{row}:care")
    with known.db.reading() as connection:
        (mark,) = erasures.marks(connection, known.committee_id, "resident", row)
    assert mark["title"] == "敏感关爱信息" and mark["value"] is None and mark["erased"]
    assert "透析" not in str(records.history(known, "resident", row, reveal=True))


def test_a_batch_of_erasures_holds_nothing_else(known: Session) -> None:
    done = erase(known, f"{gone(known)}:base")
    with known.db.reading() as connection:
        actions = connection.exec_driver_sql(
            "SELECT DISTINCT e.action FROM entry e JOIN batch b ON b.n = e.batch WHERE b.id = ?", (done["batch"],)
        ).fetchall()
    assert actions == [("erase",)]


def test_who_confirmed_stands_in_the_ledger(known: Session) -> None:
    done = erase(known, f"{gone(known)}:base")
    (act,) = (each for each in ledgers.show(known) if each["action"] == "erase-confirmed")
    assert act["id"] == done["batch"] and act["said"]["second"] == second(known) and act["account"] == ACCOUNT


def test_new_data_after_an_erase_stays(known: Session) -> None:
    row = person(known)
    records.change(known, "resident", row, {"note_sensitive": "旧"})
    erase(known, f"{row}:care")
    records.change(known, "resident", row, {"note_sensitive": "新"})
    with known.db.transaction() as connection:
        ledger.null_erased(Reader(connection, known.committee_id), row)
    assert records.show(known, "resident", row, reveal=True)["note_sensitive"] == "新"


def test_what_was_written_elsewhere_without_knowing_goes_when_it_comes(known: Session, tmp_path: Path) -> None:
    row = person(known)
    elsewhere = Elsewhere(known, tmp_path)
    elsewhere.write(lambda writing: writing.change("resident", row, {"note": "在别处写的"}))
    records.change(known, "resident", row, {"status": "去世", "status_since": "2015-01-01"})
    erase(known, f"{row}:base")
    elsewhere.send()
    assert "在别处写的" not in str(entries(known, row)) and search.find(known, NAME) == []
    with known.db.reading() as connection:
        assert connection.exec_driver_sql('SELECT count(*) FROM "conflict"').scalar() == 0
    assert ledgers.verify(known)["ok"] and ledgers.rebuild_check(known)["ok"]


# ---------------------------------------------------------------- merged rows


def test_merged_rows_go_together_with_one_id(known: Session) -> None:
    row, other = person(known), records.add(known, "resident", {"name": "王健国", "note": "同一人"}).id
    with known.writing("merge") as writing:
        writing.merge_rows(row, other)
    leader = min(row, other)
    records.change(known, "resident", leader, {"status": "去世", "status_since": "2015-01-01"})
    erase(known, f"{leader}:base")
    for each in (row, other):
        assert all(patch is None for name, patch in entries(known, each) if name == "base")
    with known.db.reading() as connection:
        ids = {each.erase for each in erasing.standing(connection) if each.retention == "base"}
    assert len(ids) == 1


def test_a_row_merged_elsewhere_with_an_erased_one_is_a_finding(known: Session, tmp_path: Path) -> None:
    row, other = person(known), records.add(known, "resident", {"name": "王健国", "note": "同一人"}).id
    elsewhere = Elsewhere(known, tmp_path)
    elsewhere.write(lambda writing: writing.merge_rows(row, other))
    done = erase(known, f"{row}:identity")
    records.change(known, "resident", other, {"id_number": "310115195803120010"})
    assert erasures.propose(known) == []
    elsewhere.send()
    (found,) = erasures.propose(known)
    assert found["row"] == other and found["why"] == "erase-merged" and found["class"] == "identity"
    again = erase(known, found["id"])
    assert again["erased"][0]["erase"] == done["erased"][0]["erase"]
    assert erasures.propose(known) == []


# ---------------------------------------------------------------- refused erases


def erase_by(session: Session, device: str, row: str) -> str:
    """An erase that another device wrote, as it arrives."""
    from app.db import connection as files
    from app.db.ledger import Author
    from app.db.migrations import upgrade

    there = files.create(session.folder.parent / f"{device}.db", bytes(32), make=upgrade)
    author = Author(device, session.committee_id, "someone", "2020-05-25T09:00:00+08:00")
    with there.transaction() as connection:
        with Writing(connection, author, "erase") as writing:
            ledger.erase(writing, "resident", row, "base")
        lines = list(merging.records(connection, writing.chain_n))
    there.close()
    with session.db.transaction() as connection:
        merge = merging.Merging(connection)
        from app.db.entries import Chain

        merge.take(Chain(*lines[0]["chain"]), lines)
        merge.finish({session.committee_id: {writing.batch: "device-elsewhere"}})
    return writing.batch


def test_an_erase_of_who_may_not_has_no_effect_until_it_may(known: Session) -> None:
    row = person(known)
    batch = erase_by(known, "stranger", row)
    assert person(known) == row
    with known.db.reading() as connection:
        assert erasing.standing(connection) == []
    with known.db.transaction() as connection:
        merging.refuse(connection, known.committee_id, {batch: None})
    assert search.find(known, NAME) == []
    with known.db.transaction() as connection:
        merging.refuse(connection, known.committee_id, {batch: "device-revoked"})
    with known.db.reading() as connection:
        assert [each.row for each in erasing.standing(connection)] == [row], "revoked later: what went stays gone"


def test_an_erase_acts_within_the_chains_of_its_committee_only(known: Session) -> None:
    from dataclasses import replace

    row = person(known)
    author = replace(known.author, committee_id="018f0000-0000-7000-8000-000000000001")
    with known.db.transaction() as connection, Writing(connection, author, "erase") as writing:
        ledger.erase(writing, "resident", row, "base")
    with known.db.transaction() as connection:
        assert ledger.null_erased(Reader(connection, known.committee_id), row) == set()
    assert person(known) == row


def test_a_look_after_an_erase_of_traces_stays_and_one_before_goes(known: Session) -> None:
    row = person(known)
    records.show(known, "resident", row)
    with known.db.transaction() as connection, Writing(connection, known.author, "erase") as writing:
        ledger.erase(writing, "resident", row, "trace")
    records.show(known, "resident", row)
    with known.db.transaction() as connection:
        ledger.null_erased(Reader(connection, known.committee_id), row)
    looks = [each["said"] for each in ledgers.show(known, "resident", row) if each["action"] == "view"]
    assert [bool(said) for said in looks] == [True, False]


# ---------------------------------------------------------------- the signed list


def test_the_list_lies_beside_the_database_and_names_nobody(known: Session) -> None:
    row = gone(known)
    assert not (known.folder / "erasures.json").exists()
    erase(known, f"{row}:base")
    data = (known.folder / "erasures.json").read_bytes()
    assert row in data.decode() and NAME not in data.decode()
    with known.db.reading() as connection:
        assert {each.row for each in erasure_lists.read(connection, data)} >= {row}
        forged = data.replace(b'"base"', b'"care"')
        with pytest.raises(NotTrusted, match="erasures-forged"):
            erasure_lists.read(connection, forged)
        with pytest.raises(NotTrusted, match="erasures-unreadable"):
            erasure_lists.read(connection, b"[]")
    assert erasure_lists.settle(known) is False


def test_a_list_of_a_strangers_key_is_not_taken(known: Session) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    line = (known.committee_id, "resident", person(known), "base", "e")
    with known.db.reading() as connection:
        for device in ("stranger", known.device):
            data = erasurelist.pack([line], device, "t", Ed25519PrivateKey.generate())
            with pytest.raises(NotTrusted, match="erasures-forged"):
                erasure_lists.read(connection, data)


# ---------------------------------------------------------------- one account only: the centre is the second person


def test_who_works_alone_asks_the_centre(street: Street, roster: Path) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    row = gone(ours)
    done = erasures.confirm(ours, [f"{row}:base", f"{row}:identity"])
    assert done["state"] == "proposed" and search.find(ours, NAME)
    assert {each["state"] for each in erasures.propose(ours)} == {"waiting"}
    street.bring(street.centre, street.send(ours))
    asked = erasures.propose(street.centre)
    assert {(each["row"], each["state"], each["why"]) for each in asked} == {(row, "asked", "erase-gone")}
    assert erasures.confirm(street.centre, [each["id"] for each in asked])["state"] == "erased"
    assert search.find(street.centre, NAME) == [] and erasures.propose(street.centre) == []
    for file in street.send(street.centre):
        street.bring(ours, [file])
    erasure_lists.settle(ours)
    assert search.find(ours, NAME) == [] and erasures.propose(ours) == []
    assert row in (ours.folder / "erasures.json").read_text("utf-8")
    assert ledgers.rebuild_check(ours)["ok"] and ledgers.verify(ours)["ok"]


def test_the_centre_confirms_by_holding_it(street: Street, roster: Path) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    give_second(ours)
    erase(ours, f"{gone(ours)}:base")
    assert {each["confirmed"] for each in erasures.done(ours)} == {None}
    street.bring(street.centre, street.send(ours))
    assert search.find(street.centre, NAME) == []
    for file in street.send(street.centre):
        street.bring(ours, [file])
    assert None not in {each["confirmed"] for each in erasures.done(ours)}


def test_the_centre_alone_may_not_erase_of_its_own_will(street: Street, roster: Path) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    row = gone(ours)
    street.bring(street.centre, street.send(ours))
    with pytest.raises(Refused, match="erase-second-needed"):
        erasures.confirm(street.centre, [f"{row}:base"])


def test_what_was_overtaken_is_listed_without_values(street: Street, roster: Path) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    row = gone(ours)
    erasures.confirm(ours, [f"{row}:base"])
    street.bring(street.centre, street.send(ours))
    erasures.confirm(street.centre, [f"{row}:base"])
    files = street.send(street.centre)
    ours.clock = clock.frozen("2020-05-26T09:00")
    records.change(ours, "resident", row, {"note": "刚刚写的"})
    for file in files:
        street.bring(ours, [file])
    assert [(each["row"], each["class"]) for each in erasures.overtaken(ours)] == [(row, "base")]
    assert "刚刚写的" not in str(erasures.overtaken(ours)) and sync and enrolment

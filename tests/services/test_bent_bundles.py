"""Hostile and odd bundles: each is turned away or taken with its own effect only, and the exchange goes on."""

from __future__ import annotations

import shutil
import signal
from copy import deepcopy
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from openpyxl import Workbook

from app.db import devices, ledger, merging
from app.domain import ids
from app.domain.findings import UserError
from app.paths import DATABASE
from app.services import accounts, enrolment, erasures, moves, records, rosters, sync, sync_state, workspaces
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.exchange.forging import Forge, Line, inside, own, part, unpacked
from tests.services.bending import down, forge, lived_in, of, report, sibling, up
from tests.services.test_exchange import send, sound
from tests.street import ROOT_PASSWORD, Street


def merged(session: Session, file: Path) -> Values:
    (done,) = sync.merge(session, [file])
    return done


# ---------------------------------------------------------------- what a manifest says was seen


@pytest.fixture
def before_everything(street: Street) -> tuple[Session, Path]:
    """A committee whose bundle says that it saw its own chain up to before the first entry; another one beside it."""
    victim, evil = street.committee(1), street.committee(2)
    lived_in(victim, "受害者")
    lived_in(evil, "甲", "别的小区")
    up(street, victim, evil)
    report(evil)
    forged = forge(street, evil, street.centre)
    chains = forged.manifest["seen"]
    seen = [[*chain[:3], -1, ""] if chain[0] == evil.device else chain for chain in chains]
    return evil, forged.with_lines(forged.lines, seen=seen)


def test_a_negative_number_seen_is_turned_away(street: Street, before_everything: tuple[Session, Path]) -> None:
    _, file = before_everything
    error = merged(street.centre, file)["error"]
    assert error is not None and error.code == "bundle-manifest"


def test_a_negative_number_seen_brings_nobody_elses_residents(
    street: Street, before_everything: tuple[Session, Path]
) -> None:
    evil, file = before_everything
    sync.merge(street.centre, [file])
    street.sticks += 1
    (answer,) = of(street.send(street.centre), evil)
    _, _, payload = inside(answer.read_bytes(), own(evil).identity)
    assert "受害者" not in b"\n".join(unpacked(payload)).decode()


def test_times_of_a_manifest_that_are_none_are_turned_away(street: Street) -> None:
    evil = street.committee(1)
    lived_in(evil)
    forged = forge(street, evil, street.centre)
    error = merged(street.centre, forged.with_lines(forged.lines, at="zzzz", until="zzzz"))["error"]
    assert error is not None and error.code == "bundle-manifest"
    for each in sync_state.waiting(street.centre):
        assert each["last_receipt"] != "zzzz"


def test_a_number_seen_beyond_every_entry_does_not_end_the_list_of_erasures(street: Street) -> None:
    evil = street.committee(1)
    person = lived_in(evil)
    up(street, evil)
    down(street, evil)
    with street.centre.writing("erase", evil.committee_id) as writing:
        ledger.erase(writing, "resident", person, "identity")
    down(street, evil)
    records.change(evil, "resident", person, {"occupation": "x"})
    forged = forge(street, evil, street.centre)
    seen = [
        [*chain[:3], 2**60, chain[4]] if chain[0] == street.centre.device else chain
        for chain in forged.manifest["seen"]
    ]
    sync.merge(street.centre, [forged.with_lines(forged.lines, seen=seen)])
    erasures.done(street.centre)


def test_many_batches_that_do_not_count_do_not_end_the_exchange(street: Street) -> None:
    stolen = street.committee(1)
    person = lived_in(stolen)
    for number in range(700):
        with stolen.writing("change") as writing:
            writing.change("resident", person, {"occupation": f"o{number}"})
    up(street, stolen)
    enrolment.revoke(street.centre, stolen.device, 3, street.folder / "root.key", ROOT_PASSWORD)
    new = sibling(street)
    (done,) = sync.merge(new, of(street.send(street.centre), new))
    assert done["error"] is None


# ---------------------------------------------------------------- chains and entries


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no alarm to end an endless merge with")
def test_the_centres_chain_with_two_tails_in_one_bundle_comes_to_an_end(street: Street) -> None:
    evil = street.committee(1)
    person = lived_in(evil)
    up(street, evil)
    for number in range(3):
        records.change(street.centre, "resident", person, {"occupation": f"职业{number}"})
    down(street, evil)
    records.change(evil, "resident", person, {"occupation": "自己的"})
    forged = forge(street, evil, street.centre)
    with evil.db.reading() as connection:
        chains = devices.chains(connection, evil.committee_id)
        chain = next(each for each in chains if each.device == street.centre.device)
        *_, tail = merging.records(connection, chain.n, 0)

    def variant(number: int) -> Line:
        line = deepcopy(tail)
        line["batch"] = str(uuid4())
        line["parts"] = [part(each[0], each[1].replace("职业2", f"变体{number}")) for each in tail["parts"]]
        return line

    def span(line: Line) -> Any:
        manifest, _, _ = inside(forged.with_entries([line]).read_bytes(), own(street.centre).identity)
        return msgspec.json.decode(manifest)["chains"][0]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError("the centre does not come to an end")

    both = [variant(1), variant(2)]
    spans = [span(line) for line in both]
    file = forged.with_lines([forged.lines[0], *map(msgspec.json.encode, both)], chains=spans, entries=2)
    kept = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    try:
        done = merged(street.centre, file)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, kept)
    assert done["error"].code == "bundle-manifest"


def test_an_honest_change_over_a_huge_version_is_read_by_everybody(street: Street) -> None:
    evil = street.committee(1)
    person = lived_in(evil)
    up(street, evil)
    down(street, evil)
    records.change(evil, "resident", person, {"occupation": "一"})
    forged = forge(street, evil, street.centre)
    lines = forged.entries
    for line in lines:
        if line["action"] == "change" and line["entity"] == "resident":
            line["parts"] = [part("base", {"v": {"occupation": "一"}, "r": {"occupation": [[2**53, 3]]}})]
    assert merged(street.centre, forged.with_entries(lines))["error"] is None
    records.change(street.centre, "resident", person, {"occupation": "更正"})
    street.sticks += 1
    other = sibling(street)
    (done,) = sync.merge(other, of(street.send(street.centre), other))
    assert done["error"] is None


def test_after_a_fork_at_the_first_entry_bundles_are_still_read(street: Street) -> None:
    ours = street.committee(1)
    lived_in(ours)
    evil = sibling(street)
    down(street, ours)
    up(street, ours)
    (file,) = [Path(each["file"]) for each in sync.export(evil, street.stick(), sibling=True)]
    forged = Forge(street, own(evil), ours, file)
    with ours.db.reading() as connection:
        chains = devices.chains(connection, ours.committee_id)
        chain = next(each for each in chains if each.device == ours.device)
        first = next(merging.records(connection, chain.n, 0))
    first["batch"] = str(uuid4())
    sync.merge(ours, [forged.with_entries([first])])
    report(ours)
    (back,) = sync.merge(street.centre, street.send(ours))
    assert back["error"] is None


def test_a_row_created_in_the_tail_of_a_copy_stays_with_who_saw_it(street: Street) -> None:
    ours = street.committee(1)
    row = lived_in(ours)
    up(street, ours)
    down(street, ours)
    where = street.folder / "clone"
    shutil.copytree(ours.folder, where, ignore=shutil.ignore_patterns("*-wal", "*-shm", "*.lock"))
    ours.db.check()  # all of it is in the file itself
    shutil.copy(ours.folder / DATABASE, where / DATABASE)
    clone = workspaces.unlock(where, ACCOUNT, PASSWORD, clock=NOW)
    street.committees.append(clone)
    other = sibling(street)
    files = street.send(street.centre)
    for each in (ours, clone):
        sync.merge(each, of(files, each))
    records.change(ours, "resident", row, {"occupation": "教师"})
    home = records.show(clone, "resident", row)["household"]
    new = records.add(clone, "resident", {"household": home, "name": "新来的"}).id
    street.bring(other, send(street, clone, sibling=True))
    up(street, ours)
    sync.merge(street.centre, street.send(clone))
    street.bring(clone, of(street.send(street.centre), clone))
    up(street, clone)
    records.change(other, "resident", row, {"education": "大学"})
    sync.merge(street.centre, street.send(other))
    (done,) = sync.merge(other, of(street.send(street.centre), other))
    assert done["error"] is None and done["aside"] == []
    assert records.show(other, "resident", new)["name"] == "新来的"
    sound(other, street.centre, clone)


# ---------------------------------------------------------------- moves


@pytest.fixture
def two(street: Street) -> tuple[Session, Session, str, str]:
    """A hostile committee and another one, with a person in each, who know of each other."""
    evil, good = street.committee(1), street.committee(2)
    ours, theirs = lived_in(evil), lived_in(good, "李四", "由由新村")
    up(street, evil, good)
    down(street, evil, good)
    return evil, good, ours, theirs


def write(session: Session, row: str, values: Values, action: str = "change") -> None:
    """Values written past every check."""
    with session.writing(action) as writing:
        writing.change("resident", row, values)


def test_a_move_without_an_offer_leaves_later_merges_alone(
    street: Street, two: tuple[Session, Session, str, str]
) -> None:
    evil, good, ours, theirs = two
    write(evil, ours, {"move": {"state": "offered"}})
    sync.merge(street.centre, street.send(evil))
    records.change(good, "resident", theirs, {"occupation": "教师"})
    (done,) = sync.merge(street.centre, street.send(good))
    assert done["error"] is None


def test_an_offer_to_the_centre_puts_nobody_into_the_streets_own_chain(
    street: Street, two: tuple[Session, Session, str, str]
) -> None:
    evil, good, ours, _ = two
    write(evil, ours, {"move": {"state": "offered", "offer": str(ids.new_id()), "to": street.centre.committee_id}})
    up(street, evil)
    down(street, good)
    with good.db.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT committee_id, name FROM resident WHERE committee_id = ?", (street.centre.committee_id,)
        ).fetchall()
    assert found == [], "every committee receives that chain"


def test_a_forged_acceptance_leaves_the_centres_chain_for_another_committee_sound(
    street: Street, two: tuple[Session, Session, str, str]
) -> None:
    evil, good, _, _ = two
    offer = str(ids.new_id())
    estate = str(ids.place_id(good.committee_id, ("由由新村",)))  # anybody can compute it
    move = {"state": "accepted", "offer": offer, "of": good.committee_id}
    write(evil, ids.moved_id(offer), {"name": "假", "moved_from": estate, "move": move}, "create")
    up(street, evil)
    incident = {"what": "重要", "kind": "求助", "state": "已接报"}
    records.add(street.centre, "incident", incident, committee=good.committee_id)
    (done,) = sync.merge(good, of(street.send(street.centre), good))
    assert done["error"] is None and done["aside"] == []


def test_a_forged_acceptance_closes_nobody_whom_nobody_offered(
    street: Street, two: tuple[Session, Session, str, str]
) -> None:
    evil, good, _, theirs = two
    offer = str(ids.new_id())
    move = {"state": "accepted", "offer": offer, "of": good.committee_id}
    write(evil, ids.moved_id(offer), {"name": "假", "moved_from": theirs, "move": move}, "create")
    up(street, evil)
    down(street, good)
    moves.offer(good, theirs, evil.code)  # which a person who is moving already would not allow


# ---------------------------------------------------------------- rings and sealed values


@pytest.mark.parametrize(("ring", "code"), [({}, None), ({"abc": "AAAA"}, "bundle-schema")])
def test_an_empty_ring_brings_nothing_and_a_short_key_is_turned_away(
    street: Street, ring: dict[str, str], code: str | None
) -> None:
    evil = street.committee(1)
    lived_in(evil)
    forged = forge(street, evil, street.centre)
    first = msgspec.json.encode(msgspec.json.decode(forged.lines[0]) | {"ring": ring})
    error = merged(street.centre, forged.with_lines([first, *forged.lines[1:]]))["error"]
    assert (error and error.code) == code


def test_a_sealed_value_that_is_broken_does_not_stop_the_moves_of_others(street: Street) -> None:
    evil, one, two = street.committee(1), street.committee(2), street.committee(3)
    theirs, ours = lived_in(evil), lived_in(one, "李四", "由由新村")
    lived_in(two, "王五", "三村")
    up(street, evil, one, two)
    down(street, evil, one, two)
    write(evil, theirs, {"documents": f"sealed:{evil.ring.newest}:{'A' * 60}"})
    moves.offer(evil, theirs, one.code)
    sync.merge(street.centre, street.send(evil))
    moves.offer(one, ours, two.code)
    (done,) = sync.merge(street.centre, street.send(one))
    assert done["error"] is None


# ---------------------------------------------------------------- what honest people write is read, or refused at once


def test_an_account_named_with_a_control_character_reaches_the_centre(street: Street) -> None:
    ours = street.committee(1)
    lived_in(ours)
    accounts.add(ours, "李\x0b四", "mima-12345", ["worker"])
    up(street, ours)


def test_an_account_name_too_long_to_be_read_is_refused(session: Session) -> None:
    with pytest.raises(UserError, match="name-long"):
        accounts.add(session, "李" * 100_001, "mima-12345", ["worker"])


def test_odd_cells_of_a_roster_reach_the_centre(street: Street) -> None:
    ours = street.committee(1)
    book = Workbook()
    sheet = book.active
    sealed = "sealed:abc:" + "A" * 60
    sheet.append(["小区", "楼号", "室号", "姓名", "性别", "工作单位", "备注"])
    sheet.append(["培花新村", "12号", "302室", "王建国", "男", "单位", "长" * 32_000])
    sheet.append(["培花新村", "12号", "303室", sealed, "男", "单位", sealed])
    path = street.folder / "r.xlsx"
    book.save(path)
    rosters.apply(ours, rosters.preview(ours, path))
    up(street, ours)


def test_a_committee_named_with_a_control_character_reaches_the_centre(street: Street) -> None:
    ours = street._open("odd", "committee", "第\x0b居委", "310115016077")
    street.committees.append(ours)
    street.enrol(ours)
    up(street, ours)


def test_an_outline_too_large_to_be_read_is_refused(session: Session) -> None:
    lived_in(session)
    row = records.show(session, "building", "培花新村/12号")["id"]
    ring = [[121.5 + number * 1e-9, 31.2 + (number % 7) * 1e-9] for number in range(120_000)]
    ring.append(ring[0])
    with pytest.raises(UserError, match="shape-invalid"):
        records.change(session, "building", row, {"geometry": {"type": "Polygon", "coordinates": [ring]}})


def test_more_phones_than_can_be_read_are_refused(session: Session) -> None:
    person = lived_in(session)
    phones = [{"number": f"138{number:08d}", "kind": "手机"} for number in range(120_000)]
    with pytest.raises(UserError, match="value-refused"):
        records.change(session, "resident", person, {"phones": phones})


def test_a_purpose_in_free_words_reaches_the_centre(street: Street) -> None:
    ours = street.committee(1)
    person = lived_in(ours)
    ours.purpose = "其他目的 abc"
    records.show(ours, "resident", person, reveal=True)
    records.change(ours, "resident", person, {"occupation": "x"})
    up(street, ours)

"""Moving house between committees of a street: by real bundles, in whatever order the sticks come."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from app.domain.findings import UserError
from app.services import conflicts, doubtful, ledgers, moves, records, rosters, search, undoing
from app.services.session import Session
from tests.street import Street


@pytest.fixture
def two(street: Street, roster: Path) -> tuple[Session, Session]:
    """Two committees of a street; the first knows its people, both have been at the centre."""
    first, second = street.committee(1), street.committee(2)
    rosters.apply(first, rosters.preview(first, roster))
    records.add(second, "dwelling", {"estate": "由由新村", "building": "3号", "room": "101"})
    records.add(second, "household", {"dwelling": "由由新村/3号/101"})
    for each in (first, second):
        up(street, each)
    down(street, first, second)  # the registry with both of them
    return first, second


def person(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


def down(street: Street, *sessions: Session) -> None:
    """What the centre has for these committees."""
    files = street.send(street.centre)
    for session in sessions:
        street.bring(session, [file for file in files if session.code in file.name])


def up(street: Street, session: Session) -> None:
    street.bring(street.centre, street.send(session))


def test_a_person_moves_with_what_the_new_committee_needs(street: Street, two: tuple[Session, Session]) -> None:
    first, second = two
    old = person(first)
    records.change(first, "resident", old, {"note": "旧备注", "note_sensitive": "旧的敏感备注"})
    done = moves.offer(first, old, second.code)
    assert moves.pending(first)[0]["state"] == "offered" and moves.pending(first)[0]["other"] == second.name
    up(street, first)
    down(street, second)
    (waiting,) = moves.pending(second)
    assert (waiting["name"], waiting["state"], waiting["other"]) == ("王建国", "arrived", first.name)
    came = records.show(second, "resident", waiting["id"], reveal=True)
    assert came["id_number"] == "310115195803120010" and came["birth_date"] == "1958-03-12"
    assert "note" not in came and "note_sensitive" not in came and "household" not in came
    moves.accept(second, waiting["id"], "由由新村/3号/101")
    assert moves.pending(second) == []
    up(street, second)
    down(street, first)
    gone = records.show(first, "resident", old)
    assert (gone["status"], gone["whereabouts"], gone["move"]["state"]) == ("迁出", second.name, "closed")
    assert conflicts.pending(first) == [] and gone["move"]["offer"] == done["offer"]
    for each in (first, second, street.centre):
        assert ledgers.verify(each)["ok"] and ledgers.rebuild_check(each)["ok"]


def test_carrying_twice_opens_one_row(street: Street, two: tuple[Session, Session]) -> None:
    first, second = two
    moves.offer(first, person(first), second.code)
    up(street, first)
    assert moves.carry(street.centre) == []
    down(street, second)
    assert len(search.find(second, "王建国")) == 1


def test_cancelled_and_accepted_is_a_conflict(street: Street, two: tuple[Session, Session]) -> None:
    first, second = two
    old = person(first)
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    moves.cancel(first, old)
    moves.accept(second, moves.pending(second)[0]["id"], "由由新村/3号/101")
    up(street, second)
    up(street, first)
    down(street, first)
    (case,) = conflicts.pending(first)
    assert (case["row"], case["field"]) == (old, "move")
    for again in (lambda: moves.cancel(first, old), lambda: moves.offer(first, old, second.code)):
        with pytest.raises(UserError, match="move-already"):
            again()


def test_an_erasure_of_the_old_row_follows_the_person(street: Street, two: tuple[Session, Session]) -> None:
    from app.db import ledger

    first, second = two
    old = person(first)
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    new = moves.pending(second)[0]["id"]
    with first.writing("erase") as writing:
        ledger.erase(writing, "resident", old, "identity")
    up(street, first)
    down(street, second)
    assert "id_number" not in records.show(second, "resident", new, reveal=True)
    assert moves.carry(street.centre) == [], "once"


def test_an_erasure_because_the_old_purpose_ended_stays_there(street: Street, two: tuple[Session, Session]) -> None:
    from app.db import ledger

    first, second = two
    old = person(first)
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    new = moves.pending(second)[0]["id"]
    moves.accept(second, new, "由由新村/3号/101")
    up(street, second)
    down(street, first)
    with first.writing("erase") as writing:
        ledger.erase(writing, "resident", old, "identity", here_only=True)
        ledger.erase(writing, "resident", old, "care")  # of which nothing was carried
    up(street, first)
    assert records.show(second, "resident", new, reveal=True)["id_number"] == "310115195803120010"
    assert moves.carry(street.centre) == []


def test_nobody_is_offered_twice_nor_to_a_stranger(two: tuple[Session, Session]) -> None:
    first, second = two
    old = person(first)
    with pytest.raises(UserError, match="committee-unknown"):
        moves.offer(first, old, "999999")
    moves.offer(first, old, second.code)
    with pytest.raises(UserError, match="move-already"):
        moves.offer(first, old, second.code)
    moves.cancel(first, old)
    with pytest.raises(UserError, match="move-none"):
        moves.cancel(first, old)
    moves.offer(first, old, second.code)


def test_only_somebody_who_came_can_be_accepted(two: tuple[Session, Session]) -> None:
    first, _ = two
    with pytest.raises(UserError, match="move-none"):
        moves.accept(first, person(first), "培花新村/12号/302")


def test_what_the_centre_did_of_a_move_is_not_undone(street: Street, two: tuple[Session, Session]) -> None:
    first, second = two
    moves.offer(first, person(first), second.code)
    up(street, first)
    with street.centre.db.reading() as connection:
        (batch,) = connection.exec_driver_sql(
            "SELECT b.id FROM batch b JOIN entry e ON e.batch = b.n JOIN chain c ON c.n = b.chain"
            " WHERE b.committee_id = ? AND c.device = ? AND e.action = 'create'",
            (second.committee_id, street.centre.device),
        ).one()
    with pytest.raises(UserError, match="undo-move"):
        undoing.undo(street.centre, batch)


def test_a_roster_changes_neither_identity_nor_address_of_somebody_on_the_move(
    two: tuple[Session, Session], tmp_path: Path
) -> None:
    first, second = two
    old = person(first)
    moves.offer(first, old, second.code)
    book = Workbook()
    book.active.append(["小区", "楼号", "室号", "姓名", "身份证号码", "居住类型", "工作单位"])  # type: ignore[union-attr]
    book.active.append(["培花新村", "12号", "302", "王建国", "310115195803120010", "承租", "花木超市"])  # type: ignore[union-attr]
    book.save(tmp_path / "新表.xlsx")
    done = rosters.apply(first, rosters.preview(first, tmp_path / "新表.xlsx"))
    assert (done["changed"], done["doubtful"]) == (0, 1)
    (row,) = doubtful.pending(first)
    assert row["reason"] == "moving"
    with pytest.raises(UserError, match="move-frozen"):
        doubtful.decide(first, row["id"], "take")
    moves.cancel(first, old)
    doubtful.decide(first, row["id"], "take")
    assert records.show(first, "resident", old)["residence_kind"] == "承租"

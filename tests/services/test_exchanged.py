"""What is told of exchange: files that came, bundles on a stick, one half of a trip between two PCs; who waits to move."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain import clock
from app.domain.findings import UserError
from app.services import exchanged, moves, moving, records, rosters, search, summaries, sync, sync_state
from app.services.session import Session
from tests.street import Street


@pytest.fixture
def ours(street: Street, roster: Path) -> Session:
    made = street.committee()
    rosters.apply(made, rosters.preview(made, roster))
    return made


def person(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


def test_what_came_is_told_newest_first_and_never_travels(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    foreign = file.with_name("foreign.ltb")
    foreign.write_bytes(b"PK something else")
    assert exchanged.came(street.centre) == []
    exchanged.take(street.centre, foreign)
    exchanged.take(street.centre, file)
    good, wrong = exchanged.came(street.centre)
    assert (good["from"], good["error"], good["applied"] > 0) == ("第1居委会", None, True)
    assert wrong["error"]["code"] == "bundle-no-bundle" and wrong["applied"] == 0
    street.bring(ours, street.send(street.centre))
    assert exchanged.came(ours) == []


def test_only_the_last_files_are_kept(
    street: Street, ours: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanged, "KEPT", 2)
    for number in range(3):
        wrong = tmp_path / f"{number}.ltb"
        wrong.write_bytes(b"none")
        exchanged.take(ours, wrong)
    assert [each["file"] for each in exchanged.came(ours)] == ["2.ltb", "1.ltb"]


def test_a_stick_is_looked_through_for_what_is_ours(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    other = street.committee(2)
    stick = street.stick()
    inside = stick / "街道发来"
    inside.mkdir()
    sync.export(street.centre, inside)
    (stick / "damaged.ltb").write_bytes(b"LOUTU\0 no")
    found = exchanged.on_stick(ours, stick)
    assert [(each["from"], each["kind"], each["taken"]) for each in found["for_me"]] == [("花木街道", "street", False)]
    assert found["others"] == 2, "the other committee's and the damaged one"
    exchanged.take(ours, Path(found["for_me"][0]["file"]))
    assert exchanged.on_stick(ours, stick)["for_me"][0]["taken"]
    assert exchanged.on_stick(other, street.folder / "pulled-out") == {"for_me": [], "others": 0}


def test_looking_at_a_stick_writes_nothing(street: Street, ours: Session) -> None:
    files = street.send(ours)
    before = summaries.status(street.centre)["heads"]
    assert exchanged.on_stick(street.centre, files[0].parent)["for_me"]
    assert summaries.status(street.centre)["heads"] == before


def test_half_a_trip_takes_in_and_answers_and_a_second_press_takes_nothing_twice(
    street: Street, ours: Session, tmp_path: Path
) -> None:
    second = street._open("second", "committee", "第1居委会", "310115016001")
    street.committees.append(second)
    street.enrol(second)
    street.bring(street.centre, street.send(ours))
    street.bring(ours, [file for file in street.send(street.centre) if ours.device[:4] in file.name[-8:]])
    stick = street.stick()
    gone = exchanged.swap(ours, stick)
    assert gone["results"] == [] and len(gone["made"]) == 1 and gone["fresh"] > 0
    second.clock = clock.frozen("2020-05-26T10:00")
    answered = exchanged.swap(second, stick)
    assert [each["error"] for each in answered["results"]] == [None] and len(answered["made"]) == 1
    assert search.find(second, "王建国")
    again = exchanged.swap(second, stick)
    assert again["results"] == [], "its bundle was taken already"
    (state,) = sync_state.waiting(second, sibling=True)
    assert state["last_receipt"] and state["committee"] == ours.committee_id
    with pytest.raises(UserError, match="folder-missing"):
        exchanged.swap(ours, tmp_path / "pulled-out")


def test_what_waits_says_since_when(street: Street, ours: Session) -> None:
    (state,) = sync_state.waiting(ours)
    assert state["since"] == "2020-05-25T09:00:00+08:00"
    street.bring(street.centre, street.send(ours))
    street.bring(ours, street.send(street.centre))
    ours.clock = clock.frozen("2020-05-27T08:00")
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    assert sync_state.waiting(ours)[0]["unsent"] > 0


def test_the_stretches_of_a_pc_have_their_days(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    (stretch,) = sync_state.chains_of(street.centre, ours.device)
    assert stretch["seq"] > 4 and stretch["first"] == "2020-05-25T09:00:00+08:00" <= stretch["last"]
    assert sync_state.chains_of(street.centre, "nobody") == []


def test_a_move_is_one_line_at_the_centre_and_says_how_long_it_waits(street: Street, ours: Session) -> None:
    other = street.committee(2)
    for session in (ours, other):
        street.bring(street.centre, street.send(session))
    street.bring(ours, [file for file in street.send(street.centre) if ours.code in file.name])
    moves.offer(ours, person(ours), other.code)
    (line,) = moving.waiting(ours)
    assert (line["of"], line["to"], line["days"], line["state"]) == ("第1居委会", "第2居委会", 0, "offered")
    street.bring(street.centre, street.send(ours))
    street.centre.clock = clock.frozen("2020-05-29T18:00")
    (line,) = moving.waiting(street.centre)
    assert (line["of"], line["to"], line["days"], line["state"]) == ("第1居委会", "第2居委会", 4, "arrived")


def test_nobody_is_taken_in_without_a_door(street: Street, ours: Session) -> None:
    with pytest.raises(UserError, match="move-household-needed"):
        moving.take_in(ours, person(ours))


def test_a_household_is_made_only_for_somebody_who_came(street: Street, ours: Session) -> None:
    door = records.add(ours, "dwelling", {"estate": "培花新村", "building": "12号", "room": "901"}).id
    with pytest.raises(UserError, match="move-none"):
        moving.take_in(ours, person(ours), dwelling=door)
    assert records.show(ours, "dwelling", door)["households"] == [], "no empty household is left behind"

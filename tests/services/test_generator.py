"""Doors made by a rule, on a real encrypted file: what is there stays, one batch, undone as one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.domain.findings import UserError
from app.domain.numbering import Rule
from app.services import generator, matrix, places, records, undoing, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import Street

HOUSE = "培花新村/12号"
RULE = Rule(last=3, rooms=(2,))


@pytest.fixture
def built(session: Session) -> Session:
    """12号 with somebody in 302, and an empty 13号."""
    records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": f"{HOUSE}/302"}).id
    records.add(session, "resident", {"household": home, "name": "王建国"})
    records.add(session, "building", {"estate": "培花新村", "number": "13号"})
    return session


def rooms(session: Session, building: str = HOUSE) -> list[str]:
    row = places.resolve(session, building, "building")[1]
    return sorted(str(door.get("room", "")) for door in places.dwellings(session, row))


def building(session: Session, path: str = HOUSE) -> dict[str, Any]:
    return records.show(session, "building", path)


def test_what_is_there_stays_and_only_the_rest_is_added(built: Session) -> None:
    before = records.show(built, "dwelling", f"{HOUSE}/302")["id"]
    (plan,) = generator.preview(built, [HOUSE], RULE)
    assert ([door.room for door in plan.new], plan.existing, plan.extra) == (["101", "102", "201", "202", "301"], 1, ())
    done = generator.apply(built, [HOUSE], RULE)
    assert (done["new"], done["existing"]) == (5, 1)
    assert rooms(built) == ["101", "102", "201", "202", "301", "302"]
    assert records.show(built, "dwelling", f"{HOUSE}/302")["id"] == before
    assert [cell.people for cell in matrix.of(built, HOUSE).cells if cell.room == "302"] == [1]


def test_the_building_is_told_its_size(built: Session) -> None:
    generator.apply(built, [HOUSE], Rule(last=18, rooms=(4,), skip=frozenset({4, 13, 14}), units=2, below=1))
    assert {key: building(built)[key] for key in ("floors", "rooms_per_floor", "units")} == {
        "floors": 15, "rooms_per_floor": 8, "units": 2,
    }  # fmt: skip


def test_the_same_rule_again_writes_nothing(built: Session) -> None:
    generator.apply(built, [HOUSE], RULE)
    again = generator.apply(built, [HOUSE], RULE)
    assert (again["new"], again["existing"], again["batch"]) == (0, 6, "")


def test_a_door_that_the_rule_does_not_know_is_said_and_stays(built: Session) -> None:
    records.add(built, "dwelling", {"building": HOUSE, "room": "909"})
    records.add(built, "dwelling", {"building": HOUSE, "unit": "2", "room": "101"})
    assert generator.preview(built, [HOUSE], RULE)[0].extra == ("909", "2/101")
    assert generator.apply(built, [HOUSE], RULE)["extra"] == 2
    assert {"909", "101"} <= set(rooms(built))


def test_several_buildings_are_one_batch_and_one_undo(built: Session) -> None:
    done = generator.apply(built, [HOUSE, "培花新村/13号"], RULE)
    assert (done["new"], done["existing"], done["buildings"]) == (11, 1, 2)
    undoing.undo(built, done["batch"])
    assert (rooms(built), rooms(built, "培花新村/13号")) == (["302"], [])
    assert "floors" not in building(built)


def test_doors_that_were_undone_come_back_as_the_same_doors(built: Session) -> None:
    done = generator.apply(built, [HOUSE], RULE)
    before = records.show(built, "dwelling", f"{HOUSE}/101")["id"]
    undoing.undo(built, done["batch"])
    assert generator.apply(built, [HOUSE], RULE)["new"] == 5
    assert records.show(built, "dwelling", f"{HOUSE}/101")["id"] == before


def test_a_roster_and_a_rule_mean_the_same_door(built: Session) -> None:
    """Both derive its id from where it lies, so two PCs that make it make one."""
    generator.apply(built, [HOUSE], RULE)
    with pytest.raises(UserError, match="already-there"):
        records.add(built, "dwelling", {"estate": "培花新村", "building": "12号", "room": "0101室"})


def test_a_door_whose_number_was_corrected_is_not_overwritten(built: Session) -> None:
    """302 became 402 and kept its id; the rule's 302 cannot be made and is said."""
    records.change(built, "dwelling", f"{HOUSE}/302", {"room": "402"})
    (plan,) = generator.preview(built, [HOUSE], RULE)
    assert (plan.taken, plan.extra) == (("302",), ("402",))
    generator.apply(built, [HOUSE], RULE)
    assert [cell.people for cell in matrix.of(built, HOUSE).cells if cell.room == "402"] == [1]


def test_other_buildings_of_the_estate_are_offered_with_their_doors(built: Session) -> None:
    records.add(built, "building", {"estate": "联洋花园", "number": "1号"})
    assert [(row["name"], row["doors"]) for row in generator.beside(built, HOUSE)] == [("13号", 0)]


def test_a_centre_makes_no_doors_for_a_committee(street: Street) -> None:
    committee = street.committee(1)
    records.add(committee, "building", {"estate": "培花新村", "number": "12号"})
    street.bring(street.centre, street.send(committee))
    with pytest.raises(UserError, match="committee-not-yours"):
        generator.apply(street.centre, [HOUSE], RULE)


def test_too_many_doors_at_once_are_refused_before_anything_is_written(built: Session) -> None:
    for number in range(14, 21):
        records.add(built, "building", {"estate": "培花新村", "number": f"{number}号"})
    with pytest.raises(UserError, match="generator-many"):
        generator.apply(built, [f"培花新村/{n}号" for n in range(13, 21)], Rule(last=99, rooms=(30,)))
    assert rooms(built, "培花新村/13号") == []


def test_a_stopped_run_leaves_nothing_behind(built: Session) -> None:
    asked = iter([False, False, False, True])
    with pytest.raises(UserError, match="cancelled"):
        generator.apply(built, [HOUSE, "培花新村/13号"], RULE, cancelled=lambda: next(asked))
    assert rooms(built) == ["302"]


def test_from_the_command_line(
    built: Session, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspaces.lock(built)
    for key, value in (("DATA", str(folder)), ("ACCOUNT", ACCOUNT), ("PASSWORD", PASSWORD)):
        monkeypatch.setenv(f"LOUTU_{key}", value)

    def run(*more: str) -> tuple[int, Any]:
        code = cli.main(["generate", HOUSE, "--floors", "1-5", "--rooms", "2", "--skip", "4", *more, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, dry = run("--dry-run")
    assert (code, dry["new"], dry["existing"], "batch" in dry) == (0, 7, 1, False)
    assert dry["buildings"][0]["new"] == ["101", "102", "201", "202", "301", "501", "502"]
    code, done = run()
    assert (code, done["new"], done["existing"], bool(done["batch"])) == (0, 7, 1, True)
    assert run()[1]["batch"] == ""
    code, wrong = run("--merged", "301-501")
    assert (code, wrong["error"]["code"]) == (1, "generator-merged")

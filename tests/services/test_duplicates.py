"""Two records of one person become one and, undone, two again; who is not one is never asked about again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.db import present
from app.db.tables import PRESENT
from app.domain.findings import Refused, UserError
from app.domain.uniting import KEEP, OTHER
from app.services import (
    conflicts,
    doubtful,
    duplicates,
    ledgers,
    records,
    rosters,
    search,
    sync,
    undoing,
    workspaces,
)
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, PASSWORD
from tests.services.test_exchange import of, second_pc, send, sound
from tests.street import Street

CARD, OLD_CARD = "310115195803120010", "310115580312003"
FIRST = {
    "name": "王建国", "sex": "男", "documents": [{"type": "身份证", "number": CARD}],
    "phones": [{"number": "13812345678", "kind": "手机"}], "occupation": "教师", "relation": "户主", "status": "在住",
    "care_groups": ["独居"], "note": "腿脚不便", "note_sensitive": "糖尿病", "care_groups_sensitive": ["重病"],
}  # fmt: skip
SECOND = {
    "name": "王建囯", "sex": "男", "documents": [{"type": "身份证", "number": OLD_CARD}],
    "phones": [{"number": "138-1234-5678", "owner": "王建国"}, {"number": "58881234", "kind": "固话"}],
    "occupation": "会计", "workplace": "培花小学", "status": "暂离", "status_since": "2020-05-01", "whereabouts": "杭州",
    "care_groups": ["高龄", "独居"], "note": "周末在女儿家", "relation": "承租人", "care_groups_sensitive": ["重病"],
}  # fmt: skip


def home(session: Session, room: str) -> str:
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": room})
    return records.add(session, "household", {"dwelling": door.id}).id


@pytest.fixture
def two(session: Session) -> tuple[str, str]:
    """One person twice, in two households, each with a card number, an arrival and a record of residence."""
    return both_of(session)


def both_of(session: Session, first: Values = FIRST, second: Values = SECOND) -> tuple[str, str]:
    made = []
    for room, values in (("302", first), ("401", second)):
        household = home(session, room)
        row = records.add(session, "resident", {"household": household, **values}).id
        records.change(session, "household", household, {"contact": row})
        records.add(session, "arrival", {"resident": row, "origin": f"从{room}"})
        records.add(session, "residence", {"resident": row, "household": household, "kind": "实住"})
        records.add(session, "visit", {"household": household, "on": "2020-05-20", "result": "登记"})
        made.append(row)
    return made[0], made[1]


def shown(session: Session) -> dict[str, Any]:
    """Everything that any desk can show: tables, conflicts, groups, the index of numbers and the words of the search."""
    with session.db.reading() as connection:
        found: dict[str, Any] = {}
        for table in (*PRESENT, "conflict", "merged", "standing"):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings()
            found[table] = sorted(json.dumps({k: v for k, v in row.items() if k != "n"}) for row in rows)
        found["numbers"] = sorted(
            (row, bytes(value).hex()) for row, value in connection.exec_driver_sql(
                "SELECT r.id, i.value FROM id_index i JOIN resident r ON r.n = i.resident"
            )
        )  # fmt: skip
    found["merged"] = [row for row in found["merged"] if (said := json.loads(row))["member"] != said["leader"]]
    found["found"] = {
        query: [hit["id"] for hit in search.find(session, query)] for query in ("王", "wjg", "5678", "1234")
    }
    return found


def by_number(session: Session, number: str) -> list[str]:
    return [hit["id"] for hit in search.find(session, number)]


def person(session: Session, row: str) -> Values:
    return records.show(session, "resident", row, reveal=True)


def rows(session: Session, entity: str) -> set[str]:
    with session.db.reading() as connection:
        return {row for (row,) in connection.exec_driver_sql(f"SELECT resident FROM {entity}")}


# ---------------------------------------------------------------- merging


def test_what_both_say_is_united_and_no_conflict_is_left(session: Session, two: tuple[str, str]) -> None:
    done = duplicates.merge(session, *two, {"occupation": OTHER})
    assert conflicts.pending(session) == []
    one = person(session, done.id)
    assert done.id in two and person(session, two[0])["id"] == person(session, two[1])["id"] == done.id
    assert (one["name"], one["occupation"], one["workplace"]) == ("王建国", "会计", "培花小学")
    assert [each["number"] for each in one["documents"]] == [CARD, OLD_CARD]
    assert [bool(each.get("former")) for each in one["documents"]] == [False, True]
    assert one["phones"][0] == {"number": "13812345678", "kind": "手机", "owner": "王建国"} and len(one["phones"]) == 2
    assert one["care_groups"] == ["独居", "高龄"] and one["note"] == "腿脚不便；周末在女儿家"
    assert one["note_sensitive"] == "糖尿病" and one["care_groups_sensitive"] == ["重病"]
    assert ledgers.rebuild_check(session)["differences"] == []


def test_what_belongs_together_comes_from_one_record(session: Session, two: tuple[str, str]) -> None:
    done = duplicates.merge(session, *two)
    one = person(session, done.id)
    assert one["status"] == "在住" and "whereabouts" not in one and "status_since" not in one
    assert one["relation"] == "户主" and one["path"].startswith("培花新村/12号/302")
    undoing.undo(session, done.batch)
    one = person(session, duplicates.merge(session, *two, {"status": OTHER}, household=OTHER).id)
    assert (one["status"], one["status_since"], one["whereabouts"]) == ("暂离", "2020-05-01", "杭州")
    assert one["relation"] == "承租人" and one["path"].startswith("培花新村/12号/401")
    assert conflicts.pending(session) == []


@pytest.mark.parametrize("turned", [False, True])
def test_either_number_finds_the_one_person_and_undone_each_its_own(
    session: Session, two: tuple[str, str], turned: bool
) -> None:
    keep, other = (two[1], two[0]) if turned else two
    done = duplicates.merge(session, keep, other)
    assert by_number(session, CARD) == by_number(session, OLD_CARD) == [done.id]
    undoing.undo(session, done.batch)
    assert (by_number(session, CARD), by_number(session, OLD_CARD)) == ([two[0]], [two[1]])


def test_what_hangs_on_both_hangs_on_the_one(session: Session, two: tuple[str, str]) -> None:
    records.add(session, "isolation_case", {"resident": two[1], "state": "在管", "start": "2020-05-20"})
    done = duplicates.merge(session, *two)
    for entity in ("arrival", "residence", "isolation_case"):
        assert rows(session, entity) == {done.id}
    other = records.add(session, "resident", {"household": home(session, "501"), "name": "王建"}).id
    said = duplicates.compare(session, done.id, other)["one"]["hangs"]
    assert said == {"arrivals": 2, "cases": 1, "active": 1, "visits": 1}


@pytest.mark.parametrize("turned", [False, True])
def test_undo_and_redo_put_back_exactly_what_was_shown(session: Session, two: tuple[str, str], turned: bool) -> None:
    before = shown(session)
    keep, other = (two[1], two[0]) if turned else two
    done = duplicates.merge(session, keep, other, {"occupation": OTHER, "documents": OTHER}, household=OTHER)
    merged = shown(session)
    assert merged != before
    undone = undoing.undo(session, done.batch)
    assert undone["kept"] == [] and shown(session) == before
    redone = undoing.undo(session, undone["batch"])
    assert redone["kept"] == [] and shown(session) == merged
    undoing.undo(session, redone["batch"])
    assert shown(session) == before
    assert ledgers.rebuild_check(session)["differences"] == [] and ledgers.verify(session)["faults"] == []


def test_a_number_changed_and_changed_back_finds_its_holder_and_so_does_one_made_again(session: Session) -> None:
    made = records.add(session, "resident", {"household": home(session, "302"), **FIRST})
    done = records.change(session, "resident", made.id, {"documents": [{"type": "护照", "number": OLD_CARD}]})
    undoing.undo(session, done.batch)
    assert by_number(session, CARD) == [made.id] and by_number(session, OLD_CARD) == []
    undone = undoing.undo(session, made.batch)
    assert by_number(session, CARD) == []
    undoing.undo(session, undone["batch"])
    assert by_number(session, CARD) == [made.id]


def test_equal_numbers_sealed_for_two_people_are_no_conflict(session: Session) -> None:
    same = {**FIRST, "name": "王建国"}
    one, other = both_of(session, same, {**same, "birth_date": None})
    done = duplicates.merge(session, one, other)
    assert conflicts.pending(session) == [] and by_number(session, CARD) == [done.id]
    assert person(session, done.id)["documents"] == FIRST["documents"]


@pytest.mark.parametrize("papers", [None, FIRST["documents"]])
@pytest.mark.parametrize("side", [KEEP, OTHER])
def test_a_birth_date_that_the_number_says_wins_or_gives_way_as_chosen(
    session: Session, side: str, papers: Any
) -> None:
    born = {"name": "王建国", "documents": papers, "birth_date": "1958-03-21"}
    one, other = both_of(session, {**FIRST, "birth_date": "1958-03-12"}, born)
    done = duplicates.merge(session, one, other, {"birth_date": side})
    assert person(session, done.id)["birth_date"] == ("1958-03-12" if side == KEEP else "1958-03-21")
    assert conflicts.pending(session) == []


def test_a_cleared_field_is_no_conflict_with_the_other_s_value(session: Session, two: tuple[str, str]) -> None:
    records.change(session, "resident", two[0], {"occupation": None})
    done = duplicates.merge(session, *two)
    assert person(session, done.id)["occupation"] == "会计" and conflicts.pending(session) == []


def test_three_records_of_one_person_become_one_and_undone_in_turn_three(
    session: Session, two: tuple[str, str]
) -> None:
    third = records.add(
        session, "resident", {"household": home(session, "501"), "name": "王建国", "occupation": "医生"}
    ).id
    before = shown(session)
    first = duplicates.merge(session, third, two[1], {"occupation": KEEP})
    between = shown(session)
    second = duplicates.merge(session, two[0], first.id, {"occupation": OTHER})
    assert person(session, third)["occupation"] == "医生" and conflicts.pending(session) == []
    assert by_number(session, CARD) == by_number(session, OLD_CARD) == [second.id]
    undoing.undo(session, second.batch)
    assert shown(session) == between
    undoing.undo(session, first.batch)
    assert shown(session) == before


def test_what_was_written_since_stays_when_the_merge_is_undone(session: Session, two: tuple[str, str]) -> None:
    done = duplicates.merge(session, *two)
    records.change(session, "resident", done.id, {"occupation": "退休"})
    undone = undoing.undo(session, done.batch)
    assert [each["reason"] for each in undone["kept"]] == ["edited"]
    assert "退休" in {person(session, row).get("occupation") for row in two}
    assert person(session, two[0])["id"] != person(session, two[1])["id"] and conflicts.pending(session) == []


# ---------------------------------------------------------------- the household that is left


def alone(session: Session, room: str, **more: Any) -> tuple[str, str]:
    """(household, person): somebody alone in a household of which he is the contact."""
    household = home(session, room)
    row = records.add(session, "resident", {"household": household, "name": "周大妹", **more}).id
    records.change(session, "household", household, {"contact": row})
    return household, row


def household(session: Session, row: str) -> Values | None:
    with session.db.reading() as connection:
        return present.one(connection, session.committee_id, "household", row)


def test_an_empty_household_goes_with_the_merge_and_comes_back_with_its_undo(session: Session) -> None:
    (stays, first), (left, second) = alone(session, "701"), alone(session, "702")
    records.change(session, "household", stays, {"contact": None})
    before = shown(session)
    done = duplicates.merge(session, first, second)
    merged = shown(session)
    assert household(session, left) is None and (household(session, stays) or {})["contact"] == done.id
    assert conflicts.pending(session) == [] and ledgers.rebuild_check(session)["differences"] == []
    undone = undoing.undo(session, done.batch)
    assert undone["kept"] == [] and shown(session) == before
    undoing.undo(session, undone["batch"])
    assert shown(session) == merged


@pytest.mark.parametrize("what", ["resident", "visit"])
def test_a_household_with_people_or_visits_stays_without_a_contact_who_does_not_live_there(
    session: Session, what: str
) -> None:
    (stays, first), (left, second) = alone(session, "701"), alone(session, "702")
    more = {"name": "周小妹"} if what == "resident" else {"on": "2020-05-20", "result": "登记"}
    records.add(session, what, {"household": left, **more})
    before = shown(session)
    done = duplicates.merge(session, first, second)
    assert "contact" not in (household(session, left) or {"contact": "gone"})
    assert (household(session, stays) or {})["contact"] == done.id and conflicts.pending(session) == []
    undoing.undo(session, done.batch)
    assert shown(session) == before


def test_a_contact_who_lives_elsewhere_stays_the_contact(session: Session) -> None:
    (_, first), (left, second), (_, third) = (alone(session, room) for room in ("701", "702", "703"))
    records.change(session, "household", left, {"contact": third})
    records.add(session, "resident", {"household": left, "name": "周小妹"})
    duplicates.merge(session, first, second)
    assert (household(session, left) or {})["contact"] == third


@pytest.mark.parametrize("one_home", [False, True])
def test_two_households_behind_one_door_become_one_if_asked(session: Session, one_home: bool) -> None:
    stays, first = alone(session, "701")
    door = (household(session, stays) or {})["dwelling"]
    left = records.add(session, "household", {"dwelling": door}).id
    second = records.add(session, "resident", {"household": left, "name": "周大妹"}).id
    daughter = records.add(session, "resident", {"household": left, "name": "周小妹"}).id
    visit = records.add(session, "visit", {"household": left, "on": "2020-05-20", "result": "登记"}).id
    assert duplicates.compare(session, first, second)["one_door"] == 1
    before = shown(session)
    done = duplicates.merge(session, first, second, one_home=one_home)
    lives = stays if one_home else left
    assert person(session, daughter)["household"] == records.show(session, "visit", visit)["household"] == lives
    assert (household(session, left) is None) is one_home and conflicts.pending(session) == []
    undone = undoing.undo(session, done.batch)
    assert undone["kept"] == [] and shown(session) == before


def test_an_empty_household_behind_the_same_door_leaves_its_visits_to_the_other(session: Session) -> None:
    stays, first = alone(session, "701")
    left = records.add(session, "household", {"dwelling": (household(session, stays) or {})["dwelling"]}).id
    second = records.add(session, "resident", {"household": left, "name": "周大妹"}).id
    visit = records.add(session, "visit", {"household": left, "on": "2020-05-20", "result": "登记"}).id
    assert duplicates.compare(session, first, second)["one_door"] == 0, "nobody else: nothing to ask"
    duplicates.merge(session, first, second)
    assert household(session, left) is None and records.show(session, "visit", visit)["household"] == stays


def test_two_pcs_that_merge_alike_remove_the_household_once(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]]
) -> None:
    ours, other, _ = pcs
    (_, first), (left, second) = alone(ours, "701"), alone(ours, "702")
    street.bring(other, send(street, ours, sibling=True))
    for each in pcs[:2]:
        duplicates.merge(each, first, second)
    exchange(street, ours, other)
    for each in pcs[:2]:
        assert household(each, left) is None and conflicts.pending(each) == []
    sound(ours, other)


# ---------------------------------------------------------------- what is refused


def refused(code: str, act: Any) -> None:
    with pytest.raises(UserError) as error:
        act()
    assert error.value.code == code


def test_whoever_is_in_isolation_twice_is_not_merged(session: Session, two: tuple[str, str]) -> None:
    cases = [
        records.add(session, "isolation_case", {"resident": row, "state": "在管", "start": "2020-05-20"}).id
        for row in two
    ]
    before = shown(session)
    refused("duplicate-two-cases", lambda: duplicates.merge(session, *two))
    assert shown(session) == before
    records.change(session, "isolation_case", cases[1], {"state": "已解除"})
    done = duplicates.merge(session, *two)
    assert rows(session, "isolation_case") == {done.id}


def test_one_record_is_not_merged_with_itself_nor_twice(session: Session, two: tuple[str, str]) -> None:
    refused("duplicate-same", lambda: duplicates.merge(session, two[0], two[0]))
    duplicates.merge(session, *two)
    refused("duplicate-same", lambda: duplicates.merge(session, *two))
    refused("duplicate-same", lambda: duplicates.keep_apart(session, *two))


@pytest.mark.parametrize("choices", [{"move": KEEP}, {"weight": KEEP}, {"occupation": "both"}])
def test_a_choice_that_is_none_is_refused(session: Session, two: tuple[str, str], choices: dict[str, str]) -> None:
    refused("duplicate-choice", lambda: duplicates.merge(session, *two, choices))


def test_somebody_who_is_moving_is_not_merged(session: Session, two: tuple[str, str]) -> None:
    with session.writing("change") as writing:
        offer = {"offer": two[0], "state": "offered", "to": two[1]}
        writing.change("resident", two[0], {"move": offer})
    refused("duplicate-moving", lambda: duplicates.merge(session, *two))


def test_without_the_ring_numbers_cannot_be_compared_and_nothing_is_merged(
    session: Session, two: tuple[str, str]
) -> None:
    session.ring = None
    with pytest.raises(Refused, match="ring-needed"):
        duplicates.merge(session, *two)


# ---------------------------------------------------------------- side by side


def test_two_side_by_side_say_what_differs_and_mask_level_3(session: Session, two: tuple[str, str]) -> None:
    said = {each["field"]: each for each in duplicates.compare(session, *two)["fields"]}
    states = {key: each["state"] for key, each in said.items()}
    assert states["occupation"] == "differs" and states["sex"] == "same" and states["workplace"] == "other"
    assert states["phones"] == states["documents"] == states["note"] == "united" and states["note_sensitive"] == "one"
    assert states["birth_date"] == "same", "one number holds it with a century, the other without"
    assert states["care_groups_sensitive"] == "same"
    assert said["household"]["one"] == "培花新村 12号 302 户1"
    text = json.dumps(said, ensure_ascii=False)
    assert CARD not in text and OLD_CARD not in text and "糖尿病" not in text and "13812345678" in text
    assert said["documents"]["one"].startswith("310115********0010")


def test_a_look_at_level_3_is_an_entry_for_each(session: Session, two: tuple[str, str]) -> None:
    said = duplicates.compare(session, *two, reveal=True)
    assert CARD in json.dumps(said, ensure_ascii=False)
    looks = [each for each in ledgers.show(session) if each["action"] == "view"][:2]
    assert {each["id"] for each in looks} == set(two) and all(each["said"]["sensitive"] for each in looks)


# ---------------------------------------------------------------- not the same person


def test_who_is_kept_apart_is_not_asked_about_again_until_that_is_undone(
    session: Session, two: tuple[str, str]
) -> None:
    before = shown(session)
    assert len(duplicates.again(session, [two])) == 1
    done = duplicates.keep_apart(session, two[1], two[0])
    assert duplicates.again(session, [two]) == [] and shown(session) == before
    undone = undoing.undo(session, done.batch)
    assert len(duplicates.again(session, [two])) == 1
    undoing.undo(session, undone["batch"])
    assert duplicates.again(session, [two]) == []
    assert ledgers.rebuild_check(session)["differences"] == []


def test_a_pair_that_was_kept_apart_may_be_merged_after_all(session: Session, two: tuple[str, str]) -> None:
    duplicates.keep_apart(session, *two)
    done = duplicates.merge(session, *two)
    assert person(session, two[0])["id"] == person(session, two[1])["id"] and conflicts.pending(session) == []
    undoing.undo(session, done.batch)
    assert duplicates.again(session, [two]) == [], "they are apart again, as before"


def test_pairs_found_before_speak_of_who_is_there_now(session: Session, two: tuple[str, str]) -> None:
    third = records.add(session, "resident", {"household": home(session, "501"), "name": "王建国"}).id
    done = duplicates.merge(session, *two)
    (one,) = duplicates.again(session, [two, (two[0], third), (third, two[1])])
    assert {one["one"]["id"], one["other"]["id"]} == {done.id, third}
    records.remove(session, "resident", third)
    assert duplicates.again(session, [(two[0], third)]) == []


# ---------------------------------------------------------------- two PCs


@pytest.fixture
def pcs(street: Street) -> tuple[Session, Session, tuple[str, str]]:
    """Two PCs of one committee that know the same two records."""
    ours = street.committee()
    two = both_of(ours)
    other = second_pc(street)
    street.bring(ours, of(street.send(street.centre), ours))
    street.bring(other, send(street, ours, sibling=True))
    return ours, other, two


def exchange(street: Street, ours: Session, other: Session) -> None:
    street.bring(other, send(street, ours, sibling=True))
    street.bring(ours, send(street, other, sibling=True))


@pytest.mark.parametrize("edited", [0, 1])
def test_one_pc_merges_while_the_other_edits_and_nothing_is_lost(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]], edited: int
) -> None:
    ours, other, two = pcs
    done = duplicates.merge(ours, *two, {"occupation": OTHER})
    records.change(other, "resident", two[edited], {"education": "大学", "hukou_address": "杭州"})
    exchange(street, ours, other)
    for each in (ours, other):
        one = person(each, two[1 - edited])
        assert (one["id"], one["education"], one["hukou_address"], one["occupation"]) == (
            done.id,
            "大学",
            "杭州",
            "会计",
        )
        assert conflicts.pending(each) == []
        assert rows(each, "arrival") == {done.id}
    undoing.undo(ours, done.batch)
    exchange(street, ours, other)
    for each in (ours, other):
        assert person(each, two[edited])["education"] == "大学" and "education" not in person(each, two[1 - edited])
        assert [person(each, row)["occupation"] for row in two] == ["教师", "会计"]
    sound(ours, other)


def test_the_value_that_both_pcs_settled_differently_is_the_only_conflict(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]]
) -> None:
    ours, other, two = pcs
    duplicates.merge(ours, *two, {"occupation": OTHER})
    records.change(other, "resident", two[0], {"occupation": "退休"})
    exchange(street, ours, other)
    for each in (ours, other):
        (case,) = conflicts.pending(each)
        assert case["field"] == "occupation" and {value["text"] for value in case["values"]} == {"会计", "退休"}


def test_both_pcs_merge_alike_and_it_is_one_merge(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]]
) -> None:
    ours, other, two = pcs
    for each in two:
        records.change(ours, "resident", each, {"documents": FIRST["documents"]})
    street.bring(other, send(street, ours, sibling=True))
    for each in pcs[:2]:
        duplicates.merge(each, *two)
    exchange(street, ours, other)
    for each in (ours, other):
        assert conflicts.pending(each) == [] and person(each, two[0])["id"] == person(each, two[1])["id"]
    sound(ours, other)


@pytest.mark.parametrize("at_once", [False, True])
def test_both_pcs_unite_the_same_numbers_each_under_its_own_ring_and_nobody_is_asked(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]], at_once: bool
) -> None:
    ours, other, two = pcs
    for each in pcs[:2]:
        duplicates.merge(each, *two)
    files = send(street, ours, sibling=True)
    back = send(street, other, sibling=True) if at_once else []
    assert street.bring(other, files)["conflicts"] == 0
    assert street.bring(ours, back or send(street, other, sibling=True))["conflicts"] == 0
    for _ in range(2):
        for one, to in ((ours, other), (other, ours)):
            sync.merge(to, send(street, one, sibling=True))
    for each in (ours, other):
        both = person(each, two[0])
        assert conflicts.pending(each) == [] and [paper["number"] for paper in both["documents"]] == [CARD, OLD_CARD]
        assert by_number(each, CARD) == by_number(each, OLD_CARD) == [both["id"]]
    sync.merge(other, send(street, ours, sibling=True))
    assert send(street, other, sibling=True) == [], "no ping-pong"
    sound(ours, other)


def test_numbers_that_differ_once_opened_are_asked_about(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]]
) -> None:
    ours, other, two = pcs
    records.change(ours, "resident", two[0], {"note_sensitive": "高血压"})
    records.change(other, "resident", two[0], {"note_sensitive": "哮喘"})
    exchange(street, ours, other)
    for each in (ours, other):
        (case,) = conflicts.pending(each)
        assert case["field"] == "note_sensitive" and {value["same"] for value in case["values"]} == {0, 1}


def test_without_the_ring_equal_sealed_values_wait_for_somebody_who_can_open_them(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]]
) -> None:
    ours, other, two = pcs
    for each in pcs[:2]:
        records.change(each, "resident", two[0], {"note_sensitive": "哮喘"})
    ring, other.ring, rings = other.ring, None, other.rings
    street.bring(other, send(street, ours, sibling=True))
    assert [case["field"] for case in conflicts.pending(other)] == ["note_sensitive"]
    other.ring, other.rings = ring, rings
    assert conflicts.settle_alike(other) == 1 and conflicts.pending(other) == []
    assert person(other, two[0])["note_sensitive"] == "哮喘"


def test_apart_travels_and_merged_elsewhere_it_is_a_conflict(
    street: Street, pcs: tuple[Session, Session, tuple[str, str]]
) -> None:
    ours, other, two = pcs
    duplicates.keep_apart(ours, *two)
    street.bring(other, send(street, ours, sibling=True))
    assert duplicates.again(other, [two]) == []
    third = [records.add(each, "resident", {"household": home(each, "601"), "name": "陈一"}).id for each in (ours,)]
    exchange(street, ours, other)
    duplicates.keep_apart(ours, two[0], third[0])
    duplicates.merge(other, two[0], third[0])
    exchange(street, ours, other)
    for each in (ours, other):
        (case,) = [case for case in conflicts.pending(each) if case["kind"] == "merge"]
        assert len(case["values"]) == 2
    sound(ours, other)


def test_a_centre_merges_for_a_committee_and_the_committee_hears_of_it(street: Street) -> None:
    ours = street.committee()
    two = both_of(ours)
    street.bring(street.centre, street.send(ours))
    done = duplicates.merge(street.centre, *two)
    street.bring(ours, street.send(street.centre))
    assert person(ours, two[1])["id"] == done.id and conflicts.pending(ours) == []
    with pytest.raises(UserError, match="duplicate-committees"):
        second = street.committee(2)
        row = records.add(second, "resident", {"household": home(second, "1"), "name": "王建国"}).id
        street.bring(street.centre, street.send(second))
        duplicates.merge(street.centre, two[0], row)


# ---------------------------------------------------------------- who is found


def test_the_search_tells_of_both_and_of_what_hangs_on_them_and_stops_when_asked(session: Session) -> None:
    one, other = both_of(session, FIRST, {**SECOND, "documents": FIRST["documents"]})
    heard: list[str] = []
    (pair,) = duplicates.pending(session, lambda done, total, what: heard.append(what))
    assert {pair["one"]["id"], pair["other"]["id"]} == {one, other} and 50 <= pair["score"] <= 100
    assert "same-number" in pair["why"] and {"duplicate-search", "duplicate-telling"} <= set(heard)
    said = pair["one"] if pair["one"]["id"] == one else pair["other"]
    assert said["path"] == "培花新村/12号/302/户1/王建国" and said["hangs"]["arrivals"] == said["hangs"]["visits"] == 1
    assert CARD not in json.dumps(pair) and "13812345678" not in json.dumps(pair)
    assert duplicates.pending(session, least=1.01) == []
    with pytest.raises(UserError, match="cancelled"):
        duplicates.pending(session, cancelled=lambda: True)
    duplicates.keep_apart(session, one, other)
    assert duplicates.pending(session) == []


# ---------------------------------------------------------------- the command line


def run(session: Session, capsys: pytest.CaptureFixture[str], tmp_path: Path, *words: str) -> tuple[int, Any]:
    """One command in a process-like call on the workspace of this session, which is closed for it and left closed."""
    password = tmp_path / "password"
    password.write_text(PASSWORD, "utf-8")
    code = main([
        "--data", str(session.folder), "--account", ACCOUNT, "--password-file", str(password), "--json", *words
    ])  # fmt: skip
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_by_commands_a_pair_is_merged_undone_and_kept_apart(
    session: Session, two: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    records.change(session, "resident", two[1], {"documents": FIRST["documents"]})
    workspaces.lock(session)
    code, listed = run(session, capsys, tmp_path, "duplicate", "list", "--least", "10")
    assert code == 0 and [{each["one"]["id"], each["other"]["id"]} for each in listed] == [set(two)]
    assert listed[0]["score"] >= 10 and listed[0]["why"]
    code, done = run(session, capsys, tmp_path, "duplicate", "merge", *two, "--take", "occupation=other")
    assert code == 0 and done["id"] in two and "occupation" in done["changed"]
    assert run(session, capsys, tmp_path, "duplicate", "list", "--least", "10")[1] == []
    assert run(session, capsys, tmp_path, "undo", done["batch"])[0] == 0
    code, apart = run(session, capsys, tmp_path, "duplicate", "apart", *two)
    assert code == 0 and apart["batch"]
    assert run(session, capsys, tmp_path, "duplicate", "list", "--least", "10")[1] == []
    assert run(session, capsys, tmp_path, "duplicate", "merge", *two, "--take", "occupation")[0] == 2


@pytest.mark.parametrize("words", [(), ("--one-home",)])
def test_by_command_two_households_behind_one_door_become_one_if_asked(
    session: Session, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    stays, first = alone(session, "701")
    left = records.add(session, "household", {"dwelling": (household(session, stays) or {})["dwelling"]}).id
    second = records.add(session, "resident", {"household": left, "name": "周大妹"}).id
    daughter = records.add(session, "resident", {"household": left, "name": "周小妹"}).id
    workspaces.lock(session)
    assert run(session, capsys, tmp_path, "duplicate", "merge", first, second, *words)[0] == 0
    code, shows = run(session, capsys, tmp_path, "show", "resident", daughter)
    assert code == 0 and shows["household"] == (stays if words else left)


def test_rows_that_wait_say_in_words_how_likely_and_why(
    session: Session, roster: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    row = search.find(session, "王建国")[0]["id"]
    records.change(session, "resident", row, {"status": "去世"})
    rosters.apply(session, rosters.preview(session, roster))
    (waits,) = doubtful.pending(session)
    workspaces.lock(session)
    password = tmp_path / "password"
    password.write_text(PASSWORD, "utf-8")
    opening = ["--data", str(session.folder), "--account", ACCOUNT, "--password-file", str(password)]
    assert main([*opening, "doubtful", "list"]) == 0
    titles, line = capsys.readouterr().out.strip().splitlines()
    assert titles.split()[-2:] == ["相像", "依据"]
    assert waits["score"] and f"{waits['score']}%" in line and "证件号一致" in line and "same-number" not in line

"""Which doors the rows of a roster belong to: known ones in other words, new ones, near ones, refused ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import ids
from app.domain.doors import Doors, Family
from app.domain.known_places import KnownPlaces, Nearness, same_lane, slipped
from app.domain.matching import Known, PeopleIndex
from app.domain.rosterplan import Planner

COMMITTEE = "01a20eaa-57b2-72da-91fa-67ccc858dc3a"
ROOMS = ("301", "302", "1001")
STREET = (
    ("培花新村", "", "12号", ROOMS), ("培花新村", "", "15号甲", ("301",)), ("培花新村", "", "30号", ("301", "301A")),
    ("联洋花园", "丁香路901弄", "1号", ROOMS), ("联洋花园", "丁香路999弄", "1号", ("801",)),
    ("联洋花园", "丁香路999弄", "7号", ("801",)), ("金鹰大厦", "", "A座", ("1203",)),
)  # fmt: skip


def places(*rows: tuple[str, str, str, tuple[str, ...]]) -> KnownPlaces:
    known = KnownPlaces(COMMITTEE)
    for estate, lane, number, rooms in rows:
        known.estates.setdefault(estate, ids.place_id(COMMITTEE, (estate,)))
        building = ids.place_id(COMMITTEE, (estate, lane, number))
        known.add_building(estate, lane, number, building)
        for room in rooms:
            unit, _, bare = room.rpartition("/")
            known.dwellings[building, unit, bare] = ids.place_id(COMMITTEE, (estate, lane, number, unit, bare))
    return known


def planner(known: KnownPlaces | None = None, **more: Any) -> Planner:
    return Planner(
        known or places(*STREET), more.pop("people", PeopleIndex()), more.pop("doors", Doors()), more.pop("values", lambda _: {}),
        lambda _: [], lambda _: [], default_estate="培花新村第九", **more,
    )  # fmt: skip


def door(estate: str, lane: str, number: str, room: str, unit: str = "") -> str:
    return ids.place_id(COMMITTEE, (estate, lane, number, unit, room))


def row(
    estate: str = "", lane: str = "", building: str = "", room: str = "", unit: str = "", **more: Any
) -> dict[str, Any]:
    said = {"estate": estate, "lane": lane, "building": building, "unit": unit, "room": room, "name": "王建国"} | more
    return {key: value for key, value in said.items() if value}


# ---------------------------------------------------------------- known doors in other words


@pytest.mark.parametrize(
    ("said", "meant", "told"),
    [
        (row("培花新村", "", "12号", "302"), ("培花新村", "", "12号", "302"), False),
        (row("", "", "12号", "302"), ("培花新村", "", "12号", "302"), False),  # the one estate that has it
        (row("联洋花园", "901弄", "1号", "302"), ("联洋花园", "丁香路901弄", "1号", "302"), False),
        (row("联洋花园", "丁香901弄", "1号", "302"), ("联洋花园", "丁香路901弄", "1号", "302"), False),
        (
            row("丁香", "901弄", "1号", "302"),
            ("联洋花园", "丁香路901弄", "1号", "302"),
            False,
        ),  # 丁香901弄 as it is read
        (row("", "901弄", "1号", "302"), ("联洋花园", "丁香路901弄", "1号", "302"), False),
        (row("联洋花园", "", "7号", "801"), ("联洋花园", "丁香路999弄", "7号", "801"), False),
        (row("培花新村", "", "12幢", "302"), ("培花新村", "", "12号", "302"), True),
        (row("金鹰大厦", "", "A幢", "1203"), ("金鹰大厦", "", "A座", "1203"), True),
        (row("联洋花园", "", "901号", "302", "1"), ("联洋花园", "丁香路901弄", "1号", "302"), True),  # 901-1-302
        (row("培花新村", "", "12号", "302", "3"), ("培花新村", "", "12号", "302"), True),  # number, floor, room
    ],
)
@pytest.mark.parametrize("policy", ["create", "near", "reject"])
def test_the_known_door_is_meant(
    said: dict[str, Any], meant: tuple[str, str, str, str], told: bool, policy: str
) -> None:
    plan = planner(unknown_places=policy)
    assert plan.dwelling(said) == door(*meant)
    assert plan.take(7, said) == "new"
    assert [(found.code, found.row) for found in plan.findings] == ([("place-taken", 7)] if told else [])
    assert not plan.steps.buildings and not plan.steps.dwellings and not plan.places.unknown


def test_a_short_lane_is_not_the_end_of_another_number() -> None:
    assert same_lane("丁香路901弄", "901弄") and same_lane("丁香路901弄", "丁香901弄")
    assert not same_lane("丁香路901弄", "1弄") and not same_lane("", "901弄")


def test_a_new_number_in_a_known_lane_stands_in_that_lane() -> None:
    plan = planner(places(("联洋花园", "丁香路901弄", "1号", ROOMS)))
    plan.take(1, row("联洋花园", "901弄", "2号", "101"))
    assert plan.steps.buildings[0][1]["lane"] == "丁香路901弄"


def test_twelve_blocks_stay_where_there_is_such_a_block() -> None:
    plan = planner(places(("培花新村", "", "12号", ROOMS), ("培花新村", "", "12幢", ("302",))))
    assert plan.dwelling(row("培花新村", "", "12幢", "302")) == door("培花新村", "", "12幢", "302")


# ---------------------------------------------------------------- unknown doors


NEAR = [
    (row("培花新村", "", "12号", "320"), ("培花新村", "", "12号", "302")),  # digits swapped
    (row("培花新村", "", "12号", "30"), None),  # 301 and 302 alike
    (row("培花新村", "", "12号", "101"), ("培花新村", "", "12号", "1001")),  # a zero lost
    (row("培花新村", "", "21号", "302"), ("培花新村", "", "12号", "302")),
    (row("培花新村", "", "12号甲", "302"), ("培花新村", "", "12号", "302")),
    (row("培花新村", "", "15号", "301"), ("培花新村", "", "15号甲", "301")),
    (row("联洋花园", "丁香路901弄", "7号", "801"), ("联洋花园", "丁香路999弄", "7号", "801")),  # the estate's other lane
    (row("联洋花园", "丁香路910弄", "1号", "302"), ("联洋花园", "丁香路901弄", "1号", "302")),
    (row("联洋花园", "", "1号", "302"), ("联洋花园", "丁香路901弄", "1号", "302")),  # two lanes have it, one has the room
    (row("培花", "", "12号", "302"), ("培花新村", "", "12号", "302")),
]  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), [each for each in NEAR if each[1]])
def test_the_nearest_door_is_taken_and_said(said: dict[str, Any], meant: tuple[str, str, str, str]) -> None:
    plan = planner(unknown_places="near")
    for number in (3, 4):
        assert plan.take(number, {**said, "name": f"王{number}"}) == "new"
    assert {home["dwelling"] for _, home in plan.steps.households} == {door(*meant)}
    (found,) = plan.findings  # once for each place, not for each row
    assert (found.code, found.row) == ("place-near", 3)
    assert found.details["taken"] and found.value
    assert not plan.steps.dwellings


@pytest.mark.parametrize(
    ("said", "meant"), [(said, meant) for said, meant in NEAR if meant and said.get("estate") != "培花"]
)
def test_created_the_preview_still_names_the_nearest(said: dict[str, Any], meant: tuple[str, str, str, str]) -> None:
    plan = planner()
    plan.take(1, said)
    plan.take(2, said | {"name": "李秀英"})
    (listed,) = plan.places.listed()
    assert listed["rows"] == 2
    assert meant[2] in listed["near"]
    assert len(plan.steps.dwellings) == 1 and plan.findings == []


def test_two_equally_near_are_never_chosen_between() -> None:
    plan = planner(unknown_places="near")
    assert plan.take(5, row("培花新村", "", "12号", "30")) == "rejected"
    assert plan.findings[0].code == "place-ambiguous"
    assert "301" in plan.findings[0].details["taken"] and "302" in plan.findings[0].details["taken"]
    assert not plan.steps.residents and not plan.steps.dwellings


def test_nothing_near_is_a_new_door() -> None:
    plan = planner(unknown_places="near")
    assert plan.take(5, row("培花新村", "", "88号", "705")) == "new"
    assert plan.findings == [] and len(plan.steps.buildings) == 1


def test_a_changed_digit_is_another_door() -> None:
    """303 beside 302 is a neighbour, not a slip of the pen."""
    assert Nearness(places(*STREET)).to(planner().places._said(row("培花新村", "", "12号", "303"))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [row("培花新村", "", "88号", "705"), row("培花新村", "", "12号", "705"), NEAR[0][0]])
def test_refused_rows_are_listed_one_by_one(said: dict[str, Any]) -> None:
    plan = planner(unknown_places="reject")
    assert [plan.take(number, said | {"name": f"王{number}"}) for number in (3, 4)] == ["rejected", "rejected"]
    assert [(found.code, found.row) for found in plan.findings] == [("place-unknown", 3), ("place-unknown", 4)]
    assert plan.places.listed()[0]["rows"] == 2
    assert plan.counts["rejected"] == 2 and not plan.steps.dwellings and not plan.steps.buildings


def test_unknown_places_are_counted_by_building() -> None:
    plan = planner()
    for number in range(30):
        plan.take(number, row("新苑", "", "1号", f"{number + 101}", name=f"王{number}"))
    plan.take(90, row("培花新村", "", "12号", "888"))
    listed = plan.places.listed()
    assert [(each["estate"], each["building"], each["room"], each["rows"]) for each in listed] == [
        ("新苑", "1号", "", 30), ("培花新村", "12号", "888", 1),
    ]  # fmt: skip


@given(st.text("0123456789", min_size=1, max_size=5), st.integers(0, 4))
def test_a_lost_or_swapped_digit_is_a_slip(number: str, at: int) -> None:
    at %= len(number)
    shorter = number[:at] + number[at + 1 :]
    if shorter:
        assert slipped(number, shorter) and slipped(shorter, number)
    assert not slipped(number, number)
    if at + 1 < len(number) and number[at] != number[at + 1]:
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        assert slipped(number, swapped) and slipped(swapped, number)


# ---------------------------------------------------------------- rows without a number


def test_an_estate_of_one_building_needs_no_number() -> None:
    plan = planner(
        places(("金鹰大厦", "", "A座", ("1203",)), ("培花新村", "", "12号", ROOMS), ("培花新村", "", "13号", ROOMS))
    )
    assert plan.dwelling(row("金鹰大厦", room="1203")) == door("金鹰大厦", "", "A座", "1203")
    assert plan.take(2, row("培花新村", room="302")) == "rejected"
    assert plan.take(3, row("培花新村")) == "rejected"
    assert plan.take(4, row()) == "rejected"
    assert [(found.code, found.value) for found in plan.findings] == [
        ("place-no-building", "培花新村302室"), ("row-no-place", "培花新村"), ("row-no-place", "王建国"),
    ]  # fmt: skip


def test_among_villas_the_room_is_the_house() -> None:
    known = places(*(("碧云别墅", "", f"{number}号", ("",)) for number in range(1, 9)))
    known.villas.add("碧云别墅")
    assert planner(known).dwelling(row("碧云别墅", room="8")) == door("碧云别墅", "", "8号", "")


def test_nobody_is_put_into_a_tower_without_a_room() -> None:
    assert planner(places(("金鹰大厦", "", "A座", ("1203",)))).take(2, row("金鹰大厦")) == "rejected"


# ---------------------------------------------------------------- what else a row does


def test_a_row_put_aside_keeps_the_door_that_was_meant() -> None:
    dead = Known("r1", "h1", door("培花新村", "", "12号", "302"), "王建国", status="去世")
    plan = planner(people=PeopleIndex([dead]), doors=Doors([Family("h1", str(dead.dwelling))]), unknown_places="near")
    assert plan.take(3, row("培花新村", "", "21号", "302"), "花名册") == "doubtful"
    ((_, aside),) = plan.steps.doubtful
    assert aside["values"]["building"] == "12号" and aside["sheet"] == "花名册"
    assert aside["why"] and 0 <= aside["score"] <= 100


def test_a_label_is_written_to_the_household_that_had_none() -> None:
    home = door("培花新村", "", "12号", "302")
    people = PeopleIndex([Known("r1", "h1", home, "王建国")])
    plan = planner(people=people, doors=Doors([Family("h1", home)]), values=lambda _: {"name": "王建国"})
    assert plan.take(3, row("培花新村", "", "12号", "302", household_label="A间")) == "changed"
    assert plan.steps.changed == [("household", "h1", {"label": "A间"})]
    assert plan.take(4, row("培花新村", "", "12号", "302", household_label="B间", name="李四")) == "new"
    assert plan.steps.households[0][1]["label"] == "B间"


def test_a_chain_adds_to_a_note_and_says_nothing_twice() -> None:
    home = door("培花新村", "", "12号", "302")
    known = {"name": "王建国", "note": "听力差"}
    people = PeopleIndex([Known("r1", "h1", home, "王建国")])
    plan = planner(people=people, doors=Doors([Family("h1", home)]), values=lambda _: known, adds_notes=True)
    assert plan.take(3, row("培花新村", "", "12号", "302", note="已返沪")) == "changed"
    assert plan.steps.changed == [("resident", "r1", {"note": "听力差；已返沪"})]
    known["note"] = "听力差；已返沪"
    again = planner(people=PeopleIndex([Known("r1", "h1", home, "王建国")]), doors=Doors([Family("h1", home)]),
                    values=lambda _: known, adds_notes=True)  # fmt: skip
    assert again.take(3, row("培花新村", "", "12号", "302", note="已返沪")) == "same"


def test_other_columns_are_kept_by_their_titles() -> None:
    home = door("培花新村", "", "12号", "302")
    known = {"name": "王建国", "extra": {"网格": "3", "备用": "无"}}
    plan = planner(
        people=PeopleIndex([Known("r1", "h1", home, "王建国")]),
        doors=Doors([Family("h1", home)]),
        values=lambda _: known,
    )
    assert plan.take(3, row("培花新村", "", "12号", "302", extra={"网格": "4", "志愿者": "是"})) == "changed"
    assert plan.steps.changed == [("resident", "r1", {"extra": {"网格": "4", "备用": "无", "志愿者": "是"}})]
    assert plan.take(4, row("培花新村", "", "30号", "301", name="李四", extra={"网格": "5"})) == "new"
    assert plan.steps.residents[0][1]["extra"] == {"网格": "5"}

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


# ---------------------------------------------------------------- whose row a doubtful one is

HOME = door("培花新村", "", "12号", "302")
OTHER = door("培花新村", "", "12号", "301")
WANG = {"name": "王建国", "birth_date": "1960-05-01", "sex": "男", "phones": [{"number": "13812345678"}]}


def knows(status: str | None = None, **more: Any) -> Planner:
    """A planner that knows 王建国 of 302, born 1960-05-01, and his number N1."""
    known = {**WANG, "household": "h1"} | ({"status": status} if status else {})
    person = Known(
        "r1",
        "h1",
        HOME,
        "王建国",
        1960,
        b"N1",
        ("13812345678",),
        status,
        "男",
        "1960-05-01",
        papers=more.pop("papers", ()),
    )
    plan = planner(
        people=PeopleIndex([person]), doors=Doors([Family("h1", HOME)]), values=lambda _: dict(known), **more
    )
    plan.number_index = lambda papers: [str(each["number"]).encode() for each in papers or ()]
    return plan


def papers(number: str, kind: str = "身份证") -> dict[str, Any]:
    return {"documents": [{"type": kind, "number": number}]}


NOT_SURE = [
    row("培花新村", "", "12号", "302", name="李大刚", **papers("N1")),  # another's name on his number
    row("培花新村", "", "12号", "302", name="王健国", birth_date="1960-05-01"),  # sounds alike
    row("培花新村", "", "12号", "302", sex="女"),  # differs
    row("培花新村", "", "12号", "302", birth_date="1960-05-02", birth_year=1960),
    row("培花新村", "", "30号", "301", name="王建囯国", **papers("N1")),
]  # fmt: skip


@pytest.mark.parametrize("said", NOT_SURE)
def test_take_queues_what_may_be_another(said: dict[str, Any]) -> None:
    plan = knows(on_doubt="take")
    assert plan.take(3, said) == "doubtful"
    assert plan.steps.changed == [] and len(plan.steps.doubtful) == 1


def test_take_moves_whoever_moved() -> None:
    plan = knows(on_doubt="take")
    said = row("培花新村", "", "12号", "301", birth_date="1960-05-01", phones=[{"number": "13812345678"}])
    assert plan.take(3, said) == "changed"
    ((household, home),) = plan.steps.households
    assert home["dwelling"] == OTHER
    assert plan.steps.changed == [("resident", "r1", {"household": household})]
    assert plan.take(4, said) == "same"  # he lives there now
    assert plan.take(5, row("培花新村", "", "12号", "301", name="李秀英", relation="配偶")) == "new"
    assert plan.steps.residents[0][1]["household"] == household and len(plan.steps.households) == 1


@pytest.mark.parametrize(
    ("status", "home", "moves"), [("去世", "302", False), ("迁出", "302", False), ("迁出", "301", True)]
)
def test_take_brings_back_whoever_was_gone(status: str, home: str, moves: bool) -> None:
    plan = knows(status, on_doubt="take")
    assert plan.take(3, row("培花新村", "", "12号", home, birth_date="1960-05-01")) == "changed"
    ((_, _, different),) = plan.steps.changed
    assert different["status"] == "在住" and ("household" in different) == moves
    assert bool(plan.steps.households) == moves


def test_take_lets_the_later_row_stand_and_loses_nothing_of_the_earlier() -> None:
    plan = knows(on_doubt="take")
    for number, more in (
        (3, {"note": "甲", "phones": [{"number": "58881111"}]}),
        (4, {"note": "乙", "phones": [{"number": "58882222"}]}),
    ):
        assert plan.take(number, row("培花新村", "", "12号", "302", **more)) == "changed"
    ((_, _, different),) = plan.steps.changed
    assert different["note"] == "乙"
    assert [each["number"] for each in different["phones"]] == ["58882222", "58881111", "13812345678"]


def test_twice_behind_two_doors_is_asked_even_so() -> None:
    plan = planner(on_doubt="take")
    assert plan.take(1, row("培花新村", "", "12号", "302", birth_date="1960-05-01", birth_year=1960)) == "new"
    assert plan.take(2, row("培花新村", "", "12号", "888", birth_date="1960-05-01", birth_year=1960)) == "doubtful"


# ---------------------------------------------------------------- put aside once


def test_the_same_row_waits_once_and_a_corrected_one_anew() -> None:
    plan = knows("去世")
    assert [
        plan.take(n, row("培花新村", "", "12号", "302", note=note)) for n, note in ((3, "甲"), (8, "甲"), (9, "乙"))
    ] == ["doubtful"] * 3
    first, second = (each for each, _ in plan.steps.doubtful)
    again = knows("去世", put_aside={first: True, second: False})
    assert [again.take(n, row("培花新村", "", "12号", "302", note=note)) for n, note in ((5, "甲"), (6, "乙"))] == [
        "same",
        "doubtful",
    ]
    assert again.steps.doubtful == []


def test_no_door_is_made_for_a_row_that_waits() -> None:
    plan = knows()
    moved = row("新苑", "", "9号", "999", birth_date="1960-05-01")
    assert plan.take(3, moved) == "doubtful"
    plan.finish()
    assert plan.steps.dwellings == plan.steps.buildings == plan.steps.estates == []
    other = knows()
    other.take(3, moved)
    assert other.take(4, row("新苑", "", "9号", "999", name="李四")) == "new"
    assert other.take(5, row("新苑", "", "9号", "998", birth_date="1960-05-01", note="乙")) == "doubtful"
    assert other.take(6, {**row("新苑", "", "9号", "998", state="空置"), "name": ""}) == "new"
    other.finish()
    assert [made["room"] for _, made in other.steps.dwellings] == ["999", "998"]


# ---------------------------------------------------------------- papers, arrivals, doors, lanes


def test_a_card_beside_a_passport_gainsays_nothing() -> None:
    said = row("培花新村", "", "12号", "302", birth_date="1960-05-01")
    beside = knows(papers=("护照",))
    assert beside.take(3, said | papers("N2")) == "changed"
    assert beside.steps.changed[0][2]["documents"][0]["number"] == "N2"
    assert knows(papers=("身份证",)).take(3, said | papers("N2")) == "doubtful"
    fresh = knows()
    for kind, number in (("护照", "P1"), ("身份证", "N3")):
        state = fresh.take(4, row("培花新村", "", "12号", "301", name="史密斯") | papers(number, kind))
    assert state == "doubtful" and fresh.last is not None and fresh.last.reason == "twice"  # one person, a paper more


def test_a_corrected_arrival_is_the_same_arrival() -> None:
    plan = knows()
    plan.arrivals.known = lambda _: [{"id": "a1", "resident": "r1", "origin": "武汉", "arrived_on": "2020-05-01"}]
    said = row("培花新村", "", "12号", "302", origin="湖北武汉", arrived_on="2020-05-01")
    assert [plan.take(n, said) for n in (3, 4)] == ["changed", "same"]
    assert plan.steps.changed == [("arrival", "a1", {"origin": "湖北武汉"})] and plan.steps.arrivals == []
    assert plan.take(5, said | {"arrived_on": "2020-06-01"}) == "changed"
    assert [made["arrived_on"] for _, made in plan.steps.arrivals] == ["2020-06-01"]


def test_somebody_twice_in_a_file_arrived_once() -> None:
    plan = planner()
    said = row("培花新村", "", "12号", "302", origin="武汉", arrived_on="2020-05-01")
    assert [plan.take(n, said) for n in (3, 4)] == ["new", "same"]
    assert len(plan.steps.arrivals) == 1


def test_what_a_row_without_a_name_cannot_keep_is_told() -> None:
    plan = planner()
    said = {
        **row("培花新村", "", "12号", "302"),
        "name": "",
        "phones": [{"number": "58881234"}],
        "extra": {"网格": "3"},
        "note": "漏水",
    }
    assert [plan.take(n, said) for n in (3, 4)] == ["changed", "same"]
    assert plan.steps.changed == [("dwelling", HOME, {"note": "漏水"})]
    assert [(found.code, found.row, found.value) for found in plan.findings] == [("door-facts-left", 3, "电话、网格")]
    assert plan.take(5, {**row("培花新村", "", "12号", "888", note="空"), "name": ""}) == "new"
    assert plan.steps.dwellings[0][1]["note"] == "空" and len(plan.findings) == 1


def test_a_lane_that_the_only_estate_has_not_is_told_once() -> None:
    def known() -> KnownPlaces:
        return places(("联洋花园", "丁香路901弄", "1号", ROOMS))

    plan = planner(known())
    for number, said in enumerate(
        (
            row("", "栖山路1500弄", "1号", "302"),
            row("", "栖山路1500弄", "2号", "302", name="李四"),
            row("", "901弄", "1号", "302", name="张三"),
        )
    ):
        assert plan.take(number, said) == "new"
    assert [(found.code, found.value, found.details["taken"]) for found in plan.findings] == [
        ("place-other-lane", "栖山路1500弄", "联洋花园")
    ]
    assert planner(known()).take(1, row("联洋花园", "栖山路1500弄", "1号", "302")) == "new"
    refused = planner(known(), unknown_places="reject")
    assert refused.take(1, row("", "栖山路1500弄", "1号", "302")) == "rejected"


def test_three_thousand_behind_one_door_are_compared_with_few() -> None:
    people = [
        Known(
            f"r{n}", "h1", HOME, f"王{chr(0x4E00 + n)}", 1930 + n % 80, birth_date=f"{1930 + n % 80}-05-{n % 28 + 1:02}"
        )
        for n in range(3_000)
    ]
    index = PeopleIndex(people)
    plan = planner(people=index, doors=Doors([Family("h1", HOME)]), values=lambda _: {})
    assert (
        plan.take(1, row("培花新村", "", "12号", "302", name="王大力", birth_date="1950-05-09", birth_year=1950))
        == "new"
    )
    from app.domain.scoring import Traits

    near = index.near(Traits("王大力", HOME, None, 1950, "1950-05-09", None, None, (), ()))
    assert 0 < len(near) <= 240
    assert [each.id for each in index.born_behind(HOME, "1930-05-01")] == [
        each.id for each in people if each.birth_date == "1930-05-01"
    ]


# ---------------------------------------------------------------- who leads a building


def leads(name: str, building: str = "12号", **more: Any) -> dict[str, Any]:
    return {**row("培花新村", "", building, leader_name=name, **more), "name": more.get("name", "")}


def test_a_list_of_buildings_says_who_leads_them_and_makes_no_room() -> None:
    plan = planner()
    plan.places.known.leaders[plan.places.known.buildings["培花新村", "", "12号"]] = {"leader_name": "老组长"}
    said = leads("王建国", phones=[{"number": "13812345678"}])
    assert [plan.take(n, said) for n in (3, 4)] == ["changed", "same"]
    ((entity, _, values),) = plan.steps.changed
    assert (entity, values) == ("building", {"leader_name": "王建国", "leader_phone": "13812345678"})
    assert plan.take(5, leads("李秀英")) == "same"
    assert [(found.code, found.value, found.details) for found in plan.findings] == [
        ("leader-twice", "李秀英", {"taken": "王建国"})
    ]
    assert plan.take(6, leads("张三", "88号")) == "new"
    assert plan.steps.buildings[0][1]["leader_name"] == "张三" and plan.steps.dwellings == []
    refused = planner(unknown_places="reject")
    assert refused.take(6, leads("张三", "88号")) == "rejected" and refused.findings[0].code == "place-unknown"
    assert sum(refused.counts.values()) == 1 and refused.steps.size == 0


@pytest.mark.parametrize(
    ("said", "leader"),
    [
        ({"leader_name": "李秀英", "leader_phone": "58881234"}, {"leader_name": "李秀英", "leader_phone": "58881234"}),
        ({"leader_name": "李秀英"}, {"leader_name": "李秀英"}),
        ({"leader_name": "是"}, {"leader_name": "王建国", "leader_phone": "13812345678"}),
        ({"leader_name": "否"}, None),
    ],
)
def test_a_residents_row_says_who_leads_the_building(said: dict[str, Any], leader: dict[str, str] | None) -> None:
    plan = planner()
    assert plan.take(3, row("培花新村", "", "12号", "302", phones=[{"number": "13812345678"}], **said)) == "new"
    assert [values for _, _, values in plan.steps.changed] == ([leader] if leader else [])
    assert "leader_name" not in plan.steps.residents[0][1]

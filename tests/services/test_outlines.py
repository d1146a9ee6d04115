"""Outlines drawn by hand, on real encrypted files: one batch, one 撤销, and whatever looks wrong is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain import footprints
from app.domain.findings import Refused, UserError
from app.domain.geometry import Geometry, Plane
from app.services import committees, maps, outlines, places, records, undoing
from app.services.session import Session
from app.words import say
from tests.street import Street

GROUND = Plane(121.53, 31.23)
SLAB = GROUND.rectangle(0, 0, 60, 12)
BOW_TIE = {
    "type": "Polygon", "coordinates": [[GROUND.at(*each) for each in ((0, 0), (20, 20), (20, 0), (0, 20), (0, 0))]]
}  # fmt: skip
LINE = {"type": "Polygon", "coordinates": [[GROUND.at(0, 0), GROUND.at(9, 0), GROUND.at(0, 0), GROUND.at(0, 0)]]}


@pytest.fixture
def estate(session: Session) -> str:
    """培花新村 with 12号 and 13号."""
    for number in ("12号", "13号"):
        records.add(session, "building", {"estate": "培花新村", "number": number})
    return places.resolve(session, "培花新村", "estate")[1]


def building(session: Session, number: str) -> str:
    return places.resolve(session, f"培花新村/{number}", "building")[1]


def shape_of(session: Session, number: str) -> Any:
    return records.show(session, "building", building(session, number)).get("geometry")


def codes(done: dict[str, Any]) -> list[str]:
    return [finding.code for finding in done["findings"]]


# ---------------------------------------------------------------- one thing


def test_an_outline_is_kept_and_undone_in_one_step(session: Session, estate: str) -> None:
    done = outlines.save(session, "building", building(session, "12号"), SLAB)
    assert shape_of(session, "12号") == SLAB
    assert codes(done) == []
    undoing.undo(session, done["batch"])
    assert shape_of(session, "12号") is None


def test_what_is_as_it_was_is_no_batch(session: Session, estate: str) -> None:
    outlines.save(session, "building", building(session, "12号"), SLAB)
    assert outlines.save(session, "building", building(session, "12号"), SLAB)["batch"] == ""


def test_several_are_moved_in_one_batch(session: Session, estate: str) -> None:
    shapes = {building(session, "12号"): SLAB, building(session, "13号"): footprints.moved(SLAB, 0, 40)}
    done = outlines.save_all(session, "building", shapes)
    undoing.undo(session, done["batch"])
    assert (shape_of(session, "12号"), shape_of(session, "13号")) == (None, None)


@pytest.mark.parametrize("shape", [None, "x", {"type": "LineString", "coordinates": []}, {"type": "Polygon", "coordinates": [[[1, 2]]]},
                                   {"type": "Polygon", "coordinates": [[[500, 2], [1, 2], [1, 3], [500, 2]]]}])  # fmt: skip
def test_nonsense_is_refused_and_nothing_is_written(session: Session, estate: str, shape: Any) -> None:
    with pytest.raises(UserError, match="shape-invalid"):
        outlines.save(session, "building", building(session, "12号"), shape)
    assert shape_of(session, "12号") is None


def test_an_outline_that_encloses_nothing_is_refused(session: Session, estate: str) -> None:
    with pytest.raises(UserError, match="outline-empty"):
        outlines.save(session, "building", building(session, "12号"), LINE)


def test_an_outline_that_crosses_itself_is_mended_and_that_is_said(session: Session, estate: str) -> None:
    done = outlines.save(session, "building", building(session, "12号"), BOW_TIE)
    assert codes(done) == ["outline-mended"]
    assert footprints.is_sound(shape_of(session, "12号"))


def test_an_estate_is_no_point_and_a_building_may_be(session: Session, estate: str) -> None:
    point = {"type": "Point", "coordinates": [121.5, 31.2]}
    with pytest.raises(UserError, match="outline-no-area"):
        outlines.save(session, "estate", estate, point)
    assert outlines.save(session, "building", building(session, "12号"), point)["batch"]


@pytest.mark.parametrize("row", ["", "../x", "00000000-0000-7000-8000-000000000000"])
def test_a_thing_that_is_not_here_is_none(session: Session, row: str) -> None:
    with pytest.raises(UserError, match="path-unknown"):
        outlines.save(session, "building", row, SLAB)


def test_people_have_no_outline(session: Session) -> None:
    with pytest.raises(UserError, match="entity-unknown"):
        outlines.save(session, "resident", "x", SLAB)


def test_outlines_are_taken_away_together(session: Session, estate: str) -> None:
    rows = [building(session, "12号"), building(session, "13号")]
    outlines.save(session, "building", rows[0], SLAB)
    done = outlines.clear(session, "building", rows)
    assert (done["ids"], shape_of(session, "12号")) == ([rows[0]], None)
    undoing.undo(session, done["batch"])
    assert shape_of(session, "12号") == SLAB
    assert outlines.clear(session, "building", rows[1:])["batch"] == ""


# ---------------------------------------------------------------- one footprint for several


def test_one_footprint_for_three_numbers_of_which_one_is_new(session: Session, estate: str) -> None:
    done = outlines.save_split(session, estate, [building(session, "12号"), "13", "14"], SLAB)
    assert [records.show(session, "building", row)["number"] for row in done["ids"]] == ["12号", "13号", "14号"]
    areas = [footprints.area(shape_of(session, number)) for number in ("12号", "13号", "14号")]
    assert areas == pytest.approx([240] * 3, rel=0.02)
    assert codes(done) == []
    assert [thing.label for thing in maps.draw(session, "estate", estate).things if thing.placed] == [
        "12号",
        "13号",
        "14号",
    ]
    undoing.undo(session, done["batch"])
    assert shape_of(session, "12号") is None
    with pytest.raises(UserError, match="path-unknown"):
        building(session, "14号")


def test_a_number_in_the_only_lane_of_an_estate_lies_there_too(session: Session) -> None:
    records.add(session, "building", {"estate": "联洋花园", "number": "1号", "lane": "901弄"})
    estate = places.resolve(session, "联洋花园", "estate")[1]
    (row,) = outlines.save_split(session, estate, ["2号"], SLAB)["ids"]
    assert records.show(session, "building", row)["lane"] == "901弄"
    with pytest.raises(UserError, match="already-there"):  # the id is the one that a roster would give it
        records.add(session, "building", {"estate": estate, "number": "2号", "lane": "901弄"})


@pytest.mark.parametrize("numbers", [[], ["12号", "12"], [""], [f"{n}号" for n in range(1, 63)]])
def test_numbers_that_cannot_be(session: Session, estate: str, numbers: list[str]) -> None:
    with pytest.raises(UserError, match="outline-numbers"):
        outlines.save_split(session, estate, numbers, SLAB)


def test_a_number_that_stands_in_two_lanes_is_asked_about(session: Session, estate: str) -> None:
    for lane in ("1弄", "2弄"):
        records.add(session, "building", {"estate": estate, "number": "5号", "lane": lane})
    with pytest.raises(UserError, match="outline-number-several"):
        outlines.save_split(session, estate, ["5号"], SLAB)


def test_something_new_with_its_outline(session: Session, estate: str) -> None:
    made = outlines.create(session, "estate", {"name": "联洋花园"}, SLAB)
    assert records.show(session, "estate", made["ids"][0])["geometry"] == SLAB
    block = outlines.create(session, "block", {"estate": estate, "label": "甲幢"}, SLAB)
    assert records.show(session, "block", block["ids"][0])["label"] == "甲幢"
    assert [each.name for each in maps.draw(session, "estate", estate).blocks] == ["甲幢"]
    house = outlines.create(session, "building", {"estate": estate, "number": "20"}, SLAB)
    assert records.show(session, "building", house["ids"][0])["number"] == "20号"
    for done in (made, block, house):
        undoing.undo(session, done["batch"])
    assert [row["name"] for row in places.estates(session)] == ["培花新村"]


def test_a_hostile_number_is_a_text(session: Session, estate: str) -> None:
    text = "<img src=x onerror=alert(1)>"
    done = outlines.create(session, "building", {"estate": estate, "number": text}, SLAB)
    assert records.show(session, "building", done["ids"][0])["number"].startswith("<img")


# ---------------------------------------------------------------- what looks wrong


def test_a_building_outside_its_estate_and_over_another(session: Session, estate: str) -> None:
    outlines.save(session, "estate", estate, footprints.moved(SLAB, 500, 0))
    outlines.save(session, "building", building(session, "13号"), footprints.moved(SLAB, 30, 0))
    done = outlines.save(session, "building", building(session, "12号"), SLAB)
    assert codes(done) == ["outline-outside", "outline-overlaps"]
    assert done["findings"][1].details["names"] == "13号"
    for finding in done["findings"]:
        assert "{" not in say(finding.code, **finding.details)


def test_neighbours_that_touch_do_not_overlap(session: Session, estate: str) -> None:
    outlines.save(session, "building", building(session, "13号"), footprints.moved(SLAB, 60, 0))
    assert codes(outlines.save(session, "building", building(session, "12号"), SLAB)) == []


def test_an_estate_that_leaves_its_buildings_outside(session: Session, estate: str) -> None:
    outlines.save(session, "building", building(session, "12号"), SLAB)
    done = outlines.save(session, "estate", estate, footprints.moved(SLAB, 500, 0))
    assert codes(done) == ["outline-leaves-out"]


@pytest.mark.parametrize(
    ("shape", "code"),
    [(GROUND.rectangle(0, 0, 2, 2), "outline-small"), (GROUND.rectangle(0, 0, 900, 90), "outline-large"),
     (Plane(0, 0).rectangle(0, 0, 60, 12), "outline-nowhere")],
)  # fmt: skip
def test_sizes_and_places_that_cannot_be_meant(session: Session, estate: str, shape: Geometry, code: str) -> None:
    assert codes(outlines.save(session, "building", building(session, "12号"), shape)) == [code]


# ---------------------------------------------------------------- who, and whose


@pytest.mark.parametrize("role", ["group_head", "leader", "auditor"])
def test_who_may_not_change_the_map_draws_nothing(session: Session, estate: str, role: str) -> None:
    row = building(session, "12号")
    with pytest.raises(Refused):
        outlines.save(replace(session, roles=frozenset({role})), "building", row, SLAB)
    assert shape_of(session, "12号") is None


def test_the_centre_corrects_in_its_own_chain_and_makes_no_places(street: Street) -> None:
    committee = street.committee(1)
    records.add(committee, "building", {"estate": "培花新村", "number": "12号"})
    street.bring(street.centre, street.send(committee))
    centre = street.centre
    estate = places.resolve(centre, "培花新村", "estate")[1]
    row = places.resolve(centre, "培花新村/12号", "building")[1]
    done = outlines.save_split(centre, estate, [row], SLAB)
    assert records.show(centre, "building", row)["geometry"] == SLAB
    for act in (
        lambda: outlines.save_split(centre, estate, [row, "13号"], SLAB),
        lambda: outlines.create(centre, "estate", {"name": "新"}, SLAB),
    ):
        with pytest.raises(UserError, match="outline-new-at-committee"):
            act()
    undoing.undo(centre, done["batch"])
    assert records.show(centre, "building", row).get("geometry") is None


def test_the_boundary_of_a_committee_drawn_at_the_centre(street: Street) -> None:
    one, two = street.committee(1), street.committee(2)
    outlines.save(street.centre, "committee", one.committee_id, SLAB)
    done = outlines.save(street.centre, "committee", two.committee_id, footprints.moved(SLAB, 30, 0))
    assert codes(done) == ["outline-overlaps"]
    with street.centre.db.reading() as connection:
        assert [row["geometry"] is not None for row in committees.known(street.centre, connection)] == [True, True]


# ---------------------------------------------------------------- what is offered next


def test_what_may_get_an_outline_on_each_map(session: Session, estate: str) -> None:
    outlines.save(session, "building", building(session, "12号"), SLAB)
    outlines.create(session, "block", {"estate": estate, "label": "甲幢"}, footprints.moved(SLAB, 0, 99))
    there = outlines.targets(session, "estate", estate)
    assert [(each["entity"], each["name"], each["drawn"]) for each in there] == [
        ("building", "12号", True), ("building", "13号", False), ("block", "甲幢", True), ("estate", "培花新村", False),
    ]  # fmt: skip
    assert [each["name"] for each in outlines.targets(session, "committee", session.committee_id)] == ["培花新村"]
    assert [each["id"] for each in outlines.targets(session, "street", "")] == [session.committee_id]


@pytest.mark.parametrize(
    ("numbers", "after"),
    [
        (["12号", "13号"], "14号"),
        (["13号", "15号"], "17号"),
        (["12号甲"], "13号"),
        (["3幢"], "4幢"),
        ([], ""),
        (["甲"], ""),
    ],
)
def test_the_number_that_comes_next(numbers: list[str], after: str) -> None:
    assert outlines.next_number(numbers) == after

"""Maps by rate, in classes that were set, of groups, of those only that have any: on real encrypted files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.domain import clock
from app.domain.findings import UserError
from app.domain.geometry import Plane
from app.domain.maps import Drawing, Shading
from app.maps import layers
from app.services import map_choice, mapfiles, maps, places, records, report_plan, reports, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.services.test_maps import found, isolate, lived_in, person, square, visit
from tests.street import Street

__all__ = ["lived_in"]
RATED = Shading(per="thousand")
GROUPED = Shading(areas="group")


def leader(session: Session) -> Session:
    return replace(session, roles=frozenset({"leader"}), ring=None)


def grouped(street: Street, of: dict[str, list[Session]]) -> None:
    """The centre's list: which committees belong to which group."""
    with street.centre.writing("create") as writing:
        writing.create("group", [(name, {"name": name}) for name in of])
        writing.create("committee", [
            (each.committee_id, {"name": each.name, "code": each.code, "group": name})
            for name, some in of.items() for each in some
        ])  # fmt: skip


def rates(drawing: Drawing) -> dict[str, float | None]:
    return {thing.label: thing.rate for thing in drawing.things}


# ---------------------------------------------------------------- rates and classes


def test_a_rate_is_of_who_lives_there(lived_in: Session) -> None:
    isolate(lived_in, "甲")
    drawing = maps.draw(lived_in, "committee", colour="isolation", shading=RATED)
    assert rates(drawing) == {"12号": 333.3, "13号": 0.0}
    assert [thing.value for thing in drawing.things] == [1, 0]
    assert (drawing.total, drawing.rate) == (1, 250.0)


def test_households_are_told_per_thousand_people_and_not_of_those_counted(lived_in: Session) -> None:
    visit(lived_in, "培花新村/12号/101", lived_in.now().date())
    drawing = maps.draw(lived_in, "committee", colour="unvisited", shading=RATED)
    assert rates(drawing)["12号"] == 666.7
    assert next(thing for thing in drawing.things if thing.label == "12号").people == 2


def test_where_nobody_lives_the_rate_is_unknown_and_nothing_breaks(lived_in: Session) -> None:
    records.add(lived_in, "building", {"estate": places.resolve(lived_in, "培花新村", "estate")[1], "number": "14号"})
    drawing = maps.draw(lived_in, "committee", colour="party", shading=RATED)
    assert rates(drawing)["14号"] is None
    assert "尚无数据" in [line["label"] for line in layers.of_drawing(drawing)["legend"]["lines"]]


def test_a_committee_without_anybody_has_no_rate_on_the_street(street: Street) -> None:
    empty, full = street.committee(1), street.committee(2)
    with empty.writing("create") as writing:
        writing.create("estate", [("0190a0b0-0000-7000-8000-0000000000e1", {"name": "空小区"})])
    person(full, "12号", "101", "甲", {"party_member": True})
    for each in (empty, full):
        street.bring(street.centre, street.send(each))
    drawing = maps.draw(street.centre, "street", colour="party", shading=RATED)
    assert [(thing.rate, thing.value) for thing in drawing.things] == [(None, 0), (1000.0, 1)]


def test_who_lives_there_is_never_told_per_thousand(lived_in: Session) -> None:
    drawing = maps.draw(lived_in, "committee", shading=RATED)
    assert drawing.shading.per == "count"
    assert rates(drawing) == {"12号": None, "13号": None}


def test_what_the_legend_says_of_rates_and_limits(lived_in: Session) -> None:
    isolate(lived_in, "甲")
    asked = Shading("thousand", "fixed", (2.5, 400), "blue")
    told = layers.of_drawing(maps.draw(lived_in, "committee", colour="isolation", shading=asked))["legend"]
    assert told["title"] == "居家隔离（每千人）"
    assert [(line["label"], line["count"]) for line in told["lines"]] == [
        ("0", "1 栋 · 1 人"), ("0.1–2.4", "0 栋"), ("2.5–399.9", "1 栋 · 3 人"), ("400.0 及以上", "0 栋"),
    ]  # fmt: skip
    assert "合计 1 人，每千人 250.0" in told["said"]


def test_how_many_days_make_a_household_stale_is_said(lived_in: Session) -> None:
    told = layers.of_drawing(maps.draw(lived_in, "committee", colour="stale", days=30))["legend"]["said"]
    assert "30 天以上没有核实" in told


# ---------------------------------------------------------------- only those that have any


def test_what_has_none_is_left_out_of_the_things_and_drawn_faint(lived_in: Session) -> None:
    isolate(lived_in, "甲")
    drawing = maps.draw(lived_in, "committee", colour="isolation", only=True)
    assert [thing.label for thing in drawing.things] == ["12号"]
    assert [thing.label for thing in drawing.aside] == ["13号"]
    told = layers.of_drawing(drawing)
    assert "仅看有居家隔离的 1 栋" in told["legend"]["said"]
    assert [set(each) for each in told["aside"]] == [{"geometry", "placed"}], "no name, no figure"
    assert not layers.stands_as(maps.draw(lived_in, "committee", colour="isolation"), drawing)


# ---------------------------------------------------------------- groups


def test_committees_of_a_group_are_one_area_and_one_sum(street: Street) -> None:
    first, second, third = (street.committee(number) for number in (1, 2, 3))
    for session in (first, second, third):
        person(session, "12号", "101", "甲", {})
        street.bring(street.centre, street.send(session))
    grouped(street, {"培花": [first, second]})
    drawing = maps.draw(street.centre, "street", shading=GROUPED)
    assert {(thing.entity, thing.name, thing.value) for thing in drawing.things} == {
        ("committee", "第3居委会", 1), ("group", "培花", 2),
    }  # fmt: skip
    assert drawing.total == 3
    lines = layers.of_drawing(drawing)["legend"]["lines"]
    assert sum(int(line["count"].split()[0]) for line in lines) == 2


def test_a_group_of_which_one_is_silent_says_so_and_is_hatched(street: Street) -> None:
    first, silent = street.committee(1), street.committee(2)
    person(first, "12号", "101", "甲", {"party_member": True})
    street.bring(street.centre, street.send(first))
    grouped(street, {"培花": [first, silent]})
    drawing = maps.draw(street.centre, "street", colour="party", shading=replace(RATED, areas="group"))
    (group,) = drawing.things
    assert (group.value, group.rate, group.old, group.missing) == (1, 1000.0, True, 1)
    (told,) = layers.of_drawing(drawing)["things"]
    assert told["hatched"] and told["missing"] == "2 个居委会中有 1 个没有数据，数字不完整"
    assert not told["old"], "nothing says that what came is more than two days old"
    said = layers.of_drawing(drawing)["legend"]["said"]
    assert "1 个居委会没有数据，所在片区打斜线" in said
    assert not any("48" in each for each in said)


def test_a_group_is_as_old_as_its_oldest_committee(street: Street) -> None:
    first, second = street.committee(1), street.committee(2)
    for session in (first, second):
        person(session, "12号", "101", "甲", {})
    street.bring(street.centre, street.send(first))
    second.clock = clock.frozen("2020-05-28T08:00")
    person(second, "13号", "101", "乙", {})
    street.bring(street.centre, street.send(second))
    grouped(street, {"培花": [first, second]})
    street.centre.clock = clock.frozen("2020-05-28T09:00")
    (group,) = maps.draw(street.centre, "street", shading=GROUPED).things
    assert (group.until[:10], group.old, group.missing) == ("2020-05-25", True, 0)


def test_the_outline_of_a_group_holds_those_of_its_committees(street: Street) -> None:
    first, second = street.committee(1), street.committee(2)
    grouped(street, {"培花": [first, second]})
    for each, west in ((first, 0), (second, 320)):
        shape = Plane(121.5, 31.2).rectangle(west, 0, 300, 200)
        records.change(street.centre, "committee", each.committee_id, {"geometry": shape})
    (group,) = maps.draw(street.centre, "street", shading=GROUPED).things
    assert group.placed
    assert group.geometry["type"] == "Polygon"  # the road between them is closed


def test_the_way_leads_over_the_group(street: Street) -> None:
    first = street.committee(1)
    person(first, "12号", "101", "甲", {})
    street.bring(street.centre, street.send(first))
    grouped(street, {"培花": [first]})
    steps = maps.above(street.centre, "committee", first.committee_id)
    assert [(level, name) for level, _, name in steps] == [
        ("street", street.centre.name), ("group", "培花"), ("committee", "第1居委会"),
    ]  # fmt: skip
    assert [level for level, _, _ in maps.above(street.centre, "group", "培花")] == ["street", "group"]
    assert [level for level, _, _ in maps.above(first, "committee", first.committee_id)] == ["committee"]


# ---------------------------------------------------------------- who may know totals only


@pytest.mark.parametrize("shading", [Shading(), RATED])
def test_a_reader_of_totals_is_told_no_rate_of_few(lived_in: Session, shading: Shading) -> None:
    isolate(lived_in, "甲")
    drawing = maps.draw(leader(lived_in), "committee", colour="isolation", shading=shading)
    assert all(thing.few and thing.rate is None and thing.value is None for thing in drawing.things)
    assert (drawing.total, drawing.rate) == (None, None)


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize("shading", [Shading(), RATED])
def test_a_map_for_outside_is_that_of_a_reader_of_totals_whoever_makes_it(
    lived_in: Session, shading: Shading, only: bool
) -> None:
    isolate(lived_in, "甲")
    asked: dict[str, Any] = {"colour": "isolation", "shading": shading, "only": only}
    outside = maps.draw(lived_in, "committee", outside=True, **asked)
    assert outside == maps.draw(leader(lived_in), "committee", **asked)
    assert maps.for_outside(maps.draw(lived_in, "committee", **asked)) == outside
    told = layers.of_drawing(outside)["things"]
    assert not any({"people", "count"} & each.keys() or each["text"] != "少于 5 或不公布" for each in told)


# ---------------------------------------------------------------- 幢


def test_buildings_without_an_outline_stand_inside_their_block(lived_in: Session) -> None:
    estate = places.resolve(lived_in, "培花新村", "estate")[1]
    block = records.add(lived_in, "block", {"estate": estate, "label": "3", "geometry": square(121.5)}).id
    for number in ("12号", "13号"):
        records.change(
            lived_in, "building", places.resolve(lived_in, f"培花新村/{number}", "building")[1], {"block": block}
        )
    drawing = maps.draw(lived_in, "committee")
    assert [thing.placed for thing in drawing.things] == [True, True]
    assert drawing.things[0].geometry != drawing.things[1].geometry
    assert [(each.entity, each.name) for each in drawing.blocks] == [("block", "3幢")]
    assert layers.of_drawing(drawing)["blocks"][0]["name"] == "3幢"


# ---------------------------------------------------------------- several chosen


def chosen(session: Session, *numbers: str) -> list[str]:
    return [places.resolve(session, f"培花新村/{number}", "building")[1] for number in numbers]


def test_how_much_is_in_several_buildings(lived_in: Session) -> None:
    assert map_choice.count(lived_in, "building", chosen(lived_in, "12号", "13号")) == {
        "things": 2, "households": 4, "people": 4,
    }  # fmt: skip
    assert map_choice.count(lived_in, "committee", [lived_in.committee_id])["people"] == 4


def test_a_reader_of_totals_is_told_no_people_of_a_choice(lived_in: Session) -> None:
    counted = map_choice.count(leader(lived_in), "building", chosen(lived_in, "12号"))
    assert (counted["things"], counted["households"], counted["people"]) == (1, None, None)


def reported(session: Session, where: map_choice.Where) -> list[str]:
    """Whom a report with such conditions is about."""
    plan = report_plan.plan(session, "居民名册")
    with session.db.reading() as connection:
        rows = reports.people_rows(session, connection, report_plan.conditions(plan, where)["resident"], False)
        return sorted(str(row["name"]) for row in rows)


@pytest.mark.parametrize(("numbers", "names"), [(["13号"], "己戊"), (["12号", "13号"], "丁丙乙己戊甲")])
def test_a_report_can_be_about_just_the_buildings_chosen(lived_in: Session, numbers: list[str], names: str) -> None:
    person(lived_in, "2号", "101", "庚", {})
    where = map_choice.condition(lived_in, chosen(lived_in, *numbers))
    assert "".join(reported(lived_in, where)) == "".join(sorted(names))


def test_buildings_of_two_estates_are_named_by_their_addresses(lived_in: Session) -> None:
    records.add(lived_in, "dwelling", {"estate": "别的小区", "building": "12号", "room": "101"})
    records.add(lived_in, "dwelling", {"estate": "别的小区", "building": "13号", "room": "101"})
    ids = [*chosen(lived_in, "13号"), places.resolve(lived_in, "别的小区/12号", "building")[1]]
    ((field, operator, value),) = map_choice.condition(lived_in, ids)
    assert (field, operator) == ("path", "含")
    assert set(value.split("|")) == {"培花新村13号", "别的小区12号"}


def test_what_no_condition_can_say_is_said(lived_in: Session) -> None:
    estate = places.resolve(lived_in, "培花新村", "estate")[1]
    twin = records.add(lived_in, "building", {"estate": estate, "number": "12号甲"}).id
    records.add(lived_in, "dwelling", {"estate": "别的小区", "building": "5号", "room": "101"})
    records.add(lived_in, "building", {"estate": estate, "number": "5号"})
    other = places.resolve(lived_in, "别的小区/5号", "building")[1]
    with pytest.raises(UserError, match="map-choice-unclear"):
        map_choice.condition(lived_in, [*chosen(lived_in, "12号"), other])
    assert map_choice.condition(lived_in, [twin])
    with pytest.raises(UserError, match="map-choice-unclear"):
        map_choice.condition(lived_in, [])


def test_committees_and_groups_are_named(street: Street) -> None:
    first, second = street.committee(1), street.committee(2)
    grouped(street, {"培花": [first, second]})
    assert map_choice.committees_of(street.centre, ["培花"]) == [("committee", "第1居委会|第2居委会")]
    assert map_choice.committees_of(street.centre, [second.committee_id]) == [("committee", "第2居委会")]


# ---------------------------------------------------------------- by the command line


def test_the_command_line_takes_the_same_choices(
    lived_in: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    isolate(lived_in, "甲")
    folder = lived_in.folder
    workspaces.lock(lived_in)
    password = tmp_path / "p"
    password.write_text(PASSWORD, "utf-8")
    given = ["--data", str(folder), "--account", ACCOUNT, "--password-file", str(password), "--json"]
    asked = ["map", "committee", "--colour", "isolation", "--per", "thousand", "--classes", "fixed", "--steps", "2.5,400",
             "--palette", "blue", "--only", "--out", str(tmp_path / "图.html")]  # fmt: skip
    assert cli.main([*asked, *given]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(each["label"], each["count"], each["people"]) for each in told["legend"]] == [
        ("0.1–2.4", 0, 0), ("2.5–399.9", 1, 3), ("400.0 及以上", 0, 0),
    ]  # fmt: skip
    assert cli.main(["map", "committee", "--classes", "fixed", "--out", str(tmp_path / "b.html"), *given]) != 0
    assert "分界" in "".join(capsys.readouterr())


def test_a_file_says_by_what_it_was_drawn(lived_in: Session, tmp_path: Path) -> None:
    isolate(lived_in, "甲")
    drawing = maps.draw(lived_in, "committee", colour="isolation", shading=RATED, only=True)
    mapfiles.write(lived_in, drawing, tmp_path / "图.html")
    assert "居家隔离（每千人）（仅看有的）" in (tmp_path / "图.html").read_text("utf-8")
    assert found(lived_in, "甲")

"""What maps count, on a real encrypted file: every measure against a count of its own, and who may see what."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.domain import clock, isolation
from app.domain.findings import Refused, UserError
from app.domain.maps import MEASURES
from app.maps.matrix import Mark
from app.services import incidents, map_import, mapfiles, maps, matrix, places, records, summaries, undoing
from app.services.session import Session
from tests.street import Street

TODAY = date(2020, 5, 25)


@pytest.fixture
def lived_in(session: Session) -> Session:
    """Two buildings: 12号 with three households, 13号 with one; one of each kind of person."""
    for building, room, name, more in (
        ("12号", "101", "甲", {"party_member": True}), ("12号", "201", "乙", {"care_groups": ["独居"], "birth_year": 1940}),
        ("12号", "201", "丙", {"status": "去世"}), ("12号", "301", "丁", {}), ("13号", "101", "戊", {"residence_kind": "户籍"}),
        ("13号", "101", "己", {}),
    ):  # fmt: skip
        person(session, building, room, name, more)
    return session


def person(session: Session, building: str, room: str, name: str, more: dict[str, Any]) -> str:
    path = f"培花新村/{building}/{room}"
    try:
        household = places.resolve(session, path, "household")[1]
    except UserError:
        records.add(session, "dwelling", {"estate": "培花新村", "building": building, "room": room})
        household = records.add(session, "household", {"dwelling": path}).id
    return records.add(session, "resident", {"household": household, "name": name, **more}).id


def found(session: Session, name: str) -> str:
    with session.db.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id FROM resident WHERE name = ?", (name,)).fetchall()
    return str(rows[0][0])


def values(session: Session, colour: str, **more: Any) -> dict[str, int | None]:
    drawing = maps.draw(session, "committee", colour=colour, **more)
    return {thing.label: thing.value for thing in drawing.things}


def isolate(session: Session, name: str, start: date = TODAY - timedelta(days=8), state: str = "在管") -> str:
    stages = isolation.to_json(isolation.open_case(isolation.rule_named("14", start), start))
    asked = {
        "resident": found(session, name),
        "rule": "14",
        "start": start.isoformat(),
        "stages": stages,
        "state": state,
    }
    return records.add(session, "isolation_case", asked).id


def visit(session: Session, path: str, on: date, result: str = "登记", mode: str = "上门") -> None:
    household = places.resolve(session, path, "household")[1]
    records.add(session, "visit", {"household": household, "on": on.isoformat(), "result": result, "mode": mode})


def happened(session: Session, **more: str) -> str:
    told = {"kind": "求助", "what": "有事", "state": "已接报", "reported_at": clock.written(session.now()), **more}
    return records.add(session, "incident", told).id


def home(session: Session, room: str) -> str:
    return places.resolve(session, f"培花新村/12号/{room}", "household")[1]


def incident_marks(session: Session, room: str) -> list[Mark]:
    cell = next(each for each in matrix.of(session, "培花新村/12号").cells if each.room == room)
    return [mark for mark in cell.marks if mark.key == "incident"]


# ---------------------------------------------------------------- measures


def test_who_lives_here_is_counted_by_building(lived_in: Session) -> None:
    assert values(lived_in, "residents") == {"12号": 3, "13号": 1}


def test_party_and_elderly_alone(lived_in: Session) -> None:
    assert values(lived_in, "party") == {"12号": 1, "13号": 0}
    assert values(lived_in, "elderly-alone") == {"12号": 1, "13号": 0}


def test_somebody_young_who_lives_alone_is_not_elderly(lived_in: Session) -> None:
    person(lived_in, "13号", "102", "庚", {"care_groups": ["独居"], "birth_year": 1985})
    assert values(lived_in, "elderly-alone")["13号"] == 0


def test_returned_includes_from_abroad_and_counts_a_person_once(lived_in: Session) -> None:
    for name, overseas in (("甲", False), ("甲", False), ("丁", True)):
        records.add(lived_in, "arrival", {"resident": found(lived_in, name), "origin": "武汉", "overseas": overseas})
    assert values(lived_in, "returnees") == {"12号": 2, "13号": 0}
    assert values(lived_in, "overseas") == {"12号": 1, "13号": 0}


@pytest.mark.parametrize(("state", "counts"), [("在管", 1), ("待接", 1), ("期满待解除", 1), ("已解除", 0), ("转院", 0)])
def test_only_running_cases_count(lived_in: Session, state: str, counts: int) -> None:
    isolate(lived_in, "甲", state=state)
    assert values(lived_in, "isolation")["12号"] == counts


def test_unvisited_counts_households_in_which_somebody_lives(lived_in: Session) -> None:
    assert values(lived_in, "unvisited") == {"12号": 3, "13号": 1}
    visit(lived_in, "培花新村/12号/101", TODAY)
    visit(lived_in, "培花新村/12号/201", TODAY, "无人")
    assert values(lived_in, "unvisited") == {"12号": 2, "13号": 1}


@pytest.mark.parametrize(
    ("ago", "mode", "stale"),
    [(90, "上门", 0), (91, "上门", 1), (45, "楼组长代报", 0), (46, "楼组长代报", 1), (1, "门卫", 1)],
)
def test_stale_follows_the_rule_of_freshness(lived_in: Session, ago: int, mode: str, stale: int) -> None:
    visit(lived_in, "培花新村/13号/101", TODAY - timedelta(days=ago), mode=mode)
    assert values(lived_in, "stale")["13号"] == stale


@pytest.mark.parametrize(
    ("state", "counts"),
    [("已接报", 1), ("处置中", 1), ("已到场", 1), ("已办结", 0), ("已回访", 0), ("已改派", 0), ("已撤销", 0)],
)
def test_only_incidents_that_wait_for_somebody_count(lived_in: Session, state: str, counts: int) -> None:
    happened(lived_in, state=state, household=home(lived_in, "101"))
    assert values(lived_in, "incidents") == {"12号": counts, "13号": 0}


def test_closed_but_nobody_called_back_still_counts(lived_in: Session) -> None:
    happened(lived_in, state="已办结", household=home(lived_in, "101"), reporter_name="王")
    assert values(lived_in, "incidents")["12号"] == 1


def test_an_incident_lies_where_it_says_else_where_its_people_live(lived_in: Session) -> None:
    stairs = places.resolve(lived_in, "培花新村/13号", "building")[1]
    for where in (
        {"household": home(lived_in, "101")}, {"resident": found(lived_in, "丁")}, {"building": stairs},
        {"building": stairs, "resident": found(lived_in, "丁")},
    ):  # fmt: skip
        happened(lived_in, **where)
    happened(lived_in, place="中心花园")
    drawing = maps.draw(lived_in, "committee", colour="incidents")
    assert {thing.label: (thing.value, thing.people) for thing in drawing.things} == {"12号": (2, 3), "13号": (2, 1)}
    assert (drawing.total, drawing.elsewhere) == (5, 1)
    assert maps.draw(lived_in, "street", colour="incidents").total == 5


def test_a_repeat_counts_once_and_alone_again_when_the_first_is_withdrawn(lived_in: Session) -> None:
    at = home(lived_in, "101")
    first = happened(lived_in, household=at)
    happened(lived_in, household=at, same_as=first)
    assert values(lived_in, "incidents")["12号"] == 1
    records.change(lived_in, "incident", first, {"state": "已撤销"})
    assert values(lived_in, "incidents")["12号"] == 1
    (mark,) = incident_marks(lived_in, "101")
    assert mark.count == 1


def test_who_may_know_totals_only_is_told_no_few_incidents(lived_in: Session) -> None:
    happened(lived_in, household=home(lived_in, "101"))
    happened(lived_in, place="中心花园")
    leader = replace(lived_in, roles=frozenset({"leader"}), ring=None)
    drawing = maps.draw(leader, "committee", colour="incidents")
    assert [thing.value for thing in drawing.things if thing.few] == [None] * sum(thing.few for thing in drawing.things)
    assert all(thing.value != 1 and thing.people is None for thing in drawing.things)
    assert (drawing.total, drawing.elsewhere) == (None, 0)


def test_what_the_centre_noted_for_a_silent_committee_is_on_its_map(street: Street) -> None:
    silent, calm = street.committee(1), street.committee(2)
    incidents.add(street.centre, kind="走失", place="菜场", committee=silent.committee_id)
    shown = {thing.name: thing for thing in maps.draw(street.centre, "street", colour="incidents").things}
    assert (shown[silent.name].value, shown[silent.name].people, shown[silent.name].until) == (1, None, "")
    assert shown[calm.name].value is None
    assert maps.draw(street.centre, "street").total == 0


def test_the_days_of_stale_can_be_asked_for(lived_in: Session) -> None:
    visit(lived_in, "培花新村/13号/101", TODAY - timedelta(days=20))
    assert (values(lived_in, "stale")["13号"], values(lived_in, "stale", days=10)["13号"]) == (0, 1)


@pytest.mark.parametrize("measure", [each.key for each in MEASURES])
def test_legend_and_total_agree_with_the_things(lived_in: Session, measure: str) -> None:
    drawing = maps.draw(lived_in, "committee", colour=measure)
    assert sum(line.count for line in drawing.legend) == len(drawing.things) == 2
    assert drawing.total == sum(thing.value or 0 for thing in drawing.things)


# ---------------------------------------------------------------- levels and rights


def test_from_the_top_to_a_building_and_back(lived_in: Session) -> None:
    building = places.resolve(lived_in, "培花新村/12号", "building")[1]
    steps = maps.above(lived_in, "building", building)
    assert [(level, name) for level, _, name in steps] == [
        ("committee", lived_in.name), ("estate", "培花新村"), ("building", "12号"),
    ]  # fmt: skip
    assert maps.draw(lived_in, "estate", steps[1][1]).name == "培花新村"


def test_a_leader_sees_totals_but_no_small_count_and_no_door(lived_in: Session) -> None:
    building = places.resolve(lived_in, "培花新村/12号", "building")[1]
    leader = replace(lived_in, roles=frozenset({"leader"}), ring=None)
    drawing = maps.draw(leader, "committee", colour="residents")
    assert [thing.value for thing in drawing.things] == [None, None]
    assert all(thing.few for thing in drawing.things)
    assert drawing.total is None
    with pytest.raises(Refused):
        matrix.of(leader, building)


@pytest.mark.parametrize("role", ["administrator", "auditor", "line"])
def test_who_has_no_business_with_maps_is_refused(lived_in: Session, role: str) -> None:
    with pytest.raises(Refused):
        maps.draw(replace(lived_in, roles=frozenset({role})), "committee")


@pytest.mark.parametrize(
    ("level", "ref", "code"),
    [("planet", "", "map-level"), ("estate", "无此小区", "path-unknown"), ("committee", "无此居委", "committee-unknown"),
     ("group", "无此片区", "path-unknown")],
)  # fmt: skip
def test_what_is_not_there_is_said(lived_in: Session, level: str, ref: str, code: str) -> None:
    with pytest.raises(UserError) as refused:
        maps.draw(lived_in, level, ref)
    assert refused.value.code == code


def test_the_street_shows_what_came_how_old_it_is_and_who_is_silent(tmp_path: Path) -> None:
    street = Street(tmp_path)
    first, _ = street.committee(1), street.committee(2)
    person(first, "12号", "101", "甲", {})
    street.bring(street.centre, street.send(first))
    drawing = maps.draw(street.centre, "street")
    assert [(thing.name, thing.value, thing.old) for thing in drawing.things] == [
        ("第1居委会", 1, False), ("第2居委会", None, False),
    ]  # fmt: skip
    assert [line.cls.kind for line in drawing.legend] == ["range", "unknown"]
    street.centre.clock = clock.frozen("2020-05-28T09:00")
    assert [thing.old for thing in maps.draw(street.centre, "street").things] == [True, False]
    assert drawing.until.startswith("2020-05-25T09:00")
    inside = maps.draw(street.centre, "committee", "第1居委会")
    assert [thing.label for thing in inside.things] == ["12号"]
    street.close()


# ---------------------------------------------------------------- the matrix


def marks(session: Session, room: str, **more: Any) -> list[str]:
    cell = next(each for each in matrix.of(session, "培花新村/12号", **more).cells if each.room == room)
    return [mark.key for mark in cell.marks]


def test_a_door_s_marks_and_state(lived_in: Session) -> None:
    records.add(lived_in, "arrival", {"resident": found(lived_in, "丁"), "origin": "伦敦", "overseas": True})
    isolate(lived_in, "丁")
    visit(lived_in, "培花新村/12号/101", TODAY, "拒访")
    shown = {cell.room: cell for cell in matrix.of(lived_in, "培花新村/12号").cells}
    assert [mark.key for mark in shown["301"].marks] == ["overseas", "isolation", "unvisited"]
    assert (shown["301"].state, shown["101"].state) == ("isolation", "refused")
    assert marks(lived_in, "201") == ["alone", "unvisited"]
    assert shown["201"].people == 1  # the dead man is not counted


def test_the_ring_says_the_day_and_whether_a_check_is_owed(lived_in: Session) -> None:
    case = isolate(lived_in, "甲")
    lived_in.clock = clock.frozen("2020-05-25T09:00")
    (ring,) = [
        mark for cell in matrix.of(lived_in, "培花新村/12号").cells for mark in cell.marks if mark.key == "isolation"
    ]
    assert (ring.day, ring.days, ring.missing) == (9, 14, True)
    for day in range(8):
        for slot in ("am", "pm"):
            on = (TODAY - timedelta(days=8 - day)).isoformat()
            records.add(lived_in, "isolation_check", {"isolation_case": case, "on": on, "slot": slot})
    (ring,) = [
        mark for cell in matrix.of(lived_in, "培花新村/12号").cells for mark in cell.marks if mark.key == "isolation"
    ]
    assert not ring.missing
    lived_in.clock = clock.frozen("2020-05-25T12:30")
    (ring,) = [
        mark for cell in matrix.of(lived_in, "培花新村/12号").cells for mark in cell.marks if mark.key == "isolation"
    ]
    assert ring.missing


def test_a_door_says_of_its_open_incidents_the_one_that_presses_most(lived_in: Session) -> None:
    at = home(lived_in, "101")
    assert incident_marks(lived_in, "101") == [] and matrix.incident_of(lived_in, [at]) is None
    happened(lived_in, household=at, kind="走失")  # the more urgent, not yet late
    late = happened(lived_in, resident=found(lived_in, "甲"), reported_at="2020-05-24T09:00:00+08:00")
    happened(lived_in, household=at, state="已撤销")
    happened(lived_in, household=home(lived_in, "201"), kind="没有这种", urgency="")
    (mark,) = incident_marks(lived_in, "101")
    assert (mark.count, mark.late, mark.missing, mark.kind, mark.urgency) == (2, 1, True, "求助", "一般")
    assert matrix.incident_of(lived_in, [at]) == (mark, late)
    (other,) = incident_marks(lived_in, "201")
    assert (other.kind, other.missing, other.count) == ("其他", False, 1)
    assert marks(lived_in, "201") == ["alone", "unvisited", "incident"]


def test_incidents_at_no_door_are_counted_beside_the_doors(lived_in: Session) -> None:
    building = places.resolve(lived_in, "培花新村/12号", "building")[1]
    happened(lived_in, building=building)
    happened(lived_in, household=home(lived_in, "101"), building=building)
    shown = matrix.of(lived_in, "培花新村/12号", colour="incidents")
    assert (shown.elsewhere, [cell.room for cell in shown.cells if cell.asked]) == (1, ["101"])
    assert values(lived_in, "incidents")["12号"] == 2
    assert matrix.of(lived_in, "培花新村/13号").elsewhere == 0


def test_what_another_pc_wrote_badly_marks_its_door_and_breaks_nothing(lived_in: Session) -> None:
    with lived_in.writing("create") as writing:
        writing.create("incident", [("0190a0b0-0000-7000-8000-00000000000a", {
            "household": home(lived_in, "101"), "kind": "？", "state": "什么", "reported_at": "昨天", "urgency": "!",
            "same_as": "nowhere",
        })])  # fmt: skip
    (mark,) = incident_marks(lived_in, "101")
    assert (mark.kind, mark.state, mark.missing) == ("其他", "已接报", True)
    assert values(lived_in, "incidents")["12号"] == 1


def test_every_key_stands_in_the_page_of_commands_and_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
    (line,) = (each for each in page.splitlines() if each.startswith("| `map street"))
    with pytest.raises(SystemExit):
        cli.main(["map", "--help"])
    told = "".join(capsys.readouterr().out.split())
    assert [key for key in (each.key for each in MEASURES) if key not in line or key not in told] == []


def test_party_stands_there_only_on_request(lived_in: Session) -> None:
    assert "party" not in marks(lived_in, "101")
    assert "party" in marks(lived_in, "101", also=["party"])
    assert "party" in marks(lived_in, "101", colour="party")


def test_a_measure_lets_its_doors_stand_out(lived_in: Session) -> None:
    shown = matrix.of(lived_in, "培花新村/12号", colour="elderly-alone")
    assert [cell.room for cell in shown.cells if cell.asked] == ["201"]
    assert [(state, doors) for state, doors, _ in shown.legend] == [("unvisited", 1), ("other", 2)]


def test_sensitive_groups_never_become_marks(lived_in: Session) -> None:
    before = marks(lived_in, "101", also=["party", "let", "vacant"])
    records.change(lived_in, "resident", found(lived_in, "甲"), {"care_groups_sensitive": ["精神障碍"]})
    assert marks(lived_in, "101", also=["party", "let", "vacant"]) == before


def test_a_vacant_flat_and_one_that_nobody_is_on_record_for(lived_in: Session) -> None:
    records.add(lived_in, "dwelling", {"estate": "培花新村", "building": "12号", "room": "401", "state": "空置"})
    records.add(lived_in, "dwelling", {"estate": "培花新村", "building": "12号", "room": "402"})
    states = {cell.room: cell.state for cell in matrix.of(lived_in, "培花新村/12号").cells}
    assert (states["401"], states["402"]) == ("vacant", "nobody")


# ---------------------------------------------------------------- maps out


def square(west: float) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[west, 31], [west + 0.001, 31], [west + 0.001, 31.001], [west, 31]]]}


def geojson(folder: Path, *features: tuple[dict[str, Any], dict[str, Any]]) -> Path:
    file = folder / "图.geojson"
    told = [{"type": "Feature", "properties": names, "geometry": shape} for names, shape in features]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": told}), "utf-8")
    return file


@pytest.mark.parametrize("suffix", ["html", "png", "pdf"])
def test_a_map_as_a_file_is_an_entry(lived_in: Session, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"图.{suffix}"
    done = mapfiles.write(lived_in, maps.draw(lived_in, "committee", colour="party"), out)
    assert out.stat().st_size > 1_000
    assert [line["count"] for line in done["legend"]] == [1, 1]
    with lived_in.db.reading() as connection:
        from app.db import history

        last = history.acts(connection, lived_in.committee_id, actions=("export",), limit=1)[0]
    assert last["entity"] == "committee"
    assert (last["said"]["colour"], last["said"]["persons"]) == ("party", 4)


def test_another_kind_of_file_is_refused_before_anything_is_written(lived_in: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        mapfiles.write(lived_in, maps.draw(lived_in, "committee"), tmp_path / "图.bmp")
    assert refused.value.code == "map-out"
    assert list(tmp_path.glob("图*")) == []


def test_a_group_shows_its_committees_only(street: Street) -> None:
    first, second = street.committee(1), street.committee(2)
    for session in (first, second):
        person(session, "12号", "101", "甲", {})
        street.bring(street.centre, street.send(session))
    with street.centre.writing("create") as writing:
        writing.create("group", [("g1", {"name": "培花"})])
        writing.create("committee", [(first.committee_id, {"name": first.name, "code": first.code, "group": "g1"})])
    assert [thing.name for thing in maps.draw(street.centre, "group", "培花").things] == ["第1居委会"]
    assert len(maps.draw(street.centre, "street").things) == 2


def test_a_committee_that_was_merged_into_another_is_not_drawn(street: Street) -> None:
    street.committee(1)
    with street.centre.writing("create") as writing:
        writing.create("committee", [("old", {"name": "旧居委会", "code": "310115016024", "until": "2019-12-31"})])
    assert [thing.name for thing in maps.draw(street.centre, "street").things] == ["第1居委会"]


# ---------------------------------------------------------------- what fresh eyes found


def test_what_the_centre_writes_makes_nobody_s_data_newer(street: Street, tmp_path: Path) -> None:
    first, _silent = street.committee(1), street.committee(2)
    person(first, "12号", "101", "甲", {})
    street.bring(street.centre, street.send(first))
    street.centre.clock = clock.frozen("2020-05-28T09:00")
    file = geojson(tmp_path, ({"name": "第1居委会"}, square(121.5)), ({"name": "第2居委会"}, square(121.6)))
    done = map_import.import_layer(street.centre, file, "boundary")
    assert (done["matched"], done["batch"], len(done["batches"])) == (2, "", 2)  # no 撤销 that would take back half
    records.change(street.centre, "resident", found(street.centre, "甲"), {"occupation": "教师"})
    shown = maps.draw(street.centre, "street").things
    assert [(thing.value, thing.old, thing.placed) for thing in shown] == [(1, True, True), (None, False, True)]
    told = summaries.status(street.centre)["committees"]
    assert [each["data_until"] and each["data_until"][:10] for each in told] == ["2020-05-25", None]
    assert [thing.old for thing in maps.draw(street.centre, "committee", "第1居委会").things] == [True]


def test_a_centre_undoes_its_own_correction_and_nothing_else(street: Street) -> None:
    committee = street.committee(1)
    person(committee, "12号", "101", "甲", {"occupation": "医生"})
    street.bring(street.centre, street.send(committee))
    done = records.change(street.centre, "resident", found(street.centre, "甲"), {"occupation": "教师"})
    last = undoing.last(street.centre)
    assert last is not None and last["batch"] == done.batch
    undone = undoing.undo(street.centre, done.batch)
    assert records.show(street.centre, "resident", found(street.centre, "甲"))["occupation"] == "医生"
    again = undoing.last_undone(street.centre)
    assert again is not None and again["batch"] == undone["batch"]
    undoing.undo(street.centre, undone["batch"])
    assert records.show(street.centre, "resident", found(street.centre, "甲"))["occupation"] == "教师"


def test_a_committee_speaks_of_itself_only(street: Street) -> None:
    one, two = street.committee(1), street.committee(2)
    with one.writing("create") as writing:
        writing.create("committee", [(two.committee_id, {"name": "不存在", "code": two.code, "until": "2019-12-31"})])
    street.bring(street.centre, street.send(one))
    assert [thing.name for thing in maps.draw(street.centre, "street").things] == ["第1居委会", "第2居委会"]


def test_who_stands_on_no_building_is_counted_and_said(lived_in: Session) -> None:
    building = places.resolve(lived_in, "培花新村/13号", "building")[1]
    with lived_in.writing("delete") as writing:
        writing.set_deleted("building", building, True)
    whole, own = maps.draw(lived_in, "street"), maps.draw(lived_in, "committee")
    assert (whole.total, own.total, own.elsewhere) == (4, 4, 1)
    dwelling = places.resolve(lived_in, "培花新村/12号/101", "dwelling")[1]
    records.change(lived_in, "dwelling", dwelling, {"building": None})
    for measure in MEASURES:
        maps.draw(lived_in, "committee", colour=measure.key)
    assert maps.draw(lived_in, "committee").total == 4


def test_a_building_without_an_estate_is_drawn_and_leads_back(lived_in: Session) -> None:
    building = places.resolve(lived_in, "培花新村/13号", "building")[1]
    records.change(lived_in, "building", building, {"estate": None})
    assert maps.draw(lived_in, "committee").total == 4
    assert [level for level, _, _ in maps.above(lived_in, "building", building)] == ["committee", "building"]


@pytest.mark.parametrize("shape", ['"x"', '{"type":"Nope"}', '{"type":"Point","coordinates":["a"]}'])
def test_an_outline_that_is_none_is_not_taken_and_one_from_elsewhere_breaks_no_map(
    lived_in: Session, shape: str
) -> None:
    building = places.resolve(lived_in, "培花新村/12号", "building")[1]
    with pytest.raises(UserError, match="shape-invalid"):
        records.change(lived_in, "building", building, {"geometry": json.loads(shape)})
    with lived_in.writing("change") as writing:  # as a bundle of a hostile device would bring it
        writing.change("building", building, {"geometry": json.loads(shape)})
    assert not any(thing.placed for thing in maps.draw(lived_in, "committee").things)
    records.change(lived_in, "building", building, {"geometry": square(121.5)})
    assert any(thing.placed for thing in maps.draw(lived_in, "committee").things)


def test_an_estate_as_a_point_is_no_outline(lived_in: Session, tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [121.5, 31.2]}
    records.change(lived_in, "estate", "培花新村", {"geometry": point})
    drawing = maps.draw(lived_in, "committee")
    assert [around.geometry["type"] for around in drawing.around] == ["Polygon"]
    assert mapfiles.write(lived_in, drawing, tmp_path / "p.pdf")["out"]


@pytest.mark.parametrize("colour", ["unvisited", "stale", "isolation", "elderly-alone", "party", "returnees"])
def test_the_doors_that_stand_out_are_those_that_the_map_counts(lived_in: Session, colour: str) -> None:
    visit(lived_in, "培花新村/12号/101", TODAY - timedelta(days=3))
    visit(lived_in, "培花新村/12号/101", TODAY, "拒访")
    visit(lived_in, "培花新村/12号/201", TODAY - timedelta(days=200))
    records.add(lived_in, "arrival", {"resident": found(lived_in, "丁"), "origin": "武汉"})
    isolate(lived_in, "甲")
    counted = values(lived_in, colour)["12号"]
    asked = [cell for cell in matrix.of(lived_in, "培花新村/12号", colour=colour).cells if cell.asked]
    assert len(asked) == counted > 0


def test_when_no_door_matches_all_stay_legible_and_that_is_said(lived_in: Session) -> None:
    shown = matrix.of(lived_in, "培花新村/12号", colour="isolation")
    assert shown.none_asked and all(cell.asked for cell in shown.cells)

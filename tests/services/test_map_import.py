"""Map files coming in, on real encrypted workspaces: what is sure is written, the rest is a person's; one undo takes it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.db import present
from app.domain.findings import Refused, UserError
from app.domain.map_choices import Choice
from app.services import committees, ground, map_import, maps, places, records, undoing
from app.services.map_import import MapPlan
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.exchange import drawn_files
from tests.street import Street

SHARED = Path(__file__).parents[3] / "shared" / "data" / "map"
real = pytest.mark.skipif(not SHARED.exists(), reason="shared/data/map is not beside the project")
LIANYANG = (
    "天安花园", "联洋新苑", "当代清水园", "联洋花园", "金樽花园/金色维也纳", "御翠园", "四季雅苑", "中邦晶座", "吉云公寓", "仁恒河滨城", "浦东虹桥花园", "联洋年华园",
)  # fmt: skip


@pytest.fixture
def lived_in(session: Session) -> Session:
    """Two buildings of one estate."""
    for building in ("12号", "13号"):
        records.add(session, "dwelling", {"estate": "培花新村", "building": building, "room": "101"})
    return session


def square(west: float, south: float = 31.0, size: float = 0.001) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[
        [west, south], [round(west + size, 7), south], [round(west + size, 7), round(south + size, 7)], [west, south],
    ]]}  # fmt: skip


def geojson(folder: Path, *features: tuple[dict[str, Any], dict[str, Any]], **whole: Any) -> Path:
    file = folder / "图.geojson"
    told = [{"type": "Feature", "properties": names, "geometry": shape} for names, shape in features]
    file.write_text(json.dumps({"type": "FeatureCollection", **whole, "features": told}), "utf-8")
    return file


def looked(session: Session, file: Path, target: str, **more: Any) -> MapPlan:
    return map_import.preview(session, map_import.open_file(session, file), 0, target, **more)


def outline(session: Session, path: str, entity: str = "building") -> Any:
    row = places.resolve(session, path, entity)[1]
    with session.db.reading() as connection:
        return (present.one(connection, session.committee_id, entity, row) or {}).get("geometry")


# ---------------------------------------------------------------- what is sure


def test_outlines_are_matched_written_undone_and_not_written_twice(lived_in: Session, tmp_path: Path) -> None:
    file = geojson(
        tmp_path,
        ({"number": "12"}, square(121.5)),
        ({"number": "99"}, square(121.6)),
        ({"number": "12号"}, square(121.7)),
    )
    done = map_import.import_layer(lived_in, file, "buildings")
    assert (done["features"], done["matched"], done["changed"], done["crs"]) == (3, 1, 1, "EPSG:4326")
    assert [finding.code for finding in done["findings"]] == ["map-not-found", "map-twice"]
    placed = {thing.label: thing.placed for thing in maps.draw(lived_in, "committee").things}
    assert placed == {"12号": True, "13号": False}
    assert map_import.import_layer(lived_in, file, "buildings")["batch"] == ""
    undoing.undo(lived_in, done["batch"])
    assert not any(thing.placed for thing in maps.draw(lived_in, "committee").things)


def test_a_number_that_fits_two_buildings_is_not_guessed(lived_in: Session, tmp_path: Path) -> None:
    records.add(lived_in, "dwelling", {"estate": "别的小区", "building": "12号", "room": "101"})
    done = map_import.import_layer(lived_in, geojson(tmp_path, ({"number": "12"}, square(121.5))), "buildings")
    assert [finding.code for finding in done["findings"]] == ["map-several"]
    assert [each["name"] for each in done["proposals"][0]["of"][:2]] == ["别的小区 12号", "培花新村 12号"]
    named = geojson(tmp_path, ({"number": "12", "estate": "培花新村"}, square(121.5)))
    assert map_import.import_layer(lived_in, named, "buildings")["matched"] == 1


def test_estates_and_the_committee_get_their_outlines(lived_in: Session, tmp_path: Path) -> None:
    estates = geojson(tmp_path, ({"name": "培花新村"}, square(121.5)))
    assert map_import.import_layer(lived_in, estates, "estates")["matched"] == 1
    boundary = geojson(tmp_path, ({"code": lived_in.code}, square(121.5)))
    assert map_import.import_layer(lived_in, boundary, "boundary")["matched"] == 1
    assert [around.placed for around in maps.draw(lived_in, "committee").around] == [True]
    with lived_in.db.reading() as connection:
        assert committees.known(lived_in, connection)[0]["geometry"] == square(121.5)


def test_a_block_gets_its_outline(lived_in: Session, tmp_path: Path) -> None:
    records.add(lived_in, "block", {"estate": "培花新村", "label": "3幢"})
    file = geojson(tmp_path, ({"幢号": "3栋", "小区": "培花新村"}, square(121.5)))
    assert map_import.import_layer(lived_in, file, "blocks")["matched"] == 1


def test_one_outline_of_several_doors_is_every_door_s(lived_in: Session, tmp_path: Path) -> None:
    done = map_import.import_layer(lived_in, geojson(tmp_path, ({"number": "12-13号"}, square(121.5))), "buildings")
    assert (done["matched"], done["changed"]) == (1, 2)
    assert outline(lived_in, "培花新村/12号") == outline(lived_in, "培花新村/13号") == square(121.5)


def test_a_boundary_drawn_at_the_centre_shows_for_committees_that_sent_nothing(tmp_path: Path) -> None:
    street = Street(tmp_path)
    committee = street.committee(1)
    records.add(committee, "dwelling", {"estate": "培花新村", "building": "12号", "room": "101"})
    street.bring(street.centre, street.send(committee))
    file = geojson(tmp_path, ({"name": "第1居委会"}, square(121.5)))
    assert map_import.import_layer(street.centre, file, "boundary")["matched"] == 1
    assert [thing.placed for thing in maps.draw(street.centre, "street").things] == [True]
    with pytest.raises(UserError, match="map-new-at-centre"):
        map_import.import_layer(
            street.centre, geojson(tmp_path, ({"name": "新苑"}, square(121.5))), "estates", new=True
        )
    street.close()


# ---------------------------------------------------------------- what a person decides


def test_nothing_is_written_by_looking(lived_in: Session, tmp_path: Path) -> None:
    file = geojson(tmp_path, ({"number": "12"}, square(121.5)), ({"number": "99"}, square(121.6)))
    plan = looked(lived_in, file, "buildings")
    assert [bool(row.found.targets) for row in plan.rows] == [True, False]
    done = map_import.import_layer(lived_in, file, "buildings", dry_run=True)
    assert (done["matched"], done["changed"], done["batch"]) == (1, 1, "")
    assert outline(lived_in, "培花新村/12号") is None


def test_a_person_s_word_goes_over_what_was_matched(lived_in: Session, tmp_path: Path) -> None:
    plan = looked(
        lived_in, geojson(tmp_path, ({"number": "12"}, square(121.5)), ({"number": "77"}, square(121.6))), "buildings"
    )
    twelve = plan.rows[0].found.targets
    done = map_import.apply(lived_in, plan, choices={2: Choice("to", twelve)})
    assert [(finding.code, finding.row) for finding in done["findings"]] == [("map-twice", 1)]
    assert outline(lived_in, "培花新村/12号") == square(121.6)


def test_two_outlines_for_one_place_are_refused_and_nothing_is_written(lived_in: Session, tmp_path: Path) -> None:
    plan = looked(
        lived_in, geojson(tmp_path, ({"number": "12"}, square(121.5)), ({"number": "77"}, square(121.6))), "buildings"
    )
    to = Choice("to", plan.rows[0].found.targets)
    with pytest.raises(UserError, match="map-chosen-twice"):
        map_import.apply(lived_in, plan, choices={1: to, 2: to})
    assert outline(lived_in, "培花新村/12号") is None


def test_new_places_lie_in_the_same_step_and_go_with_it(lived_in: Session, tmp_path: Path) -> None:
    file = geojson(
        tmp_path, ({"number": "12"}, square(121.5)), ({"number": "14", "小区": "培花新村"}, square(121.6)),
        ({"number": "15", "路弄": "东路9弄"}, square(121.61)), ({"name": "金茂大厦"}, square(121.62)), ({}, square(121.63)),
    )  # fmt: skip
    plan = looked(lived_in, file, "buildings")
    done = map_import.apply(lived_in, plan, choices={
        2: Choice("new"), 3: Choice("new", estate="新的苑"), 4: Choice("new", estate="新的苑"), 5: Choice("ground"),
    })  # fmt: skip
    assert (done["matched"], done["changed"], done["new"], done["ground"]) == (1, 1, 3, 1)
    assert outline(lived_in, "新的苑/东路9弄/15号") == square(121.61)
    assert outline(lived_in, "新的苑/金茂大厦") == square(121.62)
    assert [(each.kind, each.title, each.about["count"]) for each in ground.layers(lived_in)] == [
        ("footprints", "图", 1)
    ]
    undoing.undo(lived_in, done["batch"])
    assert [each["name"] for each in places.estates(lived_in)] == ["培花新村"]
    assert outline(lived_in, "培花新村/12号") is None


def test_a_new_building_has_the_id_that_a_roster_gives_it(lived_in: Session, tmp_path: Path) -> None:
    file = geojson(tmp_path, ({"number": "14", "小区": "培花新村", "路弄": "901弄"}, square(121.6)))
    map_import.import_layer(lived_in, file, "buildings", new=True)
    with pytest.raises(UserError, match="already-there"):
        records.add(lived_in, "building", {"estate": "培花新村", "lane": "901弄", "number": "14"})


def test_a_building_within_a_known_estate_is_made_there(lived_in: Session, tmp_path: Path) -> None:
    records.change(lived_in, "estate", "培花新村", {"geometry": square(121.5)})
    inside, outside = square(121.5006, 31.0001, 0.0001), square(121.9)
    done = map_import.import_layer(
        lived_in, geojson(tmp_path, ({"number": "14"}, inside), ({"number": "15"}, outside)), "buildings", new=True
    )
    assert done["new"] == 1 and outline(lived_in, "培花新村/14号") == inside
    assert [(finding.code, finding.row) for finding in done["findings"]] == [("map-new-estate", 2)]


def test_a_doubtful_outline_is_not_made_anew(lived_in: Session, tmp_path: Path) -> None:
    records.add(lived_in, "dwelling", {"estate": "别的小区", "building": "12号", "room": "101"})
    done = map_import.import_layer(
        lived_in, geojson(tmp_path, ({"number": "12"}, square(121.5))), "buildings", new=True, estate="培花新村"
    )
    assert (done["new"], [finding.code for finding in done["findings"]]) == (0, ["map-several"])


def test_what_was_removed_meanwhile_gets_no_outline(lived_in: Session, tmp_path: Path) -> None:
    plan = looked(lived_in, geojson(tmp_path, ({"number": "12"}, square(121.5))), "buildings")
    with lived_in.writing("delete") as writing:
        writing.set_deleted("building", plan.rows[0].found.targets[0], True)
    with pytest.raises(UserError, match="map-plan-old"):
        map_import.apply(lived_in, plan)


def test_columns_are_chosen_and_remembered(lived_in: Session, tmp_path: Path) -> None:
    file = geojson(
        tmp_path, ({"BH": "12", "name": "无关"}, square(121.5)), ({"BH": "13", "name": "无关"}, square(121.6))
    )
    assert not any(row.found.targets for row in looked(lived_in, file, "buildings").rows)
    plan = looked(lived_in, file, "buildings", columns={"number": "BH"})
    assert map_import.apply(lived_in, plan)["matched"] == 2
    again = looked(lived_in, file, "buildings")
    assert again.columns["number"] == "BH" and all(row.found.targets for row in again.rows)


# ---------------------------------------------------------------- coordinates and layers


def test_coordinates_on_a_plane_are_recognised_near_what_is_known(lived_in: Session, tmp_path: Path) -> None:
    import pyproj

    there = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True).transform
    at = [list(there(x, y)) for x, y in square(121.5)["coordinates"][0]]
    records.change(lived_in, "estate", "培花新村", {"geometry": square(121.5)})
    file = geojson(tmp_path, ({"number": "12"}, {"type": "Polygon", "coordinates": [at]}))
    for asked in ("auto", "EPSG:4549", "+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m"):
        done = map_import.import_layer(lived_in, file, "buildings", crs=asked)
        assert done["matched"] == 1
        drawn = outline(lived_in, "培花新村/12号")["coordinates"][0]
        assert all(abs(a - b) < 1e-6 for point, other in zip(drawn, square(121.5)["coordinates"][0], strict=True)
                   for a, b in zip(point, other, strict=True))  # fmt: skip


def test_a_plane_that_nobody_knows_is_asked_for(lived_in: Session, tmp_path: Path) -> None:
    local = {"type": "Polygon", "coordinates": [[[100, 100], [130, 100], [130, 140], [100, 100]]]}
    file = geojson(tmp_path, ({"number": "12"}, local))
    with pytest.raises(UserError, match="map-crs-none"):
        map_import.import_layer(lived_in, file, "buildings")
    grid = "+proj=tmerc +lat_0=31 +lon_0=121.5 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
    assert map_import.import_layer(lived_in, file, "buildings", crs=grid)["matched"] == 1
    assert outline(lived_in, "培花新村/12号")["coordinates"][0][0] == pytest.approx([121.501, 31.0009], abs=1e-4)


@pytest.mark.parametrize("crs", ["EPSG:999999", "nonsense", "+proj=pipeline +step"])
def test_a_system_that_is_none_is_refused(lived_in: Session, tmp_path: Path, crs: str) -> None:
    file = geojson(tmp_path, ({"number": "12"}, square(121.5)))
    with pytest.raises(UserError, match="map-crs"):
        map_import.import_layer(lived_in, file, "buildings", crs=crs)


RING = [(121.5, 31.0), (121.501, 31.0), (121.501, 31.001), (121.5, 31.0)]


def shapefile(folder: Path) -> Path:
    parts = drawn_files.shapes([([RING], {"LOUHAO": "12号"})])
    return drawn_files.zipped(folder / "图.zip", dict(parts))


def package(folder: Path) -> Path:
    return drawn_files.geopackage(
        folder / "图.gpkg", [(drawn_files.in_package(drawn_files.wkb_polygon(RING)), "12号", 6)]
    )


def placemarks(folder: Path) -> Path:
    return drawn_files.kml(folder / "图.kml", drawn_files.placemark("12号", RING))


def drawn(folder: Path) -> Path:
    document, space = drawn_files.drawing()
    space.add_lwpolyline(RING[:3], close=True, dxfattribs={"layer": "楼"})
    space.add_text("12号", dxfattribs={"layer": "字", "height": 0.0001}).set_placement((121.5006, 31.0003))
    document.saveas(folder / "图.dxf")
    return folder / "图.dxf"


@pytest.mark.parametrize("write", [shapefile, package, placemarks, drawn])
def test_every_kind_of_file_brings_the_same_outline(
    lived_in: Session, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    done = map_import.import_layer(lived_in, write(tmp_path), "buildings", crs="EPSG:4326", columns={"number": "LOUHAO"} if write is shapefile else None)  # fmt: skip
    assert (done["matched"], done["findings"]) == (1, [])
    assert {tuple(point) for point in outline(lived_in, "培花新村/12号")["coordinates"][0]} == set(RING)


def test_what_lies_under_the_map_is_kept_with_its_source(lived_in: Session, tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[121.5, 31.0], [121.6, 31.0]]}
    file = geojson(
        tmp_path, ({"highway": "primary", "name": "东路"}, line), ({"name": "楼"}, square(121.5)), attribution="© 某某"
    )
    done = map_import.import_layer(lived_in, file, "roads")
    assert (done["features"], done["ground"], done["batch"]) == (2, 1, "")
    assert [finding.code for finding in done["findings"]] == ["map-left-out"]
    ((layer, shapes),) = ground.shapes(lived_in)
    assert (layer.kind, layer.source, [(each.name, each.cls) for each in shapes]) == (
        "roads",
        "© 某某",
        [("东路", "primary")],
    )


def test_an_outline_that_fits_no_area_is_a_finding(lived_in: Session, tmp_path: Path) -> None:
    file = geojson(tmp_path, ({"name": "培花新村"}, {"type": "Point", "coordinates": [121.5, 31.0]}))
    done = map_import.import_layer(lived_in, file, "estates")
    assert (done["matched"], [finding.code for finding in done["findings"]]) == (0, ["map-shape-invalid"])


# ---------------------------------------------------------------- rights and the command


def test_a_worker_may_change_the_map_and_a_group_head_and_a_leader_may_not(lived_in: Session, tmp_path: Path) -> None:
    file = geojson(tmp_path, ({"number": "12"}, square(121.5)))
    for role in ("group_head", "leader"):
        with pytest.raises(Refused):
            map_import.import_layer(replace(lived_in, roles=frozenset({role})), file, "buildings")
    assert map_import.import_layer(replace(lived_in, roles=frozenset({"worker"})), file, "buildings")["matched"] == 1


def test_the_command_says_what_it_did(lived_in: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from app.services import workspaces

    folder = lived_in.folder
    workspaces.lock(lived_in)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    file = geojson(tmp_path, ({"BH": "12"}, square(121.5)), ({"BH": "77"}, square(121.6)))
    common = ["--data", str(folder), "--account", ACCOUNT, "--json", "import", "map", str(file), "--layer", "buildings"]
    assert cli.main([*common, "--column", "number=BH", "--dry-run"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["features"], told["matched"], told["batch"], told["crs"]) == (2, 1, "", "EPSG:4326")
    assert cli.main([*common, "--column", "number=BH", "--new", "--estate", "培花新村"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["matched"], told["new"], told["findings"], bool(told["batch"])) == (1, 1, [], True)
    assert cli.main([*common, "--column", "nothing"]) == 2


# ---------------------------------------------------------------- real data


@real
def test_residential_members_drawn_as_one_find_their_estates(session: Session) -> None:
    for name in (*LIANYANG, "御景园"):
        records.add(session, "estate", {"name": name})
    done = map_import.import_layer(
        session, SHARED / "lianyang_residential_members.wgs84.geojson", "estates", parts=True
    )
    assert (done["features"], done["matched"], done["changed"], done["findings"]) == (12, 12, 12, [])
    assert outline(session, "御景园", "estate") is None
    undoing.undo(session, done["batch"])
    assert outline(session, "御翠园", "estate") is None


@real
def test_a_street_s_outline_is_offered_for_a_committee(tmp_path: Path) -> None:
    street = Street(tmp_path)
    street.committee(1)
    plan = looked(street.centre, SHARED / "huamu_weifang_street_proxy.wgs84.geojson", "boundary")
    assert [row.shape.said for row in plan.rows] == ["潍坊", "花木"] and not any(row.found.targets for row in plan.rows)
    done = map_import.apply(street.centre, plan, choices={2: Choice("to", (plan.known[0].id,))})
    assert (done["matched"], [finding.row for finding in done["findings"]]) == (1, [1])
    street.close()


@real
def test_a_quarter_s_buildings_as_shadows_and_as_new_buildings(session: Session) -> None:
    file = SHARED / "lujiazui_buildings_dissolved.geojson"
    assert map_import.open_file(session, file).targets == ("footprints",)
    assert map_import.import_layer(session, file, "footprints")["ground"] == 1_321
    done = map_import.import_layer(session, file, "buildings", new=True, estate="陆家嘴")
    assert (done["features"], done["new"]) == (1_321, 234)
    assert outline(session, "陆家嘴/银城中路/501号") is not None
    undoing.undo(session, done["batch"])
    assert places.estates(session) == []


@real
@pytest.mark.parametrize(
    ("name", "layer", "kept"),
    [("roads", "roads", 1_778), ("water", "water", 97), ("landuse", "green", 100), ("pois", "facilities", 376)],
)
def test_what_lies_under_a_quarter(session: Session, name: str, layer: str, kept: int) -> None:
    file = SHARED / f"lujiazui_{name}.geojson"
    assert map_import.open_file(session, file).targets == (layer,)
    assert map_import.import_layer(session, file, layer)["ground"] == kept

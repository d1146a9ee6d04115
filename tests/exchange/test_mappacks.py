"""What map files call their things: names by any title, whole addresses, parts of one outline, and which layer it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.geometry import Geometry
from app.exchange import map_bases, map_files, mappacks
from app.exchange.map_files import RawFeature, RawLayer

SQUARE: Geometry = {"type": "Polygon", "coordinates": [[[121.5, 31.2], [121.51, 31.2], [121.51, 31.21], [121.5, 31.2]]]}
LINE: Geometry = {"type": "LineString", "coordinates": [[121.5, 31.2], [121.51, 31.2]]}
POINT: Geometry = {"type": "Point", "coordinates": [121.5, 31.2]}
SHARED = Path(__file__).parents[3] / "shared" / "data" / "map"


def feature(row: int = 1, geometry: Geometry = SQUARE, **properties: Any) -> RawFeature:
    return RawFeature(row, geometry, properties)


def layer(*features: RawFeature, name: str = "", source: str = "") -> RawLayer:
    return RawLayer(name, "", list(features), source=source)


def placed(*features: RawFeature) -> list[tuple[RawFeature, Geometry | None]]:
    return [(each, each.geometry) for each in features]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"number": "12"}, ("", "", "12号")), ({"楼号": "12号楼", "小区": "培花新村"}, ("培花新村", "", "12号")),
        ({"addr:housenumber": 12, "addr:street": "丁香路901弄"}, ("", "丁香路901弄", "12号")),
        ({"name": "培花新村12号"}, ("培花新村", "", "12号")), ({"name": "丁香路901弄12号"}, ("", "丁香路901弄", "12号")),
        ({"幢号": "12", "lane": "901"}, ("", "901弄", "12号")), ({"NUMBER": 12.0}, ("", "", "12号")),
        ({"addr_stree": "张杨路", "addr_house": "628弄4-7号"}, ("", "张杨路628弄", "4-7号")),
    ],
)  # fmt: skip
def test_a_building_by_any_of_its_names(properties: dict[str, Any], wanted: tuple[str, ...]) -> None:
    (shape,), findings = mappacks.read(placed(feature(**properties)), "buildings")
    assert (shape.estate, shape.lane, shape.number) == wanted
    assert findings == []


def test_what_a_person_said_of_a_column_goes_over_its_title() -> None:
    one = feature(number="7", 编号="12", name="无关")
    (shape,), _ = mappacks.read(placed(one), "buildings", {"number": "编号", "name": ""})
    assert (shape.number, shape.name) == ("12号", "")


def test_the_columns_that_names_are_read_from_are_told() -> None:
    found = mappacks.guessed(["OBJECTID", "NAME", "addr:housenumber"], {"name": "OBJECTID", "lane": "不在"})
    assert (found["name"], found["number"], found["lane"]) == ("OBJECTID", "addr:housenumber", "")


def test_what_cannot_be_drawn_is_said_with_its_place_and_the_rest_is_read() -> None:
    shapes, findings = mappacks.read(
        [(feature(1, number="1"), None), *placed(feature(2, number="2"), feature(3, LINE))], "buildings"
    )
    assert [shape.row for shape in shapes] == [2]
    assert [(found.code, found.row) for found in findings] == [("map-shape-invalid", 1), ("map-shape-invalid", 3)]


def test_a_closed_line_is_an_area() -> None:
    ring: Geometry = {"type": "LineString", "coordinates": SQUARE["coordinates"][0]}
    (shape,), _ = mappacks.read(placed(feature(1, ring, name="甲苑")), "estates")
    assert shape.geometry == SQUARE


@pytest.mark.parametrize(("target", "count"), [("buildings", 1), ("estates", 0), ("boundary", 0), ("blocks", 0)])
def test_a_point_may_be_a_building_and_nothing_larger(target: str, count: int) -> None:
    assert len(mappacks.read(placed(feature(1, POINT, name="12号")), target)[0]) == count


# ---------------------------------------------------------------- layers and parts


def test_features_of_our_other_layers_are_not_of_this_one_and_a_drawing_s_own_layers_are_no_matter() -> None:
    ours = layer(feature(1, layer="estates", name="甲苑"), feature(2, layer="buildings", number="1"))
    assert [each.row for each in mappacks.of_layer(ours, "estates")] == [1]
    drawing = layer(feature(1, layer="-1"), feature(2, layer="buildings"))
    assert len(mappacks.of_layer(drawing, "footprints")) == 2


@pytest.mark.parametrize(
    ("made", "file", "target"),
    [
        (layer(feature(layer="estates")), "图", "estates"), (layer(feature(1, LINE)), "图", "roads"), (layer(feature(1, POINT)), "图", "facilities"),
        (layer(feature(number="1")), "图", "buildings"), (layer(feature()), "图", "footprints"), (layer(feature(1, LINE), name="水系"), "图", "water"),
        (layer(feature(text="1号"), name="建筑轮廓"), "小区", "buildings"), (layer(feature(name="甲苑")), "小区", "estates"),
        (layer(feature(name="甲"), name="居委会"), "2020", "boundary"), (layer(feature(name="甲")), "绿地", "green"),
    ],
)  # fmt: skip
def test_what_a_layer_most_likely_is(made: RawLayer, file: str, target: str) -> None:
    assert mappacks.guess(made, file) == target


def test_the_parts_of_one_outline_take_the_names_that_a_column_lists() -> None:
    both: Geometry = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]] * 2}
    found = mappacks.in_parts(
        [feature(7, both, members="甲苑、乙苑", others="一、二、三"), feature(8, SQUARE, name="丙苑")]
    )
    assert [(each.row, each.properties["name"]) for each in found] == [(1, "甲苑"), (2, "乙苑"), (3, "丙苑")]
    doubtful = mappacks.in_parts([feature(1, both, members="甲苑、乙苑", others="丙、丁")])
    assert [each.properties for each in doubtful] == [{}, {}]


# ---------------------------------------------------------------- what lies under a map


@pytest.mark.parametrize(
    ("base", "properties", "geometry", "kept"),
    [
        ("roads", {"highway": "primary"}, LINE, True), ("roads", {}, SQUARE, False), ("green", {"kind": "park"}, SQUARE, True),
        ("green", {"kind": "parking"}, SQUARE, False), ("green", {}, SQUARE, True), ("water", {"kind": "swimming_pool"}, SQUARE, False),
        ("facilities", {"kind": "school"}, POINT, True), ("facilities", {"kind": "traffic_signals"}, POINT, False),
        ("footprints", {}, LINE, False),
    ],
)  # fmt: skip
def test_each_layer_takes_what_belongs_to_it(
    base: str, properties: dict[str, Any], geometry: Geometry, kept: bool
) -> None:
    found, left_out = map_bases.kept(placed(feature(1, geometry, **properties)), base)
    assert (len(found), left_out) == (int(kept), int(not kept))


def test_the_most_telling_word_says_what_kind_a_feature_is() -> None:
    assert map_bases.kind_of({"kind": "major_road", "kind_detail": "secondary"}) == "secondary"
    assert map_bases.kind_of({"building": "yes"}) == ""


@pytest.mark.parametrize(
    ("made", "source"),
    [
        (layer(feature(), source="某测绘院"), "某测绘院"), (layer(feature()), ""), (layer(feature(source="openstreetmap.org")), mappacks.OSM),
    ],
)  # fmt: skip
def test_the_maker_of_a_file_is_credited(made: RawLayer, source: str) -> None:
    assert mappacks.source_of(made) == source


@pytest.mark.skipif(not SHARED.exists(), reason="shared/data/map is not beside the project")
@pytest.mark.parametrize("name", sorted(path.name for path in SHARED.glob("*.geojson")) if SHARED.exists() else [])
def test_real_outlines_are_read_or_said(name: str) -> None:
    (made,) = map_files.read_layers(SHARED / name)
    shapes, findings = mappacks.read(placed(*made.features), "buildings")
    assert len(shapes) + len(findings) == len(made.features)

"""Map files of every kind: read as they are, mended where there is one way to, turned away with a reason."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import geometry
from app.domain.findings import UserError
from app.exchange import map_files
from app.exchange.coordinates import recognise, transformer
from app.exchange.map_files import RawLayer, gathering, read_layers
from app.words import knows
from tests.exchange import drawn_files as made
from tests.exchange.drawn_files import METRES, SQUARE, feature, polygon

ROOT = Path(__file__).parents[2]
MAPS = Path("/work/shared/data/map")


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_layers(path)
    assert knows(caught.value.code)
    return caught.value.code


def only(path: Path) -> RawLayer:
    (layer,) = read_layers(path)
    for finding in layer.findings:
        assert knows(finding.code), finding
    return layer


def codes(layer: RawLayer) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.row) for finding in layer.findings]


def same(geometry: dict[str, Any], *rings: Any) -> bool:
    return bool(shapely.equals(shapely.geometry.shape(geometry), shapely.Polygon(rings[0], rings[1:])))


# ---------------------------------------------------------------- GeoJSON


def test_a_collection_keeps_names_numbers_and_source(tmp_path: Path) -> None:
    one = feature({"type": "Polygon", "coordinates": [[[*point, 4.5] for point in SQUARE]]},
                  name="培花新村", floors=6, height=17.5, new=True, tags=["a", {"name": "b"}, 3], nothing=None)  # fmt: skip
    layer = only(made.geojson(tmp_path / "楼.geojson", one, name="楼栋", attribution="© OpenStreetMap contributors"))
    assert (layer.name, layer.source, layer.crs) == ("楼栋", "© OpenStreetMap contributors", "")
    assert layer.columns == ("name", "floors", "height", "new", "tags")
    assert layer.features[0].properties == {
        "name": "培花新村",
        "floors": 6,
        "height": 17.5,
        "new": "true",
        "tags": "a、b",
    }
    assert layer.features[0].geometry == polygon(SQUARE)
    assert geometry.read(layer.features[0].geometry) == polygon(SQUARE)


@pytest.mark.parametrize("kind", ["feature", "bare", "bom", "utf16", "gbk", "lines", "sequence"])
def test_geojson_in_its_other_dresses(tmp_path: Path, kind: str) -> None:
    one = feature(polygon(SQUARE), name="培花新村")
    whole = json.dumps({"type": "FeatureCollection", "features": [one, one]}, ensure_ascii=False)
    line = json.dumps(one, ensure_ascii=False)
    content = {
        "feature": line.encode(), "bare": json.dumps(polygon(SQUARE)).encode(), "bom": b"\xef\xbb\xbf" + whole.encode(),
        "utf16": whole.encode("utf-16"), "gbk": whole.encode("gbk"), "lines": f"{line}\n{line}\n".encode(),
        "sequence": f"\x1e{line}\n\x1e{line}\n".encode(),
    }  # fmt: skip
    path = tmp_path / "x.json"
    path.write_bytes(content[kind])
    layer = only(path)
    assert len(layer.features) == (1 if kind in ("feature", "bare") else 2)
    assert layer.features[0].properties.get("name") == (None if kind == "bare" else "培花新村")


def test_the_older_crs_member_is_told(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4550"}}
    layer = only(made.geojson(tmp_path / "x.geojson", feature(polygon(METRES)), crs=crs))
    assert layer.crs == "urn:ogc:def:crs:EPSG::4550"
    assert (recognise(layer)[0].key, recognise(layer)[0].sure) == ("EPSG:4550", True)


BOW = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]
TURNED = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 9], [11, 9], [11, 9.1], [0, 9.1], [0, 0]]


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (None, "map-geometry-none"),
        ({"type": "Polygon", "coordinates": []}, "map-geometry-none"),
        ({"type": "Point", "coordinates": []}, "map-geometry-none"),
        ({"type": "CircularString", "coordinates": []}, "map-geometry-kind"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, "1"], [1, 1], [0, 0]]]}, "map-geometry-broken"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1e300, 1], [1, 1], [0, 0]]]}, "map-geometry-broken"),
        ({"type": "LineString", "coordinates": [[0, 0], [0, 0]]}, "map-geometry-broken"),
        (polygon([[0, 0], [1, 1], [0, 0]]), "map-geometry-flat"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "map-geometry-flat"),
        (polygon([[x, x % 7] for x in range(50_001)]), "map-geometry-points"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_left_out_and_told_of(tmp_path: Path, shape: Any, code: str) -> None:
    layer = only(
        made.geojson(tmp_path / "x.geojson", feature(polygon(SQUARE)), feature(shape), feature(polygon(SQUARE)))
    )
    assert [each.row for each in layer.features] == [1, 3]
    assert (code, 2) in codes(layer)


def test_an_open_ring_is_closed(tmp_path: Path) -> None:
    layer = only(made.geojson(tmp_path / "x.geojson", feature(polygon(SQUARE[:-1]))))
    assert codes(layer) == [("map-ring-closed", 1)]
    assert layer.features[0].geometry == polygon(SQUARE)


def test_an_area_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    layer = only(made.geojson(tmp_path / "x.geojson", feature(polygon(BOW), name="结")))
    assert codes(layer) == [("map-geometry-mended", 1)]
    shape = shapely.geometry.shape(layer.features[0].geometry)
    assert shape.is_valid and shape.area == pytest.approx(2)
    assert geometry.read(layer.features[0].geometry) and layer.features[0].properties == {"name": "结"}


def test_a_collection_of_things_gives_its_areas(tmp_path: Path) -> None:
    both = {
        "type": "GeometryCollection",
        "geometries": [{"type": "Point", "coordinates": [121.5, 31.2]}, polygon(SQUARE)],
    }
    layer = only(made.geojson(tmp_path / "x.geojson", feature(both)))
    assert (layer.features[0].geometry, codes(layer)) == (polygon(SQUARE), [("map-geometry-mixed", 1)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "map-file-type"), (b"name,floors\n1,2\n", "map-file-type"), (b"{", "map-file-damaged"),
        (b'{"a": 1}', "map-file-type"), (b"[1, 2]", "map-file-type"), (b'{"type": "Topology"}', "map-file-type"),
        (b'{"type": "FeatureCollection", "features": []}', "map-file-empty"),
        (b"[" * 200_000, "map-file-damaged"), (b"PK\x03\x04rest", "map-file-damaged"), (b"AC1032\x00\x00", "map-file-dwg"),
        (b"SQLite format 3\x00" + bytes(100), "map-file-damaged"), (b"\x00\x00\x27\x0a", "map-file-damaged"),
        (b"<html></html>", "map-file-type"), (b"<kml", "map-file-damaged"), (b"  0\nSECTION\n  2\nHEA", "map-file-empty"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "map-file-damaged"), (b"\xff\xfe{", "map-file-type"),
    ],
)  # fmt: skip
def test_what_is_no_map_is_turned_away(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    assert refused(path) == code


def test_a_file_that_is_gone_or_too_large(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.geojson") == "file-missing"
    path = tmp_path / "large.geojson"
    with path.open("wb") as stream:
        stream.truncate(map_files.LARGEST + 1)
    assert refused(path) == "map-file-large"


def test_too_many_features_are_turned_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_FEATURES", 3)
    point = feature({"type": "Point", "coordinates": [121.5, 31.2]})
    assert refused(made.geojson(tmp_path / "x.geojson", *[point] * 4)) == "map-file-points"


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    asked = []
    path = made.geojson(tmp_path / "x.geojson", *[feature({"type": "Point", "coordinates": [121.5, 31.2]})] * 1500)

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(UserError, match="cancelled"):
        read_layers(path, cancelled=stop)


@pytest.mark.skipif(not MAPS.exists(), reason="the data of the street is not here")
@pytest.mark.parametrize("path", sorted(MAPS.glob("*.geojson")), ids=lambda each: each.name)
def test_the_street_that_openstreetmap_knows(path: Path) -> None:
    layer = only(path)
    assert len(layer.features) == len(json.loads(path.read_text("utf-8"))["features"])
    system = recognise(layer)[0]
    placed = transformer(system.key)([each.geometry for each in layer.features])
    assert system.key == "EPSG:4326" and None not in placed
    for each in placed:
        assert each is not None
        if each["type"] in ("Point", "Polygon", "MultiPolygon"):
            assert geometry.read(each) == each


# ---------------------------------------------------------------- Shapefile


HOLE = [[121.5002, 31.2002], [121.5002, 31.2008], [121.5008, 31.2008], [121.5008, 31.2002], [121.5002, 31.2002]]
ROWS = [([SQUARE[::-1], HOLE[::-1]], {"名称": "1号", "层数": 6}), ([METRES[::-1]], {"名称": "2号楼东", "层数": 18})]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("said", ["", "UTF-8", "GBK", "ISO-8859-1"])
def test_a_zipped_shapefile_in_whatever_encoding(tmp_path: Path, encoding: str, said: str) -> None:
    parts: dict[str, Any] = {f"图/{name}": content for name, content in made.shapes(ROWS, encoding=encoding).items()}
    parts["图/楼栋.prj"] = made.CGCS_123
    if said:
        parts["图/楼栋.cpg"] = said
    layer = only(made.zipped(tmp_path / "x.zip", parts))
    assert (layer.name, layer.columns) == ("楼栋", ("名称", "层数"))
    assert [dict(each.properties) for each in layer.features] == [
        {"名称": "1号", "层数": 6},
        {"名称": "2号楼东", "层数": 18},
    ]
    assert same(layer.features[0].geometry, SQUARE, HOLE)
    assert layer.crs == made.CGCS_123


def test_several_shapefiles_in_one_zip_and_one_bare(tmp_path: Path) -> None:
    parts = {**made.shapes(ROWS, stem="a/one"), **made.shapes(ROWS[:1], stem="b/TWO")}
    assert [layer.name for layer in read_layers(made.zipped(tmp_path / "x.zip", parts))] == ["one", "TWO"]
    for name, content in made.shapes(ROWS, stem="楼").items():
        (tmp_path / name).write_bytes(content)
    for name in ("楼.shp", "楼.dbf"):
        assert only(tmp_path / name).features[1].properties["名称"] == "2号楼东"


def test_a_shapefile_without_its_table(tmp_path: Path) -> None:
    parts = {name: content for name, content in made.shapes(ROWS).items() if not name.endswith(".dbf")}
    layer = only(made.zipped(tmp_path / "x.zip", parts))
    assert (len(layer.features), layer.crs, codes(layer)) == (2, "", [("map-no-dbf", None)])


def test_a_shapefile_whose_table_is_short_or_broken(tmp_path: Path) -> None:
    parts = made.shapes(ROWS)
    short = {**parts, "楼栋.dbf": made.shapes(ROWS[:1])["楼栋.dbf"]}
    assert codes(only(made.zipped(tmp_path / "short.zip", short))) == [("map-dbf-short", None)]
    broken = {**parts, "楼栋.dbf": parts["楼栋.dbf"][:40]}
    layer = only(made.zipped(tmp_path / "broken.zip", broken))
    assert len(layer.features) == 2 and ("map-dbf-damaged", None) in codes(layer)


def test_a_deleted_row_of_the_table_moves_no_name(tmp_path: Path) -> None:
    parts = made.shapes([*ROWS, *ROWS])
    table = bytearray(parts["楼栋.dbf"])
    head = struct.unpack_from("<H", table, 8)[0]
    table[head] = 0x2A
    layer = only(made.zipped(tmp_path / "x.zip", {**parts, "楼栋.dbf": bytes(table)}))
    assert [each.properties.get("名称") for each in layer.features] == [None, "2号楼东", "1号", "2号楼东"]


def test_a_shapefile_that_is_cut_off_keeps_what_is_whole(tmp_path: Path) -> None:
    parts = made.shapes(ROWS)
    layer = only(made.zipped(tmp_path / "x.zip", {**parts, "楼栋.shp": parts["楼栋.shp"][:-20]}))
    assert [each.properties["名称"] for each in layer.features] == ["1号"]


def test_zips_that_are_turned_away(tmp_path: Path) -> None:
    inner = made.zipped(tmp_path / "inner.zip", made.shapes(ROWS)).read_bytes()
    assert refused(made.zipped(tmp_path / "nested.zip", {"inner.zip": inner})) == "map-file-zip"
    bomb = made.zipped(tmp_path / "bomb.zip", {"x.shp": bytes(65 << 20)})
    assert refused(bomb) == "map-file-bomb"
    whole = bytearray(made.zipped(tmp_path / "locked.zip", made.shapes(ROWS)).read_bytes())
    at = -1
    while (at := whole.find(b"PK\x01\x02", at + 1)) >= 0:
        whole[at + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(whole)
    assert refused(tmp_path / "locked.zip") == "map-file-encrypted"


def test_a_zip_that_says_less_than_it_holds(tmp_path: Path) -> None:
    path = made.zipped(tmp_path / "x.zip", {"x.shp": bytes(5 << 20)})
    whole = bytearray(path.read_bytes())
    at = whole.find(b"PK\x01\x02")
    whole[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(whole)
    assert refused(path) == "map-file-damaged"


def test_names_that_climb_out_write_nothing(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    path = made.zipped(inside / "x.zip", {f"../../{name}": content for name, content in made.shapes(ROWS).items()})
    assert only(path).name == "楼栋"
    assert [each.name for each in tmp_path.rglob("*")] == ["in", "x.zip"]


# ---------------------------------------------------------------- GeoPackage


def test_a_geopackage(tmp_path: Path) -> None:
    box = (121.5, 121.501, 31.2, 31.201)
    rows = [
        (made.in_package(made.wkb_polygon(SQUARE)), "1号", 6),
        (made.in_package(made.wkb_polygon(SQUARE, HOLE, order=">"), envelope=box), "2号", None),
        (None, "没有", 1), (b"GP\x00\x11" + bytes(4), "空", 1), (made.in_package(b"\x01\x0a\x00\x00\x00"), "曲线", 1),
        (b"nothing at all", "乱", 1),
    ]  # fmt: skip
    layer = only(made.geopackage(tmp_path / "x.gpkg", rows, number=99, code=4490))
    assert (layer.name, layer.crs, layer.columns) == ("楼栋", "EPSG:4490", ("fid", "名称", "层数"))
    assert [dict(each.properties) for each in layer.features] == [
        {"fid": 1, "名称": "1号", "层数": 6},
        {"fid": 2, "名称": "2号"},
    ]
    assert same(layer.features[1].geometry, SQUARE, HOLE)
    assert codes(layer) == [
        ("map-geometry-none", 3),
        ("map-geometry-none", 4),
        ("map-geometry-kind", 5),
        ("map-geometry-kind", 6),
    ]


def test_a_geopackage_is_only_read(tmp_path: Path) -> None:
    path = made.geopackage(tmp_path / "x.gpkg", [(made.in_package(made.wkb_polygon(SQUARE)), "1号", 6)])
    before = path.read_bytes()
    path.chmod(0o444)
    assert len(only(path).features) == 1
    assert path.read_bytes() == before and [each.name for each in tmp_path.iterdir()] == ["x.gpkg"]


ENDLESS = """DROP TABLE houses; CREATE TABLE n (v); INSERT INTO n VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9);
CREATE VIEW houses AS """


@pytest.mark.parametrize(
    ("view", "code"),
    [
        ("SELECT x'00' AS geom, load_extension('x') AS 名称 FROM n", "map-file-damaged"),
        ("WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT x'00' AS geom FROM r WHERE i < 0", "map-file-damaged"),
        ("SELECT x'00' AS geom FROM " + ", ".join(f"n AS n{i}" for i in range(30)) + " WHERE " + " + ".join(f"n{i}.v" for i in range(30)) + " = 999", "map-layer-damaged"),
        ("SELECT zeroblob(900000000) AS geom", "map-file-damaged"),
    ],
)  # fmt: skip
def test_a_geopackage_that_wants_to_run_something(tmp_path: Path, view: str, code: str) -> None:
    path = made.geopackage(tmp_path / "x.gpkg", [], more=ENDLESS + view)
    if code == "map-layer-damaged":
        assert codes(only(path)) == [(code, None)]
    else:
        assert refused(path) == code


def test_a_database_that_is_no_geopackage(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "x.gpkg") as connection:
        connection.execute("CREATE TABLE a (b)")
    connection.close()
    assert refused(tmp_path / "x.gpkg") == "map-file-type"


def test_a_geopackage_that_another_program_writes(tmp_path: Path) -> None:
    path = made.geopackage(tmp_path / "x.gpkg", [(made.in_package(made.wkb_polygon(SQUARE)), "1号", 6)])
    (tmp_path / "x.gpkg-wal").write_bytes(b"more")
    assert codes(only(path)) == [("map-file-open", None)]


@pytest.mark.parametrize(
    "cell",
    [
        struct.pack("<BII", 1, 3, 1 << 31), struct.pack("<BIII", 1, 3, 1, 1 << 31),
        struct.pack("<BII", 1, 7, 1) * 200_000, struct.pack("<BII", 1, 6, 1) * 200_000,
    ],
)  # fmt: skip
def test_counts_that_lie_and_collections_without_end(tmp_path: Path, cell: bytes) -> None:
    assert codes(only(made.geopackage(tmp_path / "x.gpkg", [(made.in_package(cell), "1号", 6)]))) == [
        ("map-geometry-kind", 1)
    ]


# ---------------------------------------------------------------- KML


DATA = """<description><![CDATA[<b>六层</b>]]></description><ExtendedData><Data name="层数"><value>6</value></Data>
<SchemaData schemaUrl="#a"><SimpleData name="门牌">012</SimpleData></SchemaData></ExtendedData>"""


def test_kml_folders_data_and_names(tmp_path: Path) -> None:
    point = "<Placemark><name>门</name><Point><coordinates>121.5, 31.2, 0</coordinates></Point></Placemark>"
    body = (
        f"<Folder><name>楼栋</name>{made.placemark('1号', more=DATA)}</Folder><Folder><name>门</name>{point}</Folder>"
    )
    houses, doors = read_layers(made.kml(tmp_path / "x.kml", body))
    assert (houses.name, doors.name, houses.crs) == ("楼栋", "门", "EPSG:4326")
    assert houses.features[0].properties == {"name": "1号", "description": "六层", "层数": 6, "门牌": "012"}
    assert same(houses.features[0].geometry, SQUARE)
    assert doors.features[0].geometry == {"type": "Point", "coordinates": [121.5, 31.2]}


def test_kmz_and_several_geometries(tmp_path: Path) -> None:
    one = made.placemark("x").split("</name>")[1].removesuffix("</Placemark>")
    body = (
        f"<Placemark><name>两栋</name><MultiGeometry>{one}{one.replace('121.5', '122.5')}</MultiGeometry></Placemark>"
    )
    path = made.kml(tmp_path / "doc.kml", body)
    layer = only(made.zipped(tmp_path / "x.kmz", {"doc.kml": path.read_bytes(), "files/a.png": b"x"}))
    assert layer.features[0].geometry["type"] == "MultiPolygon" and len(layer.features[0].geometry["coordinates"]) == 2


def test_kml_in_the_code_page_of_the_pc(tmp_path: Path) -> None:
    path = made.kml(tmp_path / "x.kml", made.placemark("培花新村"))
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    assert only(path).features[0].properties["name"] == "培花新村"


def test_kml_fetches_nothing(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>"
    layer = only(made.kml(tmp_path / "x.kml", link + made.placemark("1号")))
    assert codes(layer) == [("map-link-ignored", None)] and len(layer.features) == 1
    alone = only(made.kml(tmp_path / "y.kml", link))
    assert (alone.features, codes(alone)) == ([], [("map-link-ignored", None)])


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE kml [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><kml><Document><name>&b;</name></Document></kml>',
        '<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml/>',
        "<kml>" + "<a>" * 5000 + "</a>" * 5000 + "</kml>",
    ],
)  # fmt: skip
def test_kml_bombs(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.kml"
    path.write_text(content, "utf-8")
    assert refused(path) == "map-file-damaged"


# ---------------------------------------------------------------- DXF


def saved(document: Any, path: Path) -> Path:
    document.saveas(path)
    return path


def test_a_drawing_of_houses_with_their_numbers(tmp_path: Path) -> None:
    document, space = made.drawing()
    space.add_lwpolyline(METRES[:-1], close=True, dxfattribs={"layer": "建筑"})
    space.add_lwpolyline(
        [(x + 100, y) for x, y in METRES], dxfattribs={"layer": "建筑"}
    )  # comes back, without saying so
    frame = [(350900, 3454900), (351300, 3454900), (351300, 3455300), (350900, 3455300)]
    space.add_lwpolyline(frame, close=True, dxfattribs={"layer": "红线"})
    space.add_text("12号", height=2, dxfattribs={"layer": "文字"}).set_placement((351005, 3455005))
    space.add_mtext(
        "14号\\P六层",
        dxfattribs={"layer": "文字", "insert": (351110, 3455008), "attachment_point": 5, "char_height": 2},
    )
    space.add_text("培花新村", height=5, dxfattribs={"layer": "文字"}).set_placement((351200, 3455200))
    space.add_text("别处", height=5, dxfattribs={"layer": "文字"}).set_placement((352000, 3455200))
    space.add_line((351000, 3455100), (351050, 3455100), dxfattribs={"layer": "道路"})
    layers = {layer.name: layer for layer in read_layers(saved(document, tmp_path / "x.dxf"))}
    assert {name: [each.properties.get("text") for each in layer.features] for name, layer in layers.items()} == {
        "建筑": ["12号", "14号 六层"], "红线": ["培花新村"], "道路": [None], "文字": ["别处"],
    }  # fmt: skip
    assert same(layers["建筑"].features[0].geometry, METRES) and layers["建筑"].crs == ""
    assert layers["道路"].features[0].geometry["type"] == "LineString"
    assert recognise(layers["建筑"])[0].key == "EPSG:4550"


def test_arcs_circles_hatches_and_solids(tmp_path: Path) -> None:
    document, space = made.drawing()
    space.add_lwpolyline([(0, 0, 1), (10, 0, 1)], format="xyb", close=True)
    space.add_circle((100, 0), 5)
    space.add_arc((200, 0), 5, 0, 90)
    hatch = space.add_hatch()
    hatch.paths.add_polyline_path([(300, 0), (320, 0), (320, 20), (300, 20)], is_closed=True)
    hatch.paths.add_polyline_path([(305, 5), (315, 5), (315, 15), (305, 15)], is_closed=True, flags=16)
    space.add_solid([(400, 0), (410, 0), (400, 10), (410, 10)])
    layer = only(saved(document, tmp_path / "x.dxf"))
    shapes = [shapely.geometry.shape(each.geometry) for each in layer.features]
    assert [each.geom_type for each in shapes] == ["Polygon", "Polygon", "LineString", "Polygon", "Polygon"]
    assert [each.area for each in shapes] == pytest.approx([78.54, 78.54, 0, 300, 100], rel=0.02)


def test_a_hatch_over_its_own_outline_is_one_area(tmp_path: Path) -> None:
    document, space = made.drawing()
    space.add_lwpolyline(METRES, close=True)
    space.add_hatch().paths.add_polyline_path(METRES[:-1], is_closed=True)
    assert len(only(saved(document, tmp_path / "x.dxf")).features) == 1


def test_blocks_are_taken_apart(tmp_path: Path) -> None:
    document, space = made.drawing()
    house = document.blocks.new("楼")
    house.add_lwpolyline([(0, 0), (10, 0), (10, 10), (0, 10)], close=True)
    house.add_attdef("楼号", (2, 2))
    placed = space.add_blockref("楼", (1000, 2000), dxfattribs={"layer": "建筑", "rotation": 90})
    placed.add_attrib("楼号", "7号", (995, 2005))
    layer = only(saved(document, tmp_path / "x.dxf"))
    assert layer.name == "建筑"
    assert same(layer.features[0].geometry, [[1000, 2000], [1000, 2010], [990, 2010], [990, 2000]])
    assert layer.features[0].properties == {"text": "7号", "layer": "建筑", "block": "楼"}


def test_blocks_in_blocks_without_end(tmp_path: Path) -> None:
    document, space = made.drawing()
    for depth in range(7):
        block = document.blocks.new(f"b{depth}")
        for number in range(10):
            if depth:
                block.add_blockref(f"b{depth - 1}", (number, 0))
            else:
                block.add_point((number, 0))
    space.add_blockref("b6", (0, 0))
    assert refused(saved(document, tmp_path / "deep.dxf")) == "map-file-blocks"
    document, space = made.drawing()
    document.blocks.new("a").add_point((0, 0))
    space.add_blockref(
        "a", (0, 0), dxfattribs={"row_count": 30_000, "column_count": 30_000, "row_spacing": 1, "column_spacing": 1}
    )
    assert refused(saved(document, tmp_path / "wide.dxf")) == "map-file-blocks"
    document, space = made.drawing()
    itself = document.blocks.new("a")
    itself.add_blockref("a", (1, 1))
    itself.add_point((0, 0))
    space.add_blockref("a", (0, 0))
    layer = only(saved(document, tmp_path / "itself.dxf"))
    assert ("map-xref-ignored", None) in codes(layer)


@pytest.mark.parametrize("page", ["ANSI_1252", "ANSI_936", ""])
def test_an_old_drawing_in_gbk_whatever_its_head_says(tmp_path: Path, page: str) -> None:
    document, space = made.drawing("R2000")
    space.add_lwpolyline(METRES, close=True, dxfattribs={"layer": "建筑"})
    space.add_text("培花新村", height=2).set_placement((351005, 3455005))
    document.encoding = "gbk"
    path = saved(document, tmp_path / "x.dxf")
    content = path.read_bytes()
    assert "培花新村".encode("gbk") in content
    path.write_bytes(
        content.replace(b"ANSI_936", page.encode()) if page else content.replace(b"$DWGCODEPAGE", b"$OTHER")
    )
    layer = only(path)
    assert (layer.name, layer.features[0].properties["text"]) == ("建筑", "培花新村")


def test_a_damaged_drawing_is_recovered(tmp_path: Path) -> None:
    document, space = made.drawing("R2000")
    space.add_lwpolyline(METRES, close=True, dxfattribs={"layer": "建筑"})
    space.add_text("培花新村", height=2).set_placement((351005, 3455005))
    document.encoding = "gbk"
    path = saved(document, tmp_path / "x.dxf")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"  0\nENDSEC\n  0\nSECTION\n  2\nENTITIES", b"  0\nSECTION\n  2\nENTITIES", 1))
    assert path.read_bytes() != whole
    assert only(path).features[0].properties["text"] == "培花新村"


def test_what_a_drawing_cannot_say_in_lines_is_counted(tmp_path: Path) -> None:
    document, space = made.drawing()
    space.add_lwpolyline(METRES, close=True)
    space.add_xline((0, 0), (1, 1))
    space.add_lwpolyline([(float("1e300"), 0), (1, 1, 0.5), (2, 2)], close=True)
    layer = only(saved(document, tmp_path / "x.dxf"))
    told = {finding.code: finding.details for finding in layer.findings}
    assert told["map-entity-ignored"] == {"count": 1, "kind": "XLINE"}
    assert len(layer.features) == 1


def test_objects_of_other_programs_are_counted_by_name(tmp_path: Path) -> None:
    document, space = made.drawing("R2000")
    space.add_lwpolyline(METRES, close=True)
    path = saved(document, tmp_path / "x.dxf")
    wall = b"  0\nTCH_WALL\n  5\nABC\n330\n17\n100\nAcDbEntity\n  8\nWALL\n"
    path.write_bytes(path.read_bytes().replace(b"  0\nLWPOLYLINE", wall + b"  0\nLWPOLYLINE", 1))
    (finding,) = only(path).findings
    assert (finding.code, finding.details) == ("map-entity-ignored", {"count": 1, "kind": "TCH_WALL"})


def test_reading_a_drawing_leaves_nothing_in_the_home(tmp_path: Path) -> None:
    """The library notes the fonts of the PC there, unless it is kept from that."""
    document, space = made.drawing()
    space.add_lwpolyline(METRES, close=True)
    path, home = saved(document, tmp_path / "x.dxf"), tmp_path / "home"
    home.mkdir()
    code = "import os, sys; from pathlib import Path; from app.exchange.map_files import read_layers; read_layers(Path(sys.argv[1]));"
    done = subprocess.run(
        [sys.executable, "-c", code + "print(os.environ.get('XDG_CACHE_HOME'))", str(path)], capture_output=True, text=True,
        check=False, cwd=ROOT, env={"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.strip() == "None", done.stderr
    assert list(home.rglob("*")) == []


def test_a_binary_drawing(tmp_path: Path) -> None:
    document, space = made.drawing()
    space.add_lwpolyline(METRES, close=True, dxfattribs={"layer": "建筑"})
    document.saveas(tmp_path / "x.dxf", fmt="bin")
    assert same(only(tmp_path / "x.dxf").features[0].geometry, METRES)


# ---------------------------------------------------------------- anything at all


HEADS = [b"", b"{", b'{"type":"Feature","geometry":', b"SQLite format 3\x00", b"PK\x03\x04", b"\x00\x00\x27\x0a",
         b"<kml>", b"  0\nSECTION\n  2\nENTITIES\n  0\n", b"AutoCAD Binary DXF\r\n\x1a\x00", b"\xff\xfe"]  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=400))
def test_no_bytes_end_it_but_with_a_reason(tmp_path: Path, head: bytes, rest: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(head + rest)
    try:
        read_layers(path)
    except UserError as error:
        assert knows(error.code)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A good file of each kind, to be damaged."""
    folder = tmp_path_factory.mktemp("whole")
    document, space = made.drawing("R12")
    space.add_polyline2d(METRES, close=True)
    space.add_text("1号", height=2).set_placement((351005, 3455005))
    files = [
        made.geojson(folder / "a", feature(polygon(SQUARE), name="1号")), made.kml(folder / "b", made.placemark("1号", more=DATA)),
        made.geopackage(folder / "c", [(made.in_package(made.wkb_polygon(SQUARE)), "1号", 6)]),
        saved(document, folder / "d.dxf"),
    ]  # fmt: skip
    with zipfile.ZipFile(folder / "e", "w") as archive:  # not compressed, so that a changed byte reaches the reader
        for name, content in made.shapes(ROWS).items():
            archive.writestr(name, content)
    (folder / "f").write_bytes(made.shapes(ROWS)["楼栋.shp"])
    return [path.read_bytes() for path in (*files, folder / "e", folder / "f")]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_ends_it_but_with_a_reason(tmp_path: Path, whole: list[bytes], data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(whole)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "x"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))] if data.draw(st.booleans()) else content)
    try:
        layers = read_layers(path)
    except UserError as error:
        assert knows(error.code)
        return
    for layer in layers:
        for each in layer.features:
            assert each.row > 0 and each.geometry["type"] in (
                "Point",
                "LineString",
                "Polygon",
                "MultiPolygon",
                "MultiLineString",
                "MultiPoint",
            )


RING = st.lists(st.tuples(st.floats(121, 122), st.floats(31, 32)).map(list), min_size=3, max_size=12)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rings=st.lists(RING, min_size=1, max_size=3))
def test_whatever_area_comes_out_is_one_that_we_keep(tmp_path: Path, rings: list[Any]) -> None:
    for layer in read_layers(made.geojson(tmp_path / "x.geojson", feature(polygon(*rings)))):
        for each in layer.features:
            placed = transformer("EPSG:4326")([each.geometry])[0]
            assert geometry.read(placed) == placed
            assert shapely.geometry.shape(each.geometry).is_valid

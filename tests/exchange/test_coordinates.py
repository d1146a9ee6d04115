"""Coordinate systems: the published points, the way there and back, what is recognised, what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.findings import UserError
from app.domain.geometry import Box
from app.exchange import china_offsets, coordinates, projecting
from app.exchange.coordinates import System, check_key, known, recognise, system, to_wgs84, transformer
from app.exchange.map_files import RawFeature, RawLayer
from app.words import knows, say
from tests.exchange.drawn_files import CGCS_123

ROOT = Path(__file__).parents[2]
PUDONG = Box(121.50, 31.20, 121.52, 31.22)
PLACES = [(121.501, 31.201), (121.519, 31.219), (121.51, 31.21)]


def layer(points: Sequence[Sequence[float]], crs: str = "") -> RawLayer:
    features = [
        RawFeature(row, {"type": "Point", "coordinates": list(point)}, {}) for row, point in enumerate(points, 1)
    ]
    return RawLayer("x", crs, features)


def written_in(code: int, places: Sequence[Sequence[float]] = PLACES) -> list[tuple[float, float]]:
    there = pyproj.Transformer.from_crs(4490 if code < 5000 else 4326, code, always_xy=True)
    return [there.transform(*place) for place in places]


def metres(one: Sequence[float], other: Sequence[float]) -> float:
    _, _, far = pyproj.Geod(ellps="WGS84").inv(one[0], one[1], other[0], other[1])
    return float(far)


def keys(found: Sequence[System]) -> list[str]:
    return [each.key for each in found]


# ---------------------------------------------------------------- GCJ-02 and BD-09


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)  # fmt: skip
def test_gcj02_against_the_points_of_eviltransform(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    x, y = china_offsets.to_gcj02(np.array([wgs[0]]), np.array([wgs[1]]))
    assert (x[0], y[0]) == pytest.approx(gcj, abs=1e-11)
    assert metres(to_wgs84({"type": "Point", "coordinates": list(gcj)}, "gcj02")["coordinates"], wgs) < 0.02


def test_bd09_against_the_points_of_coordtransform() -> None:
    """Baidu's point of 116.404, 39.915 in GCJ-02, as that library's own test has it; the way back is exact here."""
    wgs = china_offsets.from_gcj02(np.array([116.404]), np.array([39.915]))
    baidu = china_offsets.to_bd09(*wgs)
    assert (baidu[0][0], baidu[1][0]) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(st.floats(74, 134.5), st.floats(3.5, 53.5))
def test_there_and_back_is_within_a_millimetre_in_china(x: float, y: float) -> None:
    for there, back in (
        (china_offsets.to_gcj02, china_offsets.from_gcj02),
        (china_offsets.to_bd09, china_offsets.from_bd09),
    ):
        a, b = back(*there(np.array([x]), np.array([y])))
        assert metres((a[0], b[0]), (x, y)) < 0.001
        assert metres([each[0] for each in there(np.array([x]), np.array([y]))], (x, y)) > 10


@given(st.tuples(st.floats(-180, 71), st.floats(-89, 89)) | st.tuples(st.floats(139, 180), st.floats(-89, 89)))
@settings(max_examples=50, deadline=None)
def test_nothing_is_shifted_outside_of_china(place: tuple[float, float]) -> None:
    x, y = np.array([place[0]]), np.array([place[1]])
    assert [each[0] for each in china_offsets.to_gcj02(x, y)] == list(place)
    assert [each[0] for each in china_offsets.from_gcj02(x, y)] == list(place)


# ---------------------------------------------------------------- projections


def test_the_numbers_of_epsg_are_the_systems_that_we_say() -> None:
    """Zone, meridian and datum of each system, against EPSG's own names and parameters."""
    for datum, name in (("cgcs", "China Geodetic"), ("xian", "Xian 1980"), ("beijing", "Beijing 1954")):
        for wide in (False, True):
            for zone in (False, True):
                for meridian in range(75, 136, 6 if wide else 3):
                    found = coordinates._kruger(datum, meridian, wide=wide, zone=zone)
                    crs = pyproj.CRS(found.key)
                    values = {each.name: each.value for each in crs.coordinate_operation.params}
                    assert name in crs.geodetic_crs.name
                    assert values["Longitude of natural origin"] == meridian
                    number = dict(found.details)["zone"] if zone else 0
                    assert values["False easting"] == number * 1_000_000 + 500_000


@pytest.mark.parametrize("code", [4549, 4550, 4528, 4529, 4499, 4510, 32651, 3857, 4490])
def test_places_come_back(code: int) -> None:
    for place, point in zip(PLACES, written_in(code), strict=True):
        made = to_wgs84({"type": "Point", "coordinates": list(point)}, f"EPSG:{code}")
        assert metres(made["coordinates"], place) < 0.02


def test_many_shapes_at_once_and_those_that_lie_outside() -> None:
    ring = [[351000.0, 3455000.0], [351020.0, 3455000.0], [351020.0, 3455015.0], [351000.0, 3455000.0]]
    line = {"type": "LineString", "coordinates": ring[:2]}
    area = {"type": "MultiPolygon", "coordinates": [[ring], [ring]]}
    away = {"type": "Point", "coordinates": [5.0, 5.0]}
    first, none, second = transformer("EPSG:4550")([line, away, area])
    assert first and first["type"] == "LineString" and len(first["coordinates"]) == 2
    assert none is None
    assert (
        second
        and second["coordinates"][0][0][0] == first["coordinates"][0]
        and second["coordinates"][0][0][0] == second["coordinates"][1][0][-1]
    )
    with pytest.raises(UserError, match="map-crs-outside"):
        to_wgs84(away, "EPSG:4550")


def test_beijing_54_is_shifted_the_same_everywhere() -> None:
    """By EPSG's 1954-to-WGS 84 (2), with which PROJ would deal only north of 31.23°."""
    pipeline = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=krass +step +proj=helmert +x=15.53"
        " +y=-113.82 +z=-41.38 +rz=0.814 +s=-0.38 +convention=position_vector +step +inv +proj=cart +ellps=WGS84"
        " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    for place in ((121.4, 31.1), (121.4, 31.3)):
        expected = pipeline.transform(*place)
        assert (
            metres(to_wgs84({"type": "Point", "coordinates": list(place)}, "EPSG:4214")["coordinates"], expected) < 0.05
        )
        assert 30 < metres(expected, place) < 120


# ---------------------------------------------------------------- recognising


@pytest.mark.parametrize(
    ("before", "turn"),
    [("", lambda x, y: (x, y)), ("swapped:", lambda x, y: (y, x)), ("mm:", lambda x, y: (x * 1000, y * 1000))],
)
@pytest.mark.parametrize("code", [4549, 4550, 4528, 4529, 4499, 32651, 3857])
def test_metres_near_to_what_is_known(code: int, before: str, turn: object) -> None:
    points = [turn(*point) for point in written_in(code)]  # type: ignore[operator]
    found = recognise(layer(points), PUDONG)
    assert (found[0].key, found[0].why, found[0].sure) == (f"{before}EPSG:{code}", "crs-near", False)
    assert (
        metres(
            transformer(found[0].key)([{"type": "Point", "coordinates": list(points[0])}])[0]["coordinates"], PLACES[0]
        )
        < 0.02
    )  # type: ignore[index]


def test_without_anything_known_shanghai_comes_first() -> None:
    found = recognise(layer(written_in(4549)))
    assert found[0].key == "EPSG:4549" and {each.why for each in found} == {"crs-numbers"}
    assert {"EPSG:4550", "EPSG:32651", "EPSG:2385", "EPSG:2437"} <= set(keys(found))


def test_degrees_are_offered_in_the_three_ways() -> None:
    assert keys(recognise(layer(PLACES), PUDONG)) == ["EPSG:4326", "gcj02", "bd09"]
    assert keys(recognise(layer([place[::-1] for place in PLACES]), PUDONG))[0] == "swapped:EPSG:4326"


@pytest.mark.parametrize(("key", "there"), [("gcj02", china_offsets.to_gcj02), ("bd09", china_offsets.to_bd09)])
def test_a_layer_that_fits_what_is_known_only_when_shifted(key: str, there: object) -> None:
    """Some hundred metres decide where the known outlines are about as large as the layer."""
    corners = [(121.500, 31.200), (121.506, 31.205), (121.500, 31.205), (121.506, 31.200)]
    points = [[float(each[0]) for each in there(np.array([x]), np.array([y]))] for x, y in corners]  # type: ignore[operator]
    found = recognise(layer(points), Box(121.500, 31.200, 121.506, 31.205))
    assert found[0].key == key and not found[0].sure


def test_what_the_file_says_comes_first() -> None:
    found = recognise(layer(written_in(4550), CGCS_123), PUDONG)
    assert (found[0].key, found[0].sure, found[0].why) == ("EPSG:4550", True, "crs-said")
    said = recognise(layer(PLACES, "urn:ogc:def:crs:OGC:1.3:CRS84"), PUDONG)
    assert (keys(said), said[0].sure) == (["EPSG:4326", "gcj02", "bd09"], True)


def test_what_the_file_says_wrongly_is_doubted() -> None:
    wrong = recognise(layer(written_in(4550), "EPSG:4326"), PUDONG)
    assert wrong[0].key == "EPSG:4550" and (wrong[-1].key, wrong[-1].why, wrong[-1].sure) == (
        "EPSG:4326",
        "crs-said-wrong",
        False,
    )
    far = recognise(layer(written_in(4550), "EPSG:4549"), PUDONG)
    assert (far[0].why, far[0].sure, far[1].key) == ("crs-said-far", False, "EPSG:4550")
    assert recognise(layer(written_in(4550), 'LOCAL_CS["x"]'), PUDONG)[0].key == "EPSG:4550"


def test_a_local_grid_is_nothing_that_we_know() -> None:
    assert recognise(layer([(-1200.0, 5300.0), (-1100.0, 5400.0)]), PUDONG) == []
    assert recognise(RawLayer("x", "", []), PUDONG) == []


def test_a_few_points_astray_do_not_confuse() -> None:
    points = [*written_in(4550) * 10, (0.0, 0.0)]
    assert recognise(layer(points), PUDONG)[0].key == "EPSG:4550"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)), min_size=1, max_size=5))
def test_any_numbers_give_systems_in_china_or_none(points: list[tuple[float, float]]) -> None:
    for found in recognise(layer(points)):
        made = [
            each
            for each in transformer(found.key)([{"type": "Point", "coordinates": list(point)} for point in points])
            if each
        ]
        assert made and knows(found.why) and say(found.title, **dict(found.details))


# ---------------------------------------------------------------- keys


def test_every_system_to_choose_has_words_and_works() -> None:
    offered = known()
    assert len({each.key for each in offered}) == len(offered)
    for each in offered:
        assert knows(each.title) and "{" not in say(each.title, **dict(each.details))
        assert system(each.key) == each
    for each in offered[::7]:  # EPSG's numbers are all held against EPSG above
        projecting.turn(each.key)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("4549", "EPSG:4549"), ("epsg:4549", "EPSG:4549"), ("urn:ogc:def:crs:EPSG::4490", "EPSG:4490"), ("GCJ02", "gcj02"),
        ("http" + "://www.opengis.net/def/crs/EPSG/0/4549", "EPSG:4549"), ("OGC:CRS84", "EPSG:4326"), (CGCS_123, "EPSG:4550"),
        ("swapped:EPSG:4549", "swapped:EPSG:4549"), ("mm:4549", "mm:EPSG:4549"), ("swapped:mm:4549", "swapped:mm:EPSG:4549"),
        ("+proj=tmerc  +lat_0=31 +lon_0=121.5 +ellps=CGCS2000", "+proj=tmerc +lat_0=31 +lon_0=121.5 +ellps=GRS80"),
    ],
)  # fmt: skip
def test_a_key_in_its_spellings(said: str, key: str) -> None:
    assert check_key(said) == key


def test_a_towns_own_grid() -> None:
    key = check_key("+proj=tmerc +lat_0=31.2 +lon_0=121.5 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs")
    assert to_wgs84({"type": "Point", "coordinates": [0.0, 0.0]}, key)["coordinates"] == [121.5, 31.2]
    east, north = to_wgs84({"type": "Point", "coordinates": [1000.0, 0.0]}, key)["coordinates"]
    assert metres((121.5, 31.2), (east, north)) == pytest.approx(1000, abs=0.1)
    assert system(key).title == "crs-other"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "map-crs-unknown"), ("上海城市坐标", "map-crs-unknown"), ("EPSG:999999", "map-crs-unknown"), ("EPSG:4978", "map-crs-unknown"),
        ("+proj=tmerc +nadgrids=/etc/passwd", "map-crs-part"), ("+init=epsg:4326", "map-crs-part"), ("+lat_0=1", "map-crs-part"),
        ("+proj=pipeline +step +proj=utm", "map-crs-part"), ("+proj=tmerc +lat_0=1e999", "map-crs-part"),
        ("+proj=tmerc +lat_0=nan", "map-crs-part"), ("+proj=tmerc lat_0=31", "map-crs-part"), ("+proj=tmerc +geoidgrids=x", "map-crs-part"),
        ("+proj=longlat +towgs84=1,2", "map-crs-part"), ("+proj=tmerc " + "+south " * 100, "map-crs-unknown"),
        ('PROJCS["x",' * 2000, "map-crs-unknown"), ('GEOGCS["x",EXTENSION["PROJ4","+proj=longlat +nadgrids=x"]]', "map-crs-unknown"),
        (CGCS_123.replace("CGCS2000_3", 'a",PARAMETERFILE["x"],"'), "map-crs-unknown"), ("mm:", "map-crs-unknown"), ("swapped:", "map-crs-unknown"),
    ],
)  # fmt: skip
def test_a_key_that_is_refused(said: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        check_key(said)
    assert caught.value.code == code and knows(code)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60)
    | st.text("+proj=tmercutmlonglat_0ellpsGRS80 0123456789.-e", max_size=60)
    | st.text('GEOGCS[]",1', max_size=60)
)
def test_no_text_ends_it_but_with_a_reason(said: str) -> None:
    try:
        check_key(said)
    except UserError as error:
        assert error.code in ("map-crs-unknown", "map-crs-part")


OFFLINE = """
import socket
def refuse(*_, **__):
    raise AssertionError("network")
socket.socket.connect = refuse
import threading
from pyproj import network
from app.exchange.coordinates import to_wgs84
seen = []
def work():
    to_wgs84({"type": "Point", "coordinates": [351000.0, 3455000.0]}, "EPSG:2438")
    seen.append(network.is_network_enabled())
first = network.is_network_enabled()
thread = threading.Thread(target=work); thread.start(); thread.join(); work()
print(first, *seen)
"""


def test_an_environment_that_wants_the_network_gets_none() -> None:
    done = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True, check=False, cwd=ROOT,
                          env={"PROJ_NETWORK": "ON", "PROJ_NETWORK_ENDPOINT": "http" + "://127.0.0.1:9", "PYTHONPATH": str(ROOT)})  # fmt: skip
    assert done.stdout.split() == ["True", "False", "False"], done.stderr


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    code = ("import sys, app.exchange.coordinates, app.exchange.map_files\n"
            "print(*sorted({'shapely', 'pyproj', 'ezdxf', 'numpy', 'shapefile', 'lxml'} & set(sys.modules)))")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                          env={"PYTHONPATH": str(ROOT)})  # fmt: skip
    assert done.stdout.strip() == ""

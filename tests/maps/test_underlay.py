"""What lies under a map, on paper: roads and waters where they are, quiet, their names as text and not over each other."""

from __future__ import annotations

import re

from app.domain.ground import Layer, Shape
from app.maps import ground, underlay

FLAT = 1_000.0


def at(x: float, y: float) -> tuple[float, float]:
    """A thousand millimetres a degree, north at the top."""
    return x * FLAT, 200 - y * FLAT


def road(name: str, cls: str, *line: tuple[float, float]) -> Shape:
    return Shape({"type": "LineString", "coordinates": [list(point) for point in line]}, name, cls)


def drawn(*shapes: Shape, kind: str = "roads") -> ground.Payload:
    layer = Layer("a", kind, "道路", "© 某某测绘", "", {"box": [0, 0, 1, 1]})  # type: ignore[arg-type]
    return ground.payload([(layer, shapes)])


def test_a_road_is_drawn_where_it_lies_over_its_edge() -> None:
    svg = underlay.svg(drawn(road("", "primary", (0.01, 0.02), (0.05, 0.02))), at, 2.0)
    paths = re.findall(r'd="([^"]+)"[^>]*stroke="(#\w+)" stroke-width="([\d.]+)"', svg)
    assert [d for d, _, _ in paths] == ["M10.00 180.00L50.00 180.00"] * 2
    (_, edge, wide), (_, surface, narrow) = paths
    assert (edge, surface) == (ground.COLOURS["casing"], ground.COLOURS["road"])
    assert float(wide) > float(narrow) > 0


def test_small_roads_are_left_out_where_a_millimetre_stands_for_much() -> None:
    lanes = drawn(road("", "service", (0.01, 0.02), (0.05, 0.02)))
    assert "<path" in underlay.svg(lanes, at, 1.0)
    assert "<path" not in underlay.svg(lanes, at, 50.0)


def test_water_is_filled_with_its_islands_left_out() -> None:
    square = [[0.0, 0.0], [0.1, 0.0], [0.1, 0.1], [0.0, 0.1], [0.0, 0.0]]
    island = [[0.04, 0.04], [0.06, 0.04], [0.06, 0.06], [0.04, 0.06], [0.04, 0.04]]
    svg = underlay.svg(drawn(Shape({"type": "Polygon", "coordinates": [square, island]}), kind="water"), at, 2.0)
    assert svg.count("<path") == 1
    assert svg.count("Z") == 2
    assert 'fill-rule="evenodd"' in svg


def test_no_word_of_anybody_is_in_the_drawing() -> None:
    hostile = '</svg><script>"&'
    svg = underlay.svg(drawn(road(hostile, hostile, (0.01, 0.02), (0.05, 0.02))), at, 2.0)
    assert not re.search("[\u4e00-\u9fff]|script", svg)


def test_names_stand_along_their_roads_inside_the_sheet_and_apart() -> None:
    crossing = drawn(
        road("世纪大道", "primary", (0.02, 0.05), (0.18, 0.05)), road("杨高路", "primary", (0.02, 0.051), (0.17, 0.051)),
        road("远路", "primary", (0.9, 0.05), (0.99, 0.05)), road("竖路", "primary", (0.1, 0.08), (0.1, 0.18)),
    )  # fmt: skip
    found = list(underlay.names(crossing, at, 2.0, (200.0, 200.0)))
    assert [each["text"] for each in found] == ["世纪大道", "竖路"]  # one would lie over another, one is outside
    assert [(each["upright"], each["turn"]) for each in found] == [(False, 0.0), (True, 0)]
    assert (found[0]["x"], found[0]["y"], found[0]["turn"]) == (100.0, 150.0, 0.0)

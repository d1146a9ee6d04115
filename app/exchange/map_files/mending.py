"""Areas that cross themselves: mended where there is one way to, left out and told of otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from app.exchange.map_files.raw import RawFeature

if TYPE_CHECKING:
    from shapely import Geometry as Shape

MOST_POINTS_MENDED = 500
"""Of one area; each of its lines may cross each other one."""
MOST_WORK = 1_200_000
"""Points times points of all areas of a layer that are mended: 500 of 50 points. A file with more of them was made by a
broken program, or to keep us busy."""
_SAME = 0.05
"""Two ways of mending that give areas this near to each other (a share) are one."""
_FLAT = 1e-9
"""Area over the square of the boundary's length: less is a line drawn twice."""


def mended(features: list[RawFeature], find: Callable[[str, int], None]) -> list[RawFeature]:
    """The features with valid areas; `find` is told (code, row) of each that was mended or left out."""
    import numpy as np
    import shapely

    areas = [number for number, each in enumerate(features) if each.geometry["type"].endswith("Polygon")]
    if not areas:
        return features
    shapes = np.array(_shapes([features[number].geometry for number in areas]), dtype=object)
    with np.errstate(all="ignore"):
        flat = shapely.area(shapes) <= _FLAT * shapely.length(shapes) ** 2
        wrong = ~shapely.is_valid(shapes)
    changed: dict[int, RawFeature | None] = {}
    work = np.cumsum(np.where(wrong, shapely.get_num_coordinates(shapes).astype(float) ** 2, 0))
    for place in np.nonzero(flat | wrong)[0]:
        feature = features[areas[place]]
        may = wrong[place] and work[place] <= MOST_WORK
        if may and not flat[place] and _sound_parts(shapes[place]):
            continue
        made = _mend(shapes[place]) if may else None
        code = "map-geometry-mended" if made else "map-geometry-flat" if flat[place] else "map-geometry-broken"
        find(code, feature.row)
        changed[areas[place]] = RawFeature(feature.row, made, feature.properties) if made else None
    return [each for number, old in enumerate(features) if (each := changed.get(number, old)) is not None]


def _shapes(geometries: list[dict[str, Any]]) -> list[Shape]:
    """All at once: a polygon at a time takes ten times as long."""
    import numpy as np
    import shapely

    polygons = list(_polygons(geometries))
    rings = [ring for _, polygon in polygons for ring in polygon]
    points = np.array([point for ring in rings for point in ring], float).reshape(-1, 2)
    by_ring = np.cumsum([0, *(len(ring) for ring in rings)])
    by_polygon = np.cumsum([0, *(len(polygon) for _, polygon in polygons)])
    of = [number for number, _ in polygons]
    by_shape = np.searchsorted(of, range(len(geometries) + 1))
    made = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON, points, (by_ring, by_polygon, by_shape)
    )  # fmt: skip
    return list(made)


def _polygons(geometries: list[dict[str, Any]]) -> Iterator[tuple[int, list[Any]]]:
    for number, each in enumerate(geometries):
        for polygon in [each["coordinates"]] if each["type"] == "Polygon" else each["coordinates"]:
            yield number, polygon


def _sound_parts(shape: Shape) -> bool:
    """Are its parts valid each for itself, and hardly over each other? Neighbours drawn by hand: mending would unite them."""
    import shapely

    parts = shapely.get_parts(shape)
    if len(parts) < 2 or shapely.get_num_coordinates(shape) > MOST_POINTS_MENDED or not shapely.is_valid(parts).all():
        return False
    together = float(shapely.area(parts).sum())
    return together - float(shapely.area(shapely.union_all(parts))) <= _SAME * together


def _mend(shape: Shape) -> dict[str, Any] | None:
    """None where it cannot be told what was meant."""
    import shapely

    if shapely.get_num_coordinates(shape) > MOST_POINTS_MENDED:
        return None
    ways = [_areas(shapely.make_valid(shape, method="linework")),
            _areas(shapely.make_valid(shape, method="structure", keep_collapsed=False))]  # fmt: skip
    one, other = (shapely.area(way) for way in ways)
    if not other or (abs(one - other) > _SAME * other and shapely.get_num_geometries(shape) == 1):
        return None
    whole = shapely.normalize(ways[1])
    rings = [[[list(point) for point in shapely.get_coordinates(ring).tolist()]
              for ring in (polygon.exterior, *polygon.interiors)] for polygon in shapely.get_parts(whole)]  # fmt: skip
    return {"type": "Polygon", "coordinates": rings[0]} if len(rings) == 1 else {"type": "MultiPolygon", "coordinates": rings}


def _areas(shape: Shape) -> Shape:
    """What has an area of it: mending leaves loose lines too."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([each for each in parts if each.geom_type == "Polygon" and each.area > 0])

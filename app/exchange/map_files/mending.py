"""Areas that cross themselves: mended where there is one way to, left out and told of otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from app.exchange.map_files.raw import RawFeature

if TYPE_CHECKING:
    from shapely import Geometry as Shape

MOST_POINTS_MENDED = 600
"""Of one area: each of its lines is held against each other one."""
MOST_CROSSINGS = 24
"""Of one area: more is a scribble, of which nobody knows what was meant (and which takes minutes to take apart)."""
MOST_MENDED, MOST_WORK = 300, 16_000_000
"""Areas of one layer, and their points times points: a file with more was made by a broken program, or to keep us busy."""
_SAME = 0.05
"""Neighbours drawn by hand lie over each other by no more than this share of their area."""
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
    tried = np.cumsum(wrong)
    for place in np.nonzero(flat | wrong)[0]:
        feature = features[areas[place]]
        may = wrong[place] and tried[place] <= MOST_MENDED and work[place] <= MOST_WORK and _clear(shapes[place])
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


def _clear(shape: Shape) -> bool:
    """Can it be told what was meant: few lines that cross?"""
    import numpy as np
    import shapely

    if shapely.get_num_coordinates(shape) > MOST_POINTS_MENDED:
        return False
    rings = [
        shapely.get_coordinates(ring) for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)
    ]
    start, end = (np.concatenate([ring[cut] for ring in rings]) for cut in (slice(None, -1), slice(1, None)))

    def side(of: Any) -> Any:
        """On which side of each line each of these points lies."""
        along, to = (end - start)[:, None], of[None] - start[:, None]
        return np.sign(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])

    split = side(start) * side(end) < 0
    return int((split & split.T).sum()) // 2 <= MOST_CROSSINGS


def _sound_parts(shape: Shape) -> bool:
    """Are its parts valid each for itself, and hardly over each other? Neighbours drawn by hand: mending would unite them."""
    import shapely

    parts = shapely.get_parts(shape)
    if len(parts) < 2 or not shapely.is_valid(parts).all():
        return False
    together = float(shapely.area(parts).sum())
    return together - float(shapely.area(shapely.union_all(parts))) <= _SAME * together


def _mend(shape: Shape) -> dict[str, Any] | None:
    """None where nothing with an area is left."""
    import shapely

    whole = _areas(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    if not whole.area:
        return None
    rings = [[shapely.get_coordinates(ring).tolist() for ring in (polygon.exterior, *polygon.interiors)]
             for polygon in shapely.get_parts(shapely.normalize(whole))]  # fmt: skip
    return (
        {"type": "Polygon", "coordinates": rings[0]}
        if len(rings) == 1
        else {"type": "MultiPolygon", "coordinates": rings}
    )


def _areas(shape: Shape) -> Shape:
    """What has an area of it: mending leaves loose lines too."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([each for each in parts if each.geom_type == "Polygon" and each.area > 0])

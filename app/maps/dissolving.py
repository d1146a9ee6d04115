"""Committees that lie side by side as one area, for the map of groups: roads and slivers between them are closed.

Longitude before latitude. shapely is loaded when it is first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.domain import geometry
from app.domain.geometry import Geometry, Plane

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

CLOSED = 25.0
"""Metres: gaps up to twice as wide are closed, as a road between two committees, or two stand-ins beside each other."""
COARSE = 0.4
"""Metres that a line may move where it is made simpler."""


def dissolved(shapes: Sequence[Geometry]) -> Geometry:
    """One outline round them all; parts that lie apart stay apart. Points enclose nothing and are left out.

    Raises GeometryError where nothing encloses anything.
    """
    areas = [each for each in shapes if each["type"] != "Point"]
    box = geometry.box(areas)
    if box is None:
        raise geometry.GeometryError("nothing to join")
    if len(areas) == 1:
        return areas[0]
    import shapely

    plane = Plane(*box.middle)
    flat = [_flat(each, plane) for each in areas]
    whole = shapely.unary_union([each for each in flat if not each.is_empty])
    closed = whole.buffer(CLOSED, join_style="mitre").buffer(-CLOSED, join_style="mitre")
    return _degrees(shapely.unary_union([closed, whole]).simplify(COARSE), plane)


def _flat(shape: Geometry, plane: Plane) -> BaseGeometry:
    import shapely

    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    made = shapely.MultiPolygon([
        shapely.Polygon(*_rings([[plane.metres(point[0], point[1]) for point in ring] for ring in polygon]))
        for polygon in polygons
    ])  # fmt: skip
    return made if made.is_valid else shapely.make_valid(made, method="structure")


def _rings(rings: list[Any]) -> tuple[Any, list[Any]]:
    return rings[0], rings[1:]


def _degrees(made: BaseGeometry, plane: Plane) -> Geometry:
    parts = [part for part in getattr(made, "geoms", [made]) if part.geom_type == "Polygon" and part.area > 1]
    polygons = [
        [[plane.at(x, y) for x, y in ring.coords] for ring in (part.exterior, *part.interiors)] for part in parts
    ]
    if not polygons:
        raise geometry.GeometryError("nothing to join")
    return geometry.read(
        {"type": "Polygon", "coordinates": polygons[0]} if len(polygons) == 1
        else {"type": "MultiPolygon", "coordinates": polygons}
    )  # fmt: skip

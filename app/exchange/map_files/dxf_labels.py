"""Which text of a drawing names which area: the smallest one in which its middle lies."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from app.exchange.map_files.dxf_drawing import Drawn

MOST_TEXTS = 6
"""Of one area; with more of them it is a frame around other things, and its texts stay points."""
_MOST_PAIRS = 1_500_000
"""Texts in areas, one in another: a drawing can be made to have each in each."""
_AT_ONCE = 50
_DIGITS = 2


def name(drawn: list[Drawn], told: Counter[str]) -> None:
    """Gives each area the texts within it, drops those texts, and drops hatches that fill an area drawn as a line."""
    import numpy as np
    import shapely

    areas = [each for each in drawn if each.geometry is not None and each.geometry["type"] == "Polygon"]
    if not areas:
        return
    shapes = np.array([_shape(each.geometry) for each in areas], dtype=object)
    good = np.array([shape is not None for shape in shapes])
    areas, shapes = [each for each, fits in zip(areas, good, strict=True) if fits], shapes[good]
    _drop_doubles(areas, shapes)
    labels = [each for each in drawn if each.label and each.geometry is not None]
    kept = [number for number, each in enumerate(areas) if each.geometry is not None]
    if not labels or not kept:
        return
    areas, shapes = [areas[number] for number in kept], shapes[kept]
    points = shapely.points([each.geometry["coordinates"] for each in labels if each.geometry])
    found = _smallest(points, shapes, told)
    texts: dict[int, list[Drawn]] = defaultdict(list)
    for label, area in found.items():
        texts[area].append(labels[label])
    for area, inside in texts.items():
        if len(inside) <= MOST_TEXTS:
            inside.sort(key=_reading)
            areas[area].text = " ".join(each.text for each in inside)[:200]
            for each in inside:
                each.geometry = None


def _shape(geometry: Any) -> Any:
    import shapely

    try:
        shape = shapely.Polygon(geometry["coordinates"][0], geometry["coordinates"][1:])
    except (ValueError, TypeError, shapely.errors.GEOSException):
        return None
    return shape if shape.is_valid and shape.area > 0 else None


def _drop_doubles(areas: list[Drawn], shapes: Any) -> None:
    import shapely

    bounds, sizes = shapely.bounds(shapes).round(_DIGITS).tolist(), shapely.area(shapes).round(_DIGITS).tolist()
    keys = [(*box, size) for box, size in zip(bounds, sizes, strict=True)]
    lines = {key for key, each in zip(keys, areas, strict=True) if not each.hatch}
    for key, each in zip(keys, areas, strict=True):
        if each.hatch and key in lines:
            each.geometry = None


def _smallest(points: Any, shapes: Any, told: Counter[str]) -> dict[int, int]:
    """Number of a text -> number of the smallest area around it."""
    import numpy as np
    import shapely

    tree, sizes = shapely.STRtree(shapes), shapely.area(shapes)
    found: dict[int, int] = {}
    pairs = 0
    for start in range(0, len(points), _AT_ONCE):
        texts, around = tree.query(points[start : start + _AT_ONCE], predicate="within")
        pairs += len(texts)
        if pairs > _MOST_PAIRS:
            told["map-texts-many"] = len(points) - start
            break
        for place in np.argsort(-sizes[around], kind="stable"):  # the smallest comes last, and stays
            found[start + int(texts[place])] = int(around[place])
    return found


def _reading(each: Drawn) -> tuple[float, float]:
    """From the top down, then from the left."""
    x, y = each.geometry["coordinates"] if each.geometry else (0.0, 0.0)
    return -round(y, 1), x

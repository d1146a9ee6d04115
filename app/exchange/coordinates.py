"""Coordinate systems of map files: told by what the file says or by its numbers, and turned into WGS 84 without a network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from app.domain.findings import UserError
from app.domain.geometry import DIGITS, Box, Geometry
from app.exchange import projecting
from app.exchange.map_files.raw import RawLayer
from app.exchange.projecting import BD09, CHINA, GCJ02, MILLIMETRES, SWAPPED, WGS84

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SHANGHAI = Box(120.8, 30.6, 122.3, 31.95)
CLOSE = 0.06
"""Degrees, some 6 km: a layer this near to what is known here is meant to lie here."""
SAMPLE = 400
"""Points of a layer that are looked at; a few may lie astray."""
_MOST_ASTRAY = 0.1
_DATUMS = {"cgcs": (4534, 4513, 4502, 4491), "xian": (2370, 2349, 2338, 2327), "beijing": (2422, 2401, 21453, 21413)}
"""EPSG's first numbers of Gauss-Krüger: 3 degrees by meridian (75°) and by zone (25), 6 degrees by meridian and zone (13)."""
_METRES = {"cgcs": 0.0, "xian": 100.0, "beijing": 30.0}


@dataclass(frozen=True, slots=True)
class System:
    """A system that a layer's coordinates may be in.

    key: "EPSG:4490", "gcj02", "bd09", "+proj=…" or WKT; with "swapped:" before it where northing stands first and "mm:"
    where the numbers are millimetres (`notes` has the codes that say so). title: code of its words, with `details`.
    sure: the file says so and its numbers agree. why: code of the reason. metres: how far off the result may be.
    """

    key: str
    title: str
    sure: bool = False
    why: str = ""
    metres: float = 0.0
    details: tuple[tuple[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


# ---------------------------------------------------------------- the systems by name


def known() -> list[System]:
    """Every system that may be chosen by hand, the usual ones first; sure is False, why is ""."""
    meridians = sorted(range(75, 136, 3), key=lambda each: abs(each - 121.5))
    plain = [*map(system, (WGS84, "EPSG:4490", GCJ02, BD09))]
    by_meridian = [_kruger("cgcs", each) for each in meridians]
    by_zone = [_kruger("cgcs", each, zone=True) for each in meridians]
    wide = [_kruger("cgcs", each, wide=True, zone=zone) for each in (123, 117) for zone in (False, True)]
    older = [_kruger(datum, each, zone=zone) for datum in ("xian", "beijing")
             for each in (120, 123) for zone in (False, True)]  # fmt: skip
    return [*plain, *by_meridian, *by_zone, *wide, *older, *(_utm(zone) for zone in (51, 50, 49)), system("EPSG:3857")]


def system(key: str) -> System:
    """The system of a key, in words. Raises UserError: map-crs-unknown, map-crs-part."""
    key = projecting.normal(key)
    base = projecting.base_of(key)
    notes = tuple(code for before, code in ((SWAPPED, "crs-swapped"), (MILLIMETRES, "crs-millimetres"))
                  if before in key[: len(key) - len(base)])  # fmt: skip
    return replace(_named(base), key=key, notes=notes)


def _named(base: str) -> System:
    usual = {
        WGS84: "crs-wgs84",
        "EPSG:4490": "crs-cgcs",
        GCJ02: "crs-gcj02",
        BD09: "crs-bd09",
        "EPSG:3857": "crs-mercator",
    }
    if base in usual:
        return System(base, usual[base], metres=1.0 if base in (GCJ02, BD09) else 0.0)
    if base.startswith("EPSG:") and (found := _by_number(int(base[5:]))):
        return found
    projecting.turn(base)  # raises where nothing can be made of it
    name = base if base.startswith("+") else projecting.name(base)
    metres = next((far for word, far in (("Beijing 1954", 30.0), ("Xian 1980", 100.0)) if word in name), 0.0)
    return System(base, "crs-other", metres=metres, details=(("name", name),))


def _by_number(number: int) -> System | None:
    for datum, (narrow, narrow_zone, wide, wide_zone) in _DATUMS.items():
        for first, steps, is_wide, zone in ((narrow, 21, False, False), (narrow_zone, 21, False, True),
                                            (wide, 11, True, False), (wide_zone, 11, True, True)):  # fmt: skip
            if first <= number < first + steps:
                return _kruger(datum, 75 + (number - first) * (6 if is_wide else 3), wide=is_wide, zone=zone)
    return _utm(number - 32600) if 32643 <= number <= 32653 else None


def _kruger(datum: str, meridian: int, *, wide: bool = False, zone: bool = False) -> System:
    """Gauss-Krüger by its central meridian; zone: eastings begin with the zone's number."""
    narrow, narrow_zone, wide_, wide_zone = _DATUMS[datum]
    step = (meridian - 75) // (6 if wide else 3)
    first = (wide_zone if zone else wide_) if wide else (narrow_zone if zone else narrow)
    number = (13 if wide else 25) + step
    title = "-".join(["crs-kruger", datum, *(["zone"] if zone else [])])
    details = (("degrees", 6 if wide else 3), ("meridian", meridian), ("zone", number))
    return System(f"EPSG:{first + step}", title, metres=_METRES[datum], details=details)


def _utm(zone: int) -> System:
    return System(f"EPSG:{32600 + zone}", "crs-utm", details=(("zone", zone),))


def check_key(key: str) -> str:
    """The key of a system that a person has typed: an EPSG number, a proj string of allowed parts, gcj02, bd09.

    A town's own grid is a proj string, for example `+proj=tmerc +lat_0=31 +lon_0=121.5 +x_0=0 +y_0=0 +ellps=GRS80`; its
    numbers come from the surveying office and are in no public list.
    Raises UserError: map-crs-unknown, map-crs-part.
    """
    key = projecting.normal(key)
    projecting.turn(key)
    return key


# ---------------------------------------------------------------- which one is it?


def recognise(layer: RawLayer, near: Box | None = None) -> list[System]:
    """The systems that a layer may be in, best first; none where no known system puts it into China (a local grid).

    near: where the outlines that are known here lie (WGS 84); without it Shanghai before the rest of China.
    """
    x, y = _sample(layer)
    if not len(x):
        return []
    said = _said(layer.crs)
    guesses = list(_guesses(x, y, near))
    placed = [(each, where) for each in guesses if (where := _landing(each.key, x, y))]
    ranked = sorted(placed, key=lambda each: -_rank(each[1], near))  # stable: the usual ones stay first
    close = near is None or not any(_rank(where, near) >= 2 for _, where in ranked)
    found = [replace(each, why=_why(each, where, near)) for each, where in ranked if close or _rank(where, near) >= 2]
    if said is None:
        return found
    others = [each for each in found if each.key != said.key]
    where = _landing(said.key, x, y)
    if where is None:
        return [*others, replace(said, why="crs-said-wrong")] if others else []
    if near is not None and _rank(where, near) < 2:
        return [replace(said, why="crs-said-far"), *others]
    return [replace(said, sure=True, why="crs-said"), *others]


def _why(found: System, where: Box, near: Box | None) -> str:
    if near is None:
        return "crs-numbers"
    return "crs-near" if _rank(where, near) >= 2 else "crs-far"


def _said(text: str) -> System | None:
    """What the file says; None where that is nothing that we know."""
    try:
        return system(text) if text.strip() else None
    except UserError:
        return None


def _sample(layer: RawLayer) -> tuple[Numbers, Numbers]:
    import numpy as np

    step = max(1, len(layer.features) // SAMPLE)
    points = []
    for feature in layer.features[::step]:
        each = next(_points(feature.geometry["coordinates"]), None)
        if each is not None:
            points.append(each[:2])
    array = np.array(points, float).reshape(-1, 2)
    array = array[np.isfinite(array).all(axis=1)]
    return array[:, 0], array[:, 1]


def _points(coordinates: Any) -> Iterator[Sequence[float]]:
    if coordinates and not isinstance(coordinates[0], list):
        yield coordinates
    else:
        for each in coordinates:
            yield from _points(each)


def _landing(key: str, x: Numbers, y: Numbers) -> Box | None:
    """Where the points come to lie, those astray left out; None where that is not in China."""
    import numpy as np

    lon, lat = projecting.turn(key)(x, y)
    west, south, east, north = CHINA
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if inside.sum() < (1 - _MOST_ASTRAY) * len(x):
        return None
    lon, lat = lon[inside], lat[inside]
    return Box(*(float(np.quantile(of, share)) for of, share in ((lon, 0.05), (lat, 0.05), (lon, 0.95), (lat, 0.95))))


def _rank(where: Box, near: Box | None) -> float:
    """2 to 3: near to what is known here, the more of both boxes is shared; 1: in Shanghai; 0: elsewhere."""
    if near is not None and _overlap(where, near, CLOSE):
        return 2 + _overlap(where, near, 0.0)
    return 1.0 if _overlap(where, SHANGHAI, 0.0) else 0.0


def _overlap(one: Box, other: Box, more: float) -> float:
    """The share of both boxes, the first made larger, that is common to them; steps of a tenth, so that little is a tie."""
    width = min(one.east + more, other.east) - max(one.west - more, other.west)
    height = min(one.north + more, other.north) - max(one.south - more, other.south)
    if width < 0 or height < 0:
        return 0.0
    if more:
        return 1.0
    first, second = ((box.east - box.west) * (box.north - box.south) for box in (one, other))
    whole = first + second - width * height
    return round(width * height / whole, 1) if whole > 0 else 0.0


# ---------------------------------------------------------------- by the numbers


def _guesses(x: Numbers, y: Numbers, near: Box | None) -> Iterator[System]:
    import numpy as np

    east, north = float(np.median(x)), float(np.median(y))
    for before, a, b in (("", east, north), (SWAPPED, north, east)):
        if CHINA[0] <= a <= CHINA[2] and CHINA[1] <= b <= CHINA[3]:
            yield from (system(before + each) for each in (WGS84, GCJ02, BD09))
            return
    for unit, scale in (("", 1.0), (MILLIMETRES, 0.001)):
        for before, a, b in (("", east * scale, north * scale), (SWAPPED, north * scale, east * scale)):
            for each in _metric(a, b, near):
                yield system(before + unit + each.key) if before or unit else each


def _metric(east: float, north: float, near: Box | None) -> Iterator[System]:
    """Systems in metres that would have such numbers somewhere in China."""
    if 8.0e6 <= east <= 15.2e6 and 3.3e5 <= north <= 7.3e6:
        yield system("EPSG:3857")
    if not 3.3e5 <= north <= 6.1e6:
        return
    zone, rest = divmod(east, 1e6)
    if not 1e5 <= rest <= 9e5:
        return
    if 13 <= zone <= 23 or 25 <= zone <= 45:
        wide = zone < 24
        meridian = int(75 + (zone - 13) * 6 if wide else 75 + (zone - 25) * 3)
        yield from (_kruger(datum, meridian, wide=wide, zone=True) for datum in _DATUMS)
    elif zone == 0:
        yield from _by_meridian(east, north, near)


def _by_meridian(east: float, north: float, near: Box | None) -> Iterator[System]:
    """Without a zone the numbers fit each meridian: those nearest to here (or to Shanghai) come first."""
    import numpy as np

    lon, _ = projecting.turn("EPSG:4549")(np.array([east]), np.array([north]))
    if not np.isfinite(lon).all():
        return
    middle = (near or SHANGHAI).middle[0]
    off = float(lon[0]) - 120  # the same for every meridian: the earth is round
    wide = abs(off) > 1.8
    meridians = sorted(range(75, 136, 6 if wide else 3), key=lambda each: abs(each + off - middle))[:3]
    yield from (_kruger("cgcs", each, wide=wide) for each in meridians)
    utm = min(range(43, 54), key=lambda each: abs(6 * each - 183 + off - middle))
    yield _utm(utm)
    yield from (_kruger(datum, meridians[0], wide=wide) for datum in ("xian", "beijing"))


# ---------------------------------------------------------------- into WGS 84


def transformer(key: str) -> Callable[[Sequence[dict[str, Any]]], list[Geometry | None]]:
    """Turns many GeoJSON geometries at once into WGS 84; None for one that lies outside of what the system covers.

    Raises UserError("map-crs-unknown", "map-crs-part").
    """
    return partial(_turned, projecting.turn(key))


def to_wgs84(geometry: dict[str, Any], key: str) -> Geometry:
    """One geometry in WGS 84: longitude first, seven digits.

    Raises UserError("map-crs-unknown", "map-crs-part", "map-crs-outside").
    """
    found = transformer(key)([geometry])[0]
    if found is None:
        raise UserError("map-crs-outside")
    return found


def _turned(turn: projecting.Turn, geometries: Sequence[dict[str, Any]]) -> list[Geometry | None]:
    import numpy as np

    points = [point for each in geometries for point in _points(each["coordinates"])]
    if not points:
        return [None] * len(geometries)
    array = np.array([point[:2] for point in points], float)
    lon, lat = turn(array[:, 0], array[:, 1])
    fits = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # also false for nan
    placed = np.round(np.column_stack((lon, lat)), DIGITS)
    placed[~fits] = math.nan
    pairs = iter(placed.tolist())
    return [_rebuilt(each, pairs) for each in geometries]


def _rebuilt(geometry: dict[str, Any], pairs: Iterator[list[float]]) -> Geometry | None:
    good = True

    def again(coordinates: Any) -> Any:
        nonlocal good
        if coordinates and not isinstance(coordinates[0], list):
            pair = next(pairs)
            good = good and not math.isnan(pair[0])
            return pair
        return [again(each) for each in coordinates]

    made = again(geometry["coordinates"])
    return {"type": geometry["type"], "coordinates": made} if good else None

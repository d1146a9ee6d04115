"""From a coordinate system's key to a function that turns arrays of numbers into WGS 84; what a file says is not trusted.

PROJ is never let to a network or to a file named by the key: a proj string may hold only the parts that describe a plain
projection, WKT may name no grid.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.domain.findings import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
    Turn = Callable[[NDArray[np.float64], NDArray[np.float64]], Pair]

SWAPPED, MILLIMETRES = "swapped:", "mm:"
"""Before a key: northing or latitude stands first in the file; its numbers are millimetres."""
GCJ02, BD09, WGS84 = "gcj02", "bd09", "EPSG:4326"
CHINA = (72.0, 3.0, 136.0, 54.5)
"""West, south, east, north: what a projection gives outside of it was not meant."""
LONGEST_PROJ, LONGEST_WKT = 400, 20_000
BEIJING_54 = (15.53, -113.82, -41.38, 0.0, 0.0, 0.814, -0.38)
"""EPSG's "Beijing 1954 to WGS 84 (2)", made for the coast from Shanghai northwards: one for all, so that a map has no seam.

There is none such for Xian 1980 that is public; its numbers are taken as they are, some 100 m off.
"""
_MOST = 1e9
_NUMBERS = frozenset(
    ["lat_0", "lat_1", "lat_2", "lat_ts", "lon_0", "k", "k_0", "x_0", "y_0", "a", "b", "rf", "zone", "to_meter"]
)
_NAMES = {
    "proj": frozenset(["tmerc", "etmerc", "utm", "longlat", "latlong", "merc", "lcc"]),
    "units": frozenset(["m", "km", "cm", "mm"]),
    "datum": frozenset(["WGS84"]),
    "ellps": frozenset(["WGS84", "GRS80", "GRS67", "krass", "intl", "bessel", "clrk66", "clrk80", "IAU76"]),
    "type": frozenset(["crs"]),
}
_FLAGS = frozenset(["south", "no_defs", "over"])
_CRS84 = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:[\d.]*:)?CRS84h?|urn:ogc:def:crs:OGC::CRS84", re.IGNORECASE)
_EPSG = re.compile(r"(?:urn:(?:ogc|x-ogc):def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})|.*/EPSG/0/(\d{4,6})", re.IGNORECASE)
_GRIDS = re.compile(r"PARAMETERFILE|EXTENSION|nadgrids|geoidgrids|\+init|pipeline", re.IGNORECASE)


def normal(text: str) -> str:
    """The key of what a file or a person says: "urn:ogc:def:crs:EPSG::4549" is "EPSG:4549"; "" for nothing.

    Raises UserError: map-crs-unknown, map-crs-part.
    """
    text = text.strip().lstrip("\ufeff")
    if not text:
        return ""
    before = "".join(part for part in (SWAPPED, MILLIMETRES) if part in text[:20])
    base = text[len(before) :].strip() if text.startswith(before) else text
    if base.lower() in (GCJ02, BD09):
        return before + base.lower()
    if _CRS84.fullmatch(base):
        return before + WGS84
    if found := _EPSG.fullmatch(base):
        return f"{before}EPSG:{found[1] or found[2]}"
    if base.isdigit() and 4 <= len(base) <= 6:
        return f"{before}EPSG:{base}"
    return before + (_proj(base) if base.startswith("+") else _wkt(base))


def _proj(text: str) -> str:
    """A proj string of allowed parts in one spelling. Raises UserError("map-crs-part"), UserError("map-crs-unknown")."""
    if len(text) > LONGEST_PROJ:
        raise UserError("map-crs-unknown", crs=text[:40])
    parts = text.replace("+ellps=CGCS2000", "+ellps=GRS80").split()  # a tenth of a millimetre apart; PROJ knows one
    for part in parts:
        if not _allowed(part):
            raise UserError("map-crs-part", part=part[:40])
    if not any(part.startswith("+proj=") for part in parts):
        raise UserError("map-crs-part", part="+proj=")
    return " ".join(part for part in parts if part != "+type=crs")


def _allowed(part: str) -> bool:
    name, equals, value = part.removeprefix("+").partition("=")
    if not part.startswith("+"):
        return False
    if name in _FLAGS:
        return not equals
    if name in _NUMBERS:
        return _number(value)
    if name == "towgs84":
        return len(each := value.split(",")) in (3, 7) and all(map(_number, each))
    return value in _NAMES.get(name, ())


def _number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,2})?", text)) and abs(float(text)) < _MOST


def _wkt(text: str) -> str:
    """EPSG's number where the text is one of its systems, else the text. Raises UserError("map-crs-unknown")."""
    if len(text) > LONGEST_WKT or _GRIDS.search(text) or not re.match(r"[A-Za-z_0-9]{5,20}\s*[\[(]", text):
        raise UserError("map-crs-unknown", crs=text[:40])
    crs = _flat(text)
    number = crs.to_epsg(min_confidence=70)
    return f"EPSG:{number}" if number and not crs.is_bound else text


def _flat(text: str) -> Any:
    """pyproj's CRS without heights. Raises UserError("map-crs-unknown") also for one that is nowhere on the earth."""
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    _offline()
    try:
        crs = CRS.from_user_input(text + " +type=crs" if text.startswith("+") else text)
        crs = crs.sub_crs_list[0] if crs.is_compound else crs
        crs = crs.to_2d() if len(crs.axis_info) > 2 else crs
    except (ProjError, ValueError, IndexError):
        raise UserError("map-crs-unknown", crs=text[:40]) from None
    if not (crs.is_geographic or crs.is_projected or crs.is_bound):
        raise UserError("map-crs-unknown", crs=crs.name[:40] or text[:40])
    return crs


def name(key: str) -> str:
    """What EPSG or the file calls a system. Raises UserError("map-crs-unknown")."""
    return str(_flat(base_of(key)).name)


def base_of(key: str) -> str:
    """The key without swapping and millimetres."""
    return key.removeprefix(SWAPPED).removeprefix(MILLIMETRES)


def _offline() -> None:
    """PROJ_NETWORK=ON in the environment would fetch grids; what is set here is of this thread and of those to come."""
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # its stubs do not export it

    set_network_enabled(False)


def turn(key: str) -> Turn:
    """Easting and northing (or degrees) as they stand in the file → longitude and latitude, not finite where it has none.

    Raises UserError: map-crs-unknown, map-crs-part.
    """
    from app.exchange import china_offsets

    key = normal(key)
    base = base_of(key)
    if not base:
        raise UserError("map-crs-unknown", crs=key[:40])
    plain: dict[str, Turn] = {
        WGS84: lambda x, y: (x, y), "EPSG:4490": lambda x, y: (x, y),  # they differ by centimetres
        GCJ02: china_offsets.from_gcj02, BD09: china_offsets.from_bd09,
    }  # fmt: skip
    found = plain.get(base)
    scale = 0.001 if MILLIMETRES in key[: len(SWAPPED) + len(MILLIMETRES)] else 1.0
    swapped = key.startswith(SWAPPED)

    def turned(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
        x, y = (y, x) if swapped else (x, y)
        if scale != 1.0:
            x, y = x * scale, y * scale
        return found(x, y) if found else _projected(base, x, y)

    if found is None:
        _transformer(base)
    return turned


def _projected(base: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    import numpy as np

    _offline()  # each thread has its own of what PROJ may do, and of the transformer
    lon, lat = _transformer(base).transform(x, y, errcheck=False)
    west, south, east, north = CHINA
    outside = ~((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    return np.where(outside, math.nan, lon), np.where(outside, math.nan, lat)


@lru_cache(maxsize=64)
def _transformer(base: str) -> Any:
    from pyproj import Transformer
    from pyproj.crs import BoundCRS
    from pyproj.crs.coordinate_operation import ToWGS84Transformation
    from pyproj.exceptions import ProjError

    crs = _flat(base)
    try:
        if not crs.is_bound and "Beijing 1954" in (crs.geodetic_crs or crs).name:
            crs = BoundCRS(crs, 4326, ToWGS84Transformation(crs.geodetic_crs, *BEIJING_54))
        return Transformer.from_crs(crs, 4326, always_xy=True, only_best=False)
    except (ProjError, ValueError):
        raise UserError("map-crs-unknown", crs=base[:40]) from None

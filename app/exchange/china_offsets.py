"""GCJ-02 and BD-09: the offsets that Chinese web maps carry, and the way back to WGS 84.

The formulas are unofficial but the same everywhere (for example the open coordtransform and eviltransform); nothing is
shifted outside of a box around China. Arrays of degrees in, arrays of degrees out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]

WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
"""The box in which the web maps shift; it is part of the formulas."""
_RADIUS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323
"""Krassovsky's ellipsoid: half the long axis in metres, the first eccentricity squared."""
_BAIDU_X, _BAIDU_Y = 0.0065, 0.006
_ROUNDS = 12
"""Each round leaves about a thousandth of the error of the one before."""


def to_gcj02(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    """WGS 84 → GCJ-02."""
    import numpy as np

    inside = (x > WEST) & (x < EAST) & (y > SOUTH) & (y < NORTH)
    dx, dy = _shift(x, y)
    return np.where(inside, x + dx, x), np.where(inside, y + dy, y)


def from_gcj02(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    """GCJ-02 → WGS 84 by looking for what would have been shifted there: exact to a millimetre inside China."""
    gone_x, gone_y = x, y
    for _ in range(_ROUNDS):
        there_x, there_y = to_gcj02(gone_x, gone_y)
        gone_x, gone_y = gone_x - (there_x - x), gone_y - (there_y - y)
    return gone_x, gone_y


def to_bd09(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    """WGS 84 → BD-09."""
    return _baidu(*to_gcj02(x, y))


def from_bd09(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    """BD-09 → WGS 84."""
    gone_x, gone_y = x - _BAIDU_X, y - _BAIDU_Y
    for _ in range(_ROUNDS):
        there_x, there_y = _baidu(gone_x, gone_y)
        gone_x, gone_y = gone_x - (there_x - x), gone_y - (there_y - y)
    return from_gcj02(gone_x, gone_y)


def _baidu(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    import numpy as np

    turn = np.pi * 3000.0 / 180.0
    length = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return length * np.cos(angle) + _BAIDU_X, length * np.sin(angle) + _BAIDU_Y


def _shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """By how many degrees GCJ-02 lies east and north of WGS 84."""
    import numpy as np

    pi, sin = np.pi, np.sin
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = np.radians(lat)
    flat = 1 - _ECCENTRICITY * sin(latitude) ** 2
    north *= 180.0 / (_RADIUS * (1 - _ECCENTRICITY) / (flat * np.sqrt(flat)) * pi)
    east *= 180.0 / (_RADIUS / np.sqrt(flat) * np.cos(latitude) * pi)
    return east, north

"""The QR code beside each household, many at a time.

A QR code of one version and mask is linear: flipping a bit of the text flips always the same modules, whatever else
stands in it (data, Reed–Solomon and mask are all XOR). So segno draws one code and, once each, what every bit changes;
a code is then a few XORs. Thousands of sheets wait for Typst and not for their codes.
"""

from __future__ import annotations

import re
from functools import cache

import segno

MODULES = 33
"""Side of the square, without the quiet zone."""
LONGEST = 62
_VERSION, _MASK = 4, 3
_RUNS, _PIECE = re.compile("1+|0+"), MODULES // 3


def modules(text: str) -> int:
    """The square of an ASCII text, row by row, as one number of MODULES² bits (1 = dark)."""
    data = text.encode("ascii")
    square = _drawn(bytes(len(data)))
    for place, byte in enumerate(data):
        for bit in range(7):
            if byte >> bit & 1:
                square ^= _flips(len(data), place, bit)
    return square


@cache
def _flips(length: int, place: int, bit: int) -> int:
    changed = bytearray(length)
    changed[place] = 1 << bit
    return _drawn(bytes(length)) ^ _drawn(bytes(changed))


@cache
def _drawn(data: bytes) -> int:
    """As segno draws it: 15 % may be dirt (level M)."""
    made = segno.make_qr(data, version=_VERSION, error="m", boost_error=False, mask=_MASK, mode="byte")
    return int("".join("1" if dark else "0" for row in made.matrix for dark in row), 2)


def path(text: str) -> str:
    """The square as an SVG path of horizontal strokes, one unit a module."""
    bits = f"{modules(text):0{MODULES * MODULES}b}"
    return "".join(
        f"M0 {row}.5"
        + "".join(_strokes(bits[place : place + _PIECE]) for place in range(start, start + MODULES, _PIECE))
        for row, start in enumerate(range(0, len(bits), MODULES))
    )


@cache
def _strokes(bits: str) -> str:
    """A third of a row as strokes and moves, from its left end to its right end."""
    return "".join(f"h{len(run[0])}" if run[0][0] == "1" else f"m{len(run[0])} 0" for run in _RUNS.finditer(bits))

"""A pack of base layers as one file (.ltmap): a centre prepares roads, water and green once, and its committees take them by stick.

zstd of lines of JSON: {"loutu": "ground", "version": 1}; for each layer {"layer": kind, "title", "source"}, then one line for each
feature: [class, name, geometry]. Public maps: not encrypted, not signed. It is read line by line, each line strictly.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from app.domain import ground as under
from app.domain.findings import UserError
from app.domain.geometry import GeometryError
from app.domain.ground import FEATURES, Layer, Shape

SUFFIX = ".ltmap"
LARGEST, LONGEST_LINE = 256 << 20, 4 << 20
"""Bytes of a pack when opened, and of one line in it."""
_WINDOW = 32 << 20
HEAD = {"loutu": "ground", "version": 1}


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    layer: str
    title: str
    source: str


_read_line = msgspec.json.Decoder(_Head | tuple[str, str, dict[str, Any]]).decode


def written(layers: Iterable[tuple[Layer, Sequence[Shape]]]) -> bytes:
    """A pack of these layers."""
    packing = zstandard.ZstdCompressor(level=12).compressobj()
    encode = msgspec.json.Encoder().encode
    made = [packing.compress(encode(HEAD) + b"\n")]
    for layer, shapes in layers:
        head = {"layer": layer.kind, "title": layer.title, "source": layer.source}
        made.append(packing.compress(encode(head) + b"\n"))
        made += [packing.compress(encode((each.cls, each.name, each.geometry)) + b"\n") for each in shapes]
    made.append(packing.flush())
    return b"".join(made)


def read(file: Path) -> list[tuple[_Head, list[Shape]]]:
    """The layers of a pack. Raises UserError: file-missing, pack-broken, pack-large."""
    try:
        with file.open("rb") as handle:
            unpacking = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
            return _layers(_lines(unpacking.stream_reader(handle), file.name), file.name)
    except OSError:
        raise UserError("file-missing", file=str(file)) from None
    except (zstandard.ZstdError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, GeometryError):
        raise UserError("pack-broken", file=file.name) from None


def _lines(source: Any, name: str) -> Iterator[bytes]:
    reading = io.BufferedReader(source)
    left = LARGEST
    while line := reading.readline(LONGEST_LINE):
        left -= len(line)
        if left < 0 or (len(line) == LONGEST_LINE and not line.endswith(b"\n")):
            raise UserError("pack-large", file=name)
        yield line


def _layers(lines: Iterator[bytes], name: str) -> list[tuple[_Head, list[Shape]]]:
    if msgspec.json.decode(next(lines, b"")) != HEAD:
        raise UserError("pack-broken", file=name)
    found: list[tuple[_Head, list[Shape]]] = []
    points = 0
    for line in lines:
        said = _read_line(line)
        if isinstance(said, _Head):
            if said.layer not in FEATURES or len(found) >= under.MOST_LAYERS:
                raise UserError("pack-broken", file=name)
            found.append((said, []))
            points = 0
            continue
        if not found:
            raise UserError("pack-broken", file=name)
        cls, title, geometry = said
        found[-1][1].append(Shape(under.read(geometry), title, cls))
        points += under.points(found[-1][1][-1].geometry)
        if len(found[-1][1]) > under.MOST_FEATURES or points > under.MOST_POINTS:
            raise UserError("pack-large", file=name)
    return found

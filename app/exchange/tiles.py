"""Backgrounds of tiles: PMTiles archives read piece by piece, what such a file says of itself, tiles taken apart.

Formats: PMTiles 3, Mapbox Vector Tile 2. Whatever such a file says of sizes and offsets is checked first; a tile
of pixels is passed on only if it is a PNG, JPEG or WebP of a tile's size, never SVG or anything else.
"""

from __future__ import annotations

import gzip
import html
import math
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.findings import UserError

LARGEST_TILE, LARGEST_OPENED = 4 << 20, 16 << 20
"""Bytes of a tile as it lies in the file, and of a vector tile opened."""
LARGEST_DIRECTORY = 2 << 20
"""Of a PMTiles directory, opened: half a million tiles."""
WIDEST = 1024
"""Px of a tile of pixels."""
DEEPEST, HIGHEST = 4, 22
"""Directories below each other; zoom."""
MOST_POINTS = 400_000
WHOLE = (-180.0, -85.0, 180.0, 85.0)
Line = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class About:
    """What a file of tiles says of itself. form: png, jpg, webp or pbf. box: west, south, east, north."""

    form: str
    low: int
    high: int
    box: tuple[float, float, float, float] = WHOLE
    title: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """Of a vector tile, in units of `extent` from its north-west corner. kind: 1 points, 2 lines, 3 areas.

    box: what holds it: least x, least y, greatest x, greatest y.
    """

    kind: int
    cls: str
    lines: tuple[Line, ...]
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class TileLayer:
    name: str
    extent: int
    features: tuple[Feature, ...]


def refused(file: str) -> UserError:
    return UserError("tiles-broken", file=file)


# ---------------------------------------------------------------- tiles of pixels


def media(content: bytes, widest: int = WIDEST, largest: int = LARGEST_TILE) -> str:
    """The media type of a tile of pixels; "" for what is none, or larger than a tile may be."""
    size: tuple[int, int] | None = None
    kind = ""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) > 24:
        kind, size = "image/png", struct.unpack(">II", content[16:24])
    elif content.startswith(b"\xff\xd8\xff"):
        kind, size = "image/jpeg", _jpeg_size(content)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind, size = "image/webp", _webp_size(content)
    return kind if size and all(0 < each <= widest for each in size) and len(content) <= largest else ""


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """From the frame's header (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack(">HH", content[at + 5 : at + 9])
            return wide, high
        at += 2 + length
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """From the first chunk (RFC 9649): lossy, lossless or extended."""
    chunk, body = content[12:16], content[20:30]
    if len(body) < 10:
        return None
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        wide, high = struct.unpack("<HH", body[6:10])
        return wide & 0x3FFF, high & 0x3FFF
    if chunk == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    return None


def form_of(content: bytes) -> str:
    """png, jpg, webp, pbf, or "" for what is no tile."""
    found = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}.get(media(content), "")
    if found:
        return found
    try:
        return "pbf" if any(True for _ in taken_apart(content)) else ""
    except ValueError:
        return ""


def opened(content: bytes, most: int = LARGEST_OPENED) -> bytes:
    """What is packed by gzip or zlib, up to `most`; other bytes as they are. Raises ValueError for more or for rubbish."""
    if not content.startswith((b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"\x78\x01")):
        return content
    unpacking = zlib.decompressobj(wbits=47)
    try:
        made = unpacking.decompress(content, most)
    except zlib.error:
        raise ValueError("packed badly") from None
    if unpacking.unconsumed_tail:
        raise ValueError("too large")
    return made


# ---------------------------------------------------------------- vector tiles


def taken_apart(content: bytes, wanted: Mapping[str, Any] | None = None) -> list[TileLayer]:
    """The layers of a vector tile whose names are wanted. Raises ValueError for what is none."""
    from google.protobuf.message import DecodeError
    from mapbox_vector_tile.Mapbox import vector_tile_pb2

    tile: Any = vector_tile_pb2.tile()
    try:
        tile.ParseFromString(opened(content))
    except (DecodeError, RuntimeError) as error:
        raise ValueError(str(error)) from None
    found, left = [], MOST_POINTS
    for layer in tile.layers:
        if wanted is not None and layer.name not in wanted:
            continue
        features = []
        for each in layer.features:
            left -= len(each.geometry) // 2
            if left < 0:
                raise ValueError("too many points")
            drawn = tuple(lines(each.geometry))
            if drawn:
                features.append(Feature(each.type, _class_of(layer, each.tags), drawn, _reach(drawn)))
        found.append(TileLayer(layer.name, max(1, layer.extent), tuple(features)))
    return found


_CLASS = ("class", "kind", "pmap:kind", "type")
"""Properties that say what a feature is, in the schemas of OpenMapTiles, Protomaps and Shortbread."""


def _class_of(layer: Any, tags: Sequence[int]) -> str:
    held = {}
    for key, value in zip(tags[::2], tags[1::2], strict=False):
        if key < len(layer.keys) and value < len(layer.values):
            held[layer.keys[key]] = layer.values[value].string_value
    return next((held[key] for key in _CLASS if held.get(key)), "")


def _reach(drawn: Sequence[Line]) -> tuple[int, int, int, int]:
    xs, ys = [x for line in drawn for x, _ in line], [y for line in drawn for _, y in line]
    return min(xs), min(ys), max(xs), max(ys)


def lines(geometry: Sequence[int]) -> Iterator[Line]:
    """The lines or rings of a feature's geometry (MVT 4.3): commands and zigzag steps. What is cut off is left out."""
    x = y = at = 0
    line: Line = []
    while at < len(geometry):
        command, count = geometry[at] & 7, geometry[at] >> 3
        at += 1
        if command == 7:
            if len(line) > 2:
                line.append(line[0])
            continue
        if command not in (1, 2) or count > (len(geometry) - at) // 2:
            break
        for _ in range(count):
            if command == 1 and line:
                yield line
                line = []
            dx, dy = geometry[at], geometry[at + 1]
            x, y, at = x + ((dx >> 1) ^ -(dx & 1)), y + ((dy >> 1) ^ -(dy & 1)), at + 2
            line.append((x, y))
    if line:
        yield line


# ---------------------------------------------------------------- PMTiles


class Pmtiles:
    """An archive on disk; nothing of it is held in memory but directories."""

    def __init__(self, file: Path) -> None:
        """Raises UserError("tiles-broken"), OSError."""
        from pmtiles.tile import Compression, TileType, deserialize_header

        self.file, self.size = file, file.stat().st_size
        try:
            self.header: Any = deserialize_header(self._read(0, 127))
        except Exception as error:  # the library raises of its own and of Python's
            raise refused(file.name) from error
        forms = {TileType.MVT: "pbf", TileType.PNG: "png", TileType.JPEG: "jpg", TileType.WEBP: "webp"}
        self.form = forms.get(self.header["tile_type"], "")
        packed = {self.header["internal_compression"], self.header["tile_compression"]}
        if not self.form or packed - {Compression.NONE, Compression.GZIP, Compression.UNKNOWN}:
            raise refused(file.name)
        self.packed = self.header["internal_compression"] is Compression.GZIP

    def _read(self, offset: int, length: int) -> bytes:
        if not 0 <= offset <= offset + length <= self.size:
            raise ValueError("outside the file")
        with self.file.open("rb") as handle:
            handle.seek(offset, os.SEEK_SET)
            return handle.read(length)

    def about(self) -> About:
        """Raises UserError("tiles-broken")."""
        import msgspec

        header = self.header
        box = tuple(header[key] / 1e7 for key in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"))
        try:
            told = opened(self._read(header["metadata_offset"], min(header["metadata_length"], LARGEST_TILE)))
            metadata = msgspec.json.decode(told, type=dict[str, Any]) if told else {}
        except (ValueError, RecursionError) as error:
            raise refused(self.file.name) from error
        return about(self.form, header["min_zoom"], header["max_zoom"], box, metadata, self.file.name)

    def get(self, zoom: int, x: int, y: int) -> bytes | None:
        """A tile, None where there is none. Raises ValueError for an archive that is broken."""
        from pmtiles.tile import find_tile, zxy_to_tileid

        wanted, header = zxy_to_tileid(zoom, x, y), self.header
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(DEEPEST):
            if length > LARGEST_DIRECTORY:
                raise ValueError("directory too large")
            found = find_tile(_directory(self._read(offset, length), self.packed), wanted)
            if found is None:
                return None
            if found.run_length:
                if found.length > LARGEST_TILE:
                    raise ValueError("tile too large")
                return self._read(header["tile_data_offset"] + found.offset, found.length)
            offset, length = header["leaf_directory_offset"] + found.offset, found.length
        return None


@lru_cache(maxsize=24)
def _directory(content: bytes, packed: bool) -> list[Any]:
    """Raises ValueError; the library opens a directory whole, so that it is looked at first."""
    from pmtiles.tile import deserialize_directory

    opened_ = opened(content, LARGEST_DIRECTORY) if packed else content
    try:
        return deserialize_directory(content if packed else gzip.compress(opened_, 0))
    except (EOFError, IndexError, OSError, MemoryError, zlib.error) as error:
        raise ValueError(str(error)) from None


# ---------------------------------------------------------------- what a file says of itself


def about(form: str, low: object, high: object, box: Sequence[Any], metadata: Mapping[str, Any], file: str) -> About:
    """Checked and put right. Raises UserError("tiles-broken")."""
    if not (isinstance(low, int) and isinstance(high, int) and 0 <= low <= high <= HIGHEST):
        raise refused(file)
    return About(form, low, high, _box(box), _plain(metadata.get("name")), _plain(metadata.get("attribution")))


def _box(values: Sequence[Any]) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(each) for each in values)
    except (ValueError, TypeError):
        return WHOLE
    if not all(map(math.isfinite, (west, south, east, north))) or not (west < east and south < north):
        return WHOLE
    return max(west, -180.0), max(south, -85.0), min(east, 180.0), min(north, 85.0)


def _plain(value: object) -> str:
    """Makers write whom to credit in HTML: its words."""
    if not isinstance(value, str):
        return ""
    return " ".join(html.unescape(re.sub(r"<[^<>]{0,500}>", "", value[:4000])).split())[:120]

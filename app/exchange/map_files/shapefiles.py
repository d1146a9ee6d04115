"""Shapefiles (ESRI, 1998): a .shp with the .dbf, .prj and .cpg beside it, in a folder or in a zip, read from memory.

Chinese .dbf files are in GBK or UTF-8, and what says which (.cpg, a byte in the head) is often missing or wrong: the
bytes are tried.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

from app.domain.findings import UserError
from app.domain.geometry import MOST_POINTS
from app.exchange.map_files.archives import Parts
from app.exchange.map_files.gathering import MOST_FEATURES, MOST_POINTS_TOGETHER, Budget, Gathering
from app.exchange.map_files.raw import RawLayer

LARGEST = 64 << 20
MOST_RINGS = 3_000
"""Of one feature: each hole is looked for in each outer ring."""
_HEAD = 100
_NONE, _PATCHES = 0, 31
_LARGEST_RECORD = MOST_POINTS * 32 + 1_000
"""Bytes: each point with height and measure."""
_NO_SHAPE = struct.pack(">ii", 2, 0)[:4] + struct.pack("<i", 0)
_TOO_MANY = [[[0.0, 0.0]] * (MOST_POINTS + 1)]
_TRIED = 4 << 20
"""Bytes of a table from which its encoding is told."""
_FEW_WRONG = 0.02
"""Share of the bytes beyond ASCII that may be no UTF-8: texts are cut off in the middle of a character."""
_GBK = re.compile(r"(gbk|gb2312|gb18030|936|cp936|ansi 936|oem)$", re.IGNORECASE)


def read_beside(file: Path, budget: Budget) -> list[RawLayer]:
    """A bare .shp and what lies beside it. Raises UserError: as `read_layers`."""
    found: dict[str, bytes] = {}
    try:
        beside = {each.suffix.lower(): each for each in sorted(file.parent.iterdir()) if each.stem == file.stem}
        beside[".shp"] = file
        for ending in (".shp", ".dbf", ".prj", ".cpg"):
            if (part := beside.get(ending)) is not None:
                if part.stat().st_size > LARGEST:
                    raise UserError("map-file-large", file=part.name, most=LARGEST >> 20)
                found[ending] = part.read_bytes()
    except OSError:
        raise UserError("file-missing", file=str(file)) from None
    return [_layer(file.stem, found, file.name, budget)]


def read_part(parts: Parts, name: str, budget: Budget) -> list[RawLayer]:
    """One .shp of a zip with its companions. Raises UserError: as `read_layers`."""
    stem = name[:-4].lower()
    found = {each[-4:].lower(): each for each in parts.infos if each[:-4].lower() == stem}
    data = {ending: parts.bytes(each) for ending, each in found.items() if ending in (".shp", ".dbf", ".prj", ".cpg")}
    return [_layer(PurePosixPath(name).name[:-4], data, name, budget)]


def _layer(name: str, data: dict[str, bytes], file: str, budget: Budget) -> RawLayer:
    gathering = Gathering(name, budget, crs=_text(data.get(".prj", b"")))
    table = data.get(".dbf", b"")
    if not table:
        gathering.find("map-no-dbf")
    records = _records(table, _text(data.get(".cpg", b"")), gathering)
    shapes = _shapes(data[".shp"], file)
    missing = False
    for shape, record in zip_longest(shapes, records):
        if shape is None:
            break  # a table longer than the shapes: what is left belongs to none
        missing |= record is None
        gathering.add(shape.get("geometry"), record or {})
    if missing and table:
        gathering.find("map-dbf-short")
    return gathering.layer()


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data[:20_000].decode(encoding).strip()
        except UnicodeDecodeError:
            continue
    return ""


# ---------------------------------------------------------------- shapes


def _shapes(data: bytes, file: str) -> Iterator[dict[str, Any]]:
    """{"geometry": GeoJSON or None} of each record. Raises UserError: map-file-damaged, map-file-points."""
    import shapefile

    shapefile.VERBOSE = False  # it would print what we tell in findings
    if len(data) < _HEAD:
        raise UserError("map-file-damaged", file=file)
    try:
        whole, large = _measured(data)
        for number, shape in enumerate(shapefile.Reader(shp=io.BytesIO(whole)).iterShapes()):
            yield {"geometry": {"type": "Polygon", "coordinates": _TOO_MANY} if number in large else _geometry(shape)}
    except (shapefile.ShapefileException, struct.error, ValueError, IndexError, KeyError, TypeError, EOFError,
            OverflowError, MemoryError, AttributeError):  # fmt: skip
        raise UserError("map-file-damaged", file=file) from None


def _measured(data: bytes) -> tuple[bytes, set[int]]:
    """(the whole records with the length in their head set right, places of those too large to be unpacked).

    A record that is too large stands there as one without a shape. Raises ValueError where nothing is whole;
    UserError("map-file-points").
    """
    at, pieces, large = _HEAD, [data[:24], b"", data[28:_HEAD]], set[int]()
    while at + 12 <= len(data):
        (words,) = struct.unpack_from(">i", data, at + 4)
        if words < 2 or at + 8 + 2 * words > len(data):
            break
        if 2 * words > _LARGEST_RECORD:
            large.add(len(pieces) - 3)
            pieces.append(data[at : at + 4] + _NO_SHAPE)
        else:
            pieces.append(data[at : at + 8 + 2 * words])
        at += 8 + 2 * words
        if len(pieces) > MOST_FEATURES + 3:
            raise UserError("map-file-points", features=MOST_FEATURES, points=MOST_POINTS_TOGETHER)
    if at == _HEAD and len(data) > _HEAD:
        raise ValueError("no whole record")
    pieces[1] = struct.pack(">i", sum(map(len, pieces)) // 2 + 2)
    return b"".join(pieces), large


def _geometry(shape: Any) -> dict[str, Any] | None:
    if shape.shapeType == _NONE:
        return None
    if shape.shapeType == _PATCHES or len(getattr(shape, "parts", ())) > MOST_RINGS:
        return {"type": "broken"}
    try:
        made = shape.__geo_interface__
    except Exception as error:  # pyshp raises a bare one where it finds no order in the rings
        if isinstance(error, MemoryError | RecursionError):
            raise
        return {"type": "broken"}
    return dict(made) if made.get("coordinates") else None


# ---------------------------------------------------------------- the table


def _records(data: bytes, said: str, gathering: Gathering) -> Iterator[dict[str, Any]]:
    """The rows of a .dbf; a broken table is told of, and the shapes stay without names."""
    import shapefile

    if not data:
        return
    encoding = _encoding(data, said)
    try:
        reader = shapefile.Reader(dbf=io.BytesIO(data), encoding=encoding, encodingErrors="replace")
        for record in reader.iterRecords(deleted_as_None=True):
            yield {key: _value(value) for key, value in record.as_dict().items()} if record is not None else {}
    except (shapefile.ShapefileException, struct.error, ValueError, IndexError, KeyError, TypeError, EOFError,
            OverflowError, MemoryError, AttributeError, LookupError):  # fmt: skip
        gathering.find("map-dbf-damaged")


def _value(value: object) -> object:
    return value.rstrip("\x00� ") if isinstance(value, str) else value


def _encoding(data: bytes, said: str) -> str:
    """By the bytes: what is no UTF-8 is what Chinese PCs write; what is told counts only where the bytes leave it open."""
    data = data[:_TRIED]
    beyond = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if not beyond:
        return "utf-8"
    wrong = data.decode("utf-8", "replace").count("�")
    fits = wrong <= max(1, beyond * _FEW_WRONG)
    return "gb18030" if not fits or (_GBK.search(said) and wrong) else "utf-8"

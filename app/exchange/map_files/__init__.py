"""Map files of every kind that offices hand on, each read strictly into layers of plain features."""

from __future__ import annotations

from pathlib import Path

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange.map_files.gathering import Budget
from app.exchange.map_files.raw import RawFeature as RawFeature
from app.exchange.map_files.raw import RawLayer as RawLayer

_KINDS = (
    ("GeoJSON", (".geojson", ".json", ".geojsonl")),
    ("GeoPackage", (".gpkg",)),
    ("Shapefile 压缩包", (".zip", ".shp")),
    ("KML", (".kml", ".kmz")),
    ("CAD 图（DXF）", (".dxf",)),
)
LARGEST = 64 << 20
_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
_HEAD = 4096


def kinds() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(name for the file dialog, endings with their dot) of every kind that is read."""
    return _KINDS


def read_layers(file: Path, *, progress: Progress = quiet, cancelled: Cancelled = never) -> list[RawLayer]:
    """All layers of a map file that hold any feature; told by content, not by the name's ending. At least one.

    Raises UserError: file-missing, map-file-large, map-file-type, map-file-damaged, map-file-encrypted, map-file-dwg,
    map-file-empty, map-file-points, map-file-bomb, cancelled.
    """
    check(cancelled)
    progress(0, 0, "map-file-reading")
    layers = _read(file, Budget(progress, cancelled))
    filled = [layer for layer in layers if layer.features]
    if filled:
        return filled
    if any(layer.findings for layer in layers):
        return [layer for layer in layers if layer.findings]
    raise UserError("map-file-empty", file=file.name)


def _read(file: Path, budget: Budget) -> list[RawLayer]:
    file = _whole(file)
    head = _head(file)
    if head.startswith(b"SQLite format 3\x00"):
        from app.exchange.map_files import geopackage

        return geopackage.read(file, budget)
    if head.startswith(b"PK\x03\x04"):
        from app.exchange.map_files import archives

        return archives.read(file, budget)
    if head.startswith(b"\x00\x00\x27\x0a"):
        from app.exchange.map_files import shapefiles

        return shapefiles.read_beside(file, budget)
    if head.startswith(b"AC10") or file.suffix.lower() == ".dwg":
        raise UserError("map-file-dwg", file=file.name)
    return _read_text(file, head, budget)


def _read_text(file: Path, head: bytes, budget: Budget) -> list[RawLayer]:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = head.decode("utf-16", "replace").lstrip().encode()
    if start[:1] in b"{[" and start:
        from app.exchange.map_files import geojson

        return geojson.read(_bytes(file, geojson.LARGEST), file.name, budget)
    if start[:1] == b"<":
        from app.exchange.map_files import kml

        return kml.read(_bytes(file, kml.LARGEST), file.name, budget)
    if head.startswith(b"AutoCAD Binary DXF") or _is_dxf(start):
        from app.exchange.map_files import dxf

        return dxf.read(_bytes(file, dxf.LARGEST), file.name, budget)
    raise UserError("map-file-type", file=file.name)


def _is_dxf(start: bytes) -> bool:
    lines = [line.strip() for line in start.split(b"\n", 40)[:40]]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    return next((value for code, value in pairs if code != b"999"), b"") == b"SECTION"


def _whole(file: Path) -> Path:
    """A part of a Shapefile stands for the whole: people pick what Windows shows first."""
    if file.suffix.lower() in _PARTS[1:]:
        for ending in (".shp", ".SHP"):
            if (shape := file.with_suffix(ending)).is_file():
                return shape
    return file


def _head(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise UserError("map-file-large", file=file.name, most=LARGEST >> 20)
        with file.open("rb") as stream:
            return stream.read(_HEAD)
    except (OSError, ValueError):
        raise UserError("file-missing", file=str(file)) from None


def _bytes(file: Path, most: int) -> bytes:
    try:
        if file.stat().st_size > most:
            raise UserError("map-file-large", file=file.name, most=most >> 20)
        return file.read_bytes()
    except OSError:
        raise UserError("file-missing", file=str(file)) from None

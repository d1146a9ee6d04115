"""GeoPackage (OGC 12-128r18): its tables of features, each a layer; pictures and everything else are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.findings import Finding, UserError
from app.exchange import foreign_sqlite
from app.exchange.foreign_sqlite import Damaged, Foreign, quoted
from app.exchange.map_files import wkb
from app.exchange.map_files.gathering import MOST_COLUMNS, Budget, Gathering
from app.exchange.map_files.raw import RawLayer

MOST_LAYERS = 100
_ENVELOPES = (0, 32, 48, 48, 64)
_UNSAID = (-1, 0)
"""Numbers of the systems "unknown, on a plane" and "unknown, on the earth"."""


def read(file: Path, budget: Budget) -> list[RawLayer]:
    """Its layers, also those without a feature. Raises UserError: map-file-type, map-file-damaged, map-file-points, cancelled."""
    try:
        with foreign_sqlite.opened(file, cancelled=budget.cancelled) as opened:
            layers = [_layer(opened, *each, budget) for each in _tables(opened, file)]
    except Damaged:
        raise UserError("map-file-damaged", file=file.name) from None
    if layers and _unsaved(file):
        layers[0].findings.append(Finding("map-file-open", value=file.name))
    return layers


def _unsaved(file: Path) -> bool:
    """A program has it open, and what it wrote last stands beside the file."""
    beside = file.with_name(file.name + "-wal")
    try:
        return beside.stat().st_size > 0
    except OSError:
        return False


def _tables(opened: Foreign, file: Path) -> list[tuple[str, str, str, int]]:
    """(table, title, column of the geometry, number of its system) of each layer. Raises UserError("map-file-type")."""
    names = {name for name, in opened.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
             if isinstance(name, str)}  # fmt: skip
    if not {"gpkg_contents", "gpkg_geometry_columns"} <= names:
        raise UserError("map-file-type", file=file.name)
    found = []
    for table, title, column, number in opened.rows(
        "SELECT c.table_name, c.identifier, g.column_name, g.srs_id FROM gpkg_contents AS c"
        " JOIN gpkg_geometry_columns AS g ON g.table_name = c.table_name"
        " WHERE c.data_type = 'features' ORDER BY c.rowid"
    ):
        if table in names and isinstance(column, str):
            found.append((table, title if isinstance(title, str) and title else table, column, number))
            if len(found) >= MOST_LAYERS:
                break
    return found


def _layer(opened: Foreign, table: str, title: str, column: str, number: int, budget: Budget) -> RawLayer:
    gathering = Gathering(title, budget, crs=_crs(opened, number))
    columns = opened.columns(table)
    if column not in columns:
        gathering.find("map-layer-damaged")
        return gathering.layer()
    others = [each for each in columns if each != column][:MOST_COLUMNS]
    asked = ", ".join(map(quoted, [column, *others]))
    try:
        for blob, *values in opened.rows(f"SELECT {asked} FROM {quoted(table)}"):
            gathering.add(_geometry(blob), dict(zip(others, values, strict=True)))
    except Damaged:
        gathering.find("map-layer-damaged")
    return gathering.layer()


def _geometry(blob: object) -> dict[str, Any] | None:
    """The geometry of a cell: a header of its own, then WKB. One that is broken has a kind of none."""
    if not isinstance(blob, bytes) or len(blob) < 8:
        return None
    flags = blob[3]
    envelope = flags >> 1 & 7
    if blob[:2] != b"GP" or envelope >= len(_ENVELOPES):
        return {"type": "broken"}
    if flags & 16:
        return None
    try:
        return wkb.read(blob, 8 + _ENVELOPES[envelope])
    except wkb.Wrong:
        return {"type": "broken"}


def _crs(opened: Foreign, number: object) -> str:
    if not isinstance(number, int) or number in _UNSAID:
        return ""
    for organization, code, definition in _definitions(opened, number):
        if isinstance(organization, str) and organization.upper() == "EPSG" and isinstance(code, int):
            return f"EPSG:{code}"
        return definition if isinstance(definition, str) and definition != "undefined" else ""
    return f"EPSG:{number}"


def _definitions(opened: Foreign, number: int) -> Iterator[tuple[Any, ...]]:
    sql = "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
    try:
        yield from opened.rows(sql, (number,))
    except Damaged:
        return

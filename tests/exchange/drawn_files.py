"""Map files made by other hands than ours: pyshp, ezdxf and sqlite3 write them, KML and GeoPackage headers are by hand."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ezdxf
import shapefile

Ring = Sequence[Sequence[float]]
SQUARE = [[121.5, 31.2], [121.501, 31.2], [121.501, 31.201], [121.5, 31.201], [121.5, 31.2]]
"""In degrees, as wide as a block."""
METRES = [
    [351000.0, 3455000.0],
    [351020.0, 3455000.0],
    [351020.0, 3455015.0],
    [351000.0, 3455015.0],
    [351000.0, 3455000.0],
]
"""CGCS 2000, Gauss-Krüger, 123°: a house in Pudong."""
CGCS_123 = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_123E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",123.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def polygon(*rings: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(map(list, ring)) for ring in rings]}


def geojson(path: Path, *features: Any, **more: Any) -> Path:
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False), "utf-8"
    )
    return path


def zipped(path: Path, parts: Mapping[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def shapes(
    rows: Sequence[tuple[Sequence[Ring], Mapping[str, Any]]], *, encoding: str = "utf-8", stem: str = "楼栋"
) -> dict[str, bytes]:
    """The parts of a Shapefile of areas, written by pyshp."""
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding=encoding, shapeType=shapefile.POLYGON) as writer:
        for name, value in rows[0][1].items():
            if isinstance(value, int):
                writer.field(name, "N", size=10)
            else:
                writer.field(name, "C", size=20)
        for rings, properties in rows:
            writer.poly([list(map(list, ring)) for ring in rings])
            writer.record(**properties)
    return {f"{stem}.shp": shp.getvalue(), f"{stem}.shx": shx.getvalue(), f"{stem}.dbf": dbf.getvalue()}


def wkb_polygon(*rings: Ring, order: str = "<") -> bytes:
    made = (b"\x01" if order == "<" else b"\x00") + struct.pack(f"{order}II", 3, len(rings))
    for ring in rings:
        made += struct.pack(f"{order}I", len(ring)) + b"".join(struct.pack(f"{order}2d", *point[:2]) for point in ring)
    return made


def in_package(wkb: bytes, *, envelope: Sequence[float] = (), number: int = 4326) -> bytes:
    """A geometry as a cell of a GeoPackage."""
    flags = 1 | (2 if envelope else 0)
    return b"GP\x00" + bytes([flags]) + struct.pack("<i", number) + struct.pack(f"<{len(envelope)}d", *envelope) + wkb


def geopackage(
    path: Path, rows: Sequence[tuple[Any, ...]], *, number: int = 4326, code: int = 4326, more: str = ""
) -> Path:
    """rows: (geometry's bytes, name, floors)."""
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,"
            " organization_coordsys_id INTEGER, definition TEXT, description TEXT);"
            "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, identifier TEXT, srs_id INTEGER);"
            "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER,"
            " z INTEGER, m INTEGER);"
            "CREATE TABLE houses (fid INTEGER PRIMARY KEY, geom BLOB, 名称 TEXT, 层数 INTEGER);"
            "INSERT INTO gpkg_contents VALUES ('houses', 'features', '楼栋', 1);"
        )
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES ('houses', 'geom', 'POLYGON', ?, 0, 0)", (number,))
        connection.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('x', ?, 'EPSG', ?, 'undefined', '')", (number, code)
        )
        connection.executemany("INSERT INTO houses (geom, 名称, 层数) VALUES (?, ?, ?)", rows)
        connection.executescript(more)
    connection.close()
    return path


def kml(path: Path, body: str) -> Path:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    path.write_text(f"{head}{body}</Document></kml>", "utf-8")
    return path


def placemark(name: str, ring: Ring = SQUARE, more: str = "") -> str:
    said = " ".join(f"{x},{y},0" for x, y in ring)
    area = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{said}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    return f"<Placemark><name>{name}</name>{more}{area}</Placemark>"


def drawing(version: str = "R2010") -> tuple[Any, Any]:
    """(ezdxf's document, its model space)."""
    document = ezdxf.new(version)  # type: ignore[attr-defined]
    return document, document.modelspace()

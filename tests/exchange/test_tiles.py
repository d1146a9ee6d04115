"""Backgrounds of tiles: real archives are read as their makers wrote them, broken and hostile ones refused at once."""

from __future__ import annotations

import gzip
import random
import sqlite3
import struct
import zlib
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from app.domain.findings import UserError
from app.exchange import tiles
from app.exchange.mbtiles import Mbtiles
from app.exchange.tiles import Pmtiles


def picture(wide: int = 256, high: int = 256) -> bytes:
    """A small PNG of one colour that says it is so large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"".join(b"\0" + b"\xdc\xe9\xf2" * wide for _ in range(high)))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )  # fmt: skip


PNG = picture()
Held = dict[tuple[int, int, int], bytes]


def mbtiles(file: Path, held: Held, **metadata: str) -> Path:
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        made.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
        made.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        rows = [(z, x, (1 << z) - 1 - y, content) for (z, x, y), content in held.items()]
        made.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    made.close()
    return file


def pmtiles(file: Path, held: Held, form: TileType = TileType.PNG, packing: Compression = Compression.NONE) -> Path:
    with file.open("wb") as handle:
        writer = Writer(handle)
        for place, content in sorted(held.items(), key=lambda each: zxy_to_tileid(*each[0])):
            writer.write_tile(zxy_to_tileid(*place), content)
        writer.finalize(
            {
                "tile_type": form, "tile_compression": packing, "min_lon_e7": 1214800000, "min_lat_e7": 312200000,
                "max_lon_e7": 1215200000, "max_lat_e7": 312500000, "center_zoom": 1, "center_lon_e7": 0, "center_lat_e7": 0,
            },
            {"name": "陆家嘴", "attribution": "<a href='http://x'>&copy; OpenStreetMap contributors</a>"},
        )  # fmt: skip
        writer.tile_f.close()
    return file


def vector() -> bytes:
    water = {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [2000, 0], [2000, 2000], [0, 2000], [0, 0]]]},
             "properties": {"class": "river"}}  # fmt: skip
    road = {
        "geometry": {"type": "LineString", "coordinates": [[0, 0], [4096, 4096]]},
        "properties": {"class": "primary"},
    }
    point = {"geometry": {"type": "Point", "coordinates": [5, 5]}, "properties": {"name": "甲"}}
    layers = [("water", [water]), ("transportation", [road]), ("place", [point])]
    made: bytes = mapbox_vector_tile.encode([{"name": name, "features": features} for name, features in layers])
    return made


# ---------------------------------------------------------------- what makers wrote


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
def test_tiles_come_back_from_where_they_were_put(tmp_path: Path, kind: str) -> None:
    held = {(z, x, y): picture(16 + z, 16 + x) for z in range(4) for x in range(1 << z) for y in range(0, 1 << z, 2)}
    pack: Any = (Mbtiles if kind == "mbtiles" else Pmtiles)(globals()[kind](tmp_path / f"a.{kind}", held))
    about = pack.about()
    assert (about.form, about.low, about.high) == ("png", 0, 3)
    for place, content in held.items():
        assert pack.get(*place) == content
    assert pack.get(3, 0, 1) is None and pack.get(4, 0, 0) is None


def test_whom_to_credit_is_read_as_words(tmp_path: Path) -> None:
    about = Pmtiles(pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): PNG})).about()
    assert (about.title, about.source) == ("陆家嘴", "© OpenStreetMap contributors")
    assert about.box == (121.48, 31.22, 121.52, 31.25)


def test_an_archive_with_leaves_is_read(tmp_path: Path) -> None:
    sizes = random.Random(7)
    held = {(8, x, y): bytes([x, y]) + bytes(sizes.randrange(250)) for x in range(256) for y in range(0, 256, 4)}
    pack = Pmtiles(pmtiles(tmp_path / "a.pmtiles", held))
    assert pack.header["leaf_directory_length"] > 0
    assert pack.get(8, 200, 32) == held[8, 200, 32]
    assert pack.get(8, 200, 33) is None


@pytest.mark.parametrize("packed", [False, True])
def test_a_vector_tile_is_taken_apart(packed: bool) -> None:
    content = gzip.compress(vector()) if packed else vector()
    assert tiles.form_of(content) == "pbf"
    water, road = tiles.taken_apart(content, {"water": 1, "transportation": 1})
    assert (water.name, water.extent, water.features[0].cls, water.features[0].kind) == ("water", 4096, "river", 3)
    assert road.features[0].lines == ([(0, 4096), (4096, 0)],)


def test_an_mbtiles_whose_tiles_are_a_view_is_read(tmp_path: Path) -> None:
    """Many makers keep each picture once and join."""
    file = tmp_path / "a.mbtiles"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        made.execute("CREATE TABLE map (zoom_level, tile_column, tile_row, tile_id)")
        made.execute("CREATE TABLE images (tile_id, tile_data)")
        made.execute("INSERT INTO map VALUES (0, 0, 0, 'a')")
        made.execute("INSERT INTO images VALUES ('a', ?)", (PNG,))
        made.execute(
            "CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id)"
        )
    made.close()
    assert Mbtiles(file).get(0, 0, 0) == PNG
    assert Mbtiles(file).about().form == "png"


# ---------------------------------------------------------------- what is a picture


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (picture(), "image/png"), (picture(1024, 8), "image/png"), (picture(1025, 8), ""), (PNG[:20], ""), (b"", ""),
        (b"GIF89a" + bytes(40), ""), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""), (b"<html>", ""),
        (bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0001108010001000301220002110103110100"), "image/jpeg"),
        (bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0001108ffff01000301220002110103110100"), ""),
        (b"RIFF" + bytes(4) + b"WEBPVP8L" + bytes(4) + b"\x2f" + (255 | 255 << 14).to_bytes(4, "little") + bytes(9), "image/webp"),
        (b"RIFF" + bytes(4) + b"WEBPVP8 " + bytes(4) + bytes(3) + b"\x9d\x01\x2a\x00\x01\x00\x01", "image/webp"),
    ],
)  # fmt: skip
def test_only_pictures_of_a_tile_s_size_pass(content: bytes, media: str) -> None:
    assert tiles.media(content) == media


@given(st.binary(max_size=200))
def test_rubbish_is_never_a_picture_nor_a_crash(content: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff", b"RIFF1234WEBPVP8X", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b"):
        tiles.media(start + content)
        assert tiles.form_of(start + content) in ("", "png", "jpg", "webp", "pbf")


@given(st.lists(st.integers(0, (1 << 32) - 1), max_size=60))
def test_any_commands_of_a_geometry_end(commands: list[int]) -> None:
    assert sum(map(len, tiles.lines(commands))) <= 2 * len(commands)


# ---------------------------------------------------------------- hostile files


def test_a_gzip_bomb_is_no_tile() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    assert len(bomb) < 100_000
    with pytest.raises(ValueError, match="too large"):
        tiles.opened(bomb)
    assert tiles.form_of(bomb) == ""


def forged(tmp_path: Path, at: int, value: int) -> Path:
    """A good archive of which one number in the header was changed."""
    file = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): PNG, (1, 0, 0): picture(8, 8)})
    content = bytearray(file.read_bytes())
    content[at : at + 8] = value.to_bytes(8, "little")
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("at", [8, 16, 56], ids=["root offset", "root length", "tiles offset"])
def test_an_archive_that_points_outside_itself_gives_no_tile(tmp_path: Path, at: int) -> None:
    pack = Pmtiles(forged(tmp_path, at, 1 << 40))
    with pytest.raises(ValueError, match=r"outside|too large"):
        pack.get(0, 0, 0)


def test_a_directory_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    file = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): PNG})
    bomb = gzip.compress(bytes(32 << 20))
    content = bytearray(file.read_bytes())
    content[8:24] = struct.pack("<QQ", len(content), len(bomb))
    file.write_bytes(bytes(content) + bomb)
    with pytest.raises(ValueError, match="too large"):
        Pmtiles(file).get(0, 0, 0)


def test_directories_that_point_at_each_other_end(tmp_path: Path) -> None:
    """A leaf that names itself as its own leaf."""
    from pmtiles.tile import Entry, serialize_directory

    file = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): PNG})
    circle = serialize_directory([Entry(0, 0, 0, 0)])
    for _ in range(3):  # its own length stands in it
        circle = serialize_directory([Entry(0, 0, len(circle), 0)])
    content = bytearray(file.read_bytes())
    content[8:24] = struct.pack("<QQ", len(content), len(circle))
    content[40:56] = struct.pack("<QQ", len(content), len(circle))
    file.write_bytes(bytes(content) + circle)
    assert Pmtiles(file).get(0, 0, 0) is None


@pytest.mark.parametrize(
    "content", [b"", b"PMTiles", b"PMTiles\x02" + bytes(200), b"words " * 50, b"PMTiles\x03" + bytes([255]) * 200]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.pmtiles"
    file.write_bytes(content)
    with pytest.raises(UserError) as refused:
        Pmtiles(file).about()
    assert refused.value.code == "tiles-broken"


def test_a_view_that_never_ends_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "a.mbtiles"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        made.execute(
            "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT 0 AS zoom_level, i AS tile_column, 0 AS tile_row, x'' AS tile_data FROM n"
        )
    made.close()
    with pytest.raises(UserError) as refused:
        Mbtiles(file).about()
    assert refused.value.code == "tiles-broken"


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    file = mbtiles(tmp_path / "a.mbtiles", {(0, 0, 0): PNG}, bounds="a,b,c,d")
    assert Mbtiles(file).about().box == tiles.WHOLE
    with sqlite3.connect(file) as made:
        made.execute("UPDATE tiles SET zoom_level = 'words'")
    made.close()
    with pytest.raises(UserError):
        Mbtiles(file).about()

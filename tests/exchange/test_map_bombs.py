"""Map files made to fill the memory or never to end: each turned away in the time and memory that a bomb may take."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange import drawn_files as made

ROOT = Path(__file__).parents[2]
SLOW = 3
"""A slower machine is given this much more time; that of other processes does not count."""
MEASURED = """
import sys, time
from pathlib import Path
from app.domain.findings import UserError
from app.exchange.map_files import read_layers

start = time.process_time()
try:
    code = ",".join(sorted({finding.code for layer in read_layers(Path(sys.argv[1])) for finding in layer.findings})) or "taken"
except UserError as error:
    code = error.code
seconds = time.process_time() - start
status = Path("/proc/self/status")
print(code, seconds, int(status.read_text().split("VmHWM:")[1].split()[0]) >> 10 if status.exists() else 0)
"""
MB = 1 << 20


def head(text: str, each: str, size: int, end: str = "]}") -> bytes:
    return (text + each * (size // len(each)) + each.rstrip(",") + end).encode()


def lists(path: Path) -> None:
    path.write_bytes(head('{"type":"FeatureCollection","features":[', "[],", 45 * MB))


def objects(path: Path) -> None:
    path.write_bytes(head('{"type":"FeatureCollection","features":[', '{"a":1},', 2 * MB))


def keys(path: Path) -> None:
    one = ",".join(f'"k{number}":""' for number in range(850_000))
    path.write_text('{"type":"Feature","geometry":null,"properties":{' + one + "}}", "utf-8")


def points(path: Path) -> None:
    path.write_bytes(head('{"type":"MultiPoint","coordinates":[', "[1,1],", 4 * MB))


def star(path: Path) -> None:
    """Every line crosses half of the others."""
    ring = [[math.cos(2.5 * number) * 0.4 + 121.5, math.sin(2.5 * number) * 0.4 + 31.2] for number in range(49_000)]
    made.geojson(path, made.feature(made.polygon([*ring, ring[0]])))


def stars(path: Path) -> None:
    ring = [[math.cos(2.5 * number) * 0.4 + 121.5, math.sin(2.5 * number) * 0.4 + 31.2] for number in range(499)]
    made.geojson(path, *[made.feature(made.polygon([*ring, ring[0]]))] * 1000)


def bows(path: Path) -> None:
    made.geojson(path, *[made.feature(made.polygon([[0, 0], [2, 2.1], [2, 0], [0, 2], [0, 0]]))] * 50_000)


def over_each_other(path: Path) -> None:
    one = [made.polygon(made.SQUARE)["coordinates"]] * 99
    made.geojson(path, *[made.feature({"type": "MultiPolygon", "coordinates": one})] * 1000)


def deep_kml(path: Path) -> None:
    path.write_bytes(b"<kml>" + b"<Folder>" * 5_000_000)


def wide_kml(path: Path) -> None:
    path.write_bytes(b"<kml><Document>" + b"<a/>" * 990_000 + b"</Document></kml>")


def wide_placemark(path: Path) -> None:
    path.write_bytes(b"<kml><Placemark>" + b"<Point/>" * 990_000 + b"</Placemark></kml>")


def empty_shapes(path: Path) -> None:
    record = struct.pack(">ii", 1, 2) + struct.pack("<i", 0)
    path.write_bytes(struct.pack(">i", 9994) + bytes(96) + record * (60 * MB // 12))


def one_shape(path: Path) -> None:
    count = 60 * MB // 16
    body = struct.pack("<i4dii", 5, 0, 0, 1, 1, 1, count) + struct.pack("<i", 0) + bytes(16 * count)
    path.write_bytes(struct.pack(">i", 9994) + bytes(24) + struct.pack("<ii", 1000, 5) + bytes(64)
                     + struct.pack(">ii", 1, len(body) // 2) + body)  # fmt: skip


def rings(path: Path) -> None:
    """One shape of many holes."""
    count = 12_000
    starts = struct.pack(f"<{count}i", *range(0, 4 * count, 4))
    body = (
        struct.pack("<i4dii", 5, 0, 0, 1, 1, count, 4 * count)
        + starts
        + struct.pack("<8d", 0, 0, 1, 0, 1, 1, 0, 0) * count
    )
    path.write_bytes(struct.pack(">i", 9994) + bytes(24) + struct.pack("<ii", 1000, 5) + bytes(64)
                     + struct.pack(">ii", 1, len(body) // 2) + body)  # fmt: skip


def zeros(path: Path) -> None:
    made.zipped(path, {f"{number}.shp": bytes(30 * MB) for number in range(5)})


def long_table(path: Path) -> None:
    parts = made.shapes([([made.SQUARE], {"名称": "1号"})])
    table = bytearray(parts["楼栋.dbf"])
    table[4:8] = struct.pack("<I", 0x7FFFFFFF)
    made.zipped(path, {**parts, "楼栋.dbf": bytes(table) + b" " * (3 * MB)})


def blocks(path: Path) -> None:
    document, space = made.drawing("R2000")
    for depth in range(8):
        block = document.blocks.new(f"b{depth}")
        for number in range(12):
            block.add_blockref(f"b{depth - 1}", (number, 0)) if depth else block.add_point((number, 0))
    space.add_blockref("b7", (0, 0), dxfattribs={"row_count": 30_000, "column_count": 30_000})
    document.saveas(path)


def drawn_lines(path: Path) -> None:
    path.write_bytes(b"  0\nSECTION\n  2\nENTITIES\n" + b"  0\nLINE\n" * 1_500_000)


def texts_in_frames(path: Path) -> None:
    document, space = made.drawing("R2000")
    for number in range(1200):
        space.add_lwpolyline([(-number, -number), (1e4, -number), (1e4, 1e4), (-number, 1e4)], close=True)
        space.add_text("1号", height=1).set_placement((number, number))
    document.saveas(path)


def great_arcs(path: Path) -> None:
    document, space = made.drawing("R2000")
    for number in range(500):
        space.add_lwpolyline([(0, 0, 1e6 + number), (1, 0, 1e-9), (1, 1, -1e12)], format="xyb", close=True)
        space.add_ellipse((0, 0), (1e12, 0), 1e-6)
        space.add_spline([(0, 0), (1e9, 1), (0, 2), (-1e9, 3)])
    document.saveas(path)


BOMBS: dict[Callable[[Path], None], str] = {
    lists: "map-file-points", objects: "map-file-points", keys: "map-geometry-none", points: "map-geometry-points",
    star: "map-geometry-broken", stars: "map-geometry-broken", bows: "", over_each_other: "", deep_kml: "map-file-damaged",
    wide_kml: "map-file-empty", wide_placemark: "", empty_shapes: "map-file-points", one_shape: "map-geometry-points",
    rings: "", zeros: "map-file-bomb", long_table: "", blocks: "map-file-blocks", drawn_lines: "map-file-points",
    texts_in_frames: "", great_arcs: "",
}  # fmt: skip
"""What makes it -> the code that is said; "" where only the time and the memory count."""


LONG = {star, stars, bows, over_each_other, wide_placemark, texts_in_frames, points, keys}
"""They take a process some seconds: the time is what is tested."""


@pytest.mark.parametrize(
    "bomb", [pytest.param(each, id=each.__name__, marks=[pytest.mark.all] if each in LONG else []) for each in BOMBS]
)
def test_a_bomb_is_turned_away_in_time(tmp_path: Path, bomb: Callable[[Path], None]) -> None:
    path = tmp_path / "x"
    bomb(path)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    code, seconds, megabytes = done.stdout.split()
    assert float(seconds) < 3 * SLOW and int(megabytes) < 300, (code, seconds, megabytes)
    assert BOMBS[bomb] in code

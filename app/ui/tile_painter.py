"""A vector tile as a picture in our quiet colours: water, green, houses, roads; no words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from app.maps.ground import COLOURS, rank_of
from app.services.backgrounds import PAINTED, Feature, Tile, TileLayer

SIZE = 512
GREEN = frozenset({
    "grass", "wood", "forest", "park", "garden", "cemetery", "pitch", "golf_course", "scrub", "farmland", "nature_reserve",
    "recreation_ground", "village_green", "meadow", "wetland", "playground", "zoo", "orchard", "national_park", "dog_park", "",
})  # fmt: skip
"""Kinds of ground that are green; the rest (residential, industrial …) is none."""
ROADS = {
    "rail": (0.0, 2.0, 2.0), "path": (1.5, 0.0, 3.0), "yard": (3.5, 0.0, 12.0), "lane": (6.0, 1.2, 18.0),
    "street": (8.0, 2.4, 24.0), "main": (11.0, 3.6, 32.0),
}  # fmt: skip
"""Metres wide, px at least and at most on a tile of SIZE, the least important first."""
THIN = 1.0
"""Px below which what may be left out is left out: paths from afar."""
DRAWN = ("green", "water", "waterway", "building")


def painted(tile: Tile) -> bytes:
    """A PNG of SIZE px. May run on any thread."""
    picture = QImage(SIZE, SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for what in DRAWN:
        _areas(painter, tile, what)
    _roads(painter, tile)
    painter.end()
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG", 60)  # type: ignore[call-overload]
    return bytes(kept.data())


def _path(tile: Tile, extent: int, lines: Iterable[list[tuple[int, int]]], closed: bool) -> QPainterPath:
    """Lines in pixels of the part that is painted."""
    over, column, row = tile.part
    scale = SIZE * (1 << over) / extent
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for line in lines:
        points = [QPointF(x * scale - column * SIZE, y * scale - row * SIZE) for x, y in line]
        path.moveTo(points[0])
        for point in points[1:]:
            path.lineTo(point)
        if closed:
            path.closeSubpath()
    return path


def _seen(tile: Tile, layer: TileLayer) -> Iterator[Feature]:
    """The features that reach into the part that is painted."""
    over, column, row = tile.part
    wide = layer.extent / (1 << over)
    west, north, room = column * wide, row * wide, wide / 8
    for each in layer.features:
        left, top, right, bottom = each.box
        if (
            left <= west + wide + room
            and right >= west - room
            and top <= north + wide + room
            and bottom >= north - room
        ):
            yield each


def _areas(painter: QPainter, tile: Tile, what: str) -> None:
    colour = QColor(COLOURS["footprints" if what == "building" else what])
    for layer in tile.layers:
        if PAINTED[layer.name] != what:
            continue
        for each in _seen(tile, layer):
            if what == "green" and each.cls not in GREEN:
                continue
            path = _path(tile, layer.extent, each.lines, each.kind == 3)
            if each.kind == 3:
                painter.fillPath(path, colour)
            elif each.kind == 2 and what in ("water", "waterway"):
                painter.strokePath(path, QPen(QColor(COLOURS["waterway"]), 2.5))


def _roads(painter: QPainter, tile: Tile) -> None:
    """All edges first, then all surfaces, so that crossings stay open."""
    found: dict[str, list[QPainterPath]] = {rank: [] for rank in ROADS}
    for layer in tile.layers:
        if PAINTED[layer.name] == "road":
            for each in _seen(tile, layer):
                rank = rank_of("roads", each.cls)
                if each.kind == 2 and rank in found:
                    found[rank].append(_path(tile, layer.extent, each.lines, False))
    wide = {rank: min(most, max(least, metres * SIZE / tile.metres)) for rank, (metres, least, most) in ROADS.items()}
    for edge in (True, False):
        for rank, paths in found.items():
            plain = rank in ("rail", "path")
            if wide[rank] < THIN or (plain and not edge):
                continue
            colour = COLOURS[rank] if plain else COLOURS["casing" if edge else "road"]
            pen = QPen(QColor(colour), wide[rank] + (3 if edge and not plain else 0))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            for path in paths:
                painter.strokePath(path, pen)

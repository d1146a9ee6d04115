"""A background of tiles (MBTiles, PMTiles): its file is copied beside the workspace, so that the stick can go, and its
tiles are handed out one by one. Public maps: the copy is not encrypted, and no backup carries it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.domain import ids
from app.domain.findings import UserError
from app.domain.ground import Layer
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange import tiles
from app.exchange.mbtiles import Mbtiles
from app.exchange.tiles import About, Feature, Pmtiles, TileLayer
from app.files import make_folder, refused_by_disk, replacing
from app.maps.ground import OVER
from app.services import ground
from app.services.session import Session

FOLDER = "tiles"
LARGEST = 8 << 30
PIECE = 4 << 20
KINDS = (".mbtiles", ".pmtiles")


@dataclass(frozen=True, slots=True)
class Tile:
    """Either pixels with their media type, or layers to be painted: of those the part (zooms, x, y) of the tile.

    metres: across what is painted.
    """

    media: str = ""
    content: bytes = b""
    layers: tuple[TileLayer, ...] = ()
    part: tuple[int, int, int] = (0, 0, 0)
    metres: float = 0.0


def look(session: Session, file: Path) -> About:
    """What a file of tiles holds. Raises UserError: tiles-type, file-missing, tiles-broken."""
    session.require("maps.change")
    return _about(file)


def keep(session: Session, file: Path, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Layer:
    """Copy a file of tiles beside the workspace and lay it under the maps.

    Raises UserError: tiles-type, tiles-large (most), tiles-broken, file-missing, disk-full, cancelled.
    """
    session.require("maps.change")
    told = _about(file)
    name = f"{ids.new_id()}{file.suffix.lower()}"
    copy = session.folder / FOLDER / name
    make_folder(copy.parent)
    _copy(file, copy, progress, cancelled)
    about = {
        "file": name, "from": file.name, "form": told.form, "zooms": [told.low, told.high], "box": list(told.box),
        "bytes": copy.stat().st_size,
    }  # fmt: skip
    try:
        made = ground.store(session, Layer("", "tiles", told.title or file.stem, told.source, "", about), b"")
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    _sweep(session)
    return made


def _about(file: Path) -> About:
    if file.suffix.lower() not in KINDS:
        raise UserError("tiles-type", file=file.name)
    try:
        if file.stat().st_size > LARGEST:
            raise UserError("tiles-large", file=file.name, most=LARGEST >> 30)
        return _pack(file).about()
    except OSError:
        raise UserError("file-missing", file=str(file)) from None


def _copy(file: Path, copy: Path, progress: Progress, cancelled: Cancelled) -> None:
    size = file.stat().st_size
    try:
        with replacing(copy) as temporary, file.open("rb") as source, temporary.open("xb") as target:
            while piece := source.read(PIECE):
                check(cancelled)
                target.write(piece)
                progress(target.tell() >> 20, size >> 20, "tiles-copying")
    except UserError:
        raise
    except OSError as problem:
        code = "disk-full" if refused_by_disk(problem) else "file-missing"
        raise UserError(code, file=str(file), folder=str(copy.parent)) from None


def _sweep(session: Session) -> None:
    """Files of tiles that no layer names any more (one was replaced, or was open when it was removed)."""
    held = {each.about["file"] for each in ground.layers(session) if each.kind == "tiles"}
    for each in (session.folder / FOLDER).iterdir():
        if each.suffix in KINDS and each.name not in held:
            try:
                each.unlink()
            except OSError:  # still open somewhere: another time
                continue


@dataclass(frozen=True, slots=True)
class Shelf:
    """The backgrounds that lie under the maps now: tiles are read from their files without the workspace, by any thread."""

    files: Mapping[str, tuple[Path, str, int, int]]
    """Layer -> its file, form, first and last zoom."""

    def tile(self, id_: str, zoom: int, x: int, y: int) -> Tile | None:
        """One tile; None for everything that is not there, also for one that is broken.

        Vector tiles are drawn beyond the file's last zoom from the last tile that there is.
        """
        if (
            id_ not in self.files
            or not 0 <= zoom <= tiles.HIGHEST + OVER
            or not (0 <= x < 1 << zoom and 0 <= y < 1 << zoom)
        ):
            return None
        file, form, low, high = self.files[id_]
        vector = form == "pbf"
        if not low <= zoom <= high + (OVER if vector else 0):
            return None
        over = max(0, zoom - high)
        try:
            if vector:
                layers = _layers(file, zoom - over, x >> over, y >> over)
                part = (over, x - (x >> over << over), y - (y >> over << over))
                return Tile(layers=layers, part=part, metres=_across(zoom, y)) if layers else None
            content = _pack(file).get(zoom, x, y) or b""
        except (OSError, ValueError, UserError):
            return None
        kind = tiles.media(content)
        return Tile(kind, content) if kind else None


@lru_cache(maxsize=12)
def _layers(file: Path, zoom: int, x: int, y: int) -> tuple[TileLayer, ...]:
    """A vector tile taken apart; kept for a while, since a screen asks for many parts of one."""
    content = _pack(file).get(zoom, x, y)
    return () if content is None else tuple(tiles.taken_apart(content, wanted=PAINTED))


def _across(zoom: int, y: int) -> float:
    """How many metres a tile is wide."""
    latitude = math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / (1 << zoom))))
    return 40_075_016.7 * math.cos(latitude) / (1 << zoom)


def shelf(session: Session) -> Shelf:
    """What the page may be handed tiles of."""
    session.require("maps.read")
    return Shelf({
        each.id: (session.folder / FOLDER / each.about["file"], each.about["form"], *each.about["zooms"])
        for each in ground.layers(session) if each.kind == "tiles" and each.on
    })  # fmt: skip


PAINTED = {
    "water": "water", "ocean": "water", "water_polygons": "water", "waterway": "waterway", "waterways": "waterway",
    "water_lines": "waterway", "landcover": "green", "landuse": "green", "park": "green", "natural": "green", "land": "green",
    "building": "building", "buildings": "building", "transportation": "road", "roads": "road", "streets": "road",
}  # fmt: skip
"""Layers of vector tiles -> what they are drawn as; the schemas of OpenMapTiles, Protomaps and Shortbread."""


def _pack(file: Path) -> Pmtiles | Mbtiles:
    return Pmtiles(file) if file.suffix.lower() == ".pmtiles" else Mbtiles(file)


def there(session: Session) -> frozenset[str]:
    """The backgrounds whose copied file is still beside the workspace: it does not travel with a backup."""
    session.require("maps.read")
    return frozenset(
        each.id for each in ground.layers(session)
        if each.kind == "tiles" and (session.folder / FOLDER / str(each.about["file"])).is_file()
    )  # fmt: skip


__all__ = ["PAINTED", "Feature", "Shelf", "Tile", "TileLayer", "keep", "look", "shelf", "there"]

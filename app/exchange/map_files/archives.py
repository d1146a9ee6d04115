"""Zipped map files: a Shapefile's parts or a KMZ, measured before anything is unpacked; nothing is written to disk."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from app.domain.findings import UserError
from app.domain.jobs import check
from app.exchange.map_files.gathering import Budget
from app.exchange.map_files.raw import RawLayer

LARGEST_PART = 64 << 20
"""Bytes of one part when unpacked; DEFLATE can make a thousand of one."""
LARGEST_WHOLE = 96 << 20
LARGEST_RATIO = 200
"""A part that is large and packed tighter than this is a bomb: maps are numbers, which pack to a third."""
SMALL = 4 << 20
MOST_PARTS = 2_000
_CHUNK = 1 << 20


class Parts:
    """The parts of an archive by their names. Made by `parts`."""

    def __init__(self, archive: zipfile.ZipFile, file: Path, budget: Budget) -> None:
        self._archive, self._file, self._budget = archive, file, budget
        self.infos = {name: info for info in archive.infolist() if (name := _name(info)) and not info.is_dir()}

    def bytes(self, name: str, most: int = LARGEST_PART) -> bytes:
        """One part. Raises UserError: map-file-bomb, map-file-encrypted, map-file-damaged, cancelled."""
        info, found = self.infos[name], bytearray()
        if info.flag_bits & 1:
            raise UserError("map-file-encrypted", file=self._file.name)
        if info.file_size > most or (info.file_size > SMALL and info.file_size > LARGEST_RATIO * info.compress_size):
            raise UserError("map-file-bomb", file=self._file.name, most=most >> 20)
        try:
            with self._archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    found += chunk
                    check(self._budget.cancelled)
                    if len(found) > most:
                        raise UserError("map-file-bomb", file=self._file.name, most=most >> 20)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise UserError("map-file-damaged", file=self._file.name) from None
        return bytes(found)


def read(file: Path, budget: Budget) -> list[RawLayer]:
    """The layers of a zip. Raises UserError: map-file-zip, map-file-bomb, map-file-encrypted, map-file-damaged, map-file-points."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise UserError("map-file-damaged", file=file.name) from None
    with archive:
        if len(archive.infolist()) > MOST_PARTS:
            raise UserError("map-file-bomb", file=file.name, most=LARGEST_WHOLE >> 20)
        found = Parts(archive, file, budget)
        return _read(found, file, budget)


def _read(parts: Parts, file: Path, budget: Budget) -> list[RawLayer]:
    names = list(parts.infos)
    wanted = [each for each in names if each.lower().endswith((".shp", ".dbf", ".kml", ".geojson", ".json"))]
    if sum(parts.infos[each].file_size for each in wanted) > LARGEST_WHOLE:
        raise UserError("map-file-bomb", file=file.name, most=LARGEST_WHOLE >> 20)
    if shapes := [each for each in names if each.lower().endswith(".shp")]:
        from app.exchange.map_files import shapefiles

        return [layer for each in shapes for layer in shapefiles.read_part(parts, each, budget)]
    if pages := [each for each in names if each.lower().endswith(".kml")]:
        from app.exchange.map_files import kml

        main = next((each for each in pages if each.lower() == "doc.kml"), pages[0])
        return kml.read(parts.bytes(main, kml.LARGEST), file.name, budget)
    if pages := [each for each in names if each.lower().endswith((".geojson", ".json"))]:
        from app.exchange.map_files import geojson

        return [layer for each in pages
                for layer in geojson.read(parts.bytes(each, geojson.LARGEST), PurePosixPath(each).name, budget)]  # fmt: skip
    raise UserError("map-file-zip", file=file.name)


def _name(info: zipfile.ZipInfo) -> str:
    """The part's name; Windows writes it in the PC's code page without saying so. "" for what macOS adds."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeEncodeError, UnicodeDecodeError):
            name = name.encode("cp437").decode("gb18030")
    name = name.replace("\\", "/")
    return "" if name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("._") else name

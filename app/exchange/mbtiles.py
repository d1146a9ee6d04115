"""MBTiles 1.3: a background of tiles in a SQLite file, of which one tile at a time is asked."""

from __future__ import annotations

from pathlib import Path

from app.exchange import foreign_sqlite as foreign
from app.exchange import tiles
from app.exchange.tiles import About


class Mbtiles:
    """A file on disk; opened for every question, so that it can be taken away in between."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def about(self) -> About:
        """Judged by one of its tiles. Raises UserError: tiles-broken, file-missing."""
        try:
            with foreign.opened(self.file) as held:
                metadata = {
                    name: str(value)
                    for name, value in held.rows("SELECT name, value FROM metadata LIMIT 200")
                    if isinstance(name, str) and isinstance(value, str | int | float)
                }
                low, high = _zoom(held, "ASC"), _zoom(held, "DESC")
                sample = next(held.rows("SELECT tile_data FROM tiles LIMIT 1"), (b"",))[0]
        except foreign.Damaged:
            raise tiles.refused(self.file.name) from None
        form = tiles.form_of(sample) if isinstance(sample, bytes) else ""
        if not form:
            raise tiles.refused(self.file.name)
        return tiles.about(form, low, high, metadata.get("bounds", "").split(","), metadata, self.file.name)

    def get(self, zoom: int, x: int, y: int) -> bytes | None:
        """The tile in column x and row y counted from the north; in the file rows count from the south.

        Raises ValueError for a file that is broken.
        """
        try:
            with foreign.opened(self.file) as held:
                found = next(
                    held.rows(
                        "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1",
                        (zoom, x, (1 << zoom) - 1 - y),
                    ),
                    None,
                )
        except foreign.Damaged as error:
            raise ValueError(str(error)) from None
        if found is None or not isinstance(found[0], bytes) or len(found[0]) > tiles.LARGEST_TILE:
            return None
        return found[0]


def _zoom(held: foreign.Foreign, order: str) -> object:
    """The smallest or greatest zoom of which there is a tile (no function may be asked)."""
    return next(held.rows(f"SELECT zoom_level FROM tiles ORDER BY zoom_level {order} LIMIT 1"), (None,))[0]

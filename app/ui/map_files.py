"""A map into a file, from the window: where to, and of which kind."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.maps import Drawing
from app.maps.matrix import Matrix
from app.services import mapfiles
from app.ui.desk import Desk
from app.words import say

FOLDER = "map-folder"
KINDS = "网页 (*.html);;图片 (*.png);;PDF (*.pdf)"


class MapFiles:
    """The acts of a map's desk that ask for a file; parent: the widget under which dialogs open."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self.desk = desk
        self.parent = parent

    def ask_where(self, shown: Drawing | Matrix, what: str) -> None:
        """Choose name and kind, then write."""
        folder = Path(str(self.desk.settings.get(FOLDER) or Path.home()))
        proposed = folder / f"{shown.name}{what}.html"
        chosen, kind = QFileDialog.getSaveFileName(self.parent, "地图存为", str(proposed), KINDS)
        if chosen:
            out = Path(chosen)
            suffix = kind[kind.index("*") + 1 : -1] if "*" in kind else ".html"
            self.write(shown, out if out.suffix.lower() in mapfiles.FORMATS else out.with_suffix(suffix))

    def write(self, shown: Drawing | Matrix, out: Path) -> None:
        """The map as it is shown, into a file."""
        session = self.desk.session
        self.desk.settings.put(FOLDER, str(out.parent))
        self.desk.tasks.run(
            lambda _, __: mapfiles.write(session, shown, out),
            lambda done: self.desk.notify(say("map-saved", out=done["out"])), text=say("map-drawing"),
        )  # fmt: skip

"""A map into a file and out of one, from the window: where to, which layer, and what fitted nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.domain.findings import Finding
from app.domain.maps import Drawing
from app.maps.matrix import Matrix
from app.services import mapfiles
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.tables import Column, Table
from app.words import say

FOLDER = "map-folder"
LAYERS = ("buildings", "estates", "boundary")
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

    def menu(self) -> QMenu:
        """One entry for each layer that can be brought in."""
        made = QMenu(self.parent)
        for layer in LAYERS:
            made.addAction(f"{say(f'layer-{layer}')}的轮廓（GeoJSON）…", partial(self._ask_for_map, layer))
        return made

    def _ask_for_map(self, layer: str) -> None:
        start = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileName(self.parent, "选择地图文件", start, "GeoJSON (*.geojson *.json)")
        if chosen:
            self.bring_in(Path(chosen), layer)

    def bring_in(self, file: Path, layer: str) -> None:
        """Outlines from a file; what came of it is said, what did not fit is listed."""
        session = self.desk.session
        self.desk.settings.put(FOLDER, str(file.parent))
        self.desk.tasks.run(
            lambda progress, cancelled: mapfiles.import_layer(
                session, file, layer, progress=progress, cancelled=cancelled
            ),
            lambda done: self._brought(file, done), text=say("map-reading"),
        )  # fmt: skip

    def _brought(self, file: Path, done: dict[str, Any]) -> None:
        self.desk.notify(say("map-imported", file=file.name, **done), done["batch"])
        if done["findings"]:
            MapFindings(self.parent, done["findings"]).open()


class MapFindings(Dialog):
    def __init__(self, parent: QWidget, findings: Sequence[Finding]) -> None:
        super().__init__(parent, "没有对上的图形")
        self.resize(640, 420)
        self.body.addWidget(theme.soft(say("map-findings", count=len(findings))))
        self.table = Table([Column("row", "第几个", 72), Column("value", "名称", 180), Column("said", "原因")])
        self.table.set_rows([
            {"row": each.row, "value": each.value or "", "said": errors.words_of_finding(each)} for each in findings
        ])  # fmt: skip
        self.body.addWidget(self.table, 1)
        close = theme.primary("知道了")
        close.clicked.connect(self.accept)
        self.body.addWidget(theme.row(1, close))

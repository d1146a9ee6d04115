"""导入地图's first page: what can be opened, where it comes from, and what was brought in while this page is open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services import map_import
from app.ui import theme
from app.ui.coming import empty
from app.ui.tables import Column, Table
from app.words import say

HIGHEST = 150
"""Pixels of the list of what is done."""


class MapImportStart(QWidget):
    """Emits `wanted` when a file is to be chosen."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        kinds = "、".join(f"{name}（{' '.join(endings)}）" for name, endings in map_import.kinds())
        said = [say("import-map-start"), say("import-map-formats", kinds=kinds), say("import-map-where")]
        self.done = Table([Column("said", "已导入")])
        self.done.setAccessibleName("这次已导入的")
        self.done.setMaximumHeight(HIGHEST)
        self.done.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(empty("\n\n".join(said), "选择地图文件…", self.wanted.emit, "map-plus", primary=True), 1)
        column.addWidget(self.done)

    def tell(self, done: Sequence[str]) -> None:
        """What was brought in, the newest first."""
        self.done.set_rows([{"said": each} for each in reversed(done)])
        self.done.setVisible(bool(done))

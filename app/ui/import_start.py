"""导入's first page: a file, a table from the clipboard or a chain from a group chat; and what was imported before."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.desk import Desk
from app.ui.imports_page import ImportsPage
from app.words import say

WAYS = (
    ("file", "选择花名册…", "table-arrow-down"), ("table", "粘贴表格…", "content-paste"),
    ("chain", "粘贴接龙…", "message-text-outline"),
)  # fmt: skip


class ImportStart(QWidget):
    """Emits `wanted` with the way that was chosen: file, table or chain."""

    wanted = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.ways: dict[str, QPushButton] = {}
        self.list = ImportsPage(desk)
        if not desk.session.may("rosters.read"):
            self.list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[2])
        column.addWidget(theme.soft(say("import-start")))
        column.addWidget(theme.row(*(self._way(*each) for each in WAYS)))
        column.addWidget(self.list, 1)

    def _way(self, key: str, text: str, icon: str) -> QWidget:
        act = theme.primary(text, icon) if key == "file" else theme.button(text, icon_name=icon)
        act.clicked.connect(lambda: self.wanted.emit(key))
        self.ways[key] = act
        about = theme.soft(say(f"way-{key}"))
        return theme.panel(theme.row(act, 1), about)

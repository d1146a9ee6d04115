"""What may stand between {{ and }} in a form, found by a word and copied."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.services import reports
from app.ui import theme
from app.ui.desk import Desk
from app.ui.tables import Column, Table
from app.words import say


class MarksTable(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.search = QLineEdit()
        self.search.setPlaceholderText("查找标记")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.copy = theme.button("复制标记", icon_name="content-copy")
        self.copy.setEnabled(False)
        self.unit = theme.Choice()
        self.unit.setAccessibleName("每一行是什么")
        for key, title in reports.units():
            self.unit.addItem(title, key)
        self.table = Table([Column("title", "内容", 330), Column("mark", "标记", 230), Column("kind", "填在")])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(theme.label("每一行是", "soft"), self.unit, 1, self.search, self.copy))
        column.addWidget(self.table, 1)
        self.unit.activated.connect(lambda _: self._find())
        self.search.textChanged.connect(lambda _: self._find())
        self.table.chosen.connect(lambda row: self.copy.setEnabled(row is not None))
        self.table.opened.connect(lambda _: self._copy())
        self.copy.clicked.connect(self._copy)
        self._find()

    def _rows(self) -> list[dict[str, str]]:
        unit = str(self.unit.currentData())
        of_row = [(key, title, "每行一次") for key, title in (("index", reports.ONCE["index"]), *reports.marks(unit))]
        once = [(key, title, "整张表一次") for key, title in reports.ONCE.items() if key != "index"]
        return [{"title": title, "mark": "{{" + key + "}}", "kind": kind} for key, title, kind in (*of_row, *once)]

    def _find(self) -> None:
        wanted = self.search.text().strip().lower()
        self.table.set_rows([row for row in self._rows() if wanted in f"{row['title']}{row['mark']}".lower()])

    def _copy(self) -> None:
        if (row := self.table.current()) is not None:
            QGuiApplication.clipboard().setText(row["mark"])
            self.desk.notify(say("copied", mark=row["mark"]))

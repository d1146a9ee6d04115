"""报表: the superior's own form, chosen, conditioned, filled; and what may stand between {{ and }}."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import paths
from app.services import reports
from app.ui import theme
from app.ui.desk import Desk
from app.ui.tables import Column, Table
from app.words import say

ANY = "（全部人员）"


class ReportDesk(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()

    def _build(self) -> None:
        self.template = QLineEdit(str(paths.resources() / "templates" / "居民名册.xlsx"))
        self.browse = theme.button("选择模板…")
        self.field = QComboBox()
        self.field.addItem(ANY, "")
        for key, title in reports.marks():
            if key not in reports.ONCE:
                self.field.addItem(title, key)
        self.value = QLineEdit()
        self.value.setPlaceholderText("等于，例如 承租")
        self.value.setEnabled(False)
        self.fill = theme.primary("填表并保存…")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        card = theme.panel(
            theme.soft("选上级发来的表格（.xlsx），在要填的格子里写上下面的标记；格式、标题和公式都不变。")
        )
        inner = card.layout()
        assert isinstance(inner, QVBoxLayout)
        for text, widgets in (
            ("模板", (self.template, self.browse)), ("人员范围", (self.field, self.value)), ("", (self.fill,)),
        ):  # fmt: skip
            row = QHBoxLayout()
            said = theme.label(text, "soft")
            said.setFixedWidth(80)
            row.addWidget(said)
            for widget in widgets:
                row.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
            if text == "":
                row.addStretch()
            inner.addLayout(row)
        column.addWidget(card)
        self.marks = Table([Column("title", "内容", 240), Column("mark", "标记")])
        self.marks.set_rows([{"title": title, "mark": "{{" + key + "}}"} for key, title in reports.marks()])
        head = QHBoxLayout()
        head.addWidget(theme.label("可用的标记"))
        head.addStretch()
        self.copy = theme.button("复制所选标记")
        head.addWidget(self.copy)
        column.addLayout(head)
        column.addWidget(self.marks, 1)

    def _connect(self) -> None:
        self.browse.clicked.connect(self._browse)
        self.field.currentIndexChanged.connect(lambda _: self.value.setEnabled(bool(self.field.currentData())))
        self.fill.clicked.connect(self._fill)
        self.copy.clicked.connect(self._copy)

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "选择模板", "", "Excel (*.xlsx)")
        if chosen:
            self.template.setText(chosen)

    def _copy(self) -> None:
        if (row := self.marks.current()) is not None:
            QGuiApplication.clipboard().setText(row["mark"])

    def _fill(self) -> None:
        template = Path(self.template.text())
        chosen, _ = QFileDialog.getSaveFileName(
            self, "保存到", f"{self.desk.session.name}{template.name}", "Excel (*.xlsx)"
        )
        if chosen:
            self.fill_to(Path(chosen))

    def fill_to(self, out: Path) -> None:
        """Fill in the background and say where it is."""
        session, template = self.desk.session, Path(self.template.text())
        key = self.field.currentData()
        where = [(key, self.value.text().strip())] if key else []
        self.desk.tasks.run(
            lambda progress, cancelled: reports.fill(
                session, template, out, where=where, progress=progress, cancelled=cancelled
            ),
            self._filled, text=say("report-fill"),
        )  # fmt: skip

    def _filled(self, done: dict[str, Any]) -> None:
        self.desk.notify(say("filled", **done))

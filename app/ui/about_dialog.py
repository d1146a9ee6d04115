"""关于楼图: what it is, its licence, and whose work it stands on, with the words of their licences."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app import licences
from app.ui import theme
from app.ui.dialogs import Dialog
from app.ui.tables import Column, Table
from app.words import say


class AboutDialog(Dialog):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "关于楼图")
        self.resize(880, 560)
        self.libraries = {each.name: each for each in licences.libraries()}
        self._build()
        self._connect()
        self.table.choose("key", next(iter(self.libraries)))

    def _build(self) -> None:
        self.table = Table([Column("name", "名称", 190), Column("version", "版本", 84), Column("licence", "许可")])
        self.table.setAccessibleName("使用的软件")
        self.table.set_rows([
            {"key": each.name, "name": each.carries or each.name, "version": each.version, "licence": each.licence}
            for each in sorted(self.libraries.values(), key=lambda each: (each.carries or each.name).lower())
        ])  # fmt: skip
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("许可全文")
        self.close_ = theme.primary("知道了")
        self.body.addWidget(theme.title(f"楼图 {metadata.version(licences.OURS)}"))
        self.body.addWidget(theme.soft(say("about-said")))
        self.body.addWidget(theme.split(self.table, self.text, sizes=(470, 380)), 1)
        self.body.addWidget(theme.row(1, self.close_))

    def _connect(self) -> None:
        self.table.chosen.connect(self._chosen)
        self.close_.clicked.connect(self.accept)

    def _chosen(self, row: dict[str, Any] | None) -> None:
        if row is not None:
            found = self.libraries[row["key"]]
            self.text.setPlainText(found.text() or say("about-no-text", name=found.name, licence=found.licence))

"""What of a map file fitted nothing here, as a list to be copied and mended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.domain.findings import Finding
from app.ui import errors, theme
from app.ui.dialogs import Dialog
from app.ui.tables import Column, Table
from app.words import say


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

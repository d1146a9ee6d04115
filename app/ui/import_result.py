"""After an import: what came of it, 撤销 in place, the doubtful rows next, and what was wrong in the file."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services import rosters, undoing
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.tables import Column, Table
from app.words import say


class ImportResult(QWidget):
    """Emits `another` when a further file is to be chosen."""

    another = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.batch = ""
        self._build()
        self._connect()

    def _build(self) -> None:
        self.title = theme.title("")
        self.said = theme.label("", wrap=True)
        self.undo = theme.button("撤销这次导入", icon_name="undo")
        self.decide = theme.primary("")
        self.twins = theme.button("查找疑似重复")
        self.look = theme.button("看住户")
        self.more = theme.button("再导入一份…")
        self.findings_title = theme.label("", "strong")
        self.findings = Table(
            [Column("row", "行", 60), Column("column", "列", 120), Column("words", "问题")], wrap=True
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[2])
        column.addWidget(
            theme.panel(self.title, self.said, theme.row(self.decide, self.twins, self.look, self.more, 1, self.undo))
        )
        column.addWidget(self.findings_title)
        column.addWidget(self.findings, 1)

    def _connect(self) -> None:
        self.undo.clicked.connect(self._undo)
        self.decide.clicked.connect(lambda: self.desk.go("decisions"))
        self.twins.clicked.connect(lambda: self.desk.go("decisions", page="duplicates"))
        self.look.clicked.connect(lambda: self.desk.go("residents"))
        self.more.clicked.connect(self.another)

    def show_result(self, file: str, result: dict[str, Any]) -> None:
        """What `rosters.apply` gave."""
        self.batch = result["batch"]
        self.title.setText(f"{say('import-done-title', count=result['new'] + result['changed'])}（{file}）")
        self.said.setText(say("import-came", **result))
        self.decide.setText(f"去处理 {result['doubtful']} 行待核")
        self.decide.setVisible(bool(result["doubtful"]) and self.desk.session.may("doubtful.read"))
        self.twins.setVisible(bool(result["new"]) and self.desk.session.may("duplicates.read"))
        self.undo.setVisible(self.desk.session.may("undo"))
        self.undo.setEnabled(True)
        found = result["findings"]
        self.findings_title.setText(
            f"文件里有 {len(found)} 个问题，可复制给填表人" if found else say("import-no-findings")
        )
        self.findings.setVisible(bool(found))
        self.findings.set_rows(sorted(
            ({"row": each.row, "column": each.column, "words": errors.words_of_finding(each)} for each in found),
            key=lambda row: row["row"] or 0,
        ))  # fmt: skip
        (self.decide if result["doubtful"] else self.look).setFocus()

    def refresh(self) -> None:
        """The import may have been undone elsewhere."""
        if self.batch and self.desk.session.may("rosters.read"):
            undone = next(
                (each["undone"] for each in rosters.imports(self.desk.session) if each["batch"] == self.batch), False
            )
            self.undo.setEnabled(not undone)
            self.decide.setEnabled(not undone)
            self.twins.setEnabled(not undone)
            if undone:
                self.said.setText(say("import-undone"))

    def _undo(self) -> None:
        session, batch = self.desk.session, self.batch
        self.undo.setEnabled(False)
        self.desk.tasks.run(
            lambda _, __: undoing.undo(session, batch), self._undone, lambda _: self.undo.setEnabled(True),
            text=say("work-undo"),
        )  # fmt: skip

    def _undone(self, done: dict[str, Any]) -> None:
        code = "undone-kept" if done["kept"] else "undone"
        self.desk.notify(say(code, undone=done["undone"], kept=len(done["kept"])))
        self.refresh()

"""One question before somebody whom another committee offers is refused: why."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.findings import UserError
from app.services import moves
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.tables import Row
from app.words import say


class RefuseDialog(Dialog):
    """Why somebody is not taken in; `batch` is what was written, after it was accepted."""

    def __init__(self, parent: QWidget, desk: Desk, row: Row) -> None:
        super().__init__(parent, say("move-refuse-ask", name=row["name"]))
        self.desk, self.row, self.batch = desk, row, ""
        self.setFixedWidth(520)
        self.why = QLineEdit()
        self.why.setAccessibleName("不接收的原因")
        self.why.setPlaceholderText("例如：不住本小区，电话已与对方核实")
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.back = theme.primary(say("move-refuse-ask", name=row["name"])), theme.button("返回")
        for widget in (
            theme.title(say("move-refuse-ask", name=row["name"])), theme.soft(say("move-refuse-means", **row)), self.why,
            self.message, theme.row(1, self.back, self.act),
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.why.returnPressed.connect(self.write)
        self.act.clicked.connect(self.write)
        self.back.clicked.connect(self.reject)

    def write(self) -> None:
        """Refuse; without a reason the dialog stays."""
        try:
            self.batch = moves.refuse(self.desk.session, self.row["id"], self.why.text()).batch
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            self.adjustSize()
            return
        self.accept()

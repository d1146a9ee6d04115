"""The few questions of incidents that are decisions: why, to whom, what the telephone said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain import moments
from app.domain.findings import UserError
from app.services import enrolment, stubs
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.words import say

WIDTH = 520
Fields = tuple[tuple[str, str], ...]
"""(name, title) of the lines of a question."""


class AskDialog(Dialog):
    """A few lines and one button; `answer` does the deed with what was typed. What is wrong is said and the dialog stays."""

    def __init__(
        self, parent: QWidget, title: str, why: str, fields: Fields, act: str, answer: Callable[[dict[str, str]], Any]
    ) -> None:
        super().__init__(parent, title)
        self.setFixedWidth(WIDTH)
        self.answer = answer
        self.done_: Any = None
        self.lines = {name: QLineEdit() for name, _ in fields}
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary(act), theme.button("返回")
        self.body.addWidget(theme.title(title))
        if why:
            self.body.addWidget(theme.soft(why))
        for name, said in fields:
            self.lines[name].setAccessibleName(said)
            self.body.addWidget(theme.label(said, "soft"))
            self.body.addWidget(self.lines[name])
            self.lines[name].returnPressed.connect(self.write)
        self.body.addWidget(self.message)
        self.body.addWidget(theme.row(1, self.cancel, self.act))
        self.act.clicked.connect(self.write)
        self.cancel.clicked.connect(self.reject)

    def write(self) -> None:
        try:
            self.done_ = self.answer({name: line.text().strip() for name, line in self.lines.items()})
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            self.adjustSize()
            return
        self.accept()


class ReassignDialog(AskDialog):
    """To which committee, and why."""

    def __init__(self, parent: QWidget, desk: Desk, now_at: str, answer: Callable[[str, str], Any]) -> None:
        self.to = theme.Choice()
        self.to.setAccessibleName("改派到")
        super().__init__(
            parent, "改派事件", say("incident-reassign-why"), (("why", "原因"),), "改派事件",
            lambda said: answer(str(self.to.currentData() or ""), said["why"]),
        )  # fmt: skip
        self.to.addItem("请选择居委会", "")
        for name, committee in committees(desk):
            if committee != now_at:
                self.to.addItem(name, committee)
        self.body.insertWidget(2, self.to)
        QWidget.setTabOrder(self.to, self.lines["why"])
        self.to.setFocus()


def committees(desk: Desk) -> list[tuple[str, str]]:
    """(name, id) of the committees of the street, in the order of their codes."""
    members = enrolment.status(desk.session)["members"]
    found = {
        (each["code"], each["name"], each["committee"])
        for each in members
        if each["role"] == "committee" and not each["revoked"]
    }
    return [(name, committee) for _, name, committee in sorted(found)]


class HearDialog(AskDialog):
    """电话登记: the code that the street reads out, and what it says."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        session = desk.session

        def hear(said: dict[str, str]) -> Any:
            at: datetime | None = moments.read(said["at"], session.now()) if said["at"] else None
            return stubs.hear(session, "incident", said["code"], heard=said["heard"], by=said["by"], at=at)

        super().__init__(
            parent, "电话登记", say("incident-hear-why"),
            (("code", "联络码"), ("heard", "电话里说了什么（谁、在哪里、什么事）"), ("by", "接电话人（不填为本账号）"), ("at", "接电话时间（不填为现在）")),
            "登记电话", hear,
        )  # fmt: skip
        self.lines["code"].setMaxLength(12)

"""Before enrolment: three steps to join the street, and the words to be read out once the request is written."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from app.ui import theme
from app.ui.desk import Desk
from app.ui.enrol_dialogs import WordBoard
from app.words import say

WIDEST = 920  # px: the button of a step stays near its words


class JoinPane(QFrame):
    """Before enrolment: three steps, and the words to be read out once the request is written."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.kept = f"enrol-request/{desk.session.device}"
        self.setObjectName("panel")
        self.setMaximumWidth(WIDEST)
        self._build()

    def _build(self) -> None:
        self.ask, self.answer = theme.primary("生成登记申请…"), theme.button("选择答复文件…")
        self.said = [theme.soft(say(f"enrol-step-{number}-why")) for number in (1, 2, 3)]
        self.board = WordBoard()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(theme.GAP[2])
        self.grid.setVerticalSpacing(theme.GAP[1])
        self.grid.setColumnStretch(1, 1)
        for number, act in ((1, self.ask), (2, None), (3, self.answer)):
            at = number * 4
            self.grid.addWidget(theme.label(str(number), "figure"), at, 0)
            self.grid.addWidget(theme.label(say(f"enrol-step-{number}"), "strong"), at, 1)
            self.grid.addWidget(self.said[number - 1], at + 1, 1, 1, 2)
            self.grid.setRowMinimumHeight(at + 3, theme.GAP[2])
            if act is not None:
                self.grid.addWidget(act, at, 2)
        self.grid.addWidget(self.board, 10, 1, 1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GAP[3],) * 4)
        column.setSpacing(theme.GAP[3])
        column.addWidget(theme.title("与街道登记"))
        column.addWidget(theme.soft(say("enrol-why" if self.desk.session.may("devices.enrol") else "enrol-nobody")))
        column.addLayout(self.grid)

    def refresh(self, known: dict[str, Any]) -> None:
        """The step that comes next has the one primary button."""
        done = self.desk.settings.get(self.kept) or {}
        self.said[0].setText(say("enrol-written", out=done["out"]) if done else say("enrol-step-1-why"))
        self.said[1].setText(say("enrol-step-2-why" if done else "enrol-step-2-later"))
        self.board.show_words(done["words"] if done else "")
        self.board.setVisible(bool(done))
        may = self.desk.session.may("devices.enrol")
        for act, first in ((self.ask, not done), (self.answer, bool(done))):
            act.setEnabled(may)
            act.setObjectName("primary" if first else "")
            act.style().polish(act)

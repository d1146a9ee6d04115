"""Unlocking: choose the account, type the password, be told clearly what is wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import workspaces
from app.services.session import Session
from app.ui import errors, theme


class Login(QWidget):
    """Emits `unlocked` with the session."""

    unlocked = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.setObjectName("surface")
        self.folder = folder
        self._build()
        self._connect()

    def _build(self) -> None:
        about = workspaces.about(self.folder)
        self.account = QComboBox()
        self.account.addItems(workspaces.accounts(self.folder))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText("密码")
        self.message = theme.label("", "wrong")
        self.message.setWordWrap(True)
        self.enter = theme.primary("打开工作区")
        card = theme.panel(theme.title(about["name"]), margin=theme.GAP[4])
        column = card.layout()
        assert isinstance(column, QVBoxLayout)
        if about["rehearsal"]:
            column.addWidget(theme.label("演练工作区", "rehearsal"), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(theme.soft("请选择账号并输入密码。数据只在这台电脑上，加密保存。"))
        for text, widget in (("账号", self.account), ("密码", self.password)):
            column.addWidget(theme.label(text, "soft"))
            column.addWidget(widget)
        column.addWidget(self.message)
        column.addWidget(self.enter)
        card.setFixedWidth(420)
        row = QHBoxLayout(self)
        row.addStretch()
        row.addWidget(card, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch()

    def _connect(self) -> None:
        self.enter.clicked.connect(self.unlock)
        self.password.returnPressed.connect(self.unlock)

    def showEvent(self, event: object) -> None:
        self.password.setFocus()

    def unlock(self) -> None:
        try:
            session: Session = workspaces.unlock(self.folder, self.account.currentText(), self.password.text())
        except UserError as error:
            self.message.setText(errors.words(error))
            self.password.selectAll()
            self.password.setFocus()
            return
        self.password.clear()
        self.unlocked.emit(session)

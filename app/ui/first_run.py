"""The first start: three questions, then a working screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import paths
from app.domain.findings import UserError
from app.services import workspaces
from app.ui import errors, theme
from app.words import say

ROLES = {"居委会": "committee", "街道中心": "centre"}


class FirstRun(QWidget):
    """Emits `created` with the folder of the new workspace, the account and the password."""

    created = Signal(object, str, str)

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._folder = folder
        self._build()
        self._connect()

    def _build(self) -> None:
        self.role = QComboBox()
        self.role.addItems(list(ROLES))
        self.name, self.code = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText("例如 培花新村第九居委会")
        self.code.setPlaceholderText("12 位区划代码，例如 310115016009")
        self.account, self.password, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        self.account.setPlaceholderText("您的姓名或职务，例如 张书记")
        for field in (self.password, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText("至少 8 个字")
        self.again.setPlaceholderText("再输一次")
        self.place = QLineEdit(str(self._folder or paths.data()))
        self.browse = theme.button("更改…")
        self.message = theme.label("", "wrong")
        self.message.setWordWrap(True)
        self.make = theme.primary("建立工作区")
        card = theme.panel(theme.title("欢迎使用楼图"), theme.soft("回答三个问题就可以开始。"), margin=theme.GAP[4])
        column = card.layout()
        assert isinstance(column, QVBoxLayout)
        column.addLayout(self._form())
        column.addWidget(theme.soft(say("first-run-password")))
        column.addWidget(self.message)
        column.addWidget(self.make)
        card.setFixedWidth(620)
        row = QHBoxLayout(self)
        row.addStretch()
        row.addWidget(card, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch()

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setSpacing(theme.GAP[1])
        form.addRow(theme.label("一、这台电脑给谁用？"), self.role)
        form.addRow(theme.label("名称", "soft"), self.name)
        form.addRow(theme.label("代码", "soft"), self.code)
        form.addRow(theme.label("二、您是谁？"), self.account)
        form.addRow(theme.label("密码", "soft"), self.password)
        form.addRow(theme.label("", "soft"), self.again)
        where = QHBoxLayout()
        where.addWidget(self.place, 1)
        where.addWidget(self.browse)
        form.addRow(theme.label("三、数据放在哪里？"), where)
        return form

    def _connect(self) -> None:
        self.make.clicked.connect(self.create_workspace)
        self.again.returnPressed.connect(self.create_workspace)
        self.browse.clicked.connect(self._browse)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "数据放在哪里", self.place.text())
        if chosen:
            self.place.setText(chosen)

    def create_workspace(self) -> None:
        if self.password.text() != self.again.text():
            self.message.setText(say("first-run-differs"))
            return
        folder = Path(self.place.text())
        try:
            workspaces.create(
                folder, role=ROLES[self.role.currentText()], name=self.name.text(), code=self.code.text(),
                account=self.account.text(), password=self.password.text(),
            )  # fmt: skip
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        self.created.emit(folder, self.account.text().strip(), self.password.text())

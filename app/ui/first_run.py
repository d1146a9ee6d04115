"""The first start: three questions, then a working screen."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import paths
from app.domain.findings import UserError
from app.services import workspaces
from app.ui import errors, theme
from app.words import say

ROLES = {"居委会": "committee", "街道中心": "centre"}


class FirstRun(QWidget):
    """Emits `created` with folder, account and password of the new workspace, `elsewhere` with the folder of another."""

    created = Signal(object, str, str)
    elsewhere = Signal(object)

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._folder = folder
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self._make_inputs()
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.make = theme.primary("建立工作区")
        self.make.setMinimumHeight(38)
        self.open = theme.button("已有工作区，打开它…", "link")
        card = theme.panel(theme.title("欢迎使用楼图"), theme.soft(say("first-run")), margin=theme.GAP[4])
        column = card.layout()
        assert isinstance(column, QVBoxLayout)
        column.addSpacing(theme.GAP[0])
        column.addLayout(self._questions())
        column.addSpacing(theme.GAP[0])
        column.addWidget(self.message)
        column.addWidget(self.make)
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignRight)
        card.setFixedWidth(660)
        whole = QHBoxLayout(self)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def _make_inputs(self) -> None:
        self.role = theme.Choice()
        self.role.addItems(list(ROLES))
        self.name, self.code = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText("例如 培花新村第九居委会")
        self.code.setPlaceholderText("12 位，例如 310115016009")
        self.rehearsal = QCheckBox("先建一个演练工作区，与真实数据分开")
        self.account, self.password, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        self.account.setPlaceholderText("姓名或职务，例如 张书记")
        for field, hint in ((self.password, "至少 8 个字"), (self.again, "再输一次")):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setPlaceholderText(hint)
        self.place = QLineEdit(str(self._folder or paths.data()))
        self.browse = theme.button("更改…")

    def _questions(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self._ask(grid, 0, "一", "这台电脑给谁用？", (self.role, self.name))
        self._put(grid, 1, "区划代码", self.code)
        grid.addWidget(self.rehearsal, 2, 1, 1, 2)
        grid.setRowMinimumHeight(3, theme.GAP[1])
        self._ask(grid, 4, "二", "您是谁？", (self.account,))
        grid.addWidget(theme.label("密码", "soft"), 5, 0)
        grid.addWidget(self.password, 5, 1)
        grid.addWidget(self.again, 5, 2)
        grid.addWidget(theme.soft(say("first-run-password")), 6, 1, 1, 2)
        grid.setRowMinimumHeight(7, theme.GAP[1])
        where = QHBoxLayout()
        where.setSpacing(theme.GAP[1])
        where.addWidget(self.place, 1)
        where.addWidget(self.browse)
        grid.addWidget(theme.label("三、数据放在哪里？", "strong"), 8, 0)
        grid.addLayout(where, 8, 1, 1, 2)
        return grid

    @staticmethod
    def _ask(grid: QGridLayout, row: int, number: str, question: str, inputs: tuple[QWidget, ...]) -> None:
        grid.addWidget(theme.label(f"{number}、{question}", "strong"), row, 0)
        for column, widget in enumerate(inputs):
            grid.addWidget(widget, row, 1 + column, 1, 3 - len(inputs))

    @staticmethod
    def _put(grid: QGridLayout, row: int, text: str, widget: QWidget) -> None:
        grid.addWidget(theme.label(text, "soft"), row, 0)
        grid.addWidget(widget, row, 1, 1, 2)

    def _connect(self) -> None:
        self.make.clicked.connect(self.create_workspace)
        order = (self.name, self.code, self.account, self.password, self.again)
        for each, following in pairwise(order):
            each.returnPressed.connect(following.setFocus)
        self.again.returnPressed.connect(self.create_workspace)
        self.browse.clicked.connect(self._browse)
        self.open.clicked.connect(self._open)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.name.setFocus()

    # ---------------------------------------------------------------- doing

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "数据放在哪里", self.place.text())
        if chosen:
            self.place.setText(chosen)

    def _open(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择工作区文件夹", self.place.text())
        if chosen and workspaces.exists(Path(chosen)):
            self.elsewhere.emit(Path(chosen))
        elif chosen:
            self._say(say("no-workspace-there", folder=chosen))

    def create_workspace(self) -> None:
        """Make it, or say what is still missing and where."""
        if self.password.text() != self.again.text():
            self._say(say("first-run-differs"))
            self.again.setFocus()
            return
        folder = Path(self.place.text().strip())
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            workspaces.create(
                folder, role=ROLES[self.role.currentText()], name=self.name.text(), code=self.code.text(),
                account=self.account.text(), password=self.password.text(), rehearsal=self.rehearsal.isChecked(),
            )  # fmt: skip
        except UserError as error:
            self._say(errors.words(error))
            return
        except OSError:
            self._say(say("folder-unwritable", folder=str(folder)))
            return
        finally:
            QGuiApplication.restoreOverrideCursor()
        self.created.emit(folder, self.account.text().strip(), self.password.text())

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()

"""The first start: three questions, at a centre a fourth about the street's root key, then a working screen.

Who lost a PC begins here, too, with a backup.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import paths
from app.domain.clock import Clock, now
from app.domain.findings import UserError
from app.services import enrolment, workspaces
from app.ui import errors, theme
from app.ui.restore_dialog import RestoreDialog, told
from app.ui.sticks import ROOT_NAME, PathLine, sticks
from app.ui.tasks import Tasks
from app.words import say

ROLES = {"居委会": "committee", "街道中心": "centre"}


class FirstRun(QWidget):
    """Emits `created` with folder, account and password of the new workspace, `elsewhere` with the folder of another,
    `restored` with folder and account of one that came back from a backup, and what to say of it.

    practice: the clock of practice workspaces.
    """

    created = Signal(object, str, str)
    elsewhere = Signal(object)
    restored = Signal(object, str, str)

    def __init__(self, folder: Path | None = None, practice: Clock = now) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._folder = folder
        self.practice = practice
        self.tasks = Tasks(lambda error: errors.present(self, error), self)
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
        self.restore = theme.button(say("restore-link"), "link")
        self.intro = theme.soft(say("first-run"))
        card = theme.panel(theme.title("欢迎使用楼图"), self.intro, margin=theme.GAP[4])
        column = card.layout()
        assert isinstance(column, QVBoxLayout)
        column.addSpacing(theme.GAP[0])
        column.addLayout(self._questions())
        column.addSpacing(theme.GAP[0])
        column.addWidget(self.message)
        column.addWidget(self.make)
        column.addWidget(theme.row(self.restore, 1, self.open))
        card.setFixedWidth(660)
        holder = QWidget()
        whole = QHBoxLayout(holder)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(holder)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.area)

    def _make_inputs(self) -> None:
        self.role = theme.Choice()
        self.role.addItems(list(ROLES))
        self.name, self.code = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText("例如 培花新村第九居委会")
        self.code.setPlaceholderText("12 位，例如 310115016009")
        self.rehearsal = QCheckBox("先建一个演练工作区，与真实数据分开")
        self.account, self.password, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        self.account.setPlaceholderText("姓名或职务，例如 张书记")
        self.root_password, self.root_again = QLineEdit(), QLineEdit()
        for field, hint in (
            (self.password, "至少 8 个字"), (self.again, "再输一次"), (self.root_password, "根密钥密码，至少 8 个字"),
            (self.root_again, "再输一次"),
        ):  # fmt: skip
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setPlaceholderText(hint)
        self.place = QLineEdit(str(self._folder or paths.data()))
        self.browse = theme.button("更改…")
        self.root = PathLine("根密钥文件", "new", next((str(each / ROOT_NAME) for _, each in sticks()), ""))
        self.root.line.setPlaceholderText("选择 U 盘上的位置")
        self.root_why = theme.soft(say("first-run-root"))

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
        self._root_question(grid)
        return grid

    def _root_question(self, grid: QGridLayout) -> None:
        grid.setRowMinimumHeight(9, theme.GAP[1])
        question, password = theme.label("四、根密钥放在哪里？", "strong"), theme.label("根密钥密码", "soft")
        grid.addWidget(question, 10, 0)
        grid.addWidget(self.root, 10, 1, 1, 2)
        grid.addWidget(password, 11, 0)
        grid.addWidget(self.root_password, 11, 1)
        grid.addWidget(self.root_again, 11, 2)
        grid.addWidget(self.root_why, 12, 1, 1, 2)
        self.of_root = (question, self.root, password, self.root_password, self.root_again, self.root_why)
        self._role_chosen()

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
        self._placed = QTimer(self)  # what is wrong is brought into sight once it has its place
        self._placed.setSingleShot(True)
        self._placed.timeout.connect(lambda: self.area.ensureWidgetVisible(self.message))
        self.open.clicked.connect(self._open)
        self.restore.clicked.connect(self._restore)
        self.role.currentIndexChanged.connect(self._role_chosen)
        self.root.line.textChanged.connect(self._root_chosen)
        self.root_again.returnPressed.connect(self.create_workspace)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.name.setFocus()

    # ---------------------------------------------------------------- a centre has a root key

    @property
    def centre(self) -> bool:
        return ROLES[self.role.currentText()] == "centre"

    def _role_chosen(self) -> None:
        for widget in self.of_root:
            widget.setVisible(self.centre)
        self.intro.setText(say("first-run-centre" if self.centre else "first-run"))
        self.name.setPlaceholderText("例如 花木街道" if self.centre else "例如 培花新村第九居委会")
        self.code.setPlaceholderText("9 位，例如 310115016" if self.centre else "12 位，例如 310115016009")

    def _root_chosen(self) -> None:
        """A key that is there already is opened with its password, which nobody need repeat."""
        kept = self._kept_root
        self.root_again.setEnabled(not kept)
        self.root_why.setText(say("first-run-root-kept" if kept else "first-run-root"))

    @property
    def _kept_root(self) -> bool:
        return self.root.path is not None and self.root.path.is_file()

    def _missing_of_root(self, folder: Path) -> str | None:
        """What is wrong with the answers about the root key, before anything is written."""
        if self.root.path is None:
            return "first-run-root-file"
        if folder.resolve() in self.root.path.resolve().parents:
            return "first-run-root-inside"
        if not self._kept_root and self.root_password.text() != self.root_again.text():
            return "first-run-root-differs"
        return None

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

    def _restore(self) -> None:
        into = self.place.text().strip()
        code = "restore-over" if into and workspaces.exists(Path(into)) else "restore-first"
        dialog = RestoreDialog(
            self, self.tasks, say(code), into=into, account=self.account.text().strip(), practice=self.practice
        )
        dialog.restored.connect(lambda done: self.restored.emit(Path(done["workspace"]), done["account"], told(done)))
        dialog.open()

    def create_workspace(self) -> None:
        """Make it, or say what is still missing and where."""
        if self.password.text() != self.again.text():
            self._say(say("first-run-differs"))
            self.again.setFocus()
            return
        folder = Path(self.place.text().strip())
        if self.centre and (missing := self._missing_of_root(folder)):
            self._say(say(missing))
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            self._create(folder)
        except UserError as error:
            self._say(errors.words(error))
            return
        except OSError as error:
            self._say(say("folder-unwritable", folder=Path(error.filename).parent if error.filename else folder))
            return
        finally:
            QGuiApplication.restoreOverrideCursor()
        self.created.emit(folder, self.account.text().strip(), self.password.text())

    def _create(self, folder: Path) -> None:
        """The root key first, since only a centre that holds one can begin a street; a key made in vain goes again."""
        file, made = self.root.path, self.centre and not self._kept_root
        root = enrolment.root_key(file, self.root_password.text()) if self.centre and file is not None else None
        try:
            workspaces.create(
                folder, role=ROLES[self.role.currentText()], name=self.name.text(), code=self.code.text(),
                account=self.account.text(), password=self.password.text(), rehearsal=self.rehearsal.isChecked(), root=root,
            )  # fmt: skip
        except BaseException:
            if made and file is not None:
                file.unlink(missing_ok=True)
            raise

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()
        self._placed.start()

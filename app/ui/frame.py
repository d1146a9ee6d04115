"""The window's frame: top bar, sections at the left, breadcrumb and actions, the desk, notice and status below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.findings import UserError
from app.services import summaries, undoing, workspaces
from app.services.session import Session
from app.ui import errors, theme
from app.ui.curtain import Curtain
from app.ui.desk import Desk, Step
from app.ui.notice import Notice
from app.ui.search_popup import SearchPopup
from app.ui.sections import SECTIONS, Section
from app.ui.tasks import Tasks
from app.words import say

ROSTERS = (".xlsx", ".xls", ".ods", ".csv", ".xlsm")
NUMBERS = "1234567890-"


class Frame(QMainWindow):
    """Emits `locked` when the account is to be switched."""

    locked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.tasks = Tasks(self.present_error, self)
        self.desk = Desk(
            session, self.tasks, self.notify, self.go, self.present_error, self.refresh_counts, self.show_path
        )
        self.desks: dict[str, QWidget] = {}
        self._been: list[str] = []
        self._ahead: list[str] = []
        self._build()
        self._connect()
        self.go("today")
        self.refresh_counts()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.setWindowTitle(f"楼图 {self.session.name}")
        self.resize(1366, 740)
        self.setAcceptDrops(True)
        whole = QWidget()
        whole.setObjectName("surface")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top_bar())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._side())
        middle.addLayout(self._desk_area(), 1)
        column.addLayout(middle, 1)
        self.setCentralWidget(whole)
        self._status_bar()
        self.popup = SearchPopup(self.desk, self.search, whole)
        self.curtain = Curtain(whole)

    def _top_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.GAP[3], theme.GAP[1], theme.GAP[3], theme.GAP[1])
        row.addWidget(theme.title("楼图"))
        row.addWidget(theme.label(self.session.name))
        if self.session.rehearsal:
            row.addWidget(theme.label("演练", "rehearsal"))
        row.addStretch(1)
        self.search = QLineEdit()
        self.search.setPlaceholderText("姓名 / 拼音 / 室号 / 电话尾号　Ctrl+K")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(420)
        self.search.addAction(theme.icon("magnify"), QLineEdit.ActionPosition.LeadingPosition)
        row.addWidget(self.search, 2)
        row.addStretch(1)
        self.account = QToolButton()
        self.account.setText(f"{self.session.account}　")
        self.account.setIcon(theme.icon("account-outline"))
        self.account.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.account.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.account)
        menu.addAction("切换账号", self.locked.emit)
        menu.addAction("锁定", self.locked.emit)
        menu.addAction("来访遮挡　F9", self.toggle_curtain)
        self.account.setMenu(menu)
        row.addWidget(self.account)
        return bar

    def _side(self) -> QFrame:
        side = QFrame()
        side.setObjectName("side")
        side.setFixedWidth(152)
        column = QVBoxLayout(side)
        column.setContentsMargins(theme.GAP[1], theme.GAP[2], theme.GAP[1], theme.GAP[1])
        column.setSpacing(2)
        self.buttons: dict[str, QPushButton] = {}
        for section in self.sections():
            made = theme.button(section.title, "section", section.icon)
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, key=section.key: self.go(key))
            self.buttons[section.key] = made
            column.addWidget(made)
        column.addStretch()
        return side

    def sections(self) -> list[Section]:
        return [section for section in SECTIONS if section.act is None or self.session.may(section.act)]

    def _desk_area(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(theme.GAP[3], theme.GAP[1], theme.GAP[3], theme.GAP[1])
        column.setSpacing(theme.GAP[1])
        self.crumbs = QHBoxLayout()
        self.crumbs.setSpacing(2)
        crumbs = QWidget()
        crumbs.setFixedHeight(36)
        crumbs.setLayout(self.crumbs)
        column.addWidget(crumbs)
        self.notice = Notice()
        column.addWidget(self.notice)
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        return column

    def _status_bar(self) -> None:
        self.state = theme.label(say("status-saved"), "soft")
        self.until = theme.label("", "soft")
        level = 3 if self.session.ring else 2 if self.session.may("records.show") else 1
        self.level = theme.label(say(f"level-{level}"), "soft")
        self.progress = QProgressBar()
        self.progress.setFixedWidth(280)
        self.progress.hide()
        self.stop = theme.button("取消", "link")
        self.stop.hide()
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        for widget in (self.state, self.until, self.level):
            bar.addWidget(widget)
        bar.addPermanentWidget(self.progress)
        bar.addPermanentWidget(self.stop)

    # ---------------------------------------------------------------- wiring

    def _connect(self) -> None:
        self.notice.undo.connect(self.undo)
        self.stop.clicked.connect(self.tasks.cancel)
        self.tasks.started.connect(self._work_begins)
        self.tasks.progressed.connect(self._work_goes_on)
        self.tasks.ended.connect(self._work_ends)
        self.session.on_change.append(self._changed)
        keys: list[tuple[str, Callable[[], Any]]] = [
            ("Ctrl+K", self.focus_search), ("F9", self.toggle_curtain), ("F5", self.refresh),
            ("Ctrl+Z", self.undo_last), ("Ctrl+Y", self.redo_last), ("Alt+Left", self.back), ("Alt+Right", self.forward),
        ]  # fmt: skip
        numbered = [section for section in SECTIONS if section.numbered]
        for number, section in zip(NUMBERS, numbered, strict=True):
            keys.append((f"Ctrl+{number}", partial(self.go, section.key)))
        for sequence, act in keys:
            action = QAction(self)
            action.setShortcut(QKeySequence(sequence))
            action.triggered.connect(lambda _=False, act=act: act())
            self.addAction(action)

    def _changed(self, entities: set[str]) -> None:
        """Called by the session, perhaps from the worker: go on on the UI thread."""
        QTimer.singleShot(0, self, lambda: self._repaint(entities))

    def _repaint(self, entities: set[str]) -> None:
        self.refresh_counts()
        for desk in self.desks.values():
            if hasattr(desk, "refresh"):
                desk.refresh(entities)

    # ---------------------------------------------------------------- what desks ask for

    def go(self, key: str, *, remember: bool = True, **where: Any) -> None:
        """Show a section, made at its first visit; `where` is handed to its desk."""
        if key not in self.buttons:
            return
        if key not in self.desks:
            section = next(section for section in SECTIONS if section.key == key)
            self.desks[key] = section.make(self.desk)
            self.stack.addWidget(self.desks[key])
        if remember and (not self._been or self._been[-1] != key):
            self._been.append(key)
            self._ahead.clear()
        for each, made in self.buttons.items():
            made.setChecked(each == key)
        self.show_path([(self.buttons[key].text().split("　")[0], None)])
        self.stack.setCurrentWidget(self.desks[key])
        desk: Any = self.desks[key]
        if hasattr(desk, "go"):
            desk.go(**where)

    def back(self) -> None:
        if len(self._been) > 1:
            self._ahead.append(self._been.pop())
            self.go(self._been[-1], remember=False)

    def forward(self) -> None:
        if self._ahead:
            self._been.append(self._ahead.pop())
            self.go(self._been[-1], remember=False)

    def show_path(self, steps: list[Step]) -> None:
        while self.crumbs.count():
            item = self.crumbs.takeAt(0)
            if item and (widget := item.widget()):
                widget.deleteLater()
        for number, (text, act) in enumerate(steps):
            if number:
                self.crumbs.addWidget(theme.label("›", "soft"))
            if act and number < len(steps) - 1:
                made = theme.button(text, "link")
                made.clicked.connect(lambda _=False, act=act: act())
                self.crumbs.addWidget(made)
            else:
                self.crumbs.addWidget(theme.label(text))
        self.crumbs.addStretch()

    def notify(self, text: str, batch: str = "") -> None:
        """One sentence above the desk, with 撤销 if a batch is given."""
        self.notice.say(text, batch)

    def present_error(self, error: Exception) -> None:
        errors.present(self, error)

    def refresh_counts(self) -> None:
        """Numbers beside the sections and the data's time below."""
        due = summaries.due(self.session)
        for section in self.sections():
            count = due.get(section.key, 0)
            self.buttons[section.key].setText(f"{section.title}　{count}" if count else section.title)
        until = summaries.status(self.session)["data_until"]
        self.until.setText(say("status-until", until=(until or "—")[:16].replace("T", " ")))

    # ---------------------------------------------------------------- keys

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def toggle_curtain(self) -> None:
        self.popup.hide()
        self.curtain.toggle()

    def refresh(self) -> None:
        self._repaint({"all"})

    def undo(self, batch: str) -> None:
        """Undo a batch and say so, with redo in place."""
        try:
            done = undoing.undo(self.session, batch)
        except UserError as error:
            self.notify(errors.words(error))
            return
        code = "undone-kept" if done["kept"] else "undone"
        self.notify(say(code, undone=done["undone"], kept=len(done["kept"])))

    def undo_last(self) -> None:
        last = undoing.last(self.session)
        if last is None:
            self.notify(say("nothing-to-undo"))
        else:
            self.undo(last["batch"])

    def redo_last(self) -> None:
        last = undoing.last_undone(self.session)
        if last is None:
            self.notify(say("nothing-to-undo"))
        else:
            undoing.undo(self.session, last["batch"])
            self.notify(say("redone"))

    # ---------------------------------------------------------------- work under way

    def _work_begins(self, text: str) -> None:
        self.progress.setRange(0, 0)
        self.progress.setFormat(text)
        QTimer.singleShot(300, self, self._show_work)

    def _show_work(self) -> None:
        self.progress.setVisible(self.tasks.busy)
        self.stop.setVisible(self.tasks.busy)

    def _work_goes_on(self, done: int, total: int, what: str) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.setFormat(f"{say(what)} %p%" if total else say(what))

    def _work_ends(self) -> None:
        self.progress.hide()
        self.stop.hide()

    # ---------------------------------------------------------------- files dropped, the end

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.toLocalFile().lower().endswith(ROSTERS) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls()]
        self.go("import", file=next(file for file in files if file.suffix.lower() in ROSTERS))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_session()
        event.accept()

    def close_session(self) -> None:
        """Stop the work, lock the workspace. Safe to call twice."""
        if self.session is not None and self._changed in self.session.on_change:
            self.tasks.wait()
            self.session.on_change.remove(self._changed)
            workspaces.lock(self.session)

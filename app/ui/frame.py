"""The window's frame: top bar, sections at the left, breadcrumb and actions, the desk, notice and status below.

Longer than most files: it answers everything that a desk may ask of the window, and every key of the window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.services import backups, summaries, sync_state, undoing, workspaces
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, theme
from app.ui.about_dialog import AboutDialog
from app.ui.account_dialogs import PasswordDialog, SheetDialog
from app.ui.bundle_result import day
from app.ui.crumbs import Crumbs
from app.ui.curtain import Curtain
from app.ui.daily_backup import DailyBackup
from app.ui.day_notices import DayNotices
from app.ui.desk import Desk, Page, Step
from app.ui.idle import MINUTES, SETTING, Idle
from app.ui.notice import Notice, WorkBar
from app.ui.search_popup import SearchPopup
from app.ui.sections import BY_KEY, KEYS, NUMBERED, Section
from app.ui.side_bar import SideBar
from app.ui.tasks import Tasks
from app.ui.today_desk import wants_mine
from app.ui.top_bar import TopBar
from app.words import say

DROPPED = {"import": (".xlsx", ".xls", ".ods", ".csv", ".xlsm", ".docx"), "sync": (".ltb",)}
"""Which section takes the files that are dropped on the window."""
REMEMBERED = 50
COUNTED_AFTER = 150
"""Milliseconds after the last write until the numbers are counted anew: keys that follow each other wait for no sum."""


class Frame(QMainWindow):
    """Emits `locked` when the account is to be switched, with the one to come; `rested` when nobody is here any more."""

    locked = Signal(str)
    rested = Signal()
    _written = Signal(object)

    def __init__(
        self, session: Session, settings: Settings | None = None, make_tasks: Callable[..., Tasks] = Tasks
    ) -> None:
        super().__init__()
        self.session = session
        self.tasks = make_tasks(self.present_error, self)
        self.desk = Desk(
            session, self.tasks, self.notify, self.go, self.present_error, self.refresh_counts, self.show_path,
            settings or Settings(), lambda: self.locked.emit(""),
        )  # fmt: skip
        self.daily = DailyBackup(self.desk, make_tasks, self)
        self.notices = DayNotices(self.desk, self)
        self.desks: dict[str, Page] = {}
        self.open_key = ""
        self._awake = True
        self._been: list[tuple[str, dict[str, Any]]] = []
        self._ahead: list[tuple[str, dict[str, Any]]] = []
        self._build()
        self._connect()
        self.go("today")
        self.refresh_counts()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.setWindowTitle(f"楼图 {self.session.name}")
        self.setAcceptDrops(True)
        whole = QWidget()
        whole.setObjectName("surface")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        others = [each for each in workspaces.accounts(self.session.folder) if each != self.session.account]
        self.top = TopBar(self.session, others)
        self.search = self.top.search
        self.side = SideBar([each for each in NUMBERED if self.allowed(each)])
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.side)
        middle.addLayout(self._desk_area(), 1)
        column.addWidget(self.top)
        column.addLayout(middle, 1)
        self.setCentralWidget(whole)
        self.notice.float_over(whole, self._free_place)
        self._status_bar()
        self.popup = SearchPopup(self.desk, self.search, whole)
        self.curtain = Curtain(whole)

    def _free_place(self) -> QRect:
        """What is free in the line of the breadcrumb: nothing lies there that a notice could cover."""
        whole, head = self.centralWidget(), self.head.parentWidget()
        assert whole is not None and head is not None  # _build has put them there
        left = head.mapTo(whole, QPoint(self.trail.geometry().right(), 0))
        bar = self.bars.get(self.open_key)
        end = bar.x() if bar is not None and self.desks[self.open_key].actions_row else head.width()
        right = head.mapTo(whole, QPoint(end, 0)).x() - theme.GAP[1]
        return QRect(left.x() + theme.GAP[2], left.y(), right - left.x() - theme.GAP[2], head.height())

    def allowed(self, section: Section) -> bool:
        return section.act is None or self.session.may(section.act)

    def _desk_area(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(theme.GAP[3], theme.GAP[1], theme.GAP[3], theme.GAP[1])
        column.setSpacing(theme.GAP[1])
        head = QWidget()
        head.setFixedHeight(40)
        self.head = QHBoxLayout(head)
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(theme.GAP[1])
        self.trail = Crumbs(head)
        self.crumbs = self.trail.line
        self.head.addWidget(self.trail)
        self.head.addStretch(1)
        self.bars: dict[str, QWidget] = {}
        self.notice = Notice()
        self.work = WorkBar(self.tasks)
        self.stack = QStackedWidget()
        column.addWidget(head)
        column.addWidget(self.work)
        column.addWidget(self.stack, 1)
        return column

    def _status_bar(self) -> None:
        self.state = theme.label("", "small")
        self.state.setContentsMargins(theme.GAP[2], 0, 0, 0)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.state)

    # ---------------------------------------------------------------- wiring

    def _connect(self) -> None:
        self.notice.undo.connect(self.undo)
        self.daily.said.connect(self._backup_said)
        self.side.chosen.connect(self.go)
        self.top.switch.connect(self.locked)
        self.top.curtain.connect(self.toggle_curtain)
        self.top.password.connect(self._change_password)
        self.top.about.connect(lambda: AboutDialog(self).open())
        self.idle = Idle(lambda: int(self.desk.settings.get(SETTING, MINUTES)) * 60, self)
        self.idle.warned.connect(lambda seconds: self.notify(say("idle-warning", seconds=seconds)))
        self.idle.stirred.connect(self.notice.hide)
        self.idle.expired.connect(self.rested)
        self.curtain.moved.connect(self._curtain_moved)
        self._written.connect(self._repaint)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNTED_AFTER)
        self._counting.timeout.connect(self.refresh_counts)
        self.session.on_change.append(self._changed)
        keys: list[tuple[str, Callable[[], Any]]] = [
            ("Ctrl+K", self.focus_search), ("F5", self.refresh), ("Ctrl+Z", self.undo_last), ("Ctrl+Y", self.redo_last),
            ("Alt+Left", self.back), ("Alt+Right", self.forward), ("Esc", self.escape),
        ]  # fmt: skip
        keys += [(f"Ctrl+{key}", partial(self.go, section.key)) for key, section in zip(KEYS, NUMBERED, strict=True)]
        self.keys = [self._key(sequence, act) for sequence, act in keys]
        self._key("F9", self.toggle_curtain)
        self._key("Ctrl+L", lambda: self.locked.emit(""))

    def _key(self, sequence: str, act: Callable[[], Any]) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(sequence))
        action.triggered.connect(lambda _=False: act())
        self.addAction(action)
        return action

    def _changed(self, entities: set[str]) -> None:
        """May be called in the worker: the signal brings it to this thread."""
        self._written.emit(entities)

    def _repaint(self, entities: set[str]) -> None:
        if not self._awake:  # the worker said so just before the workspace was locked
            return
        self._counting.start()
        for page in self.desks.values():
            page.refresh(entities)

    # ---------------------------------------------------------------- what desks ask for

    def go(self, key: str, /, *, remember: bool = True, **where: Any) -> None:
        """Show a section, made at its first visit; `where` is handed to its desk."""
        section = BY_KEY[key]
        if not self.allowed(section):
            return
        if self.open_key in self.desks and self.open_key != key and not self.desks[self.open_key].leave():
            self.side.mark(BY_KEY[self.open_key].under or self.open_key)
            return
        if remember:
            self._remember(key, where)
        page = self.desks.get(key) or self._make(section)
        self.open_key = key
        self.side.mark(section.under or key)
        for each, bar in self.bars.items():
            bar.setVisible(each == key)
        self.trail.beside = self.bars[key]
        above: list[Step] = [(BY_KEY[section.under].title, partial(self.go, section.under))] if section.under else []
        self.show_path([*above, (section.title, None)])
        self.stack.setCurrentWidget(page)
        page.go(**where)
        self.notice.place_anew()
        if self._counting.isActive():  # what was written just before is in the numbers beside the section
            self.refresh_counts()

    def _make(self, section: Section) -> Page:
        page = section.make(self.desk)
        self.desks[section.key] = page
        self.stack.addWidget(page)
        self.bars[section.key] = theme.row(*page.actions_row)
        self.head.addWidget(self.bars[section.key])
        return page

    def _remember(self, key: str, where: dict[str, Any]) -> None:
        kept = {} if key in DROPPED else where  # going back must not read a file again
        if not self._been or self._been[-1] != (key, kept):
            self._been = [*self._been[-REMEMBERED:], (key, kept)]
            self._ahead.clear()

    def back(self) -> None:
        if len(self._been) > 1:
            self._ahead.append(self._been.pop())
            key, where = self._been[-1]
            self.go(key, remember=False, **where)

    def forward(self) -> None:
        if self._ahead:
            self._been.append(self._ahead.pop())
            key, where = self._been[-1]
            self.go(key, remember=False, **where)

    def show_path(self, steps: list[Step]) -> None:
        """The breadcrumb: every step but the last can be clicked."""
        self.trail.show_steps(steps)

    def notify(self, text: str, undo_batch: str = "", act: str = "撤销", /) -> None:
        """One sentence where nothing else is, with 撤销 (or another word for undoing) if a batch is given."""
        self.notice.say(text, undo_batch, act)

    def present_error(self, error: Exception) -> None:
        errors.present(self, error)

    def _backup_said(self) -> None:
        self._show_state()
        if not self.daily.busy:
            for key in ("today", "manage"):
                if key in self.desks:
                    self.desks[key].refresh({"backup"})

    def refresh_counts(self) -> None:
        """Numbers beside the sections; below, how old the data is here and at the street."""
        self._counting.stop()
        status, due = summaries.standing(self.session, mine=wants_mine(self.desk))
        self.side.count(due)
        self._exchanged = self._reported(status) if self.session.role == "centre" else self._received(status)
        self._show_state()

    def _show_state(self) -> None:
        level = 3 if self.session.ring else 2 if self.session.may("records.show") else 1
        said = (say("status-saved"), *self._kept(), *self._exchanged, say(f"level-{level}"))
        self.state.setText("　·　".join(said))

    def _kept(self) -> list[str]:
        """The last backup, or the one that is being made; since a restore, that something is still to come home."""
        last = backups.last(self.session)
        said = day(last, self.session.now()) if last else ""
        kept = self.daily.words or (say("status-backup", at=said) if last else say("status-backup-none"))
        return [kept, *([say("status-restored")] if backups.restored(self.session) else [])]

    def _received(self, status: dict[str, Any]) -> list[str]:
        """A committee: until when its data goes, and what the street has of it; nothing of that before enrolment."""
        said = [say("status-until", until=str(status["data_until"] or "—")[:16].replace("T", " "))]
        states = sync_state.waiting(self.session)
        until = max((each["received_until"] for each in states if each["received_until"]), default=None)
        if until:
            said.append(say("status-receipt", until=day(until, self.session.now())))
        elif states:
            said.append(say("status-no-receipt"))
        return said

    def _reported(self, status: dict[str, Any]) -> list[str]:
        """A centre: how many committees sent something, and how far apart their data lies."""
        committees, now = status["committees"], self.session.now()
        times = sorted(each["data_until"] for each in committees if each["data_until"])
        reported = sum(each["last_bundle"] is not None for each in committees)
        said = [say("sync-reported", all=len(committees), count=reported)] if committees else []
        if times:
            oldest, newest = day(times[0], now), day(times[-1], now)
            code = "status-until" if oldest == newest else "sync-spread"
            said.append(say(code, until=newest, oldest=oldest, newest=newest))
        return said

    # ---------------------------------------------------------------- keys

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def toggle_curtain(self) -> None:
        self.popup.hide()
        self.curtain.toggle()

    def _curtain_moved(self, drawn: bool) -> None:
        for action in self.keys:
            action.setEnabled(not drawn)
        self.setWindowTitle("楼图" if drawn else f"楼图 {self.session.name}")

    def escape(self) -> None:
        """Esc closes what lies on top, then goes a step back in the desk."""
        for layer in (self.popup, self.notice):
            if layer.isVisible():
                layer.hide()
                return
        self.desks[self.open_key].back()

    def refresh(self) -> None:
        self._repaint({"all"})
        self.refresh_counts()

    def undo(self, batch: str) -> None:
        """Undo a batch in the background and say so; 恢复 stands in place."""
        session = self.session
        self.tasks.run(lambda _, __: undoing.undo(session, batch), self._undone, text=say("work-undo"))

    def _undone(self, done: dict[str, Any]) -> None:
        code = "undone-kept" if done["kept"] else "undone"
        self.notice.say(say(code, undone=done["undone"], kept=len(done["kept"])), done["batch"], "恢复")

    def undo_last(self) -> None:
        if self.desks[self.open_key].undo_here():
            return
        last = undoing.last(self.session) if self.session.may("undo") else None
        if last is None:
            self.notify(say("nothing-to-undo"))
        else:
            self.undo(last["batch"])

    def redo_last(self) -> None:
        if self.desks[self.open_key].redo_here():
            return
        last = undoing.last_undone(self.session) if self.session.may("undo") else None
        if last is None:
            self.notify(say("nothing-to-redo"))
            return
        session, batch = self.session, last["batch"]
        self.tasks.run(
            lambda _, __: undoing.undo(session, batch),
            lambda done: self.notice.say(say("redone"), done["batch"]), text=say("work-undo"),
        )  # fmt: skip

    # ---------------------------------------------------------------- files dropped, the end

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.curtain.isVisible() and self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if (found := self._dropped(event)) is None:
            return
        key, files = found
        event.acceptProposedAction()
        self.go(key, **({"file": files[0]} if key == "import" else {"files": files}))

    def _dropped(self, event: QDropEvent) -> tuple[str, list[Path]] | None:
        """The section that takes these files, and those it takes; None if nobody does."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls()]
        for key, suffixes in DROPPED.items():
            taken = [file for file in files if file.suffix.lower() in suffixes]
            if taken and self.allowed(BY_KEY[key]):
                return key, taken
        return None

    def may_close(self) -> bool:
        """Nothing unsaved, no work under way, or the person says it may go."""
        if self.open_key and not self.desks[self.open_key].leave():
            return False
        return not self.tasks.busy or errors.ask(self, say("work-busy"), "停下来", "等它做完") == "停下来"

    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_session()
        event.accept()

    @property
    def unsaved(self) -> bool:
        return any(page.unsaved for page in self.desks.values())

    def sleep(self) -> None:
        """Lock the workspace and keep what was typed, unseen; nothing here can read or write until `wake`."""
        self._awake = False
        self._counting.stop()
        self.idle.stop()
        self.daily.stop()
        self.notices.stop()
        self.popup.hide()
        self.notice.hide()
        self._before_lock()
        workspaces.lock(self.session)
        self.session.ring, self.session.index_key, self.session.rings = None, None, {}

    def wake(self, session: Session) -> None:
        """The same account unlocked again: its new session takes the place of the old one everywhere."""
        for each in fields(Session):
            if each.name != "on_change":
                setattr(self.session, each.name, getattr(session, each.name))
        self._awake = True
        self.idle.begin()
        self.notices.begin()
        self.refresh()
        self.daily.begin()

    def cover(self) -> None:
        """Draw the curtain, if it is not drawn."""
        if not self.curtain.isVisible():
            self.toggle_curtain()

    def offer_recovery_sheet(self) -> None:
        """Right after the workspace was made: what a forgotten last password means."""
        dialog = SheetDialog(self, self.desk, first=True)
        dialog.told.connect(lambda done: self.notify(say("recovery-made", out=done["out"])))
        dialog.open()

    def _change_password(self) -> None:
        dialog = PasswordDialog(self, self.desk)
        dialog.told.connect(lambda _: self.notify(say("account-password")))
        dialog.open()

    def close_session(self) -> None:
        """Stop the work, lock the workspace. Safe to call twice."""
        if self._changed in self.session.on_change:
            self._awake = False
            self._counting.stop()
            self.idle.stop()
            self.daily.stop()
            self.notices.stop()
            self.tasks.close()
            self.session.on_change.remove(self._changed)
            self._before_lock()
            workspaces.lock(self.session)

    def _before_lock(self) -> None:
        for act in list(self.desk.on_lock):
            act()

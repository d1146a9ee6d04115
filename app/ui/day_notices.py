"""Desktop notices at set times while the program runs: how many things are due, never who. Quiet when nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QSystemTrayIcon, QWidget

from app.domain import notice_times
from app.domain.findings import UserError
from app.services import today
from app.services.session import Session
from app.settings import Settings
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.words import say

TIMES = "notice-times"
EVERY = 20_000
"""ms between two looks at the clock."""
SECTIONS = ("isolation", "care", "incidents")
Show = Callable[[str, str], None]


class DayNotices(QObject):
    """`look` is called by a timer: when a set time has come, `show(title, text)` says what is due.

    show: a notice of the desktop where there is a tray, else the window's own; tests hand in theirs, and their timer.
    """

    def __init__(self, desk: Desk, parent: QObject, *, show: Show | None = None, timer: QTimer | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._show = show or self._on_desktop
        self._tray: QSystemTrayIcon | None = None
        self._timer = timer or QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.look)
        self.begin()

    @property
    def times(self) -> tuple[str, ...]:
        return times_of(self.desk.settings)

    def begin(self) -> None:
        """From now on; a time that went by before is not made up for."""
        self._since: datetime | None = self.desk.session.now()
        self._timer.start()

    def stop(self) -> None:
        """The workspace is locked: nothing is read or said any more."""
        self._since = None
        self._timer.stop()
        if self._tray is not None:
            self._tray.hide()

    def look(self) -> None:
        if self._since is None:
            return
        since, now = self._since, self.desk.session.now()
        self._since = now
        if notice_times.passed(self.times, since, now) and (said := words(self.desk.session)) is not None:
            self._show(*said)

    def _on_desktop(self, title: str, text: str) -> None:
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            self.desk.notify(f"{title}（{text}）")
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(theme.icon("calendar-check-outline", theme.ACCENT), self)
        self._tray.show()
        self._tray.showMessage(title, text)


def times_of(settings: Settings) -> tuple[str, ...]:
    """As they were set on this PC, else the usual ones."""
    kept = settings.get(TIMES)
    return tuple(str(each) for each in kept) if isinstance(kept, list) else notice_times.DEFAULT


def words(session: Session) -> tuple[str, str] | None:
    """Title and text: counts only, since whoever stands at the counter reads them too. None when nothing is due."""
    if not session.may("today.read"):
        return None
    found = today.items(session, words=False)
    lines = found.lines if found.named else []  # what others must do is no matter of a reader of totals
    if not lines:
        return None
    parts = [say("notice-late", count=late)] if (late := sum(line.overdue for line in lines)) else []
    sections = [line.first.section for line in lines]
    parts += [say(f"notice-{key}", count=n) for key in SECTIONS if (n := sections.count(key))]
    if other := sum(section not in SECTIONS for section in sections):
        parts.append(say("notice-other", count=other))
    return say("notice-title", count=len(lines)), "，".join(parts)


class NoticeTimesDialog(Dialog):
    """At which times to speak up. Emits `told` with a sentence."""

    told = Signal(str)

    def __init__(self, parent: QWidget, desk: Desk, times: tuple[str, ...]) -> None:
        super().__init__(parent, say("notice-times"))
        self.desk = desk
        self.text = QLineEdit("，".join(times))
        self.text.setAccessibleName(say("notice-times"))
        self.text.setMinimumWidth(360)
        self.message = theme.label("", "wrong", wrap=True)
        keep, leave = theme.primary("保存提醒时间"), theme.button("返回")
        keep.clicked.connect(self.keep)
        leave.clicked.connect(self.reject)
        self.text.returnPressed.connect(self.keep)
        for each in (theme.soft(say("notice-times-why")), self.text, self.message, theme.row(1, leave, keep)):
            self.body.addWidget(each)

    def keep(self) -> None:
        try:
            times = notice_times.read(self.text.text())
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        self.desk.settings.put(TIMES, list(times))
        self.told.emit(say("notice-times-kept", times="、".join(times)) if times else say("notice-times-none"))
        self.accept()

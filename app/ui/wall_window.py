"""大屏: a window of its own that shows the street to a whole room, for days, with nobody beside it.

It shows what `services.wall` reads and nothing else: totals as for a reader of totals, whoever is logged in. Because of
that it may stay when the curtain is drawn and when the window locks itself. Locking closes the workspace as always, and
the screen keeps no key and no session of its own for later: it goes on with what it read last and says since when. Nobody
can bring anything in meanwhile that it would miss; the next log-in to the same workspace wakes it (`resume`). It goes
with the program, and where the next account may not see it. Nothing here may stop it: what fails leaves the last slide
with its time, and is tried again.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMouseEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app import faults
from app.domain.clock import SHANGHAI
from app.domain.findings import UserError
from app.domain.jobs import Cancelled
from app.domain.wall import Slide
from app.maps import wall as pages
from app.services import wall
from app.services.wall import Under
from app.ui.desk import Desk
from app.ui.tasks import Tasks
from app.ui.wall_page import WallPage
from app.words import say

SETTING, SECONDS, LEAST, MOST, STEP = "wall-seconds", 20, 10, 120, 10
"""How long a slide stays: a setting of this PC, in seconds."""
REFRESH, SOON, AGAIN = 5 * 60_000, 30_000, 60_000
"""ms until the figures are read anew: as time goes by, after something was written (a whole street takes
seconds of an old PC's time, so not after each key), after it failed."""
HIDDEN_AFTER = 4_000
"""ms without a movement until mouse and hint go."""
_walls: list[WallWindow] = []
"""Open screens: no other window owns one, or it would go, or be minimised, with that window."""


def resume(desk: Desk) -> None:
    """Somebody logged in: the screens of this workspace go on with the new session."""
    for each in list(_walls):
        each.resume(desk)


def close_all() -> None:
    """The program ends."""
    for each in list(_walls):
        each.close()


def beside(window: QWidget | None) -> QWidget | None:
    """The window over which something may be said: never a screen that hangs on a wall."""
    return None if isinstance(window, WallWindow) else window


class WallWindow(QWidget):
    """Full screen, on another screen than the desk's if there is one. A second one takes the place of the first."""

    _changed = Signal()

    def __init__(self, desk: Desk, make_tasks: Callable[..., Tasks] = Tasks) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._make_tasks = make_tasks
        self.slides: tuple[Slide, ...] = ()
        self.at = 0
        """Which slide is shown."""
        self.turn = 0
        """How many were shown, for what takes turns below."""
        self.paused = False
        self.clock = ""
        self.settings = desk.settings
        self._said: dict[str, str] = {}
        self._under: Under | None = None
        close_all()
        self._build()
        self._connect()
        self._take(desk)
        _walls.append(self)

    def _build(self) -> None:
        self.setWindowTitle("楼图　大屏")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.page = WallPage()
        column.addWidget(self.page)
        place = _screen_for(QApplication.activeWindow())
        if place is not None:
            self.setScreen(place)
            self.setGeometry(place.geometry())

    def _connect(self) -> None:
        self.page.came.connect(self._page_came)
        self.rotation, self.refreshing, self.minute, self.still = (QTimer(self) for _ in range(4))
        self.rotation.timeout.connect(lambda: self.step(1))
        self.refreshing.setSingleShot(True)
        self.refreshing.timeout.connect(self.read)
        self.minute.timeout.connect(self._tick)
        self.minute.start(1_000)
        self.still.setSingleShot(True)
        self.still.timeout.connect(self._hide_mouse)
        self._changed.connect(lambda: self._read_in(SOON))  # from the worker to this thread

    # ---------------------------------------------------------------- whose figures

    def _take(self, desk: Desk) -> None:
        """Go on with a desk's session."""
        self.desk = desk
        self.session = desk.session
        self._clock, self.name = desk.session.clock, desk.session.name
        self.workspace = (desk.session.folder, desk.session.committee_id)
        self.tasks = self._make_tasks(self._failed, self)
        self.locked = False
        desk.session.on_change.append(self._heard)
        desk.on_lock.append(self._locked)
        self._say(locked="")
        self._set_pace()
        self.read()

    def _heard(self, entities: set[str]) -> None:
        """Something was written; perhaps in the worker."""
        self._changed.emit()

    def _leave(self) -> None:
        """Nothing of the session is used after this; what is being read is stopped and waited for."""
        if self.locked:
            return
        self.locked = True
        self.refreshing.stop()
        self.tasks.close()
        self.tasks.deleteLater()
        for those, mine in ((self.session.on_change, self._heard), (self.desk.on_lock, self._locked)):
            if mine in those:
                those.remove(mine)  # type: ignore[arg-type]  # each of its own kind
        del self.session, self.desk

    def _locked(self) -> None:
        """The workspace is being closed: what was read last stays, with its time; without any the screen goes."""
        if not self.slides:
            self.close()
            return
        self._leave()
        self._say(locked=say("wall-locked", at=pages.moment(self.slides[0].board.at)))

    def resume(self, desk: Desk) -> None:
        """A log-in: the same workspace wakes the screen; another one, or an account that may not see maps, ends it."""
        if self.workspace != (desk.session.folder, desk.session.committee_id) or not desk.session.may("maps.read"):
            self.close()
        elif self.locked:
            self._take(desk)

    # ---------------------------------------------------------------- reading

    def read(self) -> None:
        """Read the figures in the background; at most one such work at a time."""
        if self.locked:
            return
        if self.tasks.busy:
            self._read_in(SOON)
            return
        session = self.session
        self.refreshing.start(REFRESH)
        lies = self._under

        def work(_: object, cancelled: Cancelled) -> tuple[tuple[Slide, ...], Under | None]:
            slides = wall.slides(session, cancelled)
            return slides, wall.under(session, slides, lies)

        self.tasks.run(work, lambda found: self._came(*found))

    def _read_in(self, milliseconds: int) -> None:
        """Sooner than was meant, never later: writing without a break must not put it off."""
        left = self.refreshing.remainingTime() if self.refreshing.isActive() else milliseconds
        if not self.locked:
            self.refreshing.start(min(milliseconds, left))

    def _came(self, slides: tuple[Slide, ...], under: Under | None = None) -> None:
        self.slides, self.at = slides, min(self.at, max(0, len(slides) - 1))
        self._say(stopped="")
        if under is not None:
            self._under = under
            self.page.lay(under.payload)
        self.draw()

    def _failed(self, error: Exception) -> None:
        """What is shown stays, with its time; a minute later it is tried again. Nobody is asked anything here."""
        if not isinstance(error, UserError):
            faults.note(error, "wall")
        at = pages.moment(self.slides[0].board.at) if self.slides else ""
        self._say(stopped=say("wall-stopped", at=at) if at else say("wall-stopped-first"))
        if not at:
            self.draw()
        self._read_in(AGAIN)

    # ---------------------------------------------------------------- showing

    def draw(self) -> None:
        """Show the present slide, or why there is none."""
        if self.slides:
            slide = self.slides[self.at]
            turns = pages.ticker(slide.board)
            self.page.show_slide(
                slide, dots={"at": self.at, "of": len(self.slides)}, ticker=turns[self.turn % len(turns)], empty=""
            )
        else:
            failed = "wall-stopped-first" if self._said.get("stopped") else "wall-empty"
            why = say("wall-reading" if self.tasks.busy else failed)
            self.page.say(title=self.name, measure="", ticker=[], empty=why)

    def step(self, by: int) -> None:
        """Some slides on, or back."""
        if self.slides:
            self.at = (self.at + by) % len(self.slides)
            self.turn += 1
            self.draw()

    def _turned(self, by: int) -> None:
        """By hand: the slide stays as long as any other."""
        self.step(by)
        self._set_pace()

    def _page_came(self) -> None:
        """Everything once more."""
        self.clock = ""
        if self._under is not None:
            self.page.lay(self._under.payload)
        self.draw()
        self._tick()
        self._tell()

    def _tick(self) -> None:
        """Once a second: the clock when its minute has come, and other figures with another day."""
        now = self._clock().astimezone(SHANGHAI)
        text = pages.clock(now)
        if text == self.clock:
            return
        if self.clock and text[: -len(" 00:00")] != self.clock[: -len(" 00:00")]:
            self._read_in(SOON)
        self.clock = text
        self.page.say(clock=text)

    def _say(self, **kinds: str) -> None:
        """What stands in the line below, by kind; "" takes it away."""
        self._said |= kinds
        self._tell()

    def _tell(self) -> None:
        """A hint, while somebody is here, in place of what is wrong."""
        hint = self._said.get("hint") or ""
        wrong = self._said.get("locked") or self._said.get("stopped") or ""
        soft = hint or ("" if wrong else self._said.get("paused", ""))
        self.page.say(notice="" if hint else wrong, hint=soft)

    # ---------------------------------------------------------------- keys and mouse

    def _set_pace(self) -> None:
        seconds = min(MOST, max(LEAST, int(self.settings.get(SETTING, SECONDS))))
        if self.paused:
            self.rotation.stop()
        else:
            self.rotation.start(seconds * 1_000)

    def _change_pace(self, by: int) -> None:
        seconds = min(MOST, max(LEAST, int(self.settings.get(SETTING, SECONDS)) + by))
        self.settings.put(SETTING, seconds)
        self._set_pace()
        self._hint(say("wall-pace", seconds=seconds))

    def _pause(self) -> None:
        self.paused = not self.paused
        self._say(paused=say("wall-paused") if self.paused else "", hint="")
        self._set_pace()

    def _toggle_full(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Escape: self.close, Qt.Key.Key_Space: self._pause, Qt.Key.Key_F11: self._toggle_full,
            Qt.Key.Key_Right: lambda: self._turned(1), Qt.Key.Key_Left: lambda: self._turned(-1), Qt.Key.Key_F5: self.read,
            Qt.Key.Key_Up: lambda: self._change_pace(STEP), Qt.Key.Key_Down: lambda: self._change_pace(-STEP),
        }  # fmt: skip
        if act := keys.get(event.key()):
            act()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.unsetCursor()
        self._hint(say("wall-keys"))

    def _hint(self, text: str) -> None:
        self.still.start(HIDDEN_AFTER)
        if self._said.get("hint") != text:
            self._say(hint=text)

    def _hide_mouse(self) -> None:
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._say(hint="")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()
        self._hint(say("wall-keys"))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leave()
        for timer in (self.rotation, self.minute, self.still):
            timer.stop()
        if self in _walls:
            _walls.remove(self)
        event.accept()


def _screen_for(window: QWidget | None) -> QScreen | None:
    """Another screen than the one at which somebody works, if there is one."""
    screens = QGuiApplication.screens()
    own = window.screen() if window is not None else QGuiApplication.primaryScreen()
    return next((each for each in screens if each is not own), own)

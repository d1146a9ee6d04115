"""时间轴: a measure replayed day by day under the map, from what the ledger knew at the end of each day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from app.domain.maps import Drawing
from app.domain.visits import STALE_AFTER
from app.services import replay
from app.services.replay import Series
from app.ui import theme
from app.ui.day_track import DayTrack, short
from app.words import say

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk

SPANS, SPEEDS = (14, 30, 60, 90), {"slow": 1_200, "usual": 600, "fast": 250}
"""Days back from today; ms that a day stands while it plays."""
SPAN, SPEED = "replay-days", "replay-speed"
WEEKDAYS = "一二三四五六日"
DAY_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class ReplayBar(QFrame):
    """Hidden until asked for. Paints the map's things as they were on a day; closed, the map shows today again."""

    def __init__(self, page: MapDesk) -> None:
        super().__init__(page)
        self.page, self.desk = page, page.desk
        self.series: Series | None = None
        self.today: Drawing | None = None
        self._asked = 0
        self._build()
        self._connect()
        self.hide()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.setObjectName("panel")
        self.marker = theme.label("", "strong")
        self.total = theme.label("", "soft")
        self.span, self.speed = theme.Choice(), theme.Choice()
        for days in SPANS:
            self.span.addItem(say("replay-span-of", days=days), days)
        for key in SPEEDS:
            self.speed.addItem(say(f"replay-{key}"), key)
        self._choose(self.span, self.desk.settings.get(SPAN, 60))
        self._choose(self.speed, self.desk.settings.get(SPEED, "usual"))
        self.span.setAccessibleName(say("replay-span-name"))
        self.speed.setAccessibleName(say("replay-speed-name"))
        self.close_button = theme.button(say("replay-close"), icon_name="close")
        self.before = theme.button("", icon_name="chevron-left")
        self.play = theme.button(say("replay-play"), icon_name="play")
        self.after = theme.button("", icon_name="chevron-right")
        for button, code in ((self.before, "replay-before"), (self.after, "replay-after")):
            button.setToolTip(say(code))
            button.setAccessibleName(say(code))
            button.setFixedWidth(theme.BUTTON + 4)
        self.play.setToolTip(say("replay-keys"))
        self.play.setMinimumWidth(self.play.sizeHint().width() + 4)
        for button in (self.before, self.play, self.after, self.close_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # clicked, the arrows still go to the days
            button.installEventFilter(self)
        self.track = DayTrack()
        self.track.setAccessibleName(say("replay-track"))
        self.timer = QTimer(self)
        self._lay_out()

    def _lay_out(self) -> None:
        self.total.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        over, under = QHBoxLayout(), QHBoxLayout()
        for line, widgets in (
            (over, (self.marker, self.total, self.span, self.speed, self.close_button)),
            (under, (self.before, self.play, self.after, self.track)),
        ):  # fmt: skip
            line.setSpacing(theme.GAP[1])
            for widget in widgets:
                line.addWidget(widget, 1 if widget in (self.total, self.track) else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP[1], theme.GAP[1], theme.GAP[1], theme.GAP[0])
        column.setSpacing(theme.GAP[0])
        column.addLayout(over)
        column.addLayout(under)

    @staticmethod
    def _choose(choice: theme.Choice, value: Any) -> None:
        choice.setCurrentIndex(max(0, choice.findData(value)))

    def _connect(self) -> None:
        self.track.valueChanged.connect(lambda _: self._paint())
        self.track.played.connect(self._play_or_stop)
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        self.play.clicked.connect(self._play_or_stop)
        self.timer.timeout.connect(self._next)
        self.span.currentIndexChanged.connect(lambda _: self._span_chosen())
        self.speed.currentIndexChanged.connect(lambda _: self._speed_chosen())
        self.close_button.clicked.connect(self.close_replay)

    # ---------------------------------------------------------------- opening and closing

    def toggle(self) -> None:
        """Open for what the map shows, or close."""
        if not self.isHidden():
            self.close_replay()
        elif isinstance(self.page.shown, Drawing):
            self.today = self.page.shown
            self.show()
            self._read(None)
            self.track.setFocus()

    def back(self) -> bool:
        """Esc: closes, if there is anything to close."""
        if self.isHidden():
            return False
        self.close_replay()
        return True

    def close_replay(self) -> None:
        """The map shows today again."""
        today = self.today
        self._forget()
        self.hide()
        if today is not None and self.page.shown is not today:
            self.page.show_day(today)
        self.page.view.setFocus()

    def _forget(self) -> None:
        self._asked += 1  # what is being read is given up
        self._stop()
        self.series = self.today = None

    def shown(self, drawing: Drawing | None) -> None:
        """The map shows something else: another level, measure or committee; None: no map, a building.

        Another place or measure is read anew for the day that was looked at. The same one was drawn anew because
        something was written: then it is today that counts.
        """
        if self.isHidden():
            return
        before, day = self.today, self._day if self.series is not None and not self._at_end else None
        if drawing is None:
            self._forget()
            self.hide()
            return
        self.today = drawing
        if before is not None and self.series is not None and drawing.only != before.only and _same(drawing, before):
            self._paint()  # the same figures, others of them are left out
            return
        self._read(None if before is not None and _same(drawing, before) else day)

    # ---------------------------------------------------------------- reading

    def _read(self, day: date | None) -> None:
        """Read the span in the background; then show this day of it, or today."""
        assert self.today is not None
        self._stop()
        self._asked += 1
        self.series = None
        asked, session, today = self._asked, self.desk.session, self.today
        last = session.now().date()
        first = last - timedelta(self.span.currentData() - 1)
        self.track.show_days(first, (), str)  # not disabled: it keeps the keyboard
        self._tell()

        def work(progress: Any, cancelled: Any) -> Series:
            return replay.series(
                session, today.level, today.id, today.measure.key, first=first, last=last,
                days=today.days or STALE_AFTER, shading=today.shading, progress=progress,
                cancelled=lambda: cancelled() or asked != self._asked,
            )  # fmt: skip

        self.desk.tasks.run(
            work, lambda made: self._ready(asked, made, day), lambda _: self._failed(asked), text=say("replay-reading")
        )

    def _failed(self, asked: int) -> None:
        """It was cancelled, or went wrong, which the window says."""
        if asked == self._asked:
            self.close_replay()

    def _ready(self, asked: int, made: Series, day: date | None) -> None:
        if asked != self._asked:
            return
        self.series = made
        number = (day - made.first).days if day is not None and made.first <= day <= made.last else len(made.days) - 1
        blocked = self.track.blockSignals(True)
        self.track.show_days(made.first, made.totals, self._in_words)
        self.track.setValue(number)
        self.track.blockSignals(blocked)
        self._paint()

    # ---------------------------------------------------------------- a day

    @property
    def _day(self) -> date:
        assert self.series is not None
        return self.series.first + timedelta(self.track.value())

    @property
    def _at_end(self) -> bool:
        return self.track.value() >= self.track.maximum()

    def _paint(self) -> None:
        """The map and its list as of the day on the slider, in the colours of the whole span."""
        self._tell()
        if self.series is not None and self.today is not None:
            self.page.show_day(replay.on(self.series, self.today, self._day))

    def _tell(self) -> None:
        """Which day, what it counted, and what can be done now."""
        ready = self.series is not None
        past = ready and not self._at_end
        self.marker.setText(self._date_text() if ready else say("replay-reading"))
        self.total.setText(self._total_text(self.track.value()) if ready else "")
        self.play.setEnabled(ready)
        self.before.setEnabled(ready and self.track.value() > 0)
        self.after.setEnabled(past)
        if ready:
            self.track.setAccessibleDescription(self._in_words(self.track.value()))

    def _date_text(self) -> str:
        told = {"day": short(self._day), "weekday": WEEKDAYS[self._day.weekday()]}
        return say("replay-today" if self._at_end else "replay-past", **told)

    def _in_words(self, number: int) -> str:
        """A day of the curve: `5月25日 周一　合计 31 人`."""
        assert self.series is not None
        day = self.series.first + timedelta(number)
        return f"{say('replay-day', day=short(day), weekday=WEEKDAYS[day.weekday()])}　{self._total_text(number)}"

    def _total_text(self, number: int) -> str:
        assert self.series is not None and self.today is not None
        day = self.series.days[number]
        if day.total is not None:
            return say("map-total", value=say(f"unit-{self.today.measure.unit}", count=day.total))
        return say("replay-not-told" if any(each.few for each in day.things.values()) else "replay-nothing")

    def _step(self, days: int) -> None:
        self._stop()
        self.track.setValue(self.track.value() + days)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where a button of the bar has the keyboard, the arrows go to the days all the same."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in DAY_KEYS:
            self._stop()
            self.track.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    # ---------------------------------------------------------------- playing

    def _play_or_stop(self) -> None:
        if self.timer.isActive():
            self._stop()
            return
        if self.series is None:
            return
        if self._at_end:  # from the first day of which anything is known
            known = (number for number, day in enumerate(self.series.days) if any(_known(day)))
            self.track.setValue(next(known, 0))
        self.timer.start(SPEEDS[self.speed.currentData()])
        self._say_play()

    def _next(self) -> None:
        if self.page.isVisible():  # another desk is looked at: it waits
            self.track.setValue(self.track.value() + 1)
        if self._at_end:
            self._stop()

    def _stop(self) -> None:
        self.timer.stop()
        self._say_play()

    def _say_play(self) -> None:
        playing = self.timer.isActive()
        self.play.setText(say("replay-pause" if playing else "replay-play"))
        self.play.setIcon(theme.icon("pause" if playing else "play"))

    def _speed_chosen(self) -> None:
        self.desk.settings.put(SPEED, self.speed.currentData())
        if self.timer.isActive():
            self.timer.start(SPEEDS[self.speed.currentData()])

    def _span_chosen(self) -> None:
        self.desk.settings.put(SPAN, self.span.currentData())
        if not self.isHidden() and self.today is not None:
            self._read(self._day if self.series is not None and not self._at_end else None)


def _same(one: Drawing, other: Drawing) -> bool:
    """The same place by the same measure?"""
    return (one.level, one.id, one.measure, one.shading, one.days) == (
        other.level, other.id, other.measure, other.shading, other.days
    )  # fmt: skip


def _known(day: replay.Day) -> list[bool]:
    return [each.value is not None or each.few for each in day.things.values()]

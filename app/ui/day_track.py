"""One step a day: a slider on a small curve of what the days counted, drawn by Qt alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSlider, QToolTip

from app.ui import theme

HIGH, EDGE, FOOT, TOP = 60, 14, 20, 8
"""px: of the whole, beside the first and last day, of the dates below, over the highest day."""
KNOB = 6
FLAT = 0.5
"""From this share of the highest day on, the lowest one gives the curve its foot: else it would be a straight line."""
WEEK = timedelta(7)


class DayTrack(QSlider):
    """`valueChanged` with a number from the first day; `played` when the space bar asks to play or to stop."""

    played = Signal()

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.first = date.min
        self.counts: Sequence[int | None] = ()
        self.said: Callable[[int], str] = str
        self.setMinimumHeight(HIGH)
        self.setPageStep(7)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_days(self, first: date, counts: Sequence[int | None], said: Callable[[int], str]) -> None:
        """The days and what they counted (None: not told, or nothing known); said: a day in words, by its number."""
        self.first, self.counts, self.said = first, counts, said
        self.setRange(0, max(0, len(counts) - 1))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HIGH)

    # ---------------------------------------------------------------- hand and keys

    def _at(self, x: float) -> int:
        wide = max(1.0, self.width() - 2.0 * EDGE)
        return min(self.maximum(), max(0, round((x - EDGE) / wide * self.maximum())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self.setSliderDown(True)
            self.setValue(self._at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.played.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The day under the pointer in words."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.counts:
            QToolTip.showText(event.globalPos(), self.said(self._at(event.pos().x())), self)
            return True
        return super().event(event)

    # ---------------------------------------------------------------- the picture

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        foot = float(self.height() - FOOT)
        painter.fillRect(QRectF(EDGE, foot, self.width() - 2 * EDGE, 1), QColor(theme.LINE))
        if self.counts:
            self._draw_dates(painter, foot)
            self._draw_curve(painter, foot)
            self._draw_knob(painter, foot)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.ACCENT), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _x(self, number: int) -> float:
        return EDGE + (self.width() - 2 * EDGE) * number / max(1, self.maximum())

    def _points(self, foot: float) -> list[QPointF | None]:
        known = [count for count in self.counts if count is not None]
        highest, lowest = max(known, default=0), min(known, default=0)
        base = 0 if lowest < FLAT * highest or highest == lowest else lowest - (highest - lowest)
        high = (foot - TOP) / max(1, highest - base)
        return [None if count is None else QPointF(self._x(number), foot - (count - base) * high)
                for number, count in enumerate(self.counts)]  # fmt: skip

    def _draw_curve(self, painter: QPainter, foot: float) -> None:
        """Without the days of which nothing is known; what lies after the chosen day is fainter."""
        runs: list[list[QPointF]] = [[]]
        for point in self._points(foot):
            if point is None:
                runs.append([])
            else:
                runs[-1].append(point)
        for clip, line, fill in (
            (QRectF(0, 0, self._x(self.value()), self.height()), theme.ACCENT, theme.ACCENT_SOFT),
            (QRectF(self._x(self.value()), 0, self.width(), self.height()), theme.INK_FAINT, theme.SURFACE),
        ):  # fmt: skip
            painter.save()
            painter.setClipRect(clip)
            for run in filter(None, runs):
                area = QPolygonF([QPointF(run[0].x(), foot), *run, QPointF(run[-1].x(), foot)])
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(fill))
                painter.drawPolygon(area)
                painter.setPen(QPen(QColor(line), 1.5))
                painter.drawPolyline(QPolygonF(run)) if len(run) > 1 else painter.drawPoint(run[0])
            painter.restore()

    def _draw_dates(self, painter: QPainter, foot: float) -> None:
        """First and last day, and a tick at every Monday."""
        font = QFont(self.font())
        font.setPointSizeF(8.5)
        painter.setFont(font)
        painter.setPen(QColor(theme.INK_SOFT))
        place = QRectF(EDGE - KNOB, foot + 1, self.width() - 2.0 * (EDGE - KNOB), FOOT - 4)
        last = self.first + timedelta(self.maximum())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, short(self.first))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, short(last))
        monday = self.first + timedelta(-self.first.weekday() % 7)
        while monday <= last:
            painter.fillRect(QRectF(self._x((monday - self.first).days), foot, 1, 4), QColor(theme.INK_FAINT))
            monday += WEEK

    def _draw_knob(self, painter: QPainter, foot: float) -> None:
        """A line through the day, and a round handle on it."""
        x = self._x(self.value())
        colour = QColor(theme.ACCENT if self.isEnabled() else theme.INK_FAINT)
        painter.fillRect(QRectF(x - 0.75, TOP - 4, 1.5, foot - TOP + 4), colour)
        painter.setPen(QPen(QColor(theme.PANEL), 2))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x, foot), KNOB, KNOB)


def short(day: date) -> str:
    """`5月25日`."""
    return f"{day.month}月{day.day}日"

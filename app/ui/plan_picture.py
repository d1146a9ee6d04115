"""The scanned plan beside the map: pulled, brought nearer, and clicked; by keyboard a cross is moved and Enter clicks."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.ui import theme

PULLED = 4
"""Px of a pull; less is a click."""
NEARER, NEAREST = 1.25, 8.0
STEP, SMALL = 24, 2
ROUND = 11


class PlanPicture(QWidget):
    """`clicked(x, y)` in px of the picture. `marks`: points with their numbers; `waiting`: the one without a partner."""

    clicked = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.picture = QImage()
        self.marks: list[tuple[float, float, str]] = []
        self.waiting: tuple[float, float] | None = None
        self.cross: QPointF | None = None
        self._scale, self._at = 1.0, QPointF()
        self._down: QPoint | None = None
        self._pulled = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 200)
        self.setAccessibleName("平面图")
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_picture(self, content: bytes) -> None:
        self.picture = QImage.fromData(content)
        self.whole()

    def set_marks(self, marks: list[tuple[float, float, str]], waiting: tuple[float, float] | None) -> None:
        self.marks, self.waiting = marks, waiting
        self.update()

    # ---------------------------------------------------------------- where it stands

    def whole(self) -> None:
        """All of it, in the middle."""
        if not self.picture.isNull():
            self._scale = self._least()
            left = (self.width() - self.picture.width() * self._scale) / 2
            self._at = QPointF(left, (self.height() - self.picture.height() * self._scale) / 2)
        self.update()

    def _least(self) -> float:
        return min(self.width() / self.picture.width(), self.height() / self.picture.height())

    def _to_picture(self, at: QPointF) -> QPointF:
        return (at - self._at) / self._scale

    def _to_screen(self, x: float, y: float) -> QPointF:
        return QPointF(x, y) * self._scale + self._at

    def zoom(self, times: float, at: QPointF) -> None:
        """Nearer or further, so that what is under `at` stays there."""
        if self.picture.isNull():
            return
        under = self._to_picture(at)
        self._scale = min(max(self._scale * times, self._least()), NEAREST)
        self._at = at - under * self._scale
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.whole()

    # ---------------------------------------------------------------- hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(NEARER if event.angleDelta().y() > 0 else 1 / NEARER, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._down, self._pulled = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._down is None:
            return
        to = event.position().toPoint()
        if self._pulled or (to - self._down).manhattanLength() > PULLED:
            self._pulled = True
            self._at += QPointF(to - self._down)
            self._down = to
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._down is not None and not self._pulled:
            self._say(self._to_picture(event.position()))
        self._down = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = SMALL if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        key, moves = event.key(), {
            Qt.Key.Key_Left: (-step, 0), Qt.Key.Key_Right: (step, 0), Qt.Key.Key_Up: (0, -step), Qt.Key.Key_Down: (0, step),
        }  # fmt: skip
        middle = QPointF(self.width() / 2, self.height() / 2)
        if key in moves:
            self.cross = (self.cross or middle) + QPointF(*moves[Qt.Key(key)])
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.cross is not None:
            self._say(self._to_picture(self.cross))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / NEARER if key == Qt.Key.Key_Minus else NEARER, self.cross or middle)
        else:
            super().keyPressEvent(event)

    def _say(self, at: QPointF) -> None:
        if QRectF(self.picture.rect()).contains(at):
            self.clicked.emit(at.x(), at.y())

    # ---------------------------------------------------------------- how it looks

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        if not self.picture.isNull():
            size = QPointF(self.picture.width(), self.picture.height()) * self._scale
            painter.drawImage(QRectF(self._at.x(), self._at.y(), size.x(), size.y()), self.picture)
        for x, y, text in self.marks:
            self._mark(painter, self._to_screen(x, y), text, theme.ACCENT)
        if self.waiting is not None:
            self._mark(painter, self._to_screen(*self.waiting), str(len(self.marks) + 1), theme.ATTENTION)
        if self.cross is not None and self.hasFocus():
            painter.setPen(QPen(QColor(theme.ACCENT), 2))
            painter.drawLine(self.cross - QPointF(12, 0), self.cross + QPointF(12, 0))
            painter.drawLine(self.cross - QPointF(0, 12), self.cross + QPointF(0, 12))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.ACCENT if self.hasFocus() else theme.LINE), 2 if self.hasFocus() else 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _mark(self, painter: QPainter, at: QPointF, text: str, colour: str) -> None:
        painter.setBrush(QColor(colour))
        painter.setPen(QPen(QColor("white"), 2))
        painter.drawEllipse(at, ROUND, ROUND)
        font = QFont(self.font())
        font.setPointSizeF(9.5)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(
            QRectF(at.x() - ROUND, at.y() - ROUND, 2 * ROUND, 2 * ROUND), Qt.AlignmentFlag.AlignCenter, text
        )

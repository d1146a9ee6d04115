"""A small drawing of where a map file's outlines fall beside those that are known: painted here, since no page is needed for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain import ground
from app.domain.geometry import Geometry
from app.ui import theme

MATCHED, MAYBE, REST, LEFT = "matched", "maybe", "rest", "left"
TONES = {MATCHED: theme.ACCENT, MAYBE: theme.ATTENTION, REST: theme.INK_SOFT, LEFT: theme.INK_FAINT}
LEGEND = ((MATCHED, "对上"), (MAYBE, "建议"), (REST, "没对上"))
PLAIN_LEGEND = ((MATCHED, "这份图"), (REST, "这份图"))
MARGIN, RING, CLOSE = 16, 11, 6
"""Pixels round the drawing, of the ring round a small outline that is chosen, and how near a click must be."""
KNOWN, PICKED = QColor("#E9EDF1"), QColor("#F6D365")
ZOOM = 1.25
_METRES = 111_320.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """One outline: its row of the file, what state it is in, its path on the plane, and whether it has an inside."""

    row: int
    state: str
    path: QPainterPath
    closed: bool


class Sketch(QWidget):
    """Emits `chosen` with the row of an outline that was clicked. The wheel enlarges, a double click shows all again."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._known = QPainterPath()
        self._drawn: list[Drawn] = []
        self._by_state: dict[tuple[str, bool], QPainterPath] = {}
        self._picked: frozenset[int] = frozenset()
        self._plane = (0.0, 0.0, 1.0)
        self._zoom, self._middle = 1.0, QPointF()
        self.setMinimumSize(260, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("图形落在哪里")

    # ---------------------------------------------------------------- what is shown

    def show_outlines(
        self, known: Sequence[Geometry], outlines: Sequence[tuple[int, Geometry]], states: Mapping[int, str], *, degrees: bool = True, legend: bool = True
    ) -> None:  # fmt: skip
        """known: what is there; outlines: (row, geometry). degrees: False for a plane of whatever unit. legend: with states."""
        self._states = legend
        whole = ground.box([*known, *(shape for _, shape in outlines)])
        if whole is not None:
            x, y = whole.middle
            self._plane = (x, y, _METRES * math.cos(math.radians(y)) if degrees else 1.0)
            self._north = _METRES if degrees else 1.0
        self._known = QPainterPath()
        for shape in known:
            self._known.addPath(self._path(shape))
        self._drawn = [
            Drawn(row, states.get(row, REST), self._path(shape), "Line" not in shape["type"]) for row, shape in outlines
        ]
        self._gather()
        self.show_all()

    def tell(self, states: Mapping[int, str]) -> None:
        """The same outlines in other states."""
        self._drawn = [Drawn(each.row, states.get(each.row, REST), each.path, each.closed) for each in self._drawn]
        self._gather()
        self.update()

    def pick(self, rows: Iterable[int]) -> None:
        """Let these stand out."""
        self._picked = frozenset(rows)
        self.update()

    def show_all(self) -> None:
        self._zoom, self._middle = 1.0, self._whole().center()
        self.update()

    def _gather(self) -> None:
        """One path for each state: a thousand outlines are painted in a few strokes."""
        self._by_state = {}
        for each in self._drawn:
            self._by_state.setdefault((each.state, each.closed), QPainterPath()).addPath(each.path)

    def _path(self, shape: Geometry) -> QPainterPath:
        path = QPainterPath()
        if shape["type"] == "Point":
            x, y = self._at(shape["coordinates"])
            path.addEllipse(QPointF(x, y), 4.0, 4.0)
            return path
        for part in ground.parts(shape):
            path.addPolygon(QPolygonF([QPointF(*self._at(point)) for point in part]))
        return path

    def _at(self, point: Sequence[float]) -> tuple[float, float]:
        x, y, east = self._plane
        return (point[0] - x) * east, (y - point[1]) * self._north

    _north, _states = 1.0, True

    # ---------------------------------------------------------------- painting

    def _whole(self) -> QRectF:
        whole = self._known.boundingRect()
        for path in self._by_state.values():
            whole = whole.united(path.boundingRect())
        return whole

    def _view(self) -> QTransform:
        whole = self._whole()
        wide, high = max(whole.width(), 1e-9), max(whole.height(), 1e-9)
        scale = min((self.width() - 2 * MARGIN) / wide, (self.height() - 2 * MARGIN - 16) / high) * self._zoom
        made = QTransform()
        made.translate(self.width() / 2, (self.height() - 16) / 2)
        made.scale(scale, scale)
        made.translate(-self._middle.x(), -self._middle.y())
        return made

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.LINE), 1))
        painter.setBrush(QColor(theme.PANEL))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        painter.save()
        painter.setTransform(self._view(), combine=True)
        self._stroke(painter, self._known, "#B7C0CA", KNOWN, 1.0)
        for state in (LEFT, REST, MAYBE, MATCHED):
            for closed in (True, False):
                if path := self._by_state.get((state, closed)):
                    self._paint(painter, path, state, closed=closed)
        picked = [each for each in self._drawn if each.row in self._picked]
        for each in picked:
            self._stroke(painter, each.path, theme.INK, PICKED if each.closed else None, 2.2)
        painter.restore()
        self._ring(painter, picked)
        self._legend(painter)

    def _paint(self, painter: QPainter, path: QPainterPath, state: str, *, closed: bool) -> None:
        inside = QColor(TONES[state])
        inside.setAlpha(70 if state != LEFT else 0)
        self._stroke(painter, path, TONES[state], inside if closed else None, 1.2)

    @staticmethod
    def _stroke(painter: QPainter, path: QPainterPath, line: str, inside: QColor | None, width: float) -> None:
        pen = QPen(QColor(line), width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(inside if inside is not None else Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _ring(self, painter: QPainter, picked: Sequence[Drawn]) -> None:
        """A ring where what is chosen would be too small to be seen."""
        view = self._view()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.DANGER), 2))
        for each in picked[:1]:
            there = view.mapRect(each.path.boundingRect())
            if max(there.width(), there.height()) < 2 * RING:
                painter.drawEllipse(there.center(), RING, RING)

    def _legend(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPointSizeF(9)
        painter.setFont(font)
        x, y = MARGIN, self.height() - 10
        shown = [("", "已知")] * (not self._known.isEmpty()) + [
            each for each in (LEGEND if self._states else PLAIN_LEGEND) if any(s == each[0] for s, _ in self._by_state)
        ]
        for state, words in shown:
            painter.setPen(QPen(QColor(TONES.get(state, "#B7C0CA")), 1))
            painter.setBrush(QColor(TONES[state]) if state else KNOWN)
            painter.drawRect(QRectF(x, y - 8, 9, 9))
            painter.setPen(QColor(theme.INK_SOFT))
            painter.drawText(QPointF(x + 14, y), words)
            x += 26 + painter.fontMetrics().horizontalAdvance(words)

    # ---------------------------------------------------------------- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        back, _ = self._view().inverted()
        at, near = back.map(event.position()), back.map(event.position() + QPointF(CLOSE, 0))
        reach = abs(near.x() - at.x())
        around = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        inside = [each for each in self._drawn if each.path.contains(at) if each.closed]
        found = inside or [each for each in self._drawn if each.path.intersects(around)]
        if found:
            smallest = min(found, key=lambda each: each.path.boundingRect().width() * each.path.boundingRect().height())
            self.chosen.emit(smallest.row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Enlarge about the pointer."""
        before, _ = self._view().inverted()
        at = before.map(event.position())
        self._zoom = min(max(self._zoom * (ZOOM if event.angleDelta().y() > 0 else 1 / ZOOM), 1.0), 200.0)
        after, _ = self._view().inverted()
        moved = after.map(event.position())
        self._middle += at - moved
        if self._zoom == 1.0:
            self._middle = self._whole().center()
        self.update()
        event.accept()

    @property
    def told(self) -> Mapping[str, Any]:
        """What is drawn, for tests: how many outlines of each state, and what stands out."""
        counts: dict[str, int] = {}
        for each in self._drawn:
            counts[each.state] = counts.get(each.state, 0) + 1
        return {**counts, "picked": sorted(self._picked)}

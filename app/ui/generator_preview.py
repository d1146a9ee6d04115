"""The doors that a rule makes, drawn small as the matrix will show them: what is new, what is there, what the rule leaves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.maps import doors, matrix
from app.maps.matrix import Cell, Floor
from app.ui import theme

WIDE, HIGH, GAP, LABEL, TITLE = 52, 22, 3, 58, 20
NEW, THERE, EXTRA = "new", "there", "extra"
LOOKS = {
    NEW: (theme.ACCENT_SOFT, theme.ACCENT, theme.INK), THERE: (theme.PANEL, "#8A95A1", theme.INK_SOFT),
    EXTRA: ("#FDF3E3", theme.ATTENTION, "#7A4900"),
}  # fmt: skip
"""Paper, edge and ink of a door."""


class GeneratorPreview(QWidget):
    """Lies in a scroll area: as large as the building is."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[str, ...] = ()
        self.floors: tuple[Floor, ...] = ()
        self.looks: dict[str, str] = {}
        self._letters = QFont(self.font())
        self._letters.setPointSizeF(9)

    def show_doors(self, cells: Sequence[Cell], looks: dict[str, str]) -> None:
        """looks: id of a cell → one of LOOKS."""
        self.columns, self.floors = matrix.arrange(cells)
        self.looks = looks
        self.setMinimumSize(self.sizeHint())
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            LABEL + len(self.columns) * (WIDE + GAP) + GAP, self._top() + len(self.floors) * (HIGH + GAP) + GAP
        )

    def _top(self) -> int:
        return TITLE if any(self.columns) else GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._letters)
        painter.setPen(QColor(theme.INK_SOFT))
        middle = Qt.AlignmentFlag.AlignVCenter
        for n, title in enumerate(self.columns):
            painter.drawText(
                QRect(LABEL + n * (WIDE + GAP), 0, 2 * WIDE, TITLE), middle | Qt.AlignmentFlag.AlignLeft, title
            )
        for row, floor in enumerate(self.floors):
            top = self._top() + row * (HIGH + GAP)
            if top + HIGH < event.rect().top() or top > event.rect().bottom():
                continue
            painter.setPen(QColor(theme.INK_SOFT))
            painter.drawText(QRect(0, top, LABEL - 6, HIGH), middle | Qt.AlignmentFlag.AlignRight, doors.label(floor))
            for n, cell in enumerate(floor.cells):
                if cell is not None:
                    self._draw(
                        painter, cell, QRect(LABEL + n * (WIDE + GAP), top, cell.span * (WIDE + GAP) - GAP, HIGH)
                    )

    def _draw(self, painter: QPainter, cell: Cell, where: QRect) -> None:
        paper, edge, ink = LOOKS[self.looks.get(cell.id, THERE)]
        painter.setPen(QColor(edge))
        painter.setBrush(QColor(paper))
        painter.drawRoundedRect(where.adjusted(0, 0, -1, -1), 2, 2)
        painter.setPen(QColor(ink))
        room = painter.fontMetrics().elidedText(doors.room(cell), Qt.TextElideMode.ElideRight, where.width() - 4)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, room)

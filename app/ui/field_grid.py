"""Fields in groups, two columns where the width allows, one where it does not; labels left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.domain.fields import Entity
from app.ui import theme
from app.ui.field_editors import FieldEditor

Groups = tuple[tuple[str, tuple[str, ...]], ...]
TWO_COLUMNS_FROM = 600  # px


class FieldGrid(QWidget):
    """`beside`: widgets that stand at the right of a group's title."""

    def __init__(
        self,
        fields: Entity,
        groups: Groups,
        beside: Mapping[str, Sequence[QWidget]] | None = None,
        *,
        clock: bool = True,
    ) -> None:
        super().__init__()
        self.setObjectName("fields")
        self.groups = groups
        self.columns = 0
        self.editors: dict[str, FieldEditor] = {}
        self._labels: dict[str, QLabel] = {}
        self._titles: dict[str, QWidget] = {}
        for title, keys in groups:
            self._titles[title] = theme.row(theme.label(title, "group"), *(beside or {}).get(title, ()), 1)
            for key in keys:
                self.editors[key] = FieldEditor(fields[key], clock=clock)
                self._labels[key] = theme.label(fields[key].title, "soft")
                self._labels[key].setBuddy(self.editors[key].input)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(theme.GAP[2], theme.GAP[0], theme.GAP[2], theme.GAP[1])
        self.grid.setHorizontalSpacing(theme.GAP[1])
        self.grid.setVerticalSpacing(theme.GAP[0])
        self.arrange(2)

    def arrange(self, columns: int) -> None:
        """Put everything in its place for one or two columns; the tab order follows."""
        if columns == self.columns:
            return
        self.columns = columns
        while self.grid.takeAt(0):
            pass
        row = 0
        for title, keys in self.groups:
            self._titles[title].setFixedHeight(theme.BUTTON + (0 if row == 0 else 4))
            self.grid.addWidget(self._titles[title], row, 0, 1, 2 * columns + 1, Qt.AlignmentFlag.AlignBottom)
            row += 1
            for number, key in enumerate(keys):
                line, side = row + number // columns, number % columns
                self.grid.addWidget(self._labels[key], line, side * 3)
                self.grid.addWidget(self.editors[key], line, side * 3 + 1)
            row += (len(keys) + columns - 1) // columns
        for column in range(5):
            self.grid.setColumnStretch(column, 1 if column % 3 == 1 and column < columns * 3 else 0)
        self.grid.setColumnMinimumWidth(2, theme.GAP[1] if columns > 1 else 0)
        for each in range(self.grid.rowCount()):
            self.grid.setRowStretch(each, 1 if each == row else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange(2 if event.size().width() >= TWO_COLUMNS_FROM else 1)

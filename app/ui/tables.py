"""A dumb table: columns as constants, rows set from outside, sorted and copied as in Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.ui import theme

Row = dict[str, Any]
Index = QModelIndex | QPersistentModelIndex
SORT = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Column:
    """key: of the row. show: how the value reads. width 0: takes what is left."""

    key: str
    title: str
    width: int = 0
    show: Callable[[Any], str] = lambda value: "" if value is None else str(value)


class RowsModel(QAbstractTableModel):
    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = list(columns)
        self.rows: list[Row] = []

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = self.columns[index.column()]
        value = self.rows[index.row()].get(column.key)
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.ToolTipRole:
            return column.show(value)
        if role == SORT:
            return value if isinstance(value, int | float) else column.show(value)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.columns[section].title
        return None


class Table(QTableView):
    """Rows with one chosen at a time; Enter or double click opens it, Ctrl+C copies as a table."""

    opened = Signal(object)
    chosen = Signal(object)

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.rows_model = RowsModel(columns)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.rows_model)
        self._sorted.setSortRole(SORT)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self._sorted.sort(-1)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(columns):
            if column.width:
                header.resizeSection(number, column.width)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        copy = QAction(self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.activated.connect(lambda index: self.opened.emit(self._row(index)))
        self.selectionModel().currentRowChanged.connect(lambda index, _: self.chosen.emit(self._row(index)))

    def _row(self, index: QModelIndex) -> Row | None:
        return self.rows_model.rows[self._sorted.mapToSource(index).row()] if index.isValid() else None

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.rows_model.set_rows(rows)

    def current(self) -> Row | None:
        return self._row(self.currentIndex())

    def choose(self, key: str, value: Any) -> bool:
        """Select the row that says this; False if none does."""
        for number, row in enumerate(self.rows_model.rows):
            if row.get(key) == value:
                self.setCurrentIndex(self._sorted.mapFromSource(self.rows_model.index(number, 0)))
                return True
        return False

    def copy(self) -> None:
        """The selected rows as a table for Excel and WPS."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        lines = [
            "\t".join(str(self._sorted.index(row, column).data() or "").replace("\t", " ")
                      for column in range(self._sorted.columnCount()))
            for row in rows
        ]  # fmt: skip
        QGuiApplication.clipboard().setText("\n".join(lines))

"""A dumb table: columns as constants, rows set from outside, sorted and copied as in Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QByteArray,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from app.settings import Settings
from app.ui import theme

Row = dict[str, Any]
Index = QModelIndex | QPersistentModelIndex
SORT = int(Qt.ItemDataRole.UserRole)
PAUSE = 500  # ms after the last pull at a column
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
BESIDE, ABOVE, NARROWEST = 20, 8, 120  # px round a cell's words, and the least width they are measured in
WRAPPED = 500
"""Rows of a table with long sentences whose height is measured; a longer one is cut as others are."""


def plain(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Column:
    """key: of the row. show: how the value reads. width 0: takes what is left. tone: colour for a row, "" for ink."""

    key: str
    title: str
    width: int = 0
    show: Callable[[Any], str] = plain
    tone: Callable[[Row], str] | None = None


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
        column, row = self.columns[index.column()], self.rows[index.row()]
        value = row.get(column.key)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.show(value)
        if role == Qt.ItemDataRole.ToolTipRole:
            return theme.tip(column.show(value))
        if role == Qt.ItemDataRole.ForegroundRole and column.tone and (colour := column.tone(row)):
            return QColor(colour)
        if role == SORT:
            return value if isinstance(value, int | float) else column.show(value)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.columns[section].title
        return None


class Table(QTableView):
    """Rows, one or several chosen; Enter or double click opens one, Ctrl+C copies as a table.

    With `remember`, widths, order and hidden columns come back the next time. With `wrap`, rows grow with their words.
    """

    opened = Signal(object)
    chosen = Signal(object)

    def __init__(
        self, columns: Sequence[Column], *, remember: tuple[Settings, str] | None = None, wrap: bool = False
    ) -> None:
        super().__init__()
        self._wrap = wrap
        self.rows_model = RowsModel(columns)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.rows_model)
        self._sorted.setSortRole(SORT)
        self.setModel(self._sorted)
        self._remember = remember
        self._build(columns)
        self._connect()

    def _build(self, columns: Sequence[Column]) -> None:
        self.setSortingEnabled(True)
        self._sorted.sort(-1)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(self._wrap)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        self.verticalHeader().setMinimumSectionSize(theme.ROW)
        header = self.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for number, column in enumerate(columns):
            if column.width:
                header.resizeSection(number, column.width)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self._fill()
        if self._remember and (kept := self._remember[0].get(f"columns/{self._remember[1]}/{len(columns)}")):
            header.restoreState(QByteArray.fromBase64(str(kept).encode()))
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def _connect(self) -> None:
        copy = QAction(self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._row(index)))
        self.selectionModel().currentRowChanged.connect(lambda index, _: self.chosen.emit(self._row(index)))
        header = self.horizontalHeader()
        header.customContextMenuRequested.connect(self._column_menu)
        for signal in (header.sectionMoved, header.sectionResized):
            signal.connect(lambda *_: self._columns_moved())
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._keep_columns)
        self._measure = QTimer(self)
        self._measure.setSingleShot(True)
        self._measure.timeout.connect(self.fit_rows)
        if self._wrap:
            header.sectionResized.connect(lambda *_: self._measure.start())
            self._sorted.layoutChanged.connect(lambda *_: self._measure.start())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.currentIndex().isValid():
            self.opened.emit(self.current())
            return
        super().keyPressEvent(event)

    # ---------------------------------------------------------------- rows

    def _row(self, index: QModelIndex) -> Row | None:
        return self.rows_model.rows[self._sorted.mapToSource(index).row()] if index.isValid() else None

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.rows_model.set_rows(rows)
        self.fit_rows()

    def fit_rows(self) -> None:
        """Each row as high as its words need; of a long table none, since every row would have to be measured."""
        if not self._wrap or len(self.rows_model.rows) > WRAPPED:
            return
        wrap, metrics = int(Qt.TextFlag.TextWordWrap), self.fontMetrics()
        for row in range(self._sorted.rowCount()):
            high = max(
                metrics.boundingRect(self._room(column), wrap, plain(self._sorted.index(row, column).data())).height()
                for column in range(len(self.rows_model.columns)) if not self.isColumnHidden(column)
            )  # fmt: skip
            self.setRowHeight(row, max(theme.ROW, high + ABOVE))

    def _room(self, column: int) -> QRect:
        return QRect(0, 0, max(self.columnWidth(column) - BESIDE, NARROWEST), 1 << 14)

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
        """The selected rows as a table for Excel and WPS, in the order and with the columns that are shown."""
        header = self.horizontalHeader()
        shown = [header.logicalIndex(place) for place in range(header.count())]
        shown = [column for column in shown if not self.isColumnHidden(column)]
        lines = [
            "\t".join(_cell(self._sorted.index(row, column).data()) for column in shown)
            for row in sorted({index.row() for index in self.selectedIndexes()})
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))

    # ---------------------------------------------------------------- columns

    def _column_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, column in enumerate(self.rows_model.columns):
            action = menu.addAction(column.title or "（无标题）")
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(number))
            action.toggled.connect(lambda shown, number=number: self.show_column(number, shown))
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def setColumnHidden(self, column: int, hide: bool) -> None:
        super().setColumnHidden(column, hide)
        self._fill()

    def _fill(self) -> None:
        """Rows reach the right edge, also when the column that stretches is hidden."""
        stretches = (n for n, column in enumerate(self.rows_model.columns) if not column.width)
        self.horizontalHeader().setStretchLastSection(all(self.isColumnHidden(number) for number in stretches))

    def show_column(self, number: int, shown: bool) -> None:
        """Show or hide a column; the last one stays."""
        visible = [each for each in range(len(self.rows_model.columns)) if not self.isColumnHidden(each)]
        if shown or visible != [number]:
            self.setColumnHidden(number, not shown)
            self._keep_columns()

    def _columns_moved(self) -> None:
        if self._remember is not None and self.isVisible():
            self._pause.start()

    def _keep_columns(self) -> None:
        if self._remember is not None:
            settings, name = self._remember
            state = bytes(self.horizontalHeader().saveState().toBase64().data()).decode()
            settings.put(f"columns/{name}/{len(self.rows_model.columns)}", state)


def _cell(value: Any) -> str:
    return plain(value).replace("\t", " ").replace("\n", " ")

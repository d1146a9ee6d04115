"""The list of the daily round: one row a household, its people side by side, keyed without a mouse.

The table knows which household and which person is meant and what was pressed; what a press means is the page's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from app.ui import theme
from app.ui.round_sheet import DONE, OWED, TRIED, Heading, Line, Member, narrow
from app.words import say

Index = QModelIndex | QPersistentModelIndex
ROOM, HEAD, PEOPLE, MISSED, PHONE, OFFICER = range(6)
TITLES = ("室号", "联系人", "人员", "此前缺", "电话", "责任人")
WIDTHS = {ROOM: 92, HEAD: 92, MISSED: 76, PHONE: 116, OFFICER: 84}
MARKS = {OWED: "○", DONE: "●", TRIED: "△"}
CHIP, GAP, PAD = 24, 6, 7  # px: a person's chip, between two, and left and right of its words
LONGEST_CHIP = 240


def chip_text(member: Member) -> str:
    """`○ 王某某 9/14`, `● 王某某 9/14 36.8℃`: the mark says it, and words say it again."""
    said = member.said or {DONE: say("round-was-done"), TRIED: say("round-was-tried")}.get(member.state, "")
    day = f"{member.day}/{member.days}"
    return " ".join(part for part in ("！" if member.urgent else MARKS[member.state], member.name, day, said) if part)


class RoundModel(QAbstractTableModel):
    """Headings and households as `Sheet.shown` gives them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Heading | Line] = []
        self.owed: dict[str, tuple[int, int]] = {}

    def set_rows(self, rows: list[Heading | Line], owed: dict[str, tuple[int, int]]) -> None:
        self.beginResetModel()
        self.rows, self.owed = rows, owed
        self.endResetModel()

    def said(self, row: int, owed: dict[str, tuple[int, int]]) -> None:
        """A household was keyed: its row and the counts of the headings are drawn anew."""
        self.owed = owed
        self.dataChanged.emit(self.index(row, 0), self.index(row, OFFICER))
        heading = next((at for at in range(row, -1, -1) if isinstance(self.rows[at], Heading)), row)
        self.dataChanged.emit(self.index(heading, 0), self.index(heading, OFFICER))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's signature
        return 0 if parent.isValid() else len(TITLES)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if isinstance(row, Heading):
            return self._heading(row, index.column(), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return theme.tip(_text(row, index.column()))
        if role == Qt.ItemDataRole.ForegroundRole:
            if index.column() == MISSED:
                return QColor(theme.ATTENTION)
            return QColor(theme.INK_SOFT) if index.column() in (PHONE, OFFICER) else None
        return None

    def _heading(self, row: Heading, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and column == ROOM:
            households, owed = self.owed.get(row.building, (0, 0))
            return say("round-building" if owed else "round-building-done", name=row.name, count=households, owed=owed)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.ACCENT)
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(theme.SURFACE)
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None


def _text(line: Line, column: int) -> str:
    if column == PEOPLE:
        return "　".join(map(chip_text, line.members))
    if column == MISSED:
        return say("round-missed", count=line.missed) if line.missed else ""
    return (line.room, line.head, "", "", line.phone, line.officer)[column]


class PeopleDelegate(QStyledItemDelegate):
    """The people of a household as chips that wrap; the one who is meant has the focus ring."""

    def __init__(self, table: RoundTable) -> None:
        super().__init__(table)
        self.table = table

    def places(self, line: Line, width: int) -> list[QRect]:
        """Where each chip lies in a cell of that width, from its own corner."""
        metrics = self.table.fontMetrics()
        left, top, found = PAD, (theme.ROW + 4 - CHIP) // 2, []
        for member in line.members:
            wide = min(
                metrics.horizontalAdvance(chip_text(member)) + 2 * PAD + 2, LONGEST_CHIP, max(width - 2 * PAD, 60)
            )
            if left > PAD and left + wide > width - PAD:
                left, top = PAD, top + CHIP + 4
            found.append(QRect(left, top, wide, CHIP))
            left += wide + GAP
        return found

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = self.table.rows.rows[index.row()]
        if isinstance(line, Heading):
            return QSize(10, theme.ROW)
        return QSize(10, self.places(line, self.table.columnWidth(PEOPLE))[-1].bottom() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = self.table.rows.rows[index.row()]
        if isinstance(line, Heading):
            super().paint(painter, option, index)
            return
        here = index.row() == self.table.currentIndex().row()
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if here:
            painter.fillRect(rect, QColor(theme.ACCENT_SOFT))
        for at, (member, place) in enumerate(zip(line.members, self.places(line, rect.width()), strict=True)):
            self._chip(painter, member, place.translated(rect.topLeft()), meant=here and at == self.table.member)
        painter.restore()

    def _chip(self, painter: QPainter, member: Member, place: QRect, *, meant: bool) -> None:
        tone = theme.DANGER if member.urgent else {DONE: theme.OK, TRIED: theme.ATTENTION}.get(member.state, theme.INK)
        painter.setPen(QPen(QColor(theme.ACCENT), 2) if meant else QPen(QColor(theme.LINE), 1))
        painter.setBrush(QColor(theme.PANEL))
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(QColor(tone))
        room = place.adjusted(PAD, 0, -PAD, 0)
        text = painter.fontMetrics().elidedText(chip_text(member), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)


class RoundTable(QTableView):
    """`pressed` with the text of a key that is not a movement; `moved` when another household or person is meant."""

    pressed = Signal(str)
    moved = Signal()
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = RoundModel()
        self.member = 0
        self.setModel(self.rows)
        self.people = PeopleDelegate(self)
        self.setItemDelegateForColumn(PEOPLE, self.people)
        self._build()

    def _build(self) -> None:
        self.setAccessibleName(say("round-list"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(PEOPLE, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            header.resizeSection(column, width)
        self.doubleClicked.connect(lambda _: self.opened.emit())

    # ---------------------------------------------------------------- rows

    def set_rows(self, rows: list[Heading | Line], owed: dict[str, tuple[int, int]]) -> None:
        self.clearSpans()
        self.rows.set_rows(rows, owed)
        for at, row in enumerate(rows):
            if isinstance(row, Heading):
                self.setSpan(at, 0, 1, len(TITLES))
        self._fit()

    def _fit(self) -> None:
        """A row as high as its people need."""
        width = self.columnWidth(PEOPLE)
        for at, row in enumerate(self.rows.rows):
            high = theme.ROW if isinstance(row, Heading) else self.people.places(row, width)[-1].bottom() + 6
            if self.rowHeight(at) != high:
                self.setRowHeight(at, high)

    def fit_row(self, at: int) -> None:
        row = self.rows.rows[at]
        if isinstance(row, Line):
            self.setRowHeight(at, self.people.places(row, self.columnWidth(PEOPLE))[-1].bottom() + 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if self.line is not None:  # whoever is meant stays in sight when the editor opens below
            self.scrollTo(self.currentIndex())

    @property
    def line(self) -> Line | None:
        """The household that is meant."""
        at = self.currentIndex().row()
        row = self.rows.rows[at] if 0 <= at < len(self.rows.rows) else None
        return row if isinstance(row, Line) else None

    def show_line(self, at: int, member: int | None = None) -> None:
        """Mean a household, and of it the person given or the first who is owed."""
        row = self.rows.rows[at]
        assert isinstance(row, Line)
        self.member = row.first_owed() if member is None else member
        self.setCurrentIndex(self.rows.index(at, ROOM))
        above = at - 1
        if above >= 0 and isinstance(self.rows.rows[above], Heading):
            self.scrollTo(self.rows.index(above, ROOM))
        below = min(at + 2, len(self.rows.rows) - 1)  # what comes next is seen before it is reached
        self.scrollTo(self.rows.index(below, ROOM))
        self.scrollTo(self.rows.index(at, ROOM))
        self.viewport().update()
        self.moved.emit()

    def choose(self, wanted: Callable[[Line], bool]) -> bool:
        """Mean the first household that is wanted."""
        for at, row in enumerate(self.rows.rows):
            if isinstance(row, Line) and wanted(row):
                self.show_line(at)
                return True
        return False

    def mean(self, member: int) -> None:
        line = self.line
        if line is not None and 0 <= member < len(line.members):
            self.member = member
            self.viewport().update()
            self.moved.emit()

    # ---------------------------------------------------------------- hand

    def step(self, by: int) -> None:
        """The household so many further; headings are passed over."""
        at, way = self.currentIndex().row(), 1 if by > 0 else -1
        left = abs(by)
        found = None
        while left and 0 <= (at := at + way) < len(self.rows.rows):
            if isinstance(self.rows.rows[at], Line):
                found, left = at, left - 1
        if found is not None:
            self.show_line(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, self.viewport().height() // (theme.ROW + 4) - 1)
        steps = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self.rows.rows), Qt.Key.Key_End: len(self.rows.rows),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif key in steps:
            self.step(steps[key])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.mean(self.member + (1 if key == Qt.Key.Key_Right else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key == Qt.Key.Key_Backspace:
            self.pressed.emit("\b")
        elif text := narrow(event.text()).strip():
            self.pressed.emit(text)
        else:
            event.ignore()  # Tab and the keys of the window

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a chip means that person."""
        index = self.indexAt(event.position().toPoint())
        row = self.rows.rows[index.row()] if index.isValid() else None
        if not isinstance(row, Line):
            return
        member = None
        if index.column() == PEOPLE:
            cell = self.visualRect(index)
            at = event.position().toPoint() - cell.topLeft()
            member = next(
                (n for n, place in enumerate(self.people.places(row, cell.width())) if place.contains(at)), None
            )
        self.show_line(index.row(), member)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove:
            return True  # dragging over rows keys nothing and chooses nothing
        return super().viewportEvent(event)

    def chip_centre(self, member: int) -> QPoint:
        """Where a person of the household that is meant is drawn."""
        cell = self.visualRect(self.rows.index(self.currentIndex().row(), PEOPLE))
        assert self.line is not None
        return self.people.places(self.line, cell.width())[member].center() + cell.topLeft()

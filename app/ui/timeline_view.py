"""时间线: what happened to a person or a household, by days, newest first; each line opens its record."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.findings import UserError
from app.domain.timeline import KINDS
from app.services import timeline
from app.ui import theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.words import say

Line = dict[str, Any]
LINE, DAY = int(Qt.ItemDataRole.UserRole), int(Qt.ItemDataRole.UserRole) + 1
TIME, KIND, MARGIN, ABOVE = 52, 76, 12, 7
"""Widths of the columns and the space round a line, in px at 100 %."""
TONES = {
    "arrival": theme.ACCENT, "isolation": theme.ATTENTION, "incident": theme.DANGER, "move": theme.ACCENT, "care": theme.OK,
}  # fmt: skip


class LineDelegate(QStyledItemDelegate):
    """A day as a heading, or a line: time, kind, who and what, by whom; long words wrap and are never cut."""

    def __init__(self, several: bool) -> None:
        super().__init__()
        self.several = several

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        line = index.data(LINE)
        if line is None:
            return QSize(0, theme.ROW + 4)
        width = option.rect.width() or self.parent_width(option)
        height = self._words_in(option.font, line, width).height()
        return QSize(0, max(theme.ROW, height + 2 * ABOVE))

    @staticmethod
    def parent_width(option: QStyleOptionViewItem) -> int:
        widget = option.widget
        return widget.viewport().width() if isinstance(widget, QListWidget) else 600

    def _words(self, line: Line) -> str:
        who = f"{line['name']}　" if self.several and line["name"] else ""
        return f"{who}{line['what']}"

    def _words_in(self, font: QFont, line: Line, width: int) -> QRect:
        left = MARGIN + TIME + KIND
        by = QFontMetrics(font).horizontalAdvance(line["by"]) + MARGIN if line["by"] else 0
        room = QRect(left, 0, max(120, width - left - by - 2 * MARGIN), 10_000)
        return QFontMetrics(font).boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._words(line))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        line, place = index.data(LINE), option.rect
        painter.save()
        if line is None:
            font = QFont(option.font)
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(QColor(theme.INK_SOFT))
            painter.drawText(
                place.adjusted(MARGIN, 0, -MARGIN, -4),
                int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom),
                index.data(),
            )
        else:
            self._paint_line(painter, option, line)
        painter.restore()

    def _paint_line(self, painter: QPainter, option: QStyleOptionViewItem, line: Line) -> None:
        place = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(theme.ACCENT_SOFT))
            if option.state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QColor(theme.ACCENT))
                painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.setFont(option.font)
        top = place.adjusted(MARGIN, ABOVE, -MARGIN, 0)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        painter.setPen(QColor(theme.INK_FAINT))
        painter.drawText(top, flags, line["time"])
        painter.setPen(QColor(TONES.get(line["kind"], theme.INK_SOFT)))
        painter.drawText(top.adjusted(TIME, 0, 0, 0), flags, say(f"timeline-kind-{line['kind']}"))
        painter.setPen(QColor(theme.INK_SOFT))
        painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), line["by"])
        painter.setPen(QColor(theme.INK))
        words = self._words_in(option.font, line, place.width())
        room = QRect(
            place.left() + MARGIN + TIME + KIND,
            place.top() + ABOVE,
            max(120, words.width() + MARGIN),
            words.height() + 2,
        )
        painter.drawText(room, flags | int(Qt.TextFlag.TextWordWrap), self._words(line))


class Lines(QListWidget):
    """Days and lines; Enter and a double click open. Day headings are not chosen."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say("timeline-button"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemDoubleClicked.connect(lambda item: self._open(item))

    def show_lines(self, lines: list[Line], several: bool) -> None:
        self.clear()
        self.setItemDelegate(LineDelegate(several))
        day = None
        for line in lines:
            if line["day"] != day:
                day = line["day"]
                head = QListWidgetItem(_day(day))
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self.addItem(head)
            item = QListWidgetItem(f"{line['time']} {line['what']}")
            item.setData(LINE, line)
            item.setToolTip(theme.tip(line["what"]))
            self.addItem(item)
        if self.count() > 1:
            self.setCurrentRow(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self._open(self.currentItem())
            return
        super().keyPressEvent(event)

    def _open(self, item: QListWidgetItem) -> None:
        if line := item.data(LINE):
            self.opened.emit(line)


def _day(day: str) -> str:
    if not day:
        return say("timeline-no-day")
    weekday = say("timeline-weekdays")[date.fromisoformat(day).weekday()]
    return say("timeline-day", day=day, weekday=weekday)


class TimelineView(QWidget):
    """Emits `opened` with a line whose record is to be shown."""

    opened = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.found: dict[str, Any] = {"lines": [], "counts": {}, "people": []}
        self.kind = ""
        self.kinds = QButtonGroup(self)
        self.buttons: dict[str, Any] = {}
        for kind in ("", *KINDS):
            made = theme.button("", "tab")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, kind=kind: self.show_kind(kind))
            self.kinds.addButton(made)
            self.buttons[kind] = made
        self.lines, self.nothing = Lines(), theme.soft("")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.lines)
        self.stack.addWidget(self.nothing)
        self.said = theme.label("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(*self.buttons.values(), 1))
        column.addWidget(self.stack, 1)
        column.addWidget(self.said)
        self.lines.opened.connect(self.opened)

    def show_of(self, entity: str, row: str) -> None:
        """Read a person's or a household's timeline. Raises what `timeline.of` raises."""
        self.found = timeline.of(self.desk.session, row, entity=entity)
        counts = self.found["counts"]
        for kind, button in self.buttons.items():
            count = counts.get(kind, 0) if kind else sum(counts.values())
            title = say(f"timeline-kind-{kind}") if kind else ""
            button.setText(f"{title} {count}" if kind else say("timeline-all", count=count))
            button.setVisible(not kind or bool(count))
        self.show_kind("")

    def show_kind(self, kind: str) -> None:
        """Only lines of one kind; "" for all of them."""
        self.kind = kind
        self.buttons[kind].setChecked(True)
        lines = [each for each in self.found["lines"] if not kind or each["kind"] == kind]
        self.lines.show_lines(lines, self.found.get("entity") == "household")
        self.nothing.setText(say("timeline-none"))
        self.stack.setCurrentIndex(0 if lines else 1)
        self.said.setText(
            "　".join((say("timeline-hint"), say("timeline-looked"))) if lines else say("timeline-looked")
        )
        self.lines.setFocus()


class TimelineDialog(Dialog):
    """A timeline over the form it was asked from; opening a line closes it and goes there."""

    def __init__(self, parent: QWidget, desk: Desk, entity: str, row: str, what: str) -> None:
        super().__init__(parent, say("timeline-title", what=what))
        self.desk = desk
        window = parent.window()
        self.resize(min(940, window.width() - 60), min(640, window.height() - 60))
        self.view = TimelineView(desk)
        self.close_button = theme.button("关闭")
        self.body.addWidget(theme.title(say("timeline-title", what=what)))
        self.body.addWidget(self.view, 1)
        self.body.addWidget(theme.row(1, self.close_button))
        self.close_button.clicked.connect(self.reject)
        self.view.opened.connect(self._go)
        self.view.show_of(entity, row)

    def _go(self, line: Line) -> None:
        section, where = line["where"]
        self.accept()
        self.desk.go(section, **where)


def open_timeline(parent: QWidget, desk: Desk, entity: str, row: str, what: str) -> TimelineDialog | None:
    """The timeline of a resident or household, opened over a window; None where it cannot be had, which is said."""
    try:
        dialog = TimelineDialog(parent, desk, entity, row, what)
    except UserError as error:
        desk.error(error)
        return None
    dialog.open()
    return dialog

"""The lines of 今日 as a table: the most urgent first, a digit or Enter opens one where it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent

from app.domain import clock
from app.domain.today import COUNTED, Line
from app.services import today
from app.ui import theme
from app.ui.tables import Column, Row, Table
from app.words import say

PLACE, NARROW = 216, 640
"""Width of the address; in a list narrower than this it takes a quarter. px"""
UNTIL, DAY, MOMENT = 132, 92, 118
"""Width of how far a committee's data goes, of a day, of a moment. px"""
DIGITS = 9
"""So many lines have a key of their own."""
COLUMN_PLACE, COLUMN_WHEN = 3, 4
DAYS = {0: "今天", 1: "明天", -1: "昨天"}
LOUD = ("逾期", "紧急")
GRAVE = 12
"""Lines up to this urgency are said to be urgent even before their time."""


class TodayList(Table):
    """Rows made of `Line`s; emits `opened` with the row, as every table."""

    def __init__(self, *, centre: bool = False) -> None:
        self._centre = centre
        super().__init__(
            [
                Column("digit", "键", 36), Column("mark", "", 60, tone=_tone), Column("what", "事项"),
                Column("place", "数据截至" if centre else "地址", PLACE), Column("when", "期限", DAY if centre else MOMENT, tone=_tone),
            ],
            wrap=True,
        )  # fmt: skip
        self.setAccessibleName("今天要做的事")

    def show_lines(self, lines: Sequence[Line], now: datetime) -> None:
        """Show these, staying at the same thing, else at the same place."""
        at, current = max(0, self.currentIndex().row()), self.current()
        blocked = self.blockSignals(True)
        self.set_rows([row_of(line, number, now) for number, line in enumerate(lines, 1)])
        if lines and not (current and self.choose("key", current["key"])):
            self.selectRow(min(at, len(lines) - 1))
        self.blockSignals(blocked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = UNTIL if self._centre else PLACE if self.width() > NARROW else self.width() // 4
        if self.columnWidth(COLUMN_PLACE) != wide:
            self.horizontalHeader().resizeSection(COLUMN_PLACE, wide)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = event.key() - Qt.Key.Key_0
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if plain and 1 <= digit <= DIGITS:
            if self.choose("digit", str(digit)):
                self.opened.emit(self.current())
            return
        super().keyPressEvent(event)


def row_of(line: Line, number: int, now: datetime) -> Row:
    """What the table shows of a line."""
    first = line.first
    what = (
        say(line.code, **{**line.said, "day": spoken_day(line.said.get("day"), now)})
        if line.code
        else first.what or today.what(first)
    )
    return {
        "key": (line.code or first.code, first.entity, first.id, first.due if line.code else ""),
        "digit": str(number) if number <= DIGITS else "", "mark": mark_of(line, now), "what": what,
        "place": place_of(line), "when": spoken(first.due, now), "line": line, "overdue": line.overdue,
    }  # fmt: skip


def mark_of(line: Line, now: datetime) -> str:
    """In one word how it stands with its time; colour only repeats it."""
    counted = line.first.code.startswith(COUNTED)
    if line.first.kind == "behind":
        return "逾期"
    if line.overdue:
        return "逾期" if line.first.due or (counted and line.first.kind != "alert") else "紧急"
    return "紧急" if line.urgency <= GRAVE else "今天" if line.first.due[:10] == now.date().isoformat() else "待办"


def place_of(line: Line) -> str:
    """Where, of a line that speaks of one household; of a committee, how far its data goes."""
    if line.first.entity == "committee":
        return str(line.first.said.get("until") or "")
    if len({each.path for each in line.items}) > 1 or line.code.startswith(("today-round", "today-many")):
        return ""
    parts = line.first.path.split("/")
    if len(parts) > 3 and parts[1][-1:] in ("弄", "路"):
        del parts[0]  # the lane says which estate
    return " ".join(parts)


def spoken(due: str, now: datetime) -> str:
    """A due day or moment as one says it: 今天 20:00, 昨天, 5月21日."""
    at = clock.moment(due)
    if at is None:
        return ""
    day = DAYS.get((at.date() - now.date()).days) or f"{at.month}月{at.day}日"
    return day if len(due) == 10 else f"{day} {at:%H:%M}"


def spoken_day(day: Any, now: datetime) -> str:
    return spoken(str(day), now) if day else ""


def _tone(row: Row) -> str:
    return theme.DANGER if row["mark"] in LOUD else ""

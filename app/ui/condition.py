"""Conditions of whom a report is about: a field, how it compares, and the value it must have."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.fields import RESIDENT, ROSTER_FIELDS, Field, Type
from app.services import reports
from app.ui import theme
from app.words import say

ANY = "（不限）"
MANY = 3
"""Conditions that may hold at once."""
HOW = (("是", "="), ("不是", "!="), ("≥", ">="), ("≤", "<="), ("含", "含"))


class Condition(QWidget):
    """One field and the value it must have; the value is chosen where the field has a list of them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.field, self.how, self.value = theme.Choice(), theme.Choice(), theme.Choice()
        self.field.addItem(ANY, "")
        for key, title in reports.marks():
            if key not in reports.ONCE:
                self.field.addItem(title, key)
        self.field.setMinimumWidth(110)
        for text, sign in HOW:
            self.how.addItem(text, sign)
        self.how.setFixedWidth(74)
        self.value.setEditable(True)
        self.value.setMinimumWidth(90)
        if (line_edit := self.value.lineEdit()) is not None:
            line_edit.setPlaceholderText(say("report-value"))
        for box, name in ((self.field, "按哪一项"), (self.how, "怎样比"), (self.value, "什么值")):
            box.setAccessibleName(name)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[0])
        for box, stretch in ((self.field, 4), (self.how, 0), (self.value, 3)):
            line.addWidget(box, stretch)
        self.field.currentIndexChanged.connect(self._field_chosen)
        self.how.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.value.currentTextChanged.connect(lambda _: self.changed.emit())
        self._field_chosen()

    def _field_chosen(self) -> None:
        key = self.field.currentData()
        field: Field | None = RESIDENT[key] if key in RESIDENT else ROSTER_FIELDS.get(key)
        self.value.clear()
        for box in (self.how, self.value):
            box.setVisible(bool(key))
            box.setEnabled(bool(key))
        self.how.setCurrentIndex(0)
        if field is not None:
            self.value.addItems(["是", "否"] if field.type is Type.BOOLEAN else list(field.choices))
        self.value.setCurrentIndex(-1)
        self.value.setEditText("")
        self.changed.emit()

    def said(self) -> tuple[str, ...] | None:
        """(field, value) or (field, sign, value); None where nothing is asked."""
        key, sign, value = self.field.currentData(), str(self.how.currentData()), self.value.currentText().strip()
        if not key or not value:
            return None
        return (key, value) if sign == "=" else (key, sign, value)

    def ask(self, said: Sequence[str]) -> None:
        """(field, value) or (field, sign, value), as `said` tells them."""
        key, sign, value = said[0], said[1] if len(said) == 3 else "=", said[-1]
        self.field.setCurrentIndex(max(0, self.field.findData(key)))
        self.how.setCurrentIndex(max(0, self.how.findData(sign)))
        self.value.setEditText(value)

    def begin(self) -> None:
        self.field.setCurrentIndex(0)


class Conditions(QWidget):
    """Several that must all hold. Emits `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.each = [Condition() for _ in range(MANY)]
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[2])
        for condition in self.each:
            line.addWidget(condition, 1)
            condition.changed.connect(self.changed)

    def said(self) -> list[tuple[str, ...]]:
        """Those that ask for something, as `reports` takes them."""
        return [said for condition in self.each if (said := condition.said())]

    def ask(self, where: Sequence[Sequence[str]]) -> None:
        """Just these conditions, at most MANY."""
        self.begin()
        for condition, said in zip(self.each, where, strict=False):
            condition.ask(said)

    def begin(self) -> None:
        """Nothing is asked."""
        for condition in self.each:
            condition.begin()


def spoken(where: Sequence[Sequence[str]]) -> str:
    """Conditions in words: 年龄 ≥ 60、性别 是 女."""
    titles, signs = dict(reports.marks()), {sign: text for text, sign in HOW}
    parts = [(each[0], each[1] if len(each) == 3 else "=", each[-1]) for each in where]
    return "、".join(f"{titles.get(key, key)} {signs.get(sign, sign)} {value}" for key, sign, value in parts)

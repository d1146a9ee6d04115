"""One condition of whom a report is about: a field and the value it must have."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.fields import RESIDENT, ROSTER_FIELDS, Field, Type
from app.services import reports
from app.ui import theme
from app.words import say

ANY = "（不限）"


class Condition(QWidget):
    """One field and the value it must have; the value is chosen where the field has a list of them."""

    def __init__(self) -> None:
        super().__init__()
        self.field = theme.Choice()
        self.field.addItem(ANY, "")
        for key, title in reports.marks():
            if key not in reports.ONCE:
                self.field.addItem(title, key)
        self.field.setMinimumWidth(140)
        self.value = theme.Choice()
        self.value.setEditable(True)
        self.value.setMinimumWidth(110)
        if (line_edit := self.value.lineEdit()) is not None:
            line_edit.setPlaceholderText(say("report-value"))
        self.value.setEnabled(False)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[0])
        line.addWidget(self.field, 1)
        line.addWidget(self.value, 1)
        self.field.currentIndexChanged.connect(self._field_chosen)

    def _field_chosen(self) -> None:
        key = self.field.currentData()
        field: Field | None = RESIDENT[key] if key in RESIDENT else ROSTER_FIELDS.get(key)
        self.value.clear()
        self.value.setEnabled(bool(key))
        if field is not None:
            self.value.addItems(["是", "否"] if field.type is Type.BOOLEAN else list(field.choices))
        self.value.setCurrentIndex(-1)
        self.value.setEditText("")

    def said(self) -> tuple[str, str] | None:
        """(field, value), or None where nothing is asked."""
        key, value = self.field.currentData(), self.value.currentText().strip()
        return (key, value) if key and value else None

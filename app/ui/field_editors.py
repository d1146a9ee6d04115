"""One editor per kind of field, made from the catalogue: what is typed is read by the same rules as a roster."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from app.domain.fields import Field, Type
from app.domain.findings import UserError
from app.domain.values import parse, show
from app.ui import theme

YES_NO = ("", "是", "否")
LISTS = (Type.RECORDS, Type.CHOICES)


class FieldEditor(QWidget):
    """A field with its clock mark. `history(key)` asks for the past; `edited` when the text was changed."""

    history = Signal(str)
    edited = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._shown = ""
        self.masked = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP[0])
        self.input: QLineEdit | QComboBox = self._input()
        row.addWidget(self.input, 1)
        self.clock = QToolButton()
        self.clock.setIcon(theme.icon("history"))
        self.clock.setToolTip(f"{field.title}的来历")
        self.clock.setAccessibleName(f"{field.title}的来历")
        self.clock.setStyleSheet("padding: 2px; border: 0;")
        self.clock.clicked.connect(lambda: self.history.emit(field.key))
        row.addWidget(self.clock)

    def _input(self) -> QLineEdit | QComboBox:
        choices = YES_NO if self.field.type is Type.BOOLEAN else ("", *self.field.choices)
        if self.field.type in (Type.BOOLEAN, Type.CHOICE):
            box = QComboBox()
            box.addItems(list(choices))
            box.currentTextChanged.connect(lambda _: self.edited.emit())
            return box
        line = QLineEdit()
        line.textEdited.connect(lambda _: self.edited.emit())
        if self.field.type is Type.CHOICES:
            line.setPlaceholderText("用顿号隔开：" + "、".join(self.field.choices[:3]) + "…")
        elif self.field.type is Type.DATE:
            line.setPlaceholderText("如 1958-03-12")
        return line

    @property
    def text(self) -> str:
        return self.input.currentText() if isinstance(self.input, QComboBox) else self.input.text().strip()

    def set_value(self, value: Any, *, masked: bool = False) -> None:
        """Show a value; a masked one cannot be edited until it is opened."""
        self._shown = show(self.field, value)
        self.masked = masked and value is not None
        if isinstance(self.input, QComboBox):
            if self._shown and self.input.findText(self._shown) < 0:
                self.input.addItem(self._shown)
            blocked = self.input.blockSignals(True)
            self.input.setCurrentText(self._shown)
            self.input.blockSignals(blocked)
            self.input.setEnabled(not self.masked)
        else:
            self.input.setText(self._shown)
            self.input.setCursorPosition(0)
            self.input.setReadOnly(self.masked)

    @property
    def changed(self) -> bool:
        return not self.masked and self.text != self._shown

    def value(self) -> Any:
        """The value of what was typed, None if emptied. Raises UserError with a finding's code."""
        if not self.text:
            return None
        parsed = parse(self.field, self.text)
        if parsed.problem in ("id-check-digit", "document-unknown"):
            return parsed.value
        if parsed.problem:
            raise UserError(parsed.problem, row="", column=self.field.title, value=self.text)
        return parsed.value

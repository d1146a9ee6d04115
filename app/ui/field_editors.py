"""One editor per kind of field, made from the catalogue: what is typed is read by the same rules as a roster."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QPushButton, QWidget

from app.domain.fields import Field, Type
from app.domain.findings import UserError
from app.domain.values import HIDDEN, parse, show
from app.ui import theme
from app.words import say

YES_NO = ("是", "否")
KEPT_THOUGH_DOUBTFUL = ("id-check-digit", "document-unknown")
"""Problems of a paper's number that are said at import but do not forbid to keep it as it was typed."""


class ManyChoice(QPushButton):
    """Several words of a list, ticked in a menu; reads as `独居、孤老`. Emits `edited`."""

    edited = Signal()

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__()
        self.setObjectName("menu")
        self.setStyleSheet("text-align: left; padding-left: 8px;")
        self.setMinimumWidth(60)
        menu = QMenu(self)
        self.ticks: dict[str, QAction] = {}
        for choice in choices:
            self.ticks[choice] = menu.addAction(choice, self._ticked)
            self.ticks[choice].setCheckable(True)
        self.setMenu(menu)

    def _ticked(self) -> None:
        self.setText(self.said())
        self.edited.emit()

    def said(self) -> str:
        return "、".join(choice for choice, action in self.ticks.items() if action.isChecked())

    def set_said(self, text: str) -> None:
        """Tick what the text names; a word not in the list gets its own tick, so that it is not lost."""
        words = [word for word in text.split("、") if word]
        for word in words:
            if word not in self.ticks:
                self.ticks[word] = self.menu().addAction(word, self._ticked)
                self.ticks[word].setCheckable(True)
        for choice, action in self.ticks.items():
            action.setChecked(choice in words)
        self.setText(self.said())


class FieldEditor(QWidget):
    """A field, with its clock mark if it has a past. `history(key)` asks for it; `edited` when something was typed.

    A value that this account may write and not read is `closed`: 改填… opens an empty editor, and what is left empty there
    changes nothing.
    """

    history = Signal(str)
    edited = Signal()

    def __init__(self, field: Field, *, clock: bool = True) -> None:
        super().__init__()
        self.field = field
        self._shown = ""
        self.masked = self.rewriting = False
        self.input: QLineEdit | QComboBox | ManyChoice = self._input()
        self.input.setAccessibleName(field.title)
        self.setFocusProxy(self.input)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.input, 1)
        self.rewrite = theme.button(say("field-rewrite"), "link")
        self.rewrite.setToolTip(say("field-rewrite-hint"))
        self.rewrite.setAccessibleName(f"{field.title} {say('field-rewrite')}")
        self.rewrite.clicked.connect(self._rewrite)
        self.rewrite.hide()
        row.addWidget(self.rewrite)
        self.clock = theme.button("", "clock")
        self.clock.setIcon(theme.icon("history"))
        self.clock.setIconSize(QSize(theme.ICON, theme.ICON))
        self.clock.setToolTip(f"{field.title}的来历")
        self.clock.setAccessibleName(f"{field.title}的来历")
        self.clock.clicked.connect(lambda: self.history.emit(field.key))
        theme.only_if(clock, self.clock)
        self._clocked = clock
        row.addWidget(self.clock)

    def _input(self) -> QLineEdit | QComboBox | ManyChoice:
        if self.field.type is Type.CHOICES:
            many = ManyChoice(self.field.choices)
            many.edited.connect(self.edited)
            return many
        if self.field.type in (Type.BOOLEAN, Type.CHOICE):
            box = theme.Choice()
            box.addItems(["", *(YES_NO if self.field.type is Type.BOOLEAN else self.field.choices)])
            box.setMinimumWidth(60)
            box.currentTextChanged.connect(lambda _: self._touched())
            return box
        line = QLineEdit()
        line.textEdited.connect(lambda _: self._touched())
        if self.field.type is Type.DATE:
            line.setPlaceholderText("如 1958-03-12")
        return line

    def _touched(self) -> None:
        self.mark_wrong(False)
        self.edited.emit()

    @property
    def text(self) -> str:
        if isinstance(self.input, ManyChoice):
            return self.input.said()
        return self.input.currentText() if isinstance(self.input, QComboBox) else self.input.text().strip()

    def set_value(self, value: Any, *, masked: bool = False, locked: bool = False, closed: bool = False) -> None:
        """Show a value. `masked`: it cannot be edited until it is opened; `locked`: not by this account; `closed`: this
        account cannot open it, but write over it."""
        self.masked = locked or (masked and value is not None)
        self.rewriting = False
        self.mark_wrong(False)
        hidden = self.masked and (value == HIDDEN or (closed and "*" in str(value)))
        self._shown = (
            show(self.field, value) if not hidden else say("field-filled" if locked or closed else "field-there")
        )
        if hidden:
            self._veil(self._shown)
        else:
            self._write(self._shown)
        self._shown = self.text
        self._open(not self.masked)
        hint = "field-filled" if closed else "sealed-hint"
        self.input.setToolTip(say(hint) if self.masked and self.field.level >= 3 else "")
        self.rewrite.setVisible(closed and self.masked and not locked)
        self.clock.setVisible(self._clocked and not (closed and self.masked))  # whose past is closed as well

    def _open(self, is_open: bool) -> None:
        if isinstance(self.input, QLineEdit):
            self.input.setReadOnly(not is_open)
            self.input.setPlaceholderText("如 1958-03-12" if self.field.type is Type.DATE else "")
        else:
            self.input.setEnabled(is_open)

    def _veil(self, words: str) -> None:
        """That something is there; not as a choice among the others."""
        self._write("")
        blocked = self.input.blockSignals(True)
        if isinstance(self.input, QComboBox):
            self.input.setCurrentIndex(-1)
            self.input.setPlaceholderText(words)
        else:
            self.input.setText(words)
        self.input.blockSignals(blocked)

    def _rewrite(self) -> None:
        """An empty editor in the place of what cannot be read."""
        self.masked, self.rewriting = False, True
        self._write("")
        self._shown = ""
        self._open(True)
        if isinstance(self.input, QLineEdit):
            self.input.setPlaceholderText(say("field-rewritten"))
        self.input.setToolTip(say("field-rewritten"))
        self.rewrite.hide()
        self.input.setFocus()

    def _write(self, text: str) -> None:
        blocked = self.input.blockSignals(True)
        if isinstance(self.input, ManyChoice):
            self.input.set_said(text)
        elif isinstance(self.input, QComboBox):
            if text and self.input.findText(text) < 0:
                self.input.addItem(text)
            self.input.setCurrentText(text)
        else:
            self.input.setText(text)
            self.input.setCursorPosition(0)
        self.input.blockSignals(blocked)

    def keep(self) -> None:
        """What is typed was saved: it is the value now."""
        self._shown = self.text

    @property
    def changed(self) -> bool:
        return not self.masked and self.text != self._shown

    def value(self) -> Any:
        """The value of what was typed, None if emptied. Raises UserError with a finding's code."""
        if not self.text:
            return None
        parsed = parse(self.field, self.text)
        if parsed.problem and parsed.problem not in KEPT_THOUGH_DOUBTFUL:
            raise UserError(parsed.problem, row="", column=self.field.title, value=self.text)
        return parsed.value

    def mark_wrong(self, wrong: bool) -> None:
        """A red edge, beside the words that say why."""
        name = "wrong" if wrong else ("menu" if isinstance(self.input, ManyChoice) else "")
        if self.input.objectName() != name:
            self.input.setObjectName(name)
            self.input.style().unpolish(self.input)
            self.input.style().polish(self.input)

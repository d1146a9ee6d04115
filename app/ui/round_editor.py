"""What somebody said who is not well: temperature, symptoms, a sample taken; below the list, for one person."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from app.ui import theme
from app.words import say

USUAL = ("发热", "咳嗽", "咽痛", "乏力", "腹泻", "嗅味觉减退")
"""Symptoms that are asked for by telephone [mem]."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RoundEditor(QFrame):
    """Emits `entered` with temperature, symptoms and whether a sample was taken; `left` at Esc."""

    entered = Signal(str, str, bool)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.who = theme.label("", "strong")
        self.temperature, self.symptoms = QLineEdit(), QLineEdit()
        self.temperature.setFixedWidth(84)
        self.temperature.setPlaceholderText("36.8")
        for name, line in (("round-temperature", self.temperature), ("round-symptoms", self.symptoms)):
            line.setAccessibleName(say(name))
            line.installEventFilter(self)
        self.sampled = QCheckBox(say("round-sampled"))
        self.sampled.installEventFilter(self)
        self.enter, self.cancel = theme.primary(say("round-enter")), theme.button("退回　Esc")
        self.message = theme.label("", "wrong")
        self.message.hide()
        self.usual = [theme.button(word, "link") for word in USUAL]
        self._build()
        self.enter.clicked.connect(self.commit)
        self.cancel.clicked.connect(self.left)
        for made, word in zip(self.usual, USUAL, strict=True):
            made.clicked.connect(lambda _=False, word=word: self._usual(word))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP[2], theme.GAP[0], theme.GAP[2], theme.GAP[0])
        column.setSpacing(theme.GAP[0])
        line = QHBoxLayout()
        line.setSpacing(theme.GAP[1])
        for widget in (
            self.who, theme.label(say("round-temperature"), "soft"), self.temperature,
            theme.label(say("round-symptoms"), "soft"), self.symptoms, self.sampled, self.enter, self.cancel,
        ):  # fmt: skip
            line.addWidget(widget, 1 if widget is self.symptoms else 0)
        column.addLayout(line)
        column.addWidget(theme.row(*self.usual, self.message, 1))

    def ask(self, who: str, *, temperature: str = "", symptoms: bool = False) -> None:
        """Open for one person, perhaps with the first digit of a temperature that is being typed."""
        self.who.setText(who)
        self.temperature.setText(temperature)
        self.symptoms.clear()
        self.sampled.setChecked(False)
        self.message.hide()
        (self.symptoms if symptoms else self.temperature).setFocus()

    @property
    def filled(self) -> bool:
        return bool(self.temperature.text().strip() or self.symptoms.text().strip() or self.sampled.isChecked())

    def commit(self) -> None:
        warm, said = self.temperature.text().strip(), self.symptoms.text().strip()
        if not self.filled:
            self.wrong(say("round-editor-empty"))
            return
        self.entered.emit(warm, said, self.sampled.isChecked())

    def wrong(self, text: str) -> None:
        """What cannot be taken; everything typed stays."""
        self.message.setText(text)
        self.message.show()
        self.temperature.setFocus()
        self.temperature.selectAll()

    def _usual(self, word: str) -> None:
        words = [each for each in self.symptoms.text().replace("，", "、").split("、") if each]
        words = [each for each in words if each != word] if word in words else [*words, word]
        self.symptoms.setText("、".join(words))
        self.symptoms.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Esc end it; Esc is ours here before it is the window's."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        if isinstance(event, QKeyEvent) and event.key() in ENTER and event.type() == QEvent.Type.KeyPress:
            self.commit()
            return True
        return super().eventFilter(watched, event)

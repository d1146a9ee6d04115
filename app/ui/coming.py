"""A section whose desk comes later: one sentence of what will be there, and a way to what works now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui import theme
from app.ui.desk import Desk
from app.words import say


def coming(code: str) -> Callable[[Desk], QWidget]:
    def make(desk: Desk) -> QWidget:
        return empty(say(code), "先去看住户", lambda: desk.go("residents"))

    return make


def empty(text: str, act_text: str, act: Callable[[], None]) -> QWidget:
    """An empty state: what it means and what to do first."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.addStretch()
    said = theme.label(text, "soft")
    said.setWordWrap(True)
    said.setAlignment(Qt.AlignmentFlag.AlignCenter)
    said.setMinimumWidth(420)
    column.addWidget(said, 0, Qt.AlignmentFlag.AlignHCenter)
    go = theme.button(act_text)
    go.clicked.connect(lambda: act())
    column.addWidget(go, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch()
    return made

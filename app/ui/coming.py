"""A section whose desk comes later: one sentence of what will be there, and a way to what works now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.desk import Desk, Page
from app.words import say

PICTURE = 48
NOW = {
    "warnings": ("看今日", "today"),
}  # fmt: skip
ICONS = {
    "warnings": "chart-timeline-variant",
}  # fmt: skip


def coming(key: str) -> Callable[[Desk], Page]:
    """A maker of the page that stands in for a desk."""
    return lambda desk: Coming(desk, key)


class Coming(Page):
    def __init__(self, desk: Desk, key: str) -> None:
        super().__init__(desk)
        words, target = NOW[key]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(empty(say(f"coming-{key}"), words, lambda: desk.go(target), ICONS[key]))


def empty(
    text: str, act_text: str, act: Callable[[], object], icon: str = "table-arrow-down", *, primary: bool = False
) -> QWidget:
    """An empty state: what it means and what to do first."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setSpacing(theme.GAP[2])
    column.addStretch(2)
    picture = QLabel()
    picture.setPixmap(theme.icon(icon, theme.INK_FAINT).pixmap(QSize(PICTURE, PICTURE)))
    column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
    said = theme.soft(text)
    said.setAlignment(Qt.AlignmentFlag.AlignCenter)
    said.setFixedWidth(520)
    said.setMinimumHeight(said.heightForWidth(520))  # a layout that centres does not ask how high words become
    column.addWidget(said, 0, Qt.AlignmentFlag.AlignHCenter)
    go = theme.primary(act_text) if primary else theme.button(act_text)
    go.clicked.connect(lambda: act())
    column.addWidget(go, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(3)
    return made

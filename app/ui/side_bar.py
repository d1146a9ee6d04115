"""The sections at the left: icon, word, and the number of things that wait there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from app.ui import theme
from app.ui.sections import KEYS, NUMBERED, Section

WIDTH = 144


class SideBar(QFrame):
    """Emits `chosen` with a section's key."""

    chosen = Signal(str)

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setFixedWidth(WIDTH)
        self.buttons: dict[str, SectionButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP[1], theme.GAP[2], theme.GAP[1], theme.GAP[1])
        column.setSpacing(2)
        for section in sections:
            made = SectionButton(section)
            made.clicked.connect(lambda _=False, key=section.key: self.chosen.emit(key))
            self.buttons[section.key] = made
            column.addWidget(made)
        column.addStretch()

    def mark(self, key: str) -> None:
        """Show which section is open."""
        for each, made in self.buttons.items():
            made.setChecked(each == key)

    def count(self, due: dict[str, int]) -> None:
        """Numbers of things due, by section key; 0 shows nothing."""
        for key, made in self.buttons.items():
            made.count(due.get(key, 0))


class SectionButton(QPushButton):
    def __init__(self, section: Section) -> None:
        super().__init__(section.title)
        self.title = section.title
        self.setObjectName("section")
        self.setCheckable(True)
        self.setIcon(theme.icon(section.icon))
        self.setToolTip(f"{section.title}　Ctrl+{KEYS[NUMBERED.index(section)]}")
        self.badge = theme.label("", "badge")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.GAP[1], 0)
        row.addStretch()
        row.addWidget(self.badge)
        self.count(0)

    def count(self, number: int) -> None:
        """The badge, and the same in words for who does not see it."""
        self.badge.setText(str(number) if number < 1000 else "999+")
        self.badge.setVisible(number > 0)
        self.setAccessibleName(f"{self.title}，{number} 件待处理" if number else self.title)

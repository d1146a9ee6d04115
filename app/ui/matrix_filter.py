"""仅看: of a building's doors only those that bear one of some marks stand out; the others are drawn faint."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.maps.matrix import MARKS
from app.ui import theme
from app.words import say


class MatrixFilter(theme.Button):
    """A button with a mark to tick in each line of its menu. Emits `changed`; `keys` are the marks."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(say("matrix-only-button"))
        self.setObjectName("menu")
        self.setAutoDefault(False)
        self.setToolTip(say("matrix-only-tip"))
        self.keys: list[str] = []
        menu = QMenu(self)
        self.all = menu.addAction(say("matrix-only-all"), self.clear)
        menu.addSeparator()
        self.ticks: dict[str, QAction] = {key: self._tick(menu, key) for key in MARKS}
        self.setMenu(menu)

    def _tick(self, menu: QMenu, key: str) -> QAction:
        action = menu.addAction(say(f"mark-{key}-short"))
        action.setCheckable(True)
        action.toggled.connect(lambda _: self._ticked())
        return action

    def _ticked(self) -> None:
        self.keys = [key for key, action in self.ticks.items() if action.isChecked()]
        self.setText(say("matrix-only-some", count=len(self.keys)) if self.keys else say("matrix-only-button"))
        self.changed.emit()

    def clear(self) -> None:
        """All doors again."""
        if not self.keys:
            return
        for action in self.ticks.values():
            blocked = action.blockSignals(True)
            action.setChecked(False)
            action.blockSignals(blocked)
        self._ticked()

"""Results while typing, under the search box at the top."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.services import search
from app.ui import theme
from app.ui.desk import Desk
from app.words import say

PAUSE = 80  # ms after the last key
SHOWN = 12
HIT = int(Qt.ItemDataRole.UserRole)


class SearchPopup(QFrame):
    """A list below the box; arrows and Enter choose, Esc closes. It never takes the keyboard from the box."""

    def __init__(self, desk: Desk, box: QLineEdit, over: QWidget) -> None:
        super().__init__(over)
        self.desk = desk
        self.box = box
        self._over = over
        self.setObjectName("panel")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = theme.soft(say("search-empty"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GAP[0],) * 4)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._connect()
        self.hide()

    def _connect(self) -> None:
        self._pause.timeout.connect(self.search)
        self.box.textEdited.connect(lambda _: self._pause.start())
        self.box.installEventFilter(self)
        self.list.itemClicked.connect(self._open)

    def search(self) -> None:
        """Look for what stands in the box now."""
        text = self.box.text().strip()
        if not text:
            self.hide()
            return
        self._show(search.find(self.desk.session, text, SHOWN))

    def _show(self, hits: list[dict[str, Any]]) -> None:
        self.list.clear()
        for hit in hits:
            said = "　".join(filter(None, (hit["name"], hit.get("sex"), hit.get("path"), hit.get("phone"))))
            item = QListWidgetItem(said)
            item.setData(HIT, hit)
            self.list.addItem(item)
        self.list.setVisible(bool(hits))
        self.nothing.setVisible(not hits)
        self.list.setCurrentRow(0)
        place = self.box.mapTo(self._over, self.box.rect().bottomLeft())
        height = min(len(hits), SHOWN) * theme.ROW + 16 if hits else 72
        self.setGeometry(place.x(), place.y() + 2, max(self.box.width(), 480), height)
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event.key())
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return False

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.isVisible():
            step = 1 if key == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._pause.isActive() or not self.isVisible():
                self._pause.stop()
                self.search()
            self._open(self.list.currentItem())
        else:
            return False
        return True

    def _open(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        hit = item.data(HIT)
        self.hide()
        self.desk.go("residents", building=hit.get("building_id"), household=hit.get("household"), resident=hit["id"])

"""Where it happened, found while typing: a person, a door, a building, or the words themselves."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.domain.findings import UserError
from app.services import search
from app.ui import theme
from app.ui.desk import Desk
from app.ui.tables import ENTER
from app.words import say

PAUSE, LINES, FOUND = 120, 9, 24  # ms after the last key; lines shown; people asked for
WHERE = Qt.ItemDataRole.UserRole


def suggestions(hits: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Lines to choose from: people, their doors, their buildings. Who typed a number means a door before a person."""
    people = [
        {"label": f"{hit.get('name', '')}　{_spaced(hit)}", "resident": hit["id"], "building": hit.get("building_id", ""),
         "place": _spaced(hit)}
        for hit in hits
    ]  # fmt: skip
    doors: dict[str, dict[str, Any]] = {}
    for hit in hits:
        if hit.get("household"):
            doors.setdefault(_spaced(hit), {
                "label": say("incident-place-door", path=_spaced(hit)), "household": hit["household"],
                "building": hit.get("building_id", ""), "place": _spaced(hit),
            })  # fmt: skip
    buildings: dict[str, dict[str, Any]] = {}
    for hit in hits:
        if hit.get("building_id"):
            path = " ".join(filter(None, (hit.get("estate"), hit.get("lane"), hit.get("building"))))
            buildings.setdefault(hit["building_id"], {
                "label": say("incident-place-building", path=path), "building": hit["building_id"], "place": path,
            })  # fmt: skip
    if text.rstrip().endswith("号") and not text.rstrip().endswith("室号"):
        lines = [*buildings.values(), *doors.values(), *people]
    elif any(each.isdigit() for each in text):
        lines = [*list(doors.values())[:4], *people[:3], *buildings.values()]
    else:
        lines = [*people[:5], *list(doors.values())[:2], *buildings.values()]
    return lines[: LINES - 1]


def _spaced(hit: dict[str, Any]) -> str:
    return str(hit.get("path", "")).replace("/", " ")


class PlaceLine(QLineEdit):
    """Emits `picked` when a line was chosen or typed over, `done` when Enter goes on. `where` is what was chosen."""

    picked = Signal()
    done = Signal()

    def __init__(self, desk: Desk, over: QWidget) -> None:
        super().__init__()
        self.desk, self._over = desk, over
        self.where: dict[str, str] = {}
        self.setPlaceholderText(say("incident-form-place"))
        self.setAccessibleName("地点")
        self.list = QListWidget(over)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("找到的地点")
        self.list.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.search)
        self.textEdited.connect(self._typed)
        self.list.itemClicked.connect(self._take)
        self.installEventFilter(self)

    def set_place(self, text: str, where: dict[str, str]) -> None:
        """Show a place that is known."""
        self.setText(text)
        self.where = where
        self.list.hide()

    def _typed(self) -> None:
        self.where = {}
        self.picked.emit()
        self._pause.start()

    def search(self) -> None:
        """Look for what stands in the line now."""
        text = self.text().strip()
        if not text or not self.desk.session.may("search"):
            self.list.hide()
            return
        try:
            hits = search.find(self.desk.session, text, FOUND)
        except UserError:
            hits = []
        self.list.clear()
        for line in suggestions(hits, text):
            item = QListWidgetItem(str(line["label"]))
            item.setData(WHERE, line)
            self.list.addItem(item)
        if self.list.count():
            words = QListWidgetItem(say("incident-place-words", text=text))
            words.setData(WHERE, {"place": text})
            self.list.addItem(words)
            self._show_list()
        else:
            self.list.hide()

    def _show_list(self) -> None:
        self.list.setCurrentRow(0)
        place = self.mapTo(self._over, self.rect().bottomLeft())
        height = min(self.list.count() * (theme.ROW + 1) + 6, max(self._over.height() - place.y() - 8, 3 * theme.ROW))
        self.list.setGeometry(place.x(), place.y() + 2, self.width(), height)
        self.list.raise_()
        self.list.show()

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        line = item.data(WHERE)
        self.list.hide()
        self._pause.stop()
        self.setText(str(line["place"]))
        self.where = {key: str(line[key]) for key in ("resident", "household", "building") if line.get(key)}
        self.picked.emit()
        self.done.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if isinstance(event, QFocusEvent) and event.lostFocus():
            self.list.hide()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key, shown = event.key(), self.list.isVisible()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and shown:
            row = self.list.currentRow() + (1 if key == Qt.Key.Key_Down else -1)
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
        elif key == Qt.Key.Key_Escape and shown:
            self.list.hide()
        elif key in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self._pause.isActive():
                self._pause.stop()
                self.search()
            if self.list.isVisible():
                self._take(self.list.currentItem())
            else:
                self.done.emit()
        else:
            return False
        return True

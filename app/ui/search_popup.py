"""Results while typing, under the search box at the top."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import search
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.tables import ENTER, Column, Row, Table
from app.words import say

PAUSE = 120  # ms after the last key
SHOWN = 12
WIDTH = 680
FOUND_ONCE = "first-hour/find"


class SearchPopup(QFrame):
    """A list below the box; arrows and Enter choose, Esc closes. It never takes the keyboard from the box."""

    def __init__(self, desk: Desk, box: QLineEdit, over: QWidget) -> None:
        super().__init__(over)
        self.desk = desk
        self.box = box
        self._over = over
        self.setObjectName("panel")
        self.setEnabled(desk.session.may("search"))
        box.setEnabled(desk.session.may("search"))
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.table = Table([
            Column("name", "姓名", 84), Column("sex", "", 40), Column("where", "住址"),
            Column("phone", "电话", 124, tone=lambda _: theme.INK_SOFT),
        ])  # fmt: skip
        self.table.horizontalHeader().hide()
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setStyleSheet("border: 0;")
        self.said = theme.soft()
        self.said.setContentsMargins(theme.GAP[1], theme.GAP[0], theme.GAP[1], theme.GAP[0])
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GAP[0],) * 4)
        column.setSpacing(0)
        column.addWidget(self.table)
        column.addWidget(self.said)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)

    def _connect(self) -> None:
        self._pause.timeout.connect(self.search)
        self.box.textEdited.connect(lambda _: self._pause.start())
        self.box.installEventFilter(self)
        self.table.clicked.connect(lambda _: self._open(self.table.current()))

    def search(self) -> None:
        """Look for what stands in the box now."""
        text = self.box.text().strip()
        if not text:
            self.hide()
            return
        try:
            hits = search.find(self.desk.session, text, SHOWN + 1)
        except UserError as error:
            self._show([], errors.words(error))
            return
        more = say("search-more", shown=SHOWN) if len(hits) > SHOWN else ""
        self._show(hits[:SHOWN], more if hits else say("search-empty"))

    def _show(self, hits: list[dict[str, Any]], said: str) -> None:
        self.table.set_rows([{**hit, "where": hit.get("path", "").replace("/", " ")} for hit in hits])
        self.table.selectRow(0)
        self.table.setVisible(bool(hits))
        self.table.setFixedHeight(len(hits) * theme.ROW + 4)
        self.said.setText(said)
        self.said.setVisible(bool(said))
        width = min(max(self.box.width(), WIDTH), self._over.width() - 2 * theme.GAP[3])
        self.said.setFixedWidth(width - 2 * theme.GAP[0] - 2)
        self.setFixedWidth(width)
        self.adjustSize()
        place = self.box.mapTo(self._over, self.box.rect().bottomLeft())
        self.move(min(place.x(), self._over.width() - width - theme.GAP[3]), place.y() + 4)
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event.key())
        if isinstance(event, QFocusEvent) and event.lostFocus():
            self.hide()
        return False

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.isVisible():
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in ENTER:
            if self._pause.isActive() or not self.isVisible():
                self._pause.stop()
                self.search()
            self._open(self.table.current())
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        last = self.table.rows_model.rowCount() - 1
        self.table.selectRow(max(0, min(last, self.table.currentIndex().row() + by)))

    def _open(self, hit: Row | None) -> None:
        if hit is None or not self.isVisible():
            return
        self.hide()
        self.desk.settings.put(self.desk.once(FOUND_ONCE), True)
        self.desk.go("residents", building=hit.get("building_id"), household=hit.get("household"), resident=hit["id"])

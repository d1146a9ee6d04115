"""到期: who is due today, the latest first; Enter records the contact, N that nobody was reached."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from app.domain.care import MISSED
from app.domain.findings import UserError
from app.services import care
from app.ui import theme
from app.ui.care_dialogs import DoneDialog
from app.ui.care_person_card import PersonCard, beside
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.tables import Column, Row, Table
from app.words import say

AHEAD = 7
ASKING = ("resume", "until")
"""Why a plan is due that no contact settles."""
FOLLOWED = {"care_plan", "care_contact", "resident", "household", "residence", "all"}


class DuePage(QStackedWidget):
    """Emits `counted` with how many people are due, and `groups_wanted` from its empty state."""

    counted = Signal(int)
    groups_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()

    def _build(self) -> None:
        self.counts = theme.label("", "strong")
        self.mine, self.coming = QCheckBox("我的块区"), QCheckBox("今后七天")
        self.table = Table(
            [Column("name", "姓名", 76), Column("door", "门牌", 116), Column("what", "服务", 0, tone=_tone),
             Column("due", "期限", 92), Column("last", "上次", 92)],
            remember=(self.desk.settings, "care-due"),
        )  # fmt: skip
        self.done = theme.primary("登记已完成…")
        self.missed = theme.button("未联系上")
        self.hint = theme.label(say("care-enter-hint"), "small")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.counts, 1, self.mine, self.coming))
        column.addWidget(self.table, 1)
        column.addWidget(theme.row(self.done, self.missed, self.hint, 1))
        self.card = PersonCard(self.desk, above=theme.GAP[1])
        self.addWidget(beside(left, self.card))
        self.addWidget(empty(
            say("care-empty-due"), "看人群", self.groups_wanted.emit, "hand-heart-outline", primary=True
        ))  # fmt: skip

    def _connect(self) -> None:
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(lambda _: self.record())
        self.done.clicked.connect(self.record)
        self.missed.clicked.connect(self.not_reached)
        for box in (self.mine, self.coming):
            box.toggled.connect(lambda _: self.refresh())
        key = QShortcut(QKeySequence("N"), self.table, self.not_reached)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)

    # ---------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Read the list anew, staying where one was."""
        session = self.desk.session
        rows = care.due(session, mine=self.mine.isChecked(), ahead=AHEAD if self.coming.isChecked() else 0)
        today = session.now().date().isoformat()
        here, place = self.card.resident, max(0, self.table.currentIndex().row())
        self.table.set_rows(rows)
        now = [row for row in rows if row["since"] <= today]
        said = [say("care-due-counts", count=len(now), late=sum(row["overdue"] for row in now))]
        if self.coming.isChecked():
            said.append(say("care-due-coming", count=len(rows) - len(now)))
        self.counts.setText("　".join(said))
        filtered = self.mine.isChecked() or self.coming.isChecked()
        self.setCurrentIndex(0 if rows or filtered or here else 1)
        if not (here and self.table.choose("resident", here)) and rows:
            self.table.selectRow(min(place, len(rows) - 1))
        self._offer()
        self.hint.setVisible(session.may("care.write"))
        if not filtered:
            self.counted.emit(len(now))

    def show_resident(self, resident: str) -> None:
        """Choose somebody's row; whoever is not due stands on the card alone."""
        self.setCurrentIndex(0)
        if not self.table.choose("resident", resident):
            self.table.clearSelection()
            self.card.show_person(resident)

    def _chosen(self, row: Row | None) -> None:
        if row is not None:
            self.card.show_person(row["resident"])
        self._offer()

    def _offer(self) -> None:
        """What can be done of the chosen row."""
        row, may = self.table.current(), self.desk.session.may("care.write")
        asking = row is not None and row["code"] in ASKING
        self.done.setText("处理计划…" if asking else "登记已完成…")
        self.done.setEnabled(row is not None and may)
        self.missed.setEnabled(row is not None and may and not asking)

    # ---------------------------------------------------------------- acts

    def record(self) -> None:
        """The form of a contact; a plan that only asks to go on or end is shown where that is done."""
        row = self.table.current()
        if row is None or not self.desk.session.may("care.write"):
            return
        if row["code"] in ASKING:
            self.desk.go("care", page="plans", plan=row["id"])
            return
        dialog = DoneDialog(self, self.desk, row, row["name"])
        dialog.accepted.connect(lambda: self._recorded(dialog.done_.batch, row, dialog.outcome.currentText()))
        dialog.open()

    def not_reached(self) -> None:
        """One key: nobody was reached, today, as the plan has it."""
        row = self.table.current()
        if row is None or not self.desk.session.may("care.write") or row["code"] in ASKING:
            return
        try:
            done = care.done(self.desk.session, row["id"], result=MISSED)
        except UserError as error:
            self.desk.error(error)
            return
        self._recorded(done.batch, row, MISSED)

    def _recorded(self, batch: str, row: Row, result: str) -> None:
        below = self.table.currentIndex().row() + (
            result == MISSED
        )  # who was reached leaves the list, the next moves up
        self.card.clear()
        self.refresh()
        if self.table.model().rowCount():
            self.table.selectRow(min(below, self.table.model().rowCount() - 1))
        self.table.setFocus()
        self.desk.notify(say("care-done-said", name=row["name"], result=result), batch)


def _tone(row: dict[str, Any]) -> str:
    return theme.DANGER if row["overdue"] else ""

"""计划: every plan under way with its person; it rests, goes on or ends here, each with a reason."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.domain.care import ENDED, PAUSED, RUNNING
from app.domain.findings import UserError
from app.services import care
from app.ui import theme
from app.ui.care_dialogs import END, PAUSE, PROLONG, DoneDialog, WhyDialog
from app.ui.care_person_card import PersonCard, beside
from app.ui.desk import Desk
from app.ui.tables import Column, Row, Table
from app.words import say

SAID = {PAUSE: "care-paused-said", PROLONG: "care-prolonged-said", END: "care-ended-said"}


class PlansPage(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()

    def _build(self) -> None:
        self.counts = theme.label("", "strong")
        self.ended = QCheckBox("连同已结束的")
        self.table = Table(
            [Column("name", "姓名", 68), Column("door", "门牌", 112), Column("kind", "服务", 76), Column("state", "状态", 60),
             Column("told", "期限", 66), Column("last_words", "上次", 64), Column("worker", "负责人")],
            remember=(self.desk.settings, "care-plans"),
        )  # fmt: skip
        self.record = theme.button("登记联系…")
        self.pause, self.resume = theme.button("暂停…"), theme.button("恢复")
        self.longer, self.end = theme.button("延长…"), theme.button("结束…")
        self.card = PersonCard(self.desk)
        self.nothing = theme.soft(say("care-empty-plans"))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.counts, 1, self.ended))
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        column.addWidget(theme.row(self.record, self.pause, self.resume, self.longer, self.end, 1))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, theme.GAP[1], 0, 0)
        whole.addWidget(beside(left, self.card))

    def _connect(self) -> None:
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(lambda _: self.contact())
        self.ended.toggled.connect(lambda _: self.refresh())
        self.record.clicked.connect(self.contact)
        for button, step in ((self.pause, PAUSE), (self.longer, PROLONG), (self.end, END)):
            button.clicked.connect(lambda _=False, step=step: self._why(step))
        self.resume.clicked.connect(self.take_up)

    def refresh(self) -> None:
        rows = care.plans(self.desk.session, ended=self.ended.isChecked())
        kept = self.table.current()
        year = f"{self.desk.session.now().year}-"
        self.table.set_rows([
            {**row, "told": str(row["due"] or row["out"] or "—").removeprefix(year), "last_words": str(row["last"] or "").removeprefix(year)} for row in rows
        ])  # fmt: skip
        people = len({row["resident"] for row in rows})
        self.counts.setText(f"{people} 人　{len(rows)} 项计划")
        self.nothing.setVisible(not rows)
        if not (kept and self.table.choose("id", kept["id"])):
            self.table.selectRow(0)
        if not rows:
            self.card.clear()
            self._chosen(None)

    def _chosen(self, row: Row | None) -> None:
        state = row["state"] if row else ENDED
        may = self.desk.session.may("care.write") and row is not None
        for button, states in (
            (self.record, (RUNNING, PAUSED)), (self.pause, (RUNNING,)), (self.resume, (PAUSED,)),
            (self.longer, (RUNNING, PAUSED)), (self.end, (RUNNING, PAUSED)),
        ):  # fmt: skip
            button.setEnabled(may and state in states)
        if row is not None:
            self.card.show_person(row["resident"])

    # ---------------------------------------------------------------- acts

    def contact(self) -> None:
        row = self.table.current()
        if row is None or not self.record.isEnabled():
            return
        dialog = DoneDialog(self, self.desk, row, row["name"])
        dialog.accepted.connect(lambda: self._said(
            say("care-done-said", name=row["name"], result=dialog.outcome.currentText()), dialog.done_.batch
        ))  # fmt: skip
        dialog.open()

    def _why(self, step: str) -> None:
        row = self.table.current()
        if row is None:
            return
        dialog = WhyDialog(self, self.desk, row, row["name"], step)
        dialog.accepted.connect(lambda: self._said(
            say(SAID[step], name=row["name"], on=dialog.until.text()), dialog.done_.batch
        ))  # fmt: skip
        dialog.open()

    def take_up(self) -> None:
        row = self.table.current()
        if row is None:
            return
        try:
            done = care.resume(self.desk.session, row["id"])
        except UserError as error:
            self.desk.error(error)
            return
        self._said(say("care-resumed-said", name=row["name"]), done.batch)

    def _said(self, text: str, batch: str) -> None:
        self.refresh()
        self.desk.notify(text, batch)

"""代办: what isolating households asked for, building by building; done, cancelled, added."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errands import OPEN
from app.domain.fields import ERRANDS
from app.domain.findings import UserError
from app.services import errands, isolation
from app.ui import act_dialog, theme
from app.ui.act_dialog import Ask
from app.ui.case_parts import short_place
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.tables import Column, Row, Table
from app.words import say

LIST, NONE = 0, 1
READ_FOR = {"all", "task", "resident", "household"}


class ErrandsPage(Page):
    """Emits `counted` with how many are open."""

    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._stale = True
        self._build()
        self._connect()

    def _build(self) -> None:
        may = self.desk.session.may("isolation.write")
        self.all = QCheckBox(say("errands-all"))
        self.done = theme.primary(say("errands-done-none"))
        self.cancel = theme.button(say("errands-cancel"))
        self.add = theme.button(say("errands-add"), icon_name="plus")
        theme.only_if(may, self.done, self.cancel, self.add)
        self.table = Table([
            Column("where", "楼号室号", 150), Column("name", "联系人", 92), Column("kind", "类别", 96), Column("what", "内容"),
            Column("due_words", "期限", 124, tone=lambda row: theme.DANGER if row.get("overdue") else ""),
            Column("state", "状态", 76), Column("by", "登记／办理", 120),
        ], remember=(self.desk.settings, "errands"))  # fmt: skip
        self.table.setAccessibleName(say("errands-list"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self.stack = QStackedWidget()
        self.stack.addWidget(listed)
        centre = self.desk.session.role == "centre"
        self.stack.addWidget(
            empty(say("errands-none-centre"), say("cases-see-sync"), lambda: self.desk.go("sync"), "cart-outline")
            if centre
            else empty(say("errands-none"), say("errands-add"), self.ask_new, "cart-outline")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.all, 1, self.cancel, self.done, self.add))
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.all.toggled.connect(lambda _: self.read())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._offer())
        self.table.opened.connect(lambda _: self.finish())
        self.done.clicked.connect(self.finish)
        self.cancel.clicked.connect(self.ask_cancel)
        self.add.clicked.connect(self.ask_new)

    # ---------------------------------------------------------------- showing

    def go(self, errand: str = "", household: str = "") -> None:
        if self._stale:
            self.read()
        if errand:
            self.table.choose("id", errand)
        elif household:
            self.table.choose("household", household)
        self.table.setFocus()

    def refresh(self, changed: set[str]) -> None:
        if changed & READ_FOR:
            self.read()  # also while another page of the desk is open: its number stands on the tab

    def read(self) -> None:
        """Open ones in walking order within what falls due; with 连同已办的 those that ended too."""
        self._stale = False
        kept = (self.table.current() or {}).get("id")
        rows = [told(row) for row in errands.list_(self.desk.session, open_only=not self.all.isChecked())]
        self.table.set_rows(rows)
        if not (kept and self.table.choose("id", kept)) and rows:
            self.table.selectRow(0)
        self.stack.setCurrentIndex(LIST if rows or self.all.isChecked() else NONE)
        self.counted.emit(sum(row["state"] in OPEN for row in rows))
        self._offer()

    def chosen(self) -> list[Row]:
        """The open ones among the chosen."""
        rows = [self.table._row(index) for index in self.table.selectionModel().selectedRows()]
        return [row for row in rows if row is not None and row["state"] in OPEN]

    def _offer(self) -> None:
        count = len(self.chosen())
        self.done.setText(say("errands-done", count=count) if count else say("errands-done-none"))
        self.done.setEnabled(bool(count))
        self.cancel.setEnabled(count == 1)

    # ---------------------------------------------------------------- acts

    def finish(self) -> None:
        rows = self.chosen()
        if not rows:
            return
        try:
            done = errands.done_many(self.desk.session, [row["id"] for row in rows])
        except UserError as error:
            self.desk.error(error)
            self.read()
            return
        self.read()
        self.desk.notify(say("errands-finished", count=len(rows)), done["batch"])

    def ask_cancel(self) -> None:
        rows = self.chosen()
        if len(rows) != 1:
            return
        row = rows[0]
        title = say("errands-cancel").rstrip("…")
        act_dialog.ask(
            self, f"{title}：{row['kind']}", "", [Ask("why", say("errands-why"))], title,
            lambda given: errands.cancel(self.desk.session, row["id"], given["why"]),
            lambda done: self._told(done, say("errands-cancelled", kind=row["kind"])), self.desk.session.now(),
        )  # fmt: skip

    def ask_new(self) -> None:
        """For one of the households that isolate; what there is not yet is opened in 个案 first."""
        homes = self._homes()
        if not homes:
            self.desk.notify(say("errands-no-home"))
            return
        kept = (self.table.current() or {}).get("household")
        chosen = next((words for words, home in homes.items() if home == kept), "")
        asks = [
            Ask("household", say("errands-household"), chosen, choices=tuple(homes)),
            Ask("kind", say("errands-kind"), choices=ERRANDS),
            Ask("what", say("errands-what"), required=False, hint=say("errands-what-hint")),
            Ask("due", say("errands-due"), required=False, kind="day"),
        ]  # fmt: skip
        act_dialog.ask(
            self, say("errands-add"), "", asks, say("errands-add"),
            lambda given: (given, errands.add(
                self.desk.session, household=homes[given["household"]], kind=given["kind"], what=given["what"],
                due=given["due"] or None,
            )),
            lambda done: self._told(done[1], say("errands-added", kind=done[0]["kind"])), self.desk.session.now(),
        )  # fmt: skip

    def _homes(self) -> dict[str, Any]:
        """Words → household of everybody who isolates, as one walks."""
        found: dict[str, Any] = {}
        for row in isolation.list_(self.desk.session):
            if row.get("household") and row["household"] not in found.values():
                found[" ".join(map(str, filter(None, (row["building_name"], row["room"], row["name"]))))] = row[
                    "household"
                ]
        return found

    def _told(self, done: Any, text: str) -> None:
        self.read()
        self.desk.notify(text, done.batch)


def told(row: Row) -> Row:
    """A row with the words that the list shows."""
    due = str(row.get("due") or "")
    ended = row["state"] not in OPEN
    by = row.get("done_by") if ended else row.get("asked_by")
    return {
        **row, "where": short_place(row),
        "due_words": say("errands-overdue", date=due) if row.get("overdue") else due, "by": by or "",
        "what": row.get("what") if row.get("what") != row.get("kind") else (row.get("note") or ""),
    }  # fmt: skip

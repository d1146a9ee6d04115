"""人群: the groups at the left, who is in one and why at the right; marks set right and plans made in one act."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.care_groups import RULES
from app.domain.findings import UserError
from app.services import care
from app.services.care_groups import SENSITIVE
from app.ui import theme
from app.ui.care_dialogs import PlanDialog, tell_planned
from app.ui.desk import Desk
from app.ui.tables import Column, Row, Table
from app.words import say

ALL, COMPUTED, MARKED = "all", "computed", "marked"
LIST, CLOSED = 0, 1


class GroupsPage(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.different: list[Row] = []
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.groups = Table([
            Column("group", "人群"), Column("count", "人数", 58), Column("differs", "差异", 52, _unless_none, tone=_tone),
        ])  # fmt: skip
        self.heading, self.rule = theme.title(""), theme.soft("")
        self.filter = theme.Choice()
        self.filter.setAccessibleName("看哪些人")
        self.filter.setMinimumWidth(240)
        self.people = Table(
            [Column("name", "姓名", 84), Column("sex", "性别", 48), Column("birth_year", "出生", 56),
             Column("door", "门牌", 120), Column("why", "依据")],
            remember=(self.desk.settings, "care-groups"),
        )  # fmt: skip
        self.adopt, self.unmark, self.plan = theme.button(""), theme.button(""), theme.primary("")
        self.closed = theme.soft("")
        self.open = theme.button(say("care-sensitive-open"))
        shut = QWidget()
        column = QVBoxLayout(shut)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.closed)
        column.addWidget(theme.row(self.open, 1))
        column.addStretch(1)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self.people, 1)
        column.addWidget(theme.row(self.plan, self.adopt, self.unmark, 1))
        self.shown = QStackedWidget()
        self.shown.addWidget(listed)
        self.shown.addWidget(shut)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.heading, 1, self.filter))
        column.addWidget(self.rule)
        column.addWidget(self.shown, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, theme.GAP[1], 0, 0)
        whole.addWidget(theme.split(self.groups, right, sizes=(270, 890)))

    def _connect(self) -> None:
        self.groups.chosen.connect(lambda row: self._show(row))
        self.groups.opened.connect(lambda _: self.people.setFocus())
        self.filter.currentIndexChanged.connect(lambda _: self._show_people())
        self.people.selectionModel().selectionChanged.connect(lambda *_: self._say_acts())
        self.people.opened.connect(self._open_person)
        self.open.clicked.connect(self._open_sensitive)
        self.adopt.clicked.connect(lambda: self._mark(remove=False))
        self.unmark.clicked.connect(lambda: self._mark(remove=True))
        self.plan.clicked.connect(self.make_plan)

    def _open_person(self, row: Row | None) -> None:
        if row is not None:
            self.desk.go("care", resident=row["resident"])

    # ---------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Compute anew, in the background: a centre has a quarter of a million people."""
        session = self.desk.session
        self.desk.tasks.run(
            lambda progress, cancelled: (care.groups(session), care.differences(session)),
            lambda found: self.show_groups(*found), text=say("care-counting"),
        )  # fmt: skip

    def show_groups(self, rows: list[Row], different: list[Row]) -> None:
        """Stay at the chosen group; a list of a sensitive one closes again."""
        kept, self.different = self.groups.current(), different
        for row in rows:
            row["differs"] = sum(each["group"] == row["group"] for each in self.different)
        self.groups.set_rows(rows)
        if not (kept and self.groups.choose("group", kept["group"])):
            self.groups.selectRow(0)

    def _show(self, row: Row | None) -> None:
        if row is None:
            return
        self.heading.setText(say("care-members", **row))
        self.rule.setText(row["rule"])
        kept = self.filter.currentData()
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(f"全部 {row['count']}", ALL)
        for kind, words in ((COMPUTED, "系统算出、未标注"), (MARKED, "标注了、算不出")):
            count = len(self._those(row, kind))
            if count:
                self.filter.addItem(f"{words} {count}", kind)
        self.filter.setCurrentIndex(max(0, self.filter.findData(kept)))
        self.filter.blockSignals(False)
        self.filter.setVisible(row["group"] in RULES)
        shut = row["level"] == 3 and not row["members"] and row["count"]
        self.shown.setCurrentIndex(CLOSED if shut else LIST)
        if shut:
            code = "care-sensitive-none" if row["group"] == SENSITIVE else "care-sensitive-closed"
            self.closed.setText(say(code, count=row["count"]))
            self.open.setVisible(row["group"] != SENSITIVE and self.desk.session.may("care.reveal"))
        self._show_people()

    def _those(self, row: Row, kind: str) -> list[Row]:
        return [each for each in self.different if each["group"] == row["group"] and each["kind"] == kind]

    def _show_people(self) -> None:
        row = self.groups.current()
        if row is None:
            return
        kind = self.filter.currentData() or ALL
        people = row["members"] if kind == ALL else self._those(row, kind)
        self.people.set_rows(people)
        self._say_acts()

    def _chosen(self) -> list[Row]:
        """The rows that an act means: several selected ones, else all that are shown."""
        model: Any = self.people.model()
        picked = [model.mapToSource(index).row() for index in self.people.selectionModel().selectedRows()]
        rows = self.people.rows_model.rows
        return [rows[number] for number in sorted(picked)] if len(picked) > 1 else list(rows)

    def _say_acts(self) -> None:
        may, kind = self.desk.session.may("care.write"), self.filter.currentData() or ALL
        count = len(self._chosen())
        self.adopt.setText(say("care-adopt", count=count))
        self.unmark.setText(say("care-unmark", count=count))
        self.plan.setText(say("care-plan-for", count=count) if count else say("care-plan-none"))
        self.adopt.setVisible(may and kind == COMPUTED)
        self.unmark.setVisible(may and kind == MARKED)
        self.plan.setVisible(may)
        self.plan.setEnabled(bool(count))

    # ---------------------------------------------------------------- acts

    def _open_sensitive(self) -> None:
        row = self.groups.current()
        if row is None:
            return
        try:
            (told,) = care.groups(self.desk.session, sensitive=True, only=[row["group"]])
        except UserError as error:
            self.desk.error(error)
            return
        row["members"], row["count"] = told["members"], told["count"]
        self._show(row)

    def _mark(self, *, remove: bool) -> None:
        row = self.groups.current()
        if row is None:
            return
        wanted = [(each["resident"], row["group"]) for each in self._chosen()]
        try:
            done = care.adopt(self.desk.session, wanted, remove=remove)
        except UserError as error:
            self.desk.error(error)
            return
        self.refresh()
        self.desk.notify(say("care-unmarked" if remove else "care-adopted", **done), done["batch"])

    def make_plan(self) -> None:
        row, people = self.groups.current(), self._chosen()
        if row is None or not people:
            return
        dialog = PlanDialog(self, self.desk, [each["resident"] for each in people], f"{row['group']} {len(people)} 人")
        dialog.accepted.connect(lambda: tell_planned(self.desk, dialog.done_))
        dialog.open()


def _unless_none(value: Any) -> str:
    return str(value) if value else ""


def _tone(row: Row) -> str:
    return theme.ATTENTION if row.get("differs") else ""

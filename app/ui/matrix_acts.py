"""Several doors of the matrix chosen for one act: the bar under it says who is behind them, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu

from app.domain.fields import DWELLING_STATES, VISIT_MODES, VISIT_RESULTS
from app.domain.findings import UserError
from app.maps.matrix import Cell, Matrix
from app.services import places, several_doors
from app.ui import act_dialog, theme
from app.ui.act_dialog import Ask
from app.ui.case_link import show_or_open
from app.ui.dialogs import Dialog
from app.ui.tables import Column, Table
from app.words import say

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk

NAMED = 8
"""Rooms that are named where some are left out; the others are counted."""
NAMES = [
    Column("where", "室号", 96), Column("home", "户", 64), Column("name", "姓名", 84), Column("sex", "性别", 48),
    Column("relation", "与户主关系", 92), Column("birth_year", "出生年", 64), Column("residence_kind", "居住类别", 76),
    Column("status", "状态", 64), Column("phone", "电话"),
]  # fmt: skip


class MatrixActs(QFrame):
    """Hidden while nothing is chosen. Which doors these are is looked up in the matrix that is shown."""

    def __init__(self, page: MapDesk) -> None:
        super().__init__(page)
        self.page, self.desk = page, page.desk
        self.matrix: Matrix | None = None
        self.cells: list[Cell] = []
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.setObjectName("work")
        self.said = theme.label("", "strong")
        self.visit = theme.button("登记走访…", icon_name="clipboard-check-outline")
        self.print = theme.button("打印登记表", icon_name="printer-outline")
        self.state = theme.button("房屋状态", "menu", "home-edit-outline")
        menu = QMenu(self.state)
        for state in DWELLING_STATES:
            menu.addAction(f"标为{state}", partial(self.set_state, state))
        self.state.setMenu(menu)
        self.names = theme.button("名单…", icon_name="format-list-bulleted")
        self.isolate = theme.button("开隔离…", icon_name="shield-home-outline")
        self.isolate.setToolTip(say("doors-isolate-tip"))
        self.none = theme.button("取消选择", "link")
        self.none.setToolTip(say("doors-clear-tip"))
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GAP[2], theme.GAP[0], theme.GAP[2], theme.GAP[0])
        line.setSpacing(theme.GAP[1])
        line.addWidget(self.said)
        line.addStretch(1)
        for each in (self.visit, self.print, self.state, self.names, self.isolate, self.none):
            line.addWidget(each)

    def _connect(self) -> None:
        self.visit.clicked.connect(self.ask_visit)
        self.print.clicked.connect(lambda: self.desk.go("visits", doors=tuple(self.ids)))
        self.names.clicked.connect(self.show_names)
        self.isolate.clicked.connect(self.open_case)
        self.none.clicked.connect(self.clear)

    # ---------------------------------------------------------------- what is chosen

    @property
    def ids(self) -> list[str]:
        return [cell.id for cell in self.cells]

    @property
    def households(self) -> int:
        return sum(len(cell.heads) for cell in self.cells)

    def shown(self, matrix: Matrix | None) -> None:
        """Another matrix, or none: in another building nothing is chosen, after an edit what still is there."""
        same = matrix is not None and self.matrix is not None and matrix.id == self.matrix.id
        self.matrix = matrix
        self.choose(self.ids if same else [])

    def choose(self, ids: Sequence[str]) -> None:
        """The page chose these doors; what is none of this matrix is no door."""
        known = {cell.id: cell for cell in self.matrix.cells} if self.matrix else {}
        self.cells = [known[each] for each in dict.fromkeys(ids) if each in known]
        if not self.cells:
            self.hide()
            return
        people = sum(cell.people for cell in self.cells)
        code = "doors-chosen" if self.households else "doors-chosen-nobody"
        self.said.setText(say(code, doors=len(self.cells), households=self.households, people=people))
        self._offer()
        self.show()

    def _offer(self) -> None:
        """Only what this account may do, and what these doors allow."""
        may = self.desk.session.may
        own = self.desk.session.role == "committee"
        self.visit.setVisible(may("visits.write"))
        self.visit.setEnabled(self.households > 0)
        self.visit.setToolTip("" if self.households else say("doors-no-household"))
        self.print.setVisible(may("sheets.print"))
        self.state.setVisible(may("records.change"))
        self.isolate.setVisible(own and may("isolation.write") and len(self.cells) == 1 and self.households == 1)

    def clear(self) -> None:
        self.choose([])
        self.page.view.call("select", [])
        self.page.view.setFocus()
        self.page.view.call("focus")

    # ---------------------------------------------------------------- what is done with it

    def ask_visit(self) -> None:
        """One dialog for the same visit to all of them; how many it will be is said before anything is written."""
        if not self.households:
            return
        session, doors = self.desk.session, self.ids
        without = [cell.room or "—" for cell in self.cells if not cell.heads]
        why = say("doors-visit-why", households=self.households)
        if without:
            why += "\n" + say("doors-visit-without", count=len(without), rooms=_some(without))
        asks = [
            Ask("result", "结果", choices=VISIT_RESULTS), Ask("on", "日期", session.now().date().isoformat(), kind="day"),
            Ask("mode", "方式", choices=VISIT_MODES), Ask("by", "走访人", session.account, hint=say("doors-visit-hint-by"), required=False),
            Ask("note", "备注", hint=say("doors-visit-hint-note"), required=False),
        ]  # fmt: skip

        def run(values: dict[str, Any]) -> dict[str, Any]:
            return several_doors.visit(session, doors, **values) | {"result": values["result"]}

        self.asking = act_dialog.ask(
            self, say("doors-visit-title"), why, asks, say("doors-visit-act", households=self.households), run,
            self._visited, session.now(),
        )  # fmt: skip

    def _visited(self, done: dict[str, Any]) -> None:
        code = "doors-visited-without" if done["left_out"] else "doors-visited"
        self.desk.notify(say(code, **{**done, "left": len(done["left_out"])}), done["batch"])

    def set_state(self, state: str) -> None:
        try:
            done = several_doors.set_state(self.desk.session, self.ids, state)
        except UserError as error:
            self.desk.error(error)
            return
        self.desk.notify(
            say("doors-state-done" if done["changed"] else "doors-state-same", **done, state=state), done["batch"]
        )

    def show_names(self) -> None:
        if self.matrix is None or not self.cells:
            return
        try:
            rows = several_doors.people(self.desk.session, self.ids)
        except UserError as error:
            self.desk.error(error)
            return
        if not rows:
            self.desk.notify(say("doors-names-none"))
            return
        self.listed = NamesDialog(self, self.page, self.matrix.name, len(self.cells), rows)
        self.listed.open()

    def open_case(self) -> None:
        """The household of the one door: its running case, or a new one filled in."""
        if self.matrix is None or len(self.cells) != 1:
            return
        doors = places.dwellings(self.desk.session, self.matrix.id)
        homes: list[dict[str, Any]] = next((door["households"] for door in doors if door["id"] == self.cells[0].id), [])
        if len(homes) == 1:
            show_or_open(self.desk, "", homes[0]["id"])


def _some(rooms: Sequence[str]) -> str:
    named = "、".join(rooms[:NAMED])
    return named if len(rooms) <= NAMED else say("doors-rooms-more", rooms=named)


class NamesDialog(Dialog):
    """Who is behind the chosen doors, to be copied as a table; Enter opens one of them in 住户."""

    def __init__(self, parent: MatrixActs, page: MapDesk, where: str, doors: int, rows: list[dict[str, Any]]) -> None:
        title = say("doors-names-title", where=where, doors=doors, people=len(rows))
        super().__init__(parent, title)
        self.desk = page.desk
        self._build(title, rows)
        self._connect()

    def _build(self, title: str, rows: list[dict[str, Any]]) -> None:
        self.table = Table(NAMES)
        self.table.setAccessibleName(title)
        shown = [{**row, "where": several_doors.where(row)} for row in rows]
        self.table.set_rows(shown)
        self.table.setColumnHidden(1, not any(row["home"] for row in rows))
        self.table.selectRow(0)
        self.copy = theme.primary(say("doors-names-copy", people=len(rows)), "content-copy")
        self.open_ = theme.button("在“住户”中打开", icon_name="account-arrow-right-outline")
        self.close_ = theme.button("返回")
        self.resize(780, min(520, 150 + theme.ROW * len(rows)))
        for widget in (theme.title(title), self.table, theme.row(1, self.close_, self.open_, self.copy)):
            self.body.addWidget(widget)

    def _connect(self) -> None:
        self.copy.clicked.connect(self.copy_all)
        self.open_.clicked.connect(lambda: self.open_person(self.table.current()))
        self.table.opened.connect(self.open_person)
        self.close_.clicked.connect(self.reject)

    def copy_all(self) -> None:
        """All rows with the titles above them, as a table."""
        columns = [column for n, column in enumerate(NAMES) if not self.table.isColumnHidden(n)]
        lines = [[column.title for column in columns]]
        lines += [[str(row.get(column.key, "") or "") for column in columns] for row in self.table.rows_model.rows]
        text = "\n".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in line) for line in lines)
        QGuiApplication.clipboard().setText(text)
        self.desk.notify(say("doors-names-copied", people=len(lines) - 1))
        self.accept()

    def open_person(self, row: dict[str, Any] | None) -> None:
        if row is not None:
            self.accept()
            self.desk.go("residents", building=row["building"], household=row["household"], resident=row["id"])

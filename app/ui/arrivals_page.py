"""来沪返沪: who comes, who is on the way, who has not arrived; those that stand out first, each step with one press."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.domain import arrivals as states
from app.domain.clock import moment as read_time
from app.domain.findings import UserError
from app.services import arrivals, conflicts, undoing
from app.services.arrival_lists import Plan
from app.services.rosters import Pasted
from app.ui import errors, theme
from app.ui.acts import moment, short_name
from app.ui.arrival_dialogs import Asking
from app.ui.arrival_import import ArrivalImport
from app.ui.arrival_view import STEPS, ArrivalView
from app.ui.coming import empty
from app.ui.desk import Desk, FilePage
from app.ui.paste_page import PastePage
from app.ui.tables import Column, Row, Table
from app.words import say

LIST, NONE, PREVIEW, PASTE = range(4)
SHOWING = frozenset({"all", "arrival", "resident", "household", "dwelling", "building", "committee"})
FILES = "表格 (*.xlsx *.xls *.csv *.ods *.xlsm)"


class ArrivalsPage(FilePage):
    """List and detail of arrivals. `go(arrival=id)` chooses one. Emits `counted` with how many stand out."""

    counted = Signal(int)
    takes = (".xlsx", ".xls", ".csv", ".ods", ".xlsm")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.centre = desk.session.role == "centre"
        self.may = desk.session.may("arrivals.write")
        self.open_only = True
        self._looked = ("", "", "")
        """Whose telephone was opened, as it stands masked and whole."""
        self.batches: list[str] = []
        """What 撤销 in the line above the list undoes: a list is one batch in each committee."""
        self.asking = Asking(self)
        self._stale = True
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.preview, self.paste = ArrivalImport(self.desk), PastePage()
        none = empty(
            say("arrival-empty" if self.may else "arrival-list-none"), "导入名单", self.choose_file,
            "airplane-landing", primary=self.may,
        )  # fmt: skip
        for page in (self._list(), none, self.preview, self.paste):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self._bar())
        column.addWidget(self._done())
        column.addWidget(self.pages, 1)

    def _bar(self) -> QWidget:
        self.open_tab, self.all_tab = theme.button("未到家", "tab"), theme.button("全部", "tab")
        self.tabs = QButtonGroup(self)
        for tab in (self.open_tab, self.all_tab):
            tab.setCheckable(True)
            self.tabs.addButton(tab)
        self.open_tab.setChecked(True)
        self.hear = theme.button("登记联络码…", icon_name="phone-in-talk-outline")
        self.add = theme.button("登记一人…", icon_name="plus")
        self.paste_list = theme.button("粘贴名单", icon_name="content-paste")
        self.import_list = theme.button("导入名单…", icon_name="table-arrow-down")
        for button in (self.hear, self.add, self.paste_list, self.import_list):
            theme.only_if(self.may and (button is not self.hear or not self.centre), button)
        self.bar = theme.row(
            self.open_tab, self.all_tab, 1, self.hear, self.add, self.paste_list, self.import_list
        )  # fmt: skip
        return self.bar

    def _done(self) -> QWidget:
        self.done_words = theme.label("", "done", wrap=True)
        self.undo_all, self.hide_done = theme.button("撤销", "link"), theme.button("知道了", "link")
        self.done_line = theme.panel(theme.row(self.done_words, self.undo_all, self.hide_done), margin=theme.GAP[1])
        self.done_words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.done_line.hide()
        return self.done_line

    def _list(self) -> QWidget:
        self.list = Table([
            Column("who", "姓名", 92), Column("state_words", "状态", 64), Column("when", "预计到达", 96),
            Column(
                "why_words", "要留意", 118 if self.centre else 0, tone=lambda row: theme.ATTENTION if row["why"] else ""
            ),
            *([Column("committee_words", "居委会")] if self.centre else []),
        ])  # fmt: skip
        self.list.setAccessibleName("来沪返沪名单")
        self.list.setMinimumWidth(330)
        self.detail = ArrivalView(self.desk)
        return theme.split(self.list, self.detail, sizes=(520, 660) if self.centre else (420, 760))

    def _connect(self) -> None:
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(lambda _: self._enter())
        self.detail.stepped.connect(self.step)
        self.detail.asked.connect(self._ask)
        self.tabs.buttonClicked.connect(lambda _: self._filter())
        self.import_list.clicked.connect(self.choose_file)
        self.paste_list.clicked.connect(self._paste)
        self.add.clicked.connect(self.asking.add)
        self.hear.clicked.connect(self.asking.hear)
        self.preview.left.connect(self._to_list)
        self.preview.taken.connect(self.apply)
        self.paste.left.connect(self._to_list)
        self.paste.ready.connect(self._read)
        self.undo_all.clicked.connect(self._undo)
        self.hide_done.clicked.connect(self.done_line.hide)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for number in range(1, len(STEPS) + 1):
            QShortcut(QKeySequence(str(number)), self, partial(self.detail.press, number), context=within)

    # ---------------------------------------------------------------- showing

    def go(self, arrival: str | None = None, **where: Any) -> None:
        """Show the list, perhaps at one arrival; one that has ended is looked for among all."""
        if self.pages.currentIndex() in (PREVIEW, PASTE) and not arrival:
            return
        self._load(keep=arrival or "")
        if arrival and not self.list.choose("id", arrival) and self.open_only:
            self.all_tab.setChecked(True)
            self._filter(arrival)
        self.list.setFocus()

    def refresh(self, changed: set[str]) -> None:
        if changed & SHOWING:
            self._stale = True
            self._undone_elsewhere()
            if self.isVisible() or "all" in changed:
                self._load()

    def _load(self, keep: str = "") -> None:
        self._stale = False
        current = self.list.current()
        keep = keep or (current["id"] if current else "")
        place = self.list.currentIndex().row()
        rows = [row for row in arrivals.list_(self.desk.session, open_only=self.open_only) if row["state"]]
        waiting = sum(bool(row["why"]) for row in rows)
        open_rows = [row for row in rows if row["state"] in states.OPEN]
        self.open_tab.setText(f"未到家 {len(open_rows)} 人" if open_rows else "未到家")
        self.counted.emit(waiting)
        blocked = self.list.blockSignals(True)
        self.list.set_rows([self._line(row) for row in rows])
        self.list.blockSignals(blocked)
        if self.pages.currentIndex() not in (PREVIEW, PASTE):
            self.pages.setCurrentIndex(LIST if rows or not self.open_only else NONE)
        if rows and not (keep and self.list.choose("id", keep)):
            self.list.selectRow(max(0, min(place, len(rows) - 1)))
        self._chosen(self.list.current())

    def _line(self, row: Row) -> Row:
        at = moment(row.get("expected_at"))[5:] or str(row.get("arrived_on") or "")[5:]
        why = say(f"arrival-short-{row['why']}") if row["why"] else ""
        return {
            **row, "who": row["name"] or str(row.get("heard") or "电话登记"), "state_words": "电话登记" if row["stub"] else row["state"],
            "when": at, "why_words": why, "committee_words": short_name(row["committee_name"]) or ("在街道等候" if row["waits"] else ""),
        }  # fmt: skip

    def _filter(self, arrival: str = "") -> None:
        self.open_only = self.open_tab.isChecked()
        self._load(keep=arrival)

    def _chosen(self, row: Row | None) -> None:
        try:
            self.detail.show_row(self._opened(row["id"]) if row else None)
        except UserError:  # it went meanwhile
            self.detail.show_row(None)

    def _opened(self, arrival: str) -> Row:
        """With the telephone, which somebody is about to ring; that is one look for as long as it is shown."""
        row = arrivals.one(self.desk.session, arrival)
        if masked := row.get("person_phone"):
            if self._looked[:2] != (arrival, masked):
                whole = arrivals.one(self.desk.session, arrival, phones=True)["person_phone"]
                self._looked = (arrival, masked, whole)
            row["person_phone"] = self._looked[2]
        return row

    def _enter(self) -> None:
        """Enter in the list: to the next step's button."""
        for button in self.detail.buttons.values():
            if button.isVisible():
                button.setFocus()
                return

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._stale:
            self._load()

    # ---------------------------------------------------------------- steps

    def step(self, state: str, details: dict[str, str]) -> None:
        row, at = self.detail.row, details.pop("at", None)
        try:
            done = arrivals.step(
                self.desk.session, row["id"], state, at=read_time(at) if at else None, **details
            )  # fmt: skip
        except UserError as error:
            self.detail.say(errors.words(error))
            return
        for line in self.detail.typed.values():
            line.clear()
        self._written(row["id"])
        self.desk.notify(say("arrival-stepped", name=row["name"] or row.get("heard", ""), state=state), done.batch)

    def _written(self, row: str) -> None:
        """After an act: the list anew; whoever is at home has left it, and the next one stands in his place."""
        self._load(keep=row)
        self.desk.counts_changed()

    def _ask(self, act: str) -> None:
        self.asking.begin(act, self.detail.row)

    def written(self, row: str, text: str, batch: str, batches: list[str] | None = None) -> None:
        """What a dialog did: shown, said, and to be undone."""
        self._written(row)
        if batches and len(batches) > 1:
            self._say_done(text, batches)
        else:
            self.desk.notify(text, batch)

    # ---------------------------------------------------------------- a list

    def choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "选择来沪返沪名单", "", FILES)
        if chosen:
            self.open(Path(chosen))

    def open(self, file: Path) -> None:
        self._read(file)

    def may_open_files(self) -> bool:
        return self.may

    def _paste(self) -> None:
        self.paste.begin("table")
        self.paste.title.setText("粘贴来沪返沪名单")
        self._show(PASTE)

    def _read(self, source: Path | Pasted) -> None:
        session = self.desk.session
        self.desk.tasks.run(
            lambda progress, cancelled: arrivals.preview(session, source, progress=progress, cancelled=cancelled),
            self._previewed, text=say("roster-open"),
        )  # fmt: skip

    def _previewed(self, plan: Plan) -> None:
        self.preview.show_plan(plan)
        self._show(PREVIEW)

    def _show(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self.bar.setVisible(page in (LIST, NONE))

    def _to_list(self) -> None:
        self._show(LIST)
        self._load()

    def apply(self) -> None:
        plan, session = self.preview.plan, self.desk.session
        if plan is None:
            return
        self.preview.take.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: arrivals.apply(session, plan, progress=progress, cancelled=cancelled),
            self._applied, lambda _: self.preview.take.setEnabled(True), text=say("arrival-write"),
        )  # fmt: skip

    def _applied(self, done: dict[str, Any]) -> None:
        self._to_list()
        self.desk.counts_changed()
        self._say_done(say("arrival-imported" if self.centre else "arrival-imported-here", **done), done["batches"])

    def _say_done(self, text: str, batches: list[str]) -> None:
        self.batches = batches
        self.done_words.setText(text)
        self.undo_all.setVisible(bool(batches))
        self.done_line.show()

    def _undo(self) -> None:
        session, batches = self.desk.session, self.batches
        self.done_line.hide()
        self.desk.tasks.run(
            lambda *_: conflicts.undo_many(session, batches), self._undone, text=say("conflict-undoing")
        )

    def _undone_elsewhere(self) -> None:
        """Ctrl+Z took back what the green line speaks of: it is true no longer."""
        if not self.done_line.isHidden() and self.batches and undoing.any_undone(self.desk.session, *self.batches):
            self.done_line.hide()

    def _undone(self, done: dict[str, Any]) -> None:
        self._load()
        self.desk.notify(say("arrival-undone", **done))

    def back(self) -> None:
        if self.pages.currentIndex() in (PREVIEW, PASTE):
            self._to_list()

"""事件: what is open at the left, the most pressing first; one with its steps at the right; a new one by Ctrl+N."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain import incidents
from app.domain.contact_codes import spoken
from app.domain.findings import UserError
from app.services import incident_figures
from app.services import incidents as service
from app.ui import errors, theme
from app.ui.acts import moment, short_name
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.incident_dialogs import HearDialog, committees
from app.ui.incident_form import IncidentForm
from app.ui.incident_stats import IncidentStats
from app.ui.incident_view import SCROLL, IncidentView
from app.ui.incident_words import lateness, roughly, tone
from app.ui.tables import Column, Row, Table
from app.words import say

LIST, NONE, STATS = range(3)
DETAIL, FORM, NOTHING = range(3)
MINUTE = 60_000  # ms: what is left of a limit is said anew
SHOWING = frozenset({"all", "incident", "incident_photo", "resident", "household", "building", "block"})
ANY = ""
TOLD = 18  # letters of what was told that stand for a place


class IncidentsDesk(Page):
    """`go(incident=…)` shows one, `go(new=True)` the empty form."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.centre = desk.session.role == "centre"
        self.may = desk.session.may("incidents.write")
        self._build()
        self._stale = True
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.new = theme.primary("记录事件　Ctrl+N", "plus")
        self.hear = theme.button("登记联络码…", icon_name="phone-incoming-outline")
        self.stats_button = theme.button("办理时长", "link")
        theme.only_if(self.may and not self.centre, self.hear)
        self.actions_row = [*([] if self.centre else [self.hear]), self.new] if self.may else []
        self.view, self.form, self.stats = IncidentView(self.desk), IncidentForm(self.desk), IncidentStats(self.desk)
        self.nothing = theme.soft("")
        self.right = QStackedWidget()
        form = theme.scrolled(self.form)
        form.setMinimumWidth(form.minimumWidth() + SCROLL)
        for page in (self.view, form, _middle(self.nothing)):
            self.right.addWidget(page)
        self.pages = QStackedWidget()
        self.pages.addWidget(theme.split(self._list(), self.right, sizes=(600, 560) if self.centre else (540, 620)))
        none = empty(say("incidents-none"), "记录事件", lambda: self.begin(), "bell-outline", primary=True)
        self.pages.addWidget(
            none if self.may else empty(say("incidents-none"), "看住户", lambda: self.desk.go("residents"))
        )
        self.pages.addWidget(self.stats)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.minute = QTimer(self)
        self.minute.setInterval(MINUTE)

    def _list(self) -> QWidget:
        self.which, self.kind, self.of = theme.Choice(), theme.Choice(), theme.Choice()
        for text, open_only in (("未结", True), ("全部", False)):
            self.which.addItem(text, open_only)
        self.kind.addItem("全部类别", ANY)
        for kind in incidents.KINDS:
            self.kind.addItem(kind.name, kind.name)
        self.of.addItem("全部居委会", ANY)
        for name, committee in committees(self.desk) if self.centre else ():
            self.of.addItem(name, committee)
        theme.only_if(self.centre, self.of)
        for box, name in ((self.which, "状态"), (self.kind, "类别"), (self.of, "居委会")):
            box.setAccessibleName(name)
        self.list = Table([
            Column("mark", "", 46, tone=tone), Column("kind", "类别", 74), Column("where", "地点、居委会" if self.centre else "地点"),
            Column("state", "进度", 62), Column("late_words", "期限", 106, tone=tone),
        ], remember=(self.desk.settings, f"incidents-{self.desk.session.role}"), wrap=self.centre)  # fmt: skip
        self.list.setAccessibleName("事件")
        self.list.setMinimumWidth(380)
        self.counts = theme.label("", "small")
        self.until = theme.label("", "small")
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.which, self.kind, *([self.of] if self.centre else []), 1))
        column.addWidget(self.list, 1)
        column.addWidget(theme.row(self.counts, self.stats_button, 1, self.until))
        return made

    def _connect(self) -> None:
        self.new.clicked.connect(self.begin)
        self.hear.clicked.connect(self.ask_hear)
        self.stats_button.clicked.connect(self.show_stats)
        self.stats.left.connect(self.show_stats)
        for box in (self.which, self.kind, self.of):
            box.currentIndexChanged.connect(lambda _: self._read())
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(lambda _: self.view.step.setFocus() if self.view.step.isVisible() else None)
        self.view.edit.connect(self._correct)
        self.view.written.connect(lambda: self.list.setFocus())
        self.form.saved.connect(self._saved)
        self.form.left.connect(self.back)
        self.minute.timeout.connect(self.tick)
        self.minute.start()
        QShortcut(QKeySequence("Ctrl+N"), self, self.begin, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # ---------------------------------------------------------------- showing

    def go(self, *, incident: str = "", new: bool = False, **_: Any) -> None:
        if new and self.may:
            self._read_list()
            self.begin()
            return
        if self._stale:
            self._read()
        if incident:
            self.show_one(incident)
        elif self.right.currentIndex() != FORM:
            self.list.setFocus()

    def show_one(self, incident: str) -> None:
        """Choose one in the list; also one that has ended, or that the filters leave out."""
        blocked = self.list.blockSignals(True)
        if not self.list.choose("id", incident):
            for box in (self.which, self.kind, self.of):
                quiet = box.blockSignals(True)
                box.setCurrentIndex(1 if box is self.which else 0)
                box.blockSignals(quiet)
            rows = self._read_list()
            self._show_page(bool(rows))
            self.list.choose("id", incident)
        self.list.blockSignals(blocked)
        self._chosen(self.list.current())
        self.list.setFocus()

    def refresh(self, changed: set[str]) -> None:
        """Something was written. A detail is a look, and looks are entries: nothing is read that nobody sees."""
        if SHOWING.isdisjoint(changed):
            return
        self._stale = True
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        """Read the list and the detail anew, staying at the same incident."""
        self._stale = False
        rows = self._read_list()
        self._show_page(bool(rows))
        self._chosen(self.list.current())

    def _read_list(self) -> list[Row]:
        rows = service.list_(
            self.desk.session, open_only=bool(self.which.currentData()), kind=str(self.kind.currentData()),
            committee=str(self.of.currentData()),
        )  # fmt: skip
        now, current, at = self.desk.session.now(), self.list.current(), max(0, self.list.currentIndex().row())
        blocked = self.list.blockSignals(True)
        self.list.set_rows([_line(row, now, centre=self.centre) for row in rows])
        if current is None or not self.list.choose("id", current["id"]):
            self.list.selectRow(min(at, len(rows) - 1))
        self.list.blockSignals(blocked)
        self._say_counts(rows)
        return rows

    def tick(self) -> None:
        """A minute went by: what is left of each limit, and nothing that would be a look."""
        if not self.isVisible() or self.pages.currentIndex() != LIST:
            return
        self._read_list()
        row = self.list.current()
        if row is not None and self.right.currentIndex() == DETAIL:
            self.view.time_passed(row)

    def _show_page(self, any_rows: bool) -> None:
        if self.pages.currentIndex() == STATS:
            self.stats.refresh() if self.isVisible() else None
            return
        filtered = not self.which.currentData() or self.kind.currentData() or self.of.currentData()
        writing = self.right.currentIndex() == FORM
        listed = any_rows or filtered or writing or service.list_(self.desk.session, open_only=False)
        self.pages.setCurrentIndex(LIST if listed else NONE)  # what has ended is found, and its figures, by the list
        self.nothing.setText(say("incidents-none-here" if filtered else "incidents-none"))

    def _say_counts(self, rows: list[Row]) -> None:
        waiting, late = sum(row["open"] for row in rows), sum(row["overdue"] for row in rows)
        code = "incidents-counts" if late else "incidents-counts-calm"
        if not self.which.currentData():
            code = "incidents-counts-all"
        self.counts.setText(say(code, open=waiting, overdue=late, all=len(rows)))
        if self.centre:
            until = incident_figures.data_until(self.desk.session)
            self.until.setText(say("incidents-until", until=moment(until) or "—"))

    def _chosen(self, row: Row | None) -> None:
        if self.right.currentIndex() == FORM:
            return
        if row is None:
            self.right.setCurrentIndex(NOTHING)
            return
        try:
            self.view.show_incident(row["id"])
        except UserError as error:
            self.nothing.setText(errors.words(error))
            self.right.setCurrentIndex(NOTHING)
            return
        self.right.setCurrentIndex(DETAIL)

    # ---------------------------------------------------------------- recording

    def begin(self) -> None:
        """The empty form; a digit comes next."""
        if not self.may or (self.right.currentIndex() == FORM and not self.leave()):
            return
        self.pages.setCurrentIndex(LIST)
        self.right.setCurrentIndex(FORM)
        self.form.begin()

    def _correct(self, row: dict[str, Any]) -> None:
        self.right.setCurrentIndex(FORM)
        self.form.correct(row)

    def _saved(self, done: dict[str, Any]) -> None:
        kind, new = self.form.kinds.value, self.form.row is None
        self.right.setCurrentIndex(DETAIL)
        self._show_page(bool(self._read_list()))
        self.show_one(done["id"])
        if not new:
            said = say("incident-changed-said")
        elif done["contact_code"]:
            names = {committee: name for name, committee in committees(self.desk)}
            said = say(
                "incident-added-said-code",
                kind=kind or "事件",
                code=spoken(done["contact_code"]),
                committee=names.get(done["committee"], ""),
            )
        else:
            said = say(
                "incident-added-said",
                kind=kind or "事件",
                to=" ".join(filter(None, (done["assigned_to"], done["assigned_phone"]))),
            )
        self.desk.notify(said, done["batch"])

    def ask_hear(self) -> None:
        """电话登记: the code, while one is on the telephone."""
        dialog = HearDialog(self, self.desk)
        dialog.accepted.connect(lambda: self._heard(dialog))
        dialog.open()

    def _heard(self, dialog: HearDialog) -> None:
        done = dialog.done_
        assert done is not None
        self.show_one(done.id)
        self.desk.notify(say("incident-heard-said"), done.batch)

    def show_stats(self) -> None:
        """The figures, and back."""
        if not self.leave():
            return
        there = self.pages.currentIndex() == STATS
        self.pages.setCurrentIndex(LIST if there else STATS)
        if there:
            self._read()
        else:
            self.stats.refresh()
            self.stats.table.setFocus()

    # ---------------------------------------------------------------- leaving

    @property
    def unsaved(self) -> bool:
        return self.right.currentIndex() == FORM and self.form.dirty

    def leave(self) -> bool:
        """What was begun is not thrown away in passing."""
        if not self.unsaved:
            if self.right.currentIndex() == FORM:
                self._close_form()
            return True
        answer = errors.ask(self, say("incident-form-unsaved"), "保存", "不保存", "继续填写")
        if answer == "保存":
            self.form.write()
            return self.right.currentIndex() != FORM
        if answer == "不保存":
            self._close_form()
        return answer == "不保存"

    def _close_form(self) -> None:
        self.right.setCurrentIndex(NOTHING)
        self._read()

    def back(self) -> None:
        """Esc: from the figures or the form to the list."""
        if self.pages.currentIndex() == STATS:
            self.show_stats()
        elif self.right.currentIndex() == FORM:
            if self.leave():
                self.list.setFocus()
        else:
            self.list.setFocus()


def _line(row: Row, now: Any, *, centre: bool) -> Row:
    """A row with the words that the list shows: of a place first what tells it from the others, lateness last."""
    door = " ".join(str(row[key]) for key in ("number", "unit", "room") if row.get(key))
    above = "" if centre else " ".join(str(row[key]) for key in ("lane", "estate") if row.get(key))
    heard = str(row.get("heard") or "") if row["stub"] else ""
    where = "　".join(filter(None, (door, row.get("name") or "", above))) if door else row["where"]
    where = where or shortened(heard or str(row.get("what") or ""), TOLD)
    if centre:
        where = "\n".join(filter(None, (where, short_name(row["committee_name"]))))
    if row["repeats"]:
        where = say("incident-several", count=row["repeats"] + 1, where=where)
    mark = "" if row["urgency"] == incidents.USUAL else row["urgency"]
    late = say("incident-joined") if row["first"] else lateness(row, now, roughly)
    return {**row, "mark": mark, "where": where, "late_words": late}


def shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _middle(said: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.addStretch(1)
    column.addWidget(said, 0, Qt.AlignmentFlag.AlignCenter)
    column.addStretch(2)
    return made

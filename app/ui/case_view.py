"""One case: where it stands, what it asks for, its checks, the three who are responsible, whoever isolates behind the same door."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain import clock
from app.domain import isolation as cases
from app.domain.errands import OPEN
from app.domain.findings import UserError
from app.services import errands, isolation
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.case_acts import ActButtons, CaseActs
from app.ui.case_parts import CheckGrid, Contacts, StageLine, errand_words, short_day
from app.ui.desk import Desk
from app.words import say

NARROWEST = 450  # px: two weeks of checks beside each other
QUICK = ("买菜购物", "收运垃圾", "配药送药")
Values = dict[str, Any]


class CaseView(QWidget):
    """Emits `changed` after a step, `other` with a case of the same household, `printing` with the case."""

    changed = Signal()
    other = Signal(str)
    printing = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.case_id = ""
        self.row: Values = {}
        self.revealed = False
        self.known: list[Values] = []
        """The cases of the list beside it: whoever isolates behind the same door is among them."""
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.nothing = theme.soft(say("cases-choose"))
        self.acts = CaseActs(self, self.desk, self._acted)
        self.buttons = ActButtons(self.acts)
        inside = QWidget()
        inside.setObjectName("fields")
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(theme.GAP[2], theme.GAP[1], theme.GAP[2], theme.GAP[1])
        self.column.setSpacing(theme.GAP[1])
        for widget in (*self._head(), *self._course(), *self._people(), *self._errands()):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.body = QWidget()
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, theme.GAP[1], 0, 0)
        whole.setSpacing(theme.GAP[1])
        whole.addLayout(self._title())
        whole.addWidget(self.buttons)
        scroll = theme.scrolled(inside)
        scroll.setMinimumWidth(NARROWEST)
        whole.addWidget(theme.panel(scroll, margin=theme.GAP[0]), 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def _title(self) -> QHBoxLayout:
        self.heading, self.state = theme.title(""), theme.label("", "strong")
        self.to_household = theme.button(say("case-to-household"), "link")
        self.papers = theme.button(say("case-papers"), icon_name="printer-outline")
        line = QHBoxLayout()
        line.setSpacing(theme.GAP[2])
        for widget in (self.heading, self.state):
            line.addWidget(widget)
        line.addStretch(1)
        for button in (self.to_household, self.papers):
            line.addWidget(button)
        return line

    def _head(self) -> list[QWidget]:
        self.where = theme.label("", "soft", wrap=True)
        self.days = theme.label("", "strong")
        self.alerts = theme.label("", "wrong", wrap=True)
        self.told = theme.label("", "small", wrap=True)
        self.stages = StageLine()
        return [self.where, self.days, self.alerts, self.told, self.stages]

    def _course(self) -> list[QWidget]:
        self.grid = CheckGrid()
        self.see = theme.button(say("case-see"), "link", "eye-outline")
        self.seen = theme.label(say("case-seen"), "small")
        self.tests = theme.label("", "small", wrap=True)
        title = theme.row(theme.label(say("case-checks"), "group"), theme.label(say("case-checks-legend"), "small"), 1)
        return [title, self.grid, self.tests, theme.row(self.see, self.seen, 1)]

    def _people(self) -> list[QWidget]:
        self.contacts = Contacts()
        self.save = theme.button(say("case-contacts-save"))
        self.save.setEnabled(False)
        self.others_title = theme.label(say("case-others"), "group")
        self.others = QWidget()
        self.others_column = QVBoxLayout(self.others)
        self.others_column.setContentsMargins(0, 0, 0, 0)
        self.others_column.setSpacing(0)
        title = theme.row(theme.label(say("case-contacts"), "group"), 1, self.save)
        return [title, self.contacts, self.others_title, self.others]

    def _errands(self) -> list[QWidget]:
        self.quick = {kind: theme.button(f"＋ {kind}") for kind in QUICK}
        self.errand_rows = QWidget()
        self.errand_column = QVBoxLayout(self.errand_rows)
        self.errand_column.setContentsMargins(0, 0, 0, 0)
        self.errand_column.setSpacing(0)
        self.add_errands = theme.row(*self.quick.values(), 1)
        return [theme.label(say("case-errands"), "group"), self.errand_rows, self.add_errands]

    def _connect(self) -> None:
        self.see.clicked.connect(lambda: self._read(reveal=True))
        self.grid.chosen.connect(self.acts.do_check)
        self.contacts.edited.connect(lambda: self.save.setEnabled(bool(self.contacts.changed())))
        self.save.clicked.connect(self.save_contacts)
        self.papers.clicked.connect(lambda: self.printing.emit(self.case_id))
        self.to_household.clicked.connect(self._show_household)
        for kind, made in self.quick.items():
            made.clicked.connect(lambda _=False, kind=kind: self.add_errand(kind))
        keep = QAction(self)
        keep.setShortcut(QKeySequence.StandardKey.Save)
        keep.triggered.connect(lambda: self.save_contacts())
        self.addAction(keep)

    # ---------------------------------------------------------------- showing

    def show_case(self, case: str) -> None:
        """Read one case; "" shows nothing. What is typed and not saved is asked for first."""
        if case != self.case_id and not self.leave():
            return
        same = case == self.case_id
        self.case_id = case
        self.stack.setCurrentIndex(1 if case else 0)
        if not case:
            self.row = {}
            return
        self._read(reveal=same and self.revealed)

    def _read(self, *, reveal: bool = False) -> None:
        """Level 3 of it was opened already for the one that is shown again: that is one look."""
        try:
            self.row = isolation.case(self.desk.session, self.case_id, reveal=reveal)
        except UserError as error:
            if reveal:
                self.desk.error(error)
                return
            self.case_id = ""
            self.stack.setCurrentIndex(0)
            return
        self.revealed = reveal or bool(self.desk.session.purpose_code)
        self._show()

    def _show(self) -> None:
        row, session = self.row, self.desk.session
        may = session.may("isolation.write")
        self.heading.setText(str(row.get("name") or ""))
        self.state.setText(str(row["state"]))
        self.state.setStyleSheet(f"color: {_tone(row)};")
        path = str(row.get("path") or "").replace("/", " ")
        self.where.setText(
            say("case-where", path=path, rule=row.get("rule", ""))
            + ("　" + say("case-co-resident") if row.get("co_resident") else "")
        )
        self._show_days()
        self._show_alerts()
        self.stages.show_stages(cases.stages_of(row), session.now().date())
        self.grid.show_case(row, session.now().date(), revealed=self.revealed, may_write=may)
        self._show_tests()
        self.see.setVisible(session.may("isolation.reveal") and not self.revealed and bool(row.get("checks")))
        self.seen.setVisible(self.revealed)
        self.contacts.show_values(row, may_write=may)
        self.save.setEnabled(False)
        self.save.setVisible(may)
        self.papers.setVisible(session.may("notices.print"))
        self.buttons.show_case(row, may_write=may)
        self._show_others()
        self._show_errands()

    def _show_days(self) -> None:
        row = self.row
        if row["state"] in cases.ENDED:
            ended = (row["state"], row.get("closed_on"), row.get("close_reason"))
            self.days.setText("　".join(str(each) for each in ended if each))
            return
        said = say("case-days", day=row["day"], days=row["days"])
        if row["total_days"] != row["days"]:
            said += "　" + say("cases-total", day=row["total_day"], days=row["total_days"])
        self.days.setText(said if row["total_day"] else say("cases-before", date=row["start"]))

    def _show_alerts(self) -> None:
        row = self.row
        said = [
            say("case-alert", at=moment(row.get("alert_at"))) if row.get("alert") else "",
            say("case-escalate") if row.get("escalate") else "", say("case-moving") if row.get("moving") else "",
        ]  # fmt: skip
        self.alerts.setText("\n".join(filter(None, said)))
        self.alerts.setVisible(any(said))
        notes = (
            [say("case-escalated", to=row["escalated_to"], at=moment(row.get("escalated_at")))]
            if row.get("escalated_to")
            else []
        )
        notes += [str(row["note"])] if row.get("note") else []
        self.told.setText("\n".join(notes))
        self.told.setVisible(bool(notes))

    def _show_tests(self) -> None:
        """Days on which a sample is wanted or was taken; the result itself once it was opened."""
        results = {check.get("on"): check.get("test") for check in self.row.get("checks") or () if self.revealed}
        lines = [
            f"{short_day(day)} {results.get(each['on']) or say('case-test-' + each['state'])}"
            for each in self.row.get("tests") or () if (day := clock.day(each["on"])) is not None
        ]  # fmt: skip
        self.tests.setText(say("case-tests", lines="　".join(lines)))
        self.tests.setVisible(bool(lines))

    def _show_others(self) -> None:
        _clear(self.others_column)
        home = self.row.get("household")
        rows = [each for each in self.known if home and each["household"] == home and each["id"] != self.case_id]
        for each in rows:
            words = (
                f"{each['name']}　{each['state']}　{say('case-days', day=each['total_day'], days=each['total_days'])}"
            )
            made = theme.button(words, "link")
            made.clicked.connect(lambda _=False, case=each["id"]: self.other.emit(case))
            self.others_column.addWidget(theme.row(made, 1))
        self.others.setVisible(bool(rows))
        self.others_title.setVisible(bool(rows))

    def _show_errands(self) -> None:
        _clear(self.errand_column)
        may = self.desk.session.may("isolation.write")
        rows = [each for each in self.row.get("errands") or () if each["state"] in OPEN]
        for each in rows:
            said = theme.label(errand_words(each), wrap=True)
            made = theme.button(say("errands-done-none"), "link")
            made.setEnabled(may)
            made.clicked.connect(lambda _=False, task=each["id"]: self.finish_errand(task))
            line = theme.row(said, made)
            line.layout().setStretch(0, 1)  # type: ignore[union-attr]  # theme.row has made it
            self.errand_column.addWidget(line)
        if not rows:
            self.errand_column.addWidget(theme.label(say("case-no-errands"), "small"))
        self.add_errands.setVisible(may and bool(self.row.get("household")))

    # ---------------------------------------------------------------- acts

    def begin(self) -> None:
        """Put the keyboard on the step that is next."""
        for made in (*self.buttons.buttons.values(), self.buttons.more):
            if made.isVisible():
                made.setFocus()
                return

    def _acted(self) -> None:
        self._read(reveal=False)
        self.changed.emit()

    def save_contacts(self) -> bool:
        values = self.contacts.changed()
        if not values:
            return True
        try:
            done = isolation.assign(self.desk.session, self.case_id, values)
        except UserError as error:
            self.desk.error(error)
            return False
        name = self.row.get("name", "")
        self._acted()
        self.desk.notify(say("case-contacts-saved", name=name), done.batch)
        return True

    def add_errand(self, kind: str) -> None:
        try:
            done = errands.add(self.desk.session, household=self.row["household"], kind=kind, case=self.case_id)
        except UserError as error:
            self.desk.error(error)
            return
        self._acted()
        self.desk.notify(say("errands-added", kind=kind), done.batch)

    def finish_errand(self, task: str) -> None:
        try:
            done = errands.done(self.desk.session, task)
        except UserError as error:
            self.desk.error(error)
            return
        self._acted()
        self.desk.notify(say("errands-finished", count=1), done.batch)

    def _show_household(self) -> None:
        row = self.row
        self.desk.go(
            "residents", building=row.get("building"), household=row.get("household"), resident=row.get("resident")
        )

    @property
    def unsaved(self) -> bool:
        return bool(self.case_id and self.contacts.changed())

    def leave(self) -> bool:
        if not self.unsaved:
            return True
        answer = errors.ask(self, say("unsaved", what=f"{self.row.get('name', '')}的责任人"), "保存", "不保存", "返回")
        if answer == "保存":
            return self.save_contacts()
        if answer == "不保存":
            self.contacts.show_values(self.row, may_write=True)
            return True
        return False


def _clear(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def _tone(row: Values) -> str:
    if row.get("alert") or row.get("escalate"):
        return theme.DANGER
    return {"期满待解除": theme.OK, "待结果": theme.ATTENTION, "待接": theme.ATTENTION}.get(
        str(row["state"]), theme.INK
    )

"""新开个案: whom, by which rule, from which day; who of the household joins in, and when it ends, before anything is written."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from app.domain import isolation as cases
from app.domain import isolation_rules, people
from app.domain.fields import GONE, LIVING_HERE
from app.domain.findings import UserError
from app.services import isolation, places, records, search
from app.ui import errors, theme
from app.ui.act_dialog import read_day
from app.ui.case_parts import Contacts, short_day
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.tables import ENTER, Column, Row, Table
from app.words import say

WIDTH, PAUSE, SHOWN = 640, 120, 4
USUAL = "14"
Values = dict[str, Any]


class OpenCaseDialog(Dialog):
    """`resident`, `household`, `arrival`, `start` fill it in beforehand. After it was accepted `opened` is what was done."""

    def __init__(
        self, parent: QWidget, desk: Desk, *, resident: str = "", household: str = "", arrival: str = "",
        start: date | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent, say("open-title"))
        self.desk, self.arrival = desk, arrival
        self.resident, self.household = resident, household
        self.opened: Values = {}
        self.ticks: dict[str, QCheckBox] = {}
        self.setFixedWidth(WIDTH)
        self._build()
        self._connect()
        self.start.setText((start or desk.session.now().date()).isoformat())
        self._offer_rules()
        if resident or household:
            self._fill(resident, household)
        self._tell()
        (self.start if resident or household else self.wanted).setFocus()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText(say("open-find"))
        self.wanted.setAccessibleName(say("open-find"))
        self.hits = Table([Column("name", "姓名", 96), Column("sex", "", 40), Column("where", "住址")])
        self.hits.horizontalHeader().hide()
        self.hits.hide()
        self.members = QWidget()
        self.member_column = QVBoxLayout(self.members)
        self.member_column.setContentsMargins(0, 0, 0, 0)
        self.member_column.setSpacing(2)
        self.where = theme.label("", "group", wrap=True)
        self.rule, self.start = theme.Choice(), QLineEdit()
        self.rule.setMinimumWidth(150)
        self.start.setFixedWidth(130)
        self.rule.setAccessibleName(say("open-rule"))
        self.start.setAccessibleName(say("open-start"))
        self.ends, self.counted = theme.label("", "strong", wrap=True), theme.label("", "small", wrap=True)
        self.contacts = Contacts()
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary(say("open-act-none")), theme.button("返回")
        self.body.setSpacing(theme.GAP[1])
        line = theme.row(
            theme.label(say("open-rule"), "soft"), self.rule, theme.label(say("open-start"), "soft"), self.start, 1
        )
        for widget in (
            theme.title(say("open-title")), self.wanted, self.hits, self.where, self.members, line, self.counted, self.ends,
            theme.label(say("open-contacts"), "group"), self.contacts, self.message, theme.row(1, self.cancel, self.act),
        ):  # fmt: skip
            self.body.addWidget(widget)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)

    def _connect(self) -> None:
        self._pause.timeout.connect(self.search)
        self.wanted.textEdited.connect(lambda _: self._pause.start())
        self.wanted.installEventFilter(self)
        self.hits.opened.connect(self._take)
        self.hits.clicked.connect(lambda _: self._take(self.hits.current()))
        self.start.textEdited.connect(lambda _: self._dated())
        self.rule.currentIndexChanged.connect(lambda _: self._ruled())
        self.start.returnPressed.connect(self.act.click)
        self.cancel.clicked.connect(self.reject)
        self.act.clicked.connect(self.write)

    # ---------------------------------------------------------------- whom

    def search(self) -> None:
        text = self.wanted.text().strip()
        hits = search.find(self.desk.session, text, SHOWN) if text else []
        self.hits.set_rows([{**hit, "where": str(hit.get("path", "")).replace("/", " ")} for hit in hits])
        self.hits.selectRow(0)
        self.hits.setFixedHeight(len(hits) * theme.ROW + 4)
        self.hits.setVisible(bool(hits))
        self._say("" if hits or not text else say("open-nobody-found"))
        self.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter in the search box choose among the hits."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in ENTER:
            if self._pause.isActive() or self.hits.isHidden():
                self._pause.stop()
                self.search()
            self._take(self.hits.current())
            return True
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.hits.isVisible():
            self.hits.selectRow(max(0, self.hits.currentIndex().row() + (1 if event.key() == Qt.Key.Key_Down else -1)))
            return True
        return False

    def _take(self, hit: Row | None) -> None:
        if hit is None or self.hits.isHidden():
            return
        self.hits.hide()
        self.wanted.clear()
        self._fill(str(hit["id"]), str(hit.get("household") or ""))
        self.start.setFocus()
        self.start.selectAll()

    def _fill(self, resident: str, household: str) -> None:
        """The people of the household; ticked who was asked for, or everybody where nobody was named."""
        session = self.desk.session
        try:
            if resident and not household:
                household = str(records.show(session, "resident", resident).get("household") or "")
            self.resident, self.household = resident, household
            members = (
                places.residents(session, household) if household else [records.show(session, "resident", resident)]
            )
            path = places.path(session, "household", household) if household else ""
        except UserError as error:
            self._say(errors.words(error))
            return
        running = {row["resident"]: row for row in isolation.list_(session)}
        self._clear()
        self.where.setText(path.replace("/", " "))
        for person in members:
            self._add_member(person, running.get(person["id"]))
        before: QWidget = self.wanted
        for after in (*self.ticks.values(), self.rule, self.start):  # Tab goes down the dialog, also over new ticks
            QWidget.setTabOrder(before, after)
            before = after
        self._say("" if self.ticks else say("open-nobody-left"))
        self._ruled()

    def _clear(self) -> None:
        self.ticks = {}
        while (item := self.member_column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _add_member(self, person: Values, case: Row | None) -> None:
        """A tick for whoever may isolate; for the others the words why not."""
        name, status = str(person.get("name") or "（无姓名）"), str(person.get("status") or "")
        asked = person["id"] == self.resident
        if case is not None:
            self.member_column.addWidget(
                theme.label(say("open-member-running", name=name, state=case["state"]), "soft")
            )
        elif status in GONE or (not asked and not people.lives_here(person)):
            self.member_column.addWidget(theme.label(say("open-member-away", name=name, status=_away(person)), "soft"))
        else:
            words = "　".join(
                part for part in (str(person.get("relation") or ""), str(person.get("residence_kind") or "")) if part
            )
            tick = QCheckBox(f"{name}　{words}".rstrip("　"))
            tick.setChecked(asked or not self.resident)
            tick.toggled.connect(lambda _: self._tell())
            self.ticks[person["id"]] = tick
            self.member_column.addWidget(tick)

    @property
    def ticked(self) -> list[str]:
        return [row for row, tick in self.ticks.items() if tick.isChecked()]

    # ---------------------------------------------------------------- by which rule

    @property
    def day(self) -> date | None:
        return read_day(self.start.text().strip(), self.desk.session.now().date())

    def _dated(self) -> None:
        self._offer_rules()
        self._tell()

    def _offer_rules(self) -> None:
        """The rules that hold on the day, each once: the committee's own before the street's."""
        day = self.day
        if day is None:
            return
        kept = (self.rule.currentData() or {}).get("code", USUAL)
        blocked = self.rule.blockSignals(True)
        self.rule.clear()
        for rule in isolation.rules(self.desk.session, day):
            codes = [self.rule.itemData(at)["code"] for at in range(self.rule.count())]
            if rule["valid"] and rule["readable"] and rule["code"] not in codes:
                self.rule.addItem(say("open-rule-item", code=rule["code"]), rule)
        found = next((at for at in range(self.rule.count()) if self.rule.itemData(at)["code"] == kept), 0)
        self.rule.setCurrentIndex(found)
        self.rule.blockSignals(blocked)

    def _ruled(self) -> None:
        """Where the rule wants everybody behind the door, everybody is ticked; it can be taken back."""
        if (self.rule.currentData() or {}).get("co_residents"):
            for tick in self.ticks.values():
                tick.setChecked(True)
        self._tell()

    def _stages(self) -> tuple[cases.Stage, ...]:
        rule, day = self.rule.currentData(), self.day
        made = isolation_rules.rule_of(rule) if rule else None
        return cases.open_case(made, day) if made and day else ()

    def _tell(self) -> None:
        """When it ends, before anything is written."""
        rule, stages = self.rule.currentData() or {}, self._stages()
        if stages:
            words = "、".join(say("open-stage", measure=stage.measure, days=stage.days) for stage in stages)
            tests = "、".join(short_day(day) for stage in stages for day in stage.tests)
            days = (stages[-1].end - stages[0].start).days + 1
            code = "open-ends-tests" if tests else "open-ends"
            self.ends.setText(say(code, end=stages[-1].end.isoformat(), days=days, stages=words, tests=tests))
        else:
            self.ends.setText(say("open-date"))
        counted = [say(f"open-count-{rule.get('count_from', 'start-day')}")]
        counted += [say("open-co-residents")] if rule.get("co_residents") else []
        self.counted.setText("　".join(counted))
        count = len(self.ticked)
        self.act.setText(say("open-act", count=count) if count else say("open-act-none"))
        self.act.setEnabled(bool(count and stages))
        self.adjustSize()

    # ---------------------------------------------------------------- writing

    def write(self) -> None:
        """One act for everybody who is ticked, so that one 撤销 takes all of it back."""
        day, rule = self.day, self.rule.currentData()
        if not self.ticked or day is None or rule is None:
            self._say(say("open-pick" if self.ticks else "open-choose"))
            return
        try:
            self.opened = isolation.open_(
                self.desk.session, rule=rule["code"], start=day, officers=self.contacts.filled(), **self._whom()
            )
        except UserError as error:
            self._say(errors.words_of_field(error))
            return
        self.accept()

    def _whom(self) -> Values:
        """Whoever is ticked; the one it is about by name, since by some rules the others begin later."""
        ticked = self.ticked
        if self.resident in ticked:
            others = [row for row in ticked if row != self.resident]
            return {"resident": self.resident, "only": others, "co_residents": False, "arrival": self.arrival}
        return {"household": self.household, "only": ticked, "arrival": "" if self.resident else self.arrival}

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))


def _away(person: Values) -> str:
    """Why somebody does not live here, in a word."""
    status = str(person.get("status") or "")
    return str(person.get("residence_kind") or status) if status in ("", *LIVING_HERE) else status

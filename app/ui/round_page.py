"""每日登记: the checks of a whole committee keyed in one minute, household by household, in walking order.

Every press is written at once, one batch a household (some milliseconds): nothing is lost when the PC is switched off,
and Backspace takes back exactly the household it was pressed on. Nobody is well by default: a row that nobody pressed
stays owed. Longer than most files: it answers every key of the round and draws what each of them left.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from app.domain import checks
from app.domain.checks import Answer
from app.domain.fields import CHECK_MODES
from app.domain.findings import UserError
from app.services import isolation, records, rounds, undoing
from app.ui import errors, theme
from app.ui.case_parts import SLOT_WORDS
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.round_editor import RoundEditor
from app.ui.round_sheet import DONE, OWED, TRIED, Line, Member, Sheet, carry, next_owed
from app.ui.round_table import RoundTable
from app.words import say

BACK_DAYS = 3
"""How many days back a check is keyed here (补录); an older one in its case."""
EVENING_FROM = 14
"""The hour from which the evening's round is proposed."""
ALL, MINE = "", "mine"
LIST, NOBODY = 0, 1
REST, MOST_MISSED = 250, 6  # ms after the last key; how many of the checks that are lacking are named
SLOTS = ("am", "pm")
READ_FOR = {"all", "isolation_case", "isolation_check", "resident", "household", "dwelling", "building", "account"}


class RoundPage(Page):
    """Emits `counted` with the households still owed, `opening` with a case that is to be shown, `new_case`."""

    counted = Signal(int)
    opening = Signal(str)
    new_case = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sheet = Sheet()
        self._stale, self._writing, self._filling = True, False, False
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addLayout(self._head())
        column.addLayout(self._standing())
        self.table = RoundTable()
        self.editor = RoundEditor()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._list())
        self.nobody = empty(say("round-nobody"), say("round-open-case"), self.new_case.emit, "shield-home-outline")
        self.stack.addWidget(self.nobody)
        column.addWidget(self.stack, 1)

    def _head(self) -> QHBoxLayout:
        self.when, self.mode, self.where = theme.Choice(), theme.Choice(), theme.Choice()
        self.by = QLineEdit()
        self.by.setFixedWidth(96)
        self.only_owed = QCheckBox(say("round-only-owed"))
        self.mode.addItems(CHECK_MODES)
        self.where.setMinimumWidth(150)
        line = QHBoxLayout()
        line.setSpacing(theme.GAP[1])
        for name, widget in (
            ("round-when", self.when), ("round-mode", self.mode), ("round-by", self.by), ("round-where", self.where),
        ):  # fmt: skip
            widget.setAccessibleName(say(name))
            line.addWidget(theme.label(say(name), "soft"))
            line.addWidget(widget)
        line.addWidget(self.only_owed)
        line.addStretch(1)
        kept = self.desk.settings
        self.mode.setCurrentText(str(kept.get(self.desk.once("round/mode"), CHECK_MODES[1])))
        self.by.setText(
            str(kept.get(self.desk.once(f"round/by/{self.desk.session.account}"), self.desk.session.account))
        )
        return line

    def _standing(self) -> QHBoxLayout:
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(160)
        self.said = theme.label("", "strong")
        line = QHBoxLayout()
        line.setSpacing(theme.GAP[2])
        line.addWidget(self.progress)
        line.addWidget(self.said)
        line.addStretch(1)
        return line

    def _list(self) -> QWidget:
        self.well, self.ill, self.in_vain, self.measure, self.back_one = (
            theme.button(say(f"round-key-{key}")) for key in ("well", "ill", "in-vain", "measure", "back")
        )
        for made, key in ((self.well, "well"), (self.ill, "ill"), (self.in_vain, "in-vain")):
            made.setToolTip(say(f"round-{key}-tip"))
        self.keys = theme.row(self.well, self.ill, self.in_vain, self.measure, self.back_one, 1)
        self.hint = theme.label(say("round-key-hint"), "small", wrap=True)
        self.editor.hide()
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self.table, 1)
        for widget in (self._person(), self.editor, self.keys, self.hint):
            column.addWidget(widget)
        return whole

    def _person(self) -> QWidget:
        """Whom the next press is about, and how to reach those who are responsible."""
        self.who, self.contacts = theme.label("", "strong"), theme.label("", "small")
        self.phone = theme.button(say("round-phone"), "link", "phone-outline")
        self.phone_said = theme.label("", "strong")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(theme.row(self.who, self.phone, self.phone_said, 1))
        column.addWidget(self.contacts)
        return holder

    def _connect(self) -> None:
        self.when.currentIndexChanged.connect(lambda _: self._chosen())
        self.where.currentIndexChanged.connect(lambda _: self._chosen())
        self.only_owed.toggled.connect(lambda _: self._show(keep=True))
        self.mode.activated.connect(lambda _: self._remember())
        self.by.editingFinished.connect(self._remember)
        self.table.pressed.connect(self.press)
        self.table.moved.connect(self._tell_person)
        self.table.opened.connect(self._open_case)
        self.editor.entered.connect(self._entered)
        self.editor.left.connect(self.close_editor)
        for made, key in ((self.well, "1"), (self.ill, "2"), (self.in_vain, "0"), (self.back_one, "\b")):
            made.clicked.connect(partial(self._clicked, key))
        self.measure.clicked.connect(lambda: self.ask(symptoms=False))
        self.phone.clicked.connect(self._see_phone)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._tell_case)
        save = QAction(self)
        save.setShortcut(QKeySequence.StandardKey.Save)
        save.triggered.connect(lambda: self._save())
        self.addAction(save)

    # ---------------------------------------------------------------- what is shown

    def go(self, on: str | date = "", slot: str = "", household: str = "", building: str = "") -> None:
        """Show the round of a day and slot, at a household."""
        self._offer_times(on, slot)
        if self._stale:
            self.read()
        if building:
            self.where.setCurrentIndex(max(0, self.where.findData(building)))
        if household and not self.table.choose(lambda line: line.household == household):
            self.only_owed.setChecked(False)
            self.where.setCurrentIndex(0)
            self.table.choose(lambda line: line.household == household)
        self.table.setFocus()

    def _offer_times(self, on: str | date = "", slot: str = "") -> None:
        """Today's slots and those of the days before; the one asked for, or the one of this hour."""
        now = self.desk.session.now()
        days = [now.date() - timedelta(days=back) for back in range(BACK_DAYS + 1)]
        times = [(day.isoformat(), each) for day in days for each in reversed(SLOTS)]
        if times != [self.when.itemData(at) for at in range(self.when.count())]:
            self._filling = True
            kept = self.when.currentData()
            self.when.clear()
            for day, each in times:
                self.when.addItem(_time_words(date.fromisoformat(day), each, now.date()), (day, each))
            self.when.setCurrentIndex(
                max(0, self.when.findData(kept)) if kept else (0 if now.hour >= EVENING_FROM else 1)
            )
            self._filling = False
        if on or slot:
            wanted = (str(on) or days[0].isoformat(), slot or self.when.currentData()[1])
            if (at := self.when.findData(wanted)) >= 0:
                self.when.setCurrentIndex(at)

    def refresh(self, changed: set[str]) -> None:
        if not self._writing and changed & READ_FOR:
            self.read()  # also while another page of the desk is open: its number stands on the tab

    def read(self) -> None:
        """The round of the chosen time, from the file; what was keyed at this sitting stays said."""
        if self.when.count() == 0:
            self._offer_times()
        self._stale = False
        on, slot = self.when.currentData()
        found = rounds.round_(self.desk.session, date.fromisoformat(on), slot, mine=self.where.currentData() == MINE)
        self.sheet = carry(self.sheet, sheet_of(found))
        self._offer_buildings()
        self._show(keep=True)

    def _chosen(self) -> None:
        """Another time, or another part of the committee."""
        if self._filling:
            return
        self.close_editor()
        self.sheet.building = "" if self.where.currentData() in (ALL, MINE) else str(self.where.currentData())
        self.sheet.lines = (
            [] if self.sender() is self.when else self.sheet.lines
        )  # nothing keyed for another time stays
        self.read()
        self.table.setFocus()

    def _offer_buildings(self) -> None:
        kept, self._filling = self.where.currentData() or ALL, True
        owed = self.sheet.owed_in()
        self.where.clear()
        self.where.addItem(say("round-all"), ALL)
        if self.desk.session.buildings:
            self.where.addItem(say("round-mine"), MINE)
        for building, name in self.sheet.buildings():
            self.where.addItem(_building_words(name, *owed[building]), building)
        self.where.setCurrentIndex(max(0, self.where.findData(kept)))
        self.sheet.building = "" if self.where.currentData() in (ALL, MINE) else str(self.where.currentData())
        self._filling = False

    def _show(self, *, keep: bool = False) -> None:
        """The list, at the household that was meant or the first who is owed."""
        self.sheet.only_owed = self.only_owed.isChecked()
        before = self.table.line.household if keep and self.table.line else ""
        rows = self.sheet.shown()
        self.table.set_rows(rows, self.sheet.owed_in())
        self.stack.setCurrentIndex(LIST if self.sheet.lines else NOBODY)
        if not (before and self.table.choose(lambda line: line.household == before)):
            first = next_owed(rows, -1)
            at = first if first is not None else next((n for n, row in enumerate(rows) if isinstance(row, Line)), None)
            if at is not None:
                self.table.show_line(at)
        self._tell()
        self._tell_person()

    def _tell(self) -> None:
        done, count, tried = self.sheet.done(), len(self.sheet.within()), self.sheet.tried()
        self.progress.setMaximum(max(1, count))
        self.progress.setValue(done)
        code = "round-progress-tried" if tried else "round-progress"
        self.said.setText(say(code, done=done, all=count, tried=tried))
        self.counted.emit(sum(line.state != DONE for line in self.sheet.lines))

    def _tell_person(self) -> None:
        """At once who is meant; what is read of the case once the hand rests."""
        line = self.table.line
        for widget in (self.well, self.ill, self.in_vain, self.measure, self.back_one, self.phone):
            widget.setEnabled(line is not None and self.may_write)
        self.phone_said.setText("")
        self.contacts.setText("")
        self._rest.stop()
        if line is None:
            self.who.setText("")
            return
        member = line.members[self.table.member]
        self.who.setText(
            say(
                "round-members",
                path=f"{line.building_name} {line.room}",
                who=member.name,
                day=member.day,
                days=member.days,
            )
        )
        self._rest.start()

    def _tell_case(self) -> None:
        """The three who are responsible, and which checks are lacking."""
        line = self.table.line
        if line is None:
            return
        try:
            row = isolation.case(self.desk.session, line.members[self.table.member].case)
        except UserError:
            return  # ended or erased since the list was read
        people = {
            key: say("round-contact", name=row[f"{key}_name"], phone=row.get(f"{key}_phone") or "").strip()
            if row.get(f"{key}_name") else say("round-contact-none") for key in ("officer", "police", "doctor")
        }  # fmt: skip
        missing = "、".join(
            say("round-missed-which", date=day[5:], slot=SLOT_WORDS[slot]) for day, slot in row["missing"][-MOST_MISSED:]
        )  # fmt: skip
        lacking = "　" + say("round-member-missed", missed=missing) if missing else ""
        self.contacts.setText(say("round-contacts", **people) + lacking)

    @property
    def may_write(self) -> bool:
        return self.desk.session.may("isolation.write")

    # ---------------------------------------------------------------- keys

    def _clicked(self, key: str) -> None:
        self.press(key)
        if self.editor.isHidden():
            self.table.setFocus()

    def press(self, key: str) -> None:
        """One press on the household that is meant."""
        line = self.table.line
        if line is None or not self.may_write:
            return
        if key == "1":
            self.answer(line, line.open, say("round-well"), symptoms=say("round-well"))
        elif key == "0":
            self.answer(line, [at for at in line.open if line.members[at].state == OWED] or line.open,
                        say("round-was-tried"), reached=False)  # fmt: skip
        elif key == "2":
            self.ask(symptoms=True)
        elif key in ("3", "4"):
            self.ask(temperature=key)
        elif key == "\b":
            self.take_back(line)
        else:
            self.desk.notify(say("round-unknown-key", key=key))

    def ask(self, *, temperature: str = "", symptoms: bool = False) -> None:
        """The editor below the list, for the person who is meant."""
        line = self.table.line
        if line is None:
            return
        self.editor.show()
        name = line.members[self.table.member].name
        self.editor.ask(say("round-editor", room=line.room, name=name), temperature=temperature, symptoms=symptoms)

    def close_editor(self) -> None:
        self.editor.hide()
        self.table.setFocus()

    def _entered(self, warm: str, symptoms: str, sampled: bool) -> None:
        line = self.table.line
        if line is None:
            return
        try:
            degrees = checks.temperature(warm)
            parts = (
                say("round-degrees", degrees=degrees) if degrees else "",
                symptoms,
                say("round-sampled") if sampled else "",
            )
            said = "、".join(filter(None, parts))
            self._write(line, [self.table.member], said, sampled=sampled, temperature=warm, symptoms=symptoms)
        except UserError as error:
            self.editor.wrong(errors.words_of_field(error))
            return
        self.close_editor()
        self._next()

    def answer(self, line: Line, places: list[int], said: str, **more: Any) -> None:
        """The same answer for several of a household; then the next household."""
        if not places:
            self.desk.notify(say("round-already", room=line.room))
            self._next()
            return
        try:
            self._write(line, places, said, **more)
        except UserError as error:
            self.desk.error(error)
            return
        self._next()

    def _write(self, line: Line, places: list[int], said: str, *, sampled: bool = False, **more: Any) -> None:
        """Write it at once. Raises UserError: a temperature that is none, a PC that was revoked."""
        on, slot = self.when.currentData()
        shared: dict[str, Any] = {
            "on": date.fromisoformat(on), "slot": slot, "mode": self.mode.currentText(), "by": self.by.text().strip()
        }  # fmt: skip
        answers = [Answer(line.members[at].case, **more) for at in places]
        self._writing = True
        try:
            if sampled:
                batch = isolation.check(self.desk.session, answers[0].case, sampled=True, **more, **shared).batch
            else:
                batch = rounds.save(self.desk.session, answers, **shared)["batch"]
        finally:
            self._writing = False
        reached = more.get("reached", True)
        urgent = reached and checks.said(answers[0]).abnormal
        if batch:
            line.note(batch, places, DONE if reached else TRIED, said, urgent=urgent)
        self._drawn()
        names = [line.members[at].name for at in places]
        code = "round-written-alert" if urgent else "round-written-one" if len(names) == 1 else "round-written"
        words = {"room": line.room, "count": len(names), "said": said, "name": names[0]}
        self.desk.notify(say(code if batch else "round-already", **words), batch)

    def _drawn(self) -> None:
        at = self.table.currentIndex().row()
        self.table.rows.said(at, self.sheet.owed_in())
        self.table.fit_row(at)
        self._tell()

    def _next(self) -> None:
        """The next person of the household who is owed, or the next household; at the end it is said what is left."""
        at, line = self.table.currentIndex().row(), self.table.line
        assert line is not None
        if line.state == OWED:
            self.table.mean(line.first_owed())
            return
        rows = self.table.rows.rows
        if (below := next_owed(rows, at)) is not None:
            self.table.show_line(below)
            return
        above = sum(isinstance(row, Line) and row.state == OWED for row in rows[:at])
        self._tell_person()
        self.said.setText(self.said.text() + "　" + say("round-end-above" if above else "round-end", count=above))

    def take_back(self, line: Line) -> None:
        """Undo what was keyed of this household last; it is owed again."""
        if not line.written:
            self.desk.notify(say("round-nothing-back", room=line.room))
            return
        self._writing = True
        try:
            undoing.undo(self.desk.session, line.written[-1].batch)
        except UserError as error:
            line.written.pop()
            self.desk.error(error)
            return
        finally:
            self._writing = False
        line.take_back()
        self._drawn()
        self.table.mean(line.first_owed())
        self.desk.notify(say("round-taken-back", room=line.room))

    # ---------------------------------------------------------------- beside the list

    def _open_case(self) -> None:
        if self.table.line is not None:
            self.opening.emit(self.table.line.members[self.table.member].case)

    def _see_phone(self) -> None:
        """The whole number of the person who is meant: a look, so it leaves an entry."""
        line = self.table.line
        if line is None:
            return
        member = line.members[self.table.member]
        try:
            row = isolation.case(self.desk.session, member.case)
            shown = records.show(self.desk.session, "resident", str(row["resident"]))
        except UserError as error:
            self.desk.error(error)
            return
        number = shown.get("phone") or say("round-no-phone")
        self.phone_said.setText(say("round-phone-said", name=member.name, phone=number))

    def _remember(self) -> None:
        kept = self.desk.settings
        kept.put(self.desk.once("round/mode"), self.mode.currentText())
        kept.put(self.desk.once(f"round/by/{self.desk.session.account}"), self.by.text().strip())

    def _save(self) -> None:
        if self.editor.isVisible():
            self.editor.commit()
        else:
            self.desk.notify(say("round-saved-already"))

    @property
    def unsaved(self) -> bool:
        return not self.editor.isHidden() and self.editor.filled

    def leave(self) -> bool:
        """Only a temperature that is being typed can be lost; it is asked for."""
        line = self.table.line
        if not self.unsaved or line is None:
            return True
        asked = say("round-editor-open", room=line.room, name=line.members[self.table.member].name)
        answer = errors.ask(self, asked, "登记", "不登记", "返回")
        if answer == "登记":
            self.editor.commit()
            return self.editor.isHidden()
        if answer == "不登记":
            self.close_editor()
            return True
        return False

    def back(self) -> None:
        if not self.editor.isHidden():
            self.close_editor()


def sheet_of(found: rounds.Round) -> Sheet:
    """The round of the services as it is keyed here."""
    return Sheet([
        Line(
            row.household, row.building, row.building_name, row.room, row.head, row.phone, row.officer, row.missed_before,
            [_member(each) for each in row.cases],
        )
        for row in found.rows
    ])  # fmt: skip


def _member(each: rounds.Member) -> Member:
    state = DONE if each.done else TRIED if each.tried else OWED
    return Member(each.id, each.name, each.day, each.days, state, urgent=each.alert)


def _time_words(day: date, slot: str, today: date) -> str:
    back = (today - day).days
    which = {0: "today", 1: "yesterday"}.get(back, "earlier")
    return say(f"round-{which}-{slot}", date=say("short-day", month=day.month, day=day.day))


def _building_words(name: str, count: int, owed: int) -> str:
    return say("round-in-building" if owed else "round-in-building-done", name=name, count=count, owed=owed)

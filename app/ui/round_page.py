"""每日登记: the checks of a whole committee keyed in one minute, household by household, in walking order.

Every press is written at once, one batch a household (some milliseconds): nothing is lost when the PC is switched off,
and Backspace takes back exactly the household it was pressed on. Nobody is well by default: a row that nobody pressed
stays owed. Longer than most files: it is every key of the round.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from app.domain import checks
from app.domain.checks import Answer
from app.domain.findings import UserError
from app.services import isolation, rounds, undoing
from app.ui import errors, theme
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.round_editor import RoundEditor
from app.ui.round_head import RoundHead
from app.ui.round_person import PersonStrip
from app.ui.round_sheet import DONE, OWED, TRIED, Line, Sheet, carry, next_owed, sheet_of
from app.ui.round_table import RoundTable
from app.words import say

LIST, NOBODY = 0, 1
READ_FOR = {"all", "isolation_case", "isolation_check", "resident", "household", "dwelling", "building", "account"}
KEYS = {"well": "1", "ill": "2", "in-vain": "0", "measure": "", "back": "\b"}
TIPS = ("well", "ill", "in-vain")


class RoundPage(Page):
    """Emits `counted` with the households still owed, `opening` with a case that is to be shown, `new_case`."""

    counted = Signal(int)
    opening = Signal(str)
    new_case = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sheet = Sheet()
        self._writing = False
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.head, self.person = RoundHead(self.desk), PersonStrip(self.desk)
        self.table, self.editor = RoundTable(), RoundEditor()
        self.progress, self.said = QProgressBar(), theme.label("", "strong")
        self.stack = QStackedWidget()
        self.stack.addWidget(self._list())
        self.stack.addWidget(
            empty(say("round-nobody"), say("round-open-case"), self.new_case.emit, "shield-home-outline")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self.head)
        column.addLayout(self._standing())
        column.addWidget(self.stack, 1)

    def _standing(self) -> QHBoxLayout:
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(120)
        line = QHBoxLayout()
        line.setSpacing(theme.GAP[2])
        line.addWidget(self.progress)
        line.addWidget(self.said)
        line.addStretch(1)
        self.hint = theme.label(say("round-key-hint"), "small")
        line.addWidget(self.hint)
        return line

    def _list(self) -> QWidget:
        self.buttons = {key: theme.button(say(f"round-key-{key}")) for key in KEYS}
        for key in TIPS:
            self.buttons[key].setToolTip(say(f"round-{key}-tip"))
        self.keys = theme.row(*self.buttons.values(), 1)
        self.editor.hide()
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self.table, 1)
        for widget in (self.person, self.editor, self.keys):
            column.addWidget(widget)
        return whole

    def _connect(self) -> None:
        self.head.timed.connect(self._timed)
        self.head.placed.connect(self._placed)
        self.head.filtered.connect(self._filtered)
        self.table.pressed.connect(self.press)
        self.table.moved.connect(self._tell_person)
        self.table.opened.connect(self._open_case)
        self.editor.entered.connect(self._entered)
        self.editor.left.connect(self.close_editor)
        for key, made in self.buttons.items():
            made.clicked.connect(partial(self._clicked, KEYS[key]))
        self.person.phone.clicked.connect(self.table.setFocus)  # the number is read out, and the next key is 1 again
        save = QAction(self)
        save.setShortcut(QKeySequence.StandardKey.Save)
        save.triggered.connect(lambda: self._save())
        self.addAction(save)

    # ---------------------------------------------------------------- what is shown

    def go(self, on: str | date = "", slot: str = "", household: str = "", building: str = "") -> None:
        """Show the round of a day and slot, at a household."""
        head = self.head
        head.offer_times(self.desk.session.now(), on, slot)
        if not self.sheet.lines:
            self.read()
        if building:
            head.where.setCurrentIndex(max(0, head.where.findData(building)))
        if household and not self.table.choose(lambda line: line.household == household):
            head.only_owed.setChecked(False)
            head.where.setCurrentIndex(0)
            self.table.choose(lambda line: line.household == household)
        self.table.setFocus()

    def refresh(self, changed: set[str]) -> None:
        if not self._writing and changed & READ_FOR:
            self.read()  # also while another page of the desk is open: its number stands on the tab

    def read(self) -> None:
        """The round of the chosen time, from the file; what was keyed at this sitting stays said."""
        self.head.offer_times(self.desk.session.now())
        found = rounds.round_(self.desk.session, self.head.on, self.head.slot, mine=self.head.mine)
        self.sheet = carry(self.sheet, sheet_of(found))
        self.head.offer_buildings(self.sheet.buildings(), self.sheet.owed_in())
        self._show()

    def _timed(self) -> None:
        self.sheet.lines = []  # what was keyed for another time is not said of this one
        self._placed()

    def _placed(self) -> None:
        self.close_editor()
        self.read()
        self.table.setFocus()

    def _filtered(self) -> None:
        for line in self.sheet.lines:
            line.touched = False  # what is done goes out of sight now
        self._show()
        self.table.setFocus()

    def _show(self) -> None:
        """The list, at the household that was meant or the first who is owed."""
        self.sheet.only_owed, self.sheet.building = self.head.only_owed.isChecked(), self.head.building
        before = self.table.line.household if self.table.line else ""
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
        self.progress.setRange(0, max(1, count))
        self.progress.setValue(done)
        code = "round-progress-tried" if tried else "round-progress"
        self.said.setText(say(code, done=done, all=count, tried=tried))
        for widget in (self.progress, self.said, self.hint):
            widget.setVisible(bool(self.sheet.lines))  # of nobody there is nothing to say
        self.counted.emit(sum(line.state != DONE for line in self.sheet.lines))

    def _tell_person(self) -> None:
        line, may = self.table.line, self.desk.session.may("isolation.write")
        for made in self.buttons.values():
            made.setEnabled(line is not None and may)
        self.person.show_member(line, self.table.member)

    # ---------------------------------------------------------------- keys

    def _clicked(self, key: str) -> None:
        if key:
            self.press(key)
        else:
            self.ask()
        if self.editor.isHidden():
            self.table.setFocus()

    def press(self, key: str) -> None:
        """One press on the household that is meant."""
        line = self.table.line
        if line is None or not self.desk.session.may("isolation.write"):
            return
        if key == "1":
            self.answer(line, line.open, say("round-well"), symptoms=say("round-well"))
        elif key == "0":
            owed = [at for at in line.open if line.members[at].state == OWED]
            self.answer(line, owed or line.open, say("round-was-tried"), reached=False)
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
        self.keys.hide()
        self.editor.show()
        name = line.members[self.table.member].name
        self.editor.ask(f"{line.room} {name}", temperature=temperature, symptoms=symptoms)

    def close_editor(self) -> None:
        self.editor.hide()
        self.keys.show()
        self.table.setFocus()

    def _entered(self, warm: str, symptoms: str, sampled: bool) -> None:
        line = self.table.line
        if line is None:
            return
        try:
            degrees = checks.temperature(warm)
            said = [f"{degrees}℃" if degrees else "", symptoms]
            said += [say("round-sampled")] if sampled else []
            words = "、".join(filter(None, said))
            self._write(line, [self.table.member], words, sampled=sampled, temperature=warm, symptoms=symptoms)
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
        answers, session = [Answer(line.members[at].case, **more) for at in places], self.desk.session
        self._writing = True
        try:
            if sampled:
                batch = isolation.check(session, answers[0].case, sampled=True, **more, **self.head.shared()).batch
            else:
                batch = rounds.save(session, answers, **self.head.shared())["batch"]
        finally:
            self._writing = False
        reached = more.get("reached", True)
        urgent = reached and checks.said(answers[0]).abnormal
        if batch:
            line.note(batch, places, DONE if reached else TRIED, said, urgent=urgent)
        self._drawn()
        code = "round-written-alert" if urgent else "round-written-one" if len(places) == 1 else "round-written"
        words = {"room": line.room, "count": len(places), "said": said, "name": line.members[places[0]].name}
        self.desk.notify(say(code if batch else "round-already", **words), batch)

    def _drawn(self) -> None:
        at, line, owed = self.table.currentIndex().row(), self.table.line, self.sheet.owed_in()
        self.table.rows.said(at, owed)
        self.table.fit_row(at)
        if line is not None:
            self.head.tell_building(line.building, line.building_name, owed[line.building][1])
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
        self._tell()
        self.said.setText(self.said.text() + "　" + say("round-end-above" if above else "round-end", count=above))
        self.hint.hide()  # both beside each other are wider than a small screen

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

    # ---------------------------------------------------------------- beside the list, leaving

    def _open_case(self) -> None:
        if self.table.line is not None:
            self.opening.emit(self.table.line.members[self.table.member].case)

    def _save(self) -> None:
        if self.editor.isHidden():
            self.desk.notify(say("round-saved-already"))
        else:
            self.editor.commit()

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

"""离开本街道: where people of one household went, and of whoever isolates who takes over: compulsory, or nobody has the duty
any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.domain import moves as states
from app.domain.fields import ISOLATION_CASE
from app.domain.findings import UserError
from app.services import moves
from app.ui import theme
from app.ui.act_dialog import read_day, read_moment
from app.ui.desk import Desk
from app.words import say

ALWAYS, RECEIVER = ("whereabouts", "on"), states.COMPULSORY
TITLES = {"status": "离开方式", "whereabouts": "去向", "on": "离开日期"} | {
    key: ISOLATION_CASE[key].title for key in RECEIVER
}


ACROSS = 4
"""People of a household in one line."""


class LeaveForm(QWidget):
    """The fields of one person who leaves the street, and of those ticked who leave along; `write` gives back what
    `moves.leave_many` did. others: id -> name of who may leave along. Emits `counted` when somebody is ticked."""

    counted = Signal()

    def __init__(self, desk: Desk, resident: str, name: str, others: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.desk, self.resident = desk, resident
        self.names = {resident: name, **(others or {})}
        self.isolating = frozenset(each for each in self.names if moves.isolates(desk.session, each))
        self.others = {each: QCheckBox(said) for each, said in (others or {}).items()}
        self.status = theme.Choice()
        self.status.addItems([*states.LEAVING])
        self.fields = {key: QLineEdit() for key in (*ALWAYS, *(RECEIVER if self.isolating else ()))}
        self.duty = theme.label("", "strong", wrap=True)
        self._of_duty: list[QWidget] = [self.duty]
        now = desk.session.now()
        self.fields["on"].setText(now.date().isoformat())
        if self.isolating:
            self.fields["handed_over_at"].setText(f"{now:%Y-%m-%d %H:%M}")
            self.fields["receiver_unit"].setPlaceholderText(say("leave-unit-hint"))
        self.fields["whereabouts"].setPlaceholderText(say("leave-where-hint"))
        self._lay_out()
        self._show_duty()
        for box in self.others.values():
            box.toggled.connect(self._ticked)

    @property
    def chosen(self) -> list[str]:
        """Ids of all who leave, the person first."""
        return [self.resident, *(row for row, box in self.others.items() if box.isChecked())]

    @property
    def isolates(self) -> bool:
        """Does somebody who leaves isolate, so that a receiver is asked for?"""
        return not self.isolating.isdisjoint(self.chosen)

    def _ticked(self) -> None:
        self._show_duty()
        self.counted.emit()

    def _show_duty(self) -> None:
        who = "、".join(self.names[each] for each in self.chosen if each in self.isolating)
        self.duty.setText(say("leave-duty", name=who))
        for widget in self._of_duty:
            widget.setVisible(self.isolates)

    def _lay_out(self) -> None:
        """Short fields side by side: with all of them the dialog must still fit an enlarged small screen."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.addWidget(theme.soft(say("leave-why")), 0, 0, 1, 4)
        if self.others:
            grid.addWidget(self._family(), 1, 0, 1, 4)
        lines: list[tuple[str, ...]] = [("status", "on"), ("whereabouts",)]
        if self.isolating:
            lines += [(), ("receiver_unit",), ("receiver_name", "receiver_phone"), ("handed_over_at",)]
        else:
            self.duty.setParent(self)
        for at, keys in enumerate(lines, 2):
            if not keys:
                grid.addWidget(self.duty, at, 0, 1, 4)
            for place, key in enumerate(keys):
                made = self.fields.get(key, self.status)
                words = theme.label(TITLES[key], "soft")
                words.setBuddy(made)
                made.setAccessibleName(TITLES[key])
                grid.addWidget(words, at, 2 * place)
                grid.addWidget(made, at, 2 * place + 1, 1, 1 if len(keys) > 1 else 3)
                if key in RECEIVER:
                    self._of_duty += [words, made]

    def _family(self) -> QWidget:
        """Who lives there too, a few in a line."""
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.GAP[1])
        grid.addWidget(theme.soft(say("leave-together")), 0, 0, 1, ACROSS)
        for number, box in enumerate(self.others.values()):
            grid.addWidget(box, 1 + number // ACROSS, number % ACROSS)
        return made

    def write(self) -> dict[str, Any]:
        """Raises what `moves.leave_many` raises, and UserError("case-when") for a day that cannot be read."""
        asked = (*ALWAYS, *(RECEIVER if self.isolates else ()))
        given = {key: self.fields[key].text().strip() for key in asked}
        on = read_day(given.pop("on"), self.desk.session.now().date())
        if on is None:
            self.fields["on"].setFocus()
            raise UserError("case-when", title=TITLES["on"])
        if self.isolates:
            at = given["handed_over_at"]
            given["handed_over_at"] = read_moment(at, self.desk.session.now().date()) or at
        return moves.leave_many(self.desk.session, self.chosen, status=self.status.currentText(), on=on, **given)

    def said(self, done: dict[str, Any], name: str) -> str:
        """What was done, in a sentence."""
        if (count := len(done["left"])) > 1:
            name = say("move-several", name=name, count=count)
        told = {
            "name": name,
            "status": self.status.currentText(),
            "whereabouts": self.fields["whereabouts"].text().strip(),
        }
        if done["cases"]:
            return say("leave-done-case", unit=self.fields["receiver_unit"].text().strip(), **told)
        return say("leave-done", **told)

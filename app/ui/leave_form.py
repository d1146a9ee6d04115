"""离开本街道: where somebody went, and of whoever isolates who takes over: compulsory, or nobody has the duty any more."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

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


class LeaveForm(QWidget):
    """The fields of one person who leaves the street; `write` gives back what `moves.leave_street` did."""

    def __init__(self, desk: Desk, resident: str, name: str, *, isolates: bool) -> None:
        super().__init__()
        self.desk, self.resident, self.isolates = desk, resident, isolates
        self.status = theme.Choice()
        self.status.addItems([*states.LEAVING])
        self.fields = {key: QLineEdit() for key in (*ALWAYS, *(RECEIVER if isolates else ()))}
        now = desk.session.now()
        self.fields["on"].setText(now.date().isoformat())
        if isolates:
            self.fields["handed_over_at"].setText(f"{now:%Y-%m-%d %H:%M}")
            self.fields["receiver_unit"].setPlaceholderText(say("leave-unit-hint"))
        self.fields["whereabouts"].setPlaceholderText(say("leave-where-hint"))
        self._lay_out(name)

    def _lay_out(self, name: str) -> None:
        """Short fields side by side: with all of them the dialog must still fit an enlarged small screen."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.addWidget(theme.soft(say("leave-why")), 0, 0, 1, 4)
        lines: list[tuple[str, ...]] = [("status", "on"), ("whereabouts",)]
        if self.isolates:
            lines += [(), ("receiver_unit",), ("receiver_name", "receiver_phone"), ("handed_over_at",)]
        for at, keys in enumerate(lines, 1):
            if not keys:
                grid.addWidget(theme.label(say("leave-duty", name=name), "strong", wrap=True), at, 0, 1, 4)
            for place, key in enumerate(keys):
                made = self.fields.get(key, self.status)
                words = theme.label(TITLES[key], "soft")
                words.setBuddy(made)
                made.setAccessibleName(TITLES[key])
                grid.addWidget(words, at, 2 * place)
                grid.addWidget(made, at, 2 * place + 1, 1, 1 if len(keys) > 1 else 3)

    def write(self) -> dict[str, Any]:
        """Raises what `moves.leave_street` raises, and UserError("case-when") for a day that cannot be read."""
        given = {key: made.text().strip() for key, made in self.fields.items()}
        on = read_day(given.pop("on"), self.desk.session.now().date())
        if on is None:
            self.fields["on"].setFocus()
            raise UserError("case-when", title=TITLES["on"])
        if self.isolates:
            at = given["handed_over_at"]
            given["handed_over_at"] = read_moment(at, self.desk.session.now().date()) or at
        return moves.leave_street(self.desk.session, self.resident, status=self.status.currentText(), on=on, **given)

    def said(self, done: dict[str, Any], name: str) -> str:
        """What was done, in a sentence."""
        told = {
            "name": name,
            "status": self.status.currentText(),
            "whereabouts": self.fields["whereabouts"].text().strip(),
        }
        if done["cases"]:
            return say("leave-done-case", unit=self.fields["receiver_unit"].text().strip(), **told)
        return say("leave-done", **told)

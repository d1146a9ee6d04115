"""From a person's form to another committee or out of the street: the button, how it stands, and the one question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QRadioButton, QVBoxLayout, QWidget

from app.domain import moves as states
from app.domain.findings import UserError
from app.services import enrolment, moves, moving, places, records
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.leave_form import LeaveForm
from app.ui.moves_page import fields_told
from app.words import say

WIDTH = 560


def targets(desk: Desk) -> list[dict[str, Any]]:
    """The other committees of the street that can receive somebody: committee, name, code."""
    found = {
        each["committee"]: each
        for each in enrolment.status(desk.session)["members"]
        if each["role"] == "committee" and not each["revoked"] and each["committee"] != desk.session.committee_id
    }
    return sorted(found.values(), key=lambda each: str(each["code"]))


class OfferDialog(Dialog):
    """To another committee of the street, or out of it. `batch` and `said` are what was written, after it was accepted."""

    def __init__(self, parent: QWidget, desk: Desk, resident: str, name: str) -> None:
        super().__init__(parent, say("move-ask"))
        self.desk, self.resident, self.name = desk, resident, name
        self.setFixedWidth(WIDTH)
        self.body.setSpacing(theme.GAP[2])
        self.batch, self.said = "", ""
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary("登记迁出"), theme.button("返回")
        isolates, may, others = moves.isolates(desk.session, resident), desk.session.may, targets(desk)
        self.inside, self.outside = QRadioButton(say("move-inside")), QRadioButton(say("move-outside"))
        self.there = self._to_committee(others, isolates=isolates)
        self.away = LeaveForm(desk, resident, name, {each: box.text() for each, box in self.others.items()})
        self.away.counted.connect(self._resized)
        self.inside.setEnabled(bool(others))
        if not others:
            self.inside.setText(say("move-inside-none"))
        self.outside.setEnabled(may("isolation.write"))
        (self.inside if others else self.outside).setChecked(True)
        for widget in (
            theme.title(say("move-who", name=name)), theme.row(self.inside, self.outside, 1), self.there, self.away,
            self.message, theme.row(1, self.cancel, self.act),
        ):  # fmt: skip
            self.body.addWidget(widget)
        self._show_way()
        self.inside.toggled.connect(lambda _: self._show_way())
        for box in self.others.values():
            box.toggled.connect(self._count)
        self.cancel.clicked.connect(self.reject)
        self.act.clicked.connect(self.write)

    def _to_committee(self, targets_: list[dict[str, Any]], *, isolates: bool) -> QWidget:
        """Where to, what travels and what stays."""
        self.to = theme.Choice()
        self.to.setAccessibleName("迁往")
        self.to.addItem("请选择居委会", None)
        for each in targets_:
            self.to.addItem(f"{each['name']}（{each['code']}）", each["committee"])
        self.others = {each: QCheckBox(name) for each, name in self._others().items()}
        family = [theme.soft(say("move-household-offer")), *self.others.values()] if self.others else []
        duty = [theme.label(say("move-duty-here"), "strong", wrap=True)] if isolates else []
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[2])
        for widget in (
            self.to, *family, *duty, theme.soft(say("move-travels", **fields_told())), theme.soft(say("move-stays")),
            theme.soft(say("move-offer-why")),
        ):  # fmt: skip
            column.addWidget(widget)
        return made

    def _show_way(self) -> None:
        away = self.outside.isChecked()
        self.there.setVisible(not away)
        self.away.setVisible(away)
        self._resized()

    def _resized(self) -> None:
        self.message.hide()
        self._count()
        if self.isVisible():
            self.adjustSize()

    def _others(self) -> dict[str, str]:
        """Who lives in the same household and could move along: id → name."""
        home = str(records.show(self.desk.session, "resident", self.resident).get("household") or "")
        people = places.residents(self.desk.session, home) if home else []
        free = set(moves.household_of(self.desk.session, home)) if home else set()
        return {each["id"]: str(each.get("name", "")) for each in people if each["id"] in free - {self.resident}}

    @property
    def chosen(self) -> list[str]:
        return [self.resident, *(row for row, box in self.others.items() if box.isChecked())]

    def _count(self) -> None:
        count = len(self.chosen)
        offered = say("move-offer-many", count=count) if count > 1 else "登记迁出"
        away = len(self.away.chosen)
        leaving = say("leave-act-many", count=away) if away > 1 else say("leave-act", name=self.name)
        self.act.setText(leaving if self.outside.isChecked() else offered)

    def write(self) -> None:
        """Offer, or let leave; what is wrong is said and the dialog stays."""
        try:
            if self.outside.isChecked():
                done = self.away.write()
                self.said = self.away.said(done, self.name)
            else:
                done = self._offer()
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            self.adjustSize()
            return
        self.batch = done["batch"]
        self.accept()

    def _offer(self) -> dict[str, Any]:
        to = self.to.currentData()
        if to is None:
            raise UserError("move-choose")
        done = moves.offer_many(self.desk.session, self.chosen, to)
        several = len(done["moved"])
        who = say("move-several", name=self.name, count=several) if several > 1 else self.name
        self.said = say("move-offered", name=who)
        return done


class MoveActs(QObject):
    """A button for the head of a person's form and a line below it; may_go: unsaved work is dealt with first."""

    def __init__(self, form: QWidget, desk: Desk, may_go: Callable[[], bool]) -> None:
        super().__init__(form)
        self.form, self.desk, self.may_go = form, desk, may_go
        self.button = theme.button("")
        self.line = theme.label("", "small", wrap=True)
        self.record: dict[str, Any] = {}
        self.button.clicked.connect(self._act)

    def show_for(self, entity: str, record: dict[str, Any]) -> None:
        """What can be done of this person's move, and how it stands."""
        self.record = record if entity == "resident" else {}
        state = states.state_of(self.record)
        session = self.desk.session
        may = session.role == "committee" and session.may("moves.offer") and bool(self.record)
        offered = state == states.OFFERED
        self.button.setText("撤回迁移" if offered else "迁出…")
        somewhere = offered or session.may("isolation.write") or bool(targets(self.desk))
        self.button.setVisible(may and state != states.CLOSED and somewhere)
        self.line.setText(self._words(state))
        self.line.setVisible(bool(self.line.text()))

    def _words(self, state: str) -> str:
        move = self.record.get("move") or {}
        returned = state == states.REFUSED and "to" in move
        if not returned and state not in (states.OFFERED, states.CLOSED, states.ACCEPTED):
            return ""
        names = {each["committee"]: each["name"] for each in enrolment.status(self.desk.session)["members"]}
        days = 0
        if state == states.OFFERED and self.desk.session.may("moves.read"):
            waits = moving.waiting(self.desk.session)
            days = next((each["days"] for each in waits if each["id"] == self.record["id"]), 0)
        return say(
            f"move-line-{state}",
            name=names.get(move.get("to") or move.get("of"), ""),
            days=days,
            why=move.get("why", ""),
        )

    def _act(self) -> None:
        if not self.may_go():
            return
        name = str(self.record.get("name", ""))
        if states.state_of(self.record) == states.OFFERED:
            self._take_back(name)
            return
        dialog = OfferDialog(self.form, self.desk, self.record["id"], name)
        dialog.accepted.connect(lambda: self.desk.notify(dialog.said, dialog.batch))
        dialog.open()

    def _take_back(self, name: str) -> None:
        try:
            done = moves.cancel(self.desk.session, self.record["id"])
        except UserError as error:
            self.desk.error(error)
            return
        self.desk.notify(say("move-cancelled", name=name), done.batch)

"""From a person's form to another committee: the button, the line that says how it stands, and the one question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QWidget

from app.domain import moves as states
from app.domain.findings import UserError
from app.services import enrolment, moves, moving, places, records
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
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
    """Where to, what travels and what stays. `done` is what was written, after it was accepted."""

    def __init__(self, parent: QWidget, desk: Desk, resident: str, name: str) -> None:
        super().__init__(parent, "迁往其他居委会")
        self.desk, self.resident = desk, resident
        self.setFixedWidth(WIDTH)
        self.body.setSpacing(theme.GAP[2])
        self.done_: dict[str, Any] | None = None
        self.to = theme.Choice()
        self.to.setAccessibleName("迁往")
        self.to.addItem("请选择居委会", None)
        for each in targets(desk):
            self.to.addItem(f"{each['name']}（{each['code']}）", each["committee"])
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary("登记迁出"), theme.button("返回")
        self.others = {each: QCheckBox(name_) for each, name_ in self._others().items()}
        family = [theme.soft(say("move-household-offer")), *self.others.values()] if self.others else []
        duty = (
            [theme.label(say("move-duty-here"), "strong", wrap=True)] if moves.isolates(desk.session, resident) else []
        )
        for widget in (
            theme.title(f"{name}迁往"), self.to, *family, *duty, theme.soft(say("move-travels", **fields_told())),
            theme.soft(say("move-stays")), theme.soft(say("move-offer-why")), self.message,
            theme.row(1, self.cancel, self.act),
        ):  # fmt: skip
            self.body.addWidget(widget)
        for box in self.others.values():
            box.toggled.connect(self._count)
        self.cancel.clicked.connect(self.reject)
        self.act.clicked.connect(self.write)

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
        self.act.setText(say("move-offer-many", count=count) if count > 1 else "登记迁出")

    def write(self) -> None:
        """Offer; what is wrong is said and the dialog stays."""
        to = self.to.currentData()
        try:
            if to is None:
                raise UserError("move-choose")
            self.done_ = moves.offer_many(self.desk.session, self.chosen, to)
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            return
        self.accept()


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
        self.button.setText("撤回迁移" if offered else "迁往其他居委会…")
        self.button.setVisible(may and state != states.CLOSED and (offered or bool(targets(self.desk))))
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
        dialog.accepted.connect(lambda: self._offered(dialog, name))
        dialog.open()

    def _offered(self, dialog: OfferDialog, name: str) -> None:
        assert dialog.done_ is not None
        several = len(dialog.done_["moved"])
        who = say("move-several", name=name, count=several) if several > 1 else name
        self.desk.notify(say("move-offered", name=who), dialog.done_["batch"])

    def _take_back(self, name: str) -> None:
        try:
            done = moves.cancel(self.desk.session, self.record["id"])
        except UserError as error:
            self.desk.error(error)
            return
        self.desk.notify(say("move-cancelled", name=name), done.batch)

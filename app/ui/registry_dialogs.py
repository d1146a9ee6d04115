"""The acts on the registry that need the root key: it is made to count longer, a PC is taken out of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QRadioButton, QSpinBox, QWidget

from app.domain.findings import UserError
from app.services import enrolment, sync_state
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.desk import Desk
from app.ui.enrol_dialogs import Asking, RootKey
from app.words import say

FROM_HERE = 6
"""Stretches that are asked about one by one; a PC restored more often is revoked from its last ones."""


class RenewDialog(Asking):
    """The registry is signed anew. Emits `renewed` with its last day."""

    renewed = Signal(str)

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, desk, "延长登记表的有效期", theme.primary("延长有效期"))
        self.root = RootKey(desk)
        for widget in (theme.soft(say("renew-why")), self.root):
            self.body.addWidget(widget)
        self.end()
        self.act.clicked.connect(self._renew)
        self.root.password.returnPressed.connect(self.act.click)

    def _renew(self) -> None:
        try:
            root, password = self.root.given()
        except UserError as error:
            self.wrong(errors.words(error))
            return
        session = self.desk.session
        self.attempt(lambda: enrolment.renew(session, root, password), None, say("renew-work"))

    def done_well(self, answer: dict[str, Any]) -> None:
        self.accept()
        self.renewed.emit(answer["until"])


class RevokeDialog(Asking):
    """A PC is taken out of the registry: what came still counts, or not from some entry on, or none of it."""

    def __init__(self, parent: QWidget, desk: Desk, member: dict[str, Any]) -> None:
        super().__init__(parent, desk, "停用电脑", theme.button("停用这台电脑", "danger"))
        self.member = member
        name = member["name"]
        self.chains = sync_state.chains_of(desk.session, member["device"])[-FROM_HERE:]
        self.now = QRadioButton(say("revoke-keep", seq=sum(each["seq"] for each in self.chains)))
        self.now.setChecked(True)
        self.some = QRadioButton(say("revoke-from"))
        self.some.setEnabled(bool(self.chains))
        self.all = QRadioButton(say("revoke-void"))
        self.root = RootKey(desk)
        self.sure = QCheckBox(say("revoke-sure", name=name))
        for widget in (
            theme.title(f"{name}（{member['code']}）"), theme.soft(say("revoke-why", name=name)), self.now, self.some,
            self._stretches(), self.all, theme.rule(), self.root, self.sure,
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.end()
        self.act.clicked.connect(self._revoke)
        self.some.toggled.connect(self._offer)
        self._offer(False)

    def _stretches(self) -> QWidget:
        """One line for each stretch that it wrote: from which entry on nothing counts."""
        self.where = QWidget()
        grid = QGridLayout(self.where)
        grid.setContentsMargins(theme.GAP[4], 0, 0, 0)
        grid.setColumnStretch(0, 1)
        self.firsts: list[QSpinBox] = []
        for number, each in enumerate(self.chains):
            first = QSpinBox()
            first.setRange(1, each["seq"] + 1)
            first.setValue(each["seq"] + 1)
            first.setMinimumHeight(theme.BUTTON)
            first.setPrefix("第 ")
            first.setSuffix(" 条起")
            first.setAccessibleName(say("revoke-from-nth"))
            self.firsts.append(first)
            said = say(
                "revoke-stretch", number=number + 1, first=moment(each["first"]), last=moment(each["last"]),
                seq=each["seq"],
            )  # fmt: skip
            grid.addWidget(theme.label(said, "soft"), number, 0)
            grid.addWidget(first, number, 1)
        return self.where

    def _offer(self, on: bool) -> None:
        self.where.setVisible(on)
        self.adjustSize()

    def _revoke(self) -> None:
        if not self.sure.isChecked():
            self.wrong(say("revoke-check"))
            return
        try:
            root, password = self.root.given()
        except UserError as error:
            self.wrong(errors.words(error))
            return
        session, device = self.desk.session, self.member["device"]
        first = 0 if self.all.isChecked() else None
        chains = {
            each["epoch"]: box.value() for each, box in zip(self.chains, self.firsts, strict=True)
        } if self.some.isChecked() else {}  # fmt: skip
        self.attempt(
            lambda: enrolment.revoke(session, device, first, root, password, chains=chains), None, say("revoke-work")
        )

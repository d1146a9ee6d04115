"""Below the list of the round: whom the next press is about, who is responsible, and the number to call when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import isolation, records
from app.ui import theme
from app.ui.case_parts import SLOT_WORDS
from app.ui.desk import Desk
from app.ui.round_sheet import Line, Member
from app.words import say

REST, MOST_MISSED = 250, 6
"""Milliseconds after the last key until the case is read; how many of the checks that are lacking are named."""


class PersonStrip(QWidget):
    """Name and day at once; contacts and lacking checks once the hand rests, so that keying never waits for them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.member: Member | None = None
        self.who, self.contacts = theme.label("", "strong"), theme.label("", "small")
        self.phone = theme.button(say("round-phone"), "link", "phone-outline")
        self.phone_said = theme.label("", "strong")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(theme.row(self.who, self.phone, self.phone_said, 1))
        column.addWidget(self.contacts)
        self.phone.clicked.connect(self.see_phone)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self.tell_case)

    def show_member(self, line: Line | None, at: int) -> None:
        self.member = line.members[at] if line is not None else None
        self.phone.setVisible(self.member is not None)
        self.phone_said.setText("")
        self.contacts.setText("")
        self._rest.stop()
        if line is None or self.member is None:
            self.who.setText("")
            return
        member, path = self.member, f"{line.building_name} {line.room}"
        self.who.setText(say("round-members", path=path, who=member.name, day=member.day, days=member.days))
        if self.isVisible():
            self._rest.start()

    def tell_case(self) -> None:
        """The three who are responsible, and which checks are lacking."""
        if self.member is None:
            return
        try:
            row = isolation.case(self.desk.session, self.member.case)
        except UserError:
            return  # erased or undone since the list was read
        people = {key: _contact(row, key) for key in ("officer", "police", "doctor")}
        missing = "、".join(f"{day[5:]} {SLOT_WORDS[slot]}" for day, slot in row["missing"][-MOST_MISSED:])
        lacking = "　" + say("round-member-missed", missed=missing) if missing else ""
        self.contacts.setText(say("round-contacts", **people) + lacking)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rest.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing is read: the workspace may be locked in a moment."""
        self._rest.stop()
        super().hideEvent(event)

    def see_phone(self) -> None:
        """The whole number of the person who is meant: a look, so it leaves an entry."""
        if self.member is None:
            return
        try:
            row = isolation.case(self.desk.session, self.member.case)
            shown = records.show(self.desk.session, "resident", str(row["resident"]))
        except UserError as error:
            self.desk.error(error)
            return
        number = shown.get("phone") or say("round-no-phone")
        self.phone_said.setText(f"{self.member.name}　{number}")


def _contact(row: Mapping[str, Any], key: str) -> str:
    """One of the three who are responsible, with the telephone."""
    named = " ".join(str(row[part]) for part in (f"{key}_name", f"{key}_phone") if row.get(part))
    return named or say("round-contact-none")

"""同步 at a centre: what each committee sent and is still to take, the PCs of the registry, what came last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.services import enrolment, exchanged, summaries, sync_state
from app.ui import theme
from app.ui.acts import moment
from app.ui.bundle_result import DAY, LATE, SILENT, age, came_table, hours_since, row_of_came
from app.ui.desk import Desk
from app.ui.registry_dialogs import RenewDialog, RevokeDialog
from app.ui.registry_line import RegistryLine
from app.ui.tables import Column, Row, Table
from app.words import say


def committee_row(each: dict[str, Any], now: datetime) -> Row:
    """A committee as the table shows it; `state` in words, `silent` sorts: the longest silence first."""
    hours = hours_since(each["last_bundle"], now)
    silent = hours is None or hours >= SILENT * DAY
    if not each["enrolled"]:
        state, silent = say("state-left"), False
    elif hours is None:
        state = say("state-never")
    else:
        state = say("state-silent", count=hours // DAY) if silent else say("state-reported")
    return {**each, "age": hours_since(each["data_until"], now), "state": state, "late": silent}


class CentrePane(QWidget):
    """The committees, oldest first, the PCs of the registry, what came last. Emits `told` with a sentence."""

    told = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()

    def _build(self) -> None:
        may = self.desk.session.may
        self.approve = theme.button("批准登记申请…", icon_name="account-check-outline")
        self.said = theme.label("", "soft")
        self.show_words = theme.button("街道的八个词", "link")
        self.table = Table([
            Column("name", "居委会"), Column("code", "代码", 112), Column("residents", "实有人口", 84),
            Column("data_until", "数据截至", 132, moment), Column("age", "数据距今", 84, age),
            Column("last_bundle", "最近报送", 132, moment), Column("state", "报送", 126, tone=lambda row: LATE if row["late"] else ""),
            Column("waits", "待下发", 84, lambda n: say("centre-waits", count=n) if n else ""), Column("since", "最早写于", 132, moment),
        ], remember=(self.desk.settings, "committees"))  # fmt: skip
        self.members = Table([
            Column("name", "名称"), Column("code", "代码", 120), Column("kind", "类别", 90), Column("seq", "已收到（条）", 110),
            Column("device", "设备编号", 280), Column("state", "状态", 80),
        ], remember=(self.desk.settings, "members"))  # fmt: skip
        self.revoke = theme.button("停用…", "danger")
        self.renew = theme.button("延长有效期…", icon_name="calendar-refresh-outline")
        for button, act in (
            (self.approve, "devices.approve"), (self.renew, "devices.approve"), (self.revoke, "devices.revoke"),
        ):  # fmt: skip
            if not may(act):
                button.hide()
        self.registry = RegistryLine(self.desk)
        self.came, self.nothing = came_table(self.desk), theme.soft(say("came-none"))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, widgets in (
            ("各居委会", (self.table,)),
            ("登记的电脑", (self.members, theme.soft(say("revoke-stolen")), theme.row(1, self.renew, self.revoke))),
            ("最近收到", (self.nothing, self.came)),
        ):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, theme.GAP[1], 0, 0)
            for widget in widgets:
                column.addWidget(widget)
            self.tabs.addTab(page, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(theme.row(self.said, 1, self.show_words))
        column.addWidget(self.registry)
        column.addWidget(self.tabs, 1)

    def _connect(self) -> None:
        self.revoke.clicked.connect(self._revoke)
        self.renew.clicked.connect(self._renew)
        self.members.chosen.connect(self._chosen)

    def _chosen(self, row: Row | None) -> None:
        self.revoke.setEnabled(row is not None and not row["own"] and not row["revoked"])

    def refresh(self) -> None:
        session = self.desk.session
        now, committees = session.now(), summaries.status(session)["committees"]
        waits = _waits_of(sync_state.waiting(session))
        rows = [{**committee_row(each, now), **waits.get(each["committee"], {})} for each in committees]
        self.table.set_rows(sorted(rows, key=lambda row: (not row["enrolled"], row["last_bundle"] or "")))
        known, members = enrolment.status(session), sync_state.registered(session)
        self.members.set_rows([
            {**each, "kind": say(f"member-{each['role']}"), "state": say(_state_of(each))} for each in members
        ])  # fmt: skip
        names = {each["device"]: each["name"] for each in members}
        came = [row_of_came(each, session.role, names) for each in exchanged.came(session)]
        self.came.set_rows(came)
        self.came.setVisible(bool(came))
        self.nothing.setVisible(not came)
        self.registry.refresh(known)
        self.renew.setEnabled(known["enrolled"])
        self._chosen(None)
        self.approve.setEnabled(bool(members))
        self.show_words.setVisible(known["enrolled"])
        self.words = say("sync-words", words=known.get("root_words"))
        self.said.setText(self._summary(rows, bool(members)))

    def _summary(self, rows: list[Row], founded: bool) -> str:
        if not founded:
            return say("root-none")
        if not rows:
            return say("sync-no-committees")
        states = sync_state.waiting(self.desk.session)
        waits = len({each["committee"] for each in states if each["news"]})
        sent = sum(each["last_bundle"] is not None for each in rows)
        return "　·　".join((
            say("sync-reported", all=len(rows), count=sent),
            say("sync-waiting-centre", count=waits) if waits else say("sync-waiting-none"),
        ))  # fmt: skip

    # ---------------------------------------------------------------- the registry

    def _renew(self) -> None:
        dialog = RenewDialog(self, self.desk)
        dialog.renewed.connect(self._renewed)
        dialog.open()

    def _renewed(self, until: str) -> None:
        self.refresh()
        self.told.emit(say("renewed-desk", until=until))

    def _revoke(self) -> None:
        if (member := self.members.current()) is not None:
            dialog = RevokeDialog(self, self.desk, member)
            dialog.accepted.connect(self._revoked)
            dialog.open()

    def _revoked(self) -> None:
        self.refresh()
        self.desk.notify(say("enrol-revoked"))


def _state_of(member: dict[str, Any]) -> str:
    return "member-revoked" if member["revoked"] else "member-own" if member["own"] else "member-active"


def _waits_of(states: list[dict[str, Any]]) -> dict[str, Row]:
    """What each committee's PCs have not said to have: the most of them, and since when."""
    found: dict[str, Row] = {}
    for each in states:
        row = found.setdefault(each["committee"], {"waits": 0, "since": ""})
        row["waits"] = max(row["waits"], each["entries"])
        if each["entries"] and each["since"]:
            row["since"] = min(row["since"] or each["since"], each["since"])
    return found

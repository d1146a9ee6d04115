"""What is known of bundles, in words: what waits, how old what came is, and after 接收数据 what came of each file."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHeaderView, QPushButton, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from app.services import enrolment, summaries, sync_state
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.desk import Desk
from app.ui.enrol_dialogs import RevokeDialog
from app.ui.sticks import sticks
from app.ui.tables import Column, Row, Table
from app.words import knows, say

DAY, SHOWN_STICKS = 24, 3
HEADER, LINE, SHOWN_LINES, LONGEST = 44, 38, 5, 38  # of the table of files: px, px, lines, letters of a name
SILENT = 2  # days without a bundle from which the table says so
LATE = "#9A5B00"
TONES = {"well": theme.OK, "part": LATE, "not": theme.DANGER}


# ---------------------------------------------------------------- moments and ages


def day(iso: str, now: datetime) -> str:
    """A moment to the minute, as one says it: 5月25日16:00, with the year where it is another one."""
    at = datetime.fromisoformat(iso)
    code = "day" if at.year == now.year else "day-of-year"
    return say(code, year=at.year, month=at.month, day=at.day, time=f"{at:%H:%M}")


def hours_since(iso: str | None, now: datetime) -> int | None:
    """Full hours from a moment until now; a clock that runs ahead gives 0."""
    return max(0, int((now - datetime.fromisoformat(iso)).total_seconds() // 3600)) if iso else None


def age(hours: int | None) -> str:
    """How old something is: 不到 1 小时, 5 小时, 3 天."""
    if hours is None:
        return "—"
    if hours < 1:
        return say("age-fresh")
    return say("age-hours", count=hours) if hours < DAY else say("age-days", count=hours // DAY)


# ---------------------------------------------------------------- files taken in


def words_of_file(result: dict[str, Any], role: str) -> list[str]:
    """Everything to be said about one file of `sync.merge`; to a committee every bundle is a receipt too."""
    if result["error"] is not None:
        return [errors.words(result["error"])]
    said = [say(each["code"], **each) for each in result["aside"]]
    refused = Counter(each["code"] for each in result["refused"])
    said += [_refused(code, count) for code, count in refused.items()]
    if result["conflicts"]:
        said.append(say("merged-conflicts", count=result["conflicts"]))
    plain = "merged-well" if result["applied"] else "merged-receipt" if role == "committee" else "merged-nothing"
    return said or [say(plain, name=result["from"])]


def _refused(code: str, count: int) -> str:
    special = f"refused-{code}"
    return say(special, count=count) if knows(special) else say(code)


def row_of(result: dict[str, Any], role: str) -> Row:
    """One file as a row of the table; `tone` says how it went."""
    failed, part = result["error"] is not None, result["aside"] or result["refused"] or result["conflicts"]
    return {
        **{key: "" if failed else result[key] for key in ("applied", "duplicates", "conflicts")},
        "file": Path(result["file"]).name, "words": "\n".join(words_of_file(result, role)),
        "tone": "not" if failed else "part" if part else "well",
    }  # fmt: skip


def shortened(name: str) -> str:
    """A long file name without its middle: who, for whom, and the end stay."""
    return name if len(name) <= LONGEST else f"{name[:27]}…{name[-8:]}"


class BundleResult(QFrame):
    """A card with one row a file; hidden until there is something to show."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("panel")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.title = theme.label("", "strong")
        self.decide = theme.button("去待核")
        self.close_button = theme.button("知道了", "link")
        self.table = Table([
            Column("file", "文件", 320, shortened), Column("applied", "新收", 64), Column("duplicates", "已有", 64),
            Column("conflicts", "冲突", 56), Column("words", "结果", tone=lambda row: TONES[row["tone"]]),
        ])  # fmt: skip
        self.table.setWordWrap(True)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GAP[2],) * 4)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.title, 1, self.decide, self.close_button))
        column.addWidget(self.table)

    def _connect(self) -> None:
        self.decide.clicked.connect(lambda: self.desk.go("decisions"))
        self.close_button.clicked.connect(self.hide)

    def show_results(self, results: list[dict[str, Any]], *, stopped: bool = False) -> None:
        """What `sync.merge` gave; stopped: the rest was cancelled."""
        applied, conflicts = (sum(each[key] for each in results) for key in ("applied", "conflicts"))
        well = sum(each["error"] is None for each in results)
        taken = say("merged-title", all=len(results), count=well, applied=applied)
        self.title.setText(f"{taken}　{say('merged-stopped')}" if stopped else taken)
        self.decide.setVisible(bool(conflicts) and self.desk.session.may("conflicts.read"))
        rows = [row_of(each, self.desk.session.role) for each in results]
        self.table.set_rows(rows)
        lines = sum(1 + row["words"].count("\n") for row in rows)
        self.table.setFixedHeight(HEADER + LINE * min(lines, SHOWN_LINES))
        self.show()


# ---------------------------------------------------------------- a committee's side


class ReportPane(QFrame):
    """Whom we trust, what waits, what the street has. Emits `to` with a stick that was clicked."""

    to = Signal(object)

    def __init__(self, desk: Desk, export: QPushButton, receive: QPushButton) -> None:
        super().__init__()
        self.desk = desk
        self.street = ""
        self.setObjectName("panel")
        self._build(export, receive)
        self.show_words.clicked.connect(lambda: self.words.setVisible(self.words.isHidden()))

    def _build(self, export: QPushButton, receive: QPushButton) -> None:
        self.title = theme.title("")
        self.show_words = theme.button("街道的八个词", "link")
        self.words = theme.soft()
        self.words.hide()
        self.waits = theme.label("", "strong")
        self.received = theme.soft()
        self.sticks = theme.row()
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GAP[3],) * 4)
        column.setSpacing(theme.GAP[2])
        column.addWidget(theme.row(self.title, 1, self.show_words))
        for widget in (self.words, self.waits, self.received, theme.row(export, self.sticks, receive, 1)):
            column.addWidget(widget)

    def refresh(self, known: dict[str, Any]) -> None:
        now = self.desk.session.now()
        self.street = next((each["name"] for each in known["members"] if each["role"] == "centre"), "街道")
        self.title.setText(say("sync-with", name=self.street))
        self.words.setText(say("sync-words", words=known["root_words"]))
        states = sync_state.waiting(self.desk.session)
        unsent, entries = (max((each[key] for each in states), default=0) for key in ("unsent", "entries"))
        news = any(each["news"] for each in states)
        code = "sync-waits" if unsent else "sync-sent" if entries else "sync-registry" if news else "sync-nothing"
        self.waits.setText(say(code, count=unsent or entries))
        until = max((each["received_until"] for each in states if each["received_until"]), default=None)
        said = max((each["last_receipt"] for each in states if each["last_receipt"]), default=None)
        self.received.setText(
            say("sync-received", until=day(until, now), age=age(hours_since(said, now)))
            if until
            else say("sync-no-receipt")
        )

    def offer_sticks(self) -> None:
        """A button for each stick that is in; asked for when the desk is opened."""
        line = self.sticks.layout()
        assert line is not None
        while item := line.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        for name, root in sticks()[:SHOWN_STICKS]:
            made = theme.button(f"导出到 {name}")
            made.clicked.connect(lambda _=False, root=root: self.to.emit(root))
            line.addWidget(made)
        self.sticks.setVisible(line.count() > 0)


# ---------------------------------------------------------------- a centre's side


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
    """The committees, oldest first, and the PCs of the registry. Revoking happens here."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()

    def _build(self) -> None:
        may = self.desk.session.may
        self.approve = theme.button("批准登记申请…", icon_name="account-check-outline")
        self.approve.setVisible(may("devices.approve"))
        self.said = theme.label("", "soft")
        self.show_words = theme.button("街道的八个词", "link")
        self.table = Table([
            Column("name", "居委会"), Column("code", "代码", 120), Column("residents", "实有人口", 84),
            Column("data_until", "数据截至", 140, moment), Column("age", "数据距今", 90, age),
            Column("last_bundle", "最近报送", 140, moment), Column("state", "报送", 130, tone=lambda row: LATE if row["late"] else ""),
        ], remember=(self.desk.settings, "committees"))  # fmt: skip
        self.members = Table([
            Column("name", "名称"), Column("code", "代码", 120), Column("kind", "类别", 90), Column("seq", "已收到（条）", 110),
            Column("device", "设备编号", 280), Column("state", "状态", 80),
        ], remember=(self.desk.settings, "members"))  # fmt: skip
        self.revoke = theme.button("停用…", "danger")
        self.revoke.setVisible(may("devices.revoke"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, widgets in (("各居委会", (self.table,)), ("登记的电脑", (self.members, theme.row(1, self.revoke)))):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, theme.GAP[1], 0, 0)
            for widget in widgets:
                column.addWidget(widget)
            self.tabs.addTab(page, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(theme.row(self.said, 1, self.show_words))
        column.addWidget(self.tabs, 1)

    def _connect(self) -> None:
        self.revoke.clicked.connect(self._revoke)
        self.members.chosen.connect(self._chosen)

    def _chosen(self, row: Row | None) -> None:
        self.revoke.setEnabled(row is not None and not row["own"] and not row["revoked"])

    def refresh(self) -> None:
        session = self.desk.session
        now, committees = session.now(), summaries.status(session)["committees"]
        rows = [committee_row(each, now) for each in committees]
        self.table.set_rows(sorted(rows, key=lambda row: (not row["enrolled"], row["last_bundle"] or "")))
        known, members = enrolment.status(session), sync_state.registered(session)
        self.members.set_rows([
            {**each, "kind": say(f"member-{each['role']}"), "state": say(_state_of(each))} for each in members
        ])  # fmt: skip
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
        waits = sum(each["news"] for each in sync_state.waiting(self.desk.session))
        sent = sum(each["last_bundle"] is not None for each in rows)
        return "　·　".join((
            say("sync-reported", all=len(rows), count=sent),
            say("sync-waiting-centre", count=waits) if waits else say("sync-waiting-none"),
        ))  # fmt: skip

    # ---------------------------------------------------------------- revoking

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

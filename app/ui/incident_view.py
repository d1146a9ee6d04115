"""One incident: where it stands, the next step as the one button, whom to call, what may be the same, and its photos.

Longer than most files: it is one page from top to bottom, and each part is a few labels and a button.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget

from app.domain import incidents, moments
from app.domain.contact_codes import spoken
from app.domain.findings import UserError
from app.services import incident_links
from app.services import incidents as service
from app.services.records import Change
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.desk import Desk
from app.ui.incident_dialogs import AskDialog, ReassignDialog
from app.ui.incident_photos import PhotosCard, emptied, link
from app.ui.incident_words import lateness, minutes, short, tone
from app.words import say

SCROLL = 16  # px that a scroll bar takes
PAST, NOW_DUE, AHEAD = "●", "◐", "○"


class IncidentView(QWidget):
    """Emits `edit` with the incident that is to be corrected, `written` after every deed."""

    edit = Signal(object)
    written = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.row: dict[str, Any] = {}
        self.may = desk.session.may("incidents.write")
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.heading, self.state = theme.title(""), theme.label("", "strong")
        self.change = theme.button("修改")
        self.more = theme.button("更多", "menu")
        self.more.setMenu(QMenu(self.more))
        self.told = theme.label("", "", wrap=True)
        self.notes = theme.label("", "small", wrap=True)
        self.code, self.code_why = theme.label("", "figure"), theme.label(say("incident-code-why"), "small", wrap=True)
        self.steps, self.calls, self.same = (QWidget() for _ in range(3))
        self.photos = PhotosCard(self.desk)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        course = theme.panel(self.steps, self._next(), margin=theme.GAP[2])
        self.calls_card = theme.panel(theme.label("联系", "group"), self.calls, margin=theme.GAP[2])
        self.same_card = theme.panel(theme.label("同一件事", "group"), self.same, margin=theme.GAP[2])
        for widget in (
            self.told,
            self.notes,
            self.code,
            self.code_why,
            self.same_card,  # what may be the same is seen before somebody sets out twice
            course,
            self.calls_card,
            self.photos,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, theme.GAP[1], 0, 0)
        outer.setSpacing(theme.GAP[1])
        outer.addWidget(theme.row(self.heading, self.state, 1, self.change, self.more))
        self.whole, self.area = whole, theme.scrolled(whole)
        outer.addWidget(self.area, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)

    def _next(self) -> QWidget:
        self.step, self.other = theme.primary(""), theme.button("")
        self.who, self.at, self.outcome = QLineEdit(), QLineEdit(), QLineEdit()
        for line, name, width in ((self.who, "谁", 130), (self.at, "时间", 130), (self.outcome, "办理结果", 0)):
            line.setAccessibleName(name)
            line.setPlaceholderText(name)
            if width:
                line.setFixedWidth(width)
        self.at.setPlaceholderText("时间：现在")
        self.at.setToolTip(say("incident-step-when"))
        self.late = theme.label("", "strong")
        self.up = theme.button("上报…")
        self.wrong = theme.label("", "wrong", wrap=True)
        self.lines = theme.row(self.who, self.at, self.outcome, 1)
        self.act = QWidget()
        column = QVBoxLayout(self.act)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (theme.row(self.late, 1, self.up), self.lines, theme.row(self.step, self.other, 1), self.wrong):
            column.addWidget(widget)
        return self.act

    def _connect(self) -> None:
        self.up.clicked.connect(self.ask_escalate)
        self._soon.timeout.connect(self._fit)
        self.change.clicked.connect(lambda: self.edit.emit(self.row))
        self.step.clicked.connect(lambda: self.key_step(self.row["next"]))
        self.other.clicked.connect(lambda: self.key_step(self.other_state))
        for line in (self.who, self.at, self.outcome):
            line.returnPressed.connect(lambda: self.key_step(self.row["next"]))
        self.photos.written.connect(self.written)
        self.photos.paste_key(self)

    # ---------------------------------------------------------------- showing

    def show_incident(self, row: str) -> None:
        """Read one and show it; what was typed for another one goes."""
        if row != self.row.get("id"):
            for line in (self.who, self.at, self.outcome):
                line.clear()
            self.area.verticalScrollBar().setValue(0)
        self.row = service.one(self.desk.session, row)
        self.wrong.hide()
        self._show_head()
        self._show_steps()
        self._show_next()
        self._show_calls()
        self._show_same()
        self.photos.show_of(row)
        self._soon.start()

    def time_passed(self, row: dict[str, Any]) -> None:
        """The same incident, a little later: what the list knows of its limit."""
        if row["id"] == self.row.get("id"):
            self.row |= {key: row[key] for key in ("due", "overdue", "late", "escalate", "external")}
            self._show_next()

    def _fit(self) -> None:
        """As wide as its parts need, once they lie where they will: a pane that cuts the last step is no use."""
        self.area.setMinimumWidth(self.whole.minimumSizeHint().width() + SCROLL)

    def _show_head(self) -> None:
        row, now = self.row, self.desk.session.now()
        self.heading.setText(row["kind"])
        self.state.setText(f"{row['urgency']} · {row['state']}")
        lines = [row["where"], row.get("what", "") if row.get("what") != row["kind"] else "", row.get("name", "")]
        self.told.setText("　".join(filter(None, lines)))
        self.told.setVisible(bool(self.told.text()))
        self.notes.setText("\n".join(self._notes(now)))
        self.notes.setVisible(bool(self.notes.text()))
        waits = (
            bool(row.get("contact_code")) and row["state"] == incidents.REPORTED and self.desk.session.role == "centre"
        )
        self.code.setText(say("incident-code", code=spoken(str(row.get("contact_code", "")))))
        for label in (self.code, self.code_why):
            label.setVisible(waits)
        self.change.setVisible(self.may)
        self._fill_menu()

    def _notes(self, now: Any) -> list[str]:
        row = self.row
        said = [
            ("incident-stub", row["stub"]), ("incident-stub-heard", row.get("heard")), ("incident-outcome-line", row.get("outcome")),
            ("incident-why-line", row.get("state_why")), ("incident-joined-line", row["first"]),
        ]  # fmt: skip
        lines = [
            say(code, heard=row.get("heard"), outcome=row.get("outcome"), why=row.get("state_why"))
            for code, there in said
            if there
        ]
        if row.get("contact_code") and row["state"] != incidents.REPORTED:
            lines.append(say("incident-code", code=spoken(str(row["contact_code"]))))
        if row.get("external_number") or row.get("external_source"):
            due = moment(row.get("external_due_at")) or row.get("external_due") or "—"
            lines.append(
                say(
                    "incident-outer-line", source=row.get("external_source"), number=row.get("external_number"), due=due
                )
            )
        if row.get("escalated_at"):
            lines.append(
                say(
                    "incident-escalated-line",
                    to=row.get("escalated_to"),
                    by=row.get("escalated_by"),
                    at=short(row["escalated_at"], now),
                )
            )
        for code, name in (
            ("incident-from-line", row["reassigned_from_name"]),
            ("incident-to-line", row["reassigned_to_name"]),
        ):
            lines += [say(code, name=name)] if name else []
        return lines

    def _fill_menu(self) -> None:
        menu, row, centre = self.more.menu(), self.row, self.desk.session.role == "centre"
        menu.clear()
        may_leave = incidents.WITHDRAWN in incidents.STEPS.possible(row["state"])
        for words, act, shown in (
            ("上报…", self.ask_escalate, row["open"]), ("改派给别的居委会…", self.ask_reassign, centre and may_leave),
            ("撤销这件事件…", self.ask_withdraw, may_leave), ("重新打开…", self.ask_reopen, row["reopen"]),
        ):  # fmt: skip
            if shown:
                menu.addAction(words, act)
        self.more.setVisible(self.may and not menu.isEmpty())

    def _show_steps(self) -> None:
        grid, now = emptied(self.steps), self.desk.session.now()
        ended = self.row["state"] in incidents.LEFT
        for at, each in enumerate(self.row["steps"]):
            done, due = each["at"] is not None, each["state"] == self.row["next"]
            mark = PAST if done else NOW_DUE if due else AHEAD
            name = theme.label(f"{mark}{each['state']}", "strong" if done or due else "soft")
            if due:
                name.setStyleSheet(f"color: {theme.DANGER if self.row['overdue'] else theme.ACCENT};")
            limit = say("incident-within", time=minutes(each["limit"])) if each["limit"] and not ended else ""
            for line, label in enumerate((
                name, theme.label(short(each["at"], now) if done else limit, "small"),
                theme.label(str(each["by"]) if done else "", "small"),
            )):  # fmt: skip
                if label.text():
                    label.setToolTip(theme.tip(label.text()))
                    grid.addWidget(label, line, at)
            grid.setColumnStretch(at, 1)

    def _show_next(self) -> None:
        row = self.row
        following = row["next"]
        self.late.setText(
            lateness(row, self.desk.session.now()) + (f"（{say('incident-by-outer')}）" if row["external"] else "")
        )
        self.late.setStyleSheet(f"color: {tone(row) or theme.INK_SOFT};")
        self.act.setVisible(following is not None)
        for widget in (self.step, self.other, self.lines):
            widget.setVisible(self.may)
        if following is None:
            return
        told = following == incidents.NOTIFIED
        self.step.setText(say("incident-next-notify") if told else say("incident-next", state=following))
        self.up.setVisible(self.may and row["escalate"])
        skipped = "" if row.get("contact_code") else incidents.NOTIFIED  # one's own needs no call, and offers none
        others = [state for state in row["possible"] if state not in (following, skipped)]
        self.other_state = others[0] if others else ""
        self.other.setText(say("incident-next", state=self.other_state))
        self.other.setVisible(self.may and bool(others))
        self.who.setPlaceholderText("通知了谁" if told else f"谁：{self.desk.session.account}")
        self.outcome.setVisible(incidents.CLOSED in row["possible"])

    def _show_calls(self) -> None:
        row, grid = self.row, emptied(self.calls)
        reporter = {"who": "报告人", "name": row.get("reporter_name", ""), "phone": row.get("reporter_phone", "")}
        held = {"who": "承办", "name": row.get("assigned_to", ""), "phone": row.get("assigned_phone", "")}
        others = [each for each in row["contacts"] if f"{each['who']} {each['name']}".strip() != held["name"]]
        people = [each for each in (held, reporter, *others) if each["name"] or each["phone"]]
        for at, each in enumerate(people):
            grid.addWidget(theme.label(each["who"], "soft"), at, 0)
            grid.addWidget(theme.label(str(each["name"])), at, 1)
            phone = theme.label(str(each["phone"]), "strong")
            phone.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            grid.addWidget(phone, at, 2)
            if self.may and row["open"] and each in others:
                grid.addWidget(link("改由其承办", partial(self._assign, each)), at, 3)
        grid.setColumnStretch(2, 1)
        self.calls_card.setVisible(bool(people))

    def _show_same(self) -> None:
        found, column, now = (
            incident_links.repeats(self.desk.session, self.row["id"]),
            emptied(self.same),
            self.desk.session.now(),
        )
        at = 0
        if self.row["first"]:
            column.addWidget(theme.label(say("incident-joined-line"), "small"), at, 0)
            column.addWidget(link("分开", self._separate), at, 1)
            at += 1
        likely = found["likely"] if not self.row["first"] else []
        lines: list[tuple[Any, str, str, Callable[[str], None]]] = []
        lines += [(each, "", "分开", self._separate) for each in found["joined"]]
        lines += [(each, "incident-repeats-likely", "并入这一件", self._join) for each in likely]
        for each, code, word, act in lines:
            told = (short(each.get("reported_at"), now), each["where"], each.get("what"), each.get("reporter_name"))
            said = "　".join(filter(None, told))
            column.addWidget(theme.label(say(code, said=said) if code else said, "small", wrap=True), at, 0)
            if self.may:
                column.addWidget(link(word, partial(act, each["id"])), at, 1)
            at += 1
        column.setColumnStretch(0, 1)
        self.same_card.setVisible(at > 0)

    # ---------------------------------------------------------------- deeds

    def _do(self, act: Callable[[], Change], said: str) -> bool:
        """Write, say so with 撤销, show it anew; what is wrong is said beside the button."""
        try:
            done = act()
        except UserError as error:
            self.wrong.setText(errors.words(error))
            self.wrong.show()
            if not self.act.isVisible():
                self.desk.error(error)
            return False
        self.desk.notify(said, done.batch)
        self.written.emit()
        return True

    def key_step(self, state: str | None) -> None:
        """Key a step with what stands in the lines: who, when, and what came of it."""
        if not state or not self.may:
            return
        session, row = self.desk.session, self.row

        def act() -> Change:
            at = moments.read(self.at.text(), session.now()) if self.at.text().strip() else None
            who = self.who.text()
            if state == incidents.NOTIFIED:
                return service.notified(session, row["id"], to=who, at=at)
            outcome = self.outcome.text() if state == incidents.CLOSED else ""
            return service.step(session, row["id"], state, at=at, by=who, outcome=outcome)

        kept = [line.text() for line in (self.who, self.at, self.outcome)]
        if self._do(act, say("incident-stepped-said", kind=row["kind"], state=state)):
            for line, text in zip((self.who, self.at, self.outcome), kept, strict=True):
                if line.text() == text and (line is not self.outcome or state == incidents.CLOSED):
                    line.clear()

    def _assign(self, to: dict[str, Any]) -> None:
        told = {"assigned_to": f"{to['who']} {to['name']}".strip(), "assigned_phone": to["phone"]}
        self._do(lambda: service.change(self.desk.session, self.row["id"], told), say("incident-changed-said"))

    def _join(self, other: str) -> None:
        self._do(lambda: incident_links.join(self.desk.session, other, self.row["id"]), say("incident-joined-said"))

    def _separate(self, other: str = "") -> None:
        self._do(
            lambda: incident_links.separate(self.desk.session, other or self.row["id"]), say("incident-separated-said")
        )

    def _ask(self, dialog: AskDialog, said: str) -> None:
        dialog.accepted.connect(lambda: self._asked(dialog, said))
        dialog.open()

    def _asked(self, dialog: AskDialog, said: str) -> None:
        done = dialog.done_
        assert done is not None
        code = done.get("contact_code", "") if isinstance(done, dict) else ""
        if isinstance(done, dict) and done.get("photos_left"):
            said += "；" + say("incident-photos-left", count=done["photos_left"])
        self.desk.notify(said.replace("{code}", spoken(code)), done["batch"] if isinstance(done, dict) else done.batch)
        self.written.emit()

    def ask_withdraw(self) -> None:
        session, row = self.desk.session, self.row
        self._ask(AskDialog(self, "撤销这件事件", "", (("why", "原因"),), "撤销事件",
                            lambda said: service.withdraw(session, row["id"], why=said["why"])),
                  say("incident-withdrawn-said", kind=row["kind"]))  # fmt: skip

    def ask_reopen(self) -> None:
        session, row = self.desk.session, self.row
        self._ask(AskDialog(self, "重新打开", say("incident-reopen-why"), (("why", "原因"),), "重新打开",
                            lambda said: service.reopen(session, row["id"], why=said["why"])),
                  say("incident-reopened-said", kind=row["kind"]))  # fmt: skip

    def ask_escalate(self) -> None:
        session, row = self.desk.session, self.row
        self._ask(AskDialog(self, "上报", say("incident-escalate-why"), (("to", "报给谁"), ("by", "谁上报（不填为本账号）")), "登记上报",
                            lambda said: service.escalate(session, row["id"], to=said["to"], by=said["by"])),
                  say("incident-escalated", to=""))  # fmt: skip

    def ask_reassign(self) -> None:
        session, row = self.desk.session, self.row
        self._ask(ReassignDialog(self, self.desk, row["committee"],
                                 lambda to, why: incident_links.reassign(session, row["id"], to, why=why)),
                  say("incident-reassigned-said"))  # fmt: skip

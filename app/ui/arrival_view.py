"""One arrival: who, from where, when, to which door; its steps with their times, each keyed with one press."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain import arrivals as states
from app.domain import contact_codes
from app.ui import theme
from app.ui.act_dialog import read_moment
from app.ui.acts import moment
from app.ui.desk import Desk
from app.words import say

STEPS = (
    (states.PICKED_UP, "已接到", "picked_up_at", ("picked_up_by", "vehicle")),
    (states.HANDED_OVER, "已交接", "handed_over_at", ("handed_over_to",)),
    (states.HOME, "已到家", "home_at", ("home_by",)),
)  # fmt: skip
"""State, verb, its time, and what else is shown of it."""
FACTS = (
    ("transport_no", "航班车次"), ("origin", "来源地"), ("due_words", "预计到达"), ("person_phone", "来人电话"),
    ("address", "拟住地址"), ("home", "对到的户"), ("committee_name", "居委会"), ("notified", "电话通知"), ("heard_words", "电话登记"),
    ("state_why", "原因"), ("note", "备注"),
)  # fmt: skip
DETAILS = (("at", "时间"), ("by", "接送人"), ("vehicle", "车辆"), ("to", "交接给"))


class ArrivalView(QWidget):
    """Emits `stepped(state, details)` for a step and `asked(act)` for what needs a dialog of its own."""

    stepped = Signal(str, dict)
    asked = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.row: dict[str, Any] = {}
        self._build()
        self.show_row(None)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.name, self.state = theme.title(""), theme.label("", "strong")
        self.code = theme.label("", "figure")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setAccessibleName("联络码")
        self.code_why = theme.label("联络码", "small")
        self.why = theme.label("", "", wrap=True)
        self.why.setStyleSheet(f"color: {theme.ATTENTION}; font-weight: 600;")
        self.message = theme.label("", "wrong", wrap=True)
        self.whole = QWidget()
        column = QVBoxLayout(self.whole)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[2])
        column.addWidget(theme.row(self.name, self.state, 1, self.code_why, self.code))
        for widget in (self.why, self._steps(), self._typed(), self.message, self._further()):
            column.addWidget(widget)
        facts = QWidget()
        self.facts = QGridLayout(facts)
        self.facts.setContentsMargins(0, 0, 0, 0)
        self.facts.setHorizontalSpacing(theme.GAP[3])
        self.facts.setVerticalSpacing(theme.GAP[1])
        self.facts.setColumnStretch(1, 1)
        self.told = {key: theme.label("", wrap=True) for key, _ in FACTS}
        self.titles = {key: theme.label(title, "soft") for key, title in FACTS}
        for at, (key, _) in enumerate(FACTS):
            self.facts.addWidget(self.titles[key], at, 0, Qt.AlignmentFlag.AlignTop)
            self.facts.addWidget(self.told[key], at, 1)
        column.addWidget(theme.panel(facts, margin=theme.GAP[2]))
        column.addStretch(1)
        self.area = theme.scrolled(self.whole)
        self.area.setMinimumWidth(0)  # of all the buttons there are, no state has more than a few
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fit)

    def _fit(self) -> None:
        """As wide as the buttons that this state has, and room for the bar."""
        self.area.setMinimumWidth(
            self.whole.minimumSizeHint().width() + self.area.verticalScrollBar().sizeHint().width()
        )

    def _steps(self) -> QWidget:
        """Three cards beside each other: done with its time, or a button."""
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[1])
        self.buttons: dict[str, QPushButton] = {}
        self.done = {}
        for number, (state, verb, _, _) in enumerate(STEPS, 1):
            press = theme.button(f"{verb}　{number}")
            press.setToolTip(say("arrival-step-tip", state=state, key=number))
            press.clicked.connect(partial(self._step, state))
            said = theme.label("", "small", wrap=True)
            self.buttons[state], self.done[state] = press, said
            line.addWidget(theme.panel(press, said, margin=theme.GAP[1]), 1)
        return made

    def _typed(self) -> QWidget:
        """Time and names of the next step: all may stay empty, then it is now."""
        self.typed_box = QWidget()
        line = QHBoxLayout(self.typed_box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[1])
        self.typed: dict[str, QLineEdit] = {}
        for key, title in DETAILS:
            made = QLineEdit()
            made.setAccessibleName(title)
            made.setPlaceholderText(title + ("（默认现在）" if key == "at" else ""))
            made.setToolTip(say("arrival-time-tip") if key == "at" else "")
            self.typed[key] = made
            line.addWidget(made, 3 if key == "at" else 2)
        return self.typed_box

    def _further(self) -> QWidget:
        self.acts: dict[str, QPushButton] = {}
        for key, text in (
            ("notified", "登记已电话通知…"), ("match", "对户…"), ("case", "建立隔离个案"), ("missed", "未到…"), ("waiting", "恢复待接…"),
            ("cancelled", "取消…"), ("reassign", "改派…"), ("decline", "不同意改派…"),
        ):  # fmt: skip
            self.acts[key] = theme.primary(text) if key in ("notified", "case") else theme.button(text)
            self.acts[key].clicked.connect(partial(self.asked.emit, key))
        if self.desk.session.role == "committee":
            self.acts["reassign"].setText("请街道改派…")
        return theme.row(*self.acts.values(), 1)

    # ---------------------------------------------------------------- showing

    def show_row(self, row: dict[str, Any] | None) -> None:
        """row: as `services.arrivals.one` gives it; None: nobody is chosen."""
        same = bool(row) and row is not None and row["id"] == self.row.get("id")
        self.row = row or {}
        for widget in (self.why, self.message, self.code, self.code_why):
            widget.hide()
        if not same:
            for line in self.typed.values():
                line.clear()
        self.name.setText(self._who())
        self.state.setText(self.row.get("state", "") or ("" if not row else "名册里的记录"))
        if why := self.row.get("why"):
            self.why.setText(say(f"arrival-{why}", **self.row))
            self.why.show()
        if contact_codes.is_code(self.row.get("contact_code")):
            self.code.setText(contact_codes.spoken(str(self.row["contact_code"])))
            self.code.setVisible(states.is_open(self.row))
            self.code_why.setVisible(states.is_open(self.row))
        self._show_steps()
        self._show_acts()
        self._show_facts()
        if not same:
            self.area.verticalScrollBar().setValue(0)
        self._soon.start()

    def _who(self) -> str:
        if not self.row:
            return ""
        return self.row["name"] or str(self.row.get("heard") or "（电话登记，等数据包）")

    def _show_steps(self) -> None:
        may = self.desk.session.may("arrivals.write")
        possible = self.row.get("steps", ()) if may and self.row.get("state") else ()
        first = next((state for state, *_ in STEPS if state in possible), "")
        for state, verb, at, more in STEPS:
            press, said = self.buttons[state], self.done[state]
            done = moment(self.row.get(at))
            told = "\n".join(str(self.row[key]) for key in more if self.row.get(key))
            press.setVisible(state in possible)
            press.setObjectName("primary" if state == first else "")
            press.style().unpolish(press)
            press.style().polish(press)
            words = f"{verb} {done[5:]}" if done else "" if state in possible else f"{verb}：没有登记"
            said.setText("\n".join(filter(None, (words, told if done else ""))))
            said.setObjectName("done" if done else "small")
            said.style().unpolish(said)
            said.style().polish(said)
            said.setVisible(bool(said.text()))
        self.typed_box.setVisible(bool(first))
        for key in ("vehicle", "to"):
            self.typed[key].setVisible(first != states.HOME)
        self.typed["by"].setPlaceholderText("登记人" if first == states.HOME else "接送人")

    def _show_acts(self) -> None:
        row, session = self.row, self.desk.session
        may, centre = session.may("arrivals.write") and bool(row), session.role == "centre"
        possible = row.get("steps", ()) if row.get("state") else ()
        open_ = may and states.is_open(row)
        shown = {
            "notified": open_ and centre and not row["waits"] and not row.get("notified_at"),
            "match": may and not centre and bool(row.get("state")) and row["state"] not in states.ENDED,
            "case": may and not centre and row.get("state") == states.HOME and session.may("isolation.write"),
            "missed": may and states.MISSED in possible, "waiting": may and states.WAITED in possible,
            "cancelled": may and states.CANCELLED in possible,
            "reassign": open_ and not row.get("stub"),
            "decline": open_ and centre and bool(row.get("reassigned_to")),
        }  # fmt: skip
        for key, button in self.acts.items():
            button.setVisible(bool(shown[key]))
        self.acts["match"].setText("改对户…" if row.get("household") else "对户…")
        self.acts["reassign"].setText("派给居委会…" if row.get("waits") else "改派…" if centre else "请街道改派…")

    def _show_facts(self) -> None:
        row = dict(self.row)
        expected = moment(row.get("expected_at")) or str(row.get("arrived_on") or "")
        row["due_words"] = expected + ("　境外" if row.get("overseas") else "")
        row["home"] = str(row.get("path") or "").replace("/", " ") + (
            "　名册里没有此人" if row.get("household") and not row.get("resident") else ""
        )
        if row.get("notified_at"):
            row["notified"] = (
                f"{moment(row['notified_at'])}　{row.get('notified_by', '')} → {row.get('notified_to', '')}"
            )
        if row.get("heard_at"):
            said = (moment(row["heard_at"]), row.get("heard_by"), row.get("heard"))
            row["heard_words"] = "　".join(str(each) for each in said if each)
        if row.get("to_name"):
            row["state_why"] = "　".join(filter(None, (f"→ {row['to_name']}", row.get("state_why"))))
        for key, _ in FACTS:
            text = str(row.get(key) or "")
            self.told[key].setText(text)
            self.told[key].setVisible(bool(text))
            self.titles[key].setVisible(bool(text))

    def say(self, text: str) -> None:
        """What was refused, beside what was typed."""
        self.message.setText(text)
        self.message.setVisible(bool(text))

    # ---------------------------------------------------------------- acts

    def press(self, number: int) -> None:
        """The key of a step."""
        button = self.buttons[STEPS[number - 1][0]]
        if button.isVisible():
            button.click()

    def _step(self, state: str) -> None:
        given = {key: line.text().strip() for key, line in self.typed.items() if line.text().strip()}
        if "at" in given:
            at = read_moment(given["at"], self.desk.session.now().date())
            if at is None:
                self.say(say("moment-invalid", value=given["at"]))
                self.typed["at"].setFocus()
                return
            given["at"] = at
        self.stepped.emit(state, given)

"""One person of care on a card: why in which groups, whom to call, who has the key, the plans, who was there last."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import care
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.tables import Column, Table
from app.words import say


def beside(left: QWidget, card: PersonCard) -> QSplitter:
    """A list and the card of whom is chosen in it; a narrow window takes from both."""
    made = theme.split(left, card, sizes=(676, 484))
    made.setStretchFactor(0, 5)
    made.setStretchFactor(1, 4)
    return made


class PersonCard(QStackedWidget):
    """`show_person` fills it; nothing is shown before."""

    def __init__(self, desk: Desk, *, above: int = 0) -> None:
        """above: px over the card, where the list beside it begins lower than its page."""
        super().__init__()
        self.desk = desk
        self.resident = ""
        self.told: dict[str, Any] = {}
        self._build(above)
        self.phones.clicked.connect(self.open_phones)
        self.reveal.clicked.connect(lambda: self.show_person(self.resident, reveal=True))
        self.home.clicked.connect(self._go_home)

    def _build(self, above: int) -> None:
        self.nothing = theme.soft(say("care-empty-person"))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.heading, self.where = theme.label("", "title", wrap=True), theme.soft("")
        self.state = theme.label("", "strong", wrap=True)
        self.groups = theme.label("", wrap=True)
        self.hidden = theme.label(say("care-hidden"), "small")
        self.reveal = theme.button("打开", "link")
        self.hidden_row = theme.row(self.hidden, self.reveal, 1)
        self.people = theme.label("", wrap=True)
        self.phones = theme.button(say("care-phones-open"), "link")
        self.plans = theme.label("", wrap=True)
        for each in (self.groups, self.people, self.plans):
            each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.last = Table(
            [Column("on", "日期", 92), Column("kind", "服务", 84), Column("mode", "方式", 56), Column("result", "结果", 80),
             Column("by", "服务人", 76), Column("note", "备注")]
        )  # fmt: skip
        self.none = theme.soft(say("care-no-contacts"))
        self.home = theme.button("看住户", icon_name="home-account")
        head = theme.row(self.heading, self.home)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        card = theme.panel(
            head, self.where, self.state, theme.rule(), theme.label("人群和依据", "group"),
            self.groups, self.hidden_row, theme.row(theme.label("联系人", "group"), self.phones, 1), self.people,
            theme.label("最近联系", "group"), self.last, self.none, theme.label("计划", "group"), self.plans,
            theme.label(say("care-visit-apart"), "small", wrap=True), margin=theme.GAP[2],
        )  # fmt: skip
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, above, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
        self.addWidget(self.nothing)
        self.addWidget(theme.scrolled(inside))

    def clear(self) -> None:
        self.resident, self.told = "", {}
        self.setCurrentIndex(0)

    def show_person(self, resident: str, *, reveal: bool = False) -> None:
        """Read and show; reveal: sensitive groups and notes, which is a look."""
        session = self.desk.session
        try:
            told = care.person(session, resident, reveal=reveal)
        except UserError as error:
            if reveal:
                self.desk.error(error)
                return
            self.clear()
            self.nothing.setText(errors.words(error))
            return
        self.resident, self.told = told["id"], told
        year = told["birth_year"]
        age = f"{year}年生，今年满{session.now().year - year}岁" if year else ""
        self.heading.setText(told["name"] or "（无姓名）")
        path = told["path"].rpartition("/")[0].replace("/", " ")
        self.where.setText("\n".join(filter(None, ("　".join(filter(None, (told["sex"], age))), path))))
        self._show_state(told)
        groups = [f"{each['group']}　{each['why']}" for each in told["groups"]]
        self.groups.setText("\n".join(groups) or say("care-no-groups"))
        self.hidden_row.setVisible(told["hidden"])
        self.reveal.setVisible(session.may("care.reveal") and session.ring is not None)
        self._show_people(told["people"])
        self.plans.setText("\n".join(map(_plan_line, told["plans"])) or say("care-no-plans"))
        rows = [{**each, "note": _note(each)} for each in told["last"]]
        self.last.set_rows(rows)
        self.last.setFixedHeight((len(rows) + 1) * theme.ROW + 2 * theme.GAP[1])
        self.last.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.setCurrentIndex(1)

    def _show_state(self, told: dict[str, Any]) -> None:
        late = told["due"] is not None and told["due"] < self.desk.session.now().date().isoformat()
        due = f"期限 {told['due']}" + ("，已逾期" if late else "") if told["due"] else ""
        text = say("care-out", why=told["out"]) if told["out"] else due
        self.state.setText(text)
        self.state.setVisible(bool(text))

    def _show_people(self, people: list[dict[str, Any]]) -> None:
        lines = [
            "　".join(filter(None, (each["relation"], each["who"], each["phone"] or "没有电话"))) for each in people
        ]
        self.people.setText("\n".join(lines))
        self.phones.setVisible(any(each["phone"] for each in people))

    def open_phones(self) -> None:
        """The numbers in full: one press, and an entry."""
        try:
            self._show_people(care.numbers(self.desk.session, self.resident))
        except UserError as error:
            self.desk.error(error)
            return
        self.phones.hide()

    def _go_home(self) -> None:
        told = self.told
        self.desk.go("residents", building=told["building"], household=told["household"], resident=told["id"])


def _plan_line(plan: dict[str, Any]) -> str:
    parts = [plan["kind"], f"{plan['every']}天一次" if plan["every"] < 366 else "", plan["mode"], plan["worker"]]
    parts.append(f"{plan['state']}（{plan['why']}）" if plan["why"] else plan["state"])
    if plan["due"]:
        parts.append(f"下次 {plan['due']}" + ("（已逾期）" if plan["overdue"] else ""))
    return "　".join(filter(None, parts))


def _note(contact: dict[str, Any]) -> str:
    hidden = "（有敏感备注）" if contact["sensitive"] and not contact["note_sensitive"] else ""
    follow = f"{contact['follow_up']}跟进" if contact["follow_up"] else ""
    return "；".join(filter(None, (contact["note"], contact["note_sensitive"], follow, hidden)))

"""Lines of 今日 about the keeping itself: keys that wait for a decision, backups, erasures, the street's registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.domain.access import RING_ROLES
from app.domain.findings import UserError
from app.services import accounts, upkeep
from app.services.values import Values
from app.ui import errors, theme
from app.ui.account_dialogs import titles
from app.ui.acts import moment
from app.ui.desk import Desk
from app.words import say

LEADS = {
    "backup-late": ("manage", {"page": "backups"}), "erase-due": ("manage", {"page": "erasures"}),
    "erase-asked": ("manage", {"page": "erasures"}), "registry": ("sync", {}),
}  # fmt: skip
"""Where a line's 去处理 leads: section and place there."""
LATE = frozenset({"backup-late", "backup-failed"})


class UpkeepRows(QWidget):
    """`count` lines; read anew by `refresh`, which says whether there is anything."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.count = 0
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(theme.GAP[1])

    def refresh(self) -> None:
        while (item := self.rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        found = [{"kind": "backup-failed", "why": why} for why in self.desk.trouble.values()]
        found += [each for each in upkeep.waiting(self.desk.session) if not (found and each["kind"] == "backup-late")]
        for each in found:
            self.rows.addWidget(self._row(each))
        self.count = len(found)
        self.setVisible(bool(found))

    def _row(self, waits: Values) -> QWidget:
        if waits["kind"] == "ring-admit":
            return self._admission(waits)
        section, where = LEADS.get(waits["kind"], ("manage", {"page": "backups"}))
        acts = []
        if waits["kind"] in LEADS or waits["kind"] == "backup-failed":
            acts = [self._button("去处理", partial(self.desk.go, section, **where))]
        return _line(theme.label(self._words(waits), "wrong" if waits["kind"] in LATE else "", wrap=True), *acts)

    def _words(self, waits: Values) -> str:
        kind = waits["kind"]
        if kind == "registry":
            side = "centre" if self.desk.session.role == "centre" else "committee"
            return say(f"registry-{'over' if waits['days'] < 0 else 'soon'}-{side}", **waits)
        if kind == "ring-wait":
            own = waits["account"] == self.desk.session.account
            return say("owed-ring-own" if own else "owed-ring-admit", account=waits["account"])
        if kind == "ring-renew":
            return say("owed-ring-renew", names="、".join(waits["names"]))
        said = {key: moment(value) if key == "at" else value for key, value in waits.items()}
        return say(f"today-{kind}", **said)

    def _admission(self, waits: Values) -> QWidget:
        said = QWidget()
        column = QVBoxLayout(said)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(theme.label(say("admit-ask", account=waits["account"]), wrap=True))
        who = say("admit-who", titles=titles(waits["roles"]), by=waits["by"], at=moment(waits["at"]))
        column.addWidget(theme.label(who, "small", wrap=True))
        return _line(
            said,
            self._button(say("admit-refuse"), lambda: self._refuse(waits), name=waits["account"]),
            self._button(say("admit-act"), lambda: self._admit(waits), "primary", name=waits["account"]),
        )

    def _button(self, text: str, act: Callable[[], object], kind: str = "", *, name: str = "") -> QPushButton:
        made = theme.button(text, kind)
        made.setAccessibleName(f"{text} {name}".strip())
        made.clicked.connect(lambda: act())
        return made

    # ---------------------------------------------------------------- deciding

    def _admit(self, waits: Values) -> None:
        session, name = self.desk.session, waits["account"]
        self._run(lambda: accounts.admit(session, name), lambda _: say("account-admitted", account=name))

    def _refuse(self, waits: Values) -> None:
        session, name = self.desk.session, waits["account"]
        left = [role for role in waits["roles"] if role not in RING_ROLES]
        question = say(
            "admit-refuse-ask", account=name, titles=titles(each for each in waits["roles"] if each not in left),
            left=say("admit-refuse-left", titles=titles(left)) if left else say("admit-refuse-bare"),
        )  # fmt: skip
        if errors.ask(self, question, say("admit-refuse"), "返回", danger=True) == say("admit-refuse"):
            self._run(lambda: accounts.refuse_ring(session, name), lambda done: _refused(name, done))

    def _run(self, act: Callable[[], Values], words: Callable[[Values], str]) -> None:
        try:
            done = act()
        except UserError as error:
            self.desk.error(error)
        else:
            self.desk.notify(words(done))
        self.desk.counts_changed()
        self.refresh()


def _refused(name: str, done: Values) -> str:
    code = "account-refused" if done["roles"] else "account-refused-bare"
    return say(code, account=name, titles=titles(done["roles"]))


def _line(said: QWidget, *acts: Any) -> QWidget:
    made = theme.row(said, *acts)
    made.layout().setStretch(0, 1)  # type: ignore[union-attr]  # theme.row has made it
    return made

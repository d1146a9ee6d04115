"""管理: pages beside each other, each for those who may: accounts, backups, erasures, what was done on this PC, imports.

A page that others need is one more line of `TABS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout

from app.domain.access import purpose_of
from app.domain.fields import ENTITIES
from app.services import ledgers
from app.ui import theme
from app.ui.accounts_page import AccountsPage
from app.ui.acts import ACTIONS, OBJECTS, moment
from app.ui.backups_page import BackupsPage
from app.ui.desk import Desk, Page
from app.ui.erasures_page import ErasuresPage
from app.ui.imports_page import ImportsPage
from app.ui.rules_page import RulesPage
from app.ui.tables import Column, Table
from app.words import say

SHOWN = 500


def _object(value: Any) -> str:
    return ENTITIES[value].title if value in ENTITIES else OBJECTS.get(value, str(value or ""))


def _purpose(code: Any) -> str:
    found = purpose_of(code)
    return (
        say("purpose-other")
        if found is not None and found.code == found.title == "other"
        else found.title
        if found
        else ""
    )


class LedgerPage(Page):
    """操作留痕, and the check of its chain."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.acts = Table([
            Column("at", "时间", 150, moment), Column("account", "账号", 120),
            Column("action", "动作", 120, lambda value: ACTIONS.get(value, str(value))), Column("entity", "对象", 120, _object),
            Column("purpose", "用途", 150, _purpose), Column("seq", "序号", 80), Column("id", "编号"),
        ], remember=(desk.settings, "acts"))  # fmt: skip
        self.verify = theme.button("核对留痕", icon_name="shield-check-outline")
        self.verified = theme.soft()
        theme.only_if(desk.session.may("ledger.show"), self.acts)
        theme.only_if(desk.session.may("ledger.verify"), self.verify)
        _fill(self, self.verified, self.verify, self.acts)
        self.verify.clicked.connect(self._verify)

    def refresh(self, changed: set[str]) -> None:
        if self.desk.session.may("ledger.show"):
            found = ledgers.show(self.desk.session, limit=SHOWN)
            self.acts.set_rows(found)
            if not self.verified.text():
                self.verified.setText(say("ledger-shown", count=len(found)))

    def _verify(self) -> None:
        session = self.desk.session
        self.verify.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: ledgers.verify(session, progress=progress, cancelled=cancelled),
            self._verified, lambda _: self.verify.setEnabled(True), text=say("ledger-verify"),
        )  # fmt: skip

    def _verified(self, found: dict[str, Any]) -> None:
        self.verify.setEnabled(True)
        code = "verify-ok" if found["ok"] else "verify-bad"
        self.verified.setText(say(code, entries=found["entries"], count=len(found["faults"])))
        self.verified.setObjectName("done" if found["ok"] else "wrong")
        self.verified.style().polish(self.verified)


def _fill(page: Page, said: Any, act: Any, table: Table) -> None:
    """A sentence and a button above a table."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, theme.GAP[1], 0, 0)
    line = QHBoxLayout()
    line.addWidget(said, 1)
    line.addWidget(act)
    column.addLayout(line)
    column.addWidget(table, 1)


@dataclass(frozen=True, slots=True)
class Tab:
    """acts: one of these rights opens the page."""

    key: str
    title: str
    acts: tuple[str, ...]
    make: Callable[[Desk], Page]


TABS = (
    Tab("accounts", "账号", ("accounts.list",), AccountsPage),
    Tab("backups", "备份", ("backups.make",), BackupsPage),
    Tab("rules", "隔离规则", ("isolation.rules",), RulesPage),
    Tab("erasures", "清除", ("erase.propose",), ErasuresPage),
    Tab("ledger", "操作留痕", ("ledger.show", "ledger.verify"), LedgerPage),
    Tab("imports", "导入记录", ("rosters.read",), ImportsPage),
)


class ManageDesk(Page):
    """`pages` by key; a page is filled when it is first looked at, and later only what is in sight."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.pages: dict[str, Page] = {}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for tab in TABS:
            if any(map(desk.session.may, tab.acts)):
                self.pages[tab.key] = tab.make(desk)
                self.tabs.addTab(self.pages[tab.key], tab.title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        if not self.pages:
            self.tabs.hide()
            column.addWidget(theme.soft(say("manage-nothing")))
            column.addStretch()
        self.tabs.currentChanged.connect(lambda _: self.refresh({"all"}))

    def go(self, page: str = "") -> None:
        """page: the key of a tab to open."""
        if page in self.pages:
            self.tabs.setCurrentWidget(self.pages[page])
        self.refresh({"all"})

    def refresh(self, changed: set[str]) -> None:
        shown = self.tabs.currentWidget()
        if isinstance(shown, Page):
            shown.refresh(changed)

    @property
    def unsaved(self) -> bool:
        return any(page.unsaved for page in self.pages.values())

    def leave(self) -> bool:
        return all(page.leave() for page in self.pages.values())

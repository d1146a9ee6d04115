"""隔离: the daily round, the cases, who comes to the city, errands and papers, each on a page with the number that waits."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from app.services import arrivals
from app.ui import theme
from app.ui.arrivals_page import ArrivalsPage
from app.ui.cases_page import CasesPage
from app.ui.desk import Desk, Page
from app.ui.errands_page import ErrandsPage
from app.ui.open_case_dialog import OpenCaseDialog
from app.ui.papers_page import PapersPage
from app.ui.round_page import RoundPage
from app.words import say

OPEN_CASE = "open"
"""Not a page: the dialog over the cases, filled in with what the other desk knows."""


class IsolationDesk(Page):
    """Pages are read when they are shown; a page an account may not use is absent. At a centre nobody keys rounds."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._stale = True
        self.pages: dict[str, Page] = {}
        self._build()
        self._connect()

    def _build(self) -> None:
        may = self.desk.session.may
        self.round, self.cases, self.errands = RoundPage(self.desk), CasesPage(self.desk), ErrandsPage(self.desk)
        self.arrivals, self.papers = ArrivalsPage(self.desk), PapersPage(self.desk)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for key, page, shown in (
            ("round", self.round, self.desk.session.role == "committee"), ("cases", self.cases, True),
            ("arrivals", self.arrivals, may("arrivals.read")), ("errands", self.errands, True),
            ("papers", self.papers, may("notices.print")),
        ):  # fmt: skip
            page.setParent(self)
            page.hide()
            if shown:
                self.pages[key] = page
                self.tabs.addTab(page, say(f"isolation-tabs-{key}"))
        self._shown = self.pages[self.key]
        self.new = theme.button(say("isolation-open"), icon_name="plus")
        self.new.setVisible(may("isolation.write") and self.desk.session.role == "committee")
        self.actions_row = [self.new]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def _connect(self) -> None:
        for key in ("round", "cases", "errands"):
            getattr(self, key).counted.connect(partial(self._count, key))
        self.round.opening.connect(lambda case: self.go("cases", case=case))
        self.new.clicked.connect(lambda: self.open_case())
        self.round.new_case.connect(self.open_case)
        self.cases.opening_new.connect(self.open_case)
        self.cases.printing.connect(lambda case: self.go("papers", case=case))
        self.tabs.currentChanged.connect(self._opened)

    def _count(self, key: str, count: int) -> None:
        if key not in self.pages:
            return
        title = say(f"isolation-tabs-{key}")
        words = say("isolation-tab-count", title=title, count=count) if count else title
        self.tabs.setTabText(self.tabs.indexOf(self.pages[key]), words)

    @property
    def key(self) -> str:
        """Of the open page."""
        return next(key for key, page in self.pages.items() if page is self.tabs.currentWidget())

    # ---------------------------------------------------------------- showing

    def go(self, page: str = "", **where: Any) -> None:
        """Show a page at a place: case, household, arrival, slot and on. page="open": a new case, filled in."""
        if self._stale:
            self._read()
        if page == OPEN_CASE:
            self.go("cases")
            self.open_case(**where)
            return
        key = page or ("cases" if where.get("case") else "arrivals" if where.get("arrival") else self.key)
        if key not in self.pages:
            key = "cases"
        if key != self.key and not self.leave():
            return
        blocked = self.tabs.blockSignals(True)
        self.tabs.setCurrentWidget(self.pages[key])
        self.tabs.blockSignals(blocked)
        self._shown = self.pages[key]
        known = {name: value for name, value in where.items() if name in TAKEN[key] and value}
        self.pages[key].go(**known)

    def _read(self) -> None:
        self._stale = False
        for key, page in self.pages.items():
            if isinstance(page, RoundPage | CasesPage | ErrandsPage):
                page.read()
            elif key != self.key:
                page.refresh({"all"})

    def _opened(self, _: int) -> None:
        """A click on a tab: what is being typed on the page before is asked for first."""
        page = self.pages[self.key]
        if page is self._shown or not self.isVisible():
            return
        if not self._shown.leave():
            self.tabs.setCurrentWidget(self._shown)
            return
        self._shown = page
        page.go()

    def open_case(self, resident: str = "", household: str = "", arrival: str = "", start: str | date = "") -> None:
        """Ask whom and by which rule; from an arrival its person, household and day."""
        day = date.fromisoformat(start) if isinstance(start, str) and start else start or None
        if arrival and not resident and not household:
            row = arrivals.one(self.desk.session, arrival)
            resident, household = str(row.get("resident") or ""), str(row.get("household") or "")
            day = day or _day(row.get("arrived_on"))
        dialog = OpenCaseDialog(
            self, self.desk, resident=resident, household=household, arrival=arrival,
            start=day if isinstance(day, date) else None,
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._case_opened(dialog.opened))
        dialog.open()

    def _case_opened(self, done: dict[str, Any]) -> None:
        rows = done["cases"]
        self.go("cases", case=rows[0]["id"])
        self.desk.notify(say("open-opened", count=len(rows), end=rows[0]["end"]), done["batch"])

    def refresh(self, changed: set[str]) -> None:
        """What is out of sight is read when the desk is opened."""
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        for page in self.pages.values():
            page.refresh(changed)

    # ---------------------------------------------------------------- leaving

    @property
    def unsaved(self) -> bool:
        return any(page.unsaved for page in self.pages.values())

    def leave(self) -> bool:
        return self.pages[self.key].leave()

    def back(self) -> None:
        self.pages[self.key].back()


TAKEN = {
    "round": ("on", "slot", "household", "building"), "cases": ("case", "household", "only"), "arrivals": ("arrival",),
    "errands": ("errand", "household"), "papers": ("case",),
}  # fmt: skip
"""What each page's `go` is told of a place."""


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None

"""隔离: the daily round, the cases, who comes to the city, errands and papers, each on a page with the number that waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

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
        self._build()
        self._connect()

    def _build(self) -> None:
        may, session = self.desk.session.may, self.desk.session
        self.round, self.cases, self.errands = RoundPage(self.desk), CasesPage(self.desk), ErrandsPage(self.desk)
        self.made: dict[str, Page] = {"round": self.round, "cases": self.cases, "errands": self.errands}
        shown = {
            "round": session.role == "committee", "cases": True, "arrivals": may("arrivals.read"), "errands": True,
            "papers": may("notices.print"),
        }  # fmt: skip
        self.columns: dict[str, QVBoxLayout] = {}
        self.keys = [key for key in shown if shown[key]]
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for key in self.keys:
            holder = QWidget()
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            self.columns[key] = column
            if key in self.made:
                column.addWidget(self.made[key])
            self.tabs.addTab(holder, say(f"isolation-tabs-{key}"))
        if "round" not in self.keys:
            self.round.setParent(self)
            self.round.hide()
        self.new = theme.button(say("isolation-open"), icon_name="plus")
        theme.only_if(may("isolation.write") and session.role == "committee", self.new)
        self.actions_row = [self.new]
        self._shown = self.key
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def page(self, key: str) -> Page:
        """A page; arrivals and papers are made when somebody first wants them."""
        if key not in self.made:
            self.made[key] = MAKERS[key](self.desk)
            self.columns[key].addWidget(self.made[key])
        return self.made[key]

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
        if key not in self.keys:
            return
        title = say(f"isolation-tabs-{key}")
        words = f"{title} {count}" if count else title
        self.tabs.setTabText(self.keys.index(key), words)

    @property
    def key(self) -> str:
        """Of the open page."""
        return self.keys[self.tabs.currentIndex()]

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
        if key not in self.keys:
            key = "cases"
        if key != self.key and not self.leave():
            return
        blocked = self.tabs.blockSignals(True)
        shown = self.page(key)
        self.tabs.setCurrentIndex(self.keys.index(key))
        self.tabs.blockSignals(blocked)
        self._shown = key
        shown.go(**{name: value for name, value in where.items() if name in TAKEN[key] and value})

    def _read(self) -> None:
        self._stale = False
        for key in self.keys:
            page = self.made.get(key)
            if isinstance(page, RoundPage | CasesPage | ErrandsPage):
                page.read()
            elif page is not None:
                page.refresh({"all"})
        self._count_arrivals()

    def _count_arrivals(self) -> None:
        """Beside the tab how many who are on the way stand out; the page itself opens telephones, which is a look."""
        if "arrivals" in self.keys:
            self._count("arrivals", sum(bool(row["why"]) for row in arrivals.list_(self.desk.session)))

    def _opened(self, _: int) -> None:
        """A click on a tab: what is being typed on the page before is asked for first."""
        if self.key == self._shown or not self.isVisible():
            return
        if not self.made[self._shown].leave():
            self.tabs.setCurrentIndex(self.keys.index(self._shown))
            return
        self._shown = self.key
        self.page(self.key).go()

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
        for key in self.keys:
            if key in self.made:
                self.made[key].refresh(changed)
        if changed & {"all", "arrival", "household"}:
            self._count_arrivals()

    # ---------------------------------------------------------------- leaving

    @property
    def unsaved(self) -> bool:
        return any(page.unsaved for page in self.made.values())

    def leave(self) -> bool:
        return self.page(self.key).leave()

    def back(self) -> None:
        self.page(self.key).back()


MAKERS: dict[str, Callable[[Desk], Page]] = {"arrivals": ArrivalsPage, "papers": PapersPage}
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

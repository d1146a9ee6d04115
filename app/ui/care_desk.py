"""关爱: who is due, who belongs to which group, the line office's list beside ours, and all plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from app.ui.care_compare_page import ComparePage
from app.ui.care_due_page import FOLLOWED, DuePage
from app.ui.care_groups_page import GroupsPage
from app.ui.care_plans_page import PlansPage
from app.ui.desk import Desk, Page

PAGES = ("due", "groups", "compare", "plans")
TITLES = ("到期", "人群", "名单比对", "计划")


class CareDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.due, self.groups, self.compare, self.plans = (
            DuePage(desk), GroupsPage(desk), ComparePage(desk), PlansPage(desk)
        )  # fmt: skip
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, page in zip(TITLES, (self.due, self.groups, self.compare, self.plans), strict=True):
            self.tabs.addTab(page, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self._stale = {"due", "groups", "plans"}
        self.due.counted.connect(lambda count: self.tabs.setTabText(0, f"到期 {count}" if count else "到期"))
        self.due.groups_wanted.connect(lambda: self.tabs.setCurrentIndex(PAGES.index("groups")))
        self.tabs.currentChanged.connect(lambda _: self._read())

    def go(
        self, page: str = "", resident: str | None = None, file: Path | None = None, plan: str = "", **where: Any
    ) -> None:  # fmt: skip
        """Show a page; a resident stands on 到期, due or not; a file is compared; a plan is chosen."""
        if resident or page or file:
            self.tabs.setCurrentIndex(PAGES.index("due" if resident else "compare" if file else page))
        self._read()
        if resident:
            self.due.show_resident(resident)
        if file:
            self.compare.open(file)
        if plan:
            self.plans.table.choose("id", plan)
            self.plans.table.setFocus()
        shown = self._shown()
        if shown == "due" and self.due.currentIndex() == 0:
            self.due.table.setFocus()

    def _shown(self) -> str:
        return PAGES[self.tabs.currentIndex()]

    def _read(self) -> None:
        """A page is read when it is looked at, and only if something happened since."""
        shown = self._shown()
        if shown in self._stale:
            self._stale.discard(shown)
            {"due": self.due.refresh, "groups": self.groups.refresh, "plans": self.plans.refresh}[shown]()

    def refresh(self, changed: set[str]) -> None:
        if changed & FOLLOWED:
            self._stale |= {"due", "groups", "plans"}
            if self.isVisible():
                self._read()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._read()

"""报表: what the street wants, on three pages: forms to fill, lists that came down, lists for volunteers."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from app.ui.desk import Desk, Page
from app.ui.fill_page import FillPage
from app.ui.namelist_page import NamelistPage
from app.ui.volunteer_page import VolunteerPage

PAGES = ("fill", "namelist", "volunteers")
TITLES = ("填报表", "下发名单", "志愿者名单")


class ReportDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.fill_page, self.namelist, self.volunteers = FillPage(desk), NamelistPage(desk), VolunteerPage(desk)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, page in zip(TITLES, self._pages(), strict=True):
            self.tabs.addTab(page, title)
        for page in self._pages()[1:]:  # lists name people: nothing for a reader of totals
            self.tabs.setTabVisible(self.tabs.indexOf(page), desk.session.may("reports.fill"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def _pages(self) -> tuple[Page, ...]:
        return self.fill_page, self.namelist, self.volunteers

    @property
    def page(self) -> Page:
        return self._pages()[self.tabs.currentIndex()]

    def go(self, page: str = "", **where: Any) -> None:
        """Show a page by its name; what else is said is the page's."""
        if page:
            self.tabs.setCurrentIndex(PAGES.index(page))
        self.page.go(**where)

    def refresh(self, changed: set[str]) -> None:
        for page in self._pages():
            page.refresh(changed)

    @property
    def unsaved(self) -> bool:
        return any(page.unsaved for page in self._pages())

    def leave(self) -> bool:
        return all(page.leave() for page in self._pages())

    def back(self) -> None:
        self.page.back()

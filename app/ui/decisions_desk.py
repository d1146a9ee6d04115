"""待核: what waits for a person to decide, on four pages: rows of rosters, people who may be one, conflicting
values, people who move."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from app.ui.conflicts_page import ConflictsPage
from app.ui.desk import Desk, Page
from app.ui.doubtful_page import DoubtfulPage
from app.ui.duplicates_page import DuplicatesPage
from app.ui.moves_page import MovesPage

PAGES = ("doubtful", "conflicts", "moves", "duplicates")
TITLES = ("花名册", "冲突", "迁移", "疑似重复")


class DecisionsDesk(Page):
    """Read anew when it is shown; what changes elsewhere meanwhile costs nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._stale = True
        self._build()
        self.refresh({"all"})

    def _build(self) -> None:
        self.doubtful, self.conflicts, self.moves, self.duplicates = (
            DoubtfulPage(self.desk), ConflictsPage(self.desk), MovesPage(self.desk), DuplicatesPage(self.desk)
        )  # fmt: skip
        self.waits = dict.fromkeys(PAGES, 0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, page in zip(TITLES, (self.doubtful, self.conflicts, self.moves, self.duplicates), strict=True):
            self.tabs.addTab(page, title)
        self.doubtful.counted.connect(partial(self._count, "doubtful"))
        self.conflicts.counted.connect(partial(self._count, "conflicts"))
        self.moves.counted.connect(partial(self._count, "moves"))
        self.duplicates.counted.connect(partial(self._count, "duplicates"))
        self.tabs.currentChanged.connect(self._opened)
        self.list, self.reason = self.doubtful.list, self.doubtful.reason
        self.keep, self.take, self.new = self.doubtful.keep, self.doubtful.take, self.doubtful.new
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def _count(self, key: str, count: int) -> None:
        self.waits[key] = count
        at = PAGES.index(key)
        self.tabs.setTabText(at, f"{TITLES[at]} {count}" if count else TITLES[at])

    def go(self, page: str = "") -> None:
        """Show a page; without a name the open one, or the first on which something waits."""
        if self._stale:
            self.refresh({"all"})
        if not page and not self.waits[PAGES[self.tabs.currentIndex()]]:
            page = next((key for key in PAGES if self.waits[key]), "")
        if page:
            self.tabs.setCurrentIndex(PAGES.index(page))
        pages = (self.doubtful.list, self.conflicts.list, self.moves.arrived, self.duplicates.list)
        pages[self.tabs.currentIndex()].setFocus()
        self._opened(self.tabs.currentIndex())

    def _opened(self, at: int) -> None:
        """Who may be one is looked for only when somebody wants to know: it takes a while."""
        if PAGES[at] == "duplicates" and self.isVisible():
            self.duplicates.opened()

    def refresh(self, changed: set[str]) -> None:
        if "all" not in changed and not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self.doubtful.refresh()
        self.conflicts.refresh(anew="all" in changed)
        self.moves.refresh()
        self.duplicates.refresh(changed)

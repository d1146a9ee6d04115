"""今日: what waits, the most urgent first, each one key from where it is done; beside it shift notes and upkeep.

At a centre the lines are the committees that are behind or silent, and a line opens that committee's own things.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain import clock
from app.services import summaries, today
from app.services.today import Today
from app.ui import papers_page, theme
from app.ui.day_notices import NoticeTimesDialog, times_of
from app.ui.desk import Desk, Page
from app.ui.first_hour import FILLED_ONCE as FILLED_ONCE
from app.ui.first_hour import FirstHour
from app.ui.review_rows import ReviewRows
from app.ui.shift_panel import ShiftPanel
from app.ui.supervision_page import SupervisionPage
from app.ui.tables import Row
from app.ui.today_list import COLUMN_PLACE, COLUMN_WHEN, TodayList
from app.ui.upkeep_rows import UpkeepRows
from app.words import say

FIGURES = (
    ("residents", "实有人口"), ("persons", "名册人数"), ("households", "户"), ("buildings", "楼号"), ("estates", "小区"),
)  # fmt: skip
WAITING = (("doubtful", "today-doubtful"), ("conflicts", "today-conflicts"), ("duplicates", "today-duplicates"))
KINDS = {"doubtful": "doubtful", "conflicts": "conflict"}
EVERY = 60_000
"""ms after which an open page is read anew: time alone makes things due."""
MINE = "today-mine"
WIDE, LEAST, SHARE = 344, 256, 0.29
"""px of the column beside the list, and its share of a narrower window."""


def wants_mine(desk: Desk) -> bool:
    """Is the list narrowed to the account's buildings? As it was left; a worker with buildings begins with its own."""
    session = desk.session
    kept = desk.settings.get(f"{MINE}/{session.account_id}")
    return bool(session.buildings) and (session.roles == {"worker"} if kept is None else bool(kept))


class TodayDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._stale, self._came = True, False
        self.committee = ""
        self.found: Today | None = None
        self._build()
        self._connect()
        self.read()
        self._came = True

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.supervision: SupervisionPage | None = None
        self.tabs.addTab(self._work(), "今日")
        if self.desk.session.may("supervision.read"):
            self.supervision = SupervisionPage(self.desk)
            self.tabs.addTab(self.supervision, "督查")
        self.tabs.tabBar().setVisible(self.tabs.count() > 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.sheet, self.handover = theme.button("打印今日单", icon_name="printer-outline"), theme.button("交接清单")
        self.notices = theme.button("", "link")
        may, committee = self.desk.session.may, self.desk.session.role == "committee"
        self.actions_row = [
            each for each, offered in (
                (self.notices, may("today.read")), (self.sheet, committee and may("notices.print")),
                (self.handover, may("handover.print")),
            ) if offered
        ]  # fmt: skip
        self._every = QTimer(self)
        self._every.setInterval(EVERY)

    def _work(self) -> QWidget:
        whole, line = QWidget(), QHBoxLayout()
        line.setSpacing(theme.GAP[2])
        line.addWidget(self._list(), 1)
        line.addWidget(self._beside())
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self._figures())
        column.addLayout(line, 1)
        return whole

    def _figures(self) -> QWidget:
        """One line: they are looked at, the list is worked on."""
        self.figures: dict[str, QLabel] = {}
        parts: list[QWidget | int] = []
        for key, text in FIGURES:
            self.figures[key] = theme.label("0", "strong")
            parts += [theme.label(text, "soft"), self.figures[key], 1]
        self.until = theme.label("", "small")
        return theme.panel(theme.row(*parts, self.until), margin=theme.GAP[1])

    def _list(self) -> QWidget:
        self.heading = theme.label("", "strong")
        self.keys = theme.label(say("today-keys"), "small")
        self.mine = QCheckBox("只看我的块区")
        self.list = TodayList(centre=self.desk.session.role == "centre")
        self.nothing, self.why = theme.label(say("today-none"), "title"), theme.soft(say("today-quiet-why"))
        calm = QWidget()
        column = QVBoxLayout(calm)
        column.addStretch(2)
        for each in (self.nothing, self.why):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(each)
        column.addStretch(3)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.pages.addWidget(calm)
        made = theme.panel(theme.row(self.heading, 1, self.keys, self.mine), self.pages, margin=theme.GAP[2])
        self.mine.setVisible(bool(self.desk.session.may("today.read") and self.desk.session.buildings))
        self.mine.setChecked(wants_mine(self.desk))
        return made

    def _beside(self) -> QWidget:
        self.shift = ShiftPanel(self.desk) if self.desk.session.may("shift.write") else None
        self.reviews, self.upkeep, self.first = ReviewRows(self.desk), UpkeepRows(self.desk), FirstHour(self.desk)
        self.waits: dict[str, tuple[QWidget, QLabel]] = {}
        rows: list[QWidget] = []
        for key, _ in WAITING:
            said, go = theme.label(wrap=True), theme.button("去处理")
            go.clicked.connect(lambda _=False, page=key: self.desk.go("decisions", page=page))
            self.waits[key] = (theme.row(said, go), said)
            self.waits[key][0].layout().setStretch(0, 1)  # type: ignore[union-attr]  # theme.row has made it
            rows.append(self.waits[key][0])
        self.waiting = theme.panel(theme.label("待处理", "strong"), *rows, self.upkeep, margin=theme.GAP[2])
        self.holder = QWidget()
        column = QVBoxLayout(self.holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        self._beside_parts = [each for each in (self.shift, self.reviews, self.waiting, self.first) if each is not None]
        for each in self._beside_parts:
            column.addWidget(each)
        column.addStretch(1)
        self.beside: QScrollArea = theme.scrolled(self.holder)
        return self.beside

    def _connect(self) -> None:
        self.list.opened.connect(self._open)
        self.mine.toggled.connect(self._filter)
        self.sheet.clicked.connect(lambda: papers_page.print_day_sheet(self.desk))
        self.handover.clicked.connect(lambda: papers_page.print_handover(self.desk))
        self.reviews.changed.connect(self._written)
        self.notices.clicked.connect(self._set_times)
        if self.shift is not None:
            self.shift.changed.connect(self._written)
        self.tabs.currentChanged.connect(lambda _: self._tab())
        self._every.timeout.connect(self._tick)
        self._every.start()

    # ---------------------------------------------------------------- showing

    def go(self, page: str = "", committee: str = "") -> None:
        """Show 今日, at a centre perhaps one committee's; page "supervision": the second tab."""
        if page == "supervision" and self.supervision is not None:
            self.tabs.setCurrentWidget(self.supervision)
        else:
            self.tabs.setCurrentIndex(0)
        changed, self.committee = committee != self.committee, committee
        if changed or not self._came:
            self.read()
        self._came = False
        self._show_path()
        self._tab()

    def _tab(self) -> None:
        if self.tabs.currentIndex() == 0:
            self.list.setFocus()
        elif self.supervision is not None:
            self.supervision.go()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        least = max(LEAST, self.holder.minimumSizeHint().width() + self.beside.verticalScrollBar().sizeHint().width())
        self.beside.setFixedWidth(max(least, min(WIDE, int(self.width() * SHARE))))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.read()
            self._came = True

    def refresh(self, changed: set[str]) -> None:
        """What is out of sight is read when it is opened."""
        self._came = False
        if not self.isVisible():
            self._stale = True
            return
        self.read()
        if self.supervision is not None:
            self.supervision.refresh(changed)

    def _tick(self) -> None:
        if self.isVisible():
            self.read()

    def read(self) -> None:
        """Everything anew: what is due, the figures, what waits beside."""
        self._stale = False
        session = self.desk.session
        status = summaries.status(session)
        for key, made in self.figures.items():
            count = status.get(key)  # a small count is not told to a reader of totals, nothing to others
            made.setText("—" if count is None else f"{count:,}")
        until = str(status["data_until"] or "")[:16].replace("T", " ")
        self.until.setText(say("status-until", until=until or "—") if session.role == "centre" else "")
        self._show_due()
        if self.shift is not None:
            self.shift.refresh()
        self.reviews.refresh()
        self.upkeep.refresh()
        self.first.refresh()
        self._show_times()
        self._show_nothing()

    def _show_due(self) -> None:
        session = self.desk.session
        may = session.may("today.read")
        self.found = self._items() if may else None
        items = self.found.items if self.found else ()
        for key, code in WAITING:
            line, said = self.waits[key]
            count = sum(each.kind == KINDS[key] for each in items) if key in KINDS else self.desk.found.get(key, 0)
            said.setText(say(code, count=count))
            line.setVisible(bool(count))
        lines = self.found.listed if self.found else []
        self.list.show_lines(lines, session.now().astimezone(clock.SHANGHAI))
        late = sum(row["mark"] == "逾期" for row in self.list.rows_model.rows)
        named = self.found is not None and self.found.named
        for column in (COLUMN_PLACE, COLUMN_WHEN):  # a committee's counts lie nowhere and have no one time
            self.list.setColumnHidden(column, not named and session.role == "committee")
        code = "today-heading-others" if not named else "today-heading-late" if late else "today-heading"
        self.heading.setText(say(code, count=len(lines), late=late))
        for each in (self.heading, self.keys):
            each.setVisible(bool(lines))
        self.pages.setCurrentIndex(0 if lines else 1)

    def _items(self) -> Today:
        return today.items(self.desk.session, mine=self.mine.isChecked(), committee=self.committee, words=False)

    def _show_nothing(self) -> None:
        """A calm sentence when nothing is due; what waits beside is not nothing."""
        waits = bool(self.upkeep.count) or any(not line.isHidden() for line, _ in self.waits.values())
        self.waiting.setVisible(waits)
        self.beside.setVisible(any(not each.isHidden() for each in self._beside_parts))
        self.nothing.setVisible(not waits)
        self.why.setText(say(f"today-quiet-{self._quiet()}"))

    def _quiet(self) -> str:
        if self.desk.session.role == "centre" and not self.committee:
            return "centre"
        return "mine" if self.mine.isChecked() else "why"

    def _show_path(self) -> None:
        if not self.committee or self.found is None:
            return
        name = next((each.name for each in today.items(self.desk.session).items if each.id == self.committee), "")
        self.desk.show_path([("今日", lambda: self.desk.go("today")), (name or "居委会", None)])

    # ---------------------------------------------------------------- acts

    def _open(self, row: Row | None) -> None:
        if row is not None:
            section, where = row["line"].where
            self.desk.go(section, **where)

    def _filter(self, mine: bool) -> None:
        self.desk.settings.put(f"{MINE}/{self.desk.session.account_id}", mine)
        self.read()
        self.desk.counts_changed()  # the numbers beside the sections follow the list

    def _set_times(self) -> None:
        dialog = NoticeTimesDialog(self, self.desk, times_of(self.desk.settings))
        dialog.told.connect(self._times_set)
        dialog.open()

    def _times_set(self, said: str) -> None:
        self.desk.notify(said)
        self._show_times()

    def _show_times(self) -> None:
        times = times_of(self.desk.settings)
        self.notices.setText(say("notice-times-said", times=" ".join(times)) if times else say("notice-times-off"))

    def _written(self) -> None:
        self.read()
        self.desk.counts_changed()

    def back(self) -> None:
        """Esc: from one committee to all of them."""
        if self.committee:
            self.desk.go("today")

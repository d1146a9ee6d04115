"""今日: what waits, the figures, and in the first hour a list of what to do first."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import reviews, rosters, summaries
from app.services.values import Values
from app.ui import theme
from app.ui.desk import Desk, Page
from app.ui.record_form import EDITED_ONCE
from app.ui.search_popup import FOUND_ONCE
from app.ui.upkeep_rows import UpkeepRows
from app.words import say

FIGURES = (
    ("residents", "实有人口"), ("persons", "名册人数"), ("households", "户"), ("buildings", "楼号"), ("estates", "小区"),
)  # fmt: skip
FILLED_ONCE, CLOSED = "first-hour/report", "first-hour/closed"
ONCE = (("find", FOUND_ONCE), ("edit", EDITED_ONCE), ("report", FILLED_ONCE))
MOST_REVIEWS = 6
WAITING = (("doubtful", "today-doubtful"), ("conflicts", "today-conflicts"), ("duplicates", "today-duplicates"))


class TodayDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._build()
        self.refresh({"all"})

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[2])
        column.addLayout(self._figures())
        column.addWidget(self._waiting())
        self.reviews = self._reviews()
        column.addWidget(self.reviews)
        self.first = self._first_hour()
        column.addWidget(self.first)
        column.addStretch()

    def _figures(self) -> QHBoxLayout:
        self.figures: dict[str, QLabel] = {}
        line = QHBoxLayout()
        line.setSpacing(theme.GAP[2])
        for key, text in FIGURES:
            self.figures[key] = theme.label("0", "figure")
            line.addWidget(theme.panel(self.figures[key], theme.label(text, "soft")), 1)
        return line

    def _waiting(self) -> QWidget:
        self.nothing = theme.label(say("today-none"), "soft")
        self.waits: dict[str, tuple[QWidget, QLabel]] = {}
        rows: list[QWidget] = []
        for key, _ in WAITING:
            said = theme.label()
            go = theme.button("去处理")
            go.clicked.connect(lambda _=False, page=key: self.desk.go("decisions", page=page))
            self.waits[key] = (theme.row(said, 1, go), said)
            rows.append(self.waits[key][0])
        self.upkeep = UpkeepRows(self.desk)
        return theme.panel(theme.label("待处理", "strong"), self.nothing, *rows, self.upkeep)

    def _reviews(self) -> QWidget:
        """Lists with level 3 that somebody took alone."""
        self.review_rows = QVBoxLayout()
        self.review_rows.setContentsMargins(0, 0, 0, 0)
        self.review_rows.setSpacing(theme.GAP[0])
        holder = QWidget()
        holder.setLayout(self.review_rows)
        return theme.panel(theme.label(say("reviews-heading"), "strong"), theme.soft(say("reviews-hint")), holder)

    def _first_hour(self) -> QWidget:
        steps = (
            ("import", "step-import", "去导入", "import"), ("find", "step-find", "看住户", "residents"),
            ("edit", "step-edit", "看住户", "residents"), ("report", "step-report", "填报表", "reports"),
        )  # fmt: skip
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setColumnStretch(1, 1)
        self.steps: dict[str, tuple[QLabel, QPushButton]] = {}
        for number, (name, code, act, target) in enumerate(steps):
            mark = theme.label("", "small")
            mark.setFixedWidth(56)
            go = theme.button(act)
            go.clicked.connect(lambda _=False, target=target: self.desk.go(target))
            self.steps[name] = (mark, go)
            grid.addWidget(mark, number, 0)
            grid.addWidget(theme.label(say(code), wrap=True), number, 1)
            grid.addWidget(go, number, 2)
        self.close_list = theme.button("不再显示", "link")
        self.close_list.clicked.connect(self._close_first_hour)
        return theme.panel(theme.row(theme.label("第一个小时", "strong"), 1, self.close_list), holder)

    # ---------------------------------------------------------------- what was taken

    def _show_reviews(self) -> None:
        while (item := self.review_rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        found = reviews.pending(self.desk.session) if self.desk.session.may("reviews.read") else []
        for row in found[:MOST_REVIEWS]:
            self.review_rows.addWidget(self._review(row))
        if len(found) > MOST_REVIEWS:
            self.review_rows.addWidget(theme.soft(say("reviews-more", count=len(found) - MOST_REVIEWS)))
        self.reviews.setVisible(bool(found))

    def _review(self, row: Values) -> QWidget:
        said = theme.label(review_words(row), wrap=True)
        late = theme.label(say("review-overdue") if row["overdue"] else "", "wrong")
        late.setVisible(row["overdue"])
        seen = theme.button("已阅")
        seen.setObjectName("" if row["own"] else "primary")
        seen.setEnabled(not row["own"])
        seen.setToolTip(say("review-own") if row["own"] else "")
        seen.setAccessibleName(f"已阅 {row['what']}")
        seen.clicked.connect(lambda: self._reviewed(row["batch"]))
        line = theme.row(said, late, seen)
        line.layout().setStretch(0, 1)  # type: ignore[union-attr]  # theme.row has made it
        return line

    def _reviewed(self, batch: str) -> None:
        try:
            reviews.review(self.desk.session, batch)
        except UserError as error:
            self.desk.error(error)
            return
        self.desk.notify(say("review-done"))
        self.refresh({"all"})
        self.desk.counts_changed()

    # ---------------------------------------------------------------- showing

    def go(self) -> None:
        self._show_waits(summaries.due(self.desk.session))
        self._show_reviews()
        self._show_upkeep()
        self._show_steps()

    def _show_waits(self, due: Values) -> None:
        """Who may be one person twice is told only after somebody looked for them: it takes a while."""
        for key, code in WAITING:
            line, said = self.waits[key]
            count = due[key] if key in due else self.desk.found.get(key, 0)
            said.setText(say(code, count=count))
            line.setVisible(bool(count))

    def _show_upkeep(self) -> None:
        self.upkeep.refresh()
        self.nothing.setVisible(not self.upkeep.count and all(line.isHidden() for line, _ in self.waits.values()))

    def refresh(self, changed: set[str]) -> None:
        status, due = summaries.status(self.desk.session), summaries.due(self.desk.session)
        for key, made in self.figures.items():
            count = status.get(key)  # a small count is not told to a reader of totals, nothing to others
            made.setText("—" if count is None else f"{count:,}")
        self._show_waits(due)
        self._show_reviews()
        if "all" in changed or self.isVisible():  # what is out of sight is read when the desk is opened
            self._show_upkeep()
        self._show_steps()

    def _show_steps(self) -> None:
        """Done steps say so; when all are done or the list was put away, it is gone."""
        session, kept = self.desk.session, self.desk.settings
        done = {
            "import": session.may("rosters.read") and any(not each["undone"] for each in rosters.imports(session)),
            **{key: bool(kept.get(self.desk.once(what))) for key, what in ONCE},
        }  # fmt: skip
        for number, (name, (mark, go)) in enumerate(self.steps.items(), 1):
            mark.setText("✓ 已做" if done[name] else f"第 {number} 步")
            mark.setObjectName("done" if done[name] else "small")
            mark.style().polish(mark)
            go.setObjectName("primary" if not done[name] and all(list(done.values())[: number - 1]) else "")
            go.style().polish(go)
        hidden = all(done.values()) or kept.get(self.desk.once(CLOSED)) or session.role == "centre"
        hidden = hidden or not session.may("rosters.apply")
        self.first.setVisible(not hidden)

    def _close_first_hour(self) -> None:
        self.desk.settings.put(self.desk.once(CLOSED), True)
        self._show_steps()


def review_words(row: Values) -> str:
    """What was taken, when, by whom, of how many people, why."""
    return say(
        "review-said", at=row["at"][:16].replace("T", " "), account=row["account"],
        kind=say(f"shares-kind-{row['kind']}"), what=row["what"], persons=row["persons"],
        fields="、".join(row["fields"]), purpose=row["purpose"],
    )  # fmt: skip

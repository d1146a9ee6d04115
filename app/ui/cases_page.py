"""个案: every isolation case at the left, the most urgent first; what is known of one and its next steps at the right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app.domain.findings import UserError
from app.domain.isolation import ENDED
from app.services import isolation
from app.ui import errors, theme
from app.ui.acts import short_name
from app.ui.case_parts import short_place
from app.ui.case_view import CaseView
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.tables import Column, Index, Row, Table
from app.words import say

NEW_DAYS = 3
DUE, AWAITED = "期满待解除", "待结果"
READ_FOR = {
    "all",
    "isolation_case",
    "isolation_check",
    "isolation_rule",
    "resident",
    "household",
    "dwelling",
    "building",
    "task",
}
LIST, NONE_AT_ALL = 0, 1
FILTERS = ("active", "due", "result", "today", "new", "alert", "ended")
NAMES_TOLD = 8
"""How many names a question before a release tells."""


def urgent(row: Row) -> bool:
    return bool(row.get("alert") or row.get("escalate") or row.get("late") or row.get("broken"))


def urgency(row: Row) -> tuple[int, int]:
    """What is first: needs somebody at once, is to be reported, may be released, lacks checks, waits for a result."""
    order = (
        bool(row.get("alert")), bool(row.get("late") or row.get("broken")), bool(row.get("escalate")), row["state"] == DUE, bool(row.get("missing")),
        row["state"] == AWAITED, row.get("ends_today", False), bool(row.get("moving")),
    )  # fmt: skip
    first = next((at for at, told in enumerate(order) if told), len(order))
    return first, -len(row.get("missing") or ())


MARKS = (
    ("alert", "cases-alert-mark"), ("late", "cases-late"), ("escalate", "cases-escalate"), ("untaken", "cases-untaken"),
    ("moving", "cases-moving"),
)  # fmt: skip
"""What asks for a person, and the words that say so."""


def state_words(row: Row) -> str:
    """What asks for a person; the state where nothing does, or where it is more than 在管."""
    marks = [say(code) for key, code in MARKS if row.get(key)]
    state = [str(row["state"])] if not marks or row["state"] != "在管" else []
    return " ".join([*state, *marks])


def missing_words(row: Row) -> str:
    count = len(row.get("missing") or ())
    return say("cases-missing", count=count) if count else ""


def day_words(row: Row) -> str:
    return (
        say("cases-day", day=row["total_day"], days=row["total_days"])
        if row["total_day"]
        else say("cases-before", date=str(row["start"])[5:])
    )


class DayBar(QStyledItemDelegate):
    """`第 9/14 天` over a thin bar that fills with the days."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        row = self.table._row(index)  # type: ignore[arg-type]  # the proxy's own index
        if row is None or not row["total_days"]:
            return
        rect: QRect = option.rect
        whole = QRect(rect.left() + 9, rect.bottom() - 5, rect.width() - 18, 3)
        full = QRect(whole.left(), whole.top(), whole.width() * row["total_day"] // row["total_days"], 3)
        painter.fillRect(whole, QColor(theme.LINE))
        painter.fillRect(full, QColor(theme.OK if row["state"] in ENDED else theme.ACCENT))


class CasesPage(Page):
    """Emits `counted` with how many cases ask for a person, `opening_new` when a new case is wanted."""

    counted = Signal(int)
    opening_new = Signal()
    printing = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.rows: list[Row] = []
        self._stale = True
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.filter = theme.Choice()
        self.filter.setAccessibleName("筛选")
        self.filter.setMinimumWidth(204)
        for key in FILTERS:
            self.filter.addItem(say(f"cases-{key}"), key)
        self.mine = QCheckBox(say("cases-mine"))
        self.release = theme.primary(say("cases-release", count=0))
        self.table = Table(self._columns(), remember=(self.desk.settings, "cases"))
        self.table.setAccessibleName(say("cases-list"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.bar = DayBar(self.table)
        self.table.setItemDelegateForColumn([each.key for each in self._columns()].index("days_words"), self.bar)
        self.none_here = theme.soft("")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.filter, self.mine, 1, self.release))
        column.addWidget(self.none_here)
        column.addWidget(self.table, 1)
        self.view = CaseView(self.desk)
        self.whole = QStackedWidget()
        self.whole.addWidget(theme.split(left, self.view, sizes=(684, 478)))
        centre = self.desk.session.role == "centre"
        self.whole.addWidget(
            empty(say("cases-none-centre"), say("cases-see-sync"), lambda: self.desk.go("sync"), "shield-home-outline")
            if centre
            else empty(
                say("cases-none-at-all"), say("isolation-open"), self.opening_new.emit, "shield-home-outline", primary=True
            )
        )  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.whole)

    def _columns(self) -> list[Column]:
        of_street = self.desk.session.role == "centre"
        who = [Column("where", "楼号室号", 114), Column("name", "姓名", 64)]
        days, rule = Column("days_words", "天数", 92), Column("rule", "规则", 48)
        state = [
            Column("state_words", "状态", 92, tone=_tone),
            Column("missing_words", "缺登记", 62, tone=_missing_tone),
        ]
        if of_street:  # on a narrow screen the last ones lie to the right: whose it is and what it wants are seen
            return [
                *who,
                Column("committee_name", "居委会", 104, short_name),
                *state,
                days,
                rule,
                Column("measure", "阶段"),
            ]
        return [*who, days, *state, Column("measure", "阶段", 104), rule, Column("officer_name", "责任人")]  # fmt: skip

    def _connect(self) -> None:
        self.filter.currentIndexChanged.connect(lambda _: self._show())
        self.mine.toggled.connect(lambda _: self.read())
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(lambda _: self.view.begin())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._offer_release())
        self.release.clicked.connect(self.release_chosen)
        self.view.changed.connect(self.read)
        self.view.printing.connect(self.printing)
        self.view.other.connect(self.open)

    # ---------------------------------------------------------------- showing

    def go(self, case: str = "", household: str = "", only: str = "") -> None:
        """Show the list, perhaps at a case, at the first of a household, or with another filter."""
        if self._stale:
            self.read()
        if only:
            self.filter.setCurrentIndex(max(0, self.filter.findData(only)))
        if case:
            self.open(case)
        elif household and (found := [row for row in self.rows if row["household"] == household]):
            running = [row for row in found if row["state"] not in ENDED]
            self.open((running or found)[0]["id"])
        self.table.setFocus()

    def open(self, case: str) -> None:
        """Choose a case, under the filter that shows it."""
        if self.table.choose("id", case):
            return
        row = next((each for each in self.rows if each["id"] == case), None)
        self.mine.setChecked(self.mine.isChecked() and row is not None)
        ended = row is None or row["state"] in ENDED
        self.filter.setCurrentIndex(self.filter.findData("ended" if ended else "active"))
        if not self.table.choose("id", case):
            self.table.clearSelection()
            self.view.show_case(case)

    def refresh(self, changed: set[str]) -> None:
        if not changed & READ_FOR:
            return
        if not self.isVisible():
            self._stale = True
            return
        self.read()

    def read(self) -> None:
        self._stale = False
        session = self.desk.session
        found = isolation.list_(session, mine=self.mine.isChecked(), ended=True)
        today = session.now().date()
        self.rows = sorted((told(row, today.isoformat()) for row in found), key=urgency)
        self.view.known = [row for row in self.rows if row["state"] not in ENDED]
        counts = {key: sum(self._fits(row, key) for row in self.rows) for key in FILTERS}
        for at, key in enumerate(FILTERS):
            self.filter.setItemText(at, f"{say(f'cases-{key}')}　{counts[key]}")
        self.whole.setCurrentIndex(LIST if self.rows or self.mine.isChecked() else NONE_AT_ALL)
        may = session.may("isolation.write") and session.role == "committee"
        self.release.setVisible(may)
        self.counted.emit(sum(urgent(row) or row["state"] == DUE for row in self.rows))
        self._show(stay=True)

    def _fits(self, row: Row, key: str) -> bool:
        running = row["state"] not in ENDED
        since = (self.desk.session.now().date() - timedelta(days=NEW_DAYS - 1)).isoformat()
        fits: dict[str, bool] = {
            "active": running, "due": row["state"] == DUE, "result": row["state"] == AWAITED,
            "today": running and row["ends_today"], "new": running and str(row["start"]) >= since,
            "alert": running and urgent(row), "ended": not running,
        }  # fmt: skip
        return fits[key]

    def _show(self, *, stay: bool = False) -> None:
        """The list under the filter. stay: the case that is open stays so, also when it just left the list by a step."""
        key = self.filter.currentData()
        kept = (self.table.current() or {}).get("id") or self.view.case_id
        rows = [row for row in self.rows if self._fits(row, key)]
        blocked = self.table.blockSignals(True)
        self.table.set_rows(rows)
        self.table.blockSignals(blocked)
        self.none_here.setText(say("cases-none-here", title=say(f"cases-{key}")))
        self.none_here.setVisible(not rows)
        self.table.setVisible(bool(rows))
        there = any(row["id"] == kept for row in self.rows)
        if kept and (self.table.choose("id", kept) or (stay and there)):
            self.view.show_case(kept)
        elif rows:
            self.table.choose("id", rows[0]["id"])
        else:
            self.view.show_case("")
        self._offer_release()

    def _chosen(self, row: Row | None) -> None:
        if row is not None and row["id"] != self.view.case_id:
            self.view.show_case(row["id"])

    # ---------------------------------------------------------------- several at once

    def chosen_rows(self) -> list[Row]:
        rows = [self.table._row(index) for index in self.table.selectionModel().selectedRows()]
        return [row for row in rows if row is not None]

    def _offer_release(self) -> None:
        count = sum(row["state"] == DUE for row in self.chosen_rows())
        self.release.setText(say("cases-release", count=count))
        self.release.setEnabled(count > 0)

    def release_chosen(self) -> None:
        """解除 everybody chosen who is due, after one question, in one act; where one is refused nobody is, and it is said."""
        chosen = self.chosen_rows()
        due = [row for row in chosen if row["state"] == DUE]
        if not due:
            self.desk.notify(say("cases-release-none"))
            return
        names = "、".join(str(row["name"]) for row in due[:NAMES_TOLD]) + ("…" if len(due) > NAMES_TOLD else "")
        code = "cases-release-ask" if len(due) == len(chosen) else "cases-release-some"
        question = say(code, count=len(chosen), due=len(due), names=names)
        if lacking := [str(row["name"]) for row in due if row.get("missing")]:
            told = "、".join(lacking[:NAMES_TOLD]) + ("…" if len(lacking) > NAMES_TOLD else "")
            question += "\n" + say("cases-release-lacking", count=len(lacking), names=told)
        if errors.ask(self, question, say("cases-release", count=len(due)), "返回") == "返回":
            return
        try:
            done = isolation.close_many(
                self.desk.session, [row["id"] for row in due], reason=say("case-reason-due")
            )  # fmt: skip
        except UserError as error:
            self.desk.error(error)
            self.read()
            return
        self.read()
        self.desk.notify(say("cases-released", count=len(done["closed"])), done["batch"])

    @property
    def unsaved(self) -> bool:
        return self.view.unsaved

    def leave(self) -> bool:
        return self.view.leave()


def told(row: Row, today: str) -> Row:
    """A row with the words that the list shows."""
    ends_today = str(row.get("end")) == today
    made: dict[str, Any] = {
        **row, "where": short_place(row), "ends_today": ends_today,
    }  # fmt: skip
    return {
        **made,
        "days_words": day_words(made),
        "state_words": state_words(made),
        "missing_words": missing_words(made),
    }


def _tone(row: Row) -> str:
    if urgent(row):
        return theme.DANGER
    return {DUE: theme.OK, AWAITED: theme.ATTENTION}.get(
        str(row["state"]), theme.ATTENTION if row.get("untaken") else ""
    )


def _missing_tone(row: Row) -> str:
    return theme.DANGER if row.get("escalate") else theme.ATTENTION

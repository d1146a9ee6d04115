"""督查: committees (at a committee its buildings) side by side: completion, promptness, backlog, trend, and how old each is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QVBoxLayout, QWidget

from app.domain import clock
from app.domain.supervision import DAYS, Day, Unit
from app.services import supervision
from app.services.supervision import Supervision
from app.ui import theme
from app.ui.acts import short_name
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.tables import Column, Row, Table
from app.ui.trend_cell import TrendCell, width
from app.words import say

SHOWN = frozenset({
    "all", "isolation_case", "isolation_check", "incident", "care_contact", "care_plan", "arrival", "task", "committee",
})  # fmt: skip
"""What makes these figures read otherwise."""


class SupervisionPage(QWidget):
    """`read` anew when it is looked at after something was written; a line opens that committee's things on 今日."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.centre = desk.session.role == "centre"
        self.found: Supervision | None = None
        self._stale, self._reading = True, False
        self._build()
        self.table.opened.connect(self._open)
        self.by_group.toggled.connect(lambda _: self._show())

    def _build(self) -> None:
        columns = [
            Column("name", "居委会" if self.centre else "楼号", 106 if self.centre else 250, short_name), Column("until", "数据截至", 118, tone=_old),
            Column("residents", "实有人口", 76, _count), Column("isolating", "在管", 50, _count),
            Column("completion", "完成率", 62, _share, tone=_low), Column("promptness", "当日率", 62, _share),
            Column("overdue", "积压", 50, _count), Column("per_thousand", "每千人", 62, _rate),
            Column("backlog", "积压的事"), Column("trend_words", f"近 {DAYS} 天完成率", width(DAYS)),
        ]  # fmt: skip
        if not self.centre:
            columns = [each for each in columns if each.key not in ("until", "promptness")]
        self.table = Table(columns, remember=(self.desk.settings, f"supervision-{self.desk.session.role}"), wrap=True)
        self.table.setItemDelegate(TrendCell(self.table, len(columns) - 1))
        self.why = theme.soft(say(f"supervision-why-{'committee' if self.centre else 'building'}", days=DAYS))
        self.whole = theme.label("", "strong")
        self.hatched = theme.label(say("supervision-hatched"), "small")
        self.by_unit, self.by_group = (
            theme.button(say("supervision-by-unit"), "tab"),
            theme.button(say("supervision-by-group"), "tab"),
        )
        self.switch = QButtonGroup(self)
        for each in (self.by_unit, self.by_group):
            each.setCheckable(True)
            self.switch.addButton(each)
        self.by_unit.setChecked(True)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.whole, 1, self.by_unit, self.by_group))
        column.addWidget(self.table, 1)
        column.addWidget(self.hatched)
        column.addWidget(self.why)
        target, text = ("sync", "去接收数据") if self.centre else ("isolation", "看隔离")
        code = f"supervision-none-{'committee' if self.centre else 'building'}"
        self.pages = QStackedWidget()
        self.pages.addWidget(page)
        self.pages.addWidget(empty(say(code), text, lambda: self.desk.go(target), "chart-timeline-variant"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)

    # ---------------------------------------------------------------- reading

    def go(self) -> None:
        """It is looked at."""
        if self._stale:
            self.read()
        self.table.setFocus()

    def refresh(self, changed: set[str]) -> None:
        if SHOWN.isdisjoint(changed):
            return
        self._stale = True
        if self.isVisible():
            self.read()

    def read(self) -> None:
        """In the background: a street's figures take a moment."""
        if self._reading:
            return
        self._reading, self._stale, session = True, False, self.desk.session
        self.desk.tasks.run(
            lambda _, __: supervision.figures(session), self._came, self._failed, text=say("supervision-reading")
        )

    def _failed(self, _: Exception) -> None:
        self._reading, self._stale = False, True

    def _came(self, found: Supervision) -> None:
        self._reading, self.found = False, found
        self._show()
        if self._stale and self.isVisible():
            self.read()  # something was written meanwhile

    def _show(self) -> None:
        found = self.found
        if found is None:
            return
        units = found.groups if self.by_group.isChecked() else found.units
        now = datetime.fromisoformat(found.at)
        rows = [row_of(unit, now) for unit in units]
        for each in (self.by_unit, self.by_group):
            each.setVisible(bool(found.groups))
        if self.centre:
            name = say("supervision-groups" if self.by_group.isChecked() else "supervision-units")
            self.table.rows_model.columns[0] = replace(self.table.rows_model.columns[0], title=name)
        self.table.set_rows(rows)
        self.hatched.setVisible(any(row["hatched"] for row in rows))
        whole = row_of(found.whole, now)
        self.whole.setText(say(
            "supervision-whole", completion=_share(whole["completion"]), overdue=_count(whole["overdue"]),
            isolating=_count(whole["isolating"]), until=whole["until"],
        ))  # fmt: skip
        self.pages.setCurrentIndex(0 if rows and not all(unit.never for unit in units) else 1)

    def _open(self, row: Row | None) -> None:
        if row is not None and self.centre and not self.by_group.isChecked():
            self.desk.go("today", committee=row["id"])


# ---------------------------------------------------------------- rows


def row_of(unit: Unit, now: datetime) -> Row:
    """What the table shows of a unit; whoever never sent has words in place of every figure."""
    never = say("supervision-never")
    figures: dict[str, Any] = {
        key: never if unit.never else getattr(unit, key)
        for key in ("residents", "isolating", "completion", "promptness", "overdue", "per_thousand")
    }
    for key in ("residents", "isolating", "overdue"):
        if figures[key] is None:
            figures[key] = say("supervision-few")
    return {
        "id": unit.id, "name": unit.name or say("supervision-group-none"), **figures, "until": until_words(unit, now),
        "backlog": never if unit.never else "、".join(say(f"behind-{kind}", count=n) for kind, n in unit.backlog.items()),
        "trend": () if unit.never else unit.trend, "hatched": unit.old or unit.never,
        "trend_words": "", "old": unit.old or unit.never, "days": "\n".join(map(day_words, unit.trend)),
    }  # fmt: skip


def until_words(unit: Unit, now: datetime) -> str:
    """数据截至, with how old it is where that matters."""
    at = clock.moment(unit.until)
    if at is None:
        return say("supervision-never")
    until = f"{at.month}月{at.day}日 {at:%H:%M}"
    return say("supervision-old", until=until, days=(now - at).days) if unit.old else until


def day_words(day: Day) -> str:
    """A bar in words."""
    on = f"{day.on.month}月{day.on.day}日"
    if day.owed is None:
        return say("supervision-day-unknown", day=on)
    if not day.owed:
        return say("supervision-day-none", day=on)
    return say("supervision-day", day=on, done=day.done, owed=day.owed, share=_share(day.share))


def _share(value: Any) -> str:
    return value if isinstance(value, str) else "—" if value is None else f"{value * 100:.0f}%"


def _count(value: Any) -> str:
    return value if isinstance(value, str) else "—" if value is None else f"{value:,}"


def _rate(value: Any) -> str:
    return value if isinstance(value, str) else "—" if value is None else f"{value:.1f}"


def _old(row: Row) -> str:
    return theme.ATTENTION if row["old"] else ""


def _low(row: Row) -> str:
    share = row["completion"]
    return theme.DANGER if isinstance(share, float) and share < 0.9 else ""

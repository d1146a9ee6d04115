"""花名册待核: rows of a roster that may be somebody we know, one at a time: what stands, what came, and a decision."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.fields import ARRIVAL_OF_ROSTER, RESIDENT, ROSTER_FIELDS
from app.domain.findings import UserError
from app.domain.values import show
from app.services import doubtful
from app.ui import theme
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.tables import Column, Row, Table
from app.words import say

LEFT_OUT = frozenset({"household", "moved_from", "documents", "phones", "emergency_contacts", "move"})
COMPARED = tuple(key for key in RESIDENT.by_key if key not in LEFT_OUT)
DOOR = ("estate", "lane", "building", "unit", "room")
DIFFERENT = "#9A5B00"


def tone(row: Row) -> str:
    return DIFFERENT if row["differs"] else ""


class DoubtfulPage(QStackedWidget):
    """Emits `counted` with how many rows wait."""

    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.list = Table([Column("name", "姓名", 96), Column("about", "来自")])
        self.list.setMinimumWidth(220)
        self.addWidget(theme.split(self.list, self._case(), sizes=(300, 850)))
        self.addWidget(empty(say("decide-none"), "看住户", lambda: self.desk.go("residents"), "check-circle-outline"))

    def _case(self) -> QWidget:
        self.heading = theme.title("")
        self.reason = theme.soft("")
        self.both = Table([
            Column("title", "项目", 116), Column("ours", "名册里", 290, tone=tone), Column("theirs", "新来的", 290, tone=tone),
            Column("differs", "差别", tone=tone),
        ])  # fmt: skip
        self.keep, self.take, self.new = (theme.button(text) for text in ("保留原值　1", "采用新值　2", "作为新人　3"))
        buttons = QHBoxLayout()
        for made, key in ((self.keep, "1"), (self.take, "2"), (self.new, "3")):
            QShortcut(QKeySequence(key), self, made.click, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            if not self.desk.session.may("doubtful.decide"):
                made.hide()
            buttons.addWidget(made)
        buttons.addStretch()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        for widget in (self.heading, self.reason):
            column.addWidget(widget)
        column.addWidget(self.both, 1)
        column.addLayout(buttons)
        return right

    def _connect(self) -> None:
        self.list.chosen.connect(self._show)
        for made, decision in ((self.keep, "keep"), (self.take, "take"), (self.new, "new")):
            made.clicked.connect(lambda _=False, decision=decision: self.decide(decision))

    # ---------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Read the list anew, staying at the same place."""
        at = max(0, self.list.currentIndex().row())
        rows = [
            {"name": case["values"].get("name", ""), "about": f"{case['file']} 第 {case['row']} 行", **case}
            for case in doubtful.pending(self.desk.session)
        ]
        self.list.set_rows(rows)
        self.setCurrentIndex(0 if rows else 1)
        self.list.selectRow(min(at, len(rows) - 1))
        self.counted.emit(len(rows))

    def _show(self, case: Row | None) -> None:
        if case is None:
            return
        self.heading.setText(case["name"] or "（无姓名）")
        known = "" if case["candidate"] else say("decide-no-candidate")
        why = "、".join(say(f"why-{code}") for code in case["why"])
        alike = say("decide-why", score=case["score"], why=why) if why and case["score"] is not None else ""
        lines = (
            f"{say('reason-' + case['reason'])}{known}",
            alike,
            say("decide-place", file=case["file"], row=case["row"]),
        )
        self.reason.setText("\n".join(filter(None, lines)))
        self.take.setEnabled(case["candidate"] is not None)
        self.both.set_rows(compared(case))

    # ---------------------------------------------------------------- deciding

    def decide(self, decision: str) -> None:
        """Write what was decided about a roster row; the next one comes up, and it can be undone."""
        case = self.list.current()
        if case is None:
            return
        try:
            done = doubtful.decide(self.desk.session, case["id"], decision)
        except UserError as error:
            self.desk.error(error)
            return
        self.refresh()
        self.desk.notify(say(f"decided-{decision}", name=case["name"]), done.batch)


def compared(case: Row) -> list[Row]:
    """One row per field that either side has: title, ours, theirs, and in words whether they differ."""
    ours, theirs = case["candidate"] or {}, case["values"]
    place = " ".join(filter(None, (str(theirs.get(key) or "") for key in DOOR)))
    rows = [_line("住址", (ours.get("path") or "").rpartition("/")[0].replace("/", " "), place, judged=False)]
    for key in (*COMPARED, *ARRIVAL_OF_ROSTER):
        field = ROSTER_FIELDS[key] if key in ROSTER_FIELDS else RESIDENT[key]
        if ours.get(key) is not None or theirs.get(key) is not None:
            rows.append(_line(field.title, show(field, ours.get(key)), show(field, theirs.get(key)), judged=bool(ours)))
    return rows


def _line(title: str, ours: str, theirs: str, *, judged: bool) -> Row:
    differs = "" if not judged or ours == theirs or not theirs else ("不同" if ours else "新增的内容")
    return {"title": title, "ours": ours, "theirs": theirs, "differs": differs}

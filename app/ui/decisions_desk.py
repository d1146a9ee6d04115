"""待核: doubtful roster rows and conflicting values, one at a time: what stands, what came, and a decision."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.fields import ARRIVAL_OF_ROSTER, ENTITIES, RESIDENT, ROSTER_FIELDS
from app.domain.findings import UserError
from app.domain.values import show
from app.services import conflicts, doubtful
from app.ui import theme
from app.ui.acts import moment
from app.ui.coming import empty
from app.ui.desk import Desk, Page
from app.ui.tables import Column, Row, Table
from app.words import say

LEFT_OUT = frozenset({"household", "moved_from", "documents", "phones", "emergency_contacts"})
COMPARED = tuple(key for key in RESIDENT.by_key if key not in LEFT_OUT)

DOOR = ("estate", "lane", "building", "unit", "room")
DIFFERENT = "#9A5B00"
KINDS = {"doubtful": "花名册", "conflict": "冲突"}


def tone(row: Row) -> str:
    return DIFFERENT if row["differs"] else ""


class DecisionsDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._build()
        self._connect()
        self.refresh({"all"})

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.list = Table([Column("what", "", 64), Column("name", "谁", 84), Column("about", "")])
        self.list.horizontalHeader().hide()
        self.list.setMinimumWidth(220)
        self.whole = QStackedWidget()
        self.whole.addWidget(theme.split(self.list, self._case(), sizes=(300, 850)))
        self.whole.addWidget(
            empty(say("decide-none"), "看住户", lambda: self.desk.go("residents"), "check-circle-outline")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.whole)

    def _case(self) -> QWidget:
        self.heading = theme.title("")
        self.reason = theme.soft("")
        self.both = Table([
            Column("title", "项目", 116), Column("ours", "名册里", 250, tone=tone), Column("theirs", "新来的", 250, tone=tone),
            Column("differs", "差别", tone=tone),
        ])  # fmt: skip
        self.versions = Table([
            Column("value", "值", tone=lambda _: theme.INK), Column("at", "时间", 150, moment), Column("account", "账号", 110),
            Column("source", "来自", 220),
        ])  # fmt: skip
        self.keep, self.take, self.new = (theme.button(text) for text in ("保留原值　1", "采用新值　2", "作为新人　3"))
        self.choose = theme.primary("保留所选的值　Enter")
        buttons = QHBoxLayout()
        for made, key in ((self.keep, "1"), (self.take, "2"), (self.new, "3")):
            QShortcut(QKeySequence(key), self, made.click, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            buttons.addWidget(made)
        buttons.addWidget(self.choose)
        buttons.addStretch()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        for widget in (self.heading, self.reason):
            column.addWidget(widget)
        column.addWidget(self.both, 1)
        column.addWidget(self.versions, 1)
        column.addLayout(buttons)
        return right

    def _connect(self) -> None:
        self.list.chosen.connect(self._show)
        self.versions.opened.connect(lambda _: self.choose_version())
        for made, decision in ((self.keep, "keep"), (self.take, "take"), (self.new, "new")):
            made.clicked.connect(lambda _=False, decision=decision: self.decide(decision))
        self.choose.clicked.connect(self.choose_version)

    # ---------------------------------------------------------------- showing

    def go(self) -> None:
        self.list.setFocus()

    def refresh(self, changed: set[str]) -> None:
        """Read both lists anew, staying at the same place."""
        at = max(0, self.list.currentIndex().row())
        rows = [
            {
                "kind": "doubtful",
                "name": case["values"].get("name", ""),
                "about": f"{case['file']} 第 {case['row']} 行",
                **case,
            }
            for case in doubtful.pending(self.desk.session)
        ] + [
            {"kind": "conflict", "name": case["path"].split("/")[-1], "about": case["title"], **case}
            for case in conflicts.pending(self.desk.session)
        ]
        self.list.set_rows([{**row, "what": KINDS[row["kind"]]} for row in rows])
        self.whole.setCurrentIndex(0 if rows else 1)
        self.list.selectRow(min(at, len(rows) - 1))
        if not rows:
            self._show(None)

    @property
    def case(self) -> Row | None:
        return self.list.current()

    def _show(self, case: Row | None) -> None:
        row = case is not None and case["kind"] == "doubtful"
        may = self.desk.session.may("doubtful.decide")
        for widget in (self.keep, self.take, self.new):
            widget.setVisible(row and may)
        self.both.setVisible(row)
        self.versions.setVisible(case is not None and not row)
        self.choose.setVisible(case is not None and not row and self.desk.session.may("conflicts.decide"))
        if case is not None:
            (self._show_doubtful if row else self._show_conflict)(case)

    def _show_doubtful(self, case: Row) -> None:
        self.heading.setText(case["name"] or "（无姓名）")
        known = "" if case["candidate"] else say("decide-no-candidate")
        self.reason.setText(
            f"{say('reason-' + case['reason'])}{known}\n{say('decide-place', file=case['file'], row=case['row'])}"
        )
        self.take.setEnabled(case["candidate"] is not None)
        self.both.set_rows(compared(case))

    def _show_conflict(self, case: Row) -> None:
        in_use = case["field"] == "in-use"
        self.heading.setText(f"{case['path'].replace('/', ' ')}")
        self.reason.setText(say("decide-in-use") if in_use else say("decide-conflict", title=case["title"]))
        self.choose.setText("恢复这条记录" if in_use else "保留所选的值　Enter")
        fields = ENTITIES[case["entity"]]
        known = fields.by_key.get(case["field"])
        self.versions.set_rows([
            {**each, "value": show(known, each["value"]) if known else str(each["value"])} for each in case["values"]
        ])  # fmt: skip
        self.versions.selectRow(len(case["values"]) - 1)

    # ---------------------------------------------------------------- deciding

    def decide(self, decision: str) -> None:
        """Write what was decided about a roster row; the next one comes up, and it can be undone."""
        case = self.case
        if case is None or case["kind"] != "doubtful":
            return
        try:
            done = doubtful.decide(self.desk.session, case["id"], decision)
        except UserError as error:
            self.desk.error(error)
            return
        self.desk.notify(say(f"decided-{decision}", name=case["name"]), done.batch)

    def choose_version(self) -> None:
        """Keep the version that is chosen; the other stays in the history."""
        case, chosen = self.case, self.versions.current()
        if case is None or case["kind"] != "conflict" or (chosen is None and case["field"] != "in-use"):
            return
        try:
            done = conflicts.decide(self.desk.session, case["id"], chosen["version"] if chosen else "")
        except UserError as error:
            self.desk.error(error)
            return
        self.desk.notify(say("decided-version", name=case["name"]), done.batch)


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

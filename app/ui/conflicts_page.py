"""待核冲突: a list that stays quick with thousands, the values of the chosen one side by side, and many at once by a rule.

Descriptions are kept: a decision takes its line away, and only conflicts that are new are read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress
from app.services import conflicts
from app.ui import theme
from app.ui.coming import empty
from app.ui.conflict_cards import Ticks, TickTable, cards
from app.ui.conflict_filters import ConflictFilters
from app.ui.desk import Desk
from app.ui.rule_dialog import RuleDialog
from app.ui.tables import Column, Row
from app.words import say

AT_ONCE = 200
"""So many are described before the list shows; more are read in the background."""
KEYED = 9
MEANWHILE = ("conflict-unknown", "version-unknown")


def line_of(case: dict[str, Any]) -> Row:
    """A conflict as the list shows it."""
    place, _, name = case["path"].rpartition("/")
    values = sorted(case["values"], key=lambda each: not each["shown"])
    sides = [f"现：{each['text']}" if each["shown"] else each["text"] for each in values]
    return {
        **case, "who": name or case["path"] or "（无名称）", "where": " ".join(place.split("/")[1:]) or place,
        "sides": "　｜　".join(sides), "ticked": 0,
    }  # fmt: skip


class ConflictsPage(QStackedWidget):
    """Emits `counted` with how many conflicts wait."""

    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.lines: dict[str, Row] = {}
        self.ticked: set[str] = set()
        self.batches: list[str] = []
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        centre = self.desk.session.role == "centre"
        self.list = TickTable([
            Column("ticked", "", 34, lambda _: ""), Column("who", "谁", 92), Column("where", "住址", 118),
            *([Column("committee_name", "居委会", 120)] if centre else []),
            Column("title", "项目", 92), Column("sides", "各方的值（现：现在显示的）"),
        ])  # fmt: skip
        self.list.setItemDelegateForColumn(0, Ticks(self.list))
        self.list.setAccessibleName("待核冲突")
        self.filters = ConflictFilters(committees=centre)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        for widget in (self.filters, self.list, self._foot()):
            column.addWidget(widget)
        self.addWidget(theme.split(left, self._case(), sizes=(730, 440)))
        self.addWidget(empty(say("conflict-none-desk"), "去同步", lambda: self.desk.go("sync"), "check-circle-outline"))

    def _foot(self) -> QWidget:
        self.all = QCheckBox("全选")
        self.counts = theme.label("", "small")
        self.many = theme.button("批量处理…", icon_name="playlist-check")
        self.done_text = theme.label("", "done")
        self.undo_all = theme.button("撤销", "link")
        self.done_line = theme.row(self.done_text, self.undo_all, 1)
        self.done_line.hide()
        if not self.desk.session.may("conflicts.decide"):
            for widget in (self.all, self.many):
                widget.hide()
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.done_line)
        column.addWidget(theme.row(self.all, self.counts, 1, self.many))
        return made

    def _case(self) -> QWidget:
        self.heading = theme.title("")
        self.place = theme.label("", "small", wrap=True)
        self.why = theme.soft("")
        self.reveal = theme.button("查看（留痕）", "link", "eye-outline")
        self.cards_box = QWidget()
        self.cards_box.setObjectName("surface")
        self.column = QVBoxLayout(self.cards_box)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.GAP[1])
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.cards_box)
        self.cards: list[Any] = []
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        for widget in (self.heading, self.place, self.why, theme.row(self.reveal, 1)):
            column.addWidget(widget)
        column.addWidget(area, 1)
        return right

    def _connect(self) -> None:
        self.list.chosen.connect(self._show)
        self.list.clicked.connect(self._clicked)
        self.list.toggled.connect(self._toggle)
        self.list.opened.connect(lambda _: self.cards[0].setFocus() if self.cards else None)
        self.filters.changed.connect(self._filter)
        self.all.clicked.connect(self._tick_all)
        self.many.clicked.connect(self._ask_rule)
        self.reveal.clicked.connect(self._reveal)
        self.undo_all.clicked.connect(self._undo)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for number in range(1, KEYED + 1):
            QShortcut(QKeySequence(str(number)), self, partial(self.decide, number), context=within)

    # ---------------------------------------------------------------- reading

    def refresh(self, *, anew: bool = False) -> None:
        """Bring the list up to date; anew: describe every conflict again."""
        session = self.desk.session
        ids = conflicts.ids(session)
        if anew:
            self.lines.clear()
        for gone in self.lines.keys() - set(ids):
            del self.lines[gone]
        missing = [each for each in ids if each not in self.lines]
        self.counted.emit(len(ids))
        if len(missing) <= AT_ONCE:
            self._came(conflicts.pending(session, missing) if missing else [])
        elif not self.desk.tasks.busy:
            self.desk.tasks.run(
                lambda _, __: conflicts.pending(session, missing), self._came, text=say("conflict-reading")
            )

    def _came(self, cases: list[dict[str, Any]]) -> None:
        self.lines |= {case["id"]: line_of(case) for case in cases}
        self.ticked &= self.lines.keys()
        self.setCurrentIndex(0 if self.lines or not self.done_line.isHidden() else 1)
        self.filters.offer(self.lines.values())
        self._filter()

    def _filter(self) -> None:
        """Show the lines that fit, staying at the same place."""
        at = max(0, self.list.currentIndex().row())
        current = self.list.current()
        rows = [line for line in self.lines.values() if self.filters.fits(line)]
        self.list.set_rows(rows)
        if current is None or not self.list.choose("id", current["id"]):
            self.list.selectRow(min(at, len(rows) - 1))
        if not rows:
            self._show(None)
        self._say_count()

    # ---------------------------------------------------------------- one

    def _show(self, line: Row | None) -> None:
        for card in self.cards:
            card.hide()
            card.deleteLater()
        while self.column.takeAt(0):
            pass
        self.heading.setText(line["who"] if line else "")
        self.place.setText(self._place(line) if line else "")
        self.why.setText(
            say(f"conflict-why-{line['kind']}", title=line["title"])
            if line
            else say("conflict-none-filtered" if self.lines else "conflict-none-desk")
        )
        may_reveal = line is not None and line["level"] >= 3 and self.desk.session.may("records.reveal")
        self.reveal.setVisible(may_reveal and self.desk.session.ring is not None)
        self.cards = cards(line["values"]) if line else []
        may = self.desk.session.may("conflicts.decide")
        for number, card in enumerate(self.cards, 1):
            card.setEnabled(may)
            card.clicked.connect(partial(self.decide, number))
            self.column.addWidget(card)
        self.column.addStretch(1)

    def _reveal(self) -> None:
        """Open level 3 of the chosen one, on the cards alone; the list stays masked."""
        line = self.list.current()
        if line is None:
            return
        try:
            case = conflicts.reveal(self.desk.session, line["id"])
        except UserError as error:
            self._wrong(error, line)
            return
        self._show({**line, "values": case["values"]})
        self.reveal.hide()

    def decide(self, number: int, *_: object) -> None:
        """Keep the value of this number; the next conflict comes up, and it can be undone."""
        line = self.list.current()
        if line is None or not 0 < number <= len(line["values"]) or not self.desk.session.may("conflicts.decide"):
            return
        value = line["values"][number - 1]
        try:
            done = conflicts.decide(self.desk.session, line["id"], value["version"])
        except UserError as error:
            self._wrong(error, line)
            return
        self.refresh()
        self.list.setFocus()
        text = say("conflict-decided", name=line["who"], title=line["title"], text=value["text"])
        self.desk.notify(text, done.batch)

    def _wrong(self, error: UserError, line: Row) -> None:
        if error.code not in MEANWHILE:
            self.desk.error(error)
            return
        self.lines.pop(line["id"], None)
        self.refresh()
        self.desk.notify(say("conflict-gone-meanwhile", name=line["who"]))

    # ---------------------------------------------------------------- ticks

    def _clicked(self, index: QModelIndex) -> None:
        row = self.list.current()
        if index.column() == 0 and row is not None:
            self._toggle([row])

    def _toggle(self, rows: list[Row]) -> None:
        """All of them, or none if all were."""
        ids = {row["id"] for row in rows}
        self.ticked = self.ticked - ids if ids <= self.ticked else self.ticked | ids
        self._say_count()

    def _tick_all(self, on: bool) -> None:
        shown = {row["id"] for row in self.list.rows_model.rows}
        self.ticked = self.ticked | shown if on else self.ticked - shown
        self._say_count()

    def _say_count(self) -> None:
        model = self.list.rows_model
        for row in model.rows:
            row["ticked"] = int(row["id"] in self.ticked)
        if model.rows:
            model.dataChanged.emit(model.index(0, 0), model.index(len(model.rows) - 1, 0))
        shown, ticked = len(model.rows), len(self.ticked)
        self.all.setChecked(bool(shown) and all(row["ticked"] for row in model.rows))
        self.counts.setText(say("conflict-count", all=len(self.lines), shown=shown, ticked=ticked))
        self.many.setText(f"批量处理 {ticked} 处…" if ticked else "批量处理…")
        self.many.setEnabled(bool(ticked))

    # ---------------------------------------------------------------- many

    def _ask_rule(self) -> None:
        dialog = RuleDialog(self, self.desk, [self.lines[each] for each in self.lines if each in self.ticked])
        dialog.chosen.connect(self.decide_many)
        dialog.open()

    def decide_many(self, versions: dict[str, str]) -> None:
        session = self.desk.session
        self._work(
            lambda progress, cancelled: conflicts.decide_many(session, versions, progress, cancelled),
            self._decided, "conflict-deciding",
        )  # fmt: skip

    def _work(self, work: Callable[[Progress, Cancelled], Any], done: Callable[[Any], object], code: str) -> None:
        def failed(_: Exception) -> None:
            self.many.setEnabled(True)

        self.many.setEnabled(False)
        self.desk.tasks.run(work, done, failed, text=say(code))

    def _decided(self, done: dict[str, Any]) -> None:
        """One batch is undone in the notice; those of several committees together, in a line of their own."""
        self.batches = done["batches"]
        skipped = len(done["skipped"])
        code = (
            "conflict-stopped" if done["stopped"] else "conflict-decided-part" if skipped else "conflict-decided-many"
        )
        text = say(code, count=done["decided"], skipped=skipped)
        if len(self.batches) == 1:
            self.done_line.hide()
            self.desk.notify(text, self.batches[0])
        elif self.batches:
            self.done_text.setText(
                say("conflict-decided-committees", committees=len(self.batches), count=done["decided"])
            )
            self.done_line.show()
        self.refresh()

    def _undo(self) -> None:
        session, batches = self.desk.session, self.batches
        self.done_line.hide()
        self._work(lambda _, __: conflicts.undo_many(session, batches), self._undone, "conflict-undoing")

    def _undone(self, done: dict[str, Any]) -> None:
        self.refresh()
        self.desk.notify(say("conflict-undone-many", undone=done["undone"]))

    def _place(self, line: Row) -> str:
        place = line["path"].rpartition("/")[0].replace("/", " ")
        whose = line["committee_name"] if self.desk.session.role == "centre" else ""
        return "　".join(filter(None, (place, whose)))

"""The desk for outlines: which place each found, what else it may be, and what a person decides, one by one or all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QSizePolicy, QTabBar, QVBoxLayout, QWidget

from app.domain import map_choices
from app.domain.map_choices import Choice
from app.domain.map_choices import Row as Outline
from app.services.map_import import MADE, MapPlan
from app.ui import errors, theme
from app.ui.map_import_acts import OutlineActs
from app.ui.map_sketch import LEFT, MATCHED, MAYBE, REST
from app.ui.tables import Column, Row, Table
from app.words import say

TABS = ((MATCHED, "对上"), (MAYBE, "建议"), (REST, "没对上"), (LEFT, "不导入"), ("findings", "问题"))
COLUMNS = [
    Column("row", "第几个", 64),
    Column("said", "图形的名称", 190),
    Column("to", "对到"),
    Column("why", "依据", 200),
]
UNNAMED = "（没有名称）"


class OutlineTable(Table):
    """Emits `dropped` for the Delete key."""

    dropped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.dropped.emit()
            return
        super().keyPressEvent(event)

    def chosen_rows(self) -> list[int]:
        numbers = sorted({index.row() for index in self.selectedIndexes()})
        return [int(self.model().index(number, 0).data()) for number in numbers]


class OutlineRows(QWidget):
    """Emits `changed` when something was decided, `picked` with the rows that are chosen."""

    changed = Signal()
    picked = Signal(object)

    def __init__(self, *, may_add: bool) -> None:
        super().__init__()
        self.may_add = may_add
        self.plan: MapPlan | None = None
        self.choices: dict[int, Choice] = {}
        self._outlines: dict[int, Outline] = {}
        self._titles: dict[str, str] = {}
        self._doubled: dict[int, str] = {}
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for key, title in TABS:
            self.tabs.setTabData(self.tabs.addTab(title), key)
        self.all = theme.button("其余一起处理", "menu", "format-list-checks")
        self.all_menu = QMenu(self.all)
        self.all.setMenu(self.all_menu)
        self.table = OutlineTable(COLUMNS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setAccessibleName("图形")
        self.findings = Table(
            [Column("row", "第几个", 64), Column("value", "名称", 170), Column("said", "问题")], wrap=True
        )
        self.findings.setAccessibleName("问题")
        self.findings.hide()
        self.nothing = theme.soft()
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.acts = OutlineActs()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.tabs, self.all))
        column.addWidget(self.acts)
        for widget in (self.table, self.findings, self.nothing):
            column.addWidget(widget, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _: self._list())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self.table.opened.connect(lambda _: self.take_proposals(self.table.chosen_rows()))
        self.table.dropped.connect(lambda: self.decide(Choice("skip")))
        acts = self.acts
        acts.given.connect(self._to)
        acts.take.clicked.connect(lambda: self.take_proposals(self.table.chosen_rows()))
        acts.new.clicked.connect(lambda: self.decide(Choice("new", estate=acts.estate)))
        acts.ground.clicked.connect(lambda: self.decide(Choice("ground")))
        acts.drop.clicked.connect(lambda: self.decide(Choice("skip")))
        acts.reset.clicked.connect(lambda: self.decide(None))
        acts.estate_said.connect(self._estate_said)
        self.all_menu.aboutToShow.connect(self._fill_menu)

    # ---------------------------------------------------------------- what is shown

    def show_plan(self, plan: MapPlan) -> None:
        """A new plan: what was decided for another one is forgotten."""
        self.plan, self.choices = plan, {}
        self._outlines = {row.row: row for row in plan.rows}
        self._titles = {each.id: each.title for each in plan.known}
        self.acts.show_plan(plan, makes=self.makes)
        self._show()
        first = next((n for n, (key, _) in enumerate(TABS) if self._count(key)), 0)
        self.tabs.setCurrentIndex(first)
        self._list()

    @property
    def makes(self) -> bool:
        """May outlines of this layer become new places?"""
        return self.may_add and self.plan is not None and self.plan.target in MADE

    def state_of(self, outline: Outline) -> str:
        choice = self.choices.get(outline.row)
        if outline.row in self._doubled:
            return REST
        if choice is not None:
            return MATCHED if choice.act in ("to", "new") else LEFT
        if set(outline.found.targets) - self._given():
            return MATCHED
        return MAYBE if outline.found.proposals else REST

    def states(self) -> dict[int, str]:
        return {row: self.state_of(each) for row, each in self._outlines.items()}

    def _given(self) -> set[str]:
        return {target for choice in self.choices.values() for target in choice.targets}

    def _count(self, key: str) -> int:
        if self.plan is None:
            return 0
        return len(self._findings()) if key == "findings" else sum(state == key for state in self.states().values())

    def _findings(self) -> list[Any]:
        return list(self.plan.findings) if self.plan else []

    def _show(self) -> None:
        """Counts; new places of one path are one place: which of them are left over."""
        outcome = map_choices.decide(list(self._outlines.values()), self.choices, self.plan.entity if self.plan else "")
        self._doubled = {each.row: each.code for each in outcome.findings if each.row in self.choices}
        for number, (key, title) in enumerate(TABS):
            count = self._count(key)
            self.tabs.setTabText(number, f"{title} {count}")
            self.tabs.setTabVisible(number, key in (MATCHED, MAYBE, REST) or count > 0)

    def _list(self) -> None:
        key = self.tabs.tabData(self.tabs.currentIndex())
        findings = key == "findings"
        rows = [] if findings else [self._told(each) for each in self._outlines.values() if self.state_of(each) == key]
        self.table.set_rows(rows)
        self.findings.set_rows([
            {"row": each.row, "value": each.value or "", "said": errors.words_of_finding(each)} for each in self._findings()
        ])  # fmt: skip
        self.table.setVisible(bool(rows))
        self.findings.setVisible(findings)
        self.nothing.setVisible(not rows and not findings)
        self.nothing.setText(say(f"desk-empty-{key}") if not findings else "")
        self.acts.setVisible(not findings)
        if rows:
            self.table.selectRow(0)
        self._selected()

    def _told(self, outline: Outline) -> Row:
        to, why = self._answer(outline)
        return {"row": outline.row, "said": outline.shape.said or UNNAMED, "to": to, "why": why}

    def _answer(self, outline: Outline) -> tuple[str, str]:
        choice, found = self.choices.get(outline.row), outline.found
        if outline.row in self._doubled:
            return say("desk-none"), say(f"desk-{self._doubled[outline.row]}")
        if choice is not None and choice.act == "to":
            return "、".join(self._titles[each] for each in choice.targets), say("match-chosen")
        if choice is not None and choice.act == "new":
            return self._new_words(outline, choice), say("match-chosen")
        if choice is not None:
            return say(f"desk-{choice.act}"), say("match-chosen")
        free = [each for each in found.targets if each not in self._given()]
        if free:
            return "、".join(self._titles[each] for each in free), say(found.why)
        if found.proposals:
            best = found.proposals[0]
            doubt = found.problem if found.problem not in map_choices.MAY_BE_MADE else ""
            why = say(f"desk-{doubt}") if doubt else say("desk-like", why=say(best.why), score=best.score)
            return say("desk-maybe", name=self._titles[best.target]), why
        return say("desk-none"), say(f"desk-{found.problem or 'map-twice'}")

    def _new_words(self, outline: Outline, choice: Choice) -> str:
        assert self.plan is not None
        new = map_choices.named(outline, choice.estate, self.plan.entity)
        assert new is not None  # else it were left over
        if self.plan.entity == "estate":
            return say("desk-new-estate", name=new.estate)
        return say("desk-new-building", name=f"{new.estate} {new.lane}{new.number}")

    def _selected(self) -> None:
        rows = self.table.chosen_rows() if not self.table.isHidden() else []
        outlines = [self._outlines[row] for row in rows if row in self._outlines]
        entity = self.plan.entity if self.plan else ""
        acts = self.acts
        acts.to.setEnabled(len(rows) == 1)
        acts.to.lineEdit().setPlaceholderText("输入几个字来找" if rows else "")  # type: ignore[union-attr]  # editable
        acts.offer(outlines[0].found.proposals if len(outlines) == 1 else (), self._titles)
        acts.take.setEnabled(any(each.found.proposals and self.state_of(each) != MATCHED for each in outlines))
        acts.new.setEnabled(any(map_choices.nameable(each, entity) for each in outlines))
        for button in (acts.ground, acts.drop):
            button.setEnabled(bool(rows))
        acts.reset.setEnabled(any(row in self.choices for row in rows))
        self.picked.emit(rows)

    def pick(self, row: int) -> None:
        """Show an outline that was clicked elsewhere."""
        if (outline := self._outlines.get(row)) is None:
            return
        state = self.state_of(outline)
        number = next(n for n, (key, _) in enumerate(TABS) if key == state)
        if self.tabs.currentIndex() != number:
            self.tabs.setCurrentIndex(number)
        self.table.choose("row", row)

    # ---------------------------------------------------------------- deciding

    def decide(self, choice: Choice | None, rows: Iterable[int] | None = None) -> None:
        """The same for all these rows, without any those that are chosen; None: as it was found."""
        for row in self.table.chosen_rows() if rows is None else rows:
            if choice is None:
                self.choices.pop(row, None)
            else:
                self.choices[row] = choice
        self._decided()

    def _to(self, target: str) -> None:
        rows = self.table.chosen_rows()
        if len(rows) == 1:
            self._give(rows[0], target)
            self._decided()

    def _give(self, row: int, target: str) -> None:
        """A place has one outline: who was given it before loses it."""
        for other, choice in [*self.choices.items()]:
            if other != row and target in choice.targets:
                rest = tuple(each for each in choice.targets if each != target)
                if rest:
                    self.choices[other] = Choice("to", rest)
                else:
                    del self.choices[other]
        self.choices[row] = Choice("to", (target,))

    def take_proposals(self, rows: Iterable[int]) -> None:
        """The best proposal of each, unless its place has got an outline already."""
        given = self._given()
        taken = given | {target for each in self._outlines.values() if self.state_of(each) == MATCHED and each.row not in self.choices
                         for target in each.found.targets}  # fmt: skip
        rows = [*rows]
        for row in rows:
            outline = self._outlines[row]
            if self.state_of(outline) == MATCHED:
                continue
            free = (each.target for each in outline.found.proposals if each.target not in taken or len(rows) == 1)
            if (target := next(free, None)) is not None:
                self._give(row, target)
                taken.add(target)
        self._decided()

    def _estate_said(self) -> None:
        """The estate of new buildings that name none, also of those that were decided before."""
        estate = self.acts.estate
        later = {row: Choice("new", estate=estate) for row, choice in self.choices.items()
                 if choice.act == "new" and choice.estate != estate}  # fmt: skip
        if later:
            self.choices |= later
            self._decided()

    def _decided(self) -> None:
        """Counts and lists anew; the next outline of the same list is chosen."""
        at = self.table.currentIndex().row()
        self._show()
        self._list()
        last = len(self.table.rows_model.rows) - 1
        if last >= 0:
            self.table.selectRow(min(max(at, 0), last))
        self.changed.emit()

    # ---------------------------------------------------------------- all at once

    def _fill_menu(self) -> None:
        self.all_menu.clear()
        for words, rows, act in self._together():
            if rows:
                self.all_menu.addAction(f"{words}（{len(rows)}）", partial(act, rows))
        if self.choices:
            self.all_menu.addAction("全部恢复原样", lambda: self.decide(None, [*self.choices]))
        if self.all_menu.isEmpty():
            self.all_menu.addAction("没有其余的图形").setEnabled(False)

    def _together(self) -> list[tuple[str, list[int], Any]]:
        """What can be decided for many at once: words, rows, act."""
        assert self.plan is not None
        states = self.states()
        open_ = [row for row, state in states.items() if state in (MAYBE, REST)]
        entity = self.plan.entity
        named = [row for row in open_ if map_choices.may_be_made(self._outlines[row], entity)] if self.makes else []
        estate = self.acts.estate
        return [
            ("采用全部建议", [row for row in open_ if states[row] == MAYBE], self.take_proposals),
            ("按名称新建", named, lambda rows: self.decide(Choice("new", estate=estate), rows)),
            ("其余全部作底图楼影", open_, lambda rows: self.decide(Choice("ground"), rows)),
            ("其余都不要", open_, lambda rows: self.decide(Choice("skip"), rows)),
        ]

    @property
    def told(self) -> Mapping[str, int]:
        """How many of each state."""
        return {key: self._count(key) for key, _ in TABS}

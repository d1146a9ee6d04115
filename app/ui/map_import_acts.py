"""What can be done with the outlines that are chosen: given to a place, made a new one, laid under the map, left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QSizePolicy, QVBoxLayout, QWidget

from app.domain.map_proposals import Proposal
from app.services.map_import import MapPlan
from app.ui import theme


class OutlineActs(QWidget):
    """Emits `given` with the id of a place, `estate_said` when new buildings belong to another estate."""

    given = Signal(str)
    estate_said = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offered = 0
        self._build()
        self._connect()

    def _build(self) -> None:
        self.to = theme.Choice()
        self.to.setEditable(True)
        self.to.setInsertPolicy(self.to.InsertPolicy.NoInsert)
        self.to.setAccessibleName("对到哪里")
        self.to.setMinimumWidth(150)
        self.to.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        completer = self.to.completer()
        assert isinstance(completer, QCompleter)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.take = theme.button("采用建议")
        self.new = theme.button("新建")
        self.ground = theme.button("作楼影")
        self.drop = theme.button("不要")
        self.reset = theme.button("恢复")
        self.into = theme.Choice()
        self.into.setEditable(True)
        self.into.setAccessibleName("新建的楼号归入哪个小区")
        self.into.setMinimumWidth(160)
        self.into_row = theme.row(theme.label("新建的楼号没有写明小区的，归入", "soft"), self.into, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(
            theme.label("对到", "soft"), self.to, self.take, self.new, self.ground, self.drop, self.reset
        ))  # fmt: skip
        column.addWidget(self.into_row)

    def _connect(self) -> None:
        self.to.activated.connect(self._to)
        self.into.activated.connect(lambda _: self.estate_said.emit())
        self.into.lineEdit().editingFinished.connect(self.estate_said)  # type: ignore[union-attr]  # it is editable

    def show_plan(self, plan: MapPlan, *, makes: bool) -> None:
        """The places of another plan. makes: may outlines become new ones?"""
        self._offered = 0
        self.to.clear()
        for each in sorted(plan.known, key=lambda target: target.title):
            self.to.addItem(each.title, each.id)
        self.to.setCurrentIndex(-1)
        self.new.setVisible(makes)
        self.into_row.setVisible(makes and plan.target == "buildings")
        self.into.clear()
        self.into.addItems(sorted({each["name"] for each in plan.estates}))
        self.into.setCurrentIndex(0 if self.into.count() == 1 else -1)

    def offer(self, proposals: Sequence[Proposal], titles: Mapping[str, str]) -> None:
        """What one outline may be, before all the places in their order."""
        for _ in range(self._offered):
            self.to.removeItem(0)
        for number, each in enumerate(proposals):
            self.to.insertItem(number, f"{titles[each.target]}　（建议，{each.score}%）", each.target)
        self._offered = len(proposals)
        if proposals:
            self.to.insertSeparator(len(proposals))
            self._offered += 1
        self.to.setCurrentIndex(-1)

    def _to(self, index: int) -> None:
        if (target := self.to.itemData(index)) is not None:
            self.given.emit(target)

    @property
    def estate(self) -> str:
        """Of new buildings that name none."""
        return self.into.currentText().strip()

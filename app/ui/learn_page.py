"""学一张新表: a superior's workbook as it was understood, corrected place by place, kept under a name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.services import forms
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.form_grid import FormGrid
from app.words import say

CELL, TITLE, FIELD, SURE = range(4)
EMPTY = "（留空）"


class LearnPage(QWidget):
    """Emits `learned(name)` when a form was kept, `left` when the person went back."""

    learned = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.file: Path | None = None
        self.sheets: tuple[Any, ...] = ()
        self.texts: dict[str, dict[str, str]] = {}
        """What was said otherwise: {sheet: {cell: text}}."""
        self.boxes: dict[str, theme.Choice] = {}
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.title = theme.title("")
        self.back = theme.button("返回", icon_name="arrow-left")
        self.name = QLineEdit()
        self.name.setMinimumWidth(220)
        self.name.setAccessibleName("报表名称")
        self.keep = theme.primary("保存这张表")
        self.sheet = theme.Choice()
        self.sheet.setMinimumWidth(150)
        self.sheet.setAccessibleName("工作表")
        self.unit = theme.Choice()
        self.unit.setMinimumWidth(190)
        self.unit.setAccessibleName("每一行是什么")
        self.said = theme.label("", "small", wrap=True)
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.grid = FormGrid()
        self.places = self._places()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.back, self.title, 1, theme.label("名称", "soft"), self.name, self.keep))
        column.addWidget(theme.row(
            theme.label("工作表", "soft"), self.sheet, theme.label("每一行是", "soft"), self.unit, 1,
        ))  # fmt: skip
        column.addWidget(self.said)
        column.addWidget(self.message)
        column.addWidget(theme.split(self.grid, self.places, sizes=(640, 470)), 1)

    def _places(self) -> QTableWidget:
        made = QTableWidget(0, 4)
        made.setHorizontalHeaderLabels(["位置", "表里的栏目", "填什么", "把握"])
        made.setAccessibleName("要填的位置")
        made.verticalHeader().hide()
        made.verticalHeader().setDefaultSectionSize(theme.ROW + 6)
        made.setShowGrid(False)
        made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = made.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        for column, wide in ((CELL, 56), (FIELD, 184), (SURE, 64)):
            made.setColumnWidth(column, wide)
        return made

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.sheet.activated.connect(lambda _: self.show_sheet())
        self.unit.activated.connect(lambda _: self._unit_chosen())
        self.grid.place.connect(self._chosen_in_grid)
        self.places.currentCellChanged.connect(lambda row, *_: self._chosen_in_list(row))
        self.keep.clicked.connect(self._keep)

    # ---------------------------------------------------------------- looking

    def open(self, file: Path) -> None:
        """Read a workbook in the background and show what it is taken for."""
        session = self.desk.session
        self.file = file
        self.desk.tasks.run(
            lambda *_: forms.propose(session, file), self.show_proposal, lambda _: self.left.emit(), text=say("report-reading")
        )

    def show_proposal(self, sheets: tuple[Any, ...]) -> None:
        """The sheets as they were understood."""
        assert self.file is not None
        self.sheets, self.texts, self.units = sheets, {}, {each.title: each.unit for each in sheets}
        self.title.setText(f"学一张新表：{self.file.name}")
        self.name.setText(self.file.stem)
        self.message.hide()
        self.sheet.clear()
        self.sheet.addItems([each.title for each in sheets])
        most = max(range(len(sheets)), key=lambda at: len(sheets[at].slots), default=0)
        self.sheet.setCurrentIndex(most)
        self.show_sheet()

    @property
    def current(self) -> Any:
        return self.sheets[self.sheet.currentIndex()]

    def show_sheet(self) -> None:
        sheet = self.current
        self.unit.clear()
        self.unit.addItem("没有逐行的内容", "")
        for key, title in forms.units():
            self.unit.addItem(title, key)
        self.unit.setCurrentIndex(max(0, self.unit.findData(self.units[sheet.title])))
        self._fill_places()
        self._draw()

    def text_of(self, slot: Any) -> str:
        """What is to stand in a place: as corrected, or as proposed."""
        corrected = self.texts.get(self.current.title, {}).get(slot.cell)
        return str(slot.text if corrected is None else corrected)

    def _fill_places(self) -> None:
        slots = self.current.slots
        self.boxes.clear()
        self.places.blockSignals(True)
        self.places.setRowCount(0)
        self.places.setRowCount(len(slots))
        for row, slot in enumerate(slots):
            for column, text in ((CELL, slot.cell), (TITLE, slot.title), (SURE, _sure(slot))):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.places.setItem(row, column, item)
            self.boxes[slot.cell] = box = self._box(slot)
            self.places.setCellWidget(row, FIELD, box)
        self.places.blockSignals(False)

    def _box(self, slot: Any) -> theme.Choice:
        """The marks a place may have; a text of several marks stays as it is unless another is chosen."""
        box = theme.Choice()
        box.setStyleSheet(f"font-size: {theme.TABLE}pt;")
        box.setAccessibleName(f"{slot.cell} {slot.title}")
        box.addItem(EMPTY, "")
        text = self.text_of(slot)
        for mark, title in forms.choices(self.units[self.current.title] if slot.kind == "row" else ""):
            box.addItem(title, "{{" + mark + "}}")
        if text and box.findData(text) < 0:
            box.addItem(forms.spoken(text), text)
        box.setCurrentIndex(max(0, box.findData(text)))
        box.setEnabled(slot.cell not in self.current.locked)
        box.activated.connect(partial(self._said_otherwise, slot))
        return box

    def _draw(self) -> None:
        sheet = self.current
        filled = {slot.cell: forms.spoken(self.text_of(slot)) for slot in sheet.slots}
        self.grid.show_form(sheet.grid, sheet.spans, filled)
        known = sum(bool(text) for text in filled.values())
        code = "form-sheet-known" if filled else "form-sheet-nothing"
        self.said.setText(say(code, known=known, unknown=len(filled) - known, emptied=len(sheet.emptied)))

    # ---------------------------------------------------------------- correcting

    def _said_otherwise(self, slot: Any, index: int) -> None:
        box = self.boxes[slot.cell]
        self.texts.setdefault(self.current.title, {})[slot.cell] = str(box.itemData(index) or "")
        self._draw()
        self.grid.look_at(slot.cell)

    def _unit_chosen(self) -> None:
        """Lines stand for something else: what their places may ask for is another list."""
        self.units[self.current.title] = str(self.unit.currentData() or "")
        self._fill_places()

    def _chosen_in_grid(self, cell: str) -> None:
        rows = [slot.cell for slot in self.current.slots]
        self.places.blockSignals(True)
        self.places.selectRow(rows.index(cell))
        self.places.blockSignals(False)

    def _chosen_in_list(self, row: int) -> None:
        if 0 <= row < len(self.current.slots):
            self.grid.look_at(self.current.slots[row].cell)

    # ---------------------------------------------------------------- keeping

    def _keep(self) -> None:
        assert self.file is not None
        session, file, name = self.desk.session, self.file, self.name.text()
        texts = {title: dict(said) for title, said in self.texts.items()}
        per = {title: unit for title, unit in self.units.items() if unit}
        self.message.hide()
        self.keep.setEnabled(False)
        self.desk.tasks.run(
            lambda *_: forms.learn(session, file, name, texts=texts, per=per), self._kept, self._failed,
            text=say("form-keeping"),
        )  # fmt: skip

    def _kept(self, form: dict[str, Any]) -> None:
        self.keep.setEnabled(True)
        self.desk.notify(say("form-learned", name=form["name"], marks=len(form["marks"])))
        self.learned.emit(form["name"])

    def _failed(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        self.message.setText(errors.words(error))
        self.message.show()


def _sure(slot: Any) -> str:
    if not slot.text:
        return "没认出"
    return "有把握" if slot.confidence >= 0.85 else "请核对"

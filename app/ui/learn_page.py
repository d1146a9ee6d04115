"""学一张新表: a superior's workbook as it was understood, corrected place by place, kept under a name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.cells import column_letter
from app.services import forms, reports
from app.ui import errors, theme
from app.ui.condition import Conditions
from app.ui.desk import Desk
from app.ui.form_grid import FormGrid
from app.ui.form_places import OWN, Added, own_mark, place_of
from app.words import say

CELL, TITLE, FIELD, SURE = range(4)
EMPTY = "（留空）"
KEPT = "（保持原样）"


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
        self.added: dict[str, list[Added]] = {}
        """Places that were pointed at: {sheet: places}."""
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
        self.sheet_label = theme.label("工作表", "soft")
        self.unit = theme.Choice()
        self.unit.setMinimumWidth(190)
        self.unit.setAccessibleName("每一行是什么")
        self.where, self.sort = Conditions(), theme.Choice()
        self.sort.setMinimumWidth(150)
        self.sort.setAccessibleName("排序")
        self.until = QLineEdit()
        self.until.setPlaceholderText(say("form-until-hint"))
        self.until.setAccessibleName("统计时点")
        self.until.setMaximumWidth(170)
        self.said = theme.label("", "small", wrap=True)
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.grid = FormGrid()
        self.places = self._places()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.back, self.title, 1, theme.label("名称", "soft"), self.name, self.keep))
        column.addWidget(theme.row(
            self.sheet_label, self.sheet, theme.label("每一行是", "soft"), self.unit,
            theme.label("排序", "soft"), self.sort, theme.label("统计时点", "soft"), self.until, 1,
        ))  # fmt: skip
        whom = theme.row(theme.label("人员范围", "soft"), self.where)
        whom.layout().setStretch(1, 1)  # type: ignore[union-attr]  # theme.row has made it
        column.addWidget(whom)
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
        self.grid.opened.connect(self._correct)
        self.grid.other.connect(self._add)
        self.places.currentCellChanged.connect(lambda row, *_: self._chosen_in_list(row))
        self.keep.clicked.connect(self._keep)

    # ---------------------------------------------------------------- looking

    def open(self, file: Path) -> None:
        """Read a workbook in the background and show what it is taken for."""
        session = self.desk.session
        self.file = file
        self.desk.tasks.run(
            lambda *_: forms.propose(session, file),
            self.show_proposal,
            lambda _: self.left.emit(),
            text=say("report-reading"),
        )

    def show_proposal(self, sheets: tuple[Any, ...]) -> None:
        """The sheets as they were understood."""
        assert self.file is not None
        self.sheets, self.texts, self.added = sheets, {}, {}
        self.units = {each.title: each.unit for each in sheets}
        self.where.begin()
        self.until.clear()
        self.title.setText(f"学一张新表：{self.file.name}")
        self.name.setText(self.file.stem)
        self.message.hide()
        self.sheet.clear()
        self.sheet.addItems([each.title for each in sheets])
        for widget in (self.sheet, self.sheet_label):
            widget.setVisible(len(sheets) > 1)
        most = max(range(len(sheets)), key=lambda at: len(sheets[at].slots), default=0)
        self.sheet.setCurrentIndex(most)
        self.show_sheet()
        self.places.setFocus()

    @property
    def current(self) -> Any:
        return self.sheets[self.sheet.currentIndex()]

    @property
    def slots(self) -> list[Any]:
        """The places of the sheet that is shown: understood ones and those that were pointed at."""
        return [*self.current.slots, *self.added.get(self.current.title, ())]

    def original(self, cell: str) -> str:
        """What the file says there."""
        for row, texts in enumerate(self.current.grid, 1):
            for column, text in enumerate(texts):
                if f"{column_letter(column)}{row}" == cell:
                    return str(text)
        return ""

    def show_sheet(self) -> None:
        sheet = self.current
        self.unit.clear()
        self.unit.addItem("没有逐行的内容", "")
        for key, title in forms.units():
            self.unit.addItem(title, key)
        self.unit.setCurrentIndex(max(0, self.unit.findData(self.units[sheet.title])))
        self._offer_order()
        self._fill_places()
        self._draw()

    def _offer_order(self) -> None:
        """By what the lines of this sheet may be put in order."""
        unit, kept = str(self.unit.currentData() or ""), self.sort.currentData()
        self.sort.clear()
        self.sort.addItem(say("form-sort-usual"), "")
        counts = dict(forms.choices(""))
        for key, title in reports.marks(unit) if unit else ():
            if key not in counts:
                self.sort.addItem(title, key)
        self.sort.setCurrentIndex(max(0, self.sort.findData(kept)))
        self.sort.setEnabled(bool(unit))

    def text_of(self, slot: Any) -> str:
        """What is to stand in a place: as corrected, or as proposed."""
        corrected = self.texts.get(self.current.title, {}).get(slot.cell)
        return str(slot.text if corrected is None else corrected)

    def _fill_places(self) -> None:
        slots = self.slots
        self.boxes.clear()
        self.places.blockSignals(True)
        self.places.setRowCount(0)
        self.places.setRowCount(len(slots))
        for row, slot in enumerate(slots):
            for column, text in ((CELL, slot.cell), (TITLE, slot.title), (SURE, _sure(slot))):
                item = QTableWidgetItem(text)
                item.setToolTip(theme.tip(text))
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                if column == SURE and text in TONES:
                    item.setForeground(QColor(TONES[text]))
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
        text, original = self.text_of(slot), self.original(slot.cell)
        if original:
            box.addItem(KEPT, original)
        for mark, title in forms.choices(self.units[self.current.title] if slot.kind == "row" else ""):
            box.addItem(title, "{{" + mark + "}}")
        if text and box.findData(text) < 0:
            box.addItem(forms.spoken(text), text)
        box.addItem(*OWN)
        box.setCurrentIndex(max(0, box.findData(text)))
        box.setEnabled(slot.cell not in self.current.locked)
        box.activated.connect(partial(self._said_otherwise, slot))
        return box

    def _draw(self) -> None:
        sheet = self.current
        filled = {slot.cell: self._words(slot) for slot in self.slots}
        self.grid.show_form(sheet.grid, sheet.spans, filled, emptied=sheet.emptied)
        known = sum(bool(text) for text in filled.values())
        code = "form-sheet-known" if filled else "form-sheet-nothing"
        said = say(code, known=known, unknown=len(filled) - known)
        emptied = [say("form-sheet-emptied", emptied=len(sheet.emptied))] if sheet.emptied else []
        notes = [say(note.code, sheet=sheet.title, cells=note.cells, about=note.about) for note in sheet.notes]
        self.said.setText("".join([said, *emptied, *notes]))

    def _words(self, slot: Any) -> str:
        """What will stand in a place, in the words of the list beside."""
        text = self.text_of(slot)
        box = self.boxes.get(slot.cell)
        at = box.findData(text) if box is not None and text.startswith("{{") else -1
        return (
            f"【{box.itemText(at)}】"
            if box is not None and at > 0 and "【" not in box.itemText(at)
            else forms.spoken(text)
        )

    # ---------------------------------------------------------------- correcting

    def _said_otherwise(self, slot: Any, index: int) -> None:
        box = self.boxes[slot.cell]
        text: str | None = str(box.itemData(index) or "")
        if text == OWN[1] and (text := own_mark(self, self.text_of(slot))) is not None:
            box.insertItem(1, forms.spoken(text), text)
        if text is not None:
            self.texts.setdefault(self.current.title, {})[slot.cell] = text
        box.setCurrentIndex(max(0, box.findData(self.text_of(slot))))
        self._draw()
        self.grid.look_at(slot.cell)

    def _correct(self, cell: str) -> None:
        """Enter or two presses: on to the list of what may stand there."""
        self._chosen_in_grid(cell)
        self.boxes[cell].setFocus()

    def _add(self, cell: str) -> None:
        """Another place of the form: it stays as it is until something is chosen for it."""
        row, column = place_of(cell)
        lines = {place_of(slot.cell)[0] for slot in self.current.slots if slot.kind == "row"}
        title = self._beside(row, column)
        place = Added(cell, title, self.original(cell), "row" if row in lines else "cell")
        self.added.setdefault(self.current.title, []).append(place)
        if place.text:  # it may be among those that would be emptied
            self.texts.setdefault(self.current.title, {})[cell] = place.text
        self._fill_places()
        self._draw()
        self.grid.look_at(cell)
        self._correct(cell)

    def _beside(self, row: int, column: int) -> str:
        """The words at the left of a cell, or above it."""
        grid = self.current.grid
        at_left = (grid[row][each] for each in range(column - 1, -1, -1))
        above = (grid[each][column] for each in range(row - 1, -1, -1))
        return " ".join(next((text for text in (*at_left, *above) if text.strip()), "").split())

    def _unit_chosen(self) -> None:
        """Lines stand for something else: what their places may ask for is another list."""
        self.units[self.current.title] = str(self.unit.currentData() or "")
        self._offer_order()
        self._fill_places()

    def _chosen_in_grid(self, cell: str) -> None:
        rows = [slot.cell for slot in self.slots]
        self.places.blockSignals(True)
        self.places.selectRow(rows.index(cell))
        self.places.blockSignals(False)

    def _chosen_in_list(self, row: int) -> None:
        if 0 <= row < len(self.slots):
            self.grid.look_at(self.slots[row].cell)

    # ---------------------------------------------------------------- keeping

    def _keep(self) -> None:
        assert self.file is not None
        session, file, name = self.desk.session, self.file, self.name.text()
        texts = {title: dict(said) for title, said in self.texts.items()}
        per = {title: unit for title, unit in self.units.items() if unit}
        where, until = self.where.said(), self.until.text().strip()
        sort = [key] if (key := str(self.sort.currentData() or "")) else []
        self.message.hide()
        self.keep.setEnabled(False)
        self.desk.tasks.run(
            lambda *_: forms.learn(session, file, name, texts=texts, per=per, where=where, sort=sort, until=until),
            self._kept, self._failed, text=say("form-keeping"),
        )  # fmt: skip

    def _kept(self, form: dict[str, Any]) -> None:
        self.keep.setEnabled(True)
        self.desk.notify(say("form-learned", name=form["name"], marks=len(form["marks"])))
        self.learned.emit(form["name"])

    def _failed(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        self.message.setText(errors.words(error))
        self.message.show()


TONES = {"没认出": theme.ATTENTION, "请核对": theme.ATTENTION, "有把握": theme.OK}


def _sure(slot: Any) -> str:
    if isinstance(slot, Added):
        return "您加的"
    if not slot.text:
        return "没认出"
    return "有把握" if slot.confidence >= 0.85 else "请核对"

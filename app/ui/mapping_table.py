"""What each column of a roster means: its title, an example as it was understood, and the field it goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from app.domain.fields import ROSTER_FIELDS
from app.domain.values import show
from app.ui import theme

LEFT_OUT = "（不导入）"
TITLE, EXAMPLE, FIELD = 0, 1, 2


class MappingTable(QTableWidget):
    """Emits `changed(mapping)` when a column was told otherwise."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setHorizontalHeaderLabels(["表里的列", "例", "对应"])
        self.setAccessibleName("列的对应")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW + 6)
        self.setShowGrid(False)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(EXAMPLE, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(TITLE, 124)
        self.setColumnWidth(FIELD, 152)
        self.setMinimumWidth(340)
        self.choices: dict[str, theme.Choice] = {}

    def show_mapping(
        self, titles: Sequence[str], mapping: Mapping[str, str], sample: Sequence[Mapping[str, Any]]
    ) -> None:
        """One row per title; a column that goes nowhere is paler."""
        shown = [title for title in titles if title]
        self.choices.clear()
        self.setRowCount(0)
        self.setRowCount(len(shown))
        for number, title in enumerate(shown):
            key = mapping.get(title, "")
            self._cell(number, TITLE, title, bool(key))
            self._cell(number, EXAMPLE, _example(key, sample), False)
            box = theme.Choice()
            box.setStyleSheet(f"font-size: {theme.TABLE}pt;")
            box.addItem(LEFT_OUT, "")
            for each, field in ROSTER_FIELDS.items():
                box.addItem(field.title, each)
            box.setCurrentIndex(max(0, box.findData(key)))
            box.setAccessibleName(title)
            box.activated.connect(lambda _: self.changed.emit(self.mapping()))
            self.choices[title] = box
            self.setCellWidget(number, FIELD, box)

    def _cell(self, row: int, column: int, text: str, strong: bool) -> None:
        cell = QTableWidgetItem(text)
        cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
        cell.setToolTip(text)
        if not strong:
            cell.setForeground(Qt.GlobalColor.darkGray)
        self.setItem(row, column, cell)

    def mapping(self) -> dict[str, str]:
        """What the person says: title -> field key, "" for a column that is left out."""
        return {title: str(box.currentData() or "") for title, box in self.choices.items()}


def _example(key: str, sample: Sequence[Mapping[str, Any]]) -> str:
    """The first value that was understood from a column; masked as the preview is."""
    if key not in ROSTER_FIELDS:
        return ""
    field = ROSTER_FIELDS[key]
    for row in sample:
        value = row["values"].get(key)
        if value is None and field.part_of:
            entries = row["values"].get(field.part_of[0])
            value = entries[0].get(field.part_of[1]) if isinstance(entries, list) and entries else None
        if value not in (None, ""):
            return show(field, value)
    return ""

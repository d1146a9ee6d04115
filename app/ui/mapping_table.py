"""What each column of a roster means: its title, an example, the field it goes to, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from app.domain.cells import column_letter
from app.domain.fields import ROSTER_FIELDS, Type
from app.domain.titles import SURE
from app.domain.values import show
from app.ui import theme
from app.words import say

LEFT_OUT, KEPT = "（不导入）", "（原样保留）"
TITLE, EXAMPLE, FIELD, HOW = range(4)
CERTAIN = 0.85
LOOK = "#FDF1DF"
"""Behind a column that somebody should look at; its words say so too."""


class MappingTable(QTableWidget):
    """Emits `changed(mapping)` when a column was told otherwise."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__(0, 4)
        self.setHorizontalHeaderLabels(["表里的列", "例", "对应", "把握"])
        self.setAccessibleName("列的对应")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW + 6)
        self.setShowGrid(False)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(EXAMPLE, QHeaderView.ResizeMode.Stretch)
        for column, wide in ((TITLE, 116), (FIELD, 140), (HOW, 112)):
            self.setColumnWidth(column, wide)
        self.setMinimumWidth(340)
        self.choices: dict[str, theme.Choice] = {}
        self.to_check, self.unknown = 0, 0
        """How many columns want a look, and how many nobody understood."""
        self.said: dict[str, str] = {}
        """What the person said: {title, or the letter of a column without one: field key, "" = left out}."""

    def begin(self) -> None:
        """Another file: what was said of the last one is no matter."""
        self.said = {}

    def show_columns(self, columns: Sequence[Any], sample: Sequence[Mapping[str, Any]]) -> None:
        """columns: as the plan tells them (`headers.Meant`)."""
        self.choices.clear()
        self.to_check, self.unknown = 0, 0
        self.setRowCount(0)
        self.setRowCount(len(columns))
        for number, meant in enumerate(columns):
            words, tone = _sureness(meant)
            look = tone in (theme.ATTENTION, theme.DANGER)
            self.to_check += look
            self.unknown += words == say("column-extra")
            title = meant.title or column_letter(meant.column)
            self._cell(number, TITLE, title if meant.title else say("column-untitled", letter=title), look=look)
            self._cell(number, EXAMPLE, _example(meant, sample), theme.INK_SOFT, look=look)
            self._cell(number, FIELD, "", look=look)
            self._cell(number, HOW, words, tone, look=look)
            self.choices[title] = box = self._box(title, meant.key)
            self.setCellWidget(number, FIELD, box)

    def summary(self) -> tuple[str, str]:
        """How the columns were understood, in words, and their colour."""
        code = "columns-check" if self.to_check else "columns-unknown" if self.unknown else "columns-sure"
        said = say(code, columns=self.rowCount(), check=self.to_check, unknown=self.unknown)
        return said, theme.ATTENTION if self.to_check else theme.INK_SOFT

    def _box(self, title: str, key: str) -> theme.Choice:
        box = theme.Choice()
        box.setStyleSheet(f"font-size: {theme.TABLE}pt;")
        box.addItem(LEFT_OUT, "")
        box.addItem(KEPT, "extra_sensitive" if key == "extra_sensitive" else "extra")
        for each, field in ROSTER_FIELDS.items():
            if field.type is not Type.JSON:
                box.addItem(field.title, each)
        box.setCurrentIndex(max(0, box.findData(key)))
        box.setAccessibleName(title)
        box.activated.connect(partial(self._chosen, title))
        return box

    def _chosen(self, title: str, index: int) -> None:
        self.said[title] = str(self.choices[title].itemData(index) or "")
        self.changed.emit(self.mapping())

    def _cell(self, row: int, column: int, text: str, tone: str = "", *, look: bool = False) -> None:
        cell = QTableWidgetItem(text)
        cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
        cell.setToolTip(theme.tip(text))
        if tone:
            cell.setForeground(QColor(tone))
        if look:
            cell.setBackground(QColor(LOOK))
        self.setItem(row, column, cell)

    def mapping(self) -> dict[str, str]:
        """What the person said; everything else is left to what the file says."""
        return dict(self.said)


def _sureness(meant: Any) -> tuple[str, str]:
    """How sure, in words, and their colour."""
    if meant.how in ("chosen", "remembered"):
        return say(f"column-{meant.how}"), theme.OK
    if meant.suggestion in ROSTER_FIELDS:
        return say("column-suggested", field=ROSTER_FIELDS[meant.suggestion].title), theme.ATTENTION
    if meant.key in ("", "extra", "extra_sensitive"):
        return say("column-extra"), theme.INK_SOFT
    if meant.confidence >= CERTAIN:
        return say("column-sure"), theme.OK
    return say(
        "column-content" if meant.how == "content" else "column-near"
    ), theme.ATTENTION if meant.confidence >= SURE else theme.DANGER


def _example(meant: Any, sample: Sequence[Mapping[str, Any]]) -> str:
    """The first value that was understood from a column; masked as the preview is."""
    for row in sample:
        value = _value(meant, row["values"])
        if value not in (None, ""):
            return (
                value
                if meant.key not in ROSTER_FIELDS or isinstance(value, str)
                else show(ROSTER_FIELDS[meant.key], value)
            )
    return ""


def _value(meant: Any, values: Mapping[str, Any]) -> Any:
    if meant.key in ("extra", "extra_sensitive"):
        kept = values.get(meant.key)
        return kept.get(meant.title) if isinstance(kept, dict) else None
    if meant.key not in ROSTER_FIELDS:
        return None
    field = ROSTER_FIELDS[meant.key]
    value = values.get(meant.key)
    if value is None and field.part_of:
        entries = values.get(field.part_of[0])
        value = entries[0].get(field.part_of[1]) if isinstance(entries, list) and entries else None
    return value

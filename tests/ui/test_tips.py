"""What people wrote is shown in a tooltip, never read as markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from app.ui.form_grid import FormGrid
from app.ui.tables import Column, Table

HOSTILE = '<img src="file:///etc/hostname"><b>张三</b>&amp;'


def read(tip: str) -> str:
    """As Qt shows a tooltip that looks like markup."""
    shown = QTextDocument()
    shown.setHtml(tip)
    return shown.toPlainText()


def test_a_table_shows_what_was_written(qtbot: QtBot) -> None:
    table = Table([Column("name", "姓名")])
    qtbot.addWidget(table)
    table.set_rows([{"name": HOSTILE}])
    index = table.rows_model.index(0, 0)
    assert table.rows_model.data(index, Qt.ItemDataRole.DisplayRole) == HOSTILE
    assert read(table.rows_model.data(index, Qt.ItemDataRole.ToolTipRole)) == HOSTILE


def test_a_forms_picture_shows_what_was_written(qtbot: QtBot) -> None:
    grid = FormGrid()
    qtbot.addWidget(grid)
    grid.show_form([[HOSTILE, "电话"]], [], {})
    item = grid.item(0, 0)
    assert item is not None and read(item.toolTip()) == HOSTILE

"""How an error reaches a person: what they can mend in words; a fault of ours in one sentence, and in the log."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app import faults
from app.domain.findings import UserError
from app.words import say


def words(error: Exception) -> str:
    """The sentence for an error; a fault of the program is logged first."""
    if isinstance(error, UserError):
        return say(error.code, **{key: _plain(value) for key, value in error.details.items()})
    return say("our-fault", log=str(faults.note(error)))


def _plain(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else value


def present(parent: QWidget, error: Exception) -> None:
    """Show it; cancelling is no error."""
    if isinstance(error, UserError) and error.code == "cancelled":
        return
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("楼图")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(words(error))
    box.addButton("知道了", QMessageBox.ButtonRole.AcceptRole)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()

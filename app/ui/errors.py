"""How an error reaches a person: what they can mend in words; a fault of ours in one sentence, and in the log."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QPushButton, QWidget

from app import faults
from app.domain.findings import Finding, UserError
from app.ui.dialogs import cover_on_f9
from app.words import say

WIDEST = 420  # px of a line in a question
_ROW = re.compile(r"^第\s*\d*\s*行：")


def words(error: Exception) -> str:
    """The sentence for an error; a fault of the program is logged first."""
    if isinstance(error, UserError):
        return say(error.code, **{key: _plain(value) for key, value in error.details.items()})
    return say("our-fault", log=str(faults.note(error)))


def words_of_field(error: UserError) -> str:
    """The same for a field on the screen, which has no row."""
    return _ROW.sub("", words(error))


def words_of_finding(found: Finding) -> str:
    """What is wrong in a cell, without the row: the table beside it has a column for that."""
    place = {
        "row": found.row or "",
        "column": found.column or "",
        "value": found.value or "",
        "sheet": found.sheet or "",
    }
    said = say(found.code, **{**place, **found.details})
    return _ROW.sub("", said)


def _plain(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else value


def _with_room(box: QMessageBox) -> None:
    """A sentence over two lines at most, where it would be broken after every dozen letters."""
    said = box.findChild(QLabel, "qt_msgbox_label")
    if said is not None:
        longest = max(map(said.fontMetrics().horizontalAdvance, box.text().split("\n")))
        said.setMinimumWidth(min(WIDEST, longest + 8))


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
    cover_on_f9(box)
    _with_room(box)
    box.open()


def ask(parent: QWidget, text: str, *answers: str, danger: bool = False) -> str:
    """One question with named answers; the last one is what Esc means."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning if danger else QMessageBox.Icon.Question)
    box.setWindowTitle("楼图")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    made: list[QAbstractButton] = [box.addButton(answer, QMessageBox.ButtonRole.ActionRole) for answer in answers]
    box.setDefaultButton(cast(QPushButton, made[-1] if danger else made[0]))
    box.setEscapeButton(made[-1])
    cover_on_f9(box)
    _with_room(box)
    box.exec()
    chosen = answers[made.index(box.clickedButton())] if box.clickedButton() in made else answers[-1]
    box.deleteLater()
    return chosen


def catch(parent: Callable[[], QWidget]) -> None:
    """A fault in a slot would otherwise vanish: log it and say so, one dialog at a time."""
    showing = False

    def hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        nonlocal showing
        if not isinstance(fault, Exception):
            sys.__excepthook__(kind, fault, trace)
            return
        if showing:
            faults.note(fault)
            return
        showing = True
        try:
            present(parent(), fault.with_traceback(trace))
        finally:
            showing = False

    sys.excepthook = hook

"""文书: papers of isolation chosen, looked at and printed; and the day's sheet and the hand-over list for whoever asks."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.ui import theme
from app.ui.desk import Desk, Page


class PapersPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        column = QVBoxLayout(self)
        column.addWidget(theme.label("文书", "title"))
        column.addStretch(1)

    def go(self, case: str | None = None, **where: Any) -> None:
        """Choose a case's paper."""

    def refresh(self, changed: set[str]) -> None:
        """Cases or papers were written."""


def print_day_sheet(desk: Desk) -> None:
    """今日单 of this account, shown to be printed or saved."""


def print_handover(desk: Desk) -> None:
    """交接清单 of the shift, shown to be printed or saved."""

"""来沪返沪: who comes, who is on the way, who has not arrived; each step keyed with one press."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.ui import theme
from app.ui.desk import Desk, Page


class ArrivalsPage(Page):
    """List and detail of arrivals. `go(arrival=id)` chooses one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        column = QVBoxLayout(self)
        column.addWidget(theme.soft(""))

    def go(self, arrival: str | None = None, **where: Any) -> None:
        """Show the list, perhaps at one arrival."""

    def refresh(self, changed: set[str]) -> None:
        """Read anew."""

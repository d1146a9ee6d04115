"""How long the street's registry still counts, and who must do what before it ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QLabel

from app.ui.bundle_result import LATE
from app.ui.desk import Desk
from app.words import say

WARNED = 60
"""Days before the end from which the line says what to do."""


class RegistryLine(QLabel):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setWordWrap(True)

    def refresh(self, known: dict[str, Any]) -> None:
        """known: what `enrolment.status` says."""
        until = known.get("until", "")
        self.setVisible(bool(until))
        if not until:
            return
        days = (date.fromisoformat(until) - self.desk.session.now().date()).days
        side = "centre" if self.desk.session.role == "centre" else "committee"
        soon = f"registry-over-{side}" if days < 0 else f"registry-soon-{side}" if days <= WARNED else "registry-valid"
        self.setText(say(soon, until=until, days=days))
        self.setObjectName("wrong" if days < 0 else "late" if days <= WARNED else "small")
        self.setStyleSheet(f"color: {LATE}; font-weight: 600;" if self.objectName() == "late" else "")
        self.style().polish(self)

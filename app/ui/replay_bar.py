"""时间轴: a measure replayed day by day under the map, from what the ledger knew at the end of each day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.maps import Drawing

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk


class ReplayBar(QWidget):
    """Hidden until asked for. Paints the map's things as they were on a day; closed, the map shows today again."""

    def __init__(self, page: MapDesk) -> None:
        super().__init__(page)
        self.page = page
        self.hide()

    def toggle(self) -> None:
        self.setVisible(self.isHidden())

    def shown(self, drawing: Drawing | None) -> None:
        """The map shows something else: another level, measure or committee; None: no map, a building."""

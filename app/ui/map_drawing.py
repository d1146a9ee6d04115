"""画图与修改: the bar of drawing tools above the map, and what happens with an outline that was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.maps import Drawing

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk


class DrawingBar(QWidget):
    """Hidden until asked for."""

    def __init__(self, page: MapDesk) -> None:
        super().__init__(page)
        self.page = page
        self.hide()

    def start(self) -> None:
        self.show()

    def shown(self, drawing: Drawing | None) -> None:
        """The map shows something else; None: a building's matrix."""

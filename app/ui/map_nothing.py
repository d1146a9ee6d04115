"""What stands where a map has nothing to show yet: what to do first, on a street's map and in a building without doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from app.ui.coming import empty
from app.words import say

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk

ON_MAPS, IN_BUILDING, NOT_HERE = range(3)


class MapNothing(QStackedWidget):
    """Three empty states, of which `fits` chooses the one for a level."""

    def __init__(self, page: MapDesk) -> None:
        super().__init__(page)
        session, go = page.desk.session, page.desk.go
        self.makes = session.role == "committee" and session.may("records.add")
        self.addWidget(empty(say("map-nothing"), "导入花名册", lambda: go("import"), "map-outline", primary=True))
        self.addWidget(
            empty(say("generator-empty"), "按层数生成房屋…", page.tools.generate, "home-plus-outline", primary=True)
        )
        self.addWidget(empty(say("generator-empty-here"), "回到地图", page.up, "home-outline"))

    def fits(self, level: str) -> bool:
        """Is there an empty state for a map of this level? Then it is the one that is shown."""
        if level == "building":
            self.setCurrentIndex(IN_BUILDING if self.makes else NOT_HERE)
        else:
            self.setCurrentIndex(ON_MAPS)
        return level in ("committee", "street", "building")

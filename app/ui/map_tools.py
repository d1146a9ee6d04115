"""制图: the acts with which a map is made and used, as one menu beside the map; each opens what does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from app.maps.matrix import Matrix

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk


class MapTools:
    """Fills the menu for what is shown; what does the work is loaded when it is asked for."""

    def __init__(self, page: MapDesk) -> None:
        self.page = page
        self.desk = page.desk

    def fill(self, menu: QMenu) -> None:
        """What can be done with the map that is shown, and by this account."""
        menu.clear()
        may = self.desk.session.may
        building = isinstance(self.page.shown, Matrix)
        if may("maps.change"):
            menu.addAction("导入地图…", self.bring_in)
            if not building:
                menu.addAction("画图与修改", self.page.drawing.start)
            menu.addAction("底图、背景与平面图…", self.lay_ground)
            if building and may("records.add") and self.desk.session.role == "committee":
                menu.addAction("按层数生成房屋…", self.generate)
            menu.addSeparator()
        if not building:
            menu.addAction("时间轴", self.page.replay.toggle)
        menu.addAction("印制图册…", self.print_atlas)
        if self.desk.session.role == "centre" and may("maps.read"):
            menu.addAction("大屏", self.show_wall)

    def bring_in(self) -> None:
        from app.ui.map_import_page import MapImportPage

        self.page.open_page(MapImportPage(self.desk), "导入地图")

    def lay_ground(self) -> None:
        from app.ui.ground_page import GroundPage

        self.page.open_page(GroundPage(self.desk, self.page), "底图、背景与平面图")

    def generate(self) -> None:
        from app.ui.generator_dialog import GeneratorDialog

        if isinstance(self.page.shown, Matrix):
            GeneratorDialog(self.page, self.desk, self.page.shown.id).open()

    def print_sheets(self) -> None:
        """The sheets of what is shown: a building, an estate, else what is ticked there."""
        page, go = self.page, self.desk.go
        if isinstance(page.shown, Matrix):
            go("visits", building=page.shown.id)
        elif page.level == "estate":
            go("visits", estate=page.id)
        else:
            go("visits")

    def print_atlas(self) -> None:
        from app.ui.atlas_dialog import AtlasDialog

        page, bar = self.page, self.page.bar
        AtlasDialog(page, self.desk, page.level, page.id, colour=bar.measure, shading=bar.shading, days=bar.days).open()

    def show_wall(self) -> None:
        from app.ui.wall_window import WallWindow

        self.wall = WallWindow(self.desk)
        self.wall.showFullScreen()

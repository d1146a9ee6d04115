"""The tree of places: estates, opened to their lanes and buildings when looked at."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from app.services import places
from app.services.session import Session
from app.ui import theme
from app.ui.tables import ENTER

DATA = int(Qt.ItemDataRole.UserRole)


class PlaceTree(QTreeWidget):
    """Emits `building_chosen(building)`: its row, with `estate_name` and `estate`; `entered` when Enter asks to go on."""

    building_chosen = Signal(object)
    entered = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setHeaderHidden(True)
        self.setMinimumWidth(150)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setAccessibleName("小区与楼号")
        self.itemExpanded.connect(self._fill)
        self.currentItemChanged.connect(lambda item, _: self._chosen(item))

    # ---------------------------------------------------------------- showing

    def show_places(self) -> None:
        """Read the estates anew, keeping what is open and chosen; a single estate is opened at once."""
        chosen, opened = self.current_building(), self._opened()
        blocked = self.blockSignals(True)
        self.clear()
        for estate in places.estates(self.session):
            item = QTreeWidgetItem([f"{estate['name']}　{estate['residents']}人"])
            item.setData(0, DATA, {"estate": estate["id"], "estate_name": estate["name"]})
            item.setToolTip(0, theme.tip(f"{estate['name']}：{estate['buildings']} 个楼号，{estate['residents']} 人"))
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self.addTopLevelItem(item)
        for number in range(self.topLevelItemCount()):
            if (estate_item := self.topLevelItem(number)) and (
                estate_item.data(0, DATA)["estate"] in opened or self.topLevelItemCount() == 1
            ):
                self._fill(estate_item)
                estate_item.setExpanded(True)
        if chosen:
            self.choose(chosen)
        self.blockSignals(blocked)

    def _opened(self) -> set[str]:
        items = [self.topLevelItem(number) for number in range(self.topLevelItemCount())]
        return {item.data(0, DATA)["estate"] for item in items if item and item.isExpanded()}

    def _fill(self, item: QTreeWidgetItem) -> None:
        if item.childCount() or item.parent():
            return
        lanes: dict[str, QTreeWidgetItem] = {}
        about: dict[str, Any] = item.data(0, DATA)
        rows = places.buildings(self.session, about["estate"])
        several = len({row["lane"] for row in rows}) > 1
        for row in rows:
            above = item
            if several and row["lane"]:
                if row["lane"] not in lanes:
                    lanes[row["lane"]] = QTreeWidgetItem(item, [row["lane"]])
                    lanes[row["lane"]].setExpanded(True)
                above = lanes[row["lane"]]
            child = QTreeWidgetItem(above, [f"{row['number']}　{row['households']}户{row['residents']}人"])
            child.setToolTip(0, theme.tip(f"{row['lane'] or ''}{row['number']}：{row['dwellings']} 间房屋"))
            child.setData(0, DATA, {**row, **about})

    # ---------------------------------------------------------------- choosing

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        building = _building(item)
        if building is not None:
            self.building_chosen.emit(building)

    def current_building(self) -> str | None:
        building = _building(self.currentItem())
        return building["id"] if building else None

    def current_estate(self) -> dict[str, Any] | None:
        """The estate that is chosen, or in which the chosen building lies; the only one if there is one."""
        item = self.currentItem() or (self.topLevelItem(0) if self.topLevelItemCount() == 1 else None)
        while item is not None and item.parent():
            item = item.parent()
        return item.data(0, DATA) if item else None

    def choose(self, building: str) -> bool:
        """Select a building by id, opening its estate."""
        for number in range(self.topLevelItemCount()):
            estate = self.topLevelItem(number)
            if estate is None:
                continue
            self._fill(estate)
            if (found := self._below(estate, building)) is not None:
                estate.setExpanded(True)
                self.setCurrentItem(found)
                self.scrollToItem(found)
                return True
        return False

    def _below(self, item: QTreeWidgetItem, building: str) -> QTreeWidgetItem | None:
        for number in range(item.childCount()):
            child = item.child(number)
            if child is None:
                continue
            if (_building(child) or {}).get("id") == building:
                return child
            if (found := self._below(child, building)) is not None:
                return found
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if self.current_building():
                self.entered.emit()
            elif item := self.currentItem():
                item.setExpanded(not item.isExpanded())
            return
        super().keyPressEvent(event)


def _building(item: QTreeWidgetItem | None) -> dict[str, Any] | None:
    """The building an item stands for; None for an estate or a lane."""
    data = item.data(0, DATA) if item else None
    return data if data and "number" in data else None

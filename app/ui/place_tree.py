"""The tree of places: estates, opened to their buildings when looked at."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from app.services import places
from app.services.session import Session

ID = int(Qt.ItemDataRole.UserRole)


class PlaceTree(QTreeWidget):
    """Emits `building_chosen(id, estate name, building's label)`."""

    building_chosen = Signal(str, str, str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setHeaderHidden(True)
        self.setMinimumWidth(200)
        self.itemExpanded.connect(self._fill)
        self.currentItemChanged.connect(lambda item, _: self._chosen(item))

    def show_places(self) -> None:
        """Read the estates anew; a single one is opened at once."""
        opened = self.current_building()
        self.clear()
        for estate in places.estates(self.session):
            item = QTreeWidgetItem([f"{estate['name']}　{estate['residents']}人"])
            item.setData(0, ID, estate["id"])
            item.setToolTip(0, f"{estate['name']}：{estate['buildings']} 个楼号，{estate['residents']} 人")
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self.addTopLevelItem(item)
        if self.topLevelItemCount() == 1 and (only := self.topLevelItem(0)):
            only.setExpanded(True)
        if opened:
            self.choose(opened)

    def _fill(self, item: QTreeWidgetItem) -> None:
        if item.childCount() or item.parent():
            return
        lanes: dict[str, QTreeWidgetItem] = {}
        rows = places.buildings(self.session, item.data(0, ID))
        several = len({row["lane"] for row in rows}) > 1
        for row in rows:
            above = item
            if several and row["lane"]:
                if row["lane"] not in lanes:
                    lanes[row["lane"]] = QTreeWidgetItem(item, [row["lane"]])
                    lanes[row["lane"]].setExpanded(True)
                above = lanes[row["lane"]]
            child = QTreeWidgetItem(above, [f"{row['number']}　{row['households']}户{row['residents']}人"])
            child.setData(0, ID, row["id"])
            child.setData(0, ID + 1, row["number"])

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None or item.data(0, ID + 1) is None:
            return
        estate = item
        while above := estate.parent():
            estate = above
        self.building_chosen.emit(item.data(0, ID), estate.text(0).split("　")[0], item.data(0, ID + 1))

    def current_building(self) -> str | None:
        item = self.currentItem()
        return item.data(0, ID) if item and item.data(0, ID + 1) else None

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
                return True
        return False

    def _below(self, item: QTreeWidgetItem, building: str) -> QTreeWidgetItem | None:
        for number in range(item.childCount()):
            child = item.child(number)
            if child is None:
                continue
            if child.data(0, ID) == building:
                return child
            if (found := self._below(child, building)) is not None:
                return found
        return None


def door_text(door: dict[str, Any]) -> str:
    """`302　王某某等4人`, `2户5人`, 空置."""
    room = door.get("room") or door.get("floor_label") or "整栋"
    households = door["households"]
    people = sum(each["residents"] for each in households)
    if not households:
        return f"{room}　{door.get('state') or '无人登记'}"
    if len(households) > 1:
        return f"{room}　{len(households)}户{people}人"
    head = households[0]["head"] or "（无姓名）"
    return f"{room}　{head}等{people}人" if people > 1 else f"{room}　{head}"

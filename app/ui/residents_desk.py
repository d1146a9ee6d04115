"""住户: places at the left, the doors of a building, and behind a door its people and their fields."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.services import places, records, summaries
from app.ui import theme
from app.ui.add_dialog import NAMES, Above, AddDialog
from app.ui.coming import empty
from app.ui.desk import Desk, Page, Step
from app.ui.door_list import DoorList, room_text
from app.ui.household_view import HouseholdView
from app.ui.place_tree import PlaceTree
from app.words import say

WRITTEN_HERE = {"all", "estate", "building", "dwelling", "household", "resident", "incident"}
NOTHING, BEHIND = 0, 1


class ResidentsDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.building: dict[str, Any] | None = None
        self.door: dict[str, Any] | None = None
        self._build()
        self._connect()
        self._read_places()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.tree = PlaceTree(self.desk.session)
        self.doors = DoorList()
        self.view = HouseholdView(self.desk)
        self.nothing = theme.soft("")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.detail = QStackedWidget()
        self.detail.addWidget(self.nothing)
        self.detail.addWidget(self.view)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[0])
        self.places_heading = theme.label("小区与楼号", "small")
        column.addWidget(self.places_heading)
        column.addWidget(self.tree, 1)
        self.whole = QStackedWidget()
        self.whole.addWidget(theme.split(left, self.doors, self.detail, sizes=(208, 200, 750)))
        self.whole.addWidget(
            empty(say("empty-places"), "导入花名册", lambda: self.desk.go("import"), "home-plus-outline", primary=True)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.whole)
        self._build_actions()

    def _build_actions(self) -> None:
        session = self.desk.session
        self.decide = theme.button("待核", icon_name="account-question-outline")
        self.bring = theme.button("导入花名册", icon_name="table-arrow-down")
        self.add = theme.button("新增", "menu", "plus")
        menu = QMenu(self.add)
        self.adds: dict[str, QAction] = {
            entity: menu.addAction(f"新增{NAMES[entity]}…", partial(self.add_record, entity))
            for entity in ("resident", "household", "dwelling", "building", "estate")
        }
        menu.aboutToShow.connect(self._offer)
        self.add.setMenu(menu)
        self.actions_row = [self.decide, self.bring, self.add]
        theme.only_if(session.may("rosters.preview"), self.bring)
        theme.only_if(session.may("records.add"), self.add)

    def _connect(self) -> None:
        self.tree.building_chosen.connect(self._building_chosen)
        self.tree.entered.connect(self.doors.setFocus)
        self.doors.chosen.connect(self._door_chosen)
        self.doors.entered.connect(
            lambda: (self.view.people if self.view.people.isVisible() else self.view.add).setFocus()
        )
        self.view.changed.connect(lambda: self.refresh({"all"}))
        self.view.adding.connect(lambda: self.add_record("resident"))
        self.decide.clicked.connect(lambda: self.desk.go("decisions"))
        self.bring.clicked.connect(lambda: self.desk.go("import"))

    # ---------------------------------------------------------------- showing

    def go(self, building: str | None = None, household: str | None = None, resident: str | None = None) -> None:
        """Open a building, a household and a person there."""
        self._count()  # out of sight it was not counted
        if building is not None and self.leave():
            self._open(building, household, resident)
        self._say_path()

    def _open(self, building: str, household: str | None, resident: str | None) -> None:
        blocked = self.tree.blockSignals(True)
        found = self.tree.choose(building)
        self.tree.blockSignals(blocked)
        if not found:
            return
        if (item := self.tree.currentItem()) is not None:
            self._show_building(item.data(0, Qt.ItemDataRole.UserRole))
        door = self.doors.door_of_household(household) if household else None
        if door is not None:
            blocked = self.doors.blockSignals(True)
            self.doors.choose(door)
            self.doors.blockSignals(blocked)
            self._show_door(self.doors.table.current(), resident)
            self.view.people.setFocus()

    def _read_places(self) -> None:
        self.tree.show_places()
        self.whole.setCurrentIndex(0 if self.tree.topLevelItemCount() else 1)

    def _building_chosen(self, building: dict[str, Any]) -> None:
        if self.building and building["id"] == self.building["id"]:
            return
        if not self.leave():
            self._back_to_building()
            return
        self._show_building(building)
        self._say_path()

    def _back_to_building(self) -> None:
        assert self.building is not None
        blocked = self.tree.blockSignals(True)
        self.tree.choose(self.building["id"])
        self.tree.blockSignals(blocked)

    def _show_building(self, building: dict[str, Any]) -> None:
        self.building, self.door = building, None
        self._read_doors()

    def _read_doors(self) -> None:
        assert self.building is not None
        doors = places.dwellings(self.desk.session, self.building["id"])
        self.doors.set_doors(doors)
        again = self.door["id"] if self.door else None
        self.door = None
        if again is not None and any(door["id"] == again for door in doors):
            blocked = self.doors.blockSignals(True)
            self.doors.choose(again)
            self.doors.blockSignals(blocked)
            self._show_door(self.doors.table.current())
        else:
            self._show_nothing(say("empty-household") if doors else say("empty-doors"))

    def _show_nothing(self, text: str) -> None:
        self.nothing.setText(text)
        self.detail.setCurrentIndex(NOTHING)

    def _door_chosen(self, door: dict[str, Any]) -> None:
        if self.door and door["id"] == self.door["id"]:
            return
        if not self.leave():
            blocked = self.doors.blockSignals(True)
            self.doors.choose(self.door["id"] if self.door else "")
            self.doors.blockSignals(blocked)
            return
        self._show_door(door)
        self._say_path()

    def _show_door(self, door: dict[str, Any] | None, resident: str | None = None) -> None:
        assert self.building is not None
        if door is None:
            return
        self.door = door
        self.detail.setCurrentIndex(BEHIND)
        self.view.show_door(self.building["id"], door, resident)

    def _say_path(self) -> None:
        if self.building is None:
            self._show_nothing(say("empty-building"))
            return
        steps: list[Step] = [
            (self.building["estate_name"], self.tree.setFocus),
            (f"{self.building['lane'] or ''}{self.building['number']}", self.doors.setFocus),
        ]
        if self.door is not None:
            room = room_text(self.door)
            steps.append((f"{room}室" if room[-1:].isdigit() else room, None))
        self.desk.show_path(steps)

    # ---------------------------------------------------------------- what happens around

    def refresh(self, changed: set[str]) -> None:
        """Something was written: read again what it touches, unless the form holds unsaved work."""
        if self.isVisible():
            self._count()
        if self.view.dirty or not changed & WRITTEN_HERE:
            return
        self._read_places()
        if self.building is None:
            return
        if self.tree.current_building() != self.building["id"]:
            self.building = self.door = None
            self.doors.set_doors([])
            self._show_nothing(say("empty-building"))
        else:
            self._read_doors()

    def _count(self) -> None:
        due = summaries.due(self.desk.session)
        waits = due["doubtful"] + due["conflicts"]
        self.decide.setText(f"待核 {waits}")
        self.decide.setVisible(bool(waits) and self.desk.session.may("doubtful.read"))

    @property
    def unsaved(self) -> bool:
        return self.view.dirty

    def leave(self) -> bool:
        return self.view.leave()

    def back(self) -> None:
        """Esc: from the fields to the people, to the doors, to the places."""
        focus = self.focusWidget()
        if focus is not None and self.view.stack.isAncestorOf(focus) and self.view.people.isVisible():
            self.view.people.setFocus()
        elif focus is not None and self.view.isAncestorOf(focus):
            self.doors.setFocus()
        else:
            self.tree.setFocus()

    # ---------------------------------------------------------------- adding

    def _offer(self) -> None:
        """Only what has a place to go to."""
        self.adds["building"].setEnabled(self.tree.current_estate() is not None)
        self.adds["dwelling"].setEnabled(self.building is not None)
        for entity in ("household", "resident"):
            self.adds[entity].setEnabled(self.door is not None)

    def add_record(self, entity: str) -> None:
        """Ask for the few fields that make one, write it, show it."""
        if not self.leave():
            return
        dialog = AddDialog(self, self.desk.session, entity, self._above(entity), self._where(entity))
        dialog.accepted.connect(lambda: self._added(dialog, entity))
        dialog.open()

    def _above(self, entity: str) -> Above:
        """What a new record will refer to."""
        estate, building, door = self.tree.current_estate() or {}, self.building or {}, self.door or {}
        refers: dict[str, Above] = {
            "estate": dict,
            "building": lambda: {"estate": estate["estate"]},
            "dwelling": lambda: {"building": building["id"]},
            "household": lambda: {"dwelling": door["id"]},
            "resident": lambda: {"household": self._household_for_person()},
        }
        return refers[entity]

    def _where(self, entity: str) -> str:
        """The place of a new record in words."""
        if entity == "estate":
            return ""
        if entity == "building":
            return str((self.tree.current_estate() or {}).get("estate_name", ""))
        if entity == "dwelling" and self.building:
            return f"{self.building['estate_name']} {self.building['number']}"
        return str((self.door or {}).get("path", "")).replace("/", " ")

    def _household_for_person(self) -> str:
        """The household of the person that is chosen, the door's first, or a new one if there is none."""
        assert self.door is not None
        person = self.view.people.current()
        if person:
            return str(person["of"])
        if self.door["households"]:
            return str(self.door["households"][0]["id"])
        return records.add(self.desk.session, "household", {"dwelling": self.door["id"]}).id

    def _added(self, dialog: QDialog, entity: str) -> None:
        assert isinstance(dialog, AddDialog) and dialog.done_ is not None
        self._read_places()
        if entity == "building":
            self.tree.choose(dialog.done_.id)
        elif entity == "dwelling":
            self._read_doors()
            self.doors.choose(dialog.done_.id)
        elif entity == "resident" and self.door is not None:
            self.view.people.choose("id", dialog.done_.id)
        self.desk.notify(say("added-what", what=dialog.said), dialog.done_.batch)

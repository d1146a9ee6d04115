"""住户: places at the left, the doors of a building, and behind a door its people and their fields."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QInputDialog,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.findings import UserError
from app.services import places, records
from app.ui import theme
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.person_form import PersonForm
from app.ui.place_tree import PlaceTree, door_text
from app.ui.tables import Column, Table
from app.words import say

DOOR = int(Qt.ItemDataRole.UserRole)
PEOPLE = [
    Column("name", "姓名", 100), Column("relation", "关系", 70), Column("sex", "性别", 50), Column("birth_year", "出生", 60),
    Column("residence_kind", "居住", 60), Column("status", "状态", 70), Column("phone", "电话"),
]  # fmt: skip


class ResidentsDesk(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.building: tuple[str, str, str] | None = None
        self.door: dict[str, Any] | None = None
        self._build()
        self._connect()
        self._read()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.tree = PlaceTree(self.desk.session)
        self.doors = QListWidget()
        self.people = Table(PEOPLE)
        self.people.setFixedHeight(theme.ROW * 5)
        self.people.setAccessibleName("这一户的人")
        self.form = PersonForm(self.desk)
        self.add_person = theme.button("在这一户新增人员")
        self.household = QWidget()
        column = QVBoxLayout(self.household)
        column.setContentsMargins(theme.GAP[1], 0, 0, 0)
        column.addWidget(self.people)
        column.addWidget(self.add_person, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.form, 1)
        self.detail = QStackedWidget()
        self.nothing = theme.soft(say("empty-household"))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.detail.addWidget(self.nothing)
        self.detail.addWidget(self.household)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        for widget, stretch in ((self.tree, 0), (self.doors, 0), (self.detail, 1)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([210, 220, 740])
        self.whole = QStackedWidget()
        self.whole.addWidget(split)
        self.whole.addWidget(empty(say("empty-places"), "导入花名册", lambda: self.desk.go("import")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.whole)

    def _connect(self) -> None:
        self.tree.building_chosen.connect(self.show_building)
        self.doors.currentItemChanged.connect(lambda item, _: self._door_chosen(item))
        self.people.chosen.connect(self._person_chosen)
        self.form.saved.connect(lambda _: self._read_people())
        self.add_person.clicked.connect(self.add)

    # ---------------------------------------------------------------- showing

    def _read(self) -> None:
        self.tree.show_places()
        self.whole.setCurrentIndex(0 if self.tree.topLevelItemCount() else 1)

    def go(self, building: str | None = None, household: str | None = None, resident: str | None = None) -> None:
        """Open a building, a household and a person there."""
        if building is None or not self.leave():
            return
        if not self.tree.choose(building):
            self._read()
            self.tree.choose(building)
        self._open(household, resident)
        self._say_path()

    def _open(self, household: str | None, resident: str | None) -> None:
        for number in range(self.doors.count()):
            item = self.doors.item(number)
            if any(each["id"] == household for each in item.data(DOOR)["households"]):
                self.doors.setCurrentItem(item)
        if resident:
            self.people.choose("id", resident)

    def show_building(self, building: str, estate: str, number: str) -> None:
        self.building = (building, estate, number)
        self._read_doors()
        self._say_path()

    def _read_doors(self) -> None:
        assert self.building is not None
        chosen = self.door["id"] if self.door else None
        blocked = self.doors.blockSignals(True)
        self.doors.clear()
        kept = None
        for door in places.dwellings(self.desk.session, self.building[0]):
            item = QListWidgetItem(door_text(door))
            item.setData(DOOR, door)
            self.doors.addItem(item)
            if door["id"] == chosen:
                kept = item
        self.doors.blockSignals(blocked)
        if kept is not None:
            self.doors.setCurrentItem(kept)
        else:
            self.door = None
            self.detail.setCurrentIndex(0)

    def _door_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self.door = item.data(DOOR)
        self._read_people()
        self._say_path()

    def _read_people(self) -> None:
        if self.door is None:
            return
        people = [
            {**person, "of": household["id"]}
            for household in self.door["households"]
            for person in places.residents(self.desk.session, household["id"])
        ]
        chosen = self.form.person["id"] if self.form.person else None
        self.people.set_rows(people)
        self.detail.setCurrentIndex(1)
        self.add_person.setVisible(self.desk.session.may("records.add"))
        self.form.setVisible(bool(people))
        if people and not (chosen and self.people.choose("id", chosen)):
            self.people.choose("id", people[0]["id"])

    def _person_chosen(self, person: dict[str, Any] | None) -> None:
        if person is None or (self.form.person and self.form.person["id"] == person["id"] and self.form.dirty):
            return
        if self.leave():
            self.form.show_person(person["id"])

    def _say_path(self) -> None:
        if self.building is None:
            return
        _, estate, number = self.building
        room = f"{self.door['room']}室" if self.door and self.door.get("room") else ""
        self.desk.path([
            (estate, lambda: self.tree.setFocus()), (number, lambda: self.doors.setFocus()), *([(room, None)] if room else []),
        ])  # fmt: skip

    def refresh(self, changed: set[str]) -> None:
        """Something was written: read again what it touches, unless the form holds unsaved work."""
        if self.form.dirty:
            return
        if changed & {"all", "estate", "building", "dwelling", "household", "resident"}:
            self._read()
            if self.building and self.tree.current_building() == self.building[0]:
                self._read_doors()
            elif self.building:
                self.building = self.door = None
                self.doors.clear()
                self.detail.setCurrentIndex(0)
        if self.form.person and self.detail.currentIndex() == 1:
            try:
                self.form.show_person(self.form.person["id"], reveal=self.form.revealed)
            except UserError:
                self.form.person = None
                self._read_people()

    # ---------------------------------------------------------------- doing

    def leave(self) -> bool:
        """May the form be left? Unsaved changes ask once."""
        if not self.form.dirty:
            return True
        assert self.form.person is not None
        answer = self.ask_unsaved(self.form.person.get("name", ""))
        return self.form.save() if answer == "保存" else answer == "不保存"

    def ask_unsaved(self, name: str) -> str:
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(QMessageBox.Icon.Question, "楼图", say("unsaved", name=name), parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        for text, role in (
            ("保存", QMessageBox.ButtonRole.AcceptRole), ("不保存", QMessageBox.ButtonRole.DestructiveRole),
            ("返回", QMessageBox.ButtonRole.RejectRole),
        ):  # fmt: skip
            box.addButton(text, role)
        box.exec()
        return box.clickedButton().text()

    def add(self) -> None:
        """A new person behind this door; a household is made if there is none."""
        assert self.door is not None
        name, sure = QInputDialog.getText(self, "新增人员", "姓名")
        if not sure or not name.strip():
            return
        try:
            if self.door["households"]:
                current = self.people.current()
                household = current["of"] if current else self.door["households"][0]["id"]
            else:
                household = records.add(self.desk.session, "household", {"dwelling": self.door["id"]}).id
            done = records.add(self.desk.session, "resident", {"household": household, "name": name.strip()})
        except UserError as error:
            self.desk.error(error)
            return
        self._read_doors()
        self.people.choose("id", done.id)
        self.desk.notify(say("added-person", name=name.strip()), done.batch)

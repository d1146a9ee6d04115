"""The doors of a building: `302　王某某等4人`, `2户5人`, 空置; the vacant ones paler, and said so."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui import theme
from app.ui.tables import Column, Row, Table


class DoorList(QWidget):
    """Emits `chosen` with a door as `places.dwellings` gives it, `entered` when Enter asks to go on to its people."""

    chosen = Signal(object)
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(150)
        self.heading = theme.label("", "small")
        self.table = Table([
            Column("said_room", "室", 72), Column("said", "住户", tone=lambda row: "" if row["households"] else theme.INK_SOFT),
        ])  # fmt: skip
        self.table.setAccessibleName("房屋")
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(lambda _: self.entered.emit())
        self.setFocusProxy(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[0])
        column.addWidget(self.heading)
        column.addWidget(self.table, 1)

    def _chosen(self, row: Row | None) -> None:
        if row is not None:
            self.chosen.emit(row)

    def set_doors(self, doors: list[dict[str, Any]]) -> None:
        """Show them with nothing chosen; nothing is emitted."""
        blocked = self.table.blockSignals(True)
        self.table.set_rows([{**door, "said_room": room_text(door), "said": household_text(door)} for door in doors])
        self.table.blockSignals(blocked)
        households = [household for door in doors for household in door["households"]]
        people = sum(household["residents"] for household in households)
        self.heading.setText(f"{len(doors)}室　{len(households)}户　{people}人" if doors else "")

    def choose(self, door: str) -> bool:
        return self.table.choose("id", door)

    def door_of_household(self, household: str) -> str | None:
        """Id of the door behind which a household lives, if it is one of these."""
        for door in self.table.rows_model.rows:
            if any(each["id"] == household for each in door["households"]):
                return str(door["id"])
        return None


def room_text(door: dict[str, Any]) -> str:
    """`302`, `2单元302`, or what stands for a door without a number."""
    room = str(door.get("room") or door.get("floor_label") or "整栋")
    unit = door.get("unit")
    return f"{unit}-{room}" if unit else room


def household_text(door: dict[str, Any]) -> str:
    """`王某某等4人`, `2户5人`, 空置."""
    households = door["households"]
    people = sum(each["residents"] for each in households)
    if not households:
        return str(door.get("state") or "无人登记")
    if len(households) > 1:
        return f"{len(households)}户{people}人"
    head = households[0]["head"] or households[0]["label"] or "（无姓名）"
    return f"{head}等{people}人" if people > 1 else str(head)

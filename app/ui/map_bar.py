"""The buttons above the map: by what it is coloured and how, what is left out, and what can be made of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.findings import UserError
from app.domain.maps import DAYS, MEASURES, PLAIN, Shading, measure, shading_for, steps_of
from app.domain.visits import STALE_AFTER
from app.maps import layers
from app.maps.matrix import ON_REQUEST
from app.settings import Settings
from app.ui import theme
from app.ui.desk import Desk
from app.ui.map_shading import ShadingPopup
from app.ui.map_tools import MapTools
from app.ui.matrix_filter import MatrixFilter
from app.words import say

SHADING, DAYS_KEPT = "map-shading", "map-days"
WITH_FILTER = ("committee", "estate")
"""Levels on which things without any of the measure can be left out."""


class MapBar(QObject):
    """Emits `changed` when the map is to be drawn anew. `row` is what stands beside the breadcrumb."""

    changed = Signal()

    def __init__(self, desk: Desk, tools: MapTools, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk, self.tools = desk, tools
        self.level = ""
        self.shading, self.days = _kept(desk.settings)
        self._build(parent)
        self._connect()

    def _build(self, parent: QWidget) -> None:
        self.colour = theme.Choice()
        self.colour.setAccessibleName("着色")
        self.colour.setToolTip("按什么着色")
        for each in MEASURES:
            self.colour.addItem(layers.title(each), each.key)
        self.scale = theme.button("色阶", icon_name="palette-outline")
        self.scale.setToolTip("按人数或每千人、分级、色系")
        self.popup = ShadingPopup(parent)
        self.only = theme.button("仅看有的", "tab")
        self.only.setCheckable(True)
        self.doors = MatrixFilter()
        self.marks = theme.button("标记", "menu")
        menu = QMenu(self.marks)
        self.mark_actions = {key: self._mark_action(menu, key) for key in sorted(ON_REQUEST)}
        self.marks.setMenu(menu)
        self.sheets = theme.button("登记表", icon_name="printer-outline")
        self.out = theme.button("存为…", icon_name="export-variant")
        self.making = theme.button("制图", "menu", "map-plus")
        made = QMenu(self.making)
        made.aboutToShow.connect(lambda: self.tools.fill(made))
        self.making.setMenu(made)
        theme.only_if(self.desk.session.may("sheets.print"), self.sheets)
        self.row: list[QWidget] = [
            self.colour,
            self.scale,
            self.only,
            self.doors,
            self.marks,
            self.sheets,
            self.out,
            self.making,
        ]

    def _mark_action(self, menu: QMenu, key: str) -> QAction:
        action = menu.addAction(f"{say(f'mark-{key}')}　{say(f'mark-{key}-long')}")
        action.setCheckable(True)
        action.toggled.connect(lambda _: self.changed.emit())
        return action

    def _connect(self) -> None:
        self.colour.currentIndexChanged.connect(lambda _: self._measured())
        self.only.toggled.connect(lambda _: self.changed.emit())
        self.doors.changed.connect(self.changed)
        self.scale.clicked.connect(self.show_popup)
        self.popup.chosen.connect(self._shaded)
        self._measured(say_so=False)

    # ---------------------------------------------------------------- what is asked

    @property
    def measure(self) -> str:
        return str(self.colour.currentData())

    @property
    def marked(self) -> list[str]:
        return [key for key, action in self.mark_actions.items() if action.isChecked()]

    @property
    def filtered(self) -> bool:
        return self.only.isChecked() and self.level in WITH_FILTER

    def use(self, wanted: bool) -> None:
        """Can its buttons be used now?"""
        for widget in self.row:
            widget.setEnabled(wanted)

    def shown_at(self, level: str) -> None:
        """Only what says something of a level stands there."""
        self.level = level
        building = level == "building"
        self.marks.setVisible(building)
        self.doors.setVisible(building)
        self.scale.setVisible(not building)
        self.only.setVisible(level in WITH_FILTER)

    def _measured(self, *, say_so: bool = True) -> None:
        self.only.setToolTip(say("map-only-tip", measure=self.colour.currentText()))
        if say_so:
            self.changed.emit()

    def show_popup(self) -> None:
        self.popup.show_choice(self.shading, self.days, measure(self.measure), street=self.level == "street")
        below = self.scale.mapToGlobal(QPoint(0, self.scale.height() + theme.GAP[0]))
        self.popup.show_at(below)

    def _shaded(self, shading: Shading, days: int) -> None:
        """Kept for the next time; the map is drawn anew."""
        if (shading, days) == (self.shading, self.days):
            return
        self.shading, self.days = shading, days
        self.desk.settings.put(SHADING, asdict(shading) | {"steps": list(shading.steps)})
        self.desk.settings.put(DAYS_KEPT, days)
        self.changed.emit()


def _kept(settings: Settings) -> tuple[Shading, int]:
    """What was chosen the last time; what is damaged or unknown is as at the beginning."""
    told: Any = settings.get(SHADING)
    days = settings.get(DAYS_KEPT)
    return (_read(told) if isinstance(told, dict) else PLAIN), (days if days in DAYS else STALE_AFTER)


def _read(told: dict[str, Any]) -> Shading:
    try:
        steps = steps_of(",".join(f"{step:g}" for step in told["steps"])) if told.get("steps") else ()
        made = Shading(
            "thousand" if told.get("per") == "thousand" else "count",
            "fixed" if steps and told.get("classes") == "fixed" else "quantile", steps, str(told.get("palette") or ""),
            "group" if told.get("areas") == "group" else "committee",
        )  # fmt: skip
        return shading_for(MEASURES[1], made)
    except (UserError, TypeError, ValueError):
        return PLAIN

"""What a map file is asked before its outlines are looked at: which layer, what it is, in which coordinates, from which columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QInputDialog, QLineEdit, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import map_import
from app.services.map_import import AUTO, EVERY, NAMES, ROLES, MapPlan, Opened, RawLayer, System
from app.ui import errors, theme
from app.words import say

OWN = "own"
NO_COLUMN = "（没有）"


class MapImportOptions(QWidget):
    """Emits `layer_chosen` for another layer of the file, `asked` when something is to be looked at anew, `titled`."""

    layer_chosen = Signal()
    asked = Signal()
    titled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, str] = {}
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.layers, self.target, self.system = (self._box(*each) for each in (
            ("文件里的图层", 150), ("是什么", 136), ("坐标系", 330),
        ))  # fmt: skip
        for key in EVERY:
            self.target.addItem(say(f"layer-{key}"), key)
        self.layers_label = theme.label("图层", "soft")
        self.parts = QCheckBox("一个图形里的几块分开")
        self.columns = {role: self._box(say(f"role-{role}"), 136) for role in NAMES}
        self.labels = {role: theme.label(say(f"role-{role}"), "soft") for role in NAMES}
        self.title, self.source = QLineEdit(), QLineEdit()
        self.title.setAccessibleName("底图的名称")
        self.source.setAccessibleName("来源")
        self.source.setPlaceholderText("图上注明的来源，例如 © OpenStreetMap contributors")
        self.title.setMinimumWidth(240)
        self.source.setMinimumWidth(340)
        self.read_from = theme.row(
            theme.label("按这些列对名称：", "soft"),
            *(widget for role in ("estate", "lane", "number", "name", "code") for widget in (self.labels[role], self.columns[role])), 1,
        )  # fmt: skip
        self.called = theme.row(theme.label("名称", "soft"), self.title, theme.label("来源", "soft"), self.source, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(
            self.layers_label, self.layers, theme.label("这是", "soft"), self.target, theme.label("坐标系", "soft"), self.system,
            self.parts, 1,
        ))  # fmt: skip
        column.addWidget(self.read_from)
        column.addWidget(self.called)

    def _box(self, name: str, wide: int) -> theme.Choice:
        made = theme.Choice()
        made.setAccessibleName(name)
        made.setMinimumWidth(wide)
        return made

    def _connect(self) -> None:
        self.layers.activated.connect(lambda _: self.layer_chosen.emit())
        self.target.activated.connect(lambda _: self._target_chosen())
        self.system.activated.connect(lambda _: self._system_chosen())
        self.parts.clicked.connect(lambda _: self.asked.emit())
        for role, box in self.columns.items():
            box.activated.connect(lambda _, role=role: self._column_chosen(role))
        self.title.textChanged.connect(lambda _: self.titled.emit())

    # ---------------------------------------------------------------- what is offered

    def show_file(self, opened: Opened) -> None:
        """The layers of another file; the first one that is recognised as somebody's outlines."""
        self.layers.clear()
        for layer in opened.layers:
            self.layers.addItem(f"{layer.name or opened.file.stem}（{len(layer.features)}）")
        several = len(opened.layers) > 1
        self.layers.setVisible(several)
        self.layers_label.setVisible(several)
        self.file = opened.file.stem

    def show_layer(self, layer: RawLayer, target: str, systems: Sequence[System]) -> None:
        """One layer, as it was recognised."""
        self._said = {}
        self.target.setCurrentIndex(self.target.findData(target))
        self.parts.setChecked(False)
        several = any(
            each.geometry["type"] == "MultiPolygon" and len(each.geometry["coordinates"]) > 1 for each in layer.features
        )
        self.parts.setVisible(several)
        self._offer_systems(systems)
        self._offer_columns(layer.columns)
        self.title.setText(layer.name if layer.name and layer.name != self.file else self.file)
        self._fit_target()

    def _offer_systems(self, systems: Sequence[System]) -> None:
        self.system.clear()
        if not systems:
            self.system.addItem("请选择…", AUTO)
        offered = {each.key: each for each in (*systems, *map_import.systems())}
        for number, (key, each) in enumerate(offered.items()):
            if number == len(systems):
                self.system.insertSeparator(self.system.count())
            self.system.addItem(told(each), key)
        self.system.addItem("自定义投影参数…", OWN)
        self.system.setCurrentIndex(0)
        self._system = str(self.system.currentData())

    def _offer_columns(self, columns: Sequence[str]) -> None:
        for box in self.columns.values():
            box.clear()
            box.addItem(NO_COLUMN, "")
            for column in columns:
                box.addItem(column, column)

    def _fit_target(self) -> None:
        roles = ROLES.get(self.of, ())
        for role, box in self.columns.items():
            box.setVisible(role in roles)
            self.labels[role].setVisible(role in roles)
        self.read_from.setVisible(bool(roles))
        self.called.setVisible(not roles)

    def show_plan(self, plan: MapPlan) -> None:
        """From which columns the names were read, and whom the file names as its maker."""
        self.source.setText(plan.source)
        for role, box in self.columns.items():
            box.setCurrentIndex(max(0, box.findData(plan.columns.get(role, ""))))

    # ---------------------------------------------------------------- what was chosen

    @property
    def layer(self) -> int:
        return max(0, self.layers.currentIndex())

    @property
    def of(self) -> str:
        return str(self.target.currentData())

    def asked_for(self) -> dict[str, Any]:
        """What `map_import.preview` is asked for."""
        return {
            "layer": self.layer, "target": self.of, "system": self._system, "columns": dict(self._said),
            "parts": self.parts.isChecked() and not self.parts.isHidden(),
        }  # fmt: skip

    def _target_chosen(self) -> None:
        self._said = {}
        self._fit_target()
        self.asked.emit()

    def _column_chosen(self, role: str) -> None:
        self._said[role] = str(self.columns[role].currentData())
        self.asked.emit()

    def _system_chosen(self) -> None:
        if self.system.currentData() == OWN:
            self._ask_for_own()
            return
        self._system = str(self.system.currentData())
        self.asked.emit()

    def _ask_for_own(self) -> None:
        """A system that is in no list, as surveyors write it."""
        said, taken = QInputDialog.getText(self, "自定义投影参数", say("desk-own-crs"))
        if not taken or not said.strip():
            self.system.setCurrentIndex(max(0, self.system.findData(self._system)))
            return
        self.use_own(said)

    def use_own(self, said: str) -> None:
        """A system that was typed."""
        try:
            own = map_import.typed_system(said.strip())
        except UserError as error:
            self.system.setCurrentIndex(max(0, self.system.findData(self._system)))
            errors.present(self, error)
            return
        if self.system.findData(own.key) < 0:
            self.system.insertItem(self.system.count() - 1, say("crs-own-of", key=said.strip()[:60]), own.key)
        self.system.setCurrentIndex(self.system.findData(own.key))
        self._system = own.key
        self.asked.emit()


def told(system: System) -> str:
    """A system in words, with what is unusual about it."""
    return "；".join((say(system.title, **dict(system.details)), *map(say, system.notes)))

"""底图、背景与平面图: what lies under the maps, what of it shows and how faintly, whom the map credits; new ones come in here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QMenu, QSlider, QStackedWidget, QVBoxLayout, QWidget

from app.domain.ground import FEATURES, Layer
from app.services import backgrounds, ground, plans
from app.ui import errors, scans, theme
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.plan_page import PlanPage
from app.ui.tables import Column, Row, Table
from app.words import say

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk

TITLE = "底图、背景与平面图"
FOLDER = "map-folder"
TILES = "背景切片 (*.mbtiles *.pmtiles)"
PLANS = "平面图 (" + " ".join(f"*{each}" for each in scans.ENDINGS) + ")"
PACKS = "底图包 (*.ltmap)"
NONE, SOME = 0, 1


def row_of(layer: Layer, there: bool) -> Row:
    """One layer as the table shows it."""
    about = layer.about
    if layer.kind == "tiles":
        size = say("ground-zooms", low=about["zooms"][0], high=about["zooms"][1], size=f"{about['bytes'] / 1e6:,.0f}")
        size = size if there else say("ground-file-gone")
    elif layer.kind == "plan":
        size = say("ground-laid" if about.get("corners") else "ground-not-laid")
    else:
        size = say("ground-count", count=about["count"])
    return {
        "id": layer.id, "kind": say(f"ground-{layer.kind}"), "title": layer.title, "source": layer.source, "size": size,
        "on": "显示" if layer.on else "不显示", "faint": f"{layer.opacity:.0%}", "at": layer.at[:10],
    }  # fmt: skip


class GroundPage(QWidget):
    def __init__(self, desk: Desk, map_desk: MapDesk) -> None:
        super().__init__()
        self.desk, self.map_desk = desk, map_desk
        self._build()
        self._connect()
        self.refresh()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.base = theme.button("加道路、水系、绿地…", icon_name="map-plus")
        self.tiles = theme.button("加背景切片…", icon_name="grid")
        self.plan = theme.button("加平面图…", icon_name="floor-plan")
        self.pack = theme.button("底图包", "menu", "package-variant")
        menu = QMenu(self.pack)
        menu.addAction("加底图包…", self._ask_for_pack)
        self.pack_out = menu.addAction("道路、水系、绿地等存成底图包…", self._ask_where)
        self.pack.setMenu(menu)
        self.to_map = theme.button("回到地图", icon_name="arrow-left")
        self.list = Table([
            Column("kind", "种类", 92), Column("title", "名称"), Column("source", "来源（地图一角注明）", 240),
            Column("size", "内容", 200), Column("on", "", 74), Column("faint", "浓淡", 62), Column("at", "加入", 96),
        ], remember=(self.desk.settings, "ground"))  # fmt: skip
        self.list.setAccessibleName("地图下面的各层")
        self.stack = QStackedWidget()
        self.stack.addWidget(
            empty(say("ground-none"), "加道路、水系、绿地…", self.bring_in, "layers-outline", primary=True)
        )
        some = QWidget()
        inside = QVBoxLayout(some)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.GAP[1])
        inside.addWidget(self.list, 1)
        inside.addWidget(self._chosen_one())
        self.stack.addWidget(some)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[2])
        column.addWidget(theme.row(self.base, self.tiles, self.plan, self.pack, 1, self.to_map))
        column.addWidget(self.stack, 1)

    def _chosen_one(self) -> QWidget:
        """What can be said of the layer that is chosen."""
        self.on = QCheckBox("显示")
        self.title, self.source = QLineEdit(), QLineEdit()
        self.title.setAccessibleName("名称")
        self.title.setMinimumWidth(160)
        self.source.setAccessibleName("来源")
        self.source.setPlaceholderText("例如 © OpenStreetMap contributors")
        self.faint = QSlider(Qt.Orientation.Horizontal)
        self.faint.setRange(10, 100)
        self.faint.setPageStep(10)
        self.faint.setFixedWidth(120)
        self.faint.setAccessibleName("浓淡")
        self.again = theme.button("重新定位…")
        self.remove = theme.button("移除…", "danger")
        return theme.panel(theme.row(
            self.on, theme.label("浓淡", "soft"), self.faint, theme.label("名称", "soft"), self.title,
            theme.label("来源", "soft"), self.source, self.again, self.remove,
        ), margin=theme.GAP[1])  # fmt: skip

    def _connect(self) -> None:
        self.base.clicked.connect(self.bring_in)
        self.tiles.clicked.connect(self._ask_for_tiles)
        self.plan.clicked.connect(self._ask_for_plan)
        self.to_map.clicked.connect(self.map_desk.close_page)
        self.list.chosen.connect(lambda _: self._show_chosen())
        self.list.opened.connect(lambda _: self.switch(not self.on.isChecked()))
        self.on.clicked.connect(self.switch)
        self.faint.sliderReleased.connect(self._faint_changed)
        self.faint.actionTriggered.connect(lambda _: self._later())
        self.title.editingFinished.connect(lambda: self._say("title", self.title))
        self.source.editingFinished.connect(lambda: self._say("source", self.source))
        self.again.clicked.connect(lambda: self._lay(self.chosen()))
        self.remove.clicked.connect(self.ask_remove)

    # ---------------------------------------------------------------- showing

    def refresh(self, choose: str = "") -> None:
        """Read anew; the same layer stays chosen, or the one of this id."""
        session = self.desk.session
        before = choose or (self.list.current() or {}).get("id")
        self.layers = {each.id: each for each in ground.layers(session)}
        there = backgrounds.there(session)
        self.list.set_rows([row_of(each, each.id in there) for each in self.layers.values()])
        self.stack.setCurrentIndex(SOME if self.layers else NONE)
        self.pack_out.setEnabled(any(each.kind in FEATURES for each in self.layers.values()))
        if not self.list.choose("id", before) and self.layers:
            self.list.choose("id", next(iter(self.layers)))
        self._show_chosen()

    def chosen(self) -> Layer | None:
        return self.layers.get(str((self.list.current() or {}).get("id")))

    def _show_chosen(self) -> None:
        layer = self.chosen()
        if layer is None:
            return
        self.on.setChecked(layer.on)
        self.faint.setValue(round(layer.opacity * 100))
        self.title.setText(layer.title)
        self.source.setText(layer.source)
        self.again.setVisible(layer.kind == "plan")
        self.again.setText("重新定位…" if layer.about.get("corners") else "定位…")

    # ---------------------------------------------------------------- changing

    def _change(self, **said: Any) -> None:
        if (layer := self.chosen()) is None:
            return
        try:
            ground.change(self.desk.session, layer.id, **said)
        finally:
            self.refresh(layer.id)

    def switch(self, on: bool) -> None:
        self._change(on=on)

    def _faint_changed(self) -> None:
        layer = self.chosen()
        if layer is not None and round(layer.opacity * 100) != self.faint.value():
            self._change(opacity=self.faint.value() / 100)

    def _later(self) -> None:
        """By keyboard: the slider has its new value after this signal."""
        if not self.faint.isSliderDown():
            QTimer.singleShot(0, self, self._faint_changed)

    def _say(self, key: str, field: QLineEdit) -> None:
        layer = self.chosen()
        if layer is not None and field.text().strip() != getattr(layer, key):
            self._change(**{key: field.text()})

    def ask_remove(self) -> None:
        """Asked before: what was removed is brought in again from its file only."""
        layer = self.chosen()
        if layer is None:
            return
        code = "ground-remove-plan" if layer.kind == "plan" else "ground-remove"
        if errors.ask(self, say(code, title=layer.title), f"移除“{layer.title}”", "不移除", danger=True) != "不移除":
            self.take_away(layer)

    def take_away(self, layer: Layer) -> None:
        ground.remove(self.desk.session, layer.id)
        self.desk.notify(say("ground-removed", title=layer.title))
        self.refresh()

    # ---------------------------------------------------------------- bringing in

    def bring_in(self) -> None:
        self.map_desk.tools.bring_in()

    def _ask(self, title: str, kinds: str) -> Path | None:
        folder = str(self.desk.settings.get(FOLDER) or Path.home())
        chosen, _ = QFileDialog.getOpenFileName(self, title, folder, kinds)
        if not chosen:
            return None
        self.desk.settings.put(FOLDER, str(Path(chosen).parent))
        return Path(chosen)

    def _ask_for_tiles(self) -> None:
        if (file := self._ask("选择背景切片", TILES)) is not None:
            self.add_tiles(file)

    def add_tiles(self, file: Path) -> None:
        session = self.desk.session

        def done(layer: Layer) -> None:
            self.desk.notify(say("ground-added", title=layer.title))
            self.refresh(layer.id)

        self.desk.tasks.run(
            lambda progress, cancelled: backgrounds.keep(session, file, progress=progress, cancelled=cancelled), done,
            text=say("tiles-copying"),
        )  # fmt: skip

    def _ask_for_pack(self) -> None:
        if (file := self._ask("选择底图包", PACKS)) is not None:
            self.add_pack(file)

    def add_pack(self, file: Path) -> None:
        """A centre prepared it; layers of the same kind and name are replaced."""
        session = self.desk.session

        def done(made: list[Layer]) -> None:
            self.desk.notify(say("pack-read", layers=len(made)))
            self.refresh(made[0].id)

        self.desk.tasks.run(
            lambda progress, cancelled: ground.bring_in(session, file, progress=progress, cancelled=cancelled), done,
            text=say("ground-keeping"),
        )  # fmt: skip

    def _ask_where(self) -> None:
        proposed = Path(str(self.desk.settings.get(FOLDER) or Path.home())) / "底图.ltmap"
        chosen, _ = QFileDialog.getSaveFileName(self, "底图包存为", str(proposed), PACKS)
        if chosen:
            self.save_pack(Path(chosen).with_suffix(".ltmap"))

    def save_pack(self, out: Path) -> None:
        session = self.desk.session
        self.desk.tasks.run(
            lambda _, __: ground.export(session, out), lambda done: self.desk.notify(say("pack-written", **done)),
            text=say("ground-keeping"),
        )  # fmt: skip

    def _ask_for_plan(self) -> None:
        if (file := self._ask("选择平面图", PLANS)) is not None:
            self.add_plan(file)

    def add_plan(self, file: Path) -> None:
        """Keep it for the estate whose map was open, and lay it at once."""
        session = self.desk.session
        estate = self.map_desk.id if self.map_desk.level == "estate" else ""

        def work(progress: Any, cancelled: Any) -> Layer:
            content, size = scans.read(file)
            return plans.keep(session, file.stem, content, size, estate=estate, file=file.name)

        self.desk.tasks.run(work, self._lay, text=say("plan-reading"))

    def _lay(self, layer: Layer | None) -> None:
        if layer is None:
            return
        desk, map_desk = self.desk, self.map_desk
        map_desk.open_page(
            PlanPage(desk, layer, lambda: map_desk.open_page(GroundPage(desk, map_desk), TITLE)), "平面图定位"
        )

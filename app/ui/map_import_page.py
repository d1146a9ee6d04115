"""导入地图: a file, which layer of it and what that is, its coordinates, its columns, what each outline belongs to — on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import map_import
from app.services.map_import import AUTO, MapPlan, Opened
from app.ui import errors, theme
from app.ui.desk import Desk, FilePage
from app.ui.map_import_options import MapImportOptions
from app.ui.map_import_rows import OutlineRows
from app.ui.map_import_start import MapImportStart
from app.ui.map_sketch import MATCHED, Sketch
from app.ui.tables import Column, Table
from app.words import say

FOLDER = "map-folder"
START, LOOK = range(2)
ROWS, BASE = range(2)
SIZES = (400, 780)
UNITS = {"estates": "个小区", "buildings": "栋"}
MOST_SAID = 6
FAR = 3.0
"""Kilometres from what is known, from which the coordinates may be wrong."""


class MapImportPage(FilePage):
    """`plan` is what the button would write; `queue` the files that come next."""

    takes = tuple(ending for _, endings in map_import.kinds() for ending in endings)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.opened: Opened | None = None
        self.plan: MapPlan | None = None
        self.queue: list[Path] = []
        self._done: list[str] = []
        self._asked = 0
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.start = MapImportStart()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self._look_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _look_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addLayout(self._head())
        self.options = MapImportOptions()
        column.addWidget(self.options)
        self.sketch = Sketch()
        self.where = theme.label("", "small", wrap=True)
        left = QWidget()
        beside = QVBoxLayout(left)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(theme.GAP[1])
        beside.addWidget(self.sketch, 1)
        beside.addWidget(self.where)
        session = self.desk.session
        self.rows = OutlineRows(may_add=session.may("records.add") and session.role == "committee")
        self.base = theme.soft()
        self.right = QStackedWidget()
        self.right.addWidget(self.rows)
        self.right.addWidget(self._base_page())
        column.addWidget(theme.split(left, self.right, sizes=SIZES), 1)
        return page

    def _base_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        self.kinds = Table([Column("kind", "种类", 200), Column("count", "个数", 80), Column("named", "例如")])
        self.kinds.setAccessibleName("底图里有什么")
        self.left_out = theme.label("", "small", wrap=True)
        column.addWidget(theme.panel(self.base))
        column.addWidget(self.kinds, 1)
        column.addWidget(self.left_out)
        self.spare = QWidget()
        column.addWidget(self.spare, 1)
        return page

    def _head(self) -> QHBoxLayout:
        self.name, self.waiting = theme.title(""), theme.label("", "soft")
        self.skip = theme.button("跳过这个")
        self.other = theme.button("换一份…")
        self.write = theme.primary("")
        head = QHBoxLayout()
        head.setSpacing(theme.GAP[1])
        head.addWidget(self.name)
        head.addWidget(self.waiting)
        head.addStretch(1)
        for widget in (self.skip, self.other, self.write):
            head.addWidget(widget)
        return head

    def _connect(self) -> None:
        self.start.wanted.connect(self.choose)
        self.skip.clicked.connect(self._next)
        self.other.clicked.connect(self.choose)
        self.write.clicked.connect(self.apply)
        self.options.layer_chosen.connect(self._layer_chosen)
        self.options.asked.connect(self.preview)
        self.options.titled.connect(self._say)
        self.rows.changed.connect(self._decided)
        self.rows.picked.connect(self.sketch.pick)
        self.sketch.chosen.connect(self.rows.pick)

    # ---------------------------------------------------------------- files

    def may_open_files(self) -> bool:
        return self.desk.session.may("maps.change")

    def choose(self) -> None:
        """Other files, once what was decided for this one may go."""
        if not self.leave():
            return
        folder = str(self.desk.settings.get(FOLDER, ""))
        chosen, _ = QFileDialog.getOpenFileNames(self, "选择地图文件", folder, _pattern())
        self.open_all([Path(each) for each in chosen])

    def dropEvent(self, event: QDropEvent) -> None:
        """Several files at once come one after the other."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls()] if self.may_open_files() else []
        files = [file for file in files if file.suffix.lower() in self.takes]
        if files:
            event.acceptProposedAction()
            self.open_all(files)

    def open_all(self, files: Sequence[Path]) -> None:
        if files:
            self.queue = [*files[1:]]
            self.open(files[0])

    def open(self, file: Path) -> None:
        """Read a file in the background."""
        self.desk.settings.put(FOLDER, str(file.parent))
        session = self.desk.session
        self._asked += 1
        asked = self._asked
        self.desk.tasks.run(
            lambda progress, cancelled: map_import.open_file(session, file, progress=progress, cancelled=cancelled),
            lambda opened: self._read(opened, asked), text=say("map-reading"),
        )  # fmt: skip

    def _read(self, opened: Opened, asked: int) -> None:
        if asked != self._asked:
            return
        self.opened, self.plan = opened, None
        self.name.setText(opened.file.name)
        self.waiting.setText(say("import-map-next", count=len(self.queue)) if self.queue else "")
        self.skip.setVisible(bool(self.queue))
        self.pages.setCurrentIndex(LOOK)
        self.options.show_file(opened)
        self._layer_chosen()

    def _layer_chosen(self) -> None:
        assert self.opened is not None
        number = self.options.layer
        self.options.show_layer(self.opened.layers[number], self.opened.targets[number], self.opened.systems[number])
        self.preview()

    # ---------------------------------------------------------------- looking

    def preview(self) -> None:
        """What would be written, looked for in the background; only the last question asked is answered."""
        assert self.opened is not None
        session, opened, asked = self.desk.session, self.opened, self.options.asked_for()
        self.plan = None
        self.write.setEnabled(False)
        if asked["system"] == AUTO and not opened.systems[asked["layer"]]:
            self._unplaced()
            return
        self._asked += 1
        number = self._asked
        self.desk.tasks.cancel()
        self.desk.tasks.run(
            lambda progress, cancelled: map_import.preview(session, opened, **asked, progress=progress, cancelled=cancelled),
            lambda plan: self._planned(plan, number), lambda error: self._failed(error, number), text=say("map-matching"),
        )  # fmt: skip

    def _unplaced(self) -> None:
        """No system fits: the file's own plane is drawn, so that one sees what it is of."""
        assert self.opened is not None
        layer = self.opened.layers[self.options.layer]
        self.right.setCurrentIndex(BASE)
        self.base.setText(say("desk-unplaced"))
        self._show_kinds([])
        self.sketch.pick([])
        self.where.setText(say("desk-no-place"))
        self.write.setText(say("desk-nothing"))
        self.sketch.show_outlines(
            [], [(each.row, each.geometry) for each in layer.features], {}, degrees=False, legend=False
        )
        self.options.system.setFocus()

    def _failed(self, error: Exception, number: int) -> None:
        if number == self._asked and isinstance(error, UserError) and error.code.startswith("map-crs"):
            self._unplaced()

    def _planned(self, plan: MapPlan, number: int) -> None:
        if number != self._asked:
            return
        self.plan = plan
        self.options.show_plan(plan)
        if plan.entity:
            self.rows.show_plan(plan)
            outlines = [(row.row, row.shape.geometry) for row in plan.rows]
        else:
            outlines = [(number, each["geometry"]) for number, each in enumerate(plan.kept, 1)]
            self._show_base(plan)
        self.right.setCurrentIndex(ROWS if plan.entity else BASE)
        states = self.rows.states() if plan.entity else {row: MATCHED for row, _ in outlines}
        self.sketch.show_outlines(plan.around, outlines, states, legend=bool(plan.entity))
        self.sketch.pick(self.rows.table.chosen_rows() if plan.entity else [])
        self._say_where(plan)
        self._say()

    def _show_base(self, plan: MapPlan) -> None:
        self.base.setText(say("desk-base", layer=say(f"layer-{plan.target}")))
        named: dict[str, list[str]] = {}
        for each in plan.kept:
            named.setdefault(each["class"] or "—", []).append(each["name"])
        self._show_kinds([
            {"kind": kind, "count": len(names), "named": "、".join(dict.fromkeys(filter(None, names)))[:120]}
            for kind, names in sorted(named.items(), key=lambda item: -len(item[1]))
        ])  # fmt: skip
        self.left_out.setText("\n".join(errors.words_of_finding(each) for each in plan.findings[:MOST_SAID]))
        self.left_out.setVisible(bool(plan.findings))

    def _show_kinds(self, kinds: list[dict[str, Any]]) -> None:
        self.kinds.set_rows(kinds)
        self.kinds.setVisible(bool(kinds))
        self.spare.setVisible(not kinds)
        self.left_out.hide()

    def _say_where(self, plan: MapPlan) -> None:
        """Whether the outlines fall where something is known: the eye's check of the coordinates, in words."""
        distance = map_import.distance(plan)
        code = (
            "desk-alone"
            if distance is None
            else "desk-far"
            if distance > FAR
            else ("desk-beside" if distance else "desk-in-place")
        )
        said = [say(plan.system.why)] if plan.system.why else []
        if plan.system.metres:
            said.append(say("crs-metres", metres=f"{plan.system.metres:.0f}") + "。")
        said.append(say(code, kilometres=f"{distance or 0:.1f}"))
        self.where.setText("".join(said))
        guessed = bool(plan.system.why) and not map_import.is_plain(plan.system)
        warns = code == "desk-far" or plan.system.metres > 0 or guessed
        self.where.setStyleSheet(f"color: {theme.ATTENTION};" if warns else "")

    def _decided(self) -> None:
        self.sketch.tell(self.rows.states())
        self._say()

    def _say(self) -> None:
        """What the button would do."""
        if (plan := self.plan) is None:
            return
        if not plan.entity:
            self.write.setText(say("desk-lay", count=len(plan.kept)) if plan.kept else say("desk-nothing"))
            self.write.setEnabled(bool(plan.kept) and bool(self.options.title.text().strip()))
            return
        outcome = map_import.decided(plan, self.rows.choices)
        count, new, shadows = len(outcome.to) + len(outcome.new), len(outcome.new), len(outcome.ground)
        code = (
            "desk-write-all"
            if new and shadows
            else "desk-write-new"
            if new
            else "desk-write-ground"
            if shadows
            else "desk-write"
        )
        words = say(code, count=count, new=new, unit=UNITS.get(plan.target, ""), ground=shadows)
        self.write.setText(words if count or shadows else say("desk-nothing"))
        self.write.setEnabled(bool(count or shadows))

    # ---------------------------------------------------------------- writing

    def apply(self) -> None:
        """Write it in the background, in one step."""
        assert self.plan is not None
        session, choices, title = self.desk.session, dict(self.rows.choices), self.options.title.text().strip()
        plan = replace(self.plan, source=self.options.source.text().strip())
        self.write.setEnabled(False)
        self.desk.tasks.run(
            lambda _, __: map_import.apply(session, plan, choices=choices, title=title if not plan.entity else ""),
            lambda done: self._written(plan, done), lambda _: self._say(), text=say("map-writing"),
        )  # fmt: skip

    def _written(self, plan: MapPlan, done: dict[str, Any]) -> None:
        code = ("map-laid" if not plan.entity else "map-imported-and-laid" if done["ground"]
                else "map-imported-new" if done["new"] else "map-imported")  # fmt: skip
        layer = say(f"layer-{plan.target}")
        said = say(code, file=plan.file.name, layer=layer, **done)
        self.desk.notify(said, done["batch"])
        self._done.append(said)
        self._next()

    def _next(self) -> None:
        """The next file, or the beginning with what was brought in so far."""
        self.opened = self.plan = None
        if self.queue:
            self.open(self.queue.pop(0))
            return
        self.start.tell(self._done)
        self.pages.setCurrentIndex(START)

    @property
    def unsaved(self) -> bool:
        return bool(self.plan and self.rows.choices)

    def leave(self) -> bool:
        """What was decided outline by outline is not lost by a key."""
        return not self.unsaved or errors.ask(self, say("desk-leave"), "放弃", "返回", danger=True) == "放弃"


def _pattern() -> str:
    every = " ".join(f"*{ending}" for _, endings in map_import.kinds() for ending in endings)
    return f"地图文件 ({every})"

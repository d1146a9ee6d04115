"""平面图定位: a scanned plan beside the map; three places clicked in both lay it there, and a preview shows how well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from app import faults
from app.domain import georeference
from app.domain.findings import UserError
from app.domain.geometry import Box, box
from app.domain.georeference import Pair, Placed
from app.domain.ground import Layer
from app.domain.maps import Drawing
from app.maps import layers
from app.services import ground, maps, plans
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.map_ground import MapGround, outlines
from app.ui.map_view import MapView
from app.ui.plan_picture import PlanPicture
from app.words import say

SIZES = (560, 700)
NOWHERE = Box(121.4985, 31.2285, 121.5015, 31.2315)
"""Where a plan lies as long as nothing else has a place."""


class PlanPage(QWidget):
    """plan: a kept plan. done() is called when it was laid or left."""

    def __init__(self, desk: Desk, plan: Layer, done: Callable[[], object]) -> None:
        super().__init__()
        self.desk, self.plan, self.done = desk, plan, done
        self.pairs: list[Pair] = plans.pairs(plan)
        self.waiting: tuple[float, float] | None = None
        self.placed: Placed | None = None
        self.whole: Box | None = None
        self._build()
        self._connect()
        self._open()

    def _build(self) -> None:
        self.said = theme.label("", "strong", wrap=True)
        self.quality = theme.soft()
        self.picture = PlanPicture()
        self.view = MapView()
        self.view.setAccessibleName("地图")
        self.ground = MapGround(self.desk, self.view, but=self.plan.id)
        self.fade = QSlider(Qt.Orientation.Horizontal)
        self.fade.setRange(20, 100)
        self.fade.setValue(round(self.plan.opacity * 100))
        self.fade.setFixedWidth(140)
        self.fade.setAccessibleName("平面图的浓淡")
        self.back_one = theme.button("退回上一处", icon_name="undo")
        self.upright = theme.button("先放在中间")
        self.upright.setToolTip(say("plan-upright-why"))
        self.leave_it = theme.button("以后再定位")
        self.save = theme.primary("保存定位")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(self.said)
        column.addWidget(theme.split(self.picture, self.view, sizes=SIZES), 1)
        column.addWidget(theme.row(theme.label("浓淡", "soft"), self.fade, self.quality, 1, self.upright, self.back_one, self.leave_it,
                                   self.save))  # fmt: skip

    def _connect(self) -> None:
        self.picture.clicked.connect(self.point_in_picture)
        self.view.clicked.connect(lambda place: self.point_on_map(*place))
        self.view.lost.connect(self._open)
        self.view.faulted.connect(lambda where: faults.note(RuntimeError(), where))
        self.fade.valueChanged.connect(lambda _: self._show())
        self.back_one.clicked.connect(self.take_back)
        self.upright.clicked.connect(self.lay_upright)
        self.leave_it.clicked.connect(lambda: self.done())
        self.save.clicked.connect(self.keep)

    def _open(self) -> None:
        """The plan, and the map of its estate (or of all) under it."""
        session, estate = self.desk.session, str(self.plan.about.get("estate") or "")
        found = plans.picture(session, self.plan.id)
        self.picture.show_picture(found[1] if found else b"")
        level = "estate" if estate else maps.FIRST[session.role]

        def work(progress: Any, cancelled: Any) -> Drawing:
            return maps.draw(session, level, estate)

        self.desk.tasks.run(work, self._drawn, text=say("map-drawing"))

    def _drawn(self, drawing: Drawing) -> None:
        self.whole = box(outlines(drawing))
        self.view.call("show", layers.of_drawing(drawing))
        self.ground.shown(outlines(drawing))
        self._solve()
        self._show()
        self.picture.setFocus()

    # ---------------------------------------------------------------- points

    def point_in_picture(self, x: float, y: float) -> None:
        """A place in the plan; the same one on the map comes next."""
        self.waiting = x, y
        self._show()
        self.view.setFocus()

    def point_on_map(self, lon: float, lat: float) -> None:
        """The place on the map that was clicked in the plan; a pair that cannot be right is not taken."""
        if self.waiting is None:
            self._show()
            return
        before = self.pairs
        self.pairs = [*before, Pair(*self.waiting, lon, lat)]
        try:
            georeference.check(self.pairs)
            self._solve(quietly=False)
        except UserError as problem:
            self.pairs = before
            self._solve()
            self._show()
            self.said.setText(errors.words(problem))
            return
        self.waiting = None
        self._show()
        self.picture.setFocus()

    def take_back(self) -> None:
        """The point without a partner, or the last pair."""
        if self.waiting is not None:
            self.waiting = None
        elif self.pairs:
            self.pairs = self.pairs[:-1]
        self._solve()
        self._show()

    def _solve(self, *, quietly: bool = True) -> None:
        """Raises UserError for pairs that cannot be right, unless quietly."""
        wide, high = self.plan.about["size"]
        self.placed = None
        if len(self.pairs) >= 3:
            try:
                self.placed = georeference.solve(self.pairs, (wide, high))
            except UserError:
                if not quietly:
                    raise

    # ---------------------------------------------------------------- showing

    def _show(self) -> None:
        marks = [(pair.x, pair.y, str(number)) for number, pair in enumerate(self.pairs, 1)]
        self.picture.set_marks(marks, self.waiting)
        corners = self.placed.corners if self.placed else self.plan.about.get("corners") if not self.pairs else None
        preview = None
        if corners:
            preview = {"id": self.plan.id, "at": self.plan.at, "size": self.plan.about["size"], "corners": corners,
                       "opacity": self.fade.value() / 100}  # fmt: skip
        places = [[pair.lon, pair.lat, str(number)] for number, pair in enumerate(self.pairs, 1)]
        self.view.call("pick", {"marks": places, "plan": preview})
        self.said.setText(self._words())
        self.quality.setText(self._quality())
        self.back_one.setEnabled(bool(self.pairs) or self.waiting is not None)
        self.save.setEnabled(self.placed is not None)

    def _words(self) -> str:
        number = len(self.pairs) + 1
        if self.waiting is not None:
            return say("plan-now-map", number=number)
        if number <= 3:
            return say("plan-now-picture", number=number)
        return say("plan-enough")

    def _quality(self) -> str:
        if self.placed is None:
            return ""
        if self.placed.worst < 0:
            return say("plan-exact", count=len(self.pairs))
        return say("plan-error", metres=f"{self.placed.error:.1f}", worst=self.placed.worst + 1)

    # ---------------------------------------------------------------- keeping

    def keep(self) -> None:
        """Lay the plan by the pairs, as faint as it is shown."""
        plans.place(self.desk.session, self.plan.id, self.pairs)
        ground.change(self.desk.session, self.plan.id, opacity=self.fade.value() / 100)
        self.desk.notify(say("plan-laid", title=self.plan.title))
        self.done()

    def lay_upright(self) -> None:
        """In the middle of what is shown, for an estate without a map; it can be laid better afterwards."""
        where = self.whole or NOWHERE
        plans.place_upright(self.desk.session, self.plan.id, where.west, where.south, where.east, where.north)
        self.desk.notify(say("plan-laid", title=self.plan.title))
        self.done()

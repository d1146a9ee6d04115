"""地图: street, committee, estate and building, one below the other; a door's people beside its building.

Longer than most: it is the one place where map, list, door, drawing, time slider and the pages over the map meet.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app import faults
from app.domain.maps import Drawing
from app.maps import layers, matrix_page
from app.maps.matrix import Matrix
from app.services import maps, matrix, places
from app.ui import theme
from app.ui.desk import Desk, Page, Step
from app.ui.map_bar import MapBar
from app.ui.map_drawing import DrawingBar
from app.ui.map_files import MapFiles
from app.ui.map_ground import MapGround, outlines
from app.ui.map_nothing import MapNothing
from app.ui.map_out_dialog import MapOutDialog
from app.ui.map_selection import SelectionBar
from app.ui.map_side import DOOR, LIST, MapSide
from app.ui.map_tools import MapTools
from app.ui.map_view import MapView
from app.ui.matrix_acts import MatrixActs
from app.ui.replay_bar import ReplayBar
from app.words import say

SHOWN_HERE = {
    "all", "committee", "group", "estate", "building", "dwelling", "household", "resident", "arrival", "isolation_case",
    "isolation_check", "visit", "incident",
}  # fmt: skip
SIZES, FOR_DOOR = (790, 380), 560
"""Of map and list; and the width that a door's people need."""
MAP, NOTHING, PAGE = 0, 1, 2
__all__ = ["DOOR", "LIST", "MAP", "NOTHING", "PAGE", "MapDesk"]


class MapDesk(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.level, self.id = maps.FIRST[desk.session.role], ""
        self.shown: Drawing | Matrix | None = None
        self.door: dict[str, Any] | None = None
        self.stale = True
        self.came_from = ""
        self._asked = 0
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.files = MapFiles(self.desk, self)
        self.tools = MapTools(self)
        self.view = MapView()
        self.ground = MapGround(self.desk, self.view)
        self.drawing = DrawingBar(self)
        self.replay = ReplayBar(self)
        self.selection = SelectionBar(self)
        self.acts = MatrixActs(self)
        self.side = MapSide(self.desk)
        self.things, self.people = self.side.things, self.side.people
        self.whole = QStackedWidget()
        over_and_under = QWidget()
        around = QVBoxLayout(over_and_under)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        around.addWidget(self.drawing)
        around.addWidget(self.view, 1)
        around.addWidget(self.selection)
        around.addWidget(self.acts)
        around.addWidget(self.replay)
        self.split = theme.split(over_and_under, self.side, sizes=SIZES)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.whole.addWidget(self.split)
        self.nothing = MapNothing(self)
        self.whole.addWidget(self.nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.whole)
        self.bar = MapBar(self.desk, self.tools, self)
        self.colour, self.marks, self.mark_actions = self.bar.colour, self.bar.marks, self.bar.mark_actions
        self.sheets, self.out, self.making = self.bar.sheets, self.bar.out, self.bar.making
        self.actions_row = self.bar.row

    def _connect(self) -> None:
        self.view.opened.connect(self.open)
        self.view.chosen.connect(self._chosen_on_map)
        self.view.up.connect(self.up)
        self.view.lost.connect(self.ground.lost)
        self.view.lost.connect(self._show_anew)
        self.view.faulted.connect(lambda where: faults.note(RuntimeError(), where))
        self.bar.changed.connect(self.draw)
        self.view.selected.connect(self._several_chosen)
        self.things.several.connect(lambda ids: self.selection.choose(ids, by_list=True))
        self.things.chosen.connect(self._chosen_in_list)
        self.things.opened.connect(lambda row: self.open(row["id"]) if row else None)
        self.sheets.clicked.connect(self.tools.print_sheets)
        self.out.clicked.connect(self._save)
        self.people.changed.connect(lambda: self.refresh({"all"}))
        self.people.adding.connect(self._open_in_residents)

    # ---------------------------------------------------------------- where we are

    def go(self, level: str = "", id_: str = "", colour: str = "") -> None:
        """Show a level; without one, what was shown before."""
        if colour:
            self.colour.setCurrentIndex(self.colour.findData(colour))
        if level:
            self.show_level(level, id_)
        elif self.stale:
            self.draw()
        else:
            self._say_path()
        self.view.setFocus()
        self.view.call("focus")

    def show_level(self, level: str, id_: str) -> None:
        """Go to a map; the people of a door are left first."""
        if not self.people.leave():
            return
        self.level, self.id, self.door = level, id_, None
        self.draw()

    def open(self, id_: str) -> None:
        """One step down: what was clicked, if it is on this map and may be seen."""
        if isinstance(self.shown, Matrix):
            self._open_door(id_)
            return
        found = (*self.shown.things, *self.shown.around) if self.shown else ()
        thing = next((each for each in found if each.id == id_ and each.name), None)
        if thing is None:
            return
        if thing.entity == "building" and not self.desk.session.may("places.read"):
            self.desk.notify(say("map-no-doors"))
            return
        if (
            thing.entity == "committee"
            and thing.value is None
            and not thing.few
            and not (self.shown and self.shown.day)
        ):
            self.desk.notify(say("map-no-data-yet", name=thing.name))
            return
        self.show_level(thing.entity, id_)

    def back(self) -> None:
        """Esc: from a page over the map to the map, from a door's people to the building, from what was typed there to none, then a map up."""
        if self.whole.currentIndex() == PAGE:
            self.close_page()
        elif self.drawing.back() or self.replay.back():
            pass
        elif self.side.currentIndex() == DOOR and self.people.isAncestorOf(self.focusWidget() or self.view):
            self.view.setFocus()
            self.view.call("focus")
        elif self.selection.back():
            pass
        elif self.view.ready:
            self.view.call("back")  # it answers with `up` if there was nothing to clear

    def open_page(self, page: QWidget, title: str) -> None:
        """A page of its own over the map (importing, base map …); `close_page` or Esc comes back. One that asks may stay."""
        self.close_page()
        if self.whole.widget(PAGE) is not None:
            return
        self.whole.insertWidget(PAGE, page)
        self.whole.setCurrentIndex(PAGE)
        self.bar.use(False)  # they speak of the map, which is not to be seen
        page.setWindowTitle(title)
        self._say_path()
        page.setFocus()

    def close_page(self) -> None:
        """Back to the map, which is read anew."""
        if (page := self.whole.widget(PAGE)) is None or (isinstance(page, Page) and not page.leave()):
            return
        self.whole.removeWidget(page)
        page.deleteLater()
        self.whole.setCurrentIndex(MAP)
        self.bar.use(True)
        self.draw()

    def up(self) -> None:
        """A map up; where one came from is chosen there. Over the groups it leads only where the street shows them."""
        steps = maps.above(self.desk.session, self.level, self.id) if self.id else []
        grouped = self.bar.shading.areas == "group"
        steps = [each for each in steps if each[0] != "group" or grouped or self.level == "group"]
        if len(steps) > 1:
            level, id_, _ = steps[-2]
            self.came_from = self.id
            self.show_level(level, id_)

    def _show_anew(self) -> None:
        self.shown = None
        self.draw()

    def _say_path(self) -> None:
        steps = maps.above(self.desk.session, self.level, self.id) if self.id else []
        path: list[Step] = [(name, partial(self.show_level, level, id_)) for level, id_, name in steps]
        path += [(str(self.door.get("room") or "—"), None)] if self.door is not None else []
        page, here = self.whole.widget(PAGE), self.desk.session.name
        self.desk.show_path([(here, self.close_page), (page.windowTitle(), None)] if page else path or [(here, None)])

    # ---------------------------------------------------------------- drawing

    def draw(self) -> None:
        """Read and draw the present level in the background; only the last one asked for is shown."""
        self.stale = False
        self._asked += 1
        asked, session, level, id_ = self._asked, self.desk.session, self.level, self.id
        bar = self.bar
        bar.shown_at(level)
        colour, also, before = bar.measure, bar.marked, self.shown
        days, shading, only, marks = bar.days, bar.shading, bar.filtered, list(bar.doors.keys)
        stay = self.drawing.stays(level, id_)

        def work(progress: Any, cancelled: Any) -> tuple[Drawing | Matrix, str, dict[str, Any]]:
            """What is shown, the page's call for it and what that takes: made here, while the page is loading."""
            if level == "building":
                shown = matrix.of(session, id_, colour=colour, also=also, days=days, only=marks)
                return shown, "show", matrix_page.of_matrix(shown)
            drawing = maps.draw(session, level, id_, colour=colour, days=days, shading=shading, only=only)
            if isinstance(before, Drawing) and layers.stands_as(before, drawing):
                return drawing, "paint", layers.colours_of(drawing)
            return drawing, "show", layers.of_drawing(drawing) | ({"stay": True} if stay else {})

        self.desk.tasks.run(
            work, lambda done: self._drawn(asked, *done), lambda _: self._failed(asked), text=say("map-drawing")
        )

    def _failed(self, asked: int) -> None:
        """What was shown is gone (undone, deleted): back to the top."""
        if asked == self._asked and self.id and self.level != maps.FIRST[self.desk.session.role]:
            self.level, self.id, self.door = maps.FIRST[self.desk.session.role], "", None
            self.draw()

    def _drawn(self, asked: int, shown: Drawing | Matrix, call: str, payload: dict[str, Any]) -> None:
        if asked != self._asked:
            return
        self.shown, self.id = shown, shown.id
        empty_ = not shown.cells if isinstance(shown, Matrix) else not (shown.things or shown.aside)
        if self.whole.currentIndex() != PAGE:
            nothing = empty_ and self.drawing.isHidden() and self.nothing.fits(self.level)
            self.whole.setCurrentIndex(NOTHING if nothing else MAP)
        self.view.call(call, payload)
        if isinstance(shown, Drawing):
            self.ground.shown(outlines(shown))
        if self.came_from:
            self.view.call("choose", self.came_from)
            self.came_from = ""
        self.drawing.shown(None if isinstance(shown, Matrix) else shown)
        self.acts.shown(shown if isinstance(shown, Matrix) else None)
        if isinstance(shown, Matrix):
            self.selection.shown(None)
            self._show_door_again()
        else:
            self._list(shown)
            self.selection.shown(shown)
        self.replay.shown(None if isinstance(shown, Matrix) else shown)
        if self.isVisible():
            self._say_path()

    def show_day(self, drawing: Drawing) -> None:
        """The same map as it was on another day: what the time slider asks for."""
        before, self.shown = self.shown, drawing
        if isinstance(before, Drawing) and layers.stands_as(before, drawing):
            self.view.call("paint", layers.colours_of(drawing))
        else:
            self.view.call("show", layers.of_drawing(drawing) | {"stay": True})
        self._list(drawing)

    def _list(self, shown: Drawing) -> None:
        if self.side.currentIndex() == DOOR:
            self.split.setSizes([*SIZES])
        self.side.list_things(shown, self.selection.ids)
        if self.drawing.isHidden():  # drawing wants the room
            self.side.show()

    def refresh(self, changed: set[str]) -> None:
        """Something was written: draw anew what is open, later what is not."""
        if "ground" in changed:
            self.ground.changed()
        if not changed & SHOWN_HERE:
            return
        self.stale = True
        if self.isVisible() and not self.people.dirty:
            self.draw()

    def _several_chosen(self, ids: list[str]) -> None:
        if isinstance(self.shown, Matrix):
            self.acts.choose(ids)
        elif self.shown is not None:
            self.selection.choose(ids, by_map=True)

    def _chosen_on_map(self, id_: str) -> None:
        if isinstance(self.shown, Drawing):
            self.things.stand_on(id_)

    def _chosen_in_list(self, row: dict[str, Any] | None) -> None:
        if row is not None:
            self.view.call("choose", row["id"])

    # ---------------------------------------------------------------- a door

    def _open_door(self, id_: str) -> None:
        assert isinstance(self.shown, Matrix)
        if not self.people.leave():
            return
        door = next((each for each in places.dwellings(self.desk.session, self.shown.id) if each["id"] == id_), None)
        if door is None:
            return
        self.door = door
        self.side.setCurrentIndex(DOOR)
        self.side.show()
        self.people.show_door(self.shown.id, door)
        if self.split.sizes()[1] < FOR_DOOR:
            self.split.setSizes([self.split.width() - FOR_DOOR, FOR_DOOR])
        self._say_path()

    def _show_door_again(self) -> None:
        """After an edit the door's people are read anew; a building that was just opened shows none."""
        assert isinstance(self.shown, Matrix)
        if self.door is None:
            self.side.hide()
            return
        doors = places.dwellings(self.desk.session, self.shown.id)
        self.door = next((each for each in doors if each["id"] == (self.door or {})["id"]), None)
        if self.door is not None and not self.people.dirty:
            self.people.show_door(self.shown.id, self.door)

    def _open_in_residents(self) -> None:
        if self.door is not None and self.door["households"]:
            self.desk.go("residents", building=self.shown.id if self.shown else None,
                         household=self.door["households"][0]["id"])  # fmt: skip

    def undo_here(self) -> bool:
        return self.drawing.take_back()

    def redo_here(self) -> bool:
        return self.drawing.put_back()

    @property
    def unsaved(self) -> bool:
        return self.people.dirty

    def leave(self) -> bool:
        return self.drawing.leave() and self.people.leave()

    # ---------------------------------------------------------------- files

    def _save(self) -> None:
        if self.shown is not None:
            MapOutDialog(self, self.desk, self.shown, self.colour.currentText()).open()

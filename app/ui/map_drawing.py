"""画图与修改: the bar of drawing tools above the map, and what happens with an outline that was drawn.

The page draws and says what came out; here it is decided for whom it is, read strictly and written, one 撤销 for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.domain import footprints, geometry
from app.domain.findings import UserError
from app.domain.geometry import Geometry, GeometryError
from app.domain.maps import Drawing, Thing
from app.services import outlines
from app.services.values import Values
from app.ui import errors
from app.ui.map_drawing_parts import BY_KEY, DRAWING, FIRST, numbers_in
from app.ui.map_drawing_said import Crossing, Done, Enter, Off, Picked, State, Uncut, understood
from app.ui.map_drawing_tools import DrawingTools
from app.words import say

if TYPE_CHECKING:
    from app.ui.map_desk import MapDesk

IDLE = State("off")


class DrawingBar(DrawingTools):
    """Hidden until asked for; then the map below is drawn on with the tool that is chosen."""

    def __init__(self, page: MapDesk) -> None:
        super().__init__(page)
        self.page, self.desk = page, page.desk
        self.level, self.id, self.tool = "", "", ""
        self.state = IDLE
        self.rows: list[Values] = []
        self.cut: Geometry | None = None
        self._pending: list[str] = []
        self._wanted = self._last = ""  # who was chosen by hand; who got the last outline
        self._gone = self._cutting = False
        self._connect()
        self.hide()

    def _connect(self) -> None:
        for key, button in self.tools.items():
            button.clicked.connect(lambda _=False, key=key: self.choose(key if key != self.tool else ""))
        self.snap.toggled.connect(lambda on: self._call(act="snap", on=on))
        self.undo.clicked.connect(lambda: self._call(act="undo"))
        self.redo.clicked.connect(lambda: self._call(act="redo"))
        self.ready.clicked.connect(self.finish)
        self.close_button.clicked.connect(lambda: self.close_bar() if self.leave() else None)
        self.targets.changed.connect(self._begin_for_target)
        self.targets.choice.activated.connect(lambda _: setattr(self, "_wanted", self.targets.key))
        self.numbers.changed.connect(self._show_cut)
        self.numbers.ready.connect(self.finish)
        self.page.view.drawn.connect(self.heard)
        self.page.view.lost.connect(self._lost)

    # ---------------------------------------------------------------- open and closed

    def start(self) -> None:
        """Open the bar over the map that is shown; of an empty workspace too, whose first map this is."""
        if not self.desk.session.may("maps.change"):
            return
        self.page.whole.setCurrentIndex(0)
        self.page.replay.close_replay()
        self.show()
        self.page.side.hide()  # drawing wants room
        if isinstance(self.page.shown, Drawing):
            self._on(self.page.shown)
        self.page.view.setFocus()

    def close_bar(self) -> None:
        self.choose("")
        self.hide()
        self.level = self.id = ""
        self.page.draw()

    def shown(self, drawing: Drawing | None) -> None:
        """The map shows something else; None: a building's matrix."""
        if self.isHidden():
            return
        if drawing is None:
            self.choose("")
            self.hide()
        elif (drawing.level, drawing.id) != (self.level, self.id):
            self._on(drawing)
        else:
            self._read_targets()
            if self._gone:
                self._gone = False
                self._begin()

    def _on(self, drawing: Drawing) -> None:
        """Begin on another map."""
        self.level, self.id = drawing.level, drawing.id
        for key, button in self.tools.items():
            button.setVisible(self.level in BY_KEY[key].levels)
        self._wanted = self._last = ""
        self._read_targets()
        keeps = self.tool and self.level in BY_KEY[self.tool].levels
        self.choose(self.tool if keeps else FIRST[self.level], whole=True)

    def stays(self, level: str, id_: str) -> bool:
        """Does the map keep its place when it is drawn anew? While somebody draws on it, it does."""
        return not self.isHidden() and (level, id_) == (self.level, self.id)

    def _lost(self) -> None:
        """The page's process died, and what was being drawn with it."""
        self._gone = True
        self.state, self.cut = IDLE, None

    def back(self) -> bool:
        """Esc: what is being drawn, then the tool, then the bar."""
        if self.isHidden():
            return False
        if self.tool and self.page.view.ready:
            self._call(act="cancel")
        else:
            self.close_bar()
        return True

    def take_back(self) -> bool:
        """Ctrl+Z: the last corner or step of what is being drawn, before the last batch is."""
        return self._step("undo", self.state.undo)

    def put_back(self) -> bool:
        return self._step("redo", self.state.redo)

    def _step(self, act: str, there: bool) -> bool:
        if self.isHidden() or not there:
            return False
        self._call(act=act)
        return True

    def leave(self) -> bool:
        """Unfinished work asks, once."""
        if self.isHidden() or not (self.state.undo or self.cut):
            return True
        if errors.ask(self, say("draw-leave"), "放弃", "返回") != "放弃":
            return False
        self.choose("")
        return True

    # ---------------------------------------------------------------- for whom, with what

    def _read_targets(self) -> None:
        """What may get an outline now. Proposed is who was chosen, else the first without one behind the last, or the
        number after the highest."""
        self.rows = outlines.targets(self.desk.session, self.level, self.id)
        may_add = self.desk.session.may("records.add") and self.desk.session.role == "committee"
        new = {"committee": ("estate",), "estate": ("building", "block")}.get(self.level, ()) if may_add else ()
        for each in self.rows:
            each["drawn"] = each["drawn"] or each["id"] in self._pending
        numbers = [row["label"] for row in self.rows if row["entity"] == "building"]
        numbers += [each.removeprefix("new:") for each in self._pending if each.startswith("new:")]
        blocked = self.targets.blockSignals(True)
        self.targets.fill(self.rows, new, outlines.next_number(numbers), self._wanted or self._behind_last())
        self.targets.blockSignals(blocked)

    def _behind_last(self) -> str:
        """The id of the first 号 (estate, committee) without an outline from the last one on; "" where all have one."""
        ids = [each["id"] for each in self.rows]
        start = ids.index(self._last) if self._last in ids else 0
        order = [*self.rows[start:], *self.rows[:start]]
        kinds = ("building", "estate") if self.level == "estate" else ("estate", "committee")
        missing = [each for kind in kinds for each in order if each["entity"] == kind and not each["drawn"]]
        return str(missing[0]["id"]) if missing else ""

    def choose(self, tool: str, *, whole: bool = False) -> None:
        """Take a tool in hand; "" puts it away, and the map can be clicked again. whole: the whole map comes into view."""
        self.tool, self.cut, self.state = tool, None, IDLE
        for key, button in self.tools.items():
            button.setChecked(key == tool)
        self._begin(whole=whole)

    def _begin(self, *, whole: bool = False) -> None:
        gap = "{}"  # where the page puts the figure
        words = {
            "length": say("draw-length", metres=gap), "size": say("draw-size", length=gap, width=gap),
            "turned": say("draw-turned", degrees=gap), "moved": say("draw-moved", metres=gap),
        }  # fmt: skip
        self._call(
            mode=self.tool or "off", whole=whole, snap=self.snap.isChecked(), words=words,
            label=self.targets.label if self.tool in DRAWING else "",
        )  # fmt: skip
        self._say()

    def _begin_for_target(self) -> None:
        """Another one was chosen in the list: what is drawn next is for it."""
        if self.tool in DRAWING and self.tool != "copy":
            self._begin()
        else:
            self._say()

    def _call(self, **wanted: Any) -> None:
        self.page.view.call("draw", wanted)

    # ---------------------------------------------------------------- what the page says

    def heard(self, told: dict[str, Any]) -> None:
        """One message of the board; whatever it is not is passed over."""
        said = None if self.isHidden() else understood(told)
        if isinstance(said, State):
            self.state = said
        elif isinstance(said, Picked):
            self._picked(said.id)
        elif isinstance(said, Done):
            self._done(said)
        elif isinstance(said, Enter):
            self.finish()
        elif isinstance(said, Uncut):
            self.cut = None
        elif isinstance(said, Off):
            self.choose("") if self.tool else self.close_bar()
        if said is not None:
            self._say(crossing=isinstance(said, Crossing))

    def _thing(self, id_: str) -> Thing | None:
        """What the map shows under this id and may get an outline: ids from the page are looked up."""
        shown = self.page.shown
        things = (*shown.things, *shown.around, *shown.blocks) if isinstance(shown, Drawing) else ()
        return next((each for each in things if each.id == id_ and each.entity in outlines.DRAWN and each.name), None)

    def _picked(self, id_: str) -> None:
        thing = self._thing(id_)
        if thing is None:
            self._begin()
        elif self.tool == "clear":
            self._write(lambda: outlines.clear(self.desk.session, thing.entity, [thing.id]), "draw-cleared", thing.name)
            self._begin()
        elif self.tool == "split":
            self._begin_cut(thing.geometry, [thing.label or thing.name] if thing.entity == "building" else [])

    def _done(self, said: Done) -> None:
        """An outline is ready: a thing's own, or one for whoever was chosen."""
        session, shape, thing = self.desk.session, said.geometry, self._thing(said.id) if said.id else None
        if thing is not None:
            self._write(lambda: outlines.save(session, thing.entity, thing.id, shape), "draw-saved", thing.name)
        elif said.id or said.mode not in DRAWING:
            self._call(act="drop")
        elif row := self.targets.row:
            self._write(
                lambda: outlines.save(session, row["entity"], row["id"], shape), "draw-saved", row["name"], row["id"]
            )
        else:
            self._done_for_new(shape)

    def _done_for_new(self, shape: dict[str, Any]) -> None:
        session, entity, name = self.desk.session, self.targets.new, self.targets.label
        if not entity or not name:
            self._call(act="drop")
            self.desk.notify(say("draw-name-first"))
            self.targets.name.setFocus()
        elif entity == "building" and len(numbers := numbers_in(name, self.rows)) > 1:
            self._begin_cut(shape, [each for _, each in numbers])
        else:
            estate = self.id if self.level == "estate" else ""
            values = {"name": name} if entity == "estate" else {
                "estate": estate, ("label" if entity == "block" else "number"): name}  # fmt: skip
            self._write(lambda: outlines.create(session, entity, values, shape), "draw-saved", name, f"new:{name}")

    # ---------------------------------------------------------------- several 号 from one outline

    def _begin_cut(self, shape: object, names: list[str]) -> None:
        """Show how an outline would be cut; 完成 writes it."""
        try:
            self.cut = footprints.mended(geometry.read(shape))
        except GeometryError:
            self._call(act="drop")
            self.desk.error(UserError("shape-invalid"))
            return
        if len(names) < 2:
            missing = [row["label"] for row in self.rows if row["entity"] == "building" and not row["drawn"]]
            names += [name for name in missing if name not in names][: 2 - len(names)]
            names += [outlines.next_number(names)] if len(names) == 1 else []
        blocked = self.numbers.blockSignals(True)
        self.numbers.field.setText("、".join(names))
        self.numbers.blockSignals(blocked)
        self._show_cut()
        self.numbers.field.setFocus()

    def _show_cut(self) -> None:
        if self.cut is not None:
            names = [name for _, name in self.numbers.of(self.rows)][: footprints.MOST_PARTS]
            parts = footprints.split(self.cut, max(1, len(names)))
            labels = names or [""]
            self._call(parts=[{"geometry": each, "label": label} for each, label in zip(parts, labels, strict=True)])
        self._say()

    def finish(self) -> None:
        """完成: what is cut is written; else the page hands over what is ready."""
        if self.cut is None or self._cutting:
            if self.cut is None:
                self._call(act="finish")
            return
        self._cutting = True
        session, estate, cut = self.desk.session, self.id, self.cut
        wanted = [id_ for id_, _ in self.numbers.of(self.rows)]
        self._write(lambda: outlines.save_split(session, estate, wanted, cut), "draw-split", self.numbers.field.text())

    # ---------------------------------------------------------------- written, and said

    def _write(self, act: Callable[[], Values], code: str, name: str, row: str = "") -> None:
        """row: whoever was chosen; the next one is proposed at once, since the mouse is faster than the disk."""
        self._pending.append(row)
        if row and not row.startswith("new:"):
            self._wanted, self._last = "", row

        def ended(done: Values | None = None) -> None:
            self._pending.remove(row)
            cut, self._cutting = self._cutting, False
            self._written(done, code, name, cut=cut) if done else self._call(act="drop")
            self._propose()

        self.desk.tasks.run(lambda _, __: act(), ended, lambda _: ended(), text=say("draw-saving"))
        self._propose()

    def _written(self, done: Values, code: str, name: str, *, cut: bool) -> None:
        """Say so, with what looks wrong."""
        said = [errors.words_of_finding(each) for each in done["findings"]]
        text = say(code, name=name, count=len(done["ids"]))
        self.desk.notify("；".join([text, *said]) if done["batch"] else say("draw-same"), done["batch"])
        if not done["batch"]:
            self._call(act="drop")
        if cut:
            self._call(act="keep")
            self.choose(self.tool)
            self.page.view.setFocus()

    def _propose(self) -> None:
        """The next one that has no outline yet."""
        if self.isHidden():
            return
        self._read_targets()
        if self.tool in DRAWING:
            self._call(act="label", label=self.targets.label)
        self._say()

    def _say(self, *, crossing: bool = False) -> None:
        self.say(self.tool, self.state, cutting=self.cut is not None, crossing=crossing)

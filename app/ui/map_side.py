"""What stands beside the map: its things as a table for the keyboard, or the people behind a door of a building."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget

from app.domain.maps import Drawing, Thing
from app.maps import layers
from app.ui.desk import Desk
from app.ui.household_view import HouseholdView
from app.ui.tables import Column, Row, Table
from app.words import say

LIST, DOOR = 0, 1
VALUE, RATE, PEOPLE, UNTIL = 1, 2, 3, 4
FIGURES, WITH_WORDS = 82, 124  # px
TABLE = [
    Column("name", "名称"),
    Column("value", "", FIGURES),
    Column("rate", "每千人", 68, lambda rate: "" if rate is None else layers.decimal(rate)),
    Column("people", "实有人口", 76),
    Column("until", "数据截至", 110),
]


class ThingsTable(Table):
    """The things of a map. Emits `several` with the ids when a person chooses more than one, or none any more."""

    several = Signal(object)

    def __init__(self) -> None:
        super().__init__(TABLE)
        self.setAccessibleName("地图上的各处")
        self._quiet = False
        self._some = False
        self.selectionModel().selectionChanged.connect(lambda *_: self._selected())

    def ids(self) -> list[str]:
        """Of the rows that are selected, from the top down."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return [str(row["id"]) for each in rows if (row := self._row(self._sorted.index(each, 0)))]

    def _selected(self) -> None:
        """One row alone is where one stands; with Ctrl, or of several, it is a choice."""
        if self._quiet:
            return
        ids = self.ids()
        held = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        some = len(ids) > 1 or (self._some and bool(held) and bool(ids))
        if some or self._some:
            self._some = some
            self.several.emit(ids if some else [])

    def show_several(self, ids: Iterable[str]) -> None:
        """Select these rows, without saying so; for none the row where one stands."""
        wanted = set(ids)
        self._some = bool(wanted)
        self._quiet = True
        chosen = QItemSelection()
        last = len(self.rows_model.columns) - 1
        for number, row in enumerate(self.rows_model.rows):
            if row["id"] in wanted:
                at = self._sorted.mapFromSource(self.rows_model.index(number, 0))
                chosen.select(at, self._sorted.index(at.row(), last))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._quiet = False

    def stand_on(self, id_: str | None) -> None:
        """Stand on a row without saying so; what is chosen stays chosen."""
        blocked = self.blockSignals(True)
        kept, self._quiet = self.ids() if self._some else [], True
        self.choose("id", id_)
        self._quiet = False
        if kept:
            self.show_several(kept)
        self.blockSignals(blocked)


class MapSide(QStackedWidget):
    """Shows LIST or DOOR."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.things = ThingsTable()
        self.people = HouseholdView(desk)
        self.addWidget(self.things)
        self.addWidget(self.people)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """Of what is shown: a list needs half of what the people behind a door need."""
        shown = self.currentWidget()
        return super().minimumSizeHint() if shown is None else shown.minimumSizeHint()

    def list_things(self, shown: Drawing, chosen: Sequence[str] = ()) -> None:
        """The same things as on the map: for the keyboard, for sorting, for copying."""
        self.setCurrentIndex(LIST)
        stood: Row = self.things.current() or {}
        self.things.rows_model.columns[VALUE] = Column("value", layers.title(shown.measure), FIGURES)
        blocked = self.things.blockSignals(True)
        self.things.set_rows([_row(each) for each in shown.things])
        thousand = shown.shading.per == "thousand"
        nobody = shown.measure.key == "residents" or all(each.people is None for each in shown.things)
        self.things.setColumnWidth(VALUE, WITH_WORDS if any(each.few for each in shown.things) else FIGURES)
        self.things.setColumnHidden(RATE, not thousand)
        self.things.setColumnHidden(PEOPLE, nobody)
        self.things.setColumnHidden(UNTIL, shown.level not in ("street", "group") or (thousand and not nobody))
        self.things.blockSignals(blocked)
        self.things.stand_on(stood.get("id"))
        if chosen:
            self.things.show_several(chosen)


def _row(thing: Thing) -> Row:
    return {
        "id": thing.id, "name": thing.label if thing.entity == "committee" else thing.name,
        "value": say("class-few") if thing.few else thing.value, "rate": thing.rate, "people": thing.people,
        "until": layers.moment(thing.until),
    }  # fmt: skip

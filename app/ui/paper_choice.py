"""For whom a paper is made: people ticked in a list, or a building and the words of a committee's own notice."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain import notices as kinds
from app.domain.notices import Kind
from app.services import places
from app.ui import theme
from app.ui.case_parts import short_door
from app.ui.desk import Desk
from app.ui.tables import Row
from app.words import say

ID = int(Qt.ItemDataRole.UserRole)
FILTERS = ("all", "new", "ending", "over")
BLANK = "blank"
TEMPLATES = ("visit", "missed", "clean", "calm", BLANK)
TITLES = ("姓名", "门牌", "观察期", "状态", "已印")
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class PeopleList(QWidget):
    """Those of whom a kind of paper may be made, with a box before each. Emits `ticked` when what is ticked changes."""

    ticked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._kind: Kind | None = None
        self._ticked: set[str] = set()
        self._build()
        self._connect()

    def _build(self) -> None:
        self.filter, self.building = theme.Choice(), theme.Choice()
        for key in FILTERS:
            self.filter.addItem(say(f"papers-filter-{key}"), key)
        for name, box in (("筛选", self.filter), ("楼号", self.building)):
            box.setAccessibleName(name)
        self.list = QTreeWidget()
        self.list.setColumnCount(len(TITLES))
        self.list.setHeaderLabels(list(TITLES))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName("给谁")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for place, width in ((0, 72), (2, 78), (3, 80), (4, 36)):
            header.resizeSection(place, width)
        self.all, self.none = theme.button(say("papers-tick-all")), theme.button(say("papers-tick-none"))
        self.count = theme.label("", "small")
        self.said = theme.soft("")
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown = QStackedWidget()
        for widget in (self.list, self.said):
            self.shown.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.filter, self.building, 1))
        column.addWidget(self.shown, 1)
        column.addWidget(theme.row(self.all, self.none, self.count, 1))

    def _connect(self) -> None:
        self.filter.activated.connect(lambda _: self._fill())
        self.building.activated.connect(lambda _: self._fill())
        self.list.itemChanged.connect(lambda item, column: self._changed(item) if column == 0 else None)
        self.list.itemActivated.connect(lambda item, _: item.setCheckState(0, _other(item)))
        self.all.clicked.connect(lambda: self._tick(CHECKED))
        self.none.clicked.connect(lambda: self._tick(UNCHECKED))

    # ---------------------------------------------------------------- rows

    def set_rows(self, rows: list[Row]) -> None:
        """Everybody there is; what was ticked stays ticked."""
        self.rows = rows
        self._ticked &= {row["id"] for row in rows}
        kept = self.building.currentData()
        self.building.clear()
        self.building.addItem(say("papers-everywhere"), "")
        for key, name in dict.fromkeys((row["building"], row["building_name"]) for row in rows if row["building"]):
            self.building.addItem(name, key)
        self.building.setCurrentIndex(max(0, self.building.findData(kept)))
        self._fill()

    def show_for(self, kind: Kind) -> None:
        if self._kind is not None and self._kind is not kind:
            self._ticked.clear()
        self._kind = kind
        self._fill()

    def tick_only(self, wanted: set[str]) -> None:
        """These and no others, whatever the filters said."""
        self.filter.setCurrentIndex(0)
        self.building.setCurrentIndex(0)
        self._ticked = set(wanted)
        self._fill()

    def chosen(self) -> list[str]:
        """Ids of the ticked ones that are shown."""
        return [item.data(0, ID) for item in self._items() if item.checkState(0) == CHECKED]

    def focus(self) -> None:
        (self.list if self._items() else self.filter).setFocus()

    def _fits(self, row: Row) -> bool:
        kind, key = self._kind, self.filter.currentData()
        if kind is None or row["state"] not in kind.states or self.building.currentData() not in ("", row["building"]):
            return False
        wanted: dict[str, bool] = {
            "all": True, "new": kind.key not in row["papers"], "ending": row["ends_today"],
            "over": row["state"] in kinds.OVER,
        }  # fmt: skip
        return wanted[str(key)]

    def _fill(self) -> None:
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for row in self.rows:
            if self._fits(row):
                self.list.addTopLevelItem(self._item(row))
        self.list.blockSignals(blocked)
        some = bool(self._items())
        self.said.setText(say("papers-none-fit" if self.rows else "papers-none"))
        self.shown.setCurrentIndex(0 if some else 1)
        for button in (self.all, self.none):
            button.setEnabled(some)
        self._say()

    def _item(self, row: Row) -> QTreeWidgetItem:
        span = "—".join(f"{int(day[5:7])}.{int(day[8:])}" for day in (row["start"], row["end"]) if day)
        again = say("papers-again-mark") if self._kind and self._kind.key in row["papers"] else ""
        cells = [row["name"] or "（无姓名）", short_door(row), span, row["state"], again]
        item = QTreeWidgetItem(cells)
        for column, text in enumerate((cells[0], row["door"], *cells[2:])):
            item.setToolTip(column, theme.tip(text))
        item.setData(0, ID, row["id"])
        item.setCheckState(0, CHECKED if row["id"] in self._ticked else UNCHECKED)
        return item

    def _items(self) -> list[QTreeWidgetItem]:
        return [item for n in range(self.list.topLevelItemCount()) if (item := self.list.topLevelItem(n))]

    def _changed(self, item: QTreeWidgetItem) -> None:
        (self._ticked.add if item.checkState(0) == CHECKED else self._ticked.discard)(item.data(0, ID))
        self._say()

    def _tick(self, state: Qt.CheckState) -> None:
        blocked = self.list.blockSignals(True)
        for item in self._items():
            item.setCheckState(0, state)
            (self._ticked.add if state == CHECKED else self._ticked.discard)(item.data(0, ID))
        self.list.blockSignals(blocked)
        self._say()

    def _say(self) -> None:
        self.count.setText(say("papers-ticked", count=len(self.chosen())))
        self.ticked.emit()


def _other(item: QTreeWidgetItem) -> Qt.CheckState:
    return UNCHECKED if item.checkState(0) == CHECKED else CHECKED


class GeneralForm(QWidget):
    """A committee's own notice: where to, and its words. Emits `changed`."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.building, self.template = theme.Choice(), theme.Choice()
        for key in TEMPLATES:
            self.template.addItem(say(f"general-title-{key}"), key)
        self.title, self.text = QLineEdit(), QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[0])
        for code, widget in (
            ("papers-where", self.building), ("papers-template", self.template), ("papers-title", self.title),
            ("papers-text", self.text),
        ):  # fmt: skip
            widget.setAccessibleName(say(code))
            column.addWidget(theme.label(say(code), "soft"))
            column.addWidget(widget, 1 if widget is self.text else 0)
        self.template.activated.connect(lambda _: self._fill())
        self.title.textChanged.connect(lambda _: self.changed.emit())
        self.text.textChanged.connect(self.changed.emit)
        self.building.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._fill()

    def _fill(self) -> None:
        key = self.template.currentData()
        self.title.setText(say(f"general-title-{key}"))
        self.text.setPlainText("" if key == BLANK else say(f"general-text-{key}"))

    def refresh(self) -> None:
        """The buildings of this committee, staying at the chosen one."""
        session, kept = self.desk.session, self.building.currentData()
        blocked = self.building.blockSignals(True)
        self.building.clear()
        for estate in places.estates(session):
            for row in places.buildings(session, estate["id"]):
                self.building.addItem(f"{estate['name']} {row['lane'] or ''}{row['number']}", row["id"])
        self.building.setCurrentIndex(max(0, self.building.findData(kept)))
        self.building.blockSignals(blocked)
        self.changed.emit()

    def is_ready(self) -> bool:
        return bool(self.building.currentData() and self.title.text().strip() and self.text.toPlainText().strip())

    def asked(self) -> dict[str, Any]:
        """What `notices.make` is told."""
        return {"building": self.building.currentData(), "title": self.title.text(), "text": self.text.toPlainText()}

"""Parts of the bar with which one draws on the map: its tools, for whom the next outline is, and into which 号 one is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from app.domain import addresses, house_numbers
from app.services.values import Values
from app.ui import theme
from app.words import say

# ---------------------------------------------------------------- tools


@dataclass(frozen=True, slots=True)
class Tool:
    """levels: of the maps on which it makes sense."""

    key: str
    title: str
    icon: str
    levels: frozenset[str]


_ALL, _HOUSES, _ESTATE = (
    frozenset({"street", "group", "committee", "estate"}),
    frozenset({"committee", "estate"}),
    frozenset({"estate"}),
)
TOOLS = (
    Tool("rectangle", "矩形", "vector-rectangle", _HOUSES),
    Tool("polygon", "多边形", "vector-polygon", _ALL),
    Tool("copy", "复制", "content-copy", _ESTATE),
    Tool("adopt", "取楼影", "home-import-outline", _ESTATE),
    Tool("edit", "改形状", "vector-square-edit", _ALL),
    Tool("move", "移动", "cursor-move", _HOUSES),
    Tool("rotate", "旋转", "rotate-right", _HOUSES),
    Tool("split", "拆成几号", "view-week-outline", _ESTATE),
    Tool("clear", "删轮廓", "eraser", _ALL),
)
BY_KEY = {each.key: each for each in TOOLS}
FIRST = {"street": "polygon", "group": "polygon", "committee": "polygon", "estate": "rectangle"}
"""The tool with which drawing begins."""
DRAWING, CHANGING = ("rectangle", "polygon", "copy", "adopt"), ("edit", "move", "rotate", "split", "clear")
"""What makes a new outline, for whoever is chosen; and what changes one that is there."""


def tool_button(title: str, icon: str, tip: str = "", *, checkable: bool = False) -> QToolButton:
    """An icon with its word below: nine of them beside each other on a small screen."""
    made = QToolButton()
    made.setObjectName("tool")
    made.setText(title)
    made.setIcon(theme.icon(icon))
    made.setIconSize(QSize(theme.ICON, theme.ICON))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    made.setCheckable(checkable)
    made.setToolTip(tip)
    made.setAccessibleName(title)
    made.setMinimumWidth(made.fontMetrics().horizontalAdvance(title) + 2 * theme.GAP[1])
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the map
    return made


# ---------------------------------------------------------------- for whom the next outline is


class Targets(QWidget):
    """Which 号, 小区 or committee the next outline is for; emits `changed` when another one is chosen or named."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, Values] = {}
        self._build()
        self._connect()

    def _build(self) -> None:
        self.choice = theme.Choice()
        self.choice.setAccessibleName("画给")
        self.choice.setMinimumWidth(190)
        self.name = QLineEdit()
        self.name.setFixedWidth(170)
        self.name.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP[1])
        for widget in (theme.label("画给", "soft"), self.choice, self.name):
            row.addWidget(widget)

    def _connect(self) -> None:
        self.choice.currentIndexChanged.connect(lambda _: self._chosen())
        self.name.textChanged.connect(lambda _: self.changed.emit())

    def fill(self, rows: Sequence[Values], new: Sequence[str], proposed: str, wanted: str = "") -> None:
        """new: entities of which a new one may be made. proposed: the number that comes next. wanted: id, or entity of a
        new one, that is chosen again; else the first without an outline."""
        typing = self.name.hasFocus() and wanted == self.key
        blocked = self.choice.blockSignals(True)
        self.rows = {row["id"]: row for row in rows}
        self.choice.clear()
        missing = [row for row in rows if not row["drawn"] and row["entity"] != "block"]
        self._group("draw-missing", [(_named(row), row["id"]) for row in missing])
        self._group("", [(say(f"draw-new-{entity}"), f"new:{entity}") for entity in new])
        self._group("draw-drawn", [(_named(row), row["id"]) for row in rows if row not in missing])
        keys = [self.choice.itemData(n) for n in range(self.choice.count())]
        first = next((n for n, key in enumerate(keys) if key), -1)
        self.choice.setCurrentIndex(keys.index(wanted) if wanted and wanted in keys else first)
        self.choice.blockSignals(blocked)
        if not typing:
            self.name.setText(proposed)
        self._chosen()

    def _group(self, code: str, items: Sequence[tuple[str, str]]) -> None:
        if not items:
            return
        if code:
            self.choice.addItem(say(code), "")
            model = self.choice.model()
            assert isinstance(model, QStandardItemModel)
            model.item(self.choice.count() - 1).setEnabled(False)
        for text, key in items:
            self.choice.addItem(text, key)

    def _chosen(self) -> None:
        new = self.new
        self.name.setVisible(bool(new))
        if new:
            self.name.setPlaceholderText(say(f"draw-name-{new}"))
            self.name.setAccessibleName(say(f"draw-name-{new}"))
            if new != "building" and addresses.building(self.name.text()) == self.name.text():
                self.name.clear()  # the number that was proposed
        self.changed.emit()

    @property
    def key(self) -> str:
        return str(self.choice.currentData() or "")

    @property
    def new(self) -> str:
        """The entity of which a new one is named; "" where one that is there is chosen."""
        return self.key.removeprefix("new:") if self.key.startswith("new:") else ""

    @property
    def row(self) -> Values | None:
        return self.rows.get(self.key)

    @property
    def label(self) -> str:
        """What the outline will be called."""
        row = self.row
        return self.name.text().strip() if self.new else str(row["label"]) if row else ""


def _named(row: Values) -> str:
    """A committee and a 号 are known by their names alone."""
    entity, name = row["entity"], str(row["name"])
    return say(f"draw-of-{entity}", name=name) if entity in ("block", "estate") else name


def numbers_in(text: str, rows: Sequence[Values]) -> list[tuple[str, str]]:
    """(id or number, number) of each 号 in `12号、13号`, `12-16号`: the id where it is one of the estate's."""
    read = house_numbers.read(text.strip())
    names = read.each or ((addresses.building(text),) if text.strip() else ())
    houses = [row for row in rows if row["entity"] == "building"]
    found = []
    for name in names:
        fits = [row["id"] for row in houses if row["name"] == f"{read.lane}{name}"]
        fits = fits or [row["id"] for row in houses if row["label"] == name]
        found.append((fits[0] if len(fits) == 1 else name, name))
    return found


class Numbers(QWidget):
    """The numbers into which an outline is cut, in order. Emits `changed`, `ready` on Enter."""

    changed = Signal()
    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setFixedWidth(230)
        self.field.setPlaceholderText(say("draw-numbers"))
        self.field.setAccessibleName(say("draw-numbers"))
        self.turn = theme.button("反过来", icon_name="swap-horizontal")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP[1])
        for widget in (theme.label("拆给", "soft"), self.field, self.turn):
            row.addWidget(widget)
        self.field.textChanged.connect(lambda _: self.changed.emit())
        self.turn.clicked.connect(self._turn)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.ready.emit()
        else:
            super().keyPressEvent(event)

    def of(self, rows: Sequence[Values]) -> list[tuple[str, str]]:
        return numbers_in(self.field.text(), rows)

    def _turn(self) -> None:
        """What stands at the eastern end begins at the western one."""
        self.field.setText("、".join(name for _, name in reversed(self.of(()))))

"""Two people side by side: who each is, what hangs on them, and each field with its mark; of what differs one is chosen."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from app.ui import theme
from app.words import say

SIDES = ("one", "other")
SIDE_TITLES = {"one": "左边", "other": "右边"}
FIRST_WIDTH = 118


def hangs_text(hangs: dict[str, int]) -> str:
    """What hangs on a person, in words."""
    said = [
        say(f"duplicate-{key}", count=hangs[key]) for key in ("arrivals", "cases", "active", "visits") if hangs[key]
    ]
    return say("duplicate-hangs", what="、".join(said)) if said else say("duplicate-hangs-none")


class Pick(QWidget):
    """A radio button whose words wrap; a click on the words counts."""

    picked = Signal()
    """By a person; not when it follows the card."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.radio = QRadioButton()
        self.radio.setAccessibleName(name)
        self.text = theme.label(text, "strong", wrap=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[1])
        line.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.text, 1)
        self.radio.clicked.connect(self.picked)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.radio.setFocus()
        self.radio.click()


class PersonCard(QFrame):
    """One of the two: name, door, what hangs there; its radio button makes it the one that stays."""

    def __init__(self, side: str, person: dict[str, Any]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.stays = QRadioButton("以这条为准")
        self.stays.setAccessibleName(f"以{SIDE_TITLES[side]}的{person.get('name', '')}为准")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP[2], theme.GAP[1], theme.GAP[2], theme.GAP[1])
        column.setSpacing(2)
        about = "　".join(filter(None, (str(person.get(key) or "") for key in ("sex", "birth_year", "status"))))
        for widget in (
            theme.label(person.get("name") or "（无姓名）", "strong", wrap=True), theme.label(about, "small", wrap=True),
            theme.label(person["place"] or "（没有住址）", "small", wrap=True),
            theme.label(hangs_text(person["hangs"]), "small", wrap=True),
        ):  # fmt: skip
            column.addWidget(widget)
        column.addWidget(self.stays, 0, Qt.AlignmentFlag.AlignLeft)


class Comparison(QWidget):
    """The two cards and a line for each field. Emits `changed` when something else was chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("surface")
        self.stays = "one"
        """Which of the two goes on as it is."""
        self.picks: dict[str, dict[str, Pick]] = {}
        self.cards: dict[str, PersonCard] = {}
        self._touched: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, theme.GAP[1], 0)
        self._body = QWidget()
        column.addWidget(self._body)
        column.addStretch(1)

    def show_pair(self, said: dict[str, Any], *, may: bool) -> None:
        """Show what `duplicates.compare` says. What was chosen stays chosen where the same two are shown again."""
        kept = {key: self.side(key) for key in self._touched}
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnMinimumWidth(0, FIRST_WIDTH)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self.picks = {}
        self._head(grid, body, said, may=may)
        state = ""
        for field in said["fields"]:
            if field["state"] != state:
                state = field["state"]
                grid.addWidget(_heading(state), grid.rowCount(), 0, 1, 3)
            self._line(grid, body, field, may=may)
        old, self._body = self._body, body
        self.layout().replaceWidget(old, body)  # type: ignore[union-attr]  # made in __init__
        old.hide()
        old.deleteLater()
        body.show()
        for key, side in kept.items():
            if key in self.picks:
                self.picks[key][side].radio.setChecked(True)

    def forget(self) -> None:
        """Another pair comes: nothing is chosen, the left one stays."""
        self.stays, self._touched = "one", set()

    def choices(self) -> dict[str, str]:
        """field → keep or other, for what differs."""
        return {key: "keep" if self.side(key) == self.stays else "other" for key in self.picks}

    def side(self, key: str) -> str:
        sides = self.picks.get(key)
        return self.stays if sides is None else next((s for s in SIDES if sides[s].radio.isChecked()), self.stays)

    # ---------------------------------------------------------------- building

    def _head(self, grid: QGridLayout, body: QWidget, said: dict[str, Any], *, may: bool) -> None:
        group = QButtonGroup(body)
        for column, side in enumerate(SIDES, 1):
            card = PersonCard(side, said[side])
            card.stays.setEnabled(may)
            group.addButton(card.stays)
            self.cards[side] = card
            grid.addWidget(card, 0, column)
        self.cards[self.stays].stays.setChecked(True)
        for side in SIDES:
            self.cards[side].stays.toggled.connect(partial(self._stay, side))

    def _line(self, grid: QGridLayout, body: QWidget, field: dict[str, Any], *, may: bool) -> None:
        number, differs, top = grid.rowCount(), field["state"] == "differs", Qt.AlignmentFlag.AlignTop
        title = theme.label(
            f"≠ {field['title']}" if differs else field["title"], "strong" if differs else "soft", wrap=True
        )
        grid.addWidget(title, number, 0, top)
        if not differs:
            for at, side in enumerate(SIDES, 1):
                grid.addWidget(_plain(field[side], faint=field["state"] == "same"), number, at, top)
            return
        group = QButtonGroup(body)
        picks = self.picks[field["field"]] = {}
        for at, side in enumerate(SIDES, 1):
            picks[side] = Pick(field[side], f"{field['title']}，{SIDE_TITLES[side]}：{field[side]}")
            picks[side].radio.setChecked(side == self.stays)
            picks[side].setEnabled(may)
            group.addButton(picks[side].radio)
            grid.addWidget(picks[side], number, at, top)
        for pick in picks.values():
            pick.picked.connect(partial(self._touched.add, field["field"]))
            pick.picked.connect(self.changed)

    def _stay(self, side: str, on: bool) -> None:
        """The other one stays: what nobody chose by hand follows."""
        if not on:
            return
        self.stays = side
        for key, sides in self.picks.items():
            if key not in self._touched:
                sides[side].radio.setChecked(True)
        self.changed.emit()


def _heading(state: str) -> QWidget:
    """What the fields below have in common, in words."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, theme.GAP[1], 0, 0)
    column.setSpacing(2)
    words = theme.label(say(f"duplicate-mark-{state}"), "small")
    if state == "differs":
        words.setStyleSheet(f"color: {theme.ATTENTION}; font-size: {theme.TABLE}pt; font-weight: 600;")
    column.addWidget(words)
    column.addWidget(theme.rule())
    return made


def _plain(text: str, *, faint: bool) -> QLabel:
    made = theme.label(text or "—", "soft" if faint else "", wrap=True)
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made

"""Above the list of the round: for which day and slot, how and by whom it was asked, which part of the committee."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.domain.fields import CHECK_MODES
from app.ui import theme
from app.ui.case_parts import short_place
from app.ui.desk import Desk
from app.words import say

BACK_DAYS = 3
"""How many days back a check is keyed here (补录); an older one in its case."""
EVENING_FROM = 14
"""The hour from which the evening's round is proposed."""
ALL, MINE = "", "mine"
SLOTS = ("am", "pm")
MODE, BY = "round/mode", "round/by"


class RoundHead(QWidget):
    """Emits `timed` when another day or slot is chosen, `placed` for another part, `filtered` for 只看未登记.

    How and by whom are chosen once and remembered on this PC.
    """

    timed = Signal()
    placed = Signal()
    filtered = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._filling = False
        self.when, self.mode, self.where = theme.Choice(), theme.Choice(), theme.Choice()
        self.by = QLineEdit()
        self.only_owed = QCheckBox(say("round-only-owed"))
        self._build()
        self.when.currentIndexChanged.connect(lambda _: None if self._filling else self.timed.emit())
        self.where.currentIndexChanged.connect(lambda _: None if self._filling else self.placed.emit())
        self.only_owed.toggled.connect(lambda _: self.filtered.emit())
        self.mode.activated.connect(lambda _: self._remember())
        self.by.editingFinished.connect(self._remember)

    def _build(self) -> None:
        self.by.setFixedWidth(96)
        self.when.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.where.setMinimumWidth(150)
        self.where.setMaximumWidth(300)  # `锦绣路187弄4号　1/2 户未登记`
        self.where.view().setMinimumWidth(300)
        self.mode.addItems(CHECK_MODES)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[1])
        for name, widget in (
            ("round-when", self.when), ("round-mode", self.mode), ("round-by", self.by), ("round-where", self.where),
        ):  # fmt: skip
            widget.setAccessibleName(say(name))
            line.addWidget(theme.label(say(name), "soft"))
            line.addWidget(widget, 9 if widget is self.where else 0)
        line.addWidget(self.only_owed)
        line.addStretch(1)
        kept, account = self.desk.settings, self.desk.session.account
        self.mode.setCurrentText(str(kept.get(self.desk.once(MODE), CHECK_MODES[1])))
        self.by.setText(str(kept.get(self.desk.once(f"{BY}/{account}"), account)))

    def _remember(self) -> None:
        kept = self.desk.settings
        kept.put(self.desk.once(MODE), self.mode.currentText())
        kept.put(self.desk.once(f"{BY}/{self.desk.session.account}"), self.by.text().strip())

    # ---------------------------------------------------------------- what is chosen

    @property
    def on(self) -> date:
        return date.fromisoformat(self.when.currentData()[0])

    @property
    def slot(self) -> str:
        return str(self.when.currentData()[1])

    @property
    def mine(self) -> bool:
        return bool(self.where.currentData() == MINE)

    @property
    def building(self) -> str:
        """Id of the chosen building, "" for all of them."""
        chosen = self.where.currentData()
        return "" if chosen in (ALL, MINE, None) else str(chosen)

    def shared(self) -> dict[str, Any]:
        """What all checks keyed now say alike."""
        return {"on": self.on, "slot": self.slot, "mode": self.mode.currentText(), "by": self.by.text().strip()}

    # ---------------------------------------------------------------- what can be chosen

    def offer_times(self, now: datetime, on: str | date = "", slot: str = "") -> None:
        """Today's slots and those of the days before; the one asked for, else the one of this hour, once chosen kept."""
        days = [now.date() - timedelta(days=back) for back in range(BACK_DAYS + 1)]
        times = [(day.isoformat(), each) for day in days for each in reversed(SLOTS)]
        if times != [tuple(self.when.itemData(at)) for at in range(self.when.count())]:
            self._filling, kept = True, self.when.currentData()
            self.when.clear()
            for day, each in times:
                self.when.addItem(_time_words(date.fromisoformat(day), each, now.date()), (day, each))
            usual = 0 if now.hour >= EVENING_FROM else 1
            self.when.setCurrentIndex(max(0, self._at(tuple(kept))) if kept else usual)
            self._filling = False
        if on or slot:
            at = self._at((str(on) or days[0].isoformat(), slot or self.slot))
            self.when.setCurrentIndex(at if at >= 0 else self.when.currentIndex())

    def _at(self, wanted: tuple[Any, ...]) -> int:
        return next((n for n in range(self.when.count()) if tuple(self.when.itemData(n)) == wanted), -1)

    def offer_buildings(self, buildings: Iterable[tuple[str, str]], owed: dict[str, tuple[int, int]]) -> None:
        """All, 我的块区 where this account has one, and each building with what is owed there."""
        kept, self._filling = self.where.currentData() or ALL, True
        self.where.clear()
        self.where.addItem(say("round-all"), ALL)
        if self.desk.session.buildings:
            self.where.addItem(say("round-mine"), MINE)
        for building, name in buildings:
            self.where.addItem(_building_words(name, owed[building][1]), building)
        self.where.setCurrentIndex(max(0, self.where.findData(kept)))
        self._filling = False

    def tell_building(self, building: str, name: str, owed: int) -> None:
        """What is still owed in one of the buildings, after a household of it was keyed."""
        at = self.where.findData(building)
        if at >= 0:
            self.where.setItemText(at, _building_words(name, owed))


def _building_words(name: str, owed: int) -> str:
    short = short_place({"building_name": name})
    return say("round-in-building" if owed else "round-in-building-done", name=short, owed=owed)


def _time_words(day: date, slot: str, today: date) -> str:
    which = {0: "today", 1: "yesterday"}.get((today - day).days, "earlier")
    return say(f"round-{which}-{slot}", date=say("short-day", month=day.month, day=day.day))

"""迁移: people whom another committee offers us, to be taken in at a door; and our own who wait to leave."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain import contact_codes
from app.domain import moves as states
from app.domain.fields import RESIDENT
from app.domain.findings import UserError
from app.domain.values import show
from app.services import moves, moving, places, records
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.coming import empty
from app.ui.desk import Desk
from app.ui.door_list import room_text
from app.ui.refuse_dialog import RefuseDialog
from app.ui.tables import Column, Row, Table
from app.words import say

TOLD = (
    "name", "sex", "birth_year", "id_number", "phone", "person_class", "nationality", "hukou_address", "ethnicity",
    "party_member", "care_groups", "care_groups_sensitive", "emergency_name", "emergency_phone",
)  # fmt: skip
DAYS = Column("days", "已等", 64, lambda value: say("move-days", count=value), tone=lambda row: _late(row))
ISOLATING = Column("course", "隔离", 96, tone=lambda row: theme.ATTENTION if row["isolating"] else "")
LATE = 2
"""Days after which somebody who isolates waits too long for a stick: time to telephone."""
NEW = ""
"""What the choice of a household holds for a new one."""


def _late(row: Row) -> str:
    return theme.ATTENTION if row["isolating"] and row["days"] >= LATE else ""


def course(row: Row) -> str:
    """Where the isolation of somebody who moves stands; 第 6/14 天."""
    if not row["isolating"]:
        return say("move-isolating-none")
    if not row.get("case_days"):
        return say("move-isolating-short")
    return say("move-isolating-day", day=row["case_day"], days=row["case_days"])


class HouseholdChoice(QWidget):
    """A door and a household behind it, or a new one: building, room, household."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.building, self.door, self.household = theme.Choice(), theme.Choice(), theme.Choice()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        for at, (name, box) in enumerate((("楼号", self.building), ("房屋", self.door), ("户", self.household))):
            box.setAccessibleName(name)
            grid.addWidget(theme.label(name, "soft"), at, 0)
            grid.addWidget(box, at, 1)
        grid.addWidget(theme.label(say("move-no-door"), "small"), 3, 1)
        self.building.currentIndexChanged.connect(lambda _: self._doors())
        self.door.currentIndexChanged.connect(lambda _: self._households())

    def refresh(self) -> None:
        """The buildings of this committee, staying at the chosen one."""
        session, kept = self.desk.session, self.building.currentData()
        blocked = self.building.blockSignals(True)
        self.building.clear()
        self.building.addItem("请选择楼号", None)
        for estate in places.estates(session):
            for row in places.buildings(session, estate["id"]):
                self.building.addItem(f"{estate['name']} {row['lane'] or ''}{row['number']}", row["id"])
        self.building.setCurrentIndex(max(0, self.building.findData(kept)))
        self.building.blockSignals(blocked)
        self._doors()

    def _doors(self) -> None:
        building, kept = self.building.currentData(), self.door.currentData()
        blocked = self.door.blockSignals(True)
        self.door.clear()
        self.door.addItem("请选择房屋", None)
        self.doors = {each["id"]: each for each in places.dwellings(self.desk.session, building)} if building else {}
        for row in reversed(list(self.doors.values())):
            self.door.addItem(room_text(row), row["id"])
        self.door.setCurrentIndex(max(0, self.door.findData(kept)))
        self.door.blockSignals(blocked)
        self._households()

    def _households(self) -> None:
        door = self.doors.get(self.door.currentData())
        self.household.clear()
        for number, each in enumerate(door["households"] if door else (), 1):
            head = each["head"] or each["label"] or "（无姓名）"
            self.household.addItem(f"户{number}　{head}等{each['residents']}人", each["id"])
        if door:
            self.household.addItem(say("move-new-household"), NEW)
            self.household.setCurrentIndex(self.household.count() - 1)  # who moves in rarely joins who lives there
        self.household.setEnabled(door is not None)

    @property
    def chosen(self) -> dict[str, str]:
        """What `moving.take_in` is told; nothing before a door is chosen."""
        door, household = self.door.currentData(), self.household.currentData()
        return {"household": household} if household else {"dwelling": door} if door else {}


class MovesPage(QStackedWidget):
    """Emits `counted` with how many people wait to be taken in (at a centre: how many move)."""

    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.centre = desk.session.role == "centre"
        self.told_of = ""
        self.names: dict[str, str] = {}
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        if self.centre:
            self.arrived = Table([
                Column("name", "姓名", 80), Column("contact_code", "联络码", 84, contact_codes.spoken), Column("of", "迁出"), Column("to", "迁往", 184), Column("state_words", "进度", 100),
                ISOLATING, Column("since", "登记时间", 132, moment), DAYS,
            ])  # fmt: skip
            self.leaving = self.arrived
            whole = QWidget()
            column = QVBoxLayout(whole)
            column.setContentsMargins(0, theme.GAP[1], 0, 0)
            column.addWidget(theme.soft(say("move-centre-why")))
            column.addWidget(self.arrived)
            self.addWidget(whole)
            self.addWidget(
                empty(say("move-none-centre"), "看同步", lambda: self.desk.go("sync"), "home-export-outline")
            )
            return
        self.arrived = Table([Column("name", "姓名", 80), Column("of", "由哪里转来"), ISOLATING, DAYS])
        self.leaving = Table([Column("name", "姓名", 80), Column("to", "迁往"), ISOLATING, DAYS])
        self.arrived_title, self.leaving_title = theme.label("", "group"), theme.label("", "group")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        for widget in (self.arrived_title, self.arrived, self.leaving_title, self.leaving):
            column.addWidget(widget, 1 if isinstance(widget, Table) else 0)
        self.addWidget(theme.split(left, theme.scrolled(self._person()), sizes=(440, 730)))
        self.addWidget(empty(say("move-none-desk"), "看住户", lambda: self.desk.go("residents"), "home-import-outline"))

    def _person(self) -> QWidget:
        self.heading, self.said = theme.title(""), theme.soft("")
        self.phones = theme.button(say("move-phones"), "link", "eye-outline")
        self.duty = theme.label("", "strong", wrap=True)
        self.fields = Table([Column("title", "项目", 130), Column("value", "内容")])
        self.home = HouseholdChoice(self.desk)
        self.message = theme.label("", "wrong", wrap=True)
        self.together = QCheckBox()
        self.take = theme.primary("接收")
        self.refuse = theme.button("不接收…")
        self.cancel = theme.button("撤回迁移")
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        for told in (theme.row(self.heading, 1, self.phones), self.said, self.duty):
            column.addWidget(told)
        column.addWidget(self.fields, 1)
        for widget in (self.home, self.together, self.message, theme.row(self.take, self.refuse, self.cancel, 1)):
            column.addWidget(widget)
        return right

    def _connect(self) -> None:
        if self.centre:
            return
        self.arrived.chosen.connect(lambda row: self._chosen(row, self.arrived, self.leaving))
        self.leaving.chosen.connect(lambda row: self._chosen(row, self.leaving, self.arrived))
        self.take.clicked.connect(self.take_in)
        self.cancel.clicked.connect(self.take_back)
        self.refuse.clicked.connect(self.say_no)
        self.together.toggled.connect(self._name_the_act)
        self.phones.clicked.connect(lambda: self._show_fields(phones=True))

    # ---------------------------------------------------------------- showing

    def refresh(self) -> None:
        rows = [{**row, "course": course(row)} for row in moving.waiting(self.desk.session)]
        self.names = {row["id"]: row["name"] or say("move-no-name") for row in rows}
        self.setCurrentIndex(0 if rows else 1)
        if self.centre:
            self.arrived.set_rows([{**row, "state_words": say(f"move-state-{row['state']}")} for row in rows])
            self.counted.emit(len(rows))
            return
        came = [row for row in rows if row["state"] == states.ARRIVED]
        ours = [row for row in rows if row["state"] != states.ARRIVED]
        kept = self.row["id"] if self.row else ""
        for table, those, title, words in (
            (self.arrived, came, self.arrived_title, "待接收"), (self.leaving, ours, self.leaving_title, "转出待接收"),
        ):  # fmt: skip
            blocked = table.blockSignals(True)
            table.set_rows(those)
            table.blockSignals(blocked)
            title.setText(f"{words}　{len(those)} 人")
            table.setVisible(bool(those))
            title.setVisible(bool(those))
        self.counted.emit(len(came))
        if not (kept and (self.arrived.choose("id", kept) or self.leaving.choose("id", kept))):
            (self.arrived if came else self.leaving).selectRow(0)
        if came:
            self.home.refresh()

    @property
    def row(self) -> Row | None:
        """Whoever is chosen in one of the two lists."""
        return self.arrived.current() or self.leaving.current()

    def _chosen(self, row: Row | None, here: Table, other: Table) -> None:
        if row is None:
            return
        blocked = other.blockSignals(True)
        other.clearSelection()
        other.setCurrentIndex(other.model().index(-1, -1))
        other.blockSignals(blocked)
        arrived, returned = here is self.arrived, row["state"] == states.REFUSED
        self.heading.setText(row["name"] or say("move-no-name"))
        said = "move-in-who" if arrived else "move-returned" if returned else "move-out-who"
        self.said.setText(say(said, **row))
        duty = "move-duty-there" if arrived else "move-duty-wait"
        code = contact_codes.spoken(row["contact_code"]) if row.get("contact_code") else ""
        self.duty.setText(say(duty, **{**row, "code": code}) if row["isolating"] and not returned else "")
        self.duty.setVisible(bool(self.duty.text()))
        may = self.desk.session.may
        takes = arrived and may("moves.accept")
        for each in (self.home, self.take, self.refuse):
            each.setVisible(takes)
        self.together.setVisible(takes and bool(row["together"]))
        self.together.setText(say(
            "move-take-together", count=len(row["together"]), names="、".join(self.names[each] for each in row["together"]),
        ))  # fmt: skip
        blocked = self.together.blockSignals(True)
        self.together.setChecked(bool(row["together"]))
        self.together.blockSignals(blocked)
        self.cancel.setVisible(not arrived and may("moves.offer"))
        self.cancel.setText(say("move-seen" if returned else "move-take-back"))
        self._name_the_act()
        self.message.setText("")
        self._show_fields()

    def _name_the_act(self) -> None:
        row = self.row
        if row is not None:
            several = len(self._with(row)) + 1
            self.take.setText(say("move-take-many", count=several) if several > 1 else f"接收{row['name']}")

    def _with(self, row: Row) -> list[str]:
        """Who is taken in together with the one chosen."""
        return list(row["together"]) if self.together.isChecked() else []

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_fields()

    def _show_fields(self, *, phones: bool = False) -> None:
        """What came along, masked. phones: with the telephones open, which leaves an entry, so it is had once."""
        row = self.row
        if self.centre or row is None or not self.isVisible() or (row["id"] == self.told_of and not phones):
            return
        self.told_of, session = row["id"], self.desk.session
        try:
            shown = records.show(session, "resident", row["id"]) if phones else moving.told(session, row["id"])
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        held = any(shown.get(key) for key in ("phone", "emergency_phone"))
        self.phones.setVisible(held and not phones and session.may("records.show"))
        self.fields.set_rows([
            {"title": RESIDENT[key].title, "value": show(RESIDENT[key], shown[key])}
            for key in TOLD if shown.get(key) is not None
        ])  # fmt: skip

    # ---------------------------------------------------------------- acts

    def take_in(self) -> None:
        row = self.arrived.current()
        if row is None:
            return
        together = self._with(row)
        try:
            done = moving.take_in(self.desk.session, row["id"], **self.home.chosen, together=together)
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        shown = places.path(self.desk.session, "resident", row["id"])
        self.refresh()
        where = shown.rpartition("/")[0].replace("/", " ")
        several = len(together) + 1
        name = say("move-several", name=row["name"], count=several) if several > 1 else row["name"]
        self.desk.notify(say("move-accepted", name=name, path=where), done.batch)

    def say_no(self) -> None:
        """Refuse whoever is chosen, with the reason that the other committee is told."""
        row = self.arrived.current()
        if row is None:
            return
        dialog = RefuseDialog(self, self.desk, row)
        dialog.accepted.connect(lambda: self._refused(row, dialog.batch))
        dialog.open()

    def _refused(self, row: Row, batch: str) -> None:
        self.refresh()
        self.desk.notify(say("move-refused", name=row["name"]), batch)

    def take_back(self) -> None:
        row = self.leaving.current()
        if row is None:
            return
        try:
            done = moves.cancel(self.desk.session, row["id"])
        except UserError as error:
            self.message.setText(errors.words(error))
            return
        self.refresh()
        words = "move-returned-away" if row["state"] == states.REFUSED else "move-cancelled"
        self.desk.notify(say(words, name=row["name"]), done.batch)


def fields_told() -> dict[str, Any]:
    """Titles of what travels with a person, for the words of an offer."""
    return {"fields": "、".join(RESIDENT[key].title for key in states.CARRIED)}

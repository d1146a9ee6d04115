"""Behind one door: its people in a table, and the fields of a person, the household, the dwelling."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.findings import UserError
from app.services import places, records
from app.ui import errors, theme
from app.ui.case_link import case_button, show_or_open
from app.ui.desk import Desk
from app.ui.door_list import room_text
from app.ui.incident_link import IncidentLink
from app.ui.record_form import RecordForm
from app.ui.tables import Column, Row, Table
from app.ui.timeline_view import open_timeline
from app.words import say

PEOPLE = [
    Column("name", "姓名", 96), Column("relation", "关系", 72), Column("sex", "性别", 52), Column("birth_year", "出生", 60),
    Column("residence_kind", "居住", 60), Column("status", "状态", 72), Column("phone", "电话", 124), Column("of_words", "户"),
]  # fmt: skip
OF = len(PEOPLE) - 1
TABS = (("resident", "人员"), ("household", "户"), ("dwelling", "房屋"), ("building", "楼号"))
MOST_ROWS = 5


class HouseholdView(QWidget):
    """Emits `changed` after a save, `adding` when a person is to be added."""

    changed = Signal()
    adding = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.building = ""
        self.door: dict[str, Any] | None = None
        self._build()
        self._connect()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP[1])
        self.people = Table(PEOPLE, remember=(self.desk.settings, "people"))
        self.people.setAccessibleName("这一间的人")
        self.timeline = theme.button(say("timeline-button"), icon_name="timeline-text-outline")
        self.add = theme.button("新增人员", icon_name="account-plus-outline")
        theme.only_if(self.desk.session.may("records.add"), self.add)
        self.tabs = QButtonGroup(self)
        line = QHBoxLayout()
        line.setSpacing(theme.GAP[0])
        self.forms: dict[str, RecordForm] = {}
        self.stack = QStackedWidget()
        for number, (entity, title) in enumerate(TABS):
            tab = theme.button(title, "tab")
            tab.setCheckable(True)
            self.tabs.addButton(tab, number)
            line.addWidget(tab)
            self.forms[entity] = RecordForm(self.desk, entity)
            self.stack.addWidget(self.forms[entity])
        self.tabs.button(0).setChecked(True)
        self.isolation = case_button(self.desk)
        line.addStretch()
        line.addWidget(self.timeline)
        line.addWidget(self.isolation)
        line.addWidget(self.add)
        self.incident = IncidentLink(self.desk)
        column.addWidget(self.people)
        column.addWidget(self.incident)
        column.addLayout(line)
        self.nobody = theme.soft("")
        column.addWidget(self.nobody)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.people.chosen.connect(self._person_chosen)
        self.people.opened.connect(lambda _: self.edit())
        self.tabs.idClicked.connect(self._tab_clicked)
        self.add.clicked.connect(self.adding)
        self.timeline.clicked.connect(self.show_timeline)
        self.isolation.clicked.connect(self._isolation)
        self.incident.clicked.connect(self._incident)
        for form in self.forms.values():
            form.saved.connect(self.changed)
            form.removing.connect(self.remove)

    # ---------------------------------------------------------------- showing

    @property
    def form(self) -> RecordForm:
        """The fields that are shown."""
        return self.forms[TABS[self.stack.currentIndex()][0]]

    def show_door(self, building: str, door: dict[str, Any], resident: str | None = None) -> None:
        """Read the people behind a door; choose `resident`, the one chosen before, or the first."""
        self.building = building
        same = self.door is not None and self.door["id"] == door["id"]
        before = self.people.current() if same else None
        self.door = door
        several = len(door["households"]) > 1
        rows = [
            {**person, "of": household["id"], "of_words": household["label"] or f"户{number}"}
            for number, household in enumerate(door["households"], 1)
            for person in places.residents(self.desk.session, household["id"])
        ]
        blocked = self.people.blockSignals(True)
        self.people.set_rows(rows)
        self.people.setColumnHidden(OF, not several)
        self.people.setVisible(bool(rows))
        self.people.setFixedHeight(44 + theme.ROW * min(len(rows), MOST_ROWS))
        self.nobody.setText(say("empty-people"))
        wanted = resident or (before or {}).get("id")
        if rows and not (wanted and self.people.choose("id", wanted)):
            self.people.choose("id", rows[0]["id"])
        self.people.blockSignals(blocked)
        self.incident.show_door([household["id"] for household in door["households"]])
        self._fill_form(keep=same and resident is None)

    def _person_chosen(self, person: Row | None) -> None:
        if person is None or not self.leave():
            return
        if TABS[self.stack.currentIndex()][0] not in ("resident", "household"):
            self._show_tab(0)
        self._fill_form()

    def _tab_clicked(self, number: int) -> None:
        if not self.leave():
            self.tabs.button(self.stack.currentIndex()).setChecked(True)
            return
        self._show_tab(number)
        self._fill_form()

    def _show_tab(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.tabs.button(number).setChecked(True)

    def _fill_form(self, *, keep: bool = False) -> None:
        """Show in the open tab what is chosen; `keep`: the same record again, opened as far as it was."""
        form = self.form
        row = self._row_of(TABS[self.stack.currentIndex()][0])
        nobody = row is None
        told = form.entity in ("resident", "household") and self.desk.session.may("timeline.read")
        self.timeline.setVisible(told and not nobody)
        self.nobody.setVisible(nobody)
        self.stack.setVisible(not nobody)
        if row is None:
            form.close_record()
            return
        seen = keep and form.revealed and form.record is not None and form.record["id"] == row
        form.show_record(row, reveal=seen)
        form.heading.setText(self._heading(form))

    def _row_of(self, entity: str) -> str | None:
        assert self.door is not None
        person = self.people.current()
        if entity == "resident":
            return person["id"] if person else None
        if entity == "household":
            first = self.door["households"][0]["id"] if self.door["households"] else None
            return person["of"] if person else first
        return self.door["id"] if entity == "dwelling" else self.building

    def _heading(self, form: RecordForm) -> str:
        assert form.record is not None and self.door is not None
        if form.entity == "resident":
            return str(form.record.get("name", "（无姓名）"))
        if form.entity == "building":
            return f"{form.record.get('lane', '')}{form.record.get('number', '')}"
        parts = form.path.split(" ")
        return parts[-1] if form.entity == "household" else room_text(self.door)

    def _isolation(self) -> None:
        """The case of whoever is chosen; on the household's fields of any of them."""
        person, home = self.people.current(), self._row_of("household")
        of = person["id"] if person and self.form.entity != "household" else ""
        if (of or home) and self.leave():
            show_or_open(self.desk, of, str(home or ""))

    def _incident(self) -> None:
        """What happened behind this door, where incidents are worked on."""
        if self.leave():
            self.incident.show_it()

    def show_timeline(self) -> None:
        """What happened to the person or household that is shown, over the form."""
        entity = TABS[self.stack.currentIndex()][0]
        if (row := self._row_of(entity)) is not None and self.leave():
            self._timeline = open_timeline(self, self.desk, entity, row, self.form.heading.text())

    def edit(self) -> None:
        """Put the keyboard into the first field."""
        if self.stack.isVisible():
            next(iter(self.form.editors.values())).setFocus()

    # ---------------------------------------------------------------- leaving, removing

    @property
    def dirty(self) -> bool:
        return any(form.dirty for form in self.forms.values())

    def leave(self) -> bool:
        """May another record be shown? Unsaved changes ask once."""
        form = next((form for form in self.forms.values() if form.dirty), None)
        if form is None or form.record is None:
            return True
        what = form.record.get("name") or form.path
        answer = errors.ask(self, say("unsaved", what=what), "保存", "不保存", "返回")
        if answer == "保存":
            return form.save()
        if answer == "不保存":
            form.close_record()
            return True
        if form.entity == "resident":  # the table goes back to the one whose fields are shown
            blocked = self.people.blockSignals(True)
            self.people.choose("id", form.record["id"])
            self.people.blockSignals(blocked)
        return False

    def remove(self) -> None:
        """Delete a record that was a mistake, after one clear question."""
        form = self.form
        if form.record is None:
            return
        what = form.record.get("name") or form.path
        question = (
            say("remove-person", name=what) if form.entity == "resident" else say("remove-place", what=f"“{what}”")
        )
        if errors.ask(self, question, "删除", "返回", danger=True) != "删除":
            return
        row = form.record["id"]
        form.close_record()  # or what was typed would keep the window from reading anew
        try:
            done = records.remove(self.desk.session, form.entity, row)
        except UserError as error:
            self._fill_form()
            self.desk.error(error)
            return
        self.desk.notify(say("removed", what=what), done.batch)

"""An incident in ten seconds: a digit for what, a few letters for where, Enter. The same form corrects one later."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain import clock, incidents, moments
from app.domain.fields import URGENCIES
from app.domain.findings import UserError
from app.services import enrolment
from app.services import incidents as service
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.incident_place import PlaceLine
from app.words import say

ACROSS = 4
PRESSED = (
    f"QPushButton {{ padding: 4px 4px; }} QPushButton:checked {{ background: {theme.ACCENT_SOFT}; color: {theme.ACCENT}; border-color: {theme.ACCENT};"
    " font-weight: 600; }"
)
TEXTS = (
    "what", "reporter_name", "reporter_phone", "assigned_to", "assigned_phone", "external_source", "external_number",
)  # fmt: skip


class OneOf(QWidget):
    """Buttons of which one is pressed; keys choose too. Emits `chosen`."""

    chosen = Signal(str)

    def __init__(self, choices: tuple[tuple[str, str], ...], across: int, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        self.by_key = {key: text for text, key in choices if key}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GAP[0])
        for at, (text, key) in enumerate(choices):
            made = theme.button(f"{key} {text}".strip())
            made.setStyleSheet(PRESSED)
            made.setCheckable(True)
            made.setAccessibleName(text)
            made.installEventFilter(self)
            made.clicked.connect(lambda _=False, text=text: self.choose(text, said=True))
            self.group.addButton(made)
            self.buttons[text] = made
            grid.addWidget(made, at // across, at % across)

    @property
    def value(self) -> str:
        return next((text for text, made in self.buttons.items() if made.isChecked()), "")

    def choose(self, text: str, *, said: bool = False) -> None:
        """Press one; "" none. said: a person did, and others should hear of it."""
        self.group.setExclusive(False)
        for each, made in self.buttons.items():
            made.setChecked(each == text)
        self.group.setExclusive(True)
        if said:
            self.chosen.emit(text)

    def take_focus(self) -> None:
        (self.buttons.get(self.value) or next(iter(self.buttons.values()))).setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.text() in self.by_key:
            self.choose(self.by_key[event.text()], said=True)
            return True
        return False


class IncidentForm(QWidget):
    """Emits `saved` with what was written ({id, batch, …}) and `left` when nothing is to be written."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.centre = desk.session.role == "centre"
        self.row: dict[str, Any] | None = None
        """The incident that is corrected; None for a new one."""
        self._build()
        self._connect()
        self.begin()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.heading = theme.title("")
        self.kinds = OneOf(tuple((kind.name, kind.key) for kind in incidents.KINDS), ACROSS, "类别")
        self.urgency = OneOf(tuple((each, "") for each in reversed(URGENCIES)), 3, "紧急程度")
        self.place = PlaceLine(self.desk, self)
        self.lines = {key: QLineEdit() for key in TEXTS}
        self.due = QLineEdit()
        self.due.setPlaceholderText("如 5-26 18:00")
        self.committee = theme.Choice()
        self.calls = theme.label("", "small", wrap=True)
        self.message = theme.label("", "wrong", wrap=True)
        self.save = theme.primary("")
        self.cancel = theme.button("不记了　Esc")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        card = theme.panel(self.kinds, self.calls, self._grid(), self.message, margin=theme.GAP[2])
        column.addWidget(theme.row(self.heading, 1, self.cancel, self.save))
        column.addWidget(theme.label(say("incident-form-hint"), "small", wrap=True))
        column.addWidget(card)
        column.addStretch(1)

    def _grid(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, theme.GAP[0], 0, 0)
        grid.setHorizontalSpacing(theme.GAP[1])
        grid.setVerticalSpacing(theme.GAP[1])
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        for at, (name, line) in enumerate((("地点", self.place), ("内容", self.lines["what"]))):
            self._field(grid, at, 0, name, line, 3)
        self._field(grid, 2, 0, "紧急程度", self.urgency, 3)
        pairs: tuple[tuple[str, QWidget], ...] = (
            ("报告人", self.lines["reporter_name"]), ("电话", self.lines["reporter_phone"]),
            ("外部来源", self.lines["external_source"]), ("外部编号", self.lines["external_number"]),
            ("外部期限", self.due), ("居委会", self.committee),
            ("承办", self.lines["assigned_to"]), ("承办电话", self.lines["assigned_phone"]),
        )  # fmt: skip
        self.titles: dict[QWidget, QWidget] = {}
        for at, (title, widget) in enumerate(pairs):
            self.titles[widget] = self._field(grid, 3 + at // 2, 2 * (at % 2), title, widget, 1)
        self.lines["external_source"].setPlaceholderText("12345、一网统管")
        return made

    def _field(self, grid: QGridLayout, row: int, column: int, title: str, widget: QWidget, across: int) -> QWidget:
        label = theme.label(title, "soft")
        widget.setAccessibleName(title)
        grid.addWidget(label, row, column)
        grid.addWidget(widget, row, column + 1, 1, across)
        return label

    def _connect(self) -> None:
        self.kinds.chosen.connect(self._kind_chosen)
        self.place.picked.connect(self._say_calls)
        self.place.done.connect(self._placed)
        for line in (*self.lines.values(), self.due):
            line.returnPressed.connect(self.write)
        for button in self.urgency.buttons.values():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.save.clicked.connect(self.write)
        self.cancel.clicked.connect(self.left)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.write, context=within)

    # ---------------------------------------------------------------- showing

    def begin(self) -> None:
        """An empty form, ready for a digit."""
        self.row = None
        self._fill({})
        self.heading.setText("记录事件")
        self.save.setText("记录事件　回车")
        self.kinds.take_focus()

    def correct(self, row: dict[str, Any]) -> None:
        """The form of an incident that is there, as `service.one` tells it."""
        self.row = row
        self._fill(row)
        self.heading.setText("修改事件")
        self.save.setText("保存修改　回车")
        self.lines["what"].setFocus()

    def _fill(self, row: dict[str, Any]) -> None:
        self.message.hide()
        self.kinds.choose(str(row.get("kind", "")))
        self.urgency.choose(str(row.get("urgency", "")))
        self.place.set_place(str(row.get("where", "")), {})
        for key, line in self.lines.items():
            line.setText(str(row.get(key) or ""))
        at = clock.moment(row.get("external_due_at"))
        self.due.setText(at.strftime("%Y-%m-%d %H:%M") if at else "")
        new = self.row is None
        for widget, shown in (
            (self.committee, self.centre and new), (self.lines["assigned_to"], not new), (self.lines["assigned_phone"], not new),
        ):  # fmt: skip
            widget.setVisible(shown)
            self.titles[widget].setVisible(shown)
        self._committees()
        self._say_calls()
        self._before = self._texts()

    def _committees(self) -> None:
        if not self.centre or self.row is not None:
            return
        self.committee.clear()
        self.committee.addItem("按地点", "")
        members = [
            each
            for each in enrolment.status(self.desk.session)["members"]
            if each["role"] == "committee" and not each["revoked"]
        ]
        for each in sorted({(each["code"], each["name"], each["committee"]) for each in members}):
            self.committee.addItem(each[1], each[2])

    def _texts(self) -> dict[str, str]:
        return {
            "kind": self.kinds.value, "urgency": self.urgency.value, "place": self.place.text().strip(),
            **{key: line.text().strip() for key, line in self.lines.items()}, "external_due_at": self.due.text().strip(),
        }  # fmt: skip

    @property
    def dirty(self) -> bool:
        return self._texts() != self._before

    def _kind_chosen(self, name: str) -> None:
        self.urgency.choose(incidents.BY_NAME[name].urgency)
        self._say_calls()
        (self.lines["what"] if self.place.text().strip() else self.place).setFocus()

    def _placed(self) -> None:
        self.lines["what"].setFocus()

    def _say_calls(self) -> None:
        """Who acts first, as soon as kind and place are known."""
        kind = self.kinds.value
        if not kind:
            self.calls.setText(say("incident-form-call-later"))
            return
        where = {key: self.place.where.get(key, "") for key in ("building", "resident")}
        found = service.route(self.desk.session, kind, **where)
        told = [" ".join(filter(None, (each["who"], each["name"], each["phone"]))) for each in found]
        self.calls.setText(say("incident-form-call", calls="　→　".join(told)))

    # ---------------------------------------------------------------- writing

    def write(self) -> None:
        """Record or correct; what is wrong is said and nothing typed is lost."""
        try:
            done = self._recorded() if self.row is None else self._corrected(self.row)
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            return
        self._before = self._texts()
        self.saved.emit(done)

    def _recorded(self) -> dict[str, Any]:
        said = self._texts()
        if not said["kind"] and not said["what"]:
            raise UserError("incident-kind-needed")
        outer: dict[str, Any] = {key: said[key] for key in ("external_source", "external_number")}
        outer["external_due_at"] = self._due()
        return service.add(
            self.desk.session, kind=said["kind"], what=said["what"], place=said["place"], urgency=said["urgency"],
            reporter_name=said["reporter_name"], reporter_phone=said["reporter_phone"],
            committee=str(self.committee.currentData() or "") if self.centre else "", **{**self.place.where, **outer},
        )  # fmt: skip

    def _corrected(self, row: dict[str, Any]) -> dict[str, Any]:
        said = self._texts()
        told: dict[str, Any] = {key: value for key, value in said.items() if value != self._before[key]}
        if "external_due_at" in told:
            told["external_due_at"] = self._due()
        if "place" in told and self.place.where:
            told |= {"resident": "", "household": "", "building": "", **self.place.where}
        done = service.change(self.desk.session, row["id"], told)
        return {"id": done.id, "batch": done.batch}

    def _due(self) -> str:
        text = self.due.text().strip()
        return clock.written(moments.deadline(text, self.desk.session.now())) if text else ""

"""One small dialog for steps that need words: why, the fields, one verb; what is refused is said in it and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from app.domain import clock, dates
from app.domain.findings import UserError
from app.ui import errors, theme
from app.ui.dialogs import Dialog
from app.words import say

WIDTH = 480
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a step. choices: a list to choose from. kind: "text", "day" or "moment" (ISO in the answer)."""

    key: str
    title: str
    value: str = ""
    choices: Sequence[str] = ()
    required: bool = True
    hint: str = ""
    kind: str = "text"


class ActDialog(Dialog):
    """`run` does the step with what was filled in; `finished_well` is what it gave back."""

    def __init__(
        self, parent: QWidget, title: str, why: str, asks: Sequence[Ask], act: str, run: Callable[[Values], Any],
        today: date,
    ) -> None:  # fmt: skip
        super().__init__(parent, title)
        self.setFixedWidth(WIDTH)
        self.asks, self._run, self.today = asks, run, today
        self.answer: Any = None
        self.inputs: dict[str, QLineEdit | QComboBox] = {}
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary(act), theme.button("返回")
        self.body.setSpacing(theme.GAP[2])
        said = theme.soft(why)
        theme.only_if(bool(why), said)
        for widget in (theme.title(title), said, self._fields(), self.message, theme.row(1, self.cancel, self.act)):
            self.body.addWidget(widget)
        self.act.clicked.connect(self.write)
        self.cancel.clicked.connect(self.reject)
        for each in self.inputs.values():
            if isinstance(each, QLineEdit):
                each.returnPressed.connect(self.act.click)
        first = next((each for each in self.inputs.values() if isinstance(each, QLineEdit) and not each.text()), None)
        (first or next(iter(self.inputs.values()))).setFocus()

    def _fields(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        grid.setColumnStretch(1, 1)
        for at, ask in enumerate(self.asks):
            made: QLineEdit | QComboBox
            if ask.choices:
                made = theme.Choice()
                made.addItems([*ask.choices])
                made.setCurrentText(ask.value or ask.choices[0])
            else:
                made = QLineEdit(ask.value)
                made.setPlaceholderText(ask.hint or ("" if ask.required else say("act-optional")))
            name = theme.label(ask.title, "soft")
            name.setBuddy(made)
            made.setAccessibleName(ask.title)
            self.inputs[ask.key] = made
            grid.addWidget(name, at, 0)
            grid.addWidget(made, at, 1)
        return holder

    def values(self) -> Values:
        """What was filled in, days and times as they are stored. Raises UserError: case-fill, case-when."""
        found: Values = {}
        for ask in self.asks:
            given = self.inputs[ask.key]
            text = (given.currentText() if isinstance(given, QComboBox) else given.text()).strip()
            if not text and ask.required:
                given.setFocus()
                raise UserError("case-fill", title=ask.title)
            found[ask.key] = text if ask.kind == "text" or not text else self._time(ask, text)
        return found

    def _time(self, ask: Ask, text: str) -> Any:
        read = read_day(text, self.today) if ask.kind == "day" else read_moment(text, self.today)
        if read is None:
            self.inputs[ask.key].setFocus()
            raise UserError("case-when", title=ask.title)
        return read

    def write(self) -> None:
        try:
            self.answer = self._run(self.values())
        except UserError as error:
            self.message.setText(errors.words_of_field(error))
            self.message.show()
            self.adjustSize()  # the line comes on top of the fields: none of them is cut for it
            return
        self.accept()


def ask(
    parent: QWidget, title: str, why: str, asks: Sequence[Ask], act: str, run: Callable[[Values], Any],
    done: Callable[[Any], None], now: datetime,
) -> ActDialog:  # fmt: skip
    """Open it; `done` is told what `run` gave back once it went well."""
    dialog = ActDialog(parent, title, why, asks, act, run, now.date())
    dialog.accepted.connect(lambda: done(dialog.answer))
    dialog.open()
    return dialog


def read_day(text: str, today: date) -> date | None:
    """A whole day however it is written; without a year this year's."""
    return clock.day(dates.read(text, year=today.year))


def read_moment(text: str, today: date) -> str | None:
    """A time however it is written, as it is stored: `18:30` is today's, a day alone its first minute."""
    day, _, time = text.replace("：", ":").strip().rpartition(" ")
    if not text.strip():
        return None
    if ":" not in time:
        day, time = text, "00:00"
    on = read_day(day, today) if day.strip() else today
    at = clock.moment(f"{on}T{time.zfill(5)}") if on else None
    return clock.written(at) if at else None


def optional(given: Mapping[str, Any]) -> Values:
    """What was filled in of it."""
    return {key: value for key, value in given.items() if value not in (None, "")}

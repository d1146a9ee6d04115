"""Parts of a case's page: its checks day by day, the three who are responsible, and its stages in a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain import isolation
from app.ui import theme
from app.words import say

Values = dict[str, Any]
DAYS_IN_A_LINE = 14
SLOT_WORDS = {"am": "上午", "pm": "下午"}
CONTACTS = (("officer", "居委"), ("police", "民警"), ("doctor", "医生"))
ROAD = re.compile(r"^\D+(?=\d+弄)")
CELL = 28


class CheckGrid(QWidget):
    """Days × morning and evening. A mark says whether it is there, a tooltip in words by whom; `chosen` with day, slot."""

    chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(0)
        self.grid.setVerticalSpacing(0)
        self.cells: dict[tuple[str, str], QPushButton] = {}

    def show_case(self, row: Values, until: date, *, revealed: bool, may_write: bool) -> None:
        """The case's days up to its end, or to today where it goes on after it."""
        while (item := self.grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.cells = {}
        stages = isolation.stages_of(row)
        if not stages:
            return
        told = {(str(check.get("on")), str(check.get("slot"))): check for check in row.get("checks") or ()}
        missing = {tuple(each) for each in row.get("missing") or ()}
        wanted = {(day.isoformat(), slot) for day, slot in isolation.owed_checks(stages, stages[-1].end)}
        days = _days(stages, until, told)
        for at, day in enumerate(days):
            self._day(at, day, until)
            for line, slot in enumerate(("am", "pm"), 1):
                key = (day.isoformat(), slot)
                if key in wanted or key in told:
                    made = _mark(key, told.get(key), key in missing, revealed=revealed, may_write=may_write)
                    made.clicked.connect(partial(self.chosen.emit, *key))
                    self.cells[key] = made
                    block, column = divmod(at, DAYS_IN_A_LINE)
                    self.grid.addWidget(made, block * 3 + line, column + 1)
        for block in range((len(days) - 1) // DAYS_IN_A_LINE + 1):
            for line, slot in enumerate(("am", "pm"), 1):
                self.grid.addWidget(theme.label(SLOT_WORDS[slot], "small"), block * 3 + line, 0)
        self.grid.setColumnStretch(DAYS_IN_A_LINE + 1, 1)

    def _day(self, at: int, day: date, today: date) -> None:
        block, column = divmod(at, DAYS_IN_A_LINE)
        first = at == 0 or day.day == 1 or column == 0
        made = theme.label(f"{day.month}/{day.day}" if first else str(day.day), "strong" if day == today else "small")
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setToolTip(day.isoformat())
        self.grid.addWidget(made, block * 3, column + 1)


def _days(stages: Sequence[isolation.Stage], until: date, told: Mapping[tuple[str, str], Values]) -> list[date]:
    """Days at home, those after the end only as far as somebody looked; a hotel's days are not ours."""
    home = isolation.at_home(stages) or stages
    first, last = home[0].start, home[-1].end
    for on, _ in told:
        if len(on) == 10 and last.isoformat() < on <= until.isoformat():
            last = date.fromisoformat(on)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _mark(key: tuple[str, str], check: Values | None, missing: bool, *, revealed: bool, may_write: bool) -> QPushButton:
    """One check as a button: ● there, △ in vain, ○ lacking, · still to come."""
    mark, said = "·", say("case-check-later")
    if check is not None and check.get("reached") is False:
        mark, said = "△", say("case-check-tried")
    elif check is not None:
        mark, said = "●", check_words(check, revealed=revealed)
    elif missing:
        mark, said = "○", say("case-check-missing")
    if revealed and check is not None and check.get("temperature"):
        mark = str(check["temperature"])
    made = theme.button(mark, "mark")
    made.setFlat(True)
    made.setFixedSize(CELL, 24)
    made.setStyleSheet(
        f"padding: 0; border: 0; background: transparent; font-size: {theme.TABLE - 1.5 * (len(mark) > 1)}pt; color: {_tone(mark)};"
    )
    about = f"{key[0]} {SLOT_WORDS[key[1]]} {said}"
    made.setToolTip(theme.tip(about))
    made.setAccessibleName(about)
    made.setEnabled(may_write and mark != "·")
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if mark in "○△" else Qt.FocusPolicy.ClickFocus)
    return made


def _tone(mark: str) -> str:
    return {"●": theme.OK, "△": theme.ATTENTION, "○": theme.DANGER, "·": theme.INK_FAINT}.get(mark, theme.INK)


def check_words(check: Values, *, revealed: bool) -> str:
    """What may be said of a check: how and by whom; what it was only once it was opened."""
    words = [str(check.get("mode") or ""), str(check.get("by") or "")]
    if revealed:
        words += [str(check[key]) for key in ("temperature", "symptoms", "test") if check.get(key)]
    if check.get("sampled"):
        words.append(say("case-check-sampled"))
    if check.get("result_in"):
        words.append(say("case-check-result"))
    return " ".join(word for word in words if word) or say("round-was-done")


class Contacts(QWidget):
    """居委, 民警, 医生 with their telephones, to be mended in place. `edited` when something was typed."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.inputs: dict[str, QLineEdit] = {}
        self._shown: dict[str, str] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[1])
        grid.setVerticalSpacing(theme.GAP[0])
        for at, (key, title) in enumerate(CONTACTS):
            grid.addWidget(theme.label(title, "soft"), at, 0)
            for column, (part, words) in enumerate((("name", "姓名"), ("phone", "电话")), 1):
                made = QLineEdit()
                made.setPlaceholderText(words)
                made.setAccessibleName(f"{title}{words}")
                made.textEdited.connect(lambda _: self.edited.emit())
                self.inputs[f"{key}_{part}"] = made
                grid.addWidget(made, at, column)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)

    def show_values(self, row: Mapping[str, Any], *, may_write: bool) -> None:
        self._shown = {key: str(row.get(key) or "") for key in self.inputs}
        for key, made in self.inputs.items():
            made.setText(self._shown[key])
            made.setCursorPosition(0)
            made.setReadOnly(not may_write)

    def changed(self) -> Values:
        """What was typed, by field; None for what was emptied."""
        return {
            key: made.text().strip() or None for key, made in self.inputs.items()
            if made.text().strip() != self._shown.get(key, "")
        }  # fmt: skip

    def filled(self) -> Values:
        """Everything that is not empty."""
        return {key: made.text().strip() for key, made in self.inputs.items() if made.text().strip()}


class StageLine(QWidget):
    """The stages of a case below each other, the present one strong, with days and test days."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)
        self.lines: list[QLabel] = []

    def show_stages(self, stages: Sequence[isolation.Stage], on: date) -> None:
        while (item := self.column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.lines = []
        for stage in stages:
            now = stage.start <= on <= stage.end
            made = theme.label(stage_words(stage) + (say("case-stage-now") if now else ""), "strong" if now else "soft")
            self.lines.append(made)
            self.column.addWidget(made)


def stage_words(stage: isolation.Stage) -> str:
    tests = "、".join(short_day(day) for day in stage.tests)
    return say(
        "case-stage-tests" if tests else "case-stage", measure=stage.measure, start=short_day(stage.start),
        end=short_day(stage.end), days=stage.days, tests=tests,
    )  # fmt: skip


def short_place(row: Values) -> str:
    """`187弄7号 301`: a road's name says little within a committee, and would hide what follows it."""
    return " ".join(filter(None, (ROAD.sub("", str(row.get("building_name") or "")), str(row.get("room") or ""))))


def short_door(row: Values) -> str:
    """The same of a row that has its door in words already."""
    return ROAD.sub("", str(row.get("short_door") or "")).replace("弄 ", "弄")


def short_day(day: date) -> str:
    """`5月25日`."""
    return say("short-day", month=day.month, day=day.day)


def errand_words(row: Values) -> str:
    kind, what = str(row.get("kind") or ""), str(row.get("what") or "")
    said = kind if what in ("", kind) else say("case-errand", kind=kind, what=what)
    return said + (say("case-errand-due", due=row["due"]) if row.get("due") else "")

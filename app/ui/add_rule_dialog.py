"""新增规则: stages as rows, how days are counted, from when to when it holds; what a case by it would be is said meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain import clock
from app.domain import isolation as cases
from app.domain import isolation_rules as settings
from app.domain.fields import MEASURES
from app.domain.findings import UserError
from app.domain.isolation import MOST_STAGES, CountFrom, ReleaseAt, Rule, Step
from app.services import isolation_rules
from app.ui import errors, theme
from app.ui.act_dialog import read_day
from app.ui.case_parts import short_day
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.words import say

WIDTH = 660


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage as it is filled in."""

    whole: QWidget
    measure: theme.Choice
    days: QLineEdit
    tests: QLineEdit
    away: QPushButton


class AddRuleDialog(Dialog):
    """`row` (its id), `code` and `batch` are what was written, after it was accepted."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, say("rule-add-title"))
        self.desk = desk
        self.row, self.code, self.batch = "", "", ""
        self.stages: list[StageRow] = []
        self.setFixedWidth(WIDTH)
        self._build()
        self.add_stage()
        self.name.setFocus()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.name, self.note = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText(say("rule-name-hint"))
        self.note.setPlaceholderText(say("rule-note-hint"))
        self.counted, self.released = theme.Choice(), theme.Choice()
        for each in CountFrom:
            self.counted.addItem(say(f"rule-count-{each.value}"), each.value)
        for way in ReleaseAt:
            self.released.addItem(say(f"rule-release-{way.value}"), way.value)
        today = self.desk.session.now().astimezone(clock.SHANGHAI).date()
        self.since, self.until = QLineEdit(today.isoformat()), QLineEdit()
        self.until.setPlaceholderText(say("rule-until-hint"))
        self.co_residents, self.own_notice = QCheckBox(say("rule-also-co")), QCheckBox(say("rule-also-notice"))
        self.more = theme.button(say("rule-stage-add"), "link", "plus")
        self.preview = theme.label("", "strong", wrap=True)
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary(say("rule-add-act")), theme.button("返回")
        holder = QWidget()
        self.rows = QVBoxLayout(holder)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(theme.GAP[0])
        for widget in (
            theme.title(say("rule-add-title")), theme.soft(say("rule-add-centre" if self._centre else "rule-add-own")),
            self._grid((("规则名称", self.name), ("依据", self.note))), theme.label("阶段", "group"), holder, theme.row(self.more, 1),
            self._grid((
                ("起算", self.counted), (say("rule-over"), self.released), ("施行日期", self.since), ("停止日期", self.until),
            )),
            theme.row(self.co_residents, self.own_notice, 1), self.preview, self.message,
            theme.row(1, self.cancel, self.act),
        ):  # fmt: skip
            self.body.addWidget(widget)
        for box in (self.counted, self.released):
            box.currentIndexChanged.connect(lambda _: self._tell())
        self.more.clicked.connect(lambda: self.add_stage().measure.setFocus())
        self.cancel.clicked.connect(self.reject)
        self.act.clicked.connect(self.write)

    @property
    def _centre(self) -> bool:
        return self.desk.session.role == "centre"

    def _grid(self, fields: tuple[tuple[str, QWidget], ...]) -> QWidget:
        """Two fields in a line."""
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        for at, (title, field) in enumerate(fields):
            words = theme.label(title, "soft")
            words.setBuddy(field)
            field.setAccessibleName(title)
            grid.addWidget(words, at // 2, at % 2 * 2)
            grid.addWidget(field, at // 2, at % 2 * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return made

    def add_stage(self) -> StageRow:
        """One more row, as far as a rule may have them."""
        number = len(self.stages) + 1
        measure, days, tests = theme.Choice(), QLineEdit(), QLineEdit()
        measure.addItems(MEASURES)
        measure.setCurrentText(MEASURES[1])
        for field, title, wide in (
            (measure, "方式", 150), (days, "天数", 64), (tests, "采样日", 210),
        ):  # fmt: skip
            field.setAccessibleName(say("rule-stage-field", number=number, title=title))
            field.setFixedWidth(wide)
        tests.setPlaceholderText(say("rule-tests-hint"))
        away = theme.button("去掉", "link")
        away.setAccessibleName(say("rule-stage-away", number=number))
        whole = theme.row(measure, days, theme.label("天", "soft"), theme.label("采样", "soft"), tests, away, 1)
        made = StageRow(whole, measure, days, tests, away)
        self.stages.append(made)
        self.rows.addWidget(whole)
        measure.currentIndexChanged.connect(lambda _: self._tell())
        for text in (days, tests):
            text.textEdited.connect(lambda _: self._tell())
        away.clicked.connect(lambda: self._drop(made))
        self._count()
        return made

    def _drop(self, stage: StageRow) -> None:
        self.stages.remove(stage)
        self.rows.removeWidget(stage.whole)
        stage.whole.hide()
        stage.whole.deleteLater()
        self._count()

    def _count(self) -> None:
        """The only stage stays; beyond the most there is no more."""
        for each in self.stages:
            each.away.setEnabled(len(self.stages) > 1)
        self.more.setEnabled(len(self.stages) < MOST_STAGES)
        self._tell()
        if self.isVisible():
            self.adjustSize()

    # ---------------------------------------------------------------- what it says

    def steps(self) -> tuple[Step, ...]:
        """Raises UserError("rule-stage-wrong") for the first that cannot be read."""
        return tuple(
            settings.read_step(number, each.measure.currentText(), each.days.text(), each.tests.text())
            for number, each in enumerate(self.stages, 1)
        )

    def _tell(self) -> None:
        """When a case that began today by this rule would end, before anything is written."""
        try:
            steps = self.steps()
        except UserError:
            self.preview.setText(say("rule-preview-none"))
            return
        rule = Rule("", steps, CountFrom(self.counted.currentData()), ReleaseAt(self.released.currentData()))
        self.preview.setText(preview(rule, self.desk.session.now().astimezone(clock.SHANGHAI).date()))

    def write(self) -> None:
        """Write it; what is wrong is said and the dialog stays."""
        session = self.desk.session
        try:
            done = isolation_rules.add_rule(
                session, code=self.name.text(), steps=self.steps(), count_from=self.counted.currentData(),
                release_at=self.released.currentData(), valid_from=self._day(self.since, "施行日期"),
                valid_until=self._day(self.until, "停止日期"), co_residents=self.co_residents.isChecked(),
                own_notice=self.own_notice.isChecked(), note=self.note.text(),
            )  # fmt: skip
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            self.adjustSize()
            return
        self.row, self.code, self.batch = done.id, self.name.text().strip(), done.batch
        self.accept()

    def _day(self, field: QLineEdit, title: str) -> date | None:
        """None where nothing stands: open."""
        if not field.text().strip():
            return None
        read = read_day(field.text(), self.desk.session.now().date())
        if read is None:
            field.setFocus()
            raise UserError("case-when", title=title)
        return read


def preview(rule: Rule, start: date) -> str:
    """What a case by the rule would be if its counting began with `start`."""
    stages = cases.open_case(rule, start)
    first, last = stages[0].start, stages[-1].end
    tests = [(day - first).days + 1 for stage in stages for day in stage.tests]
    over = say(f"rule-over-{rule.release_at.value}", end=short_day(last), next=short_day(cases.day_after(last)))
    days = "、".join(str(day) for day in tests)
    return say(
        "rule-preview-tests" if tests else "rule-preview", start=short_day(start), over=over, tests=days,
        days=(last - first).days + 1,
    )  # fmt: skip

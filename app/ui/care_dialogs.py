"""Three small questions of care: what came of a contact, which plan for these people, and why a plan rests or ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from app.domain import care as plans
from app.domain import dates
from app.domain.fields import CARE_RESULTS, VISIT_MODES
from app.domain.findings import UserError
from app.services import care
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.words import say

WIDTH = 480
OWN = "自定"


def day_in(box: QLineEdit) -> date | None:
    """The day that is written there, None for nothing. Raises UserError("day-invalid")."""
    text = box.text().strip()
    if not text:
        return None
    try:
        return date.fromisoformat(dates.read(text) or "")
    except ValueError:
        raise UserError("day-invalid", value=text) from None


def line(name: str, text: str = "", hint: str = "") -> QLineEdit:
    made = QLineEdit(text)
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


def choice(name: str, words: Sequence[str], chosen: str = "") -> theme.Choice:
    made = theme.Choice()
    made.setAccessibleName(name)
    made.addItems(list(words))
    if chosen:
        made.setCurrentText(chosen)
    return made


class _Asking(Dialog):
    """A form, a message below it, and one act; what is wrong is said and the dialog stays."""

    def __init__(self, parent: QWidget, desk: Desk, title: str, act: str) -> None:
        super().__init__(parent, title)
        self.desk = desk
        self.setFixedWidth(WIDTH)
        self.done_: Any = None
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(theme.GAP[2])
        self.form.setVerticalSpacing(theme.GAP[1])
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary(act), theme.button("返回")
        self.cancel.clicked.connect(self.reject)

    def rows(self, *rows: tuple[str, QWidget]) -> None:
        self.body.addLayout(self.form)  # before a row of it may be hidden or shown
        for name, widget in rows:
            self.form.addRow(theme.label(name, "soft"), widget)
            if isinstance(widget, QLineEdit):
                widget.returnPressed.connect(self.act.click)

    def end(self, save: Callable[[], None]) -> None:
        """The last lines: what is wrong, and the act."""
        self.act.clicked.connect(save)
        self.body.addWidget(self.message)
        self.body.addWidget(theme.row(1, self.cancel, self.act))

    def attempt(self, work: Callable[[], Any]) -> None:
        try:
            self.done_ = work()
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            self.adjustSize()
            return
        self.accept()


class DoneDialog(_Asking):
    """Enter twice is 已完成, today, as the plan has it, by whoever works."""

    def __init__(self, parent: QWidget, desk: Desk, plan: dict[str, Any], name: str) -> None:
        super().__init__(parent, desk, "登记联系", "登记已完成")
        self.plan = plan
        self.outcome = choice("结果", CARE_RESULTS)
        self.on = line("日期", desk.session.now().date().isoformat())
        self.mode = choice("方式", VISIT_MODES, str(plan.get("mode") or ""))
        self.by = line("服务人", desk.session.account)
        self.note = line("备注", "", "见到什么、说了什么")
        self.sensitive = line("敏感备注", "", "病情等，加密保存")
        self.follow_up = line("跟进日期", "", "不写为第二天")
        self.body.addWidget(theme.title(f"{name}　{plan['kind']}"))
        self.rows(
            ("结果", self.outcome), ("日期", self.on), ("方式", self.mode), ("服务人", self.by), ("备注", self.note),
            ("敏感备注", self.sensitive), ("跟进日期", self.follow_up),
        )  # fmt: skip
        self.form.setRowVisible(self.sensitive, desk.session.ring is not None)
        self.end(self.save)
        self.outcome.currentTextChanged.connect(self._chosen)
        self._chosen(self.outcome.currentText())
        self.act.setFocus()

    def _chosen(self, result: str) -> None:
        self.act.setText(f"登记{result}")
        self.form.setRowVisible(self.follow_up, result == plans.FOLLOW)

    def save(self) -> None:
        follow = self.follow_up if self.outcome.currentText() == plans.FOLLOW else None
        self.attempt(lambda: care.done(
            self.desk.session, self.plan["id"], result=self.outcome.currentText(), on=day_in(self.on),
            mode=self.mode.currentText(), by=self.by.text().strip(), note=self.note.text(),
            note_sensitive=self.sensitive.text(), follow_up=day_in(follow) if follow is not None else None,
        ))  # fmt: skip


class PlanDialog(_Asking):
    """One plan for everybody who is named."""

    def __init__(self, parent: QWidget, desk: Desk, residents: Sequence[str], what: str) -> None:
        super().__init__(parent, desk, "制定关爱计划", f"为 {len(residents)} 人制定计划")
        self.residents = list(residents)
        self.kind = choice("服务", (*plans.KINDS, OWN))
        self.own = line("服务名称", "", "如 助浴、陪诊")
        self.every = line("间隔天数")
        self.mode = choice("方式", VISIT_MODES)
        self.start = line("开始日期", desk.session.now().date().isoformat())
        self.until = line("结束日期", "", "长期的不写")
        self.worker = line("负责人", "", "社工或志愿者姓名")
        self.body.addWidget(theme.title(what))
        self.body.addWidget(theme.soft(say("care-plan-once")))
        self.rows(
            ("服务", self.kind), ("服务名称", self.own), ("多少天一次", self.every), ("方式", self.mode),
            ("开始日期", self.start), ("结束日期", self.until), ("负责人", self.worker),
        )  # fmt: skip
        self.end(self.save)
        self.kind.currentTextChanged.connect(self._chosen)
        self._chosen(self.kind.currentText())
        self.kind.setFocus()

    def _chosen(self, name: str) -> None:
        kind = plans.KINDS.get(name)
        self.form.setRowVisible(self.own, kind is None)
        self.form.setRowVisible(self.every, kind is None or not kind.holidays)
        self.every.setText(str(kind.every) if kind else "")
        self.mode.setCurrentText(kind.mode if kind else VISIT_MODES[0])

    def save(self) -> None:
        self.attempt(self._plan)

    def _plan(self) -> dict[str, Any]:
        name = self.kind.currentText() if self.kind.currentText() != OWN else self.own.text()
        every = self.every.text().strip()
        if every and not every.isdecimal():
            raise UserError("care-every", kind=name, longest=plans.LONGEST)
        return care.plan(
            self.desk.session, self.residents, kind=name, every=int(every) if every else None,
            mode=self.mode.currentText(), start=day_in(self.start), until=day_in(self.until),
            worker=self.worker.text().strip(),
        ) | {"kind": name}  # fmt: skip


PAUSE, PROLONG, END = "暂停计划", "延长计划", "结束计划"


class WhyDialog(_Asking):
    """Why a plan rests (until when) or ends; or how much longer it lasts. step: what the act is called."""

    def __init__(self, parent: QWidget, desk: Desk, plan: dict[str, Any], name: str, step: str) -> None:
        super().__init__(parent, desk, step, step)
        self.plan, self.step = plan, step
        self.why = QPlainTextEdit()
        self.why.setAccessibleName("原因")
        self.why.setTabChangesFocus(True)
        self.why.setFixedHeight(72)
        again = plans.later(desk.session.now().date(), plans.PAUSE).isoformat() if step == PAUSE else ""
        self.until = line("哪天为止" if step == PROLONG else "恢复日期", again, "长期的不写" if step == PROLONG else "")
        self.body.addWidget(theme.title(f"{name}　{plan['kind']}"))
        self.rows(("原因", self.why), ("哪天为止" if step == PROLONG else "哪天恢复", self.until))
        self.form.setRowVisible(self.until, step != END)
        self.form.setRowVisible(self.why, step != PROLONG)
        self.end(self.save)
        (self.until if step == PROLONG else self.why).setFocus()

    def save(self) -> None:
        session, row, why = self.desk.session, self.plan["id"], self.why.toPlainText()
        if self.step == PAUSE:
            self.attempt(lambda: care.pause(session, row, why=why, resume_on=day_in(self.until)))
        elif self.step == PROLONG:
            self.attempt(lambda: care.prolong(session, row, day_in(self.until)))
        else:
            self.attempt(lambda: care.end(session, row, why=why))


def tell_planned(desk: Desk, done: dict[str, Any]) -> None:
    """How many plans were made, and for whom not."""
    who = "、".join(f"{each['name']}{each['why']}" for each in done["left"][:5])
    told = {**done, "left": len(done["left"]), "who": who or "—"}
    rest = "none" if not (done["already"] or done["left"]) else "left" if done["left"] else "known"
    code = {"none": "care-planned", "known": "care-planned-known", "left": "care-planned-more"}[rest]
    if not done["made"]:
        code = "care-planned-none" if done["left"] else "care-planned-all-known"
    desk.notify(say(code, **told), done["batch"])

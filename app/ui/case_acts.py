"""The steps of a case as buttons: which may follow, the words each needs, and why another one may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.domain import isolation as cases
from app.domain.fields import CHECK_MODES
from app.domain.findings import UserError
from app.services import isolation, records
from app.ui import act_dialog, errors, theme
from app.ui.act_dialog import Ask
from app.ui.case_parts import SLOT_WORDS
from app.ui.desk import Desk
from app.words import say

Values = dict[str, Any]
SLOTS = {words: slot for slot, words in SLOT_WORDS.items()}
TESTS = ("阴性", "阳性", "待出")
LEAVING = ("转集中", "转院", "转出")
DUE = "期满待解除"


@dataclass(frozen=True, slots=True)
class Act:
    """One step: key (words `case-act-<key>`), whether it may follow, else the words that say why not."""

    key: str
    allowed: bool
    why: str = ""


def acts_for(row: Values) -> list[Act]:
    """Every step, those that may follow and those that may not with the reason."""
    state = str(row["state"])
    may = set(cases.STEPS.possible(str(row.get("recorded") or state)))
    running = state in cases.ACTIVE
    ended = say("case-not-ended", state=state) if running else ""
    over = "" if running else say("case-is-over", state=state)
    left = say("case-not-due", end=row["end"]) if running and state != DUE else over
    return [
        Act("take", state == "待接", over or say("case-not-waiting", state=state)),
        Act("close", state == DUE, left),
        Act("early", running and state != DUE, over or say("case-is-due")),
        Act("result", running, over),
        Act("check", state in cases.UNDER_WAY, over or say("case-not-taken")),
        Act("transfer", bool(may & set(LEAVING)), say("case-is-over", state=state)),
        Act("escalate", running, over),
        Act("breach", running, over),
        Act("alert", bool(row.get("alert")), say("case-no-alert")),
        Act("notice", state == DUE or not running, say("case-notice-early")),
        Act("reopen", state in cases.ENDED, ended),
    ]


class CaseActs:
    """Asks what a step needs, does it, tells the desk and `done`. widget: what the dialogs lie over."""

    def __init__(self, widget: QWidget, desk: Desk, done: Callable[[], None]) -> None:
        self.widget, self.desk, self._done = widget, desk, done
        self.row: Values = {}

    @property
    def name(self) -> str:
        return str(self.row.get("name") or "")

    def run(self, key: str) -> None:
        """The step of a button or a line of the menu."""
        getattr(self, f"do_{key}")()

    def _at_once(self, act: Callable[[], Any], code: str, **words: Any) -> None:
        try:
            done = act()
        except UserError as error:
            self.desk.error(error)
            return
        self._told(done, code, **words)

    def _told(self, done: Any, code: str, **words: Any) -> None:
        batch = done["batch"] if isinstance(done, dict) else getattr(done, "batch", "")
        self._done()
        self.desk.notify(say(code, name=self.name, **words), batch)

    def _ask(
        self, key: str, why: str, asks: list[Ask], run: Callable[[Values], Any], code: str,
        words: Callable[[], Values] = dict,
    ) -> None:  # fmt: skip
        title = say(f"case-act-{key}").rstrip("…")
        given: Values = {}

        def kept(values: Values) -> Any:
            given.update(values)
            return run(values)

        act_dialog.ask(
            self.widget, f"{title}：{self.name}", why, asks, say(f"case-do-{key}"), kept,
            lambda done: self._told(done, code, **{key: value for key, value in given.items() if key != "name"}),
            self.desk.session.now(),
        )  # fmt: skip

    # ---------------------------------------------------------------- steps

    def do_take(self) -> None:
        self._at_once(lambda: isolation.step(self.desk.session, self.row["id"], "在管"), "case-stepped", state="在管")

    def do_close(self) -> None:
        question = say("case-close-ask", name=self.name, rule=self.row["rule"], end=self.row["end"])
        if errors.ask(self.widget, question, f"解除{self.name}的隔离", "返回") == "返回":
            return
        reason = say("case-reason-due")
        self._at_once(lambda: isolation.close(self.desk.session, self.row["id"], reason=reason), "case-closed")

    def do_early(self) -> None:
        asks = [Ask("reason", say("case-reason")), Ask("approved_by", say("case-approved"))]
        self._ask("early", say("case-early-why", end=self.row["end"]), asks,
                  lambda given: isolation.close(self.desk.session, self.row["id"], **given), "case-closed")  # fmt: skip

    def do_transfer(self) -> None:
        recorded = str(self.row.get("recorded") or self.row["state"])
        possible = [each for each in LEAVING if each in cases.STEPS.possible(recorded)]
        asks = [
            Ask("state", say("case-kind"), choices=possible), Ask("receiver_unit", "接收单位"),
            Ask("receiver_name", "接收人", required=False, hint=say("case-left-needs")),
            Ask("receiver_phone", "接收人电话", required=False, hint=say("case-left-needs")),
            Ask("handed_over_at", "移交时间", self.now_words, kind="moment"),
        ]  # fmt: skip
        self._ask("transfer", say("case-transfer-why"), asks,
                  lambda given: isolation.transfer(self.desk.session, self.row["id"], **given), "case-transferred")  # fmt: skip

    def do_reopen(self) -> None:
        self._ask("reopen", say("case-reopen-why"), [Ask("why", say("case-reason"))],
                  lambda given: isolation.reopen(self.desk.session, self.row["id"], **given), "case-reopened")  # fmt: skip

    def do_escalate(self) -> None:
        asks = [Ask("to", say("case-to"), hint="街道防控办、社区民警……")]
        self._ask("escalate", say("case-escalate-why"), asks,
                  lambda given: isolation.escalate(self.desk.session, self.row["id"], **given), "case-escalated-now")  # fmt: skip

    def do_breach(self) -> None:
        self._ask("breach", say("case-breach-why"), [Ask("what", say("case-what"), hint="何时、何地、怎样发现")],
                  lambda given: isolation.breach(self.desk.session, self.row["id"], **given), "case-breach-noted")  # fmt: skip

    def do_alert(self) -> None:
        self._ask("alert", say("case-alert-why"), [Ask("note", say("case-done-how"))],
                  lambda given: isolation.alert_done(self.desk.session, self.row["id"], **given), "case-alert-noted")  # fmt: skip

    def do_result(self) -> None:
        asks = [Ask("test", say("case-test"), choices=TESTS), Ask("on", say("case-on"), self.today, kind="day")]
        self._ask(
            "result", say("case-result-why"), asks,
            lambda given: isolation.result(self.desk.session, self.row["id"], test=given["test"], on=given["on"]),
            "case-result-noted",
        )  # fmt: skip

    def do_check(self, on: str = "", slot: str = "") -> None:
        """One check, of a day and slot; with a temperature or words, or in vain."""
        reached = (say("case-yes"), say("case-no"))
        now = self.desk.session.now()
        slot_words = SLOT_WORDS[slot or ("pm" if now.hour >= 14 else "am")]
        kept = self.desk.settings
        asks = [
            Ask("on", say("case-on"), on or self.today, kind="day"),
            Ask("slot", say("case-slot"), slot_words, choices=tuple(SLOTS)),
            Ask("reached", say("case-reached"), choices=reached), Ask("mode", "方式", str(kept.get(
                self.desk.once("round/mode"), "电话")), choices=CHECK_MODES),
            Ask("by", "登记人", self.desk.session.account), Ask("temperature", "体温", required=False, hint="36.8"),
            Ask("symptoms", "症状", required=False, hint="无症状，或写明症状"),
        ]  # fmt: skip
        self._ask("check", say("case-check-why"), asks, partial(self._check, reached[0]), "case-check-noted")

    def _check(self, yes: str, given: Values) -> Any:
        return isolation.check(
            self.desk.session, self.row["id"], on=given["on"], slot=SLOTS[given["slot"]], mode=given["mode"],
            by=given["by"], temperature=given["temperature"], symptoms=given["symptoms"], reached=given["reached"] == yes,
        )  # fmt: skip

    def do_notice(self) -> None:
        asks = [
            Ask("notice_number", "编号", str(self.row.get("notice_number") or "")),
            Ask("notice_issuer", "开具单位", str(self.row.get("notice_issuer") or ""), hint="社区卫生服务中心"),
            Ask("notice_handed_to", "签收人", str(self.row.get("notice_handed_to") or self.name)),
            Ask("notice_handed_at", "送达时间", self.now_words, kind="moment"),
        ]  # fmt: skip
        self._ask("notice", say("case-notice-why"), asks,
                  lambda given: records.change(self.desk.session, "isolation_case", self.row["id"], given),
                  "case-notice-noted")  # fmt: skip

    @property
    def today(self) -> str:
        return date.isoformat(self.desk.session.now().date())

    @property
    def now_words(self) -> str:
        return self.desk.session.now().isoformat(sep=" ")[:16]


FIRST = ("take", "close", "result", "escalate", "alert")
"""Steps with a button of their own; the others stand under 更多."""


class ActButtons(QWidget):
    """The buttons of a case: the step that is next in colour, those that may not follow away, the rest in a menu."""

    def __init__(self, acts: CaseActs) -> None:
        super().__init__()
        self.acts = acts
        self.buttons = {key: theme.button(say(f"case-act-{key}")) for key in FIRST}
        self.more = theme.button(say("case-act-more"), "menu")
        self.menu = QMenu(self.more)
        self.menu.setToolTipsVisible(True)
        self.more.setMenu(self.menu)
        self.lines: dict[str, QAction] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[1])
        for made in (*self.buttons.values(), self.more):
            line.addWidget(made)
        line.addStretch(1)
        for key, made in self.buttons.items():
            made.hide()  # until a case says which of them may follow, or all of them would ask for room
            made.clicked.connect(partial(self.acts.run, key))

    def show_case(self, row: Values, *, may_write: bool) -> None:
        self.acts.row = row
        self.menu.clear()
        self.lines = {}
        first = {"待接": "take", DUE: "close"}.get(str(row["state"]), "")
        first = "alert" if row.get("alert") else "escalate" if row.get("escalate") else first
        for act in acts_for(row):
            if act.key in self.buttons:
                made = self.buttons[act.key]
                shown = (
                    may_write
                    and act.allowed
                    and (act.key != "escalate" or (bool(row.get("escalate")) and not row.get("alert")))
                )
                made.setVisible(shown)
                made.setObjectName("primary" if act.key == first else "")
                made.style().unpolish(made)
                made.style().polish(made)
                if shown:
                    continue
            words = say(f"case-act-{act.key}")
            line = self.menu.addAction(words if act.allowed else f"{words.rstrip('…')}　（{act.why}）")
            line.setEnabled(act.allowed)
            line.triggered.connect(lambda _=False, key=act.key: self.acts.run(key))
            self.lines[act.key] = line
        self.more.setVisible(may_write)

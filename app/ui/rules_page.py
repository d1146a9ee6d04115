"""隔离规则: policy changes overnight, so how people isolate is a list with dates; here it is read, added to and ended.

What comes with the program cannot be changed; a committee's own rule goes before the street's, and that before the program's.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.domain import clock
from app.services import isolation_rules
from app.services.records import Change
from app.ui import act_dialog, theme
from app.ui.act_dialog import Ask
from app.ui.add_rule_dialog import AddRuleDialog
from app.ui.desk import Desk, Page
from app.ui.tables import Column, Row, Table
from app.words import say

READ_FOR = frozenset({"all", "isolation_rule"})
NOW, LATER, ENDED, BROKEN = "now", "later", "ended", "broken"
ORDER = (NOW, LATER, ENDED, BROKEN)
TONES = {LATER: theme.ATTENTION, ENDED: theme.INK_SOFT, BROKEN: theme.DANGER}


class RulesPage(Page):
    """A table of the rules, those that hold first; two acts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.centre = desk.session.role == "centre"
        self._build()
        self._connect()

    def _build(self) -> None:
        self.table = Table([
            Column("code", "规则", 64), Column("when", "状态", 64, lambda value: say(f"rule-when-{value}"), tone=_tone),
            Column("whose", "来源", 76, lambda value: say(f"rule-whose-{value}")), Column("stages", "阶段"),
            Column("counted", "起算", 86), Column("released", say("rule-over"), 110), Column("dates", "施行日期", 116),
            Column("also", "另外", 144), Column("note", "依据", 104),
        ], remember=(self.desk.settings, "isolation-rules"), wrap=True)  # fmt: skip
        self.table.setAccessibleName("隔离规则")
        self.add = theme.primary(say("rule-add"), "plus")
        self.end = theme.button(say("rule-end-none"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP[1], 0, 0)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.soft(say("rules-why-centre" if self.centre else "rules-why")))
        column.addWidget(theme.row(1, self.end, self.add))
        column.addWidget(self.table, 1)

    def _connect(self) -> None:
        self.table.chosen.connect(lambda _: self._offer())
        self.add.clicked.connect(self.ask_new)
        self.end.clicked.connect(self.ask_end)

    # ---------------------------------------------------------------- showing

    def go(self) -> None:
        self.refresh({"all"})

    def refresh(self, changed: set[str]) -> None:
        if READ_FOR.isdisjoint(changed):
            return
        kept = self.table.current()
        rows = [told(row, self._today()) for row in isolation_rules.rules(self.desk.session)]
        self.table.set_rows(sorted(rows, key=lambda row: ORDER.index(row["when"])))
        if not (kept and self.table.choose("key", kept["key"])):
            self.table.selectRow(0)
        self._offer()

    def _today(self) -> date:
        return self.desk.session.now().astimezone(clock.SHANGHAI).date()

    def _offer(self) -> None:
        row = self._mine()
        self.end.setEnabled(row is not None)
        self.end.setText(say("rule-end", code=row["code"]) if row else say("rule-end-none"))

    def _mine(self) -> Row | None:
        """The chosen one if it was written here and has no end behind it."""
        row = self.table.current()
        own = "street" if self.centre else "own"
        return row if row and row["id"] and row["whose"] == own and row["when"] in (NOW, LATER) else None

    # ---------------------------------------------------------------- acts

    def ask_new(self) -> None:
        dialog = AddRuleDialog(self, self.desk)
        dialog.accepted.connect(lambda: self._added(dialog))
        dialog.open()

    def _added(self, dialog: AddRuleDialog) -> None:
        self._written(say("rule-added", code=dialog.code), dialog.batch)
        self.table.choose("key", dialog.row)

    def ask_end(self) -> None:
        """From which day on it holds no more; the day before is its last."""
        row = self._mine()
        if row is None:
            return

        def end(given: dict[str, Any]) -> tuple[Change, date]:
            since: date = given["since"]
            return isolation_rules.end_rule(self.desk.session, row["id"], since - timedelta(days=1)), since

        act_dialog.ask(
            self, say("rule-end-title", code=row["code"]), say("rule-end-why"),
            [Ask("since", say("rule-end-since"), (self._today() + timedelta(days=1)).isoformat(), kind="day")],
            say("rule-end-act"), end,
            lambda done: self._written(say("rule-ended", code=row["code"], since=done[1].isoformat()), done[0].batch),
            self.desk.session.now(),
        )  # fmt: skip

    def _written(self, said: str, batch: str) -> None:
        self.refresh({"all"})
        self.desk.notify(said, batch)


# ---------------------------------------------------------------- rows


def told(row: Row, today: date) -> Row:
    """A rule as the table shows it. key: finds it again; rules that come with the program have no id."""
    key = {"key": row["id"] or f"built-in/{row['code']}"}
    if not row["readable"]:
        return {**row, **key, "when": BROKEN, "stages": say("rule-unreadable")}
    also = [say(f"rule-also-{code}") for code, of in (("co", "co_residents"), ("notice", "own_notice")) if row[of]]
    return {
        **row, **key, "when": _when(row, today), "stages": "，".join(map(stage_words, row["steps"])),
        "counted": say(f"rule-count-{row['count_from']}"), "released": say(f"rule-release-{row['release_at']}"),
        "dates": dates_words(row["valid_from"], row["valid_until"]), "also": "、".join(also),
    }  # fmt: skip


def _when(row: Row, today: date) -> str:
    if row["valid"]:
        return NOW
    since = clock.day(row["valid_from"])
    return LATER if since is not None and since > today else ENDED


def _tone(row: Row) -> str:
    return TONES.get(row["when"], "")


def stage_words(step: Row) -> str:
    """集中隔离 7 天（第 5 天采样）."""
    tests = "、".join(map(str, step["tests"]))
    return say("rule-stage-tests" if tests else "rule-stage", measure=step["measure"], days=step["days"], tests=tests)


def dates_words(since: str | None, until: str | None) -> str:
    if since and until:
        return say("rule-dates-both", since=since, until=until)
    if since or until:
        return say("rule-dates-since", since=since) if since else say("rule-dates-until", until=until)
    return say("rule-dates-open")

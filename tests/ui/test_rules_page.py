"""隔离规则 in 管理: what holds is read, a rule is added as rows and ended from a day, and a case opened then follows it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.isolation import BUILT_IN, CountFrom, ReleaseAt, Rule, Step
from app.services import isolation, isolation_rules, records, undoing
from app.services.session import Session
from app.ui import theme
from app.ui.act_dialog import ActDialog
from app.ui.add_rule_dialog import AddRuleDialog, preview
from app.ui.manage_desk import ManageDesk
from app.ui.rules_page import RulesPage
from tests.street import Street
from tests.ui.isolating import bare_desk

LEFT = Qt.MouseButton.LeftButton


class Window:
    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        desk, self.said = bare_desk(session)
        self.manage = ManageDesk(desk)
        qtbot.addWidget(self.manage)
        self.manage.resize(1190, 560)
        self.manage.show()
        self.manage.go("rules")
        page = self.manage.pages["rules"]
        assert isinstance(page, RulesPage)
        self.page = page

    def row(self, code: str, whose: str) -> dict[str, Any]:
        return next(row for row in self.page.table.rows_model.rows if (row["code"], row["whose"]) == (code, whose))

    def new(self, name: str, *stages: tuple[str, str, str], since: str = "2020-05-25") -> AddRuleDialog:
        """The dialog as it was filled in, and 新增规则 pressed."""
        self.qtbot.mouseClick(self.page.add, LEFT)
        dialog = self.page.findChildren(AddRuleDialog)[-1]
        dialog.name.setText(name)
        for at, (measure, days, tests) in enumerate(stages):
            if at:
                self.qtbot.mouseClick(dialog.more, LEFT)
            dialog.stages[at].measure.setCurrentText(measure)
            self.qtbot.keyClicks(dialog.stages[at].days, days)
            dialog.stages[at].tests.setText(tests)
        dialog._tell()
        dialog.since.setText(since)
        self.qtbot.mouseClick(dialog.act, LEFT)
        return dialog

    def end(self, row: dict[str, Any], since: str) -> ActDialog:
        self.page.table.choose("key", row["key"])
        self.qtbot.mouseClick(self.page.end, LEFT)
        dialog = self.page.findChildren(ActDialog)[-1]
        dialog.inputs["since"].setText(since)  # type: ignore[union-attr]  # a line
        self.qtbot.mouseClick(dialog.act, LEFT)
        return dialog


@pytest.fixture
def window(qtbot: QtBot, qapp: Any, session: Session) -> Window:
    theme.apply(qapp)
    return Window(qtbot, session)


def test_what_comes_with_the_program_is_listed_in_words_and_cannot_be_ended(window: Window) -> None:
    rows = window.page.table.rows_model.rows
    assert {row["code"] for row in rows} == {rule.code for rule in BUILT_IN}
    assert window.row("7+7", "built-in")["stages"] == "集中隔离 7 天（第 5 天采样），居家隔离 7 天"
    assert {row["dates"] for row in rows} == {"长期"} and not window.page.end.isEnabled()


def test_a_rule_of_two_stages_is_added_used_by_a_new_case_and_undone(window: Window) -> None:
    window.new("3+4", ("集中隔离", "3", "2，3"), ("居家隔离", "4", "4"))
    row = window.row("3+4", "own")
    assert row["when"] == "now" and window.page.table.current() == row and "3+4" in window.said.last
    door = records.add(window.session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"}).id
    home = records.add(window.session, "household", {"dwelling": door}).id
    records.add(window.session, "resident", {"household": home, "name": "王建国"})
    isolation.open_(window.session, household=home, rule="3+4", start=date(2020, 5, 25))
    (case,) = isolation.list_(window.session)
    assert case["end"] == "2020-05-31" and case["measure"] == "集中隔离"
    undoing.undo(window.session, window.said.batch)
    assert [row["whose"] for row in isolation_rules.rules(window.session) if row["code"] == "3+4"] == []


def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(window: Window) -> None:
    dialog = window.new("3+4", ("集中隔离", "3", "5"))
    assert dialog.isVisible() and "采样日" in dialog.message.text() and dialog.stages[0].tests.text() == "5"
    assert [row for row in isolation_rules.rules(window.session) if row["whose"] == "own"] == []
    dialog.stages[0].tests.setText("3")
    window.qtbot.mouseClick(dialog.act, LEFT)
    assert window.row("3+4", "own")["stages"] == "集中隔离 3 天（第 3 天采样）"


def test_a_policy_that_changes_ends_one_rule_and_adds_the_next(window: Window) -> None:
    window.new("7+7", ("居家隔离", "14", ""))
    again = window.new("7+7", ("居家隔离", "10", ""), since="2020-06-01")
    assert again.isVisible() and "已有一条" in again.message.text(), "two that hold at once are refused"
    again.reject()
    window.end(window.row("7+7", "own"), "6月1日")
    assert window.row("7+7", "own")["valid_until"] == "2020-05-31" and window.said.batch
    window.new("7+7", ("居家隔离", "10", ""), since="2020-06-01")
    own = [row for row in window.page.table.rows_model.rows if row["whose"] == "own"]
    assert [(row["when"], row["dates"]) for row in own] == [
        ("now", "2020-05-25 至 2020-05-31"),
        ("later", "2020-06-01 起"),
    ]
    isolation_rules.end_rule(window.session, own[0]["id"], date(2020, 5, 24))
    window.page.refresh({"isolation_rule"})
    assert window.row("7+7", "own")["when"] == "later"


def test_a_day_that_cannot_be_read_ends_nothing(window: Window) -> None:
    window.new("7+7", ("居家隔离", "14", ""))
    dialog = window.end(window.row("7+7", "own"), "下个月")
    assert dialog.isVisible() and dialog.message.text() and window.row("7+7", "own")["valid_until"] is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            Rule("", (Step("集中隔离", 7, "集中点", (5,)), Step("居家隔离", 7))),
            "若 5月25日 起算：6月7日 24:00 期满，共 14 天，第 5 天采样",
        ),
        (
            Rule("", (Step("居家隔离", 7),), CountFrom.NEXT_DAY, ReleaseAt.NEXT_DAY),
            "若 5月25日 起算：6月2日期满，共 7 天，不采样",
        ),
        (
            Rule("", (Step("居家隔离", 7, test_days=(7,)),), release_at=ReleaseAt.AFTER_RESULT),
            "若 5月25日 起算：5月31日最后一天，检测出结果后期满，共 7 天，第 7 天采样",
        ),
    ],
)
def test_the_preview_says_when_it_would_end(rule: Rule, said: str) -> None:
    assert preview(rule, date(2020, 5, 25)) == said


def test_who_may_not_decide_rules_has_no_such_page(qtbot: QtBot, qapp: Any, session: Session) -> None:
    theme.apply(qapp)
    session.roles = frozenset({"worker"})
    desk, _ = bare_desk(session)
    made = ManageDesk(desk)
    qtbot.addWidget(made)
    assert "rules" not in made.pages


def test_the_centre_is_told_that_its_rules_go_to_every_committee(qtbot: QtBot, qapp: Any, tmp_path: Any) -> None:
    theme.apply(qapp)
    street = Street(tmp_path)
    committee = street.committee()
    window = Window(qtbot, street.centre)
    said = [label.text() for label in window.page.findChildren(theme.QLabel)]
    assert any("将随数据包发给所有居委会" in each for each in said)
    window.new("2+1", ("居家隔离", "3", ""))
    assert window.row("2+1", "street")["when"] == "now"
    street.bring(street.centre, street.send(committee))
    street.bring(committee, street.send(street.centre))
    assert "street" in {row["whose"] for row in isolation_rules.rules(committee) if row["code"] == "2+1"}
    window.manage.close()
    street.close()

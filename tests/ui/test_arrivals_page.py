"""来沪返沪 by keys and clicks: a list pasted and undone, steps with one press, what is refused, codes by telephone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain import clock, contact_codes
from app.services import arrivals, undoing, workspaces
from app.services.session import Session
from app.ui import theme
from app.ui.act_dialog import ActDialog
from app.ui.arrivals_page import LIST, NONE, PREVIEW, ArrivalsPage
from app.ui.desk import Desk
from app.ui.tasks import InlineTasks
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.services.bending import lived_in
from tests.services.test_arrivals import NOWHERE, WANG, came, pasted
from tests.street import Street, copy_of, template

LEFT = Qt.MouseButton.LeftButton


def _one(street: Street) -> None:
    lived_in(street.committee(1))
    street.bring(street.centre, street.send(street.committees[0]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("made"), _one)


@dataclass
class Shown:
    """The page in a window of its own, and what it asked of the frame."""

    page: ArrivalsPage
    qtbot: QtBot
    said: list[tuple[str, str]] = field(default_factory=list)
    went: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    wrong: list[Exception] = field(default_factory=list)

    def click(self, button: Any) -> None:
        assert button.isVisible() and button.isEnabled()
        self.qtbot.mouseClick(button, LEFT)

    def dialog(self) -> ActDialog:
        return next(each for each in self.page.findChildren(ActDialog) if each.isVisible())

    def fill(self, **given: str) -> ActDialog:
        dialog = self.dialog()
        for key, text in given.items():
            line = dialog.inputs[key]
            assert isinstance(line, QLineEdit)
            line.setText(text)
        self.click(dialog.act)
        return dialog

    @property
    def names(self) -> list[str]:
        return [row["who"] for row in self.page.list.rows_model.rows]


def shown(qtbot: QtBot, session: Session) -> Shown:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app)
    session.clock = clock.frozen("2020-05-25T15:00")
    found: Any = None
    tasks = InlineTasks(lambda error: found.wrong.append(error))
    desk = Desk(
        session, tasks, lambda text, batch="", act="": found.said.append((text, batch)),
        lambda key, **where: found.went.append((key, where)), lambda error: found.wrong.append(error),
        lambda: None, lambda path: None,
    )  # fmt: skip
    page = ArrivalsPage(desk)
    found = Shown(page, qtbot)
    qtbot.addWidget(page)
    page.resize(1190, 580)
    page.show()
    with qtbot.waitActive(page):
        page.activateWindow()
    page.go()
    return found


@pytest.fixture
def here(made: Path, tmp_path: Path, qtbot: QtBot) -> Iterator[Shown]:
    shutil.copytree(made / "committee-1", tmp_path / "home")
    session = workspaces.unlock(tmp_path / "home", ACCOUNT, PASSWORD, clock=NOW)
    yield shown(qtbot, session)
    workspaces.lock(session)


@pytest.fixture
def centre(made: Path, tmp_path: Path, qtbot: QtBot) -> Iterator[Shown]:
    street = copy_of(made, tmp_path)
    yield shown(qtbot, street.centre)
    street.close()


def test_a_list_is_pasted_looked_over_taken_and_undone(here: Shown) -> None:
    page = here.page
    assert page.pages.currentIndex() == NONE
    here.click(page.paste_list)
    page.paste.text.setPlainText(pasted(WANG, NOWHERE).text)
    here.click(page.paste.read)
    assert page.pages.currentIndex() == PREVIEW and page.preview.take.text() == "登记 2 人"
    here.click(page.preview.take)
    assert page.pages.currentIndex() == LIST and here.names == ["王建国", "赵六"], "who is late comes first"
    assert page.list.rows_model.rows[0]["why_words"] == "已过预计时间"
    here.click(page.undo_all)
    assert page.pages.currentIndex() == NONE and here.wrong == []


def test_the_line_above_the_list_goes_when_its_list_is_taken_back_elsewhere(here: Shown) -> None:
    page, session = here.page, here.page.desk.session
    page._read(pasted(WANG, NOWHERE))
    here.click(page.preview.take)
    page.refresh({"arrival"})
    assert page.done_line.isVisible(), "another write says nothing of it"
    last = undoing.last(session)
    assert last is not None
    undoing.undo(session, last["batch"])  # Ctrl+Z of the window
    page.refresh({"arrival"})
    assert not page.done_line.isVisible() and page.pages.currentIndex() == NONE


def test_leaving_the_preview_writes_nothing(here: Shown) -> None:
    here.page._read(pasted(WANG))
    here.page.back()
    assert arrivals.list_(here.page.desk.session) == [] and here.page.pages.currentIndex() == NONE


def test_three_presses_bring_somebody_home(here: Shown) -> None:
    page, session = here.page, here.page.desk.session
    came(session, WANG, NOWHERE)
    page.refresh({"arrival"})
    page.list.setFocus()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        here.qtbot.keyClick(page.list, key)
    assert here.names == ["赵六"], "who is at home has left the list"
    assert [said.split("：")[1] for said, batch in here.said if batch] == ["已接。", "已交接。", "已到家。"]
    here.click(page.all_tab)
    assert here.names == ["赵六", "王建国"]


def test_a_refused_time_is_said_and_what_was_typed_stays(here: Shown) -> None:
    page, session = here.page, here.page.desk.session
    came(session, WANG)
    page.refresh({"arrival"})
    for typed, said in (("16:00", "还没有到"), ("下午", "看不懂")):
        page.detail.typed["at"].setText(typed)
        page.detail.typed["by"].setText("周师傅")
        here.click(page.detail.buttons["已接"])
        assert said in page.detail.message.text() and page.detail.typed["by"].text() == "周师傅"
    page.detail.typed["at"].setText("14:40")
    here.click(page.detail.buttons["已接"])
    assert arrivals.list_(session)[0]["picked_up_at"] == "2020-05-25T14:40:00+08:00"
    assert "05-25 14:40" in page.detail.done["已接"].text()


def test_a_case_is_opened_from_an_arrival_at_home(here: Shown) -> None:
    page, session = here.page, here.page.desk.session
    came(session, WANG)
    row = arrivals.list_(session)[0]["id"]
    arrivals.step(session, row, "home")
    page.go(arrival=row)
    here.click(page.detail.acts["case"])
    assert here.went == [("isolation", {"page": "open", "arrival": row})]


def test_a_code_heard_on_the_telephone(here: Shown) -> None:
    page = here.page
    here.click(page.hear)
    dialog = here.fill(code="K7M2QA", heard="王建国 14点到")
    assert "再读一遍" in dialog.message.text() and dialog.isVisible(), "mistyped: nothing is lost"
    here.fill(code=contact_codes.make(Random(2)))
    assert here.names == ["王建国 14点到"] and page.list.rows_model.rows[0]["state_words"] == "电话登记"


def test_the_centre_telephones_and_the_code_is_in_sight(centre: Shown) -> None:
    page, session = centre.page, centre.page.desk.session
    came(session, WANG)
    page.refresh({"arrival"})
    (row,) = arrivals.list_(session)
    assert page.detail.code.text() == arrivals.spoken_code(row) and not page.hear.isVisible()
    centre.click(page.detail.acts["notified"])
    centre.fill(to="第1居委 张")
    assert arrivals.one(session, row["id"])["notified_to"] == "第1居委 张"
    assert not page.detail.acts["notified"].isVisible()


def test_who_waits_at_the_centre_is_given_to_a_committee(centre: Shown) -> None:
    page, session = centre.page, centre.page.desk.session
    came(session, NOWHERE)
    page.refresh({"arrival"})
    assert page.list.rows_model.rows[0]["committee_words"] == "在街道等候"
    assert page.detail.acts["reassign"].text() == "派给居委会…"
    centre.click(page.detail.acts["reassign"])
    centre.fill()
    assert [row["committee_name"] for row in arrivals.list_(session)] == ["第1居委会"]
    centre.click(page.undo_all)
    assert page.list.rows_model.rows[0]["committee_words"] == "在街道等候"


def test_whoever_may_only_read_is_offered_no_act(here: Shown) -> None:
    page, session = here.page, here.page.desk.session
    came(session, WANG)
    session.roles = frozenset({"group_head"})
    page.refresh({"arrival"})
    offered = [*page.detail.buttons.values(), *page.detail.acts.values()]
    assert not any(button.isVisible() for button in offered)


def test_what_people_wrote_is_shown_as_text(here: Shown) -> None:
    page, session = here.page, here.page.desk.session
    came(session, WANG.replace("纽约", "<img src=x>"))
    page.refresh({"arrival"})
    assert page.detail.told["origin"].text() == "<img src=x>"
    assert page.detail.told["origin"].textFormat() == Qt.TextFormat.PlainText

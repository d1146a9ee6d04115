"""按层数生成房屋: fields are typed, what they make is drawn and counted, one click writes it, one undo takes it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import places, records, undoing
from app.services.session import Session
from app.settings import Settings
from app.ui import theme
from app.ui.desk import Desk
from app.ui.generator_dialog import GeneratorDialog
from app.ui.generator_preview import EXTRA, NEW, THERE
from app.ui.tasks import InlineTasks

HOUSE = "培花新村/12号"


@dataclass
class Window:
    session: Session
    said: list[tuple[str, str]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def desk(self) -> Desk:
        return Desk(
            self.session, InlineTasks(self.errors.append), lambda text, batch="", _="", /: self.said.append((text, batch)),
            lambda key, /, **where: None, self.errors.append, lambda: None, lambda steps: None, Settings(),
        )  # fmt: skip


@pytest.fixture
def window(session: Session) -> Window:
    records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    records.add(session, "dwelling", {"building": HOUSE, "room": "909"})
    records.add(session, "building", {"estate": "培花新村", "number": "13号"})
    return Window(session)


@pytest.fixture
def holder(qtbot: QtBot, qapp: Any) -> QWidget:
    """The window over which the dialog opens."""
    theme.apply(qapp)
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


@pytest.fixture
def dialog(holder: QWidget, window: Window) -> GeneratorDialog:
    made = GeneratorDialog(holder, window.desk(), places.resolve(window.session, HOUSE, "building")[1])
    made.open()
    return made


def typed(dialog: GeneratorDialog, **texts: str) -> None:
    for key, text in texts.items():
        dialog.fields[key].setText(text)
    dialog.look()


def rooms(session: Session, building: str = HOUSE) -> list[str]:
    row = places.resolve(session, building, "building")[1]
    return sorted(str(door["room"]) for door in places.dwellings(session, row))


def drawn(dialog: GeneratorDialog) -> dict[str, str]:
    """Room → how it is drawn."""
    cells = [cell for floor in dialog.preview.floors for cell in floor.cells if cell]
    return {cell.room: dialog.preview.looks[cell.id] for cell in cells}


def test_what_is_new_there_and_beside_the_rule_is_drawn_and_counted(dialog: GeneratorDialog) -> None:
    typed(dialog, floors="1-3", rooms="2")
    assert drawn(dialog) == {"101": NEW, "102": NEW, "201": NEW, "202": NEW, "301": NEW, "302": THERE, "909": EXTRA}
    assert dialog.said.text() == "将新增 5 间，已有 1 间"
    assert "909" in dialog.beside.text()
    assert dialog.act.text() == "生成 5 间"
    assert not dialog.preview.grab().isNull()


def test_one_click_writes_and_one_undo_takes_back(dialog: GeneratorDialog, window: Window) -> None:
    typed(dialog, floors="1-3", rooms="2")
    dialog.act.click()
    assert (dialog.isVisible(), rooms(window.session)) == (False, ["101", "102", "201", "202", "301", "302", "909"])
    text, batch = window.said[-1]
    assert text == "已新增 5 间（1 栋）"
    undoing.undo(window.session, batch)
    assert rooms(window.session) == ["302", "909"]


def test_what_cannot_be_read_is_said_and_nothing_can_be_written(dialog: GeneratorDialog, window: Window) -> None:
    typed(dialog, floors="很多", rooms="2")
    assert "层数写作 1-18" in dialog.message.text()
    assert not dialog.act.isEnabled()
    dialog.write()
    assert rooms(window.session) == ["302", "909"]
    typed(dialog, floors="1-2")
    assert (dialog.message.text(), dialog.act.isEnabled()) == ("", True)


def test_enter_after_typing_takes_what_stands_there_now(qtbot: QtBot, dialog: GeneratorDialog, window: Window) -> None:
    typed(dialog, floors="1-6", rooms="2")
    box = dialog.fields["floors"]
    box.selectAll()
    qtbot.keyClicks(box, "1")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert rooms(window.session) == ["101", "102", "302", "909"]


def test_further_buildings_of_the_estate_are_made_alike(dialog: GeneratorDialog, window: Window) -> None:
    typed(dialog, floors="1-2", rooms="1")
    dialog.others.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.look()
    assert dialog.said.text() == "2 栋合计：将新增 4 间"
    dialog.act.click()
    assert rooms(window.session, "培花新村/13号") == ["101", "201"]


def test_the_building_s_own_size_is_filled_in(holder: QWidget, window: Window) -> None:
    records.change(window.session, "building", HOUSE, {"floors": 11, "rooms_per_floor": 6, "units": 3})
    made = GeneratorDialog(holder, window.desk(), places.resolve(window.session, HOUSE, "building")[1])
    assert {key: made.fields[key].text() for key in ("floors", "rooms", "units")} == {
        "floors": "1-11", "rooms": "2", "units": "3",
    }  # fmt: skip


def test_a_style_shows_at_once_what_it_means(dialog: GeneratorDialog) -> None:
    typed(dialog, floors="1-2", rooms="2", shops="2", labels="1=底层")
    dialog.style_.setCurrentIndex(dialog.style_.findData("counted"))
    assert {room for room, look in drawn(dialog).items() if look == NEW} == {"1", "2", "3", "4", "商铺1", "商铺2"}

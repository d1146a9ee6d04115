"""The breadcrumb gives way to the buttons beside it: letters go first, then the first steps, never the place itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.crumbs import LEFT_OUT, Crumbs

WAY = ["花木街道", "培花", "培花新村第九居委会", "培花新村一小区", "锦绣路187弄6号", "602"]


class Row(QWidget):
    def __init__(self, wide: int, beside: int) -> None:
        super().__init__()
        self.gone: list[str] = []
        self.trail, self.bar = Crumbs(self), QWidget()
        self.bar.setFixedWidth(beside)
        self.trail.beside = self.bar
        line = QHBoxLayout(self)
        line.addWidget(self.trail)
        line.addStretch(1)
        line.addWidget(self.bar)
        self.resize(wide, 40)

    def show_way(self, names: list[str]) -> None:
        self.trail.show_steps([(name, lambda name=name: self.gone.append(name)) for name in names])  # type: ignore[misc]

    def shown(self) -> list[str]:
        return [word.text() for word in self.trail._words if not word.isHidden()]


@pytest.mark.parametrize("wide", [1600, 1000, 700, 500, 350, 260])
def test_what_is_shown_fits_and_the_place_itself_stays(qtbot: QtBot, wide: int) -> None:
    row = Row(wide, 100)
    qtbot.addWidget(row)
    row.show()
    row.show_way(WAY)
    assert row.shown()[-1] == WAY[-1]
    assert row.trail._wide(row.trail._texts) <= row.trail._room()
    assert row.shown().count(LEFT_OUT) <= 1
    assert row.minimumSizeHint().width() < 250, "the window can be made narrower whatever stands there"


def test_the_row_grows_and_the_names_come_back(qtbot: QtBot) -> None:
    row = Row(300, 100)
    qtbot.addWidget(row)
    row.show()
    row.show_way(WAY)
    few = row.shown()
    row.resize(1600, 40)
    qtbot.waitUntil(lambda: len(row.shown()) == len(WAY))
    assert len(few) < len(WAY) and row.shown()[-2:] == WAY[-2:]


def test_buttons_that_come_beside_it_take_their_room(qtbot: QtBot) -> None:
    row = Row(900, 100)
    qtbot.addWidget(row)
    row.show()
    row.show_way(WAY)
    before = len("".join(row.shown()))
    row.bar.setFixedWidth(600)
    qtbot.waitUntil(lambda: len("".join(row.shown())) < before)


def test_the_mark_for_what_is_left_out_leads_to_the_nearest_of_it(qtbot: QtBot) -> None:
    row = Row(360, 100)
    qtbot.addWidget(row)
    row.show()
    row.show_way(WAY)
    left_out = next(word for word in row.trail._words if not word.isHidden())
    assert left_out.text() == LEFT_OUT
    qtbot.mouseClick(left_out, Qt.MouseButton.LeftButton)
    assert row.gone == [left_out.accessibleName()] and WAY.index(row.gone[0]) == len(WAY) - len(row.shown())


def test_a_hostile_name_is_text_also_in_its_tip(qtbot: QtBot) -> None:
    row = Row(300, 100)
    qtbot.addWidget(row)
    row.show()
    row.show_way(["<img src=x>长长长长长长长", "b" * 20, "c"])
    assert all("<img" not in word.toolTip() for word in row.trail._words)


def test_no_step_at_all_is_no_error(qtbot: QtBot) -> None:
    row = Row(300, 100)
    qtbot.addWidget(row)
    row.show_way([])
    assert row.shown() == []

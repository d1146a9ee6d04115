"""A map as a file and as an atlas, from the window: kinds, sizes, for whom; what is written is what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import atlas, maps, matrix, shares
from app.services.session import Session
from app.ui.atlas_dialog import AtlasDialog
from app.ui.map_out_dialog import KINDS, MapOutDialog
from app.ui.paper_dialog import PaperDialog
from tests.services import test_maps
from tests.sheets import reading
from tests.ui.isolating import bare_desk

OUTSIDE = 1
lived_in = test_maps.lived_in


@pytest.fixture
def over(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1366, 740)
    return made


def out_dialog(over: QWidget, session: Session, kind: str) -> MapOutDialog:
    dialog = MapOutDialog(over, bare_desk(session)[0], maps.draw(session, "committee"), "实有人口")
    dialog.kinds.button(KINDS.index(kind)).click()
    return dialog


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_written(over: QWidget, lived_in: Session, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"图{kind}"
    out_dialog(over, lived_in, kind).write(out)
    start = {".png": b"\x89PNG", ".pdf": b"%PDF", ".html": b"<!DOCTYPE html>"}[kind]
    assert out.read_bytes().startswith(start)
    assert [row["what"] for row in shares.list_(lived_in)] == [out.name]


def test_a_picture_for_a_large_screen_has_twice_the_dots(over: QWidget, lived_in: Session, tmp_path: Path) -> None:
    wide = {}
    for size in ("usual", "fine"):
        dialog = out_dialog(over, lived_in, ".png")
        dialog.large.setCurrentIndex(dialog.large.findData(size))
        dialog.write(tmp_path / f"{size}.png")
        wide[size] = QImage(str(tmp_path / f"{size}.png")).width()
    assert wide["fine"] > 1.9 * wide["usual"] > 3_000


def test_what_goes_to_others_holds_no_small_number_and_says_so_in_the_trace(
    over: QWidget,
    lived_in: Session,
    tmp_path: Path,
) -> None:
    dialog = out_dialog(over, lived_in, ".html")
    dialog.write(tmp_path / "本单位.html")
    dialog = out_dialog(over, lived_in, ".html")
    dialog.readers.button(OUTSIDE).click()
    dialog.write(tmp_path / "外单位.html")
    inside, outside = ((tmp_path / f"{name}.html").read_text("utf-8") for name in ("本单位", "外单位"))
    assert '"people"' not in outside.split('id="drawing"')[1].split("</script>")[0].replace('"people":"', "")
    assert '"text":"3"' in inside
    assert '"text":"3"' not in outside
    assert [row["to"] for row in shares.list_(lived_in)] == ["外单位", "本机文件"]


def test_doors_are_not_offered_to_others(over: QWidget, lived_in: Session) -> None:
    dialog = MapOutDialog(over, bare_desk(lived_in)[0], matrix.of(lived_in, "培花新村/12号"), "")
    assert not dialog.readers.button(OUTSIDE).isEnabled()
    assert "姓名" in dialog.said.text()


def test_a_web_page_has_no_size_and_the_kind_is_remembered(over: QWidget, lived_in: Session, tmp_path: Path) -> None:
    desk, _ = bare_desk(lived_in)
    dialog = MapOutDialog(over, desk, maps.draw(lived_in, "committee"), "")
    dialog.kinds.button(KINDS.index(".html")).click()
    assert not dialog.large.isEnabled()
    dialog.write(tmp_path / "图.html")
    assert MapOutDialog(over, desk, maps.draw(lived_in, "committee"), "").kind == ".html"


# ---------------------------------------------------------------- the atlas


def test_an_atlas_is_made_shown_and_its_purpose_stands_on_it(over: QWidget, lived_in: Session) -> None:
    desk, said = bare_desk(lived_in)
    dialog = AtlasDialog(over, desk, "committee", lived_in.committee_id, colour="isolation")
    dialog.purpose.setText("夜间巡查")
    dialog.paper.setCurrentIndex(dialog.paper.findData("a3"))
    dialog.set_()
    assert "2 张图、2 栋楼" in said.last
    shown = over.findChild(PaperDialog)
    assert shown is not None
    text = reading.text(shown.printing.pdf)
    assert "夜间巡查" in text
    assert "居家隔离" in text
    assert AtlasDialog(over, desk, "committee", "").paper.currentData() == "a3"


def test_an_atlas_for_others_leaves_the_doors_out(over: QWidget, lived_in: Session) -> None:
    dialog = AtlasDialog(over, bare_desk(lived_in)[0], "committee", "")
    assert dialog.asked().buildings
    dialog.outside.click()
    assert not dialog.doors.isEnabled()
    assert not dialog.asked().buildings
    assert "没有任何人的姓名" in dialog.said.text()


def test_who_knows_totals_only_is_not_asked_about_doors(over: QWidget, lived_in: Session) -> None:
    leader = lived_in
    leader.roles, leader.ring = frozenset({"leader"}), None
    dialog = AtlasDialog(over, bare_desk(leader)[0], "committee", "")
    assert dialog.doors.isHidden()
    asked = dialog.asked()
    assert not asked.buildings
    assert atlas.make(leader, asked).buildings == 0

"""导入地图 by hand: what is looked at, decided one by one and all at once, written, and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from app.domain.findings import UserError
from app.services import ground, places, records, undoing
from app.services.session import Session
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.map_import_page import BASE, LOOK, ROWS, START, MapImportPage
from app.ui.map_import_rows import TABS
from app.ui.map_sketch import LEFT, MATCHED, MAYBE, REST
from app.ui.tasks import InlineTasks
from tests.services.test_map_import import SHARED, geojson, outline, real, square

PRESS = Qt.MouseButton.LeftButton
GRID = "+proj=tmerc +lat_0=31 +lon_0=121.5 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"


class Said:
    def __init__(self) -> None:
        self.notices: list[tuple[str, str]] = []
        self.wrong: list[str] = []

    def error(self, error: Exception) -> None:
        assert isinstance(error, UserError), error
        self.wrong.append(error.code)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def page(qtbot: QtBot, qapp: Any, session: Session, said: Said) -> MapImportPage:
    """Over an estate with 12号 and 13号."""
    theme.apply(qapp)
    for building in ("12号", "13号"):
        records.add(session, "dwelling", {"estate": "培花新村", "building": building, "room": "101"})
    made = MapImportPage(Desk(
        session, InlineTasks(said.error), lambda text, batch="", act="", /: said.notices.append((text, batch)),
        lambda *_, **__: None, said.error, lambda: None, lambda _: None,
    ))  # fmt: skip
    qtbot.addWidget(made)
    made.resize(1150, 620)
    made.show()
    return made


@pytest.fixture
def by_hand(qtbot: QtBot) -> Any:
    def press(widget: QWidget) -> None:
        assert widget.isVisible() and widget.isEnabled()
        qtbot.mouseClick(widget, PRESS)

    return press


def shown(page: MapImportPage, state: str) -> list[dict[str, Any]]:
    """The rows under a tab."""
    page.rows.tabs.setCurrentIndex([key for key, _ in TABS].index(state))
    return page.rows.table.rows_model.rows if page.rows.table.isVisible() else []


def together(page: MapImportPage, words: str) -> None:
    """An entry of the menu for all that is left."""
    page.rows._fill_menu()
    next(each for each in page.rows.all_menu.actions() if each.text().startswith(words)).trigger()


def three(folder: Path) -> Path:
    """One that matches, one that is nearly a name, one that is nothing."""
    return geojson(
        folder,
        ({"number": "12"}, square(121.5)),
        ({"number": "13", "小区": "培化新村"}, square(121.51)),
        ({}, square(121.52)),
    )


def test_a_file_is_looked_at_and_what_is_sure_is_written(
    page: MapImportPage, said: Said, tmp_path: Path, by_hand: Any
) -> None:
    assert page.pages.currentIndex() == START
    page.open(three(tmp_path))
    assert (page.pages.currentIndex(), page.right.currentIndex()) == (LOOK, ROWS)
    assert [(row["said"], row["to"], row["why"]) for row in shown(page, MATCHED)] == [
        ("12号", "培花新村 12号", "楼号相同，只有一个")
    ]
    assert [row["to"] for row in shown(page, MAYBE)] == ["可能是：培花新村 13号"]
    assert [row["why"] for row in shown(page, REST)] == ["图形没有名称"]
    assert page.sketch.told == {MATCHED: 1, MAYBE: 1, REST: 1, "picked": [3]}
    assert page.write.text() == "写入 1 个轮廓"
    by_hand(page.write)
    ((words, batch),) = said.notices
    assert words == "“图.geojson”里有 3 个图形，对上 1 个。"
    assert outline(page.desk.session, "培花新村/12号") == square(121.5)
    assert page.pages.currentIndex() == START and page.start.done.isVisible()
    undoing.undo(page.desk.session, batch)
    assert outline(page.desk.session, "培花新村/12号") is None


def test_a_proposal_is_taken_by_enter_and_taken_back(
    page: MapImportPage, tmp_path: Path, qtbot: QtBot, by_hand: Any
) -> None:
    page.open(three(tmp_path))
    shown(page, MAYBE)
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Return)
    assert page.write.text() == "写入 2 个轮廓"
    assert [row["why"] for row in shown(page, MATCHED)] == ["楼号相同，只有一个", "自己选的"]
    assert page.rows.table.choose("row", 2)
    by_hand(page.rows.acts.reset)
    assert page.write.text() == "写入 1 个轮廓" and len(shown(page, MAYBE)) == 1


def test_a_place_is_chosen_and_whoever_had_it_loses_it(page: MapImportPage, tmp_path: Path, qtbot: QtBot) -> None:
    page.open(three(tmp_path))
    shown(page, REST)
    to = page.rows.acts.to
    number = to.findText("培花新村 12号")
    to.setCurrentIndex(number)
    to.activated.emit(number)
    assert [(row["row"], row["to"]) for row in shown(page, MATCHED)] == [(3, "培花新村 12号")]
    assert [row["row"] for row in shown(page, REST)] == [1]
    shown(page, MAYBE)
    assert to.itemText(0).startswith("培花新村 13号　（建议")
    to.activated.emit(0)
    assert page.write.text() == "写入 2 个轮廓"


def test_the_rest_is_made_anew_laid_below_or_dropped(page: MapImportPage, said: Said, tmp_path: Path, qtbot: QtBot, by_hand: Any) -> None:  # fmt: skip
    page.open(geojson(
        tmp_path, ({"number": "12"}, square(121.5)), ({"number": "14"}, square(121.51)), ({"number": "15"}, square(121.52)),
        ({"number": "15"}, square(121.53, size=0.002)), ({}, square(121.54)), ({}, square(121.55)),
    ))  # fmt: skip
    together(page, "按名称新建（3）")
    assert page.write.text() == "写入 3 个轮廓（新建 2 栋）"
    assert [row["to"] for row in shown(page, MATCHED)][1:] == ["新建楼号“培花新村 14号”", "新建楼号“培花新村 15号”"]
    assert [row["why"] for row in shown(page, REST)] == [
        "与另一个图形是同一处，取较大的",
        "图形没有名称",
        "图形没有名称",
    ]
    page.rows.table.selectRow(0)
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Delete)
    together(page, "其余全部作底图楼影（2）")
    assert len(shown(page, LEFT)) == 3
    assert page.write.text() == "写入 3 个轮廓（新建 2 栋，另 2 个作楼影）"
    by_hand(page.write)
    assert "新建 2 个，2 个作底图楼影" in said.notices[0][0]
    assert outline(page.desk.session, "培花新村/15号") == square(121.53, size=0.002)
    assert [each.about["count"] for each in ground.layers(page.desk.session)] == [2]


def test_new_buildings_wait_for_their_estate(page: MapImportPage, tmp_path: Path) -> None:
    records.add(page.desk.session, "estate", {"name": "别的苑"})
    page.open(geojson(tmp_path, ({"number": "14"}, square(121.51))))
    together(page, "按名称新建")
    assert page.write.text() == "没有可写入的" and not page.write.isEnabled()
    assert [row["why"] for row in shown(page, REST)] == ["请先选新建的楼号归入哪个小区"]
    page.rows.acts.into.setCurrentText("别的苑")
    page.rows.acts.into.activated.emit(0)
    assert page.write.text() == "写入 1 个轮廓（新建 1 栋）"


def test_what_lies_under_the_map_is_named_and_credited(
    page: MapImportPage, said: Said, tmp_path: Path, by_hand: Any
) -> None:
    line = {"type": "LineString", "coordinates": [[121.5, 31.0], [121.6, 31.0]]}
    page.open(geojson(tmp_path, ({"highway": "primary", "name": "东路"}, line), attribution="© 某某"))
    assert page.right.currentIndex() == BASE and page.options.of == "roads"
    assert [(row["kind"], row["count"], row["named"]) for row in page.kinds.rows_model.rows] == [("primary", 1, "东路")]
    assert (page.options.source.text(), page.write.text()) == ("© 某某", "作底图 1 个图形")
    page.options.title.setText("")
    assert not page.write.isEnabled()
    page.options.title.setText("主要道路")
    by_hand(page.write)
    assert [(each.title, each.source) for each in ground.layers(page.desk.session)] == [("主要道路", "© 某某")]
    assert "已作底图“道路”" in said.notices[0][0] and said.notices[0][1] == ""


def test_columns_and_kind_are_told_otherwise(page: MapImportPage, tmp_path: Path) -> None:
    page.open(geojson(tmp_path, ({"BH": "12"}, square(121.5)), ({"BH": "13"}, square(121.6))))
    options = page.options
    assert options.of == "footprints"
    options.target.setCurrentIndex(options.target.findData("buildings"))
    options.target.activated.emit(0)
    assert shown(page, MATCHED) == []
    box = options.columns["number"]
    box.setCurrentIndex(box.findText("BH"))
    box.activated.emit(box.currentIndex())
    assert len(shown(page, MATCHED)) == 2


def test_a_drawing_on_a_grid_of_its_own_asks_for_it(
    page: MapImportPage, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = {"type": "Polygon", "coordinates": [[[100, 100], [130, 100], [130, 140], [100, 100]]]}
    page.open(geojson(tmp_path, ({"number": "12"}, local)))
    assert "还不知道这份图用的坐标系" in page.base.text() and not page.write.isEnabled()
    assert page.sketch.told[REST] == 1
    system = page.options.system
    for typed in ("+proj=nonsense", ""):
        monkeypatch.setattr(QInputDialog, "getText", lambda *_, typed=typed: (typed, bool(typed)))
        monkeypatch.setattr(errors, "present", lambda _, error: said.error(error))
        system.setCurrentIndex(system.findData("own"))
        system.activated.emit(system.currentIndex())
        assert system.currentText() == "请选择…"
    assert said.wrong == ["map-crs-unknown"] or said.wrong == ["map-crs-part"]
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (GRID, True))
    system.setCurrentIndex(system.findData("own"))
    system.activated.emit(system.currentIndex())
    assert system.currentText().startswith("自定义：+proj=tmerc") and page.write.text() == "写入 1 个轮廓"


def test_outlines_far_from_what_is_known_are_said_to_be(page: MapImportPage, tmp_path: Path) -> None:
    records.change(page.desk.session, "estate", "培花新村", {"geometry": square(121.5)})
    page.open(geojson(tmp_path, ({"number": "77"}, square(121.5002, 31.0002, 0.0001))))
    assert "落在已知的范围里" in page.where.text()
    page.open(geojson(tmp_path, ({"number": "77"}, square(121.9))))
    assert "坐标系可能不对" in page.where.text()


def test_a_click_on_the_drawing_chooses_the_outline(page: MapImportPage, tmp_path: Path, qtbot: QtBot) -> None:
    page.open(three(tmp_path))
    wide, high = page.sketch.width(), page.sketch.height()
    spot = next(
        point for x in range(wide - 1, wide // 2, -1) for y in range(0, high, 2)
        if any(each.path.contains(page.sketch._view().inverted()[0].map(point := QPointF(x, y))) for each in page.sketch._drawn)
    )  # fmt: skip
    qtbot.mouseClick(page.sketch, PRESS, pos=spot.toPoint())
    assert page.rows.table.chosen_rows() == [3] and page.sketch.told["picked"] == [3]


def test_several_files_come_one_after_the_other(
    page: MapImportPage, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_hand: Any
) -> None:
    files = []
    for name in ("甲", "乙", "丙"):
        (tmp_path / name).mkdir()
        files.append(geojson(tmp_path / name, ({"number": "12"}, square(121.5))).rename(tmp_path / f"{name}.geojson"))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file) for file in files], ""))
    page.choose()
    assert page.name.text() == "甲.geojson" and "还有 2 个文件" in page.waiting.text()
    by_hand(page.skip)
    assert page.name.text() == "乙.geojson"
    by_hand(page.write)
    assert page.name.text() == "丙.geojson" and page.skip.isHidden()
    by_hand(page.write)
    assert page.pages.currentIndex() == START
    assert [row["said"][:4] for row in page.start.done.rows_model.rows] == ["“丙.g", "“乙.g"]


def test_what_was_decided_is_asked_for_before_another_file(
    page: MapImportPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page.open(three(tmp_path))
    assert page.leave()
    shown(page, MAYBE)
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Return)
    monkeypatch.setattr(errors, "ask", lambda *_, **__: "返回")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: pytest.fail("asked for a file"))
    page.choose()
    assert page.unsaved and not page.leave()
    monkeypatch.setattr(errors, "ask", lambda *_, **__: "放弃")
    assert page.leave()


def test_files_are_dropped_onto_the_page(page: MapImportPage, tmp_path: Path) -> None:
    told = QMimeData()
    told.setUrls([QUrl.fromLocalFile(str(three(tmp_path))), QUrl.fromLocalFile(str(tmp_path / "x.txt"))])
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, told, PRESS, Qt.KeyboardModifier.NoModifier))
    assert page.pages.currentIndex() == LOOK and page.queue == []


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"", b"\xff\xfe", b"%PDF-1.7", b'{"type":"FeatureCollection","features":[]}']
)
def test_a_file_that_is_no_map_is_refused_in_words(
    page: MapImportPage, said: Said, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "图.geojson"
    file.write_bytes(content)
    page.open(file)
    assert len(said.wrong) == 1 and said.wrong[0].startswith("map-file-") and page.pages.currentIndex() == START


def test_findings_are_listed_and_copied(page: MapImportPage, tmp_path: Path) -> None:
    page.open(geojson(tmp_path, ({"number": "12"}, square(121.5)), ({"number": "13"}, {"type": "LineString", "coordinates": [[121.5, 31], [121.6, 31]]})))  # fmt: skip
    shown(page, "findings")
    assert page.rows.findings.isVisible()
    page.rows.findings.selectRow(0)
    page.rows.findings.copy()
    assert QGuiApplication.clipboard().text().startswith("2\t")


def test_hostile_names_stay_text(page: MapImportPage, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>"
    page.open(geojson(tmp_path, ({"name": name, "number": "99"}, square(121.5))))
    (row,) = shown(page, REST)
    assert row["said"] == name
    index = page.rows.table.model().index(0, 1)
    assert "&lt;img" in index.data(Qt.ItemDataRole.ToolTipRole)


@real
def test_a_quarter_s_thousand_footprints(page: MapImportPage, by_hand: Any) -> None:
    page.open(SHARED / "lujiazui_buildings_dissolved.geojson")
    assert page.write.text() == "作底图 1321 个图形"
    page.options.target.setCurrentIndex(page.options.target.findData("buildings"))
    page.options.target.activated.emit(0)
    together(page, "按名称新建")
    together(page, "其余全部作底图楼影")
    assert page.rows.told == {MATCHED: 231, MAYBE: 0, REST: 0, LEFT: 1_090, "findings": 0}
    by_hand(page.write)
    assert len(places.buildings(page.desk.session, places.estates(page.desk.session)[0]["id"])) == 233

"""下发名单 and 志愿者名单 by clicks: what is shown before anything is saved, what is saved, what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.services import doubtful, records, rosters, search
from app.services.session import Session
from app.ui import theme
from app.ui.desk import Desk
from app.ui.namelist_page import PREVIEW, START, NamelistPage
from app.ui.tasks import Tasks
from app.ui.volunteer_page import NOTHING, READ, VolunteerPage

LEFT = Qt.MouseButton.LeftButton
HEAD = 4


@pytest.fixture
def said() -> list[Any]:
    """What the window was told, and what failed."""
    return []


@pytest.fixture
def desk(qtbot: QtBot, qapp: Any, session: Session, roster: Path, said: list[Any]) -> Iterator[Desk]:
    theme.apply(qapp)
    rosters.apply(session, rosters.preview(session, roster))
    tasks = Tasks(said.append)
    yield Desk(
        session=session, tasks=tasks, notify=lambda *words: said.append(words), go=lambda *_, **__: None,
        error=said.append, counts_changed=lambda: None, show_path=lambda _: None,
    )  # fmt: skip
    tasks.close()


@pytest.fixture
def names(tmp_path: Path) -> Path:
    book = Workbook()
    for row in (
        ["姓名", "地址", "核查结果", "联系电话", "核查人"],
        ["李秀英", "培花新村12号302室"],
        ["周无名", "培花新村12号302室"],
        ["王建国", ""],
    ):
        book.active.append(row)
    book.save(tmp_path / "下发名单.xlsx")
    return tmp_path / "下发名单.xlsx"


def settled(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: not desk.tasks.busy, timeout=20_000)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> NamelistPage:
    made = NamelistPage(desk)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def shown(qtbot: QtBot, desk: Desk, page: NamelistPage, names: Path) -> NamelistPage:
    page.open(names)
    settled(qtbot, desk)
    return page


# ---------------------------------------------------------------- 下发名单


def test_before_a_list_is_chosen_one_sentence_and_one_button(page: NamelistPage) -> None:
    assert page.pages.currentIndex() == START


def test_a_list_dropped_on_the_page_is_looked_through(
    qtbot: QtBot, desk: Desk, page: NamelistPage, names: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(names))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(5, 5), copy, data, LEFT, none))
    settled(qtbot, desk)
    assert page.pages.currentIndex() == PREVIEW and page.name.text() == "下发名单.xlsx"


def test_each_row_says_its_verdict_who_and_what_is_filled(shown: NamelistPage) -> None:
    rows = shown.people.rows_model.rows
    assert [row["verdict"] for row in rows] == ["在册实住", "查无此人", "待核"]
    assert rows[0]["fills"].startswith("核查结果：在册实住") and "联系电话：****1234" in rows[0]["fills"]
    assert "王建国" in rows[2]["who"] and rows[2]["fills"] == ""
    assert shown.write.text() == "回填 2 行并另存…" and shown.write.isEnabled()
    shown.people.selectRow(2)
    assert "同名" in shown.detail.text() and "王建国" in shown.detail.text()


def test_the_rows_are_filtered_by_verdict(shown: NamelistPage) -> None:
    shown.filter.setCurrentIndex(shown.filter.findData("unmatched"))
    assert [row["name"] for row in shown.people.rows_model.rows] == ["周无名", "王建国"]
    shown.filter.setCurrentIndex(shown.filter.findData("在册实住"))
    assert [row["name"] for row in shown.people.rows_model.rows] == ["李秀英"]


def test_a_column_unticked_is_not_filled(qtbot: QtBot, desk: Desk, shown: NamelistPage) -> None:
    box = next(box for box in shown.boxes if "联系电话" in box.text())
    box.click()
    settled(qtbot, desk)
    assert "1234" not in shown.people.rows_model.rows[0]["fills"] and not box.isChecked()
    box.click()
    settled(qtbot, desk)
    assert "****1234" in shown.people.rows_model.rows[0]["fills"]


def test_people_not_found_may_be_left(qtbot: QtBot, desk: Desk, shown: NamelistPage) -> None:
    shown.only_matched.click()
    settled(qtbot, desk)
    assert shown.write.text() == "回填 1 行并另存…"


def test_the_button_saves_a_filled_copy(
    qtbot: QtBot, desk: Desk, shown: NamelistPage, names: Path, said: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = names.with_name("回.xlsx")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    shown.maker.setText("李社工")
    shown.maker.editingFinished.emit()
    settled(qtbot, desk)
    qtbot.mouseClick(shown.write, LEFT)
    settled(qtbot, desk)
    rows = list(load_workbook(out).active.iter_rows(min_row=2, values_only=True))
    assert rows[0][2:] == ("在册实住", "58881234", "李社工") and rows[2][2:] == (None, None, None)
    assert "已回填 2 行" in said[-1][0] and shown.show_out.isVisible()


def test_saving_over_the_list_itself_is_said_on_the_page(
    qtbot: QtBot, desk: Desk, shown: NamelistPage, names: Path
) -> None:
    shown.fill_to(names)
    settled(qtbot, desk)
    assert shown.message.isVisible() and "换一个文件名" in shown.message.text()


def test_whom_to_call_is_saved_as_a_list(
    qtbot: QtBot, desk: Desk, shown: NamelistPage, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = names.with_name("走访.xlsx")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    qtbot.mouseClick(shown.calls, LEFT)
    settled(qtbot, desk)
    assert [row[1] for row in load_workbook(out).active.iter_rows(min_row=2, values_only=True)] == ["周无名", "王建国"]


def test_a_list_without_a_column_for_it_offers_one(qtbot: QtBot, desk: Desk, page: NamelistPage, names: Path) -> None:
    book = load_workbook(names)
    book.active.delete_cols(3)
    book.save(names)
    page.open(names)
    settled(qtbot, desk)
    assert page.add_column.isVisible() and page.findings.rows_model.rows
    page.add_column.click()
    settled(qtbot, desk)
    assert "核查结果：在册实住" in page.people.rows_model.rows[0]["fills"]


def test_a_file_that_cannot_be_read_leaves_the_start_and_is_said(
    qtbot: QtBot, desk: Desk, page: NamelistPage, tmp_path: Path, said: list[Any]
) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    page.open(tmp_path / "坏.xlsx")
    settled(qtbot, desk)
    assert page.pages.currentIndex() == START and getattr(said[-1], "code", "").startswith("file-")


# ---------------------------------------------------------------- 志愿者名单


@pytest.fixture
def lists(qtbot: QtBot, desk: Desk) -> VolunteerPage:
    made = VolunteerPage(desk)
    qtbot.addWidget(made)
    made.show()
    return made


def tick(page: VolunteerPage, text: str) -> None:
    for number in range(page.tree.topLevelItemCount()):
        above = page.tree.topLevelItem(number)
        for inner in range(above.childCount() if above else 0):
            child = above.child(inner) if above else None
            if child is not None and text in child.text(0):
                child.setCheckState(0, Qt.CheckState.Checked)


@pytest.fixture
def listed(qtbot: QtBot, desk: Desk, lists: VolunteerPage, tmp_path: Path) -> Path:
    """A list of 12号, made by a click."""
    out = tmp_path / "名单.xlsx"
    tick(lists, "12号")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
        qtbot.mouseClick(lists.make, LEFT)
        settled(qtbot, desk)
    return out


def write(path: Path, name: str, title: str, value: str) -> Path:
    book = load_workbook(path)
    sheet = book["登记"]
    at = {cell.value: cell.column for cell in sheet[HEAD]}
    row = next(row for row in range(HEAD + 1, sheet.max_row + 1) if sheet.cell(row, at["姓名"]).value == name)
    sheet.cell(row, at[title]).value = value
    book.save(path)
    return path


def test_the_button_says_what_is_missing_and_then_how_many(lists: VolunteerPage) -> None:
    assert not lists.make.isEnabled() and lists.back_pages.currentIndex() == NOTHING
    tick(lists, "12号")
    assert lists.make.isEnabled() and "1 个楼号" in lists.make.text()
    for number in range(lists.fields.count()):
        lists.fields.item(number).setCheckState(Qt.CheckState.Unchecked)
    assert not lists.make.isEnabled()


def test_a_list_is_made_of_the_doors_and_fields_that_are_ticked(listed: Path, lists: VolunteerPage) -> None:
    sheet = load_workbook(listed)["登记"]
    titles = [cell.value for cell in sheet[HEAD]]
    assert titles == ["编号", "楼号", "室号", "姓名", "性别", "联系电话", "居住类型", "人员状态", "备注"]
    assert [sheet.cell(row, 4).value for row in range(HEAD + 1, HEAD + 4)] == ["王建国", "李秀英", "张三"]
    assert lists.show_out.isVisible()


def test_what_came_back_is_shown_written_and_nothing_is_left(
    qtbot: QtBot, desk: Desk, lists: VolunteerPage, listed: Path, said: list[Any]
) -> None:
    lists.open(write(listed, "张三", "备注", "独自居住"))
    settled(qtbot, desk)
    assert lists.back_pages.currentIndex() == READ and lists.write.text() == "写入 1 处"
    (row,) = lists.differences.rows_model.rows
    assert (row["name"], row["title"], row["old"], row["new"]) == ("张三", "备注", "", "独自居住")
    qtbot.mouseClick(lists.write, LEFT)
    settled(qtbot, desk)
    assert said[-1][0].startswith("已写入 1 处") and said[-1][1]
    assert records.show(desk.session, "resident", search.find(desk.session, "张三")[0]["id"])["note"] == "独自居住"
    assert lists.differences.rows_model.rows == [] and not lists.write.isEnabled()


def test_a_new_line_and_a_cell_that_both_changed_stand_in_their_tabs(
    qtbot: QtBot, desk: Desk, lists: VolunteerPage, listed: Path
) -> None:
    book = load_workbook(listed)
    sheet = book["登记"]
    for column, value in enumerate(("", "12号", "501", "孙八"), 1):
        sheet.cell(HEAD + 4, column).value = value or None
    book.save(listed)
    person = search.find(desk.session, "李秀英")[0]["id"]
    records.change(desk.session, "resident", person, {"note": "新"})
    lists.open(write(listed, "李秀英", "备注", "旧"))
    settled(qtbot, desk)
    assert [row["name"] for row in lists.additions.rows_model.rows] == ["孙八"]
    assert "没有读入" in lists.findings.rows_model.rows[0]["words"]
    qtbot.mouseClick(lists.write, LEFT)
    settled(qtbot, desk)
    assert [each["values"]["name"] for each in doubtful.pending(desk.session)][-1] == "孙八"


def test_a_workbook_that_is_none_of_ours_is_said_and_the_page_stays(
    qtbot: QtBot, desk: Desk, lists: VolunteerPage, names: Path, said: list[Any]
) -> None:
    lists.open(names)
    settled(qtbot, desk)
    assert said[-1].code == "list-not-ours" and lists.back_pages.currentIndex() == NOTHING


def test_esc_leaves_what_was_read(qtbot: QtBot, desk: Desk, lists: VolunteerPage, listed: Path) -> None:
    lists.open(listed)
    settled(qtbot, desk)
    lists.back()
    assert lists.back_pages.currentIndex() == NOTHING and lists.reading is None

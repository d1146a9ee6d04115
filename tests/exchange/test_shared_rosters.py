"""Workbooks that others made for their own ends: each is tried, and what came of it stands here.

None is a roster of a neighbourhood but the last: most must be refused, each in its own words, and none may break
the reading. They are public data beside the project and no part of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import words
from app.domain.findings import UserError
from app.exchange import rosters
from app.exchange.tables import open_book

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "rosters"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"{DATA} is not here: odd workbooks that are not part of the project"
)

REFUSED = {
    "calamine/date_1904.xls": "sheet-no-header",  # dates and numbers without titles
    "calamine/date_1904.xlsx": "sheet-no-header",
    "calamine/errors.xlsx": "sheet-empty",  # seven cells, each an error
    "calamine/has_x000D_.xlsx": "sheet-no-header",  # one cell
    "calamine/merge_cells.xls": "sheet-no-header",  # merged cells of words
    "calamine/merge_cells.xlsx": "sheet-no-header",
    "calamine/merged_cells.ods": "sheet-no-header",
    "calamine/pass_protected.xlsx": "file-encrypted",
    "easyexcel/dataformat.xls": "sheet-no-header",  # dates and numbers in many formats, titles in English
    "easyexcel/dataformat.xlsx": "sheet-no-header",
    "easyexcel/dataformatv2.xlsx": "sheet-no-header",
    "easyexcel/no_bom.csv": "sheet-no-people",  # names and ages, but no place to live at
    "easyexcel/office_bom.csv": "sheet-no-people",
    "microcommunity/importCarFeeDetail.xlsx": "sheet-no-header",  # cars and what was paid for them
    "microcommunity/importResourceStore.xlsx": "sheet-no-header",  # things in a store
    "microcommunity/meterMachine.xlsx": "sheet-no-header",  # water and electricity meters
}
READ = {"microcommunity/importRoom.xlsx": 1}
"""Rosters, and how many rows they have."""

CELLS: dict[str, tuple[str, int, int, Any]] = {
    "calamine/date_1904.xls": ("Sheet1", 0, 0, date(2021, 1, 1)),
    "calamine/date_1904.xlsx": ("Sheet1", 2, 0, timedelta(days=10, seconds=54_610)),
    "calamine/has_x000D_.xlsx": ("Sheet1", 0, 0, "ABC\r\nDEF"),
    "calamine/merge_cells.xls": ("Sheet1", 1, 0, "Column Merge"),
    "calamine/merge_cells.xlsx": ("Sheet1", 0, 2, "Not Merged"),
    "calamine/merged_cells.ods": ("Sheet1", 1, 0, "A"),  # merged downwards
    "easyexcel/dataformat.xls": ("Sheet1", 1, 1, "2020-1-1 1:01"),
    "easyexcel/dataformat.xlsx": ("Sheet1", 1, 4, 1.1111),
    "easyexcel/dataformatv2.xlsx": ("Sheet1", 4, 0, date(2023, 1, 1)),
    "easyexcel/no_bom.csv": ("no_bom", 10, 0, "姓名9"),
    "easyexcel/office_bom.csv": ("office_bom", 0, 0, "姓名"),
    "microcommunity/importCarFeeDetail.xlsx": ("车辆缴费历史", 0, 0, "车牌号"),
    "microcommunity/importResourceStore.xlsx": ("物品信息", 1, 1, "物品名称"),
    "microcommunity/importRoom.xlsx": ("资产信息", 0, 12, "业主名称"),
    "microcommunity/meterMachine.xlsx": ("水电表", 1, 0, "1-1-1智能水表"),
}
"""(sheet, row, column, what stands there), counted from 0: a cell of each that opens."""


def test_every_workbook_is_listed() -> None:
    files = {
        path.relative_to(DATA).as_posix()
        for path in DATA.rglob("*")
        if path.suffix in (".xlsx", ".xls", ".ods", ".csv")
    }
    assert files == REFUSED.keys() | READ.keys()


@pytest.mark.parametrize(("file", "code"), REFUSED.items())
def test_what_is_no_roster_is_refused(file: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        rosters.read(DATA / file)
    assert caught.value.code == code
    said = words.say(code, **caught.value.details)
    assert Path(file).stem in said and said.endswith("。")


@pytest.mark.parametrize(("file", "count"), READ.items())
def test_what_is_one_is_read(file: str, count: int) -> None:
    assert len(rosters.read(DATA / file).rows) == count


@pytest.mark.parametrize(("file", "cell"), CELLS.items())
def test_what_a_cell_holds(file: str, cell: tuple[str, int, int, Any]) -> None:
    sheet, row, column, value = cell
    assert open_book(DATA / file).grid(sheet)[row][column] == value


def test_the_owner_of_a_flat() -> None:
    (row,) = rosters.read(DATA / "microcommunity/importRoom.xlsx").rows
    known = {"building": "1号", "unit": "1", "room": "1001", "floor": 1, "name": "张三0", "sex": "男"}
    assert {key: row.values.get(key) for key in known} == known
    assert row.values["extra"]["建筑面积"] == "94.56"  # nobody asked for it, and it is kept


@pytest.mark.parametrize("file", ["easyexcel/no_bom.csv", "easyexcel/office_bom.csv"])
def test_names_without_a_place_are_a_list_of_names(file: str) -> None:
    roster = rosters.read(DATA / file, need_place=False)
    assert [row.values["name"] for row in roster.rows] == [f"姓名{number}" for number in range(10)]


def test_errors_are_told() -> None:
    told = {finding.code: finding.details for finding in open_book(DATA / "calamine/errors.xlsx").told}
    assert told["cells-with-errors"] == {"count": 7, "cell": "A1"}

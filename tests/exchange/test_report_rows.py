"""Values that Excel cannot hold as they are: too long, too old."""

from __future__ import annotations

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from app.exchange.report_rows import as_number, fitting, safe_text
from app.exchange.sheetxml import Run


def units(text: str) -> int:
    """Characters as Excel counts them."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("text", ["字" * 40_000, "😀" * 20_000, "a" + "😀" * 20_000])
def test_a_text_is_as_long_as_a_cell_takes(text: str) -> None:
    assert 32_766 <= units(safe_text(text)) <= 32_767
    assert text.startswith(safe_text(text))


def test_what_stands_around_a_long_text_counts_too() -> None:
    runs = fitting([Run("备注："), Run("字" * 32_767, "<rPr><b/></rPr>"), Run("。")])
    assert sum(units(run.text) for run in runs) == 32_767
    assert [run.format for run in runs] == ["", "<rPr><b/></rPr>"]


def test_what_fits_is_left_alone() -> None:
    assert fitting([Run("甲"), Run(""), Run("乙", "<rPr/>")]) == [Run("甲"), Run("乙", "<rPr/>")]
    assert safe_text("𠀀" * 16_383) == "𠀀" * 16_383


@pytest.mark.parametrize(("day", "number"), [
    ("1899-12-31", None), ("1890-05-01", None), ("0001-01-01", None), ("1900-01-01", 1), ("1900-02-28", 59),
    ("1900-03-01", 61), ("1958-03-12", 21256),
])  # fmt: skip
def test_days_before_excel_are_text(day: str, number: int | None) -> None:
    assert as_number(day, dated=True, epoch=CALENDAR_WINDOWS_1900) == number


@pytest.mark.parametrize(("day", "number"), [("1903-12-31", None), ("1904-01-01", 0), ("1958-03-12", 19794)])
def test_a_calendar_that_begins_in_1904(day: str, number: int | None) -> None:
    assert as_number(day, dated=True, epoch=CALENDAR_MAC_1904) == number

"""Dates as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import dates

DAYS = st.dates(date(1920, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    "raw",
    [
        "1958-3-12", "1958-03-12", "1958/03/12", "1958.3.12", "19580312", 19580312, 19580312.0, "19580312.0",
        "1958年3月12日", "1958年03月12", " 1958 年 3 月 12 日 ", "58.3.12", "58年3月12日", "580312", "1958 3 12",
        "1958，3，12", "１９５８年３月１２日", "一九五八年三月十二日", "1958—3—12", "1958.3.12生", "公历1958年3月12日",
        21256, 21256.0, "21256", 21256.75, datetime.fromisoformat("1958-03-12"), datetime.fromisoformat("1958-03-12T14:30"), date(1958, 3, 12),
        "一九五八・三・十二", "1958·3·12", "\u200b1958-3-12\u202c", "1958-03-12 00:00:00", "1958-3-12T08:00:00Z", "1958/3/12 14:30", "19580312 14:00", "1958.3.12晚",
        "1958年3月12日 星期三", "12-Mar-58", "12 March 1958", "March 12, 1958", "3/12/1958", "12.03.1958", "'1958-3-12",
    ],
)  # fmt: skip
def test_one_day_in_all_its_spellings(raw: object) -> None:
    assert dates.read(raw) == "1958-03-12"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("1958-03", "1958-03"), ("1958.3", "1958-03"), ("1958年3月", "1958-03"), ("195803", "1958-03"),
        (195803.0, "1958-03"), (1958.03, "1958-03"), (1958.12, "1958-12"), ("1958", "1958"), (1958.0, "1958"),
        ("1958年", "1958"), ("58年", "1958"), ("1958-03-00", "1958-03"), ("1958-00-00", "1958"),
    ],
)  # fmt: skip
def test_no_more_is_said_than_was_written(raw: object, said: str) -> None:
    assert dates.read(raw) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [("1896-7-8", "1896-07-08"), ("1899年12月31日", "1899-12-31"), ("一八九六年七月", "1896-07"), ("1896", "1896")],
)
def test_births_before_a_spreadsheet_has_dates(raw: str, said: str) -> None:
    assert dates.read(raw) == said


@pytest.mark.parametrize(("raw", "day"), [("三月廿日", 20), ("三月廿一日", 21), ("三月卅一日", 31), ("三月二十日", 20)])
def test_short_words_for_tens(raw: str, day: int) -> None:
    assert dates.read(f"一九五八年{raw}") == f"1958-03-{day}"


def test_a_number_that_may_be_january_or_october_gives_the_year() -> None:
    assert dates.read(1958.1) == "1958"


@pytest.mark.parametrize(
    "raw",
    [
        "2月30日", "1958-2-30", "2019/2/29", "1958-13-01", "1958-3-123", "1958.123", "农历1958年3月12日", "不详", "", "58",
        "14:30", "01:01.0", "1.1111", "²", "0000-00-00", "1865-01-01", date(1899, 12, 31), time(3), timedelta(days=3), True, None,
        float("nan"), float("inf"), 1e300, 0.5, -5, "1" * 10_000, "3月5日",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(raw: object) -> None:
    assert dates.read(raw) is None


@pytest.mark.parametrize("raw", ["3月5日", "3.5", "3-5", "03-05", "3月5日晚", "３月５日", "三月五日"])
def test_a_day_without_a_year_needs_one(raw: str) -> None:
    assert dates.read(raw) in (None, "2003-05")
    assert dates.read(raw, year=2020) == "2020-03-05"


def test_a_whole_date_keeps_its_own_year() -> None:
    assert dates.read("2019-12-31", year=2020) == "2019-12-31"


def test_the_first_day_of_a_span_is_taken() -> None:
    assert dates.read("2020.03.05-2020.03.07") == "2020-03-05"


@pytest.mark.parametrize(("two", "year"), [("26", "2026"), ("27", "1927"), ("00", "2000"), ("99", "1999")])
def test_two_digits_are_never_in_the_future(two: str, year: str) -> None:
    assert dates.read(f"{two}.1.2", pivot=2026) == f"{year}-01-02"


@given(DAYS)
def test_every_day_is_read_back(day: date) -> None:
    iso = day.isoformat()
    serial = (day - date(1899, 12, 30)).days
    for text in (
        iso,
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        serial,
    ):
        assert dates.read(text) == iso


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.datetimes(), st.times()))
def test_nothing_breaks_it_and_what_it_says_is_stable(raw: object) -> None:
    read = dates.read(raw)
    assert read is None or dates.read(read) == read

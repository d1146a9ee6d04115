"""Days as people type them are the days they mean; what is none is refused. (Times: test_incidents.)"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import clock, moments
from app.domain.findings import UserError

NOW = clock.frozen("2020-05-25T00:30")()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2020/5/4", "2020-05-04"), ("5月25日", "2020-05-25"), ("２０２０年５月４号", "2020-05-04"), ("昨天", "2020-05-24"), ("6-1", "2020-06-01")],
)  # fmt: skip
def test_a_day_is_read_as_it_is_said(typed: str, meant: str) -> None:
    assert moments.day(typed, NOW).isoformat() == meant


@given(st.dates(min_value=date(1000, 1, 1)))
def test_an_iso_day_is_itself(on: date) -> None:
    assert moments.day(on.isoformat(), NOW) == on


@pytest.mark.parametrize("typed", ["", "乱", "2020-02-30", "2020-13-01", "2020-05", "25", "2020-05-25T10:00", "0-0"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="day-invalid"):
        moments.day(typed, NOW)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2020-05-24 14:05", "2020-05-24T14:05:00+08:00"), ("2020-05-24T06:05:00Z", "2020-05-24T14:05:00+08:00"),
     ("2020-05-24 06:05:00+00:00", "2020-05-24T14:05:00+08:00")],
)  # fmt: skip
def test_an_iso_time_is_itself_in_shanghai(typed: str, meant: str) -> None:
    assert clock.written(moments.read(typed, NOW)) == meant

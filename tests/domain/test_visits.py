"""Freshness: who confirmed a household, when, and for how long that holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain import visits
from app.domain.fields import VISIT_MODES, VISIT_RESULTS

DAY = date(2020, 5, 1)


def visit(on: date = DAY, mode: str = "上门", result: str = "登记") -> dict[str, str]:
    return {"on": on.isoformat(), "mode": mode, "result": result}


def test_every_mode_and_result_of_the_catalogue_is_weighed() -> None:
    assert set(visits.SHARES) == set(VISIT_MODES)
    assert set(visits.CONFIRMING + visits.FAILED) == set(VISIT_RESULTS)


@pytest.mark.parametrize("mode", ["上门", "电话", "微信"])
def test_seen_or_spoken_to_holds_for_ninety_days(mode: str) -> None:
    seen = [visit(mode=mode)]
    assert not visits.is_stale(seen, DAY + timedelta(days=90))
    assert visits.is_stale(seen, DAY + timedelta(days=91))


def test_a_group_heads_word_holds_half_as_long() -> None:
    said = [visit(mode="楼组长代报")]
    assert not visits.is_stale(said, DAY + timedelta(days=45))
    assert visits.is_stale(said, DAY + timedelta(days=46))


@pytest.mark.parametrize("mode", ["邻居或物业反映", "门卫"])
def test_hearsay_confirms_nothing(mode: str) -> None:
    assert visits.last_confirmed([visit(mode=mode)]) is None
    assert visits.is_stale([visit(mode=mode)], DAY)


@pytest.mark.parametrize("result", visits.FAILED)
def test_a_closed_door_confirms_nothing(result: str) -> None:
    assert visits.is_stale([visit(result=result)], DAY)


def test_an_empty_flat_is_confirmed_but_not_visited() -> None:
    empty = [visit(result="空置")]
    assert visits.last_confirmed(empty) == DAY
    assert not visits.is_visited(empty)
    assert visits.is_visited([*empty, visit()])


def test_the_latest_confirmation_counts_even_if_a_later_knock_failed() -> None:
    tried = [visit(DAY), visit(DAY + timedelta(days=3), result="无人"), visit(DAY - timedelta(days=9))]
    assert visits.last_confirmed(tried) == DAY


def test_a_visit_of_the_future_does_not_count_yet() -> None:
    planned = [visit(DAY + timedelta(days=1))]
    assert visits.is_stale(planned, DAY)
    assert visits.last_confirmed(planned, DAY) is None


def test_the_span_can_be_set_and_nobody_ever_is_stale() -> None:
    assert visits.is_stale([visit()], DAY + timedelta(days=31), days=30)
    assert visits.is_stale([], DAY)


def test_a_stronger_older_visit_outlives_a_weaker_newer_one() -> None:
    both = [visit(DAY), visit(DAY + timedelta(days=1), mode="楼组长代报")]
    assert visits.fresh_until(both) == DAY + timedelta(days=90)

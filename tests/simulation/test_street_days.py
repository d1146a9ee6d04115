"""A street through weeks like those of 2020, played through the services and counted once more by hand.

The full run (`./test --all`) is the whole street: 59 committees, 250,000 residents, 60 days, in two processes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from app.demo.street import PER_COMMITTEE
from app.services import supervision
from tests.simulation import asking, plan, reckoning
from tests.simulation.street_run import Street, ask, quick

ALL = bool(os.environ.get("LOUTU_ALL"))
COMMITTEES, RESIDENTS, DAYS, PROCESSES, SEED = (59, PER_COMMITTEE, 60, 2, 1) if ALL else (3, 130, 22, 0, 10)
"""The short run is the smallest in which everything happens that `test_everything_happens` asks for."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Street, dict[str, Any]]]:
    """The street after its last day, and what every committee said on the biggest."""
    began = time.perf_counter()
    quick()
    with Street(tmp_path_factory.mktemp("street"), COMMITTEES, RESIDENTS, PROCESSES) as street:
        made = street.begin(DAYS, SEED)
        biggest = reckoning.biggest_day(made)
        street.run(biggest)
        said = {"biggest": biggest, "then": street.everywhere(ask, asking.evening, biggest.isoformat())}
        said["today"] = street.everywhere(ask, asking.on_today, biggest.isoformat())
        street.run()
        said["seconds"] = time.perf_counter() - began
        street.exchange(made.last + timedelta(days=1))
        yield street, said


def _differences(counted: dict[int, Any], said: dict[int, Any]) -> list[str]:
    """Field by field: an assertion over thousands of figures that says which one."""
    return [
        f"居委 {number} {name}: 应为 {value}, 实为 {asdict(said[number])[name]}"
        for number, count in counted.items() for name, value in asdict(count).items() if asdict(said[number])[name] != value
    ]  # fmt: skip


def test_the_biggest_day_is_what_was_counted_by_hand(played: tuple[Street, dict[str, Any]]) -> None:
    street, said = played
    counted = reckoning.evening(street.plan, said["biggest"])
    assert sum(count.open for count in counted.values()) > (1_000 if ALL else 20)
    assert _differences(counted, said["then"]) == []


def test_everything_happens(played: tuple[Street, dict[str, Any]]) -> None:
    street, said = played
    cases = [case for committee in street.plan.committees for case in committee.cases]
    assert {case.how for case in cases} == {"", "期满", "提前", "转出", "转集中", "转院"}
    assert any(case.moved_to is not None for case in cases)
    counted = reckoning.evening(street.plan, said["biggest"]).values()
    assert all(sum(getattr(each, kind) for each in counted) for kind in ("open", "over", "missing", "alerts"))


def test_the_last_evening_is_what_was_counted_by_hand(played: tuple[Street, dict[str, Any]]) -> None:
    street, _ = played
    last = street.plan.last
    said = street.everywhere(ask, asking.evening, last.isoformat())
    assert _differences(reckoning.evening(street.plan, last), said) == []


def test_every_check_and_every_release_of_the_biggest_day_stands_on_today(
    played: tuple[Street, dict[str, Any]],
) -> None:
    street, said = played
    for number, count in reckoning.evening(street.plan, said["biggest"]).items():
        told = said["today"][number]
        assert told.get("release", 0) == count.over, number
        assert told.get("alert", 0) == count.alerts, number
        assert bool(told.get("check", 0) + told.get("check-twice", 0)) == bool(count.missing), number


def test_yesterday_and_what_came_and_went_make_today(played: tuple[Street, dict[str, Any]]) -> None:
    """昨日在管 + 新增 − 结束 = 今日在管, on every day and at every committee."""
    street, _ = played
    made = reckoning.duties(street.plan)
    for number in range(street.count):
        mine = [duty for duty in made if duty.committee == number]
        for offset in range(1, DAYS):
            day = plan.BEGIN + timedelta(days=offset)
            before, now = (sum(each.open_on(when) for each in mine) for when in (day - timedelta(days=1), day))
            came, went = sum(each.since == day for each in mine), sum(each.until == day for each in mine)
            assert before + came - went == now


def test_the_stages_of_incidents_are_those_counted_by_hand(played: tuple[Street, dict[str, Any]]) -> None:
    street, _ = played
    said = street.everywhere(ask, asking.stages, street.plan.last.isoformat())
    for committee in street.plan.committees:
        for stage in plan.STAGES:
            took = reckoning.minutes([committee], stage)
            expected = (len(took), reckoning.ranked(took, 0.5), reckoning.ranked(took, 0.9))
            assert said[committee.number][stage] == expected, (committee.number, stage)


def test_the_centre_supervises_by_the_same_figures(played: tuple[Street, dict[str, Any]]) -> None:
    street, _ = played
    made, told = street.plan, supervision.figures(street.centre)
    counted = reckoning.evening(made, made.last)
    for unit in told.units:
        number = street.numbers[unit.name]
        assert unit.isolating == counted[number].open, unit.name
        checks = reckoning.checks(made, number)
        assert {day.on: (day.owed, day.done) for day in unit.trend if day.owed is not None} == {
            day.on: checks[day.on] for day in unit.trend if day.owed is not None
        }, unit.name
        assert unit.trend[-2].owed is not None, unit.name
    assert len(told.units) == street.count


@pytest.mark.all
@pytest.mark.skipif(not ALL, reason="the whole street takes minutes")
def test_the_whole_street_takes_less_than_ten_minutes(played: tuple[Street, dict[str, Any]]) -> None:
    _, said = played
    print(f"59 committees × 60 days: {said['seconds']:.0f} s")  # noqa: T201  # the figure of the note
    assert said["seconds"] < 600

"""A measure of one committee over sixty days, beside the same map drawn once for today; and recolouring to another day.

The committee has 5,000 residents and a history: on each day some moved, changed, were visited, came back or were isolated.
"""

from __future__ import annotations

import random
import statistics
from datetime import date, timedelta
from functools import partial
from typing import Any

from app.domain import clock, ids
from app.domain.maps import Drawing
from app.maps import layers
from app.services import maps, replay, rosters, workspaces
from app.services.session import Session
from benchmarks.rows.street import ACCOUNT, PASSWORD, WORK, timed, workbook

TITLE = "time slider, one committee of 5,000 over 60 days"
HOLD = "< 2 s; a day < 50 ms"
RESIDENTS, DAYS, A_DAY = 5_000, 60, 40
LAST = date(2020, 5, 25)
COLOURS = ("isolation", "stale", "returnees", "elderly-alone", "incidents")
ROUNDS = 3
FOLDER = WORK / f"lived-{RESIDENTS}-{DAYS}"


def run() -> dict[str, Any]:
    _live()
    opened = workspaces.unlock(FOLDER, ACCOUNT, PASSWORD, clock=clock.frozen(f"{LAST}T20:00"))
    read: dict[str, float] = {}
    day: list[float] = []
    once: list[float] = []
    try:
        for colour in COLOURS:
            now = maps.draw(opened, "committee", colour=colour)
            once.append(timed(partial(maps.draw, opened, "committee", colour=colour))[0])
            took = [timed(partial(_series, opened, now))[0] for _ in range(ROUNDS)]
            read[colour] = statistics.median(took)
            series = _series(opened, now)
            for number in range(DAYS):
                on = LAST - timedelta(number)
                day.append(timed(partial(_recolour, series, now, on))[0])
    finally:
        workspaces.lock(opened)
    return {
        "against": "today's map drawn once for each of the days",
        "ratio": round(sum(read.values()) / (DAYS * sum(once)), 2),
        "figures": {
            **{colour: f"{seconds:.2f} s" for colour, seconds in read.items()},
            "a day": f"{1_000 * statistics.median(day):.1f} ms", "slowest day": f"{1_000 * max(day):.1f} ms",
        },
    }  # fmt: skip


def _series(opened: Session, now: Drawing) -> replay.Series:
    first = LAST - timedelta(DAYS - 1)
    return replay.series(opened, "committee", now.id, now.measure.key, first=first, last=LAST)


def _recolour(series: replay.Series, now: Drawing, on: date) -> Any:
    return layers.colours_of(replay.on(series, now, on))


def _live() -> None:
    """The committee's sixty days, written once."""
    if workspaces.exists(FOLDER):
        return
    chance, first = random.Random(1), LAST - timedelta(DAYS - 1)
    workspaces.create(
        FOLDER, role="committee", name="居委会", code="310115016001", account=ACCOUNT, password=PASSWORD, rehearsal=True,
        clock=clock.frozen(f"{first}T08:00"),
    )  # fmt: skip
    opened = workspaces.unlock(FOLDER, ACCOUNT, PASSWORD, clock=clock.frozen(f"{first}T09:00"))
    rosters.apply(opened, rosters.preview(opened, workbook(RESIDENTS)))
    with opened.db.reading() as connection:
        people, homes = (
            [row for (row,) in connection.exec_driver_sql(f"SELECT id FROM {table} ORDER BY n")]
            for table in ("resident", "household")
        )
    for number in range(DAYS):
        opened.clock = clock.frozen(f"{first + timedelta(number)}T15:00")
        for _ in range(A_DAY):
            _something(opened, chance, people, homes, first + timedelta(number))
    workspaces.lock(opened)


def _something(opened: Session, chance: random.Random, people: list[str], homes: list[str], today: date) -> None:
    somebody = chance.choice(people)
    changes: list[dict[str, Any]] = [
        {"status": chance.choice(["在住", "迁出", "暂离"])}, {"household": chance.choice(homes)},
        {"care_groups": chance.choice([["独居"], []])},
    ]  # fmt: skip
    made: list[tuple[str, dict[str, Any]]] = [
        ("visit", {"household": chance.choice(homes), "on": today.isoformat(), "result": "登记"}),
        ("arrival", {"resident": somebody, "origin": "武汉", "arrived_on": today.isoformat()}),
        ("isolation_case", {"resident": somebody, "state": "在管", "start": today.isoformat()}),
        ("incident", {"resident": somebody, "kind": "求助", "state": chance.choice(["已接报", "已撤销"])}),
    ]
    with opened.writing("change") as writing:
        if chance.random() < 0.5:
            writing.change("resident", somebody, chance.choice(changes))
        else:
            entity, values = chance.choice(made)
            writing.create(entity, [(str(ids.new_id()), values)])

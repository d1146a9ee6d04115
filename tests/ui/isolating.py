"""What tests of the isolation window share: a desk without the whole window round it, and 120 households that isolate."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.domain import clock, ids, isolation
from app.services import isolation as services
from app.services import workspaces
from app.services.session import Session
from app.services.values import stored
from app.ui.desk import Desk
from app.ui.tasks import InlineTasks
from tests.conftest import ACCOUNT, PASSWORD

EVENING = "2020-05-25T18:30"
HOUSEHOLDS, BUILDINGS = 120, 10
_MADE: dict[str, Path] = {}


@dataclass
class Said:
    """What the window would have been told: sentences with the batch of 撤销, places asked for, errors."""

    notices: list[tuple[str, str]] = field(default_factory=list)
    went: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    @property
    def last(self) -> str:
        return self.notices[-1][0]

    @property
    def batch(self) -> str:
        return self.notices[-1][1]


def bare_desk(session: Session) -> tuple[Desk, Said]:
    said = Said()
    desk = Desk(
        session, InlineTasks(said.errors.append), lambda text, batch="", act="", /: said.notices.append((text, batch)),
        lambda key, /, **where: said.went.append((key, where)), said.errors.append, lambda: None, lambda steps: None,
    )  # fmt: skip
    return desk, said


def copied(name: str, make: Callable[[Session], object], new: Path, where: Path) -> Path:
    """A workspace filled once for all tests, and copied for each. new: the empty one."""
    if name not in _MADE:
        made = Path(shutil.copytree(new, new.parent / name))
        session = workspaces.unlock(made, ACCOUNT, PASSWORD, clock=clock.frozen(EVENING))
        make(session)
        workspaces.lock(session)
        _MADE[name] = made
    return Path(shutil.copytree(_MADE[name], where))


def people_at(session: Session, homes: list[tuple[str, str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Households in 培花新村, all in one batch: (building, room, names) → (household, residents)."""
    committee, found = session.committee_id, []
    rows: dict[str, dict[str, dict[str, Any]]] = {
        "estate": {}, "building": {}, "dwelling": {}, "household": {}, "resident": {}
    }  # fmt: skip
    estate = ids.place_id(committee, ("培花新村",))
    rows["estate"][estate] = {"name": "培花新村"}
    for building, room, names in homes:
        number = ids.place_id(committee, ("培花新村", "", building))
        door = ids.place_id(committee, ("培花新村", "", building, "", room))
        home, people = str(ids.new_id()), [str(ids.new_id()) for _ in names]
        rows["building"][number] = {"estate": estate, "number": building}
        rows["dwelling"][door] = {"building": number, "room": room, "floor": int(room) // 100}
        rows["household"][home] = {"dwelling": door}
        for at, (row, name) in enumerate(zip(people, names, strict=True)):
            person = {"household": home, "name": name, "status": "在住", "phones": [{"number": f"1381234{at}678"}]}
            rows["resident"][row] = stored(session, "resident", row, person)
        found.append((home, people))
    with session.writing("create") as writing:
        for entity, values in rows.items():
            writing.create(entity, list(values.items()))
    return found


def isolated(session: Session, people: list[str], start: date, rule: str = "14", **more: Any) -> list[str]:
    """Their cases, as if they had been opened on the first day."""
    stages = isolation.to_json(isolation.open_case(isolation.rule_named(rule, start), start))
    made = [
        (str(ids.new_id()), {"resident": row, "rule": rule, "start": start.isoformat(), "stages": stages, "state": "在管", **more})
        for row in people
    ]  # fmt: skip
    with session.writing("create") as writing:
        writing.create("isolation_case", made)
    return [case for case, _ in made]


def a_committee_in_may(session: Session) -> None:
    """120 households in ten buildings, of one to three people, on their first day: only the evening is still owed."""
    homes = people_at(session, [
        (f"{number % BUILDINGS + 1}号", f"{number // BUILDINGS + 1}01", [f"居民{number}甲", f"居民{number}乙", f"居民{number}丙"][: number % 3 + 1])
        for number in range(HOUSEHOLDS)
    ])  # fmt: skip
    cases = isolated(session, [row for _, people in homes for row in people], date(2020, 5, 25))
    answers = [services.Answer(case, symptoms="无") for case in cases]
    services.check_many(session, answers, on=date(2020, 5, 25), slot="am", mode="电话")

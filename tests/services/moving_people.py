"""What tests of moves in mid-isolation share: people who isolate at one committee of a street, and who has the duty."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import date
from pathlib import Path

from app.db import transfers
from app.domain import isolation
from app.services import moves, places, records, search
from app.services.session import Session
from tests.services.bending import down, lived_in, up
from tests.street import Street, copy_of, template

START = "2020-05-20"
NAMES = ("王建国", "李秀英", "张三", "赵六", "钱七")


def case_of(session: Session, resident: str, **more: object) -> str:
    """A case of fourteen days, on its sixth when the street's clock begins."""
    stages = isolation.to_json(isolation.open_case(isolation.rule_named("14", date(2020, 5, 20)), date(2020, 5, 20)))
    values = {"resident": resident, "rule": "14", "start": START, "stages": stages, "state": "在管"}
    return records.add(session, "isolation_case", values | {"officer_name": "李社工"} | more).id


_MADE: list[Path] = []


def isolating_street(folder: Path) -> Street:
    """A street in which four people of the first committee isolate in one household, and everybody was at the centre.

    Made once and copied: making it takes half a second.
    """
    if not _MADE:
        _MADE.append(Path(tempfile.mkdtemp()))
        atexit.register(shutil.rmtree, _MADE[0], ignore_errors=True)
        template(_MADE[0], four_isolate)
    return copy_of(_MADE[0], folder)


def four_isolate(street: Street) -> None:
    first, second = street.committee(1), street.committee(2)
    residents = [lived_in(first, NAMES[0])]
    home = records.show(first, "resident", residents[0])["household"]
    residents += [records.add(first, "resident", {"name": name, "household": home}).id for name in NAMES[1:4]]
    lived_in(second, "周八", "由由新村")
    for each in residents:
        case_of(first, each)
    up(street, first, second)
    down(street, first, second)


def neighbours(street: Street, people: int = 1) -> tuple[Session, Session, list[str]]:
    """The two committees of an `isolating_street`, and so many of the people who isolate."""
    first, second = street.committees
    return first, second, [str(search.find(first, name)[0]["id"]) for name in NAMES[:people]]


def home_of(session: Session) -> str:
    """A household of the second committee."""
    return str(places.resolve(session, "由由新村/12号/302/户1")[1])


def arrived(session: Session) -> list[str]:
    return [each["id"] for each in moves.pending(session) if each["state"] == "arrived"]


def cases(session: Session, resident: str) -> list[tuple[str, str]]:
    """(id, state) of a person's cases here."""
    with session.db.reading() as connection:
        found = transfers.cases_of(connection, session.committee_id, resident)
    return [(each["id"], each["state"]) for each in found]


def on_duty(*sessions: Session, names: tuple[str, ...] = NAMES) -> dict[str, list[str]]:
    """By name: the committees whose PC lists a case of the person as theirs to look after."""
    found: dict[str, list[str]] = {name: [] for name in names}
    for session in sessions:
        with session.db.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT DISTINCT r.name FROM isolation_case c JOIN resident r ON r.id = c.resident AND"
                f" r.committee_id = c.committee_id WHERE c.committee_id = ? AND c.state IN {isolation.UNDER_WAY}",
                (session.committee_id,),
            ).fetchall()
        for (name,) in rows:
            if name in found:
                found[name].append(session.code)
    return found

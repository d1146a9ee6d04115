"""What tests of isolation share: households, cases, a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.domain import clock
from app.services import isolation, records
from app.services.session import Session
from app.services.values import Values

TODAY = date(2020, 5, 25)


def day(number: int) -> date:
    """The n-th of May 2020."""
    return date(2020, 5, 1) + timedelta(days=number - 1)


def household(
    session: Session, room: str = "302", *names: str, building: str = "12号", **more: Any
) -> tuple[str, list[str]]:
    """A household in 培花新村 and its people."""
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": building, "room": room})
    home = records.add(session, "household", {"dwelling": door.id}).id
    people = [
        records.add(session, "resident", {"household": home, "name": name, "phone": f"1381234{number}678", **more}).id
        for number, name in enumerate(names or ("王建国",))
    ]
    return home, people


def opened(session: Session, *, rule: str = "14", start: date = TODAY, **more: Any) -> Values:
    """One person's case."""
    (case,) = isolation.open_(session, resident=household(session)[1][0], rule=rule, start=start, **more)["cases"]
    return case


def at(session: Session, when: str) -> None:
    session.clock = clock.frozen(when)


def shown(session: Session, on: date | None = None, **more: Any) -> Values:
    (row,) = isolation.list_(session, on, **more)
    return row

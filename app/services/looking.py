"""Who may look at level 3 of whom, when a second person signs, and the entry that each look leaves (access.md)."""

from __future__ import annotations

from collections.abc import Iterable

from app.db import assignments, present
from app.db.connection import Connection
from app.domain import access
from app.domain.isolation import ACTIVE
from app.services.session import Session
from app.services.values import SEALED

ALL_OF_IT = frozenset({"head", "data"})
"""Roles that read level 3 of everybody in their committees; a worker reads that of those assigned to it."""


def reads_all(session: Session) -> bool:
    return not ALL_OF_IT.isdisjoint(session.roles)


def is_assigned(session: Session, connection: Connection, committee: str, resident: str) -> bool:
    """Does the resident live in a building given to this account, or isolate in a case that names it?"""
    given = session.given(connection).buildings
    return bool(
        (given and assignments.is_in(connection, committee, resident, given))
        or resident in assignments.cases_of(connection, committee, session.account, ACTIVE)
    )


def assigned(session: Session, connection: Connection, committees: Iterable[str]) -> set[str]:
    """Ids of all residents assigned to this account."""
    given, found = session.given(connection).buildings, set()
    for committee in committees:
        found |= assignments.residents_in(connection, committee, given)
        found |= assignments.cases_of(connection, committee, session.account, ACTIVE)
    return found


def need(session: Session, connection: Connection, act: str, committee: str, entity: str, row: str) -> None:
    """Before level 3 of a row is opened. Raises Refused: not-allowed, ring-needed, not-assigned."""
    session.require(act)
    if session.ring is None:
        raise session.refusal("ring-needed", act)
    if not SEALED[entity] or reads_all(session):
        return
    resident = _resident_of(connection, committee, entity, row)
    if not resident or not is_assigned(session, connection, committee, resident):
        raise session.refusal("not-assigned", act)


def _resident_of(connection: Connection, committee: str, entity: str, row: str) -> str:
    """Whose level 3 a row holds; "" for nobody's in particular, which no worker is assigned to."""
    if entity == "resident":
        return row
    values = present.one(connection, committee, entity, row) or {}
    if entity == "isolation_check":
        values = present.one(connection, committee, "isolation_case", str(values.get("isolation_case"))) or {}
        return str(values.get("resident") or "")
    return ""


def second_person(
    session: Session, connection: Connection, act: str, persons: int, second: str | None, *, always: bool = False
) -> None:
    """Before a list leaves that shows level 3 of so many persons: is another account's holder there, who may do it?

    second: the account's id, its password checked. always: however few they are. Raises Refused: second-needed,
    second-always, second-self, second-not-allowed.
    """
    if not always and not access.needs_second(persons, shows_level_3=True) and not second:
        return
    if not second:
        raise session.refusal("second-always" if always else "second-needed", act, count=persons)
    if second == session.account_id:
        raise session.refusal("second-self", act)
    row = present.one(connection, session.office, "account", second) or {}
    if not access.may(row.get("roles") or (), act):
        raise session.refusal("second-not-allowed", act, name=row.get("name", ""))


def look(session: Session, entity: str, row: str, *, sensitive: bool) -> None:
    """The entry of a look at a record. Level 3 has a purpose always: the session's, else the one of this task."""
    code = session.purpose_code or (session.looking_for if sensitive else "")
    with session.noting("view", purpose=code) as writing:
        writing.act("view", entity, row, {"sensitive": sensitive, "purpose": session.purpose or ""})


def named(people: list[str]) -> list[str]:
    """Whose data a list held, for whoever asks for their own record; of longer lists the count must do."""
    return people if len(people) <= access.ALONE_UP_TO else []

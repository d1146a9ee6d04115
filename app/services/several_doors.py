"""One act for several doors of the matrix: the same visit to all their households, one state, who lives behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.db import present
from app.db.connection import Connection
from app.domain import ids, strict
from app.domain.fields import DWELLING_STATES, ENTITIES, VISIT_MODES, VISIT_RESULTS
from app.domain.findings import UserError
from app.services import places
from app.services.session import Session
from app.services.values import Values

MOST = 3_000
"""Doors of one act."""
LISTED = ("name", "sex", "relation", "birth_year", "residence_kind", "status", "phone")
"""What a list of those behind the doors tells of each, phones masked; nothing of level 3."""


@dataclass(frozen=True, slots=True)
class _Doors:
    """Doors of one committee with the households behind each, in the order in which they were chosen."""

    committee: str
    rows: tuple[Values, ...]
    households: Mapping[str, list[Values]]

    @property
    def without(self) -> list[str]:
        """Rooms behind which no household is known."""
        return [str(row.get("room") or "—") for row in self.rows if not self.households[row["id"]]]


def visit(
    session: Session, doors: Sequence[str], *, on: date, result: str, mode: str = "", by: str = "", note: str = ""
) -> Values:
    """The same visit for every household behind the doors (ids), in one batch.

    Returns batch, households, doors (that were visited), left_out (rooms without a household). Raises UserError:
    doors-none, doors-many, doors-no-household, visit-result, visit-mode, visit-later, value-refused, path-unknown; Refused.
    """
    session.require("visits.write")
    if result not in VISIT_RESULTS:
        raise UserError("visit-result", value=result)
    if mode not in ("", *VISIT_MODES):
        raise UserError("visit-mode", value=mode)
    if on > session.now().date():
        raise UserError("visit-later", on=on.isoformat())
    told = {key: value.strip() for key, value in (("mode", mode), ("by", by), ("note", note)) if value.strip()}
    values = {"on": on.isoformat(), "result": result, **told}
    for key, value in values.items():
        if reason := strict.value_problem(ENTITIES["visit"][key], value):
            raise UserError("value-refused", field=ENTITIES["visit"][key].title, reason=reason)
    with session.db.reading() as connection:
        chosen = _chosen(session, connection, doors)
    households = [home["id"] for row in chosen.rows for home in chosen.households[row["id"]]]
    if not households:
        raise UserError("doors-no-household")
    with session.writing("create", chosen.committee) as writing:
        writing.create("visit", [(ids.new_id(), {"household": home, **values}) for home in households])
    left_out = chosen.without
    return {
        "batch": writing.batch, "households": len(households), "doors": len(chosen.rows) - len(left_out),
        "left_out": left_out,
    }  # fmt: skip


def set_state(session: Session, doors: Sequence[str], state: str) -> Values:
    """自住, 出租, 空置 … for all the doors, in one batch; those that are so already are not written.

    Returns batch ("" if nothing differed), changed, same. Raises UserError: doors-none, doors-many, door-state,
    path-unknown; Refused.
    """
    session.require("records.change")
    if state not in DWELLING_STATES:
        raise UserError("door-state", value=state)
    with session.db.reading() as connection:
        chosen = _chosen(session, connection, doors)
    different = [row["id"] for row in chosen.rows if row.get("state") != state]
    done: Values = {"batch": "", "changed": len(different), "same": len(chosen.rows) - len(different)}
    if not different:
        return done
    with session.writing("change", chosen.committee) as writing:
        for row in different:
            writing.change("dwelling", row, {"state": state})
    return done | {"batch": writing.batch}


def people(session: Session, doors: Sequence[str]) -> list[Values]:
    """Who is on record behind the doors, door by door: id, household, building, unit, room, home (户2, its label) and LISTED.

    Phones are masked. Raises UserError: doors-none, doors-many, path-unknown; Refused.
    """
    session.require("places.read")
    with session.db.reading() as connection:
        chosen = _chosen(session, connection, doors)
    found = []
    for row in chosen.rows:
        behind = chosen.households[row["id"]]
        for number, home in enumerate(behind, 1):
            named = str(home.get("label") or (f"户{number}" if len(behind) > 1 else ""))
            found += [
                {"id": person["id"], "household": home["id"], "building": row["building"], "unit": row.get("unit", ""),
                 "room": row.get("room", ""), "home": named, **{key: person.get(key, "") for key in LISTED}}
                for person in places.residents(session, home["id"])
            ]  # fmt: skip
    return found


def _chosen(session: Session, connection: Connection, doors: Sequence[str]) -> _Doors:
    """The doors, looked up: ids that a page said are never trusted."""
    wanted = list(dict.fromkeys(doors))
    if not wanted:
        raise UserError("doors-none")
    if len(wanted) > MOST:
        raise UserError("doors-many", count=len(wanted), most=MOST)
    committee = session.committee_of(connection, "dwelling", wanted[0])
    rows: list[Values] = []
    behind: dict[str, list[Values]] = {}
    for door in wanted:
        row = present.one(connection, committee, "dwelling", door) if committee else None
        if row is None:
            raise UserError("path-unknown", path=door)
        rows.append(row)
        behind[row["id"]] = present.where(connection, committee, "household", dwelling=row["id"])
    return _Doors(committee, tuple(rows), behind)


def where(person: Mapping[str, str]) -> str:
    """`302`, `2/302` in the second unit: of a row of `people`."""
    return "/".join(filter(None, (person.get("unit"), person.get("room")))) or "—"

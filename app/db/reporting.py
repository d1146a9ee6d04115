"""Reading for reports: people, households and buildings in walking order, as they are or as they were known at a time.

Every query names the committee; past: what is taken back (`app.db.past`). Walking order takes numbers for numbers: buildings are ranked first, because SQL
cannot tell 2号 from 12号 in a lane's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db import present
from app.db.past import NOW, Past, rows_at, written_since
from app.db.present import COLUMNS, LIVES_HERE, SELECT, Values, decoded, structure
from app.db.projection import flat
from app.db.seal import is_sealed
from app.domain.fields import Type
from app.domain.sorting import natural
from app.domain.versions import fold

CASE = "isolation_case"
STRUCTURES = (Type.RECORDS, Type.CHOICES, Type.JSON)
DOOR = ("estate", "lane", "building", "unit", "room", "floor", "use", "state", "household_label", "household_kind")
PLACES = ("household_id", "building_id", "estate_id")
_RANKED = "rank(id, place) AS MATERIALIZED (SELECT value, key FROM json_each(?))"
_ABOVE = ("household", "dwelling", "building", "estate")
_DOORS = (
    "e.name, b.lane, b.number, d.unit, d.room, d.floor, d.use, d.state, h.label, h.kind, h.id, d.building, b.estate"
)
_UP = (
    " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = h.committee_id"
    " LEFT JOIN building b ON b.id = d.building AND b.committee_id = h.committee_id"
    " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = h.committee_id"
    " LEFT JOIN rank k ON k.id = d.building"
)
_WALKING = (
    " ORDER BY k.place IS NULL, k.place, CAST(d.unit AS INTEGER), d.unit, d.floor, CAST(d.room AS INTEGER), d.room, h.n"
)


def _asked(
    connection: Connection, past: Past, tables: Sequence[str], sql: str, parameters: Sequence[Any],
    before: str = "",
) -> Any:  # fmt: skip
    """Run a SELECT over tables as they were. before: a WITH part of its own, whose parameters come first."""
    parts, asked = past.tables(*tables)
    cut = before.count("?")
    parts = [*([before] if before else []), *parts]
    return connection.exec_driver_sql(
        (f"WITH {', '.join(parts)} " if parts else "") + sql, (*parameters[:cut], *asked, *parameters[cut:])
    )


def where(connection: Connection, committee: str, entity: str, past: Past = NOW, **equal: Any) -> list[Values]:
    """All rows of an entity whose fields equal these, oldest first."""
    if not past.hidden.get(entity):
        return present.where(connection, committee, entity, **equal)
    conditions = "".join(f' AND t."{field}" = ?' for field in equal)
    sql = f"{SELECT[entity]} WHERE t.committee_id = ?{conditions} ORDER BY t.n"
    rows = _asked(connection, past, (entity,), sql, (committee, *equal.values()))
    return [decoded(entity, row) for row in rows]


def walking_order(connection: Connection, committee: str, past: Past = NOW) -> list[str]:
    """Ids of the buildings by estate, lane and number, numbers compared as numbers."""
    rows = _asked(
        connection, past, ("building", "estate"),
        "SELECT b.id, e.name, b.lane, b.number FROM building b"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = b.committee_id WHERE b.committee_id = ?",
        (committee,),
    ).fetchall()  # fmt: skip
    return [row[0] for row in sorted(rows, key=lambda row: tuple(natural(part) for part in row[1:]))]


def _ranks(connection: Connection, committee: str, past: Past) -> str:
    return msgspec.json.encode(walking_order(connection, committee, past)).decode()


def _doored(values: Values, door: Sequence[Any]) -> Values:
    values.update({key: value for key, value in zip((*DOOR, *PLACES), door, strict=True) if value is not None})
    return values


def people(
    connection: Connection, committee: str, residents: Iterable[str] | None = None, fields: Set[str] | None = None,
    past: Past = NOW,
) -> Iterator[Values]:  # fmt: skip
    """Every resident (or these) with its door and the ids of its places, in walking order; a stream.

    fields: of the resident, which alone are read; None for all.
    """
    wanted = [(name, kind) for name, kind in COLUMNS["resident"] if fields is None or name in fields]
    columns = ", ".join(["r.id", *(f'r."{name}"' for name, _ in wanted)])
    only = "" if residents is None else " AND r.id IN (SELECT value FROM json_each(?))"
    sql = (
        f"SELECT {columns}, {_DOORS} FROM resident r"
        f" LEFT JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id{_UP}"
        f" WHERE r.committee_id = ?{only}{_WALKING}, r.n"
    )
    asked = [_ranks(connection, committee, past), committee]
    if residents is not None:
        asked.append(msgspec.json.encode(sorted(set(residents))).decode())
    names = (*(name for name, _ in wanted), *DOOR, *PLACES)
    special = [(name, kind) for name, kind in wanted if kind in (Type.BOOLEAN, *STRUCTURES)]
    for row in _asked(connection, past, ("resident", *_ABOVE), sql, asked, _RANKED):
        values = {name: value for name, value in zip(names, row[1:], strict=True) if value is not None}
        values["id"] = row[0]
        for name, kind in special:
            if (value := values.get(name)) is not None:
                values[name] = bool(value) if kind is Type.BOOLEAN else value if is_sealed(value) else structure(value)
        yield values


def households(connection: Connection, committee: str, past: Past = NOW) -> Iterator[Values]:
    """Every household with its door, in walking order: its own fields, head (name), head_id, head_phones (as stored),
    persons (who live there)."""
    columns = ", ".join(f'h."{name}"' for name, _ in COLUMNS["household"])
    head = (
        "SELECT r.n FROM resident r WHERE r.committee_id = h.committee_id AND r.household = h.id"
        " ORDER BY coalesce(r.relation, '') <> '户主', r.id <> coalesce(h.contact, ''), r.n LIMIT 1"
    )
    sql = (
        f"SELECT h.id, {columns}, p.id, p.name, p.phones, (SELECT count(*) FROM resident r WHERE"
        f" r.committee_id = h.committee_id AND r.household = h.id AND {LIVES_HERE}), {_DOORS} FROM household h{_UP}"
        f" LEFT JOIN resident p ON p.n = ({head}) WHERE h.committee_id = ?{_WALKING}"
    )
    width = len(DOOR) + len(PLACES)
    asked = (_ranks(connection, committee, past), committee)
    for row in _asked(connection, past, ("resident", *_ABOVE), sql, asked, _RANKED):
        values = decoded("household", row[: -width - 4])
        head_id, name, phones, persons = row[-width - 4 : -width]
        values |= {"persons": persons, **({"head": name, "head_id": head_id} if name else {})}
        if phones:
            values["head_phones"] = phones
        yield _doored(values, row[-width:])


def buildings(connection: Connection, committee: str, past: Past = NOW) -> list[Values]:
    """Every building in walking order with its estate's name and what it holds: dwellings, households, persons."""
    held = _held(connection, committee, "d.building", past)
    names = {row["id"]: row.get("name") for row in where(connection, committee, "estate", past)}
    rows = {row["id"]: row for row in where(connection, committee, "building", past)}
    return [
        rows[each] | {"estate_id": rows[each].get("estate"), "estate": names.get(rows[each].get("estate"))}
        | held.get(each, _NOTHING)
        for each in walking_order(connection, committee, past)
    ]  # fmt: skip


_NOTHING = {"dwellings": 0, "households": 0, "persons": 0}


def _held(connection: Connection, committee: str, by: str, past: Past) -> dict[str, Values]:
    rows = _asked(
        connection, past, ("resident", "household", "dwelling", "building"),
        f"SELECT {by}, count(DISTINCT d.id), count(DISTINCT h.id), count(r.id) FROM dwelling d"
        " JOIN building b ON b.id = d.building AND b.committee_id = d.committee_id"
        " LEFT JOIN household h ON h.dwelling = d.id AND h.committee_id = d.committee_id"
        f" LEFT JOIN resident r ON r.committee_id = h.committee_id AND r.household = h.id AND {LIVES_HERE}"
        " WHERE d.committee_id = ? GROUP BY 1",
        (committee,),
    )  # fmt: skip
    return {place: dict(zip(_NOTHING, counts, strict=True)) for place, *counts in rows if place}


def estates(connection: Connection, committee: str, past: Past = NOW) -> list[Values]:
    """Every estate by name with what it holds: buildings, dwellings, households, persons."""
    held = _held(connection, committee, "b.estate", past)
    counted = _asked(
        connection, past, ("building",), "SELECT estate, count(*) FROM building WHERE committee_id = ? GROUP BY 1",
        (committee,),
    )  # fmt: skip
    numbers = {estate: int(count) for estate, count in counted}
    rows = sorted(where(connection, committee, "estate", past), key=lambda row: natural(row.get("name")))
    return [row | {"buildings": numbers.get(row["id"], 0)} | held.get(row["id"], _NOTHING) for row in rows]


def counts(connection: Connection, committee: str, past: Past = NOW) -> dict[str, int]:
    """What a whole committee holds: estates, buildings, dwellings, households, persons (who live there)."""
    found = {}
    for name, table, more in (
        ("estates", "estate", ""), ("buildings", "building", ""), ("dwellings", "dwelling", ""),
        ("households", "household", ""), ("persons", "resident", f" AND {LIVES_HERE}"),
    ):  # fmt: skip
        sql = f"SELECT count(*) FROM {table} r WHERE r.committee_id = ?{more}"
        found[name] = int(_asked(connection, past, (table,), sql, (committee,)).scalar_one())
    return found


def residences(connection: Connection, committee: str, past: Past = NOW) -> dict[str, list[Values]]:
    """resident id -> its further residence rows."""
    found: dict[str, list[Values]] = {}
    for row in where(connection, committee, "residence", past):
        found.setdefault(str(row.get("resident")), []).append(row)
    return found


# ---------------------------------------------------------------- cases as they were known


def cases_at(connection: Connection, committee: str, at: datetime, since: datetime | None = None) -> dict[str, Values]:
    """case id -> its values as they were known at a time, with `keyed` and `changed`: when first and last written of.

    Deleted ones and those nobody had keyed yet are not among them. since: how far back what is not known exactly
    may have been keyed; only rows written after it are read from the ledger, all others stand as they are.
    """
    since = since or at
    touched = set(written_since(connection, committee, since, (CASE,)).get(CASE, ()))
    long_ago = since.isoformat()
    known = {
        row["id"]: row | {"keyed": long_ago, "changed": long_ago}
        for row in where(connection, committee, CASE) if row["id"] not in touched
    }  # fmt: skip
    for case, then in rows_at(connection, committee, CASE, sorted(touched), at).items():
        state = fold([then.row])
        if not state.deleted:
            values = {key: value for key, value in flat(CASE, state.values).items() if value is not None}
            known[case] = {"id": case, **values, "keyed": min(then.times), "changed": max(then.times)}
    return known


def leaders(connection: Connection, committee: str) -> dict[str, str]:
    """merged resident id -> the id under which it shows."""
    rows = connection.exec_driver_sql("SELECT member, leader FROM merged WHERE committee_id = ?", (committee,))
    return {str(member): str(leader) for member, leader in rows}

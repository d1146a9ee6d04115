"""Reading the present tables: rows as dicts by field, queries named after their answer.

List and structure columns come decoded; sealed values come as they are stored, to be opened by a service
that may. Every query names the committee.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.rows import REFERRERS
from app.db.seal import is_sealed
from app.db.tables import PRESENT
from app.domain.fields import ENTITIES, LIVING_HERE, Type

_unjson = msgspec.json.Decoder()
Values = dict[str, Any]
_STRUCTURES = (Type.RECORDS, Type.CHOICES, Type.JSON)
COLUMNS = {key: tuple((field.key, field.type) for field in entity.stored) for key, entity in ENTITIES.items()}
SELECT = {
    key: "SELECT id, " + ", ".join(f't."{name}"' for name, _ in columns) + f' FROM "{key}" t'
    for key, columns in COLUMNS.items()
}
LIVES_HERE = f"coalesce(r.status, '在住') IN {LIVING_HERE} AND coalesce(r.residence_kind, '实住') IN ('实住', '承租')"


def decoded(entity: str, row: Sequence[Any]) -> Values:
    """`id` and the fields that say something, of one row of `SELECT[entity]`."""
    values: Values = {"id": row[0]}
    for (name, kind), value in zip(COLUMNS[entity], row[1:], strict=False):
        if value is None:
            continue
        if kind is Type.BOOLEAN:
            value = bool(value)
        elif kind in _STRUCTURES and not is_sealed(value):
            value = structure(value)
        values[name] = value
    return values


def structure(text: str) -> Any:
    """A list or structure as it was written; what is none (a hand-made entry) stays the text it is."""
    try:
        return _unjson.decode(text)
    except msgspec.DecodeError:
        return text


def _rows(connection: Connection, sql: str, parameters: Iterable[Any]) -> list[Any]:
    return list(connection.exec_driver_sql(sql, tuple(parameters)).fetchall())


def one(connection: Connection, committee: str, entity: str, row: str) -> Values | None:
    """One row by id, also by the id of one merged into it; None if it is not there (any more)."""
    sql = f"{SELECT[entity]} WHERE t.committee_id = ? AND t.id = ?"
    # asked for each row of a roster: SQLAlchemy's description of 30 columns would take most of the time
    raw: Any = connection.connection.driver_connection
    found = raw.execute(sql, (committee, row)).fetchall()
    if not found:
        leader = _rows(
            connection, "SELECT leader FROM merged WHERE committee_id = ? AND member = ? AND leader <> ?",
            (committee, row, row),
        )  # fmt: skip
        return one(connection, committee, entity, leader[0][0]) if leader else None
    return decoded(entity, found[0])


def entity_of(connection: Connection, committee: str, row: str) -> str | None:
    """Which table shows this id."""
    for key in PRESENT:
        if _rows(connection, f'SELECT 1 FROM "{key}" WHERE committee_id = ? AND id = ?', (committee, row)):
            return key
    return None


def committee_of(connection: Connection, entity: str, row: str) -> str:
    """Whose row this is; "" if it is nowhere."""
    found = _rows(connection, f'SELECT committee_id FROM "{entity}" WHERE id = ?', (row,)) or _rows(
        connection, "SELECT committee_id FROM merged WHERE member = ?", (row,)
    )
    return str(found[0][0]) if found else ""


def where(connection: Connection, committee: str, entity: str, **equal: Any) -> list[Values]:
    """All rows of an entity whose fields equal these, oldest first."""
    conditions = "".join(f' AND t."{field}" = ?' for field in equal)
    sql = f"{SELECT[entity]} WHERE t.committee_id = ?{conditions} ORDER BY t.n"
    return [decoded(entity, row) for row in _rows(connection, sql, (committee, *equal.values()))]


def moving(connection: Connection, committee: str) -> list[Values]:
    """Residents whose `move` says something."""
    sql = f"{SELECT['resident']} WHERE t.committee_id = ? AND t.move IS NOT NULL ORDER BY t.n"
    return [decoded("resident", row) for row in _rows(connection, sql, (committee,))]


def account_names(connection: Connection, committee: str) -> dict[str, str]:
    """account id -> name, for saying who wrote something."""
    return {each["id"]: each.get("name", "") for each in where(connection, committee, "account")}


def referring(connection: Connection, committee: str, entity: str, row: str) -> int:
    """How many rows refer to this one."""
    return sum(
        _rows(connection, f'SELECT count(*) FROM "{table}" WHERE "{column}" = ? AND committee_id = ?', (row, committee))[0][0]
        for table, column in REFERRERS.get(entity, ())
    )  # fmt: skip


# ---------------------------------------------------------------- places


def estates(connection: Connection, committee: str) -> list[Values]:
    """Estates with how many buildings and people living here they have."""
    rows = _rows(
        connection,
        "SELECT e.id, e.name, e.kind, count(DISTINCT b.id), count(r.id) FROM estate e"
        " LEFT JOIN building b ON b.estate = e.id LEFT JOIN dwelling d ON d.building = b.id"
        f" LEFT JOIN household h ON h.dwelling = d.id LEFT JOIN resident r ON r.committee_id = h.committee_id AND r.household = h.id AND {LIVES_HERE}"
        " WHERE e.committee_id = ? GROUP BY e.id ORDER BY e.name",
        (committee,),
    )
    return [dict(zip(("id", "name", "kind", "buildings", "residents"), row, strict=True)) for row in rows]


def buildings(connection: Connection, committee: str, estate: str) -> list[Values]:
    """Buildings of an estate with their numbers of dwellings, households and people living here."""
    rows = _rows(
        connection,
        "SELECT b.id, b.number, b.lane, count(DISTINCT d.id), count(DISTINCT h.id), count(r.id) FROM building b"
        " LEFT JOIN dwelling d ON d.building = b.id LEFT JOIN household h ON h.dwelling = d.id"
        f" LEFT JOIN resident r ON r.committee_id = h.committee_id AND r.household = h.id AND {LIVES_HERE}"
        " WHERE b.committee_id = ? AND b.estate = ? GROUP BY b.id",
        (committee, estate),
    )
    names = ("id", "number", "lane", "dwellings", "households", "residents")
    return [dict(zip(names, row, strict=True)) for row in rows]


def outlines(connection: Connection, committee: str) -> list[Values]:
    """Every building with its estate, block and geometry: id, estate, lane, number, block, geometry (None for none)."""
    rows = _rows(
        connection,
        "SELECT id, estate, lane, number, block, geometry FROM building WHERE committee_id = ?",
        (committee,),
    )
    return [
        {
            "id": id_,
            "estate": estate,
            "lane": lane,
            "number": number,
            "block": block,
            "geometry": structure(shape) if shape else None,
        }
        for id_, estate, lane, number, block, shape in rows
    ]


def households_in(connection: Connection, committee: str, building: str) -> list[Any]:
    """(dwelling id, household id, label, contact name, head count) of all households of a building, oldest first."""
    return _rows(
        connection,
        "SELECT h.dwelling, h.id, h.label, (SELECT r.name FROM resident r WHERE r.committee_id = h.committee_id AND r.household = h.id"
        " ORDER BY r.id <> coalesce(h.contact, ''), coalesce(r.relation, '') <> '户主', r.n LIMIT 1),"
        f" (SELECT count(*) FROM resident r WHERE r.committee_id = h.committee_id AND r.household = h.id AND {LIVES_HERE})"
        " FROM household h JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = h.committee_id"
        " WHERE h.committee_id = ? AND d.building = ? ORDER BY h.n",
        (committee, building),
    )


def doors(connection: Connection, committee: str) -> list[Any]:
    """(estate id, estate, lane, building id, number, dwelling id, unit, room) of every dwelling and empty building."""
    return _rows(
        connection,
        "SELECT e.id, e.name, b.lane, b.id, b.number, d.id, d.unit, d.room FROM building b"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = b.committee_id"
        " LEFT JOIN dwelling d ON d.building = b.id AND d.committee_id = b.committee_id WHERE b.committee_id = ?",
        (committee,),
    )


def families(connection: Connection, committee: str) -> list[Any]:
    """(household id, dwelling id, label, id of its 户主) of every household, oldest first."""
    return _rows(
        connection,
        "SELECT h.id, h.dwelling, h.label, (SELECT r.id FROM resident r WHERE r.committee_id = h.committee_id AND r.household = h.id AND r.relation = '户主'"
        " LIMIT 1) FROM household h WHERE h.committee_id = ? ORDER BY h.n",
        (committee,),
    )


# ---------------------------------------------------------------- people


def people(connection: Connection, committee: str) -> Iterable[tuple[Values, str | None]]:
    """Every resident with the id of the dwelling, oldest first; a stream, for 250,000."""
    sql = (
        SELECT["resident"].replace(" FROM ", ", h.dwelling FROM ").replace("SELECT id", "SELECT t.id")
        + " LEFT JOIN household h ON h.id = t.household AND h.committee_id = t.committee_id"
        " WHERE t.committee_id = ? ORDER BY t.n"
    )
    for row in connection.exec_driver_sql(sql, (committee,)):
        yield decoded("resident", row[:-1]), row[-1]


def indexed_numbers(connection: Connection, committee: str) -> dict[str, list[bytes]]:
    """resident id -> the index values of its document numbers."""
    found: dict[str, list[bytes]] = {}
    for resident, value in connection.exec_driver_sql(
        "SELECT r.id, i.value FROM id_index i JOIN resident r ON r.n = i.resident"
        " WHERE r.committee_id = ? AND i.value <> x''",
        (committee,),
    ):
        found.setdefault(resident, []).append(bytes(value))
    return found


_NOT_INDEXED = "NOT EXISTS (SELECT 1 FROM id_index i WHERE i.resident = r.n)"


def unindexed(connection: Connection) -> list[int]:
    """Row numbers of the residents whose papers are not in the index, in order; of every committee."""
    rows = _rows(
        connection,
        f"WITH bare AS MATERIALIZED (SELECT r.n FROM resident r WHERE {_NOT_INDEXED})"  # first what an index answers
        " SELECT r.n FROM bare JOIN resident r ON r.n = bare.n WHERE r.documents IS NOT NULL ORDER BY r.n",
        (),
    )
    return [n for (n,) in rows]


def unindexed_papers(connection: Connection, first: int, last: int) -> list[tuple[int, str, Any]]:
    """(row number, id, papers as they are stored) of those between two row numbers, both included."""
    rows = _rows(
        connection,
        "SELECT r.n, r.id, r.documents FROM resident r"
        f" WHERE r.n BETWEEN ? AND ? AND r.documents IS NOT NULL AND {_NOT_INDEXED} ORDER BY r.n",
        (first, last),
    )
    return [(n, row, text if is_sealed(text) else structure(text)) for n, row, text in rows]


def with_number(connection: Connection, committee: str, value: bytes) -> list[str]:
    """Ids of the residents who have this document number (by its index value)."""
    return [
        row
        for (row,) in _rows(
            connection,
            "SELECT r.id FROM id_index i JOIN resident r ON r.n = i.resident WHERE i.value = ? AND r.committee_id = ?",
            (value, committee),
        )
    ]


def report_rows(connection: Connection, committee: str) -> Iterable[Values]:
    """Every resident with its door in columns of its own, by place and household; a stream."""
    columns = ", ".join(f'r."{name}"' for name, _ in COLUMNS["resident"])
    sql = (
        f"SELECT r.id, {columns}, e.name, b.lane, b.number, d.unit, d.room, d.floor, d.use, d.state, h.label, h.kind"
        " FROM resident r LEFT JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
        " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
        " LEFT JOIN building b ON b.id = d.building AND b.committee_id = r.committee_id"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = r.committee_id"
        " WHERE r.committee_id = ? ORDER BY e.name, b.lane, CAST(b.number AS INTEGER), b.number, d.unit, d.floor, d.room,"
        " h.n, r.n"
    )
    door = ("estate", "lane", "building", "unit", "room", "floor", "use", "state", "household_label", "household_kind")
    for row in connection.exec_driver_sql(sql, (committee,)):
        values = decoded("resident", row[: -len(door)])
        values.update({key: value for key, value in zip(door, row[-len(door) :], strict=True) if value is not None})
        yield values


def counts(connection: Connection, committee: str) -> dict[str, int]:
    """How many of each: the figures of `status`."""
    figures = {
        name: _rows(connection, f"SELECT count(*) FROM {table} WHERE committee_id = ?", (committee,))[0][0]
        for name, table in (
            ("estates", "estate"), ("buildings", "building"), ("dwellings", "dwelling"), ("households", "household"),
            ("persons", "resident"), ("conflicts", '"conflict"'),
        )
    }  # fmt: skip
    figures["residents"] = _rows(
        connection, f"SELECT count(*) FROM resident r WHERE r.committee_id = ? AND {LIVES_HERE}", (committee,)
    )[0][0]
    figures["doubtful"] = _rows(
        connection, "SELECT count(*) FROM doubtful WHERE committee_id = ? AND decision IS NULL", (committee,)
    )[0][0]
    figures["entries"] = _rows(connection, "SELECT coalesce(sum(seq), 0) FROM chain", ())[0][0]
    return figures

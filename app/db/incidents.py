"""Reading incidents: with where they are, of whom, and how many photos lie by them; and what is joined to what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.db.present import SELECT, Values, decoded

_ENDED = ("已回访", "已改派", "已撤销")
_LEFT = ("已改派", "已撤销")
_PLACED = ("name", "at_household", "at_building", "estate", "lane", "number", "unit", "room", "photos")
_SQL = (
    SELECT["incident"].replace("SELECT id", "SELECT t.id").replace(
        " FROM ",
        ", r.name, h.id, b.id, e.name, b.lane, b.number, d.unit, d.room, (SELECT count(*) FROM incident_photo p"
        " WHERE p.incident = t.id AND p.committee_id = t.committee_id) FROM ",
    )
    + " LEFT JOIN resident r ON r.committee_id = t.committee_id AND r.id = t.resident"
    " LEFT JOIN household h ON h.committee_id = t.committee_id"
    " AND h.id = coalesce(nullif(t.household, ''), r.household)"
    " LEFT JOIN dwelling d ON d.committee_id = t.committee_id AND d.id = h.dwelling"
    " LEFT JOIN building b ON b.committee_id = t.committee_id AND b.id = coalesce(nullif(t.building, ''), d.building)"
    " LEFT JOIN estate e ON e.committee_id = t.committee_id AND e.id = b.estate WHERE t.committee_id = ?"
)  # fmt: skip


def all_of(connection: Connection, committee: str, *, open_only: bool = False) -> list[Values]:
    """Incidents of a committee, oldest first, with name, estate, lane, number, unit, room, photos (how many), at_household
    and at_building (where they are, also when only a person was named). open_only: without those whose state says that
    they have ended.
    """
    ended = f" AND coalesce(t.state, '') NOT IN {_ENDED}" if open_only else ""
    rows = connection.exec_driver_sql(f"{_SQL}{ended} ORDER BY t.n", (committee,))
    return [_placed(row) for row in rows]


def one(connection: Connection, committee: str, row: str) -> Values | None:
    """The same of a single incident."""
    found = connection.exec_driver_sql(f"{_SQL} AND t.id = ?", (committee, row)).fetchone()
    return _placed(found) if found is not None else None


def _placed(row: Any) -> Values:
    own = row[: -len(_PLACED)]
    return decoded("incident", own) | {
        key: value for key, value in zip(_PLACED, row[-len(_PLACED) :], strict=True) if value is not None
    }


def joined(connection: Connection, committee: str) -> dict[str, str]:
    """Which incident is shown under which other one. One that was withdrawn or sent on holds none: they stand alone."""
    rows = connection.exec_driver_sql(
        "SELECT t.id, f.id FROM incident t JOIN incident f ON f.committee_id = t.committee_id AND f.id = t.same_as"
        f" WHERE t.committee_id = ? AND coalesce(f.state, '') NOT IN {_LEFT}",
        (committee,),
    )
    return {str(row): str(first) for row, first in rows}


def photos_of(connection: Connection, committee: str, incident: str) -> list[Values]:
    """id, taken_at, by, caption of the photos of an incident, oldest first; the pictures stay where they are."""
    rows = connection.exec_driver_sql(
        'SELECT id, taken_at, "by", caption FROM incident_photo WHERE committee_id = ? AND incident = ?'
        " AND picture IS NOT NULL ORDER BY n",
        (committee, incident),
    )
    return [dict(zip(("id", "taken_at", "by", "caption"), row, strict=True)) for row in rows]


def responsible(connection: Connection, committee: str, building: str) -> Values:
    """Who answers for a building: worker_name, worker_phone (包块), leader_name, leader_phone, leader_room."""
    keys = ("worker_name", "worker_phone", "leader_name", "leader_phone", "leader_room")
    found = connection.exec_driver_sql(
        "SELECT k.worker_name, k.worker_phone, b.leader_name, b.leader_phone, b.leader_room FROM building b"
        " LEFT JOIN block k ON k.committee_id = b.committee_id AND k.id = b.block"
        " WHERE b.committee_id = ? AND b.id = ?",
        (committee, building),
    ).fetchone()
    return {key: value for key, value in zip(keys, found, strict=True) if value} if found is not None else {}

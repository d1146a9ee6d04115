"""What the file holds that happened to a person, a case or a household, and what was ever written of where people live."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from app.db import history
from app.db.present import SELECT, decoded
from app.db.rows import Reader

Values = dict[str, Any]


def rows(connection: Connection, committee: str, entity: str, column: str, of: Iterable[str]) -> list[Values]:
    """Rows of an entity that refer to one of these by a column, oldest first."""
    wanted = tuple(of)
    if not wanted:
        return []
    sql = f'{SELECT[entity]} WHERE t.committee_id = ? AND t."{column}" IN ({", ".join("?" * len(wanted))}) ORDER BY t.n'
    found = connection.exec_driver_sql(sql, (committee, *wanted)).fetchall()
    return [decoded(entity, row) for row in found]


def members(connection: Connection, committee: str, household: str) -> set[str]:
    """Ids of whoever lives in a household, has a residence there, or is named by something that happened to it."""
    parts = ['SELECT id FROM resident WHERE committee_id = ? AND household = ?']  # fmt: skip
    parts += [
        f'SELECT resident FROM "{table}" WHERE committee_id = ? AND household = ? AND resident IS NOT NULL'
        for table in ("residence", "arrival", "incident", "task")
    ]
    found = connection.exec_driver_sql(" UNION ".join(parts), (committee, household) * len(parts)).fetchall()
    return {str(row) for (row,) in found}


def written(reader: Reader, entity: str, row: str) -> list[Values]:
    """Every value that counts of a row and of those merged into it, oldest first: row, field, value, at, account, batch,
    action, source; an undone one is not among them."""
    found = history.of_row(reader.connection, reader.committee_id, entity, row)
    return [each for each in reversed(found) if not each["void"]]

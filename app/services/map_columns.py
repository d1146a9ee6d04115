"""Which column of a map file holds which name, as a person once said, for the next file alike. Kept on this PC, in no bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from app.db.connection import Connection
from app.db.local import keep_secret, recall
from app.services.session import Session

KEY = "map-columns"
MOST = 12
"""Columns remembered of one role; the oldest is forgotten first."""


def known(connection: Connection, target: str, columns: Sequence[str]) -> dict[str, str]:
    """{role: column} for a layer of ours, as far as the file has a column that was chosen before."""
    kept = _kept(connection)
    found: dict[str, str] = {}
    for key, before in kept.items():
        of, _, role = key.partition("/")
        column = next((each for each in before if each in columns), None) if of == target else None
        if column is not None:
            found[role] = column
    return found


def keep(session: Session, target: str, said: Mapping[str, str]) -> None:
    """Remember what was said, over what was said before; that a role has no column is no matter for the next file."""
    session.require("maps.change")
    with session.db.transaction() as connection:
        kept = _kept(connection)
        for role, column in said.items():
            if column:
                before = [each for each in kept.get(f"{target}/{role}", []) if each != column]
                kept[f"{target}/{role}"] = [column, *before][:MOST]
        keep_secret(connection, KEY, msgspec.json.encode(kept))


def _kept(connection: Connection) -> dict[str, list[str]]:
    found = recall(connection, KEY)
    return msgspec.json.decode(found, type=dict[str, list[str]]) if found else {}

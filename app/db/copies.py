"""Does a copy of the file hold what the original does? Figures that both must say, and the heads of its chains."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.db import devices
from app.db.entries import NO_DIGEST, Chain, digest, kept
from app.db.tables import PRESENT
from app.db.travelling import head_of, part_of, records


def figures(connection: Connection) -> dict[str, Any]:
    """How many rows there are of everything, and every chain's length and head."""
    tables = ("entry", "batch", "secret", "id_index", *PRESENT)
    said: dict[str, Any] = {
        table: connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar() for table in tables
    }
    return said | {"chains": [(*chain.key, chain.seq, chain.head.hex()) for chain in devices.chains(connection)]}


def heads_hold(connection: Connection) -> bool:
    """Is the last entry of every chain the one that its head says, and are there as many?"""
    return all(_holds(connection, chain) for chain in devices.chains(connection))


def _holds(connection: Connection, held: devices.Held) -> bool:
    if held.seq == 0:
        return held.head == NO_DIGEST
    chain = Chain(*held.key)
    last = list(records(connection, held.n, held.seq - 1))
    if len(last) != 1:
        return False
    before = bytes.fromhex(devices.digest_at(connection, held, held.seq - 1)) if held.seq > 1 else NO_DIGEST
    parts = [part_of(part) for part in last[0]["parts"]]
    return all(map(kept, parts)) and digest(before, head_of(chain, last[0]), parts) == held.head

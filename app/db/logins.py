"""Who logged in when, as the ledger tells it."""

from __future__ import annotations

from sqlalchemy import Connection


def last(connection: Connection, committee: str, device: str) -> dict[str, str]:
    """account id → when it was last unlocked on this PC."""
    rows = connection.exec_driver_sql(
        "SELECT b.account, max(b.at) FROM batch b JOIN chain c ON c.n = b.chain"
        " WHERE b.committee_id = ? AND b.action = 'login' AND c.device = ? GROUP BY b.account",
        (committee, device),
    ).fetchall()
    return {row[0]: row[1] for row in rows}

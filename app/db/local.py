"""What is local to this PC and never in a bundle: device keys, remembered column mappings, settings."""

from __future__ import annotations

from sqlalchemy import Connection

from app.domain.findings import UserError


def keep_secret(connection: Connection, key: str, value: bytes) -> None:
    connection.exec_driver_sql(
        "INSERT INTO secret (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def secret(connection: Connection, key: str) -> bytes:
    """Raises UserError("workspace-damaged") if it is not there."""
    found = recall(connection, key)
    if found is None:
        raise UserError("workspace-damaged", reason=key)
    return found


def recall(connection: Connection, key: str) -> bytes | None:
    found = connection.exec_driver_sql("SELECT value FROM secret WHERE key = ?", (key,)).fetchone()
    return bytes(found[0]) if found else None


def recall_all(connection: Connection, prefix: str) -> dict[str, bytes]:
    """Everything kept under names that begin so."""
    found = connection.exec_driver_sql(
        "SELECT key, value FROM secret WHERE key >= ? AND key < ?", (prefix, prefix + "\uffff")
    )
    return {key: bytes(value) for key, value in found.fetchall()}


def forget(connection: Connection, key: str) -> None:
    connection.exec_driver_sql("DELETE FROM secret WHERE key = ?", (key,))

"""What lies under the maps, kept on this PC alone: layers of features, backgrounds, scanned plans (table `ground`)."""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec
from sqlalchemy import Connection

from app.domain.ground import Kind, Layer

COLUMNS = "id, kind, title, source, at, about"


def layers(connection: Connection) -> list[Layer]:
    """All of them without their content, in the order in which they came."""
    found = connection.exec_driver_sql(f"SELECT {COLUMNS} FROM ground ORDER BY at, id").fetchall()
    return [_layer(row) for row in found]


def one(connection: Connection, id_: str) -> Layer | None:
    found = connection.exec_driver_sql(f"SELECT {COLUMNS} FROM ground WHERE id = ?", (id_,)).fetchone()
    return _layer(found) if found else None


def content(connection: Connection, id_: str) -> bytes:
    """b"" for a layer that is not there, or whose file lies elsewhere."""
    found = connection.exec_driver_sql("SELECT content FROM ground WHERE id = ?", (id_,)).fetchone()
    return bytes(found[0]) if found else b""


def keep(connection: Connection, layer: Layer, content: bytes) -> None:
    """A new layer, or another one under the same id."""
    connection.exec_driver_sql(
        "INSERT INTO ground (id, kind, title, source, about, content, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, source = excluded.source,"
        " about = excluded.about, content = excluded.content, at = excluded.at",
        (layer.id, layer.kind, layer.title, layer.source, _json(layer.about), content, layer.at),
    )


def change(connection: Connection, layer: Layer) -> None:
    """What is said of a layer; its content stays."""
    connection.exec_driver_sql(
        "UPDATE ground SET title = ?, source = ?, about = ? WHERE id = ?",
        (layer.title, layer.source, _json(layer.about), layer.id),
    )


def remove(connection: Connection, id_: str) -> None:
    connection.exec_driver_sql("DELETE FROM ground WHERE id = ?", (id_,))


def _json(about: Any) -> str:
    return msgspec.json.encode(about).decode()


def _layer(row: Any) -> Layer:
    id_, kind, title, source, at, about = row
    assert kind in get_args(Kind), kind
    return Layer(id_, cast(Kind, kind), title, source, at, msgspec.json.decode(about, type=dict[str, Any]))

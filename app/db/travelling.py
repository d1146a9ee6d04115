"""An entry as it travels: out of this ledger unchanged, and back into a head and parts."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.db.entries import Chain, Head, Part, unpack
from app.db.rows import SEQ_BITS, Reader

Record = dict[str, Any]
"""One entry as it travels: `chain` [device, epoch, committee], the head's columns by name, `parts`."""


def records(connection: Connection, chain_n: int, after: int = 0) -> Iterator[Record]:
    """The entries of one chain beyond a seq, as they travel."""
    chain = Reader(connection, "").chain(chain_n)
    for row in connection.exec_driver_sql(
        "SELECT e.id, b.at, b.account, e.action, b.purpose, e.entity, e.entity_id, b.id, b.format, e.erases, e.detail,"
        " e.parts FROM entry e JOIN batch b ON b.n = e.batch WHERE e.id > ? AND e.id < ? ORDER BY e.id",
        (chain_n << SEQ_BITS | after, (chain_n + 1) << SEQ_BITS),
    ):
        number, at, account, action, purpose, entity, row_id, batch, format_, erases, detail, parts = row
        yield {
            "chain": list(chain), "seq": number & ((1 << SEQ_BITS) - 1), "at": at, "account": account,
            "action": action, "purpose": purpose, "entity": entity, "id": row_id, "batch": batch, "format": format_,
            "erases": msgspec.json.decode(erases) if erases else [],
            "detail": msgspec.json.decode(detail) if detail else {},
            "parts": [_travelling(part) for part in unpack(parts)],
        }  # fmt: skip


def _travelling(part: Part) -> list[Any]:
    patch = part.patch.decode() if part.patch is not None else None
    salt = b64encode(part.salt).decode() if part.salt is not None else None
    return [part.retention, patch, salt, part.commitment.hex()]


def part_of(value: list[Any]) -> Part:
    retention, patch, salt, commitment = value
    return Part(
        retention,
        patch.encode() if patch is not None else None,
        b64decode(salt) if salt is not None else None,
        bytes.fromhex(commitment),
    )


def head_of(chain: Chain, record: Record) -> Head:
    return Head(*chain, record["seq"], record["at"], record["account"], record["action"], record["purpose"],
                record["entity"], record["id"], record["batch"], record["format"], record["erases"],
                record["detail"])  # fmt: skip

"""The tables, as SQLAlchemy Core: the ledger's own, the present state (derived from the field catalogue)
and what is local to this PC.

Reasons that are not obvious (docs/decisions/0003-ledger-storage.md): the parts of an entry lie in one
column, because they are read together and written by the hundred thousand; present tables have an
integer row number, because the full text index is keyed by it; references are indexed but are no foreign
keys, because facts arrive before what they speak of.
"""

from __future__ import annotations

from sqlalchemy import (
    BLOB,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from app.domain.fields import ENTITIES, Entity, Type

metadata = MetaData()

# ---------------------------------------------------------------- the ledger

chain = Table(
    "chain", metadata,
    Column("n", Integer, primary_key=True),
    Column("device", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("committee_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", BLOB, nullable=False),
    Column("current", Integer, nullable=False),  # 1: this PC writes here
    UniqueConstraint("committee_id", "device", "epoch"),
)  # fmt: skip

batch = Table(
    "batch", metadata,
    Column("n", Integer, primary_key=True),
    Column("committee_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("chain", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("action", Text, nullable=False),  # of its first entry: what the batch is called
    Column("purpose", Text, nullable=False),
    Column("format", Integer, nullable=False),
    Column("refused", Text),  # why it is void, or NULL
    UniqueConstraint("committee_id", "id"),
)  # fmt: skip

entry = Table(
    "entry", metadata,
    Column("id", Integer, primary_key=True),  # chain << 40 | seq
    Column("batch", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("erases", Text),  # JSON list of the erases its writer had seen; nearly always NULL
    Column("detail", Text),  # JSON, ids and codes only
    Column("digest", BLOB, nullable=False),
    Column("parts", BLOB, nullable=False),  # msgpack [[class, patch | nil, salt | nil, commitment], …]
)  # fmt: skip
Index("entry_of_row", entry.c.entity_id)
Index("entry_of_batch", entry.c.batch)
Index("entry_acts", entry.c.action, sqlite_where=entry.c.action.not_in(("create", "change")))

# ---------------------------------------------------------------- readings of the ledger

conflict = Table(
    "conflict", metadata,
    Column("committee_id", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("field", Text, nullable=False),
    PrimaryKeyConstraint("committee_id", "row", "field"),
)  # fmt: skip

standing = Table(
    # References that stand in the ledger but do not show in a present table: of deleted rows, of values in
    # conflict, of merged members. Few; they keep a row from being undone away.
    "standing", metadata,
    Column("committee_id", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("target", Text, nullable=False),
    PrimaryKeyConstraint("committee_id", "row", "target"),
)  # fmt: skip
Index("standing_by_target", standing.c.target)

merged = Table(
    "merged", metadata,
    Column("committee_id", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("leader", Text, nullable=False),
    PrimaryKeyConstraint("committee_id", "member"),
)  # fmt: skip


def _column(kind: Type) -> type[Integer] | type[Text]:
    return Integer if kind in (Type.INTEGER, Type.YEAR, Type.BOOLEAN) else Text


def _present(entity: Entity) -> Table:
    table = Table(
        entity.key, metadata,
        Column("n", Integer, primary_key=True),
        Column("committee_id", Text, nullable=False),
        Column("id", Text, nullable=False),
        *(Column(field.key, Text if field.sealed else _column(field.type)) for field in entity.stored),
        UniqueConstraint("committee_id", "id"),
    )  # fmt: skip
    for field in entity.stored:
        if (entity.key, field.key) == ("resident", "household"):  # it also counts who lives here, without the rows
            living = (table.c.committee_id, table.c.household, table.c.status, table.c.residence_kind)
            Index("resident_by_household", *living)
        elif (entity.key, field.key) == (
            "resident",
            "move",
        ):  # the few people on the move are looked for after every bundle
            Index("resident_moving", table.c.committee_id, sqlite_where=table.c.move.is_not(None))
        elif field.type is Type.REFERENCE:
            column = table.c[field.key]
            Index(f"{entity.key}_by_{field.key}", column, sqlite_where=column.is_not(None))
    return table


PRESENT: dict[str, Table] = {key: _present(entity) for key, entity in ENTITIES.items()}

# ---------------------------------------------------------------- local to this PC, never in a bundle

secret = Table("secret", metadata, Column("key", Text, primary_key=True), Column("value", BLOB, nullable=False))

ground = Table(
    # What lies under a map and says nothing of residents: base layers, backgrounds, scanned plans of estates.
    "ground", metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # domain/ground.py
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),  # whom the map credits, "" for nobody
    Column("about", Text, nullable=False),  # JSON, by kind
    Column("content", BLOB, nullable=False),  # features (zstd JSON) or a picture
    Column("at", Text, nullable=False),
)  # fmt: skip

id_index = Table(
    "id_index", metadata,
    Column("resident", Integer, nullable=False),  # resident.n
    Column("value", BLOB, nullable=False),  # HMAC of one whole document number under the index key
    PrimaryKeyConstraint("value", "resident", sqlite_on_conflict="IGNORE"),
    sqlite_with_rowid=False,
)  # fmt: skip
Index("id_index_of", id_index.c.resident)

FULL_TEXT = (
    "CREATE VIRTUAL TABLE words USING fts5(tokens, content='', contentless_delete=1, detail='none', "
    "tokenize='unicode61 remove_diacritics 0')"
)
"""One column of tokens, keyed by resident.n; db/search.py says which."""

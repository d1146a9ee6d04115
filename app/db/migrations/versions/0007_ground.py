"""What lies under the maps: base layers, backgrounds, scanned plans. Local to this PC."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        """CREATE TABLE ground (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        source TEXT NOT NULL,
        about TEXT NOT NULL,
        content BLOB NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id)
    )"""
    )

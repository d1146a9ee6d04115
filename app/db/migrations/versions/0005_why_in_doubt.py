"""How much speaks for a doubtful row's being somebody known, and what."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for column in ("score INTEGER", "why TEXT"):
        op.get_bind().exec_driver_sql(f"ALTER TABLE doubtful ADD COLUMN {column}")

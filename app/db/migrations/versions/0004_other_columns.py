"""What a roster says of a person in columns that the catalogue has no field for."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for column in ("extra", "extra_sensitive"):
        op.get_bind().exec_driver_sql(f"ALTER TABLE resident ADD COLUMN {column} TEXT")

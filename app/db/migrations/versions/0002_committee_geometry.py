"""A committee's outline on the street map."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("ALTER TABLE committee ADD COLUMN geometry TEXT")

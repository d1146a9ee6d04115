"""Tasks and incidents, what arrivals of the centre say, moves between committees, and what an account is given."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

STEPS = (
    """CREATE TABLE task (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        resident TEXT,
        household TEXT,
        building TEXT,
        kind TEXT,
        what TEXT,
        due TEXT,
        state TEXT,
        done_on TEXT,
        done_by TEXT,
        contact_code TEXT,
        note TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX task_by_building ON task (building) WHERE building IS NOT NULL """,
    """CREATE INDEX task_by_household ON task (household) WHERE household IS NOT NULL """,
    """CREATE INDEX task_by_resident ON task (resident) WHERE resident IS NOT NULL """,
    """CREATE TABLE incident (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        resident TEXT,
        household TEXT,
        building TEXT,
        kind TEXT,
        what TEXT,
        place TEXT,
        urgency TEXT,
        state TEXT,
        reported_at TEXT,
        reporter_name TEXT,
        reporter_phone TEXT,
        contact_code TEXT,
        notified_at TEXT,
        notified_to TEXT,
        notified_by TEXT,
        external_number TEXT,
        external_due TEXT,
        note TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX incident_by_building ON incident (building) WHERE building IS NOT NULL """,
    """CREATE INDEX incident_by_household ON incident (household) WHERE household IS NOT NULL """,
    """CREATE INDEX incident_by_resident ON incident (resident) WHERE resident IS NOT NULL """,
    """ALTER TABLE arrival ADD COLUMN person_name TEXT """,
    """ALTER TABLE arrival ADD COLUMN person_phone TEXT """,
    """ALTER TABLE arrival ADD COLUMN address TEXT """,
    """ALTER TABLE arrival ADD COLUMN state TEXT """,
    """ALTER TABLE arrival ADD COLUMN contact_code TEXT """,
    """ALTER TABLE resident ADD COLUMN move TEXT """,
    """CREATE INDEX resident_moving ON resident (committee_id) WHERE move IS NOT NULL """,
    """ALTER TABLE account ADD COLUMN committees TEXT """,
    """ALTER TABLE account ADD COLUMN buildings TEXT """,
)


def upgrade() -> None:
    for statement in STEPS:
        op.get_bind().exec_driver_sql(statement)

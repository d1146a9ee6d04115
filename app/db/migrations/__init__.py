"""Steps that change the shape of a file, by Alembic; values are never changed here (upcasters do that).

A step imports no code of the domain and is frozen once released. It runs inside the caller's
transaction, so a step that fails leaves the file as it was.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring the file behind this connection to the newest shape, creating every table in an empty one.

    Alembic is imported here, not above: unlocking a file of today's shape does not need it.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

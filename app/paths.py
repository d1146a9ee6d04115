"""Where things lie on this PC, from source and when frozen into one program."""

from __future__ import annotations

import sys
from pathlib import Path

DATABASE = "loutu.db"
KEYS = "keys.json"
ATTEMPTS = "attempts"
LOCK = ".lock"
ERASURES = "erasures.json"
BACKUPS = "backups"
"""A folder beside the workspace."""


def resources() -> Path:
    """Files that come with the program."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) / "resources" if frozen else Path(__file__).parents[1] / "resources"


def data() -> Path:
    """Where workspaces are kept unless the user says otherwise."""
    import platformdirs

    return platformdirs.user_data_path("loutu", appauthor=False)


def logs() -> Path:
    """Where faults of the program are written; never a resident's data."""
    import platformdirs

    return platformdirs.user_log_path("loutu", appauthor=False)
